//! Options of the formatter `syslog`.

use crate::config::{Context, Field, Kind, Node, Scalar, Section, Tree, names_help};
use crate::output::TextConfig;

pub(in crate::output::format) const RFC: Field = Field::optional(
    "rfc",
    Kind::Custom(check_rfc),
    "5424",
    "syslog: 5424 or 3164, the document whose form messages have.",
);
pub(in crate::output::format) const FACILITY: Field = Field::optional(
    "facility",
    Kind::Any,
    "user",
    "syslog: name (kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, \
     audit, alert, clock, local0 to local7) or number from 0 to 23, or a template for one.",
);
pub(in crate::output::format) const SEVERITY: Field = Field::optional(
    "severity",
    Kind::Any,
    "notice",
    "syslog: name (emerg, alert, crit, err, warning, notice, info, debug; long forms too) or number from \
     0 to 7, or a template for one.",
);
pub(in crate::output::format) const HOSTNAME: Field = Field::optional(
    "hostname",
    Kind::Any,
    "\"-\"",
    "syslog: text or template. In all parts of the header, characters that are not visible ASCII become \
     `_`, and what is too long is cut.",
);
pub(in crate::output::format) const APP_NAME: Field = Field::optional(
    "app_name",
    Kind::Any,
    "\"{{ origin }}\"",
    "syslog: text or template; the template's alias when absent. The tag of RFC 3164.",
);
pub(in crate::output::format) const PROC_ID: Field = Field::optional(
    "proc_id",
    Kind::Any,
    "\"-\"",
    "syslog: text or template. In brackets behind the tag of RFC 3164, unless it is `-`.",
);
pub(in crate::output::format) const MSG_ID: Field = Field::optional(
    "msg_id",
    Kind::Any,
    "\"-\"",
    "syslog: text or template; only in RFC 5424.",
);
pub(in crate::output::format) const STRUCTURED_DATA: Field = Field::optional(
    "structured_data",
    Kind::Map,
    "{}",
    "syslog: mapping from element names such as `meta@32473` to mappings from names to texts or \
     templates; only in RFC 5424.",
);
pub(in crate::output::format) const BOM: Field = Field::optional(
    "bom",
    Kind::Bool,
    "false",
    "syslog: the mark that says that the message is UTF-8, before it; only in RFC 5424.",
);
pub(in crate::output::format) const FRAMING: Field = Field::optional(
    "framing",
    Kind::Enum(&["none", "octet_counting"]),
    "none",
    "syslog: how messages are told apart in a stream. none: by the output's separator. octet_counting: \
     each has its length before it (RFC 6587), so that it may hold line breaks; the output's separator \
     is then not written.",
);

/// Names of facilities by number; several have more than one.
const FACILITIES: [&[&str]; 24] = [
    &["kern"],
    &["user"],
    &["mail"],
    &["daemon"],
    &["auth", "security"],
    &["syslog"],
    &["lpr"],
    &["news"],
    &["uucp"],
    &["cron"],
    &["authpriv"],
    &["ftp"],
    &["ntp"],
    &["audit", "logaudit"],
    &["alert", "logalert"],
    &["clock"],
    &["local0"],
    &["local1"],
    &["local2"],
    &["local3"],
    &["local4"],
    &["local5"],
    &["local6"],
    &["local7"],
];

const SEVERITIES: [&[&str]; 8] = [
    &["emerg", "emergency", "panic"],
    &["alert"],
    &["crit", "critical"],
    &["err", "error"],
    &["warning", "warn"],
    &["notice"],
    &["info", "informational", "information"],
    &["debug"],
];

/// One of the two parts of a priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Facility,
    Severity,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Facility => "facility",
            Self::Severity => "severity",
        }
    }

    fn names(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Facility => &FACILITIES,
            Self::Severity => &SEVERITIES,
        }
    }

    /// The number of a name in any case, or of digits.
    pub(super) fn code(self, text: &str) -> Option<u8> {
        let text = text.trim();
        let named = |names: &&[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(text));
        let found = self.names().iter().position(named);
        let found = found.or_else(|| text.parse().ok().filter(|code| *code < self.names().len()));
        found.and_then(|code| u8::try_from(code).ok())
    }
}

/// A part of a priority: the same for all events, or of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Fixed(u8),
    Text(TextConfig),
}

/// An element of structured data: its name, and its parameters.
pub(super) type Element = (String, Vec<(String, TextConfig)>);

/// Checked options of syslog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyslogConfig {
    /// RFC 3164 instead of RFC 5424.
    pub(super) old: bool,
    pub(super) facility: Code,
    pub(super) severity: Code,
    pub(super) hostname: TextConfig,
    /// The alias when absent.
    pub(super) app_name: Option<TextConfig>,
    pub(super) proc_id: TextConfig,
    pub(super) msg_id: TextConfig,
    pub(super) elements: Vec<Element>,
    pub(super) bom: bool,
    /// Each message has its length before it.
    pub(super) counted: bool,
}

