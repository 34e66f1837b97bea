//! Formatters: they turn a batch of events into the items an output sends, one after the other in one
//! buffer.
//!
//! A formatter never loses a batch for one bad event: it leaves the event out and reports it.

mod cloudevents;
mod config;
mod formatted;
pub mod influx;
pub(super) mod json;
mod portable;
mod syslog;
mod template;
#[cfg(test)]
mod tests_support;
mod when;

use std::path::Path;
use std::sync::Arc;

use crate::batch::{EventBatch, Growing};
use crate::config::Files;

use super::OutputError;

pub use cloudevents::CloudEventsConfig;
pub use config::{FIELD_PLAIN, FormatConfig, field};
pub use formatted::{FormatFailure, Formatted, Reason};
pub use json::{JsonError, JsonErrorKind, reprint};
pub use syslog::SyslogConfig;
pub use template::TemplateText;
pub(super) use template::add_filters;

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
/// made, which is before the first batch; a number keeps its meaning for the whole run.
#[derive(Clone, Debug, Default)]
pub struct Origins(Arc<Names>);

#[derive(Debug, Default)]
struct Names {
    aliases: Growing<Arc<str>>,
    /// By number of the input.
    tags: Growing<Vec<Arc<str>>>,
}

impl Origins {
    /// Says what further numbers stand for: aliases, and tags of inputs. One thread says so.
    pub fn add(&self, aliases: Vec<Arc<str>>, tags: Vec<Vec<Arc<str>>>) {
        self.0.aliases.extend(aliases);
        self.0.tags.extend(tags);
    }

    /// All aliases that were named, by number.
    pub fn aliases(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.aliases.iter()
    }

    /// The template alias (or what the source has in its place); empty when it is not known.
    pub fn alias(&self, number: u16) -> &str {
        let found = self.0.aliases.get(usize::from(number));
        found.map(AsRef::as_ref).unwrap_or_default()
    }

    /// The tags of an input.
    pub fn tags(&self, input: u16) -> &[Arc<str>] {
        let found = self.0.tags.get(usize::from(input));
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
    CloudEvents(Box<cloudevents::Engine>),
    Syslog(Box<syslog::Engine>),
    Influx(Box<influx::Engine>),
}

impl Formatter {
    fn new(config: &FormatConfig, env: &FormatEnv<'_>) -> Result<Self, OutputError> {
        Ok(Self(match config {
            FormatConfig::Plain => Engine::Plain,
            FormatConfig::Json(indent) => Engine::Json(*indent, json::Models::default()),
            FormatConfig::JsonBatch(indent) => Engine::JsonBatch(*indent),
            FormatConfig::HttpInput => Engine::HttpInput,
            FormatConfig::Template(text) => Engine::Template(text.compile(env)?),
            FormatConfig::TemplateBatch(text) => Engine::TemplateBatch(text.compile(env)?),
            FormatConfig::CloudEvents(config) => {
                Engine::CloudEvents(Box::new(cloudevents::Engine::new(config, env)?))
            }
            FormatConfig::Syslog(config) => {
                Engine::Syslog(Box::new(syslog::Engine::new(config, env)?))
            }
            FormatConfig::Influx(config) => {
                Engine::Influx(Box::new(influx::Engine::new(config, env)?))
            }
        }))
    }

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
            Engine::CloudEvents(envelopes) => envelopes.format(batch, separator, out),
            Engine::Syslog(syslog) => syslog.each(batch, separator, out),
            Engine::Influx(influx) => influx.each(batch, separator, out),
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
