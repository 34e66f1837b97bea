//! `udp`: each event a datagram.
//!
//! Nothing confirms a datagram. What the system refuses to send counts as failed, and so does what the
//! receiver's system reported back as refused by the time the batch was sent or the next one is.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt};
use tokio::net::UdpSocket;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::net::{self, Address};
use super::write::encode_item;
use super::{
    DeliveryConfig, Encoding, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin,
    Receipt, RemoteOutput, delivery, encoding,
};

static SCHEMA: Schema = Schema {
    name: "udp",
    doc: "Sends each event as one UDP datagram, in order. Datagrams are not confirmed and may get \
          lost on the way.",
    fields: &[
        net::HOST,
        net::PORT,
        encoding::FIELD,
        Field::optional(
            "separator",
            Kind::Str,
            "\"\\n\"",
            "Text behind every event; may be empty.",
        ),
        format::FIELD_PLAIN,
        delivery::WRITE_TIMEOUT,
        delivery::RETRY,
        Field {
            doc: "Stops sending to a port that is closed, but for a probe now and then. Default: never.",
            ..delivery::CIRCUIT
        },
        delivery::ON_FAILURE,
        delivery::DEAD_LETTER,
        delivery::BATCH,
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
    let mut delivery = DeliveryConfig::once();
    if !section.has(delivery::CIRCUIT.name) {
        // Each datagram is a probe that costs nothing, and a receiver that starts later gets all
        // that is sent from then on.
        delivery.circuit.failures = u32::MAX;
    }
    Some(Box::new(UdpConfig {
        address: Address::decode(&section)?,
        separator: section.str("separator").unwrap_or("\n").to_owned(),
        encoding: encoding?,
        format: format?,
        delivery: delivery.decode(&section, cx),
    }))
}

#[derive(Debug)]
struct UdpConfig {
    address: Address,
    separator: String,
    encoding: Encoding,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for UdpConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &str {
        &self.separator
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, _env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(Output::Remote(Arc::new(Udp {
            address: self.address.clone(),
            encoding: self.encoding.clone(),
            socket: Mutex::default(),
        })))
    }
}

#[derive(Debug)]
struct Udp {
    address: Address,
    encoding: Encoding,
    socket: Mutex<Option<Arc<Socket>>>,
}

/// A socket that is connected to the receiver.
#[derive(Debug)]
struct Socket {
    socket: UdpSocket,
    /// Most bytes of a datagram by its protocol.
    largest: usize,
}

impl Udp {
    fn known(&self) -> MutexGuard<'_, Option<Arc<Socket>>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<Arc<Socket>, OutputError> {
        if let Some(socket) = self.known().clone() {
            return Ok(socket);
        }
        let mut last = None;
        for address in self.address.resolve().await? {
            match socket_to(address).await {
                Ok(socket) => {
                    let socket = Arc::new(socket);
                    *self.known() = Some(Arc::clone(&socket));
                    return Ok(socket);
                }
                Err(error) => last = Some(error),
            }
        }
        let error = last.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into());
        Err(self.address.unreachable(&error))
    }

    async fn send_all(&self, items: &Items<'_>) -> Result<Receipt, OutputError> {
        let socket = self.connect().await?;
        let mut sent = Sent::default();
        let mut room = Vec::new();
        for (position, item) in items.iter().enumerate() {
            let datagram = if self.encoding == Encoding::Utf8 {
                item
            } else {
                room.clear();
                if let Err(error) = encode_item(item, &self.encoding, true, &mut room) {
                    sent.fail(position, error);
                    continue;
                }
                &room
            };
            if datagram.len() > socket.largest {
                sent.fail(position, too_large(datagram.len(), socket.largest));
                continue;
            }
            match self.send_one(&socket, datagram, position, &mut sent).await {
                Ok(()) => {}
                Err(error) if is_too_large(&error) => {
                    sent.fail(position, too_large(datagram.len(), socket.largest));
                }
                Err(error) => {
                    let error = self.address.unreachable(&error);
                    for position in position..items.len() {
                        sent.fail(position, error.clone());
                    }
                    break;
                }
            }
        }
        if let Ok(Some(error)) = socket.socket.take_error() {
            sent.refuse_last(&self.address.unreachable(&error));
        }
        Ok(sent.receipt())
    }

    /// Sends a datagram. The system reports that one was refused when the next is sent, which then
    /// does not go out.
    async fn send_one(
        &self,
        socket: &Socket,
        datagram: &[u8],
        position: usize,
        sent: &mut Sent,
    ) -> io::Result<()> {
        match socket.socket.send(datagram).await {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                let error = self.address.unreachable(&error);
                if !sent.refuse_last(&error) {
                    // It was one of an earlier batch, which is counted. To report as many as were
                    // refused, this one counts for it.
                    sent.fail(position, error);
                    return Ok(());
                }
                socket.socket.send(datagram).await?;
            }
            Err(error) => return Err(error),
        }
        sent.last = Some(position);
        sent.bytes += datagram.len() as u64;
        Ok(())
    }
}

/// What became of the items so far.
#[derive(Default)]
struct Sent {
    bytes: u64,
    /// The last item that went out.
    last: Option<usize>,
    failures: Vec<(usize, OutputError)>,
}

impl Sent {
    fn fail(&mut self, position: usize, error: OutputError) {
        self.failures.push((position, error));
    }

    /// The last item that went out was refused; false when there was none.
    fn refuse_last(&mut self, error: &OutputError) -> bool {
        let Some(last) = self.last.take() else {
            return false;
        };
        self.fail(last, error.clone());
        true
    }

    fn receipt(mut self) -> Receipt {
        self.failures.sort_by_key(|(position, _)| *position);
        let mut receipt = Receipt {
            bytes: self.bytes,
            ..Receipt::default()
        };
        for (position, error) in self.failures {
            receipt.fail(position, error);
        }
        receipt
    }
}

impl RemoteOutput for Udp {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async { self.connect().await.map(drop) }.boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move {
            match self.send_all(&items).await {
                Ok(receipt) => receipt,
                Err(error) => Receipt::refused(&items, error),
            }
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            *self.known() = None;
            Ok(())
        }
        .boxed()
    }
}

async fn socket_to(address: SocketAddr) -> io::Result<Socket> {
    let (any, largest) = match address {
        SocketAddr::V4(_) => ("0.0.0.0:0", 65_507),
        SocketAddr::V6(_) => ("[::]:0", 65_527),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    Ok(Socket { socket, largest })
}

fn too_large(len: usize, largest: usize) -> OutputError {
    OutputError::failed(format!(
        "an event of {len} bytes is too large for a datagram"
    ))
    .help(format!(
        "at most {largest} bytes can be sent, less over some networks; use `tcp`"
    ))
}

/// Systems have their own limits below the protocol's.
fn is_too_large(error: &io::Error) -> bool {
    let code = if cfg!(any(target_os = "linux", target_os = "android")) {
        90
    } else if cfg!(windows) {
        10_040
    } else {
        40
    };
    error.raw_os_error() == Some(code)
}
