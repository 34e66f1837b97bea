//! The place of the events: the events themselves, problems first, or one of the views beside them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use super::tabs::right_heading;
use super::{Line, row, samples, scrollbar, sheet};
use crate::config::Severity;
use crate::preview::Shown;
use crate::preview::json::Kind;
use crate::tui::app::{App, Focus, PaneView, Row, inner, shown_text};
use crate::tui::canvas::Canvas;
use crate::tui::lexer::{self, Language, Piece, State};
use crate::tui::text;
use crate::tui::theme::Token;

/// What the last edit changed, beside the sign in front of the row.
const CHANGED: Style = Style::new()
    .add_modifier(Modifier::UNDERLINED)
    .add_modifier(Modifier::BOLD);

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    let preview = &app.preview;
    right_heading(app, area, Focus::Events, &remark(app), screen);
    let body = inner(area);
    match preview.panes.view {
        PaneView::Events => draw_events(app, body, screen),
        PaneView::Samples => samples::draw(app, body, screen),
        _ => sheet::draw(app, body, screen),
    }
}

/// The keys that matter in the shown view.
pub(super) fn hints(app: &App) -> &'static [(&'static str, &'static str)] {
    match app.preview.panes.view {
        PaneView::Events if app.preview.panes.tree => &[
            ("[ ]", "View"),
            ("← →", "Fold"),
            ("v", "Copy value"),
            ("t", "Text"),
            ("/", "Search"),
        ],
        PaneView::Events => &[
            ("[ ]", "View"),
            ("Enter", "Go to"),
            ("t", "Tree"),
            ("o", "Format"),
            ("/", "Search"),
        ],
        PaneView::Statistics => &[("[ ]", "View"), ("Enter", "Open")],
        PaneView::Explain => &[("[ ]", "View"), ("J K", "Event"), ("Enter", "Go to")],
        PaneView::State => &[
            ("[ ]", "View"),
            ("s", "Step"),
            ("b", "Back"),
            ("0", "Start"),
            ("e", "Change"),
            ("x", "Remove"),
            ("R", "Reset"),
        ],
        PaneView::Samples => &[
            ("[ ]", "View"),
            ("J K", "Sample"),
            ("← →", "Column"),
            ("/", "Search"),
            ("Enter", "Open"),
        ],
        PaneView::Tools => &[("[ ]", "View"), ("Enter", "Type"), ("J K", "Event")],
        PaneView::Params if !app.preview.panes.sheet.leads() => &[("[ ]", "View")],
        PaneView::Params => &[("[ ]", "View"), ("Enter", "Type"), ("x", "Take back")],
    }
}

/// What the heading says besides the tabs.
pub(super) fn remark(app: &App) -> String {
    let preview = &app.preview;
    let panes = &preview.panes;
    if preview.took.is_none() {
        return String::new();
    }
    let stale = if preview.stale { "… " } else { "" };
    let which = preview.chosen_event().map(|event| event.number + 1);
    let which = which.map_or(String::new(), |number| format!("timestamp {number}"));
    let words = match panes.view {
        PaneView::Events => {
            let mut parts = Vec::new();
            let changed = panes.changes.count();
            if changed > 0 {
                parts.push(format!("~ {changed} changed"));
            }
            if let Some(search) = &panes.search {
                parts.push(format!("{} found", text::grouped(search.count() as u64)));
            }
            match panes.shown {
                Shown::Output(0) => {}
                Shown::Rendered => parts.push("as rendered".to_owned()),
                Shown::Output(_) => parts.extend(preview.format_name()),
            }
            parts.push(text::count(preview.events.len(), "event"));
            parts.push(format!("seed {}", preview.seed));
            parts.join(", ")
        }
        PaneView::Statistics if panes.studying => "… counting".to_owned(),
        PaneView::Statistics => {
            let took = panes.statistics.as_ref().map(|all| all.took);
            took.map_or(String::new(), |took| format!("in {} ms", took.as_millis()))
        }
        PaneView::Explain | PaneView::Tools => which,
        PaneView::State => format!("seed {}", preview.seed),
        PaneView::Samples | PaneView::Params => String::new(),
    };
    format!("{stale}{words}")
}

fn draw_events(app: &App, mut body: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let preview = &app.preview;
    body.x += body.width.min(1);
    body.width -= body.width.min(1);
    needs(app, &mut body, screen);
    let height = usize::from(body.height);
    if preview.rows.is_empty() {
        let text = match preview.took {
            None => "working it out …",
            Some(_) => "nothing was rendered",
        };
        Line::new(row(body, 0), screen)
            .put(" ", theme.muted)
            .put(text, theme.muted);
        return;
    }
    let shown = preview.rows.iter().enumerate().skip(preview.top);
    for (index, content) in shown.take(height) {
        draw_row(app, index, content, row(body, index - preview.top), screen);
    }
    scrollbar(body, preview.top, height, preview.rows.len(), theme, screen);
}

