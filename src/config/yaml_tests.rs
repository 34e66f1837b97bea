#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;

use super::{Diagnostics, Node, Severity, parse_yaml};

fn read(text: &str) -> (Option<Node>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let node = parse_yaml(text, Path::new("generator.yml"), &mut problems);
    (node, problems)
}

/// The value as JSON text.
fn json(text: &str) -> String {
    let (node, problems) = read(text);
    let node = node.unwrap_or_else(|| panic!("{problems:?}"));
    node.to_json().to_string()
}

fn error(text: &str) -> (String, u32, u32, String) {
    let (node, problems) = read(text);
    assert!(node.is_none(), "{text:?} was read as {node:?}");
    let first = problems
        .0
        .into_iter()
        .find(|one| one.severity == Severity::Error)
        .expect("a reason");
    let start = first
        .place
        .and_then(|place| place.span)
        .unwrap_or_default()
        .start;
    (
        first.message,
        start.line,
        start.column,
        first.help.unwrap_or_default(),
    )
}

#[rstest]
#[case("", "null")]
#[case("# only a comment\n", "null")]
#[case("\u{feff}a: 1", r#"{"a":1}"#)]
#[case("a: 1\r\nb:\r\n  - x\r\n", r#"{"a":1,"b":["x"]}"#)]
#[case("---\na: 1\n", r#"{"a":1}"#)]
#[case("a: 1\na: 2\n", r#"{"a":2}"#)]
#[case("on: 1", r#"{"true":1}"#)]
#[case(
    "a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3\n",
    r#"{"a":{"k":1,"l":2},"b":{"k":1,"l":3}}"#
)]
#[case(
    "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}",
    r#"{"a":{"k":1},"b":{"k":2,"l":2},"c":{"k":1,"l":2}}"#
)]
#[case("'<<': 1", r#"{"<<":1}"#)]
#[case("=: 1", r#"{"=":1}"#)]
#[case("!!set {a, b}", r#"["a","b"]"#)]
#[case("!!omap [a: 1, b: 2]", r#"[["a",1],["b",2]]"#)]
#[case(
    "[!!str 5, !!int '6', !!float 7, !!bool 'yes', !!null x, ! 8]",
    r#"["5",6,7.0,true,null,"8"]"#
)]
#[case("!!binary aGVsbG8=", r#""aGVsbG8=""#)]
#[case("|\n  a\n  b\n", r#""a\nb\n""#)]
#[case("a: |\n  x", r#"{"a":"x"}"#)]
#[case("a: |\n  x\n ", r#"{"a":"x\n"}"#)]
#[case("a: |+\n  x\n\n  ", r#"{"a":"x\n\n"}"#)]
#[case("a: >-\n  x\n  y\n", r#"{"a":"x y"}"#)]
#[case("a: \"\\x24{params.x}\"", r#"{"a":"${params.x}"}"#)]
fn values(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(json(text), expected);
}

#[rstest]
#[case("a: 1\n---\nb: 2\n", "second document", 2, 1)]
#[case("a: {{ x }}", "a key must be a single value", 1, 5)]
#[case("[1]: x", "a key must be a single value", 1, 1)]
#[case("a: !foo x", "the tag `!foo` is not known", 1, 4)]
#[case(
    "a: !!python/name:os.system x",
    "the tag `!!python/name:os.system` is not known",
    1,
    4
)]
#[case("a: =", "a lone `=`", 1, 4)]
#[case("a: 2020-13-45", "not a valid date", 1, 4)]
#[case("a: \0", "U+0000 is not allowed", 1, 4)]
#[case("a: &x [*x]", "inside the value it names", 1, 8)]
#[case("a: *x", "broken YAML", 1, 4)]
#[case("a: @x", "broken YAML", 1, 4)]
#[case("a: * * * * *", "broken YAML", 1, 4)]
#[case("a: %x", "broken YAML", 1, 4)]
#[case("a:\n\t- b\n", "broken YAML", 2, 1)]
#[case("a: b: c", "broken YAML", 1, 5)]
#[case("a: [1, 2", "broken YAML", 1, 9)]
#[case("a: 'x", "broken YAML", 1, 4)]
#[case("b:\n  <<: 5\n", "`<<` takes a mapping", 2, 7)]
fn errors(#[case] text: &str, #[case] message: &str, #[case] line: u32, #[case] column: u32) {
    let (got, at_line, at_column, help) = error(text);
    assert!(got.contains(message), "{got}");
    assert_eq!((at_line, at_column), (line, column), "{got}");
    assert!(!got.contains('\t') && !help.contains("  "));
}

