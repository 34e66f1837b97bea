//! Scripts and replayed gaps in a whole run: nothing is left behind, stops do not wait, and a missing
//! Python is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longest a test waits for what must come; passing it is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn script(input: &str, script: &str) -> Self {
        let document = format!(
            "input:\n  - {input}\nevent:\n  script: {{path: s.py}}\noutput:\n  - file: {{path: out.log, write_mode: overwrite}}\n"
        );
        Self::new(&[("generator.yml", document.as_str()), ("s.py", script)])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
        command
            .args(arguments)
            .arg(self.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn written(&self) -> String {
        std::fs::read_to_string(self.path("out.log")).unwrap_or_default()
    }
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::yield_now();
    }
}

/// What a script wrote into a file beside itself.
fn noted(path: &Path) -> String {
    wait_for("the note", || {
        std::fs::read_to_string(path)
            .ok()
            .filter(|text| text.ends_with('\n'))
    })
}

fn is_alive(pid: &str) -> bool {
    let state = Command::new("ps")
        .args(["-o", "stat=", "-p", pid.trim()])
        .output()
        .unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([name, &pid])
            .status()
            .unwrap()
            .success()
    );
}

/// A script that notes its process and then does something.
fn noting(deed: &str) -> String {
    format!(
        "import os, time\ndef produce(params):\n    with open(os.path.join(os.path.dirname(__file__), 'pid'), 'w') as file:\n        file.write(f'{{os.getpid()}}\\n')\n    {deed}\n    return 'x'\n"
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_run_counts_what_a_script_drops_and_fails_and_leaves_no_process() {
    let project = Project::script(
        "static: {count: 1000}",
        "import os\nfrom eventum.plugins.event.exceptions import PluginEventDroppedError\nn = 0\ndef produce(params):\n    global n\n    n += 1\n    if n % 10 == 0:\n        raise PluginEventDroppedError\n    if n % 100 == 1:\n        raise ValueError('no')\n    return f'{n} {os.getpid()}'\n",
    );
    let output = project.run(&["generate", "--sample"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("s.py:10") && told.contains("ValueError: no"),
        "{told}"
    );
    let written = project.written();
    assert_eq!(written.lines().count(), 1000 - 100 - 10);
    let pid = written.lines().next().unwrap().split(' ').nth(1).unwrap();
    assert!(!is_alive(pid));
}

#[test]
fn a_stop_ends_a_run_whose_script_hangs() {
    let project = Project::script("static: {count: 10}", &noting("time.sleep(3600)"));
    let mut child = project.command(&["generate", "--sample"]).spawn().unwrap();
    let pid = noted(&project.path("pid"));
    signal(&child, "-INT");
    wait_for("the end", || child.try_wait().unwrap());
    assert!(!is_alive(&pid), "the worker is gone with the run");
}

#[test]
fn a_worker_ends_when_evtui_is_killed_even_in_an_endless_loop() {
    let project = Project::script("static: {count: 10}", &noting("while True: pass"));
    let mut child = project.command(&["generate", "--sample"]).spawn().unwrap();
    let pid = noted(&project.path("pid"));
    signal(&child, "-KILL");
    child.wait().unwrap();
    wait_for("the worker's end", || (!is_alive(&pid)).then_some(()));
}

#[test]
fn without_a_python_a_check_warns_and_a_run_says_what_to_do() {
    let project = Project::script(
        "static: {count: 1}",
        "def produce(params):\n    return 'x'\n",
    );
    let run = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command
            .env("PATH", "/nowhere")
            .env_remove("PYTHON")
            .env_remove("VIRTUAL_ENV");
        command.output().unwrap()
    };
    let checked = run(&["check"]);
    let told = text(&checked.stdout) + &text(&checked.stderr);
    assert!(checked.status.success(), "{told}");
    assert!(
        told.contains("was not checked") && told.contains("PYTHON"),
        "{told}"
    );
    let output = run(&["generate", "--sample"]);
    let told = text(&output.stderr);
    assert!(!output.status.success());
    assert!(
        told.contains("there is no Python") && told.contains("`python`"),
        "{told}"
    );
}

#[test]
fn a_check_runs_nothing_and_shows_the_place_of_a_mistake() {
    let project = Project::script(
        "static: {count: 1}",
        "open('/nonexistent/file')\ndef produce(p):\n    return 'x'\n",
    );
    let output = project.run(&["check"]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    std::fs::write(project.path("s.py"), "def produce(p)\n    return 'x'\n").unwrap();
    let output = project.run(&["check"]);
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(!output.status.success());
    assert!(told.contains("s.py:1:"), "{told}");
}

#[test]
fn a_live_replay_waits_for_the_recorded_gaps_and_a_stop_does_not() {
    let files = |second: &str| {
        Project::new(&[
            (
                "generator.yml",
                "input:\n  - static: {count: 9}\nevent:\n  replay: {path: a.log, timestamp_pattern: '^(?P<timestamp>\\S+)', keep_gaps: true}\noutput:\n  - file: {path: out.log, write_mode: overwrite}\n",
            ),
            ("a.log", &format!("2026-03-01T08:00:00Z a\n{second} b\n")),
        ])
    };
    let project = files("2026-03-01T08:00:00.500Z");
    let began = Instant::now();
    let output = project.run(&["generate"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(began.elapsed() >= Duration::from_millis(500));
    assert_eq!(project.written().lines().count(), 2);
    let project = files("2026-03-01T18:00:00Z");
    let mut child = project.command(&["generate"]).spawn().unwrap();
    wait_for("the first line", || {
        project.written().ends_with(" a\n").then_some(())
    });
    signal(&child, "-INT");
    wait_for("the end", || child.try_wait().unwrap());
    assert_eq!(project.written().lines().count(), 1);
}

#[test]
fn a_preview_runs_saved_scripts_and_says_why_it_does_not_run_others() {
    use evtui::preview::{PreviewRequest, evaluate};
    let project = Project::script(
        "static: {count: 2}",
        "def produce(params):\n    return 'saved'\n",
    );
    let mut request = PreviewRequest {
        project: project.0.path().to_owned(),
        buffers: Default::default(),
        revision: 1,
        parameters: Default::default(),
        seed: 1,
        now_us: 0,
        span_s: 60,
        buckets: 6,
        from_us: None,
        events: 2,
        inspect: Default::default(),
        deadline: PATIENCE,
    };
    let saved = evaluate(&request, &|| false);
    let events: Vec<&str> = saved
        .events
        .iter()
        .map(|one| one.text.as_deref().unwrap())
        .collect();
    assert_eq!(events, ["saved", "saved"], "{:?}", saved.diagnostics);
    let mut typed = |text: &str| {
        let buffer = (project.path("s.py"), text.into());
        request.buffers = [buffer].into();
        evaluate(&request, &|| false)
    };
    let unsaved = typed("open('ran', 'w')\ndef produce(params):\n    return 'typed'\n");
    assert!(unsaved.events.is_empty());
    assert!(unsaved.note.unwrap().contains("save to see their events"));
    let broken = typed("def produce(params):\n    return 'typed\n");
    assert!(broken.diagnostics.has_errors());
    let place = broken.diagnostics.0[0].place.as_ref().unwrap();
    assert!(place.path.ends_with("s.py"));
    assert_eq!(place.span.unwrap().start.line, 2);
}
