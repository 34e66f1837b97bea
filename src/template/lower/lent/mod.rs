//! Which variables never change after they are set, and which only read the list or dict they hold: a
//! constant one can then be made once and lent to every render, where a new one each time would not
//! be told from it.
//!
//! A container is lent only where every way it can go is known. A name leaks its container when that
//! may be changed or kept; it leaks the content when something inside may be. What is passed on to
//! another name leaks as that one does.

mod flow;
mod walk;

use std::collections::HashSet;

use super::{Lowerer, fold};
use crate::template::Value;
use crate::template::object::Function;
use crate::template::program;
use crate::template::syntax::ast::{Block, Expr, ExprKind, Name};

/// What the lowerer knows of names that no scope has.
pub(super) trait Known {
    /// True for a path to a function that neither keeps nor changes its arguments, but may give out
    /// their items.
    fn borrows(&self, callee: &Expr) -> bool;
    /// True for a filter of the host in place of the language's.
    fn is_host_filter(&self, name: &str) -> bool;
}

/// What a body does with its variables.
#[derive(Default)]
pub(super) struct Lent {
    /// Names set once, at the top of the body.
    once: HashSet<Name>,
    leaks: HashSet<Name>,
    leaks_content: HashSet<Name>,
}

impl Lent {
    /// Looks through the body of a function.
    pub fn of(body: &Block, known: &dyn Known) -> Self {
        walk::Walk::of(body, known)
    }

    /// True for a name that has one value from its only assignment on.
    pub fn is_set_once(&self, name: &Name) -> bool {
        self.once.contains(name)
    }

    /// True when a container may be lent to a name; `deep` when there are others in it.
    pub fn may_hold(&self, name: &Name, deep: bool) -> bool {
        let content = deep && self.leaks_content.contains(name);
        !content && !self.leaks.contains(name)
    }
}

impl Lowerer<'_> {
    /// Remembers an assignment of a constant that is the only one to its variable, which then needs no
    /// place; gives the value back where it has to be assigned.
    pub(super) fn settle(&mut self, target: &Expr, value: program::Expr) -> Option<program::Expr> {
        let ExprKind::Name(name) = &target.kind else {
            return Some(value);
        };
        let function = self.function();
        let top = function.scopes.len() == 1 && function.lent.is_set_once(name);
        if !top || self.exporting || self.find(name).is_none_or(|var| var.cell) {
            return Some(value);
        }
        let lent = &self.function().lent;
        let constant = match value {
            program::Expr::Const(constant) => constant,
            value => match fold::container(&value) {
                Some((constant, deep)) if lent.may_hold(name, deep) => constant,
                _ => return Some(value),
            },
        };
        self.function().settled.insert(name.clone(), constant);
        self.shortened |= self.functions.len() == 1;
        None
    }

    /// The constant that a path of attributes stands for.
    fn constant_path(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(name) => {
                let scopes = self.functions.iter().flat_map(|function| &function.scopes);
                if scopes
                    .into_iter()
                    .any(|scope| scope.names.contains_key(name))
                {
                    return None;
                }
                let value = self.engine.global(self.engine.symbol(name))?;
                matches!(&value, Value::Object(object) if object.is_constant()).then_some(value)
            }
            ExprKind::Attr(object, name) => {
                let object = program::Expr::Const(self.constant_path(object)?);
                fold::attribute(&object, name)
            }
            _ => None,
        }
    }
}

impl Known for Lowerer<'_> {
    fn borrows(&self, callee: &Expr) -> bool {
        let function = self.constant_path(callee);
        let function = function.as_ref().and_then(Value::downcast::<Function>);
        function.is_some_and(Function::borrows)
    }

    fn is_host_filter(&self, name: &str) -> bool {
        self.engine.filter(name).is_some()
    }
}
