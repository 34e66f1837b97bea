//! Outputs that write to disks and pipes, in whole runs: rotation, disks that are full or read-only,
//! restarts after a crash, readers that go away.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, Parameters, parse_yaml};
use evtui::instance::{GeneratorSpec, GeneratorStatus, Handle, discard, local};
use evtui::output::{
    FormatEnv, Formatted, LocalOutput, Output, OutputEnv, PLUGINS, Parcel, Receipt, Streams, Texts,
};
use evtui::pipeline::{EndReason, State};

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");
const PATIENCE: Duration = Duration::from_secs(60);

/// A project of `count` numbered events with some outputs.
fn project(folder: &Path, count: u32, outputs: &str) {
    let document = format!(
        "input:\n- linspace: {{start: '2026-01-01', end: '2026-01-02', count: {count}}}\nevent:\n  template:\n    mode: all\n    templates:\n    - t: {{template: t.jinja}}\noutput:\n{outputs}"
    );
    fs::write(folder.join("generator.yml"), document).unwrap();
    let template = "{% set n = (locals.get('n') or 0) + 1 %}{% do locals.set('n', n) %}event {{ n }} abcdefghijklmnopqrstuvwxyz 0123456789";
    fs::write(folder.join("t.jinja"), template).unwrap();
}

fn generate(folder: &Path) -> std::process::Output {
    Command::new(EVTUI)
        .args(["generate", ".", "--sample", "--batch.size", "100"])
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The numbers of whole events in a text; anything else in it fails.
fn numbers(text: &str) -> Vec<u32> {
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "it ends in the middle of an event"
    );
    text.lines()
        .map(|line| {
            let rest = line.strip_prefix("event ").expect(line);
            let (number, rest) = rest.split_once(' ').expect(line);
            assert_eq!(
                rest, "abcdefghijklmnopqrstuvwxyz 0123456789",
                "torn: {line}"
            );
            number.parse().expect(line)
        })
        .collect()
}

fn all(count: u32) -> Vec<u32> {
    (1..=count).collect()
}

/// Paths of the rotated files of `e.log` in order, the newest last.
fn rotated(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|one| one.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("e.2")
        })
        .collect();
    found.sort();
    found.push(folder.join("e.log"));
    found
}

fn unpacked(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let mut text = String::new();
    match path.extension().unwrap().to_str().unwrap() {
        "gz" => {
            let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
            decoder.read_to_string(&mut text).unwrap();
        }
        "zst" => {
            let mut decoder = ruzstd::decoding::StreamingDecoder::new(bytes.as_slice()).unwrap();
            decoder.read_to_string(&mut text).unwrap();
        }
        _ => text = String::from_utf8(bytes).unwrap(),
    }
    text
}

