//! Settings, keys in a row, lists, labels, messages, panes and sessions, as a person meets them.

use std::fs;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::tui::app::Focus;
use crate::tui::event::Answer;
use crate::tui::session::Kept;

fn mouse(harness: &mut Harness, kind: MouseEventKind, column: u16, row: u16) {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    harness.send(AppEvent::Mouse(event)).until_idle();
}

fn click(harness: &mut Harness, column: u16, row: u16) {
    mouse(
        harness,
        MouseEventKind::Down(MouseButton::Left),
        column,
        row,
    );
    mouse(harness, MouseEventKind::Up(MouseButton::Left), column, row);
}

/// Where a text stands on the screen.
#[track_caller]
fn place_of(harness: &Harness, text: &str) -> (u16, u16) {
    let (screen, _) = harness.draw();
    for y in 0..screen.area.height {
        let row: Vec<(u16, &str)> = cells(&screen, y).collect();
        let line: String = row.iter().map(|(_, symbol)| *symbol).collect();
        if let Some(at) = line.find(text) {
            let index = line[..at].chars().count();
            return (row[index].0, y);
        }
    }
    panic!("{text:?} is not on the screen:\n{}", harness.text());
}

#[test]
fn keys_in_a_row_show_what_can_follow() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.send(AppEvent::Key(key("ctrl-u")));
    harness.sees("Ctrl-U then").sees("m Messages");
    assert!(!harness.app.pending.visible);
    harness.until_idle();
    assert!(harness.app.pending.visible);
    harness.sees("━ Ctrl-U ━").sees("Choose a theme");
    harness.keys("<esc>").sees_not("Ctrl-U");
    harness
        .keys("<ctrl-u>q")
        .sees("Ctrl-U q stands for nothing here");
    assert!(!harness.buffer_text().starts_with('q'));
    harness.keys("<ctrl-u>s");
    assert!(harness.app.panes.mirrored);
}

#[test]
fn own_keys_are_taken_over_when_the_file_changes() {
    let mut harness = Harness::open(120, 40, "dark");
    let file = harness.path(".evtui.yml");
    fs::write(&file, "keys:\n  \"f9 d\": app.help\n  \"ctrl-p\": none\n").unwrap();
    harness
        .changed(&[".evtui.yml"])
        .sees("the settings are taken over");
    harness.keys("<ctrl-p>").sees_not("Commands ━");
    harness.keys("<f9>d").sees("Keys and commands");
    harness.keys("Show all keys").sees("F9 d  F1");
    harness.keys("<esc>");
    fs::write(&file, "keys:\n  \"f9\": app.hlep\n").unwrap();
    harness
        .changed(&[".evtui.yml"])
        .sees(".evtui.yml:2:9: there is no command \"app.hlep\"; did you mean app.help?");
    harness.keys("<f9>d").sees("Keys and commands");
}

#[test]
fn the_list_of_commands_marks_letters_and_says_why_not() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("<ctrl-p>abort")
        .sees("not now: no pipeline is running");
    harness.keys("<esc><ctrl-p>nxtthm").sees("▸ Next theme");
    let (screen, _) = harness.draw();
    let (x, y) = place_of(&harness, "Next theme");
    let marked: String = (x..x + 10)
        .filter(|x| {
            screen[(*x, y)]
                .modifier
                .contains(ratatui::style::Modifier::UNDERLINED)
        })
        .map(|x| screen[(x, y)].symbol().to_owned())
        .collect();
    assert_eq!(marked, "Nxtthm");
    harness.keys("<enter><ctrl-p>").sees("▸ Next theme");
    assert_eq!(harness.app.recent.len(), 1);
}

#[test]
fn help_finds_and_runs() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("<f1>other side")
        .sees("▸ Ctrl-U s")
        .sees_not("Undo");
    harness.keys("<enter>");
    assert!(harness.app.overlays.is_empty() && harness.app.panes.mirrored);
    harness.keys("<f1>no such thing").sees("nothing matches");
}

#[test]
fn labels_lead_everywhere() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-u>j");
    let Some(super::super::app::Overlay::Jump(jump)) = harness.app.overlays.last() else {
        panic!("no labels");
    };
    assert!(jump.labels.len() > 8);
    let events = harness.app.layout().events.unwrap();
    let (label, ..) = jump
        .labels
        .iter()
        .find(|(_, at, _)| at.y == events.y)
        .unwrap();
    let label = label.clone();
    harness.keys(&label);
    assert_eq!(harness.app.focus, Focus::Events);
    assert!(harness.app.overlays.is_empty());
    harness.keys("'<esc>");
    assert!(harness.app.overlays.is_empty());
}

