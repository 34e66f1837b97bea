//! The formatters `cloudevents` and `influx` against recorded envelopes and lines.

use std::path::Path;
use std::sync::Arc;

use super::decisions::{Suite, load, same, say};
use super::driven::{Driven, decode};
use super::ordered_json::Json;
use super::recorder::{Recorder, Reply};
use evtui::batch::EventBatch;
use evtui::config::Disk;
use evtui::output::{FormatEnv, Formatted};
use evtui::time::{Moment, iso};
use serde_json::{Value, json};

/// What formatting came to: the item, or at what it ended.
#[derive(Debug)]
enum Ended {
    /// The options were refused: settings and messages.
    Config(String),
    /// The event was.
    Event(String),
}

/// Formats one event.
fn formatted(formatter: &Value, event: &str, at: Option<Moment>) -> Result<String, Ended> {
    let config = json!({ "formatter": formatter });
    let decoded = decode("drop", &config, Path::new("/"))
        .map_err(|problems| Ended::Config(format!("{problems:?}")))?;
    let env = FormatEnv::new(Path::new("/"), Arc::new(Disk));
    let mut made = decoded.format().build(&env).unwrap();
    let mut batch = EventBatch::default();
    batch.push(event.as_bytes(), 0);
    if let Some(at) = at {
        batch.stamp(at, 0);
    }
    let mut out = Formatted::default();
    made.format(&batch, "", &mut out);
    match out.failures().first() {
        Some(failure) => Err(Ended::Event(failure.reason.to_string())),
        None => Ok(String::from_utf8(out.bytes().to_vec()).unwrap()),
    }
}

#[test]
fn cloudevents() {
    const FILE: &str = "outputs/cloudevents.json";
    let mut suite = Suite::new(FILE);
    let text = std::fs::read_to_string(super::decisions::golden().join(FILE)).unwrap();
    let ordered: Json = serde_json::from_str(&text).unwrap();
    let vectors = load(FILE);
    let cases = vectors["cases"].as_array().unwrap();
    for (case, ordered) in cases.iter().zip(ordered.at("cases").items()) {
        let result = envelope_case(case, ordered);
        let mut marks = Vec::new();
        if case["expect"]["error"][0]["loc"][0] == "data" {
            marks.push("data");
        }
        if case["attributes"].get("specversion").is_some() {
            marks.push("specversion");
        }
        let refused = result.as_ref().is_err_and(|why| why.starts_with("refused"));
        let missing_type = case["attributes"].get("type").is_none();
        if refused || missing_type {
            marks.push("attributes");
        }
        suite.marked(case["name"].as_str().unwrap(), &marks, || result.clone());
    }
    suite.finish();
}

fn envelope_case(case: &Value, ordered: &Json) -> Result<(), String> {
    let attributes = case["attributes"].as_object().unwrap();
    let mut formatter = json!({"format": "cloudevents"});
    for name in [
        "id",
        "source",
        "type",
        "datacontenttype",
        "dataschema",
        "subject",
        "extensions",
        "scope",
    ] {
        if let Some(value) = attributes.get(name) {
            formatter[name] = value.clone();
        }
    }
    let data = ordered.at("attributes").get("data");
    let event = data.map_or_else(|| "null".to_owned(), json_text);
    // Times without offset are printed so by the reference; here every event has its instant.
    let instant = |text: &str| {
        let stamp = iso::strict(text).unwrap();
        Moment {
            wall_us: stamp.wall_us - stamp.offset_us.unwrap_or(0),
            offset_s: 0,
        }
    };
    let time = attributes.get("time").and_then(Value::as_str);
    let made = formatted(&formatter, &event, time.map(instant));
    if case["expect"].get("error").is_some() {
        return match made {
            Err(_) => Ok(()),
            Ok(line) => Err(format!("accepted: {line}")),
        };
    }
    let line = made.map_err(|ended| format!("refused: {ended:?}"))?;
    let text = case["expect"]["to_json"].as_str().unwrap();
    let expected = flattened(text, time, &|text| rfc3339(instant(text)));
    same("envelope", &line, &expected)?;
    let keys: Json = serde_json::from_str(&line).unwrap();
    let mut ours: Vec<&str> = keys.entries().iter().map(|(key, _)| key.as_str()).collect();
    let theirs = case["expect"]["to_dict_keys"].as_array().unwrap().iter();
    let mut theirs: Vec<&str> = theirs.map(|key| key.as_str().unwrap()).collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    same("keys", &ours, &theirs)
}

/// The reference's text with its extensions at the top, where CloudEvents wants them, and its time in
/// UTC.
fn flattened(text: &str, time: Option<&str>, utc: &dyn Fn(&str) -> String) -> String {
    const KEY: &str = ",\"extensions\":{";
    let (before, behind) = text.split_once(KEY).unwrap();
    let value = format!("{{{behind}");
    let mut reader = serde_json::Deserializer::from_str(&value).into_iter::<Value>();
    reader.next().unwrap().unwrap();
    let (inner, rest) = value.split_at(reader.byte_offset());
    let inner = &inner[1..inner.len() - 1];
    let comma = if inner.is_empty() { "" } else { "," };
    let flat = format!("{before}{comma}{inner}{rest}");
    let own: Value = serde_json::from_str(text).unwrap();
    match (time, own["time"].as_str()) {
        (Some(time), Some(printed)) => flat.replacen(
            &format!("\"time\":\"{printed}\""),
            &format!("\"time\":\"{}\"", utc(time)),
            1,
        ),
        _ => flat,
    }
}

