//! What somebody meets who uses the workbench for the first time.

use super::*;
use crate::tui::pane::Target;

#[test]
fn what_is_no_json_is_a_problem_with_its_place() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.sees("✓ no problems");
    harness
        .keys("<ctrl-o>page.json<enter>NOJSON ")
        .sees_not("✓ no problems");
    // The place is in the template, marked there, and listed.
    harness
        .sees("looks like JSON and is none")
        .sees("templates/page.json.jinja:5:1");
    harness.sees("▲ 1 warning");
    let marked = |line| harness.app.buffer().unwrap().marks_on(line).len();
    assert_eq!([3, 4, 5].map(marked), [0, 1, 0]);
    harness.keys("<alt-p>").sees("1 of 6");
    harness.keys("<enter>");
    assert_eq!(harness.app.buffer().unwrap().place(), (5, 1));
    // Help on the spot says it, too.
    harness.keys("<alt-h>").sees("no closing quote");
}

#[test]
fn what_stands_in_an_input_is_replaced_by_typing() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-3>").sees("▸ Timestamps");
    harness.keys("o").sees("> UTC").sees("now is 2026-11-21");
    harness
        .keys("berl")
        .sees("> berl")
        .sees("▸ Europe/Berlin")
        .sees("+01:00");
    harness
        .keys("<enter>")
        .sees("timestamps are in Europe/Berlin");
    // Arrows keep it, and others can be chosen.
    harness
        .keys("o<right>x")
        .sees("> Europe/Berlinx")
        .sees("is no time zone; did you mean Europe/Berlin?");
    harness.keys("<enter>").sees("> Europe/Berlinx");
    harness
        .keys("<ctrl-a>utc<down><enter>")
        .sees_not("time zone of");
    assert_ne!(harness.app.zone_name(), "Europe/Berlin");
    // A search begins with what was looked for the last time, ready to be replaced.
    harness
        .keys("<alt-2><ctrl-f>tags<enter><esc><ctrl-f>")
        .sees("1 of 1");
    harness
        .keys("chance")
        .sees("Find     chance")
        .sees_not("tagschance");
    harness.keys("<ctrl-a>x<ctrl-w>");
    harness
        .send(AppEvent::Paste("tags".to_owned()))
        .until_idle();
    harness.sees("Find     tags");
}

#[test]
fn messages_keep_off_what_is_typed_and_go_once_all_is_well() {
    let mut harness = Harness::open(80, 24, "dark");
    harness.keys("<ctrl-f>");
    for name in ["first", "second", "third"] {
        harness.app.error(format!("{name} has failed"));
    }
    let (find, first) = (harness.row_of("Find"), harness.row_of("first has failed"));
    let (_, cursor) = harness.draw();
    assert_eq!(cursor.unwrap().y, find);
    assert!(first < find && harness.row_of("second has failed") < find);
    // What was wrong with a file is over once it is saved.
    harness.keys("<esc>");
    harness
        .app
        .error("generator.yml: no space left on the disk");
    harness.keys("x").sees("no space left");
    harness
        .keys("<ctrl-s>")
        .sees_not("no space left")
        .sees("second has failed");
}

#[test]
fn a_long_path_leaves_room_for_what_is_wrong() {
    let mut harness = Harness::open(80, 24, "dark");
    let path =
        "/srv/projects/generators/of/all/kinds/web-access-and-more/templates/page.json.jinja";
    harness
        .app
        .error(format!("cannot read {path}: no permission"));
    harness
        .sees("cannot read /srv/")
        .sees("…")
        .sees("page.json.jinja: no permission");
}

#[test]
fn an_empty_histogram_says_where_it_fires() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-3>");
    let mut schedule = harness.app.preview.schedule.clone().unwrap();
    schedule.buckets.iter_mut().for_each(|count| *count = 0);
    schedule.next = vec![(canned::moment(5 * 86_400_000), 0)];
    harness.app.preview.schedule = Some(schedule);
    harness
        .sees("0 here; next 2026-11-26 09:30")
        .sees("g: go there");
    harness.keys("g");
    let five_days = canned::NOW + 5 * 86_400_000_000;
    assert_eq!(harness.app.preview.from_us, Some(five_days));
    // What a live run leaves out is shown all the same, with the way to have it.
    let mut schedule = harness.app.preview.schedule.clone().unwrap();
    schedule.skipped = Some("all timestamps lie before now".to_owned());
    harness.app.preview.schedule = Some(schedule);
    harness.sees("all lie before now").sees("m: sample mode");
    harness.keys("<alt-2>").sees("m in this pane: sample");
}

#[test]
fn labels_stand_before_the_hints_or_not_at_all() {
    let mut harness = Harness::open(120, 40, "dark");
    let before = harness.text();
    let hints = before.lines().last().unwrap().to_owned();
    harness.keys("<ctrl-u>j");
    let Some(super::super::app::Overlay::Jump(jump)) = harness.app.overlays.last() else {
        panic!("no labels:\n{}", harness.text());
    };
    let on_hints = jump.labels.iter().filter(|(_, at, _)| at.y == 39);
    let single = jump.labels.iter().all(|(label, ..)| label.len() == 1);
    assert!(on_hints.clone().next().is_none() || single);
    assert!(
        on_hints
            .clone()
            .all(|(.., target)| matches!(target, Target::Command(_)))
    );
    // The keys of the hints can be read as before.
    let text = harness.text();
    let shown = text.lines().last().unwrap();
    for word in hints.split_whitespace() {
        assert!(shown.contains(word), "{word} in {shown}");
    }
}

#[test]
fn the_way_out_is_in_sight_in_a_small_terminal() {
    let mut harness = Harness::open(80, 24, "dark");
    for script in ["", "<alt-1>", "<alt-2>", "<alt-3>", "<alt-4>t"] {
        harness.keys(script).sees("Ctrl-Q Quit");
    }
}

#[test]
fn a_fix_that_is_none_says_so() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("<alt-enter>")
        .sees("no fix here: there is no problem on this line");
}

#[test]
fn the_cursor_in_the_histogram_does_not_cut_the_labels() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-3>");
    let labels = |harness: &Harness| {
        let text = harness.text();
        let row = text.lines().find(|line| line.contains('▲'));
        ["09:30", "10:30"].map(|label| row.is_some_and(|row| row.contains(label)))
    };
    harness.keys("<right>");
    assert_eq!(labels(&harness), [false, true]);
    harness.keys("<end>");
    assert_eq!(labels(&harness), [true, false]);
}
