//! Options of the line protocol, as the formatter `influx` and the output `influxdb` have them.

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::output::TextConfig;

static TAG_SCHEMA: Schema = Schema {
    name: "tags",
    doc: "A tag: indexed text. Strings, numbers and booleans of the event become text; what is missing, \
          null or empty is left out.",
    fields: &[
        FIELD,
        Field::optional(
            "tag_name",
            Kind::NonEmpty,
            "",
            "Name of the tag; the member's when it is absent.",
        ),
    ],
};

static FIELD_SCHEMA: Schema = Schema {
    name: "fields",
    doc: "A field: a value. What is missing or null is left out.",
    fields: &[
        FIELD,
        Field::optional(
            "field_name",
            Kind::NonEmpty,
            "",
            "Name of the field; the member's when it is absent.",
        ),
        Field::optional(
            "field_type",
            Kind::Enum(&["string", "float", "integer", "boolean", "auto"]),
            "string",
            "Type of the field. auto: string, integer, float or boolean as the event has it.",
        ),
    ],
};

const TAG: Kind = Kind::Section(&TAG_SCHEMA);
const TYPED_FIELD: Kind = Kind::Section(&FIELD_SCHEMA);

const FIELD: Field = Field::required(
    "field",
    Kind::NonEmpty,
    "Member of the event; `a.b` is member `b` of member `a` when there is no member `a.b`.",
);

/// The option `measurement`.
pub const MEASUREMENT: Field = Field::optional(
    "measurement",
    Kind::Any,
    "",
    "influx: the measurement, a text or template such as `{{ origin }}`. Required.",
);
/// The option `tags`.
pub const TAGS: Field = Field::optional(
    "tags",
    Kind::List(&TAG, 0),
    "[]",
    "influx: tags, each `{field, tag_name}`.",
);
/// The option `fields`.
pub const FIELDS: Field = Field::optional(
    "fields",
    Kind::List(&TYPED_FIELD, 1),
    "",
    "influx: fields, each `{field, field_name, field_type}`. When absent, all members of the event that \
     are strings, numbers or booleans and neither a tag nor the time, with the type they have: a number \
     without fraction and exponent is an integer.",
);
/// The option `timestamp_field`.
pub const TIMESTAMP_FIELD: Field = Field::optional(
    "timestamp_field",
    Kind::NonEmpty,
    "",
    "influx: member with the time, as an integer in nanoseconds or as ISO 8601 text; the event's own \
     time when the option or the member is absent.",
);
/// The option `integer_overflow`.
pub const INTEGER_OVERFLOW: Field = Field::optional(
    "integer_overflow",
    Kind::Enum(&["fail", "float"]),
    "fail",
    "influx: what becomes of integers beyond 64 bits. fail: the event is counted as not formatted. \
     float: the field is written as a float.",
);
/// The option `precision`.
pub const PRECISION: Field = Field::optional(
    "precision",
    Kind::Enum(&["ns", "us", "ms", "s"]),
    "ns",
    "influx: unit of the time at the end of each line; what reads the lines must be told.",
);

/// Unit of the time of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Nanoseconds.
    #[default]
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
}

impl Precision {
    /// As versions 1 and 2 of the server's interface name it: `ns`, `us`, `ms`, `s`.
    pub fn short(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
        }
    }

    /// As version 3 names it: `nanosecond`, ...
    pub fn long(self) -> &'static str {
        match self {
            Self::Nanoseconds => "nanosecond",
            Self::Microseconds => "microsecond",
            Self::Milliseconds => "millisecond",
            Self::Seconds => "second",
        }
    }

    /// Nanoseconds in one.
    pub(super) fn nanoseconds(self) -> i128 {
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
            Self::Milliseconds => 1_000_000,
            Self::Seconds => 1_000_000_000,
        }
    }
}

/// Type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldType {
    String,
    Float,
    Integer,
    Boolean,
    /// As the event has it.
    Auto,
}

/// A member of the event under its name in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) field: String,
    pub(super) name: String,
}

