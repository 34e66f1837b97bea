//! A list to choose from by typing. An item has a row, but where it would be cut, the chosen one has as
//! many as it needs; in a list of messages all have.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::frame::{Frame, Place, columns};
use super::{Hit, Reach, field, on_popup};
use crate::tui::app::{App, Item, Match, Palette};
use crate::tui::pane::{Line, row};
use crate::tui::text;

/// Most lines shown at once.
const LINES: usize = 14;
/// Widest box.
const WIDTH: u16 = 84;
/// Columns of a list below which keys have a row of their own.
const NARROW: usize = 48;
/// In front of an item's rows.
const LEAD: usize = 3;

/// What a row of the list shows of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shown {
    /// All of it, cut where it is too long.
    All,
    /// A part of the title, in bytes; the first one has the key beside it.
    Title(Range<usize>),
    /// A part of what else is known.
    Detail(String),
    /// The key.
    Key,
}

struct Geometry {
    frame: Frame,
    list: Rect,
    /// Rows with the index of their item.
    rows: Vec<(usize, Shown)>,
    /// Index of the first row shown.
    first: usize,
    /// How far the chosen item can be scrolled.
    reach: Reach,
}

fn geometry(palette: &Palette, matching: &[Match<'_>], area: Rect) -> Geometry {
    let wide = usize::from(columns(area, WIDTH));
    let mut rows = Vec::new();
    let mut chosen = 0..0;
    for (index, found) in matching.iter().enumerate() {
        let own = index == palette.chosen;
        let before = rows.len();
        let shown = if own || palette.unfolded {
            parts(found.item, wide)
        } else {
            vec![Shown::All]
        };
        rows.extend(shown.into_iter().map(|part| (index, part)));
        if own {
            chosen = before..rows.len();
        }
    }
    // The box keeps its height while one goes through a short list.
    let most = match rows.len() {
        few if few < LINES && !palette.unfolded => {
            let more = matching.iter().map(|one| parts(one.item, wide).len() - 1);
            matching.len() + more.max().unwrap_or(0)
        }
        many => many,
    };
    let height = u16::try_from(most.clamp(1, LINES) + 3).unwrap_or(17);
    let frame = Frame::new(area, WIDTH, height, Place::Top);
    let body = frame.body;
    let list = Rect {
        y: body.y + 1.min(body.height),
        height: body.height.saturating_sub(1),
        ..body
    };
    let page = usize::from(list.height).max(1);
    let reach = Reach {
        page,
        last: chosen.len().saturating_sub(page),
    };
    let first = match reach.last {
        0 => chosen.end.max(1).saturating_sub(page),
        last => chosen.start + palette.inner.min(last),
    };
    Geometry {
        frame,
        list,
        rows,
        first,
        reach,
    }
}

/// The rows of an item where it is to be read whole.
fn parts(item: &Item, wide: usize) -> Vec<Shown> {
    let narrow = wide < NARROW;
    let key = match text::width(&item.key) {
        0 => 0,
        wide => wide + 2,
    };
    let detail = detail(item);
    let gap = if detail.is_empty() { 0 } else { 2 };
    let line = text::width(&item.title) + gap + text::width(&detail);
    if line + key + LEAD < wide {
        return vec![Shown::All];
    }
    let beside = if narrow { 0 } else { key };
    let room = wide.saturating_sub(LEAD + 1 + beside).max(1);
    let titles = text::break_lines(&item.title, room).map(Shown::Title);
    let mut out: Vec<Shown> = titles.collect();
    if !detail.is_empty() {
        let details = text::wrap(&detail, room.saturating_sub(2));
        out.extend(details.into_iter().map(Shown::Detail));
    }
    if narrow && key > 0 {
        out.push(Shown::Key);
    }
    out
}

/// What else is known of an item, or why it cannot be chosen.
fn detail(item: &Item) -> String {
    match item.refused {
        Some(why) => format!("not now: {why}"),
        None => item.detail.clone(),
    }
}

/// How far the chosen item can be scrolled.
pub fn reach(palette: &Palette, area: Rect) -> Reach {
    geometry(palette, &palette.matching(), area).reach
}

/// What a click is on.
pub fn hit(palette: &Palette, area: Rect, at: Position) -> Hit {
    let places = geometry(palette, &palette.matching(), area);
    if !places.frame.whole.contains(at) {
        return Hit::Outside;
    }
    let index = places.first + usize::from(at.y.saturating_sub(places.list.y));
    let inside = places.list.contains(at);
    match places.rows.get(index).filter(|_| inside) {
        Some((index, _)) => Hit::Item(*index),
        None => Hit::Inside,
    }
}

pub fn draw(app: &App, palette: &Palette, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let matching = palette.matching();
    let places = geometry(palette, &matching, area);
    places.frame.draw(app, palette.title, screen);
    let body = places.frame.body;
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
    let rows = places.rows.iter().enumerate();
    for (index, (item, part)) in rows.skip(places.first).take(shown) {
        let Some(found) = matching.get(*item) else {
            continue;
        };
        let place = row(list, index - places.first);
        let chosen = *item == palette.chosen;
        // The first row of an item has its sign.
        let begins = index == 0 || places.rows.get(index - 1).is_none_or(|one| one.0 != *item);
        item_row(app, found, part, (chosen, begins), place, screen);
        if chosen {
            screen.set_style(place, theme.selection);
        }
    }
    let taken = u16::try_from(text::width(&count)).unwrap_or(0);
    field(app, &palette.input, body, taken, screen)
}

fn item_row(
    app: &App,
    found: &Match<'_>,
    part: &Shown,
    (chosen, begins): (bool, bool),
    place: Rect,
    screen: &mut Buffer,
) {
    let item = found.item;
    let faint = on_popup(app, app.theme.muted);
    let accent = on_popup(app, app.theme.accent);
    let plain = if item.refused.is_some() {
        faint
    } else {
        app.theme.popup
    };
    // The row's own look goes over the colours; the letters stay underlined.
    let look = if chosen { plain } else { accent };
    let look = look.patch(app.theme.mark);
    let mut line = Line::new(place, screen);
    line.put(if chosen && begins { " ▸ " } else { "   " }, accent);
    let beside = *part == Shown::All || begins && usize::from(place.width) >= NARROW;
    if beside && !item.key.is_empty() {
        line.right(&format!(" {} ", item.key), accent);
    }
    match part {
        Shown::All => {
            let title = text::fit(&item.title, line.room());
            marked(&mut line, &title, 0, found, plain, look);
            let room = line.room().saturating_sub(3);
            line.put("  ", plain)
                .put(&text::fit(&detail(item), room), faint);
        }
        Shown::Title(range) => {
            let title = item.title.get(range.clone()).unwrap_or_default();
            marked(&mut line, title, range.start, found, plain, look);
        }
        Shown::Detail(words) => {
            line.put("  ", faint).put(words, faint);
        }
        Shown::Key => {
            line.put("  ", faint).put(&item.key, accent);
        }
    }
}

/// A part of a title that begins at a byte, with the letters that match in their own look.
fn marked(
    line: &mut Line<'_>,
    part: &str,
    from: usize,
    found: &Match<'_>,
    plain: Style,
    look: Style,
) {
    let mut at = 0;
    for letter in &found.letters {
        let start = letter.start.saturating_sub(from).max(at);
        let end = letter.end.saturating_sub(from).min(part.len()).max(start);
        let (Some(before), Some(own)) = (part.get(at..start), part.get(start..end)) else {
            break;
        };
        line.put(before, plain).put(own, look);
        at = end;
    }
    line.put(part.get(at..).unwrap_or_default(), plain);
}
