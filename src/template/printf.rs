//! `'...' % values` and the filter `format`: printf formatting by Python's rules.

use std::cell::Cell;
use std::fmt::Write;

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, ToPrimitive};

use super::{Error, Value, digits, markup, ops, repr};

/// Most bytes of a text whose memory is kept.
const MOST_SPARE: usize = 4096;

/// Formats; with `safe` the texts among the values are escaped and the result is safe.
pub(super) fn percent(
    format: &str,
    values: &Value,
    safe: bool,
    largest: usize,
) -> Result<Value, Error> {
    let single = [values.clone()];
    // What Python calls a mapping here: whatever has items, and is neither text nor tuple.
    let mapping = match values {
        Value::Dict(_) | Value::List(_) | Value::Bytes(_) | Value::Undefined => true,
        Value::Object(object) => object.as_tuple().is_none() && object.type_name() == "range",
        _ => false,
    };
    let items = values.as_tuple().unwrap_or(&single);
    Printer::new(format, items, mapping.then_some(values), safe, largest).result()
}

/// [`percent`] with the values of a tuple.
pub(super) fn percent_all(
    format: &str,
    values: &[Value],
    safe: bool,
    largest: usize,
) -> Result<Value, Error> {
    Printer::new(format, values, None, safe, largest).result()
}

thread_local! {
    /// Memory of the last text, for the next one.
    static SPARE: Cell<String> = const { Cell::new(String::new()) };
}

struct Printer<'p> {
    rest: &'p str,
    out: String,
    values: &'p [Value],
    map: Option<&'p Value>,
    used: usize,
    safe: bool,
    largest: usize,
}

#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

impl<'p> Printer<'p> {
    fn new(
        format: &'p str,
        values: &'p [Value],
        map: Option<&'p Value>,
        safe: bool,
        largest: usize,
    ) -> Self {
        Self {
            rest: format,
            out: SPARE.take(),
            values,
            map,
            used: 0,
            safe,
            largest,
        }
    }

    fn result(mut self) -> Result<Value, Error> {
        self.run()?;
        if self.used < self.values.len() && self.map.is_none() {
            return Err(Error::type_error(
                "not all arguments converted during string formatting",
            ));
        }
        let text = self.out.as_str();
        let value = if self.safe {
            Value::safe(text)
        } else {
            Value::from(text)
        };
        if text.len() <= MOST_SPARE {
            self.out.clear();
            SPARE.set(self.out);
        }
        Ok(value)
    }

