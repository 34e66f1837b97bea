//! A project and what previews and pipelines would say of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::arc;
use crate::config::{Diagnostic, Diagnostics, Place, Pos, Severity, Span};
use crate::event::EventError;
use crate::instance::GeneratorStatus;
use crate::pipeline::{ErrorStats, InputStats, OutputStats, QueueStats, State, Stats};
use crate::preview::{Part, PreviewEvent, PreviewFailure, PreviewRequest, PreviewResult, Schedule};
use crate::time::Moment;

pub const DOCUMENT: &str = "\
# A web server's access log.

input:
  - cron:
      expression: \"* * * * * *\"
      count: 5
      tags: [web, front]

event:
  template:
    mode: chance
    params:
      host: ${params.host}
      max: 12
    samples:
      pages: {type: csv, source: samples/pages.csv, header: true}
    templates:
      - page:
          template: templates/page.json.jinja
          chance: 90

output:
  - file: {path: output/access.log, write_mode: overwrite}
";

pub const TEMPLATE: &str = "\
{#- One request -#}
{%- set row = samples.pages.weighted_pick('weight') -%}
{
  \"at\": \"{{ timestamp.isoformat() }}\",
  \"path\": \"{{ row.path | default('/') }}\",
  \"status\": {{ 200 if row.ok else 404 }}
}
";

pub fn write(root: &Path) {
    let files = [
        ("generator.yml", DOCUMENT),
        ("templates/page.json.jinja", TEMPLATE),
        ("samples/pages.csv", "path,weight\n/,10\n/about,2\n"),
        ("samples/日本語.csv", "名前,weight\n東京,1\n"),
    ];
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// 2026-11-21 09:30:00 UTC.
pub const NOW: i64 = 1_795_253_400_000_000;

pub fn moment(ms: i64) -> Moment {
    Moment {
        wall_us: NOW + ms * 1_000,
        offset_s: 0,
    }
}

/// What a preview says: the events carry words of the texts, `BROKEN` in a text is an error.
pub fn preview(request: &PreviewRequest) -> PreviewResult {
    let root = request.project.parent().unwrap();
    let text = |name: &str| {
        let path = root.join(name);
        match request.buffers.get(&path) {
            Some(text) => text.to_string(),
            None => fs::read_to_string(path).unwrap_or_default(),
        }
    };
    let (document, template) = (text("generator.yml"), text("templates/page.json.jinja"));
    let mut result = PreviewResult {
        revision: request.revision,
        took: Duration::from_millis(12),
        params: vec!["host".to_owned()],
        ..PreviewResult::default()
    };
    if let Some(line) = document.lines().position(|line| line.contains("BROKEN")) {
        result.diagnostics = broken(&root.join("generator.yml"), line);
        return result;
    }
    result.schedule = Some(schedule(request));
    let word = template
        .lines()
        .find_map(|line| line.split("MARK").nth(1))
        .unwrap_or("plain");
    for index in 0..6i64 {
        let body = format!(
            "{{\"at\": \"2026-11-21T09:30:{:02}Z\", \"path\": \"/{}\", \"word\": \"{word}\", \"status\": {}}}",
            index / 5,
            ["", "about", "日本", "cart", "help", "faq"][usize::try_from(index).unwrap()],
            200 + index,
        );
        let text = match template.contains("FAIL") {
            true => Err(PreviewFailure::Render(Box::new(EventError {
                message: "`row` has no attribute `pth`".to_owned(),
                alias: Some(arc("page")),
                places: vec![place(&root.join("templates/page.json.jinja"), 5, 15, 22)],
                help: Some("did you mean `path`?".to_owned()),
            }))),
            false => Ok(body),
        };
        result.events.push(PreviewEvent {
            at: moment(index / 5 * 1_000),
            alias: Some(arc("page")),
            tags: vec![arc("web"), arc("front")],
            text,
            number: usize::try_from(index).unwrap(),
            part: 0,
            input: 0,
            took: Duration::from_micros(40),
            fault: None,
        });
    }
    result
}

fn schedule(request: &PreviewRequest) -> Schedule {
    let count = request.buckets as u64;
    let high = |index: u64| match index {
        _ if index == count / 3 => 1,
        _ if index > count / 3 && index < count / 2 => 0,
        _ => 40 + (index * 37) % 61,
    };
    Schedule {
        from: Some(moment(0)),
        span_s: request.span_s,
        buckets: (0..count).map(high).collect(),
        next: (0..40)
            .map(|index| (moment(index / 5 * 1_000), 0))
            .collect(),
        inputs: vec!["cron".to_owned()],
        parts: vec![Part {
            count: (0..count).map(high).sum(),
            first: Some(moment(0)),
            ..Part::default()
        }],
        first: Some(moment(0)),
        ..Schedule::default()
    }
}

fn place(path: &Path, line: u32, from: u32, to: u32) -> Place {
    Place {
        path: path.into(),
        span: Some(Span {
            start: Pos { line, column: from },
            end: Pos { line, column: to },
        }),
    }
}

fn broken(path: &Path, line: usize) -> Diagnostics {
    let line = u32::try_from(line).unwrap() + 1;
    let error = Diagnostic::error(
        "`cron` has no option `BROKEN`",
        Some(place(path, line, 7, 13)),
    )
    .help("did you mean `count`?");
    let warning = Diagnostic {
        severity: Severity::Warning,
        ..Diagnostic::error(
            "`chance` is 0: this template is never picked",
            Some(place(path, 20, 11, 17)),
        )
    };
    Diagnostics(vec![warning, error])
}

/// What a pipeline says after so many milliseconds at a rate.
pub fn status(state: State, ms: u64, rate: u64, errors: bool) -> GeneratorStatus {
    let events = rate * ms / 1_000;
    let error = ErrorStats {
        source: "event page".to_owned(),
        message: "templates/page.json.jinja:5:15: `row` has no attribute `pth`".to_owned(),
        count: 3,
        ..ErrorStats::default()
    };
    GeneratorStatus {
        listing: Default::default(),
        previous: None,
        id: "web-access".to_owned(),
        project: "generator.yml".into(),
        state: Some(state),
        stats: Stats {
            uptime: Duration::from_millis(ms),
            inputs: vec![InputStats {
                name: "cron".to_owned(),
                released: events,
            }],
            released: events,
            events,
            bytes: events * 140,
            lag: Duration::from_micros(400),
            outputs: vec![OutputStats {
                name: "file".to_owned(),
                written: events,
                bytes: events * 140,
                ..OutputStats::default()
            }],
            queues: vec![
                QueueStats {
                    name: "timestamps".to_owned(),
                    len: 3,
                    capacity: 10,
                },
                QueueStats {
                    name: "file".to_owned(),
                    len: 10,
                    capacity: 10,
                },
            ],
            errors: if errors { vec![error] } else { Vec::new() },
            ..Stats::default()
        },
    }
}
