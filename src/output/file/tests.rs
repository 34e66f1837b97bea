#![allow(clippy::unwrap_used, clippy::panic)]
use std::fs;
use std::path::Path;
use std::time::Instant;

use super::*;
use crate::batch::EventBatch;
use crate::config::Disk;
use crate::output::{FormatEnv, Formatted, LocalOutput as _, Parcel, Receipt, Texts};
use crate::time::{Clock, FakeClock};

const HOUR: i64 = 3_600_000_000;

fn parcel(events: &[&str]) -> Parcel {
    let mut batch = EventBatch::default();
    for event in events {
        batch.push(event.as_bytes(), 0);
    }
    let env = FormatEnv::new(Path::new("."), Arc::new(Disk));
    let mut formatted = Formatted::default();
    let mut formatter = FormatConfig::Plain.build(&env).unwrap();
    formatter.format(&batch, "\n", &mut formatted);
    Parcel {
        batch: Arc::new(batch),
        formatted,
        texts: Texts::default(),
        ..Parcel::default()
    }
}

fn output(path: &Path, rotation: Option<Rotation>, clock: &Arc<FakeClock>) -> FileOutput {
    let target = Target {
        path: path.to_owned(),
        shown: path.display().to_string(),
        mode: 0o640,
        separator: if rotation.is_some() {
            b"\n".to_vec()
        } else {
            Vec::new()
        },
    };
    let clock: Arc<dyn Clock> = clock.clone();
    let idle = Duration::from_secs(10);
    FileOutput::new(target, idle, false, Encoding::Utf8, rotation, clock)
}

fn write(output: &mut FileOutput, events: &[&str]) -> Receipt {
    output.write(&parcel(events).items(), Instant::now())
}

/// Names and contents, sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|one| {
            let path = one.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn contents(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_full_file_is_put_aside_between_two_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.log");
    let clock = Arc::new(FakeClock::at(HOUR));
    let rotation = Rotation {
        max_size: Some(8),
        ..Rotation::default()
    };
    let mut output = output(&path, Some(rotation), &clock);
    output.open().unwrap();
    assert_eq!(
        write(&mut output, &["aaa", "bbb", "ccc"]),
        Receipt::taken(12)
    );
    let long = "l".repeat(20);
    assert_eq!(
        write(&mut output, &["d", &long, "e", "ff"]),
        Receipt::taken(2 + 21 + 2 + 3)
    );
    output.close().unwrap();
    let expected = ["aaa\nbbb\n", "ccc\nd\n", &format!("{long}\n"), "e\nff\n"];
    assert_eq!(contents(folder.path()), expected);
    assert_eq!(files(folder.path())[3].0, "e.log");
    // A restart goes on where it stood.
    output.open().unwrap();
    write(&mut output, &["g", "h"]);
    assert_eq!(contents(folder.path())[3..], ["e\nff\ng\n", "h\n"]);
}

#[test]
fn a_file_of_an_earlier_period_is_put_aside_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.log");
    let clock = Arc::new(FakeClock::at(i64::MAX / 4));
    // The time of the last write is the system's after a restart.
    let now_us = crate::time::WallClock.now_us();
    clock.set(now_us);
    let rotation = Rotation {
        every_us: Some(HOUR),
        keep: Some(2),
        ..Rotation::default()
    };
    let mut one = output(&path, Some(rotation.clone()), &clock);
    one.open().unwrap();
    write(&mut one, &["a"]);
    clock.pass(HOUR);
    // Nothing is put aside without an event, and nothing empty ever.
    assert_eq!(contents(folder.path()), ["a\n"]);
    write(&mut one, &["b"]);
    write(&mut one, &["c"]);
    assert_eq!(contents(folder.path()), ["a\n", "b\nc\n"]);
    one.close().unwrap();
    clock.pass(HOUR);
    let mut two = output(&path, Some(rotation), &clock);
    two.open().unwrap();
    for (event, expected) in [
        ("d", ["a\n", "b\nc\n", "d\n"]),
        ("e", ["b\nc\n", "d\n", "e\n"]),
    ] {
        write(&mut two, &[event]);
        assert_eq!(contents(folder.path()), expected);
        clock.pass(HOUR);
    }
}

