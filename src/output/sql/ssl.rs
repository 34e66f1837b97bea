//! The block `ssl`: how connections to a database server are encrypted.

use std::path::{Path, PathBuf};

use crate::config::{Context, Field, Kind, Node, Schema, Section};

/// Modes in the spelling of documents.
const MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify_ca", SslMode::VerifyCa),
    ("verify_full", SslMode::VerifyFull),
];

pub(super) static SCHEMA: Schema = Schema {
    name: "ssl",
    doc: "How the connection to the server is encrypted, and whom it trusts.",
    fields: &[
        Field::optional(
            "ssl_mode",
            Kind::OrNull(&Kind::Custom(check_mode)),
            "prefer",
            "disable: no TLS. prefer: TLS when the server can. require: TLS, whoever the server is. \
             verify_ca: its certificate is checked. verify_full: and its name.",
        ),
        Field::optional(
            "root_cert",
            Kind::OrNull(&Kind::Path),
            "",
            "PEM file with certificates of authorities to trust instead of the system's.",
        ),
        Field::optional(
            "client_cert",
            Kind::OrNull(&Kind::Path),
            "",
            "PEM file with the certificate to show to the server; needs `client_key`.",
        ),
        Field::optional(
            "client_key",
            Kind::OrNull(&Kind::Path),
            "",
            "PEM file with the private key of `client_cert`.",
        ),
    ],
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SslMode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    /// In any case, with `-` for `_`.
    fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('-', "_");
        MODES
            .iter()
            .find_map(|(known, mode)| (*known == name).then_some(*mode))
    }
}

fn check_mode(node: &Node, cx: &mut Context<'_>) {
    if node.as_str().and_then(SslMode::named).is_some() {
        return;
    }
    let message = format!("expected a mode of TLS, not {}", node.describe());
    let known: Vec<&str> = MODES.iter().map(|(name, _)| *name).collect();
    cx.error_help(
        node.span,
        message,
        format!("use one of {}", known.join(", ")),
    );
}

/// Checked options; what is absent is as the URI says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SslConfig {
    pub(super) mode: Option<SslMode>,
    pub(super) root_cert: Option<PathBuf>,
    /// Certificate and key.
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

impl SslConfig {
    /// Decodes the block of an opened section; `None` after an error was reported.
    pub(super) fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let path = |name: &str| section.str(name).map(PathBuf::from);
        let client = match (path("client_cert"), path("client_key")) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => {
                let message = "a certificate and its key come together";
                let help = "give both `client_cert` and `client_key`, or neither";
                cx.error_help(section.span, message, help);
                return None;
            }
        };
        Some(Self {
            mode: section.str("ssl_mode").and_then(SslMode::named),
            root_cert: path("root_cert"),
            client,
        })
    }

    /// The same with paths that are absolute.
    pub(super) fn within(&self, base: &Path) -> Self {
        Self {
            mode: self.mode,
            root_cert: self.root_cert.as_ref().map(|path| base.join(path)),
            client: self
                .client
                .as_ref()
                .map(|(cert, key)| (base.join(cert), base.join(key))),
        }
    }
}
