//! Scripts in a real Python. They need `python3`, as the program does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::*;
use crate::config::{Disk, Files, Overlay, parse_yaml};
use crate::event::Globals;
use crate::time::Zone;

/// A project's folder with a script.
struct Project {
    folder: tempfile::TempDir,
    options: String,
    zone: &'static str,
    limits: Limits,
    seed: Option<u64>,
    files: Arc<dyn Files>,
}

impl Project {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.py"), script).unwrap();
        Self {
            folder,
            options: "{path: s.py}".to_owned(),
            zone: "UTC",
            limits: Limits::RUN,
            seed: None,
            files: Arc::new(Disk),
        }
    }

    fn options(mut self, options: &str) -> Self {
        self.options = options.to_owned();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn build(&self) -> (Option<Box<dyn EventSource>>, Diagnostics) {
        let mut problems = Diagnostics::default();
        let name = Path::new("generator.yml");
        let node = parse_yaml(&self.options, name, &mut problems).unwrap();
        let mut cx = Context {
            diagnostics: &mut problems,
            path: name,
            base: self.folder.path(),
            files: self.files.as_ref(),
            calendars: None,
            setting: "event.script".to_owned(),
        };
        let Some(config) = decode(&node, &mut cx) else {
            return (None, problems);
        };
        let env = EventEnv {
            base: self.folder.path(),
            files: Arc::clone(&self.files),
            zone: Zone::parse(self.zone).unwrap(),
            seed: self.seed,
            globals: Globals::default(),
            limits: self.limits,
        };
        let source = config.build(&env, &mut problems);
        (source, problems)
    }

    fn source(&self) -> Box<dyn EventSource> {
        let (source, problems) = self.build();
        source.unwrap_or_else(|| panic!("{problems:?}"))
    }

    /// The only problem of building it.
    fn refused(&self) -> Diagnostic {
        let (source, mut problems) = self.build();
        assert!(source.is_none());
        assert_eq!(problems.0.len(), 1, "{problems:?}");
        problems.0.remove(0)
    }
}

fn at(second: i64) -> Moment {
    Moment {
        wall_us: 1_772_352_000_123_456 + second * 1_000_000,
        offset_s: 0,
    }
}

/// Events of `count` timestamps told beforehand; an error is its message.
fn events(source: &mut dyn EventSource, count: i64) -> Vec<Result<String, EventError>> {
    let moments: Vec<Moment> = (0..count).map(at).collect();
    source.expect(&moments, &vec![0; moments.len()], &[vec![]]);
    let mut found = Vec::new();
    for moment in moments {
        match one(source, moment) {
            Some(outcome) => found.extend(outcome),
            None => break,
        }
    }
    found
}

/// Events of one timestamp; `None` when there are no more.
fn one(source: &mut dyn EventSource, at: Moment) -> Option<Vec<Result<String, EventError>>> {
    let mut out = EventBatch::default();
    match source.produce(at, &[], &mut out) {
        Outcome::Produced(count) => {
            assert_eq!(count, out.len());
            let text = |event: &[u8]| Ok(String::from_utf8(event.to_vec()).unwrap());
            Some(out.iter().map(text).collect())
        }
        Outcome::Dropped => Some(Vec::new()),
        Outcome::Failed(error) => {
            assert!(out.is_empty());
            Some(vec![Err(*error)])
        }
        Outcome::Exhausted => None,
    }
}

fn texts(found: &[Result<String, EventError>]) -> Vec<&str> {
    found
        .iter()
        .map(|one| match one {
            Ok(text) => text.as_str(),
            Err(error) => &error.message,
        })
        .collect()
}

/// Line and column of the innermost place.
fn innermost(error: &EventError) -> (String, u32, u32) {
    let place = &error.places[0];
    let start = place.span.unwrap().start;
    let name = place.path.file_name().unwrap().to_string_lossy();
    (name.into_owned(), start.line, start.column)
}

