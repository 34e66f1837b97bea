//! `mqtt` against mosquitto: all qualities of service, both versions, restarted, with passwords, over
//! TLS.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rumqttc_v4::mqttbytes::QoS;
use rumqttc_v4::{AsyncClient, Event, MqttOptions, Packet};

use super::certificates::Authority;
use super::engine::{Run, all_arrived, lines};
use super::servers::{Recipe, Server, until};

const OPEN: &str = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\n";

fn recipe(config: &str) -> Recipe {
    Recipe::new("mosquitto")
        .args(["-c", "{dir}/m.conf"])
        .file("m.conf", config)
}

fn output(server: &Server, more: &str) -> String {
    let port = server.port();
    format!("mqtt: {{host: 127.0.0.1, port: {port}, topic: 'events/{{{{ event.n % 3 }}}}'{more}}}")
}

type Got = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Someone who subscribes to everything and comes back after a restart.
struct Subscriber {
    got: Got,
    _runtime: tokio::runtime::Runtime,
}

impl Subscriber {
    fn start(server: &Server, filter: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut options = MqttOptions::new("subscriber", ("127.0.0.1", server.port()));
        options.set_clean_session(false);
        options.set_max_packet_size(1 << 21, 1 << 21);
        let (client, mut events) = AsyncClient::builder(options).build();
        let got = Got::default();
        let (sink, ready) = (Arc::clone(&got), Arc::new(Mutex::new(false)));
        let subscribed = Arc::clone(&ready);
        let filter = filter.to_owned();
        runtime.spawn(async move {
            client.subscribe(filter, QoS::ExactlyOnce).await.unwrap();
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::Publish(message))) => {
                        let topic = String::from_utf8(message.topic.to_vec()).unwrap();
                        sink.lock().unwrap().push((topic, message.payload.to_vec()));
                    }
                    Ok(Event::Incoming(Packet::SubAck(_))) => *subscribed.lock().unwrap() = true,
                    Ok(_) => {}
                    // The broker is away; the next call connects again.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        });
        until("it is subscribed", || *ready.lock().unwrap());
        Self {
            got,
            _runtime: runtime,
        }
    }

    /// The texts of the messages once there are that many.
    fn texts(&self, count: usize) -> Vec<String> {
        until("all messages are there", || {
            self.got.lock().unwrap().len() >= count
        });
        let got = self.got.lock().unwrap();
        got.iter()
            .map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap())
            .collect()
    }
}

#[test]
fn every_quality_of_service_delivers_all_in_order() {
    let Some(server) = recipe(&format!("{OPEN}max_queued_messages 0\n")).start() else {
        return;
    };
    let events = lines(2_000);
    for protocol in ["3.1.1", "5"] {
        for qos in 0..3 {
            let subscriber = Subscriber::start(&server, "events/+");
            let more = format!(", protocol: {protocol}, qos: {qos}, max_in_flight: 50");
            let stats = Run::start(&output(&server, &more), &events).finished();
            assert_eq!(
                stats.outputs[0].written, 2_000,
                "{protocol} {qos} {stats:?}"
            );
            assert_eq!(subscriber.texts(2_000), events, "{protocol} {qos}");
            let topic = subscriber.got.lock().unwrap()[1_999].0.clone();
            assert_eq!(topic, "events/1");
        }
    }
}

#[test]
fn retained_messages_wait_for_later_subscribers_and_empty_ones_are_refused() {
    let Some(server) = recipe(OPEN).start() else {
        return;
    };
    let mut events = lines(6);
    // A formatter of its own makes this one empty.
    events[5] = "{\"n\": 5, \"empty\": true}".to_owned();
    let formatter = "{format: template, template: '{{ \"\" if \"empty\" in event else event }}'}";
    let more = format!(", retain: true, formatter: {formatter}");
    let stats = Run::start(&output(&server, &more), &events).finished();
    let outputs = &stats.outputs[0];
    assert_eq!((outputs.written, outputs.write_failed), (5, 1), "{stats:?}");
    assert!(
        stats.errors[0].message.contains("retained"),
        "{:?}",
        stats.errors
    );
    let subscriber = Subscriber::start(&server, "events/+");
    let mut kept = subscriber.texts(3);
    kept.sort();
    assert_eq!(kept, ["{\"n\": 2}", "{\"n\": 3}", "{\"n\": 4}"]);
}

const MANY: usize = 20_000;

#[test]
fn a_restart_under_load_loses_nothing_at_qos_1() {
    let config = format!(
        "{OPEN}persistence true\npersistence_location {{dir}}/\nmax_queued_messages 0\nmax_queued_bytes 0\n"
    );
    let Some(mut server) = recipe(&config).start() else {
        return;
    };
    let subscriber = Subscriber::start(&server, "events/+");
    let more = ", batch: {max_events: 500}, on_failure: block";
    let run = Run::start(&output(&server, more), &lines(MANY));
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    server.stop();
    let stats = run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    assert!(stats.outputs[0].written < MANY as u64);
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, MANY as u64, "{:?}", stats.errors);
    assert!(stats.outputs[0].retries > 0);
    let got = subscriber.texts(MANY);
    all_arrived(got.iter().map(String::as_str), MANY);
}

