#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests_support::{NOON, batch_at, decoded, format, one, problem};

fn cloud(more: Value) -> Value {
    let mut made = json!({"format": "cloudevents", "source": "/s", "id": "1"});
    let more = more.as_object().unwrap().clone();
    made.as_object_mut().unwrap().extend(more);
    made
}

#[test]
fn an_envelope_has_its_attributes_in_order() {
    assert_eq!(
        one(&cloud(json!({})), "{\"a\": [1.10, \"é\"]}").unwrap(),
        "{\"id\":\"1\",\"source\":\"/s\",\"specversion\":\"1.0\",\"type\":\"web\",\
         \"datacontenttype\":\"application/json\",\"time\":\"2024-01-15T11:30:05.123456Z\",\
         \"data\":{\"a\":[1.10,\"é\"]}}"
    );
    let all = json!({
        "id": "{{ event.id }}",
        "source": "/{{ origin }}",
        "type": "t.{{ event.kind }}",
        "datacontenttype": null,
        "dataschema": "https://e/{{ event.kind }}.json",
        "subject": "{{ event.subject }}",
        "extensions": {"b": true, "n": -5, "x": "{{ tags | join }}", "gone": "{{ event.gone }}", "c": "v\""},
        "scope": "process",
    });
    let event = r#"{"id": 7, "kind": "k", "subject": "s\u0041"}"#;
    assert_eq!(
        one(&cloud(all), event).unwrap(),
        "{\"id\":\"7\",\"source\":\"/web\",\"specversion\":\"1.0\",\"type\":\"t.k\",\
         \"dataschema\":\"https://e/k.json\",\"subject\":\"sA\",\
         \"time\":\"2024-01-15T11:30:05.123456Z\",\
         \"data\":{\"id\":7,\"kind\":\"k\",\"subject\":\"s\\u0041\"},\
         \"b\":true,\"c\":\"v\\\"\",\"n\":-5,\"x\":\"a\",\"scope\":\"process\"}"
    );
}

#[test]
fn data_is_json_where_it_can_be() {
    let data = |more: Value, event: &str| {
        let line = one(&cloud(more), event).unwrap();
        let envelope: Value = serde_json::from_str(&line).unwrap();
        envelope.get("data").cloned()
    };
    for (event, expected) in [
        ("7", Some(json!(7))),
        (" [1, 2] ", Some(json!([1, 2]))),
        ("\"x\"", Some(json!("x"))),
        ("plain \"text\"\n", Some(json!("plain \"text\"\n"))),
        ("", Some(json!(""))),
        ("{\"a\": 1,}", Some(json!("{\"a\": 1,}"))),
        ("null", None),
    ] {
        assert_eq!(data(json!({}), event), expected, "{event}");
    }
    for (kind, expected) in [
        ("text/plain; charset=utf-8", json!("{\"a\": 1}")),
        ("application/vnd.x+json", json!({"a": 1})),
        ("Text/JSON", json!({"a": 1})),
    ] {
        let found = data(json!({"datacontenttype": kind}), "{\"a\": 1}");
        assert_eq!(found, Some(expected), "{kind}");
    }
}

#[test]
fn identifiers_are_those_of_the_seed() {
    let formatter = json!({"format": "cloudevents", "source": "/s", "subject": "{{ event.s.t }}"});
    let ids = |events: &[&str]| {
        let (items, failures) = format(&formatter, &batch_at(events, NOON));
        let id = |item: &String| {
            let envelope: Value = serde_json::from_str(item).unwrap();
            envelope["id"].as_str().unwrap().to_owned()
        };
        (items.iter().map(id).collect::<Vec<_>>(), failures.len())
    };
    let good = "{\"s\": {\"t\": 1}}";
    let (first, _) = ids(&[good, good, good]);
    assert_eq!(ids(&[good, good, good]).0, first, "the same in every run");
    let (second, failed) = ids(&[good, "{}", good]);
    assert_eq!(
        (second, failed),
        (vec![first[0].clone(), first[2].clone()], 1)
    );
    for id in &first {
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(id.as_bytes()[14], b'4', "version 4");
        assert!(b"89ab".contains(&id.as_bytes()[19]), "of the usual variant");
    }
    assert_ne!(first[0], first[1]);
}

