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
use crate::output::{FormatEnv, Formatted, Formatter, OutputError, TextSet};
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
    let aliases = source.aliases().to_vec();
    let tags = tags(project);
    let mut stage = Stage {
        source,
        sending: output.and_then(|output| sending(project, output, &aliases, &tags, problems)),
        formatted: Formatted::default(),
        batch: EventBatch::default(),
        events: Vec::new(),
        failed: false,
    };
    let began = Instant::now();
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
        let ended = stage.produce(at, input, tags);
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
    Some(Sending {
        formatter: formatter.ok()?,
        texts: texts.ok()?,
    })
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

/// The first output, as far as events pass through it here.
struct Sending {
    formatter: Formatter,
    texts: TextSet,
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
    fn produce(&mut self, at: Moment, input: u16, tags: &[Arc<str>]) -> Ended {
        self.batch.clear();
        let outcome = self.source.produce(at, tags, &mut self.batch);
        self.batch.stamp(at, input);
        let batch = std::mem::take(&mut self.batch);
        for index in 0..batch.len() {
            let text = self.format(&batch.slice(index..index + 1));
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
