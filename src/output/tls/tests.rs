#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io;

use rstest::rstest;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use super::certificates::{Authority, self_signed, server, write};
use super::*;
use crate::output::OutputErrorKind;

/// A project's folder with the certificates of an authority.
struct Project {
    folder: TempDir,
    authority: Authority,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("ours");
        std::fs::write(folder.path().join("ca.pem"), &authority.certificate).unwrap();
        write(folder.path(), "client", &authority.client());
        Self { folder, authority }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn build(&self, config: &TlsConfig) -> Result<Arc<ClientConfig>, OutputError> {
        config.build(self.folder.path())
    }

    /// Connects to a server with that configuration; what the server's first word came to.
    fn greet(
        &self,
        config: &TlsConfig,
        server: Arc<rustls::ServerConfig>,
        host: &str,
    ) -> Result<(), OutputError> {
        let config = self.build(config).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (near, far) = tokio::io::duplex(1 << 16);
            let serving = async {
                let mut stream = TlsAcceptor::from(server).accept(far).await?;
                stream.write_all(b"hello").await?;
                stream.shutdown().await
            };
            let greeted = async {
                let mut stream = connect(&config, None, host, near).await?;
                let mut word = Vec::new();
                let read = stream.read_to_end(&mut word).await;
                read.map_err(|error| explain(&error, host))?;
                assert_eq!(word, b"hello");
                Ok(())
            };
            tokio::join!(greeted, serving).0
        })
    }
}

fn trusting() -> TlsConfig {
    TlsConfig {
        ca_cert: Some("ca.pem".into()),
        ..TlsConfig::default()
    }
}

fn with_client() -> TlsConfig {
    TlsConfig {
        client_cert: Some("client.pem".into()),
        client_cert_key: Some("client.key".into()),
        ..trusting()
    }
}

#[rstest]
#[case::name("logs.example")]
#[case::address("127.0.0.1")]
#[case::address_6("[::1]")]
fn a_server_of_the_given_authority_is_trusted(#[case] host: &str) {
    let project = Project::new();
    let pair = project
        .authority
        .server(&["logs.example", "127.0.0.1", "::1"]);
    let greeted = project.greet(&trusting(), server(&pair, None), host);
    assert_eq!(greeted, Ok(()));
}

#[rstest]
#[case::wrong_authority("theirs", "authority that is not trusted")]
#[case::expired("expired", "has expired")]
#[case::wrong_name("named", "is for other names: other.example")]
#[case::wrong_purpose("client", "not made for servers")]
#[case::self_signed("self-signed", "the certificate of an authority as its own")]
fn a_wrong_certificate_is_refused_in_words(#[case] issued: &str, #[case] words: &str) {
    let project = Project::new();
    let ours = &project.authority;
    let pair = match issued {
        "theirs" => Authority::new("theirs").server(&["h"]),
        "expired" => ours.expired(&["h"]),
        "named" => ours.server(&["other.example"]),
        "client" => ours.client(),
        _ => self_signed(&["h"]),
    };
    let error = project
        .greet(&trusting(), server(&pair, None), "h")
        .unwrap_err();
    assert!(error.message.contains(words), "{error:?}");
    assert!(error.help.is_some(), "{error:?}");
    assert_eq!(error.kind, OutputErrorKind::Outage);
    let trusting_all = TlsConfig {
        verify: false,
        ..TlsConfig::default()
    };
    let greeted = project.greet(&trusting_all, server(&pair, None), "h");
    assert_eq!(greeted, Ok(()));
}

#[test]
fn without_an_authority_only_the_systems_are_trusted() {
    let project = Project::new();
    let pair = project.authority.server(&["h"]);
    let error = project
        .greet(&TlsConfig::default(), server(&pair, None), "h")
        .unwrap_err();
    assert!(error.message.contains("authority that is not trusted"));
}

#[test]
fn a_servers_own_certificate_can_be_trusted_for_its_names() {
    let project = Project::new();
    let pair = self_signed(&["h"]);
    project.file("ca.pem", &pair.certificate);
    let greet = |host| project.greet(&trusting(), server(&pair, None), host);
    assert_eq!(greet("h"), Ok(()));
    let error = greet("i").unwrap_err();
    assert!(error.message.contains("is for other names"), "{error:?}");
}

