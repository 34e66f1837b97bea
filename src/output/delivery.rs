//! How an output deals with a target that is slow, down or refuses events: the options that all
//! outputs share. What they lead to happens in the pipeline.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{Context, Field, Kind, Schema, Section, check_duration, read_duration};

const DURATION: Kind = Kind::Custom(check_duration);

static RETRY_SCHEMA: Schema = Schema {
    name: "retry",
    doc: "When events that the target did not take are tried again.",
    fields: &[
        Field::optional(
            "attempts",
            Kind::Int(0, 1_000_000),
            "",
            "Further attempts before `on_failure` decides. Without effect when it is `block`, which never gives up. Default: 0 for the outputs of Eventum, 10 for the others.",
        ),
        Field::optional(
            "initial",
            DURATION,
            "100ms",
            "Wait before the second attempt.",
        ),
        Field::optional(
            "factor",
            Kind::FloatMin(1.0),
            "2",
            "Each wait is that many times as long as the one before.",
        ),
        Field::optional("max", DURATION, "5s", "Longest wait."),
        Field::optional(
            "jitter",
            Kind::Bool,
            "true",
            "Waits are shortened by up to half at random, so that many clients do not come back at once.",
        ),
    ],
};

static CIRCUIT_SCHEMA: Schema = Schema {
    name: "circuit",
    doc: "Stops trying a target that is down, but for a probe now and then.",
    fields: &[
        Field::optional(
            "failures",
            Kind::Int(1, 1_000_000),
            "5",
            "Attempts in a row that have to fail before it opens.",
        ),
        Field::optional(
            "probe",
            DURATION,
            "5s",
            "Time between probes while it is open.",
        ),
    ],
};

static BATCH_SCHEMA: Schema = Schema {
    name: "batch",
    doc: "Splits or merges the batches of the pipeline for this output.",
    fields: &[
        Field::optional(
            "max_events",
            Kind::Int(1, 10_000_000),
            "",
            "Most events sent together.",
        ),
        Field::optional(
            "max_bytes",
            Kind::Int(1, 1 << 40),
            "",
            "Most bytes of events sent together; a larger event goes alone.",
        ),
        Field::optional(
            "max_wait",
            DURATION,
            "",
            "How long events may wait for others; without it batches are only split.",
        ),
    ],
};

/// Several batches at once.
pub const CONCURRENCY: Field = Field::optional(
    "concurrency",
    Kind::Int(1, 1_000),
    "1",
    "Batches in flight at once. Above 1, batches may overtake each other; `keep_order` forbids that.",
);
/// The limit of one attempt.
pub const WRITE_TIMEOUT: Field = Field::optional(
    "write_timeout",
    DURATION,
    "",
    "Longest time of one attempt to write a batch; the generator's `write_timeout` when it is absent.",
);
/// Attempts and waits.
pub const RETRY: Field =
    Field::optional("retry", Kind::Section(&RETRY_SCHEMA), "", RETRY_SCHEMA.doc);
/// When to stop trying.
pub const CIRCUIT: Field = Field::optional(
    "circuit",
    Kind::Section(&CIRCUIT_SCHEMA),
    "",
    CIRCUIT_SCHEMA.doc,
);
/// What becomes of events that cannot be delivered.
pub const ON_FAILURE: Field = Field::optional(
    "on_failure",
    Kind::Enum(&["block", "drop", "dead_letter"]),
    "",
    "What becomes of events while the target does not take them. block: they wait, and the generator \
     with them. drop: they are counted as lost. dead_letter: they are kept in a file. When it is written \
     down, a server may be down when the run starts. Default: drop \
     for the outputs of Eventum, block for the others.",
);
/// Where they are kept.
pub const DEAD_LETTER: Field = Field::optional(
    "dead_letter",
    Kind::Path,
    "",
    "File for events that could not be delivered, one JSON object a line; `evtui redeliver` sends them \
     again. Default: dead-letters/OUTPUT.ndjson in the project.",
);
/// Batches of the target's liking.
pub const BATCH: Field =
    Field::optional("batch", Kind::Section(&BATCH_SCHEMA), "", BATCH_SCHEMA.doc);

/// Options of an output that writes with plain calls, with those of delivery behind them.
macro_rules! local_fields {
    [$($field:expr),* $(,)?] => {
        &[
            $($field,)*
            $crate::output::delivery::RETRY,
            $crate::output::delivery::CIRCUIT,
            $crate::output::delivery::ON_FAILURE,
            $crate::output::delivery::DEAD_LETTER,
            $crate::output::delivery::BATCH,
        ]
    };
}

/// As [`local_fields`], for an output that sends one batch at a time to a server.
macro_rules! ordered_fields {
    [$($field:expr),* $(,)?] => {
        $crate::output::delivery::local_fields![
            $($field,)*
            $crate::output::delivery::WRITE_TIMEOUT,
        ]
    };
}

/// As [`ordered_fields`], for an output whose target gains from several batches in flight.
macro_rules! concurrent_fields {
    [$($field:expr),* $(,)?] => {
        $crate::output::delivery::ordered_fields![
            $($field,)*
            $crate::output::delivery::CONCURRENCY,
        ]
    };
}

