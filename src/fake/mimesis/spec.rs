//! `spec`: numbers and codes of single countries.

use super::super::faker::{Datum, Provider};
use super::person::grown_up;
use super::{Answer, Call, Group};

/// Groups by country, with the locale whose data each uses.
pub(super) static SPECS: &[(Group, &str)] = &[
    (group("brazil", BRAZIL), "pt_BR"),
    (group("denmark", DENMARK), "da_DK"),
    (group("italy", ITALY), "it_IT"),
    (group("netherlands", NETHERLANDS), "nl_NL"),
    (group("poland", POLAND), "pl_PL"),
    (group("russia", RUSSIA), "ru_RU"),
    (group("ukraine", UKRAINE), "uk_UA"),
    (group("usa", USA), "en_US"),
];

const fn group(name: &'static str, members: &'static [Provider]) -> Group {
    Group { name, members }
}

fn digits_unless(call: &mut Call<'_>, provider: &str, punctuated: bool) -> Answer {
    let answer = call.other(provider)?;
    if punctuated {
        return Ok(answer);
    }
    let text = answer.as_text().unwrap_or("");
    Ok(text
        .chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .into())
}

const BRAZIL: &[Provider] = &[
    Provider::new("cpf", &["with_mask"], |call| {
        let masked = call.flag(0, true);
        digits_unless(call, "cpf", masked)
    }),
    Provider::new("cnpj", &["with_mask"], |call| {
        let masked = call.flag(0, true);
        digits_unless(call, "cnpj", masked)
    }),
];

const DENMARK: &[Provider] = &[Provider::new("cpr", &[], |call| {
    let day = grown_up(call).format("%d%m%y").to_string();
    Ok((day + &call.mask("####")).into())
})];

const ITALY: &[Provider] = &[Provider::new("fiscal_code", &["gender"], |call| {
    call.other("ssn")
})];

const NETHERLANDS: &[Provider] = &[
    Provider::new("bsn", &[], |call| call.other("ssn")),
    Provider::new("burgerservicenummer", &[], |call| call.other("ssn")),
];

const POLAND: &[Provider] = &[
    Provider::new("pesel", &["birth_date", "gender"], |call| call.other("ssn")),
    Provider::new("nip", &[], |call| {
        loop {
            let digits = call.mask("%########");
            let check = weighed(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11;
            if check < 10 {
                return Ok(format!("{digits}{check}").into());
            }
        }
    }),
    Provider::new("regon", &[], |call| {
        let digits = call.mask("########");
        let check = weighed(&digits, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10;
        Ok(format!("{digits}{check}").into())
    }),
];

fn weighed(digits: &str, weights: &[u32]) -> u32 {
    digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

const RUSSIA: &[Provider] = &[
    Provider::new("inn", &[], |call| call.other("individuals_inn")),
    Provider::new("ogrn", &[], |call| call.other("businesses_ogrn")),
    Provider::new("snils", &[], |call| call.other("snils")),
    Provider::new("kpp", &[], |call| call.other("kpp")),
    Provider::new("bic", &[], |call| call.other("bic")),
    Provider::new("passport_series", &["year"], |call| {
        let year = match call.maybe_int(0)? {
            Some(year) => year.rem_euclid(100),
            None => call.between(10, 24),
        };
        Ok(format!("{:02} {year:02}", call.between(1, 99)).into())
    }),
    Provider::new("passport_number", &[], |call| {
        Ok(Datum::Int(call.between(100_000, 999_999)))
    }),
    Provider::new("series_and_number", &[], |call| {
        let (series, year) = (call.between(1, 99), call.between(10, 24));
        Ok(format!("{series:02} {year:02} {}", call.between(100_000, 999_999)).into())
    }),
    Provider::new("patronymic", &["gender"], |call| call.other("middle_name")),
    Provider::new("generate_sentence", &[], |call| call.other("sentence")),
];

const UKRAINE: &[Provider] = &[Provider::new("patronymic", &["gender"], |call| {
    call.other("middle_name")
})];

const USA: &[Provider] = &[
    Provider::new("ssn", &[], |call| call.other("ssn")),
    Provider::new("tracking_number", &["service"], |call| {
        let mask = match call.text(0)?.unwrap_or("usps") {
            "usps" => call.word(&["#### #### #### #### ####", "?? ### ### ### US"]),
            "fedex" => call.word(&["#### #### ####", "#### #### #### ###"]),
            "ups" => "1Z?####?##########",
            other => {
                return Err(super::FakeError::new(format!("`{other}` is no service"))
                    .help("known are usps, fedex and ups"));
            }
        };
        Ok(call.mask(mask).into())
    }),
    Provider::new("personality", &["category"], |call| {
        if call
            .text(0)?
            .is_some_and(|category| category.eq_ignore_ascii_case("rheti"))
        {
            return Ok(Datum::Int(call.between(1, 9)));
        }
        call.one(&[
            "ISFJ", "ISTJ", "INFJ", "INTJ", "ISTP", "ISFP", "INFP", "INTP", "ESTP", "ESFP", "ENFP",
            "ENTP", "ESTJ", "ESFJ", "ENFJ", "ENTJ",
        ])
    }),
];
