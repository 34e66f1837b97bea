//! The line typed behind `:`.

use std::ops::Range;

use super::super::{Buffer, Pattern};
use super::object::Stretch;
use super::parse::Operator;
use super::{Outcome, REGEX, Vim};

/// Something that the `:` line asks of the rest of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ex {
    /// `:w`, `:wa`
    Write {
        /// All files.
        all: bool,
    },
    /// `:q`, `:qa`
    Quit {
        /// All files: the program.
        all: bool,
        /// Without what is unsaved.
        force: bool,
    },
    /// `:wq`, `:x`, `:wqa`
    WriteQuit {
        /// All files: the program.
        all: bool,
    },
    /// `:e`
    Edit {
        /// Which; the shown one again when it is `None`.
        path: Option<String>,
        /// Without what is unsaved.
        force: bool,
    },
    /// `:bn`
    Next,
    /// `:bp`
    Previous,
    /// `:help`
    Help,
    /// `:set`
    Set(Setting, bool),
    /// A command of the program by its name, as `:pipeline.toggle`.
    Command(String),
}

/// What `:set` changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `wrap`
    Wrap,
    /// `relativenumber`
    Relative,
    /// `list`
    Whitespace,
    /// `autopairs`
    Pairs,
}

/// Names of commands, the shortest form first.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("w", "write"),
    ("q", "quit"),
    ("wq", "wq"),
    ("x", "xit"),
    ("e", "edit"),
    ("wa", "wall"),
    ("qa", "qall"),
    ("wqa", "wqall"),
    ("xa", "xall"),
    ("bn", "bnext"),
    ("bp", "bprevious"),
    ("bd", "bdelete"),
    ("s", "substitute"),
    ("d", "delete"),
    ("y", "yank"),
    ("noh", "nohlsearch"),
    ("h", "help"),
    ("mes", "messages"),
    ("se", "set"),
    ("u", "undo"),
    ("red", "redo"),
];

/// The whole name of a command, however much of it was typed.
fn whole(name: &str) -> Option<&'static str> {
    let found = NAMES
        .iter()
        .find(|(short, long)| name.starts_with(short) && long.starts_with(name) || name == *short);
    found.map(|(short, _)| *short)
}

impl Vim {
    pub(super) fn command_line(&mut self, buffer: &mut Buffer, text: &str) -> Outcome {
        let text = text.trim().trim_start_matches(':').trim_start();
        let (range, rest) = match self.lines_of(buffer, text) {
            Ok(read) => read,
            Err(why) => return Outcome::Say(why),
        };
        let rest = rest.trim();
        if rest.is_empty() {
            if let Some(lines) = range {
                buffer.places.insert('\'', buffer.at.head);
                let to = buffer.first_in(lines.end.saturating_sub(1).min(buffer.last_line()));
                buffer.put_cursor(to);
            }
            return Outcome::Done;
        }
        let letters = rest
            .find(|c: char| !c.is_ascii_alphabetic() && c != '.' && c != '-' && c != '_')
            .unwrap_or(rest.len());
        let (name, tail) = rest.split_at(letters);
        // s/a/b/ may follow its letter at once; so may no other text.
        let force = tail.starts_with('!');
        let argument = tail.trim_start_matches('!').trim();
        let Some(short) = whole(name) else {
            if name.contains('.') {
                return Outcome::Run(Ex::Command(name.to_owned()));
            }
            return Outcome::Say(unknown(name));
        };
        match short {
            "s" => self.substitute(buffer, range, tail),
            "d" | "y" => {
                if short == "d" && buffer.read_only.is_some() {
                    return Outcome::Refused;
                }
                let here = buffer.line_of(buffer.at.head);
                let lines = range.unwrap_or(here..here + 1);
                let stretch: Stretch = buffer.whole_lines(lines.start, lines.end.saturating_sub(1));
                let operator = if short == "d" {
                    Operator::Delete
                } else {
                    Operator::Yank
                };
                self.apply(buffer, operator, &stretch, argument.chars().next(), 1)
            }
            "noh" => {
                buffer.found = None;
                Outcome::Done
            }
            "u" => self.act_by_name(buffer, true),
            "red" => self.act_by_name(buffer, false),
            "se" => set(argument),
            _ => run(short, argument, force),
        }
    }

