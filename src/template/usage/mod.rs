//! What a template touches: the names it reads and writes, and whether one render can influence
//! another. Found by reading the text of the template and of all files it names, without running it.
//!
//! Knows nothing of what the host's globals mean beyond what [`Hosts`] says of them.

pub(super) mod arity;
mod division;
mod effect;
mod facts;
mod fields;
mod kind;
mod names;
mod walk;
mod walk_expr;

#[cfg(test)]
mod division_tests;
#[cfg(test)]
mod tests;

pub use arity::{Signature, written};
pub use division::Undivided;
pub(super) use division::{Division, divide};

use std::collections::HashSet;
use std::rc::Rc;

use super::{Place, Template};

/// What the globals of a host are, for [`Template::usage`].
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    /// Each global with what it stands for. A name that is not here is taken for undefined.
    pub globals: Vec<(String, Host)>,
    /// Names of configured templates: imports of one keep what its top level made, see
    /// [`Template::keep_module`].
    pub kept: HashSet<String>,
}

/// What one global of a host stands for.
#[derive(Clone, Debug)]
pub enum Host {
    /// Nothing that a template can change, and new for each render (`timestamp`).
    Constant,
    /// A mapping that outlives the render (`params`).
    Mapping(Vec<Entry>),
    /// Tables by name (`samples`).
    Tables(Vec<Table>),
    /// A store that outlives the render (`shared`).
    Store,
    /// The gateway to modules; its functions are asked about paths such as `rand.number.integer`.
    Modules {
        /// Whether a path keeps nothing. A path that starts with `*` is of a module that is not known.
        stateless: fn(&[&str]) -> bool,
        /// The parameters of a function, where they are known.
        signature: fn(&[&str]) -> Option<Signature>,
    },
    /// Using it reaches outside of the render; the text says how.
    Effect(&'static str),
}

/// An entry of a [`Host::Mapping`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// True when its value is or holds something that can be changed in place.
    pub changeable: bool,
}

/// A table of a [`Host::Tables`].
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns; `None` when they have no names of their own.
    pub columns: Option<Vec<String>>,
    /// True when some cell is or holds something that can be changed in place.
    pub changeable: bool,
}

/// What a template and the files it names touch.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Names of the context and the globals, by the host's name (`timestamp`, `samples`).
    pub names: Vec<NameUse>,
    /// Tables and the columns of them that are read by name.
    pub tables: Vec<TableUse>,
    /// Keys of mappings that outlive the render.
    pub keys: Vec<KeyUse>,
    /// Keys of stores.
    pub state: Vec<StateUse>,
    /// What is used of modules, such as `rand.number.integer`.
    pub modules: Vec<NameUse>,
    /// Files that are included, imported or extended.
    pub files: Vec<FileUse>,
    /// What makes one render depend on another, in reading order; empty when none does.
    pub impurities: Vec<Impurity>,
    /// Columns that no row has, where that can be told.
    pub unknown_columns: Vec<UnknownColumn>,
    /// Calls that fail when they are reached, and tables that there are not.
    pub mistakes: Vec<Mistake>,
}

/// A name and where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameUse {
    /// The name.
    pub name: String,
    /// Where, in reading order.
    pub places: Vec<Place>,
}

/// A table and what is read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableUse {
    /// Its name.
    pub name: String,
    /// Columns that are read by name from its rows or from the table.
    pub columns: Vec<String>,
    /// Where the table is named.
    pub places: Vec<Place>,
}

/// A key of a mapping of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The mapping's name (`params`).
    pub mapping: String,
    /// The key; `None` when it is chosen at run time.
    pub key: Option<String>,
    /// Where.
    pub places: Vec<Place>,
}

/// A key of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateUse {
    /// The store's name (`shared`).
    pub scope: String,
    /// The key. What is only known at run time is written `…`.
    pub key: String,
    /// True where it is read.
    pub read: bool,
    /// True where it is written or removed.
    pub written: bool,
    /// Where.
    pub places: Vec<Place>,
}

/// How a file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `{% include %}`
    Include,
    /// `{% import %}` and `{% from %}`
    Import,
    /// `{% extends %}`
    Extends,
}

/// A file that a template names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUse {
    /// Its name; `None` when it is chosen at run time.
    pub name: Option<String>,
    /// How it is used.
    pub kind: FileKind,
    /// Where.
    pub place: Place,
    /// True when it could be read and compiled.
    pub found: bool,
}

/// Something that makes one render depend on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impurity {
    /// Where; absent for what is a matter of the whole set.
    pub place: Option<Place>,
    /// Why, in words that go on from "because".
    pub reason: String,
}

/// A column that a row cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownColumn {
    /// The table; the first when there are several it may be.
    pub table: String,
    /// The name that was asked for.
    pub column: String,
    /// The nearest name that there is.
    pub nearest: Option<String>,
    /// Where.
    pub place: Place,
}

/// Something that fails, or gives nothing, when it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
}

impl Usage {
    /// True when a render neither depends on the renders before it nor changes those after it, beyond
    /// its own variables.
    pub fn is_pure(&self) -> bool {
        self.impurities.is_empty()
    }
}

impl Template {
    /// What this template and the files it names by constant names touch. Reads the texts again, so
    /// it costs about what compiling them does.
    ///
    /// The verdict is sound: what cannot be told counts as an impurity.
    pub fn usage(&self, hosts: &Hosts) -> Usage {
        walk::usage(self, hosts)
    }
}

/// A text that was parsed again.
struct Parsed {
    name: Rc<str>,
    source: Rc<str>,
    tree: super::syntax::ast::Block,
}
