//! Which events and records are meant: words, patterns between slashes, fields of JSON. Knows nothing of
//! screens.
//!
//! Terms stand side by side and must all hold; `!` before one turns it round.
//!
//! | term | holds when |
//! | --- | --- |
//! | `refused`, `"not found"` | the text has it; a capital letter makes it exact |
//! | `/5\d\d$/` | the pattern is found |
//! | `user.name=alice`, `!=`, `~` | the field is that, is not that, contains that; `=*`: it is there |
//! | `status>=500`, `>`, `<`, `<=` | the field compares so, as numbers where both are |
//! | `alias:page` | the template's alias has it |

use regex::{Regex, RegexBuilder};
use serde_json::Value;

/// Largest compiled pattern, in bytes.
const PATTERN_BYTES: usize = 1 << 20;

/// A text to look for: as it is, or a pattern between slashes.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Says what is wrong with a pattern.
    pub fn parse(text: &str) -> Result<Self, String> {
        let slashes = text.strip_prefix('/').filter(|rest| rest.len() > 1);
        match slashes.and_then(|rest| rest.strip_suffix('/')) {
            Some(pattern) => Self::build(pattern, ignores_case(pattern)),
            None => Self::literal(text),
        }
    }

    fn literal(text: &str) -> Result<Self, String> {
        Self::build(&regex::escape(text), ignores_case(text))
    }

    fn build(pattern: &str, ignore_case: bool) -> Result<Self, String> {
        RegexBuilder::new(pattern)
            .case_insensitive(ignore_case)
            .size_limit(PATTERN_BYTES)
            .build()
            .map(Self)
            .map_err(|error| format!("/{pattern}/ is no pattern: {}", reason(&error)))
    }

    /// True when the text has it.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// Where the text has it, in bytes; nothing for what matches nothing.
    pub fn places<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        let found = self.0.find_iter(text).map(|found| found.range());
        found.filter(|range| !range.is_empty())
    }
}

/// A capital letter makes a search exact; one behind a backslash is no letter.
fn ignores_case(text: &str) -> bool {
    let mut escaped = false;
    !text.chars().any(|c| {
        let counts = c.is_uppercase() && !escaped;
        escaped = c == '\\' && !escaped;
        counts
    })
}

/// The last line of a pattern's error, which says what is wrong.
fn reason(error: &regex::Error) -> String {
    let said = error.to_string();
    let last = said.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// What is let through.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug)]
struct Term {
    not: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Text(Pattern),
    Alias(Pattern),
    Field {
        path: Vec<String>,
        op: Op,
        value: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Is,
    IsNot,
    Contains,
    Least,
    Most,
    More,
    Less,
}

/// The longer ones first: `>=` is no `>`.
const OPS: [(&str, Op); 7] = [
    (">=", Op::Least),
    ("<=", Op::Most),
    ("!=", Op::IsNot),
    ("=", Op::Is),
    ("~", Op::Contains),
    (">", Op::More),
    ("<", Op::Less),
];

impl Filter {
    /// Reads what was typed; `None` when nothing was.
    ///
    /// # Errors
    /// Says what cannot be read, and what to write instead.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let mut terms = Vec::new();
        for word in words(text)? {
            terms.push(Term::read(&word)?);
        }
        Ok((!terms.is_empty()).then(|| Self {
            text: text.trim().to_owned(),
            terms,
        }))
    }

    /// As typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when an event is let through.
    pub fn lets(&self, alias: Option<&str>, text: &str) -> bool {
        let fields = |term: &Term| matches!(term.test, Test::Field { .. });
        let json = if self.terms.iter().any(fields) {
            serde_json::from_str::<Value>(text).ok()
        } else {
            None
        };
        self.terms.iter().all(|term| {
            let holds = match &term.test {
                Test::Text(pattern) => pattern.is_in(text),
                Test::Alias(pattern) => alias.is_some_and(|alias| pattern.is_in(alias)),
                Test::Field { path, op, value } => match &json {
                    Some(json) => field_holds(json, path, *op, value),
                    None => pair(text, &path.join("."))
                        .is_some_and(|found| field_holds(&Value::String(found), &[], *op, value)),
                },
            };
            holds != term.not
        })
    }

    /// True when it asks for templates.
    pub fn asks_alias(&self) -> bool {
        let asks = |term: &Term| matches!(term.test, Test::Alias(_));
        self.terms.iter().any(asks)
    }

    /// The fields it asks for, with dots between names.
    pub fn fields(&self) -> Vec<String> {
        let fields = self.terms.iter().filter_map(|term| match &term.test {
            Test::Field { path, .. } => Some(path.join(".")),
            _ => None,
        });
        fields.collect()
    }

    /// True when a capital letter makes one of its words exact.
    pub fn is_exact(&self) -> bool {
        let text = |term: &Term| matches!(term.test, Test::Text(_));
        self.terms.iter().any(text) && !ignores_case(&self.text)
    }

    /// The patterns of its text terms, to mark what they found.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.terms.iter().filter_map(|term| match &term.test {
            Test::Text(pattern) if !term.not => Some(pattern),
            _ => None,
        })
    }
}

