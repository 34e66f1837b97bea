//! Building a source: samples, globals, templates; every problem reported before giving up.

use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::config::TemplateConfig;
use super::dispatch::Dispatch;
use super::explain::{Kind, Tracer};
use super::globals::GlobalState;
use super::module::{FakerMode, Gateway};
use super::pick::Picker;
use super::source::{Entry, TemplateSource};
use super::state::State;
use super::subprocess::Subprocess;
use super::{EventEnv, Inspect, samples, values};
use crate::config::{Diagnostic, Diagnostics, Files, Place, Pos, Span};
use crate::template::{
    Engine, Error, ErrorKind, Loader, Object, Place as TemplatePlace, Template, Value, Vars,
};

/// Where randomness comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// A stream of its own for every event, a function of this seed and the event's index.
    Seeded(u64),
    /// The stream of the recorded vectors, seeded with the event's index; fake data echoes its name.
    Recorded,
}

/// Reads templates below the project's folder.
struct Project {
    base: std::path::PathBuf,
    files: Arc<dyn Files>,
}

impl Loader for Project {
    fn load(&self, name: &str) -> Result<Option<String>, String> {
        match self.files.read(&self.base.join(name)) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    Err(format!("it is not UTF-8 (offset {at})"))
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The samples of a source.
pub(super) struct Samples(pub(super) Vec<(String, Value)>);

impl Object for Samples {
    fn type_name(&self) -> &str {
        "SampleReader"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, sample)| sample.clone())
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }
}

pub(super) fn build(
    config: &TemplateConfig,
    env: &EventEnv<'_>,
    streams: Streams,
    inspect: Inspect,
    problems: &mut Diagnostics,
) -> Option<TemplateSource> {
    let before = problems.errors();
    let mut loaded = Vec::new();
    for sample in &config.samples {
        let value = samples::load(sample, env.base, &*env.files, problems);
        // A name without rows stands in for a broken sample, so that templates can still be checked.
        loaded.push((sample.name.clone(), value.unwrap_or_default()));
    }
    let shared = Rc::new(State::default());
    let globals = Rc::new(GlobalState::new(env.globals.clone()));
    let engine = Engine::new(Project {
        base: env.base.to_owned(),
        files: Arc::clone(&env.files),
    });
    let faker = if streams == Streams::Recorded {
        FakerMode::Echo
    } else {
        FakerMode::Real
    };
    if inspect.profile {
        engine.start_profile();
    }
    let tracer = inspect.explain.then(|| Tracer::new(&loaded));
    let traced = |name: &str, kind, value: Value| match &tracer {
        Some(tracer) => tracer.wrap(name, kind, &value),
        None => value,
    };
    if let Some(tracer) = &tracer {
        tracer.add_random(&engine);
    }
    engine.set_fixed("params", values::mapping(config.params.as_ref()));
    let samples = Value::object(Samples(loaded));
    engine.set_global("samples", traced("samples", Kind::Samples, samples));
    let gateway = Value::object(Gateway::new(faker));
    engine.set_global("module", traced("module", Kind::Gateway, gateway));
    engine.set_global(
        "subprocess",
        Value::object(Subprocess {
            longest: env.limits.command,
        }),
    );
    let store = Value::Object(Rc::clone(&shared) as Rc<dyn Object>);
    engine.set_fixed("shared", traced("shared", Kind::Store, store));
    let store = Value::Object(Rc::clone(&globals) as Rc<dyn Object>);
    engine.set_fixed("globals", traced("globals", Kind::Store, store));
    engine.set_global("dispatch", Value::object(Dispatch));
    for store in ["locals", "shared"] {
        engine.set_store(store);
    }
    let mut found = Diagnostics::default();
    let mut entries = compile(config, &engine, env.base, tracer.as_ref(), &mut found);
    if engine.was_misled() {
        engine.forget_files();
        found = Diagnostics::default();
        entries = compile(config, &engine, env.base, tracer.as_ref(), &mut found);
    }
    found.0.into_iter().for_each(|one| problems.push(one));
    let picker = Picker::new(&config.mode)
        .map_err(|error| {
            let place = config.entries.first().map(|entry| entry.place.clone());
            problems.push(
                Diagnostic::error(format!("`chance`: {error}"), place).setting("event.template"),
            );
        })
        .ok()?;
    if problems.errors() > before {
        return None;
    }
    let source = TemplateSource::new(engine, entries, picker, shared, globals, env, streams);
    warn_mistakes(&source, env.base, problems);
    Some(source.traced(tracer))
}