/// A line about params and secrets that have no value here.
fn needs(app: &App, body: &mut Rect, screen: &mut Buffer) {
    let (params, secrets) = &app.preview.needs;
    let list = [("params", params), ("secrets", secrets)];
    for (kind, names) in list.into_iter().filter(|(_, names)| !names.is_empty()) {
        if body.height < 4 {
            return;
        }
        let line = format!("needs {kind}: {}", names.join(", "));
        Line::new(*body, screen).put(&text::fit(&line, usize::from(body.width)), app.theme.warn);
        body.y += 1;
        body.height -= 1;
    }
}

fn draw_row(app: &App, at: usize, content: &Row, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let preview = &app.preview;
    let chosen = preview.item_of(content) == Some(preview.chosen);
    let focused = app.focus == Focus::Events;
    let mut line = Line::new(area, screen);
    match content {
        Row::Place(index) => {
            let Some(problem) = preview.problems.get(*index) else {
                return;
            };
            let (sign, style) = match problem.severity {
                Severity::Error => ("✗ ", theme.error),
                Severity::Warning => ("▲ ", theme.warn),
            };
            let place = if problem.label.is_empty() {
                "project"
            } else {
                &problem.label
            };
            let (place, share) = place.split_once("  ").unwrap_or((place, ""));
            line.put(sign, style).put(place, style);
            line.right(" ", theme.muted).right(share, theme.muted);
        }
        Row::Problem(_, text) => drop(line.put("  ", theme.text).put(text, theme.text)),
        Row::Help(_, text) => drop(line.put("  ", theme.muted).put(text, theme.muted)),
        Row::Note(text) => drop(line.put(text, theme.warn)),
        Row::Failed(_, text) | Row::Fault(_, text) => drop(line.put(text, theme.error)),
        Row::Head(index) => head(app, *index, area, screen),
        Row::Text(index, range) => text_row(app, *index, range.clone(), area, screen),
        Row::Tree(index, node) => tree_row(app, *index, *node, area, screen),
        Row::Blank => {}
    }
    let head_row = matches!(content, Row::Place(_) | Row::Head(_));
    let on_it = at == preview.cursor && matches!(content, Row::Tree(..) | Row::Text(..));
    let head_on = chosen && head_row && (!preview.panes.tree || at == preview.cursor);
    if focused && (head_on || on_it) {
        screen.set_style(area, theme.selection);
    }
}

/// One row of an event's text.
fn text_row(
    app: &App,
    index: usize,
    range: std::ops::Range<usize>,
    area: Rect,
    screen: &mut Buffer,
) {
    let preview = &app.preview;
    let Some(text) = preview.events.get(index).and_then(shown_text) else {
        return;
    };
    let marks = marks(app, index);
    let touched = |kind: Mark| {
        let mut own = marks.iter();
        own.any(|(mark, part)| {
            *mark == kind && part.start < range.end.max(range.start + 1) && part.end > range.start
        })
    };
    if touched(Mark::Changed) && area.x > 0 {
        screen.set_within(area.x - 1, area.y, "~", 1, app.theme.warn);
    }
    let range = match preview.panes.wrap {
        true => range,
        false => skip(text, range, preview.panes.shift),
    };
    body(app, text, range, &marks, area, screen);
}

/// The part of a line from a cell on.
fn skip(text: &str, range: std::ops::Range<usize>, cells: usize) -> std::ops::Range<usize> {
    let line = text.get(range.clone()).unwrap_or_default();
    let mut used = 0;
    let start = line.grapheme_indices(true).find(|(_, part)| {
        let here = used >= cells;
        used += text::width(part);
        here
    });
    range.start + start.map_or(line.len(), |(at, _)| at)..range.end
}

/// What a part of an event's text is besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Changed,
    Found,
    Fault,
}

fn marks(app: &App, index: usize) -> Vec<(Mark, std::ops::Range<usize>)> {
    let preview = &app.preview;
    let mut out = Vec::new();
    if let Some(Some(parts)) = preview.panes.changes.parts.get(index) {
        out.extend(parts.iter().map(|part| (Mark::Changed, part.clone())));
    }
    let search = preview.panes.search.as_ref();
    if let Some(found) = search.and_then(|search| search.found.get(index)) {
        out.extend(found.iter().map(|part| (Mark::Found, part.clone())));
    }
    let event = preview.events.get(index);
    if let Some(fault) = event.and_then(|event| event.fault.as_ref())
        && fault.shown
    {
        let text = event.and_then(shown_text).unwrap_or_default();
        // Where the text ends too early, its last character stands for the place.
        let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
        let at = fault.at.min(last);
        let wide = text.get(at..).and_then(|rest| rest.chars().next());
        out.push((Mark::Fault, at..at + wide.map_or(1, char::len_utf8)));
    }
    out
}

