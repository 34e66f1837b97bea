//! Text forms of values: Python's `str()` and `repr()`.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::sync::LazyLock;

use regex::Regex;

use super::{Str, Value};

/// Deeper nesting than this is shown as `...`.
const DEEPEST: usize = 100;

impl Value {
    /// Appends Python's `str()`, as output does.
    pub(crate) fn print_to(&self, out: &mut Vec<u8>) {
        emit(self, out);
    }

    /// Python's `str()`; empty for undefined.
    pub fn text(&self) -> Str {
        match self {
            Self::Str(text) => text.clone(),
            Self::Safe(text) => Str::from(std::rc::Rc::clone(text)),
            Self::Undefined => Str::EMPTY,
            Self::None => Str::from_static("None"),
            Self::Int(number) => Str::from(itoa::Buffer::new().format(*number)),
            _ => {
                let mut out = String::new();
                let _ = self.write_text(&mut out);
                Str::from(out)
            }
        }
    }

    /// Python's `repr()`.
    pub fn repr(&self) -> String {
        let mut out = String::new();
        let _ = self.write_repr(&mut out);
        out
    }

    /// Writes the printed form.
    pub fn write_text(&self, out: &mut dyn Write) -> fmt::Result {
        match self {
            Self::Undefined => Ok(()),
            Self::Str(text) => out.write_str(text.as_str()),
            Self::Safe(text) => out.write_str(text),
            Self::DateTime(at) => at.write_iso(out, ' '),
            Self::Date(day) => write!(out, "{day}"),
            Self::Time(at) => at.write_iso(out),
            Self::Delta(delta) => write!(out, "{delta}"),
            Self::Object(object) => deeper(out, |out| object.text(out)),
            _ => self.write_repr(out),
        }
    }

    /// Writes the form inside a container.
    pub fn write_repr(&self, out: &mut dyn Write) -> fmt::Result {
        Writer {
            out,
            open: Vec::new(),
            left: MOST_VALUES,
        }
        .value(self)
    }
}

/// Values of one text: a list that holds the same list again and again has few bytes and a text without
/// end.
const MOST_VALUES: usize = 4 << 20;

thread_local! {
    /// A text was cut because it had too many values.
    static CUT: Cell<bool> = const { Cell::new(false) };
    /// How many values are being written inside each other; objects start writers of their own.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Writes one level deeper, or `...` when that is too deep.
fn deeper(out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> fmt::Result) -> fmt::Result {
    let depth = DEPTH.get();
    if depth > DEEPEST {
        return out.write_str("...");
    }
    DEPTH.set(depth + 1);
    let done = write(out);
    DEPTH.set(depth);
    done
}

/// True when a text of this thread was cut since the last question, because a value was too large to print.
pub(super) fn was_cut() -> bool {
    CUT.replace(false)
}

struct Writer<'w> {
    out: &'w mut dyn Write,
    open: Vec<usize>,
    /// Values that may still be written.
    left: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> fmt::Result {
        let Some(left) = self.left.checked_sub(1) else {
            CUT.set(true);
            return Err(fmt::Error);
        };
        self.left = left;
        match value {
            Value::Undefined => self.out.write_str("Undefined"),
            Value::None => self.out.write_str("None"),
            Value::Bool(flag) => self.out.write_str(if *flag { "True" } else { "False" }),
            Value::Int(number) => self.out.write_str(itoa::Buffer::new().format(*number)),
            Value::Big(number) => write!(self.out, "{number}"),
            Value::Float(number) => write_float(*number, self.out),
            Value::Str(text) => write_quoted(text.as_str(), self.out),
            Value::Safe(text) => {
                self.out.write_str("Markup(")?;
                write_quoted(text, self.out)?;
                self.out.write_char(')')
            }
            Value::Bytes(bytes) => write_bytes(bytes, self.out),
            Value::List(list) => self.nested(list.address(), "[...]", |writer| {
                writer.items("[", &list.borrow(), "]")
            }),
            Value::Tuple(items) => self.nested(items.as_ptr() as usize, "(...)", |writer| {
                let close = if items.len() == 1 { ",)" } else { ")" };
                writer.items("(", items, close)
            }),
            Value::Dict(dict) => self.nested(dict.address(), "{...}", |writer| {
                writer.dict(&dict.borrow())
            }),
            Value::DateTime(at) => at.write_repr(self.out),
            Value::Date(day) => day.write_repr(self.out),
            Value::Time(at) => at.write_repr(self.out),
            Value::Delta(delta) => delta.write_repr(self.out),
            Value::Object(object) => deeper(self.out, |out| object.repr(out)),
        }
    }

    fn nested(
        &mut self,
        address: usize,
        again: &str,
        write: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        let depth = DEPTH.get();
        if depth > DEEPEST || self.open.contains(&address) {
            return self.out.write_str(again);
        }
        DEPTH.set(depth + 1);
        self.open.push(address);
        let done = write(self);
        self.open.pop();
        DEPTH.set(depth);
        done
    }

    fn items(&mut self, open: &str, items: &[Value], close: &str) -> fmt::Result {
        self.out.write_str(open)?;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.write_str(", ")?;
            }
            self.value(item)?;
        }
        self.out.write_str(close)
    }

    fn dict(&mut self, dict: &super::dict::DictData) -> fmt::Result {
        self.out.write_char('{')?;
        for (at, (key, value)) in dict.iter().enumerate() {
            if at > 0 {
                self.out.write_str(", ")?;
            }
            self.value(key)?;
            self.out.write_str(": ")?;
            self.value(value)?;
        }
        self.out.write_char('}')
    }
}

