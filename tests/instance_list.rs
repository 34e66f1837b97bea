//! The instance that follows a startup list: bad entries, bulk actions, scenarios, reload, edits, and
//! what must not take the others along.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::print_stdout)]

#[path = "support/way.rs"]
#[allow(dead_code, reason = "shared by several suites")]
mod way;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use evtui::config::{Parameters, StartupEdit};
use evtui::instance::secrets::Secrets;
use evtui::instance::{
    Action, GeneratorSpec, GeneratorStatus, Handle, Home, HostOptions, InstanceError, Redactor,
    Reloaded, Selection, discard,
};
use evtui::output::Streams;
use evtui::pipeline::{Change, EndReason, State};
use serde_json::json;
use way::host;

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for its time, once a second.
const LIVE: &str = "cron: {expression: '* * * * * *', count: 1}";
/// Waits for a time that does not come.
const IDLE: &str = "cron: {expression: '0 0 1 1 *', count: 1}";
const DROP: &str = "drop: {}";

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// A folder with projects and a startup list.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(list: &str) -> Self {
        let house = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        house.write("startup.yml", list);
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
        std::fs::read_to_string(self.path(name)).unwrap()
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

    /// A project whose template counts in the globals.
    fn counting(&self, name: &str) {
        self.write(
            &format!("{name}/generator.yml"),
            "input:\n- static: {count: 5}\nevent:\n  template:\n    mode: all\n    templates:\n    - count: {template: t.jinja}\noutput:\n- drop: {}\n",
        );
        self.write(
            &format!("{name}/t.jinja"),
            "{% do globals.set('n', globals.get('n', 0) + 1) %}{{ globals.get('n') }}",
        );
    }

    fn home(&self) -> Home {
        Home::List {
            startup: self.path("startup.yml"),
            generators: self.folder.path().to_owned(),
        }
    }

    fn instance(&self) -> Handle {
        self.instance_with(discard())
    }

    fn instance_with(&self, streams: Streams) -> Handle {
        host(HostOptions {
            streams,
            secrets: Secrets::default(),
            redactor: Redactor::default(),
            home: Some(self.home()),
        })
        .unwrap()
    }
}

fn reload(instance: &Handle) -> Reloaded {
    block_on(instance.reload()).unwrap()
}

fn status(instance: &Handle, id: &str) -> GeneratorStatus {
    block_on(instance.status(id)).unwrap_or_else(|| panic!("no {id}"))
}

fn state(instance: &Handle, id: &str) -> Option<State> {
    status(instance, id).state
}

fn until(instance: &Handle, id: &str, met: impl Fn(&GeneratorStatus) -> bool) -> GeneratorStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = status(instance, id);
        if met(&status) {
            return status;
        }
        assert!(Instant::now() < deadline, "{status:?}");
        std::thread::yield_now();
    }
}

fn ended(status: &GeneratorStatus) -> bool {
    matches!(status.state, Some(State::Ended(_)))
}

fn names(outcome: &[(String, String)]) -> Vec<&str> {
    outcome.iter().map(|(id, _)| id.as_str()).collect()
}

#[test]
fn a_bad_entry_is_shown_and_the_others_run() {
    let house = House::new(
        "- {id: web, path: web/generator.yml}\n- {id: typo, pth: x}\n- 5\n- {id: web, path: web}\n- {id: gone, path: gone/generator.yml}\n- {id: later, path: web, autostart: no}\n",
    );
    house.project("web", IDLE, DROP);
    let instance = house.instance();
    let done = reload(&instance);
    assert_eq!(done.started, ["web"]);
    assert_eq!(done.updated, ["later"]);
    assert_eq!(names(&done.failed), ["typo", "line 3", "line 4", "gone"]);
    assert_eq!(state(&instance, "web"), Some(State::Running));
    assert_eq!(state(&instance, "later"), None);
    let typo = status(&instance, "typo");
    let problem = typo.listing.problem.unwrap();
    assert!(problem.contains("startup.yml:2:"), "{problem}");
    assert!(
        problem.contains("`startup entry` has no option `pth`"),
        "{problem}"
    );
    // On one line, without all that could have been meant.
    assert!(problem.ends_with("; did you mean `path`?"), "{problem}");
    let failed = State::Ended(EndReason::Failed(problem));
    assert_eq!(typo.state, Some(failed));
    let start = block_on(instance.act(Selection::Ids(vec!["typo".to_owned()]), Action::Start));
    assert!(matches!(&start[..], [(_, Err(InstanceError::Invalid(_)))]));
    assert!(matches!(
        state(&instance, "gone"),
        Some(State::Ended(EndReason::Failed(_)))
    ));
}

