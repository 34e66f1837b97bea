//! Options of the plugin: schemas, decoding, and every rule that needs no file.

use std::collections::HashSet;
use std::sync::Arc;

use super::condition::{self, Condition};
use crate::config::{Context, Field, Kind, Node, Place, Scalar, Schema, Section, Tree, names_help};

/// Checked options of the plugin `template`.
#[derive(Debug)]
pub struct TemplateConfig {
    pub(super) params: Option<Node>,
    pub(super) samples: Vec<SampleConfig>,
    pub(super) entries: Vec<Entry>,
    pub(super) mode: Mode,
}

/// One entry of `templates`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) alias: Arc<str>,
    /// Path below the project's folder, slash-separated.
    pub(super) template: String,
    pub(super) place: Place,
    pub(super) setting: String,
    pub(super) vars: Option<Node>,
}

/// How templates are chosen.
#[derive(Debug)]
pub(super) enum Mode {
    All,
    Any,
    /// A weight for each entry.
    Chance(Vec<f64>),
    Spin,
    /// Entry indexes, one per timestamp.
    Chain(Vec<usize>),
    Fsm {
        initial: usize,
        /// Transitions of each entry, in order.
        transitions: Vec<Vec<Transition>>,
    },
}

/// One way from a state to another.
#[derive(Debug)]
pub(super) struct Transition {
    pub(super) to: usize,
    pub(super) when: Condition,
}

/// One sample.
#[derive(Debug)]
pub(super) struct SampleConfig {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) setting: String,
    pub(super) source: SampleSource,
}

/// Where a sample's rows come from.
#[derive(Debug)]
pub(super) enum SampleSource {
    Items(Vec<Node>),
    Csv {
        path: String,
        header: bool,
        delimiter: char,
        quote: char,
    },
    Json {
        path: String,
    },
}

const MODES: &[&str] = &["all", "any", "chance", "spin", "fsm", "chain"];

pub(super) static SCHEMA: Schema = Schema {
    name: "template",
    doc: "Renders events from Jinja templates. The mode says which templates a timestamp renders.",
    fields: &[
        Field::required(
            "mode",
            Kind::Enum(MODES),
            "Which templates are rendered for a timestamp: `all` of them, `any` one, one by `chance` \
             (weights), each in turn (`spin`), by state and transitions (`fsm`), or along a `chain`.",
        ),
        Field::optional(
            "params",
            Kind::Map,
            "{}",
            "Values of your own; templates read them as `params.name`.",
        ),
        Field::optional(
            "samples",
            Kind::Map,
            "{}",
            "Data sets by name, each with a `type` (`items`, `csv` or `json`) and a `source`; \
             templates read them as `samples.name`.",
        ),
        Field::required(
            "templates",
            Kind::List(&Kind::Any, 1),
            "The templates: a list of `alias: {template: path}`.",
        ),
        Field::optional(
            "chain",
            Kind::List(&Kind::Str, 1),
            "",
            "Mode `chain` only: the aliases in the order in which timestamps render them.",
        ),
    ],
};

const TEMPLATE: Field = Field::required(
    "template",
    Kind::Path,
    "The template file, relative to the project's folder; its name ends in .jinja.",
);
const VARS: Field = Field::optional(
    "vars",
    Kind::Map,
    "{}",
    "Values for this entry alone; the template reads them as `vars.name`.",
);

static ENTRY: Schema = Schema {
    name: "templates",
    doc: "One template under its alias.",
    fields: &[TEMPLATE, VARS],
};

static CHANCE_ENTRY: Schema = Schema {
    name: "templates",
    doc: "One template under its alias, with its weight.",
    fields: &[
        TEMPLATE,
        VARS,
        Field::required(
            "chance",
            Kind::FloatAbove(0.0),
            "How often this template is chosen, relative to the others; above 0.",
        ),
    ],
};

