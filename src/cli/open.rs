//! `evtui [PROJECT]`: opens the terminal application.

use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml to open; without it the current folder
    project: Option<std::path::PathBuf>,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    todo!()
}
