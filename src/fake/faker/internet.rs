//! Accounts, hosts, addresses and user agents.

use super::super::rand::{crypto, network, text};
use super::person::{Gender, first_name, last_name};
use super::{Answer, Call, Datum, Provider, provider_of};

pub(super) static PROVIDERS: &[Provider] = &[
    provider_of("user_name", &[], |call| Ok(user_name(call).into())),
    provider_of("email", &["safe", "domain"], email),
    provider_of("safe_email", &[], safe_email),
    provider_of("ascii_email", &[], free_email),
    provider_of("ascii_safe_email", &[], safe_email),
    provider_of("free_email", &[], free_email),
    provider_of("company_email", &[], company_email),
    provider_of("ascii_company_email", &[], company_email),
    provider_of("ascii_free_email", &[], free_email),
    provider_of("free_email_domain", &[], |call| {
        Ok(call.word(FREE_MAIL).into())
    }),
    provider_of("safe_domain_name", &[], |call| {
        Ok(call.word(SAFE_DOMAINS).into())
    }),
    provider_of("domain_name", &["levels"], domain_name),
    provider_of("domain_word", &[], |call| Ok(domain_word(call).into())),
    provider_of("tld", &[], |call| Ok(tld(call).into())),
    provider_of("hostname", &["levels"], hostname),
    provider_of("url", &["schemes"], url),
    provider_of("uri", &[], uri),
    provider_of("uri_path", &["deep"], uri_path),
    provider_of("uri_page", &[], |call| Ok(call.word(PAGES).into())),
    provider_of("uri_extension", &[], |call| {
        Ok(call.word(EXTENSIONS).into())
    }),
    provider_of("image_url", &["width", "height"], image_url),
    provider_of("slug", &["value"], slug),
    provider_of("ipv4", &["network", "address_class", "private"], ipv4),
    provider_of("ipv4_private", &[], |call| {
        of_bytes(call, |call, out| network::ip_v4_private(call.random, out))
    }),
    provider_of("ipv4_public", &[], |call| {
        of_bytes(call, |call, out| network::ip_v4_public(call.random, out))
    }),
    provider_of("ipv4_network_class", &[], |call| {
        Ok(call.word(&["a", "b", "c"]).into())
    }),
    provider_of("ipv6", &["network"], |call| {
        of_bytes(call, |call, out| network::ip_v6(call.random, 0, 0, out))
    }),
    provider_of("mac_address", &["multicast"], mac_address),
    provider_of(
        "port_number",
        &["is_system", "is_user", "is_dynamic"],
        port_number,
    ),
    provider_of("http_method", &[], |call| Ok(call.word(METHODS).into())),
    provider_of("http_status_code", &["include_unassigned"], |call| {
        Ok(Datum::Int(call.pick(STATUSES).unwrap_or(200)))
    }),
    provider_of("iana_id", &["min", "max"], |call| {
        Ok(Datum::Int(call.between(1, 8_888_888)))
    }),
    provider_of("nic_handle", &["suffix"], nic_handle),
    provider_of("user_agent", &[], |call| Ok(user_agent(call).into())),
    provider_of("chrome", &[], |call| Ok(chrome(call).into())),
    provider_of("firefox", &[], |call| Ok(firefox(call).into())),
    provider_of("internet_explorer", &[], |call| {
        Ok(internet_explorer(call).into())
    }),
    provider_of("opera", &[], |call| Ok(opera(call).into())),
    provider_of("safari", &[], |call| Ok(safari(call).into())),
    provider_of("windows_platform_token", &[], |call| {
        Ok(call.word(WINDOWS).into())
    }),
    provider_of("linux_processor", &[], |call| Ok(call.word(LINUX).into())),
    provider_of("mac_processor", &[], |call| Ok(call.word(MAC).into())),
    provider_of("linux_platform_token", &[], |call| {
        Ok(format!("X11; Linux {}", call.word(LINUX)).into())
    }),
    provider_of("mac_platform_token", &[], |call| Ok(mac_token(call).into())),
    provider_of("android_platform_token", &[], |call| {
        Ok(format!("Android {}", call.word(ANDROID)).into())
    }),
    provider_of("ios_platform_token", &[], |call| Ok(ios_token(call).into())),
];

