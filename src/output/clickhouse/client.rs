//! Talking to the server: what it says about itself when the output is opened, then one request for
//! each batch.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::body::Bytes;

use super::answer::Verdict;
use super::insert::{self, ServerSettings};
use super::{ClickhouseConfig, Target};
use crate::output::url::{WebUrl, quote};
use crate::output::web::{Answer, Call, Client, Server, Settings, Shape, was_cut};
use crate::output::{Items, Output, OutputEnv, OutputError, Receipt, RemoteOutput, Secret};

/// Bytes of an answer to an insert that are read: there is only a text when it fails.
const ANSWER: usize = 64 << 10;
/// Bytes of the list of the server's settings that are read; it has some 100 KB.
const LIST: usize = 16 << 20;
const LIST_QUERY: &str =
    "SELECT name, value, readonly FROM system.settings LIMIT 10000\n FORMAT TabSeparated";
const HELLO: &str = "SELECT version(), timezone()";
const OPENING: &str = "Cannot initialize ClickHouse client";
const WRITING: &str = "Failed to insert events to ClickHouse";
/// Characters of a path that have to be written another way.
const PATH_UNSAFE: &[u8] = b" \"#<>?`{}";

/// Makes the output of a run.
pub(super) fn build(config: &ClickhouseConfig, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
    Ok(Output::Remote(Arc::new(Clickhouse {
        statement: insert::statement(&config.target.database, &config.table, &config.input_format)
            + &config.header,
        footer: config.footer.clone(),
        separator: config.separator.len(),
        files: Files {
            base: env.base.to_owned(),
            connections: env.max_concurrency,
            open_timeout: env.write_timeout,
        },
        config: config.clone(),
        link: Mutex::new(None),
    })))
}

/// What a client is made of beside the options.
#[derive(Debug)]
struct Files {
    base: std::path::PathBuf,
    connections: usize,
    open_timeout: Duration,
}

/// The output.
#[derive(Debug)]
struct Clickhouse {
    config: ClickhouseConfig,
    files: Files,
    /// What stands in front of the data.
    statement: String,
    footer: String,
    /// Length of the separator, of which there is none behind the last event.
    separator: usize,
    /// There from the opening on.
    link: Mutex<Option<Arc<Link>>>,
}

/// A server that was asked what it can do.
#[derive(Debug)]
struct Link {
    server: Server,
    call: Call,
    /// Address as errors name it.
    url: String,
    path: String,
    /// Parameters of every insert.
    parameters: Vec<(String, String)>,
}

/// Options of the client that come with a data source name and go before the others.
#[derive(Debug)]
struct Options {
    client_name: Option<String>,
    connect_timeout: Duration,
    request_timeout: Duration,
    session_id: Option<String>,
    /// Path in front of the server's own, without a slash at its end.
    path: String,
    host: Option<String>,
}

/// Keys that mean something to the reference's client and nothing to what is sent here.
const WITHOUT_EFFECT: &[&str] = &[
    "apply_server_timezone",
    "autogenerate_query_id",
    "autogenerate_session_id",
    "ca_cert",
    "client_cert",
    "client_cert_key",
    "compress",
    "compression",
    "form_encode_query_params",
    "http_proxy",
    "https_proxy",
    "query_limit",
    "query_retries",
    "rename_response_column",
    "show_clickhouse_errors",
    "tls_mode",
    "utc_tz_aware",
    "verify",
];

