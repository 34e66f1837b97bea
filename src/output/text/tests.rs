#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::batch::EventBatch;
use crate::config::{Diagnostics, Disk, Span};
use crate::output::{FormatConfig, FormatEnv, Formatted};
use crate::time::Moment;

/// Decodes a text as YAML of the same meaning gives it; the problems when it is refused.
fn decoded(tree: Tree) -> Result<TextConfig, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let mut cx = Context {
        diagnostics: &mut diagnostics,
        path: Path::new("generator.yml"),
        base: Path::new("/"),
        files: &Disk,
        calendars: None,
        setting: "output[0].x.topic".to_owned(),
    };
    let text = TextConfig::from_node(&Node::new(Span::default(), tree), &mut cx);
    match text {
        Some(text) if diagnostics.0.is_empty() => Ok(text),
        _ => Err(diagnostics),
    }
}

fn text(text: &str) -> TextConfig {
    decoded(Tree::Scalar(Scalar::Str(text.into()))).expect("a sound text")
}

fn env() -> FormatEnv<'static> {
    let env = FormatEnv::new(Path::new("/"), Arc::new(Disk));
    let names = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect();
    env.origins
        .add(names(&["web", "db"]), vec![names(&[]), names(&["a", "b"])]);
    env
}

/// Events with alias and input by turns, one second apart from 2024-01-15T12:30:05+01:00 on.
fn batch(events: &[&str]) -> EventBatch {
    let mut batch = EventBatch::default();
    for (index, event) in events.iter().enumerate() {
        let index = u16::try_from(index).unwrap();
        batch.push(event.as_bytes(), index % 2);
        let at = Moment {
            wall_us: 1_705_321_805_000_000 + i64::from(index) * 1_000_000,
            offset_s: 3600,
        };
        batch.stamp(at, index % 2);
    }
    batch
}

fn formatted(batch: &EventBatch, format: &FormatConfig) -> Formatted {
    let mut out = Formatted::default();
    format.build(&env()).unwrap().format(batch, "\n", &mut out);
    out
}

/// Values of one text for plain events, and failures.
fn values(config: TextConfig, events: &[&str]) -> (Vec<String>, Vec<(usize, String)>) {
    let batch = batch(events);
    let items = formatted(&batch, &FormatConfig::Plain);
    let mut set = TextSet::build(&[config], &env()).unwrap();
    let texts = set.evaluate(&batch, &items);
    let values = (0..items.len()).map(|item| texts.get(0, item).to_owned());
    (values.collect(), texts.failures().to_vec())
}

#[test]
fn a_text_without_marks_is_the_same_for_all() {
    let constant = text("a}}b");
    assert_eq!(constant.as_constant(), Some("a}}b"));
    assert_eq!(
        values(constant, &["1", "2"]),
        (vec!["a}}b".into(); 2], vec![])
    );
    assert_eq!(text("{{ event }}").as_constant(), None);
    assert_eq!(
        TextConfig::constant("{{ x }}").as_constant(),
        Some("{{ x }}")
    );
    for (tree, expected) in [
        (Scalar::Int(5), "5"),
        (Scalar::Bool(true), "true"),
        (Scalar::Float(1.0), "1.0"),
    ] {
        assert_eq!(
            decoded(Tree::Scalar(tree)).unwrap(),
            TextConfig::constant(expected)
        );
    }
}

#[test]
fn a_template_sees_event_time_tags_and_origin() {
    let json = r#"{"user": {"id": 7, "ok": true}, "n": [1.50]}"#;
    for (template, expected) in [
        ("u-{{ event.user.id }}", "u-7"),
        ("{{ event.user.ok }} {{ event.n[0] }}", "True 1.5"),
        ("{{ event.user | length }}", "2"),
        ("{{ timestamp.isoformat() }}", "2024-01-15T12:30:05+01:00"),
        ("{{ timestamp.strftime('%Y.%m.%d') }}", "2024.01.15"),
        ("{{ origin }}", "web"),
        ("{{ tags | join(',') }}.", "."),
        ("{{ event.none }}", ""),
        ("{% if 'x' in event.user %}x{% else %}y{% endif %}", "y"),
        ("{{ (event | tojson | fromjson).user.id + 1 }}", "8"),
    ] {
        assert_eq!(
            values(text(template), &[json]),
            (vec![expected.into()], vec![])
        );
    }
    let (seen, failures) = values(
        text("{{ origin }} {{ tags | join('+') }} {{ timestamp.second }} {{ event }}"),
        &["1", "x y", "[1, 2]"],
    );
    assert_eq!(seen, ["web  5 1", "db a+b 6 x y", "web  7 [1, 2]"]);
    assert!(failures.is_empty());
}

