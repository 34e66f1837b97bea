//! A generator of numbered lines that runs through the real engine into one output.
//!
//! ```ignore
//! let run = Run::start("redis: {mode: {type: single, url: ...}, ...}", &lines(1_000));
//! run.until("the first are there", |stats| stats.outputs[0].written > 0);
//! let stats = run.finished(); // waits for the end, checks the accounts
//! ```
//!
//! Options of the output are YAML of one line (flow style) behind its name. The engine chooses the
//! size of batches; where a test needs many, the output takes `batch: {max_events: 500}`.

use std::time::{Duration, Instant};

use evtui::config::Parameters;
use evtui::instance::{GeneratorSpec, Handle, InstanceError, discard, local};
use evtui::pipeline::{EndReason, State, Stats};

/// Longest wait for a run to come somewhere; passing it is a failure.
const PATIENCE: Duration = Duration::from_secs(120);

/// Pause between two looks at a run.
const LOOK: Duration = Duration::from_millis(2);

/// Name of the generator.
const ID: &str = "lines";

/// That many events: JSON objects on a line each, `{"n": 0}` first.
pub fn lines(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{{\"n\": {n}}}")).collect()
}

/// The number of an event of [`lines`].
pub fn number(event: &str) -> usize {
    let digits: String = event.chars().filter(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("no number in {event:?}"))
}

/// A run and its project's folder.
pub struct Run {
    instance: Handle,
    folder: tempfile::TempDir,
}

impl Run {
    /// Starts a run of the events, in order and as fast as they are taken.
    ///
    /// # Panics
    /// When the project is unsound or the run cannot start.
    pub fn start(output: &str, events: &[String]) -> Self {
        match Self::try_start(output, events) {
            Ok(run) => run,
            Err(reason) => panic!("the run did not start: {reason}"),
        }
    }

    /// As [`Run::start`].
    ///
    /// # Errors
    /// Why it did not start, as a person would read it.
    pub fn try_start(output: &str, events: &[String]) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lines.log"), events.join("\n")).unwrap();
        let document = format!(
            "input:\n- static: {{count: {}}}\nevent:\n  replay: {{path: lines.log}}\noutput:\n- {output}\n",
            events.len()
        );
        std::fs::write(folder.path().join("generator.yml"), document).unwrap();
        let instance = local(discard()).unwrap();
        let spec = GeneratorSpec {
            id: ID.to_owned(),
            project: folder.path().to_owned(),
            parameters: Parameters {
                live_mode: false,
                ..Parameters::default()
            },
            seed: Some(1),
        };
        let run = Self { instance, folder };
        match block_on(run.instance.start(spec)) {
            Ok(()) => {}
            Err(InstanceError::Invalid(problems)) => return Err(format!("{:?}", problems.0)),
            Err(error) => return Err(error.to_string()),
        }
        match run.state() {
            Some(State::Ended(EndReason::Failed(reason))) => Err(reason),
            _ => Ok(run),
        }
    }

    /// The project's folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Where it stands.
    pub fn state(&self) -> Option<State> {
        block_on(self.instance.status(ID)).and_then(|status| status.state)
    }

    /// Its counters.
    pub fn stats(&self) -> Stats {
        block_on(self.instance.status(ID)).unwrap().stats
    }

    /// Waits until its counters are as wanted.
    ///
    /// # Panics
    /// When they are not in time, or the run is over before.
    pub fn until(&self, what: &str, holds: impl Fn(&Stats) -> bool) -> Stats {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let state = self.state();
            let stats = self.stats();
            if holds(&stats) {
                return stats;
            }
            let over = matches!(state, Some(State::Ended(_)));
            assert!(!over, "over before {what}: {state:?} {stats:?}");
            assert!(
                Instant::now() < deadline,
                "waited in vain, {what}: {stats:?}"
            );
            std::thread::sleep(LOOK);
        }
    }

    /// Asks for the end; what is queued is delivered.
    pub fn stop(&self) {
        block_on(self.instance.stop(ID)).unwrap();
    }

    /// Gives it up; what is queued is lost.
    pub fn abort(&self) {
        block_on(self.instance.abort(ID)).unwrap();
    }

    /// Waits for the end: its reason, and its counters, of which the equations are checked.
    ///
    /// # Panics
    /// When it does not end in time or an equation does not hold.
    pub fn ended(&self) -> (EndReason, Stats) {
        let deadline = Instant::now() + PATIENCE;
        let reason = loop {
            match self.state() {
                Some(State::Ended(reason)) => break reason,
                state => assert!(Instant::now() < deadline, "{state:?} {:?}", self.stats()),
            }
            std::thread::sleep(LOOK);
        };
        let stats = self.stats();
        for output in &stats.outputs {
            let decided =
                output.written + output.format_failed + output.write_failed + output.dead_lettered;
            assert_eq!(output.in_flight, 0, "{output:?}");
            assert_eq!(output.received, decided, "{output:?}");
        }
        (reason, stats)
    }

    /// Waits for a good end.
    ///
    /// # Panics
    /// When it ends otherwise.
    pub fn finished(&self) -> Stats {
        let (reason, stats) = self.ended();
        assert_eq!(reason, EndReason::Finished, "{stats:?}");
        stats
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        drop(block_on(self.instance.abort(ID)));
    }
}

/// Checks that every event from 0 on arrived at least once: what is said twice is no fault.
///
/// # Panics
/// When one is missing.
pub fn all_arrived<'a>(events: impl IntoIterator<Item = &'a str>, count: usize) {
    let mut seen = vec![0_u32; count];
    for event in events {
        seen[number(event)] += 1;
    }
    let missing: Vec<usize> = (0..count).filter(|&n| seen[n] == 0).collect();
    assert!(
        missing.is_empty(),
        "{} never arrived: {:?}",
        missing.len(),
        &missing[..missing.len().min(20)]
    );
}

/// Awaits on a runtime of the test's own, as a face would.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}
