//! Which templates a timestamp renders. Positions advance and never go back.

use super::condition::{Condition, Facts, Scope};
use super::config::Mode;
use super::values;
use crate::fake::rand::weights::Table;
use crate::fake::{FakeError, Random, rand};
use crate::template::Value;

/// The mode and where it stands.
pub(super) enum Picker {
    All,
    Any,
    Chance(Table),
    Spin(usize),
    Chain { order: Vec<usize>, next: usize },
    Fsm(Machine),
}

pub(super) struct Machine {
    initial: usize,
    state: usize,
    started: bool,
    transitions: Vec<Vec<(usize, Condition<Value>)>>,
}

/// Where a mode stands, in numbers of templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// It goes on from nothing.
    Nowhere,
    /// The next template of `spin`, or the next place of `chain`.
    Next(usize),
    /// The state of `fsm`, once it started.
    State(usize),
}

/// What was picked.
pub(super) enum Picked {
    All,
    One(usize),
}

impl Picker {
    /// Prepares a mode.
    pub(super) fn new(mode: &Mode) -> Result<Self, FakeError> {
        Ok(match mode {
            Mode::All => Self::All,
            Mode::Any => Self::Any,
            Mode::Chance(weights) => Self::Chance(Table::new(weights.iter().copied())?),
            Mode::Spin => Self::Spin(0),
            Mode::Chain(order) => Self::Chain {
                order: order.clone(),
                next: 0,
            },
            Mode::Fsm {
                initial,
                transitions,
            } => {
                let bound = transitions.iter().map(|all| {
                    let each = all
                        .iter()
                        .map(|one| (one.to, one.when.bind(&values::value)));
                    each.collect()
                });
                Self::Fsm(Machine {
                    initial: *initial,
                    state: *initial,
                    started: false,
                    transitions: bound.collect(),
                })
            }
        })
    }

    /// Where it stands.
    pub(super) fn stand(&self) -> Stand {
        match self {
            Self::Spin(next) | Self::Chain { next, .. } => Stand::Next(*next),
            Self::Fsm(machine) if machine.started => Stand::State(machine.state),
            _ => Stand::Nowhere,
        }
    }

    /// Goes on from where another picker stood; `rename` gives the number here of a template there. Says
    /// in words what could not be kept.
    pub(super) fn resume(
        &mut self,
        stand: Stand,
        count: usize,
        rename: impl Fn(usize) -> Option<usize>,
    ) -> Option<&'static str> {
        match (self, stand) {
            (Self::Spin(at), Stand::Next(next)) => {
                *at = rename(next).unwrap_or(next % count.max(1))
            }
            (Self::Chain { order, next: at }, Stand::Next(next)) => *at = next % order.len().max(1),
            (Self::Fsm(machine), Stand::State(state)) => match rename(state) {
                Some(state) => {
                    machine.state = state;
                    machine.started = true;
                }
                None => return Some("the state the `fsm` was in is gone, so it starts anew"),
            },
            (Self::Fsm(machine), Stand::Nowhere) => {
                machine.state = machine.initial;
                machine.started = false;
            }
            (Self::Fsm(_), Stand::Next(_)) => return Some("the `fsm` starts at its initial state"),
            _ => {}
        }
        None
    }

    /// Why events must be picked in order, if they must.
    pub(super) fn order(&self) -> Option<&'static str> {
        match self {
            Self::Fsm(_) => Some("the mode `fsm` goes on from the template before"),
            _ => None,
        }
    }

    /// True when it looks at a scope of the state.
    pub(super) fn reads(&self, scope: Scope) -> bool {
        match self {
            Self::Fsm(machine) => {
                let mut ways = machine.transitions.iter().flatten();
                ways.any(|(_, when)| when.reads(scope))
            }
            _ => false,
        }
    }

    /// Goes on as if `index` timestamps had been picked for. Only for modes without [`Picker::order`].
    pub(super) fn seek(&mut self, index: u64, count: usize) {
        let within = |len: usize| {
            let len = u64::try_from(len.max(1)).unwrap_or(1);
            usize::try_from(index % len).unwrap_or(0)
        };
        match self {
            Self::Spin(next) => *next = within(count),
            Self::Chain { order, next } => *next = within(order.len()),
            _ => {}
        }
    }

    /// Picks among `count` templates.
    ///
    /// # Errors
    /// When a condition cannot be evaluated.
    pub(super) fn pick(
        &mut self,
        count: usize,
        random: &mut dyn Random,
        facts: &impl Facts,
    ) -> Result<Picked, String> {
        Ok(match self {
            Self::All => Picked::All,
            Self::Any => Picked::One(rand::index(random, count).unwrap_or(0)),
            Self::Chance(table) => Picked::One(table.pick(random)),
            Self::Spin(next) => {
                let at = *next;
                *next = (at + 1) % count.max(1);
                Picked::One(at)
            }
            Self::Chain { order, next } => {
                let at = order.get(*next).copied().unwrap_or(0);
                *next = (*next + 1) % order.len().max(1);
                Picked::One(at)
            }
            Self::Fsm(machine) => Picked::One(machine.step(facts)?),
        })
    }
}

impl Machine {
    fn step(&mut self, facts: &impl Facts) -> Result<usize, String> {
        if !std::mem::replace(&mut self.started, true) {
            return Ok(self.state);
        }
        let ways = self
            .transitions
            .get(self.state)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for (to, when) in ways {
            if when.holds(facts)? {
                self.state = *to;
                break;
            }
        }
        Ok(self.state)
    }
}