/// A value of an event that is shown as a tree.
fn tree_row(app: &App, event: usize, node: usize, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let preview = &app.preview;
    let (Some((depth, key, value)), Some(held)) = (
        preview.tree_row(event, node),
        preview.tree_node(event, node),
    ) else {
        return;
    };
    let within =
        |part: &std::ops::Range<usize>| part.start < held.value.end && part.end > held.value.start;
    let marks = marks(app, event);
    let leaf = value.len() == held.value.len() || held.items == 0;
    let has = |kind: Mark| {
        let mut own = marks.iter();
        own.any(|(mark, part)| *mark == kind && within(part))
    };
    if leaf && has(Mark::Changed) && area.x > 0 {
        screen.set_within(area.x - 1, area.y, "~", 1, theme.warn);
    }
    let folded = preview.is_folded(event, &Row::Tree(event, node));
    let sign = match (held.items > 0, folded) {
        (true, true) => "▸ ",
        (true, false) => "▾ ",
        (false, _) => "  ",
    };
    let mut line = Line::new(area, screen);
    line.put(&"  ".repeat(depth), theme.muted)
        .put(sign, theme.muted)
        .put(&key, theme.token(Token::Key));
    if !key.is_empty() {
        line.put("  ", theme.muted);
    }
    let mut look = match held.kind {
        Kind::Text => theme.token(Token::String),
        Kind::Map | Kind::List => theme.muted,
        Kind::Null | Kind::Bool | Kind::Number => theme.token(Token::Number),
    };
    if leaf && has(Mark::Changed) {
        look = look.patch(CHANGED);
    }
    let key_found = held.key.as_ref().is_some_and(|key| {
        let mut own = marks.iter();
        own.any(|(mark, part)| *mark == Mark::Found && part.start < key.end && part.end > key.start)
    });
    if leaf && has(Mark::Found) || key_found {
        look = look.patch(theme.found);
    }
    let room = line.room().saturating_sub(1);
    put(&mut line, &text::fit(&value, room), look);
}

fn head(app: &App, index: usize, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let Some(event) = app.preview.events.get(index) else {
        return;
    };
    let mut line = Line::new(area, screen);
    line.put(&text::time_of_day(event.at), theme.muted);
    if let Some(alias) = &event.alias {
        line.put("  ", theme.muted).put(alias, theme.accent);
    }
    let tags: Vec<&str> = event.tags.iter().map(AsRef::as_ref).collect();
    line.put("  ", theme.muted)
        .put(&tags.join(" "), theme.token(Token::Variable));
    line.put(" ", theme.muted);
    if let Some(text) = shown_text(event) {
        let took = event.took.as_secs_f64() * 1e6;
        let size = text::bytes(text.len() as f64);
        line.right(" ", theme.muted);
        // The size matters more where there is no room for both.
        let both = format!("  {size} {took:>5.0} us");
        let fits = text::width(&both) < line.room();
        line.right(if fits { &both } else { &size }, theme.muted);
    }
    line.fill(" ", theme.muted);
}

/// A part of an event's text, highlighted when it looks like JSON, with what is marked in it.
fn body(
    app: &App,
    whole: &str,
    range: std::ops::Range<usize>,
    marks: &[(Mark, std::ops::Range<usize>)],
    area: Rect,
    screen: &mut Buffer,
) {
    let theme = &app.theme;
    let Some(shown) = whole.get(range.clone()) else {
        return;
    };
    let base = if app.preview.old {
        theme.muted
    } else {
        theme.text
    };
    let mut pieces: Vec<Piece> = Vec::new();
    if !app.preview.old && whole.trim_start().starts_with(['{', '[']) {
        // The text's own line, of which the row is a part.
        let start = whole
            .get(..range.start)
            .and_then(|head| head.rfind('\n'))
            .map_or(0, |at| at + 1);
        let line = whole
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        lexer::line(Language::Json, &mut State::default(), line, &mut pieces);
        for (piece, _) in &mut pieces {
            *piece = piece.start + start..piece.end + start;
        }
    }
    let mut edges: Vec<usize> = pieces
        .iter()
        .flat_map(|(piece, _)| [piece.start, piece.end])
        .chain(marks.iter().flat_map(|(_, part)| [part.start, part.end]))
        .filter(|at| range.contains(at) && whole.is_char_boundary(*at))
        .chain([range.start, range.start + shown.len()])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut line = Line::new(area, screen);
    for pair in edges.windows(2) {
        let &[from, to] = pair else {
            continue;
        };
        let holds = |part: &std::ops::Range<usize>| part.start <= from && from < part.end;
        let token = pieces.iter().find(|(piece, _)| holds(piece));
        let mut look = token.map_or(base, |(_, token)| theme.token(*token));
        for (mark, _) in marks.iter().filter(|(_, part)| holds(part)) {
            look = look.patch(match mark {
                Mark::Changed => CHANGED,
                Mark::Found => theme.found,
                Mark::Fault => theme.underline_error.add_modifier(Modifier::REVERSED),
            });
        }
        put(&mut line, whole.get(from..to).unwrap_or_default(), look);
    }
}

/// Text with control characters made visible.
fn put(line: &mut Line<'_>, text: &str, style: Style) {
    if text.chars().any(char::is_control) {
        for part in text.graphemes(true) {
            let visible = match part {
                "\t" => "    ",
                _ if part.chars().any(char::is_control) => "·",
                _ => part,
            };
            line.put(visible, style);
        }
    } else {
        line.put(text, style);
    }
}
