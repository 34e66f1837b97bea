//! Sessions with the set of keys that has modes.

use super::*;
use crate::tui::editor::KeySet;
use crate::tui::terminal::Cursor;

fn open() -> Harness {
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.set_key_set(KeySet::Vim);
    harness.send(AppEvent::Tick);
    harness
}

#[test]
fn editing_and_saving_without_leaving_the_home_row() {
    let mut harness = open();
    harness.sees("NORMAL");
    assert_eq!(harness.app.cursor(), Cursor::Block);
    harness.keys("ggO# first<esc>").sees("# first");
    assert_eq!(harness.app.cursor(), Cursor::Block);
    harness.keys("A!").sees("INSERT");
    assert_eq!(harness.app.cursor(), Cursor::Bar);
    harness.keys("<esc>:w<enter>").sees("saved generator.yml");
    assert!(harness.read("generator.yml").starts_with("# first!\n"));
    harness.keys("dd:w").sees(":w").keys("<enter>");
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);
    harness
        .keys("Vj")
        .sees("VISUAL LINE")
        .keys("<esc>2d")
        .sees("2d");
}

#[test]
fn commands_of_the_program_are_where_vi_leaves_keys_free() {
    let mut harness = open();
    harness.keys("x<ctrl-s>").sees("saved");
    harness.keys("u<ctrl-r>:w<enter>");
    assert!(
        harness.done.is_empty(),
        "Ctrl-R is redo here: {:?}",
        harness.done
    );
    harness.keys("<ctrl-p>").sees("Commands").keys("<esc>");
    harness.keys(":pipeline.toggle<enter>");
    assert!(
        harness.done.iter().any(|one| one.starts_with("start")),
        "{:?}",
        harness.done
    );
    harness
        .keys(":help<enter>")
        .sees("Keys and commands")
        .keys("<esc>");
    harness
        .keys(":nonsense<enter>")
        .sees("there is no :nonsense");
}

