//! Items to messages, and what became of each.

use async_nats::jetstream::context::PublishErrorKind as StoreErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::{HeaderMap, HeaderName, HeaderValue, PublishErrorKind, Subject};
use futures::stream::{FuturesOrdered, StreamExt as _};
use hyper::body::Bytes;

use crate::output::link::Verdicts;
use crate::output::{Items, OutputError};

use super::client::Client;

/// Where the output's texts stand: the subject, the identity when there is one, the headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub identified: bool,
    pub names: Vec<String>,
}

impl Layout {
    /// The headers of an item; none when it has none.
    fn headers(
        &self,
        items: &Items<'_>,
        position: usize,
    ) -> Result<Option<HeaderMap>, OutputError> {
        if self.names.is_empty() && !self.identified {
            return Ok(None);
        }
        let mut map = HeaderMap::new();
        let value = |text: usize, name: &str| {
            let value = items.text(text, position).parse::<HeaderValue>();
            value.map_err(|_| {
                OutputError::failed(format!("the header `{name}` has a line break in its value"))
            })
        };
        let mut text = 1;
        if self.identified {
            map.insert("Nats-Msg-Id", value(text, "Nats-Msg-Id")?);
            text += 1;
        }
        for name in &self.names {
            let known = name.parse::<HeaderName>();
            let known =
                known.map_err(|_| OutputError::failed(format!("`{name}` names no header")))?;
            map.insert(known, value(text, name)?);
            text += 1;
        }
        Ok(Some(map))
    }
}

/// Items that no acknowledgement vouches for have failed when the server forbids their subject.
pub(super) fn forbidden(verdicts: &mut Verdicts, client: &Client, items: &Items<'_>) {
    for position in 0..items.len() {
        let undecided = client.stream.is_none() || verdicts.is_open(position);
        if undecided && client.forbids(items.text(0, position)) {
            verdicts.refuse(position, not_allowed());
        }
    }
}

fn not_allowed() -> OutputError {
    OutputError::failed("nats does not let us publish to the subject")
        .help("choose another subject, or give the user the permission to publish")
}

/// Subject, payload and headers of items, with as few copies as possible.
struct Messages<'a, 'b> {
    client: &'a Client,
    layout: &'a Layout,
    items: &'a Items<'b>,
    /// All items in one piece of memory.
    bytes: Bytes,
    start: usize,
    /// The last subject, for the next item.
    subject: Option<(String, Subject)>,
}

impl<'a, 'b> Messages<'a, 'b> {
    fn new(client: &'a Client, layout: &'a Layout, items: &'a Items<'b>) -> Self {
        let mut room = (Vec::new(), Vec::new());
        let bytes = Bytes::copy_from_slice(items.joined(&mut room).0);
        Self {
            client,
            layout,
            items,
            bytes,
            start: 0,
            subject: None,
        }
    }

    /// The message of an item; positions must come in order.
    fn next(
        &mut self,
        position: usize,
    ) -> Result<(Subject, Bytes, Option<HeaderMap>), OutputError> {
        let end = self.start + self.items.get(position).len();
        let payload = self.bytes.slice(self.start..end);
        self.start = end;
        let text = self.items.text(0, position);
        let subject = match &self.subject {
            Some((known, subject)) if known == text => subject.clone(),
            _ => {
                if self.client.forbids(text) {
                    return Err(not_allowed());
                }
                check_subject(text)?;
                let subject = Subject::from(text);
                self.subject = Some((text.to_owned(), subject.clone()));
                subject
            }
        };
        let headers = self.layout.headers(self.items, position)?;
        Ok((subject, payload, headers))
    }
}

/// A subject for publishing: tokens between dots, no blanks, no wildcards.
fn check_subject(text: &str) -> Result<(), OutputError> {
    let good = |token: &str| {
        !token.is_empty()
            && token != "*"
            && token != ">"
            && !token.contains(|one: char| one.is_whitespace() || one.is_control())
    };
    if text.split('.').all(good) {
        return Ok(());
    }
    Err(
        OutputError::failed("an event's subject is empty or has blanks, wildcards or empty parts")
            .help("a subject is words between dots, such as `events.login`"),
    )
}

fn too_large(client: &Client) -> OutputError {
    let most = client.nats.max_payload();
    OutputError::failed(format!(
        "an event is larger than the {most} bytes that nats takes"
    ))
    .help("raise `max_payload` of the server, or make events smaller")
}

