//! One connection: requests out, answers in, and how long ago the other side was heard.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::instance::GeneratorStatus;
use crate::instance::protocol::{Answer, Call, FAREWELL, Hello, Request, frame};
use crate::time::{Clock as _, WallClock};

/// Requests that wait to be written.
const MOST_WAITING: usize = 64;

/// How long an answer that needs no work may take.
pub(super) const QUICK: Duration = Duration::from_secs(3);
/// How long anything may take, however busy the other side is.
pub(super) const SLOW: Duration = Duration::from_secs(1_800);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The process is gone, with why.
    Gone(String),
    /// It does not answer in time.
    Silent(String),
    /// It could not be reached or did not understand.
    Failed(String),
}

impl Broken {
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Gone(why) | Self::Silent(why) | Self::Failed(why) => why,
        }
    }
}

type Waiting = HashMap<u64, oneshot::Sender<Answer>>;

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) peer: Hello,
    out: mpsc::Sender<Vec<u8>>,
    next: AtomicU64,
    /// `None` once the connection is over.
    waiting: Mutex<Option<Waiting>>,
    /// Microseconds since the Unix epoch.
    heard_us: AtomicI64,
    silent: AtomicBool,
    probing: AtomicBool,
    farewell: OnceLock<Vec<GeneratorStatus>>,
}

