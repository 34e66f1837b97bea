//! The public content packs against the recorded hashes of their events.
//!
//! The packs' folder comes from `EVTUI_PACKS`; without it nothing can be run, which is said.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decisions::{Suite, golden};
use super::ordered_json::Json;
use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, LoadOptions, Node, Scalar, Tree, load};
use evtui::event::template::{Streams, TemplateConfig, TemplateSource};
use evtui::event::{EventEnv, EventSource, Globals, Limits, Outcome};
use evtui::time::{SECOND_US, Zone};
use sha2::{Digest, Sha256};

/// 2026-03-01T08:00:00.123456 in microseconds.
const START_US: i64 = 1_772_352_000_123_456;

fn packs() -> Option<PathBuf> {
    let folder = std::env::var_os("EVTUI_PACKS").map(PathBuf::from);
    if folder.is_none() {
        super::decisions::say("NOT RUN: the content packs; set EVTUI_PACKS to their folder");
    }
    folder
}

/// The event section of a pack, as the generator's own or prepared for the recording: mode spin, no
/// chances.
fn event_node(pack: &Path, recorded: bool) -> Node {
    let loaded = load(pack, &Disk, &LoadOptions::default());
    let Some(document) = loaded.document else {
        panic!("{}: {:?}", pack.display(), loaded.diagnostics);
    };
    let mut body = document.event.expect("an event section").body;
    if !recorded {
        return body;
    }
    let Tree::Map(options) = &mut body.tree else {
        panic!("the options are a mapping");
    };
    for (key, value) in options {
        match key.as_str() {
            Some("mode") => value.tree = Tree::Scalar(Scalar::Str("spin".into())),
            Some("templates") => remove_chances(value),
            _ => {}
        }
    }
    body
}

fn remove_chances(node: &mut Node) {
    match &mut node.tree {
        Tree::Seq(items) => items.iter_mut().for_each(remove_chances),
        Tree::Map(entries) => {
            entries.retain(|(key, _)| key.as_str() != Some("chance"));
            entries
                .iter_mut()
                .for_each(|(_, value)| remove_chances(value));
        }
        Tree::Scalar(_) => {}
    }
}

fn source(pack: &Path, recorded: bool) -> TemplateSource {
    let node = event_node(pack, recorded);
    let mut problems = Diagnostics::default();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: &pack.join("generator.yml"),
        base: pack,
        files: &Disk,
        calendars: None,
        setting: "event.template".to_owned(),
    };
    let config = TemplateConfig::decode(&node, &mut cx);
    let env = EventEnv {
        base: pack,
        files: Arc::new(Disk),
        zone: Zone::UTC,
        seed: None,
        globals: Globals::default(),
        limits: Limits::RUN,
    };
    let streams = if recorded {
        Streams::Recorded
    } else {
        Streams::Seeded(1)
    };
    let source = config.and_then(|config| config.build_with(&env, streams, &mut problems));
    source.unwrap_or_else(|| panic!("{}: {problems:?}", pack.display()))
}

#[test]
fn packs_render_the_recorded_events() {
    let Some(folder) = packs() else { return };
    let path = golden().join("events/packs_stream.json");
    let document: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut suite = Suite::new("events/packs_stream.json");
    for pack in document.at("packs").items() {
        let name = pack.at("pack").text();
        let path = folder.join(name);
        if !path.is_dir() {
            super::decisions::say(&format!("NOT RUN: {name}, it is not in the folder"));
            continue;
        }
        suite.case(name, || compare(pack, &path));
    }
    suite.finish();
}

fn compare(pack: &Json, path: &Path) -> Result<(), String> {
    let mut source = source(path, true);
    let aliases = source.aliases().to_vec();
    let mut different = Vec::new();
    let events = pack.at("events").items();
    for (index, expected) in events.iter().enumerate() {
        let at = Zone::UTC.at_wall(START_US + index as i64 * 7_500_001);
        let mut out = EventBatch::default();
        let alias = expected.at("a").text();
        match source.produce(at, &[], &mut out) {
            Outcome::Produced(1) => {}
            other => {
                different.push(format!("{index} {alias}: {other:?}"));
                continue;
            }
        }
        assert_eq!(&*aliases[usize::from(out.alias(0))], alias);
        let event = out.get(0);
        let hash: String = Sha256::digest(event)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if !hash.starts_with(expected.at("h").text()) {
            different.push(format!("{index} {alias}: {}", difference(event, expected)));
        } else if expected.at("c").plain() != source.draws() {
            different.push(format!("{index} {alias}: {} draws", source.draws()));
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    let first: Vec<String> = different.iter().take(4).cloned().collect();
    Err(format!(
        "{} of {} differ\n    {}",
        different.len(),
        events.len(),
        first.join("\n    ")
    ))
}

/// The first line whose checksum differs, when the lines were recorded.
fn difference(event: &[u8], expected: &Json) -> String {
    let text = String::from_utf8_lossy(event);
    let Some(sums) = expected.get("l") else {
        return format!(
            "{} characters, recorded {:?}",
            text.chars().count(),
            expected.at("n")
        );
    };
    let sums = sums.text();
    for (index, line) in text.split('\n').enumerate() {
        let sum = format!("{:04x}", crc32(line.as_bytes()) & 0xffff);
        if sums.get(index * 4..index * 4 + 4) != Some(&sum) {
            return format!("line {}: {line}", index + 1);
        }
    }
    "lines are missing at the end".to_owned()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            }
        })
    })
}

#[test]
fn packs_render_valid_json_from_their_own_configuration() {
    let Some(folder) = packs() else { return };
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let mut failed = Vec::new();
    for pack in names
        .iter()
        .filter(|path| path.join("generator.yml").is_file())
    {
        let mut source = source(pack, false);
        let mut out = EventBatch::default();
        for index in 0..300 {
            let at = Zone::UTC.at_wall(START_US + index * SECOND_US);
            let outcome = source.produce(at, &[], &mut out);
            if !matches!(outcome, Outcome::Produced(1)) {
                failed.push(format!("{}: {outcome:?}", pack.display()));
                break;
            }
        }
        for event in out.iter() {
            if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(event) {
                failed.push(format!(
                    "{}: {error}\n{}",
                    pack.display(),
                    String::from_utf8_lossy(event)
                ));
                break;
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
