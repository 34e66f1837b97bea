//! `evtui settings`: where settings are, what holds, the commands that keys can stand for, and a first
//! file.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use super::report::finish;
use crate::tui::settings::{Loaded, PROJECT_FILE, Sources, commented, effective};
use crate::tui::{commands, key_problems, key_warnings};

/// Show the effective settings of the terminal application and where each comes from
///
/// Exit code 1 when something in them is wrong.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// Project folder whose .evtui.yml is taken in too
    #[arg(default_value = ".")]
    project: PathBuf,
    /// Print the default file with comments
    #[arg(long, conflicts_with_all = ["init", "path", "commands"])]
    defaults: bool,
    /// Write that file to its place, unless there is one
    #[arg(long, conflicts_with_all = ["path", "commands"])]
    init: bool,
    /// Print the path of the file alone
    #[arg(long, conflicts_with = "commands")]
    path: bool,
    /// List the commands that keys can stand for, with their keys
    #[arg(long)]
    commands: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let (told, well) = match told(args) {
        Ok(done) => done,
        Err(problem) => {
            let written = writeln!(io::stderr(), "error: {problem}");
            return finish(written, false);
        }
    };
    finish(io::stdout().write_all(told.as_bytes()), well)
}

/// What to print, and whether the settings are sound.
fn told(args: &Args) -> Result<(String, bool), String> {
    if args.defaults {
        return Ok((commented(), true));
    }
    if args.commands {
        return Ok((commands(), true));
    }
    let mut sources = Sources::of_process(|name| std::env::var(name).ok());
    let user = sources.user.clone();
    let missing = || "there is no home folder to keep settings in".to_owned();
    if args.path {
        let path = user.ok_or_else(missing)?;
        return Ok((format!("{}\n", path.display()), true));
    }
    if args.init {
        return init(user.ok_or_else(missing)?);
    }
    sources.project = Some(args.project.join(PROJECT_FILE));
    let loaded = Loaded::read(&sources);
    let mut text = String::new();
    for (name, path) in [("yours", &sources.user), ("project", &sources.project)] {
        if let Some(path) = path {
            let there = if path.exists() { "" } else { " (not there)" };
            text.push_str(&format!("# {name}: {}{there}\n", path.display()));
        }
    }
    text.push_str(&effective(&loaded));
    let mut problems = loaded.problems.clone();
    problems.extend(key_problems(&loaded.settings));
    for problem in &problems {
        text.push_str(&format!("error: {problem}\n"));
    }
    for warning in key_warnings(&loaded.settings) {
        text.push_str(&format!("warning: {warning}\n"));
    }
    Ok((text, problems.is_empty()))
}

fn init(path: PathBuf) -> Result<(String, bool), String> {
    if path.exists() {
        return Err(format!("{} is there already", path.display()));
    }
    let failed = |error: io::Error| {
        format!(
            "cannot write {}: {}",
            path.display(),
            crate::config::why(&error)
        )
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&path, commented()).map_err(failed)?;
    Ok((format!("written {}\n", path.display()), true))
}
