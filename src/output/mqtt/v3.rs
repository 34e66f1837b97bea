//! Protocol 3.1.1.

use std::sync::{Arc, Mutex, PoisonError};

use rumqttc_v4::mqttbytes::QoS;
use rumqttc_v4::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, MqttOptions, Packet,
    PublishNoticeError, PublishResult,
};

use crate::output::OutputError;

use super::client::{Loop, OneStream, Outcome, Publisher, Session, Welcome, only};

/// Requests that wait for the loop; more are held back by those who send them.
const WAITING: usize = 64;

/// The quality of service by its number.
pub(super) fn qos(number: u8) -> QoS {
    match number {
        0 => QoS::AtMostOnce,
        2 => QoS::ExactlyOnce,
        _ => QoS::AtLeastOnce,
    }
}

/// Logs in over a stream; `ended` gets the reason when the connection ends.
///
/// # Errors
/// What the broker refused, as the end of a sentence that begins with its name.
pub(super) async fn connect(
    session: &Session,
    stream: OneStream,
    ended: Arc<Mutex<Option<String>>>,
) -> Result<(Welcome, Loop), OutputError> {
    let mut options = MqttOptions::new(session.client_id.clone(), "broker");
    options.set_keep_alive(session.keep_alive);
    options.set_clean_session(session.clean);
    options.set_inflight(session.in_flight);
    options.set_max_packet_size(1 << 20, LARGEST);
    if let Some((user, password)) = &session.login {
        let password = password.expose().as_bytes().to_vec();
        options.set_credentials(user.clone(), password);
    }
    options.set_socket_connector(move |_, _| std::future::ready(only(&stream)));
    let built = AsyncClient::builder(options).capacity(WAITING).try_build();
    let (client, mut events) =
        built.map_err(|error| OutputError::failed(format!("cannot be used: {error}")))?;
    let largest = loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(welcome))) => break welcomed(&welcome, session)?,
            Ok(_) => {}
            Err(error) => return Err(refused(&error)),
        }
    };
    let background = tokio::spawn(async move {
        let error = loop {
            if let Err(error) = events.poll().await {
                break error;
            }
        };
        let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended = Some(words(&error));
    });
    let publisher = Publisher::V3(client);
    let welcome = Welcome { publisher, largest };
    Ok((welcome, Loop(background)))
}

/// An error's words without the system's error numbers.
fn words(error: &ConnectionError) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

/// Most bytes of a packet in this version.
const LARGEST: usize = 268_435_455;

fn welcomed(_: &rumqttc_v4::ConnAck, _: &Session) -> Result<usize, OutputError> {
    Ok(LARGEST)
}

/// What an error before the broker took us means.
fn refused(error: &ConnectionError) -> OutputError {
    let ConnectionError::ConnectionRefused(code) = error else {
        return OutputError::outage(format!("closed the connection: {}", words(error)));
    };
    match code {
        ConnectReturnCode::ServiceUnavailable => OutputError::outage("is not available"),
        ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
            OutputError::failed("refuses the login")
        }
        ConnectReturnCode::BadClientId => OutputError::failed("refuses the client id"),
        _ => OutputError::failed("does not know this version of the protocol"),
    }
}

/// What became of a message; this version has no reasons.
pub(super) fn outcome(result: Result<PublishResult, PublishNoticeError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Taken,
        Err(_) => Outcome::Lost,
    }
}
