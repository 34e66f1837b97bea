//! `${params.x}` and `${secrets.x}`: found in the text, masked while YAML is read, filled in after.
//!
//! Each token is replaced by as many placeholder characters as it has, so that every position in the
//! masked text is the position in the text as written. The YAML reader sees harmless letters, hence
//! no value can break or inject YAML, and tokens in comments vanish with the comments.
//!
//! `{% raw %}` and `{% endraw %}`, which protect inline templates in the reference, are masked too and
//! vanish; what stands between them is literal. Other Jinja blocks are left to whoever reads the
//! value: the reference runs them while loading, which is hardly ever meant.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::pytext;
use super::source::Source;
use super::suggest::near;
use super::token_finder::{Kind, MAX_TOKENS, Token, find};
use super::{Diagnostic, Diagnostics, LoadOptions, Scalar, Span, Tree};

/// Digits of a placeholder are characters of plane 15, which no configuration has a use for.
const DIGIT_ZERO: u32 = 0xF_0000;
const BASE: usize = 32_768;
/// A mark and two digits: the shortest token is `${}`.
const MASK_LEN: usize = 3;

/// Characters that the text does not have, to mark placeholders with.
#[derive(Clone, Copy, Debug)]
struct Marks {
    /// Begins a placeholder with two digits, and fills it up.
    token: char,
    /// Begins the placeholder of an unclosed `${`, with one digit.
    unclosed: char,
}

impl Marks {
    fn for_text(text: &str) -> Self {
        let mut free = ('\u{10f000}'..='\u{10fffd}').filter(|&one| !text.contains(one));
        Self {
            token: free.next().unwrap_or('\u{10f000}'),
            unclosed: free.next().unwrap_or('\u{10f001}'),
        }
    }

    fn in_text(self, text: &str) -> Option<usize> {
        text.find([self.token, self.unclosed])
    }
}

/// The tokens of a text and what became of them.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    source: &'a Source,
    options: &'a LoadOptions,
    tokens: Vec<Token>,
    marks: Marks,
    /// Ids of the unclosed ones.
    unclosed: Vec<usize>,
    seen: HashSet<usize>,
    /// Scope and name of those listed already.
    listed: HashSet<Kind>,
    /// Names used, with their first place.
    pub(super) params: Vec<(String, Span)>,
    /// Names used, with their first place.
    pub(super) secrets: Vec<(String, Span)>,
    /// Problems of tokens that stand in a value or a key.
    pub(super) problems: Diagnostics,
}

/// A scalar with its tokens replaced.
#[derive(Debug)]
pub(super) struct Filled {
    /// The value, when it is not text to be typed.
    pub(super) tree: Option<Tree>,
    /// The text.
    pub(super) text: String,
    /// A secret went into it.
    pub(super) secret: bool,
    /// A value was missing.
    pub(super) unknown: bool,
}

impl<'a> Tokens<'a> {
    /// Finds the tokens of a text; gives the masked text too.
    pub(super) fn find(source: &'a Source, options: &'a LoadOptions) -> (Self, String) {
        let chars: Vec<char> = source.text.chars().collect();
        let tokens = find(&chars);
        let marks = Marks::for_text(&source.text);
        let short = |(id, token): (usize, &Token)| (token.len < MASK_LEN).then_some(id);
        let unclosed = tokens.iter().enumerate().filter_map(short).collect();
        let masked = mask(&chars, &tokens, marks);
        let mut problems = Diagnostics::default();
        if tokens.len() >= MAX_TOKENS {
            let place = tokens
                .last()
                .map(|last| source.place(source.span(last.start, last.start + 2)));
            let message = format!("more than {MAX_TOKENS} tokens `${{...}}` in one document");
            problems.push(
                Diagnostic::error(message, place).help("pass a list or mapping as one parameter"),
            );
        }
        let found = Self {
            source,
            options,
            tokens,
            marks,
            unclosed,
            seen: HashSet::new(),
            listed: HashSet::new(),
            params: Vec::new(),
            secrets: Vec::new(),
            problems,
        };
        (found, masked)
    }

