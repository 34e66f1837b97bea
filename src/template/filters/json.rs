//! `tojson`: Python's `json.dumps` with sorted keys, made harmless inside HTML.

use crate::template::methods::sort_items;
use crate::template::repr::{Bytes, write_float};
use crate::template::{Args, Ctx, Error, Value, dict::DictData};

/// Deeper nesting than this is refused, which also catches a value that contains itself.
const DEEPEST: usize = 400;

pub(super) fn tojson(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [indent] = args.bind("tojson", ["indent"], 0)?;
    let indent = match indent {
        None | Some(Value::None) => None,
        Some(Value::Str(text)) => Some(text.as_str().to_owned()),
        Some(Value::Safe(text)) => Some(text.to_string()),
        Some(count) => {
            let count = super::super::methods::int_arg(count, "tojson: indent")?;
            Some(" ".repeat(usize::try_from(count).unwrap_or(0).min(1000)))
        }
    };
    let mut out = Vec::new();
    write_html_safe(value, indent.as_deref(), &mut out)?;
    Ok(Value::safe(String::from_utf8(out).unwrap_or_default()))
}

/// Writes a value as JSON in ASCII, without `<`, `>`, `&` and `'`. With `indent` every item has its
/// own line, indented by that text per level. On an error part of it may be written.
pub(in crate::template) fn write_html_safe(
    value: &Value,
    indent: Option<&str>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    Json {
        out,
        indent,
        depth: 0,
    }
    .value(value)
}

struct Json<'j> {
    out: &'j mut Vec<u8>,
    indent: Option<&'j str>,
    depth: usize,
}

impl Json<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::Str(text) => self.text(text.as_bytes(), text.as_str()),
            Value::Safe(text) => self.text(text.as_bytes(), text),
            Value::Dict(dict) => self.dict(&dict.borrow())?,
            Value::List(list) => self.items(&list.borrow())?,
            value => match value.as_tuple() {
                Some(items) => self.items(items)?,
                None if self.scalar(value) => {}
                None => return Err(not_serializable(value)),
            },
        }
        Ok(())
    }

    fn scalar(&mut self, value: &Value) -> bool {
        match value {
            Value::None => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(number) => {
                let mut buffer = itoa::Buffer::new();
                self.out.extend_from_slice(buffer.format(*number).as_bytes());
            }
            Value::Big(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Float(number) if number.is_nan() => self.out.extend_from_slice(b"NaN"),
            Value::Float(number) if number.is_infinite() => {
                let text: &[u8] = if *number > 0.0 { b"Infinity" } else { b"-Infinity" };
                self.out.extend_from_slice(text);
            }
            Value::Float(number) => {
                let _ = write_float(*number, &mut Bytes(self.out));
            }
            _ => return false,
        }
        true
    }

    fn text(&mut self, bytes: &[u8], text: &str) {
        self.out.push(b'"');
        let mut plain = 0;
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if is_plain(*byte) {
                at += 1;
                continue;
            }
            self.out.extend_from_slice(bytes.get(plain..at).unwrap_or_default());
            let one = text.get(at..).and_then(|rest| rest.chars().next());
            let one = one.unwrap_or('\0');
            self.escape(one);
            at += one.len_utf8();
            plain = at;
        }
        self.out.extend_from_slice(bytes.get(plain..).unwrap_or_default());
        self.out.push(b'"');
    }

    fn escape(&mut self, one: char) {
        let short = match one {
            '"' => b'"',
            '\\' => b'\\',
            '\n' => b'n',
            '\r' => b'r',
            '\t' => b't',
            '\x08' => b'b',
            '\x0c' => b'f',
            _ => {
                let mut units = [0; 2];
                for unit in one.encode_utf16(&mut units) {
                    self.unit(*unit);
                }
                return;
            }
        };
        self.out.extend_from_slice(&[b'\\', short]);
    }

    fn unit(&mut self, unit: u16) {
        self.out.extend_from_slice(b"\\u");
        for shift in [12, 8, 4, 0] {
            let digit = char::from_digit(u32::from((unit >> shift) & 15), 16);
            self.out.push(digit.map_or(b'0', |digit| digit as u8));
        }
    }

    fn items(&mut self, items: &[Value]) -> Result<(), Error> {
        if items.is_empty() {
            self.out.extend_from_slice(b"[]");
            return Ok(());
        }
        self.open(b'[')?;
        for (at, item) in items.iter().enumerate() {
            self.separate(at);
            self.value(item)?;
        }
        self.close(b']');
        Ok(())
    }

    fn dict(&mut self, dict: &DictData) -> Result<(), Error> {
        if dict.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        self.open(b'{')?;
        let mut entries: Vec<(&Value, &Value)> = dict.iter().collect();
        sort(&mut entries)?;
        for (at, (key, value)) in entries.into_iter().enumerate() {
            self.separate(at);
            self.key(key)?;
            self.out.extend_from_slice(b": ");
            self.value(value)?;
        }
        self.close(b'}');
        Ok(())
    }

    fn key(&mut self, key: &Value) -> Result<(), Error> {
        if let Some(text) = key.as_str() {
            self.text(text.as_bytes(), text);
            return Ok(());
        }
        self.out.push(b'"');
        if !self.scalar(key) {
            return Err(Error::type_error(format!(
                "keys of JSON objects must be texts, numbers, booleans or none, not '{}'",
                key.type_name()
            )));
        }
        self.out.push(b'"');
        Ok(())
    }

    fn open(&mut self, bracket: u8) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::limit("tojson: nested too deeply, or containing itself"));
        }
        self.out.push(bracket);
        Ok(())
    }

    fn separate(&mut self, at: usize) {
        match self.indent {
            None if at > 0 => self.out.extend_from_slice(b", "),
            None => {}
            Some(_) => {
                if at > 0 {
                    self.out.push(b',');
                }
                self.line();
            }
        }
    }

    fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        self.line();
        self.out.push(bracket);
    }

    fn line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push(b'\n');
            for _ in 0..self.depth {
                self.out.extend_from_slice(indent.as_bytes());
            }
        }
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | b'\'')
}

