//! What it renders: problems first, then events as the first output would write them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::{Line, right_heading, row, scrollbar};
use crate::config::Severity;
use crate::tui::app::{App, Focus, Row, inner};
use crate::tui::lexer::{self, Language, Piece, State};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};

pub fn draw(app: &App, area: Rect, tabs: bool, screen: &mut Buffer) {
    let theme = &app.theme;
    let preview = &app.preview;
    let stale = if preview.stale { "… " } else { "" };
    let remark = match preview.took {
        None => String::new(),
        Some(_) => format!(
            "{stale}{}, seed {}",
            text::count(preview.events.len(), "event"),
            preview.seed
        ),
    };
    right_heading(app, area, Focus::Events, tabs, &remark, screen);
    let mut body = inner(area);
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
    for (index, content) in preview
        .rows
        .iter()
        .skip(preview.top)
        .take(height)
        .enumerate()
    {
        draw_row(app, content, row(body, index), screen);
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

fn draw_row(app: &App, content: &Row, area: Rect, screen: &mut Buffer) {
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
            line.put(sign, style).put(place, style);
        }
        Row::Problem(_, text) => drop(line.put("  ", theme.text).put(text, theme.text)),
        Row::Help(_, text) => drop(line.put("  ", theme.muted).put(text, theme.muted)),
        Row::Note(text) => drop(line.put(text, theme.warn)),
        Row::Failed(_, text) => drop(line.put(text, theme.error)),
        Row::Head(index) => head(app, *index, area, screen),
        Row::Text(index, range) => {
            let event = preview
                .events
                .get(*index)
                .and_then(|event| event.text.as_ref().ok());
            if let Some(text) = event {
                let old = preview.old.then_some(theme.muted);
                body(text, range.clone(), old, theme, area, screen);
            }
        }
        Row::Blank => {}
    }
    let head_row = matches!(content, Row::Place(_) | Row::Head(_));
    if chosen && head_row && focused {
        screen.set_style(area, theme.selection);
    }
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
    line.put(" ", theme.muted).fill(" ", theme.muted);
}

/// One row of an event's text, highlighted when it looks like JSON.
fn body(
    whole: &str,
    range: std::ops::Range<usize>,
    plain: Option<Style>,
    theme: &Theme,
    area: Rect,
    screen: &mut Buffer,
) {
    let Some(shown) = whole.get(range.clone()) else {
        return;
    };
    let mut pieces: Vec<Piece> = Vec::new();
    if plain.is_none() && whole.trim_start().starts_with(['{', '[']) {
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
        let shift = range.start - start;
        for (piece, _) in &mut pieces {
            *piece = piece.start.saturating_sub(shift)..piece.end.saturating_sub(shift);
        }
    }
    let mut line = Line::new(area, screen);
    let base = plain.unwrap_or(theme.text);
    let mut at = 0;
    for (piece, token) in pieces.into_iter().filter(|(piece, _)| piece.end > 0) {
        let end = piece.end.min(shown.len());
        if piece.start >= shown.len() {
            break;
        }
        put(
            &mut line,
            shown.get(at..piece.start).unwrap_or_default(),
            base,
        );
        put(
            &mut line,
            shown.get(piece.start.max(at)..end).unwrap_or_default(),
            theme.token(token),
        );
        at = end;
    }
    put(&mut line, shown.get(at..).unwrap_or_default(), base);
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
