//! `internet`

use super::super::FakeError;
use super::super::faker::{Datum, METHODS, MIME_TYPES, Provider, STATUSES, push_v4};
use super::words::english;
use super::{Answer, Call, member, member_or_any};

pub(super) const INTERNET: &[Provider] = &[
    Provider::new("ip_v4", &[], |call| Ok(v4(call).into())),
    Provider::new("ip_v4_object", &[], |call| Ok(v4(call).into())),
    Provider::new("ip_v4_cidr", &[], |call| {
        let prefix = call.between(1, 32) as u32;
        let mut out = String::new();
        push_v4(
            (call.random.below(1 << 32) as u32) & (u32::MAX << (32 - prefix)),
            &mut out,
        );
        Ok(format!("{out}/{prefix}").into())
    }),
    Provider::new("ip_v4_with_port", &["port_range"], |call| {
        let address = v4(call);
        Ok(format!("{address}:{}", port(call, 0)?).into())
    }),
    Provider::new("special_ip_v4", &["purpose"], special),
    Provider::new("special_ip_v4_object", &["purpose"], special),
    Provider::new("ip_v6", &[], |call| call.other("ipv6")),
    Provider::new("ip_v6_object", &[], |call| call.other("ipv6")),
    Provider::new("ip_v6_cidr", &[], |call| {
        let mut bytes = [0; 16];
        call.random.bits(&mut bytes);
        let prefix = call.between(1, 128) as u32;
        let bits = u128::from_be_bytes(bytes) & (u128::MAX << (128 - prefix));
        Ok(format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(bits)).into())
    }),
    Provider::new("mac_address", &[], |call| {
        Ok(
            ("00:16:3e:".to_owned() + &hex(call, 2) + ":" + &hex(call, 2) + ":" + &hex(call, 2))
                .into(),
        )
    }),
    Provider::new("asn", &[], |call| {
        Ok(format!("AS{}", call.between(1, 4_199_999_999)).into())
    }),
    Provider::new("port", &["port_range"], |call| {
        Ok(Datum::Int(port(call, 0)?))
    }),
    Provider::new("http_method", &[], |call| call.one(METHODS)),
    Provider::new("http_status_code", &[], |call| {
        Ok(Datum::Int(call.pick(STATUSES).unwrap_or(200)))
    }),
    Provider::new("http_status_message", &[], |call| {
        call.one(&[
            "200 OK",
            "201 Created",
            "202 Accepted",
            "204 No Content",
            "301 Moved Permanently",
            "302 Found",
            "304 Not Modified",
            "400 Bad Request",
            "401 Unauthorized",
            "402 Payment Required",
            "403 Forbidden",
            "404 Not Found",
            "405 Method Not Allowed",
            "409 Conflict",
            "410 Gone",
            "418 I'm a teapot",
            "429 Too Many Requests",
            "500 Internal Server Error",
            "501 Not Implemented",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Timeout",
        ])
    }),
    Provider::new("http_request_headers", &[], request_headers),
    Provider::new("http_response_headers", &[], response_headers),
    Provider::new("user_agent", &[], |call| call.other("user_agent")),
    Provider::new("content_type", &["mime_type"], content_type),
    Provider::new("public_dns", &[], |call| {
        call.one(&[
            "1.1.1.1",
            "1.0.0.1",
            "8.8.8.8",
            "8.8.4.4",
            "9.9.9.9",
            "149.112.112.112",
            "208.67.222.222",
            "208.67.220.220",
            "185.228.168.9",
            "76.76.19.19",
            "94.140.14.14",
            "84.200.69.80",
        ])
    }),
    Provider::new("cloud_region", &["separator"], |call| {
        let separator = call.text(0)?.unwrap_or("-").to_owned();
        let area = call.word(&["us", "eu", "ap", "sa", "ca", "me", "af"]);
        let side = call.word(&["north", "south", "east", "west", "central"]);
        let number = call.between(1, 4);
        Ok(format!("{area}{separator}{side}{separator}{number}").into())
    }),
    Provider::new("top_level_domain", &["tld_type"], |call| {
        Ok(tld(call, 0)?.into())
    }),
    Provider::new("tld", &["tld_type"], |call| Ok(tld(call, 0)?.into())),
    Provider::new("hostname", &["tld_type", "subdomains"], |call| {
        Ok(hostname(call, 0, 1)?.into())
    }),
    Provider::new(
        "url",
        &["scheme", "port_range", "tld_type", "subdomains"],
        |call| {
            let scheme = member(call, 0, "URLScheme")?.unwrap_or("https");
            let host = hostname(call, 2, 3)?;
            if call.given(1).is_some() {
                return Ok(format!("{scheme}://{host}:{}/", port(call, 1)?).into());
            }
            Ok(format!("{scheme}://{host}/").into())
        },
    ),
    Provider::new(
        "uri",
        &["scheme", "tld_type", "subdomains", "query_params_count"],
        |call| {
            let scheme = member(call, 0, "URLScheme")?.unwrap_or("https");
            let host = hostname(call, 1, 2)?;
            let (year, month, day) = (
                call.between(2000, 2025),
                call.between(1, 12),
                call.between(1, 28),
            );
            let slug = slug(call, 5);
            let mut out = format!("{scheme}://{host}/{year}/{month:02}/{day:02}/{slug}");
            if let Some(count) = call.maybe_int(3)?.filter(|count| *count > 0) {
                out = out + "?" + &query(call, count.min(1000));
            }
            Ok(out.into())
        },
    ),
    Provider::new("path", &[], |call| {
        Ok(format!("{}/{}", english(call), english(call)).into())
    }),
    Provider::new("slug", &["parts_count"], |call| {
        let count = match call.maybe_int(0)? {
            None => call.between(2, 12),
            Some(count @ 2..=12) => count,
            Some(count) => {
                return Err(FakeError::new(format!(
                    "`parts_count` is {count}, it must be from 2 to 12"
                )));
            }
        };
        Ok(slug(call, count).into())
    }),
    Provider::new("query_string", &["length"], |call| {
        let count = query_length(call)?;
        Ok(query(call, count).into())
    }),
    Provider::new("query_parameters", &["length"], |call| {
        let count = query_length(call)?;
        let entries = (0..count).map(|_| (english(call).to_owned(), english(call).into()));
        Ok(Datum::Dict(entries.collect()))
    }),
    Provider::new("dsn", &["dsn_type"], |call| {
        let kind = member_or_any(call, 0, "DSNType")?;
        let port = match kind {
            "postgres" => 5432,
            "mysql" => 3306,
            "mongodb" => 27017,
            "redis" => 6379,
            "couchbase" => 8092,
            "memcached" => 11211,
            _ => 5672,
        };
        let host = hostname(call, usize::MAX, usize::MAX)?;
        Ok(format!("{kind}://{host}:{port}").into())
    }),
    Provider::new("emoji", &[], |call| call.other("emoji")),
];

