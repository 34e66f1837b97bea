//! Evaluating texts: for the items of a batch, or for one event at a time.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::path::Path;
use super::{TextConfig, engine, words};
use crate::batch::EventBatch;
use crate::fake::Fast;
use crate::output::format::json::value::parse;
use crate::output::{FormatEnv, Formatted, Origins, OutputError};
use crate::template::{DateTime, Engine, Limits, Run, Symbol, Template, Tz, Value, Vars};
use crate::time::{Clock as _, Moment, WallClock};

/// Keeps what texts draw apart from what else is drawn with a run's seed.
const STREAM: u64 = 0x7465_7874;

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    /// The same for all.
    Constant(Box<str>),
    /// A column of values.
    Column(usize),
}

/// Evaluates the texts of an output; owned by its thread.
#[derive(Default)]
pub struct TextSet {
    slots: Arc<[Slot]>,
    columns: Vec<Column>,
    scope: Option<Scope>,
}

/// A text with marks.
struct Column {
    name: String,
    template: Template,
    /// What most are, read without the template engine.
    path: Option<Path>,
    uses_event: bool,
    non_empty: bool,
}

impl fmt::Debug for TextSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextSet")
            .field("texts", &self.slots.len())
            .field("templates", &self.columns.len())
            .finish_non_exhaustive()
    }
}

impl TextSet {
    /// Compiles them.
    ///
    /// # Errors
    /// When one does not compile, or is empty and must not be.
    pub fn build(texts: &[TextConfig], env: &FormatEnv<'_>) -> Result<Self, OutputError> {
        let mut slots = Vec::with_capacity(texts.len());
        let mut columns = Vec::new();
        let mut scope = None;
        for text in texts {
            if !text.marks {
                if text.non_empty && text.text.is_empty() {
                    let message = format!("`{}` must not be empty", text.name);
                    return Err(OutputError::failed(message));
                }
                slots.push(Slot::Constant(text.text.as_str().into()));
                continue;
            }
            slots.push(Slot::Column(columns.len()));
            let scope = scope.get_or_insert_with(|| Scope::new(env));
            columns.push(Column::compile(text, &scope.engine)?);
        }
        Ok(Self {
            slots: slots.into(),
            columns,
            scope,
        })
    }

    /// Evaluates all texts for the items of a batch. An item that stands for several events takes
    /// the first of them.
    pub fn evaluate(&mut self, batch: &EventBatch, formatted: &Formatted) -> Texts {
        let mut texts = Texts {
            slots: Arc::clone(&self.slots),
            ..Texts::default()
        };
        let Some(scope) = &mut self.scope else {
            return texts;
        };
        scope.begin();
        let mut bytes = Vec::new();
        texts.width = self.columns.len();
        texts.ends.reserve(formatted.len() * texts.width);
        for item in 0..formatted.len() {
            let event = formatted.event_of(item);
            let row = scope.row(&mut self.columns, batch, event, &mut bytes, &mut texts.ends);
            if let Err(why) = row {
                texts.failures.push((item, why));
            }
        }
        texts.values = String::from_utf8(bytes).unwrap_or_default();
        texts
    }

    /// Evaluates all texts for event `event` of a batch into `row`, whose former values are dropped.
    ///
    /// # Errors
    /// Why one of them has no value for this event.
    pub(in crate::output) fn evaluate_event(
        &mut self,
        batch: &EventBatch,
        event: usize,
        row: &mut Row,
    ) -> Result<(), String> {
        let Some(scope) = &mut self.scope else {
            return Ok(());
        };
        row.bytes.clear();
        row.ends.clear();
        if event == 0 {
            scope.begin();
        }
        scope.row(
            &mut self.columns,
            batch,
            event,
            &mut row.bytes,
            &mut row.ends,
        )
    }

    /// The value of text number `text`, as evaluated into `row` last.
    pub(in crate::output) fn value<'a>(&'a self, row: &'a Row, text: usize) -> &'a str {
        match self.slots.get(text) {
            Some(Slot::Constant(text)) => text,
            Some(Slot::Column(column)) => {
                let value = row.bytes.get(piece(&row.ends, *column));
                std::str::from_utf8(value.unwrap_or_default()).unwrap_or_default()
            }
            None => "",
        }
    }
}

