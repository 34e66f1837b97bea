//! The layout: one scan that checks the text and copies it with other white space, block by block as
//! it is looked at.

use super::copy;
use super::error::{JsonError, JsonErrorKind, error};
use super::model::{At, Containers, DEEPEST, Mark, Model, ROOM, ROOT, Slot, Stop};
use super::token;

/// Deepest nesting of arrays and objects; deeper events are refused.
pub(super) const MAX_DEPTH: usize = 10_000;

/// Longest text that indenting may make of one event: deep nesting makes it grow with the square.
const MAX_INDENTED: usize = 256 << 20;

/// Depths for which the length of indentation is remembered.
const LEVELS: usize = 16;

/// Free bytes behind the text that spare most growing: what a block may overhang, and some blanks.
const SPARE: usize = 192;

/// Writes `text` re-spaced into `out` from `start` on, as if it stood inside `level` arrays; gives the
/// end. What stood there and behind is lost.
pub(super) fn print(
    text: &[u8],
    indent: usize,
    level: usize,
    out: &mut Vec<u8>,
    start: usize,
) -> Result<usize, JsonError> {
    let at = At { from: 0, to: start };
    let mut printer = Printer::new(text, indent, level, out, start);
    printer.print(at, true, &mut ()).map(|at| at.to)
}

/// Like [`print()`], on one line: helped by what was printed before, and helping with what is to come.
///
/// The text are the first `len` bytes of `onward`; what follows them only helps to be quick.
pub(super) fn print_like(
    (onward, len): (&[u8], usize),
    slot: &mut Slot,
    out: &mut Vec<u8>,
    start: usize,
) -> Result<usize, JsonError> {
    let text = onward.get(..len).unwrap_or(onward);
    let end = Printer::new(text, 0, 0, out, start).like(slot.model(), onward, start)?;
    slot.followed(text.len());
    Ok(end)
}

/// Starts a line with that many blanks.
pub(super) fn newline(out: &mut Vec<u8>, spaces: usize) {
    out.push(b'\n');
    out.resize(out.len() + spaces, b' ');
}

/// The open arrays (false) and objects (true), as bits: 64 levels in a register, deeper ones behind.
#[derive(Default)]
pub(super) struct Open {
    bits: u64,
    depth: usize,
    deeper: Vec<u64>,
}

impl Open {
    pub(super) fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.deeper.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.depth += 1;
    }

    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.bits >>= 1;
        if self.depth > 0
            && self.depth.is_multiple_of(64)
            && let Some(bits) = self.deeper.pop()
        {
            self.bits = bits;
        }
    }

    pub(super) fn in_object(&self) -> bool {
        self.bits & 1 == 1
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// All that is open; `None` below [`DEEPEST`] levels.
    fn containers(&self) -> Option<Containers> {
        (self.depth <= DEEPEST).then_some(Containers {
            bits: self.bits,
            depth: self.depth,
        })
    }

    /// Has these open.
    fn set(&mut self, open: Containers) {
        (self.bits, self.depth) = (open.bits, open.depth);
        self.deeper.clear();
    }
}

/// Looks on while a text is printed.
trait Watch {
    /// Before a value.
    fn before(&mut self, at: At, open: &Open);
    /// Behind a value, which is empty when it is an array or an object, before `rest`; true to stop
    /// there, which is for others.
    fn behind(&mut self, at: At, open: &Open, simple: bool, rest: &[u8]) -> bool;
}

/// Nobody does.
impl Watch for () {
    fn before(&mut self, _at: At, _open: &Open) {}
    fn behind(&mut self, _at: At, _open: &Open, _simple: bool, _rest: &[u8]) -> bool {
        false
    }
}

/// A part of a text that is not known, to be learned: it ends where something is known again.
struct Detour<'m> {
    model: &'m mut Model,
    start: At,
    marks: Vec<Mark>,
    /// The known place where it ended.
    place: Option<u32>,
}

impl Detour<'_> {
    /// Notes a mark, unless the part is too long or nested too deeply to be learned.
    fn mark(&mut self, at: At, open: &Open, before: bool) -> Option<Mark> {
        let (from, to) = (at.from - self.start.from, at.to - self.start.to);
        let mark = Mark {
            from: from as u32,
            to: to as u32,
            open: open.containers()?,
            before,
        };
        (from <= ROOM).then(|| self.marks.push(mark)).map(|()| mark)
    }
}

impl Watch for Detour<'_> {
    fn before(&mut self, at: At, open: &Open) {
        self.mark(at, open, true);
    }

    fn behind(&mut self, at: At, open: &Open, simple: bool, rest: &[u8]) -> bool {
        if let Some(mark) = self.mark(at, open, false)
            && simple
        {
            self.place = self.model.place(mark.open, rest);
        }
        self.place.is_some()
    }
}

