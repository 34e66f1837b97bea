//! Names of people.

use super::{Answer, Call, Provider, provider_of};

pub(super) static PROVIDERS: &[Provider] = &[
    provider_of("name", &[], |call| Ok(name(call, Gender::Any).into())),
    provider_of("name_female", &[], |call| {
        Ok(name(call, Gender::Female).into())
    }),
    provider_of("name_male", &[], |call| Ok(name(call, Gender::Male).into())),
    provider_of("name_nonbinary", &[], |call| {
        Ok(name(call, Gender::Any).into())
    }),
    provider_of("first_name", &[], |call| {
        Ok(first_name(call, Gender::Any).into())
    }),
    provider_of("first_name_female", &[], |call| {
        Ok(first_name(call, Gender::Female).into())
    }),
    provider_of("first_name_male", &[], |call| {
        Ok(first_name(call, Gender::Male).into())
    }),
    provider_of("first_name_nonbinary", &[], |call| {
        Ok(first_name(call, Gender::Any).into())
    }),
    provider_of("last_name", &[], |call| {
        Ok(last_name(call, Gender::Any).into())
    }),
    provider_of("last_name_female", &[], |call| {
        Ok(last_name(call, Gender::Female).into())
    }),
    provider_of("last_name_male", &[], |call| {
        Ok(last_name(call, Gender::Male).into())
    }),
    provider_of("prefix", &[], |call| {
        Ok(call.word(&["Mr.", "Mrs.", "Ms.", "Miss", "Dr."]).into())
    }),
    provider_of("prefix_female", &[], |call| {
        Ok(call.word(&["Mrs.", "Ms.", "Miss", "Dr."]).into())
    }),
    provider_of("prefix_male", &[], |call| {
        Ok(call.word(&["Mr.", "Dr."]).into())
    }),
    provider_of("suffix", &[], |call| Ok(call.word(SUFFIXES).into())),
    provider_of("language_name", &[], language_name),
];

const SUFFIXES: &[&str] = &["Jr.", "MD", "DDS", "PhD", "DVM", "II", "III", "IV", "V"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Any,
    Female,
    Male,
}

impl Gender {
    fn decide(self, call: &mut Call<'_>) -> Self {
        match self {
            Self::Any if call.chance(0.5) => Self::Female,
            Self::Any => Self::Male,
            decided => decided,
        }
    }
}

pub(super) fn first_name(call: &mut Call<'_>, gender: Gender) -> &'static str {
    let data = call.locale.data;
    match gender.decide(call) {
        Gender::Female => call.word(data.female),
        Gender::Male | Gender::Any => call.word(data.male),
    }
}

pub(super) fn last_name(call: &mut Call<'_>, gender: Gender) -> &'static str {
    let data = call.locale.data;
    if !data.last_female.is_empty() && gender.decide(call) == Gender::Female {
        return call.word(data.last_female);
    }
    call.word(data.last)
}

pub(super) fn name(call: &mut Call<'_>, gender: Gender) -> String {
    let gender = gender.decide(call);
    let first = first_name(call, gender);
    let last = last_name(call, gender);
    if let Some(between) = call.locale.data.family_first {
        return format!("{last}{between}{first}");
    }
    if !call.locale.code.starts_with("en") {
        return format!("{first} {last}");
    }
    let prefix = if gender == Gender::Female {
        "Mrs."
    } else {
        "Mr."
    };
    match call.between(1, 1000) {
        1..=15 => format!("{prefix} {first} {last}"),
        16..=35 => format!("{first} {last} {}", call.word(SUFFIXES)),
        36..=40 => format!("{prefix} {first} {last} {}", call.word(SUFFIXES)),
        _ => format!("{first} {last}"),
    }
}

fn language_name(call: &mut Call<'_>) -> Answer {
    let name = call.word(&[
        "English",
        "German",
        "French",
        "Spanish",
        "Italian",
        "Portuguese",
        "Dutch",
        "Swedish",
        "Polish",
        "Russian",
        "Ukrainian",
        "Turkish",
        "Arabic",
        "Hindi",
        "Chinese",
        "Japanese",
        "Korean",
        "Greek",
    ]);
    Ok(name.into())
}
