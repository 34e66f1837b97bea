//! Learning whether a server accepted the client's certificate.
//!
//! With TLS 1.3 a client may send as soon as its own part of the handshake is done; that the server
//! refuses the client's certificate, or misses one, comes later. A protocol in which the server never
//! speaks would take what is lost in between as sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures::future::poll_fn;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ProtocolVersion, SignatureScheme};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite};
use tokio_rustls::client::TlsStream;

use crate::output::OutputError;

use super::explain;

/// Time for the server's word after the handshake; some never say anything.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether a server asked for a certificate so far.
#[derive(Clone, Debug, Default)]
pub struct Asked(Arc<AtomicBool>);

/// The same configuration, but it is noted when a server asks for a certificate.
pub fn watched(config: &Arc<ClientConfig>) -> (Arc<ClientConfig>, Asked) {
    let asked = Asked::default();
    let mut watched = ClientConfig::clone(config);
    watched.client_auth_cert_resolver = Arc::new(Noting {
        inner: Arc::clone(&config.client_auth_cert_resolver),
        asked: asked.clone(),
    });
    (Arc::new(watched), asked)
}

#[derive(Debug)]
struct Noting {
    inner: Arc<dyn ResolvesClientCert>,
    asked: Asked,
}

impl ResolvesClientCert for Noting {
    fn resolve(
        &self,
        root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.asked.0.store(true, Ordering::Relaxed);
        self.inner.resolve(root_hint_subjects, schemes)
    }

    fn has_certs(&self) -> bool {
        // Otherwise it would not be asked.
        true
    }
}

/// Waits a moment for a sign that the server goes on with the connection, when it asked for a
/// certificate: its session tickets, or anything else. Nothing is read.
///
/// # Errors
/// An outage when the server refused us.
pub async fn accepted<S>(
    stream: &mut TlsStream<S>,
    asked: &Asked,
    host: &str,
) -> Result<(), OutputError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let late = stream.get_ref().1.protocol_version() == Some(ProtocolVersion::TLSv1_3);
    if !late || !asked.0.load(Ordering::Relaxed) {
        return Ok(());
    }
    let word = poll_fn(|task| {
        let read = Pin::new(&mut *stream)
            .poll_fill_buf(task)
            .map_ok(|bytes| !bytes.is_empty());
        match read {
            Poll::Pending if stream.get_ref().1.tls13_tickets_received() > 0 => {
                Poll::Ready(Ok(true))
            }
            other => other,
        }
    });
    match tokio::time::timeout(PATIENCE, word).await {
        Err(_) | Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(explain(&std::io::ErrorKind::UnexpectedEof.into(), host)),
        Ok(Err(error)) => Err(explain(&error, host)),
    }
}
