//! `sql` against MariaDB.

use super::certificates::Authority;
use super::engine::{Run, all_arrived, lines};
use super::servers::{Recipe, Server, until};

fn server() -> Option<Server> {
    started(&recipe())
}

fn recipe() -> Recipe {
    Recipe::new("mariadbd")
        .user("nobody")
        .before(
            "mariadb-install-db",
            [
                "--no-defaults",
                "--datadir={dir}/data",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                // A server that starts clears the temporary tables of others from a shared folder.
                "--tmpdir={dir}",
            ],
        )
        .args([
            "--no-defaults",
            "--datadir={dir}/data",
            "--socket={dir}/socket",
            "--port={port}",
            "--bind-address=127.0.0.1",
            "--innodb-flush-log-at-trx-commit=2",
            "--tmpdir={dir}",
            "--max-allowed-packet=1M",
        ])
}

fn started(recipe: &Recipe) -> Option<Server> {
    let server = recipe.start()?;
    until("it takes statements", || {
        let port = format!("-P{}", server.port());
        let output = std::process::Command::new("mariadb")
            .args([
                "--no-defaults",
                "-h127.0.0.1",
                &port,
                "-uroot",
                "-e",
                "SELECT 1",
            ])
            .output();
        output.is_ok_and(|output| output.status.success())
    });
    ask(
        &server,
        "CREATE DATABASE d CHARACTER SET utf8mb4; \
         CREATE USER evtui@'%' IDENTIFIED BY 'pl4nted-p@ss'; GRANT ALL ON d.* TO evtui@'%'",
    );
    Some(server)
}

/// Executes statements and gives what they return, a row a line, cells with tabs between.
fn ask(server: &Server, sql: &str) -> String {
    let args = [
        "--no-defaults",
        "--default-character-set=utf8mb4",
        "-h127.0.0.1",
        "-P{port}",
        "-uroot",
        "--raw",
        "-Ne",
        sql,
    ];
    server.client("mariadb", args).trim_end().to_owned()
}

fn output(server: &Server, options: &str) -> String {
    let uri = format!("mysql://evtui:pl4nted-p%40ss@127.0.0.1:{}/d", server.port());
    format!("sql: {{output_type: {{type: mysql, uri: \"{uri}\"}}, {options}}}")
}

fn texts(events: &[&str]) -> Vec<String> {
    events.iter().map(|&event| event.to_owned()).collect()
}

#[test]
fn values_of_every_kind_arrive() {
    let Some(server) = server() else {
        return;
    };
    println!("{}", ask(&server, "SELECT version()"));
    ask(
        &server,
        "CREATE TABLE d.`Od``d` (`Te``xt` TEXT, big BIGINT, wide BIGINT UNSIGNED, exact DECIMAL(30,10), \
         `float` DOUBLE, flag BOOLEAN, doc JSON, at DATETIME(6), word VARCHAR(9) DEFAULT 'unset')",
    );
    let events = texts(&[
        r#"{"Te`xt": "tab\there, back\\slash, ' \" and é😀", "big": -9223372036854775808, "wide": 18446744073709551615, "exact": 12345678901234567890.0123456789, "float": 1e-7, "flag": true, "doc": {"a": [1, "x"]}, "at": "2024-02-29T12:00:00.5+02:00"}"#,
        r#"{"flag": null, "big": "7"}"#,
    ]);
    let stats = Run::start(&output(&server, "table_name: 'd.Od`d'"), &events).finished();
    assert_eq!(stats.outputs[0].written, 2);
    let rows = ask(
        &server,
        "SELECT big, wide, exact, `float`, flag, doc, at, word FROM d.`Od``d` ORDER BY big",
    );
    assert_eq!(
        rows,
        "-9223372036854775808\t18446744073709551615\t12345678901234567890.0123456789\t0.0000001\t1\t\
         {\"a\": [1, \"x\"]}\t2024-02-29 10:00:00.500000\tunset\n\
         7\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tunset"
    );
    let text = ask(
        &server,
        "SELECT `Te``xt` FROM d.`Od``d` ORDER BY big LIMIT 1",
    );
    assert_eq!(text, "tab\there, back\\slash, ' \" and é😀");
}

#[test]
fn refused_rows_leave_the_others() {
    let Some(server) = server() else {
        return;
    };
    ask(
        &server,
        "CREATE TABLE d.t (n INT PRIMARY KEY CHECK (n <> 6))",
    );
    let stats = Run::start(&output(&server, "table_name: t"), &lines(10)).finished();
    let counts = (stats.outputs[0].written, stats.outputs[0].write_failed);
    assert_eq!(counts, (9, 1));
    let there = ask(
        &server,
        "SELECT GROUP_CONCAT(n ORDER BY n) FROM d.t; TRUNCATE d.t",
    );
    assert_eq!(there, "0,1,2,3,4,5,7,8,9");
    let options = "table_name: t, on_row_error: fail_batch";
    let stats = Run::start(&output(&server, options), &lines(10)).finished();
    assert_eq!(stats.outputs[0].write_failed, 10);
    assert_eq!(ask(&server, "SELECT COUNT(*) FROM d.t"), "0");
    // No number, too large, doubled, and larger than the server takes at once.
    ask(&server, "CREATE TABLE d.w (n INT PRIMARY KEY, w LONGTEXT)");
    let wide = "x".repeat(400_000);
    let mut events: Vec<String> = (0..6)
        .map(|n| format!("{{\"n\": {n}, \"w\": \"{wide}\"}}"))
        .collect();
    events.push(format!(
        "{{\"n\": 6, \"w\": \"{}\"}}",
        "x".repeat(1_100_000)
    ));
    events.extend(texts(&[
        r#"{"n": "x"}"#,
        r#"{"n": 99999999999}"#,
        r#"{"n": 3}"#,
    ]));
    let stats = Run::start(&output(&server, "table_name: w"), &events).finished();
    let counts = (stats.outputs[0].written, stats.outputs[0].write_failed);
    assert_eq!(counts, (6, 4));
    let there = ask(&server, "SELECT COUNT(*), SUM(LENGTH(w)) FROM d.w");
    assert_eq!(there, "6\t2400000");
}