fn v4(call: &mut Call<'_>) -> String {
    let mut out = String::with_capacity(15);
    let address = call.random.below(1 << 32) as u32;
    push_v4(address, &mut out);
    out
}

fn hex(call: &mut Call<'_>, size: usize) -> String {
    (0..size)
        .map(|_| call.character(b"0123456789abcdef"))
        .collect()
}

fn special(call: &mut Call<'_>) -> Answer {
    let network = member_or_any(call, 0, "IPv4Purpose")?;
    let (base, prefix) = network.split_once('/').unwrap_or((network, "32"));
    let base: std::net::Ipv4Addr = base.parse().unwrap_or(std::net::Ipv4Addr::LOCALHOST);
    let size = 1_u64 << (32 - prefix.parse::<u32>().unwrap_or(32).min(32));
    let mut out = String::new();
    push_v4(
        base.to_bits().wrapping_add(call.random.below(size) as u32),
        &mut out,
    );
    Ok(out.into())
}

/// A port of the range given as an argument.
fn port(call: &mut Call<'_>, index: usize) -> Result<i64, FakeError> {
    let range = member(call, index, "PortRange")?.unwrap_or("1-65535");
    let (low, high) = range.split_once('-').unwrap_or(("1", "65535"));
    let bound = |text: &str| text.parse().unwrap_or(1);
    Ok(call.between(bound(low), bound(high)))
}

fn content_type(call: &mut Call<'_>) -> Answer {
    let kind = member_or_any(call, 0, "MimeType")?;
    let found = MIME_TYPES.iter().find(|(name, _)| *name == kind);
    call.one(found.map_or(&["text/plain"][..], |(_, types)| types))
}

