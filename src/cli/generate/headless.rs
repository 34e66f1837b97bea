//! A run without a screen: signals, progress and the summary.

use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cli::report::{Paint, Reporter};
use crate::config::{Diagnostic, Diagnostics, Disk, Files, Parameters, why};
use crate::event::Globals;
use crate::output::Streams;
use crate::pipeline::{self, EndReason, Plan, Redelivery, RunOptions, Running, Stats};
use crate::time::WallClock;

use super::progress::Progress;
use super::signals::Signals;
use super::summary;

/// How often progress is drawn.
const FRAME: Duration = Duration::from_millis(200);

/// How to run.
#[derive(Debug)]
pub(in crate::cli) struct Headless {
    pub(in crate::cli) id: String,
    pub(in crate::cli) parameters: Parameters,
    pub(in crate::cli) seed: Option<u64>,
    pub(in crate::cli) now_us: Option<i64>,
    pub(in crate::cli) workers: Option<NonZeroUsize>,
    /// No summary, unless something was lost.
    pub(in crate::cli) quiet: bool,
    pub(in crate::cli) progress: bool,
    pub(in crate::cli) files: Arc<dyn Files>,
    /// Letters that are sent again: they are kept, whatever happens to the run.
    pub(in crate::cli) letters: Option<Redelivery>,
}

/// How it went.
#[derive(Debug)]
pub(in crate::cli) struct Ended {
    pub(in crate::cli) reason: EndReason,
    pub(in crate::cli) stats: Stats,
    /// The signal that ended it.
    pub(in crate::cli) signal: Option<u8>,
}

impl Headless {
    /// Runs until the end and tells about it.
    ///
    /// # Errors
    /// When it could not start.
    pub(in crate::cli) fn run(self, plan: Plan) -> Result<Ended, Diagnostics> {
        let runtime = runtime().map_err(|error| {
            let message = format!("cannot start: {}", why(&error));
            Diagnostics(vec![Diagnostic::error(message, None)])
        })?;
        let signals = Arc::new(Signals::default());
        signals.listen(runtime.handle());
        let to_terminal =
            io::stdout().is_terminal() && plan.outputs.iter().any(|output| output.name == "stdout");
        let options = RunOptions {
            id: self.id.clone(),
            parameters: self.parameters,
            seed: self.seed,
            now_us: self.now_us,
            globals: Globals::default(),
            clock: Arc::new(WallClock),
            files: self.files,
            streams: Streams::Process,
            runtime: runtime.handle().clone(),
            workers: self.workers,
        };
        let running = Arc::new(pipeline::start(plan, options));
        signals.control(running.clone());
        running.wait_started()?;
        let progress = (self.progress && !to_terminal)
            .then(|| Progress::new(self.id.clone()))
            .flatten();
        let reason = watch(&running, progress);
        let stats = running.stats();
        let told = self.letters.as_ref().map(|letters| letters.told(&stats));
        let told = told.as_ref().unwrap_or(&stats);
        let _ = summary::write(&mut io::stderr(), &self.id, &reason, told, self.quiet);
        // An output may hang in a call of the system; the process does not wait for it.
        runtime.shutdown_background();
        Ok(Ended {
            reason,
            stats,
            signal: signals.received(),
        })
    }
}

/// Waits for the end, drawing progress meanwhile.
fn watch(running: &Running, mut progress: Option<Progress>) -> EndReason {
    loop {
        let deadline = progress
            .is_some()
            .then(|| Instant::now().checked_add(FRAME))
            .flatten();
        if let Some(reason) = running.wait(deadline) {
            if let Some(progress) = &mut progress {
                progress.clear();
            }
            return reason;
        }
        if let Some(progress) = &mut progress {
            progress.draw(&running.stats(), &running.state());
        }
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("evtui-io")
        .enable_all()
        .build()
}

/// Shows problems on standard error.
pub(in crate::cli) fn show(problems: &Diagnostics) {
    let mut reporter = Reporter::new(&Disk, Paint::on(&io::stderr()));
    let mut text = Vec::new();
    // Neither can fail in a way that could be told to anyone.
    let _ = reporter.write(&mut text, &problems.0);
    let _ = io::stderr().write_all(&text);
}

/// Says a line on standard error.
pub(in crate::cli) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
