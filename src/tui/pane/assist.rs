//! Help while typing, drawn beside the cursor: words that could stand there, or what a word is.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Line, row, scrollbar};
use crate::language::Hover;
use crate::tui::app::{App, POPUP_ROWS, Popup};
use crate::tui::text;

/// Widest box.
const WIDEST: u16 = 72;

/// Draws what there is, below the cursor, or above it where there is more room.
pub fn draw(app: &App, cursor: Position, area: Rect, screen: &mut Buffer) {
    if let Some(popup) = &app.assist.popup {
        words(app, popup, cursor, area, screen);
    } else if let Some(told) = &app.assist.told {
        hover(app, told, cursor, area, screen);
    }
}

/// The word of the list that is at a place, by its index.
pub fn word_at(app: &App, at: Position) -> Option<usize> {
    let popup = app.assist.popup.as_ref()?;
    // Where the cursor is, drawing alone knows.
    let cursor = super::draw(app, &mut Buffer::empty(app.size))?;
    let area = crate::tui::layout::between(app.size, &app.layout());
    let measured = measured(popup, cursor, area);
    let body = measured.edged.body;
    let index = usize::from(at.y.checked_sub(body.y)?);
    (body.contains(at) && index < measured.rows).then_some(measured.top + index)
}

/// How far the help on a word can be scrolled: rows seen at once, and the most that can be left out at
/// the top.
pub fn told_reach(app: &App) -> (usize, usize) {
    let Some(told) = &app.assist.told else {
        return (0, 0);
    };
    let Some(cursor) = super::draw(app, &mut Buffer::empty(app.size)) else {
        return (0, 0);
    };
    let area = crate::tui::layout::between(app.size, &app.layout());
    let (edged, lines) = laid_out(told, cursor, area);
    let page = usize::from(edged.body.height);
    (page, lines.len().saturating_sub(page))
}

/// Rows beside the cursor from which on a box has an edge.
const EDGED: u16 = 4;

/// A box beside the cursor, with an edge on all sides but the one at the cursor's line.
struct Edged {
    whole: Rect,
    body: Rect,
    /// It is below the cursor.
    down: bool,
    /// There is room for an edge.
    edge: bool,
}

impl Edged {
    /// Of at most that size inside.
    fn new(cursor: Position, area: Rect, width: u16, height: u16) -> Self {
        let below = area.bottom().saturating_sub(cursor.y + 1);
        let above = cursor.y.saturating_sub(area.y);
        let down = below > height || below >= above;
        let room = if down { below } else { above };
        let edge = room >= EDGED && area.width >= 12;
        let (sides, rule) = (2 * u16::from(edge), u16::from(edge));
        let height = height.saturating_add(rule).min(room);
        let width = width.saturating_add(sides).min(area.width);
        let whole = Rect {
            x: cursor.x.min(area.right().saturating_sub(width)).max(area.x),
            y: if down {
                cursor.y + 1
            } else {
                cursor.y - height
            },
            width,
            height,
        };
        let body = Rect {
            x: whole.x + sides / 2,
            y: whole.y + if down { 0 } else { rule.min(height) },
            width: width - sides.min(width),
            height: height.saturating_sub(rule),
        };
        Self {
            whole,
            body,
            down,
            edge,
        }
    }

    /// Clears the place and draws the edge, with a remark in it.
    fn draw(&self, app: &App, remark: &str, screen: &mut Buffer) {
        for position in self.whole.intersection(screen.area).positions() {
            if let Some(cell) = screen.cell_mut(position) {
                cell.reset();
                cell.set_style(app.theme.popup);
            }
        }
        if !self.edge {
            return;
        }
        let style = on(app, app.theme.focus);
        for index in 0..self.whole.height {
            let ends = if self.down { self.whole.height - 1 } else { 0 };
            let mut line = Line::new(row(self.whole, usize::from(index)), screen);
            let (left, right) = match (index == ends, self.down) {
                (false, _) => ("┃", "┃"),
                (true, true) => ("┗", "┛"),
                (true, false) => ("┏", "┓"),
            };
            line.put(left, style).right(right, style);
            if index == ends {
                if !remark.is_empty() {
                    line.put("━ ", style).put(remark, style).put(" ", style);
                }
                line.fill("━", style);
            }
        }
    }
}

/// The list of words, laid out.
struct Measured {
    edged: Edged,
    /// Cells of the words.
    labels: usize,
    /// Words shown, and the index of the first of them.
    rows: usize,
    top: usize,
    /// What is known of the chosen one.
    lines: Vec<String>,
}

