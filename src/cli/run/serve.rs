//! The loop of `evtui run`: signals, reloads, what is told, the end.

use std::pin::Pin;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use crate::cli::generate::headless::{say, show};
use crate::cli::log_records::{Logs, QUIETLY};
use crate::config::{Diagnostic, Diagnostics, Severity};
use crate::instance::{Action, Handle, InstanceError, Reloaded, Selection};
use crate::pipeline::State;

use super::Args;
use super::notify::Notify;
use super::told::{Tally, Told, former_summaries, summaries};

/// How often states are looked at.
const LOOK: Duration = Duration::from_millis(250);

/// A signal so soon after the first is the same wish: wrappers such as `timeout` signal the process
/// and then its group.
const SAME_WISH: Duration = Duration::from_millis(300);

/// How often dropped log records are told.
const REPEAT: Duration = Duration::from_secs(60);

/// How long an end that was given up may take.
const LAST: Duration = Duration::from_secs(3);

/// Signals by number.
const HANG_UP: u8 = 1;
const INTERRUPT: u8 = 2;
const TERMINATE: u8 = 15;

/// An instance that is served until it ends.
pub(super) struct Serve<'a> {
    args: &'a Args,
    signals: Option<Signals>,
    /// When dropped records were told last.
    dropped: Option<Instant>,
    instance: Handle,
    logs: Logs,
    notify: Notify,
    told: Told,
    /// The first signal that ends it, and when it came.
    end: Option<(u8, Instant)>,
    /// When an end that was given up is over anyway.
    last: Option<Instant>,
    /// A reload was asked for while one was going on.
    again: bool,
    /// What was found the last time: the same notes are not shown again.
    notes: Vec<Diagnostic>,
    /// The list was read and what starts by itself was started.
    started: bool,
    exit: Option<u8>,
}

type Reload = Pin<Box<dyn Future<Output = Result<Reloaded, InstanceError>> + Send>>;

impl<'a> Serve<'a> {
    pub(super) fn new(args: &'a Args, instance: Handle, logs: Logs, signals: Signals) -> Self {
        Self {
            args,
            signals: Some(signals),
            dropped: None,
            instance,
            logs,
            notify: Notify::from_environment(),
            told: Told::new(args.quiet),
            end: None,
            last: None,
            again: false,
            notes: Vec::new(),
            started: false,
            exit: None,
        }
    }

    fn reload(&self) -> Reload {
        let instance = self.instance.clone();
        Box::pin(async move { instance.reload().await })
    }

    /// Serves until the end and gives the exit code.
    pub(super) async fn run(mut self) -> u8 {
        let mut signals = self.signals.take().unwrap_or_else(Signals::listen);
        let mut look = tokio::time::interval(self.notify.pulse().map_or(LOOK, |one| one.min(LOOK)));
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut fed = Instant::now();
        let mut work: Option<Reload> = Some(self.reload());
        let mut closing: Option<BoxFuture<'static, ()>> = None;
        loop {
            tokio::select! {
                signal = signals.next() => match signal {
                    HANG_UP => self.hang_up(&mut work),
                    signal => self.stop(signal, &mut closing),
                },
                done = wait(&mut work) => {
                    work = None;
                    self.reloaded(done);
                    if std::mem::take(&mut self.again) && self.end.is_none() {
                        self.hang_up(&mut work);
                    }
                }
                () = finished(&mut closing) => break,
                _ = look.tick() => {
                    if self.notify.pulse().is_some_and(|pulse| fed.elapsed() >= pulse.mul_f64(0.9)) {
                        fed = Instant::now();
                        self.notify.alive();
                    }
                    let all_done = self.look().await;
                    if all_done && work.is_none() && self.end.is_none() {
                        break;
                    }
                    if self.last.is_some_and(|last| Instant::now() >= last) {
                        break;
                    }
                }
            }
            if self.exit.is_some() {
                break;
            }
        }
        self.finish().await
    }

    fn hang_up(&mut self, work: &mut Option<Reload>) {
        if self.end.is_some() {
            return;
        }
        if work.is_some() {
            self.again = true;
            return;
        }
        tracing::info!("reading settings and startup list again");
        self.notify.reloading();
        *work = Some(self.reload());
    }

    fn stop(&mut self, signal: u8, closing: &mut Option<BoxFuture<'static, ()>>) {
        match self.end {
            None => {
                self.end = Some((signal, Instant::now()));
                tracing::info!(signal, "stopping");
                if !self.args.quiet {
                    say("stopping; once more gives up what is queued");
                }
                self.notify.stopping();
                let instance = self.instance.clone();
                *closing = Some(Box::pin(async move { instance.shutdown().await }));
            }
            Some((_, first)) if first.elapsed() < SAME_WISH => {}
            Some(_) if self.last.is_none() => {
                self.last = Instant::now().checked_add(LAST);
                say("giving up what is queued");
                let instance = self.instance.clone();
                // The end is waited for already.
                tokio::spawn(async move { instance.act(Selection::All, Action::Abort).await });
            }
            Some(_) => self.last = Some(Instant::now()),
        }
    }

