//! Every sample project is sound, runs, and teaches what it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

const SAMPLES: &[&str] = &[
    "hello",
    "web-access",
    "login-sessions",
    "metrics-day",
    "order-events",
    "audit-replay",
    "office-day",
    "retail-year",
    "script-transfers",
    "safe-delivery",
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of a sample that ran for at most `events` events, and the lines of one of its files.
fn run(sample: &str, file: &str, events: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let project = dir.path().join(sample);
    copy(&samples().join(sample), &project);
    Command::cargo_bin("evtui")
        .unwrap()
        .args([
            "generate",
            "--sample",
            "--seed",
            "7",
            "--max-events",
            events,
        ])
        .arg(&project)
        .assert()
        .success();
    let text = fs::read_to_string(project.join("output").join(file)).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-configs")
}

fn json(lines: &[String]) -> Vec<Value> {
    lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn counts<'a>(values: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

#[test]
fn the_list_is_complete_and_every_sample_is_sound() {
    let mut found: Vec<String> = fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut known = SAMPLES.to_vec();
    known.sort_unstable();
    assert_eq!(found, known);
    for sample in SAMPLES {
        Command::cargo_bin("evtui")
            .unwrap()
            .arg("check")
            .arg(samples().join(sample))
            .assert()
            .success();
    }
}

#[test]
fn hello_counts_its_events() {
    let events = json(&run("hello", "events.json", "50"));
    let numbers: Vec<u64> = events
        .iter()
        .map(|one| one["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
}

#[test]
fn web_access_draws_templates_and_rows_by_weight() {
    let lines = run("web-access", "access.log", "2000");
    assert_eq!(lines.len(), 2000);
    let status = |line: &String| line.split("\" ").nth(1).unwrap()[..3].to_owned();
    let found: Vec<String> = lines.iter().map(status).collect();
    let errors = found.iter().filter(|code| code.starts_with('5')).count();
    let missing = found.iter().filter(|code| code.starts_with('4')).count();
    assert!(
        (20..120).contains(&errors),
        "3 in 100 are server errors: {errors} of 2000"
    );
    assert!(
        (80..220).contains(&missing),
        "7 in 100 are not found: {missing} of 2000"
    );
}

#[test]
fn login_sessions_follow_the_states() {
    let events = json(&run("login-sessions", "auth.json", "400"));
    let actions: Vec<&str> = events
        .iter()
        .map(|one| one["event"]["action"].as_str().unwrap())
        .collect();
    for pair in actions.windows(2) {
        match pair[0] {
            "account-locked" => assert_eq!(pair[1], "logged-in"),
            "logged-out" => assert_eq!(pair[1], "logon-failed"),
            _ => {}
        }
    }
    let counts = counts(actions.into_iter());
    assert!(
        counts["logged-in"] > 10 && counts["account-locked"] > 2,
        "{counts:?}"
    );
}

#[test]
fn metrics_day_merges_its_inputs_by_time() {
    let events = json(&run("metrics-day", "metrics.json", "100000"));
    let times: Vec<&str> = events
        .iter()
        .map(|one| one["@timestamp"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted());
    let counts = counts(events.iter().map(|one| one["metric"].as_str().unwrap()));
    assert_eq!(
        counts,
        BTreeMap::from([("cpu", 1440 + 287), ("deployment", 3), ("disk", 48)])
    );
}

#[test]
fn order_events_run_through_the_chain() {
    let events = json(&run("order-events", "orders.json", "60"));
    for order in events.chunks(6) {
        let steps: Vec<&str> = order
            .iter()
            .map(|one| one["event"].as_str().unwrap())
            .collect();
        assert_eq!(
            steps,
            [
                "created",
                "paid",
                "shipped",
                "scanned",
                "scanned",
                "delivered"
            ]
        );
        assert!(order.iter().all(|one| one["order"] == order[0]["order"]));
    }
    let batches = json(&run("order-events", "orders-batches.json", "60"));
    let total: usize = batches
        .iter()
        .map(|one| one.as_array().unwrap().len())
        .sum();
    assert_eq!(total, 60);
}

#[test]
fn audit_replay_gives_every_line_a_fresh_time() {
    let recorded = fs::read_to_string(samples().join("audit-replay/samples/audit.log")).unwrap();
    let replayed = run("audit-replay", "audit.log", "1000");
    assert_eq!(replayed.len(), recorded.lines().count());
    let seconds = |line: &str| {
        let text = &line["time=\"".len()..line.find('+').unwrap()];
        let at = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").unwrap();
        at.and_utc().timestamp_micros() as f64 / 1e6
    };
    let start = recorded.lines().next().map(seconds).unwrap();
    for (old, new) in recorded.lines().zip(&replayed) {
        let behind = |line: &str| line.split_once(" seq=").unwrap().1.to_owned();
        assert_eq!(behind(old), behind(new));
        assert!(new.starts_with("time=\"2026-01-01T00:00:"), "{new}");
        // A minute of the recording is a second of the replay.
        let passed = seconds(new) - 1_767_225_600.0;
        assert!(
            (passed - (seconds(old) - start) / 60.0).abs() < 0.001,
            "{new}"
        );
    }
}

#[test]
fn office_day_adds_up_its_patterns() {
    let events = json(&run("office-day", "office.json", "100000"));
    let hours = |kind: &str| -> Vec<u32> {
        let here = events.iter().filter(|one| one["kind"] == kind);
        here.map(|one| one["@timestamp"].as_str().unwrap()[11..13].parse().unwrap())
            .collect()
    };
    let backups = hours("backup");
    assert_eq!(backups, [1; 60], "12 in each of five nights");
    let mails = hours("mail");
    assert!((1_600..2_600).contains(&mails.len()), "{}", mails.len());
    let between = |from, to| {
        mails
            .iter()
            .filter(|hour| (from..to).contains(*hour))
            .count()
    };
    assert!(
        between(8, 12) > 2 * between(14, 18),
        "the morning is busier"
    );
    assert_eq!(between(0, 2), 0);
}

#[test]
fn retail_year_follows_its_calendar() {
    let events = json(&run("retail-year", "orders.json", "100000"));
    let days: Vec<&str> = events
        .iter()
        .map(|one| &one["@timestamp"].as_str().unwrap()[..10])
        .collect();
    assert!(days.is_sorted());
    let days = counts(days.into_iter());
    assert_eq!(days.len(), 364, "every day but Good Friday");
    assert!(!days.contains_key("2025-04-18"));
    assert!(days["2025-11-28"] > 4 * days["2025-11-27"], "Black Friday");
    assert!(days["2025-07-14"] > 2 * days["2025-07-21"], "the sale");
}

#[test]
fn script_transfers_keep_their_balances() {
    let events = json(&run("script-transfers", "transfers.json", "2000"));
    let total: i64 = 900 + 700 + 400 + 100;
    let mut balances = BTreeMap::new();
    let mut refused = 0;
    // The end of the run may have cut the last transfer.
    let last = &events.last().unwrap()["transfer"];
    for one in events.iter().filter(|one| one["transfer"] != *last) {
        let action = one["action"].as_str().unwrap();
        refused += usize::from(action == "refused");
        if action == "booked" {
            let balance = one["balance"].as_i64().unwrap();
            assert!((0..=total).contains(&balance), "{one}");
            balances.insert(one["payer"].as_str().unwrap().to_owned(), balance);
        }
        // With a seed it starts at midnight, when the branch is closed.
        assert_eq!(one["channel"], "online");
    }
    assert_eq!(balances.len(), 4);
    assert_eq!(balances.values().sum::<i64>(), total);
    assert!(refused > 10, "{refused}");
}

#[test]
fn safe_delivery_writes_cloud_events_and_keeps_what_nobody_takes() {
    let dir = tempfile::tempdir().unwrap();
    let project = dir.path().join("safe-delivery");
    copy(&samples().join("safe-delivery"), &project);
    // Somebody may listen at the sample's address; nobody can at one that is held and not listened at.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = held.local_addr().unwrap().to_string();
    let document = project.join("generator.yml");
    let text = fs::read_to_string(&document).unwrap();
    assert!(text.contains("http://127.0.0.1:9/"));
    fs::write(
        &document,
        text.replace("127.0.0.1:9/", &format!("{address}/")),
    )
    .unwrap();
    let mut command = Command::cargo_bin("evtui").unwrap();
    command.args(["generate", "--sample", "--seed", "7", "--max-events", "400"]);
    let told = command.arg(&project).assert().success();
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    let lines = |file: &str| {
        let text = fs::read_to_string(project.join(file)).unwrap();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        json(&lines)
    };
    let written = lines("output/payments.ndjson");
    assert_eq!(written.len(), 400, "{told}");
    assert_eq!(written[0]["specversion"], "1.0");
    assert_eq!(written[0]["type"], "payment");
    assert_eq!(written[0]["subject"], written[0]["data"]["account"]);
    let kept = lines("dead-letters/2-http.ndjson");
    assert_eq!(kept.len(), 400, "{told}");
    assert_eq!(kept[0]["output"], "output[1].http");
    drop(held);
}
