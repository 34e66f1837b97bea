//! Where motions lead.

use super::super::Buffer;
use super::super::motion::{Class, class};
use super::parse::{Move, Sought};
use crate::tui::editor::{Pattern, Reading};

/// How the end of a motion belongs to what an operator works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It does not.
    Before,
    /// It does.
    With,
    /// Whole lines.
    Lines,
}

/// What motions remember.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The last `f F t T`.
    pub sought: Option<Sought>,
    /// The last pattern, and whether it was looked for backwards.
    pub search: Option<(Pattern, bool)>,
}

/// Where the cursor goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The character.
    pub to: usize,
    /// How it belongs to a stretch.
    pub reach: Reach,
    /// The cell column to keep while going up and down.
    pub goal: Option<usize>,
    /// A far jump, to come back from.
    pub jump: bool,
}

fn landing(to: usize, reach: Reach) -> Option<Landing> {
    Some(Landing {
        to,
        reach,
        goal: None,
        jump: false,
    })
}

fn jump(to: usize, reach: Reach) -> Option<Landing> {
    Some(Landing {
        to,
        reach,
        goal: None,
        jump: true,
    })
}

impl Buffer {
    /// The last line that shows something: an empty one behind the last line end does not count.
    pub(super) fn last_line(&self) -> usize {
        let last = self.lines() - 1;
        if last > 0 && self.start_of(last) == self.rope.len_chars() {
            last - 1
        } else {
            last
        }
    }

    /// Behind the last character of a line.
    pub(super) fn line_end_at(&self, line: usize) -> usize {
        self.start_of(line) + self.line(line).chars().count()
    }

    /// The first character of a line that is no blank, or its last.
    pub(super) fn first_in(&self, line: usize) -> usize {
        let text = self.line(line);
        let blanks = text.chars().take_while(|c| c.is_whitespace()).count();
        self.start_of(line) + blanks
    }

    /// Where a cursor on a character can be: not behind the last one of a line.
    pub(super) fn on_character(&self, at: usize) -> usize {
        let line = self.line_of(at);
        let end = self.line_end_at(line);
        if at >= end && end > self.start_of(line) {
            self.before(end)
        } else {
            at.min(end)
        }
    }

    fn class_at(&self, at: usize, big: bool) -> Class {
        match self.rope.get_char(at).map_or(Class::Blank, class) {
            Class::Blank => Class::Blank,
            _ if big => Class::Word,
            other => other,
        }
    }

    fn empty_line_at(&self, at: usize) -> bool {
        let line = self.line_of(at);
        self.start_of(line) == at && self.line(line).is_empty()
    }

    fn word_next(&self, from: usize, big: bool) -> usize {
        let end = self.rope.len_chars();
        let kind = self.class_at(from, big);
        let mut at = from;
        while at < end && kind != Class::Blank && self.class_at(at, big) == kind {
            at = self.after(at);
        }
        while at < end && self.class_at(at, big) == Class::Blank {
            if at != from && self.empty_line_at(at) {
                break;
            }
            at = self.after(at);
        }
        at
    }

    fn word_end(&self, from: usize, big: bool) -> usize {
        let end = self.rope.len_chars();
        let mut at = self.after(from);
        while at < end && self.class_at(at, big) == Class::Blank {
            at = self.after(at);
        }
        if at >= end {
            return from;
        }
        let kind = self.class_at(at, big);
        loop {
            let next = self.after(at);
            if next >= end || self.class_at(next, big) != kind {
                return at;
            }
            at = next;
        }
    }

    fn word_back(&self, from: usize, big: bool) -> usize {
        let mut at = self.before(from);
        while at > 0 && self.class_at(at, big) == Class::Blank && !self.empty_line_at(at) {
            at = self.before(at);
        }
        let kind = self.class_at(at, big);
        while at > 0 && kind != Class::Blank {
            let next = self.before(at);
            if self.class_at(next, big) != kind {
                break;
            }
            at = next;
        }
        at
    }

    fn word_end_back(&self, from: usize, big: bool) -> usize {
        let kind = self.class_at(from, big);
        let mut at = from;
        while at > 0 && kind != Class::Blank && self.class_at(at, big) == kind {
            at = self.before(at);
        }
        while at > 0 && self.class_at(at, big) == Class::Blank && !self.empty_line_at(at) {
            at = self.before(at);
        }
        at
    }

