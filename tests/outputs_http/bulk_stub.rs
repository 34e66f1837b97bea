//! `bulk_stub`: enforces the documented rules of bulk interfaces on what is sent to it. It is no
//! OpenSearch: mappings, real limits and its security are not here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::recorder::{Recorded, Recorder, Reply};

/// Largest body it takes.
pub const LARGEST: usize = 200_000;
/// The only user it knows, as `Authorization` says it: admin with the password pass.
const LOGIN: &str = "Basic YWRtaW46cGFzcw==";

/// What was indexed, by index.
#[derive(Clone, Default)]
pub struct Indices(Arc<Mutex<BTreeMap<String, Vec<Value>>>>);

/// The status with which a document is put off or refused; asked before it is indexed.
pub type Verdict = Arc<dyn Fn(&Value) -> Option<u16> + Send + Sync>;

impl Indices {
    /// How many documents each index has.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let indices = self.0.lock().unwrap();
        let count = |(name, documents): (&String, &Vec<Value>)| (name.clone(), documents.len());
        indices.iter().map(count).collect()
    }

    /// All documents as texts.
    pub fn documents(&self) -> Vec<String> {
        let indices = self.0.lock().unwrap();
        indices.values().flatten().map(Value::to_string).collect()
    }

    fn add(&self, index: &str, document: Value) {
        let mut indices = self.0.lock().unwrap();
        indices.entry(index.to_owned()).or_default().push(document);
    }
}

/// Starts one; `verdict` makes documents fail.
pub fn start(verdict: Verdict) -> (Recorder, Indices) {
    let indices = Indices::default();
    let kept = indices.clone();
    let server = Recorder::start(move |_, request| {
        reply(request, &kept, &verdict).unwrap_or_else(|(status, reason)| {
            Reply::body(status, &json!({"error": reason}).to_string())
        })
    });
    (server, indices)
}

type Refusal = (u16, String);

fn reply(request: &Recorded, indices: &Indices, verdict: &Verdict) -> Result<Reply, Refusal> {
    if request.header("authorization") != [LOGIN] {
        return Err((401, "who are you".to_owned()));
    }
    if request.method != "POST" {
        return Err((405, "only POST".to_owned()));
    }
    if !matches!(
        request.header("content-type")[..],
        ["application/json" | "application/x-ndjson"]
    ) {
        return Err((406, "Content-Type is not supported".to_owned()));
    }
    if request.body.len() > LARGEST {
        return Err((413, "too large".to_owned()));
    }
    let bad = |reason: &str| (400, reason.to_owned());
    if request.target == "/_bulk" {
        return bulk(&request.text(), indices, verdict);
    }
    let index = request
        .target
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix("/_doc"));
    let index = index.filter(|index| !index.contains('/'));
    let index = index.ok_or_else(|| bad("no such interface"))?;
    let document = object(&request.text()).ok_or_else(|| bad("no JSON object"))?;
    match verdict(&document) {
        Some(status) => Err((status, "rejected".to_owned())),
        None => {
            indices.add(index, document);
            Ok(Reply::body(201, "{\"result\":\"created\"}"))
        }
    }
}

fn object(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    value.is_object().then_some(value)
}

fn bulk(body: &str, indices: &Indices, verdict: &Verdict) -> Result<Reply, Refusal> {
    let bad = |reason: &str| (400, reason.to_owned());
    let body = body.strip_suffix('\n');
    let body = body.ok_or_else(|| bad("the bulk request must be terminated by a newline"))?;
    let mut lines = body.split('\n');
    let mut items = Vec::new();
    let mut errors = false;
    while let Some(action) = lines.next() {
        let action = object(action).ok_or_else(|| bad("malformed action/metadata line"))?;
        let index = action["index"]["_index"].as_str().map(str::to_owned);
        let index = index.filter(|_| action.as_object().unwrap().len() == 1);
        let index = index.ok_or_else(|| bad("unknown action"))?;
        let document = lines
            .next()
            .ok_or_else(|| bad("an action without a document"))?;
        let (status, error) = match object(document) {
            None => (
                400,
                json!({"type": "mapper_parsing_exception", "reason": "no object"}),
            ),
            Some(document) => match verdict(&document) {
                Some(status) => (
                    status,
                    json!({"type": "rejected", "reason": "as the test says"}),
                ),
                None => {
                    indices.add(&index, document);
                    (201, Value::Null)
                }
            },
        };
        let mut item = json!({"_index": index, "status": status});
        if !error.is_null() {
            errors = true;
            item["error"] = error;
        }
        items.push(json!({"index": item}));
    }
    let answer = json!({"took": 1, "errors": errors, "items": items});
    Ok(Reply::body(200, &answer.to_string()))
}
