//! Face: the command line. One file a command; holds no behaviour that another face would need.
//!
//! Exit codes: 0 done, 1 the project or a setting is unsound or events were lost, 2 wrong usage,
//! 128 + n ended by signal n.

#[cfg(unix)]
mod attach;
mod check;
mod check_events;
mod completions;
mod generate;
#[cfg(unix)]
mod host;
mod inspect;
mod log;
mod log_files;
mod log_records;
mod looks;
mod new;
mod open;
mod options;
mod preview;
mod redeliver;
mod report;
mod run;
mod schema;
mod secrets;
mod service;
mod settings;
mod timestamps;
mod values;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::near;

#[derive(Debug, Parser)]
#[command(
    name = "evtui",
    version,
    about,
    args_conflicts_with_subcommands = true,
    after_help = "Pipelines that are started in the application run in a background process and go on when the terminal is closed or lost; `evtui attach` comes back to them."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    open: open::Args,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(Box<generate::Args>),
    Run(run::Args),
    #[cfg(unix)]
    Attach(attach::Args),
    #[cfg(unix)]
    #[command(hide = true)]
    Host(host::Args),
    Service(service::Args),
    Preview(preview::Args),
    Check(check::Args),
    New(new::Args),
    Options(options::Args),
    Schema(schema::Args),
    Redeliver(redeliver::Args),
    Secrets(secrets::Args),
    Settings(settings::Args),
    Completions(completions::Args),
}

/// The command that was probably meant when the first word is neither a command nor a file.
fn mistyped(word: &OsStr) -> Option<String> {
    let word = word.to_str().filter(|word| !word.starts_with('-'))?;
    let command = Cli::command();
    let mut names = command.get_subcommands().map(clap::Command::get_name);
    if names.any(|name| name == word) || word == "help" || Path::new(word).exists() {
        return None;
    }
    let names = command.get_subcommands().map(clap::Command::get_name);
    near(word, names).map(str::to_owned)
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    if let Some((word, meant)) = words.get(1).and_then(|word| Some((word, mistyped(word)?))) {
        let message = format!(
            "there is no command or project `{}`; did you mean `evtui {meant}`?",
            word.display()
        );
        Cli::command()
            .error(ErrorKind::InvalidSubcommand, message)
            .exit();
    }
    let cli = Cli::parse_from(words);
    match cli.command {
        None => open::run(&cli.open),
        Some(Command::Generate(args)) => generate::run(&args),
        Some(Command::Run(args)) => run::run(&args),
        #[cfg(unix)]
        Some(Command::Attach(args)) => attach::run(&args),
        #[cfg(unix)]
        Some(Command::Host(args)) => host::run(&args),
        Some(Command::Service(args)) => service::run(&args),
        Some(Command::Preview(args)) => preview::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::New(args)) => new::run(&args),
        Some(Command::Options(args)) => options::run(&args),
        Some(Command::Schema(args)) => schema::run(&args),
        Some(Command::Redeliver(args)) => redeliver::run(&args),
        Some(Command::Secrets(args)) => secrets::run(&args),
        Some(Command::Settings(args)) => settings::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_command_is_told_from_a_project() {
        let meant = |word: &str| mistyped(OsStr::new(word));
        assert_eq!(meant("generte").as_deref(), Some("generate"));
        assert_eq!(meant("chek").as_deref(), Some("check"));
        for word in ["check", "help", "src", "--help", "my-events", "."] {
            assert_eq!(meant(word), None, "{word}");
        }
    }

    #[test]
    fn the_options_are_sound() {
        Cli::command().debug_assert();
    }
}
