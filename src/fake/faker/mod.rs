//! Plausible people, places, hosts and words: what templates call as `module.faker` and
//! `module.mimesis`.
//!
//! Shapes are those of the Python libraries; the data is the `fake` crate's where it has any, and our
//! own tables elsewhere. English (United States) is thorough; a locale without data of its own uses
//! the English tables.

mod data;
mod date;
mod internet;
mod locale;
mod mimesis;
mod misc;
mod person;
mod place;

use chrono::{NaiveDate, NaiveDateTime};

use super::{FakeError, Random};

pub use locale::Locale;
pub use mimesis::{GROUPS, Group, group, group_provider};

/// A value that goes into or comes out of a provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// Nothing.
    None,
    /// Truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Datum>),
    /// Several values that belong together.
    Tuple(Vec<Datum>),
    /// Named values.
    Dict(Vec<(String, Datum)>),
    /// A day.
    Date(NaiveDate),
    /// A day and a time without zone.
    DateTime(NaiveDateTime),
    /// An element of the list that was given as first argument, by index: the caller takes its own
    /// value, whatever it is.
    Element(usize),
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What a provider works with.
pub struct Call<'a> {
    /// Where draws come from.
    pub random: &'a mut dyn Random,
    /// Whose data to use.
    pub locale: &'static Locale,
    /// Arguments in the order of [`Provider::params`].
    pub args: &'a [Option<Datum>],
    /// What "today" means: wall clock.
    pub now: NaiveDateTime,
}

type Answer = Result<Datum, FakeError>;

/// One thing that can be made up.
#[derive(Debug)]
pub struct Provider {
    /// Name as templates call it.
    pub name: &'static str,
    /// Parameter names in positional order; all are optional.
    pub params: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Answer,
}

impl Provider {
    /// Makes one value.
    ///
    /// # Errors
    /// When an argument does not fit.
    pub fn call(&self, call: &mut Call<'_>) -> Answer {
        (self.run)(call)
    }
}

const fn provider_of(
    name: &'static str,
    params: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Answer,
) -> Provider {
    Provider { name, params, run }
}

/// The provider of that name.
pub fn provider(name: &str) -> Option<&'static Provider> {
    providers().find(|provider| provider.name == name)
}

/// All providers.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    [
        person::PROVIDERS,
        internet::PROVIDERS,
        place::PROVIDERS,
        misc::PROVIDERS,
        date::PROVIDERS,
    ]
    .into_iter()
    .flatten()
}

impl Call<'_> {
    fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        let at = super::rand::index(self.random, items.len())?;
        items.get(at).copied()
    }

    fn word(&mut self, items: &[&'static str]) -> &'static str {
        self.pick(items).unwrap_or("")
    }

    /// Uniform in `low..=high`; `low` when the bounds are the wrong way round.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        super::rand::number::integer(self.random, low, high).unwrap_or(low)
    }

    fn chance(&mut self, probability: f64) -> bool {
        super::rand::chance(self.random, probability)
    }

    fn given(&self, index: usize) -> Option<&Datum> {
        self.args
            .get(index)?
            .as_ref()
            .filter(|datum| **datum != Datum::None)
    }

    fn int(&self, index: usize, default: i64) -> Result<i64, FakeError> {
        match self.given(index) {
            None => Ok(default),
            Some(Datum::Int(value)) => Ok(*value),
            Some(Datum::Bool(value)) => Ok(i64::from(*value)),
            Some(_) => Err(FakeError::new("a whole number is needed here")),
        }
    }

    fn float(&self, index: usize) -> Result<Option<f64>, FakeError> {
        match self.given(index) {
            None => Ok(None),
            Some(Datum::Int(value)) => Ok(Some(*value as f64)),
            Some(Datum::Float(value)) => Ok(Some(*value)),
            Some(_) => Err(FakeError::new("a number is needed here")),
        }
    }

    fn flag(&self, index: usize, default: bool) -> bool {
        match self.given(index) {
            Some(Datum::Bool(value)) => *value,
            Some(Datum::Int(value)) => *value != 0,
            _ => default,
        }
    }

    fn text(&self, index: usize) -> Result<Option<&str>, FakeError> {
        match self.given(index) {
            None => Ok(None),
            Some(Datum::Text(text)) => Ok(Some(text)),
            Some(_) => Err(FakeError::new("a text is needed here")),
        }
    }

    /// Replaces `#` by a digit, `%` by one from 1 to 9, `!` by a digit or nothing, `@` by one from 1
    /// to 9 or nothing.
    fn digits(&mut self, format: &str) -> String {
        let mut out = String::with_capacity(format.len());
        for c in format.chars() {
            let range = match c {
                '#' => Some((0, 9)),
                '%' | '^' => Some((1, 9)),
                '!' if self.chance(0.5) => Some((0, 9)),
                '@' if self.chance(0.5) => Some((1, 9)),
                '!' | '@' => continue,
                _ => None,
            };
            match range {
                Some((low, high)) => out.push(char::from(b'0' + self.between(low, high) as u8)),
                None => out.push(c),
            }
        }
        out
    }
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("locale", &self.locale.code)
            .field("args", &self.args)
            .finish_non_exhaustive()
    }
}

