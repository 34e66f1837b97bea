//! Plain snapshots of a pipeline's counters, as faces see them.
//!
//! Equations that hold at every stop (and, for `in_flight` and queues, at any moment up to the batch
//! being moved): `released = produced_for + empty + dropped + failed + unused`, and for each output
//! `received = written + format_failed + write_failed + dead_lettered + in_flight`. A source with
//! templates gave each event by one of them: `events` is the sum of those of `aliases`.

use std::fmt;
use std::time::Duration;

use super::Settings;
use crate::config::ReloadMode;

/// Where a pipeline stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum State {
    /// Loading, checking, opening outputs.
    Starting,
    /// Releasing timestamps.
    Running,
    /// Draining what is queued.
    Stopping,
    /// Over.
    Ended(EndReason),
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EndReason {
    /// Inputs or event source have no more, everything was delivered.
    Finished,
    /// Someone asked for it; everything queued was delivered.
    Stopped,
    /// The drain deadline passed or a second signal came; the counters show what was lost.
    Aborted,
    /// The reader of the output went away (closed pipe).
    OutputClosed,
    /// It could not start or go on.
    Failed(String),
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => f.write_str("starting"),
            Self::Running => f.write_str("running"),
            Self::Stopping => f.write_str("stopping"),
            Self::Ended(reason) => reason.fmt(f),
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::Stopped => f.write_str("stopped"),
            Self::Aborted => f.write_str("given up"),
            Self::OutputClosed => f.write_str("ended by its reader"),
            Self::Failed(message) => write!(f, "failed: {message}"),
        }
    }
}

/// Counters and gauges of one pipeline at one moment.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stats {
    /// Since the run started.
    pub uptime: Duration,
    /// `uptime` when events were last handed to the outputs: what `events` grew by, it grew by then. Rates
    /// that are measured between such moments are right also for events that come in bursts.
    #[serde(default)]
    pub flowed: Duration,
    /// Per input, in document order.
    pub inputs: Vec<InputStats>,
    /// Timestamps handed to the event stage.
    pub released: u64,
    /// Timestamps that gave at least one event.
    pub produced_for: u64,
    /// Timestamps for which nothing was picked.
    pub empty: u64,
    /// Timestamps the source dropped, or for which only templates were picked that are switched off.
    pub dropped: u64,
    /// Timestamps whose rendering failed.
    pub failed: u64,
    /// Timestamps released but never produced for (exhausted source, abort).
    pub unused: u64,
    /// Events produced.
    pub events: u64,
    /// Bytes of those events, before formatting.
    pub bytes: u64,
    /// Timestamps of the whole run, when all inputs end and can tell; for progress bars. Compare with
    /// `released`.
    pub expected: Option<u64>,
    /// How late the schedule is: how far what is released is behind its due moment (the last released
    /// timestamp, or the oldest one that is due and held back), or how long the oldest events have
    /// waited for an output. Grows while something is blocked. Nothing where nothing waits for a clock.
    pub lag: Duration,
    /// What can be changed while it works, as it is now.
    pub settings: Settings,
    /// Instant of the last released timestamp, microseconds since the Unix epoch: where event time
    /// stands.
    pub position_us: Option<i64>,
    /// The history before the live part, when there is one.
    pub backfill: Option<Backfill>,
    /// Timestamps left out by wish: because the run was paused when they fell due, or because event time
    /// was moved on past them. Not part of `released`.
    pub skipped: u64,
    /// How often the wall clock was set, or the machine slept, while the run followed it.
    pub jumps: u64,
    /// How far it jumped the last time, in microseconds; forward is positive.
    pub last_jump_us: i64,
    /// How often the input stage woke because the time had come.
    pub wakeups: u64,
    /// Per output, in document order.
    pub outputs: Vec<OutputStats>,
    /// Timestamps queue first, then one per output.
    pub queues: Vec<QueueStats>,
    /// Errors by kind and place, most recent first.
    pub errors: Vec<ErrorStats>,
    /// How stages spend their time: inputs first, then the event source, then one per output.
    pub stages: Vec<StageStats>,
    /// Templates by alias, when the event source has them, in document order.
    pub aliases: Vec<AliasStats>,
    /// Processor time of all its threads since the start, and of its tasks on threads it shares with
    /// others. What child processes take is not in it.
    pub cpu: Duration,
    /// What became of changes to its files.
    pub reload: ReloadStats,
    /// What is odd about the run, in words, the most serious first.
    pub lints: Vec<Lint>,
}

/// How one stage has spent its time since the start. What is in none of these is lost between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StageStats {
    /// `inputs`, `event`, or the output's name.
    pub name: String,
    /// Working.
    pub busy: Duration,
    /// With nothing to do: waiting for the stage before it, the inputs for the clock.
    pub idle: Duration,
    /// With something to pass on and no room for it: waiting for the stage behind it, an output for
    /// its target or because it is held.
    pub blocked: Duration,
}

/// One template.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AliasStats {
    /// Its alias.
    pub name: String,
    /// Events it gave.
    pub events: u64,
    /// Renders of it that failed.
    pub failed: u64,
    /// How often it was picked while it was off. A timestamp for which nothing else was picked counts as
    /// dropped.
    pub dropped: u64,
    /// It is switched off: what is picked of it is dropped.
    pub off: bool,
}

