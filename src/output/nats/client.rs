//! Connections to a server: logging in, looking for the stream, and what becomes of them.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::{self, context::ContextBuilder, stream};
use async_nats::{ConnectErrorKind, ConnectOptions, Event, ReconnectToServer, ServerAddr};
use futures::StreamExt as _;
use tokio::sync::watch;

use crate::output::link::CONNECT_TIMEOUT;
use crate::output::tls::TlsConfig;
use crate::output::{OutputError, Secret};

use super::options::{Mode, StreamConfig, parse};

/// An address to which nobody can connect.
const NOWHERE: &str = "nats://127.0.0.1:0";

/// Which servers.
#[derive(Debug)]
pub(super) struct Servers {
    /// At least one; they may hold a password.
    pub urls: Vec<Secret>,
    /// For people.
    pub shown: String,
    /// Asks for TLS whatever the scheme is.
    pub encrypt: bool,
}

/// As whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Login {
    Nobody,
    User(String, Secret),
    Token(Secret),
    Nkey(Secret),
    /// A file.
    Credentials(PathBuf),
}

/// What is known of a connection.
#[derive(Clone, Debug, Default)]
struct Condition {
    lost: bool,
    /// The server does not let us listen to ourselves.
    deaf: bool,
    /// Refused subjects so far.
    refusals: usize,
}

/// A connection, cheap to clone. It is never made again under our hands: what was sent before could
/// be lost without notice, and what waits could be sent behind what is newer.
#[derive(Clone)]
pub(super) struct Client {
    pub nats: async_nats::Client,
    /// Stores messages; nothing in core mode.
    pub stream: Option<jetstream::Context>,
    shown: String,
    condition: watch::Receiver<Condition>,
    /// Subjects the server does not let us publish to.
    forbidden: Arc<Mutex<BTreeSet<String>>>,
    /// Refusals at which the attempt began are no news.
    known: usize,
}

impl Client {
    /// Waits until something happens that ends an attempt.
    pub async fn troubled(&self) {
        let mut condition = self.condition.clone();
        let known = if self.stream.is_some() {
            self.known
        } else {
            // Core mode looks for refused subjects in the end.
            usize::MAX
        };
        let bad = |now: &Condition| now.lost || now.refusals > known;
        drop(condition.wait_for(bad).await);
    }

    /// What that was.
    pub fn trouble(&self) -> OutputError {
        let shown = &self.shown;
        if self.condition.borrow().lost {
            OutputError::outage(format!("{shown} closed the connection"))
        } else {
            OutputError::outage(format!("{shown} refused a subject of the batch"))
        }
    }

    /// The server forbids messages with this subject.
    pub fn forbids(&self, subject: &str) -> bool {
        let forbidden = self.forbidden.lock();
        let forbidden = forbidden.unwrap_or_else(PoisonError::into_inner);
        !forbidden.is_empty() && forbidden.contains(subject)
    }

    /// Waits until the server has worked through all that was sent.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn confirm(&self) -> Result<(), OutputError> {
        let mut condition = self.condition.clone();
        if condition.borrow().deaf {
            return self.nats.flush().await.map_err(|error| self.lost(&error));
        }
        let inbox = self.nats.new_inbox();
        let answer = async {
            let mut echo = self.nats.subscribe(inbox.clone()).await.ok()?;
            self.nats.publish(inbox, Default::default()).await.ok()?;
            echo.next().await
        };
        tokio::select! {
            answer = answer => {
                answer.map(drop).ok_or_else(|| self.lost(&"it was closed"))?;
            }
            _ = condition.wait_for(|now| now.deaf || now.lost) => {}
        }
        // Refusals travel on a task of their own, which the answer may have overtaken.
        tokio::task::yield_now().await;
        let connects = self.nats.statistics().connects.load(Ordering::Relaxed);
        if connects > 1 || self.condition.borrow().lost {
            return Err(self.lost(&"it was closed"));
        }
        Ok(())
    }

    /// An outage for an error of the connection.
    pub fn lost(&self, error: &dyn fmt::Display) -> OutputError {
        OutputError::outage(format!("{}: {error}", self.shown))
    }
}

