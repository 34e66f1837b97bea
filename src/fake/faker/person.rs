//! Names of people.

use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("name", &[], |call| text(name(call, Gender::Any))),
    Provider::new("name_female", &[], |call| text(name(call, Gender::Female))),
    Provider::new("name_male", &[], |call| text(name(call, Gender::Male))),
    Provider::new("name_nonbinary", &[], |call| text(name(call, Gender::Any))),
    Provider::new("first_name", &[], |call| {
        word(first_name(call, Gender::Any))
    }),
    Provider::new("first_name_female", &[], |call| {
        word(first_name(call, Gender::Female))
    }),
    Provider::new("first_name_male", &[], |call| {
        word(first_name(call, Gender::Male))
    }),
    Provider::new("first_name_nonbinary", &[], |call| {
        word(first_name(call, Gender::Any))
    }),
    Provider::new("last_name", &[], |call| word(last_name(call, Gender::Any))),
    Provider::new("last_name_female", &[], |call| {
        word(last_name(call, Gender::Female))
    }),
    Provider::new("last_name_male", &[], |call| {
        word(last_name(call, Gender::Male))
    }),
    Provider::new("last_name_nonbinary", &[], |call| {
        word(last_name(call, Gender::Any))
    }),
    Provider::new("prefix", &[], |call| word(prefix(call, Gender::Any))),
    Provider::new("prefix_female", &[], |call| {
        word(prefix(call, Gender::Female))
    }),
    Provider::new("prefix_male", &[], |call| word(prefix(call, Gender::Male))),
    Provider::new("prefix_nonbinary", &[], |call| {
        word(prefix(call, Gender::Any))
    }),
    Provider::new("suffix", &[], suffix),
    Provider::new("suffix_female", &[], suffix),
    Provider::new("suffix_male", &[], suffix),
    Provider::new("suffix_nonbinary", &[], suffix),
    Provider::new("language_name", &[], |call| call.one(LANGUAGES)),
];

pub(in crate::fake) const LANGUAGES: &[&str] = &[
    "Afrikaans",
    "Albanian",
    "Amharic",
    "Arabic",
    "Armenian",
    "Azerbaijani",
    "Basque",
    "Belarusian",
    "Bengali",
    "Bosnian",
    "Bulgarian",
    "Burmese",
    "Catalan",
    "Chinese",
    "Croatian",
    "Czech",
    "Danish",
    "Dutch",
    "English",
    "Esperanto",
    "Estonian",
    "Faroese",
    "Finnish",
    "French",
    "Galician",
    "Georgian",
    "German",
    "Greek",
    "Gujarati",
    "Hausa",
    "Hebrew",
    "Hindi",
    "Hungarian",
    "Icelandic",
    "Igbo",
    "Indonesian",
    "Irish",
    "Italian",
    "Japanese",
    "Kannada",
    "Kazakh",
    "Khmer",
    "Korean",
    "Kurdish",
    "Kyrgyz",
    "Lao",
    "Latvian",
    "Lithuanian",
    "Luxembourgish",
    "Macedonian",
    "Malagasy",
    "Malay",
    "Malayalam",
    "Maltese",
    "Maori",
    "Marathi",
    "Mongolian",
    "Nepali",
    "Norwegian",
    "Pashto",
    "Persian",
    "Polish",
    "Portuguese",
    "Punjabi",
    "Romanian",
    "Russian",
    "Samoan",
    "Serbian",
    "Sinhala",
    "Slovak",
    "Slovenian",
    "Somali",
    "Spanish",
    "Swahili",
    "Swedish",
    "Tagalog",
    "Tajik",
    "Tamil",
    "Telugu",
    "Thai",
    "Tibetan",
    "Turkish",
    "Turkmen",
    "Ukrainian",
    "Urdu",
    "Uzbek",
    "Vietnamese",
    "Welsh",
    "Xhosa",
    "Yiddish",
    "Yoruba",
    "Zulu",
];

/// Whose name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fake) enum Gender {
    /// Decided by a draw where it matters.
    Any,
    Female,
    Male,
}

impl Gender {
    pub(in crate::fake) fn decide(self, call: &mut Call<'_>) -> Self {
        match self {
            Self::Any if call.random.below(2) == 0 => Self::Female,
            Self::Any => Self::Male,
            decided => decided,
        }
    }
}

fn text(text: String) -> Answer {
    Ok(Datum::Text(text))
}

fn word(word: &'static str) -> Answer {
    Ok(Datum::Static(word))
}

fn suffix(call: &mut Call<'_>) -> Answer {
    call.one(call.locale.data.suffixes)
}

pub(in crate::fake) fn first_name(call: &mut Call<'_>, gender: Gender) -> &'static str {
    let data = call.locale.data;
    match gender.decide(call) {
        Gender::Female => call.word(data.female),
        Gender::Male | Gender::Any => call.word(data.male),
    }
}

pub(in crate::fake) fn last_name(call: &mut Call<'_>, gender: Gender) -> &'static str {
    let data = call.locale.data;
    if !data.last_female.is_empty() && gender.decide(call) == Gender::Female {
        return call.word(data.last_female);
    }
    call.word(data.last)
}

/// The patronymic, where the locale has one.
pub(super) fn middle_name(call: &mut Call<'_>, gender: Gender) -> &'static str {
    let data = call.locale.data;
    match gender.decide(call) {
        Gender::Female => call.word(data.middle_female),
        Gender::Male | Gender::Any => call.word(data.middle_male),
    }
}

pub(super) fn prefix(call: &mut Call<'_>, gender: Gender) -> &'static str {
    let data = call.locale.data;
    match gender.decide(call) {
        Gender::Female => call.word(data.prefix_female),
        Gender::Male | Gender::Any => call.word(data.prefix_male),
    }
}

pub(in crate::fake) fn name(call: &mut Call<'_>, gender: Gender) -> String {
    let gender = gender.decide(call);
    let pattern = call
        .weighted(call.locale.data.names)
        .unwrap_or("{first} {last}");
    if pattern == "{first} {last}" {
        let (first, last) = (first_name(call, gender), last_name(call, gender));
        let mut out = String::with_capacity(first.len() + last.len() + 1);
        out.push_str(first);
        out.push(' ');
        out.push_str(last);
        return out;
    }
    call.expand(pattern, gender)
}
