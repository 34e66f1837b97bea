//! `evtui preview`: prints what the preview panes show.

use std::process::ExitCode;

/// Print the next timestamps and events of a project
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml
    project: std::path::PathBuf,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    todo!()
}
