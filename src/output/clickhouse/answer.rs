//! What the server's answers mean for the events.

use crate::output::{OutputError, OutputErrorKind};

/// Most characters of the server's text that an error shows.
const SHOWN: usize = 1024;

/// Exceptions of the server that pass: overload, limits of the moment, a cluster in trouble.
const PASSING: &[u16] = &[
    159,  // TIMEOUT_EXCEEDED
    160,  // TOO_SLOW
    198,  // DNS_ERROR
    201,  // QUOTA_EXCEEDED
    202,  // TOO_MANY_SIMULTANEOUS_QUERIES
    203,  // NO_FREE_CONNECTION
    209,  // SOCKET_TIMEOUT
    210,  // NETWORK_ERROR
    225,  // NO_ZOOKEEPER
    236,  // ABORTED
    241,  // MEMORY_LIMIT_EXCEEDED
    242,  // TABLE_IS_READ_ONLY
    243,  // NOT_ENOUGH_SPACE
    252,  // TOO_MANY_PARTS
    265,  // QUERY_WAS_CANCELLED by a limit of users
    279,  // ALL_CONNECTION_TRIES_FAILED
    285,  // TOO_FEW_LIVE_REPLICAS
    286,  // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
    319,  // UNKNOWN_STATUS_OF_INSERT
    394,  // QUERY_WAS_CANCELLED
    425,  // SYSTEM_ERROR
    439,  // CANNOT_SCHEDULE_TASK
    473,  // DEADLOCK_AVOIDED
    745,  // SERVER_OVERLOADED
    999,  // KEEPER_EXCEPTION
    1000, // POCO_EXCEPTION
];

/// An answer as far as it tells success from failure.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    /// The status.
    pub(super) status: u16,
    /// The code of the server's exception, from a header.
    pub(super) exception: Option<&'a str>,
    /// The text of a failure.
    pub(super) body: &'a [u8],
}

impl Verdict<'_> {
    /// True when the server took everything.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && self.exception.is_none()
    }

    /// Why the server refused; `what` failed at `url`.
    pub(super) fn error(&self, what: &str, url: &str) -> OutputError {
        let mut reason = match self.exception {
            Some(code) => format!("Received ClickHouse exception, code: {code}"),
            None => format!("HTTP driver received HTTP status {}", self.status),
        };
        let text = String::from_utf8_lossy(self.body);
        let shown: String = text.chars().take(SHOWN).collect();
        if !shown.trim().is_empty() {
            reason.push_str(", server response: ");
            reason.push_str(shown.trim());
        }
        let mut error = OutputError::failed(format!("{what}: {reason} (for url {url})"));
        if self.passes() {
            error.kind = OutputErrorKind::Outage;
        }
        error.help = self.advice().map(str::to_owned);
        error
    }

    fn code(&self) -> Option<u16> {
        self.exception?.trim().parse().ok()
    }

    /// The server's own code tells more than the status, which is 500 for most exceptions.
    fn passes(&self) -> bool {
        if matches!(self.status, 408 | 425 | 429 | 502 | 503 | 504) {
            return true;
        }
        match self.code() {
            Some(code) => PASSING.contains(&code),
            None => self.exception.is_none() && self.status == 500,
        }
    }

    fn advice(&self) -> Option<&'static str> {
        Some(match (self.code(), self.status) {
            (Some(516 | 192 | 193), _) | (None, 401 | 403) => "check `username` and `password`",
            (Some(497), _) => "give the user the right to insert into the table",
            (Some(81), _) => "create the database, or correct `database`",
            (Some(60), _) => "create the table, or correct `table` and `database`",
            (Some(26 | 27 | 6 | 41 | 72 | 117), _) => {
                "compare the events with the columns of the table and with `input_format`"
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn verdict<'a>(status: u16, exception: Option<&'a str>, body: &'a str) -> Verdict<'a> {
        Verdict {
            status,
            exception,
            body: body.as_bytes(),
        }
    }

    #[test]
    fn an_exception_is_a_failure_whatever_the_status() {
        assert!(verdict(200, None, "").is_success());
        assert!(verdict(204, None, "").is_success());
        assert!(!verdict(200, Some("60"), "").is_success());
        assert!(!verdict(301, None, "").is_success());
    }

    #[test]
    fn data_fails_and_overload_passes() {
        let kind = |status, exception| verdict(status, exception, "").error("x", "u").kind;
        for (status, exception) in [
            (500, Some("252")),
            (503, None),
            (429, Some("202")),
            (500, None),
            (200, Some("241")),
        ] {
            assert_eq!(
                kind(status, exception),
                OutputErrorKind::Outage,
                "{status} {exception:?}"
            );
        }
        for (status, exception) in [
            (400, Some("27")),
            (500, Some("60")),
            (404, None),
            (403, Some("516")),
            (500, Some("?")),
        ] {
            assert_eq!(
                kind(status, exception),
                OutputErrorKind::Failed,
                "{status} {exception:?}"
            );
        }
    }

    #[test]
    fn the_servers_words_are_shown_up_to_a_limit() {
        let error =
            verdict(200, Some("60"), "Code: 60. DB::Exception: x\n").error("Failed", "http://h:1");
        assert_eq!(
            error.message,
            "Failed: Received ClickHouse exception, code: 60, server response: Code: 60. DB::Exception: x (for url http://h:1)"
        );
        assert!(error.help.unwrap().contains("table"));
        let long = "ä".repeat(3000);
        let error = verdict(400, None, &long).error("Failed", "u");
        assert_eq!(error.message.matches('ä').count(), 1024);
        assert!(error.message.contains("HTTP status 400"));
    }
}
