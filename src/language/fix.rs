//! Quick fixes: what a diagnostic's help suggests, as a change of the text.

use std::ops::Range;

use crate::config::{Diagnostic, Pos, Span};

/// A change that would mend a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// What is replaced.
    pub span: Span,
    /// With what.
    pub text: String,
}

/// The change that a diagnostic suggests, if it names a near word for one that stands at its place.
/// `text` is the whole text that the diagnostic's place is in.
pub fn fix(problem: &Diagnostic, text: &str) -> Option<Fix> {
    let span = problem.place.as_ref()?.span?;
    let meant = suggested(problem.help.as_ref()?)?;
    let first = span.start.line;
    let line = |number: u32| text.lines().nth((number as usize).checked_sub(1)?);
    // A span may be wider than the word: quotes, or the whole call around it. One that ends elsewhere
    // is as good as its first line.
    let whole = line(first)?;
    let from = byte_at(whole, span.start.column);
    let to = match span.end.line == first {
        true => byte_at(whole, span.end.column).max(from),
        false => whole.len(),
    };
    let at = wrong_word(&problem.message, whole, from..to, meant)
        .or_else(|| wrong_word(&problem.message, whole, 0..whole.len(), meant))?;
    let column = |byte: usize| {
        let before = whole.get(..byte)?.chars().count();
        u32::try_from(before + 1).ok()
    };
    let place = |byte: usize| {
        Some(Pos {
            line: first,
            column: column(byte)?,
        })
    };
    let wrong = whole.get(at.clone())?;
    Some(Fix {
        title: format!("replace `{wrong}` with `{meant}`"),
        span: Span {
            start: place(at.start)?,
            end: place(at.end)?,
        },
        text: meant.to_owned(),
    })
}

/// The first name that a help suggests: in quotes of any kind, or bare.
fn suggested(help: &str) -> Option<&str> {
    let (_, rest) = help.split_once("did you mean ")?;
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '`' | '\'' | '"'));
    let name = match quote {
        Some(quote) => rest.get(1..)?.split(quote).next(),
        None => rest.split([',', '?']).next(),
    }?;
    (!name.is_empty()).then_some(name)
}

/// The byte of a column, which is counted from 1 in characters.
fn byte_at(line: &str, column: u32) -> usize {
    let before = (column as usize).saturating_sub(1);
    line.char_indices()
        .nth(before)
        .map_or(line.len(), |(at, _)| at)
}

/// Where the word that is wrong stands within a part of a line: one that the message names, else the one
/// that is most like what was meant.
fn wrong_word(message: &str, line: &str, part: Range<usize>, meant: &str) -> Option<Range<usize>> {
    let named: Vec<&str> = quoted(message)
        .flat_map(|one| words(one, 0))
        .map(|one| one.1)
        .collect();
    let inside = line.get(part.clone())?;
    let found = words(inside, part.start).filter(|(_, word)| *word != meant);
    let distance = |word: &str| strsim::damerau_levenshtein(word, meant);
    let near = |word: &str| distance(word) * 2 <= meant.chars().count().max(2);
    let known = found
        .clone()
        .filter(|(_, word)| named.contains(word))
        // Behind each other in a path, the last one is the wrong one: `module.rnd`.
        .min_by_key(|(range, word)| (distance(word), usize::MAX - range.start));
    let alike = || {
        let near = found.clone().filter(|(_, word)| near(word));
        near.min_by_key(|(_, word)| distance(word))
    };
    known.or_else(alike).map(|(range, _)| range)
}

/// What stands in quotes of each kind.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    let kinds = ['`', '\'', '"'].into_iter();
    kinds.flat_map(|quote| message.split(quote).skip(1).step_by(2))
}

