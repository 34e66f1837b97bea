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
    /// The same with other scopes; `None` when one of them gives none.
    fn map<E>(&self, mut change: impl FnMut(&D) -> Option<E>) -> Option<Left<E>> {
        let locals = self.locals.iter();
        let locals = locals.map(|(alias, scope)| Some((Arc::clone(alias), change(scope)?)));
        Some(Left {
            locals: locals.collect::<Option<_>>()?,
            shared: change(&self.shared)?,
            aliases: self.aliases.clone(),
            current: self.current,
            stand: self.stand,
            index: self.index,
        })
    }
}

impl Left<Dict> {
    /// A copy for another thread; `None` when there is too much.
    pub(super) fn copy(&self) -> Option<Left<Frozen>> {
        self.map(|scope| {
            let few = scope.borrow().iter().count() <= MOST_COPIED;
            few.then(|| Frozen::freeze(&Value::Dict(scope.clone())))
        })
    }
}

impl Left<Frozen> {
    /// Live scopes of this thread.
    pub(super) fn thaw(&self) -> Option<Left<Dict>> {
        self.map(|scope| match scope.thaw() {
            Value::Dict(entries) => Some(entries),
            _ => None,
        })
    }
}

impl State {
    /// Goes on with the entries of another scope.
    pub(super) fn take_over(&self, entries: &Dict) {
        *self.entries.borrow_mut() = entries.clone();
    }
}
