//! What is said and asked can be read on the smallest screens, and where a box ends can be seen.

use super::*;
use crate::tui::app::Overlay;

/// Every cell of a row as one text, rows joined by blanks: what a reader makes of wrapped lines.
fn words(harness: &Harness) -> String {
    let text = harness.text();
    let plain = text.replace(['┃', '│', '▐', '▸'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

const LONG: &str = "generator.yml cannot be saved: the folder belongs to somebody else, and this \
    program was started by a user who may not write there; take the folder over, or start the \
    program as its owner, then save once more";

#[test]
fn a_message_that_is_cut_can_be_read_whole() {
    for (width, height) in [(80, 24), (40, 10)] {
        let mut harness = Harness::open(width, height, "dark");
        harness.app.error(LONG);
        harness.sees("…").sees("Ctrl-U m: all");
        harness.keys("<ctrl-u>m").sees("Messages");
        let shown = words(&harness).replace("00:00 ago ", "");
        assert!(shown.contains(LONG), "{}", harness.text());
    }
}

/// A message that is longer than the list is high.
#[test]
fn a_message_scrolls_where_it_is_longer_than_the_list() {
    let mut harness = Harness::open(30, 7, "dark");
    harness.app.info("another one");
    harness.app.error(LONG);
    harness.keys("<ctrl-u>m").sees("generator.yml cannot be");
    harness.sees_not("once more");
    for _ in 0..20 {
        if harness.text().contains("once more") {
            break;
        }
        harness.keys("<down>");
    }
    harness.sees("once more").sees_not("another one");
    harness.keys("<down><down>").sees("another one");
    harness.keys("<up><up><up>").sees("generator.yml");
}

/// What is on top as one text, read from its first page to its last.
fn read_through(harness: &mut Harness) -> String {
    let mut seen = words(harness);
    for _ in 0..20 {
        harness.keys("<pagedown>");
        seen.push(' ');
        seen.push_str(&words(harness));
    }
    seen
}

#[test]
fn questions_and_answers_can_be_read_on_small_screens() {
    let scripts = ["x<ctrl-q>", "x<alt-w>", "x<ctrl-p>reload file<enter>"];
    for script in scripts {
        for (width, height) in [(40, 10), (30, 8), (24, 6)] {
            let mut harness = Harness::open(80, 24, "mono");
            harness.keys(script);
            let Some(Overlay::Dialog(dialog)) = harness.app.overlays.last() else {
                panic!("{script} asks nothing");
            };
            let lines = dialog.lines.clone();
            let answers: Vec<&str> = dialog.choices.iter().map(|one| one.label).collect();
            harness.resize(width, height);
            let mut answered = String::new();
            for _ in 0..answers.len() {
                answered.push_str(&words(&harness));
                harness.keys("<tab>");
            }
            for answer in answers {
                assert!(
                    answered.contains(answer),
                    "{script} {width}x{height}: {answer} in\n{}",
                    harness.text()
                );
            }
            let read = read_through(&mut harness);
            for word in lines.iter().flat_map(|line| line.split_whitespace()) {
                // A long name may be cut in two.
                let begin: String = word.chars().take(8).collect();
                assert!(
                    read.contains(&begin),
                    "{script} {width}x{height}: {word} in\n{}",
                    harness.text()
                );
            }
        }
    }
}

#[test]
fn the_chosen_item_of_a_list_is_shown_whole() {
    let mut harness = Harness::open(40, 10, "dark");
    harness.keys("<ctrl-p>new project<enter>");
    let Some(Overlay::Palette(palette)) = harness.app.overlays.last() else {
        panic!("there is no list");
    };
    let found = palette.matching();
    let item = found[0].item.clone();
    assert!(item.title.len() + item.detail.len() > 40);
    assert!(words(&harness).contains(&item.detail), "{}", harness.text());
}

#[test]
fn the_chosen_word_is_among_those_shown_however_low_the_screen() {
    for height in [24, 12, 10, 8] {
        let mut harness = Harness::open(40, height, "dark");
        harness.keys("<ctrl-end><enter><home>event:<enter>template:<enter><ctrl-space>");
        for _ in 0..4 {
            let popup = harness.app.assist.popup.as_ref().expect("words");
            let chosen = popup.items[popup.chosen].label.clone();
            harness.sees(&format!("▸{chosen}"));
            harness.keys("<down>");
        }
    }
}

#[test]
fn help_on_a_word_has_an_edge_in_every_theme() {
    for theme in crate::tui::Theme::names() {
        let mut harness = Harness::open(80, 24, theme);
        harness.keys("<ctrl-home><down><down><alt-h>");
        assert!(harness.app.assist.told.is_some());
        harness.sees("┃").sees("┗━").sees("━┛");
    }
}

#[test]
fn help_on_a_word_can_be_read_on() {
    let mut harness = Harness::open(40, 10, "dark");
    harness.app.assist.told = Some(crate::language::Hover {
        title: "a title".to_owned(),
        doc: (1..=30).map(|number| format!("line {number}\n")).collect(),
    });
    harness.sees("a title").sees_not("line 30");
    for _ in 0..30 {
        harness.keys("<pagedown>");
    }
    harness.sees("line 30").sees_not("a title");
    harness.keys("<esc>").sees_not("line 30");
}
