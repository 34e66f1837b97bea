//! The options `url`, `mode`, `auth` and `headers`.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::ServerAddr;

use crate::config::{Context, Field, Kind, Node, Schema, Section, check_duration, read_duration};
use crate::output::{Secret, TextConfig};

use super::client::{Login, Servers};

pub(super) const URL: Field = Field::required(
    "url",
    Kind::Custom(check_urls),
    "The server, or a list of servers of which one is used: `nats://host:port`, or `tls://host:port`.",
);

static MODE_SCHEMA: Schema = Schema {
    name: "mode",
    doc: "How events are published.",
    fields: &[
        Field::required(
            "type",
            Kind::Enum(&["regular", "jet_stream"]),
            "regular: messages for those who listen at the moment. jet_stream: messages that a stream \
             keeps and acknowledges.",
        ),
        Field::required(
            "subject",
            Kind::NonEmpty,
            "The subject, without blanks and wildcards; a text or a template over `event`.",
        ),
        Field::optional(
            "stream",
            Kind::NonEmpty,
            "",
            "jet_stream: the stream that has to be there when the run starts.",
        ),
        Field::optional(
            "create",
            Kind::Bool,
            "false",
            "jet_stream: makes the stream when it is not there.",
        ),
        Field::optional(
            "subjects",
            Kind::List(&Kind::NonEmpty, 1),
            "",
            "create: the subjects it takes, wildcards allowed. Default: `subject`, where that is the \
             same for all events.",
        ),
        Field::optional(
            "max_age",
            Kind::Custom(check_duration),
            "",
            "create: time after which messages are dropped, such as `7d`.",
        ),
        Field::optional(
            "max_bytes",
            Kind::Int(1, i64::MAX),
            "",
            "create: most bytes it keeps; the oldest are dropped.",
        ),
        Field::optional(
            "storage",
            Kind::Enum(&["file", "memory"]),
            "file",
            "create: where it keeps them.",
        ),
    ],
};

pub(super) const MODE: Field =
    Field::required("mode", Kind::Section(&MODE_SCHEMA), MODE_SCHEMA.doc);

static AUTH_SCHEMA: Schema = Schema {
    name: "auth",
    doc: "As whom to connect: user and password, or one of the others.",
    fields: &[
        Field::optional("username", Kind::NonEmpty, "", "User; needs `password`."),
        Field::optional("password", Kind::NonEmpty, "", "Password; better a secret."),
        Field::optional("token", Kind::NonEmpty, "", "Token; better a secret."),
        Field::optional(
            "nkey_seed",
            Kind::NonEmpty,
            "",
            "Seed of an NKey (it begins with `SU`); better a secret.",
        ),
        Field::optional(
            "credentials",
            Kind::Path,
            "",
            "File with a JWT and its seed, as `nsc` writes it.",
        ),
    ],
};

pub(super) const AUTH: Field =
    Field::optional("auth", Kind::Section(&AUTH_SCHEMA), "", AUTH_SCHEMA.doc);

/// What is to be published how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Regular,
    /// The stream that has to be there, when one is named.
    JetStream(Option<StreamConfig>),
}

/// A stream, and how to make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamConfig {
    pub name: String,
    pub create: bool,
    pub subjects: Vec<String>,
    pub max_age: Option<Duration>,
    pub max_bytes: Option<i64>,
    pub in_memory: bool,
}

fn urls(node: &Node) -> Option<Vec<String>> {
    match node.as_seq() {
        Some(list) if !list.is_empty() => {
            let texts = list.iter().map(|one| one.as_str().map(str::to_owned));
            texts.collect()
        }
        _ => node.as_str().map(|one| vec![one.to_owned()]),
    }
}

/// Reads an address.
pub(super) fn parse(url: &str) -> Option<ServerAddr> {
    let address: ServerAddr = url.parse().ok()?;
    matches!(address.scheme(), "nats" | "tls").then_some(address)
}

fn check_urls(node: &Node, cx: &mut Context<'_>) {
    if node.unknown {
        return;
    }
    let help = "write `nats://host:port`, `tls://host:port`, or a list of such";
    match urls(node) {
        None => {
            let message = format!(
                "expected an address or a list of some, not {}",
                node.describe()
            );
            cx.error_help(node.span, message, help);
        }
        Some(urls) if urls.iter().any(|url| parse(url).is_none()) => {
            cx.error_help(node.span, "this is no address of a NATS server", help);
        }
        Some(_) => {}
    }
}

