//! Divides the statements of a top level into those that have to run in order with other renders,
//! because they touch the state, and those that only need what these found out and can run later,
//! anywhere.
//!
//! What runs later sees the variables as they are when the ordered statements are through, as copies.
//! So a statement is ordered too when an ordered one needs it, when it sees a variable or a container
//! that an ordered statement behind it sets or changes, and when it changes a container that ordered
//! statements may see. What an ordered statement writes is taken down and written later.

use std::collections::HashSet;

use super::facts::{Collected, Facts};
use super::{Hosts, fields, walk};
use crate::template::Template;
use crate::template::scope::any_stmt;
use crate::template::syntax::ast::{Block, Expr, ExprKind, Name, Stmt, StmtKind};

/// Which statements of a top level run when, by number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::template) struct Division {
    pub ordered: Vec<usize>,
    pub later: Vec<usize>,
    /// Variables that the ordered ones set and the later ones read.
    pub handed: Vec<Name>,
    /// Of each, the keys that are all that is read of it when it is a dict.
    pub fields: Vec<Option<Vec<Name>>>,
    /// Ordered statements that write: what they wrote is handed over as well.
    pub writing: Vec<usize>,
    /// Names that each half reads.
    pub ordered_reads: HashSet<Name>,
    pub later_reads: HashSet<Name>,
}

/// Why a template cannot be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undivided {
    /// What it uses beyond the state cannot be taken back: no template of its set may be begun early.
    Outside,
    /// All of it has to be rendered in order.
    Whole,
}

/// Divides a template.
pub(in crate::template) fn divide(
    template: &Template,
    hosts: &Hosts,
) -> Result<Division, Undivided> {
    let (file, collected) = walk::facts(template, hosts).ok_or(Undivided::Outside)?;
    let parts = Parts::new(&file.tree, &collected);
    if collected.incomplete || parts.facts.iter().any(|facts| facts.outside) {
        return Err(Undivided::Outside);
    }
    let inherits = |kind: &StmtKind| matches!(kind, StmtKind::Block(_) | StmtKind::Extends(_));
    if any_stmt(&file.tree, &inherits) {
        return Err(Undivided::Whole);
    }
    parts.divide().ok_or(Undivided::Whole)
}

/// A top level in work.
struct Parts<'t> {
    tree: &'t Block,
    collected: &'t Collected,
    facts: Vec<Facts>,
    /// Statements that write.
    writing: Vec<bool>,
    /// Statements that do the same wherever they run, and cost little.
    anywhere: Vec<bool>,
    ordered: Vec<bool>,
    /// Names of containers that may grow from render to render.
    large: HashSet<Name>,
}

impl<'t> Parts<'t> {
    fn new(tree: &'t Block, collected: &'t Collected) -> Self {
        let facts: Vec<Facts> = (0..tree.len()).map(|at| collected.of(at)).collect();
        let grown = facts.iter().flat_map(|facts| facts.grown.iter().cloned());
        let large = grown.chain(tree.iter().filter_map(collection)).collect();
        let mut parts = Self {
            tree,
            collected,
            writing: tree.iter().map(writes).collect(),
            anywhere: Vec::new(),
            ordered: facts.iter().map(|facts| facts.ordered).collect(),
            facts,
            large,
        };
        parts.anywhere = (0..tree.len()).map(|at| parts.runs_anywhere(at)).collect();
        for (ordered, anywhere) in parts.ordered.iter_mut().zip(&parts.anywhere) {
            *ordered &= !anywhere;
        }
        parts
    }

    /// True for definitions: macros, imports, constants.
    fn runs_anywhere(&self, at: usize) -> bool {
        let (Some(stmt), Some(facts)) = (self.tree.get(at), self.facts.get(at)) else {
            return false;
        };
        let defines = match &stmt.kind {
            StmtKind::Macro(_) => true,
            StmtKind::Import { with_context, .. } | StmtKind::FromImport { with_context, .. } => {
                !with_context && !facts.ordered && !facts.changes
            }
            StmtKind::Set(target, value) => {
                // Under whatever name, a container may be changed for all who have it.
                let steady = || !self.facts.iter().any(|facts| facts.changes);
                let constant = match &value.kind {
                    ExprKind::Const(_) => true,
                    _ => is_constant(value) && steady(),
                };
                matches!(target.kind, ExprKind::Name(_)) && constant
            }
            _ => false,
        };
        let shares =
            |(other, one): (usize, &Facts)| other != at && !one.writes.is_disjoint(&facts.writes);
        defines && !self.facts.iter().enumerate().any(shares)
    }

    fn divide(mut self) -> Option<Division> {
        while self.grow() {}
        let writes = |at: &usize| self.writing.get(*at) == Some(&true);
        let writing: Vec<usize> = self.half(true).filter(writes).collect();
        // What they set would not be seen outside of the block that takes down what they write.
        let sets = |at: &usize| {
            self.facts
                .get(*at)
                .is_some_and(|facts| !facts.writes.is_empty())
        };
        if writing.iter().any(sets) {
            return None;
        }
        let set = self.names(true, |facts| &facts.writes);
        let read = self.names(false, |facts| &facts.reads);
        let mut handed: Vec<Name> = set.intersection(&read).cloned().collect();
        handed.sort();
        let later = self.run(false);
        let stmts = later.iter().filter_map(|at| self.tree.get(*at));
        let stmts: Vec<&Stmt> = stmts.collect();
        let fields = handed.iter().map(|name| fields::of(&stmts, name)).collect();
        Some(Division {
            ordered: self.run(true),
            later,
            handed,
            fields,
            writing,
            ordered_reads: self.names(true, |facts| &facts.reads),
            later_reads: read,
        })
    }

