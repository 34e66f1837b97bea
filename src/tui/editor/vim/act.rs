//! Commands that are neither motions nor operators.

use unicode_segmentation::UnicodeSegmentation;

use super::super::Buffer;
use super::super::history::{Kind, Selection};
use super::ex::Ex;
use super::object::Stretch;
use super::operate::swap_case;
use super::parse::{Act, Command};
use super::{Again, Mode, Outcome, Vim};

impl Vim {
    pub(super) fn act(&mut self, buffer: &mut Buffer, act: Act, command: &Command) -> Outcome {
        let count = command.count.unwrap_or(1);
        let head = buffer.at.head;
        match act {
            Act::Insert
            | Act::Append
            | Act::InsertFirst
            | Act::AppendLast
            | Act::OpenBelow
            | Act::OpenAbove => self.enter(buffer, act, count),
            Act::Put | Act::PutBefore => return self.put(buffer, act == Act::PutBefore, command),
            Act::Undo | Act::Redo => return self.time(buffer, act == Act::Undo, count),
            Act::Repeat => return self.repeat(buffer, command.count),
            Act::SwapCase => self.change_here(buffer, count, swap_case),
            Act::Replace(c) => self.replace(buffer, c, count),
            Act::Join(blank) => self.join(buffer, command.count, blank),
            Act::Mark(name) => {
                let name = if name == '`' { '\'' } else { name };
                buffer.places.insert(name, head);
            }
            Act::Visual(lines) => self.toggle_visual(buffer, lines),
            Act::VisualAgain => self.select_again(buffer),
            Act::OtherEnd => {
                if let Some(anchor) = buffer.at.anchor {
                    buffer.at = Selection {
                        head: anchor,
                        anchor: Some(buffer.at.head),
                    };
                }
            }
            Act::Select(around, kind) => self.select(buffer, around, kind, count),
            Act::Scroll(how) => scroll(buffer, how),
            Act::ScrollBy(by) => {
                let count = isize::try_from(count).unwrap_or(isize::MAX);
                scroll_by(buffer, by.saturating_mul(count));
            }
            Act::Prompt(sign) => self.prompt_for(buffer, sign, command.count),
            Act::NextFile(forward) => {
                return Outcome::Run(if forward { Ex::Next } else { Ex::Previous });
            }
            Act::Close(saves) => {
                let all = false;
                return Outcome::Run(if saves {
                    Ex::WriteQuit { all }
                } else {
                    Ex::Quit { all, force: true }
                });
            }
            Act::Record(name) => return self.record(name),
            Act::Play(name) => return self.played(name, count),
            Act::Missing(why) => return Outcome::Say(why.to_owned()),
        }
        Outcome::Done
    }

    /// Begins to type text where the command says.
    fn enter(&mut self, buffer: &mut Buffer, act: Act, count: usize) {
        let head = buffer.at.head;
        let line = buffer.line_of(head);
        let end = buffer.line_end_at(line);
        let again = match act {
            Act::OpenBelow => Again::Below,
            Act::OpenAbove => Again::Above,
            _ => Again::Inline,
        };
        let at = match act {
            Act::Append if head < end => buffer.after(head),
            Act::InsertFirst => buffer.first_in(line).min(end),
            Act::Append | Act::AppendLast => end,
            _ => head,
        };
        self.start_insert(buffer, at, count, again);
        if again != Again::Inline {
            self.open_line(buffer, again == Again::Below);
        }
    }

    fn select_again(&mut self, buffer: &mut Buffer) {
        if let Some((anchor, head, lines)) = self.visual {
            let most = buffer.rope.len_chars();
            buffer.at = Selection {
                head: head.min(most),
                anchor: Some(anchor.min(most)),
            };
            self.start_visual(buffer, lines);
        }
    }

    /// Opens the line behind `:`, `/` or `?`; a count or a selection says which lines `:` is about.
    fn prompt_for(&mut self, buffer: &mut Buffer, sign: char, count: Option<usize>) {
        let selected = matches!(self.mode, Mode::Visual(_)) && sign == ':';
        let text = match (sign, count) {
            (':', _) if selected => "'<,'>".to_owned(),
            (':', Some(1)) => ".".to_owned(),
            (':', Some(count)) => format!(".,.+{}", count - 1),
            _ => String::new(),
        };
        if selected {
            self.remember_visual(buffer);
            self.normal(buffer);
        }
        self.open_prompt(buffer, sign, text);
    }

