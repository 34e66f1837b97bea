//! What the compiler takes for granted of the globals of a host, and what speaks against it.
//!
//! One file is compiled after the other, so that a later one may take away what an earlier one was
//! compiled with; then all of them are compiled again. Knows names, not values.

use std::collections::HashSet;

use super::engine::Symbol;

/// What the compiler took for granted of the host's globals, and what speaks against it.
#[derive(Default)]
pub(super) struct Assumed {
    fixed: HashSet<Symbol>,
    /// Names that were taken for their global.
    bound: HashSet<Symbol>,
    /// Mappings whose entries were taken for constants.
    read: HashSet<Symbol>,
    /// Names of variables that other files may see.
    stored: HashSet<Symbol>,
    /// Mappings that somebody may change.
    unsteady: HashSet<Symbol>,
    /// Files are named at run time, so anything may come.
    unsure: bool,
}

impl Assumed {
    /// A global that renders do not set.
    pub fn fix(&mut self, symbol: Symbol) {
        self.fixed.insert(symbol);
    }

    /// Before everything is compiled again: what speaks against it is still known.
    pub fn begin_anew(&mut self) {
        self.bound.clear();
        self.read.clear();
    }

    /// True when something was taken for granted that a file compiled later takes away.
    pub fn is_broken(&self) -> bool {
        let gone = |symbol: &Symbol| self.stored.contains(symbol);
        let changed = |symbol: &Symbol| gone(symbol) || self.unsteady.contains(symbol);
        let unsure = self.unsure && !(self.bound.is_empty() && self.read.is_empty());
        unsure || self.bound.iter().any(gone) || self.read.iter().any(changed)
    }

    /// True when a name means its global, wherever it is not a variable; remembered.
    pub fn bind(&mut self, symbol: Symbol) -> bool {
        let binds = self.fixed.contains(&symbol) && !self.unsure && !self.stored.contains(&symbol);
        if binds {
            self.bound.insert(symbol);
        }
        binds
    }

    /// True when the entries of a mapping stay what they are; remembered.
    pub fn read(&mut self, symbol: Symbol) -> bool {
        let steady = !self.unsteady.contains(&symbol) && self.bind(symbol);
        if steady {
            self.read.insert(symbol);
        }
        steady
    }

    /// A variable that other files may see.
    pub fn store(&mut self, symbol: Symbol) {
        self.stored.insert(symbol);
    }

    /// A global is used for more than to read an entry.
    pub fn hand_out(&mut self, symbol: Symbol) {
        if self.fixed.contains(&symbol) {
            self.unsteady.insert(symbol);
        }
    }

    /// A file is named at run time.
    pub fn doubt(&mut self) {
        self.unsure = true;
    }
}