#[test]
fn passwords_open_or_end_the_start_and_are_not_shown() {
    let config =
        "user root\nlistener {port} 127.0.0.1\nallow_anonymous false\npassword_file {dir}/pw\n";
    let Some(server) = recipe(config)
        .before(
            "mosquitto_passwd",
            ["-c", "-b", "{dir}/pw", "anna", "correct-horse"],
        )
        .start()
    else {
        return;
    };
    for protocol in ["3.1.1", "5"] {
        let login = |password: &str| {
            format!(", protocol: {protocol}, username: anna, password: {password}")
        };
        let run = Run::start(&output(&server, &login("correct-horse")), &lines(10));
        assert_eq!(run.finished().outputs[0].written, 10);
        for more in [login("hunter2"), format!(", protocol: {protocol}")] {
            let said = Run::try_start(&output(&server, &more), &lines(1))
                .err()
                .unwrap();
            assert!(said.contains("refuses the login"), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn large_events_arrive_and_too_large_ones_fail_alone() {
    let Some(server) = recipe(&format!("{OPEN}max_packet_size 300000\n")).start() else {
        return;
    };
    let subscriber = Subscriber::start(&server, "events/+");
    let mut events = lines(4);
    events[1] = format!("{{\"n\": 1, \"x\": \"{}\"}}", "x".repeat(256 << 10));
    events[2] = format!("{{\"n\": 2, \"x\": \"{}\"}}", "x".repeat(300_000));
    let stats = Run::start(&output(&server, ", protocol: 5"), &events).finished();
    let outputs = &stats.outputs[0];
    assert_eq!((outputs.written, outputs.write_failed), (3, 1), "{stats:?}");
    let said = &stats.errors[0].message;
    assert!(said.contains("larger than the 300000 bytes"), "{said}");
    let got = subscriber.texts(3);
    assert_eq!(got[1], events[1]);
    assert_eq!(got[2], events[3]);
}

#[test]
fn topics_that_cannot_be_published_to_fail_alone() {
    let Some(server) = recipe(OPEN).start() else {
        return;
    };
    let port = server.port();
    let topic = "\"{{ ['a', 'a/#', 'b+', 'c'][event.n] }}\"";
    let output = format!("mqtt: {{host: 127.0.0.1, port: {port}, topic: {topic}}}");
    let stats = Run::start(&output, &lines(4)).finished();
    let outputs = &stats.outputs[0];
    assert_eq!((outputs.written, outputs.write_failed), (2, 2), "{stats:?}");
    assert!(
        stats.errors[0].message.contains("topic"),
        "{:?}",
        stats.errors
    );
}

#[test]
fn refusals_of_version_5_have_reasons() {
    let config = format!("{OPEN}acl_file {{dir}}/acl\n");
    let Some(server) = recipe(&config)
        .file("acl", "topic write events/0\n")
        .start()
    else {
        return;
    };
    for qos in [1, 2] {
        let more = format!(", protocol: 5, qos: {qos}");
        let stats = Run::start(&output(&server, &more), &lines(9)).finished();
        let outputs = &stats.outputs[0];
        assert_eq!(
            (outputs.written, outputs.write_failed),
            (3, 6),
            "{qos} {stats:?}"
        );
        let said = &stats.errors[0].message;
        assert!(said.contains("NotAuthorized"), "{said}");
    }
}

#[test]
fn a_tls_listener_with_a_private_authority() {
    let authority = Authority::new("evtui test");
    let pair = authority.server(&["localhost"]);
    let config = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\ncafile {dir}/ca.pem\n\
                  certfile {dir}/s.pem\nkeyfile {dir}/s.key\n";
    let Some(server) = recipe(config)
        .file("ca.pem", &authority.certificate)
        .file("s.pem", &pair.certificate)
        .file("s.key", &pair.key)
        .start()
    else {
        return;
    };
    let (port, ca) = (server.port(), server.folder().join("ca.pem"));
    let output = |tls: &str| {
        format!("mqtt: {{host: localhost, port: {port}, topic: events, tls: {{{tls}}}}}")
    };
    let ca = format!("ca_cert: '{}'", ca.display());
    for tls in [ca.as_str(), "verify: false"] {
        let run = Run::start(&output(tls), &lines(100));
        assert_eq!(run.finished().outputs[0].written, 100);
    }
    let said = Run::try_start(&output(""), &lines(1)).err().unwrap();
    assert!(said.contains("certificate"), "{said}");
    let other = format!("{ca}, server_name: other");
    let said = Run::try_start(&output(&other), &lines(1)).err().unwrap();
    assert!(said.contains("other") || said.contains("name"), "{said}");
}
