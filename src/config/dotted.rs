//! Dotted keys (`batch.size: 5`): expanded where a schema has options, never in free-form maps.

use super::suggest::names_help;
use super::{Context, Field, Kind, Node, Scalar, Schema, Tree};

/// Keys with dots that one mapping may have; each is searched for among the others.
pub(super) const MAX_DOTTED: usize = 1000;

/// The entries of one section while it is read.
#[derive(Debug, Default)]
pub(super) struct Entries {
    found: Vec<(&'static Field, Node)>,
    /// Options that were given but unusable; they count as given.
    rejected: Vec<String>,
    /// Keys with dots so far.
    dotted: usize,
}

impl Entries {
    /// Takes one entry, reporting unknown names and conflicts.
    pub(super) fn add(
        &mut self,
        key: &Node,
        value: &Node,
        schema: &'static Schema,
        cx: &mut Context<'_>,
    ) {
        let Some(name) = key.as_str() else {
            cx.error_help(
                key.span,
                format!("option names are text, not {}", key.describe()),
                "quote it; YAML reads words such as `on` and `no` as booleans",
            );
            return;
        };
        let field = |name: &str| schema.fields.iter().find(|field| field.name == name);
        if let Some(field) = field(name) {
            return self.put(field, value.clone(), name, key, cx);
        }
        if let Some((first, rest)) = split(name)
            && let Some(field) = field(first)
        {
            self.dotted += 1;
            if self.dotted >= MAX_DOTTED {
                if self.dotted == MAX_DOTTED {
                    let message = format!("more than {MAX_DOTTED} keys with dots in one mapping");
                    cx.error_help(key.span, message, "write them nested");
                }
                return;
            }
            if !has_parts(&field.kind) {
                self.rejected.push(first.to_owned());
                cx.error(
                    key.span,
                    format!("`{first}` has no options, so `{name}` means nothing"),
                );
                return;
            }
            let nested = if free_form(&field.kind) {
                nest(rest, key, value)
            } else {
                single(rest, key, value.clone())
            };
            return self.put(field, nested, name, key, cx);
        }
        let names = schema.fields.iter().map(|field| field.name);
        let first = split(name).map_or(name, |(first, _)| first);
        if let Some(meant) = super::suggest::near(first, names.clone()) {
            self.rejected.push(meant.to_owned());
        }
        cx.error_help(
            key.span,
            format!("`{}` has no option {}", schema.name, key.describe()),
            names_help(first, names),
        );
    }

    fn put(
        &mut self,
        field: &'static Field,
        value: Node,
        path: &str,
        key: &Node,
        cx: &mut Context<'_>,
    ) {
        match self
            .found
            .iter_mut()
            .find(|(known, _)| known.name == field.name)
        {
            None => self.found.push((field, value)),
            Some((_, before)) => {
                if let Err(conflict) = merge(before, value, field.name) {
                    cx.error_help(
                        key.span,
                        format!("`{path}` sets `{conflict}`, which is set already"),
                        "write each option once, either nested or with dots",
                    );
                }
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(field, _)| field.name == name)
    }

    /// True when a key that probably meant this option was reported.
    pub(super) fn rejected(&self, name: &str) -> bool {
        self.rejected.iter().any(|one| one == name)
    }

    pub(super) fn finish(self) -> Vec<(&'static Field, Node)> {
        self.found
    }
}

/// Splits a path at its first dot; `None` without one or with an empty segment anywhere.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    if name.split('.').any(str::is_empty) {
        return None;
    }
    name.split_once('.')
}

/// A mapping of one entry.
pub(super) fn single(name: &str, key: &Node, value: Node) -> Node {
    let name = Node {
        tree: Tree::Scalar(Scalar::Str(name.into())),
        ..key.clone()
    };
    let mut node = Node::new(key.span, Tree::Map(Vec::new()));
    node.span.end = value.span.end.max(key.span.end);
    node.tree = Tree::Map(vec![(name, value)]);
    node
}

fn nest(path: &str, key: &Node, value: &Node) -> Node {
    path.rsplit('.')
        .fold(value.clone(), |inner, segment| single(segment, key, inner))
}

/// Lays `new` over `before`; both must be mappings, down to the first difference. Gives the path of
/// a conflict.
pub(super) fn merge(before: &mut Node, new: Node, path: &str) -> Result<(), String> {
    match (&mut before.tree, new.tree) {
        (Tree::Map(entries), Tree::Map(added)) => {
            for (key, value) in added {
                match entries.iter_mut().find(|(known, _)| known.tree == key.tree) {
                    None => entries.push((key, value)),
                    Some((_, old)) => {
                        let path = format!("{path}.{}", key.as_str().unwrap_or("?"));
                        merge(old, value, &path)?;
                    }
                }
            }
            Ok(())
        }
        _ => Err(path.to_owned()),
    }
}

fn has_parts(kind: &Kind) -> bool {
    match kind {
        Kind::Map | Kind::Any | Kind::Section(_) | Kind::Custom(_) => true,
        Kind::OrNull(kind) => has_parts(kind),
        _ => false,
    }
}

/// What has no options that could expand the rest of a path later.
fn free_form(kind: &Kind) -> bool {
    match kind {
        Kind::Map | Kind::Any => true,
        Kind::OrNull(kind) => free_form(kind),
        _ => false,
    }
}
