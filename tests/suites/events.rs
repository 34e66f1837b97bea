//! The event plugins `template`, `replay` and `script` against the golden vectors.

use std::path::Path;
use std::sync::Arc;

use super::decisions::{Suite, golden, same};
use super::ordered_json::Json;
use base64::Engine as _;
use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, Node, parse_yaml};
use evtui::event::template::{Streams, TemplateConfig, TemplateSource};
use evtui::event::{EventEnv, EventSource, Globals, Limits, Outcome, PLUGINS};
use evtui::template::Value;
use evtui::time::{Moment, Zone};

fn run(file: &str) {
    let path = golden().join("events").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let mut suite = Suite::new(&format!("events/{file}"));
    for case in document.at("cases").items() {
        let mark = case.get("python_only").map(|_| "python_only");
        suite.marked(case.at("name").text(), mark.as_slice(), || run_case(case));
    }
    suite.finish();
}

macro_rules! suites {
    ($($name:ident => $file:literal),* $(,)?) => {
        $(#[test]
        fn $name() {
            run($file);
        })*
    };
}

suites! {
    render_core => "render_core.json",
    render_filters => "render_filters.json",
    render_control => "render_control.json",
    render_datetime => "render_datetime.json",
    samples => "samples.json",
    state => "state.json",
    picking => "picking.json",
    fsm => "fsm.json",
    config => "config.json",
    modules => "modules.json",
    projects => "projects.json",
    replay => "replay.json",
    script => "script.json",
}

/// What a case starts: the source and what tells its state.
enum Source {
    Template(Box<TemplateSource>),
    Other(Box<dyn EventSource>),
}

impl Source {
    fn produce(&mut self, at: Moment, tags: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        match self {
            Self::Template(source) => source.produce(at, tags, out),
            Self::Other(source) => source.produce(at, tags, out),
        }
    }
}

fn run_case(case: &Json) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in case.get("files").map(Json::entries).unwrap_or_default() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = match content {
            Json::Text(text) => text.clone().into_bytes(),
            other => base64::engine::general_purpose::STANDARD
                .decode(other.at("base64").text())
                .unwrap(),
        };
        std::fs::write(path, bytes).unwrap();
    }
    let zone = case.get("timezone").map_or("UTC", Json::text);
    let zone = Zone::parse(zone).unwrap();
    let globals = Globals::default();
    for (name, value) in case
        .get("initial_globals")
        .map(Json::entries)
        .unwrap_or_default()
    {
        globals.set_json(name, &value.plain());
    }
    let config = match case.get("config_yaml") {
        Some(text) => {
            let mut problems = Diagnostics::default();
            parse_yaml(text.text(), Path::new("generator.yml"), &mut problems)
                .ok_or_else(|| format!("{problems:?}"))?
        }
        None => case.at("config").node(),
    };
    let expect = case.at("expect");
    let refused = expect.get("config_error").or(expect.get("init_error"));
    match (start(&config, folder.path(), zone, globals), refused) {
        (Err(problems), None) => Err(format!("refused: {problems}")),
        (Err(_), Some(_)) => Ok(()),
        (Ok(_), Some(reason)) => Err(format!("accepted, but the reference says {reason:?}")),
        (Ok(mut source), None) => {
            compare_results(case, zone, &mut source)?;
            compare_state(expect, &source)
        }
    }
}

fn start(config: &Node, base: &Path, zone: Zone, globals: Globals) -> Result<Source, String> {
    let (name, body) = config.as_map().unwrap().first().unwrap();
    let name = name.as_str().unwrap();
    let Some(plugin) = PLUGINS.iter().find(|plugin| plugin.schema.name == name) else {
        return Err(format!("no plugin {name}"));
    };
    let mut problems = Diagnostics::default();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: Path::new("generator.yml"),
        base,
        files: &Disk,
        calendars: None,
        setting: format!("event.{name}"),
    };
    let env = EventEnv {
        base,
        files: Arc::new(Disk),
        zone,
        seed: Some(1),
        globals,
        limits: Limits::RUN,
    };
    let source = if name == "template" {
        TemplateConfig::decode(body, &mut cx)
            .and_then(|config| config.build_with(&env, Streams::Seeded(1), &mut problems))
            .map(|source| Source::Template(Box::new(source)))
    } else {
        (plugin.decode)(body, &mut cx)
            .and_then(|config| config.build(&env, &mut problems))
            .map(Source::Other)
    };
    match source {
        Some(source) => Ok(source),
        None => {
            assert!(problems.has_errors(), "refused without a reason");
            Err(format!("{problems:?}"))
        }
    }
}

fn moment(text: &str, zone: Zone) -> Moment {
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").unwrap();
    zone.at_wall(naive.and_utc().timestamp_micros())
}

