//! `redis` against redis-server: alone, with a password, over TLS, as a cluster, killed and restarted.

use std::process::Command;

use ::redis::{Connection, Value, cmd};

use super::certificates::Authority;
use super::engine::{Run, all_arrived, lines};
use super::servers::{Recipe, Server, find, until};
use evtui::pipeline::EndReason;

/// A server that keeps what it confirmed, also over a restart.
fn recipe() -> Recipe {
    Recipe::new("redis-server").args([
        "--port",
        "{port}",
        "--bind",
        "127.0.0.1",
        "--dir",
        "{dir}",
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ])
}

fn connect(server: &Server) -> Connection {
    let url = format!("redis://127.0.0.1:{}", server.port());
    ::redis::Client::open(url)
        .unwrap()
        .get_connection()
        .unwrap()
}

fn ask<T: ::redis::FromRedisValue>(connection: &mut Connection, words: &[&str]) -> T {
    let mut command = cmd(words[0]);
    for word in &words[1..] {
        command.arg(word);
    }
    command.query(connection).unwrap()
}

/// The output's options: the server, what events become, and more.
fn output(server: &Server, kind: &str, more: &str) -> String {
    let port = server.port();
    format!(
        "redis: {{mode: {{type: single, url: 'redis://127.0.0.1:{port}'}}, redis_type: {{{kind}}}{more}}}"
    )
}

#[test]
fn list_items_arrive_in_order_with_few_commands() {
    let Some(server) = recipe().start() else {
        return;
    };
    let events = lines(3_000);
    let more = ", batch: {max_events: 500}";
    let run = Run::start(&output(&server, "type: list, key: events", more), &events);
    let stats = run.finished();
    let outputs = &stats.outputs[0];
    assert_eq!(
        (outputs.written, outputs.write_failed),
        (3_000, 0),
        "{stats:?}"
    );
    let bytes: usize = events.iter().map(String::len).sum();
    assert_eq!(outputs.bytes, bytes as u64);
    let mut connection = connect(&server);
    let kept: Vec<String> = ask(&mut connection, &["LRANGE", "events", "0", "-1"]);
    assert_eq!(kept, events);
    // Six full batches of one key, a command each; a slow machine may cut some into parts.
    let told: String = ask(&mut connection, &["INFO", "commandstats"]);
    let calls = told.split("cmdstat_rpush:calls=").nth(1);
    let calls = calls.and_then(|rest| rest.split(',').next()?.parse::<u32>().ok());
    assert!(
        calls.is_some_and(|calls| (6..=60).contains(&calls)),
        "{told}"
    );
}

#[test]
fn keys_fields_and_values_of_hashes_and_strings() {
    let Some(server) = recipe().start() else {
        return;
    };
    let kind = "type: hashes, key: 'even-{{ event.n % 2 == 0 }}', field: 'f{{ event.n }}'";
    let stats = Run::start(&output(&server, kind, ", pipeline: 7"), &lines(100)).finished();
    assert_eq!(stats.outputs[0].written, 100);
    let mut connection = connect(&server);
    assert_eq!(ask::<usize>(&mut connection, &["HLEN", "even-True"]), 50);
    let value: String = ask(&mut connection, &["HGET", "even-False", "f31"]);
    assert_eq!(value, "{\"n\": 31}");

    let kind = "type: strings, key: 's{{ event.n }}', ttl: 1h";
    let stats = Run::start(&output(&server, kind, ""), &lines(100)).finished();
    assert_eq!(stats.outputs[0].written, 100);
    assert_eq!(
        ask::<String>(&mut connection, &["GET", "s99"]),
        "{\"n\": 99}"
    );
    let left: i64 = ask(&mut connection, &["PTTL", "s99"]);
    assert!((1..=3_600_000).contains(&left), "{left}");

    let kind = "type: strings, key: brief, ttl: 90061ms";
    Run::start(&output(&server, kind, ""), &lines(1)).finished();
    let left: i64 = ask(&mut connection, &["PTTL", "brief"]);
    assert!((60_000..=90_061).contains(&left), "{left}");
}

