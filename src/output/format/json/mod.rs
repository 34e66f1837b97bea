//! `json` and `json-batch`: a streaming re-printer. It checks the text against RFC 8259 and changes
//! nothing but the white space between tokens: numbers, escapes, key order and duplicates stay.
//!
//! No tree is built: the text is scanned once, and stretches that are already laid out as wanted are
//! copied whole.

mod copy;
mod error;
mod model;
mod printer;
mod token;
pub(in crate::output) mod value;
pub(in crate::output) mod walk;

use crate::batch::EventBatch;

use super::formatted::{FormatFailure, Formatted, Reason};

use printer::{newline, print, print_like};

pub use error::{JsonError, JsonErrorKind};
pub(super) use model::Models;

/// One item per valid event. `models` are kept from batch to batch.
pub(super) fn each(
    batch: &EventBatch,
    indent: usize,
    models: &mut Models,
    separator: &[u8],
    out: &mut Formatted,
) {
    for index in 0..batch.len() {
        let (buffer, start) = out.filled();
        let printed = match models.slot(batch.alias(index)).filter(|_| indent == 0) {
            Some(slot) => print_like(batch.onward(index), slot, buffer, start),
            None => print(batch.get(index), indent, 0, buffer, start),
        };
        match printed {
            Ok(end) => {
                out.wrote(end);
                out.commit(separator, 1);
            }
            Err(error) => out.fail(failure(index, error), 1),
        }
    }
}

/// One array of all valid events; nothing at all when none is valid.
pub(super) fn joined(batch: &EventBatch, indent: usize, separator: &[u8], out: &mut Formatted) {
    let mut valid = 0;
    for (index, event) in batch.iter().enumerate() {
        let before = out.buffer().len();
        out.buffer()
            .extend_from_slice(if valid == 0 { b"[" } else { b"," });
        match (valid, indent) {
            (_, 1..) => newline(out.buffer(), indent),
            (0, 0) => {}
            _ => out.buffer().push(b' '),
        }
        match append(event, indent, 1, out.buffer()) {
            Ok(()) => valid += 1,
            Err(error) => {
                out.buffer().truncate(before);
                out.note(failure(index, error), 1);
            }
        }
    }
    if valid == 0 {
        return;
    }
    if indent > 0 {
        newline(out.buffer(), 0);
    }
    out.buffer().push(b']');
    out.commit(separator, valid);
}

fn failure(index: usize, error: JsonError) -> FormatFailure {
    FormatFailure {
        event: Some(index),
        reason: Reason::Json(error),
    }
}

/// Appends `text` re-spaced to `out`; with `indent` 0 on one line, otherwise with that many spaces per
/// level.
///
/// # Errors
/// When `text` is not JSON; `out` is then as it was.
pub fn reprint(text: &[u8], indent: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    append(text, indent, 0, out)
}

