//! Parameters that say how a generator is run, not what it gives: how fast, how much, how long.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Context, Field, Kind, Node, Scalar, Schema, Section, Tree};
use crate::time::versatile::OutOfCalendar;
use crate::time::{
    MIN_WALL_US, Moment, PACE_FORMS, Pace, Versatile, Zone, duration_us, relative, unit_us,
};

/// Gains that make sense.
pub const GAIN: RangeInclusive<f64> = 0.0..=1e6;

/// Rate limits that make sense, in events a second.
pub const RATE_LIMIT: RangeInclusive<f64> = 1e-6..=1e12;

/// What a backfill looks like, for messages.
pub const BACKFILL_FORMS: &str =
    "write how far back it goes, such as `7d` or `1h30m`, or a moment in the past";

/// `speed`.
pub(super) const SPEED: Field = Field::optional(
    "speed",
    Kind::OrNull(&Kind::Custom(check_speed)),
    "null",
    "Seconds of event time that pass in a second; instead of `pace`. `live_mode` is false then unless it is given.",
);
/// `pace`.
pub(super) const PACE: Field = Field::optional(
    "pace",
    Kind::OrNull(&Kind::Custom(check_pace)),
    "null",
    "Gives the timestamps of a whole unit at once, then waits for the next: `day/1s`, or `unit`, `every` and `spread`. `live_mode` is false then unless it is given.",
);
/// `gain`.
pub(super) const GAIN_FIELD: Field = Field::optional(
    "gain",
    Kind::Custom(check_gain),
    "1.0",
    "How often each timestamp is used: 2.5 is two or three times, 0.1 every tenth, 0 silence.",
);
/// `rate_limit`.
pub(super) const RATE_LIMIT_FIELD: Field = Field::optional(
    "rate_limit",
    Kind::OrNull(&Kind::Custom(check_rate_limit)),
    "null",
    "Most events in a second; what exceeds it comes later.",
);
/// `max_events`.
pub(super) const MAX_EVENTS: Field = Field::optional(
    "max_events",
    Kind::OrNull(&Kind::Int(1, i64::MAX)),
    "null",
    "Ends the run after that many events.",
);
/// `max_duration`.
pub(super) const MAX_DURATION: Field = Field::optional(
    "max_duration",
    Kind::OrNull(&Kind::Custom(check_duration)),
    "null",
    "Ends the run after that time, such as `10m`, or a number of seconds.",
);
/// `backfill`.
pub(super) const BACKFILL: Field = Field::optional(
    "backfill",
    Kind::OrNull(&Kind::Custom(check_backfill)),
    "null",
    "Before a live run goes on from now: the history of so long (`7d`) or from a moment on, as fast as possible.",
);

/// `reload`.
pub(super) const RELOAD: Field = Field::optional(
    "reload",
    Kind::Custom(check_reload),
    "auto",
    "`auto | ask | off`: what a running generator does when its files change: `auto` takes a sound change at the next batch, `ask` waits for somebody's word, `off` goes on with what was read at the start.",
);

static PACE_SCHEMA: Schema = Schema {
    name: "pace",
    doc: "How event time passes.",
    fields: &[
        Field::required(
            "unit",
            Kind::Custom(check_unit),
            "`second`, `minute`, `hour`, `day`, `week` or a duration of event time.",
        ),
        Field::required(
            "every",
            Kind::Custom(check_duration),
            "Time between the starts of two units; 0 does not wait.",
        ),
        Field::optional(
            "spread",
            Kind::Bool,
            "false",
            "Spreads the timestamps of a unit in proportion instead of giving them at once.",
        ),
    ],
};

/// What a run does when its files change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReloadMode {
    /// Take a sound change at the next batch.
    #[default]
    Auto,
    /// Check it and wait for somebody's word.
    Ask,
    /// Go on with what was read at the start.
    Off,
}

impl ReloadMode {
    /// The mode with a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "ask" => Some(Self::Ask),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ask => "ask",
            Self::Off => "off",
        }
    }
}

/// How a generator is run.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RunParameters {
    /// How event time passes; `None`: with the wall clock in live mode, as fast as possible otherwise.
    pub pace: Option<Pace>,
    /// How often each timestamp is used, within [`GAIN`].
    #[serde(with = "crate::time::wire::exact")]
    pub gain: f64,
    /// Most events in a second, within [`RATE_LIMIT`].
    #[serde(with = "crate::time::wire::exact_option")]
    pub rate_limit: Option<f64>,
    /// Ends the run after that many events, at least 1.
    pub max_events: Option<u64>,
    /// Ends the run after that time.
    pub max_duration: Option<Duration>,
    /// History that comes before the live part; in live mode only.
    pub backfill: Option<Past>,
    /// What becomes of changes to its files while it runs.
    #[serde(default)]
    pub reload: ReloadMode,
}

