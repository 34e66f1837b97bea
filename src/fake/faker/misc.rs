//! Words, numbers, files, cards, and the generic `random_*` helpers.

use fake::locales as crates;
use fake::locales::Data as _;

use super::super::FakeError;
use super::super::rand::{crypto, text};
use super::{Answer, Call, Datum, Provider, provider_of};

pub(super) static PROVIDERS: &[Provider] = &[
    provider_of("word", &[], |call| {
        Ok(call.word(crates::EN::LOREM_WORD).into())
    }),
    provider_of("words", &["nb"], |call| {
        let count = call.int(0, 3)?;
        Ok(Datum::List(
            words(call, count).into_iter().map(Datum::from).collect(),
        ))
    }),
    provider_of("sentence", &["nb_words", "variable_nb_words"], |call| {
        let count = call.int(0, 6)?;
        Ok(sentence(call, count).into())
    }),
    provider_of("sentences", &["nb"], |call| {
        let count = call.int(0, 3)?.clamp(0, 10_000);
        Ok(Datum::List(
            (0..count).map(|_| sentence(call, 6).into()).collect(),
        ))
    }),
    provider_of(
        "paragraph",
        &["nb_sentences", "variable_nb_sentences"],
        |call| {
            let count = call.int(0, 3)?;
            Ok(paragraph(call, count).into())
        },
    ),
    provider_of("paragraphs", &["nb"], |call| {
        let count = call.int(0, 3)?.clamp(0, 10_000);
        Ok(Datum::List(
            (0..count).map(|_| paragraph(call, 3).into()).collect(),
        ))
    }),
    provider_of("text", &["max_nb_chars"], long_text),
    provider_of("random_int", &["min", "max", "step"], random_int),
    provider_of("pyint", &["min_value", "max_value", "step"], random_int),
    provider_of("random_digit", &[], |call| {
        Ok(Datum::Int(call.between(0, 9)))
    }),
    provider_of("random_digit_not_null", &[], |call| {
        Ok(Datum::Int(call.between(1, 9)))
    }),
    provider_of("random_digit_above_two", &[], |call| {
        Ok(Datum::Int(call.between(2, 9)))
    }),
    provider_of("random_number", &["digits", "fix_len"], random_number),
    provider_of("random_letter", &[], |call| {
        Ok(letters(call, text::LETTERS).into())
    }),
    provider_of("random_lowercase_letter", &[], |call| {
        Ok(letters(call, text::LOWERCASE).into())
    }),
    provider_of("random_uppercase_letter", &[], |call| {
        Ok(letters(call, text::UPPERCASE).into())
    }),
    provider_of("random_element", &["elements"], random_element),
    provider_of("numerify", &["text"], |call| {
        let format = call.text(0)?.unwrap_or("###").to_owned();
        Ok(call.digits(&format).into())
    }),
    provider_of("lexify", &["text", "letters"], |call| {
        let format = call.text(0)?.unwrap_or("????").to_owned();
        let set = letter_set(call, 1)?;
        Ok(lexify(call, &format, &set).into())
    }),
    provider_of("bothify", &["text", "letters"], |call| {
        let format = call.text(0)?.unwrap_or("## ??").to_owned();
        let set = letter_set(call, 1)?;
        let digits = call.digits(&format);
        Ok(lexify(call, &digits, &set).into())
    }),
    provider_of("hexify", &["text", "upper"], |call| {
        let format = call.text(0)?.unwrap_or("^^^^").to_owned();
        let upper = call.flag(1, false);
        let hex =
            |call: &mut Call<'_>| char::from_digit(call.between(0, 15) as u32, 16).unwrap_or('0');
        let out: String = format
            .chars()
            .map(|c| if c == '^' { hex(call) } else { c })
            .collect();
        Ok(if upper { out.to_uppercase() } else { out }.into())
    }),
    provider_of("boolean", &["chance_of_getting_true"], boolean),
    provider_of("pybool", &["truth_probability"], boolean),
    provider_of("null_boolean", &[], |call| {
        Ok(call
            .pick(&[Some(true), Some(false), None])
            .flatten()
            .map_or(Datum::None, Datum::Bool))
    }),
    provider_of(
        "pyfloat",
        &[
            "left_digits",
            "right_digits",
            "positive",
            "min_value",
            "max_value",
        ],
        pyfloat,
    ),
    provider_of("pystr", &["min_chars", "max_chars"], |call| {
        let size = call.int(1, 20)?;
        Ok(random_text(call, text::LETTERS, size)?.into())
    }),
    provider_of("uuid4", &["cast_to"], super::internet::uuid4),
    provider_of("md5", &["raw_output"], |call| digest(call, 16)),
    provider_of("sha1", &["raw_output"], |call| digest(call, 20)),
    provider_of("sha256", &["raw_output"], |call| digest(call, 32)),
    provider_of(
        "password",
        &[
            "length",
            "special_chars",
            "digits",
            "upper_case",
            "lower_case",
        ],
        password,
    ),
    provider_of("color_name", &[], |call| Ok(call.word(COLORS).into())),
    provider_of("safe_color_name", &[], |call| {
        Ok(call.word(SAFE_COLORS).into())
    }),
    provider_of("hex_color", &[], |call| {
        Ok(format!("#{:06x}", call.between(0, 0xff_ffff)).into())
    }),
    provider_of("safe_hex_color", &[], |call| {
        let [a, b, c] = [0; 3].map(|_| call.between(0, 15));
        Ok(format!("#{a:x}{a:x}{b:x}{b:x}{c:x}{c:x}").into())
    }),
    provider_of("rgb_color", &[], |call| {
        let [a, b, c] = [0; 3].map(|_| call.between(0, 255));
        Ok(format!("{a},{b},{c}").into())
    }),
    provider_of("mime_type", &["category"], |call| {
        Ok(call.word(MIME_TYPES).into())
    }),
    provider_of("file_extension", &["category"], |call| {
        Ok(call.word(EXTENSIONS).into())
    }),
    provider_of("file_name", &["category", "extension"], |call| {
        Ok(file_name(call)?.into())
    }),
    provider_of(
        "file_path",
        &["depth", "category", "extension", "absolute"],
        |call| {
            let depth = call.int(0, 1)?.clamp(0, 100);
            let mut path = String::new();
            for _ in 0..depth {
                path += &format!("/{}", call.word(crates::EN::LOREM_WORD));
            }
            Ok(format!(
                "{path}/{}.{}",
                call.word(crates::EN::LOREM_WORD),
                call.word(EXTENSIONS)
            )
            .into())
        },
    ),
    provider_of("unix_device", &["prefix"], |call| {
        let kind = call.word(&["sd", "vd", "xvd"]);
        Ok(format!("/dev/{kind}{}", letters(call, text::LOWERCASE)).into())
    }),
    provider_of("credit_card_number", &["card_type"], |call| {
        Ok(card_number(call).into())
    }),
    provider_of("credit_card_provider", &["card_type"], |call| {
        Ok(call.word(CARDS).into())
    }),
    provider_of("credit_card_expire", &[], |call| {
        Ok(format!("{:02}/{:02}", call.between(1, 12), call.between(27, 36)).into())
    }),
    provider_of("credit_card_security_code", &["card_type"], |call| {
        Ok(call.digits("###").into())
    }),
    provider_of("iban", &[], |call| {
        Ok(format!(
            "{}{}",
            call.locale.data.country_code,
            call.digits("####################")
        )
        .into())
    }),
    provider_of("bban", &[], |call| {
        Ok(call.digits("##################").into())
    }),
    provider_of("swift", &["length"], |call| {
        Ok(random_text(call, text::UPPERCASE, 8)?.into())
    }),
    provider_of("ssn", &[], |call| Ok(call.digits("%##-%#-%###").into())),
    provider_of("ean13", &[], |call| Ok(ean(call, 13).into())),
    provider_of("ean8", &[], |call| Ok(ean(call, 8).into())),
    provider_of("isbn13", &[], |call| Ok(ean(call, 13).into())),
    provider_of("locale", &[], |call| Ok(call.locale.code.into())),
    provider_of("emoji", &[], |call| {
        Ok(call
            .word(&["😀", "😂", "😍", "🤔", "🚀", "🎉", "🔥", "👍", "🌍", "🐍"])
            .into())
    }),
];

