//! Decodes and drives outputs as the pipeline does, for the suites of recorded outputs.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::decisions::same;
use base64::Engine;
use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, Node, Scalar, Span, Tree};
use evtui::output::{
    FormatEnv, Formatted, Formatter, Output, OutputConfig, OutputEnv, OutputError, PLUGINS, Parcel,
    Receipt, Streams, TextSet,
};
use serde_json::Value;

/// A JSON value as the node that YAML of the same meaning gives.
pub(super) fn node(value: &Value) -> Node {
    let tree = match value {
        Value::Null => Tree::Scalar(Scalar::Null),
        Value::Bool(flag) => Tree::Scalar(Scalar::Bool(*flag)),
        Value::Number(number) => Tree::Scalar(match number.as_i64() {
            Some(int) => Scalar::Int(int),
            None => Scalar::Float(number.as_f64().unwrap()),
        }),
        Value::String(text) => text_node(text),
        Value::Array(items) => Tree::Seq(items.iter().map(node).collect()),
        Value::Object(map) => Tree::Map(
            map.iter()
                .map(|(key, value)| (node(&Value::String(key.clone())), node(value)))
                .collect(),
        ),
    };
    Node {
        span: Span::default(),
        tree,
        secret: false,
        unknown: false,
    }
}

fn text_node(text: &str) -> Tree {
    Tree::Scalar(Scalar::Str(text.into()))
}

/// Decodes an output's options; the problems when they are refused.
pub(super) fn decode(
    plugin: &str,
    config: &Value,
    base: &Path,
) -> Result<Box<dyn OutputConfig>, Diagnostics> {
    let plugin = PLUGINS
        .iter()
        .find(|known| known.schema.name == plugin)
        .unwrap_or_else(|| panic!("no output {plugin}"));
    let mut diagnostics = Diagnostics::default();
    let decoded = (plugin.decode)(
        &node(config),
        &mut Context {
            diagnostics: &mut diagnostics,
            path: Path::new("generator.yml"),
            base,
            files: &Disk,
            calendars: None,
            setting: String::new(),
        },
    );
    match decoded {
        Some(config) if !diagnostics.has_errors() => Ok(config),
        _ => {
            assert!(diagnostics.has_errors(), "refused without a reason");
            Err(diagnostics)
        }
    }
}

pub(super) fn batch(events: &Value) -> EventBatch {
    let mut batch = EventBatch::default();
    for event in events.as_array().unwrap() {
        batch.push(&bytes(event), 0);
    }
    batch
}

/// An event: text, or a character and how often.
pub(super) fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        Value::Object(map) if map.contains_key("repeat") => map["repeat"]
            .as_str()
            .unwrap()
            .repeat(usize::try_from(map["times"].as_u64().unwrap()).unwrap())
            .into_bytes(),
        Value::Object(map) if map.contains_key("text") => bytes(&map["text"]),
        other => base64::engine::general_purpose::STANDARD
            .decode(other["base64"].as_str().unwrap())
            .unwrap(),
    }
}

pub(super) fn write_files(base: &Path, case: &Value) {
    for (path, text) in case["files"].as_object().into_iter().flatten() {
        let path = base.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes(text)).unwrap();
    }
}

/// What the reference says of the refused field, as a setting path.
pub(super) fn fields(errors: &Value) -> Vec<String> {
    let path = |error: &Value| {
        let loc = error["loc"].as_array().unwrap().iter();
        let names = loc.map(|part| {
            part.as_str()
                .map_or_else(|| format!("[{part}]"), str::to_owned)
        });
        // The reference names the variant of a formatter in the path; we do not.
        let variants = ["plain", "json", "json-batch", "template", "template-batch"];
        let mut path: Vec<String> = names.collect();
        if path.first().is_some_and(|first| first == "formatter")
            && path
                .get(1)
                .is_some_and(|name| variants.contains(&name.as_str()))
        {
            path.remove(1);
        }
        path.join(".").replace(".[", "[")
    };
    let mut all: Vec<String> = errors.as_array().unwrap().iter().map(path).collect();
    all.sort();
    all.dedup();
    all
}

/// Every field that the reference refuses is the setting of one of our problems, or named by one at
/// the setting around it (unknown and missing keys).
pub(super) fn same_fields(problems: &Diagnostics, errors: &Value) -> Result<(), String> {
    let missing: Vec<String> = fields(errors)
        .into_iter()
        .filter(|field| {
            let (parent, name) = field.rsplit_once('.').unwrap_or(("", field));
            !problems.0.iter().any(|one| {
                one.setting == *field
                    || (one.setting == parent && one.message.contains(&format!("`{name}`")))
            })
        })
        .collect();
    same(
        &format!("refused fields in {problems:?}"),
        &missing,
        &Vec::new(),
    )
}

