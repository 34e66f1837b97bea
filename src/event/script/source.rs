//! Events from the worker: batches ahead of what is asked for, and what happens when it dies.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::process::{News, Process};
use super::protocol::{self, Answer, Kind, Told};
use super::report::{Fault, Names, Report};
use super::stop::Stop;
use crate::batch::EventBatch;
use crate::event::{EventError, EventSource, Interrupter, Outcome};
use crate::time::Moment;

/// Timestamps of one request: enough that a round trip costs nothing beside them.
const BATCH: usize = 256;
/// Requests on the way, so that the worker has the next one when it ends one.
const IN_FLIGHT: usize = 2;

/// First pause before a new worker; it doubles with each death in a row.
const PAUSE: Duration = Duration::from_millis(100);
/// Deaths in a row, without an event between them, after which starting is tried rarely.
pub(super) const DEATHS: u32 = 5;
/// How rarely.
const REST: Duration = Duration::from_secs(30);

/// What starts a worker.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) names: Names,
    /// The script as the user calls it.
    pub(super) name: String,
    /// The project's folder.
    pub(super) base: PathBuf,
    /// The script's text at the start of the run; later workers take it, too.
    pub(super) text: Vec<u8>,
    /// Name of the zone of all timestamps.
    pub(super) zone: &'static str,
    /// How long one call may take.
    pub(super) timeout: Duration,
    /// How long loading may take.
    pub(super) start_timeout: Duration,
    /// Bytes the events of one timestamp may have together.
    pub(super) most: usize,
    pub(super) seed: Option<u64>,
    /// Only look at the syntax.
    pub(super) check: bool,
}

impl Recipe {
    /// Starts a worker and waits until the script is loaded; the flag says that it knows the zone.
    pub(super) fn start(&self, stop: &Arc<Stop>) -> Result<(Process, bool), Report> {
        let options = json!({
            "path": self.names.script.to_string_lossy(),
            "base": self.base.to_string_lossy(),
            "zone": self.zone,
            "timeout": self.timeout.as_secs_f64(),
            "start_timeout": self.start_timeout.as_secs_f64(),
            "most": self.most,
            "seed": self.seed,
            "check": self.check,
        });
        let start = protocol::start(&options, &self.text);
        let hash = self
            .seed
            .and_then(|seed| u32::try_from(seed & 0xFFFF_FFFF).ok());
        let python = &self.names.python;
        let spawned = Process::spawn(python, hash, &start, self.most, &self.name, stop.clone());
        let mut process = match spawned {
            Ok(process) => process,
            Err(error) => return Err(self.names.unusable(&error)),
        };
        let fault = match process.next(grace(self.start_timeout)) {
            Some(News::Answer(answer)) => match answer.kind {
                Kind::Ready => {
                    let zone = answer.report().get("zone") == Some(&Value::Bool(true));
                    return Ok((process, zone));
                }
                Kind::Refused => return Err(self.names.told(&answer.report())),
                Kind::Hang => return Err(self.names.slow_start(&answer.report())),
                Kind::Part | Kind::Done => Fault::Garbage,
            },
            Some(News::Garbage) => Fault::Garbage,
            None | Some(News::Stopped) => Fault::Silent,
            Some(_) => Fault::Died,
        };
        Err(self.names.no_start(&process.end(patience(fault)), fault))
    }
}

/// The worker tells of a hang itself, with its place; it cannot where foreign code holds the
/// interpreter.
fn grace(timeout: Duration) -> Duration {
    timeout.mul_f64(1.25).saturating_add(Duration::from_secs(1))
}

fn patience(fault: Fault) -> Duration {
    match fault {
        Fault::Died => Duration::from_secs(1),
        Fault::Garbage | Fault::Silent => Duration::ZERO,
    }
}

/// A request on the way.
#[derive(Debug)]
struct Sent {
    number: u32,
    /// Timestamps whose results were not taken yet.
    rows: VecDeque<(Moment, u16)>,
}

/// Events of a script.
#[derive(Debug)]
pub(super) struct ScriptSource {
    recipe: Recipe,
    stop: Arc<Stop>,
    process: Option<Process>,
    /// Tags that the worker knows, by index.
    tags: Vec<Vec<Arc<str>>>,
    /// Timestamps to come that no request holds yet.
    ahead: VecDeque<(Moment, u16)>,
    sent: VecDeque<Sent>,
    number: u32,
    /// Results that were not taken yet.
    answer: Option<Answer>,
    /// Timestamps that were lost with a worker, and why.
    lost: Option<(usize, Box<EventError>)>,
    deaths: u32,
    /// No worker is started before this.
    rest_until: Option<Instant>,
    ended: bool,
    request: Vec<u8>,
}

