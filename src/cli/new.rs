//! `evtui new`: writes a small working project.

use std::process::ExitCode;

/// Create a small working project
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to create
    name: std::path::PathBuf,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    todo!()
}