#[test]
fn a_reload_touches_only_what_changed() {
    let list = "- {id: same, path: same}\n- {id: other, path: other}\n- {id: files, path: files, reload: off}\n- {id: goes, path: same}\n- {id: hurt, path: hurt, reload: off}\n- {id: ended, path: ended}\n- {id: halted, path: same}\n";
    let house = House::new(list);
    for name in ["same", "other", "files", "hurt"] {
        house.project(name, LIVE, DROP);
    }
    house.project("ended", "static: {count: 2}", DROP);
    let instance = house.instance();
    let first = reload(&instance);
    assert_eq!(first.started.len(), 7, "{first:?}");
    until(&instance, "ended", ended);
    block_on(instance.stop("halted")).unwrap();
    until(&instance, "halted", ended);

    let nothing = reload(&instance);
    assert_eq!(nothing.kept, 7, "{nothing:?}");
    assert!(nothing.started.is_empty() && nothing.restarted.is_empty());

    house.project("files", IDLE, DROP);
    house.write("hurt/generator.yml", "input: []\n");
    let list = list
        .replace("path: other", "path: other, gain: 2")
        .replace("- {id: goes, path: same}\n", "- {id: comes, path: same}\n");
    house.write("startup.yml", &list);
    let done = reload(&instance);
    assert_eq!(done.started, ["comes"]);
    assert_eq!(done.restarted, ["files", "other"]);
    assert_eq!(done.removed, ["goes"]);
    assert_eq!(names(&done.held), ["hurt"]);
    assert_eq!(done.kept, 3, "{done:?}");
    assert!(block_on(instance.status("goes")).is_none());
    assert!(status(&instance, "same").previous.is_none());
    // What ran before is part of what the instance did.
    let former = block_on(instance.former());
    let mut ids: Vec<&str> = former.runs.iter().map(|(id, _)| id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!((ids, former.more), (vec!["files", "goes", "other"], 0));
    let other = status(&instance, "other");
    let run = former.runs.iter().find(|(id, _)| id == "other").unwrap();
    assert_eq!(Some(&run.1), other.previous.as_ref());
    assert_eq!(other.previous.unwrap().reason, EndReason::Stopped);
    assert_eq!(other.stats.settings.gain, 2.0);
    let hurt = status(&instance, "hurt");
    assert_eq!(hurt.state, Some(State::Running));
    assert!(hurt.listing.problem.unwrap().contains("generator.yml:1:"));

    // Repaired, it takes the change and has no problem any more.
    house.project("hurt", IDLE, DROP);
    assert_eq!(reload(&instance).restarted, ["hurt"]);
    assert_eq!(status(&instance, "hurt").listing.problem, None);
    assert!(matches!(
        state(&instance, "halted"),
        Some(State::Ended(EndReason::Stopped))
    ));
}

#[test]
fn an_unsound_list_changes_nothing() {
    let house = House::new("- {id: a, path: a}\n");
    house.project("a", LIVE, DROP);
    let instance = house.instance();
    reload(&instance);
    for text in ["- {id: a", "a: 1", "- {id: a, path: a}\n\u{7}"] {
        house.write("startup.yml", text);
        let error = block_on(instance.reload()).unwrap_err();
        assert!(matches!(&error, InstanceError::Invalid(problems) if problems.has_errors()));
        assert_eq!(state(&instance, "a"), Some(State::Running));
    }
    std::fs::remove_file(house.path("startup.yml")).unwrap();
    assert!(block_on(instance.reload()).is_err());
    assert_eq!(state(&instance, "a"), Some(State::Running));
    // An entry that became bad keeps its run.
    house.write("startup.yml", "- {id: a, path: a, gain: lots}\n");
    let done = reload(&instance);
    assert_eq!(names(&done.held), ["a"]);
    assert_eq!(state(&instance, "a"), Some(State::Running));
}

#[test]
fn scenarios_start_stop_and_share() {
    let house = House::new(
        "- {id: a, path: a, scenarios: [shop], autostart: no}\n- {id: b, path: b, scenarios: [shop, audit], autostart: no}\n- {id: c, path: c, scenarios: [audit], autostart: no}\n- {id: d, path: d, autostart: no}\n",
    );
    for name in ["a", "b", "c", "d"] {
        house.counting(name);
    }
    let instance = house.instance();
    reload(&instance);
    let shop = || Selection::Scenario("shop".to_owned());
    let started = block_on(instance.act(shop(), Action::Start));
    assert_eq!(started.len(), 2);
    assert!(started.iter().all(|(_, result)| result.is_ok()));
    for id in ["a", "b"] {
        let last = until(&instance, id, ended);
        assert_eq!(last.state, Some(State::Ended(EndReason::Finished)), "{id}");
    }
    assert_eq!(state(&instance, "d"), None);
    let scenarios = block_on(instance.scenarios());
    let globals: Vec<(&str, usize, usize)> = scenarios
        .iter()
        .map(|one| (one.name.as_str(), one.members.len(), one.globals))
        .collect();
    assert_eq!(globals, [("audit", 2, 1), ("shop", 2, 1)]);
    assert_eq!(block_on(instance.reset_globals("")).unwrap(), 0);
    assert_eq!(block_on(instance.reset_globals("shop")).unwrap(), 1);
    assert_eq!(block_on(instance.scenarios())[0].globals, 0);
    let nobody = block_on(instance.act(Selection::Scenario("x".to_owned()), Action::Stop));
    assert!(matches!(
        &nobody[..],
        [(_, Err(InstanceError::UnknownScenario(_)))]
    ));
}

#[test]
fn bulk_actions_give_each_its_outcome() {
    let house =
        House::new("- {id: a, path: a}\n- {id: b, path: a}\n- {id: c, path: a, autostart: no}\n");
    house.project("a", LIVE, DROP);
    let instance = house.instance();
    reload(&instance);
    let outcome = |who, what| -> Vec<bool> {
        let done = block_on(instance.act(who, what));
        done.iter().map(|(_, result)| result.is_ok()).collect()
    };
    assert_eq!(outcome(Selection::All, Action::Pause), [true, true, false]);
    assert!(status(&instance, "a").stats.settings.paused);
    let resume = Action::Resume { skip: true };
    assert_eq!(outcome(Selection::All, resume), [true, true, false]);
    assert_eq!(outcome(Selection::All, Action::Start), [false, false, true]);
    let some = Selection::Ids(vec!["b".to_owned(), "nobody".to_owned()]);
    assert_eq!(outcome(some, Action::Restart), [true, false]);
    assert!(status(&instance, "b").previous.is_some());
    assert!(status(&instance, "a").previous.is_none());
    assert_eq!(outcome(Selection::All, Action::Stop), [true; 3]);
    for id in ["a", "b", "c"] {
        until(&instance, id, ended);
    }
}

#[test]
fn edits_keep_comments_and_relative_paths() {
    let house = House::new("# ours\n- id: a # the first\n  path: a/generator.yml\n");
    house.project("a", LIVE, DROP);
    let instance = house.instance();
    let edit = |edit| block_on(instance.edit(edit));
    edit(StartupEdit::Add {
        id: "b".to_owned(),
        path: house.path("a/generator.yml").display().to_string(),
        options: vec![("autostart".to_owned(), json!(false))],
    })
    .unwrap();
    let set = |option: &str, value| StartupEdit::Set {
        id: "a".to_owned(),
        option: option.to_owned(),
        value,
    };
    edit(set("gain", json!(2))).unwrap();
    let text = "# ours\n- id: a # the first\n  path: a/generator.yml\n  gain: 2\n- id: b\n  path: a/generator.yml\n  autostart: false\n";
    assert_eq!(house.read("startup.yml"), text);
    let refused = edit(set("gain", json!("lots"))).unwrap_err();
    assert!(
        refused.to_string().contains("a gain is a number"),
        "{refused}"
    );
    let refused = edit(set("gian", json!(1))).unwrap_err();
    assert!(refused.to_string().contains("`gian`"), "{refused}");
    assert_eq!(house.read("startup.yml"), text);
    assert_eq!(reload(&instance).started, ["a"]);
    edit(StartupEdit::Remove { id: "a".to_owned() }).unwrap();
    assert_eq!(reload(&instance).removed, ["a"]);
}

#[test]
fn a_panic_in_a_plugin_leaves_the_others_running() {
    let house = House::new("- {id: a, path: a}\n- {id: b, path: b}\n");
    house.project("a", "static: {count: 3}", "stdout: {}");
    house.project("b", LIVE, DROP);
    let instance =
        house.instance_with(Streams::Captured(Arc::new(|_, _| panic!("a plugin broke"))));
    reload(&instance);
    let last = until(&instance, "a", ended);
    let Some(State::Ended(EndReason::Failed(why))) = &last.state else {
        panic!("{last:?}");
    };
    assert!(why.contains("a plugin broke"), "{why}");
    assert_eq!(state(&instance, "b"), Some(State::Running));
    let before = status(&instance, "b").stats.released;
    until(&instance, "b", |status| status.stats.released > before);
}

#[test]
fn two_hundred_generators_start_and_stop() {
    use std::fmt::Write as _;
    let mut list = String::new();
    for n in 0..200 {
        writeln!(list, "- {{id: g{n}, path: a}}").unwrap();
    }
    let house = House::new(&list);
    house.project("a", IDLE, DROP);
    let instance = house.instance();
    let began = Instant::now();
    assert_eq!(reload(&instance).started.len(), 200);
    let started = began.elapsed();
    let states = block_on(instance.states());
    assert!(
        states
            .iter()
            .all(|(_, state)| *state == Some(State::Running))
    );
    let stopping = Instant::now();
    block_on(instance.shutdown());
    println!(
        "200 generators: started in {started:?}, stopped in {:?}",
        stopping.elapsed()
    );
    for (id, state) in block_on(instance.states()) {
        assert_eq!(state, Some(State::Ended(EndReason::Stopped)), "{id}");
    }
}

#[test]
fn live_changes_are_written_back_and_a_reload_finds_nothing_new() {
    let house = House::new(
        "# Mine.\n- id: a   # first\n  path: a/generator.yml\n- id: b\n  path: b/generator.yml\n",
    );
    house.project("a", LIVE, DROP);
    house.project("b", LIVE, DROP);
    let instance = house.instance();
    assert_eq!(reload(&instance).started, ["a", "b"]);
    let nothing = block_on(instance.write_back("a")).unwrap_err().to_string();
    assert!(nothing.contains("nothing to write"), "{nothing}");
    for change in [Change::Gain(2.5), Change::RateLimit(Some(100.0))] {
        block_on(instance.control("a", change)).unwrap();
    }
    let written = block_on(instance.write_back("a")).unwrap();
    assert_eq!(written, ["gain: 2.5", "rate_limit: 100.0"]);
    let text = house.read("startup.yml");
    assert!(
        text.starts_with("# Mine.\n- id: a   # first\n  path: a/generator.yml\n"),
        "{text}"
    );
    assert!(text.contains("  gain: 2.5\n"), "{text}");
    let done = reload(&instance);
    assert_eq!((done.kept, done.restarted.len()), (2, 0), "{done:?}");

    let unknown = block_on(instance.write_back("z")).unwrap_err();
    assert!(matches!(unknown, InstanceError::Unknown(_)));
    let by_hand = GeneratorSpec {
        id: "hand".to_owned(),
        project: house.path("a"),
        parameters: Parameters::default(),
        seed: None,
    };
    block_on(instance.start(by_hand)).unwrap();
    block_on(instance.control("hand", Change::Gain(3.0))).unwrap();
    let refused = block_on(instance.write_back("hand"))
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("not in the startup list") && refused.contains("gain: 3.0"),
        "{refused}"
    );
    block_on(instance.shutdown());
}

