//! Formatters: they turn a batch of events into the items an output sends, one after the other in one
//! buffer.
//!
//! A formatter never loses a batch for one bad event: it leaves the event out and reports it.

mod formatted;
mod json;
mod template;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::batch::EventBatch;
use crate::config::{Context, Field, Files, Kind, Schema, Section};

use super::OutputError;

pub use formatted::{FormatFailure, Formatted, Reason};
pub use json::{JsonError, JsonErrorKind, reprint};
pub use template::TemplateText;

const FORMATS: &[&str] = &[
    "plain",
    "json",
    "json-batch",
    "template",
    "template-batch",
    "eventum-http-input",
];

static SCHEMA: Schema = Schema {
    name: "formatter",
    doc: "How events become what the output sends.",
    fields: &[
        Field::required(
            "format",
            Kind::Enum(FORMATS),
            "plain: events as they are. json: each event on one line (or indented), tokens unchanged. \
             json-batch: one array per batch. template, template-batch: a template over `event` or \
             `events`. eventum-http-input: {\"count\": N} per batch.",
        ),
        Field::optional(
            "indent",
            Kind::Int(0, i64::MAX),
            "0",
            "json and json-batch: spaces per level; 0 puts everything on one line.",
        ),
        Field::optional(
            "template",
            Kind::NonEmpty,
            "",
            "template and template-batch: the template itself.",
        ),
        Field::optional(
            "template_path",
            Kind::Path,
            "",
            "template and template-batch: file of the template, relative to the project.",
        ),
    ],
};

/// The `formatter` option of outputs whose default is `plain`.
pub const FIELD_PLAIN: Field = field("{format: plain}");

/// The `formatter` option with another default (YAML text, for documentation).
pub const fn field(default: &'static str) -> Field {
    Field::optional(
        "formatter",
        Kind::Section(&SCHEMA),
        default,
        "How events become what the output sends.",
    )
}

/// A checked formatter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatConfig {
    /// Events as they are.
    Plain,
    /// Each event re-spaced as JSON, with that many spaces per level.
    Json(usize),
    /// One array per batch.
    JsonBatch(usize),
    /// A template per event.
    Template(TemplateText),
    /// A template per batch.
    TemplateBatch(TemplateText),
    /// `{"count": N}` per batch.
    HttpInput,
}

impl FormatConfig {
    /// Decodes the option `formatter` of an output's section, or takes `default` when it is absent.
    pub fn decode(output: &Section, default: Self, cx: &mut Context<'_>) -> Option<Self> {
        if !output.has("formatter") {
            return Some(default);
        }
        let section = output.section("formatter", &SCHEMA, cx)?;
        cx.within(".formatter", |cx| Self::from_section(&section, cx))
    }

    fn from_section(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let format = section.str("format")?;
        let before = cx.errors();
        refuse_foreign(section, format, cx);
        let indent = usize::try_from(section.int("indent").unwrap_or(0)).unwrap_or(usize::MAX);
        let made = match format {
            "plain" => Self::Plain,
            "json" => Self::Json(indent),
            "json-batch" => Self::JsonBatch(indent),
            "template" => Self::Template(TemplateText::decode(section, cx)?),
            "template-batch" => Self::TemplateBatch(TemplateText::decode(section, cx)?),
            _ => Self::HttpInput,
        };
        (cx.errors() == before).then_some(made)
    }

    /// Makes the formatter of a run.
    ///
    /// # Errors
    /// An unreadable template file or a template that does not compile.
    pub fn build(&self, env: &FormatEnv<'_>) -> Result<Formatter, OutputError> {
        Ok(Formatter(match self {
            Self::Plain => Engine::Plain,
            Self::Json(indent) => Engine::Json(*indent, json::Models::default()),
            Self::JsonBatch(indent) => Engine::JsonBatch(*indent),
            Self::HttpInput => Engine::HttpInput,
            Self::Template(text) => Engine::Template(text.compile(env)?),
            Self::TemplateBatch(text) => Engine::TemplateBatch(text.compile(env)?),
        }))
    }

    /// True when all events of a batch go into one item, so that the size of batches is visible in
    /// the output.
    pub fn joins_batch(&self) -> bool {
        matches!(
            self,
            Self::JsonBatch(_) | Self::TemplateBatch(_) | Self::HttpInput
        )
    }
}