#[test]
fn every_event_is_in_one_of_the_rotated_files() {
    for (compress, ending) in [("none", ".log"), ("gzip", ".log.gz"), ("zstd", ".log.zst")] {
        let folder = tempfile::tempdir().unwrap();
        let output = format!(
            "- file: {{path: e.log, file_mode: 600, rotation: {{max_size: 10kB, compress: {compress}}}}}\n"
        );
        project(folder.path(), 3_000, &output);
        let run = generate(folder.path());
        assert!(run.status.success(), "{run:?}");
        let files = rotated(folder.path());
        assert!(files.len() > 10, "{files:?}");
        let mut found = Vec::new();
        for path in &files {
            let text = unpacked(path);
            assert!(text.len() <= 10_000);
            found.extend(numbers(&text));
            let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", path.display());
        }
        assert_eq!(found, all(3_000), "{compress}");
        for path in files.iter().rev().skip(1) {
            assert!(
                path.to_str().unwrap().ends_with(ending),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn only_the_newest_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    project(
        folder.path(),
        2_000,
        "- file: {path: e.log, rotation: {max_size: 5kB, keep: 2, compress: gzip}}\n",
    );
    let run = generate(folder.path());
    assert!(run.status.success(), "{run:?}");
    let files = rotated(folder.path());
    assert_eq!(files.len(), 3, "{files:?}");
    let found: Vec<u32> = files
        .iter()
        .flat_map(|path| numbers(&unpacked(path)))
        .collect();
    assert_eq!(found, all(2_000)[2_000 - found.len()..]);
}

#[test]
fn a_restart_after_a_crash_begins_a_line() {
    for (options, torn) in [
        ("repair: true", "event 1 abc\nevent 1 "),
        ("rotation: {max_size: 1GB}", "event 1 abc\nevent 1 "),
        // As Eventum does.
        ("repair: false", "event 1 abcevent 1 "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        project(
            folder.path(),
            1,
            &format!("- file: {{path: e.log, {options}}}\n"),
        );
        fs::write(folder.path().join("e.log"), "event 1 abc").unwrap();
        assert!(generate(folder.path()).status.success());
        let text = fs::read_to_string(folder.path().join("e.log")).unwrap();
        assert!(text.starts_with(torn), "{options}: {text}");
    }
}

#[test]
fn a_full_device_is_counted_or_kept_as_dead_letters() {
    let folder = tempfile::tempdir().unwrap();
    for (options, code) in [
        ("on_failure: drop", 1),
        ("on_failure: dead_letter, dead_letter: dead.ndjson", 0),
    ] {
        project(
            folder.path(),
            300,
            &format!("- file: {{path: /dev/full, {options}}}\n"),
        );
        let run = generate(folder.path());
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(code), "{said}");
        assert!(said.contains("No space left on device"), "{said}");
    }
    let letters = fs::read_to_string(folder.path().join("dead.ndjson")).unwrap();
    let events = letters.lines().map(|line| {
        let letter: serde_json::Value = serde_json::from_str(line).unwrap();
        format!("{}\n", letter["event"].as_str().unwrap())
    });
    assert_eq!(numbers(&events.collect::<String>()), all(300));
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), 200_000, "- stdout: {}\n");
    let mut child = Command::new(EVTUI)
        .args(["generate", ".", "--sample", "--batch.size", "100"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // As `| head -1`.
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    drop(out);
    assert_eq!(numbers(&line), [1]);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn what_a_reader_did_not_take_counts_as_failed() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), 30_000, "- stdout: {}\n");
    let writes = AtomicU32::new(0);
    let instance = local(Streams::Captured(Arc::new(move |_, _| {
        match writes.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(()),
            _ => Err(std::io::ErrorKind::BrokenPipe.into()),
        }
    })));
    let instance = instance.unwrap();
    block_on(instance.start(spec(folder.path()))).unwrap();
    let ended = until(&instance, "the end", |status| {
        matches!(status.state, Some(State::Ended(_)))
    });
    assert!(
        matches!(ended.state, Some(State::Ended(EndReason::OutputClosed))),
        "{ended:?}"
    );
    let output = &ended.stats.outputs[0];
    assert!(output.written > 0 && output.write_failed > 0, "{output:?}");
    assert_eq!(output.in_flight, 0);
    assert_eq!(output.received, output.written + output.write_failed);
}

// -- A small disk ---------------------------------------------------------------------------------

/// A file system of its own, in memory.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts one; says loudly what is not run where that is not possible.
    fn mount(size: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "evtui-test"])
            .arg(disk.path())
            .output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(disk);
        }
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Not by a macro, whose output the harness keeps to itself.
        let said = writeln!(
            std::io::stderr(),
            "NOT RUN: {test}: no tmpfs can be mounted (needs root)"
        );
        drop(said);
        assert!(
            std::env::var_os("EVTUI_NO_SKIP").is_none(),
            "{test} was not run"
        );
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, option: &str) -> bool {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{option}")])
            .arg(self.path())
            .output();
        done.unwrap().status.success()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.path()).output());
    }
}

fn spec(project: &Path) -> GeneratorSpec {
    GeneratorSpec {
        id: "disk".to_owned(),
        project: project.to_owned(),
        parameters: Parameters {
            live_mode: false,
            ..Parameters::default()
        },
        seed: None,
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

fn until(instance: &Handle, what: &str, met: impl Fn(&GeneratorStatus) -> bool) -> GeneratorStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = block_on(instance.status("disk")).unwrap();
        if met(&status) {
            return status;
        }
        assert!(Instant::now() < deadline, "{what}: {status:?}");
        std::thread::yield_now();
    }
}

#[test]
fn a_disk_that_is_full_for_a_while_costs_no_event_and_tears_none() {
    for rotation in ["", ", rotation: {max_size: 40kB}"] {
        let Some(disk) = SmallDisk::mount("1m") else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let path = disk.path().join("e.log");
        let output = format!(
            "- file: {{path: '{}', on_failure: block, retry: {{initial: 5ms, max: 20ms}}, circuit: {{failures: 1000000}}{rotation}}}\n",
            path.display()
        );
        project(folder.path(), 8_000, &output);
        // About 400 kB of events and 200 kB for them.
        let filler = disk.path().join("filler");
        fs::write(&filler, vec![0; 820_000]).unwrap();
        let instance = local(discard()).unwrap();
        block_on(instance.start(spec(folder.path()))).unwrap();
        let stuck = until(&instance, "an outage", |status| {
            status.stats.outputs[0].retries > 3
        });
        let output = &stuck.stats.outputs[0];
        let reason = &output.outage.as_ref().unwrap().reason;
        assert!(reason.contains("No space left"), "{reason}");
        assert!(
            output.written < 8_000 && output.write_failed == 0,
            "{output:?}"
        );
        // What is there while it waits is whole, too.
        let texts: String = rotated(disk.path())
            .iter()
            .map(|path| fs::read_to_string(path).unwrap_or_default())
            .collect();
        let whole = numbers(&texts);
        assert_eq!(whole, all(u32::try_from(whole.len()).unwrap()));
        fs::remove_file(&filler).unwrap();
        let ended = until(&instance, "the end", |status| {
            matches!(status.state, Some(State::Ended(_)))
        });
        assert!(
            matches!(ended.state, Some(State::Ended(EndReason::Finished))),
            "{ended:?}"
        );
        let output = &ended.stats.outputs[0];
        assert_eq!((output.written, output.write_failed), (8_000, 0));
        let texts: String = rotated(disk.path())
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        assert_eq!(numbers(&texts), all(8_000));
    }
}

