//! `text`

use super::super::faker::{Datum, EMOJI, Provider, sentence};
use super::{Call, member};

pub(super) const TEXT: &[Provider] = &[
    Provider::new("word", &[], |call| call.one(call.locale.data.words)),
    Provider::new("words", &["quantity"], |call| {
        let count = call.count(0, 5)?;
        let words = call.locale.data.words;
        Ok(Datum::List(
            (0..count).map(|_| call.word(words).into()).collect(),
        ))
    }),
    Provider::new("sentence", &[], |call| Ok(sentence(call).into())),
    Provider::new("title", &[], |call| Ok(sentence(call).into())),
    Provider::new("text", &["quantity"], |call| {
        let count = call.count(0, 5)?.min(100_000);
        let sentences: Vec<String> = (0..count).map(|_| sentence(call)).collect();
        Ok(sentences.join(" ").into())
    }),
    Provider::new("quote", &[], |call| {
        call.one(&[
            "The only thing we have to fear is fear itself.",
            "Less is more.",
            "Knowledge is power.",
            "Fortune favors the bold.",
            "I think, therefore I am.",
            "Practice makes perfect.",
            "Time is money.",
            "Where there is a will, there is a way.",
        ])
    }),
    Provider::new("level", &[], |call| {
        call.one(&[
            "critical",
            "dangerous",
            "extreme",
            "high",
            "low",
            "moderate",
            "normal",
        ])
    }),
    Provider::new("answer", &[], |call| {
        call.one(match call.locale.data.country_code {
            "DE" | "AT" | "CH" => &["Ja", "Nein", "Vielleicht"],
            "FR" => &["Oui", "Non", "Peut-être"],
            "ES" | "MX" => &["Sí", "No", "Quizás"],
            "IT" => &["Sì", "No", "Forse"],
            "BR" | "PT" => &["Sim", "Não", "Talvez"],
            "RU" => &["Да", "Нет", "Возможно"],
            "JP" => &["はい", "いいえ", "多分"],
            "CN" | "TW" => &["是", "否", "也许"],
            _ => &["Yes", "No", "Maybe"],
        })
    }),
    Provider::new("color", &[], |call| call.other("color_name")),
    Provider::new("hex_color", &["safe"], |call| {
        if call.flag(0, false) {
            call.other("safe_hex_color")
        } else {
            call.other("hex_color")
        }
    }),
    Provider::new("rgb_color", &["safe"], |call| {
        let step = if call.flag(0, false) { 17 } else { 1 };
        let mut part = || Datum::Int(call.between(0, 255 / step) * step);
        Ok(Datum::Tuple(vec![part(), part(), part()]))
    }),
    Provider::new("emoji", &["category"], |call| {
        member(call, 0, "EmojiCategory")?;
        call.one(EMOJI)
    }),
    Provider::new("alphabet", &["lower_case"], |call| {
        let upper = match call.locale.data.country_code {
            "RU" => "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
            "UA" => "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ",
            "DE" => "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜẞ",
            "ES" => "ABCDEFGHIJKLMNÑOPQRSTUVWXYZ",
            _ => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        };
        let lower = call.flag(0, false);
        let letters = upper.chars().map(|c| {
            if lower {
                c.to_lowercase().to_string()
            } else {
                c.to_string()
            }
        });
        Ok(Datum::List(letters.map(Datum::Text).collect()))
    }),
    Provider::new("get_current_locale", &[], super::place::current_locale),
];

/// A lower-case English word.
pub(super) fn english(call: &mut Call<'_>) -> &'static str {
    let english = crate::fake::faker::Locale::faker("en_US");
    call.word(english.map_or(&[][..], |english| english.data.words))
}
