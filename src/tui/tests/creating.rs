//! New projects, other projects, names to go to, and values that are kept, as a person meets them.

use super::*;
use crate::tui::app::{Focus, Overlay};
use crate::tui::session::Kept;

fn nowhere(width: u16, height: u16) -> Harness {
    let folder = tempfile::tempdir().unwrap();
    Harness::with(folder, None, width, height, "dark")
}

#[test]
fn a_project_is_made_from_the_start_screen_and_opened() {
    let mut harness = nowhere(120, 40);
    harness.sees("n             makes a project").keys("n");
    harness.sees("New project: what to begin with");
    harness.sees("access log: templates and sample rows");
    harness
        .keys("order<enter>")
        .sees("New project from order-events");
    let place = harness.folder.path().join("order-events");
    harness.sees(&format!("makes {}", place.display()));
    harness.keys("<ctrl-u>").keys("shop/orders<enter>");
    let root = harness.folder.path().join("shop/orders");
    assert!(root.join("samples/products.csv").is_file());
    let project = harness.app.project.as_ref().unwrap();
    assert_eq!(project.document, root.join("generator.yml"));
    assert!(harness.app.start.is_none());
    harness.sees("generator.yml").sees("from order-events");
    assert!(harness.app.preview.took.is_some(), "the preview runs");
}

#[test]
fn a_folder_in_use_is_refused_and_the_name_asked_for_again() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("<ctrl-u>n")
        .keys("hello<enter><ctrl-u>web-access<enter>");
    harness.sees("exists and is not empty").sees("> web-access");
    harness
        .keys("<ctrl-u>web-access-2")
        .sees("makes /")
        .keys("<enter>");
    let root = harness.folder.path().join("web-access-2");
    assert_eq!(harness.app.project.as_ref().unwrap().root, root);
    harness
        .keys("<ctrl-u>n<enter><ctrl-u><enter>")
        .sees("a name is needed");
    harness
        .keys("x<ctrl-u>../../")
        .sees("makes /")
        .keys("<esc>");
}

#[test]
fn nothing_is_left_behind_for_another_project() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .keys("x<ctrl-u>n")
        .sees("changes that are not saved");
    assert!(harness.app.overlays.is_empty());
    harness.keys("<ctrl-u>o").sees("save them first");
}

#[test]
fn another_project_takes_the_place_and_each_is_remembered() {
    let state = tempfile::tempdir().unwrap();
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.kept = Kept::read(Some(state.path().to_owned()));
    canned::write(&harness.folder.path().join("other"));
    harness.keys("<ctrl-o>csv<enter><ctrl-u>s<ctrl-u>o");
    harness.sees("Open project").sees("▸ other").keys("<enter>");
    let root = |harness: &Harness| harness.app.project.as_ref().unwrap().root.clone();
    assert_eq!(root(&harness), harness.folder.path().join("other"));
    assert_eq!(harness.app.buffer().unwrap().name, "generator.yml");
    harness.keys("<ctrl-u>s");
    assert!(!harness.app.panes.mirrored);
    harness.keys("<ctrl-u>oweb<enter>");
    assert_eq!(root(&harness), harness.folder.path().join("web-access"));
    assert!(harness.app.panes.mirrored, "sides stay as they were left");
    assert!(harness.app.buffer().unwrap().name.ends_with(".csv"));
}

#[test]
fn names_of_the_file_and_of_the_project_are_gone_to() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-p>@").sees("Symbols of the file");
    harness.sees("▸ input").keys("output").keys("<enter>");
    let (line, _) = harness.app.buffer().unwrap().place();
    let text = harness.buffer_text();
    assert!(text.lines().nth(line - 1).unwrap().starts_with("output"));
    harness.keys("<ctrl-o>csv<enter><alt-4>@").sees("column");
    harness.keys("<esc>#").sees("Symbols of the project");
    harness.sees("template");
    let Some(Overlay::Palette(_)) = harness.app.overlays.last() else {
        panic!("no list");
    };
    harness.keys("<enter>");
    assert_eq!(harness.app.focus, Focus::Editor);
    assert!(harness.app.overlays.is_empty());
    harness.keys("<ctrl-p>a@").sees_not("Symbols of");
}

