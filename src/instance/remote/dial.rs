//! Reaching the process that holds an instance, or starting it.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::config::SECRET_PREFIX;
use crate::instance::protocol::{Hello, frame};
use crate::instance::runtime_dir::{DEFAULT_NAME, sockets_of, user};
use crate::instance::secrets::{KEYRING_VARIABLE, PASSWORD_VARIABLE};

/// How long a peer may take to say who it is.
const HELLO: Duration = Duration::from_secs(3);
/// How long a new background process may take.
const SPAWN: Duration = Duration::from_secs(10);
/// Between two looks for a process that another terminal is starting.
const AGAIN: Duration = Duration::from_millis(50);

/// What a new background process says on its standard output when it listens.
pub const READY: &str = "ready";
/// What it says when another one has its name.
pub const TAKEN: &str = "taken";

/// Which instance is meant.
#[derive(Clone, Debug)]
pub enum Target {
    /// The one of this name.
    Named(String),
    /// The one behind this socket.
    At(PathBuf),
    /// The background process of this name, started from this program when there is none.
    Background {
        /// Its name.
        name: String,
        /// The program; `None` for the one that asks.
        program: Option<PathBuf>,
    },
}

impl Target {
    /// The background process that terminals share.
    pub fn background() -> Self {
        Self::Background {
            name: DEFAULT_NAME.to_owned(),
            program: None,
        }
    }
}

/// Why an instance was not reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// There is none.
    #[error("no instance is called `{0}`")]
    Nobody(String),
    /// There is one and it does not answer.
    #[error("{0}")]
    Silent(String),
    /// There is one, and it and this program cannot talk to each other.
    #[error("{0}")]
    Unlike(String),
    /// Something else went wrong.
    #[error("{0}")]
    Failed(String),
}

/// Connects to what listens, without starting anything.
pub(super) async fn find(target: &Target) -> Result<(UnixStream, Hello), DialError> {
    match target {
        Target::At(path) => connect(path).await,
        Target::Named(name) | Target::Background { name, .. } => {
            for path in sockets_of(name) {
                match connect(&path).await {
                    Err(DialError::Nobody(_)) => {}
                    other => return other,
                }
            }
            Err(DialError::Nobody(name.clone()))
        }
    }
}

/// Connects to what listens; a background process is started when nobody does.
pub(super) async fn find_or_spawn(target: &Target) -> Result<(UnixStream, Hello), DialError> {
    let Target::Background { name, program } = target else {
        return find(target).await;
    };
    let begun = Instant::now();
    loop {
        match find(target).await {
            Err(DialError::Nobody(_)) => {}
            other => return other,
        }
        if begun.elapsed() > SPAWN {
            let why = "the background process does not come up".to_owned();
            return Err(DialError::Failed(why));
        }
        let (name, program) = (name.clone(), program.clone());
        let spawned = tokio::task::spawn_blocking(move || spawn(&name, program.as_deref()));
        let said = match timeout(SPAWN, spawned).await {
            Ok(Ok(said)) => said,
            _ => Err(io::ErrorKind::TimedOut.into()),
        };
        match said {
            Ok(line) if line == READY => {}
            // By another terminal, or it is just ending.
            Ok(line) if line == TAKEN => tokio::time::sleep(AGAIN).await,
            Ok(line) => {
                let why = line.strip_prefix("error: ").unwrap_or(&line);
                let why = if why.is_empty() {
                    "it ended at once"
                } else {
                    why
                };
                let why = format!("no background process could be started: {why}");
                return Err(DialError::Failed(why));
            }
            Err(error) => {
                let why = format!("no background process could be started: {error}");
                return Err(DialError::Failed(why));
            }
        }
    }
}

async fn connect(path: &Path) -> Result<(UnixStream, Hello), DialError> {
    let shown = path.display();
    let nobody = || DialError::Nobody(shown.to_string());
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => nobody(),
        io::ErrorKind::WouldBlock => {
            DialError::Silent(format!("the instance at {shown} does not answer"))
        }
        _ => DialError::Failed(format!(
            "cannot attach at {shown}: {}",
            crate::config::why(&error)
        )),
    };
    let mut stream = UnixStream::connect(path).await.map_err(failed)?;
    if !stream.peer_cred().is_ok_and(|peer| peer.uid() == user()) {
        let why = format!("{shown} belongs to somebody else");
        return Err(DialError::Failed(why));
    }
    let pid = stream.peer_cred().ok().and_then(|peer| peer.pid());
    let talk = async {
        frame::send(&mut stream, &Hello::own()).await?;
        frame::receive::<Hello>(&mut stream).await
    };
    let hello = match timeout(HELLO, talk).await {
        Ok(Ok(hello)) => hello,
        // It was just ending.
        Ok(Err(error)) if error.kind() != io::ErrorKind::InvalidData => return Err(nobody()),
        Ok(Err(error)) => return Err(failed(error)),
        Err(_) => {
            let who = pid.map_or_else(String::new, |pid| {
                format!(" (process {pid}; `kill {pid}` ends it, `kill -9 {pid}` if it must)")
            });
            let why = format!("the instance at {shown} does not answer{who}");
            return Err(DialError::Silent(why));
        }
    };
    if let Some(why) = hello.unlike() {
        return Err(DialError::Unlike(why));
    }
    if let Some(why) = &hello.refused {
        return Err(DialError::Failed(why.clone()));
    }
    Ok((stream, hello))
}

/// Starts a background process and gives the first line that it says.
fn spawn(name: &str, program: Option<&Path>) -> io::Result<String> {
    let mut command = match program {
        Some(program) => Command::new(program),
        None => own_program()?,
    };
    command
        .args(["host", "--name", name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Nothing that it is not asked to keep is kept from being unmounted.
        .current_dir("/");
    // Secrets come with each start; those of one terminal are not for what another one starts.
    for (variable, _) in std::env::vars_os() {
        let secret = variable.to_str().is_some_and(|variable| {
            variable.starts_with(SECRET_PREFIX)
                || [PASSWORD_VARIABLE, KEYRING_VARIABLE].contains(&variable)
        });
        if secret {
            command.env_remove(&variable);
        }
    }
    let mut child = command.spawn()?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    // So that it leaves nothing behind in the table of processes when it ends before this one.
    std::thread::Builder::new()
        .name("evtui-host".to_owned())
        .spawn(move || child.wait())?;
    Ok(line.trim().to_owned())
}

fn own_program() -> io::Result<Command> {
    let path = std::env::current_exe()?;
    #[cfg(target_os = "linux")]
    if !path.exists() {
        use std::os::unix::process::CommandExt as _;
        // Replaced while it ran: the peer is to be of the same age.
        let mut command = Command::new("/proc/self/exe");
        command.arg0("evtui");
        return Ok(command);
    }
    Ok(Command::new(path))
}