    fn act_by_name(&mut self, buffer: &mut Buffer, back: bool) -> Outcome {
        if buffer.read_only.is_some() {
            return Outcome::Refused;
        }
        let done = if back { buffer.undo() } else { buffer.redo() };
        if done {
            Outcome::Done
        } else {
            Outcome::Say("there is nothing".to_owned())
        }
    }

    /// Reads the lines in front of a command: `%`, `12`, `.,$`, `'<,'>`.
    fn lines_of<'a>(
        &self,
        buffer: &Buffer,
        text: &'a str,
    ) -> Result<(Option<Range<usize>>, &'a str), String> {
        let last = buffer.last_line();
        if let Some(rest) = text.strip_prefix('%') {
            return Ok((Some(0..last + 1), rest));
        }
        let (Some(first), rest) = self.line_in(buffer, text)? else {
            return Ok((None, text));
        };
        let Some(rest) = rest.strip_prefix(',') else {
            return Ok((Some(first.min(last)..first.min(last) + 1), rest));
        };
        let (second, rest) = self.line_in(buffer, rest)?;
        let second = second.unwrap_or_else(|| buffer.line_of(buffer.at.head));
        let (from, to) = (first.min(second), first.max(second));
        Ok((Some(from.min(last)..to.min(last) + 1), rest))
    }

    /// Reads one line: a number, `.`, `$` or a mark, with `+` and `-` behind it; from 0.
    fn line_in<'a>(
        &self,
        buffer: &Buffer,
        text: &'a str,
    ) -> Result<(Option<usize>, &'a str), String> {
        let here = buffer.line_of(buffer.at.head);
        let digits = |text: &str| {
            text.find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len())
        };
        let (mut line, mut rest) = match text.chars().next() {
            Some('.') => (here, &text[1..]),
            Some('$') => (buffer.last_line(), &text[1..]),
            Some('+' | '-') => (here, text),
            Some('\'') => {
                let name = text.chars().nth(1);
                let at = match (name, self.visual) {
                    (Some('<'), Some((one, other, _))) => Some(one.min(other)),
                    (Some('>'), Some((one, other, _))) => Some(one.max(other)),
                    (Some(name), _) => buffer.places.get(&name).copied(),
                    (None, _) => None,
                };
                let at = at.ok_or_else(|| "there is no such mark".to_owned())?;
                let behind = 1 + name.map_or(0, char::len_utf8);
                (buffer.line_of(at), text.get(behind..).unwrap_or_default())
            }
            Some(c) if c.is_ascii_digit() => {
                let (number, rest) = text.split_at(digits(text));
                let number: usize = number.parse().unwrap_or(usize::MAX);
                (number.saturating_sub(1), rest)
            }
            _ => return Ok((None, text)),
        };
        while let Some(sign) = rest.chars().next().filter(|c| matches!(c, '+' | '-')) {
            let (by, tail) = rest[1..].split_at(digits(&rest[1..]));
            let by: usize = by.parse().unwrap_or(1);
            line = if sign == '+' {
                line.saturating_add(by)
            } else {
                line.saturating_sub(by)
            };
            rest = tail;
        }
        Ok((Some(line), rest))
    }

    fn substitute(
        &mut self,
        buffer: &mut Buffer,
        lines: Option<Range<usize>>,
        text: &str,
    ) -> Outcome {
        if buffer.read_only.is_some() {
            return Outcome::Refused;
        }
        let text = text.trim_start();
        let Some(sign) = text.chars().next().filter(|c| !c.is_alphanumeric()) else {
            return Outcome::Say("write it as s/what/with/ or s/what/with/g".to_owned());
        };
        let mut parts = split(text.get(sign.len_utf8()..).unwrap_or_default(), sign).into_iter();
        let what = parts.next().unwrap_or_default();
        let with = parts.next().unwrap_or_default();
        let flags = parts.next().unwrap_or_default();
        if let Some(other) = flags.chars().find(|c| !"giI".contains(*c)) {
            let why = format!("the flags of s are g (all in a line), i and I (case), not {other}");
            return Outcome::Say(why);
        }
        let mut reading = REGEX;
        reading.exact = flags.contains('I');
        let what = if flags.contains('i') {
            format!("(?i){what}")
        } else {
            what
        };
        let pattern = match (what.is_empty(), Pattern::new(&what, reading)) {
            (true, _) => self
                .memory
                .search
                .as_ref()
                .map(|(pattern, _)| pattern.clone()),
            (_, Ok(pattern)) => pattern,
            (_, Err(why)) => return Outcome::Say(why),
        };
        let Some(pattern) = pattern else {
            return Outcome::Say("nothing was looked for yet".to_owned());
        };
        let here = buffer.line_of(buffer.at.head);
        let lines = lines.unwrap_or(here..here + 1);
        let most = if flags.contains('g') { usize::MAX } else { 1 };
        let count = buffer.replace_in(&pattern, &with, Some(buffer.span(&lines)), most);
        self.memory.search = Some((pattern.clone(), false));
        buffer.found = Some(pattern);
        self.failed = count == 0;
        Outcome::Say(match count {
            0 => format!("{what} is not found"),
            1 => "1 replaced".to_owned(),
            _ => format!("{count} replaced"),
        })
    }
}