#[test]
fn conflicts_and_new_tables() {
    let Some(server) = server() else {
        return;
    };
    let events = texts(&[
        r#"{"id": "a", "n": 1, "x": {"y": 2.5}, "ok": true, "large": 99999999999999999999}"#,
        r#"{"id": "b", "n": 2, "x": [], "ok": false, "large": 1}"#,
        r#"{"id": "a", "n": 3, "x": null, "ok": null, "large": 2}"#,
    ]);
    let options = "table_name: made, create_table: true, on_conflict: update, keys: [id]";
    let stats = Run::start(&output(&server, options), &events).finished();
    assert_eq!(stats.outputs[0].written, 3);
    assert_eq!(
        ask(&server, "SELECT id, n FROM d.made ORDER BY id"),
        "a\t3\nb\t2"
    );
    let options = "table_name: made, on_conflict: ignore";
    let stats = Run::start(&output(&server, options), &events[..1]).finished();
    assert_eq!(stats.outputs[0].written, 1);
    assert_eq!(
        ask(&server, "SELECT id, n, large FROM d.made ORDER BY id"),
        "a\t3\t2\nb\t2\t1"
    );
}

#[test]
fn starts_that_fail_say_why_without_the_password() {
    let Some(mut server) = server() else {
        return;
    };
    ask(&server, "CREATE TABLE d.t (n INT)");
    let refused = |output: String| {
        let reason = Run::try_start(&output, &lines(1))
            .err()
            .expect("it started");
        assert!(!reason.contains("pl4nted"), "{reason}");
        reason
    };
    let reason = refused(output(&server, "table_name: nope"));
    assert!(reason.contains("there is no table `nope`"), "{reason}");
    let reason = refused(output(&server, "table_name: t").replace("ss@", "ssx@"));
    assert!(reason.contains("Access denied"), "{reason}");
    let tls = output(&server, "table_name: t")
        .replace("type: mysql,", "type: mysql, ssl: {ssl_mode: REQUIRE},");
    let reason = refused(tls);
    assert!(reason.contains("server does not support TLS"), "{reason}");
    server.stop();
    let reason = refused(output(&server, "table_name: t"));
    assert!(reason.contains("cannot connect to 127.0.0.1"), "{reason}");
}

#[test]
fn nothing_is_lost_when_the_server_restarts_under_load() {
    const COUNT: usize = 5_000;
    let Some(mut server) = server() else {
        return;
    };
    // Slow enough that the restart falls among the batches.
    ask(
        &server,
        "CREATE TABLE d.t (n INT); \
         CREATE TRIGGER d.slow BEFORE INSERT ON d.t FOR EACH ROW DO SLEEP(IF(NEW.n % 500 = 0, 0.1, 0))",
    );
    let options = "table_name: t, retry: {initial: 10ms, max: 50ms}, circuit: {probe: 50ms}";
    let run = Run::start(&output(&server, options), &lines(COUNT));
    run.until("the first are there", |stats| {
        stats.outputs[0].written >= 1_000
    });
    server.stop();
    run.until("the outage is noticed", |stats| {
        stats.outputs[0].retries > 0
    });
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, COUNT as u64);
    assert_eq!(stats.outputs[0].write_failed, 0);
    let there = ask(&server, "SELECT n FROM d.t");
    all_arrived(there.lines(), COUNT);
}

#[test]
fn tls_is_spoken_and_certificates_are_checked() {
    let authority = Authority::new("database authority");
    let pair = authority.server(&["127.0.0.1"]);
    let recipe = recipe()
        .file("server.crt", &pair.certificate)
        .file("server.key", &pair.key)
        .args(["--ssl-cert={dir}/server.crt", "--ssl-key={dir}/server.key"]);
    let Some(server) = started(&recipe) else {
        return;
    };
    ask(
        &server,
        "CREATE TABLE d.t (n INT); ALTER USER evtui@'%' REQUIRE SSL",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let right = file("right.pem", &authority.certificate);
    let wrong = file("wrong.pem", &Authority::new("another").certificate);
    let with = |mode: &str, cert: &str| {
        let ssl = format!("type: mysql, ssl: {{ssl_mode: {mode}, root_cert: '{cert}'}},");
        output(&server, "table_name: t").replace("type: mysql,", &ssl)
    };
    let stats = Run::start(&with("verify_full", &right), &lines(3)).finished();
    assert_eq!(stats.outputs[0].written, 3);
    let reason = Run::try_start(&with("verify_ca", &wrong), &lines(1)).err();
    let reason = reason.expect("it started");
    assert!(reason.contains("certificate"), "{reason}");
    let reason = Run::try_start(&with("disable", &right), &lines(1)).err();
    let reason = reason.expect("it started");
    assert!(reason.contains("Access denied"), "{reason}");
}
