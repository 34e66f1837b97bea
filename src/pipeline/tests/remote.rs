//! Deliveries to targets that are servers: order, concurrency, limits, and accounts that balance
//! whatever happens.

use std::sync::atomic::AtomicBool;

use futures::FutureExt;
use futures::future::BoxFuture;
use proptest::prelude::*;
use tokio::sync::Notify;

use super::*;
use crate::output::{OnFailure, RemoteOutput};

/// What the server does with attempt number n (from 0).
#[derive(Clone, Copy, Debug)]
enum Answer {
    Take,
    /// Takes the first half, and is too busy for the rest.
    Half,
    /// Finds every third item malformed, and is too busy for the second.
    Mixed,
    Down,
    Refuse,
    Hang,
    Panic,
}

/// A server made up for the test.
#[derive(Debug, Default)]
struct Server {
    answers: Vec<Answer>,
    /// Nobody is there when the run starts.
    absent: bool,
    attempts: AtomicUsize,
    text: Mutex<String>,
    /// Attempts under way now, and the most there were.
    flying: AtomicUsize,
    most: AtomicUsize,
    /// Attempts wait until as many are under way.
    gather: usize,
    gathered: Notify,
    closed: AtomicBool,
}

#[derive(Clone, Debug)]
struct Client(Arc<Server>);

#[derive(Debug)]
struct Config {
    delivery: DeliveryConfig,
    format: FormatConfig,
    server: Arc<Server>,
}

impl OutputConfig for Config {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &str {
        "\n"
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, _env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(Output::Remote(Arc::new(Client(self.server.clone()))))
    }
}

impl Server {
    async fn answer(&self, items: &Items<'_>) -> Receipt {
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers.get(attempt).copied().unwrap_or(Answer::Take);
        let flying = self.flying.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(flying, Ordering::SeqCst);
        if self.gather > 0 {
            let all = self.gathered.notified();
            if flying < self.gather {
                all.await;
            } else {
                self.gathered.notify_waiters();
            }
        }
        let receipt = self.take(items, answer).await;
        self.flying.fetch_sub(1, Ordering::SeqCst);
        receipt
    }

    async fn take(&self, items: &Items<'_>, answer: Answer) -> Receipt {
        let busy = || OutputError::outage("busy");
        let mut receipt = Receipt::default();
        match answer {
            Answer::Take => {}
            Answer::Half => {
                receipt = Receipt::until(items, items.len() / 2, 0, busy());
            }
            Answer::Mixed => {
                for position in 0..items.len() {
                    match position % 3 {
                        0 => receipt.fail(position, OutputError::failed("malformed")),
                        1 => receipt.fail(position, busy()),
                        _ => {}
                    }
                }
            }
            Answer::Down => return Receipt::refused(items, busy()),
            Answer::Refuse => return Receipt::refused(items, OutputError::failed("malformed")),
            Answer::Hang => return futures::future::pending().await,
            Answer::Panic => panic!("the client fell over"),
        }
        let failed = |at: usize| {
            receipt
                .failures
                .iter()
                .any(|(range, _)| range.contains(&at))
        };
        let taken = (0..items.len()).filter(|&at| !failed(at));
        let bytes: Vec<u8> = taken.flat_map(|at| items.get(at)).copied().collect();
        let text = String::from_utf8(bytes).unwrap();
        self.text.lock().unwrap().push_str(&text);
        receipt
    }