impl Options {
    fn of(config: &ClickhouseConfig) -> Result<Self, OutputError> {
        let mut made = Self {
            client_name: config.client_name.clone(),
            connect_timeout: config.connect_timeout,
            request_timeout: config.request_timeout,
            session_id: None,
            path: String::new(),
            host: None,
        };
        for (key, value) in &config.target.options {
            let value = value.expose();
            let seconds = || {
                let seconds = value.parse().map_err(|_| {
                    OutputError::failed(format!(
                        "{OPENING}: the option `{key}` in `dsn` takes seconds as a whole number"
                    ))
                });
                seconds.map(Duration::from_secs)
            };
            match key.as_str() {
                "client_name" => made.client_name = Some(value.to_owned()),
                "connect_timeout" => made.connect_timeout = seconds()?,
                "send_receive_timeout" => made.request_timeout = seconds()?,
                "session_id" => made.session_id = Some(value.to_owned()),
                "proxy_path" => made.path = format!("/{}", value.trim_matches('/')),
                "server_host_name" => made.host = Some(value.to_owned()),
                key if WITHOUT_EFFECT.contains(&key) => {}
                key => {
                    return Err(OutputError::failed(format!(
                        "{OPENING}: `dsn` has the unknown option `{key}`"
                    ))
                    .help("remove it: settings of the server cannot be given there"));
                }
            }
        }
        Ok(made)
    }

    /// The sender's name; characters that a header cannot have are left out.
    fn agent(&self) -> String {
        let name = self.client_name.as_deref().unwrap_or_default();
        let name: String = name
            .chars()
            .filter(|char| matches!(char, ' '..='~'))
            .collect();
        let own = concat!("evtui/", env!("CARGO_PKG_VERSION"));
        match name.trim() {
            "" => own.to_owned(),
            name => format!("{name} {own}"),
        }
    }
}

impl Target {
    /// Scheme, host and port.
    fn url(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        let port = self.port;
        if self.host.contains(':') && !self.host.starts_with('[') {
            format!("{scheme}://[{}]:{port}", self.host)
        } else {
            format!("{scheme}://{}:{port}", self.host)
        }
    }
}

impl Link {
    /// Prepares requests; talks to nobody yet.
    fn new(
        config: &ClickhouseConfig,
        files: &Files,
        options: &Options,
    ) -> Result<Self, OutputError> {
        let url = config.target.url();
        let parsed = WebUrl::parse(&url).map_err(|reason| {
            OutputError::failed(format!("{OPENING}: `host` is not usable: {reason}"))
                .help("give a name or an address, without a scheme or a path")
        })?;
        let client = Client::new(&Settings {
            connect_timeout: options.connect_timeout,
            request_timeout: options.request_timeout,
            connections: files.connections,
            tls: &config.tls,
            base: &files.base,
            proxy: config.proxy.clone(),
        })?;
        let server = client.server(&parsed)?;
        let agent = options.agent();
        let mut headers = vec![
            ("User-Agent", agent.as_str()),
            ("Content-Type", "application/octet-stream"),
        ];
        let user = config.target.username.as_str();
        let certified = config.target.https && config.tls.client_cert.is_some();
        let by_certificate = certified && config.certificate_is_login;
        if by_certificate {
            headers.push(("X-ClickHouse-User", user));
            headers.push(("X-ClickHouse-SSL-Certificate-Auth", "on"));
        }
        if let Some(host) = &options.host {
            headers.push(("Host", host));
        }
        let path = match options.path.as_str() {
            "" | "/" => "/".to_owned(),
            path => quote(path, PATH_UNSAFE),
        };
        let login: Option<(&str, &Secret)> =
            (!by_certificate).then_some((user, &config.target.password));
        let call = server.call(&Shape {
            method: "POST",
            target: &path,
            headers: &headers,
            login,
        })?;
        Ok(Self {
            server,
            call,
            url,
            path,
            parameters: Vec::new(),
        })
    }

    /// One request; it goes once more when the server closed the connection without an answer, under
    /// the same identifier.
    async fn post(
        &self,
        parameters: &[(String, String)],
        body: Bytes,
        limit: usize,
    ) -> Result<Answer, OutputError> {
        let id = insert::query_id();
        let pairs = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let query = insert::query_string(pairs.chain([("query_id", id.as_str())]));
        let call = self
            .server
            .retarget(&self.call, &format!("{}?{query}", self.path))?;
        match self.server.send(&call, body.clone(), limit).await {
            Err(error) if was_cut(&error) => self.server.send(&call, body, limit).await,
            answered => answered,
        }
    }

