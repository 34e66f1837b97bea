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
    if power < -4 || power >= digits {
        if alternate {
            return text;
        }
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{power}", trim_zeros(mantissa));
    }
    let decimals = usize::try_from(digits - 1 - power).unwrap_or(0);
    let text = fixed(number, decimals);
    if alternate {
        if text.contains('.') { text } else { text + "." }
    } else {
        trim_zeros(&text).to_owned()
    }
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

/// The exponent form with `precision` significant digits, without trailing zeros.
pub(super) fn general_exponent(number: f64, precision: usize) -> String {
    let text = exponent(number, precision.saturating_sub(1));
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "+00"));
    format!("{}e{power}", trim_zeros(mantissa))
}
