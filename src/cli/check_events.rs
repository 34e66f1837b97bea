//! What shows when a few events of a checked project are rendered: templates that fail, events that are
//! not JSON, events that an output's formatter refuses. No command and no script is run for it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::config::{Diagnostic, Parameters, Severity};
use crate::preview::{
    EventProblem, Inspection, PreviewRequest, PreviewResult, Shown, Worker, evaluate, problems,
};
use crate::time::Zone;

/// Timestamps to render events for.
const TIMESTAMPS: usize = 20;
/// Outputs to format them as; each takes a rendering of its own.
const OUTPUTS: usize = 4;
/// Limit of one rendering.
const DEADLINE: Duration = Duration::from_secs(5);
/// Said where something was left out.
const HELD_BACK: &str = "scripts and commands are not run by a check: the events they make were not looked at; `evtui preview` runs them";

/// What a few events are like.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// What is wrong with them.
    pub problems: Vec<Diagnostic>,
    /// How many there were.
    pub events: usize,
    /// Why there were none, or not all, in words.
    pub note: Option<String>,
}

/// Renders a few events of a project as they come at a moment (microseconds since the Unix epoch).
pub(super) fn render(
    project: &Path,
    zone: Zone,
    params: &Map<String, Value>,
    now_us: i64,
) -> Rendered {
    let request = |output| PreviewRequest {
        project: project.to_owned(),
        buffers: HashMap::new(),
        revision: 0,
        parameters: Parameters {
            zone,
            params: params.clone(),
            ..Parameters::default()
        },
        seed: 1,
        now_us,
        from_us: None,
        span_s: 60,
        buckets: 1,
        events: TIMESTAMPS,
        deadline: DEADLINE,
        inspect: Inspection {
            shown: Shown::Output(output),
            inert: true,
            ..Inspection::default()
        },
    };
    let first = result(request(0));
    let mut found = problems(&first.events);
    for output in 1..first.outputs.len().min(OUTPUTS) {
        for problem in problems(&result(request(output)).events) {
            if !found.iter().any(|one| one.problem == problem.problem) {
                found.push(problem);
            }
        }
    }
    let held_back = found.iter().any(|one| one.held_back);
    let silent = first.schedule.as_ref().and_then(|one| one.nothing.clone());
    let note = match (held_back, first.events.is_empty()) {
        (true, _) => Some(HELD_BACK.to_owned()),
        (false, true) => match first.note {
            Some(note) if note.starts_with("scripts do not run") => Some(HELD_BACK.to_owned()),
            note => note.or(silent),
        },
        (false, false) => None,
    };
    let told = found.into_iter().filter(|one| !one.held_back);
    Rendered {
        problems: told.map(told_as).collect(),
        events: first.events.len(),
        note,
    }
}

/// A problem of all events is an error, one of some of them a warning: it may be a rare branch.
fn told_as(found: EventProblem) -> Diagnostic {
    let share = found.share();
    let mut problem = found.problem;
    if found.times < found.of {
        problem.severity = Severity::Warning;
    }
    problem.message = format!("{} ({share})", problem.message);
    problem
}

/// Evaluates on the previewer's own thread, which has the stack for deep templates and outlives panics.
fn result(request: PreviewRequest) -> PreviewResult {
    let (done, results) = channel();
    let worker = Worker::start(move |result| drop(done.send(result)));
    worker.request(request.clone());
    results
        .recv()
        .unwrap_or_else(|_| evaluate(&request, &|| false))
}
