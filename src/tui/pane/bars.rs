//! Title, status and hints.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::Line;
use crate::tui::app::{Action, App, Dialog, Focus, Overlay, Phase, Screen};
use crate::tui::command::{self, Command, Id};
use crate::tui::editor::Field;
use crate::tui::editor::vim::{Mode, Vim};
use crate::tui::key::Chord;
use crate::tui::text;

/// What it is and how the pipeline does.
pub fn title(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    screen.set_style(area, theme.bar);
    let mut line = Line::new(area, screen);
    line.put(" evtui ", theme.hint_key);
    let Some(project) = &app.project else {
        return;
    };
    line.put("  ", theme.bar).put(&project.name, theme.bar);
    if project.missing.is_some() {
        line.put("  gone from the disk", on_bar(app, theme.error));
    }
    let mode = if app.pipeline.live { "live" } else { "sample" };
    let (sign, state, style) = match &app.pipeline.phase {
        Phase::Idle => ("○", "not running".to_owned(), theme.bar),
        Phase::Starting => ("◌", "starting".to_owned(), on_bar(app, theme.warn)),
        Phase::Running if app.pipeline.stats.settings.paused => {
            ("‖", "paused".to_owned(), on_bar(app, theme.warn))
        }
        Phase::Running => (
            "●",
            format!("running {}", text::clock(app.pipeline.stats.uptime)),
            on_bar(app, theme.ok),
        ),
        Phase::Stopping => ("◌", "stopping".to_owned(), on_bar(app, theme.warn)),
        Phase::Ended(why, well) => {
            let style = if *well {
                theme.bar
            } else {
                on_bar(app, theme.error)
            };
            (
                "○",
                text::fit(why.split(':').next().unwrap_or(why), 20),
                style,
            )
        }
    };
    line.right(&format!("{sign} {state} "), style);
    line.right(&format!("{mode}  "), theme.bar);
}

/// A style's colour on the bar.
pub fn on_bar(app: &App, style: Style) -> Style {
    let mut out = style;
    out.bg = app.theme.bar.bg;
    out.add_modifier |= app.theme.bar.add_modifier;
    out
}

/// The latest message, or where the cursor is and how many problems there are.
pub fn status(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    screen.set_style(area, theme.bar);
    let mut line = Line::new(area, screen);
    line.put(" ", theme.bar);
    let design = app.screen == Screen::Design;
    if let Some(mode) = app.mode().filter(|_| design && app.buffer().is_some()) {
        line.put(mode.label(), theme.hint_key).put("  ", theme.bar);
        if let Some(name) = app.vim().and_then(Vim::recorded) {
            let words = format!("recording @{name}");
            line.put(&words, on_bar(app, theme.warn))
                .put("  ", theme.bar);
        }
    }
    if let Some(buffer) = app.buffer().filter(|_| design) {
        let (row, column) = buffer.place();
        line.right(&format!("{row}:{column} "), theme.bar);
        line.right(&format!("{}  ", buffer.language.label()), theme.bar);
        if let Some(keys) = app.vim().map(Vim::pending).filter(|keys| !keys.is_empty()) {
            line.right(&format!("{keys}  "), theme.hint_key);
        }
        if buffer.read_only.is_some() {
            line.right("read-only  ", on_bar(app, theme.warn));
        }
    }
    if app.low_bandwidth() {
        line.right("low bandwidth  ", on_bar(app, theme.warn));
    }
    if let Some(toast) = app.toasts.last() {
        super::notices::toast(app, toast, &mut line);
        return;
    }
    if app.project.is_none() || !design {
        if let Some(why) = app.trouble() {
            let style = on_bar(app, theme.warn);
            let room = line.room().saturating_sub(4);
            line.put("! ", style).put(&text::fit(why, room), style);
        }
        return;
    }
    let (errors, all) = (app.preview.errors(), app.preview.problems.len());
    if errors > 0 {
        line.put(
            &format!("✗ {} ", text::count(errors, "error")),
            on_bar(app, theme.error),
        );
    }
    if all > errors {
        line.put(
            &format!("▲ {} ", text::count(all - errors, "warning")),
            on_bar(app, theme.warn),
        );
    }
    if all == 0 && app.preview.took.is_some() {
        line.put("✓ no problems ", on_bar(app, theme.ok));
    }
    if let Some(why) = app.trouble() {
        let room = line.room().saturating_sub(4);
        line.put("! ", on_bar(app, theme.warn))
            .put(&text::fit(why, room), on_bar(app, theme.warn));
    } else if app.preview.stale {
        line.put("… working the preview out", theme.bar);
    } else if let Some(took) = app.preview.took.filter(|_| line.room() > 40) {
        line.put(
            &format!(" preview in {:.0} ms", took.as_secs_f64() * 1e3),
            theme.bar,
        );
    }
}

/// Stands behind the keys that were pressed of a sequence.
const THEN: &str = "then";

/// A key and what it does.
struct Hint {
    key: String,
    title: String,
    /// The command that a click runs.
    id: Option<Id>,
}

