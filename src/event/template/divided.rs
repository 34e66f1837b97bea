//! Events in two parts: what touches the state is begun in order by one source, the rest is finished by
//! any, see [`Halves`].

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::analysis;
use super::build::Streams;
use super::cargo::{Cargo, Rows};
use super::condition::Scope;
use super::pick::{Picked, Picker};
use super::source::{Entry, TemplateSource};
use crate::batch::EventBatch;
use crate::event::{Begun, EventSource as _, Outcome};
use crate::fake::{Parted, Random as _};
use crate::template::usage::{Hosts, Undivided, Usage};
use crate::template::{Engine, Function, Halves, Handed, Limits, Run, Symbol, Tz, Value, Vars};
use crate::time::Moment;

/// The templates of a source, divided.
pub(super) struct Division {
    /// Of each entry; absent where all of it has to be rendered in order.
    halves: Vec<Option<Halves>>,
    /// What the second halves see, by entry.
    vars: Vec<Vars>,
    loading: Rc<Loading>,
    symbols: (Symbol, Symbol),
    /// Of each half: so that an event that comes near to a limit is rendered as a whole, where the limit
    /// is counted for both together.
    limits: Limits,
}

/// Where the first halves put what they hand over.
struct Loading {
    cargo: RefCell<Cargo>,
    rows: Rows,
    /// What it is that the template hands over.
    handed: RefCell<Rc<[Handed]>>,
    /// What could not travel.
    kept: RefCell<Vec<Value>>,
    travels: Cell<bool>,
}

impl Loading {
    fn load(&self, values: &[Value]) {
        let mut cargo = self.cargo.borrow_mut();
        let start = cargo.end();
        let handed = self.handed.borrow();
        let mut each = values.iter().zip(handed.iter());
        let travels = each.all(|(value, handed)| match &handed.fields {
            Some(fields) => cargo.add_fields(value, fields, &self.rows),
            None => cargo.add(value, &self.rows),
        });
        self.travels.set(travels);
        if !travels {
            cargo.truncate(start);
            *self.kept.borrow_mut() = values.to_vec();
        }
    }
}

/// Some timestamps that were begun.
struct Started {
    timestamps: Vec<Timestamp>,
    pieces: Vec<Piece>,
    cargo: Cargo,
    /// Events that are done.
    batch: EventBatch,
}

struct Timestamp {
    /// Where its pieces end.
    pieces: usize,
    /// How many templates were picked that are switched off.
    left_out: usize,
    now_us: i64,
    /// What is drawn after picking.
    random: Parted,
}

/// A template that was picked.
#[derive(Clone, Copy)]
enum Piece {
    /// Its second half is to be rendered with the cargo from there on.
    Begun { template: u16, cargo: usize },
    /// Its event is done.
    Done(usize),
}

impl Division {
    /// `None` when nothing is gained, or not allowed: something that templates use cannot be taken back
    /// after an event failed.
    pub(super) fn of(
        engine: &Engine,
        entries: &[Entry],
        picker: &Picker,
        usages: &[Usage],
        limits: Limits,
    ) -> Option<Self> {
        let uses = |name: &str| {
            let mut names = usages.iter().flat_map(|usage| &usage.names);
            names.any(|one| one.name == name)
        };
        if ["globals", "subprocess", "dispatch"].into_iter().any(uses)
            || picker.reads(Scope::Globals)
        {
            return None;
        }
        let loading = Rc::new(Loading {
            cargo: RefCell::default(),
            rows: Rows::of(engine.global_named("samples")?)?,
            handed: RefCell::default(),
            kept: RefCell::default(),
            travels: Cell::new(true),
        });
        let to = Rc::clone(&loading);
        let hand = Function::borrowing("hand over", move |_, args| {
            to.load(args.positional);
            Ok(Value::None)
        });
        let divide = |entry: &Entry, hosts: &Hosts| divide(entry, hosts, &hand);
        let halves = analysis::with_hosts(engine, entries, divide);
        let halves: Vec<Option<Halves>> = halves.into_iter().collect::<Option<_>>()?;
        if engine.was_misled() || halves.iter().all(Option::is_none) {
            return None;
        }
        Some(Self {
            halves,
            vars: entries.iter().map(|entry| entry.vars.clone()).collect(),
            loading,
            symbols: (engine.symbol("timestamp"), engine.symbol("tags")),
            limits: Limits {
                steps: limits.steps / 2,
                ..limits
            },
        })
    }
}

