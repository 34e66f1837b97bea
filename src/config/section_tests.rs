#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use rstest::rstest;

use super::{Context, Diagnostics, Disk, Field, Kind, Node, Schema, Section, parse_yaml};

static BATCH: Schema = Schema {
    name: "batch",
    doc: "",
    fields: &[
        Field::optional("size", Kind::OrNull(&Kind::Int(1, i64::MAX)), "", ""),
        Field::optional("delay", Kind::FloatMin(0.1), "", ""),
    ],
};

static DEMO: Schema = Schema {
    name: "demo",
    doc: "",
    fields: &[
        Field::required("count", Kind::Int(1, 100), "How many."),
        Field::optional("flag", Kind::Bool, "", ""),
        Field::optional("rate", Kind::FloatAbove(0.0), "", ""),
        Field::optional("name", Kind::NonEmpty, "", ""),
        Field::optional("text", Kind::Str, "", ""),
        Field::optional("mode", Kind::Enum(&["all", "chance"]), "", ""),
        Field::optional("tags", Kind::List(&Kind::Str, 0), "[]", ""),
        Field::optional("points", Kind::List(&Kind::Int(0, 9), 1), "", ""),
        Field::optional("params", Kind::Map, "{}", ""),
        Field::optional("any", Kind::Any, "", ""),
        Field::optional("batch", Kind::Section(&BATCH), "", ""),
        Field::optional("union", Kind::Custom(union), "", ""),
    ],
};

fn union(node: &Node, cx: &mut Context<'_>) {
    if node.get("format").is_none() {
        cx.error(node.span, "no format");
    }
}

fn open(text: &str) -> (Option<Section>, Vec<String>) {
    let mut problems = Diagnostics::default();
    let node = parse_yaml(text, Path::new("g.yml"), &mut problems).unwrap();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: Path::new("g.yml"),
        base: Path::new("/p"),
        files: &Disk,
        calendars: None,
        setting: "input[0].demo".to_owned(),
    };
    let section = Section::open(&node, &DEMO, &mut cx);
    let lines = problems.0.iter().map(|one| {
        let start = one.place.as_ref().unwrap().span.unwrap().start;
        format!(
            "{}:{} {} [{}] {}",
            start.line,
            start.column,
            one.message,
            one.setting,
            one.help.as_deref().unwrap_or_default()
        )
    });
    (section, lines.collect())
}

fn value(text: &str, name: &str) -> String {
    let (section, problems) = open(&format!("count: 1\n{text}"));
    let section = section.unwrap_or_else(|| panic!("{problems:?}"));
    section.node(name).unwrap().to_json().to_string()
}

#[rstest]
#[case("flag: yes", "flag", "true")]
#[case("flag: 'Y'", "flag", "true")]
#[case("flag: 0", "flag", "false")]
#[case("flag: 1.0", "flag", "true")]
#[case("flag: 'OFF'", "flag", "false")]
#[case("rate: 3", "rate", "3.0")]
#[case("rate: '1e3'", "rate", "1000.0")]
#[case("rate: true", "rate", "1.0")]
#[case("rate: .inf", "rate", "\"inf\"")]
#[case("tags: !!set {a, b}", "tags", r#"["a","b"]"#)]
#[case("points: ['1', 2.0, true]", "points", "[1,2,1]")]
#[case("batch.size: 5", "batch", r#"{"size":5}"#)]
#[case("batch.size: 5\nbatch: {delay: 1}", "batch", r#"{"delay":1,"size":5}"#)]
#[case("batch: {}\nbatch.size: 5", "batch", r#"{"size":5}"#)]
#[case(
    "params: {host.name: z, logs/a.log: 2}",
    "params",
    r#"{"host.name":"z","logs/a.log":2}"#
)]
#[case("params.a.b: 1", "params", r#"{"a":{"b":1}}"#)]
#[case("any: {a.b: 1}", "any", r#"{"a.b":1}"#)]
#[case("union.format: json", "union", r#"{"format":"json"}"#)]
fn accepted(#[case] text: &str, #[case] name: &str, #[case] expected: &str) {
    assert_eq!(value(text, name), expected);
}

