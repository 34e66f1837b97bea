//! Numbers with check digits on goods, books and vehicles, and licence plates.

use super::super::FakeError;
use super::{Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("ean", &["length", "prefixes"], |call| {
        let length = length(call)?;
        let prefix = prefix(call, 1)?;
        Ok(ean(call, length, &prefix).into())
    }),
    Provider::new("ean13", &["prefixes", "leading_zero"], |call| {
        let mut prefix = prefix(call, 0)?;
        match call.given(1) {
            Some(Datum::Bool(true)) => prefix.insert(0, '0'),
            Some(Datum::Bool(false)) if prefix.is_empty() => prefix = call.mask("%"),
            _ => {}
        }
        Ok(ean(call, 13, &prefix).into())
    }),
    Provider::new("ean8", &["prefixes"], |call| {
        let prefix = prefix(call, 0)?;
        Ok(ean(call, 8, &prefix).into())
    }),
    Provider::new("localized_ean", &["length"], |call| {
        let length = length(call)?;
        let prefix = local_prefix(call);
        Ok(ean(call, length, prefix).into())
    }),
    Provider::new("localized_ean13", &[], |call| {
        let prefix = local_prefix(call);
        Ok(ean(call, 13, prefix).into())
    }),
    Provider::new("localized_ean8", &[], |call| {
        let prefix = local_prefix(call);
        Ok(ean(call, 8, prefix).into())
    }),
    Provider::new(
        "upc_a",
        &["upc_ae_mode", "base", "number_system_digit"],
        |call| {
            let mut digits = system_digit(call, 2, 9)?;
            if call.flag(0, false) {
                // Only some numbers have a short form.
                let digit = system_digit(call, 2, 1)?;
                let base = match base(call, 1, 6)? {
                    Some(base) => base,
                    None => call.mask("######"),
                };
                return Ok(expanded(&digit, &base).into());
            }
            match base(call, 1, 10)? {
                Some(base) => digits.push_str(&base),
                None => call.mask_into("##########", &mut digits),
            }
            Ok(with_ean_check(digits).into())
        },
    ),
    Provider::new(
        "upc_e",
        &["base", "number_system_digit", "safe_mode"],
        |call| {
            let digit = system_digit(call, 1, 1)?;
            let base = match base(call, 0, 6)? {
                Some(base) => base,
                None => call.mask("######"),
            };
            let full = expanded(&digit, &base);
            let check = full.chars().last().unwrap_or('0');
            Ok(format!("{digit}{base}{check}").into())
        },
    ),
    Provider::new("isbn13", &["separator"], |call| {
        let separator = separator(call)?;
        let [group, registrant, item] = isbn_parts(call);
        let digits = with_ean_check(format!("978{group}{registrant}{item}"));
        let check = digits.chars().last().unwrap_or('0');
        Ok(["978", &group, &registrant, &item, &check.to_string()]
            .join(&separator)
            .into())
    }),
    Provider::new("isbn10", &["separator"], |call| {
        let separator = separator(call)?;
        let [group, registrant, item] = isbn_parts(call);
        let check = mod11(&format!("{group}{registrant}{item}"), 10);
        Ok([group, registrant, item, check.to_string()]
            .join(&separator)
            .into())
    }),
    Provider::new("sbn9", &["separator"], |call| {
        let separator = separator(call)?;
        let size = call.between(2, 6) as usize;
        let digits = call.mask("########");
        let (registrant, item) = digits.split_at(size);
        let check = mod11(&digits, 9);
        Ok([registrant, item, &check.to_string()]
            .join(&separator)
            .into())
    }),
    Provider::new("vin", &[], |call| Ok(vin(call)?.into())),
    Provider::new("license_plate", &[], |call| {
        Ok(call.masked(call.locale.data.plates).into())
    }),
    Provider::new("doi", &[], |call| {
        let registrant = call.mask("10.%#######");
        let mut out = String::new();
        for _ in 0..3 {
            out.push(call.character(b"abcdefghijklmnopqrstuvwxyz"));
            out.push(call.digit());
        }
        Ok(format!("{registrant}/{out}{}", call.digit()).into())
    }),
];

fn length(call: &Call<'_>) -> Result<usize, FakeError> {
    match call.int(0, 13)? {
        8 => Ok(8),
        13 => Ok(13),
        other => Err(FakeError::new(format!(
            "`length` is {other}, it must be 8 or 13"
        ))),
    }
}

/// One of the prefixes of an argument: numbers, texts, or lists of their parts.
fn prefix(call: &mut Call<'_>, index: usize) -> Result<String, FakeError> {
    let chosen = match call.given(index) {
        None => return Ok(String::new()),
        Some(Datum::List(items) | Datum::Tuple(items)) => {
            let items = items.clone();
            match super::super::rand::index(call.random, items.len()) {
                Some(at) => items.into_iter().nth(at).unwrap_or(Datum::None),
                None => return Ok(String::new()),
            }
        }
        Some(other) => other.clone(),
    };
    let mut out = String::new();
    match &chosen {
        Datum::List(parts) | Datum::Tuple(parts) => {
            parts
                .iter()
                .for_each(|part| out.push_str(&super::pattern::printed(part)));
        }
        part => out.push_str(&super::pattern::printed(part)),
    }
    if out.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(out);
    }
    Err(FakeError::new(format!(
        "the prefix `{out}` is not made of digits"
    )))
}

