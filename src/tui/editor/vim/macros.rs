//! Keys that are recorded and played again: `q`, `@`. What was recorded stands in a register as text, as
//! in vi: it can be put into a file, changed there and yanked back.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Outcome, Register, Vim};

/// Most keys that one `@` may play, those of what it calls included.
pub const MOST: usize = 100_000;
/// Where signs for keys that are no characters begin: a part of Unicode that means nothing by itself.
const PRIVATE: u32 = 0xf700;
/// Those keys.
const NAMED: [KeyCode; 11] = [
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Delete,
    KeyCode::Insert,
    KeyCode::BackTab,
];

/// What is being recorded.
#[derive(Debug)]
pub(super) struct Recording {
    name: char,
    text: String,
}

/// A key as one character; `None` for keys that only commands of the program use.
fn sign(key: &KeyEvent) -> Option<char> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let private = |index: usize| {
        let shift = u32::from(key.modifiers.contains(KeyModifiers::SHIFT)) << 4;
        let control = u32::from(control) << 5;
        let index = u32::try_from(index).ok()?;
        char::from_u32(PRIVATE + index + shift + control)
    };
    match key.code {
        KeyCode::Char(c) if !control => Some(c),
        KeyCode::Char(c) => {
            let c = c.to_ascii_lowercase();
            let plain = matches!(c, 'a'..='z' | '[' | '\\' | ']' | '^' | '_');
            let low = u8::try_from(c).ok().filter(|_| plain)?;
            Some(char::from(low & 0x1f))
        }
        KeyCode::Esc => Some('\x1b'),
        KeyCode::Enter => Some('\r'),
        KeyCode::Tab => Some('\t'),
        KeyCode::Backspace => Some('\x7f'),
        code => private(NAMED.iter().position(|one| *one == code)?),
    }
}

/// The key that a character stands for.
fn key(sign: char) -> KeyEvent {
    let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
    match sign {
        '\x1b' => plain(KeyCode::Esc),
        '\r' | '\n' => plain(KeyCode::Enter),
        '\t' => plain(KeyCode::Tab),
        '\x7f' => plain(KeyCode::Backspace),
        '\0'..='\x1f' => {
            let letter = char::from((u32::from(sign) as u8 | 0x40).to_ascii_lowercase());
            KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
        }
        _ => {
            let index = u32::from(sign).wrapping_sub(PRIVATE);
            let named = NAMED.get((index & 0xf) as usize).filter(|_| index < 0x40);
            let Some(code) = named else {
                return plain(KeyCode::Char(sign));
            };
            let mut modifiers = KeyModifiers::NONE;
            modifiers.set(KeyModifiers::SHIFT, index & 0x10 > 0);
            modifiers.set(KeyModifiers::CONTROL, index & 0x20 > 0);
            KeyEvent::new(*code, modifiers)
        }
    }
}

/// Keys on their way while a recording is played; what it plays itself comes before the rest of it.
#[derive(Debug)]
pub struct Playing {
    queue: VecDeque<KeyEvent>,
    left: usize,
}

impl Playing {
    /// Keys to play.
    pub fn new(keys: Vec<KeyEvent>) -> Self {
        Self {
            queue: keys.into(),
            left: MOST,
        }
    }

    /// Other keys come first.
    pub fn call(&mut self, keys: Vec<KeyEvent>) {
        // More than may be played need not be kept.
        for key in keys.into_iter().take(self.left).rev() {
            self.queue.push_front(key);
        }
        self.queue.truncate(self.left);
    }

    /// The next key; `None` at the end, or when too many were played.
    pub fn next(&mut self) -> Option<KeyEvent> {
        self.left = self.left.checked_sub(1)?;
        self.queue.pop_front()
    }

    /// True when keys were left out because there were too many.
    pub fn is_cut(&self) -> bool {
        self.left == 0
    }
}

impl Vim {
    /// The register that keys are being recorded into.
    pub fn recorded(&self) -> Option<char> {
        self.macros.as_ref().map(|one| one.name)
    }