/// How long writes take of which something arrives, from handing over to the answer of the target,
/// over the last minute; each is known to a sixteenth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Latency {
    /// Writes in the last minute.
    pub count: u64,
    /// Half of them took at most that long; all four are 0 without writes.
    pub p50: Duration,
    /// Nine in ten.
    pub p90: Duration,
    /// Ninety-nine in a hundred.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

/// What became of changes to the files of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReloadStats {
    /// What is done with them.
    pub mode: ReloadMode,
    /// Changes taken since the start.
    pub taken: u64,
    /// When the last one was taken, microseconds since the Unix epoch.
    pub last_us: Option<i64>,
    /// What a sound change that waits for a word would change, in words; or what a change that is being
    /// taken waits for.
    pub pending: Option<String>,
    /// What is pending needs no word: it waits until the run comes to its next batch.
    #[serde(default)]
    pub stalled: bool,
    /// Why the latest change was not taken, or was taken back; `None` once one is taken.
    pub refused: Option<String>,
}

/// Something odd about a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Lint {
    /// A stable name of its kind, such as `slow-output`.
    pub name: String,
    /// What is seen, in a sentence.
    pub message: String,
    /// What can be done.
    pub help: String,
    /// Since when, microseconds since the Unix epoch.
    pub since_us: i64,
}

/// History that is produced as fast as possible before a live run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Backfill {
    /// Where it begins, microseconds since the Unix epoch.
    pub from_us: i64,
    /// Its last instant: the start of the run. What comes after is live.
    pub until_us: i64,
    /// It is all released.
    pub done: bool,
}

impl Stats {
    /// True when something that was released did not arrive as an event.
    pub fn has_losses(&self) -> bool {
        let outputs = self.outputs.iter();
        let failed = outputs.map(|one| one.format_failed + one.write_failed + one.in_flight);
        failed.sum::<u64>() + self.failed > 0
    }

    /// How much of the backfill is released, in percent of its time; `None` without one.
    pub fn backfill_percent(&self) -> Option<u8> {
        let backfill = self.backfill?;
        if backfill.done {
            return Some(100);
        }
        let at = self.position_us.unwrap_or(backfill.from_us);
        let all = i128::from(backfill.until_us) - i128::from(backfill.from_us);
        let done = i128::from(at) - i128::from(backfill.from_us);
        u8::try_from((done * 100 / all.max(1)).clamp(0, 99)).ok()
    }
}

/// One input.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InputStats {
    /// Plugin name.
    pub name: String,
    /// Timestamps released.
    pub released: u64,
}

/// One output.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OutputStats {
    /// Plugin name.
    pub name: String,
    /// Events handed to it.
    pub received: u64,
    /// Events the target took.
    pub written: u64,
    /// Events its formatter refused.
    pub format_failed: u64,
    /// Events lost in writing.
    pub write_failed: u64,
    /// Events that could not be written and are kept in a file of dead letters.
    pub dead_lettered: u64,
    /// Events received and not yet decided.
    pub in_flight: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Further attempts that were made because one failed.
    pub retries: u64,
    /// What is wrong with the target, while something is.
    pub outage: Option<Outage>,
    /// It is held on purpose: what is for it waits in its queue.
    pub paused: bool,
    /// How long its writes take.
    pub latency: Latency,
    /// Where its dead letters are kept, when it keeps them; the file comes with the first letter.
    #[serde(with = "crate::config::wire::path_option")]
    pub letters: Option<std::path::PathBuf>,
    /// Letters that are kept there now, of this run and of earlier ones, those included that are being
    /// sent again.
    #[serde(default)]
    pub letters_kept: u64,
}

/// Behind the name of an input or output that is gone from the document.
pub(super) const FORMER: &str = " (former)";

impl OutputStats {
    /// True when it is gone from the document: it delivers what it has and gets nothing more.
    pub fn is_former(&self) -> bool {
        self.name.ends_with(FORMER)
    }
}

/// A target that does not take events at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Outage {
    /// The circuit is open: the target is only probed.
    pub open: bool,
    /// Failed attempts in a row.
    pub attempts: u32,
    /// What the last one said.
    pub reason: String,
    /// Since the first of them.
    pub lasted: Duration,
    /// Until the next attempt, when one is planned.
    pub next: Option<Duration>,
}

/// One bounded queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueueStats {
    /// What waits in it: `timestamps`, or the output's name.
    pub name: String,
    /// Batches waiting.
    pub len: usize,
    /// Batches it may hold.
    pub capacity: usize,
}

/// Errors of one kind at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ErrorStats {
    /// Stage and plugin or template alias.
    pub source: String,
    /// The latest message, with its place (`file:line:col`) where there is one.
    pub message: String,
    /// How often: events or timestamps it concerned, attempts where it concerned none.
    pub count: u64,
    /// Events (of the event source: timestamps) that were lost by it. Those that are kept as dead letters
    /// are not.
    #[serde(default)]
    pub lost: u64,
    /// When it first happened, microseconds since the Unix epoch.
    pub first_us: i64,
    /// When it last happened, microseconds since the Unix epoch.
    pub last_us: i64,
    /// One event it happened to, where that applies.
    pub sample: Option<String>,
}
