//! `nats` against nats-server: core and JetStream, restarted, with logins, over TLS.

use async_nats::jetstream;
use futures::StreamExt as _;

use super::certificates::Authority;
use super::engine::{Run, all_arrived, block_on, lines};
use super::servers::{Recipe, Server};

fn recipe() -> Recipe {
    Recipe::new("nats-server").args(["-a", "127.0.0.1", "-p", "{port}"])
}

fn jetstream() -> Recipe {
    recipe().args(["-js", "-sd", "{dir}/store"])
}

fn output(server: &Server, mode: &str, more: &str) -> String {
    let port = server.port();
    format!("nats: {{url: 'nats://127.0.0.1:{port}', mode: {{{mode}}}{more}}}")
}

async fn connect(server: &Server) -> async_nats::Client {
    let url = format!("nats://127.0.0.1:{}", server.port());
    async_nats::connect(url).await.unwrap()
}

/// Messages in a stream.
fn stored(server: &Server, stream: &str) -> Vec<async_nats::jetstream::message::StreamMessage> {
    block_on(async {
        let context = jetstream::new(connect(server).await);
        let stream = context.get_stream(stream).await.unwrap();
        let state = &stream.cached_info().state;
        let mut found = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            found.push(stream.get_raw_message(sequence).await.unwrap());
        }
        found
    })
}

fn count(server: &Server, stream: &str) -> u64 {
    block_on(async {
        let context = jetstream::new(connect(server).await);
        let stream = context.get_stream(stream).await.unwrap();
        stream.cached_info().state.messages
    })
}

/// Runs `work` while a subscriber listens; then what it got, `count` messages.
fn listened(
    server: &Server,
    subject: &str,
    count: usize,
    work: impl FnOnce(),
) -> Vec<async_nats::Message> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut listener = runtime.block_on(async {
        let client = connect(server).await;
        let listener = client.subscribe(subject.to_owned()).await.unwrap();
        // The server has the subscription when it answers.
        client.settled().await;
        listener
    });
    work();
    runtime.block_on(async {
        let mut got = Vec::new();
        while got.len() < count {
            got.push(listener.next().await.unwrap());
        }
        got
    })
}

/// A round trip, so that the server has seen all before it.
trait Settled {
    async fn settled(&self);
}

impl Settled for async_nats::Client {
    async fn settled(&self) {
        let inbox = self.new_inbox();
        let mut echo = self.subscribe(inbox.clone()).await.unwrap();
        self.publish(inbox, "".into()).await.unwrap();
        echo.next().await.unwrap();
    }
}

fn text(message: &async_nats::Message) -> String {
    String::from_utf8(message.payload.to_vec()).unwrap()
}

#[test]
fn a_subscriber_gets_all_in_order() {
    let Some(server) = recipe().start() else {
        return;
    };
    let events = lines(5_000);
    let got = listened(&server, "events.>", 5_000, || {
        let mode = "type: regular, subject: 'events.{{ event.n % 3 }}'";
        let more = ", headers: {x-kind: test, x-number: '{{ event.n }}'}";
        let stats = Run::start(&output(&server, mode, more), &events).finished();
        assert_eq!(stats.outputs[0].written, 5_000, "{stats:?}");
    });
    let texts: Vec<String> = got.iter().map(text).collect();
    assert_eq!(texts, events);
    let last = &got[4_999];
    assert_eq!(last.subject.as_str(), "events.1");
    let headers = last.headers.as_ref().unwrap();
    assert_eq!(headers.get("x-number").unwrap().as_str(), "4999");
    assert_eq!(headers.get("x-kind").unwrap().as_str(), "test");
}

#[test]
fn what_the_server_cannot_take_fails_alone() {
    let Some(server) = recipe()
        .file("n.conf", "max_payload: 1000\n")
        .args(["-c", "{dir}/n.conf"])
        .start()
    else {
        return;
    };
    let mut events = lines(5);
    events[1] = format!("{{\"n\": 1, \"x\": \"{}\"}}", "x".repeat(2_000));
    events[3] = "{\"n\": \"with blanks\"}".to_owned();
    let got = listened(&server, "e.>", 3, || {
        let mode = "type: regular, subject: 'e.{{ event.n }}'";
        let stats = Run::start(&output(&server, mode, ""), &events).finished();
        let outputs = &stats.outputs[0];
        assert_eq!((outputs.written, outputs.write_failed), (3, 2));
        let said: Vec<&str> = stats
            .errors
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        assert!(
            said.iter()
                .any(|one| one.contains("larger than the 1000 bytes")),
            "{said:?}"
        );
        assert!(said.iter().any(|one| one.contains("subject")), "{said:?}");
    });
    let subjects: Vec<&str> = got.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(subjects, ["e.0", "e.2", "e.4"]);
}