    fn lines(&self) -> Vec<String> {
        let text = self.text.lock().unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl RemoteOutput for Client {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        let absent = || Err(OutputError::outage("nobody there"));
        let opened = if self.0.absent { absent() } else { Ok(()) };
        std::future::ready(opened).boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move { self.0.answer(&items).await }.boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        self.0.closed.store(true, Ordering::SeqCst);
        std::future::ready(Ok(())).boxed()
    }
}

fn server(answers: &[Answer]) -> Server {
    Server {
        answers: answers.to_vec(),
        ..Server::default()
    }
}

fn config(server: Server, on_failure: OnFailure, attempts: u32) -> Config {
    let mut delivery = DeliveryConfig::once();
    delivery.on_failure = on_failure;
    delivery.retry.attempts = attempts;
    delivery.retry.initial = Duration::from_micros(1);
    delivery.retry.max = Duration::from_micros(1);
    delivery.circuit.probe = Duration::from_micros(1);
    Config {
        delivery,
        format: FormatConfig::Plain,
        server: Arc::new(server),
    }
}

fn start(setup: Setup, config: Config) -> (Run, Arc<Server>) {
    let server = config.server.clone();
    (setup.start_with(vec![Box::new(config)]), server)
}

#[test]
fn order_is_kept_through_outages() {
    let answers = [Answer::Take, Answer::Down, Answer::Half, Answer::Down];
    let config = config(server(&answers), OnFailure::Block, 0);
    let (run, server) = start(setup(50_000, one, Vec::new()), config);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(stats.outputs[0].written, 50_000);
    assert_eq!(stats.outputs[0].retries, 3);
    assert_eq!(server.lines(), numbers(0..50_000));
    assert!(server.closed.load(Ordering::SeqCst));
}

#[test]
fn only_what_may_be_taken_later_is_tried_again() {
    let config = config(server(&[Answer::Mixed]), OnFailure::Block, 0);
    let (run, server) = start(setup(6, one, Vec::new()), config);
    let (_, stats) = run.end();
    let output = &stats.outputs[0];
    assert_eq!((output.written, output.write_failed), (4, 2));
    assert_eq!(server.lines(), ["2", "5", "1", "4"]);
}

#[test]
fn several_batches_are_in_flight_when_the_output_asks_for_it() {
    let mut gathering = server(&[]);
    gathering.gather = 3;
    let mut config = config(gathering, OnFailure::Drop, 0);
    config.delivery.concurrency = 3;
    config.delivery.batch.max_events = Some(10);
    let (run, server) = start(setup(30, one, Vec::new()), config);
    let (_, stats) = run.end();
    assert_eq!(stats.outputs[0].written, 30);
    assert_eq!(server.most.load(Ordering::SeqCst), 3);
}

#[test]
fn keep_order_allows_one_batch_whatever_the_output_asks_for() {
    let mut config = config(server(&[]), OnFailure::Drop, 0);
    config.delivery.concurrency = 8;
    config.delivery.batch.max_events = Some(10);
    let mut setup = setup(1_000, one, Vec::new());
    setup.parameters.keep_order = true;
    let (run, server) = start(setup, config);
    run.end();
    assert_eq!(server.most.load(Ordering::SeqCst), 1);
    assert_eq!(server.lines(), numbers(0..1_000));
}

#[test]
fn a_write_that_hangs_is_ended_by_the_limit_of_its_output() {
    let mut config = config(server(&[Answer::Hang, Answer::Hang]), OnFailure::Drop, 0);
    config.delivery.write_timeout = Some(Duration::from_millis(1));
    config.delivery.batch.max_events = Some(10);
    let (run, _) = start(setup(20, one, Vec::new()), config);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(stats.outputs[0].write_failed, 20);
    let said = &stats.errors[0].message;
    assert!(
        said.starts_with("the write took longer than 1ms; "),
        "{said}"
    );
}

#[test]
fn an_abort_ends_a_write_that_hangs() {
    let config = config(server(&[Answer::Hang]), OnFailure::Block, 0);
    let (run, server) = start(setup(0, one, Vec::new()).endless(), config);
    run.until(|_| server.flying.load(Ordering::SeqCst) == 1);
    run.running.abort();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Aborted);
    assert_eq!(stats.outputs[0].in_flight, 0);
    assert_eq!(stats.outputs[0].write_failed, stats.events);
}

#[test]
fn an_abort_keeps_what_waits_as_dead_letters() {
    let mut config = config(server(&[Answer::Hang]), OnFailure::DeadLetter, 0);
    config.delivery.batch.max_events = Some(10);
    let folder = tempfile::tempdir().unwrap();
    let mut setup = setup(0, one, Vec::new()).endless();
    setup.base = folder.path().to_owned();
    setup.parameters.queue.max_event_batches = 2;
    let (run, server) = start(setup, config);
    run.until(|_| server.flying.load(Ordering::SeqCst) == 1);
    run.until(|stats| stats.queues[1].len == stats.queues[1].capacity);
    run.running.abort();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Aborted);
    let output = &stats.outputs[0];
    assert!(stats.events > 100);
    assert_eq!(
        (output.dead_lettered, output.write_failed),
        (stats.events, 0)
    );
}

