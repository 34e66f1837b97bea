//! `evtui check`: finds every problem of a project without running it, and renders a few events.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::check_events::{Rendered, render};
use super::report::{Paint, Reporter, count, finish, visible};
use super::values::{params, zone};
use crate::config::{Diagnostic, Disk, Files, LoadOptions, Severity, Span, load, secret_variable};
use crate::instance::secrets::Secrets;
use crate::language::portability;
use crate::pipeline::{CheckOptions, CheckReport, Need, check};
use crate::time::{Clock as _, WallClock, Zone};

/// Check a project, render a few events of it, and list the params and secrets it needs
///
/// Problems of a few events only are warnings; those of all events are errors. Commands and scripts are
/// not run. Ends with 0 when there are no errors, with 1 when there are.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml
    #[arg(default_value = ".", hide_default_value = true)]
    project: PathBuf,
    /// Values for ${params.*} as a JSON object; missing ones are errors then
    #[arg(long, value_name = "JSON", value_parser = params)]
    params: Option<Map<String, Value>>,
    /// Time zone of the generator, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    timezone: Zone,
    /// Only look at the files, render no events
    #[arg(long)]
    no_render: bool,
    /// Also say whether Eventum can run the project; what it does not know is an error then
    #[arg(long)]
    eventum: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let files: Arc<dyn Files> = Arc::new(Disk);
    let options = CheckOptions {
        params: args.params.clone(),
        zone: args.timezone,
        now: args.timezone.at_instant(WallClock.now_us()),
    };
    let mut report = check(&args.project, &files, &options);
    mark_given(&mut report);
    let rendered = rendered(args, &mut report, options.now.instant_us());
    if args.eventum {
        report.diagnostics.0.extend(obstacles(&args.project));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if args.json {
        write_json(&mut out, &report, rendered.as_ref())
    } else {
        write_text(&mut out, &report, rendered.as_ref(), &files, args.eventum)
    };
    let sound = !report.diagnostics.has_errors();
    finish(written.and_then(|()| out.flush()), sound)
}

/// What a few events are like; `None` when none can be rendered because the project is unsound or values
/// are missing, or when it is not wanted.
fn rendered(args: &Args, report: &mut CheckReport, now_us: i64) -> Option<Rendered> {
    let possible = !report.diagnostics.has_errors() && report.unchecked.is_empty();
    if args.no_render || !possible {
        return None;
    }
    let params = args.params.clone().unwrap_or_default();
    let mut rendered = render(&args.project, args.timezone, &params, now_us);
    for problem in std::mem::take(&mut rendered.problems) {
        report.diagnostics.push(problem);
    }
    report.diagnostics.sort(&report.path);
    Some(rendered)
}

/// Which secrets have a value, as far as that can be told without asking for a password.
fn mark_given(report: &mut CheckReport) {
    if report.secrets.is_empty() {
        return;
    }
    let names = report.secrets.iter().map(|need| need.name.as_str());
    let known = Secrets::from_environment().known(names);
    for need in &mut report.secrets {
        need.given = known.contains(&need.name);
    }
}

/// What Eventum does not know, as errors.
fn obstacles(project: &Path) -> Vec<Diagnostic> {
    let options = LoadOptions {
        lenient: true,
        ..LoadOptions::default()
    };
    let found = load(project, &Disk, &options).document;
    let found = found.map_or_else(Vec::new, |document| portability(&document));
    found
        .into_iter()
        .map(|one| {
            Diagnostic::error(one.message, one.place).help(
                "it is an addition of evtui; leave it out where Eventum is to run the project",
            )
        })
        .collect()
}