pub(super) use {concurrent_fields, local_fields, ordered_fields};

/// What becomes of events that the target did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// They wait.
    Block,
    /// They are counted as lost.
    Drop,
    /// They are kept in a file.
    DeadLetter,
}

/// Waits between attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// Further attempts after the first.
    pub attempts: u32,
    /// Wait before the second attempt.
    pub initial: Duration,
    /// Growth of the wait.
    pub factor: f64,
    /// Longest wait.
    pub max: Duration,
    /// Waits are shortened by up to half at random.
    pub jitter: bool,
}

/// When an output stops trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitConfig {
    /// Failed attempts in a row.
    pub failures: u32,
    /// Time between probes.
    pub probe: Duration,
}

/// How batches are split and merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Regroup {
    /// Most events together.
    pub max_events: Option<usize>,
    /// Most bytes of events together.
    pub max_bytes: Option<usize>,
    /// How long events may wait for others.
    pub max_wait: Option<Duration>,
}

/// Checked options of delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryConfig {
    /// Batches in flight at once, at least 1.
    pub concurrency: usize,
    /// Longest time of an attempt; the generator's when absent.
    pub write_timeout: Option<Duration>,
    /// Waits between attempts.
    pub retry: Retry,
    /// When to stop trying.
    pub circuit: CircuitConfig,
    /// What becomes of what the target did not take.
    pub on_failure: OnFailure,
    /// A server that cannot be reached when the run starts is an outage as any other: the project says
    /// itself what becomes of events meanwhile. Without that, the run does not start.
    pub patient: bool,
    /// File of dead letters, relative to the project's folder or absolute; a default when absent.
    pub dead_letter: Option<PathBuf>,
    /// How batches are split and merged.
    pub batch: Regroup,
}

impl DeliveryConfig {
    /// As the outputs of Eventum behave: one attempt, and what fails is lost.
    pub fn once() -> Self {
        Self {
            concurrency: 1,
            write_timeout: None,
            retry: Retry {
                attempts: 0,
                initial: Duration::from_millis(100),
                factor: 2.0,
                max: Duration::from_secs(5),
                jitter: true,
            },
            circuit: CircuitConfig {
                failures: 5,
                probe: Duration::from_secs(5),
            },
            on_failure: OnFailure::Drop,
            patient: false,
            dead_letter: None,
            batch: Regroup::default(),
        }
    }

    /// As the other outputs behave: events wait until the target takes them.
    pub fn durable() -> Self {
        let mut made = Self::once();
        made.retry.attempts = 10;
        made.on_failure = OnFailure::Block;
        made
    }

    /// Decodes those options of an output that it has in its schema; the others are as in `self`.
    #[must_use]
    pub fn decode(mut self, section: &Section, cx: &mut Context<'_>) -> Self {
        let time = |section: &Section, name: &str| {
            let us = read_duration(section.node(name)?).ok()?;
            Some(Duration::from_micros(us.unsigned_abs()))
        };
        let count = |section: &Section, name: &str| usize::try_from(section.int(name)?).ok();
        self.concurrency = count(section, "concurrency").unwrap_or(self.concurrency);
        self.write_timeout = time(section, "write_timeout")
            .filter(|limit| *limit >= Duration::from_millis(1))
            .or(self.write_timeout);
        self.dead_letter = section.str("dead_letter").map(PathBuf::from);
        self.on_failure = match section.str("on_failure") {
            Some("block") => OnFailure::Block,
            Some("drop") => OnFailure::Drop,
            Some(_) => OnFailure::DeadLetter,
            None if self.dead_letter.is_some() => OnFailure::DeadLetter,
            None => self.on_failure,
        };
        self.patient = section.has("on_failure") || self.dead_letter.is_some();
        if let Some(retry) = section.section("retry", &RETRY_SCHEMA, cx) {
            let known = &mut self.retry;
            let attempts = retry
                .int("attempts")
                .and_then(|count| u32::try_from(count).ok());
            known.attempts = attempts.unwrap_or(known.attempts);
            known.initial = time(&retry, "initial").unwrap_or(known.initial);
            known.factor = retry.float("factor").unwrap_or(known.factor);
            known.max = time(&retry, "max").unwrap_or(known.max);
            known.jitter = retry.bool("jitter").unwrap_or(known.jitter);
        }
        if let Some(circuit) = section.section("circuit", &CIRCUIT_SCHEMA, cx) {
            let failures = circuit
                .int("failures")
                .and_then(|count| u32::try_from(count).ok());
            self.circuit.failures = failures.unwrap_or(self.circuit.failures);
            self.circuit.probe = time(&circuit, "probe").unwrap_or(self.circuit.probe);
        }
        if let Some(batch) = section.section("batch", &BATCH_SCHEMA, cx) {
            self.batch.max_events = count(&batch, "max_events").or(self.batch.max_events);
            self.batch.max_bytes = count(&batch, "max_bytes").or(self.batch.max_bytes);
            self.batch.max_wait = time(&batch, "max_wait").or(self.batch.max_wait);
        }
        self
    }
}
