//! `evtui check` from outside: exit codes, what is printed, and the bad inputs people meet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;
use tempfile::TempDir;

fn evtui() -> Command {
    let mut command = Command::cargo_bin("evtui").unwrap();
    command.env_remove("NO_COLOR");
    command
}

fn project(document: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("generator.yml"), document).unwrap();
    folder
}

fn check(path: &Path) -> assert_cmd::assert::Assert {
    evtui().arg("check").arg(path).assert()
}

#[rstest]
#[case::empty_file(b"", "the configuration is empty")]
#[case::only_comments(b"# todo\n", "the configuration is empty")]
#[case::broken_yaml(b"input: [1, 2\n", "broken YAML")]
#[case::tabs(
    b"input:\n\t- cron: {}\n",
    "YAML is indented with spaces, never with tabs"
)]
#[case::binary(
    b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe",
    "this looks like a binary file"
)]
#[case::latin_1(b"# caf\xe9\ninput: []\n", "byte 0xe9 at offset 5")]
#[case::second_document(b"a: 1\n---\nb: 2\n", "a second document begins here")]
#[case::template_without_quotes(b"input: {{ x }}\n", "put it in quotes")]
#[case::near_name(
    b"input: []\nevent: {}\noutput: [{stdot: {}}]\n",
    "did you mean `stdout`?"
)]
#[case::unknown_token(b"input: ${x}\n", "write `${params.x}`")]
fn bad_documents(#[case] document: &[u8], #[case] message: &str) {
    let folder = project(document);
    check(folder.path())
        .code(1)
        .stdout(contains(message).and(contains("generator.yml")))
        .stderr("");
}

#[test]
fn a_problem_shows_its_line() {
    let folder = project(b"input: []\nevent: {}\noutput:\n  - stdot: {}\n");
    check(folder.path()).code(1).stdout(contains(
        "generator.yml:4:5\n   |\n 4 |   - stdot: {}\n   |     ^^^^^\n   = setting: output[0].stdot\n   = help: did you mean `stdout`?",
    ));
}

#[test]
fn a_file_of_50_mb_is_refused() {
    let folder = project(b"");
    let path = folder.path().join("generator.yml");
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    check(&path)
        .code(1)
        .stdout(contains("larger than 8 MB").and(contains("large data belongs into sample files")));
}

#[test]
fn a_missing_project() {
    let folder = tempfile::tempdir().unwrap();
    check(&folder.path().join("nowhere"))
        .code(1)
        .stdout(contains("there is no file"));
    check(folder.path())
        .code(1)
        .stdout(contains("there is no file").and(contains(
            "a project is a folder with a file `generator.yml`",
        )));
}

#[test]
fn a_document_that_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("generator.yml")).unwrap();
    check(folder.path()).code(1).stdout(contains("cannot read"));
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = project(b"input: []\n");
    let set = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    set(0o000);
    let readable = fs::read(folder.path().join("generator.yml")).is_ok();
    let assert = check(&folder.path().join("generator.yml"));
    set(0o700);
    // The superuser reads everything; then the document itself is what is wrong.
    let message = if readable {
        "the section `event` is missing"
    } else {
        "no permission to read"
    };
    assert.code(1).stdout(contains(message));
}

