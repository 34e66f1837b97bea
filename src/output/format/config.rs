//! The option `formatter` of outputs.

use crate::config::{Context, Field, Kind, Schema, Section};

use super::cloudevents::{self, CloudEventsConfig};
use super::influx::{self, InfluxConfig};
use super::syslog::{self, SyslogConfig};
use super::{FormatEnv, Formatter, OutputError, TemplateText};

/// A format and the options it has beside `format`.
struct Format {
    name: &'static str,
    options: &'static [&'static str],
}

const FORMATS: &[Format] = &[
    Format {
        name: "plain",
        options: &[],
    },
    Format {
        name: "json",
        options: &["indent"],
    },
    Format {
        name: "json-batch",
        options: &["indent"],
    },
    Format {
        name: "ndjson",
        options: &["indent"],
    },
    Format {
        name: "template",
        options: &["template", "template_path"],
    },
    Format {
        name: "template-batch",
        options: &["template", "template_path"],
    },
    Format {
        name: "eventum-http-input",
        options: &[],
    },
    Format {
        name: "cloudevents",
        options: CLOUDEVENTS,
    },
    Format {
        name: "cloudevents-batch",
        options: CLOUDEVENTS,
    },
    Format {
        name: "syslog",
        options: &[
            "rfc",
            "facility",
            "severity",
            "hostname",
            "app_name",
            "proc_id",
            "msg_id",
            "structured_data",
            "bom",
            "framing",
        ],
    },
    Format {
        name: "influx",
        options: &[
            "measurement",
            "tags",
            "fields",
            "timestamp_field",
            "integer_overflow",
            "precision",
        ],
    },
];

const CLOUDEVENTS: &[&str] = &[
    "batch",
    "id",
    "source",
    "type",
    "datacontenttype",
    "dataschema",
    "subject",
    "extensions",
    "scope",
];

/// Their names.
const NAMES: [&str; FORMATS.len()] = {
    let mut names = [""; FORMATS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = FORMATS[at].name;
        at += 1;
    }
    names
};

static SCHEMA: Schema = Schema {
    name: "formatter",
    doc: "How events become what the output sends.",
    fields: &[
        Field::required(
            "format",
            Kind::Enum(&NAMES),
            "plain: events as they are. json: each event on one line (or indented), tokens unchanged. \
             json-batch: one array per batch. ndjson: json on one line. template, template-batch: a \
             template over `event` or `events`. eventum-http-input: {\"count\": N} per batch. \
             cloudevents: an envelope of CloudEvents 1.0 per event, cloudevents-batch: an array of them \
             per batch. syslog: messages of RFC 5424 or 3164. influx: InfluxDB's line protocol.",
        ),
        Field::optional(
            "indent",
            Kind::Int(0, i64::MAX),
            "0",
            "json and json-batch: spaces per level; 0 puts everything on one line.",
        ),
        Field::optional(
            "template",
            Kind::NonEmpty,
            "",
            "template and template-batch: the template itself.",
        ),
        Field::optional(
            "template_path",
            Kind::Path,
            "",
            "template and template-batch: file of the template, relative to the project.",
        ),
        cloudevents::BATCH,
        cloudevents::ID,
        cloudevents::SOURCE,
        cloudevents::TYPE,
        cloudevents::DATACONTENTTYPE,
        cloudevents::DATASCHEMA,
        cloudevents::SUBJECT,
        cloudevents::EXTENSIONS,
        cloudevents::SCOPE,
        syslog::RFC,
        syslog::FACILITY,
        syslog::SEVERITY,
        syslog::HOSTNAME,
        syslog::APP_NAME,
        syslog::PROC_ID,
        syslog::MSG_ID,
        syslog::STRUCTURED_DATA,
        syslog::BOM,
        syslog::FRAMING,
        influx::MEASUREMENT,
        influx::TAGS,
        influx::FIELDS,
        influx::TIMESTAMP_FIELD,
        influx::INTEGER_OVERFLOW,
        influx::PRECISION,
    ],
};

/// The `formatter` option of outputs whose default is `plain`.
pub const FIELD_PLAIN: Field = field("{format: plain}");

/// The `formatter` option with another default (YAML text, for documentation).
pub const fn field(default: &'static str) -> Field {
    Field::optional(
        "formatter",
        Kind::Section(&SCHEMA),
        default,
        "How events become what the output sends.",
    )
}

