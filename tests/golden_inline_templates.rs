//! What loading does to inline formatter templates, against the reference. Deliberate differences are
//! named here, each with its reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use evtui::config::{LoadOptions, Node, Overlay, load};
use serde_json::{Value, json};

const VECTORS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/golden/outputs/inline_templates.json"
);

/// Blocks in a value belong to the formatter: the reference runs them while loading, which cannot see
/// `event` and is never what was meant. The final line break of a document's last block is kept.
fn ours(name: &str) -> Option<Value> {
    let template = match name {
        "inline-if-block-executed-at-load" => "{% if event %}Y{% else %}N{% endif %}",
        "inline-comment-removed" => "a{# c #}b",
        "inline-do-block-load-error" => "{% do 1 %}",
        "inline-unbalanced-block-load-error" => "{% for e in events %}",
        "inline-jinja-newlines-in-block-scalar" => "{{ event }}\nend\n",
        _ => return None,
    };
    Some(json!([{"stdout": {"formatter": {"format": "template", "template": template}}}]))
}

fn output(case: &Value) -> Result<Value, String> {
    let text = format!(
        "input:\n  - static:\n      count: 1\nevent:\n  template:\n    mode: all\noutput:\n{}",
        case["output_yaml"].as_str().unwrap()
    );
    let mut files = Overlay::default();
    files
        .buffers
        .insert("generator.yml".into(), Arc::from(text));
    let options = LoadOptions {
        params: case["params"].as_object().cloned().unwrap_or_default(),
        ..LoadOptions::default()
    };
    let loaded = load(Path::new("generator.yml"), &files, &options);
    if let Some(problem) = loaded.diagnostics.0.first() {
        return Err(problem.message.clone());
    }
    let document = loaded.document.unwrap();
    let item = |name: &str, body: &Node| json!({name: body.to_json()});
    let items = document
        .outputs
        .iter()
        .map(|output| item(&output.name, &output.body));
    Ok(items.collect())
}

#[test]
fn inline_templates() {
    let vectors: Value = serde_json::from_slice(&std::fs::read(VECTORS).unwrap()).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    let mut different = 0;
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let got = output(case);
        if let Some(expected) = ours(name) {
            different += 1;
            assert_eq!(got, Ok(expected.clone()), "{name}");
            assert_ne!(
                case["expect"]["output"], expected,
                "{name} is no difference any more"
            );
        } else if case["expect"]["load_error"].is_string() {
            assert_eq!(
                got,
                Err("the parameter `site` has no value".to_owned()),
                "{name}"
            );
        } else {
            assert_eq!(got, Ok(case["expect"]["output"].clone()), "{name}");
        }
    }
    assert_eq!(different, 5);
}
