//! `evtui generate` as a user calls it: exit codes, what arrives, what is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const INPUT_ENDLESS: &str = "cron: {expression: '* * * * * *', count: 100}";
const INPUT_FINITE: &str = "static: {count: 250}";

/// A project that replays two lines.
fn project(input: &str, repeat: bool, outputs: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lines.log"), "{\"n\": 1}\n{\"n\":2}\n").unwrap();
    let document = format!(
        "input:\n- {input}\nevent:\n  replay: {{path: lines.log, repeat: {repeat}}}\noutput:\n{outputs}\n"
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    folder
}

fn evtui(project: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command.arg("generate").arg(project).args(args);
    command
}

fn run(project: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = evtui(project, args).output().unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

#[test]
fn a_finite_project_delivers_every_event_and_says_so() {
    let folder = project(
        INPUT_FINITE,
        true,
        "- stdout: {}\n- file: {path: out/events.json, formatter: {format: json}}",
    );
    let (code, out, err) = run(folder.path(), &["--id", "lines"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.lines().count(), 250);
    let file = std::fs::read_to_string(folder.path().join("out/events.json")).unwrap();
    assert_eq!(
        file.lines().filter(|line| *line == "{\"n\": 2}").count(),
        125
    );
    assert!(err.starts_with("lines: finished"), "{err}");
    assert!(err.contains("stdout: 250 written, 2.1 kB"), "{err}");
}

#[test]
fn a_limit_ends_an_endless_project() {
    let folder = project(INPUT_ENDLESS, true, "- stdout: {}");
    let (code, out, err) = run(
        folder.path(),
        &["--live-mode", "false", "--max-events", "12345", "-q"],
    );
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(out.lines().count(), 12_345);
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = project(INPUT_ENDLESS, true, "- stdout: {}");
    let mut child = evtui(folder.path(), &["--sample"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    drop(out);
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(line, "{\"n\": 1}\n");
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[cfg(unix)]
fn signalled(signal: &str) -> (Option<i32>, usize, String) {
    let folder = project(INPUT_ENDLESS, true, "- file: {path: all.log}\n- stdout: {}");
    let mut child = evtui(folder.path(), &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    // The first event shows that the run works.
    out.read_line(&mut line).unwrap();
    let status = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    let lines = 1 + out.lines().count();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    let file = std::fs::read_to_string(folder.path().join("all.log")).unwrap();
    assert_eq!(file.lines().count(), lines, "both outputs got every event");
    (child.wait().unwrap().code(), lines, said)
}

#[test]
#[cfg(unix)]
fn signals_drain_and_give_their_code() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (got, lines, said) = signalled(signal);
        assert_eq!(got, Some(code), "{said}");
        assert_eq!(lines % 100, 0, "whole seconds were delivered");
        assert!(said.contains("stopped"), "{said}");
    }
}

#[test]
fn lost_events_are_named_and_fail_the_run() {
    let folder = project(INPUT_FINITE, true, "- drop: {formatter: {format: json}}");
    std::fs::write(folder.path().join("lines.log"), "{}\nnot json\n").unwrap();
    let (code, _, err) = run(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("drop: 125 written"), "{err}");
    assert!(
        err.contains("drop: 125 events could not be formatted"),
        "{err}"
    );
    assert!(
        err.contains("JSON is malformed: invalid character (byte 1)"),
        "{err}"
    );
}

#[test]
fn an_unsound_project_says_where_and_writes_nothing() {
    let folder = project(
        INPUT_FINITE,
        true,
        "- file: {path: kept.log, write_mode: overwrite}\n- fiel: {path: x}",
    );
    std::fs::write(folder.path().join("kept.log"), "kept").unwrap();
    let (code, _, err) = run(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("generator.yml:7:3"), "{err}");
    assert!(err.contains("`file`"), "{err}");
    let kept = std::fs::read_to_string(folder.path().join("kept.log")).unwrap();
    assert_eq!(kept, "kept");
}

#[test]
fn an_output_that_cannot_open_fails_the_start() {
    let folder = project(INPUT_ENDLESS, true, "- file: {path: lines.log/x}");
    let (code, _, err) = run(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("output[0].file"), "{err}");
}

#[test]
fn an_exhausted_source_ends_a_live_run_at_once() {
    let folder = project(INPUT_ENDLESS, false, "- stdout: {}");
    let (code, out, _) = run(folder.path(), &[]);
    assert_eq!((code, out.lines().count()), (Some(0), 2));
}

#[test]
fn params_and_secrets_are_filled_in_and_secrets_not_shown() {
    let folder = project(
        INPUT_FINITE,
        true,
        "- stdout: {separator: \"${params.end}\"}\n- file: {path: \"${secrets.where}/x\"}",
    );
    let mut command = evtui(folder.path(), &["--params", "{\"end\": \"|\"}"]);
    let output = command
        .env("EVTUI_SECRET_WHERE", "lines.log/hidden-place")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("output[1].file"), "{said}");
    assert!(!said.contains("hidden-place"), "{said}");

    let mut command = evtui(folder.path(), &["--params", "{\"end\": \"|\"}"]);
    let place = folder.path().join("out");
    let output = command.env("EVTUI_SECRET_WHERE", &place).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"{\"n\": 1}|{\"n\":2}|"));
}

/// A schedule that starts now, in a text that shows the time.
#[test]
fn a_seed_makes_two_runs_byte_identical() {
    let folder = project(INPUT_ENDLESS, true, "- stdout: {}");
    std::fs::write(folder.path().join("lines.log"), "t=0\n").unwrap();
    let document = std::fs::read_to_string(folder.path().join("generator.yml")).unwrap();
    let document = document.replace(
        "repeat: true",
        "repeat: true, timestamp_pattern: 't=(?P<timestamp>.*)'",
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    let seeded = ["--sample", "--max-events", "250", "--seed", "7"];
    let first = run(folder.path(), &seeded);
    let second = run(folder.path(), &seeded);
    assert!(first.1.starts_with("t=2026-01-01T00:00:0"), "{first:?}");
    assert_eq!(first.1, second.1);
    let pinned = [&seeded[..], &["--now", "2020-02-02T10:00:00"]].concat();
    assert!(
        run(folder.path(), &pinned)
            .1
            .starts_with("t=2020-02-02T10:00:0")
    );
}

#[test]
fn state_is_the_same_with_any_number_of_workers() {
    let folder = tempfile::tempdir().unwrap();
    let template = "{%- set n = shared.get('n', 0) -%}{%- do shared.set('n', n + 1) -%}\
        {%- set open = shared.get('open', []) -%}{%- set who = samples.people | random -%}\
        {%- do open.append({'who': who.name, 'since': n}) -%}\
        {%- if open | length > 20 -%}{%- set closed = open.pop(0) -%}{%- endif -%}\
        {\"n\": {{ n }}, \"who\": \"{{ who.name }}\", \"code\": {{ [200, 404] | random }}, \
        \"ratio\": {{ 100 // (n % 997) }}, \"closed\": {{ closed | default(none) | tojson }}}\
        {%- do shared.set('open', open) -%}";
    std::fs::write(folder.path().join("t.jinja"), template).unwrap();
    std::fs::write(folder.path().join("people.csv"), "name\nann\nbob\ncid\n").unwrap();
    let document = "input:\n- static: {count: 20000}\nevent:\n  template:\n    mode: all\n    samples:\n\
        \x20     people: {type: csv, source: people.csv, header: true}\n    templates:\n    - t: {template: t.jinja}\n\
        output:\n- stdout: {}\n";
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    let of = |workers| {
        let (_, out, err) = run(folder.path(), &["--seed", "3", "--workers", workers]);
        (out, err.contains("lost: 21 timestamps failed"), err)
    };
    let (alone, failed, said) = of("1");
    // Every 997th event fails before its list is kept.
    assert!(failed, "{said}");
    assert_eq!(alone.lines().count(), 20_000 - 21);
    for workers in ["2", "4"] {
        let (out, failed, said) = of(workers);
        assert!(failed, "{said}");
        assert!(out == alone, "with {workers} workers");
    }
}

#[test]
fn wrong_usage_has_its_own_code() {
    for args in [
        ["--live-mode", "maybe"],
        ["--batch.size", "0"],
        ["--batch.delay", "0.05"],
        ["--params", "[1]"],
        ["--timezone", "Europe/Berln"],
        ["--write-timeout", "1.5"],
        ["--keep-order", ""],
    ] {
        let (code, _, err) = run(Path::new("."), &args);
        assert_eq!(code, Some(2), "{args:?}: {err}");
    }
}

/// On a terminal: progress while it runs, a summary after Ctrl+C.
#[test]
#[cfg(unix)]
fn a_terminal_sees_progress_and_can_interrupt() {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::Write;

    let folder = project(INPUT_ENDLESS, true, "- file: {path: out.log}");
    let pty = native_pty_system()
        .openpty(PtySize {
            rows: 24,
            cols: 120,
            ..PtySize::default()
        })
        .unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_evtui"));
    command.env("TERM", "xterm-256color");
    command.arg("generate");
    command.arg(folder.path());
    command.args(["--id", "lines"]);
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut screen = pty.master.try_clone_reader().unwrap();
    let mut keys = pty.master.take_writer().unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    let mut interrupted = false;
    // Reading fails or ends when the program has closed the terminal.
    while let Ok(count @ 1..) = screen.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen);
        if !interrupted && text.contains("100 events") {
            interrupted = true;
            keys.write_all(b"\x03").unwrap();
        }
    }
    let text = String::from_utf8_lossy(&seen);
    assert_eq!(child.wait().unwrap().exit_code(), 130, "{text}");
    assert!(text.contains("lines  0"), "{text}");
    assert!(text.contains("lines: stopped after"), "{text}");
}

#[test]
fn outputs_of_one_kind_are_told_apart_and_an_early_end_is_said() {
    let folder = project(
        INPUT_FINITE,
        false,
        "- file: {path: a.log}\n- file: {path: b.log}\n- drop: {}",
    );
    let (code, _, err) = run(folder.path(), &["--sample", "--id", "lines"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("2 events from 2 timestamps"), "{err}");
    assert!(err.contains("  output[0].file: 2 written"), "{err}");
    assert!(err.contains("  output[1].file: 2 written"), "{err}");
    assert!(err.contains("  drop: 2 written"), "{err}");
    assert!(
        err.contains("the event source ended before the inputs"),
        "{err}"
    );
    let (_, _, err) = run(folder.path(), &["--sample", "--max-events", "2"]);
    assert!(!err.contains("ended before"), "{err}");
}

#[test]
fn a_template_that_fails_says_where_and_what_to_do() {
    let folder = project(INPUT_FINITE, false, "- drop: {}");
    let document = "input: [{static: {count: 5}}]\nevent: {template: {mode: all, templates: [{e: {template: e.jinja}}]}}\noutput: [{drop: {}}]\n";
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    std::fs::write(
        folder.path().join("e.jinja"),
        "x\n{{ timestamp.foo.bar }}\n",
    )
    .unwrap();
    let (code, _, err) = run(folder.path(), &["--sample", "--id", "failing"]);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("0 events from 5 timestamps"), "{err}");
    assert!(err.contains("lost: 5 timestamps failed to render"), "{err}");
    assert!(err.contains("e.jinja:2:"), "{err}");
    assert!(err.contains("`| default(...)` gives it a value"), "{err}");
}

#[test]
fn options_that_contradict_each_other_are_wrong_usage() {
    let folder = project(INPUT_FINITE, false, "- drop: {}");
    let (code, _, err) = run(folder.path(), &["--now", "2026-01-01T00:00"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("add --sample"), "{err}");
    assert_eq!(run(folder.path(), &["--id", ""]).0, Some(2));
    let (code, _, err) = run(folder.path(), &["--sample", "--backfill", "1h"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("go over into a live run"), "{err}");
    for wrong in [
        ["--speed", "0"],
        ["--pace", "day"],
        ["--gain", "-1"],
        ["--rate-limit", "0"],
        ["--max-duration", "soon"],
        ["--backfill", "yesterday"],
        ["--from", "blah"],
    ] {
        let (code, _, err) = run(folder.path(), &wrong);
        assert_eq!(code, Some(2), "{wrong:?} {err}");
    }
}

/// A project whose events are their timestamps.
fn clock(input: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let document = format!(
        "input:\n- {input}\nevent:\n  template: {{mode: all, templates: [{{at: {{template: at.jinja}}}}]}}\noutput:\n- stdout: {{formatter: {{format: plain}}}}\n"
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    std::fs::write(
        folder.path().join("at.jinja"),
        "{{ timestamp.timestamp() | int }}",
    )
    .unwrap();
    folder
}

#[test]
fn a_backfill_gives_every_moment_once_and_goes_on() {
    let folder = clock("cron: {expression: '* * * * * *', count: 1}");
    let (code, out, err) = run(folder.path(), &["--backfill", "2h", "--max-events", "7202"]);
    assert_eq!(code, Some(0), "{err}");
    let seconds: Vec<i64> = out.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(seconds.len(), 7_202);
    assert!(seconds.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let since = ["--from", "-10m", "--max-events", "3", "--gain", "2"];
    let (code, out, err) = run(folder.path(), &since);
    assert_eq!(code, Some(0), "{err}");
    let seconds: Vec<i64> = out.lines().map(|line| line.parse().unwrap()).collect();
    assert!(seconds[0] == seconds[1] && seconds[2] == seconds[0] + 1);
}

#[test]
fn a_pace_goes_through_history_a_unit_at_a_time_and_time_ends_a_run() {
    let folder = clock(
        "cron: {expression: '0 * * * *', start: '2024-01-01', end: '2024-01-03T23:30', count: 1}",
    );
    let (code, out, err) = run(folder.path(), &["--pace", "day/100ms"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.lines().count(), 72);
    let endless = clock("cron: {expression: '* * * * *', start: '2024-01-01', count: 1}");
    let (code, out, err) = run(
        endless.path(),
        &["--pace", "hour/1h", "--max-duration", "300ms"],
    );
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.lines().count(), 60);
    assert!(err.contains("its time of 300 ms was over"), "{err}");
}
