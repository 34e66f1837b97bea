//! Pictures of every screen, as text and styles, and every size down to none.

use rstest::rstest;

use super::*;
use crate::pipeline::{EndReason, Outage, State};

fn running(harness: &mut Harness, errors: bool) {
    harness.keys("<ctrl-r>");
    for step in 0..30 {
        let rate = 100_000 + 40_000 * (step % 5);
        let status = canned::status(State::Running, step * 1_000, rate, errors);
        harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    }
    harness.now += Duration::from_secs(7);
    harness.send(AppEvent::Tick);
}

#[rstest]
fn main_screen(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let harness = Harness::open(size.0, size.1, theme);
    insta::assert_snapshot!(
        format!("main_{}x{}_{theme}", size.0, size.1),
        whole(&harness)
    );
}

#[rstest]
fn problems(
    #[values("dark", "mono")] theme: &str,
    #[values((80, 24), (120, 40))] size: (u16, u16),
) {
    let mut harness = Harness::open(size.0, size.1, theme);
    harness.keys("<down><down><down><down><down><home>BROKEN");
    insta::assert_snapshot!(
        format!("problems_{}x{}_{theme}", size.0, size.1),
        whole(&harness)
    );
}

#[rstest]
fn pipeline(#[values((80, 24), (120, 40), (200, 50))] size: (u16, u16)) {
    let mut harness = Harness::open(size.0, size.1, "dark");
    running(&mut harness, false);
    insta::assert_snapshot!(format!("running_{}x{}", size.0, size.1), harness.text());
    let mut harness = Harness::open(size.0, size.1, "dark");
    running(&mut harness, true);
    harness.keys("<ctrl-t>");
    insta::assert_snapshot!(format!("details_{}x{}", size.0, size.1), harness.text());
}

#[test]
fn a_template_with_a_failure() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter><ctrl-end>FAIL");
    insta::assert_snapshot!("failure_120x40", harness.text());
}

#[rstest]
fn over_the_panes(
    #[values("dark", "mono")] theme: &str,
    #[values((80, 24), (120, 40))] size: (u16, u16),
) {
    let name = |what: &str| format!("{what}_{}x{}_{theme}", size.0, size.1);
    let mut harness = Harness::open(size.0, size.1, theme);
    harness.keys("<f1>");
    insta::assert_snapshot!(name("help"), whole(&harness));
    harness.keys("<esc><ctrl-p>pipeline");
    insta::assert_snapshot!(name("palette"), whole(&harness));
    harness.keys("<esc>x<ctrl-q>");
    insta::assert_snapshot!(name("quit"), whole(&harness));
    harness.keys("<esc><ctrl-f>count");
    insta::assert_snapshot!(name("find"), whole(&harness));
}

#[rstest]
fn start(#[values((80, 24), (120, 40))] size: (u16, u16)) {
    let folder = tempfile::tempdir().unwrap();
    canned::write(&folder.path().join("web-access"));
    canned::write(&folder.path().join("sample-configs/hello"));
    let harness = Harness::with(folder, None, size.0, size.1, "dark");
    let shown = harness
        .text()
        .replace(&*harness.folder.path().to_string_lossy(), "FOLDER");
    // The folder's name has no fixed length; the rule before it has none either.
    let shown: Vec<&str> = shown
        .lines()
        .enumerate()
        .filter(|(index, _)| *index != 1)
        .map(|(_, line)| line)
        .collect();
    insta::assert_snapshot!(format!("start_{}x{}", size.0, size.1), shown.join("\n"));
}

#[test]
fn every_size_can_be_drawn() {
    let scripts = [
        "",
        "<down><down><down><down><down><home>BROKEN",
        "<f1>",
        "<ctrl-p>",
        "x<ctrl-q>",
        "<ctrl-f>cron",
        "<ctrl-e>",
        "<alt-1>",
        "<alt-3>",
        "<alt-4><ctrl-e>",
        "<alt-5>",
        "<ctrl-o>csv<enter>",
        "<ctrl-u>",
        "<ctrl-u>j",
        "<ctrl-u>s<ctrl-u>v",
        "<ctrl-u>p",
        "<f1>pane",
        "<ctrl-p>tour<enter><enter>",
        "<ctrl-p>nope",
        "<ctrl-u>q<ctrl-u>m",
        "<ctrl-p>@",
        "<ctrl-p>#",
    ];
    for script in scripts {
        let mut harness = Harness::open(100, 30, "dark");
        running(&mut harness, true);
        harness.keys(script);
        sweep::at_every_size(&mut harness, script);
    }
}

#[test]
fn the_end_of_a_run_is_told() {
    let mut harness = Harness::open(120, 40, "dark");
    running(&mut harness, false);
    harness.sees("ev/s").sees("● running");
    let ended = State::Ended(EndReason::Failed("output.file: no permission".to_owned()));
    let status = canned::status(ended, 30_000, 100_000, true);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness
        .sees("failed")
        .sees("3 errors")
        .sees("3,000,000 events");
}

#[rstest]
fn an_output_whose_target_is_down(#[values((80, 24), (120, 40))] size: (u16, u16)) {
    let mut harness = Harness::open(size.0, size.1, "dark");
    running(&mut harness, false);
    let mut status = canned::status(State::Running, 31_000, 100_000, false);
    let output = &mut status.stats.outputs[0];
    output.name = "http".to_owned();
    output.dead_lettered = 1_200;
    output.letters_kept = 1_200;
    output.outage = Some(Outage {
        open: true,
        attempts: 7,
        reason: "cannot reach logs.example.com:443: connection refused".to_owned(),
        lasted: Duration::from_millis(74_300),
        next: Some(Duration::from_millis(3_900)),
    });
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness.keys("<ctrl-t>");
    insta::assert_snapshot!(format!("outage_{}x{}", size.0, size.1), harness.text());
}

#[test]
fn a_terminal_that_was_resized_meanwhile_gets_what_it_has_room_for() {
    for (width, height) in [(120, 40), (3, 60), (200, 5), (1, 1)] {
        let mut harness = Harness::open(width, height, "dark");
        running(&mut harness, true);
        for (columns, rows) in [(120, 40), (3, 60), (5, 3), (1, 1), (200, 50), (0, 0)] {
            let mut screen = Buffer::empty(Rect::new(0, 0, columns, rows));
            let cursor = crate::tui::pane::draw(&harness.app, &mut screen);
            assert!(cursor.is_none_or(|position| screen.area.contains(position)));
        }
    }
}
