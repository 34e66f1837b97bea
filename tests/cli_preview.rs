//! `evtui preview` as a process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use predicates::str::contains;
use serde_json::Value;

/// A project that replays two lines, with the given inputs.
fn project(inputs: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let document = format!(
        "input:\n{inputs}event:\n  replay: {{path: lines.log, repeat: true}}\noutput:\n  - stdout: {{formatter: {{format: json}}}}\n"
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    std::fs::write(folder.path().join("lines.log"), "{\"a\":1}\n{\"a\":2}\n").unwrap();
    folder
}

fn preview(folder: &tempfile::TempDir, args: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("evtui")
        .unwrap()
        .arg("preview")
        .arg(folder.path())
        .args(args)
        .assert()
}

#[test]
fn prints_events_under_their_timestamps() {
    let folder = project(
        "  - timestamps: {source: [2024-01-01T00:00:00Z, 2024-01-02T00:00:00Z], tags: [old]}\n",
    );
    preview(&folder, &["--sample", "--timezone", "Europe/Berlin"])
        .success()
        .stdout("-- 2024-01-01T01:00:00+01:00 [old]\n{\"a\": 1}\n-- 2024-01-02T01:00:00+01:00 [old]\n{\"a\": 2}\n");
}

#[test]
fn prints_timestamps_with_a_histogram() {
    let folder = project("  - linspace: {start: 2024-01-01T00:00:00Z, end: +1h, count: 61}\n");
    preview(&folder, &["--sample", "--timestamps", "-n", "1"])
        .success()
        .stdout(contains("60 in 1 h from 2024-01-01T00:00:00+00:00"))
        .stdout(contains("\n2024-01-01T00:00:00+00:00  input[0].linspace\n"));
}

#[test]
fn json_holds_everything() {
    let folder = project("  - cron: {expression: '* * * * *', count: '${params.count}'}\n");
    let output = preview(
        &folder,
        &["--json", "-n", "2", "--params", "{\"count\": 2}"],
    )
    .success();
    let document: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(document["params"], serde_json::json!(["count"]));
    assert_eq!(document["events"][1]["text"], "{\"a\": 2}");
    assert_eq!(
        document["events"][0]["timestamp"],
        document["events"][1]["timestamp"]
    );
    assert_eq!(document["schedule"]["inputs"][0], "cron");
    assert_eq!(document["diagnostics"], serde_json::json!([]));
}

#[test]
fn the_present_can_be_chosen() {
    let folder = project("  - timer: {seconds: 1, count: 1}\n");
    for (args, expected) in [
        (
            &["--now", "2024-01-15T12:00"][..],
            "2024-01-15T12:00:01+01:00",
        ),
        (&["--sample", "--seed", "3"], "2026-01-01T01:00:01+01:00"),
    ] {
        let args = [args, &["-n", "1", "--timezone", "Europe/Berlin"]].concat();
        preview(&folder, &args).success().stdout(contains(expected));
    }
}

#[test]
fn problems_go_to_standard_error_and_the_exit_code() {
    let folder = project("  - cron: {expression: '61 * * * *', count: 1}\n");
    preview(&folder, &[])
        .code(1)
        .stdout("")
        .stderr(contains("minute field `61`: 61 is above 59"));
    preview(&folder, &["--timezone", "Europe/Berlni"])
        .code(2)
        .stderr(contains("Europe/Berlin"));
}

#[test]
fn a_year_is_told_at_once_from_any_moment_with_the_share_of_each_input() {
    let folder = project(
        "  - cron: {expression: '* * * * * *', count: 1}\n  - timer: {seconds: 60, count: 1, repeat: 10, start: 2026-01-01}\n  - cron: {expression: '0 0 31 2 *', count: 1}\n",
    );
    let arguments = [
        "--timestamps",
        "--span",
        "year",
        "--from",
        "2027-01-01",
        "--now",
        "2026-12-31T00:00",
        "-n",
        "1",
    ];
    preview(&folder, &arguments)
        .success()
        .stdout(contains(
            "31536000 in 365 d from 2027-01-01T00:00:00+00:00, 1/s\n",
        ))
        .stdout(contains("input[0].cron: 31536000\n"))
        .stdout(contains(
            "input[1].timer: its last tick (2026-01-01T00:10:00+00:00)",
        ))
        .stdout(contains("input[2].cron: no date matches `0 0 31 2 *`\n"))
        .stdout(contains("\n2027-01-01T00:00:00+00:00  input[0].cron\n"));
    preview(&folder, &["--timestamps", "--span", "fortnight"])
        .failure()
        .stderr(contains("hour, day, week, month, year"));
}