/// What was typed between blanks, and whether it was in quotes.
struct Word {
    text: String,
    quoted: bool,
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, tail) = word(rest)?;
        out.push(word);
        rest = tail.trim_start();
    }
    Ok(out)
}

/// The first word and what is behind it.
fn word(text: &str) -> Result<(Word, &str), String> {
    let bare = text.strip_prefix('!').unwrap_or(text);
    if bare.starts_with('/') {
        return pattern_word(text, text.len() - bare.len());
    }
    let quoted = bare.starts_with('"');
    let mut out = String::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => inside = !inside,
            c if c.is_whitespace() && !inside => {
                let tail = text.get(at..).unwrap_or_default();
                return Ok((Word { text: out, quoted }, tail));
            }
            c => out.push(c),
        }
    }
    if inside {
        return Err("the quote is not closed: another \" is missing".to_owned());
    }
    Ok((Word { text: out, quoted }, ""))
}

/// `/pattern/`, blanks and all; `at` is where the slash stands.
fn pattern_word(text: &str, at: usize) -> Result<(Word, &str), String> {
    let mut escaped = false;
    for (index, c) in text.char_indices().filter(|(index, _)| *index > at) {
        if c == '/' && !escaped {
            let tail = text.get(index + 1..).unwrap_or_default();
            if tail.is_empty() || tail.starts_with(char::is_whitespace) {
                let word = Word {
                    text: text.get(..=index).unwrap_or(text).to_owned(),
                    quoted: false,
                };
                return Ok((word, tail));
            }
        }
        escaped = c == '\\' && !escaped;
    }
    Err(
        "the pattern is not closed: another / is missing; a text with a slash stands in quotes"
            .to_owned(),
    )
}

impl Term {
    fn read(word: &Word) -> Result<Self, String> {
        let bare = word.text.strip_prefix('!');
        let not = bare.is_some();
        let text = bare.unwrap_or(&word.text);
        if text.is_empty() && not {
            return Err("! turns a term round: something has to stand behind it".to_owned());
        }
        let test = match text.strip_prefix("alias:") {
            _ if word.quoted => Test::Text(Pattern::literal(text)?),
            Some("") => return Err("alias: needs a name behind it".to_owned()),
            Some(alias) => Test::Alias(Pattern::parse(alias)?),
            None => match field(text)? {
                Some(field) => field,
                None => Test::Text(Pattern::parse(text)?),
            },
        };
        Ok(Self { not, test })
    }
}

/// `path op value`, when the word is one.
fn field(text: &str) -> Result<Option<Test>, String> {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || "_.@-[]".contains(c)))
        .unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    let Some((sign, op)) = OPS.iter().find(|(sign, _)| rest.starts_with(sign)) else {
        return Ok(None);
    };
    if path.is_empty() {
        return Ok(None);
    }
    let value = rest.strip_prefix(sign).unwrap_or_default().to_owned();
    if value.is_empty() {
        return Err(format!(
            "{path}{sign} needs a value behind it, such as {path}{sign}1"
        ));
    }
    let plain = path.replace('[', ".").replace(']', "");
    Ok(Some(Test::Field {
        path: plain.split('.').map(str::to_owned).collect(),
        op: *op,
        value,
    }))
}

fn field_holds(json: &Value, path: &[String], op: Op, wanted: &str) -> bool {
    match op {
        Op::Is if wanted == "*" => any(json, path, &|_| true),
        Op::IsNot => {
            any(json, path, &|_| true) && !any(json, path, &|value| compares(value, Op::Is, wanted))
        }
        _ => any(json, path, &|value| compares(value, op, wanted)),
    }
}

/// True when one of the values at a path passes. A name with dots may also be one key; in a list any
/// item counts.
fn any(value: &Value, path: &[String], test: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => {
            let first = path.first().and_then(|name| name.parse::<usize>().ok());
            let at = first.and_then(|index| items.get(index));
            at.is_some_and(|item| any(item, path.get(1..).unwrap_or_default(), test))
                || items.iter().any(|item| any(item, path, test))
        }
        _ if path.is_empty() => test(value),
        Value::Object(map) => (1..=path.len()).any(|length| {
            let (name, rest) = path.split_at(length);
            let inner = map.get(&name.join("."));
            inner.is_some_and(|inner| any(inner, rest, test))
        }),
        _ => false,
    }
}

