//! What `evtui preview` prints with `--profile` and `--explain`.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::report::{short_path, visible};
use crate::event::{Explanation, Impurity, Profile, Step};
use crate::preview::Sharing;

/// Files of the table.
const FILES: usize = 20;

/// Lines of each file of the table.
const LINES: usize = 8;

/// The table of files and lines, slowest first, and how far rendering can be shared by workers.
pub(super) fn write_profile(
    out: &mut dyn Write,
    profile: Option<&Profile>,
    sharing: Option<&Sharing>,
) -> io::Result<()> {
    writeln!(out)?;
    match profile {
        Some(profile) => write_table(out, profile)?,
        None => writeln!(out, "nothing was rendered from templates")?,
    }
    let (how, why) = match sharing {
        None => return Ok(()),
        Some(Sharing::All) => {
            return writeln!(out, "parallel: yes, events do not depend on each other");
        }
        Some(Sharing::Part(why)) => ("in part, one thread does what has to be in order", why),
        Some(Sharing::Nothing(why)) => ("no", why),
    };
    let (reason, place) = (visible(&why.reason), place(why));
    writeln!(out, "parallel: {how}, because {reason}{place}")
}

fn write_table(out: &mut dyn Write, profile: &Profile) -> io::Result<()> {
    let total: Duration = profile.files.iter().map(|file| file.time).sum();
    writeln!(out, "   time  share     runs      bytes  where")?;
    for file in profile.files.iter().take(FILES) {
        let name = visible(&file.name);
        row(out, file.time, total, file.entered, file.bytes, &name)?;
        for line in file.lines.iter().take(LINES) {
            let at = format!("  {name}:{}", line.line);
            row(out, line.time, total, line.runs, line.bytes, &at)?;
        }
        let more = file.lines.len().saturating_sub(LINES);
        if more > 0 {
            writeln!(out, "{:36}  ({more} faster lines)", "")?;
        }
    }
    let more = profile.files.len().saturating_sub(FILES);
    if more > 0 {
        writeln!(out, "({more} faster files)")?;
    }
    Ok(())
}

fn row(
    out: &mut dyn Write,
    time: Duration,
    total: Duration,
    runs: u64,
    bytes: u64,
    at: &str,
) -> io::Result<()> {
    let share = time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE) * 100.0;
    let time = short_time(time);
    writeln!(out, "{time:>7} {share:5.1}% {runs:>8} {bytes:>10}  {at}")
}

fn short_time(time: Duration) -> String {
    let us = time.as_secs_f64() * 1e6;
    match us {
        0.0..1_000.0 => format!("{us:.1}us"),
        1_000.0..1_000_000.0 => format!("{:.1}ms", us / 1e3),
        _ => format!("{:.2}s", us / 1e6),
    }
}

fn place(why: &Impurity) -> String {
    let Some(place) = &why.place else {
        return String::new();
    };
    let line = place.span.map_or_else(String::new, |span| {
        format!(":{}:{}", span.start.line, span.start.column)
    });
    format!(" ({}{line})", short_path(&place.path))
}

/// What made the events of one timestamp.
pub(super) fn write_explanation(
    out: &mut dyn Write,
    number: usize,
    explanation: Option<&Explanation>,
) -> io::Result<()> {
    writeln!(out)?;
    let Some(explanation) = explanation else {
        return writeln!(out, "timestamp {number} was not rendered from templates");
    };
    let templates = visible(&explanation.templates.join(", "));
    writeln!(out, "timestamp {number}, rendered by {templates}:")?;
    if explanation.steps.is_empty() {
        writeln!(out, "  nothing was drawn, and no state was used")?;
    }
    for step in &explanation.steps {
        writeln!(out, "  {}", visible(&step_text(step)))?;
    }
    match explanation.left_out {
        0 => Ok(()),
        more => writeln!(out, "  ({more} more)"),
    }
}

