//! Accounts, hosts and network addresses.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::FakeError;
use super::super::rand::text::UPPERCASE;
use super::super::rand::{network, text};
use super::person::{Gender, first_name, last_name};
use super::table::Words;
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("user_name", &[], |call| Ok(user_name(call).into())),
    Provider::new("email", &["safe", "domain"], email),
    Provider::new("safe_email", &[], |call| Ok(at(call, SAFE_DOMAINS))),
    Provider::new("ascii_email", &[], ascii_email),
    Provider::new("ascii_safe_email", &[], |call| Ok(at(call, SAFE_DOMAINS))),
    Provider::new("free_email", &[], |call| {
        Ok(at(call, call.locale.data.free_mail))
    }),
    Provider::new("ascii_free_email", &[], |call| {
        Ok(at(call, call.locale.data.free_mail))
    }),
    Provider::new("company_email", &[], company_email),
    Provider::new("ascii_company_email", &[], company_email),
    Provider::new("free_email_domain", &[], |call| {
        call.one(call.locale.data.free_mail)
    }),
    Provider::new("safe_domain_name", &[], |call| call.one(SAFE_DOMAINS)),
    Provider::new("domain_name", &["levels"], domain_name),
    Provider::new("domain_word", &[], |call| {
        let mut out = String::new();
        domain_word(call, &mut out);
        Ok(out.into())
    }),
    Provider::new("tld", &[], |call| call.one(call.locale.data.tlds)),
    Provider::new("dga", &["year", "month", "day", "tld", "length"], dga),
    Provider::new("hostname", &["levels"], hostname),
    Provider::new("url", &["schemes"], |call| Ok(url(call)?.into())),
    Provider::new("uri", &["schemes", "deep"], uri),
    Provider::new("uri_path", &["deep"], |call| {
        let deep = call.int(0, 0)?;
        Ok(path(call, deep).into())
    }),
    Provider::new("uri_page", &[], |call| call.one(PAGES)),
    Provider::new("uri_extension", &[], |call| call.one(EXTENSIONS)),
    Provider::new(
        "image_url",
        &["width", "height", "placeholder_url"],
        image_url,
    ),
    Provider::new("slug", &["value"], slug),
    Provider::new("ipv4", &["network", "address_class", "private"], ipv4),
    Provider::new("ipv4_private", &["network", "address_class"], ipv4_private),
    Provider::new("ipv4_public", &["network", "address_class"], |call| {
        let address = public(call, 1)?;
        networked(call, address)
    }),
    Provider::new("ipv4_network_class", &[], |call| call.one(&["a", "b", "c"])),
    Provider::new("ipv6", &["network"], ipv6),
    Provider::new("mac_address", &["multicast"], mac_address),
    Provider::new(
        "port_number",
        &["is_system", "is_user", "is_dynamic"],
        port_number,
    ),
    Provider::new("http_method", &[], |call| call.one(METHODS)),
    Provider::new("http_status_code", &["include_unassigned"], |call| {
        if call.flag(0, true) {
            return Ok(Datum::Int(call.between(100, 599)));
        }
        Ok(Datum::Int(call.pick(STATUSES).unwrap_or(200)))
    }),
    Provider::new("iana_id", &[], |call| {
        Ok(call.between(1, 8_888_888).to_string().into())
    }),
    Provider::new("ripe_id", &[], |call| {
        let size = call.between(2, 4);
        let letters = call.characters(UPPERCASE, size)?;
        let number = call.between(1, 9999);
        Ok(format!("ORG-{letters}{number}-RIPE").into())
    }),
    Provider::new("nic_handle", &["suffix"], |call| {
        let suffix = call.text(0)?.unwrap_or("FAKE").to_owned();
        Ok(nic_handle(call, &suffix)?.into())
    }),
    Provider::new("nic_handles", &["count", "suffix"], |call| {
        let count = call.count(0, 1)?;
        let suffix = call.text(1)?.unwrap_or("????").to_owned();
        let handles = (0..count).map(|_| nic_handle(call, &suffix).map(Datum::Text));
        Ok(Datum::List(handles.collect::<Result<_, _>>()?))
    }),
];

