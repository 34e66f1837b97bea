//! Log records of an instance: how they look, whose they are, what is hidden in them.
//!
//! A record belongs to the generator that its field `generator` names, or that of a span around it: the
//! threads of a run are in such a span.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, WorkerGuard};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogLevel, LogSettings, why};
use crate::instance::Redactor;
use crate::instance::log_ring::LogRing;

use super::log_files::{Router, SCREEN, Shape};
use super::report::visible;

/// The field that names a generator.
const GENERATOR: &str = "generator";

/// Records of this program; those of libraries are only of interest when something is wrong.
const OURS: &str = "evtui";

/// Target of records that were said on standard error in other words.
pub(super) const QUIETLY: &str = "evtui::state";

/// The logs of an instance. Dropping it writes what still waits.
pub(super) struct Logs {
    wishes: Arc<Wishes>,
    shape: Shape,
    redactor: Redactor,
    /// Records that found no room on the way to the files.
    dropped: ErrorCounter,
    /// How many of those were told.
    told: AtomicUsize,
    _guard: WorkerGuard,
}

/// What may change while records come.
#[derive(Debug)]
struct Wishes {
    level: AtomicU8,
    json: AtomicBool,
}

impl Wishes {
    fn set(&self, settings: &LogSettings) {
        let level = match settings.level {
            LogLevel::Error => 0,
            LogLevel::Warning => 1,
            LogLevel::Info => 2,
            LogLevel::Debug => 3,
        };
        self.level.store(level, Ordering::Relaxed);
        self.json.store(settings.json, Ordering::Relaxed);
    }
}

impl Logs {
    /// Logs to files in `folder`, which is made if need be; warnings and errors also go to standard
    /// error. Without a folder there is nothing else.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(super) fn start(
        folder: Option<PathBuf>,
        settings: LogSettings,
        redactor: Redactor,
    ) -> Result<Self, String> {
        make(folder.as_ref())?;
        let shape = Shape::new(folder, settings);
        let (writer, guard) = tracing_appender::non_blocking(Router::new(shape.clone()));
        let wishes = Arc::new(Wishes {
            level: AtomicU8::new(0),
            json: AtomicBool::new(false),
        });
        wishes.set(&settings);
        let dropped = writer.error_counter();
        let records = Records {
            wishes: wishes.clone(),
            redactor: redactor.clone(),
            writer,
        };
        // A second logger in one process is no reason to stop.
        let ring = LogRing::of_process().layer(redactor.clone());
        let _ = tracing_subscriber::registry()
            .with(records)
            .with(ring)
            .try_init();
        Ok(Self {
            wishes,
            shape,
            redactor,
            dropped,
            told: AtomicUsize::new(0),
            _guard: guard,
        })
    }

    /// Goes on with other settings; files are opened anew.
    ///
    /// # Errors
    /// When the folder cannot be made; then nothing changes.
    pub(super) fn change(
        &self,
        folder: Option<PathBuf>,
        settings: LogSettings,
    ) -> Result<(), String> {
        make(folder.as_ref())?;
        self.wishes.set(&settings);
        self.shape.change(folder, settings);
        tracing::callsite::rebuild_interest_cache();
        Ok(())
    }

    /// How many records were dropped since the last question, because the disk does not keep up with
    /// them; `None` for none. Generators never wait for their log.
    pub(super) fn dropped(&self) -> Option<usize> {
        let all = self.dropped.dropped_lines();
        let told = self.told.swap(all, Ordering::Relaxed);
        all.checked_sub(told).filter(|&new| new > 0)
    }

    /// Writes what still waits, and says how many records could not be written in all, if any, and where.
    pub(super) fn end(self) -> Option<String> {
        let Self { shape, _guard, .. } = self;
        drop(_guard);
        let (lost, folder) = shape.lost()?;
        let records =
            crate::cli::report::count(usize::try_from(lost).unwrap_or(usize::MAX), "log record");
        let folder = crate::cli::report::short_path(&folder);
        Some(format!("{records} could not be written to {folder}"))
    }

    /// The text without secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        self.redactor.hide(text).into_owned()
    }
}

fn make(folder: Option<&PathBuf>) -> Result<(), String> {
    let Some(folder) = folder else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        format!(
            "cannot make the folder of logs, {}: {}",
            folder.display(),
            why(&error)
        )
    })
}

/// Whose a span is.
struct Owner(String);