#[test]
fn a_client_certificate_is_shown_where_it_is_wanted() {
    let project = Project::new();
    let pair = project.authority.server(&["h"]);
    let demanding = || server(&pair, Some(&project.authority));
    assert_eq!(project.greet(&with_client(), demanding(), "h"), Ok(()));
    let error = project.greet(&trusting(), demanding(), "h").unwrap_err();
    assert!(
        error.message.contains("wants a client certificate"),
        "{error:?}"
    );
    write(
        project.folder.path(),
        "client",
        &Authority::new("x").client(),
    );
    let error = project.greet(&with_client(), demanding(), "h").unwrap_err();
    assert!(
        error.message.contains("does not accept the client"),
        "{error:?}"
    );
}

#[test]
fn another_name_can_be_asked_for() {
    let project = Project::new();
    let config = project.build(&trusting()).unwrap();
    let pair = project.authority.server(&["inner.example"]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (near, far) = tokio::io::duplex(1 << 16);
        let accepting = TlsAcceptor::from(server(&pair, None)).accept(far);
        let connecting = connect(&config, Some("inner.example"), "127.0.0.1", near);
        let (connected, accepted) = tokio::join!(connecting, accepting);
        connected.unwrap();
        assert_eq!(
            accepted.unwrap().get_ref().1.server_name(),
            Some("inner.example")
        );
    });
}

#[test]
fn a_server_that_speaks_no_tls_is_named_so() {
    let project = Project::new();
    let config = project.build(&trusting()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let error = runtime.block_on(async {
        let (near, mut far) = tokio::io::duplex(1 << 16);
        far.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        connect(&config, None, "h", near).await.unwrap_err()
    });
    assert_eq!(error.message, "h does not speak TLS");
    let gone = explain(&io::ErrorKind::UnexpectedEof.into(), "h");
    assert!(gone.message.contains("ended the connection"));
}

#[rstest]
#[case::missing("ca_cert", None, "cannot read `x.pem` (ca_cert)")]
#[case::empty("ca_cert", Some(""), "is empty")]
#[case::garbage("ca_cert", Some("hello"), "holds no certificate in PEM form")]
#[case::der("ca_cert", Some("0\x7f"), "holds no certificate in PEM form")]
#[case::torn("ca_cert", Some("-----BEGIN CERTIFICATE-----\nAA"), "cannot be used")]
#[case::not_x509(
    "ca_cert",
    Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    "cannot be used"
)]
#[case::client_garbage("client_cert", Some("hello"), "holds no certificate in PEM form")]
#[case::client_not_x509(
    "client_cert",
    Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    "cannot be used"
)]
#[case::key_empty("client_cert_key", Some(""), "is empty")]
#[case::key_garbage("client_cert_key", Some("hello"), "holds no private key in PEM form")]
#[case::key_encrypted(
    "client_cert_key",
    Some("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
    "is encrypted"
)]
#[case::key_broken(
    "client_cert_key",
    Some("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    "cannot be used"
)]
fn unusable_files_are_named(
    #[case] option: &str,
    #[case] content: Option<&str>,
    #[case] words: &str,
) {
    let project = Project::new();
    if let Some(content) = content {
        project.file("x.pem", content);
    }
    let mut config = with_client();
    let path = match option {
        "ca_cert" => &mut config.ca_cert,
        "client_cert" => &mut config.client_cert,
        _ => &mut config.client_cert_key,
    };
    *path = Some("x.pem".into());
    let error = project.build(&config).unwrap_err();
    assert!(error.message.contains(words), "{error:?}");
    assert!(
        error.message.contains(&format!("`x.pem` ({option})")),
        "{error:?}"
    );
    assert!(error.help.is_some(), "{error:?}");
    assert_eq!(error.kind, OutputErrorKind::Failed);
}

#[test]
fn files_of_another_kind_and_keys_of_others_are_told_apart() {
    let project = Project::new();
    let mut config = with_client();
    config.client_cert = Some("client.key".into());
    let error = project.build(&config).unwrap_err();
    assert!(
        error.message.contains("holds a private key only"),
        "{error:?}"
    );
    let mut config = with_client();
    config.client_cert_key = Some("client.pem".into());
    let error = project.build(&config).unwrap_err();
    assert!(
        error.message.contains("holds certificates only"),
        "{error:?}"
    );
    write(project.folder.path(), "other", &project.authority.client());
    config.client_cert_key = Some("other.key".into());
    let error = project.build(&config).unwrap_err();
    assert_eq!(
        error.message,
        "the key in `other.key` (client_cert_key) does not belong to the certificate in `client.pem` (client_cert)"
    );
}
