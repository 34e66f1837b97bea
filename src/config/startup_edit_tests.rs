#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::{StartupEdit, edit_startup};

const LIST: &str = "# Our generators.\n\n# the shop\n- id: web   # first\n  path: web/generator.yml\n  params:\n    host: z # of the shop\n    # a number\n    n: 1\n\n# the base\n- {id: db, path: db/generator.yml, autostart: no}\n- id: \"last\"\n  path: 'last/generator.yml'\n  autostart: true # yes\n# the end\n";

fn edited(text: &str, edit: &StartupEdit) -> Result<String, String> {
    edit_startup(text, Path::new("startup.yml"), edit)
}

fn add(id: &str, options: Value) -> StartupEdit {
    let Value::Object(options) = options else {
        panic!()
    };
    StartupEdit::Add {
        id: id.to_owned(),
        path: format!("{id}/generator.yml"),
        options: options.into_iter().collect(),
    }
}

fn set(id: &str, option: &str, value: Value) -> StartupEdit {
    let (id, option) = (id.to_owned(), option.to_owned());
    StartupEdit::Set { id, option, value }
}

fn unset(id: &str, option: &str) -> StartupEdit {
    let (id, option) = (id.to_owned(), option.to_owned());
    StartupEdit::Unset { id, option }
}

fn remove(id: &str) -> StartupEdit {
    StartupEdit::Remove { id: id.to_owned() }
}

/// Every line of the one text that the other lacks, with a sign.
fn diff(old: &str, new: &str) -> Vec<String> {
    let gone = old
        .lines()
        .filter(|line| !new.lines().any(|one| one == *line));
    let came = new
        .lines()
        .filter(|line| !old.lines().any(|one| one == *line));
    let gone = gone.map(|line| format!("-{line}"));
    gone.chain(came.map(|line| format!("+{line}"))).collect()
}

#[rstest]
#[case(set("last", "autostart", json!(false)), &["-  autostart: true # yes", "+  autostart: false # yes"])]
#[case(set("db", "autostart", json!(true)), &["-- {id: db, path: db/generator.yml, autostart: no}", "+- {id: db, path: db/generator.yml, autostart: true}"])]
#[case(set("web", "autostart", json!(false)), &["+  autostart: false"])]
#[case(set("web", "params.n", json!("no")), &["-    n: 1", "+    n: \"no\""])]
#[case(set("web", "params.b c", json!([1, {"x": null}])), &["+    \"b c\": [1, {x: null}]"])]
#[case(set("db", "params.n", json!(5)), &["-- {id: db, path: db/generator.yml, autostart: no}", "+- {id: db, path: db/generator.yml, autostart: no, params: {n: 5}}"])]
#[case(set("last", "scenarios", json!(["a", "b"])), &["+  scenarios: [a, b]"])]
#[case(unset("last", "autostart"), &["-  autostart: true # yes"])]
#[case(unset("web", "params.n"), &["-    n: 1"])]
#[case(unset("db", "autostart"), &["-- {id: db, path: db/generator.yml, autostart: no}", "+- {id: db, path: db/generator.yml}"])]
#[case(remove("db"), &["-- {id: db, path: db/generator.yml, autostart: no}"])]
#[case(remove("last"), &["-- id: \"last\"", "-  path: 'last/generator.yml'", "-  autostart: true # yes"])]
#[case(add("new", json!({"autostart": false})), &["+- id: new", "+  path: new/generator.yml"])]
fn only_what_was_meant_changes(#[case] edit: StartupEdit, #[case] expected: &[&str]) {
    for text in [LIST.to_owned(), LIST.replace('\n', "\r\n")] {
        let new = edited(&text, &edit).unwrap();
        let mut found = diff(&text, &new);
        found.retain(|line| {
            line != "+  autostart: false" || !matches!(edit, StartupEdit::Add { .. })
        });
        assert_eq!(found, expected, "{new}");
        assert_eq!(new.contains("\r\n"), text.contains("\r\n"));
        assert_eq!(new.matches('\n').count(), new.lines().count());
    }
}

#[rstest]
#[case("", "- id: a\n  path: a/generator.yml\n")]
#[case("[]", "- id: a\n  path: a/generator.yml")]
#[case("[] # none yet\n", "- id: a\n  path: a/generator.yml # none yet\n")]
#[case("# none yet\n", "# none yet\n- id: a\n  path: a/generator.yml\n")]
#[case(
    "- {id: b, path: x}",
    "- {id: b, path: x}\n- id: a\n  path: a/generator.yml\n"
)]
#[case(
    "[{id: b, path: x}]\n",
    "[{id: b, path: x}, {id: a, path: a/generator.yml}]\n"
)]
#[case(
    "  - id: b\n    path: x\n",
    "  - id: b\n    path: x\n  - id: a\n    path: a/generator.yml\n"
)]
#[case(
    "\u{feff}- id: b\n  path: x\n",
    "\u{feff}- id: b\n  path: x\n- id: a\n  path: a/generator.yml\n"
)]
fn an_entry_is_added_in_the_way_of_the_file(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(edited(text, &add("a", json!({}))).unwrap(), expected);
}