/// GS1 prefixes of the country.
fn local_prefix(call: &mut Call<'_>) -> &'static str {
    match call.locale.data.country_code {
        "US" | "CA" => call.word(&[
            "00", "01", "03", "06", "07", "08", "09", "10", "11", "12", "13",
        ]),
        "DE" => call.word(&["400", "401", "402", "410", "420", "430", "440"]),
        "FR" => call.word(&["300", "310", "320", "340", "360", "370"]),
        "GB" => "50",
        "ES" => "84",
        "IT" => call.word(&["80", "81", "82", "83"]),
        "BR" => call.word(&["789", "790"]),
        "RU" => call.word(&["460", "461", "465", "469"]),
        "JP" => call.word(&["45", "49"]),
        "CN" => call.word(&["690", "691", "692", "693", "694", "695"]),
        "NL" => "87",
        "PL" => "590",
        "UA" => "482",
        "TR" => call.word(&["868", "869"]),
        "SE" => "73",
        "KR" => "880",
        "TW" => "471",
        "PT" => "560",
        "MX" => "750",
        "AU" => "93",
        "AT" => call.word(&["90", "91"]),
        "CH" => "76",
        _ => call.word(&["20", "21", "22", "23"]),
    }
}

/// Appends the check digit of EAN, UPC and ISBN-13: weights 3 and 1 from the right.
pub(in crate::fake) fn with_ean_check(mut digits: String) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            u32::from(byte.wrapping_sub(b'0')) * if index % 2 == 0 { 3 } else { 1 }
        })
        .sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

pub(in crate::fake) fn ean(call: &mut Call<'_>, length: usize, prefix: &str) -> String {
    let mut digits: String = prefix.chars().take(length - 1).collect();
    while digits.len() < length - 1 {
        digits.push(call.digit());
    }
    with_ean_check(digits)
}

/// The check character of ISBN-10 and SBN, weights from `first` down to 2.
pub(in crate::fake) fn mod11(digits: &str, first: u32) -> char {
    let sum: u32 = digits
        .bytes()
        .zip((2..=first).rev())
        .map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight)
        .sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        check => char::from(b'0' + check as u8),
    }
}

fn separator(call: &Call<'_>) -> Result<String, FakeError> {
    Ok(call.text(0)?.unwrap_or("-").to_owned())
}

/// Group, registrant and item of a book: nine digits.
pub(in crate::fake) fn isbn_parts(call: &mut Call<'_>) -> [String; 3] {
    let group = call.word(&["0", "1"]);
    // Ranges of the English-speaking groups: the size of the registrant follows from its start.
    let (low, high, size) = match (group, call.random.below(5)) {
        ("0", 0) => (0, 19, 2),
        ("0", 1) => (228, 368, 3),
        ("0", 2) => (7000, 8499, 4),
        ("0", 3) => (85_000, 89_999, 5),
        ("0", _) => (900_000, 949_999, 6),
        (_, 0) => (0, 9, 2),
        (_, 1) => (100, 329, 3),
        (_, 2) => (4000, 5499, 4),
        (_, 3) => (74_000, 77_499, 5),
        (_, _) => (916_506, 972_999, 6),
    };
    let registrant = format!("{:0size$}", call.between(low, high));
    let item = call.mask("########".get(..8 - size).unwrap_or("###"));
    [group.to_owned(), registrant, item]
}

fn system_digit(call: &mut Call<'_>, index: usize, most: i64) -> Result<String, FakeError> {
    match call.maybe_int(index)? {
        None => Ok(call.between(0, most).to_string()),
        Some(digit) if (0..=most).contains(&digit) => Ok(digit.to_string()),
        Some(digit) => Err(FakeError::new(format!(
            "`number_system_digit` is {digit}, it must be from 0 to {most}"
        ))),
    }
}

fn base(call: &Call<'_>, index: usize, size: usize) -> Result<Option<String>, FakeError> {
    match call.text(index)? {
        None => Ok(None),
        Some(base) if base.len() == size && base.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(base.to_owned()))
        }
        Some(base) => Err(FakeError::new(format!(
            "`base` is `{base}`, it must be {size} digits"
        ))),
    }
}

/// The 12 digits that the short form of a UPC stands for.
fn expanded(digit: &str, base: &str) -> String {
    let base = format!("{base:0<6}");
    let part = |from: usize, to: usize| base.get(from..to).unwrap_or("");
    let middle = match part(5, 6) {
        last @ ("0" | "1" | "2") => format!("{}{last}0000{}", part(0, 2), part(2, 5)),
        "3" => format!("{}00000{}", part(0, 3), part(3, 5)),
        "4" => format!("{}00000{}", part(0, 4), part(4, 5)),
        last => format!("{}0000{last}", part(0, 5)),
    };
    with_ean_check(format!("{digit}{middle}"))
}

/// A vehicle identification number with its check character.
pub(in crate::fake) fn vin(call: &mut Call<'_>) -> Result<String, FakeError> {
    const SET: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    const LAST: &[u8] = b"ABCDEFGHJKLMNPRSTVWXYZ0123456789";
    let front = call.characters(SET, 8)?;
    let back = call.characters(LAST, 4)? + &call.mask("####");
    let value = |c: char| match c {
        'A'..='H' => c as u32 - 'A' as u32 + 1,
        'J'..='R' => c as u32 - 'J' as u32 + 1,
        'S'..='Z' => c as u32 - 'S' as u32 + 2,
        _ => c.to_digit(10).unwrap_or(0),
    };
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let all = format!("{front}0{back}");
    let sum: u32 = all
        .chars()
        .zip(WEIGHTS)
        .map(|(c, weight)| value(c) * weight)
        .sum();
    let check = match sum % 11 {
        10 => 'X',
        digit => char::from(b'0' + digit as u8),
    };
    Ok(format!("{front}{check}{back}"))
}