    /// Replaces the tokens in a scalar's text; `None` when it has none. A plain scalar that is nothing
    /// but a token takes over a parameter's type.
    pub(super) fn fill(&mut self, text: &str, plain: bool, span: Span) -> Option<Filled> {
        self.warn_blocks(text, span);
        self.marks.in_text(text)?;
        let options = self.options;
        let mut filled = Filled {
            tree: None,
            text: String::new(),
            secret: false,
            unknown: false,
        };
        let mut sole = None;
        let mut pieces = 0_usize;
        for piece in self.pieces(text) {
            pieces += 1;
            let id = match piece {
                Piece::Text(text) => {
                    filled.text.push_str(text);
                    continue;
                }
                Piece::Token(id) => id,
            };
            let Some(token) = self.tokens.get(id).cloned() else {
                continue;
            };
            match &token.kind {
                Kind::Raw => {}
                Kind::Param(name) => match options.params.get(name) {
                    Some(value) => {
                        pytext::push_str(&mut filled.text, value);
                        sole = Some(value);
                    }
                    None => leave(&mut filled, &token),
                },
                Kind::Secret(name) => match options.secrets.get(name) {
                    Some(value) => {
                        filled.text.push_str(value);
                        filled.secret = true;
                    }
                    None => leave(&mut filled, &token),
                },
                Kind::Invalid(..) => leave(&mut filled, &token),
            }
            self.note(id, &token);
        }
        if plain {
            filled.tree = match sole {
                Some(value) if pieces == 1 => typed(value, span),
                _ => None,
            };
            if filled.unknown || filled.text == "=" {
                // Nothing is known of its type: text.
                filled.tree = Some(Tree::Scalar(Scalar::Str(filled.text.as_str().into())));
            }
        }
        Some(filled)
    }

    /// Puts the tokens back into a message that quotes masked text.
    pub(super) fn unmask(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in self.pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Token(id) => {
                    if let Some(token) = self.tokens.get(id) {
                        out.push_str(&token.text);
                    }
                }
            }
        }
        out
    }

    fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = self.marks.in_text(rest) {
            let (before, masked) = rest.split_at(at);
            if !before.is_empty() {
                pieces.push(Piece::Text(before));
            }
            let mut digits = masked.chars().skip(1).map(digit);
            let (first, second) = (digits.next().flatten(), digits.next().flatten());
            let id = if masked.starts_with(self.marks.token) {
                first.zip(second).map(|(high, low)| high * BASE + low)
            } else {
                first.and_then(|nth| self.unclosed.get(nth).copied())
            };
            let id = id.unwrap_or(usize::MAX);
            // A quoted message may hold the first character only.
            let len = self.tokens.get(id).map_or(1, |token| token.len);
            let end = masked
                .char_indices()
                .nth(len)
                .map_or(masked.len(), |(end, _)| end);
            pieces.push(Piece::Token(id));
            rest = masked.get(end..).unwrap_or_default();
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest));
        }
        pieces
    }

    /// Lists a token that is in use and reports what is wrong with it, once.
    fn note(&mut self, id: usize, token: &Token) {
        if !self.seen.insert(id) {
            return;
        }
        let span = self.source.span(token.start, token.start + token.len);
        let options = self.options;
        let first = self.listed.insert(token.kind.clone());
        let problem = match &token.kind {
            Kind::Raw => None,
            Kind::Param(name) => {
                let given = options.params.contains_key(name);
                if first {
                    self.params.push((name.clone(), span));
                }
                (first && !given && !options.lenient).then(|| missing_param(name, &options.params))
            }
            Kind::Secret(name) => {
                let given = options.secrets.contains_key(name);
                if first {
                    self.secrets.push((name.clone(), span));
                }
                (first && !given && !options.lenient)
                    .then(|| missing_secret(name, &options.secrets))
            }
            Kind::Invalid(message, help) => Some((message.clone(), help.clone())),
        };
        if let Some((message, help)) = problem {
            self.problems
                .push(Diagnostic::error(message, Some(self.source.place(span))).help(help));
        }
    }

    /// The reference runs blocks while loading; say so where that would make a difference.
    fn warn_blocks(&mut self, text: &str, span: Span) {
        if self.marks.in_text(text).is_some()
            && self.pieces(text).iter().any(|piece| match piece {
                Piece::Token(id) => self
                    .tokens
                    .get(*id)
                    .is_some_and(|token| token.kind == Kind::Raw),
                Piece::Text(_) => false,
            })
        {
            return;
        }
        let uses = text
            .split("{%")
            .skip(1)
            .filter_map(|after| after.split("%}").next())
            .any(|block| block.contains("params.") || block.contains("secrets."));
        if uses {
            self.problems.push(
                Diagnostic::warning(
                    "blocks `{% ... %}` are not run while loading, this one stays part of the text",
                    Some(self.source.place(span)),
                )
                .help(
                    "use tokens such as ${params.name}, or put the whole choice into one parameter",
                ),
            );
        }
    }
}

