#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use super::words;
use super::*;
use crate::config::{Disk, LoadOptions, load};
use crate::template;

fn outline() -> Outline {
    Outline {
        aliases: vec!["login".into(), "logout".into()],
        samples: vec![Sample {
            name: "users".into(),
            detail: "csv samples/users.csv".into(),
            columns: vec!["name".into(), "mail".into()],
        }],
        params: vec!["host".into()],
        vars: vec!["level".into()],
        tokens: vec!["index".into()],
        secrets: vec!["password".into()],
        state: vec![("shared".into(), "count".into())],
        places: Vec::new(),
        files: vec![
            PathBuf::from("templates/a.json.jinja"),
            PathBuf::from("samples/users.csv"),
        ],
    }
}

/// Completions at the mark `^`, as `start..: labels`.
fn at(name: &str, marked: &str) -> (usize, Vec<String>, Vec<String>) {
    let offset = marked.find('^').unwrap();
    let text = marked.replacen('^', "", 1);
    let found = complete(&Query {
        path: Path::new(name),
        text: &text,
        offset,
        outline: &outline(),
    });
    let labels = found.items.iter().map(|one| one.label.clone()).collect();
    let inserts = found.items.iter().map(|one| one.insert.clone()).collect();
    (found.start, labels, inserts)
}

fn labels(name: &str, marked: &str) -> Vec<String> {
    at(name, marked).1
}

fn yaml(marked: &str) -> Vec<String> {
    labels("generator.yml", marked)
}

fn jinja(marked: &str) -> Vec<String> {
    labels("a.json.jinja", marked)
}

#[test]
fn the_document_completes_at_every_depth() {
    let cases: &[(&str, &str)] = &[
        ("^", "input event output"),
        ("inp^", "input"),
        ("input:\n  - cr^", "cron"),
        ("input:\n- cr^", "cron"),
        ("input:\n  - cron:\n      exp^", "expression"),
        ("input:\n- cron:\n    count: 1\n    ex^\n", "expression"),
        ("event:\n  temp^", "template"),
        ("event:\n  template:\n    mo^", "mode"),
        ("event:\n  template:\n    mode: ch^", "chance chain"),
        (
            "event:\n  template:\n    mode: chance\n    templates:\n      - a:\n          ch^",
            "chance",
        ),
        (
            "event:\n  template:\n    mode: chance\n    templates:\n      - a:\n          template: te^",
            "templates/a.json.jinja",
        ),
        (
            "event:\n  template:\n    samples:\n      users:\n        type: c^",
            "csv",
        ),
        (
            "event:\n  template:\n    samples:\n      users: {type: csv, so^",
            "source",
        ),
        (
            "event:\n  template:\n    samples:\n      users: {type: c^}",
            "csv",
        ),
        (
            "event:\n  template:\n    templates:\n      - a:\n          transitions:\n            - to: lo^",
            "login logout",
        ),
        (
            "event:\n  template:\n    chain:\n      - log^",
            "login logout",
        ),
        (
            "output:\n  - file:\n      path: x\n      formatter:\n        form^",
            "format",
        ),
        (
            "output:\n  - file:\n      path: x\n      formatter:\n        format: json-b^",
            "json-batch",
        ),
        (
            "output:\n  - file:\n      path: x\n      write_mode: ^",
            "append overwrite",
        ),
        ("output:\n  - file: {path: x, write_mode: o^}", "overwrite"),
        (
            "output:\n  - http:\n      url: http://${params.^",
            "params.index",
        ),
        (
            "output:\n  - http:\n      password: ${sec^}",
            "secrets.password",
        ),
    ];
    for (text, wanted) in cases {
        let found = yaml(text);
        for word in wanted.split(' ') {
            assert!(
                found.iter().any(|one| one == word),
                "{text}: {word} not in {found:?}"
            );
        }
    }
}

#[test]
fn what_is_there_already_is_not_offered_again() {
    let found = yaml("input:\n- cron:\n    count: 1\n    ^\n    expression: '* * * * *'\n");
    assert!(
        !found
            .iter()
            .any(|one| one == "count" || one == "expression"),
        "{found:?}"
    );
    assert!(found.iter().any(|one| one == "start"), "{found:?}");
    let found = yaml("input: []\n^");
    assert!(!found.iter().any(|one| one == "input"), "{found:?}");
    // Another item of the list is another mapping.
    let found = yaml("input:\n- cron:\n    count: 1\n- cron:\n    co^\n");
    assert_eq!(found, ["count"]);
}

