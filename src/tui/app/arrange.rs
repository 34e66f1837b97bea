//! Sizes and places of panes: changed by keys and by dragging rules, kept for each project.

use ratatui::layout::{Position, Rect};

use super::{App, Focus};

/// Columns or percent by which a key changes a size.
const STEP: i32 = 4;

/// A rule that is being dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Right of the files.
    Files,
    /// Between editor and previews.
    Right,
    /// Between the previews.
    Upper,
    /// Above the pipeline's details.
    Pipeline,
}

impl App {
    /// The rule at a place.
    pub(super) fn rule_at(&self, at: Position) -> Option<Rule> {
        let layout = self.layout();
        let on = |area: Option<Rect>| area.is_some_and(|area| area.contains(at));
        if on(layout.rules[0]) {
            return Some(Rule::Files);
        }
        if on(layout.rules[1]) {
            return Some(Rule::Right);
        }
        let heading = |area: Rect| at.y == area.y && area.contains(at);
        let both = layout.timestamps.zip(layout.events);
        let lower = both.map(|(a, b)| if a.y > b.y { a } else { b });
        if lower.is_some_and(heading) {
            return Some(Rule::Upper);
        }
        let details = layout.pipeline.filter(|area| area.height > 1 && !self.zoom);
        details
            .filter(|area| heading(*area))
            .map(|_| Rule::Pipeline)
    }

    /// Moves a rule to where the mouse is.
    pub(super) fn drag_rule(&mut self, rule: Rule, at: Position) {
        let layout = self.layout();
        let span = |a: Option<Rect>, b: Option<Rect>| a.zip(b).map(|(a, b)| a.union(b));
        match rule {
            Rule::Files => self.panes.files = layout.files.map(|area| at.x.saturating_sub(area.x)),
            Rule::Right => {
                let preview = layout.events.or(layout.timestamps);
                let Some(whole) = span(layout.editor, preview) else {
                    return;
                };
                let left = at.x.saturating_sub(whole.x);
                let wide = if self.panes.mirrored {
                    left
                } else {
                    whole.width.saturating_sub(left + 1)
                };
                self.panes.right = Some(percent(wide, whole.width));
            }
            Rule::Upper => {
                let Some(whole) = span(layout.timestamps, layout.events) else {
                    return;
                };
                let high = at.y.saturating_sub(whole.y);
                self.panes.upper = Some(percent(high, whole.height));
            }
            Rule::Pipeline => {
                let Some(area) = layout.pipeline else {
                    return;
                };
                self.panes.pipeline = Some(area.bottom().saturating_sub(at.y));
            }
        }
    }

    /// Makes the pane with the keys wider or narrower.
    pub fn widen(&mut self, wider: bool) {
        let by = if wider { STEP } else { -STEP };
        if self.focus == Focus::Files {
            let own = self.layout().files.map_or(24, |area| area.width);
            self.panes.files = Some(changed(own, by, 12, 200));
            return;
        }
        // The share is that of the previews; what the editor gains they lose.
        let by = if matches!(self.focus, Focus::Timestamps | Focus::Events) {
            by
        } else {
            -by
        };
        let own = self.panes.right.unwrap_or(45);
        self.panes.right = Some(changed(own, by, 15, 85));
    }

    /// Makes the pane with the keys taller or lower.
    pub fn heighten(&mut self, taller: bool) {
        let by = if taller { STEP } else { -STEP };
        let layout = self.layout();
        if self.focus == Focus::Pipeline || layout.tabs {
            let own = layout.pipeline.map_or(9, |area| area.height);
            let by = if self.focus == Focus::Pipeline {
                by
            } else {
                -by
            };
            self.panes.pipeline = Some(changed(own, by / 2, 6, 100));
            return;
        }
        let (upper, lower) = if self.panes.events_first {
            (layout.events, layout.timestamps)
        } else {
            (layout.timestamps, layout.events)
        };
        let Some((upper, lower)) = upper.zip(lower) else {
            return;
        };
        let own = percent(upper.height, upper.height + lower.height);
        let is_upper = match self.focus {
            Focus::Timestamps => !self.panes.events_first,
            Focus::Events => self.panes.events_first,
            _ => true,
        };
        let by = if is_upper { by } else { -by };
        self.panes.upper = Some(changed(own, by, 15, 85));
    }

    /// Puts the previews on the other side of the editor.
    pub fn swap_sides(&mut self) {
        self.panes.mirrored = !self.panes.mirrored;
    }

    /// Puts the lower preview above the other one.
    pub fn swap_previews(&mut self) {
        self.panes.events_first = !self.panes.events_first;
        self.panes.upper = self.panes.upper.map(|share| 100 - share.min(100));
    }

    /// Shows or hides the previews.
    pub fn toggle_previews(&mut self) {
        self.panes.bare = !self.panes.bare;
        if self.panes.bare && matches!(self.focus, Focus::Timestamps | Focus::Events) {
            self.set_focus(Focus::Editor);
        }
    }

    /// Back to sizes and places that follow the screen's size.
    pub fn reset_panes(&mut self) {
        self.panes = super::Arrangement::default();
        self.files_shown = None;
        self.zoom = false;
        self.info("panes follow the screen's size again");
    }
}

fn changed(own: u16, by: i32, least: u16, most: u16) -> u16 {
    let sum = i32::from(own) + by;
    u16::try_from(sum).unwrap_or(0).clamp(least, most)
}

fn percent(part: u16, whole: u16) -> u16 {
    let share = (u32::from(part) * 100 + u32::from(whole) / 2) / u32::from(whole.max(1));
    u16::try_from(share).unwrap_or(100)
}