const SAFE_DOMAINS: &[&str] = &["example.org", "example.com", "example.net"];
const FREE_MAIL: &[&str] = &["gmail.com", "yahoo.com", "hotmail.com"];
const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];
const STATUSES: &[i64] = &[
    100, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409,
    410, 413, 415, 418, 422, 429, 500, 501, 502, 503, 504,
];
const PAGES: &[&str] = &[
    "index", "home", "search", "main", "post", "homepage", "category", "register", "login", "faq",
    "about", "terms", "privacy", "author",
];
const PATHS: &[&str] = &[
    "app",
    "main",
    "wp-content",
    "search",
    "category",
    "tag",
    "categories",
    "tags",
    "blog",
    "posts",
    "list",
    "explore",
];
const EXTENSIONS: &[&str] = &[".html", ".htm", ".php", ".jsp", ".asp"];
const COMPANY_WORDS: &[&str] = &[
    "acme",
    "summit",
    "pioneer",
    "harbor",
    "vertex",
    "evergreen",
    "northwind",
    "bluewave",
    "ironwood",
    "sterling",
    "crescent",
    "horizon",
    "cascade",
    "redstone",
    "silverline",
    "lakeside",
];
const WINDOWS: &[&str] = &[
    "Windows NT 6.1",
    "Windows NT 6.2",
    "Windows NT 6.3",
    "Windows NT 10.0",
    "Windows NT 11.0",
    "Windows NT 5.1",
    "Windows NT 6.0",
];
const LINUX: &[&str] = &["x86_64", "i686"];
const MAC: &[&str] = &["Intel", "PPC", "U; Intel", "U; PPC"];
const ANDROID: &[&str] = &["8.0.0", "8.1.0", "9", "10", "11", "12", "13", "14"];
const IOS: &[&str] = &["12_4_8", "13_7", "14_8", "15_7", "16_6", "17_4"];
const LANGUAGES: &[&str] = &[
    "en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "pl-PL", "pt-BR", "ja-JP",
];

