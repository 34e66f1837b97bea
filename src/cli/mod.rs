//! Face: the command line. One file a command; holds no behaviour that another face would need.
//!
//! Exit codes: 0 done, 1 the project or a setting is unsound or events were lost, 2 wrong usage,
//! 128 + n ended by signal n.

mod check;
mod completions;
mod generate;
mod log;
mod new;
mod open;
mod preview;
mod report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "evtui", version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    open: open::Args,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(generate::Args),
    Preview(preview::Args),
    Check(check::Args),
    New(new::Args),
    Completions(completions::Args),
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        None => open::run(&cli.open),
        Some(Command::Generate(args)) => generate::run(&args),
        Some(Command::Preview(args)) => preview::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::New(args)) => new::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}
