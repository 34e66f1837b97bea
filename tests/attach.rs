//! Pipelines outlive the terminal that started them, and terminals come back to them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/pty.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod pty;

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use pty::{Nest, Pty, is_evtui};

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");

/// Longest wait for anything; only a failing test waits that long.
const LIMIT: Duration = Duration::from_secs(30);

const RUN: &str = "\x12";
const QUIT: &str = "\x11";

/// A project, and a place for processes.
struct Ground {
    nest: Nest,
    folder: tempfile::TempDir,
    /// The background process as last seen: its lock goes a little before it.
    seen: std::cell::Cell<Option<u32>>,
}

impl Ground {
    /// With a project that writes ten lines a second.
    fn new() -> Self {
        let ground = Self {
            nest: Nest::new(),
            folder: tempfile::tempdir().unwrap(),
            seen: std::cell::Cell::default(),
        };
        ground.project("web-access", "replay: {path: lines.txt, repeat: true}");
        ground
    }

    fn project(&self, name: &str, event: &str) {
        let root = self.folder.path().join(name);
        fs::create_dir_all(&root).unwrap();
        let document = format!(
            "input:\n  - timer: {{seconds: 0.1, count: 1}}\nevent:\n  {event}\noutput:\n  - file: {{path: output/access.log, write_mode: overwrite, flush_interval: 0}}\n"
        );
        fs::write(root.join("generator.yml"), document).unwrap();
        fs::write(root.join("lines.txt"), "one\ntwo\nthree\n").unwrap();
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("web-access/output/access.log")
    }

    fn length(&self) -> u64 {
        fs::metadata(self.output()).map_or(0, |about| about.len())
    }

    /// Waits until the output grows.
    #[track_caller]
    fn grows(&self) {
        // A new run begins with an empty file.
        let mut last = self.length();
        until("a growing output", || {
            let now = self.length();
            let grows = now > last;
            last = now;
            grows.then_some(())
        });
    }

    fn terminal(&self, args: &[&str]) -> Pty {
        self.terminal_with(args, &[])
    }

    fn terminal_with(&self, args: &[&str], more: &[(&str, &str)]) -> Pty {
        let own = self.nest.variables();
        let own = own
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = own.chain(more.iter().copied()).collect();
        Pty::start_with(EVTUI, args, self.folder.path(), (120, 40), &all)
    }

    /// A terminal in which the pipeline runs.
    fn running(&self) -> Pty {
        let mut pty = self.terminal(&["web-access"]);
        pty.sees("no problems");
        pty.send(RUN);
        pty.sees("● running");
        self.grows();
        pty
    }

    fn command(&self, args: &[&str]) -> Output {
        let mut command = Command::new(EVTUI);
        command.args(args).current_dir(self.folder.path());
        command.envs(self.nest.variables());
        command.output().unwrap()
    }

    /// The background process.
    fn host(&self) -> u32 {
        let found = self.nest.processes();
        assert_eq!(found.len(), 1, "{found:?}");
        self.seen.set(Some(found[0]));
        found[0]
    }

