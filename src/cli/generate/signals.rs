//! SIGINT and SIGTERM: the first drains, the second gives up.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::instance::DRAIN;
use crate::pipeline::Running;

/// A signal so soon after the first is the same wish: wrappers such as `timeout` signal the process
/// and then its group.
const SAME_WISH: Duration = Duration::from_millis(300);

/// What came in, and the run to end.
#[derive(Debug, Default)]
pub(super) struct Signals {
    first: AtomicU8,
    first_at: OnceLock<Instant>,
    running: OnceLock<Arc<Running>>,
}

impl Signals {
    /// The signal that came first.
    pub(super) fn received(&self) -> Option<u8> {
        Some(self.first.load(Ordering::SeqCst)).filter(|&signal| signal != 0)
    }

    /// Names the run that signals end from now on.
    pub(super) fn control(&self, running: Arc<Running>) {
        let _ = self.running.set(running.clone());
        if self.received().is_some() {
            running.stop(DRAIN);
        }
    }

    fn take(&self, signal: u8) {
        let second = self
            .first
            .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst)
            .is_err();
        let since_first = self.first_at.get_or_init(Instant::now).elapsed();
        match self.running.get() {
            Some(_) if second && since_first < SAME_WISH => {}
            Some(running) if second => running.abort(),
            Some(running) => running.stop(DRAIN),
            // Nothing is open yet: loading has nothing to lose.
            None => std::process::exit(128 + i32::from(signal)),
        }
    }

    /// Listens from now on.
    #[cfg(unix)]
    pub(super) fn listen(self: &Arc<Self>, runtime: &Handle) {
        use tokio::signal::unix::{SignalKind, signal};
        let _inside = runtime.enter();
        for (kind, number) in [(SignalKind::interrupt(), 2), (SignalKind::terminate(), 15)] {
            // Without a handler the system's own reaction stays, which ends the process.
            let Ok(mut stream) = signal(kind) else {
                continue;
            };
            let signals = self.clone();
            runtime.spawn(async move {
                while stream.recv().await.is_some() {
                    signals.take(number);
                }
            });
        }
    }

    /// Listens from now on.
    #[cfg(not(unix))]
    pub(super) fn listen(self: &Arc<Self>, runtime: &Handle) {
        let signals = self.clone();
        runtime.spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                signals.take(2);
            }
        });
    }
}
