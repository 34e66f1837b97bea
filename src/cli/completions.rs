//! `evtui completions`: prints a completion script for a shell.

use std::process::ExitCode;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    todo!()
}
