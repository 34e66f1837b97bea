//! A secret is planted into every option of every output that takes text, and nothing that the program
//! says may show it: problems, forms of the plan, errors of runs against targets that are down, logs of
//! all libraries at trace level, previews, panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use evtui::config::{Disk, Files, Kind, Parameters, Schema};
use evtui::event::Globals;
use evtui::instance::prepare_with;
use evtui::instance::secrets::Secrets;
use evtui::output::{PLUGINS, Streams};
use evtui::pipeline::{self, CheckOptions, RunOptions, check};
use evtui::time::{Clock as _, WallClock, Zone};
use serde_json::{Value, json};

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");
const TOKEN: &str = "${secrets.token}";
/// What must not be seen; one word, so that no form of quoting splits it.
const PLANTED: &str = "qPl4ntedS3cretq";
/// Nobody listens there.
const DOWN: &str = "127.0.0.1:1";
const PATIENCE: Duration = Duration::from_secs(60);

/// Sound options of each output, for a target that is down; `at` is what goes before the host.
fn bases(plugin: &str, at: &str) -> Vec<Value> {
    let url = |scheme: &str| format!("{scheme}://{at}{DOWN}");
    match plugin {
        "clickhouse" => vec![
            json!({"host": "127.0.0.1", "port": 1, "table": "t", "password": "x"}),
            json!({"dsn": format!("{}/db", url("clickhouse")), "table": "t"}),
        ],
        "drop" | "stdout" => vec![json!({})],
        "file" => vec![json!({"path": "/dev/full"}), json!({"path": "/dev/null/x"})],
        "http" => vec![json!({"url": url("http")}), json!({"url": url("https")})],
        "influxdb" => vec![
            json!({"url": url("http"), "org": "o", "bucket": "b", "token": TOKEN, "measurement": "m"}),
        ],
        "kafka" => vec![json!({"bootstrap_servers": [DOWN], "topic": "t"})],
        "mqtt" => vec![json!({"host": "127.0.0.1", "port": 1, "topic": "t"})],
        "nats" => ["username", "token"]
            .map(|way| {
                let auth = match way {
                    "username" => json!({"username": "u", "password": TOKEN}),
                    _ => json!({"token": TOKEN}),
                };
                let mode = json!({"type": "regular", "subject": "s"});
                json!({"url": format!("nats://{DOWN}"), "mode": mode, "auth": auth})
            })
            .to_vec(),
        "opensearch" => {
            vec![json!({"hosts": [url("http")], "username": "u", "password": TOKEN, "index": "i"})]
        }
        "redis" => vec![
            json!({"mode": {"type": "single", "url": url("redis")}, "redis_type": {"type": "list", "key": "k"}}),
            json!({"mode": {"type": "cluster", "urls": [url("redis")]}, "redis_type": {"type": "publish", "channel": "k"}}),
        ],
        "sql" => ["postgres", "mysql"]
            .map(|kind| {
                let target = json!({"type": kind, "uri": format!("{}/db", url(kind))});
                json!({"output_type": target, "table_name": "t"})
            })
            .to_vec(),
        "tcp" | "udp" => vec![json!({"host": "127.0.0.1", "port": 1})],
        "websocket" => vec![json!({"url": url("ws")})],
        other => panic!("the output `{other}` has no row here: say how it is used"),
    }
}

/// Places in a section where text may stand, as paths of keys.
fn places(schema: &Schema, before: &[&'static str], found: &mut Vec<(Vec<&'static str>, bool)>) {
    for field in schema.fields {
        let path = [before, &[field.name]].concat();
        let mut kind = field.kind;
        if let Kind::OrNull(inner) = kind {
            kind = *inner;
        }
        match kind {
            Kind::Section(inner) if before.len() < 3 => places(inner, &path, found),
            Kind::List(..) => found.push((path, true)),
            _ => found.push((path, false)),
        }
    }
}

/// The options with a value put at a place.
fn plant(options: &Value, path: &[&str], value: &Value) -> Value {
    let mut planted = options.clone();
    let mut at = &mut planted;
    for key in path {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[*key];
    }
    *at = value.clone();
    planted
}

/// All options to try for an output.
fn variants(plugin: &'static Schema) -> Vec<Value> {
    let mut all = Vec::new();
    let with_password = format!("user:{TOKEN}@");
    let quick = |options: &Value| {
        let mut quick = options.clone();
        let has = |name: &str| plugin.fields.iter().any(|field| field.name == name);
        if has("on_failure") && quick.get("on_failure").is_none() {
            quick["on_failure"] = json!("drop");
        }
        if has("retry") && quick.get("retry").is_none() {
            quick["retry"] = json!({"attempts": 0});
        }
        if has("write_timeout") && quick.get("write_timeout").is_none() {
            quick["write_timeout"] = json!("2s");
        }
        quick
    };
    for base in bases(plugin.name, &with_password) {
        all.push(quick(&base));
    }
    let mut found = Vec::new();
    places(plugin, &[], &mut found);
    let base = bases(plugin.name, "").swap_remove(0);
    for (path, list) in found {
        let inside = format!("before-{TOKEN}-behind");
        for text in [TOKEN.to_owned(), inside] {
            let value = if list { json!([text]) } else { json!(text) };
            all.push(quick(&plant(&base, &path, &value)));
        }
        // For mappings of names to texts, and names themselves.
        all.push(quick(&plant(&base, &path, &json!({"name": TOKEN}))));
        all.push(quick(&plant(&base, &path, &json!({TOKEN: "value"}))));
    }
    all
}

