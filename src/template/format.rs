//! `str.format` and format specifications: Python's.

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use super::{Args, Error, Value, access, datetime, digits, ops, repr};

/// `'...'.format(...)`
pub(super) fn format(template: &str, args: &Args<'_>, largest: usize) -> Result<String, Error> {
    let mut formatter = Formatter {
        args,
        auto: Some(0),
        largest,
    };
    formatter.run(template, 0)
}

struct Formatter<'a> {
    args: &'a Args<'a>,
    /// Number of the next `{}`; `None` once a number was written out.
    auto: Option<usize>,
    largest: usize,
}

impl Formatter<'_> {
    fn run(&mut self, template: &str, depth: u32) -> Result<String, Error> {
        if depth > 1 {
            return Err(Error::value_error("a format is nested too deeply"));
        }
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(rest.get(..at).unwrap_or_default());
            let brace = rest.get(at..=at).unwrap_or_default();
            let after = rest.get(at + 1..).unwrap_or_default();
            if after.starts_with(brace) {
                out.push_str(brace);
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            if brace == "}" {
                return Err(Error::value_error("single '}' in a format; write '}}'"));
            }
            let end = field_end(after)
                .ok_or_else(|| Error::value_error("single '{' in a format; write '{{'"))?;
            let field = after.get(..end).unwrap_or_default();
            out.push_str(&self.field(field, depth)?);
            rest = after.get(end + 1..).unwrap_or_default();
            if out.len() > self.largest {
                return Err(Error::limit("the formatted text is too long"));
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn field(&mut self, field: &str, depth: u32) -> Result<String, Error> {
        let (head, spec) = split_field(field);
        let (name, conversion) = match head.split_once('!') {
            Some((name, conversion)) => (name, Some(conversion)),
            None => (head, None),
        };
        let value = self.lookup(name)?;
        let value = match conversion {
            None => value,
            Some("s") => Value::Str(value.text()),
            Some("r") => Value::from(value.repr()),
            Some("a") => Value::from(repr::ascii(&value)),
            Some(other) => {
                return Err(Error::value_error(format!(
                    "unknown conversion '{other}' in a format"
                )));
            }
        };
        let spec = if spec.contains('{') {
            self.run(spec, depth + 1)?
        } else {
            spec.to_owned()
        };
        format_value(&value, &spec, self.largest)
    }

    fn lookup(&mut self, name: &str) -> Result<Value, Error> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let mut value = self.argument(first)?;
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('.') {
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                let (attribute, tail) = tail.split_at(end);
                let found = access::attribute(&value, attribute)?;
                if found.is_undefined() {
                    return Err(Error::undefined(format!(
                        "'{}' has no attribute '{attribute}'",
                        value.type_name()
                    )));
                }
                value = found;
                rest = tail;
            } else if let Some((key, tail)) = rest.get(1..).and_then(|tail| tail.split_once(']')) {
                let key = match key.parse::<i64>() {
                    Ok(index) => Value::Int(index),
                    Err(_) => Value::from(key),
                };
                let found = access::item(&value, &key)?;
                if found.is_undefined() {
                    return Err(Error::undefined(format!(
                        "'{}' has no item {}",
                        value.type_name(),
                        key.repr()
                    )));
                }
                value = found;
                rest = tail;
            } else {
                return Err(Error::value_error("missing ']' in a format"));
            }
        }
        Ok(value)
    }

    fn argument(&mut self, name: &str) -> Result<Value, Error> {
        let index = if name.is_empty() {
            let Some(next) = self.auto else {
                return Err(Error::value_error(
                    "cannot mix '{}' and '{0}' in one format",
                ));
            };
            self.auto = Some(next + 1);
            next
        } else if let Ok(index) = name.parse::<usize>() {
            if self.auto.is_some_and(|next| next > 0) {
                return Err(Error::value_error(
                    "cannot mix '{}' and '{0}' in one format",
                ));
            }
            self.auto = None;
            index
        } else {
            let found = self.args.keyword.iter().find(|(known, _)| **known == *name);
            return match found {
                Some((_, value)) => Ok(value.clone()),
                None => Err(Error::value_error(format!(
                    "the format wants an argument '{name}'"
                ))),
            };
        };
        let value = self.args.positional.get(index);
        value
            .cloned()
            .ok_or_else(|| Error::value_error(format!("the format wants {} arguments", index + 1)))
    }
}

/// The position of the brace that ends a field.
fn field_end(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut bracket = false;
    for (at, one) in text.char_indices() {
        match one {
            '[' if depth == 0 => bracket = true,
            ']' => bracket = false,
            '{' if !bracket => depth += 1,
            '}' if !bracket => {
                if depth == 0 {
                    return Some(at);
                }
                depth -= 1;
            }
            _ => {}
        }
    }
    None
}

fn split_field(field: &str) -> (&str, &str) {
    let mut bracket = false;
    for (at, one) in field.char_indices() {
        match one {
            '[' => bracket = true,
            ']' => bracket = false,
            ':' if !bracket => {
                return (
                    field.get(..at).unwrap_or_default(),
                    field.get(at + 1..).unwrap_or_default(),
                );
            }
            _ => {}
        }
    }
    (field, "")
}