/// The values of texts for one event.
#[derive(Debug, Default)]
pub(in crate::output) struct Row {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Where piece number `index` of those that end at `ends` lies.
fn piece(ends: &[usize], index: usize) -> Range<usize> {
    let end = ends.get(index).copied().unwrap_or(0);
    let start = index.checked_sub(1).and_then(|before| ends.get(before));
    start.copied().unwrap_or(0).min(end)..end
}

impl Column {
    fn compile(text: &TextConfig, engine: &Engine) -> Result<Self, OutputError> {
        match engine.compile(&text.name, &text.text) {
            Ok(template) => Ok(Self {
                name: text.name.clone(),
                path: Path::of(&text.text),
                uses_event: template.uses().iter().any(|name| name == "event"),
                non_empty: text.non_empty,
                template,
            }),
            Err(error) => Err(OutputError {
                help: error.help_text().map(str::to_owned),
                ..OutputError::failed(format!(
                    "`{}` is not a sound template: {}",
                    text.name,
                    words(&error)
                ))
            }),
        }
    }
}

/// What templates of texts see.
struct Scope {
    engine: Engine,
    vars: Vars,
    random: Fast,
    origins: Origins,
    /// `event`, `timestamp`, `tags`, `origin`.
    symbols: [Symbol; 4],
    now_us: i64,
    /// Values that most events have in common, and of what they are.
    moment: Option<Option<Moment>>,
    input: Option<u16>,
    alias: Option<u16>,
}

impl Scope {
    fn new(env: &FormatEnv<'_>) -> Self {
        let engine = engine();
        Self {
            symbols: super::NAMES.map(|name| engine.symbol(name)),
            engine,
            vars: Vars::default(),
            random: env
                .seed
                .map_or_else(Fast::from_entropy, |seed| Fast::for_event(seed, STREAM)),
            origins: env.origins.clone(),
            now_us: 0,
            moment: None,
            input: None,
            alias: None,
        }
    }

    /// A batch starts.
    fn begin(&mut self) {
        self.now_us = WallClock.now_us();
    }

    /// Appends the values of all columns for an event; empty ones when any has none.
    fn row(
        &mut self,
        columns: &mut [Column],
        batch: &EventBatch,
        event: usize,
        bytes: &mut Vec<u8>,
        ends: &mut Vec<usize>,
    ) -> Result<(), String> {
        let (bytes_before, ends_before) = (bytes.len(), ends.len());
        let mut ready = false;
        for column in &mut *columns {
            let start = bytes.len();
            let done = match &column.path {
                Some(path) if path.write(batch.get(event), bytes) => Ok(()),
                _ => {
                    if !ready {
                        self.set(batch, event);
                    }
                    ready = true;
                    self.render(column, batch.get(event), bytes)
                }
            };
            let done = done.and_then(|()| match column.non_empty && bytes.len() == start {
                true => Err(format!("`{}` is empty for this event", column.name)),
                false => Ok(()),
            });
            if let Err(why) = done {
                bytes.truncate(bytes_before);
                ends.truncate(ends_before);
                ends.resize(ends_before + columns.len(), bytes_before);
                return Err(why);
            }
            ends.push(bytes.len());
        }
        Ok(())
    }

    /// Sets all variables but `event`.
    fn set(&mut self, batch: &EventBatch, event: usize) {
        let [symbol, timestamp, tags, origin] = self.symbols;
        self.vars.set_symbol(symbol, Value::Undefined);
        let moment = batch.moment(event);
        if self.moment != Some(moment) {
            self.moment = Some(moment);
            let value = moment.map_or(Value::Undefined, datetime);
            self.vars.set_symbol(timestamp, value);
        }
        let input = batch.input(event);
        if self.input != Some(input) {
            self.input = Some(input);
            let all = self.origins.tags(input).iter();
            let value = Value::tuple(all.map(|tag| Value::from(&**tag)).collect());
            self.vars.set_symbol(tags, value);
        }
        let alias = batch.alias(event);
        if self.alias != Some(alias) {
            self.alias = Some(alias);
            let value = Value::from(self.origins.alias(alias));
            self.vars.set_symbol(origin, value);
        }
    }

    fn render(&mut self, column: &Column, event: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        if column.uses_event {
            let text = || Value::from(std::str::from_utf8(event).unwrap_or_default());
            // Read again for each text, so that none sees what another one did to it.
            let value = parse(event).unwrap_or_else(text);
            self.vars.set_symbol(self.symbols[0], value);
        }
        let run = Run {
            random: &mut self.random,
            vars: &self.vars,
            limits: Limits::default(),
            now_us: self.now_us,
        };
        let rendered = column.template.render(run, out);
        rendered.map_err(|error| format!("`{}` has no value: {}", column.name, words(&error)))
    }
}

/// An event's time as templates see it.
pub(in crate::output) fn datetime(at: Moment) -> Value {
    let tz = Some(Tz::Fixed(at.offset_s, None));
    let checked = DateTime::checked(at.wall_us, tz, false);
    checked.map_or(Value::Undefined, |at| Value::DateTime(at.into()))
}

/// The values of an output's texts for the items of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    slots: Arc<[Slot]>,
    /// Columns an item has in `ends`.
    width: usize,
    values: String,
    ends: Vec<usize>,
    failures: Vec<(usize, String)>,
}

impl Texts {
    /// The value of text number `text` for item number `item`; empty when it has none.
    pub fn get(&self, text: usize, item: usize) -> &str {
        match self.slots.get(text) {
            Some(Slot::Constant(text)) => text,
            Some(Slot::Column(column)) => {
                let value = piece(&self.ends, item * self.width + column);
                self.values.get(value).unwrap_or_default()
            }
            None => "",
        }
    }

    /// Items for which some text could not be evaluated, in order, and why. They are not sent.
    pub fn failures(&self) -> &[(usize, String)] {
        &self.failures
    }
}
