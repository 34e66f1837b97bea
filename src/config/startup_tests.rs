#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use crate::time::Pace;

use super::{BatchParameters, Parameters, Past, read_generation, read_startup};

fn startup(text: &str) -> (Vec<super::StartupEntry>, Vec<String>) {
    let (entries, problems) = read_startup(
        text,
        Path::new("startup.yml"),
        &Parameters::default(),
        Path::new("/generators"),
    );
    let problems = problems.0.iter().map(|one| {
        let start = one.place.as_ref().unwrap().span.unwrap().start;
        format!(
            "{}:{} {} [{}]",
            start.line, start.column, one.message, one.setting
        )
    });
    (entries, problems.collect())
}

#[test]
fn an_entry_lies_over_the_defaults() {
    let (entries, problems) = startup(
        "- id: web\n  path: web/generator.yml\n  batch.size: 5\n  params: {host.name: z, empty: {}, n: 1}\n- {id: db, path: /abs/g.yml, autostart: no, live_mode: false, scenarios: [a], timezone: Europe/Berlin, queue.max_event_batches: 3, write_timeout: 7}\n",
    );
    assert_eq!(problems, Vec::<String>::new());
    let [web, db] = &entries[..] else { panic!() };
    assert_eq!(web.path, PathBuf::from("/generators/web/generator.yml"));
    assert_eq!(
        web.parameters.batch,
        BatchParameters {
            size: Some(5),
            delay: Some(1.0)
        }
    );
    assert_eq!(
        json!(web.parameters.params),
        json!({"host.name": "z", "empty": {}, "n": 1})
    );
    assert!(web.autostart && web.parameters.live_mode);
    assert_eq!(db.path, PathBuf::from("/abs/g.yml"));
    assert!(!db.autostart && !db.parameters.live_mode);
    assert_eq!(db.scenarios, ["a"]);
    assert_eq!(db.parameters.zone.name(), "Europe/Berlin");
    assert_eq!(db.parameters.queue.max_event_batches, 3);
    assert_eq!(db.parameters.queue.max_timestamp_batches, 10);
    assert_eq!(db.parameters.write_timeout, 7);
}

#[test]
fn a_bad_entry_does_not_spoil_the_others() {
    let (entries, problems) = startup(
        "- 5\n- {id: a, path: x, batch: ~}\n- {id: b, path: x, batch: {size: ~, delay: ~}}\n- {id: c}\n- {id: good, path: x}\n- {id: good, path: y}\n- {id: d, path: x, write_timeout: 1.5, timezone: Europa/Berlin}\n",
    );
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].id, "good");
    assert_eq!(
        problems,
        [
            "1:3 `startup entry` takes a mapping of options, not the integer `5` [[0]]",
            "2:27 `batch` takes a mapping of options, not nothing (null) [[1] (a).batch]",
            "3:27 a batch needs a limit: `size` and `delay` are both null [[2] (b).batch]",
            "4:3 `startup entry` needs the option `path` [[3] (c)]",
            "6:3 the id `good` is taken by the entry on line 5, this one is left out [[5] (good)]",
            "7:35 expected an integer, not the number `1.5` [[6] (d).write_timeout]",
            "7:50 there is no time zone `Europa/Berlin` [[6] (d).timezone]",
        ]
    );
}

#[rstest]
#[case("", 0)]
#[case("~", 0)]
#[case("a: 1", 1)]
#[case("- {id: '', path: x}", 1)]
#[case("- {id: x, path: x, scenarios: ~}", 1)]
#[case("- {id: 5, path: x}", 1)]
fn roots_and_kinds(#[case] text: &str, #[case] problems: usize) {
    let (entries, got) = startup(text);
    assert!(entries.is_empty());
    assert_eq!(got.len(), problems, "{got:?}");
}

#[rstest]
#[case("generation: {}", Some(10_000), Some(1.0))]
#[case("generation.batch.size: 5", Some(5), None)]
#[case("generation: {batch: {delay: 0.5}}", None, Some(0.5))]
#[case("generation: {batch: {}}", Some(10_000), Some(1.0))]
#[case(
    "generation: {batch: {size: 5, delay: 2}}\nserver: {}\npath: {}\nlog: {}",
    Some(5),
    Some(2.0)
)]
fn batch_of_the_defaults(
    #[case] text: &str,
    #[case] size: Option<usize>,
    #[case] delay: Option<f64>,
) {
    let (parameters, problems) = read_generation(text, Path::new("eventum.yml"));
    assert_eq!(problems.0, []);
    assert_eq!(parameters.unwrap().batch, BatchParameters { size, delay });
}

