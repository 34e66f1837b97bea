//! The views in the place of the events, and the timestamps, as a user goes through them.

use rstest::rstest;

use super::*;
use crate::tui::app::PaneView;

/// The project with the keys in the events.
fn events(width: u16, height: u16, theme: &str) -> Harness {
    let mut harness = Harness::open(width, height, theme);
    harness.keys("<alt-4>");
    harness
}

/// Hands statistics in, as the preview does after its first result.
fn study(harness: &mut Harness) {
    let revision = harness.app.preview.revision;
    let result = canned::statistics(revision);
    harness.send(AppEvent::Preview(Box::new(result)));
}

/// What a view is shown with.
const VIEWS: &[(&str, &str)] = &[
    ("tree", "t<down><down><down>"),
    ("statistics", "S"),
    ("explain", "X"),
    ("state", "T<down><down><down><down>"),
    ("samples", "A<down><right>"),
    (
        "tools",
        "O<enter>shared.n<enter><down><down><down><enter>json<enter>",
    ),
    ("params", "P"),
];

#[rstest]
fn views(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    for (name, script) in VIEWS {
        let mut harness = events(size.0, size.1, theme);
        harness.keys(script);
        if *name == "statistics" {
            study(&mut harness);
        }
        insta::assert_snapshot!(
            format!("view_{name}_{}x{}_{theme}", size.0, size.1),
            whole(&harness)
        );
    }
}

#[rstest]
fn timestamps_of_two_inputs_with_a_cursor(
    #[values("dark", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let mut harness = Harness::open(size.0, size.1, theme);
    harness.keys("TWICE <alt-3><right><right><right>]");
    harness.now += Duration::from_secs(9);
    harness.send(AppEvent::Tick);
    insta::assert_snapshot!(
        format!("timestamps_{}x{}_{theme}", size.0, size.1),
        whole(&harness)
    );
}

#[test]
fn every_view_can_be_drawn_at_every_size() {
    for script in VIEWS
        .iter()
        .map(|(_, script)| *script)
        .chain(["w/a<enter>", "/"])
    {
        let mut harness = events(100, 30, "dark");
        harness.keys(script);
        study(&mut harness);
        sweep::at_every_size(&mut harness, script);
    }
}

#[test]
fn views_follow_each_other_and_the_mouse_knows_the_tabs() {
    let mut harness = events(200, 50, "dark");
    for view in PaneView::ALL.iter().skip(1) {
        harness.keys("]");
        assert_eq!(harness.app.preview.panes.view, *view);
        harness.sees(&format!("▸ {}", view.title()));
    }
    harness.keys("]").sees("▸ Events");
    harness.keys("[").sees("▸ Params");
    let (screen, _) = harness.draw();
    let (row, column) = (0..screen.area.height)
        .find_map(|y| {
            let text: String = cells(&screen, y).map(|(_, symbol)| symbol).collect();
            let at = text.find("Samples")?;
            Some((y, text[..at].chars().count()))
        })
        .unwrap();
    let click = crossterm::event::MouseEvent {
        kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left),
        column: u16::try_from(column).unwrap() + 1,
        row,
        modifiers: KeyModifiers::NONE,
    };
    harness.send(AppEvent::Mouse(click)).until_idle();
    harness.sees("▸ Samples").sees("/page/1");
}

#[test]
fn what_is_not_shown_is_not_asked_for() {
    let mut harness = events(120, 40, "dark");
    let inspect = |harness: &mut Harness, keys: &str| {
        for effect in harness.app.take_effects() {
            harness.perform(effect);
        }
        harness.send(AppEvent::Key(key(keys)));
        let deadline = harness.app.deadline().unwrap();
        harness.now = harness.now.max(deadline);
        harness.send(AppEvent::Tick);
        let mut effects = harness.app.take_effects().into_iter();
        effects
            .find_map(|effect| match effect {
                Effect::Preview(request) => Some(request.inspect),
                _ => None,
            })
            .unwrap()
    };
    let statistics = inspect(&mut harness, "S");
    assert!(statistics.statistics.is_some() && statistics.explain.is_none());
    let explain = inspect(&mut harness, "X");
    assert!(explain.statistics.is_none() && explain.explain == Some(0) && !explain.state);
    let events = inspect(&mut harness, "E");
    assert!(events.explain.is_none() && events.samples.is_none() && events.attempts.is_empty());
}

