//! The loop: events in, state changed, effects out, drawn when something changed.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use crossterm::event::{self, Event};

use super::answers::{self, Sorted, Sorter};
use super::app::{App, Opening, Screen as AppScreen};
use super::event::{AppEvent, Effect};
use super::outside;
use super::recovery::keep_now;
use super::services::{Backends, Services};
use super::terminal::{Screen, give_back, present};
use super::theme::ThemeError;

/// Least time between frames that no key asked for.
const FRAME: Duration = Duration::from_millis(16);
/// The same over a slow connection.
const SLOW: Duration = Duration::from_secs(1);
/// Longest time between frames, however many bytes the last one had.
const LONGEST: Duration = Duration::from_secs(60);
/// Least time between frames of lines that come by themselves: each moves all of them.
const LINES: Duration = Duration::from_millis(500);
/// Bytes a second over a slow connection.
const BYTES: u64 = 500;
/// Bytes a second of lines that come by themselves.
const LINES_BYTES: u64 = 2_000;
/// Longest wait for the document's text before the first frame.
const FIRST: Duration = Duration::from_millis(10);
/// Longest text that is put on the clipboard through the terminal.
const CLIPBOARD: usize = 100_000;

/// Longest wait for the reader of the terminal to stand still.
const PARKING: Duration = Duration::from_secs(2);

/// True while another program has the terminal.
static HANDED_OVER: AtomicBool = AtomicBool::new(false);

/// Why the application could not be opened or had to end.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    /// There is no terminal.
    #[error(
        "the terminal application needs a terminal for input and output; `evtui generate` and `evtui preview` work without one"
    )]
    NoTerminal,
    /// The theme cannot be used.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// The terminal failed.
    #[error("the terminal cannot be used: {}", crate::config::why(.0))]
    Terminal(#[from] io::Error),
}

/// Runs the application until it is left; gives the exit code.
///
/// # Errors
/// When there is no terminal or it fails, or there is no such theme.
pub fn run(mut opening: Opening, backends: Backends) -> Result<u8, TuiError> {
    if !present() {
        return Err(TuiError::NoTerminal);
    }
    opening.size = Screen::size();
    let mut app = App::open(opening, Instant::now())?;
    let (sender, events) = mpsc::channel();
    let recovery = app.kept.recovery_folder();
    let mut services = Services::start(backends, app.settings_folder(), recovery, &sender);
    let screen = Screen::take(app.settings.mouse, sender.clone())?;
    watch_signals(sender.clone(), true);
    let reader = Reader::start(sender);
    let code = run_loop(&mut app, screen, &events, &mut services, &reader);
    services.keep_unsaved(!app.left_knowingly());
    keep(&app);
    // The terminal is given back by now; pipelines may take their time.
    let finished = services.finish(app.is_apart());
    let code = code?;
    Ok(if finished || code != 0 { code } else { 1 })
}

fn run_loop(
    app: &mut App,
    mut screen: Screen,
    events: &Receiver<AppEvent>,
    services: &mut Services,
    reader: &Reader,
) -> io::Result<u8> {
    // Files first: they are there by the time the first frame is drawn.
    perform(app, &mut screen, services, reader)?;
    let patience = Instant::now() + FIRST;
    while app.waits_for_text()
        && let Ok(event) = events.recv_timeout(patience.saturating_duration_since(Instant::now()))
    {
        app.update(event, Instant::now());
    }
    app.take_changed();
    screen.draw(app)?;
    ask(app, &mut screen, reader)?;
    let mut pace = Pace::new(Instant::now(), screen.sent());
    let mut pending = false;
    let mut speed = Speed::of(app);
    loop {
        let frame = pending.then(|| pace.next(speed));
        let Some(event) = wait(events, [frame, app.deadline()].into_iter().flatten().min()) else {
            return Ok(1);
        };
        let mut urgent = is_urgent(&event);
        app.update(event, Instant::now());
        while let Ok(more) = events.try_recv() {
            urgent |= is_urgent(&more);
            app.update(more, Instant::now());
        }
        perform(app, &mut screen, services, reader)?;
        if let Some(code) = app.exit() {
            return Ok(code);
        }
        pending |= app.take_changed();
        if Speed::of(app) != speed {
            speed = Speed::of(app);
            pace.forgive();
        }
        let now = Instant::now();
        if pending && (urgent || now >= pace.next(speed)) {
            screen.draw(app)?;
            pace.drew(now, screen.sent(), urgent);
            pending = false;
        }
    }
}

/// Asks the terminal for its background, once the first frame is there.
fn ask(app: &App, screen: &mut Screen, reader: &Reader) -> io::Result<()> {
    if app.may_ask() {
        // The reader ends before this only when the terminal is gone.
        let _ = reader.asked.send(Instant::now());
        screen.send(answers::QUESTION)?;
    }
    Ok(())
}

