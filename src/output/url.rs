//! Addresses of HTTP servers: checked, normalised as the reference does, and shown without what is
//! secret in them.
//!
//! Knows nothing of connections.

use std::fmt;

use url::Url;

use crate::config::{Context, Kind, Node};

use super::Secret;

/// Longest address in bytes, as in the reference.
const LONGEST: usize = 2083;

/// What options with an address accept; the value is then read by [`WebUrl::of`].
pub const KIND: Kind = Kind::Custom(check);
/// The same, or null.
pub const KIND_OR_NULL: Kind = Kind::OrNull(&KIND);

/// A normalised `http` or `https` address. Neither its `Debug` nor its `Display` form has user
/// information or a query.
#[derive(Clone, PartialEq, Eq)]
pub struct WebUrl {
    /// Without user information and fragment.
    url: Url,
    credentials: Option<(String, Secret)>,
    /// All of it is secret.
    hidden: bool,
}

impl WebUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it is none, without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an address is needed here, this is empty".to_owned());
        }
        if text.len() > LONGEST {
            return Err(format!("an address has at most {LONGEST} bytes"));
        }
        let mut url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the address has to begin with `http://` or `https://`".to_owned());
        }
        let user = decoded(url.username());
        let password = url.password().map(decoded);
        let given = !user.is_empty() || password.as_ref().is_some_and(|text| !text.is_empty());
        url.set_fragment(None);
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return Err("this is no URL: it has no host".to_owned());
        }
        Ok(Self {
            url,
            credentials: given.then(|| (user, Secret::new(password.unwrap_or_default()))),
            hidden: false,
        })
    }

    /// The address in a node that was checked by [`KIND`]; a stand-in when its value is not known yet.
    pub fn of(node: &Node) -> Option<Self> {
        let text = if node.unknown {
            "http://unknown.invalid/"
        } else {
            node.as_str()?
        };
        let mut made = Self::parse(text).ok()?;
        made.hidden = node.secret;
        Some(made)
    }

    /// True for `https`.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host to connect to: a name or an address, without brackets.
    pub fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        let inner = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        inner.unwrap_or(host)
    }

    /// The port, of the scheme when none is given.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(80)
    }

    /// Host and port as the header `Host` has them: without the scheme's own port.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// The path, beginning with a slash, as it goes into a request.
    pub fn path(&self) -> String {
        quote(self.url.path(), PATH_UNSAFE)
    }

    /// Path and query as they go into a request.
    pub fn target(&self) -> String {
        let mut target = self.path();
        if let Some(query) = self.url.query() {
            target.push('?');
            target.push_str(&quote(query, QUERY_UNSAFE));
        }
        target
    }

    /// True when it has a query.
    pub fn has_query(&self) -> bool {
        self.url.query().is_some()
    }

    /// User name and password, decoded.
    pub fn credentials(&self) -> Option<(&str, &Secret)> {
        let (user, password) = self.credentials.as_ref()?;
        Some((user, password))
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.authority())
    }

    /// Scheme, host and port, or that they are secret; for errors.
    pub fn server(&self) -> String {
        if self.hidden {
            return "the server (its address is a secret)".to_owned();
        }
        self.origin()
    }

    /// True when nothing of it may be shown.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.server())?;
        if self.hidden {
            return Ok(());
        }
        f.write_str(self.url.path())
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebUrl({self})")
    }
}

/// Reports what is no address of an HTTP server.
fn check(node: &Node, cx: &mut Context<'_>) {
    if node.unknown {
        return;
    }
    let Some(text) = node.as_str() else {
        let message = format!("an address is text, not {}", node.describe());
        return cx.error(node.span, message);
    };
    if let Err(message) = WebUrl::parse(text) {
        cx.error_help(
            node.span,
            message,
            "write it as `https://host:port/path`; the port and the path may be left out",
        );
    }
}

/// Characters of printable ASCII that a path does not hold as they are.
pub const PATH_UNSAFE: &[u8] = b" \"#<>?`{}";
/// Characters of printable ASCII that a query does not hold as they are.
pub const QUERY_UNSAFE: &[u8] = b" \"#<>";

/// Encodes what may not stand in a part of an address; what is encoded already stays, and a per cent
/// sign that encodes nothing is encoded itself.
pub fn quote(text: &str, unsafe_: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        let escape = byte == b'%' && hex_pair(bytes.get(at + 1..at + 3)).is_some();
        let plain = matches!(byte, 0x20..0x7f) && byte != b'%' && !unsafe_.contains(&byte);
        if escape || plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The text that an encoded part of an address stands for.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = (byte == b'%')
            .then(|| hex_pair(bytes.get(at + 1..at + 3)))
            .flatten();
        out.push(pair.unwrap_or(byte));
        at += if pair.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The byte that two hexadecimal digits stand for.
fn hex_pair(digits: Option<&[u8]>) -> Option<u8> {
    let [high, low] = digits? else {
        return None;
    };
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    u8::try_from(value(high)? * 16 + value(low)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("HTTP://H:80/a", "http://h", "/a")]
    #[case("https://h:443/", "https://h", "/")]
    #[case("http:///x", "http://x", "/")]
    #[case("http://h", "http://h", "/")]
    #[case("http://127.1/", "http://127.0.0.1", "/")]
    #[case("http://0x7f.1:8080", "http://127.0.0.1:8080", "/")]
    #[case("http://[::1]:8080/x", "http://[::1]:8080", "/x")]
    #[case("http://h/a/../b/./c//d", "http://h", "/b/c//d")]
    #[case("http://h/a b?c d#e", "http://h", "/a%20b?c%20d")]
    #[case(
        "http://b\u{fc}cher.example/\u{fc}?\u{fc}",
        "http://xn--bcher-kva.example",
        "/%C3%BC?%C3%BC"
    )]
    #[case("http://h/100%/%41?50%", "http://h", "/100%25/%41?50%25")]
    #[case("http://h/?", "http://h", "/?")]
    #[case(" http://h/a\n", "http://h", "/a")]
    fn addresses_are_normalised(#[case] text: &str, #[case] server: &str, #[case] target: &str) {
        let url = WebUrl::parse(text).unwrap();
        assert_eq!(url.server(), server);
        assert_eq!(url.target(), target);
    }

    #[rstest]
    #[case("", "empty")]
    #[case("ftp://h/", "http://")]
    #[case("h/x", "relative URL without a base")]
    #[case("localhost:9200", "http://")]
    #[case("http://h:99999/", "invalid port number")]
    #[case("http://", "empty host")]
    #[case("socks5://u:hunter2@p", "http://")]
    fn what_is_none_is_refused(#[case] text: &str, #[case] reason: &str) {
        let error = WebUrl::parse(text).unwrap_err();
        assert!(error.contains(reason), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn user_information_is_decoded_and_never_shown() {
        let url = WebUrl::parse("http://us%65r:p%40%C3%A4@h:8080/a?token=hunter2").unwrap();
        let (user, password) = url.credentials().unwrap();
        assert_eq!((user, password.expose()), ("user", "p@ä"));
        assert_eq!(format!("{url}"), "http://h:8080/a");
        assert_eq!(format!("{url:?}"), "WebUrl(http://h:8080/a)");
        assert_eq!(url.target(), "/a?token=hunter2");
        assert_eq!((url.host(), url.port()), ("h", 8080));
        assert!(WebUrl::parse("http://@h/").unwrap().credentials().is_none());
        let bare = WebUrl::parse("http://:p@h/").unwrap();
        assert_eq!(bare.credentials().unwrap().0, "");
    }
}
