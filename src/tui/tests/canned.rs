//! A project and what previews and pipelines would say of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::arc;
use crate::config::{Diagnostic, Diagnostics, Place, Pos, Severity, Span};
use crate::event::{
    EventError, Explanation, FileProfile, LineProfile, Outline, OutlineEntry, Profile, Sample,
    SampleInfo, StateScope, Step,
};
use crate::instance::GeneratorStatus;
use crate::pipeline::{ErrorStats, InputStats, OutputStats, QueueStats, State, Stats};
use crate::preview::json::Kind;
use crate::preview::{
    AliasShare, Attempt, AttemptError, Fault, FieldStats, Part, PreviewEvent, PreviewFailure,
    PreviewRequest, PreviewResult, Schedule, Shown, Sizes, Statistics, Tried,
};
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
    result.schedule = Some(match document.contains("TWICE") {
        true => twice(schedule(request)),
        false => schedule(request),
    });
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
    if template.contains("NOJSON") {
        fault(&mut result, root);
    }
    result.events.truncate(request.events);
    look(request, &mut result);
    result
}

/// The second event is cut short.
fn fault(result: &mut PreviewResult, root: &Path) {
    let event = &mut result.events[1];
    let text = event.text.as_mut().unwrap();
    text.truncate(30);
    event.fault = Some(Fault {
        message: "the text ends here, but this text has no closing quote".to_owned(),
        at: text.len(),
        line: 1,
        column: text.len() + 1,
        shown: true,
        place: Some(place(&root.join("templates/page.json.jinja"), 5, 1, 1)),
    });
}

/// What was asked for besides events.
fn look(request: &PreviewRequest, result: &mut PreviewResult) {
    let inspect = &request.inspect;
    result.outputs = vec!["file".to_owned(), "stdout".to_owned()];
    result.secrets = vec!["token".to_owned()];
    result.known_secrets = inspect.secrets.then(Vec::new);
    result.outline = Outline {
        entries: vec![OutlineEntry {
            alias: arc("page"),
            file: "templates/page.json.jinja".to_owned(),
            share: Some(1.0),
        }],
        weighted: true,
    };
    if inspect.shown == Shown::Output(1) {
        for event in &mut result.events {
            event.text = event.text.clone().map(|text| format!("<{text}>"));
        }
    }
    result.explanation = inspect.explain.map(|number| Explanation {
        templates: vec![arc("page")],
        steps: steps(number),
        left_out: 0,
    });
    if inspect.state {
        result.state = state(request, result.events.len());
    }
    result.samples = inspect.samples.as_ref().map(|_| samples());
    let tried = |attempt: &Attempt| match &attempt.what {
        Tried::Template(text) if text.contains("nope") => Err(AttemptError {
            message: "`nope` is undefined".to_owned(),
            at: Some((1, 1)),
            help: None,
        }),
        Tried::Template(text) => Ok(format!("{text} of {}", attempt.number)),
        Tried::Formatter(text) => Ok(format!("as {text}")),
    };
    result.tried = inspect.attempts.iter().map(tried).collect();
}

fn steps(number: usize) -> Vec<Step> {
    let (scope, key) = ("shared".to_owned(), "count".to_owned());
    vec![
        Step::Read {
            scope: scope.clone(),
            key: key.clone(),
            value: number.to_string(),
        },
        Step::Row {
            sample: "pages".to_owned(),
            index: 1,
            by: "weighted_pick".to_owned(),
        },
        Step::Draw {
            function: "rand.number.integer".to_owned(),
            arguments: "1, 6".to_owned(),
            result: "4".to_owned(),
        },
        Step::Write {
            scope,
            key,
            value: Some((number + 1).to_string()),
        },
    ]
}

fn state(request: &PreviewRequest, events: usize) -> Vec<StateScope> {
    let edited = request.inspect.edits.last();
    let count = match edited.and_then(|edit| edit.value.as_ref()) {
        Some(value) => value.to_string(),
        None => events.to_string(),
    };
    let scope = |name: &str, entries: &[(&str, &str)]| StateScope {
        name: name.to_owned(),
        entries: entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    };
    vec![
        scope(
            "shared",
            &[
                ("count", &count),
                (
                    "user",
                    "{\"name\": \"ann\", \"roles\": [\"admin\", \"日本\"]}",
                ),
            ],
        ),
        scope("globals", &[]),
        scope("locals.page", &[("last", "\"/about\"")]),
    ]
}

