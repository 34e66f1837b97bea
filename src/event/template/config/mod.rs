//! Options of the plugin: what they are, and every rule that needs no file.

mod samples;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use super::condition::{self, Condition};
use crate::config::{Context, Node, Place, Scalar, Schema, Section, Tree, names_help};
use schema::{CHANCE_ENTRY, ENTRY, FSM_ENTRY, TRANSITION};

pub(super) use schema::{SCHEMA, parts};

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
/// Decodes the options; `None` after errors were reported.
pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<TemplateConfig> {
    let before = cx.errors();
    let section = Section::open(node, &SCHEMA, cx)?;
    let mode = section.str("mode")?.to_owned();
    let samples = samples::decode(section.node("samples"), cx);
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
