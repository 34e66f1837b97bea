//! Ways through proxies: a small one of the test's own, and tinyproxy where it is installed.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use evtui::output::OutputErrorKind;
use serde_json::json;

use super::certificates::{Authority, server};
use super::output;
use super::recorder::{Recorder, Reply};
use super::servers::Recipe;

/// A proxy that opens tunnels, whatever the name, to a port of this machine; keeps the heads of the
/// requests for them.
fn tunnels(to: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = heads.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
            }
            kept.lock().unwrap().push(head);
            let mut stream = stream.into_inner();
            stream
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .unwrap();
            let target = TcpStream::connect(("127.0.0.1", to)).unwrap();
            for (mut from, mut to) in [
                (stream.try_clone().unwrap(), target.try_clone().unwrap()),
                (target, stream),
            ] {
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Write);
                });
            }
        }
    });
    (port, heads)
}

#[test]
fn encrypted_servers_are_reached_through_a_tunnel() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    std::fs::write(folder.path().join("ca.pem"), &authority.certificate).unwrap();
    let config = server(&authority.server(&["target.example"]), None);
    let wrap = move |stream| {
        let tls = rustls::ServerConnection::new(config.clone()).unwrap();
        let stream: Box<dyn super::recorder::Wire> =
            Box::new(rustls::StreamOwned::new(tls, stream));
        Some(stream)
    };
    let recorder = Recorder::with(0, Arc::new(|_, _| Reply::status(201)), Arc::new(wrap));
    let (proxy, heads) = tunnels(recorder.port());
    let options = json!({
        "url": "https://target.example/e", "verify": true, "ca_cert": "ca.pem",
        "proxy_url": format!("http://us%C3%A9r:p%40ss@127.0.0.1:{proxy}"),
    });
    let mut driven = output("http", &options, folder.path());
    for _ in 0..3 {
        assert_eq!(driven.attempt(&json!(["1"])), (1, None));
    }
    assert_eq!(recorder.requests().len(), 3);
    assert!(
        recorder.requests()[0]
            .header("proxy-authorization")
            .is_empty()
    );
    let heads = heads.lock().unwrap();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(
        heads[0].starts_with("CONNECT target.example:443 HTTP/1.1\r\n"),
        "{heads:?}"
    );
    assert!(
        heads[0]
            .to_lowercase()
            .contains("\r\nhost: target.example:443\r\n"),
        "{heads:?}"
    );
    let authorization = "proxy-authorization: Basic dXPDqXI6cEBzcw==\r\n";
    assert!(heads[0].contains(authorization), "{heads:?}");
}

#[test]
fn a_proxy_that_refuses_is_said_to_be_the_one() {
    let proxy = Recorder::start(|_, _| Reply::status(407));
    let options = json!({
        "url": "https://target.example/e",
        "proxy_url": format!("http://u:planted@{}", proxy.host()),
    });
    let mut driven = output("http", &options, std::path::Path::new("/"));
    let (_, error) = driven.attempt(&json!(["1"]));
    let error = error.unwrap();
    assert_eq!(error.kind, OutputErrorKind::Failed);
    assert!(
        error
            .message
            .contains(&format!("the proxy {}", proxy.host())),
        "{error}"
    );
    assert!(error.message.contains("407"), "{error}");
    assert!(error.help.unwrap().contains("proxy's user name"));
    assert!(!error.message.contains("planted"));
}

#[test]
fn tinyproxy_passes_requests_on() {
    let configuration = "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 50\n\
                         BasicAuth someone secret\nLogLevel Info\n";
    let recipe = Recipe::new("tinyproxy").args(["-d", "-c", "{dir}/tinyproxy.conf"]);
    let Some(proxy) = recipe.file("tinyproxy.conf", configuration).start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let target = Recorder::start(|_, _| Reply::status(201));
    let through = format!("http://someone:secret@127.0.0.1:{}", proxy.port());
    let options = json!({"url": format!("http://{}/e", target.host()), "proxy_url": through});
    let mut driven = output("http", &options, folder.path());
    for _ in 0..3 {
        assert_eq!(
            driven.attempt(&json!(["1", "2"])),
            (2, None),
            "{}",
            proxy.log()
        );
    }
    let request = target.requests().remove(0);
    assert_eq!(
        (request.target.as_str(), request.text().as_str()),
        ("/e", "[1, 2]")
    );
    assert!(!request.header("via").is_empty(), "{request:?}");

    let authority = Authority::new("ours");
    let config = server(&authority.server(&["localhost"]), None);
    let wrap = move |stream| {
        let tls = rustls::ServerConnection::new(config.clone()).unwrap();
        let stream: Box<dyn super::recorder::Wire> =
            Box::new(rustls::StreamOwned::new(tls, stream));
        Some(stream)
    };
    let target = Recorder::with(0, Arc::new(|_, _| Reply::status(201)), Arc::new(wrap));
    let url = format!("https://127.0.0.1:{}/e", target.port());
    let mut driven = output(
        "http",
        &json!({"url": url, "proxy_url": through}),
        folder.path(),
    );
    assert_eq!(driven.attempt(&json!(["3"])), (1, None), "{}", proxy.log());
    assert_eq!(target.requests()[0].text(), "[3]");

    let stranger = format!("http://127.0.0.1:{}", proxy.port());
    let mut driven = output(
        "http",
        &json!({"url": url, "proxy_url": stranger}),
        folder.path(),
    );
    let (_, error) = driven.attempt(&json!(["4"]));
    assert!(error.unwrap().message.contains("407"), "{}", proxy.log());
}