#[test]
fn messages_take_turns_and_are_kept() {
    let mut harness = Harness::open(120, 40, "dark");
    for text in ["first", "second", "third", "fourth"] {
        harness.app.warn(text);
        harness.now += Duration::from_secs(2);
        harness.send(AppEvent::Tick);
    }
    harness.sees("third").sees("fourth").sees_not("first");
    // Its own time over, the older goes; the newer stays.
    harness.now += Duration::from_secs(2);
    harness.send(AppEvent::Tick);
    harness.sees("fourth").sees_not("third");
    harness.now += Duration::from_secs(60);
    harness.send(AppEvent::Tick);
    harness.sees_not("fourth");
    harness.until_idle();
    harness.keys("<ctrl-u>m").sees("! fourth").sees("! first");
    harness.keys("third<enter>");
    assert!(harness.done.contains(&"copy third".to_owned()));
    harness.keys("x");
    assert!(
        harness.buffer_text().starts_with('x'),
        "messages take no keys"
    );
}

#[test]
fn panes_are_resized_by_keys_and_by_dragging() {
    let mut harness = Harness::open(120, 40, "dark");
    let before = harness.app.layout();
    harness.keys("<ctrl-u><right>");
    let wider = harness.app.layout().editor.unwrap().width;
    assert!(wider > before.editor.unwrap().width);
    let rule = harness.app.layout().rules[1].unwrap();
    mouse(
        &mut harness,
        MouseEventKind::Down(MouseButton::Left),
        rule.x,
        rule.y + 5,
    );
    mouse(
        &mut harness,
        MouseEventKind::Drag(MouseButton::Left),
        rule.x - 20,
        rule.y + 5,
    );
    mouse(
        &mut harness,
        MouseEventKind::Up(MouseButton::Left),
        rule.x - 20,
        rule.y + 5,
    );
    let dragged = harness.app.layout().editor.unwrap().width;
    assert!(
        (i32::from(wider) - 20 - i32::from(dragged)).abs() <= 1,
        "{wider} {dragged}"
    );
    let events = harness.app.layout().events.unwrap();
    mouse(
        &mut harness,
        MouseEventKind::Down(MouseButton::Left),
        events.x + 3,
        events.y,
    );
    mouse(
        &mut harness,
        MouseEventKind::Drag(MouseButton::Left),
        events.x + 3,
        events.y + 6,
    );
    let lower = harness.app.layout().events.unwrap();
    assert!((i32::from(lower.y) - i32::from(events.y) - 6).abs() <= 1);
    harness.keys("<ctrl-u>p");
    assert_eq!(harness.app.layout().events, None);
    harness.keys("<ctrl-u>0");
    assert_eq!(harness.app.layout().editor, before.editor);
}

#[test]
fn the_mouse_answers_questions_and_chooses() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x<ctrl-q>").sees("Discard and quit");
    let (x, y) = place_of(&harness, "Cancel");
    click(&mut harness, x + 1, y);
    assert!(harness.app.overlays.is_empty());
    harness.keys("<ctrl-p>help");
    let (x, y) = place_of(&harness, "▸ Help");
    click(&mut harness, x + 4, y);
    harness.sees("Keys and commands");
    click(&mut harness, 0, 0);
    assert!(harness.app.overlays.is_empty());
    let (x, y) = place_of(&harness, "Ctrl-P Commands");
    click(&mut harness, x, y);
    harness.sees("━ Commands ━");
}

#[test]
fn a_project_is_left_and_found_again() {
    let state = tempfile::tempdir().unwrap();
    let kept = || Kept::read(Some(state.path().to_owned()));
    let open = |folder: tempfile::TempDir| {
        let now = Instant::now();
        let sources = Sources {
            flags: vec![
                ("theme".to_owned(), "dark".to_owned()),
                ("tour".to_owned(), "false".to_owned()),
            ],
            ..Sources::default()
        };
        let opening = Opening {
            document: Some(folder.path().join("web-access/generator.yml")),
            folder: folder.path().to_owned(),
            looks: Looks {
                settings: Loaded::read(&sources),
                sources,
                surroundings: Surroundings::detect(|_| None),
                kept: kept(),
            },
            parameters: Parameters::default(),
            seed: Some(7),
            size: (120, 40),
            screen: Screen::Design,
        };
        Harness::start(folder, opening, now)
    };
    let folder = tempfile::tempdir().unwrap();
    canned::write(&folder.path().join("web-access"));
    let mut harness = open(folder);
    harness.keys(
        "<ctrl-o>jinja<enter><down><right><right><ctrl-u>s<ctrl-u>t<ctrl-u>gruv<enter><alt-4>",
    );
    let name = harness.app.buffer().unwrap().name.clone();
    let place = harness.app.buffer().unwrap().place();
    let (file, session) = harness.app.session().unwrap();
    session.write(&file).unwrap();
    let harness = open(harness.folder);
    assert_eq!(harness.app.buffer().unwrap().name, name);
    assert_eq!(harness.app.buffer().unwrap().place(), place);
    assert_eq!(harness.app.focus, Focus::Events);
    assert!(harness.app.panes.mirrored);
    assert_eq!(harness.app.theme.name, "gruvbox-dark");
    assert_eq!(harness.app.chosen_theme(), Some("gruvbox-dark"));
    fs::write(&file, "{broken").unwrap();
    let harness = open(harness.folder);
    assert_eq!(harness.app.focus, Focus::Editor);
    assert!(harness.app.toasts.is_empty());
}

