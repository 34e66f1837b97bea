//! Globals: the tree, and what one does to it.

use rstest::rstest;

use super::*;
use crate::tui::app::Screen;
use crate::tui::event::InstanceNews;

fn showing(width: u16, height: u16, theme: &str) -> Harness {
    let mut harness = Harness::watching(width, height, theme, Screen::Globals);
    harness.news(InstanceNews::Globals("shop".to_owned(), watched::globals()));
    harness
}

#[rstest]
fn pictures(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let name = |what: &str| format!("globals_{what}_{}x{}_{theme}", size.0, size.1);
    let mut harness = showing(size.0, size.1, theme);
    harness.keys("<end><enter><down><enter>");
    insta::assert_snapshot!(name("some"), whole(&harness));
    harness.keys("e<ctrl-u>[1,");
    insta::assert_snapshot!(name("typing"), whole(&harness));
    harness.keys("<esc>X");
    insta::assert_snapshot!(name("reset"), whole(&harness));
    harness.keys("<esc>");
    harness.news(InstanceNews::Globals("shop".to_owned(), Vec::new()));
    insta::assert_snapshot!(name("none"), whole(&harness));
}

#[test]
fn scenarios_are_gone_through() {
    let mut harness = showing(120, 30, "dark");
    harness.sees("▸shop").sees("6 globals");
    assert_eq!(harness.app.observed().globals.as_deref(), Some("shop"));
    harness
        .keys("<right>")
        .sees("▸(no scenario)")
        .sees("waiting for the values");
    assert_eq!(harness.app.observed().globals.as_deref(), Some(""));
    harness.keys("<right>").sees("▸attack");
    // A late answer about another one is not shown.
    harness.news(InstanceNews::Globals("shop".to_owned(), watched::globals()));
    harness.sees("waiting for the values");
    harness.keys("<left><left>").sees("▸shop");
    harness.click(2, 2).sees("▸attack");
}

#[test]
fn values_are_folded_and_stay_chosen() {
    let mut harness = showing(120, 30, "dark");
    harness
        .keys("<end><enter>")
        .sees("▾ sessions")
        .sees("alice");
    harness.keys("<down><enter>").sees("pages").keys("<down>");
    let mut values = watched::globals();
    values.insert(0, ("another".to_owned(), serde_json::json!(1)));
    harness.news(InstanceNews::Globals("shop".to_owned(), values));
    assert_eq!(
        harness.app.monitor.globals.row().unwrap().path,
        ["sessions", "alice", "id"]
    );
    harness.app.take_changed();
    let mut values = watched::globals();
    values.insert(0, ("another".to_owned(), serde_json::json!(1)));
    harness.news(InstanceNews::Globals("shop".to_owned(), values));
    assert!(!harness.app.take_changed());
}

#[test]
fn a_value_is_edited_as_json() {
    let mut harness = showing(120, 30, "dark");
    harness.keys("<down><enter><ctrl-u>alice<enter>");
    harness.sees("column 1: expected value; a text stands in quotes");
    harness.keys("<ctrl-u>\"alice\"<enter>");
    assert_eq!(
        harness.last(),
        "request SetGlobal(\"shop\", \"counter\", Some(String(\"alice\")))"
    );
    harness.keys("<end><enter><down><enter><down><enter><ctrl-u>9<enter>");
    let said = harness.last();
    assert!(
        said.contains("\"sessions\"") && said.contains("\"id\": Number(9)"),
        "{said}"
    );
    assert!(said.contains("\"bob\""), "{said}");
}

#[test]
fn what_json_cannot_carry_is_not_edited() {
    let mut harness = showing(120, 30, "dark");
    harness.sees("datetime").keys("<enter>");
    harness.sees("attack_started cannot be changed here: it is or holds a datetime");
    assert!(harness.app.overlays.is_empty());
    harness
        .keys("x")
        .sees("attack_started is taken away")
        .keys("d");
    assert_eq!(
        harness.last(),
        "request SetGlobal(\"shop\", \"attack_started\", None)"
    );
}

#[test]
fn keys_are_added_and_taken_away() {
    let mut harness = showing(120, 30, "dark");
    harness
        .keys("a")
        .sees("New global")
        .keys("counter = 1<enter>")
        .sees("counter is there already");
    harness
        .keys("<ctrl-u>status> = 5<enter>")
        .sees("'>' cannot be in the name of a global")
        .keys("<ctrl-u>two words = 5<enter>")
        .sees("' ' cannot be in the name of a global");
    harness
        .keys("<ctrl-u>limit = [1,<enter>")
        .sees("behind character 8, column 3");
    harness.keys("2]<enter>");
    assert!(
        harness
            .last()
            .starts_with("request SetGlobal(\"shop\", \"limit\", Some(Array")
    );
    harness
        .keys("<end>A")
        .sees("New key in sessions")
        .keys("carol = {}<enter>");
    assert!(
        harness.last().contains("\"carol\": Object"),
        "{}",
        harness.last()
    );
    harness
        .keys("<end><up><up><up>A")
        .sees("Add hosts › 3")
        .keys("\"web-3\"<enter>");
    assert!(harness.last().contains("web-3"), "{}", harness.last());
    let before = harness.done.len();
    harness
        .keys("x")
        .sees("hosts is taken away")
        .keys("<enter>");
    assert_eq!(harness.done.len(), before);
    harness.keys("xd");
    assert_eq!(
        harness.last(),
        "request SetGlobal(\"shop\", \"hosts\", None)"
    );
    harness
        .keys("X")
        .sees("6 globals of shop are taken away")
        .keys("r");
    assert_eq!(harness.last(), "request ResetGlobals(\"shop\")");
    harness.keys("c");
    assert_eq!(
        harness.last(),
        "copy [\"web-1\",\"web-2\",\"データベース\"]"
    );
}

#[test]
fn the_mouse_opens_and_edits() {
    let mut harness = showing(120, 30, "dark");
    let row = harness.row_of("sessions");
    harness.click(6, row).click(6, row).sees("▾ sessions");
    let row = harness.row_of("counter");
    harness.click(6, row).click(6, row).sees("━ counter");
}

#[test]
fn every_size_can_be_drawn() {
    for script in ["", "<end><enter><down><enter>", "a", "X"] {
        let mut harness = showing(120, 40, "dark");
        harness.keys(script);
        watched::at_every_size(&mut harness);
    }
}