fn step_text(step: &Step) -> String {
    match step {
        Step::Row { sample, index, by } => format!("row    {sample}[{index}] by {by}"),
        Step::Draw {
            function,
            arguments,
            result,
        } => {
            format!("draw   {function}({arguments}) = {result}")
        }
        Step::Read { scope, key, value } => format!("read   {scope}.{key} = {value}"),
        Step::Write {
            scope,
            key,
            value: Some(value),
        } => format!("write  {scope}.{key} = {value}"),
        Step::Write {
            scope,
            key,
            value: None,
        } => format!("remove {scope}.{key}"),
    }
}

/// The profile for `--json`; times in microseconds.
pub(super) fn profile_json(profile: &Profile) -> Value {
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    let files: Vec<Value> = profile
        .files
        .iter()
        .map(|file| {
            let lines: Vec<Value> = file
                .lines
                .iter()
                .map(|line| {
                    json!({
                        "line": line.line,
                        "runs": line.runs,
                        "time_us": us(line.time),
                        "bytes": line.bytes,
                    })
                })
                .collect();
            json!({
                "file": file.name,
                "entered": file.entered,
                "time_us": us(file.time),
                "bytes": file.bytes,
                "lines": lines,
            })
        })
        .collect();
    Value::Array(files)
}

/// How far workers can share the rendering, for `--json`.
pub(super) fn sharing_json(sharing: &Sharing) -> Value {
    let why = match sharing {
        Sharing::All => None,
        Sharing::Part(why) | Sharing::Nothing(why) => Some(why),
    };
    let place = why.and_then(|why| why.place.as_ref());
    let start = place.and_then(|place| place.span).map(|span| span.start);
    json!({
        "parallel": *sharing == Sharing::All,
        "divided": matches!(sharing, Sharing::Part(_)),
        "reason": why.map(|why| why.reason.as_str()),
        "path": place.map(|place| place.path.display().to_string()),
        "line": start.map(|start| start.line),
        "column": start.map(|start| start.column),
    })
}

/// The explanation for `--json`.
pub(super) fn explanation_json(explanation: &Explanation) -> Value {
    let step = |step: &Step| match step {
        Step::Row { sample, index, by } => {
            json!({"kind": "row", "sample": sample, "index": index, "by": by})
        }
        Step::Draw {
            function,
            arguments,
            result,
        } => {
            json!({"kind": "draw", "function": function, "arguments": arguments, "result": result})
        }
        Step::Read { scope, key, value } => {
            json!({"kind": "read", "scope": scope, "key": key, "value": value})
        }
        Step::Write { scope, key, value } => {
            json!({"kind": "write", "scope": scope, "key": key, "value": value})
        }
    };
    let templates: Vec<&str> = explanation.templates.iter().map(AsRef::as_ref).collect();
    json!({
        "templates": templates,
        "steps": explanation.steps.iter().map(step).collect::<Vec<_>>(),
        "left_out": explanation.left_out,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn how_far_rendering_is_shared_comes_with_the_reason() {
        let why = || Impurity {
            place: None,
            reason: "`shared` is written".to_owned(),
        };
        let told = |sharing| {
            let mut out = Vec::new();
            write_profile(&mut out, None, Some(&sharing)).unwrap();
            let text = String::from_utf8(out).unwrap();
            let json = sharing_json(&sharing);
            let of = |key: &str| json[key].as_bool().unwrap();
            let last = text.lines().last().unwrap().to_owned();
            (last, of("parallel"), of("divided"))
        };
        let all = "parallel: yes, events do not depend on each other";
        assert_eq!(told(Sharing::All), (all.to_owned(), true, false));
        let part = "parallel: in part, one thread does what has to be in order, because `shared` is \
                    written";
        assert_eq!(told(Sharing::Part(why())), (part.to_owned(), false, true));
        let nothing = "parallel: no, because `shared` is written";
        let nothing = (nothing.to_owned(), false, false);
        assert_eq!(told(Sharing::Nothing(why())), nothing);
    }
}
