//! The grammar of normal and visual mode: from keys to a command.
//!
//! ```text
//! command  = [count] ["register] ( operator [count] target | motion | action )
//! target   = motion | ( i | a ) object | the operator again
//! ```

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key as the grammar reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// With Ctrl.
    Ctrl(char),
    /// Back to normal mode.
    Esc,
}

impl Key {
    /// The key of an event; `None` when the grammar has no use for it.
    pub fn of(event: &KeyEvent) -> Option<Self> {
        if event.modifiers.contains(KeyModifiers::ALT) {
            return None;
        }
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        Some(match event.code {
            KeyCode::Esc | KeyCode::Char('[') if control || event.code == KeyCode::Esc => Self::Esc,
            KeyCode::Char(c) if control => Self::Ctrl(c.to_ascii_lowercase()),
            KeyCode::Char(c) => Self::Char(c),
            _ if control => return None,
            KeyCode::Left | KeyCode::Backspace => Self::Char('h'),
            KeyCode::Right => Self::Char('l'),
            KeyCode::Up => Self::Char('k'),
            KeyCode::Down => Self::Char('j'),
            KeyCode::Home => Self::Char('0'),
            KeyCode::End => Self::Char('$'),
            KeyCode::Delete => Self::Char('x'),
            KeyCode::Enter => Self::Char('\n'),
            KeyCode::PageUp => Self::Ctrl('b'),
            KeyCode::PageDown => Self::Ctrl('f'),
            _ => return None,
        })
    }
}

/// What is done with a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `d`
    Delete,
    /// `c`
    Change,
    /// `y`
    Yank,
    /// `>`
    Indent,
    /// `<`
    Dedent,
    /// `gU`
    Upper,
    /// `gu`
    Lower,
    /// `g~`
    Swap,
    /// `gc`
    Comment,
}

/// A way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// `h l`, within the line.
    Left,
    /// See `Left`.
    Right,
    /// `k j`
    Up,
    /// See `Up`.
    Down,
    /// `w W`; the flag is for words that only blanks divide, here and below.
    Word(bool),
    /// `b B`
    Back(bool),
    /// `e E`
    End(bool),
    /// `ge gE`
    BackEnd(bool),
    /// `0`
    LineStart,
    /// `^`, and `_` with lines below.
    FirstInLine,
    /// `_`
    ThisLine,
    /// `$`
    LineEnd,
    /// `g_`
    LastInLine,
    /// `|`
    Column,
    /// Enter and `+`
    NextLine,
    /// `-`
    PreviousLine,
    /// `gg`
    First,
    /// `G`
    Last,
    /// `f F t T`
    Find(Sought),
    /// `;` and, the other way, `,`
    FindAgain(bool),
    /// `}`
    Paragraph,
    /// `{`
    ParagraphBack,
    /// `%`
    Partner,
    /// `H`
    High,
    /// `M`
    Middle,
    /// `L`
    Low,
    /// Ctrl-D
    HalfDown,
    /// Ctrl-U
    HalfUp,
    /// Ctrl-F
    PageDown,
    /// Ctrl-B
    PageUp,
    /// `n` and, the other way, `N`
    Search(bool),
    /// `*` and, the other way, `#`
    Star(bool),
    /// `` ` `` and, by lines, `'`
    Mark(char, bool),
}

/// A character to look for in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought {
    /// Which.
    pub char: char,
    /// To the left.
    pub back: bool,
    /// Stop before it.
    pub till: bool,
}

/// What an operator works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// From the cursor to where the motion leads.
    Move(Move),
    /// A text object: with what is around it, and which.
    Object(bool, char),
    /// Lines from the cursor's on.
    Lines,
    /// The selection.
    Selection,
}

