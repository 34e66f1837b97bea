//! From a document to checked plugin options, ready to run.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::config::{
    Context, Diagnostic, Diagnostics, Document, Files, Node, Place, PluginNode, Scalar, Schema,
    Span, Tree, names_help,
};
use crate::event::{self, EventConfig};
use crate::input::{self, InputConfig};
use crate::output::{self, OutputConfig};

use super::reads::{self, Reads, digest};

/// Everything of a generator that does not depend on its run.
#[derive(Debug)]
pub struct Plan {
    /// The document, as the user would name it.
    pub path: PathBuf,
    /// The project's folder, absolute.
    pub base: PathBuf,
    /// Inputs in document order; at least one, and at most 65,536.
    pub inputs: Vec<InputPlan>,
    /// Name of the event plugin.
    pub event_name: &'static str,
    /// Where the event plugin's name stands.
    pub event_place: Place,
    /// Options of the event plugin.
    pub event: Box<dyn EventConfig>,
    /// The event plugin with its options, and what was read to decode them, as a number.
    pub event_digest: u64,
    /// Outputs in document order; at least one.
    pub outputs: Vec<OutputPlan>,
}

/// An input of a plan.
#[derive(Debug)]
pub struct InputPlan {
    /// Name of the plugin.
    pub name: &'static str,
    /// Path of the setting, such as `input[0].cron`.
    pub setting: String,
    /// Where the plugin's name stands.
    pub place: Place,
    /// Its options.
    pub config: Box<dyn InputConfig>,
    /// The plugin with its options, and what was read to decode them, as a number.
    pub digest: u64,
}

/// An output of a plan.
#[derive(Debug)]
pub struct OutputPlan {
    /// Name of the plugin.
    pub name: &'static str,
    /// Path of the setting, such as `output[0].file`.
    pub setting: String,
    /// Where the plugin's name stands.
    pub place: Place,
    /// Its options.
    pub config: Box<dyn OutputConfig>,
    /// The plugin with its options, and what was read to decode them, as a number.
    pub digest: u64,
    /// It says that it does not check the certificate of its target.
    pub unverified: bool,
}

impl Plan {
    /// True when the size of batches shows in what some output writes.
    pub(super) fn joins(&self) -> bool {
        let mut outputs = self.outputs.iter();
        outputs.any(|output| output.config.format().joins_batch())
    }
}

/// Decodes all plugins of a document, reporting every problem of each. `None` when one of them cannot
/// be used: after an error, or without one when it uses parameters whose values are not known
/// (lenient loading).
pub fn plan(document: &Document, files: &dyn Files) -> (Option<Plan>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let decoded = Decoded::of(document, files, &mut problems);
    let plan = decoded.complete(document, &mut problems);
    (plan, problems)
}

/// The plugins of a document that could be decoded.
#[derive(Debug)]
pub struct Decoded {
    /// In document order.
    pub inputs: Vec<Option<InputPlan>>,
    /// The event plugin.
    pub event: Option<EventPlan>,
    /// In document order.
    pub outputs: Vec<Option<OutputPlan>>,
}

/// The event plugin of a document.
#[derive(Debug)]
pub struct EventPlan {
    /// Name of the plugin.
    pub name: &'static str,
    /// Where the plugin's name stands.
    pub place: Place,
    /// Its options.
    pub config: Box<dyn EventConfig>,
    /// The plugin with its options, and what was read to decode them, as a number.
    pub digest: u64,
}