/// Appends a text, as if it stood inside `level` arrays.
fn append(text: &[u8], indent: usize, level: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    let start = out.len();
    let printed = print(text, indent, level, out, start);
    out.truncate(*printed.as_ref().unwrap_or(&start));
    printed.map(|_| ())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn printed(text: &str, indent: usize) -> Result<String, String> {
        let mut out = Vec::new();
        reprint(text.as_bytes(), indent, &mut out)
            .map(|()| String::from_utf8(out).unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_text_already_laid_out_is_copied_as_it_is() {
        let text = r#"{"a": [1, 2, {"b": []}], "c": {}, "d": "x\u0041é"}"#;
        assert_eq!(printed(text, 0).unwrap(), text);
    }

    #[test]
    fn nesting_beyond_64_levels_keeps_track_of_what_is_open() {
        let text = format!("{}1{}", "[{\"a\": ".repeat(100), "}]".repeat(100));
        assert_eq!(printed(&text, 0).unwrap(), text);
        let crossed = format!("{}1{}", "[".repeat(65), "}".repeat(65));
        assert!(printed(&crossed, 0).is_err());
    }

    #[test]
    fn nesting_without_end_is_an_error_and_no_crash() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(
            printed(&deep, 0).unwrap_err(),
            "JSON is nested too deeply (byte 10000)"
        );
        assert!(printed(&deep, usize::MAX).is_err());
    }

    /// Prints texts again and again as events of one template.
    fn followed(texts: &[&str], rounds: usize) -> Vec<Vec<Result<String, String>>> {
        let mut models = Models::default();
        let mut batch = EventBatch::default();
        texts.iter().for_each(|text| batch.push(text.as_bytes(), 0));
        let mut out = Formatted::default();
        let mut round = || {
            out.clear();
            each(&batch, 0, &mut models, b"|", &mut out);
            let mut results: Vec<_> = texts.iter().map(|_| Ok(String::new())).collect();
            for failure in out.failures() {
                results[failure.event.unwrap()] = Err(failure.reason.to_string());
            }
            for (at, item) in out.items().enumerate() {
                let item = item.strip_suffix(b"|").unwrap().to_vec();
                results[out.event_of(at)] = Ok(String::from_utf8(item).unwrap());
            }
            results
        };
        (0..rounds).map(|_| round()).collect()
    }

    fn assert_followed(texts: &[&str], rounds: usize) {
        let expected: Vec<_> = texts.iter().map(|text| printed(text, 0)).collect();
        for round in followed(texts, rounds) {
            assert_eq!(round, expected);
        }
    }

    #[test]
    fn a_model_changes_no_byte_and_no_error() {
        let model = "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": \"x\"}],\n  \"d\": \"y\"\n}\n";
        let others = [
            "{\n  \"a\": 123,\n  \"b\": [1, {\"c\": \"x\"}],\n  \"d\": \"y\"\n}\n",
            "{\n  \"a\": 1,\n  \"b\": [ ],\n  \"d\": \"y\"\n}",
            "{\n  \"a\": 12,\n  \"b\": [],\n  \"d\": \"y\"\n}",
            "{\n  \"a\": 12,\n  \"b\": [1, ],\n  \"d\": \"y\"\n}",
            "{\n  \"a\": 12,\n  \"more\": {\"z\": 1},\n  \"b\": [1, {\"c\": \"x\"}],\n  \"d\": \"y\"\n}",
            "{\n  \"a\": 12,\n  \"d\": \"y\"\n}",
            "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": \"x\"}},\n  \"d\": \"y\"\n}",
            "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": \"x\"}],\n  \"d\": \"y\"\n}\n}",
            "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": \"x\"}],\n  \"d\": \"y\"",
            "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": ",
            "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": }",
            "{\n  \"a\": 12,\n  \"b\": [1, {\"c\": \u{1}",
            "[{\n  \"a\": 12}]",
            "",
        ];
        let mut texts = vec![model, model];
        texts.extend(others);
        texts.push(model);
        assert_followed(&texts, 4);
    }

    #[test]
    fn values_alone_and_deep_ones_are_followed_too() {
        let deep = |levels: usize, value: &str| {
            let (open, close) = ("[{\"a\": ".repeat(levels), "}]".repeat(levels));
            format!("{open}{value}{close}")
        };
        let mut texts: Vec<String> = [
            "1", "12", "\"x\"", " 1 ", "1 2", "tru", "true", "1e5", "[", "]",
        ]
        .map(str::to_owned)
        .into();
        for levels in [31, 32, 33, 40] {
            texts.extend(["1", "\"x\"", "[1, 2]", "{}", "}"].map(|value| deep(levels, value)));
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_followed(&texts, 4);
    }

    #[test]
    fn long_lists_and_events_that_are_never_alike_are_followed_as_far_as_there_is_room() {
        let mut texts = Vec::new();
        for nth in 0..60 {
            let items: Vec<String> = (0..nth * 7)
                .map(|item| {
                    format!(
                        "{{\"k{}\": \"{}\", \"n\": {item}}}",
                        item * nth % 97,
                        nth * item
                    )
                })
                .collect();
            texts.push(format!(
                "{{\n  \"key {nth}\": [{}],\n  \"end\": {nth}\n}}",
                items.join(",\n ")
            ));
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_followed(&texts, 8);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::json!(null)),
            (0..200).prop_map(|number| serde_json::json!(number)),
            r#"[a-c"\\é]{0,20}"#.prop_map(|text| serde_json::json!(text)),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| serde_json::json!(items)),
                proptest::collection::btree_map("[a-d]{1,2}", inner, 0..5)
                    .prop_map(|entries| serde_json::json!(entries)),
            ]
        })
    }

    /// A text with some of it replaced.
    fn changed(text: &str, changes: &[(usize, usize, &'static str)]) -> String {
        let mut text = text.to_owned();
        for (at, len, with) in changes {
            let whole = |mut at: usize| {
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let start = whole(at % (text.len() + 1));
            let end = whole((start + len).min(text.len()));
            text.replace_range(start..end.max(start), with);
        }
        text
    }

    proptest! {
        #[test]
        fn events_are_printed_alike_with_a_model_and_without(
            values in proptest::collection::vec(json(), 1..3),
            edits in proptest::collection::vec(
                proptest::collection::vec(
                    (0..2000_usize, 0..6_usize, proptest::sample::select(vec![
                        "", " ", "\n  ", ",", "1", "12", "\"", "\"k\": 5, ", "7, ", "[]", "{}", "]", "}", "\u{1}",
                    ])),
                    0..4,
                ),
                1..12,
            ),
        ) {
            let texts: Vec<String> = values
                .iter()
                .map(|value| serde_json::to_string_pretty(value).unwrap())
                .collect();
            let others = edits.iter().enumerate().map(|(at, edits)| changed(&texts[at % texts.len()], edits));
            let all: Vec<String> = texts.iter().cloned().chain(others).collect();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            let expected: Vec<_> = all.iter().map(|text| printed(text, 0)).collect();
            for round in followed(&all, 3) {
                prop_assert_eq!(&round, &expected);
            }
        }

        #[test]
        fn agrees_with_a_parser_on_what_is_json_and_what_it_means(text in r#"[\[\]{},:"a1e.+\- \\nul]{0,24}"#) {
            let ours = printed(&text, 0);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            match &ours {
                Ok(printed) => {
                    if let (Ok(a), Ok(b)) = (&theirs, serde_json::from_str::<serde_json::Value>(printed)) {
                        prop_assert_eq!(a, &b);
                    } else {
                        // The parser alone refuses numbers beyond a float's range.
                        prop_assert!(theirs.unwrap_err().to_string().contains("out of range"));
                    }
                }
                Err(_) => prop_assert!(theirs.is_err()),
            }
        }

        #[test]
        fn printing_twice_changes_nothing(depth in 0usize..6, width in 1usize..4, indent in 0usize..5) {
            let mut value = serde_json::json!(["x", 1, null, {}]);
            for _ in 0..depth {
                value = serde_json::json!({"k": vec![value; width.min(2)]});
            }
            let once = printed(&value.to_string(), indent).unwrap();
            prop_assert_eq!(printed(&once, indent).unwrap(), once);
        }
    }
}