/// Up to three known names that look like `name`, nearest first.
pub fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::fake::Fast;

    pub(super) fn run(name: &str, locale: &str, args: &[Datum], seed: u64) -> Answer {
        let provider = provider(name).unwrap();
        let args: Vec<Option<Datum>> = args.iter().cloned().map(Some).collect();
        provider.call(&mut Call {
            random: &mut Fast::seeded(seed),
            locale: Locale::faker(locale).unwrap(),
            args: &args,
            now: NaiveDate::from_ymd_opt(2026, 3, 1)
                .unwrap()
                .and_hms_opt(8, 0, 0)
                .unwrap(),
        })
    }

    #[test]
    fn names_are_unique_and_every_provider_answers_without_arguments_in_every_locale() {
        let mut seen = std::collections::HashSet::new();
        for provider in providers() {
            assert!(seen.insert(provider.name), "{} twice", provider.name);
            for code in ["en_US", "de_DE", "ja_JP", "ru_RU", "fr", "th"] {
                for seed in 0..5 {
                    let answer = run(provider.name, code, &[], seed);
                    assert!(answer.is_ok(), "{} in {code}: {answer:?}", provider.name);
                    assert_ne!(answer, Ok(Datum::Text(String::new())), "{}", provider.name);
                }
            }
        }
    }

    #[test]
    fn shapes_of_what_packs_call() {
        let shape = |name: &str, pattern: &str| {
            let regex = regex::Regex::new(pattern).unwrap();
            for seed in 0..200 {
                let Datum::Text(text) = run(name, "en_US", &[], seed).unwrap() else {
                    panic!("{name} gives no text");
                };
                assert!(regex.is_match(&text), "{name}: {text}");
            }
        };
        shape("user_name", r"^[a-z]+[0-9]{0,2}$");
        shape("email", r"^[a-z0-9]+@example\.(com|net|org)$");
        shape("domain_name", r"^[a-z]+(-[a-z]+)*\.(com|biz|info|net|org)$");
        shape(
            "hostname",
            r"^(db|srv|desktop|laptop|lt|email|web)-[0-9]{2}\.[a-z-]+\.[a-z]+$",
        );
        shape("user_agent", r"^(Mozilla/|Opera/)");
        shape(
            "ipv4_private",
            r"^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)",
        );
        shape("uri_path", r"^[a-z-]+(/[a-z-]+){0,2}$");
        shape("mac_address", r"^([0-9a-f]{2}:){5}[0-9a-f]{2}$");
    }

    #[test]
    fn arguments_are_honoured_and_checked() {
        let text = |text: &str| Datum::Text(text.to_owned());
        let one = |name, args: &[Datum]| run(name, "en_US", args, 1);
        assert_eq!(
            one("random_int", &[Datum::Int(3), Datum::Int(3)]),
            Ok(Datum::Int(3))
        );
        assert_eq!(one("numerify", &[text("ab")]), Ok(text("ab")));
        assert_eq!(one("bothify", &[text("x-y"), text("Q")]), Ok(text("x-y")));
        assert_eq!(one("bothify", &[text("??"), text("Q")]), Ok(text("QQ")));
        assert_eq!(one("boolean", &[Datum::Int(100)]), Ok(Datum::Bool(true)));
        assert_eq!(
            one("random_element", &[Datum::List(vec![text("z")])]),
            Ok(Datum::Element(0))
        );
        assert!(one("random_int", &[text("x")]).is_err());
        assert!(one("random_int", &[Datum::Int(5), Datum::Int(1)]).is_err());
    }

    #[test]
    fn locales_speak_their_language() {
        let Ok(Datum::Text(name)) = run("name", "ja_JP", &[], 3) else {
            panic!("no name");
        };
        assert!(!name.is_ascii(), "{name}");
        assert!(Locale::faker("xx_YY").is_none());
        assert_eq!(Locale::faker("EN-us").unwrap().code, "en_US");
    }

    #[test]
    fn near_names_are_offered() {
        assert_eq!(
            near("usr_name", providers().map(|p| p.name)).first(),
            Some(&"user_name")
        );
    }
}
