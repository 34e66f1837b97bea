//! The mouse: clicks give the keys to a pane and put the cursor, the wheel scrolls.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};
use std::time::{Duration, Instant};

use super::{App, Focus, Overlay, Screen, inner};
use crate::tui::editor::{View, bar};
use crate::tui::pane::{self, Hit};

/// Lines that one notch of the wheel scrolls.
const NOTCH: isize = 3;

/// Longest time between the clicks of a double click.
const DOUBLE: Duration = Duration::from_millis(500);
/// Time between steps of a view that a held mouse scrolls.
const STEP: Duration = Duration::from_millis(60);

/// What the mouse does while its button is held, and the clicks before.
#[derive(Debug, Default)]
pub(super) struct Drag {
    holds: Holds,
    /// Where it was last.
    at: Position,
    /// When the text scrolls on under a mouse held beyond it.
    next: Option<Instant>,
    /// When and where the last click was, and how many there were in a row.
    clicked: Option<(Instant, Position, u8)>,
}

/// What a held button has hold of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Holds {
    #[default]
    Nothing,
    Text,
    Tab,
}

impl Drag {
    fn end(&mut self) {
        self.holds = Holds::Nothing;
        self.next = None;
    }

    /// Counts a click: 1, 2 or 3, then again from 1.
    fn count(&mut self, at: Position, now: Instant) -> u8 {
        let again = self.clicked.filter(|(then, place, _)| {
            *place == at && now.saturating_duration_since(*then) < DOUBLE
        });
        let count = again.map_or(1, |(_, _, count)| count % 3 + 1);
        self.clicked = Some((now, at, count));
        count
    }

    /// When something happens by itself.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next
    }
}

