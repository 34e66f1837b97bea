//! Faults under a whole run: what is tried again, what is lost, and that it is all counted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::BATCH;
use super::engine::{Run, all_arrived, lines};
use super::recorder::{Recorded, Recorder, Reply, refused_port};

/// The size of batches, as an option.
const BATCHES: &str = "batch: {max_events: 500}";

/// Options that try again quickly, for as long as it takes.
const BLOCK: &str = "on_failure: block, retry: {initial: 1ms, max: 20ms}, circuit: {probe: 20ms}";

fn http(server: &Recorder, more: &str) -> String {
    format!(
        "http: {{url: 'http://{}/e', {BATCHES}, {more}}}",
        server.host()
    )
}

/// The numbers of the events in the requests, as JSON texts.
fn events(requests: &[Recorded]) -> Vec<String> {
    let bodies = requests.iter().map(Recorded::text);
    let split = |body: String| -> Vec<String> {
        body.trim_matches(['[', ']'])
            .split(", ")
            .map(str::to_owned)
            .collect()
    };
    bodies.flat_map(split).collect()
}

/// Keeps the requests that it accepts.
#[derive(Clone, Default)]
struct Accepted(Arc<Mutex<Vec<Recorded>>>);

impl Accepted {
    fn take(&self, request: &Recorded) -> Reply {
        self.0.lock().unwrap().push(request.clone());
        Reply::status(201)
    }

    fn events(&self) -> Vec<String> {
        events(&self.0.lock().unwrap())
    }

    fn all(&self, count: usize) {
        all_arrived(self.events().iter().map(String::as_str), count);
    }
}

#[test]
fn a_server_that_is_not_there_loses_what_may_be_lost() {
    let port = refused_port();
    let run = Run::start(
        &format!(
            "http: {{url: 'http://127.0.0.1:{port}/', {BATCHES}, retry: {{attempts: 2, initial: 1ms}}}}"
        ),
        &lines(2 * BATCH),
    );
    let (_, stats) = run.ended();
    let output = &stats.outputs[0];
    assert_eq!((output.written, output.write_failed), (0, 2 * BATCH as u64));
    assert_eq!(output.retries, 4);
    let error = &stats.errors[0];
    assert!(
        error.message.contains("refused the connection"),
        "{error:?}"
    );
}

#[test]
fn the_time_that_the_server_asks_for_is_waited() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let noted = times.clone();
    let server = Recorder::start(move |nth, _| {
        noted.lock().unwrap().push(Instant::now());
        match nth {
            0 => Reply::header(429, "Retry-After", "1"),
            _ => Reply::status(201),
        }
    });
    let run = Run::start(&http(&server, BLOCK), &lines(BATCH));
    assert_eq!(run.finished().outputs[0].written, BATCH as u64);
    let times = times.lock().unwrap();
    assert_eq!(times.len(), 2);
    assert!(times[1] - times[0] >= Duration::from_secs(1), "{times:?}");
}

#[test]
fn an_overloaded_server_gets_every_event_in_the_end() {
    let accepted = Accepted::default();
    let taking = accepted.clone();
    let server = Recorder::start(move |nth, request| match nth % 5 {
        0 => Reply::status(503),
        1 => Reply::Close,
        2 => Reply::status(500),
        _ => taking.take(request),
    });
    let count = 10 * BATCH;
    let stats = Run::start(&http(&server, BLOCK), &lines(count)).finished();
    assert_eq!(stats.outputs[0].written, count as u64);
    assert_eq!(stats.outputs[0].write_failed, 0);
    assert!(stats.outputs[0].retries > 0);
    accepted.all(count);
}