/// Divides at a sign that no backslash is before; other escapes stay.
fn split(text: &str, sign: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == sign {
            parts.push(String::new());
            continue;
        }
        let Some(part) = parts.last_mut() else {
            continue;
        };
        if c == '\\' {
            match chars.next() {
                Some(next) if next == sign => part.push(next),
                Some(next) => part.extend([c, next]),
                None => part.push(c),
            }
        } else {
            part.push(c);
        }
    }
    parts
}

fn run(short: &str, argument: &str, force: bool) -> Outcome {
    let all = short.ends_with('a');
    let path = (!argument.is_empty()).then(|| argument.to_owned());
    Outcome::Run(match short {
        "w" if path.is_some() => {
            return Outcome::Say(
                "a file cannot be written elsewhere; duplicate it in the list of files".to_owned(),
            );
        }
        "w" | "wa" => Ex::Write { all },
        "q" | "qa" | "bd" => Ex::Quit { all, force },
        "wq" | "x" | "wqa" | "xa" => Ex::WriteQuit { all },
        "e" => Ex::Edit { path, force },
        "mes" => Ex::Command("app.messages".to_owned()),
        "bn" => Ex::Next,
        "bp" => Ex::Previous,
        _ => Ex::Help,
    })
}

fn set(argument: &str) -> Outcome {
    let (name, on) = match argument.strip_prefix("no") {
        Some(name) if !name.is_empty() => (name, false),
        _ => (argument, true),
    };
    let setting = match name {
        "wrap" => Setting::Wrap,
        "relativenumber" | "rnu" => Setting::Relative,
        "list" => Setting::Whitespace,
        "autopairs" => Setting::Pairs,
        _ => {
            return Outcome::Say(
                "what can be set: wrap, relativenumber, list, autopairs, each with no before it"
                    .to_owned(),
            );
        }
    };
    Outcome::Run(Ex::Set(setting, on))
}

fn unknown(name: &str) -> String {
    let names = NAMES.iter().flat_map(|(short, long)| [*short, *long]);
    let near = names
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len())
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, known)) => format!("there is no :{name}; did you mean :{known}?"),
        None => format!("there is no :{name}; F1 lists what there is"),
    }
}
