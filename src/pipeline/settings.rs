//! What can be changed while a run works, and the handle to change it with.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::{GAIN, RATE_LIMIT, RunParameters};
use crate::time::{Pace, Reading};

use super::change_words;
use super::shared::Shared;
use super::supervisor::News;

/// Settings of a run that can be changed while it works.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// No timestamps are released; what was released is delivered.
    pub paused: bool,
    /// How event time passes; `None`: with the wall clock in live mode, as fast as possible otherwise.
    pub pace: Option<Pace>,
    /// How often each timestamp is used; 1 as a rule.
    #[serde(with = "crate::time::wire::exact")]
    pub gain: f64,
    /// How far event time was moved on ahead of the wall clock, in microseconds: in live mode without a
    /// pace, from where it goes on as fast as the clock. 0 as a rule.
    pub shift_us: i64,
    /// Most events in a second.
    #[serde(with = "crate::time::wire::exact_option")]
    pub rate_limit: Option<f64>,
    /// Ends the run after that many events.
    pub max_events: Option<u64>,
    /// Ends the run after that time, pauses included.
    pub max_duration: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&RunParameters::default())
    }
}

impl Settings {
    pub(super) fn of(parameters: &RunParameters) -> Self {
        Self {
            paused: false,
            pace: parameters.pace,
            gain: parameters.gain,
            shift_us: 0,
            rate_limit: parameters.rate_limit,
            max_events: parameters.max_events,
            max_duration: parameters.max_duration,
        }
    }
}