    /// Opens an indented line below the cursor's or above it.
    pub(super) fn open_line(&mut self, buffer: &mut Buffer, below: bool) {
        let line = buffer.line_of(buffer.at.head);
        if below {
            buffer.at.head = buffer.line_end_at(line);
            buffer.new_line_after(line);
            return;
        }
        let text = buffer.line(line);
        let blanks: String = text.chars().take_while(|c| c.is_whitespace()).collect();
        let start = buffer.start_of(line);
        let end = buffer.line_end();
        buffer.replace(start..start, &format!("{blanks}{end}"), Kind::Other);
        buffer.at.head = start + blanks.chars().count();
    }

    fn put(&mut self, buffer: &mut Buffer, before: bool, command: &Command) -> Outcome {
        let count = command.count.unwrap_or(1).min(10_000);
        let Some(register) = self.register(command.register).cloned() else {
            return match command.register {
                Some(name) => self.fail(&format!("register {name} is empty")),
                None => Outcome::Done,
            };
        };
        if count.saturating_mul(register.text.len()) > 50 << 20 {
            return Outcome::Say("that is too much text".to_owned());
        }
        if let Mode::Visual(_) = self.mode {
            return self.put_over(buffer, &register, command);
        }
        let text = buffer.own_ends(&register.text.repeat(count));
        let head = buffer.at.head;
        let line = buffer.line_of(head);
        if register.lines {
            let end = buffer.line_end();
            let body = text.strip_suffix(end).unwrap_or(&text);
            if before {
                let at = buffer.start_of(line);
                buffer.replace(at..at, &format!("{body}{end}"), Kind::Other);
                let to = buffer.first_in(line);
                buffer.put_cursor(to);
            } else {
                let at = buffer.line_end_at(line);
                buffer.replace(at..at, &format!("{end}{body}"), Kind::Other);
                let to = buffer.first_in(line + 1);
                buffer.put_cursor(to);
            }
            return Outcome::Done;
        }
        let empty = buffer.line_end_at(line) == buffer.start_of(line);
        let at = if before || empty {
            head
        } else {
            buffer.after(head)
        };
        buffer.replace(at..at, &text, Kind::Other);
        let several = text.contains('\n');
        let to = if several {
            at
        } else {
            buffer.before(buffer.at.head)
        };
        buffer.put_cursor(to);
        Outcome::Done
    }

    /// Puts a text in place of the selection, which takes its place in the register.
    fn put_over(
        &mut self,
        buffer: &mut Buffer,
        register: &super::Register,
        command: &Command,
    ) -> Outcome {
        let whole = self.mode == Mode::Visual(true);
        let Some(range) = buffer.selection() else {
            return self.escape(buffer);
        };
        let mut text = buffer.own_ends(&register.text);
        let end = buffer.line_end();
        if register.lines && !whole {
            text = format!("{end}{text}");
        } else if whole && !text.ends_with('\n') {
            text.push_str(end);
        }
        let old = buffer.rope.slice(range.clone()).to_string();
        if whole && !old.ends_with('\n') {
            // The last line keeps having no end.
            text = text.strip_suffix(end).unwrap_or(&text).to_owned();
        }
        self.remember_visual(buffer);
        let at = range.start;
        buffer.replace(range, &text, Kind::Other);
        self.normal(buffer);
        let to = if whole || text.contains('\n') {
            at
        } else {
            (at + text.chars().count()).saturating_sub(1)
        };
        buffer.put_cursor(to.max(at));
        let taken = super::Register {
            text: old.replace("\r\n", "\n"),
            lines: whole,
        };
        let copied = self.store(command.register.filter(|_| false), taken, false);
        copied.map_or(Outcome::Done, Outcome::Copied)
    }

    fn time(&mut self, buffer: &mut Buffer, back: bool, count: usize) -> Outcome {
        let mut done = false;
        for _ in 0..count {
            if !(if back { buffer.undo() } else { buffer.redo() }) {
                break;
            }
            done = true;
            // The cursor comes back when it was where the change is.
            let line = buffer.line_of(buffer.changed_at);
            if buffer.line_of(buffer.at.head) != line {
                buffer.at.head = buffer.first_in(line);
            }
        }
        self.normal(buffer);
        if done {
            Outcome::Done
        } else {
            let what = if back { "undo" } else { "redo" };
            self.fail(&format!("nothing to {what}"))
        }
    }

