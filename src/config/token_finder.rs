//! Where the tokens of a text are and what each asks for. Knows no values.

use super::suggest::near;

/// Tokens of a document; more are an error.
pub(super) const MAX_TOKENS: usize = 100_000;
/// What is longer than that is no token.
const MAX_NAME: usize = 1000;

/// What a token asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Param(String),
    Secret(String),
    /// `{% raw %}` or its end.
    Raw,
    /// Neither params nor secrets; the message and what to do.
    Invalid(String, String),
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Index of its first character.
    pub(super) start: usize,
    /// Characters.
    pub(super) len: usize,
    /// As written.
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// The tokens of a text in order, none inside another; at most [`MAX_TOKENS`] and one pair.
pub(super) fn find(chars: &[char]) -> Vec<Token> {
    Finder { chars }.all()
}

/// Walks the text as written.
struct Finder<'a> {
    chars: &'a [char],
}

impl Finder<'_> {
    fn all(&self) -> Vec<Token> {
        let mut tokens = Vec::new();
        let (mut at, mut close) = (0, 0);
        let raws = self.raws();
        let mut raws = raws.iter().peekable();
        while at < self.chars.len() && tokens.len() < MAX_TOKENS {
            // One that begins inside a token is part of it.
            while raws.next_if(|(open, _)| open.0 < at).is_some() {}
            if let Some((open, close)) = raws.next_if(|(open, _)| open.0 == at) {
                for &(start, len) in [open, close] {
                    tokens.push(self.token(start, len, Kind::Raw));
                }
                at = close.0 + close.1;
            } else if self.starts(at, "${") {
                if close < at {
                    close = at + self.until_close(at);
                }
                let token = self.dollar(at, close);
                at += token.len;
                tokens.push(token);
            } else {
                at += 1;
            }
        }
        tokens
    }

    fn starts(&self, at: usize, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(offset, one)| self.chars.get(at + offset) == Some(&one))
    }

    fn token(&self, start: usize, len: usize, kind: Kind) -> Token {
        let text = self.chars.get(start..start + len).unwrap_or_default();
        Token {
            start,
            len,
            text: text.iter().collect(),
            kind,
        }
    }

    fn blanks(&self, at: usize) -> usize {
        self.chars
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|one| one.is_whitespace())
            .count()
    }

    /// Characters up to the next `}`.
    fn until_close(&self, at: usize) -> usize {
        let rest = self.chars.get(at..).unwrap_or_default();
        rest.iter().take_while(|one| **one != '}').count()
    }

    /// The token at `${`, where `close` is the place of the next `}` or the end.
    fn dollar(&self, start: usize, close: usize) -> Token {
        if close >= self.chars.len() || close - start > MAX_NAME {
            return self.unclosed(start);
        }
        let name_start = start + 2 + self.blanks(start + 2);
        let name: String = self
            .chars
            .get(name_start..)
            .unwrap_or_default()
            .iter()
            .take(MAX_NAME)
            .take_while(|one| !one.is_whitespace() && **one != '}')
            .collect();
        let name_end = name_start + name.chars().count();
        let close = name_end + self.blanks(name_end);
        if self.chars.get(close) == Some(&'}') {
            return self.token(start, close + 1 - start, classify(&name));
        }
        let line = self
            .chars
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take(MAX_NAME)
            .take_while(|one| !matches!(one, '\n' | '\r'));
        let mut line = line;
        match line.position(|one| *one == '}') {
            Some(offset) => {
                let token = self.token(start, offset + 1, Kind::Raw);
                let inner = token.text.get(2..token.text.len() - 1).unwrap_or_default();
                Token {
                    kind: classify(inner.trim()),
                    ..token
                }
            }
            None => self.unclosed(start),
        }
    }

    fn unclosed(&self, start: usize) -> Token {
        self.token(
            start,
            2,
            Kind::Invalid(
                "this `${` is never closed".to_owned(),
                format!("add the closing `}}`, {LITERAL}"),
            ),
        )
    }

    /// Pairs of `{% raw %}` and `{% endraw %}` as (start, length); those in whole-line comments aside.
    fn raws(&self) -> Vec<((usize, usize), (usize, usize))> {
        let mut pairs = Vec::new();
        let mut open = None;
        let mut at = 0;
        let mut comment = false;
        let mut line_start = true;
        while let Some(&one) = self.chars.get(at) {
            if matches!(one, '\n' | '\r') {
                (comment, line_start) = (false, true);
            } else if line_start && !one.is_whitespace() {
                (comment, line_start) = (one == '#', false);
            }
            if one == '{' && !comment {
                if let Some(len) = self.block(at, "raw") {
                    open = Some((at, len));
                } else if let Some(len) = self.block(at, "endraw")
                    && let Some(begin) = open.take()
                {
                    pairs.push((begin, (at, len)));
                }
            }
            at += 1;
        }
        pairs
    }

    /// The length of `{% name %}` at a position.
    fn block(&self, start: usize, name: &str) -> Option<usize> {
        let mut at = start;
        let mut eat = |text: &str| {
            let fits = self.starts(at, text);
            if fits {
                at += text.chars().count();
            }
            (fits, at)
        };
        if !eat("{%").0 {
            return None;
        }
        eat("-");
        let (_, mut here) = eat("");
        here += self.blanks(here);
        if !self.starts(here, name) {
            return None;
        }
        here += name.chars().count();
        here += self.blanks(here);
        if self.starts(here, "-") {
            here += 1;
        }
        self.starts(here, "%}").then_some(here + 2 - start)
    }
}

const LITERAL: &str = "or write \"\\x24{\" in double quotes for a literal `${`";

fn classify(inner: &str) -> Kind {
    let (scope, name) = inner.split_once('.').unwrap_or((inner, ""));
    let simple = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|one| one.is_alphanumeric() || matches!(one, '_' | '-'))
    };
    match scope {
        "params" if simple(name) => Kind::Param(name.to_owned()),
        "secrets" if simple(name) => Kind::Secret(name.to_owned()),
        "params" | "secrets" if name.is_empty() => Kind::Invalid(
            format!("the token `${{{inner}}}` names nothing"),
            format!("write `${{{scope}.name}}`, {LITERAL}"),
        ),
        "params" | "secrets" => {
            let head: String = name
                .chars()
                .take_while(|one| one.is_alphanumeric() || *one == '_')
                .collect();
            Kind::Invalid(
                format!(
                    "the token `${{{inner}}}` is not a plain name: there are no filters, expressions or parts of values here"
                ),
                if head.is_empty() {
                    format!("write `${{{scope}.name}}`, {LITERAL}")
                } else {
                    format!("write `${{{scope}.{head}}}` and pass the final value, {LITERAL}")
                },
            )
        }
        _ => {
            let help = match near(scope, ["params", "secrets"]) {
                Some(known) if simple(name) => format!("did you mean `${{{known}.{name}}}`?"),
                _ if simple(inner) => {
                    format!("write `${{params.{inner}}}` or `${{secrets.{inner}}}`, {LITERAL}")
                }
                _ => format!(
                    "only `${{params.name}}` and `${{secrets.name}}` are replaced, {LITERAL}"
                ),
            };
            Kind::Invalid(
                format!("the token `${{{inner}}}` is neither a parameter nor a secret"),
                help,
            )
        }
    }
}
