//! Changes to the files of a running generator: taken at a batch boundary with state and counters kept,
//! refused or taken back with the reason, and nothing lost or doubled whatever happens meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use evtui::config::{Parameters, ReloadMode, RunParameters};
use evtui::instance::{GeneratorSpec, GeneratorStatus, Handle, InstanceError, local};
use evtui::output::Streams;
use evtui::pipeline::{Change, EndReason, State, Stats};

const PATIENCE: Duration = Duration::from_secs(30);

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// A project in a folder, running as `g`; what it writes to its standard output is kept.
struct House {
    folder: tempfile::TempDir,
    instance: Handle,
    seen: Arc<Mutex<Vec<u8>>>,
}

/// As fast as possible, without end.
const FAST: &str = "- cron: {expression: '* * * * * *', count: 1}";
/// Counts in its state.
const COUNTING: &str =
    "{%- set n = locals.get('n', 0) + 1 -%}{%- do locals.set('n', n) -%}one {{ n }}";

fn document(input: &str, output: &str) -> String {
    format!(
        "input:\n{input}\nevent:\n  template:\n    mode: all\n    templates:\n    - a: {{template: a.jinja}}\noutput:\n{output}\n"
    )
}

impl House {
    fn new(input: &str, output: &str, template: &str) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = seen.clone();
        let streams = Streams::Captured(Arc::new(move |_, bytes| {
            sink.lock().unwrap().extend_from_slice(bytes);
            Ok(())
        }));
        let house = Self {
            folder: tempfile::tempdir().unwrap(),
            instance: local(streams).unwrap(),
            seen,
        };
        house.write("generator.yml", &document(input, output));
        house.write("a.jinja", template);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Saves as many editors do: a new file takes the place of the old one.
    fn save(&self, name: &str, text: &str) {
        let new = self.path("new~");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path(name)).unwrap();
    }

    fn start(&self, reload: ReloadMode) {
        block_on(self.instance.start(spec(self.folder.path(), reload))).unwrap();
    }

    fn status(&self) -> GeneratorStatus {
        block_on(self.instance.status("g")).unwrap()
    }

    fn until(&self, what: &str, met: impl Fn(&Stats) -> bool) -> Stats {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if met(&status.stats) {
                return status.stats;
            }
            assert!(Instant::now() < deadline, "{what}: {status:?}");
            std::thread::yield_now();
        }
    }

    fn control(&self, change: Change) {
        block_on(self.instance.control("g", change)).unwrap();
    }

    fn reload(&self) -> Result<(), String> {
        let done = block_on(self.instance.reload_files("g"));
        done.map_err(|error| error.to_string())
    }

    /// Stops it and checks the accounts.
    fn end(&self) -> (EndReason, Stats) {
        block_on(self.instance.stop("g")).unwrap();
        self.ended()
    }

    fn ended(&self) -> (EndReason, Stats) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if let Some(State::Ended(reason)) = status.state {
                balanced(&status.stats);
                return (reason, status.stats);
            }
            assert!(Instant::now() < deadline, "{status:?}");
            std::thread::yield_now();
        }
    }

    fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let text = String::from_utf8_lossy(&seen);
        text.lines().map(str::to_owned).collect()
    }
}

fn spec(folder: &Path, reload: ReloadMode) -> GeneratorSpec {
    GeneratorSpec {
        id: "g".to_owned(),
        project: folder.to_owned(),
        parameters: Parameters {
            live_mode: false,
            run: RunParameters {
                reload,
                rate_limit: Some(2_000.0),
                ..RunParameters::default()
            },
            ..Parameters::default()
        },
        seed: None,
    }
}

/// Every second of event time from the beginning on, once.
fn seconds(lines: &[String], of: impl Fn(&str) -> i64) {
    for (index, line) in lines.iter().enumerate() {
        let first = of(&lines[0]);
        assert_eq!(of(line), first + i64::try_from(index).unwrap(), "{line}");
    }
}

fn balanced(stats: &Stats) {
    let answered = stats.produced_for + stats.empty + stats.dropped + stats.failed + stats.unused;
    assert_eq!(stats.released, answered, "{stats:?}");
    let inputs = stats.inputs.iter().map(|input| input.released);
    assert_eq!(stats.released, inputs.sum::<u64>(), "{stats:?}");
    for output in &stats.outputs {
        let decided = output.written
            + output.format_failed
            + output.write_failed
            + output.dead_lettered
            + output.in_flight;
        assert_eq!(output.received, decided, "{stats:?}");
        assert_eq!(output.in_flight, 0, "{stats:?}");
    }
}

