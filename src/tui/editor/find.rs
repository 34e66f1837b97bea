//! Searching in a buffer: a line to type into and a matcher.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::{Buffer, Input};

/// An open search. Small letters match both cases, a capital makes it exact.
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// What is looked for.
    pub input: Input,
    /// Where the search started; typing goes on from there.
    pub origin: usize,
    /// True when nothing matches.
    pub failed: bool,
    matcher: Option<Regex>,
}

impl Find {
    /// A search that starts at a character, with a first text.
    pub fn new(origin: usize, text: &str) -> Self {
        let mut find = Self {
            origin,
            input: Input::new(text),
            ..Self::default()
        };
        find.compile();
        find
    }

    /// Call after the text changed.
    pub fn compile(&mut self) {
        let text = self.input.text();
        let exact = text.chars().any(char::is_uppercase);
        self.matcher = RegexBuilder::new(&regex::escape(text))
            .case_insensitive(!exact)
            .build()
            .ok()
            .filter(|_| !text.is_empty());
    }

    /// Byte ranges of a line that match.
    pub fn matches<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.matcher
            .iter()
            .flat_map(move |matcher| matcher.find_iter(line).map(|found| found.range()))
    }
}

impl Buffer {
    /// Selects the next match at or after a character (or before it), going round the end.
    pub fn find_from(&mut self, from: usize, forward: bool) {
        let Some(mut find) = self.find.take() else {
            return;
        };
        let found = self.search(&find, from.min(self.rope.len_chars()), forward);
        find.failed = found.is_none() && !find.input.text().is_empty();
        if let Some(range) = found {
            self.point(range.start, false);
            self.point(range.end, true);
        }
        self.find = Some(find);
    }

    fn search(&self, find: &Find, from: usize, forward: bool) -> Option<Range<usize>> {
        let (first, count) = (self.line_of(from), self.lines());
        // The starting line comes twice: its far part first, its near part after going round.
        for step in 0..=count {
            let line = if forward {
                first + step
            } else {
                first + 2 * count - step
            } % count;
            let start = self.start_of(line);
            let text = self.line(line);
            let chars =
                |byte: usize| start + text.get(..byte).map_or(0, |head| head.chars().count());
            let mut hits = find
                .matches(&text)
                .map(|range| chars(range.start)..chars(range.end))
                .filter(|hit| {
                    step > 0
                        || if forward {
                            hit.start >= from
                        } else {
                            hit.end < from
                        }
                });
            let hit = if forward { hits.next() } else { hits.last() };
            if hit.is_some() {
                return hit;
            }
        }
        None
    }
}
