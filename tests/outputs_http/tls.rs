//! Certificates: whom the client trusts, and how it shows who it is.

use std::io;
use std::net::Shutdown;
use std::path::Path;
use std::sync::Arc;

use evtui::output::OutputErrorKind;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::certificates::{Authority, server, write};
use super::driven::{Driven, decode};
use super::output;
use super::recorder::{Recorder, Reply, Wrap};

fn wrap(config: Arc<ServerConfig>) -> Wrap {
    Arc::new(move |mut stream| {
        let mut tls = ServerConnection::new(config.clone()).unwrap();
        while tls.is_handshaking() {
            if tls.complete_io(&mut stream).is_err() {
                // What is still unread would turn the alert into a reset.
                let _ = stream.shutdown(Shutdown::Write);
                let _ = io::copy(&mut stream, &mut io::sink());
                return None;
            }
        }
        Some(Box::new(StreamOwned::new(tls, stream)))
    })
}

fn started(config: Arc<ServerConfig>) -> Recorder {
    Recorder::with(0, Arc::new(|_, _| Reply::status(201)), wrap(config))
}

/// The outcome of one event sent with these options.
fn sent(server: &Recorder, host: &str, options: &Value, base: &Path) -> Result<(), String> {
    let mut options = options.clone();
    options["url"] = json!(format!("https://{host}:{}/e", server.port()));
    let mut driven = output("http", &options, base);
    match driven.attempt(&json!(["1"])) {
        (1, None) => Ok(()),
        (written, error) => {
            let error = error.unwrap();
            assert_eq!(
                (written, error.kind),
                (0, OutputErrorKind::Outage),
                "{error}"
            );
            Err(error.message)
        }
    }
}

#[test]
fn a_server_is_trusted_as_the_options_say() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path();
    let authority = Authority::new("ours");
    std::fs::write(base.join("ca.pem"), &authority.certificate).unwrap();
    let recorder = started(server(&authority.server(&["localhost"]), None));
    let trusted = json!({"verify": true, "ca_cert": "ca.pem"});

    assert_eq!(sent(&recorder, "localhost", &json!({}), base), Ok(()));
    assert_eq!(sent(&recorder, "localhost", &trusted, base), Ok(()));
    let error = sent(&recorder, "localhost", &json!({"verify": true}), base).unwrap_err();
    assert!(error.contains("not trusted"), "{error}");
    let error = sent(&recorder, "127.0.0.1", &trusted, base).unwrap_err();
    assert!(error.contains("localhost"), "{error}");

    let expired = started(server(&authority.expired(&["localhost"]), None));
    let error = sent(&expired, "localhost", &trusted, base).unwrap_err();
    assert!(error.contains("expired"), "{error}");
}

#[test]
fn a_client_shows_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path();
    let authority = Authority::new("ours");
    std::fs::write(base.join("ca.pem"), &authority.certificate).unwrap();
    write(base, "client", &authority.client());
    let config = server(&authority.server(&["localhost"]), Some(&authority));
    let recorder = started(config);
    let mut options = json!({"verify": true, "ca_cert": "ca.pem"});
    let error = sent(&recorder, "localhost", &options, base).unwrap_err();
    assert!(error.contains("certificate"), "{error}");
    options["client_cert"] = json!("client.pem");
    options["client_cert_key"] = json!("client.key");
    assert_eq!(sent(&recorder, "localhost", &options, base), Ok(()));
    assert_eq!(recorder.requests().len(), 1);
}

#[test]
fn opensearch_takes_the_same_options() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    std::fs::write(folder.path().join("ca.pem"), &authority.certificate).unwrap();
    let recorder = started(server(&authority.server(&["localhost"]), None));
    let options = json!({
        "hosts": [format!("https://localhost:{}", recorder.port())],
        "username": "u", "password": "p", "index": "i", "verify": true, "ca_cert": "ca.pem",
    });
    let mut driven = output("opensearch", &options, folder.path());
    assert_eq!(driven.attempt(&json!(["1"])), (1, None));
}

#[test]
fn files_that_cannot_be_used_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), "not a certificate\n").unwrap();
    for file in ["ca.pem", "nope.pem"] {
        let options = json!({"url": "https://h/", "verify": true, "ca_cert": file});
        let config = decode("http", &options, folder.path()).unwrap();
        let error = Driven::new(config, folder.path(), super::TIMEOUT)
            .err()
            .unwrap();
        assert!(error.message.contains("ca_cert"), "{error}");
    }
}