static FSM_ENTRY: Schema = Schema {
    name: "templates",
    doc: "One template under its alias, which is also the name of its state.",
    fields: &[
        TEMPLATE,
        VARS,
        Field::optional(
            "initial",
            Kind::Bool,
            "false",
            "The state to start in; exactly one.",
        ),
        Field::optional(
            "transitions",
            Kind::List(&Kind::Section(&TRANSITION), 0),
            "[]",
            "Ways to other states; the first whose condition holds is taken before the next event.",
        ),
    ],
};

static TRANSITION: Schema = Schema {
    name: "transitions",
    doc: "A way to another state.",
    fields: &[
        Field::required("to", Kind::NonEmpty, "Alias of the state to go to."),
        Field::required(
            "when",
            Kind::Custom(condition::check),
            "The condition, such as `eq: {shared.n: 1}`, `has_tags: x` or `always:`.",
        ),
    ],
};

static ITEMS: Schema = Schema {
    name: "items",
    doc: "A sample whose rows stand in the configuration.",
    fields: &[
        SAMPLE_TYPE,
        Field::required(
            "source",
            Kind::List(&Kind::Any, 1),
            "The rows: a list of values, or of lists of the same length.",
        ),
    ],
};

static CSV: Schema = Schema {
    name: "csv",
    doc: "A sample from a CSV file; all cells are text.",
    fields: &[
        SAMPLE_TYPE,
        Field::required("source", Kind::Path, "The file; its name ends in .csv."),
        Field::optional(
            "header",
            Kind::Bool,
            "false",
            "The first line names the columns.",
        ),
        Field::optional(
            "delimiter",
            Kind::NonEmpty,
            "','",
            "The character between cells.",
        ),
        Field::optional(
            "quotechar",
            Kind::NonEmpty,
            "'\"'",
            "The character around quoted cells.",
        ),
    ],
};

static JSON: Schema = Schema {
    name: "json",
    doc: "A sample from a JSON file: a list of objects with the same keys, or of lists.",
    fields: &[
        SAMPLE_TYPE,
        Field::required("source", Kind::Path, "The file; its name ends in .json."),
    ],
};

const SAMPLE_TYPES: &[&str] = &["items", "csv", "json"];
const SAMPLE_TYPE: Field = Field::required(
    "type",
    Kind::Enum(SAMPLE_TYPES),
    "Where the rows come from.",
);

/// Decodes the options; `None` after errors were reported.
pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<TemplateConfig> {
    let before = cx.errors();
    let section = Section::open(node, &SCHEMA, cx)?;
    let mode = section.str("mode")?.to_owned();
    let samples = samples(section.node("samples"), cx);
    let parts = section
        .node("templates")
        .and_then(Node::as_seq)
        .unwrap_or_default();
    let entries = entries(parts, &mode, cx);
    let chain = chain(&section, &mode, entries.as_deref(), cx);
    let (entries, sections): (Vec<Entry>, Vec<Section>) = entries?.into_iter().unzip();
    let mode = match mode.as_str() {
        "any" => Mode::Any,
        "chance" => Mode::Chance(
            sections
                .iter()
                .map(|entry| entry.float("chance").unwrap_or(0.0))
                .collect(),
        ),
        "spin" => Mode::Spin,
        "chain" => Mode::Chain(chain?),
        "fsm" => fsm(&entries, &sections, section.node("templates")?, cx)?,
        _ => Mode::All,
    };
    (cx.errors() == before).then_some(TemplateConfig {
        params: section.node("params").cloned(),
        samples,
        entries,
        mode,
    })
}

