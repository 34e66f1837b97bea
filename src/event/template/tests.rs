//! The plugin as a whole: building with every problem at once, seeds, errors with places.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::config::TemplateConfig;
use crate::batch::EventBatch;
use crate::config::{Context, Diagnostics, Disk, Severity, parse_yaml};
use crate::event::{EventConfig, EventEnv, EventSource, Globals, Inspect, Limits, Outcome, Step};
use crate::time::{Moment, Zone};

pub(super) fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

pub(super) fn build(
    base: &Path,
    yaml: &str,
    seed: Option<u64>,
    limits: Limits,
) -> (Option<Box<dyn EventSource>>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let node = parse_yaml(yaml, Path::new("generator.yml"), &mut problems).unwrap();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: Path::new("generator.yml"),
        base,
        files: &Disk,
        calendars: None,
        setting: "event.template".to_owned(),
    };
    let config = TemplateConfig::decode(&node, &mut cx).unwrap();
    let env = EventEnv {
        base,
        files: Arc::new(Disk),
        zone: Zone::UTC,
        seed,
        globals: Globals::default(),
        limits,
    };
    let source = config.build(&env, &mut problems);
    assert_eq!(source.is_none(), problems.has_errors(), "{problems:?}");
    (source, problems)
}

fn one(template: &str, limits: Limits) -> (TempDir, Box<dyn EventSource>) {
    let folder = project(&[("t.jinja", template)]);
    let yaml = "mode: all\ntemplates:\n- t: {template: t.jinja}\n";
    let (source, problems) = build(folder.path(), yaml, Some(1), limits);
    (folder, source.unwrap_or_else(|| panic!("{problems:?}")))
}

pub(super) fn at(index: i64) -> Moment {
    Zone::UTC.at_wall(1_772_352_000_000_000 + index * 1_000_000)
}

