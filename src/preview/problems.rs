//! What is wrong with rendered events, as problems with their places: each once, with how often it came.

use super::{PreviewEvent, PreviewFailure};
use crate::config::Diagnostic;

/// How an error begins that says that no commands are run here.
const NO_COMMANDS: &str = "commands do not run while";

/// A problem of events.
#[derive(Clone, Debug, PartialEq)]
pub struct EventProblem {
    /// What and where. An error when events are lost by it, a warning when they only look wrong.
    pub problem: Diagnostic,
    /// Events that have it.
    pub times: usize,
    /// Events that were looked at, without those that a template dropped.
    pub of: usize,
    /// It says only that nothing is run here: a run may well go.
    pub held_back: bool,
}

impl EventProblem {
    /// How many events have it, in words: `all 5 events`, `2 of 5 events`.
    pub fn share(&self) -> String {
        match (self.times, self.of) {
            (_, 1) => "the only event".to_owned(),
            (times, of) if times >= of => format!("all {of} events"),
            (times, of) => format!("{times} of {of} events"),
        }
    }
}

/// What is wrong with events, in the order in which it came up: what failed to render, what is not JSON,
/// what the output's formatter refuses.
pub fn problems(events: &[PreviewEvent]) -> Vec<EventProblem> {
    let mut out: Vec<EventProblem> = Vec::new();
    let dropped = |event: &&PreviewEvent| matches!(event.text, Err(PreviewFailure::Dropped));
    let of = events.len() - events.iter().filter(dropped).count();
    for (problem, held_back) in events.iter().filter_map(problem) {
        match out.iter_mut().find(|one| one.problem == problem) {
            Some(known) => known.times += 1,
            None => out.push(EventProblem {
                problem,
                times: 1,
                of,
                held_back,
            }),
        }
    }
    out
}

/// What is wrong with an event, and whether that is only that nothing is run here.
fn problem(event: &PreviewEvent) -> Option<(Diagnostic, bool)> {
    let place = event.fault.as_ref().and_then(|fault| fault.place.clone());
    let problem = match (&event.text, &event.fault) {
        (Err(PreviewFailure::Dropped), _) | (Ok(_), None) => return None,
        (Err(PreviewFailure::Render(error)), _) => {
            let held_back = error.message.contains(NO_COMMANDS);
            let place = error.places.first().cloned();
            let mut problem = match held_back {
                true => Diagnostic::warning(error.message.clone(), place),
                false => Diagnostic::error(error.message.clone(), place),
            };
            problem.help.clone_from(&error.help);
            return Some((problem, held_back));
        }
        (Err(PreviewFailure::Format(..)), Some(fault)) => {
            Diagnostic::error(format!("the event is not JSON: {}", fault.message), place)
        }
        (Ok(_), Some(fault)) => {
            let message = format!("the event looks like JSON and is none: {}", fault.message);
            Diagnostic::warning(message, place)
        }
        (Err(PreviewFailure::Format(_, why)), None) => {
            Diagnostic::error(format!("the formatter refuses the event: {why}"), None)
        }
    };
    Some((problem, false))
}
