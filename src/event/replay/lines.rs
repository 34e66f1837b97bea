//! Whole lines of a file, one after the other, in flat memory.

use std::io::{self, BufRead, BufReader, Read};

use super::codec::Codec;
use super::input::{Input, Origin};

/// Reads a file line by line, forever if asked to.
#[derive(Debug)]
pub(super) struct Lines {
    origin: Origin,
    codec: Codec,
    repeat: bool,
    capacity: usize,
    longest: usize,
    reader: Option<BufReader<Input>>,
    ended: bool,
    /// The line, unless it lies whole in the reader's buffer.
    line: Vec<u8>,
    /// Bytes of the line in the reader's buffer, with its end; not consumed yet.
    held: usize,
    /// Number of the line last read, from 1.
    pub(super) number: u64,
}

/// What came of asking for a line.
#[derive(Debug)]
pub(super) enum Next {
    /// A line is in [`Lines::bytes`].
    Line,
    /// There are no more.
    End,
}

impl Lines {
    /// `chunk_size` bytes are read at a time (0: a default); a line longer than `longest` is an error.
    pub(super) fn new(
        origin: Origin,
        codec: Codec,
        repeat: bool,
        chunk_size: usize,
        longest: usize,
    ) -> Self {
        // Beyond a megabyte a larger buffer reads no faster.
        let capacity = if chunk_size == 0 {
            1 << 20
        } else {
            chunk_size.clamp(512, 1 << 20)
        };
        Self {
            origin,
            codec,
            repeat,
            capacity,
            longest,
            reader: None,
            ended: false,
            line: Vec::new(),
            held: 0,
            number: 0,
        }
    }

    /// The line last read, without its end.
    pub(super) fn bytes(&self) -> &[u8] {
        let mut bytes = match &self.reader {
            Some(reader) if self.held > 0 => reader.buffer().get(..self.held).unwrap_or_default(),
            _ => self.line.as_slice(),
        };
        let width = self.codec.width();
        if width > 1 {
            // Ends of wide lines are removed after decoding.
            return bytes;
        }
        while let [rest @ .., b'\n' | b'\r'] = bytes {
            bytes = rest;
        }
        bytes
    }

    /// Reads the next line.
    ///
    /// # Errors
    /// Those of opening and reading; after one there are no more lines. A line that is too long is
    /// skipped and an error of kind `FileTooLarge`; the next call goes on behind it.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        if self.ended {
            return Ok(Next::End);
        }
        match self.advance() {
            Err(error) if error.kind() != io::ErrorKind::FileTooLarge => {
                self.ended = true;
                Err(error)
            }
            other => other,
        }
    }

    /// Makes the line behind that with a number (from 1) the next; the first when there are fewer and the
    /// file repeats.
    pub(super) fn go_to(&mut self, number: u64) {
        if number < self.number {
            self.reader = None;
            self.held = 0;
            self.number = 0;
        }
        while self.number < number && !self.ended {
            let before = self.number;
            // What cannot be read shows at the next line.
            let read = self.next();
            if self.number <= before || matches!(read, Ok(Next::End)) {
                // It is shorter now: this was its first line again.
                self.reader = None;
                self.held = 0;
                self.number = 0;
                return;
            }
        }
    }

    fn advance(&mut self) -> io::Result<Next> {
        let mut fresh = false;
        loop {
            if self.reader.is_none() {
                let input = self.origin.open()?;
                self.reader = Some(BufReader::with_capacity(self.capacity, input));
                self.number = 0;
                fresh = true;
            }
            if self.read_line()? {
                self.number += 1;
                return Ok(Next::Line);
            }
            self.reader = None;
            // An empty file would repeat for ever without a line.
            if !self.repeat || fresh {
                self.ended = true;
                return Ok(Next::End);
            }
        }
    }

    /// Reads one line into the buffer; false at the end of the file.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let held = std::mem::take(&mut self.held);
        let Some(reader) = &mut self.reader else {
            return Ok(false);
        };
        reader.consume(held);
        let width = self.codec.width();
        if width == 1
            && let Some(end) = memchr::memchr(b'\n', reader.buffer())
            && end <= self.longest
        {
            self.held = end + 1;
            return Ok(true);
        }
        loop {
            let room = (self.longest + width).saturating_sub(self.line.len()) as u64;
            let read = reader
                .by_ref()
                .take(room)
                .read_until(b'\n', &mut self.line)?;
            if read == 0 {
                break;
            }
            // The rest of a wide unit whose first byte was the line feed.
            let missing = (width - self.line.len() % width) % width;
            reader
                .by_ref()
                .take(missing as u64)
                .read_to_end(&mut self.line)?;
            if self.codec.ends_in_line_feed(&self.line) {
                break;
            }
            if self.line.len() > self.longest {
                self.number += 1;
                skip_line(reader)?;
                let message = format!("the line is longer than {} bytes", self.longest);
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
        }
        Ok(!self.line.is_empty())
    }
}

fn skip_line(reader: &mut BufReader<Input>) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (used, done) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        if done {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn lines(
        content: &[u8],
        codec: &str,
        repeat: bool,
        most: usize,
    ) -> Vec<Result<Vec<u8>, String>> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.log");
        std::fs::write(&path, content).unwrap();
        let origin = Origin::File(path);
        let mut lines = Lines::new(origin, Codec::of(codec).unwrap(), repeat, 512, 1000);
        let mut found = Vec::new();
        while found.len() < most {
            match lines.next() {
                Ok(Next::End) => break,
                Ok(Next::Line) => found.push(Ok(lines.bytes().to_vec())),
                Err(error) => found.push(Err(error.to_string())),
            }
        }
        found
    }

    #[test]
    fn lines_across_buffers_are_whole() {
        let content: String = (0..500)
            .map(|n| format!("{}\n", "x".repeat(n % 700)))
            .collect();
        let found = lines(content.as_bytes(), "utf_8", false, 1000);
        assert_eq!(found.len(), 500);
        for (n, line) in found.iter().enumerate() {
            assert_eq!(line.as_ref().unwrap().len(), n % 700);
        }
    }

    #[test]
    fn an_empty_file_ends_even_when_repeated() {
        assert!(lines(b"", "utf_8", true, 5).is_empty());
        assert!(lines(b"", "utf_8", false, 5).is_empty());
        assert_eq!(lines(b"a\nb", "utf_8", true, 5).len(), 5);
    }

    #[test]
    fn a_line_without_end_is_an_error_in_flat_memory() {
        let mut content = vec![b'x'; 5000];
        content.extend_from_slice(b"\nnext\n");
        let found = lines(&content, "utf_8", false, 5);
        assert!(found[0].is_err());
        assert_eq!(found[1], Ok(b"next".to_vec()));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn wide_lines_split_at_wide_line_feeds_only() {
        // U+010A holds the byte 0x0A without being a line feed.
        let text: Vec<u8> = "\u{10A}a\nb\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(lines(&text, "utf_16_le", false, 9).len(), 2);
        let text: Vec<u8> = "\u{A00}a\nb"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(lines(&text, "utf_16_be", false, 9).len(), 2);
    }
}
