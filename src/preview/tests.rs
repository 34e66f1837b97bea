#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;
use std::time::Duration;

use super::*;

/// A project whose document exists as an unsaved buffer alone, beside a log on disk.
fn request(document: Option<&str>) -> (PreviewRequest, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lines.log"), "{\"a\":1}\nnot json\n").unwrap();
    let path = folder.path().join("generator.yml");
    let buffers = document.map(|text| (path.clone(), Arc::from(text)));
    let request = PreviewRequest {
        project: path,
        buffers: buffers.into_iter().collect::<HashMap<_, _>>(),
        revision: 7,
        parameters: Parameters::default(),
        seed: 1,
        now_us: 1_705_320_000_000_000,
        from_us: None,
        span_s: 60,
        buckets: 6,
        events: 3,
        deadline: Duration::from_secs(20),
        inspect: Default::default(),
    };
    (request, folder)
}

fn preview(request: &PreviewRequest) -> PreviewResult {
    evaluate(request, &|| false)
}

fn document(inputs: &str) -> String {
    format!(
        "input:\n{inputs}event:\n  replay: {{path: lines.log, repeat: true}}\noutput:\n  - stdout: {{formatter: {{format: json}}}}\n"
    )
}

#[test]
fn timestamps_and_events_as_the_first_output_sends_them() {
    let text = document(
        "  - timer: {seconds: 10, count: 1, tags: [slow]}\n  - timer: {seconds: 15, count: 1}\n",
    );
    let (request, _folder) = request(Some(&text));
    let result = preview(&request);
    assert!(result.diagnostics.0.is_empty(), "{:?}", result.diagnostics);
    assert_eq!(result.revision, 7);
    let schedule = result.schedule.unwrap();
    assert_eq!(schedule.buckets, [0, 2, 1, 2, 2, 1]);
    assert_eq!(schedule.inputs, ["timer", "timer"]);
    let next: Vec<(String, u16)> = schedule
        .next
        .iter()
        .take(4)
        .map(|(at, input)| (at.clock_text(), *input))
        .collect();
    assert_eq!(
        next,
        [
            ("12:00:10.000".to_owned(), 0),
            ("12:00:15.000".to_owned(), 1),
            ("12:00:20.000".to_owned(), 0),
            ("12:00:30.000".to_owned(), 0),
        ]
    );
    let [first, second, third] = result.events.as_slice() else {
        panic!("three events: {:?}", result.events)
    };
    assert_eq!(first.text.as_ref().unwrap(), "{\"a\": 1}");
    assert_eq!(first.tags, [Arc::from("slow")]);
    assert!(second.tags.is_empty());
    // Those of the list need no event to be rendered.
    let tags: Vec<&[Arc<str>]> = schedule.parts.iter().map(|part| &part.tags[..]).collect();
    assert_eq!(tags, [&[Arc::from("slow")][..], &[]]);
    assert!(
        matches!(&second.text, Err(PreviewFailure::Format(text, _)) if text == "not json"),
        "{second:?}"
    );
    assert!(third.text.is_ok());
}

#[test]
fn a_broken_part_leaves_the_others() {
    let text = "input:\n  - cron: {expression: '* * * * *', count: 1}\n  - cron: {expression: '61 * * * *', count: 1}\nevent:\n  nonsense: {}\noutput:\n  - stdout: {}\n";
    let (request, _folder) = request(Some(text));
    let result = preview(&request);
    assert_eq!(result.diagnostics.errors(), 2, "{:?}", result.diagnostics);
    let schedule = result.schedule.unwrap();
    assert_eq!(schedule.buckets.iter().sum::<u64>(), 1);
    assert!(result.events.is_empty());
}

#[test]
fn an_input_that_cannot_start_is_a_problem_with_a_place() {
    let text = document("  - cron: {expression: '* * * * *', count: 1, end: 2020-01-01}\n");
    let (request, _folder) = request(Some(&text));
    let result = preview(&request);
    let problem = &result.diagnostics.0[0];
    assert_eq!(problem.setting, "input[0].cron");
    assert!(
        problem.message.contains("earlier than `start`"),
        "{problem:?}"
    );
    assert!(
        problem
            .place
            .as_ref()
            .is_some_and(|place| place.span.is_some())
    );
}

