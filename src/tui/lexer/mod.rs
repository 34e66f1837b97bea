//! Highlighting by small line lexers: one line and the state it starts in give spans and the next
//! state. Tolerates anything; knows nothing of buffers or colours.

mod jinja;
mod json;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use super::theme::Token;

/// How a file is highlighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Not at all.
    Plain,
    /// YAML with `${...}` tokens.
    Yaml,
    /// JSON.
    Json,
    /// Values with separators.
    Csv,
    /// A template of JSON.
    JinjaJson,
    /// A template of anything else.
    JinjaText,
}

impl Language {
    /// By the name of a file.
    pub fn of(path: &Path) -> Self {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        match extension {
            "yml" | "yaml" => Self::Yaml,
            "json" | "ndjson" | "jsonl" => Self::Json,
            "csv" | "tsv" => Self::Csv,
            "jinja" | "jinja2" | "j2" if stem.ends_with(".json") => Self::JinjaJson,
            "jinja" | "jinja2" | "j2" => Self::JinjaText,
            _ => Self::Plain,
        }
    }

    /// As shown in the status line.
    pub fn label(self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::Yaml => "YAML",
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::JinjaJson => "Jinja, JSON",
            Self::JinjaText => "Jinja",
        }
    }
}

/// Inside what a line starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// YAML block text: the indentation that the text must exceed.
    block: Option<usize>,
    /// A quoted text that goes on, in YAML or in a template's expression.
    quote: Option<char>,
    /// A template's delimiters.
    inside: Option<jinja::Inside>,
    /// A JSON string around a template's delimiters.
    in_string: bool,
    /// Not the first line.
    later: bool,
}

/// A highlighted stretch of bytes.
pub type Piece = (Range<usize>, Token);

/// Highlights one line; `state` becomes that of the next. Pieces are in order and do not overlap;
/// what lies between them is plain.
pub fn line(language: Language, state: &mut State, text: &str, out: &mut Vec<Piece>) {
    match language {
        Language::Plain => {}
        Language::Yaml => yaml::line(state, text, out),
        Language::Json => {
            state.in_string = false;
            json::stretch(state, text, 0..text.len(), out);
        }
        Language::Csv => csv(state, text, out),
        Language::JinjaJson => jinja::line(state, text, true, out),
        Language::JinjaText => jinja::line(state, text, false, out),
    }
    state.later = true;
}

fn csv(state: &State, text: &str, out: &mut Vec<Piece>) {
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in text.char_indices().chain([(text.len(), ',')]) {
        quoted ^= c == '"';
        if at < text.len() && (quoted || !matches!(c, ',' | ';' | '\t')) {
            continue;
        }
        let value = text.get(start..at).unwrap_or_default();
        let token = match value {
            _ if !state.later => Token::Key,
            _ if value.starts_with('"') => Token::String,
            _ => scalar(value),
        };
        out.push((start..at, token));
        if at < text.len() {
            out.push((at..at + c.len_utf8(), Token::Punctuation));
        }
        start = at + c.len_utf8();
    }
}

/// A plain scalar: number and constants, or text.
fn scalar(text: &str) -> Token {
    let constant = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "none" | "yes" | "no" | "on" | "off" | "~"
    );
    let first = text.trim_start_matches(['-', '+', '.']).chars().next();
    let number = first.is_some_and(|c| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
        && text.chars().filter(char::is_ascii_alphabetic).count() <= 1;
    if constant || number {
        Token::Number
    } else {
        Token::Text
    }
}

/// Most lines worked out only to know how a far one begins; a view beyond that begins with a guess.
const FAR: usize = 20_000;
/// Lines before the view that are worked out after a guess, in which the guess heals as a rule.
const RUN_UP: usize = 500;

/// States at the starts of lines, as far as they are known: of one stretch of the text.
#[derive(Clone, Debug, Default)]
pub struct States {
    first: usize,
    states: Vec<State>,
}

impl States {
    /// Forgets what follows a line that changed.
    pub fn truncate(&mut self, line: usize) {
        self.states.truncate((line + 1).saturating_sub(self.first));
    }