impl EventSource for ScriptSource {
    fn expect(&mut self, moments: &[Moment], inputs: &[u16], tags: &[Vec<Arc<str>>]) {
        for (&at, &input) in moments.iter().zip(inputs) {
            let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
            let index = self.tag_index(tags);
            self.ahead.push_back((at, index));
        }
    }

    fn produce(&mut self, at: Moment, tags: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        if self.ended {
            return Outcome::Exhausted;
        }
        if self.lost.is_none() && !self.is_expecting() {
            let index = self.tag_index(tags);
            self.ahead.push_back((at, index));
        }
        loop {
            if let Some(error) = self.take_lost() {
                return Outcome::Failed(error);
            }
            if let Some(outcome) = self.take_result(out) {
                return outcome;
            }
            if self.stop.is_set() {
                // What is left counts as unused.
                return Outcome::Exhausted;
            }
            self.advance();
        }
    }

    fn aliases(&self) -> &[Arc<str>] {
        &[]
    }

    fn interrupter(&self) -> Option<Interrupter> {
        let stop = Arc::clone(&self.stop);
        Some(Box::new(move || stop.set()))
    }
}

impl ScriptSource {
    pub(super) fn new(recipe: Recipe, process: Process, stop: Arc<Stop>) -> Self {
        Self {
            recipe,
            stop,
            process: Some(process),
            tags: Vec::new(),
            ahead: VecDeque::new(),
            sent: VecDeque::new(),
            number: 0,
            answer: None,
            lost: None,
            deaths: 0,
            rest_until: None,
            ended: false,
            request: Vec::new(),
        }
    }

    /// True when the result of some timestamp is to come.
    fn is_expecting(&self) -> bool {
        !self.ahead.is_empty() || self.sent.iter().any(|sent| !sent.rows.is_empty())
    }

    /// The index of these tags; the worker is told of new ones. There are as many as there are inputs.
    fn tag_index(&mut self, tags: &[Arc<str>]) -> u16 {
        let known = self.tags.iter().position(|one| one == tags);
        let index = known.unwrap_or_else(|| {
            self.tags.push(tags.to_vec());
            protocol::tags(tags, &mut self.request);
            self.tags.len() - 1
        });
        u16::try_from(index).unwrap_or(0)
    }

    fn take_lost(&mut self) -> Option<Box<EventError>> {
        let (count, error) = self.lost.as_mut()?;
        let error = error.clone();
        *count -= 1;
        if *count == 0 {
            self.lost = None;
        }
        Some(error)
    }

    fn take_result(&mut self, out: &mut EventBatch) -> Option<Outcome> {
        let answer = self.answer.as_mut()?;
        let outcome = match answer.next() {
            Some(Told::One(text)) => {
                out.push(text.as_bytes(), 0);
                Outcome::Produced(1)
            }
            Some(Told::Many(texts)) => {
                texts.iter().for_each(|text| out.push(text.as_bytes(), 0));
                Outcome::Produced(texts.len())
            }
            Some(Told::Dropped) => Outcome::Dropped,
            Some(Told::Exhausted) => {
                self.ended = true;
                Outcome::Exhausted
            }
            Some(Told::Failed(report)) => {
                let told = serde_json::from_str(report).unwrap_or(Value::Null);
                Outcome::Failed(Box::new(self.recipe.names.told(&told).into_error()))
            }
            None => {
                let (whole, done) = (answer.is_empty(), answer.kind == Kind::Done);
                self.answer = None;
                let fits = |sent: Option<Sent>| sent.is_some_and(|sent| sent.rows.is_empty());
                if !whole || (done && !fits(self.sent.pop_front())) {
                    self.fail(Fault::Garbage);
                }
                return None;
            }
        };
        let answered = self
            .sent
            .front_mut()
            .is_some_and(|sent| sent.rows.pop_front().is_some());
        if !answered {
            out.rollback();
            self.answer = None;
            self.fail(Fault::Garbage);
            return None;
        }
        self.deaths = 0;
        Some(outcome)
    }