fn is_alive(pid: &str) -> bool {
    let state = Command::new("ps")
        .args(["-o", "stat=", "-p", pid])
        .output()
        .unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

/// Waits for a process to be gone; a minute is far more than it may take.
fn gone(pid: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while is_alive(pid) {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

const PID: &str = "import os\ndef produce(params):\n    return str(os.getpid())\n";

#[test]
fn many_timestamps_keep_their_order_over_batches() {
    let project = Project::new(
        "n = 0\ndef produce(params):\n    global n\n    n += 1\n    return f\"{n} {params['timestamp'].second}\"\n",
    );
    let mut source = project.source();
    for round in 0..3 {
        let found = events(source.as_mut(), 1000);
        let wanted: Vec<String> = (0..1000)
            .map(|index| format!("{} {}", round * 1000 + index + 1, index % 60))
            .collect();
        assert_eq!(texts(&found), wanted);
    }
}

#[test]
fn timestamps_have_the_zone_and_tags_are_a_tuple() {
    let mut project = Project::new(
        "from eventum.plugins.event.base.plugin import ProduceParams\n\
         def produce(params: ProduceParams):\n    t = params['timestamp']\n    return repr((t.isoformat(), t.tzinfo.key, t.tzname(), t.fold, params['tags']))\n",
    );
    project.zone = "Europe/Berlin";
    let mut source = project.source();
    let mut out = EventBatch::default();
    let tags: Vec<Arc<str>> = vec!["a".into(), "ü\n\"".into()];
    for tags in [&tags[..], &[], &tags[..1], &tags[..]] {
        assert!(matches!(
            source.produce(at(0), tags, &mut out),
            Outcome::Produced(1)
        ));
    }
    let texts: Vec<&str> = out
        .iter()
        .map(|one| std::str::from_utf8(one).unwrap())
        .collect();
    let head = "('2026-03-01T08:00:00.123456+01:00', 'Europe/Berlin', 'CET', 0, ";
    assert_eq!(texts[0], format!("{head}('a', 'ü\\n\"'))"));
    assert_eq!(texts[1], format!("{head}())"));
    assert_eq!(texts[2], format!("{head}('a',))"));
    assert_eq!(texts[3], texts[0]);
}

#[test]
fn an_exception_names_the_scripts_own_lines_and_the_next_event_goes_on() {
    let project = Project::new(
        "import json\nn = 0\ndef parse(text):\n    return json.loads(text)\ndef produce(params):\n    global n\n    n += 1\n    if n == 2:\n        parse('{')\n    if n == 3:\n        raise KeyError('x') from ValueError('y')\n    return str(n)\n",
    );
    let found = events(project.source().as_mut(), 4);
    assert_eq!(found[0], Ok("1".to_owned()));
    assert_eq!(found[3], Ok("4".to_owned()));
    let error = found[1].as_ref().unwrap_err();
    assert!(
        error.message.starts_with("JSONDecodeError: Expecting"),
        "{error:?}"
    );
    assert!(
        error.message.contains("(raised at json/decoder.py:"),
        "{error:?}"
    );
    let (name, line, _) = innermost(error);
    assert_eq!((name.as_str(), line), ("s.py", 4));
    assert_eq!(error.places[1].span.unwrap().start.line, 9);
    let error = found[2].as_ref().unwrap_err();
    assert_eq!(error.message, "KeyError: 'x' (after ValueError: y)");
    assert_eq!(innermost(error).1, 11);
}

#[test]
fn wrong_results_say_what_to_do() {
    let project = Project::new(
        "results = [None, 5, (1,), ['a', 5], b'x', {}, 'ok', ['a', 'b']]\nn = -1\ndef produce(params):\n    global n\n    n += 1\n    if n == 8:\n        return '\\udc80'\n    return results[n]\n",
    );
    let found = events(project.source().as_mut(), 9);
    for (index, word) in ["NoneType", "int", "tuple", "holds int", "bytes", "dict"]
        .iter()
        .enumerate()
    {
        let error = found[index].as_ref().unwrap_err();
        assert!(error.message.contains(word), "{error:?}");
        assert!(error.help.is_some());
        assert_eq!(innermost(error).1, 3, "the function");
    }
    assert_eq!(texts(&found[6..9]), ["ok", "a", "b"]);
    assert!(
        found[9]
            .as_ref()
            .unwrap_err()
            .message
            .contains("UnicodeEncodeError")
    );
}

#[test]
fn what_a_script_prints_or_reads_never_reaches_the_protocol() {
    let project = Project::new(
        "import os, sys, subprocess\nprint('at load')\ndef produce(params):\n    print('x' * 100000)\n    sys.stdout.buffer.write(b'raw')\n    os.write(1, b'fd one')\n    os.write(2, b'fd two')\n    subprocess.run(['echo', 'child'])\n    try:\n        return 'read ' + input()\n    except EOFError:\n        return 'nothing to read'\n",
    );
    let found = events(project.source().as_mut(), 3);
    assert_eq!(texts(&found), ["nothing to read"; 3]);
}

#[test]
fn sys_exit_is_an_error_of_the_event() {
    let project = Project::new(
        "import sys\nn = 0\ndef produce(params):\n    global n\n    n += 1\n    if n == 1:\n        sys.exit(3)\n    return str(n)\n",
    );
    let found = events(project.source().as_mut(), 2);
    let error = found[0].as_ref().unwrap_err();
    assert!(error.message.contains("sys.exit(3)"), "{error:?}");
    assert!(
        error
            .help
            .as_ref()
            .unwrap()
            .contains("PluginEventsExhaustedError")
    );
    assert_eq!(innermost(error).1, 7);
    assert_eq!(texts(&found[1..]), ["2"]);
}

/// A script that does something deadly the first time, and counts on in a file.
fn deadly(deed: &str) -> Project {
    let project = Project::new("");
    let path = project.path("count");
    let script = format!(
        "import ctypes, os, signal, sys, time\ndef produce(params):\n    with open({path:?}, 'a') as file:\n        file.write('x')\n    count = os.path.getsize({path:?})\n    if count == 3:\n        {deed}\n    return str(count)\n"
    );
    std::fs::write(project.path("s.py"), script).unwrap();
    project
}

#[test]
fn a_crash_is_told_and_the_run_goes_on_in_a_new_process() {
    let deeds = [
        ("os._exit(7)", "exit code 7"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
        ("ctypes.string_at(0)", "segmentation fault"),
        ("os.abort()", "abort"),
        ("os.closerange(3, 64); time.sleep(60)", ""),
        (
            "exec(\"for fd in range(3, 9):\\n try: os.write(fd, b'garbage' * 9)\\n except OSError: pass\")",
            "wrote into the pipe",
        ),
    ];
    for (deed, words) in deeds {
        let project = deadly(deed).options("{path: s.py, timeout: 5}");
        let mut source = project.source();
        let found: Vec<_> = (0..5)
            .flat_map(|second| one(source.as_mut(), at(second)).unwrap())
            .collect();
        assert_eq!(texts(&found[..2]), ["1", "2"], "{deed}");
        let error = found[2].as_ref().expect_err(deed);
        assert!(error.message.contains(words), "{deed}: {error:?}");
        assert_eq!(texts(&found[3..]), ["4", "5"], "{deed}");
        if words.starts_with("segm") {
            assert_eq!(innermost(error).1, 7, "{error:?}");
        }
    }
}

#[test]
fn a_crash_loses_the_batch_in_hand_and_not_the_next() {
    let project = deadly("os._exit(7)");
    let found = events(project.source().as_mut(), 600);
    assert_eq!(found.len(), 600);
    let failed = found.iter().filter(|one| one.is_err()).count();
    assert!((1..=256).contains(&failed), "{failed}");
    assert!(found[256..].iter().all(Result::is_ok));
}

#[test]
fn a_hang_is_told_with_its_line_and_only_that_event_is_lost() {
    let project = deadly("while True: pass").options("{path: s.py, timeout: 0.2}");
    let found = events(project.source().as_mut(), 6);
    assert_eq!(texts(&found[..2]), ["1", "2"]);
    let error = found[2].as_ref().unwrap_err();
    assert!(error.message.contains("within 0.2 s"), "{error:?}");
    assert_eq!(innermost(error).1, 7);
    assert_eq!(texts(&found[3..]), ["4", "5", "6"]);
}

#[test]
fn a_process_that_dies_again_and_again_is_not_started_forever() {
    let project = Project::new("import os\ndef produce(params):\n    os._exit(1)\n");
    let mut source = project.source();
    let found: Vec<_> = (0..20)
        .flat_map(|second| one(source.as_mut(), at(second)).unwrap())
        .collect();
    assert!(found.iter().all(Result::is_err));
    let resting = |one: &&Result<String, EventError>| {
        one.as_ref()
            .unwrap_err()
            .message
            .contains("5 times in a row")
    };
    assert_eq!(found.iter().filter(resting).count(), 15);
}

#[test]
fn a_stop_does_not_wait_for_a_hang() {
    let project = Project::new(
        "import os, time\ndef produce(params):\n    open(os.path.join(os.path.dirname(__file__), 'pid'), 'w').write(str(os.getpid()))\n    time.sleep(3600)\n",
    );
    let mut source = project.source();
    let interrupt = source.interrupter().unwrap();
    let pid = project.path("pid");
    let waker = std::thread::spawn(move || {
        while !std::fs::read_to_string(&pid).is_ok_and(|pid| !pid.is_empty()) {
            std::thread::yield_now();
        }
        interrupt();
    });
    let mut out = EventBatch::default();
    assert!(matches!(
        source.produce(at(0), &[], &mut out),
        Outcome::Exhausted
    ));
    waker.join().unwrap();
    drop(source);
    let pid = std::fs::read_to_string(project.path("pid")).unwrap();
    assert!(gone(&pid));
}

#[test]
fn no_process_is_left_and_exit_handlers_ran() {
    let project = Project::new(
        "import atexit, os\natexit.register(lambda: open(os.path.join(os.path.dirname(__file__), 'left'), 'w').close())\ndef produce(params):\n    return str(os.getpid())\n",
    );
    let mut source = project.source();
    let pid = texts(&one(source.as_mut(), at(0)).unwrap())[0].to_owned();
    assert!(is_alive(&pid));
    drop(source);
    assert!(!is_alive(&pid));
    assert!(project.path("left").exists());
}

#[test]
fn mistakes_at_the_start_have_a_place() {
    let place = |problem: &Diagnostic| {
        let start = problem.place.as_ref().unwrap().span.unwrap().start;
        (start.line, start.column)
    };
    let problem = Project::new("x = 1\ndef produce(:\n").refused();
    assert!(problem.message.contains("SyntaxError"), "{problem:?}");
    assert_eq!(place(&problem), (2, 13));
    let problem = Project::new("def f():\n    raise RuntimeError('boom')\nf()\n").refused();
    assert!(
        problem.message.contains("RuntimeError: boom"),
        "{problem:?}"
    );
    assert_eq!(place(&problem).0, 2);
    let problem = Project::new("\nimport no_such_module_abc\n").refused();
    assert!(
        problem.message.contains("no_such_module_abc"),
        "{problem:?}"
    );
    assert!(problem.help.as_ref().unwrap().contains("install it for"));
    assert_eq!(place(&problem).0, 2);
    let project = Project::new("import helpers\n");
    std::fs::write(project.path("helpers.py"), "").unwrap();
    assert!(project.refused().help.unwrap().contains("sys.path.insert"));
    let problem = Project::new("def prodcue(params):\n    return ''\n").refused();
    assert!(problem.help.unwrap().contains("`prodcue`"));
    let problem = Project::new("produce = 5\n").refused();
    assert!(problem.message.contains("type int"), "{problem:?}");
    let problem = Project::new("import os\nos._exit(5)\n").refused();
    assert!(problem.message.contains("exit code 5"), "{problem:?}");
    let problem = Project::new("raise SystemExit(2)\n").refused();
    assert!(problem.message.contains("sys.exit(2)"), "{problem:?}");
}

#[test]
fn options_that_cannot_be_used_are_told() {
    let refused = |options: &str| Project::new(PID).options(options).refused();
    assert!(refused("{}").message.contains("`path`"));
    assert!(refused("{path: s.py, foo: 1}").message.contains("foo"));
    assert!(refused("{path: s.py, timeout: 0}").message.contains("0"));
    assert!(
        refused("{path: t.py}")
            .message
            .contains("does not exist: t.py")
    );
    assert!(
        refused("{path: s.txt}")
            .message
            .contains("no Python script")
    );
    let problem = refused("{path: s.py, python: bin/nothing}");
    assert!(problem.message.contains("`bin/nothing`"), "{problem:?}");
    assert!(problem.help.unwrap().contains("3.8"));
}

/// A program that stands for an interpreter.
fn fake_python(project: &Project, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = project.path("python");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn an_interpreter_that_is_too_old_or_none_at_all_is_told() {
    let project = Project::new(PID).options("{path: s.py, python: ./python}");
    fake_python(&project, "echo 'evtui-python 3.6' >&2; exit 97");
    let problem = project.refused();
    assert!(problem.message.contains("3.6: too old"), "{problem:?}");
    fake_python(&project, "echo no module named site >&2; exit 1");
    let problem = project.refused();
    assert!(
        problem.message.contains("no module named site"),
        "{problem:?}"
    );
    fake_python(&project, "echo this is no protocol at all; exit 0");
    assert!(project.refused().message.contains("python"));
}

#[test]
fn a_script_that_takes_too_long_to_load_is_told_with_its_line() {
    let mut project = Project::new("x = 1\nwhile True: pass\n");
    project.limits = Limits {
        command: Some(Duration::from_millis(100)),
        ..Limits::PREVIEW
    };
    let problem = project.refused();
    assert!(problem.message.contains("too long to load"), "{problem:?}");
    assert_eq!(problem.place.unwrap().span.unwrap().start.line, 2);
}

#[test]
fn unsaved_scripts_and_checks_run_nothing_but_look_at_the_syntax() {
    let mark = |project: &Project| project.path("ran");
    let script = "import os\nopen(os.path.join(os.path.dirname(__file__), 'ran'), 'w')\ndef produce(params):\n    return ''\n";
    let mut project = Project::new(script);
    project.limits = Limits::CHECK;
    let mut source = project.source();
    assert!(!mark(&project).exists());
    assert!(source.idle().unwrap().contains("unsaved"));
    assert!(one(source.as_mut(), at(0)).unwrap()[0].is_err());
    project.limits = Limits::UNSAVED;
    let buffer = |text: &str| {
        let buffers = [(project.path("s.py"), Arc::from(text))].into();
        Arc::new(Overlay { buffers }) as Arc<dyn Files>
    };
    let (typing, other) = (buffer("def produce(\n"), buffer("def other(): pass\n"));
    let (loaded, imported) = (
        buffer("raise RuntimeError\ndef produce(p): pass\n"),
        buffer("from m import produce\n"),
    );
    project.files = typing;
    assert!(project.refused().message.contains("SyntaxError"));
    project.files = other;
    assert!(project.refused().message.contains("no function `produce`"));
    for sound in [loaded, imported] {
        project.files = sound;
        assert!(project.source().idle().is_some());
    }
}

#[test]
fn a_seed_makes_runs_repeatable() {
    let mut project = Project::new(
        "import random\ndef produce(params):\n    return f\"{random.random()} {hash('a')}\"\n",
    );
    project.seed = Some(7);
    let first = events(project.source().as_mut(), 3);
    assert_eq!(first, events(project.source().as_mut(), 3));
    project.seed = Some(8);
    assert_ne!(first, events(project.source().as_mut(), 3));
}

#[test]
fn an_event_that_is_too_long_is_an_error() {
    let mut project = Project::new(
        "n = 0\ndef produce(params):\n    global n\n    n += 1\n    return 'x' * (2 << 20) if n == 1 else ['y' * 600000] * n if n == 2 else 'z' * 1000000\n",
    );
    project.limits = Limits {
        command: Limits::RUN.command,
        ..Limits::PREVIEW
    };
    let found = events(project.source().as_mut(), 4);
    assert!(
        found[0]
            .as_ref()
            .unwrap_err()
            .message
            .contains("2097152 bytes")
    );
    assert!(
        found[1]
            .as_ref()
            .unwrap_err()
            .message
            .contains("1200000 bytes")
    );
    assert_eq!(texts(&found[2..3])[0].len(), 1_000_000);
}

#[test]
fn children_of_a_script_do_not_hold_its_end_up() {
    let project = Project::new(
        "import multiprocessing, os\ndef work(x):\n    return x * 2\ndef produce(params):\n    with multiprocessing.get_context('fork').Pool(2) as pool:\n        return str(sum(pool.map(work, [1, 2, 3])))\n",
    );
    let mut source = project.source();
    assert_eq!(texts(&events(source.as_mut(), 2)), ["12", "12"]);
}
