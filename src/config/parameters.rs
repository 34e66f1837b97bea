//! Parameters of a run (`spec/engine.md` section 5): zone, batches, queues, mode.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::run_parameters::{
    BACKFILL, GAIN_FIELD, MAX_DURATION, MAX_EVENTS, PACE, RATE_LIMIT_FIELD, RELOAD, RunParameters,
    SPEED,
};
use super::{Context, Field, Kind, Node, Schema, Section, near};
use crate::time::Zone;

const TIMEZONE: Field = Field::optional(
    "timezone",
    Kind::Custom(check_zone),
    "UTC",
    "Zone of all timestamps: a name of the IANA database, such as `Europe/Berlin`.",
);
const BATCH: Field = Field::optional(
    "batch",
    Kind::Section(&BATCH_SCHEMA),
    "{size: 10000, delay: 1.0}",
    "Limits of a batch; a limit that is not given while the other one is does not apply.",
);
const QUEUE: Field = Field::optional(
    "queue",
    Kind::Section(&QUEUE_SCHEMA),
    "{}",
    "Capacities of the queues between the stages.",
);
const KEEP_ORDER: Field = Field::optional(
    "keep_order",
    Kind::Bool,
    "false",
    "Writes the batches of an output in order. Always honoured here; kept for compatibility.",
);
const MAX_CONCURRENCY: Field = Field::optional(
    "max_concurrency",
    Kind::Int(1, i64::MAX),
    "100",
    "Most writes in flight, all outputs of the generator together.",
);
const WRITE_TIMEOUT: Field = Field::optional(
    "write_timeout",
    Kind::Int(1, i64::MAX),
    "10",
    "Longest time of one write, in seconds.",
);

static BATCH_SCHEMA: Schema = Schema {
    name: "batch",
    doc: "Limits of a batch: whichever is reached first.",
    fields: &[
        Field::optional(
            "size",
            Kind::OrNull(&Kind::Int(1, i64::MAX)),
            "10000",
            "Most timestamps in a batch.",
        ),
        Field::optional(
            "delay",
            Kind::OrNull(&Kind::FloatMin(0.1)),
            "1.0",
            "Most event time that a batch spans, in seconds. Counts in live mode, for outputs whose format joins the events of a batch; otherwise what is due goes out at once.",
        ),
    ],
};

static QUEUE_SCHEMA: Schema = Schema {
    name: "queue",
    doc: "Capacities of the queues between the stages, in batches.",
    fields: &[
        Field::optional(
            "max_timestamp_batches",
            Kind::Int(1, i64::MAX),
            "10",
            "Between the inputs and the event stage.",
        ),
        Field::optional(
            "max_event_batches",
            Kind::Int(1, i64::MAX),
            "10",
            "Between the event stage and each output.",
        ),
    ],
};

/// The section `generation` of `eventum.yml`: defaults of all generators of an instance.
pub static GENERATION: Schema = Schema {
    name: "generation",
    doc: "Defaults of all generators.",
    fields: &[
        TIMEZONE,
        BATCH,
        QUEUE,
        KEEP_ORDER,
        MAX_CONCURRENCY,
        WRITE_TIMEOUT,
        SPEED,
        PACE,
        GAIN_FIELD,
        RATE_LIMIT_FIELD,
        MAX_EVENTS,
        MAX_DURATION,
        BACKFILL,
        RELOAD,
    ],
};

