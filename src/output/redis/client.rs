//! Connections to a server or a cluster, and what their errors mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::{ConnectionLike as _, MultiplexedConnection};
use ::redis::cluster::{ClusterClient, ClusterClientBuilder};
use ::redis::cluster_async::ClusterConnection;
use ::redis::{
    AsyncConnectionConfig, ClientTlsConfig, ConnectionAddr, ConnectionInfo, ErrorKind,
    IntoConnectionInfo as _, RedisConnectionInfo, RedisError, ServerErrorKind, TlsCertificates,
};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::output::link::CONNECT_TIMEOUT;
use crate::output::net::Address;
use crate::output::tls::{self, TlsConfig};
use crate::output::{OutputError, OutputErrorKind, Secret};

/// Which servers, and as whom.
#[derive(Debug)]
pub(super) struct Servers {
    pub cluster: bool,
    /// At least one; they may hold a password.
    pub urls: Vec<Secret>,
    /// The addresses, for people.
    pub shown: String,
    /// The addresses are secrets as a whole.
    pub hidden: bool,
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub tls: TlsConfig,
}

/// A connection, cheap to clone; clones share it.
#[derive(Clone)]
pub(super) enum Client {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Client {
    /// Asks for a sign of life.
    pub async fn ping(&mut self) -> Result<(), RedisError> {
        let ping = ::redis::cmd("PING");
        match self {
            Self::Single(connection) => connection.req_packed_command(&ping).await,
            Self::Cluster(connection) => connection.req_packed_command(&ping).await,
        }?
        .extract_error()
        .map(drop)
    }
}

/// Reads an address of a server.
///
/// # Errors
/// What is wrong, without showing it.
pub(super) fn parse_url(url: &Secret) -> Result<ConnectionInfo, &'static str> {
    url.expose()
        .into_connection_info()
        .map_err(|_| "this is no address of a Redis server")
}

impl Servers {
    /// True when connections are encrypted.
    pub fn encrypted(&self) -> bool {
        let begins = |url: &Secret| {
            let (scheme, _) = url.expose().split_once("://").unwrap_or_default();
            matches!(scheme, "rediss" | "valkeys")
        };
        self.urls.iter().any(begins)
    }

    /// Reads certificates and makes what connects; `limit` is the longest time of an attempt.
    ///
    /// # Errors
    /// Unusable certificates.
    pub fn connector(&self, base: &Path, limit: Duration) -> Result<Connector, OutputError> {
        let mut nodes = Vec::new();
        for url in &self.urls {
            let info = parse_url(url).map_err(OutputError::failed)?;
            let mut login = info.redis_settings().clone();
            if let Some(name) = &self.username {
                login = login.set_username(name);
            }
            if let Some(password) = &self.password {
                login = login.set_password(password.expose());
            }
            nodes.push(info.set_redis_settings(login));
        }
        let to = if self.cluster {
            To::Cluster(Box::new(self.cluster(nodes, base, limit)?))
        } else {
            let node = nodes.into_iter().next();
            let config = self.encrypted().then(|| self.tls.build(base)).transpose()?;
            To::Server {
                node: Box::new(node.ok_or_else(|| OutputError::failed("no server is given"))?),
                tls: config,
                server_name: self.tls.server_name.clone(),
            }
        };
        Ok(Connector {
            shown: format!("redis at {}", self.shown),
            hidden: self.hidden,
            to,
        })
    }

    fn cluster(
        &self,
        nodes: Vec<ConnectionInfo>,
        base: &Path,
        limit: Duration,
    ) -> Result<ClusterClient, OutputError> {
        let login = nodes.first().map(|node| node.redis_settings().clone());
        let mut builder = ClusterClientBuilder::new(nodes)
            .retries(0)
            .connection_timeout(CONNECT_TIMEOUT)
            .response_timeout(limit);
        if let Some(name) = login.as_ref().and_then(RedisConnectionInfo::username) {
            builder = builder.username(name);
        }
        if let Some(password) = login.as_ref().and_then(RedisConnectionInfo::password) {
            builder = builder.password(password);
        }
        if self.encrypted() {
            // The client makes its own configuration of TLS for each node, from the process's default
            // provider of cryptography; it leaves no other way. It fails when there is one already.
            drop(rustls::crypto::ring::default_provider().install_default());
            // Checks the files, with better words than the client has.
            self.tls.build(base)?;
            builder = builder.certs(self.certificates(base)?);
        }
        builder
            .build()
            .map_err(|error| OutputError::failed(format!("the cluster cannot be used: {error}")))
    }

    fn certificates(&self, base: &Path) -> Result<TlsCertificates, OutputError> {
        let read = |path: &PathBuf| {
            let path = base.join(path);
            std::fs::read(&path).map_err(|error| {
                OutputError::path("cannot read", &path.display().to_string(), &error)
            })
        };
        let client_tls = match (&self.tls.client_cert, &self.tls.client_cert_key) {
            (Some(cert), Some(key)) => Some(ClientTlsConfig {
                client_cert: read(cert)?,
                client_key: read(key)?,
            }),
            _ => None,
        };
        Ok(TlsCertificates {
            client_tls,
            root_cert: self.tls.ca_cert.as_ref().map(read).transpose()?,
        })
    }
}

