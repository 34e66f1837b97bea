//! Digits of floating-point numbers in C's and Python's formats, without sign.

/// `%f`: fixed point.
pub(super) fn fixed(number: f64, precision: usize) -> String {
    if !number.is_finite() {
        return special(number);
    }
    format!("{:.precision$}", number.abs())
}

/// `%e`: exponent form with at least two exponent digits.
pub(super) fn exponent(number: f64, precision: usize) -> String {
    if !number.is_finite() {
        return special(number);
    }
    let text = format!("{:.precision$e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// `%g`: the shorter of the two, without trailing zeros unless `alternate`.
pub(super) fn general(number: f64, precision: usize, alternate: bool) -> String {
    shorter(number, precision, alternate, false)
}

/// [`general`], but with a digit after the point where there is no exponent.
pub(super) fn plain(number: f64, precision: usize, alternate: bool) -> String {
    shorter(number, precision, alternate, true)
}

fn shorter(number: f64, precision: usize, alternate: bool, fraction: bool) -> String {
    if !number.is_finite() {
        return special(number);
    }
    let precision = precision.max(1);
    let text = exponent(number, precision - 1);
    let power: i64 = text
        .split_once('e')
        .and_then(|(_, power)| power.parse().ok())
        .unwrap_or(0);
    let digits = i64::try_from(precision).unwrap_or(i64::MAX);
    if power < -4 || power >= digits - i64::from(fraction) {
        if alternate {
            return with_point(text);
        }
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{power}", trim_zeros(mantissa));
    }
    let decimals = usize::try_from(digits - 1 - power).unwrap_or(0);
    let text = fixed(number, decimals);
    if alternate {
        return with_point(text);
    }
    match trim_zeros(&text) {
        whole if fraction && !whole.contains('.') => format!("{whole}.0"),
        text => text.to_owned(),
    }
}

/// With a point, also where no digit follows it.
pub(super) fn with_point(mut text: String) -> String {
    let finite = text.starts_with(|one: char| one.is_ascii_digit());
    if finite && !text.contains('.') {
        let at = text.find('e').unwrap_or(text.len());
        text.insert(at, '.');
    }
    text
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

fn special(number: f64) -> String {
    if number.is_nan() { "nan" } else { "inf" }.to_owned()
}

/// True for negative numbers and the negative zero, false for NaN.
pub(super) fn is_negative(number: f64) -> bool {
    number.is_sign_negative() && !number.is_nan()
}