#[test]
fn a_client_that_breaks_fails_the_run_and_its_batch_is_counted() {
    let config = config(server(&[Answer::Panic]), OnFailure::Block, 0);
    let (run, _) = start(setup(10, one, Vec::new()), config);
    let (reason, stats) = run.end();
    let message = "the output stage broke: the client fell over".to_owned();
    assert_eq!(reason, EndReason::Failed(message));
    assert_eq!(stats.outputs[0].write_failed, 10);
}

#[test]
fn a_server_that_is_absent_at_the_start_is_waited_for_only_by_a_project_that_says_so() {
    for patient in [false, true] {
        let mut absent = server(&[Answer::Down]);
        absent.absent = true;
        let mut config = config(absent, OnFailure::Block, 0);
        config.delivery.patient = patient;
        let (run, _) = start(setup(10, one, Vec::new()), config);
        let (reason, stats) = run.end();
        let written = stats.outputs[0].written;
        if patient {
            assert_eq!((reason, written), (EndReason::Finished, 10));
        } else {
            let message = "nobody there".to_owned();
            assert_eq!((reason, written), (EndReason::Failed(message), 0));
        }
    }
}

/// A server that always gives the same answer.
fn always(answer: Answer, on_failure: OnFailure) -> Config {
    let mut config = config(server(&[answer; 4_000]), on_failure, 1_000);
    config.delivery.circuit.probe = Duration::from_secs(3_600);
    config.delivery.retry.initial = Duration::from_secs(3_600);
    config.delivery.retry.max = Duration::from_secs(3_600);
    config
}

#[test]
fn a_server_that_hangs_does_not_hold_up_another_output() {
    let mut hanging = always(Answer::Hang, OnFailure::Drop);
    hanging.delivery.write_timeout = Some(Duration::from_millis(1));
    hanging.delivery.retry.attempts = 0;
    let working = config(server(&[]), OnFailure::Drop, 0);
    let taken = working.server.clone();
    let run =
        setup(300_000, one, Vec::new()).start_with(vec![Box::new(hanging), Box::new(working)]);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(stats.outputs[0].write_failed, 300_000);
    assert_eq!(taken.lines(), numbers(0..300_000));
}

#[test]
fn a_run_that_ends_keeps_what_still_waits_for_a_server_that_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = setup(0, one, Vec::new()).endless();
    setup.base = folder.path().to_owned();
    let (run, _) = start(setup, always(Answer::Down, OnFailure::DeadLetter));
    run.until(|stats| stats.events > 0);
    run.running.stop(PATIENCE);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Stopped);
    let output = &stats.outputs[0];
    assert_eq!(
        (output.dead_lettered, output.write_failed),
        (stats.events, 0)
    );
}

#[test]
fn a_server_that_takes_parts_is_not_down() {
    let mut config = config(server(&[Answer::Half; 12]), OnFailure::DeadLetter, 100);
    config.delivery.circuit.failures = 2;
    config.delivery.circuit.probe = Duration::from_secs(3_600);
    let (run, server) = start(setup(1_000, one, Vec::new()), config);
    let (_, stats) = run.end();
    assert_eq!(stats.outputs[0].written, 1_000);
    assert_eq!(server.lines().len(), 1_000);
}