/// Decodes the entries; `None` when any was wrong (all were looked at).
fn entries(parts: &[Node], mode: &str, cx: &mut Context<'_>) -> Option<Vec<(Entry, Section)>> {
    let before = cx.errors();
    let schema = match mode {
        "chance" => &CHANCE_ENTRY,
        "fsm" => &FSM_ENTRY,
        _ => &ENTRY,
    };
    let mut found = Vec::new();
    let mut seen: HashSet<Arc<str>> = HashSet::new();
    cx.within(".templates", |cx| {
        for (index, part) in parts.iter().enumerate() {
            cx.within(&format!("[{index}]"), |cx| {
                let Some((alias, key, body)) = alias(part, cx) else {
                    return;
                };
                if !seen.insert(Arc::clone(&alias)) {
                    cx.error_help(
                        key.span,
                        format!("the template alias `{alias}` is used twice"),
                        "give each entry its own alias; several may name the same file",
                    );
                }
                let entry = cx.within(&format!(".{alias}"), |cx| entry(alias, body, schema, cx));
                found.extend(entry);
            });
        }
    });
    (cx.errors() == before).then_some(found)
}

fn alias<'n>(part: &'n Node, cx: &mut Context<'_>) -> Option<(Arc<str>, &'n Node, &'n Node)> {
    let Some([(key, body)]) = part.as_map() else {
        cx.error_help(
            part.span,
            "an entry of `templates` has exactly one key, its alias",
            "write `- alias: {template: path/to/file.jinja}`",
        );
        return None;
    };
    let Tree::Scalar(Scalar::Str(alias)) = &key.tree else {
        cx.error_help(
            key.span,
            format!("a template alias is text, not {}", key.describe()),
            "put it in quotes",
        );
        return None;
    };
    Some((Arc::clone(alias), key, body))
}

fn entry(
    alias: Arc<str>,
    body: &Node,
    schema: &'static Schema,
    cx: &mut Context<'_>,
) -> Option<(Entry, Section)> {
    if let Some(path) = body.as_str() {
        let help =
            format!("write `{{template: {path}}}` or put `template: {path}` on the next line");
        cx.error_help(
            body.span,
            "an entry takes a mapping of options, not a path",
            help,
        );
        return None;
    }
    let body = without_other_modes(body, schema, cx);
    let section = Section::open(&body, schema, cx)?;
    let path = section.node("template")?;
    let template = path.as_str()?.to_owned();
    let file = template.rsplit('/').next().unwrap_or_default();
    let absolute = std::path::Path::new(&template).is_absolute();
    cx.within(".template", |cx| {
        if absolute {
            cx.error_help(
                path.span,
                "a template path is relative to the project's folder",
                "templates lie inside the project",
            );
        }
        if !file.ends_with(".jinja") || file == ".jinja" {
            cx.error_help(
                path.span,
                format!("a template file's name ends in .jinja, `{file}` does not"),
                "rename it, such as event.json.jinja",
            );
        }
    });
    Some((
        Entry {
            alias,
            template,
            place: cx.place(path.span),
            setting: cx.setting.clone(),
            vars: section.node("vars").cloned(),
        },
        section,
    ))
}

/// Reports options that belong to another mode, and gives the entry without them.
fn without_other_modes(body: &Node, schema: &'static Schema, cx: &mut Context<'_>) -> Node {
    let mut body = body.clone();
    let Tree::Map(entries) = &mut body.tree else {
        return body;
    };
    for (name, mode) in [
        ("chance", "chance"),
        ("transitions", "fsm"),
        ("initial", "fsm"),
    ] {
        if schema.fields.iter().any(|field| field.name == name) {
            continue;
        }
        entries.retain(|(key, _)| {
            let other = key.as_str() == Some(name);
            if other {
                let message = format!("`{name}` belongs to mode `{mode}`");
                cx.error_help(
                    key.span,
                    message,
                    format!("remove it, or set `mode: {mode}`"),
                );
            }
            !other
        });
    }
    body
}