#[rstest]
#[case("[{id: b, path: x}, {id: a, path: y}]\n", "a", "[{id: b, path: x}]\n")]
#[case("[{id: b, path: x}, {id: a, path: y}]\n", "b", "[{id: a, path: y}]\n")]
#[case("- id: b\n", "b", "")]
#[case("- params: |\n    x\n\n  id: b\n# c\n", "b", "# c\n")]
fn an_entry_goes_with_its_lines_alone(#[case] text: &str, #[case] id: &str, #[case] rest: &str) {
    assert_eq!(edited(text, &remove(id)).unwrap(), rest);
}

#[rstest]
#[case(
    "- id: a\n  autostart:\n  path: x\n",
    "- id: a\n  autostart: false\n  path: x\n"
)]
#[case("- id: a\n  autostart: ~\n", "- id: a\n  autostart: false\n")]
#[case("- autostart: true\n  id: a\n", "- autostart: false\n  id: a\n")]
#[case("-\n  id: a", "-\n  id: a\n  autostart: false\n")]
#[case(
    "- id: a\n  path: >\n    x\n    y\n# z\n",
    "- id: a\n  path: >\n    x\n    y\n  autostart: false\n# z\n"
)]
#[case("- {id: a,}", "- {id: a, autostart: false}")]
fn an_option_is_set_wherever_it_stands(#[case] text: &str, #[case] expected: &str) {
    let edit = set("a", "autostart", json!(false));
    assert_eq!(edited(text, &edit).unwrap(), expected);
}

#[test]
fn options_with_dots_stay_so() {
    let text = "- id: a\n  batch.size: 5\n  params.n: 1\n";
    let new = edited(text, &set("a", "batch.size", json!(6))).unwrap();
    let new = edited(&new, &set("a", "params.n", json!(2))).unwrap();
    assert_eq!(new, "- id: a\n  batch.size: 6\n  params.n: 2\n");
}

#[test]
fn what_cannot_be_done_is_said() {
    let why = |text: &str, edit| edited(text, &edit).unwrap_err();
    assert!(why(LIST, remove("nobody")).contains("has no generator `nobody`"));
    assert!(why(LIST, add("web", json!({}))).contains("has a generator `web` already"));
    assert!(why(LIST, unset("web", "gain")).contains("no option `gain`"));
    assert!(why("a: 1", remove("a")).contains("not a list"));
    assert!(why("- [", remove("a")).contains("cannot be read"));
    // The value stands elsewhere: changing it there would change both.
    let shared = "- {id: a, path: &p {k: 1}}\n- {id: b, path: *p}\n";
    assert!(why(shared, set("b", "path.k", json!(2))).contains("by hand"));
}

proptest! {
    #[test]
    fn any_edit_says_what_was_meant_or_is_refused(
        id in "[a-c]", option in "(gain|params\\.[a-z .:#]{1,5})", value in "\\PC{0,12}", style in 0..4_usize
    ) {
        let text = [LIST, "[{id: a, path: x},\n {id: b}] # x", "- id: a\n- id: b # c\n\n\n", "- {id: a,\n   params: {x: 1}}\n-  id: b\n   params: {}"][style];
        for edit in [set(&id, &option, json!(value)), add(&id, json!({"params": {option.clone(): value}})), unset(&id, &option), remove(&id)] {
            if let Ok(new) = edited(text, &edit) {
                let comments = |text: &str| text.matches('#').count();
                let removes = matches!(edit, StartupEdit::Unset { .. } | StartupEdit::Remove { .. });
                prop_assert!(removes || comments(&new) >= comments(text));
            }
        }
    }
}

#[test]
fn options_of_an_added_entry_come_in_order() {
    let options = vec![
        ("params".to_owned(), json!({"a": "1"})),
        ("gain".to_owned(), json!(2)),
    ];
    let edit = StartupEdit::Add {
        id: "5".to_owned(),
        path: "/a b".to_owned(),
        options,
    };
    let new = edited("", &edit).unwrap();
    assert_eq!(
        new,
        "- id: \"5\"\n  path: \"/a b\"\n  params: {a: \"1\"}\n  gain: 2\n"
    );
}
