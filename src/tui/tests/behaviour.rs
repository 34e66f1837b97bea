//! What keys do: preview, pipeline, palette, questions, focus.

use super::*;
use crate::config::{Diagnostic, Diagnostics};
use crate::pipeline::{Backfill, EndReason, State};
use crate::tui::app::Focus;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

fn status(harness: &mut Harness, state: State) {
    let status = canned::status(state, 1_000, 500, false);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
}

#[test]
fn the_preview_follows_the_text_without_saving() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.sees("\"word\": \"plain\"");
    harness.keys("<ctrl-o>jinja<enter><ctrl-end>MARKfreshMARK");
    harness.sees("\"word\": \"fresh\"");
    assert_eq!(harness.read("templates/page.json.jinja"), canned::TEMPLATE);
}

#[test]
fn typing_on_asks_for_one_preview_only() {
    let mut harness = Harness::open(120, 40, "dark");
    for c in "abc".chars() {
        harness.send(AppEvent::Key(KeyEvent::new(
            KeyCode::Char(c),
            KeyModifiers::NONE,
        )));
        harness.now += Duration::from_millis(50);
        harness.send(AppEvent::Tick);
        assert!(quiet(harness.app.take_effects()).is_empty());
    }
    harness.now += Duration::from_millis(50);
    harness.send(AppEvent::Tick);
    let effects = quiet(harness.app.take_effects());
    assert!(matches!(effects[..], [Effect::Preview(_)]), "{effects:?}");
}

/// What is done besides keeping what is not saved.
fn quiet(effects: Vec<Effect>) -> Vec<Effect> {
    let recovery = |effect: &Effect| matches!(effect, Effect::Recovery(_));
    effects.into_iter().filter(|one| !recovery(one)).collect()
}

#[test]
fn a_late_result_of_an_older_text_is_not_shown() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter>");
    harness.send(AppEvent::Key(key("x")));
    harness.now += Duration::from_millis(100);
    harness.send(AppEvent::Tick);
    let Some(Effect::Preview(request)) = harness.app.take_effects().pop() else {
        panic!("no preview");
    };
    let mut late = canned::preview(&request);
    late.events.clear();
    harness.send(AppEvent::Key(key("y")));
    harness.send(AppEvent::Preview(Box::new(late)));
    harness.sees("\"word\": \"plain\"");
}

#[test]
fn what_lags_behind_says_so_after_a_while() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.send(AppEvent::Key(key("x")));
    harness.sees_not("working the preview out");
    harness.now += Duration::from_millis(400);
    harness.send(AppEvent::Tick);
    harness.sees("working the preview out");
    harness.until_idle().sees_not("working the preview out");
}

#[test]
fn problems_stand_under_their_line_and_the_events_stay() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<down><down><down><down><down><home>BROKEN");
    harness.sees("╰ `cron` has no option `BROKEN`");
    harness
        .sees("✗ generator.yml:6:7")
        .sees("as it was before the problems");
    harness.sees("✗ 1 error").sees("▲ 1 warning");
    harness.keys("<ctrl-z>").sees_not("╰").sees("✓ no problems");
}

#[test]
fn the_next_problem_is_found_and_enter_goes_there() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<down><down><down><down><down><home>BROKEN<ctrl-home>");
    harness.keys("<ctrl-n>").sees("6:7");
    harness.keys("<ctrl-n>").sees("20:11");
    harness.keys("<ctrl-n>").sees("6:7");
    harness.keys("<alt-4><down><enter>").sees("20:11");
    assert_eq!(harness.app.focus, Focus::Editor);
}

#[test]
fn a_failure_in_a_template_leads_to_its_place() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-o>jinja<enter><ctrl-end>FAIL<ctrl-o>generator<enter>");
    harness.sees("✗ templates/page.json.jinja:5:15");
    harness
        .keys("<ctrl-n>")
        .sees("▸ templates/page.json.jinja")
        .sees("5:15");
    harness.sees("╰ `row` has no attribute `pth`: did you mean");
}

#[test]
fn running_and_stopping() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r>");
    status(&mut harness, State::Running);
    harness.sees("● running").sees("ev/s").sees("500 events");
    assert_eq!(harness.specs[0].seed, Some(7));
    assert!(harness.specs[0].parameters.live_mode);
    harness.keys("<ctrl-r>").sees("◌ stopping");
    status(&mut harness, State::Ended(EndReason::Stopped));
    harness.sees("○ stopped");
    assert_eq!(harness.done, ["start web-access", "stop web-access"]);
    harness.keys("<esc><alt-4>m<ctrl-r>");
    assert!(!harness.specs[1].parameters.live_mode);
}

