//! The YAML scanner's messages in words for the person who made the mistake.

use super::source::Source;
use super::{Diagnostic, Span};

/// What the scanner says (in part), what we say, and what to do.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "mapping values are not allowed",
        "a `: ` is not allowed here",
        "check the indentation of this line, and quote texts that contain `: `",
    ),
    (
        "simple key",
        "this line is neither `key: value` nor `- item`",
        "add the `:`, or indent the line if it continues the text above",
    ),
    (
        "expected <document start>",
        "this line is neither `key: value` nor `- item`",
        "add the `:`, or indent the line if it continues the text above",
    ),
    (
        "block collection, did not find expected '-'",
        "this line does not fit the indentation of the list above",
        "list items begin with `- ` in one column, and the options of an item begin in one column too",
    ),
    (
        "block mapping, did not find expected key",
        "this does not fit the indentation of the keys above",
        "keys of one mapping begin in one column",
    ),
    (
        "invalid indentation in quoted scalar",
        "this quoted text is not closed, or goes on in a line that is not indented",
        "add the closing quote, or indent the lines that follow deeper than the key",
    ),
    (
        "while scanning a quoted scalar, found unexpected end",
        "this quoted text is never closed",
        "add the closing quote",
    ),
    (
        "trailing content after",
        "there is more text behind the closing quote",
        "put everything in quotes; inside '...' a quote is written twice, inside \"...\" as \\\"",
    ),
    (
        "flow mapping, did not find",
        "this `{` is not closed, or a `,` is missing",
        "write `{key: value, ...}`",
    ),
    (
        "flow sequence, did not find",
        "this `[` is not closed, or a `,` is missing",
        "write `[item, ...]`",
    ),
    (
        "illegal placement of ':'",
        "a `:` is not allowed here, perhaps a bracket above is not closed",
        "close the `[` or `{`, and quote texts that contain `: `",
    ),
    (
        "misplaced bracket",
        "this bracket was never opened",
        "remove it, or put the text in quotes",
    ),
    (
        "block sequence entries are not allowed",
        "a list cannot begin in the line of its key",
        "put `- ` in a line of its own, or the text in quotes",
    ),
    (
        "unknown escape",
        "unknown escape in double quotes",
        "write `\\\\` for a backslash, or use single quotes, where it has no meaning",
    ),
    (
        "unknown anchor",
        "no value was named like this before",
        "name a value with `&name` above, or put the text in quotes if it begins with `*`",
    ),
    (
        "comments must be separated",
        "a comment needs a blank before its `#`",
        "add a blank, or put the text in quotes",
    ),
    (
        "found a tab",
        "a tab stands here",
        "YAML is indented with spaces, never with tabs",
    ),
    (
        "tabs disallowed",
        "a tab stands here",
        "YAML is indented with spaces, never with tabs",
    ),
];

const SPECIAL: &str =
    "text that begins with a special character such as `*`, `@` or `%` must be in quotes";

/// The problem behind a scanner's error at the character with this index.
pub(super) fn explain(source: &Source, index: usize, info: &str) -> Diagnostic {
    let index = index.min(source.len);
    let mut span = source.span(index, index + 1);
    let late = info.contains("simple key") || info.contains("<document start>");
    if late && span.start.column == 1 {
        // The scanner notices at the line after.
        span = line_before(source, span).unwrap_or(span);
    }
    if info.contains("tab") {
        // The scanner points behind the tab, or at where the text before it begins.
        let line = index + 1 - usize::try_from(span.start.column).unwrap_or(1);
        let tab = source.text.chars().skip(line).position(|one| one == '\t');
        let at = tab.map_or(index, |tab| line + tab);
        span = source.span(at, at + 1);
    }
    let line = source.line(span.start.line);
    let known = KNOWN.iter().find(|(part, ..)| info.contains(part));
    let message = known.map_or(info, |(_, message, _)| message);
    let help = by_line(line, info).or(known.map(|(.., help)| *help));
    let problem = Diagnostic::error(format!("broken YAML: {message}"), Some(source.place(span)));
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn line_before(source: &Source, span: Span) -> Option<Span> {
    let number = (1..span.start.line).rev().find(|number| {
        let line = source.line(*number).trim_start();
        !line.is_empty() && !line.starts_with('#')
    })?;
    let line = source.line(number);
    let column = |text: &str| u32::try_from(text.chars().count() + 1).unwrap_or(u32::MAX);
    let blank = line.len() - line.trim_start().len();
    let mut span = span;
    span.start.line = number;
    span.start.column = column(line.get(..blank).unwrap_or_default());
    span.end.line = number;
    span.end.column = column(line.trim_end());
    Some(span)
}

/// Advice that the line itself suggests.
fn by_line(line: &str, info: &str) -> Option<&'static str> {
    let body = line.trim_start();
    let indent = line.get(..line.len() - body.len()).unwrap_or_default();
    if indent.contains('\t') {
        Some("YAML is indented with spaces, never with tabs")
    } else if body.contains("{%") {
        Some(
            "blocks `{% ... %}` are not run while loading; an inline template must stand in quotes or after `|`",
        )
    } else if body.contains("{{") {
        Some("put a template in quotes: \"{{ ... }}\"")
    } else if info.contains("unexpected character") || info.contains("anchor or alias") {
        Some(SPECIAL)
    } else {
        None
    }
}
