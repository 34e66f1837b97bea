//! Producing: pick, render, and what becomes of signals and errors.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::build::{Streams, place_of};
use super::condition::{Facts, Scope, StateField};
use super::divided::Division;
use super::explain::Tracer;
use super::globals::GlobalState;
use super::legacy::{Copied, Left};
use super::pick::{Picked, Picker};
use super::state::State;
use super::{EventEnv, EventSource, analysis, dispatch, view};
use crate::batch::EventBatch;
use crate::event::{
    Begun, EventError, Explanation, Impurity, Legacy, LegacyCopy, Outcome, PathStep, Profile,
    StateScope, Trial, WrittenBy,
};
use crate::fake::{Parted, Random, Recorded};
use crate::template::usage::Usage;
use crate::template::{
    DateTime, Dict, Engine, Error, Limits as RenderLimits, Run, Signal, Symbol, Template, Tz,
    Value, Vars,
};
use crate::time::{Clock as _, Moment, WallClock};

/// A template under its alias.
pub(super) struct Entry {
    pub(super) alias: Arc<str>,
    pub(super) template: Template,
    pub(super) vars: Vars,
    /// The entry's `vars`.
    pub(super) configured: Option<Dict>,
    pub(super) locals: Rc<State>,
}

/// The source of the plugin `template`.
pub struct TemplateSource {
    pub(super) engine: Engine,
    pub(super) entries: Vec<Entry>,
    aliases: Vec<Arc<str>>,
    pub(super) picker: Picker,
    shared: Rc<State>,
    globals: Rc<GlobalState>,
    /// The entry whose locals conditions see.
    pub(super) current: usize,
    base: PathBuf,
    pub(super) zone: Tz,
    pub(super) limits: RenderLimits,
    pub(super) streams: Streams,
    /// True when a run must be repeatable: then "now" is the event's own time.
    pinned: bool,
    /// Index of the next event.
    pub(super) index: u64,
    /// Tags of the last event and their value, as most events have the same.
    pub(super) tags: (Vec<Arc<str>>, Value),
    draws: u64,
    /// `timestamp` and `tags`.
    symbols: (Symbol, Symbol),
    usages: OnceCell<Vec<Usage>>,
    /// Which templates are switched off, by number, and how often they were picked; empty when all are
    /// on.
    off: Vec<(bool, u64)>,
    /// Notes what makes events, when it was asked for.
    pub(super) tracer: Option<Rc<Tracer>>,
    /// Which lines wrote the events of the last timestamp, when renders are profiled.
    written: Vec<Vec<WrittenBy>>,
    /// Its templates in halves, for renders shared with other sources.
    pub(super) division: OnceCell<Option<Division>>,
}

impl std::fmt::Debug for TemplateSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplateSource")
            .field("aliases", &self.aliases)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

/// How a rendering ended, when not with an error.
enum Ended {
    Rendered(usize),
    /// Everything that was picked is switched off.
    Off,
    Signal(Signal),
}

impl TemplateSource {
    pub(super) fn new(
        engine: Engine,
        entries: Vec<Entry>,
        picker: Picker,
        shared: Rc<State>,
        globals: Rc<GlobalState>,
        env: &EventEnv<'_>,
        streams: Streams,
    ) -> Self {
        Self {
            symbols: (engine.symbol("timestamp"), engine.symbol("tags")),
            engine,
            aliases: entries
                .iter()
                .map(|entry| Arc::clone(&entry.alias))
                .collect(),
            entries,
            picker,
            shared,
            globals,
            current: 0,
            base: env.base.to_owned(),
            zone: Tz::from_zone(env.zone),
            limits: RenderLimits {
                steps: env.limits.steps,
                output_bytes: env.limits.output_bytes,
                ..RenderLimits::default()
            },
            streams,
            pinned: env.seed.is_some() || streams == Streams::Recorded,
            index: 0,
            tags: (Vec::new(), Value::tuple(Vec::new())),
            draws: 0,
            usages: OnceCell::new(),
            off: Vec::new(),
            tracer: None,
            written: Vec::new(),
            division: OnceCell::new(),
        }
    }

    /// Takes what notes down how events are made.
    pub(super) fn traced(mut self, tracer: Option<Rc<Tracer>>) -> Self {
        self.tracer = tracer;
        self
    }

    /// The local state of each alias, for views on the state.
    pub fn locals(&self) -> impl Iterator<Item = (&Arc<str>, Dict)> {
        self.entries
            .iter()
            .map(|entry| (&entry.alias, entry.locals.entries()))
    }

