//! Numbers of people and companies, with the check digits that each country's authority defines.

use chrono::{Datelike, NaiveDate};

use super::super::FakeError;
use super::date::birth;
use super::money::{remainder, with_luhn};
use super::person::{Gender, first_name, last_name};
use super::{Answer, Call, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new(
        "ssn",
        &[
            "taxpayer_identification_number_type",
            "min_age",
            "max_age",
            "gender",
            "area_code",
        ],
        ssn,
    ),
    Provider::new("ein", &[], |call| Ok(ein(call).into())),
    Provider::new("itin", &[], |call| Ok(itin(call).into())),
    Provider::new("invalid_ssn", &[], |call| Ok(invalid_ssn(call).into())),
    Provider::new("vat_id", &[], |call| {
        Ok((call.locale.data.vat_id)(call).into())
    }),
    Provider::new("siren", &[], |call| Ok(grouped(&siren(call)).into())),
    Provider::new("siret", &["max_sequential_digits"], |call| {
        let digits = call.int(0, 2)?.clamp(1, 4) as u32;
        let number = siren(call);
        let local = call.between(1, 10_i64.pow(digits) - 1);
        let all = with_luhn(format!("{number}{local:04}"));
        Ok(format!("{} {}", grouped(&number), all.get(9..).unwrap_or("")).into())
    }),
    Provider::new("company_vat", &["siren"], |call| {
        if call.locale.data.country_code == "IT" {
            return Ok(partita_iva(call).into());
        }
        let number = match call.text(0)? {
            Some(given) => given.chars().filter(char::is_ascii_digit).collect(),
            None => siren(call),
        };
        let key = (12 + 3 * (number.parse::<u64>().unwrap_or(0) % 97)) % 97;
        Ok(format!("FR {key:02} {}", grouped(&number)).into())
    }),
    Provider::new("ape_code", &["version"], |call| {
        Ok(call.mask("##.##?").into())
    }),
    Provider::new("rcs_number", &["city", "letter", "siren"], |call| {
        let city = match call.text(0)?.filter(|city| !city.is_empty()) {
            Some(city) => city.to_owned(),
            None => super::address::city(call),
        };
        let letter = match call.text(1)?.filter(|letter| !letter.is_empty()) {
            Some(letter) => letter.to_owned(),
            None => call.word(&["A", "B"]).to_owned(),
        };
        let number = match call.text(2)?.filter(|siren| !siren.is_empty()) {
            Some(given) => given.to_owned(),
            None => grouped(&siren(call)),
        };
        Ok(format!("RCS {city} {letter} {number}").into())
    }),
    Provider::new("nif", &[], |call| Ok(nif(call).into())),
    Provider::new("nie", &[], |call| {
        let first = call.random.below(3);
        let digits = call.mask("#######");
        let check = dni_letter(&format!("{first}{digits}"));
        let letter = char::from(b'X' + first as u8);
        Ok(format!("{letter}{digits}{check}").into())
    }),
    Provider::new("cif", &[], |call| Ok(cif(call).into())),
    Provider::new("nuss", &["company"], |call| {
        let province = call.between(1, 50);
        let body = if call.flag(0, false) {
            call.mask("%######")
        } else {
            call.mask("%#######")
        };
        let check = remainder(&format!("{province:02}{body}"), 97);
        Ok(format!("{province:02}{body}{check:02}").into())
    }),
    Provider::new("cpf", &[], |call| {
        let digits = cpf(call);
        let part = |from, to| digits.get(from..to).unwrap_or("");
        Ok(format!(
            "{}.{}.{}-{}",
            part(0, 3),
            part(3, 6),
            part(6, 9),
            part(9, 11)
        )
        .into())
    }),
    Provider::new("cin", &[], |call| call.other("cpf")),
    Provider::new("cnpj", &["use_alphanumeric"], |call| {
        let digits = cnpj(call);
        let part = |from, to| digits.get(from..to).unwrap_or("");
        Ok(format!(
            "{}.{}.{}/{}-{}",
            part(0, 2),
            part(2, 5),
            part(5, 8),
            part(8, 12),
            part(12, 14)
        )
        .into())
    }),
    Provider::new("company_id", &["use_alphanumeric"], |call| {
        Ok(cnpj(call).into())
    }),
    Provider::new("rg", &[], |call| {
        let digits = call.mask("%#######");
        let sum: u32 = digits
            .bytes()
            .zip(2..)
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum();
        let check = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            check => char::from(b'0' + check as u8),
        };
        Ok(format!("{digits}{check}").into())
    }),
    Provider::new("individuals_inn", &[], |call| Ok(inn_person(call).into())),
    Provider::new("businesses_inn", &[], |call| Ok(inn_company(call).into())),
    Provider::new("individuals_ogrn", &[], |call| Ok(ogrn(call, 13).into())),
    Provider::new("businesses_ogrn", &[], |call| Ok(ogrn(call, 11).into())),
    Provider::new("kpp", &[], |call| {
        let office = call.between(100, 9999);
        let number = call.between(1, 999);
        let reason = call.word(&["01", "43", "44", "45"]);
        Ok(format!("{office:04}{reason}{number:03}").into())
    }),
    Provider::new("snils", &[], |call| Ok(snils(call).into())),
    Provider::new("bic", &[], |call| Ok(call.mask("04#######").into())),
    Provider::new("correspondent_account", &[], |call| {
        Ok(call.mask("301##############0##").into())
    }),
    Provider::new("checking_account", &[], |call| {
        let start = call.word(&["405", "406", "407", "408"]);
        Ok((start.to_owned() + &call.mask("810##############")).into())
    }),
    Provider::new("kvnr", &[], |call| Ok(kvnr(call).into())),
    Provider::new("rvnr", &["birthdate"], |call| {
        let birth = match call.given(0) {
            Some(super::Datum::Date(day)) => *day,
            Some(super::Datum::DateTime(at)) => at.date(),
            Some(_) => return Err(call.unfit(0, "a date")),
            None => birth(call, 18, 90)?,
        };
        Ok(rvnr(call, birth).into())
    }),
    Provider::new("nino", &[], |call| Ok(nino(call).into())),
    Provider::new("my_number", &[], |call| Ok(my_number(call).into())),
];

