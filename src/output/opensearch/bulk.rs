//! Bodies of bulk requests, and what came of their documents.

use std::fmt::Write as _;

use crate::output::{Items, OutputError, Receipt};

/// A bulk request.
pub(super) struct Request {
    pub(super) body: Vec<u8>,
    /// Positions of the items that are in it.
    pub(super) sent: Vec<usize>,
    /// Items that are not, and why.
    pub(super) refused: Vec<(usize, OutputError)>,
}

/// Puts items together: before each document a line that says where it goes, `action` when that is
/// the same for all. A line is a document there, so documents on several lines are put on one, and a
/// document in which that cannot be done is left out.
pub(super) fn request(items: &Items<'_>, action: Option<&str>) -> Request {
    let mut body = Vec::new();
    let mut sent = Vec::with_capacity(items.len());
    let mut refused = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let before = body.len();
        match action {
            Some(line) => body.extend_from_slice(line.as_bytes()),
            None => body.extend_from_slice(self::action(items.text(0, position)).as_bytes()),
        }
        body.push(b'\n');
        if one_line(item, &mut body) {
            body.push(b'\n');
            sent.push(position);
        } else {
            body.truncate(before);
            let error = OutputError::failed("the document has a line break inside a text")
                .help("write line breaks in JSON texts as `\\n`; the format `json` or the filter `tojson` does");
            refused.push((position, error));
        }
    }
    Request {
        body,
        sent,
        refused,
    }
}

/// The line in front of a document.
pub(super) fn action(index: &str) -> String {
    let mut line = String::from("{\"index\": {\"_index\": \"");
    for char in index.chars() {
        match char {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            '\u{8}' => line.push_str("\\b"),
            '\u{c}' => line.push_str("\\f"),
            ' '..='~' => line.push(char),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
        }
    }
    line.push_str("\"}}");
    line
}

/// Appends a document without its line breaks; false when one is inside a text, where it cannot be
/// left out.
fn one_line(document: &[u8], out: &mut Vec<u8>) -> bool {
    if memchr::memchr(b'\n', document).is_none() {
        out.extend_from_slice(document);
        return true;
    }
    let mut inside = false;
    let mut escaped = false;
    let mut indent = false;
    for &byte in document {
        match byte {
            b'\n' if inside => return false,
            b'\n' => {
                if !indent {
                    out.push(b' ');
                }
                indent = true;
                continue;
            }
            b' ' | b'\t' | b'\r' if indent => continue,
            b'"' if !escaped => inside = !inside,
            _ => {}
        }
        indent = false;
        escaped = inside && byte == b'\\' && !escaped;
        out.push(byte);
    }
    true
}

/// What came of an attempt: `refused` by us, and by the server (numbers of documents as sent).
pub(super) fn receipt(
    items: &Items<'_>,
    sent: &[usize],
    mut refused: Vec<(usize, OutputError)>,
    by_server: Vec<(usize, OutputError)>,
) -> Receipt {
    let position = |(number, error): (usize, OutputError)| Some((*sent.get(number)?, error));
    refused.extend(by_server.into_iter().filter_map(position));
    refused.sort_by_key(|(position, _)| *position);
    let total: usize = items.iter().map(<[u8]>::len).sum();
    let lost: usize = refused
        .iter()
        .map(|(position, _)| items.get(*position).len())
        .sum();
    let mut receipt = Receipt::taken(total.saturating_sub(lost));
    for (position, error) in refused {
        receipt.fail(position, error);
    }
    receipt
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("{\"a\": 1}", Some("{\"a\": 1}"))]
    #[case(
        "{\n  \"a\": \"b  c\",\r\n\t\"d\": 1\n}",
        Some("{ \"a\": \"b  c\",\r \"d\": 1 }")
    )]
    #[case("1\n2", Some("1 2"))]
    #[case("{\"a\": \"\\\\\"\n}", Some("{\"a\": \"\\\\\" }"))]
    #[case("{\"a\": \"\\\"\n\"}", None)]
    #[case("{\"a\": \"b\nc\"}", None)]
    fn documents_go_on_one_line(#[case] document: &str, #[case] line: Option<&str>) {
        let mut out = Vec::new();
        let whole = one_line(document.as_bytes(), &mut out);
        assert_eq!(
            whole.then(|| String::from_utf8(out).unwrap()).as_deref(),
            line
        );
    }

    #[test]
    fn the_index_is_a_json_text_in_ascii() {
        assert_eq!(
            action("\u{43b}-\u{1f600}\"\\\n\u{7f}~"),
            "{\"index\": {\"_index\": \"\\u043b-\\ud83d\\ude00\\\"\\\\\\n\\u007f~\"}}"
        );
    }
}
