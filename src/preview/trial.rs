//! Trying an expression or a formatter on one event, on the spot.

use std::path::Path;

use super::evaluate::{Patience, Project};
use super::schedule::Firing;
use super::{Attempt, AttemptError, Tried, events};
use crate::batch::EventBatch;
use crate::config::{Context, Diagnostics, Files, Schema, Section, parse_yaml};
use crate::event::{EventSource, Inspect, Trial};
use crate::output::format::{FIELD_PLAIN, TemplateText};
use crate::output::{FormatConfig, FormatEnv, Formatted};
use crate::pipeline::EventPlan;

/// What stands around an expression that is typed without braces.
const BRACES: (&str, &str) = ("{{ ", " }}");

/// The formatter that is tried, as an output has it.
static SCHEMA: Schema = Schema {
    name: "output",
    doc: "",
    fields: &[FIELD_PLAIN],
};

/// Renders up to the event and tries.
pub(super) fn attempt(
    project: &Project<'_>,
    event: &EventPlan,
    firing: &Firing,
    attempt: &Attempt,
    patience: &Patience<'_>,
) -> Result<String, AttemptError> {
    let mut problems = Diagnostics::default();
    let source = events::build(project, event, Inspect::default(), &mut problems);
    let mut source =
        source.ok_or_else(|| said("the event source cannot be made; see its problems"))?;
    let tags = events::tags(project);
    let mut batch = EventBatch::default();
    let wanted = firing.render.get(attempt.number).or(firing.render.last());
    let &(at, input) = wanted.ok_or_else(|| said("there is no timestamp to try it on"))?;
    for (number, &(at, input)) in firing.render.iter().enumerate().take(attempt.number + 1) {
        if patience.is_over() {
            return Err(said("the time limit ended it before the event was reached"));
        }
        let edits = &project.request.inspect.edits;
        events::change(source.as_mut(), edits, number, &mut Vec::new());
        batch.clear();
        let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
        source.produce(at, tags, &mut batch);
        batch.stamp(at, input);
    }
    let own = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
    let alias = source
        .aliases()
        .get(usize::from(batch.alias(attempt.event)));
    let alias = alias.cloned();
    match &attempt.what {
        Tried::Template(text) => {
            let trial = Trial {
                text,
                alias: alias.as_deref(),
                at,
                tags: own,
            };
            template(source.as_mut(), trial)
        }
        Tried::Formatter(text) => {
            if attempt.event >= batch.len() {
                return Err(said(
                    "there is no event to format: it failed or was dropped",
                ));
            }
            let env = FormatEnv {
                seed: Some(project.request.seed),
                ..FormatEnv::new(project.base, project.files.clone())
            };
            env.origins.add(source.aliases().to_vec(), tags.clone());
            let single = batch.slice(attempt.event..attempt.event + 1);
            formatter(text, &env, &single)
        }
    }
}

fn said(words: &str) -> AttemptError {
    AttemptError {
        message: words.to_owned(),
        ..AttemptError::default()
    }
}

/// Renders a template, or an expression without its braces.
fn template(source: &mut dyn EventSource, trial: Trial<'_>) -> Result<String, AttemptError> {
    let bare = !trial.text.contains("{{") && !trial.text.contains("{%");
    let text = match bare {
        true => format!("{}{}{}", BRACES.0, trial.text, BRACES.1),
        false => trial.text.to_owned(),
    };
    let shift = if bare { BRACES.0.len() } else { 0 };
    let shift = u32::try_from(shift).unwrap_or(0);
    let length = u32::try_from(trial.text.chars().count()).unwrap_or(u32::MAX);
    source
        .attempt(&Trial {
            text: &text,
            ..trial
        })
        .map_err(|error| {
            let own = |path: &Path| path.file_name().is_some_and(|name| name == Trial::FILE);
            let place = error.places.iter().find(|place| own(&place.path));
            let start = place.and_then(|place| place.span).map(|span| span.start);
            let column = |column: u32| column.saturating_sub(shift).clamp(1, length + 1);
            AttemptError {
                message: error.message,
                at: start.map(|start| match start.line {
                    1 => (1, column(start.column)),
                    line => (line, start.column),
                }),
                help: error.help,
            }
        })
}

/// Formats one event as a formatter would that is typed as its name, as its options, or as a template.
fn formatter(text: &str, env: &FormatEnv<'_>, event: &EventBatch) -> Result<String, AttemptError> {
    let config = decode(text, env)?;
    let mut made = config.build(env).map_err(|error| AttemptError {
        message: error.message,
        at: None,
        help: error.help,
    })?;
    let mut out = Formatted::default();
    made.format(event, "", &mut out);
    match out.failures().first() {
        Some(failure) => Err(said(&failure.reason.to_string())),
        None => Ok(String::from_utf8_lossy(out.bytes()).into_owned()),
    }
}

fn decode(text: &str, env: &FormatEnv<'_>) -> Result<FormatConfig, AttemptError> {
    let typed = text.trim();
    if typed.contains("{{") || typed.contains("{%") {
        return Ok(FormatConfig::Template(TemplateText::Inline(
            text.to_owned(),
        )));
    }
    let prefix = "formatter: ";
    let (prefix, document) = match typed {
        "" => {
            return Err(said(
                "type the name of a format, its options, or a template",
            ));
        }
        _ if typed.starts_with('{') => (prefix, format!("{prefix}{text}")),
        _ if typed.contains(':') => ("formatter: {", format!("formatter: {{{text}}}")),
        _ => (
            "formatter: {format: ",
            format!("formatter: {{format: {text}}}"),
        ),
    };
    let path = Path::new("formatter");
    let mut problems = Diagnostics::default();
    let node = parse_yaml(&document, path, &mut problems);
    let config = node.and_then(|node| {
        let files: &dyn Files = env.files.as_ref();
        let mut cx = Context {
            diagnostics: &mut problems,
            path,
            base: env.base,
            files,
            calendars: None,
            setting: String::new(),
        };
        let section = Section::open(&node, &SCHEMA, &mut cx)?;
        FormatConfig::decode(&section, FormatConfig::Plain, &mut cx)
    });
    config.ok_or_else(|| {
        let problem = problems.0.into_iter().next();
        problem.map_or_else(
            || said("this is no formatter"),
            |problem| {
                let start = problem.place.and_then(|place| place.span);
                let shift = u32::try_from(prefix.len()).unwrap_or(0);
                let at = start.map(|span| (1, span.start.column.saturating_sub(shift).max(1)));
                AttemptError {
                    message: problem.message,
                    at,
                    help: problem.help,
                }
            },
        )
    })
}