#[test]
fn an_edit_marks_what_it_changed() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.sees_not("changed");
    harness.keys("<ctrl-o>jinja<enter><ctrl-end>MARKother");
    harness.sees("~ 6 changed").sees("\"word\": \"other\"");
    let (screen, _) = harness.draw();
    let rows = (0..screen.area.height).map(|y| {
        let row: String = cells(&screen, y).map(|(_, symbol)| symbol).collect();
        row
    });
    assert!(
        rows.into_iter()
            .any(|row| row.contains("~\"") || row.contains("~{"))
    );
    // The next edit is another one.
    harness.now += Duration::from_secs(9);
    harness.keys("s");
    harness.sees("~ 6 changed").sees("\"others\"");
    harness.now += Duration::from_secs(9);
    harness.keys("<enter>").sees_not("changed");
}

#[test]
fn events_are_shown_as_each_output_sends_them() {
    let mut harness = events(120, 40, "dark");
    harness.keys("o").sees("stdout [1]").sees("<{\"at\"");
    harness.keys("o").sees("as rendered");
    harness.keys("o").sees("events as file [0] sends them");
}

#[test]
fn trees_fold_and_values_are_copied() {
    let mut harness = events(120, 40, "dark");
    harness.keys("t").sees("▾").sees("path  \"/\"");
    harness.keys("<down><down><down>v");
    assert_eq!(harness.done.last().unwrap(), "copy /");
    harness.keys("V");
    assert_eq!(harness.done.last().unwrap(), "copy path");
    // Left leads to what it lies in, left again folds it.
    harness
        .keys("<left><left>")
        .sees("▸ ")
        .sees_not("path  \"/\"");
    harness.keys("<right>").sees("path  \"/\"");
    harness.keys("y");
    assert!(harness.done.last().unwrap().starts_with("copy {\"at\""));
}

#[test]
fn a_search_goes_round() {
    let mut harness = events(120, 40, "dark");
    harness
        .keys("/cart")
        .sees("1 match")
        .keys("<enter>")
        .sees("1 found");
    harness
        .keys("/<ctrl-u>nowhere<enter>")
        .sees("no event has `nowhere`");
    harness
        .keys("<esc><home>/<ctrl-u>status<enter>")
        .sees("6 found");
    let first = harness.app.preview.cursor;
    harness.keys("n");
    let second = harness.app.preview.cursor;
    assert!(second > first);
    harness.keys("N");
    assert_eq!(harness.app.preview.cursor, first);
    harness.keys("N");
    assert!(harness.app.preview.cursor > second, "it went round");
}

#[test]
fn a_fault_is_shown_and_enter_goes_to_the_template() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter><ctrl-end>NOJSON<ctrl-p>generator<esc><alt-4>");
    harness.sees("✗ not JSON at 1:31");
    harness.keys("<home><down><down><enter>");
    let buffer = harness.app.buffer().unwrap();
    assert!(buffer.path.ends_with("templates/page.json.jinja"));
    assert_eq!(buffer.place().0, 5);
}

#[test]
fn the_state_is_stepped_and_changed() {
    let mut harness = events(120, 40, "dark");
    harness.keys("T").sees("after timestamp 6").sees("count  6");
    harness
        .keys("0")
        .sees("before the first event")
        .sees("count  0");
    harness
        .keys("s")
        .sees("after timestamp 1 at")
        .sees("~")
        .sees("count  1");
    harness.keys("ss").sees("after timestamp 3");
    harness.keys("b").sees("after timestamp 2");
    harness
        .keys("<home><down><down><down>e")
        .sees("shared.count");
    harness.keys("<ctrl-u>oops<enter>").sees("not JSON");
    harness
        .keys("<ctrl-u>41<enter>")
        .sees("count  41")
        .sees("by hand");
    harness
        .keys("R")
        .sees("1 change made by hand cannot be brought back")
        .keys("r")
        .sees("1 change of the state taken back")
        .sees("count  6");
}

#[test]
fn an_explanation_leads_to_the_row_it_names() {
    let mut harness = events(120, 40, "dark");
    harness
        .keys("X")
        .sees("rand.number.integer")
        .sees("shared.count = 0");
    harness.keys("J").sees("shared.count = 1");
    let row = harness.app.preview.panes.sheet.rows.iter();
    let at = row
        .clone()
        .position(|row| row.text().contains("pages row 2"))
        .unwrap();
    for _ in 0..at {
        harness.keys("<down>");
    }
    harness
        .keys("<enter>")
        .sees("▸ Samples")
        .sees("▸ 2  /page/1");
}

