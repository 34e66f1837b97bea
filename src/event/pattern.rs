//! Regular expressions as Python's `re` understands them, over a backtracking engine.

use fancy_regex::Regex;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// Compiles a pattern that may match anywhere (`re.search`).
    pub(super) fn search(pattern: &str) -> Result<Self, String> {
        Self::compile(&translate(pattern)?)
    }

    /// Compiles a pattern that matches at the start (`re.match`).
    pub(super) fn at_start(pattern: &str) -> Result<Self, String> {
        // The line break ends a comment of a verbose pattern.
        let newline = if pattern.contains("(?") && pattern.contains('#') {
            "\n"
        } else {
            ""
        };
        let inner = translate(pattern)?;
        Self::compile(&inner)?;
        Self::compile(&format!(r"\A(?:{inner}{newline})"))
            .or_else(|_| Self::compile(&format!(r"\A(?:{inner})")))
    }

    fn compile(pattern: &str) -> Result<Self, String> {
        match Regex::new(pattern) {
            Ok(regex) => Ok(Self { regex }),
            Err(error) => Err(first_line(&error.to_string())),
        }
    }

    /// True when it matches. An error when the pattern needs too many steps on this text.
    pub(super) fn is_match(&self, text: &str) -> Result<bool, String> {
        self.regex.is_match(text).map_err(|error| error.to_string())
    }

    /// Where the named group lies in the first match, in bytes.
    pub(super) fn group(&self, text: &str, name: &str) -> Result<Option<(usize, usize)>, String> {
        let captures = self
            .regex
            .captures(text)
            .map_err(|error| error.to_string())?;
        Ok(captures.and_then(|captures| {
            captures
                .name(name)
                .map(|group| (group.start(), group.end()))
        }))
    }
}

fn first_line(text: &str) -> String {
    text.split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Rewrites what the engine spells differently: `\Z`, and characters that are plain in a Python set.
fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut set = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let next = chars.next().ok_or("the pattern ends in a lone backslash")?;
                match next {
                    'Z' if !set => out.push_str(r"\z"),
                    _ => out.extend(['\\', next]),
                }
            }
            '[' if set => out.push_str(r"\["),
            '&' | '~' if set => out.extend(['\\', c]),
            '[' => {
                set = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if chars.next_if_eq(&']').is_some() {
                    out.push_str(r"\]");
                }
            }
            ']' if set => {
                set = false;
                out.push(']');
            }
            '(' if !set => {
                out.push('(');
                let mut ahead = chars.clone();
                if ahead.next() == Some('?')
                    && ahead.next() == Some('<')
                    && !matches!(ahead.next(), Some('=' | '!'))
                {
                    return Err("named groups are written (?P<name>...)".to_owned());
                }
            }
            _ => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn group(pattern: &str, text: &str) -> Option<(usize, usize)> {
        Pattern::search(pattern).unwrap().group(text, "g").unwrap()
    }

    #[test]
    fn python_forms_work() {
        assert_eq!(group(r"(?<=ts=)(?P<g>\d+)", "a ts=99 b"), Some((5, 7)));
        assert_eq!(group("([\"'])(?P<g>\\d+)\\1", "a '12' b"), Some((3, 5)));
        assert_eq!(group(r"(?i)TIME=(?P<g>\S+)", "time=old x"), Some((5, 8)));
        assert_eq!(group(r"(<)?(?P<g>\d+)(?(1)>)", "a <55> b"), Some((3, 5)));
        assert_eq!(group(r"(?P<g>(?>\d+))x", "a 12x"), Some((2, 4)));
        assert_eq!(group(r"(?P<g>[[&&]+)\Z", "a[&"), Some((1, 3)));
        assert_eq!(group(r"(?P<g>[]a]+)", "x]a"), Some((1, 3)));
        assert_eq!(group("x", "x"), None);
    }

    #[test]
    fn mistakes_are_errors() {
        for bad in ["(", "[", "(?<n>x)", r"\", "*", "(?P<n>x"] {
            assert!(Pattern::search(bad).is_err(), "{bad}");
            assert!(Pattern::at_start(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn at_start_anchors_every_alternative() {
        let pattern = Pattern::at_start("b|a").unwrap();
        assert!(pattern.is_match("ax").unwrap());
        assert!(!pattern.is_match("xa").unwrap());
    }
}
