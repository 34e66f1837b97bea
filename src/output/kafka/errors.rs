//! What failures of Kafka mean for the events concerned, in words for the person at the terminal.

use rskafka::client::error::{Error, ProtocolError};
use rskafka::{BackoffError, ConnectionError};

use crate::output::OutputError;

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Connect anew and try again.
    Connection,
    /// Try again.
    Again,
    /// The broker wants smaller batches; a message alone is too large for it.
    TooLarge,
    /// Trying again is of no use.
    Refused,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) class: Class,
    pub(super) error: OutputError,
}

impl Problem {
    pub(super) fn new(class: Class, error: OutputError) -> Self {
        Self { class, error }
    }

    /// Of a request.
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::RetryFailed(BackoffError::DeadlineExceded { source, .. }) => {
                match source.downcast_ref::<Error>() {
                    Some(inner) => Self::of(inner),
                    None => Self::lost(&source.to_string()),
                }
            }
            Error::Connection(ConnectionError::SaslFailed(reason)) => Self::stranger(reason),
            Error::ServerError {
                protocol_error,
                error_message,
                ..
            } => Self::answered(*protocol_error, error_message.as_deref()),
            Error::Timeout => Self::new(
                Class::Again,
                OutputError::outage("the broker did not answer in time"),
            ),
            other => Self::lost(&other.to_string()),
        }
    }

    /// The broker does not know us.
    fn stranger(reason: &dyn std::fmt::Display) -> Self {
        Self::new(
            Class::Refused,
            OutputError::failed(format!(
                "the broker does not accept the user name or the password: {}",
                bare(&reason.to_string())
            ))
            .help("check `sasl_plain_username`, `sasl_plain_password` and `sasl_mechanism`"),
        )
    }

    /// The library says only in words what happened to a connection.
    pub(super) fn lost(text: &str) -> Self {
        if text.contains("Sasl ") {
            return Self::stranger(&text);
        }
        Self::new(
            Class::Connection,
            OutputError::outage(format!("the connection to Kafka failed: {}", bare(text)))
                .help("check that the brokers run, and that the addresses they announce can be reached from here"),
        )
    }

    fn answered(code: ProtocolError, message: Option<&str>) -> Self {
        use ProtocolError as Code;
        let said = message.map_or_else(|| format!("{code:?}"), |text| format!("{code:?}: {text}"));
        let (class, help) = match code {
            Code::MessageTooLarge | Code::RecordListTooLarge => (
                Class::TooLarge,
                "lower `max_request_size` to what the topic takes (`max.message.bytes`), or raise that",
            ),
            Code::UnknownTopicOrPartition => (
                Class::Again,
                "create the topic, or let the brokers create topics",
            ),
            Code::NotLeaderOrFollower
            | Code::LeaderNotAvailable
            | Code::FencedLeaderEpoch
            | Code::UnknownLeaderEpoch
            | Code::BrokerNotAvailable
            | Code::NetworkException => (Class::Connection, ""),
            Code::CorruptMessage
            | Code::RequestTimedOut
            | Code::ReplicaNotAvailable
            | Code::NotEnoughReplicas
            | Code::NotEnoughReplicasAfterAppend
            | Code::KafkaStorageError
            | Code::InvalidReplicationFactor
            | Code::OffsetNotAvailable
            | Code::CoordinatorLoadInProgress
            | Code::CoordinatorNotAvailable
            | Code::NotController
            | Code::ThrottlingQuotaExceeded => (Class::Again, ""),
            Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => {
                (Class::Refused, "let the user write to the topic")
            }
            Code::InvalidTopicException => (
                Class::Refused,
                "topics have letters, digits, `.`, `_` and `-`, at most 249",
            ),
            _ => (Class::Refused, ""),
        };
        let words = format!("the broker answered {said}");
        let mut error = match class {
            Class::Connection | Class::Again => OutputError::outage(words),
            Class::TooLarge | Class::Refused => OutputError::failed(words),
        };
        if !help.is_empty() {
            error = error.help(help);
        }
        Self::new(class, error)
    }
}

/// Without the library's frames around the reason.
fn bare(text: &str) -> String {
    let mut text = text;
    let frames = [
        "All retries failed: ",
        "all retries failed: ",
        "Retry exceeded deadline. Source: ",
        "Connection error: ",
        "Request error: ",
        "Connection is poisoned: ",
        "error getting cluster metadata: ",
        "Sasl handshake failed: ",
    ];
    while let Some(rest) = frames.iter().find_map(|frame| text.strip_prefix(frame)) {
        text = rest;
    }
    let text = text.replace("IO Error: ", "");
    match text.find(" (os error") {
        Some(at) => text.get(..at).unwrap_or(&text).to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::OutputErrorKind;

    #[test]
    fn answers_are_sorted_by_what_to_do() {
        for (code, class, kind) in [
            (6, Class::Connection, OutputErrorKind::Outage),
            (7, Class::Again, OutputErrorKind::Outage),
            (3, Class::Again, OutputErrorKind::Outage),
            (10, Class::TooLarge, OutputErrorKind::Failed),
            (29, Class::Refused, OutputErrorKind::Failed),
            (87, Class::Refused, OutputErrorKind::Failed),
            (999, Class::Refused, OutputErrorKind::Failed),
        ] {
            let code = ProtocolError::new(code).unwrap_or(ProtocolError::UnknownServerError);
            let problem = Problem::answered(code, None);
            assert_eq!(
                (problem.class, problem.error.kind),
                (class, kind),
                "{code:?}"
            );
        }
    }

    #[test]
    fn the_librarys_frames_are_taken_off() {
        let text = "Retry exceeded deadline. Source: Connection error: error connecting to broker \"h:1\": IO Error: Connection refused (os error 111)";
        assert_eq!(
            bare(text),
            "error connecting to broker \"h:1\": Connection refused"
        );
        let problem = Problem::lost("all retries failed: Sasl handshake failed: no");
        assert_eq!(problem.class, Class::Refused);
        assert!(
            problem.error.message.ends_with("password: no"),
            "{problem:?}"
        );
    }
}
