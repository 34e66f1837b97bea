//! What each statement of a top level does, and each macro: what a division of the template goes by.

use std::collections::{HashMap, HashSet};

use crate::template::scope;
use crate::template::syntax::ast::{MacroDef, Name};

/// What a statement or the body of a macro does.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Names of the top level that it may read, macros among them.
    pub reads: HashSet<Name>,
    /// Names of the top level that it may set.
    pub writes: HashSet<Name>,
    /// It touches the state.
    pub ordered: bool,
    /// It touches something else that outlives the render.
    pub outside: bool,
    /// It may change a container or an object in place.
    pub changes: bool,
    /// Names whose containers it changes.
    pub grown: HashSet<Name>,
}

impl Facts {
    fn add(&mut self, other: &Self) {
        self.reads.extend(other.reads.iter().cloned());
        self.ordered |= other.ordered;
        self.outside |= other.outside;
        self.changes |= other.changes;
        self.grown.extend(other.grown.iter().cloned());
    }
}

/// Where a walk is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    #[default]
    Nowhere,
    Statement(usize),
    Macro(Name),
}

/// Facts by unit.
#[derive(Debug, Default)]
pub(super) struct Collected {
    units: HashMap<Unit, Facts>,
    unit: Unit,
    /// Names that imports give to macros.
    names: HashMap<Name, HashSet<Name>>,
    /// Names that may stand for more than a value: containers, objects, code.
    pub open: HashSet<Name>,
    /// Not everything was looked at.
    pub incomplete: bool,
}

impl Collected {
    pub fn current(&mut self) -> &mut Facts {
        self.units.entry(self.unit.clone()).or_default()
    }

    pub fn enter(&mut self, statement: usize) {
        self.unit = Unit::Statement(statement);
    }

    /// Begins the body of a macro; gives what was being looked at.
    pub fn enter_macro(&mut self, name: &Name) -> Unit {
        std::mem::replace(&mut self.unit, Unit::Macro(name.clone()))
    }

    /// Ends the body of a macro; its own variables are nobody else's.
    pub fn leave_macro(&mut self, outer: Unit, def: &MacroDef) {
        let own = scope::assigned(&def.body);
        if let Some(facts) = self.units.get_mut(&self.unit) {
            for name in own
                .names
                .iter()
                .filter(|name| !own.read_first.contains(*name))
            {
                facts.reads.remove(name);
            }
            facts.writes.clear();
        }
        self.unit = outer;
    }

    /// A macro is called by another name here.
    pub fn rename(&mut self, source: &Name, target: &Name) {
        let names = self.names.entry(target.clone()).or_default();
        names.insert(source.clone());
    }

    /// All names that something sets.
    pub fn names(&self) -> HashSet<Name> {
        let all = self.units.values().flat_map(|facts| &facts.writes);
        all.cloned().collect()
    }

    /// The facts of a statement, with those of all macros whose names it mentions.
    pub fn of(&self, statement: usize) -> Facts {
        let unit = Unit::Statement(statement);
        let mut facts = self.units.get(&unit).cloned().unwrap_or_default();
        let mut seen: HashSet<Name> = HashSet::new();
        let mut todo: Vec<Name> = facts.reads.iter().cloned().collect();
        while let Some(name) = todo.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            todo.extend(self.names.get(&name).into_iter().flatten().cloned());
            if let Some(body) = self.units.get(&Unit::Macro(name)) {
                todo.extend(body.reads.iter().cloned());
                facts.add(body);
            }
        }
        facts
    }
}
