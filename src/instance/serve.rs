//! An instance on a Unix socket, for the terminals of its user.
//!
//! Many terminals may be there at once, each with many requests under way. One that does not read
//! what it asked for is dropped; nobody waits for it. Knows nothing of how the process ends.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;

use super::Handle;
use super::protocol::{Answer, Asked, Call, FAREWELL, Hello, frame};
use super::runtime_dir::{Seat, SeatError, user};

/// Terminals at once.
const MOST_CLIENTS: usize = 64;
/// Requests of one terminal that may take their time at once.
const MOST_SLOW: usize = 256;
/// Answers that wait for one terminal.
const MOST_ANSWERS: usize = 64;
/// How long a terminal may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);
/// How long a terminal may take to read one answer.
const READ: Duration = Duration::from_secs(30);
/// How long terminals may take to hear that it ends.
const PARTING: Duration = Duration::from_secs(1);
/// How often it is looked whether the socket is still there.
const LOOK: Duration = Duration::from_secs(1);

/// An instance that is served. Dropping it ends that, but not the instance: terminals are told how their
/// generators stand, for which it waits a second at most.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    runtime: Option<tokio::runtime::Runtime>,
    /// True ends every conversation. Each holds a receiver until it is over.
    end: watch::Sender<bool>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    service: bool,
    seat: Mutex<Option<Seat>>,
    /// No more terminals are wanted.
    closed: AtomicBool,
    clients: AtomicUsize,
}

impl Server {
    /// Serves an instance under a name, from threads of its own. `service` says that the process goes
    /// on when nothing runs.
    ///
    /// # Errors
    /// When somebody has the name, no socket can be made, or the system gives no threads.
    pub fn start(handle: Handle, name: &str, service: bool) -> Result<Self, SeatError> {
        let (seat, listener) = Seat::take(name)?;
        Self::on(seat, listener, handle, name, service)
    }

    /// As [`Server::start`], on a socket that was made before.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn on(
        seat: Seat,
        listener: std::os::unix::net::UnixListener,
        handle: Handle,
        name: &str,
        service: bool,
    ) -> Result<Self, SeatError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("evtui-socket")
            .enable_all()
            .build()?;
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            service,
            seat: Mutex::new(Some(seat)),
            closed: AtomicBool::new(false),
            clients: AtomicUsize::new(0),
        });
        let _inside = runtime.enter();
        let listener = UnixListener::from_std(listener)?;
        let (end, ends) = watch::channel(false);
        runtime.spawn(shared.clone().listen(listener, handle, ends));
        Ok(Self {
            shared,
            runtime: Some(runtime),
            end,
        })
    }

    /// How many terminals are there.
    pub fn clients(&self) -> usize {
        self.shared.clients.load(Ordering::SeqCst)
    }

    /// Where it listens at the moment.
    pub fn path(&self) -> Option<std::path::PathBuf> {
        let seat = self.shared.seat();
        seat.as_ref().map(|seat| seat.path().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        drop(self.shared.seat().take());
        if let Some(runtime) = self.runtime.take() {
            self.end.send_replace(true);
            let (tell, told) = std::sync::mpsc::channel();
            let end = self.end.clone();
            runtime.spawn(async move {
                end.closed().await;
                // Who waits may have given up.
                let _ = tell.send(());
            });
            // Who did not hear it sees the end of the stream.
            let _ = told.recv_timeout(PARTING);
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn seat(&self) -> MutexGuard<'_, Option<Seat>> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn listen(
        self: Arc<Self>,
        mut listener: UnixListener,
        handle: Handle,
        mut end: watch::Receiver<bool>,
    ) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        let receiving = self.clone().receive(stream, handle.clone(), end.clone());
                        tokio::spawn(receiving);
                    }
                    Err(error) => {
                        tracing::warn!("a terminal could not attach: {error}");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
                _ = look.tick() => {
                    if let Some(new) = self.look_after() {
                        listener = new;
                    }
                }
                () = over(&mut end) => return,
            }
        }
    }

    /// Takes a new place when the socket was removed, as happens to runtime directories of users who
    /// logged out.
    fn look_after(&self) -> Option<UnixListener> {
        let mut held = self.seat();
        let closed = self.closed.load(Ordering::SeqCst);
        if closed || held.as_ref().is_some_and(Seat::stands) {
            return None;
        }
        // Its lock would be in the way.
        drop(held.take());
        let taken = match Seat::take(&self.name) {
            Err(SeatError::Taken(_)) => {
                Seat::take(&format!("{}-{}", self.name, std::process::id()))
            }
            other => other,
        };
        let (seat, listener) = taken.ok()?;
        let path = seat.path().display();
        tracing::info!("the socket was gone; terminals attach at {path} now");
        *held = Some(seat);
        UnixListener::from_std(listener).ok()
    }

    async fn receive(
        self: Arc<Self>,
        stream: UnixStream,
        handle: Handle,
        end: watch::Receiver<bool>,
    ) {
        if !stream.peer_cred().is_ok_and(|peer| peer.uid() == user()) {
            return;
        }
        let here = Here::count(&self);
        // Whatever breaks is the terminal's end, which is no news.
        let _ = self.converse(stream, handle, here.number, end).await;
    }

    async fn converse(
        &self,
        stream: UnixStream,
        handle: Handle,
        number: usize,
        mut end: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let (mut from, mut to) = stream.into_split();
        let theirs: Hello = timeout(HELLO, frame::receive(&mut from)).await??;
        let full = number > MOST_CLIENTS;
        let hello = Hello {
            name: self.name.clone(),
            service: self.service,
            refused: full.then(|| format!("{MOST_CLIENTS} terminals are attached already")),
            ..Hello::own()
        };
        timeout(HELLO, frame::send(&mut to, &hello)).await??;
        if full || theirs.evtui != hello.evtui {
            return Ok(());
        }
        let (answers, mut queue) = mpsc::channel::<Vec<u8>>(MOST_ANSWERS);
        let leaving = handle.clone();
        let writer = async move {
            use tokio::io::AsyncWriteExt as _;
            loop {
                // What was asked for before the end is answered before it.
                let answer = tokio::select! {
                    biased;
                    answer = queue.recv() => answer,
                    () = over(&mut end) => None,
                };
                let Some(bytes) = answer else { break };
                timeout(READ, to.write_all(&bytes)).await??;
            }
            let farewell = give(FAREWELL, &leaving.list().await);
            timeout(READ, to.write_all(&farewell)).await?
        };
        let reader = async move {
            let slow = Arc::new(Semaphore::new(MOST_SLOW));
            while let Some(bytes) = frame::read(&mut from).await? {
                take(&bytes, &handle, &answers, &slow).await?;
            }
            io::Result::Ok(())
        };
        // Either end is the end; what was asked for is done all the same.
        tokio::select! {
            read = reader => read,
            written = writer => written,
        }
    }
}

