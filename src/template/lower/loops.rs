//! Loops that do one well-known thing, told by their shape.

use std::rc::Rc;

use crate::template::Value;
use crate::template::methods::Method;
use crate::template::object::Hint;
use crate::template::program::{AttrExpr, Expr, Fill, Init, Stmt, Target, Var};
use crate::template::scope::{any_stmt, walk_expr};
use crate::template::syntax::ast::{self, CompareOp, ExprKind, StmtKind};

/// The test of a loop, what it guards, and whether that is the body of an `if`. A body that is one `if` without `else` tests just as well,
/// unless something counts the rounds.
pub(super) fn filtered(one: &ast::For, uses_loop: bool) -> (Option<&ast::Expr>, &ast::Block, bool) {
    if let (None, false, true) = (&one.test, uses_loop, one.other.is_empty()) {
        let blank = |stmt: &&ast::Stmt| match &stmt.kind {
            StmtKind::Text(text) => !text.is_empty(),
            _ => true,
        };
        let mut body = one.body.iter().filter(blank);
        if let (Some(only), None) = (body.next(), body.next())
            && let StmtKind::If { branches, other } = &only.kind
            && let [(test, inner)] = branches.as_slice()
            && other.is_empty()
        {
            return (Some(test), inner, true);
        }
    }
    (one.test.as_ref(), &one.body, false)
}

/// The slots of the lists when the body of a loop only appends the item, or attributes of it, to lists
/// from outside.
pub(super) fn appends(
    target: &Target,
    enter: &[Init],
    body: &[Stmt],
    own: (u16, u16),
) -> Vec<(u16, Option<Box<AttrExpr>>)> {
    let (Target::Var(item), true) = (target, enter.is_empty() && !body.is_empty()) else {
        return Vec::new();
    };
    let one = |stmt: &Stmt| {
        let Stmt::Do(Expr::Method(call)) = stmt else {
            return None;
        };
        let (Method::Append, Expr::Slot(list), [value]) =
            (call.method, &call.object, call.args.positional.as_slice())
        else {
            return None;
        };
        let is_item = |expr: &Expr| matches!(expr, Expr::Slot(slot) if *slot == item.slot);
        let attr = match value {
            value if is_item(value) => None,
            Expr::Attr(attr) if is_item(&attr.object) => Some(Box::new(AttrExpr {
                object: Expr::Slot(item.slot),
                name: Rc::clone(&attr.name),
                object_span: attr.object_span,
                span: attr.span,
                dict_method: attr.dict_method,
                hint: Hint::default(),
            })),
            _ => return None,
        };
        let outside = *list < own.0 || *list >= own.1;
        (call.args.is_plain() && outside && !item.cell).then_some((*list, attr))
    };
    body.iter()
        .map(one)
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// True for a source whose items never change.
pub(super) fn fixed(iter: &Expr) -> bool {
    match iter {
        Expr::Const(Value::Object(object)) => object.is_fixed(),
        _ => false,
    }
}

/// True for a test that gives the same every time for the same row of a sample, and never fails.
pub(super) fn steady(item: Var, test: &Expr) -> bool {
    let operand = |expr: &Expr| match expr {
        Expr::Const(value) => !value.may_nest() || matches!(value, Value::Tuple(_)),
        Expr::Attr(attr) => matches!(attr.object, Expr::Slot(slot) if slot == item.slot),
        _ => false,
    };
    match test {
        Expr::And(sides) | Expr::Or(sides) => steady(item, &sides.0) && steady(item, &sides.1),
        Expr::Not(inner) => steady(item, inner),
        Expr::Compare(CompareOp::Eq | CompareOp::Ne, sides, _) => {
            operand(&sides.0) && operand(&sides.1)
        }
        Expr::Compare(CompareOp::In | CompareOp::NotIn, sides, _) => {
            operand(&sides.0) && matches!(sides.1, Expr::Const(Value::Tuple(_)))
        }
        test => operand(test),
    }
}

/// The dict from outside that a body only puts the item into.
pub(super) fn fills(item: Var, body: &[Stmt], own: (u16, u16)) -> Option<Fill> {
    let [Stmt::Do(Expr::Method(call))] = body else {
        return None;
    };
    let (Some((key, value, _)), Expr::Slot(dict)) = (call.update_one(), &call.object) else {
        return None;
    };
    let of_item = |expr: &Expr| match expr {
        Expr::Slot(slot) => *slot == item.slot,
        Expr::Attr(attr) => matches!(attr.object, Expr::Slot(slot) if slot == item.slot),
        _ => false,
    };
    let outside = *dict < own.0 || *dict >= own.1;
    (outside && !item.cell && of_item(key) && of_item(value)).then(|| Fill {
        slot: *dict,
        ..Fill::default()
    })
}

pub(super) fn assigns_loop(one: &ast::For) -> bool {
    let is_loop = |target: &ast::Expr| {
        let mut found = false;
        if !matches!(target.kind, ExprKind::NamespaceRef(..)) {
            walk_expr(target, &mut |name| found |= &**name == "loop");
        }
        found
    };
    is_loop(&one.target)
        || any_stmt(&one.body, &|kind| match kind {
            StmtKind::Set(target, _) | StmtKind::SetBlock { target, .. } => is_loop(target),
            _ => false,
        })
}