fn ssn(call: &mut Call<'_>) -> Answer {
    if call.locale.data.country_code == "US" {
        return Ok(match call.text(0)?.unwrap_or("SSN") {
            "SSN" => social_security(call),
            "EIN" => ein(call),
            "ITIN" => itin(call),
            "INVALID_SSN" => invalid_ssn(call),
            other => {
                return Err(FakeError::new(format!("`{other}` is no kind of number"))
                    .help("known are SSN, EIN, ITIN and INVALID_SSN"));
            }
        }
        .into());
    }
    if call.locale.data.country_code == "CN" {
        return Ok(resident(call)?.into());
    }
    Ok((call.locale.data.person_id)(call).into())
}

/// The number of the social security of the USA.
pub(super) fn social_security(call: &mut Call<'_>) -> String {
    let mut area = call.between(1, 899);
    if area == 666 {
        area += 1;
    }
    let (group, serial) = (call.between(1, 99), call.between(1, 9999));
    format!("{area:03}-{group:02}-{serial:04}")
}

fn ein(call: &mut Call<'_>) -> String {
    const UNUSED: [i64; 16] = [7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97];
    loop {
        let prefix = call.between(1, 99);
        if !UNUSED.contains(&prefix) {
            return call.mask(&format!("{prefix:02}-#######"));
        }
    }
}

fn itin(call: &mut Call<'_>) -> String {
    loop {
        let group = call.between(70, 99);
        if group != 89 && group != 93 {
            return call.mask(&format!("9##-{group}-####"));
        }
    }
}

fn invalid_ssn(call: &mut Call<'_>) -> String {
    match call.random.below(3) {
        0 => call.mask("666-%#-###%"),
        1 => call.mask("%##-00-###%"),
        _ => call.mask("###-%#-0000"),
    }
}

fn digits_of(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    text.chars().filter_map(|c| c.to_digit(10))
}

