//! What goes on in a run, in words: what holds it up, what was changed while it ran, what a change does.

use std::time::Duration;

use super::flow_meter::{Meter, Shares, released_less_decided};
use crate::pipeline::{Change, ReloadMode, ReloadStats, Settings, Stats};
use crate::time::{Moment, Pace, short_duration};
use crate::tui::text;

/// Share of its time from which a stage counts as the one that the others wait for.
const MUCH: f64 = 0.7;
/// Share of its time from which a stage waits for another one in earnest.
const SOME: f64 = 0.15;
/// A run that reaches this share of its ceiling is held by it.
const AT_CEILING: f64 = 0.95;
/// Lateness that is worth a word.
const LATE: Duration = Duration::from_secs(1);

/// What holds a run up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brake {
    /// The part, in one or two words.
    pub who: String,
    /// The whole sentence.
    pub words: String,
    /// True when it is a fault rather than a wish (a pause, a ceiling, the clock).
    pub bad: bool,
}

impl Brake {
    fn wish(who: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            who: who.into(),
            words: words.into(),
            bad: false,
        }
    }
}

/// An instant as a date and time of UTC.
fn utc(us: i64) -> String {
    text::date_second(Moment {
        wall_us: us,
        offset_s: 0,
    })
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// What holds the run up; `None` while that is not known.
pub fn brake(stats: &Stats, meter: &Meter) -> Option<Brake> {
    if stats.settings.paused {
        return Some(Brake::wish("paused", "paused: no timestamps are released"));
    }
    let inputs = meter.shares(0).unwrap_or_default();
    let event = meter.shares(1).unwrap_or_default();
    output(stats, meter, event)
        .or_else(|| ceiling(stats, meter))
        .or_else(|| source(stats, inputs, event))
        .or_else(|| before(stats, inputs))
}

/// What a run that failed had under way, by its last counters; `None` when they account for everything.
pub fn under_way(stats: &Stats) -> Option<String> {
    let counted = |count: u64, one: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{} {one}{s}", text::grouped(count))
    };
    let on_way = stats.outputs.iter().filter(|one| one.in_flight > 0);
    let mut all: Vec<String> = on_way
        .map(|one| format!("{} for {}", counted(one.in_flight, "event"), one.name))
        .collect();
    if let Ok(waiting @ 1..) = u64::try_from(released_less_decided(stats)) {
        all.push(counted(waiting, "timestamp"));
    }
    (!all.is_empty()).then(|| {
        let all = all.join(", ");
        format!("under way when it failed: {all}; what arrived of them is not known")
    })
}

/// An output that the rest waits for.
fn output(stats: &Stats, meter: &Meter, event: Shares) -> Option<Brake> {
    let full = |index: usize| {
        let queue = stats.queues.get(index + 1);
        queue.is_some_and(|queue| queue.capacity > 0 && queue.len * 10 >= queue.capacity * 9)
    };
    let mut worst: Option<(f64, Brake)> = None;
    for (index, one) in stats.outputs.iter().enumerate() {
        if one.is_former() {
            continue;
        }
        let shares = meter.shares(index + 2);
        if event.blocked < SOME && !full(index) {
            continue;
        }
        let name = &one.name;
        let waited = if event.blocked >= SOME {
            format!("; the event source waits for it {}", percent(event.blocked))
        } else {
            "; its queue is full".to_owned()
        };
        let (weight, words, bad) = match shares {
            _ if one.paused => (
                2.0,
                format!("output {name} is held: what is for it waits in its queue{waited}"),
                false,
            ),
            _ if one.outage.is_some() => (
                1.5,
                format!("output {name} is the brake: its target takes nothing{waited}"),
                true,
            ),
            Some(shares) if shares.blocked >= shares.busy && shares.blocked >= SOME => (
                shares.blocked,
                format!(
                    "output {name} is the brake: {} of its time it waits for the target{waited}",
                    percent(shares.blocked)
                ),
                true,
            ),
            Some(shares) if shares.busy >= SOME => (
                shares.busy,
                format!(
                    "output {name} is the brake: {} of its time it formats and writes{waited}",
                    percent(shares.busy)
                ),
                true,
            ),
            None if full(index) => (
                0.1,
                format!("output {name} is the brake: its queue is full"),
                true,
            ),
            _ => continue,
        };
        if worst.as_ref().is_none_or(|(most, _)| weight > *most) {
            let who = format!("output {name}");
            worst = Some((weight, Brake { who, words, bad }));
        }
    }
    worst.map(|(_, brake)| brake)
}

fn ceiling(stats: &Stats, meter: &Meter) -> Option<Brake> {
    let limit = stats.settings.rate_limit?;
    let rate = meter.rate(|one| one.events)?;
    (rate >= limit * AT_CEILING).then(|| {
        Brake::wish(
            "ceiling",
            format!("the ceiling of {}/s holds it", number(limit)),
        )
    })
}

/// The event source, when the inputs wait for it.
fn source(stats: &Stats, inputs: Shares, event: Shares) -> Option<Brake> {
    let full = stats
        .queues
        .first()
        .is_some_and(|queue| queue.capacity > 0 && queue.len * 10 >= queue.capacity * 9);
    if event.busy >= MUCH && (inputs.blocked >= SOME || full) {
        return Some(Brake {
            who: "event source".to_owned(),
            words: format!(
                "the event source is the brake: {} of its time it renders; the inputs wait for it {}",
                percent(event.busy),
                percent(inputs.blocked)
            ),
            bad: true,
        });
    }
    (stats.stages.is_empty() && full).then(|| Brake {
        who: "event source".to_owned(),
        words: "the event source is the brake: its queue is full".to_owned(),
        bad: true,
    })
}