    /// The state the templates of this source share.
    pub fn shared(&self) -> Dict {
        self.shared.entries()
    }

    /// The state all generators of the process share.
    pub fn globals(&self) -> Value {
        self.globals.entries()
    }

    /// What the template of each alias touches, with the files it names.
    pub fn usages(&self) -> &[Usage] {
        self.usages
            .get_or_init(|| analysis::usages(&self.engine, &self.entries))
    }

    /// Draws made by the last event, counted with [`Streams::Recorded`] only.
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// Picks templates for a timestamp.
    pub(super) fn pick(
        &mut self,
        at: Moment,
        tags: &[Arc<str>],
        random: &mut dyn Random,
    ) -> Result<Picked, Box<EventError>> {
        let facts = Known {
            entry: self.entries.get(self.current),
            shared: &self.shared,
            globals: &self.globals,
            at,
            tags,
        };
        let picked = self.picker.pick(self.entries.len(), random, &facts);
        picked.map_err(|message| {
            Box::new(EventError {
                message: format!("a transition cannot be decided: {message}"),
                alias: self.aliases.get(self.current).cloned(),
                places: Vec::new(),
                help: None,
            })
        })
    }

    /// What "now" is in an event of that time.
    pub(super) fn now_us(&self, at: Moment) -> i64 {
        if self.pinned {
            at.instant_us()
        } else {
            WallClock.now_us()
        }
    }

    /// True for a template that is switched off, which is counted.
    pub(super) fn leaves_out(&mut self, index: usize) -> bool {
        match self.off.get_mut(index) {
            Some((true, picks)) => {
                *picks += 1;
                true
            }
            _ => false,
        }
    }

    fn attempt(
        &mut self,
        at: Moment,
        tags: &[Arc<str>],
        random: &mut dyn Random,
        out: &mut EventBatch,
    ) -> Result<Ended, Box<EventError>> {
        let picked = self.pick(at, tags, random)?;
        let now_us = self.now_us(at);
        let all = match picked {
            Picked::All => 0..self.entries.len(),
            Picked::One(index) => index..index + 1,
        };
        let count = all.len();
        let mut left_out = 0;
        for index in all {
            if self.leaves_out(index) {
                left_out += 1;
                self.current = index;
                continue;
            }
            if count > 1 {
                random.next_render();
            }
            let Some(entry) = self.entries.get_mut(index) else {
                continue;
            };
            if let Some(tracer) = &self.tracer {
                tracer.template(&entry.alias);
            }
            let vars = &mut entry.vars;
            vars.set_time(self.symbols.0, at.wall_us, &self.zone);
            vars.keep_symbol(self.symbols.1, &self.tags.1);
            let run = Run {
                random,
                vars: &entry.vars,
                limits: self.limits,
                now_us,
            };
            match entry.template.render(run, out.buffer()) {
                Ok(()) => {
                    out.commit(u16::try_from(index).unwrap_or(u16::MAX));
                    self.current = index;
                    if self.engine.is_profiling() {
                        self.written.push(view::written(&self.engine));
                    }
                }
                Err(error) => match error.signal() {
                    Some(signal) => {
                        self.current = index;
                        return Ok(Ended::Signal(signal.clone()));
                    }
                    None => return Err(self.failed(index, &error)),
                },
            }
        }
        if left_out > 0 && left_out == count {
            return Ok(Ended::Off);
        }
        Ok(Ended::Rendered(count - left_out))
    }

    fn failed(&self, index: usize, error: &Error) -> Box<EventError> {
        Box::new(EventError {
            message: error.message().to_owned(),
            alias: self.aliases.get(index).cloned(),
            places: error
                .places()
                .iter()
                .map(|place| place_of(place, &self.base))
                .collect(),
            help: error.help_text().map(str::to_owned),
        })
    }

    fn run(
        &mut self,
        at: Moment,
        tags: &[Arc<str>],
        random: &mut dyn Random,
        out: &mut EventBatch,
    ) -> Outcome {
        let before = out.len();
        self.written.clear();
        let mut repicks = 0_u64;
        loop {
            let ended = self.attempt(at, tags, random, out);
            let signal = match ended {
                Ok(Ended::Rendered(count)) => return Outcome::Produced(count),
                Ok(Ended::Off) => return Outcome::Dropped,
                Ok(Ended::Signal(signal)) => signal,
                Err(error) => {
                    out.truncate(before);
                    return Outcome::Failed(error);
                }
            };
            out.truncate(before);
            match signal.name {
                dispatch::DROP => return Outcome::Dropped,
                dispatch::EXHAUST => return Outcome::Exhausted,
                _ => {}
            }
            repicks += 1;
            let limit = signal.argument.as_float().unwrap_or(64.0);
            if repicks as f64 > limit.min(MOST_REPICKS) {
                return Outcome::Failed(Box::new(EventError {
                    message: format!(
                        "dispatch.next() was called more than {} times for one timestamp",
                        limit.min(MOST_REPICKS)
                    ),
                    alias: self.aliases.get(self.current).cloned(),
                    places: Vec::new(),
                    help: Some("let some template render, or drop the timestamp".to_owned()),
                }));
            }
        }
    }