impl Decoded {
    /// Decodes what it can, reporting every problem of the rest.
    pub fn of(document: &Document, files: &dyn Files, problems: &mut Diagnostics) -> Self {
        let mut decoder = Decoder {
            document,
            path: document.path.as_path().into(),
            files,
            problems,
        };
        decoder.calendars();
        let inputs = document.inputs.iter().map(|node| {
            let (name, config, digest) = decoder.decode(Stage::Input, node, |index| {
                input::PLUGINS.get(index).map(|plugin| plugin.decode)
            })?;
            Some(InputPlan {
                name,
                setting: node.setting.clone(),
                place: decoder.place(node.name_span),
                config,
                digest,
            })
        });
        let inputs = inputs.collect();
        let event = document.event.as_ref().and_then(|node| {
            let (name, config, digest) = decoder.decode(Stage::Event, node, |index| {
                event::PLUGINS.get(index).map(|plugin| plugin.decode)
            })?;
            let place = decoder.place(node.name_span);
            Some(EventPlan {
                name,
                place,
                config,
                digest,
            })
        });
        let outputs = document.outputs.iter().map(|node| {
            let (name, config, digest) = decoder.decode(Stage::Output, node, |index| {
                output::PLUGINS.get(index).map(|plugin| plugin.decode)
            })?;
            let config = match node.body.has_secret() {
                true => output::hushed(config),
                false => config,
            };
            Some(OutputPlan {
                name,
                setting: node.setting.clone(),
                place: decoder.place(node.name_span),
                config,
                digest,
                unverified: unverified(&node.body),
            })
        });
        let outputs: Vec<Option<OutputPlan>> = outputs.collect();
        shared_files(document, &outputs, problems);
        Self {
            inputs,
            event,
            outputs,
        }
    }

    /// A plan, when nothing is missing.
    fn complete(self, document: &Document, problems: &mut Diagnostics) -> Option<Plan> {
        if let Some(last) = document.inputs.get(usize::from(u16::MAX) + 1) {
            problems.push(Diagnostic::error(
                "a generator has at most 65536 inputs",
                Some(Place {
                    path: document.path.as_path().into(),
                    span: Some(last.name_span),
                }),
            ));
            return None;
        }
        let inputs: Vec<InputPlan> = self.inputs.into_iter().collect::<Option<_>>()?;
        let outputs: Vec<OutputPlan> = self.outputs.into_iter().collect::<Option<_>>()?;
        let event = self.event?;
        if inputs.is_empty() || outputs.is_empty() {
            return None;
        }
        Some(Plan {
            path: document.path.clone(),
            base: document.base.clone(),
            inputs,
            event_name: event.name,
            event_place: event.place,
            event: event.config,
            event_digest: event.digest,
            outputs,
        })
    }
}

/// True when options say that a certificate is not checked.
fn unverified(body: &Node) -> bool {
    let Tree::Map(entries) = &body.tree else {
        return false;
    };
    entries.iter().any(|(key, value)| {
        let off = matches!(&value.tree, Tree::Scalar(Scalar::Bool(false)));
        key.as_str() == Some("verify") && off || unverified(value)
    })
}

/// A path without `.`, `..` and doubled slashes, by its text alone.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// Two outputs that write one file mix their events, or empty it for each other.
fn shared_files(document: &Document, outputs: &[Option<OutputPlan>], problems: &mut Diagnostics) {
    let mut known: HashMap<PathBuf, &str> = HashMap::new();
    for output in outputs.iter().flatten() {
        let Some(path) = output.config.file() else {
            continue;
        };
        let path = plain(&document.base.join(path));
        let Some(first) = known.get(&path) else {
            known.insert(path, &output.setting);
            continue;
        };
        problems.push(
            Diagnostic::warning(
                format!("writes the same file as `{first}`, so their events mix"),
                Some(output.place.clone()),
            )
            .setting(&output.setting)
            .help("give each output a file of its own"),
        );
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Input,
    Event,
    Output,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Input, Self::Event, Self::Output];

    fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Event => "event",
            Self::Output => "output",
        }
    }

    fn schemas(self) -> Vec<&'static Schema> {
        match self {
            Self::Input => input::PLUGINS.iter().map(|plugin| plugin.schema).collect(),
            Self::Event => event::PLUGINS.iter().map(|plugin| plugin.schema).collect(),
            Self::Output => output::PLUGINS.iter().map(|plugin| plugin.schema).collect(),
        }
    }

    /// Plugins that this build may lack, because they are features of the program.
    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Output => output::FEATURES,
            Self::Input | Self::Event => &[],
        }
    }
}

