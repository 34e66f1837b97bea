//! `evtui check`: finds every problem of a project without running it.

use std::process::ExitCode;

/// Check a project and list the params and secrets it needs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml
    project: std::path::PathBuf,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    todo!()
}