#[test]
fn what_lies_in_the_past_is_explained_and_rendered_all_the_same() {
    let text = document("  - timestamps: {source: [2020-01-01T00:00:00Z]}\n");
    let (mut request, _folder) = request(Some(&text));
    let result = preview(&request);
    let schedule = result.schedule.unwrap();
    // Timestamps and events are shown alike, with a remark.
    assert_eq!(schedule.next.len(), 1);
    assert_eq!(schedule.buckets[0], 1);
    assert_eq!(schedule.nothing, None);
    let skipped = schedule.skipped.unwrap();
    assert!(
        skipped.contains("the only timestamp lies before now, at 2020-01-01"),
        "{skipped}"
    );
    assert!(result.note.unwrap().contains("skip_past"));
    assert_eq!(result.events.len(), 1);
    request.parameters.live_mode = false;
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!((schedule.nothing, schedule.skipped), (None, None));
    assert_eq!(schedule.from.unwrap().date_text(), "2020-01-01");
    assert_eq!(schedule.buckets[0], 1);
}

#[test]
fn a_window_begins_where_something_fires() {
    let text = document("  - timestamps: {source: [2031-05-01T00:00:00Z]}\n");
    let (mut request, _folder) = request(Some(&text));
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!(schedule.from.unwrap().date_text(), "2031-05-01");
    assert_eq!((schedule.buckets[0], schedule.skipped), (1, None));
    // Where it fits into the span, the window begins now.
    request.span_s = 10 * 365 * 86_400;
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!(schedule.from.unwrap().date_text(), "2024-01-15");
    // One that was moved stays where it is.
    request.span_s = 60;
    request.from_us = Some(request.now_us);
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!((schedule.count(), schedule.next.len()), (0, 1));
}

#[test]
fn what_is_wrong_with_events_is_told_once_with_its_place() {
    let found = |template: &str, document: &str| {
        let (request, folder) = templated(template, document);
        let result = preview(&request);
        let found = problems(&result.events);
        drop(folder);
        found
    };
    let text = "{\n  \"a\": {{ none }}\n}";
    let [one] = &found(text, ALL)[..] else {
        panic!("one problem is expected")
    };
    assert_eq!(
        (one.times, one.of, one.share()),
        (3, 3, "all 3 events".to_owned())
    );
    assert!(one.problem.message.contains("not JSON") || one.problem.message.contains("none:"));
    let place = one.problem.place.clone().unwrap();
    assert!(place.path.ends_with("a.json.jinja"));
    // Where the expression stands that wrote it.
    let start = place.span.unwrap().start;
    assert_eq!((start.line, start.column), (2, 8));
    let some = "{% set n = shared.get('n', 0) %}{% do shared.set('n', n + 1) %}{{ 1 / n }}";
    let [one] = &found(some, ALL)[..] else {
        panic!("one problem is expected")
    };
    assert_eq!((one.times, one.of), (1, 3));
    assert_eq!(one.problem.severity, crate::config::Severity::Error);
    let command = "{{ subprocess.run('true').exit_code }}";
    assert!(found(command, ALL).is_empty());
    let (mut request, _folder) = templated(command, ALL);
    request.inspect.inert = true;
    let found = problems(&preview(&request).events);
    assert!(found.iter().all(|one| one.held_back), "{found:?}");
    assert_eq!(found.len(), 1);
}

#[test]
fn limits_cut_the_rendering_and_closed_forms_need_no_time() {
    let text = document("  - static: {count: 1000000000000}\n");
    let (mut request, _folder) = request(Some(&text));
    request.deadline = Duration::ZERO;
    let result = preview(&request);
    let schedule = result.schedule.unwrap();
    assert!(!schedule.truncated && !schedule.estimated);
    assert_eq!(schedule.buckets[0], 1_000_000_000_000);
    assert_eq!(schedule.total, Some(1_000_000_000_000));
    assert!(result.events.is_empty());
    assert_eq!(
        result.note.as_deref(),
        Some("the time limit ended it after 0 of 3 timestamps")
    );
    request.deadline = Duration::from_secs(20);
    assert!(evaluate(&request, &|| true).events.is_empty());
}

