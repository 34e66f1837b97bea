//! `tojson`, and JSON text as Python's `json.dumps` writes it.

use std::fmt::Write;

use crate::template::methods::int_arg;
use crate::template::repr::{Bytes, write_float};
use crate::template::{Args, Ctx, Error, Value, compare::order};

/// How JSON is laid out.
#[derive(Clone, Debug)]
pub(in crate::template) struct Layout {
    pub sort_keys: bool,
    pub ascii: bool,
    pub indent: Option<String>,
    pub item_separator: String,
    pub key_separator: String,
    /// `<`, `>`, `&` and `'` as `\u00XX`.
    pub html_safe: bool,
    /// Keys that JSON does not have are left out instead of refused.
    pub skip_keys: bool,
}

impl Layout {
    /// As the filter writes it.
    pub fn filter(indent: Option<String>) -> Self {
        Self {
            sort_keys: true,
            html_safe: true,
            ..Self::dumps(indent)
        }
    }

    /// As `json.dumps` writes it.
    pub fn dumps(indent: Option<String>) -> Self {
        let item_separator = if indent.is_some() { "," } else { ", " };
        Self {
            sort_keys: false,
            ascii: true,
            indent,
            item_separator: item_separator.to_owned(),
            key_separator: ": ".to_owned(),
            html_safe: false,
            skip_keys: false,
        }
    }
}

/// What an indent argument means.
pub(in crate::template) fn indent(value: Option<&Value>) -> Result<Option<String>, Error> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(Value::Str(text)) => Ok(Some(text.as_str().to_owned())),
        Some(value) => {
            let width = int_arg(value, "indent")?;
            let width = usize::try_from(width).unwrap_or(0).min(1000);
            Ok(Some(" ".repeat(width)))
        }
    }
}

pub(super) fn tojson(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [width] = args.bind("tojson", ["indent"], 0)?;
    let mut out = Vec::new();
    write_html_safe(input, indent(width)?, &mut out)?;
    Ok(Value::safe(String::from_utf8(out).unwrap_or_default()))
}

/// Writes what the filter gives.
pub(in crate::template) fn write_html_safe(
    value: &Value,
    indent: Option<String>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    // The common cases need no layout.
    match value {
        Value::Str(text) => write_string(text.as_str(), true, true, out),
        Value::Safe(text) => write_string(text, true, true, out),
        Value::Int(number) => out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
        value => return write(value, &Layout::filter(indent), out),
    }
    Ok(())
}

/// Writes JSON.
pub(in crate::template) fn write(
    value: &Value,
    layout: &Layout,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let most = out.len().saturating_add(MOST_BYTES);
    Encoder {
        layout,
        out,
        depth: 0,
        most,
    }
    .value(value)
}

/// Bytes of one JSON text: a list that holds the same list again and again is small and its text is not.
const MOST_BYTES: usize = 64 << 20;