#[test]
fn stream_entries_with_one_field_or_many_and_a_limit() {
    let Some(server) = recipe().start() else {
        return;
    };
    let events = lines(2_500);
    let stats = Run::start(&output(&server, "type: stream, key: plain", ""), &events).finished();
    assert_eq!(stats.outputs[0].written, 2_500);
    let mut connection = connect(&server);
    let kept: Vec<(String, Vec<String>)> = ask(&mut connection, &["XRANGE", "plain", "-", "+"]);
    let data: Vec<_> = kept.into_iter().map(|(_, fields)| fields).collect();
    assert_eq!(data[2_499], ["data", "{\"n\": 2499}"]);
    assert_eq!(data.len(), 2_500);

    let kind =
        "type: stream, key: few, max_len: 100, fields: {number: '{{ event.n }}', kind: test}";
    let stats = Run::start(&output(&server, kind, ""), &events).finished();
    assert_eq!(stats.outputs[0].written, 2_500);
    let length: usize = ask(&mut connection, &["XLEN", "few"]);
    assert!((100..1_000).contains(&length), "{length}");
    let last: Vec<(String, Vec<String>)> = ask(
        &mut connection,
        &["XREVRANGE", "few", "+", "-", "COUNT", "1"],
    );
    assert_eq!(last[0].1, ["number", "2499", "kind", "test"]);
}

#[test]
fn a_channel_has_listeners_or_none() {
    let Some(server) = recipe().start() else {
        return;
    };
    let kind = "type: publish, channel: 'c{{ event.n % 2 }}'";
    let stats = Run::start(&output(&server, kind, ""), &lines(10)).finished();
    assert_eq!(stats.outputs[0].written, 10, "nobody listens");

    let mut connection = connect(&server);
    let mut listener = connection.as_pubsub();
    listener.subscribe("c1").unwrap();
    let run = Run::start(&output(&server, kind, ""), &lines(1_000));
    for n in (1..1_000).step_by(2) {
        let message: String = listener.get_message().unwrap().get_payload().unwrap();
        assert_eq!(message, format!("{{\"n\": {n}}}"));
    }
    assert_eq!(run.finished().outputs[0].written, 1_000);
}

#[test]
fn one_refused_event_of_three_is_one_failure() {
    let Some(server) = recipe().start() else {
        return;
    };
    let mut connection = connect(&server);
    ask::<Value>(&mut connection, &["SET", "k1", "a string"]);
    let kind = "type: list, key: 'k{{ event.n }}'";
    let stats = Run::start(&output(&server, kind, ""), &lines(3)).finished();
    let outputs = &stats.outputs[0];
    assert_eq!((outputs.written, outputs.write_failed), (2, 1));
    assert_eq!(outputs.bytes, 16);
    let said = &stats.errors[0].message;
    assert!(said.contains("WRONGTYPE"), "{said}");
    for key in ["k0", "k2"] {
        assert_eq!(ask::<usize>(&mut connection, &["LLEN", key]), 1);
    }
}

