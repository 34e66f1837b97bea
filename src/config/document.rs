//! Loading `generator.yml`: text, tokens, YAML, top level. Plugins are decoded by the stages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Diagnostics, Files, Node, Span};

/// One `plugin: {options}` item.
#[derive(Clone, Debug)]
pub struct PluginNode {
    /// Plugin name as written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Its options (a mapping).
    pub body: Node,
    /// Setting path such as `input[0].cron`.
    pub setting: String,
}

/// A generator document whose top level is sound.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as the user would name it.
    pub path: PathBuf,
    /// The project's folder, absolute.
    pub base: PathBuf,
    /// Items of `input`.
    pub inputs: Vec<PluginNode>,
    /// The one item of `event`.
    pub event: PluginNode,
    /// Items of `output`.
    pub outputs: Vec<PluginNode>,
}

/// Values for tokens.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// `${params.*}`.
    pub params: Map<String, Value>,
    /// `${secrets.*}`.
    pub secrets: BTreeMap<String, String>,
    /// Take missing params and secrets as placeholder text and only list them (for `check` and preview).
    pub lenient: bool,
}

/// What loading found.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The document, unless it was too broken.
    pub document: Option<Document>,
    /// Names of `${params.*}` used, with their first place.
    pub params: Vec<(String, Span)>,
    /// Names of `${secrets.*}` used, with their first place.
    pub secrets: Vec<(String, Span)>,
    /// All problems.
    pub diagnostics: Diagnostics,
}

/// Loads the document at `path` (a file, or a folder that holds `generator.yml`).
pub fn load(_path: &Path, _files: &dyn Files, _options: &LoadOptions) -> Loaded {
    todo!()
}