struct Printer<'a> {
    text: &'a [u8],
    indent: usize,
    /// Levels around the text (1 inside a batch's array).
    level: usize,
    limit: usize,
    open: Open,
    /// Bytes between a comma and what follows, as last seen by depth: most texts keep to it, and a
    /// guess that is confirmed costs less than to search.
    lines: [u8; LEVELS],
    /// Filled with anything behind what is written.
    out: &'a mut Vec<u8>,
}

impl<'a> Printer<'a> {
    /// A printer that writes into `out` from `start` on.
    fn new(
        text: &'a [u8],
        indent: usize,
        level: usize,
        out: &'a mut Vec<u8>,
        start: usize,
    ) -> Self {
        let room = start + text.len() + SPARE;
        if out.len() < room {
            out.resize(room, 0);
        }
        Self {
            text,
            indent,
            level,
            limit: start.saturating_add(MAX_INDENTED),
            open: Open::default(),
            lines: [0; LEVELS],
            out,
        }
    }

    /// Prints everything from `to` of the output on, with a model, which learns; gives the end of the
    /// output.
    fn like(&mut self, model: &mut Model, onward: &[u8], to: usize) -> Result<usize, JsonError> {
        let mut at = At { from: 0, to };
        let mut node = ROOT;
        loop {
            match model.follow(self.text, &mut at, &mut node, self.out) {
                Stop::End => return Ok(at.to),
                Stop::Value => at = self.last(at, onward)?,
                Stop::Room => self.grow(at.to),
                Stop::Unlike => {
                    let rest = self.text.get(at.from..).unwrap_or_default();
                    if model.split(node, rest) || model.link(node, rest) {
                        continue;
                    }
                    match self.detour(model, at, node)? {
                        (end, None) => return Ok(end.to),
                        (behind, Some(place)) => (at, node) = (behind, place),
                    }
                }
            }
        }
    }

    /// Prints what stands behind the value of a place of the model and is unlike all that is known, up
    /// to behind the value of another place, or to the end.
    fn detour(
        &mut self,
        model: &mut Model,
        start: At,
        node: u32,
    ) -> Result<(At, Option<u32>), JsonError> {
        if node != ROOT {
            self.open.set(model.open(node));
        }
        let mut detour = Detour {
            model,
            start,
            marks: Vec::new(),
            place: None,
        };
        let at = self.print(start, node == ROOT, &mut detour)?;
        let Detour { place, marks, .. } = detour;
        let (mut marks, mut end) = (marks.as_slice(), at);
        // What is known goes on behind a value, which belongs to the place.
        if let (Some(_), [others @ .., before, _]) = (place, marks) {
            marks = others;
            end = At {
                from: start.from + before.from as usize,
                to: start.to + before.to as usize,
            };
        }
        let text = self.text.get(start.from..end.from).unwrap_or_default();
        let output = self.out.get(start.to..end.to).unwrap_or_default();
        model.learn(node, (text, output), marks, place);
        Ok((at, place))
    }

    /// Prints from before or behind a value up to the end, or to where `watch` stops.
    #[inline(always)]
    fn print(
        &mut self,
        mut at: At,
        mut before: bool,
        watch: &mut impl Watch,
    ) -> Result<At, JsonError> {
        if before {
            at.from = token::next(self.text, at.from);
        }
        loop {
            if before {
                watch.before(at, &self.open);
                let first = token::peek(self.text, at.from)?;
                let simple = first != b'{' && first != b'[';
                if !simple {
                    let (inside, closed) = self.container(at, first == b'{')?;
                    at = inside;
                    if !closed {
                        continue;
                    }
                } else {
                    at = self.simple(at, first)?;
                }
                let rest = self.text.get(at.from..).unwrap_or_default();
                if watch.behind(at, &self.open, simple, rest) {
                    return Ok(at);
                }
            }
            (at, before) = self.after_value(at)?;
            if !before {
                break;
            }
        }
        at.from = token::next(self.text, at.from);
        if at.from < self.text.len() {
            return Err(error(JsonErrorKind::Trailing, at.from + 1));
        }
        Ok(at)
    }

    /// Opens a container and goes to its first value; true when it is empty and closed again.
    #[inline(always)]
    fn container(&mut self, at: At, object: bool) -> Result<(At, bool), JsonError> {
        if self.open.depth >= MAX_DEPTH {
            return Err(error(JsonErrorKind::Depth, at.from));
        }
        let (open, close) = if object { (b'{', b'}') } else { (b'[', b']') };
        self.put(at.to, open);
        let at = at.on(1);
        let next = self.gap(at.from, self.open.depth + 1);
        if token::peek(self.text, next)? == close {
            self.put(at.to, close);
            let at = At { from: next, ..at };
            return Ok((at.on(1), true));
        }
        self.open.push(object);
        let mut at = self.line(at, next)?;
        if object {
            at = self.key(at)?;
        }
        Ok((at, false))
    }