/// A command without motion or operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `i a I A`
    Insert,
    /// See `Insert`.
    Append,
    /// See `Insert`.
    InsertFirst,
    /// See `Insert`.
    AppendLast,
    /// `o O`
    OpenBelow,
    /// See `OpenBelow`.
    OpenAbove,
    /// `p P`
    Put,
    /// See `Put`.
    PutBefore,
    /// `u`
    Undo,
    /// Ctrl-R
    Redo,
    /// `.`
    Repeat,
    /// `~`
    SwapCase,
    /// `r`
    Replace(char),
    /// `J`; the flag is for `gJ`, without blanks.
    Join(bool),
    /// `m`
    Mark(char),
    /// `v V`
    Visual(bool),
    /// `gv`
    VisualAgain,
    /// `o` in a selection.
    OtherEnd,
    /// `iw` and the like in a selection.
    Select(bool, char),
    /// `zz zt zb`
    Scroll(char),
    /// Ctrl-E and Ctrl-Y
    ScrollBy(isize),
    /// `:`, `/`, `?`
    Prompt(char),
    /// `gt gT`
    NextFile(bool),
    /// `ZZ ZQ`
    Close(bool),
    /// `q`
    Record(char),
    /// `@`
    Play(char),
    /// Something that is not there, and what is instead.
    Missing(&'static str),
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Move.
    Move(Move),
    /// Work on a stretch.
    Operate(Operator, Target),
    /// All else.
    Act(Act),
}

/// A whole command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Where text goes or comes from.
    pub register: Option<char>,
    /// How often.
    pub count: Option<usize>,
    /// What.
    pub verb: Verb,
    /// Keys before the verb: count and register.
    pub prefix: usize,
}

/// How far the keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parse {
    /// More keys are needed.
    More,
    /// No command begins like that.
    Wrong,
    /// A command.
    Done(Command),
    /// A pattern is needed: `/` or `?` behind an operator.
    Pattern(char),
}

/// Largest count; more is as good as everything.
const MOST: usize = 999_999;

struct Reader<'a> {
    keys: &'a [Key],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Key> {
        let key = self.keys.get(self.at).copied();
        self.at += 1;
        key
    }

    fn char(&mut self) -> Result<char, Parse> {
        match self.next() {
            None => Err(Parse::More),
            Some(Key::Char(c)) => Ok(c),
            Some(_) => Err(Parse::Wrong),
        }
    }

    fn count(&mut self) -> Option<usize> {
        let mut count = None;
        while let Some(Key::Char(c)) = self.keys.get(self.at)
            && let Some(digit) = c.to_digit(10)
            && (digit > 0 || count.is_some())
        {
            let before: usize = count.unwrap_or(0);
            count = Some((before * 10 + digit as usize).min(MOST));
            self.at += 1;
        }
        count
    }
}

/// Reads keys as a command; `visual` when something is selected.
pub fn parse(keys: &[Key], visual: bool) -> Parse {
    let mut reader = Reader { keys, at: 0 };
    match read(&mut reader, visual) {
        Ok(command) => Parse::Done(command),
        Err(other) => other,
    }
}

fn read(reader: &mut Reader<'_>, visual: bool) -> Result<Command, Parse> {
    let mut count = reader.count();
    let mut register = None;
    while reader.keys.get(reader.at) == Some(&Key::Char('"')) {
        reader.at += 1;
        register = Some(reader.char()?);
        count = count.or(reader.count());
    }
    let prefix = reader.at;
    let command = |count, verb| Command {
        register,
        count,
        verb,
        prefix,
    };
    let Some(key) = reader.next() else {
        return Err(Parse::More);
    };
    if let Key::Char(c) = key
        && let Some((operator, again)) = operator(reader, c, visual)?
    {
        if visual {
            return Ok(command(count, Verb::Operate(operator, Target::Selection)));
        }
        let inner = reader.count();
        let count = match (count, inner) {
            (Some(one), Some(other)) => Some(one.saturating_mul(other).min(MOST)),
            (one, other) => one.or(other),
        };
        let target = target(reader, again)?;
        return Ok(command(count, Verb::Operate(operator, target)));
    }
    if let Some((verb, most)) = short(key, visual) {
        return Ok(command(count.or(most), verb));
    }
    if let Some(act) = act(reader, key, visual)? {
        return Ok(command(count, Verb::Act(act)));
    }
    Ok(command(count, Verb::Move(motion(reader, key)?)))
}

