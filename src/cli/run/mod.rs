//! `evtui run`: the generators of a startup list without a screen.
//!
//! ```text
//! SIGHUP ---> reload what changed      SIGTERM, SIGINT ---> drain, a second one gives up
//! ```

mod notify;
mod serve;
mod told;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::generate::headless::{say, show};
use crate::cli::log_records::Logs;
use crate::cli::report::short_path;
use crate::cli::secrets::StoreArgs;
use crate::config::{Diagnostic, Diagnostics, LogSettings, why};
use crate::instance::{Home, HomeRead, HostOptions, Redactor, host};
use crate::output::Streams;

use serve::{Serve, Signals};

/// The name of the instance when nothing is said.
#[cfg(unix)]
const NAME: &str = "run";
/// So many instances have a name when nothing is said.
#[cfg(unix)]
const MOST_RUNS: u32 = 20;

/// The settings file that is looked for when nothing is said.
const SETTINGS_NAME: &str = "eventum.yml";

/// Run the generators of a startup list
#[derive(Debug, clap::Args)]
#[command(
    after_help = "SIGHUP reads settings and startup list again and touches only what changed; SIGTERM \
                  and SIGINT end after what is queued was delivered, a second one gives it up. \
                  `evtui service` makes a system service of it."
)]
pub(super) struct Args {
    /// Settings file [default: eventum.yml in the current folder]
    #[arg(short, long, value_name = "FILE", conflicts_with = "startup")]
    config: Option<PathBuf>,
    /// Run this startup list, without a settings file
    #[arg(long, value_name = "FILE")]
    startup: Option<PathBuf>,
    /// Folder that relative paths in the startup list start from [default: that of the list]
    #[arg(long, value_name = "DIR", requires = "startup")]
    generators: Option<PathBuf>,
    /// Write log files to this folder; a settings file names its own
    #[arg(long, value_name = "DIR", requires = "startup")]
    logs: Option<PathBuf>,
    /// End when every generator has ended, instead of waiting for a signal
    #[arg(long)]
    exit_when_done: bool,
    /// At the end, show what each generator did
    #[arg(long)]
    print_summary: bool,
    /// Name under which `evtui attach` finds it [default: run, or run-2 and so on when that is taken]
    #[cfg(unix)]
    #[arg(long, value_parser = crate::cli::host::name, conflicts_with = "no_socket")]
    name: Option<String>,
    /// Let no terminal attach
    #[cfg(unix)]
    #[arg(long)]
    no_socket: bool,
    /// Only show what is wrong
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    store: StoreArgs,
}

impl Args {
    /// Where the list comes from.
    fn home(&self) -> Home {
        let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let Some(startup) = self.startup.as_ref().map(whole) else {
            let named = self.config.clone();
            return Home::Settings(named.unwrap_or_else(|| PathBuf::from(SETTINGS_NAME)));
        };
        let beside = || startup.parent().map(PathBuf::from).unwrap_or_default();
        let generators = self.generators.as_ref().map_or_else(beside, whole);
        Home::List {
            startup,
            generators,
        }
    }

    /// Where logs go and what they are like.
    fn logging(&self, read: &HomeRead) -> (Option<PathBuf>, LogSettings) {
        match &read.settings {
            Some(settings) => (Some(settings.paths.logs.clone()), settings.log),
            None => (self.logs.clone(), LogSettings::default()),
        }
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    match start(args) {
        Ok(code) => ExitCode::from(code),
        Err(problems) => {
            show(&problems);
            ExitCode::FAILURE
        }
    }
}

fn failed(message: String) -> Diagnostics {
    Diagnostics(vec![Diagnostic::error(message, None)])
}

fn start(args: &Args) -> Result<u8, Diagnostics> {
    let cannot = |error: std::io::Error| failed(format!("cannot start: {}", why(&error)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(cannot)?;
    // Before anything else: a signal that comes early has its meaning, too.
    let signals = {
        let _inside = runtime.enter();
        Signals::listen()
    };
    let home = args.home();
    let read = home.read()?;
    let redactor = Redactor::default();
    let (folder, settings) = args.logging(&read);
    let shown = folder.as_deref().map(short_path);
    let logs = Logs::start(folder, settings, redactor.clone()).map_err(failed)?;
    log_panics();
    let list = short_path(&read.startup);
    if !args.quiet {
        let count = crate::cli::report::count(read.entries.len(), "generator");
        let logs = shown.map_or_else(String::new, |folder| format!(", logs in {folder}"));
        say(&format!("{list}: {count}{logs}"));
    }
    tracing::info!(path = list, "evtui {} starts", env!("CARGO_PKG_VERSION"));
    let instance = host(HostOptions {
        streams: Streams::Process,
        // Nobody is there to be asked.
        secrets: args.store.secrets().silent(),
        redactor,
        home: Some(home),
    })
    .map_err(cannot)?;
    #[cfg(unix)]
    let _server = open_to_terminals(args, &instance);
    let serve = Serve::new(args, instance, logs, signals);
    Ok(runtime.block_on(serve.run()))
}

/// Lets terminals attach. That they cannot is no reason not to run.
#[cfg(unix)]
fn open_to_terminals(
    args: &Args,
    instance: &crate::instance::Handle,
) -> Option<crate::instance::serve::Server> {
    use crate::instance::runtime_dir::SeatError;
    use crate::instance::serve::Server;
    if args.no_socket {
        return None;
    }
    let usual = || {
        (1..=MOST_RUNS).map(|number| match number {
            1 => NAME.to_owned(),
            _ => format!("{NAME}-{number}"),
        })
    };
    let names: Vec<String> = args
        .name
        .clone()
        .map_or_else(|| usual().collect(), |name| vec![name]);
    for name in &names {
        match Server::start(instance.clone(), name, true) {
            Ok(server) => {
                tracing::info!("`evtui attach {name}` shows what runs");
                return Some(server);
            }
            Err(SeatError::Taken(_)) if args.name.is_none() => {}
            Err(error) => {
                tracing::warn!("no terminal can attach to `{name}`: {error}");
                return None;
            }
        }
    }
    tracing::warn!("no terminal can attach: give a name that is free with --name");
    None
}

/// Panics become records: with the generator whose thread broke, and never on a screen that shows
/// something else.
pub(in crate::cli) fn log_panics() {
    std::panic::set_hook(Box::new(|info| {
        tracing::error!("a thread broke: {info}");
    }));
}