impl Default for RunParameters {
    fn default() -> Self {
        Self {
            pace: None,
            gain: 1.0,
            rate_limit: None,
            max_events: None,
            max_duration: None,
            backfill: None,
            reload: ReloadMode::default(),
        }
    }
}

/// Where a backfill begins.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Past {
    /// So many microseconds before the start of the run.
    Span(i64),
    /// At a moment.
    Since(Versatile),
}

impl Past {
    /// Reads how far back (`7d`), or a moment as `start` takes it.
    ///
    /// # Errors
    /// What is wrong with it; [`BACKFILL_FORMS`] is the help.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with(|c: char| c.is_ascii_digit())
            && let Some(us) = relative::parse(text)
        {
            return if us > 0 {
                Ok(Self::Span(us))
            } else {
                Err("a backfill is longer than nothing".to_owned())
            };
        }
        Versatile::parse(text)
            .map(Self::Since)
            .map_err(|error| error.message)
    }

    /// Where it begins when the run starts at `now`.
    ///
    /// # Errors
    /// When that leaves the calendar.
    pub fn from(&self, zone: Zone, now: Moment) -> Result<Moment, OutOfCalendar> {
        match self {
            Self::Span(us) => {
                let instant_us = now.instant_us().saturating_sub(*us);
                if instant_us < MIN_WALL_US {
                    return Err(OutOfCalendar);
                }
                Ok(zone.at_instant(instant_us))
            }
            Self::Since(moment) => moment.resolve(zone, now, now),
        }
    }
}

impl RunParameters {
    /// The mode of a run that does not say: live, unless event time passes at a pace of its own. A
    /// backfill needs a live run after it.
    pub fn is_live(&self) -> bool {
        self.pace.is_none() || self.backfill.is_some()
    }

    /// These parameters, changed by what a section has.
    pub(super) fn overlaid(&self, section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let mut new = self.clone();
        let number = |name| section.node(name).and_then(Node::number);
        if section.node("speed").is_some_and(|node| !node.is_null())
            && let Some(pace) = section.node("pace").filter(|node| !node.is_null())
        {
            cx.error_help(
                pace.span,
                "`speed` and `pace` contradict each other",
                "leave one of them out",
            );
            return None;
        }
        if section.has("speed") {
            new.pace = number("speed").and_then(Pace::speed);
        }
        if let Some(node) = section.node("pace").filter(|_| section.has("pace")) {
            new.pace = read_pace(node, cx).ok().flatten();
        }
        if let Some(gain) = number("gain") {
            new.gain = gain;
        }
        if section.has("rate_limit") {
            new.rate_limit = number("rate_limit");
        }
        if section.has("max_events") {
            new.max_events = section
                .int("max_events")
                .and_then(|n| u64::try_from(n).ok());
        }
        if section.has("max_duration") {
            let node = section.node("max_duration").filter(|node| !node.is_null());
            new.max_duration = node
                .and_then(|node| read_duration(node).ok())
                .map(|us| Duration::from_micros(us.unsigned_abs()));
        }
        if section.has("backfill") {
            let node = section.node("backfill").filter(|node| !node.is_null());
            new.backfill = node.and_then(|node| Past::parse(&node.text()?).ok());
        }
        if let Some(mode) = section.node("reload").and_then(read_reload) {
            new.reload = mode;
        }
        Some(new)
    }
}