#[test]
fn a_stream_holds_what_was_written() {
    let Some(server) = jetstream().start() else {
        return;
    };
    let mode = "type: jet_stream, subject: 'ev.{{ event.n % 2 }}', stream: EV, create: true, \
                subjects: [ev.>], storage: memory, max_age: 1h";
    let run = Run::start(
        &output(&server, mode, ", max_in_flight: 100"),
        &lines(3_000),
    );
    assert_eq!(run.finished().outputs[0].written, 3_000);
    let kept = stored(&server, "EV");
    assert_eq!(kept.len(), 3_000);
    for (n, message) in kept.iter().enumerate() {
        assert_eq!(message.payload, format!("{{\"n\": {n}}}"));
        assert_eq!(message.subject.as_str(), format!("ev.{}", n % 2));
    }
    // It is there now, so that it need not be made.
    let mode = "type: jet_stream, subject: ev.x, stream: EV";
    let run = Run::start(&output(&server, mode, ""), &lines(10));
    assert_eq!(run.finished().outputs[0].written, 10);
    assert_eq!(count(&server, "EV"), 3_010);
}

#[test]
fn an_identity_is_stored_once() {
    let Some(server) = jetstream().start() else {
        return;
    };
    let mode = "type: jet_stream, subject: ev, stream: EV, create: true";
    let more = ", msg_id: 'id-{{ event.n // 10 }}'";
    let run = Run::start(&output(&server, mode, more), &lines(100));
    assert_eq!(run.finished().outputs[0].written, 100);
    assert_eq!(count(&server, "EV"), 10);
}

#[test]
fn a_missing_stream_is_named() {
    let Some(server) = jetstream().start() else {
        return;
    };
    let mode = "type: jet_stream, subject: nobody.listens";
    let run = Run::start(&output(&server, mode, ""), &lines(20));
    let (_, stats) = run.ended();
    assert_eq!(stats.outputs[0].write_failed, 20);
    let said = &stats.errors[0].message;
    assert!(
        said.contains("no stream of JetStream takes the subject"),
        "{said}"
    );

    let mode = "type: jet_stream, subject: x, stream: NONE";
    let said = Run::try_start(&output(&server, mode, ""), &lines(20))
        .err()
        .unwrap();
    assert!(said.contains("has no stream `NONE`"), "{said}");
}

#[test]
fn a_full_stream_is_waited_for() {
    let Some(server) = jetstream().start() else {
        return;
    };
    block_on(async {
        let context = jetstream::new(connect(&server).await);
        let config = jetstream::stream::Config {
            name: "EV".to_owned(),
            subjects: vec!["ev".to_owned()],
            max_messages: 5,
            discard: jetstream::stream::DiscardPolicy::New,
            ..Default::default()
        };
        context.create_stream(config).await.unwrap();
    });
    let mode = "type: jet_stream, subject: ev, stream: EV";
    let run = Run::start(&output(&server, mode, ""), &lines(8));
    let stats = run.until("it is full", |stats| stats.outputs[0].outage.is_some());
    assert_eq!(stats.outputs[0].written, 5);
    block_on(async {
        let context = jetstream::new(connect(&server).await);
        context
            .get_stream("EV")
            .await
            .unwrap()
            .purge()
            .await
            .unwrap();
    });
    assert_eq!(run.finished().outputs[0].written, 8);
}

const MANY: usize = 40_000;

#[test]
fn a_restart_under_load_loses_nothing_of_a_stream() {
    let Some(mut server) = jetstream().start() else {
        return;
    };
    let mode = "type: jet_stream, subject: ev, stream: EV, create: true";
    let run = Run::start(
        &output(&server, mode, ", batch: {max_events: 500}"),
        &lines(MANY),
    );
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    server.stop();
    let stats = run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    assert!(stats.outputs[0].written < MANY as u64);
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, MANY as u64, "{:?}", stats.errors);
    assert!(stats.outputs[0].retries > 0);
    let kept: Vec<String> = block_on(async {
        let context = jetstream::new(connect(&server).await);
        let stream = context.get_stream("EV").await.unwrap();
        let total = stream.cached_info().state.messages;
        let consumer = stream
            .create_consumer(jetstream::consumer::pull::Config {
                ack_policy: jetstream::consumer::AckPolicy::None,
                ..Default::default()
            })
            .await
            .unwrap();
        let mut messages = consumer.messages().await.unwrap();
        let mut kept = Vec::new();
        while (kept.len() as u64) < total {
            let message = messages.next().await.unwrap().unwrap();
            kept.push(String::from_utf8(message.payload.to_vec()).unwrap());
        }
        kept
    });
    all_arrived(kept.iter().map(String::as_str), MANY);
}