/// The words of a text with their places, whole ones before their parts: `a/b.c`, `b.c`, `c`.
fn words(text: &str, from: usize) -> impl Iterator<Item = (Range<usize>, &str)> + Clone {
    let levels: [fn(char) -> bool; 3] = [
        |c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')),
        |c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')),
        |c| !(c.is_alphanumeric() || matches!(c, '_' | '-')),
    ];
    levels.into_iter().flat_map(move |divides| {
        text.split(divides)
            .filter(|word| !word.is_empty())
            .map(move |word| {
                let at = from + (word.as_ptr() as usize - text.as_ptr() as usize);
                (at..at + word.len(), word)
            })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::path::Path;

    use rstest::rstest;

    use super::*;
    use crate::config::Place;

    /// A line in which `[` and `]` stand around the place of the problem, mended.
    fn mended(message: &str, help: &str, marked: &str) -> Option<String> {
        let before = marked.find('[').unwrap();
        let line = marked.replacen('[', "", 1);
        let behind = line.find(']').unwrap();
        let line = line.replacen(']', "", 1);
        let at = |byte: usize| Pos {
            line: 2,
            column: u32::try_from(line[..byte].chars().count() + 1).unwrap(),
        };
        let place = Place {
            path: Path::new("g.yml").into(),
            span: Some(Span {
                start: at(before),
                end: at(behind),
            }),
        };
        let problem = Diagnostic::error(message, Some(place)).help(help);
        let found = fix(&problem, &format!("first\n{line}\nlast\n"))?;
        assert_eq!(found.span.start.line, 2);
        let from = byte_at(&line, found.span.start.column);
        let to = byte_at(&line, found.span.end.column);
        Some(format!("{}{}{}", &line[..from], found.text, &line[to..]))
    }

    #[rstest]
    #[case(
        "`cron` has no option `expresion`",
        "did you mean `expression`? Known are `a`",
        "  [expresion]: x",
        "  expression: x"
    )]
    #[case(
        "expected one of `all`, `chance`, not `chanx`",
        "did you mean `chance`?",
        "mode: [chanx]",
        "mode: chance"
    )]
    #[case(
        "`secnd` is no template alias",
        "did you mean `second`? Known are `first`",
        "chain: - [secnd]",
        "chain: - second"
    )]
    #[case(
        "no filter named 'uper'",
        "did you mean `upper`?",
        "{{ a | [uper] }}",
        "{{ a | upper }}"
    )]
    // The message names more than the word, and the place is wider than it.
    #[case(
        "`module.rand.number` has no `integr`",
        "did you mean `integer`?",
        "{{ [module.rand.number.integr](1, 5) }}",
        "{{ module.rand.number.integer(1, 5) }}"
    )]
    #[case(
        "'datetime' object has no attribute 'isoformt' (16 of 20 events)",
        "did you mean `isoformat`?",
        "日本 {{ [timestamp.isoformt()] }}",
        "日本 {{ timestamp.isoformat() }}"
    )]
    #[case(
        "module.rand.number.integer has no argument `c`",
        "did you mean `b`?",
        "{{ [module.rand.number.integer(a=1, c=5)] }}",
        "{{ module.rand.number.integer(a=1, b=5) }}"
    )]
    #[case(
        "the template uses `templates/secnd.jinja`, which does not exist",
        "did you mean `second.jinja`?",
        "{% include ['templates/secnd.jinja'] %}",
        "{% include 'templates/second.jinja' %}"
    )]
    // Other quotes, several names, a place that is a mere point.
    #[case(
        "the sample has no column 'pth'",
        "did you mean 'path'?",
        "{{ [row.pth] }}",
        "{{ row.path }}"
    )]
    #[case(
        "there is no provider `frst_name`",
        "did you mean first_name, last_name?",
        "{{ faker.[]frst_name() }}",
        "{{ faker.first_name() }}"
    )]
    #[case(
        "no such thing",
        "did you mean `timestamp`?",
        "{{ [timstamp] }}",
        "{{ timestamp }}"
    )]
    fn the_word_that_is_wrong_is_replaced(
        #[case] message: &str,
        #[case] help: &str,
        #[case] line: &str,
        #[case] wanted: &str,
    ) {
        assert_eq!(mended(message, help, line).as_deref(), Some(wanted));
    }

    #[test]
    fn what_is_not_there_is_not_replaced() {
        assert_eq!(
            mended("no such", "did you mean `timestamp`?", "[x] + y"),
            None
        );
        assert_eq!(mended("no `a`", "write it anew", "[a]"), None);
        assert_eq!(mended("no `a`", "did you mean ", "[a]"), None);
    }

    #[test]
    fn what_spans_lines_or_lies_beyond_the_text_does_no_harm() {
        let at = |line, column| Pos { line, column };
        for (start, end, wanted) in [
            (at(1, 4), at(3, 2), Some("timestamp")),
            (at(9, 1), at(9, 4), None),
            (at(0, 0), at(0, 0), None),
        ] {
            let place = Place {
                path: Path::new("g.yml").into(),
                span: Some(Span { start, end }),
            };
            let problem = Diagnostic::error("`timstamp` is not defined", Some(place))
                .help("did you mean `timestamp`?");
            let found = fix(&problem, "{{ timstamp\n  | upper\n}}\n");
            assert_eq!(found.map(|one| one.text).as_deref(), wanted);
        }
    }
}