#[test]
fn samples_are_searched_and_faults_told() {
    let mut harness = events(120, 40, "dark");
    harness.keys("A").sees("weight").sees("40 rows").sees(" %");
    harness
        .keys("/page/17<enter>")
        .sees("▸18  /page/17")
        .sees("path: /page/17");
    harness.keys("<right>").sees("weight: 3");
    harness.keys("J").sees("not UTF-8");
}

#[test]
fn tools_answer_as_one_types() {
    let mut harness = events(120, 40, "dark");
    harness.keys("O<enter>shared.n").sees("= shared.n of 0");
    harness.keys("<enter>J").sees("= shared.n of 1");
    harness
        .keys("<home><down><enter><ctrl-u>nope<enter>")
        .sees("column 1: `nope` is undefined");
    harness
        .keys("<ctrl-p>try a moment<enter>+1h")
        .sees("2026-11-21T10:30:00+00:00");
    harness
        .keys("<ctrl-u>yesterdaz<enter>")
        .sees("is not a moment");
}

/// Enter on a result, on a heading and on the air before it did nothing, whatever the hint said.
#[test]
fn enter_works_on_each_row_of_a_form() {
    let mut harness = events(120, 40, "dark");
    harness.keys("O");
    let rows = harness.app.preview.panes.sheet.rows.len();
    for row in 0..rows {
        harness.keys("<home>");
        for _ in 0..row {
            harness.keys("<down>");
        }
        harness.keys("<enter>");
        assert_eq!(harness.app.overlays.len(), 1, "row {row}");
        harness.keys("<esc>");
    }
    harness
        .keys("P<home><enter>")
        .sees("params.host")
        .keys("<esc>");
    harness.keys("<end><enter>").sees("`evtui secrets set");
}

/// A row that leads nowhere leads to the next one that does.
#[test]
fn enter_goes_on_to_the_next_row_that_leads_somewhere() {
    use crate::tui::app::{Goal, SheetRow};
    let mut harness = events(120, 40, "dark");
    harness.keys("P");
    let sheet = &mut harness.app.preview.panes.sheet;
    sheet.rows.insert(0, SheetRow::default());
    sheet.rows.insert(0, SheetRow::default());
    sheet.cursor = 0;
    harness.send(AppEvent::Key(key("enter")));
    let sheet = &mut harness.app.preview.panes.sheet;
    assert_eq!(sheet.cursor, 2);
    sheet.rows.iter_mut().for_each(|row| row.goal = Goal::None);
    harness.send(AppEvent::Key(key("enter")));
    harness
        .sees("nothing here leads anywhere")
        .sees_not("Enter Type");
}

/// Tags stood beside the timestamps whose events were rendered, and nowhere else.
#[test]
fn all_listed_timestamps_have_their_tags() {
    let mut harness = Harness::open(200, 60, "dark");
    harness.keys("<alt-3><end>");
    let schedule = harness.app.preview.schedule.as_ref().unwrap();
    let listed = schedule.next.len();
    assert!(listed > harness.app.preview.events.len());
    let shown = harness.text();
    let last = shown.lines().filter(|line| line.contains("web front"));
    let times = last.filter(|line| line.contains("cron")).count();
    assert!(times > 5, "{shown}");
}

#[test]
fn params_are_typed_for_the_session() {
    let mut harness = events(120, 40, "dark");
    harness.sees("needs params: host");
    harness.keys("P").sees("no value").sees("not set");
    harness
        .keys("<enter>web-1<enter>")
        .sees("\"web-1\"  typed here");
    harness.keys("E").sees_not("needs params");
    harness.keys("P<home><down>x").sees("no value");
}

#[test]
fn now_and_zone_move() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-3>").sees("now 2026-11-21 09:30:00 UTC");
    harness
        .keys("]]")
        .sees("now 2026-11-21 11:30:00 UTC  moved +2h");
    harness.keys("}").sees("now 2026-11-22 11:30:00 UTC");
    harness
        .keys("t2027-01-01<enter>")
        .sees("now 2027-01-01 00:00:00 UTC");
    harness
        .keys("t+1h<enter>")
        .sees("now 2027-01-01 01:00:00 UTC");
    harness
        .keys("tnonsense<enter>")
        .sees("is not a moment")
        .keys("<esc>");
    harness
        .keys("oEurope/Berlix<enter>")
        .sees("did you mean Europe/Berlin?");
    harness
        .keys("<bs><bs>n<enter>")
        .sees("02:00:00 Europe/Berlin");
    harness
        .keys("Y")
        .sees("next year")
        .keys("H")
        .sees("next hour");
    harness.keys("<right>").sees("▲").sees(" at ");
}