#[test]
fn only_the_events_that_failed_are_tried_again() {
    let server = {
        let first = Mutex::new(std::collections::HashSet::new());
        Recorder::start(move |_, request| {
            let text = request.text();
            if text.contains('7') {
                return Reply::body(422, "no sevens");
            }
            let new = first.lock().unwrap().insert(text.clone());
            if new && text.contains('3') {
                return Reply::status(503);
            }
            Reply::status(201)
        })
    };
    let options = format!("formatter: {{format: plain}}, {BLOCK}");
    let stats = Run::start(&http(&server, &options), &lines(BATCH)).finished();
    let has = |digit| (0..BATCH).filter(|n| n.to_string().contains(digit)).count() as u64;
    assert_eq!(stats.outputs[0].write_failed, has('7'));
    assert_eq!(stats.outputs[0].written, BATCH as u64 - has('7'));
    let twice = (0..BATCH).map(|n| n.to_string());
    let twice = twice
        .filter(|text| text.contains('3') && !text.contains('7'))
        .count();
    assert_eq!(server.requests().len(), BATCH + twice);
    let error = &stats.errors[0].message;
    assert!(
        error.contains("422") && error.contains("no sevens"),
        "{error}"
    );
}

#[test]
fn a_server_that_never_answers_is_left_at_the_write_timeout() {
    let server = Recorder::start(|_, _| Reply::Silence);
    let run = Run::start(&http(&server, "write_timeout: 200ms"), &lines(2 * BATCH));
    let (_, stats) = run.ended();
    assert_eq!(stats.outputs[0].write_failed, 2 * BATCH as u64);
    let error = &stats.errors[0];
    assert!(error.message.contains("200ms"), "{error:?}");
}

/// A server that is restarted under load: it dies after some requests, in the middle of one, and is
/// started again once the run has noticed.
fn restarted(options: &str, count: usize) -> (evtui::pipeline::Stats, Accepted) {
    let accepted = Accepted::default();
    let taking = accepted.clone();
    let mut server = Recorder::start(move |nth, request| match nth {
        0..5 => taking.take(request),
        _ => Reply::Close,
    });
    let port = server.port();
    let run = Run::start(&http(&server, options), &lines(count));
    server.wait_for(6);
    server.stop();
    run.until("the outage is seen", |stats| {
        stats.outputs[0].outage.is_some() || stats.outputs[0].write_failed > 0
    });
    let taking = accepted.clone();
    let script = move |_: usize, request: &Recorded| taking.take(request);
    let _server = Recorder::with(
        port,
        Arc::new(script),
        Arc::new(|wire| Some(Box::new(wire))),
    );
    let (_, stats) = run.ended();
    (stats, accepted)
}

#[test]
fn a_restart_loses_nothing_when_the_run_waits() {
    let count = 30 * BATCH;
    let (stats, accepted) = restarted(BLOCK, count);
    assert_eq!(stats.outputs[0].written, count as u64);
    assert_eq!(stats.outputs[0].write_failed, 0);
    accepted.all(count);
}

#[test]
fn a_restart_loses_what_is_counted_as_lost_when_the_run_does_not_wait() {
    // Long enough pauses that the server is back before the last event.
    let options = "retry: {attempts: 1, initial: 300ms, jitter: false}, circuit: {failures: 1000}";
    let count = 30 * BATCH;
    let (stats, accepted) = restarted(options, count);
    let output = &stats.outputs[0];
    assert!(output.written > 0, "{output:?}");
    assert_eq!(output.written + output.write_failed, count as u64);
    // What counts as written did arrive.
    assert_eq!(accepted.events().len() as u64, output.written);
}

#[test]
fn batches_in_flight_together_all_arrive() {
    let accepted = Accepted::default();
    let taking = accepted.clone();
    let most = Arc::new(AtomicUsize::new(0));
    let seen = most.clone();
    let now = AtomicUsize::new(0);
    let server = Recorder::start(move |nth, request| {
        let together = now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(together, Ordering::SeqCst);
        if nth < 20 {
            std::thread::sleep(Duration::from_millis(10));
        }
        now.fetch_sub(1, Ordering::SeqCst);
        taking.take(request)
    });
    let count = 40 * BATCH;
    let stats = Run::start(&http(&server, "concurrency: 4"), &lines(count)).finished();
    assert_eq!(stats.outputs[0].written, count as u64);
    accepted.all(count);
    let most = most.load(Ordering::SeqCst);
    assert!((2..=4).contains(&most), "{most}");
    assert!(server.connections() <= 4, "{}", server.connections());
}
