//! Keys as written in the command table, as they come from the terminal, and as shown to people.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with its modifiers, in a form in which equal keys compare equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
                KeyCode::Char(if modifiers.contains(KeyModifiers::CONTROL) {
                    usual(c)
                } else {
                    c.to_ascii_lowercase()
                })
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

    /// Reads `ctrl-s`, `f5`, `alt-1`, `?`; `None` when it is not a key. Names may be in capitals.
    pub fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((modifier, tail)) = PREFIXES.iter().find_map(|(name, modifier)| {
            let (head, tail) = rest.split_at_checked(name.len())?;
            (head.eq_ignore_ascii_case(name) && !tail.is_empty()).then_some((*modifier, tail))
        }) {
            modifiers.insert(modifier);
            rest = tail;
        }
        let mut chars = rest.chars();
        let code = match (chars.next()?, chars.as_str()) {
            (c, "") => KeyCode::Char(c),
            _ => named(&rest.to_ascii_lowercase())?,
        };
        let pressed = match code {
            KeyCode::Char(c) if modifiers == KeyModifiers::SHIFT => {
                KeyCode::Char(c.to_uppercase().next().unwrap_or(c))
            }
            KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        Some(Self::of(&KeyEvent::new(pressed, modifiers)))
    }

    /// Reads keys one after the other, with blanks between.
    ///
    /// # Errors
    /// Says which part is no key, or cannot arrive from a terminal.
    pub fn sequence(text: &str) -> Result<Vec<Self>, String> {
        let mut out = Vec::new();
        for part in text.split_whitespace() {
            let Some(chord) = Self::parse(part) else {
                return Err(format!(
                    "{part:?} is no key; keys look like ctrl-p, alt-1, shift-tab, f5, space, g"
                ));
            };
            if chord.modifiers == KeyModifiers::CONTROL
                && let KeyCode::Char(c @ ('i' | 'm' | '[')) = chord.code
            {
                let sent = match c {
                    'i' => "tab",
                    'm' => "enter",
                    _ => "esc",
                };
                return Err(format!(
                    "the terminal sends {sent} for ctrl-{c}; write {sent}"
                ));
            }
            out.push(chord);
        }
        if out.is_empty() {
            return Err("there is no key; write for example ctrl-p".to_owned());
        }
        Ok(out)
    }

    /// The chord as if it was pressed.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// True for what is text or moves in a text: letters, Enter, Tab, arrows and such, without Ctrl or
    /// Alt.
    pub fn is_plain(self) -> bool {
        let control = KeyModifiers::CONTROL | KeyModifiers::ALT;
        !self.modifiers.intersects(control) && !matches!(self.code, KeyCode::F(_))
    }

    /// True for a character without Ctrl or Alt.
    pub fn is_text(self) -> bool {
        self.is_plain() && matches!(self.code, KeyCode::Char(_))
    }

    /// True for Esc alone.
    pub fn is_esc(self) -> bool {
        self.code == KeyCode::Esc && self.modifiers.is_empty()
    }

    /// As written in settings: `ctrl-s`.
    pub fn written(self) -> String {
        let mut text = String::new();
        for (name, modifier) in PREFIXES {
            if self.modifiers.contains(*modifier) {
                text.push_str(name);
            }
        }
        match self.code {
            KeyCode::Char(' ') => text.push_str("space"),
            KeyCode::Char(c) => text.push(c),
            KeyCode::F(number) => text.push_str(&format!("f{number}")),
            KeyCode::BackTab => text.push_str("tab"),
            code => {
                let name = NAMES.iter().find(|(_, known)| *known == code);
                text.push_str(name.map_or("?", |(name, _)| name));
            }
        }
        text
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

const PREFIXES: &[(&str, KeyModifiers)] = &[
    ("ctrl-", KeyModifiers::CONTROL),
    ("alt-", KeyModifiers::ALT),
    ("shift-", KeyModifiers::SHIFT),
];

const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
];

fn named(name: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*code);
    }
    let number = name.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

/// Terminals send the same byte for these pairs.
fn usual(c: char) -> char {
    match c {
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' | '_' => '/',
        other => other.to_ascii_lowercase(),
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
    #[case("Ctrl-PageDown", KeyCode::PageDown, KeyModifiers::CONTROL, "Ctrl-PgDn")]
    #[case("ctrl-/", KeyCode::Char('7'), KeyModifiers::CONTROL, "Ctrl-/")]
    #[case("shift-g", KeyCode::Char('G'), KeyModifiers::SHIFT, "G")]
    #[case("ctrl--", KeyCode::Char('-'), KeyModifiers::CONTROL, "Ctrl--")]
    fn written_pressed_and_shown_agree(
        #[case] written: &str,
        #[case] code: KeyCode,
        #[case] modifiers: KeyModifiers,
        #[case] label: &str,
    ) {
        let chord = Chord::parse(written).unwrap();
        assert_eq!(chord, Chord::of(&KeyEvent::new(code, modifiers)));
        assert_eq!(chord.label(), label);
        assert_eq!(Chord::parse(&chord.written()), Some(chord));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "ctrl-", "enterr", "fx"] {
            assert_eq!(Chord::parse(text), None, "{text}");
        }
    }
}