/// The chain as entry indexes. Looks at the names even when entries are wrong.
fn chain(
    section: &Section,
    mode: &str,
    entries: Option<&[(Entry, Section)]>,
    cx: &mut Context<'_>,
) -> Option<Vec<usize>> {
    let node = section.node("chain");
    if mode != "chain" {
        if let Some(node) = node {
            cx.within(".chain", |cx| {
                cx.error_help(
                    node.span,
                    format!("`chain` belongs to mode `chain`, not `{mode}`"),
                    "remove it, or set `mode: chain`",
                );
            });
        }
        return None;
    }
    let Some(node) = node else {
        cx.error_help(
            section.span,
            "mode `chain` needs the option `chain`",
            "list the aliases in the order in which timestamps render them",
        );
        return None;
    };
    let entries = entries?;
    let aliases: Vec<&str> = entries.iter().map(|(entry, _)| &*entry.alias).collect();
    let mut indexes = Vec::new();
    cx.within(".chain", |cx| {
        for (index, item) in node.as_seq().unwrap_or_default().iter().enumerate() {
            let name = item.as_str().unwrap_or_default();
            match aliases.iter().position(|alias| *alias == name) {
                Some(at) => indexes.push(at),
                None => cx.within(&format!("[{index}]"), |cx| {
                    cx.error_help(
                        item.span,
                        format!("`{name}` is no template alias"),
                        names_help(name, aliases.iter().copied()),
                    );
                }),
            }
        }
    });
    Some(indexes)
}

fn fsm(
    entries: &[Entry],
    sections: &[Section],
    templates: &Node,
    cx: &mut Context<'_>,
) -> Option<Mode> {
    let aliases: Vec<&str> = entries.iter().map(|entry| &*entry.alias).collect();
    let mut initials = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        if section.bool("initial") == Some(true) {
            initials.push(index);
        }
    }
    if let [first, more @ ..] = initials.as_slice() {
        for &index in more {
            let span = sections
                .get(index)
                .map_or(templates.span, |section| section.span);
            let message = format!(
                "`{}` is a second initial state, `{}` is one already",
                aliases.get(index).unwrap_or(&""),
                aliases.get(*first).unwrap_or(&"")
            );
            cx.within(".templates", |cx| {
                cx.error_help(span, message, "keep `initial: true` on one entry");
            });
        }
    } else {
        cx.error_help(
            templates.span,
            "mode `fsm` needs a state to start in",
            "add `initial: true` to one entry",
        );
    }
    let transitions = sections
        .iter()
        .zip(entries)
        .map(|(section, entry)| transitions(section, &entry.setting, &aliases, cx))
        .collect::<Vec<_>>();
    if let Some(&initial) = initials.first() {
        warn_unreachable(initial, entries, &transitions, cx);
        return Some(Mode::Fsm {
            initial,
            transitions,
        });
    }
    None
}

fn transitions(
    section: &Section,
    setting: &str,
    aliases: &[&str],
    cx: &mut Context<'_>,
) -> Vec<Transition> {
    let mut found = Vec::new();
    let nodes = section
        .node("transitions")
        .and_then(Node::as_seq)
        .unwrap_or_default();
    let outer = std::mem::replace(&mut cx.setting, setting.to_owned());
    for (index, node) in nodes.iter().enumerate() {
        cx.within(&format!(".transitions[{index}]"), |cx| {
            let Some(part) = Section::open(node, &TRANSITION, cx) else {
                return;
            };
            let (Some(to), Some(when)) = (part.node("to"), part.node("when")) else {
                return;
            };
            let name = to.as_str().unwrap_or_default();
            let Some(target) = aliases.iter().position(|alias| *alias == name) else {
                cx.within(".to", |cx| {
                    cx.error_help(
                        to.span,
                        format!("`{name}` is no state"),
                        names_help(name, aliases.iter().copied()),
                    );
                });
                return;
            };
            let when = cx.within(".when", |cx| condition::decode(when, cx));
            found.extend(when.map(|when| Transition { to: target, when }));
        });
    }
    cx.setting = outer;
    found
}