/// Options of one format given for another are errors, as unknown keys are.
fn refuse_foreign(section: &Section, format: &str, cx: &mut Context<'_>) {
    let allowed: &[&str] = match format {
        "json" | "json-batch" => &["indent"],
        "template" | "template-batch" => &["template", "template_path"],
        _ => &[],
    };
    for name in ["indent", "template", "template_path"] {
        if let Some(node) = section.node(name)
            && !allowed.contains(&name)
        {
            let message = format!("`{name}` is not an option of format `{format}`");
            let span = node.span;
            cx.within(&format!(".{name}"), |cx| {
                cx.error_help(span, message, format!("remove `{name}`"));
            });
        }
    }
}

/// What a formatter may know about the run.
#[derive(Clone, Debug)]
pub struct FormatEnv<'a> {
    /// The project's folder, absolute.
    pub base: &'a Path,
    /// Reads template files.
    pub files: Arc<dyn Files>,
    /// Names of what the numbers in a batch stand for.
    pub origins: Origins,
    /// Seed of the run, for what a formatter draws (identifiers).
    pub seed: Option<u64>,
}

impl<'a> FormatEnv<'a> {
    /// For a look at a formatter outside of a run.
    pub fn new(base: &'a Path, files: Arc<dyn Files>) -> Self {
        Self {
            base,
            files,
            origins: Origins::default(),
            seed: None,
        }
    }
}

/// What the alias and input numbers of an [`EventBatch`] stand for. Known once the event source is
/// made, which is before the first batch.
#[derive(Clone, Debug, Default)]
pub struct Origins(Arc<OnceLock<Names>>);

/// Aliases by number, and tags by number of the input.
type Names = (Vec<Arc<str>>, Vec<Vec<Arc<str>>>);

impl Origins {
    /// Says what they stand for: aliases by number, and tags by number of the input. Only the first
    /// call counts.
    pub fn set(&self, aliases: Vec<Arc<str>>, tags: Vec<Vec<Arc<str>>>) {
        let _ = self.0.set((aliases, tags));
    }

    /// The template alias (or what the source has in its place); empty when it is not known.
    pub fn alias(&self, number: u16) -> &str {
        let aliases = self.0.get().map(|(aliases, _)| aliases.as_slice());
        let found = aliases.unwrap_or_default().get(usize::from(number));
        found.map(AsRef::as_ref).unwrap_or_default()
    }

    /// The tags of an input.
    pub fn tags(&self, input: u16) -> &[Arc<str>] {
        let tags = self.0.get().map(|(_, tags)| tags.as_slice());
        let found = tags.unwrap_or_default().get(usize::from(input));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Formats batches; owned by one output's thread.
#[derive(Debug)]
pub struct Formatter(Engine);

#[derive(Debug)]
enum Engine {
    Plain,
    Json(usize, json::Models),
    JsonBatch(usize),
    HttpInput,
    Template(template::Compiled),
    TemplateBatch(template::Compiled),
}

impl Formatter {
    /// Formats `batch` into `out`, whose former content is dropped; `separator` goes behind every
    /// item.
    pub fn format(&mut self, batch: &EventBatch, separator: &str, out: &mut Formatted) {
        out.clear();
        let separator = separator.as_bytes();
        match &mut self.0 {
            Engine::Plain => plain(batch, separator, out),
            Engine::Json(indent, models) => json::each(batch, *indent, models, separator, out),
            Engine::JsonBatch(indent) => json::joined(batch, *indent, separator, out),
            Engine::HttpInput => {
                let count = batch.len();
                out.buffer()
                    .extend_from_slice(format!("{{\"count\": {count}}}").as_bytes());
                out.commit(separator, count as u64);
            }
            Engine::Template(template) => template.each(batch, separator, out),
            Engine::TemplateBatch(template) => template.joined(batch, separator, out),
        }
    }
}

fn plain(batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
    out.buffer()
        .reserve(batch.byte_len() + batch.len() * separator.len());
    for event in batch.iter() {
        out.buffer().extend_from_slice(event);
        out.commit(separator, 1);
    }
}
