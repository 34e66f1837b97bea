//! Title, status and hints.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Line;
use crate::tui::app::{App, Dialog, Focus, Level, Overlay, Phase, Screen, Start};
use crate::tui::command::{self, Command, Id};
use crate::tui::editor::Field;
use crate::tui::editor::vim::{Mode, Vim};
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
fn on_bar(app: &App, style: Style) -> Style {
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
    if let Some(toast) = &app.toast {
        let (sign, style) = match toast.level {
            Level::Info => ("", theme.bar),
            Level::Warn => ("! ", on_bar(app, theme.warn)),
            Level::Error => ("✗ ", on_bar(app, theme.error)),
        };
        let room = line.room().saturating_sub(3);
        line.put(sign, style)
            .put(&text::fit(&toast.text, room), style);
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

/// The keys that matter where one is.
pub fn hints(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    screen.set_style(area, theme.bar);
    let mut line = Line::new(area, screen);
    line.put(" ", theme.bar);
    let hints: Vec<(String, &str)> = match app.overlays.last() {
        Some(Overlay::Help(_)) => pairs(&[("↑ ↓", "Scroll"), ("Esc", "Close")]),
        Some(Overlay::Palette(_)) => {
            pairs(&[("↑ ↓", "Choose"), ("Enter", "Take"), ("Esc", "Close")])
        }
        Some(Overlay::Dialog(dialog)) => dialog_hints(dialog),
        Some(Overlay::Prompt(_)) => pairs(&[("Enter", "Take"), ("Esc", "Cancel")]),
        None if app.screen != Screen::Design => screen_hints(app),
        None if app.start.as_ref().is_some_and(Start::is_empty) => {
            pairs(&[("?", "Help"), ("q", "Quit")])
        }
        None if app.start.is_some() => pairs(&[
            ("↑ ↓", "Choose"),
            ("Enter", "Open"),
            ("?", "Help"),
            ("q", "Quit"),
        ]),
        None => pane_hints(app),
    };
    for (key, title) in hints {
        let wide = text::width(&key) + text::width(title) + 3;
        if wide > line.room() {
            break;
        }
        line.put(&key, theme.hint_key)
            .put(" ", theme.bar)
            .put(title, theme.bar)
            .put("  ", theme.bar);
    }
}

fn pairs(list: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    list.iter()
        .map(|(key, title)| ((*key).to_owned(), *title))
        .collect()
}

/// Only keys that do something: there is nothing to choose from one answer, and some questions have
/// no way out but an answer.
fn dialog_hints(dialog: &Dialog) -> Vec<(String, &'static str)> {
    let mut out = Vec::new();
    if dialog.choices.len() > 1 {
        out.extend(pairs(&[("← →", "Choose")]));
    }
    out.extend(pairs(&[("Enter", "Take")]));
    if dialog.way_out().is_some() {
        out.extend(pairs(&[("Esc", "Cancel")]));
    }
    out
}

/// The commands of the shown screen that have a plain key, then those of all such screens.
fn screen_hints(app: &App) -> Vec<(String, &'static str)> {
    let contexts = app.place().contexts();
    let own = command::all().filter(|one| one.context == contexts[0]);
    let general = [Id::Back, Id::NextScreen, Id::Palette, Id::Help, Id::Quit];
    own.filter(|one| (one.available)(app).is_ok())
        .chain(general.into_iter().filter_map(Command::get))
        .map(|command| (command.plain_label(), command.title))
        .collect()
}

/// Keys while a search is open.
fn find_hints(app: &App) -> Vec<(String, &'static str)> {
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
    let keys = more
        .iter()
        .filter_map(|(id, title)| Some((Command::get(*id)?.key_label(), *title)));
    out.extend(keys);
    out
}

fn pane_hints(app: &App) -> Vec<(String, &'static str)> {
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
        let key = if app.focus == Focus::Editor {
            command.key_label()
        } else {
            command.plain_label()
        };
        out.push((key, title));
    }
    out
}
