//! Relative expressions: `+1d12h`, `-30m`, `90s`.

use super::SECOND_US;

/// Reads `[+|-][<n>d][<n>h][<n>m][<n>s]` (this order, each at most once, spaces around allowed) as
/// microseconds. `None` when the text is something else. Amounts beyond what 64 bits hold saturate,
/// so that resolving them reports that they leave the calendar.
///
/// An empty text is something else; a sign alone is zero.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total = 0_i64;
    let mut units = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)].iter();
    while !rest.is_empty() {
        let (amount, after) = number(rest)?;
        let unit = after.chars().next()?;
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        let part = amount.saturating_mul(seconds * SECOND_US);
        total = total.saturating_add(part);
        rest = after.get(1..)?;
    }
    Some(if negative { -total } else { total })
}

/// Leading decimal digits of any script, and what follows them.
fn number(text: &str) -> Option<(i64, &str)> {
    let mut value = 0_i64;
    let mut end = 0;
    for (at, char) in text.char_indices() {
        let Some(digit) = digit(char) else { break };
        value = value.saturating_mul(10).saturating_add(digit);
        end = at + char.len_utf8();
    }
    (end > 0).then(|| (value, text.get(end..).unwrap_or_default()))
}

/// First characters of the runs of ten decimal digits that keyboards produce besides ASCII.
const ZEROS: [char; 5] = ['0', '\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}'];

fn digit(char: char) -> Option<i64> {
    ZEROS.iter().find_map(|&zero| {
        let value = u32::from(char).checked_sub(u32::from(zero))?;
        (value < 10).then_some(i64::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        for (text, seconds) in [
            ("1d", Some(86_400)),
            (" +1h30m ", Some(5_400)),
            ("-3d4h", Some(-3 * 86_400 - 4 * 3_600)),
            ("+", Some(0)),
            ("-", Some(0)),
            ("\u{ff11}d", Some(86_400)),
            ("", None),
            ("1h1d", None),
            ("1D", None),
            ("1d 2h", None),
            ("1.5h", None),
            ("5", None),
            ("+1hé", None),
        ] {
            assert_eq!(parse(text), seconds.map(|s| s * SECOND_US), "{text:?}");
        }
        assert_eq!(parse("99999999999999999999d"), Some(i64::MAX));
    }
}
