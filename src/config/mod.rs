//! Text to spanned tree to checked configuration, with every problem as a diagnostic.
//!
//! Knows no plugin by name and nothing of running: plugins declare a [`Schema`] and decode their
//! [`Node`] with [`Section`]; the stage tables above choose the plugin.

mod coerce;
mod diagnostic;
mod document;
#[cfg(test)]
mod document_tests;
mod dotted;
mod encoding;
mod files;
mod hush;
mod node;
mod parameters;
mod pytext;
mod refusal;
mod run_parameters;
mod scalar;
#[cfg(test)]
mod scalar_tests;
mod schema;
mod section;
#[cfg(test)]
mod section_tests;
mod settings;
#[cfg(test)]
mod settings_tests;
mod source;
mod startup;
mod startup_edit;
#[cfg(test)]
mod startup_edit_tests;
#[cfg(test)]
mod startup_tests;
mod suggest;
mod token_finder;
mod tokens;
pub(crate) mod wire;
mod yaml;
mod yaml_errors;
#[cfg(test)]
mod yaml_tests;

pub use diagnostic::{Diagnostic, Diagnostics, Place, Pos, Severity, Span};
pub use document::{
    DOCUMENT_NAME, Document, LoadOptions, Loaded, PluginNode, document_path, load, read_text,
};
pub use encoding::{ENCODINGS, SingleByte};
pub use files::{Disk, Files, Overlay};
pub use hush::{HushWriter, hush, hush_text, remember};
pub use node::{Node, Scalar, Tree};
pub use parameters::{
    BatchParameters, GENERATION, Parameters, QueueParameters, STARTUP, StartupEntry,
};
pub use refusal::{way_out, why};
pub use run_parameters::{
    BACKFILL_FORMS, GAIN, Past, RATE_LIMIT, ReloadMode, RunParameters, check_duration,
    read_duration,
};
pub use schema::{Field, Kind, Schema};
pub use section::{Context, Section};
pub use settings::{
    InstanceSettings, LogLevel, LogRotation, LogSettings, PathSettings, read_settings,
};
pub use startup::{Listed, StartupList, read_generation, read_startup, read_startup_list};
pub use startup_edit::{StartupEdit, edit_startup};
pub use suggest::{names_help, near};
pub(crate) use tokens::missing_param;
pub use tokens::{SECRET_PREFIX, secret_variable};
pub use yaml::parse_yaml;