fn write_text(
    out: &mut dyn Write,
    report: &CheckReport,
    rendered: Option<&Rendered>,
    files: &Arc<dyn Files>,
    eventum: bool,
) -> io::Result<()> {
    let paint = Paint::on(&io::stdout());
    Reporter::new(files.as_ref(), paint).write(out, &report.diagnostics.0)?;
    write_needs(out, "params", &report.params, |_| String::new())?;
    write_needs(out, "secrets", &report.secrets, |name| {
        format!(
            ", from {} or `evtui secrets set {name}`",
            secret_variable(name)
        )
    })?;
    if !report.unchecked.is_empty() {
        let settings: Vec<String> = report.unchecked.iter().map(|one| visible(one)).collect();
        writeln!(
            out,
            "checked in part, because values are missing: {}",
            settings.join(", ")
        )?;
        let given = report.params.iter().all(|need| need.given);
        if !given {
            writeln!(out, "pass params with --params to check everything")?;
        }
    }
    if let Some(note) = rendered.and_then(|one| one.note.as_ref()) {
        writeln!(out, "{}", visible(note))?;
    }
    write_verdict(out, report, rendered, eventum, paint)
}

/// The last lines: whether it is sound.
fn write_verdict(
    out: &mut dyn Write,
    report: &CheckReport,
    rendered: Option<&Rendered>,
    eventum: bool,
    paint: Paint,
) -> io::Result<()> {
    let mut path = visible(&report.path.display().to_string());
    if let Some(rendered) = rendered.filter(|one| one.events > 0) {
        path.push_str(&format!(", {} rendered", count(rendered.events, "event")));
    }
    let errors = report.diagnostics.errors();
    let warnings = report.diagnostics.0.len() - errors;
    let tail = if warnings == 0 {
        String::new()
    } else {
        count(warnings, "warning")
    };
    if eventum && errors == 0 {
        writeln!(out, "Eventum 2.6 can run it too")?;
    }
    match (errors, tail.is_empty()) {
        (0, true) => writeln!(out, "{}: {path}", paint.good("ok")),
        (0, false) => writeln!(
            out,
            "{}: {path} with {}",
            paint.good("ok"),
            paint.warning(&tail)
        ),
        (_, true) => writeln!(out, "{}: {path}", paint.error(&count(errors, "error"))),
        (_, false) => {
            let errors = paint.error(&count(errors, "error"));
            writeln!(out, "{errors}, {}: {path}", paint.warning(&tail))
        }
    }
}

fn write_needs(
    out: &mut dyn Write,
    title: &str,
    needs: &[Need],
    from: impl Fn(&str) -> String,
) -> io::Result<()> {
    if needs.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title} used:")?;
    for need in needs {
        let given = if need.given { ", given" } else { "" };
        writeln!(
            out,
            "  {} (line {}{given}{})",
            visible(&need.name),
            need.span.start.line,
            visible(&from(&need.name))
        )?;
    }
    Ok(())
}

fn write_json(
    out: &mut dyn Write,
    report: &CheckReport,
    rendered: Option<&Rendered>,
) -> io::Result<()> {
    let errors = report.diagnostics.errors();
    let needs = |needs: &[Need]| -> Vec<Value> {
        let need = |need: &Need| {
            json!({
                "name": need.name,
                "line": need.span.start.line,
                "column": need.span.start.column,
                "given": need.given,
            })
        };
        needs.iter().map(need).collect()
    };
    let document = json!({
        "path": report.path.to_string_lossy(),
        "ok": errors == 0,
        "errors": errors,
        "warnings": report.diagnostics.0.len() - errors,
        "diagnostics": report.diagnostics.0.iter().map(diagnostic_json).collect::<Vec<_>>(),
        "params": needs(&report.params),
        "secrets": needs(&report.secrets),
        "checked_in_part": report.unchecked,
        "rendered": rendered.map(|one| one.events),
        "note": rendered.and_then(|one| one.note.as_deref()),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn diagnostic_json(one: &Diagnostic) -> Value {
    let place = one.place.as_ref();
    let span: Option<Span> = place.and_then(|place| place.span);
    json!({
        "severity": match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": one.message,
        "file": place.map(|place| place.path.to_string_lossy()),
        "line": span.map(|span| span.start.line),
        "column": span.map(|span| span.start.column),
        "end_line": span.map(|span| span.end.line),
        "end_column": span.map(|span| span.end.column),
        "setting": one.setting,
        "help": one.help,
    })
}