impl App {
    pub(super) fn mouse(&mut self, mouse: &MouseEvent) {
        // Terminals may report places outside of the screen.
        let at = Position {
            x: mouse.column.min(self.size.width.saturating_sub(1)),
            y: mouse.row.min(self.size.height.saturating_sub(1)),
        };
        self.touched = true;
        let down = mouse.kind == MouseEventKind::Down(MouseButton::Left);
        if let Some(key) = pane::bar_press(self, at).filter(|_| down) {
            self.key(&key);
            return;
        }
        self.pending = super::Pending::default();
        if !self.overlays.is_empty() {
            match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => self.overlay_click(at),
                kind => self.overlay_wheel(kind),
            }
            return;
        }
        if self.screen != Screen::Design {
            let down = mouse.kind == MouseEventKind::Down(MouseButton::Left);
            if let Some(id) = pane::bar_command(self, at).filter(|_| down) {
                self.run(id);
                return;
            }
            self.monitor_mouse(mouse, at);
            return;
        }
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                if let Some(index) = pane::word_at(self, at) {
                    self.click_completion(index);
                    return;
                }
                let design = self.screen == Screen::Design && self.start.is_none();
                self.dragged = self.rule_at(at).filter(|_| design);
                if let Some(id) = pane::bar_command(self, at) {
                    self.run(id);
                } else if self.screen == Screen::Design {
                    self.click(at, mouse.modifiers.contains(KeyModifiers::SHIFT));
                }
            }
            MouseEventKind::Down(MouseButton::Middle) => self.click_middle(at),
            MouseEventKind::Drag(MouseButton::Left) => match self.dragged {
                Some(rule) => self.drag_rule(rule, at),
                None => self.drag_to(at),
            },
            MouseEventKind::Up(_) => {
                self.drag.end();
                self.dragged = None;
            }
            MouseEventKind::ScrollUp => self.wheel(at, -NOTCH),
            MouseEventKind::ScrollDown => self.wheel(at, NOTCH),
            _ => {}
        }
    }

    /// A click on what lies over the panes; one beside it is the way out, where there is one.
    fn overlay_click(&mut self, at: Position) {
        match pane::hit(self, at) {
            Hit::Choice(index) => self.answer(Some(index)),
            Hit::Item(index) => {
                if let Some(Overlay::Palette(palette)) = self.overlays.last_mut() {
                    palette.chosen = index;
                }
                self.pick();
            }
            Hit::Help(index) => {
                if let Some(Overlay::Help(help)) = self.overlays.last_mut() {
                    help.chosen = index;
                }
                self.take_help();
            }
            Hit::Inside => self.step_tour(true),
            Hit::Outside => match self.overlays.last() {
                Some(Overlay::Dialog(dialog)) => self.answer(dialog.way_out()),
                Some(Overlay::Prompt(_)) | None => {}
                Some(_) => drop(self.overlays.pop()),
            },
        }
    }

    fn overlay_wheel(&mut self, kind: MouseEventKind) {
        let by = match kind {
            MouseEventKind::ScrollUp => -NOTCH,
            MouseEventKind::ScrollDown => NOTCH,
            _ => return,
        };
        let key = match by {
            by if by < 0 => KeyCode::Up,
            _ => KeyCode::Down,
        };
        let key = KeyEvent::new(key, KeyModifiers::NONE);
        match self.overlays.last() {
            Some(Overlay::Help(_)) => self.help_key(&key),
            Some(Overlay::Palette(_)) => self.palette_key(&key),
            Some(Overlay::Dialog(_)) => self.scroll_question(by > 0),
            Some(Overlay::Difference(_)) => (0..NOTCH).for_each(|_| self.difference_key(&key)),
            _ => {}
        }
    }

    fn pane_at(&self, at: Position) -> Option<(Focus, Rect)> {
        let layout = self.layout();
        [
            (Focus::Files, layout.files),
            (Focus::Editor, layout.editor),
            (Focus::Timestamps, layout.timestamps),
            (Focus::Events, layout.events),
            (Focus::Pipeline, layout.pipeline),
        ]
        .into_iter()
        .find_map(|(focus, area)| {
            area.filter(|area| area.contains(at))
                .map(|area| (focus, area))
        })
    }

    pub(super) fn click(&mut self, at: Position, extend: bool) {
        let row = pane::project_at(self, at);
        if let Some(start) = &mut self.start {
            if let Some(row) = row {
                // A second click opens.
                if start.chosen == row {
                    self.open_chosen_project();
                } else {
                    start.chosen = row;
                }
            }
            return;
        }
        let Some((focus, area)) = self.pane_at(at) else {
            return;
        };
        if matches!(focus, Focus::Events | Focus::Timestamps) && at.y == area.y {
            let tabs = super::super::pane::right_tabs(self, focus, area);
            match tabs.into_iter().find(|tab| tab.cells.contains(&at.x)) {
                Some(tab) => self.choose_tab(tab.leads),
                None => self.set_focus(focus),
            }
            return;
        }
        self.set_focus(focus);
        if focus == Focus::Editor && at.y == area.y {
            if let Some((index, sign)) = self.tab_at(area.width, at.x - area.x) {
                let shown = self.project.as_ref().is_some_and(|one| one.active == index);
                self.click_tab(index, sign && shown);
                self.drag.holds = Holds::Tab;
            }
            return;
        }
        let body = inner(area);
        if !body.contains(at) {
            return;
        }
        let row = usize::from(at.y - body.y);
        match focus {
            Focus::Editor => self.click_text(body, at, extend),
            Focus::Files => {
                let chosen = self.project.as_ref().map_or(0, |project| project.top + row);
                if let Some(project) = &mut self.project
                    && chosen < project.shown().len()
                {
                    project.chosen = chosen;
                    self.files_enter();
                }
            }
            Focus::Events => self.click_events(body, at),
            Focus::Timestamps => self.click_timestamps(body, at),
            Focus::Pipeline => {}
        }
    }

    /// One click puts the cursor, two select a word, three a line, as one in the gutter does.
    fn click_text(&mut self, body: Rect, at: Position, extend: bool) {
        let count = self.drag.count(at, self.now);
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        let view = View::of(buffer, body);
        if let (Some(find), Some(rows)) = (&buffer.find, view.find)
            && let Some(part) = bar::hit(find, rows, at)
        {
            self.click_find(part);
            return;
        }
        buffer.point(view.hit(buffer, at), extend);
        match count {
            _ if at.x < view.text.x && !extend => buffer.select_line(),
            2 => buffer.select_word(),
            3 => buffer.select_line(),
            _ => {}
        }
        self.drag.holds = if count == 1 {
            Holds::Text
        } else {
            Holds::Nothing
        };
    }

    fn click_middle(&mut self, at: Position) {
        if self.start.is_some() {
            return;
        }
        if let Some((Focus::Editor, area)) = self.pane_at(at)
            && at.y == area.y
            && let Some((index, _)) = self.tab_at(area.width, at.x - area.x)
        {
            self.click_tab(index, true);
        }
    }

    fn drag_to(&mut self, at: Position) {
        let Some(area) = self.layout().editor else {
            return;
        };
        match self.drag.holds {
            Holds::Nothing => {}
            Holds::Tab => {
                let cell = at.x.clamp(area.x, area.right().max(area.x + 1) - 1) - area.x;
                if let (Some((index, _)), Some(project)) =
                    (self.tab_at(area.width, cell), &mut self.project)
                {
                    project.move_active(index);
                }
            }
            Holds::Text => {
                self.drag.at = at;
                let Some(buffer) = self.buffer_mut() else {
                    return;
                };
                let view = View::of(buffer, inner(area));
                let to = view.hit(buffer, at);
                buffer.point(to, true);
                let beyond = at.y < view.text.y || at.y >= view.text.bottom();
                self.drag.next = beyond.then(|| self.now + STEP);
            }
        }
    }

    /// Scrolls on under a mouse that is held beyond the text.
    pub(super) fn drag_on(&mut self) {
        if self.drag.next.is_some_and(|next| next <= self.now) {
            self.drag_to(self.drag.at);
            self.changed = true;
        }
    }

    fn wheel(&mut self, at: Position, by: isize) {
        if let Some(start) = &mut self.start {
            let last = start.found.as_ref().map_or(0, Vec::len).saturating_sub(1);
            start.chosen = start.chosen.saturating_add_signed(by.signum()).min(last);
            return;
        }
        match self.pane_at(at).map(|(focus, _)| focus) {
            Some(Focus::Editor) if self.wheel_completion(by.signum()) => {}
            Some(Focus::Editor) => {
                if let Some(buffer) = self.buffer_mut() {
                    buffer.scroll(by);
                }
            }
            Some(Focus::Files) => self.files_move(by),
            Some(Focus::Events) => self.wheel_events(by),
            Some(Focus::Timestamps) => {
                self.preview.list_top = self.preview.list_top.saturating_add_signed(by);
            }
            Some(Focus::Pipeline) | None => {}
        }
    }
}
