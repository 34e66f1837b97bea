//! When a project fires: a histogram of any window, the next timestamps, what each input adds to them,
//! and why there are none.

use crate::batch::TimestampBatch;
use crate::config::{Diagnostic, Diagnostics};
use crate::input::{Input, InputEnv, InputError, Merge, Window, input_seed};
use crate::pipeline::InputPlan;
use crate::time::{Moment, SECOND_US, grouped};

use super::evaluate::{Patience, Project};
use super::sample::{Ahead, Measured, measure};
use super::{Part, Schedule};

/// Timestamps of the list.
const LISTED: usize = 200;

/// The schedule, and the timestamps to render events for.
pub(super) struct Firing {
    pub schedule: Schedule,
    pub render: Vec<(Moment, u16)>,
    /// Remark about what is rendered.
    pub note: Option<String>,
}

/// A sound input of the project, in the surroundings of the previewed run.
struct Source<'a> {
    plan: &'a InputPlan,
    index: u16,
    env: InputEnv<'a>,
}

/// Works out when the inputs fire; `None` when none of them is sound.
pub(super) fn evaluate(
    project: &Project<'_>,
    patience: &Patience<'_>,
    problems: &mut Diagnostics,
) -> Option<Firing> {
    let parameters = &project.request.parameters;
    let skip_past = parameters.live_mode && parameters.skip_past;
    let mut schedule = work_out(project, skip_past, patience, problems)?;
    if skip_past && schedule.first.is_none() {
        // A run would give nothing; what there is is shown all the same, in all places alike.
        let past = work_out(project, false, patience, &mut Diagnostics::default());
        if let Some(past) = past.filter(|past| past.first.is_some()) {
            schedule = past;
            schedule.skipped = Some(skipped(&schedule));
        }
    }
    let all = schedule.next.iter();
    let render = all.take(project.request.events).copied().collect();
    Some(Firing {
        note: schedule
            .skipped
            .clone()
            .filter(|_| !schedule.next.is_empty()),
        schedule,
        render,
    })
}

/// The whole schedule; `None` when no input is sound.
fn work_out(
    project: &Project<'_>,
    skip_past: bool,
    patience: &Patience<'_>,
    problems: &mut Diagnostics,
) -> Option<Schedule> {
    let sources = sources(project, skip_past);
    if sources.is_empty() {
        return None;
    }
    let mut schedule = outline(project, &sources, problems);
    histogram(project, &sources, patience, &mut schedule);
    list(project, &sources, patience, &mut schedule, problems);
    explain(project, &mut schedule);
    Some(schedule)
}

/// Why a live run gives nothing of a schedule.
fn skipped(past: &Schedule) -> String {
    let all = match past.total {
        Some(1) => "the only timestamp lies".to_owned(),
        Some(total) => format!("all {} timestamps lie", grouped(total)),
        None => "all timestamps lie".to_owned(),
    };
    let last = match past.last {
        Some(last) if past.total != Some(1) => format!(", the last at {}", short(last)),
        Some(last) => format!(", at {}", short(last)),
        None => String::new(),
    };
    format!("{all} before now{last}: a live run leaves out the past (`skip_past`)")
}

/// Date and time of day to the second.
fn short(at: Moment) -> String {
    let clock = at.clock_text();
    format!("{} {}", at.date_text(), clock.get(..8).unwrap_or(&clock))
}

fn sources<'a>(project: &'a Project<'_>, skip_past: bool) -> Vec<Source<'a>> {
    let request = project.request;
    let zone = request.parameters.zone;
    let sound = project.inputs.iter().zip(0..=u16::MAX);
    sound
        .filter_map(|(plan, index)| {
            let env = InputEnv {
                zone,
                now: zone.at_instant(request.now_us),
                skip_past,
                base: project.base,
                files: project.files.as_ref(),
                seed: input_seed(Some(request.seed), index),
                outside: None,
            };
            let plan = plan.as_ref()?;
            Some(Source { plan, index, env })
        })
        .collect()
}

