//! Which names a scope assigns, and what they start with: Jinja2's rules.

use std::collections::HashSet;

use super::syntax::ast::{Block, Expr, ExprKind, MacroDef, Name, Stmt, StmtKind};

/// What a body assigns in its own scope.
#[derive(Default)]
pub(super) struct Assigned {
    /// In order of appearance.
    pub names: Vec<Name>,
    /// Those that may be read before they are assigned.
    pub read_first: HashSet<Name>,
    seen: HashSet<Name>,
}

/// Looks through one scope, without those nested in it.
pub(super) fn assigned(body: &Block) -> Assigned {
    let mut found = Assigned::default();
    found.block(body);
    found
}

impl Assigned {
    fn load(&mut self, name: &Name) {
        if self.seen.insert(name.clone()) {
            self.read_first.insert(name.clone());
        }
    }

    fn store(&mut self, name: &Name) {
        self.seen.insert(name.clone());
        if !self.names.contains(name) {
            self.names.push(name.clone());
        }
    }

    fn block(&mut self, body: &Block) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn loads(&mut self, expr: &Expr) {
        walk_expr(expr, &mut |name| self.load(name));
    }

    fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => self.store(name),
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.target(item)),
            ExprKind::NamespaceRef(name, _) => self.load(name),
            _ => {}
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Output(exprs) => exprs.iter().for_each(|expr| self.loads(expr)),
            StmtKind::Do(expr) | StmtKind::Extends(expr) => self.loads(expr),
            StmtKind::For(one) => self.loads(&one.iter),
            StmtKind::If { branches, other } => self.branches(branches, other),
            StmtKind::Set(target, value) => {
                self.loads(value);
                self.target(target);
            }
            StmtKind::SetBlock { target, filter, .. } => {
                if let Some(filter) = filter {
                    self.loads(filter);
                }
                self.target(target);
            }
            StmtKind::With { targets, .. } => {
                targets.iter().for_each(|(_, value)| self.loads(value));
            }
            StmtKind::Macro(def) => self.store(&def.name),
            StmtKind::Call(call, _) => self.loads(call),
            StmtKind::FilterBlock(filter, _) => self.loads(filter),
            StmtKind::Include { name, .. } => self.loads(name),
            StmtKind::Import { name, target, .. } => {
                self.loads(name);
                self.store(target);
            }
            StmtKind::FromImport { name, names, .. } => {
                self.loads(name);
                names.iter().for_each(|(_, target)| self.store(target));
            }
            StmtKind::Text(_)
            | StmtKind::Block(_)
            | StmtKind::Autoescape(..)
            | StmtKind::Break
            | StmtKind::Continue => {}
        }
    }

    fn branches(&mut self, branches: &[(Expr, Block)], other: &Block) {
        let before = self.seen.clone();
        let mut counts: Vec<(Name, usize)> = Vec::new();
        let mut all = 0;
        for (test, _) in branches {
            self.loads(test);
        }
        let before: HashSet<Name> = before.union(&self.seen).cloned().collect();
        let bodies = branches.iter().map(|(_, body)| body).chain([other]);
        for body in bodies {
            all += 1;
            let mut branch = Self {
                seen: before.clone(),
                ..Self::default()
            };
            branch.block(body);
            self.read_first.extend(branch.read_first);
            for name in branch.names {
                match counts.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((name, 1)),
                }
            }
        }
        for (name, count) in counts {
            if count < all && !before.contains(&name) {
                self.read_first.insert(name.clone());
            }
            self.store(&name);
        }
    }
}

/// Calls `found` with every name an expression reads.
pub(super) fn walk_expr(expr: &Expr, found: &mut dyn FnMut(&Name)) {
    walk_parts(expr, &mut |part| {
        if let ExprKind::Name(name) | ExprKind::NamespaceRef(name, _) = &part.kind {
            found(name);
        }
    });
}

/// Calls `found` with an expression and all expressions in it.
pub(super) fn walk_parts(expr: &Expr, found: &mut dyn FnMut(&Expr)) {
    found(expr);
    let mut each = |expr: &Expr| walk_parts(expr, found);
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::NamespaceRef(..) => {}
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Concat(items) => {
            items.iter().for_each(each);
        }
        ExprKind::Dict(items) => items.iter().for_each(|(key, value)| {
            each(key);
            each(value);
        }),
        ExprKind::Neg(inner)
        | ExprKind::Pos(inner)
        | ExprKind::Not(inner)
        | ExprKind::Attr(inner, _) => each(inner),
        ExprKind::Binary(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Item(a, b) => {
            each(a);
            each(b);
        }
        ExprKind::Compare(first, rest) => {
            each(first);
            rest.iter().for_each(|(_, expr)| each(expr));
        }
        ExprKind::Cond { test, then, other } => {
            each(test);
            each(then);
            other.iter().for_each(|other| each(other));
        }
        ExprKind::Slice(object, parts) => {
            each(object);
            parts.iter().flatten().for_each(each);
        }
        ExprKind::Call(callee, args) => {
            each(callee);
            args.exprs().for_each(each);
        }
        ExprKind::Filter { input, args, .. } => {
            input.iter().for_each(|input| each(input));
            args.exprs().for_each(each);
        }
        ExprKind::Test { input, args, .. } => {
            each(input);
            args.exprs().for_each(each);
        }
    }
}