impl SyslogConfig {
    /// Decodes the options of a section; `None` when they are unsound, which is reported.
    pub(in crate::output::format) fn decode(
        section: &Section,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let before = cx.errors();
        let old = section.node("rfc").and_then(rfc) == Some(3164);
        if old {
            refuse_new(section, cx);
        }
        let mut text = |name: &str| {
            TextConfig::decode(section, name, cx).unwrap_or_else(|| TextConfig::constant("-"))
        };
        let (hostname, proc_id, msg_id) = (text("hostname"), text("proc_id"), text("msg_id"));
        let made = Self {
            old,
            facility: code(section, Part::Facility, 1, cx),
            severity: code(section, Part::Severity, 5, cx),
            hostname,
            app_name: TextConfig::decode(section, "app_name", cx),
            proc_id,
            msg_id,
            elements: elements(section, cx),
            bom: section.bool("bom").unwrap_or(false),
            counted: section.str("framing") == Some("octet_counting"),
        };
        (cx.errors() == before).then_some(made)
    }
}

fn rfc(node: &Node) -> Option<u16> {
    match &node.tree {
        Tree::Scalar(Scalar::Int(number)) => u16::try_from(*number).ok(),
        Tree::Scalar(Scalar::Str(text)) => {
            let digits = text.to_ascii_lowercase().replace(' ', "");
            digits.strip_prefix("rfc").unwrap_or(&digits).parse().ok()
        }
        _ => None,
    }
    .filter(|number| matches!(number, 3164 | 5424))
}

fn check_rfc(node: &Node, cx: &mut Context<'_>) {
    if rfc(node).is_none() {
        let message = format!("expected 5424 or 3164, not {}", node.describe());
        cx.error(node.span, message);
    }
}

/// What RFC 3164 does not have.
fn refuse_new(section: &Section, cx: &mut Context<'_>) {
    for name in ["msg_id", "structured_data", "bom"] {
        if let Some(node) = section.node(name) {
            cx.within(&format!(".{name}"), |cx| {
                cx.error_help(
                    node.span,
                    format!("messages of RFC 3164 have no `{name}`"),
                    format!("remove `{name}`, or use `rfc: 5424`"),
                );
            });
        }
    }
}

fn code(section: &Section, part: Part, default: u8, cx: &mut Context<'_>) -> Code {
    let name = part.name();
    let Some(text) = TextConfig::decode(section, name, cx) else {
        return Code::Fixed(default);
    };
    let Some(constant) = text.as_constant() else {
        return Code::Text(text);
    };
    if let Some(code) = part.code(constant) {
        return Code::Fixed(code);
    }
    if let Some(node) = section.node(name).filter(|node| !node.unknown) {
        let most = part.names().len() - 1;
        let message = format!("{} is no {name}", node.describe());
        let known = part
            .names()
            .iter()
            .filter_map(|names| names.first().copied());
        let help = names_help(constant, known);
        cx.within(&format!(".{name}"), |cx| {
            cx.error_help(
                node.span,
                message,
                format!("{help}, or a number from 0 to {most}"),
            );
        });
    }
    Code::Fixed(default)
}

fn elements(section: &Section, cx: &mut Context<'_>) -> Vec<Element> {
    let mut made = Vec::new();
    let entries = section.node("structured_data").and_then(Node::as_map);
    cx.within(".structured_data", |cx| {
        for (key, value) in entries.unwrap_or_default() {
            let id = key.as_str().unwrap_or_default();
            check_name(key, id, cx);
            if !id.contains('@') && !["timeQuality", "origin", "meta"].contains(&id) {
                cx.warn(
                    key.span,
                    format!("`{id}` is not a registered name of structured data"),
                    format!("write `{id}@` and the number of an enterprise, such as `{id}@32473`"),
                );
            }
            cx.within(&format!(".{id}"), |cx| {
                let params = if value.is_null() {
                    Some(Vec::new())
                } else {
                    TextConfig::map(value, cx)
                };
                for (key, _) in value.as_map().unwrap_or_default() {
                    check_name(key, key.as_str().unwrap_or_default(), cx);
                }
                made.extend(params.map(|params| (id.to_owned(), params)));
            });
        }
    });
    made
}

fn check_name(key: &Node, name: &str, cx: &mut Context<'_>) {
    let sound = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'=' | b']' | b'"');
    if name.is_empty() || name.len() > 32 || !name.bytes().all(sound) {
        cx.error_help(
            key.span,
            format!("`{name}` is no name of structured data"),
            "use 1 to 32 visible ASCII characters other than `=`, `]` and `\"`",
        );
    }
}