impl Wire {
    /// Talks on a stream whose hellos are said. `over` is called when it ends.
    pub(super) fn start(
        stream: UnixStream,
        peer: Hello,
        over: impl FnOnce(&Self) + Send + 'static,
    ) -> Arc<Self> {
        let (mut from, mut to) = stream.into_split();
        let (out, mut queue) = mpsc::channel::<Vec<u8>>(MOST_WAITING);
        let wire = Arc::new(Self {
            peer,
            out,
            next: AtomicU64::new(1),
            waiting: Mutex::new(Some(HashMap::new())),
            heard_us: AtomicI64::new(WallClock.now_us()),
            silent: AtomicBool::new(false),
            probing: AtomicBool::new(false),
            farewell: OnceLock::new(),
        });
        let mine = wire.clone();
        tokio::spawn(async move {
            let reader = async {
                while let Ok(Some(bytes)) = frame::read(&mut from).await {
                    mine.heard_us.store(WallClock.now_us(), Ordering::SeqCst);
                    mine.silent.store(false, Ordering::SeqCst);
                    let Ok(answer) = serde_json::from_slice::<Answer>(&bytes) else {
                        return;
                    };
                    if answer.id == FAREWELL {
                        mine.take_leave(answer);
                        return;
                    }
                    let asked = mine
                        .waiting()
                        .as_mut()
                        .and_then(|all| all.remove(&answer.id));
                    if let Some(asked) = asked {
                        // Who asked may have stopped waiting.
                        let _ = asked.send(answer);
                    }
                }
            };
            let writer = async {
                use tokio::io::AsyncWriteExt as _;
                while let Some(bytes) = queue.recv().await {
                    if to.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                // The last one who could ask is gone; the reader ends with the peer.
                std::future::pending().await
            };
            tokio::select! {
                () = reader => {}
                () = writer => {}
            }
            // Whoever waits sees the end.
            drop(mine.waiting().take());
            over(&mine);
        });
        wire
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True once the connection is over.
    pub(super) fn over(&self) -> bool {
        self.waiting().is_none()
    }

    /// Since when nothing was heard although an answer was due, microseconds since the Unix epoch.
    pub(super) fn silent_since(&self) -> Option<i64> {
        let silent = self.silent.load(Ordering::SeqCst);
        silent.then(|| self.heard_us.load(Ordering::SeqCst))
    }

    fn take_leave(&self, answer: Answer) {
        let told = answer.value;
        let told = told.and_then(|value| serde_json::from_str(value.get()).ok());
        // Words of another age: that it ended in good order is clear all the same.
        let _ = self.farewell.set(told.unwrap_or_default());
    }

    /// How the generators stood when the process ended in good order; `None` when it did not.
    pub(super) fn farewell(&self) -> Option<&[GeneratorStatus]> {
        self.farewell.get().map(Vec::as_slice)
    }

    /// What is said of a process that is gone.
    pub(super) fn gone(&self) -> Broken {
        Broken::Gone(self.gone_since(""))
    }

    /// The same, with what can be done; `when` is put behind, as ` 13:05:12`.
    pub(super) fn gone_since(&self, when: &str) -> String {
        let pid = self.peer.pid;
        let what = if self.peer.service {
            format!("instance `{}`", self.peer.name)
        } else {
            "the background process".to_owned()
        };
        if self.farewell().is_some() {
            let at = if when.is_empty() { "" } else { " at" };
            let again = if self.peer.service {
                "`evtui run` starts it again"
            } else {
                "Ctrl-R in their projects starts them again"
            };
            return format!("{what} ({pid}) ended{at}{when}, its generators are stopped: {again}");
        }
        let since = if when.is_empty() { "" } else { " since" };
        let again = if self.peer.service {
            "`evtui run` starts them again"
        } else {
            "start them again from their projects, with Ctrl-R"
        };
        format!("{what} ({pid}) is gone{since}{when}, and its generators with it: {again}")
    }

    fn quiet(&self) -> Broken {
        self.silent.store(true, Ordering::SeqCst);
        let pid = self.peer.pid;
        Broken::Silent(format!(
            "the process that holds the generators, {pid}, does not answer; `kill {pid}` ends it"
        ))
    }

    /// Asks, and waits at most [`QUICK`] for the answer.
    pub(super) async fn ask(&self, call: &Call) -> Result<Box<RawValue>, Broken> {
        let mut answer = self.send(call).await?;
        match timeout(QUICK, &mut answer.take).await {
            Ok(Ok(answer)) => value(answer),
            Ok(Err(_)) => Err(self.gone()),
            Err(_) => Err(self.quiet()),
        }
    }

    /// Asks for something that takes its time; waits as long as the other side is alive.
    pub(super) async fn ask_slow(&self, call: &Call) -> Result<Box<RawValue>, Broken> {
        let begun = Instant::now();
        let mut answer = self.send(call).await?;
        loop {
            match timeout(QUICK, &mut answer.take).await {
                Ok(Ok(answer)) => return value(answer),
                Ok(Err(_)) => return Err(self.gone()),
                Err(_) if begun.elapsed() > SLOW => return Err(self.quiet()),
                Err(_) => drop(self.ask(&Call::Ping).await?),
            }
        }
    }

    /// Looks whether a silent peer is back; at most once at a time.
    pub(super) fn probe(self: &Arc<Self>) {
        if self.probing.swap(true, Ordering::SeqCst) {
            return;
        }
        let wire = self.clone();
        tokio::spawn(async move {
            // An answer takes the silence away by itself.
            let _ = wire.ask(&Call::Ping).await;
            wire.probing.store(false, Ordering::SeqCst);
        });
    }

    async fn send(&self, call: &Call) -> Result<Awaited<'_>, Broken> {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let bytes = frame::encode(&Request { id, call })
            .map_err(|error| Broken::Failed(format!("it cannot be asked for: {error}")))?;
        let (give, take) = oneshot::channel();
        match self.waiting().as_mut() {
            Some(waiting) => waiting.insert(id, give),
            None => return Err(self.gone()),
        };
        let awaited = Awaited {
            wire: self,
            id,
            take,
        };
        match timeout(QUICK, self.out.send(bytes)).await {
            Ok(Ok(())) => Ok(awaited),
            Ok(Err(_)) => Err(self.gone()),
            Err(_) => Err(self.quiet()),
        }
    }
}

/// An answer that is waited for; forgotten when this is dropped.
struct Awaited<'a> {
    wire: &'a Wire,
    id: u64,
    take: oneshot::Receiver<Answer>,
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = self.wire.waiting().as_mut() {
            waiting.remove(&self.id);
        }
    }
}

fn value(answer: Answer) -> Result<Box<RawValue>, Broken> {
    match (answer.value, answer.error) {
        (_, Some(why)) => Err(Broken::Failed(why)),
        (Some(value), None) => Ok(value),
        // `()` is null, which is what no value looks like.
        (None, None) => Ok(RawValue::NULL.to_owned()),
    }
}
