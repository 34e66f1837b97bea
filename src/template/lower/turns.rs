//! Which statements of a top level start a random stream of their own, so that what one of them draws
//! does not depend on which others run before it. Only where that matters: a template that touches no
//! store of the host is rendered from its first to its last statement wherever it is.

use crate::fake::key;
use crate::template::engine::Engine;
use crate::template::scope::walk_names;
use crate::template::syntax::ast::{Block, CompareOp, Expr, ExprKind, Stmt, StmtKind};

/// The key of each statement's stream where it has one.
pub(in crate::template) fn of(engine: &Engine, tree: &Block) -> Vec<Option<u64>> {
    if !touches_stores(engine, tree) {
        return vec![None; tree.len()];
    }
    let numbered = (1..).zip(tree);
    numbered
        .map(|(number, stmt)| may_draw(stmt).then(|| key(number)))
        .collect()
}

/// True when statements of the tree may run apart from others and draw the same.
pub(in crate::template) fn are_apart(engine: &Engine, tree: &Block) -> bool {
    touches_stores(engine, tree) || !any(tree)
}

fn touches_stores(engine: &Engine, tree: &Block) -> bool {
    let mut touches = false;
    walk_names(tree, false, &mut |name, _| touches |= engine.is_store(name));
    touches
}

fn any(body: &Block) -> bool {
    body.iter().any(may_draw)
}

fn may_draw(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Text(_) | StmtKind::Macro(_) | StmtKind::Break | StmtKind::Continue => false,
        StmtKind::Output(exprs) => exprs.iter().any(draws),
        StmtKind::Do(expr) => draws(expr),
        // Taking a value apart may run an iteration that draws, and so does a loop.
        StmtKind::Set(target, expr) => matches!(target.kind, ExprKind::Tuple(_)) || draws(expr),
        StmtKind::If { branches, other } => {
            branches.iter().any(|(test, body)| draws(test) || any(body)) || any(other)
        }
        StmtKind::SetBlock { filter, body, .. } => filter.as_ref().is_some_and(draws) || any(body),
        StmtKind::With { targets, body } => {
            targets.iter().any(|(_, value)| draws(value)) || any(body)
        }
        StmtKind::FilterBlock(expr, body) | StmtKind::Autoescape(expr, body) => {
            draws(expr) || any(body)
        }
        // Files and blocks may do anything.
        StmtKind::For(_)
        | StmtKind::Call(..)
        | StmtKind::Include { .. }
        | StmtKind::Import { .. }
        | StmtKind::FromImport { .. }
        | StmtKind::Extends(_)
        | StmtKind::Block(_) => true,
    }
}

/// Filters that neither draw nor run an iteration.
const PLAIN: [&str; 22] = [
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "e",
    "escape",
    "float",
    "format",
    "int",
    "length",
    "lower",
    "replace",
    "round",
    "safe",
    "string",
    "title",
    "tojson",
    "trim",
    "truncate",
    "upper",
    "urlencode",
];

/// True for an expression that calls something, or runs an iteration.
fn draws(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::NamespaceRef(..) => false,
        ExprKind::Call(..) => true,
        ExprKind::Filter { input, name, args } => {
            !PLAIN.contains(&&**name)
                || input.as_deref().is_some_and(draws)
                || args.exprs().any(draws)
        }
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Concat(items) => {
            items.iter().any(draws)
        }
        ExprKind::Dict(items) => items.iter().any(|(key, value)| draws(key) || draws(value)),
        ExprKind::Neg(inner)
        | ExprKind::Pos(inner)
        | ExprKind::Not(inner)
        | ExprKind::Attr(inner, _) => draws(inner),
        ExprKind::Binary(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Item(a, b) => draws(a) || draws(b),
        ExprKind::Compare(first, rest) => {
            let runs = |op: &CompareOp| matches!(op, CompareOp::In | CompareOp::NotIn);
            draws(first) || rest.iter().any(|(op, expr)| runs(op) || draws(expr))
        }
        ExprKind::Cond { test, then, other } => {
            draws(test) || draws(then) || other.as_deref().is_some_and(draws)
        }
        ExprKind::Slice(object, parts) => draws(object) || parts.iter().flatten().any(draws),
        ExprKind::Test { input, args, .. } => draws(input) || args.exprs().any(draws),
    }
}
