//! UTF-7 (RFC 2152) with the choices of Python's codec: optional characters go direct.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Appends text.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '+' {
            out.extend_from_slice(b"+-");
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        if is_direct(first) {
            out.push(first as u8);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let end = rest.find(is_direct).unwrap_or(rest.len());
        let (shifted, behind) = rest.split_at(end);
        let units: Vec<u8> = shifted.encode_utf16().flat_map(u16::to_be_bytes).collect();
        out.push(b'+');
        out.extend_from_slice(STANDARD_NO_PAD.encode(units).as_bytes());
        let next = behind.bytes().next();
        if next.is_none_or(|byte| byte.is_ascii_alphanumeric() || b"+/-".contains(&byte)) {
            out.push(b'-');
        }
        rest = behind;
    }
}

fn is_direct(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='}') && !matches!(char, '+' | '\\' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_shifted_and_ended_where_that_would_not_be_seen() {
        for (text, expected) in [
            ("a", "a"),
            ("é", "+AOk-"),
            ("éa", "+AOk-a"),
            ("é-", "+AOk--"),
            ("é,", "+AOk,"),
            ("+", "+-"),
            ("a+b", "a+-b"),
            ("+é", "+-+AOk-"),
            ("é+", "+AOkAKw-"),
            ("日本\n", "+ZeVnLA\n"),
            ("~\\", "+AH4AXA-"),
            ("😀", "+2D3eAA-"),
            ("é é", "+AOk +AOk-"),
            ("\0", "+AAA-"),
        ] {
            let mut out = Vec::new();
            encode(text, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "{text:?}");
        }
    }
}