/// The numbers at the ends of lines go on by one each: none is lost, none comes twice.
fn counted(lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let number = line.rsplit(' ').next().and_then(|word| word.parse().ok());
        assert_eq!(number, Some(index + 1), "{line}");
    }
}

#[test]
fn what_is_saved_right_after_the_start_is_noticed() {
    // Templates lie in a folder of their own, which is known only once they were read.
    let house = House::new(FAST, "- stdout: {}", "");
    house.write(
        "generator.yml",
        &document(FAST, "- stdout: {}").replace("a.jinja", "templates/a.jinja"),
    );
    std::fs::create_dir(house.path("templates")).unwrap();
    house.write("templates/a.jinja", "one");
    house.start(ReloadMode::Auto);
    house.save("templates/a.jinja", "two");
    house.until("taken", |stats| stats.reload.taken == 1);
    house.end();
}

#[test]
fn a_saved_template_is_taken_and_its_state_goes_on() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 100);
    house.save("a.jinja", &COUNTING.replace("one", "two"));
    let taken = house.until("taken", |stats| stats.reload.taken == 1);
    assert!(taken.reload.last_us.is_some() && taken.reload.refused.is_none());
    house.until("some more", |stats| stats.events > taken.events + 100);
    let (reason, stats) = house.end();
    assert_eq!(reason, EndReason::Stopped);
    assert_eq!(stats.failed, 0);
    let lines = house.lines();
    assert_eq!(lines.len() as u64, stats.events);
    counted(&lines);
    // One boundary between them.
    let first = lines
        .iter()
        .position(|line| line.starts_with("two"))
        .unwrap();
    assert!(lines[first..].iter().all(|line| line.starts_with("two")));
}

#[test]
fn what_is_unsound_or_does_not_render_is_refused_with_its_place() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 10);
    for (text, words) in [
        ("one {{ n", "a.jinja:1"),
        ("{{ none + 1 }}", "does not render"),
    ] {
        house.write("a.jinja", text);
        let refused = house.until("refused", |stats| {
            let why = stats.reload.refused.as_deref();
            why.is_some_and(|why| why.contains(words))
        });
        assert_eq!(refused.reload.taken, 0);
    }
    std::fs::remove_file(house.path("generator.yml")).unwrap();
    house.until("gone", |stats| {
        let why = stats.reload.refused.as_deref();
        why.is_some_and(|why| why.contains("generator.yml"))
    });
    house.write("generator.yml", &document(FAST, "- stdout: {}"));
    house.write("a.jinja", &COUNTING.replace("one", "two"));
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    assert_eq!(stats.reload.refused, None);
    let (_, stats) = house.end();
    assert_eq!(stats.failed, 0);
    counted(&house.lines());
}

#[test]
fn what_fails_right_after_it_was_taken_is_taken_back() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 100);
    // Sound for the events that are tried, and not for what comes later.
    let bad =
        format!("{COUNTING}{{%- if n is divisibleby(2) -%}}{{{{ 1 // (n - n) }}}}{{%- endif -%}}");
    house.save("a.jinja", &bad);
    let stats = house.until("taken back", |stats| {
        let why = stats.reload.refused.as_deref();
        why.is_some_and(|why| why.contains("taken back"))
    });
    let why = stats.reload.refused.unwrap();
    assert!(
        why.contains("a.jinja:1:") && why.contains("division"),
        "{why}"
    );
    assert_eq!(stats.reload.taken, 0);
    let failed = stats.failed;
    house.until("it goes on", |now| now.events > stats.events + 200);
    let (_, stats) = house.end();
    assert_eq!(stats.failed, failed);
    assert!(failed >= 3);
    // State went on: nothing was counted twice.
    let lines = house.lines();
    assert!(lines.last().unwrap().starts_with("one"));
    assert_eq!(lines.len() as u64, stats.events);
}