    /// One step towards a result: a worker, requests, news.
    fn advance(&mut self) {
        if self.process.is_none() && !self.restart() {
            return;
        }
        self.send();
        let longest = grace(self.recipe.timeout);
        let Some(process) = &mut self.process else {
            return;
        };
        match process.next(longest) {
            Some(News::Answer(answer)) => self.heard(answer),
            Some(News::Stopped | News::Open(_)) => {}
            Some(News::Garbage) => self.fail(Fault::Garbage),
            Some(News::Closed) => self.fail(Fault::Died),
            None => self.fail(Fault::Silent),
        }
    }

    fn heard(&mut self, answer: Answer) {
        let expected = self.sent.front().map(|sent| sent.number);
        match answer.kind {
            Kind::Part | Kind::Done if expected == Some(answer.number) => {
                self.answer = Some(answer);
            }
            Kind::Hang => {
                let report = self.recipe.names.told(&answer.report());
                self.drop_process(Duration::ZERO);
                // Only one call hung; the worker had not begun with the others.
                self.lose(1, report);
            }
            _ => self.fail(Fault::Garbage),
        }
    }

    /// Fills the pipe.
    fn send(&mut self) {
        while self.sent.len() < IN_FLIGHT && !self.ahead.is_empty() {
            let count = self.ahead.len().min(BATCH);
            let rows: VecDeque<_> = self.ahead.drain(..count).collect();
            self.number = self.number.wrapping_add(1);
            protocol::batch(self.number, rows.iter(), &mut self.request);
            self.sent.push_back(Sent {
                number: self.number,
                rows,
            });
        }
        if let Some(process) = &mut self.process
            && !self.request.is_empty()
        {
            process.send(&self.request);
            self.request.clear();
        }
    }

    /// The worker is of no more use: what it was working on is lost.
    fn fail(&mut self, fault: Fault) {
        let lost = self.sent.front().map_or(1, |sent| sent.rows.len()).max(1);
        let report = match self.process.take() {
            Some(process) => {
                let death = process.end(patience(fault));
                self.recipe.names.death(&death, fault, lost)
            }
            None => return,
        };
        self.lose(lost, report);
    }

    fn drop_process(&mut self, patience: Duration) {
        if let Some(process) = self.process.take() {
            process.end(patience);
        }
    }

    /// Gives up the first `lost` timestamps on the way; the others go to the next worker.
    fn lose(&mut self, lost: usize, report: Report) {
        let mut rows: VecDeque<_> = self.sent.drain(..).flat_map(|sent| sent.rows).collect();
        let lost = lost.min(rows.len());
        rows.drain(..lost);
        rows.append(&mut self.ahead);
        self.ahead = rows;
        self.answer = None;
        self.request.clear();
        for tags in &self.tags {
            protocol::tags(tags, &mut self.request);
        }
        tracing::warn!(script = self.recipe.name, "{}", report.message);
        if lost > 0 {
            self.lost = Some((lost, Box::new(report.into_error())));
        }
        self.deaths += 1;
        if self.deaths >= DEATHS {
            self.rest_until = Instant::now().checked_add(REST);
        }
    }

    /// Starts the next worker after a pause; false when there is none now.
    fn restart(&mut self) -> bool {
        if let Some(until) = self.rest_until {
            if Instant::now() < until {
                self.refuse();
                return false;
            }
        } else {
            let doublings = self.deaths.saturating_sub(1).min(8);
            self.stop.wait(PAUSE * (1 << doublings));
        }
        if self.stop.is_set() {
            return false;
        }
        match self.recipe.start(&self.stop) {
            Ok((process, _)) => {
                tracing::info!(script = self.recipe.name, "its process was started again");
                self.process = Some(process);
                self.rest_until = None;
                true
            }
            Err(_) if self.stop.is_set() => false,
            Err(report) => {
                self.lose(0, report.clone());
                self.refuse_with(report);
                false
            }
        }
    }

    /// While no worker is started, timestamps fail at once.
    fn refuse(&mut self) {
        self.refuse_with(Report {
            message: format!(
                "the script's process ended {DEATHS} times in a row; it is started again in at most \
                 {} s",
                REST.as_secs()
            ),
            places: Vec::new(),
            help: Some("see the errors before this one".to_owned()),
        });
    }

    fn refuse_with(&mut self, report: Report) {
        if self.ahead.pop_front().is_some() {
            self.lost = Some((1, Box::new(report.into_error())));
        }
    }
}