/// Writes a text in quotes.
pub(in crate::template) fn write_string(
    text: &str,
    ascii: bool,
    html_safe: bool,
    out: &mut Vec<u8>,
) {
    out.push(b'"');
    let plain = |byte: u8| {
        byte >= b' '
            && byte != b'"'
            && byte != b'\\'
            && (byte < 0x7f || !ascii)
            && (!html_safe || !matches!(byte, b'<' | b'>' | b'&' | b'\''))
    };
    let bytes = text.as_bytes();
    if bytes.iter().all(|byte| plain(*byte)) {
        out.extend_from_slice(bytes);
        out.push(b'"');
        return;
    }
    for one in text.chars() {
        match one {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\x08' => out.extend_from_slice(b"\\b"),
            '\x0c' => out.extend_from_slice(b"\\f"),
            '<' | '>' | '&' | '\'' if html_safe => escape(u32::from(one), out),
            ' '..='~' => out.push(u8::try_from(one).unwrap_or(b' ')),
            '\0'..='\x1f' => escape(u32::from(one), out),
            one if ascii => {
                let mut units = [0; 2];
                for unit in one.encode_utf16(&mut units) {
                    escape(u32::from(*unit), out);
                }
            }
            one => {
                let mut buffer = [0; 4];
                out.extend_from_slice(one.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
    out.push(b'"');
}

fn escape(code: u32, out: &mut Vec<u8>) {
    let _ = write!(Bytes(out), "\\u{code:04x}");
}

struct Encoder<'e> {
    layout: &'e Layout,
    out: &'e mut Vec<u8>,
    depth: usize,
    /// Length of `out` at which to give up.
    most: usize,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        const DEEPEST: usize = 100;
        if self.depth > DEEPEST {
            return Err(Error::value_error(
                "the value contains itself or is nested too deeply for JSON",
            ));
        }
        if self.out.len() > self.most {
            return Err(Error::limit("the JSON text is too long"));
        }
        match value {
            Value::None => self.raw("null"),
            Value::Bool(true) => self.raw("true"),
            Value::Bool(false) => self.raw("false"),
            Value::Int(number) => self.raw(itoa::Buffer::new().format(*number)),
            Value::Big(number) => self.raw(&number.to_string()),
            Value::Float(number) => self.raw(&float(*number)),
            Value::Str(text) => self.string(text.as_str()),
            Value::Safe(text) => self.string(text),
            Value::List(list) => return self.array(&list.borrow()),
            Value::Tuple(items) => return self.array(items),
            Value::Dict(dict) => return self.dict(dict),
            other => match other.as_tuple() {
                Some(items) => return self.array(items),
                None => {
                    return Err(Error::type_error(format!(
                        "'{}' cannot be written as JSON",
                        other.type_name()
                    )));
                }
            },
        }
        Ok(())
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn string(&mut self, text: &str) {
        write_string(text, self.layout.ascii, self.layout.html_safe, self.out);
    }

    fn new_line(&mut self) {
        if let Some(indent) = &self.layout.indent {
            self.out.push(b'\n');
            for _ in 0..self.depth {
                self.out.extend_from_slice(indent.as_bytes());
            }
        }
    }

    fn array(&mut self, items: &[Value]) -> Result<(), Error> {
        if items.is_empty() {
            self.raw("[]");
            return Ok(());
        }
        self.out.push(b'[');
        self.depth += 1;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.raw(&self.layout.item_separator);
            }
            self.new_line();
            self.value(item)?;
        }
        self.depth -= 1;
        self.new_line();
        self.out.push(b']');
        Ok(())
    }

    fn dict(&mut self, dict: &crate::template::Dict) -> Result<(), Error> {
        let dict = dict.borrow();
        let mut entries: Vec<(&Value, &Value)> = dict.iter().collect();
        if self.layout.sort_keys {
            sort_keys(&mut entries)?;
        }
        let mut first = true;
        for (key, value) in entries {
            let Some(key) = self.key(key)? else {
                continue;
            };
            if first {
                self.out.push(b'{');
                self.depth += 1;
            } else {
                self.raw(&self.layout.item_separator);
            }
            first = false;
            self.new_line();
            self.string(&key);
            self.raw(&self.layout.key_separator);
            self.value(value)?;
        }
        if first {
            self.raw("{}");
            return Ok(());
        }
        self.depth -= 1;
        self.new_line();
        self.out.push(b'}');
        Ok(())
    }

    fn key(&self, key: &Value) -> Result<Option<String>, Error> {
        Ok(Some(match key {
            Value::Str(_) | Value::Safe(_) | Value::Int(_) | Value::Big(_) => {
                key.text().to_string()
            }
            Value::Float(number) => float(*number),
            Value::Bool(flag) => flag.to_string(),
            Value::None => "null".to_owned(),
            _ if self.layout.skip_keys => return Ok(None),
            other => {
                return Err(Error::type_error(format!(
                    "a key of JSON cannot be a '{}'",
                    other.type_name()
                )));
            }
        }))
    }
}

fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let mut text = String::new();
    let _ = write_float(number, &mut text);
    text
}

fn sort_keys(entries: &mut Vec<(&Value, &Value)>) -> Result<(), Error> {
    let texts = entries
        .iter()
        .all(|(key, _)| matches!(key, Value::Str(_) | Value::Safe(_)));
    if texts {
        entries.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
        return Ok(());
    }
    let mut sorted: Vec<(&Value, &Value)> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        let mut at = sorted.len();
        while let Some((before, _)) = at.checked_sub(1).and_then(|at| sorted.get(at)) {
            if order(entry.0, before, "<")? != Some(std::cmp::Ordering::Less) {
                break;
            }
            at -= 1;
        }
        sorted.insert(at, entry);
    }
    *entries = sorted;
    Ok(())
}
