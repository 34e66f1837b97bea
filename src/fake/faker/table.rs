//! What data a locale has.

use super::Call;

/// A list of words known when compiling.
pub(in crate::fake) type Words = &'static [&'static str];

/// Data of a language or country. A locale starts from another's with `..`.
#[derive(Debug)]
pub(in crate::fake) struct Tables {
    pub female: Words,
    pub male: Words,
    pub last: Words,
    /// Surnames of women where they differ; empty where they do not.
    pub last_female: Words,
    pub middle_female: Words,
    pub middle_male: Words,
    pub prefix_female: Words,
    pub prefix_male: Words,
    pub suffixes: Words,
    /// Whole names as patterns, with their weights.
    pub names: &'static [(u32, &'static str)],
    /// First names in Latin letters where letters cannot be transliterated one by one.
    pub roman_first: Words,
    pub roman_last: Words,

    pub cities: Words,
    pub city_prefixes: Words,
    pub city_suffixes: Words,
    pub city_formats: Words,
    /// Names and abbreviations.
    pub states: &'static [(&'static str, &'static str)],
    pub districts: Words,
    pub streets: Words,
    pub street_prefixes: Words,
    pub street_suffixes: Words,
    pub street_formats: Words,
    /// Masks.
    pub numbers: Words,
    /// Masks.
    pub secondary: Words,
    pub street_addresses: Words,
    pub addresses: Words,
    /// Masks.
    pub postcodes: Words,
    pub country: &'static str,
    pub country_code: &'static str,
    pub countries: Words,

    pub company_prefixes: Words,
    pub company_suffixes: Words,
    pub company_words: Words,
    pub company_formats: Words,
    pub jobs: Words,

    /// Masks.
    pub phones: Words,
    /// Masks.
    pub mobiles: Words,
    pub tlds: Words,
    pub free_mail: Words,

    pub words: Words,
    /// What stands between words, and behind a sentence.
    pub word_gap: &'static str,
    pub full_stop: &'static str,
    pub months: &'static [&'static str; 12],
    pub weekdays: &'static [&'static str; 7],
    pub colors: Words,

    /// Code, name, symbol.
    pub currency: (&'static str, &'static str, &'static str),
    /// Patterns of `pricetag`.
    pub prices: Words,
    pub banks: Words,
    /// The country of bank accounts, and the mask of its national part.
    pub bank_country: &'static str,
    pub bban: Bban,
    /// Masks.
    pub plates: Words,
    /// The personal number people of the country are known by.
    pub person_id: fn(&mut Call<'_>) -> String,
    /// The number of a company for value added tax.
    pub vat_id: fn(&mut Call<'_>) -> String,
}

/// How the national part of an account number is made.
#[derive(Clone, Copy, Debug)]
pub(in crate::fake) enum Bban {
    /// A mask without check digits.
    Mask(&'static str),
    /// Bank, branch, two check digits, account.
    Spanish,
    /// Bank, branch, account, key.
    French,
    /// Check letter, bank, branch, account.
    Italian,
}