/// The keys that matter where one is.
fn hint_list(app: &App) -> Vec<Hint> {
    match app.overlays.last() {
        Some(Overlay::Help(_)) => pairs(&[("↑ ↓", "Choose"), ("Enter", "Run"), ("Esc", "Close")]),
        Some(Overlay::Palette(_)) => {
            pairs(&[("↑ ↓", "Choose"), ("Enter", "Take"), ("Esc", "Close")])
        }
        Some(Overlay::Dialog(dialog)) => dialog_hints(app, dialog),
        // The hints that the labels stand before.
        Some(Overlay::Jump(_)) => screen_or_pane_hints(app),
        Some(Overlay::Tour(_)) => pairs(&[("Enter", "Next"), ("←", "Back"), ("Esc", "Skip")]),
        Some(Overlay::Difference(_)) => pairs(&[("↑ ↓", "Scroll"), ("Esc", "Back")]),
        Some(Overlay::Prompt(prompt)) if prompt.offered.is_empty() => {
            pairs(&[("Enter", "Take"), ("Esc", "Cancel")])
        }
        Some(Overlay::Prompt(_)) => {
            pairs(&[("↑ ↓", "Choose"), ("Enter", "Take"), ("Esc", "Cancel")])
        }
        None if !app.pending.keys.is_empty() => pending_hints(app),
        None => screen_or_pane_hints(app),
    }
}

/// The keys that matter where nothing lies over the screen.
fn screen_or_pane_hints(app: &App) -> Vec<Hint> {
    if app.screen != Screen::Design {
        return screen_hints(app);
    }
    match &app.start {
        Some(start) if start.is_empty() => {
            pairs(&[("n", "New project"), ("?", "Help"), ("q", "Quit")])
        }
        Some(_) => pairs(&[
            ("↑ ↓", "Choose"),
            ("Enter", "Open"),
            ("n", "New project"),
            ("?", "Help"),
            ("q", "Quit"),
        ]),
        None => pane_hints(app),
    }
}

/// The hints that fit, with their places. How to quit is among them wherever it is listed: who is lost
/// looks for that.
fn placed(app: &App, area: Rect) -> Vec<(Rect, Hint)> {
    let mut x = area.x.saturating_add(1);
    let mut out = Vec::new();
    let list = hint_list(app);
    let wide = |hint: &Hint| text::width(&hint.key) + text::width(&hint.title) + 3;
    let must = |hint: &Hint| hint.id == Some(Id::Quit);
    let mut kept = list.iter().find(|hint| must(hint)).map_or(0, wide);
    let mut full = false;
    for hint in list {
        let wide = wide(&hint);
        if must(&hint) {
            kept = 0;
        }
        let room = usize::from(area.right().saturating_sub(x));
        full |= wide + kept > room;
        if full && !must(&hint) || wide > room {
            continue;
        }
        let width = u16::try_from(wide).unwrap_or(u16::MAX);
        let height = area.height.min(1);
        out.push((
            Rect {
                x,
                width,
                height,
                ..area
            },
            hint,
        ));
        x = x.saturating_add(width);
    }
    out
}

/// Where hints of commands stand, and which they are.
pub fn hint_places(app: &App, area: Rect) -> Vec<(Rect, Option<Id>)> {
    let placed = placed(app, area).into_iter();
    placed.map(|(place, hint)| (place, hint.id)).collect()
}

/// The key that a click on a hint stands for, where the hint is no command's.
pub fn hint_press(app: &App, area: Rect, at: Position) -> Option<KeyEvent> {
    let placed = placed(app, area).into_iter();
    let (_, hint) = placed
        .into_iter()
        .find(|(place, hint)| place.contains(at) && hint.id.is_none())?;
    // The first one while a sequence is begun tells what was pressed.
    let told = hint.title == THEN;
    Chord::of_label(&hint.key)
        .filter(|_| !told)
        .map(Chord::event)
}

/// The keys that matter where one is.
pub fn hints(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    screen.set_style(area, theme.bar);
    for (place, hint) in placed(app, area) {
        Line::new(place, screen)
            .put(&hint.key, theme.hint_key)
            .put(" ", theme.bar)
            .put(&hint.title, theme.bar);
    }
}

/// What was pressed of a sequence, then what can follow.
fn pending_hints(app: &App) -> Vec<Hint> {
    let pressed = crate::tui::keymap::label(&app.pending.keys);
    let mut out = pairs(&[(&pressed, THEN), ("Esc", "Cancel")]);
    let next = app.following().into_iter();
    out.extend(next.map(|(key, title)| Hint {
        key,
        title,
        id: None,
    }));
    out
}

fn pairs(list: &[(&str, &str)]) -> Vec<Hint> {
    list.iter()
        .map(|(key, title)| Hint {
            key: (*key).to_owned(),
            title: (*title).to_owned(),
            id: None,
        })
        .collect()
}