/// Makes connections.
pub(super) struct Connector {
    shown: String,
    hidden: bool,
    to: To,
}

enum To {
    Server {
        node: Box<ConnectionInfo>,
        tls: Option<Arc<rustls::ClientConfig>>,
        server_name: Option<String>,
    },
    Cluster(Box<ClusterClient>),
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Connector {
    /// What it connects to, for people.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Connects, logs in and looks whether the server lets us work.
    ///
    /// # Errors
    /// An outage, or what the server refused.
    pub async fn connect(&self) -> Result<Client, OutputError> {
        let connecting = async {
            let mut client = match &self.to {
                To::Server {
                    node,
                    tls,
                    server_name,
                } => Client::Single(
                    self.server(node, tls.as_ref(), server_name.as_deref())
                        .await?,
                ),
                To::Cluster(cluster) => {
                    let connection = cluster.get_async_connection().await;
                    Client::Cluster(connection.map_err(|error| self.refused(&error))?)
                }
            };
            client.ping().await.map_err(|error| self.refused(&error))?;
            Ok(client)
        };
        tokio::time::timeout(CONNECT_TIMEOUT, connecting)
            .await
            .unwrap_or_else(|_| {
                let shown = &self.shown;
                Err(OutputError::outage(format!(
                    "{shown} did not answer within {CONNECT_TIMEOUT:?}"
                )))
            })
    }

    async fn server(
        &self,
        node: &ConnectionInfo,
        config: Option<&Arc<rustls::ClientConfig>>,
        server_name: Option<&str>,
    ) -> Result<MultiplexedConnection, OutputError> {
        let login = node.redis_settings();
        let tcp = async |host: &str, port: u16| {
            let address = Address::new(host, port, self.hidden);
            address.connect(CONNECT_TIMEOUT).await
        };
        match node.addr() {
            ConnectionAddr::Tcp(host, port) => self.over(tcp(host, *port).await?, login).await,
            ConnectionAddr::TcpTls { host, port, .. } => {
                let config = config.ok_or_else(|| OutputError::failed("TLS is not set up"))?;
                let stream = tcp(host, *port).await?;
                self.over(
                    tls::connect(config, server_name, host, stream).await?,
                    login,
                )
                .await
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                let shown = path.display().to_string();
                let stream = stream
                    .map_err(|error| OutputError::path("cannot connect to", &shown, &error))?;
                self.over(stream, login).await
            }
            _ => Err(OutputError::failed(format!(
                "{}: this kind of address is not possible here",
                self.shown
            ))),
        }
    }

    async fn over<S>(
        &self,
        stream: S,
        login: &RedisConnectionInfo,
    ) -> Result<MultiplexedConnection, OutputError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let (connection, driver) = MultiplexedConnection::new_with_config(login, stream, config)
            .await
            .map_err(|error| self.refused(&error))?;
        // Ends with the last clone of the connection.
        tokio::spawn(driver);
        Ok(connection)
    }

    /// What an error while connecting means.
    fn refused(&self, error: &RedisError) -> OutputError {
        let shown = &self.shown;
        let code = error.code().unwrap_or_default();
        if error.kind() == ErrorKind::AuthenticationFailed
            || matches!(code, "NOAUTH" | "WRONGPASS" | "NOPERM")
        {
            let detail = detail(error);
            return OutputError::failed(format!("{shown} refuses the login: {detail}"))
                .help("check `username` and `password`");
        }
        match error.kind() {
            ErrorKind::InvalidClientConfig
            | ErrorKind::RESP3NotSupported
            | ErrorKind::Extension
            | ErrorKind::Server(ServerErrorKind::ResponseError) => {
                OutputError::failed(format!("{shown} cannot be used: {}", detail(error)))
            }
            _ => self.lost(error),
        }
    }

    /// An outage for an error of the connection.
    pub fn lost(&self, error: &RedisError) -> OutputError {
        OutputError::outage(format!("{}: {}", self.shown, detail(error)))
    }
}

/// An error's words without the system's error numbers.
fn detail(error: &RedisError) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

/// What the server's answer to one command means for its events.
pub(super) fn verdict(error: &::redis::ServerError) -> OutputError {
    let code = error.code();
    let text = error.details().unwrap_or_default();
    match code {
        "MOVED" | "ASK" => OutputError::outage("redis moved the key to another node"),
        "OOM" | "LOADING" | "BUSY" | "TRYAGAIN" | "CLUSTERDOWN" | "MASTERDOWN" | "READONLY"
        | "NOREPLICAS" | "MISCONF" => OutputError::outage(format!("redis: {code} {text}")),
        _ => {
            let made = OutputError::failed(format!("redis refused an event: {code} {text}"));
            match code {
                "WRONGTYPE" => made.help("choose another key, or delete what is there"),
                _ => made,
            }
        }
    }
}

/// True when the cluster has to be asked again where keys are.
pub(super) fn moved(error: &OutputError) -> bool {
    error.kind == OutputErrorKind::Outage && error.message.starts_with("redis moved")
}