const COLORS: &[&str] = &[
    "AliceBlue",
    "Aqua",
    "Azure",
    "Beige",
    "Black",
    "Blue",
    "Brown",
    "Coral",
    "Crimson",
    "Cyan",
    "DarkGreen",
    "DeepPink",
    "Fuchsia",
    "Gold",
    "Gray",
    "Green",
    "Indigo",
    "Ivory",
    "Khaki",
    "Lavender",
    "Lime",
    "Magenta",
    "Maroon",
    "Navy",
    "Olive",
    "Orange",
    "Orchid",
    "Pink",
    "Plum",
    "Purple",
    "Red",
    "Salmon",
    "Silver",
    "SkyBlue",
    "Tan",
    "Teal",
    "Tomato",
    "Violet",
    "White",
    "Yellow",
];
const SAFE_COLORS: &[&str] = &[
    "black", "maroon", "green", "navy", "olive", "purple", "teal", "lime", "blue", "silver",
    "gray", "yellow", "fuchsia", "aqua", "white",
];
const MIME_TYPES: &[&str] = &[
    "application/json",
    "application/pdf",
    "application/xml",
    "application/zip",
    "application/octet-stream",
    "audio/mpeg",
    "audio/ogg",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/plain",
    "text/xml",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
];
const EXTENSIONS: &[&str] = &[
    "txt", "csv", "json", "html", "css", "js", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx",
    "png", "jpg", "gif", "bmp", "mp3", "wav", "flac", "mp4", "avi", "mov", "webm",
];
const CARDS: &[&str] = &[
    "VISA 16 digit",
    "Mastercard",
    "American Express",
    "Discover",
    "Maestro",
    "JCB 16 digit",
    "Diners Club / Carte Blanche",
];