    /// Follows what a reload, or the first reading, gave.
    fn reloaded(&mut self, done: Result<Reloaded, InstanceError>) {
        let first = !std::mem::replace(&mut self.started, true);
        match done {
            Ok(done) => {
                let notes = std::mem::take(&mut self.notes);
                self.notes = done.problems.0.clone();
                let known =
                    |one: &Diagnostic| one.severity == Severity::Warning && notes.contains(one);
                let mut problems = done.problems.clone();
                problems.0.retain(|one| !known(one));
                self.show(problems);
                if let Some(settings) = &done.settings
                    && !first
                    && let Err(why) = self
                        .logs
                        .change(Some(settings.paths.logs.clone()), settings.log)
                {
                    tracing::error!("{why}");
                }
                if !first {
                    self.told.reloaded(&done, |text| self.logs.hide(text));
                }
            }
            Err(InstanceError::Invalid(problems)) => {
                self.show(problems);
                self.unchanged(first, "the settings or the startup list are unsound");
            }
            Err(error) => self.unchanged(first, &error.to_string()),
        }
        if self.end.is_none() {
            self.notify.ready("running");
        }
    }

    /// Shows problems, and logs them.
    fn show(&self, mut problems: Diagnostics) {
        for one in &mut problems.0 {
            one.message = self.logs.hide(&one.message);
            let place = one.place.as_ref().map_or_else(String::new, |place| {
                let start = place.span.unwrap_or_default().start;
                format!("{}:{}:{}", place.path.display(), start.line, start.column)
            });
            match one.severity {
                Severity::Error => tracing::error!(target: QUIETLY, place, "{}", one.message),
                Severity::Warning => tracing::warn!(target: QUIETLY, place, "{}", one.message),
            }
        }
        if !problems.0.is_empty() && (problems.has_errors() || !self.args.quiet) {
            show(&problems);
        }
    }

    fn unchanged(&mut self, first: bool, why: &str) {
        if first {
            say(&format!("error: {why}"));
            self.exit = Some(1);
        } else {
            tracing::error!("not reloaded, everything goes on as it was: {why}");
        }
    }

    /// Says that records were dropped, but not all the time; in any case at the `end`.
    fn tell_dropped(&mut self, end: bool) {
        let told = self.dropped.is_some_and(|told| told.elapsed() < REPEAT);
        if told && !end {
            return;
        }
        if let Some(count) = self.logs.dropped() {
            self.dropped = Some(Instant::now());
            let records = crate::cli::report::count(count, "log record");
            tracing::warn!("{records} dropped: the disk does not keep up with the log");
        }
    }

    /// Says what is new; true when nothing runs any more and that is the end.
    async fn look(&mut self) -> bool {
        self.tell_dropped(false);
        let states = self.instance.states().await;
        let news = self.told.news(&states);
        for id in &news {
            if let Some(status) = self.instance.status(id).await {
                self.told.state(&status, |text| self.logs.hide(text));
            }
        }
        if !news.is_empty() && self.started && self.end.is_none() {
            self.notify.status(&Tally::of(&states).words());
        }
        let over = |state: &Option<State>| matches!(state, None | Some(State::Ended(_)));
        self.args.exit_when_done && self.started && states.iter().all(|(_, state)| over(state))
    }

    async fn finish(mut self) -> u8 {
        if self.end.is_none() {
            self.notify.stopping();
        }
        self.look().await;
        self.tell_dropped(true);
        let all = self.instance.list().await;
        let print = self.args.print_summary;
        let former = self.instance.former().await;
        let hide = |text: &str| self.logs.hide(text);
        let sound = former_summaries(&former, print, hide) & summaries(&all, print, hide);
        tracing::info!("evtui ends");
        // Said when it began, too, which is far above by now.
        if let Some(lost) = self.logs.end() {
            say(&format!("warning: {lost}"));
        }
        match (self.exit, self.end) {
            (Some(code), _) => code,
            (None, Some((signal, _))) => 128 + signal,
            (None, None) => u8::from(!sound),
        }
    }
}

async fn wait(work: &mut Option<Reload>) -> Result<Reloaded, InstanceError> {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

async fn finished(closing: &mut Option<BoxFuture<'static, ()>>) {
    match closing {
        Some(closing) => closing.await,
        None => std::future::pending().await,
    }
}

/// The signals that mean something.
#[cfg(unix)]
pub(super) struct Signals(Vec<(u8, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    /// Listens from now on. A signal that cannot be listened to keeps the system's own meaning.
    pub(super) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            (HANG_UP, SignalKind::hangup()),
            (INTERRUPT, SignalKind::interrupt()),
            (TERMINATE, SignalKind::terminate()),
        ];
        let open = kinds.into_iter();
        Self(
            open.filter_map(|(number, kind)| Some((number, signal(kind).ok()?)))
                .collect(),
        )
    }

    async fn next(&mut self) -> u8 {
        std::future::poll_fn(|cx| {
            for (number, stream) in &mut self.0 {
                if let std::task::Poll::Ready(Some(())) = stream.poll_recv(cx) {
                    return std::task::Poll::Ready(*number);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}
