//! Mistakes in the options: one clear error each, in the right place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use super::{Mode, TemplateConfig, decode};
use crate::config::{Context, Diagnostics, Disk, Severity, parse_yaml};

fn check(yaml: &str) -> (Option<TemplateConfig>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let node = parse_yaml(yaml, Path::new("generator.yml"), &mut problems).unwrap();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: Path::new("generator.yml"),
        base: Path::new("/project"),
        files: &Disk,
        calendars: None,
        setting: "event.template".to_owned(),
    };
    let config = decode(&node, &mut cx);
    (config, problems)
}

/// All problems as `setting: message (help) @line:column`.
fn problems(yaml: &str) -> Vec<String> {
    let (config, problems) = check(yaml);
    assert_eq!(config.is_none(), problems.has_errors(), "{problems:?}");
    let text = |one: &crate::config::Diagnostic| {
        let span = one.place.as_ref().and_then(|place| place.span).unwrap();
        let help = one.help.as_deref().unwrap_or("-");
        format!(
            "{}: {} ({help}) @{}:{}",
            one.setting, one.message, span.start.line, span.start.column
        )
    };
    problems.0.iter().map(text).collect()
}

fn fsm(when: &str) -> String {
    format!(
        "mode: fsm\ntemplates:\n- a: {{template: a.jinja, initial: true, transitions: [{{to: b, when: {when}}}]}}\n- b: {{template: b.jinja, transitions: [{{to: a, when: {{always: }}}}]}}\n"
    )
}

#[test]
fn both_spellings_of_a_condition_mean_the_same() {
    for when in [
        "{eq: {shared.a.b: 1}}",
        "{eq: {shared: {a: {b: 1}}}}",
        "{eq: {shared: {a.b: 1}}}",
    ] {
        let (config, found) = check(&fsm(when));
        assert!(found.0.is_empty(), "{when}: {found:?}");
        let Mode::Fsm { transitions, .. } = config.unwrap().mode else {
            panic!("mode fsm");
        };
        let text = format!("{:?}", transitions[0][0].when);
        assert!(text.contains("key: \"a.b\""), "{text}");
    }
}

#[test]
fn one_mistake_in_a_condition_is_one_error() {
    for (when, message) in [
        ("{eqq: {shared.n: 1}}", "`eqq` is no operator"),
        ("{eq: {share.n: 1}}", "`share.n` is no state value"),
        ("{eq: {shared: 1}}", "`shared` names no key"),
        ("{eq: 1}", "`eq` compares a state value"),
        ("{gt: {shared.n: x}}", "`gt` compares with a number"),
        (
            "{len_eq: {shared.n: 1.5}}",
            "`len_eq` compares with a whole number",
        ),
        (
            "{matches: {shared.n: '('}}",
            "this is no regular expression",
        ),
        ("{always: 1}", "`always` takes no value"),
        ("{or: [{always: }]}", "`or` needs at least two conditions"),
        ("{and: [{always: }, {nevr: }]}", "`nevr` is no operator"),
        ("{has_tags: []}", "`has_tags` takes a tag"),
        ("{after: {hour: 0}}", "at least one part of the time"),
        ("{after: {month: 2, day: 30}}", "there is no such day"),
        ("{after: {hours: 3}}", "hours"),
        ("{defined: {shared.n: 1}}", "`defined` takes the name"),
        (
            "{eq: {shared.n: 1}, gt: {shared.n: 1}}",
            "exactly one operator",
        ),
        ("x", "a condition is a mapping"),
    ] {
        let found = problems(&fsm(when));
        assert_eq!(found.len(), 1, "{when}: {found:?}");
        assert!(found[0].contains(message), "{when}: {found:?}");
        assert!(
            found[0].starts_with("event.template.templates[0].a.transitions[0].when"),
            "{found:?}"
        );
        assert!(found[0].contains("@3:"), "{found:?}");
    }
}

#[test]
fn unknown_states_and_aliases_get_near_names() {
    let found = problems(
        "mode: fsm\ntemplates:\n- login: {template: a.jinja, initial: true, transitions: [{to: logot, when: {always: }}]}\n- logout: {template: b.jinja}\n",
    );
    assert!(
        found[0].contains("`logot` is no state (did you mean `logout`?"),
        "{found:?}"
    );
    let found = problems(
        "mode: chain\nchain: [one, tow]\ntemplates:\n- one: {template: a.jinja}\n- two: {template: b.jinja}\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("`tow` is no template alias (did you mean `two`?"),
        "{found:?}"
    );
    assert!(found[0].starts_with("event.template.chain[1]"), "{found:?}");
}

#[test]
fn unreachable_states_are_a_warning() {
    let (config, found) = check(
        "mode: fsm\ntemplates:\n- a: {template: a.jinja, initial: true}\n- b: {template: b.jinja}\n",
    );
    assert!(config.is_some());
    assert_eq!(found.0.len(), 1);
    assert_eq!(found.0[0].severity, Severity::Warning);
    assert!(found.0[0].message.contains("`b` is never reached"));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let found = problems(
        "mode: all\n\
         samples:\n  s: {type: cvs, source: a.csv}\n  t: {type: csv, source: a.txt}\n\
         templates:\n- a: {template: a.j2}\n- a: {template: b.jinja}\n- c: d.jinja\n- {}\n",
    );
    assert_eq!(found.len(), 6, "{found:#?}");
    assert!(found[0].contains("did you mean `csv`"), "{found:#?}");
    assert!(found[1].contains("ends in .csv"), "{found:#?}");
    assert!(found[2].contains("ends in .jinja"), "{found:#?}");
    assert!(found[3].contains("used twice"), "{found:#?}");
    assert!(
        found[4].contains("write `{template: d.jinja}`"),
        "{found:#?}"
    );
    assert!(found[5].contains("exactly one key"), "{found:#?}");
}

#[test]
fn options_of_other_modes_say_so() {
    let found = problems("mode: any\ntemplates:\n- a: {template: a.jinja, chance: 3}\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("`chance` belongs to mode `chance`"),
        "{found:?}"
    );
    let found = problems("mode: any\nchain: [a]\ntemplates:\n- a: {template: a.jinja}\n");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn keys_of_free_form_maps_stay_literal() {
    let (config, found) = check(
        "mode: all\nparams: {host.name: x, 10.0.0.1: y}\ntemplates:\n- a.b: {template: a.jinja, vars: {c.d: 1}}\n",
    );
    assert!(found.0.is_empty(), "{found:?}");
    let config = config.unwrap();
    assert_eq!(&*config.entries[0].alias, "a.b");
    assert!(config.params.unwrap().get("host.name").is_some());
    assert!(
        config.entries[0]
            .vars
            .as_ref()
            .unwrap()
            .get("c.d")
            .is_some()
    );
}
