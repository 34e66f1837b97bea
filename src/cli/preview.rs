//! `evtui preview`: prints what the preview panes show.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::inspect::{
    explanation_json, profile_json, sharing_json, write_explanation, write_profile,
};
use super::report::{Paint, Reporter, finish, short_path};
use super::timestamps::{self, moment, span};
use super::values::{count, params, seed, stamp, zone};
use crate::config::{Diagnostic, Disk, Parameters};
use crate::pipeline::SEEDED_NOW_US;
use crate::preview::{
    Inspection, PreviewEvent, PreviewFailure, PreviewRequest, PreviewResult, Worker, evaluate,
    finest_buckets,
};
use crate::time::iso::Stamp;
use crate::time::{Clock as _, Versatile, WallClock, Zone};

/// Print the next timestamps and events of a project
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(super) struct Args {
    /// Project folder or generator.yml
    project: PathBuf,
    /// Timestamps to render, or to list with --timestamps
    #[arg(short = 'n', long = "count", value_name = "COUNT", default_value = "5", value_parser = count)]
    count: usize,
    /// Print when it fires, not what it renders
    #[arg(long)]
    timestamps: bool,
    /// Length of the histogram of --timestamps: hour, day, week, month, year, or such as 90s, 12h, 30d;
    /// a number alone is seconds
    #[arg(long, value_name = "SPAN", default_value = "hour", value_parser = span)]
    span: u64,
    /// Where the timestamps begin, such as 2027-01-01, +30d or "next monday" [default: where the run
    /// does]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Versatile>,
    /// The same number gives the same events [default: 1]; with --sample the present is then
    /// 2026-01-01T00:00Z, as in a run, unless --now says otherwise
    #[arg(long, value_name = "NUMBER", value_parser = seed)]
    seed: Option<u64>,
    /// What is taken as the present, such as 2026-01-31T08:00
    #[arg(long, value_name = "TIME", value_parser = stamp)]
    now: Option<Stamp>,
    /// Time zone of the timestamps, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    timezone: Zone,
    /// Values for ${params.*} as a JSON object; missing ones stay as they are written
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = params)]
    params: Map<String, Value>,
    /// As a run in sample mode: timestamps from before now too
    #[arg(long)]
    sample: bool,
    /// Print where rendering spends its time, by template and line, and whether workers could share it
    #[arg(long)]
    profile: bool,
    /// Print what made the events of one timestamp, counted from 1: templates, rows of samples, what was
    /// drawn, state
    #[arg(long, value_name = "NUMBER", value_parser = count)]
    explain: Option<usize>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Most buckets of the printed histogram.
const WIDTH: usize = 76;

/// Limit of the whole evaluation.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) fn run(args: &Args) -> ExitCode {
    let result = result(args);
    let mut reporter = Reporter::new(&Disk, Paint::on(&io::stderr()));
    let mut problems = Vec::new();
    // Writing to memory does not fail, and nobody could be told of a closed standard error.
    let _ = reporter.write(&mut problems, &result.diagnostics.0);
    let _ = io::stderr().write_all(&problems);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = match (args.json, args.timestamps) {
        (true, _) => write_json(&mut out, &result),
        (false, true) => timestamps::write(&mut out, &result, args.count),
        (false, false) => write_events(&mut out, &result),
    };
    let written = written.and_then(|()| write_inspection(&mut out, args, &result));
    let lost = result.events.iter().any(is_lost);
    let sound = !result.diagnostics.has_errors() && !lost;
    finish(written.and_then(|()| out.flush()), sound)
}

/// What was asked for besides the events; JSON has it already.
fn write_inspection(out: &mut dyn Write, args: &Args, result: &PreviewResult) -> io::Result<()> {
    if args.json {
        return Ok(());
    }
    if let Some(number) = args.explain {
        write_explanation(out, number, result.explanation.as_ref())?;
    }
    if args.profile {
        write_profile(out, result.profile.as_ref(), result.sharing.as_ref())?;
    }
    Ok(())
}

fn request(args: &Args) -> PreviewRequest {
    let now_us = now_us(args);
    PreviewRequest {
        project: args.project.clone(),
        buffers: HashMap::new(),
        revision: 0,
        parameters: Parameters {
            zone: args.timezone,
            live_mode: !args.sample,
            params: args.params.clone(),
            ..Parameters::default()
        },
        seed: args.seed.unwrap_or(1),
        now_us,
        from_us: from_us(args, now_us),
        span_s: args.span,
        buckets: finest_buckets(args.span, WIDTH),
        events: args.count,
        deadline: DEADLINE,
        inspect: Inspection {
            profile: args.profile,
            explain: args.explain.and_then(|number| number.checked_sub(1)),
            ..Inspection::default()
        },
    }
}

