//! What the tests of formats have in common.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::{FormatConfig, FormatEnv, Formatted};
use crate::batch::EventBatch;
use crate::config::{Context, Diagnostics, Disk, Node, Scalar, Section, Span, Tree};
use crate::time::Moment;

/// A schema with the option `formatter`.
static OUTPUT: crate::config::Schema = crate::config::Schema {
    name: "output",
    doc: "",
    fields: &[super::FIELD_PLAIN],
};

/// A JSON value as the node that YAML of the same meaning gives.
fn node(value: &Value) -> Node {
    let tree = match value {
        Value::Null => Tree::Scalar(Scalar::Null),
        Value::Bool(flag) => Tree::Scalar(Scalar::Bool(*flag)),
        Value::Number(number) => Tree::Scalar(match number.as_i64() {
            Some(int) => Scalar::Int(int),
            None => Scalar::Float(number.as_f64().unwrap()),
        }),
        Value::String(text) => Tree::Scalar(Scalar::Str(text.as_str().into())),
        Value::Array(items) => Tree::Seq(items.iter().map(node).collect()),
        Value::Object(map) => Tree::Map(
            map.iter()
                .map(|(key, value)| (node(&Value::String(key.clone())), node(value)))
                .collect(),
        ),
    };
    Node::new(Span::default(), tree)
}

/// Decodes the options of a formatter; the problems when it is refused or warned of.
pub(super) fn decoded(formatter: &Value) -> Result<FormatConfig, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let mut cx = Context {
        diagnostics: &mut diagnostics,
        path: Path::new("generator.yml"),
        base: Path::new("/"),
        files: &Disk,
        calendars: None,
        setting: String::new(),
    };
    let output = node(&serde_json::json!({"formatter": formatter}));
    let config = Section::open(&output, &OUTPUT, &mut cx)
        .and_then(|section| FormatConfig::decode(&section, FormatConfig::Plain, &mut cx));
    match config {
        Some(config) if diagnostics.0.is_empty() => Ok(config),
        _ => {
            assert!(!diagnostics.0.is_empty(), "refused without a reason");
            Err(diagnostics)
        }
    }
}

/// Where and what the first problem is, and what helps.
pub(super) fn problem(formatter: &Value) -> [String; 3] {
    let problems = decoded(formatter).expect_err("a problem");
    let first = problems.0.into_iter().next().unwrap();
    [first.setting, first.message, first.help.unwrap_or_default()]
}

/// With the aliases `web` and `db`, and a seed.
pub(super) fn env() -> FormatEnv<'static> {
    let env = FormatEnv {
        seed: Some(7),
        ..FormatEnv::new(Path::new("/"), Arc::new(Disk))
    };
    env.origins
        .add(vec!["web".into(), "db".into()], vec![vec!["a".into()]]);
    env
}

/// 2024-01-15T12:30:05.123456+01:00
pub(super) const NOON: Moment = Moment {
    wall_us: 1_705_321_805_123_456,
    offset_s: 3600,
};

/// Events of one moment, of the alias `web`.
pub(super) fn batch_at(events: &[&str], at: Moment) -> EventBatch {
    let mut batch = EventBatch::default();
    for event in events {
        batch.push(event.as_bytes(), 0);
    }
    batch.stamp(at, 0);
    batch
}

/// Items and failures for a batch.
pub(super) fn format(formatter: &Value, batch: &EventBatch) -> (Vec<String>, Vec<String>) {
    let config = decoded(formatter).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut out = Formatted::default();
    let mut made = config.build(&env()).unwrap();
    made.format(batch, "", &mut out);
    assert_eq!(out.events() + out.lost(), batch.len() as u64);
    let items = out
        .items()
        .map(|item| String::from_utf8(item.to_vec()).unwrap());
    let failures = out.failures().iter().map(|one| one.reason.to_string());
    (items.collect(), failures.collect())
}

/// The one item of the one event at [`NOON`], or why there is none.
pub(super) fn one(formatter: &Value, event: &str) -> Result<String, String> {
    let (items, failures) = format(formatter, &batch_at(&[event], NOON));
    match (items.as_slice(), failures.as_slice()) {
        ([item], []) => Ok(item.clone()),
        ([], [failure]) => Err(failure.clone()),
        other => panic!("{other:?}"),
    }
}
