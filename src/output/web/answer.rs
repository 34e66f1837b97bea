//! What a server answered: its body decoded, and what its refusal means for the events.
//!
//! Knows nothing of connections and of what was asked.

use std::io::Read as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use hyper::StatusCode;
use hyper::header::{CONTENT_ENCODING, HeaderMap, RETRY_AFTER};

use crate::output::OutputError;

/// Characters of an answer's body that errors show.
const SHOWN: usize = 300;
/// Bytes of an answer's body that are looked at for that.
const LOOKED_AT: usize = 16 << 10;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it came, up to the limit of the request.
    pub body: Vec<u8>,
    /// The body was longer.
    pub cut: bool,
}

impl Answer {
    /// The body without its content encoding, up to `limit` bytes; as it came when it does not hold
    /// what its header says.
    pub fn decoded(&self, limit: usize) -> Vec<u8> {
        let names = self.headers.get(CONTENT_ENCODING);
        let names = names.and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut body = self.body.clone();
        for name in names.rsplit(',').map(str::trim) {
            let Some(plain) = decompressed(name, &body, limit) else {
                break;
            };
            body = plain;
        }
        body.truncate(limit);
        body
    }

    /// The beginning of the body on one line, for errors.
    pub fn excerpt(&self) -> String {
        excerpt(&String::from_utf8_lossy(&self.decoded(LOOKED_AT)))
    }

    /// What it means that `who` (such as "POST http://host/path:") gave this answer and not the one
    /// that is expected. Statuses that pass (408, 425, 429, 500, 502, 503, 504) are outages, with the
    /// time that the server asks for; all others are final.
    pub fn refusal(&self, who: &str) -> OutputError {
        refused(&Refusal {
            who,
            status: self.status,
            headers: &self.headers,
            text: &self.excerpt(),
        })
    }
}

/// Gives `None` when the bytes are not of that encoding, or it is not known.
fn decompressed(name: &str, bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut out = Vec::new();
    match name.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => {
            // What was cut off still shows its beginning.
            let read = MultiGzDecoder::new(bytes).take(most).read_to_end(&mut out);
            (read.is_ok() || !out.is_empty()).then_some(out)
        }
        "deflate" => {
            let read = ZlibDecoder::new(bytes).take(most).read_to_end(&mut out);
            if read.is_ok() || !out.is_empty() {
                return Some(out);
            }
            let read = DeflateDecoder::new(bytes).take(most).read_to_end(&mut out);
            (read.is_ok() || !out.is_empty()).then_some(out)
        }
        _ => None,
    }
}

/// Text on one line, of bounded length.
fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let words = text.split(|char: char| char.is_whitespace() || char.is_control());
    for word in words.filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if let Some((end, _)) = out.char_indices().nth(SHOWN) {
            out.truncate(end);
            out.push('…');
            break;
        }
    }
    out
}

/// An answer that was not the expected one.
pub(super) struct Refusal<'a> {
    pub(super) who: &'a str,
    pub(super) status: u16,
    pub(super) headers: &'a HeaderMap,
    pub(super) text: &'a str,
}

/// What it means.
pub(super) fn refused(refusal: &Refusal<'_>) -> OutputError {
    let status = refusal.status;
    let mut message = format!("{} answered {}", refusal.who, named(status));
    if !refusal.text.is_empty() {
        message.push_str(": ");
        message.push_str(refusal.text);
    }
    let mut error = if is_passing(status) {
        let wait = refusal.headers.get(RETRY_AFTER);
        let wait = wait.and_then(|value| value.to_str().ok());
        OutputError::outage(message)
            .retry_after(wait.and_then(|text| retry_after(text, Utc::now())))
    } else {
        OutputError::failed(message)
    };
    error.help = advice(status).map(str::to_owned);
    error
}

/// True for statuses that may be others when the same is tried again.
pub fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The status with its usual words.
pub fn named(status: u16) -> String {
    let known = StatusCode::from_u16(status).ok();
    match known.and_then(|status| status.canonical_reason()) {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

/// The wait that a header `Retry-After` asks for: seconds, or a date.
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some((at.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

fn advice(status: u16) -> Option<&'static str> {
    Some(match status {
        300..=399 => "redirects are not followed; give the address that it redirects to",
        401 => "check the user name and the password, or the token",
        403 => "these credentials may not do this; ask for the right, or use others",
        404 => "check the path of the address",
        405 => "check `method` and the path of the address",
        407 => "put the proxy's user name and password into its address",
        413 => "make the batches smaller with `batch.max_bytes`",
        415 => "check the content type and the formatter",
        429 => "the target limits the rate; lower the generator's, or give `retry`",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use rstest::rstest;

    use super::*;
    use crate::output::OutputErrorKind;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Answer {
            status,
            headers: map,
            body: body.to_vec(),
            cut: false,
        }
    }

    #[rstest]
    #[case(408, OutputErrorKind::Outage)]
    #[case(425, OutputErrorKind::Outage)]
    #[case(429, OutputErrorKind::Outage)]
    #[case(500, OutputErrorKind::Outage)]
    #[case(501, OutputErrorKind::Failed)]
    #[case(503, OutputErrorKind::Outage)]
    #[case(200, OutputErrorKind::Failed)]
    #[case(302, OutputErrorKind::Failed)]
    #[case(401, OutputErrorKind::Failed)]
    #[case(413, OutputErrorKind::Failed)]
    #[case(799, OutputErrorKind::Failed)]
    fn statuses_pass_or_are_final(#[case] status: u16, #[case] kind: OutputErrorKind) {
        let error = answer(status, &[], b"no\n  more").refusal("POST http://h/");
        assert_eq!(error.kind, kind);
        assert!(error.message.ends_with(": no more"), "{error}");
        assert!(error.message.contains(&status.to_string()), "{error}");
    }

    #[test]
    fn the_time_asked_for_is_seconds_or_a_date() {
        let now = DateTime::parse_from_rfc3339("2026-01-02T03:04:05Z")
            .unwrap()
            .to_utc();
        let wait = |text| retry_after(text, now);
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            wait("Fri, 02 Jan 2026 03:05:05 GMT"),
            Some(Duration::from_secs(60))
        );
        assert_eq!(wait("Fri, 02 Jan 2026 03:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
        let error = answer(503, &[("retry-after", "3")], b"").refusal("x");
        assert_eq!(error.retry_after, Some(Duration::from_secs(3)));
        assert_eq!(
            answer(400, &[("retry-after", "3")], b"")
                .refusal("x")
                .retry_after,
            None
        );
    }

    #[test]
    fn bodies_are_decoded_as_their_headers_say() {
        let text = b"the disk is full".as_slice();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text).unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(text).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(text).unwrap();
        for (name, bytes) in [
            ("gzip", gzip.finish().unwrap()),
            ("Deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("identity", text.to_vec()),
            ("gzip", text.to_vec()),
        ] {
            let answer = answer(400, &[("content-encoding", name)], &bytes);
            assert_eq!(answer.decoded(1 << 10), text, "{name}");
        }
    }

    #[test]
    fn a_body_that_unpacks_to_a_flood_is_cut() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&vec![b'x'; 10 << 20]).unwrap();
        let answer = answer(
            400,
            &[("content-encoding", "gzip")],
            &gzip.finish().unwrap(),
        );
        assert_eq!(answer.decoded(1 << 20).len(), 1 << 20);
        assert_eq!(answer.excerpt().chars().count(), SHOWN + 1);
    }
}
