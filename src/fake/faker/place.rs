//! Addresses, phones, companies and jobs.

use fake::locales as crates;
use fake::locales::Data as _;

use super::person::{Gender, first_name, last_name};
use super::{Answer, Call, Datum, Provider, provider_of};

type English = crates::EN;

pub(super) static PROVIDERS: &[Provider] = &[
    provider_of("city", &[], |call| Ok(city(call).into())),
    provider_of("city_prefix", &[], |call| {
        Ok(call.word(English::ADDRESS_CITY_PREFIX).into())
    }),
    provider_of("city_suffix", &[], |call| {
        Ok(call.word(English::ADDRESS_CITY_SUFFIX).into())
    }),
    provider_of("state", &[], |call| Ok(state(call).into())),
    provider_of("state_abbr", &[], |call| {
        Ok(call.word(English::ADDRESS_STATE_ABBR).into())
    }),
    provider_of("administrative_unit", &[], |call| Ok(state(call).into())),
    provider_of("country", &[], |call| {
        Ok(call.word(English::ADDRESS_COUNTRY).into())
    }),
    provider_of("country_code", &["representation"], |call| {
        Ok(call.word(English::ADDRESS_COUNTRY_CODE).into())
    }),
    provider_of("current_country", &[], |call| {
        Ok(call.locale.data.country.into())
    }),
    provider_of("current_country_code", &[], |call| {
        Ok(call.locale.data.country_code.into())
    }),
    provider_of("postcode", &[], |call| Ok(postcode(call).into())),
    provider_of("zipcode", &[], |call| Ok(postcode(call).into())),
    provider_of("postalcode", &[], |call| Ok(postcode(call).into())),
    provider_of("building_number", &[], |call| Ok(number(call).into())),
    provider_of("street_name", &[], |call| Ok(street_name(call).into())),
    provider_of("street_suffix", &[], |call| Ok(call.word(SUFFIXES).into())),
    provider_of(
        "street_address",
        &[],
        |call| Ok(street_address(call).into()),
    ),
    provider_of("secondary_address", &[], secondary_address),
    provider_of("address", &[], |call| Ok(address(call).into())),
    provider_of("latitude", &[], |call| {
        Ok(Datum::Float(degrees(call, 90.0)))
    }),
    provider_of("longitude", &[], |call| {
        Ok(Datum::Float(degrees(call, 180.0)))
    }),
    provider_of("coordinate", &["center", "radius"], |call| {
        Ok(Datum::Float(degrees(call, 180.0)))
    }),
    provider_of("latlng", &[], |call| {
        Ok(Datum::Tuple(vec![
            Datum::Float(degrees(call, 90.0)),
            Datum::Float(degrees(call, 180.0)),
        ]))
    }),
    provider_of("phone_number", &[], |call| Ok(phone(call).into())),
    provider_of("basic_phone_number", &[], |call| {
        Ok(call.digits("%##-###-####").into())
    }),
    provider_of("msisdn", &[], |call| {
        Ok(call.digits("#############").into())
    }),
    provider_of("country_calling_code", &[], |call| {
        Ok(call
            .word(&["+1", "+33", "+34", "+39", "+44", "+49", "+7", "+81", "+86"])
            .into())
    }),
    provider_of("company", &[], |call| Ok(company(call).into())),
    provider_of("company_suffix", &[], |call| {
        Ok(call.word(call.locale.data.company_suffixes).into())
    }),
    provider_of("catch_phrase", &[], catch_phrase),
    provider_of("bs", &[], bs),
    provider_of("job", &[], |call| Ok(job(call).into())),
    provider_of("job_male", &[], |call| Ok(job(call).into())),
    provider_of("job_female", &[], |call| Ok(job(call).into())),
    provider_of("currency_code", &[], |call| {
        Ok(call.word(English::CURRENCY_CODE).into())
    }),
    provider_of("currency_name", &[], |call| {
        Ok(call.word(English::CURRENCY_NAME).into())
    }),
    provider_of("currency_symbol", &["code"], |call| {
        Ok(call.word(English::CURRENCY_SYMBOL).into())
    }),
    provider_of("currency", &[], |call| {
        Ok(Datum::Tuple(vec![
            call.word(English::CURRENCY_CODE).into(),
            call.word(English::CURRENCY_NAME).into(),
        ]))
    }),
    provider_of("license_plate", &[], |call| Ok(plate(call).into())),
];

const SUFFIXES: &[&str] = &[
    "Street",
    "Avenue",
    "Road",
    "Lane",
    "Drive",
    "Court",
    "Place",
    "Boulevard",
    "Way",
];

