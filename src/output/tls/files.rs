//! Certificates and keys from PEM files, with errors that name the file, the option and what to do.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{Error, InconsistentKeys};

use crate::config::{Disk, Files};
use crate::output::OutputError;

use super::TlsNames;

/// More than any bundle of authorities has.
const LARGEST: u64 = 16 << 20;

/// The certificates in the file of an option; at least one.
pub(super) fn certificates(
    option: &str,
    path: &Path,
    base: &Path,
) -> Result<Vec<CertificateDer<'static>>, OutputError> {
    let bytes = read(option, path, base)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(absent("certificate", option, path, &bytes)),
        Err(error) => Err(unusable(option, path, &error)),
    }
}

/// The private key in the file of an option.
pub(super) fn key(
    option: &str,
    path: &Path,
    base: &Path,
) -> Result<PrivateKeyDer<'static>, OutputError> {
    let bytes = read(option, path, base)?;
    if has(&bytes, b"ENCRYPTED") {
        return Err(OutputError::failed(format!(
            "the key in `{}` ({option}) is encrypted",
            show(path)
        ))
        .help("store it without a password: `openssl pkey -in KEY -out PLAIN_KEY`"));
    }
    match PrivateKeyDer::pem_slice_iter(&bytes).next() {
        Some(Ok(key)) => Ok(key),
        Some(Err(error)) => Err(unusable(option, path, &error)),
        None => Err(absent("private key", option, path, &bytes)),
    }
}

fn read(option: &str, path: &Path, base: &Path) -> Result<Vec<u8>, OutputError> {
    Disk.read_limited(&base.join(path), LARGEST)
        .map_err(|error| {
            let target = format!("`{}` ({option})", show(path));
            let mut made = OutputError::path("cannot read", &target, &error);
            made.kind = crate::output::OutputErrorKind::Failed;
            if error.kind() == std::io::ErrorKind::NotFound {
                made.help = Some("paths are relative to the project's folder".to_owned());
            }
            made
        })
}

/// A file that can be read but holds nothing of the kind.
fn absent(what: &str, option: &str, path: &Path, bytes: &[u8]) -> OutputError {
    let holds = if bytes.is_empty() {
        "is empty"
    } else if has(bytes, b"PRIVATE KEY-----") {
        "holds a private key only"
    } else if has(bytes, b"-----BEGIN CERTIFICATE REQUEST-----") {
        "holds a request for a certificate only"
    } else if has(bytes, b"-----BEGIN CERTIFICATE-----") {
        "holds certificates only"
    } else {
        ""
    };
    let show = show(path);
    let made = OutputError::failed(if holds.is_empty() {
        format!("`{show}` ({option}) holds no {what} in PEM form")
    } else {
        format!("`{show}` ({option}) {holds}, but a {what} is needed")
    });
    // An ASN.1 sequence: DER, or a PKCS#12 store.
    if bytes.first() == Some(&0x30) {
        made.help("convert it: `openssl x509 -inform der`, or `openssl pkcs12` for a .p12 file")
    } else {
        made.help(format!(
            "name a file with a part between `-----BEGIN {0}-----` and `-----END {0}-----`",
            what.to_uppercase()
        ))
    }
}

/// A file whose content is broken.
pub(super) fn unusable(option: &str, path: &Path, error: &dyn std::fmt::Display) -> OutputError {
    OutputError::failed(format!(
        "`{}` ({option}) cannot be used: {error}",
        show(path)
    ))
    .help("look at it with `openssl x509 -text -in FILE`, or `openssl pkey -in FILE` for a key")
}

/// A client's certificate and key that cannot be used together.
pub(super) fn misfit(
    names: TlsNames,
    certificate: &Path,
    key: &Path,
    error: &Error,
) -> OutputError {
    if *error == Error::InconsistentKeys(InconsistentKeys::KeyMismatch) {
        return OutputError::failed(format!(
            "the key in `{}` ({}) does not belong to the certificate in `{}` ({})",
            show(key),
            names.client_cert_key,
            show(certificate),
            names.client_cert,
        ))
        .help("the client's own certificate has to stand first in its file, its chain behind it");
    }
    let (option, path) = match error {
        Error::InvalidCertificate(_) => (names.client_cert, certificate),
        _ => (names.client_cert_key, key),
    };
    unusable(option, path, error)
}

fn show(path: &Path) -> std::path::Display<'_> {
    path.display()
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(bytes, words).is_some()
}