/// One entry of `startup.yml`.
pub static STARTUP: Schema = Schema {
    name: "startup entry",
    doc: "A generator that the application starts.",
    fields: &[
        Field::required("id", Kind::NonEmpty, "Its name, different from all others."),
        Field::required(
            "path",
            Kind::Path,
            "Its `generator.yml`, absolute or relative to the folder of generators.",
        ),
        TIMEZONE,
        BATCH,
        QUEUE,
        KEEP_ORDER,
        MAX_CONCURRENCY,
        WRITE_TIMEOUT,
        SPEED,
        PACE,
        GAIN_FIELD,
        RATE_LIMIT_FIELD,
        MAX_EVENTS,
        MAX_DURATION,
        BACKFILL,
        RELOAD,
        Field::optional(
            "live_mode",
            Kind::Bool,
            "true",
            "True releases timestamps when they are due, false as fast as possible.",
        ),
        Field::optional(
            "skip_past",
            Kind::Bool,
            "true",
            "In live mode: leave out what lies before the start.",
        ),
        Field::optional("params", Kind::Map, "{}", "Values for `${params.name}`."),
        Field::optional(
            "autostart",
            Kind::Bool,
            "true",
            "Start it with the application.",
        ),
        Field::optional(
            "scenarios",
            Kind::List(&Kind::Str, 0),
            "[]",
            "Names of the scenarios it belongs to.",
        ),
    ],
};

fn check_zone(node: &Node, cx: &mut Context<'_>) {
    let Some(name) = node.as_str() else {
        cx.error(
            node.span,
            format!("a time zone is a name, not {}", node.describe()),
        );
        return;
    };
    // The shortest names are left out as in the reference.
    if name.chars().count() >= 3 && Zone::parse(name).is_some() {
        return;
    }
    let message = format!("there is no time zone {}", node.describe());
    match near(name, Zone::names()).filter(|_| !node.secret) {
        Some(known) => cx.error_help(node.span, message, format!("did you mean `{known}`?")),
        None => cx.error_help(
            node.span,
            message,
            "use a name of the IANA database, such as `UTC` or `Europe/Berlin`",
        ),
    }
}

/// Everything about a run that is not in `generator.yml`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Parameters {
    /// Zone of all timestamps.
    pub zone: Zone,
    /// Batch limits.
    pub batch: BatchParameters,
    /// Queue capacities, in batches.
    pub queue: QueueParameters,
    /// Batches of one output in order. Always honoured; kept for compatibility.
    pub keep_order: bool,
    /// Writes in flight, at least 1.
    pub max_concurrency: usize,
    /// Seconds one write may take, at least 1.
    pub write_timeout: u64,
    /// True releases timestamps when they are due, false as fast as possible.
    pub live_mode: bool,
    /// In live mode: leave out what lies before the start.
    pub skip_past: bool,
    /// Values for `${params.*}`.
    #[serde(with = "super::wire::values")]
    pub params: Map<String, Value>,
    /// How fast, how much, how long.
    pub run: RunParameters,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            zone: Zone::UTC,
            batch: BatchParameters::default(),
            queue: QueueParameters::default(),
            keep_order: false,
            max_concurrency: 100,
            write_timeout: 10,
            live_mode: true,
            skip_past: true,
            params: Map::new(),
            run: RunParameters::default(),
        }
    }
}

/// A generator of `startup.yml`.
#[derive(Clone, Debug, PartialEq)]
pub struct StartupEntry {
    /// Its name, unique in the list.
    pub id: String,
    /// Its `generator.yml`, absolute when the folder of generators is.
    pub path: PathBuf,
    /// Its parameters, over the defaults of the instance.
    pub parameters: Parameters,
    /// Start it with the application.
    pub autostart: bool,
    /// Scenarios it belongs to.
    pub scenarios: Vec<String>,
}

impl Parameters {
    /// The defaults, changed by a section `generation` (schema [`GENERATION`]). A batch limit that is
    /// not given while the other one is does not apply.
    pub fn from_generation(node: &Node, cx: &mut Context<'_>) -> Option<Self> {
        let section = Section::open(node, &GENERATION, cx)?;
        let none = BatchParameters {
            size: None,
            delay: None,
        };
        Self::default().overlaid(&section, none, cx)
    }