#[test]
fn a_year_of_every_second_is_told_at_once_with_the_share_of_each_input() {
    let text = document(
        "  - cron: {expression: '* * * * * *', count: 1}\n  - linspace: {start: now, end: +365d, count: 1000000001}\n",
    );
    let (mut request, _folder) = request(Some(&text));
    request.span_s = 31_536_000;
    request.deadline = Duration::ZERO;
    let schedule = preview(&request).schedule.unwrap();
    assert!(!schedule.truncated && !schedule.estimated);
    assert_eq!(schedule.parts[0].count, 31_536_000);
    // The one at this very moment counts as past.
    assert_eq!(schedule.parts[1].count, 999_999_999);
    assert_eq!(schedule.count(), 1_031_535_999);
    assert_eq!(schedule.parts[1].total, Some(1_000_000_000));
    assert_eq!(
        (schedule.total, schedule.last),
        (None, None),
        "cron has no end"
    );
}

#[test]
fn the_window_moves_to_any_moment() {
    let text = document("  - timer: {seconds: 10, count: 1, repeat: 100000}\n");
    let (mut request, _folder) = request(Some(&text));
    let later = request.now_us + 500_000 * crate::time::SECOND_US;
    request.from_us = Some(later);
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!(schedule.from.unwrap().instant_us(), later);
    assert_eq!(schedule.buckets, [1; 6]);
    assert_eq!(schedule.next[0].0.instant_us(), later);
    assert_eq!(schedule.total, Some(100_000));
    assert_eq!(
        schedule.last.unwrap().to_string(),
        "2024-01-27T01:46:40+00:00"
    );
    request.from_us = Some(request.now_us + 2_000_000 * crate::time::SECOND_US);
    let schedule = preview(&request).schedule.unwrap();
    assert!(
        schedule
            .nothing
            .unwrap()
            .contains("the last timestamp is 2024-01-27")
    );
    request.from_us = Some(request.now_us - 3_600 * crate::time::SECOND_US);
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!(schedule.buckets, [0; 6]);
    assert_eq!(schedule.next[0].0.clock_text(), "12:00:10.000");
}

#[test]
fn every_silent_input_says_why() {
    let text = document(
        "  - cron: {expression: '0 0 31 2 *', count: 1}\n  - linspace: {start: '-2h', end: '+1h', count: 3}\n",
    );
    let (request, _folder) = request(Some(&text));
    let schedule = preview(&request).schedule.unwrap();
    // One of them lies in the past, and is shown as if it did not.
    let skipped = schedule.skipped.unwrap();
    assert!(
        skipped.starts_with("all 3 timestamps lie before now, the last at 2024-01-15"),
        "{skipped}"
    );
    assert_eq!(
        schedule.parts[0].nothing.as_deref(),
        Some("no date matches `0 0 31 2 *`")
    );
    assert_eq!((schedule.nothing, schedule.total), (None, Some(3)));
    let text = document(
        "  - cron: {expression: '0 0 31 2 *', count: 1}\n  - cron: {expression: '0 0 30 2 *', count: 1}\n",
    );
    let (request, _folder) = self::request(Some(&text));
    let schedule = preview(&request).schedule.unwrap();
    let nothing = schedule.nothing.unwrap();
    assert!(
        nothing.starts_with("input[0].cron: no date matches `0 0 31 2 *`; input[1].cron: no date"),
        "{nothing}"
    );
    assert!(schedule.parts.iter().all(|part| part.nothing.is_some()));
    assert_eq!((schedule.skipped, schedule.total), (None, Some(0)));
}

