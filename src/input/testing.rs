//! Inputs from one line of YAML, for the tests of the plugins.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{InputConfig, InputEnv, PLUGINS, check_block};
use crate::config::{Context, Diagnostics, Disk, Overlay, parse_yaml};
use crate::time::{Moment, Zone};

pub(super) fn run<T>(
    text: &str,
    files: &[(&str, &str)],
    then: impl FnOnce(Option<Box<dyn InputConfig>>, Diagnostics) -> T,
) -> T {
    let path = Path::new("generator.yml");
    let mut buffers = HashMap::from([(path.to_path_buf(), text.into())]);
    for (name, content) in files {
        buffers.insert(PathBuf::from("/base").join(name), (*content).into());
    }
    let files = Overlay { buffers };
    let mut diagnostics = Diagnostics::default();
    let node = parse_yaml(text, path, &mut diagnostics).expect("sound YAML");
    let (name, body) = match node.as_map().expect("a mapping") {
        [(name, body)] | [(name, body), _] => (name, body),
        _ => panic!("one plugin, and calendars"),
    };
    let plugin = PLUGINS
        .iter()
        .find(|plugin| Some(plugin.schema.name) == name.as_str())
        .expect("a known plugin");
    let mut cx = Context {
        diagnostics: &mut diagnostics,
        path,
        base: Path::new("/base"),
        files: &files,
        calendars: node.get("calendars"),
        setting: String::new(),
    };
    check_block(&mut cx);
    let config = (plugin.decode)(body, &mut cx);
    then(config, diagnostics)
}

/// What decoding sees of a document.
pub(super) fn run_with<T>(text: &str, then: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let path = Path::new("generator.yml");
    let mut diagnostics = Diagnostics::default();
    let node = parse_yaml(text, path, &mut diagnostics).expect("sound YAML");
    let mut cx = Context {
        diagnostics: &mut diagnostics,
        path,
        base: Path::new("/base"),
        files: &Disk,
        calendars: node.get("calendars"),
        setting: String::new(),
    };
    check_block(&mut cx);
    then(&mut cx)
}

pub(super) fn decode(text: &str) -> Option<Box<dyn InputConfig>> {
    run(text, &[], |config, _| config)
}

pub(super) fn problems(text: &str) -> Vec<String> {
    problems_with(text, &[])
}

/// Each problem as `setting path:line message (help)`.
pub(super) fn problems_with(text: &str, files: &[(&str, &str)]) -> Vec<String> {
    run(text, files, |_, diagnostics| {
        let show = |one: &crate::config::Diagnostic| {
            let place = one.place.as_ref().unwrap();
            let line = place.span.map_or(0, |span| span.start.line);
            let help = one.help.as_deref().unwrap_or_default();
            format!(
                "{} {}:{line} {} ({help})",
                one.setting,
                place.path.display(),
                one.message
            )
        };
        diagnostics.0.iter().map(show).collect()
    })
}

pub(super) fn env(seed: Option<u64>) -> InputEnv<'static> {
    InputEnv {
        seed,
        ..env_in("UTC")
    }
}

/// A run that starts at noon of 2024-01-15 UTC.
pub(super) fn env_in(zone: &str) -> InputEnv<'static> {
    let zone = Zone::parse(zone).unwrap();
    InputEnv {
        zone,
        now: zone.at_instant(1_705_320_000_000_000),
        skip_past: false,
        base: Path::new("/base"),
        files: &Disk,
        seed: None,
        outside: None,
    }
}

pub(super) fn fill(config: &dyn InputConfig, env: &InputEnv<'_>, max: usize) -> Vec<Moment> {
    let mut out = Vec::new();
    config.start(env).unwrap().fill(max, &mut out).unwrap();
    out
}