    /// The names that one half reads or sets, without definitions.
    fn names(&self, ordered: bool, which: fn(&Facts) -> &HashSet<Name>) -> HashSet<Name> {
        let half = self.half(ordered);
        let facts = half.filter_map(|at| self.facts.get(at));
        facts
            .flat_map(|facts| which(facts).iter().cloned())
            .collect()
    }

    fn half(&self, ordered: bool) -> impl Iterator<Item = usize> {
        let all = self.ordered.iter().zip(&self.anywhere).enumerate();
        all.filter(move |(_, (one, anywhere))| **one == ordered && !**anywhere)
            .map(|(at, _)| at)
    }

    /// The statements of one half with the definitions it needs, in order.
    fn run(&self, ordered: bool) -> Vec<usize> {
        let needed = self.names(ordered, |facts| &facts.reads);
        let defines = |at: &usize| {
            let facts = self.facts.get(*at);
            facts.is_some_and(|facts| !facts.writes.is_disjoint(&needed))
        };
        let anywhere = self.anywhere.iter().enumerate();
        let definitions = anywhere.filter(|(_, anywhere)| **anywhere);
        let definitions = definitions.map(|(at, _)| at).filter(defines);
        let mut run: Vec<usize> = self.half(ordered).chain(definitions).collect();
        run.sort_unstable();
        run
    }

    /// Makes more statements ordered that have to be; false when there are none.
    fn grow(&mut self) -> bool {
        let read = self.names(true, |facts| &facts.reads);
        let set = self.names(true, |facts| &facts.writes);
        let risky = self.risky(&set);
        let joins: Vec<usize> = self
            .half(false)
            .filter(|at| {
                self.facts.get(*at).is_some_and(|facts| {
                    let meets = |a: &HashSet<Name>, b: &HashSet<Name>| !a.is_disjoint(b);
                    let sees = meets(&facts.reads, &risky);
                    let writes = self.writing.get(*at) == Some(&true);
                    meets(&facts.writes, &read)
                        || meets(&facts.writes, &set)
                        || self.is_set_behind(*at, &facts.reads)
                        || sees && (facts.changes || self.is_changed_behind(*at))
                        || !writes && meets(&facts.reads, &self.large) && meets(&facts.reads, &set)
                })
            })
            .collect();
        for at in &joins {
            if let Some(ordered) = self.ordered.get_mut(*at) {
                *ordered = true;
            }
        }
        !joins.is_empty()
    }

    /// Variables that may lead to a container that ordered statements see.
    fn risky(&self, set: &HashSet<Name>) -> HashSet<Name> {
        let open = |name: &&Name| self.collected.open.contains(*name);
        let mut risky: HashSet<Name> = set.iter().filter(open).cloned().collect();
        loop {
            let before = risky.len();
            for facts in self.half(false).filter_map(|at| self.facts.get(at)) {
                if !facts.reads.is_disjoint(&risky) {
                    risky.extend(facts.writes.iter().filter(open).cloned());
                }
            }
            if risky.len() == before {
                return risky;
            }
        }
    }

    fn behind(&self, at: usize) -> impl Iterator<Item = &Facts> {
        let ordered = self.half(true).filter(move |other| *other > at);
        ordered.filter_map(|other| self.facts.get(other))
    }

    fn is_set_behind(&self, at: usize, names: &HashSet<Name>) -> bool {
        self.behind(at)
            .any(|facts| !facts.writes.is_disjoint(names))
    }

    fn is_changed_behind(&self, at: usize) -> bool {
        self.behind(at).any(|facts| facts.changes)
    }
}

/// The name of a variable for a list or dict of a store.
fn collection(stmt: &Stmt) -> Option<Name> {
    let StmtKind::Set(target, value) = &stmt.kind else {
        return None;
    };
    let (ExprKind::Name(name), ExprKind::Call(callee, args)) = (&target.kind, &value.kind) else {
        return None;
    };
    let gets = matches!(&callee.kind, ExprKind::Attr(_, name) if &**name == "get");
    let default = args.positional.get(1).map(|expr| &expr.kind);
    let holds = matches!(default, Some(ExprKind::List(_) | ExprKind::Dict(_)));
    (gets && holds).then(|| name.clone())
}

fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) => true,
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().all(is_constant),
        ExprKind::Dict(items) => items
            .iter()
            .all(|(key, value)| is_constant(key) && is_constant(value)),
        _ => false,
    }
}

/// True when a statement may write something.
fn writes(stmt: &Stmt) -> bool {
    let any = |body: &Block| body.iter().any(writes);
    match &stmt.kind {
        StmtKind::Text(text) => !text.is_empty(),
        StmtKind::Set(..)
        | StmtKind::SetBlock { .. }
        | StmtKind::Do(_)
        | StmtKind::Macro(_)
        | StmtKind::Import { .. }
        | StmtKind::FromImport { .. }
        | StmtKind::Break
        | StmtKind::Continue => false,
        StmtKind::If { branches, other } => {
            branches.iter().any(|(_, body)| any(body)) || any(other)
        }
        StmtKind::For(one) => any(&one.body) || any(&one.other),
        StmtKind::With { body, .. } | StmtKind::Autoescape(_, body) => any(body),
        StmtKind::Output(_)
        | StmtKind::Call(..)
        | StmtKind::FilterBlock(..)
        | StmtKind::Include { .. }
        | StmtKind::Extends(_)
        | StmtKind::Block(_) => true,
    }
}
