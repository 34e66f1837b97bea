//! What on the screen can be gone to or clicked beside the panes' own contents.

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::bars;
use crate::tui::app::{App, Screen, inner};
use crate::tui::command::Id;

/// What a place stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// What a click there does.
    Click,
    /// A command.
    Command(Id),
}

/// Most targets that have a label of one letter, see the jump labels.
const SINGLE: usize = 26;

/// Everything that can be gone to, from the top: panes, their rows, and the keys' hints as long as one
/// letter is enough for each label: there is one blank before a hint to paint it on.
pub fn targets(app: &App) -> Vec<(Position, Target)> {
    let mut out: Vec<(Position, Target)> = Vec::new();
    if app.start.is_some() && app.screen == Screen::Design {
        let rows = (0..app.size.height).map(|y| Position { x: 1, y });
        let projects = rows.filter(|at| super::project_at(app, *at).is_some());
        out.extend(projects.map(|at| (at, Target::Click)));
    } else if app.screen == Screen::Design {
        design(app, &mut out);
    } else {
        monitor(app, &mut out);
    }
    let layout = app.layout();
    if let Some(area) = layout.hints {
        let hints = bars::hint_places(app, area).into_iter();
        let before = |place: Rect| Position {
            x: place.x.saturating_sub(1),
            y: place.y,
        };
        let hints = hints.filter_map(|(place, id)| Some((before(place), Target::Command(id?))));
        let hints: Vec<(Position, Target)> = hints.collect();
        if out.len() + hints.len() <= SINGLE {
            out.extend(hints);
        }
    }
    out
}

/// The names of the screens above, and each thing of the shown one where it begins.
fn monitor(app: &App, out: &mut Vec<(Position, Target)>) {
    let whole = crate::tui::layout::between(app.size, &app.layout());
    let mut last = None;
    for x in whole.left()..whole.right() {
        let at = Position { x, y: whole.y };
        let name = super::screen_name_at(app, at);
        if name.is_some() && name != last {
            out.push((at, Target::Click));
        }
        last = name.or(last);
    }
    let mut seen = Vec::new();
    for at in whole.positions().filter(|at| at.y > whole.y) {
        let Some(item) = app.monitor_item_at(at) else {
            continue;
        };
        if !seen.contains(&item) {
            seen.push(item);
            out.push((at, Target::Click));
        }
    }
}

fn design(app: &App, out: &mut Vec<(Position, Target)>) {
    let layout = app.layout();
    let mut put = |x: u16, y: u16| out.push((Position { x, y }, Target::Click));
    if let (Some(area), Some(project)) = (layout.files, &app.project) {
        let body = inner(area);
        let shown = project.shown().len().saturating_sub(project.top);
        for index in 0..shown.min(usize::from(body.height)) {
            put(body.x, body.y + u16::try_from(index).unwrap_or(0));
        }
    }
    if let Some(area) = layout.editor {
        put(area.x, area.y);
    }
    if let Some(area) = layout.timestamps {
        put(area.x, area.y);
    }
    if let Some(area) = layout.events {
        put(area.x, area.y);
        let body = inner(area);
        let rows = app
            .preview
            .rows
            .iter()
            .skip(app.preview.top)
            .take(usize::from(body.height));
        let mut last = None;
        for (index, row) in rows.enumerate() {
            let item = app.preview.item_of(row);
            if item.is_some() && item != last {
                last = item;
                put(body.x, body.y + u16::try_from(index).unwrap_or(0));
            }
        }
    }
    if layout.tabs
        && let Some(area) = layout.events.or(layout.timestamps)
        && area.width > 4
    {
        put(area.x + area.width / 4, area.y);
        put(area.x + area.width * 3 / 4, area.y);
    }
    if let Some(area) = layout.pipeline {
        put(area.x, area.y);
    }
}

/// The key that a click on a hint stands for, where the hint is no command's.
pub fn bar_press(app: &App, at: Position) -> Option<KeyEvent> {
    let area = app.layout().hints.filter(|area| area.contains(at))?;
    bars::hint_press(app, area, at)
}

/// The command that a click on one of the bars runs.
pub fn bar_command(app: &App, at: Position) -> Option<Id> {
    let layout = app.layout();
    let on = |area: Option<Rect>| area.filter(|area| area.contains(at));
    if let Some(area) = on(layout.hints) {
        let hints = bars::hint_places(app, area);
        return hints.into_iter().find(|(place, _)| place.contains(at))?.1;
    }
    if app.screen != Screen::Design {
        return None;
    }
    if let Some(area) = on(layout.title) {
        let half = area.x + area.width / 2;
        return match at.x {
            x if x < area.x + 8 => Some(Id::Palette),
            x if x < half => (app.project.is_some()).then_some(Id::QuickOpen),
            _ => Some(Id::PipelineView),
        };
    }
    on(layout.status).map(|_| {
        if app.toasts.is_empty() {
            Id::NextProblem
        } else {
            Id::Messages
        }
    })
}