/// The sum of digits times weights.
fn weighed(digits: &str, weights: &[u32]) -> u32 {
    digits_of(digits)
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

fn push_digit(out: &mut String, digit: u32) {
    out.push(char::from_digit(digit % 10, 10).unwrap_or('0'));
}

fn grouped(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
    format!("{} {} {}", part(0, 3), part(3, 6), part(6, 9))
}

/// Great Britain: two letters, six digits, a letter.
pub(super) fn nino(call: &mut Call<'_>) -> String {
    let suffix = call.word(&["A", "B", "C", "D"]);
    let prefix = call.word(&[
        "AB", "CE", "EG", "HJ", "JK", "LN", "MN", "PR", "SG", "TY", "WM", "ZZ",
    ]);
    call.mask(&format!("{prefix} ## ## ## ")) + suffix
}

/// ISO 7064, MOD 11,10: German tax numbers.
fn mod_11_10(digits: &str) -> u32 {
    let product = digits_of(digits).fold(10, |product, digit| {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10
}

/// Germany: eleven digits, one of the first ten occurs twice, the last is a check digit.
pub(super) fn german_tax(call: &mut Call<'_>) -> String {
    let mut digits: Vec<u32> = (0..10).collect();
    super::super::rand::shuffle(call.random, &mut digits);
    // One digit goes, another takes its place.
    let (gone, twice) = (call.random.below(9) as usize, call.random.below(8) as usize);
    let others: Vec<u32> = digits
        .iter()
        .copied()
        .enumerate()
        .filter(|(at, _)| *at != gone)
        .map(|(_, d)| d)
        .collect();
    digits[gone] = others.get(twice).copied().unwrap_or(1);
    if digits[0] == 0 {
        let other = digits.iter().position(|digit| *digit != 0).unwrap_or(0);
        digits.swap(0, other);
    }
    let mut out = String::new();
    digits.iter().for_each(|digit| push_digit(&mut out, *digit));
    let check = mod_11_10(&out);
    push_digit(&mut out, check);
    out
}

pub(super) fn german_vat(call: &mut Call<'_>) -> String {
    let mut digits = call.mask("%#######");
    let check = mod_11_10(&digits);
    push_digit(&mut digits, check);
    format!("DE{digits}")
}

/// Adds the digits of products with weights 1 and 2.
fn luhn_like(digits: &str, weights: &[u32]) -> u32 {
    let parts = digits_of(digits)
        .zip(weights)
        .map(|(digit, weight)| digit * weight);
    parts.map(|part| part / 10 + part % 10).sum()
}

/// German health insurance: a letter, nine digits (the last checks), and those of the family member.
fn kvnr(call: &mut Call<'_>) -> String {
    let letter = call.character(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let number = format!("{:02}", letter as u32 - 'A' as u32 + 1);
    let digits = call.mask("########");
    let check = luhn_like(
        &format!("{number}{digits}"),
        &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2],
    ) % 10;
    format!("{letter}{digits}{check}{}", call.mask("#########%"))
}

/// German pension insurance: area, birth, letter of the name, serial, check digit.
fn rvnr(call: &mut Call<'_>, birth: NaiveDate) -> String {
    let area = call.between(2, 89);
    let letter = call.character(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let serial = call.mask("##");
    let day = birth.format("%d%m%y");
    let number = letter as u32 - 'A' as u32 + 1;
    let digits = format!("{area:02}{day}{number:02}{serial}");
    let check = luhn_like(&digits, &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10;
    format!("{area:02}{day}{letter}{serial}{check}")
}

/// France: sex, year and month of birth, department, commune, order, key.
pub(super) fn nir(call: &mut Call<'_>) -> String {
    let sex = call.between(1, 2);
    let (year, month) = (call.between(0, 99), call.between(1, 12));
    let mut department = call.between(1, 95);
    if department == 20 {
        department = 21;
    }
    let (commune, order) = (call.between(1, 989), call.between(1, 999));
    let number = format!("{sex}{year:02}{month:02}{department:02}{commune:03}{order:03}");
    let key = 97 - remainder(&number, 97);
    format!("{number}{key:02}")
}

fn siren(call: &mut Call<'_>) -> String {
    with_luhn(call.mask("%#######"))
}

pub(super) fn french_vat(call: &mut Call<'_>) -> String {
    let number = siren(call);
    let key = (12 + 3 * (number.parse::<u64>().unwrap_or(0) % 97)) % 97;
    format!("FR{key:02} {number}")
}

fn dni_letter(digits: &str) -> char {
    let at = digits.parse::<usize>().unwrap_or(0) % 23;
    "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(at).unwrap_or('T')
}

/// Spain: eight digits and a letter.
pub(super) fn nif(call: &mut Call<'_>) -> String {
    let digits = call.mask("########");
    let check = dni_letter(&digits);
    format!("{digits}{check}")
}

/// Spanish companies.
fn cif(call: &mut Call<'_>) -> String {
    let kind = call.character(b"ABCDEFGHJNPQRSUVW");
    let digits = call.mask("#######");
    let sum: u32 = digits_of(&digits)
        .enumerate()
        .map(|(index, digit)| {
            let part = if index % 2 == 0 { digit * 2 } else { digit };
            part / 10 + part % 10
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    if "PQSNWR".contains(kind) {
        let letter = "JABCDEFGHI".chars().nth(check as usize).unwrap_or('J');
        return format!("{kind}{digits}{letter}");
    }
    format!("{kind}{digits}{check}")
}

pub(super) fn spanish_vat(call: &mut Call<'_>) -> String {
    format!("ES{}", cif(call))
}

/// Value of a character at an odd place of an Italian code; even places count plainly.
fn odd_value(c: char) -> u32 {
    const LETTERS: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let at = c
        .to_digit(10)
        .unwrap_or((c as u32).wrapping_sub('A' as u32));
    LETTERS.get(at as usize).copied().unwrap_or(0)
}

/// The check letter of an Italian tax code or account.
pub(super) fn cin(code: &str) -> char {
    let sum: u32 = code
        .chars()
        .enumerate()
        .map(|(index, c)| match (index % 2, c.to_digit(10)) {
            (0, _) => odd_value(c),
            (_, Some(digit)) => digit,
            (_, None) => (c as u32).wrapping_sub('A' as u32),
        })
        .sum();
    char::from(b'A' + (sum % 26) as u8)
}

/// Three letters of a name: consonants first, then vowels, filled with X.
fn name_code(name: &str, given: bool) -> String {
    let mut ascii = String::new();
    super::internet::ascii_lower(name, false, &mut ascii);
    let (mut consonants, vowels): (Vec<char>, Vec<char>) = ascii
        .to_ascii_uppercase()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .partition(|c| !"AEIOU".contains(*c));
    if given && consonants.len() > 3 {
        consonants.remove(1);
    }
    consonants
        .into_iter()
        .chain(vowels)
        .chain("XXX".chars())
        .take(3)
        .collect()
}

/// Italy: name, birth, place, check letter.
pub(super) fn codice_fiscale(call: &mut Call<'_>) -> String {
    let gender = Gender::Any.decide(call);
    let (first, last) = (first_name(call, gender), last_name(call, gender));
    let birth = birth(call, 1, 99).unwrap_or_default();
    let month = "ABCDEHLMPRST"
        .chars()
        .nth(birth.month0() as usize)
        .unwrap_or('A');
    let day = birth.day() + if gender == Gender::Female { 40 } else { 0 };
    let place = call.word(&[
        "H501", "F205", "L219", "F839", "D612", "A944", "D969", "G273", "L736", "A662",
    ]);
    let (last, first) = (name_code(last, false), name_code(first, true));
    let year = birth.year().rem_euclid(100);
    let code = format!("{last}{first}{year:02}{month}{day:02}{place}");
    let check = cin(&code);
    format!("{code}{check}")
}

pub(super) fn partita_iva(call: &mut Call<'_>) -> String {
    let province = call.between(1, 100);
    format!(
        "IT{}",
        with_luhn(call.mask("#######") + &format!("{province:03}"))
    )
}

/// The check digits of Brazilian numbers: weights rise from 2 at the right, up to `most`.
fn brazilian_check(digits: &str, most: u32) -> u32 {
    let sum: u32 = digits_of(digits)
        .rev()
        .zip((2..=most).cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Brazil, people.
pub(super) fn cpf(call: &mut Call<'_>) -> String {
    let mut digits = call.mask("#########");
    for _ in 0..2 {
        let check = brazilian_check(&digits, 11);
        push_digit(&mut digits, check);
    }
    digits
}

/// Brazil, companies.
pub(super) fn cnpj(call: &mut Call<'_>) -> String {
    let mut digits = call.mask("%#######") + "0001";
    for _ in 0..2 {
        let check = brazilian_check(&digits, 9);
        push_digit(&mut digits, check);
    }
    digits
}

/// Russian tax number of a person: two check digits.
pub(super) fn inn_person(call: &mut Call<'_>) -> String {
    let region = call.between(1, 92);
    let mut digits = format!("{region:02}") + &call.mask("########");
    for weights in [
        &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..],
        &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..],
    ] {
        let check = weighed(&digits, weights) % 11;
        push_digit(&mut digits, check);
    }
    digits
}

/// Russian tax number of a company: one check digit.
pub(super) fn inn_company(call: &mut Call<'_>) -> String {
    let region = call.between(1, 92);
    let mut digits = format!("{region:02}") + &call.mask("#######");
    let check = weighed(&digits, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11;
    push_digit(&mut digits, check);
    digits
}

/// Russian register number: the rest by 11 for companies, by 13 for people.
fn ogrn(call: &mut Call<'_>, modulus: u64) -> String {
    let kind = if modulus == 11 {
        call.word(&["1", "5"])
    } else {
        "3"
    };
    let (year, region) = (call.between(2, 25), call.between(1, 92));
    let serial = if modulus == 11 {
        call.mask("#######")
    } else {
        call.mask("#########")
    };
    let digits = format!("{kind}{year:02}{region:02}{serial}");
    let check = remainder(&digits, modulus) % 10;
    format!("{digits}{check}")
}

/// Russian insurance account.
fn snils(call: &mut Call<'_>) -> String {
    let digits = format!("{:09}", call.between(1_001_999, 999_999_999));
    let sum = weighed(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
    let check = if sum == 100 { 0 } else { sum };
    format!("{digits}{check:02}")
}

/// Japan: twelve digits, the last checks.
pub(super) fn my_number(call: &mut Call<'_>) -> String {
    let mut digits = call.mask("###########");
    let sum: u32 = digits_of(&digits)
        .rev()
        .zip([2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6])
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    push_digit(&mut digits, check);
    digits
}

/// China: area, birth, order (odd for men), check character.
fn resident(call: &mut Call<'_>) -> Result<String, FakeError> {
    const AREAS: &[&str] = &[
        "110101", "120101", "130102", "210102", "310101", "320102", "330102", "340102", "350102",
        "370102", "410102", "420102", "430102", "440103", "440304", "450102", "500101", "510104",
        "530102", "610102",
    ];
    let area = match call.text(4)? {
        Some(area) if !area.is_empty() => area.to_owned(),
        _ => call.word(AREAS).to_owned(),
    };
    if area.len() != 6 || !area.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FakeError::new(format!(
            "`area_code` is `{area}`, it must be 6 digits"
        )));
    }
    let birth = birth(call, call.int(1, 18)?, call.int(2, 90)?)?;
    let order = call.between(0, 499) * 2;
    let order = match call.text(3)? {
        Some("M") => order + 1,
        Some("F") => order,
        _ => order + call.between(0, 1),
    };
    let digits = format!("{area}{}{order:03}", birth.format("%Y%m%d"));
    let sum = weighed(
        &digits,
        &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
    );
    let check = "10X98765432"
        .chars()
        .nth((sum % 11) as usize)
        .unwrap_or('0');
    Ok(format!("{digits}{check}"))
}

/// The Netherlands: nine digits whose weighted sum is a multiple of 11.
pub(super) fn bsn(call: &mut Call<'_>) -> String {
    loop {
        let digits = call.mask("%#######");
        let check = weighed(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        if check < 10 {
            return format!("{digits}{check}");
        }
    }
}

/// Poland: birth, serial, check digit.
pub(super) fn pesel(call: &mut Call<'_>) -> String {
    let birth = birth(call, 0, 90).unwrap_or_default();
    let month = birth.month() + if birth.year() >= 2000 { 20 } else { 0 };
    let serial = call.mask("####");
    let year = birth.year().rem_euclid(100);
    let mut digits = format!("{year:02}{month:02}{:02}{serial}", birth.day());
    let check = (10 - weighed(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    push_digit(&mut digits, check);
    digits
}

/// Turkey: eleven digits, the last two check.
pub(super) fn kimlik(call: &mut Call<'_>) -> String {
    let mut digits = call.mask("%########");
    let sum = |offset: usize| digits_of(&digits).skip(offset).step_by(2).sum::<u32>();
    let tenth = (sum(0) * 7 + 90 - sum(1)) % 10;
    push_digit(&mut digits, tenth);
    let last = digits_of(&digits).sum::<u32>() % 10;
    push_digit(&mut digits, last);
    digits
}

/// Sweden: birth, serial, check digit.
pub(super) fn personnummer(call: &mut Call<'_>) -> String {
    let birth = birth(call, 0, 90).unwrap_or_default();
    let digits = with_luhn(birth.format("%y%m%d").to_string() + &call.mask("###"));
    let (day, rest) = digits.split_at(6);
    format!("{day}-{rest}")
}

/// Korea: birth, sex and century, place and order, check digit.
pub(super) fn korean(call: &mut Call<'_>) -> String {
    let birth = birth(call, 0, 90).unwrap_or_default();
    let century = if birth.year() >= 2000 { 3 } else { 1 };
    let sex = century + call.between(0, 1);
    let mut digits = format!("{}{sex}", birth.format("%y%m%d")) + &call.mask("#####");
    let check = (11 - weighed(&digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    push_digit(&mut digits, check);
    digits.insert(6, '-');
    digits
}

/// Taiwan: a letter of the place, sex, seven digits, a check digit.
pub(super) fn taiwanese(call: &mut Call<'_>) -> String {
    let (letter, number) = call
        .pick(&[
            ('A', 10),
            ('B', 11),
            ('C', 12),
            ('D', 13),
            ('E', 14),
            ('F', 15),
            ('G', 16),
            ('H', 17),
        ])
        .unwrap_or(('A', 10));
    let digits = call.between(1, 2).to_string() + &call.mask("#######");
    let sum = number / 10 + number % 10 * 9 + weighed(&digits, &[8, 7, 6, 5, 4, 3, 2, 1]);
    format!("{letter}{digits}{}", (10 - sum % 10) % 10)
}

/// Portugal: nine digits, the last checks.
pub(super) fn portuguese(call: &mut Call<'_>) -> String {
    let start = call.word(&["1", "2"]);
    let mut digits = start.to_owned() + &call.mask("#######");
    let check = match weighed(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    push_digit(&mut digits, check);
    digits
}

/// Ukraine: days since 1899-12-31, serial, check digit.
pub(super) fn ukrainian(call: &mut Call<'_>) -> String {
    let birth = birth(call, 0, 90).unwrap_or_default();
    let start = NaiveDate::from_ymd_opt(1899, 12, 31).unwrap_or_default();
    let days = (birth - start).num_days().max(0);
    let mut digits = format!("{days:05}") + &call.mask("####");
    // The first weight is -1.
    let sum = weighed(&digits, &[10, 5, 7, 9, 4, 6, 10, 5, 7]);
    push_digit(&mut digits, sum % 11);
    digits
}

/// Canada: nine digits by Luhn.
pub(super) fn sin(call: &mut Call<'_>) -> String {
    let digits = with_luhn(call.mask("%#######"));
    grouped(&digits)
}

/// Switzerland: 756, nine digits, an EAN check digit.
pub(super) fn ahv(call: &mut Call<'_>) -> String {
    let digits = super::codes::ean(call, 13, "756");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
    format!(
        "{}.{}.{}.{}",
        part(0, 3),
        part(3, 7),
        part(7, 11),
        part(11, 13)
    )
}

/// Austria: serial, check digit, birth.
pub(super) fn svnr(call: &mut Call<'_>) -> String {
    let birth = birth(call, 0, 90)
        .unwrap_or_default()
        .format("%d%m%y")
        .to_string();
    loop {
        let serial = call.mask("%##");
        let check = weighed(&format!("{serial}{birth}"), &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11;
        if check < 10 {
            return format!("{serial}{check} {birth}");
        }
    }
}

/// Australia: nine digits whose weighted sum is a multiple of 11.
pub(super) fn tfn(call: &mut Call<'_>) -> String {
    loop {
        let digits = call.mask("%#######");
        let sum = weighed(&digits, &[1, 4, 3, 7, 5, 8, 6, 9]);
        // The last weight is 10, which is -1.
        if sum % 11 < 10 {
            return grouped(&format!("{digits}{}", sum % 11));
        }
    }
}

/// Where no number of a country is known: the shape of the USA.
pub(super) fn plain(call: &mut Call<'_>) -> String {
    call.mask("###-##-####")
}

pub(super) fn british_vat(call: &mut Call<'_>) -> String {
    call.mask("GB### #### ##")
}

/// Two letters of the country and nine digits.
pub(super) fn plain_vat(call: &mut Call<'_>) -> String {
    let country = call.locale.data.country_code;
    call.mask(&format!("{country}#########"))
}