struct Records {
    wishes: Arc<Wishes>,
    redactor: Redactor,
    writer: NonBlocking,
}

impl Records {
    fn wanted(&self, metadata: &Metadata<'_>) -> bool {
        let rank = rank(metadata.level());
        // The screens show what is done, whatever the files keep.
        let most = self.wishes.level.load(Ordering::Relaxed).max(2);
        let ours = metadata.target().starts_with(OURS);
        rank <= most && (ours || rank <= 1 || most == 3 && rank <= 2)
    }
}

fn rank(level: &Level) -> u8 {
    match *level {
        Level::ERROR => 0,
        Level::WARN => 1,
        Level::INFO => 2,
        Level::DEBUG => 3,
        Level::TRACE => 4,
    }
}

fn name(level: &Level) -> &'static str {
    match *level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        Level::INFO => "info",
        Level::DEBUG | Level::TRACE => "debug",
    }
}

impl<S> Layer<S> for Records
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_span() || self.wanted(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span() || self.wanted(metadata)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(Value::String(owner)), Some(span)) =
            (fields.values.remove(GENERATOR), cx.span(id))
        {
            span.extensions_mut().insert(Owner(owner));
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let named = match fields.values.remove(GENERATOR) {
            Some(Value::String(id)) => Some(id),
            _ => None,
        };
        let owner = named.or_else(|| {
            let mut scope = cx.event_scope(event)?;
            scope.find_map(|span| span.extensions().get::<Owner>().map(|one| one.0.clone()))
        });
        fields.hide(&self.redactor);
        let level = event.metadata().level();
        if rank(level) <= 1 && event.metadata().target() != QUIETLY {
            self.write(SCREEN, &short(level, owner.as_deref(), &fields));
        }
        if rank(level) > self.wishes.level.load(Ordering::Relaxed) {
            return;
        }
        let time = now();
        let line = if self.wishes.json.load(Ordering::Relaxed) {
            json(&time, level, event.metadata().target(), fields)
        } else {
            plain(&time, level, event.metadata().target(), &fields)
        };
        let key = owner.map_or_else(String::new, |id| format!("g{}", id.replace('\n', " ")));
        self.write(&key, &line);
    }
}

impl Records {
    /// Hands a line to the thread that writes.
    fn write(&self, key: &str, line: &str) {
        let mut writer = self.writer.clone();
        // Only full queues refuse, and then the record is left out: no generator waits for its log.
        let _ = writer.write_all(format!("{key}\n{line}\n").as_bytes());
    }
}

fn short(level: &Level, owner: Option<&str>, fields: &Fields) -> String {
    let whose = owner.map_or_else(String::new, |id| format!("{id}: "));
    let source = match fields.values.get("source") {
        Some(Value::String(source)) => format!("{source}: "),
        _ => String::new(),
    };
    visible(&format!(
        "{}: {whose}{source}{}",
        name(level),
        fields.message
    ))
}

