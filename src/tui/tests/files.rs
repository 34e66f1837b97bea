//! Files that change, vanish, cannot be read; saving; opening projects.

use super::*;

fn rename_over(harness: &Harness, name: &str, text: &str) {
    let other = harness.path("saved-by-another-editor");
    fs::write(&other, text).unwrap();
    fs::rename(other, harness.path(name)).unwrap();
}

/// Asks for a file by a part of its name, and leaves the reading of it undone.
fn ask_for(harness: &mut Harness, part: &str) {
    harness.keys(&format!("<ctrl-o>{part}"));
    harness.send(AppEvent::Key(key("enter")));
    let effects = harness.app.take_effects();
    assert!(matches!(effects[..], [Effect::Open(_)]), "{effects:?}");
}

fn arrives(harness: &mut Harness, name: &str) {
    let path = harness.path(name);
    let result = disk::open(&path);
    harness.send(AppEvent::Opened(path, result)).until_idle();
}

#[test]
fn what_is_typed_while_a_file_is_read_is_meant_for_that_file() {
    let mut harness = Harness::open(120, 40, "dark");
    ask_for(&mut harness, "jinja");
    harness.keys("ab<bs><ctrl-s>");
    harness.send(AppEvent::Paste("c".to_owned()));
    harness.keys("<ctrl-p>save all<enter>");
    assert_eq!(harness.buffer_text(), canned::DOCUMENT);
    assert!(!harness.app.buffer().unwrap().dirty());
    // Other panes stay alive, and keep the keys.
    harness.keys("<alt-3>+").sees("next 6 hours");
    arrives(&mut harness, "templates/page.json.jinja");
    assert!(harness.buffer_text().starts_with("ac{#-"));
    assert!(harness.read("templates/page.json.jinja").starts_with("ac"));
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);
    assert_eq!(harness.app.focus, crate::tui::app::Focus::Timestamps);
}

#[test]
fn what_is_typed_for_a_file_that_cannot_be_read_is_dropped() {
    let mut harness = Harness::open(120, 40, "dark");
    ask_for(&mut harness, "jinja");
    harness.keys("lost<ctrl-s>");
    let path = harness.path("templates/page.json.jinja");
    harness
        .send(AppEvent::Opened(path, Err("it is gone".to_owned())))
        .sees("it is gone; what was typed for it is dropped");
    harness.keys("x");
    assert!(harness.buffer_text().starts_with("x# A web"));
}

#[test]
fn a_file_that_comes_late_does_not_replace_the_one_chosen_since() {
    let mut harness = Harness::open(120, 40, "dark");
    ask_for(&mut harness, "jinja");
    harness.keys("lost<ctrl-o>generator<enter>x");
    arrives(&mut harness, "templates/page.json.jinja");
    harness.keys("y").sees("page.json.jinja");
    assert!(harness.buffer_text().starts_with("xy# A web"));
}

#[test]
fn typing_blindly_has_an_end() {
    let mut harness = Harness::open(120, 40, "dark");
    ask_for(&mut harness, "jinja");
    harness.keys(&"x".repeat(300)).sees("is still being read");
    arrives(&mut harness, "templates/page.json.jinja");
    assert!(harness.buffer_text().starts_with(&"x".repeat(256)));
    assert!(!harness.buffer_text().starts_with(&"x".repeat(257)));
}

#[test]
fn a_clean_buffer_takes_over_what_others_save() {
    let mut harness = Harness::open(120, 40, "dark");
    rename_over(&harness, "generator.yml", "# theirs\n");
    harness
        .changed(&["generator.yml"])
        .sees("# theirs")
        .sees("changed on disk and was loaded");
    harness
        .keys("<ctrl-z>")
        .sees("# A web server's access log.");
}

#[test]
fn a_changed_buffer_asks_whose_text_stays() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("mine ");
    rename_over(&harness, "generator.yml", "# theirs\n");
    harness
        .changed(&["generator.yml"])
        .sees("Keep mine")
        .sees("Load theirs");
    harness.keys("k");
    assert!(harness.buffer_text().starts_with("mine "));
    harness.changed(&["generator.yml"]).sees_not("Keep mine");
    harness.keys("<ctrl-s>");
    assert!(harness.read("generator.yml").starts_with("mine "));

    rename_over(&harness, "generator.yml", "# again\n");
    // What somebody types on meanwhile is no answer.
    harness.keys("x").changed(&["generator.yml"]).keys("l");
    harness.sees("Load theirs").sees("wait a moment");
    harness.now += Duration::from_secs(2);
    harness.keys("l");
    assert_eq!(harness.buffer_text(), "# again\n");
    assert!(!harness.app.buffer().unwrap().dirty());
}

#[test]
fn the_question_is_asked_once_about_the_latest_text() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("mine ");
    rename_over(&harness, "generator.yml", "# one\n");
    harness.changed(&["generator.yml"]);
    rename_over(&harness, "generator.yml", "# two\n");
    harness.changed(&["generator.yml"]);
    harness.now += Duration::from_secs(2);
    harness.keys("l");
    assert_eq!(harness.buffer_text(), "# two\n");
    harness.sees_not("Load theirs");
}

#[test]
fn own_saves_are_no_news() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("x<ctrl-s>")
        .changed(&["generator.yml"])
        .sees("saved generator.yml")
        .sees_not("was loaded");
}

#[test]
fn a_deleted_file_is_kept_and_can_be_written_again() {
    let mut harness = Harness::open(120, 40, "dark");
    fs::remove_file(harness.path("generator.yml")).unwrap();
    harness
        .changed(&["generator.yml"])
        .sees("(deleted)")
        .sees("was deleted");
    harness
        .keys("<ctrl-q>")
        .sees("not saved")
        .keys("c<ctrl-s>")
        .sees_not("(deleted)");
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);
}