fn tld(call: &mut Call<'_>, index: usize) -> Result<&'static str, FakeError> {
    let kind = if index == usize::MAX {
        None
    } else {
        member(call, index, "TLDType")?
    };
    let kind = match kind {
        Some(kind) => kind,
        None => call.word(&["cctld", "gtld"]),
    };
    Ok(match kind {
        "cctld" => call.word(&[
            ".ar", ".at", ".au", ".be", ".br", ".ca", ".ch", ".cn", ".cz", ".de", ".dk", ".es",
            ".fi", ".fr", ".gr", ".in", ".it", ".jp", ".kr", ".mx", ".nl", ".no", ".pl", ".pt",
            ".ru", ".se", ".tr", ".ua", ".uk", ".us", ".za",
        ]),
        "geotld" => call.word(&[
            ".africa", ".asia", ".berlin", ".cat", ".london", ".madrid", ".moscow", ".nyc",
            ".paris", ".rio", ".tokyo", ".wien",
        ]),
        "utld" => call.word(&[".com", ".net", ".org", ".info", ".biz", ".name", ".pro"]),
        "stld" => call.word(&[
            ".aero", ".coop", ".edu", ".gov", ".int", ".jobs", ".mil", ".mobi", ".museum", ".post",
            ".tel", ".travel",
        ]),
        _ => call.word(&[
            ".app", ".art", ".bank", ".blog", ".cloud", ".club", ".dev", ".email", ".finance",
            ".games", ".live", ".media", ".news", ".online", ".shop", ".site", ".store", ".studio",
            ".tech", ".tv", ".wiki", ".world",
        ]),
    })
}

fn hostname(call: &mut Call<'_>, kind: usize, subdomains: usize) -> Result<String, FakeError> {
    let sub = if subdomains == usize::MAX {
        None
    } else {
        call.pick_given(subdomains)?
    };
    let (name, tld) = (english(call), tld(call, kind)?);
    Ok(match sub {
        Some(sub) => format!("{sub}.{name}{tld}"),
        None => format!("{name}{tld}"),
    })
}

fn slug(call: &mut Call<'_>, count: i64) -> String {
    let words: Vec<&str> = (0..count).map(|_| english(call)).collect();
    words.join("-")
}

fn query_length(call: &mut Call<'_>) -> Result<i64, FakeError> {
    match call.maybe_int(0)? {
        None => Ok(call.between(1, 10)),
        Some(count @ 0..=32) => Ok(count),
        Some(count) => Err(FakeError::new(format!(
            "`length` is {count}, it must be from 0 to 32"
        ))),
    }
}

fn query(call: &mut Call<'_>, count: i64) -> String {
    let parts: Vec<String> = (0..count)
        .map(|_| format!("{}={}", english(call), english(call)))
        .collect();
    parts.join("&")
}

/// What `Cookie` and `Set-Cookie` carry.
fn cookie(call: &mut Call<'_>) -> String {
    format!(
        "csrftoken={}; {}={}",
        hex(call, 32),
        english(call),
        english(call)
    )
}

fn request_headers(call: &mut Call<'_>) -> Answer {
    let host = hostname(call, usize::MAX, usize::MAX)?;
    let entries: Vec<(&str, Datum)> = vec![
        (
            "Referer",
            format!("https://{host}/{}", slug(call, 4)).into(),
        ),
        ("Authorization", format!("Bearer {}", hex(call, 64)).into()),
        ("Cookie", cookie(call).into()),
        ("User-Agent", call.other("user_agent")?),
        ("X-CSRF-Token", hex(call, 64).into()),
        ("Content-Type", call.other("mime_type")?),
        ("Content-Length", Datum::Int(call.between(0, 10_000))),
        ("Connection", call.one(&["close", "keep-alive"])?),
        (
            "Cache-Control",
            call.one(&["no-cache", "no-store", "private", "public", "max-age=3600"])?,
        ),
        (
            "Accept",
            call.one(&["*/*", "text/html", "application/json"])?,
        ),
        ("Host", hostname(call, usize::MAX, usize::MAX)?.into()),
        (
            "Accept-Language",
            call.one(&["*", "en", "de", "fr", "es", "ru", "sv-fi"])?,
        ),
    ];
    Ok(dict(entries))
}

fn response_headers(call: &mut Call<'_>) -> Answer {
    let age = call.between(0, 60_000);
    let entries: Vec<(&str, Datum)> = vec![
        ("Allow", "*".into()),
        ("Age", Datum::Int(age)),
        (
            "Server",
            call.one(&[
                "Apache/2.4.1 (Unix)",
                "nginx/1.14.0 (Ubuntu)",
                "nginx/1.25.3",
                "Microsoft-IIS/10.0",
            ])?,
        ),
        ("Content-Type", call.other("mime_type")?),
        ("X-Request-ID", hex(call, 32).into()),
        (
            "Content-Language",
            call.one(&["en", "de", "fr", "es", "ru", "el", "es-pr"])?,
        ),
        (
            "Content-Location",
            format!("{}/{}/{}", english(call), english(call), english(call)).into(),
        ),
        ("Set-Cookie", cookie(call).into()),
        ("Upgrade-Insecure-Requests", Datum::Int(1)),
        ("X-Content-Type-Options", "nosniff".into()),
        ("X-XSS-Protection", Datum::Int(1)),
        ("Connection", call.one(&["close", "keep-alive"])?),
        ("X-Frame-Options", call.one(&["DENY", "SAMEORIGIN"])?),
        (
            "Content-Encoding",
            call.one(&["gzip", "br", "deflate", "compress", "identity"])?,
        ),
        (
            "Cross-Origin-Opener-Policy",
            call.one(&["same-origin", "unsafe-none", "same-origin-allow-popups"])?,
        ),
        (
            "Cross-Origin-Resource-Policy",
            call.one(&["same-site", "same-origin", "cross-origin"])?,
        ),
        ("Strict-Transport-Security", format!("max-age={age}").into()),
    ];
    Ok(dict(entries))
}

fn dict(entries: Vec<(&str, Datum)>) -> Datum {
    Datum::Dict(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}