/// What stands before a secret's name in the environment.
pub const SECRET_PREFIX: &str = "EVTUI_SECRET_";

enum Piece<'t> {
    Text(&'t str),
    Token(usize),
}

fn leave(filled: &mut Filled, token: &Token) {
    filled.text.push_str(&token.text);
    filled.unknown = true;
}

/// Message and help for a parameter without a value.
pub(crate) fn missing_param(name: &str, params: &Map<String, Value>) -> (String, String) {
    let help = match near(name, params.keys().map(String::as_str)) {
        Some(known) => format!(
            "did you mean `{known}`? Otherwise pass a value: --params '{{\"{name}\": ...}}'"
        ),
        None => format!("pass a value: --params '{{\"{name}\": ...}}'"),
    };
    (format!("the parameter `{name}` has no value"), help)
}

/// The environment variable that gives a secret its value, in capitals where the name allows it.
pub fn secret_variable(name: &str) -> String {
    if name.chars().any(char::is_uppercase) {
        format!("{SECRET_PREFIX}{name}")
    } else {
        format!("{SECRET_PREFIX}{}", name.to_uppercase())
    }
}

fn missing_secret(name: &str, secrets: &BTreeMap<String, String>) -> (String, String) {
    let help = match near(name, secrets.keys().map(String::as_str)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!(
            "set it with `evtui secrets set {name}`, or give it in the environment variable {}",
            secret_variable(name)
        ),
    };
    (format!("the secret `{name}` has no value"), help)
}

/// The value of a token that stands alone, unless it is text, which YAML's rules type.
fn typed(value: &Value, span: Span) -> Option<Tree> {
    match value {
        Value::String(_) | Value::Null => None,
        other => Some(pytext::tree(other, span)),
    }
}

fn digit(one: char) -> Option<usize> {
    let value = u32::from(one).checked_sub(DIGIT_ZERO)?;
    usize::try_from(value).ok().filter(|&value| value < BASE)
}

fn digit_char(value: usize) -> char {
    u32::try_from(value)
        .ok()
        .and_then(|value| char::from_u32(DIGIT_ZERO + value))
        .unwrap_or('\u{f0000}')
}

fn mask(chars: &[char], tokens: &[Token], marks: Marks) -> String {
    let mut out = String::with_capacity(chars.len());
    let (mut next, mut unclosed) = (0, 0);
    for (id, token) in tokens.iter().enumerate() {
        out.extend(chars.get(next..token.start).unwrap_or_default());
        next = token.start + token.len;
        if token.len < MASK_LEN {
            out.push(marks.unclosed);
            // Beyond that many the same place is reported.
            out.push(digit_char(unclosed.min(BASE - 1)));
            unclosed += 1;
            continue;
        }
        out.push(marks.token);
        out.push(digit_char(id / BASE));
        out.push(digit_char(id % BASE));
        out.extend(std::iter::repeat_n(marks.token, token.len - MASK_LEN));
    }
    out.extend(chars.get(next..).unwrap_or_default());
    out
}
