//! Why it fails: what is told, what is done about it.

use rstest::rstest;

use super::*;
use crate::pipeline::State;
use crate::tui::app::{Focus, Screen};
use crate::tui::event::InstanceNews;

fn failing(width: u16, height: u16, theme: &str) -> Harness {
    let mut harness = Harness::watching(width, height, theme, Screen::Faults);
    for (seconds, lost) in [(60, 1_000), (62, 1_204)] {
        let status = watched::broken(&harness, seconds, lost);
        harness.news(InstanceNews::Status(Box::new(status)));
    }
    harness
}

#[rstest]
fn pictures(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let name = |what: &str| format!("faults_{what}_{}x{}_{theme}", size.0, size.1);
    let mut harness = failing(size.0, size.1, theme);
    harness.keys("<down>");
    insta::assert_snapshot!(name("output"), whole(&harness));
    harness.keys("<end><up>");
    insta::assert_snapshot!(name("template"), whole(&harness));
    let mut calm = Harness::watching(size.0, size.1, theme, Screen::Faults);
    let status = watched::sound(&calm);
    calm.news(InstanceNews::Status(Box::new(status)));
    insta::assert_snapshot!(name("none"), whole(&calm));
}

#[test]
fn what_loses_events_comes_first_below_what_is_odd() {
    let mut harness = failing(120, 40, "dark");
    harness
        .sees("✗ 1 losing events now")
        .sees("! 1 stuck")
        .sees("‖ 2 held")
        .sees("▲ 1 odd");
    harness.sees("what to do lower the rate");
    harness
        .keys("<down>")
        .sees("down, loses 102/s")
        .sees("cannot reach logs.example.com:443")
        .sees("7 in a row, 23 repeated in all")
        .sees("in 3 s")
        .sees("1,200 in dead-letters/http.ndjson; this run put 1,200 there")
        .sees("3 could not be formatted, 1,204 lost in writing")
        .sees("first 2026-11-21 09:30:00, last 09:31:30");
}

#[test]
fn what_is_chosen_stays_chosen_wherever_it_is_sorted_to() {
    let mut harness = failing(120, 40, "dark");
    harness.keys("<down>").sees("▸ ✗ output[1] http");
    let mut status = watched::broken(&harness, 80, 1_204);
    status.stats.outputs[1].outage = None;
    harness.news(InstanceNews::Status(Box::new(status.clone())));
    harness.sees("▸ · output[1] http");
    status.stats.outputs[1] = status.stats.outputs[0].clone();
    status.stats.errors.remove(0);
    harness.news(InstanceNews::Status(Box::new(status)));
    harness.sees_not("output[1] http  ");
}

#[test]
fn a_template_error_shows_its_line_and_enter_goes_there() {
    let mut harness = failing(120, 40, "dark");
    harness.keys("<end><up>");
    harness.sees("templates/page.json.jinja:5:15");
    harness.sees("▸       5 │").sees("\"path\": \"{{ row.path");
    harness.sees("`row` has no attribute `ok` (did you mean");
    harness.keys("<enter>");
    assert_eq!(harness.app.screen, Screen::Design);
    assert_eq!(harness.app.focus, Focus::Editor);
    harness.sees("▸ templates/page.json.jinja").sees("5:15");
}

#[test]
fn a_project_is_not_left_while_it_has_unsaved_changes_or_runs() {
    let mut harness = failing(120, 40, "dark");
    let other = harness.folder.path().join("other");
    canned::write(&other);
    let mut status = watched::broken(&harness, 90, 1_204);
    status.project.clone_from(&other);
    let place = other.join("templates/page.json.jinja");
    status.stats.errors[1].message = format!("{}:5:4: bad", place.display());
    harness.news(InstanceNews::Status(Box::new(status)));
    harness.app.show_screen(Screen::Design);
    harness.keys("x");
    harness.app.show_screen(Screen::Faults);
    harness.keys("<end><up><enter>");
    harness.sees("not saved: save it first");
    harness.app.show_screen(Screen::Design);
    harness.keys("<ctrl-z>");
    harness.app.show_screen(Screen::Faults);
    harness
        .keys("<enter>")
        .sees("runs in the workbench: stop it");
    assert_eq!(harness.app.screen, Screen::Faults);
}

#[test]
fn a_project_that_is_not_open_is_opened_at_the_place() {
    let folder = tempfile::tempdir().unwrap();
    canned::write(&folder.path().join("web-access"));
    let mut harness = Harness::with(folder, None, 120, 40, "dark");
    harness.app.show_screen(Screen::Faults);
    harness.news(InstanceNews::Overview(watched::generators()));
    let status = watched::broken(&harness, 60, 1_204);
    harness.news(InstanceNews::Status(Box::new(status)));
    harness.keys("<end><up>").sees("41 renders failed");
    harness
        .keys("<enter>")
        .sees("templates/page.json.jinja")
        .sees("5:15");
    assert_eq!(harness.app.screen, Screen::Design);
}

#[test]
fn a_file_that_cannot_be_read_says_so() {
    let mut harness = failing(120, 40, "dark");
    let mut status = watched::broken(&harness, 90, 1_204);
    status.stats.errors[1].message = "templates/gone.jinja:3:4: bad".to_owned();
    harness.news(InstanceNews::Status(Box::new(status)));
    harness
        .keys("<end><up>")
        .sees("gone.jinja")
        .sees("cannot read gone.jinja: it does not exist");
}

