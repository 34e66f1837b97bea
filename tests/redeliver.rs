//! `evtui redeliver`: dead letters go out once more, and none is lost on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A project whose file output writes to `path`.
fn project(folder: &Path, path: &str) {
    let text = format!(
        "input:\n  - linspace: {{start: 2026-01-01, end: 2026-01-02, count: 3}}\n\
         event:\n  template:\n    mode: all\n    templates:\n      - a: {{template: a.jinja}}\n\
         output:\n  - file: {{path: {path}, on_failure: dead_letter}}\n"
    );
    fs::write(folder.join("generator.yml"), text).unwrap();
    fs::write(folder.join("a.jinja"), "{{ timestamp.hour }} é").unwrap();
}

fn evtui(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command.args(words).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn letters_go_out_again_once_the_target_works() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder, "/dev/full");
    let run = evtui(folder, &["generate", ".", "--sample"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let said = text(&run.stderr);
    assert!(said.contains("3 events kept as dead letters"), "{said}");
    let letters = folder.join("dead-letters/1-file.ndjson");
    assert_eq!(fs::read_to_string(&letters).unwrap().lines().count(), 3);

    // Still down: the letters are letters again.
    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    assert_eq!(fs::read_to_string(&letters).unwrap().lines().count(), 3);

    // An output that would empty its file at the start of a run keeps what is in it now.
    project(folder, "out.log, write_mode: overwrite");
    fs::write(folder.join("out.log"), "before\n").unwrap();
    let run = evtui(folder, &["redeliver", ".", "--output", "0"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let written = fs::read_to_string(folder.join("out.log")).unwrap();
    assert_eq!(written, "before\n0 é\n12 é\n0 é\n");
    assert!(!letters.exists());
    assert!(
        !folder
            .join("dead-letters/1-file.ndjson.redelivering")
            .exists()
    );

    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(text(&run.stderr), "output[0].file: no dead letters\n");
}

#[test]
fn a_torn_letter_is_named_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder, "out.log");
    fs::create_dir(folder.join("dead-letters")).unwrap();
    let letter = r#"{"event":"x","output":"output[0].file","reason":"r","attempts":1}"#;
    let torn = format!("{letter}\n{{\"event\": \"y");
    fs::write(folder.join("dead-letters/1-file.ndjson"), torn).unwrap();
    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stderr);
    assert!(said.contains("line 2 is no dead letter"), "{said}");
    assert!(!folder.join("out.log").exists());
}

#[test]
fn an_output_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "out.log");
    let run = evtui(folder.path(), &["redeliver", "--output", "3"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stderr);
    assert!(
        said.contains("there is no output[3]; the project has 1"),
        "{said}"
    );
}
