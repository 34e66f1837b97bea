//! The start screen: projects that can be opened.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Line, heading, row};
use crate::tui::app::App;
use crate::tui::layout::Layout;
use crate::tui::text;

/// Where the list stands, and the first project shown.
fn list(app: &App) -> (Rect, usize) {
    let layout = app.layout();
    let top = layout.title.map_or(app.size.y, Rect::bottom);
    let bottom = layout.status.map_or(app.size.bottom(), |status| status.y);
    let height = bottom.saturating_sub(top);
    let list = Rect {
        y: top + 2.min(height),
        height: height.saturating_sub(2),
        ..app.size
    };
    let chosen = app.start.as_ref().map_or(0, |start| start.chosen);
    let shown = usize::from(list.height).max(1);
    (list, (chosen + 1).saturating_sub(shown))
}

/// The project whose row is at a place, by its index.
pub fn project_at(app: &App, at: Position) -> Option<usize> {
    let (list, first) = list(app);
    let index = first + usize::from(at.y.checked_sub(list.y)?);
    let found = app.start.as_ref()?.found.as_ref()?;
    (list.contains(at) && index < found.len()).then_some(index)
}

pub fn draw(app: &App, area: Rect, layout: &Layout, screen: &mut Buffer) {
    let theme = &app.theme;
    let Some(start) = &app.start else {
        return;
    };
    let top = layout.title.map_or(area.y, Rect::bottom);
    let bottom = layout.status.map_or(area.bottom(), |status| status.y);
    let area = Rect {
        y: top,
        height: bottom.saturating_sub(top),
        ..area
    };
    let folder = start.folder.to_string_lossy();
    heading(
        area,
        &[("Open a project", true)],
        &text::fit_end(&folder, 60),
        true,
        theme,
        screen,
    );
    let (list, first) = list(app);
    let Some(found) = &start.found else {
        Line::new(row(list, 0), screen).put("  looking for projects …", theme.muted);
        return;
    };
    if found.is_empty() {
        let text = [
            "  No generator.yml was found here or in the folders below.",
            "",
            "  n             makes a project from one of the samples",
            "  evtui PATH    opens a project elsewhere",
        ];
        for (index, text) in text.iter().enumerate() {
            Line::new(row(list, index), screen).put(text, theme.muted);
        }
        return;
    }
    let widest = found
        .iter()
        .map(|one| text::width(&one.name))
        .max()
        .unwrap_or(0);
    let height = usize::from(list.height).max(1);
    for (index, one) in found.iter().enumerate().skip(first).take(height) {
        let place = row(list, index - first);
        let chosen = index == start.chosen;
        let mut line = Line::new(place, screen);
        line.put(if chosen { " ▸ " } else { "   " }, theme.accent);
        line.put(&text::pad(&one.name, widest.min(40)), theme.strong);
        let room = line.room().saturating_sub(4);
        line.put("   ", theme.muted)
            .put(&text::fit(&one.about, room), theme.muted);
        if chosen {
            screen.set_style(place, theme.selection);
        }
    }
}