/// Only keys that do something: there is nothing to choose from one answer, and some questions have
/// no way out but an answer.
fn dialog_hints(app: &App, dialog: &Dialog) -> Vec<Hint> {
    let mut out = Vec::new();
    if super::reach(app).last > 0 {
        out.extend(pairs(&[("PgDn", "Read on")]));
    }
    if dialog.choices.len() > 1 {
        out.extend(pairs(&[("← →", "Choose")]));
    }
    out.extend(pairs(&[("Enter", "Take")]));
    if let Some(choice) = dialog.way_out().and_then(|index| dialog.choices.get(index)) {
        let later = choice.action != Action::Nothing;
        out.extend(pairs(&[("Esc", if later { "Later" } else { "Cancel" })]));
    }
    out
}

/// The commands of the shown screen that have a plain key, then those of all such screens.
fn screen_hints(app: &App) -> Vec<Hint> {
    let contexts = app.place().contexts();
    let own = command::all().filter(|one| one.context == contexts[0]);
    let general = [Id::Back, Id::NextScreen, Id::Palette, Id::Help, Id::Quit];
    // Where a terminal begins and ends, how to leave comes first.
    let way_out = |one: &&Command| one.id == Id::OverviewBack && app.is_watcher();
    let first = command::all().filter(move |one| way_out(one) && app.screen == Screen::Overview);
    let own = own.filter(move |one| !way_out(one));
    first
        .chain(own)
        .filter(|one| (one.available)(app).is_ok())
        .chain(general.into_iter().filter_map(Command::get))
        .map(|command| Hint {
            key: app.keymap.label_at(command.id, app.place()),
            title: match command.id {
                Id::OverviewBack => app.overview_back_title().to_owned(),
                _ => command.title.to_owned(),
            },
            id: Some(command.id),
        })
        .filter(|hint| !hint.key.is_empty())
        .collect()
}

/// Keys while a search is open.
fn find_hints(app: &App) -> Vec<Hint> {
    let find = app.buffer().and_then(|buffer| buffer.find.as_ref());
    let replacing = find.is_some_and(|find| find.with.is_some());
    let on_replacement = find.is_some_and(|find| replacing && find.field == Field::Replace);
    let mut out = if on_replacement {
        pairs(&[("Enter", "Replace")])
    } else {
        pairs(&[("Enter", "Next"), ("↑", "Before")])
    };
    if replacing {
        out.extend(pairs(&[("Tab", "Other line")]));
    }
    out.extend(pairs(&[("Esc", "Close")]));
    let more: &[(Id, &str)] = if replacing {
        &[
            (Id::ReplaceAll, "Replace all"),
            (Id::FindRegex, "Regex"),
            (Id::FindCase, "Case"),
        ]
    } else {
        &[
            (Id::Replace, "Replace"),
            (Id::FindRegex, "Regex"),
            (Id::FindCase, "Case"),
            (Id::FindWord, "Words"),
        ]
    };
    out.extend(more.iter().map(|(id, title)| Hint {
        key: app.keymap.label(*id),
        title: (*title).to_owned(),
        id: Some(*id),
    }));
    out
}

fn pane_hints(app: &App) -> Vec<Hint> {
    let own: &[(&str, &str)] = match app.focus {
        Focus::Editor if app.buffer().is_some_and(|buffer| buffer.find.is_some()) => {
            return find_hints(app);
        }
        Focus::Editor => match app.mode() {
            Some(Mode::Normal) => &[("i", "Insert"), (":w", "Save"), (":q", "Close")],
            Some(Mode::Insert) => &[("Esc", "Normal mode")],
            Some(Mode::Visual(_)) => &[("d y c > <", "Operators"), ("Esc", "Normal mode")],
            None => &[],
        },
        Focus::Pipeline => &[],
        Focus::Files => &[
            ("Enter", "Open"),
            ("n", "New"),
            ("r", "Rename"),
            ("d", "Delete"),
        ],
        Focus::Timestamps => &[("← →", "Cursor"), ("+ -", "Span"), ("[ ]", "Move now")],
        Focus::Events => super::events::hints(app),
    };
    let vim = app.focus == Focus::Editor && app.mode().is_some();
    let ids: &[Id] = match app.focus {
        Focus::Editor if vim => &[Id::Save, Id::Palette, Id::Help, Id::NextPane, Id::Quit],
        Focus::Editor => &[
            Id::Save,
            Id::RunStop,
            Id::Palette,
            Id::Help,
            Id::NextPane,
            Id::Quit,
            Id::QuickOpen,
            Id::Find,
            Id::Undo,
        ],
        Focus::Files => &[
            Id::RunStop,
            Id::Palette,
            Id::Help,
            Id::NextPane,
            Id::Quit,
            Id::Zoom,
        ],
        _ => &[
            Id::RunStop,
            Id::Palette,
            Id::Help,
            Id::NextPane,
            Id::Quit,
            Id::Refresh,
            Id::Zoom,
        ],
    };
    let mut out = pairs(own);
    for id in ids {
        let Some(command) = Command::get(*id) else {
            continue;
        };
        let title = match id {
            Id::RunStop if app.pipeline.active() => "Stop",
            Id::RunStop => "Run",
            _ => command.title,
        };
        let key = app.keymap.label_at(*id, app.place());
        if !key.is_empty() {
            out.push(Hint {
                key,
                title: title.to_owned(),
                id: Some(*id),
            });
        }
    }
    out
}
