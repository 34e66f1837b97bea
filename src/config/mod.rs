//! Text to spanned tree to checked configuration, with every problem as a diagnostic.
//!
//! Knows no plugin by name and nothing of running: plugins declare a [`Schema`] and decode their
//! [`Node`] with [`Section`]; the stage tables above choose the plugin.

mod coerce;
mod diagnostic;
mod document;
mod dotted;
mod files;
mod node;
mod parameters;
mod pytext;
mod scalar;
#[cfg(test)]
mod scalar_tests;
mod schema;
mod section;
#[cfg(test)]
mod section_tests;
mod source;
mod suggest;
mod tokens;
mod yaml;
#[cfg(test)]
mod yaml_tests;

pub use diagnostic::{Diagnostic, Diagnostics, Place, Pos, Severity, Span};
pub use document::{Document, LoadOptions, Loaded, PluginNode, load};
pub use files::{Disk, Files, Overlay};
pub use node::{Node, Scalar, Tree};
pub use parameters::{BatchParameters, Parameters, QueueParameters};
pub use schema::{Field, Kind, Schema};
pub use section::{Context, Section};
pub use suggest::{names_help, near};
pub use yaml::parse_yaml;
