//! What differs between two plans of one generator, and whether the new one holds: examined beside the
//! run, on copies.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use crate::batch::EventBatch;
use crate::config::{Diagnostic, Diagnostics, Files, Severity};
use crate::event::{EventEnv, EventSource, LegacyCopy, Limits, Outcome};
use crate::input::{InputEnv, Merge, input_seed};
use crate::output::{FormatEnv, Formatted, Origins, TextSet};
use crate::time::Moment;

use super::event_stage::words;
use super::reads::Reads;
use super::run::RunOptions;
use super::supervisor::{EVENT_STACK, message};
use super::{OutputPlan, Plan};

/// Timestamps that are rendered for a look.
const TRIED: usize = 20;
/// How long rendering them may take; what was rendered until then counts.
const TRY_TIME: Duration = Duration::from_secs(2);
/// How long building and one hanging render may take together.
const TRY_PATIENCE: Duration = Duration::from_secs(60);

/// An input or output as it was started, for comparing.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Its number in the run.
    pub(super) number: usize,
    pub(super) key: Key,
}

/// Equal for two inputs, or outputs, that do the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) digest: u64,
    /// What was read to make it.
    pub(super) reads: u64,
}

/// What becomes of the inputs, or outputs, of a new plan.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves {
    /// For each of the new plan, in order: its number in the run when it goes on as it is.
    pub(super) kept: Vec<Option<usize>>,
    pub(super) keys: Vec<Key>,
    /// Numbers of those that are gone.
    pub(super) gone: Vec<usize>,
}

impl Moves {
    fn between(old: &[Slot], new: Vec<Key>) -> Self {
        let mut left: Vec<&Slot> = old.iter().collect();
        let kept = new.iter().map(|key| {
            let found = left.iter().position(|slot| slot.key == *key)?;
            Some(left.remove(found).number)
        });
        let kept = kept.collect();
        Self {
            kept,
            keys: new,
            gone: left.iter().map(|slot| slot.number).collect(),
        }
    }

    /// True when nothing changes.
    pub(super) fn none(&self, old: &[Slot]) -> bool {
        let same = old.iter().map(|slot| Some(slot.number));
        self.gone.is_empty() && self.kept.iter().copied().eq(same)
    }
}

/// What a change changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) event: bool,
    pub(super) inputs: Option<Moves>,
    pub(super) outputs: Option<Moves>,
}

impl Parts {
    /// What stays changed when the event source does not hold, in words.
    pub(super) fn besides_event(&self) -> Option<String> {
        let inputs = self.inputs.as_ref().map(|_| "inputs");
        let outputs = self.outputs.as_ref().map(|_| "outputs");
        let all: Vec<&str> = inputs.into_iter().chain(outputs).collect();
        (!all.is_empty()).then(|| format!("the {} stay as changed", all.join(" and ")))
    }

    /// In words: `the event source, input[0].cron`.
    pub(super) fn words(&self, plan: &Plan) -> String {
        let mut all = Vec::new();
        if self.event {
            all.push("the event source".to_owned());
        }
        let settings = plan.inputs.iter().map(|one| one.setting.as_str());
        tell(&mut all, self.inputs.as_ref(), settings, "input");
        let settings = plan.outputs.iter().map(|one| one.setting.as_str());
        tell(&mut all, self.outputs.as_ref(), settings, "output");
        if all.is_empty() {
            return "nothing that matters to the run".to_owned();
        }
        all.join(", ")
    }
}

fn tell<'a>(
    all: &mut Vec<String>,
    moves: Option<&Moves>,
    settings: impl Iterator<Item = &'a str>,
    what: &str,
) {
    let Some(moves) = moves else { return };
    let new = settings.zip(&moves.kept).filter(|(_, kept)| kept.is_none());
    let before = all.len();
    all.extend(new.map(|(setting, _)| setting.to_owned()));
    let new = all.len() - before;
    let fewer = moves.gone.len().saturating_sub(new);
    match (fewer, new) {
        (0, 0) => all.push(format!("the order of the {what}s")),
        (0, _) => {}
        (1, _) => all.push(format!("one {what} less")),
        (count, _) => all.push(format!("{count} {what}s less")),
    }
}

/// What runs at the moment, as far as a change is compared with it.
#[derive(Clone, Debug)]
pub(super) struct Now {
    pub(super) maker: Arc<super::swap::Maker>,
    pub(super) inputs: Vec<Slot>,
    pub(super) outputs: Vec<Slot>,
    /// What inputs took as "now".
    pub(super) start_us: i64,
    /// Inputs leave out what lies before it.
    pub(super) skip_past: bool,
    /// The size of batches shows in what some output writes.
    pub(super) joined: bool,
    /// Where event time stands, microseconds since the Unix epoch.
    pub(super) position_us: Option<i64>,
}