/// The present moment, as records bear it.
fn now() -> String {
    let now = chrono::Utc::now();
    now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// A warning of the log about itself, as it stands in a file, with the line's end.
pub(super) fn own(message: &str, as_json: bool) -> String {
    let fields = Fields {
        message: message.to_owned(),
        ..Fields::default()
    };
    let (time, level, logger) = (now(), &Level::WARN, module_path!());
    let mut line = if as_json {
        json(&time, level, logger, fields)
    } else {
        plain(&time, level, logger, &fields)
    };
    line.push('\n');
    line
}

/// `time [level    ] message   [logger] key=value`, on one line.
fn plain(time: &str, level: &Level, logger: &str, fields: &Fields) -> String {
    let mut line = format!(
        "{time} [{:<9}] {:<30} [{logger}]",
        name(level),
        fields.message,
    );
    for (key, value) in &fields.values {
        let shown = match value {
            Value::String(text) if !text.is_empty() && !text.contains([' ', '"', '=', '\n']) => {
                text.clone()
            }
            other => other.to_string(),
        };
        // Writing to a string cannot fail.
        let _ = write!(line, " {key}={shown}");
    }
    visible(&line)
}

fn json(time: &str, level: &Level, logger: &str, fields: Fields) -> String {
    let mut record = fields.values;
    let own = [
        ("event", fields.message),
        ("level", name(level).to_owned()),
        ("logger", logger.to_owned()),
        ("timestamp", time.to_owned()),
    ];
    let own = own.map(|(key, value)| (key.to_owned(), Value::String(value)));
    let mut parts = Vec::new();
    for (key, _) in &own {
        record.remove(key);
    }
    for (key, value) in record.into_iter().chain(own) {
        parts.push(format!("{}: {value}", Value::String(key)));
    }
    format!("{{{}}}", parts.join(", "))
}

/// The fields of a record.
#[derive(Default)]
struct Fields {
    message: String,
    values: BTreeMap<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => {
                self.values.insert(name.to_owned(), value);
            }
        }
    }

    fn hide(&mut self, redactor: &Redactor) {
        let hide = |text: &mut String| {
            if let std::borrow::Cow::Owned(hidden) = redactor.hide(text) {
                *text = hidden;
            }
        };
        hide(&mut self.message);
        for value in self.values.values_mut() {
            if let Value::String(text) = value {
                hide(text);
            }
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::String(value.to_owned()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn logged(settings: LogSettings, job: impl FnOnce()) -> (String, String) {
        let folder = tempfile::tempdir().unwrap();
        let shape = Shape::new(Some(folder.path().to_owned()), settings);
        let (writer, guard) = tracing_appender::non_blocking(Router::new(shape));
        let wishes = Arc::new(Wishes {
            level: AtomicU8::new(0),
            json: AtomicBool::new(false),
        });
        wishes.set(&settings);
        let redactor = Redactor::default();
        redactor.learn(["hunter2"].into_iter());
        let records = Records {
            wishes,
            redactor,
            writer,
        };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(records), job);
        drop(guard);
        let suffix = if settings.json { "json" } else { "log" };
        let read = |name: &str| {
            std::fs::read_to_string(folder.path().join(format!("{name}.{suffix}")))
                .unwrap_or_default()
        };
        (read("main"), read("generator_web"))
    }

    fn all() {
        tracing::info!(
            count = 3,
            path = "/a b",
            "the instance says hunter2\nand more"
        );
        tracing::info!(generator = "web", "by its field");
        tracing::debug!("too small");
        let _in = tracing::error_span!("run", generator = "web").entered();
        tracing::warn!(url = "http://u:hunter2@h/", n = 1.5, "by its span");
    }

    #[test]
    fn a_plain_record_is_one_line_with_its_context() {
        let (main, web) = logged(LogSettings::default(), all);
        let main = main.strip_suffix('\n').unwrap();
        let (time, rest) = main.split_once(' ').unwrap();
        assert_eq!(time.len(), "2026-01-31T08:00:00.123456Z".len());
        assert_eq!(
            rest,
            "[info     ] the instance says ***␊and more [evtui::cli::log_records::tests] count=3 path=\"/a b\""
        );
        let lines: Vec<&str> = web.lines().collect();
        assert_eq!(lines.len(), 2, "{web}");
        assert!(
            lines[0].contains("by its field                   [evtui"),
            "{web}"
        );
        assert!(lines[1].ends_with("n=1.5 url=http://u:***@h/"), "{web}");
    }

    #[test]
    fn what_the_log_says_of_itself_is_a_record_like_others() {
        let line = own("a \"gap\"", true);
        let record: Value = serde_json::from_str(line.strip_suffix('\n').unwrap()).unwrap();
        assert_eq!(record["event"], "a \"gap\"");
        assert_eq!(record["level"], "warning");
        assert!(record["timestamp"].as_str().unwrap().ends_with('Z'));
        let line = own("a gap", false);
        assert!(line.contains(" [warning  ] a gap "), "{line}");
    }

    #[test]
    fn a_json_record_is_one_object_with_its_context_first() {
        let settings = LogSettings {
            json: true,
            level: LogLevel::Debug,
            ..LogSettings::default()
        };
        let (main, web) = logged(settings, all);
        assert!(main.starts_with(r#"{"count": 3, "path": "/a b", "event": "the instance says ***\nand more", "level": "info", "logger": "#), "{main}");
        assert_eq!(main.lines().count(), 2);
        for line in main.lines().chain(web.lines()) {
            let record: Value = serde_json::from_str(line).unwrap();
            assert!(record.get("timestamp").is_some() && record.get(GENERATOR).is_none());
        }
    }

    #[test]
    fn what_lies_below_the_level_is_left_out() {
        let settings = LogSettings {
            level: LogLevel::Error,
            ..LogSettings::default()
        };
        let (main, web) = logged(settings, all);
        assert_eq!((main.as_str(), web.as_str()), ("", ""));
    }
}
