//! JSON made readable without reading it: keys stay in their order, numbers as they were written.

use serde::de::IgnoredAny;

/// Deepest indentation, in levels; what is deeper stands there too.
const DEEPEST: usize = 24;

/// The text with a line for each member, when it is JSON of more than one value.
pub fn pretty(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth: usize = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => string(c, &mut chars, &mut out),
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(end) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    Some(out)
}

fn string(quote: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    out.push(quote);
    let mut escaped = false;
    for c in chars {
        out.push(c);
        if c == '"' && !escaped {
            return;
        }
        escaped = c == '\\' && !escaped;
    }
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn keys_and_numbers_stay_as_they_were_written() {
        let text = r#"{"b":1.50,"a":[1,{"x":"a\"b, {c}"}],"e":{},"f":[ ]}"#;
        let shown = "{\n  \"b\": 1.50,\n  \"a\": [\n    1,\n    {\n      \"x\": \"a\\\"b, {c}\"\n    }\n  ],\n  \
                     \"e\": {},\n  \"f\": []\n}";
        assert_eq!(pretty(text).unwrap(), shown);
        let again = pretty(shown).unwrap();
        assert_eq!(again, shown);
    }

    #[test]
    fn what_is_no_json_is_left_alone() {
        for text in [
            "",
            "plain",
            "{broken",
            "{\"a\": 1} and more",
            "12",
            "\"text\"",
        ] {
            assert_eq!(pretty(text), None, "{text}");
        }
    }
}
