//! When a project fires: a histogram, the next timestamps, and why there are none.

use crate::batch::TimestampBatch;
use crate::config::{Diagnostic, Diagnostics};
use crate::input::{InputEnv, Merge, input_seed};
use crate::time::{Moment, SECOND_US};

use super::Schedule;
use super::evaluate::{Patience, Project};

/// Most timestamps that are counted for the histogram.
const MOST_COUNTED: usize = 3_000_000;

/// Timestamps of the list.
const LISTED: usize = 200;

/// Timestamps asked for at a time.
const CHUNK: usize = 4_096;

/// The schedule, and the timestamps to render events for.
pub(super) struct Firing {
    pub schedule: Schedule,
    pub render: Vec<(Moment, u16)>,
    /// Remark about what is rendered.
    pub note: Option<String>,
}

/// Works out when the inputs fire; `None` when none of them is sound.
pub(super) fn evaluate(
    project: &Project<'_>,
    patience: &Patience<'_>,
    problems: &mut Diagnostics,
) -> Option<Firing> {
    if project.inputs.iter().all(Option::is_none) {
        return None;
    }
    let parameters = &project.request.parameters;
    let skip_past = parameters.live_mode && parameters.skip_past;
    let mut merge = start(project, skip_past, &mut |problem| problems.push(problem))?;
    let mut firing = Firing {
        schedule: histogram(project, &mut merge, patience),
        render: Vec::new(),
        note: None,
    };
    failures(&mut merge, project, &mut |problem| problems.push(problem));
    if firing.schedule.next.is_empty() && skip_past {
        let past = start(project, false, &mut |_| {}).map(|mut merge| take(&mut merge, 1));
        if past.is_some_and(|past| !past.is_empty()) {
            firing.schedule.nothing =
                Some("all timestamps lie before now, and `skip_past` leaves them out".to_owned());
            firing.note =
                Some("shown as without `skip_past`: all timestamps lie before now".to_owned());
            firing.render = start(project, false, &mut |_| {})
                .map(|mut merge| take(&mut merge, project.request.events))
                .unwrap_or_default();
            return Some(firing);
        }
    }
    if firing.schedule.next.is_empty() && !firing.schedule.truncated {
        firing.schedule.nothing = Some("no input has any timestamp to give".to_owned());
    }
    firing.render = firing
        .schedule
        .next
        .iter()
        .take(project.request.events)
        .copied()
        .collect();
    Some(firing)
}

/// Starts all sound inputs; `None` when none of them starts.
fn start(
    project: &Project<'_>,
    skip_past: bool,
    report: &mut dyn FnMut(Diagnostic),
) -> Option<Merge> {
    let request = project.request;
    let zone = request.parameters.zone;
    let mut started = Vec::new();
    for (input, index) in project.inputs.iter().zip(0..=u16::MAX) {
        let Some(input) = input else { continue };
        let env = InputEnv {
            zone,
            now: zone.at_instant(request.now_us),
            skip_past,
            base: project.base,
            files: project.files.as_ref(),
            seed: input_seed(Some(request.seed), index),
            outside: None,
        };
        match input.config.start(&env) {
            Ok(running) => started.push((running, index)),
            Err(error) => {
                let mut problem = Diagnostic::error(error.message, Some(input.place.clone()));
                problem.help = error.help;
                report(problem.setting(&input.setting));
            }
        }
    }
    (!started.is_empty()).then(|| Merge::indexed(started))
}

fn failures(merge: &mut Merge, project: &Project<'_>, report: &mut dyn FnMut(Diagnostic)) {
    while let Some((index, error)) = merge.failure() {
        let input = project.inputs.get(index).and_then(Option::as_ref);
        let mut problem = Diagnostic::error(error.message, input.map(|input| input.place.clone()));
        problem.help = error.help;
        report(problem.setting(input.map_or("", |input| input.setting.as_str())));
    }
}

fn take(merge: &mut Merge, max: usize) -> Vec<(Moment, u16)> {
    let mut batch = TimestampBatch::default();
    merge.fill(max, &mut batch);
    batch.moments.into_iter().zip(batch.inputs).collect()
}

/// Counts timestamps over the span: from now, or from the first timestamp where the run would begin
/// elsewhere (in sample mode, and in the past).
fn histogram(project: &Project<'_>, merge: &mut Merge, patience: &Patience<'_>) -> Schedule {
    let request = project.request;
    let now = request.parameters.zone.at_instant(request.now_us);
    let mut schedule = Schedule {
        span_s: request.span_s,
        buckets: vec![0; request.buckets],
        inputs: project
            .inputs
            .iter()
            .map(|input| input.as_ref().map_or("", |input| input.name).to_owned())
            .collect(),
        ..Schedule::default()
    };
    let listed = LISTED.max(request.events);
    let mut counted = 0;
    let mut batch = TimestampBatch::default();
    loop {
        batch.clear();
        // The first chunk is small: the list and the events must not wait for a slow input.
        let more = merge.fill(if counted == 0 { listed } else { CHUNK }, &mut batch);
        if counted == 0 {
            let begin = batch.moments.first().copied().unwrap_or(now);
            let at_now = request.parameters.live_mode && begin.instant_us() >= now.instant_us();
            schedule.from = Some(if at_now { now } else { begin });
            let first = batch
                .moments
                .iter()
                .copied()
                .zip(batch.inputs.iter().copied());
            schedule.next = first.collect();
        }
        let inside = count(&mut schedule, &batch.moments);
        counted += batch.len();
        if !more || inside < batch.len() {
            return schedule;
        }
        if counted >= MOST_COUNTED || patience.is_over() {
            schedule.truncated = true;
            return schedule;
        }
    }
}

/// Adds timestamps to the buckets; gives how many lie before the end of the span.
fn count(schedule: &mut Schedule, moments: &[Moment]) -> usize {
    let from_us = schedule.from.map_or(0, Moment::instant_us);
    let span_us = i64::try_from(schedule.span_s)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECOND_US);
    let buckets = schedule.buckets.len() as i128;
    for (index, at) in moments.iter().enumerate() {
        let after_us = at.instant_us() - from_us;
        if after_us >= span_us {
            return index;
        }
        let bucket = i128::from(after_us) * buckets / i128::from(span_us);
        if let Some(bucket) = usize::try_from(bucket)
            .ok()
            .and_then(|bucket| schedule.buckets.get_mut(bucket))
        {
            *bucket += 1;
        }
    }
    moments.len()
}