#[test]
fn an_item_without_a_value_fails_alone() {
    let (seen, failures) = values(
        text("{{ event.a.b }}"),
        &[r#"{"a": {"b": 1}}"#, "{}", "{\"a\": 1}"],
    );
    assert_eq!(seen, ["1", "", ""]);
    assert_eq!(
        failures.len(),
        1,
        "an attribute of something undefined: {failures:?}"
    );
    assert_eq!(failures[0].0, 1);
    assert!(
        failures[0].1.starts_with("`topic` has no value: "),
        "{failures:?}"
    );

    let (seen, failures) = values(text("{{ event.a }}").non_empty(), &["{\"a\": 1}", "{}"]);
    assert_eq!(seen, ["1", ""]);
    assert_eq!(
        failures,
        [(1, "`topic` is empty for this event".to_owned())]
    );
}

#[test]
fn several_texts_fail_together() {
    let batch = batch(&["{}", "{\"a\": 1}"]);
    let items = formatted(&batch, &FormatConfig::Plain);
    let texts = [
        text("{{ origin }}"),
        text("k"),
        text("{{ event.a }}").non_empty(),
    ];
    let mut set = TextSet::build(&texts, &env()).unwrap();
    let texts = set.evaluate(&batch, &items);
    let row = |item| [0, 1, 2].map(|text| texts.get(text, item));
    assert_eq!(row(0), ["", "k", ""]);
    assert_eq!(row(1), ["db", "k", "1"]);
    assert_eq!(texts.get(3, 0), "");
    assert_eq!(texts.failures().len(), 1);
}

#[test]
fn items_know_their_events() {
    let batch = batch(&["bad", "{\"a\": 1}", "{\"a\": 2}"]);
    let mut set = TextSet::build(&[text("{{ event.a }}")], &env()).unwrap();
    let items = formatted(&batch, &FormatConfig::Json(0));
    let texts = set.evaluate(&batch, &items);
    assert_eq!([texts.get(0, 0), texts.get(0, 1)], ["1", "2"]);
    let items = formatted(&batch, &FormatConfig::JsonBatch(0));
    assert_eq!(
        set.evaluate(&batch, &items).get(0, 0),
        "1",
        "the first that was kept"
    );
}

#[test]
fn unsound_texts_are_refused_with_a_reason() {
    for (tree, message, help) in [
        (
            Scalar::Str("{{ event.".into()),
            "`topic` is not a sound template: ",
            "",
        ),
        (
            Scalar::Str("{{ evnt.id }}".into()),
            "`evnt` is not defined here",
            "did you mean `event`?",
        ),
        (
            Scalar::Str("{{ 1 | uper }}".into()),
            "`topic` is not a sound template: ",
            "`upper`",
        ),
        (
            Scalar::Null,
            "expected text, not nothing (null)",
            "give a value",
        ),
    ] {
        let problems = decoded(Tree::Scalar(tree)).expect_err(message);
        let problem = &problems.0[0];
        assert!(problem.message.starts_with(message), "{problem:?}");
        assert!(
            problem.help.clone().unwrap_or_default().contains(help),
            "{problem:?}"
        );
        assert_eq!(problem.setting, "output[0].x.topic");
    }
    assert!(decoded(Tree::Seq(Vec::new())).is_err());
}

#[test]
fn secrets_do_not_show() {
    let mut diagnostics = Diagnostics::default();
    let mut node = Node::new(Span::default(), Tree::Scalar(Scalar::Str("hunter2".into())));
    node.secret = true;
    let mut cx = Context {
        diagnostics: &mut diagnostics,
        path: Path::new("generator.yml"),
        base: Path::new("/"),
        files: &Disk,
        calendars: None,
        setting: String::new(),
    };
    let text = TextConfig::from_node(&node, &mut cx).unwrap();
    assert_eq!(format!("{text:?}"), "TextConfig(\"***\")");
}

proptest! {
    /// Reading members where they stand gives what the template gives.
    #[test]
    fn members_and_templates_agree(
        value in prop_oneof![
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f64>().prop_filter("JSON has no others", |number| number.is_finite())
                .prop_map(|number| number.to_string()),
            any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
            Just("-0".to_owned()),
            Just("true".to_owned()),
            Just("{\"b\": 1}".to_owned()),
        ],
    ) {
        let event = format!("{{\"x\": 0, \"a\": {value}}}");
        let (fast, failures) = values(text("<{{ event.a }}>"), &[&event]);
        prop_assert!(failures.is_empty());
        let (slow, _) = values(text("<{{ event.a }}{{ '' }}>"), &[&event]);
        prop_assert_eq!(fast, slow);
    }
}