    /// True when the last key could not do what it is for: what is played ends there.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Says that keys are played, not typed, or no more: those are not recorded.
    pub fn play(&mut self, playing: bool) {
        self.playing = playing;
    }

    /// Notes a key that was typed while recording.
    pub(super) fn note(&mut self, event: &KeyEvent) {
        if let Some(recording) = self.macros.as_mut().filter(|_| !self.playing) {
            recording.text.extend(sign(event));
        }
    }

    /// `q` and a name: records from now on.
    pub(super) fn record(&mut self, name: char) -> Outcome {
        if !name.is_ascii_alphanumeric() && name != '"' {
            return Outcome::Say(format!(
                "keys are recorded into a to z and 0 to 9, not {name}"
            ));
        }
        self.macros = Some(Recording {
            name,
            text: String::new(),
        });
        Outcome::Done
    }

    /// `q` while recording: what was typed is in the register.
    pub(super) fn end_recording(&mut self) -> Outcome {
        if let Some(Recording { name, text }) = self.macros.take() {
            let known = name.to_ascii_lowercase();
            let register = self.registers.entry(known).or_default();
            if name.is_ascii_uppercase() {
                register.text.push_str(&text);
            } else {
                *register = Register { text, lines: false };
            }
        }
        Outcome::Done
    }

    /// `@` and a name: the keys of a register, so many times.
    pub(super) fn played(&mut self, name: char, count: usize) -> Outcome {
        let name = match name {
            '@' => match self.last_played {
                Some(last) => last,
                None => return self.fail("nothing was played yet; @a plays what qa recorded"),
            },
            name => name,
        };
        let keys: Vec<KeyEvent> = if name == ':' {
            let last = self.typed.iter().rev().find(|(sign, _)| *sign == ':');
            let Some((_, text)) = last else {
                return self.fail("nothing was typed behind : yet");
            };
            format!(":{text}\r").chars().map(key).collect()
        } else {
            match self.register(Some(name)) {
                Some(register) if !register.text.is_empty() => {
                    // Lines that were yanked are played as they stand, the last one with its end.
                    register.text.chars().map(key).collect()
                }
                _ => return self.fail(&format!("register {name} is empty; q{name} records keys")),
            }
        };
        self.last_played = Some(name);
        let count = count.min(MOST / keys.len().max(1) + 1);
        Outcome::Play(keys.repeat(count))
    }

    /// Says why something cannot be done.
    pub(super) fn fail(&mut self, why: &str) -> Outcome {
        self.failed = true;
        Outcome::Say(why.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn keys_go_into_a_text_and_come_back() {
        let modifiers = [
            KeyModifiers::NONE,
            KeyModifiers::SHIFT,
            KeyModifiers::CONTROL,
        ];
        for code in NAMED {
            for modifiers in modifiers {
                let event = KeyEvent::new(code, modifiers);
                assert_eq!(key(sign(&event).unwrap()), event);
            }
        }
        for c in ['a', 'Z', '日', ' ', '@'] {
            let event = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
            assert_eq!(key(sign(&event).unwrap()), event);
        }
        // Ctrl-I and Ctrl-M are Tab and Enter to a terminal.
        for c in ('a'..='z').filter(|c| !matches!(c, 'i' | 'j' | 'm')) {
            let event = KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
            assert_eq!(key(sign(&event).unwrap()), event);
        }
        for code in [
            KeyCode::Esc,
            KeyCode::Enter,
            KeyCode::Tab,
            KeyCode::Backspace,
        ] {
            let event = KeyEvent::new(code, KeyModifiers::NONE);
            assert_eq!(key(sign(&event).unwrap()), event);
        }
        let alt = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::ALT);
        assert_eq!(sign(&alt), None);
        assert_eq!(
            key('\u{f8ff}'),
            KeyEvent::new(KeyCode::Char('\u{f8ff}'), KeyModifiers::NONE)
        );
    }
}