    /// Goes to the next value (true) of the containers around, closing those that end; false at the
    /// end of the document.
    #[inline(always)]
    fn after_value(&mut self, mut at: At) -> Result<(At, bool), JsonError> {
        while self.open.depth > 0 {
            let object = self.open.in_object();
            let mut next = at.from;
            let mut found = token::peek(self.text, next)?;
            if found <= b' ' {
                next = self.gap(next, self.open.depth - 1);
                found = token::peek(self.text, next)?;
            }
            if found == b',' {
                let next = self.gap(next + 1, self.open.depth);
                at = self.after_comma(at, next, object)?;
                return Ok((at, true));
            }
            let close = if object { b'}' } else { b']' };
            if found != close {
                let kind = if object {
                    JsonErrorKind::CommaOrBrace
                } else {
                    JsonErrorKind::CommaOrBracket
                };
                return Err(error(kind, next));
            }
            self.open.pop();
            at = self.line(at, next)?;
            self.put(at.to, close);
            at = at.on(1);
        }
        Ok((at, false))
    }

    /// Goes behind a comma and, in an object, the key behind it; `next` is where that starts.
    #[inline(always)]
    fn after_comma(&mut self, at: At, next: usize, object: bool) -> Result<At, JsonError> {
        let found = token::peek(self.text, next)?;
        if object {
            if found == b'}' {
                return Err(error(JsonErrorKind::CommaInObject, next));
            }
        } else if found == b']' {
            return Err(error(JsonErrorKind::CommaInArray, next));
        }
        let at = if self.indent == 0 {
            self.put_two(at.to, *b", ");
            At {
                from: next,
                to: at.to + 2,
            }
        } else {
            self.put(at.to, b',');
            self.line(at.on(1), next)?
        };
        if object { self.key(at) } else { Ok(at) }
    }

    #[inline(always)]
    fn key(&mut self, at: At) -> Result<At, JsonError> {
        if token::peek(self.text, at.from)? != b'"' {
            return Err(error(JsonErrorKind::Quote, at.from));
        }
        let at = self.string(at)?;
        self.put_two(at.to, *b": ");
        let to = at.to + 2;
        // As most texts have it.
        if self.text.get(at.from) == Some(&b':') && token::is_blank(self.text, at.from + 1) {
            let from = at.from + 2;
            return Ok(At { from, to });
        }
        let from = self.colon(at.from)?;
        Ok(At { from, to })
    }

    /// Where the value behind the colon that has to come starts.
    #[inline(never)]
    fn colon(&self, at: usize) -> Result<usize, JsonError> {
        let colon = token::next(self.text, at);
        if token::peek(self.text, colon)? != b':' {
            return Err(error(JsonErrorKind::Colon, colon));
        }
        let next = token::next(self.text, colon + 1);
        token::peek(self.text, next)?;
        Ok(next)
    }

    /// Offset of the first byte from `at` on that is not white space, before something at `depth`.
    #[inline(always)]
    fn gap(&mut self, at: usize, depth: usize) -> usize {
        let Some(line) = self.lines.get_mut(depth % LEVELS) else {
            return at;
        };
        let len = usize::from(*line);
        if token::is_line(self.text, at, len) {
            return at + len;
        }
        if token::is_blank(self.text, at) {
            return at + 1;
        }
        let next = token::next(self.text, at);
        let len = next - at;
        if len > 1 {
            *line = u8::try_from(len).unwrap_or(0);
        }
        next
    }

    /// Copies a string, a number or a word.
    #[inline(always)]
    fn simple(&mut self, at: At, first: u8) -> Result<At, JsonError> {
        // Most values are strings.
        if first == b'"' {
            return self.string(at);
        }
        let (text, out) = self.rest(at);
        match copy::scalar(text, out) {
            Some(len) => Ok(at.on(len)),
            None => self.scalar(at, first),
        }
    }

    /// Copies a string, a number or a word near the end of the text, which is the start of `onward`.
    fn last(&mut self, at: At, onward: &[u8]) -> Result<At, JsonError> {
        let first = token::peek(self.text, at.from)?;
        let (text, out) = self.rest(at);
        let onward = onward.get(at.from..).unwrap_or_default();
        let copied = match first {
            b'"' => copy::string(onward, out),
            _ => copy::scalar(onward, out),
        };
        match copied.filter(|&len| len <= text.len()) {
            Some(len) => Ok(at.on(len)),
            None => self.simple(at, first),
        }
    }