#[derive(Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    /// `z`: a float that rounds to zero has no sign.
    unsigned_zero: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    group: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

fn parse_spec(text: &str, largest: usize) -> Result<Spec, Error> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let is_align = |one: Option<char>| matches!(one, Some('<' | '>' | '^' | '='));
    let mut spec = Spec::default();
    let mut index = 0;
    if is_align(at(1)) {
        spec.fill = at(0);
        spec.align = at(1);
        index = 2;
    } else if is_align(at(0)) {
        spec.align = at(0);
        index = 1;
    }
    if let Some(sign @ ('+' | '-' | ' ')) = at(index) {
        spec.sign = Some(sign);
        index += 1;
    }
    if at(index) == Some('z') {
        spec.unsigned_zero = true;
        index += 1;
    }
    if at(index) == Some('#') {
        spec.alternate = true;
        index += 1;
    }
    if at(index) == Some('0') {
        spec.zero = true;
        index += 1;
    }
    let number = |index: &mut usize| {
        let digits: String = chars
            .iter()
            .skip(*index)
            .take_while(|one| one.is_ascii_digit())
            .collect();
        *index += digits.len();
        (!digits.is_empty()).then(|| digits.parse::<usize>().unwrap_or(usize::MAX))
    };
    spec.width = number(&mut index).unwrap_or(0);
    if let Some(group @ (',' | '_')) = at(index) {
        spec.group = Some(group);
        index += 1;
    }
    if at(index) == Some('.') {
        index += 1;
        spec.precision =
            Some(number(&mut index).ok_or_else(|| Error::value_error("format without precision"))?);
    }
    spec.kind = at(index);
    if at(index).is_some() && at(index + 1).is_some() {
        return Err(Error::value_error(format!("invalid format '{text}'")));
    }
    if spec.width.max(spec.precision.unwrap_or(0)) > largest.min(1 << 24) {
        return Err(Error::limit("the width of a format is too large"));
    }
    Ok(spec)
}

/// `format(value, spec)`
pub(super) fn format_value(value: &Value, spec: &str, largest: usize) -> Result<String, Error> {
    if spec.is_empty() {
        return Ok(value.text().to_string());
    }
    if let Some(fields) = datetime::fields_of(value) {
        let mut out = String::new();
        let _ = datetime::write_strftime(&fields, spec, &mut out);
        return Ok(out);
    }
    let parsed = parse_spec(spec, largest)?;
    match value {
        Value::Str(_) | Value::Safe(_) => format_text(value.text().as_str(), &parsed),
        Value::Undefined => format_text("", &parsed),
        Value::Float(number) => format_float(*number, &parsed),
        _ => match (ops::to_big(value), parsed.kind) {
            (Some(big), Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) => {
                format_float(big.to_f64().unwrap_or(f64::INFINITY), &parsed)
            }
            (Some(big), _) => format_int(&big, &parsed),
            (None, _) => Err(Error::type_error(format!(
                "unsupported format '{spec}' for '{}'",
                value.type_name()
            ))),
        },
    }
}

fn unknown_kind(kind: char, what: &str) -> Error {
    Error::value_error(format!("unknown format code '{kind}' for {what}"))
}

fn format_text(text: &str, spec: &Spec) -> Result<String, Error> {
    if let Some(kind) = spec.kind.filter(|kind| *kind != 's') {
        return Err(unknown_kind(kind, "a text"));
    }
    let numeric = spec.sign.is_some() || spec.group.is_some() || spec.unsigned_zero;
    if numeric || spec.alternate || spec.align == Some('=') {
        return Err(Error::value_error("this format is for numbers, not texts"));
    }
    let text: String = match spec.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text.to_owned(),
    };
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    Ok(pad(&text, "", spec.align.unwrap_or('<'), fill, spec.width))
}

/// Pads; `head` is the sign and prefix, which `=` keeps in front of the fill.
fn pad(body: &str, head: &str, align: char, fill: char, width: usize) -> String {
    let len = body.chars().count() + head.chars().count();
    let missing = width.saturating_sub(len);
    let fill = |count: usize| std::iter::repeat_n(fill, count);
    let mut out = String::with_capacity(body.len() + head.len() + missing);
    match align {
        '<' => {
            out.push_str(head);
            out.push_str(body);
            out.extend(fill(missing));
        }
        '^' => {
            out.extend(fill(missing / 2));
            out.push_str(head);
            out.push_str(body);
            out.extend(fill(missing - missing / 2));
        }
        '=' => {
            out.push_str(head);
            out.extend(fill(missing));
            out.push_str(body);
        }
        _ => {
            out.extend(fill(missing));
            out.push_str(head);
            out.push_str(body);
        }
    }
    out
}