/// A change to a run that works.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Change {
    /// Release no more timestamps.
    Pause,
    /// Go on. What fell due on the wall clock meanwhile is released at once, or left out and counted
    /// as skipped; event time that runs at a pace of its own stood still.
    Resume {
        /// Leave out what was missed.
        skip: bool,
    },
    /// Let event time pass at this pace from where it stands. `None` goes back to the wall clock (live
    /// mode; event time that is ahead of it waits until it gets there) or to as fast as possible.
    Pace(Option<Pace>),
    /// Use each timestamp so often.
    Gain(#[serde(with = "crate::time::wire::exact")] f64),
    /// Let no more events through in a second; `None` as many as there are.
    RateLimit(#[serde(with = "crate::time::wire::exact_option")] Option<f64>),
    /// End after that many events since the start.
    MaxEvents(Option<u64>),
    /// End after that time since the start.
    MaxDuration(Option<Duration>),
    /// Let event time go on at this instant, microseconds since the Unix epoch: what lies between is
    /// left out and counted as skipped. Only forward. In live mode a moment ahead of the wall clock moves
    /// event time ahead of it ([`Settings::shift_us`]), from where it goes on as fast as the clock; a new
    /// pace, also none, ends that. What comes in from outside is not left out.
    SkipTo(i64),
    /// Hold one output (by its number in the document, from 0), or let it go on. Nothing more is handed to
    /// its target; what is for it waits in its queue, and when that is full, the run waits. A stop, also
    /// when the time of the run is over, lets it go, so that what waits is delivered and nothing is lost;
    /// a run whose inputs come to their end waits for whoever holds it.
    Output {
        /// Which.
        index: usize,
        /// Hold it.
        paused: bool,
    },
    /// Try again now what an output waits to try again (by its number in the document, from 0), or let
    /// its next write through to a target that is down. Refused while nothing is wrong with its target.
    Retry(usize),
    /// Switch a template off or on, by its alias. While it is off it is not rendered: what is picked of it
    /// is dropped and counted. Takes effect with the next batch.
    Alias {
        /// Which.
        name: Arc<str>,
        /// Switch it off.
        off: bool,
    },
    /// What to do when files of the project change.
    Reload(super::ReloadMode),
}

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{0}")]
pub struct ChangeError(pub String);

/// The settings as stages see them.
#[derive(Debug)]
pub(super) struct Live {
    inner: Mutex<Inner>,
    /// The wall clock says what is due, unless there is a pace.
    live: bool,
    /// Grows with every change.
    version: AtomicU64,
    max_events: AtomicU64,
}

#[derive(Clone, Debug)]
struct Inner {
    settings: Settings,
    /// Changes that the input stage has not seen, and when they were made.
    pending: Vec<(Change, Reading)>,
}

impl Live {
    pub(super) fn new(settings: Settings, live: bool) -> Self {
        Self {
            live,
            version: AtomicU64::new(0),
            max_events: AtomicU64::new(settings.max_events.unwrap_or(u64::MAX)),
            inner: Mutex::new(Inner {
                settings,
                pending: Vec::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes with every change. Cheap.
    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The settings in force.
    pub(super) fn get(&self) -> Settings {
        self.lock().settings.clone()
    }

    /// The changes since the last question, in order.
    pub(super) fn take_changes(&self) -> Vec<(Change, Reading)> {
        std::mem::take(&mut self.lock().pending)
    }

    /// Events after which the run ends. Cheap.
    #[inline]
    pub(super) fn max_events(&self) -> u64 {
        self.max_events.load(Ordering::Relaxed)
    }

    /// See [`Settings::shift_us`].
    pub(super) fn shift_us(&self) -> i64 {
        self.lock().settings.shift_us
    }

    fn apply(&self, change: Change, now: Reading) -> Result<(), ChangeError> {
        let mut inner = self.lock();
        let settings = &mut inner.settings;
        match change {
            Change::Pause => settings.paused = true,
            // What went on anyhow missed nothing.
            Change::Resume { .. } if !settings.paused => return Ok(()),
            Change::Resume { .. } => settings.paused = false,
            Change::Pace(pace) => {
                settings.pace = pace;
                settings.shift_us = 0;
            }
            Change::Gain(gain) => {
                if !GAIN.contains(&gain) {
                    return Err(ChangeError(format!(
                        "the gain is a number from {} to {}",
                        GAIN.start(),
                        GAIN.end()
                    )));
                }
                settings.gain = gain;
            }
            Change::RateLimit(limit) => {
                if limit.is_some_and(|limit| !RATE_LIMIT.contains(&limit)) {
                    return Err(ChangeError(
                        "the rate limit is a number of events in a second, above 0".to_owned(),
                    ));
                }
                settings.rate_limit = limit;
            }
            Change::MaxEvents(most) => {
                settings.max_events = most;
                self.max_events
                    .store(most.unwrap_or(u64::MAX), Ordering::Relaxed);
            }
            Change::MaxDuration(most) => settings.max_duration = most,
            // Whoever asks has looked at the moment.
            Change::SkipTo(us) if settings.pace.is_none() && self.live => {
                settings.shift_us = settings.shift_us.max(us.saturating_sub(now.wall_us));
            }
            Change::SkipTo(_) => {}
            // They concern no stage that reads settings.
            Change::Output { .. } | Change::Retry(_) | Change::Alias { .. } => return Ok(()),
            Change::Reload(_) => {
                return Err(ChangeError("that cannot be changed yet".to_owned()));
            }
        }
        inner.pending.push((change, now));
        self.version.fetch_add(1, Ordering::Release);
        Ok(())
    }
}

/// Changes a run while it works; kept as long as one likes.
#[derive(Clone, Debug)]
pub struct LiveControl {
    pub(super) shared: Arc<Shared>,
    pub(super) news: Sender<News>,
}

impl LiveControl {
    /// Makes a change; it takes effect with the next timestamps released. On a run that is over it
    /// changes nothing but the settings shown.
    ///
    /// # Errors
    /// When the value makes no sense, or there is nothing to change.
    pub fn apply(&self, change: Change) -> Result<(), ChangeError> {
        if let Change::Reload(mode) = change {
            let words = self.words(&change);
            self.shared.desk.set_mode(mode);
            tracing::info!(generator = self.shared.id, "changed while it runs: {words}");
            return Ok(());
        }
        let now = self.shared.clock.read();
        // Before it is made: the words tell what was.
        let words = self.words(&change);
        self.shared.steer(&change, now)?;
        self.shared.settings.apply(change, now)?;
        let made = self.shared.counters.events.get();
        if made >= self.shared.settings.max_events() {
            self.shared.halt(super::EndReason::Finished);
        }
        self.shared.control.poke();
        // The supervisor watches the time; when it is gone there is nothing to watch.
        let _ = self.news.send(News::Look);
        tracing::info!(generator = self.shared.id, "changed while it runs: {words}");
        Ok(())
    }

    /// What a change that is about to be made does, for the log.
    fn words(&self, change: &Change) -> String {
        let output = match change {
            Change::Output { index, .. } | Change::Retry(index) => self.shared.lane_at(*index),
            _ => None,
        };
        change_words::words(
            change,
            &change_words::Before {
                settings: &self.shared.settings.get(),
                reload: self.shared.desk.stats().mode,
                zone: self.shared.zone,
                output: output.map(|lane| lane.name.as_str()),
            },
        )
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.shared.settings.get()
    }

    /// See [`Change::Pause`].
    pub fn pause(&self) {
        let _ = self.apply(Change::Pause);
    }

    /// See [`Change::Resume`].
    pub fn resume(&self, skip: bool) {
        let _ = self.apply(Change::Resume { skip });
    }

    /// Lets event time pass so many times as fast as the clock.
    ///
    /// # Errors
    /// When it is no number above 0.
    pub fn set_speed(&self, speed: f64) -> Result<(), ChangeError> {
        let pace = Pace::speed(speed)
            .ok_or_else(|| ChangeError("the speed is a number above 0".to_owned()))?;
        self.apply(Change::Pace(Some(pace)))
    }

    /// See [`Change::Pace`].
    pub fn set_pace(&self, pace: Option<Pace>) {
        let _ = self.apply(Change::Pace(pace));
    }

    /// See [`Change::Gain`].
    ///
    /// # Errors
    /// When it is below 0 or too large.
    pub fn set_gain(&self, gain: f64) -> Result<(), ChangeError> {
        self.apply(Change::Gain(gain))
    }

    /// See [`Change::RateLimit`].
    ///
    /// # Errors
    /// When it is not above 0.
    pub fn set_rate_limit(&self, limit: Option<f64>) -> Result<(), ChangeError> {
        self.apply(Change::RateLimit(limit))
    }

    /// See [`Change::MaxEvents`].
    pub fn set_max_events(&self, most: Option<u64>) {
        let _ = self.apply(Change::MaxEvents(most));
    }

    /// See [`Change::MaxDuration`].
    pub fn set_max_duration(&self, most: Option<Duration>) {
        let _ = self.apply(Change::MaxDuration(most));
    }
}