/// Decodes `url`.
pub(super) fn servers(section: &Section, _cx: &mut Context<'_>) -> Option<Servers> {
    let node = section.node("url")?;
    let urls = urls(node)?;
    let shown: Vec<String> = urls
        .iter()
        .filter_map(|url| parse(url))
        .map(|address| format!("{}:{}", address.host(), address.port()))
        .collect();
    Some(Servers {
        urls: urls.into_iter().map(Secret::new).collect(),
        shown: if node.secret {
            "***".to_owned()
        } else {
            shown.join(", ")
        },
        encrypt: false,
    })
}

/// Decodes `mode`, with the text of its subject.
pub(super) fn mode(section: &Section, cx: &mut Context<'_>) -> Option<(Mode, TextConfig)> {
    let mode = section.section("mode", &MODE_SCHEMA, cx)?;
    cx.within(".mode", |cx| {
        let subject = TextConfig::decode(&mode, "subject", cx)?;
        let regular = mode.str("type") == Some("regular");
        let create = mode.bool("create") == Some(true);
        let before = cx.errors();
        for (name, allowed, wanted) in [
            ("stream", !regular, "`type: jet_stream`"),
            ("create", !regular, "`type: jet_stream`"),
            ("subjects", create, "`create: true`"),
            ("max_age", create, "`create: true`"),
            ("max_bytes", create, "`create: true`"),
            ("storage", create, "`create: true`"),
        ] {
            if let (Some(node), false) = (mode.node(name), allowed) {
                cx.within(&format!(".{name}"), |cx| {
                    cx.error(node.span, format!("`{name}` goes with {wanted} only"));
                });
            }
        }
        let name = mode.str("stream").map(str::to_owned);
        if create && name.is_none() {
            cx.error(mode.span, "`create` needs the name of the `stream`");
        }
        let mut subjects = mode.strings("subjects");
        if create && subjects.is_empty() {
            match subject.as_constant() {
                Some(subject) => subjects.push(subject.to_owned()),
                None => cx.error_help(
                    mode.span,
                    "`create` needs `subjects`: `subject` differs from event to event",
                    "name them with wildcards, such as `subjects: [events.>]`",
                ),
            }
        }
        if cx.errors() > before {
            return None;
        }
        if regular {
            return Some((Mode::Regular, subject));
        }
        let max_age = mode
            .node("max_age")
            .and_then(|node| read_duration(node).ok());
        let stream = name.map(|name| StreamConfig {
            name,
            create,
            subjects,
            max_age: max_age.map(|us| Duration::from_micros(us.unsigned_abs())),
            max_bytes: mode.int("max_bytes"),
            in_memory: mode.str("storage") == Some("memory"),
        });
        Some((Mode::JetStream(stream), subject))
    })
}

/// Decodes `auth`.
pub(super) fn login(section: &Section, cx: &mut Context<'_>) -> Option<Login> {
    if !section.has("auth") {
        return Some(Login::Nobody);
    }
    let auth = section.section("auth", &AUTH_SCHEMA, cx)?;
    cx.within(".auth", |cx| {
        let user = auth.str("username").map(str::to_owned);
        let mut ways = Vec::new();
        match (user, Secret::decode(&auth, "password")) {
            (Some(user), Some(password)) => ways.push(Login::User(user, password)),
            (None, None) => {}
            _ => {
                cx.error(auth.span, "`username` and `password` come together");
                return None;
            }
        }
        ways.extend(Secret::decode(&auth, "token").map(Login::Token));
        ways.extend(Secret::decode(&auth, "nkey_seed").map(Login::Nkey));
        let file = auth.str("credentials").map(PathBuf::from);
        ways.extend(file.map(Login::Credentials));
        if ways.len() > 1 {
            cx.error_help(
                auth.span,
                "there are several ways to log in",
                "keep one of: `username` with `password`, `token`, `nkey_seed`, `credentials`",
            );
            return None;
        }
        Some(ways.pop().unwrap_or(Login::Nobody))
    })
}

/// Decodes `headers`.
pub(super) fn headers(
    section: &Section,
    cx: &mut Context<'_>,
) -> Option<Vec<(String, TextConfig)>> {
    let headers = TextConfig::decode_map(section, "headers", cx)?;
    let bad = |name: &&(String, TextConfig)| name.0.parse::<async_nats::HeaderName>().is_err();
    let Some((name, _)) = headers.iter().find(bad) else {
        return Some(headers);
    };
    let span = section
        .node("headers")
        .map_or(section.span, |node| node.span);
    cx.within(".headers", |cx| {
        cx.error(span, format!("`{name}` cannot be the name of a header"));
    });
    None
}