const SAFE_DOMAINS: Words = &["example.org", "example.com", "example.net"];
pub(in crate::fake) const METHODS: Words = &[
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];
#[rustfmt::skip]
pub(in crate::fake) const STATUSES: &[i64] = &[
    100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400,
    401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 425, 426,
    428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 511,
];
const PAGES: Words = &[
    "index", "home", "search", "main", "post", "homepage", "category", "register", "login", "faq",
    "about", "terms", "privacy", "author",
];
const PATHS: Words = &[
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
const EXTENSIONS: Words = &[
    ".html", ".html", ".html", ".htm", ".htm", ".php", ".php", ".jsp", ".asp",
];
const HOSTS: Words = &["db", "srv", "desktop", "laptop", "lt", "email", "web"];

/// A letter of a name as lower-case ASCII letters: accents go, Cyrillic is transliterated.
fn ascii_of(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' | 'ā' | 'а' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'д' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'ē' | 'е' | 'ё' | 'э' | 'є' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ī' | 'и' | 'й' | 'і' | 'ї' => "i",
        'ł' | 'ľ' | 'л' => "l",
        'ñ' | 'ń' | 'ň' | 'н' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ő' | 'о' => "o",
        'ř' | 'р' => "r",
        'ś' | 'š' | 'ş' | 'с' => "s",
        'ß' => "ss",
        'ť' | 'т' => "t",
        'ù' | 'ú' | 'û' | 'ů' | 'ű' | 'у' => "u",
        'ý' | 'ÿ' | 'ы' => "y",
        'ź' | 'ż' | 'ž' | 'з' => "z",
        'ğ' | 'г' | 'ґ' => "g",
        'б' => "b",
        'в' => "v",
        'ж' => "zh",
        'к' => "k",
        'м' => "m",
        'п' => "p",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => "yu",
        'я' => "ya",
        'œ' => "oe",
        _ => "",
    }
}

/// Appends a name in lower-case ASCII letters; `german` writes umlauts as two letters.
pub(in crate::fake) fn ascii_lower(name: &str, german: bool, out: &mut String) {
    for c in name.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            }
            continue;
        }
        let Some(lower) = c.to_lowercase().next() else {
            continue;
        };
        out.push_str(match (lower, german) {
            ('ä', true) => "ae",
            ('ö', true) => "oe",
            ('ü', true) => "ue",
            ('ä', false) => "a",
            ('ö', false) => "o",
            ('ü', false) => "u",
            _ => ascii_of(lower),
        });
    }
}

/// Appends a first name in lower-case ASCII letters.
fn first(call: &mut Call<'_>, out: &mut String) {
    let data = call.locale.data;
    let name = if data.roman_first.is_empty() {
        first_name(call, Gender::Any)
    } else {
        call.word(data.roman_first)
    };
    ascii_lower(name, call.locale.german(), out);
}

/// Appends a surname in lower-case ASCII letters.
fn last(call: &mut Call<'_>, out: &mut String) {
    let data = call.locale.data;
    let name = if data.roman_last.is_empty() {
        last_name(call, Gender::Any)
    } else {
        call.word(data.roman_last)
    };
    ascii_lower(name, call.locale.german(), out);
}

fn push_user(call: &mut Call<'_>, out: &mut String) {
    match call.random.below(4) {
        0 => {
            last(call, out);
            first(call, out);
        }
        1 => {
            first(call, out);
            last(call, out);
        }
        2 => {
            first(call, out);
            out.push(call.digit());
            out.push(call.digit());
        }
        _ => {
            out.push(call.character(text::LOWERCASE));
            last(call, out);
        }
    }
}

pub(in crate::fake) fn user_name(call: &mut Call<'_>) -> String {
    let mut out = String::with_capacity(24);
    push_user(call, &mut out);
    out
}

fn at(call: &mut Call<'_>, domains: Words) -> Datum {
    let mut out = String::with_capacity(40);
    push_user(call, &mut out);
    out.push('@');
    out.push_str(call.word(domains));
    out.into()
}

fn email(call: &mut Call<'_>) -> Answer {
    if let Some(domain) = call.text(1)?.map(str::to_owned) {
        return Ok(format!("{}@{domain}", user_name(call)).into());
    }
    if call.flag(0, true) {
        return Ok(at(call, SAFE_DOMAINS));
    }
    ascii_email(call)
}

fn ascii_email(call: &mut Call<'_>) -> Answer {
    if call.chance(0.5) {
        company_email(call)
    } else {
        Ok(at(call, call.locale.data.free_mail))
    }
}

fn company_email(call: &mut Call<'_>) -> Answer {
    let mut out = user_name(call);
    out.push('@');
    push_domain(call, 1, &mut out);
    Ok(out.into())
}

/// One word of a domain, as a company of the locale would choose it.
fn domain_word(call: &mut Call<'_>, out: &mut String) {
    last(call, out);
    match call.random.below(6) {
        0 | 1 => {
            out.push('-');
            last(call, out);
        }
        2 => {
            let suffix = call.word(call.locale.data.company_suffixes);
            let kept = out.len();
            out.push('-');
            ascii_lower(suffix, false, out);
            // A suffix of another script leaves nothing behind the hyphen.
            if out.len() == kept + 1 {
                out.truncate(kept);
            }
        }
        _ => {}
    }
}

