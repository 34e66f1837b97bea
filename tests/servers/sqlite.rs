//! `sql` into a file of SQLite, read back by the library.

use rusqlite::Connection;

use super::engine::{Run, lines};

fn output(options: &str) -> String {
    format!("sql: {{output_type: {{type: sqlite, path: db/events.sqlite}}, {options}}}")
}

/// The file, made beforehand with a statement.
fn file(folder: &tempfile::TempDir, sql: &str) -> String {
    let path = folder.path().join("events.sqlite");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    path.display().to_string()
}

fn ask(path: &str, sql: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut query = connection.prepare(sql).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_file_and_its_table_are_made() {
    let events = [
        r#"{"id": "a", "n": 1, "f": 1.5, "flag": true, "doc": {"x": "é😀"}, "large": 99999999999999999999}"#,
        r#"{"id": "b'\"", "n": null, "f": 2, "flag": false, "doc": null, "large": 5}"#,
    ];
    let events: Vec<String> = events.iter().map(|&event| event.to_owned()).collect();
    let run = Run::start(&output("table_name: 'o\"dd', create_table: true"), &events);
    assert_eq!(run.finished().outputs[0].written, 2);
    let path = run.folder().join("db/events.sqlite").display().to_string();
    let rows = ask(
        &path,
        "SELECT json_array(id, n, f, flag, doc, large, typeof(n), typeof(large)) FROM \"o\"\"dd\"",
    );
    assert_eq!(
        rows,
        [
            r#"["a",1,1.5,1,"{\"x\": \"é😀\"}","99999999999999999999","integer","text"]"#,
            r#"["b'\"",null,2.0,0,null,"5","null","text"]"#,
        ]
    );
}

#[test]
fn refused_rows_leave_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "CREATE TABLE t (n INT PRIMARY KEY CHECK (n <> 6))");
    let output = |options: &str| {
        format!("sql: {{output_type: {{type: sqlite, path: '{path}'}}, table_name: t, {options}}}")
    };
    let stats = Run::start(&output("on_row_error: fail_batch"), &lines(10)).finished();
    assert_eq!(stats.outputs[0].write_failed, 10);
    assert_eq!(ask(&path, "SELECT CAST(COUNT(*) AS TEXT) FROM t"), ["0"]);
    let stats = Run::start(&output("on_row_error: split"), &lines(10)).finished();
    let counts = (stats.outputs[0].written, stats.outputs[0].write_failed);
    assert_eq!(counts, (9, 1));
    let there = ask(
        &path,
        "SELECT group_concat(n) FROM (SELECT n FROM t ORDER BY n)",
    );
    assert_eq!(there, ["0,1,2,3,4,5,7,8,9"]);
    let stats = Run::start(&output("on_conflict: ignore, keys: [n]"), &lines(10)).finished();
    assert_eq!(
        stats.outputs[0].written, 9,
        "doubled rows are left out and count as written"
    );
    assert_eq!(ask(&path, "SELECT CAST(COUNT(*) AS TEXT) FROM t"), ["9"]);
}

#[test]
fn a_hundred_thousand_rows() {
    let run = Run::start(
        &output("table_name: t, create_table: true"),
        &lines(100_000),
    );
    assert_eq!(run.finished().outputs[0].written, 100_000);
    let path = run.folder().join("db/events.sqlite").display().to_string();
    let there = ask(&path, "SELECT COUNT(DISTINCT n) || ' ' || MAX(n) FROM t");
    assert_eq!(there, ["100000 99999"]);
}

#[test]
fn a_locked_file_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "CREATE TABLE t (n INT)");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let held = format!("sql: {{output_type: {{type: sqlite, path: '{path}'}}, table_name: t}}");
    let reason = Run::try_start(&held, &lines(1)).err().expect("it started");
    assert!(reason.contains("database is locked"), "{reason}");
    other.execute_batch("COMMIT").unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = Run::start(
        &format!(
            "sql: {{output_type: {{type: sqlite, path: '{path}'}}, table_name: t, retry: {{initial: 1ms}}}}"
        ),
        &lines(1_000),
    );
    run.until("the lock is noticed", |stats| stats.outputs[0].retries > 0);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(run.finished().outputs[0].written, 1_000);
    assert_eq!(
        ask(&path, "SELECT CAST(COUNT(DISTINCT n) AS TEXT) FROM t"),
        ["1000"]
    );
}

#[test]
fn a_table_that_is_not_there_fails_the_start() {
    let reason = Run::try_start(&output("table_name: t"), &lines(1))
        .err()
        .expect("it started");
    assert!(reason.contains("there is no table `t`"), "{reason}");
}
