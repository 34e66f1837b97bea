//! What went wrong with TLS, in words for the person at the terminal.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};

use crate::output::OutputError;

use super::verify::is_authority;

/// Says why TLS with `peer` failed; anything that is not TLS's own is a plain connection failure.
/// Always an outage: it is about the connection, no event is to blame.
pub fn explain(error: &io::Error, peer: &str) -> OutputError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    if let Some(inner) = inner {
        let (message, help) = words(inner, peer);
        return OutputError {
            help,
            ..OutputError::outage(message)
        };
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => OutputError::outage(format!(
            "{peer} ended the connection during the TLS handshake"
        ))
        .help("it may speak no TLS there, or want a client certificate"),
        _ => OutputError::path("no TLS connection to", peer, error),
    }
}

fn words(error: &Error, peer: &str) -> (String, Option<String>) {
    let (message, help) = match error {
        Error::InvalidCertificate(problem) => return certificate(error, problem, peer),
        Error::InvalidMessage(_) => (
            format!("{peer} does not speak TLS"),
            "use the port on which it does, or turn TLS off",
        ),
        Error::AlertReceived(alert) => return refused(*alert, peer),
        Error::PeerIncompatible(reason) => (
            format!("{peer} has no kind of TLS that is safe to use: {reason:?}"),
            "it must offer TLS 1.2 or 1.3 with a current cipher suite",
        ),
        Error::NoCertificatesPresented => (
            format!("{peer} shows no certificate"),
            "give the server a certificate",
        ),
        other => return (format!("TLS with {peer} failed: {other}"), None),
    };
    (message, Some(help.to_owned()))
}

fn certificate(error: &Error, problem: &CertificateError, peer: &str) -> (String, Option<String>) {
    use CertificateError as Problem;
    let (message, help) = match problem {
        Problem::UnknownIssuer => (
            format!("the certificate of {peer} was issued by an authority that is not trusted here"),
            "name the authority's certificate as the CA file; or, where that is acceptable, turn the check off with `verify: false`".to_owned(),
        ),
        Problem::Expired | Problem::ExpiredContext { .. } => (
            format!("the certificate of {peer} has expired"),
            "renew it on the server, or correct this machine's clock".to_owned(),
        ),
        Problem::NotValidYet | Problem::NotValidYetContext { .. } => (
            format!("the certificate of {peer} is not valid yet"),
            "correct this machine's clock, or the certificate".to_owned(),
        ),
        Problem::NotValidForNameContext { presented, .. } if !presented.is_empty() => (
            format!(
                "the certificate of {peer} is for other names: {}",
                names(presented)
            ),
            "connect by one of these names".to_owned(),
        ),
        Problem::NotValidForName | Problem::NotValidForNameContext { .. } => (
            format!("the certificate of {peer} is not for that name"),
            "its subjectAltName must hold the name or the address that is connected to".to_owned(),
        ),
        Problem::Revoked => (
            format!("the certificate of {peer} was revoked"),
            "renew it on the server".to_owned(),
        ),
        Problem::InvalidPurpose | Problem::InvalidPurposeContext { .. } => (
            format!("the certificate of {peer} is not made for servers"),
            "its extended key usage must hold serverAuth".to_owned(),
        ),
        _ if is_authority(error) => (
            format!("{peer} shows the certificate of an authority as its own"),
            "name exactly that certificate as the CA file to trust it".to_owned(),
        ),
        other => {
            return (
                format!("the certificate of {peer} cannot be accepted: {other}"),
                None,
            );
        }
    };
    (message, Some(help))
}

/// The library shows names as `DnsName("a.example")` and `IpAddress(192.0.2.1)`.
fn names(presented: &[String]) -> String {
    let bare = presented.iter().map(|name| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
        inner.trim_matches(['(', ')', '"'])
    });
    bare.collect::<Vec<_>>().join(", ")
}

fn refused(alert: AlertDescription, peer: &str) -> (String, Option<String>) {
    use AlertDescription as Alert;
    let (message, help) = match alert {
        Alert::CertificateRequired => (
            format!("{peer} wants a client certificate"),
            "give it a client certificate and its key",
        ),
        Alert::UnknownCA
        | Alert::BadCertificate
        | Alert::CertificateUnknown
        | Alert::UnsupportedCertificate
        | Alert::DecryptError
        | Alert::AccessDenied => (
            format!("{peer} does not accept the client certificate ({alert:?})"),
            "use one of an authority that the server trusts",
        ),
        Alert::CertificateExpired => (
            format!("{peer} does not accept the client certificate: it has expired"),
            "renew it",
        ),
        Alert::CertificateRevoked => (
            format!("{peer} does not accept the client certificate: it was revoked"),
            "renew it",
        ),
        Alert::UnrecognisedName => (
            format!("{peer} does not know the name it was asked for"),
            "connect by the name that the server is set up for",
        ),
        Alert::ProtocolVersion | Alert::HandshakeFailure | Alert::InsufficientSecurity => (
            format!("{peer} and we have no kind of TLS in common ({alert:?})"),
            "it must offer TLS 1.2 or 1.3; or it wants a client certificate",
        ),
        other => return (format!("{peer} ended TLS with an alert: {other:?}"), None),
    };
    (message, Some(help.to_owned()))
}
