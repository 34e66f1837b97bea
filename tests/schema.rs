//! The JSON Schema that `evtui schema` prints accepts what the program accepts, and finds slips.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use assert_cmd::Command;
use evtui::config::{Disk, LoadOptions, load};
use evtui::language::generator_schema;
use serde_json::{Value, json};

/// Why a value does not fit a schema; knows the words that the schema uses, and no others.
fn misfit(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let object = schema.as_object().unwrap();
    for (word, rule) in object {
        let why = match word.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" => None,
            "$ref" => {
                let name = rule.as_str().unwrap().rsplit('/').next().unwrap();
                misfit(root, &root["$defs"][name], value)
            }
            "type" => (!has_type(rule, value)).then(|| format!("{value} is not of type {rule}")),
            "enum" => {
                let any = rule.as_array().unwrap().contains(value);
                (!any).then(|| format!("{value} is none of {rule}"))
            }
            "anyOf" => {
                let all = rule.as_array().unwrap();
                let whys: Option<Vec<String>> =
                    all.iter().map(|one| misfit(root, one, value)).collect();
                whys.map(|whys| whys.join("; "))
            }
            "allOf" => {
                let mut all = rule.as_array().unwrap().iter();
                all.find_map(|one| misfit(root, one, value))
            }
            "not" => misfit(root, rule, value)
                .is_none()
                .then(|| format!("{value} fits {rule}")),
            "pattern" => value.as_str().and_then(|text| {
                let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
                (!pattern.is_match(text)).then(|| format!("{text:?} does not match {rule}"))
            }),
            "minLength" => value.as_str().and_then(|text| {
                let short = (text.chars().count() as u64) < rule.as_u64().unwrap();
                short.then(|| "too short".to_owned())
            }),
            "minimum" => number(value, |n| n >= rule.as_f64().unwrap(), rule),
            "maximum" => number(value, |n| n <= rule.as_f64().unwrap(), rule),
            "exclusiveMinimum" => number(value, |n| n > rule.as_f64().unwrap(), rule),
            "minItems" => value.as_array().and_then(|items| {
                let few = (items.len() as u64) < rule.as_u64().unwrap();
                few.then(|| "too few items".to_owned())
            }),
            "minProperties" => value.as_object().and_then(|map| {
                let few = (map.len() as u64) < rule.as_u64().unwrap();
                few.then(|| "too few keys".to_owned())
            }),
            "items" => {
                let items = value.as_array().into_iter().flatten();
                items.into_iter().find_map(|one| misfit(root, rule, one))
            }
            "required" => value.as_object().and_then(|map| {
                let mut names = rule.as_array().unwrap().iter();
                let name = names.find(|name| !map.contains_key(name.as_str().unwrap()))?;
                Some(format!("{name} is missing"))
            }),
            "propertyNames" => value.as_object().and_then(|map| {
                let mut names = map.keys();
                names.find_map(|name| misfit(root, rule, &json!(name)))
            }),
            "properties" | "patternProperties" | "additionalProperties" => {
                members(root, object, value)
            }
            other => panic!("the schema uses the word {other}"),
        };
        if why.is_some() {
            return why;
        }
    }
    None
}

fn members(root: &Value, schema: &serde_json::Map<String, Value>, value: &Value) -> Option<String> {
    for (key, value) in value.as_object().into_iter().flatten() {
        let own = schema.get("properties").and_then(|all| all.get(key));
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let by_pattern = patterns
            .into_iter()
            .flatten()
            .find(|(pattern, _)| regex::Regex::new(pattern).unwrap().is_match(key))
            .map(|(_, schema)| schema);
        match own.or(by_pattern).or(schema.get("additionalProperties")) {
            Some(Value::Bool(false)) => return Some(format!("no key {key}")),
            Some(schema) if schema.is_object() => {
                if let Some(why) = misfit(root, schema, value) {
                    return Some(format!("{key}: {why}"));
                }
            }
            _ => {}
        }
    }
    None
}

fn number(value: &Value, fits: impl Fn(f64) -> bool, rule: &Value) -> Option<String> {
    let n = value.as_f64()?;
    (!fits(n)).then(|| format!("{n} is out of bounds ({rule})"))
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let names: Vec<&str> = match rule {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    names.iter().any(|name| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    })
}

fn check(value: &Value) -> Option<String> {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    let schema = SCHEMA.get_or_init(generator_schema);
    misfit(schema, schema, value)
}