/// Calls `found` with every name that a body mentions at any depth, and whether a function inside
/// the body mentions it.
pub(super) fn walk_names(body: &Block, inside: bool, found: &mut dyn FnMut(&Name, bool)) {
    for stmt in body {
        walk_stmt(stmt, inside, &mut |root, inside| match root {
            Root::Expr(expr) => walk_expr(expr, &mut |name| found(name, inside)),
            Root::Macro(name) => found(name, inside),
        });
    }
}

/// What a statement is made of.
pub(super) enum Root<'t> {
    Expr(&'t Expr),
    /// The name of a macro that it defines.
    Macro(&'t Name),
}

/// Calls `found` with what a statement is made of at any depth, and whether that is inside of a function.
pub(super) fn walk_stmt(stmt: &Stmt, inside: bool, found: &mut dyn FnMut(Root<'_>, bool)) {
    let mut expr = |expr: &Expr| found(Root::Expr(expr), inside);
    match &stmt.kind {
        StmtKind::Output(exprs) => exprs.iter().for_each(expr),
        StmtKind::Do(one) | StmtKind::Extends(one) => expr(one),
        StmtKind::For(one) => {
            let exprs = [&one.target, &one.iter].into_iter().chain(&one.test);
            exprs.for_each(expr);
            walk_body(&one.body, inside, found);
            walk_body(&one.other, inside, found);
        }
        StmtKind::If { branches, other } => {
            for (test, body) in branches {
                found(Root::Expr(test), inside);
                walk_body(body, inside, found);
            }
            walk_body(other, inside, found);
        }
        StmtKind::Set(target, value) => {
            expr(target);
            expr(value);
        }
        StmtKind::SetBlock {
            target,
            filter,
            body,
        } => {
            expr(target);
            filter.iter().for_each(expr);
            walk_body(body, inside, found);
        }
        StmtKind::With { targets, body } => {
            for (target, value) in targets {
                expr(target);
                expr(value);
            }
            walk_body(body, inside, found);
        }
        StmtKind::Macro(def) => {
            found(Root::Macro(&def.name), inside);
            walk_macro(def, found);
        }
        StmtKind::Call(call, def) => {
            expr(call);
            walk_macro(def, found);
        }
        StmtKind::FilterBlock(one, body) | StmtKind::Autoescape(one, body) => {
            expr(one);
            walk_body(body, inside, found);
        }
        StmtKind::Include { name, .. }
        | StmtKind::Import { name, .. }
        | StmtKind::FromImport { name, .. } => expr(name),
        StmtKind::Text(_) | StmtKind::Block(_) | StmtKind::Break | StmtKind::Continue => {}
    }
}

fn walk_body(body: &Block, inside: bool, found: &mut dyn FnMut(Root<'_>, bool)) {
    for stmt in body {
        walk_stmt(stmt, inside, found);
    }
}

fn walk_macro(def: &MacroDef, found: &mut dyn FnMut(Root<'_>, bool)) {
    for (_, default) in &def.params {
        if let Some(default) = default {
            found(Root::Expr(default), true);
        }
    }
    walk_body(&def.body, true, found);
}

/// True when a body mentions a name at any depth.
pub(super) fn mentions(body: &Block, wanted: &str) -> bool {
    let mut found = false;
    walk_names(body, false, &mut |name, _| found |= **name == *wanted);
    found
}

/// True when any statement of a body, at any depth, satisfies a predicate.
pub(super) fn any_stmt(body: &[Stmt], wanted: &dyn Fn(&StmtKind) -> bool) -> bool {
    body.iter().any(|stmt| {
        wanted(&stmt.kind)
            || match &stmt.kind {
                StmtKind::For(one) => any_stmt(&one.body, wanted) || any_stmt(&one.other, wanted),
                StmtKind::If { branches, other } => {
                    branches.iter().any(|(_, body)| any_stmt(body, wanted))
                        || any_stmt(other, wanted)
                }
                StmtKind::SetBlock { body, .. }
                | StmtKind::With { body, .. }
                | StmtKind::FilterBlock(_, body)
                | StmtKind::Autoescape(_, body) => any_stmt(body, wanted),
                StmtKind::Macro(def) | StmtKind::Call(_, def) => any_stmt(&def.body, wanted),
                StmtKind::Block(def) => any_stmt(&def.body, wanted),
                _ => false,
            }
    })
}
