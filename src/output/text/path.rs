//! Templates that only name members of the event, such as `{{ event.user.id }}`: most texts are like
//! that, and reading the members where they stand costs a fraction of making values of the whole event.
//!
//! Whatever is not surely the same as what the template would give is left to it.

use std::borrow::Cow;

use crate::output::format::json::walk::{JsonKind, Whole, kind, unescaped, whole};

/// Names that mean a method of a dict before they mean a member.
const METHODS: [&str; 11] = [
    "clear",
    "copy",
    "fromkeys",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];

/// Literal texts and members of the event, in turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// Names from the outermost object inwards.
    Member(Vec<String>),
}

impl Path {
    /// Reads a template; `None` when there is more in it.
    pub(super) fn of(text: &str) -> Option<Self> {
        if text.contains(['\n', '\r']) || text.contains("{%") || text.contains("{#") {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            let (inner, behind) = behind.split_once("}}")?;
            if !before.is_empty() {
                parts.push(Part::Literal(before.to_owned()));
            }
            parts.push(Part::Member(names(inner)?));
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Some(Self(parts))
    }

    /// Appends the text for an event; false, with nothing appended, when the template has to say.
    pub(super) fn write(&self, event: &[u8], out: &mut Vec<u8>) -> bool {
        let before = out.len();
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.extend_from_slice(text.as_bytes()),
                Part::Member(names) => match found(event, names) {
                    Some(text) => out.extend_from_slice(text.as_bytes()),
                    None => {
                        out.truncate(before);
                        return false;
                    }
                },
            }
        }
        true
    }
}

/// The names behind `event`: `.name`, `['name']` or `["name"]`.
fn names(inner: &str) -> Option<Vec<String>> {
    let mut rest = inner.trim_matches(' ').strip_prefix("event")?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let name;
        if let Some(behind) = rest.strip_prefix('.') {
            let end = behind.find(['.', '[']).unwrap_or(behind.len());
            (name, rest) = behind.split_at(end);
            let mut chars = name.chars();
            let plain = chars.next()?.is_ascii_alphabetic()
                && chars.all(|one| one.is_ascii_alphanumeric() || one == '_');
            if !plain || METHODS.contains(&name) {
                return None;
            }
        } else {
            let behind = rest.strip_prefix('[')?;
            let quote = behind
                .chars()
                .next()
                .filter(|one| matches!(one, '\'' | '"'))?;
            (name, rest) = behind.get(1..)?.split_once(quote)?;
            rest = rest.strip_prefix(']')?;
            if name.contains('\\') {
                return None;
            }
        }
        names.push(name.to_owned());
    }
    (!names.is_empty()).then_some(names)
}

/// The text of a member, when it is a string or an integer.
fn found<'a>(event: &'a [u8], names: &[String]) -> Option<Cow<'a, str>> {
    let mut value = event;
    for name in names {
        value = member(value, name)?;
    }
    match kind(value) {
        JsonKind::String => Some(unescaped(value.get(1..value.len() - 1)?)),
        JsonKind::Number => {
            let digits = std::str::from_utf8(value).ok()?;
            let whole = !digits.contains(['.', 'e', 'E']) && digits != "-0";
            whole.then_some(Cow::Borrowed(digits))
        }
        _ => None,
    }
}

/// The last member of that name of a text that is an object, checked to its end.
fn member<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let Ok(Whole::Object(members)) = whole(text) else {
        return None;
    };
    let mut last = None;
    for found in members {
        let (key, value) = found.ok()?;
        if key == name.as_bytes() || (key.contains(&b'\\') && unescaped(key) == name) {
            last = Some(value);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn text(template: &str, event: &str) -> Option<String> {
        let mut out = Vec::new();
        let written = Path::of(template)?.write(event.as_bytes(), &mut out);
        assert!(written || out.is_empty());
        written.then(|| String::from_utf8(out).unwrap())
    }

    #[test]
    fn members_are_read_where_they_stand() {
        let event = r#"{"a": {"b c": "x\n\u00e9"}, "n": -12, "a\u0062": "y", "d": 1, "d": "last"}"#;
        for (template, expected) in [
            ("{{event.n}}", "-12"),
            ("<{{ event.a['b c'] }}|{{ event[\"ab\"] }}>", "<x\né|y>"),
            ("{{ event.d }}", "last"),
        ] {
            assert_eq!(
                text(template, event).as_deref(),
                Some(expected),
                "{template}"
            );
        }
    }

    #[test]
    fn all_else_is_the_template_s() {
        for template in [
            "{{ event }}",
            "{{ event.items }}",
            "{{ event.a | upper }}",
            "{{- event.a }}",
            "{{ events.a }}",
            "{{ event.a }}\n",
            "{{ event._a }}",
            "{{ event.1 }}",
            "{{ event[0] }}",
            "{{ event['a\\n'] }}",
            "{% if 1 %}{{ event.a }}{% endif %}",
            "{{ event.a",
            "{{ event.'a}}' }}",
        ] {
            assert_eq!(Path::of(template), None, "{template}");
        }
        for event in [
            r#"{"a": 1.0}"#,
            r#"{"a": -0}"#,
            r#"{"a": true}"#,
            r#"{"a": null}"#,
            r#"{"a": [1]}"#,
            r#"{"b": 1}"#,
            r#"{"a": 1} x"#,
            r#"{"a": 1, "b": }"#,
            r#""a""#,
            "plain",
        ] {
            assert_eq!(text("{{ event.a }}", event), None, "{event}");
        }
    }
}