#[test]
fn a_torn_end_is_finished_first_when_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.log");
    let clock = Arc::new(FakeClock::at(HOUR));
    for (before, after) in [
        ("whole\ntor", "whole\ntor\na\nb\n"),
        ("whole\n", "whole\na\nb\n"),
        ("", "a\nb\n"),
    ] {
        fs::write(&path, before).unwrap();
        let mut output = output(&path, Some(Rotation::default()), &clock);
        output.open().unwrap();
        write(&mut output, &["a"]);
        write(&mut output, &["b"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), after);
    }
}

#[test]
fn a_folder_that_is_deleted_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub/e.log");
    let clock = Arc::new(FakeClock::at(HOUR));
    let mut output = output(&path, None, &clock);
    output.open().unwrap();
    write(&mut output, &["a"]);
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    // A file where the folder was is an outage until it goes.
    fs::write(path.parent().unwrap(), "in the way").unwrap();
    let refused = write(&mut output, &["b", "c"]);
    let (range, error) = refused.failures.first().unwrap();
    assert_eq!(
        (range.clone(), error.kind),
        (0..2, crate::output::OutputErrorKind::Outage)
    );
    fs::remove_file(path.parent().unwrap()).unwrap();
    assert_eq!(write(&mut output, &["b"]), Receipt::taken(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_outage() {
    let clock = Arc::new(FakeClock::at(HOUR));
    let rotation = Rotation {
        max_size: Some(2),
        ..Rotation::default()
    };
    let mut output = output(Path::new("/dev/full"), Some(rotation), &clock);
    output.open().unwrap();
    let receipt = write(&mut output, &["a", "b"]);
    let (range, error) = receipt.failures.first().unwrap();
    assert_eq!(*range, 0..2);
    assert!(error.message.contains("No space left"), "{error}");
    assert!(error.help.as_deref().unwrap().contains("free some space"));
    // A device is not put aside.
    assert!(Path::new("/dev/full").exists());
}

#[test]
fn options_of_rotation_are_checked() {
    use crate::config::{Context, Diagnostics, parse_yaml};
    let problems = |options: &str| {
        let mut diagnostics = Diagnostics::default();
        let text = format!("{{path: e.log, rotation: {options}}}");
        let node = parse_yaml(&text, Path::new("generator.yml"), &mut diagnostics).unwrap();
        let mut cx = Context {
            diagnostics: &mut diagnostics,
            path: Path::new("generator.yml"),
            base: Path::new("."),
            files: &Disk,
            calendars: None,
            setting: String::new(),
        };
        let _ = decode(&node, &mut cx);
        let all = diagnostics.0.into_iter();
        all.map(|one| format!("{}: {}", one.setting, one.message))
            .collect::<Vec<_>>()
            .join("; ")
    };
    for sound in [
        "{max_size: 100MB}",
        "{max_size: 1000, every: hour, keep: 3, compress: gzip}",
        "{every: day, compress: zstd}",
        "{every: 15m, compress: none}",
    ] {
        assert_eq!(problems(sound), "", "{sound}");
    }
    for (unsound, part) in [
        ("{}", ".rotation: `rotation` does not say when"),
        ("{max_size: many}", ".rotation.max_size: a size is"),
        ("{every: 10ms}", "once a second"),
        ("{every: sometimes}", ".rotation.every:"),
        ("{max_size: 1, keep: 0}", ".rotation.keep:"),
        ("{max_size: 1, compress: rar}", ".rotation.compress:"),
        ("{max_size: 1, max: 2}", "max"),
    ] {
        let found = problems(unsound);
        assert!(
            found.contains(part.trim_start_matches('.')),
            "{unsound}: {found}"
        );
    }
}
