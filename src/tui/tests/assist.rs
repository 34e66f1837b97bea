//! Sessions with help while typing.

use super::*;
use crate::tui::app::{Focus, Overlay};

/// The words offered.
fn offered(harness: &Harness) -> Vec<String> {
    let popup = harness.app.assist.popup.as_ref();
    popup.map_or_else(Vec::new, |popup| {
        popup.items.iter().map(|one| one.label.clone()).collect()
    })
}

fn text(harness: &Harness) -> String {
    harness.app.buffer().unwrap().rope().to_string()
}

#[test]
fn an_option_is_completed_from_its_first_letters() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-end>");
    let before = text(&harness);
    // Two letters at the margin: a section of the document.
    harness.keys("<enter><home>ca");
    assert_eq!(offered(&harness), ["calendars"]);
    harness.keys("<tab>");
    assert!(text(&harness).ends_with("calendars:"), "{}", text(&harness));
    assert!(offered(&harness).is_empty());
    harness.keys("<ctrl-z>");
    assert!(!text(&harness).contains("calendars:"));
    assert!(text(&harness).starts_with(&before));
}

#[test]
fn a_list_that_came_by_itself_leaves_enter_and_escape_to_the_text() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-end><enter><home>ca");
    assert!(!offered(&harness).is_empty());
    let lines = harness.app.buffer().unwrap().lines();
    harness.keys("<enter>");
    assert_eq!(harness.app.buffer().unwrap().lines(), lines + 1);
    assert!(offered(&harness).is_empty());
}

#[test]
fn asked_for_it_shows_everything_and_moves() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-end><enter><home><ctrl-space>");
    // The other sections are there already; one word is put in at once.
    assert!(text(&harness).ends_with("calendars:"), "{}", text(&harness));
    harness.keys("<ctrl-z><ctrl-home><ctrl-space>");
    assert!(offered(&harness).is_empty());
}

#[test]
fn moving_away_closes_it() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-end><enter><home>ca<left>");
    assert!(offered(&harness).is_empty());
    harness.keys("<end>l");
    assert!(!offered(&harness).is_empty());
    harness.app.set_focus(Focus::Events);
    harness.send(AppEvent::Tick);
    assert!(offered(&harness).is_empty());
}

#[test]
fn what_a_word_is_shows_and_goes() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-home><down><down><alt-h>");
    let told = harness.app.assist.told.clone().unwrap();
    assert_eq!(told.title, "input: section");
    harness.keys("<esc>");
    assert_eq!(harness.app.assist.told, None);
}

#[test]
fn whether_eventum_runs_it_is_said() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.run(crate::tui::command::Id::Portability);
    harness.until_idle();
    let said = harness.app.toasts.last().map(|toast| toast.text.clone());
    assert_eq!(
        said.as_deref(),
        Some("Eventum 2.6 can run this project as it is")
    );
    assert!(harness.app.overlays.is_empty());
}

#[test]
fn problems_are_listed_and_gone_to() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-p>");
    assert!(matches!(
        harness.app.overlays.last(),
        None | Some(Overlay::Palette(_))
    ));
}

#[test]
fn every_size_is_drawn() {
    let mut harness = Harness::open(120, 40, "mono");
    harness.keys("<ctrl-end><enter><home>ca");
    sweep::at_every_size(&mut harness, "completion");
}
