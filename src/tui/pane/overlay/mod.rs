//! Boxes over the panes: help, lists to choose from, questions, labels, the tour.

mod dialog;
mod difference;
mod help;
mod palette;
mod tour;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::{Line, row};
use crate::tui::app::{App, Jump, Overlay, Prompt};
use crate::tui::editor::{Input, bar};
use crate::tui::text;

/// What a click over the panes is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// An answer of a question, by its index.
    Choice(usize),
    /// A line of a list, by its index among those shown.
    Item(usize),
    /// A command of help, by its index among those shown.
    Help(usize),
    /// The rest of a box.
    Inside,
    /// Beside the box.
    Outside,
}

/// What a click on the top box is on.
pub fn hit(app: &App, at: Position) -> Hit {
    match app.overlays.last() {
        Some(Overlay::Help(shown)) => help::hit(app, shown, app.size, at),
        Some(Overlay::Palette(palette)) => palette::hit(palette, app.size, at),
        Some(Overlay::Dialog(dialog)) => dialog::hit(dialog, app.size, at),
        Some(Overlay::Tour(step)) => tour::hit(*step, app.size, at),
        Some(Overlay::Difference(shown)) => difference::hit(shown, app.size, at),
        Some(Overlay::Jump(_) | Overlay::Prompt(_)) | None => Hit::Outside,
    }
}

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) -> Option<Position> {
    match app.overlays.last()? {
        Overlay::Help(shown) => help::draw(app, shown, area, screen),
        Overlay::Palette(palette) => palette::draw(app, palette, area, screen),
        Overlay::Dialog(dialog) => {
            dialog::draw(app, dialog, area, screen);
            None
        }
        Overlay::Jump(jump) => {
            labels(app, jump, screen);
            None
        }
        Overlay::Tour(step) => {
            tour::draw(app, *step, area, screen);
            None
        }
        Overlay::Prompt(prompt) => prompt_line(app, prompt, area, screen),
        Overlay::Difference(shown) => {
            difference::draw(app, shown, area, screen);
            None
        }
    }
}

fn labels(app: &App, jump: &Jump, screen: &mut Buffer) {
    for (label, at, _) in &jump.labels {
        let Some(rest) = label.strip_prefix(&jump.typed) else {
            continue;
        };
        let place = Rect::new(at.x, at.y, 4, 1);
        let below = screen.cell(*at).map(|cell| cell.modifier);
        let mut look = app.theme.label;
        if below.is_some_and(|below| below.contains(Modifier::REVERSED)) {
            // Reverse on reverse would not be seen.
            look = look
                .remove_modifier(Modifier::REVERSED)
                .add_modifier(Modifier::UNDERLINED);
        }
        Line::new(place, screen).put(rest, look);
    }
}

/// A box of at most that size.
fn boxed(area: Rect, width: u16, height: u16, at: Place) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let room = area.height - height;
    let y = match at {
        Place::Middle => area.y + room / 2,
        Place::Top => area.y + room.min(2),
    };
    Rect {
        x: area.x + (area.width - width) / 2,
        y,
        width,
        height,
    }
}

/// What a frame leaves of a box.
fn within(area: Rect) -> Rect {
    if area.width < 2 || area.height < 2 {
        return area;
    }
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width - 2,
        height: area.height - 2,
    }
}

/// Draws the frame of a box, clear inside; gives its inner area.
fn framed(app: &App, area: Rect, title: &str, screen: &mut Buffer) -> Rect {
    let theme = &app.theme;
    let (width, height) = (area.width, area.height);
    for place in area.intersection(screen.area).positions() {
        if let Some(cell) = screen.cell_mut(place) {
            cell.reset();
            cell.set_style(theme.popup);
        }
    }
    if width < 2 || height < 2 {
        return area;
    }
    let edge = on_popup(app, theme.focus);
    for index in 0..height {
        let place = row(area, usize::from(index));
        let (left, right) = match index {
            0 => ("┏", "┓"),
            _ if index == height - 1 => ("┗", "┛"),
            _ => ("┃", "┃"),
        };
        let mut line = Line::new(place, screen);
        line.put(left, edge).right(right, edge);
        if index == 0 || index == height - 1 {
            line.fill("━", edge);
        }
    }
    let heading = Rect {
        x: area.x + 2,
        width: width.saturating_sub(4),
        height: 1,
        ..area
    };
    if !title.is_empty() && heading.width > 4 {
        Line::new(heading, screen)
            .put(" ", edge)
            .put(title, edge)
            .put(" ", edge);
    }
    within(area)
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Middle,
    Top,
}

fn on_popup(app: &App, style: Style) -> Style {
    let mut out = style;
    out.bg = app.theme.popup.bg;
    out
}

/// Over the lowest rows above status and hints, so that what it changes stays in view.
fn prompt_line(app: &App, prompt: &Prompt, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let body = crate::tui::layout::between(area, &app.layout());
    let names = u16::try_from(prompt.offered.len()).unwrap_or(0);
    let names = names.min(body.height.saturating_sub(3));
    let height = body.height.min(3 + names);
    let place = Rect {
        y: body.bottom() - height,
        height,
        ..body
    };
    for position in place.intersection(screen.area).positions() {
        if let Some(cell) = screen.cell_mut(position) {
            cell.reset();
            cell.set_style(theme.popup);
        }
    }
    // The line itself comes first where there is no room for all three.
    let (title, typed) = if height >= 2 { (Some(0), 1) } else { (None, 0) };
    if let Some(title) = title {
        Line::new(row(place, title), screen)
            .put("━ ", on_popup(app, theme.focus))
            .put(&prompt.title, on_popup(app, theme.focus))
            .put(" ", theme.popup)
            .fill("━", on_popup(app, theme.focus));
    }
    let line = row(place, typed);
    Line::new(line, screen).put(" > ", on_popup(app, theme.accent));
    let names = usize::from(names);
    for (index, name) in prompt.offered.iter().enumerate().take(names) {
        let place = row(place, typed + 1 + index);
        let chosen = index == prompt.chosen;
        Line::new(place, screen)
            .put(
                if chosen { " ▸ " } else { "   " },
                on_popup(app, theme.accent),
            )
            .put(name, theme.popup)
            .fill(" ", theme.popup);
        if chosen {
            screen.set_style(place, theme.selection);
        }
    }
    let (remark, style) = match &prompt.remark {
        Ok(words) => (words, on_popup(app, theme.muted)),
        Err(why) => (why, on_popup(app, theme.error)),
    };
    if height >= 3 {
        let room = usize::from(place.width).saturating_sub(2);
        Line::new(row(place, 2 + names), screen)
            .put(" ", style)
            .put(&text::fit(remark, room), style);
    }
    field(app, &prompt.input, line, 0, screen)
}

/// Draws what is typed behind the sign in the first row of an area, but for cells at its end that are
/// taken; gives the place of the cursor.
fn field(
    app: &App,
    input: &Input,
    area: Rect,
    taken: u16,
    screen: &mut Buffer,
) -> Option<Position> {
    let field = Rect {
        x: area.x.saturating_add(3).min(area.right()),
        width: area.width.saturating_sub(3 + taken),
        height: area.height.min(1),
        ..area
    };
    let look = (app.theme.popup, app.theme.selection);
    (!field.is_empty()).then(|| bar::typed(input, field, look, screen))
}