fn compile(
    config: &TemplateConfig,
    engine: &Engine,
    base: &Path,
    tracer: Option<&Rc<Tracer>>,
    problems: &mut Diagnostics,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut reported = HashSet::new();
    let mut checked = HashSet::new();
    let mut walked = HashSet::new();
    for entry in &config.entries {
        let locals = Rc::new(State::default());
        let mut vars = Vars::default();
        let configured = values::mapping(entry.vars.as_ref());
        vars.set(engine, "vars", configured.clone());
        let store = Value::Object(Rc::clone(&locals) as Rc<dyn Object>);
        let store = match tracer {
            Some(tracer) => tracer.wrap("locals", Kind::Store, &store),
            None => store,
        };
        vars.set_global(engine, "locals", store);
        match engine.template(&entry.template) {
            Ok(template) => {
                template.keep_module(&vars);
                check_references(engine, &template, base, &mut checked, problems);
                check_circles(engine, &template, base, &mut walked, problems);
                entries.push(Entry {
                    alias: Arc::clone(&entry.alias),
                    template,
                    vars,
                    configured: match configured {
                        Value::Dict(configured) => Some(configured),
                        _ => None,
                    },
                    locals,
                });
            }
            Err(error) => {
                // Several aliases of one file need its problem once, unless the path itself is wrong.
                let missing = error.kind() == ErrorKind::NotFound && error.places().is_empty();
                if missing || reported.insert(entry.template.clone()) {
                    let problem = if error.places().is_empty() {
                        let help = samples::missing_help(&base.join(&entry.template));
                        let message = load_message(&entry.template, &error);
                        Diagnostic::error(message, Some(entry.place.clone())).help(help)
                    } else {
                        diagnostic(&error, base, Diagnostic::error)
                    };
                    problems.push(problem.setting(format!("{}.template", entry.setting)));
                }
            }
        }
    }
    entries
}

/// What the templates do that fails, or gives nothing, when it is reached.
fn warn_mistakes(source: &TemplateSource, base: &Path, problems: &mut Diagnostics) {
    for usage in source.usages() {
        let columns = usage.unknown_columns.iter().map(|one| {
            let message = format!("the sample `{}` has no column `{}`", one.table, one.column);
            let near = one.nearest.as_ref();
            let help = near.map(|near| format!("did you mean `{near}`?"));
            (message, help, &one.place)
        });
        let mistakes = usage.mistakes.iter();
        let mistakes = mistakes.map(|one| (one.message.clone(), one.help.clone(), &one.place));
        let found: Vec<_> = columns.chain(mistakes).collect();
        for (message, help, place) in found {
            let place = place_of(place, base);
            let line = |place: &Place| (place.path.clone(), place.span.map(|span| span.start.line));
            // The compiler may have told of it already, or another template that uses the file.
            let known = problems.0.iter().any(|problem| {
                let same_line = problem.place.as_ref().map(line) == Some(line(&place));
                same_line && (problem.message == message || problem.message.contains(" has no `"))
            });
            if !known {
                let help = help.unwrap_or_else(|| "events that reach this fail".to_owned());
                problems.push(Diagnostic::warning(message, Some(place)).help(help));
            }
        }
    }
}

fn load_message(template: &str, error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("the template file does not exist: {template}"),
        _ => format!("the template cannot be used: {}", error.message()),
    }
}

