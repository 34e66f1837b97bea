//! Where the values of expressions go.

use super::walk::Walk;
use crate::template::Value;
use crate::template::syntax::ast::{CallArgs, Expr, ExprKind, Name};

/// Filters that make something new of what they are given.
const MAKING: [&str; 16] = [
    "length",
    "count",
    "tojson",
    "join",
    "string",
    "lower",
    "upper",
    "int",
    "float",
    "replace",
    "trim",
    "title",
    "capitalize",
    "round",
    "format",
    "urlencode",
];
/// Filters that hand out items.
const CHOOSING: [&str; 13] = [
    "random",
    "first",
    "last",
    "list",
    "sort",
    "reverse",
    "selectattr",
    "rejectattr",
    "select",
    "reject",
    "unique",
    "min",
    "max",
];
/// Methods that hand out items.
const GETTERS: [&str; 4] = ["get", "keys", "values", "items"];
/// Methods that make something new.
const MAKERS: [&str; 12] = [
    "index",
    "count",
    "startswith",
    "endswith",
    "split",
    "lower",
    "upper",
    "strip",
    "replace",
    "join",
    "strftime",
    "isoformat",
];
/// Methods that change what they belong to.
const CHANGERS: [&str; 11] = [
    "append",
    "extend",
    "insert",
    "remove",
    "pop",
    "popitem",
    "clear",
    "update",
    "setdefault",
    "sort",
    "reverse",
];

/// Where a value goes.
#[derive(Clone, Copy)]
pub(super) enum Sink<'a> {
    /// It is looked at.
    Read,
    Into(&'a Name),
    /// Anything may happen to it.
    Escape,
}

impl Walk<'_> {
    pub(super) fn read(&mut self, expr: &Expr) {
        self.flow(expr, Sink::Read, false);
    }

    pub(super) fn escape(&mut self, expr: &Expr) {
        self.flow(expr, Sink::Escape, false);
    }

    /// Follows a value, or (`part`) something in it, to where it goes.
    pub(super) fn flow(&mut self, expr: &Expr, sink: Sink<'_>, part: bool) {
        match &expr.kind {
            ExprKind::Const(_) => {}
            ExprKind::Name(name) => match sink {
                Sink::Read => {}
                Sink::Into(to) => self.edges.push((name.clone(), to.clone(), part)),
                Sink::Escape => self.leak(name, part),
            },
            ExprKind::NamespaceRef(name, _) => self.leak(name, false),
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                items
                    .iter()
                    .for_each(|item| self.flow_into_container(item, sink));
            }
            ExprKind::Dict(items) => {
                for (key, value) in items {
                    self.flow_into_container(key, sink);
                    self.flow_into_container(value, sink);
                }
            }
            ExprKind::Neg(inner) | ExprKind::Pos(inner) | ExprKind::Not(inner) => self.read(inner),
            ExprKind::Binary(_, a, b) => {
                self.flow(a, sink, true);
                self.flow(b, sink, true);
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                self.flow(a, sink, part);
                self.flow(b, sink, part);
            }
            ExprKind::Compare(first, rest) => {
                self.read(first);
                rest.iter().for_each(|(_, one)| self.read(one));
            }
            ExprKind::Concat(parts) => parts.iter().for_each(|one| self.read(one)),
            ExprKind::Cond { test, then, other } => {
                self.read(test);
                self.flow(then, sink, part);
                other.iter().for_each(|other| self.flow(other, sink, part));
            }
            ExprKind::Attr(object, name) => self.member(object, Some(name), sink),
            ExprKind::Item(object, key) => {
                self.read(key);
                match &key.kind {
                    ExprKind::Const(Value::Int(_)) => self.flow(object, sink, true),
                    ExprKind::Const(key) => self.member(object, key.as_str(), sink),
                    _ => self.member(object, None, sink),
                }
            }
            ExprKind::Slice(object, parts) => {
                parts.iter().flatten().for_each(|part| self.read(part));
                self.flow(object, sink, true);
            }
            ExprKind::Call(callee, args) => self.call(callee, args, sink),
            ExprKind::Filter { input, name, args } => {
                self.filter(input.as_deref(), name, args, sink, part);
            }
            ExprKind::Test { input, args, .. } => {
                self.read(input);
                args.exprs().for_each(|arg| self.read(arg));
            }
        }
    }

    fn flow_into_container(&mut self, item: &Expr, sink: Sink<'_>) {
        match sink {
            Sink::Read => self.read(item),
            _ => self.escape(item),
        }
    }

    /// A member, which may be a method that changes the object.
    fn member(&mut self, object: &Expr, name: Option<&str>, sink: Sink<'_>) {
        match name {
            Some(name) if CHANGERS.contains(&name) || name.starts_with('_') => self.escape(object),
            Some(_) => self.flow(object, sink, true),
            None => {
                self.flow(object, sink, true);
                self.flow(object, sink, false);
            }
        }
    }

    fn call(&mut self, callee: &Expr, args: &CallArgs, sink: Sink<'_>) {
        if !self.is_stored(callee) && self.known.borrows(callee) {
            args.exprs().for_each(|arg| self.flow(arg, sink, true));
            return;
        }
        match &callee.kind {
            ExprKind::Name(name) => {
                self.called.insert(name.clone());
                self.leak(name, false);
            }
            ExprKind::Attr(object, name) if GETTERS.contains(&&**name) => {
                self.flow(object, sink, true);
            }
            ExprKind::Attr(object, name) if MAKERS.contains(&&**name) => {
                self.read(object);
                // Of a text written here, so it is that method.
                if matches!(object.kind, ExprKind::Const(_)) {
                    return args.exprs().for_each(|arg| self.read(arg));
                }
            }
            ExprKind::Attr(object, _) => self.escape(object),
            _ => self.escape(callee),
        }
        args.exprs().for_each(|arg| self.escape(arg));
    }

    /// True when the path starts with a variable of the body, as far as that was seen.
    fn is_stored(&self, path: &Expr) -> bool {
        match &path.kind {
            ExprKind::Name(name) => self.assigned.contains(name),
            ExprKind::Attr(object, _) => self.is_stored(object),
            _ => true,
        }
    }

    fn filter(
        &mut self,
        input: Option<&Expr>,
        name: &str,
        args: &CallArgs,
        sink: Sink<'_>,
        part: bool,
    ) {
        let Some(input) = input.filter(|_| !self.known.is_host_filter(name)) else {
            input.iter().for_each(|input| self.escape(input));
            return args.exprs().for_each(|arg| self.escape(arg));
        };
        match name {
            name if MAKING.contains(&name) => self.read(input),
            name if CHOOSING.contains(&name) => self.flow(input, sink, true),
            "map" if args.positional.is_empty() => self.flow(input, sink, true),
            "default" | "d" => {
                self.flow(input, sink, part);
                return args.exprs().for_each(|arg| self.flow(arg, sink, part));
            }
            _ => self.escape(input),
        }
        args.exprs().for_each(|arg| self.escape(arg));
    }
}