    /// The text that a question gives.
    async fn ask(
        &self,
        parameters: &[(String, String)],
        query: &'static str,
    ) -> Result<String, OutputError> {
        let cannot = |mut error: OutputError| {
            error.message = format!("{OPENING}: {}", error.message);
            error
        };
        let body = Bytes::from_static(query.as_bytes());
        let answer = self.post(parameters, body, LIST).await.map_err(cannot)?;
        if let Some(error) = refusal(&answer, OPENING, &self.url) {
            return Err(error);
        }
        Ok(String::from_utf8_lossy(&answer.decoded(LIST)).into_owned())
    }
}

/// What an answer says against us.
fn refusal(answer: &Answer, what: &str, url: &str) -> Option<OutputError> {
    let header = answer.headers.get("x-clickhouse-exception-code");
    let exception = header.map(|code| code.to_str().unwrap_or("?"));
    let body = answer.decoded(ANSWER);
    let verdict = Verdict {
        status: answer.status,
        exception,
        body: &body,
    };
    if verdict.is_success() {
        return None;
    }
    let mut error = verdict.error(what, url);
    if error.kind == crate::output::OutputErrorKind::Outage {
        error.retry_after = answer.refusal(what).retry_after;
    }
    Some(error)
}

impl Clickhouse {
    fn link(&self) -> Option<Arc<Link>> {
        self.link
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks the server for its version and its settings, as far as it tells; the second question names
    /// the database, so that one that does not exist is noticed.
    async fn try_open(&self) -> Result<(), OutputError> {
        let options = Options::of(&self.config)?;
        let mut link = Link::new(&self.config, &self.files, &options)?;
        let session = options.session_id.clone();
        let session: Vec<(String, String)> = session
            .map(|id| ("session_id".to_owned(), id))
            .into_iter()
            .collect();
        let hello = link.ask(&session, HELLO).await?;
        let version = hello.split('\t').next().unwrap_or_default().trim();
        tracing::debug!(version, url = link.url, "ClickHouse answers");
        let database = ("database".to_owned(), self.config.target.database.clone());
        let mut parameters = session;
        parameters.push(database);
        let list = link.ask(&parameters, LIST_QUERY).await?;
        let settings = ServerSettings::parse(&list).of_inserts(options.request_timeout.as_secs());
        let settings = settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        link.parameters = settings.chain(parameters).collect();
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(link));
        Ok(())
    }

    fn body(&self, items: &Items<'_>) -> Bytes {
        let mut room = (Vec::new(), Vec::new());
        let (events, _) = items.joined(&mut room);
        let events = events
            .get(..events.len().saturating_sub(self.separator))
            .unwrap_or_default();
        let parts = [self.statement.as_bytes(), events, self.footer.as_bytes()];
        Bytes::from(parts.concat())
    }

    async fn try_send(&self, items: &Items<'_>) -> Result<Receipt, OutputError> {
        let link = self
            .link()
            .ok_or_else(|| OutputError::outage(format!("{WRITING}: it is not open")))?;
        let body = self.body(items);
        let length = body.len();
        let answer = link.post(&link.parameters, body, ANSWER).await;
        let answer = answer.map_err(|mut error| {
            error.message = format!("{WRITING}: {}", error.message);
            error
        })?;
        if let Some(error) = refusal(&answer, WRITING, &link.url) {
            return Err(error);
        }
        if let Some(summary) = answer.headers.get("x-clickhouse-summary") {
            // The server counts rows of materialized views too; it is no number of events.
            tracing::trace!(?summary, "inserted");
        }
        Ok(Receipt::taken(length))
    }
}

impl RemoteOutput for Clickhouse {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            let limit = self.files.open_timeout;
            match tokio::time::timeout(limit, self.try_open()).await {
                Ok(opened) => opened,
                Err(_) => Err(OutputError::outage(format!(
                    "{OPENING}: no answer from {} within {limit:?}",
                    self.config.target.url()
                ))
                .help("check `host` and `port`, and whether the server runs")),
            }
        }
        .boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move {
            match self.try_send(&items).await {
                Ok(receipt) => receipt,
                Err(error) => Receipt::refused(&items, error),
            }
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        let link = self
            .link
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(link) = link {
            link.server.close();
        }
        async { Ok(()) }.boxed()
    }
}
