//! `evtui generate`: runs a generator without a screen.

use std::process::ExitCode;

/// Run a generator and write its events
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml
    project: Option<std::path::PathBuf>,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    todo!()
}