/// Checked options of the line protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfluxConfig {
    pub(super) measurement: TextConfig,
    pub(super) tags: Vec<Pick>,
    /// All members that are left when absent.
    pub(super) fields: Option<Vec<(Pick, FieldType)>>,
    pub(super) timestamp_field: Option<String>,
    /// Integers beyond 64 bits become floats.
    pub(super) to_float: bool,
    pub(super) precision: Precision,
}

impl InfluxConfig {
    /// Decodes [`MEASUREMENT`], [`TAGS`], [`FIELDS`], [`TIMESTAMP_FIELD`], [`INTEGER_OVERFLOW`] and
    /// [`PRECISION`] of a section that has them in its schema; `None` when they are unsound, which is
    /// reported.
    pub fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let before = cx.errors();
        let measurement = TextConfig::decode(section, "measurement", cx);
        if measurement.is_none() && cx.errors() == before {
            cx.error_help(
                section.span,
                "the option `measurement` is missing",
                "give it a text such as `events`, or a template such as `{{ origin }}`",
            );
        }
        if let (Some(text), Some(node)) = (&measurement, section.node("measurement"))
            && let Some(text) = text.as_constant()
        {
            check_measurement(text, node, cx);
        }
        let tags = picks(section, "tags", &TAG_SCHEMA, "tag_name", cx);
        let fields = picks(section, "fields", &FIELD_SCHEMA, "field_name", cx);
        let fields = section.has("fields").then(|| {
            let typed = fields.into_iter();
            typed.map(|(pick, one)| (pick, field_type(&one))).collect()
        });
        let made = Self {
            measurement: measurement?.non_empty(),
            tags: tags.into_iter().map(|(pick, _)| pick).collect(),
            fields,
            timestamp_field: section.str("timestamp_field").map(str::to_owned),
            to_float: section.str("integer_overflow") == Some("float"),
            precision: match section.str("precision") {
                Some("us") => Precision::Microseconds,
                Some("ms") => Precision::Milliseconds,
                Some("s") => Precision::Seconds,
                _ => Precision::Nanoseconds,
            },
        };
        (cx.errors() == before).then_some(made)
    }

    /// Unit of the time of the lines.
    pub fn precision(&self) -> Precision {
        self.precision
    }
}

fn check_measurement(text: &str, node: &Node, cx: &mut Context<'_>) {
    let problem = if text.trim_end_matches('\\').is_empty() {
        "`measurement` must not be empty"
    } else if text.starts_with('#') {
        "a measurement that starts with `#` makes every line a comment"
    } else {
        return;
    };
    let span = node.span;
    cx.within(".measurement", |cx| cx.error(span, problem));
}

fn field_type(section: &Section) -> FieldType {
    match section.str("field_type") {
        Some("float") => FieldType::Float,
        Some("integer") => FieldType::Integer,
        Some("boolean") => FieldType::Boolean,
        Some("auto") => FieldType::Auto,
        _ => FieldType::String,
    }
}

/// The entries of a list of picks; unsound ones are reported.
fn picks(
    section: &Section,
    list: &str,
    schema: &'static Schema,
    name: &str,
    cx: &mut Context<'_>,
) -> Vec<(Pick, Section)> {
    let mut made: Vec<(Pick, Section)> = Vec::new();
    let nodes = section.node(list).and_then(Node::as_seq);
    for (index, node) in nodes.unwrap_or_default().iter().enumerate() {
        cx.within(&format!(".{list}[{index}]"), |cx| {
            let Some(one) = Section::open(node, schema, cx) else {
                return;
            };
            let field = one.str("field").unwrap_or_default().to_owned();
            let name = one.str(name).unwrap_or(&field).to_owned();
            let problem = if name == "time" {
                Some("`time` is the name of the time itself: the server ignores or refuses others")
            } else if name.trim_end_matches('\\').is_empty() {
                Some("a name cannot end with a backslash, and nothing else is left")
            } else if made.iter().any(|(known, _)| known.name == name) {
                Some("another entry has this name already")
            } else {
                None
            };
            match problem {
                Some(problem) => cx.error_help(node.span, problem, "choose another name"),
                None => made.push((Pick { field, name }, one)),
            }
        });
    }
    made
}
