//! `evtui host`: the process in the background that holds what terminals start. Terminals start it
//! themselves.
//!
//! It has left the terminal's session and means nothing by SIGHUP; it ends when nothing runs and no
//! terminal is attached for some seconds, or drained after SIGTERM.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::generate::summary;
use super::log_records::Logs;
use super::report::count;
use crate::config::{LogSettings, why};
use crate::instance::remote::{READY, TAKEN};
use crate::instance::runtime_dir::{DEFAULT_NAME, SeatError, check_name};
use crate::instance::secrets::Secrets;
use crate::instance::serve::Server;
use crate::instance::{
    Action, GeneratorStatus, Handle, HostOptions, Redactor, Selection, discard, host,
};
use crate::pipeline::State;

/// How long it stays with nothing to do.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(500);
/// How much it gives way to other processes: 5 is a third of their weight.
const NICE: i32 = 5;
/// The file that says how the generators of the last one ended.
const LAST: &str = "last-run.txt";

/// Hold generators in the background; terminals start it themselves
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name of the instance
    #[arg(long, default_value = DEFAULT_NAME, value_parser = name)]
    name: String,
}

pub(super) fn name(name: &str) -> Result<String, String> {
    check_name(name).map(|()| name.to_owned())
}

pub(super) fn run(args: &Args) -> ExitCode {
    match start(&args.name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tell(&why);
            ExitCode::FAILURE
        }
    }
}

/// Says a line to the terminal that started this. Nothing may be said after it.
fn tell(line: &str) {
    let mut out = io::stdout();
    // Who started it may be gone.
    let _ = writeln!(out, "{}", line.replace('\n', " "));
    let _ = out.flush();
}

/// The folder of its logs.
pub(super) fn log_folder(name: &str) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("evtui").join(name))
}

/// How the generators of the last one ended, when somebody wrote it down.
pub(super) fn last_run(name: &str) -> Option<String> {
    let path = log_folder(name)?.join(LAST);
    std::fs::read_to_string(path).ok()
}

fn start(name: &str) -> Result<(), String> {
    // It need not be a new session: without one this is a leader already.
    let _ = rustix::process::setsid();
    give_way();
    let failed = |error: io::Error| format!("error: cannot start: {}", why(&error));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let _inside = runtime.enter();
    let signals = Signals::listen().map_err(failed)?;
    let redactor = Redactor::default();
    let settings = LogSettings {
        max_bytes: 4 << 20,
        backups: 3,
        ..LogSettings::default()
    };
    let folder = log_folder(name);
    let logs = Logs::start(folder.clone(), settings, redactor.clone());
    // Without files there is still what the screens show.
    let _logs = logs.or_else(|_| Logs::start(None, settings, redactor.clone()));
    super::run::log_panics();
    let handle = host(HostOptions {
        streams: discard(),
        // They come with each start.
        secrets: Secrets::default(),
        redactor,
        home: None,
    })
    .map_err(failed)?;
    let server = match Server::start(handle.clone(), name, false) {
        Ok(server) => server,
        Err(SeatError::Taken(_)) => return Err(TAKEN.to_owned()),
        Err(SeatError::Io(error)) => return Err(failed(error)),
    };
    tracing::info!(name, "evtui {} holds generators", env!("CARGO_PKG_VERSION"));
    tell(READY);
    let keeper = Keeper {
        handle,
        server,
        signals,
        idle: Instant::now(),
        folder,
    };
    runtime.block_on(keeper.keep());
    Ok(())
}

/// Lets whoever types go first: pipelines at full rate take every core, and a scheduler that shares them
/// evenly makes keys wait for tens of milliseconds (`cargo bench --bench workbench`). A machine with
/// nothing else to do runs them as fast as ever.
fn give_way() {
    // Where the system refuses, things stay as they were.
    let _ = rustix::process::nice(NICE);
    // Linux weighs a session as a whole, by a number of its own.
    #[cfg(target_os = "linux")]
    let _ = std::fs::write("/proc/self/autogroup", NICE.to_string());
}

/// The signals that mean something, and the one that no longer does.
struct Signals {
    end: [Signal; 2],
    _hang_up: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            end: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::interrupt())?,
            ],
            _hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        let [first, second] = &mut self.end;
        tokio::select! {
            _ = first.recv() => {}
            _ = second.recv() => {}
        }
    }
}

struct Keeper {
    handle: Handle,
    server: Server,
    signals: Signals,
    /// Since when there is nothing to do.
    idle: Instant,
    folder: Option<PathBuf>,
}

impl Keeper {
    async fn keep(mut self) {
        let mut look = tokio::time::interval(LOOK);
        let mut closing: Option<BoxFuture<'static, ()>> = None;
        loop {
            tokio::select! {
                () = self.signals.next() => {
                    let handle = self.handle.clone();
                    if closing.is_some() {
                        tracing::info!("giving up what is queued");
                        tokio::spawn(async move { handle.act(Selection::All, Action::Abort).await });
                    } else {
                        tracing::info!("stopping");
                        closing = Some(Box::pin(async move { handle.shutdown().await }));
                    }
                }
                () = over(&mut closing) => break,
                _ = look.tick() => {
                    if self.server.clients() > 0 || self.busy().await {
                        self.idle = Instant::now();
                    }
                    if closing.is_none() && self.idle.elapsed() >= PATIENCE {
                        break;
                    }
                }
            }
        }
        let Self {
            handle,
            server,
            folder,
            ..
        } = self;
        // Nobody is to come any more; who just did starts another one.
        drop(server);
        let all = handle.list().await;
        if let Some(folder) = folder {
            note(&folder, &all);
        }
        tracing::info!("evtui ends");
    }

    async fn busy(&self) -> bool {
        let states = self.handle.states().await;
        let idle = |state: &Option<State>| matches!(state, None | Some(State::Ended(_)));
        states.iter().any(|(_, state)| !idle(state))
    }
}

async fn over(closing: &mut Option<BoxFuture<'static, ()>>) {
    match closing {
        Some(closing) => closing.await,
        None => std::future::pending().await,
    }
}

/// Writes down how everything ended, for who comes back later.
fn note(folder: &Path, all: &[GeneratorStatus]) {
    let mut text = String::new();
    for status in all {
        let Some(State::Ended(reason)) = &status.state else {
            continue;
        };
        let events = count(
            usize::try_from(status.stats.events).unwrap_or(usize::MAX),
            "event",
        );
        let time = summary::clock(status.stats.uptime);
        let line = format!("{}: {reason} after {time}, {events}\n", status.id);
        tracing::info!(generator = status.id, "{reason} after {time}, {events}");
        text.push_str(&crate::config::hush(&line));
    }
    if !text.is_empty() {
        // The log says the same.
        let _ = std::fs::write(folder.join(LAST), text);
    }
}
