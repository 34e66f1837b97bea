//! What is looked for: a text or a regular expression, compiled once. Patterns are matched line by line
//! by an engine whose time grows with the text alone, so that none can hang the program.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use ropey::Rope;

/// Largest compiled pattern, in bytes.
const SIZE: usize = 4 << 20;
/// Longest text, in bytes, in which matches are counted.
const COUNTED: usize = 1 << 20;
/// Most matches counted.
const MOST: usize = 99_999;

/// How a pattern is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// A regular expression, not a plain text.
    pub regex: bool,
    /// Capitals and small letters differ even when only small letters are looked for.
    pub exact: bool,
    /// Whole words only.
    pub word: bool,
}

/// Something to look for.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    expands: bool,
}

impl Pattern {
    /// Compiles what was typed; `None` when nothing was. Small letters match both cases unless the
    /// reading is exact, a capital makes it exact.
    ///
    /// # Errors
    /// Says what is wrong with a regular expression, in one line.
    pub fn new(text: &str, reading: Reading) -> Result<Option<Self>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let body = if reading.regex {
            text.to_owned()
        } else {
            regex::escape(text)
        };
        let body = if reading.word {
            format!(r"\b(?:{body})\b")
        } else {
            body
        };
        let capital = if reading.regex {
            has_capital(text)
        } else {
            text.chars().any(char::is_uppercase)
        };
        let regex = RegexBuilder::new(&body)
            .case_insensitive(!reading.exact && !capital)
            .size_limit(SIZE)
            .build();
        match regex {
            Ok(_) if reading.regex && spans_lines(text) => {
                Err("a match stays within its line: \\n is never found".to_owned())
            }
            Ok(regex) => Ok(Some(Self {
                regex,
                expands: reading.regex,
            })),
            Err(error) => Err(explain(text, &error)),
        }
    }

    /// Byte ranges of a line that match.
    pub fn matches<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex.find_iter(line).map(|found| found.range())
    }

    /// The line with its matches that begin at or after a byte replaced, the first `most` of them, and
    /// how many there were. In the replacement of a regular expression `$1` and `${name}` stand for
    /// groups, `$$` for a dollar, `\n` and `\t` for a line end and a tab.
    pub fn replaced(
        &self,
        line: &str,
        stretch: Range<usize>,
        with: &str,
        most: usize,
    ) -> (String, usize) {
        let (mut out, mut end, mut count) = (String::new(), 0, 0);
        for groups in self.regex.captures_iter(line) {
            let Some(whole) = groups.get(0) else {
                continue;
            };
            if whole.start() < stretch.start || whole.end() > stretch.end {
                continue;
            }
            if count == most {
                break;
            }
            out.push_str(line.get(end..whole.start()).unwrap_or_default());
            if self.expands {
                groups.expand(&unescaped(with), &mut out);
            } else {
                out.push_str(with);
            }
            end = whole.end();
            count += 1;
        }
        out.push_str(line.get(end..).unwrap_or_default());
        (out, count)
    }

    /// Matches in a text, and how many of them begin before a character; `None` when there are too many
    /// or the text is too long to count in passing.
    pub fn count(&self, rope: &Rope, before: usize) -> Option<(usize, usize)> {
        if rope.len_bytes() > COUNTED {
            return None;
        }
        let (mut earlier, mut all) = (0, 0);
        let mut start = 0;
        for line in rope.lines() {
            let chars = line.len_chars();
            let text = std::borrow::Cow::from(line);
            let content = super::buffer::trim_end_of_line(&text);
            for found in self.matches(content) {
                all += 1;
                let within = content
                    .get(..found.start)
                    .map_or(0, |head| head.chars().count());
                earlier += usize::from(start + within < before);
            }
            start += chars;
            if all > MOST {
                return None;
            }
        }
        Some((earlier, all))
    }
}

/// True when a letter of the pattern itself is a capital; `\S` and the like are none.
fn has_capital(pattern: &str) -> bool {
    let mut escaped = false;
    pattern.chars().any(|c| {
        let literal = !escaped;
        escaped = c == '\\' && literal;
        literal && c.is_uppercase()
    })
}