fn of_bytes(call: &mut Call<'_>, fill: impl FnOnce(&mut Call<'_>, &mut Vec<u8>)) -> Answer {
    let mut out = Vec::new();
    fill(call, &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

/// Lower-case ASCII letters of a name; names of other scripts give the English table's.
fn ascii(call: &mut Call<'_>, last: bool) -> String {
    let name = if last {
        last_name(call, Gender::Any)
    } else {
        first_name(call, Gender::Any)
    };
    let plain: String = name.chars().filter_map(plain_letter).collect();
    if !plain.is_empty() {
        return plain;
    }
    let table = if last {
        super::data::EN_LAST
    } else {
        super::data::EN_FIRST
    };
    call.word(table).to_ascii_lowercase()
}

/// The unaccented lower-case letter, for Latin letters.
fn plain_letter(c: char) -> Option<char> {
    let lower = c.to_lowercase().next()?;
    Some(match lower {
        'a'..='z' => lower,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ś' | 'š' | 'ş' | 'ß' => 's',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ğ' => 'g',
        _ => return None,
    })
}

pub(super) fn user_name(call: &mut Call<'_>) -> String {
    match call.between(0, 3) {
        0 => ascii(call, true) + &ascii(call, false),
        1 => ascii(call, false) + &ascii(call, true),
        2 => {
            let number = call.digits("##");
            ascii(call, false) + &number
        }
        _ => {
            let initial = char::from(b'a' + call.between(0, 25) as u8);
            format!("{initial}{}", ascii(call, true))
        }
    }
}

fn email(call: &mut Call<'_>) -> Answer {
    if let Some(domain) = call.text(1)?.map(str::to_owned) {
        return Ok(format!("{}@{domain}", user_name(call)).into());
    }
    if call.flag(0, true) {
        safe_email(call)
    } else {
        free_email(call)
    }
}

fn safe_email(call: &mut Call<'_>) -> Answer {
    Ok(format!("{}@{}", user_name(call), call.word(SAFE_DOMAINS)).into())
}

fn free_email(call: &mut Call<'_>) -> Answer {
    Ok(format!("{}@{}", user_name(call), call.word(FREE_MAIL)).into())
}

fn company_email(call: &mut Call<'_>) -> Answer {
    let user = user_name(call);
    Ok(format!("{user}@{}.{}", domain_word(call), tld(call)).into())
}

fn tld(call: &mut Call<'_>) -> &'static str {
    match call.between(0, 9) {
        0 => "biz",
        1 => "info",
        2 => "net",
        3 => "org",
        _ => "com",
    }
}

fn domain_word(call: &mut Call<'_>) -> String {
    match call.between(0, 3) {
        0 => format!("{}-{}", ascii(call, true), ascii(call, true)),
        1 => format!(
            "{}-{}-{}",
            ascii(call, true),
            ascii(call, true),
            ascii(call, true)
        ),
        2 => format!(
            "{}-{}",
            call.word(COMPANY_WORDS),
            call.word(&["inc", "llc", "group", "ltd", "plc"])
        ),
        _ => ascii(call, true),
    }
}

pub(super) fn domain(call: &mut Call<'_>, levels: i64) -> String {
    let mut name = String::new();
    for _ in 0..levels.clamp(1, 20) {
        name += &domain_word(call);
        name.push('.');
    }
    name + tld(call)
}

fn domain_name(call: &mut Call<'_>) -> Answer {
    let levels = call.int(0, 1)?;
    Ok(domain(call, levels).into())
}

fn hostname(call: &mut Call<'_>) -> Answer {
    let levels = call.int(0, 1)?;
    let kind = call.word(&["db", "srv", "desktop", "laptop", "lt", "email", "web"]);
    let number = call.digits("##");
    if levels < 1 {
        return Ok(format!("{kind}-{number}").into());
    }
    Ok(format!("{kind}-{number}.{}", domain(call, levels)).into())
}

fn url(call: &mut Call<'_>) -> Answer {
    let scheme = if call.chance(0.5) { "https" } else { "http" };
    let www = if call.chance(0.5) { "www." } else { "" };
    Ok(format!("{scheme}://{www}{}/", domain(call, 1)).into())
}

fn uri(call: &mut Call<'_>) -> Answer {
    let Datum::Text(base) = url(call)? else {
        return Ok(Datum::None);
    };
    let path = path(call, 0);
    let page = call.word(PAGES);
    let extension = if call.chance(0.5) {
        call.word(EXTENSIONS)
    } else {
        "/"
    };
    Ok(format!("{base}{path}/{page}{extension}").into())
}

fn path(call: &mut Call<'_>, deep: i64) -> String {
    let deep = if deep > 0 {
        deep.min(100)
    } else {
        call.between(1, 3)
    };
    let parts: Vec<&str> = (0..deep).map(|_| call.word(PATHS)).collect();
    parts.join("/")
}

fn uri_path(call: &mut Call<'_>) -> Answer {
    let deep = call.int(0, 0)?;
    Ok(path(call, deep).into())
}

fn image_url(call: &mut Call<'_>) -> Answer {
    let (width, height) = (call.between(16, 1024), call.between(16, 1024));
    let (width, height) = (call.int(0, width)?, call.int(1, height)?);
    Ok(format!("https://picsum.photos/{width}/{height}").into())
}

fn slug(call: &mut Call<'_>) -> Answer {
    let value = match call.text(0)? {
        Some(text) => text.to_owned(),
        None => super::misc::words(call, 4).join(" "),
    };
    let mut out = String::new();
    for part in value
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
    {
        if !out.is_empty() {
            out.push('-');
        }
        out.extend(part.chars().filter_map(|c| {
            if c.is_ascii_digit() {
                Some(c)
            } else {
                plain_letter(c)
            }
        }));
    }
    Ok(out.into())
}

fn ipv4(call: &mut Call<'_>) -> Answer {
    match call.given(2) {
        Some(Datum::Bool(true)) => {
            of_bytes(call, |call, out| network::ip_v4_private(call.random, out))
        }
        Some(Datum::Bool(false)) => {
            of_bytes(call, |call, out| network::ip_v4_public(call.random, out))
        }
        _ => of_bytes(call, |call, out| network::ip_v4(call.random, out)),
    }
}

fn mac_address(call: &mut Call<'_>) -> Answer {
    let mut bytes = [0; 6];
    call.random.bits(&mut bytes);
    // The lowest bit of the first octet tells multicast from unicast.
    bytes[0] = (bytes[0] & 0xfe) | u8::from(call.flag(0, false));
    let parts: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(parts.join(":").into())
}

fn port_number(call: &mut Call<'_>) -> Answer {
    let (low, high) = if call.flag(0, false) {
        (0, 1023)
    } else if call.flag(1, false) {
        (1024, 49_151)
    } else if call.flag(2, false) {
        (49_152, 65_535)
    } else {
        (0, 65_535)
    };
    Ok(Datum::Int(call.between(low, high)))
}

fn nic_handle(call: &mut Call<'_>) -> Answer {
    let mut letters = Vec::new();
    let size = call.between(2, 4);
    text::characters(call.random, text::UPPERCASE, size, &mut letters)?;
    let letters = String::from_utf8(letters).unwrap_or_default();
    let number = call.digits("%###");
    let suffix = call.text(0)?.unwrap_or("FAKE");
    Ok(format!("{letters}{number}-{suffix}").into())
}

pub(super) fn uuid4(call: &mut Call<'_>) -> Answer {
    of_bytes(call, |call, out| crypto::uuid4(call.random, out))
}

fn mac_token(call: &mut Call<'_>) -> String {
    let processor = call.word(MAC);
    let (minor, patch) = (call.between(5, 15), call.between(0, 9));
    format!("Macintosh; {processor} Mac OS X 10_{minor}_{patch}")
}

fn ios_token(call: &mut Call<'_>) -> String {
    let device = call.word(&["iPhone; CPU iPhone OS", "iPad; CPU iPad OS"]);
    format!("{device} {} like Mac OS X", call.word(IOS))
}

fn user_agent(call: &mut Call<'_>) -> String {
    match call.between(0, 4) {
        0 => chrome(call),
        1 => firefox(call),
        2 => internet_explorer(call),
        3 => opera(call),
        _ => safari(call),
    }
}

fn platform(call: &mut Call<'_>) -> String {
    match call.between(0, 4) {
        0 => call.word(WINDOWS).to_owned(),
        1 => format!("X11; Linux {}", call.word(LINUX)),
        2 => mac_token(call),
        3 => format!("Linux; Android {}", call.word(ANDROID)),
        _ => ios_token(call),
    }
}

fn chrome(call: &mut Call<'_>) -> String {
    let platform = platform(call);
    let engine = format!("{}.{}", call.between(531, 537), call.between(0, 36));
    let version = format!("{}.0.{}.0", call.between(90, 140), call.between(4400, 7300));
    let browser = if platform.starts_with('i') {
        "CriOS"
    } else {
        "Chrome"
    };
    format!(
        "Mozilla/5.0 ({platform}) AppleWebKit/{engine} (KHTML, like Gecko) {browser}/{version} Safari/{engine}"
    )
}

fn firefox(call: &mut Call<'_>) -> String {
    let version = call.between(78, 140);
    let platform = match call.between(0, 3) {
        0 => format!("{}; Win64; x64", call.word(WINDOWS)),
        1 => format!("X11; Linux {}", call.word(LINUX)),
        2 => mac_token(call),
        _ => format!("Android {}; Mobile", call.word(ANDROID)),
    };
    format!("Mozilla/5.0 ({platform}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0")
}

fn internet_explorer(call: &mut Call<'_>) -> String {
    let version = call.between(6, 9);
    let trident = format!("{}.{}", call.between(3, 5), call.between(0, 1));
    format!(
        "Mozilla/5.0 (compatible; MSIE {version}.0; {}; Trident/{trident})",
        call.word(WINDOWS)
    )
}

fn opera(call: &mut Call<'_>) -> String {
    let platform = if call.chance(0.5) {
        call.word(WINDOWS).to_owned()
    } else {
        format!("X11; Linux {}", call.word(LINUX))
    };
    let presto = format!("2.9.{}", call.between(160, 190));
    let (major, minor) = (call.between(8, 9), call.between(10, 99));
    let version = call.between(10, 12);
    format!(
        "Opera/{major}.{minor}.({platform}; {}) Presto/{presto} Version/{version}.00",
        call.word(LANGUAGES)
    )
}

fn safari(call: &mut Call<'_>) -> String {
    let engine = format!(
        "{}.{}.{}",
        call.between(531, 535),
        call.between(1, 50),
        call.between(1, 7)
    );
    let version = format!("{}.{}", call.between(4, 17), call.between(0, 5));
    if call.chance(0.3) {
        let device = ios_token(call);
        let build = format!("{}B{}", call.between(8, 20), call.between(111, 119));
        return format!(
            "Mozilla/5.0 ({device}) AppleWebKit/{engine} (KHTML, like Gecko) Version/{version} Mobile/{build} Safari/{engine}"
        );
    }
    let platform = if call.chance(0.5) {
        mac_token(call)
    } else {
        format!("Windows; U; {}", call.word(WINDOWS))
    };
    format!(
        "Mozilla/5.0 ({platform}) AppleWebKit/{engine} (KHTML, like Gecko) Version/{version} Safari/{engine}"
    )
}