impl Node {
    fn number(&self) -> Option<f64> {
        match &self.tree {
            Tree::Scalar(Scalar::Int(value)) => Some(*value as f64),
            Tree::Scalar(Scalar::Float(value)) => Some(*value),
            Tree::Scalar(Scalar::Str(text)) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A text, or a number as text.
    fn text(&self) -> Option<String> {
        match &self.tree {
            Tree::Scalar(Scalar::Str(text)) => Some(text.to_string()),
            Tree::Scalar(Scalar::Date(date)) => Some(date.to_string()),
            Tree::Scalar(Scalar::DateTime(at)) => {
                Some(at.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
            }
            Tree::Scalar(Scalar::DateTimeOffset(at)) => Some(at.to_rfc3339()),
            _ => None,
        }
    }
}

/// A mode; `off` without quotes is a boolean in YAML.
fn read_reload(node: &Node) -> Option<ReloadMode> {
    match &node.tree {
        Tree::Scalar(Scalar::Str(name)) => ReloadMode::parse(name),
        Tree::Scalar(Scalar::Bool(true)) => Some(ReloadMode::Auto),
        Tree::Scalar(Scalar::Bool(false)) => Some(ReloadMode::Off),
        _ => None,
    }
}

fn check_reload(node: &Node, cx: &mut Context<'_>) {
    if !node.unknown && read_reload(node).is_none() {
        let message = format!("`reload` is no mode: {}", node.describe());
        cx.error_help(node.span, message, "use `auto`, `ask` or `off`");
    }
}

fn check_number(
    node: &Node,
    cx: &mut Context<'_>,
    what: &str,
    help: &str,
    sound: impl Fn(f64) -> bool,
) {
    if node.unknown || node.number().is_some_and(sound) {
        return;
    }
    cx.error_help(node.span, format!("{what}, not {}", node.describe()), help);
}

fn check_speed(node: &Node, cx: &mut Context<'_>) {
    check_number(
        node,
        cx,
        "a speed is a number above 0",
        "60 lets a minute pass in a second",
        |speed| Pace::speed(speed).is_some(),
    );
}

fn check_gain(node: &Node, cx: &mut Context<'_>) {
    check_number(
        node,
        cx,
        "a gain is a number from 0 to 1000000",
        "1 uses each timestamp once",
        |gain| GAIN.contains(&gain),
    );
}

fn check_rate_limit(node: &Node, cx: &mut Context<'_>) {
    check_number(
        node,
        cx,
        "a rate limit is a number of events in a second, above 0",
        "leave it out, or write null, for none",
        |rate| RATE_LIMIT.contains(&rate),
    );
}

/// Reads a duration (a number of seconds, or text such as `100ms` or `1h30m`) in microseconds.
///
/// # Errors
/// Why it is none, for the person at the terminal.
pub fn read_duration(node: &Node) -> Result<i64, String> {
    let text = match node.number() {
        Some(seconds) => seconds.to_string(),
        None => node
            .text()
            .ok_or_else(|| format!("a duration is text such as `10m`, not {}", node.describe()))?,
    };
    duration_us(&text)
}

/// Reports what is no duration; for [`super::Kind::Custom`].
pub fn check_duration(node: &Node, cx: &mut Context<'_>) {
    if let Err(message) = read_duration(node).map(|_| ())
        && !node.unknown
    {
        let hidden = "the secret's value is no duration".to_owned();
        let message = if node.secret { hidden } else { message };
        cx.error(node.span, message);
    }
}

fn check_unit(node: &Node, cx: &mut Context<'_>) {
    let read = node
        .text()
        .ok_or_else(|| format!("a unit is text such as `day`, not {}", node.describe()));
    if let Err(message) = read.and_then(|text| unit_us(&text))
        && !node.unknown
    {
        cx.error(node.span, message);
    }
}

fn check_backfill(node: &Node, cx: &mut Context<'_>) {
    let text = node
        .text()
        .ok_or_else(|| format!("a backfill is not {}", node.describe()));
    if let Err(message) = text.and_then(|text| Past::parse(&text))
        && !node.unknown
    {
        cx.error_help(node.span, message, BACKFILL_FORMS);
    }
}

fn check_pace(node: &Node, cx: &mut Context<'_>) {
    if let Err(Some(message)) = read_pace(node, cx)
        && !node.unknown
    {
        cx.error_help(node.span, message, PACE_FORMS);
    }
}

/// # Errors
/// What is wrong, unless it was reported already.
fn read_pace(node: &Node, cx: &mut Context<'_>) -> Result<Option<Pace>, Option<String>> {
    if node.is_null() {
        return Ok(None);
    }
    if let Some(text) = node.as_str() {
        return Pace::parse(text).map(Some).map_err(Some);
    }
    if node.as_map().is_none() {
        return Err(Some(format!("a pace is not {}", node.describe())));
    }
    let section = Section::open(node, &PACE_SCHEMA, cx).ok_or(None)?;
    let unit = section.node("unit").and_then(Node::text).ok_or(None)?;
    let unit_us = unit_us(&unit).map_err(|_| None)?;
    let every_us = section.node("every").ok_or(None)?;
    let every_us = read_duration(every_us).map_err(|_| None)?;
    let spread = section.bool("spread").unwrap_or(false);
    Pace::steps(unit_us, every_us, spread)
        .map(Some)
        .ok_or_else(|| Some("a unit that is spread takes longer than nothing".to_owned()))
}