/// Waits for the end of everything.
async fn over(end: &mut watch::Receiver<bool>) {
    // A server that is gone without a word is the end as well.
    let _ = end.wait_for(|over| *over).await;
}

/// A terminal that is counted as long as this lives.
struct Here<'a> {
    shared: &'a Shared,
    number: usize,
}

impl<'a> Here<'a> {
    fn count(shared: &'a Shared) -> Self {
        let number = shared.clients.fetch_add(1, Ordering::SeqCst) + 1;
        Self { shared, number }
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.shared.clients.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Does what a request asks for. What is ready at once is done in the order in which it came.
async fn take(
    bytes: &[u8],
    handle: &Handle,
    answers: &mpsc::Sender<Vec<u8>>,
    slow: &Arc<Semaphore>,
) -> io::Result<()> {
    let asked: Asked<'_> = serde_json::from_slice(bytes)?;
    let id = asked.id;
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    let call = match serde_json::from_str::<Call>(asked.call.get()) {
        Ok(call) => call,
        Err(error) => {
            let why = format!("the request is not understood: {error}");
            return answers.send(refusal(id, why)).await.map_err(gone);
        }
    };
    let mut work = Box::pin(answer(handle.clone(), id, call));
    let first = std::future::poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await;
    if let Poll::Ready(bytes) = first {
        return answers.send(bytes).await.map_err(gone);
    }
    let permit = slow.clone().acquire_owned().await;
    let answers = answers.clone();
    tokio::spawn(async move {
        // Who asked may be gone.
        let _ = answers.send(work.await).await;
        drop(permit);
    });
    Ok(())
}

fn refusal(id: u64, why: String) -> Vec<u8> {
    let answer = Answer {
        id,
        value: None,
        error: Some(why),
    };
    frame::encode(&answer).unwrap_or_default()
}

fn give(id: u64, value: &impl Serialize) -> Vec<u8> {
    let encoded = serde_json::value::to_raw_value(value).map_err(io::Error::from);
    let encoded = encoded.and_then(|value| {
        frame::encode(&Answer {
            id,
            value: Some(value),
            error: None,
        })
    });
    encoded.unwrap_or_else(|error| refusal(id, format!("the answer cannot be sent: {error}")))
}

/// Does what a call asks for, and gives the answer's bytes.
async fn answer(handle: Handle, id: u64, call: Call) -> Vec<u8> {
    match call {
        Call::Ping => give(id, &()),
        Call::List => give(id, &handle.list().await),
        Call::Status(generator) => give(id, &handle.status(&generator).await),
        Call::States => give(id, &handle.states().await),
        Call::Start(spec, carried) => {
            let secrets = (*carried).into();
            give(id, &handle.start_with(*spec, secrets).await)
        }
        Call::Stop(generator) => give(id, &handle.stop(&generator).await),
        Call::Abort(generator) => give(id, &handle.abort(&generator).await),
        Call::Control(generator, change) => give(id, &handle.control(&generator, change).await),
        Call::Act(who, what) => give(id, &handle.act(who, what).await),
        Call::Scenarios => give(id, &handle.scenarios().await),
        Call::ResetGlobals(scenario) => give(id, &handle.reset_globals(&scenario).await),
        Call::Reload => give(id, &handle.reload().await),
        Call::Edit(edit) => give(id, &handle.edit(edit).await),
        Call::Shutdown => {
            handle.shutdown().await;
            give(id, &())
        }
        Call::Overview => give(id, &handle.overview().await),
        Call::Tail(generator, query) => give(id, &handle.tail(&generator, query).await),
        Call::Logs(query) => give(id, &handle.logs(query).await),
        Call::Globals(scenario) => give(id, &handle.globals(&scenario).await),
        Call::SetGlobal(scenario, key, value) => {
            give(id, &handle.set_global(&scenario, &key, Some(value)).await)
        }
        Call::RemoveGlobal(scenario, key) => {
            give(id, &handle.set_global(&scenario, &key, None).await)
        }
        Call::ReloadFiles(generator) => give(id, &handle.reload_files(&generator).await),
        Call::ReplayLetters(generator, output) => {
            give(id, &handle.replay_letters(&generator, output).await)
        }
        Call::Former => give(id, &handle.former().await),
        Call::WriteBack(generator) => give(id, &handle.write_back(&generator).await),
    }
}
