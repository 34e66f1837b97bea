//! Files of the project made, renamed, copied, deleted, from keys and the palette.

use super::*;

fn on_file(part: &str) -> Harness {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-1><home>");
    for _ in 0..20 {
        let project = harness.app.project.as_ref().unwrap();
        if project.shown()[project.chosen].name.contains(part) {
            return harness;
        }
        harness.keys("<down>");
    }
    panic!("{part} is not in the list:\n{}", harness.text());
}

#[test]
fn a_new_file_comes_with_its_folders() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-n>macros/deep/users.jinja");
    harness.sees("macros/deep/users.jinja; the folder macros/deep is made");
    harness.keys("<enter>").sees("made macros/deep/users.jinja");
    assert_eq!(harness.read("macros/deep/users.jinja"), "");
    assert!(harness.app.buffer().unwrap().name.ends_with("users.jinja"));
    harness.sees("users.jinja");
    harness.keys("x<ctrl-s>");
    assert_eq!(harness.read("macros/deep/users.jinja"), "x");
    harness
        .keys("<alt-n><ctrl-u>more/<enter>")
        .sees("made the folder more");
}

#[test]
fn refused_names_say_why() {
    let mut harness = Harness::open(120, 40, "dark");
    for (name, why) in [
        ("generator.yml", "is there already"),
        ("../x", "stays in its folder"),
        ("/etc/x", "relative to the project's folder"),
        ("generator.yml/x", "is a file, not a folder"),
    ] {
        harness.keys("<alt-n><ctrl-u>").keys(name).sees(why);
        harness.keys("<enter>").sees(why).keys("<esc>");
    }
    harness
        .keys("<alt-n><ctrl-u><enter>")
        .sees("a name is needed")
        .keys("<esc>");
    let long = "x".repeat(300);
    harness.keys("<alt-n>").send(AppEvent::Paste(long));
    harness.sees("at most 255 bytes").keys("<esc>");
}

#[test]
fn an_open_file_follows_its_new_name() {
    let mut harness = on_file("page.json");
    harness.keys("<enter>unsaved <alt-1>r<ctrl-u>parts/body.txt<enter>");
    harness.sees("templates/page.json.jinja is parts/body.txt now");
    assert!(harness.buffer_text().starts_with("unsaved "));
    assert_eq!(harness.app.buffer().unwrap().name, "parts/body.txt");
    assert!(!harness.path("templates/page.json.jinja").exists());
    harness.keys("<alt-2><ctrl-s>");
    assert!(harness.read("parts/body.txt").starts_with("unsaved "));
    harness.keys("<alt-1>u").sees("templates/page.json.jinja");
    assert_eq!(
        harness.app.buffer().unwrap().name,
        "templates/page.json.jinja"
    );
    assert!(
        harness
            .read("templates/page.json.jinja")
            .starts_with("unsaved ")
    );
}

#[test]
fn what_still_has_the_old_name_is_told() {
    let mut harness = on_file("page.json");
    harness.keys("r<ctrl-u>templates/other.jinja<enter>");
    harness.sees("generator.yml still has the old name");
}

#[test]
fn what_is_deleted_comes_back() {
    let mut harness = on_file("pages.csv");
    let before = harness.read("samples/pages.csv");
    harness
        .keys("<enter><alt-1>d")
        .sees("samples/pages.csv is in the trash");
    assert!(!harness.path("samples/pages.csv").exists());
    let open = |harness: &Harness| harness.app.project.as_ref().unwrap().buffers.len();
    assert_eq!(open(&harness), 1);
    harness
        .keys("<ctrl-p>undo file<enter>")
        .sees("samples/pages.csv is back");
    assert_eq!(harness.read("samples/pages.csv"), before);
    harness.keys("<alt-t>");
    assert_eq!(open(&harness), 1, "it was deleted, not closed");
}

#[test]
fn folders_and_unsaved_files_are_asked_about() {
    let mut harness = on_file("samples");
    harness
        .keys("d")
        .sees("samples and 2 files in it go to the trash")
        .keys("c");
    assert!(harness.path("samples").exists());
    harness.keys("d");
    harness.now += Duration::from_secs(2);
    harness.keys("d").sees("samples is in the trash");
    assert!(!harness.path("samples").exists());
    harness.keys("u");
    assert!(harness.path("samples/pages.csv").exists());
    let mut harness = on_file("pages.csv");
    harness
        .keys("<enter>x<alt-1>d")
        .sees("What is not saved is lost")
        .keys("<esc>");
    assert!(harness.path("samples/pages.csv").exists());
}

#[test]
fn the_document_stays() {
    let mut harness = on_file("generator.yml");
    harness
        .keys("d")
        .sees("cannot delete generator.yml: it is what makes this a project");
    harness.keys("r").sees("cannot rename generator.yml");
    assert!(harness.path("generator.yml").exists());
}

#[test]
fn a_copy_has_a_name_of_its_own() {
    let mut harness = on_file("page.json");
    harness
        .keys("c")
        .sees("templates/page-copy.json.jinja")
        .keys("<enter>");
    assert_eq!(
        harness.read("templates/page-copy.json.jinja"),
        harness.read("templates/page.json.jinja")
    );
    assert_eq!(
        harness.app.buffer().unwrap().name,
        "templates/page-copy.json.jinja"
    );
    harness.keys("<alt-1>u").sees("is taken back");
    assert!(!harness.path("templates/page-copy.json.jinja").exists());
}
