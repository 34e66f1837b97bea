//! Every pane in every state at every size, down to none: nothing may panic, and no cursor may stand
//! outside of the screen.

use std::path::Path;

use super::*;

/// Every small size, and wide ones that are low: where the layout has several panes beside each other
/// and none of them has the rows it would like.
pub fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let widths = (0..=12).chain([16, 20, 25, 30, 35, 40]);
    let small = widths.flat_map(|width| (0..=12).map(move |height| (width, height)));
    let widths = [60, 79, 80, 99, 100, 111, 112, 120, 160, 200];
    let low = widths
        .into_iter()
        .flat_map(|width| (1..=14).map(move |height| (width, height)));
    small
        .chain(low)
        .chain([(200, 24), (3, 60), (20, 100), (300, 90), (500, 200)])
}

/// Draws what is shown at every size.
#[track_caller]
pub fn at_every_size(harness: &mut Harness, what: &str) {
    for (width, height) in sizes() {
        harness.resize(width, height);
        let (screen, cursor) = harness.draw();
        assert_eq!(screen.area, area(width, height), "{what}");
        assert!(
            cursor.is_none_or(|at| screen.area.contains(at)),
            "{what} {width}x{height}: cursor at {cursor:?}"
        );
    }
}

/// Keys that lead to each state of each pane of the workbench.
const STATES: &[&str] = &[
    // The editor: typing, selecting, searching, replacing, completing, problems, wrapped, scrolled.
    "<ctrl-end>",
    "<ctrl-home><shift-down><shift-down><shift-right>",
    "<ctrl-f>cron",
    "<ctrl-f>cron<enter><tab>",
    "<alt-r>cron<tab>timer",
    "<ctrl-g>12",
    "<alt-p>",
    "<ctrl-end><enter><home>ca",
    "<ctrl-home>BROKEN<ctrl-end>",
    "<ctrl-p>wrap<enter><ctrl-end>",
    // Files, questions about them, lines to type into.
    "<alt-1><down><down>",
    "<alt-1><down><down>d",
    "<alt-n>",
    "<alt-n>a/b/",
    "x<alt-w>",
    "x<ctrl-q>",
    // Timestamps: without and with a cursor, of two inputs, moved, at each span, the list scrolled.
    "<alt-3>",
    "<alt-3><right>",
    "<alt-3><left><left>",
    "TWICE <alt-3><right><right><right>]",
    "<alt-3>+<right>",
    "<alt-3>++++<right><end>",
    "<alt-3><down><down><down><right>",
    "<alt-3><right><ctrl-e>",
    // Events and the views beside them.
    "<alt-4>",
    "<alt-4><end>",
    "<alt-4>t<down><down><down>",
    "<alt-4>w/a<enter>",
    "<alt-4>/a",
    "<alt-4>S",
    "<alt-4>X<down><down>",
    "<alt-4>T<down><down><down><down>",
    "<alt-4>A<down><right>",
    "<alt-4>O<enter>shared.n<enter><down><down><down><enter>json<enter>",
    "<alt-4>P<enter>",
    "<alt-4><ctrl-e>",
    // The pipeline's details.
    "<alt-5>",
    "<alt-5><ctrl-e>",
    // What lies over them.
    // The difference between two texts, and a question about one.
    "x<ctrl-p>compare<enter>",
    "x<ctrl-p>reload file<enter>",
    "<f1>pane",
    "<ctrl-p>x<down>",
    "<ctrl-u>j",
    "<ctrl-u>",
];

fn ran(script: &str, theme: &str) -> Harness {
    let mut harness = Harness::open(100, 30, theme);
    harness.keys("<ctrl-r>");
    let status = canned::status(crate::pipeline::State::Running, 30_000, 100_000, true);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness.keys(script);
    harness
}

#[test]
fn every_state_of_every_pane_can_be_drawn_at_every_size() {
    for script in STATES {
        at_every_size(&mut ran(script, "dark"), script);
    }
}

#[test]
fn every_screen_of_running_generators_can_be_drawn_at_every_size() {
    for screen in Screen::MONITOR {
        for script in ["", "<down><enter>", "/a", "?", "<ctrl-p>a"] {
            let mut harness = Harness::watching(120, 40, "dark", screen);
            harness.keys(script);
            at_every_size(&mut harness, script);
        }
    }
}

/// The timestamps' cursor had no row of its own: the program ended.
#[test]
fn the_cursor_of_timestamps_needs_no_room() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-3><right>");
    for height in (1..=8).rev() {
        harness.resize(120, height);
        harness.draw();
    }
}

/// Cells are written in one way only, which knows where the screen ends.
#[test]
fn nothing_is_written_past_the_canvas() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            let unsafe_ways = [
                ".set_stringn(",
                ".set_string(",
                ".set_line(",
                "screen[",
                "buf[",
            ];
            for way in unsafe_ways.iter().filter(|way| own.contains(**way)) {
                found.push(format!("{} uses {way}", path.display()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui");
    let mut found = Vec::new();
    look(&root.join("pane"), &mut found);
    look(&root.join("editor"), &mut found);
    assert!(
        found.is_empty(),
        "these panic outside of the screen; `Canvas::set_within` does not: {found:#?}"
    );
}
