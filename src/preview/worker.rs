//! Previews on a thread of their own: the latest request wins.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use super::evaluate::{broken, evaluate};
use super::statistics::study;
use super::{PreviewRequest, PreviewResult};

/// Stack of the thread: templates may nest deeply.
const STACK: usize = 16 << 20;

/// Evaluates requests one at a time. A newer request replaces a waiting one and cancels the running
/// one, whose result is not delivered then. Statistics that were asked for are delivered as a second
/// result, so that they never hold up the first. Dropping it cancels what runs and waits for the thread.
#[derive(Debug)]
pub struct Worker {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Option<PreviewRequest>,
    closed: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when the request in hand is out of date.
    fn is_stale(&self) -> bool {
        let state = self.lock();
        state.closed || state.waiting.is_some()
    }

    /// The next request; `None` when there will be none.
    fn next(&self) -> Option<PreviewRequest> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(request) = state.waiting.take() {
                return Some(request);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Worker {
    /// Starts the thread; it hands each result to `sink`. Without a thread (the system refused one)
    /// requests are answered with nothing.
    pub fn start(sink: impl Fn(PreviewResult) + Send + 'static) -> Self {
        Self::running(sink, evaluate, |request, cancel| {
            request.inspect.statistics?;
            study(request, cancel)
        })
    }

    fn running(
        sink: impl Fn(PreviewResult) + Send + 'static,
        evaluate: impl Fn(&PreviewRequest, &dyn Fn() -> bool) -> PreviewResult + Send + 'static,
        study: impl Fn(&PreviewRequest, &dyn Fn() -> bool) -> Option<PreviewResult> + Send + 'static,
    ) -> Self {
        let desk = Arc::new(Desk::default());
        let own = desk.clone();
        let body = move || {
            while let Some(request) = own.next() {
                let evaluation = AssertUnwindSafe(|| evaluate(&request, &|| own.is_stale()));
                let result = catch_unwind(evaluation)
                    .unwrap_or_else(|panic| broken(request.revision, &text(panic.as_ref())));
                if own.is_stale() {
                    continue;
                }
                sink(result);
                let study = AssertUnwindSafe(|| study(&request, &|| own.is_stale()));
                if let Ok(Some(result)) = catch_unwind(study)
                    && !own.is_stale()
                {
                    sink(result);
                }
            }
        };
        let thread = Builder::new()
            .name("evtui-preview".to_owned())
            .stack_size(STACK)
            .spawn(body);
        Self {
            desk,
            thread: thread.ok(),
        }
    }

    /// Asks for a preview and returns at once.
    pub fn request(&self, request: PreviewRequest) {
        self.desk.lock().waiting = Some(request);
        self.desk.changed.notify_one();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It never panics outside `catch_unwind`, except in the sink.
            let _ = thread.join();
        }
    }
}

/// The words of a panic.
fn text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no words were given".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::config::Parameters;

    fn request(revision: u64) -> PreviewRequest {
        PreviewRequest {
            project: "none".into(),
            buffers: Default::default(),
            revision,
            parameters: Parameters::default(),
            seed: 1,
            now_us: 0,
            from_us: None,
            span_s: 60,
            buckets: 6,
            events: 3,
            deadline: Duration::from_secs(1),
            inspect: Default::default(),
        }
    }

    #[test]
    fn the_latest_request_wins() {
        let (results, delivered) = channel();
        let (begun, begins) = channel();
        let worker = Worker::running(
            move |result: PreviewResult| results.send(result.revision).unwrap(),
            move |request, cancel| {
                begun.send(request.revision).unwrap();
                // The first one lasts until it is cancelled.
                while request.revision == 1 && !cancel() {
                    std::thread::yield_now();
                }
                broken(request.revision, "")
            },
            |_, _| None,
        );
        worker.request(request(1));
        assert_eq!(begins.recv().unwrap(), 1);
        worker.request(request(2));
        worker.request(request(3));
        let first = delivered.recv().unwrap();
        assert_ne!(first, 1, "it was cancelled");
        if first == 2 {
            assert_eq!(delivered.recv().unwrap(), 3);
        }
        drop(worker);
        assert!(delivered.iter().next().is_none());
    }

    #[test]
    fn a_panic_becomes_a_diagnostic_and_the_worker_lives_on() {
        let (results, delivered) = channel();
        let worker = Worker::running(
            move |result| results.send(result).unwrap(),
            |request, _| match request.revision {
                1 => panic!("as planned"),
                other => broken(other, "fine"),
            },
            |_, _| panic!("not as planned"),
        );
        worker.request(request(1));
        let broken = delivered.recv().unwrap();
        assert!(broken.diagnostics.0[0].message.contains("as planned"));
        worker.request(request(2));
        assert_eq!(delivered.recv().unwrap().revision, 2);
    }

    #[test]
    fn dropping_cancels_what_runs() {
        let (begun, begins) = channel();
        let worker = Worker::running(
            |_| panic!("nothing is delivered"),
            move |request, cancel| {
                begun.send(()).unwrap();
                while !cancel() {
                    std::thread::yield_now();
                }
                broken(request.revision, "")
            },
            |_, _| None,
        );
        worker.request(request(1));
        begins.recv().unwrap();
        drop(worker);
    }

    #[test]
    fn statistics_come_after_the_preview_and_are_given_up_for_the_next() {
        let (results, delivered) = channel();
        let (begun, begins) = channel();
        let worker = Worker::running(
            move |result: PreviewResult| {
                let told = (result.revision, result.statistics.is_some());
                results.send(told).unwrap();
            },
            |request, _| broken(request.revision, ""),
            move |request, cancel| {
                begun.send(()).unwrap();
                // The first ones last until they are cancelled.
                while request.revision == 1 && !cancel() {
                    std::thread::yield_now();
                }
                Some(PreviewResult {
                    statistics: Some(Default::default()),
                    ..broken(request.revision, "")
                })
            },
        );
        worker.request(request(1));
        assert_eq!(delivered.recv().unwrap(), (1, false));
        begins.recv().unwrap();
        worker.request(request(2));
        assert_eq!(delivered.recv().unwrap(), (2, false));
        assert_eq!(delivered.recv().unwrap(), (2, true));
        drop(worker);
        assert!(delivered.iter().next().is_none());
    }
}
