//! What a project renders: the first events, as the first output would send them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::evaluate::{Patience, Project};
use super::schedule::Firing;
use super::{PreviewEvent, PreviewFailure};
use crate::batch::EventBatch;
use crate::config::{Diagnostic, Diagnostics};
use crate::event::{
    EventEnv, EventSource, Explanation, Globals, Impurity, Inspect, Limits, Outcome, Profile,
};
use crate::output::format::{FormatEnv, Formatted, Formatter};
use crate::pipeline::{EventPlan, OutputPlan};
use crate::time::Moment;

/// How long rendering goes on when events fail: a template that loops for ever shows its error soon, not
/// once for each timestamp.
const FAILING: Duration = Duration::from_millis(250);

/// What rendering gave.
#[derive(Default)]
pub(super) struct Made {
    pub events: Vec<PreviewEvent>,
    /// What ended it early, in words.
    pub note: Option<String>,
    pub profile: Option<Profile>,
    pub explanation: Option<Explanation>,
    pub parallel: Option<Result<(), Impurity>>,
}

/// Renders an event for each timestamp of `firing`.
pub(super) fn evaluate(
    project: &Project<'_>,
    event: &EventPlan,
    output: Option<&OutputPlan>,
    firing: &Firing,
    patience: &Patience<'_>,
    problems: &mut Diagnostics,
) -> Made {
    let Some(source) = build(project, event, problems) else {
        return Made::default();
    };
    let inspection = project.request.inspect;
    let mut made = Made {
        parallel: Some(source.parallel()),
        ..Made::default()
    };
    if let Some(why) = source.idle() {
        made.note = Some(why.to_owned());
        return made;
    }
    let mut stage = Stage {
        source,
        formatter: output.and_then(|output| formatter(project, output, problems)),
        formatted: Formatted::default(),
        batch: EventBatch::default(),
        events: Vec::new(),
        failed: false,
    };
    let began = Instant::now();
    let tags = tags(project);
    let mut note = firing.note.clone();
    let mut empty = 0;
    for (done, &(at, input)) in firing.render.iter().enumerate() {
        if patience.is_over() {
            note = Some(format!(
                "the time limit ended it after {done} of {} timestamps",
                firing.render.len()
            ));
            break;
        }
        if stage.failed && began.elapsed() > FAILING {
            note = Some(format!(
                "events fail slowly: stopped after {done} of {} timestamps",
                firing.render.len()
            ));
            break;
        }
        let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
        let ended = stage.produce(at, tags);
        if inspection.explain == Some(done) {
            made.explanation = stage.source.explanation();
        }
        match ended {
            Ended::No(0) => empty += 1,
            Ended::No(_) => {}
            Ended::Exhausted => {
                note = Some(format!(
                    "the event source has no more after {} events",
                    stage.events.len()
                ));
                break;
            }
        }
    }
    if empty > 0 && note.is_none() {
        note = Some(format!(
            "no template was picked for {empty} of the timestamps"
        ));
    }
    made.profile = stage.source.profile();
    made.events = stage.events;
    made.note = note;
    made
}

fn build(
    project: &Project<'_>,
    event: &EventPlan,
    problems: &mut Diagnostics,
) -> Option<Box<dyn EventSource>> {
    let env = EventEnv {
        base: project.base,
        files: project.files.clone(),
        zone: project.request.parameters.zone,
        seed: Some(project.request.seed),
        globals: Globals::default(),
        limits: if project.request.buffers.is_empty() {
            Limits::PREVIEW
        } else {
            Limits::UNSAVED
        },
    };
    let before = problems.errors();
    let inspection = project.request.inspect;
    let inspect = Inspect {
        profile: inspection.profile,
        explain: inspection.explain.is_some(),
    };
    let source = event.config.build_inspected(&env, inspect, problems);
    if source.is_none() && problems.errors() == before {
        problems.push(Diagnostic::error(
            format!("the event plugin `{}` cannot be made", event.name),
            Some(event.place.clone()),
        ));
    }
    source
}

fn formatter(
    project: &Project<'_>,
    output: &OutputPlan,
    problems: &mut Diagnostics,
) -> Option<Formatter> {
    let env = FormatEnv::new(project.base, project.files.clone());
    match output.config.format().build(&env) {
        Ok(formatter) => Some(formatter),
        Err(error) => {
            let mut problem = Diagnostic::error(error.message, Some(output.place.clone()))
                .setting(format!("{}.formatter", output.setting));
            problem.help = error.help;
            problems.push(problem);
            None
        }
    }
}

/// Tags by input.
fn tags(project: &Project<'_>) -> Vec<Vec<Arc<str>>> {
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

struct Stage {
    source: Box<dyn EventSource>,
    formatter: Option<Formatter>,
    formatted: Formatted,
    batch: EventBatch,
    events: Vec<PreviewEvent>,
    /// Some event could not be rendered.
    failed: bool,
}

impl Stage {
    fn produce(&mut self, at: Moment, tags: &[Arc<str>]) -> Ended {
        self.batch.clear();
        let outcome = self.source.produce(at, tags, &mut self.batch);
        let batch = std::mem::take(&mut self.batch);
        for index in 0..batch.len() {
            let text = self.format(batch.get(index), batch.alias(index));
            let alias = self.source.aliases().get(usize::from(batch.alias(index)));
            let alias = alias.cloned();
            self.push(at, alias, tags, text);
        }
        let made = batch.len();
        self.batch = batch;
        match outcome {
            Outcome::Produced(_) => Ended::No(made),
            Outcome::Dropped => {
                self.push(at, None, tags, Err(PreviewFailure::Dropped));
                Ended::No(1)
            }
            Outcome::Failed(error) => {
                self.failed = true;
                let alias = error.alias.clone();
                self.push(at, alias, tags, Err(PreviewFailure::Render(error)));
                Ended::No(1)
            }
            Outcome::Exhausted => Ended::Exhausted,
        }
    }

    fn push(
        &mut self,
        at: Moment,
        alias: Option<Arc<str>>,
        tags: &[Arc<str>],
        text: Result<String, PreviewFailure>,
    ) {
        self.events.push(PreviewEvent {
            at,
            alias,
            tags: tags.to_vec(),
            text,
        });
    }

    /// One event as the output would send it, alone in its batch.
    fn format(&mut self, event: &[u8], alias: u16) -> Result<String, PreviewFailure> {
        let rendered = String::from_utf8_lossy(event);
        let Some(formatter) = &mut self.formatter else {
            return Ok(rendered.into_owned());
        };
        let mut single = EventBatch::default();
        single.push(event, alias);
        formatter.format(&single, "", &mut self.formatted);
        match self.formatted.failures().first() {
            Some(failure) => Err(PreviewFailure::Format(
                rendered.into_owned(),
                failure.reason.to_string(),
            )),
            None => Ok(String::from_utf8_lossy(self.formatted.bytes()).into_owned()),
        }
    }
}