#[test]
fn with_ask_a_change_waits_for_a_word_and_with_off_nothing_happens() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Ask);
    house.until("some events", |stats| stats.events > 10);
    let two = COUNTING.replace("one", "two");
    house.save("a.jinja", &two);
    let stats = house.until("pending", |stats| stats.reload.pending.is_some());
    let words = stats.reload.pending.unwrap();
    assert_eq!(words, "a.jinja: the event source");
    assert_eq!(stats.reload.taken, 0);
    house.reload().unwrap();
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    assert_eq!(stats.reload.pending, None);
    // Saved back to what runs: nothing waits any more.
    house.save("a.jinja", "three");
    house.until("pending", |stats| stats.reload.pending.is_some());
    house.save("a.jinja", &two);
    house.until("nothing waits", |stats| stats.reload.pending.is_none());
    house.control(Change::Reload(ReloadMode::Off));
    house.save("a.jinja", &COUNTING.replace("one", "four"));
    // A word is enough, also then.
    house.reload().unwrap();
    let stats = house.until("taken", |stats| stats.reload.taken == 2);
    assert_eq!(stats.reload.mode, ReloadMode::Off);
    house.end();
    counted(&house.lines());
}

#[test]
fn a_paused_run_takes_a_change_and_one_that_is_over_does_not() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 10);
    house.control(Change::Pause);
    house.write("a.jinja", &COUNTING.replace("one", "two"));
    let paused = house.until("taken", |stats| stats.reload.taken == 1);
    house.control(Change::Resume { skip: false });
    house.until("it goes on", |stats| stats.events > paused.events + 10);
    house.end();
    counted(&house.lines());
    let over = block_on(house.instance.reload_files("g"));
    assert!(matches!(over, Err(InstanceError::Idle(_))));
    let unknown = block_on(house.instance.reload_files("nobody"));
    assert!(matches!(unknown, Err(InstanceError::Unknown(_))));
}

#[test]
fn new_includes_and_samples_are_followed() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 10);
    std::fs::create_dir(house.path("parts")).unwrap();
    house.write("parts/b.jinja", "two");
    house.write(
        "a.jinja",
        &COUNTING.replace("one", "{% include 'parts/b.jinja' %}"),
    );
    house.until("taken", |stats| stats.reload.taken == 1);
    house.save("parts/b.jinja", "three");
    house.until("taken", |stats| stats.reload.taken == 2);
    let seen = house.lines().len();
    house.until("some more", |_| {
        house
            .lines()
            .iter()
            .skip(seen)
            .any(|line| line.starts_with("three"))
    });
    house.end();
    counted(&house.lines());
}

#[test]
fn a_storm_of_changes_and_stops_in_the_middle_lose_nothing() {
    for round in 0..5 {
        let house = House::new(FAST, "- stdout: {}", COUNTING);
        house.start(ReloadMode::Auto);
        for save in 0..50 {
            let text = match save % 5 {
                4 => "{% if %}".to_owned(),
                3 => String::new(),
                word => COUNTING.replace("one", &format!("w{word}")),
            };
            if save % 2 == 0 {
                house.save("a.jinja", &text);
            } else {
                house.write("a.jinja", &text);
            }
            if save % (round + 2) == 0 {
                // Whatever stands there just now.
                let _ = house.reload();
            }
        }
        house.write("a.jinja", &COUNTING.replace("one", "last"));
        if round % 2 == 0 {
            house.until("the last one", |_| {
                house.lines().iter().any(|line| line.starts_with("last"))
            });
        }
        let (reason, stats) = house.end();
        assert_eq!(reason, EndReason::Stopped);
        assert_eq!(stats.failed, 0, "{stats:?}");
        let written: u64 = stats.outputs.iter().map(|output| output.written).sum();
        assert_eq!(written, stats.events);
        // Empty templates were empty lines and counted nothing.
        let lines = house.lines();
        let full: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        counted(&full);
    }
}

/// Shows the second it is of, and the tags of its input.
const TIMED: &str = "{{ timestamp.timestamp() | int }} {{ tags | join(',') }}";

