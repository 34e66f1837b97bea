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
fn a_torn_letter_is_set_aside_and_the_others_go_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder, "out.log");
    fs::create_dir(folder.join("dead-letters")).unwrap();
    let letter = r#"{"event":"x","output":"output[0].file","reason":"r","attempts":1}"#;
    let torn = format!("{letter}\n{{\"event\": \"y\n{letter}\n");
    fs::write(folder.join("dead-letters/1-file.ndjson"), torn).unwrap();
    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stderr);
    assert!(said.contains("lines that are no dead letters: 1"), "{said}");
    assert_eq!(
        fs::read_to_string(folder.join("out.log")).unwrap(),
        "x\nx\n"
    );
    let damaged = fs::read_to_string(folder.join("dead-letters/1-file.ndjson.damaged"));
    assert_eq!(damaged.unwrap(), "{\"event\": \"y\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_letter_does_not_go_into_a_line_that_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder, "/dev/full");
    fs::create_dir(folder.join("dead-letters")).unwrap();
    let letters = folder.join("dead-letters/1-file.ndjson");
    fs::write(&letters, "{\"event\": \"cut").unwrap();
    evtui(folder, &["generate", ".", "--sample"]);
    let lines = fs::read_to_string(&letters).unwrap();
    assert_eq!(lines.lines().count(), 4);
    assert!(
        lines.starts_with("{\"event\": \"cut\n{\"event\":\"0 é\""),
        "{lines}"
    );
}

#[test]
fn letters_that_someone_else_sends_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder, "out.log");
    fs::create_dir(folder.join("dead-letters")).unwrap();
    let path = folder.join("dead-letters/1-file.ndjson");
    fs::write(&path, "{}\n").unwrap();
    let held = fs::File::options().append(true).open(&path).unwrap();
    held.lock().unwrap();
    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stderr);
    assert!(said.contains("are being sent already"), "{said}");
    assert!(path.exists());
}

#[test]
fn a_file_of_letters_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "out.log");
    let run = evtui(
        folder.path(),
        &["redeliver", ".", "--output", "0", "--file", "none"],
    );
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("there is no file none"));
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

#[cfg(target_os = "linux")]
#[test]
fn letters_carry_their_tags() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |path: &str| {
        let text = format!(
            "input:\n  - static: {{count: 2, tags: [red]}}\n\
             event:\n  template:\n    mode: all\n    templates:\n      - a: {{template: a.jinja}}\n\
             output:\n  - file: {{path: {path}, on_failure: dead_letter, formatter: {{format: cloudevents, \
             source: /x, subject: '{{{{ tags[0] }}}}'}}}}\n"
        );
        fs::write(folder.join("generator.yml"), text).unwrap();
    };
    fs::write(folder.join("a.jinja"), "1").unwrap();
    write("/dev/full");
    evtui(folder, &["generate", ".", "--sample"]);
    write("out.log");
    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let written = fs::read_to_string(folder.join("out.log")).unwrap();
    assert_eq!(
        written.matches("\"subject\":\"red\"").count(),
        2,
        "{written}"
    );
}

#[test]
fn two_outputs_with_one_file_of_letters_are_told_apart_by_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(
        folder,
        "a.log, dead_letter: l.ndjson}\n  - file: {path: b.log, dead_letter: l.ndjson",
    );
    let run = evtui(folder, &["redeliver"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stderr);
    assert!(
        said.contains("keep their dead letters in one file"),
        "{said}"
    );
}