#[test]
fn params_are_listed_and_stand_in_for_themselves() {
    let text = document("  - cron: {expression: '${params.when}', count: '${params.count}'}\n");
    let (mut request, _folder) = request(Some(&text));
    let result = preview(&request);
    assert!(result.diagnostics.0.is_empty(), "{:?}", result.diagnostics);
    assert_eq!(result.params, ["when", "count"]);
    request.parameters.params =
        serde_json::from_str(r#"{"when": "* * * * * *", "count": 2}"#).unwrap();
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!(schedule.buckets.iter().sum::<u64>(), 120);
}

#[test]
fn a_missing_document_is_one_problem() {
    let (request, _folder) = request(None);
    let result = preview(&request);
    assert_eq!(result.diagnostics.errors(), 1);
    assert!(result.schedule.is_none());
}

#[test]
fn a_command_that_is_being_typed_does_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("t.jinja");
    std::fs::write(&template, "{{ subprocess.run('printf saved').stdout }}").unwrap();
    let text = "input:\n  - static: {count: 1}\nevent:\n  template:\n    mode: all\n    templates:\n      - t: {template: t.jinja}\noutput:\n  - stdout: {}\n";
    std::fs::write(folder.path().join("generator.yml"), text).unwrap();
    let (mut request, _folder) = request(None);
    request.project = folder.path().join("generator.yml");
    let saved = preview(&request);
    assert_eq!(saved.events[0].text.as_ref().unwrap(), "saved");
    let typed = "{{ subprocess.run('touch ran').stdout }}".replace(
        "touch ran",
        &format!("touch {}", folder.path().join("ran").display()),
    );
    request.buffers.insert(template, Arc::from(typed));
    let unsaved = preview(&request);
    let Err(PreviewFailure::Render(error)) = &unsaved.events[0].text else {
        panic!("{:?}", unsaved.events);
    };
    assert!(error.message.contains("unsaved"), "{error:?}");
    assert!(!folder.path().join("ran").exists());
}

#[test]
fn formatters_see_time_and_identifiers_are_stable() {
    let text = "input:\n  - timer: {seconds: 10, count: 1, tags: [slow]}\nevent:\n  replay: {path: lines.log, repeat: true}\noutput:\n  - stdout: {formatter: {format: cloudevents, source: '/x', subject: '{{ tags | join }}'}}\n";
    let (request, _folder) = request(Some(text));
    let texts = || {
        let result = preview(&request);
        assert!(result.diagnostics.0.is_empty(), "{:?}", result.diagnostics);
        let texts = result.events.into_iter().map(|event| event.text.unwrap());
        texts.collect::<Vec<String>>()
    };
    let first = texts();
    assert_eq!(first.len(), 3);
    assert!(
        first[0]
            .contains("\"subject\":\"slow\",\"time\":\"2024-01-15T12:00:10Z\",\"data\":{\"a\":1}}")
    );
    assert!(first[1].contains("\"time\":\"2024-01-15T12:00:20Z\",\"data\":\"not json\""));
    assert_eq!(texts(), first);
}

/// A project on disk with a template and a sample.
fn templated(template: &str, options: &str) -> (PreviewRequest, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.json.jinja", template);
    write("b.jinja", "plain");
    write("rows.csv", "path,weight\n/,10\n/about,30\n");
    let text = format!(
        "input:\n  - timer: {{seconds: 10, count: 1, tags: [slow]}}\nevent:\n  template:\n    samples:\n      rows: {{type: csv, source: rows.csv, header: true}}\n{options}output:\n  - stdout: {{}}\n  - stdout: {{formatter: {{format: json, indent: 1}}}}\n"
    );
    write("generator.yml", &text);
    let (mut request, _) = request(None);
    request.project = folder.path().join("generator.yml");
    (request, folder)
}

const ALL: &str = "    mode: all\n    templates:\n      - a: {template: a.json.jinja}\n";

const CHANCE: &str = "    mode: chance\n    templates:\n      - a: {template: a.json.jinja, chance: 3}\n      - b: {template: b.jinja, chance: 1}\n";

#[test]
fn events_are_shown_as_rendered_or_as_any_output_sends_them() {
    let (mut request, _folder) = templated("{\"a\": 1}", ALL);
    let mut shown = |how| {
        request.inspect.shown = how;
        let result = preview(&request);
        assert_eq!(result.outputs, ["stdout", "stdout"]);
        result.events[0].text.as_ref().unwrap().clone()
    };
    assert_eq!(shown(Shown::Rendered), "{\"a\": 1}");
    assert_eq!(shown(Shown::Output(0)), "{\"a\": 1}");
    assert_eq!(shown(Shown::Output(1)), "{\n \"a\": 1\n}");
    assert_eq!(shown(Shown::Output(9)), "{\"a\": 1}", "the first stands in");
}

