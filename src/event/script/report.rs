//! The worker's reports in words for people, with places in the user's script.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::process::Death;
use super::python;
use crate::config::{Diagnostic, Place, Pos, Span, near};
use crate::event::EventError;

/// How a script drops an event or ends the run, for help.
const SIGNALS: &str = "to skip an event raise PluginEventDroppedError, to end the run \
                       PluginEventsExhaustedError, both from eventum.plugins.event.exceptions";

/// What a report says, for an event or for the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) message: String,
    /// Innermost call first.
    pub(super) places: Vec<Place>,
    pub(super) help: Option<String>,
}

/// Names files as the user does: relative to the project where they lie in it.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The script, absolute.
    pub(super) script: PathBuf,
    /// The interpreter.
    pub(super) python: PathBuf,
}

impl Report {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            places: Vec::new(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// As the failure of an event.
    pub(super) fn into_error(self) -> EventError {
        EventError {
            message: self.message,
            alias: None,
            places: self.places,
            help: self.help,
        }
    }

    /// As an error of the start; `place` is where the document names the script.
    pub(super) fn into_diagnostic(self, place: &Place) -> Diagnostic {
        let place = self.places.into_iter().next().unwrap_or(place.clone());
        let problem = Diagnostic::error(self.message, Some(place)).setting("event.script.path");
        match self.help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }
}

impl Names {
    /// What the worker told about an event or about loading.
    pub(super) fn told(&self, told: &Value) -> Report {
        let text = |key: &str| told.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut report = match text("kind") {
            "raise" => self.raised(told),
            "exit" => {
                Report::new(format!("the script called sys.exit({})", text("text"))).help(SIGNALS)
            }
            "result" => wrong_result(told),
            "long" => {
                let bytes = told.get("bytes").and_then(Value::as_u64).unwrap_or(0);
                Report::new(format!("the event is too long: {bytes} bytes"))
                    .help("return a list of shorter events")
            }
            "hang" => {
                let limit = told.get("limit").and_then(Value::as_f64).unwrap_or(0.0);
                let mut message = format!("it did not end within {limit} s");
                if !text("inside").is_empty() {
                    message.push_str(&format!(" (it was at {})", text("inside")));
                }
                Report::new(message).help("allow more with the option `timeout`, in seconds")
            }
            "suffix" => Report::new("a script's name ends in `.py`").help("rename the file"),
            "missing" => missing(told),
            "uncallable" => Report::new(format!(
                "`produce` is no function but of type {}",
                text("type")
            ))
            .help("define it as `def produce(params): ...`"),
            _ => Report::new("the script's process sent a report that cannot be read"),
        };
        report.places = places(told);
        report
    }

    fn raised(&self, told: &Value) -> Report {
        let text = |key: &str| told.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut message = match text("text") {
            "" => text("type").to_owned(),
            words => format!("{}: {words}", text("type")),
        };
        if !text("inside").is_empty() {
            message.push_str(&format!(" (raised at {})", text("inside")));
        }
        if !text("cause").is_empty() {
            message.push_str(&format!(" (after {})", text("cause")));
        }
        let report = Report::new(message);
        match told.get("beside").and_then(Value::as_bool) {
            Some(true) => report.help(
                "the script's own folder is not on the import path; put `import os, sys` and \
                 `sys.path.insert(0, os.path.dirname(__file__))` before the import",
            ),
            Some(false) => report.help(format!(
                "install it for {}, or name another Python with the option `python`, PYTHON or \
                 VIRTUAL_ENV",
                self.python.display()
            )),
            None => report,
        }
    }