#[rstest]
#[case("batch: {size: 0}", "must be at least 1")]
#[case("batch: {delay: 0.05}", "must be at least 0.1")]
#[case("timezone: utc", "there is no time zone `utc`")]
#[case("timezone: 5", "a time zone is a name")]
#[case("queue: {max_event_batches: 0}", "must be at least 1")]
#[case("max_concurrency: 0", "must be at least 1")]
#[case("write_timeout: 0", "must be at least 1")]
#[case("live_mode: true", "`generation` has no option `live_mode`")]
fn bounds(#[case] text: &str, #[case] expected: &str) {
    let text = format!("generation:\n  {text}\n");
    let (parameters, problems) = read_generation(&text, Path::new("eventum.yml"));
    assert!(parameters.is_none());
    assert!(problems.0[0].message.contains(expected), "{problems:?}");
}

#[test]
fn the_section_is_required() {
    let (parameters, problems) = read_generation("server: {}", Path::new("eventum.yml"));
    assert!(parameters.is_none() && problems.has_errors());
}

#[test]
fn how_a_generator_is_run_is_read() {
    let (entries, problems) = startup(
        "- {id: a, path: x, speed: 60, gain: 2.5, rate_limit: 100, max_events: 5, max_duration: 1h30m}\n- {id: b, path: x, pace: day/1s, live_mode: true, max_duration: 90}\n- {id: c, path: x, pace: {unit: hour, every: 500ms, spread: true}}\n- {id: d, path: x, backfill: 7d, speed: 2}\n- {id: e, path: x, backfill: 2026-01-31}\n- {id: f, path: x, pace: ~, speed: ~, gain: 0}\n",
    );
    assert_eq!(problems, Vec::<String>::new());
    let [a, b, c, d, e, f] = &entries[..] else {
        panic!()
    };
    let run = &a.parameters.run;
    assert_eq!(run.pace, Pace::speed(60.0));
    assert_eq!((run.gain, run.rate_limit), (2.5, Some(100.0)));
    assert_eq!(run.max_events, Some(5));
    assert_eq!(run.max_duration, Some(Duration::from_secs(5_400)));
    assert!(!a.parameters.live_mode);
    assert_eq!(b.parameters.run.pace, Pace::parse("day/1s").ok());
    assert_eq!(b.parameters.run.max_duration, Some(Duration::from_secs(90)));
    assert!(b.parameters.live_mode);
    assert_eq!(c.parameters.run.pace, Pace::speed(7_200.0));
    assert_eq!(
        d.parameters.run.backfill,
        Some(Past::Span(7 * 86_400_000_000))
    );
    assert!(d.parameters.live_mode);
    assert!(matches!(e.parameters.run.backfill, Some(Past::Since(_))));
    assert_eq!((f.parameters.run.pace, f.parameters.run.gain), (None, 0.0));
    assert!(f.parameters.live_mode);
}

#[test]
fn how_a_generator_cannot_be_run_is_said() {
    let (entries, problems) = startup(
        "- {id: a, path: x, speed: 0}\n- {id: b, path: x, pace: days/1s}\n- {id: c, path: x, pace: {unit: day}}\n- {id: d, path: x, gain: -1}\n- {id: e, path: x, rate_limit: none}\n- {id: f, path: x, max_duration: soon}\n- {id: g, path: x, backfill: 0d}\n- {id: h, path: x, speed: 2, pace: day/1s}\n- {id: i, path: x, pace: {unit: day, every: 0, spread: true}}\n",
    );
    assert!(entries.is_empty(), "{entries:?}");
    let expected = [
        "a speed is a number above 0",
        "neither second, minute, hour, day, week nor a duration",
        "needs the option `every`",
        "a gain is a number from 0",
        "a rate limit is a number",
        "no duration",
        "longer than nothing",
        "contradict each other",
        "takes longer than nothing",
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(problem.contains(expected), "{problem}");
    }
}