pub(super) fn city(call: &mut Call<'_>) -> String {
    let cities = call.locale.data.cities;
    if !cities.is_empty() {
        return call.word(cities).to_owned();
    }
    let stem = if call.chance(0.5) {
        first_name(call, Gender::Any)
    } else {
        last_name(call, Gender::Any)
    };
    let suffix = call.word(English::ADDRESS_CITY_SUFFIX);
    if call.chance(0.5) {
        format!("{} {stem}{suffix}", call.word(English::ADDRESS_CITY_PREFIX))
    } else {
        format!("{stem}{suffix}")
    }
}

pub(super) fn state(call: &mut Call<'_>) -> &'static str {
    let states = call.locale.data.states;
    call.word(if states.is_empty() {
        English::ADDRESS_STATE
    } else {
        states
    })
}

pub(super) fn postcode(call: &mut Call<'_>) -> String {
    let format = call.word(call.locale.data.postcodes);
    call.digits(format)
}

fn number(call: &mut Call<'_>) -> String {
    let format = call.word(&["%####", "%###", "%##"]);
    call.digits(format)
}

fn street_name(call: &mut Call<'_>) -> String {
    if !call.locale.code.starts_with("en") {
        return call.word(call.locale.data.streets).to_owned();
    }
    let stem = if call.chance(0.5) {
        call.word(call.locale.data.streets)
    } else {
        last_name(call, Gender::Any)
    };
    format!("{stem} {}", call.word(SUFFIXES))
}

pub(super) fn street_address(call: &mut Call<'_>) -> String {
    if call.locale.code.starts_with("en") {
        format!("{} {}", number(call), street_name(call))
    } else {
        format!("{} {}", street_name(call), call.between(1, 150))
    }
}

fn secondary_address(call: &mut Call<'_>) -> Answer {
    let format = call.word(&["Apt. ###", "Suite ###"]);
    Ok(call.digits(format).into())
}

pub(super) fn address(call: &mut Call<'_>) -> String {
    let street = street_address(call);
    let (city, code) = (city(call), postcode(call));
    if call.locale.code == "en_US" || call.locale.code == "en" {
        let state = call.word(English::ADDRESS_STATE_ABBR);
        format!("{street}\n{city}, {state} {code}")
    } else {
        format!("{street}\n{code} {city}")
    }
}

/// Degrees with six decimals.
pub(super) fn degrees(call: &mut Call<'_>, most: f64) -> f64 {
    let millionths = (most * 1e6) as i64;
    call.between(-millionths, millionths) as f64 / 1e6
}

pub(super) fn phone(call: &mut Call<'_>) -> String {
    let format = call.word(call.locale.data.phones);
    call.digits(format)
}

pub(super) fn company(call: &mut Call<'_>) -> String {
    let suffix = call.word(call.locale.data.company_suffixes);
    if call.locale.data.family_first.is_some() {
        return format!("{}{suffix}", last_name(call, Gender::Male));
    }
    match call.between(0, 2) {
        0 => format!("{} {suffix}", last_name(call, Gender::Male)),
        1 => format!(
            "{}-{}",
            last_name(call, Gender::Male),
            last_name(call, Gender::Male)
        ),
        _ => format!(
            "{}, {} and {}",
            last_name(call, Gender::Male),
            last_name(call, Gender::Male),
            last_name(call, Gender::Male)
        ),
    }
}

fn catch_phrase(call: &mut Call<'_>) -> Answer {
    Ok(format!(
        "{} {} {}",
        call.word(English::COMPANY_BUZZWORD_HEAD),
        call.word(English::COMPANY_BUZZWORD_MIDDLE),
        call.word(English::COMPANY_BUZZWORD_TAIL)
    )
    .into())
}

fn bs(call: &mut Call<'_>) -> Answer {
    Ok(format!(
        "{} {} {}",
        call.word(English::COMPANY_BS_VERBS),
        call.word(English::COMPANY_BS_ADJ),
        call.word(English::COMPANY_BS_NOUNS)
    )
    .into())
}

pub(super) fn job(call: &mut Call<'_>) -> String {
    if call.chance(0.5) {
        let profession = call.word(English::COMPANY_PROFESSION);
        let mut letters = profession.chars();
        return letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().collect::<String>() + letters.as_str()
        });
    }
    format!(
        "{} {}",
        call.word(English::JOB_FIELD),
        call.word(English::JOB_POSITION)
    )
}

fn plate(call: &mut Call<'_>) -> String {
    let format = call.word(&["###-???", "???-####", "???-###", "??-#####", "#??####"]);
    super::misc::bothify(call, format, super::super::rand::text::UPPERCASE)
}