#[rstest]
#[case("2.0", 2)]
#[case("'2'", 2)]
#[case("' 0060 '", 60)]
#[case("'1_0'", 10)]
#[case("'2.0'", 2)]
#[case("true", 1)]
fn integers(#[case] text: &str, #[case] expected: i64) {
    let (section, problems) = open(&format!("count: {text}"));
    assert_eq!(
        section.unwrap().int("count"),
        Some(expected),
        "{problems:?}"
    );
}

#[rstest]
#[case(
    "cont: 1",
    "1:1 `demo` has no option `cont` [input[0].demo] did you mean `count`?"
)]
#[case("{}", "1:1 `demo` needs the option `count` [input[0].demo] How many.")]
#[case(
    "count: 0",
    "1:8 must be from 1 to 100, not the integer `0` [input[0].demo.count]"
)]
#[case(
    "count: 1.5",
    "1:8 expected an integer, not the number `1.5` [input[0].demo.count]"
)]
#[case("count: 99999999999999999999", "1:8 must be from 1 to 100")]
#[case(
    "count: 'yes'",
    "1:8 expected an integer, not `yes` [input[0].demo.count]"
)]
#[case("count: '0x1'", "1:8 expected an integer")]
#[case("count: ~", "1:8 expected an integer, not nothing (null)")]
#[case(
    "{count: 1, flag: 2}",
    "1:18 expected true or false, not the integer `2`"
)]
#[case("{count: 1, rate: 0}", "1:18 must be more than 0, not the integer `0`")]
#[case("{count: 1, rate: .nan}", "1:18 must be more than 0")]
#[case("{count: 1, name: ''}", "1:18 this must not be empty")]
#[case(
    "{count: 1, text: 5}",
    "1:18 expected text, not the integer `5` [input[0].demo.text] put it in quotes to make it text"
)]
#[case(
    "{count: 1, mode: ALL}",
    "1:18 expected one of `all`, `chance`, not `ALL` [input[0].demo.mode] did you mean `all`?"
)]
#[case("{count: 1, tags: x}", "1:18 expected a list, not `x`")]
#[case(
    "{count: 1, tags: [a, 1]}",
    "1:22 expected text, not the integer `1` [input[0].demo.tags[1]]"
)]
#[case("{count: 1, points: []}", "1:20 needs at least 1 item, has 0")]
#[case(
    "{count: 1, params: {1: a}}",
    "1:21 keys are text here, not the integer `1`"
)]
#[case(
    "{count: 1, batch: {size: 0}}",
    "1:26 must be at least 1, not the integer `0` [input[0].demo.batch.size]"
)]
#[case(
    "{count: 1, batch: {sise: 0}}",
    "1:20 `batch` has no option `sise` [input[0].demo.batch] did you mean `size`?"
)]
#[case(
    "{count: 1, batch.size: 1, batch.size: 2, batch: {size: 3}}",
    "given twice"
)]
#[case(
    "{count: 1, count.x: 2}",
    "1:12 `count` has no options, so `count.x` means nothing"
)]
#[case("{count: 1, batch.: 2}", "1:12 `demo` has no option `batch.`")]
#[case(
    "{count: 1, on: 2}",
    "1:12 option names are text, not the boolean `true`"
)]
#[case("[]", "1:1 `demo` takes a mapping of options, not a list")]
fn refused(#[case] text: &str, #[case] expected: &str) {
    let (section, problems) = open(text);
    assert!(section.is_none());
    assert!(problems[0].contains(expected), "{problems:#?}");
}

#[test]
fn a_conflict_names_the_path() {
    let (section, problems) = open("count: 1\nbatch: {size: 1}\nbatch.size: 1\n");
    assert!(section.is_none());
    assert!(
        problems[0].starts_with("3:1 `batch.size` sets `batch.size`, which is set already"),
        "{problems:?}"
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let (_, problems) = open("cuont: 1\nflag: maybe\nbatch: {size: x, delay: 0}\n");
    assert_eq!(problems.len(), 4, "{problems:#?}");
}

#[test]
fn absent_and_null_options_give_nothing() {
    let (section, _) = open("{count: 1, batch: {size: ~}}");
    let section = section.unwrap();
    assert_eq!(section.str("name"), None);
    assert!(!section.has("tags"));
    assert_eq!(section.strings("tags"), Vec::<String>::new());
    assert!(section.has("batch"));
}
