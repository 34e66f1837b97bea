//! Leaving while generators run, here or in another process.

use super::*;
use crate::instance::{Link, Peer};
use crate::pipeline::State;
use crate::tui::app::Screen;
use crate::tui::event::InstanceNews;

fn running() -> Harness {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r>");
    let status = canned::status(State::Running, 1_000, 500, false);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness
}

fn news(harness: &mut Harness, news: InstanceNews) {
    harness.send(AppEvent::Instance(news)).until_idle();
}

fn apart(harness: &mut Harness) {
    let peer = Peer {
        name: "default".to_owned(),
        pid: 7,
        ..Peer::default()
    };
    news(harness, InstanceNews::Link(Link::Up(peer)));
}

#[test]
fn what_runs_here_is_stopped() {
    let mut harness = running();
    harness
        .keys("<ctrl-q>")
        .sees("web-access is running")
        .sees("then it stops")
        .sees_not("Keep running");
    harness.keys("t");
    assert_eq!(harness.done.last().unwrap(), "shut down");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn what_runs_apart_goes_on_unless_that_is_not_wanted() {
    let mut harness = running();
    apart(&mut harness);
    harness
        .keys("<ctrl-q>")
        .sees("▸Keep running [k]")
        .sees("it goes on")
        .keys("<esc>");
    assert_eq!(harness.app.exit(), None);
    harness.keys("<ctrl-q>k");
    assert_eq!(harness.app.exit(), Some(0));
    assert_eq!(harness.done.last().unwrap(), "start web-access");

    let mut harness = running();
    apart(&mut harness);
    harness.keys("<ctrl-q>t");
    assert_eq!(harness.done.last().unwrap(), "shut down");
}

#[test]
fn unsaved_changes_are_asked_for_first() {
    let mut harness = running();
    apart(&mut harness);
    harness
        .keys("x<ctrl-q>")
        .sees("not saved")
        .sees_not("is running.");
    harness.keys("d").sees("web-access is running.").keys("k");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn the_question_follows_what_runs() {
    let mut harness = running();
    apart(&mut harness);
    harness.keys("<ctrl-q>").sees("web-access is running");
    let ids = |ids: &[&str]| InstanceNews::Running(ids.iter().map(|id| (*id).to_owned()).collect());
    news(&mut harness, ids(&["a", "b", "c", "d", "web-access"]));
    harness.sees("web-access, a, b, c and 1 more are running");
    harness.keys("<esc>");
    // What was stopped here is not taken for running because the news is old.
    let status = canned::status(
        State::Ended(crate::pipeline::EndReason::Stopped),
        1_000,
        1,
        false,
    );
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    news(&mut harness, ids(&["web-access"]));
    harness.keys("<ctrl-q>");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn stopping_shows_how_far_it_is_and_can_be_cut_short() {
    let mut harness = running();
    apart(&mut harness);
    harness.send(AppEvent::Key(key("ctrl-q")));
    harness.send(AppEvent::Key(KeyEvent::new(
        KeyCode::Char('t'),
        KeyModifiers::NONE,
    )));
    // The answer is on its way.
    drop(harness.app.take_effects());
    harness
        .sees("Delivering what is queued")
        .sees("1 still at work: web-access");
    let ids = vec!["a".to_owned(), "b".to_owned()];
    news(&mut harness, InstanceNews::Running(ids));
    harness.sees("still at work").sees("a, b");
    harness.keys("a");
    assert_eq!(harness.done.last().unwrap(), "abort all");

    let why = "the process does not answer".to_owned();
    harness.send(AppEvent::Pipeline(PipelineEvent::NotStopped(why)));
    harness
        .until_idle()
        .sees("does not answer")
        .sees_not("Delivering");
    assert_eq!(harness.app.exit(), None);
}

#[test]
fn trouble_stays_in_sight() {
    let mut harness = running();
    apart(&mut harness);
    let why = "not answering since 12:00:00 (process 7)".to_owned();
    news(&mut harness, InstanceNews::Silent(Some(why)));
    harness.now += Duration::from_secs(60);
    harness
        .send(AppEvent::Tick)
        .until_idle()
        .sees("! not answering since 12:00:00");
    news(&mut harness, InstanceNews::Silent(None));
    harness.sees_not("not answering");
    let why = "pipelines end with this terminal: no socket".to_owned();
    news(&mut harness, InstanceNews::Here(why));
    harness.now += Duration::from_secs(60);
    harness
        .send(AppEvent::Tick)
        .until_idle()
        .sees("! pipelines end with this terminal");
}

#[test]
fn what_is_gone_does_not_hold_anybody_back() {
    let mut harness = running();
    apart(&mut harness);
    let why = "the background process (7) is gone, and its generators with it".to_owned();
    let gone = Link::Gone {
        why,
        since_us: 0,
        orderly: false,
    };
    news(&mut harness, InstanceNews::Link(gone));
    harness.sees("is gone, and its generators with it");
    // It can be started again at once.
    harness.keys("<ctrl-r>");
    assert_eq!(harness.done.last().unwrap(), "start web-access");
    harness.keys("<ctrl-r>");
    assert_eq!(harness.done.last().unwrap(), "stop web-access");
    let ended = State::Ended(crate::pipeline::EndReason::Stopped);
    let status = canned::status(ended, 1_000, 1, false);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness.keys("<ctrl-q>");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn a_process_that_ended_in_good_order_failed_nobody() {
    let mut harness = running();
    apart(&mut harness);
    let why = "the background process (7) ended at 13:05:12, its generators are stopped";
    let ended = Link::Gone {
        why: why.to_owned(),
        since_us: 0,
        orderly: true,
    };
    news(&mut harness, InstanceNews::Silent(Some(why.to_owned())));
    news(&mut harness, InstanceNews::Link(ended.clone()));
    harness
        .sees("ended at 13:05:12")
        .sees("○ stopped")
        .sees_not("failed")
        .sees_not("is gone");
    harness.keys("<ctrl-q>");
    assert_eq!(harness.app.exit(), Some(0));
    // The table says so, too, and not as a fault.
    let mut harness = attached();
    news(&mut harness, InstanceNews::Silent(Some(why.to_owned())));
    news(&mut harness, InstanceNews::Link(ended));
    let over = watched::generators()
        .into_iter()
        .map(|one| crate::instance::Overview {
            state: Some(State::Ended(crate::pipeline::EndReason::Stopped)),
            ..one
        });
    news(&mut harness, InstanceNews::Overview(over.collect()));
    harness
        .sees("ended at 13:05:12")
        .sees("stopped")
        .sees_not("✗");
}

/// A terminal that was opened on generators, as `evtui attach` does.
fn attached() -> Harness {
    let mut harness = Harness::with(tempfile::tempdir().unwrap(), None, 120, 40, "dark");
    harness.app.home = Screen::Overview;
    harness.app.show_screen(Screen::Overview);
    apart(&mut harness);
    news(&mut harness, InstanceNews::Overview(watched::generators()));
    let ids = watched::generators().into_iter().map(|one| one.id);
    news(&mut harness, InstanceNews::Running(ids.collect()));
    harness
}

#[test]
fn where_the_table_is_all_there_is_the_way_back_is_the_way_out() {
    let mut harness = attached();
    harness.sees("Esc Leave").keys("<esc>");
    assert_eq!(harness.app.screen, Screen::Overview);
    harness
        .sees("web-access, firewall are running")
        .sees("Keep running")
        .keys("<esc>");
    assert_eq!(
        (harness.app.exit(), harness.app.screen),
        (None, Screen::Overview)
    );
    // What is above the table goes first.
    harness.keys("<space>").sees("Esc Unmark").keys("<esc>");
    harness.sees("Esc Leave").sees_not("Keep running");
    harness.keys("<f2>").sees("Esc leaves");
    assert_eq!(harness.app.screen, Screen::Overview);
    harness.keys("2<esc>");
    assert_eq!(harness.app.screen, Screen::Overview);
    harness.keys("<esc>k");
    assert_eq!(harness.app.exit(), Some(0));
    // Where nothing runs it is asked as well.
    let mut harness = attached();
    news(&mut harness, InstanceNews::Running(Vec::new()));
    harness.keys("<esc>").sees("Nothing runs here").keys("q");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn what_has_ended_by_the_table_is_not_asked_about() {
    let ended = || {
        let over = |one| crate::instance::Overview {
            state: Some(State::Ended(crate::pipeline::EndReason::Stopped)),
            ..one
        };
        InstanceNews::Overview(watched::generators().into_iter().map(over).collect())
    };
    // The names of what runs are told less often than the table.
    let mut harness = attached();
    let table = ended();
    news(&mut harness, table);
    harness.keys("<ctrl-q>");
    assert_eq!(harness.app.exit(), Some(0));
    // The same while the question is there: there is nothing to be answered any more.
    let mut harness = attached();
    harness
        .keys("<ctrl-q>")
        .sees("web-access, firewall are running");
    let table = ended();
    news(&mut harness, table);
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn why_a_process_is_gone_is_told_whole_where_there_is_little_room() {
    let why = "the background process (7) is gone since 13:05:12, and its generators with it: start them again from their projects, with Ctrl-R";
    let mut harness = attached();
    harness.resize(80, 24);
    let rows = watched::generators()
        .into_iter()
        .map(|one| crate::instance::Overview {
            state: Some(State::Ended(crate::pipeline::EndReason::Failed(
                why.to_owned(),
            ))),
            ..one
        });
    news(&mut harness, InstanceNews::Overview(rows.collect()));
    harness
        .sees("✗ failed")
        .sees("is gone since 13:05:12")
        .sees("with Ctrl-R");
}

#[test]
fn what_is_said_of_an_instance_ends_with_a_sign_where_it_is_cut() {
    let why = "word ".repeat(60);
    let mut harness = attached();
    harness.resize(80, 24);
    news(&mut harness, InstanceNews::Silent(Some(why)));
    let text = harness.text();
    let line = text.lines().find(|line| line.contains("✗"));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    assert!(line.trim_end().ends_with('…'), "{line}");
}

#[test]
fn a_key_pressed_twice_by_habit_stops_nothing() {
    // `s` saves; the question that comes up then is about stopping, and has another letter for it.
    let mut harness = running();
    harness.keys("x<ctrl-q>ss").sees("web-access is running.");
    assert!(!harness.done.contains(&"shut down".to_owned()));
    // Enter twice: the first saves, the second takes the answer that stops nothing.
    let mut harness = running();
    harness.keys("x<ctrl-q><enter><enter>");
    assert!(!harness.done.contains(&"shut down".to_owned()));
    assert_eq!(harness.app.exit(), None);
    assert!(harness.read("generator.yml").starts_with('x'));
    // Stopping has a safe answer, too, and its own letter.
    let mut harness = running();
    apart(&mut harness);
    harness.send(AppEvent::Key(key("ctrl-q")));
    harness.send(AppEvent::Key(key("t")));
    drop(harness.app.take_effects());
    harness.sees("▸Wait [w]");
    harness.keys("<enter>t").sees("Delivering what is queued");
    assert!(!harness.done.contains(&"abort all".to_owned()));
}

#[test]
fn the_key_that_brought_a_question_up_does_not_destroy_at_once() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-1><down>").sees("━▸ Files");
    let shown = harness.app.project.as_ref().unwrap().shown().len();
    harness.keys("dd").sees("wait a moment");
    assert_eq!(harness.app.project.as_ref().unwrap().shown().len(), shown);
    harness.now += Duration::from_secs(2);
    harness.keys("d");
    assert!(harness.app.overlays.is_empty());
}

#[test]
fn the_table_begins_with_what_is_worked_on() {
    let mut harness = running();
    let mut all = watched::generators();
    all.reverse();
    harness.keys("<f2>");
    news(&mut harness, InstanceNews::Overview(all.clone()));
    assert_eq!(harness.app.monitor.chosen.as_deref(), Some("web-access"));
    // Whatever was looked at before.
    harness.app.monitor.choose_generator("firewall".to_owned());
    harness.keys("d<f2>");
    news(&mut harness, InstanceNews::Overview(all));
    assert_eq!(harness.app.monitor.chosen.as_deref(), Some("web-access"));
}