#[test]
fn the_place_of_a_fault_is_found_in_the_event_and_in_the_template() {
    let template = "{#- a comment -#}\n{%- macro two() -%}\n2\n{%- endmacro -%}\n{\n  \"a\": {{ two() }},\n  \"b\": {{ none }},\n  \"c\": 1\n}\n";
    let (request, _folder) = templated(template, ALL);
    let result = preview(&request);
    let fault = result.events[0].fault.clone().unwrap();
    assert_eq!((fault.line, fault.column), (3, 8), "{fault:?}");
    assert!(
        fault.message.contains("not JSON") && fault.shown,
        "{fault:?}"
    );
    let place = fault.place.unwrap();
    assert!(place.path.ends_with("a.json.jinja"));
    assert_eq!(place.span.unwrap().start.line, 7);
    // The fault lies within text of several lines.
    let (request, _folder) = templated("{\n  \"a\": 1,\n  \"b\" 2,\n  \"c\": {{ 1 }}\n}\n", ALL);
    let fault = preview(&request).events[1].fault.clone().unwrap();
    assert_eq!(fault.line, 3);
    assert_eq!(fault.place.unwrap().span.unwrap().start.line, 3);
    let (request, _folder) = templated("{\"a\": {{ 1 }}}", ALL);
    assert!(
        preview(&request)
            .events
            .iter()
            .all(|event| event.fault.is_none())
    );
}

#[test]
fn the_state_is_shown_and_can_be_changed_on_the_way() {
    let template = "{% set n = shared.get('n', 0) + 1 %}{% do shared.set('n', n) %}{% do locals.set('l', {'x': [n, timestamp]}) %}{% do globals.set('g', 'ü') %}{{ n }}";
    let (mut request, _folder) = templated(template, ALL);
    request.inspect.state = true;
    let result = preview(&request);
    let scopes: Vec<&str> = result
        .state
        .iter()
        .map(|scope| scope.name.as_str())
        .collect();
    assert_eq!(scopes, ["shared", "globals", "locals.a"]);
    assert_eq!(result.state[0].entries, [("n".to_owned(), "3".to_owned())]);
    assert_eq!(
        result.state[1].entries,
        [("g".to_owned(), "\"ü\"".to_owned())]
    );
    let value = &result.state[2].entries[0].1;
    assert!(
        value.starts_with("{\"x\": [3, \"datetime.datetime("),
        "{value}"
    );
    let edit = |before, path: &str, value| StateEdit {
        before,
        scope: "shared".to_owned(),
        path: vec![PathStep::Key(path.to_owned())],
        value,
    };
    request.inspect.edits = vec![
        edit(1, "n", Some(serde_json::json!(40))),
        edit(3, "m", Some(serde_json::json!([1, {"b": 1}]))),
        StateEdit {
            path: vec![
                PathStep::Key("m".to_owned()),
                PathStep::Index(1),
                PathStep::Key("b".to_owned()),
            ],
            ..edit(3, "", Some(serde_json::json!("deep")))
        },
        StateEdit {
            scope: "globals".to_owned(),
            ..edit(3, "g", None)
        },
        StateEdit {
            scope: "nowhere".to_owned(),
            ..edit(3, "g", None)
        },
    ];
    let result = preview(&request);
    let texts: Vec<&String> = result
        .events
        .iter()
        .map(|event| event.text.as_ref().unwrap())
        .collect();
    assert_eq!(texts, ["1", "41", "42"]);
    assert_eq!(
        result.state[0].entries[1],
        ("m".to_owned(), "[1, {\"b\": \"deep\"}]".to_owned())
    );
    assert!(result.state[1].entries.is_empty());
    assert_eq!(result.refused.len(), 1);
    assert!(
        result.refused[0].contains("`nowhere`"),
        "{:?}",
        result.refused
    );
}

