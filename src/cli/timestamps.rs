//! What `evtui preview --timestamps` prints: how many, when, from which input, and why none.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::preview::{Part, PreviewResult, Schedule};
use crate::time::{Moment, SECOND_US, Versatile, rate, relative, short_duration};

/// Names of spans, in seconds.
const SPANS: [(&str, u64); 6] = [
    ("minute", 60),
    ("hour", 3_600),
    ("day", 86_400),
    ("week", 604_800),
    ("month", 2_592_000),
    ("year", 31_536_000),
];

/// Longest span: a hundred years.
const LONGEST_S: u64 = 3_155_760_000;

/// `--span`, in seconds.
pub(super) fn span(text: &str) -> Result<u64, String> {
    let named = SPANS.iter().find(|(name, _)| *name == text);
    let seconds = match named {
        Some((_, seconds)) => Some(*seconds),
        None => text.parse().ok().or_else(|| {
            let us = relative::parse(text)?;
            u64::try_from(us / SECOND_US).ok()
        }),
    };
    seconds
        .filter(|seconds| (1..=LONGEST_S).contains(seconds))
        .ok_or_else(|| {
            "expected hour, day, week, month, year, seconds or such as 12h or 30d, up to 100 years"
                .to_owned()
        })
}

/// `--from`: any form of a moment.
pub(super) fn moment(text: &str) -> Result<Versatile, String> {
    Versatile::parse(text).map_err(|error| format!("{error}; {}", error.help))
}

pub(super) fn write(out: &mut dyn Write, result: &PreviewResult, count: usize) -> io::Result<()> {
    let Some(schedule) = &result.schedule else {
        return Ok(());
    };
    if let Some(from) = schedule.from {
        let span = short_duration(Duration::from_secs(schedule.span_s));
        let total = amount(schedule.count(), schedule.estimated, schedule.truncated);
        write!(out, "{total} in {span} from {from}")?;
        if schedule.count() > 0 {
            write!(out, ", {}", rate(schedule.rate()))?;
        }
        writeln!(out)?;
        writeln!(out, "{}", bars(&schedule.buckets))?;
    }
    if let Some(extent) = extent(schedule) {
        writeln!(out, "{extent}")?;
    }
    if schedule.parts.len() > 1 {
        for (index, part) in (0..).zip(&schedule.parts) {
            writeln!(out, "{}", part_line(schedule, index, part))?;
        }
    }
    for (at, input) in schedule.next.iter().take(count) {
        writeln!(out, "{at}  {}", input_name(schedule, *input))?;
    }
    for remark in [&schedule.nothing, &schedule.skipped].into_iter().flatten() {
        writeln!(out, "({remark})")?;
    }
    Ok(())
}

fn amount(count: u64, estimated: bool, truncated: bool) -> String {
    let about = if estimated { "about " } else { "" };
    let more = if truncated { " or more" } else { "" };
    format!("{about}{count}{more}")
}

/// First and last of the whole schedule, and how many.
fn extent(schedule: &Schedule) -> Option<String> {
    let first = schedule.first?;
    Some(match (schedule.last, schedule.total) {
        (Some(last), Some(total)) => format!("{total} in all, first {first}, last {last}"),
        (Some(last), None) => format!("first {first}, last {last}"),
        (None, _) => format!("first {first}, no end known"),
    })
}

fn part_line(schedule: &Schedule, index: u16, part: &Part) -> String {
    let name = input_name(schedule, index);
    let count = amount(part.count, part.estimated, false);
    match &part.nothing {
        Some(nothing) => format!("{name}: {nothing}"),
        None => format!("{name}: {count}"),
    }
}

/// The input as a setting: `input[0].cron`.
fn input_name(schedule: &Schedule, index: u16) -> String {
    let name = schedule.inputs.get(usize::from(index));
    format!("input[{index}].{}", name.map_or("", String::as_str))
}

/// One character a bucket; a bucket with anything in it is never empty.
fn bars(buckets: &[u64]) -> String {
    const STEPS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = buckets.iter().copied().max().unwrap_or(0).max(1);
    buckets
        .iter()
        .map(|&count| {
            let step = (u128::from(count) * 8).div_ceil(u128::from(most));
            usize::try_from(step)
                .ok()
                .and_then(|step| STEPS.get(step))
                .copied()
                .unwrap_or(' ')
        })
        .collect()
}

pub(super) fn json(schedule: &Schedule) -> Value {
    let text = |at: &Option<Moment>| at.as_ref().map(Moment::to_string);
    let next: Vec<Value> = schedule
        .next
        .iter()
        .map(|(at, input)| json!({"timestamp": at.to_string(), "input": input}))
        .collect();
    let parts: Vec<Value> = schedule
        .parts
        .iter()
        .map(|part| {
            json!({
                "count": part.count,
                "estimated": part.estimated,
                "first": text(&part.first),
                "last": text(&part.last),
                "total": part.total,
                "nothing": part.nothing,
            })
        })
        .collect();
    json!({
        "from": text(&schedule.from),
        "span_seconds": schedule.span_s,
        "bucket_seconds": schedule.span_s as f64 / schedule.buckets.len().max(1) as f64,
        "buckets": schedule.buckets,
        "estimated": schedule.estimated,
        "truncated": schedule.truncated,
        "per_second": schedule.rate(),
        "first": text(&schedule.first),
        "last": text(&schedule.last),
        "total": schedule.total,
        "next": next,
        "inputs": schedule.inputs,
        "parts": parts,
        "nothing": schedule.nothing,
        "skipped": schedule.skipped,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_bucket_is_never_empty() {
        assert_eq!(bars(&[0, 1, 1_000, 500]), " ▁█▄");
        assert_eq!(bars(&[0, 0]), "  ");
    }

    #[test]
    fn spans_have_names_units_or_plain_seconds() {
        assert_eq!(span("year"), Ok(31_536_000));
        assert_eq!(span("90"), Ok(90));
        assert_eq!(span("1d12h"), Ok(129_600));
        for text in ["0", "-1", "-1h", "fortnight", "", "99999999999", "40000d"] {
            assert!(span(text).is_err_and(|why| why.contains("week")), "{text}");
        }
    }
}
