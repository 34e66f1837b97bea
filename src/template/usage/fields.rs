//! Which entries of a dict some statements look at, so that no others need be handed over to them.

use std::collections::BTreeSet;

use crate::template::scope::{Root, any_stmt, walk_parts, walk_stmt};
use crate::template::syntax::ast::{Expr, ExprKind, Name, Stmt, StmtKind};
use crate::template::{Value, methods};

/// The keys that statements ask a variable for, when that is all they do with it; `None` when they may
/// see more of it.
pub(super) fn of(stmts: &[&Stmt], name: &Name) -> Option<Vec<Name>> {
    if stmts.iter().any(|stmt| lends(stmt)) {
        return None;
    }
    let mut uses = Uses {
        name,
        keys: BTreeSet::new(),
        all: 0,
        known: 0,
    };
    for stmt in stmts {
        walk_stmt(stmt, false, &mut |root, _| match root {
            Root::Expr(expr) => walk_parts(expr, &mut |part| uses.note(part)),
            Root::Macro(known) => uses.all += usize::from(known == name),
        });
    }
    let asks = uses.all == uses.known && !uses.keys.is_empty();
    asks.then(|| uses.keys.into_iter().collect())
}

/// True when other files see the variables of a statement.
fn lends(stmt: &Stmt) -> bool {
    let lends = |kind: &StmtKind| {
        matches!(
            kind,
            StmtKind::Include {
                with_context: true,
                ..
            } | StmtKind::Import {
                with_context: true,
                ..
            } | StmtKind::FromImport {
                with_context: true,
                ..
            }
        )
    };
    any_stmt(std::slice::from_ref(stmt), &lends)
}

struct Uses<'n> {
    name: &'n Name,
    keys: BTreeSet<Name>,
    /// How often the variable is mentioned.
    all: usize,
    /// How often to ask for a key, or whether it is there at all.
    known: usize,
}

impl Uses<'_> {
    fn note(&mut self, part: &Expr) {
        match &part.kind {
            ExprKind::NamespaceRef(name, _) | ExprKind::Name(name) => {
                self.all += usize::from(name == self.name);
            }
            ExprKind::Attr(of, key) if self.is_it(of) => self.ask(key, false),
            ExprKind::Item(of, key) if self.is_it(of) => {
                if let Some(key) = text(key) {
                    self.ask(&key, false);
                }
            }
            ExprKind::Call(callee, args) => {
                let get = matches!(&callee.kind, ExprKind::Attr(of, method)
                    if self.is_it(of) && &**method == "get");
                let key = args.positional.first().and_then(text);
                if let Some(key) = key.filter(|_| get) {
                    self.ask(&key, true);
                }
            }
            ExprKind::Test { input, name, .. } if self.is_it(input) => {
                let kind = matches!(&**name, "defined" | "undefined" | "none");
                self.known += usize::from(kind);
            }
            _ => {}
        }
    }

    fn is_it(&self, expr: &Expr) -> bool {
        matches!(&expr.kind, ExprKind::Name(name) if name == self.name)
    }

    /// `plain` when it can mean nothing else than the key.
    fn ask(&mut self, key: &Name, plain: bool) {
        if plain || !methods::of_dict(key) && !key.starts_with('_') {
            self.known += 1;
            self.keys.insert(key.clone());
        }
    }
}

fn text(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Const(Value::Str(text)) => Some(Name::from(text.as_str())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::template::syntax;

    fn fields(text: &str) -> Option<String> {
        let tree = syntax::parse("t", text).unwrap();
        let stmts: Vec<&Stmt> = tree.iter().collect();
        let keys = of(&stmts, &Name::from("d"))?;
        Some(keys.join(" "))
    }

    #[test]
    fn keys_that_stand_in_the_text_are_all_that_is_needed() {
        for (text, wanted) in [
            (
                "{{ d.b }}{{ d['a'] ~ x }}{% if d.b > 1 %}{{ d.get('c', 0) | upper }}{% endif %}",
                "a b c",
            ),
            ("{% macro m() %}{{ d.a.name }}{% endmacro %}{{ m(e) }}", "a"),
            (
                "{% if d is defined and d is not none %}{{ d.a }}{% endif %}",
                "a",
            ),
            (
                "{% for x in d.list %}{{ x }}{% endfor %}{% set y = {'k': d.v} %}",
                "list v",
            ),
        ] {
            assert_eq!(fields(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn who_sees_more_gets_all() {
        for text in [
            "{{ d }}{{ d.a }}",
            "{{ d.a }}{% for k in d %}{{ k }}{% endfor %}",
            "{{ d.a }}{{ d.items() | list }}",
            "{{ d[k] }}",
            "{{ d['keys'] }}",
            "{{ d.__class__ }}",
            "{{ d.get(k) }}",
            "{% if d %}{{ d.a }}{% endif %}",
            "{{ d | attr('a') }}",
            "{% set e = d %}{{ e.a }}{{ d.a }}",
            "{{ d.a }}{% include 'x' %}",
            "{% do d.update(a=1) %}{{ d.a }}",
            "{% set d.a = 1 %}{{ d.a }}",
            "{{ d is mapping }}{{ d.a }}",
            "{{ e.a }}",
        ] {
            assert_eq!(fields(text), None, "{text}");
        }
    }
}