fn compares(value: &Value, op: Op, wanted: &str) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if op == Op::Contains {
        return Pattern::parse(wanted).is_ok_and(|pattern| pattern.is_in(&text));
    }
    let numbers = text.parse::<f64>().ok().zip(wanted.parse::<f64>().ok());
    let order = match numbers {
        Some((left, right)) => left.partial_cmp(&right),
        None => Some(text.as_str().cmp(wanted)),
    };
    let Some(order) = order else {
        return false;
    };
    match op {
        Op::Is => order.is_eq(),
        Op::IsNot => order.is_ne(),
        Op::Least => order.is_ge(),
        Op::Most => order.is_le(),
        Op::More => order.is_gt(),
        Op::Less => order.is_lt(),
        Op::Contains => false,
    }
}

/// The value behind `name=` in a text that is no JSON, as in `level=warn msg="not found"`.
fn pair(text: &str, name: &str) -> Option<String> {
    let at = text.match_indices(name).find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        let behind = text.get(at + name.len()..)?;
        let starts = before.is_none_or(|c| !(c.is_alphanumeric() || "_.-".contains(c)));
        (starts && behind.starts_with('=')).then_some(at + name.len() + 1)
    })?;
    let rest = text.get(at..)?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().map(str::to_owned),
        None => rest
            .split(|c: char| c.is_whitespace() || ",;".contains(c))
            .next()
            .map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    const EVENT: &str = r#"{"user": {"name": "alice"}, "host.ip": "10.0.0.7", "status": 503,
        "took": 1.5, "ok": false, "none": null, "tags": ["web", "front"],
        "items": [{"id": 1}, {"id": 22}], "note": "Connection refused by peer"}"#;

    fn lets(filter: &str, alias: Option<&str>, text: &str) -> bool {
        Filter::parse(filter).unwrap().unwrap().lets(alias, text)
    }

    #[rstest]
    #[case("refused", true)]
    #[case("REFUSED", false)]
    #[case("connection refused", true)]
    #[case("\"refused by\"", true)]
    #[case("\"by refused\"", false)]
    #[case("!refused", false)]
    #[case("!\"by refused\"", true)]
    #[case(r"/re\w+d by/", true)]
    #[case(r"!/re\w+d by/", false)]
    #[case("user.name=alice", true)]
    #[case("user.name=bob", false)]
    #[case("user.name!=bob", true)]
    #[case("user.name~LIC", false)]
    #[case("user.name~lic", true)]
    #[case("host.ip=10.0.0.7", true)]
    #[case("status>=500", true)]
    #[case("status>503", false)]
    #[case("status<1000", true)]
    #[case("status=503.0", true)]
    #[case("took<=1.5 status=503", true)]
    #[case("took<1.5 status=503", false)]
    #[case("ok=false", true)]
    #[case("none=null", true)]
    #[case("tags=front", true)]
    #[case("tags!=front", false)]
    #[case("tags[0]=web", true)]
    #[case("tags.0=front", false)]
    #[case("items.id=22", true)]
    #[case("items[1].id>=22", true)]
    #[case("user=*", true)]
    #[case("nobody=*", false)]
    #[case("nobody!=x", false)]
    #[case("!nobody=x", true)]
    #[case("note=\"Connection refused by peer\"", true)]
    #[case("\"status>=500\"", false)]
    fn terms_on_json(#[case] filter: &str, #[case] expected: bool) {
        assert_eq!(lets(filter, None, EVENT), expected, "{filter}");
    }

    #[test]
    fn fields_of_lines_that_are_no_json() {
        let line = "time=12 level=warn msg=\"not found\" sublevel=err";
        assert!(lets("level=warn", None, line));
        assert!(lets("msg~found time>=12", None, line));
        assert!(!lets("level=err", None, line));
        assert!(!lets("other=x", None, line));
        assert!(lets("http://a", None, "see http://a/b"));
    }

    #[test]
    fn aliases() {
        assert!(lets("alias:pag", Some("page"), "x"));
        assert!(!lets("alias:pag", None, "page"));
        assert!(lets("!alias:page", Some("order"), "x"));
    }

    #[rstest]
    #[case("/a(/", "/a(/ is no pattern: unclosed group")]
    #[case("/a", "another / is missing")]
    #[case("\"a", "another \" is missing")]
    #[case("status>=", "status>= needs a value")]
    #[case("alias:", "needs a name")]
    #[case("!", "has to stand behind it")]
    fn what_cannot_be_read_says_why(#[case] text: &str, #[case] why: &str) {
        let said = Filter::parse(text).unwrap_err();
        assert!(said.contains(why), "{said}");
    }

    #[test]
    fn nothing_typed_is_no_filter() {
        assert!(Filter::parse("  ").unwrap().is_none());
    }

    #[test]
    fn a_capital_letter_makes_a_pattern_exact_but_not_a_class() {
        assert!(Pattern::parse(r"/\S+ERR/").is_ok_and(|it| !it.is_in("an err")));
        assert!(Pattern::parse(r"/\Serr/").is_ok_and(|it| it.is_in("AN xERR")));
        let places: Vec<_> = Pattern::parse("ab").unwrap().places("xABab").collect();
        assert_eq!(places, [1..3, 3..5]);
    }
}
