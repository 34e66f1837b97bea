//! What outputs that keep a connection to a broker have in common: one connection for all attempts,
//! made when an attempt finds none and thrown away when an attempt did not come to its end.
//!
//! Knows nothing of any broker.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

use super::{Items, OutputError, Receipt};

/// Longest time to establish a connection.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that attempts share.
pub(super) struct Link<C> {
    current: Mutex<Option<Shared<C>>>,
}

struct Shared<C> {
    client: C,
    broken: Arc<AtomicBool>,
}

/// The connection in the hands of one attempt. Unless it is given back with [`Lease::keep`], nobody
/// uses the connection again: what is dropped half-way may have left it in any state.
pub(super) struct Lease<C> {
    /// The client.
    pub client: C,
    broken: Arc<AtomicBool>,
    sound: bool,
}

impl<C> fmt::Debug for Link<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

impl<C> Default for Link<C> {
    fn default() -> Self {
        Self {
            current: Mutex::new(None),
        }
    }
}

impl<C: Clone> Link<C> {
    /// The connection; `connect` is only awaited when there is none.
    ///
    /// # Errors
    /// Those of `connect`.
    pub async fn lease(
        &self,
        connect: impl Future<Output = Result<C, OutputError>>,
    ) -> Result<Lease<C>, OutputError> {
        let mut current = self.current.lock().await;
        if let Some(shared) = current.as_ref()
            && !shared.broken.load(Ordering::Acquire)
        {
            return Ok(Lease {
                client: shared.client.clone(),
                broken: Arc::clone(&shared.broken),
                sound: false,
            });
        }
        *current = None;
        let client = connect.await?;
        let broken = Arc::new(AtomicBool::new(false));
        *current = Some(Shared {
            client: client.clone(),
            broken: Arc::clone(&broken),
        });
        Ok(Lease {
            client,
            broken,
            sound: false,
        })
    }

    /// Takes the connection away, to close it.
    pub async fn take(&self) -> Option<C> {
        let shared = self.current.lock().await.take()?;
        let sound = !shared.broken.load(Ordering::Acquire);
        sound.then_some(shared.client)
    }
}

impl<C> Lease<C> {
    /// The connection is fit for further attempts.
    pub fn keep(mut self) {
        self.sound = true;
    }
}

impl<C> Drop for Lease<C> {
    fn drop(&mut self) {
        if !self.sound {
            self.broken.store(true, Ordering::Release);
        }
    }
}

/// What became of each item of an attempt, for targets that acknowledge them one by one.
#[cfg(any(feature = "mqtt", feature = "nats", feature = "websocket"))]
pub(super) struct Verdicts(Vec<Verdict>);

#[cfg(any(feature = "mqtt", feature = "nats", feature = "websocket"))]
#[derive(Clone)]
enum Verdict {
    Open,
    Taken,
    Refused(Box<OutputError>),
}

#[cfg(any(feature = "mqtt", feature = "nats", feature = "websocket"))]
impl Verdicts {
    /// Nothing is decided about `items` items.
    pub fn new(items: usize) -> Self {
        Self(vec![Verdict::Open; items])
    }

    /// True while nothing is decided about an item.
    pub fn is_open(&self, position: usize) -> bool {
        matches!(self.0.get(position), Some(Verdict::Open))
    }

    /// The target took an item.
    pub fn take(&mut self, position: usize) {
        self.set(position, Verdict::Taken);
    }

    /// The target did not take an item.
    pub fn refuse(&mut self, position: usize, error: OutputError) {
        self.set(position, Verdict::Refused(Box::new(error)));
    }

    fn set(&mut self, position: usize, verdict: Verdict) {
        if let Some(known) = self.0.get_mut(position) {
            *known = verdict;
        }
    }

    /// The target took all that is not decided.
    pub fn take_rest(&mut self) {
        for verdict in &mut self.0 {
            if matches!(verdict, Verdict::Open) {
                *verdict = Verdict::Taken;
            }
        }
    }

    /// The target took nothing of what is not decided.
    pub fn refuse_rest(&mut self, error: &OutputError) {
        for verdict in &mut self.0 {
            if matches!(verdict, Verdict::Open) {
                *verdict = Verdict::Refused(Box::new(error.clone()));
            }
        }
    }

    /// The failures by position; what is still open counts as taken.
    pub fn failures(self) -> Vec<(Range<usize>, OutputError)> {
        let all = self.0.into_iter().enumerate();
        all.filter_map(|(position, verdict)| match verdict {
            Verdict::Refused(error) => Some((position..position + 1, *error)),
            _ => None,
        })
        .collect()
    }
}

/// The receipt of an attempt: failures by position, in any order, each position at most once.
pub(super) fn receipt(
    items: &Items<'_>,
    mut failures: Vec<(Range<usize>, OutputError)>,
) -> Receipt {
    failures.sort_by_key(|(range, _)| range.start);
    let mut merged: Vec<(Range<usize>, OutputError)> = Vec::new();
    for (range, error) in failures {
        match merged.last_mut() {
            Some((last, same)) if last.end == range.start && *same == error => {
                last.end = range.end;
            }
            _ if range.is_empty() => {}
            _ => merged.push((range, error)),
        }
    }
    let mut bytes: usize = items.iter().map(<[u8]>::len).sum();
    for (range, _) in &merged {
        bytes -= range
            .clone()
            .map(|position| items.get(position).len())
            .sum::<usize>();
    }
    Receipt {
        bytes: bytes as u64,
        failures: merged,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::sync::atomic::AtomicU32;

    use super::*;

    async fn numbered(made: &AtomicU32) -> Result<u32, OutputError> {
        Ok(made.fetch_add(1, Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_connection_is_used_again_until_an_attempt_leaves_it_in_the_middle() {
        let (link, made) = (Link::default(), AtomicU32::new(0));
        let first = link.lease(numbered(&made)).await.unwrap();
        first.keep();
        let second = link.lease(numbered(&made)).await.unwrap();
        assert_eq!(second.client, 0);
        // As when the future of an attempt is dropped.
        drop(second);
        let third = link.lease(numbered(&made)).await.unwrap();
        assert_eq!(third.client, 1);
        third.keep();
        assert_eq!(link.take().await, Some(1));
        assert_eq!(link.take().await, None);
    }

    #[tokio::test]
    async fn an_old_lease_does_not_harm_a_newer_connection() {
        let (link, made) = (Link::default(), AtomicU32::new(0));
        let one = link.lease(numbered(&made)).await.unwrap();
        let other = link.lease(numbered(&made)).await.unwrap();
        drop(one);
        let new = link.lease(numbered(&made)).await.unwrap();
        drop(other);
        new.keep();
        assert_eq!(link.take().await, Some(1));
    }
}
