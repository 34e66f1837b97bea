//! What the templates of a source leave to those that take their place: state by alias, and where the
//! mode stands.

use std::sync::Arc;

use super::pick::Stand;
use super::state::State;
use crate::event::globals::Frozen;
use crate::template::{Dict, Value};

/// Entries of a scope beyond which no copy is made: it would hold up the run.
const MOST_COPIED: usize = 20_000;

/// State and position; `D` is a scope, live or as a copy.
pub(super) struct Left<D> {
    /// Of each alias.
    pub(super) locals: Vec<(Arc<str>, D)>,
    pub(super) shared: D,
    /// Aliases, to tell what positions mean.
    pub(super) aliases: Vec<Arc<str>>,
    /// The template whose locals conditions see.
    pub(super) current: usize,
    pub(super) stand: Stand,
    /// Timestamps so far.
    pub(super) index: u64,
}

impl<D> Left<D> {
    /// The same with other scopes.
    fn map<E>(&self, mut change: impl FnMut(&D) -> E) -> Left<E> {
        let locals = self.locals.iter();
        Left {
            locals: locals
                .map(|(alias, scope)| (Arc::clone(alias), change(scope)))
                .collect(),
            shared: change(&self.shared),
            aliases: self.aliases.clone(),
            current: self.current,
            stand: self.stand,
            index: self.index,
        }
    }
}

/// A copy for another thread: scopes are numbers of dicts in one tuple, so that what two of them hold is
/// one thing in the copy too.
pub(super) struct Copied {
    left: Left<usize>,
    scopes: Frozen,
    /// Nothing is missing from it.
    pub(super) whole: bool,
}

impl Left<Dict> {
    /// A copy; `None` when there is too much.
    pub(super) fn copy(&self) -> Option<Copied> {
        let mut scopes = Vec::new();
        let mut few = true;
        let left = self.map(|scope| {
            few &= scope.borrow().iter().count() <= MOST_COPIED;
            scopes.push(Value::Dict(scope.clone()));
            scopes.len() - 1
        });
        let frozen = |scopes| Frozen::freeze(&Value::tuple(scopes));
        few.then(|| frozen(scopes)).map(|scopes| Copied {
            left,
            whole: scopes.is_whole(),
            scopes,
        })
    }
}

impl Copied {
    /// Live scopes of this thread.
    pub(super) fn thaw(&self) -> Left<Dict> {
        let scopes = self.scopes.thaw();
        self.left.map(|number| {
            let scope = scopes.as_tuple().and_then(|scopes| scopes.get(*number));
            match scope {
                Some(Value::Dict(entries)) => entries.clone(),
                _ => Dict::default(),
            }
        })
    }
}

impl State {
    /// Goes on with the entries of another scope.
    pub(super) fn take_over(&self, entries: &Dict) {
        *self.entries.borrow_mut() = entries.clone();
    }
}