    /// A worker that ended although it should not have; `lost` timestamps went with it.
    pub(super) fn death(&self, death: &Death, what: Fault, lost: usize) -> Report {
        let mut message = match what {
            Fault::Garbage => {
                "the script wrote into the pipe of its own answers, so its process was ended"
                    .to_owned()
            }
            Fault::Silent => {
                "the script's process did not answer in time and was killed".to_owned()
            }
            Fault::Died => how(death),
        };
        if let Some(line) = telling(&death.last_lines) {
            message.push_str(&format!(": {line}"));
        }
        if lost > 1 {
            message.push_str(&format!("; {lost} timestamps were lost with it"));
        }
        let mut report = Report::new(message);
        report.places = self.crash_places(&death.last_lines);
        report.help = match (what, death.signal, death.code) {
            (Fault::Silent, ..) => Some("allow more with the option `timeout`, in seconds".into()),
            (Fault::Died, Some(9), _) => {
                Some("signal 9 often means that the system ran out of memory".into())
            }
            (Fault::Died, None, Some(_)) => Some(SIGNALS.into()),
            _ => None,
        };
        report
    }

    /// A script that is still loading after the time it has for that.
    pub(super) fn slow_start(&self, told: &Value) -> Report {
        let report = self.told(told);
        Report {
            message: format!("the script takes too long to load: {}", report.message),
            ..report
        }
    }

    /// An interpreter that cannot be started.
    pub(super) fn unusable(&self, error: &std::io::Error) -> Report {
        Report::new(format!(
            "{} cannot be started: {error}",
            self.python.display()
        ))
        .help(python::HELP)
    }

    /// A worker that ended before the script was loaded.
    pub(super) fn no_start(&self, death: &Death, what: Fault) -> Report {
        let python = self.python.display();
        let old = death
            .last_lines
            .iter()
            .find_map(|line| line.strip_prefix("evtui-python "));
        if let (Some(97), Some(version)) = (death.code, old) {
            return Report::new(format!("{python} is Python {version}: too old for scripts"))
                .help(python::HELP);
        }
        let mut report = self.death(death, what, 0);
        report.message = format!("{python} did not load the script: {}", report.message);
        if death.code.is_some() && report.places.is_empty() {
            report.help = Some(python::HELP.into());
        }
        report
    }

    /// Lines of the script in what Python writes when it crashes, innermost first.
    fn crash_places(&self, lines: &[String]) -> Vec<Place> {
        let script = self.script.to_string_lossy();
        let step = |line: &String| {
            let rest = line.trim_start().strip_prefix("File \"")?;
            let rest = rest.strip_prefix(&*script)?.strip_prefix("\", line ")?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            place(&script, digits.parse().ok()?, 0, 0)
        };
        lines.iter().filter_map(step).collect()
    }
}

/// Why a worker is no longer of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ended.
    Died,
    /// It sent something else than answers.
    Garbage,
    /// It neither answered nor said why.
    Silent,
}

fn how(death: &Death) -> String {
    match (death.signal, death.code) {
        (Some(signal), _) => {
            let name = match signal {
                4 => " (illegal instruction)",
                6 => " (abort)",
                9 => " (killed)",
                11 => " (segmentation fault)",
                15 => " (terminated)",
                _ => "",
            };
            format!("the script's process was ended by signal {signal}{name}")
        }
        (None, Some(code)) => format!("the script ended its own process with exit code {code}"),
        (None, None) => "the script's process closed its pipe and was killed".to_owned(),
    }
}

/// The line that tells most about a death: Python's own words, else the last one.
fn telling(lines: &[String]) -> Option<&str> {
    let fatal = lines
        .iter()
        .rev()
        .find(|line| line.starts_with("Fatal Python error"));
    let last = || lines.iter().rev().find(|line| !line.trim().is_empty());
    fatal.or_else(last).map(|line| line.trim())
}

fn wrong_result(told: &Value) -> Report {
    let kind = told.get("type").and_then(Value::as_str).unwrap_or_default();
    let items: Vec<&str> = told
        .get("items")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let what = if items.is_empty() {
        kind.to_owned()
    } else {
        format!("a list that holds {}", items.join(", "))
    };
    let report = Report::new(format!(
        "`produce` returned {what}; it takes a string or a list of strings"
    ));
    match kind {
        "NoneType" => report.help(format!("end it with `return`; {SIGNALS}")),
        "coroutine" => report.help("`produce` must not be `async`"),
        "generator" => report.help("return `list(...)` of it; `produce` must not `yield`"),
        "bytes" | "bytearray" => report.help("call its `.decode()`"),
        "tuple" | "set" | "frozenset" => report.help("return `list(...)` of it"),
        "dict" => report.help("return `json.dumps(...)` of it"),
        "list" => report.help("make a string of each item, such as with `str(...)`"),
        _ => report.help("return `str(...)` of it"),
    }
}