#[test]
fn json_is_one_document() {
    let folder = project(b"input: ${params.inputs}\nevent: ${params.event}\noutput:\n  - stdot: {}\n  - file: {path: '${secrets.s}'}\n");
    let output = evtui()
        .args(["check", "--json"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["ok"], false);
    assert_eq!(report["errors"], 1);
    assert_eq!(report["diagnostics"][0]["line"], 4);
    assert_eq!(report["diagnostics"][0]["column"], 5);
    assert_eq!(report["diagnostics"][0]["setting"], "output[0].stdot");
    assert_eq!(report["params"][0]["name"], "inputs");
    assert_eq!(report["secrets"][0]["name"], "s");
    assert_eq!(report["checked_in_part"][0], "output[1].file");
}

#[test]
fn needed_params_are_listed_and_required_when_given() {
    let folder =
        project(b"input: ${params.inputs}\nevent: ${params.event}\noutput: [{stdout: {}}]\n");
    check(folder.path()).code(0).stdout(contains(
        "params used:\n  inputs (line 1)\n  event (line 2)\n",
    ));
    evtui()
        .args(["check", "--params", r#"{"evnt": {}}"#])
        .arg(folder.path())
        .assert()
        .code(1)
        .stdout(
            contains("the parameter `event` has no value").and(contains("did you mean `evnt`?")),
        );
}

#[rstest]
#[case(&["check", "--events"])]
#[case(&["check", "x", "--params", "[1]"])]
#[case(&["check", "x", "--params", "{"])]
#[case(&["check", "x", "--timezone", "Europa/Berlin"])]
#[case(&["check", "x", "--nonsense"])]
fn wrong_usage(#[case] arguments: &[&str]) {
    evtui()
        .args(arguments)
        .assert()
        .code(2)
        .stdout("")
        .stderr(predicate::str::is_empty().not());
}

#[test]
fn nothing_steers_the_terminal() {
    let folder = project(b"\"\\e[31mred\": 1\ninput: []\n");
    check(folder.path())
        .code(1)
        .stdout(contains('\u{1b}').not());
}

const SOUND: &str = "input:\n  - static: {count: 1}\nevent:\n  template:\n    mode: all\n    samples: {names: {type: csv, source: names.csv, header: true}}\n    templates:\n      - one: {template: one.jinja}\noutput:\n  - stdout: {}\n";

/// A project with one template and one sample.
fn templated(template: &str, sample: Option<&str>) -> TempDir {
    let folder = project(SOUND.as_bytes());
    fs::write(folder.path().join("one.jinja"), template).unwrap();
    if let Some(sample) = sample {
        fs::write(folder.path().join("names.csv"), sample).unwrap();
    }
    folder
}

#[test]
fn a_sound_project() {
    let folder = templated("{{ samples.names | length }}", Some("name\nx\n"));
    check(folder.path())
        .code(0)
        .stdout(predicate::str::starts_with("ok: "));
    assert!(!folder.path().join("output").exists());
}

#[test]
fn a_missing_sample() {
    let folder = templated("x", None);
    check(folder.path())
        .code(1)
        .stdout(contains("names.csv").and(contains("error: ")));
}

#[test]
fn a_template_that_does_not_compile() {
    let folder = templated("a\n{% if %}\n", Some("name\nx\n"));
    check(folder.path())
        .code(1)
        .stdout(contains("one.jinja:2:"));
}

#[test]
fn the_current_folder_is_checked_without_an_argument() {
    let folder = templated("x", Some("name\nx\n"));
    let mut command = evtui();
    command.arg("check").current_dir(folder.path());
    command
        .assert()
        .code(0)
        .stdout(contains("ok: ").and(contains("1 event rendered")));
    let nowhere = tempfile::tempdir().unwrap();
    let mut command = evtui();
    command.arg("check").current_dir(nowhere.path());
    let asserted = command.assert().code(1);
    asserted.stdout(contains(
        "a project is a folder with a file `generator.yml`",
    ));
}

#[test]
fn events_that_fail_or_are_no_json_are_told_with_the_place() {
    let document = |formatter: &str| {
        let folder = templated("", Some("name\nx\n"));
        let text = SOUND.replace("count: 1", "count: 4");
        let text = text.replace(
            "stdout: {}",
            &format!("stdout: {{formatter: {{format: {formatter}}}}}"),
        );
        fs::write(folder.path().join("generator.yml"), text).unwrap();
        folder
    };
    let write = |folder: &TempDir, text: &str| {
        fs::write(folder.path().join("one.jinja"), text).unwrap();
    };
    let folder = document("json");
    write(&folder, "{\n  \"a\": {{ none }}\n}\n");
    check(folder.path()).code(1).stdout(
        contains("error: the event is not JSON")
            .and(contains("(all 4 events)"))
            .and(contains("one.jinja:2:8")),
    );
    // It is no concern of who does not want it.
    let mut command = evtui();
    command.args(["check", "--no-render"]).arg(folder.path());
    command.assert().code(0).stdout(contains("rendered").not());
    // Some events only: a warning.
    write(
        &folder,
        "{% set n = shared.get('n', 0) %}{% do shared.set('n', n + 1) %}\n{\"a\": {{ 1 / n }}}",
    );
    check(folder.path()).code(0).stdout(
        contains("warning: ")
            .and(contains("(1 of 4 events)"))
            .and(contains("one.jinja:2:")),
    );
    // What looks like JSON and is sent as it is.
    let folder = document("plain");
    write(&folder, "{\"a\": None}");
    check(folder.path())
        .code(0)
        .stdout(contains("looks like JSON and is none").and(contains("one.jinja:1:7")));
    // Commands are not run, and say nothing about the project.
    write(&folder, "{{ subprocess.run('touch ran').exit_code }}");
    check(folder.path())
        .code(0)
        .stdout(contains("are not run by a check").and(contains("warning").not()));
    assert!(!folder.path().join("ran").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_printed_is_no_success() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-configs/hello");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_evtui"))
        .arg("check")
        .arg(sample)
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("cannot write to standard output"), "{err}");
}

#[test]
fn a_slip_in_a_command_is_wrong_usage() {
    let failed = evtui().args(["generte", "x"]).assert().code(2);
    failed.stderr(contains("did you mean `evtui generate`?"));
}

#[test]
fn templates_that_include_each_other_are_doubtful() {
    let folder = project(
        b"input: [{static: {count: 1}}]\nevent: {template: {mode: all, templates: [{a: {template: a.jinja}}, {b: {template: b.jinja}}]}}\noutput: [{drop: {}}]\n",
    );
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.jinja", "{% include 'b.jinja' %}{% include 'c.jinja' %}");
    write("b.jinja", "{% if 0 %}{% include 'a.jinja' %}{% endif %}");
    write("c.jinja", "c");
    let done = evtui().arg("check").arg(folder.path()).assert().success();
    done.stdout(
        contains("in a circle: a.jinja -> b.jinja -> a.jinja")
            .and(contains("with 1 warning"))
            .and(contains("unless a condition ends it")),
    );
}