/// Python's `repr()` of a float: the shortest digits that round-trip.
pub(crate) fn write_float(number: f64, out: &mut dyn Write) -> fmt::Result {
    if !number.is_finite() {
        return out.write_str(if number.is_nan() {
            "nan"
        } else if number > 0.0 {
            "inf"
        } else {
            "-inf"
        });
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(number);
    if let Some((digits, exponent)) = text.split_once('e') {
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        return write!(out, "{digits}e{sign}{exponent:0>2}");
    }
    let (minus, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => ("-", magnitude),
        None => ("", text),
    };
    match magnitude.strip_prefix("0.0000") {
        // Python switches to the exponent form one decade earlier.
        Some(digits) if number != 0.0 => {
            let zeros = digits.len() - digits.trim_start_matches('0').len();
            let digits = digits.trim_start_matches('0');
            let (first, rest) = digits.split_at(digits.len().min(1));
            let point = if rest.is_empty() { "" } else { "." };
            write!(out, "{minus}{first}{point}{rest}e-{:02}", zeros + 5)
        }
        _ => out.write_str(text),
    }
}

static UNPRINTABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[\p{C}\p{Zl}\p{Zp}\p{Zs}]$").ok());

/// Python's `str.isprintable()` of one character.
pub(crate) fn is_printable(one: char) -> bool {
    if one.is_ascii() {
        return (' '..='~').contains(&one);
    }
    let mut buffer = [0; 4];
    let text = one.encode_utf8(&mut buffer);
    !UNPRINTABLE.as_ref().is_some_and(|set| set.is_match(text))
}

/// Python's `repr()` of a text.
pub(crate) fn write_quoted(text: &str, out: &mut dyn Write) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.write_char(quote)?;
    for one in text.chars() {
        match one {
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            one if one == quote => write!(out, "\\{one}")?,
            one if is_printable(one) => out.write_char(one)?,
            one => write_escape(one, out)?,
        }
    }
    out.write_char(quote)
}

/// `\xHH`, `\uHHHH` or `\UHHHHHHHH`.
pub(crate) fn write_escape(one: char, out: &mut dyn Write) -> fmt::Result {
    let code = u32::from(one);
    match code {
        0..=0xFF => write!(out, "\\x{code:02x}"),
        0x100..=0xFFFF => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    }
}

/// Python's `ascii()`: a repr with everything beyond ASCII escaped.
pub(crate) fn ascii(value: &Value) -> String {
    let mut out = String::new();
    for one in value.repr().chars() {
        if one.is_ascii() {
            out.push(one);
        } else {
            let _ = write_escape(one, &mut out);
        }
    }
    out
}

fn write_bytes(bytes: &[u8], out: &mut dyn Write) -> fmt::Result {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    write!(out, "b{quote}")?;
    for byte in bytes {
        match byte {
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            byte if char::from(*byte) == quote => write!(out, "\\{quote}")?,
            b' '..=b'~' => out.write_char(char::from(*byte))?,
            byte => write!(out, "\\x{byte:02x}")?,
        }
    }
    out.write_char(quote)
}

/// Bytes as a target of formatted text.
pub(crate) struct Bytes<'b>(pub(crate) &'b mut Vec<u8>);

impl Write for Bytes<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Appends the printed form of a value.
#[inline]
pub(crate) fn emit(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Str(text) => text.append_to(out),
        value => emit_other(value, out),
    }
}

fn emit_other(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Safe(text) => out.extend_from_slice(text.as_bytes()),
        Value::Int(number) => {
            out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes());
        }
        Value::Undefined => {}
        Value::Float(number) if write_short_float(*number, out) => {}
        _ => {
            let _ = value.write_text(&mut Bytes(out));
        }
    }
}

/// Appends a number of at most four decimals as [`write_float`] does; false, and nothing is written, when
/// it is another one.
///
/// A decimal of at most 15 digits that rounds to the number is its shortest: no two such decimals round
/// to the same number.
pub(crate) fn write_short_float(number: f64, out: &mut Vec<u8>) -> bool {
    const UNIT: f64 = 1e4;
    let size = number.abs();
    // Zero has a sign that the rest would not see.
    if !(1e-4..1e11).contains(&size) {
        return false;
    }
    let units = (size * UNIT).round();
    if units / UNIT != size {
        return false;
    }
    let units = units as u64;
    if number < 0.0 {
        out.push(b'-');
    }
    out.extend_from_slice(itoa::Buffer::new().format(units / 10_000).as_bytes());
    let decimals = units % 10_000;
    let digit = |power: u64| b'0' + (decimals / power % 10) as u8;
    let text = [b'.', digit(1000), digit(100), digit(10), digit(1)];
    let mut text = text.as_slice();
    while let [rest @ .., b'0'] = text
        && rest.len() > 1
    {
        text = rest;
    }
    out.extend_from_slice(text);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_floats_are_written_as_all_others() {
        let mut some = 0;
        let mut compare = |number: f64| {
            let mut long = String::new();
            let _ = write_float(number, &mut long);
            let mut short = Vec::new();
            if write_short_float(number, &mut short) {
                some += 1;
                assert_eq!(String::from_utf8_lossy(&short), long);
            } else {
                assert!(short.is_empty(), "{number}");
            }
        };
        let odd = [
            0.0,
            -0.0,
            1e-4,
            9e-5,
            1e11,
            99_999_999_999.999_9,
            0.1 + 0.2,
            1e22,
            5e-324,
        ];
        odd.iter().for_each(|number| compare(*number));
        for step in 0..200_000_i64 {
            let units = step * step * 7 + step;
            for scale in [1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0, 3.0] {
                compare(units as f64 / scale);
                compare(-(step as f64) / scale);
            }
        }
        assert!(some > 1_000_000);
    }
}