/// An output of the plugin `file` alone, which is open.
struct Alone {
    output: Box<dyn LocalOutput>,
    _runtime: tokio::runtime::Runtime,
}

impl Alone {
    fn new(options: &str) -> Self {
        let mut problems = Diagnostics::default();
        let document = Path::new("generator.yml");
        let node = parse_yaml(options, document, &mut problems).unwrap();
        let plugin = PLUGINS
            .iter()
            .find(|one| one.schema.name == "file")
            .unwrap();
        let config = (plugin.decode)(
            &node,
            &mut Context {
                diagnostics: &mut problems,
                path: document,
                base: Path::new("/"),
                files: &Disk,
                calendars: None,
                setting: String::new(),
            },
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let env = OutputEnv {
            base: Path::new("/"),
            files: Arc::new(Disk),
            streams: Streams::Process,
            runtime: runtime.handle().clone(),
            write_timeout: PATIENCE,
            max_concurrency: 1,
            resumes: false,
        };
        let Output::Local(mut output) = config.expect("sound").build(&env).unwrap() else {
            panic!("a file is local");
        };
        output.open().unwrap();
        Self {
            output,
            _runtime: runtime,
        }
    }

    fn write(&mut self, events: &[&str], now: Instant) -> Receipt {
        let mut batch = EventBatch::default();
        for event in events {
            batch.push(event.as_bytes(), 0);
        }
        let env = FormatEnv::new(Path::new("/"), Arc::new(Disk));
        let mut formatted = Formatted::default();
        let mut formatter = evtui::output::FormatConfig::Plain.build(&env).unwrap();
        formatter.format(&batch, "\n", &mut formatted);
        let parcel = Parcel {
            batch: Arc::new(batch),
            formatted,
            texts: Texts::default(),
            ..Parcel::default()
        };
        self.output.write(&parcel.items(), now)
    }
}

#[test]
fn a_write_that_breaks_off_leaves_whole_events() {
    let Some(disk) = SmallDisk::mount("64k") else {
        return;
    };
    let path = disk.path().join("e.log");
    let mut output = Alone::new(&format!("{{path: '{}'}}", path.display()));
    let event = "x".repeat(9_999);
    let events: Vec<&str> = (0..10).map(|_| event.as_str()).collect();
    let receipt = output.write(&events, Instant::now());
    let (range, error) = receipt.failures.first().unwrap();
    assert!(error.message.contains("No space left"), "{error}");
    let whole = range.start;
    assert!(whole > 0 && range.end == 10, "{range:?}");
    assert_eq!(receipt.bytes, whole as u64 * 10_000);
    assert_eq!(fs::metadata(&path).unwrap().len(), whole as u64 * 10_000);
    assert!(disk.remount("size=1m"));
    let rest = output.write(&events[whole..], Instant::now());
    assert!(rest.failures.is_empty(), "{rest:?}");
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        format!("{event}\n").repeat(10)
    );
}

#[test]
fn a_disk_that_turns_read_only_is_an_outage() {
    let Some(disk) = SmallDisk::mount("1m") else {
        return;
    };
    let path = disk.path().join("e.log");
    let mut output = Alone::new(&format!(
        "{{path: '{}', cleanup_interval: 1}}",
        path.display()
    ));
    let start = Instant::now();
    assert!(output.write(&["a"], start).failures.is_empty());
    // A disk with open files cannot be turned.
    output.output.tick(start + Duration::from_secs(2)).unwrap();
    assert!(disk.remount("ro"));
    let refused = output.write(&["b"], start);
    let (_, error) = refused.failures.first().unwrap();
    assert_eq!(error.kind, evtui::output::OutputErrorKind::Outage);
    assert!(error.message.contains("Read-only file system"), "{error}");
    assert!(error.help.is_some());
    assert!(disk.remount("rw"));
    assert!(output.write(&["b"], start).failures.is_empty());
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
}
