//! The log: levels, one or all, search, follow.

use rstest::rstest;

use super::*;
use crate::tui::app::Screen;

fn reading(width: u16, height: u16, theme: &str) -> Harness {
    Harness::watching(width, height, theme, Screen::Logs)
}

#[rstest]
fn pictures(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let name = |what: &str| format!("logs_{what}_{}x{}_{theme}", size.0, size.1);
    let mut harness = reading(size.0, size.1, theme);
    insta::assert_snapshot!(name("none"), whole(&harness));
    harness.log(watched::records(1, 100), 0);
    harness.log(watched::records(140, 10), 39);
    insta::assert_snapshot!(name("many"), whole(&harness));
    harness.keys("wll/503<enter>");
    insta::assert_snapshot!(name("found"), whole(&harness));
}

#[test]
fn levels_and_one_generator() {
    let mut harness = reading(120, 30, "dark");
    harness.sees("nothing was logged yet");
    harness.log(watched::records(1, 21), 0);
    harness
        .sees("of all generators  21 records")
        .sees("日本語 in a record");
    harness
        .keys("l")
        .sees("from info up  18 of 21")
        .sees_not("日本語");
    harness
        .keys("l")
        .sees("from warn up  6 of 21")
        .sees_not("record 20");
    harness
        .keys("l")
        .sees("from error up  3 of 21")
        .sees_not("late");
    harness.keys("l").sees("21 records");
    harness
        .keys("g")
        .sees("of web-access  7 of 21")
        .sees_not("firewall ");
    harness.keys("lll").sees("1 of 21");
}

#[test]
fn following_ends_when_one_goes_up_and_comes_back() {
    let mut harness = reading(120, 10, "dark");
    harness
        .log(watched::records(1, 40), 0)
        .sees("● follows")
        .sees("▸ 09:30:40");
    harness.log(watched::records(41, 1), 0).sees("▸ 09:30:41");
    harness.keys("<up>").sees("‖ f: follow").sees("▸ 09:30:40");
    harness.log(watched::records(42, 9), 0).sees("▸ 09:30:40");
    harness.keys("f").sees("● follows").sees("▸ 09:30:50");
    harness.wheel(10, 5, false).sees("‖ f: follow");
    harness.keys("<end>").sees("● follows");
}

#[test]
fn searching_goes_to_the_latest_and_round() {
    let mut harness = reading(120, 30, "dark");
    harness.log(watched::records(1, 21), 0);
    harness.keys("n").sees("nothing is looked for");
    harness
        .keys("/late")
        .sees("3 of 21 records have it")
        .sees("▸ 09:30:15");
    harness.keys("<enter>").sees("search late");
    harness
        .keys("N")
        .sees("▸ 09:30:08")
        .keys("N")
        .sees("▸ 09:30:01")
        .keys("N")
        .sees("▸ 09:30:15");
    harness.keys("n").sees("▸ 09:30:01");
    harness
        .keys("/<ctrl-u>/late(/")
        .sees("is no pattern: unclosed group")
        .keys("<enter>");
    harness
        .sees("unclosed group")
        .keys("<esc>")
        .sees("search late");
    harness
        .keys("/<ctrl-u>nowhere")
        .sees("0 of 21 records have it")
        .keys("<enter>n");
    harness.sees("nothing has it");
}

#[test]
fn what_was_missed_is_counted_and_stands_where_it_is_missing() {
    let mut harness = reading(120, 30, "dark");
    harness
        .log(watched::records(500, 3), 400)
        .sees_not("missed");
    harness.log(watched::records(600, 3), 97).sees("97 missed");
    harness.sees("97 records came and went too fast to be kept");
}

#[test]
fn nothing_new_draws_nothing_and_what_was_given_is_not_asked_again() {
    let mut harness = reading(120, 30, "dark");
    harness.log(watched::records(1, 5), 0);
    assert_eq!(harness.app.observed().logs.unwrap().after, 5);
    harness.app.take_changed();
    harness.log(Vec::new(), 0);
    assert!(!harness.app.take_changed());
    // An answer to a question that was asked twice.
    harness.log(watched::records(4, 3), 0).sees("6 records");
}

#[test]
fn a_record_is_copied_with_its_time() {
    let mut harness = reading(120, 30, "dark");
    harness
        .log(watched::records(1, 1), 0)
        .keys("c")
        .sees("copied");
    assert_eq!(
        harness.last(),
        "copy 2026-11-21 09:30:01.000 warn firewall the schedule is 1 s late"
    );
}

#[test]
fn memory_is_bounded() {
    let mut harness = reading(120, 30, "dark");
    for from in 0..6 {
        harness.log(watched::records(from * 2_000 + 1, 2_000), 0);
    }
    assert_eq!(harness.app.monitor.logs.kept(), 10_000);
    harness.sees("10,000 records").sees("11999 s late");
    harness.keys("<home>").sees("record 2001");
}

#[test]
fn every_size_can_be_drawn() {
    for script in ["", "w<up><up>", "/503"] {
        let mut harness = reading(120, 40, "dark");
        harness.log(watched::records(1, 30), 0);
        harness.log(watched::records(40, 30), 9).keys(script);
        watched::at_every_size(&mut harness);
    }
}