pub(super) fn words(call: &mut Call<'_>, count: i64) -> Vec<&'static str> {
    (0..count.clamp(0, 100_000))
        .map(|_| call.word(crates::EN::LOREM_WORD))
        .collect()
}

fn sentence(call: &mut Call<'_>, count: i64) -> String {
    let spread = count * 4 / 10;
    let count = call.between(count - spread, count + spread).max(1);
    let mut out = words(call, count).join(" ") + ".";
    if let Some(first) = out.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    out
}

fn paragraph(call: &mut Call<'_>, count: i64) -> String {
    let count = count.clamp(1, 10_000);
    let sentences: Vec<String> = (0..count).map(|_| sentence(call, 6)).collect();
    sentences.join(" ")
}

fn long_text(call: &mut Call<'_>) -> Answer {
    let most = call.int(0, 200)?;
    if most < 5 {
        return Err(FakeError::new("a text has at least 5 characters"));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX).min(1 << 20);
    let mut out = String::new();
    loop {
        let next = sentence(call, 6);
        if out.len() + next.len() + 1 > most {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out += &next;
    }
    if out.is_empty() {
        let word = call.word(&["Sed", "Qui", "Aut", "Vel"]);
        out = format!("{word}.");
    }
    Ok(out.into())
}

fn random_int(call: &mut Call<'_>) -> Answer {
    let (low, high, step) = (call.int(0, 0)?, call.int(1, 9999)?, call.int(2, 1)?);
    if step < 1 {
        return Err(FakeError::new("the step must be at least 1"));
    }
    if low > high {
        return Err(FakeError::new(format!(
            "no integer lies between {low} and {high}"
        )));
    }
    let steps = (i128::from(high) - i128::from(low)) / i128::from(step);
    let at = call.between(0, i64::try_from(steps).unwrap_or(i64::MAX));
    Ok(Datum::Int(low.saturating_add(at.saturating_mul(step))))
}

fn random_number(call: &mut Call<'_>) -> Answer {
    let length = call.between(1, 9);
    let length = u32::try_from(call.int(0, length)?.clamp(0, 18)).unwrap_or(0);
    let most = 10_i64.pow(length) - 1;
    let least = if call.flag(1, false) {
        10_i64.pow(length.saturating_sub(1))
    } else {
        0
    };
    Ok(Datum::Int(call.between(least, most)))
}

fn letters(call: &mut Call<'_>, set: &[u8]) -> String {
    call.pick(set)
        .map(|byte| char::from(byte).to_string())
        .unwrap_or_default()
}

fn random_text(call: &mut Call<'_>, set: &[u8], size: i64) -> Result<String, FakeError> {
    let mut out = Vec::new();
    text::characters(call.random, set, size, &mut out)?;
    Ok(String::from_utf8(out).unwrap_or_default())
}

fn random_element(call: &mut Call<'_>) -> Answer {
    let len = match call.given(0) {
        None => return Ok(call.word(&["a", "b", "c"]).into()),
        Some(Datum::List(items) | Datum::Tuple(items)) => items.len(),
        Some(_) => return Err(FakeError::new("a list is needed here")),
    };
    super::super::rand::index(call.random, len)
        .map(Datum::Element)
        .ok_or_else(|| FakeError::new("cannot choose from an empty list"))
}

fn letter_set(call: &Call<'_>, index: usize) -> Result<Vec<char>, FakeError> {
    let set: Vec<char> = match call.text(index)? {
        Some(given) => given.chars().collect(),
        None => text::LETTERS.iter().map(|&byte| char::from(byte)).collect(),
    };
    if set.is_empty() {
        return Err(FakeError::new("the set of letters is empty"));
    }
    Ok(set)
}

fn lexify(call: &mut Call<'_>, format: &str, set: &[char]) -> String {
    format
        .chars()
        .map(|c| {
            if c == '?' {
                call.pick(set).unwrap_or('?')
            } else {
                c
            }
        })
        .collect()
}

/// Fills `#` with digits and `?` with characters of an ASCII set.
pub(super) fn bothify(call: &mut Call<'_>, format: &str, set: &[u8]) -> String {
    let digits = call.digits(format);
    let set: Vec<char> = set.iter().map(|&byte| char::from(byte)).collect();
    lexify(call, &digits, &set)
}

fn boolean(call: &mut Call<'_>) -> Answer {
    let percent = call.int(0, 50)?;
    if !(0..=100).contains(&percent) {
        return Err(FakeError::new(format!(
            "{percent} is no percentage from 0 to 100"
        )));
    }
    Ok(Datum::Bool(call.between(1, 100) <= percent))
}

fn pyfloat(call: &mut Call<'_>) -> Answer {
    let (low, high) = (
        call.float(3)?.unwrap_or(0.0),
        call.float(4)?.unwrap_or(10_000.0),
    );
    let places = call.int(1, 2)?.clamp(0, 15) as i32;
    let value = super::super::rand::number::floating(call.random, low, high.max(low));
    let scale = 10_f64.powi(places);
    Ok(Datum::Float((value * scale).round() / scale))
}

fn digest(call: &mut Call<'_>, bytes: usize) -> Answer {
    let mut out = Vec::new();
    crypto::digest(call.random, bytes, &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

fn password(call: &mut Call<'_>) -> Answer {
    let length = call.int(0, 10)?;
    let sets: [(bool, &[u8]); 4] = [
        (call.flag(1, true), b"!@#$%^&*()_+"),
        (call.flag(2, true), text::DIGITS),
        (call.flag(3, true), text::UPPERCASE),
        (call.flag(4, true), text::LOWERCASE),
    ];
    let mut all: Vec<u8> = Vec::new();
    let mut out: Vec<u8> = Vec::new();
    for (_, set) in sets.iter().filter(|(wanted, _)| *wanted) {
        all.extend_from_slice(set);
        text::characters(call.random, set, 1, &mut out)?;
    }
    let required = out.len() as i64;
    if length < required {
        return Err(FakeError::new(
            "the password is shorter than the kinds of characters it must have",
        ));
    }
    if !all.is_empty() {
        text::characters(call.random, &all, length - required, &mut out)?;
    }
    super::super::rand::shuffle(call.random, &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

fn file_name(call: &mut Call<'_>) -> Result<String, FakeError> {
    let stem = call.word(crates::EN::LOREM_WORD);
    let extension = match call.text(1)? {
        Some(extension) => extension.to_owned(),
        None => call.word(EXTENSIONS).to_owned(),
    };
    Ok(format!("{stem}.{extension}"))
}

fn card_number(call: &mut Call<'_>) -> String {
    let (prefix, length) = call
        .pick(&[
            ("4", 16),
            ("51", 16),
            ("55", 16),
            ("34", 15),
            ("37", 15),
            ("6011", 16),
            ("35", 16),
        ])
        .unwrap_or(("4", 16));
    let mut digits = prefix.to_owned();
    while digits.len() < length - 1 {
        digits += &call.digits("#");
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if index % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    digits + &((10 - sum % 10) % 10).to_string()
}

fn ean(call: &mut Call<'_>, length: usize) -> String {
    let mut digits = String::new();
    while digits.len() < length - 1 {
        digits += &call.digits("#");
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| u32::from(byte - b'0') * if index % 2 == 0 { 3 } else { 1 })
        .sum();
    digits + &((10 - sum % 10) % 10).to_string()
}
