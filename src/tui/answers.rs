//! Answers of the terminal among the keys: `crossterm` does not know answers to colour questions and
//! gives them as if they were typed. This takes them out again, whenever they come, whole or cut off.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::event::Answer;

/// The question for the background's colour.
pub const QUESTION: &[u8] = b"\x1b]11;?\x07";
/// Longest pause within an answer; people type slower than that after Alt-].
pub const PAUSE: Duration = Duration::from_millis(100);
/// What an answer begins with, after its Alt-].
const HEAD: &str = "11;";
/// Longest answer, beyond which it is garbage all the same.
const LONGEST: usize = 80;

/// What became of an event.
#[derive(Debug, PartialEq)]
pub enum Sorted {
    /// These go on, in order.
    Events(Vec<Event>),
    /// It is kept until the next one, or until a pause.
    Kept,
    /// An answer is complete.
    Answer(Answer),
}

/// Takes answers out of events.
#[derive(Debug)]
pub struct Sorter {
    asked: Instant,
    held: Vec<Event>,
    text: String,
    /// Esc came within an answer: its end may follow.
    ending: bool,
}

impl Sorter {
    /// A question went out at that moment.
    pub fn new(asked: Instant) -> Self {
        Self {
            asked,
            held: Vec::new(),
            text: String::new(),
            ending: false,
        }
    }

    /// True while something is kept.
    pub fn keeps(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes an event.
    pub fn take(&mut self, event: Event, now: Instant) -> Sorted {
        let Some(key) = pressed(&event) else {
            return self.release(event);
        };
        let alt = key.modifiers == KeyModifiers::ALT;
        if self.held.is_empty() {
            if alt && key.code == KeyCode::Char(']') {
                self.held.push(event);
                return Sorted::Kept;
            }
            return Sorted::Events(vec![event]);
        }
        let end = match key.code {
            // BEL is Ctrl-G, ST is Alt-\.
            KeyCode::Char('g') if key.modifiers == KeyModifiers::CONTROL => true,
            KeyCode::Char('\\') => alt || self.ending,
            _ => false,
        };
        if end && self.text.starts_with(HEAD) {
            return self.finish(now);
        }
        if key.code == KeyCode::Esc && self.text.starts_with(HEAD) {
            self.ending = true;
            self.held.push(event);
            return Sorted::Kept;
        }
        let c = match key.code {
            KeyCode::Char(c) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => c,
            _ => return self.release(event),
        };
        self.text.push(c);
        self.held.push(event);
        let begins = self.text.starts_with(HEAD) || HEAD.starts_with(&self.text);
        if begins && self.text.len() <= LONGEST {
            return Sorted::Kept;
        }
        Sorted::Events(self.let_go())
    }

    /// Nothing came for a while: what was kept is no answer, or the rest of it is lost.
    pub fn pause(&mut self) -> Vec<Event> {
        if self.text.starts_with(HEAD) {
            self.let_go();
            return Vec::new();
        }
        self.let_go()
    }

    fn finish(&mut self, now: Instant) -> Sorted {
        let background = colour(self.text.get(HEAD.len()..).unwrap_or_default());
        self.let_go();
        Sorted::Answer(Answer {
            background,
            after: now.saturating_duration_since(self.asked),
        })
    }

    fn release(&mut self, event: Event) -> Sorted {
        let mut out = self.pause();
        out.push(event);
        Sorted::Events(out)
    }

    fn let_go(&mut self) -> Vec<Event> {
        self.text.clear();
        self.ending = false;
        std::mem::take(&mut self.held)
    }
}

fn pressed(event: &Event) -> Option<KeyEvent> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Press => Some(*key),
        _ => None,
    }
}

/// Reads `rgb:1e1e/1e1e/2e2e`, with one to four digits each, or `#1e1e2e`.
fn colour(text: &str) -> Option<(u8, u8, u8)> {
    if let Some(hex) = text.strip_prefix('#').filter(|hex| hex.len() == 6) {
        let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
        return Some((red, green, blue));
    }
    let parts = text
        .strip_prefix("rgb:")
        .or_else(|| text.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(|part| {
        let most = match part.len() {
            1..=4 => (1u32 << (4 * part.len())) - 1,
            _ => return None,
        };
        let value = u32::from_str_radix(part, 16).ok()?;
        u8::try_from((value * 255 + most / 2) / most).ok()
    });
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    fn key(code: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers))
    }

    /// As crossterm makes keys of the bytes.
    fn typed(text: &str) -> Vec<Event> {
        let mut out = Vec::new();
        let mut alt = KeyModifiers::NONE;
        for c in text.chars() {
            match c {
                '\x1b' if alt == KeyModifiers::ALT => {}
                '\x1b' => {
                    alt = KeyModifiers::ALT;
                    continue;
                }
                '\x07' => out.push(key('g', KeyModifiers::CONTROL)),
                c => out.push(key(c, alt)),
            }
            alt = KeyModifiers::NONE;
        }
        out
    }

    type Colour = Option<(u8, u8, u8)>;

    fn run(text: &str) -> (Vec<Event>, Vec<Colour>) {
        let now = Instant::now();
        let mut sorter = Sorter::new(now);
        let (mut through, mut answers) = (Vec::new(), Vec::new());
        for event in typed(text) {
            match sorter.take(event, now) {
                Sorted::Events(events) => through.extend(events),
                Sorted::Kept => {}
                Sorted::Answer(answer) => answers.push(answer.background),
            }
        }
        through.extend(sorter.pause());
        assert!(!sorter.keeps());
        (through, answers)
    }

    #[rstest]
    #[case("\x1b]11;rgb:1e1e/2020/3030\x07", Some((0x1e, 0x20, 0x30)))]
    #[case("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", Some((255, 255, 255)))]
    #[case("\x1b]11;rgb:f/0/8\x07", Some((255, 0, 136)))]
    #[case("\x1b]11;#fbfbf9\x07", Some((0xfb, 0xfb, 0xf9)))]
    #[case("\x1b]11;garbage\x07", None)]
    #[case("\x1b]11;rgb:zz/0/0\x07", None)]
    #[case("\x1b]11;rgb:00000/0/0\x07", None)]
    #[case("\x1b]11;\x07", None)]
    fn answers_are_taken_out(#[case] bytes: &str, #[case] background: Option<(u8, u8, u8)>) {
        let (through, answers) = run(&format!("a{bytes}b"));
        assert_eq!(through, typed("ab"));
        assert_eq!(answers, [background]);
    }

    #[rstest]
    #[case("abc")]
    #[case("\x1b]x")]
    #[case("\x1b]12")]
    #[case("\x1b]1")]
    #[case("\x1b]")]
    #[case("\x1ba\x07")]
    fn what_is_typed_goes_on(#[case] text: &str) {
        assert_eq!(run(text), (typed(text), vec![]));
    }

    #[test]
    fn an_answer_that_is_cut_off_is_not_typed() {
        assert_eq!(run("\x1b]11;rgb:1e1e/20"), (vec![], vec![]));
    }

    #[test]
    fn other_events_do_not_wait() {
        let now = Instant::now();
        let mut sorter = Sorter::new(now);
        sorter.take(key(']', KeyModifiers::ALT), now);
        let resize = Event::Resize(80, 24);
        let sorted = sorter.take(resize.clone(), now);
        assert_eq!(
            sorted,
            Sorted::Events(vec![key(']', KeyModifiers::ALT), resize])
        );
    }
}