#[test]
fn a_run_is_changed_while_it_works() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<esc><alt-4> ").sees("no pipeline is running");
    harness.keys("<ctrl-r>");
    status(&mut harness, State::Running);
    harness.keys(" ").sees("‖ paused").sees("paused");
    harness.keys(" ").sees("● running");
    harness.keys("..").sees("×4").keys(",,,").sees("×0.5");
    // In the events, `/` searches.
    harness.keys("<alt-1>**/*").sees("gain 4");
    assert_eq!(
        harness.done.last().map(String::as_str),
        Some("control web-access: Gain(4.0)")
    );
    let mut sample = canned::status(State::Running, 2_000, 100, false);
    sample.stats.backfill = Some(Backfill {
        from_us: 0,
        until_us: 1_000,
        done: false,
    });
    sample.stats.position_us = Some(430);
    sample.stats.lag = Duration::from_millis(2_500);
    sample.stats.settings.rate_limit = Some(100.0);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(sample))));
    harness
        .sees("backfill 43 %")
        .sees("≤ 100/s")
        .sees("2.5 s late")
        .sees_not("gain");
}

#[test]
fn the_mode_decides_about_timestamps_in_the_past() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<esc><alt-3>");
    harness.app.take_effects();
    harness.send(AppEvent::Key(key("m")));
    harness.now += Duration::from_millis(100);
    harness.send(AppEvent::Tick);
    let effects = harness.app.take_effects();
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Preview(request) => Some(request.parameters.live_mode),
        _ => None,
    });
    assert_eq!(asked, Some(false), "{effects:?}");
}

#[test]
fn the_window_of_timestamps_moves_and_comes_back_to_now() {
    let mut harness = Harness::open(200, 50, "dark");
    harness.keys("<esc><alt-3>");
    harness.app.take_effects();
    let mut asked = |name: &str| {
        harness.send(AppEvent::Key(key(name)));
        harness.now += Duration::from_millis(100);
        harness.send(AppEvent::Tick);
        let effects = harness.app.take_effects();
        let request = effects.iter().find_map(|effect| match effect {
            Effect::Preview(request) => Some((request.from_us, request.span_s)),
            _ => None,
        });
        let shown = harness.text();
        (request.expect("a preview"), shown)
    };
    let start_us = canned::moment(0).instant_us();
    let hour_us = 3_600 * crate::time::SECOND_US;
    let (request, shown) = asked(">");
    assert_eq!(request, (Some(start_us + hour_us), 3_600));
    assert!(shown.contains("hour from 2026-11-21 09:30:00"), "{shown}");
    assert_eq!(asked("<").0, (Some(start_us - hour_us), 3_600));
    for _ in 0..4 {
        asked("+");
    }
    let (request, shown) = asked("+");
    assert_eq!(request, (Some(start_us - hour_us), 31_536_000));
    assert!(shown.contains("year from"), "{shown}");
    let (request, shown) = asked("r");
    assert_eq!(request, (None, 31_536_000));
    assert!(shown.contains("next year"), "{shown}");
}

#[test]
fn why_a_pipeline_could_not_start_stays_to_be_read() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r>");
    let why = Diagnostic::error("cannot create the folder of file out/x.log", None);
    harness.send(AppEvent::Pipeline(PipelineEvent::Refused(
        "the project has errors".to_owned(),
        Diagnostics(vec![why]),
    )));
    harness.now += Duration::from_secs(7);
    harness.send(AppEvent::Tick);
    harness.sees("○ could not start").sees_not("no errors");
    harness.keys("<ctrl-t>").sees("folder of file out/x.log");
}

#[test]
fn errors_of_a_run_name_files_as_the_project_does() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r><ctrl-t>");
    let root = harness.app.project.as_ref().unwrap().root.clone();
    let mut status = canned::status(State::Running, 1_000, 500, true);
    status.stats.errors[0].message = format!("{}: bad", root.join("a.jinja").display());
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    harness.sees("event page  a.jinja: bad");
}

#[test]
fn the_next_key_ends_a_message_but_not_a_warning() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-z>").sees("nothing to undo");
    harness.keys("<right>").sees_not("nothing to undo");
    harness.app.update(
        AppEvent::Unwatched("too many files".to_owned()),
        harness.now,
    );
    harness.keys("<right>").sees("! changes made elsewhere");
}