#[test]
fn nothing_is_offered_where_nothing_is_known() {
    for text in [
        "# inp^",
        "event:\n  template:\n    params:\n      na^",
        "output:\n  - http:\n      headers:\n        x^",
        "a: |\n  inp^\n",
        "nonsense:\n  x^",
    ] {
        assert!(yaml(text).is_empty(), "{text}: {:?}", yaml(text));
    }
    assert!(labels("notes.txt", "in^").is_empty());
}

#[test]
fn options_of_a_section_come_with_a_colon_and_required_ones_first() {
    let (start, labels, inserts) = at("generator.yml", "output:\n  - file:\n      ^");
    assert_eq!(start, 24);
    assert_eq!(
        (labels[0].as_str(), inserts[0].as_str()),
        ("path", "path: ")
    );
    let formatter = labels.iter().position(|one| one == "formatter").unwrap();
    assert_eq!(inserts[formatter], "formatter:");
}

#[test]
fn templates_complete_names_members_filters_and_tests() {
    let cases: &[(&str, &str)] = &[
        ("{{ time^", "timestamp"),
        ("{{ module.r^", "rand random"),
        ("{{ module.rand.number.int^", "integer"),
        ("{{ module.faker.locale.en_US.first^", "first_name"),
        ("{{ samples.^", "users"),
        ("{{ samples.users.^", "name mail pick"),
        ("{% set u = samples.users | random %}{{ u.^", "name mail"),
        ("{% for u in samples.users %}{{ u.m^", "mail"),
        ("{% for user in samples['users'] %}{{ us^", "user"),
        ("{{ params.^", "host"),
        ("{{ vars.l^", "level"),
        ("{{ shared.get('^", "count"),
        ("{{ shared['c^", "count"),
        ("{{ x | to^", "tojson"),
        ("{{ x is def^", "defined"),
        ("{{ x is not def^", "defined"),
        ("{% f^", "for from filter"),
        ("{%- el^", "elif else"),
        ("{% include '^", "templates/a.json.jinja"),
        ("{{ timestamp.iso^", "isoformat"),
        ("{{ dispatch.next('log^", "login logout"),
        ("{% if module.rand.chance(0.5) and ti^", "timestamp"),
    ];
    for (text, wanted) in cases {
        let found = jinja(text);
        for word in wanted.split(' ') {
            assert!(
                found.iter().any(|one| one == word),
                "{text}: {word} not in {found:?}"
            );
        }
    }
    for text in [
        "plain te^",
        "{# ti^",
        "{{ x }} ti^",
        "{{ 'ti^",
        "{{ unknown.^",
    ] {
        assert!(jinja(text).is_empty(), "{text}: {:?}", jinja(text));
    }
}

#[test]
fn functions_come_with_their_parameters() {
    let text = "{{ module.rand.number.integer";
    let found = complete(&Query {
        path: Path::new("a.jinja"),
        text: "{{ module.rand.number.intege",
        offset: text.len() - 1,
        outline: &outline(),
    });
    assert_eq!(found.items[0].detail, "(a, b)");
}

#[test]
fn every_word_of_the_language_is_told_about() {
    for name in template::filter_names() {
        assert!(
            !words::doc(words::FILTERS, name).is_empty(),
            "filter {name}"
        );
    }
    assert_eq!(words::FILTERS.len(), template::filter_names().count());
    let tests = template::test_names().filter(|name| name.starts_with(char::is_alphabetic));
    let tests: Vec<_> = tests.collect();
    for name in &tests {
        assert!(!words::doc(words::TESTS, name).is_empty(), "test {name}");
    }
    assert_eq!(words::TESTS.len(), tests.len());
    for name in template::function_names() {
        assert!(
            !words::doc(words::NAMES, name).is_empty(),
            "function {name}"
        );
    }
}

fn told(name: &str, marked: &str) -> Option<Hover> {
    let offset = marked.find('^').unwrap();
    hover(&Query {
        path: Path::new(name),
        text: &marked.replacen('^', "", 1),
        offset,
        outline: &outline(),
    })
}

