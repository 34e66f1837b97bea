//! What keys do in a text without modes, and while text is inserted: moving, selecting, typing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Buffer, Motion};

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// It was used.
    Done,
    /// It would change a text that cannot be changed.
    Refused,
    /// It means nothing here.
    Unknown,
}

/// Does what a key means; `page` is how many lines a page has.
pub fn plain_key(buffer: &mut Buffer, key: &KeyEvent, page: usize) -> Typed {
    if let Some(motion) = motion(key, page) {
        buffer.go(motion, key.modifiers.contains(KeyModifiers::SHIFT));
        return Typed::Done;
    }
    if key.code == KeyCode::Esc {
        buffer.deselect();
        return Typed::Done;
    }
    let control = key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let edits = matches!(
        key.code,
        KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab | KeyCode::Backspace | KeyCode::Delete
    ) || matches!(key.code, KeyCode::Char(_)) && !control;
    if !edits {
        return Typed::Unknown;
    }
    if buffer.read_only.is_some() {
        return Typed::Refused;
    }
    match key.code {
        KeyCode::Enter => buffer.new_line(),
        KeyCode::Tab => buffer.indent(),
        KeyCode::BackTab => buffer.dedent(),
        KeyCode::Backspace if control => buffer.delete(Motion::WordLeft),
        KeyCode::Backspace => buffer.delete(Motion::Left),
        KeyCode::Delete if control => buffer.delete(Motion::WordRight),
        KeyCode::Delete => buffer.delete(Motion::Right),
        KeyCode::Char(c) => buffer.type_char(c),
        _ => return Typed::Unknown,
    }
    Typed::Done
}

/// The motion that a key stands for.
pub fn motion(key: &KeyEvent, page: usize) -> Option<Motion> {
    if key.modifiers.contains(KeyModifiers::ALT) && matches!(key.code, KeyCode::Up | KeyCode::Down)
    {
        return None;
    }
    let word = key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    Some(match key.code {
        KeyCode::Left if word => Motion::WordLeft,
        KeyCode::Left => Motion::Left,
        KeyCode::Right if word => Motion::WordRight,
        KeyCode::Right => Motion::Right,
        KeyCode::Up => Motion::Up(1),
        KeyCode::Down => Motion::Down(1),
        KeyCode::PageUp => Motion::Up(page),
        KeyCode::PageDown => Motion::Down(page),
        KeyCode::Home if word => Motion::Top,
        KeyCode::Home => Motion::Home,
        KeyCode::End if word => Motion::Bottom,
        KeyCode::End => Motion::End,
        _ => return None,
    })
}