#[test]
fn expressions_and_formatters_are_tried_on_one_event() {
    let (mut request, _folder) = templated(
        "{% do shared.set('n', shared.get('n', 0) + 1) %}{\"n\": {{ shared.n }}}",
        ALL,
    );
    let mut tried = |number, what| {
        request.inspect.attempts = vec![Attempt {
            what,
            number,
            event: 0,
        }];
        preview(&request).tried.remove(0)
    };
    let template = |text: &str| Tried::Template(text.to_owned());
    let formatter = |text: &str| Tried::Formatter(text.to_owned());
    assert_eq!(tried(1, template("shared.n * 10")).unwrap(), "20");
    assert_eq!(
        tried(2, template("a{{ tags[0] }}{{ timestamp.second }}")).unwrap(),
        "aslow30"
    );
    let error = tried(0, template("shared.n + ")).unwrap_err();
    assert!(error.at.is_some(), "{error:?}");
    let error = tried(0, template("'abc' ~ nope.deep")).unwrap_err();
    assert_eq!(error.at.unwrap().0, 1);
    assert!(error.at.unwrap().1 >= 5, "{error:?}");
    assert_eq!(tried(0, formatter("json")).unwrap(), "{\"n\": 1}");
    assert_eq!(
        tried(0, formatter("{format: json, indent: 1}")).unwrap(),
        "{\n \"n\": 1\n}"
    );
    let wrapped = tried(1, formatter("format: cloudevents, source: /x")).unwrap();
    assert!(
        wrapped.contains("{\"n\":2}") || wrapped.contains("{\"n\": 2}"),
        "{wrapped}"
    );
    assert_eq!(
        tried(2, formatter("<{{ event }}>")).unwrap(),
        "<{\"n\": 3}>"
    );
    let error = tried(0, formatter("jsn")).unwrap_err();
    assert_eq!(error.at, Some((1, 1)), "{error:?}");
    assert!(error.help.unwrap().contains("json"));
}

#[test]
fn samples_are_shown_even_when_templates_are_broken() {
    let (mut request, folder) = templated("{{ broken", ALL);
    request.inspect.samples = Some(SampleWish {
        name: Some("rows".to_owned()),
        from: 1,
        most: 10,
    });
    let (infos, shown) = preview(&request).samples.unwrap();
    assert_eq!((infos[0].name.as_str(), infos[0].rows), ("rows", Some(2)));
    let shown = shown.unwrap();
    assert_eq!(shown.columns, ["path", "weight"]);
    assert_eq!(shown.rows, [["/about", "30"]]);
    assert_eq!(shown.sums, [None, Some(40.0)]);
    std::fs::write(folder.path().join("rows.csv"), b"path,weight\n/,10\n\xff\n").unwrap();
    let (infos, shown) = preview(&request).samples.unwrap();
    let (_, place) = infos[0].problem.clone().unwrap();
    assert_eq!(place.unwrap().span.unwrap().start.line, 3);
    assert!(shown.is_none());
}

#[test]
fn many_events_are_studied() {
    let template = "{\"n\": {{ loop_index | default(7) }}, \"who\": \"{{ ['ann', 'bob'] | random }}\", \"none\": null{% if shared.get('odd') %}, \"odd\": [1, 2]{% endif %}}{% do shared.set('odd', not shared.get('odd', false)) %}";
    let (mut request, _folder) = templated(template, CHANCE);
    assert!(study(&request, &|| false).is_none(), "nobody asked");
    request.inspect.statistics = Some(400);
    assert!(study(&request, &|| true).is_none(), "it was cancelled");
    let result = study(&request, &|| false).unwrap();
    let statistics = result.statistics.unwrap();
    assert_eq!(result.revision, 7);
    assert_eq!(statistics.note, None);
    assert_eq!((statistics.timestamps, statistics.events), (400, 400));
    assert!(statistics.per_second > 0.0 && statistics.weighted);
    let [a, b] = statistics.aliases.as_slice() else {
        panic!("{:?}", statistics.aliases)
    };
    assert_eq!((a.declared, b.declared), (Some(0.75), Some(0.25)));
    assert!(a.events > 250 && a.events + b.events == 400, "{a:?} {b:?}");
    assert_eq!(statistics.mappings, a.events);
    let field = |path: &str| {
        statistics
            .fields
            .iter()
            .find(|field| field.path == path)
            .unwrap()
    };
    assert_eq!(field("n").range, Some((7.0, 7.0)));
    assert_eq!((field("who").distinct, field("who").lengths), (2, true));
    assert_eq!(field("none").nulls, a.events);
    assert_eq!(field("odd[]").missing, a.events - a.events / 2);
    assert_eq!(field("odd[]").distinct, 2);
    assert_eq!(statistics.size.min, 5);
    assert!(statistics.profile.unwrap().files[0].name.ends_with("jinja"));
}
