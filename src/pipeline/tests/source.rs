//! An event source whose events are those of a function, with templates `a` and `b`.

use std::sync::Arc;

use super::Seen;
use crate::batch::EventBatch;
use crate::config::{Diagnostic, Diagnostics};
use crate::event::{EventConfig, EventEnv, EventSource, Impurity, Outcome};
use crate::time::Moment;

pub(super) type Produce = fn(u64, &mut EventBatch) -> Outcome;

#[derive(Debug)]
pub(super) struct Source {
    pub(super) produce: Produce,
    pub(super) build: Result<(), String>,
    /// Building waits until this opens.
    pub(super) gate: Option<Arc<Seen>>,
    pub(super) parallel: bool,
}

#[derive(Debug)]
struct Producing {
    produce: Produce,
    index: u64,
    parallel: bool,
    aliases: [Arc<str>; 2],
    /// Which are off, and how often they were picked then.
    off: Vec<bool>,
    left_out: Vec<(u16, u64)>,
}

impl EventConfig for Source {
    fn build(
        &self,
        env: &EventEnv<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        if let Some(gate) = &self.gate {
            gate.wait();
        }
        if let Err(message) = &self.build {
            problems.push(Diagnostic::error(message.clone(), None));
            return None;
        }
        self.build_another(env, 0, problems)
    }

    fn build_another(
        &self,
        _env: &EventEnv<'_>,
        _streams: u64,
        _problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        Some(Box::new(Producing {
            produce: self.produce,
            index: 0,
            parallel: self.parallel,
            aliases: [Arc::from("a"), Arc::from("b")],
            off: Vec::new(),
            left_out: Vec::new(),
        }))
    }
}

impl Producing {
    /// Takes out the events of templates that are off; true when others are left.
    fn sift(&mut self, before: usize, out: &mut EventBatch) -> bool {
        let added = out.slice(before..out.len());
        out.truncate(before);
        for index in 0..added.len() {
            let alias = added.alias(index);
            if self.off[usize::from(alias)] {
                self.left_out.push((alias, 1));
            } else {
                out.push(added.get(index), alias);
            }
        }
        out.len() > before
    }
}

impl EventSource for Producing {
    fn produce(&mut self, _at: Moment, _tags: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        self.index += 1;
        let before = out.len();
        let outcome = (self.produce)(self.index - 1, out);
        if !self.off.contains(&true) || out.len() == before || self.sift(before, out) {
            return outcome;
        }
        Outcome::Dropped
    }

    fn aliases(&self) -> &[Arc<str>] {
        &self.aliases
    }

    fn switches(&self) -> bool {
        true
    }

    fn switch(&mut self, off: &[bool]) {
        self.off = off.to_vec();
    }

    fn left_out(&mut self) -> Vec<(u16, u64)> {
        std::mem::take(&mut self.left_out)
    }

    fn parallel(&self) -> Result<(), Impurity> {
        let impurity = || Impurity {
            place: None,
            reason: "the test says so".to_owned(),
        };
        self.parallel.then_some(()).ok_or_else(impurity)
    }

    fn seek(&mut self, index: u64) {
        self.index = index;
    }
}

pub(in crate::pipeline) fn one(index: u64, out: &mut EventBatch) -> Outcome {
    out.push(index.to_string().as_bytes(), 0);
    Outcome::Produced(1)
}

/// Even numbers are of `a`, odd ones of `b`.
pub(super) fn by_turns(index: u64, out: &mut EventBatch) -> Outcome {
    out.push(index.to_string().as_bytes(), u16::from(index % 2 == 1));
    Outcome::Produced(1)
}

/// Both for every timestamp.
pub(super) fn both(index: u64, out: &mut EventBatch) -> Outcome {
    out.push(format!("a{index}").as_bytes(), 0);
    out.push(format!("b{index}").as_bytes(), 1);
    Outcome::Produced(2)
}