#[test]
fn changed_inputs_go_on_from_where_event_time_stands() {
    let tagged =
        |tag: &str| format!("- cron: {{expression: '* * * * * *', count: 1, tags: [{tag}]}}");
    let house = House::new(&tagged("old"), "- stdout: {}", TIMED);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 100);
    house.save("generator.yml", &document(&tagged("new"), "- stdout: {}"));
    let taken = house.until("taken", |stats| stats.reload.taken == 1);
    assert_eq!(taken.reload.refused, None);
    let both = house.until("both gave some", |stats| {
        stats.inputs.len() == 2 && stats.inputs.iter().all(|input| input.released > 50)
    });
    assert_eq!(both.inputs[1].name, "cron (former)");
    let (reason, _) = house.end();
    assert_eq!(reason, EndReason::Stopped);
    let lines = house.lines();
    seconds(&lines, |line| {
        line.split(' ').next().unwrap().parse().unwrap()
    });
    let first = lines.iter().position(|line| line.ends_with("new")).unwrap();
    assert!(first > 100 && lines[first..].iter().all(|line| line.ends_with("new")));
}

#[test]
fn inputs_that_stay_are_not_touched_and_more_may_come_and_go() {
    let one = "- cron: {expression: '* * * * * *', count: 1, tags: [one]}";
    let two = format!("{one}\n- cron: {{expression: '* * * * * */2', count: 1, tags: [two]}}");
    let house = House::new(one, "- stdout: {}", TIMED);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 50);
    house.save("generator.yml", &document(&two, "- stdout: {}"));
    house.until("taken", |stats| stats.reload.taken == 1);
    house.until("the second gave some", |now| {
        now.inputs.get(1).is_some_and(|input| input.released > 20)
    });
    house.save("generator.yml", &document(one, "- stdout: {}"));
    let stats = house.until("taken", |stats| stats.reload.taken == 2);
    house.until("some more", |now| now.events > stats.events + 100);
    house.end();
    let lines = house.lines();
    let of = |tag: &str| -> Vec<String> {
        let ends = lines.iter().filter(|line| line.ends_with(tag));
        ends.cloned().collect()
    };
    let second = |line: &str| -> i64 { line.split(' ').next().unwrap().parse().unwrap() };
    seconds(&of("one"), second);
    seconds(&of("two"), |line| second(line) / 2);
    assert!(of("two").len() > 10);
}

#[test]
fn outputs_come_go_and_change_and_the_others_keep_their_queues() {
    let first = "- file: {path: one.log, write_mode: append}";
    let house = House::new(FAST, first, COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 100);
    // One more.
    let both = format!("{first}\n- file: {{path: two.log, write_mode: append}}");
    house.save("generator.yml", &document(FAST, &both));
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    assert_eq!(stats.reload.refused, None);
    assert_eq!(stats.outputs.len(), 2);
    house.until("both write", |now| now.outputs[1].written > 100);
    // The first one is written otherwise, the second goes on.
    let changed = both.replacen(
        "write_mode: append",
        "write_mode: append, flush_interval: 0.5",
        1,
    );
    house.save("generator.yml", &document(FAST, &changed));
    let stats = house.until("taken", |stats| stats.reload.taken == 2);
    assert_eq!(stats.outputs.len(), 3, "{stats:?}");
    assert_eq!(stats.outputs[2].name, "file (former)");
    house.until("both write", |now| now.outputs[0].written > 100);
    // Only the second is left.
    let last = "- file: {path: two.log, write_mode: append}";
    house.save("generator.yml", &document(FAST, last));
    let stats = house.until("taken", |stats| stats.reload.taken == 3);
    house.until("some more", |now| now.events > stats.events + 100);
    let (reason, stats) = house.end();
    assert_eq!(reason, EndReason::Stopped);
    let lines = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(house.path(name)).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let former: u64 = stats.outputs[1..].iter().map(|one| one.received).sum();
    counted(&lines("one.log"));
    assert_eq!(lines("one.log").len() as u64, former);
    let two = lines("two.log");
    assert_eq!(two.len() as u64, stats.outputs[0].written);
    let number = |line: &String| -> u64 { line.rsplit(' ').next().unwrap().parse().unwrap() };
    assert!(
        two.windows(2)
            .all(|pair| number(&pair[1]) == number(&pair[0]) + 1)
    );
    assert_eq!(number(two.last().unwrap()), stats.events);
}

