//! What a request asks for, with the answers that clients of the reference know.

use serde_json::{Map, Value, json};

/// Why a body asks for nothing.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// It is no text.
    Unreadable,
    /// Each fault, as the answer lists them.
    Invalid(Vec<Value>),
}

/// The number of timestamps a body asks for, at least 1.
pub(super) fn count(content_type: Option<&str>, body: &[u8]) -> Result<u64, Refusal> {
    let invalid = |fault| Refusal::Invalid(vec![fault]);
    if body.is_empty() {
        return Err(invalid(missing(json!(["body"]), Value::Null)));
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Refusal::Unreadable);
    };
    let value = if content_type.is_some_and(is_json) {
        serde_json::from_str(text).map_err(|error| invalid(broken(text, &error)))?
    } else {
        Value::String(text.to_owned())
    };
    match value {
        Value::Null => Err(invalid(missing(json!(["body"]), Value::Null))),
        Value::Object(fields) => object(fields).map_err(Refusal::Invalid),
        other => Err(invalid(fault(
            "model_attributes_type",
            json!(["body"]),
            "Input should be a valid dictionary or object to extract fields from",
            other,
        ))),
    }
}

fn object(fields: Map<String, Value>) -> Result<u64, Vec<Value>> {
    let place = json!(["body", "count"]);
    let count = match fields.get("count") {
        None => Err(missing(place, Value::Object(fields.clone()))),
        Some(value) => number(value, place),
    };
    let mut faults: Vec<Value> = count.as_ref().err().cloned().into_iter().collect();
    for (name, value) in fields.into_iter().filter(|(name, _)| name != "count") {
        let place = json!(["body", name]);
        faults.push(fault(
            "extra_forbidden",
            place,
            "Extra inputs are not permitted",
            value,
        ));
    }
    count
        .map_err(|_| ())
        .and_then(|count| {
            if faults.is_empty() {
                Ok(count)
            } else {
                Err(())
            }
        })
        .map_err(|()| faults)
}

/// A whole number of at least 1, in any of the spellings that count as one.
fn number(value: &Value, place: Value) -> Result<u64, Value> {
    let wrong = |kind, message| Err(fault(kind, place.clone(), message, value.clone()));
    let number = match value {
        Value::Bool(one) => i128::from(*one),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => i128::from(whole),
            (_, Some(whole), _) => i128::from(whole),
            (.., Some(float)) if float.fract() == 0.0 => saturated(float),
            _ => {
                return wrong(
                    "int_from_float",
                    "Input should be a valid integer, got a number with a fractional part",
                );
            }
        },
        Value::String(text) => match digits(text) {
            Some(number) => number,
            None => {
                return wrong(
                    "int_parsing",
                    "Input should be a valid integer, unable to parse string as an integer",
                );
            }
        },
        _ => return wrong("int_type", "Input should be a valid integer"),
    };
    if number >= 1 {
        return Ok(u64::try_from(number).unwrap_or(u64::MAX));
    }
    let mut low = fault(
        "greater_than_equal",
        place,
        "Input should be greater than or equal to 1",
        value.clone(),
    );
    if let Some(low) = low.as_object_mut() {
        low.insert("ctx".to_owned(), json!({"ge": 1}));
    }
    Err(low)
}

#[expect(clippy::cast_possible_truncation, reason = "a float saturates")]
fn saturated(value: f64) -> i128 {
    value as i128
}

/// `12`, `+12`, `1_000`, `12.0`, with space around it.
fn digits(text: &str) -> Option<i128> {
    let text = text.trim();
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            whole
        }
        Some(_) => return None,
        None => text,
    };
    let sound = !whole.contains("__")
        && whole.ends_with(|one: char| one.is_ascii_digit())
        && whole
            .trim_start_matches(['+', '-'])
            .starts_with(|one: char| one.is_ascii_digit());
    if !sound {
        return None;
    }
    let plain: String = whole.chars().filter(|&one| one != '_').collect();
    plain.parse().ok()
}

/// `application/json` or `application/*+json`, whatever the parameters.
fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind.strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

fn fault(kind: &str, place: Value, message: &str, input: Value) -> Value {
    json!({"type": kind, "loc": place, "msg": message, "input": input})
}

fn missing(place: Value, input: Value) -> Value {
    fault("missing", place, "Field required", input)
}

/// JSON that cannot be read: the place in characters, and the reason in the words clients know.
fn broken(text: &str, error: &serde_json::Error) -> Value {
    let message = error.to_string();
    let before: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(|line| line.chars().count())
        .sum();
    let column = error.column().saturating_sub(usize::from(!error.is_eof()));
    let reason = if message.contains("key must be a string") {
        "Expecting property name enclosed in double quotes"
    } else if message.contains("`:`") {
        "Expecting ':' delimiter"
    } else if message.contains("`,`") || message.contains("parsing an object") {
        "Expecting ',' delimiter"
    } else if message.contains("trailing characters") {
        "Extra data"
    } else if message.contains("string") {
        "Unterminated string starting at"
    } else {
        "Expecting value"
    };
    json!({
        "type": "json_invalid",
        "loc": ["body", before + column],
        "msg": "JSON decode error",
        "input": {},
        "ctx": {"error": reason},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json");

    fn kinds(body: &str) -> Vec<String> {
        match count(JSON, body.as_bytes()) {
            Err(Refusal::Invalid(faults)) => faults
                .iter()
                .map(|one| format!("{}@{}", one["type"], one["loc"]).replace('"', ""))
                .collect(),
            other => vec![format!("{other:?}")],
        }
    }

    #[test]
    fn spellings_of_a_number() {
        for (body, expected) in [
            ("{\"count\": 7}", 7),
            ("{\"count\": true}", 1),
            ("{\"count\": 3.0}", 3),
            ("{\"count\": \" +1_000 \"}", 1_000),
            ("{\"count\": \"5.00\"}", 5),
            ("{\"count\": 1e300}", u64::MAX),
        ] {
            assert_eq!(count(JSON, body.as_bytes()), Ok(expected), "{body}");
        }
        for kind in ["application/json; charset=utf-8", "Application/vnd.x+JSON"] {
            assert_eq!(count(Some(kind), b"{\"count\": 1}"), Ok(1), "{kind}");
        }
    }

    #[test]
    fn every_fault_is_listed_with_its_place() {
        assert_eq!(
            kinds("{\"count\": 0, \"x\": 1}"),
            [
                "greater_than_equal@[body,count]",
                "extra_forbidden@[body,x]"
            ]
        );
        assert_eq!(kinds("{}"), ["missing@[body,count]"]);
        assert_eq!(kinds("{\"count\": [1]}"), ["int_type@[body,count]"]);
        assert_eq!(kinds("{\"count\": \"1.5\"}"), ["int_parsing@[body,count]"]);
        assert_eq!(kinds("null"), ["missing@[body]"]);
        assert_eq!(kinds("{\"count\":\n x}"), ["json_invalid@[body,11]"]);
        assert_eq!(count(JSON, b"\xff"), Err(Refusal::Unreadable));
    }
}