fn group(digits: &str, separator: char, every: usize) -> String {
    let len = digits.len();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (len - at).is_multiple_of(every) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// Groups the whole part and pads, filling with grouped zeros when zeros were asked for.
fn finish(head: &str, whole: &str, tail: &str, spec: &Spec, every: usize) -> String {
    let zero_fill = (spec.zero && spec.align.is_none() && spec.fill.is_none())
        || (spec.align == Some('=') && spec.fill == Some('0'));
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    let Some(separator) = spec.group else {
        let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
        return pad(&format!("{whole}{tail}"), head, align, fill, spec.width);
    };
    let mut digits = whole.to_owned();
    // Infinity and what is no number have no digits to group.
    if matches!(whole.bytes().next(), Some(b'i' | b'I' | b'n' | b'N')) {
        let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
        return pad(&format!("{whole}{tail}"), head, align, fill, spec.width);
    }
    if zero_fill {
        let taken = head.chars().count() + tail.chars().count();
        while taken + group(&digits, separator, every).len() < spec.width {
            digits.insert(0, '0');
        }
    }
    let body = group(&digits, separator, every) + tail;
    let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
    pad(&body, head, align, fill, spec.width)
}

fn sign(negative: bool, spec: &Spec) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (_, Some('+')) => "+",
        (_, Some(' ')) => " ",
        _ => "",
    }
}

fn cannot_group(group: char, kind: char) -> Error {
    Error::value_error(format!("cannot use '{group}' with '{kind}' in a format"))
}

fn format_int(number: &BigInt, spec: &Spec) -> Result<String, Error> {
    if spec.unsigned_zero {
        return Err(Error::value_error("`z` is for floats, not for integers"));
    }
    if spec.precision.is_some() {
        return Err(Error::value_error("a precision is not for integers"));
    }
    if let (Some(kind @ ('b' | 'o' | 'x' | 'X')), Some(',')) = (spec.kind, spec.group) {
        return Err(cannot_group(',', kind));
    }
    if let (Some(kind @ ('c' | 'n')), Some(group)) = (spec.kind, spec.group) {
        return Err(cannot_group(group, kind));
    }
    if spec.kind == Some('c') && (spec.sign.is_some() || spec.alternate) {
        return Err(Error::value_error("a character has no sign and no prefix"));
    }
    let magnitude = number.magnitude();
    let (prefix, digits, every) = match spec.kind {
        None | Some('d' | 'n') => ("", magnitude.to_string(), 3),
        Some('b') => ("0b", magnitude.to_str_radix(2), 4),
        Some('o') => ("0o", magnitude.to_str_radix(8), 4),
        Some('x') => ("0x", magnitude.to_str_radix(16), 4),
        Some('X') => ("0X", magnitude.to_str_radix(16).to_uppercase(), 4),
        Some('c') => {
            let one = number.to_u32().and_then(char::from_u32);
            let one = one.ok_or_else(|| Error::value_error("%c arg not in range"))?;
            let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
            let align = spec.align.unwrap_or('>');
            return Ok(pad(&one.to_string(), "", align, fill, spec.width));
        }
        Some(kind) => return Err(unknown_kind(kind, "an integer")),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let head = format!("{}{prefix}", sign(number.sign() == Sign::Minus, spec));
    Ok(finish(&head, &digits, "", spec, every))
}

fn format_float(number: f64, spec: &Spec) -> Result<String, Error> {
    let precision = spec.precision.unwrap_or(6);
    if let (Some('n'), Some(group)) = (spec.kind, spec.group) {
        return Err(cannot_group(group, 'n'));
    }
    let text = match spec.kind {
        None => plain_float(number, spec),
        Some('e' | 'E') => digits::exponent(number, precision),
        Some('f' | 'F') => digits::fixed(number, precision),
        Some('g' | 'G' | 'n') => digits::general(number, precision, spec.alternate),
        Some('%') => digits::fixed(number * 100.0, precision),
        Some(kind) => return Err(unknown_kind(kind, "a float")),
    };
    let mut text = match spec.alternate {
        true => digits::with_point(text),
        false => text,
    };
    match spec.kind {
        Some('E' | 'F' | 'G') => text = text.to_uppercase(),
        Some('%') => text.push('%'),
        _ => {}
    }
    let whole_end = text
        .find(|one: char| !one.is_ascii_digit())
        .unwrap_or(text.len());
    let (whole, tail) = if number.is_finite() {
        text.split_at(whole_end)
    } else {
        (text.as_str(), "")
    };
    let zero = || number.is_finite() && !text.bytes().any(|one| matches!(one, b'1'..=b'9'));
    let negative = digits::is_negative(number) && !(spec.unsigned_zero && zero());
    Ok(finish(sign(negative, spec), whole, tail, spec, 3))
}

/// Without a type: like `repr`, or like `g` that keeps a digit after the point.
fn plain_float(number: f64, spec: &Spec) -> String {
    match spec.precision {
        Some(precision) => digits::plain(number, precision, spec.alternate),
        None => {
            let mut text = String::new();
            let _ = repr::write_float(number.abs(), &mut text);
            text
        }
    }
}