#[test]
fn an_output_that_is_gone_is_not_down_and_keeps_its_errors() {
    // Nobody listens there: the port is taken and given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port.local_addr().unwrap().port();
    let file = "- file: {path: one.log, write_mode: append}";
    let http = format!(
        "- http: {{url: 'http://127.0.0.1:{port}/', on_failure: drop, formatter: {{format: plain}}, \
         write_timeout: 50ms, retry: {{attempts: 0}}, circuit: {{probe: 20ms}}}}"
    );
    let house = House::new(FAST, &format!("{http}\n{file}"), COUNTING);
    house.start(ReloadMode::Auto);
    let down = house.until("down", |stats| {
        stats.outputs[0].outage.is_some() && !stats.errors.is_empty()
    });
    assert_eq!(down.errors[0].source, "output[0].http");
    house.save("generator.yml", &document(FAST, file));
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    let names: Vec<&str> = stats.outputs.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["file", "http (former)"]);
    assert!(stats.outputs.iter().all(|one| one.outage.is_none()));
    for error in &stats.errors {
        assert_eq!(error.source, "output[1].http (former)");
    }
    assert_eq!(stats.stages[3].name, "http (former)");
    house.end();
}

#[test]
fn a_change_that_a_held_output_keeps_from_being_taken_is_told() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    let mut spec = spec(house.folder.path(), ReloadMode::Auto);
    spec.parameters.run.rate_limit = None;
    block_on(house.instance.start(spec)).unwrap();
    house.until("some events", |stats| stats.events > 10);
    let hold = |paused| house.control(Change::Output { index: 0, paused });
    hold(true);
    house.until("full", |stats| {
        stats.queues[1].len == stats.queues[1].capacity
    });
    house.save("a.jinja", &COUNTING.replace("one", "two"));
    let stats = house.until("told", |stats| stats.reload.stalled);
    assert_eq!(
        stats.reload.pending.as_deref(),
        Some("they are taken at the next batch: output[0] stdout is held")
    );
    hold(false);
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    assert_eq!((stats.reload.pending, stats.reload.stalled), (None, false));
    house.end();
    counted(&house.lines());
}

#[test]
fn an_output_that_cannot_be_opened_leaves_everything_as_it_was() {
    let house = House::new(FAST, "- stdout: {}", COUNTING);
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 10);
    house.write("file", "no folder");
    let bad = "- stdout: {}\n- file: {path: file/two.log}";
    house.save("generator.yml", &document(FAST, bad));
    let stats = house.until("refused", |stats| stats.reload.refused.is_some());
    assert_eq!((stats.reload.taken, stats.outputs.len()), (0, 1));
    house.until("it goes on", |now| now.events > stats.events + 100);
    let (reason, _) = house.end();
    assert_eq!(reason, EndReason::Stopped);
    counted(&house.lines());
}

#[test]
fn other_batches_for_a_format_that_joins_them() {
    let house = House::new(FAST, "- stdout: {}", "{\"n\": 1}");
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 10);
    let joined = "- stdout: {formatter: {format: json-batch}}";
    house.save("generator.yml", &document(FAST, joined));
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    house.until("some more", |now| now.events > stats.events + 100);
    let (reason, stats) = house.end();
    assert_eq!(reason, EndReason::Stopped);
    let lines = house.lines();
    let single = lines.iter().filter(|line| line.starts_with('{')).count();
    let objects: usize = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Vec<serde_json::Value>>(line).ok())
        .map(|list| list.len())
        .sum();
    assert_eq!((single + objects) as u64, stats.events, "{lines:?}");
    assert!(objects > 0);
}

#[test]
fn the_mode_of_picking_goes_on_by_name() {
    let fsm = |c: &str| {
        format!(
            "input:\n{FAST}\nevent:\n  template:\n    mode: fsm\n    templates:\n    - a: {{template: a.jinja, initial: true, transitions: [{{to: b, when: {{always: ~}}}}]}}\n    - b: {{template: b.jinja}}{c}\noutput:\n- stdout: {{}}\n"
        )
    };
    let house = House::new(FAST, "- stdout: {}", "a");
    house.write("b.jinja", "b");
    house.write("generator.yml", &fsm(""));
    house.start(ReloadMode::Auto);
    house.until("some events", |stats| stats.events > 10);
    house.save("generator.yml", &fsm("\n    - c: {template: b.jinja}"));
    let stats = house.until("taken", |stats| stats.reload.taken == 1);
    house.until("some more", |now| now.events > stats.events + 10);
    house.end();
    let starts = house.lines().iter().filter(|line| *line == "a").count();
    assert_eq!(starts, 1);
}
