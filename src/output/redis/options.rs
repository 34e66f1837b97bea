//! The options `mode` and `redis_type`.

use std::time::Duration;

use crate::config::{Context, Field, Kind, Schema, Section, check_duration, read_duration};
use crate::output::Secret;
use crate::output::TextConfig;
use crate::output::tls::TlsConfig;

use super::client::{Servers, parse_url};
use super::commands::Shape;

static MODE_SCHEMA: Schema = Schema {
    name: "mode",
    doc: "Which server or servers.",
    fields: &[
        Field::required(
            "type",
            Kind::Enum(&["single", "cluster"]),
            "single: one server at `url`. cluster: a Redis cluster, found through `urls`.",
        ),
        Field::optional(
            "url",
            Kind::NonEmpty,
            "",
            "single: `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, `unix:///path` \
             for a socket.",
        ),
        Field::optional(
            "urls",
            Kind::List(&Kind::NonEmpty, 1),
            "",
            "cluster: some of its nodes; the others are found.",
        ),
    ],
};

static TYPE_SCHEMA: Schema = Schema {
    name: "redis_type",
    doc: "What events become.",
    fields: &[
        Field::required(
            "type",
            Kind::Enum(&["publish", "list", "hashes", "strings", "stream"]),
            "publish: messages of a `channel`. list: items at the end of the list `key`. hashes: the \
             value of `field` in the hash `key`. strings: the value of `key`. stream: entries of the \
             stream `key`.",
        ),
        Field::optional(
            "channel",
            Kind::NonEmpty,
            "",
            "publish: the channel; a text or a template over `event`. Nobody listening is no failure.",
        ),
        Field::optional(
            "key",
            Kind::NonEmpty,
            "",
            "The key; a text or a template over `event`.",
        ),
        Field::optional(
            "field",
            Kind::NonEmpty,
            "",
            "hashes: the field; a text or a template over `event`.",
        ),
        Field::optional(
            "ttl",
            Kind::Custom(check_duration),
            "",
            "strings: time after which the server forgets the value, such as `1h`; at least a \
             millisecond.",
        ),
        Field::optional(
            "max_len",
            Kind::Int(1, i64::MAX),
            "",
            "stream: about how many entries are kept; older ones are dropped.",
        ),
        Field::optional(
            "fields",
            Kind::Map,
            "",
            "stream: the fields of an entry, each a text or a template over `event`. Without it there \
             is one field `data` with the formatted event.",
        ),
    ],
};

pub(super) const MODE: Field = Field {
    required: true,
    ..Field::optional("mode", Kind::Section(&MODE_SCHEMA), "", MODE_SCHEMA.doc)
};
pub(super) const TYPE: Field = Field {
    required: true,
    ..Field::optional(
        "redis_type",
        Kind::Section(&TYPE_SCHEMA),
        "",
        TYPE_SCHEMA.doc,
    )
};

/// Needed options of each type, then those it may have.
const PARTS: &[(&str, &[&str], &[&str])] = &[
    ("publish", &["channel"], &[]),
    ("list", &["key"], &[]),
    ("hashes", &["key", "field"], &[]),
    ("strings", &["key"], &["ttl"]),
    ("stream", &["key"], &["max_len", "fields"]),
    ("single", &["url"], &[]),
    ("cluster", &["urls"], &[]),
];

/// Reports options that are missing for the section's type or belong to others; true when all is well.
fn fits(section: &Section, schema: &'static Schema, cx: &mut Context<'_>) -> bool {
    let kind = section.str("type").unwrap_or_default();
    let parts = PARTS.iter().find(|(name, ..)| *name == kind);
    let (needed, allowed) = parts.map_or((&[][..], &[][..]), |part| (part.1, part.2));
    let before = cx.errors();
    for name in needed {
        if section.node(name).is_none_or(crate::config::Node::is_null) {
            let message = format!("type `{kind}` needs the option `{name}`");
            cx.error(section.span, message);
        }
    }
    for field in schema.fields {
        let name = field.name;
        if name == "type" || needed.contains(&name) || allowed.contains(&name) {
            continue;
        }
        if let Some(node) = section.node(name) {
            cx.within(&format!(".{name}"), |cx| {
                let message = format!("type `{kind}` has no option `{name}`");
                cx.error_help(node.span, message, field.doc);
            });
        }
    }
    cx.errors() == before
}

