//! `sql` against PostgreSQL.

use super::certificates::Authority;
use super::engine::{Run, all_arrived, lines};
use super::servers::{Recipe, Server};

const PASSWORD: &str = "pl4nted-p%40ss";

fn server() -> Option<Server> {
    started(&recipe())
}

fn recipe() -> Recipe {
    Recipe::new("postgres")
        .user("nobody")
        .file("password", "pl4nted-p@ss\n")
        .before(
            "initdb",
            [
                "--pgdata={dir}/data",
                "--username=evtui",
                "--pwfile={dir}/password",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
        )
        .args([
            "-D",
            "{dir}/data",
            "-p",
            "{port}",
            "-k",
            "{dir}",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ])
}

fn started(recipe: &Recipe) -> Option<Server> {
    let server = recipe.start()?;
    // It listens before it can be used.
    super::servers::until("it takes statements", || {
        let status = std::process::Command::new("psql")
            .args([uri(&server).as_str(), "-qc", "SELECT 1"])
            .output();
        status.is_ok_and(|output| output.status.success())
    });
    Some(server)
}

fn uri(server: &Server) -> String {
    let port = server.port();
    format!("postgres://evtui:{PASSWORD}@127.0.0.1:{port}/postgres")
}

/// Executes statements and gives what they return, a row a line.
fn ask(server: &Server, sql: &str) -> String {
    let uri = uri(server);
    let said = server.client(
        "psql",
        [uri.as_str(), "-v", "ON_ERROR_STOP=1", "-qAtc", sql],
    );
    said.trim_end().to_owned()
}

fn output(server: &Server, options: &str) -> String {
    let uri = uri(server);
    format!("sql: {{output_type: {{type: postgres, uri: \"{uri}\"}}, {options}}}")
}

fn texts(events: &[&str]) -> Vec<String> {
    events.iter().map(|&event| event.to_owned()).collect()
}

const METHODS: [&str; 2] = ["copy", "insert"];

#[test]
fn values_of_every_kind_arrive_by_copy_and_by_insert() {
    let Some(server) = server() else {
        return;
    };
    println!("{}", ask(&server, "SELECT version()"));
    let events = texts(&[
        r#"{"Te\"xt": "tab\there, back\\slash, new\nline, \\N, ' and é😀", "big": 9223372036854775807, "exact": 12345678901234567890.0123456789, "float": 1e-7, "flag": true, "doc": {"a": [1, "x"]}, "at": "2024-02-29T12:00:00.5+02:00", "name": ""}"#,
        r#"{"Te\"xt": null, "flag": false, "doc": "text", "big": "7"}"#,
    ]);
    for method in METHODS {
        ask(
            &server,
            "DROP TABLE IF EXISTS \"s\".\"Od\"\"d\"; CREATE SCHEMA IF NOT EXISTS s; \
             CREATE TABLE s.\"Od\"\"d\" (\"Te\"\"xt\" text, big bigint, exact numeric, \"float\" float8, \
             flag boolean, doc jsonb, at timestamptz, name varchar(3) DEFAULT 'unset', extra int DEFAULT 5)",
        );
        let options = format!("table_name: 's.Od\"d', method: {method}");
        let stats = Run::start(&output(&server, &options), &events).finished();
        assert_eq!(stats.outputs[0].written, 2, "{method}");
        let rows = ask(
            &server,
            "SET timezone TO 'UTC'; SELECT row_to_json(t) FROM s.\"Od\"\"d\" t ORDER BY big DESC",
        );
        let rows: Vec<serde_json::Value> = rows
            .lines()
            .map(|row| serde_json::from_str(row).unwrap())
            .collect();
        let first = &rows[0];
        assert_eq!(
            first["Te\"xt"],
            "tab\there, back\\slash, new\nline, \\N, ' and é😀"
        );
        assert_eq!(first["big"], 9_223_372_036_854_775_807_i64);
        assert_eq!(first["float"], 1e-7);
        assert_eq!(first["flag"], true);
        assert_eq!(first["doc"], serde_json::json!({"a": [1, "x"]}));
        assert_eq!(first["at"], "2024-02-29T10:00:00.5+00:00");
        assert_eq!(first["name"], "");
        assert_eq!(
            first["extra"], 5,
            "a column that events do not fill has its default"
        );
        let exact = ask(
            &server,
            "SELECT exact FROM s.\"Od\"\"d\" ORDER BY big DESC LIMIT 1",
        );
        assert_eq!(exact, "12345678901234567890.0123456789");
        let second = &rows[1];
        assert!(second["Te\"xt"].is_null());
        assert!(second["name"].is_null(), "a key that is missing is NULL");
        assert_eq!(
            (&second["doc"], &second["big"]),
            (&"text".into(), &7.into())
        );
    }
}

#[test]
fn a_refused_row_of_ten_leaves_nine() {
    let Some(server) = server() else {
        return;
    };
    ask(&server, "CREATE TABLE t (n int PRIMARY KEY CHECK (n <> 6))");
    for method in METHODS {
        let options = format!("table_name: t, method: {method}");
        let stats = Run::start(&output(&server, &options), &lines(10)).finished();
        let counts = (stats.outputs[0].written, stats.outputs[0].write_failed);
        assert_eq!(counts, (9, 1), "{method}");
        let there = ask(
            &server,
            "SELECT string_agg(n::text, ',' ORDER BY n) FROM t; TRUNCATE t",
        );
        assert_eq!(there, "0,1,2,3,4,5,7,8,9", "{method}");

        let options = format!("table_name: t, method: {method}, on_row_error: fail_batch");
        let stats = Run::start(&output(&server, &options), &lines(10)).finished();
        assert_eq!(stats.outputs[0].write_failed, 10, "{method}");
        assert_eq!(ask(&server, "SELECT count(*) FROM t"), "0", "{method}");
    }
    // Of other kinds: no number, too large, no object.
    let mut events = lines(4);
    events.extend(texts(&[
        r#"{"n": "x"}"#,
        r#"{"n": 99999999999}"#,
        "[1]",
        r#"{"n": 3}"#,
    ]));
    let stats = Run::start(&output(&server, "table_name: t"), &events).finished();
    let counts = (stats.outputs[0].written, stats.outputs[0].write_failed);
    assert_eq!(counts, (4, 4));
}

#[test]
fn conflicts_columns_and_new_tables() {
    let Some(server) = server() else {
        return;
    };
    let events = texts(&[
        r#"{"id": "a", "n": 1, "x": {"y": 2.5}, "ok": true, "large": 99999999999999999999}"#,
        r#"{"id": "b", "n": 2, "x": [], "ok": false, "large": 1, "late": 1}"#,
        r#"{"id": "a", "n": 3, "x": null, "ok": null, "large": 2}"#,
    ]);
    // One row twice in one statement is what the server refuses, so the batch is halved.
    let options = "table_name: made, create_table: true, on_conflict: update, keys: [id]";
    let stats = Run::start(&output(&server, options), &events).finished();
    assert_eq!(stats.outputs[0].written, 3);
    let types = ask(
        &server,
        "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) \
         FROM information_schema.columns WHERE table_name = 'made'",
    );
    assert_eq!(
        types,
        "id text, n bigint, x jsonb, ok boolean, large numeric"
    );
    assert_eq!(
        ask(&server, "SELECT id, n FROM made ORDER BY id"),
        "a|3\nb|2"
    );

    let options = "table_name: made, on_conflict: ignore, keys: [id]";
    let stats = Run::start(&output(&server, options), &events[..1]).finished();
    assert_eq!(stats.outputs[0].written, 1);
    assert_eq!(
        ask(&server, "SELECT id, n FROM made ORDER BY id"),
        "a|3\nb|2"
    );

    ask(
        &server,
        "CREATE TABLE texts (\"who\" text, double int, level text, none text)",
    );
    let options = "table_name: texts, columns: {who: '{{ event.id }}', double: '{{ event.n * 2 }}', \
                   level: info, none: '{{ event.nothing }}'}";
    let stats = Run::start(&output(&server, options), &events[..2]).finished();
    assert_eq!(stats.outputs[0].written, 2, "{stats:?}");
    let rows = ask(
        &server,
        "SELECT who, double, level, none IS NULL FROM texts ORDER BY who",
    );
    assert_eq!(rows, "a|2|info|t\nb|4|info|t");
}

#[test]
fn starts_that_fail_say_why_without_the_password() {
    let Some(mut server) = server() else {
        return;
    };
    ask(&server, "CREATE TABLE t (n int)");
    let refused = |output: String| {
        let reason = Run::try_start(&output, &lines(1))
            .err()
            .expect("it started");
        assert!(!reason.contains("pl4nted"), "{reason}");
        reason
    };
    let reason = refused(output(&server, "table_name: nope"));
    assert!(reason.contains("there is no table `nope`"), "{reason}");
    let reason = refused(output(&server, "table_name: t, columns: {m: x}"));
    assert!(reason.contains("has no column `m`"), "{reason}");
    let wrong = output(&server, "table_name: t").replace("ss@", "ssx@");
    let reason = refused(wrong);
    assert!(
        reason.contains("password authentication failed"),
        "{reason}"
    );
    for mode in ["require", "Verify_Full"] {
        let tls = output(&server, "table_name: t").replace(
            "type: postgres,",
            &format!("type: postgres, ssl: {{ssl_mode: {mode}}},"),
        );
        let reason = refused(tls);
        assert!(reason.contains("server does not support TLS"), "{reason}");
    }
    server.client("pg_ctl", ["stop", "-D", "{dir}/data", "-m", "fast"]);
    let reason = refused(output(&server, "table_name: t"));
    assert!(reason.contains("cannot connect to 127.0.0.1"), "{reason}");
    server.kill();
}

#[test]
fn nothing_is_lost_when_the_server_restarts_under_load() {
    const COUNT: usize = 10_000;
    let Some(mut server) = server() else {
        return;
    };
    // Slow enough that the restart falls among the batches.
    ask(
        &server,
        "CREATE TABLE t (n int); \
         CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END'; \
         CREATE TRIGGER slow AFTER INSERT ON t EXECUTE FUNCTION slow()",
    );
    let options = "table_name: t, retry: {initial: 10ms, max: 50ms}, circuit: {probe: 50ms}";
    let run = Run::start(&output(&server, options), &lines(COUNT));
    run.until("the first are there", |stats| {
        stats.outputs[0].written >= 1_000
    });
    server.client("pg_ctl", ["stop", "-D", "{dir}/data", "-m", "fast"]);
    run.until("the outage is noticed", |stats| {
        stats.outputs[0].retries > 0
    });
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, COUNT as u64);
    assert_eq!(stats.outputs[0].write_failed, 0);
    let there = ask(&server, "SELECT n FROM t");
    all_arrived(there.lines(), COUNT);
}

