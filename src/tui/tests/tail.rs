//! The tail: sampling, filters, freezing, expanding.

use rstest::rstest;

use super::*;
use crate::tui::app::Screen;

fn tailing(width: u16, height: u16, theme: &str) -> Harness {
    Harness::watching(width, height, theme, Screen::Tail)
}

#[rstest]
fn pictures(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let name = |what: &str| format!("tail_{what}_{}x{}_{theme}", size.0, size.1);
    let mut harness = tailing(size.0, size.1, theme);
    insta::assert_snapshot!(name("none"), whole(&harness));
    harness.tail(watched::events(1, 300), 84_000);
    insta::assert_snapshot!(name("many"), whole(&harness));
    harness.keys("<up><up><up><enter>");
    insta::assert_snapshot!(name("open"), whole(&harness));
    harness.keys("<enter>w/alice<enter>");
    insta::assert_snapshot!(name("filtered"), whole(&harness));
    harness.keys("/<ctrl-u>status>=");
    insta::assert_snapshot!(name("typing"), whole(&harness));
}

#[test]
fn how_much_is_shown_of_how_much_is_never_silent() {
    let mut harness = tailing(120, 20, "dark");
    harness.sees("no event yet");
    harness
        .tail(watched::events(1, 5), 5)
        .sees("5 shown of 5 seen");
    harness.sees_not("a sample");
    harness.tail(watched::events(6, 5), 1_000);
    harness.sees("10 shown of 1,000 seen: a sample, 1 %");
}

#[test]
fn only_what_is_new_is_asked_for_and_nothing_new_draws_nothing() {
    let mut harness = tailing(120, 20, "dark");
    harness.tail(watched::events(1, 5), 5);
    let asked = harness.app.observed();
    assert_eq!(asked.tail.unwrap().1.after, 5);
    harness.app.take_changed();
    harness.tail(Vec::new(), 5);
    assert!(!harness.app.take_changed());
    harness.tail(Vec::new(), 6);
    assert!(harness.app.take_changed());
}

#[test]
fn a_filter_is_in_force_while_it_is_typed_and_a_broken_one_is_not() {
    let mut harness = tailing(120, 20, "dark");
    harness.tail(watched::events(1, 50), 50);
    harness.keys("/status>=500").sees("10 of 50 kept match");
    harness.sees_not("alice").sees("\"status\": 50");
    harness
        .keys(" /(")
        .sees("another / is missing")
        .sees_not("alice");
    harness.keys("<enter>").sees("another / is missing");
    harness.keys("<esc>").sees_not("is missing").sees("alice");
    harness
        .keys("/alias:order /lin\\w+/<enter>")
        .sees("10 of 50 kept match")
        .sees("two·lines");
    harness
        .keys("/ alias:nobody")
        .sees("templates seen: order, page")
        .keys("<esc>");
    harness.sees("two·lines").keys("x").sees("alice");
    harness.keys("x").sees("nothing is filtered");
}

#[test]
fn a_filter_that_matches_nothing_says_why_and_what_it_takes() {
    let mut harness = tailing(160, 20, "dark");
    harness.tail(watched::events(1, 50), 50);
    for (typed, said) in [
        ("sttus>=500", "no field sttus; did you mean status?"),
        (
            "colour=red",
            "no field colour; there is path, status, tab, user",
        ),
        ("status>=900", "have these fields, with other values"),
        ("ALICE", "a capital letter makes a word exact"),
        ("nowhere", "words are looked for one by one"),
    ] {
        harness.keys(&format!("/<ctrl-u>{typed}")).sees(said);
        harness
            .keys("<enter>")
            .sees("no event that is kept matches the filter")
            .sees("it takes words, \"a phrase\", /pattern/, user.name=alice");
        harness.keys("x");
    }
}

#[test]
fn over_a_slow_connection_an_event_takes_the_place_of_the_oldest() {
    let mut harness = tailing(120, 20, "dark");
    harness.app.toggle_low_bandwidth();
    let most = |harness: &Harness| harness.app.observed().tail.unwrap().1.most;
    harness.tail(watched::events(1, 40), 40);
    assert!(most(&harness) <= 4, "{}", most(&harness));
    let before: Vec<String> = harness.text().lines().map(str::to_owned).collect();
    harness.tail(watched::events(41, 2), 4_000);
    let after: Vec<String> = harness.text().lines().map(str::to_owned).collect();
    let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
    // Two events, the one that was the latest, and the counts.
    assert!(changed <= 4, "{changed}:\n{}", after.join("\n"));
    harness
        .sees("▸ 09:30:42")
        .sees("42 shown of 4,000 seen: a sample");
    // Whoever looks closer has them in order again.
    harness.keys("<up>").sees("▸ 09:30:41").sees("  09:30:40");
    let lines = harness.text();
    let at = |time: &str| lines.find(time).unwrap();
    assert!(at("09:30:39") < at("09:30:40") && at("09:30:40") < at("09:30:41"));
    // A click chooses what stands there.
    harness.keys("<end>").sees("▸ 09:30:42");
    watched::at_every_size(&mut harness);
}

