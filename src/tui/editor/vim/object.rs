//! Text objects: words, quotes, brackets, paragraphs.

use super::super::Buffer;
use super::super::motion::{Class, class};

/// The keys of all objects.
pub const KINDS: &str = "wW\"'`([{<)]}>bBp";

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First character.
    pub from: usize,
    /// Behind the last one.
    pub to: usize,
    /// Whole lines.
    pub lines: bool,
}

impl Buffer {
    /// The object at the cursor; `around` takes in the blanks or signs around it.
    pub(super) fn object(&self, around: bool, kind: char, count: usize) -> Option<Stretch> {
        match kind {
            'w' | 'W' => self.word_object(around, kind == 'W', count),
            '"' | '\'' | '`' => self.quote_object(around, kind),
            '(' | ')' | 'b' => self.bracket_object(around, '(', ')', count),
            '[' | ']' => self.bracket_object(around, '[', ']', count),
            '{' | '}' | 'B' => self.bracket_object(around, '{', '}', count),
            '<' | '>' => self.bracket_object(around, '<', '>', count),
            'p' => self.paragraph_object(around, count),
            _ => None,
        }
    }

    fn word_object(&self, around: bool, big: bool, count: usize) -> Option<Stretch> {
        let line = self.line_of(self.head());
        let start = self.start_of(line);
        let text: Vec<char> = self.line(line).chars().collect();
        let kind = |at: usize| {
            text.get(at).map(|c| match class(*c) {
                Class::Blank => Class::Blank,
                _ if big => Class::Word,
                other => other,
            })
        };
        let at = self.head() - start;
        let own = kind(at)?;
        let mut from = at;
        while from > 0 && kind(from - 1).as_ref() == Some(&own) {
            from -= 1;
        }
        let run = |from: usize| {
            let own = kind(from);
            let mut to = from;
            while own.is_some() && kind(to) == own {
                to += 1;
            }
            to
        };
        let mut to = from;
        for _ in 0..count {
            to = run(to);
            if around {
                to = if own == Class::Blank || kind(to) == Some(Class::Blank) {
                    run(to)
                } else {
                    to
                };
            }
        }
        // Without blanks behind it, the blanks before the word go with it.
        let trailing = to > 0 && kind(to - 1) == Some(Class::Blank);
        if around && own != Class::Blank && !trailing {
            let word = from;
            while from > 0 && kind(from - 1) == Some(Class::Blank) {
                from -= 1;
            }
            if from == 0 {
                from = word;
            }
        }
        Some(Stretch {
            from: start + from,
            to: start + to,
            lines: false,
        })
    }

    fn quote_object(&self, around: bool, quote: char) -> Option<Stretch> {
        let line = self.line_of(self.head());
        let start = self.start_of(line);
        let text: Vec<char> = self.line(line).chars().collect();
        let at = self.head() - start;
        let mut places = Vec::new();
        let mut escaped = false;
        for (index, c) in text.iter().enumerate() {
            let literal = !escaped;
            escaped = *c == '\\' && literal;
            if *c == quote && literal {
                places.push(index);
            }
        }
        // Quotes in twos from the start of the line; the first that ends at or behind the cursor.
        let pair = places
            .chunks_exact(2)
            .find(|pair| pair.last() >= Some(&at))?;
        let (&open, &close) = (pair.first()?, pair.last()?);
        if !around {
            return Some(Stretch {
                from: start + open + 1,
                to: start + close,
                lines: false,
            });
        }
        let blanks =
            |part: &mut dyn Iterator<Item = &char>| part.take_while(|c| c.is_whitespace()).count();
        let behind = blanks(&mut text.iter().skip(close + 1));
        let before = if behind == 0 {
            blanks(&mut text.iter().take(open).rev())
        } else {
            0
        };
        Some(Stretch {
            from: start + open - before,
            to: start + close + 1 + behind,
            lines: false,
        })
    }

    fn bracket_object(
        &self,
        around: bool,
        open: char,
        close: char,
        count: usize,
    ) -> Option<Stretch> {
        let head = self.head();
        let here = self.rope.get_char(head);
        let mut from = if here == Some(open) {
            head
        } else {
            self.enclosing(head, open, close)?
        };
        for _ in 1..count {
            from = self.enclosing(from, open, close)?;
        }
        let to = self.closing_of(from, open, close)?;
        if around {
            return Some(Stretch {
                from,
                to: to + 1,
                lines: false,
            });
        }
        let (first, last) = (self.line_of(from), self.line_of(to));
        let opens = self.after(from) >= self.line_end_at(first);
        let closes = self.first_in(last) == to;
        if opens && closes && last > first + 1 {
            // Brackets on lines of their own hold the lines between.
            return Some(Stretch {
                from: self.start_of(first + 1),
                to: self.start_of(last),
                lines: true,
            });
        }
        Some(Stretch {
            from: from + 1,
            to,
            lines: false,
        })
    }

    /// The bracket that opens what a character is in.
    fn enclosing(&self, at: usize, open: char, close: char) -> Option<usize> {
        let mut depth = 0usize;
        let before = self.rope.chars_at(at).reversed().take(super::REACH);
        for (back, c) in before.enumerate() {
            if c == close {
                depth += 1;
            } else if c == open {
                if depth == 0 {
                    return Some(at - back - 1);
                }
                depth -= 1;
            }
        }
        None
    }

    fn closing_of(&self, at: usize, open: char, close: char) -> Option<usize> {
        let mut depth = 0usize;
        let ahead = self.rope.chars_at(at).take(super::REACH);
        for (offset, c) in ahead.enumerate() {
            if c == open {
                depth += 1;
            } else if c == close {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + offset);
                }
            }
        }
        None
    }

    fn paragraph_object(&self, around: bool, count: usize) -> Option<Stretch> {
        let last = self.last_line();
        let blank = |line: usize| self.line(line).trim().is_empty();
        let here = self.line_of(self.head()).min(last);
        let own = blank(here);
        let mut first = here;
        while first > 0 && blank(first - 1) == own {
            first -= 1;
        }
        let run = |from: usize| {
            let mut to = from;
            while to <= last && blank(to) == blank(from) {
                to += 1;
            }
            to
        };
        let mut to = first;
        for _ in 0..count {
            to = run(to);
            if around && to <= last {
                to = run(to);
            }
        }
        if around && !own && to > last && !blank(to - 1) {
            while first > 0 && blank(first - 1) {
                first -= 1;
            }
        }
        Some(Stretch {
            from: self.start_of(first),
            to: self.start_of(to),
            lines: true,
        })
    }
}
