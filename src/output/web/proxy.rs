//! Which way requests go to a server: straight, or through a proxy.
//!
//! Knows nothing of connections.

use hyper::Uri;
use hyper::header::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;

use crate::output::OutputError;
use crate::output::url::WebUrl;

use super::Address;
use super::call::basic;

/// Where a client looks for a proxy.
#[derive(Clone, Debug)]
pub enum ProxyChoice {
    /// In `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` of the environment.
    Environment,
    /// Nowhere.
    #[allow(dead_code, reason = "for outputs that do not look at the environment")]
    None,
    /// Here.
    Url(WebUrl),
}

/// A proxy.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub(super) at: Address,
    pub(super) authorization: Option<HeaderValue>,
}

/// The way to a server.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// Straight.
    Direct,
    /// A proxy takes requests with the whole address.
    Forward(Proxy),
    /// A proxy passes bytes on.
    Tunnel(Proxy),
}

impl ProxyChoice {
    /// The way to the server of `url`.
    ///
    /// # Errors
    /// When the environment names a proxy of a kind that is not supported.
    pub(super) fn route(&self, url: &WebUrl) -> Result<Route, OutputError> {
        let proxy = match self {
            Self::None => return Ok(Route::Direct),
            Self::Url(proxy) => Proxy {
                at: Address::of(proxy),
                authorization: match proxy.credentials() {
                    Some((user, password)) => Some(basic(user, password)?),
                    None => None,
                },
            },
            Self::Environment => match from_environment(url)? {
                Some(proxy) => proxy,
                None => return Ok(Route::Direct),
            },
        };
        Ok(if url.is_encrypted() {
            Route::Tunnel(proxy)
        } else {
            Route::Forward(proxy)
        })
    }
}

fn from_environment(url: &WebUrl) -> Result<Option<Proxy>, OutputError> {
    let Ok(uri) = Uri::try_from(format!("{}/", url.origin())) else {
        return Ok(None);
    };
    let Some(found) = Matcher::from_env().intercept(&uri) else {
        return Ok(None);
    };
    let scheme = found.uri().scheme_str().unwrap_or("http");
    if !matches!(scheme, "http" | "https") {
        let message = format!("the environment names a proxy of kind `{scheme}`");
        return Err(OutputError::failed(message)
            .help("only http and https proxies are supported; set `proxy_url`, or `no_proxy` for this host"));
    }
    let host = found.uri().host().unwrap_or_default();
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let encrypted = scheme == "https";
    Ok(Some(Proxy {
        at: Address {
            host: inner.unwrap_or(host).to_owned(),
            port: found
                .uri()
                .port_u16()
                .unwrap_or(if encrypted { 443 } else { 80 }),
            encrypted,
            hidden: false,
        },
        authorization: found.basic_auth().cloned(),
    }))
}
