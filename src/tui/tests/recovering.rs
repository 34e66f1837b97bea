//! What is typed and not saved outlives the program, and whose text is to stay is never decided by
//! accident.

use super::*;

/// The program ends without leave and is opened again on the same folder.
fn crashed(harness: Harness) -> Harness {
    let Harness {
        app, folder, store, ..
    } = harness;
    // Its locks go with it.
    drop((app, store));
    let document = folder.path().join("web-access/generator.yml");
    Harness::with(folder, Some(document), 120, 40, "dark")
}

fn copies(harness: &Harness) -> usize {
    let entries = fs::read_dir(harness.folder.path().join("copies"));
    let entries = entries.into_iter().flatten().flatten();
    let copy = |path: &PathBuf| path.extension().is_some_and(|one| one == "copy");
    entries.map(|one| one.path()).filter(copy).count()
}

#[test]
fn unsaved_text_is_offered_and_taken_up() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# typed<enter># more");
    assert_eq!(copies(&harness), 1);
    let mut harness = crashed(harness);
    harness
        .sees("generator.yml was not saved")
        .sees("+2 -1 lines against the disk; the file is as it was then.")
        .sees("Recover")
        .sees("See the difference");
    harness.keys("s").sees("+ # typed").sees("- # A web");
    harness.keys("<esc>").sees("Recover");
    harness
        .keys("r")
        .sees("generator.yml is recovered, not saved yet");
    assert!(harness.buffer_text().starts_with("# typed\n# more# A web"));
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);
    harness.sees("●");
    assert_eq!(
        copies(&harness),
        1,
        "the old copy gave way to one of this program"
    );
    // One undo leads back to what is on disk; saving leaves no copy.
    harness.keys("<ctrl-z>");
    assert_eq!(harness.buffer_text(), canned::DOCUMENT);
    assert_eq!(copies(&harness), 0);
    harness.keys("<ctrl-y><ctrl-s>").sees("saved generator.yml");
    assert_eq!(copies(&harness), 0);
    crashed(harness).sees_not("Recover");
}

#[test]
fn later_asks_again_and_discarding_is_for_good() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# typed");
    let mut harness = crashed(harness);
    harness.keys("<esc>").sees("1 unsaved text kept");
    let mut harness = crashed(harness);
    harness
        .keys("<esc><ctrl-p>recover uns<enter>")
        .sees("Recover");
    harness.keys("d").sees_not("Recover ");
    assert_eq!(copies(&harness), 0);
    crashed(harness).sees_not("was not saved when");
}

#[test]
fn several_files_are_asked_about_one_after_the_other_also_gone_ones() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# typed<ctrl-o>jinja<enter>TYPED");
    assert_eq!(copies(&harness), 2);
    fs::remove_file(harness.path("templates/page.json.jinja")).unwrap();
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    let mut harness = crashed(harness);
    harness
        .sees("The file is gone from the disk.")
        .sees("After it: 1 more.");
    harness.keys("r");
    harness.sees("CHANGED by someone since").keys("r");
    assert!(harness.buffer_text().starts_with("# typed# A web"));
    harness.keys("<ctrl-p>save all<enter>");
    assert!(
        harness
            .read("templates/page.json.jinja")
            .starts_with("TYPED")
    );
    assert!(harness.read("generator.yml").starts_with("# typed# A web"));
    assert_eq!(copies(&harness), 0);
}

#[test]
fn renaming_closing_and_leaving_knowingly_forget_the_copy() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter>TYPED");
    assert_eq!(copies(&harness), 1);
    harness.keys("<alt-w>").keys("d");
    assert_eq!(copies(&harness), 0);
    harness.keys("x<ctrl-q>").sees("Discard and quit").keys("d");
    assert!(harness.app.left_knowingly());
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x");
    harness.send(AppEvent::Signal(15));
    assert!(harness.app.exit() == Some(143) && !harness.app.left_knowingly());
}

#[test]
fn nothing_is_kept_when_that_is_not_wished() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x");
    assert_eq!(copies(&harness), 1);
    harness.app.settings.recovery = false;
    harness.keys("y");
    assert_eq!(copies(&harness), 0);
}

#[test]
fn that_texts_cannot_be_kept_is_said() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.send(AppEvent::NotKept(
        "cannot keep it: the disk is full".to_owned(),
    ));
    harness.sees("the disk is full").keys("x");
    assert!(harness.buffer_text().starts_with('x'));
}