fn measured(popup: &Popup, cursor: Position, area: Rect) -> Measured {
    let shown = popup.items.iter().skip(popup.top).take(POPUP_ROWS);
    let wide = |width: usize| u16::try_from(width).unwrap_or(u16::MAX);
    let labels = shown.clone().map(|one| text::width(&one.label)).max();
    let labels = labels.unwrap_or(0).min(36);
    let details = shown.clone().map(|one| text::width(&one.detail)).max();
    let doc = popup
        .items
        .get(popup.chosen)
        .map_or("", |one| one.doc.as_str());
    let width = wide(labels + 4 + details.unwrap_or(0).min(30))
        .clamp(if doc.is_empty() { 16 } else { 40 }, WIDEST)
        .min(area.width.saturating_sub(2).max(1));
    let lines = text::wrap(doc, usize::from(width).saturating_sub(2));
    let mut lines: Vec<String> = lines.into_iter().take(3).collect();
    let edged = Edged::new(cursor, area, width, wide(shown.len() + lines.len()));
    // Words come before what is known of one, and the chosen one is always among them.
    let high = usize::from(edged.body.height);
    let rows = shown.len().min(high);
    lines.truncate(high - rows);
    Measured {
        edged,
        labels,
        rows,
        top: popup.top.max((popup.chosen + 1).saturating_sub(rows)),
        lines,
    }
}

fn words(app: &App, popup: &Popup, cursor: Position, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let Measured {
        edged,
        labels,
        rows,
        top,
        lines,
    } = measured(popup, cursor, area);
    let count = match popup.items.len() {
        all if all > rows => format!("{} of {all}", popup.chosen + 1),
        _ => String::new(),
    };
    edged.draw(app, &count, screen);
    let place = edged.body;
    for (index, item) in popup.items.iter().skip(top).take(rows).enumerate() {
        let chosen = top + index == popup.chosen;
        let style = if chosen { theme.selection } else { theme.popup };
        let faint = if chosen {
            theme.selection
        } else {
            on(app, theme.muted)
        };
        let mut line = Line::new(row(place, index), screen);
        line.put(if chosen { "▸" } else { " " }, style);
        let room = line.room();
        line.put(&text::fit(&item.label, labels.min(room)), style);
        line.right(" ", style);
        let room = line.room().saturating_sub(2);
        line.right(&text::fit(&item.detail, room), faint);
        line.fill(" ", style);
    }
    for (index, words) in lines.iter().enumerate() {
        Line::new(row(place, rows + index), screen)
            .put(" ", theme.popup)
            .put(words, on(app, theme.muted));
    }
}

/// Help on a word, laid out: its rows, those of the title marked.
fn laid_out(told: &Hover, cursor: Position, area: Rect) -> (Edged, Vec<(String, bool)>) {
    let room = usize::from(WIDEST.min(area.width.saturating_sub(2))).saturating_sub(2);
    let title = text::wrap(&told.title, room).into_iter();
    let doc = text::wrap(&told.doc, room).into_iter();
    let titles = title.map(|one| (one, true));
    let lines: Vec<_> = titles.chain(doc.map(|one| (one, false))).collect();
    let longest = lines.iter().map(|(one, _)| text::width(one)).max();
    let width = u16::try_from(longest.unwrap_or(0) + 2).unwrap_or(WIDEST);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    (Edged::new(cursor, area, width, height), lines)
}

fn hover(app: &App, told: &Hover, cursor: Position, area: Rect, screen: &mut Buffer) {
    let (edged, lines) = laid_out(told, cursor, area);
    let page = usize::from(edged.body.height);
    let last = lines.len().saturating_sub(page);
    let top = app.assist.told_top.min(last);
    let more = match last {
        0 => "",
        _ if top == last => "PgUp reads back",
        _ => "PgDn reads on",
    };
    edged.draw(app, more, screen);
    for (index, (words, title)) in lines.iter().skip(top).take(page).enumerate() {
        let style = if *title {
            on(app, app.theme.strong)
        } else {
            app.theme.popup
        };
        Line::new(row(edged.body, index), screen)
            .put(" ", app.theme.popup)
            .put(words, style);
    }
    scrollbar(edged.body, top, page, lines.len(), &app.theme, screen);
}

/// A style's letters on the box's ground.
fn on(app: &App, style: Style) -> Style {
    Style {
        bg: app.theme.popup.bg,
        ..style
    }
}
