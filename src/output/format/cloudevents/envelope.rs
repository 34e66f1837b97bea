//! One envelope: attributes in the order of the reference, then what was configured.

use super::config::{CloudEventsConfig, Extension};
use super::uri::Rule;
use crate::batch::EventBatch;
use crate::fake::Fast;
use crate::fake::rand::crypto;
use crate::output::format::json::walk::compact;
use crate::output::format::{Reason, when};
use crate::output::text::{Row, TextSet};
use crate::output::{FormatEnv, Origins, OutputError, TextConfig};

/// Keeps identifiers apart from what else is drawn with a run's seed.
const STREAM: u64 = 0x6365_6964;

/// The type of events that no template has made.
const NO_ALIAS: &str = "evtui.event";

/// How envelopes are written: what is the same for all events is written beforehand.
#[derive(Debug)]
pub(super) struct Envelope {
    pieces: Vec<Piece>,
    texts: TextSet,
    row: Row,
    random: Fast,
    origins: Origins,
    /// Aliases as JSON, by number.
    aliases: Vec<Option<Vec<u8>>>,
    holds_json: bool,
}

/// A part of an envelope.
#[derive(Debug)]
enum Piece {
    Literal(Vec<u8>),
    /// A random identifier, in quotes.
    Id,
    /// The alias, in quotes.
    Alias,
    Time,
    Data,
    Text(Attribute),
}

/// An attribute that may differ from event to event.
#[derive(Debug)]
struct Attribute {
    name: String,
    /// `,"name":`, without the comma for the first.
    key: Vec<u8>,
    /// Number of its text.
    text: usize,
    rule: Rule,
}

/// Puts the pieces together.
#[derive(Default)]
struct Plan {
    pieces: Vec<Piece>,
    texts: Vec<TextConfig>,
}

impl Plan {
    fn literal(&mut self, bytes: &[u8]) {
        match self.pieces.last_mut() {
            Some(Piece::Literal(last)) => last.extend_from_slice(bytes),
            _ => self.pieces.push(Piece::Literal(bytes.to_vec())),
        }
    }

    fn key(name: &str) -> Vec<u8> {
        // The identifier is the first attribute and always there.
        let comma = if name == "id" { "" } else { "," };
        format!("{comma}\"{name}\":").into_bytes()
    }

    fn constant(&mut self, name: &str, value: &str) {
        let mut bytes = Self::key(name);
        json_text(value, &mut bytes);
        self.literal(&bytes);
    }

    fn text(&mut self, name: &str, text: &TextConfig, rule: Rule) {
        if let Some(value) = text.as_constant() {
            return self.constant(name, value);
        }
        let key = Self::key(name);
        self.pieces.push(Piece::Text(Attribute {
            name: name.to_owned(),
            key,
            text: self.texts.len(),
            rule,
        }));
        self.texts.push(text.clone());
    }

    fn of(config: &CloudEventsConfig) -> Self {
        let mut plan = Self::default();
        plan.literal(b"{");
        match &config.id {
            Some(id) => plan.text("id", id, Rule::Text),
            None => {
                plan.literal(b"\"id\":");
                plan.pieces.push(Piece::Id);
            }
        }
        plan.text("source", &config.source, Rule::Reference);
        plan.constant("specversion", "1.0");
        match &config.kind {
            Some(kind) => plan.text("type", kind, Rule::Text),
            None => {
                plan.literal(b",\"type\":");
                plan.pieces.push(Piece::Alias);
            }
        }
        if let Some(name) = &config.datacontenttype {
            plan.constant("datacontenttype", name);
        }
        if let Some(schema) = &config.dataschema {
            plan.text("dataschema", schema, Rule::Uri);
        }
        if let Some(subject) = &config.subject {
            plan.text("subject", subject, Rule::Text);
        }
        plan.pieces.push(Piece::Time);
        plan.pieces.push(Piece::Data);
        for (name, extension) in &config.extensions {
            match extension {
                Extension::Text(text) => plan.text(name, text, Rule::Text),
                Extension::Literal(value) => {
                    let mut bytes = Self::key(name);
                    bytes.extend_from_slice(value.as_bytes());
                    plan.literal(&bytes);
                }
            }
        }
        if let Some(scope) = &config.scope {
            plan.constant("scope", scope);
        }
        plan.literal(b"}");
        plan
    }
}

