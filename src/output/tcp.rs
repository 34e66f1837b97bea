//! `tcp`: events over one connection, in order, each batch with one write.
//!
//! TCP confirms nothing to the sender: events count as written when the system took all of them for a
//! connection that stood. Before each write the receiver's side is looked at, so that one that closed
//! or reset the connection is noticed and connected to anew. A write that fails is a failure of its
//! whole batch: delivered again (where `retry` or `on_failure: block` say so), its events may arrive
//! twice, never half: a connection begins with a whole event. What was counted is never sent again, so
//! of that a receiver may lack what was under way when it broke the connection off; one that shuts its
//! sending side down and reads on until our end loses nothing.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, poll_fn};
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::Mutex;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::net::{self, Address};
use super::tls::{self, Asked, TlsConfig};
use super::write::encode_items;
use super::{
    DeliveryConfig, Encoding, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin,
    Receipt, RemoteOutput, delivery, encoding,
};

/// How long closing waits at most for the receiver to have read everything.
const PARTING: Duration = Duration::from_secs(1);

static SCHEMA: Schema = Schema {
    name: "tcp",
    doc: "Sends events over one TCP connection, in order, plain or with TLS. Connects when the run \
          starts, and again when the receiver closed the connection. TCP does not confirm: what is \
          under way when the receiver breaks off may be lost.",
    fields: delivery::ordered_fields![
        net::HOST,
        net::PORT,
        encoding::FIELD,
        Field::optional(
            "separator",
            Kind::Str,
            "\"\\n\"",
            "Text behind every event; may be empty.",
        ),
        Field::optional(
            "connect_timeout",
            Kind::Int(1, i64::MAX),
            "10",
            "Seconds that connecting may take, TLS included.",
        ),
        Field::optional("ssl", Kind::Bool, "false", "Connect with TLS."),
        tls::VERIFY,
        tls::CA_CERT,
        tls::CLIENT_CERT,
        tls::CLIENT_CERT_KEY,
        format::FIELD_PLAIN,
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let encoding = Encoding::decode(&section, cx);
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    let tls = TlsConfig::switched(&section, true, cx);
    let limit = section.int("connect_timeout").unwrap_or(10);
    Some(Box::new(TcpConfig {
        address: Address::decode(&section)?,
        limit: Duration::from_secs(limit.unsigned_abs()),
        tls: tls?,
        separator: section.str("separator").unwrap_or("\n").to_owned(),
        encoding: encoding?,
        format: format?,
        delivery: DeliveryConfig::once().decode(&section, cx),
    }))
}

#[derive(Debug)]
struct TcpConfig {
    address: Address,
    limit: Duration,
    tls: Option<TlsConfig>,
    separator: String,
    encoding: Encoding,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for TcpConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &str {
        &self.separator
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        let tls = match &self.tls {
            Some(config) => Some(tls::watched(&config.build(env.base)?)),
            None => None,
        };
        let write_timeout = self.delivery.write_timeout.unwrap_or(env.write_timeout);
        Ok(Output::Remote(Arc::new(Tcp {
            address: self.address.clone(),
            limit: self.limit,
            parting: PARTING.min(write_timeout / 2),
            tls,
            encoding: self.encoding.clone(),
            connection: Mutex::default(),
        })))
    }
}

#[derive(Debug)]
struct Tcp {
    address: Address,
    limit: Duration,
    parting: Duration,
    tls: Option<(Arc<ClientConfig>, Asked)>,
    encoding: Encoding,
    connection: Mutex<Connection>,
}

/// The connection, if there is one, and room for encoding.
#[derive(Default)]
struct Connection {
    wire: Option<Box<dyn Wire>>,
    room: (Vec<u8>, Vec<usize>),
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.wire.is_some() {
            "open"
        } else {
            "closed"
        })
    }
}

/// A connection, plain or encrypted.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Tcp {
    async fn connect(&self) -> Result<Box<dyn Wire>, OutputError> {
        let Some((config, asked)) = &self.tls else {
            return Ok(Box::new(self.address.connect(self.limit).await?));
        };
        let securing = async {
            let stream = self.address.connect(self.limit).await?;
            let host = self.address.host();
            let mut stream = tls::connect(config, None, host, stream).await?;
            tls::accepted(&mut stream, asked, host).await?;
            Ok(Box::new(stream) as Box<dyn Wire>)
        };
        tokio::time::timeout(self.limit, securing)
            .await
            .map_err(|_| {
                let address = &self.address;
                let limit = self.limit;
                OutputError::outage(format!("TLS with {address} took longer than {limit:?}"))
                    .help("it may speak no TLS there; or raise `connect_timeout`")
            })?
    }

    async fn write(&self, items: &Items<'_>) -> Result<usize, OutputError> {
        let mut guard = self.connection.lock().await;
        let Connection { wire, room } = &mut *guard;
        let bytes = if self.encoding == Encoding::Utf8 {
            items.joined(room).0
        } else {
            room.0.clear();
            encode_items(items, &self.encoding, true, &mut room.0, None)
                .map_err(|failure| failure.error)?;
            &room.0
        };
        // It is put back only after everything went out: a future that is dropped half-way drops the
        // connection with it, and half an event ends with its connection.
        let mut standing = wire.take();
        if let Some(known) = &mut standing
            && !is_open(known.as_mut()).await
        {
            standing = None;
        }
        let mut standing = match standing {
            Some(standing) => standing,
            None => self.connect().await?,
        };
        let written = async {
            standing.write_all(bytes).await?;
            standing.flush().await
        };
        written
            .await
            .map_err(|error| OutputError::path("lost the connection to", &self.shown(), &error))?;
        *wire = Some(standing);
        Ok(bytes.len())
    }

    fn shown(&self) -> String {
        self.address.to_string()
    }
}

impl RemoteOutput for Tcp {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            let connected = self.connect().await?;
            self.connection.lock().await.wire = Some(connected);
            Ok(())
        }
        .boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move {
            match self.write(&items).await {
                Ok(bytes) => Receipt::taken(bytes),
                Err(error) => Receipt::refused(&items, error),
            }
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            let Some(mut wire) = self.connection.lock().await.wire.take() else {
                return Ok(());
            };
            // A system that closes with something unread resets the connection, and the receiver
            // may lose the end; so read until it closes too.
            let parting = async {
                wire.shutdown().await?;
                let mut room = [0; 1024];
                while wire.read(&mut room).await? > 0 {}
                Ok::<(), io::Error>(())
            };
            match tokio::time::timeout(self.parting, parting).await {
                Err(_) | Ok(Ok(())) => Ok(()),
                // Many servers end TLS without a word.
                Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
                Ok(Err(error)) => Err(ended(&self.shown(), &error)),
            }
        }
        .boxed()
    }
}

fn ended(peer: &str, error: &io::Error) -> OutputError {
    OutputError::path("lost the connection at the end to", peer, error)
        .help("the last events may not have arrived")
}

/// Looks at the receiver's side: what it sends is thrown away, its end is what matters.
async fn is_open(wire: &mut dyn Wire) -> bool {
    // Lets the runtime take note of what has arrived.
    tokio::task::yield_now().await;
    poll_fn(|task| Poll::Ready(look(wire, task))).await
}

fn look(wire: &mut dyn Wire, task: &mut Task<'_>) -> bool {
    let mut room = [0; 4096];
    loop {
        let mut buffer = ReadBuf::new(&mut room);
        match Pin::new(&mut *wire).poll_read(task, &mut buffer) {
            Poll::Pending => return true,
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
            Poll::Ready(_) => return false,
        }
    }
}