    /// Changes the characters from the cursor on, within the line, and goes behind them.
    fn change_here(&mut self, buffer: &mut Buffer, count: usize, change: impl Fn(char) -> String) {
        let head = buffer.at.head;
        let end = buffer.line_end_at(buffer.line_of(head));
        let mut to = head;
        for _ in 0..count {
            if to >= end {
                break;
            }
            to = buffer.after(to);
        }
        let old = buffer.rope.slice(head..to).to_string();
        let new: String = old.chars().map(change).collect();
        let length = new.chars().count();
        if new != old {
            buffer.replace(head..to, &new, Kind::Other);
        }
        buffer.put_cursor(head + length);
    }

    fn replace(&mut self, buffer: &mut Buffer, c: char, count: usize) {
        let selected = buffer
            .selection()
            .filter(|_| matches!(self.mode, Mode::Visual(_)));
        let head = buffer.at.head;
        let range = if let Some(range) = selected {
            self.remember_visual(buffer);
            range
        } else {
            let end = buffer.line_end_at(buffer.line_of(head));
            let mut to = head;
            for _ in 0..count {
                if to >= end {
                    // Fewer characters than asked for: nothing is replaced.
                    return;
                }
                to = buffer.after(to);
            }
            head..to
        };
        let at = range.start;
        let old = buffer.rope.slice(range.clone()).to_string();
        let typed = matches!(self.mode, Mode::Normal);
        if c == '\n' && typed {
            let text = buffer.line_end().to_owned();
            buffer.replace(range, &text, Kind::Other);
            let to = buffer.at.head;
            buffer.put_cursor(to);
            return;
        }
        let new: String = old
            .graphemes(true)
            .map(|one| {
                if one.ends_with('\n') {
                    one.to_owned()
                } else {
                    c.to_string()
                }
            })
            .collect();
        buffer.replace(range, &new, Kind::Other);
        self.normal(buffer);
        let to = if typed {
            at + new.chars().count() - 1
        } else {
            at
        };
        buffer.put_cursor(to);
    }

    fn join(&mut self, buffer: &mut Buffer, count: Option<usize>, blank: bool) {
        let lines = match self.mode {
            Mode::Visual(_) => buffer.touched_lines(),
            _ => {
                let first = buffer.line_of(buffer.at.head);
                first..first + count.unwrap_or(2).max(2)
            }
        };
        let lines = lines.start..lines.end.max(lines.start + 2).min(buffer.last_line() + 1);
        buffer.join(lines, blank);
        self.normal(buffer);
    }

    fn toggle_visual(&mut self, buffer: &mut Buffer, lines: bool) {
        if self.mode == Mode::Visual(lines) {
            self.escape(buffer);
        } else {
            self.start_visual(buffer, lines);
        }
    }

    fn select(&mut self, buffer: &mut Buffer, around: bool, kind: char, count: usize) {
        let Some(Stretch { from, to, lines }) = buffer.object(around, kind, count) else {
            return;
        };
        if to > from {
            buffer.at = Selection {
                head: buffer.before(to).max(from),
                anchor: Some(from),
            };
            if lines {
                self.start_visual(buffer, true);
            }
        }
    }
}

fn scroll_by(buffer: &mut Buffer, by: isize) {
    buffer.scroll(by);
    // The cursor stays in view.
    let (line, cell) = buffer.cursor();
    let shown = buffer.rows.max(1);
    let line = line.clamp(buffer.top, buffer.top + shown - 1);
    let cell = buffer.goal.unwrap_or(cell);
    buffer.at.head = buffer.at_cell(line, cell);
}

fn scroll(buffer: &mut Buffer, how: char) {
    let shown = buffer.rows.max(1);
    buffer.scroll_to(match how {
        't' | '\n' => 0,
        'b' | '-' => shown - 1,
        _ => shown / 2,
    });
}

impl Buffer {
    /// Starts a line below another one, indented as that asks for.
    fn new_line_after(&mut self, line: usize) {
        let text = self.line(line).into_owned();
        let blanks = super::super::edit::next_indent(&text, self.language);
        let text = format!("{}{}", self.line_end(), " ".repeat(blanks));
        let at = self.line_end_at(line);
        self.replace(at..at, &text, Kind::Other);
    }

    /// Takes the blanks out of a line that has nothing else, as are left when nothing was typed.
    pub(super) fn trim_blank_line(&mut self) {
        let line = self.line_of(self.at.head);
        let (start, end) = (self.start_of(line), self.line_end_at(line));
        let text = self.line(line);
        if end > start && self.at.head == end && text.chars().all(|c| c == ' ') {
            self.replace(start..end, "", Kind::Other);
        }
    }
}
