//! `evtui generate`: runs a generator without a screen.

mod args;
pub(super) mod headless;
mod progress;
mod run_args;
mod signals;
pub(super) mod summary;

use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::config::{Diagnostics, Disk, HushWriter, Parameters};
use crate::instance;
use crate::pipeline::EndReason;

use headless::{Ended, Headless, show};

pub(super) use args::Args;

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
    let files = Arc::new(Disk);
    let (plan, warnings) =
        instance::prepare_with(args.project(), files.as_ref(), &parameters, &args.secrets())?;
    show(&warnings);
    let headless = Headless {
        id: args.id(),
        parameters,
        seed: args.seed,
        now_us,
        workers: args.workers.and_then(NonZeroUsize::new),
        quiet: args.quiet,
        progress: !args.quiet && args.verbose == 0,
        files,
        letters: None,
    };
    let ended = headless.run(plan)?;
    Ok(ended
        .signal
        .map_or_else(|| code(&ended), |signal| 128 + signal))
}

fn code(ended: &Ended) -> u8 {
    match &ended.reason {
        EndReason::OutputClosed => 0,
        EndReason::Finished | EndReason::Stopped if !ended.stats.has_losses() => 0,
        _ => FAILURE,
    }
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
        .with_writer(|| HushWriter(io::stderr()))
        .with_ansi(io::stderr().is_terminal());
    // A second logger in one process is no reason to stop.
    let _ = logger.try_init();
}
