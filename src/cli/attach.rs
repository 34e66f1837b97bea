//! `evtui attach`: the terminal application on generators that run in another process.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use super::generate::headless::say;
use super::host;
use super::looks::LookArgs;
use super::open::backends;
use super::report::visible;
use super::secrets::StoreArgs;
use crate::config::{Parameters, near, why};
use crate::instance::remote::{DialError, Target, attach};
use crate::instance::runtime_dir::{DEFAULT_NAME, names};
use crate::instance::secrets::Secrets;
use crate::instance::{Handle, Link};
use crate::pipeline::State;
use crate::tui::{self, Instances, Opening, Screen};

/// Come back to generators that run in the background or in a service
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Pipelines that are started in the terminal application run in a background process \
                  of their own, instance `default`: they go on when the terminal is closed or its \
                  connection is lost. `evtui run` is instance `run`, unless its --name says otherwise. \
                  Several terminals may be attached to one instance; leaving one stops nothing unless \
                  that is asked for.\n\nSockets lie in $XDG_RUNTIME_DIR/evtui or /tmp/evtui-UID; only \
                  their owner may use them. The background process logs to \
                  $XDG_STATE_HOME/evtui or ~/.local/state/evtui."
)]
pub(super) struct Args {
    /// Name of the instance; can be left out when there is only one
    #[arg(value_parser = host::name)]
    name: Option<String>,
    /// Show what runs where, and end
    #[arg(short, long, conflicts_with = "socket")]
    list: bool,
    /// Attach to the instance behind this socket
    #[arg(long, value_name = "PATH", conflicts_with = "name")]
    socket: Option<PathBuf>,
    /// Lines instead of screens: prints what is new, takes commands from standard input, a line each
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    looks: LookArgs,
    /// Append the application's log to this file
    #[arg(long, value_name = "FILE", env = "EVTUI_LOG")]
    log: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args) -> ExitCode {
    match start(args) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// An instance that answers, or why it does not.
struct Found {
    name: String,
    handle: Result<Handle, String>,
}

/// All instances whose sockets are there.
fn found(secrets: &Secrets) -> Vec<Found> {
    let reach = |name: String| {
        let handle = match attach(Target::Named(name.clone()), secrets.clone()) {
            // A killed process left its socket.
            Err(DialError::Nobody(_)) => return None,
            other => other.map_err(|error| error.to_string()),
        };
        Some(Found { name, handle })
    };
    names().into_iter().filter_map(reach).collect()
}

fn start(args: &Args) -> Result<u8, String> {
    let secrets = args.store.secrets().silent();
    if args.list {
        list(&found(&secrets))?;
        return Ok(0);
    }
    let handle = choose(args, &secrets)?;
    let _log = super::log::start(args.log.as_deref())?;
    let folder = std::env::current_dir()
        .map_err(|error| format!("cannot find the current folder: {}", why(&error)))?;
    let opening = Opening {
        document: None,
        folder,
        looks: args.looks.read(None),
        parameters: Parameters::default(),
        seed: None,
        size: (80, 24),
        screen: Screen::Overview,
    };
    let again = handle.clone();
    let instances = Instances {
        find: Box::new(move || Some(Ok(handle.clone()))),
        make: Box::new(move || Ok((again.clone(), None))),
    };
    let backends = backends(instances, secrets.clone());
    let done = if args.plain {
        tui::run_plain(opening, backends, &mut io::stdout())
    } else {
        tui::run(opening, backends)
    };
    done.map_err(|error| error.to_string())
}

/// The instance that is meant.
fn choose(args: &Args, secrets: &Secrets) -> Result<Handle, String> {
    let target = match (&args.socket, &args.name) {
        (Some(path), _) => Some(Target::At(path.clone())),
        (None, Some(name)) => Some(Target::Named(name.clone())),
        (None, None) => None,
    };
    if let Some(target) = target {
        return attach(target, secrets.clone()).map_err(|error| match (&error, &args.name) {
            (DialError::Nobody(_), Some(name)) => nobody(name, secrets),
            (DialError::Nobody(path), None) => format!("nobody listens at {path}"),
            _ => error.to_string(),
        });
    }
    let mut all = found(secrets);
    match all.len() {
        0 => Err(none()),
        1 => all.remove(0).handle,
        _ => {
            list(&all)?;
            Err("there are several instances; name one: evtui attach NAME".to_owned())
        }
    }
}

/// What to do when nothing runs anywhere.
fn none() -> String {
    let mut text = "no instance is running; `evtui PROJECT` and Ctrl-R start a pipeline in the background, `evtui run` those of a startup list".to_owned();
    if let Some(last) = host::last_run(DEFAULT_NAME) {
        text.push_str("\nthe last one in the background ended so:");
        for line in last.lines() {
            text.push_str("\n  ");
            text.push_str(&visible(line));
        }
    }
    if let Some(folder) = host::log_folder(DEFAULT_NAME).filter(|folder| folder.is_dir()) {
        text.push_str(&format!("\nits log is in {}", folder.display()));
    }
    text
}

fn nobody(name: &str, secrets: &Secrets) -> String {
    let all = found(secrets);
    if all.is_empty() {
        return format!("no instance is called `{name}`: {}", none());
    }
    let known: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    match near(name, known.iter().copied()) {
        Some(meant) => format!("no instance is called `{name}`; did you mean `{meant}`?"),
        None => format!(
            "no instance is called `{name}`; there is {}",
            known.join(", ")
        ),
    }
}

/// Shows what runs where, on standard output.
fn list(all: &[Found]) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| error.to_string())?;
    let mut out = io::stdout();
    let width = all
        .iter()
        .map(|one| one.name.len())
        .max()
        .unwrap_or(0)
        .max(8);
    let mut lines = Vec::new();
    for one in all {
        let words = match &one.handle {
            Ok(handle) => runtime.block_on(describe(handle)),
            Err(why) => visible(why),
        };
        lines.push(format!("{:width$}  {words}\n", one.name));
    }
    if lines.is_empty() {
        lines.push("no instance is running\n".to_owned());
    }
    let written = out.write_all(lines.concat().as_bytes());
    written.map_err(|error| format!("cannot write: {}", why(&error)))
}

async fn describe(handle: &Handle) -> String {
    let states = handle.states().await;
    let over = |state: &Option<State>| matches!(state, None | Some(State::Ended(_)));
    let busy = states.iter().filter(|(_, state)| !over(state)).count();
    let what = match handle.link() {
        Link::Up(peer) if peer.service => format!("service, process {}", peer.pid),
        Link::Up(peer) => format!("background, process {}", peer.pid),
        Link::Silent { peer, .. } => format!("not answering, process {}", peer.pid),
        _ => "gone".to_owned(),
    };
    format!("{busy} of {} running  {what}", states.len())
}