#[test]
fn a_key_with_ctrl_answers_no_question() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x<ctrl-q>").sees("Discard and quit");
    harness.keys("<ctrl-d><ctrl-s>").sees("Discard and quit");
    harness.sees("Esc Cancel").keys("D");
    assert_eq!(harness.app.exit(), Some(0));
}

#[test]
fn why_there_is_no_timestamp_is_said_in_full() {
    let mut harness = Harness::open(120, 40, "dark");
    let schedule = harness.app.preview.schedule.as_mut().unwrap();
    schedule.nothing =
        Some("all timestamps lie before now, and `skip_past` leaves them out".to_owned());
    harness.sees("leaves them out");
}

#[test]
fn lines_that_are_cut_are_marked_at_the_edge() {
    let mut harness = Harness::open(40, 12, "dark");
    harness.keys("<ctrl-e>").sees_not("›");
    harness
        .keys("0123456789東京東京東京東京東京<home>")
        .sees("›");
    let rows = harness.text();
    assert_eq!(
        rows.matches('›').count(),
        rows.matches("0123456789").count()
    );
    harness.sees_not("‹");
    harness.keys("<end>").sees("‹").sees_not("›");
    // Wherever the cursor is, it is on no mark.
    for _ in 0..60 {
        harness.keys("<left>");
        let (screen, cursor) = harness.draw();
        let symbol = screen[cursor.unwrap()].symbol();
        assert!(!["‹", "›"].contains(&symbol), "{}", harness.text());
    }
    harness.sees("›").sees_not("‹");
}

fn finished_with(harness: &mut Harness, events: u64) {
    harness.keys("<ctrl-r>");
    let ended = State::Ended(EndReason::Finished);
    let status = canned::status(ended, 1_000, events, false);
    harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
}

#[test]
fn a_live_run_that_has_nothing_ahead_says_so() {
    let hint = "0 events: nothing lies ahead; m outside the editor: sample mode";
    let mut harness = Harness::open(80, 24, "dark");
    finished_with(&mut harness, 0);
    harness.sees(hint);
    finished_with(&mut harness, 5);
    harness.sees("the pipeline finished").sees_not("lies ahead");
    // What the heading of the details says stays when the message is gone.
    finished_with(&mut harness, 0);
    harness.now += Duration::from_secs(7);
    harness.send(AppEvent::Tick);
    harness
        .keys("<ctrl-t>")
        .sees("finished: nothing lies ahead");
    harness.keys("<alt-4>m");
    finished_with(&mut harness, 0);
    harness.sees("the pipeline finished").sees_not("lies ahead");
}

#[test]
fn sample_mode_is_no_advice_where_it_gives_nothing_either() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.preview.events.clear();
    let schedule = harness.app.preview.schedule.as_mut().unwrap();
    schedule.nothing = Some("no input has any timestamp to give".to_owned());
    finished_with(&mut harness, 0);
    harness
        .sees("0 events: no input has any timestamp to give")
        .sees_not("sample mode");
}

#[test]
fn unsaved_changes_are_asked_about_before_a_run() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x<ctrl-r>").sees("Save and run");
    assert!(harness.done.is_empty());
    harness.keys("<esc>").sees_not("Save and run");
    harness.keys("<ctrl-r>s");
    assert_eq!(harness.done, ["start web-access"]);
    assert!(harness.read("generator.yml").starts_with("x# A web"));
}

#[test]
fn a_run_that_cannot_start_says_why() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.refuse = Some(Diagnostics(vec![Diagnostic::error(
        "there is no sample `pages`",
        None,
    )]));
    harness
        .keys("<ctrl-r>")
        .sees("could not start")
        .sees("there is no sample `pages`");
    harness.keys("<ctrl-r>").sees("● running");
}

#[test]
fn quitting_asks_only_when_something_would_be_lost() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-q>");
    assert_eq!(harness.app.exit(), Some(0));

    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x<ctrl-q>").sees("not saved").keys("c");
    assert_eq!(harness.app.exit(), None);
    harness.keys("<ctrl-q>d");
    assert_eq!(harness.app.exit(), Some(0));
    assert_eq!(harness.read("generator.yml"), canned::DOCUMENT);

    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("x<ctrl-q>s");
    assert_eq!(harness.app.exit(), Some(0));
    assert!(harness.read("generator.yml").starts_with('x'));
}

