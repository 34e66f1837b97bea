//! The side that listens: subscribers come and go, each with a bounded queue of its own.

mod handshake;
mod subscriber;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::output::link::{self, Verdicts};
use crate::output::{Items, OutputEnv, OutputError, Receipt, RemoteOutput, Secret};

use super::options::ServerConfig;
use super::{Common, frames};

use subscriber::Queue;

/// Longest time of a handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Longest time that the end of a run waits for subscribers to take what is queued for them.
const FAREWELL: Duration = Duration::from_secs(5);

/// What all connections know.
#[derive(Debug)]
pub(super) struct Hub {
    subscribers: Mutex<Vec<Arc<Queue>>>,
    /// Connections, also those in their handshake.
    present: AtomicUsize,
    most: usize,
    queue: usize,
    strict: bool,
    path: String,
    token: Option<Secret>,
    ping: Duration,
    /// The run is over.
    over: CancellationToken,
}

impl Hub {
    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Queue>>> {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands frames to all who are there; those who are gone or too slow are left out from now on.
    fn spread(&self, frames: &Arc<[Message]>) {
        self.all().retain(|queue| queue.push(frames, self.strict));
    }
}

/// The output that listens.
pub(super) struct Server {
    listen: String,
    least: usize,
    /// Enough subscribers were there once.
    begun: AtomicBool,
    binary: bool,
    hub: Arc<Hub>,
    tasks: TaskTracker,
    identity: Option<Arc<rustls::ServerConfig>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.listen)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.hub.over.cancel();
    }
}

impl Server {
    /// Reads the certificate.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn build(
        config: &ServerConfig,
        common: Common,
        env: &OutputEnv<'_>,
    ) -> Result<Self, OutputError> {
        let identity = match &config.identity {
            Some((certificate, key)) => {
                Some(identity(&env.base.join(certificate), &env.base.join(key))?)
            }
            None => None,
        };
        Ok(Self {
            listen: config.listen.clone(),
            least: config.least,
            begun: AtomicBool::new(false),
            binary: common.binary,
            hub: Arc::new(Hub {
                subscribers: Mutex::default(),
                present: AtomicUsize::new(0),
                most: config.most,
                queue: config.queue,
                strict: config.strict,
                path: config.path.clone(),
                token: config.token.clone(),
                ping: common.ping,
                over: CancellationToken::new(),
            }),
            tasks: TaskTracker::new(),
            identity,
        })
    }

    async fn listen(&self) -> Result<(), OutputError> {
        let listener = TcpListener::bind(&self.listen).await.map_err(|error| {
            let made = OutputError::path("cannot listen on", &self.listen, &error);
            made.help("choose another address below `listen`, or end who listens there")
        })?;
        let (hub, tasks) = (Arc::clone(&self.hub), self.tasks.clone());
        let acceptor = self.identity.clone().map(TlsAcceptor::from);
        self.tasks.spawn(async move {
            while let Some(accepted) = hub.over.run_until_cancelled(listener.accept()).await {
                match accepted {
                    Ok((stream, peer)) => {
                        let (hub, acceptor) = (Arc::clone(&hub), acceptor.clone());
                        tasks.spawn(async move { welcome(hub, stream, peer, acceptor).await });
                    }
                    // No files left, for one: it passes, but not at once.
                    Err(error) => {
                        tracing::warn!("websocket: cannot accept a subscriber: {error}");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        });
        Ok(())
    }

    fn attempt(&self, items: &Items<'_>) -> Receipt {
        let there = self.hub.all().len();
        if there < self.least && !self.begun.load(Ordering::Relaxed) {
            let least = self.least;
            let reason = format!("{there} of at least {least} subscribers are connected");
            return Receipt::refused(items, OutputError::outage(reason));
        }
        self.begun.store(true, Ordering::Relaxed);
        let mut verdicts = Verdicts::new(items.len());
        let mut good = Vec::with_capacity(items.len());
        for (position, frame) in frames::build(items, self.binary).into_iter().enumerate() {
            match frame {
                Ok(frame) => good.push(frame),
                Err(error) => verdicts.refuse(position, error),
            }
        }
        self.hub.spread(&good.into());
        link::receipt(items, verdicts.failures())
    }
}

/// Counts a connection as long as it lives.
struct Seat(Arc<Hub>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.present.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Serves a connection from its first byte to its last.
async fn welcome(
    hub: Arc<Hub>,
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
) {
    let before = hub.present.fetch_add(1, Ordering::AcqRel);
    let seat = Seat(Arc::clone(&hub));
    let room = before < hub.most;
    drop(stream.set_nodelay(true));
    let over = hub.over.clone();
    let serving = async {
        match acceptor {
            None => subscriber::serve(&hub, stream, peer, room).await,
            Some(acceptor) => {
                match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => subscriber::serve(&hub, stream, peer, room).await,
                    _ => tracing::debug!("websocket: {peer} did not finish the handshake of TLS"),
                }
            }
        }
    };
    // A handshake of someone slow must not hold up the end; who is served looks for it itself.
    let late = async {
        over.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        () = serving => {}
        () = late => {}
    }
    drop(seat);
}

/// Reads a certificate and its key.
fn identity(certificate: &Path, key: &Path) -> Result<Arc<rustls::ServerConfig>, OutputError> {
    let unusable = |path: &Path, reason: String| {
        OutputError::failed(format!("cannot use {}: {reason}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, error.to_string()))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| OutputError::failed(format!("TLS cannot be used: {error}")))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| unusable(certificate, error.to_string()))?;
    Ok(Arc::new(config))
}

impl RemoteOutput for Server {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            // What stands in our own way is no outage of a target.
            self.listen().await.map_err(|error| OutputError {
                kind: crate::output::OutputErrorKind::Failed,
                ..error
            })
        })
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        Box::pin(async move { self.attempt(&items) })
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            self.hub.over.cancel();
            self.tasks.close();
            // Frames that a subscriber does not take until then are lost for it, as when it is slow.
            drop(tokio::time::timeout(FAREWELL, self.tasks.wait()).await);
            Ok(())
        })
    }
}
