//! `static`: a number of timestamps at the start of the run.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::time::Moment;

use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "static",
    doc: "A number of timestamps, all at the moment the run starts.",
    fields: &[
        Field::required(
            "count",
            Kind::Int(1, i64::MAX),
            "Timestamps in all, at least 1.",
        ),
        TAGS,
    ],
};

#[derive(Debug)]
struct Config {
    count: u64,
    tags: Vec<Arc<str>>,
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    Some(Box::new(Config {
        count: positive(&section, "count")?,
        tags: tags(&section),
    }))
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        Ok(Box::new(Running {
            now: env.zone.at_instant(env.now.instant_us()),
            left: self.count,
        }))
    }

    fn count(&self, _env: &InputEnv<'_>) -> Option<u64> {
        Some(self.count)
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let now_us = env.now.instant_us();
        Some(Counts::from_totals(window, |us| {
            if us > now_us { self.count } else { 0 }
        }))
    }

    fn last(&self, env: &InputEnv<'_>) -> Option<Moment> {
        Some(env.zone.at_instant(env.now.instant_us()))
    }
}

#[derive(Debug)]
struct Running {
    now: Moment,
    left: u64,
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(max);
        out.extend(std::iter::repeat_n(self.now, count));
        self.left -= count as u64;
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        if instant_us > self.now.instant_us() {
            self.left = 0;
        }
    }
}