/// True when the pattern asks for a line end.
fn spans_lines(pattern: &str) -> bool {
    let mut escaped = false;
    pattern.chars().any(|c| {
        let literal = !escaped;
        escaped = c == '\\' && literal;
        !literal && c == 'n'
    })
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('\\')) => out.push('\\'),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    out
}

fn explain(pattern: &str, error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => {
            "the pattern is too big; make its repetitions smaller".to_owned()
        }
        _ => {
            let text = error.to_string();
            let why = text
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix("error: "));
            let why = why.unwrap_or("it is no regular expression");
            let known = [
                (
                    "look-around",
                    "look-ahead and look-behind are not supported",
                ),
                (
                    "backreferences",
                    "references to groups are not supported in a pattern",
                ),
            ];
            let known = known.iter().find(|(part, _)| why.contains(part));
            let why = known.map_or(why, |(_, text)| text);
            format!("{}: {why}", crate::tui::text::fit(pattern, 20))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    fn pattern(text: &str, flags: &str) -> Pattern {
        let reading = Reading {
            regex: flags.contains('r'),
            exact: flags.contains('c'),
            word: flags.contains('w'),
        };
        Pattern::new(text, reading).unwrap().unwrap()
    }

    #[rstest]
    #[case("ab", "", "ab AB xabx", 3)]
    #[case("Ab", "", "ab AB Ab", 1)]
    #[case("ab", "c", "ab AB xabx", 2)]
    #[case("ab", "w", "ab AB xabx", 2)]
    #[case("a.c", "", "abc a.c", 1)]
    #[case("a.c", "r", "abc a.c", 2)]
    #[case(r"\S+", "r", "ab AB", 2)]
    #[case(r"é\w", "r", "éa Éb", 2)]
    #[case("a|ab", "rw", "ab a", 2)]
    fn reads_as_asked(
        #[case] text: &str,
        #[case] flags: &str,
        #[case] line: &str,
        #[case] count: usize,
    ) {
        assert_eq!(pattern(text, flags).matches(line).count(), count);
    }

    #[rstest]
    #[case(r"(\w+)=(\w+)", "r", "$2: $1", "a=b, c=d", "b: a, d: c")]
    #[case(r"(?<k>\w)=", "r", "${k}$$\\n", "a=", "a$\n")]
    #[case("a", "", "$1\\n", "bab", "b$1\\nb")]
    #[case("^", "r", "# ", "x", "# x")]
    #[case("x*", "r", "-", "axb", "-a-b-")]
    fn replaces(
        #[case] text: &str,
        #[case] flags: &str,
        #[case] with: &str,
        #[case] line: &str,
        #[case] out: &str,
    ) {
        let (made, _) = pattern(text, flags).replaced(line, 0..line.len(), with, usize::MAX);
        assert_eq!(made, out);
    }

    #[rstest]
    #[case("(a", "(a: unclosed group")]
    #[case(
        "[z-a]",
        "[z-a]: invalid character class range, the start must be <= the end"
    )]
    #[case("(?=a)", "(?=a): look-ahead and look-behind are not supported")]
    #[case(
        r"(a)\1",
        "(a)\\1: references to groups are not supported in a pattern"
    )]
    #[case(
        "((a{1000}){1000}){1000}",
        "the pattern is too big; make its repetitions smaller"
    )]
    #[case(r"a\nb", "a match stays within its line: \\n is never found")]
    fn says_why_a_pattern_is_wrong(#[case] text: &str, #[case] why: &str) {
        let reading = Reading {
            regex: true,
            ..Reading::default()
        };
        assert_eq!(Pattern::new(text, reading).unwrap_err(), why);
    }

    #[test]
    fn patterns_that_explode_elsewhere_do_not_here() {
        let line = "a".repeat(50_000);
        assert_eq!(pattern("(a*)*b", "r").matches(&line).count(), 0);
        assert_eq!(pattern("(a|aa)+$", "r").matches(&line).count(), 1);
    }

    #[test]
    fn counts_what_is_before() {
        let rope = Rope::from_str("ab ab\r\nab\n");
        assert_eq!(pattern("ab", "").count(&rope, 3), Some((1, 3)));
        assert_eq!(pattern("^", "r").count(&rope, 0), Some((0, 3)));
    }
}