/// Files that templates include, import or extend by a constant name fail when the statement runs, so
/// a problem with one is a warning here.
fn check_references(
    engine: &Engine,
    template: &Template,
    base: &Path,
    checked: &mut HashSet<String>,
    problems: &mut Diagnostics,
) {
    if !checked.insert(template.name().to_owned()) {
        return;
    }
    let mut todo = vec![template.clone()];
    while let Some(template) = todo.pop() {
        for problem in template.problems() {
            let found = diagnostic(problem, base, Diagnostic::warning);
            problems.push(match &found.help {
                Some(_) => found,
                None => found.help("events that reach this fail"),
            });
        }
        for reference in template.references() {
            let name = &reference.name;
            if !checked.insert(name.to_string()) {
                continue;
            }
            match engine.template(name) {
                Err(error) if reference.optional && error.kind() == ErrorKind::NotFound => {
                    // Another template may need it.
                    checked.remove(&**name);
                }
                Ok(referenced) => todo.push(referenced),
                Err(error) if error.places().is_empty() => {
                    let place = place_of(&reference.place, base);
                    let message = match error.kind() {
                        ErrorKind::NotFound => {
                            format!("the template uses `{name}`, which does not exist")
                        }
                        _ => format!("the template uses `{name}`: {}", error.message()),
                    };
                    let help = samples::missing_help(&base.join(&**name));
                    problems.push(Diagnostic::warning(message, Some(place)).help(help));
                }
                Err(error) => problems.push(diagnostic(&error, base, Diagnostic::warning)),
            }
        }
    }
}

/// Files that use each other in a circle fail unless a condition ends it, which only rendering shows.
fn check_circles(
    engine: &Engine,
    template: &Template,
    base: &Path,
    walked: &mut HashSet<String>,
    problems: &mut Diagnostics,
) {
    if walked.contains(template.name()) {
        return;
    }
    let mut trail = vec![template.name().to_owned()];
    if let Some(circle) = find_circle(engine, template, &mut trail, walked) {
        let first = circle.first().map_or("", String::as_str);
        let message = format!(
            "templates use each other in a circle: {}",
            circle.join(" -> ")
        );
        problems.push(
            Diagnostic::warning(message, Some(Place::file(base.join(first))))
                .help("this never ends unless a condition ends it"),
        );
        walked.extend(circle);
    }
    walked.insert(template.name().to_owned());
}

/// The first circle that is reached from `template`, the last of `trail`; its ends are the same file.
fn find_circle(
    engine: &Engine,
    template: &Template,
    trail: &mut Vec<String>,
    walked: &mut HashSet<String>,
) -> Option<Vec<String>> {
    for reference in template.references() {
        let name = reference.name.to_string();
        if let Some(at) = trail.iter().position(|known| *known == name) {
            let mut circle = trail.split_off(at);
            circle.push(name);
            return Some(circle);
        }
        if walked.contains(&name) {
            continue;
        }
        if let Ok(next) = engine.template(&name) {
            trail.push(name.clone());
            if let Some(circle) = find_circle(engine, &next, trail, walked) {
                return Some(circle);
            }
            trail.pop();
        }
        walked.insert(name);
    }
    None
}

/// A problem of a template as a diagnostic in its file.
fn diagnostic(
    error: &Error,
    base: &Path,
    make: fn(String, Option<Place>) -> Diagnostic,
) -> Diagnostic {
    let place = error.places().first().map(|place| place_of(place, base));
    let problem = make(error.message().to_owned(), place);
    match error.help_text() {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// A place of a template in the project.
pub(super) fn place_of(place: &TemplatePlace, base: &Path) -> Place {
    Place {
        path: base.join(&*place.file).into(),
        span: Some(Span {
            start: Pos {
                line: place.line,
                column: place.column,
            },
            end: Pos {
                line: place.end_line,
                column: place.end_column,
            },
        }),
    }
}
