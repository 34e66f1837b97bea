//! Connections to a broker, whatever the version of the protocol.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;

use crate::output::link::CONNECT_TIMEOUT;
use crate::output::net::Address;
use crate::output::{OutputError, OutputErrorKind, Secret, tls};

use super::{v3, v5};

/// A connection to a broker, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// The one stream that a client may use: it never connects again under our hands.
pub(super) type OneStream = Arc<Mutex<Option<Box<dyn Stream>>>>;

/// Takes the stream, or tells that it is used up.
pub(super) fn only(stream: &OneStream) -> std::io::Result<Box<dyn Stream>> {
    let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
    stream
        .take()
        .ok_or_else(|| std::io::Error::other("the connection was closed"))
}

/// Who we are and how messages are sent.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub client_id: String,
    pub login: Option<(String, Secret)>,
    pub clean: bool,
    /// Seconds.
    pub keep_alive: u16,
    pub in_flight: u16,
    /// From 0 to 2.
    pub qos: u8,
    pub retain: bool,
}

/// A client id that nobody else has.
pub(super) fn random_id() -> String {
    let random = RandomState::new().hash_one(std::process::id());
    format!("evtui-{:08x}", random & 0xffff_ffff)
}

/// What came of one message.
pub(super) enum Outcome {
    Taken,
    Refused(OutputError),
    /// Nobody knows: the connection is lost.
    Lost,
}

/// The acknowledgement to come of one message.
pub(super) enum Notice {
    V3(rumqttc_v4::PublishNotice),
    V5(rumqttc_v5::PublishNotice),
}

impl Notice {
    pub async fn wait(self) -> Outcome {
        match self {
            Self::V3(notice) => v3::outcome(notice.wait_async().await),
            Self::V5(notice) => v5::outcome(notice.wait_async().await),
        }
    }
}

#[derive(Clone)]
pub(super) enum Publisher {
    V3(rumqttc_v4::AsyncClient),
    V5(rumqttc_v5::AsyncClient),
}

/// What works for a client in the background, ended with it.
pub(super) struct Loop(pub JoinHandle<()>);

impl Drop for Loop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the broker said when it took us.
pub(super) struct Welcome {
    pub publisher: Publisher,
    /// Most bytes of a packet.
    pub largest: usize,
}

/// A connection, cheap to clone; clones share it.
#[derive(Clone)]
pub(super) struct Client {
    publisher: Publisher,
    /// Why the connection ended, once it did.
    ended: Arc<Mutex<Option<String>>>,
    background: Arc<Mutex<Option<Loop>>>,
    shown: String,
    largest: usize,
    qos: u8,
    retain: bool,
}

impl Client {
    /// Hands a message over.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn publish(&self, topic: &str, payload: Bytes) -> Result<Notice, OutputError> {
        let (qos, retain) = (self.qos, self.retain);
        match &self.publisher {
            Publisher::V3(client) => {
                let options = rumqttc_v4::PublishOptions::new(v3::qos(qos)).retain(retain);
                let sent = client.publish_tracked(topic, payload, options).await;
                sent.map(Notice::V3).map_err(|_| self.lost())
            }
            Publisher::V5(client) => {
                let options = rumqttc_v5::PublishOptions::new(v5::qos(qos)).retain(retain);
                let sent = client.publish_tracked(topic, payload, options).await;
                sent.map(Notice::V5).map_err(|_| self.lost())
            }
        }
    }

    /// An outage with the reason why the connection ended.
    pub fn lost(&self) -> OutputError {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = ended.as_deref().unwrap_or("the connection was lost");
        OutputError::outage(format!("{}: {reason}", self.shown))
    }

    /// Most bytes of a packet.
    pub fn largest(&self) -> usize {
        self.largest
    }

    /// Bytes of the packet for a message.
    pub fn packet(&self, topic: usize, payload: usize) -> usize {
        let identifier = if self.qos > 0 { 2 } else { 0 };
        let properties = usize::from(matches!(self.publisher, Publisher::V5(_)));
        let rest = 2 + topic + identifier + properties + payload;
        // The length stands before it, seven bits a byte.
        let length = match rest {
            0..=127 => 1,
            128..=16_383 => 2,
            16_384..=2_097_151 => 3,
            _ => 4,
        };
        1 + length + rest
    }

    /// Says good-bye and waits until that is sent.
    pub async fn disconnect(self) {
        let told = match &self.publisher {
            Publisher::V3(client) => client.disconnect().await.is_ok(),
            Publisher::V5(client) => client.disconnect().await.is_ok(),
        };
        let background = self.background.lock();
        let background = background.unwrap_or_else(PoisonError::into_inner).take();
        if let (true, Some(mut background)) = (told, background) {
            drop((&mut background.0).await);
        }
    }
}

/// Makes connections.
#[derive(Debug)]
pub(super) struct Connector {
    pub address: Address,
    /// With the name to ask for instead of the host.
    pub tls: Option<(Arc<rustls::ClientConfig>, Option<String>)>,
    pub newer: bool,
    pub session: Session,
}

impl Connector {
    /// Connects and waits until the broker took us.
    ///
    /// # Errors
    /// An outage, or what the broker refused.
    pub async fn connect(&self) -> Result<Client, OutputError> {
        let stream = self.stream().await?;
        let stream: OneStream = Arc::new(Mutex::new(Some(stream)));
        let ended = Arc::new(Mutex::new(None));
        let greeting = async {
            if self.newer {
                v5::connect(&self.session, stream, Arc::clone(&ended)).await
            } else {
                v3::connect(&self.session, stream, Arc::clone(&ended)).await
            }
        };
        let shown = format!("mqtt broker at {}", self.address);
        let (welcome, background) = tokio::time::timeout(CONNECT_TIMEOUT, greeting)
            .await
            .map_err(|_| {
                OutputError::outage(format!("{shown} did not answer within {CONNECT_TIMEOUT:?}"))
            })?
            .map_err(|error| {
                let made = OutputError {
                    message: format!("{shown} {}", error.message),
                    ..error
                };
                match made.kind {
                    OutputErrorKind::Failed => {
                        made.help("check `username`, `password`, `client_id` and `protocol`")
                    }
                    _ => made,
                }
            })?;
        Ok(Client {
            publisher: welcome.publisher,
            ended,
            background: Arc::new(Mutex::new(Some(background))),
            shown,
            largest: welcome.largest,
            qos: self.session.qos,
            retain: self.session.retain,
        })
    }

    async fn stream(&self) -> Result<Box<dyn Stream>, OutputError> {
        let tcp = self.address.connect(CONNECT_TIMEOUT).await?;
        Ok(match &self.tls {
            None => Box::new(tcp),
            Some((config, name)) => {
                let host = self.address.host();
                Box::new(tls::connect(config, name.as_deref(), host, tcp).await?)
            }
        })
    }
}
