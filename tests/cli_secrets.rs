//! `evtui secrets` and runs that need secrets, from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(unix)]
#[path = "support/pty.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod pty;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");
const PASSWORD: &str = "correct horse";

/// A home of its own, so that no store of the person who tests is touched.
struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: vec![("EVTUI_SECRETS_PASSWORD", PASSWORD.to_owned())],
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.to_owned()));
        self
    }

    fn without_password(mut self) -> Self {
        self.variables.clear();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.path(".local/share/evtui/secrets.json")
    }

    fn run(&self, words: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(EVTUI);
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Away from the terminal of whoever tests, which prompts would find.
        let mut child = if cfg!(unix) {
            setsid(&command)
        } else {
            command
        }
        .spawn()
        .unwrap();
        let written = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        drop(written);
        child.wait_with_output().unwrap()
    }

    fn secrets(&self, words: &[&str], stdin: &str) -> Output {
        self.run(&[&["secrets"], words].concat(), stdin)
    }

    /// Standard output of a command that has to succeed.
    fn good(&self, words: &[&str], stdin: &str) -> String {
        let output = self.secrets(words, stdin);
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Standard error of a command that has to fail, and print nothing else.
    fn bad(&self, words: &[&str], stdin: &str) -> String {
        let output = self.secrets(words, stdin);
        assert_eq!(output.status.code(), Some(1), "{words:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn set(&self, name: &str, value: &str) {
        self.good(&["set", name, "--stdin"], value);
    }
}

/// The same command in a session of its own.
fn setsid(command: &Command) -> Command {
    let mut wrapped = Command::new("setsid");
    wrapped
        .arg("--wait")
        .arg(command.get_program())
        .args(command.get_args());
    wrapped.current_dir(command.get_current_dir().unwrap());
    wrapped.env_clear();
    for (name, value) in command.get_envs() {
        wrapped.env(name, value.unwrap());
    }
    wrapped.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    wrapped
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    wrapped
}

#[test]
fn a_secret_goes_its_way() {
    let home = Home::new();
    let none = home.bad(&["list"], "");
    assert!(
        none.contains("does not exist") && none.contains("evtui secrets set"),
        "{none}"
    );
    home.set("db_password", "hunter2\n");
    home.set("DB_PASSWORD", "line one\nline two \u{e4}\n\n");
    assert_eq!(home.good(&["list"], ""), "DB_PASSWORD\ndb_password\n");
    // The value, the whole value and nothing but the value.
    assert_eq!(home.good(&["get", "db_password"], ""), "hunter2\n");
    assert_eq!(
        home.good(&["get", "DB_PASSWORD"], ""),
        "line one\nline two \u{e4}\n\n"
    );
    home.set("db_password", "hunter3");
    assert_eq!(home.good(&["get", "db_password"], ""), "hunter3\n");
    let near = home.bad(&["get", "db_pasword"], "");
    assert!(
        near.to_lowercase().contains("did you mean `db_password`?"),
        "{near}"
    );
    home.good(&["remove", "db_password"], "");
    let gone = home.bad(&["remove", "db_password"], "");
    assert!(gone.contains("there is no secret"), "{gone}");
    assert_eq!(home.good(&["list"], ""), "DB_PASSWORD\n");
    for (words, stdin, why) in [
        (["set", "a.b", "--stdin"], "v", "cannot be the name"),
        (["set", "ok", "--stdin"], "", "the value is empty"),
        (["set", "ok", "--stdin"], "\n", "the value is empty"),
    ] {
        let refused = home.bad(&words, stdin);
        assert!(refused.contains(why), "{refused}");
    }
    // There is no way to give a value where everybody can see it.
    let shown = home.secrets(&["set", "name", "value"], "");
    assert_eq!(shown.status.code(), Some(2), "{shown:?}");
}

#[test]
fn a_wrong_password_and_a_damaged_store_change_nothing() {
    let home = Home::new();
    home.set("token", "planted");
    let sound = fs::read(home.store()).unwrap();
    let wrong = Home {
        folder: home.folder,
        variables: vec![("EVTUI_SECRETS_PASSWORD", "wrong".to_owned())],
    };
    for words in [
        &["list"][..],
        &["get", "token"],
        &["set", "token", "--stdin"],
        &["remove", "token"],
    ] {
        let error = wrong.bad(words, "new");
        assert!(error.contains("the password does not open"), "{error}");
        assert!(!error.contains("wrong\""), "{error}");
    }
    assert_eq!(fs::read(wrong.store()).unwrap(), sound);
    let locked = wrong.without_password();
    let error = locked.bad(&["list"], "");
    assert!(
        error.contains("are locked") && error.contains("EVTUI_SECRETS_PASSWORD"),
        "{error}"
    );
    fs::write(locked.path("pw"), format!("{PASSWORD}\n")).unwrap();
    let listed = locked.good(&["list", "--password-file", "pw"], "");
    assert_eq!(listed, "token\n");
    let by_variable = locked.with("EVTUI_SECRETS_PASSWORD_FILE", "pw");
    assert_eq!(by_variable.good(&["get", "token"], ""), "planted\n");
    for damage in [&sound[..sound.len() / 2], b"", b"not a store"] {
        fs::write(by_variable.store(), damage).unwrap();
        for words in [&["list"][..], &["set", "token", "--stdin"]] {
            let error = by_variable.bad(words, "new");
            assert!(
                error.contains("damaged") && error.contains("nothing was changed"),
                "{error}"
            );
        }
        assert_eq!(fs::read(by_variable.store()).unwrap(), damage);
    }
}

fn project(home: &Home) {
    let document = "input:\n- static: {count: 2}\nevent:\n  template:\n    mode: all\n    templates:\n    - t: {template: t.jinja}\n    params: {token: '${secrets.ApiToken}'}\noutput:\n- file: {path: out.log}\n";
    fs::write(home.path("generator.yml"), document).unwrap();
    fs::write(home.path("t.jinja"), "{{ params.token }}").unwrap();
}

const GENERATE: &[&str] = &["generate", ".", "--sample", "-q"];

fn generated(home: &Home, more: &[&str]) -> Output {
    drop(fs::remove_file(home.path("out.log")));
    home.run(&[GENERATE, more].concat(), "")
}

#[test]
fn runs_take_secrets_from_the_store() {
    let home = Home::new();
    project(&home);
    let missing = generated(&home, &[]);
    let text = String::from_utf8(missing.stderr).unwrap();
    assert!(!missing.status.success());
    assert!(
        text.contains("the secret `ApiToken` has no value"),
        "{text}"
    );
    assert!(text.contains("evtui secrets set ApiToken"), "{text}");
    home.set("ApiToken", "from-the-store");
    let output = generated(&home, &[]);
    assert!(output.status.success(), "{output:?}");
    let written = || fs::read_to_string(home.path("out.log")).unwrap();
    assert_eq!(written(), "from-the-store\nfrom-the-store\n");
    let check = home.run(&["check", "."], "");
    let text = String::from_utf8(check.stdout).unwrap();
    assert!(text.contains("ApiToken (line 8, given"), "{text}");
    // Previews name secrets and show none.
    let preview = home.run(&["preview", ".", "-n", "1"], "");
    let text = String::from_utf8(preview.stdout).unwrap();
    assert!(text.contains("${secrets.ApiToken}"), "{text}");
    fs::rename(home.store(), home.path("elsewhere.json")).unwrap();
    assert!(!generated(&home, &[]).status.success());
    assert!(
        generated(&home, &["--secrets-file", "elsewhere.json"])
            .status
            .success()
    );
    let moved = home.with("EVTUI_SECRETS_FILE", "elsewhere.json");
    assert!(generated(&moved, &[]).status.success());
    let given = moved.with("EVTUI_SECRET_ApiToken", "given");
    assert!(generated(&given, &[]).status.success());
    assert_eq!(
        fs::read_to_string(given.path("out.log")).unwrap(),
        "given\ngiven\n"
    );
    let locked = given
        .without_password()
        .with("EVTUI_SECRETS_FILE", "elsewhere.json");
    let output = generated(&locked, &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && text.contains("are locked"),
        "{text}"
    );
}

/// Made by `eventum-keyring set ApiToken tok-123` of Eventum 2.2.0.
fn keyring() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keyring/eventum.cfg")
}