fn write_project(folder: &Path, plugin: &str, options: &Value) {
    fs::write(folder.join("lines.log"), "{\"a\": 1}\n{\"a\": 2}\n").unwrap();
    let document = json!({
        "input": [{"static": {"count": 2}}],
        "event": {"replay": {"path": "lines.log"}},
        "output": [{plugin: options}],
    });
    // JSON is YAML.
    fs::write(folder.join("generator.yml"), document.to_string()).unwrap();
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::level_filters::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .init();
        log
    }

    fn take(&self) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&std::mem::take(&mut *all)).into_owned()
    }
}

fn secrets() -> Secrets {
    let values = BTreeMap::from([("token".to_owned(), PLANTED.to_owned())]);
    Secrets::default().giving(values)
}

/// The lines of a text that show the secret.
fn shown(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains(PLANTED)).collect()
}

/// All that the library says about a project and a run of it.
fn said(folder: &Path, runtime: &tokio::runtime::Runtime, streams: Streams) -> String {
    let mut said = String::new();
    let files: Arc<dyn Files> = Arc::new(Disk);
    let report = check(
        folder,
        &files,
        &CheckOptions {
            params: None,
            zone: Zone::UTC,
            now: Zone::UTC.at_instant(WallClock.now_us()),
        },
    );
    writeln!(said, "check {report:?}").unwrap();
    let parameters = Parameters {
        live_mode: false,
        ..Parameters::default()
    };
    let plan = match prepare_with(folder, &Disk, &parameters, &secrets()) {
        Ok((plan, warnings)) => {
            writeln!(said, "plan {plan:#?}\nwarnings {warnings:?}").unwrap();
            plan
        }
        Err(problems) => {
            writeln!(said, "problems {problems:?}").unwrap();
            return said;
        }
    };
    let running = pipeline::start(
        plan,
        RunOptions {
            id: "secrets".to_owned(),
            parameters,
            seed: None,
            now_us: None,
            globals: Globals::default(),
            clock: Arc::new(WallClock),
            files,
            streams,
            runtime: runtime.handle().clone(),
            workers: None,
        },
    );
    if let Err(problems) = running.wait_started() {
        writeln!(said, "start {problems:?}").unwrap();
    }
    let give_up = Instant::now().checked_add(Duration::from_secs(4));
    let mut ended = running.wait(give_up);
    if ended.is_none() {
        writeln!(said, "waiting {:?}", running.stats()).unwrap();
        running.abort();
        ended = running.wait(Instant::now().checked_add(PATIENCE));
    }
    writeln!(said, "end {ended:?} {:?} {running:?}", running.stats()).unwrap();
    said
}

#[test]
fn no_option_of_an_output_shows_its_secret() {
    let log = Log::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let mut faults = String::new();
    for plugin in PLUGINS {
        let name = plugin.schema.name;
        let (mut plans, variants) = (0, variants(plugin.schema));
        for options in &variants {
            let folder = tempfile::tempdir().unwrap();
            write_project(folder.path(), name, options);
            let discard = Streams::Captured(Arc::new(|_, _| Ok(())));
            let said = said(folder.path(), &runtime, discard);
            plans += usize::from(said.contains("\nplan "));
            let logged = log.take();
            for line in shown(&said).into_iter().chain(shown(&logged)) {
                writeln!(faults, "{name} {options}\n    {}", line.trim()).unwrap();
            }
        }
        // Refusing everything would be an easy way to pass.
        assert!(
            plans > 0,
            "{name}: none of {} variants is sound",
            variants.len()
        );
    }
    assert!(faults.is_empty(), "{faults}");

    // The thread that writes panics in the middle of a run whose plan knows the secret.
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), "stdout", &json!({"separator": TOKEN}));
    let panics = Streams::Captured(Arc::new(|_, _| panic!("provoked")));
    let said = said(folder.path(), &runtime, panics);
    assert!(said.contains("provoked"), "{said}");
    let logged = log.take();
    assert!(
        shown(&said).is_empty() && shown(&logged).is_empty(),
        "{said}\n{logged}"
    );
}

#[test]
fn no_command_shows_a_secret() {
    for plugin in PLUGINS {
        let name = plugin.schema.name;
        for options in bases(name, &format!("user:{TOKEN}@")) {
            let folder = tempfile::tempdir().unwrap();
            let mut options = plant(&options, &["on_failure"], &json!("drop"));
            if !plugin
                .schema
                .fields
                .iter()
                .any(|field| field.name == "on_failure")
            {
                options.as_object_mut().unwrap().remove("on_failure");
            }
            write_project(folder.path(), name, &options);
            for words in [
                &["check", "."][..],
                &["check", ".", "--json"],
                &["preview", ".", "-n", "1", "--json"],
                &[
                    "generate",
                    ".",
                    "--sample",
                    "--max-duration",
                    "5s",
                    "-vvvvv",
                ],
                &["generate", "--help"],
            ] {
                let run = Command::new(EVTUI)
                    .args(words)
                    .current_dir(folder.path())
                    .env("EVTUI_SECRET_TOKEN", PLANTED)
                    .env("EVTUI_SECRETS_PASSWORD", PLANTED)
                    .output()
                    .unwrap();
                for text in [&run.stdout, &run.stderr] {
                    let text = String::from_utf8_lossy(text);
                    assert!(
                        shown(&text).is_empty(),
                        "{name} {words:?}: {:?}",
                        shown(&text)
                    );
                }
            }
        }
    }
}
