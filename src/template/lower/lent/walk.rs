//! The statements of a body: what they set, and where they let values go.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::flow::Sink;
use super::{Known, Lent};
use crate::template::scope::{any_stmt, walk_expr, walk_names};
use crate::template::syntax::ast::{self, Block, Expr, ExprKind, MacroDef, Name, StmtKind};

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

/// A walk through a body.
pub(super) struct Walk<'k> {
    pub(super) known: &'k dyn Known,
    /// Names the body sets in its own scope.
    pub(super) assigned: HashSet<Name>,
    /// How often a name is set, and whether once at the top.
    stores: HashMap<Name, (u32, bool)>,
    /// Names that are called: what they hold may be a method of where it came from.
    pub(super) called: HashSet<Name>,
    /// From a name to another, as a whole or (true) in part.
    pub(super) edges: Vec<(Name, Name, bool)>,
    found: Lent,
}

impl<'k> Walk<'k> {
    /// What a body does with its variables.
    pub fn of(body: &Block, known: &'k dyn Known) -> Lent {
        let mut walk = Self {
            known,
            assigned: stored_names(body),
            stores: HashMap::new(),
            called: HashSet::new(),
            edges: Vec::new(),
            found: Lent::default(),
        };
        walk.block(body, true);
        walk.finish()
    }

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

    pub(super) fn leak(&mut self, name: &Name, part: bool) {
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
}