/// One derivation of the reference's key takes half a minute without optimisation, so this is all that
/// is done with its real cost.
#[test]
fn the_keyring_file_of_eventum_is_imported() {
    let file = keyring();
    let file = file.to_str().unwrap();
    let before = fs::read(file).unwrap();
    let home = Home::new().with("EVENTUM_KEYRING_PASSWORD", "pass wörd");
    let output = home.secrets(&["import", file], "");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "Imported ApiToken.\n");
    assert_eq!(home.good(&["get", "ApiToken"], ""), "tok-123\n");
    assert_eq!(fs::read(file).unwrap(), before);
}

#[test]
fn runs_can_read_the_keyring_file_itself() {
    let home = Home::new().with("EVENTUM_KEYRING_PASSWORD", "pass wörd");
    project(&home);
    let file = keyring();
    let output = generated(&home, &["--cryptfile", file.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        fs::read_to_string(home.path("out.log")).unwrap(),
        "tok-123\ntok-123\n"
    );
    let other = generated(&home, &["--cryptfile", "generator.yml"]);
    let text = String::from_utf8(other.stderr).unwrap();
    assert!(text.contains("no keyring file"), "{text}");
}

#[cfg(unix)]
mod prompts {
    use super::*;
    use pty::Pty;

    fn start(home: &Home, words: &[&str]) -> Pty {
        let store = home.path("s.json");
        let words = [
            &["secrets", "--secrets-file", store.to_str().unwrap()],
            words,
        ]
        .concat();
        Pty::start(EVTUI, &words, home.folder.path(), (80, 24))
    }

    fn answer(pty: &mut Pty, question: &str, answer: &str) {
        pty.sees(question);
        pty.send(answer);
    }

    #[test]
    fn what_is_typed_is_asked_for_twice_and_not_shown() {
        let home = Home::new();
        let mut pty = start(&home, &["set", "token"]);
        answer(&mut pty, "New password for", "pässword\r");
        answer(&mut pty, "Once more:", "pässword\r");
        answer(&mut pty, "Value of token:", "planteX\x7fd\r");
        pty.until("the second question", |screen| {
            (screen.contents().matches("Once more:").count() == 2).then_some(())
        });
        pty.send("planted\r");
        pty.sees("Set.");
        assert!(pty.ends().success());
        let screen = pty.contents();
        assert!(
            !screen.contains("planted") && !screen.contains("pässword"),
            "{screen}"
        );
        assert_eq!(pty.left_behind(), "");
        let mut pty = start(&home, &["get", "token"]);
        answer(&mut pty, "Password of", "pässword\r");
        pty.sees("planted");
        assert!(pty.ends().success());
    }

    #[test]
    fn a_slip_of_the_fingers_changes_nothing() {
        let home = Home::new();
        let mut pty = start(&home, &["set", "token"]);
        answer(&mut pty, "New password for", "one\r");
        answer(&mut pty, "Once more:", "two\r");
        pty.sees("the two are not the same");
        assert!(!pty.ends().success());
        assert!(!home.path("s.json").exists());
    }

    /// Runs the program under a shell that tells how the terminal is afterwards.
    fn under_a_shell(home: &Home) -> Pty {
        let store = home.path("s.json");
        let script = format!(
            "'{EVTUI}' secrets --secrets-file '{}' set token; echo ended $?; stty -a; echo that is all",
            store.display()
        );
        let pty = Pty::start("/bin/sh", &["-c", &script], home.folder.path(), (80, 24));
        pty.sees("New password for");
        pty
    }

    fn given_back(mut pty: Pty, code: &str) {
        pty.sees(code);
        // What a process wrote may be seen after its end.
        pty.sees("that is all");
        pty.ends();
        let screen = pty.contents();
        for mode in ["echo", "icanon", "isig"] {
            let on = screen.split_whitespace().any(|word| word == mode);
            assert!(on, "{mode}: {screen}");
        }
    }

    #[test]
    fn the_terminal_is_given_back_after_an_interrupt() {
        let home = Home::new();
        let mut pty = under_a_shell(&home);
        pty.send("half\x03");
        given_back(pty, "ended 130");
        assert!(!home.path("s.json").exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_terminal_is_given_back_after_a_signal() {
        let home = Home::new();
        let pty = under_a_shell(&home);
        let shell = pty.id();
        let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
        let killed = Command::new("kill")
            .args(["-TERM", children.trim()])
            .status();
        assert!(killed.unwrap().success());
        given_back(pty, "ended 143");
    }
}
