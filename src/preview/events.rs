//! What a project renders: the first events, as an output would send them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::evaluate::{Patience, Project};
use super::schedule::Firing;
use super::{PreviewEvent, PreviewFailure, PreviewResult, Sharing, StateEdit};
use crate::batch::EventBatch;
use crate::config::{Diagnostic, Diagnostics};
use crate::event::{EventEnv, EventSource, Globals, Inspect, Limits, Outcome};
use crate::output::{FormatConfig, FormatEnv, Formatted, Formatter, OutputError, TextSet};
use crate::pipeline::{EventPlan, OutputPlan};
use crate::time::Moment;

/// How long rendering goes on when events fail: a template that loops for ever shows its error soon, not
/// once for each timestamp.
const FAILING: Duration = Duration::from_millis(250);

/// Renders an event for each timestamp of `firing` into the result.
pub(super) fn evaluate(
    project: &Project<'_>,
    event: &EventPlan,
    output: Option<&OutputPlan>,
    firing: &Firing,
    patience: &Patience<'_>,
    result: &mut PreviewResult,
) {
    let inspection = &project.request.inspect;
    let wish = Inspect {
        profile: inspection.profile,
        explain: inspection.explain.is_some(),
    };
    let Some(source) = build(project, event, wish, &mut result.diagnostics) else {
        return;
    };
    result.sharing = Some(Sharing::of(source.as_ref()));
    if let Some(why) = source.idle() {
        result.note = Some(why.to_owned());
        return;
    }
    let aliases = source.aliases().to_vec();
    let tags = tags(project);
    let problems = &mut result.diagnostics;
    let mut stage = Stage {
        source,
        sending: output.and_then(|output| sending(project, output, &aliases, &tags, problems)),
        formatted: Formatted::default(),
        batch: EventBatch::default(),
        events: Vec::new(),
        failed: false,
    };
    result.note = stage.run(project, firing, &tags, patience, result);
    if inspection.state {
        result.state = stage.source.state();
    }
    result.profile = stage.source.profile();
    result.events = stage.events;
    super::fault::locate(project, event, &firing.render, patience, &mut result.events);
}

/// The surroundings of the event source.
pub(super) fn env<'a>(project: &'a Project<'_>) -> EventEnv<'a> {
    EventEnv {
        base: project.base,
        files: project.files.clone(),
        zone: project.request.parameters.zone,
        seed: Some(project.request.seed),
        globals: Globals::default(),
        limits: if project.request.buffers.is_empty() && !project.request.inspect.inert {
            Limits::PREVIEW
        } else {
            Limits::UNSAVED
        },
    }
}

/// Makes the event source, or says why it cannot be made.
pub(super) fn build(
    project: &Project<'_>,
    event: &EventPlan,
    inspect: Inspect,
    problems: &mut Diagnostics,
) -> Option<Box<dyn EventSource>> {
    let before = problems.errors();
    let source = event
        .config
        .build_inspected(&env(project), inspect, problems);
    if source.is_none() && problems.errors() == before {
        problems.push(Diagnostic::error(
            format!("the event plugin `{}` cannot be made", event.name),
            Some(event.place.clone()),
        ));
    }
    source
}

/// What the output makes of events before they are sent; `None` when that is unsound.
fn sending(
    project: &Project<'_>,
    output: &OutputPlan,
    aliases: &[Arc<str>],
    tags: &[Vec<Arc<str>>],
    problems: &mut Diagnostics,
) -> Option<Sending> {
    let env = FormatEnv {
        seed: Some(project.request.seed),
        ..FormatEnv::new(project.base, project.files.clone())
    };
    env.origins.add(aliases.to_vec(), tags.to_vec());
    let mut unsound = |error: OutputError, option: &str| {
        let mut problem = Diagnostic::error(error.message, Some(output.place.clone()))
            .setting(format!("{}{option}", output.setting));
        problem.help = error.help;
        problems.push(problem);
    };
    let formatter = output.config.format().build(&env);
    let formatter = formatter.map_err(|error| unsound(error, ".formatter"));
    let texts = TextSet::build(output.config.texts(), &env);
    let texts = texts.map_err(|error| unsound(error, ""));
    let format = output.config.format();
    Some(Sending {
        formatter: formatter.ok()?,
        texts: texts.ok()?,
        json: matches!(format, FormatConfig::Json(_) | FormatConfig::JsonBatch(_)),
    })
}

/// Tags by input.
pub(super) fn tags(project: &Project<'_>) -> Vec<Vec<Arc<str>>> {
    let of = |input: &Option<crate::pipeline::InputPlan>| {
        input
            .as_ref()
            .map_or_else(Vec::new, |input| input.config.tags().to_vec())
    };
    project.inputs.iter().map(of).collect()
}

/// How one timestamp went.
enum Ended {
    /// So many events, failures included.
    No(usize),
    /// The source has no more.
    Exhausted,
}