impl Source<'_> {
    fn problem(&self, error: InputError) -> Diagnostic {
        let mut problem = Diagnostic::error(error.message, Some(self.plan.place.clone()));
        problem.help = error.help;
        problem.setting(&self.plan.setting)
    }

    /// The first timestamp of its sequence.
    fn first(&self) -> Result<Option<Moment>, InputError> {
        let mut first = Vec::new();
        self.plan.config.start(&self.env)?.fill(1, &mut first)?;
        Ok(first.first().copied())
    }

    /// What can be told of the sequence as a whole.
    fn outline(&self) -> Result<Part, InputError> {
        let config = &self.plan.config;
        let first = self.first()?;
        let nothing = first.is_none().then(|| match config.waits_for() {
            Some(what) => format!("it waits for {what}"),
            None => config
                .silence(&self.env)
                .unwrap_or_else(|| "it has no timestamp to give".to_owned()),
        });
        Ok(Part {
            first,
            last: first.and_then(|_| config.last(&self.env)),
            total: match config.waits_for() {
                Some(_) => None,
                None => config.count(&self.env),
            },
            nothing,
            ..Part::default()
        })
    }

    fn measure(&self, window: &Window, patience: &Patience<'_>) -> Result<Measured, InputError> {
        if let Some(counts) = self.plan.config.counts(&self.env, window) {
            return Ok(Measured {
                counts,
                truncated: false,
            });
        }
        measure(self.plan.config.start(&self.env)?, window, patience)
    }
}

/// The schedule without its histogram and list; says which inputs cannot start.
fn outline(project: &Project<'_>, sources: &[Source<'_>], problems: &mut Diagnostics) -> Schedule {
    let request = project.request;
    let mut parts = vec![Part::default(); project.inputs.len()];
    for source in sources {
        let part = source.outline().unwrap_or_else(|error| {
            let nothing = Some(error.message.clone());
            problems.push(source.problem(error));
            Part {
                total: Some(0),
                nothing,
                ..Part::default()
            }
        });
        if let Some(place) = parts.get_mut(usize::from(source.index)) {
            *place = part;
            place.tags = source.plan.config.tags().to_vec();
        }
    }
    let known = || {
        sources
            .iter()
            .filter_map(|one| parts.get(usize::from(one.index)))
    };
    let now = request.parameters.zone.at_instant(request.now_us);
    let first = known().filter_map(|part| part.first).min();
    let begin = first.unwrap_or(now);
    let from = match request.from_us {
        Some(from_us) => request.parameters.zone.at_instant(from_us),
        // Where nothing fires within the span from now on, it begins where something does.
        None if request.parameters.live_mode
            && begin >= now
            && soon(begin, now, request.span_s) =>
        {
            now
        }
        None => begin,
    };
    // An input that fires has an end only when its last timestamp is known.
    let ends = known().all(|part| part.first.is_none() || part.last.is_some());
    let sum = |sum: u64, part: &Part| sum.checked_add(part.total?);
    Schedule {
        from: Some(from),
        span_s: request.span_s,
        buckets: vec![0; request.buckets],
        inputs: names(project),
        first,
        last: known().filter_map(|part| part.last).max().filter(|_| ends),
        total: known().try_fold(0, sum),
        parts,
        ..Schedule::default()
    }
}

/// True when a moment lies within a span from another one on.
fn soon(at: Moment, from: Moment, span_s: u64) -> bool {
    let span_us = i64::try_from(span_s)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECOND_US);
    at.instant_us().saturating_sub(from.instant_us()) < span_us
}

fn names(project: &Project<'_>) -> Vec<String> {
    let name = |plan: &Option<InputPlan>| plan.as_ref().map_or("", |plan| plan.name).to_owned();
    project.inputs.iter().map(name).collect()
}

