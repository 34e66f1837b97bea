//! Operators: what is done with a stretch of text.

use super::super::Buffer;
use super::super::history::{Kind, Selection};
use super::moves::Reach;
use super::object::Stretch;
use super::parse::{Command, Move, Operator, Target};
use super::{Again, Mode, Outcome, Register, Vim};

impl Vim {
    pub(super) fn operate(
        &mut self,
        buffer: &mut Buffer,
        operator: Operator,
        target: Target,
        command: &Command,
    ) -> Outcome {
        let Some(stretch) = self.stretch(buffer, operator, target, command.count) else {
            self.failed = true;
            if target == Target::Selection {
                self.escape(buffer);
            }
            return Outcome::Done;
        };
        if target == Target::Selection {
            self.remember_visual(buffer);
            self.mode = Mode::Normal;
            buffer.at.anchor = None;
        }
        let levels = match target {
            Target::Selection => command.count.unwrap_or(1),
            _ => 1,
        };
        self.apply(buffer, operator, &stretch, command.register, levels)
    }

    /// Does an operator to a stretch.
    pub(super) fn apply(
        &mut self,
        buffer: &mut Buffer,
        operator: Operator,
        stretch: &Stretch,
        register: Option<char>,
        levels: usize,
    ) -> Outcome {
        let lines = buffer.lines_in(stretch);
        match operator {
            Operator::Delete => return self.delete(buffer, stretch, register),
            Operator::Change => return self.change(buffer, stretch, register),
            Operator::Yank => return self.yank(buffer, stretch, register),
            Operator::Indent => buffer.indent_lines(lines.clone(), levels),
            Operator::Dedent => buffer.dedent_lines(lines.clone(), levels),
            Operator::Comment => {
                if let Err(why) = buffer.comment_lines(lines.clone()) {
                    return Outcome::Say(why);
                }
            }
            Operator::Upper => buffer.change_case(stretch, |c| c.to_uppercase().collect()),
            Operator::Lower => buffer.change_case(stretch, |c| c.to_lowercase().collect()),
            Operator::Swap => buffer.change_case(stretch, swap_case),
        }
        let by_lines = matches!(
            operator,
            Operator::Indent | Operator::Dedent | Operator::Comment
        );
        let to = if by_lines {
            buffer.first_in(lines.start)
        } else {
            stretch.from
        };
        buffer.put_cursor(to);
        Outcome::Done
    }

    fn stretch(
        &mut self,
        buffer: &Buffer,
        operator: Operator,
        target: Target,
        count: Option<usize>,
    ) -> Option<Stretch> {
        match target {
            Target::Lines => {
                let first = buffer.line_of(buffer.at.head);
                let most = buffer.last_line().max(first);
                let last = (first + count.unwrap_or(1) - 1).min(most);
                Some(buffer.whole_lines(first, last))
            }
            Target::Object(around, kind) => buffer.object(around, kind, count.unwrap_or(1)),
            Target::Selection => {
                let range = buffer.selection()?;
                Some(Stretch {
                    from: range.start,
                    to: range.end,
                    lines: self.mode == Mode::Visual(true),
                })
            }
            Target::Move(motion) => self.moved(buffer, operator, motion, count),
        }
    }

    fn moved(
        &mut self,
        buffer: &Buffer,
        operator: Operator,
        motion: Move,
        count: Option<usize>,
    ) -> Option<Stretch> {
        let head = buffer.at.head;
        // Changing a word leaves the blanks behind it.
        let on_word = buffer
            .rope
            .get_char(head)
            .is_some_and(|c| !c.is_whitespace());
        let motion = match motion {
            Move::Word(big) if operator == Operator::Change && on_word => {
                return self.changed_word(buffer, big, count.unwrap_or(1));
            }
            other => other,
        };
        let landing = buffer.landing(motion, count, &mut self.memory)?;
        let (mut from, mut to) = (head.min(landing.to), head.max(landing.to));
        if landing.reach == Reach::Lines {
            return Some(buffer.whole_lines(buffer.line_of(from), buffer.line_of(to)));
        }
        if landing.reach == Reach::With {
            to = buffer.after(to);
        }
        let word = matches!(motion, Move::Word(_));
        let (first, last) = (buffer.line_of(from), buffer.line_of(to));
        if last > first && landing.reach == Reach::Before && landing.to > head {
            // A stretch does not begin the next line when it ends before its first word.
            if word && to <= buffer.first_in(last) || !word && to == buffer.start_of(last) {
                let end = buffer.line_end_at(last - 1);
                to = end.max(from);
                if !word && from <= buffer.first_in(first) {
                    return Some(buffer.whole_lines(first, last - 1));
                }
            }
        }
        if matches!(motion, Move::Partner) {
            from = head.min(landing.to);
        }
        (from < to || operator == Operator::Change).then_some(Stretch {
            from,
            to,
            lines: false,
        })
    }

