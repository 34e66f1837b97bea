//! The template language: Jinja2 as Eventum configures it, compiled to a compact program.
//!
//! Knows values and text, nothing of generators, plugins or documents.
//!
//! ```text
//! source --syntax--> tree --lower--> program --vm--> bytes
//! ```
//!
//! An [`Engine`] holds the globals and loads files; a [`Template`] renders into a byte buffer. What
//! a host adds (samples, state, random functions) are [`Object`]s and [`Function`]s, given as
//! globals or as [`Vars`] of one render. Everything here belongs to one thread.

mod access;
mod assumed;
mod compare;
mod datetime;
mod dict;
mod digits;
mod engine;
mod error;
mod fields;
mod filters;
mod format;
mod globals;
mod halves;
mod hints;
mod lower;
mod markup;
mod methods;
mod module;
mod object;
mod ops;
mod printf;
pub mod profile;
mod program;
mod repr;
mod scope;
mod syntax;
mod tests;
mod text;
pub mod usage;
mod value;
mod vm;

pub(crate) use datetime::TzValue;
pub use datetime::{Date, DateTime, Delta, TimeOfDay, Tz};
pub use dict::DictData;
pub(crate) use engine::Symbol;
pub use engine::{Engine, Limits, Loader, Reference, Run, Template, Vars};
pub(crate) use error::nearest;
pub use error::{Error, ErrorKind, Place, Signal, Span};
pub(crate) use fields::Fields;
pub use halves::Halves;
pub(crate) use halves::Handed;
pub use module::{python_module, python_modules};
pub(crate) use object::no_attribute;
pub use object::{
    Args, DrawFn, Function, Hint, Known, Namespace, NativeFn, Object, TextFn, ValueIter,
};
pub use ops::BinaryOp;
pub use text::Str;
pub use value::{Dict, List, Tuple, Value};
pub use vm::Ctx;

/// Names of all filters, in order.
pub fn filter_names() -> impl Iterator<Item = &'static str> {
    filters::names()
}

/// Names of all tests, in order; some are signs (`==`).
pub fn test_names() -> impl Iterator<Item = &'static str> {
    tests::names()
}

/// Names of the built-in functions (`range`).
pub fn function_names() -> Vec<&'static str> {
    let all = globals::builtin().into_iter();
    all.map(|(name, _)| name).collect()
}

/// The parameters of a filter without its input, such as `(old, new, [count])`; `None` when it takes
/// any, or there is no such filter.
pub fn filter_signature(name: &str) -> Option<String> {
    usage::arity::filter(name).map(usage::written)
}
