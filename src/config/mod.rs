//! Text to spanned tree to checked configuration, with every problem as a diagnostic.
//!
//! Knows no plugin by name and nothing of running: plugins declare a [`Schema`] and decode their
//! [`Node`] with [`Section`]; the stage tables above choose the plugin.

mod diagnostic;
mod document;
mod files;
mod node;
mod parameters;
mod schema;
mod section;

pub use diagnostic::{Diagnostic, Diagnostics, Place, Pos, Severity, Span};
pub use document::{Document, LoadOptions, Loaded, PluginNode, load};
pub use files::{Disk, Files, Overlay};
pub use node::{Node, Scalar, Tree};
pub use parameters::{BatchParameters, Parameters, QueueParameters};
pub use schema::{Field, Kind, Schema};
pub use section::{Context, Section};