#[test]
fn globals_are_shown_and_set() {
    let house = House::new(
        "- {id: a, path: a/generator.yml, scenarios: [shop]}\n- {id: b, path: b/generator.yml}\n",
    );
    house.project("a", IDLE, DROP);
    house.project("b", IDLE, DROP);
    let instance = house.instance();
    reload(&instance);
    let set =
        |scenario: &str, key: &str, value| block_on(instance.set_global(scenario, key, value));
    set("shop", "n", Some(json!({"a": [1, null, 2.5]}))).unwrap();
    set("shop", "none", Some(json!(null))).unwrap();
    set("", "own", Some(json!("x"))).unwrap();
    let of = |scenario: &str| block_on(instance.globals(scenario));
    let expected = [
        ("n".to_owned(), json!({"a": [1, null, 2.5]})),
        ("none".to_owned(), json!(null)),
    ];
    assert_eq!(of("shop").unwrap(), expected);
    assert_eq!(of("").unwrap(), [("own".to_owned(), json!("x"))]);
    set("shop", "n", None).unwrap();
    assert!(set("shop", "n", None).is_err());
    assert_eq!(of("shop").unwrap().len(), 1);
    assert!(matches!(of("nope"), Err(InstanceError::UnknownScenario(_))));
    block_on(instance.shutdown());
}