/// Finds out what a new plan changes and whether it holds.
///
/// # Errors
/// Why it does not, in words, with the place where there is one.
pub(super) fn examine(
    now: &Now,
    plan: &Arc<Plan>,
    files: &Arc<dyn Files>,
    copy: Option<LegacyCopy>,
) -> Result<Parts, String> {
    let options = &now.maker.options;
    let (inputs, moments) = start_inputs(now, plan, files)?;
    let outputs = output_keys(plan, files).map_err(|problems| located(&problems))?;
    let event = plan.event_name != now.maker.plan.event_name
        || plan.event_digest != now.maker.plan.event_digest
        || now.maker.files.differ(files.as_ref());
    let inputs = Moves::between(&now.inputs, inputs);
    let outputs = Moves::between(&now.outputs, outputs);
    let outputs = (!outputs.none(&now.outputs)).then_some(outputs);
    if event || outputs.is_some() {
        render(plan, files, options, moments, copy)?;
    }
    Ok(Parts {
        event,
        inputs: (!inputs.none(&now.inputs)).then_some(inputs),
        outputs,
    })
}

/// A timestamp and the position of its input in the plan.
type Due = (Moment, usize);

/// The inputs as they would start, without anything outside; and some of their timestamps to come.
fn start_inputs(
    now: &Now,
    plan: &Plan,
    files: &Arc<dyn Files>,
) -> Result<(Vec<Key>, Vec<Due>), String> {
    let options = &now.maker.options;
    let zone = options.parameters.zone;
    let mut keys = Vec::new();
    let mut started = Vec::new();
    for (input, index) in plan.inputs.iter().zip(0..=u16::MAX) {
        let reads = Reads::new(files.clone());
        let env = InputEnv {
            zone,
            now: zone.at_instant(now.start_us),
            skip_past: now.skip_past,
            base: &plan.base,
            files: &reads,
            seed: input_seed(options.seed, index),
            outside: None,
        };
        let begun = input.config.start(&env);
        started.push(begun.map_err(|error| {
            let problem = Diagnostic::error(error.message, Some(input.place.clone()));
            located(&Diagnostics(vec![problem]))
        })?);
        keys.push(Key {
            name: input.name,
            digest: input.digest,
            reads: reads.sum(),
        });
    }
    let mut merge = Merge::new(started);
    let mut batch = crate::batch::TimestampBatch::default();
    if let Some(position_us) = now.position_us {
        merge.seek(position_us.saturating_add(1));
    }
    merge.fill(TRIED, &mut batch);
    let inputs = batch.inputs.iter().map(|&input| usize::from(input));
    let mut moments: Vec<_> = batch.moments.iter().copied().zip(inputs).collect();
    if moments.is_empty() {
        let at_us = now.position_us.unwrap_or(now.start_us);
        moments.push((zone.at_instant(at_us), 0));
    }
    Ok((keys, moments))
}

/// The outputs by what they do; their formatters can all be made.
pub(super) fn output_keys(plan: &Plan, files: &Arc<dyn Files>) -> Result<Vec<Key>, Diagnostics> {
    let mut problems = Diagnostics::default();
    let mut keys = Vec::new();
    for output in &plan.outputs {
        let reads = Arc::new(Reads::new(files.clone()));
        let noted: Arc<dyn Files> = reads.clone();
        let env = FormatEnv::new(&plan.base, noted);
        let built = output.config.format().build(&env).map(drop);
        let texts = TextSet::build(output.config.texts(), &env).map(drop);
        if let Err(error) = built.and(texts) {
            problems
                .0
                .extend(super::supervisor::not_open(error, output).0);
        }
        keys.push(Key {
            name: output.name,
            digest: output.digest,
            reads: reads.sum(),
        });
    }
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(keys)
}

/// Renders and formats some events beside the run, on a thread of its own.
fn render(
    plan: &Arc<Plan>,
    files: &Arc<dyn Files>,
    options: &RunOptions,
    moments: Vec<Due>,
    copy: Option<LegacyCopy>,
) -> Result<(), String> {
    let (plan, files, options) = (plan.clone(), files.clone(), options.clone());
    let (sender, answer) = super::swap::answer();
    let body = move || {
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let mut look = Look::new(&plan, &files, &options, copy)?;
            look.render(&plan, &moments)
        }));
        let broke = |panic: Box<dyn std::any::Any + Send>| {
            Err(format!("rendering it broke: {}", message(panic.as_ref())))
        };
        // Who asked may have lost patience.
        let _ = sender.send(tried.unwrap_or_else(broke));
    };
    let spawned = thread::Builder::new()
        .name("evtui-try".to_owned())
        .stack_size(EVENT_STACK)
        .spawn(body);
    spawned.map_err(|error| format!("cannot start a thread: {error}"))?;
    match answer.recv_timeout(TRY_PATIENCE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err("rendering some events takes too long".to_owned()),
        Err(RecvTimeoutError::Disconnected) => Err("rendering it broke".to_owned()),
    }
}

