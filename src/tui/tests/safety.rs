//! Every command of the table, tried where it could do harm: what someone typed, a file, a running
//! generator or a value is never lost without a question, or can be brought back.

use std::collections::BTreeMap;

use super::*;
use crate::tui::app::{Focus, Overlay};
use crate::tui::command::{self, Command, Context, Id};
use crate::tui::event::InstanceNews;

/// Commands that harm when their question is answered, each with the title of the question where the
/// tried state makes it ask.
const ASK: &[(&str, &str)] = &[
    ("app.quit", "Quit"),
    ("file.close", "Close file"),
    ("file.delete", "Delete"),
    ("file.reload", "Reload"),
    ("file.edit-outside", "Another editor"),
    ("pipeline.abort", "Abort"),
    ("state.reset", "Reset the state"),
    ("flow.write-back", "Write back"),
    ("flow.abort", "Abort"),
    ("flow.restart", "Restart"),
    ("flow.toggle", "Stop"),
    ("overview.stop", "Stop"),
    ("overview.restart", "Restart"),
    ("overview.abort", "Abort"),
    ("overview.reload", "Read the startup list"),
    ("globals.delete", "Delete"),
    ("globals.reset", "Reset globals"),
];

/// Commands that do what their name says and no more: saving is asked for, and a stop delivers what is
/// queued before it.
const MEANT: &[&str] = &[
    "file.save",
    "file.save-all",
    "pipeline.toggle",
    "debug.panic",
];

/// Requests that take nothing away: what they change, the same command or its opposite changes back.
const HARMLESS: &[&str] = &[
    "request Control(",
    "control ",
    "request ReloadFiles(",
    "request Edit(Set",
    "copy ",
    "mouse ",
];

/// Things done to generators that lose nothing.
const GENTLE: &[&str] = &["Start)", "Pause)", "Resume {"];

/// Files of the project and what is in them.
fn disk_of(harness: &Harness) -> BTreeMap<PathBuf, String> {
    let tree = project::scan(&harness.folder.path().join("web-access")).unwrap();
    let files = tree.entries.into_iter().filter(|one| !one.folder);
    files
        .map(|one| {
            let text = fs::read_to_string(&one.path).unwrap_or_default();
            (one.path, text)
        })
        .collect()
}

/// Two files with unsaved text, a pipeline that runs, a change of the state made by hand.
fn at_work() -> Harness {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r>");
    let status = canned::status(crate::pipeline::State::Running, 30_000, 100_000, true);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness.keys("<alt-4>T<home><down><down><down>e<ctrl-u>41<enter>");
    assert!(
        !harness.app.preview.panes.edits.is_empty(),
        "{}",
        harness.text()
    );
    harness.keys("<alt-2># TYPED <ctrl-o>jinja<enter># ALSO ");
    harness.done.clear();
    harness
}

/// The screens about running generators, each with something to lose.
fn watching(screen: Screen) -> Harness {
    let mut harness = Harness::watching(120, 40, "dark", screen);
    let mut generators = watched::generators();
    for one in &mut generators {
        // What waits for an output that is down is lost with a stop.
        one.outages = 1;
    }
    harness.news(InstanceNews::Overview(generators));
    for (seconds, lost) in [(60, 1_000), (62, 1_204)] {
        let mut status = watched::broken(&harness, seconds, lost);
        status.listing.listed = true;
        harness.news(InstanceNews::Status(Box::new(status)));
    }
    if screen == Screen::Globals {
        harness.news(InstanceNews::Globals("shop".to_owned(), watched::globals()));
    }
    harness.done.clear();
    harness
}

fn place_for(command: &Command) -> Harness {
    match command.context {
        Context::Monitor => watching(Screen::Overview),
        Context::Screen(screen) => watching(screen),
        context => {
            let mut harness = at_work();
            match context {
                Context::Files => drop(harness.keys("<alt-1>")),
                Context::Timestamps => harness.app.set_focus(Focus::Timestamps),
                Context::Events => harness.app.set_focus(Focus::Events),
                Context::Pipeline => harness.app.set_focus(Focus::Pipeline),
                _ => {}
            }
            harness
        }
    }
}

fn typed(harness: &Harness) -> String {
    let open = harness.app.project.iter().flat_map(|one| &one.buffers);
    let mut texts: Vec<String> = open.map(|buffer| buffer.rope().to_string()).collect();
    texts.sort();
    texts.concat()
}

fn question(harness: &Harness) -> Option<&str> {
    match harness.app.overlays.last() {
        Some(Overlay::Dialog(dialog)) => Some(&dialog.title),
        _ => None,
    }
}

/// What a command did that it should not have.
fn harm(command: &Command) -> Vec<String> {
    let name = command.name;
    let mut wrong = Vec::new();
    let mut harness = place_for(command);
    let (before, disk) = (typed(&harness), disk_of(&harness));
    let edits = harness.app.preview.panes.edits.len();
    harness.app.run(command.id);
    harness.until_idle();
    if question(&harness).is_some() {
        if !command.asks {
            wrong.push(format!("{name} asks; its row says that it does not"));
        }
        harness.keys("<esc>");
    }
    if harness.app.exit().is_some() {
        wrong.push(format!("{name} leaves"));
    }
    if harness.app.preview.panes.edits.len() < edits {
        wrong.push(format!("{name} forgets what was changed in the state"));
    }
    let gentle = |done: &str| {
        done.starts_with("request Act(") && GENTLE.iter().any(|one| done.contains(one))
    };
    for done in &harness.done {
        if !HARMLESS.iter().any(|one| done.starts_with(one)) && !gentle(done) {
            wrong.push(format!("{name} does without a question: {done}"));
        }
    }
    if disk_of(&harness) != disk {
        harness.app.run(Id::UndoFiles);
        harness.until_idle();
    }
    if disk_of(&harness) != disk {
        wrong.push(format!("{name} changes files for good"));
    }
    let back = if command.id == Id::Undo {
        Id::Redo
    } else {
        Id::Undo
    };
    for _ in 0..3 {
        if typed(&harness) != before {
            harness.app.run(back);
        }
    }
    if typed(&harness) != before && !typed(&harness).contains("# TYPED") {
        wrong.push(format!("{name} loses what was typed"));
    }
    wrong
}

#[test]
fn no_command_loses_anything_without_a_question_or_a_way_back() {
    let tried = command::all().filter(|one| !MEANT.contains(&one.name));
    let wrong: Vec<String> = tried.flat_map(harm).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_harms_asks() {
    let mut wrong = Vec::new();
    for (name, title) in ASK {
        let command = command::all().find(|one| one.name == *name).unwrap();
        assert!(command.asks, "{name}: its row does not say that it asks");
        let mut harness = place_for(command);
        if *name == "file.delete" {
            // The shown file is the one that is at hand outside of the list.
            harness.app.set_focus(Focus::Editor);
        }
        harness.app.run(command.id);
        harness.until_idle();
        let asked = question(&harness).unwrap_or_default().to_owned();
        if !asked.starts_with(title) {
            wrong.push(format!("{name} asks {asked:?}:\n{}", harness.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn taking_back_a_new_file_with_unsaved_text_asks() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-n>notes.txt<enter>typed<ctrl-p>undo file<enter>");
    harness.sees("What is not saved is lost.").keys("<enter>");
    assert!(harness.path("notes.txt").exists());
    assert_eq!(harness.buffer_text(), "typed");
    harness.keys("<ctrl-p>undo file<enter>u");
    assert!(!harness.path("notes.txt").exists());
}