#[test]
fn files_are_opened_and_closed_from_the_line() {
    let mut harness = open();
    harness
        .keys(":e templates/page.json.jinja<enter>")
        .sees("▸ templates/page.json.jinja");
    harness
        .keys("x:q<enter>")
        .sees(":wq saves them, :q! drops them");
    harness.keys(":e!<enter>").sees_not("●");
    harness
        .keys("gt")
        .sees("▸ generator.yml")
        .keys("gT:q<enter>")
        .sees_not("page.json.jinja ×");
    harness.keys(":e notes/new.txt<enter>ihello<esc>:wq<enter>");
    assert_eq!(harness.read("notes/new.txt"), "hello");
    harness.keys(":q<enter>");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn leaving_with_something_unsaved_asks_or_is_told() {
    let mut harness = open();
    harness.keys("x:qa<enter>").sees("not saved").keys("c");
    harness.keys(":wqa<enter>");
    assert_eq!(harness.app.exit(), Some(0));
    let mut harness = open();
    harness.keys("x:q!<enter>");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn searching_shows_what_is_found_while_one_types() {
    let mut harness = open();
    harness.keys("/templ").sees("/templ");
    let found = harness.app.buffer().unwrap().place();
    assert!(found.0 > 1);
    harness.keys("<esc>");
    assert_eq!(harness.app.buffer().unwrap().place(), (1, 1));
    harness.keys("/templ<enter>n");
    assert!(harness.app.buffer().unwrap().place() > found);
    harness.keys(":noh<enter>");
}

#[test]
fn another_file_is_shown_in_normal_mode() {
    let mut harness = open();
    harness.keys("ix").sees("INSERT");
    harness.keys("<ctrl-o>pages.csv<enter>").sees("NORMAL");
    harness.keys("yy<alt-1>").sees("NORMAL");
    harness.keys("<alt-2>p");
    let first = harness.buffer_text();
    let mut lines = first.lines();
    assert_eq!(lines.next(), lines.next());
}

#[test]
fn the_plain_set_is_back_at_once() {
    let mut harness = open();
    harness.keys("V").sees("VISUAL LINE");
    harness
        .keys("<ctrl-p>vim keys<enter>")
        .sees("plain")
        .sees_not("VISUAL");
    harness.keys("<ctrl-home>q");
    assert!(harness.buffer_text().starts_with('q'));
    assert_eq!(harness.app.cursor(), Cursor::Own);
}

#[test]
fn every_size_is_drawn() {
    let mut harness = open();
    harness.keys(":s/a/b");
    sweep::at_every_size(&mut harness, ":s");
}

#[test]
fn half_pages_repeats_and_text_objects_work_in_the_program_too() {
    let mut harness = open();
    let line = |harness: &Harness| harness.app.buffer().unwrap().cursor().0;
    let long: String = (0..200).map(|line| format!("line {line}\n")).collect();
    fs::write(harness.path("generator.yml"), &long).unwrap();
    harness.changed(&["generator.yml"]).keys("gg<ctrl-d>");
    let half = line(&harness);
    assert!(half > 5, "Ctrl-D goes half a page on: {half}");
    harness.keys("<ctrl-d><ctrl-u>");
    assert_eq!(line(&harness), half, "Ctrl-U goes back");
    harness.keys("<ctrl-f>");
    assert!(line(&harness) > half);
    harness.keys("<ctrl-b>gg");
    let text = "say \"one two\", a, b, c\n\npar one\npar two\n\nend\n";
    fs::write(harness.path("generator.yml"), text).unwrap();
    harness.changed(&["generator.yml"]).keys("gg0f,;;,");
    assert_eq!(harness.app.buffer().unwrap().place(), (1, 17));
    harness.keys("0ci\"new<esc>wwciwx<esc>");
    assert!(harness.buffer_text().starts_with("say \"new\", x, b, c\n"));
    harness.keys("3jdap");
    assert!(harness.buffer_text().ends_with("c\n\nend\n"));
    harness.keys("Gkdd").keys("u.");
    harness.keys(":e!<enter>").sees("was loaded");
    assert_eq!(harness.buffer_text(), text);
    harness.keys("gg/par<enter>cwPAR<esc>n.");
    assert!(harness.buffer_text().contains("PAR one\nPAR two"));
    harness.keys("gg2dw3x");
}

#[test]
fn keys_of_ones_own_come_from_the_settings() {
    let mut harness = open();
    let file = harness.folder.path().join("settings.yml");
    let text = "key_set: vim\nvim:\n  \"space w\": file.save\n  \"H\": \"^\"\n  \"Y\": \"y$\"\n  \"ctrl-h\": pane.files\n  \"x\": none\n";
    fs::write(&file, text).unwrap();
    let sources = Sources {
        user: Some(file),
        ..Sources::default()
    };
    let loaded = Loaded::read(&sources);
    assert_eq!(loaded.problems, []);
    harness.send(AppEvent::Settings(Box::new(loaded)));
    harness.keys("ggO  # mine<esc>H");
    assert_eq!(harness.app.buffer().unwrap().place(), (1, 3));
    harness.keys("x").keys(" w").sees("saved generator.yml");
    assert!(harness.read("generator.yml").starts_with("  # mine\n"));
    harness.keys("YP").keys("0dH");
    assert!(harness.buffer_text().starts_with("# mine# mine\n"));
    // In text, they are text.
    harness.keys("i H w<esc>");
    assert!(harness.buffer_text().contains(" H w"));
    harness.keys("<ctrl-h>");
    assert_eq!(harness.app.focus, crate::tui::app::Focus::Files);
}

/// `:e` made the file at once, whether anything was written into it or not.
#[test]
fn a_new_file_is_made_when_it_is_saved() {
    let mut harness = open();
    harness
        .keys(":e notes/new.txt<enter>")
        .sees("notes/new.txt (new)")
        .sees("saving makes the file");
    assert!(!harness.path("notes").exists());
    // Nothing was typed: nothing is lost, nothing is made.
    harness.keys(":q<enter>").sees_not("new.txt (new)");
    assert!(!harness.path("notes").exists());
    harness.keys(":e notes/new.txt<enter>ihello<esc>");
    harness.keys(":q<enter>").sees(":wq saves them");
    assert!(!harness.path("notes").exists());
    harness.keys(":w<enter>").sees_not("(new)");
    assert_eq!(harness.read("notes/new.txt"), "hello");
    harness.keys(":e empty.txt<enter>:wq<enter>");
    assert_eq!(harness.read("empty.txt"), "");
}

#[test]
fn a_file_that_nobody_knew_of_is_not_written_over() {
    let mut harness = open();
    fs::write(harness.path("hidden.txt"), "theirs").unwrap();
    harness.keys(":e hidden.txt<enter>");
    assert_eq!(harness.buffer_text(), "theirs");
    harness.keys(":e later.txt<enter>imine<esc>");
    fs::write(harness.path("later.txt"), "theirs").unwrap();
    harness.keys(":w<enter>").sees("changed by someone else");
    assert_eq!(harness.read("later.txt"), "theirs");
}

#[test]
fn names_behind_the_colon_are_completed() {
    let mut harness = open();
    harness
        .keys(":e sam<tab>")
        .sees(":e samples/")
        .sees("Tab 1 of 2");
    harness.keys("<tab>").sees("Tab 2 of 2");
    harness.keys("<shift-tab>").sees("Tab 1 of 2");
    harness.keys("<enter>").sees("▸ samples/");
    harness
        .keys(":e nowhere<tab>")
        .sees("no name begins like that");
    harness
        .keys("<esc>:pipeline.t<tab>")
        .sees(":pipeline.toggle");
}

#[test]
fn what_was_recorded_works_over_the_line_and_the_program() {
    let mut harness = open();
    harness.keys("ggqa").sees("recording @a");
    harness.keys("I#<esc>:w<enter>jq").sees_not("recording");
    harness.keys("2@a");
    let text = harness.read("generator.yml");
    let marked = text.lines().take(4).filter(|line| line.starts_with('#'));
    assert_eq!(marked.count(), 3, "{text}");
}

/// Ctrl-U scrolls here: what the status line tells to read the rest of a message has to work.
#[test]
fn messages_have_a_key_in_every_mode() {
    let mut harness = open();
    harness.app.error("a long story ".repeat(20));
    harness.sees("Ctrl-W m: all");
    harness.keys("<ctrl-w>m").sees("━ Messages").keys("<esc>");
    harness.keys(":messages<enter>").sees("━ Messages");
}