/// The operator that begins with a key, and the key that doubles it.
fn operator(
    reader: &mut Reader<'_>,
    c: char,
    visual: bool,
) -> Result<Option<(Operator, char)>, Parse> {
    Ok(Some(match c {
        'd' => (Operator::Delete, 'd'),
        'c' => (Operator::Change, 'c'),
        'y' => (Operator::Yank, 'y'),
        '>' => (Operator::Indent, '>'),
        '<' => (Operator::Dedent, '<'),
        'x' | 'X' if visual => (Operator::Delete, 'd'),
        's' if visual => (Operator::Change, 'c'),
        'u' if visual => (Operator::Lower, 'u'),
        'U' if visual => (Operator::Upper, 'U'),
        '~' if visual => (Operator::Swap, '~'),
        'g' => {
            let found = match reader.char()? {
                'u' => (Operator::Lower, 'u'),
                'U' => (Operator::Upper, 'U'),
                '~' => (Operator::Swap, '~'),
                'c' => (Operator::Comment, 'c'),
                _ => {
                    reader.at -= 1;
                    return Ok(None);
                }
            };
            return Ok(Some(found));
        }
        _ => return Ok(None),
    }))
}

fn target(reader: &mut Reader<'_>, again: char) -> Result<Target, Parse> {
    let Some(key) = reader.next() else {
        return Err(Parse::More);
    };
    match key {
        Key::Char(c) if c == again => Ok(Target::Lines),
        // gUgU and the like.
        Key::Char('g') if reader.keys.get(reader.at) == Some(&Key::Char(again)) => {
            Ok(Target::Lines)
        }
        Key::Char(c @ ('i' | 'a')) => {
            let kind = reader.char()?;
            if super::object::KINDS.contains(kind) {
                Ok(Target::Object(c == 'a', kind))
            } else {
                Err(Parse::Wrong)
            }
        }
        Key::Char(c @ ('/' | '?')) => Err(Parse::Pattern(c)),
        _ => Ok(Target::Move(motion(reader, key)?)),
    }
}

/// Keys that stand for an operator with its target, and the count they have of their own.
fn short(key: Key, visual: bool) -> Option<(Verb, Option<usize>)> {
    let Key::Char(c) = key else {
        return None;
    };
    let operate = |operator, target| Some((Verb::Operate(operator, target), None));
    match c {
        _ if visual => None,
        'x' => operate(Operator::Delete, Target::Move(Move::Right)),
        'X' => operate(Operator::Delete, Target::Move(Move::Left)),
        'D' => operate(Operator::Delete, Target::Move(Move::LineEnd)),
        'C' => operate(Operator::Change, Target::Move(Move::LineEnd)),
        's' => operate(Operator::Change, Target::Move(Move::Right)),
        'S' => operate(Operator::Change, Target::Lines),
        'Y' => operate(Operator::Yank, Target::Lines),
        _ => None,
    }
}