/// Makes connections.
pub(super) struct Connector {
    servers: Vec<Secret>,
    shown: String,
    encrypt: bool,
    login: Login,
    /// What the file of credentials holds.
    credentials: Option<Secret>,
    tls: Arc<rustls::ClientConfig>,
    mode: Mode,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Connector {
    /// Reads certificates and credentials.
    ///
    /// # Errors
    /// Those that cannot be used.
    pub fn new(
        servers: &Servers,
        login: &Login,
        tls: &TlsConfig,
        mode: Mode,
        base: &Path,
    ) -> Result<Self, OutputError> {
        let credentials = match login {
            Login::Credentials(path) => {
                let path = base.join(path);
                let read = std::fs::read_to_string(&path).map_err(|error| {
                    OutputError::path("cannot read", &path.display().to_string(), &error)
                })?;
                Some(Secret::new(read))
            }
            _ => None,
        };
        Ok(Self {
            servers: servers.urls.clone(),
            shown: format!("nats at {}", servers.shown),
            encrypt: servers.encrypt,
            login: login.clone(),
            credentials,
            tls: tls.build(base)?,
            mode,
        })
    }

    /// Connects to the first server that takes us; `limit` is the longest time of an attempt.
    ///
    /// # Errors
    /// An outage, or what the server refused.
    pub async fn connect(&self, limit: Duration, in_flight: usize) -> Result<Client, OutputError> {
        let mut last = OutputError::failed("no server is given");
        for url in &self.servers {
            match self.server(url, limit, in_flight).await {
                Ok(client) => return Ok(client),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn server(
        &self,
        url: &Secret,
        limit: Duration,
        in_flight: usize,
    ) -> Result<Client, OutputError> {
        let (told, condition) = watch::channel(Condition::default());
        let forbidden = Arc::new(Mutex::new(BTreeSet::new()));
        let refused = Arc::clone(&forbidden);
        let told = Arc::new(told);
        let options = self.options()?.event_callback(move |event| {
            note(&event, &told, &refused);
            std::future::ready(())
        });
        let address = parse(url.expose());
        let nowhere = parse(NOWHERE);
        let (Some(address), Some(nowhere)) = (address, nowhere) else {
            return Err(OutputError::failed("this is no address of a NATS server"));
        };
        let pool = [address, nowhere];
        let nats = once(options, pool.clone())
            .connect(&pool[..])
            .await
            .map_err(|error| self.refused(&error))?;
        let mut client = Client {
            nats,
            stream: None,
            shown: self.shown.clone(),
            condition,
            forbidden,
            known: 0,
        };
        match &self.mode {
            Mode::Regular => client.confirm().await?,
            Mode::JetStream(stream) => {
                let context = ContextBuilder::new()
                    .timeout(limit)
                    .ack_timeout(limit)
                    .max_ack_inflight(in_flight)
                    .backpressure_on_inflight(true)
                    .build(client.nats.clone());
                if let Some(stream) = stream {
                    self.find(&context, stream).await?;
                }
                client.stream = Some(context);
            }
        }
        client.known = client.condition.borrow().refusals;
        Ok(client)
    }

    fn options(&self) -> Result<ConnectOptions, OutputError> {
        let options = ConnectOptions::new()
            .name("evtui")
            .connection_timeout(CONNECT_TIMEOUT)
            .max_reconnects(1)
            .ignore_discovered_servers()
            .require_tls(self.encrypt)
            .tls_client_config((*self.tls).clone());
        Ok(match &self.login {
            Login::Nobody => options,
            Login::User(user, password) => {
                options.user_and_password(user.clone(), password.expose().to_owned())
            }
            Login::Token(token) => options.token(token.expose().to_owned()),
            Login::Nkey(seed) => options.nkey(seed.expose().to_owned()),
            Login::Credentials(path) => {
                let text = self.credentials.as_ref().map_or("", Secret::expose);
                options.credentials(text).map_err(|_| {
                    let path = path.display();
                    OutputError::failed(format!("{path} holds no credentials of NATS"))
                })?
            }
        })
    }

    /// Looks for the stream, or makes it.
    async fn find(
        &self,
        context: &jetstream::Context,
        wanted: &StreamConfig,
    ) -> Result<(), OutputError> {
        let (shown, name) = (&self.shown, &wanted.name);
        let found = if wanted.create {
            let config = stream::Config {
                name: name.clone(),
                subjects: wanted.subjects.clone(),
                max_age: wanted.max_age.unwrap_or_default(),
                max_bytes: wanted.max_bytes.unwrap_or(-1),
                storage: if wanted.in_memory {
                    stream::StorageType::Memory
                } else {
                    stream::StorageType::File
                },
                ..stream::Config::default()
            };
            let made = context.get_or_create_stream(config).await;
            made.map(drop).map_err(|error| error.to_string())
        } else {
            let found = context.get_stream(name).await;
            found.map(drop).map_err(|error| error.to_string())
        };
        found.map_err(|error| {
            if error.contains("timed out") {
                return OutputError::outage(format!("{shown} did not answer in time"));
            }
            let made = OutputError::failed(format!("{shown} has no stream `{name}`: {error}"));
            made.help("correct `mode.stream`, make the stream, or set `mode.create: true`")
        })
    }

    /// What an error while connecting means.
    fn refused(&self, error: &async_nats::ConnectError) -> OutputError {
        let shown = &self.shown;
        match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                OutputError::failed(format!("{shown} refuses the login"))
                    .help("check the options below `auth`")
            }
            ConnectErrorKind::TimedOut => {
                OutputError::outage(format!("{shown} did not answer within {CONNECT_TIMEOUT:?}"))
            }
            _ => {
                let reason = match std::error::Error::source(error) {
                    Some(source) => source.to_string(),
                    None => error.to_string(),
                };
                let end = reason.find(" (os error").unwrap_or(reason.len());
                let reason = reason.get(..end).unwrap_or(&reason);
                OutputError::outage(format!("cannot connect to {shown}: {reason}"))
            }
        }
    }
}

/// Lets the client connect to the first address once; all later tries go to the second.
fn once(options: ConnectOptions, [address, nowhere]: [ServerAddr; 2]) -> ConnectOptions {
    let tried = Arc::new(AtomicBool::new(false));
    options.reconnect_to_server_callback(move |_, _| {
        let again = tried.swap(true, Ordering::Relaxed);
        let addr = if again {
            nowhere.clone()
        } else {
            address.clone()
        };
        std::future::ready(Some(ReconnectToServer {
            addr,
            delay: Some(Duration::ZERO),
        }))
    })
}

/// Keeps what an event means for the connection.
fn note(event: &Event, told: &watch::Sender<Condition>, forbidden: &Mutex<BTreeSet<String>>) {
    match event {
        Event::Disconnected | Event::Closed => told.send_modify(|now| now.lost = true),
        Event::ServerError(error) => {
            let text = error.to_string();
            let lower = text.to_lowercase();
            if lower.contains("permissions violation for subscription") {
                told.send_modify(|now| now.deaf = true);
            } else if lower.contains("permissions violation for publish") {
                let subject = text.split('"').nth(1).unwrap_or_default().to_owned();
                let mut forbidden = forbidden.lock().unwrap_or_else(PoisonError::into_inner);
                forbidden.insert(subject);
                let refusals = forbidden.len();
                told.send_modify(|now| now.refusals = refusals);
            }
        }
        _ => {}
    }
}