/// Renders once and gives the error as `message @file:line:column,...`.
fn failure(template: &str, limits: Limits) -> String {
    let (_folder, mut source) = one(template, limits);
    let mut out = EventBatch::default();
    match source.produce(at(0), &[], &mut out) {
        Outcome::Failed(error) => {
            assert!(out.is_empty());
            let place = |place: &crate::config::Place| {
                let span = place.span.unwrap();
                let file = place
                    .path
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                format!("{file}:{}:{}", span.start.line, span.start.column)
            };
            let places: Vec<String> = error.places.iter().map(place).collect();
            format!("{} @{}", error.message, places.join(","))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_seed_repeats_a_run_and_each_event_has_its_own_stream() {
    let template = "{{ module.rand.crypto.uuid4() }} {{ module.faker.locale.en.name() }} {{ [1, 2, 3] | random }}";
    let folder = project(&[("a.jinja", template), ("b.jinja", template)]);
    let yaml = "mode: chance\ntemplates:\n- a: {template: a.jinja, chance: 1}\n- b: {template: b.jinja, chance: 2}\n";
    let run = |seed| {
        let mut source = build(folder.path(), yaml, seed, Limits::RUN).0.unwrap();
        let mut out = EventBatch::default();
        for index in 0..50 {
            assert!(matches!(
                source.produce(at(index), &[], &mut out),
                Outcome::Produced(1)
            ));
        }
        out
    };
    let first = run(Some(7));
    assert_eq!(first, run(Some(7)));
    assert_ne!(first, run(Some(8)));
    assert_ne!(run(None), run(None));
    let different: std::collections::HashSet<&[u8]> = first.iter().collect();
    assert_eq!(different.len(), 50);
}

#[test]
fn every_problem_of_samples_and_templates_is_reported_with_its_place() {
    let folder = project(&[
        ("templates/event.jinja", "ok\n{{ 1 + }}\n"),
        ("templates/other.jinja", "{% if x %}"),
        ("rows.csv", "a,b\n1,2\n1,2,3\n"),
        ("rows.json", "[{\"a\": 1},\n {\"a\" 2}]"),
    ]);
    let yaml = "mode: all\n\
        samples:\n  \
          c: {type: csv, source: rows.csv, header: true}\n  \
          j: {type: json, source: rows.json}\n  \
          m: {type: csv, source: row.csv}\n\
        templates:\n\
        - a: {template: templates/event.jinja}\n\
        - b: {template: templates/other.jinja}\n\
        - c: {template: templates/evnt.jinja}\n";
    let (_, problems) = build(folder.path(), yaml, None, Limits::RUN);
    let text = |one: &crate::config::Diagnostic| {
        let place = one.place.as_ref().unwrap();
        let span = place.span.unwrap();
        let file = place
            .path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let help = one.help.as_deref().unwrap_or("-");
        format!(
            "{file}:{}:{} {} ({help})",
            span.start.line, span.start.column, one.message
        )
    };
    let found: Vec<String> = problems.0.iter().map(text).collect();
    assert_eq!(found.len(), 6, "{found:#?}");
    assert!(
        found[0].starts_with("rows.csv:3:1 this row has 3 cells, the table has 2"),
        "{found:#?}"
    );
    assert!(
        found[1].starts_with("rows.json:2:7 this is no JSON: expected `:`"),
        "{found:#?}"
    );
    assert!(
        found[2].contains("does not exist: row.csv (did you mean `rows.csv`?)"),
        "{found:#?}"
    );
    assert!(found[2].starts_with("generator.yml:5:"), "{found:#?}");
    assert!(found[3].starts_with("event.jinja:2:"), "{found:#?}");
    assert!(found[4].starts_with("other.jinja:1:"), "{found:#?}");
    assert!(
        found[5].contains("did you mean `event.jinja`?"),
        "{found:#?}"
    );
    assert!(found[5].starts_with("generator.yml:9:"), "{found:#?}");
}

#[test]
fn what_will_fail_when_reached_is_a_warning() {
    let folder = project(&[
        (
            "t.jinja",
            "{% import 'gone.jinja' as g %}\n{{ module.rand.number.intger(1, 2) }}\n{{ samples.usrs.pick() }}",
        ),
        ("m.jinja", "{% include 'bad.jinja' %}"),
        ("bad.jinja", "\n{{ }}"),
        ("u.csv", "a\n"),
    ]);
    let yaml = "mode: all\nsamples: {users: {type: csv, source: u.csv}}\n\
        templates:\n- t: {template: t.jinja}\n- m: {template: m.jinja}\n- again: {template: t.jinja}\n";
    let (source, problems) = build(folder.path(), yaml, None, Limits::RUN);
    assert!(source.is_some());
    let text = |one: &crate::config::Diagnostic| {
        assert_eq!(one.severity, Severity::Warning);
        format!("{} ({})", one.message, one.help.as_deref().unwrap_or("-"))
    };
    let found: Vec<String> = problems.0.iter().map(text).collect();
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(
        found
            .iter()
            .any(|one| one.contains("`intger`") && one.contains("`integer`")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|one| one.contains("`usrs`") && one.contains("`users`")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|one| one.contains("`gone.jinja`, which does not exist")),
        "{found:#?}"
    );
}

#[test]
fn runtime_errors_name_file_line_and_column() {
    let found = failure("first\n  {{ nope.x }}", Limits::RUN);
    assert!(found.ends_with("@t.jinja:2:6"), "{found}");
    assert!(found.contains("nope"), "{found}");
    let found = failure(
        "{% macro m(x) %}\n{{ x + 'a' }}{% endmacro %}\n{{ m(1) }}",
        Limits::RUN,
    );
    assert!(found.ends_with("@t.jinja:2:4,t.jinja:3:4"), "{found}");
}

#[test]
fn templates_that_never_end_are_errors() {
    let found = failure(
        "{% for a in range(10 ** 9) %}{% for b in range(10 ** 9) %}{% endfor %}{% endfor %}",
        Limits::PREVIEW,
    );
    assert!(found.contains("steps"), "{found}");
    for text in [
        "{% include 't.jinja' %}",
        "{% import 't.jinja' as t %}",
        "{% extends 't.jinja' %}",
    ] {
        let found = failure(text, Limits::PREVIEW);
        assert!(found.contains("t.jinja:1:"), "{text}: {found}");
    }
    let found = failure(
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        Limits::PREVIEW,
    );
    assert!(found.contains("nested too deeply"), "{found}");
    let found = failure("{{ 'x' * 10 ** 9 }}", Limits::PREVIEW);
    assert!(found.contains("too large"), "{found}");
    let found = failure(
        "{{ subprocess.run('sleep 30', timeout=0.05).stdout }}",
        Limits::PREVIEW,
    );
    assert!(found.contains("took longer"), "{found}");
}

#[test]
fn an_event_that_fails_leaves_the_others_alone() {
    let (_folder, mut source) = one("{{ 10 // (timestamp.second - 1) }}", Limits::RUN);
    let mut out = EventBatch::default();
    let outcomes: Vec<bool> = (0..3)
        .map(|index| {
            matches!(
                source.produce(at(index), &[], &mut out),
                Outcome::Produced(1)
            )
        })
        .collect();
    assert_eq!(outcomes, [true, false, true]);
    assert_eq!(out.len(), 2);
    assert_eq!(out.get(1), b"10");
}

#[test]
fn a_set_is_parallel_when_no_template_touches_what_outlives_an_event() {
    let folder = project(&[
        (
            "plain.jinja",
            "{{ samples.s.pick().a }}{{ params.l[0] }}{{ module.rand.number.integer(1, 9) }}",
        ),
        ("uses.jinja", "x\n{% do params.l.append(1) %}"),
        ("imports.jinja", "{% from 'plain.jinja' import x %}"),
    ]);
    let verdict = |mode: &str, files: &[&str]| {
        let mut yaml = format!(
            "{mode}\nparams: {{l: [1]}}\nsamples: {{s: {{type: items, source: [1, 2]}}}}\ntemplates:\n"
        );
        for (index, file) in files.iter().enumerate() {
            yaml.push_str(&format!("- t{index}: {{template: {file}}}\n"));
        }
        let (source, problems) = build(folder.path(), &yaml, Some(1), Limits::RUN);
        let verdict = source.unwrap_or_else(|| panic!("{problems:?}")).parallel();
        verdict.map_err(|why| {
            let line = why
                .place
                .and_then(|place| place.span)
                .map_or(0, |span| span.start.line);
            format!("{line}: {}", why.reason)
        })
    };
    assert_eq!(verdict("mode: all", &["plain.jinja"]), Ok(()));
    assert_eq!(
        verdict("mode: spin", &["plain.jinja", "plain.jinja"]),
        Ok(())
    );
    let changed = verdict("mode: any", &["plain.jinja", "uses.jinja"]).unwrap_err();
    assert!(changed.starts_with("2: a value that outlives"), "{changed}");
    let kept = verdict("mode: any", &["plain.jinja", "imports.jinja"]).unwrap_err();
    assert!(kept.contains("plain.jinja"), "{kept}");
}

#[test]
fn what_is_printed_at_once_is_what_is_printed_as_a_value() {
    let calls = [
        "choice(['a', 1, 2.50, none, true, '\u{e9}'])",
        "choice([['a'], {'b': 1}, 'c'])",
        "choice(some)",
        "choice(items=some)",
        "choice('text')",
        "weighted_choice(['a', 200, 1e300], [3, 2, 1])",
        "weighted_choice({'x': 1, 2: 5})",
        "weighted_choice(some, [1, 2, 3])",
        "number.integer(-5, 70000)",
        "number.integer(low, 9)",
        "chance(0.5)",
        "network.ip_v4()",
        "network.ip_v6()",
        "crypto.uuid4()",
    ];
    for call in calls {
        let set = "{% set some = ['x', [1, 'y'], 3.0] %}{% set low = -9223372036854775807 %}";
        let rendered = |print: &str| {
            // One statement, as each draws from a stream of its own.
            let template = format!("{set}{{% if timestamp %}}{print}{{% endif %}}");
            let (_folder, mut source) = one(&template, Limits::RUN);
            let mut out = EventBatch::default();
            for index in 0..40 {
                let outcome = source.produce(at(index), &[], &mut out);
                assert!(matches!(outcome, Outcome::Produced(1)), "{outcome:?}");
            }
            out
        };
        let call = format!("module.rand.{call}");
        assert_eq!(
            rendered(&format!("{{{{ {call} }}}}|{{{{ {call} }}}}")),
            rendered(&format!(
                "{{% set v = {call} %}}{{{{ v }}}}|{{% set v = {call} %}}{{{{ v }}}}"
            )),
            "{call}"
        );
    }
    let empty = "{% set none_at_all = [] %}{{ module.rand.choice(none_at_all) }}";
    assert_eq!(
        failure(empty, Limits::RUN),
        "cannot choose from an empty sequence @t.jinja:1:30"
    );
}

#[test]
fn lists_and_dicts_of_params_can_be_changed_and_stay_changed() {
    let folder = project(&[(
        "t.jinja",
        "{{ params.l }}{% do params.l.append(1) %}{{ params['l'] | length }} \
         {{ params.d.a }}{% do params.d.update({'a': 5}) %}{{ params.d.a }} {{ params.get('l') }}\
         {% for x in params.l %}{{ x }}{% endfor %}{% set l = params.l %}{{ l is sameas params.l }}",
    )]);
    let yaml = "mode: all\nparams: {l: [0], d: {a: 1}}\ntemplates:\n- t: {template: t.jinja}\n";
    let (source, problems) = build(folder.path(), yaml, Some(1), Limits::RUN);
    let mut source = source.unwrap_or_else(|| panic!("{problems:?}"));
    let mut out = EventBatch::default();
    for index in 0..2 {
        source.produce(at(index), &[], &mut out);
    }
    let made: Vec<_> = out.iter().map(String::from_utf8_lossy).collect();
    assert_eq!(
        made,
        ["[0]2 15 [0, 1]01True", "[0, 1]3 55 [0, 1, 1]011True"]
    );
}

#[test]
fn a_choice_of_a_list_of_params_is_of_what_it_holds_by_then() {
    let yaml = "mode: all\nparams: {l: [a, [b], 3]}\ntemplates:\n- t: {template: t.jinja}\n";
    let printed = "{{ module.rand.choice(params.l) }} {{ module.rand.choice(params.l) }}";
    let set = "{% set v = module.rand.choice(params.l) %}{% set w = module.rand.choice(params.l) %}{{ v }} {{ w }}";
    let events = rendered(&[("t.jinja", printed)], yaml, 40);
    assert_eq!(events, rendered(&[("t.jinja", set)], yaml, 40));
    assert!(events.iter().any(|event| event == "['b'] 3"), "{events:?}");

    let folder = project(&[(
        "t.jinja",
        "{% do params.l.append('x') if params.l | length < 2 else params.l.clear() %}\n{{ module.rand.choice(params.l) }}",
    )]);
    let yaml = "mode: all\nparams: {l: [x]}\ntemplates:\n- t: {template: t.jinja}\n";
    let mut source = build(folder.path(), yaml, Some(1), Limits::RUN).0.unwrap();
    let mut out = EventBatch::default();
    assert!(matches!(
        source.produce(at(0), &[], &mut out),
        Outcome::Produced(1)
    ));
    assert_eq!(out.get(0), b"\nx");
    let Outcome::Failed(error) = source.produce(at(1), &[], &mut out) else {
        panic!("an empty list has nothing to choose");
    };
    assert_eq!(error.message, "cannot choose from an empty sequence");
    let span = error.places.first().and_then(|place| place.span).unwrap();
    assert_eq!((span.start.line, span.start.column), (2, 4));
}

#[test]
fn a_time_and_tags_that_a_template_keeps_stay_what_they_were() {
    let template = "{% set kept = locals.get('kept', []) %}{{ kept | join(' ') }}\
        {% do kept.append(timestamp.minute) %}{% do kept.append(locals.at.minute) if locals.at %}\
        {% do locals.set('kept', kept) %}{% do locals.set('at', timestamp) %}\
        {{ tags }}{{ locals.get('tags', '') }}{% do locals.set('tags', tags) %}";
    let (_folder, mut source) = one(template, Limits::RUN);
    let mut out = EventBatch::default();
    let tags: [&[Arc<str>]; 4] = [&[], &["a".into()], &["a".into(), "b".into()], &[]];
    for (index, tags) in (0..).zip(tags) {
        let outcome = source.produce(at(index * 60), tags, &mut out);
        assert!(matches!(outcome, Outcome::Produced(1)), "{outcome:?}");
    }
    let made: Vec<_> = out.iter().map(String::from_utf8_lossy).collect();
    assert_eq!(
        made,
        [
            "()",
            "0('a',)()",
            "0 1 0('a', 'b')('a',)",
            "0 1 0 2 1()('a', 'b')"
        ]
    );
}

#[test]
fn a_source_that_was_moved_gives_the_event_of_that_number() {
    let folder = project(&[
        ("a.jinja", "a{{ module.rand.number.integer(1, 1000000) }}"),
        ("b.jinja", "b{{ module.rand.number.integer(1, 1000000) }}"),
    ]);
    let yaml = "mode: spin\ntemplates:\n- a: {template: a.jinja}\n- b: {template: b.jinja}\n";
    let make = || build(folder.path(), yaml, Some(7), Limits::RUN).0.unwrap();
    let (mut whole, mut part) = (make(), make());
    let (mut all, mut some) = (EventBatch::default(), EventBatch::default());
    for index in 0..6 {
        whole.produce(at(index), &[], &mut all);
    }
    part.seek(5);
    part.produce(at(5), &[], &mut some);
    assert_eq!(all.get(5), some.get(0));
    part.seek(2);
    part.produce(at(2), &[], &mut some);
    assert_eq!(all.get(2), some.get(1));
}

#[test]
fn explanations_and_profiles_say_what_made_an_event() {
    let folder = project(&[
        (
            "t.jinja",
            "{% from 'm.jinja' import shout %}\n{% set u = samples.s.pick() %}{{ shout(u.a) }}\n\
            {{ [4, 5] | random }}{{ module.rand.number.integer(1, 9) }}\n\
            {% do shared.set('n', (shared.n or 0) + 1) %}",
        ),
        ("m.jinja", "{% macro shout(x) %}\n{{ x }}!\n{% endmacro %}"),
    ]);
    let yaml = "mode: all\nsamples: {s: {type: csv, source: s.csv, header: true}}\ntemplates:\n- t: {template: t.jinja}\n";
    std::fs::write(folder.path().join("s.csv"), "a\nx\ny\n").unwrap();
    let produce = |inspect: Inspect| {
        let mut problems = Diagnostics::default();
        let node = parse_yaml(yaml, Path::new("generator.yml"), &mut problems).unwrap();
        let mut cx = Context {
            diagnostics: &mut problems,
            path: Path::new("generator.yml"),
            base: folder.path(),
            files: &Disk,
            calendars: None,
            setting: "event.template".to_owned(),
        };
        let config = TemplateConfig::decode(&node, &mut cx).unwrap();
        let env = EventEnv {
            base: folder.path(),
            files: Arc::new(Disk),
            zone: Zone::UTC,
            seed: Some(3),
            globals: Globals::default(),
            limits: Limits::RUN,
        };
        let mut source = config
            .build_inspected(&env, inspect, &mut problems)
            .unwrap();
        let mut out = EventBatch::default();
        for index in 0..2 {
            let outcome = source.produce(at(index), &[], &mut out);
            assert!(matches!(outcome, Outcome::Produced(1)), "{outcome:?}");
        }
        let events = [out.get(0).to_vec(), out.get(1).to_vec()];
        if inspect.profile && !inspect.explain {
            assert_eq!(source.divided(), Ok(()), "said of runs");
            assert!(source.begin(&[at(2)], &[0], &[Vec::new()]).is_none());
        }
        (events, source.explanation(), source.profile())
    };
    let (plain, nothing, none) = produce(Inspect::default());
    assert!(nothing.is_none() && none.is_none());
    let (profiled, ..) = produce(Inspect {
        profile: true,
        explain: false,
    });
    assert_eq!(plain, profiled);
    let (events, explanation, profile) = produce(Inspect {
        profile: true,
        explain: true,
    });
    assert_eq!(plain, events, "looking changes nothing");
    let explanation = explanation.unwrap();
    assert_eq!(&*explanation.templates[0], "t");
    let kinds: Vec<String> = explanation
        .steps
        .iter()
        .map(|step| match step {
            Step::Row { sample, by, .. } => format!("{sample} {by}"),
            Step::Draw { function, .. } => function.clone(),
            Step::Read { scope, key, value } => format!("{scope}.{key}={value}"),
            Step::Write { scope, key, value } => format!("{scope}.{key}:={value:?}"),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "s pick",
            "random",
            "rand.number.integer",
            "shared.n=1",
            "shared.n:=Some(\"2\")"
        ]
    );
    let profile = profile.unwrap();
    let of = |name: &str| profile.files.iter().find(|file| file.name == name).unwrap();
    let runs = |name: &str| {
        let mut lines: Vec<(u32, u64, u64)> = of(name)
            .lines
            .iter()
            .map(|line| (line.line, line.runs, line.bytes))
            .collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(of("m.jinja").lines.len(), 2);
    let macro_bytes: u64 = runs("m.jinja").iter().map(|(_, _, bytes)| bytes).sum();
    assert_eq!(macro_bytes, 8, "{:?}", runs("m.jinja"));
    assert_eq!(
        runs("t.jinja")
            .iter()
            .map(|(line, runs, _)| (*line, *runs))
            .collect::<Vec<_>>(),
        [(1, 2), (2, 2), (3, 2), (4, 2)]
    );
}

/// Two events of a template over a sample of four rows.
fn two_events(template: &str) -> String {
    let rows =
        r#"[{"a": "x", "n": 1}, {"a": "y", "n": 2}, {"a": "x", "n": 3}, {"a": "z", "n": 4}]"#;
    let folder = project(&[("t.jinja", template), ("s.json", rows)]);
    let yaml = "mode: all\nsamples:\n  s: {type: json, source: s.json}\n\
                templates:\n- t: {template: t.jinja}\n";
    let (source, problems) = build(folder.path(), yaml, Some(1), Limits::RUN);
    let mut source = source.unwrap_or_else(|| panic!("{problems:?}"));
    let mut out = EventBatch::default();
    for _ in 0..2 {
        let outcome = source.produce(Zone::UTC.at_wall(1_772_352_000_000_000), &[], &mut out);
        assert!(matches!(outcome, Outcome::Produced(1)), "{outcome:?}");
    }
    out.iter()
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn loops_that_are_run_at_once_do_what_their_rounds_do() {
    for (template, expected) in [
        (
            "{% set l = [0] %}{% for r in samples.s if r.a == 'x' %}{% do l.append(r) %}{% endfor %}\
             {{ l | length }}{{ l[2].n }}",
            "33|33",
        ),
        (
            "{% set l = [] %}{% for r in samples.s %}{% if r.a == 'x' %}{% do l.append(r) %}\
             {% endif %}{% endfor %}{{ l | map(attribute='n') | list }}",
            "[1, 3]|[1, 3]",
        ),
        (
            "{% set k = [] %}{% set l = [] %}{% for r in samples.s if r.a == 'x' %}\
             {% do k.append(r.n) %}{% do l.append(r) %}{% endfor %}{{ k }}{{ l[1].n }}",
            "[1, 3]3|[1, 3]3",
        ),
        (
            "{% set k = [] %}{% set l = k %}{% for r in samples.s if r.a == 'x' %}\
             {% do k.append(r.n) %}{% do l.append(r.a) %}{% endfor %}{{ k }}",
            "[1, 'x', 3, 'x']|[1, 'x', 3, 'x']",
        ),
        (
            "{% for r in samples.s %}{% if r.a == 'q' %}{{ r.n }}{% endif %}{% else %}none{% endfor %}.",
            ".|.",
        ),
        (
            "{% set d = {} %}{% for r in samples.s %}{% do d.update({r.n: r.a}) %}{% endfor %}\
             {{ d }}{% do d.update({9: 9}) %}{{ d | length }}",
            "{1: 'x', 2: 'y', 3: 'x', 4: 'z'}5|{1: 'x', 2: 'y', 3: 'x', 4: 'z'}5",
        ),
        (
            "{% set d = {4: 'old', 0: 0} %}{% for r in samples.s %}{% do d.update({r.n: r.a}) %}\
             {% endfor %}{{ d }}",
            "{4: 'z', 0: 0, 1: 'x', 2: 'y', 3: 'x'}|{4: 'z', 0: 0, 1: 'x', 2: 'y', 3: 'x'}",
        ),
        (
            "{% set d = {} %}{% for r in samples.s %}{% do d.update({r.a: r.n}) %}{% endfor %}{{ d }}",
            "{'x': 3, 'y': 2, 'z': 4}|{'x': 3, 'y': 2, 'z': 4}",
        ),
        (
            "{{ samples.s | rejectattr('a', 'equalto', 'x') | map(attribute='n') | list }}\
             {{ samples.s | map(attribute='n') | sum }}",
            "[2, 4]10|[2, 4]10",
        ),
    ] {
        assert_eq!(two_events(template), expected, "{template}");
    }
}

#[test]
fn a_template_that_is_off_is_not_rendered_and_its_picks_are_counted() {
    let files = [("a.jinja", "a"), ("b.jinja", "{{ 1 // 0 }}")];
    let folder = project(&files);
    let templates = "templates:\n- a: {template: a.jinja}\n- b: {template: b.jinja}\n";
    for (mode, first, second) in [("all", "a", "a"), ("spin", "a", "dropped")] {
        let yaml = format!("mode: {mode}\n{templates}");
        let (source, problems) = build(folder.path(), &yaml, Some(1), Limits::RUN);
        let mut source = source.unwrap_or_else(|| panic!("{problems:?}"));
        let produce = |source: &mut Box<dyn EventSource>, index| {
            let mut out = EventBatch::default();
            match source.produce(at(index), &[], &mut out) {
                Outcome::Produced(count) => {
                    assert_eq!(count, out.len());
                    String::from_utf8(out.iter().flatten().copied().collect()).unwrap()
                }
                Outcome::Dropped => "dropped".to_owned(),
                Outcome::Failed(error) => error.message,
                Outcome::Exhausted => "exhausted".to_owned(),
            }
        };
        assert!(source.switches());
        source.switch(&[false, true]);
        assert_eq!(produce(&mut source, 0), first);
        assert_eq!(produce(&mut source, 1), second);
        let picks = if mode == "all" { 2 } else { 1 };
        assert_eq!(source.left_out(), [(1, picks)]);
        assert_eq!(source.left_out(), []);
        source.switch(&[true, true]);
        assert_eq!(produce(&mut source, 2), "dropped");
        source.switch(&[true, false]);
        assert!(produce(&mut source, 3).contains("division"));
        let left_out: u64 = source.left_out().iter().map(|(_, count)| count).sum();
        assert!(left_out > 0);
    }
}

/// Events of templates that are rendered in turn, `a` before `b`.
fn rendered(files: &[(&str, &str)], yaml: &str, rounds: i64) -> Vec<String> {
    let folder = project(files);
    let (source, problems) = build(folder.path(), yaml, Some(1), Limits::RUN);
    let mut source = source.unwrap_or_else(|| panic!("{problems:?}"));
    let mut out = EventBatch::default();
    for index in 0..rounds {
        let outcome = source.produce(at(index), &[], &mut out);
        assert!(matches!(outcome, Outcome::Produced(_)), "{outcome:?}");
    }
    let texts = out.iter().map(|event| String::from_utf8(event.to_vec()));
    texts.collect::<Result<_, _>>().unwrap()
}

const PAIR: &str =
    "mode: all\nparams: {x: old}\ntemplates:\n- a: {template: a.jinja}\n- b: {template: b.jinja}\n";

#[test]
fn params_that_some_template_changes_are_not_taken_for_constants() {
    let reads = "{{ params.x }} {{ params['x'] }} {{ params.get('x', 'none') }}";
    for changes in [
        "{% do params.update({'x': 'new'}) %}done",
        "{% set p = params %}{% do p.update({'x': 'new'}) %}done",
        "{% macro m(p) %}{% do p.update({'x': 'new'}) %}{% endmacro %}{{ m(params) }}done",
        "{% set change = params.update %}{% do change({'x': 'new'}) %}done",
    ] {
        let events = rendered(&[("a.jinja", reads), ("b.jinja", changes)], PAIR, 2);
        assert_eq!(
            events,
            ["old old old", "done", "new new new", "done"],
            "{changes}"
        );
        // Whichever is compiled first.
        let events = rendered(&[("a.jinja", changes), ("b.jinja", reads)], PAIR, 1);
        assert_eq!(events, ["done", "new new new"], "{changes}");
    }
    let quiet = rendered(
        &[("a.jinja", reads), ("b.jinja", "{{ params.y }}-")],
        PAIR,
        2,
    );
    assert_eq!(quiet, ["old old old", "-", "old old old", "-"]);
}

#[test]
fn files_that_are_named_at_run_time_may_change_params() {
    let files = [
        ("a.jinja", "{{ params.x }}"),
        (
            "b.jinja",
            "{% include 'c' ~ '.jinja' %}{% set n = 'd' %}{% include n ~ '.jinja' %}!",
        ),
        ("c.jinja", "c"),
        ("d.jinja", "{% do params.update({'x': 'new'}) %}"),
    ];
    assert_eq!(rendered(&files, PAIR, 2), ["old", "c!", "new", "c!"]);
}

#[test]
fn variables_of_the_name_of_a_global_are_seen_by_included_files() {
    let files = [
        ("a.jinja", "{% include 'c.jinja' %}"),
        (
            "b.jinja",
            "{% set params = {'x': 'mine'} %}{% set shared = 'own' %}{% include 'c.jinja' %}",
        ),
        ("c.jinja", "{{ params.x }} {{ shared is string }}"),
    ];
    assert_eq!(
        rendered(&files, PAIR, 2),
        ["old False", "mine True", "old False", "mine True"]
    );
}

#[test]
fn a_loop_that_chooses_rows_follows_the_sample_it_is_given() {
    let template = "{% macro some(rows) %}{% set found = [] %}{% for one in rows %}\
        {% if one.kind in ['x', 'y'] %}{% do found.append(one.name) %}{% endif %}{% endfor %}\
        {{ found | join('+') }}{% endmacro %}\
        {{ some(samples.one) }} {{ some(samples.two) }} {{ some(samples.one) }} \
        {{ some([{'kind': 'y', 'name': 'list'}]) }} {{ some(samples.two) }}";
    let files = [
        ("t.jinja", template),
        ("one.csv", "name,kind\na,x\nb,z\nc,y\n"),
        ("two.csv", "name,kind\nd,z\ne,y\n"),
    ];
    let yaml = "mode: all\nsamples:\n  one: {type: csv, header: true, source: one.csv}\n  \
        two: {type: csv, header: true, source: two.csv}\ntemplates:\n- t: {template: t.jinja}\n";
    assert_eq!(rendered(&files, yaml, 2), ["a+c e a+c list e"; 2]);
}

#[test]
fn what_filters_take_of_a_sample_is_the_same_each_time_and_a_new_list() {
    let template = "{% set xs = samples.one | selectattr('kind', 'equalto', 'x') | list %}\
        {% do xs.append('more') %}{{ xs | length }}\
        {% set names = samples.one | map(attribute='name') | list %}{% do names.append('more') %}{{ names }}\
        {{ (samples.one | selectattr('kind', 'eq', 'z') | list | random).name }}\
        {{ (samples.one | selectattr('kind', 'eq', 'none') | list | random) is undefined }}\
        {{ samples.one | list | length }}{{ (samples.one | random).name in names }}";
    let files = [
        ("t.jinja", template),
        ("one.csv", "name,kind\na,x\nb,z\nc,x\n"),
    ];
    let yaml = "mode: all\nsamples:\n  one: {type: csv, header: true, source: one.csv}\n\
        templates:\n- t: {template: t.jinja}\n";
    let expected = "3['a', 'b', 'c', 'more']bTrue3True";
    assert_eq!(rendered(&files, yaml, 2), [expected; 2]);
}
