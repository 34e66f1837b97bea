//! Who may subscribe.

use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;

use super::Hub;

/// Lets a subscriber in, or says why not.
#[allow(clippy::result_large_err, reason = "the shape of the library")]
pub(super) fn check(
    hub: &Hub,
    room: bool,
    request: &Request,
    response: Response,
) -> Result<Response, ErrorResponse> {
    if request.uri().path() != hub.path {
        return Err(refusal(StatusCode::NOT_FOUND, "no such path"));
    }
    if let Some(token) = &hub.token
        && !shown(request).any(|one| same(one.as_bytes(), token.expose().as_bytes()))
    {
        return Err(refusal(
            StatusCode::UNAUTHORIZED,
            "the token is missing or wrong",
        ));
    }
    if !room {
        return Err(refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many subscribers",
        ));
    }
    Ok(response)
}

/// The tokens that a request shows.
fn shown(request: &Request) -> impl Iterator<Item = String> {
    let header = request.headers().get("authorization");
    let bearer = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let pairs = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "token")
        .map(|(_, token)| token.into_owned())
        .collect::<Vec<_>>();
    bearer.into_iter().chain(pairs)
}

/// Compares in a time that does not tell where two texts differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differ = one
        .iter()
        .zip(other)
        .fold(0, |differ, (a, b)| differ | (a ^ b));
    one.len() == other.len() && differ == 0
}

fn refusal(status: StatusCode, reason: &str) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(reason.to_owned()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_only_as_a_whole() {
        assert!(same(b"token", b"token"));
        for other in ["", "toke", "tokens", "Token"] {
            assert!(!same(b"token", other.as_bytes()), "{other}");
        }
    }
}