#[test]
fn a_full_server_is_waited_for() {
    let Some(server) = recipe().start() else {
        return;
    };
    let mut connection = connect(&server);
    ask::<Value>(&mut connection, &["CONFIG", "SET", "maxmemory", "1"]);
    let run = Run::start(
        &output(&server, "type: list, key: events", ""),
        &lines(1_000),
    );
    let stats = run.until("it is full", |stats| stats.outputs[0].outage.is_some());
    assert_eq!(stats.outputs[0].written, 0);
    let said = &stats.outputs[0].outage.as_ref().unwrap().reason;
    assert!(said.contains("OOM"), "{said}");
    ask::<Value>(&mut connection, &["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(run.finished().outputs[0].written, 1_000);
}

const MANY: usize = 60_000;

/// The list of all tests that disturb the server, in many small batches.
fn disturbed(server: &Server, more: &str) -> Run {
    let more = format!(", batch: {{max_events: 500}}{more}");
    Run::start(
        &output(server, "type: list, key: events", &more),
        &lines(MANY),
    )
}

/// What is in the list, and that everything is.
fn arrived(connection: &mut Connection, count: usize) -> usize {
    let kept: Vec<String> = ask(connection, &["LRANGE", "events", "0", "-1"]);
    all_arrived(kept.iter().map(String::as_str), count);
    kept.len()
}

#[test]
fn a_restart_under_load_loses_nothing() {
    let Some(mut server) = recipe().start() else {
        return;
    };
    let run = disturbed(&server, "");
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    server.stop();
    let stats = run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    assert!(stats.outputs[0].written < MANY as u64);
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, MANY as u64);
    assert!(stats.outputs[0].retries > 0);
    arrived(&mut connect(&server), MANY);
}

#[test]
fn killed_connections_are_made_again() {
    let Some(server) = recipe().start() else {
        return;
    };
    let run = disturbed(&server, ", pipeline: 50");
    let mut connection = connect(&server);
    let mut killed = 0;
    for part in 1..=5_u64 {
        run.until("more are there", |stats| {
            stats.outputs[0].written > part * 2_000
        });
        killed += ask::<u64>(
            &mut connection,
            &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"],
        );
    }
    let stats = run.finished();
    assert!(killed > 0);
    assert!(stats.outputs[0].retries > 0, "{stats:?}");
    assert_eq!(stats.outputs[0].written, MANY as u64);
    arrived(&mut connection, MANY);
}

#[test]
fn at_most_once_counts_what_had_no_answer_as_lost() {
    let Some(mut server) = recipe().start() else {
        return;
    };
    let more = ", pipeline: 50, at_least_once: false";
    let run = disturbed(&server, more);
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    server.kill();
    run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    server.start_again();
    let stats = run.finished();
    let outputs = &stats.outputs[0];
    assert_eq!(outputs.written + outputs.write_failed, MANY as u64);
    // At most the two batches' worth that were on their way.
    assert!(outputs.write_failed <= 1_000, "{outputs:?}");
    let kept: Vec<String> = ask(&mut connect(&server), &["LRANGE", "events", "0", "-1"]);
    let mut once = kept.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), kept.len(), "something arrived twice");
    assert!(kept.len() as u64 >= outputs.written);
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    let Some(mut server) = recipe().start() else {
        return;
    };
    server.stop();
    let hasty = Run::try_start(&output(&server, "type: list, key: events", ""), &lines(10));
    let said = hasty.err().unwrap();
    assert!(said.contains("nothing listens on 127.0.0.1"), "{said}");
    let more = ", on_failure: block";
    let run = Run::start(
        &output(&server, "type: list, key: events", more),
        &lines(10),
    );
    let stats = run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    let said = &stats.outputs[0].outage.as_ref().unwrap().reason;
    assert!(said.contains("nothing listens on 127.0.0.1"), "{said}");
    server.start_again();
    assert_eq!(run.finished().outputs[0].written, 10);
}

#[test]
fn passwords_open_or_end_the_start_and_are_not_shown() {
    let Some(server) = recipe().args(["--requirepass", "correct-horse"]).start() else {
        return;
    };
    let port = server.port();
    let kind = "redis_type: {type: list, key: events}";
    let at = |user: &str| format!("mode: {{type: single, url: 'redis://{user}127.0.0.1:{port}'}}");
    for (login, more) in [
        (":wrong-staple@", ""),
        ("", ", password: wrong-staple"),
        ("", ""),
    ] {
        let refused = Run::try_start(
            &format!("redis: {{{}, {kind}{more}}}", at(login)),
            &lines(1),
        );
        let said = refused.err().unwrap();
        assert!(said.contains("refuses the login"), "{said}");
        assert!(!said.contains("staple"), "{said}");
    }
    for (login, more) in [
        (":correct-horse@", ""),
        ("default:correct-horse@", ""),
        ("", ", password: correct-horse"),
        ("", ", username: default, password: correct-horse"),
    ] {
        let run = Run::start(
            &format!("redis: {{{}, {kind}{more}}}", at(login)),
            &lines(10),
        );
        assert_eq!(run.finished().outputs[0].written, 10);
    }
}

#[test]
fn tls_with_a_private_authority_and_a_client_certificate() {
    let authority = Authority::new("evtui test");
    let folder = tempfile::tempdir().unwrap();
    let server_pair = authority.server(&["localhost"]);
    let client_pair = authority.client();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let ca = write("ca.pem", &authority.certificate);
    let cert = write("client.pem", &client_pair.certificate);
    let key = write("client.key", &client_pair.key);
    let recipe = Recipe::new("redis-server")
        .file("server.pem", &server_pair.certificate)
        .file("server.key", &server_pair.key)
        .file("ca.pem", &authority.certificate)
        .args([
            "--tls-port",
            "{port}",
            "--port",
            "0",
            "--save",
            "",
            "--dir",
            "{dir}",
        ])
        .args([
            "--tls-cert-file",
            "{dir}/server.pem",
            "--tls-key-file",
            "{dir}/server.key",
        ])
        .args([
            "--tls-ca-cert-file",
            "{dir}/ca.pem",
            "--tls-auth-clients",
            "yes",
        ]);
    let Some(server) = recipe.start() else {
        return;
    };
    let port = server.port();
    let output = |tls: &str| {
        format!(
            "redis: {{mode: {{type: single, url: 'rediss://localhost:{port}'}}, \
             redis_type: {{type: list, key: events}}, tls: {{{tls}}}}}"
        )
    };
    let own = format!("client_cert: '{cert}', client_cert_key: '{key}'");
    let run = Run::start(&output(&format!("ca_cert: '{ca}', {own}")), &lines(100));
    assert_eq!(run.finished().outputs[0].written, 100);
    let run = Run::start(&output(&format!("verify: false, {own}")), &lines(100));
    assert_eq!(run.finished().outputs[0].written, 100);

    // The certificate of an authority that nobody knows.
    let said = Run::try_start(&output(&own), &lines(100)).err().unwrap();
    assert!(said.contains("certificate"), "{said}");
}

