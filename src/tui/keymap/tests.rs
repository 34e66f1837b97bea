//! Keys over keys, and every way in which they can stand in each other's way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rstest::rstest;

use super::*;
use crate::tui::app::{Focus, Screen};
use crate::tui::command;
use crate::tui::editor::KeySet;
use crate::tui::settings::bindings_of;

fn with(text: &str) -> (Keymap, Vec<String>) {
    let (bindings, problems) = bindings_of(text, "settings.yml");
    assert_eq!(problems, []);
    let settings = Settings {
        keys: vec![bindings],
        ..Settings::default()
    };
    let (keymap, problems) = Keymap::new(&settings);
    (keymap, problems.iter().map(ToString::to_string).collect())
}

fn name(keymap: &Keymap, keys: &str, place: Place) -> &'static str {
    match keymap.find(&Chord::sequence(keys).unwrap(), place) {
        Some(Found::Command(id)) => Command::get(id).unwrap().name,
        Some(Found::Prefix) => "…",
        None => "",
    }
}

const EDITOR: Place = Place::Pane(Focus::Editor);
const EVENTS: Place = Place::Pane(Focus::Events);

#[test]
fn the_built_in_keys_are_sound() {
    for command in command::all() {
        for keys in command.keys.iter().chain(command.plain_keys) {
            assert!(Chord::sequence(keys).is_ok(), "{}: {keys}", command.name);
        }
    }
    for key_set in [KeySet::Plain, KeySet::Vim] {
        let settings = Settings {
            key_set,
            ..Settings::default()
        };
        assert_eq!(Keymap::new(&settings).1, []);
    }
}

#[test]
fn no_built_in_keys_hide_longer_ones() {
    let (keymap, _) = Keymap::new(&Settings::default());
    for (keys, entries) in &keymap.entries {
        for place in Place::all() {
            let here: Vec<Found> = entries
                .iter()
                .filter(|one| place.contexts().contains(&one.context))
                .filter(|one| !(place.types() && one.plain))
                .map(|one| one.found)
                .collect();
            let prefix = here.contains(&Found::Prefix);
            let command = here.iter().any(|one| *one != Found::Prefix);
            assert!(!(prefix && command), "{} at {place:?}", label(keys));
        }
    }
}

#[test]
fn own_keys_go_over_built_in_ones() {
    let (keymap, problems) = with(
        "keys:\n  \"ctrl-x\": file.save\n  \"Ctrl-P\": none\n  \"f9 ctrl-s\": file.save-all\n  \"z\": app.help\n",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(name(&keymap, "ctrl-x", EDITOR), "file.save");
    assert_eq!(name(&keymap, "ctrl-p", EDITOR), "");
    assert_eq!(name(&keymap, "f9", EDITOR), "…");
    assert_eq!(name(&keymap, "f9 ctrl-s", EVENTS), "file.save-all");
    assert_eq!(name(&keymap, "z", EVENTS), "app.help");
    assert_eq!(name(&keymap, "z", EDITOR), "");
    assert_eq!(keymap.labels(command::Id::Cut), "");
    assert_eq!(keymap.label(command::Id::SaveAll), "F9 Ctrl-S");
    let next = keymap.following(&Chord::sequence("f9").unwrap(), EDITOR);
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].0.label(), "Ctrl-S");
}

#[test]
fn one_key_can_mean_something_in_each_context() {
    let (keymap, problems) = with("keys:\n  \"ctrl-d\": [file.save, screen.tail]\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!(name(&keymap, "ctrl-d", EDITOR), "file.save");
    assert_eq!(
        name(&keymap, "ctrl-d", Place::Screen(Screen::Flow)),
        "screen.tail"
    );
}

#[test]
fn a_project_goes_over_the_person() {
    let one = bindings_of("keys: {\"f9\": file.save}\n", "user").0;
    let two = bindings_of("keys: {\"f9\": app.help}\n", "project").0;
    let settings = Settings {
        keys: vec![one, two],
        ..Settings::default()
    };
    let (keymap, problems) = Keymap::new(&settings);
    assert_eq!(problems, []);
    assert_eq!(name(&keymap, "f9", EDITOR), "app.help");
}

#[rstest]
#[case(
    "\"ctrl-k\": file.save\n  \"Ctrl-K\": app.help",
    "3:3: `Ctrl-K` means both file.save and app.help"
)]
#[case(
    "\"ctrl-d\": [file.save, file.save-all]",
    "2:3: `Ctrl-D` means both file.save and file.save-all"
)]
#[case(
    "\"ctrl-q s\": file.save",
    "2:3: `Ctrl-Q s` cannot be reached: `Ctrl-Q` alone is app.quit; free it with \"ctrl-q\": none"
)]
#[case(
    "\"f9 s\": file.save\n  \"f9\": app.help",
    "3:3: `F9` would hide `F9 s`, which is file.save"
)]
#[case(
    "\"f9\": app.help\n  \"f9 s\": file.save",
    "3:3: `F9 s` cannot be reached"
)]
#[case(
    "\"x\": edit.cut",
    "2:3: `x` is text in the editor, it cannot be edit.cut"
)]
fn what_stands_in_the_way_is_said(#[case] keys: &str, #[case] said: &str) {
    let (_, problems) = with(&format!("keys:\n  {keys}\n"));
    assert!(
        problems.iter().any(|one| one.contains(said)),
        "{problems:?}"
    );
}

#[test]
fn a_short_key_of_ones_own_goes_over_longer_built_in_ones() {
    let (keymap, problems) = with("keys:\n  \"ctrl-u\": app.help\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!(name(&keymap, "ctrl-u", EDITOR), "app.help");
    assert_eq!(name(&keymap, "ctrl-u j", EDITOR), "");
}

#[test]
fn a_taken_key_is_free_for_longer_ones() {
    let (keymap, problems) = with("keys:\n  \"ctrl-q s\": file.save\n  \"ctrl-q\": none\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!(name(&keymap, "ctrl-q", EDITOR), "…");
    assert_eq!(name(&keymap, "ctrl-q s", EDITOR), "file.save");
}

#[rstest]
#[case("keys: {ctrl-s: app.help}", &["save", "Ctrl-S", "app.help"])]
#[case("keys: {ctrl-q: app.help}", &["quit", "Ctrl-Q"])]
#[case("keys: {ctrl-z: app.help}", &["undo", "Ctrl-Z"])]
// Another key, or that there is to be none, is as people want it.
#[case("keys: {ctrl-s: app.help, ctrl-d: file.save}", &[])]
#[case("keys: {ctrl-s: none}", &[])]
#[case("keys: {ctrl-d: app.help}", &[])]
fn a_vital_command_that_loses_its_key_is_told_of(#[case] text: &str, #[case] parts: &[&str]) {
    let (bindings, problems) = bindings_of(text, "settings.yml");
    assert_eq!(problems, []);
    let mut settings = Settings {
        keys: vec![bindings],
        ..Settings::default()
    };
    let warnings = key_warnings(&settings);
    assert_eq!(
        warnings.len(),
        usize::from(!parts.is_empty()),
        "{warnings:?}"
    );
    for part in parts {
        let said = warnings[0].to_string().to_lowercase();
        assert!(said.contains(&part.to_lowercase()), "{part}: {said}");
    }
    // The set with modes has its own ways to these.
    settings.key_set = KeySet::Vim;
    assert_eq!(key_warnings(&settings), []);
}