/// States that no transition leads to are usually slips.
fn warn_unreachable(
    initial: usize,
    entries: &[Entry],
    transitions: &[Vec<Transition>],
    cx: &mut Context<'_>,
) {
    let mut reached = vec![false; entries.len()];
    let mut todo = vec![initial];
    while let Some(state) = todo.pop() {
        let Some(seen @ false) = reached.get_mut(state) else {
            continue;
        };
        *seen = true;
        todo.extend(
            transitions
                .get(state)
                .into_iter()
                .flatten()
                .map(|one| one.to),
        );
    }
    for (entry, _) in entries.iter().zip(reached).filter(|(_, reached)| !reached) {
        let span = entry.place.span.unwrap_or_default();
        cx.within(".templates", |cx| {
            cx.warn(
                span,
                format!("the state `{}` is never reached", entry.alias),
                "add a transition to it, or remove it",
            );
        });
    }
}

fn samples(node: Option<&Node>, cx: &mut Context<'_>) -> Vec<SampleConfig> {
    let mut found = Vec::new();
    let parts = node.and_then(Node::as_map).unwrap_or_default();
    cx.within(".samples", |cx| {
        for (key, body) in parts {
            let name = key.as_str().unwrap_or_default();
            cx.within(&format!(".{name}"), |cx| {
                found.extend(sample(name, body, cx))
            });
        }
    });
    found
}

fn sample(name: &str, body: &Node, cx: &mut Context<'_>) -> Option<SampleConfig> {
    let schema = match body.get("type").and_then(Node::as_str) {
        Some("items") => &ITEMS,
        Some("csv") => &CSV,
        Some("json") => &JSON,
        other => {
            report_type(body, other, cx);
            return None;
        }
    };
    let section = Section::open(body, schema, cx)?;
    let node = section.node("source")?;
    let path = node.as_str().unwrap_or_default().to_owned();
    let source = match schema.name {
        "items" => SampleSource::Items(node.as_seq()?.to_vec()),
        kind => {
            let suffix = format!(".{kind}");
            let file = path.rsplit('/').next().unwrap_or_default();
            if !file.ends_with(&suffix) || file == suffix {
                cx.within(".source", |cx| {
                    cx.error_help(
                        node.span,
                        format!("the source of a {kind} sample ends in {suffix}"),
                        "rename the file, or change `type`",
                    );
                });
                return None;
            }
            match kind {
                "csv" => SampleSource::Csv {
                    path,
                    header: section.bool("header").unwrap_or(false),
                    delimiter: character(&section, "delimiter", ',', cx)?,
                    quote: character(&section, "quotechar", '"', cx)?,
                },
                _ => SampleSource::Json { path },
            }
        }
    };
    Some(SampleConfig {
        name: name.to_owned(),
        place: cx.place(node.span),
        setting: cx.setting.clone(),
        source,
    })
}

fn report_type(body: &Node, given: Option<&str>, cx: &mut Context<'_>) {
    if body.as_map().is_none() {
        let message = format!(
            "a sample takes a mapping of options, not {}",
            body.describe()
        );
        cx.error_help(body.span, message, "write `{type: csv, source: file.csv}`");
        return;
    }
    match (given, body.get("type")) {
        (Some(name), Some(node)) => cx.error_help(
            node.span,
            format!("`{name}` is no type of sample"),
            names_help(name, SAMPLE_TYPES.iter().copied()),
        ),
        (_, Some(node)) => cx.error_help(
            node.span,
            format!("the type of a sample is text, not {}", node.describe()),
            "one of `items`, `csv` and `json`",
        ),
        (_, None) => cx.error_help(
            body.span,
            "a sample needs the option `type`",
            "one of `items`, `csv` and `json`",
        ),
    }
}

fn character(section: &Section, name: &str, default: char, cx: &mut Context<'_>) -> Option<char> {
    let Some(text) = section.str(name) else {
        return Some(default);
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) if !matches!(one, '\n' | '\r') => Some(one),
        _ => {
            let span = section.node(name).map_or(section.span, |node| node.span);
            cx.within(&format!(".{name}"), |cx| {
                cx.error(span, format!("`{name}` is exactly one character"));
            });
            None
        }
    }
}