#[test]
fn letters_that_were_sent_again_are_not_told_of_any_more() {
    let mut harness = failing(120, 40, "dark");
    let mut status = watched::broken(&harness, 80, 1_204);
    status.stats.outputs[1].letters_kept = 0;
    harness.news(InstanceNews::Status(Box::new(status)));
    harness
        .keys("<down>")
        .sees("none in dead-letters/http.ndjson any more; this run put 1,200 there")
        .keys("l")
        .sees("no dead letter is left in its file");
    assert!(harness.done.iter().all(|one| !one.contains("Replay")));
}

#[test]
fn a_run_that_is_over_is_started_again_and_not_tried_again() {
    let mut harness = failing(120, 40, "dark");
    let mut status = watched::broken(&harness, 80, 1_204);
    let why = "nothing listens on 127.0.0.1:5140".to_owned();
    status.state = Some(State::Ended(crate::pipeline::EndReason::Failed(why)));
    status.stats.outputs[1].outage = None;
    harness.news(InstanceNews::Status(Box::new(status)));
    harness
        .keys("r")
        .sees("the run is over: start it again with s on the table (1)")
        .sees_not("takes events");
}

#[test]
fn what_can_be_done_about_an_output() {
    let mut harness = failing(120, 40, "dark");
    harness.keys("r").sees("the chosen fault is no output's");
    harness.keys("<down>r");
    assert_eq!(harness.last(), "request Control(\"web-access\", Retry(1))");
    harness.keys("h");
    assert!(harness.last().contains("Output { index: 1, paused: true }"));
    harness
        .keys("l")
        .sees("1,200 dead letters of output[1] http in");
    harness.sees("dead-letters/http.ndjson").keys("<esc>");
    assert!(harness.last().contains("Output {"));
    harness.keys("ls");
    assert_eq!(harness.last(), "request ReplayLetters(\"web-access\", 1)");
    harness.keys("c").sees("copied");
    assert!(
        harness
            .last()
            .starts_with("copy output[1] http: down, loses 102/s\ncannot reach")
    );
    harness.keys("<down><down>h");
    assert!(
        harness
            .last()
            .contains("Output { index: 2, paused: false }")
    );
    harness.keys("<down>t");
    assert!(
        harness
            .last()
            .contains("Alias { name: \"order\", off: false }"),
        "{}",
        harness.last()
    );
}

#[test]
fn nothing_fails_and_the_counters_prove_it() {
    let mut harness = Harness::watching(120, 40, "dark", Screen::Faults);
    harness.sees("waiting for its counters");
    let mut status = watched::sound(&harness);
    harness.news(InstanceNews::Status(Box::new(status.clone())));
    harness
        .sees("✓ Nothing fails")
        .sees("1,200 released  = 1,200 gave events")
        .sees("1,220 received  = 1,200 written + 20 on the way")
        .sees("no write had to be repeated");
    status.stats.produced_for -= 10;
    status.stats.outputs[0].retries = 4;
    harness.news(InstanceNews::Status(Box::new(status.clone())));
    harness
        .sees("+ 10 being moved")
        .sees("4 writes had to be repeated");
    status.state = None;
    harness.news(InstanceNews::Status(Box::new(status)));
    harness.sees("It has not run yet");
}

#[test]
fn a_bad_entry_is_told_once_with_what_was_meant() {
    let mut harness = Harness::watching(120, 40, "dark", Screen::Faults);
    let mut status = watched::sound(&harness);
    let why = "startup.yml:2:15: `startup entry` has no option `pth`; did you mean `path`?";
    status.state = Some(State::Ended(crate::pipeline::EndReason::Failed(
        why.to_owned(),
    )));
    status.listing.problem = Some(why.to_owned());
    harness.news(InstanceNews::Status(Box::new(status.clone())));
    harness
        .sees("startup list")
        .sees("did you mean `path`?")
        .sees_not("the run");
    // A run that failed of itself is another matter.
    status.listing.problem = Some("another".to_owned());
    harness.news(InstanceNews::Status(Box::new(status)));
    harness.sees("startup list").sees("the run");
}

#[test]
fn the_mouse_chooses_scrolls_and_opens() {
    let mut harness = failing(120, 30, "dark");
    let row = harness.row_of("template page");
    harness
        .click(10, row)
        .sees("▸ · template page")
        .sees("41 renders failed");
    harness.click(10, row);
    assert_eq!(harness.app.screen, Screen::Design);
    let mut harness = failing(80, 16, "dark");
    harness.keys("<down>");
    let before = harness.text();
    harness.wheel(20, 12, true);
    assert_ne!(harness.text(), before);
    harness.wheel(20, 12, false);
    harness.wheel(20, 12, false);
    assert_eq!(harness.text(), before);
}

#[test]
fn every_size_can_be_drawn() {
    for script in ["", "<down>", "<end><up><pagedown>", "<down>l"] {
        let mut harness = failing(120, 40, "dark");
        harness.keys(script);
        watched::at_every_size(&mut harness);
    }
    let mut calm = Harness::watching(120, 40, "dark", Screen::Faults);
    let status = watched::sound(&calm);
    calm.news(InstanceNews::Status(Box::new(status)));
    watched::at_every_size(&mut calm);
}