fn samples() -> (Vec<SampleInfo>, Option<Sample>) {
    let info = |name: &str, rows, problem| SampleInfo {
        name: name.to_owned(),
        kind: "csv",
        file: Some(format!("samples/{name}.csv")),
        rows,
        problem,
    };
    let rows = (0..40).map(|row| vec![format!("/page/{row}"), (row % 7).to_string()]);
    let broken = Some((
        "the file is not UTF-8: byte 0xff at offset 9".to_owned(),
        None,
    ));
    let table = Sample {
        name: "pages".to_owned(),
        columns: vec!["path".to_owned(), "weight".to_owned()],
        header: true,
        from: 0,
        rows: rows.collect(),
        sums: vec![None, Some(115.0)],
        weights: vec!["weight".to_owned()],
    };
    (
        vec![info("pages", Some(40), None), info("hosts", None, broken)],
        Some(table),
    )
}

/// What many events are said to be like.
pub fn statistics(revision: u64) -> PreviewResult {
    let share = |alias: &str, events, declared| AliasShare {
        alias: arc(alias),
        file: Some("templates/page.json.jinja".to_owned()),
        events,
        declared: Some(declared),
        mean: 90.5,
    };
    let field = |path: &str, kind, distinct, top: &[(&str, usize)]| FieldStats {
        path: path.to_owned(),
        seen: 4_000,
        distinct,
        kinds: vec![(kind, 4_000)],
        top: top
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect(),
        ..FieldStats::default()
    };
    let line = |line, us| LineProfile {
        line,
        runs: 500,
        time: Duration::from_micros(us),
        bytes: 20_000,
    };
    let statistics = Statistics {
        timestamps: 4_000,
        events: 4_000,
        size: Sizes {
            min: 80,
            mean: 90.5,
            p95: 110,
            max: 1_240,
        },
        per_second: 123_456.0,
        aliases: vec![share("page", 3_200, 0.9), share("rare_page", 800, 0.1)],
        weighted: true,
        mappings: 4_000,
        fields: vec![
            FieldStats {
                range: Some((200.0, 503.0)),
                nulls: 40,
                ..field("status", Kind::Number, 3, &[("200", 3_900), ("404", 60)])
            },
            FieldStats {
                missing: 4_000 / 3,
                many: true,
                ..field("user.roles[]", Kind::Text, 10_000, &[("\"admin\"", 1)])
            },
        ],
        profile: Some(Profile {
            files: vec![FileProfile {
                name: "templates/page.json.jinja".to_owned(),
                entered: 500,
                time: Duration::from_micros(8_000),
                bytes: 45_000,
                lines: vec![line(5, 6_000), line(2, 2_000)],
            }],
        }),
        took: Duration::from_millis(312),
        ..Statistics::default()
    };
    PreviewResult {
        revision,
        statistics: Some(Box::new(statistics)),
        ..PreviewResult::default()
    }
}

fn schedule(request: &PreviewRequest) -> Schedule {
    let count = request.buckets as u64;
    let high = |index: u64| match index {
        _ if index == count / 3 => 1,
        _ if index > count / 3 && index < count / 2 => 0,
        _ => 40 + (index * 37) % 61,
    };
    Schedule {
        from: Some(match request.from_us {
            None => moment((request.now_us - NOW) / 1_000),
            Some(_) => moment(0),
        }),
        span_s: request.span_s,
        buckets: (0..count).map(high).collect(),
        next: (0..40)
            .map(|index| (moment(index / 5 * 1_000), 0))
            .collect(),
        inputs: vec!["cron".to_owned()],
        parts: vec![Part {
            count: (0..count).map(high).sum(),
            first: Some(moment(0)),
            tags: vec![arc("web"), arc("front")],
            ..Part::default()
        }],
        first: Some(moment(0)),
        ..Schedule::default()
    }
}

/// With a second input, which has every third of the timestamps.
fn twice(mut schedule: Schedule) -> Schedule {
    let part = |buckets: Vec<u64>| Part {
        count: buckets.iter().sum(),
        buckets,
        first: Some(moment(0)),
        ..Part::default()
    };
    let third = |count: &u64| count / 3;
    let second: Vec<u64> = schedule.buckets.iter().map(third).collect();
    let first = schedule
        .buckets
        .iter()
        .zip(&second)
        .map(|(all, own)| all - own);
    schedule.parts = vec![part(first.collect()), part(second)];
    schedule.parts[0].tags = vec![arc("web"), arc("front")];
    schedule.inputs.push("timer".to_owned());
    schedule
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