    /// These parameters, changed by what a section has. `batch` fills the missing half when one limit
    /// is given.
    fn overlaid(
        &self,
        section: &Section,
        batch: BatchParameters,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let mut new = self.clone();
        if let Some(zone) = section.str("timezone").and_then(Zone::parse) {
            new.zone = zone;
        }
        if let Some(given) = section.section("batch", &BATCH_SCHEMA, cx) {
            new.batch = self.batch.overlaid(&given, batch, cx)?;
        }
        if let Some(given) = section.section("queue", &QUEUE_SCHEMA, cx) {
            let queue = &mut new.queue;
            put(
                &mut queue.max_timestamp_batches,
                given.int("max_timestamp_batches"),
            );
            put(&mut queue.max_event_batches, given.int("max_event_batches"));
        }
        put(&mut new.max_concurrency, section.int("max_concurrency"));
        put(&mut new.write_timeout, section.int("write_timeout"));
        put(&mut new.keep_order, section.bool("keep_order"));
        put(&mut new.skip_past, section.bool("skip_past"));
        new.run = self.run.overlaid(section, cx)?;
        if section.has("speed") || section.has("pace") {
            new.live_mode = new.run.is_live();
        }
        put(&mut new.live_mode, section.bool("live_mode"));
        if let Some(Value::Object(params)) = section.node("params").map(Node::to_json) {
            new.params = params;
        }
        Some(new)
    }
}

/// Takes over a value that was given and fits (bounds were checked by the schema).
fn put<T, V: TryInto<T>>(target: &mut T, value: Option<V>) {
    if let Some(value) = value.and_then(|value| value.try_into().ok()) {
        *target = value;
    }
}

impl StartupEntry {
    /// Decodes an entry (schema [`STARTUP`]) over the defaults of the instance. Unlike in
    /// [`Parameters::from_generation`] a batch limit that is not given keeps its default.
    pub(super) fn decode(
        node: &Node,
        defaults: &Parameters,
        generators: &std::path::Path,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let section = Section::open(node, &STARTUP, cx)?;
        Some(Self {
            id: section.str("id")?.to_owned(),
            path: generators.join(section.str("path")?),
            parameters: defaults.overlaid(&section, defaults.batch, cx)?,
            autostart: section.bool("autostart").unwrap_or(true),
            scenarios: section.strings("scenarios"),
        })
    }
}

/// Limits of a batch; at least one is set.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BatchParameters {
    /// Most timestamps, at least 1.
    pub size: Option<usize>,
    /// Longest span in seconds, at least 0.1. For joined outputs in live mode.
    #[serde(with = "crate::time::wire::exact_option")]
    pub delay: Option<f64>,
}

impl Default for BatchParameters {
    fn default() -> Self {
        Self {
            size: Some(10_000),
            delay: Some(1.0),
        }
    }
}

impl BatchParameters {
    /// The rule for a place where limits are given on their own (command line, `eventum.yml`): with
    /// neither the defaults, with one the other does not apply.
    pub fn given(size: Option<usize>, delay: Option<f64>) -> Self {
        if size.is_none() && delay.is_none() {
            Self::default()
        } else {
            Self { size, delay }
        }
    }

    fn overlaid(&self, section: &Section, missing: Self, cx: &mut Context<'_>) -> Option<Self> {
        if !section.has("size") && !section.has("delay") {
            return Some(*self);
        }
        let mut new = missing;
        if section.has("size") {
            new.size = section
                .int("size")
                .and_then(|size| usize::try_from(size).ok());
        }
        if section.has("delay") {
            new.delay = section.float("delay");
        }
        if new.size.is_none() && new.delay.is_none() {
            cx.within(".batch", |cx| {
                cx.error_help(
                    section.span,
                    "a batch needs a limit: `size` and `delay` are both null",
                    "give one of them a value",
                );
            });
            return None;
        }
        Some(new)
    }
}

/// Capacities of the queues between stages, in batches, at least 1 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueueParameters {
    /// Input to event stage.
    pub max_timestamp_batches: usize,
    /// Event stage to each output.
    pub max_event_batches: usize,
}

impl Default for QueueParameters {
    fn default() -> Self {
        Self {
            max_timestamp_batches: 10,
            max_event_batches: 10,
        }
    }
}