fn act(reader: &mut Reader<'_>, key: Key, visual: bool) -> Result<Option<Act>, Parse> {
    let c = match key {
        Key::Char(c) => c,
        Key::Ctrl('r') => return Ok(Some(Act::Redo)),
        Key::Ctrl('e') => return Ok(Some(Act::ScrollBy(1))),
        Key::Ctrl('y') => return Ok(Some(Act::ScrollBy(-1))),
        _ => return Ok(None),
    };
    Ok(Some(match c {
        'i' | 'a' if visual => {
            let kind = reader.char()?;
            if !super::object::KINDS.contains(kind) {
                return Err(Parse::Wrong);
            }
            Act::Select(c == 'a', kind)
        }
        'o' | 'O' if visual => Act::OtherEnd,
        'i' => Act::Insert,
        'a' => Act::Append,
        'I' => Act::InsertFirst,
        'A' => Act::AppendLast,
        'o' => Act::OpenBelow,
        'O' => Act::OpenAbove,
        'p' => Act::Put,
        'P' => Act::PutBefore,
        'u' => Act::Undo,
        '.' => Act::Repeat,
        '~' => Act::SwapCase,
        'r' => Act::Replace(reader.char()?),
        'J' => Act::Join(true),
        'm' => Act::Mark(reader.char()?),
        'v' => Act::Visual(false),
        'V' => Act::Visual(true),
        ':' | '/' | '?' => Act::Prompt(c),
        'z' => match reader.char()? {
            how @ ('z' | 't' | 'b' | '.' | '-' | '\n') => Act::Scroll(how),
            _ => return Err(Parse::Wrong),
        },
        'Z' => match reader.char()? {
            'Z' => Act::Close(true),
            'Q' => Act::Close(false),
            _ => return Err(Parse::Wrong),
        },
        'g' => match reader.char()? {
            'v' => Act::VisualAgain,
            'J' => Act::Join(false),
            't' => Act::NextFile(true),
            'T' => Act::NextFile(false),
            _ => {
                reader.at -= 1;
                return Ok(None);
            }
        },
        'q' => Act::Record(reader.char()?),
        '@' => Act::Play(reader.char()?),
        'R' => Act::Missing("there is no overtyping; r replaces one character"),
        _ => return Ok(None),
    }))
}

fn motion(reader: &mut Reader<'_>, key: Key) -> Result<Move, Parse> {
    let c = match key {
        Key::Char(c) => c,
        Key::Ctrl('d') => return Ok(Move::HalfDown),
        Key::Ctrl('u') => return Ok(Move::HalfUp),
        Key::Ctrl('f') => return Ok(Move::PageDown),
        Key::Ctrl('b') => return Ok(Move::PageUp),
        _ => return Err(Parse::Wrong),
    };
    Ok(match c {
        'h' => Move::Left,
        'l' | ' ' => Move::Right,
        'j' => Move::Down,
        'k' => Move::Up,
        'w' | 'W' => Move::Word(c == 'W'),
        'b' | 'B' => Move::Back(c == 'B'),
        'e' | 'E' => Move::End(c == 'E'),
        '0' => Move::LineStart,
        '^' => Move::FirstInLine,
        '_' => Move::ThisLine,
        '$' => Move::LineEnd,
        '|' => Move::Column,
        '+' | '\n' => Move::NextLine,
        '-' => Move::PreviousLine,
        'G' => Move::Last,
        'f' | 'F' | 't' | 'T' => Move::Find(Sought {
            char: reader.char()?,
            back: c.is_uppercase(),
            till: c.eq_ignore_ascii_case(&'t'),
        }),
        ';' => Move::FindAgain(false),
        ',' => Move::FindAgain(true),
        '}' => Move::Paragraph,
        '{' => Move::ParagraphBack,
        '%' => Move::Partner,
        'H' => Move::High,
        'M' => Move::Middle,
        'L' => Move::Low,
        'n' => Move::Search(false),
        'N' => Move::Search(true),
        '*' => Move::Star(false),
        '#' => Move::Star(true),
        '`' => Move::Mark(reader.char()?, false),
        '\'' => Move::Mark(reader.char()?, true),
        'g' => match reader.char()? {
            'g' => Move::First,
            'e' => Move::BackEnd(false),
            'E' => Move::BackEnd(true),
            '_' => Move::LastInLine,
            'j' => Move::Down,
            'k' => Move::Up,
            _ => return Err(Parse::Wrong),
        },
        _ => return Err(Parse::Wrong),
    })
}
