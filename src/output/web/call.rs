//! Requests as far as they are the same each time: method, target and headers, spelled as configured.
//!
//! Knows nothing of connections.

use std::convert::Infallible;
use std::fmt;
use std::io::Cursor;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap,
    HeaderName, HeaderValue, PROXY_AUTHORIZATION, TRANSFER_ENCODING, USER_AGENT,
};
use hyper::http::Extensions;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;

use crate::output::url::WebUrl;
use crate::output::{OutputError, Secret};

use super::AGENT;
use super::proxy::Route;

/// A request without its body. Its `Debug` form shows neither address nor headers.
#[derive(Clone)]
pub struct Call {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// How header names are spelled, in hyper's own form.
    spelling: Extensions,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.method)
    }
}

/// What a [`Call`] is made of.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it holds tokens")]
pub struct Shape<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Headers in order; they replace the client's own of the same name, whatever its spelling.
    pub headers: &'a [(&'a str, &'a str)],
    /// User name and password; they replace those of the address and a configured header.
    pub login: Option<(&'a str, &'a Secret)>,
}

impl Call {
    /// Puts a call together.
    ///
    /// # Errors
    /// Headers or targets that HTTP has no form for.
    pub(super) fn new(url: &WebUrl, route: &Route, shape: &Shape<'_>) -> Result<Self, OutputError> {
        let method = Method::from_bytes(shape.method.as_bytes())
            .map_err(|_| OutputError::failed(format!("`{}` is no method", shape.method)))?;
        let mut headers = defaults(url)?;
        let mut configured = HeaderMap::new();
        for (name, value) in shape.headers {
            let (name, value) = header(name, value).map_err(OutputError::failed)?;
            configured.append(name, value);
        }
        // The client counts the bytes itself.
        configured.remove(CONTENT_LENGTH);
        for name in configured.keys() {
            headers.remove(name);
        }
        for (name, value) in &configured {
            headers.append(name.clone(), value.clone());
        }
        if let Some((user, password)) = shape.login.or_else(|| url.credentials()) {
            headers.insert(AUTHORIZATION, basic(user, password)?);
        }
        if let Route::Forward(proxy) = route
            && let Some(authorization) = &proxy.authorization
        {
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        let names: Vec<&str> = shape.headers.iter().map(|(name, _)| *name).collect();
        Ok(Self {
            method,
            uri: uri(url, route, shape.target)?,
            headers,
            spelling: spelling(&names),
        })
    }

    /// The same to another target.
    pub(super) fn to(&self, uri: Uri) -> Self {
        Self {
            uri,
            ..self.clone()
        }
    }

    /// The request with a body of that many bytes.
    pub(super) fn request<B>(&self, length: usize, body: B) -> Request<B> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        if !headers.contains_key(TRANSFER_ENCODING) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        request.extensions_mut().clone_from(&self.spelling);
        request
    }
}

fn defaults(url: &WebUrl) -> Result<HeaderMap, OutputError> {
    let host = HeaderValue::try_from(url.authority());
    let host =
        host.map_err(|_| OutputError::failed(format!("{} has no usable host", url.server())))?;
    let mut headers = HeaderMap::with_capacity(16);
    headers.insert(HOST, host);
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"));
    headers.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(headers)
}

/// What stands in the request line: all of the address for a proxy that passes requests on, and the
/// target otherwise.
pub(super) fn uri(url: &WebUrl, route: &Route, target: &str) -> Result<Uri, OutputError> {
    let made = match route {
        Route::Forward(_) => Uri::try_from(format!("{}{target}", url.origin())),
        _ => Uri::try_from(target),
    };
    made.map_err(|error| {
        OutputError::failed(format!(
            "there is no request for a path of {}: {error}",
            url.server()
        ))
    })
}

/// A header, checked.
///
/// # Errors
/// Why it is none; its value is not repeated.
pub fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        format!("`{name}` is no name of a header: letters, digits and `-` are, blanks and colons are not")
    })?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        format!("the value of the header `{name}` has a line break or another control character")
    })?;
    Ok((known, value))
}

/// The value of `Authorization` for a user name and a password.
///
/// # Errors
/// None that a caller can cause.
pub(super) fn basic(user: &str, password: &Secret) -> Result<HeaderValue, OutputError> {
    let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
    let mut value = HeaderValue::try_from(format!("Basic {pair}"))
        .map_err(|_| OutputError::failed("the user name and password have no form in HTTP"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// How header names are spelled, as hyper keeps it: in an extension of requests that only its own
/// reader can make. So it is given a request with these names to read.
fn spelling(names: &[&str]) -> Extensions {
    // These would mean something to the reader.
    let plain = |name: &&&str| {
        !name.eq_ignore_ascii_case("content-length")
            && !name.eq_ignore_ascii_case("transfer-encoding")
    };
    let mut text = "GET / HTTP/1.1\r\n".to_owned();
    for name in names.iter().filter(plain) {
        text.push_str(name);
        text.push_str(": x\r\n");
    }
    text.push_str("\r\n");
    let found = Mutex::new(Extensions::new());
    let service = service_fn(|request: Request<Incoming>| {
        if let Ok(mut found) = found.lock() {
            found.clone_from(request.extensions());
        }
        async { Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())) }
    });
    let stream = tokio::io::join(Cursor::new(text), tokio::io::sink());
    let mut reader = http1::Builder::new();
    reader.preserve_header_case(true).header_read_timeout(None);
    reader.max_headers(names.len().saturating_add(1));
    let reading = reader.serve_connection(TokioIo::new(stream), service);
    let _ = reading.now_or_never();
    found.into_inner().unwrap_or_default()
}