#[test]
fn hover_tells_what_a_word_is() {
    let cases = [
        ("generator.yml", "in^put:\n", "input: section"),
        (
            "generator.yml",
            "input:\n- cr^on:\n    count: 1\n",
            "cron: plugin",
        ),
        (
            "generator.yml",
            "input:\n- cron:\n    co^unt: 1\n",
            "count: integer from 1, required",
        ),
        (
            "generator.yml",
            "event:\n  template:\n    mode: cha^nce\n",
            "mode: all | any",
        ),
        // What stands nowhere in the schema tells of the option that it is the value of.
        (
            "generator.yml",
            "input:\n- cron:\n    expression: \"* * * * *\"^\n",
            "expression: ",
        ),
        ("generator.yml", "input:\n- cr^on:\n", "cron: plugin"),
        (
            "generator.yml",
            "output:\n- http:\n    url: ${par^ams.x}\n",
            "${params.x}",
        ),
        (
            "a.jinja",
            "{{ x | rep^lace('a', 'b') }}",
            "filter replace(old, new, [count])",
        ),
        ("a.jinja", "{{ x is def^ined }}", "test defined"),
        ("a.jinja", "{% fo^r x in y %}", "statement for"),
        ("a.jinja", "{{ time^stamp }}", "timestamp"),
        (
            "a.jinja",
            "{{ module.rand.number.in^teger(1, 2) }}",
            "module.rand.number.integer (a, b)",
        ),
        (
            "a.jinja",
            "{% set u = samples.users | random %}{{ u^.name }}",
            "u: row of users",
        ),
    ];
    for (name, text, title) in cases {
        let found = told(name, text).unwrap_or_else(|| panic!("{text}"));
        assert!(found.title.starts_with(title), "{text}: {found:?}");
    }
    assert_eq!(told("a.jinja", "plain te^xt"), None);
    assert_eq!(told("generator.yml", "^"), None);
    assert_eq!(told("generator.yml", "# input: a com^ment\n"), None);
}

#[test]
fn any_place_in_any_text_is_taken() {
    let texts = [
        "input:\n  - cron: {expression: '* * * * *', count: [1, 2\nä: ö\n- - -\n: :\n{{ ${params.x",
        "{{ module.rand.ä['x'].(( | is not {% set x = 'un\\'closed {# }} %}",
    ];
    for text in texts {
        for offset in 0..text.len() + 2 {
            for name in ["generator.yml", "a.jinja"] {
                let query = Query {
                    path: Path::new(name),
                    text,
                    offset,
                    outline: &outline(),
                };
                complete(&query);
                hover(&query);
            }
        }
    }
}

#[test]
fn the_samples_of_this_program_say_what_eventum_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("generator.yml");
    let text = "calendars: {}\ninput:\n- calendar: {}\n- cron: {expression: '* * * * *', count: 1, gain: 2}\n\
        event:\n  template: {mode: all, templates: [{a: {template: a.jinja}}]}\n\
        output:\n- stdout: {formatter: {format: ndjson}}\n- file: {path: x, rotation: {}}\n- redis: {}\n";
    std::fs::write(&path, text).unwrap();
    let loaded = load(&path, &Disk, &LoadOptions::default());
    let found = portability(&loaded.document.unwrap());
    let lines: Vec<(u32, &str)> = found
        .iter()
        .map(|one| {
            let span = one.place.as_ref().unwrap().span.unwrap();
            (span.start.line, one.message.as_str())
        })
        .collect();
    assert_eq!(
        lines,
        [
            (1, "Eventum has no block `calendars`"),
            (3, "Eventum has no input `calendar`"),
            (4, "`cron` has no option `gain` in Eventum"),
            (8, "Eventum has no format `ndjson`"),
            (9, "`file` has no option `rotation` in Eventum"),
            (10, "Eventum has no output `redis`"),
        ]
    );
}

#[test]
fn state_keys_are_found_in_templates() {
    let mut outline = Outline::default();
    outline.add_state("{{ shared.get('a', 0) }}{% do locals.set(\"b\", 1) %}{{ globals['c'] }}{{ shared.get(x) }}{{ shared.d + shared.e() }} shared. f");
    let found: Vec<(&str, &str)> = outline
        .state
        .iter()
        .map(|(scope, key)| (scope.as_str(), key.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("locals", "b"),
            ("shared", "a"),
            ("shared", "d"),
            ("globals", "c")
        ]
    );
}