#[test]
fn a_deleted_project_is_said_and_survives_in_the_buffers() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter>y");
    fs::remove_dir_all(harness.path("")).unwrap();
    harness.changed(&["", "generator.yml", "templates/page.json.jinja"]);
    harness.sees("gone from the disk").sees("it is gone");
    harness
        .keys("<ctrl-p>save all<enter>")
        .sees_not("gone from the disk");
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);
    assert!(harness.read("templates/page.json.jinja").starts_with('y'));
}

#[test]
fn new_files_are_listed() {
    let mut harness = Harness::open(120, 40, "dark");
    fs::write(harness.path("samples/new.csv"), "a,b\n").unwrap();
    harness.changed(&["samples/new.csv"]).sees("new.csv");
}

#[test]
fn what_is_no_text_is_refused_in_words() {
    let mut harness = Harness::open(120, 40, "dark");
    fs::write(harness.path("samples/blob.csv"), b"\0\x01").unwrap();
    fs::File::create(harness.path("samples/huge.csv"))
        .unwrap()
        .set_len(150 << 20)
        .unwrap();
    harness.changed(&["samples"]);
    harness
        .keys("<ctrl-o>blob<enter>")
        .sees("blob.csv is a binary file, not text");
    harness
        .keys("<ctrl-o>huge<enter>")
        .sees("huge.csv is too big to edit: 157 MB");
    assert_eq!(harness.buffer_text(), canned::DOCUMENT);
}

#[test]
fn a_file_that_cannot_be_written_cannot_be_changed() {
    let mut harness = Harness::open(120, 40, "dark");
    let read_only = crate::tui::event::FileText {
        text: ropey::Rope::from_str("a: 1\n"),
        read_only: Some("no permission to write".to_owned()),
    };
    let path = harness.path("samples/pages.csv");
    ask_for(&mut harness, "pages");
    harness
        .send(AppEvent::Opened(path, Ok(read_only)))
        .sees("read-only");
    harness.keys("x<ctrl-s>");
    assert_eq!(harness.buffer_text(), "a: 1\n");
    harness.sees("cannot save samples/pages.csv: no permission to write");
}

#[test]
fn several_files_are_kept_open() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("x<ctrl-o>jinja<enter>")
        .sees("generator.yml ●")
        .sees("page.json.jinja");
    harness.keys("<ctrl-pagedown>").sees("▸ generator.yml ●");
    harness
        .keys("<alt-w>")
        .sees("Discard")
        .keys("d")
        .sees_not("generator.yml ●");
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);
}

#[test]
fn the_tree_opens_files_and_closes_folders() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("<alt-1><down><enter>")
        .sees("▸ samples")
        .sees_not("pages.csv ");
    harness
        .keys("<enter><down><enter>")
        .sees("▸ samples/pages.csv")
        .sees("CSV");
}

#[test]
fn the_start_screen_opens_what_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    canned::write(&folder.path().join("web-access"));
    canned::write(&folder.path().join("sample-configs/hello"));
    let mut harness = Harness::with(folder, None, 120, 40, "dark");
    harness.sees("web-access").sees("A web server's access log");
    harness
        .keys("<down><enter>")
        .sees("hello")
        .sees("templates");
    assert!(harness.app.start.is_none());
}

#[test]
fn an_empty_folder_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::with(folder, None, 120, 40, "dark");
    harness
        .sees("No generator.yml was found")
        .sees("makes a project from one of the samples");
    harness.keys("<enter>q");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn long_files_stay_quick() {
    let mut harness = Harness::open(120, 40, "dark");
    let text = "key: value # comment\n".repeat(10_000);
    fs::write(harness.path("long.yml"), text).unwrap();
    harness
        .changed(&["long.yml"])
        .keys("<ctrl-o>long<enter><ctrl-end>")
        .sees("10001:1");
    harness.keys("<pageup>x<ctrl-home>y<ctrl-z><ctrl-z>");
    assert!(!harness.app.buffer().unwrap().dirty());
}

#[test]
fn files_that_runs_write_do_not_keep_the_preview_busy() {
    let mut harness = Harness::open(120, 40, "dark");
    fs::write(harness.path("events.json"), "{}").unwrap();
    harness.changed(&["events.json"]);
    let before = harness.app.preview.revision;
    for _ in 0..100 {
        harness.now += Duration::from_millis(150);
        let paths = vec![
            harness.path("events.json"),
            harness.path("output/access.log"),
        ];
        harness.send(AppEvent::Changed {
            paths,
            listing: false,
        });
        harness.send(AppEvent::Tick);
        harness.effects();
    }
    assert!(harness.app.preview.revision - before <= 2);
    // Calm again, a change counts.
    harness.now += Duration::from_secs(5);
    let before = harness.app.preview.revision;
    harness.changed(&["events.json"]);
    assert_eq!(harness.app.preview.revision, before + 1);
}

#[test]
fn changes_by_others_do_not_hold_the_preview_of_the_text_up() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.send(AppEvent::Key(key("x")));
    let typed = harness.app.preview.revision;
    harness.now += Duration::from_millis(50);
    let paths = vec![harness.path("samples/pages.csv")];
    harness.send(AppEvent::Changed {
        paths,
        listing: false,
    });
    harness.now += Duration::from_millis(50);
    harness.send(AppEvent::Tick);
    let effects = harness.app.take_effects();
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Preview(request) => Some(request.revision),
        _ => None,
    });
    assert_eq!(asked, Some(typed));
}