/// A checked formatter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatConfig {
    /// Events as they are.
    Plain,
    /// Each event re-spaced as JSON, with that many spaces per level.
    Json(usize),
    /// One array per batch.
    JsonBatch(usize),
    /// A template per event.
    Template(TemplateText),
    /// A template per batch.
    TemplateBatch(TemplateText),
    /// `{"count": N}` per batch.
    HttpInput,
    /// An envelope of CloudEvents per event, or an array of them per batch.
    CloudEvents(Box<CloudEventsConfig>),
    /// A syslog message per event.
    Syslog(Box<SyslogConfig>),
    /// A line of InfluxDB's line protocol per event.
    Influx(Box<InfluxConfig>),
}

impl FormatConfig {
    /// Decodes the option `formatter` of an output's section, or takes `default` when it is absent.
    pub fn decode(output: &Section, default: Self, cx: &mut Context<'_>) -> Option<Self> {
        if !output.has("formatter") {
            return Some(default);
        }
        let section = output.section("formatter", &SCHEMA, cx)?;
        cx.within(".formatter", |cx| Self::from_section(&section, cx))
    }

    fn from_section(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let format = section.str("format")?;
        let before = cx.errors();
        refuse_foreign(section, format, cx);
        let indent = usize::try_from(section.int("indent").unwrap_or(0)).unwrap_or(usize::MAX);
        let made = match format {
            "plain" => Self::Plain,
            "json" => Self::Json(indent),
            "json-batch" => Self::JsonBatch(indent),
            "ndjson" => {
                one_line(section, indent, cx);
                Self::Json(0)
            }
            "template" => Self::Template(TemplateText::decode(section, cx)?),
            "template-batch" => Self::TemplateBatch(TemplateText::decode(section, cx)?),
            "cloudevents" => Self::CloudEvents(Box::new(CloudEventsConfig::decode(section, cx)?)),
            "cloudevents-batch" => {
                let config = CloudEventsConfig::decode(section, cx)?;
                Self::CloudEvents(Box::new(config.batched()))
            }
            "syslog" => Self::Syslog(Box::new(SyslogConfig::decode(section, cx)?)),
            "influx" => Self::Influx(Box::new(InfluxConfig::decode(section, cx)?)),
            _ => Self::HttpInput,
        };
        (cx.errors() == before).then_some(made)
    }

    /// Makes the formatter of a run.
    ///
    /// # Errors
    /// An unreadable template file or a template that does not compile.
    pub fn build(&self, env: &FormatEnv<'_>) -> Result<Formatter, OutputError> {
        Formatter::new(self, env)
    }

    /// True when all events of a batch go into one item, so that the size of batches is visible in
    /// the output.
    pub fn joins_batch(&self) -> bool {
        match self {
            Self::JsonBatch(_) | Self::TemplateBatch(_) | Self::HttpInput => true,
            Self::CloudEvents(config) => config.is_batch(),
            _ => false,
        }
    }

    /// The media type of its items, for formats that have one of their own; an output that can tell
    /// its target does so unless it is configured otherwise.
    pub fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::CloudEvents(config) if config.is_batch() => Some(cloudevents::BATCH_MEDIA_TYPE),
            Self::CloudEvents(_) => Some(cloudevents::MEDIA_TYPE),
            _ => None,
        }
    }
}

fn one_line(section: &Section, indent: usize, cx: &mut Context<'_>) {
    if indent > 0 {
        let span = section
            .node("indent")
            .map_or(section.span, |node| node.span);
        cx.within(".indent", |cx| {
            cx.error_help(
                span,
                "`ndjson` has one line for each event, so nothing can be indented",
                "remove `indent`, or use the format `json`",
            );
        });
    }
}

/// Options of one format given for another are errors, as unknown keys are.
fn refuse_foreign(section: &Section, format: &str, cx: &mut Context<'_>) {
    let found = FORMATS.iter().find(|known| known.name == format);
    let allowed = found.map_or(&[][..], |known| known.options);
    for field in SCHEMA.fields {
        let name = field.name;
        if let Some(node) = section.node(name)
            && name != "format"
            && !allowed.contains(&name)
        {
            let message = format!("`{name}` is not an option of format `{format}`");
            let span = node.span;
            cx.within(&format!(".{name}"), |cx| {
                cx.error_help(span, message, format!("remove `{name}`"));
            });
        }
    }
}
