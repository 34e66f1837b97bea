//! Which variables never change after they are set, and which only read the list or dict they hold: a
//! constant one can then be made once and lent to every render, where a new one each time would not
//! be told from it.
//!
//! A container is lent only where every way it can go is known. A name leaks its container when that
//! may be changed or kept; it leaks the content when something inside may be. What is passed on to
//! another name leaks as that one does.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::{Lowerer, fold};
use crate::template::Value;
use crate::template::object::Function;
use crate::template::program;
use crate::template::scope::{any_stmt, walk_expr, walk_names};
use crate::template::syntax::ast::{
    self, Block, CallArgs, Expr, ExprKind, MacroDef, Name, StmtKind,
};

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
        let mut walk = Walk {
            known,
            assigned: stored_names(body),
            stores: HashMap::new(),
            called: HashSet::new(),
            edges: Vec::new(),
            found: Self::default(),
        };
        walk.block(body, true);
        walk.finish()
    }

    /// True for a name that has one value from its only assignment on.
    pub fn is_set_once(&self, name: &Name) -> bool {
        self.once.contains(name)
    }

    /// True when a container may be lent to a name; `deep` when there are others in it.
    pub fn may_hold(&self, name: &Name, deep: bool) -> bool {
        !self.leaks.contains(name) && !(deep && self.leaks_content.contains(name))
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

/// Where a value goes.
#[derive(Clone, Copy)]
enum Sink<'a> {
    /// It is looked at.
    Read,
    Into(&'a Name),
    /// Anything may happen to it.
    Escape,
}

/// Names that anything in a body sets.
fn stored_names(body: &Block) -> HashSet<Name> {
    let names = RefCell::new(HashSet::new());
    let add_name = |name: &Name| {
        names.borrow_mut().insert(name.clone());
    };
    let add = |target: &Expr| walk_expr(target, &mut |name| add_name(name));
    any_stmt(body, &|kind| {
        match kind {
            StmtKind::Set(target, _) | StmtKind::SetBlock { target, .. } => add(target),
            StmtKind::For(one) => add(&one.target),
            StmtKind::With { targets, .. } => targets.iter().for_each(|(target, _)| add(target)),
            StmtKind::Macro(def) => add_name(&def.name),
            StmtKind::Import { target, .. } => add_name(target),
            StmtKind::FromImport { names, .. } => {
                names.iter().for_each(|(_, target)| add_name(target));
            }
            _ => {}
        }
        false
    });
    names.into_inner()
}

struct Walk<'k> {
    known: &'k dyn Known,
    /// Names the body sets in its own scope.
    assigned: HashSet<Name>,
    /// How often a name is set, and whether once at the top.
    stores: HashMap<Name, (u32, bool)>,
    /// Names that are called: what they hold may be a method of where it came from.
    called: HashSet<Name>,
    /// From a name to another, as a whole or (true) in part.
    edges: Vec<(Name, Name, bool)>,
    found: Lent,
}

impl Walk<'_> {
    fn finish(mut self) -> Lent {
        let found = &mut self.found;
        loop {
            let before = (found.leaks.len(), found.leaks_content.len());
            for (from, to, part) in &self.edges {
                let (whole, content) = (found.leaks.contains(to), found.leaks_content.contains(to));
                let called = self.called.contains(to);
                if called || (whole && !part) {
                    found.leaks.insert(from.clone());
                }
                if called || content || (whole && *part) {
                    found.leaks_content.insert(from.clone());
                }
            }
            if before == (found.leaks.len(), found.leaks_content.len()) {
                break;
            }
        }
        let once = self.stores.into_iter();
        let once = once.filter(|(_, (count, top))| *count == 1 && *top);
        found.once = once.map(|(name, _)| name).collect();
        self.found
    }

    fn store(&mut self, name: &Name, top: bool) {
        let store = self.stores.entry(name.clone()).or_insert((0, top));
        store.0 += 1;
        store.1 &= top;
    }

    fn leak(&mut self, name: &Name, part: bool) {
        self.found.leaks_content.insert(name.clone());
        if !part {
            self.found.leaks.insert(name.clone());
        }
    }

    fn block(&mut self, body: &Block, top: bool) {
        for stmt in body {
            self.stmt(&stmt.kind, top);
        }
    }

    fn stmt(&mut self, stmt: &StmtKind, top: bool) {
        match stmt {
            StmtKind::Text(_) | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Output(exprs) => exprs.iter().for_each(|one| self.read(one)),
            StmtKind::Do(expr) | StmtKind::Extends(expr) => self.read(expr),
            StmtKind::Set(target, value) => self.assign(target, value, false, top),
            StmtKind::If { branches, other } => {
                for (test, body) in branches {
                    self.read(test);
                    self.block(body, false);
                }
                self.block(other, false);
            }
            StmtKind::For(one) => self.for_loop(one),
            StmtKind::With { targets, body } => {
                for (target, value) in targets {
                    self.assign(target, value, false, false);
                }
                self.block(body, false);
            }
            StmtKind::SetBlock {
                target,
                filter,
                body,
            } => {
                self.stored(target);
                filter.iter().for_each(|filter| self.escape(filter));
                self.block(body, false);
            }
            StmtKind::FilterBlock(filter, body) | StmtKind::Autoescape(filter, body) => {
                self.escape(filter);
                self.block(body, false);
            }
            StmtKind::Macro(def) => {
                self.store(&def.name, false);
                self.inside(def);
            }
            StmtKind::Call(call, def) => {
                self.escape(call);
                self.inside(def);
            }
            StmtKind::Include { name, .. } => self.escape(name),
            StmtKind::Import { name, target, .. } => {
                self.escape(name);
                self.store(target, false);
            }
            StmtKind::FromImport { name, names, .. } => {
                self.escape(name);
                names
                    .iter()
                    .for_each(|(_, target)| self.store(target, false));
            }
            StmtKind::Block(def) => self.mentioned(&def.body),
        }
    }

    fn for_loop(&mut self, one: &ast::For) {
        self.assign(&one.target, &one.iter, true, false);
        // `loop` hands out items too.
        let mut extended = one.recursive;
        walk_names(&one.body, false, &mut |name, _| {
            extended |= &**name == "loop"
        });
        if extended {
            self.escape(&one.iter);
        }
        one.test.iter().for_each(|test| self.read(test));
        self.block(&one.body, false);
        self.block(&one.other, false);
    }

    fn assign(&mut self, target: &Expr, value: &Expr, part: bool, top: bool) {
        match &target.kind {
            ExprKind::Name(name) => {
                self.store(name, top);
                self.flow(value, Sink::Into(name), part);
            }
            _ => {
                self.stored(target);
                self.escape(value);
            }
        }
    }

    fn stored(&mut self, target: &Expr) {
        walk_expr(target, &mut |name| {
            self.store(name, false);
            self.leak(name, false);
        });
    }

    /// What functions inside the body mention may go anywhere.
    fn inside(&mut self, def: &MacroDef) {
        for default in def
            .params
            .iter()
            .filter_map(|(_, default)| default.as_ref())
        {
            self.escape(default);
        }
        self.mentioned(&def.body);
    }

    fn mentioned(&mut self, body: &Block) {
        walk_names(body, true, &mut |name, _| self.leak(name, false));
    }

    fn read(&mut self, expr: &Expr) {
        self.flow(expr, Sink::Read, false);
    }

    fn escape(&mut self, expr: &Expr) {
        self.flow(expr, Sink::Escape, false);
    }

    /// Follows a value, or (`part`) something in it, to where it goes.
    fn flow(&mut self, expr: &Expr, sink: Sink<'_>, part: bool) {
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