/// Decodes `mode`.
pub(super) fn servers(section: &Section, cx: &mut Context<'_>) -> Option<Servers> {
    let mode = section.section("mode", &MODE_SCHEMA, cx)?;
    cx.within(".mode", |cx| {
        if !fits(&mode, &MODE_SCHEMA, cx) {
            return None;
        }
        let cluster = mode.str("type") == Some("cluster");
        let name = if cluster { "urls" } else { "url" };
        let node = mode.node(name)?;
        let urls: Vec<Secret> = match node.as_str() {
            Some(url) => vec![Secret::new(url)],
            None => mode.strings(name).into_iter().map(Secret::new).collect(),
        };
        let mut shown = Vec::new();
        for url in &urls {
            match parse_url(url) {
                Ok(info) if !node.unknown => shown.push(info.addr().to_string()),
                Err(reason) if !node.unknown => {
                    cx.within(&format!(".{name}"), |cx| {
                        cx.error_help(
                            node.span,
                            reason,
                            "write `redis://host:port`, or `rediss://host:port` for TLS",
                        );
                    });
                    return None;
                }
                _ => {}
            }
        }
        Some(Servers {
            cluster,
            urls,
            shown: if node.secret {
                "***".to_owned()
            } else {
                shown.join(", ")
            },
            hidden: node.secret,
            username: None,
            password: None,
            tls: TlsConfig::default(),
        })
    })
}

/// Options of TLS go with addresses that ask for it, and not all are possible with a cluster.
pub(super) fn check_tls(servers: &Servers, section: &Section, cx: &mut Context<'_>) -> Option<()> {
    let Some(node) = section.node("tls") else {
        return Some(());
    };
    let problem = if !servers.encrypted() {
        Some("`tls` has no use: no URL begins with `rediss://`")
    } else if servers.cluster && (!servers.tls.verify || servers.tls.server_name.is_some()) {
        Some("with a cluster, certificates are always checked, by the names of its nodes")
    } else {
        None
    };
    let Some(problem) = problem else {
        return Some(());
    };
    cx.within(".tls", |cx| cx.error(node.span, problem));
    None
}

/// Decodes `redis_type`: the shape of commands and their texts, key or channel first.
pub(super) fn shape(section: &Section, cx: &mut Context<'_>) -> Option<(Shape, Vec<TextConfig>)> {
    let kind = section.section("redis_type", &TYPE_SCHEMA, cx)?;
    cx.within(".redis_type", |cx| {
        if !fits(&kind, &TYPE_SCHEMA, cx) {
            return None;
        }
        let text = |name: &str, cx: &mut Context<'_>| TextConfig::decode(&kind, name, cx);
        Some(match kind.str("type")? {
            "publish" => (Shape::Publish, vec![text("channel", cx)?]),
            "list" => (Shape::List, vec![text("key", cx)?]),
            "hashes" => (Shape::Hash, vec![text("key", cx)?, text("field", cx)?]),
            "strings" => (ttl(&kind, cx)?, vec![text("key", cx)?]),
            _ => {
                let mut texts = vec![text("key", cx)?];
                let mut names = Vec::new();
                for (name, value) in TextConfig::decode_map(&kind, "fields", cx)? {
                    names.push(name);
                    texts.push(value);
                }
                let max_len = kind.int("max_len").map(i64::unsigned_abs);
                (Shape::Stream { max_len, names }, texts)
            }
        })
    })
}

fn ttl(kind: &Section, cx: &mut Context<'_>) -> Option<Shape> {
    let Some(node) = kind.node("ttl").filter(|node| !node.unknown) else {
        return Some(Shape::String { ttl: None });
    };
    let us = read_duration(node).ok()?;
    let ttl = Duration::from_micros(us.unsigned_abs());
    if ttl < Duration::from_millis(1) {
        cx.within(".ttl", |cx| {
            cx.error(
                node.span,
                "the server keeps nothing for less than a millisecond",
            );
        });
        return None;
    }
    Some(Shape::String { ttl: Some(ttl) })
}
