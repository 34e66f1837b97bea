//! Whether Eventum can run a project: everything in it that Eventum does not know, with its place.
//!
//! The tables are the options of Eventum 2.6; what is not in them is an addition of this program.

use std::sync::Arc;

use crate::config::{Document, Node, Place, PluginNode, Span};

/// Something that Eventum does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is, in a sentence.
    pub message: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// Inputs of Eventum and their options besides `tags`.
const INPUTS: &[(&str, &[&str])] = &[
    ("cron", &["start", "end", "expression", "count"]),
    ("http", &["host", "port", "max_pending_requests"]),
    ("linspace", &["start", "end", "count", "endpoint"]),
    ("static", &["count"]),
    ("time_patterns", &["patterns"]),
    ("timer", &["start", "seconds", "count", "repeat"]),
    ("timestamps", &["source"]),
];

/// Its event plugins.
const EVENTS: &[(&str, &[&str])] = &[
    (
        "template",
        &["mode", "params", "samples", "templates", "chain"],
    ),
    ("script", &["path"]),
    (
        "replay",
        &[
            "path",
            "timestamp_pattern",
            "timestamp_format",
            "repeat",
            "chunk_size",
            "encoding",
        ],
    ),
];

/// Its outputs and their options besides `formatter`.
const OUTPUTS: &[(&str, &[&str])] = &[
    (
        "stdout",
        &["flush_interval", "stream", "encoding", "separator"],
    ),
    (
        "file",
        &[
            "path",
            "flush_interval",
            "cleanup_interval",
            "file_mode",
            "write_mode",
            "encoding",
            "separator",
        ],
    ),
    (
        "http",
        &[
            "url",
            "method",
            "success_code",
            "headers",
            "username",
            "password",
            "connect_timeout",
            "request_timeout",
            "verify",
            "ca_cert",
            "client_cert",
            "client_cert_key",
            "proxy_url",
        ],
    ),
    (
        "opensearch",
        &[
            "hosts",
            "username",
            "password",
            "index",
            "connect_timeout",
            "request_timeout",
            "verify",
            "ca_cert",
            "client_cert",
            "client_cert_key",
            "proxy_url",
        ],
    ),
    (
        "clickhouse",
        &[
            "host",
            "port",
            "protocol",
            "database",
            "table",
            "username",
            "password",
            "dsn",
            "connect_timeout",
            "request_timeout",
            "client_name",
            "verify",
            "ca_cert",
            "client_cert",
            "client_cert_key",
            "server_host_name",
            "tls_mode",
            "proxy_url",
            "pool_maxsize",
            "input_format",
            "header",
            "footer",
            "separator",
        ],
    ),
    (
        "kafka",
        &[
            "bootstrap_servers",
            "topic",
            "key",
            "encoding",
            "client_id",
            "metadata_max_age_ms",
            "request_timeout_ms",
            "connections_max_idle_ms",
            "acks",
            "compression_type",
            "max_batch_size",
            "max_request_size",
            "linger_ms",
            "retry_backoff_ms",
            "enable_idempotence",
            "transactional_id",
            "transaction_timeout_ms",
            "security_protocol",
            "sasl_mechanism",
            "sasl_plain_username",
            "sasl_plain_password",
            "sasl_kerberos_service_name",
            "sasl_kerberos_domain_name",
            "ssl_cafile",
            "ssl_certfile",
            "ssl_keyfile",
        ],
    ),
    (
        "tcp",
        &[
            "host",
            "port",
            "encoding",
            "separator",
            "connect_timeout",
            "ssl",
            "verify",
            "ca_cert",
            "client_cert",
            "client_cert_key",
        ],
    ),
    ("udp", &["host", "port", "encoding", "separator"]),
];

/// Its formatters and the options of each.
const FORMATS: &[(&str, &[&str])] = &[
    ("plain", &[]),
    ("json", &["indent"]),
    ("json-batch", &["indent"]),
    ("template", &["template", "template_path"]),
    ("template-batch", &["template", "template_path"]),
    ("eventum-http-input", &[]),
];

/// Modes of its template source.
const MODES: &[&str] = &["all", "any", "chance", "spin", "fsm", "chain"];

