//! `person`

use super::super::FakeError;
use super::super::faker::{
    BLOOD, Datum, Gender, LANGUAGES, Provider, birth, first_name, last_name, name, user_name,
};
use super::{Answer, Call, member};

pub(super) const PERSON: &[Provider] = &[
    Provider::new("full_name", &["gender", "reverse"], |call| {
        let gender = gender(call, 0)?.decide(call);
        let (first, last) = (first_name(call, gender), last_name(call, gender));
        let glued = matches!(call.locale.data.country_code, "CN" | "TW" | "KR");
        Ok(match (call.flag(1, false), glued) {
            (false, false) => format!("{first} {last}"),
            (true, false) => format!("{last} {first}"),
            (_, true) => format!("{last}{first}"),
        }
        .into())
    }),
    Provider::new("name", &["gender"], first),
    Provider::new("first_name", &["gender"], first),
    Provider::new("last_name", &["gender"], last),
    Provider::new("surname", &["gender"], last),
    Provider::new("patronymic", &["gender"], |call| {
        let gender = gender(call, 0)?;
        if !matches!(call.locale.data.country_code, "RU" | "UA") {
            return Ok(Datum::None);
        }
        Ok(call.expand("{middle}", gender).into())
    }),
    Provider::new("title", &["gender", "title_type"], |call| {
        let gender = gender(call, 0)?;
        member(call, 1, "TitleType")?;
        let title = call.expand("{prefix}", gender);
        Ok(if title.is_empty() {
            "Dr.".into()
        } else {
            title.into()
        })
    }),
    Provider::new("username", &["mask", "drange"], username),
    Provider::new("email", &["domains", "unique"], |call| {
        let user = user_name(call);
        let domain = match call.pick_given(0)? {
            Some(domain) => domain.trim_start_matches('@').to_owned(),
            None => call
                .word(&[
                    "example.com",
                    "example.org",
                    "gmail.com",
                    "yandex.com",
                    "outlook.com",
                    "yahoo.com",
                    "protonmail.com",
                ])
                .to_owned(),
        };
        // What is asked to be unique gets digits that make it so in practice.
        let digits = if call.flag(1, false) {
            call.mask("############")
        } else {
            call.mask("####")
        };
        Ok(format!("{user}{digits}@{domain}").into())
    }),
    Provider::new("password", &["length", "hashed"], |call| {
        let length = call.count(0, 8)?;
        if call.flag(1, false) {
            return call.other("md5");
        }
        Ok(call.characters(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", length)?.into())
    }),
    Provider::new("occupation", &[], |call| call.other("job")),
    Provider::new("get_current_locale", &[], super::place::current_locale),
    Provider::new("telephone", &["mask", "placeholder", "e164"], phone),
    Provider::new("phone_number", &["mask", "placeholder", "e164"], phone),
    Provider::new("birthdate", &["min_year", "max_year"], |call| {
        let (low, high) = super::bounds(call, 0, 1980, 2023)?;
        super::time::day_in_years(call, low, high)
    }),
    Provider::new("age", &["minimum", "maximum"], |call| {
        let (low, high) = super::bounds(call, 0, 16, 66)?;
        Ok(Datum::Int(call.between(low, high)))
    }),
    Provider::new("language", &[], |call| call.one(LANGUAGES)),
    Provider::new("nationality", &["gender"], |call| {
        gender(call, 0)?;
        call.one(NATIONALITIES)
    }),
    Provider::new("university", &[], |call| {
        let state = super::super::faker::state(call).0;
        Ok(format!("{state} State University").into())
    }),
    Provider::new("academic_degree", &[], |call| {
        call.one(&["Bachelor", "Master", "PhD"])
    }),
    Provider::new("blood_type", &[], |call| call.one(BLOOD)),
    Provider::new("gender", &[], |call| call.one(&["Male", "Female", "Other"])),
    Provider::new("sex", &[], |call| call.one(&["Male", "Female", "Other"])),
    Provider::new("gender_code", &[], |call| {
        Ok(Datum::Int(call.pick(&[0, 1, 2, 9]).unwrap_or(0)))
    }),
    Provider::new("gender_symbol", &[], |call| call.one(&["♂", "♀", "⚲"])),
    Provider::new("height", &["minimum", "maximum"], |call| {
        let (low, high) = (call.float(0)?.unwrap_or(1.5), call.float(1)?.unwrap_or(2.0));
        let height = super::super::rand::number::floating(call.random, low, high);
        Ok(format!("{height:.2}").into())
    }),
    Provider::new("weight", &["minimum", "maximum"], |call| {
        let (low, high) = super::bounds(call, 0, 38, 90)?;
        Ok(Datum::Int(call.between(low, high)))
    }),
    Provider::new("identifier", &["mask"], |call| {
        let mask = call.text(0)?.unwrap_or("##-##/##").replace('@', "?");
        Ok(call.mask(&mask).into())
    }),
];

const NATIONALITIES: &[&str] = &[
    "Afghan",
    "Albanian",
    "American",
    "Argentinian",
    "Australian",
    "Austrian",
    "Belgian",
    "Brazilian",
    "British",
    "Bulgarian",
    "Canadian",
    "Chilean",
    "Chinese",
    "Colombian",
    "Croatian",
    "Cuban",
    "Czech",
    "Danish",
    "Dutch",
    "Egyptian",
    "Estonian",
    "Ethiopian",
    "Finnish",
    "French",
    "German",
    "Greek",
    "Hungarian",
    "Icelandic",
    "Indian",
    "Indonesian",
    "Iranian",
    "Iraqi",
    "Irish",
    "Israeli",
    "Italian",
    "Japanese",
    "Kenyan",
    "Korean",
    "Latvian",
    "Lithuanian",
    "Malaysian",
    "Mexican",
    "Moroccan",
    "Nigerian",
    "Norwegian",
    "Pakistani",
    "Peruvian",
    "Polish",
    "Portuguese",
    "Romanian",
    "Russian",
    "Scottish",
    "Serbian",
    "Slovak",
    "Spanish",
    "Swedish",
    "Swiss",
    "Thai",
    "Turkish",
    "Ukrainian",
    "Vietnamese",
    "Welsh",
];

fn gender(call: &Call<'_>, index: usize) -> Result<Gender, FakeError> {
    Ok(match member(call, index, "Gender")? {
        Some("male") => Gender::Male,
        Some(_) => Gender::Female,
        None => Gender::Any,
    })
}

fn first(call: &mut Call<'_>) -> Answer {
    let gender = gender(call, 0)?;
    Ok(first_name(call, gender).into())
}

fn last(call: &mut Call<'_>) -> Answer {
    let gender = gender(call, 0)?;
    Ok(last_name(call, gender).into())
}

/// The name as a whole, for other groups.
pub(super) fn owner(call: &mut Call<'_>, index: usize) -> Result<String, FakeError> {
    let gender = gender(call, index)?;
    Ok(name(call, gender))
}

/// `C` a capitalised word, `U` upper case, `l` lower case, `d` a year, and `_ - .` between.
fn username(call: &mut Call<'_>) -> Answer {
    let mask = match call.text(0)? {
        Some(mask) => mask.to_owned(),
        None => call
            .word(&["l_d", "l-d", "l.d", "ld", "C_d", "Ud"])
            .to_owned(),
    };
    let range = match call.list(1)? {
        None => (1800, 2100),
        Some([Datum::Int(low), Datum::Int(high)]) if low <= high => (*low, *high),
        Some(_) => {
            return Err(FakeError::new(
                "`drange` must be two whole numbers, the lower first",
            ));
        }
    };
    let mut out = String::new();
    for c in mask.chars() {
        let word = super::words::english(call);
        match c {
            'l' => out.push_str(word),
            'U' => out.push_str(&word.to_uppercase()),
            'C' => {
                let mut letters = word.chars();
                out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                out.push_str(letters.as_str());
            }
            'd' => out.push_str(&call.between(range.0, range.1).to_string()),
            '_' | '-' | '.' => out.push(c),
            other => {
                return Err(FakeError::new(format!(
                    "`{other}` has no meaning in a mask of user names"
                ))
                .help("known are C, U, l, d, _, - and ."));
            }
        }
    }
    Ok(out.into())
}

fn phone(call: &mut Call<'_>) -> Answer {
    let placeholder = call.text(1)?.unwrap_or("#").to_owned();
    if call.flag(2, false) {
        return Ok(format!("+{}", call.mask("%##########")).into());
    }
    match call.text(0)?.filter(|mask| !mask.is_empty()) {
        Some(mask) => {
            let mask = mask.to_owned();
            let filled = mask.chars().map(|c| {
                if placeholder.contains(c) {
                    call.digit()
                } else {
                    c
                }
            });
            Ok(filled.collect::<String>().into())
        }
        None => call.other("phone_number"),
    }
}

/// A day of birth of a grown-up, for the specs.
pub(super) fn grown_up(call: &mut Call<'_>) -> chrono::NaiveDate {
    birth(call, 18, 80).unwrap_or_default()
}