/// Keeps how the project was left. That it could not is told in the log alone: the screen is gone.
fn keep(app: &App) {
    let session = app
        .session()
        .map_or(Ok(()), |(file, session)| session.write(&file));
    for result in [session, app.kept.write()] {
        if let Err(error) = result {
            tracing::warn!("the session could not be kept: {error}");
        }
    }
}

/// How much may be sent for frames that no key asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speed {
    /// As often as something changes.
    Full,
    /// Lines that come by themselves, faster than anybody reads: [`LINES_BYTES`] a second.
    Lines,
    /// A slow connection: [`BYTES`] a second.
    Low,
}

impl Speed {
    /// What is right for what is shown now.
    pub(super) fn of(app: &App) -> Self {
        match app.screen {
            _ if app.low_bandwidth() => Self::Low,
            AppScreen::Tail | AppScreen::Logs => Self::Lines,
            _ => Self::Full,
        }
    }
}

/// When the next frame that no key asked for may be drawn.
#[derive(Debug)]
pub(super) struct Pace {
    drawn: Instant,
    sent: u64,
    /// Bytes of the last frame that have to have their time.
    bytes: u64,
    /// A key was pressed: the frame after its own is the answer to it.
    asked: bool,
}

impl Pace {
    pub(super) fn new(now: Instant, sent: u64) -> Self {
        Self {
            drawn: now,
            sent,
            bytes: 0,
            asked: true,
        }
    }

    /// A frame was drawn, which brought what was sent so far to `sent` bytes. What a key asked for is
    /// not counted, nor is the frame after it, which brings what was not there at once.
    pub(super) fn drew(&mut self, now: Instant, sent: u64, asked: bool) {
        self.drawn = now;
        let free = asked || self.asked;
        self.asked = asked;
        self.bytes = if free {
            0
        } else {
            sent.saturating_sub(self.sent)
        };
        self.sent = sent;
    }

    /// What was sent before has no weight any more.
    fn forgive(&mut self) {
        self.bytes = 0;
    }

    /// Where bytes are limited those of the last frame have their time first.
    pub(super) fn next(&self, speed: Speed) -> Instant {
        let (least, rate) = match speed {
            Speed::Full => return self.drawn + FRAME,
            Speed::Lines => (LINES, LINES_BYTES),
            Speed::Low => (SLOW, BYTES),
        };
        let time = Duration::from_millis(self.bytes.saturating_mul(1_000) / rate);
        self.drawn + time.clamp(least, LONGEST)
    }
}