type Decode<C> = fn(&Node, &mut Context<'_>) -> Option<C>;

struct Decoder<'a> {
    document: &'a Document,
    path: Arc<Path>,
    files: &'a dyn Files,
    problems: &'a mut Diagnostics,
}

impl Decoder<'_> {
    fn place(&self, span: Span) -> Place {
        Place {
            path: Arc::clone(&self.path),
            span: Some(span),
        }
    }

    /// Checks the block `calendars`, used or not.
    fn calendars(&mut self) {
        input::check_block(&mut Context {
            diagnostics: self.problems,
            path: &self.path,
            base: &self.document.base,
            files: self.files,
            calendars: self.document.calendars.as_ref(),
            setting: "calendars".to_owned(),
        });
    }

    fn decode<C>(
        &mut self,
        stage: Stage,
        node: &PluginNode,
        decode: impl Fn(usize) -> Option<Decode<C>>,
    ) -> Option<(&'static str, C, u64)> {
        let before = self.problems.0.len();
        let reads = Reads::new(self.files);
        let mut cx = Context {
            diagnostics: self.problems,
            path: &self.path,
            base: &self.document.base,
            files: &reads,
            calendars: self.document.calendars.as_ref(),
            setting: node.setting.clone(),
        };
        let schemas = stage.schemas();
        let Some(index) = schemas.iter().position(|schema| schema.name == node.name) else {
            unknown_plugin(stage, node, &schemas, &mut cx);
            return None;
        };
        let config = decode(index).and_then(|decode| decode(&node.body, &mut cx));
        forgive_unknown(&node.body, before, self.problems);
        let sound = !self
            .problems
            .0
            .iter()
            .skip(before)
            .any(|one| one.severity == crate::config::Severity::Error);
        let name = schemas.get(index)?.name;
        let mut digest = digest(&node.body).wrapping_add(reads.sum());
        if stage == Stage::Input {
            let calendars = self.document.calendars.as_ref();
            digest = digest.wrapping_add(calendars.map_or(0, reads::digest));
        }
        config
            .filter(|_| sound)
            .map(|config| (name, config, digest))
    }
}

fn unknown_plugin(
    stage: Stage,
    node: &PluginNode,
    schemas: &[&'static Schema],
    cx: &mut Context<'_>,
) {
    let name = node.name.as_str();
    let kind = stage.name();
    let known = schemas.iter().map(|schema| schema.name);
    if stage.features().contains(&name) {
        cx.error_help(
            node.name_span,
            format!("this build of evtui has no {kind} plugin `{name}`"),
            format!("it was built without the feature `{name}`; use a build that has it"),
        );
        return;
    }
    let message = format!("there is no {kind} plugin `{name}`");
    let elsewhere = Stage::ALL
        .into_iter()
        .find(|other| *other != stage && other.schemas().iter().any(|schema| schema.name == name));
    let help = match elsewhere {
        Some(other) => {
            let other = other.name();
            format!("`{name}` is an {other} plugin, it belongs below `{other}:`")
        }
        None => names_help(name, known),
    };
    cx.error_help(node.name_span, message, help);
}

/// Drops errors about values that are not known yet.
fn forgive_unknown(body: &Node, before: usize, problems: &mut Diagnostics) {
    let mut spans = Vec::new();
    body.walk(&mut |node| {
        if node.unknown {
            spans.push(node.span);
        }
    });
    if spans.is_empty() {
        return;
    }
    let mut index = 0;
    problems.0.retain(|one| {
        index += 1;
        let span = one.place.as_ref().and_then(|place| place.span);
        index <= before || span.is_none_or(|span| !spans.contains(&span))
    });
}

/// True when a value in it is not known yet.
pub(super) fn has_unknown(body: &Node) -> bool {
    let mut found = false;
    body.walk(&mut |node| found |= node.unknown);
    found
}