#[test]
fn hints_are_buttons() {
    let mut harness = nowhere(300, 40);
    let y = harness.row_of("New project");
    let hints = harness.text();
    let at = |hint: &str| {
        let line = hints.lines().nth(usize::from(y)).unwrap();
        u16::try_from(line[..line.find(hint).unwrap()].chars().count()).unwrap()
    };
    harness
        .click(at("n New project"), y)
        .sees("what to begin with");
    let line = harness.text().lines().last().unwrap().to_owned();
    let x = line[..line.find("Esc Close").unwrap()].chars().count();
    harness.click(u16::try_from(x).unwrap(), y);
    assert!(harness.app.overlays.is_empty());
    harness.send(AppEvent::Key(key("ctrl-u")));
    let line = harness.text().lines().last().unwrap().to_owned();
    let x = line[..line.find("n New project").unwrap()].chars().count();
    harness
        .click(u16::try_from(x).unwrap(), y)
        .sees("what to begin with");
}

#[test]
fn a_long_list_of_projects_is_clicked_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..40 {
        canned::write(&folder.path().join(format!("p{index:02}")));
    }
    let mut harness = Harness::with(folder, None, 80, 24, "dark");
    harness.keys("<end>").sees("▸ p39");
    let row = harness.row_of("p30");
    harness.click(4, row).sees("▸ p30");
}

#[test]
fn rows_of_running_generators_have_labels() {
    use super::monitor::{mixed, overview};
    let mut harness = overview((120, 40), "dark", mixed);
    harness.keys("'");
    let Some(Overlay::Jump(jump)) = harness.app.overlays.last() else {
        panic!("no labels");
    };
    let row = harness.row_of("firewall");
    let found = jump.labels.iter().find(|(_, at, _)| at.y == row);
    let label = found.expect("the row has a label").0.clone();
    harness.keys(&label);
    assert_eq!(harness.app.monitor.chosen.as_deref(), Some("firewall"));
    harness.keys("'");
    let Some(Overlay::Jump(jump)) = harness.app.overlays.last() else {
        panic!("no labels");
    };
    let logs = harness.text();
    let column = logs.lines().nth(1).unwrap().find("5 Logs");
    assert!(column.is_some());
    let names = jump.labels.iter().filter(|(_, at, _)| at.y == 1);
    let labels: Vec<String> = names.map(|(label, ..)| label.clone()).collect();
    assert_eq!(labels.len(), 6, "one for each screen");
    harness.keys(&labels[4]).sees("▸5 Logs");
}

#[test]
fn values_of_params_are_kept_for_the_project() {
    let state = tempfile::tempdir().unwrap();
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.kept = Kept::read(Some(state.path().to_owned()));
    harness.app.preview.panes.given.insert("host".into(), None);
    let params = |harness: &Harness| harness.app.session().unwrap().1.params;
    assert!(params(&harness).is_empty(), "it has no value");
    let given = serde_json::Map::from_iter([("host".to_owned(), "a.example".into())]);
    harness.app.preview.panes.given.clear();
    let session = Session {
        params: given.clone(),
        ..harness.app.session().unwrap().1
    };
    let root = harness.app.project.as_ref().unwrap().root.clone();
    harness.send(AppEvent::Session(root, Box::new(Some(session))));
    assert_eq!(params(&harness), given);
    canned::write(&harness.folder.path().join("other"));
    harness.keys("<ctrl-u>oother<enter>");
    assert!(params(&harness).is_empty(), "they belong to the project");
    harness.keys("<ctrl-u>oweb<enter>");
    assert_eq!(params(&harness), given);
}

#[test]
fn a_word_of_completion_is_clicked() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter><ctrl-end>{{ module.");
    let popup = harness.app.assist.popup.as_ref().expect("a list");
    let second = popup.items[1].clone();
    let places = harness.app.size.positions();
    let mut shown = places.filter(|at| pane::word_at(&harness.app, *at) == Some(1));
    let at = shown.next().expect("the second word is shown");
    harness.click(at.x, at.y);
    assert!(harness.app.assist.popup.is_none());
    let text = harness.buffer_text();
    assert!(
        text.contains(&format!("module.{}", second.insert)),
        "{text}"
    );
}

#[test]
fn making_a_project_can_be_drawn_at_every_size() {
    for script in ["", "n", "nweb", "n<enter>", "n<enter><ctrl-u>/<enter>"] {
        let mut harness = nowhere(80, 24);
        harness.keys(script);
        for width in (0..=40).chain([200]) {
            for height in (0..=12).chain([60]) {
                harness.resize(width, height);
                let (screen, cursor) = harness.draw();
                assert!(cursor.is_none_or(|at| screen.area.contains(at)));
            }
        }
    }
}