/// The next event, or a tick when the deadline comes first; `None` when nobody sends any more.
fn wait(events: &Receiver<AppEvent>, deadline: Option<Instant>) -> Option<AppEvent> {
    let Some(deadline) = deadline else {
        return events.recv().ok();
    };
    match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(event) => Some(event),
        Err(RecvTimeoutError::Timeout) => Some(AppEvent::Tick),
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

fn is_urgent(event: &AppEvent) -> bool {
    matches!(
        event,
        AppEvent::Key(_) | AppEvent::Mouse(_) | AppEvent::Paste(_) | AppEvent::Resize(..)
    )
}

fn perform(
    app: &mut App,
    screen: &mut Screen,
    services: &mut Services,
    reader: &Reader,
) -> io::Result<()> {
    for effect in app.take_effects() {
        match services.perform(effect) {
            Some(Effect::Redraw) => screen.forget(app.size)?,
            Some(Effect::Mouse(on)) => screen.mouse(on)?,
            Some(Effect::Copy(text)) => {
                screen.send(&clipboard(&text))?;
                super::clipboard::copy(text);
            }
            Some(Effect::EditOutside { path, line, column }) => {
                let wish = app.settings.editor.clone();
                let result =
                    hand_over(screen, reader, || outside::edit(wish, &path, line, column))?;
                come_back(app, screen)?;
                app.update(AppEvent::EditedOutside(path, result), Instant::now());
            }
            Some(Effect::Suspend) => {
                give_back();
                stop_here();
                screen.take_again()?;
                come_back(app, screen)?;
            }
            Some(Effect::TakeAgain) => {
                screen.take_again()?;
                come_back(app, screen)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Everything anew on a terminal that something else had.
fn come_back(app: &mut App, screen: &mut Screen) -> io::Result<()> {
    screen.mouse(app.settings.mouse)?;
    let (width, height) = Screen::size();
    app.update(AppEvent::Resize(width, height), Instant::now());
    screen.forget(app.size)
}

/// Stops the process; comes back when somebody lets it go on.
fn stop_here() {
    #[cfg(unix)]
    if let Err(error) =
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)
    {
        tracing::warn!("the process cannot be stopped: {error}");
    }
}

/// Gives the terminal to something else and takes it again. Nobody reads its keys meanwhile.
fn hand_over(
    screen: &mut Screen,
    reader: &Reader,
    act: impl FnOnce() -> Result<(), String>,
) -> io::Result<Result<(), String>> {
    if !reader.park() {
        return Ok(Err(
            "the terminal cannot be given to another editor now; try again".to_owned(),
        ));
    }
    HANDED_OVER.store(true, Ordering::SeqCst);
    give_back();
    let result = act();
    HANDED_OVER.store(false, Ordering::SeqCst);
    screen.take_again()?;
    // What was typed for the other one and not read by it is not meant for us.
    while event::poll(Duration::ZERO)? {
        event::read()?;
    }
    reader.go_on();
    Ok(result)
}

/// The sequence that puts a text on the clipboard (OSC 52), passed through tmux where that is needed.
fn clipboard(text: &str) -> Vec<u8> {
    if text.len() > CLIPBOARD {
        return Vec::new();
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let plain = format!("\x1b]52;c;{encoded}\x07");
    if std::env::var_os("TMUX").is_some() {
        format!("\x1bPtmux;\x1b{plain}\x1b\\").into_bytes()
    } else {
        plain.into_bytes()
    }
}

/// The thread that reads the terminal.
struct Reader {
    parked: Arc<(Mutex<Parking>, Condvar)>,
    /// Tells when the terminal was asked something.
    asked: Sender<Instant>,
}

/// Whether the reader is to stand still, and whether it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Parking {
    #[default]
    Reads,
    Asked,
    Stands,
}

impl Reader {
    fn start(events: Sender<AppEvent>) -> Self {
        let parked = Arc::new((Mutex::new(Parking::default()), Condvar::new()));
        let own = Arc::clone(&parked);
        let (asked, asking) = mpsc::channel();
        thread::spawn(move || read_terminal(&asking, &events, &own));
        Self { parked, asked }
    }

    /// Makes the thread stand still; false when it does not in time.
    fn park(&self) -> bool {
        let (state, changed) = &*self.parked;
        let Ok(mut guard) = state.lock() else {
            return false;
        };
        *guard = Parking::Asked;
        let until = Instant::now() + PARKING;
        while *guard != Parking::Stands {
            // A change of the terminal's size is the one thing that wakes it without a key.
            wake_reader();
            let Ok((next, _)) = changed.wait_timeout(guard, Duration::from_millis(100)) else {
                return false;
            };
            guard = next;
            if Instant::now() > until && *guard != Parking::Stands {
                *guard = Parking::Reads;
                return false;
            }
        }
        true
    }

    fn go_on(&self) {
        let (state, changed) = &*self.parked;
        if let Ok(mut guard) = state.lock() {
            *guard = Parking::Reads;
        }
        changed.notify_all();
    }
}

/// Lets the reader come back from its wait.
fn wake_reader() {
    #[cfg(unix)]
    if let Err(error) =
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::WINCH)
    {
        tracing::warn!("the reader of the terminal cannot be woken: {error}");
    }
}

/// Stands still while it is asked to.
fn stand(parked: &(Mutex<Parking>, Condvar)) {
    let (state, changed) = parked;
    let Ok(mut guard) = state.lock() else {
        return;
    };
    if *guard == Parking::Asked {
        *guard = Parking::Stands;
        changed.notify_all();
    }
    while *guard == Parking::Stands {
        match changed.wait(guard) {
            Ok(next) => guard = next,
            Err(_) => return,
        }
    }
}

fn read_terminal(
    asking: &Receiver<Instant>,
    events: &Sender<AppEvent>,
    parked: &(Mutex<Parking>, Condvar),
) {
    let mut sorter = Sorter::new(Instant::now());
    loop {
        stand(parked);
        let read = if sorter.keeps() {
            match event::poll(answers::PAUSE) {
                Ok(true) => event::read().map(Some),
                Ok(false) => Ok(None),
                Err(error) => Err(error),
            }
        } else {
            event::read().map(Some)
        };
        if let Ok(asked) = asking.try_recv() {
            sorter = Sorter::new(asked);
        }
        let sorted = match read {
            Ok(Some(event)) => sorter.take(event, Instant::now()),
            Ok(None) => Sorted::Events(sorter.pause()),
            Err(error) => {
                drop(events.send(AppEvent::TerminalLost(crate::config::why(&error))));
                return;
            }
        };
        let news: Vec<AppEvent> = match sorted {
            Sorted::Kept => Vec::new(),
            Sorted::Answer(answer) => vec![AppEvent::Answer(answer)],
            Sorted::Events(all) => all.into_iter().filter_map(of_terminal).collect(),
        };
        for event in news {
            if events.send(event).is_err() {
                return;
            }
        }
    }
}

fn of_terminal(event: Event) -> Option<AppEvent> {
    Some(match event {
        Event::Key(key) => AppEvent::Key(key),
        Event::Mouse(mouse) => AppEvent::Mouse(mouse),
        Event::Paste(text) => AppEvent::Paste(text),
        Event::Resize(width, height) => AppEvent::Resize(width, height),
        Event::FocusGained | Event::FocusLost => return None,
    })
}

/// The first signal ends the application in good order, a second one at once. With a `screen` it lets go
/// of the terminal before it is stopped, and takes it again when it goes on.
pub(super) fn watch_signals(events: Sender<AppEvent>, screen: bool) {
    thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
        else {
            return;
        };
        runtime.block_on(async move {
            let Some(mut signals) = Signals::new(screen) else {
                return;
            };
            let mut ending = false;
            loop {
                let number = signals.next().await;
                let elsewhere = HANDED_OVER.load(Ordering::SeqCst);
                match number {
                    // The other editor's terminal is its own affair; the shell waits for this process.
                    TERMINAL_STOP if elsewhere => stop_here(),
                    TERMINAL_STOP => drop(events.send(AppEvent::Suspend)),
                    CONTINUE if elsewhere => {}
                    CONTINUE => drop(events.send(AppEvent::Continued)),
                    // While another editor has the terminal, its keys for interrupts are for it.
                    2 | 3 if elsewhere && !ending => {}
                    number if !ending => {
                        ending = true;
                        drop(events.send(AppEvent::Signal(number)));
                    }
                    number => {
                        give_back();
                        keep_now();
                        std::process::exit(128 + number);
                    }
                }
            }
        });
    });
}

/// Signals of this application's own numbers: those of the system differ from one to another.
const TERMINAL_STOP: i32 = -1;
const CONTINUE: i32 = -2;

#[cfg(unix)]
struct Signals(Vec<(i32, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    fn new(screen: bool) -> Option<Self> {
        use rustix::process::Signal as Number;
        use tokio::signal::unix::{SignalKind, signal};
        let ends = [
            SignalKind::terminate(),
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::quit(),
        ];
        let jobs = [
            (TERMINAL_STOP, Number::TSTP.as_raw()),
            (CONTINUE, Number::CONT.as_raw()),
        ];
        let ends = ends.into_iter().map(|kind| (kind.as_raw_value(), kind));
        let jobs = jobs.into_iter().filter(|_| screen);
        let jobs = jobs.map(|(name, number)| (name, SignalKind::from_raw(number)));
        let signals = ends
            .chain(jobs)
            .filter_map(|(number, kind)| Some((number, signal(kind).ok()?)));
        Some(Self(signals.collect())).filter(|signals| !signals.0.is_empty())
    }

    async fn next(&mut self) -> i32 {
        let waiting = self.0.iter_mut().map(|(number, signal)| {
            Box::pin(async move {
                signal.recv().await;
                *number
            })
        });
        futures::future::select_all(waiting).await.0
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new(_: bool) -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) -> i32 {
        // An error means that none will come.
        drop(tokio::signal::ctrl_c().await);
        2
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn slow_connections_get_at_most_500_bytes_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start, 10_000);
        pace.asked = false;
        let (mut now, mut sent) = (start, 10_000);
        for frame in [60, 480, 2_000, 75, 900, 0, 499, 1_500] {
            now = pace.next(Speed::Low);
            let before = pace.drawn;
            assert!(now.duration_since(before) >= SLOW);
            sent += frame;
            pace.drew(now, sent, false);
            let time = pace.next(Speed::Low).duration_since(now).as_secs_f64();
            assert!(frame as f64 / time <= 500.0, "{frame} bytes in {time} s");
        }
        let whole = pace.next(Speed::Low).duration_since(start).as_secs_f64();
        assert!((sent - 10_000) as f64 / whole <= 500.0);
        assert_eq!(pace.next(Speed::Full), now + FRAME);
        // Lines that come by themselves have more, but not all there is.
        pace.drew(now, sent + 3_000, false);
        assert_eq!(pace.next(Speed::Lines), now + Duration::from_millis(1_500));
        pace.drew(now, sent + 3_100, false);
        assert_eq!(pace.next(Speed::Lines), now + LINES);
    }

    #[test]
    fn the_answer_to_a_key_does_not_wait_for_bytes_before_it() {
        let start = Instant::now();
        let mut pace = Pace::new(start, 0);
        let mut at = |sent: u64, asked: bool| {
            let now = pace.next(Speed::Low);
            pace.drew(now, sent, asked);
            pace.next(Speed::Low).duration_since(now)
        };
        // The first frame was asked for by opening; then a key and its answer; then the clock's.
        assert_eq!(at(5_000, false), SLOW);
        assert_eq!(at(9_000, true), SLOW);
        assert_eq!(at(15_000, false), SLOW);
        assert_eq!(at(16_000, false), 2 * SLOW);
    }
}