/// Everything in a document that Eventum does not know; nothing when it runs there as it is. Templates
/// are not looked into: what they may use is the same.
pub fn portability(document: &Document) -> Vec<Obstacle> {
    let mut verdict = Verdict {
        path: document.path.as_path().into(),
        found: Vec::new(),
    };
    for plugin in &document.inputs {
        verdict.plugin("input", plugin, INPUTS, &["tags"]);
    }
    if let Some(event) = &document.event {
        verdict.plugin("event source", event, EVENTS, &[]);
        verdict.modes(event);
    }
    for plugin in &document.outputs {
        verdict.plugin("output", plugin, OUTPUTS, &["formatter"]);
        verdict.formatter(plugin);
    }
    if let Some(calendars) = &document.calendars {
        verdict.say("Eventum has no block `calendars`", calendars.span);
    }
    verdict.found.sort_by_key(|one| {
        let span = one.place.as_ref().and_then(|place| place.span);
        span.map(|span| (span.start.line, span.start.column))
    });
    verdict.found
}

struct Verdict {
    path: Arc<std::path::Path>,
    found: Vec<Obstacle>,
}

impl Verdict {
    fn say(&mut self, message: impl Into<String>, span: Span) {
        self.found.push(Obstacle {
            message: message.into(),
            place: Some(Place {
                path: self.path.clone(),
                span: Some(span),
            }),
        });
    }

    fn plugin(
        &mut self,
        stage: &str,
        plugin: &PluginNode,
        table: &[(&str, &[&str])],
        common: &[&str],
    ) {
        let name = plugin.name.as_str();
        let Some((_, options)) = table.iter().find(|(known, _)| *known == name) else {
            self.say(format!("Eventum has no {stage} `{name}`"), plugin.name_span);
            return;
        };
        self.options(name, &plugin.body, |key| {
            options.contains(&key) || common.contains(&key)
        });
    }

    fn options(&mut self, of: &str, body: &Node, known: impl Fn(&str) -> bool) {
        for (key, _) in body.as_map().unwrap_or_default() {
            let Some(name) = key.as_str() else {
                continue;
            };
            let first = name.split('.').next().unwrap_or(name);
            if !known(first) {
                self.say(
                    format!("`{of}` has no option `{first}` in Eventum"),
                    key.span,
                );
            }
        }
    }

    fn modes(&mut self, event: &PluginNode) {
        let mode = event.body.get("mode");
        if let Some(node) = mode.filter(|_| event.name == "template")
            && let Some(name) = node.as_str()
            && !MODES.contains(&name)
        {
            self.say(format!("Eventum has no mode `{name}`"), node.span);
        }
    }

    fn formatter(&mut self, plugin: &PluginNode) {
        let Some(formatter) = plugin.body.get("formatter") else {
            return;
        };
        let Some(format) = formatter.get("format") else {
            return;
        };
        let name = format.as_str().unwrap_or_default();
        match FORMATS.iter().find(|(known, _)| *known == name) {
            None => self.say(format!("Eventum has no format `{name}`"), format.span),
            Some((_, options)) => {
                self.options(name, formatter, |key| {
                    key == "format" || options.contains(&key)
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::config::{Schema, near};

    /// A slip in a table would call an option of Eventum ours.
    #[test]
    fn every_option_of_eventum_is_one_here() {
        let check = |stage: &str, table: &[(&str, &[&str])], all: Vec<&'static Schema>| {
            for (name, options) in table {
                let schema = all.iter().find(|schema| schema.name == *name);
                let Some(schema) = schema else {
                    // Left out of this build.
                    assert_eq!(*name, "kafka", "{stage}");
                    continue;
                };
                for option in *options {
                    let known: Vec<&str> = schema.fields.iter().map(|one| one.name).collect();
                    let meant = near(option, known.iter().copied());
                    assert!(known.contains(option), "{name}: {option}, {meant:?}");
                }
            }
        };
        let inputs = crate::input::PLUGINS.iter().map(|one| one.schema);
        check("input", INPUTS, inputs.collect());
        let events = crate::event::PLUGINS.iter().map(|one| one.schema);
        check("event", EVENTS, events.collect());
        let outputs = crate::output::PLUGINS.iter().map(|one| one.schema);
        check("output", OUTPUTS, outputs.collect());
    }
}