    fn leave(&self) -> Left<Dict> {
        let locals = self.entries.iter();
        Left {
            locals: locals
                .map(|entry| (Arc::clone(&entry.alias), entry.locals.entries()))
                .collect(),
            shared: self.shared.entries(),
            aliases: self.aliases.clone(),
            current: self.current,
            stand: self.picker.stand(),
            index: self.index,
        }
    }

    fn enter(&mut self, left: &Left<Dict>) -> Vec<String> {
        self.shared.take_over(&left.shared);
        let mut gone = Vec::new();
        for (alias, entries) in &left.locals {
            match self.entries.iter().find(|entry| entry.alias == *alias) {
                Some(entry) => entry.locals.take_over(entries),
                None if entries.borrow().iter().next().is_some() => {
                    gone.push(format!("the locals of `{alias}` are dropped with it"));
                }
                None => {}
            }
        }
        let aliases = &self.aliases;
        let rename = |index: usize| {
            let alias = left.aliases.get(index)?;
            aliases.iter().position(|known| known == alias)
        };
        self.current = rename(left.current).unwrap_or(0);
        let lost = self.picker.resume(left.stand, aliases.len(), rename);
        gone.extend(lost.map(str::to_owned));
        self.index = left.index;
        gone
    }

    /// `timestamp` of an event.
    fn timestamp(&self, at: Moment) -> Value {
        let timestamp = DateTime {
            wall_us: at.wall_us,
            tz: Some(self.zone.clone()),
            fold: false,
        };
        Value::DateTime(timestamp.into())
    }

    #[inline]
    pub(super) fn set_tags(&mut self, tags: &[Arc<str>]) {
        if self.tags.0 != tags {
            self.change_tags(tags);
        }
    }

    #[inline(never)]
    fn change_tags(&mut self, tags: &[Arc<str>]) {
        let texts = tags.iter().map(|tag| Value::from(&**tag));
        self.tags = (tags.to_vec(), Value::tuple(texts.collect()));
    }
}

/// However large `max_repicks` is, one timestamp may not hold up a run for ever.
const MOST_REPICKS: f64 = 1_000_000.0;

impl EventSource for TemplateSource {
    fn produce(&mut self, at: Moment, tags: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        if let Some(tracer) = &self.tracer {
            tracer.clear();
        }
        self.set_tags(tags);
        let index = self.index;
        self.index += 1;
        let outcome = match self.streams {
            Streams::Seeded(seed) => self.run(at, tags, &mut Parted::for_event(seed, index), out),
            Streams::Recorded => {
                let mut random = Recorded::seeded(index);
                let outcome = self.run(at, tags, &mut random, out);
                self.draws = random.draws();
                outcome
            }
        };
        self.globals.settle();
        outcome
    }

    fn aliases(&self) -> &[Arc<str>] {
        &self.aliases
    }

    fn switches(&self) -> bool {
        true
    }

    fn switch(&mut self, off: &[bool]) {
        let picks = |number: usize| self.off.get(number).map_or(0, |(_, picks)| *picks);
        let all = off.iter().enumerate();
        self.off = all.map(|(number, off)| (*off, picks(number))).collect();
    }

    fn left_out(&mut self) -> Vec<(u16, u64)> {
        let picked = (0..)
            .zip(&mut self.off)
            .filter(|(_, (_, picks))| *picks > 0);
        picked
            .map(|(number, (_, picks))| (number, std::mem::take(picks)))
            .collect()
    }

    fn explanation(&self) -> Option<Explanation> {
        self.tracer.as_ref().map(|tracer| tracer.explanation())
    }

    fn profile(&self) -> Option<Profile> {
        let files = self.engine.profile();
        (!files.is_empty()).then(|| analysis::profile(files))
    }

    fn parallel(&self) -> Result<(), Impurity> {
        analysis::verdict(&self.picker, self.usages(), &self.base)
    }

    fn streams(&self) -> u64 {
        match self.streams {
            Streams::Seeded(seed) => seed,
            Streams::Recorded => 0,
        }
    }

