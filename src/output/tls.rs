//! TLS of outputs: its options in both spellings, the client's configuration made from them, and
//! connecting.
//!
//! One provider of cryptography (ring) for all. Knows nothing of protocols above TLS.

mod asked;
#[cfg(test)]
#[path = "../../tests/support/certificates.rs"]
mod certificates;
mod files;
#[cfg(test)]
mod tests;
mod verify;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::config::{Context, Field, Kind, Schema, Section};

use super::OutputError;

pub use asked::{Asked, accepted, watched};
pub use words::explain;

const PATH: Kind = Kind::OrNull(&Kind::Path);

/// Flat option: check the server's certificate (the default).
pub const VERIFY: Field = Field::optional(
    "verify",
    Kind::Bool,
    "true",
    "Check the server's certificate and its name.",
);
/// Flat option: authorities trusted besides those of the system.
pub const CA_CERT: Field = Field::optional(
    "ca_cert",
    PATH,
    "",
    "PEM file with certificates of authorities to trust besides those of the system.",
);
/// Flat option: who we are.
pub const CLIENT_CERT: Field = Field::optional(
    "client_cert",
    PATH,
    "",
    "PEM file with the certificate to show to the server, its chain behind it; needs `client_cert_key`.",
);
/// Flat option: the key to it.
pub const CLIENT_CERT_KEY: Field = Field::optional(
    "client_cert_key",
    PATH,
    "",
    "PEM file with the private key of `client_cert`, not encrypted.",
);

static SCHEMA: Schema = Schema {
    name: "tls",
    doc: "How connections are encrypted and whom they trust.",
    fields: &[
        VERIFY,
        CA_CERT,
        CLIENT_CERT,
        CLIENT_CERT_KEY,
        Field::optional(
            "server_name",
            Kind::OrNull(&Kind::NonEmpty),
            "",
            "Name to ask for and to check instead of the host.",
        ),
    ],
};

/// The block `tls` of outputs.
pub const BLOCK: Field = Field::optional("tls", Kind::Section(&SCHEMA), "", SCHEMA.doc);

/// What an output calls its options for certificates.
#[derive(Clone, Copy, Debug)]
pub struct TlsNames {
    /// File of trusted authorities.
    pub ca_cert: &'static str,
    /// File of the client's certificate.
    pub client_cert: &'static str,
    /// File of its key.
    pub client_cert_key: &'static str,
}

impl Default for TlsNames {
    fn default() -> Self {
        Self {
            ca_cert: CA_CERT.name,
            client_cert: CLIENT_CERT.name,
            client_cert_key: CLIENT_CERT_KEY.name,
        }
    }
}

/// Checked options of TLS. Paths are relative to the project's folder or absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsConfig {
    /// Check the server's certificate and its name.
    pub verify: bool,
    /// Authorities trusted besides those of the system.
    pub ca_cert: Option<PathBuf>,
    /// The client's certificate and chain; there is a key when there is a certificate.
    pub client_cert: Option<PathBuf>,
    /// Its key.
    pub client_cert_key: Option<PathBuf>,
    /// The name to ask for and to check instead of the host.
    pub server_name: Option<String>,
    /// What the options are called, for errors.
    names: TlsNamesOf,
}

/// [`TlsNames`] that compare as equal: they are no part of the meaning.
#[derive(Clone, Copy, Debug, Default)]
struct TlsNamesOf(TlsNames);

impl PartialEq for TlsNamesOf {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for TlsNamesOf {}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            verify: true,
            ca_cert: None,
            client_cert: None,
            client_cert_key: None,
            server_name: None,
            names: TlsNamesOf::default(),
        }
    }
}

impl TlsConfig {
    /// Decodes the flat options of an output that has the fields [`VERIFY`], [`CA_CERT`],
    /// [`CLIENT_CERT`] and [`CLIENT_CERT_KEY`] (or some of them); `verify` is the default of the
    /// first. `None` after an error was reported.
    pub fn flat(section: &Section, verify: bool, cx: &mut Context<'_>) -> Option<Self> {
        Self::named(section, TlsNames::default(), verify, cx)
    }