#[test]
fn the_tour_is_shown_once() {
    let state = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    canned::write(&folder.path().join("web-access"));
    let document = folder.path().join("web-access/generator.yml");
    let opening = |kept| Opening {
        document: Some(document.clone()),
        folder: folder.path().to_owned(),
        looks: Looks {
            settings: Loaded::default(),
            sources: Sources::default(),
            surroundings: Surroundings::detect(|_| Some("xterm-256color".to_owned())),
            kept,
        },
        parameters: Parameters::default(),
        seed: None,
        size: (80, 24),
        screen: Screen::Design,
    };
    let now = Instant::now();
    let kept = Kept::read(Some(state.path().to_owned()));
    let mut harness = Harness::start(tempfile::tempdir().unwrap(), opening(kept), now);
    harness.sees("1 of 5");
    for step in 2..=5 {
        harness.keys("<enter>").sees(&format!("{step} of 5"));
    }
    // Digits go to a step, other letters nowhere: nothing of it gets into the file.
    harness
        .keys("<left>")
        .sees("4 of 5")
        .keys("hello2")
        .sees("2 of 5");
    // Nor does the key that ends it, when it is held down.
    harness.keys("5<enter><enter><enter>");
    assert!(harness.app.overlays.is_empty());
    let text = |harness: &Harness| harness.app.buffer().unwrap().rope().to_string();
    assert_eq!(text(&harness), canned::DOCUMENT);
    let kept = std::mem::take(&mut harness.app.kept);
    let again = Harness::start(tempfile::tempdir().unwrap(), opening(kept), now);
    assert!(again.app.overlays.is_empty());
}

#[test]
fn a_key_of_a_command_ends_the_tour_and_does_what_it_does() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("<ctrl-p>tour<enter>")
        .sees("1 of 5")
        .keys("<ctrl-p>");
    harness.sees_not("1 of 5").sees("Commands").keys("<esc>");
    harness
        .keys("<ctrl-p>tour<enter>")
        .sees("1 of 5")
        .keys("<esc>");
    assert!(harness.app.overlays.is_empty());
}

#[test]
fn who_comes_to_watch_gets_no_tour() {
    let state = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let opening = |screen| Opening {
        document: None,
        folder: folder.path().to_owned(),
        looks: Looks {
            settings: Loaded::default(),
            sources: Sources::default(),
            surroundings: Surroundings::detect(|_| Some("xterm-256color".to_owned())),
            kept: Kept::read(Some(state.path().to_owned())),
        },
        parameters: Parameters::default(),
        seed: None,
        size: (80, 24),
        screen,
    };
    for screen in [Screen::Overview, Screen::Design] {
        let own = tempfile::tempdir().unwrap();
        let harness = Harness::start(own, opening(screen), Instant::now());
        assert!(harness.app.overlays.is_empty());
        assert!(!harness.app.kept.toured);
    }
}

#[test]
fn the_terminals_answer_recolours_and_tells_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources::default();
    let opening = Opening {
        document: None,
        folder: folder.path().to_owned(),
        looks: Looks {
            settings: Loaded::read(&sources),
            sources,
            surroundings: Surroundings {
                depth: Depth::True,
                ground: None,
                unicode: true,
                remote: true,
                answers: true,
            },
            kept: Kept::default(),
        },
        parameters: Parameters::default(),
        seed: None,
        size: (80, 24),
        screen: Screen::Design,
    };
    let mut harness = Harness::start(folder, opening, Instant::now());
    assert_eq!(harness.app.theme.name, "dark");
    let answer = |background, millis| {
        AppEvent::Answer(Answer {
            background,
            after: Duration::from_millis(millis),
        })
    };
    harness.send(answer(Some((0xfb, 0xfb, 0xf9)), 40));
    assert_eq!(harness.app.theme.name, "light");
    assert!(!harness.app.low_bandwidth());
    harness.send(answer(None, 900));
    assert_eq!(harness.app.theme.name, "light");
    assert!(harness.app.low_bandwidth());
    harness.sees("low bandwidth");
}

#[test]
fn without_utf8_everything_is_ascii() {
    let mut harness = Harness::open(120, 40, "dark");
    fs::write(harness.path(".evtui.yml"), "ascii: on\n").unwrap();
    harness.changed(&[".evtui.yml"]);
    for script in [
        "",
        "<ctrl-p>",
        "<esc><f1>",
        "<esc>x<ctrl-q>",
        "<esc><ctrl-t>",
        "<ctrl-u>j",
    ] {
        harness.keys(script);
        let text = harness.text();
        assert!(text.is_ascii(), "{text}");
    }
}
