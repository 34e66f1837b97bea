//! `evtui new`: writes a new project from one of the starters.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser};

use super::report::finish;
use crate::instance::{STARTERS, Starter};

/// The text as one word of a POSIX shell.
fn shell_word(text: &str) -> String {
    let plain = |one: char| one.is_alphanumeric() || "/._-+,:@%".contains(one);
    if text.chars().all(plain) && !text.starts_with('-') {
        text.to_owned()
    } else if text.starts_with('-') {
        shell_word(&format!("./{text}"))
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// Create a working project to begin with
///
/// Writes the files of a starter into a new folder, where nothing is overwritten. The terminal
/// application does the same: `n` on its start screen, "New project" in its list of commands.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to create; it must not exist or be empty
    name: PathBuf,
    /// What to begin with
    #[arg(long, value_name = "STARTER", default_value = "hello", value_parser = starters())]
    from: String,
}

fn starters() -> PossibleValuesParser {
    let names = STARTERS
        .iter()
        .map(|one| PossibleValue::new(one.name).help(one.about));
    PossibleValuesParser::new(names)
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut err = io::stderr().lock();
    let made = Starter::named(&args.from)
        .ok_or_else(|| format!("there is no starter {}", args.from))
        .and_then(|starter| starter.create(&args.name));
    match made {
        Ok(_) => {
            let name = args.name.display().to_string();
            let open = shell_word(&name);
            let written = writeln!(io::stdout(), "Created {name}. Open it:\n  evtui {open}");
            finish(written, true)
        }
        Err(message) => {
            let _ = writeln!(err, "error: {message}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_command_to_open_it_can_be_pasted() {
        let words = ["my/pro-1", "größe", "a b", "it's", "-x"].map(shell_word);
        assert_eq!(words.join("|"), r"my/pro-1|größe|'a b'|'it'\''s'|./-x");
    }
}