/// Publishes for those who listen, and waits until the server has seen all.
///
/// # Errors
/// When the connection is lost; what is undecided then may not have arrived.
pub(super) async fn publish(
    client: &Client,
    layout: &Layout,
    items: &Items<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), OutputError> {
    let mut messages = Messages::new(client, layout, items);
    for position in 0..items.len() {
        let (subject, payload, headers) = match messages.next(position) {
            Ok(message) => message,
            Err(error) => {
                verdicts.refuse(position, error);
                continue;
            }
        };
        let sent = match headers {
            None => client.nats.publish(subject, payload).await,
            Some(map) => {
                client
                    .nats
                    .publish_with_headers(subject, map, payload)
                    .await
            }
        };
        match sent.map_err(|error| (error.kind(), error)) {
            Ok(()) => {}
            Err((PublishErrorKind::MaxPayloadExceeded, _)) => {
                verdicts.refuse(position, too_large(client));
            }
            Err((PublishErrorKind::InvalidSubject, error)) => {
                verdicts.refuse(position, OutputError::failed(format!("nats: {error}")));
            }
            Err((PublishErrorKind::Send, error)) => return Err(client.lost(&error)),
        }
    }
    client.confirm().await?;
    verdicts.take_rest();
    Ok(())
}

/// Stores in a stream; `in_flight` messages at most wait for their acknowledgement.
///
/// # Errors
/// When the connection is lost; what is undecided then may not have been stored.
pub(super) async fn store(
    client: &Client,
    layout: &Layout,
    items: &Items<'_>,
    in_flight: usize,
    verdicts: &mut Verdicts,
) -> Result<(), OutputError> {
    let Some(context) = &client.stream else {
        return Err(OutputError::failed("JetStream is not set up"));
    };
    let mut messages = Messages::new(client, layout, items);
    let mut flying = FuturesOrdered::new();
    for position in 0..items.len() {
        let (subject, payload, headers) = match messages.next(position) {
            Ok(message) => message,
            Err(error) => {
                verdicts.refuse(position, error);
                continue;
            }
        };
        if flying.len() >= in_flight
            && let Some((position, result)) = flying.next().await
        {
            settle(client, position, result, verdicts)?;
        }
        let mut message = PublishMessage::build().payload(payload);
        if let Some(map) = headers {
            message = message.headers(map);
        }
        match context.send_publish(subject, message).await {
            Ok(acknowledged) => {
                let waiting = acknowledged.into_future();
                flying.push_back(async move { (position, waiting.await) });
            }
            Err(error) => settle(client, position, Err(error), verdicts)?,
        }
    }
    while let Some((position, result)) = flying.next().await {
        settle(client, position, result, verdicts)?;
    }
    Ok(())
}

/// Notes an acknowledgement or what came instead.
///
/// # Errors
/// When the connection is lost.
fn settle(
    client: &Client,
    position: usize,
    result: Result<
        async_nats::jetstream::publish::PublishAck,
        async_nats::jetstream::context::PublishError,
    >,
    verdicts: &mut Verdicts,
) -> Result<(), OutputError> {
    let error = match result {
        Ok(_) => {
            verdicts.take(position);
            return Ok(());
        }
        Err(error) => error,
    };
    let known = std::error::Error::source(&error)
        .and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>());
    verdicts.refuse(
        position,
        match error.kind() {
            StoreErrorKind::StreamNotFound => {
                OutputError::failed("no stream of JetStream takes the subject")
                    .help("make a stream for it, or set `mode.stream` and `mode.create: true`")
            }
            StoreErrorKind::MaxPayloadExceeded => too_large(client),
            StoreErrorKind::TimedOut => {
                OutputError::outage("JetStream did not acknowledge an event in time")
            }
            _ => match known {
                Some(known) => refused(known),
                // The client went away under our hands.
                None => return Err(client.lost(&error)),
            },
        },
    );
    Ok(())
}

/// What an error acknowledgement means.
fn refused(error: &async_nats::jetstream::Error) -> OutputError {
    let message = format!("JetStream refused an event: {error}");
    match error.code() {
        // Overloaded, out of space, without a leader.
        408 | 429 | 500..=599 => OutputError::outage(message),
        _ => OutputError::failed(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_for_publishing_have_no_blanks_and_wildcards() {
        for good in ["a", "a.b.c", "events.lögin", "a*b", "$JS.x"] {
            assert_eq!(check_subject(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            ".",
            "a.",
            "a..b",
            "a b",
            "a.*",
            ">",
            "a.>",
            "a\nPUB x 0",
        ] {
            assert!(check_subject(bad).is_err(), "{bad}");
        }
    }
}
