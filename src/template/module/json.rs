//! `json`: text of any value, in order of insertion, and back.

use super::{Members, given, missing, text_or_bytes};
use crate::template::repr::write_float;
use crate::template::{Args, Ctx, Error, Value, methods};

/// Deeper nesting than this is refused, which also catches a value that contains itself.
const DEEPEST: usize = 400;

pub(super) fn members() -> Members {
    super::functions(&[("dumps", dumps), ("loads", loads)])
}

struct Writer<'c, 'r> {
    ctx: &'c mut Ctx<'r>,
    out: String,
    indent: Option<String>,
    item: String,
    key: String,
    sorted: bool,
    ascii: bool,
    default: Option<Value>,
    depth: usize,
}

fn dumps(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let names = [
        "obj",
        "indent",
        "sort_keys",
        "ensure_ascii",
        "separators",
        "default",
    ];
    if args.positional.len() > 1 {
        return Err(Error::type_error("dumps() takes one positional argument"));
    }
    let [value, indent, sorted, ascii, separators, default] = args.bind("dumps", names, 1)?;
    let indent = match given(indent) {
        None => None,
        Some(text) if text.as_str().is_some() => text.as_str().map(str::to_owned),
        Some(count) => {
            let count = methods::int_arg(count, "dumps(): indent")?;
            Some(" ".repeat(usize::try_from(count).unwrap_or(0).min(1000)))
        }
    };
    let (item, key) = match given(separators) {
        None if indent.is_some() => (",".to_owned(), ": ".to_owned()),
        None => (", ".to_owned(), ": ".to_owned()),
        Some(pair) => match ctx.collect(pair)?.as_slice() {
            [item, key] => (item.text().to_string(), key.text().to_string()),
            _ => return Err(Error::type_error("dumps(): separators takes two texts")),
        },
    };
    let mut writer = Writer {
        ctx,
        out: String::new(),
        indent,
        item,
        key,
        sorted: sorted.is_some_and(Value::truth),
        ascii: ascii.is_none_or(Value::truth),
        default: given(default).cloned(),
        depth: 0,
    };
    writer.value(value.unwrap_or(missing()))?;
    Ok(Value::from(writer.out))
}

/// Numbers and constants.
fn scalar(value: &Value, out: &mut String) -> bool {
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Float(number) if number.is_nan() => out.push_str("NaN"),
        Value::Float(number) if number.is_infinite() => {
            out.push_str(if *number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            });
        }
        Value::Float(number) => {
            let _ = write_float(*number, out);
        }
        Value::Int(_) | Value::Big(_) => out.push_str(value.text().as_str()),
        _ => return false,
    }
    true
}