#[test]
fn a_restart_under_load_resends_what_was_not_confirmed() {
    let Some(mut server) = recipe().start() else {
        return;
    };
    let mode = "type: regular, subject: ev";
    let run = Run::start(
        &output(&server, mode, ", batch: {max_events: 500}"),
        &lines(MANY * 5),
    );
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    server.kill();
    let stats = run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    let (before, lost) = (stats.outputs[0].written, stats.outputs[0].retries);
    server.start_again();
    let stats = run.finished();
    assert!(before < (MANY * 5) as u64);
    assert_eq!(stats.outputs[0].written, (MANY * 5) as u64);
    assert!(stats.outputs[0].retries >= lost.max(1));
}

#[test]
fn logins_open_or_end_the_start_and_are_not_shown() {
    let refused = |server: &Server, auth: &str| {
        let mode = "type: regular, subject: ev";
        let said = Run::try_start(&output(server, mode, auth), &lines(1))
            .err()
            .unwrap();
        assert!(said.contains("refuses the login"), "{said}");
        assert!(!said.contains("hunter"), "{said}");
    };
    let works = |server: &Server, auth: &str| {
        let mode = "type: regular, subject: ev";
        let run = Run::start(&output(server, mode, auth), &lines(10));
        assert_eq!(run.finished().outputs[0].written, 10);
    };
    let Some(server) = recipe().args(["--auth", "correct-horse"]).start() else {
        return;
    };
    works(&server, ", auth: {token: correct-horse}");
    refused(&server, ", auth: {token: hunter2}");
    refused(&server, "");

    let users = "authorization: {users: [{user: a, password: pw}, {nkey: \
                 UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4}]}\n";
    let Some(server) = recipe()
        .file("n.conf", users)
        .args(["-c", "{dir}/n.conf"])
        .start()
    else {
        return;
    };
    works(&server, ", auth: {username: a, password: pw}");
    refused(&server, ", auth: {username: a, password: hunter2}");
    // The public example key of the server's own documentation.
    let seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
    works(&server, &format!(", auth: {{nkey_seed: {seed}}}"));
}

#[test]
fn subjects_without_permission_fail_alone() {
    let users = "authorization: {users: [{user: a, password: pw, permissions: {publish: \
                 [\"ok.>\", \"_INBOX.>\"]}}]}\n";
    let Some(server) = recipe()
        .file("n.conf", users)
        .args(["-c", "{dir}/n.conf"])
        .start()
    else {
        return;
    };
    let mode = "type: regular, subject: \"{{ 'ok.x' if event.n % 2 else 'secret.x' }}\"";
    let more = ", auth: {username: a, password: pw}, batch: {max_events: 10}";
    let run = Run::start(&output(&server, mode, more), &lines(100));
    let (_, stats) = run.ended();
    assert_eq!(stats.outputs[0].written, 50, "{stats:?}");
    assert_eq!(stats.outputs[0].write_failed, 50);
    let said = &stats.errors[0].message;
    assert!(said.contains("does not let us publish"), "{said}");
}

#[test]
fn tls_with_a_private_authority() {
    let authority = Authority::new("evtui test");
    let pair = authority.server(&["localhost"]);
    let config = "tls: {cert_file: \"{dir}/s.pem\", key_file: \"{dir}/s.key\"}\n";
    let Some(server) = Recipe::new("nats-server")
        .args(["-a", "127.0.0.1", "-p", "{port}", "-c", "{dir}/n.conf"])
        .file("n.conf", config)
        .file("s.pem", &pair.certificate)
        .file("s.key", &pair.key)
        .file("ca.pem", &authority.certificate)
        .start()
    else {
        return;
    };
    let (port, ca) = (server.port(), server.folder().join("ca.pem"));
    let ca = ca.display();
    let output = |more: &str| {
        format!(
            "nats: {{url: ['tls://localhost:{port}'], mode: {{type: regular, subject: ev}}{more}}}"
        )
    };
    let run = Run::start(&output(&format!(", tls: {{ca_cert: '{ca}'}}")), &lines(10));
    assert_eq!(run.finished().outputs[0].written, 10);
    let run = Run::start(&output(", tls: {verify: false}"), &lines(10));
    assert_eq!(run.finished().outputs[0].written, 10);
    let said = Run::try_start(&output(""), &lines(10)).err().unwrap();
    assert!(said.contains("certificate"), "{said}");
}