/// Three nodes that know each other.
fn cluster() -> Option<Vec<Server>> {
    let node = || {
        recipe()
            .args(["--cluster-enabled", "yes", "--cluster-port", "{port2}"])
            .args(["--cluster-node-timeout", "5000"])
            .start()
    };
    let nodes = vec![node()?, node()?, node()?];
    let mut create = Command::new(find("redis-cli")?);
    create.args(["--cluster", "create"]);
    for node in &nodes {
        create.arg(format!("127.0.0.1:{}", node.port()));
    }
    let made = create.args(["--cluster-yes"]).output().unwrap();
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(made.status.success(), "{said}");
    for node in &nodes {
        let mut connection = connect(node);
        until("the cluster is whole", || {
            let told: String = ask(&mut connection, &["CLUSTER", "INFO"]);
            told.contains("cluster_state:ok")
        });
    }
    Some(nodes)
}

#[test]
fn a_cluster_of_three_gets_each_key_where_it_belongs() {
    let Some(mut nodes) = cluster() else {
        return;
    };
    let port = nodes[0].port();
    let output = |kind: &str| {
        format!(
            "redis: {{mode: {{type: cluster, urls: ['redis://127.0.0.1:{port}']}}, \
             redis_type: {{{kind}}}, retry: {{initial: 20ms, max: 100ms}}, circuit: {{probe: 100ms}}}}"
        )
    };
    let stats = Run::start(
        &output("type: strings, key: 'k{{ event.n }}'"),
        &lines(3_000),
    )
    .finished();
    assert_eq!(stats.outputs[0].written, 3_000, "{stats:?}");
    let sizes: Vec<usize> = nodes
        .iter()
        .map(|node| ask(&mut connect(node), &["DBSIZE"]))
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 3_000, "{sizes:?}");
    assert!(sizes.iter().all(|&size| size > 500), "{sizes:?}");

    // Order within a key holds, whatever nodes the keys are on.
    let kind = "type: list, key: 'l{{ event.n % 5 }}'";
    assert_eq!(
        Run::start(&output(kind), &lines(2_000)).finished().outputs[0].written,
        2_000
    );
    for node in &nodes {
        let mut connection = connect(node);
        let lists: Vec<String> = ask(&mut connection, &["KEYS", "l?"]);
        for list in lists {
            let kept: Vec<String> = ask(&mut connection, &["LRANGE", &list, "0", "-1"]);
            let rest = list[1..].parse::<usize>().unwrap();
            let wanted: Vec<String> = (0..400)
                .map(|n| format!("{{\"n\": {}}}", n * 5 + rest))
                .collect();
            assert_eq!(kept, wanted);
        }
    }

    // A node goes and comes back.
    let kind = "type: strings, key: 'r{{ event.n }}'";
    let small = output(kind).replace("retry:", "batch: {max_events: 500}, retry:");
    let run = Run::start(&small, &lines(MANY));
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    nodes[1].stop();
    run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    nodes[1].start_again();
    assert_eq!(run.finished().outputs[0].written, MANY as u64);
    let kept: usize = nodes
        .iter()
        .map(|node| ask::<usize>(&mut connect(node), &["DBSIZE"]))
        .sum();
    assert_eq!(kept, MANY + 3_005);
}

#[test]
fn a_run_that_waits_for_a_server_can_be_given_up() {
    let Some(mut server) = recipe().start() else {
        return;
    };
    let run = disturbed(&server, "");
    run.until("some are there", |stats| stats.outputs[0].written > 500);
    server.kill();
    run.until("it is missed", |stats| stats.outputs[0].outage.is_some());
    run.abort();
    let (reason, stats) = run.ended();
    assert_eq!(reason, EndReason::Aborted);
    assert!(stats.outputs[0].write_failed > 0);
}
