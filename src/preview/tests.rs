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
    assert!(schedule.next.is_empty());
    assert!(schedule.nothing.unwrap().contains("before now"));
    assert!(result.note.unwrap().contains("skip_past"));
    assert_eq!(result.events.len(), 1);
    request.parameters.live_mode = false;
    let schedule = preview(&request).schedule.unwrap();
    assert_eq!(schedule.nothing, None);
    assert_eq!(schedule.from.unwrap().date_text(), "2020-01-01");
    assert_eq!(schedule.buckets[0], 1);
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
    let nothing = schedule.nothing.unwrap();
    assert!(
        nothing.starts_with("input[0].cron: no date matches `0 0 31 2 *`; input[1].linspace: "),
        "{nothing}"
    );
    assert!(nothing.contains("ended before now"), "{nothing}");
    assert!(schedule.parts.iter().all(|part| part.nothing.is_some()));
    assert_eq!(schedule.total, Some(0));
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
