#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests_support::{NOON, batch_at, format, one, problem};
use crate::time::Moment;

fn syslog(more: Value) -> Value {
    let mut made = json!({"format": "syslog"});
    let more = more.as_object().unwrap().clone();
    made.as_object_mut().unwrap().extend(more);
    made
}

#[test]
fn the_header_has_time_and_origin() {
    assert_eq!(
        one(&syslog(json!({})), "hello").unwrap(),
        "<13>1 2024-01-15T12:30:05.123456+01:00 - web - - - hello"
    );
    assert_eq!(
        one(&syslog(json!({"rfc": 3164})), "hello").unwrap(),
        "<13>Jan 15 12:30:05 - web: hello"
    );
}

/// The examples of RFC 5424, section 6.5, and of RFC 3164, section 5.4, as far as their times have a
/// year and microseconds.
#[test]
fn the_examples_of_the_documents_come_out() {
    let at = |wall_us, offset_s| Moment { wall_us, offset_s };
    let made = |more: Value, event: &str, at: Moment| {
        let (items, failures) = format(&syslog(more), &batch_at(&[event], at));
        assert!(failures.is_empty(), "{failures:?}");
        items.into_iter().next().unwrap()
    };
    assert_eq!(
        made(
            json!({"facility": "auth", "severity": "crit", "hostname": "mymachine.example.com",
                "app_name": "su", "msg_id": "ID47", "bom": true}),
            "'su root' failed for lonvick on /dev/pts/8",
            at(1_065_910_455_003_000, 0),
        ),
        "<34>1 2003-10-11T22:14:15.003000Z mymachine.example.com su - ID47 - \u{feff}'su root' failed \
         for lonvick on /dev/pts/8"
    );
    assert_eq!(
        made(
            json!({"facility": "local4", "severity": 5, "hostname": "192.0.2.1", "app_name": "myproc",
                "proc_id": 8710}),
            "%% It's time to make the do-nuts.",
            at(1_061_702_055_000_003, -7 * 3600),
        ),
        "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the \
         do-nuts."
    );
    let data = json!({
        "exampleSDID@32473": {"iut": 3, "eventSource": "Application", "eventID": "{{ 1000 + 11 }}"},
        "examplePriority@32473": {"class": "high"},
    });
    assert_eq!(
        made(
            json!({"facility": 20, "severity": "notice", "hostname": "mymachine.example.com",
                "app_name": "evntslog", "msg_id": "ID47", "structured_data": data}),
            "",
            at(1_065_910_455_003_000, 0),
        ),
        "<165>1 2003-10-11T22:14:15.003000Z mymachine.example.com evntslog - ID47 \
         [examplePriority@32473 class=\"high\"]\
         [exampleSDID@32473 eventID=\"1011\" eventSource=\"Application\" iut=\"3\"]"
    );
    assert_eq!(
        made(
            json!({"rfc": "RFC 3164", "facility": "auth", "severity": "critical",
                "hostname": "mymachine", "app_name": "su"}),
            "'su root' failed for lonvick on /dev/pts/8",
            at(1_065_910_455_000_000, 0),
        ),
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8"
    );
    assert_eq!(
        made(
            json!({"rfc": 3164, "hostname": "h", "app_name": "app", "proc_id": "12"}),
            "a\nb\r\nc",
            at(1_704_454_205_000_000, 0),
        ),
        "<13>Jan  5 11:30:05 h app[12]: a b c"
    );
}

#[test]
fn priorities_are_of_names_numbers_and_events() {
    let priority = |more: Value, event: &str| {
        let line = one(&syslog(more), event)?;
        let end = line.find('>').unwrap();
        Ok::<String, String>(line[1..end].to_owned())
    };
    for (more, expected) in [
        (json!({"facility": 0, "severity": 0}), "0"),
        (json!({"facility": "LOCAL7", "severity": "debug"}), "191"),
        (json!({"facility": "23", "severity": "7"}), "191"),
        (
            json!({"facility": "cron", "severity": "{{ event.level }}"}),
            "76",
        ),
        (
            json!({"facility": "{{ event.f }}", "severity": "{{ event.n }}"}),
            "19",
        ),
    ] {
        let event = r#"{"level": "WARN", "f": "mail", "n": 3}"#;
        assert_eq!(priority(more, event).as_deref(), Ok(expected));
    }
    let wrong = priority(
        json!({"severity": "{{ event.level }}"}),
        "{\"level\": \"fatal\"}",
    );
    assert_eq!(wrong.unwrap_err(), "this is no severity: fatal");
}

#[test]
fn headers_are_visible_ascii_of_bounded_length() {
    let long = "x".repeat(300);
    let more =
        json!({"hostname": "a b\u{e9}\n", "app_name": long, "proc_id": long, "msg_id": long});
    let line = one(&syslog(more), "m").unwrap();
    let parts: Vec<&str> = line.split(' ').collect();
    assert_eq!(parts[2], "a_b__");
    assert_eq!(
        [parts[3].len(), parts[4].len(), parts[5].len()],
        [48, 128, 32]
    );
    let more =
        json!({"rfc": 3164, "hostname": long, "app_name": "a[1]: b".repeat(6), "proc_id": "]"});
    let line = one(&syslog(more), "m").unwrap();
    let (head, rest) = line[17 + 3..].split_at(255);
    assert_eq!(
        (head, rest),
        (&long[..255], " a_1___ba_1___ba_1___ba_1___ba_1_[_]: m")
    );
    let more = json!({"rfc": 3164, "app_name": "-", "hostname": "{{ '' }}"});
    assert_eq!(one(&syslog(more), "m").unwrap(), "<13>Jan 15 12:30:05 - m");
}

