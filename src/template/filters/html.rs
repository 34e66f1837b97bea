//! Filters for HTML and URLs.

use std::sync::LazyLock;

use regex::Regex;

use crate::template::methods::{int_arg, pairs, text_arg};
use crate::template::{Args, Ctx, Error, Value, markup};

pub(super) fn escape(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("escape")?;
    Ok(Value::safe(markup::escape_value(input)))
}

pub(super) fn forceescape(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("forceescape")?;
    Ok(Value::safe(markup::escape(input.text().as_str()).as_ref()))
}

pub(super) fn safe(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("safe")?;
    Ok(Value::safe(input.text().as_str()))
}

pub(super) fn striptags(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("striptags")?;
    Ok(Value::from(markup::strip_tags(input.text().as_str())))
}

/// Percent encoding; `keep` are the characters beside the unreserved ones that stay.
pub(in crate::template) fn quote(bytes: &[u8], keep: &str) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        let one = char::from(*byte);
        let unreserved = byte.is_ascii_alphanumeric() || b"_.-~".contains(byte);
        if unreserved || (byte.is_ascii() && keep.contains(one)) {
            out.push(one);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Percent encoding with `+` for blanks.
pub(in crate::template) fn quote_plus(bytes: &[u8], keep: &str) -> String {
    let with_blank = format!("{keep} ");
    quote(bytes, &with_blank).replace(' ', "+")
}

fn bytes_of(value: &Value) -> Vec<u8> {
    match value {
        Value::Bytes(bytes) => bytes.to_vec(),
        value => value.text().as_bytes().to_vec(),
    }
}

pub(super) fn urlencode(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("urlencode")?;
    let is_pairs = match input {
        Value::Dict(_) | Value::List(_) | Value::Tuple(_) => true,
        Value::Object(object) => object.len().is_some(),
        _ => false,
    };
    if !is_pairs {
        return Ok(Value::from(quote(&bytes_of(input), "/")));
    }
    let parts: Vec<String> = pairs(ctx, input)?
        .iter()
        .map(|(key, value)| {
            let quoted = |value: &Value| quote_plus(&bytes_of(value), "");
            format!("{}={}", quoted(key), quoted(value))
        })
        .collect();
    Ok(Value::from(parts.join("&")))
}

pub(super) fn xmlattr(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [autospace] = args.bind("xmlattr", ["autospace"], 0)?;
    if !matches!(input, Value::Dict(_)) {
        return Err(Error::type_error(format!(
            "xmlattr takes a dict, not '{}'",
            input.type_name()
        )));
    }
    let mut parts = Vec::new();
    for (key, value) in pairs(ctx, input)? {
        if value.is_none() || value.is_undefined() {
            continue;
        }
        let key_text = text_arg(&key, "xmlattr")?;
        if key_text.contains(|one: char| one.is_whitespace() || matches!(one, '/' | '>' | '=')) {
            return Err(Error::value_error(format!(
                "xmlattr: '{key_text}' cannot be the name of an attribute"
            )));
        }
        parts.push(format!(
            "{}=\"{}\"",
            markup::escape_value(&key),
            markup::escape_value(&value)
        ));
    }
    let mut text = parts.join(" ");
    if autospace.is_none_or(Value::truth) && !text.is_empty() {
        text.insert(0, ' ');
    }
    Ok(Value::safe(text))
}

static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(:[\d]{1,5})?([/?#]\S*)?$",
    )
    .ok()
});
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\S+@\w[\w.-]*\.\w+$").ok());

fn is(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|regex| regex.is_match(text))
}

struct Links {
    limit: Option<usize>,
    attributes: String,
    schemes: Vec<String>,
}

