//! Options of the formatter `cloudevents`.

use crate::config::{Context, Field, Kind, Node, Scalar, Section, Tree};
use crate::output::TextConfig;

use super::uri::Rule;

pub(in crate::output::format) const BATCH: Field = Field::optional(
    "batch",
    Kind::Bool,
    "false",
    "cloudevents: one JSON array per batch instead of one object per event.",
);
pub(in crate::output::format) const ID: Field = Field::optional(
    "id",
    Kind::Any,
    "",
    "cloudevents: text or template for the attribute `id`; a random UUID when absent, the same in every \
     run with the same seed.",
);
pub(in crate::output::format) const SOURCE: Field = Field::optional(
    "source",
    Kind::Any,
    "",
    "cloudevents: text or template for the attribute `source`, a URI reference such as `/web/1`. \
     Required.",
);
pub(in crate::output::format) const TYPE: Field = Field::optional(
    "type",
    Kind::Any,
    "\"{{ origin }}\"",
    "cloudevents: text or template for the attribute `type`; the template's alias when absent, \
     or `evtui.event` where there are no templates.",
);
pub(in crate::output::format) const DATACONTENTTYPE: Field = Field::optional(
    "datacontenttype",
    Kind::OrNull(&Kind::NonEmpty),
    "application/json",
    "cloudevents: the attribute `datacontenttype`; null leaves it out. When it is not a JSON type, the \
     event is written as text even when it is JSON.",
);
pub(in crate::output::format) const DATASCHEMA: Field = Field::optional(
    "dataschema",
    Kind::Any,
    "",
    "cloudevents: text or template for the attribute `dataschema`, a URI.",
);
pub(in crate::output::format) const SUBJECT: Field = Field::optional(
    "subject",
    Kind::Any,
    "",
    "cloudevents: text or template for the attribute `subject`; left out for events for which it is \
     empty.",
);
pub(in crate::output::format) const EXTENSIONS: Field = Field::optional(
    "extensions",
    Kind::Map,
    "{}",
    "cloudevents: further attributes, names (lower-case letters and digits) to texts or templates; \
     booleans and integers stay what they are.",
);
pub(in crate::output::format) const SCOPE: Field = Field::optional(
    "scope",
    Kind::Enum(&["app", "process"]),
    "",
    "cloudevents: the extension `scope` of EventBus.",
);

/// Names that extensions cannot have.
const TAKEN: [&str; 11] = [
    "id",
    "source",
    "specversion",
    "type",
    "datacontenttype",
    "dataschema",
    "subject",
    "time",
    "data",
    "extensions",
    "scope",
];

/// Checked options of CloudEvents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudEventsConfig {
    pub(super) batch: bool,
    /// A random one when absent.
    pub(super) id: Option<TextConfig>,
    pub(super) source: TextConfig,
    /// The alias when absent.
    pub(super) kind: Option<TextConfig>,
    pub(super) datacontenttype: Option<String>,
    pub(super) dataschema: Option<TextConfig>,
    pub(super) subject: Option<TextConfig>,
    pub(super) extensions: Vec<(String, Extension)>,
    pub(super) scope: Option<String>,
}

/// The value of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    Text(TextConfig),
    /// A boolean or an integer, as JSON.
    Literal(String),
}

impl CloudEventsConfig {
    /// Decodes the options of a section; `None` when they are unsound, which is reported.
    pub(in crate::output::format) fn decode(
        section: &Section,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let before = cx.errors();
        let source = text(section, "source", Rule::Reference, cx);
        if source.is_none() && cx.errors() == before {
            cx.error_help(
                section.span,
                "the format `cloudevents` needs the option `source`",
                "give it a URI reference that names where the events come from, such as `/web/1`",
            );
        }
        let made = Self {
            batch: section.bool("batch").unwrap_or(false),
            id: text(section, "id", Rule::Text, cx).map(TextConfig::non_empty),
            kind: text(section, "type", Rule::Text, cx).map(TextConfig::non_empty),
            datacontenttype: media_type(section, cx),
            dataschema: text(section, "dataschema", Rule::Uri, cx),
            subject: text(section, "subject", Rule::Text, cx),
            extensions: extensions(section, cx),
            scope: section.str("scope").map(str::to_owned),
            source: source?.non_empty(),
        };
        (cx.errors() == before).then_some(made)
    }