#[test]
fn lengths_are_those_of_the_messages() {
    let batch = batch_at(&["a\né", "b"], NOON);
    let (items, _) = format(&syslog(json!({"framing": "octet_counting"})), &batch);
    for (item, event) in items.iter().zip(["a\né", "b"]) {
        let (len, message) = item.split_once(' ').unwrap();
        assert_eq!(len.parse::<usize>().unwrap(), message.len());
        assert!(message.ends_with(event), "{item:?}");
    }
}

#[test]
fn unsound_options_are_refused() {
    for (options, setting, message, help) in [
        (json!({"rfc": 5425}), ".rfc", "expected 5424 or 3164", ""),
        (
            json!({"facility": "locl0"}),
            ".facility",
            "`locl0` is no facility",
            "`local0`",
        ),
        (
            json!({"severity": 8}),
            ".severity",
            "the integer `8` is no severity",
            "0 to 7",
        ),
        (
            json!({"severity": ["x"]}),
            ".severity",
            "expected text",
            "template",
        ),
        (
            json!({"rfc": 3164, "msg_id": "x"}),
            ".msg_id",
            "have no `msg_id`",
            "5424",
        ),
        (
            json!({"framing": "octet"}),
            ".framing",
            "expected one of",
            "",
        ),
        (
            json!({"structured_data": {"meta": {"a b": 1}}}),
            ".structured_data.meta",
            "`a b` is no name of structured data",
            "visible",
        ),
        (
            json!({"structured_data": {"mine": {}}}),
            ".structured_data",
            "`mine` is not a registered name",
            "`mine@32473`",
        ),
        (
            json!({"structured_data": {"meta": 1}}),
            ".structured_data.meta",
            "a mapping",
            "",
        ),
        (json!({"host": "x"}), "", "`host`", "`hostname`"),
    ] {
        let found = problem(&syslog(options));
        assert_eq!(found[0], format!("formatter{setting}"), "{found:?}");
        assert!(found[1].contains(message), "{found:?}");
        assert!(found[2].contains(help), "{found:?}");
    }
}

/// A message of RFC 5424 as its grammar reads it: version and priority, five parts of the header,
/// elements, text.
type Parsed = (
    u16,
    [String; 5],
    Vec<(String, Vec<(String, String)>)>,
    String,
);

fn parsed(line: &str) -> Parsed {
    let (priority, rest) = line.strip_prefix('<').unwrap().split_once(">1 ").unwrap();
    let mut parts = rest.splitn(6, ' ');
    let header = std::array::from_fn(|_| parts.next().unwrap().to_owned());
    let mut rest = parts.next().unwrap();
    let mut elements = Vec::new();
    match rest.strip_prefix('-') {
        Some(behind) => rest = behind,
        None => {
            while let Some(inner) = rest.strip_prefix('[') {
                let end = inner.find([' ', ']']).unwrap();
                let (id, mut inner) = inner.split_at(end);
                let mut params = Vec::new();
                while let Some(param) = inner.strip_prefix(' ') {
                    let (name, behind) = param.split_once("=\"").unwrap();
                    let mut value = String::new();
                    let mut chars = behind.chars();
                    loop {
                        match chars.next().unwrap() {
                            '\\' => value.push(chars.next().unwrap()),
                            '"' => break,
                            ']' => panic!("a bracket that is not escaped"),
                            other => value.push(other),
                        }
                    }
                    params.push((name.to_owned(), value));
                    inner = chars.as_str();
                }
                elements.push((id.to_owned(), params));
                rest = inner.strip_prefix(']').unwrap();
            }
        }
    }
    let text = rest.strip_prefix(' ').unwrap_or(rest);
    (priority.parse().unwrap(), header, elements, text.to_owned())
}

proptest! {
    /// Whatever is in the event, the message has the form of the RFC and the texts come back.
    #[test]
    fn messages_can_be_read_back(
        host in any::<String>(),
        value in any::<String>(),
        text in "[^ ]?.*\n?.*",
        severity in 0u16..8,
        facility in 0u16..24,
    ) {
        let formatter = syslog(json!({
            "facility": facility,
            "severity": "{{ event.severity }}",
            "hostname": "{{ event.host }}",
            "structured_data": {"x@1": {"v": "{{ event.value }}", "w": "\\]\""}, "meta": {}},
        }));
        let event = json!({"severity": severity, "host": host, "value": value, "text": text}).to_string();
        let (priority, header, elements, message) = parsed(&one(&formatter, &event).unwrap());
        prop_assert_eq!(priority, facility * 8 + severity);
        prop_assert_eq!(&header[0], "2024-01-15T12:30:05.123456+01:00");
        for part in &header {
            prop_assert!(!part.is_empty() && part.len() <= 255);
            prop_assert!(part.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        prop_assert_eq!(header[1].chars().count(), host.chars().count().clamp(1, 255));
        prop_assert_eq!(&header[2..], ["web", "-", "-"]);
        let params = vec![("v".to_owned(), value), ("w".to_owned(), "\\]\"".to_owned())];
        prop_assert_eq!(elements, vec![("meta".to_owned(), vec![]), ("x@1".to_owned(), params)]);
        prop_assert_eq!(&message, &event);

        let old = syslog(json!({"rfc": 3164, "hostname": "{{ event.host }}", "app_name": "{{ event.value }}"}));
        let line = one(&old, &event).unwrap();
        let rest = line.strip_prefix("<13>Jan 15 12:30:05 ").unwrap();
        let (name, rest) = rest.split_once(' ').unwrap();
        prop_assert!(!name.is_empty());
        prop_assert!(rest.ends_with(&event) && !line.contains(['\n', '\r']));
        let tag = rest.strip_suffix(&event).unwrap();
        let tag = tag.strip_suffix(": ").unwrap_or(tag);
        prop_assert!(tag.len() <= 32 && tag.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