#[rstest]
#[case("a: b: c", 1, 5, "a `: ` is not allowed here")]
#[case("a: 1\nkey\n# c\n", 2, 1, "neither `key: value` nor `- item`")]
#[case(
    "input:\n  - cron:\n   count: 1\n",
    3,
    4,
    "does not fit the indentation of the list"
)]
#[case(
    "a:\n  b: 1\n c: 2\n",
    3,
    2,
    "does not fit the indentation of the keys"
)]
#[case("a: 'x\nb: 1\n", 1, 4, "not closed")]
#[case("a: 'it's'\n", 1, 8, "behind the closing quote")]
#[case("a: {b: 1\nc: 2\n", 2, 2, "a `,` is missing")]
#[case("a: 1]\nb: }\n", 2, 4, "never opened")]
#[case("a: - b\n", 1, 4, "a list cannot begin")]
#[case("a: \"\\d\"", 1, 4, "unknown escape")]
#[case("a: *x", 1, 4, "no value was named like this")]
#[case("a: \"x\"#c\n", 1, 7, "a comment needs a blank")]
#[case("a: 1\n\tb: 1", 2, 1, "a tab stands here")]
fn broken_yaml_in_words(
    #[case] text: &str,
    #[case] line: u32,
    #[case] column: u32,
    #[case] message: &str,
) {
    let (got, at_line, at_column, help) = error(text);
    assert!(got.contains(message), "{got}");
    assert_eq!((at_line, at_column), (line, column));
    assert!(!help.is_empty());
}

#[test]
fn a_template_without_quotes_is_explained() {
    assert!(error("a: {{ x }}").3.contains("put it in quotes"));
}

#[test]
fn tabs_are_explained() {
    assert!(error("a:\n\t- b\n").3.contains("never with tabs"));
}

#[test]
fn a_duplicate_key_is_warned_about() {
    let (node, problems) = read("a: 1\nb: 2\na: 3\n");
    assert!(node.is_some());
    let [one] = &problems.0[..] else {
        panic!("{problems:?}")
    };
    assert_eq!(one.severity, Severity::Warning);
    assert_eq!(one.place.as_ref().unwrap().span.unwrap().start.line, 3);
}

#[test]
fn aliases_cannot_grow_without_bound() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let one = format!("*a{}", level - 1);
        let items = vec![one; 10].join(", ");
        text += &format!("a{level}: &a{level} [{items}]\n");
    }
    assert!(error(&text).0.contains("more than 200000 values"));
}

#[test]
fn nesting_has_a_limit() {
    let text = "- ".repeat(5000) + "x";
    assert!(error(&text).0.contains("levels of nesting"));
}

#[test]
fn spans_are_those_of_the_text() {
    let (node, _) = read("a:\n  - one  # c\n  - \"two\"\nb: {k: v}\n");
    let node = node.unwrap();
    let at = |node: &Node| {
        let span = node.span;
        (
            span.start.line,
            span.start.column,
            span.end.line,
            span.end.column,
        )
    };
    let items = node.get("a").unwrap().as_seq().unwrap();
    assert_eq!(at(&items[0]), (2, 5, 2, 8));
    assert_eq!(at(&items[1]), (3, 5, 3, 10));
    assert_eq!(at(node.get("b").unwrap()), (4, 4, 4, 10));
    assert_eq!(at(node.get("a").unwrap()), (2, 3, 3, 10));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}") {
        read(&text);
    }

    #[test]
    fn no_yaml_like_text_makes_it_panic(
        text in "([a-c]|[-:?#&*!|>'\"%@`{}\\[\\],.<=~]|<<|[ \t\n\r]|---|\\.\\.\\.|[0-9]|2024-01-01|!!(set|omap|int|binary) |\\\\x|\u{0}|é|\u{10f000}){0,60}"
    ) {
        read(&text);
    }
}
