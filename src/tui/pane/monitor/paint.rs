//! Texts that somebody else wrote: control characters made visible, matches marked, JSON coloured.

use std::ops::Range;

use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::super::Line;
use crate::tui::lexer::{self, Language, Piece, State};
use crate::tui::theme::Theme;

/// Writes a text; what lies in `marks` (bytes) is marked.
pub fn text(line: &mut Line<'_>, text: &str, style: Style, marks: &[Range<usize>], theme: &Theme) {
    pieces(line, text, &[], style, marks, theme);
}

/// Writes a part of JSON in the colours of its tokens.
pub fn json(line: &mut Line<'_>, text: &str, marks: &[Range<usize>], theme: &Theme) {
    let mut found: Vec<Piece> = Vec::new();
    lexer::line(Language::Json, &mut State::default(), text, &mut found);
    let styles: Vec<(Range<usize>, Style)> = found
        .into_iter()
        .map(|(range, token)| (range, theme.token(token)))
        .collect();
    pieces(line, text, &styles, theme.text, marks, theme);
}

fn pieces(
    line: &mut Line<'_>,
    text: &str,
    styles: &[(Range<usize>, Style)],
    base: Style,
    marks: &[Range<usize>],
    theme: &Theme,
) {
    let mut run = String::new();
    let mut run_style = base;
    let mut styles = styles.iter().peekable();
    for (at, part) in text.grapheme_indices(true) {
        if line.room() <= run.len() / 4 {
            break;
        }
        while styles.next_if(|(range, _)| range.end <= at).is_some() {}
        let own = styles.peek().filter(|(range, _)| range.contains(&at));
        let mut style = own.map_or(base, |(_, style)| *style);
        if marks.iter().any(|range| range.contains(&at)) {
            style = style.patch(theme.found);
        }
        if style != run_style {
            line.put(&run, run_style);
            run.clear();
            run_style = style;
        }
        run.push_str(match part {
            "\t" => "    ",
            _ if part.chars().any(char::is_control) => "·",
            _ => part,
        });
    }
    line.put(&run, run_style);
}