/// An output with its formatter, driven as the pipeline drives it when nothing is tried again.
pub(super) struct Driven {
    config: Box<dyn OutputConfig>,
    pub(super) output: Output,
    formatter: Formatter,
    texts: TextSet,
    /// Written, failed, refused by the formatter.
    totals: [u64; 3],
    now: Instant,
    pub(super) captured: Arc<Mutex<[Vec<u8>; 2]>>,
    timeout: Duration,
    runtime: tokio::runtime::Runtime,
}

impl Driven {
    /// # Errors
    /// Those of building.
    pub(super) fn new(
        config: Box<dyn OutputConfig>,
        base: &Path,
        timeout: Duration,
    ) -> Result<Self, OutputError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let captured = Arc::new(Mutex::new([Vec::new(), Vec::new()]));
        let sink = captured.clone();
        let output = config.build(&OutputEnv {
            base,
            files: Arc::new(Disk),
            streams: Streams::Captured(Arc::new(move |error, bytes| {
                sink.lock().unwrap()[usize::from(error)].extend_from_slice(bytes);
                Ok(())
            })),
            runtime: runtime.handle().clone(),
            write_timeout: timeout,
            resumes: false,
            max_concurrency: 100,
        })?;
        let env = FormatEnv::new(base, Arc::new(Disk));
        let formatter = config.format().build(&env)?;
        let texts = TextSet::build(config.texts(), &env)?;
        Ok(Self {
            config,
            output,
            formatter,
            texts,
            totals: [0; 3],
            now: Instant::now(),
            captured,
            timeout,
            runtime,
        })
    }

    /// # Errors
    /// Those of the output.
    pub(super) fn open(&mut self) -> Result<(), OutputError> {
        match &mut self.output {
            Output::Local(output) => output.open(),
            Output::Remote(output) => self.runtime.block_on(output.open()),
        }
    }

    /// One attempt to write a batch: the number written and the first error.
    pub(super) fn attempt(&mut self, events: &Value) -> (u64, Option<OutputError>) {
        let batch = Arc::new(batch(events));
        let mut formatted = Formatted::default();
        self.formatter
            .format(&batch, self.config.separator(), &mut formatted);
        self.totals[2] += formatted.lost();
        if formatted.is_empty() {
            return (0, None);
        }
        let texts = self.texts.evaluate(&batch, &formatted);
        let parcel = Parcel {
            batch,
            formatted,
            texts,
            ..Parcel::default()
        };
        let items = parcel.items();
        let outcome = match &mut self.output {
            Output::Local(output) => output.write(&items, self.now),
            Output::Remote(output) => {
                let _context = self.runtime.enter();
                let sending = tokio::time::timeout(self.timeout, output.send(items.clone()));
                self.runtime.block_on(sending).unwrap_or_else(|_| {
                    Receipt::refused(&items, OutputError::outage("the write took too long"))
                })
            }
        };
        let written = outcome.written(&items);
        self.totals[0] += written;
        self.totals[1] += outcome.failed(&items);
        assert_eq!(written + outcome.failed(&items), parcel.formatted.events());
        let error = outcome.failures.into_iter().next().map(|(_, error)| error);
        (written, error)
    }

    /// Events written, failed, and refused by the formatter.
    pub(super) fn totals(&self) -> [u64; 3] {
        self.totals
    }

    /// The number written, or the error.
    pub(super) fn write(&mut self, events: &Value) -> Result<u64, String> {
        match self.attempt(events) {
            (written, None) => Ok(written),
            (_, Some(error)) => Err(error.message),
        }
    }

    /// Lets time pass as the pipeline would.
    pub(super) fn sleep(&mut self, seconds: f64) {
        self.now += Duration::from_secs_f64(seconds);
        if let Output::Local(output) = &mut self.output
            && output.due().is_some_and(|due| due <= self.now)
        {
            output.tick(self.now).unwrap();
        }
    }

    /// True when the output wants to be called at some time.
    pub(super) fn has_due(&self) -> bool {
        matches!(&self.output, Output::Local(output) if output.due().is_some())
    }

    pub(super) fn close(&mut self) {
        match &mut self.output {
            Output::Local(output) => output.close().unwrap(),
            Output::Remote(output) => self.runtime.block_on(output.close()).unwrap(),
        }
    }

    /// `format_failed` of the reference is always 0; ours is the number of errors it logs.
    pub(super) fn counters(&self, expect: &Value, case: &Value) -> Result<(), String> {
        let logs = [&case["log"], &case["expect"]["log"]];
        let logged = logs.into_iter().filter_map(Value::as_array).flatten();
        let refused = logged
            .filter(|entry| entry["message"] == "Failed to format event")
            .count();
        let theirs = ["written", "write_failed"].map(|name| expect[name].as_u64().unwrap());
        same(
            "counters",
            &self.totals,
            &[theirs[0], theirs[1], refused as u64],
        )
    }
}
