//! Settings as documents for people: the commented default file, and the effective values.

use std::fmt::Write as _;

use super::{Loaded, Meaning, OPTIONS, Settings, variable};
use crate::tui::theme::Theme;

/// A settings file with every setting at its default, all commented out, and how to write keys.
pub fn commented() -> String {
    let defaults = Settings::default();
    let mut out = String::from(
        "# Settings of evtui. Everything here is optional; the values shown are the defaults.\n\
         # A change is taken at once, also while evtui runs.\n\
         # A project may have its own in .evtui.yml; the environment (EVTUI_THEME=dark) and flags\n\
         # (--set theme=dark) go over both.\n",
    );
    for option in OPTIONS {
        let values = match option.name {
            "theme" => {
                let names: Vec<&str> = Theme::names().collect();
                format!("auto, {}", names.join(", "))
            }
            _ => option.values.to_owned(),
        };
        // Writing to a text cannot fail.
        let _ = write!(
            out,
            "\n# {}.\n# One of: {values}\n# {}: {}\n",
            option.help,
            option.name,
            (option.show)(&defaults)
        );
    }
    out.push_str(
        "\n# Keys, one or several after each other, and the command each stands for; `none` takes a key\n\
         # away. `evtui settings --commands` lists the commands.\n\
         # keys:\n\
         #   \"ctrl-k ctrl-s\": file.save-all\n\
         #   \"z\": pane.zoom\n\
         #   \"ctrl-q\": none\n\
         \n# Keys of the normal and visual modes of the vim key set, and what each stands for: other keys (read as\n\
         # the key set has them, not looked up here again), a command, or `none`. Letters may be written\n\
         # without blanks between them. Counts before, and operators before a motion, work as with any key.\n\
         # vim:\n\
         #   \"H\": \"^\"\n\
         #   \"Y\": \"y$\"\n\
         #   \"space w\": file.save\n\
         #   \"ctrl-j\": \"5j zz\"\n\
         #   \"Q\": none\n",
    );
    out
}

/// Every effective value and where it comes from, a line each.
pub fn effective(loaded: &Loaded) -> String {
    let shown: Vec<(String, String)> = OPTIONS
        .iter()
        .map(|option| {
            let origin = loaded.origins.get(option.name);
            let origin = origin.map_or_else(
                || format!("built in; {} sets it", variable(option.name)),
                |source| format!("from {source}"),
            );
            (
                format!("{}: {}", option.name, (option.show)(&loaded.settings)),
                origin,
            )
        })
        .collect();
    let widest = shown
        .iter()
        .map(|(value, _)| value.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for (value, origin) in shown {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "{value:widest$}  # {origin}");
    }
    let bindings: Vec<_> = loaded.settings.keys.iter().flatten().collect();
    if !bindings.is_empty() {
        out.push_str("keys:\n");
        for binding in bindings {
            let keys: Vec<String> = binding.keys.iter().map(|chord| chord.written()).collect();
            let meaning = match binding.commands.as_slice() {
                [] => "none".to_owned(),
                [one] => one.clone(),
                several => format!("[{}]", several.join(", ")),
            };
            let _ = writeln!(
                out,
                "  {:?}: {meaning}  # from {}",
                keys.join(" "),
                binding.spot
            );
        }
    }
    let vim: Vec<_> = loaded.settings.vim.iter().flatten().collect();
    if !vim.is_empty() {
        out.push_str("vim:\n");
        for binding in vim {
            let meaning = match &binding.meaning {
                Meaning::Nothing => "none".to_owned(),
                Meaning::Command(name) => name.clone(),
                Meaning::Keys(keys) => {
                    let keys: Vec<String> = keys.iter().map(|chord| chord.written()).collect();
                    format!("{:?}", keys.join(" "))
                }
            };
            let _ = writeln!(
                out,
                "  {:?}: {meaning}  # from {}",
                binding.written, binding.spot
            );
        }
    }
    out
}
