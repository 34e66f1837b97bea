//! The latest log records of this process, for screens.
//!
//! A record belongs to the generator that its field `generator` names, or that of a span around it, as
//! in the log files. Knows nothing of files.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::{LogLevel, LogPage, LogQuery, LogRecord, Redactor};
use crate::time::{Clock as _, WallClock};

/// Records kept.
const MOST: usize = 5_000;
/// Bytes of messages kept.
const MOST_BYTES: usize = 4 << 20;
/// Bytes of one message.
const LONGEST: usize = 16 << 10;
/// The field that names a generator.
const GENERATOR: &str = "generator";
/// Records of this program; those of libraries are only of interest when something is wrong.
const OURS: &str = "evtui";

/// The latest records; a cheap handle.
#[derive(Clone, Debug, Default)]
pub struct LogRing(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    records: VecDeque<LogRecord>,
    bytes: usize,
    last: u64,
}

impl LogRing {
    /// That of this process.
    pub fn of_process() -> &'static Self {
        static RING: OnceLock<LogRing> = OnceLock::new();
        RING.get_or_init(Self::default)
    }

    /// A layer that feeds it; secrets that `redactor` knows are not kept.
    pub fn layer<S>(&self, redactor: Redactor) -> impl Layer<S> + Send + Sync + 'static
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let feeder = Feeder {
            ring: self.clone(),
            redactor,
        };
        feeder.with_filter(OfInterest)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record at the present moment.
    pub fn push(&self, level: LogLevel, generator: Option<String>, mut message: String) {
        if message.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|at| message.is_char_boundary(*at));
            message.truncate(end.unwrap_or(0));
            message.push('…');
        }
        let mut kept = self.lock();
        kept.last += 1;
        kept.bytes += message.len();
        let record = LogRecord {
            number: kept.last,
            at_us: WallClock.now_us(),
            level,
            generator,
            message,
        };
        kept.records.push_back(record);
        while kept.records.len() > MOST || kept.bytes > MOST_BYTES {
            let Some(old) = kept.records.pop_front() else {
                break;
            };
            kept.bytes -= old.message.len();
        }
    }

    /// The latest records that a query asks for.
    pub fn page(&self, query: &LogQuery) -> LogPage {
        let kept = self.lock();
        let wanted = |record: &&LogRecord| {
            let of_it = |id: &String| record.generator.as_ref() == Some(id);
            record.number > query.after && query.generator.as_ref().is_none_or(of_it)
        };
        let latest = kept.records.iter().rev().filter(wanted).take(query.most);
        let mut records: Vec<LogRecord> = latest.cloned().collect();
        records.reverse();
        let first = kept.records.front().map_or(kept.last + 1, |one| one.number);
        LogPage {
            records,
            missed: first.saturating_sub(query.after + 1),
        }
    }
}

/// What the ring takes: ours from info on, those of libraries when something is wrong.
struct OfInterest;

impl OfInterest {
    fn wants(about: &Metadata<'_>) -> bool {
        // What it cannot watch is told by who asked for it.
        if about.target().starts_with("notify") {
            return false;
        }
        let most = if about.target().starts_with(OURS) {
            Level::INFO
        } else {
            Level::WARN
        };
        about.is_span() || *about.level() <= most
    }
}

impl<S> Filter<S> for OfInterest {
    fn enabled(&self, about: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        Self::wants(about)
    }

    fn callsite_enabled(&self, about: &'static Metadata<'static>) -> tracing::subscriber::Interest {
        if Self::wants(about) {
            tracing::subscriber::Interest::always()
        } else {
            tracing::subscriber::Interest::never()
        }
    }
}

struct Feeder {
    ring: LogRing,
    redactor: Redactor,
}

/// Whose a span is.
struct Owner(String);

impl<S> Layer<S> for Feeder
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut words = Words::default();
        attributes.record(&mut words);
        if let (Some(owner), Some(span)) = (words.generator, cx.span(id)) {
            span.extensions_mut().insert(Owner(owner));
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let generator = words.generator.take().or_else(|| {
            let mut scope = cx.event_scope(event)?;
            scope.find_map(|span| span.extensions().get::<Owner>().map(|one| one.0.clone()))
        });
        let text = words.text();
        let hidden = self.redactor.hide(&text);
        let hidden = crate::config::hush(&hidden);
        let level = match *event.metadata().level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG | Level::TRACE => LogLevel::Debug,
        };
        self.ring.push(level, generator, hidden.to_string());
    }
}

/// The fields of a record, as words.
#[derive(Default)]
struct Words {
    generator: Option<String>,
    message: String,
    fields: String,
}

impl Words {
    fn put(&mut self, field: &Field, text: &str) {
        match field.name() {
            "message" => text.clone_into(&mut self.message),
            GENERATOR => self.generator = Some(text.to_owned()),
            name => {
                let plain = !text.is_empty() && !text.contains([' ', '"', '=', '\n']);
                // Writing to a string cannot fail.
                let _ = if plain {
                    write!(self.fields, " {name}={text}")
                } else {
                    write!(self.fields, " {name}={text:?}")
                };
            }
        }
    }

    fn text(&self) -> String {
        format!("{}{}", self.message, self.fields)
    }
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    fn query(after: u64, most: usize) -> LogQuery {
        LogQuery {
            generator: None,
            after,
            most,
        }
    }

    #[test]
    fn records_say_whose_they_are_and_hide_secrets() {
        let ring = LogRing::default();
        let redactor = Redactor::default();
        redactor.learn(["hunter2"].into_iter());
        let subscriber = tracing_subscriber::registry().with(ring.layer(redactor));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(generator = "web", port = 80, path = "/a b", "it opens");
            tracing::debug!("not kept");
            tracing::warn!(target: "notify::inotify", "not kept either");
            let span = tracing::info_span!("run", generator = "shop");
            span.in_scope(|| tracing::error!(why = "bad hunter2", "password hunter2"));
        });
        let page = ring.page(&query(0, 10));
        let seen: Vec<_> = page
            .records
            .iter()
            .map(|one| (one.level, one.generator.as_deref(), one.message.as_str()))
            .collect();
        let expected = [
            (
                LogLevel::Info,
                Some("web"),
                "it opens port=80 path=\"/a b\"",
            ),
            (
                LogLevel::Error,
                Some("shop"),
                "password *** why=\"bad ***\"",
            ),
        ];
        assert_eq!(seen, expected);
        let of_shop = LogQuery {
            generator: Some("shop".to_owned()),
            ..query(0, 10)
        };
        assert_eq!(ring.page(&of_shop).records.len(), 1);
    }

    #[test]
    fn it_is_bounded_and_counts_what_was_missed() {
        let ring = LogRing::default();
        for number in 0..MOST + 10 {
            ring.push(LogLevel::Info, None, number.to_string());
        }
        let page = ring.page(&query(0, 3));
        let numbers: Vec<u64> = page.records.iter().map(|one| one.number).collect();
        let last = u64::try_from(MOST + 10).unwrap();
        assert_eq!(numbers, [last - 2, last - 1, last]);
        assert_eq!(page.missed, 10);
        assert_eq!(ring.page(&query(4, 1)).missed, 6);
        let end = ring.page(&query(last, 9));
        assert_eq!((end.records.len(), end.missed), (0, 0));

        for _ in 0..1_000 {
            ring.push(LogLevel::Warn, None, "é".repeat(LONGEST));
        }
        let kept = ring.lock();
        assert!(kept.bytes <= MOST_BYTES);
        let bytes: usize = kept.records.iter().map(|one| one.message.len()).sum();
        assert_eq!(bytes, kept.bytes);
    }
}