/// The halves of a template, if it can be divided; `None` when no template of its set can.
fn divide(entry: &Entry, hosts: &Hosts, hand: &Value) -> Option<Option<Halves>> {
    match entry.template.divide(hosts, hand) {
        Ok(halves) => Some(Some(halves)),
        Err(Undivided::Whole) => Some(None),
        Err(Undivided::Outside) => None,
    }
}

impl TemplateSource {
    /// The division of its templates, made when it is first asked for.
    pub(super) fn division(&self) -> Option<&Division> {
        let division = self.division.get_or_init(|| {
            let Streams::Seeded(_) = self.streams else {
                return None;
            };
            let usages = self.usages();
            Division::of(
                &self.engine,
                &self.entries,
                &self.picker,
                usages,
                self.limits,
            )
        });
        division.as_ref()
    }

    pub(super) fn begin_all(
        &mut self,
        moments: &[Moment],
        inputs: &[u16],
        tags: &[Vec<Arc<str>>],
    ) -> Option<Begun> {
        // What is looked into is rendered where it is looked into.
        if self.tracer.is_some() || self.engine.is_profiling() {
            return None;
        }
        let loading = Rc::clone(&self.division()?.loading);
        let mut started = Started {
            timestamps: Vec::with_capacity(moments.len()),
            pieces: Vec::with_capacity(moments.len()),
            cargo: Cargo::default(),
            batch: EventBatch::default(),
        };
        // Left over when the last ones could not be begun.
        if loading.cargo.borrow().end() > 0 {
            loading.cargo.take();
        }
        for (&at, &input) in moments.iter().zip(inputs) {
            let tags = tags.get(usize::from(input));
            self.begin_one(
                at,
                tags.map(Vec::as_slice).unwrap_or_default(),
                &mut started,
            )?;
        }
        let mut cargo = loading.cargo.borrow_mut();
        let next = Cargo::like(&cargo);
        started.cargo = std::mem::replace(&mut cargo, next);
        Some(Begun::of(started))
    }

    fn begin_one(&mut self, at: Moment, tags: &[Arc<str>], started: &mut Started) -> Option<()> {
        self.set_tags(tags);
        let mut random = Parted::for_event(self.streams(), self.index);
        self.index += 1;
        let all = match self.pick(at, tags, &mut random).ok()? {
            Picked::All => 0..self.entries.len(),
            Picked::One(index) => index..index + 1,
        };
        let now_us = self.now_us(at);
        let (mut left_out, count) = (0, all.len());
        let picked = random.clone();
        for index in all {
            if self.leaves_out(index) {
                left_out += 1;
            } else {
                if count > 1 {
                    random.next_render();
                }
                let piece = self.begin_template(index, at, now_us, &mut random, started)?;
                started.pieces.push(piece);
            }
            self.current = index;
        }
        started.timestamps.push(Timestamp {
            pieces: started.pieces.len(),
            left_out,
            now_us,
            random: picked,
        });
        Some(())
    }

    /// `None` when it fails, or ends in another way than with an event.
    fn begin_template(
        &mut self,
        index: usize,
        at: Moment,
        now_us: i64,
        random: &mut Parted,
        started: &mut Started,
    ) -> Option<Piece> {
        let facts = Facts {
            at,
            zone: &self.zone,
            tags: &self.tags.1,
        };
        let template = u16::try_from(index).ok()?;
        let limits = self.limits;
        let entry = self.entries.get_mut(index)?;
        let division = self.division.get_mut()?.as_mut()?;
        facts.put(&mut entry.vars, division.symbols);
        let out = started.batch.buffer();
        let Some(halves) = division.halves.get(index)? else {
            let run = run(random, &entry.vars, limits, now_us);
            entry.template.render(run, out).ok()?;
            return Some(started.done(template));
        };
        let cargo = division.loading.cargo.borrow().end();
        let Some(first) = &halves.first else {
            return Some(Piece::Begun { template, cargo });
        };
        division.loading.travels.set(true);
        *division.loading.handed.borrow_mut() = Rc::clone(&halves.handed);
        let limits = division.limits;
        first
            .render(run(random, &entry.vars, limits, now_us), out)
            .ok()?;
        if division.loading.travels.get() {
            return Some(Piece::Begun { template, cargo });
        }
        // What cannot travel is used here.
        let vars = division.vars.get_mut(index)?;
        facts.put(vars, division.symbols);
        let kept = division.loading.kept.take();
        for (handed, value) in halves.handed.iter().zip(kept) {
            vars.set_symbol(handed.name, value);
        }
        let run = run(random, vars, limits, now_us);
        halves.second.render(run, out).ok()?;
        Some(started.done(template))
    }