    /// Makes one array of all events of a batch.
    #[must_use]
    pub(in crate::output::format) fn batched(self) -> Self {
        Self {
            batch: true,
            ..self
        }
    }

    /// True when all events of a batch go into one array.
    pub(in crate::output::format) fn is_batch(&self) -> bool {
        self.batch
    }

    /// True when events that are JSON are written as such.
    pub(super) fn holds_json(&self) -> bool {
        self.datacontenttype.as_ref().is_none_or(|name| {
            let name = name.split(';').next().unwrap_or_default();
            let name = name.trim().to_ascii_lowercase();
            name.ends_with("/json") || name.ends_with("+json")
        })
    }
}

/// A text that is checked as far as it is constant.
fn text(section: &Section, name: &str, rule: Rule, cx: &mut Context<'_>) -> Option<TextConfig> {
    let text = TextConfig::decode(section, name, cx)?;
    let span = section.node(name).map_or(section.span, |node| node.span);
    let problem = match text.as_constant() {
        Some("") => Some("must not be empty"),
        Some(constant) => rule.problem(constant),
        None => None,
    };
    if let Some(problem) = problem {
        let message = format!("`{name}` {problem}");
        cx.within(&format!(".{name}"), |cx| cx.error(span, message));
        return None;
    }
    Some(text)
}

/// The media type; `None` when it was removed or is unsound.
fn media_type(section: &Section, cx: &mut Context<'_>) -> Option<String> {
    let Some(node) = section.node("datacontenttype") else {
        return Some("application/json".to_owned());
    };
    let text = node.as_str()?;
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        let other = |byte: u8| b"!#$&-^_.+".contains(&byte);
        !part.is_empty()
            && part
                .bytes()
                .all(|one| one.is_ascii_alphanumeric() || other(one))
    };
    let sound = essence
        .split_once('/')
        .is_some_and(|(kind, name)| token(kind) && token(name))
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if !sound && !node.unknown {
        cx.within(".datacontenttype", |cx| {
            cx.error_help(
                node.span,
                format!("{} is not a media type", node.describe()),
                "write it as `application/json` or `text/plain; charset=utf-8`",
            );
        });
        return None;
    }
    Some(text.to_owned())
}

fn extensions(section: &Section, cx: &mut Context<'_>) -> Vec<(String, Extension)> {
    let mut made = Vec::new();
    let entries = section.node("extensions").and_then(Node::as_map);
    cx.within(".extensions", |cx| {
        for (key, value) in entries.unwrap_or_default() {
            let name = key.as_str().unwrap_or_default();
            let problem = if TAKEN.contains(&name) {
                Some("is an attribute of its own")
            } else if name.is_empty()
                || !name
                    .bytes()
                    .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
            {
                Some("is no name for an attribute: only lower-case letters and digits are allowed")
            } else {
                None
            };
            if let Some(problem) = problem {
                cx.error_help(
                    key.span,
                    format!("`{name}` {problem}"),
                    "choose another name",
                );
                continue;
            }
            let extension = cx.within(&format!(".{name}"), |cx| extension(name, value, cx));
            made.extend(extension.map(|extension| (name.to_owned(), extension)));
        }
    });
    made
}

fn extension(name: &str, node: &Node, cx: &mut Context<'_>) -> Option<Extension> {
    match &node.tree {
        Tree::Scalar(Scalar::Bool(flag)) => return Some(Extension::Literal(flag.to_string())),
        // CloudEvents has integers of 32 bits; larger ones are texts.
        Tree::Scalar(Scalar::Int(number)) if i32::try_from(*number).is_ok() => {
            return Some(Extension::Literal(number.to_string()));
        }
        _ => {}
    }
    let text = TextConfig::from_node(node, cx)?;
    let problem = text.as_constant().and_then(|text| match text {
        "" => Some("must not be empty"),
        text => Rule::Text.problem(text),
    });
    if let Some(problem) = problem {
        cx.error(node.span, format!("`{name}` {problem}"));
        return None;
    }
    Some(Extension::Text(text))
}
