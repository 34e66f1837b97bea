//! Escapes in string literals: Python's.

/// The text a literal stands for, or what is wrong with it.
pub(super) fn unescape(raw: &str) -> Result<String, String> {
    if !raw.contains('\\') {
        return Ok(raw.to_owned());
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        rest = escape(rest, &mut out)?;
    }
    out.push_str(rest);
    Ok(out)
}

/// One escape, after its backslash; gives what follows it.
fn escape<'t>(rest: &'t str, out: &mut String) -> Result<&'t str, String> {
    let Some(kind) = rest.chars().next() else {
        out.push('\\');
        return Ok(rest);
    };
    let after = rest.get(kind.len_utf8()..).unwrap_or_default();
    let simple = match kind {
        '\n' => return Ok(after),
        '\\' | '\'' | '"' => kind,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '0'..='7' => {
            let length = rest
                .bytes()
                .take(3)
                .take_while(|byte| (b'0'..=b'7').contains(byte))
                .count();
            let digits = rest.get(..length).unwrap_or_default();
            let code = u32::from_str_radix(digits, 8).unwrap_or(0);
            out.push(char::from_u32(code).unwrap_or('\0'));
            return Ok(rest.get(length..).unwrap_or_default());
        }
        'x' => return hex(after, 2, 'x', out),
        'u' => return hex(after, 4, 'u', out),
        'U' => return hex(after, 8, 'U', out),
        'N' => return named(after, out),
        other => {
            out.push('\\');
            other
        }
    };
    out.push(simple);
    Ok(after)
}

fn code(text: &str, digits: usize) -> Option<u32> {
    let hex = text.get(..digits)?;
    let all_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(hex, 16).ok().filter(|_| all_hex)
}

fn hex<'t>(text: &'t str, digits: usize, kind: char, out: &mut String) -> Result<&'t str, String> {
    let Some(first) = code(text, digits) else {
        return Err(format!(
            "the escape \\{kind} takes {digits} hexadecimal digits"
        ));
    };
    let after = text.get(digits..).unwrap_or_default();
    if (0xD800..0xDC00).contains(&first)
        && let Some(second) = after.strip_prefix("\\u").and_then(|low| code(low, 4))
        && (0xDC00..0xE000).contains(&second)
    {
        let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        out.push(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
        return Ok(after.get(6..).unwrap_or_default());
    }
    match char::from_u32(first) {
        Some(one) => {
            out.push(one);
            Ok(after)
        }
        None => Err(format!(
            "\\{kind}{first:0digits$x} is not a character: half of a surrogate pair, or too large"
        )),
    }
}

/// Characters that people write by name; the whole Unicode name table would outweigh the program.
const NAMED: [(&str, char); 22] = [
    ("BULLET", '\u{2022}'),
    ("EM DASH", '\u{2014}'),
    ("EN DASH", '\u{2013}'),
    ("HORIZONTAL ELLIPSIS", '\u{2026}'),
    ("NO-BREAK SPACE", '\u{a0}'),
    ("ZERO WIDTH SPACE", '\u{200b}'),
    ("DEGREE SIGN", '\u{b0}'),
    ("EURO SIGN", '\u{20ac}'),
    ("POUND SIGN", '\u{a3}'),
    ("COPYRIGHT SIGN", '\u{a9}'),
    ("REGISTERED SIGN", '\u{ae}'),
    ("TRADE MARK SIGN", '\u{2122}'),
    ("SNOWMAN", '\u{2603}'),
    ("CHECK MARK", '\u{2713}'),
    ("BLACK STAR", '\u{2605}'),
    ("GREEK SMALL LETTER ALPHA", '\u{3b1}'),
    ("GREEK SMALL LETTER BETA", '\u{3b2}'),
    ("GREEK SMALL LETTER MU", '\u{3bc}'),
    ("GREEK SMALL LETTER PI", '\u{3c0}'),
    ("LEFT DOUBLE QUOTATION MARK", '\u{201c}'),
    ("RIGHT DOUBLE QUOTATION MARK", '\u{201d}'),
    ("RIGHTWARDS ARROW", '\u{2192}'),
];

fn named<'t>(text: &'t str, out: &mut String) -> Result<&'t str, String> {
    let parts = text.strip_prefix('{').and_then(|text| text.split_once('}'));
    let Some((name, after)) = parts else {
        return Err("the escape \\N takes a name in braces: \\N{EM DASH}".into());
    };
    let known = NAMED
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    match known {
        Some((_, one)) => {
            out.push(*one);
            Ok(after)
        }
        None => Err(format!(
            "unknown character name '{name}'; write the character itself or \\uHHHH"
        )),
    }
}