    /// `cw`: to the end of the word at the cursor, and of the ones after it.
    fn changed_word(&mut self, buffer: &Buffer, big: bool, count: usize) -> Option<Stretch> {
        let head = buffer.at.head;
        let first = buffer.object(false, if big { 'W' } else { 'w' }, 1)?;
        let to = if count > 1 {
            let end = buffer.after(buffer.before(first.to));
            let mut to = end;
            for _ in 1..count {
                let blanks = buffer.rope.chars_at(to);
                let blanks = blanks.take_while(|c| c.is_whitespace()).count();
                to += blanks;
                let class = |c: char| super::super::motion::class(c);
                let kind = buffer.rope.get_char(to).map(class);
                let same = buffer.rope.chars_at(to);
                let all = |c: &char| !c.is_whitespace() && (big || Some(class(*c)) == kind);
                to += same.take_while(all).count();
            }
            to
        } else {
            first.to
        };
        Some(Stretch {
            from: head,
            to,
            lines: false,
        })
    }

    fn keep(
        &mut self,
        buffer: &Buffer,
        stretch: &Stretch,
        name: Option<char>,
        yanked: bool,
    ) -> Option<String> {
        let text = buffer.rope.slice(stretch.from..stretch.to).to_string();
        let mut text = text.replace("\r\n", "\n");
        if stretch.lines && !text.ends_with('\n') {
            text.push('\n');
        }
        let register = Register {
            text,
            lines: stretch.lines,
        };
        self.store(name, register, yanked)
    }

    fn delete(&mut self, buffer: &mut Buffer, stretch: &Stretch, name: Option<char>) -> Outcome {
        let copied = self.keep(buffer, stretch, name, false);
        let first = buffer.line_of(stretch.from);
        if stretch.lines {
            let range = buffer.lines_range(&buffer.lines_in(stretch));
            buffer.replace(range, "", Kind::Other);
            let to = buffer.first_in(first.min(buffer.last_line()));
            buffer.put_cursor(to);
        } else {
            buffer.replace(stretch.from..stretch.to, "", Kind::Other);
            buffer.put_cursor(stretch.from);
        }
        copied.map_or(Outcome::Done, Outcome::Copied)
    }

    fn change(&mut self, buffer: &mut Buffer, stretch: &Stretch, name: Option<char>) -> Outcome {
        let copied = self.keep(buffer, stretch, name, false);
        let at = if stretch.lines {
            // The lines become one, whose indentation stays.
            let lines = buffer.lines_in(stretch);
            buffer.first_in(lines.start).min(buffer.span(&lines).end)
        } else {
            stretch.from
        };
        let to = if stretch.lines {
            buffer.span(&buffer.lines_in(stretch)).end
        } else {
            stretch.to
        };
        self.start_insert(buffer, at, 1, Again::Inline);
        buffer.replace(at..to.max(at), "", Kind::Other);
        buffer.at.head = at;
        copied.map_or(Outcome::Done, Outcome::Copied)
    }

    fn yank(&mut self, buffer: &mut Buffer, stretch: &Stretch, name: Option<char>) -> Outcome {
        let copied = self.keep(buffer, stretch, name, true);
        let (line, cell) = buffer.cursor();
        let first = buffer.line_of(stretch.from);
        if !stretch.lines {
            buffer.put_cursor(stretch.from);
        } else if first < line {
            let to = buffer.at_cell(first, cell);
            buffer.put_cursor(to);
        }
        let lines = buffer.lines_in(stretch).len();
        match copied {
            Some(text) => Outcome::Copied(text),
            None if stretch.lines && lines > 2 => Outcome::Say(format!("{lines} lines yanked")),
            None => Outcome::Done,
        }
    }
}

impl Buffer {
    pub(super) fn put_cursor(&mut self, to: usize) {
        self.at = Selection {
            head: self.on_character(to.min(self.rope.len_chars())),
            anchor: None,
        };
        self.goal = None;
        self.following = true;
    }

    pub(super) fn whole_lines(&self, first: usize, last: usize) -> Stretch {
        Stretch {
            from: self.start_of(first),
            to: self.start_of(last + 1),
            lines: true,
        }
    }

    /// The lines that a stretch is in.
    pub(super) fn lines_in(&self, stretch: &Stretch) -> std::ops::Range<usize> {
        let first = self.line_of(stretch.from);
        let last = self.line_of(stretch.to);
        let beyond = stretch.to > stretch.from && last > first && stretch.to == self.start_of(last);
        // The last line may have no end.
        let unended = stretch.to == self.rope.len_chars() && self.start_of(last) != stretch.to;
        first..last + usize::from(!beyond || unended)
    }

    fn change_case(&mut self, stretch: &Stretch, change: impl Fn(char) -> String) {
        let old = self.rope.slice(stretch.from..stretch.to).to_string();
        let new: String = old.chars().map(change).collect();
        if new != old {
            self.replace(stretch.from..stretch.to, &new, Kind::Other);
        }
    }
}

pub(super) fn swap_case(c: char) -> String {
    if c.is_uppercase() {
        c.to_lowercase().collect()
    } else {
        c.to_uppercase().collect()
    }
}