fn push_domain(call: &mut Call<'_>, levels: i64, out: &mut String) {
    for _ in 0..levels.clamp(1, 20) {
        domain_word(call, out);
        out.push('.');
    }
    out.push_str(call.word(call.locale.data.tlds));
}

fn domain_name(call: &mut Call<'_>) -> Answer {
    let levels = call.int(0, 1)?;
    if levels < 1 {
        return Err(FakeError::new("`levels` must be at least 1"));
    }
    let mut out = String::with_capacity(24);
    push_domain(call, levels, &mut out);
    Ok(out.into())
}

fn dga(call: &mut Call<'_>) -> Answer {
    let _ = (call.maybe_int(0)?, call.maybe_int(1)?, call.maybe_int(2)?);
    let length = match call.maybe_int(4)? {
        Some(length) => length.clamp(1, 63),
        None => call.between(2, 63),
    };
    let name = call.characters(text::LOWERCASE, length)?;
    match call.text(3)?.map(str::to_owned) {
        Some(tld) => Ok(format!("{name}.{tld}").into()),
        None => Ok(format!("{name}.{}", call.word(call.locale.data.tlds)).into()),
    }
}

fn hostname(call: &mut Call<'_>) -> Answer {
    let levels = call.int(0, 1)?;
    let mut out = String::with_capacity(32);
    out.push_str(call.word(HOSTS));
    call.mask_into("-##", &mut out);
    if levels >= 1 {
        out.push('.');
        push_domain(call, levels, &mut out);
    }
    Ok(out.into())
}

fn url(call: &mut Call<'_>) -> Result<String, FakeError> {
    let mut out = match call.pick_given(0)? {
        Some(scheme) => scheme,
        None => call.word(&["http", "https"]).to_owned(),
    };
    out.push_str("://");
    if call.chance(0.5) {
        out.push_str("www.");
    }
    push_domain(call, 1, &mut out);
    out.push('/');
    Ok(out)
}

fn uri(call: &mut Call<'_>) -> Answer {
    let mut out = url(call)?;
    let deep = call.int(1, 0)?;
    out.push_str(&path(call, deep));
    let page = call.word(PAGES);
    let extension = call.word(EXTENSIONS);
    match call.random.below(3) {
        0 => {}
        1 => out.push_str(page),
        _ => {
            out.push_str(page);
            out.push_str(extension);
        }
    }
    Ok(out.into())
}

fn path(call: &mut Call<'_>, deep: i64) -> String {
    let deep = if deep > 0 {
        deep.min(100)
    } else {
        call.between(1, 3)
    };
    let mut out = String::new();
    for level in 0..deep {
        if level > 0 {
            out.push('/');
        }
        out.push_str(call.word(PATHS));
    }
    out
}

fn image_url(call: &mut Call<'_>) -> Answer {
    let (width, height) = (call.between(0, 1024), call.between(0, 1024));
    let (width, height) = (call.int(0, width)?, call.int(1, height)?);
    if let Some(template) = call.text(2)? {
        let filled = template.replace("{width}", &width.to_string());
        return Ok(filled.replace("{height}", &height.to_string()).into());
    }
    let base = call.word(&[
        "https://picsum.photos",
        "https://dummyimage.com",
        "https://placekitten.com",
    ]);
    let between = if base.contains("dummy") { 'x' } else { '/' };
    Ok(format!("{base}/{width}{between}{height}").into())
}

fn slug(call: &mut Call<'_>) -> Answer {
    let value = match call.text(0)? {
        Some(text) => text.to_owned(),
        None => {
            let words = if call
                .locale
                .data
                .words
                .first()
                .is_some_and(|word| word.is_ascii())
            {
                call.locale.data.words
            } else {
                super::locale::ENGLISH.words
            };
            [0; 3].map(|_| call.word(words)).join(" ")
        }
    };
    let mut out = String::new();
    for part in value.split(|c: char| !c.is_alphanumeric()) {
        let before = out.len();
        if !out.is_empty() && !part.is_empty() {
            out.push('-');
        }
        let start = out.len();
        ascii_lower(part, false, &mut out);
        if out.len() == start {
            out.truncate(before);
        }
    }
    Ok(out.into())
}