/// An event source that nobody hears of.
struct Look {
    source: Option<Box<dyn EventSource>>,
    origins: Origins,
    files: Arc<dyn Files>,
    seed: Option<u64>,
}

impl Look {
    fn new(
        plan: &Plan,
        files: &Arc<dyn Files>,
        options: &RunOptions,
        copy: Option<LegacyCopy>,
    ) -> Result<Self, String> {
        let env = EventEnv {
            base: &plan.base,
            files: files.clone(),
            zone: options.parameters.zone,
            seed: options.seed,
            globals: options.globals.copy(),
            limits: Limits {
                command: None,
                ..Limits::RUN
            },
        };
        let mut problems = Diagnostics::default();
        let source = plan.event.build(&env, &mut problems);
        let Some(mut source) = source.filter(|_| !problems.has_errors()) else {
            let problems = super::supervisor::or_unknown(problems, "the event source");
            return Err(located(&problems));
        };
        if let Some(copy) = &copy {
            source.adopt_copy(copy);
        }
        let origins = Origins::default();
        let tags = plan.inputs.iter();
        origins.add(
            source.aliases().to_vec(),
            tags.map(|input| input.config.tags().to_vec()).collect(),
        );
        Ok(Self {
            source: source.idle().is_none().then_some(source),
            origins,
            files: files.clone(),
            seed: options.seed,
        })
    }

    fn render(&mut self, plan: &Plan, moments: &[Due]) -> Result<(), String> {
        let Some(source) = &mut self.source else {
            // Scripts run nowhere but in a run.
            return Ok(());
        };
        let began = Instant::now();
        let mut batch = EventBatch::default();
        let (mut seen, mut failures) = (0, Vec::new());
        for &(at, input) in moments {
            let config = plan.inputs.get(input).map(|input| input.config.tags());
            let outcome = source.produce(at, config.unwrap_or_default(), &mut batch);
            batch.stamp(at, u16::try_from(input).unwrap_or(u16::MAX));
            seen += 1;
            match outcome {
                // No command runs here, which is no fault of the template.
                Outcome::Failed(error) if error.message.contains(NO_COMMANDS) => return Ok(()),
                Outcome::Failed(error) => failures.push(words(&error)),
                Outcome::Exhausted => break,
                _ => {}
            }
            if began.elapsed() > TRY_TIME {
                break;
            }
        }
        match failures.first() {
            Some(first) if failures.len() == seen => {
                return Err(format!("it does not render: {first}"));
            }
            _ => {}
        }
        for output in &plan.outputs {
            self.format(plan, output, &batch)?;
        }
        Ok(())
    }

    /// Refuses what no event gets through.
    fn format(&self, plan: &Plan, output: &OutputPlan, batch: &EventBatch) -> Result<(), String> {
        if batch.is_empty() {
            return Ok(());
        }
        let env = FormatEnv {
            origins: self.origins.clone(),
            seed: self.seed,
            ..FormatEnv::new(&plan.base, self.files.clone())
        };
        let built = output.config.format().build(&env);
        let at = place_of(&output.place);
        let mut formatter = built.map_err(|error| format!("{at}{error}"))?;
        let mut formatted = Formatted::default();
        formatter.format(batch, output.config.separator(), &mut formatted);
        let lost = usize::try_from(formatted.lost()).unwrap_or(usize::MAX);
        match formatted.failures().first() {
            Some(failure) if lost >= batch.len() => Err(format!(
                "{at}{} takes none of the events tried: {}",
                output.setting, failure.reason
            )),
            _ => Ok(()),
        }
    }
}

/// Part of what a template says whose command was not run.
const NO_COMMANDS: &str = "commands do not run while";

/// `file:line:column: `, as far as it is known, to stand before a message.
pub(super) fn place_of(place: &crate::config::Place) -> String {
    let path = place.path.display();
    match place.span {
        Some(span) => format!("{path}:{}:{}: ", span.start.line, span.start.column),
        None => format!("{path}: "),
    }
}

/// The first error with its place, and how many more there are.
pub(super) fn located(problems: &Diagnostics) -> String {
    let errors = problems
        .0
        .iter()
        .filter(|one| one.severity == Severity::Error);
    let count = errors.clone().count();
    let Some(first) = errors.clone().next().or(problems.0.first()) else {
        return "it is unsound".to_owned();
    };
    let mut text = first.place.as_ref().map(place_of).unwrap_or_default();
    text.push_str(&first.message);
    if count > 1 {
        text.push_str(&format!(" (and {} more)", count - 1));
    }
    text
}
