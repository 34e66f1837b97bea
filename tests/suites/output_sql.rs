//! Options of the output `sql`. What it does with servers is in `tests/servers/`.

use std::path::Path;

use super::driven::{Driven, decode};
use serde_json::{Value, json};

fn problems(config: &Value) -> String {
    let problems = decode("sql", config, Path::new("/")).unwrap_err();
    let text = format!("{problems:?}");
    assert!(!text.contains("pl4nted"), "{text}");
    text
}

fn postgres() -> Value {
    json!({"type": "postgres", "uri": "postgres://u:pl4nted@h:1/d"})
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let sqlite = json!({"type": "sqlite", "path": "f"});
    for (config, part) in [
        (
            json!({"output_type": {"type": "postgres"}, "table_name": "t"}),
            "needs the option `uri`",
        ),
        (
            json!({"output_type": {"type": "sqlite", "uri": "x"}, "table_name": "t"}),
            "`uri` is not an option",
        ),
        (
            json!({"output_type": sqlite, "table_name": "t", "method": "copy"}),
            "PostgreSQL's alone",
        ),
        (
            json!({"output_type": postgres(), "table_name": "t", "method": "copy", "on_conflict": "ignore"}),
            "COPY",
        ),
        (
            json!({"output_type": postgres(), "table_name": "t", "on_conflict": "update"}),
            "needs `keys`",
        ),
        (
            json!({"output_type": sqlite, "table_name": "t", "columns": {"a": "x"}, "keys": ["b"]}),
            "`b` is not among",
        ),
        (
            json!({"output_type": sqlite, "table_name": "t", "columns": {}}),
            "no column is named",
        ),
        (
            json!({"output_type": sqlite, "table_name": "t", "formatter": {"format": "json-batch"}}),
            "each event is a row",
        ),
        (
            json!({"output_type": sqlite, "table_name": "a.b.c"}),
            "schema.table",
        ),
        (
            json!({"output_type": sqlite, "table_name": ".c"}),
            "schema.table",
        ),
        (json!({"output_type": sqlite}), "`table_name`"),
    ] {
        let text = problems(&config);
        assert!(text.contains(part), "{config}: {text}");
    }
}

#[test]
fn addresses_are_checked_and_never_shown() {
    for (kind, uri, part) in [
        ("postgres", "u:pl4nted@h", "scheme"),
        ("postgres", "//u:pl4nted@h", "not a URI"),
        ("postgres", "mysql://u:pl4nted@h/d", "scheme"),
        ("mysql", "postgres://u:pl4nted@h/d", "scheme"),
        (
            "postgres",
            "postgres://h/d?pasword=pl4nted",
            "unknown parameter `pasword`",
        ),
    ] {
        let text = problems(&json!({"output_type": {"type": kind, "uri": uri}, "table_name": "t"}));
        assert!(text.contains(part), "{uri}: {text}");
    }
    let ssl = json!({"type": "postgres", "uri": "postgres://h/d", "ssl": {"ssl_mode": "maybe"}});
    let text = problems(&json!({"output_type": ssl, "table_name": "t"}));
    assert!(text.contains("verify_full"), "{text}");
    let ssl = json!({"type": "postgres", "uri": "postgres://h/d", "ssl": {"client_cert": "c"}});
    let text = problems(&json!({"output_type": ssl, "table_name": "t"}));
    assert!(text.contains("come together"), "{text}");
}

#[test]
fn no_form_of_the_options_or_of_a_failed_start_shows_the_password() {
    let config = json!({"output_type": {"type": "mysql", "uri": "mysql://u:pl4nted@127.0.0.1:1/d"}, "table_name": "t"});
    let config = decode("sql", &config, Path::new("/")).unwrap();
    assert!(!format!("{config:?}").contains("pl4nted"));
    assert_eq!(config.delivery().batch.max_events, Some(500));
    let mut output =
        Driven::new(config, Path::new("/"), std::time::Duration::from_secs(10)).unwrap();
    assert!(!format!("{:?}", output.output).contains("pl4nted"));
    let error = output.open().unwrap_err();
    assert!(
        error.message.contains("cannot connect to 127.0.0.1:1"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("pl4nted"));
}