impl Envelope {
    pub(super) fn new(
        config: &CloudEventsConfig,
        env: &FormatEnv<'_>,
    ) -> Result<Self, OutputError> {
        let plan = Plan::of(config);
        let random = env
            .seed
            .map_or_else(Fast::from_entropy, |seed| Fast::for_event(seed, STREAM));
        Ok(Self {
            pieces: plan.pieces,
            texts: TextSet::build(&plan.texts, env)?,
            row: Row::default(),
            random,
            origins: env.origins.clone(),
            aliases: Vec::new(),
            holds_json: config.holds_json(),
        })
    }

    /// Appends the envelope of an event; what was appended before an error is to be dropped.
    pub(super) fn write(
        &mut self,
        batch: &EventBatch,
        event: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        // Drawn in any case, so that identifiers do not depend on which events fail.
        let id = crypto::uuid4_bytes(&mut self.random);
        self.texts
            .evaluate_event(batch, event, &mut self.row)
            .map_err(Reason::unfit)?;
        self.know_alias(batch.alias(event));
        for piece in &self.pieces {
            match piece {
                Piece::Literal(bytes) => out.extend_from_slice(bytes),
                Piece::Id => {
                    out.push(b'"');
                    crypto::uuid_text(&id, out);
                    out.push(b'"');
                }
                Piece::Alias => self.alias(batch.alias(event), out),
                Piece::Time => {
                    const KEY: &[u8] = b",\"time\":\"";
                    let before = out.len();
                    out.extend_from_slice(KEY);
                    match batch.moment(event) {
                        Some(at) if when::utc(at, out) => out.push(b'"'),
                        _ => out.truncate(before),
                    }
                }
                Piece::Data => self.data(batch.get(event), out),
                Piece::Text(attribute) => self.attribute(attribute, out)?,
            }
        }
        Ok(())
    }

    fn know_alias(&mut self, alias: u16) {
        let at = usize::from(alias);
        if self.aliases.len() <= at {
            self.aliases.resize(at + 1, None);
        }
        if let Some(slot @ None) = self.aliases.get_mut(at) {
            let name = match self.origins.alias(alias) {
                "" => NO_ALIAS,
                name => name,
            };
            let mut text = Vec::new();
            json_text(name, &mut text);
            *slot = Some(text);
        }
    }

    fn alias(&self, alias: u16, out: &mut Vec<u8>) {
        let known = self
            .aliases
            .get(usize::from(alias))
            .and_then(Option::as_ref);
        out.extend_from_slice(known.map_or(b"\"\"", Vec::as_slice));
    }

    /// Appends the event; `null` is no data.
    fn data(&self, event: &[u8], out: &mut Vec<u8>) {
        let before = out.len();
        out.extend_from_slice(b",\"data\":");
        let start = out.len();
        if self.holds_json && compact(event, out).is_ok() {
            if out.get(start..) == Some(b"null") {
                out.truncate(before);
            }
            return;
        }
        json_text(std::str::from_utf8(event).unwrap_or_default(), out);
    }

    fn attribute(&self, attribute: &Attribute, out: &mut Vec<u8>) -> Result<(), Reason> {
        let value = self.texts.value(&self.row, attribute.text);
        // Attributes that are there must not be empty; those that have to be there never are.
        if value.is_empty() {
            return Ok(());
        }
        if let Some(problem) = attribute.rule.problem(value) {
            let what = format!("`{}` {problem}", attribute.name);
            return Err(Reason::unfit_value(what, value.as_bytes()));
        }
        out.extend_from_slice(&attribute.key);
        json_text(value, out);
        Ok(())
    }
}

/// Appends a text in quotes; only what has to be escaped is.
fn json_text(text: &str, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}