fn rfc3339(at: Moment) -> String {
    at.to_string().replace("+00:00", "Z")
}

/// Compact JSON with keys in their order.
fn json_text(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Int(number) => number.to_string(),
        Json::Big(digits) => digits.clone(),
        Json::Float(number) => format!("{number:?}"),
        Json::Text(text) => serde_json::to_string(text).unwrap(),
        Json::List(items) => {
            let items: Vec<String> = items.iter().map(json_text).collect();
            format!("[{}]", items.join(","))
        }
        Json::Map(entries) => {
            let entry = |(key, value): &(String, Json)| {
                format!(
                    "{}:{}",
                    serde_json::to_string(key).unwrap(),
                    json_text(value)
                )
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

#[test]
fn influx() {
    const FILE: &str = "outputs/influx_line_protocol.json";
    let mut suite = Suite::new(FILE);
    let mut elsewhere = 0;
    for case in load(FILE)["cases"].as_array().unwrap() {
        if case["kind"] != "influx-line" {
            elsewhere += 1;
            continue;
        }
        let fields = case["fields"].as_array().unwrap();
        let marks: &[&str] = match fields.iter().any(|field| field[0] == "time") {
            true => &["time"],
            false => &[],
        };
        suite.marked(case["name"].as_str().unwrap(), marks, || line_case(case));
    }
    say(&format!(
        "{FILE}: {elsewhere} cases of what a server answers"
    ));
    suite.finish();
}

fn line_case(case: &Value) -> Result<(), String> {
    let mut event = serde_json::Map::new();
    let pairs = |list: &str| case[list].as_array().unwrap().clone();
    let mut tags = Vec::new();
    for (at, tag) in pairs("tags").into_iter().enumerate() {
        let member = format!("t{at}");
        tags.push(json!({"field": member, "tag_name": tag[0]}));
        event.insert(member, tag[1].clone());
    }
    let mut fields = Vec::new();
    for (at, field) in pairs("fields").into_iter().enumerate() {
        let member = format!("f{at}");
        fields.push(json!({"field": member, "field_name": field[0], "field_type": field[1]}));
        event.insert(member, field[2].clone());
    }
    event.insert("at".to_owned(), case["timestamp_ns"].clone());
    let mut formatter = json!({
        "format": "influx",
        "measurement": case["measurement"],
        "tags": tags,
        "timestamp_field": "at",
    });
    // An empty list is refused; what is left of the event then has no field either.
    if !fields.is_empty() {
        formatter["fields"] = fields.into();
    }
    let made = formatted(&formatter, &Value::Object(event).to_string(), None);
    let spec = &case["line_protocol_spec"];
    let line = spec["line"].as_str().unwrap().to_owned();
    if spec["status"] == 204 {
        let made = made.map_err(|ended| format!("refused: {ended:?}"))?;
        return same("line", &made, &line);
    }
    // What the server refuses must not be sent like that.
    match made {
        Ok(made) if made == line => Err(format!("sent as it is: {made}")),
        _ => Ok(()),
    }
}

/// What is written in place of lines that the server refuses.
#[test]
fn lines_that_would_be_refused_are_made_good_or_fail() {
    let line = |name: &str| {
        let vectors = load("outputs/influx_line_protocol.json");
        let cases = vectors["cases"].as_array().unwrap().clone();
        let case = cases.into_iter().find(|case| case["name"] == name).unwrap();
        let tag = case["tags"].get(0).cloned().unwrap_or(json!(["k", null]));
        let field = case["fields"][0].clone();
        let formatter = json!({
            "format": "influx",
            "measurement": "m",
            "tags": [{"field": "t", "tag_name": tag[0]}],
            "fields": [{"field": "f", "field_name": field[0], "field_type": field[1]}],
        });
        let event = json!({"t": tag[1], "f": field[2]}).to_string();
        formatted(&formatter, &event, None)
    };
    assert_eq!(
        line("influx-trailing-backslash-in-tag").unwrap(),
        "m,k=end v=1"
    );
    assert_eq!(line("influx-newline-in-tag").unwrap(), "m,k=a\\ b v=1");
    for (name, expected) in [
        ("influx-float-nan", "the event has no field to write"),
        (
            "influx-int64-overflow",
            "field `a` is an integer beyond 64 bits: 9223372036854775808",
        ),
    ] {
        match line(name) {
            Err(Ended::Event(why)) => assert_eq!(why, expected),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// The output says what the formatter makes, unless it is told what to say.
#[test]
fn http_names_the_type_of_envelopes() {
    for (format, headers, expected) in [
        (
            "cloudevents",
            json!({}),
            vec!["application/cloudevents+json"],
        ),
        (
            "cloudevents-batch",
            json!({}),
            vec!["application/cloudevents-batch+json"],
        ),
        ("cloudevents", json!({"content-type": "x/y"}), vec!["x/y"]),
    ] {
        let server = Recorder::start(|_, _| Reply::status(201));
        let config = json!({
            "url": format!("http://{}/", server.host()),
            "headers": headers,
            "formatter": {"format": format, "source": "/s"},
        });
        let config = decode("http", &config, Path::new("/")).unwrap();
        let timeout = std::time::Duration::from_secs(10);
        let mut driven = Driven::new(config, Path::new("/"), timeout).unwrap();
        driven.open().unwrap();
        assert_eq!(driven.write(&json!(["{}"])), Ok(1));
        driven.close();
        assert_eq!(server.requests()[0].header("content-type"), expected);
    }
}