/// Counts what each input gives within the window. One that fails is told of where the list is made.
fn histogram(
    project: &Project<'_>,
    sources: &[Source<'_>],
    patience: &Patience<'_>,
    schedule: &mut Schedule,
) {
    let span_us = i64::try_from(project.request.span_s)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECOND_US);
    let from_us = schedule.from.map_or(0, Moment::instant_us);
    let window = Window {
        from_us,
        to_us: from_us.saturating_add(span_us),
        buckets: project.request.buckets,
    };
    for (source, left) in sources.iter().zip((1..=sources.len()).rev()) {
        let Some(part) = schedule.parts.get_mut(usize::from(source.index)) else {
            continue;
        };
        if part.first.is_none() {
            continue;
        }
        let share = u32::try_from(left + 1).unwrap_or(u32::MAX);
        let Ok(measured) = source.measure(&window, &patience.part(share)) else {
            continue;
        };
        part.count = measured.counts.total();
        part.estimated = !measured.counts.exact;
        schedule.estimated |= part.estimated;
        schedule.truncated |= measured.truncated;
        for (sum, count) in schedule.buckets.iter_mut().zip(&measured.counts.buckets) {
            *sum = sum.saturating_add(*count);
        }
        part.buckets = measured.counts.buckets;
    }
}

/// Lists the first timestamps from the window's begin on.
fn list(
    project: &Project<'_>,
    sources: &[Source<'_>],
    patience: &Patience<'_>,
    schedule: &mut Schedule,
    problems: &mut Diagnostics,
) {
    let mut inputs = Vec::new();
    for source in sources {
        match start(source, project.request.from_us, patience) {
            Ok(Some(input)) => inputs.push((input, source.index)),
            Ok(None) => schedule.truncated = true,
            // An input that does not start was told of before.
            Err(_) => {}
        }
    }
    let mut merge = Merge::indexed(inputs);
    schedule.next = take(&mut merge, LISTED.max(project.request.events));
    while let Some((index, error)) = merge.failure() {
        let failed = sources.iter().find(|one| usize::from(one.index) == index);
        problems.0.extend(failed.map(|one| one.problem(error)));
    }
}

/// An input at the window's begin; `None` when it cannot be reached in time.
fn start(
    source: &Source<'_>,
    from_us: Option<i64>,
    patience: &Patience<'_>,
) -> Result<Option<Box<dyn Input>>, InputError> {
    let input = source.plan.config.start(&source.env)?;
    let Some(from_us) = from_us else {
        return Ok(Some(input));
    };
    let ahead = Ahead::reach(input, from_us, patience)?;
    Ok(ahead.map(|ahead| Box::new(ahead) as Box<dyn Input>))
}

fn take(merge: &mut Merge, max: usize) -> Vec<(Moment, u16)> {
    let mut batch = TimestampBatch::default();
    merge.fill(max, &mut batch);
    batch.moments.into_iter().zip(batch.inputs).collect()
}

/// Says why nothing fires, or nothing any more.
fn explain(project: &Project<'_>, schedule: &mut Schedule) {
    if !schedule.next.is_empty() || schedule.truncated {
        return;
    }
    schedule.nothing = match (schedule.first, schedule.last, schedule.from) {
        (Some(_), Some(last), Some(from)) => Some(format!(
            "nothing fires from {from} on: the last timestamp is {last}"
        )),
        (Some(_), None, Some(from)) => Some(format!("nothing fires from {from} on")),
        _ => Some(reasons(project, schedule)),
    };
}

/// Why each input is silent.
fn reasons(project: &Project<'_>, schedule: &Schedule) -> String {
    let reasons: Vec<String> = project
        .inputs
        .iter()
        .zip(&schedule.parts)
        .filter_map(|(plan, part)| {
            let plan = plan.as_ref()?;
            Some(format!("{}: {}", plan.setting, part.nothing.as_ref()?))
        })
        .collect();
    reasons.join("; ")
}

/// The first timestamps of a run, as many as there are up to `most`; those of a run that does not leave
/// out the past when there are no others.
pub(super) fn first(
    project: &Project<'_>,
    most: usize,
    patience: &Patience<'_>,
) -> Vec<(Moment, u16)> {
    let parameters = &project.request.parameters;
    let from = |skip_past, from_us| {
        let sources = sources(project, skip_past);
        let inputs = sources.iter().filter_map(|source| {
            let input = start(source, from_us, patience).ok().flatten()?;
            Some((input, source.index))
        });
        take(&mut Merge::indexed(inputs), most)
    };
    let found = from(
        parameters.live_mode && parameters.skip_past,
        project.request.from_us,
    );
    if found.is_empty() {
        return from(false, None);
    }
    found
}