fn missing(told: &Value) -> Report {
    let names = told.get("near").and_then(Value::as_array);
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    let help = match near("produce", names) {
        Some(name) => format!("did you mean `{name}`? It must be called `produce`"),
        None => "define `def produce(params): ...`; it returns a string or a list of strings, and \
                 `params` holds `timestamp` and `tags`"
            .to_owned(),
    };
    Report::new("the script defines no function `produce`").help(help)
}

fn places(told: &Value) -> Vec<Place> {
    let frames = told.get("frames").and_then(Value::as_array);
    frames
        .into_iter()
        .flatten()
        .filter_map(|frame| {
            let number = |index| frame.get(index).and_then(Value::as_u64).unwrap_or(0);
            place(frame.get(0)?.as_str()?, number(1), number(2), number(3))
        })
        .collect()
}

/// Columns count from 1; 0 is unknown.
fn place(path: &str, line: u64, column: u64, end: u64) -> Option<Place> {
    let line = u32::try_from(line).ok()?;
    let column = u32::try_from(column).ok()?.max(1);
    let end = u32::try_from(end).ok()?.max(column.saturating_add(1));
    Some(Place {
        path: Arc::from(Path::new(path)),
        span: Some(Span {
            start: Pos { line, column },
            end: Pos { line, column: end },
        }),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use serde_json::json;

    fn names() -> Names {
        Names {
            script: "/p/s.py".into(),
            python: "/usr/bin/python3".into(),
        }
    }

    #[test]
    fn every_report_says_what_and_where() {
        let told = json!({
            "kind": "raise", "type": "ValueError", "text": "bad", "inside": "json/decoder.py:3",
            "cause": "KeyError: 'a'", "frames": [["/p/s.py", 4, 5, 9, "f"], ["/p/s.py", 9, 0, 0, "produce"]],
        });
        let report = names().told(&told);
        assert_eq!(
            report.message,
            "ValueError: bad (raised at json/decoder.py:3) (after KeyError: 'a')"
        );
        let starts: Vec<(u32, u32)> = report
            .places
            .iter()
            .map(|place| place.span.unwrap().start)
            .map(|start| (start.line, start.column))
            .collect();
        assert_eq!(starts, [(4, 5), (9, 1)]);
        let said = |told| names().told(&told).message;
        assert!(said(json!({"kind": "exit", "text": "3"})).contains("sys.exit(3)"));
        assert!(said(json!({"kind": "result", "type": "NoneType"})).contains("NoneType"));
        assert!(said(json!({"kind": "result", "type": "list", "items": ["int"]})).contains("int"));
        assert!(said(json!(7)).contains("cannot be read"));
        let near = names().told(&json!({"kind": "missing", "near": ["prodcue", "x"]}));
        assert!(near.help.unwrap().contains("`prodcue`"));
    }

    #[test]
    fn a_death_is_told_with_its_signal_its_place_and_its_last_words() {
        let death = Death {
            signal: Some(11),
            last_lines: [
                "hello",
                "Fatal Python error: Segmentation fault",
                "",
                "Current thread 0x1 (most recent call first):",
                "  File \"/p/s.py\", line 12 in crash",
                "  File \"/p/s.py\", line 20 in produce",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..Death::default()
        };
        let report = names().death(&death, Fault::Died, 3);
        for part in ["signal 11", "Fatal Python error", "3 timestamps"] {
            assert!(report.message.contains(part), "{part}: {}", report.message);
        }
        let line = |place: &Place| place.span.unwrap().start.line;
        assert_eq!(report.places.iter().map(line).collect::<Vec<_>>(), [12, 20]);
        let old = Death {
            code: Some(97),
            last_lines: vec!["evtui-python 3.6".to_owned()],
            ..Death::default()
        };
        let report = names().no_start(&old, Fault::Died);
        assert!(
            report.message.contains("Python 3.6: too old"),
            "{}",
            report.message
        );
    }
}