#[test]
fn what_comes_later_is_filtered_as_well() {
    let mut harness = tailing(120, 20, "dark");
    harness.keys("/user.name=alice<enter>");
    harness
        .tail(watched::events(1, 50), 50)
        .sees("10 of 50 kept match");
    harness.sees("alice").sees_not("bob");
}

#[test]
fn frozen_shows_nothing_new_until_it_goes_on() {
    let mut harness = tailing(120, 20, "dark");
    harness.tail(watched::events(1, 3), 3);
    harness.keys(".").sees("the tail is not frozen");
    harness.keys(" ").sees("‖ frozen");
    harness.tail(watched::events(11, 3), 13);
    harness.sees("‖ frozen, 3 wait").sees_not("09:30:11");
    harness
        .keys(".")
        .sees("2 wait")
        .sees("09:30:11")
        .sees_not("09:30:12");
    harness
        .keys("..")
        .sees("09:30:13")
        .keys(".")
        .sees("no event waits");
    harness.tail(watched::events(21, 1_100), 2_000);
    harness.sees("1,000 wait, 100 went by");
    harness.keys(" ").sees_not("‖ frozen").sees("▸ 09:48:40");
}

#[test]
fn going_up_stays_there_and_the_end_follows_again() {
    let mut harness = tailing(120, 10, "dark");
    harness.tail(watched::events(1, 40), 40).sees("▸ 09:30:40");
    harness.keys("<up>").sees("▸ 09:30:39").sees("End: follow");
    harness.tail(watched::events(41, 40), 80).sees("▸ 09:30:39");
    harness.keys("<end>").sees("▸ 09:31:20");
    harness.tail(watched::events(81, 1), 81).sees("▸ 09:31:21");
}

#[test]
fn an_event_is_expanded_as_json_or_as_it_was_made_and_copied() {
    let mut harness = tailing(100, 24, "dark");
    harness.tail(watched::events(1, 1), 1);
    harness
        .keys("<enter>")
        .sees("  \"user\": {")
        .sees("    \"name\": \"alice\"");
    harness
        .keys("r")
        .sees_not("    \"name\": \"alice\"")
        .sees("\"user\": {\"name\": \"alice\"}");
    harness.keys("c").sees("copied");
    assert_eq!(
        harness.last(),
        "copy {\"path\": \"/日本語/1\", \"status\": 200, \"user\": {\"name\": \"alice\"}}"
    );
    harness.keys("<enter>").sees_not("2026-11-21T09:30:01");
}

#[test]
fn memory_is_bounded_and_another_generator_begins_anew() {
    let mut harness = tailing(120, 20, "dark");
    for from in 0..20 {
        harness.tail(watched::events(from * 400 + 1, 400), from * 400 + 400);
    }
    assert_eq!(harness.app.monitor.tail.kept(), 3_000);
    assert_eq!(harness.app.monitor.tail.shown.len(), 3_000);
    harness.sees("8,000 shown of 8,000 seen");
    harness.app.monitor.chosen = Some("firewall".to_owned());
    let asked = harness.app.observed();
    assert_eq!(
        asked.tail.map(|(id, query)| (id, query.after)),
        Some(("firewall".to_owned(), 0))
    );
    let page = crate::instance::TailPage {
        events: watched::events(1, 1),
        seen: 1,
    };
    let news = crate::tui::event::InstanceNews::Tail("firewall".to_owned(), page);
    harness.news(news).sees("1 shown of 1 seen");
}

#[test]
fn a_run_that_begins_anew_is_asked_from_the_start() {
    let mut harness = tailing(120, 20, "dark");
    harness.tail(watched::events(1, 50), 90);
    harness.tail(Vec::new(), 3);
    let asked = harness.app.observed();
    assert_eq!(asked.tail.unwrap().1.after, 0);
    harness
        .tail(watched::events(1, 3), 3)
        .sees("3 shown of 3 seen");
}

#[test]
fn the_mouse_chooses_expands_and_scrolls() {
    let mut harness = tailing(120, 20, "dark");
    harness.tail(watched::events(1, 40), 40);
    harness.click(20, 5).sees("▸ 09:30:28");
    harness.click(20, 5).sees("2026-11-21T09:30:28.250");
    harness.wheel(20, 5, false).sees("09:30:23");
}

#[test]
fn every_size_can_be_drawn() {
    for script in ["", "<up><up><up><enter>", "w<up>", " /alice"] {
        let mut harness = tailing(120, 40, "dark");
        harness.tail(watched::events(1, 60), 60).keys(script);
        watched::at_every_size(&mut harness);
    }
}