impl Writer<'_, '_> {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        self.ctx.step(1)?;
        self.ctx.check_size(self.out.len())?;
        if let Some(text) = value.as_str() {
            self.text(text);
            return Ok(());
        }
        if scalar(value, &mut self.out) {
            return Ok(());
        }
        match value {
            Value::List(list) => {
                let items = list.borrow().to_vec();
                self.items(&items)
            }
            Value::Dict(dict) => {
                let entries = dict.borrow();
                let entries = entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone()));
                let entries = entries.collect();
                self.dict(entries)
            }
            value => match (value.as_tuple(), self.default.clone()) {
                (Some(items), _) => self.items(items),
                (None, Some(default)) => {
                    self.enter()?;
                    let made = self
                        .ctx
                        .call(&default, &Args::positional(std::slice::from_ref(value)))?;
                    self.value(&made)?;
                    self.depth -= 1;
                    Ok(())
                }
                _ => Err(not_serializable(value)),
            },
        }
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        self.ctx.guard()?;
        if self.depth > DEEPEST {
            return Err(Error::limit(
                "dumps(): nested too deeply, or containing itself",
            ));
        }
        Ok(())
    }

    fn line(&mut self) {
        if let Some(indent) = &self.indent {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str(indent);
            }
        }
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.out.push_str(&self.item);
        }
        self.line();
    }

    fn items(&mut self, items: &[Value]) -> Result<(), Error> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.enter()?;
        self.out.push('[');
        for (at, item) in items.iter().enumerate() {
            self.separate(at);
            self.value(item)?;
        }
        self.depth -= 1;
        self.line();
        self.out.push(']');
        Ok(())
    }

    fn dict(&mut self, mut entries: Vec<(Value, Value)>) -> Result<(), Error> {
        if entries.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        if self.sorted {
            let keyed = entries.into_iter();
            let keyed = keyed.map(|(key, value)| (key.clone(), Value::tuple(vec![key, value])));
            let sorted = methods::sort_items(keyed.collect(), false)?;
            let pair = |pair: &Value| match pair.as_tuple() {
                Some([key, value]) => Some((key.clone(), value.clone())),
                _ => None,
            };
            entries = sorted.iter().filter_map(pair).collect();
        }
        self.enter()?;
        self.out.push('{');
        for (at, (key, value)) in entries.iter().enumerate() {
            self.separate(at);
            self.key(key)?;
            self.out.push_str(&self.key);
            self.value(value)?;
        }
        self.depth -= 1;
        self.line();
        self.out.push('}');
        Ok(())
    }

    fn key(&mut self, key: &Value) -> Result<(), Error> {
        let mut plain = String::new();
        match key.as_str() {
            Some(text) => self.text(text),
            None if scalar(key, &mut plain) => self.text(&plain),
            None => {
                return Err(Error::type_error(format!(
                    "keys of JSON objects must be texts, numbers, booleans or none, not '{}'",
                    key.type_name()
                )));
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for one in text.chars() {
            match one {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\x08' => self.out.push_str("\\b"),
                '\x0c' => self.out.push_str("\\f"),
                ' '..='~' => self.out.push(one),
                one if self.ascii || one < ' ' => {
                    let mut units = [0; 2];
                    for unit in one.encode_utf16(&mut units) {
                        self.out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                one => self.out.push(one),
            }
        }
        self.out.push('"');
    }
}

fn not_serializable(value: &Value) -> Error {
    let message = format!("a value of type '{}' has no JSON form", value.type_name());
    match value {
        Value::Undefined => Error::undefined(message).help("`| default(...)` gives it a value"),
        Value::DateTime(_) | Value::Date(_) | Value::Time(_) => {
            Error::type_error(message).help("use `.isoformat()` or `| string` first")
        }
        _ => Error::type_error(message),
    }
}

fn loads(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [text] = args.bind("loads", ["s"], 1)?;
    let text = std::str::from_utf8(text_or_bytes("loads", text)?);
    let text = text.map_err(|_| Error::value_error("loads(): the bytes are not UTF-8"))?;
    let mut reader = Reader {
        ctx,
        text,
        at: 0,
        depth: 0,
    };
    let value = reader.value()?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.wrong("extra data"));
    }
    Ok(value)
}

struct Reader<'t, 'c, 'r> {
    ctx: &'c mut Ctx<'r>,
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_, '_, '_> {
    fn wrong(&self, what: &str) -> Error {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Error::value_error(format!("not JSON: {what} at line {line}, column {column}"))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Result<Value, Error> {
        self.ctx.step(1)?;
        self.blanks();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::from),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.constant(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Error>) -> Result<Value, Error> {
        self.at += 1;
        self.depth += 1;
        self.ctx.guard()?;
        if self.depth > DEEPEST {
            return Err(Error::limit("loads(): nested too deeply"));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, Error> {
        let mut entries = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::dict(entries));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in double quotes is expected"));
            }
            let key = self.string()?;
            if !self.eat(b':') {
                return Err(self.wrong("`:` is expected"));
            }
            entries.push((Value::from(key), self.value()?));
            if self.eat(b'}') {
                return Ok(Value::dict(entries));
            }
            if !self.eat(b',') {
                return Err(self.wrong("`,` or `}` is expected"));
            }
        }
    }

    fn array(&mut self) -> Result<Value, Error> {
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            if self.eat(b']') {
                return Ok(Value::list(items));
            }
            if !self.eat(b',') {
                return Err(self.wrong("`,` or `]` is expected"));
            }
        }
    }

    fn constant(&mut self) -> Result<Value, Error> {
        for (word, value) in [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
        ] {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("a value is expected"))
    }

    fn number(&mut self) -> Result<Value, Error> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.starts_with("-Infinity") {
            self.at += 9;
            return Ok(Value::Float(f64::NEG_INFINITY));
        }
        let end = rest
            .bytes()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let text = rest.get(..end.count()).unwrap_or_default();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let malformed =
            digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        // `1.` and `1.e5` are no numbers.
        let cut = |point: usize| {
            let next = digits.as_bytes().get(point + 1);
            !next.is_some_and(u8::is_ascii_digit)
        };
        let malformed = malformed || digits.find('.').is_some_and(cut);
        let value = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            // Very long integers take time that grows with their square.
            (digits.len() <= 4300)
                .then(|| text.parse().ok().map(Value::big))
                .flatten()
        } else if digits.contains(['.', 'e', 'E']) && !digits.starts_with('.') {
            text.parse().ok().map(Value::Float)
        } else {
            None
        };
        match value.filter(|_| !malformed) {
            Some(value) => {
                self.at += text.len();
                Ok(value)
            }
            None => Err(self.wrong("a number is expected")),
        }
    }

    fn string(&mut self) -> Result<String, Error> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(one) = rest.chars().next() else {
                return Err(self.wrong("a text has no end"));
            };
            match one {
                '"' => {
                    self.at += 1;
                    return Ok(out);
                }
                '\\' => self.escape(&mut out)?,
                '\0'..='\x1f' => return Err(self.wrong("a control character in a text")),
                one => {
                    out.push(one);
                    self.at += one.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Error> {
        self.at += 1;
        let one = match self.peek() {
            Some(b'u') => {
                self.at += 1;
                let high = self.unit()?;
                let rest = self.text.get(self.at..).unwrap_or_default();
                let one = if (0xD800..0xDC00).contains(&high) && rest.starts_with("\\u") {
                    self.at += 2;
                    let low = self.unit()?;
                    let pair = char::decode_utf16([high, low]).next();
                    pair.and_then(Result::ok)
                } else {
                    char::from_u32(u32::from(high))
                };
                out.push(one.unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(());
            }
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            _ => return Err(self.wrong("an unknown escape in a text")),
        };
        self.at += 1;
        out.push(one);
        Ok(())
    }

    fn unit(&mut self) -> Result<u16, Error> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let plain = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u16::from_str_radix(digits, 16) {
            Ok(unit) if plain => {
                self.at += 4;
                Ok(unit)
            }
            _ => Err(self.wrong("four hexadecimal digits are expected")),
        }
    }
}
