//! `evtui [PROJECT]`: opens the terminal application.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Map, Value};

use super::looks::LookArgs;
use super::secrets::StoreArgs;
use super::values::{params, seed, zone};
use crate::config::{Disk, LoadOptions, Parameters, load, why};
use crate::instance::secrets::{Secrets, SecretsError};
use crate::instance::{self, Handle};
use crate::preview::Worker;
use crate::time::Zone;
use crate::tui::{self, Backends, Instances, Opening, PreviewPort, Screen};

/// The file that makes a folder a project.
const GENERATOR: &str = "generator.yml";

/// How often a password is asked for.
const TRIES: usize = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml to open; without it the current folder
    project: Option<PathBuf>,
    /// Lines instead of screens: prints what is new, takes commands from standard input, a line each;
    /// when the input ends it goes on until nothing runs, then quits; `quit` needs no answer then
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    looks: LookArgs,
    /// Time zone of the timestamps, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    timezone: Zone,
    /// Run as fast as possible instead of live; can be changed in the application
    #[arg(long)]
    sample: bool,
    /// Values for ${params.*} as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = params)]
    params: Map<String, Value>,
    /// Make preview and runs repeatable: the same number gives the same events
    #[arg(long, value_name = "NUMBER", value_parser = seed)]
    seed: Option<u64>,
    /// Append the application's log to this file
    #[arg(long, value_name = "FILE", env = "EVTUI_LOG")]
    log: Option<PathBuf>,
    /// Run pipelines in this process, so that they end with it, instead of in the background
    #[arg(long)]
    in_process: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args) -> ExitCode {
    match open(args) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            // Nowhere is left to report to when this fails.
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn open(args: &Args) -> Result<u8, String> {
    let _log = super::log::start(args.log.as_deref())?;
    let given = args.project.as_deref().unwrap_or(Path::new("."));
    let path = std::path::absolute(given)
        .map_err(|error| format!("cannot find the current folder: {}", why(&error)))?;
    let (document, folder) = find(given, &path)?;
    let looks = args.looks.read(document.as_deref());
    let secrets = args.store.secrets();
    unlock(&secrets, &document);
    let opening = Opening {
        looks,
        document,
        folder,
        parameters: Parameters {
            zone: args.timezone,
            live_mode: !args.sample,
            params: args.params.clone(),
            ..Parameters::default()
        },
        seed: args.seed,
        size: (80, 24),
        screen: Screen::Design,
    };
    let secrets = secrets.silent();
    let stored = secrets.clone();
    let instances = if args.in_process {
        in_process(secrets)
    } else {
        in_background(secrets)
    };
    let backends = backends(instances, stored);
    let done = if args.plain {
        tui::run_plain(opening, backends, &mut io::stdout())
    } else {
        tui::run(opening, backends)
    };
    done.map_err(|error| error.to_string())
}

/// What the application stands on; `stored` says which secrets have a value.
pub(super) fn backends(instances: Instances, stored: Secrets) -> Backends {
    Backends {
        preview: Box::new(move |sink| -> PreviewPort {
            let worker = Worker::start(move |mut result| {
                if let Some(known) = &mut result.known_secrets {
                    let names = result.secrets.iter().map(String::as_str);
                    *known = stored.known(names);
                }
                sink(result);
            });
            Box::new(move |request| worker.request(request))
        }),
        instances,
    }
}

/// Generators end with this process.
fn here(secrets: Secrets) -> Result<Handle, String> {
    instance::local_with(instance::discard(), secrets).map_err(|error| error.to_string())
}

fn in_process(secrets: Secrets) -> Instances {
    Instances {
        find: Box::new(|| None),
        make: Box::new(move || Ok((here(secrets.clone())?, None))),
    }
}

/// Generators run in a process of their own; when there can be none, in this one.
#[cfg(unix)]
fn in_background(secrets: Secrets) -> Instances {
    use crate::instance::remote::{DialError, Target, attach, background};
    let given = secrets.clone();
    Instances {
        find: Box::new(move || match attach(Target::background(), given.clone()) {
            Err(DialError::Nobody(_)) => None,
            other => Some(other.map_err(|error| error.to_string())),
        }),
        make: Box::new(move || {
            let why = match background(Target::background(), secrets.clone()) {
                Ok(handle) => return Ok((handle, None)),
                Err(error) => error.to_string(),
            };
            tracing::warn!("pipelines end with this terminal: {why}");
            let warning = format!("pipelines end with this terminal: {why}");
            Ok((here(secrets.clone())?, Some(warning)))
        }),
    }
}

#[cfg(not(unix))]
fn in_background(secrets: Secrets) -> Instances {
    in_process(secrets)
}

/// Asks for the password of the store while there is a plain terminal, if the document needs it. Who
/// gives none can look at the project all the same; a run will say what it lacks.
fn unlock(secrets: &Secrets, document: &Option<PathBuf>) {
    let Some(document) = document else {
        return;
    };
    let options = LoadOptions {
        lenient: true,
        ..LoadOptions::default()
    };
    let loaded = load(document, &Disk, &options);
    if secrets.would_ask(loaded.secrets.iter().map(|(name, _)| name.as_str())) {
        for _ in 0..TRIES {
            let Err(error) = secrets.unlock() else {
                return;
            };
            let _ = writeln!(io::stderr(), "{error}");
            if !matches!(error, SecretsError::WrongPassword(_)) {
                return;
            }
        }
    }
}

/// The document to open, if there is one, and the folder to look for others in.
fn find(given: &Path, path: &Path) -> Result<(Option<PathBuf>, PathBuf), String> {
    let about = std::fs::metadata(path).map_err(|error| {
        format!(
            "cannot open {}: {}; `evtui new NAME` makes a project",
            given.display(),
            why(&error)
        )
    })?;
    if about.is_dir() {
        std::fs::read_dir(path)
            .map_err(|error| format!("cannot open {}: {}", given.display(), why(&error)))?;
        // Without `.` at its end, so that the folder's name can be shown.
        let folder: PathBuf = path.components().collect();
        let document = folder.join(GENERATOR);
        let document = document.is_file().then_some(document);
        return Ok((document, folder));
    }
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    Ok((Some(path.to_owned()), folder))
}
