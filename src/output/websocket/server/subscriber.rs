//! One subscriber: its queue, and the task that empties it into the connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;

use super::{HANDSHAKE, Hub, handshake};

/// Close code of a subscriber that is too slow.
const TOO_SLOW: u16 = 4008;

/// Longest message of a subscriber; nobody listens to what it says.
const LONGEST: usize = 64 << 10;

/// Frames of one batch, as many of them as there was room for.
type Part = (Arc<[Message]>, usize);

/// Frames that wait for one subscriber. The number of frames is bounded, not that of parts: an empty
/// one is never queued.
#[derive(Debug)]
pub(super) struct Queue {
    parts: UnboundedSender<Part>,
    waiting: AtomicUsize,
    most: usize,
    lost: AtomicU64,
    /// It was too slow.
    kicked: CancellationToken,
}

impl Queue {
    pub fn new(most: usize) -> (Arc<Self>, UnboundedReceiver<Part>) {
        let (parts, receiver) = unbounded_channel();
        let queue = Self {
            parts,
            waiting: AtomicUsize::new(0),
            most,
            lost: AtomicU64::new(0),
            kicked: CancellationToken::new(),
        };
        (Arc::new(queue), receiver)
    }

    /// Queues frames as far as there is room; false when the subscriber gets no more: it is gone, or
    /// `strict` and there was not enough room. Called by one at a time.
    pub fn push(&self, frames: &Arc<[Message]>, strict: bool) -> bool {
        let room = self
            .most
            .saturating_sub(self.waiting.load(Ordering::Acquire));
        let fit = frames.len().min(room);
        if fit > 0 {
            self.waiting.fetch_add(fit, Ordering::AcqRel);
            if self.parts.send((Arc::clone(frames), fit)).is_err() {
                return false;
            }
        }
        let lost = frames.len() - fit;
        if lost == 0 {
            return !self.parts.is_closed();
        }
        self.lost.fetch_add(lost as u64, Ordering::Relaxed);
        if strict {
            self.kicked.cancel();
        }
        !strict && !self.parts.is_closed()
    }
}

/// Why a connection ends.
enum End {
    /// It went away, or broke.
    Gone,
    /// It did not answer.
    Dead,
    TooSlow,
    /// The run is over and everything queued was sent.
    Over,
}

/// Lets a subscriber in and serves it until it goes.
#[allow(clippy::result_large_err, reason = "the shape of the library")]
pub(super) async fn serve<S>(hub: &Arc<Hub>, stream: S, peer: SocketAddr, room: bool)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .write_buffer_size(32 << 10)
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST));
    let shaking = tokio_tungstenite::accept_hdr_async_with_config(
        stream,
        |request: &_, response| handshake::check(hub, room, request, response),
        Some(config),
    );
    let Ok(Ok(mut socket)) = timeout(HANDSHAKE, shaking).await else {
        return;
    };
    let (queue, parts) = Queue::new(hub.queue);
    hub.all().push(Arc::clone(&queue));
    let end = tokio::select! {
        biased;
        end = converse(hub, &queue, parts, &mut socket) => end,
        () = queue.kicked.cancelled() => End::TooSlow,
    };
    hub.all().retain(|other| !Arc::ptr_eq(other, &queue));
    let lost = queue.lost.load(Ordering::Relaxed);
    if lost > 0 {
        tracing::warn!("websocket: subscriber {peer} was too slow and missed {lost} frames");
    }
    farewell(&mut socket, end, lost).await;
}

/// Sends what is queued and answers pings until there is a reason to end.
async fn converse<S>(
    hub: &Hub,
    queue: &Queue,
    mut parts: UnboundedReceiver<Part>,
    socket: &mut WebSocketStream<S>,
) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut pings = interval(hub.ping);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let step = tokio::select! {
            part = parts.recv() => match part {
                Some(part) => send(queue, socket, part, hub.ping).await,
                None => return End::Gone,
            },
            said = socket.next() => match said {
                Some(Ok(_)) => {
                    heard = Instant::now();
                    Ok(())
                }
                Some(Err(_)) | None => Err(End::Gone),
            },
            _ = pings.tick() => {
                if heard.elapsed() > hub.ping.saturating_mul(2) {
                    return End::Dead;
                }
                let sent = timeout(hub.ping, socket.send(Message::Ping(Default::default()))).await;
                within(sent)
            }
            () = hub.over.cancelled() => {
                // Nothing is added any more.
                while let Ok(part) = parts.try_recv() {
                    if let Err(end) = send(queue, socket, part, hub.ping).await {
                        return end;
                    }
                }
                return End::Over;
            }
        };
        if let Err(end) = step {
            return end;
        }
    }
}

async fn send<S>(
    queue: &Queue,
    socket: &mut WebSocketStream<S>,
    (frames, count): Part,
    ping: Duration,
) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // Who takes nothing for so long is dead, or would hold its queue for ever.
    let limit = ping.saturating_mul(2);
    for frame in frames.iter().take(count) {
        within(timeout(limit, socket.feed(frame.clone())).await)?;
        queue.waiting.fetch_sub(1, Ordering::AcqRel);
    }
    within(timeout(limit, socket.flush()).await)
}

fn within(sent: Result<Result<(), Error>, tokio::time::error::Elapsed>) -> Result<(), End> {
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::Dead),
    }
}

/// Tells the subscriber why it ends, as far as it listens.
async fn farewell<S>(socket: &mut WebSocketStream<S>, end: End, lost: u64)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let missed = match lost {
        0 => String::new(),
        _ => format!(": you missed {lost} frames"),
    };
    let (code, reason) = match end {
        End::Gone | End::Dead => return,
        End::TooSlow => (CloseCode::from(TOO_SLOW), format!("too slow{missed}")),
        End::Over => (CloseCode::Normal, format!("the run is over{missed}")),
    };
    let closing = async {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        socket.close(Some(frame)).await.ok()?;
        // What the other side still says is read until it closes too, so that nothing we sent is lost
        // with the connection.
        while socket.next().await?.is_ok() {}
        Some(())
    };
    drop(timeout(super::FAREWELL, closing).await);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn frames(count: usize) -> Arc<[Message]> {
        (0..count).map(|n| Message::text(n.to_string())).collect()
    }

    #[test]
    fn a_full_queue_takes_what_fits_and_counts_the_rest() {
        let (queue, mut parts) = Queue::new(5);
        assert!(queue.push(&frames(3), false));
        assert!(queue.push(&frames(4), false));
        assert!(queue.push(&frames(1), false));
        assert_eq!(queue.lost.load(Ordering::Relaxed), 3);
        assert_eq!(parts.try_recv().unwrap().1, 3);
        assert_eq!(parts.try_recv().unwrap().1, 2);
        assert!(parts.try_recv().is_err());
        assert!(!queue.kicked.is_cancelled());
    }

    #[test]
    fn a_strict_queue_gives_up_its_subscriber() {
        let (queue, _parts) = Queue::new(5);
        assert!(queue.push(&frames(5), true));
        assert!(!queue.push(&frames(1), true));
        assert!(queue.kicked.is_cancelled());
    }

    #[test]
    fn a_queue_without_reader_is_left() {
        let (queue, parts) = Queue::new(5);
        drop(parts);
        assert!(!queue.push(&frames(1), false));
    }
}
