#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;

use super::*;
use crate::config::{Disk, Files, Overlay, parse_yaml};
use crate::event::{Globals, Limits};

const LOG: &str =
    "2026-03-01T08:00:00Z a\n2026-03-01T08:00:10Z b\n  continued\n2026-03-01T08:00:40Z c\n";
const START_US: i64 = 1_800_000_000_000_000;

fn build(
    base: &Path,
    options: &str,
    files: Arc<dyn Files>,
) -> (Option<Box<dyn EventSource>>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let name = Path::new("generator.yml");
    let node = parse_yaml(options, name, &mut problems).unwrap();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: name,
        base,
        files: files.as_ref(),
        calendars: None,
        setting: "event.replay".to_owned(),
    };
    let Some(config) = decode(&node, &mut cx) else {
        return (None, problems);
    };
    let env = EventEnv {
        base,
        files: Arc::clone(&files),
        zone: Zone::parse("UTC").unwrap(),
        seed: None,
        globals: Globals::default(),
        limits: Limits::RUN,
    };
    let source = config.build(&env, &mut problems);
    (source, problems)
}

/// A folder with one file.
fn folder(name: &str, content: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn at(us: i64) -> Moment {
    Moment {
        wall_us: START_US + us,
        offset_s: 0,
    }
}

/// At most `count` events with all timestamps at once; errors as their message.
fn events(source: &mut dyn EventSource, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    while found.len() < count {
        let mut out = EventBatch::default();
        match source.produce(at(0), &[], &mut out) {
            Outcome::Produced(_) => found.push(String::from_utf8(out.get(0).to_vec()).unwrap()),
            Outcome::Failed(error) => found.push(error.message),
            _ => break,
        }
    }
    found
}

fn replayed(name: &str, content: &[u8]) -> Vec<String> {
    let folder = folder(name, content);
    let (source, problems) = build(folder.path(), &format!("{{path: {name}}}"), Arc::new(Disk));
    events(
        source.unwrap_or_else(|| panic!("{problems:?}")).as_mut(),
        100_000,
    )
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn packed_files_are_unpacked_with_all_their_members() {
    let first: String = (0..3000)
        .map(|n| format!("line {n} of the first\n"))
        .collect();
    let second = "line one of the second\nno end";
    let wanted: Vec<&str> = first.lines().chain(second.lines()).collect();
    let mut skipped = vec![0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0];
    skipped.extend_from_slice(b"abc");
    let gz = [gzip(&first), gzip(second)].concat();
    let zst = [zstd(&first), skipped, zstd(second)].concat();
    assert_eq!(replayed("a.log.gz", &gz), wanted);
    assert_eq!(replayed("a.log.ZST", &zst), wanted);
    assert!(replayed("a.gz", &gzip("")).is_empty());
    assert!(replayed("a.zst", &[]).is_empty());
}

#[test]
fn a_damaged_archive_is_an_error_after_what_could_be_read() {
    let mut noise = 1_u32;
    let text: String = (0..40_000)
        .map(|n| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            format!("{n} {noise:08x}\n")
        })
        .collect();
    for (name, packed) in [("a.gz", gzip(&text)), ("a.zst", zstd(&text))] {
        let cut = &packed[..packed.len() / 2];
        let found = replayed(name, cut);
        let (last, before) = found.split_last().unwrap();
        // What lies in its window, a decoder of zstd has not given out yet.
        let least = if name == "a.gz" { 100 } else { 0 };
        assert!(before.len() >= least, "{name}: {}", before.len());
        assert!(
            before
                .iter()
                .zip(text.lines())
                .all(|(one, line)| one == line)
        );
        assert!(
            last.contains("cut short") || last.contains("damaged"),
            "{name}: {last}"
        );
        let found = replayed(name, b"this is no archive\n");
        assert_eq!(found.len(), 1, "{name}");
        assert!(found[0].contains("damaged"), "{name}: {found:?}");
    }
}

#[test]
fn gaps_are_kept_from_the_first_timestamp_on() {
    let folder = folder("a.log", LOG.as_bytes());
    let replay = |more: &str| {
        let options = format!(
            "{{path: a.log, timestamp_pattern: '^(?P<timestamp>\\S+)Z ', timestamp_format: '%H:%M:%S.%f', keep_gaps: true{more}}}"
        );
        let (source, problems) = build(folder.path(), &options, Arc::new(Disk));
        assert!(problems.0.is_empty(), "{problems:?}");
        events(source.unwrap().as_mut(), 6)
    };
    assert_eq!(
        replay(""),
        [
            "08:00:00.000000Z a",
            "08:00:10.000000Z b",
            "  continued",
            "08:00:40.000000Z c"
        ]
    );
    let stamps = |found: Vec<String>| -> Vec<String> {
        found
            .iter()
            .filter(|line| !line.starts_with(' '))
            .map(|line| line[3..12].to_owned())
            .collect()
    };
    assert_eq!(
        stamps(replay(", speed: 4")),
        ["00:00.000", "00:02.500", "00:10.000"]
    );
    assert_eq!(
        stamps(replay(", max_gap: 12.5")),
        ["00:00.000", "00:10.000", "00:22.500"]
    );
    assert_eq!(
        stamps(replay(", speed: 0.5, max_gap: 30")),
        ["00:00.000", "00:20.000", "00:50.000"]
    );
    assert_eq!(
        stamps(replay(", repeat: true")),
        [
            "00:00.000",
            "00:10.000",
            "00:40.000",
            "00:40.000",
            "00:50.000"
        ]
    );
}

#[test]
fn a_run_that_waits_is_told_when_each_line_is_due() {
    let folder = folder("a.log", LOG.as_bytes());
    let options = "{path: a.log, timestamp_pattern: '^(?P<timestamp>\\S+) ', keep_gaps: true}";
    let mut source = build(folder.path(), options, Arc::new(Disk)).0.unwrap();
    let mut out = EventBatch::default();
    for (input, due) in [
        (0, 0),
        (0, 10_000_000),
        (0, 10_000_000),
        (90_000_000, 90_000_000),
    ] {
        assert_eq!(source.due(at(input)), Some(START_US + due));
        assert_eq!(source.due(at(input)), Some(START_US + due), "asked twice");
        assert!(matches!(
            source.produce(at(input), &[], &mut out),
            Outcome::Produced(1)
        ));
    }
    assert_eq!(out.get(3), b"2027-01-15T08:01:30+00:00 c");
    source.due(at(0));
    assert!(matches!(
        source.produce(at(0), &[], &mut out),
        Outcome::Exhausted
    ));
    let mut plain = build(folder.path(), "{path: a.log}", Arc::new(Disk))
        .0
        .unwrap();
    assert_eq!(plain.due(at(0)), None);
}

#[test]
fn options_that_contradict_each_other_or_the_file_are_told() {
    let folder = folder("a.log", LOG.as_bytes());
    let told = |options: &str| {
        let (source, problems) = build(folder.path(), options, Arc::new(Disk));
        assert_eq!(problems.0.len(), 1, "{options}: {problems:?}");
        assert_eq!(source.is_none(), problems.has_errors(), "{options}");
        problems.0[0].clone()
    };
    assert!(
        told("{path: a.log, keep_gaps: true}")
            .message
            .contains("`timestamp_pattern`")
    );
    assert!(
        told("{path: a.log, speed: 2}")
            .message
            .contains("without `keep_gaps`")
    );
    assert!(told("{path: a.log, speed: 0}").message.contains('0'));
    assert!(told("{path: a.log, max_gap: -1}").message.contains("-1"));
    let pattern = "timestamp_pattern: '(?P<timestamp>[a-c])$'";
    let problem = told(&format!("{{path: a.log, {pattern}, keep_gaps: true}}"));
    assert!(
        problem.message.contains("`a`, the time in line 1"),
        "{problem:?}"
    );
    assert!(problem.help.unwrap().contains("original_format"));
    let problem = told("{path: a.log, timestamp_pattern: '(?P<timestamp>never)'}");
    assert!(problem.message.contains("first 4 lines"), "{problem:?}");
    assert!(
        told("{path: b.log}")
            .message
            .contains("does not exist: b.log")
    );
}

#[test]
fn an_unsaved_file_is_replayed_as_it_is_on_the_screen() {
    let folder = folder("a.log", b"saved\n");
    let text: Arc<str> = "typed\nmore".into();
    let buffers = [
        (folder.path().join("a.log"), text.clone()),
        (folder.path().join("n.log"), text),
    ];
    let overlay: Arc<dyn Files> = Arc::new(Overlay {
        buffers: buffers.into(),
    });
    for name in ["a.log", "n.log"] {
        let options = format!("{{path: {name}}}");
        let mut source = build(folder.path(), &options, overlay.clone()).0.unwrap();
        assert_eq!(events(source.as_mut(), 9), ["typed", "more"]);
    }
}
