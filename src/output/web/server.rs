//! A server: its kept connections, and the words for what goes wrong on the way to it.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use tokio::sync::SemaphorePermit;

use crate::output::url::WebUrl;
use crate::output::{OutputError, tls};

use super::answer::Answer;
use super::call::{self, Call, Shape};
use super::exchange::{Connection, Trouble};
use super::proxy::Route;
use super::{Address, Client};

/// Most connections kept between attempts.
const KEPT: usize = 20;
/// How long one is kept.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// How the sentence about a connection without an answer ends.
const CUT: &str = "closed the connection without an answer";

/// True when the server closed the connection instead of giving an answer, as one does whose patience
/// with an idle connection ends just when it is used.
pub fn was_cut(error: &OutputError) -> bool {
    error.message.ends_with(CUT)
}

/// A server that requests go to.
pub struct Server {
    client: Client,
    url: WebUrl,
    address: Address,
    route: Route,
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.url).finish()
    }
}

impl Server {
    pub(super) fn new(client: &Client, url: &WebUrl) -> Result<Self, OutputError> {
        Ok(Self {
            client: client.clone(),
            url: url.clone(),
            address: Address::of(url),
            route: client.proxy.route(url)?,
            idle: Mutex::default(),
        })
    }

    /// The address it was made of.
    pub fn url(&self) -> &WebUrl {
        &self.url
    }

    /// Prepares requests to it.
    ///
    /// # Errors
    /// Headers or targets that HTTP has no form for.
    pub fn call(&self, shape: &Shape<'_>) -> Result<Call, OutputError> {
        Call::new(&self.url, &self.route, shape)
    }

    /// The same call to another target (path and query, encoded).
    ///
    /// # Errors
    /// As those of [`Server::call`].
    pub fn retarget(&self, call: &Call, target: &str) -> Result<Call, OutputError> {
        Ok(call.to(call::uri(&self.url, &self.route, target)?))
    }

    /// Sends a request once and reads the answer, of whose body at most `limit` bytes. `who` begins
    /// the sentence when there is none, such as "POST http://host/path".
    ///
    /// # Errors
    /// Outages alone: there is no answer, whatever it might have been.
    pub async fn send(
        &self,
        call: &Call,
        body: Bytes,
        limit: usize,
    ) -> Result<Answer, OutputError> {
        let _slot = self.slot().await?;
        let mut request = call.request(body.len(), Full::new(body));
        loop {
            let (mut connection, reused) = match self.kept() {
                Some(kept) => (kept, true),
                None => (self.connect().await?, false),
            };
            let patience = self.client.request_timeout;
            match connection.exchange(request, limit, patience).await {
                Ok((answer, again)) => {
                    if again {
                        self.keep(connection);
                    }
                    return Ok(answer);
                }
                Err(Trouble::Unsent(unsent, _)) if reused => request = *unsent,
                Err(trouble) => return Err(self.explain(trouble)),
            }
        }
    }

    /// Closes the connections that are kept.
    pub fn close(&self) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    async fn slot(&self) -> Result<SemaphorePermit<'_>, OutputError> {
        let limit = self.client.request_timeout;
        let waiting = tokio::time::timeout(limit, self.client.slots.acquire());
        let waited = waiting.await.map_err(|_| {
            let seconds = limit.as_secs();
            OutputError::outage(format!(
                "no connection to {} became free within {seconds} s (`request_timeout`)",
                self.address
            ))
        })?;
        waited.map_err(|_| OutputError::outage("the client is closed"))
    }

    /// The connection that was used last, of those that are still good.
    fn kept(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|one| one.since.elapsed() < KEPT_FOR);
        while let Some(mut last) = idle.pop() {
            if last.is_alive() {
                return Some(last);
            }
        }
        None
    }

    /// Keeps a connection. There are never more of them than were in use at once.
    fn keep(&self, mut connection: Connection) {
        connection.since = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
    }

    /// Closes kept connections beyond those that are worth keeping between attempts; for the end of
    /// one that sent several requests at once.
    pub fn trim(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = idle.len().saturating_sub(KEPT);
        idle.drain(..spare);
    }

    async fn connect(&self) -> Result<Connection, OutputError> {
        let connector = &self.client.connector;
        let stream = connector.connect(&self.address, &self.route).await?;
        Connection::new(stream)
            .await
            .map_err(|trouble| self.explain(trouble))
    }

    fn explain(&self, trouble: Trouble) -> OutputError {
        let to = &self.address;
        match trouble {
            Trouble::Silence => {
                let seconds = self.client.request_timeout.as_secs();
                OutputError::outage(format!(
                    "{to} neither took nor sent a byte for {seconds} s (`request_timeout`)"
                ))
                .help("the target is overloaded or hangs; look there")
            }
            Trouble::Unsent(_, cause) => self.explain(*cause),
            Trouble::Closed => OutputError::outage(format!("{to} {CUT}")),
            Trouble::Io(error)
                if error
                    .get_ref()
                    .is_some_and(|inner| inner.is::<rustls::Error>()) =>
            {
                tls::explain(&error, to.shown())
            }
            Trouble::Io(error) => OutputError::path(
                "the connection broke: no answer from",
                &to.to_string(),
                &error,
            ),
            Trouble::Malformed(reason) => {
                OutputError::outage(format!("{to} does not answer in HTTP: {reason}"))
                    .help("check the port, and whether the address begins with `http` or `https`")
            }
        }
    }
}
