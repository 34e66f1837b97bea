//! Completion and hover in `generator.yml`, from the tables that also check it.

use super::cursor::{At, Cursor, Step, cursor};
use super::{Completion, Completions, Hover, Outline, Query, split};
use crate::config::{Field, Kind, Schema};
use crate::{event, input, output};

const SECTIONS: [(&str, &str); 4] = [
    (
        "input",
        "When events happen: a list of plugins whose timestamps are merged.",
    ),
    ("event", "What is generated: one plugin."),
    (
        "output",
        "Where events go: a list of plugins; each gets every event.",
    ),
    ("calendars", "Calendars that inputs can use by name."),
];

/// What is known of the mapping or list that a place is in.
#[derive(Clone, Debug)]
enum Known {
    /// The top of the document.
    Top,
    /// Where one plugin of a stage is named.
    Plugins(Vec<&'static Schema>),
    /// A list of such places.
    PluginList(Vec<&'static Schema>),
    /// The options of a section; several when it depends on others which hold.
    Options(Vec<&'static Schema>),
    /// The user's own names, each with such options.
    Named(Vec<&'static Schema>),
    /// A list of such mappings.
    NamedList(Vec<&'static Schema>),
    /// The value of an option.
    Value(&'static Field, &'static Kind),
}

fn plugins(stage: &str) -> Vec<&'static Schema> {
    match stage {
        "input" => input::PLUGINS.iter().map(|one| one.schema).collect(),
        "event" => event::PLUGINS.iter().map(|one| one.schema).collect(),
        _ => output::PLUGINS.iter().map(|one| one.schema).collect(),
    }
}

/// Follows a path from the top; nothing where it leads to nowhere.
fn known(path: &[Step]) -> Option<Known> {
    let mut at = Known::Top;
    for step in path {
        at = match (at, step) {
            (Known::Top, Step::Key(key)) => match key.as_str() {
                "input" | "output" => Known::PluginList(plugins(key)),
                "event" => Known::Plugins(plugins(key)),
                _ => return None,
            },
            (Known::PluginList(all), Step::Item) => Known::Plugins(all),
            (Known::Plugins(all), Step::Key(key)) => {
                let schema = all.into_iter().find(|schema| schema.name == key)?;
                Known::Options(vec![schema])
            }
            (Known::Options(all), Step::Key(key)) => value(&all, key)?,
            (Known::NamedList(all), Step::Item) => Known::Named(all),
            (Known::Named(all), Step::Key(_)) => Known::Options(all),
            (Known::Value(field, kind), Step::Item) => match inner(kind) {
                Kind::List(item, _) => section(item).unwrap_or(Known::Value(field, item)),
                _ => return None,
            },
            _ => return None,
        };
    }
    Some(at)
}

/// What the value of an option is.
fn value(all: &[&'static Schema], key: &str) -> Option<Known> {
    let (schema, field) = all.iter().find_map(|schema| {
        let field = schema.fields.iter().find(|field| field.name == key)?;
        Some((*schema, field))
    })?;
    let parts = event::parts(schema, field.name);
    if !parts.is_empty() {
        return Some(match inner(&field.kind) {
            Kind::List(..) => Known::NamedList(parts.to_vec()),
            _ => Known::Named(parts.to_vec()),
        });
    }
    Some(section(&field.kind).unwrap_or(Known::Value(field, &field.kind)))
}

fn section(kind: &'static Kind) -> Option<Known> {
    match inner(kind) {
        Kind::Section(schema) => Some(Known::Options(vec![schema])),
        _ => None,
    }
}

fn inner(kind: &'static Kind) -> &'static Kind {
    match kind {
        Kind::OrNull(kind) => inner(kind),
        other => other,
    }
}

/// What could stand at the place.
pub(super) fn complete(query: &Query<'_>) -> Completions {
    let (before, _) = split(query);
    if let Some(found) = token(before, query.outline) {
        return found;
    }
    let place = cursor(query.text, before.len());
    let items = match &place.at {
        At::Nothing => Vec::new(),
        At::Key => keys(&place, known(&place.path)),
        At::Item => items(&place, query.outline),
        At::Value(key) => {
            let found = known(&place.path);
            values(&place, found.as_ref(), key, query.outline)
        }
    };
    Completions {
        start: place.start,
        items,
    }
}

/// The inside of `${...}`.
fn token(before: &str, outline: &Outline) -> Option<Completions> {
    let open = before.rfind("${")?;
    let inside = before.get(open + 2..)?;
    if inside.contains(['}', '\n', ' ']) {
        return None;
    }
    let start = open + 2;
    let names = |prefix: &str, names: &[String], detail: &str| -> Vec<Completion> {
        names
            .iter()
            .map(|name| Completion::new(&format!("{prefix}.{name}"), detail, ""))
            .collect()
    };
    let mut items = names("params", &outline.tokens, "param");
    items.extend(names("secrets", &outline.secrets, "secret"));
    if items.is_empty() || !inside.contains('.') {
        items.push(Completion::new(
            "params.",
            "param",
            "A value that is given when the generator is started.",
        ));
        items.push(Completion::new(
            "secrets.",
            "secret",
            "A value from the store of secrets or from the environment.",
        ));
    }
    Some(Completions { start, items })
}

fn keys(place: &Cursor, known: Option<Known>) -> Vec<Completion> {
    let free = |name: &str| !place.siblings.iter().any(|one| one == name);
    match known {
        Some(Known::Top) => SECTIONS
            .iter()
            .filter(|(name, _)| free(name))
            .map(|(name, doc)| Completion::new(name, "section", doc).inserting(format!("{name}:")))
            .collect(),
        Some(Known::Plugins(all)) if place.siblings.is_empty() => {
            all.into_iter().map(plugin).collect()
        }
        Some(Known::Options(all)) => options(&all, free),
        _ => Vec::new(),
    }
}

fn plugin(schema: &'static Schema) -> Completion {
    Completion::new(schema.name, "plugin", schema.doc).inserting(format!("{}:", schema.name))
}

fn options(all: &[&'static Schema], free: impl Fn(&str) -> bool) -> Vec<Completion> {
    let mut found: Vec<Completion> = Vec::new();
    for required in [true, false] {
        for schema in all {
            for field in schema.fields.iter().filter(|one| one.required == required) {
                let known = found.iter().any(|one| one.label == field.name);
                if free(field.name) && !known {
                    found.push(option(field));
                }
            }
        }
    }
    found
}

fn option(field: &'static Field) -> Completion {
    let nested = matches!(
        inner(&field.kind),
        Kind::Section(_) | Kind::List(..) | Kind::Map
    );
    let insert = if nested {
        format!("{}:", field.name)
    } else {
        format!("{}: ", field.name)
    };
    Completion::new(field.name, &described(field), field.doc).inserting(insert)
}

/// What an option accepts and its default, in a few words.
fn described(field: &Field) -> String {
    let mut words = field.kind.to_string();
    if field.required {
        words.push_str(if words.is_empty() {
            "required"
        } else {
            ", required"
        });
    } else if !field.default.is_empty() {
        let gap = if words.is_empty() { "" } else { ", " };
        words.push_str(&format!("{gap}default {}", field.default));
    }
    words
}

/// An item of a list: the beginning of a mapping, or a plain value.
fn items(place: &Cursor, outline: &Outline) -> Vec<Completion> {
    let mut list = place.path.clone();
    list.pop();
    let alias = matches!(list.last(), Some(Step::Key(key)) if key == "chain");
    if alias {
        return aliases(outline);
    }
    match known(&place.path) {
        Some(Known::Plugins(all)) => all.into_iter().map(plugin).collect(),
        Some(Known::Options(all)) => options(&all, |_| true),
        Some(Known::Value(field, kind)) => of_kind(field, kind, outline),
        _ => Vec::new(),
    }
}

fn aliases(outline: &Outline) -> Vec<Completion> {
    let all = outline.aliases.iter();
    all.map(|name| Completion::new(name, "template", ""))
        .collect()
}

fn values(place: &Cursor, known: Option<&Known>, key: &str, outline: &Outline) -> Vec<Completion> {
    // A quote that was opened belongs to the word.
    match known {
        Some(Known::Options(_)) if key == "to" => aliases(outline),
        Some(Known::Options(all)) => match value(all, key) {
            Some(Known::Value(field, kind)) => of_kind(field, kind, outline),
            _ if place.typed.is_empty() => Vec::new(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn of_kind(field: &'static Field, kind: &'static Kind, outline: &Outline) -> Vec<Completion> {
    let plain = |name: &str, detail: &str| {
        let detail = if name == field.default {
            "default"
        } else {
            detail
        };
        Completion::new(name, detail, "")
    };
    match inner(kind) {
        Kind::Bool => ["true", "false"].map(|one| plain(one, "")).to_vec(),
        Kind::Enum(names) => names.iter().map(|one| plain(one, "")).collect(),
        Kind::Path => outline
            .files
            .iter()
            .map(|file| file.to_string_lossy())
            .filter(|file| field.name != "template" || is_template(file))
            .map(|file| Completion::new(&file, "file", ""))
            .collect(),
        _ if !field.default.is_empty() => vec![plain(field.default, "")],
        _ => Vec::new(),
    }
}

fn is_template(file: &str) -> bool {
    file.ends_with(".jinja") || file.ends_with(".jinja2") || file.ends_with(".j2")
}

/// What is known of the word at the place, or of the option whose value is there.
pub(super) fn hover(query: &Query<'_>) -> Option<Hover> {
    of_word(query).or_else(|| of_line(query))
}

/// What is known of the key that the line begins with; nothing in a comment.
fn of_line(query: &Query<'_>) -> Option<Hover> {
    let start = query.text.get(..query.offset)?.rfind('\n');
    let start = start.map_or(0, |newline| newline + 1);
    let line = query.text.get(start..)?.lines().next()?;
    let key = line.trim_start_matches([' ', '-']);
    let (name, _) = key.split_once(':')?;
    let behind = start + (line.len() - key.len());
    if key.starts_with('#') || name.contains(['{', '"', '\'']) || query.offset < behind {
        return None;
    }
    of_word(&Query {
        offset: behind + name.len(),
        ..*query
    })
}

fn of_word(query: &Query<'_>) -> Option<Hover> {
    let (before, after) = split(query);
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '{' | '}');
    let end = before.len() + after.find(|c| !word(c)).unwrap_or(after.len());
    let start = before
        .char_indices()
        .rev()
        .find(|(_, c)| !word(*c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let name = query.text.get(start..end)?;
    if name.is_empty() {
        return None;
    }
    if let Some(inside) = name.strip_prefix("${") {
        return Some(told_token(inside.trim_end_matches('}')));
    }
    let place = cursor(query.text, end);
    let found = known(&place.path)?;
    let is_key = query.text.get(end..)?.starts_with(':') || matches!(place.at, At::Key);
    match (found, &place.at) {
        (Known::Options(all), At::Value(key)) if !is_key => of_option(&all, key),
        (Known::Options(all), _) => of_option(&all, name),
        (Known::Top, _) => {
            let (name, doc) = SECTIONS.iter().find(|(known, _)| *known == name)?;
            Some(Hover {
                title: format!("{name}: section"),
                doc: (*doc).to_owned(),
            })
        }
        (Known::Plugins(all), _) => {
            let schema = all.into_iter().find(|schema| schema.name == name)?;
            Some(Hover {
                title: format!("{name}: plugin"),
                doc: schema.doc.to_owned(),
            })
        }
        _ => None,
    }
}

fn of_option(all: &[&'static Schema], name: &str) -> Option<Hover> {
    let fields = all.iter().flat_map(|schema| schema.fields);
    let field = fields.into_iter().find(|field| field.name == name)?;
    Some(Hover {
        title: format!("{name}: {}", described(field)),
        doc: field.doc.to_owned(),
    })
}

fn told_token(name: &str) -> Hover {
    let doc = match name.split_once('.') {
        Some(("secrets", _)) => {
            "A secret: from the store (`evtui secrets`) or from the environment. Its value is never shown."
        }
        _ => {
            "A value that is given when the generator is started, with `--param` or in startup.yml."
        }
    };
    Hover {
        title: format!("${{{name}}}"),
        doc: doc.to_owned(),
    }
}