    /// Works states out at the starts of the lines from `first` to `last`.
    pub fn reach<'a>(
        &mut self,
        language: Language,
        first: usize,
        last: usize,
        text: impl Fn(usize) -> Cow<'a, str>,
    ) {
        let known = self.first..self.first + self.states.len();
        if first < known.start || first > known.end + FAR {
            self.first = if first > FAR { first - RUN_UP } else { 0 };
            self.states.clear();
        }
        let mut pieces = Vec::new();
        if self.states.is_empty() {
            let later = self.first > 0;
            self.states.push(State {
                later,
                ..State::default()
            });
        }
        while self.first + self.states.len() <= last {
            let index = self.first + self.states.len() - 1;
            let mut state = self.at(index);
            pieces.clear();
            line(language, &mut state, &text(index), &mut pieces);
            self.states.push(state);
        }
    }

    /// The state at the start of a line; the initial one where it is not known.
    pub fn at(&self, line: usize) -> State {
        let index = line.checked_sub(self.first);
        index
            .and_then(|index| self.states.get(index))
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// `kind:text` for each piece that is not plain.
    fn pieces(language: Language, text: &str) -> Vec<String> {
        let mut state = State::default();
        let mut all = Vec::new();
        for row in text.lines() {
            let mut out = Vec::new();
            line(language, &mut state, row, &mut out);
            all.extend(
                out.into_iter()
                    .filter(|(_, token)| *token != Token::Text)
                    .map(|(range, token)| format!("{token:?}:{}", &row[range])),
            );
        }
        all
    }

    #[rstest]
    #[case("a: 1", &["Key:a", "Punctuation::", "Number:1"])]
    #[case("a: b # c", &["Key:a", "Punctuation::", "Comment:# c"])]
    #[case("a: b#c", &["Key:a", "Punctuation::"])]
    #[case("- x: 'it''s'", &["Punctuation:-", "Key:x", "Punctuation::", "String:'it''s'"])]
    #[case("\"q: r\": yes", &["Key:\"q: r\"", "Punctuation::", "Number:yes"])]
    #[case("a: {b: [1, x]}", &["Key:a", "Punctuation::", "Punctuation:{", "Key:b", "Punctuation::",
        "Punctuation:[", "Number:1", "Punctuation:,", "Punctuation:]", "Punctuation:}"])]
    #[case("url: http://x/${params.host}", &["Key:url", "Punctuation::", "Variable:${params.host}"])]
    #[case("a: |\n  b: c\n\n  d\ne: 2", &["Key:a", "Punctuation::", "Punctuation:|", "String:  b: c",
        "String:  d", "Key:e", "Punctuation::", "Number:2"])]
    #[case("- a: >-\n    x\n  b: y", &["Punctuation:-", "Key:a", "Punctuation::", "Punctuation:>-",
        "String:    x", "Key:b", "Punctuation::"])]
    #[case("a: \"x\n  y\" # z", &["Key:a", "Punctuation::", "String:\"x", "String:  y\"", "Comment:# z"])]
    #[case("a: &one *two", &["Key:a", "Punctuation::", "Variable:&one", "Variable:*two"])]
    #[case("cron: \"* * * * *\"", &["Key:cron", "Punctuation::", "String:\"* * * * *\""])]
    fn yaml_lines(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(pieces(Language::Yaml, text), expected);
    }

    #[rstest]
    #[case("{{ a.b | upper }}", &["Punctuation:{{", "Variable:a", "Punctuation:|", "Key:upper", "Punctuation:}}"])]
    #[case("{%- for x in xs -%}", &["Punctuation:{%-", "Keyword:for", "Variable:x", "Keyword:in",
        "Variable:xs", "Punctuation:-%}"])]
    #[case("{# a\nb #}\"c\": 1", &["Comment:{# a", "Comment:b #}", "Key:\"c\"", "Punctuation::", "Number:1"])]
    #[case("\"k\": \"{{ v }}x\"", &["Key:\"k\"", "Punctuation::", "String:\"", "Punctuation:{{",
        "Variable:v", "Punctuation:}}", "String:x\""])]
    #[case("{{ '}}' }}", &["Punctuation:{{", "String:'}}'", "Punctuation:}}"])]
    fn template_lines(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(pieces(Language::JinjaJson, text), expected);
    }

    #[test]
    fn an_edit_restarts_from_its_line() {
        let before = ["a: |", "  x", "b: 1"];
        let mut states = States::default();
        states.reach(Language::Yaml, 0, 2, |line| before[line].into());
        assert!(states.at(1).block.is_some());
        let after = ["a: y", "  x", "b: 1"];
        states.truncate(0);
        states.reach(Language::Yaml, 0, 2, |line| after[line].into());
        assert!(states.at(1).block.is_none());
    }

    #[test]
    fn a_far_view_begins_with_a_guess_and_comes_back() {
        let text = |index: usize| Cow::from(if index == 0 { "a: |" } else { "  x" });
        let mut states = States::default();
        states.reach(Language::Yaml, 0, 30, text);
        assert!(states.at(30).block.is_some());
        states.reach(Language::Yaml, FAR * 3, FAR * 3 + 30, text);
        assert!(states.at(FAR * 3).later && states.at(FAR * 3).block.is_none());
        assert!(states.states.len() < RUN_UP + 100);
        states.reach(Language::Yaml, 10, 40, text);
        assert!(states.at(40).block.is_some());
    }

    proptest! {
        #[test]
        fn pieces_are_in_order_and_within_any_text(text in "[ -~\n\t\"'{}%#:|é日-]{0,120}") {
            for language in [Language::Yaml, Language::Json, Language::Csv, Language::JinjaJson, Language::JinjaText] {
                let mut state = State::default();
                for row in text.lines() {
                    let mut out = Vec::new();
                    line(language, &mut state, row, &mut out);
                    let mut end = 0;
                    for (range, _) in out {
                        prop_assert!(range.start >= end && range.end >= range.start);
                        prop_assert!(row.get(range.clone()).is_some(), "{language:?} {row:?} {range:?}");
                        end = range.end;
                    }
                }
            }
        }
    }
}