/// Evaluates on the previewer's own thread, which has the stack for deep templates and outlives panics.
fn result(args: &Args) -> PreviewResult {
    let (done, results) = channel();
    let worker = Worker::start(move |result| drop(done.send(result)));
    worker.request(request(args));
    results
        .recv()
        .unwrap_or_else(|_| evaluate(&request(args), &|| false))
}

fn now_us(args: &Args) -> i64 {
    match args.now {
        Some(stamp) => stamp.in_zone(args.timezone).instant_us(),
        None if args.sample && args.seed.is_some() => SEEDED_NOW_US,
        None => WallClock.now_us(),
    }
}

/// `--from`; a moment outside the calendar is none.
fn from_us(args: &Args, now_us: i64) -> Option<i64> {
    let now = args.timezone.at_instant(now_us);
    let from = args.from.as_ref()?.resolve(args.timezone, now, now).ok()?;
    Some(from.instant_us())
}

fn is_lost(event: &PreviewEvent) -> bool {
    matches!(
        event.text,
        Err(PreviewFailure::Render(_) | PreviewFailure::Format(..))
    )
}

fn write_events(out: &mut dyn Write, result: &PreviewResult) -> io::Result<()> {
    for event in &result.events {
        write!(out, "-- {}", event.at)?;
        if let Some(alias) = &event.alias {
            write!(out, " {alias}")?;
        }
        if !event.tags.is_empty() {
            write!(out, " [{}]", event.tags.join(", "))?;
        }
        writeln!(out)?;
        match &event.text {
            Ok(text) => writeln!(out, "{text}")?,
            Err(failure) => writeln!(out, "{}", failure_text(failure))?,
        }
    }
    for remark in remarks(result) {
        writeln!(out, "({remark})")?;
    }
    Ok(())
}

/// What is said beside the events.
fn remarks(result: &PreviewResult) -> impl Iterator<Item = &str> {
    let nothing = result
        .schedule
        .as_ref()
        .and_then(|one| one.nothing.as_deref());
    nothing.into_iter().chain(result.note.as_deref())
}

fn failure_text(failure: &PreviewFailure) -> String {
    match failure {
        PreviewFailure::Dropped => "dropped by the template".to_owned(),
        PreviewFailure::Render(error) => {
            let mut text = "failed".to_owned();
            if let Some(place) = error.places.first() {
                text.push_str(&format!(" at {}", short_path(&place.path)));
                if let Some(span) = place.span {
                    text.push_str(&format!(":{}:{}", span.start.line, span.start.column));
                }
            }
            text.push_str(&format!(": {}", error.message));
            for place in error.places.iter().skip(1).take(4) {
                text.push_str(&format!(", from {}", short_path(&place.path)));
                if let Some(span) = place.span {
                    text.push_str(&format!(":{}:{}", span.start.line, span.start.column));
                }
            }
            if let Some(help) = &error.help {
                text.push_str(&format!(" ({help})"));
            }
            text
        }
        PreviewFailure::Format(text, reason) => {
            format!("{text}\nrefused by the formatter: {reason}")
        }
    }
}

fn write_json(out: &mut dyn Write, result: &PreviewResult) -> io::Result<()> {
    let problems: Vec<Value> = result.diagnostics.0.iter().map(problem_json).collect();
    let events: Vec<Value> = result.events.iter().map(event_json).collect();
    let document = json!({
        "diagnostics": problems,
        "params": result.params,
        "secrets": result.secrets,
        "schedule": result.schedule.as_ref().map(timestamps::json),
        "events": events,
        "note": result.note,
        "profile": result.profile.as_ref().map(profile_json),
        "explanation": result.explanation.as_ref().map(explanation_json),
        "parallel": result.sharing.as_ref().map(sharing_json),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn problem_json(problem: &Diagnostic) -> Value {
    let place = problem.place.as_ref();
    let start = place.and_then(|place| place.span).map(|span| span.start);
    json!({
        "severity": format!("{:?}", problem.severity).to_lowercase(),
        "message": problem.message,
        "path": place.map(|place| place.path.display().to_string()),
        "line": start.map(|start| start.line),
        "column": start.map(|start| start.column),
        "setting": problem.setting,
        "help": problem.help,
    })
}

fn event_json(event: &PreviewEvent) -> Value {
    let (text, failure) = match &event.text {
        Ok(text) => (Some(text.as_str()), None),
        Err(PreviewFailure::Format(text, _)) => (Some(text.as_str()), Some("format")),
        Err(PreviewFailure::Dropped) => (None, Some("dropped")),
        Err(PreviewFailure::Render(_)) => (None, Some("render")),
    };
    let message = event.text.as_ref().err().map(failure_text);
    json!({
        "timestamp": event.at.to_string(),
        "alias": event.alias.as_deref(),
        "tags": event.tags.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
        "text": text,
        "failure": failure,
        "message": message,
    })
}
