//! The shape of every text, as regular expressions, over many draws.

use super::*;

/// Providers of en_US and what their texts look like.
#[rustfmt::skip]
const ENGLISH: &[(&str, &str)] = &[
    ("aba", r"^\d{9}$"),
    ("address", r"^(.+ .+\n.+, [A-Z]{2} \d{5}|(PSC|Unit|US\w+) .+\n[AFD]PO A[AEP] \d{5})$"),
    ("am_pm", r"^[AP]M$"),
    ("android_platform_token", r"^Android \d+(\.\d+)*$"),
    ("ascii_company_email", r"^[a-z]+\d*@[a-z-]+\.[a-z]+$"),
    ("ascii_free_email", r"^[a-z]+\d*@(gmail|yahoo|hotmail)\.com$"),
    ("ascii_safe_email", r"^[a-z]+\d*@example\.(com|net|org)$"),
    ("bank_country", r"^GB$"),
    ("bban", r"^[A-Z]{4}\d{14}$"),
    ("basic_phone_number", r"^[2-9]\d[2-9]?\d*-\d{3}-\d{4}$"),
    ("bothify", r"^\d\d [A-Za-z]{2}$"),
    ("bs", r"^\S+ \S+ .+$"),
    ("building_number", r"^\d{3,5}$"),
    ("century", r"^[IVX]+$"),
    ("chrome", r"^Mozilla/5\.0 \(.+\) AppleWebKit/\d{3}\.\d \(KHTML, like Gecko\) (Chrome|CriOS)/\d+\.0\.8\d\d\.0 (Mobile/\w+ )?Safari/\d{3}\.\d$"),
    ("city", r"^[A-Z].+$"),
    ("color", r"^#[0-9a-f]{6}$"),
    ("company", r"^.+( (Inc|and Sons|LLC|Group|PLC|Ltd)|-.+|, .+ and .+)$"),
    ("country_calling_code", r"^\+\d[\d ]*$"),
    ("country_code", r"^[A-Z]{2}$"),
    ("credit_card_expire", r"^(0[1-9]|1[0-2])/\d\d$"),
    ("credit_card_full", r"^.+\n.+ .+\n\d{12,19} \d\d/\d\d\n(CVC|CVV|CID): \d{3,4}\n$"),
    ("credit_card_number", r"^\d{12,19}$"),
    ("credit_card_security_code", r"^\d{3,4}$"),
    ("cryptocurrency_code", r"^[A-Z]{2,5}\d?$"),
    ("currency_code", r"^[A-Z]{3}$"),
    ("date", r"^(19[789]\d|20[012]\d)-\d\d-\d\d$"),
    ("day_of_month", r"^(0[1-9]|[12]\d|3[01])$"),
    ("day_of_week", r"^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$"),
    ("dga", r"^[a-z]{2,63}\.(com|biz|info|net|org)$"),
    ("doi", r"^10\.\d{8}/[a-z]\d[a-z]\d[a-z]\d{2}$"),
    ("domain_name", r"^[a-z]+(-[a-z]+)*\.(com|biz|info|net|org)$"),
    ("domain_word", r"^[a-z]+(-[a-z]+)*$"),
    ("ein", r"^\d\d-\d{7}$"),
    ("email", r"^[a-z]+\d*@example\.(com|net|org)$"),
    ("file_extension", r"^[a-z0-9]+$"),
    ("file_name", r"^[a-z]+\.[a-z0-9]+$"),
    ("file_path", r"^/[a-z]+/[a-z]+\.[a-z0-9]+$"),
    ("firefox", r"^Mozilla/5\.0 \(.+\) .+ ?(Firefox|FxiOS)/.+$"),
    ("fixed_width", r"^(.{23}\n){9}.{23}$"),
    ("hex_color", r"^#[0-9a-f]{6}$"),
    ("hexify", r"^[0-9a-f]{4}$"),
    ("hostname", r"^(db|srv|desktop|laptop|lt|email|web)-\d\d\.[a-z-]+\.[a-z]+$"),
    ("iana_id", r"^[1-9]\d{0,6}$"),
    ("iban", r"^GB\d\d[A-Z]{4}\d{14}$"),
    ("image_url", r"^https://(picsum\.photos|dummyimage\.com|placekitten\.com)/\d+[/x]\d+$"),
    ("internet_explorer", r"^Mozilla/5\.0 \(compatible; MSIE [5-9]\.0; Windows .+; Trident/[345]\.[01]\)$"),
    ("invalid_ssn", r"^\d{3}-\d\d-\d{4}$"),
    ("ios_platform_token", r"^(iPhone; CPU iPhone|iPad; CPU iPad) OS [\d_]+ like Mac OS X$"),
    ("ipv4", r"^\d{1,3}(\.\d{1,3}){3}$"),
    ("ipv4_private", r"^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)"),
    ("ipv6", r"^[0-9a-f:]{2,39}$"),
    ("isbn10", r"^\d-\d{2,7}-\d{1,6}-[\dX]$"),
    ("isbn13", r"^978-\d-\d{2,7}-\d{1,6}-\d$"),
    ("iso8601", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$"),
    ("itin", r"^9\d\d-[789]\d-\d{4}$"),
    ("language_code", r"^[a-z]{2,3}$"),
    ("lexify", r"^[A-Za-z]{4}$"),
    ("license_plate", r"^[A-Z0-9 -]{5,8}$"),
    ("linux_platform_token", r"^X11; Linux (x86_64|i686)$"),
    ("locale", r"^[a-z]{2,3}_[A-Z]{2}$"),
    ("mac_address", r"^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$"),
    ("mac_platform_token", r"^Macintosh; (U; )?(Intel|PPC) Mac OS X 10_\d{1,2}_\d$"),
    ("md5", r"^[0-9a-f]{32}$"),
    ("military_apo", r"^PSC \d{4}, Box \d{4}$"),
    ("military_dpo", r"^Unit \d{4} Box \d{4}$"),
    ("mime_type", r"^[a-z]+/[A-Za-z0-9.+-]+$"),
    ("month", r"^(0[1-9]|1[0-2])$"),
    ("msisdn", r"^\d{13}$"),
    ("name", r"^[A-Z].* .+$"),
    ("nic_handle", r"^[A-Z]{2,4}\d{1,4}-FAKE$"),
    ("numerify", r"^\d{3}$"),
    ("opera", r"^Opera/[89]\.\d\d\.\(.+; [a-z]+-[A-Z]{2}\) Presto/2\.9\.1\d\d Version/1[012]\.00$"),
    ("passport_full", r"^(.+\n){6}[A-Z0-9]\d{8}\n$"),
    ("passport_number", r"^[A-Z0-9]\d{8}$"),
    ("password", r"^[!-~]{10}$"),
    ("phone_number", r"^[+()\d.x-]{10,24}$"),
    ("postcode", r"^\d{5}$"),
    ("pricetag", r"^\$[1-9][\d,]*\.\d\d$"),
    ("pystr", r"^[A-Za-z]{20}$"),
    ("pystr_format", r"^[A-Za-z]\d-\d{4,7}[A-Za-z]$"),
    ("random_letter", r"^[A-Za-z]$"),
    ("rgb_color", r"^\d{1,3},\d{1,3},\d{1,3}$"),
    ("rgb_css_color", r"^rgb\(\d{1,3},\d{1,3},\d{1,3}\)$"),
    ("ripe_id", r"^ORG-[A-Z]{2,4}\d{1,4}-RIPE$"),
    ("safari", r"^Mozilla/5\.0 \(.+\) AppleWebKit/.+ Version/.+ Safari/[\d.]+$"),
    ("safe_hex_color", r"^#([0-9a-f]{2}){3}$"),
    ("sbn9", r"^\d{2,6}-\d{2,6}-[\dX]$"),
    ("secondary_address", r"^(Apt\.|Suite) \d{3}$"),
    ("sentence", r"^[A-Z].*\.$"),
    ("sha1", r"^[0-9a-f]{40}$"),
    ("sha256", r"^[0-9a-f]{64}$"),
    ("slug", r"^[a-z]+(-[a-z]+){2}$"),
    ("ssn", r"^\d{3}-\d\d-\d{4}$"),
    ("state_abbr", r"^[A-Z]{2}$"),
    ("street_address", r"^\d{3,5} .+ .+$"),
    ("swift11", r"^[A-Z]{4}GB[A-Z0-9]{5}$"),
    ("swift8", r"^[A-Z]{4}GB[A-Z0-9]{2}$"),
    ("time", r"^\d\d:\d\d:\d\d$"),
    ("timezone", r"^[A-Z]\w+/.+$"),
    ("unix_device", r"^/dev/(sd|vd|xvd)[a-z]$"),
    ("unix_partition", r"^/dev/(sd|vd|xvd)[a-z]\d$"),
    ("upc_a", r"^\d{12}$"),
    ("upc_e", r"^[01]\d{7}$"),
    ("uri", r"^https?://(www\.)?[a-z-]+\.[a-z]+/[a-z/-]+(\.\w+)?$"),
    ("uri_extension", r"^\.[a-z]+$"),
    ("uri_path", r"^[a-z-]+(/[a-z-]+){0,2}$"),
    ("url", r"^https?://(www\.)?[a-z-]+\.[a-z]+/$"),
    ("user_agent", r"^(Mozilla|Opera)/"),
    ("user_name", r"^[a-z]+\d{0,2}$"),
    ("uuid1", r"^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
    ("uuid4", r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
    ("uuid7", r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
    ("vin", r"^[A-HJ-NPR-Z0-9]{8}[\dX][A-HJ-NPR-Z0-9]{4}\d{4}$"),
    ("year", r"^(19[789]\d|20[012]\d)$"),
    ("zipcode_in_state", r"^\d{5}$"),
    ("zipcode_plus4", r"^\d{5}-\d{4}$"),
];

/// Locale, provider, shape.
#[rustfmt::skip]
const LOCAL: &[(&str, &str, &str)] = &[
    ("en_GB", "postcode", r"^[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}$"),
    ("en_GB", "ssn", r"^[A-Z]{2} \d\d \d\d \d\d [A-D]$"),
    ("en_GB", "license_plate", r"^[A-Z]{2}\d\d [A-Z]{3}$"),
    ("en_GB", "iban", r"^GB\d\d[A-Z]{4}\d{14}$"),
    ("de_DE", "postcode", r"^\d{5}$"),
    ("de_DE", "address", r"^.+ \d+[a-z]?\n\d{5} .+$"),
    ("de_DE", "license_plate", r"^[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[- ]\d{1,4}$"),
    ("de_DE", "iban", r"^DE\d{20}$"),
    ("de_DE", "pricetag", r"^[\d.]+,\d\d\u{a0}€$"),
    ("de_DE", "vat_id", r"^DE\d{9}$"),
    ("de_DE", "rvnr", r"^\d{8}[A-Z]\d{3}$"),
    ("fr_FR", "postcode", r"^\d{5}$"),
    ("fr_FR", "phone_number", r"^(\+33 (\(0\))?\d|0\d)( ?\d\d){4}$"),
    ("fr_FR", "ssn", r"^[12]\d{14}$"),
    ("fr_FR", "license_plate", r"^[A-Z]{2}-\d{3}-[A-Z]{2}$"),
    ("fr_FR", "iban", r"^FR\d{25}$"),
    ("es_ES", "postcode", r"^\d{5}$"),
    ("es_ES", "license_plate", r"^(\d{4} [A-Z]{3}|[A-Z]{1,2} \d{4} [A-Z]{2})$"),
    ("es_ES", "iban", r"^ES\d{22}$"),
    ("it_IT", "license_plate", r"^[A-Z]{2}\d{3}[A-Z]{2}$"),
    ("it_IT", "iban", r"^IT\d\d[A-Z]\d{22}$"),
    ("pt_BR", "cpf", r"^\d{3}\.\d{3}\.\d{3}-\d\d$"),
    ("pt_BR", "cnpj", r"^\d\d\.\d{3}\.\d{3}/\d{4}-\d\d$"),
    ("pt_BR", "ssn", r"^\d{11}$"),
    ("pt_BR", "license_plate", r"^[A-Z]{3}-\d[A-Z0-9]\d\d$"),
    ("ru_RU", "name", r"^\S+ \S+ \S+$"),
    ("ru_RU", "postcode", r"^\d{6}$"),
    ("ru_RU", "middle_name_female", r"(на|нична)$"),
    ("ru_RU", "middle_name_male", r"ич$"),
    ("ja_JP", "postcode", r"^\d{3}-\d{4}$"),
    ("ja_JP", "kana_name", r"^[ァ-ヶー]+ [ァ-ヶー]+$"),
    ("ja_JP", "romanized_name", r"^[A-Z][a-z]+ [A-Z][a-z]+$"),
    ("zh_CN", "postcode", r"^\d{6}$"),
    ("zh_CN", "ssn", r"^\d{17}[\dX]$"),
    ("zh_CN", "phone_number", r"^1\d{10}$"),
];

fn check(locale: &str, name: &str, shape: &str) {
    let shape = Regex::new(shape).unwrap();
    for seed in 0..300 {
        let made = text_of(name, locale, seed);
        assert!(shape.is_match(&made), "{locale} {name}: {made:?}");
    }
}

#[test]
fn english() {
    for (name, shape) in ENGLISH {
        check("en_US", name, shape);
    }
}

#[test]
fn of_the_country() {
    for (locale, name, shape) in LOCAL {
        check(locale, name, shape);
    }
}

/// Names as the Python library has them for en_US: what a project may call.
#[test]
fn nothing_of_the_reference_is_missing() {
    let known = include_str!("methods.txt").split_whitespace();
    let missing: Vec<&str> = known
        .filter(|name| provider(name).is_none() && refused(name).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
