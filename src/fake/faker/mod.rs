//! Plausible people, places, hosts and words: what templates call as `module.faker`.
//!
//! Names, parameters and shapes are those of the Python library; the data is the `fake` crate's where
//! it has any, and our own tables elsewhere. A locale without tables of its own uses the English
//! ones and says so ([`Locale::borrowed`]). Knows nothing of templates.
//!
//! Where the Python library gives a kind of value that templates here do not have, the nearest one
//! is given: `Decimal` is a float, a `set` and a generator are lists.

mod address;
mod agent;
mod base;
mod call;
mod codes;
mod color;
mod company;
mod date;
mod facts;
mod file;
pub(super) mod ids;
mod internet;
mod local;
mod locale;
mod lorem;
mod misc;
mod money;
mod pattern;
mod person;
mod profile;
mod python;
mod table;

#[cfg(test)]
mod tests;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{FakeError, Random};

pub use call::Call;
pub use locale::Locale;

pub(super) use address::{city, degrees, state, street_name};
pub(super) use codes::{ean, isbn_parts, mod11, with_ean_check};
pub(super) use color::EMOJI;
pub(super) use date::{birth, day_between, strftime, timezone};
pub(super) use facts::{CALLING_CODES, COUNTRIES, CRYPTOCURRENCIES, CURRENCIES, LOCALES};
pub(super) use file::MIME_TYPES;
pub(super) use internet::{METHODS, STATUSES, push_v4, user_name};
pub(super) use lorem::sentence;
pub(super) use misc::write_json;
pub(super) use money::{NETWORKS, card_number, with_luhn};
pub(super) use person::{Gender, LANGUAGES, first_name, last_name, name};
pub(super) use profile::BLOOD;
pub(super) use table::Words;

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
    /// Text known when compiling, which costs nothing to hand out.
    Static(&'static str),
    /// Bytes.
    Bytes(Vec<u8>),
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
    /// A time of day.
    Time(NaiveTime),
    /// A duration in microseconds.
    Delta(i64),
    /// An element of the list that was given as first argument, by index: the caller takes its own
    /// value, whatever it is.
    Element(usize),
    /// Several elements of the list that was given as first argument.
    Elements(Vec<usize>),
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&'static str> for Datum {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl Datum {
    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Static(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for messages.
    fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bool(_) => "a truth value",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) | Self::Static(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::List(_) | Self::Elements(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Dict(_) => "a dict",
            Self::Date(_) => "a date",
            Self::DateTime(_) => "a datetime",
            Self::Time(_) => "a time",
            Self::Delta(_) => "a duration",
            Self::Element(_) => "an element",
        }
    }
}

/// What a provider answers.
pub(super) type Answer = Result<Datum, FakeError>;

/// One thing that can be made up.
#[derive(Debug)]
pub struct Provider {
    /// Name as templates call it.
    pub name: &'static str,
    /// Parameter names in positional order; all may be given by name.
    pub params: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Answer,
}

impl Provider {
    pub(super) const fn new(
        name: &'static str,
        params: &'static [&'static str],
        run: fn(&mut Call<'_>) -> Answer,
    ) -> Self {
        Self { name, params, run }
    }

    /// Makes one value. `args` are in the order of [`Provider::params`], missing ones are defaults;
    /// `now` is the wall clock that "today" means.
    ///
    /// # Errors
    /// When an argument does not fit.
    pub fn call(
        &self,
        random: &mut dyn Random,
        locale: &'static Locale,
        args: &[Option<Datum>],
        now: NaiveDateTime,
    ) -> Answer {
        (self.run)(&mut Call {
            random,
            locale,
            args,
            now,
            params: self.params,
        })
    }
}

/// The tables of providers, in the order they are looked through.
static TABLES: [&[Provider]; 18] = [
    person::PROVIDERS,
    internet::PROVIDERS,
    agent::PROVIDERS,
    address::PROVIDERS,
    company::PROVIDERS,
    lorem::PROVIDERS,
    base::PROVIDERS,
    date::PROVIDERS,
    misc::PROVIDERS,
    python::PROVIDERS,
    money::PROVIDERS,
    codes::PROVIDERS,
    color::PROVIDERS,
    file::PROVIDERS,
    ids::PROVIDERS,
    profile::PROVIDERS,
    local::PROVIDERS,
    local::NAMES,
];

/// The provider of that name.
pub fn provider(name: &str) -> Option<&'static Provider> {
    providers().find(|provider| provider.name == name)
}

/// All providers.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    TABLES.iter().copied().flatten()
}

/// Methods of the Python library that change the generator itself, and what to do instead.
///
/// Streams here belong to the run, and providers are fixed, so that parts of a project cannot
/// disturb each other.
pub fn refused(name: &str) -> Option<&'static str> {
    Some(match name {
        "seed" | "seed_instance" | "seed_locale" => {
            "the random stream is the run's; give the run a seed instead"
        }
        "add_provider" | "set_formatter" | "set_arguments" | "get_arguments" | "del_arguments"
        | "get_formatter" | "provider" | "get_providers" => {
            "providers cannot be changed; write a macro or a script source"
        }
        "enum" => "there are no enum classes in templates; use `random_element`",
        "image" => "pictures cannot be drawn here; use `image_url`, or `binary` for bytes",
        _ => return None,
    })
}
