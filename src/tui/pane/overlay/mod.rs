//! Boxes over the panes: help, lists to choose from, questions, labels, the tour.

mod dialog;
mod difference;
mod frame;
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

/// How far what is on top can be scrolled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Rows seen at once.
    pub page: usize,
    /// Largest number of rows that can be left out at the top.
    pub last: usize,
}

/// How far the top box can be scrolled: the text of a question, or the chosen item of a list that is
/// longer than the list is high.
pub fn reach(app: &App) -> Reach {
    match app.overlays.last() {
        Some(Overlay::Dialog(dialog)) => dialog::reach(dialog, app.size),
        Some(Overlay::Palette(palette)) => palette::reach(palette, app.size),
        _ => Reach::default(),
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

fn on_popup(app: &App, style: Style) -> Style {
    let mut out = style;
    out.bg = app.theme.popup.bg;
    out
}

/// Most rows that the remark below a line takes.
const REMARK: usize = 4;

/// Over the lowest rows above status and hints, so that what it changes stays in view.
fn prompt_line(app: &App, prompt: &Prompt, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let body = crate::tui::layout::between(area, &app.layout());
    let (remark, style) = match &prompt.remark {
        Ok(words) => (words, on_popup(app, theme.muted)),
        Err(why) => (why, on_popup(app, theme.error)),
    };
    let high = usize::from(body.height);
    let room = usize::from(body.width).saturating_sub(2);
    let mut remarks = text::wrap_indented(remark, room);
    // The line itself comes first where there is no room for all, then what is wrong with it, then names.
    let most = high.saturating_sub(2).min(REMARK);
    if remarks.len() > most {
        remarks.truncate(most);
        if let Some(last) = remarks.last_mut() {
            *last = format!("{}…", text::fit(last, room.saturating_sub(1)));
        }
    }
    let names = prompt.offered.len();
    let names = names.min(high.saturating_sub(2 + remarks.len().max(1)));
    let rows = 2 + names + remarks.len().max(1);
    let height = body.height.min(u16::try_from(rows).unwrap_or(u16::MAX));
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
    let (title, typed) = if height >= 2 { (Some(0), 1) } else { (None, 0) };
    if let Some(title) = title {
        Line::new(row(place, title), screen)
            .put("━ ", on_popup(app, theme.focus))
            .put(&text::fit(&prompt.title, room), on_popup(app, theme.focus))
            .put(" ", theme.popup)
            .fill("━", on_popup(app, theme.focus));
    }
    let line = row(place, typed);
    Line::new(line, screen).put(" > ", on_popup(app, theme.accent));
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
    for (index, words) in remarks.iter().enumerate() {
        Line::new(row(place, typed + 1 + names + index), screen)
            .put(" ", style)
            .put(words, style);
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