/// The inputs themselves, or the clock.
fn before(stats: &Stats, inputs: Shares) -> Option<Brake> {
    let late = stats.lag >= LATE;
    if inputs.busy >= MUCH {
        let words = format!(
            "the inputs are the brake: {} of their time they work out timestamps",
            percent(inputs.busy)
        );
        return Some(Brake {
            who: "inputs".to_owned(),
            words,
            bad: late,
        });
    }
    (inputs.idle >= MUCH && !late).then(|| {
        let words = format!(
            "nothing holds it up: the inputs wait for the clock {} of their time",
            percent(inputs.idle)
        );
        Brake::wish("clock", words)
    })
}

/// A number without needless digits.
pub fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What a change does, for messages.
pub fn change(change: &Change) -> String {
    match change {
        Change::Pause => "paused".to_owned(),
        Change::Resume { skip: false } => "goes on".to_owned(),
        Change::Resume { skip: true } => "goes on from now".to_owned(),
        Change::Pace(None) => "plain pace".to_owned(),
        Change::Pace(Some(pace)) => format!("pace {pace}"),
        Change::Gain(gain) => format!("gain {}", number(*gain)),
        Change::RateLimit(None) => "no ceiling".to_owned(),
        Change::RateLimit(Some(limit)) => format!("at most {}/s", number(*limit)),
        Change::MaxEvents(None) => "no end by number".to_owned(),
        Change::MaxEvents(Some(most)) => format!("ends after {} events", text::grouped(*most)),
        Change::MaxDuration(None) => "no end by time".to_owned(),
        Change::MaxDuration(Some(most)) => format!("ends after {}", short_duration(*most)),
        Change::SkipTo(us) => format!("goes on at {} UTC", utc(*us)),
        Change::Output { index, paused } => format!(
            "output[{index}] {}",
            if *paused { "is held" } else { "goes on" }
        ),
        Change::Retry(index) => format!("output[{index}] tries again"),
        Change::Alias { name, off: true } => format!("template {name} is off"),
        Change::Alias { name, off: false } => format!("template {name} is on again"),
        Change::Reload(mode) => format!("changed files: {}", reload_mode(*mode)),
    }
}

/// What is done with changed files.
pub fn reload_mode(mode: ReloadMode) -> &'static str {
    match mode {
        ReloadMode::Auto => "taken at the next batch",
        ReloadMode::Ask => "wait for a word",
        ReloadMode::Off => "not looked at",
    }
}

/// Settings that are not as in a plain run.
pub fn settings(settings: &Settings) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(pace) = settings.pace {
        out.push(format!("pace {pace}"));
    }
    if settings.gain != 1.0 {
        out.push(format!("gain {}", number(settings.gain)));
    }
    if settings.shift_us != 0 {
        let ahead = text::ahead(settings.shift_us);
        out.push(format!("{ahead} ahead of the clock"));
    }
    if let Some(limit) = settings.rate_limit {
        out.push(format!("≤ {}/s", number(limit)));
    }
    if let Some(most) = settings.max_events {
        out.push(format!("ends after {} events", text::grouped(most)));
    }
    if let Some(most) = settings.max_duration {
        out.push(format!("ends after {}", short_duration(most)));
    }
    out
}

/// What was changed since a run began, as `was → is`.
pub fn changed(began: &Settings, now: &Settings) -> Vec<String> {
    let mut out = Vec::new();
    let mut note = |what: &str, before: String, after: String| {
        if before != after {
            out.push(format!("{what} {before} → {after}"));
        }
    };
    let pace = |pace: Option<Pace>| pace.map_or("plain".to_owned(), |pace| pace.to_string());
    note("pace", pace(began.pace), pace(now.pace));
    note("gain", number(began.gain), number(now.gain));
    let limit =
        |limit: Option<f64>| limit.map_or("none".to_owned(), |one| format!("{}/s", number(one)));
    note("ceiling", limit(began.rate_limit), limit(now.rate_limit));
    let most = |most: Option<u64>| most.map_or("none".to_owned(), text::grouped);
    note("events", most(began.max_events), most(now.max_events));
    let time = |time: Option<Duration>| time.map_or("none".to_owned(), short_duration);
    note("time", time(began.max_duration), time(now.max_duration));
    out
}

/// What became of changed files, in words; `true` when it needs somebody.
pub fn reload(stats: &ReloadStats) -> Option<(String, bool)> {
    if let Some(why) = &stats.refused {
        return Some((format!("changed files are not taken: {why}"), true));
    }
    if let Some(what) = &stats.pending {
        return Some((format!("changed files wait: {what}"), true));
    }
    let times = match stats.taken {
        0 => return None,
        1 => "taken once".to_owned(),
        many => format!("taken {} times", text::grouped(many)),
    };
    let last = stats.last_us.map(|us| format!(", last {} UTC", utc(us)));
    Some((
        format!("changed files: {times}{}", last.unwrap_or_default()),
        false,
    ))
}

#[cfg(test)]
#[path = "flow_words_tests.rs"]
mod tests;
