//! The one table of settings: names, what they mean, how they are read and shown. Files, environment,
//! flags, the commented default file and the list of effective values all come from it.

use super::value::Value;
use super::{KeySet, Settings, Switch, key_set_name};
use crate::config::near;
use crate::tui::theme::Theme;

/// One setting.
pub struct Opt {
    /// As written in files; in the environment `EVTUI_` and this in capitals.
    pub name: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What it can be.
    pub values: &'static str,
    /// Takes a value, or says what is wrong with it.
    pub set: fn(&mut Settings, &Value) -> Result<(), String>,
    /// The value as written in a file.
    pub show: fn(&Settings) -> String,
}

/// In the order of documents. `keys` stands apart: it is a mapping.
pub static OPTIONS: &[Opt] = &[
    Opt {
        name: "theme",
        help: "Colours. `auto` follows the terminal's background",
        values: "auto, or the name of a theme",
        set: |to, value| {
            let known = std::iter::once("auto").chain(Theme::names());
            to.theme = one_of(value, &known.collect::<Vec<_>>())?.to_owned();
            Ok(())
        },
        show: |from| from.theme.clone(),
    },
    Opt {
        name: "key_set",
        help: "Keys of the editor and the panes",
        values: "plain or vim",
        set: |to, value| {
            to.key_set = match one_of(value, &["plain", "vim"])? {
                "vim" => KeySet::Vim,
                _ => KeySet::Plain,
            };
            Ok(())
        },
        show: |from| key_set_name(from.key_set).to_owned(),
    },
    Opt {
        name: "mouse",
        help: "Take clicks, drags and the wheel; off leaves selecting text to the terminal",
        values: "true or false",
        set: |to, value| put(&mut to.mouse, flag(value)),
        show: |from| from.mouse.to_string(),
    },
    Opt {
        name: "low_bandwidth",
        help: "Send at most 500 bytes a second on its own. `auto`: over SSH when answers take long",
        values: "auto, on or off",
        set: |to, value| put(&mut to.low_bandwidth, switch(value)),
        show: |from| from.low_bandwidth.name().to_owned(),
    },
    Opt {
        name: "ascii",
        help: "Draw with ASCII signs only. `auto`: where the locale is not UTF-8",
        values: "auto, on or off",
        set: |to, value| put(&mut to.ascii, switch(value)),
        show: |from| from.ascii.name().to_owned(),
    },
    Opt {
        name: "tab_width",
        help: "Columns of a tab in the editor",
        values: "1 to 16",
        set: |to, value| {
            to.tab_width = match value {
                Value::Number(columns @ 1..=16) => u8::try_from(*columns).unwrap_or(4),
                other => return Err(format!("{other} is no number from 1 to 16")),
            };
            Ok(())
        },
        show: |from| from.tab_width.to_string(),
    },
    Opt {
        name: "line_numbers",
        help: "Number the lines of the editor",
        values: "true or false",
        set: |to, value| put(&mut to.line_numbers, flag(value)),
        show: |from| from.line_numbers.to_string(),
    },
    Opt {
        name: "wrap",
        help: "Wrap long lines of the editor",
        values: "true or false",
        set: |to, value| put(&mut to.wrap, flag(value)),
        show: |from| from.wrap.to_string(),
    },
    Opt {
        name: "editor",
        help: "Program for `Open in another editor`; without it VISUAL, then EDITOR",
        values: "a command with its arguments",
        set: |to, value| {
            to.editor = match value {
                Value::Null => None,
                Value::Text(text) if text.trim().is_empty() => None,
                Value::Text(text) => Some(text.clone()),
                other => return Err(format!("{other} is no command")),
            };
            Ok(())
        },
        show: |from| from.editor.clone().unwrap_or_else(|| "\"\"".to_owned()),
    },
    Opt {
        name: "confirm_quit",
        help: "Ask before leaving even when nothing is unsaved or running",
        values: "true or false",
        set: |to, value| put(&mut to.confirm_quit, flag(value)),
        show: |from| from.confirm_quit.to_string(),
    },
    Opt {
        name: "tour",
        help: "Show the tour when the application is opened for the first time",
        values: "true or false",
        set: |to, value| put(&mut to.tour, flag(value)),
        show: |from| from.tour.to_string(),
    },
    Opt {
        name: "remember",
        help: "Keep layout, open files and cursors of each project when leaving",
        values: "true or false",
        set: |to, value| put(&mut to.remember, flag(value)),
        show: |from| from.remember.to_string(),
    },
    Opt {
        name: "recovery",
        help: "Keep texts that are not saved in the state folder, for your eyes alone, so that they outlive a crash",
        values: "true or false",
        set: |to, value| put(&mut to.recovery, flag(value)),
        show: |from| from.recovery.to_string(),
    },
];

/// The setting of that name.
pub fn find(name: &str) -> Option<&'static Opt> {
    OPTIONS.iter().find(|option| option.name == name)
}

fn put<T>(to: &mut T, value: Result<T, String>) -> Result<(), String> {
    *to = value?;
    Ok(())
}

fn flag(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::Number(number @ (0 | 1)) => Ok(*number == 1),
        other => Err(format!("{other} is neither true nor false")),
    }
}

fn switch(value: &Value) -> Result<Switch, String> {
    match value {
        Value::Bool(true) => Ok(Switch::On),
        Value::Bool(false) => Ok(Switch::Off),
        other => match one_of(other, &["auto", "on", "off"])? {
            "on" => Ok(Switch::On),
            "off" => Ok(Switch::Off),
            _ => Ok(Switch::Auto),
        },
    }
}

fn one_of<'a>(value: &Value, known: &[&'a str]) -> Result<&'a str, String> {
    let Value::Text(text) = value else {
        return Err(format!("{value} is none of {}", known.join(", ")));
    };
    if let Some(name) = known.iter().find(|name| *name == text) {
        return Ok(name);
    }
    Err(match near(text, known.iter().copied()) {
        Some(meant) => format!("{text:?} is not known; did you mean {meant}?"),
        None => format!("{text:?} is not known; there are {}", known.join(", ")),
    })
}
