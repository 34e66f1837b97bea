//! What loading does to inline formatter templates, against the reference. Deliberate differences are
//! named here, each with its reason.

use std::path::Path;
use std::sync::Arc;

use evtui::config::{self, LoadOptions, Node, Overlay};
use serde_json::{Value, json};

use super::decisions::{Suite, load, same};

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
    let loaded = config::load(Path::new("generator.yml"), &files, &options);
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

fn case(case: &Value) -> Result<(), String> {
    let got = output(case);
    if case["expect"]["load_error"].is_string() {
        return match got {
            Err(_) => Ok(()),
            Ok(got) => Err(format!("accepted as {got}")),
        };
    }
    same("output", &got?, &case["expect"]["output"])
}

#[test]
fn inline_templates() {
    const FILE: &str = "outputs/inline_templates.json";
    let vectors = load(FILE);
    let mut suite = Suite::new(FILE);
    for vector in vectors["cases"].as_array().unwrap() {
        suite.case(vector["name"].as_str().unwrap(), || case(vector));
    }
    suite.finish();
}

/// What stands in place of the recorded results of the cases that are decided.
#[test]
fn blocks_belong_to_the_formatter() {
    for vector in load("outputs/inline_templates.json")["cases"]
        .as_array()
        .unwrap()
    {
        if let Some(expected) = ours(vector["name"].as_str().unwrap()) {
            assert_eq!(output(vector), Ok(expected), "{}", vector["name"]);
        }
    }
}