#[test]
fn whose_text_is_to_stay_can_be_decided_later() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# mine ");
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    harness.changed(&["generator.yml"]).sees("Changed on disk");
    harness
        .keys("s")
        .sees("- # theirs")
        .sees("+ # mine")
        .keys("<esc>");
    harness
        .keys("<esc>")
        .sees("(changed on disk)")
        .sees("saving it asks again");
    // The same news again is no question again; other news are.
    harness.changed(&["generator.yml"]).sees_not("Load theirs");
    harness
        .keys("more ")
        .keys("<ctrl-s>")
        .sees("Save mine over it");
    assert_eq!(harness.read("generator.yml"), "# theirs\n");
    harness.keys("<esc>");
    assert_eq!(harness.read("generator.yml"), "# theirs\n");
    // Leaving saves nothing over it either, and does not leave.
    harness.keys("<ctrl-q>s").sees("Save mine over it");
    assert_eq!(harness.app.exit(), None);
    harness
        .keys("k")
        .sees("saved generator.yml")
        .sees_not("(changed on disk)");
    assert_eq!(
        harness.app.exit(),
        None,
        "what was to follow is asked for anew"
    );
    assert!(
        harness
            .read("generator.yml")
            .starts_with("# mine more # A web")
    );
    assert!(!harness.app.buffer().unwrap().dirty());
}

#[test]
fn a_change_that_nobody_told_of_is_not_saved_over() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# mine ");
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    harness.keys("<ctrl-s>").sees("Changed on disk");
    assert_eq!(harness.read("generator.yml"), "# theirs\n");
    harness.keys("l");
    assert_eq!(harness.buffer_text(), "# theirs\n");
    harness.keys("<ctrl-z>");
    assert!(harness.buffer_text().starts_with("# mine # A web"));
}

#[test]
fn a_question_goes_when_others_take_their_change_back() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# mine ");
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    harness.changed(&["generator.yml"]).sees("Changed on disk");
    fs::write(harness.path("generator.yml"), canned::DOCUMENT).unwrap();
    harness
        .changed(&["generator.yml"])
        .sees_not("Changed on disk");
    harness.keys("<ctrl-s>").sees("saved generator.yml");
}

#[test]
fn typed_text_survives_a_file_that_goes_and_comes_back() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("# mine ");
    fs::remove_file(harness.path("generator.yml")).unwrap();
    harness.changed(&["generator.yml"]).sees("(deleted)");
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    harness.changed(&["generator.yml"]).sees("Changed on disk");
    harness.keys("k");
    assert!(harness.buffer_text().starts_with("# mine # A web"));
}

#[test]
fn reloading_asks_and_can_be_undone() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("# mine <ctrl-p>reload file<enter>")
        .sees("undo brings them back");
    harness.keys("<enter>");
    assert!(
        harness.buffer_text().starts_with("# mine"),
        "Cancel is chosen first"
    );
    harness.keys("<ctrl-p>reload file<enter>r");
    assert_eq!(harness.buffer_text(), canned::DOCUMENT);
    harness.keys("<ctrl-z>");
    assert!(harness.buffer_text().starts_with("# mine"));
}

#[test]
fn undo_and_redo_go_across_reloads_and_the_cursor_stays_with_its_text() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<down><down><down><right><right>");
    let line = |harness: &Harness| {
        let buffer = harness.app.buffer().unwrap();
        (
            buffer.line(buffer.cursor().0).into_owned(),
            buffer.cursor().1,
        )
    };
    let before = line(&harness);
    harness.keys("Q<bs><ctrl-s>");
    let theirs = format!("# one\n# two\n# three\n{}", canned::DOCUMENT);
    fs::write(harness.path("generator.yml"), &theirs).unwrap();
    harness.changed(&["generator.yml"]).sees("was loaded");
    assert_eq!(line(&harness), before);
    harness.keys("Z<ctrl-z><ctrl-z>");
    assert_eq!(harness.buffer_text(), canned::DOCUMENT);
    harness.keys("<ctrl-y>");
    assert_eq!(harness.buffer_text(), theirs);
    assert!(
        !harness.app.buffer().unwrap().dirty(),
        "it is what the disk has"
    );
    harness.keys("<ctrl-y>");
    assert!(harness.buffer_text().contains('Z'));
}