/// An output, as far as events pass through it here.
struct Sending {
    formatter: Formatter,
    texts: TextSet,
    /// It takes nothing but JSON.
    json: bool,
}

struct Stage {
    source: Box<dyn EventSource>,
    sending: Option<Sending>,
    formatted: Formatted,
    batch: EventBatch,
    events: Vec<PreviewEvent>,
    /// Some event could not be rendered.
    failed: bool,
}

impl Stage {
    /// Renders everything; gives what ended it early, in words.
    fn run(
        &mut self,
        project: &Project<'_>,
        firing: &Firing,
        tags: &[Vec<Arc<str>>],
        patience: &Patience<'_>,
        result: &mut PreviewResult,
    ) -> Option<String> {
        let inspection = &project.request.inspect;
        let all = firing.render.len();
        let began = Instant::now();
        let mut empty = 0;
        for (done, &(at, input)) in firing.render.iter().enumerate() {
            if patience.is_over() {
                return Some(format!(
                    "the time limit ended it after {done} of {all} timestamps"
                ));
            }
            if self.failed && began.elapsed() > FAILING {
                return Some(format!(
                    "events fail slowly: stopped after {done} of {all} timestamps"
                ));
            }
            change(
                self.source.as_mut(),
                &inspection.edits,
                done,
                &mut result.refused,
            );
            let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
            let ended = self.produce(done, at, input, tags);
            if inspection.explain == Some(done) {
                result.explanation = self.source.explanation();
            }
            match ended {
                Ended::No(0) => empty += 1,
                Ended::No(_) => {}
                Ended::Exhausted => {
                    return Some(format!(
                        "the event source has no more after {} events",
                        self.events.len()
                    ));
                }
            }
        }
        change(
            self.source.as_mut(),
            &inspection.edits,
            all,
            &mut result.refused,
        );
        let empty =
            (empty > 0).then(|| format!("no template was picked for {empty} of the timestamps"));
        firing.note.clone().or(empty)
    }

    fn produce(&mut self, number: usize, at: Moment, input: u16, tags: &[Arc<str>]) -> Ended {
        self.batch.clear();
        let began = Instant::now();
        let outcome = self.source.produce(at, tags, &mut self.batch);
        let took = began.elapsed();
        self.batch.stamp(at, input);
        let batch = std::mem::take(&mut self.batch);
        let made = batch.len();
        let mut event = PreviewEvent {
            at,
            alias: None,
            tags: tags.to_vec(),
            text: Err(PreviewFailure::Dropped),
            number,
            part: 0,
            input,
            took: took / u32::try_from(made.max(1)).unwrap_or(u32::MAX),
            fault: None,
        };
        for index in 0..made {
            let text = self.format(&batch.slice(index..index + 1));
            let rendered = String::from_utf8_lossy(batch.get(index));
            let alias = self.source.aliases().get(usize::from(batch.alias(index)));
            event.alias = alias.cloned();
            let json = self.sending.as_ref().is_some_and(|sending| sending.json);
            event.fault = super::fault::of(&rendered, &text, json);
            event.text = text;
            event.part = index;
            self.events.push(event.clone());
        }
        self.batch = batch;
        event.fault = None;
        event.part = made;
        match outcome {
            Outcome::Produced(_) => return Ended::No(made),
            Outcome::Dropped => event.text = Err(PreviewFailure::Dropped),
            Outcome::Failed(error) => {
                self.failed = true;
                event.alias = error.alias.clone();
                event.text = Err(PreviewFailure::Render(error));
            }
            Outcome::Exhausted => return Ended::Exhausted,
        }
        self.events.push(event);
        Ended::No(1)
    }

    /// One event as the output would send it, alone in its batch.
    fn format(&mut self, single: &EventBatch) -> Result<String, PreviewFailure> {
        let rendered = String::from_utf8_lossy(single.get(0));
        let Some(sending) = &mut self.sending else {
            return Ok(rendered.into_owned());
        };
        sending.formatter.format(single, "", &mut self.formatted);
        let refused = self.formatted.failures().first();
        let refused = refused.map(|failure| failure.reason.to_string());
        let texts = sending.texts.evaluate(single, &self.formatted);
        let without = texts.failures().first().map(|(_, why)| why.clone());
        match refused.or(without) {
            Some(why) => Err(PreviewFailure::Format(rendered.into_owned(), why)),
            None => Ok(String::from_utf8_lossy(self.formatted.bytes()).into_owned()),
        }
    }
}

/// Makes the changes of the state that come before a timestamp.
pub(super) fn change(
    source: &mut dyn EventSource,
    edits: &[StateEdit],
    before: usize,
    refused: &mut Vec<String>,
) {
    for edit in edits.iter().filter(|edit| edit.before == before) {
        if let Err(why) = source.set_state(&edit.scope, &edit.path, edit.value.as_ref()) {
            refused.push(format!("{}: {why}", edit.scope));
        }
    }
}