    fn run(&mut self) -> Result<(), Error> {
        while let Some(at) = self.rest.find('%') {
            self.out.push_str(self.rest.get(..at).unwrap_or_default());
            self.rest = self.rest.get(at + 1..).unwrap_or_default();
            if self.plainly().is_none() {
                self.conversion()?;
            }
            if self.out.len() > self.largest {
                return Err(Error::limit("the formatted text is too long"));
            }
        }
        self.out.push_str(self.rest);
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let one = self.rest.chars().next()?;
        self.rest = self.rest.get(one.len_utf8()..).unwrap_or_default();
        Some(one)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn value(&mut self) -> Result<Value, Error> {
        let value = self.values.get(self.used).cloned();
        self.used += 1;
        value.ok_or_else(|| Error::type_error("not enough arguments for format string"))
    }

    fn number(&mut self) -> Result<Option<i64>, Error> {
        if self.peek() == Some('*') {
            self.next();
            return match self.value()?.as_int() {
                Some(number) => Ok(Some(number)),
                None => Err(Error::type_error("* wants an integer")),
            };
        }
        let end = self.rest.bytes().position(|one| !one.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Ok(if digits.is_empty() {
            None
        } else {
            Some(digits.parse().unwrap_or(i64::MAX))
        })
    }

    fn spec(&mut self) -> Result<Spec, Error> {
        let mut spec = Spec::default();
        while let Some(flag) = self.peek() {
            match flag {
                '-' => spec.left = true,
                '+' => spec.plus = true,
                ' ' => spec.space = true,
                '0' => spec.zero = true,
                '#' => spec.alternate = true,
                _ => break,
            }
            self.next();
        }
        if let Some(width) = self.number()? {
            spec.left |= width < 0;
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        }
        if self.peek() == Some('.') {
            self.next();
            let precision = self.number()?.unwrap_or(0);
            spec.precision = Some(usize::try_from(precision).unwrap_or(0));
        }
        while matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.next();
        }
        if spec.width.max(spec.precision.unwrap_or(0)) > self.largest.min(1 << 24) {
            return Err(Error::limit("the width of a format is too large"));
        }
        Ok(spec)
    }

    fn conversion(&mut self) -> Result<(), Error> {
        if self.peek() == Some('%') {
            self.next();
            self.out.push('%');
            return Ok(());
        }
        let mut named = None;
        if self.peek() == Some('(') {
            named = Some(self.named()?);
        }
        let spec = self.spec()?;
        let Some(kind) = self.next() else {
            return Err(Error::value_error("incomplete format"));
        };
        let value = match named {
            Some(value) => value,
            None => self.value()?,
        };
        let (sign, prefix, body) = match kind {
            's' | 'r' | 'a' => {
                let text = self.text(kind, &value);
                let text = match spec.precision {
                    Some(most) => text.chars().take(most).collect(),
                    None => text,
                };
                (String::new(), "", text)
            }
            'c' => (String::new(), "", character(&value)?),
            'd' | 'i' | 'u' => integer(&value, 'd', &spec)?,
            'o' | 'x' | 'X' => integer(&value, kind, &spec)?,
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => float(&value, kind, &spec)?,
            other => {
                return Err(Error::value_error(format!(
                    "unsupported format character '{other}'"
                )));
            }
        };
        let numeric = !matches!(kind, 's' | 'r' | 'a' | 'c');
        self.pad(&spec, numeric, &sign, prefix, &body);
        Ok(())
    }

    /// What most conversions are: a text or a small integer, perhaps with zeros or a width. `None`, and
    /// nothing done, where it is something else.
    fn plainly(&mut self) -> Option<()> {
        let bytes = self.rest.as_bytes();
        let zeros = bytes.first() == Some(&b'0');
        let digits = bytes.iter().take_while(|one| one.is_ascii_digit()).count();
        let kind = *bytes.get(digits)?;
        let width: usize = match digits {
            0 => 0,
            1..=3 => self.rest.get(..digits)?.parse().ok()?,
            _ => return None,
        };
        let pad = if zeros { '0' } else { ' ' };
        let start = self.out.len();
        match (kind, self.values.get(self.used)?) {
            (b's', Value::Str(text)) if width == 0 && !self.safe => {
                self.out.push_str(text.as_str());
            }
            (b'd', Value::Int(number)) if *number >= 0 => {
                self.out.push_str(itoa::Buffer::new().format(*number));
            }
            (b's', Value::Int(number)) if !zeros && !self.safe => {
                self.out.push_str(itoa::Buffer::new().format(*number));
            }
            (b'x', Value::Int(number)) if *number >= 0 => {
                let _ = write!(self.out, "{number:x}");
            }
            _ => return None,
        }
        for _ in self.out.len() - start..width {
            self.out.insert(start, pad);
        }
        self.used += 1;
        self.rest = self.rest.get(digits + 1..).unwrap_or_default();
        Some(())
    }

    fn named(&mut self) -> Result<Value, Error> {
        let mut depth = 0;
        let end = self.rest.char_indices().find(|(_, one)| {
            depth += match one {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some((end, _)) = end else {
            return Err(Error::value_error("incomplete format key"));
        };
        let name = self.rest.get(1..end).unwrap_or_default().to_owned();
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        // From here on there are values by name only.
        self.values = &[];
        let Some(Value::Dict(dict)) = self.map else {
            return Err(Error::type_error("format requires a mapping"));
        };
        dict.get(&name)
            .ok_or_else(|| Error::value_error(format!("the format's key '{name}' is missing")))
    }

    fn text(&self, kind: char, value: &Value) -> String {
        let text = match kind {
            's' if self.safe => return markup::escape_value(value),
            's' => value.text().to_string(),
            'r' => value.repr(),
            _ => repr::ascii(value),
        };
        if self.safe {
            markup::escape(&text).into_owned()
        } else {
            text
        }
    }

    fn pad(&mut self, spec: &Spec, numeric: bool, sign: &str, prefix: &str, body: &str) {
        let len = sign.len() + prefix.len() + body.chars().count();
        let fill = spec.width.saturating_sub(len);
        let zeros = numeric && spec.zero && !spec.left;
        let blanks = if zeros || spec.left { 0 } else { fill };
        self.out.extend(std::iter::repeat_n(' ', blanks));
        self.out.push_str(sign);
        self.out.push_str(prefix);
        if zeros {
            self.out.extend(std::iter::repeat_n('0', fill));
        }
        self.out.push_str(body);
        if spec.left {
            self.out.extend(std::iter::repeat_n(' ', fill));
        }
    }
}

fn character(value: &Value) -> Result<String, Error> {
    if let Some(text) = value.as_str() {
        if text.chars().count() == 1 {
            return Ok(text.to_owned());
        }
    } else if let Some(code) = value.as_int() {
        let one = u32::try_from(code).ok().and_then(char::from_u32);
        return match one {
            Some(one) => Ok(one.to_string()),
            None => Err(Error::value_error("%c arg not in range")),
        };
    }
    Err(Error::type_error(
        "%c requires an integer or a single character",
    ))
}

fn sign_of(negative: bool, spec: &Spec) -> String {
    match (negative, spec.plus, spec.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
    .to_owned()
}

type Parts = (String, &'static str, String);

fn integer(value: &Value, kind: char, spec: &Spec) -> Result<Parts, Error> {
    let big = match value {
        Value::Float(number) if kind == 'd' => BigInt::from_f64(number.trunc()),
        value => ops::to_big(value),
    };
    let Some(big) = big else {
        let wanted = if kind == 'd' {
            "a number"
        } else {
            "an integer"
        };
        return Err(Error::type_error(format!(
            "%{kind} format: {wanted} is required, not {}",
            value.type_name()
        )));
    };
    let magnitude = big.magnitude();
    let mut body = match kind {
        'o' => magnitude.to_str_radix(8),
        'x' => magnitude.to_str_radix(16),
        'X' => magnitude.to_str_radix(16).to_uppercase(),
        _ => magnitude.to_string(),
    };
    if let Some(least) = spec.precision
        && body.len() < least
    {
        body = "0".repeat(least - body.len()) + &body;
    }
    let prefix = match kind {
        'o' if spec.alternate => "0o",
        'x' if spec.alternate => "0x",
        'X' if spec.alternate => "0X",
        _ => "",
    };
    Ok((sign_of(big.sign() == Sign::Minus, spec), prefix, body))
}

fn float(value: &Value, kind: char, spec: &Spec) -> Result<Parts, Error> {
    let number = match value {
        Value::Big(big) => big.to_f64(),
        value => value.as_float(),
    };
    let Some(number) = number else {
        return Err(Error::type_error(format!(
            "%{kind} format: a number is required, not {}",
            value.type_name()
        )));
    };
    let precision = spec.precision.unwrap_or(6);
    let body = match kind.to_ascii_lowercase() {
        'e' => digits::exponent(number, precision),
        'f' => digits::fixed(number, precision),
        _ => digits::general(number, precision, spec.alternate),
    };
    let mut body = if spec.alternate {
        digits::with_point(body)
    } else {
        body
    };
    if kind.is_ascii_uppercase() {
        body = body.to_uppercase();
    }
    Ok((sign_of(digits::is_negative(number), spec), "", body))
}