#[test]
fn all_answers_are_seen_on_a_small_screen() {
    let mut harness = Harness::open(30, 6, "dark");
    harness
        .keys("x<ctrl-q>")
        .sees("▸Save and quit [s]")
        .sees("Discard and quit [d]")
        .sees("Cancel [c]");
    harness.resize(30, 4).keys("<tab><tab>").sees("▸Cancel [c]");
    harness.resize(60, 6).sees("Save and quit [s]").sees("[c]");
}

#[test]
fn signals_end_with_their_code() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.send(AppEvent::Signal(15));
    assert_eq!(harness.app.exit(), Some(143));
}

#[test]
fn commands_that_cannot_run_say_why() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-p>abort").sees("no pipeline is running");
    harness
        .keys("<enter>")
        .sees("Abort the pipeline: no pipeline is running");
}

#[test]
fn spans_change_what_is_asked_for() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.sees("next hour");
    harness.keys("<alt-3>+").sees("next 6 hours");
    harness
        .keys("---")
        .sees("next minute")
        .keys("-")
        .sees("next minute");
}

#[test]
fn focus_goes_round_and_back_to_the_editor() {
    let mut harness = Harness::open(120, 40, "dark");
    let mut seen = Vec::new();
    for _ in 0..5 {
        harness.keys("<ctrl-w>");
        seen.push(harness.app.focus);
    }
    assert_eq!(
        seen,
        [
            Focus::Timestamps,
            Focus::Events,
            Focus::Files,
            Focus::Editor,
            Focus::Timestamps
        ]
    );
    harness.keys("<esc>");
    assert_eq!(harness.app.focus, Focus::Editor);
}

#[test]
fn copies_go_to_the_terminal_and_can_be_pasted() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-x><ctrl-end><ctrl-v>");
    assert_eq!(harness.done, ["copy # A web server's access log.\n"]);
    assert!(
        harness
            .buffer_text()
            .ends_with("overwrite}\n# A web server's access log.\n")
    );
    harness.keys("<alt-4><ctrl-c>");
    assert!(
        harness.done[1].starts_with("copy {\"at\""),
        "{:?}",
        harness.done
    );
    harness.send(AppEvent::Paste("never".to_owned()));
    assert!(
        !harness.buffer_text().contains("never"),
        "only the editor takes pasted text"
    );
    harness
        .keys("<esc>")
        .send(AppEvent::Paste("a\r\nb".to_owned()));
    assert!(harness.buffer_text().ends_with("\na\nb"));
}

#[test]
fn the_mouse_puts_the_cursor_and_the_keys() {
    let mut harness = Harness::open(120, 40, "dark");
    let mouse = |kind, column, row| {
        AppEvent::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    let editor = harness.app.layout().editor.unwrap();
    let down = MouseEventKind::Down(MouseButton::Left);
    harness.send(mouse(down, editor.x + 5 + 2, editor.y + 3));
    assert_eq!(harness.app.buffer().unwrap().place(), (3, 3));
    harness.send(mouse(
        MouseEventKind::Drag(MouseButton::Left),
        editor.x + 5 + 5,
        editor.y + 3,
    ));
    assert_eq!(harness.app.buffer().unwrap().selected().unwrap(), "put");
    let events = harness.app.layout().events.unwrap();
    harness.send(mouse(down, events.x + 1, events.y + 2));
    assert_eq!(harness.app.focus, Focus::Events);
    // Places that no screen has must not matter.
    harness.send(mouse(down, u16::MAX, u16::MAX));
    harness.send(mouse(MouseEventKind::ScrollDown, u16::MAX, 0));
}

#[test]
fn messages_go_away_by_themselves() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-s>").sees("saved generator.yml");
    let deadline = harness.app.deadline().unwrap();
    harness.now = deadline;
    harness.send(AppEvent::Tick);
    harness.sees_not("saved generator.yml");
    assert_eq!(
        harness.app.deadline(),
        None,
        "nothing wakes an idle application"
    );
}

#[test]
fn nothing_is_drawn_when_nothing_changed() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.take_changed();
    harness.send(AppEvent::Tick);
    assert!(!harness.app.take_changed());
}

/// `port` found "Wrap lines" by scattered letters before the command whose name has it.
#[test]
fn a_name_that_has_what_was_typed_comes_before_scattered_letters() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-p>portab");
    let title = crate::tui::command::Command::get(crate::tui::command::Id::Portability)
        .unwrap()
        .title;
    harness.sees(&format!("▸ {title}"));
    harness.keys("<bs><bs>").sees(&format!("▸ {title}"));
}