/// The document of a project as JSON, with tokens left in.
fn document(path: &Path) -> Value {
    let options = LoadOptions {
        lenient: true,
        ..LoadOptions::default()
    };
    let loaded = load(path, &Disk, &options).document.unwrap();
    let plugin = |one: &evtui::config::PluginNode| json!({ &one.name: one.body.to_json() });
    let mut made = json!({
        "input": loaded.inputs.iter().map(plugin).collect::<Vec<_>>(),
        "event": plugin(loaded.event.as_ref().unwrap()),
        "output": loaded.outputs.iter().map(plugin).collect::<Vec<_>>(),
    });
    if let Some(calendars) = &loaded.calendars {
        made["calendars"] = calendars.to_json();
    }
    made
}

#[test]
fn the_samples_fit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-configs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(check(&document(&path)), None, "{}", path.display());
        count += 1;
    }
    assert!(count >= 10, "{count}");
}

/// A project around one plugin's options.
fn around(stage: &str, plugin: &str, config: &Value) -> Value {
    let mut made = json!({
        "input": [{ "static": { "count": 1 } }],
        "event": { "script": { "path": "a.py" } },
        "output": [{ "stdout": {} }],
    });
    let one = json!({ plugin: config });
    made[stage] = if stage == "event" { one } else { json!([one]) };
    made
}

#[test]
fn what_outputs_accept_fits_and_unknown_options_do_not() {
    let text = include_str!("golden/outputs/config.json");
    let cases: Value = serde_json::from_str(text).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for case in cases["cases"].as_array().unwrap() {
        let plugin = case["plugin"].as_str().unwrap_or_default();
        let known = evtui::output::PLUGINS.iter();
        if !known.into_iter().any(|one| one.schema.name == plugin) {
            continue;
        }
        let made = around("output", plugin, &case["config"]);
        let why = check(&made);
        if case["ok"] == json!(true) {
            assert_eq!(why, None, "{case}");
            accepted += 1;
        }
        let only_unknown = case["errors"].as_array().is_some_and(|errors| {
            errors.len() == 1
                && errors[0]["type"] == "extra_forbidden"
                && errors[0]["loc"]
                    .as_array()
                    .is_some_and(|loc| loc.len() == 1)
        });
        if only_unknown {
            assert!(why.is_some(), "{case}");
            refused += 1;
        }
    }
    assert!(accepted > 50 && refused > 0, "{accepted} {refused}");
}

#[test]
fn tokens_and_dotted_keys_fit_and_slips_do_not() {
    let fits = [
        json!({ "host": "h", "port": "${params.port}" }),
        json!({ "host": "h", "port": 1, "formatter.format": "json" }),
    ];
    for config in fits {
        assert_eq!(check(&around("output", "tcp", &config)), None, "{config}");
    }
    let slips = [
        json!({ "host": "h", "port": 0 }),
        json!({ "host": "h" }),
        json!({ "host": "h", "port": 1, "prot": 1 }),
        json!({ "host": "h", "port": 1, "formatter": { "format": "jsn" } }),
    ];
    for config in slips {
        assert!(
            check(&around("output", "tcp", &config)).is_some(),
            "{config}"
        );
    }
    assert!(check(&json!({ "input": [], "event": {}, "output": [] })).is_some());
    assert!(check(&json!({ "input": [{ "crn": {} }], "event": {}, "output": [] })).is_some());
}

#[test]
fn the_command_prints_it() {
    let out = Command::cargo_bin("evtui")
        .unwrap()
        .arg("schema")
        .output()
        .unwrap();
    assert!(out.status.success());
    let printed: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(printed, generator_schema());
}

#[test]
fn check_says_what_eventum_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.jinja", "{\"kind\": \"x\"}");
    let document = |format: &str| {
        format!(
            "input:\n- static: {{count: 1}}\nevent:\n  template: {{mode: all, templates: [{{a: \
             {{template: a.jinja}}}}]}}\noutput:\n- stdout:\n    formatter:\n      format: {format}\n"
        )
    };
    let run = |extra: &[&str]| {
        let mut command = Command::cargo_bin("evtui").unwrap();
        let out = command
            .arg("check")
            .args(extra)
            .arg(folder.path())
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap())
    };
    write("generator.yml", &document("ndjson"));
    assert_eq!(run(&[]).0, Some(0));
    let (code, text) = run(&["--eventum"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("Eventum has no format `ndjson`") && text.contains(":8:15"),
        "{text}"
    );
    write("generator.yml", &document("json"));
    let (code, text) = run(&["--eventum"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Eventum 2.6 can run it too"), "{text}");
}
