//! A list to choose from by typing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Hit, Place, boxed, field, framed, on_popup, within};
use crate::tui::app::{App, Palette};
use crate::tui::pane::{Line, row};
use crate::tui::text;

/// Most lines shown at once.
const LINES: usize = 14;

struct Geometry {
    whole: Rect,
    list: Rect,
    /// Index of the first item shown.
    first: usize,
}

fn geometry(palette: &Palette, count: usize, area: Rect) -> Geometry {
    let height = u16::try_from(count.clamp(1, LINES) + 3).unwrap_or(17);
    let whole = boxed(area, 84, height, Place::Top);
    let body = within(whole);
    let list = Rect {
        y: body.y + 1.min(body.height),
        height: body.height.saturating_sub(1),
        ..body
    };
    let shown = usize::from(list.height).max(1);
    Geometry {
        whole,
        list,
        first: (palette.chosen + 1).saturating_sub(shown),
    }
}

/// What a click is on.
pub fn hit(palette: &Palette, area: Rect, at: Position) -> Hit {
    let count = palette.count();
    let places = geometry(palette, count, area);
    if !places.whole.contains(at) {
        return Hit::Outside;
    }
    let index = places.first + usize::from(at.y.saturating_sub(places.list.y));
    if places.list.contains(at) && index < count {
        Hit::Item(index)
    } else {
        Hit::Inside
    }
}

pub fn draw(app: &App, palette: &Palette, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let matching = palette.matching();
    let places = geometry(palette, matching.len(), area);
    let body = framed(app, places.whole, palette.title, screen);
    let mut line = Line::new(row(body, 0), screen);
    let count = match matching.len() {
        0 => String::new(),
        many => format!("{} of {many} ", palette.chosen.min(many - 1) + 1),
    };
    line.put(" > ", on_popup(app, theme.accent))
        .right(&count, on_popup(app, theme.muted));
    let list = places.list;
    let shown = usize::from(list.height).max(1);
    if matching.is_empty() {
        Line::new(row(list, 0), screen).put("   nothing matches", on_popup(app, theme.muted));
    }
    for (index, found) in matching.iter().enumerate().skip(places.first).take(shown) {
        let place = row(list, index - places.first);
        let chosen = index == palette.chosen;
        let item = found.item;
        let plain = if item.refused.is_some() {
            on_popup(app, theme.muted)
        } else {
            theme.popup
        };
        let mut line = Line::new(place, screen);
        line.put(
            if chosen { " ▸ " } else { "   " },
            on_popup(app, theme.accent),
        );
        if !item.key.is_empty() {
            line.right(&format!(" {} ", item.key), on_popup(app, theme.accent));
        }
        let bold = on_popup(app, theme.accent).patch(theme.mark);
        let title = text::fit(&item.title, line.room());
        if chosen {
            // The row's own look goes over the colours; the letters stay underlined.
            marked(&mut line, &title, found, plain, plain.patch(theme.mark));
        } else {
            marked(&mut line, &title, found, plain, bold);
        }
        let detail = item.refused.unwrap_or(&item.detail);
        let why = if item.refused.is_some() {
            "not now: "
        } else {
            ""
        };
        let room = line.room().saturating_sub(3);
        line.put("  ", plain).put(
            &text::fit(&format!("{why}{detail}"), room),
            on_popup(app, theme.muted),
        );
        if chosen {
            screen.set_style(place, theme.selection);
        }
    }
    let taken = u16::try_from(text::width(&count)).unwrap_or(0);
    field(app, &palette.input, body, taken, screen)
}

/// A title with the letters that match in their own look.
fn marked(
    line: &mut Line<'_>,
    title: &str,
    found: &crate::tui::app::Match<'_>,
    plain: Style,
    look: Style,
) {
    let mut at = 0;
    for letter in &found.letters {
        let (Some(before), Some(own)) = (
            title.get(at..letter.start.max(at)),
            title.get(letter.start.max(at)..letter.end.max(at)),
        ) else {
            break;
        };
        line.put(before, plain).put(own, look);
        at = letter.end.max(at);
    }
    line.put(title.get(at..).unwrap_or_default(), plain);
}
