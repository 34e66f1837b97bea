//! `evtui run` and `evtui service` as a person, or systemd, calls them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(40);
const LIVE: &str = "cron: {expression: '* * * * * *', count: 1}";
const IDLE: &str = "cron: {expression: '0 0 1 1 *', count: 1}";

/// A folder with settings, a list and projects.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(list: &str) -> Self {
        let house = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        house.write("startup.yml", list);
        house.settings("");
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn settings(&self, log: &str) {
        let root = self.folder.path().display();
        self.write("eventum.yml", &format!("server: {{}}\ngeneration: {{}}\nlog: {{{log}}}\npath: {{logs: {root}/logs, startup: {root}/startup.yml, generators_dir: {root}, keyring_cryptfile: {root}/none.cfg}}\n"));
    }

    fn project(&self, name: &str, input: &str, output: &str) {
        self.write(&format!("{name}/lines.log"), "one\ntwo\n");
        self.write(
            &format!("{name}/generator.yml"),
            &format!(
                "input:\n- {input}\nevent:\n  replay: {{path: lines.log, repeat: true}}\noutput:\n- {output}\n"
            ),
        );
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
        command
            .arg("run")
            .args(args)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env_remove("NOTIFY_SOCKET");
        command
    }

    fn start(&self, args: &[&str]) -> Served {
        Served::spawn(self.command(args))
    }
}

