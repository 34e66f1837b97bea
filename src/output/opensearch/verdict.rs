//! Reading the answer to a bulk request: which documents were not taken, and why.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::output::OutputError;
use crate::output::web;

/// What says whether there is more to read.
#[derive(Deserialize)]
struct Head {
    errors: Option<Value>,
    items: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Whole {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    index: Option<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    status: Option<u16>,
    error: Option<Value>,
}

/// The documents that were not taken, by number, with the reasons. Those that failed only because
/// the server is overloaded can be tried again.
///
/// # Errors
/// Why it is no answer to a bulk request of that many documents.
pub(super) fn read(answer: &[u8], documents: usize) -> Result<Vec<(usize, OutputError)>, String> {
    let head: Head = object(answer)?;
    let (Some(errors), Some(_)) = (head.errors, head.items) else {
        return Err("it has no `errors` and `items`".to_owned());
    };
    if !truth(&errors) {
        return Ok(Vec::new());
    }
    let whole: Whole = object(answer)?;
    let count = whole.items.len();
    if count != documents {
        return Err(format!(
            "it tells of {count} documents, {documents} were sent"
        ));
    }
    let mut refused = Vec::new();
    for (number, item) in whole.items.into_iter().enumerate() {
        let outcome = item.index.ok_or("an item has no `index`")?;
        if let Some(error) = outcome.error.filter(|error| !error.is_null()) {
            refused.push((number, failure(outcome.status, &error)));
        }
    }
    Ok(refused)
}

fn object<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, String> {
    if answer.trim_ascii_start().first() != Some(&b'{') {
        return Err("it is no JSON object".to_owned());
    }
    serde_json::from_slice(answer).map_err(|error| format!("it cannot be read: {error}"))
}

/// As the reference's language sees it.
fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn failure(status: Option<u16>, error: &Value) -> OutputError {
    let part = |name| error.get(name).and_then(Value::as_str);
    let reason = match (part("type"), part("reason")) {
        (Some(kind), Some(reason)) => format!("{kind} - {reason}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => match error.as_str() {
            Some(text) => text.to_owned(),
            None => error.to_string(),
        },
    };
    let reason: String = reason.chars().take(500).collect();
    match status.filter(|status| web::is_passing(*status)) {
        Some(status) => OutputError::outage(format!(
            "a document was put off ({}): {reason}",
            web::named(status)
        )),
        None => OutputError::failed(format!("a document was refused: {reason}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::output::OutputErrorKind;

    #[test]
    fn each_document_has_its_own_verdict() {
        let answer = br#"{"errors": true, "items": [
            {"index": {"status": 201}},
            {"index": {"status": 429, "error": {"type": "busy", "reason": "queue full"}}},
            {"index": {"status": 400, "error": {"type": "mapper", "reason": "no date"}}},
            {"index": {"error": "boom"}}]}"#;
        let refused = read(answer, 4).unwrap();
        let seen: Vec<_> = refused
            .iter()
            .map(|(number, error)| (*number, error.kind))
            .collect();
        let (outage, failed) = (OutputErrorKind::Outage, OutputErrorKind::Failed);
        assert_eq!(seen, [(1, outage), (2, failed), (3, failed)]);
        assert!(refused[0].1.message.contains("busy - queue full"));
        assert!(refused[2].1.message.ends_with("boom"));
    }

    #[test]
    fn what_is_no_bulk_answer_is_said() {
        for (answer, reason) in [
            ("<html>", "no JSON object"),
            ("[]", "no JSON object"),
            ("{", "cannot be read"),
            (r#"{"took": 1}"#, "no `errors` and `items`"),
            (
                r#"{"errors": true, "items": [{"index": {}}]}"#,
                "tells of 1 documents, 2",
            ),
            (
                r#"{"errors": true, "items": [{"create": {}}, {"index": {}}]}"#,
                "no `index`",
            ),
        ] {
            let error = read(answer.as_bytes(), 2).unwrap_err();
            assert!(error.contains(reason), "{answer}: {error}");
        }
        assert_eq!(
            read(br#"{"errors": false, "items": []}"#, 2),
            Ok(Vec::new())
        );
    }
}
