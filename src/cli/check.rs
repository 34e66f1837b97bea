//! `evtui check`: finds every problem of a project without running it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::report::{Paint, Reporter, count, finish, visible};
use super::values::{params, zone};
use crate::config::{Diagnostic, Disk, Files, LoadOptions, Severity, Span, load, secret_variable};
use crate::instance::secrets::Secrets;
use crate::language::portability;
use crate::pipeline::{CheckOptions, CheckReport, Need, check};
use crate::time::{Clock as _, WallClock, Zone};

/// Check a project and list the params and secrets it needs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml
    project: PathBuf,
    /// Values for ${params.*} as a JSON object; missing ones are errors then
    #[arg(long, value_name = "JSON", value_parser = params)]
    params: Option<Map<String, Value>>,
    /// Time zone of the generator, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    timezone: Zone,
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
    if args.eventum {
        report.diagnostics.0.extend(obstacles(&args.project));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if args.json {
        write_json(&mut out, &report)
    } else {
        write_text(&mut out, &report, files.as_ref(), args.eventum)
    };
    let sound = !report.diagnostics.has_errors();
    finish(written.and_then(|()| out.flush()), sound)
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
    files: &dyn Files,
    eventum: bool,
) -> io::Result<()> {
    let paint = Paint::on(&io::stdout());
    Reporter::new(files, paint).write(out, &report.diagnostics.0)?;
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
    let path = visible(&report.path.display().to_string());
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

fn write_json(out: &mut dyn Write, report: &CheckReport) -> io::Result<()> {
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