/// Appends nothing and gives an address as text, or as a network when the first argument asks so.
fn networked(call: &mut Call<'_>, address: u32) -> Answer {
    let mut out = String::with_capacity(18);
    if call.flag(0, false) {
        let prefix = call.between(8, 30) as u32;
        let network = Ipv4Addr::from_bits(address & (u32::MAX << (32 - prefix)));
        let _ = write!(out, "{network}/{prefix}");
    } else {
        push_v4(address, &mut out);
    }
    Ok(out.into())
}

pub(in crate::fake) fn push_v4(address: u32, out: &mut String) {
    for (index, octet) in address.to_be_bytes().into_iter().enumerate() {
        if index > 0 {
            out.push('.');
        }
        out.push_str(itoa::Buffer::new().format(octet));
    }
}

/// First address and size of the classes.
fn class_of(call: &Call<'_>, index: usize) -> Result<Option<(u32, u32)>, FakeError> {
    Ok(match call.text(index)? {
        None => None,
        Some("a") => Some((0, 1 << 31)),
        Some("b") => Some((0x8000_0000, 1 << 30)),
        Some("c") => Some((0xc000_0000, 1 << 29)),
        Some(other) => {
            return Err(
                FakeError::new(format!("`{other}` is no class of addresses"))
                    .help("known are `a`, `b` and `c`"),
            );
        }
    })
}

fn in_class(call: &mut Call<'_>, class: Option<(u32, u32)>) -> u32 {
    let (first, size) = class.unwrap_or((0, 0xe000_0000));
    first + call.random.below(u64::from(size)) as u32
}

/// True for addresses no host has: this network, loopback, link-local, multicast and beyond.
fn unusual(address: u32) -> bool {
    let address = Ipv4Addr::from_bits(address);
    let first = address.octets()[0];
    first == 0 || first >= 224 || address.is_loopback() || address.is_link_local()
}

fn special(address: u32) -> bool {
    let address = Ipv4Addr::from_bits(address);
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
}

fn public(call: &mut Call<'_>, class: usize) -> Result<u32, FakeError> {
    let class = class_of(call, class)?;
    loop {
        let address = in_class(call, class);
        if !unusual(address) && !special(address) {
            return Ok(address);
        }
    }
}

fn private(call: &mut Call<'_>, class: usize) -> Result<u32, FakeError> {
    let class = match call.text(class)? {
        None => call.word(&["a", "b", "c"]).to_owned(),
        Some(class) => class.to_owned(),
    };
    let (first, bits) = match class.as_str() {
        "a" => (0x0a00_0000, 24),
        "b" => (0xac10_0000, 20),
        "c" => (0xc0a8_0000, 16),
        other => {
            return Err(
                FakeError::new(format!("`{other}` is no class of addresses"))
                    .help("known are `a`, `b` and `c`"),
            );
        }
    };
    Ok(first + call.random.below(1 << bits) as u32)
}

fn ipv4(call: &mut Call<'_>) -> Answer {
    let address = match call.given(2) {
        Some(Datum::Bool(true)) => private(call, 1)?,
        Some(Datum::Bool(false)) => public(call, 1)?,
        _ => {
            let class = class_of(call, 1)?;
            loop {
                let address = in_class(call, class);
                if !unusual(address) {
                    break address;
                }
            }
        }
    };
    networked(call, address)
}

fn ipv4_private(call: &mut Call<'_>) -> Answer {
    let address = private(call, 1)?;
    networked(call, address)
}

fn ipv6(call: &mut Call<'_>) -> Answer {
    if call.flag(0, false) {
        let mut bytes = [0; 16];
        call.random.bits(&mut bytes);
        let prefix = call.between(8, 127) as u32;
        let bits = u128::from_be_bytes(bytes) & (u128::MAX << (128 - prefix));
        return Ok(format!("{}/{prefix}", Ipv6Addr::from_bits(bits)).into());
    }
    let mut out = Vec::with_capacity(39);
    network::ip_v6(call.random, 0, 0, &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

fn mac_address(call: &mut Call<'_>) -> Answer {
    let mut bytes = [0; 6];
    call.random.bits(&mut bytes);
    // The lowest bit of the first octet tells multicast from unicast.
    bytes[0] = (bytes[0] & 0xfe) | u8::from(call.flag(0, false));
    let mut out = String::with_capacity(17);
    for (index, byte) in bytes.iter().enumerate() {
        let _ = write!(out, "{}{byte:02x}", if index > 0 { ":" } else { "" });
    }
    Ok(out.into())
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

fn nic_handle(call: &mut Call<'_>, suffix: &str) -> Result<String, FakeError> {
    let size = call.between(2, 4);
    let letters = call.characters(UPPERCASE, size)?;
    let number = call.between(1, 9999);
    let suffix = call.mask(suffix);
    Ok(format!("{letters}{number}-{suffix}"))
}
