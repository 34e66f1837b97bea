//! `evtui generate`: runs a generator without a screen.

mod args;
mod progress;
mod run_args;
mod signals;
mod summary;

use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::level_filters::LevelFilter;

use super::report::{Paint, Reporter};
use crate::config::{Diagnostic, Diagnostics, Disk, Parameters};
use crate::event::Globals;
use crate::instance;
use crate::output::Streams;
use crate::pipeline::{self, EndReason, RunOptions, Running};
use crate::time::WallClock;

use progress::Progress;
use signals::Signals;

pub(super) use args::Args;

/// How often progress is drawn.
const FRAME: Duration = Duration::from_millis(200);

/// Loses of a run, and problems of a project.
const FAILURE: u8 = 1;

/// Options that contradict each other.
const USAGE: u8 = 2;

pub(super) fn run(args: &Args) -> ExitCode {
    let parameters = args.parameters();
    let now_us = match args.now(&parameters) {
        Ok(now_us) => now_us,
        Err(problems) => {
            show(&problems);
            return ExitCode::from(USAGE);
        }
    };
    match generate(args, parameters, now_us) {
        Ok(code) => ExitCode::from(code),
        Err(problems) => {
            show(&problems);
            ExitCode::from(FAILURE)
        }
    }
}

fn generate(args: &Args, parameters: Parameters, now_us: Option<i64>) -> Result<u8, Diagnostics> {
    log_to_stderr(args.verbose);
    let runtime = runtime().map_err(|error| {
        let message = format!("cannot start: {error}");
        Diagnostics(vec![Diagnostic::error(message, None)])
    })?;
    // Before anything else, so that no signal is lost while the project loads.
    let signals = Arc::new(Signals::default());
    signals.listen(runtime.handle());
    let files = Arc::new(Disk);
    let (plan, warnings) = instance::prepare(args.project(), files.as_ref(), &parameters)?;
    show(&warnings);
    let to_terminal =
        io::stdout().is_terminal() && plan.outputs.iter().any(|output| output.name == "stdout");
    let running = Arc::new(pipeline::start(
        plan,
        RunOptions {
            id: args.id(),
            parameters,
            seed: args.seed,
            now_us,
            globals: Globals::default(),
            clock: Arc::new(WallClock),
            files,
            streams: Streams::Process,
            runtime: runtime.handle().clone(),
            workers: args.workers.and_then(NonZeroUsize::new),
        },
    ));
    signals.control(running.clone());
    running.wait_started()?;
    let progress = (!args.quiet && !to_terminal && args.verbose == 0)
        .then(|| Progress::new(args.id()))
        .flatten();
    let reason = watch(&running, progress);
    let stats = running.stats();
    let _ = summary::write(&mut io::stderr(), &args.id(), &reason, &stats, args.quiet);
    // An output may hang in a call of the system; the process does not wait for it.
    runtime.shutdown_background();
    Ok(signals
        .received()
        .map_or_else(|| code(&reason, &stats), |signal| 128 + signal))
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

fn code(reason: &EndReason, stats: &pipeline::Stats) -> u8 {
    match reason {
        EndReason::OutputClosed => 0,
        EndReason::Finished | EndReason::Stopped => {
            if summary::lost(stats) {
                FAILURE
            } else {
                0
            }
        }
        EndReason::Aborted | EndReason::Failed(_) => FAILURE,
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-io")
        .enable_all()
        .build()
}

fn show(problems: &Diagnostics) {
    let mut reporter = Reporter::new(&Disk, Paint::on(&io::stderr()));
    let mut text = Vec::new();
    // Neither can fail in a way that could be told to anyone.
    let _ = reporter.write(&mut text, &problems.0);
    let _ = io::stderr().write_all(&text);
}

fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 | 2 => LevelFilter::ERROR,
        3 => LevelFilter::WARN,
        4 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let logger = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    // A second logger in one process is no reason to stop.
    let _ = logger.try_init();
}
