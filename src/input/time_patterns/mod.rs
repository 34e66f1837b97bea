//! `time_patterns`: timestamps by pattern files, each a number of timestamps per period and how they
//! spread over it.

mod factor;
mod file;
mod pattern;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::batch::TimestampBatch;
use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::fake::entropy;
use crate::time::Moment;

use self::pattern::{Pattern, Plan, Running};
use super::scatter::derive;
use super::{Counts, Input, InputConfig, InputEnv, InputError, Merge, TAGS, Window, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "time_patterns",
    doc: "Timestamps by pattern files, each a number of timestamps per period and how they spread over \
          it; the patterns add up.",
    fields: &[
        Field::required(
            "patterns",
            Kind::List(&Kind::Path, 1),
            "Paths of pattern files (YAML with `label`, `oscillator`, `multiplier`, `randomizer` and \
             `spreader`), at least one.",
        ),
        TAGS,
    ],
};

#[derive(Debug)]
struct Config {
    patterns: Vec<Arc<Pattern>>,
    tags: Vec<Arc<str>>,
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let items = section.node("patterns")?.as_seq().unwrap_or_default();
    let mut patterns = Vec::new();
    let mut sound = true;
    for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.unknown) {
        let pattern = cx.within(&format!(".patterns[{index}]"), |cx| file::read(item, cx));
        sound &= pattern.is_some();
        patterns.extend(pattern.map(Arc::new));
    }
    sound.then(|| {
        Box::new(Config {
            patterns,
            tags: tags(&section),
        }) as Box<dyn InputConfig>
    })
}

impl Config {
    fn plans(&self, env: &InputEnv<'_>) -> Result<Vec<Plan>, InputError> {
        let seed = env.seed.unwrap_or_else(entropy);
        let plans = self.patterns.iter().zip(0..);
        plans
            .map(|(pattern, index)| Plan::new(pattern, env, derive(seed, index)))
            .collect()
    }
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let plans = self.plans(env)?.into_iter();
        let mut running: Vec<Box<dyn Input>> = plans
            .map(|plan| Box::new(Running::new(plan)) as Box<dyn Input>)
            .collect();
        if running.len() == 1
            && let Some(one) = running.pop()
        {
            return Ok(one);
        }
        Ok(Box::new(Together {
            merge: Merge::new(running),
            batch: TimestampBatch::default(),
        }))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        let mut plans = self.plans(env).ok()?;
        plans.iter_mut().try_fold(0_u64, |sum, plan| {
            let known = env.seed.is_some() || plan.is_steady();
            let total = plan.total().filter(|_| known)?;
            sum.checked_add(total)
        })
    }

    fn silence(&self, env: &InputEnv<'_>) -> Option<String> {
        let plans = self.plans(env).ok()?;
        if plans.iter().all(Plan::has_no_periods) {
            return Some("the patterns end where they start".to_owned());
        }
        let none = |pattern: &Arc<Pattern>| pattern.factors.most(pattern.ratio) == 0;
        self.patterns.iter().all(none).then(|| {
            "no period has any timestamp: `ratio` times a factor below 1 is cut to 0".to_owned()
        })
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let mut plans = self.plans(env).ok()?;
        let mut exact = env.seed.is_some();
        let counts = Counts::from_totals(window, |instant_us| {
            plans.iter_mut().fold(0, |sum, plan| {
                let before = plan.before(instant_us).unwrap_or_else(|| {
                    exact = false;
                    rounded(plan.expected(i64::MIN, instant_us))
                });
                before.saturating_add(sum)
            })
        });
        Some(Counts { exact, ..counts })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and a float saturates"
)]
fn rounded(expected: f64) -> u64 {
    expected.round() as u64
}

/// Several patterns, merged.
#[derive(Debug)]
struct Together {
    merge: Merge,
    batch: TimestampBatch,
}

impl Input for Together {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        self.batch.clear();
        self.merge.fill(max, &mut self.batch);
        out.extend_from_slice(&self.batch.moments);
        match self.merge.failure() {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn seek(&mut self, instant_us: i64) {
        self.merge.seek(instant_us);
    }
}
