//! The plugin `script`: events from a function of the user, in a Python process of its own.
//!
//! No Python is linked in: a worker process loads the script once, takes many timestamps at a time and
//! answers with their events. What it prints goes to our log. When it dies or hangs, that is an error of
//! the timestamps it was working on, and another one is started: after 0.1 s, then twice as long for
//! each death in a row; after five without an event between them only every 30 s.

mod log;
mod process;
mod protocol;
mod python;
mod report;
mod source;
mod stop;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{EventConfig, EventEnv, EventError, EventPlugin, EventSource, Limits, Outcome};
use crate::batch::EventBatch;
use crate::config::{Context, Diagnostic, Diagnostics, Field, Kind, Node, Place, Schema, Section};
use crate::time::Moment;
use report::Names;
use source::{Recipe, ScriptSource};
use stop::Stop;

/// The largest script.
const LARGEST: u64 = 16 << 20;
/// How long loading a script may take in a run: imports may be slow.
const START: Duration = Duration::from_secs(60);
/// The longest time that the option `timeout` can give.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

static SCHEMA: Schema = Schema {
    name: "script",
    doc: "Calls the function `produce(params)` of a Python script for each timestamp; `params` holds \
          `timestamp`, a datetime with the generator's zone, and `tags`, a tuple. It returns a string, \
          or a list of strings, and may raise PluginEventDroppedError or PluginEventsExhaustedError of \
          eventum.plugins.event.exceptions to skip the event or to end the run. The script is loaded \
          once, in a process of its own, so its variables keep their values; it may be called for \
          timestamps ahead of the one that is written.",
    fields: &[
        Field::required(
            "path",
            Kind::Path,
            "The script, a file that ends in `.py`, relative to the project's folder or absolute. Its \
             folder is neither the working directory nor on the import path.",
        ),
        Field::optional(
            "python",
            Kind::OrNull(&Kind::NonEmpty),
            "null",
            "The Python that runs it, 3.8 or newer: a path, relative to the project's folder, or a name \
             in PATH. Without it: the environment variable PYTHON, the virtual environment of \
             VIRTUAL_ENV, `.venv` or `venv` in the project's folder, `python3`, `python`.",
        ),
        Field::optional(
            "timeout",
            Kind::FloatAbove(0.0),
            "30",
            "Seconds one call may take. When it takes longer, the event fails and the process is \
             started again, with fresh variables.",
        ),
    ],
};

pub(super) const PLUGIN: EventPlugin = EventPlugin {
    schema: &SCHEMA,
    decode,
};

#[derive(Debug)]
struct Config {
    path: PathBuf,
    place: Place,
    python: Option<String>,
    timeout: Duration,
}

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn EventConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let path = section.node("path")?;
    let seconds = section.float("timeout").unwrap_or(30.0);
    Some(Box::new(Config {
        path: PathBuf::from(path.as_str()?),
        place: cx.place(path.span),
        python: section.str("python").map(str::to_owned),
        timeout: Duration::try_from_secs_f64(seconds)
            .unwrap_or(LONGEST)
            .clamp(Duration::from_millis(1), LONGEST),
    }))
}

impl EventConfig for Config {
    fn build(
        &self,
        env: &EventEnv<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let script = env.base.join(&self.path);
        let text = match self.read(&script, env) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let check = env.limits.command.is_none();
        let found = python::find(self.python.as_deref(), env.base, &|name| {
            std::env::var_os(name)
        });
        let python = match found {
            Ok(python) => python,
            Err(tried) if check => {
                let message = format!("the script was not checked: {tried}");
                let place = Some(self.place.clone());
                problems.push(Diagnostic::warning(message, place).help(python::HELP));
                return Some(Box::new(Idle));
            }
            Err(tried) => {
                problems.push(self.problem(tried).help(python::HELP));
                return None;
            }
        };
        let stop = Arc::new(Stop::default());
        let recipe = self.recipe(script, python, text, env);
        let (process, knows_zone) = match recipe.start(&stop) {
            Ok(started) => started,
            Err(report) => {
                problems.push(report.into_diagnostic(&self.place));
                return None;
            }
        };
        if check {
            return Some(Box::new(Idle));
        }
        if !knows_zone {
            tracing::warn!(
                script = recipe.name,
                "this Python does not know the zone {}: timestamps have its offset only",
                recipe.zone
            );
        }
        Some(Box::new(ScriptSource::new(recipe, process, stop)))
    }
}

impl Config {
    fn problem(&self, message: String) -> Diagnostic {
        Diagnostic::error(message, Some(self.place.clone())).setting("event.script.path")
    }

    /// The script's text; empty for a compiled one, which Python reads itself.
    fn read(&self, script: &Path, env: &EventEnv<'_>) -> Result<Vec<u8>, Diagnostic> {
        let name = self.path.display();
        let suffix = script.extension().and_then(|suffix| suffix.to_str());
        match suffix {
            Some("py") => {}
            Some("pyc" | "so") if script.is_file() => return Ok(Vec::new()),
            Some("pyc" | "so") => {
                return Err(self
                    .problem(format!("the script does not exist: {name}"))
                    .help("the path is relative to the project's folder"));
            }
            _ => {
                return Err(self
                    .problem(format!("this is no Python script: {name}"))
                    .help("the name of a script ends in `.py`"));
            }
        }
        env.files
            .read_limited(script, LARGEST)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => self
                    .problem(format!("the script does not exist: {name}"))
                    .help("the path is relative to the project's folder"),
                _ => self.problem(format!(
                    "the script {name} cannot be read: {}",
                    crate::config::why(&error)
                )),
            })
    }

    fn recipe(
        &self,
        script: PathBuf,
        python: PathBuf,
        text: Vec<u8>,
        env: &EventEnv<'_>,
    ) -> Recipe {
        // A preview does not wait as long as a run.
        let most = (env.limits != Limits::RUN).then(|| {
            let most = env.limits.command;
            most.unwrap_or(Limits::PREVIEW_COMMAND)
        });
        Recipe {
            names: Names { script, python },
            name: self.path.display().to_string(),
            base: env.base.to_owned(),
            text,
            zone: env.zone.name(),
            timeout: most.map_or(self.timeout, |most| most.min(self.timeout)),
            start_timeout: most.map_or(START.max(self.timeout), |most| most * 2),
            most: env.limits.output_bytes,
            seed: env.seed,
            check: env.limits.command.is_none(),
        }
    }
}

/// Stands for a script that must not run: its text is unsaved, or it is only checked.
#[derive(Debug)]
struct Idle;

/// Why an idle script gives nothing.
const IDLE: &str = "scripts do not run while a file has unsaved changes: save to see their events";

impl EventSource for Idle {
    fn produce(&mut self, _: Moment, _: &[Arc<str>], _: &mut EventBatch) -> Outcome {
        Outcome::Failed(Box::new(EventError {
            message: IDLE.to_owned(),
            alias: None,
            places: Vec::new(),
            help: None,
        }))
    }

    fn aliases(&self) -> &[Arc<str>] {
        &[]
    }

    fn idle(&self) -> Option<&str> {
        Some(IDLE)
    }
}