/// A process whose standard error is read.
struct Served {
    child: Child,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Served {
    fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let heard = said.clone();
        let lines = BufReader::new(child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || {
            for line in lines.lines() {
                let mut said = heard.lock().unwrap();
                said.push_str(&line.unwrap());
                said.push('\n');
            }
        });
        Self {
            child,
            said,
            reader: Some(reader),
        }
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    fn until(&self, text: &str) {
        self.until_count(text, 1);
    }

    fn until_count(&self, text: &str, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.said().matches(text).count() < count {
            assert!(
                Instant::now() < deadline,
                "no {text:?} in:\n{}",
                self.said()
            );
            std::thread::yield_now();
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; gives the exit status and all that was said.
    fn end(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "no end:\n{}", self.said());
            std::thread::yield_now();
        };
        self.reader.take().unwrap().join().unwrap();
        (status, self.said())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn all_that_start_run_to_their_end_and_losses_show_in_the_code() {
    let house = House::new(
        "- {id: a, path: a}\n- {id: b, path: b}\n- {id: later, path: b, autostart: no}\n",
    );
    house.project("a", "static: {count: 25}", "file: {path: out.log}");
    house.project("b", "static: {count: 3}", "stdout: {}");
    let mut served = house.start(&["--exit-when-done", "--print-summary"]);
    let mut out = String::new();
    served
        .child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    let (status, said) = served.end();
    assert_eq!(status.code(), Some(0), "{said}");
    assert_eq!(out.lines().count(), 3);
    assert_eq!(house.read("a/out.log").lines().count(), 25);
    assert!(
        said.starts_with("startup.yml: 3 generators, logs in logs\n"),
        "{said}"
    );
    for line in [
        "a: finished after",
        "  file: 25 written",
        "later: not started",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }

    house.write("startup.yml", "- {id: a, path: a}\n- {id: odd, pth: b}\n");
    let (status, said) = house.start(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(
        said.contains("error: `startup entry` has no option `pth`"),
        "{said}"
    );
    assert!(said.contains("startup.yml:2:"), "{said}");
    assert!(said.contains("odd: failed: "), "{said}");
    assert!(said.contains("a: finished"), "{said}");
}

#[test]
fn unsound_settings_and_missing_files_are_told_at_once() {
    let house = House::new("");
    house.write(
        "eventum.yml",
        "server: {prot: 1}\ngeneration: {}\nlog: {level: loud}\n",
    );
    let (status, said) = house.start(&[]).end();
    assert_eq!(status.code(), Some(1));
    for part in [
        "`server` has no option `prot`",
        "eventum.yml:1:10",
        "loud",
        "`path`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (status, said) = house.start(&["-c", "none.yml"]).end();
    assert_eq!(status.code(), Some(1));
    assert!(said.contains("there is no file `none.yml`"), "{said}");
    let (status, _) = house.start(&["--logs", "x"]).end();
    assert_eq!(status.code(), Some(2));
    let (status, said) = house
        .start(&["--startup", "startup.yml", "--exit-when-done"])
        .end();
    assert_eq!(status.code(), Some(0), "{said}");
}

#[test]
fn a_reload_says_what_it_did_and_a_signal_ends_it() {
    let house = House::new(
        "- {id: same, path: same}\n- {id: edited, path: edited, reload: off}\n- {id: goes, path: same}\n",
    );
    house.project("same", LIVE, "file: {path: out.log}");
    house.project("edited", IDLE, "drop: {}");
    let served = house.start(&["--print-summary"]);
    for id in ["same", "edited", "goes"] {
        served.until(&format!("{id}: running\n"));
    }
    house.project("edited", LIVE, "drop: {}");
    house.project("comes", "static: {count: 2}", "drop: {}");
    house.write(
        "startup.yml",
        "- {id: same, path: same}\n- {id: edited, path: edited, reload: off}\n- {id: comes, path: comes}\n",
    );
    served.signal("HUP");
    served.until("reloaded: started comes; restarted edited; removed goes; 1 unchanged\n");
    served.until("comes: finished");

    house.write("startup.yml", "- {id: same");
    served.signal("HUP");
    served.until("not reloaded, everything goes on as it was");
    assert!(house.read("logs/main.log").contains("startup.yml:1:"));
    house.write(
        "startup.yml",
        "- {id: same, path: same}\n- {id: edited, path: edited, reload: off, gain: much}\n",
    );
    served.signal("HUP");
    served.until("edited: goes on as it was: ");
    served.signal("TERM");
    let (status, said) = served.end();
    assert_eq!(status.code(), Some(143), "{said}");
    assert!(said.contains("same: stopped"), "{said}");
    // What was started again or is gone has its counts in the summary, too.
    for line in [
        "goes (former run): stopped after",
        "edited (former run): stopped after",
        "comes (former run): finished after",
    ] {
        assert_eq!(said.matches(line).count(), 1, "{line}: {said}");
    }
    let main = house.read("logs/main.log");
    assert!(main.contains("[info     ] evtui"), "{main}");
    assert!(main.contains("reloaded: started comes"), "{main}");
    assert!(main.contains("evtui ends"), "{main}");
    let own = house.read("logs/generator_edited.log");
    assert!(own.contains("run running"), "{own}");
    assert!(own.contains("[warning  ] goes on as it was"), "{own}");
    assert!(!own.contains("generator="), "{own}");
    assert!(!main.contains("run running"), "{main}");
}

#[test]
fn logs_may_be_json_and_secrets_appear_nowhere() {
    let house = House::new("- {id: leaky, path: leaky}\n- {id: 'odd/../id', path: leaky}\n");
    house.settings("format: json, level: debug");
    // The message of the failure quotes the value.
    house.write(
        "leaky/generator.yml",
        "input:\n- static: {count: 3}\nevent:\n  template:\n    mode: all\n    params: {token: '${secrets.token}'}\n    templates:\n    - t: {template: t.jinja}\noutput:\n- drop: {}\n",
    );
    house.write(
        "leaky/t.jinja",
        "{{ module.datetime.datetime.strptime(params.token, '%Y') }}",
    );
    let mut command = house.command(&["--exit-when-done", "--print-summary"]);
    command.env("EVTUI_SECRET_token", "hunter2hunter2");
    let (status, said) = Served::spawn(command).end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(said.contains("***"), "{said}");
    let folder = house.path("logs");
    let mut names: Vec<String> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "generator_leaky.json",
            "generator_odd%2F..%2Fid.json",
            "main.json"
        ]
    );
    for name in names {
        let text = std::fs::read_to_string(folder.join(&name)).unwrap();
        assert!(!text.contains("hunter2"), "{name}: {text}");
        for line in text.lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(record["event"].is_string() && record["level"].is_string());
        }
    }
    assert!(house.read("logs/generator_leaky.json").contains("***"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_for_logs_is_said_and_stops_nothing() {
    let house = House::new("- {id: a, path: a}\n");
    house.project("a", "static: {count: 50}", "file: {path: out.log}");
    std::fs::create_dir(house.path("logs")).unwrap();
    for name in ["main.log", "generator_a.log"] {
        std::os::unix::fs::symlink("/dev/full", house.path("logs").join(name)).unwrap();
    }
    let (status, said) = house.start(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("warning: cannot write logs to"), "{said}");
    assert!(said.contains("generators go on"), "{said}");
    assert_eq!(said.matches("cannot write logs").count(), 1, "{said}");
    assert_eq!(house.read("a/out.log").lines().count(), 50);
}

#[test]
fn a_second_signal_gives_up_what_hangs() {
    let house = House::new("- {id: a, path: a}\n");
    // Nobody reads standard output, so it fills up and blocks.
    house.project("a", "static: {count: 5000000}", "stdout: {}");
    let served = house.start(&["--print-summary"]);
    served.until("a: running\n");
    served.signal("TERM");
    served.until("stopping; once more");
    // Two signals at once are one wish.
    std::thread::sleep(Duration::from_millis(400));
    served.signal("TERM");
    let (status, said) = served.end();
    assert_eq!(status.code(), Some(143), "{said}");
    assert!(said.contains("giving up what is queued"), "{said}");
}

#[test]
fn a_service_manager_hears_each_step() {
    let house = House::new("- {id: a, path: a}\n");
    house.project("a", LIVE, "drop: {}");
    let socket = house.path("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = |start: &str| loop {
        let mut bytes = [0; 300];
        let length = manager.recv(&mut bytes).expect(start);
        let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if text.starts_with(start) {
            return text;
        }
    };
    let mut command = house.command(&["-q"]);
    command
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "400000");
    let served = Served::spawn(command);
    heard("READY=1");
    heard("WATCHDOG=1");
    heard("WATCHDOG=1");
    served.signal("HUP");
    heard("RELOADING=1");
    heard("READY=1");
    served.signal("INT");
    heard("STOPPING=1");
    let (status, said) = served.end();
    assert_eq!(status.code(), Some(130), "{said}");
    assert_eq!(said, "");
}

#[test]
fn a_kill_while_logs_are_put_aside_tears_nothing() {
    let house = House::new("- {id: a, path: a}\n");
    house.project("a", IDLE, "drop: {}");
    house.settings("max_bytes: 1024, backups: 50");
    for round in 0..6_usize {
        let mut served = house.start(&[]);
        served.until("a: running\n");
        for n in 0..6 + round * 2 {
            served.signal("HUP");
            served.until_count("reloaded: ", n + 1);
        }
        served.signal("HUP");
        served.child.kill().unwrap();
        served.child.wait().unwrap();
    }
    let mut lines = 0;
    for entry in house.path("logs").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.len() <= 1_024, "{}", path.display());
        for line in text.lines() {
            assert!(line.contains("Z [info     ] "), "{line}");
            lines += usize::from(line.contains("reloaded: "));
        }
    }
    // What was said was logged, but for the last records before each kill.
    assert!(lines >= 6 * 6, "{lines}");
}

/// A `systemctl` that notes what it is told.
fn systemd(folder: &Path) -> PathBuf {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let script = bin.join("systemctl");
    std::fs::write(
        &script,
        "#!/bin/sh\necho \"$*\" >> \"$HOME/systemctl.log\"\ncase \"$*\" in\n*show*) printf 'ActiveState=active\\nSubState=running\\nStatusText=2 running\\n';;\n*is-enabled*) exit 1;;\nesac\n",
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    bin
}

#[cfg(target_os = "linux")]
#[test]
fn a_service_is_installed_shown_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let bin = systemd(home.path());
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let service = |args: &[&str], path: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_evtui"))
            .arg("service")
            .args(args)
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), out, err)
    };
    let (code, out, _) = service(&["print", "--user"], "/nowhere");
    assert_eq!(code, Some(0));
    assert!(
        out.contains("Type=notify\n") && out.contains("WatchdogSec="),
        "{out}"
    );
    let (code, _, err) = service(&["install", "--user", "--no-ask"], "/nowhere");
    assert_eq!(code, Some(1));
    assert!(err.contains("there is no systemctl here"), "{err}");
    let (code, out, _) = service(&["status", "--user"], &path);
    assert_eq!(code, Some(0));
    assert!(out.contains("(not installed)"), "{out}");
    let (code, _, err) = service(&["install", "--user"], &path);
    assert_eq!(code, Some(1));
    assert!(err.contains("--no-ask"), "{err}");

    let config = home.path().join("my config");
    let install = ["install", "--user", "--no-ask", "--config-dir", "my config"];
    let output = Command::new(env!("CARGO_BIN_EXE_evtui"))
        .arg("service")
        .args(install)
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("PATH", &path)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_STATE_HOME")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let unit = home.path().join(".config/systemd/user/evtui.service");
    let text = std::fs::read_to_string(&unit).unwrap();
    assert!(
        text.contains(&format!(
            "run --config \"{}/eventum.yml\"",
            config.display()
        )),
        "{text}"
    );
    assert!(config.join("generators").is_dir());
    // What was written runs.
    let settings = config.join("eventum.yml").display().to_string();
    let (code, _, err) = {
        let run = Command::new(env!("CARGO_BIN_EXE_evtui"))
            .args(["run", "--exit-when-done", "-c", &settings])
            .output()
            .unwrap();
        (
            run.status.code(),
            (),
            String::from_utf8(run.stderr).unwrap(),
        )
    };
    assert_eq!(code, Some(0), "{err}");
    let (code, _, err) = service(&install, &path);
    assert_eq!(code, Some(1));
    assert!(err.contains("exists already"), "{err}");
    let (code, out, _) = service(&["status", "--user"], &path);
    assert_eq!(code, Some(0));
    for line in [
        "State: active (running)",
        "Enabled: no",
        "Generators: 2 running",
        &format!("Config: {settings}"),
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let (code, _, err) = service(&["uninstall", "--user"], &path);
    assert_eq!(code, Some(0), "{err}");
    assert!(!unit.exists() && config.exists());
    let told = std::fs::read_to_string(home.path().join("systemctl.log")).unwrap();
    assert!(
        told.contains("--user daemon-reload") && told.contains("--user stop evtui"),
        "{told}"
    );
}

/// Processor time of a process so far, in ticks of the system.
#[cfg(target_os = "linux")]
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_hang_up_while_the_list_is_read_for_the_first_time_is_a_wish_to_read_again() {
    use std::fmt::Write as _;
    let mut list = "- {id: first, path: a}\n".to_owned();
    // Long enough that it is still being read when the signal comes.
    for n in 0..4_000 {
        writeln!(list, "- {{id: g{n}, path: a, autostart: false}}").unwrap();
    }
    let house = House::new(&list);
    house.project("a", LIVE, "drop: {}");
    let served = house.start(&["--startup", "startup.yml"]);
    let deadline = Instant::now() + PATIENCE;
    while ticks(served.child.id()) < 3 {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
    served.signal("HUP");
    served.until("first: running");
    served.until("reloaded:");
    served.signal("TERM");
    let (status, said) = served.end();
    assert_eq!(status.code(), Some(143), "{said}");
}
