#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests_support::{NOON, batch_at, format, one, problem};
use crate::time::Moment;

/// The line without its time.
fn line(formatter: &Value, event: &str) -> Result<String, String> {
    let line = one(formatter, event)?;
    let bare = line
        .strip_suffix(" 1705318205123456000")
        .expect("the event's time");
    Ok(bare.to_owned())
}

fn influx(more: Value) -> Value {
    let mut made = json!({"format": "influx", "measurement": "m"});
    let more = more.as_object().unwrap().clone();
    made.as_object_mut().unwrap().extend(more);
    made
}

#[test]
fn all_scalars_are_fields_of_their_type() {
    let event = r#"{"s": "a \"b\" \\", "f": 1.50, "e": 1E+05, "i": -7, "t": true, "n": null,
        "o": {"x": 1}, "l": [1], "time": 5, "k y,=": "é", "i": 8}"#;
    assert_eq!(
        line(&influx(json!({})), event).unwrap(),
        r#"m s="a \"b\" \\",f=1.50,e=1E+05,i=8i,t=true,k\ y\,\="#.to_owned() + "=\"é\""
    );
}

#[test]
fn fields_have_the_type_they_are_given() {
    let of = |kind: &str, value: &str| {
        let fields = json!({"fields": [{"field": "v", "field_type": kind}]});
        line(&influx(fields), &format!("{{\"v\": {value}}}"))
            .map(|line| line.strip_prefix("m v=").unwrap().to_owned())
    };
    for (kind, value, expected) in [
        ("string", "1.50", "\"1.50\""),
        ("string", "true", "\"true\""),
        ("string", "{\"a\": \"b\"}", r#""{\"a\":\"b\"}""#),
        ("string", "\"a\\nb\"", "\"a\nb\""),
        ("float", "1", "1"),
        ("float", "1.50", "1.50"),
        ("float", "\" 2.5 \"", "2.5"),
        ("float", "\".5\"", "0.5"),
        ("integer", "5", "5i"),
        ("integer", "5.0", "5i"),
        ("integer", "\"-6\"", "-6i"),
        ("boolean", "true", "true"),
        ("boolean", "\"False\"", "false"),
        ("boolean", "1", "true"),
        ("auto", "1", "1i"),
        ("auto", "1.0", "1.0"),
        ("auto", "\"x\"", "\"x\""),
    ] {
        assert_eq!(of(kind, value).as_deref(), Ok(expected), "{kind} {value}");
    }
    for (kind, value, expected) in [
        ("integer", "1.5", "field `v` is not an integer: 1.5"),
        ("integer", "[1]", "field `v` is not a number: [1]"),
        ("float", "\"x\"", "field `v` is not a number: \"x\""),
        ("boolean", "2", "field `v` is not a boolean: 2"),
        ("float", "\"NaN\"", "the event has no field to write"),
        ("float", "1e400", "the event has no field to write"),
        ("auto", "[]", "the event has no field to write"),
        ("string", "null", "the event has no field to write"),
        (
            "integer",
            "9223372036854775808",
            "field `v` is an integer beyond 64 bits: 9223372036854775808",
        ),
    ] {
        assert_eq!(of(kind, value), Err(expected.to_owned()), "{kind} {value}");
    }
}

#[test]
fn integers_that_are_too_large_may_become_floats() {
    let formatter = influx(json!({"integer_overflow": "float"}));
    let event = r#"{"a": 9223372036854775807, "b": 9223372036854775808}"#;
    assert_eq!(
        line(&formatter, event).unwrap(),
        "m a=9223372036854775807i,b=9223372036854775808"
    );
}

#[test]
fn tags_are_text_and_never_empty() {
    let formatter = influx(json!({
        "tags": [{"field": "host"}, {"field": "n", "tag_name": "num ber"}, {"field": "a.b"}, {"field": "gone"}],
    }));
    let tagged = |event: &str| line(&formatter, event);
    assert_eq!(
        tagged(r#"{"host": "a b,c=d\n\\", "n": 1.50, "a": {"b": true}, "v": 1}"#).unwrap(),
        r"m,host=a\ b\,c\=d\ ,num\ ber=1.50,a.b=true v=1i"
    );
    assert_eq!(
        tagged(r#"{"host": "", "n": null, "v": 1}"#).unwrap(),
        "m v=1i"
    );
    assert_eq!(
        tagged(r#"{"host": "\\", "a": {"b": 1}, "a.b": "own", "v": 1}"#).unwrap(),
        "m,a.b=own v=1i"
    );
    assert_eq!(
        tagged(r#"{"host": [1], "v": 1}"#).unwrap_err(),
        "tag `host` is neither string, number nor boolean: [1]"
    );
}

#[test]
fn the_measurement_may_be_of_the_event() {
    let formatter = json!({"format": "influx", "measurement": "{{ origin }} {{ event.kind }}"});
    let named = |event: &str| line(&formatter, event);
    assert_eq!(
        named(r#"{"kind": "a,b=c\\"}"#).unwrap(),
        r#"web\ a\,b=c kind="a,b=c\\""#
    );
    let formatter = json!({"format": "influx", "measurement": "{{ event.kind }}"});
    let named = |event: &str| line(&formatter, event);
    assert_eq!(
        named(r#"{"v": 1}"#).unwrap_err(),
        "`measurement` is empty for this event"
    );
    assert_eq!(
        named(r##"{"kind": "#x"}"##).unwrap_err(),
        "this cannot be a measurement: #x"
    );
}

#[test]
fn the_time_is_the_event_s_or_a_member() {
    let formatter = influx(json!({"timestamp_field": "at"}));
    for (at, expected) in [
        ("1700000000000000001", "1700000000000000001"),
        ("\"-1\"", "-1"),
        ("\"2024-01-15T12:30:05.5Z\"", "1705321805500000000"),
        ("\"2024-01-15 12:30:05\"", "1705318205000000000"),
        ("null", "1705318205123456000"),
    ] {
        let event = format!("{{\"at\": {at}, \"v\": 1}}");
        assert_eq!(
            one(&formatter, &event),
            Ok(format!("m v=1i {expected}")),
            "{at}"
        );
    }
    for at in ["\"soon\"", "1.5", "[]", "99999999999999999999"] {
        let event = format!("{{\"at\": {at}, \"v\": 1}}");
        assert_eq!(
            one(&formatter, &event),
            Err(format!(
                "`at` is neither nanoseconds nor an ISO 8601 time: {at}"
            ))
        );
    }
    for (unit, expected) in [("us", "-1"), ("ms", "-1"), ("s", "-1")] {
        let at = Moment {
            wall_us: -1,
            offset_s: 0,
        };
        let formatter = influx(json!({"precision": unit}));
        let (items, _) = format(&formatter, &batch_at(&["{\"v\": 1}"], at));
        assert_eq!(items, [format!("m v=1i {expected}")]);
    }
}

#[test]
fn an_event_that_does_not_fit_fails_alone() {
    let batch = batch_at(&["{\"v\": 1}", "7", "{", "{}", "{\"v\": 2}"], NOON);
    let (items, failures) = format(&influx(json!({})), &batch);
    assert_eq!(items.len(), 2);
    assert_eq!(
        failures,
        [
            "the event is not a JSON object",
            "Input data was truncated",
            "the event has no field to write",
        ]
    );
}

#[test]
fn unsound_options_are_refused() {
    for (options, setting, message, help) in [
        (
            json!({"measurement": "\\"}),
            "measurement",
            "`measurement` must not be empty",
            "",
        ),
        (
            json!({"measurement": "#m"}),
            "measurement",
            "a measurement that starts with `#`",
            "",
        ),
        (
            json!({"measurement": null}),
            "",
            "the option `measurement` is missing",
            "origin",
        ),
        (json!({"fields": []}), "fields", "needs at least 1 item", ""),
        (
            json!({"fields": [{"field": "a", "field_name": "time"}]}),
            "fields[0]",
            "`time` is the name of the time itself",
            "another name",
        ),
        (
            json!({"fields": [{"field": "a", "field_type": "int"}]}),
            "fields[0].field_type",
            "expected one of",
            "",
        ),
        (
            json!({"tags": [{"field": "a"}, {"field": "b", "tag_name": "a"}]}),
            "tags[1]",
            "another entry has this name already",
            "",
        ),
        (
            json!({"tags": [{"feld": "a"}]}),
            "tags[0]",
            "`feld`",
            "`field`",
        ),
        (
            json!({"precision": "nss"}),
            "precision",
            "expected one of",
            "`ns`",
        ),
        (
            json!({"indent": 2}),
            "indent",
            "`indent` is not an option of format `influx`",
            "remove",
        ),
    ] {
        let found = problem(&influx(options));
        let place = format!("formatter.{setting}");
        assert!(
            found[0].starts_with(place.trim_end_matches('.')),
            "{found:?}"
        );
        assert!(found[1].contains(message), "{found:?}");
        assert!(found[2].contains(help), "{found:?}");
    }
}

/// Reads a name in which `escapable` may be escaped up to one of `ends`; gives it, the end and the rest.
fn name<'a>(text: &'a str, escapable: &[char], ends: &[char]) -> (String, char, &'a str) {
    let mut name = String::new();
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        let rest = chars.as_str();
        if next == '\\' && rest.starts_with(escapable) {
            name.extend(chars.next());
        } else if ends.contains(&next) {
            return (name, next, rest);
        } else {
            name.push(next);
        }
    }
    panic!("{text:?} has none of {ends:?}");
}

const KEY: [char; 3] = [',', '=', ' '];

/// Reads the text between quotes; gives it and the rest.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.strip_prefix('"').expect("a quote").chars();
    while let Some(next) = chars.next() {
        match next {
            '\\' => value.extend(chars.next()),
            '"' => return (value, chars.as_str()),
            other => value.push(other),
        }
    }
    panic!("{text:?} does not end");
}

proptest! {
    /// What is in the event comes back from a line, whatever it is.
    #[test]
    fn lines_can_be_read_back(
        measurement in "[^#].*",
        tag in any::<String>(),
        key in any::<String>(),
        value in any::<String>(),
        number in any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()),
    ) {
        let plain = |text: &str| text.replace(['\n', '\r'], " ").trim_end_matches('\\').to_owned();
        let kept = plain(&key);
        prop_assume!(!plain(&measurement).is_empty() && !kept.is_empty() && kept != "n");
        let name_of = if key == "time" { "x".to_owned() } else { key.clone() };
        let formatter = json!({
            "format": "influx",
            "measurement": "{{ event.m }}",
            "tags": [{"field": "t", "tag_name": name_of}],
            "fields": [{"field": "s", "field_name": name_of}, {"field": "n", "field_type": "float"}],
        });
        let event = json!({"m": measurement, "t": tag, "s": value, "n": number}).to_string();
        let line = one(&formatter, &event).unwrap();

        let kept = plain(&name_of);
        let (found, mut end, mut rest) = name(&line, &[',', ' '], &[',', ' ']);
        prop_assert_eq!(found, plain(&measurement));
        if !plain(&tag).is_empty() {
            prop_assert_eq!(end, ',');
            let (found, _, behind) = name(rest, &KEY, &['=']);
            prop_assert_eq!(&found, &kept);
            let (found, next, behind) = name(behind, &KEY, &[',', ' ']);
            prop_assert_eq!(found, plain(&tag));
            (end, rest) = (next, behind);
        }
        prop_assert_eq!(end, ' ');
        let (found, _, behind) = name(rest, &KEY, &['=']);
        prop_assert_eq!(&found, &kept);
        let (found, rest) = quoted(behind);
        prop_assert_eq!(found, value);
        let (found, time) = rest.strip_prefix(",n=").unwrap().split_once(' ').unwrap();
        prop_assert_eq!(found.parse::<f64>().unwrap(), number);
        prop_assert_eq!(time, "1705318205123456000");
    }
}