    fn paragraph(&self, from: usize, forward: bool) -> usize {
        let blank = |line: usize| self.line(line).trim().is_empty();
        let mut line = self.line_of(from);
        let last = self.last_line();
        let mut inside = false;
        loop {
            inside |= !blank(line);
            if inside && blank(line) {
                return self.start_of(line);
            }
            if forward && line >= last {
                return self.line_end_at(last);
            }
            if !forward && line == 0 {
                return 0;
            }
            line = if forward { line + 1 } else { line - 1 };
        }
    }

    fn sought(&self, from: usize, sought: Sought, count: usize, again: bool) -> Option<usize> {
        let line = self.line_of(from);
        let start = self.start_of(line);
        let text: Vec<char> = self.line(line).chars().collect();
        let mut at = from - start;
        for step in 0..count {
            // Looked for again, a character right before the cursor's stop is passed over.
            let skip = usize::from(step == 0 && again && sought.till);
            at = if sought.back {
                let head = text.get(..at.saturating_sub(skip))?;
                head.iter().rposition(|c| *c == sought.char)?
            } else {
                let next = at + 1 + skip;
                next + text.get(next..)?.iter().position(|c| *c == sought.char)?
            };
        }
        Some(
            start
                + match (sought.till, sought.back) {
                    (false, _) => at,
                    (true, true) => at + 1,
                    (true, false) => at.checked_sub(1)?,
                },
        )
    }

    /// The word at the cursor, or the next one in the line.
    pub(super) fn word_here(&self) -> Option<String> {
        let line = self.line_of(self.head());
        let within = self.head() - self.start_of(line);
        let text: Vec<char> = self.line(line).chars().collect();
        let is_word = |c: &char| class(*c) == Class::Word;
        let at = text.iter().skip(within).position(is_word)? + within;
        let before = text
            .iter()
            .take(at)
            .rev()
            .take_while(|c| is_word(c))
            .count();
        let after = text.iter().skip(at).take_while(|c| is_word(c)).count();
        Some(text.iter().skip(at - before).take(before + after).collect())
    }

    /// What finds the word at the cursor again, as a whole word.
    fn pattern_here(&self) -> Option<Pattern> {
        let reading = Reading {
            word: true,
            exact: true,
            ..Reading::default()
        };
        Pattern::new(&self.word_here()?, reading).ok()?
    }

    /// Where a motion leads from the cursor; `None` when it leads nowhere.
    pub(super) fn landing(
        &self,
        motion: Move,
        count: Option<usize>,
        memory: &mut Memory,
    ) -> Option<Landing> {
        let times = count.unwrap_or(1);
        let head = self.head();
        let again = |step: &dyn Fn(usize) -> usize| {
            // A count that is too big ends where nothing moves any more.
            let mut at = head;
            for _ in 0..times {
                let next = step(at);
                if next == at {
                    break;
                }
                at = next;
            }
            at
        };
        match motion {
            Move::Word(big) => landing(again(&|at| self.word_next(at, big)), Reach::Before),
            Move::Back(big) => landing(again(&|at| self.word_back(at, big)), Reach::Before),
            Move::End(big) => landing(again(&|at| self.word_end(at, big)), Reach::With),
            Move::BackEnd(big) => landing(again(&|at| self.word_end_back(at, big)), Reach::With),
            Move::Paragraph => jump(again(&|at| self.paragraph(at, true)), Reach::Before),
            Move::ParagraphBack => jump(again(&|at| self.paragraph(at, false)), Reach::Before),
            Move::Find(sought) => {
                memory.sought = Some(sought);
                self.sought_landing(sought, times, false)
            }
            Move::FindAgain(other) => {
                let mut sought = memory.sought?;
                sought.back ^= other;
                self.sought_landing(sought, times, true)
            }
            Move::Search(other) => self.search_landing(other, times, memory),
            Move::Star(back) => {
                memory.search = Some((self.pattern_here()?, back));
                self.search_landing(false, times, memory)
            }
            Move::Mark(name, by_line) => self.mark_landing(name, by_line),
            Move::Partner => {
                let line = self.line_of(head);
                let mut ahead = head..self.line_end_at(line);
                let to = ahead.find_map(|at| self.partner(at))?;
                jump(to, Reach::With)
            }
            _ => self.line_landing(motion, count),
        }
    }