    /// As [`TlsConfig::flat`] for an output with a switch `ssl`, without which the files make no
    /// sense; no configuration when it is off.
    #[allow(clippy::option_option, reason = "unsound, off, on")]
    pub fn switched(section: &Section, verify: bool, cx: &mut Context<'_>) -> Option<Option<Self>> {
        let config = Self::flat(section, verify, cx);
        if section.bool("ssl") == Some(true) {
            return config.map(Some);
        }
        let files = [CA_CERT.name, CLIENT_CERT.name, CLIENT_CERT_KEY.name];
        let useless: Vec<String> = files
            .into_iter()
            .filter(|name| section.str(name).is_some())
            .map(|name| format!("`{name}`"))
            .collect();
        if useless.is_empty() {
            return config.map(|_| None);
        }
        cx.error_help(
            section.span,
            format!(
                "without `ssl: true` there is no use for {}",
                useless.join(", ")
            ),
            "add `ssl: true`, or remove these options",
        );
        None
    }

    /// As [`TlsConfig::flat`] with other names for the files.
    pub fn named(
        section: &Section,
        names: TlsNames,
        verify: bool,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let path = |name: &str| section.str(name).map(PathBuf::from);
        let config = Self {
            verify: section.bool(VERIFY.name).unwrap_or(verify),
            ca_cert: path(names.ca_cert),
            client_cert: path(names.client_cert),
            client_cert_key: path(names.client_cert_key),
            server_name: section.str("server_name").map(str::to_owned),
            names: TlsNamesOf(names),
        };
        let missing = match (&config.client_cert, &config.client_cert_key) {
            (Some(_), None) => names.client_cert_key,
            (None, Some(_)) => names.client_cert,
            _ => return Some(config),
        };
        cx.error_help(
            section.span,
            format!("`{missing}` is missing: a certificate and its key come together"),
            format!(
                "give both `{}` and `{}`, or neither",
                names.client_cert, names.client_cert_key
            ),
        );
        None
    }

    /// Decodes the block `tls` of an output that has the field [`BLOCK`]; the defaults when it is
    /// absent. `None` after an error was reported.
    pub fn block(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        if !section.has(BLOCK.name) {
            return Some(Self::default());
        }
        let block = section.section(BLOCK.name, &SCHEMA, cx)?;
        cx.within(".tls", |cx| Self::flat(&block, true, cx))
    }

    /// Reads the files and makes the client's configuration; `base` is the project's folder.
    ///
    /// # Errors
    /// Files that cannot be read or do not hold what they should, and a key that does not belong to
    /// its certificate.
    pub fn build(&self, base: &Path) -> Result<Arc<ClientConfig>, OutputError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let names = self.names.0;
        let own = match &self.ca_cert {
            Some(path) => files::certificates(names.ca_cert, path, base)?,
            None => Vec::new(),
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| OutputError::failed(format!("TLS cannot be used: {error}")))?;
        let builder = if self.verify {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            for certificate in &own {
                roots.add(certificate.clone()).map_err(|error| {
                    let path = self.ca_cert.as_deref().unwrap_or(base);
                    files::unusable(names.ca_cert, path, &error)
                })?;
            }
            if own.is_empty() {
                builder.with_root_certificates(roots)
            } else {
                let verifier = verify::Pinned::new(roots, own, provider)?;
                builder
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(verifier))
            }
        } else {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verify::Nothing::new(&provider)))
        };
        let (Some(certificate), Some(key)) = (&self.client_cert, &self.client_cert_key) else {
            return Ok(Arc::new(builder.with_no_client_auth()));
        };
        let chain = files::certificates(names.client_cert, certificate, base)?;
        let secret = files::key(names.client_cert_key, key, base)?;
        let config = builder
            .with_client_auth_cert(chain, secret)
            .map_err(|error| files::misfit(names, certificate, key, &error))?;
        Ok(Arc::new(config))
    }
}

/// Encrypts a connection to `host` (a name or an address, as the user gave it); `server_name` is the
/// name to ask for and to check instead.
///
/// # Errors
/// An outage, in words for people.
pub async fn connect<S>(
    config: &Arc<ClientConfig>,
    server_name: Option<&str>,
    host: &str,
    stream: S,
) -> Result<TlsStream<S>, OutputError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = server_name.unwrap_or(host);
    let name = name.strip_prefix('[').unwrap_or(name);
    let name = name.strip_suffix(']').unwrap_or(name);
    let asked = ServerName::try_from(name.to_owned()).map_err(|_| {
        OutputError::failed(format!(
            "`{name}` is no host name that a certificate can have"
        ))
        .help("use the name or the address that stands in the server's certificate")
    })?;
    TlsConnector::from(Arc::clone(config))
        .connect(asked, stream)
        .await
        .map_err(|error| explain(&error, host))
}
