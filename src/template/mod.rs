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
mod compare;
mod datetime;
mod dict;
mod digits;
mod engine;
mod error;
mod filters;
mod format;
mod globals;
mod lower;
mod markup;
mod methods;
mod module;
mod object;
mod ops;
mod printf;
mod program;
mod repr;
mod scope;
mod syntax;
mod tests;
mod text;
pub mod usage;
mod value;
mod vm;

pub use datetime::{Date, DateTime, Delta, TimeOfDay, Tz};
pub use dict::DictData;
pub(crate) use engine::Symbol;
pub use engine::{Engine, Limits, Loader, Run, Template, Vars};
pub(crate) use error::nearest;
pub use error::{Error, ErrorKind, Place, Signal, Span};
pub use module::{python_module, python_modules};
pub(crate) use object::no_attribute;
pub use object::{Args, Function, Hint, Namespace, NativeFn, Object, TextFn, ValueIter};
pub use ops::BinaryOp;
pub use text::Str;
pub use value::{Dict, List, Tuple, Value};
pub use vm::Ctx;
