//! The start screen: projects that can be opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, heading, row};
use crate::tui::app::App;
use crate::tui::layout::Layout;
use crate::tui::text;

/// Row of the first project.
pub const TOP: u16 = 3;

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
    let list = Rect {
        y: area.y + 2.min(area.height),
        height: area.height.saturating_sub(2),
        ..area
    };
    let Some(found) = &start.found else {
        Line::new(row(list, 0), screen).put("  looking for projects …", theme.muted);
        return;
    };
    if found.is_empty() {
        let text = [
            "  No generator.yml was found here or in the folders below.",
            "",
            "  evtui new NAME     makes a small working project",
            "  evtui PATH         opens a project elsewhere",
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
    let first = (start.chosen + 1).saturating_sub(height);
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