pub(super) fn urlize(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = [
        "trim_url_limit",
        "nofollow",
        "target",
        "rel",
        "extra_schemes",
    ];
    let [limit, nofollow, target, rel, schemes] = args.bind("urlize", names, 0)?;
    let limit = match limit {
        None | Some(Value::None) => None,
        Some(limit) => Some(usize::try_from(int_arg(limit, "urlize")?).unwrap_or(0)),
    };
    let mut rels: Vec<String> = match rel.and_then(Value::as_str) {
        Some(rel) => rel.split_whitespace().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    if nofollow.is_some_and(Value::truth) {
        rels.push("nofollow".to_owned());
    }
    rels.push("noopener".to_owned());
    rels.sort();
    rels.dedup();
    let mut attributes = format!(" rel=\"{}\"", markup::escape(&rels.join(" ")));
    if let Some(target) = target.and_then(Value::as_str) {
        attributes.push_str(&format!(" target=\"{}\"", markup::escape(target)));
    }
    let schemes = match schemes {
        None | Some(Value::None) => Vec::new(),
        Some(schemes) => {
            let all = ctx.collect(schemes)?;
            all.iter().map(|one| one.text().to_string()).collect()
        }
    };
    let links = Links {
        limit,
        attributes,
        schemes,
    };
    let escaped = markup::escape_value(input);
    let mut out = String::new();
    let mut rest = escaped.as_str();
    while !rest.is_empty() {
        let blank = rest.starts_with(char::is_whitespace);
        let end = rest
            .find(|one: char| one.is_whitespace() != blank)
            .unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        if blank {
            out.push_str(word);
        } else {
            links.word(word, &mut out);
        }
        rest = tail;
    }
    Ok(Value::safe(out))
}

impl Links {
    fn word(&self, word: &str, out: &mut String) {
        let (head, middle, tail) = surroundings(word);
        out.push_str(head);
        let shown = self.shorten(&middle);
        let attributes = &self.attributes;
        if is(&URL, &middle) {
            let scheme = if middle.starts_with("https://") || middle.starts_with("http://") {
                ""
            } else {
                "https://"
            };
            out.push_str(&format!(
                "<a href=\"{scheme}{middle}\"{attributes}>{shown}</a>"
            ));
        } else if let Some(address) = middle.strip_prefix("mailto:").filter(|it| is(&EMAIL, it)) {
            out.push_str(&format!("<a href=\"{middle}\">{address}</a>"));
        } else if middle.contains('@')
            && !middle.starts_with("www.")
            && !middle.starts_with('@')
            && !middle.contains(':')
            && is(&EMAIL, &middle)
        {
            out.push_str(&format!("<a href=\"mailto:{middle}\">{middle}</a>"));
        } else if self
            .schemes
            .iter()
            .any(|scheme| middle != *scheme && middle.starts_with(scheme.as_str()))
        {
            out.push_str(&format!("<a href=\"{middle}\"{attributes}>{middle}</a>"));
        } else {
            out.push_str(&middle);
        }
        out.push_str(&tail);
    }

    fn shorten(&self, text: &str) -> String {
        match self.limit {
            Some(limit) if text.chars().count() > limit => {
                let mut short: String = text.chars().take(limit).collect();
                short.push_str("...");
                short
            }
            _ => text.to_owned(),
        }
    }
}

/// Opening brackets before a word, the word, and punctuation after it.
fn surroundings(word: &str) -> (&str, String, String) {
    let mut middle = word;
    loop {
        let Some(next) = ["(", "<", "&lt;"]
            .iter()
            .find_map(|open| middle.strip_prefix(open))
        else {
            break;
        };
        middle = next;
    }
    let (head, _) = word.split_at(word.len() - middle.len());
    let mut stripped = middle;
    loop {
        let Some(next) = [")", ">", ".", ",", "\n", "&gt;"]
            .iter()
            .find_map(|close| stripped.strip_suffix(close))
        else {
            break;
        };
        stripped = next;
    }
    let (_, tail) = middle.split_at(stripped.len());
    let (mut kept, mut tail) = (stripped.to_owned(), tail.to_owned());
    // Brackets that were opened inside the word belong to it.
    for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
        let opened = kept.matches(open).count();
        let closed = kept.matches(close).count();
        let take = opened
            .saturating_sub(closed)
            .min(tail.matches(close).count());
        for _ in 0..take {
            if let Some(at) = tail.find(close) {
                let end = at + close.len();
                kept.push_str(tail.get(..end).unwrap_or_default());
                tail = tail.get(end..).unwrap_or_default().to_owned();
            }
        }
    }
    (head, kept, tail)
}
