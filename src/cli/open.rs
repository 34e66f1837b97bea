//! `evtui [PROJECT]`: opens the terminal application.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Map, Value};

use super::secrets::StoreArgs;
use super::values::{params, seed, zone};
use crate::config::{Disk, LoadOptions, Parameters, load};
use crate::instance;
use crate::instance::secrets::{Secrets, SecretsError};
use crate::preview::Worker;
use crate::time::Zone;
use crate::tui::settings::{self, Loaded, PROJECT_FILE, Sources};
use crate::tui::{self, Backends, Kept, Opening, PreviewPort, Screen, Surroundings, Theme};

/// The file that makes a folder a project.
const GENERATOR: &str = "generator.yml";

/// How often a password is asked for.
const TRIES: usize = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml to open; without it the current folder
    project: Option<PathBuf>,
    /// Colours: auto, default, dark, light, high-contrast, mono, catppuccin-mocha or gruvbox-dark
    #[arg(long, value_name = "NAME", value_parser = theme)]
    theme: Option<String>,
    /// A setting for this time, over all others, e.g. --set key_set=vim; `evtui settings` lists them
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// Send at most 500 bytes a second on its own, for slow connections
    #[arg(long)]
    low_bandwidth: bool,
    /// Draw with ASCII signs only
    #[arg(long)]
    ascii: bool,
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
    #[command(flatten)]
    store: StoreArgs,
}

fn theme(name: &str) -> Result<String, String> {
    let mut names = Theme::names().chain(["auto"]);
    if names.any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let known: Vec<&str> = Theme::names().chain(["auto"]).collect();
    Err(format!("there are {}", known.join(", ")))
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write a name, = and a value, such as wrap=true")?;
    let mut loaded = Loaded::read(&Sources {
        flags: vec![(name.to_owned(), value.to_owned())],
        ..Sources::default()
    });
    match loaded.problems.pop() {
        Some(problem) => Err(problem.message),
        None => Ok((name.to_owned(), value.to_owned())),
    }
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Args {
    /// Where settings come from when that document is opened.
    fn sources(&self, document: Option<&Path>) -> Sources {
        let mut sources = Sources::of_process(var);
        let folder = document.and_then(Path::parent);
        sources.project = folder.map(|folder| folder.join(PROJECT_FILE));
        sources.flags.clone_from(&self.set);
        let flags = [
            ("theme", self.theme.clone()),
            ("low_bandwidth", self.low_bandwidth.then(|| "on".to_owned())),
            ("ascii", self.ascii.then(|| "on".to_owned())),
        ];
        let given = flags.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        sources.flags.extend(given);
        sources
    }
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
    let _log = args.log.as_deref().map(super::log::to_file).transpose()?;
    let given = args.project.as_deref().unwrap_or(Path::new("."));
    let path = std::path::absolute(given)
        .map_err(|error| format!("cannot find the current folder: {error}"))?;
    let (document, folder) = find(given, &path)?;
    let sources = args.sources(document.as_deref());
    let secrets = args.store.secrets();
    unlock(&secrets, &document);
    let opening = Opening {
        settings: Loaded::read(&sources),
        sources,
        surroundings: Surroundings::detect(var),
        kept: Kept::read(settings::folder("XDG_STATE_HOME", ".local/state", var)),
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
    let backends = Backends {
        preview: Box::new(|sink| -> PreviewPort {
            let worker = Worker::start(sink);
            Box::new(move |request| worker.request(request))
        }),
        instance: Box::new(move || {
            instance::local_with(instance::discard(), secrets.clone().silent())
        }),
    };
    tui::run(opening, backends).map_err(|error| error.to_string())
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
        let why = match error.kind() {
            io::ErrorKind::NotFound => "it does not exist".to_owned(),
            io::ErrorKind::PermissionDenied => "no permission".to_owned(),
            _ => error.to_string(),
        };
        format!(
            "cannot open {}: {why}; `evtui new NAME` makes a project",
            given.display()
        )
    })?;
    if about.is_dir() {
        std::fs::read_dir(path)
            .map_err(|error| format!("cannot open {}: {error}", given.display()))?;
        // Without `.` at its end, so that the folder's name can be shown.
        let folder: PathBuf = path.components().collect();
        let document = folder.join(GENERATOR);
        let document = document.is_file().then_some(document);
        return Ok((document, folder));
    }
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    Ok((Some(path.to_owned()), folder))
}
