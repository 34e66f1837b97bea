//! `http` against the golden vectors, over real connections.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use evtui::input::{Input, InputEnv, Outside};
use evtui::time::{FakeClock, Moment};
use serde_json::{Value, json};

use super::decisions::same;
use super::inputs::{Desk, refused, suite};

/// A started input and where it listens.
struct Door {
    input: Box<dyn Input>,
    port: u16,
}

/// What a server answered.
#[derive(Debug)]
struct Answer {
    status: u64,
    head: String,
    body: Value,
}

fn start(port: u16, more: &str) -> Result<Door, String> {
    let case = json!({
        "yaml": format!("http: {{host: 127.0.0.1, port: {port}{more}}}"),
        "timezone": "UTC",
        "now": "2024-01-15T12:00:00+00:00",
    });
    let mut desk = Desk::new(&case);
    let node = desk.node(&case);
    let config = desk.decode(&node).expect("sound options");
    let outside = Outside::new(Arc::new(FakeClock::at(1_705_320_000_000_000)), || {});
    let env = InputEnv {
        outside: Some(&outside),
        ..desk.env(&case)
    };
    let input = config.start(&env).map_err(|error| error.to_string())?;
    Ok(Door { input, port })
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Door {
    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    fn ask(&self, request: &Value) -> Answer {
        let mut stream = self.connect();
        let body = request["body"].as_str().unwrap_or_default();
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            request["method"].as_str().unwrap(),
            request["path"].as_str().unwrap(),
            body.len()
        );
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            text += &format!("{name}: {}\r\n", value.as_str().unwrap());
        }
        stream
            .write_all(format!("{text}\r\n{body}").as_bytes())
            .unwrap();
        answer(stream)
    }

    fn generate(&self, count: u64) -> Answer {
        self.ask(&generate(&format!("{{\"count\": {count}}}")))
    }

    fn fill(&mut self, max: usize) -> Vec<Moment> {
        let mut out = Vec::new();
        self.input.fill(max, &mut out).unwrap();
        out
    }

    /// Sizes of what is given out, up to `max` at a time.
    fn sizes(&mut self, max: usize) -> Vec<usize> {
        std::iter::from_fn(|| Some(self.fill(max).len()).filter(|&size| size > 0)).collect()
    }
}

fn generate(body: &str) -> Value {
    json!({
        "method": "POST",
        "path": "/generate",
        "headers": {"Content-Type": "application/json"},
        "body": body,
    })
}

fn answer(mut stream: TcpStream) -> Answer {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_lowercase(),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    }
}

#[test]
fn http() {
    suite("http", |case| {
        if case.get("yaml").is_some() {
            return options(case);
        }
        if case.get("request").is_some() {
            return request(case);
        }
        match case["name"].as_str() {
            Some("queue_limit") => queue_limit(case),
            Some("stopping") => stopping(case),
            Some("port_in_use") => port_in_use(),
            _ => Err("these steps are not known".to_owned()),
        }
    });
}

fn options(case: &Value) -> Result<(), String> {
    let mut desk = Desk::new(case);
    let node = desk.node(case);
    let config = desk.decode(&node);
    match (config, case["expected"].get("error")) {
        (None, Some(_)) => refused(&desk.diagnostics, &case["expected"]),
        (Some(config), None) => {
            let tags: Vec<&str> = config.tags().iter().map(AsRef::as_ref).collect();
            same("tags", &json!(tags), &case["expected"]["config"]["tags"])
        }
        (config, _) => Err(format!(
            "accepted: {}, {:?}",
            config.is_some(),
            desk.diagnostics
        )),
    }
}

fn request(case: &Value) -> Result<(), String> {
    let mut door = start(free_port(), "")?;
    let expected = &case["expected"];
    let answer = door.ask(&case["request"]);
    same(
        "status",
        &answer.status,
        &expected["status"].as_u64().unwrap(),
    )?;
    same("body", &answer.body, &expected["body"])?;
    if let Some(allow) = expected["allow"].as_str() {
        let line = format!("allow: {}", allow.to_lowercase());
        same("allow", &answer.head.contains(&line), &true)?;
    }
    if expected["generation_finished"] == true {
        same("open", &door.input.is_open(), &false)?;
    }
    let sizes = match expected.get("chunk_sizes_with_size_100") {
        Some(wanted) => {
            let sizes = door.sizes(100);
            same("sizes", &json!(sizes), wanted)?;
            sizes
        }
        None => door.sizes(10_000),
    };
    let added = sizes.iter().sum::<usize>() as u64;
    same(
        "added",
        &added,
        &expected["timestamps_added"].as_u64().unwrap(),
    )
}

fn queue_limit(case: &Value) -> Result<(), String> {
    let more = format!(", {}", case["config"].as_str().unwrap());
    let mut door = start(free_port(), &more)?;
    let expected = &case["expected"];
    let mut statuses = vec![door.generate(1).status];
    let first = door.fill(100).len();
    let mut answers: Vec<Answer> = (10..14).map(|count| door.generate(count)).collect();
    statuses.extend(answers.iter().map(|one| one.status));
    same("statuses", &json!(statuses), &expected["statuses"])?;
    let last = answers.pop().unwrap();
    same("answer", &last.body, &expected["body_429"])?;
    let invalid = door.ask(&generate("{}")).status;
    same("invalid", &json!(invalid), &expected["invalid_while_full"])?;
    let mut produced = vec![first];
    produced.extend(door.sizes(100));
    same("produced", &json!(produced), &expected["produced"])
}

fn stopping(case: &Value) -> Result<(), String> {
    let mut door = start(free_port(), "")?;
    let mut stream = door.connect();
    let head = "POST /generate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n\
                Content-Type: application/json\r\nContent-Length: 12\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body, so it has begun with the request.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    door.input.close();
    stream.write_all(b"{\"count\": 1}").unwrap();
    let answer = answer(stream);
    let expected = &case["expected"];
    same("status", &json!(answer.status), &expected["status"])?;
    same("body", &answer.body, &expected["body"])?;
    same("given", &door.sizes(100), &Vec::new())
}

fn port_in_use() -> Result<(), String> {
    let door = start(free_port(), "")?;
    match start(door.port, "") {
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}
