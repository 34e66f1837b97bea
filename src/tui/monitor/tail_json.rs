//! JSON made readable without reading it: keys stay in their order, numbers as they were written.

use serde::de::IgnoredAny;
use serde_json::Value;

/// Deepest indentation, in levels; what is deeper stands there too.
const DEEPEST: usize = 24;

/// Most names of fields that are looked at.
const NAMES: usize = 60;

/// The names of an event's fields as a filter has them, with dots between; nothing when it is no object.
pub fn names(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text.trim()) {
        collect("", &value, &mut out);
    }
    out
}

fn collect(before: &str, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if out.len() >= NAMES {
                    return;
                }
                let dot = if before.is_empty() { "" } else { "." };
                let name = format!("{before}{dot}{key}");
                out.push(name.clone());
                collect(&name, value, out);
            }
        }
        // In a list any item counts.
        Value::Array(items) => {
            if let Some(first) = items.first() {
                collect(before, first, out);
            }
        }
        _ => {}
    }
}

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
    fn names_of_fields_are_as_a_filter_has_them() {
        let text = r#"{"at": 1, "user": {"name": "x", "tags": [{"id": 1}]}, "host.ip": ""}"#;
        let mut found = names(text);
        found.sort();
        let expected = [
            "at",
            "host.ip",
            "user",
            "user.name",
            "user.tags",
            "user.tags.id",
        ];
        assert_eq!(found, expected);
        assert!(names("plain").is_empty() && names("12").is_empty());
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