fn compare_results(case: &Json, zone: Zone, source: &mut Source) -> Result<(), String> {
    let one = [Json::Map(Vec::new())];
    let ticks = case.get("ticks").map_or(&one[..], Json::items);
    let expected = case.at("expect").at("results").items();
    assert_eq!(ticks.len(), expected.len(), "one result per tick");
    let mut counters = [0_usize; 3];
    for (index, (tick, expected)) in ticks.iter().zip(expected).enumerate() {
        let at = tick
            .get("timestamp")
            .map_or("2026-03-01T08:00:00.123456", Json::text);
        let tags: Vec<Arc<str>> = tick
            .get("tags")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .map(|tag| tag.text().into())
            .collect();
        let mut out = EventBatch::default();
        let outcome = source.produce(moment(at, zone), &tags, &mut out);
        let events: Vec<&str> = out
            .iter()
            .map(|event| std::str::from_utf8(event).unwrap())
            .collect();
        let what = format!("tick {index}");
        match outcome {
            Outcome::Failed(error) => {
                counters[1] += 1;
                let Some(theirs) = expected.get("error") else {
                    return Err(format!(
                        "{what}: error {error:?}, the reference has {expected:?}"
                    ));
                };
                assert!(events.is_empty(), "a failed event leaves nothing");
                if let Some(alias) = theirs.get("alias") {
                    same(&what, &error.alias.as_deref(), &Some(alias.text()))?;
                }
            }
            _ if expected.get("error").is_some() => {
                return Err(format!(
                    "{what}: {outcome:?} {events:?}, the reference fails: {expected:?}"
                ));
            }
            Outcome::Exhausted => {
                same(&what, &expected.get("exhausted").is_some(), &true)?;
            }
            Outcome::Dropped => {
                counters[2] += 1;
                same(&what, &expected.get("dropped").is_some(), &true)?;
            }
            Outcome::Produced(count) => {
                counters[0] += count;
                let theirs: Vec<&str> = expected
                    .get("events")
                    .ok_or_else(|| format!("{what}: {events:?}, the reference has {expected:?}"))?
                    .items()
                    .iter()
                    .map(Json::text)
                    .collect();
                same(&what, &expected.get("dropped").is_some(), &false)?;
                same(&what, &events, &theirs)?;
                same(&what, &count, &theirs.len())?;
            }
        }
    }
    let theirs = case.at("expect").at("counters").plain();
    for (name, ours) in ["produced", "produce_failed", "dropped"]
        .iter()
        .zip(counters)
    {
        same(name, &serde_json::Value::from(ours), &theirs[*name])?;
    }
    Ok(())
}

fn compare_state(expect: &Json, source: &Source) -> Result<(), String> {
    let (Some(expected), Source::Template(source)) = (expect.get("state_after"), source) else {
        return Ok(());
    };
    let mut ours = serde_json::Map::new();
    let mut locals = serde_json::Map::new();
    for (alias, state) in source.locals() {
        if !state.borrow().is_empty() {
            locals.insert(alias.to_string(), dict_json(&Value::Dict(state)));
        }
    }
    let scopes = [
        ("shared", Value::Dict(source.shared())),
        ("globals", source.globals()),
    ];
    if !locals.is_empty() {
        ours.insert("locals".to_owned(), locals.into());
    }
    for (name, state) in scopes {
        if state.truth() {
            ours.insert(name.to_owned(), dict_json(&state));
        }
    }
    let mut theirs = expected.plain();
    unaddressed(&mut theirs);
    same("state", &serde_json::Value::Object(ours), &theirs)
}

/// The text of functions and iterators is a matter of the implementation.
fn unaddressed(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            if let Some(serde_json::Value::String(text)) = map.get("__repr__")
                && text.starts_with('<')
            {
                *value = "<object>".into();
                return;
            }
            map.values_mut().for_each(unaddressed);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(unaddressed),
        _ => {}
    }
}

fn dict_json(value: &Value) -> serde_json::Value {
    let Value::Dict(dict) = value else {
        panic!("a state is a dict");
    };
    let mut map = serde_json::Map::new();
    for (key, value) in dict.borrow().iter() {
        match key {
            Value::Str(key) => {
                map.insert(key.as_str().to_owned(), value_json(value));
            }
            _ => return serde_json::json!({"__repr__": Value::Dict(dict.clone()).repr()}),
        }
    }
    map.into()
}

/// A value as the recording has it: JSON where all of it is plain, else its text.
fn value_json(value: &Value) -> serde_json::Value {
    plain_json(value).unwrap_or_else(|| {
        let text = value.repr();
        if text.starts_with('<') {
            "<object>".into()
        } else {
            serde_json::json!({"__repr__": text})
        }
    })
}

fn plain_json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::None => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) if number.is_finite() => (*number).into(),
        Value::Str(text) => text.as_str().into(),
        Value::List(items) => {
            let items: Option<Vec<_>> = items.borrow().iter().map(plain_json).collect();
            items?.into()
        }
        Value::Dict(dict) => {
            let mut map = serde_json::Map::new();
            for (key, value) in dict.borrow().iter() {
                let Value::Str(key) = key else { return None };
                map.insert(key.as_str().to_owned(), plain_json(value)?);
            }
            map.into()
        }
        _ => return None,
    })
}
