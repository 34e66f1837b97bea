//! `evtui completions`: prints a completion script for a shell.

use std::io;
use std::process::ExitCode;

use clap::CommandFactory;

use super::report::finish;

/// Print a completion script for a shell
///
/// For bash: evtui completions bash > ~/.local/share/bash-completion/completions/evtui
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut command = super::Cli::command();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "evtui", &mut script);
    finish(io::Write::write_all(&mut io::stdout(), &script), true)
}