#[test]
fn a_batch_is_an_array_of_what_fits() {
    for formatter in [
        cloud(json!({"batch": true, "subject": "{{ event.s.t }}"})),
        cloud(json!({"format": "cloudevents-batch", "subject": "{{ event.s.t }}"})),
    ] {
        let bad = "{}";
        let good = "{\"s\": {\"t\": \"x\"}}";
        let (items, failures) = format(&formatter, &batch_at(&[bad, good, bad, good], NOON));
        assert_eq!((items.len(), failures.len()), (1, 2));
        let array: Value = serde_json::from_str(&items[0]).unwrap();
        assert_eq!(array.as_array().unwrap().len(), 2);
        let (items, failures) = format(&formatter, &batch_at(&[bad], NOON));
        assert_eq!((items.len(), failures.len()), (0, 1));
        let config = decoded(&formatter).unwrap();
        assert!(config.joins_batch());
        assert_eq!(
            config.content_type(),
            Some("application/cloudevents-batch+json")
        );
    }
    let config = decoded(&cloud(json!({}))).unwrap();
    assert!(!config.joins_batch());
    assert_eq!(config.content_type(), Some("application/cloudevents+json"));
    assert_eq!(
        decoded(&json!({"format": "json"})).unwrap().content_type(),
        None
    );
}

#[test]
fn events_that_give_unsound_attributes_fail() {
    for (name, value, message) in [
        ("source", "a b", "`source` is not a URI reference"),
        ("source", "", "`source` is empty for this event"),
        (
            "dataschema",
            "/x",
            "`dataschema` is not a URI with a scheme",
        ),
        ("subject", "a\nb", "`subject` holds a control character"),
        ("id", "", "`id` is empty for this event"),
    ] {
        let event = json!({"v": value}).to_string();
        let failure = one(&cloud(json!({name: "{{ event.v }}"})), &event).unwrap_err();
        assert!(failure.starts_with(message), "{failure}");
    }
    let mut batch = batch_at(&[], NOON);
    batch.push(b"{}", 9);
    let (items, _) = format(&cloud(json!({})), &batch);
    assert!(
        items[0].contains("\"type\":\"evtui.event\",\"datacontenttype\""),
        "an alias nobody knows"
    );
    assert!(!items[0].contains("\"time\""), "a time nobody knows");
}

#[test]
fn unsound_options_are_refused() {
    for (options, setting, message, help) in [
        (
            json!({"source": null}),
            "",
            "needs the option `source`",
            "/web/1",
        ),
        (
            json!({"source": "a b"}),
            ".source",
            "`source` is not a URI reference",
            "",
        ),
        (
            json!({"source": ""}),
            ".source",
            "`source` must not be empty",
            "",
        ),
        (json!({"type": ""}), ".type", "`type` must not be empty", ""),
        (
            json!({"dataschema": "x"}),
            ".dataschema",
            "is not a URI with a scheme",
            "",
        ),
        (
            json!({"datacontenttype": "json"}),
            ".datacontenttype",
            "is not a media type",
            "",
        ),
        (
            json!({"extensions": {"aB": 1}}),
            ".extensions",
            "`aB` is no name",
            "another",
        ),
        (
            json!({"extensions": {"id": 1}}),
            ".extensions",
            "`id` is an attribute of its own",
            "",
        ),
        (
            json!({"extensions": {"a": null}}),
            ".extensions.a",
            "expected text",
            "",
        ),
        (json!({"scope": "all"}), ".scope", "expected one of", ""),
        (json!({"specversion": "0.3"}), "", "`specversion`", ""),
        (
            json!({"format": "cloudevent"}),
            ".format",
            "expected one of",
            "`cloudevents`",
        ),
    ] {
        let found = problem(&cloud(options));
        assert_eq!(found[0], format!("formatter{setting}"), "{found:?}");
        assert!(found[1].contains(message), "{found:?}");
        assert!(found[2].contains(help), "{found:?}");
    }
}

proptest! {
    /// Whatever the event is, the envelope is JSON and holds it.
    #[test]
    fn envelopes_can_be_read_back(text in any::<String>(), subject in "[^\\p{C}]*") {
        for event in [text.clone(), serde_json::to_string(&json!({"s": subject, "t": text})).unwrap()] {
            let is_json = serde_json::from_str::<Value>(&event);
            prop_assume!(!matches!(is_json, Ok(Value::Null)));
            let formatter = cloud(json!({"subject": "{{ event.s if event is mapping }}"}));
            let line = one(&formatter, &event).unwrap();
            let envelope: Value = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(&envelope["data"], &is_json.unwrap_or_else(|_| json!(event)));
            prop_assert_eq!(&envelope["specversion"], "1.0");
            let found = envelope.get("subject").map_or("", |subject| subject.as_str().unwrap());
            let expected = if event.starts_with("{\"s\"") { subject.as_str() } else { "" };
            prop_assert_eq!(found, expected);
        }
    }
}
