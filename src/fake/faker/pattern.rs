//! Patterns: masks of digits and letters, and texts with `{placeholders}` of a locale's tables.

use super::super::FakeError;
use super::super::rand::text::{LETTERS, UPPERCASE};
use super::{Call, Datum, Gender, address, company, person};

/// How a datum prints in a template, for texts made of other providers.
pub(super) fn printed(datum: &Datum) -> String {
    match datum {
        Datum::None => "None".to_owned(),
        Datum::Bool(true) => "True".to_owned(),
        Datum::Bool(false) => "False".to_owned(),
        Datum::Int(value) => value.to_string(),
        Datum::Float(value) => format!("{value:?}"),
        Datum::Text(text) => text.clone(),
        Datum::Static(text) => (*text).to_owned(),
        Datum::Date(day) => day.to_string(),
        Datum::DateTime(at) => at.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        Datum::Time(at) => at.format("%H:%M:%S%.6f").to_string(),
        Datum::List(items) => format!("[{}]", joined(items)),
        Datum::Tuple(items) => format!("({})", joined(items)),
        other => format!("{other:?}"),
    }
}

fn joined(items: &[Datum]) -> String {
    let texts: Vec<String> = items
        .iter()
        .map(|item| match item.as_text() {
            Some(text) => format!("'{text}'"),
            None => printed(item),
        })
        .collect();
    texts.join(", ")
}

impl Call<'_> {
    /// Fills a mask: `#` a digit, `%` one from 1 to 9, `$` one from 2 to 9, `?` an upper-case letter.
    pub(in crate::fake) fn mask(&mut self, mask: &str) -> String {
        let mut out = String::with_capacity(mask.len());
        self.mask_into(mask, &mut out);
        out
    }

    pub(in crate::fake) fn mask_into(&mut self, mask: &str, out: &mut String) {
        for c in mask.chars() {
            out.push(match c {
                '#' => self.digit(),
                '%' => self.character(b"123456789"),
                '$' => self.character(b"23456789"),
                '?' => self.character(UPPERCASE),
                _ => c,
            });
        }
    }

    /// Fills one of the masks.
    pub(in crate::fake) fn masked(&mut self, masks: &[&'static str]) -> String {
        let mask = self.word(masks);
        self.mask(mask)
    }

    /// What `numerify` does: as a mask, and `!` a digit or nothing, `@` one from 1 to 9 or nothing.
    pub(super) fn numerify(&mut self, format: &str) -> String {
        let mut out = String::with_capacity(format.len());
        for c in format.chars() {
            match c {
                '#' => out.push(self.digit()),
                '%' => out.push(self.character(b"123456789")),
                '$' => out.push(self.character(b"23456789")),
                '!' if self.chance(0.5) => out.push(self.digit()),
                '@' if self.chance(0.5) => out.push(self.character(b"123456789")),
                '!' | '@' => {}
                _ => out.push(c),
            }
        }
        out
    }

    /// What `lexify` does: `?` becomes one of the letters.
    pub(super) fn lexify(&mut self, format: &str, letters: Option<&[char]>) -> String {
        format
            .chars()
            .map(|c| match (c, letters) {
                ('?', None) => self.character(LETTERS),
                ('?', Some(set)) => self.pick(set).unwrap_or('?'),
                _ => c,
            })
            .collect()
    }

    /// Fills the placeholders of a pattern of this locale.
    pub(in crate::fake) fn expand(&mut self, pattern: &str, gender: Gender) -> String {
        let mut out = String::with_capacity(pattern.len() + 16);
        self.expand_into(pattern, gender, &mut out);
        out
    }

    pub(in crate::fake) fn expand_into(&mut self, pattern: &str, gender: Gender, out: &mut String) {
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open + 1..];
            let Some(close) = rest.find('}') else {
                break;
            };
            self.placeholder(&rest[..close], gender, out);
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
    }

    fn placeholder(&mut self, name: &str, gender: Gender, out: &mut String) {
        let data = self.locale.data;
        let word = match name {
            "first" => person::first_name(self, gender),
            "last" => person::last_name(self, gender),
            "male_last" => person::last_name(self, Gender::Male),
            "middle" => person::middle_name(self, gender),
            "prefix" => person::prefix(self, gender),
            "suffix" => self.word(data.suffixes),
            "city_name" => self.word(data.cities),
            "city_prefix" => self.word(data.city_prefixes),
            "city_suffix" => self.word(data.city_suffixes),
            "street" => self.word(data.streets),
            "street_prefix" => self.word(data.street_prefixes),
            "street_suffix" => self.word(data.street_suffixes),
            "state" => address::state(self).0,
            "abbr" => address::state(self).1,
            "company_prefix" => self.word(data.company_prefixes),
            "company_suffix" => self.word(data.company_suffixes),
            "company_word" => self.word(data.company_words),
            "district" => self.word(data.districts),
            _ => {
                match name {
                    "city" => out.push_str(&address::city(self)),
                    "street_name" => out.push_str(&address::street_name(self)),
                    "street_address" => out.push_str(&address::street_address(self)),
                    "number" => out.push_str(&address::number(self)),
                    "secondary" => {
                        let mask = self.word(data.secondary);
                        self.mask_into(mask, out);
                    }
                    "postcode" => out.push_str(&address::postcode(self)),
                    "company" => out.push_str(&company::company(self)),
                    mask => self.mask_into(mask, out),
                }
                return;
            }
        };
        out.push_str(word);
    }

    /// Replaces `{{provider}}` by what the provider gives.
    pub(super) fn parse(&mut self, text: &str) -> Result<String, FakeError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            out.push_str(&rest[..open]);
            rest = &rest[open + 2..];
            let Some(close) = rest.find("}}") else {
                out.push_str("{{");
                break;
            };
            let inside = rest[..close].trim();
            if let Some(name) = inside.split(':').next().filter(|name| !name.is_empty()) {
                out.push_str(&self.other_text(name)?);
            }
            rest = &rest[close + 2..];
        }
        out.push_str(rest);
        Ok(out)
    }
}