    pub(super) fn finish_one(
        &mut self,
        begun: &Begun,
        which: usize,
        at: Moment,
        tags: &[Arc<str>],
        out: &mut EventBatch,
    ) -> Option<Outcome> {
        self.division()?;
        let started = begun.get::<Started>()?;
        let (timestamp, pieces) = started.timestamp(which)?;
        self.set_tags(tags);
        let before = out.len();
        let mut random = timestamp.random.clone();
        let several = pieces.len() + timestamp.left_out > 1;
        for piece in pieces {
            if several {
                random.next_render();
            }
            let done = match *piece {
                Piece::Done(event) => {
                    out.push(started.batch.get(event), started.batch.alias(event));
                    Some(())
                }
                Piece::Begun { template, cargo } => {
                    let run = (at, timestamp.now_us, &mut random);
                    self.finish_template(template, run, (&started.cargo, cargo), out)
                }
            };
            if done.is_none() {
                out.truncate(before);
                return None;
            }
        }
        Some(if pieces.is_empty() && timestamp.left_out > 0 {
            Outcome::Dropped
        } else {
            Outcome::Produced(pieces.len())
        })
    }

    fn finish_template(
        &mut self,
        template: u16,
        (at, now_us, random): (Moment, i64, &mut Parted),
        (cargo, from): (&Cargo, usize),
        out: &mut EventBatch,
    ) -> Option<()> {
        let facts = Facts {
            at,
            zone: &self.zone,
            tags: &self.tags.1,
        };
        let division = self.division.get_mut()?.as_mut()?;
        let index = usize::from(template);
        let halves = division.halves.get(index)?.as_ref()?;
        let vars = division.vars.get_mut(index)?;
        let mut values = cargo.unpack(from, division.loading.rows.samples()?);
        for handed in halves.handed.iter() {
            let value = match &handed.fields {
                Some(fields) => values.take_fields(fields)?,
                None => values.take()?,
            };
            vars.set_symbol(handed.name, value);
        }
        facts.put(vars, division.symbols);
        let run = run(random, vars, division.limits, now_us);
        halves.second.render(run, out.buffer()).ok()?;
        out.commit(template);
        Some(())
    }
}

/// What every template sees of its event.
struct Facts<'f> {
    at: Moment,
    zone: &'f Tz,
    tags: &'f Value,
}

impl Facts<'_> {
    fn put(&self, vars: &mut Vars, (timestamp, tags): (Symbol, Symbol)) {
        vars.set_time(timestamp, self.at.wall_us, self.zone);
        vars.keep_symbol(tags, self.tags);
    }
}

fn run<'r>(random: &'r mut Parted, vars: &'r Vars, limits: Limits, now_us: i64) -> Run<'r> {
    Run {
        random,
        vars,
        limits,
        now_us,
    }
}

impl Started {
    fn done(&mut self, template: u16) -> Piece {
        self.batch.commit(template);
        Piece::Done(self.batch.len() - 1)
    }

    fn timestamp(&self, which: usize) -> Option<(&Timestamp, &[Piece])> {
        let timestamp = self.timestamps.get(which)?;
        let before = which.checked_sub(1);
        let start = before.and_then(|before| self.timestamps.get(before));
        let range: Range<usize> = start.map_or(0, |start| start.pieces)..timestamp.pieces;
        Some((timestamp, self.pieces.get(range)?))
    }
}