/// What the child of the next test is told by.
const CHILD: &str = "EVTUI_TEST_EDITS";

/// Not a test of its own: the process that is killed.
#[test]
fn child_that_edits_for_ever() {
    let Some(folder) = std::env::var_os(CHILD) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let home = Home::List {
        startup: folder.join("startup.yml"),
        generators: folder,
    };
    let instance = host(HostOptions {
        streams: discard(),
        secrets: Secrets::default(),
        redactor: Redactor::default(),
        home: Some(home),
    })
    .unwrap();
    for n in 1.. {
        let edit = StartupEdit::Set {
            id: "a".to_owned(),
            option: "params.n".to_owned(),
            value: json!(n),
        };
        block_on(instance.edit(edit)).unwrap();
    }
}

#[test]
fn a_kill_while_the_list_is_written_leaves_the_old_or_the_new_one() {
    let filler = "# a comment that has to survive\n".repeat(300);
    let house = House::new(&format!(
        "{filler}- id: a\n  path: a\n  params:\n    n: 0\n# the end\n"
    ));
    let number = |text: &str| -> u64 {
        let rest = text.strip_prefix(filler.as_str()).expect("whole beginning");
        let rest = rest.strip_prefix("- id: a\n  path: a\n  params:\n    n: ");
        let rest = rest.and_then(|rest| rest.strip_suffix("\n# the end\n"));
        rest.expect("whole end").parse().unwrap()
    };
    let mut last = 0;
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_edits_for_ever"])
            .env(CHILD, house.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + PATIENCE;
        // Killed at another point of its work each time.
        while number(&house.read("startup.yml")) < last + 3 + round {
            assert!(Instant::now() < deadline, "no edits");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let now = number(&house.read("startup.yml"));
        assert!(now > last);
        last = now;
    }
}

#[test]
fn a_home_of_settings_gives_defaults_and_places() {
    let house = House::new(
        "- {id: a, path: a}\n- {id: b, path: /elsewhere/generator.yml, autostart: no}\n",
    );
    house.project("a", IDLE, DROP);
    std::fs::rename(house.path("a/generator.yml"), house.path("a/g.yaml")).unwrap();
    let root = house.folder.path().display().to_string();
    let settings = |log: &str| {
        format!(
            "server: {{}}\ngeneration: {{timezone: Europe/Berlin}}\nlog: {{{log}}}\npath:\n  logs: {root}/logs\n  startup: {root}/startup.yml\n  generators_dir: {root}\n  keyring_cryptfile: {root}/none.cfg\n  generator_config_filename: g.yaml\n"
        )
    };
    house.write("eventum.yml", &settings(""));
    let home = Home::Settings(house.path("eventum.yml"));
    let read = home.read().unwrap();
    let entry = read.entries[0].entry.as_ref().unwrap();
    assert_eq!(entry.path, house.path("a/g.yaml"));
    assert_eq!(entry.parameters.zone.name(), "Europe/Berlin");
    assert_eq!(read.notes.0.len(), 1, "{:?}", read.notes);
    assert!(read.notes.0[0].message.contains("lies outside"));
    house.write("eventum.yml", &settings("levle: info"));
    assert!(home.read().unwrap_err().has_errors());
    assert!(
        Home::Settings(Path::new("/none").to_owned())
            .read()
            .is_err()
    );
}