    fn divided(&self) -> Result<(), Impurity> {
        match self.division() {
            Some(_) => Ok(()),
            None => Err(self.parallel().err().unwrap_or_else(|| Impurity {
                place: None,
                reason: "its templates cannot be divided".to_owned(),
            })),
        }
    }

    fn begin(
        &mut self,
        moments: &[Moment],
        inputs: &[u16],
        tags: &[Vec<Arc<str>>],
    ) -> Option<Begun> {
        self.begin_all(moments, inputs, tags)
    }

    fn finish(
        &mut self,
        begun: &Begun,
        which: usize,
        at: Moment,
        tags: &[Arc<str>],
        out: &mut EventBatch,
    ) -> Option<Outcome> {
        self.finish_one(begun, which, at, tags, out)
    }

    fn legacy(&self) -> Option<Legacy> {
        Some(Legacy::of(self.leave()))
    }

    fn legacy_copy(&self) -> Option<LegacyCopy> {
        let copy = self.leave().copy()?;
        // A source that begins events has to come back to exactly where it was.
        let begins = matches!(self.division.get(), Some(Some(_)));
        (copy.whole || !begins).then(|| LegacyCopy::of(copy))
    }

    fn adopt(&mut self, legacy: &Legacy) -> Vec<String> {
        match legacy.get::<Left<Dict>>() {
            Some(left) => self.enter(left),
            None => vec!["the state of the former event source does not fit".to_owned()],
        }
    }

    fn adopt_copy(&mut self, copy: &LegacyCopy) {
        if let Some(copied) = copy.get::<Copied>() {
            self.enter(&copied.thaw());
        }
    }

    fn seek(&mut self, index: u64) {
        self.index = index;
        self.picker.seek(index, self.entries.len());
    }

    fn state(&self) -> Vec<StateScope> {
        view::state(&self.entries, &self.shared, &self.globals)
    }

    fn set_state(
        &mut self,
        scope: &str,
        path: &[PathStep],
        value: Option<&serde_json::Value>,
    ) -> Result<(), String> {
        let locals = scope.strip_prefix("locals.").and_then(|alias| {
            let mut entries = self.entries.iter();
            entries.find(|entry| *entry.alias == *alias)
        });
        match (scope, locals) {
            (_, Some(entry)) => view::set(&entry.locals.entries(), path, value),
            ("shared", _) => view::set(&self.shared.entries(), path, value),
            ("globals", _) => view::set_global(&self.globals, path, value),
            _ => Err(format!("there is no state called `{scope}`")),
        }
    }

    fn attempt(&mut self, trial: &Trial<'_>) -> Result<String, Box<EventError>> {
        self.set_tags(trial.tags);
        let found = trial.alias.and_then(|alias| {
            let mut aliases = self.aliases.iter();
            aliases.position(|known| **known == *alias)
        });
        let index = found.unwrap_or(0);
        let timestamp = self.timestamp(trial.at);
        let Some(entry) = self.entries.get(index) else {
            return Ok(String::new());
        };
        let mut vars = entry.vars.clone();
        vars.set_symbol(self.symbols.0, timestamp);
        vars.set_symbol(self.symbols.1, self.tags.1.clone());
        let seed = self.streams();
        let run = Run {
            random: &mut Parted::for_event(seed, self.index),
            vars: &vars,
            limits: self.limits,
            now_us: trial.at.instant_us(),
        };
        let mut out = Vec::new();
        let template = self.engine.compile(Trial::FILE, trial.text);
        let done = template.and_then(|template| template.render(run, &mut out));
        match done {
            Ok(()) => Ok(String::from_utf8_lossy(&out).into_owned()),
            Err(error) => match error.signal() {
                Some(signal) => Ok(format!("dispatch.{}()", signal.name)),
                None => Err(self.failed(index, &error)),
            },
        }
    }

    fn written_by(&self) -> Vec<Vec<WrittenBy>> {
        self.written.clone()
    }
}

/// What transitions see.
struct Known<'k> {
    entry: Option<&'k Entry>,
    shared: &'k State,
    globals: &'k GlobalState,
    at: Moment,
    tags: &'k [Arc<str>],
}

impl Facts for Known<'_> {
    fn state(&self, field: &StateField) -> Option<Value> {
        match field.scope {
            Scope::Locals => self.entry?.locals.get(&field.key),
            Scope::Shared => self.shared.get(&field.key),
            Scope::Globals => self.globals.get(&field.key),
        }
    }

    fn at(&self) -> Moment {
        self.at
    }

    fn tags(&self) -> &[Arc<str>] {
        self.tags
    }
}