/// Sorts entries by key; an error for keys that have no order.
fn sort(entries: &mut Vec<(&Value, &Value)>) -> Result<(), Error> {
    if entries.len() < 2 {
        return Ok(());
    }
    if entries.iter().all(|(key, _)| matches!(key, Value::Str(_))) {
        entries.sort_by(|(a, _), (b, _)| match (a, b) {
            (Value::Str(a), Value::Str(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        });
        return Ok(());
    }
    // Ordering the positions keeps the general sort, which owns what it orders, from cloning values.
    let keyed = entries.iter().enumerate();
    let keyed = keyed.map(|(at, (key, _))| ((*key).clone(), Value::from(at)));
    let sorted = sort_items(keyed.collect(), false).map_err(|error| {
        error.help("the keys of a dict are sorted, so all must be texts or all numbers")
    })?;
    let mut in_order = Vec::with_capacity(entries.len());
    for at in sorted {
        let at = at.as_int().and_then(|at| usize::try_from(at).ok());
        in_order.extend(at.and_then(|at| entries.get(at)));
    }
    *entries = in_order;
    Ok(())
}

fn not_serializable(value: &Value) -> Error {
    let error = Error::type_error(format!(
        "a value of type '{}' has no JSON form",
        value.type_name()
    ));
    match value {
        Value::Undefined => Error::undefined("an undefined value has no JSON form")
            .help("`| default(...)` gives it a value"),
        Value::DateTime(_) | Value::Date(_) | Value::Time(_) => {
            error.help("use `.isoformat()` or `| string` first")
        }
        Value::Object(object) if object.len().is_none() => error.help("use `| list` first"),
        _ => error.help("use `| list` or `| string` first"),
    }
}
