#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use super::{CheckOptions, CheckReport, check, plan};
use crate::config::{Files, LoadOptions, Overlay, load};
use crate::time::Zone;

fn overlay(text: &str) -> Overlay {
    let mut files = Overlay::default();
    files
        .buffers
        .insert("generator.yml".into(), Arc::from(text));
    files
}

fn problems(text: &str) -> Vec<String> {
    let files = overlay(text);
    let loaded = load(Path::new("generator.yml"), &files, &LoadOptions::default());
    let (_, problems) = plan(&loaded.document.unwrap(), &files);
    let lines = problems.0.iter().map(|one| {
        let start = one.place.as_ref().unwrap().span.unwrap().start;
        let help = one.help.as_deref().unwrap_or_default();
        format!(
            "{}:{} {} [{}] {help}",
            start.line, start.column, one.message, one.setting
        )
    });
    lines.collect()
}

fn checked(text: &str, params: Option<serde_json::Value>) -> CheckReport {
    let files: Arc<dyn Files> = Arc::new(overlay(text));
    let options = CheckOptions {
        params: params.map(|params| params.as_object().unwrap().clone()),
        zone: Zone::UTC,
        now: Zone::UTC.at_instant(1_700_000_000_000_000),
    };
    check(Path::new("generator.yml"), &files, &options)
}

#[test]
fn every_unknown_plugin_is_reported_with_a_way_out() {
    let got = problems(
        "input: [{htpt: {}}, {stdout: {}}]\nevent: {templat: {}}\noutput: [{stdot: {}}, {kafak: {}}, {fiel: {}}]\n",
    );
    let expected = [
        "1:10 there is no input plugin `htpt` [input[0].htpt] did you mean `http`? Known are",
        "1:22 there is no input plugin `stdout` [input[1].stdout] `stdout` is an output plugin, it belongs below `output:`",
        "2:9 there is no event plugin `templat` [event.templat]",
        "3:11 there is no output plugin `stdot` [output[0].stdot] did you mean `stdout`? Known are",
        "3:24 there is no output plugin `kafak` [output[1].kafak]",
        "3:37 there is no output plugin `fiel` [output[2].fiel] did you mean `file`? Known are",
    ];
    assert_eq!(got.len(), expected.len(), "{got:#?}");
    for (got, expected) in got.iter().zip(expected) {
        assert!(got.starts_with(expected), "{got}");
    }
}

#[test]
fn problems_of_all_plugins_are_reported_at_once() {
    let got = problems(
        "input: [{static: {count: 1}}]\nevent: {template: {}}\noutput: [{stdout: {stram: x}}, {file: {path: 5, formatter: {format: jsn}}}]\n",
    );
    assert!(
        got.iter()
            .any(|one| one.starts_with("3:20 `stdout` has no option `stram`")),
        "{got:#?}"
    );
    assert!(
        got.iter()
            .any(|one| one.contains("expected text, not the integer `5` [output[1].file.path]")),
        "{got:#?}"
    );
    assert!(
        got.iter().any(|one| one.contains("did you mean `json`?")),
        "{got:#?}"
    );
}

#[test]
fn values_that_are_not_known_are_no_errors() {
    let text = "input: ${params.inputs}\nevent: ${params.event}\noutput:\n  - stdout: {flush_interval: '${params.flush}', stream: \"${params.stream}\", formatter: {format: ${params.format}, indent: ${params.indent}}}\n  - file: ${params.file}\n";
    let report = checked(text, None);
    assert_eq!(report.diagnostics.0, []);
    let names: Vec<&str> = report
        .params
        .iter()
        .map(|need| need.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "inputs", "event", "flush", "stream", "format", "indent", "file"
        ]
    );
    assert_eq!(report.unchecked, ["output[0].stdout", "output[1].file"]);
}

#[test]
fn given_params_are_checked_and_missing_ones_are_errors() {
    let text = "input: [{stdout: {}}]\nevent: {x: {}}\noutput: [{stdout: {stream: \"${params.stream}\"}}, {file: {path: \"${params.path}\"}}]\n";
    let report = checked(text, Some(serde_json::json!({"stream": "stdrr"})));
    let messages: Vec<&str> = report
        .diagnostics
        .0
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert!(
        messages.contains(&"the parameter `path` has no value"),
        "{messages:?}"
    );
    assert!(
        messages.iter().any(|one| one.contains("not `stdrr`")),
        "{messages:?}"
    );
    assert_eq!(report.unchecked, ["output[1].file"]);
    assert!(report.params[0].given && !report.params[1].given);
}

#[test]
fn problems_are_sorted_by_place() {
    let report = checked(
        "output: [{stdot: {}}]\nextra: 1\nevent: {x: {}}\ninput: [{y: {}}]\n",
        None,
    );
    let lines: Vec<u32> = report
        .diagnostics
        .0
        .iter()
        .map(|one| one.place.as_ref().unwrap().span.unwrap().start.line)
        .collect();
    assert_eq!(lines, [1, 2, 3, 4]);
}

#[test]
fn outputs_that_write_one_file_are_doubtful() {
    let got = problems(
        "input: [{static: {count: 1}}]\nevent: {replay: {path: a}}\noutput: [{file: {path: x/a}}, {file: {path: x/b}}, {file: {path: ./x//a}}]\n",
    );
    assert_eq!(
        got,
        [
            "3:53 writes the same file as `output[0].file`, so their events mix [output[2].file] give each output a file of its own"
        ]
    );
}

/// Says something in builds without some feature; CI makes one.
#[test]
fn an_output_that_this_build_lacks_is_told_from_one_that_does_not_exist() {
    let built = |name: &str| {
        crate::output::PLUGINS
            .iter()
            .any(|one| one.schema.name == name)
    };
    for name in crate::output::FEATURES.iter().filter(|name| !built(name)) {
        let text = format!("input: [{{static: {{count: 1}}}}]\noutput: [{{{name}: {{}}}}]\n");
        let got = problems(&text);
        let said = format!("this build of evtui has no output plugin `{name}`");
        assert!(got.iter().any(|one| one.contains(&said)), "{got:#?}");
    }
}

#[test]
fn one_file_by_two_spellings_is_noticed() {
    let got = problems(
        "input: [{static: {count: 1}}]\noutput: [{file: {path: a/e.log}}, {file: {path: a/../a/./e.log}}]\n",
    );
    let said = "writes the same file as `output[0].file`";
    assert!(got.iter().any(|one| one.contains(said)), "{got:#?}");
}
