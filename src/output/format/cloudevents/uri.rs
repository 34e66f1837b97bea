//! What may stand in an attribute: texts, URIs and references to them (RFC 3986).

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Text without control characters.
    Text,
    /// A URI with a scheme.
    Uri,
    /// A URI, with or without a scheme.
    Reference,
}

impl Rule {
    /// What is wrong with a value, as the end of "`name` ...".
    pub(super) fn problem(self, text: &str) -> Option<&'static str> {
        match self {
            Self::Text if text.chars().any(char::is_control) => {
                Some("holds a control character, which CloudEvents does not allow")
            }
            Self::Uri if !is_reference(text) || scheme(text).is_none() => {
                Some("is not a URI with a scheme, such as https://example.com/schema.json")
            }
            Self::Reference if !is_reference(text) => {
                Some("is not a URI reference, such as /web/1 or https://example.com/web")
            }
            _ => None,
        }
    }
}

/// True for a URI or relative reference that is not empty.
fn is_reference(text: &str) -> bool {
    let rest = match scheme(text) {
        Some(len) => text.get(len + 1..).unwrap_or_default(),
        // Without a scheme, a colon may not stand in the first segment.
        None if has_colon(text) => return false,
        None => text,
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match path.strip_prefix("//") {
        Some(behind) => behind.split_at(behind.find('/').unwrap_or(behind.len())),
        None => ("", path),
    };
    !text.is_empty()
        && is_authority(authority)
        && all(path, b":@/")
        && all(query, b":@/?")
        && all(fragment, b":@/?")
}

fn has_colon(text: &str) -> bool {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    text.get(..end).is_some_and(|first| first.contains(':'))
}

/// Length of the scheme, when there is one.
fn scheme(text: &str) -> Option<usize> {
    let end =
        text.find(|one: char| !one.is_ascii_alphanumeric() && !matches!(one, '+' | '-' | '.'))?;
    let sound = text.starts_with(|one: char| one.is_ascii_alphabetic());
    (sound && text.get(end..)?.starts_with(':')).then_some(end)
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let (address, port) = match host.strip_prefix('[') {
        // Digits and colons of IPv6, or what later versions bring.
        Some(inner) => match inner.split_once(']') {
            Some((address, port)) if all(address, b":") => ("", port),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let is_port = port.is_empty() || port.starts_with(':');
    all(user, b":")
        && all(address, b"")
        && is_port
        && digits.bytes().all(|one| one.is_ascii_digit())
}

/// True when there is nothing in it but what may stand in any part, escapes, and `more`.
fn all(text: &str, more: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let sound = match byte {
            b'%' => {
                let mut hex = || bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                hex() && hex()
            }
            b'-' | b'.' | b'_' | b'~' => true,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => true,
            other => other.is_ascii_alphanumeric() || more.contains(&other),
        };
        if !sound {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_other_texts() {
        for text in [
            "/s",
            "s",
            "./a:b",
            "https://user:pw@example.com:8080/a/b;c=1?x=/?#f",
            "urn:event:from:myapi/resource/123",
            "mailto:cncf-wg-serverless@lists.cncf.io",
            "//[2001:db8::1]:80/",
            "file:///etc",
            "?q",
            "#f",
            "a%20b",
            "1-555-123-4567",
        ] {
            assert_eq!(Rule::Reference.problem(text), None, "{text}");
        }
        for text in [
            "", "a b", "é", "a%2", "a%zz", "1:b", ":a", "/a#b#c", "//h:p/", "//[::1", "//a]b/",
            "<a>", "a\nb", "a\\b", "[a]", "\"a\"",
        ] {
            assert!(Rule::Reference.problem(text).is_some(), "{text}");
        }
        assert_eq!(Rule::Uri.problem("https://e/x.json"), None);
        assert!(Rule::Uri.problem("/x.json").is_some());
        assert!(Rule::Text.problem("a\u{7f}").is_some());
        assert_eq!(Rule::Text.problem("a é 😀"), None);
    }
}
