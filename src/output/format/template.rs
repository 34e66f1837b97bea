//! `template` and `template-batch`: a template over `event` or `events`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::batch::EventBatch;
use crate::config::{Context, Files, Section};
use crate::fake::Fast;
use crate::template::{
    Engine, Error, ErrorKind, Limits, Loader, Run, Template, Value, Vars, python_module,
};
use crate::time::{Clock as _, WallClock};

use super::portable;
use super::{FormatEnv, FormatFailure, Formatted, OutputError, Reason};

/// Where the template's text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateText {
    /// In the document.
    Inline(String),
    /// In a file, relative to the project's folder.
    File(PathBuf),
}

impl TemplateText {
    pub(super) fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        match (section.str("template"), section.str("template_path")) {
            (Some(text), None) => {
                if let Some(node) = section.node("template") {
                    portable::inline(node, cx);
                }
                Some(Self::Inline(text.to_owned()))
            }
            (None, Some(path)) => {
                let path = PathBuf::from(path);
                if path.is_absolute() {
                    cx.error_help(
                        section
                            .node("template_path")
                            .map_or(section.span, |n| n.span),
                        "`template_path` must be relative to the project's folder",
                        "put the template into the project",
                    );
                    return None;
                }
                if let Some(node) = section.node("template_path") {
                    portable::file(node, &path, cx);
                }
                Some(Self::File(path))
            }
            (None, None) => {
                cx.error_help(
                    section.span,
                    "the formatter has no template",
                    "give `template` or `template_path`",
                );
                None
            }
            (Some(_), Some(_)) => {
                cx.error_help(
                    section.span,
                    "`template` and `template_path` exclude each other",
                    "remove one of them",
                );
                None
            }
        }
    }

    pub(super) fn compile(&self, env: &FormatEnv<'_>) -> Result<Compiled, OutputError> {
        let (engine, template) = match self {
            Self::Inline(text) => {
                // Inline templates stand in no folder, so they can include nothing.
                let engine = Engine::new(|_: &str| None);
                add_filters(&engine);
                let template = engine.compile("formatter template", text);
                (engine, template)
            }
            Self::File(path) => {
                let engine = Engine::new(Project {
                    base: env.base.to_owned(),
                    files: Arc::clone(&env.files),
                });
                add_filters(&engine);
                let template = match path.to_str() {
                    Some(name) => engine.template(name),
                    None => Err(Error::new(ErrorKind::Io, "the path is not UTF-8")),
                };
                (engine, template)
            }
        };
        match template {
            Ok(template) => Ok(Compiled {
                engine,
                template,
                random: Fast::from_entropy(),
                vars: Vars::default(),
            }),
            Err(error) => Err(OutputError {
                help: error.help_text().map(str::to_owned),
                ..OutputError::failed(format!("cannot load template: {}", words(&error)))
            }),
        }
    }
}

/// Adds the filters beyond the language's own that the reference's documents use.
pub(in crate::output) fn add_filters(engine: &Engine) {
    if let Some(Value::Object(json)) = python_module("json")
        && let Some(loads) = json.get_attr("loads")
    {
        engine.add_filter("fromjson", loads);
    }
}

/// Reads included files from the project's folder.
struct Project {
    base: PathBuf,
    files: Arc<dyn Files>,
}

impl Loader for Project {
    fn load(&self, name: &str) -> Result<Option<String>, String> {
        match self.files.read(&self.base.join(name)) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err("it is not UTF-8".to_owned()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The problem with its innermost place.
fn words(error: &Error) -> String {
    match error.places().first() {
        Some(place) => format!("{place}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

/// A compiled template.
pub(super) struct Compiled {
    engine: Engine,
    template: Template,
    random: Fast,
    vars: Vars,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.template.name())
    }
}

impl Compiled {
    /// One item per event that renders.
    pub(super) fn each(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        for (index, event) in batch.iter().enumerate() {
            match self.render("event", text(event), out.buffer()) {
                Ok(()) => out.commit(separator, 1),
                Err(reason) => {
                    let event = Some(index);
                    out.fail(FormatFailure { event, reason }, 1);
                }
            }
        }
    }

    /// One item for all events, or none when it does not render.
    pub(super) fn joined(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        let events = Value::list(batch.iter().map(text).collect());
        let count = batch.len() as u64;
        match self.render("events", events, out.buffer()) {
            Ok(()) => out.commit(separator, count),
            Err(reason) => {
                let event = None;
                out.fail(FormatFailure { event, reason }, count);
            }
        }
    }

    fn render(&mut self, name: &str, value: Value, out: &mut Vec<u8>) -> Result<(), Reason> {
        self.vars.set(&self.engine, name, value);
        let run = Run {
            random: &mut self.random,
            vars: &self.vars,
            limits: Limits::default(),
            now_us: WallClock.now_us(),
        };
        self.template.render(run, out).map_err(|error| {
            Reason::Template(format!("Failed to render template: {}", words(&error)))
        })
    }
}

fn text(event: &[u8]) -> Value {
    Value::from(std::str::from_utf8(event).unwrap_or_default())
}