    /// Copies the string whose quote stands here.
    #[inline(always)]
    fn string(&mut self, at: At) -> Result<At, JsonError> {
        let (text, out) = self.rest(at);
        match copy::string(text, out) {
            Some(len) => Ok(at.on(len)),
            None => self.string_slowly(at),
        }
    }

    /// What is left of the text and of the room for the output.
    #[inline(always)]
    fn rest(&mut self, at: At) -> (&'a [u8], &mut [u8]) {
        (
            self.text.get(at.from..).unwrap_or_default(),
            self.out.get_mut(at.to..).unwrap_or_default(),
        )
    }

    /// As [`Self::string`], near the end of a buffer and where something is wrong.
    #[inline(never)]
    fn string_slowly(&mut self, mut at: At) -> Result<At, JsonError> {
        self.put(at.to, b'"');
        at = at.on(1);
        loop {
            at = self.copy(at, token::plain_end(self.text, at.from));
            let end = match token::peek(self.text, at.from)? {
                b'"' => at.from + 1,
                b'\\' => token::escape(self.text, at.from)?,
                _ => return Err(error(JsonErrorKind::Character, at.from)),
            };
            let closed = end == at.from + 1;
            at = self.copy(at, end);
            if closed {
                return Ok(at);
            }
        }
    }

    /// Copies a number or a word; as [`Self::string_slowly`].
    #[inline(never)]
    fn scalar(&mut self, at: At, first: u8) -> Result<At, JsonError> {
        let end = match first {
            b'-' | b'0'..=b'9' => token::number(self.text, at.from)?,
            b't' => token::literal(self.text, at.from, b"rue")?,
            b'f' => token::literal(self.text, at.from, b"alse")?,
            b'n' => token::literal(self.text, at.from, b"ull")?,
            _ => return Err(error(JsonErrorKind::Character, at.from)),
        };
        Ok(self.copy(at, end))
    }

    /// Goes to the token at `next`, with a line break before it unless all is on one line.
    #[inline(always)]
    fn line(&mut self, at: At, next: usize) -> Result<At, JsonError> {
        let mut to = at.to;
        if self.indent > 0 {
            to = self.break_line(at)?;
        }
        Ok(At { from: next, to })
    }

    /// Writes a line break and the indentation; gives the end of the output.
    fn break_line(&mut self, at: At) -> Result<usize, JsonError> {
        let level = self.level + self.open.depth;
        let spaces = self.indent.saturating_mul(level);
        let end = at.to.saturating_add(spaces);
        if end > self.limit {
            return Err(error(JsonErrorKind::Length, at.from));
        }
        self.put(at.to, b'\n');
        let mut to = at.to + 1;
        let end = end + 1;
        while to < end {
            self.put_block(to, &[b' '; token::BLOCK]);
            to += token::BLOCK;
        }
        Ok(end)
    }

    /// Copies the text up to `end`.
    fn copy(&mut self, at: At, end: usize) -> At {
        let bytes = self.text.get(at.from..end).unwrap_or_default();
        let to = self.append(at.to, bytes);
        At { from: end, to }
    }

    /// Writes at `to`; gives the end of the output.
    fn append(&mut self, to: usize, bytes: &[u8]) -> usize {
        let end = to + bytes.len();
        if self.out.len() < end {
            self.grow(end);
        }
        if let Some(room) = self.out.get_mut(to..end) {
            room.copy_from_slice(bytes);
        }
        end
    }

    #[inline(always)]
    fn put(&mut self, to: usize, byte: u8) {
        if self.out.len() <= to {
            self.grow(to);
        }
        if let Some(room) = self.out.get_mut(to) {
            *room = byte;
        }
    }

    #[inline(always)]
    fn put_two(&mut self, to: usize, bytes: [u8; 2]) {
        if self.out.len() < to + 2 {
            self.grow(to);
        }
        if let Some(room) = self.out.get_mut(to..).and_then(<[u8]>::first_chunk_mut) {
            *room = bytes;
        }
    }

    #[inline(always)]
    fn put_block(&mut self, to: usize, bytes: &[u8; token::BLOCK]) {
        if self.out.len() < to + token::BLOCK {
            self.grow(to);
        }
        if let Some(room) = self.out.get_mut(to..).and_then(<[u8]>::first_chunk_mut) {
            *room = *bytes;
        }
    }

    /// Makes room for a block at `to`, and as much again as there is.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, to: usize) {
        let len = to + SPARE + 2 * self.text.len();
        self.out.resize(len, 0);
    }
}
