//! Protocol 5.

use std::sync::{Arc, Mutex, PoisonError};

use rumqttc_v5::mqttbytes::QoS;
use rumqttc_v5::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, MqttOptions, Packet, PubAckReason,
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
    options.set_clean_start(session.clean);
    options.set_outgoing_inflight_upper_limit(session.in_flight);
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
    let publisher = Publisher::V5(client);
    let welcome = Welcome { publisher, largest };
    Ok((welcome, Loop(background)))
}

/// An error's words without the system's error numbers.
fn words(error: &ConnectionError) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

/// Most bytes of a packet that the protocol knows.
const LARGEST: usize = 268_435_455;

/// The largest packet that the broker takes.
fn welcomed(welcome: &rumqttc_v5::ConnAck, session: &Session) -> Result<usize, OutputError> {
    let Some(told) = &welcome.properties else {
        return Ok(LARGEST);
    };
    if let Some(most) = told.max_qos.filter(|&most| most < session.qos) {
        return Err(OutputError::failed(format!(
            "takes messages up to qos {most} only"
        )));
    }
    if session.retain && told.retain_available == Some(0) {
        return Err(OutputError::failed("does not retain messages"));
    }
    let most = told
        .max_packet_size
        .and_then(|most| usize::try_from(most).ok());
    Ok(most.unwrap_or(LARGEST).min(LARGEST))
}

/// What an error before the broker took us means.
fn refused(error: &ConnectionError) -> OutputError {
    let ConnectionError::ConnectionRefused(code) = error else {
        return OutputError::outage(format!("closed the connection: {}", words(error)));
    };
    match code {
        ConnectReturnCode::ServiceUnavailable
        | ConnectReturnCode::ServerUnavailable
        | ConnectReturnCode::ServerBusy
        | ConnectReturnCode::QuotaExceeded
        | ConnectReturnCode::ConnectionRateExceeded
        | ConnectReturnCode::UnspecifiedError => {
            OutputError::outage(format!("is not available: {code:?}"))
        }
        ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
            OutputError::failed("refuses the login")
        }
        ConnectReturnCode::BadClientId | ConnectReturnCode::ClientIdentifierNotValid => {
            OutputError::failed("refuses the client id")
        }
        _ => OutputError::failed(format!("refuses the connection: {code:?}")),
    }
}

/// What became of a message. That nobody subscribed is no failure.
pub(super) fn outcome(result: Result<PublishResult, PublishNoticeError>) -> Outcome {
    let reason = match result {
        Ok(PublishResult::Qos2PubRecRejected(answer)) => format!("{:?}", answer.reason),
        Ok(PublishResult::Qos1(answer)) => match answer.reason {
            PubAckReason::Success | PubAckReason::NoMatchingSubscribers => return Outcome::Taken,
            reason => format!("{reason:?}"),
        },
        Ok(_) => return Outcome::Taken,
        Err(PublishNoticeError::V5PubAck(reason)) => format!("{reason:?}"),
        Err(PublishNoticeError::V5PubRec(reason)) => format!("{reason:?}"),
        Err(PublishNoticeError::V5PubComp(reason)) => format!("{reason:?}"),
        Err(PublishNoticeError::RetainNotSupported) => "RetainNotSupported".to_owned(),
        Err(_) => return Outcome::Lost,
    };
    let message = format!("the mqtt broker refused an event: {reason}");
    Outcome::Refused(match reason.as_str() {
        "NoMatchingSubscribers" => return Outcome::Taken,
        "QuotaExceeded" | "PacketIdentifierInUse" => OutputError::outage(message),
        _ => OutputError::failed(message),
    })
}