#[test]
fn a_hundred_thousand_rows_by_copy() {
    let Some(server) = server() else {
        return;
    };
    ask(&server, "CREATE TABLE t (n int)");
    let events = lines(100_000);
    let options = "table_name: t, batch: {max_events: 10000, max_wait: 1s}";
    let stats = Run::start(&output(&server, options), &events).finished();
    assert_eq!(stats.outputs[0].written, 100_000);
    let there = ask(
        &server,
        "SELECT count(*), count(DISTINCT n), min(n), max(n) FROM t",
    );
    assert_eq!(there, "100000|100000|0|99999");
}

#[test]
fn tls_is_spoken_and_certificates_are_checked() {
    let authority = Authority::new("database authority");
    let pair = authority.server(&["127.0.0.1"]);
    let recipe = recipe()
        .file("server.crt", &pair.certificate)
        .file("server.key", &pair.key)
        .before("chmod", ["600", "{dir}/server.key"])
        .args(["-c", "ssl=on"])
        .args(["-c", "ssl_cert_file={dir}/server.crt"])
        .args(["-c", "ssl_key_file={dir}/server.key"]);
    let Some(server) = started(&recipe) else {
        return;
    };
    ask(&server, "CREATE TABLE t (n int)");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let right = file("right.pem", &authority.certificate);
    let wrong = file("wrong.pem", &Authority::new("another").certificate);
    let with = |mode: &str, cert: &str| {
        let ssl = format!("type: postgres, ssl: {{ssl_mode: {mode}, root_cert: '{cert}'}},");
        output(&server, "table_name: t").replace("type: postgres,", &ssl)
    };
    for mode in ["verify_ca", "verify_full"] {
        let stats = Run::start(&with(mode, &right), &lines(3)).finished();
        assert_eq!(stats.outputs[0].written, 3, "{mode}");
        let reason = Run::try_start(&with(mode, &wrong), &lines(1)).err();
        let reason = reason.expect("it started");
        assert!(reason.contains("certificate"), "{reason}");
    }
    let elsewhere = with("verify_full", &right).replace("@127.0.0.1", "@localhost");
    let reason = Run::try_start(&elsewhere, &lines(1)).err();
    let reason = reason.expect("it started");
    assert!(reason.contains("certificate"), "{reason}");
}