    /// At a character looked for in the line, or right before it.
    fn sought_landing(&self, sought: Sought, times: usize, again: bool) -> Option<Landing> {
        let to = self.sought(self.head(), sought, times, again)?;
        let reach = if sought.back {
            Reach::Before
        } else {
            Reach::With
        };
        landing(to, reach)
    }

    fn mark_landing(&self, name: char, by_line: bool) -> Option<Landing> {
        let name = if name == '`' { '\'' } else { name };
        let at = (*self.places.get(&name)?).min(self.rope.len_chars());
        if by_line {
            jump(self.first_in(self.line_of(at)), Reach::Lines)
        } else {
            jump(at, Reach::Before)
        }
    }

    fn search_landing(&self, other: bool, times: usize, memory: &Memory) -> Option<Landing> {
        let (pattern, back) = memory.search.as_ref()?;
        let mut at = self.head();
        for _ in 0..times.min(10_000) {
            let forward = *back == other;
            let from = if forward { self.after(at) } else { at };
            let from = if forward && from >= self.rope.len_chars() {
                0
            } else {
                from
            };
            at = self.search(pattern, from, forward, None)?.start;
        }
        jump(at, Reach::Before)
    }

    /// Motions within a line, or by lines.
    fn line_landing(&self, motion: Move, count: Option<usize>) -> Option<Landing> {
        let times = count.unwrap_or(1);
        let head = self.head();
        let line = self.line_of(head);
        let (start, end) = (self.start_of(line), self.line_end_at(line));
        let last = self.last_line();
        let to_line = |line: usize, far: bool| {
            let to = self.first_in(line.min(last));
            if far {
                jump(to, Reach::Lines)
            } else {
                landing(to, Reach::Lines)
            }
        };
        let shown = self.rows.max(1);
        let bottom = (self.top + shown - 1).min(last);
        match motion {
            Move::Left => {
                let mut at = head;
                for _ in 0..times.min(head - start) {
                    at = self.before(at).max(start);
                }
                (at < head).then_some(())?;
                landing(at, Reach::Before)
            }
            Move::Right => {
                let mut at = head;
                for _ in 0..times.min(end - head) {
                    at = self.after(at).min(end);
                }
                (at > head).then_some(())?;
                landing(at, Reach::Before)
            }
            Move::Up => self.vertical(line.checked_sub(times)?),
            Move::Down => self.vertical((line < last).then_some((line + times).min(last))?),
            Move::HalfDown => self.vertical((line + count.unwrap_or(shown / 2).max(1)).min(last)),
            Move::HalfUp => self.vertical(line.saturating_sub(count.unwrap_or(shown / 2).max(1))),
            Move::PageDown => {
                self.vertical((line + times * shown.saturating_sub(2).max(1)).min(last))
            }
            Move::PageUp => {
                self.vertical(line.saturating_sub(times * shown.saturating_sub(2).max(1)))
            }
            Move::LineStart => landing(start, Reach::Before),
            Move::FirstInLine => landing(self.first_in(line), Reach::Before),
            Move::ThisLine => to_line(line + times - 1, false),
            Move::LineEnd => {
                let line = (line + times - 1).min(last.max(line));
                Some(Landing {
                    to: self.line_end_at(line),
                    reach: Reach::Before,
                    goal: Some(usize::MAX),
                    jump: false,
                })
            }
            Move::LastInLine => {
                let text = self.line(line);
                let kept = text.trim_end().chars().count();
                landing(start + kept.saturating_sub(1), Reach::With)
            }
            Move::Column => landing(self.at_cell(line, times - 1), Reach::Before),
            Move::NextLine => to_line((line < last).then_some(line + times)?, false),
            Move::PreviousLine => to_line(line.checked_sub(times)?, false),
            Move::First => to_line(times - 1, true),
            Move::Last => to_line(count.map_or(last, |count| count.saturating_sub(1)), true),
            Move::High => to_line((self.top + times - 1).min(bottom), true),
            Move::Middle => to_line(self.top + (bottom - self.top.min(bottom)) / 2, true),
            Move::Low => to_line(bottom.saturating_sub(times - 1).max(self.top), true),
            _ => None,
        }
    }

    fn vertical(&self, line: usize) -> Option<Landing> {
        let goal = self.goal.unwrap_or_else(|| self.cursor().1);
        Some(Landing {
            to: self.at_cell(line, goal),
            reach: Reach::Lines,
            goal: Some(goal),
            jump: false,
        })
    }
}
