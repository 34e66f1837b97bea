//! Keys as written in the command table, as they come from the terminal, and as shown to people.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with its modifiers, in a form in which equal keys compare equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    /// The chord of a key press. Letters with a modifier lose their case; for plain characters shift
    /// is part of the character.
    pub fn of(event: &KeyEvent) -> Self {
        let kept = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = event.modifiers & kept;
        let code = match event.code {
            KeyCode::Char(c) if modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::Char(c.to_ascii_lowercase())
            }
            KeyCode::Char(c) => {
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::Char(c)
            }
            KeyCode::BackTab => {
                modifiers.insert(KeyModifiers::SHIFT);
                KeyCode::BackTab
            }
            other => other,
        };
        Self { code, modifiers }
    }

    /// Reads `ctrl-s`, `f5`, `alt-1`, `?`; `None` when it is not a key.
    pub fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            let (prefix, modifier) = match rest {
                _ if rest.starts_with("ctrl-") => ("ctrl-", KeyModifiers::CONTROL),
                _ if rest.starts_with("alt-") => ("alt-", KeyModifiers::ALT),
                _ if rest.starts_with("shift-") => ("shift-", KeyModifiers::SHIFT),
                _ => break,
            };
            modifiers.insert(modifier);
            rest = rest.strip_prefix(prefix)?;
        }
        let code = match rest {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            "tab" => KeyCode::Tab,
            "space" => KeyCode::Char(' '),
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            _ => {
                let mut chars = rest.chars();
                match (chars.next()?, chars.as_str()) {
                    (c, "") => KeyCode::Char(c),
                    ('f', number) => KeyCode::F(number.parse().ok()?),
                    _ => return None,
                }
            }
        };
        Some(Self { code, modifiers })
    }

    /// As shown in hints: `Ctrl-S`, `F5`, `?`.
    pub fn label(self) -> String {
        let mut text = String::new();
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "Ctrl-"),
            (KeyModifiers::ALT, "Alt-"),
            (KeyModifiers::SHIFT, "Shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                text.push_str(name);
            }
        }
        match self.code {
            KeyCode::Char(' ') => text.push_str("Space"),
            KeyCode::Char(c) if self.modifiers.is_empty() => text.push(c),
            KeyCode::Char(c) => text.extend(c.to_uppercase()),
            KeyCode::F(number) => text.push_str(&format!("F{number}")),
            KeyCode::BackTab | KeyCode::Tab => text.push_str("Tab"),
            KeyCode::Left => text.push('←'),
            KeyCode::Right => text.push('→'),
            KeyCode::Up => text.push('↑'),
            KeyCode::Down => text.push('↓'),
            KeyCode::PageUp => text.push_str("PgUp"),
            KeyCode::PageDown => text.push_str("PgDn"),
            other => text.push_str(&other.to_string()),
        }
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ctrl-s", KeyCode::Char('s'), KeyModifiers::CONTROL, "Ctrl-S")]
    #[case("ctrl-s", KeyCode::Char('S'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, "Ctrl-S")]
    #[case("?", KeyCode::Char('?'), KeyModifiers::SHIFT, "?")]
    #[case("f5", KeyCode::F(5), KeyModifiers::NONE, "F5")]
    #[case("shift-tab", KeyCode::BackTab, KeyModifiers::NONE, "Shift-Tab")]
    #[case("alt-1", KeyCode::Char('1'), KeyModifiers::ALT, "Alt-1")]
    #[case("space", KeyCode::Char(' '), KeyModifiers::NONE, "Space")]
    fn written_pressed_and_shown_agree(
        #[case] written: &str,
        #[case] code: KeyCode,
        #[case] modifiers: KeyModifiers,
        #[case] label: &str,
    ) {
        let chord = Chord::parse(written).unwrap();
        assert_eq!(chord, Chord::of(&KeyEvent::new(code, modifiers)));
        assert_eq!(chord.label(), label);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "ctrl-", "enterr", "fx"] {
            assert_eq!(Chord::parse(text), None, "{text}");
        }
    }
}