#[test]
fn a_server_gets_nothing_while_its_output_is_held_and_everything_after_it() {
    let mut config = config(server(&[Answer::Down; 30]), OnFailure::DeadLetter, 1_000);
    config.delivery.concurrency = 3;
    config.delivery.circuit.failures = 2;
    let folder = tempfile::tempdir().unwrap();
    let mut setup = setup(0, one, Vec::new()).endless();
    setup.base = folder.path().to_owned();
    let (run, server) = start(setup, config);
    let control = run.running.control();
    let hold = |paused| control.apply(Change::Output { index: 0, paused }).unwrap();
    run.until(|_| server.attempts.load(Ordering::SeqCst) > 3);
    hold(true);
    run.until(|stats| stats.queues[1].len == stats.queues[1].capacity);
    run.until(|_| server.flying.load(Ordering::SeqCst) == 0);
    let kept = run.running.stats().outputs[0].dead_lettered;
    let attempts = server.attempts.load(Ordering::SeqCst);
    (0..1_000).for_each(|_| std::thread::yield_now());
    // What was admitted before may still have been on its way.
    assert!(server.attempts.load(Ordering::SeqCst) <= attempts + 3);
    assert_eq!(run.running.stats().outputs[0].dead_lettered, kept);
    hold(false);
    run.until(|stats| stats.outputs[0].written > 10_000);
    hold(true);
    run.running.stop(PATIENCE);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Stopped);
    let output = &stats.outputs[0];
    assert_eq!(output.written + output.dead_lettered, stats.events);
    assert_eq!(server.lines().len() as u64, output.written);
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        4 => Just(Answer::Take),
        2 => Just(Answer::Half),
        2 => Just(Answer::Mixed),
        2 => Just(Answer::Down),
        1 => Just(Answer::Refuse),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The equations are checked by `end`.
    #[test]
    fn every_event_is_decided_exactly_once(
        answers in proptest::collection::vec(answer(), 0..40),
        on_failure in prop_oneof![
            Just(OnFailure::Block), Just(OnFailure::Drop), Just(OnFailure::DeadLetter)
        ],
        attempts in 0_u32..3,
        concurrency in 1_usize..4,
        max_events in proptest::option::of(1_usize..400),
        max_wait in proptest::option::of(Just(Duration::from_micros(50))),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(server(&answers), on_failure, attempts);
        config.delivery.concurrency = concurrency;
        config.delivery.batch.max_events = max_events;
        config.delivery.batch.max_wait = max_wait;
        let mut setup = setup(1_000, one, Vec::new());
        setup.base = folder.path().to_owned();
        let (run, server) = start(setup, config);
        let (reason, stats) = run.end();
        prop_assert_eq!(reason, EndReason::Finished);
        let output = &stats.outputs[0];
        prop_assert_eq!(output.received, 1_000);
        prop_assert_eq!(output.in_flight, 0);
        let mut lines = server.lines();
        prop_assert_eq!(lines.len() as u64, output.written);
        let letters = folder.path().join("dead-letters/1-target.ndjson");
        let letters = std::fs::read_to_string(letters).unwrap_or_default();
        prop_assert_eq!(letters.lines().count() as u64, output.dead_lettered);
        lines.sort_unstable();
        lines.dedup();
        prop_assert_eq!(lines.len() as u64, output.written, "sent twice");
        prop_assert!(on_failure != OnFailure::DeadLetter || output.write_failed == 0);
    }
}

#[test]
fn letters_of_a_run_that_was_given_up_are_sent_once_more_only_if_nobody_confirmed_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letters.ndjson");
    // Two fill a batch.
    let event = |number: usize| format!("{number:02}{}", "x".repeat(70_000));
    let lines = (0..30).map(|number| {
        let event = event(number);
        format!("{{\"event\":\"{event}\",\"output\":\"o\",\"reason\":\"r\",\"attempts\":1}}\n")
    });
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    let send = |answers: &[Answer], given_up_at: Option<usize>| {
        let letters = Redelivery::prepare(&path).unwrap().unwrap();
        let mut setup = setup(0, one, Vec::new());
        setup.letters = Some(letters.clone());
        setup.parameters.queue.max_event_batches = 3;
        let (run, server) = start(setup, config(server(answers), OnFailure::Drop, 0));
        if let Some(attempt) = given_up_at {
            let patience = Instant::now() + PATIENCE;
            while server.attempts.load(Ordering::SeqCst) < attempt {
                assert!(Instant::now() < patience, "{:?}", run.running.stats());
                std::thread::yield_now();
            }
            // The queue is full behind what hangs.
            run.until(|stats| stats.queues[1].len == 3);
            run.running.abort();
        }
        let (reason, stats) = run.end();
        let left = letters.finish(&stats, &reason).unwrap();
        (left, stats, server.lines())
    };
    let (left, stats, first) = send(&[Answer::Take, Answer::Take, Answer::Hang], Some(3));
    assert_eq!(first.len(), 4);
    assert_eq!(stats.outputs[0].written, 4);
    assert!(stats.outputs[0].dead_lettered > 0 && stats.outputs[0].write_failed == 0);
    assert_eq!(left, Left::Some(26));
    let (left, _, second) = send(&[], None);
    assert_eq!(left, Left::Nothing);
    let mut arrived: Vec<String> = [first, second].concat();
    arrived.sort();
    let all: Vec<String> = (0..30).map(event).collect();
    assert!(arrived == all, "{} letters arrived", arrived.len());
    // Nothing is left of the files.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