    fn signal_host(&self, name: &str) {
        let status = Command::new("kill")
            .args(["-s", name, &self.host().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits until no background process is left.
    #[track_caller]
    fn host_ends(&self) {
        let now = self.nest.processes().first().copied();
        if let Some(host) = now.or(self.seen.get()) {
            until("the end of the background process", || {
                (!is_evtui(host)).then_some(())
            });
        }
        assert!(!self.nest.socket("default").exists());
    }
}

#[track_caller]
fn until<T>(what: &str, mut met: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(out) = met() {
            return out;
        }
        assert!(Instant::now() < deadline, "{what} never came");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_closed_terminal_costs_nothing() {
    let ground = Ground::new();
    let mut pty = ground.running();
    // Away from the text: closing this end of the terminal types a letter and a line.
    pty.send("\x1b3");
    pty.sees("━▸ Timestamps");
    pty.hang_up();
    pty.ends();
    ground.grows();
    let listed = ground.command(&["attach", "--list"]);
    let listed = text(&listed.stdout);
    assert!(
        listed.contains("default") && listed.contains("1 of 1 running"),
        "{listed}"
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let socket = ground.nest.socket("default");
    assert_eq!(
        (mode(&socket), mode(socket.parent().unwrap())),
        (0o600, 0o700)
    );

    // The project knows its pipeline again, and can stop it.
    let mut pty = ground.terminal(&["web-access"]);
    pty.sees("runs already");
    pty.sees("● running");
    pty.send(RUN);
    pty.sees("○ stopped");
    pty.send(QUIT);
    assert!(pty.ends().success());
    assert!(fs::read_to_string(ground.output()).unwrap().ends_with('\n'));
    ground.host_ends();
    let none = ground.command(&["attach"]);
    let said = text(&none.stderr);
    assert_eq!(none.status.code(), Some(1));
    assert!(
        said.contains("no instance is running") && said.contains("web-access: stopped after"),
        "{said}"
    );
}

#[test]
fn a_killed_terminal_costs_nothing() {
    for signal in ["KILL", "TERM"] {
        let ground = Ground::new();
        let mut pty = ground.running();
        pty.signal(signal);
        pty.ends();
        ground.grows();
        // What ends the background process delivers.
        let second = ground.terminal(&["web-access"]);
        second.sees("● running");
        ground.signal_host("TERM");
        ground.host_ends();
        second.sees("○ stopped");
        let written = fs::read_to_string(ground.output()).unwrap();
        assert!(written.ends_with('\n'), "{written}");
    }
}

#[test]
fn leaving_asks_what_becomes_of_what_runs() {
    let ground = Ground::new();
    let mut pty = ground.running();
    pty.send(QUIT);
    pty.sees("web-access is running");
    pty.sees("Keep running");
    pty.sees("Stop all and quit");
    pty.send("c");
    pty.sees_not("Keep running");
    pty.send(QUIT);
    pty.sees("Keep running");
    // It is the answer of Enter.
    pty.send("\r");
    assert!(pty.ends().success());
    assert_eq!(pty.left_behind(), "");
    ground.grows();

    let mut pty = ground.terminal(&["web-access"]);
    pty.sees("● running");
    pty.send(QUIT);
    pty.sees("Stop all and quit");
    pty.send("t");
    assert!(pty.ends().success());
    assert!(fs::read_to_string(ground.output()).unwrap().ends_with('\n'));
    ground.host_ends();
}

#[test]
fn two_terminals_see_the_same() {
    let ground = Ground::new();
    let mut first = ground.running();
    let mut second = ground.terminal(&["web-access"]);
    second.sees("runs already");
    assert_eq!(ground.nest.processes().len(), 1);
    second.send(RUN);
    second.sees("○ stopped");
    first.sees("○ stopped");
    first.send(RUN);
    first.sees("● running");
    first.send(QUIT);
    first.sees("Stop all and quit");
    first.send("t");
    assert!(first.ends().success());
    second.send(QUIT);
    assert!(second.ends().success());
    ground.host_ends();
}

#[test]
fn projects_of_one_name_do_not_get_in_each_others_way() {
    let ground = Ground::new();
    let _first = ground.running();
    ground.project(
        "other/web-access",
        "replay: {path: lines.txt, repeat: true}",
    );
    let mut second = ground.terminal(&["other/web-access"]);
    second.sees("no problems");
    second.send(RUN);
    second.sees("● running");
    second.send(QUIT);
    second.sees("web-access-2, web-access are running");
    let listed = text(&ground.command(&["attach", "--list"]).stdout);
    assert!(listed.contains("2 of 2 running"), "{listed}");
}

#[test]
fn a_killed_background_process_is_told_and_replaced() {
    let ground = Ground::new();
    let mut pty = ground.running();
    let before = ground.host();
    ground.signal_host("KILL");
    pty.sees("and its generators with it");
    // It left its socket behind.
    assert!(ground.nest.socket("default").exists());
    // What it held is still to be seen, though the table was never looked at before.
    pty.send("\x1bOQ");
    pty.sees("✗ failed");
    pty.sees("is gone since");
    pty.send("\x1bOQ");
    pty.send(RUN);
    pty.sees("● running");
    ground.grows();
    assert_ne!(ground.host(), before);
    pty.send(QUIT);
    pty.sees("Stop all and quit");
    pty.send("t");
    assert!(pty.ends().success());
    ground.host_ends();
}

#[test]
fn a_background_process_that_hangs_is_told_and_hangs_nobody() {
    let ground = Ground::new();
    let mut pty = ground.running();
    ground.signal_host("STOP");
    pty.sees("not answering since");
    // The editor works all the while.
    pty.send("# typed");
    pty.sees("# typed");
    ground.signal_host("CONT");
    pty.sees_not("not answering since");
    ground.grows();
    ground.signal_host("STOP");
    pty.sees("not answering since");
    pty.send(QUIT);
    pty.sees("Discard and quit");
    pty.send("d");
    pty.sees("does not answer");
    pty.send("q");
    assert!(pty.ends().success());
    let listed = text(&ground.command(&["attach", "--list"]).stdout);
    assert!(listed.contains("does not answer (process"), "{listed}");
}

#[test]
fn secrets_of_the_terminal_reach_the_run_and_stay_there() {
    let ground = Ground::new();
    ground.project("web-access", "template: {mode: all, templates: [{a: {template: a.jinja}}], params: {s: \"${secrets.token}\"}}");
    let template = ground.folder.path().join("web-access/a.jinja");
    fs::write(template, "{{ params.s }}").unwrap();
    let secret = [("EVTUI_SECRET_TOKEN", "planted-value")];
    let mut pty = ground.terminal_with(&["web-access"], &secret);
    pty.sees("no problems");
    pty.send(RUN);
    pty.sees("● running");
    until("the secret in the output", || {
        let written = fs::read_to_string(ground.output()).unwrap_or_default();
        written.contains("planted-value").then_some(())
    });
    let environment = fs::read(format!("/proc/{}/environ", ground.host())).unwrap_or_default();
    assert!(!text(&environment).contains("planted-value"));
    let logs = fs::read_dir(ground.nest.logs("default")).unwrap().flatten();
    for log in logs {
        let log = fs::read_to_string(log.path()).unwrap();
        assert!(!log.contains("planted-value"), "{log}");
    }
}

/// Says hello as another program would, in a folder that only this user may enter.
fn listen(ground: &Ground) -> UnixListener {
    let socket = ground.nest.socket("default");
    let folder = socket.parent().unwrap();
    fs::create_dir(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    UnixListener::bind(socket).unwrap()
}

fn read_frame(stream: &mut UnixStream) -> Vec<u8> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).unwrap();
    let mut bytes = vec![0; u32::from_be_bytes(head) as usize];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_peer_of_another_age_is_told_and_pipelines_run_all_the_same() {
    let ground = Ground::new();
    let listener = listen(&ground);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_frame(&mut stream);
            let hello = br#"{"evtui": 0, "version": "0.0.1", "pid": 77, "name": "default"}"#;
            stream
                .write_all(&(hello.len() as u32).to_be_bytes())
                .unwrap();
            stream.write_all(hello).unwrap();
        }
    });
    let refused = ground.command(&["attach", "default"]);
    let said = text(&refused.stderr);
    assert!(
        said.contains("is older than this evtui") && said.contains("kill 77"),
        "{said}"
    );

    let mut pty = ground.terminal(&["web-access"]);
    pty.sees("no problems");
    pty.send(RUN);
    pty.sees("pipelines end with this terminal");
    ground.grows();
    pty.send(QUIT);
    pty.sees("Stop and quit");
    pty.send("t");
    assert!(pty.ends().success());
}

#[test]
fn a_peer_that_says_nothing_is_given_up() {
    let ground = Ground::new();
    let _listener = listen(&ground);
    let refused = ground.command(&["attach"]);
    let said = text(&refused.stderr);
    assert!(said.contains("does not answer"), "{said}");
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn what_is_left_of_a_killed_process_is_no_instance() {
    let ground = Ground::new();
    drop(listen(&ground));
    assert!(ground.nest.socket("default").exists());
    let none = ground.command(&["attach", "default"]);
    let said = text(&none.stderr);
    assert!(said.contains("no instance is called `default`"), "{said}");
    let mut pty = ground.running();
    pty.send(QUIT);
    pty.sees("Stop all and quit");
    pty.send("t");
    assert!(pty.ends().success());
    ground.host_ends();
}

#[test]
fn pipelines_can_be_kept_in_the_terminals_process() {
    let ground = Ground::new();
    let mut pty = ground.terminal(&["--in-process", "web-access"]);
    pty.sees("no problems");
    pty.send(RUN);
    pty.sees("● running");
    pty.send(QUIT);
    pty.sees("Stop and quit");
    pty.send("t");
    assert!(pty.ends().success());
    assert!(ground.nest.processes().is_empty());
}

#[test]
fn a_background_process_is_started_once_by_many_terminals() {
    let ground = Ground::new();
    for number in 0..4 {
        let event = "replay: {path: lines.txt, repeat: true}";
        ground.project(&format!("many-{number}"), event);
    }
    let mut terminals: Vec<Pty> = (0..4)
        .map(|number| ground.terminal(&[&format!("many-{number}")]))
        .collect();
    for pty in &terminals {
        pty.sees("no problems");
    }
    for pty in &mut terminals {
        pty.send(RUN);
    }
    for pty in &terminals {
        pty.sees("● running");
    }
    let listed = text(&ground.command(&["attach", "--list"]).stdout);
    assert!(listed.contains("4 of 4 running"), "{listed}");
    assert_eq!(ground.nest.processes().len(), 1);
}

#[test]
fn the_screens_come_back_with_attach() {
    let ground = Ground::new();
    let mut pty = ground.running();
    pty.hang_up();
    pty.ends();
    let mut first = ground.terminal(&["attach"]);
    first.sees("● running");
    first.sees("web-access");
    let mut second = ground.terminal(&["attach", "default"]);
    second.sees("● running");
    // Lost as well, it takes nothing along.
    first.signal("HUP");
    first.ends();
    ground.grows();
    second.send("5");
    second.sees("run running");
    second.send("1x");
    second.sees("stopped");
    second.send(QUIT);
    assert!(second.ends().success());
    assert!(fs::read_to_string(ground.output()).unwrap().ends_with('\n'));
    ground.host_ends();
}

#[test]
fn a_socket_that_was_removed_comes_back() {
    let ground = Ground::new();
    let _pty = ground.running();
    let socket = ground.nest.socket("default");
    fs::remove_file(&socket).unwrap();
    until("a new socket", || socket.exists().then_some(()));
    let listed = text(&ground.command(&["attach", "--list"]).stdout);
    assert!(
        listed.contains("default") && listed.contains("1 of 1 running"),
        "{listed}"
    );
}

#[test]
fn services_can_be_attached_to() {
    let ground = Ground::new();
    let list = ground.folder.path().join("startup.yml");
    fs::write(&list, "- id: web\n  path: web-access/generator.yml\n").unwrap();
    let mut command = Command::new(EVTUI);
    command
        .args([
            "run",
            "--quiet",
            "--startup",
            "startup.yml",
            "--name",
            "shop",
        ])
        .current_dir(ground.folder.path())
        .envs(ground.nest.variables());
    let mut service = command.spawn().unwrap();
    ground.grows();
    let listed = text(&ground.command(&["attach", "--list"]).stdout);
    assert!(
        listed.contains("shop") && listed.contains("1 of 1 running  service"),
        "{listed}"
    );
    let missed = text(&ground.command(&["attach", "shpo"]).stderr);
    assert!(missed.contains("did you mean `shop`?"), "{missed}");

    let _pipeline = ground.running();
    let several = ground.command(&["attach"]);
    assert!(text(&several.stderr).contains("name one"));
    assert!(text(&several.stdout).contains("default"));
    let mut attached = ground.terminal(&["attach", "shop"]);
    attached.sees("● running");
    let pid = service.id().to_string();
    let killed = Command::new("kill").args(["-s", "TERM", &pid]).status();
    assert!(killed.unwrap().success());
    service.wait().unwrap();
    assert!(!ground.nest.socket("shop").exists());
    // Nothing failed: it was asked to end, and said how things stood then.
    attached.sees("ended at");
    attached.sees("○ stopped");
    assert!(!attached.contents().contains("failed"));
    attached.send(QUIT);
    assert!(attached.ends().success());
}
