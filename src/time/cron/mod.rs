//! Cron expressions in the dialect that projects are written in: 5, 6 or 7 fields with the **seconds
//! sixth** and the year seventh; names, wrapping ranges, steps, `L`, `#`, `W`, `R`, `?` and aliases.
//!
//! [`Cron`] is the checked expression, [`Schedule`] what it means once random fields are drawn, and
//! [`Ticks`] the fire times in a zone.

mod field;
mod item;
mod schedule;
mod ticks;

pub use schedule::Schedule;
pub use ticks::Ticks;

use field::{DAY_OF_MONTH, DAY_OF_WEEK, FIELDS, Field, SECOND, YEAR};

/// Why an expression is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CronError {
    /// Which part and why.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

/// A checked cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    text: String,
    /// In the order of [`FIELDS`].
    fields: [Field; 7],
    given: usize,
    /// Whether the day-of-month and day-of-week texts have an asterisk: it decides how a full range
    /// in the other field is read.
    asterisk: (bool, bool),
}

/// Names for whole expressions.
pub const ALIASES: &[(&str, &str)] = &[
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is outside the dialect; the message names the field.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let lower = text.to_ascii_lowercase();
        let expression = match ALIASES.iter().find(|(name, _)| *name == lower) {
            Some((_, expression)) => expression,
            None if text.trim_start().starts_with('@') => return Err(unknown_alias(text)),
            None => lower.as_str(),
        };
        let tokens: Vec<&str> = expression.split_ascii_whitespace().collect();
        let given = tokens.len();
        if !(5..=7).contains(&given) {
            return Err(CronError {
                message: format!("a cron expression has 5, 6 or 7 fields, this one has {given}"),
                help: Some("minute hour day-of-month month day-of-week [second [year]]".to_owned()),
            });
        }
        let mut fields = std::array::from_fn(|_| Field::any());
        for ((field, spec), token) in fields.iter_mut().zip(&FIELDS).zip(&tokens) {
            *field = Field::parse(token, spec)
                .map_err(|error| seconds_hint(error, spec.name, &tokens))?;
        }
        if given == 5 {
            fields[SECOND] = Field::only(0);
        }
        let has_asterisk = |index: usize| tokens.get(index).is_some_and(|one| one.contains('*'));
        Ok(Self {
            text: text.to_owned(),
            fields,
            given,
            asterisk: (has_asterisk(DAY_OF_MONTH), has_asterisk(DAY_OF_WEEK)),
        })
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when a random field (`R`) is part of it, so that each run may fire at other times.
    pub fn is_random(&self) -> bool {
        self.fields.iter().any(Field::is_random)
    }

    /// What it means for one run. `draw(n)` gives a uniform number below `n`; it is called once for
    /// each random field, in the order of the fields.
    pub fn schedule(&self, draw: &mut dyn FnMut(u64) -> u64) -> Schedule {
        let fields = self.fields.clone().map(|field| field.drawn(draw));
        Schedule::new(&fields, self.asterisk)
    }

    /// The same expression with its first field moved behind the day of the week, when it looks as if
    /// the seconds had been written first: it fires every second although a field before is
    /// restricted.
    pub fn seconds_first(&self) -> Option<String> {
        let tokens: Vec<&str> = self.text.split_ascii_whitespace().collect();
        let every_second = self.fields[SECOND].is_any() && !self.fields[SECOND].is_random();
        let (first, rest) = tokens.split_first()?;
        if self.given < 6 || !every_second || *first == "*" {
            return None;
        }
        Some(moved(first, rest, self.given == YEAR + 1))
    }
}

/// An expression whose first token becomes the seconds.
fn moved(first: &str, rest: &[&str], with_year: bool) -> String {
    let (fields, year) = match rest.split_last() {
        Some((year, fields)) if with_year => (fields, Some(*year)),
        _ => (rest, None),
    };
    let mut tokens = fields.to_vec();
    tokens.push(first);
    tokens.extend(year);
    tokens.join(" ")
}

fn unknown_alias(text: &str) -> CronError {
    let names: Vec<&str> = ALIASES.iter().map(|(name, _)| *name).collect();
    CronError {
        message: format!("`{text}` is not a known alias"),
        help: Some(format!(
            "write one of {}, without spaces around",
            names.join(", ")
        )),
    }
}

/// Adds what to do when a field fails because the seconds were written first.
fn seconds_hint(mut error: CronError, field: &str, tokens: &[&str]) -> CronError {
    if error.help.is_some() || tokens.len() < 6 {
        return error;
    }
    if let Some((first, rest)) = tokens.split_first() {
        let candidate = moved(first, rest, tokens.len() == YEAR + 1);
        let sound = candidate
            .split_ascii_whitespace()
            .zip(&FIELDS)
            .all(|(token, spec)| Field::parse(token, spec).is_ok());
        if sound {
            error.help = Some(format!(
                "the seconds are the sixth field, not the first: `{candidate}` (the {field} field is \
                 not where it was meant to be)"
            ));
        }
    }
    error
}

#[cfg(test)]
mod obvious;
#[cfg(test)]
mod tests;
