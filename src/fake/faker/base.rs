//! The generic helpers: random numbers, letters, elements, and texts made of patterns.

use super::super::FakeError;
use super::super::rand::{self, text};
use super::facts::LOCALES;
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("random_int", &["min", "max", "step"], random_int),
    Provider::new("random_digit", &[], |call| digit(call, 0)),
    Provider::new("random_digit_not_null", &[], |call| digit(call, 1)),
    Provider::new("random_digit_above_two", &[], |call| digit(call, 2)),
    Provider::new("random_digit_or_empty", &[], |call| maybe_digit(call, 0)),
    Provider::new("random_digit_not_null_or_empty", &[], |call| {
        maybe_digit(call, 1)
    }),
    Provider::new("random_number", &["digits", "fix_len"], random_number),
    Provider::new("random_letter", &[], |call| letter(call, text::LETTERS)),
    Provider::new("random_lowercase_letter", &[], |call| {
        letter(call, text::LOWERCASE)
    }),
    Provider::new("random_uppercase_letter", &[], |call| {
        letter(call, text::UPPERCASE)
    }),
    Provider::new("random_letters", &["length"], |call| {
        let count = call.count(0, 16)?;
        let letters = (0..count).map(|_| letter(call, text::LETTERS));
        Ok(Datum::List(letters.collect::<Result<_, _>>()?))
    }),
    Provider::new("random_element", &["elements"], random_element),
    Provider::new(
        "random_elements",
        &["elements", "length", "unique", "use_weighting"],
        |call| {
            let unique = call.flag(2, false);
            random_elements(call, unique)
        },
    ),
    Provider::new("random_choices", &["elements", "length"], |call| {
        random_elements(call, false)
    }),
    Provider::new("random_sample", &["elements", "length"], |call| {
        random_elements(call, true)
    }),
    Provider::new(
        "randomize_nb_elements",
        &["number", "le", "ge", "min", "max"],
        |call| {
            let number = call.count(0, 10)?;
            let low = if call.flag(2, false) { 100 } else { 60 };
            let high = if call.flag(1, false) { 100 } else { 140 };
            let mut count = number * call.between(low, high) / 100;
            if let Some(least) = call.maybe_int(3)? {
                count = count.max(least);
            }
            if let Some(most) = call.maybe_int(4)? {
                count = count.min(most);
            }
            Ok(Datum::Int(count))
        },
    ),
    Provider::new("numerify", &["text"], |call| {
        let format = call.text(0)?.unwrap_or("###").to_owned();
        Ok(call.numerify(&format).into())
    }),
    Provider::new("lexify", &["text", "letters"], |call| {
        let format = call.text(0)?.unwrap_or("????").to_owned();
        let letters = letters(call, 1)?;
        Ok(call.lexify(&format, letters.as_deref()).into())
    }),
    Provider::new("bothify", &["text", "letters"], |call| {
        let format = call.text(0)?.unwrap_or("## ??").to_owned();
        let letters = letters(call, 1)?;
        let digits = call.numerify(&format);
        Ok(call.lexify(&digits, letters.as_deref()).into())
    }),
    Provider::new("hexify", &["text", "upper"], |call| {
        let format = call.text(0)?.unwrap_or("^^^^").to_owned();
        let set: &[u8] = if call.flag(1, false) {
            b"0123456789ABCDEF"
        } else {
            text::HEX
        };
        let filled = format
            .chars()
            .map(|c| if c == '^' { call.character(set) } else { c });
        Ok(filled.collect::<String>().into())
    }),
    Provider::new("pystr_format", &["string_format", "letters"], |call| {
        let format = call
            .text(0)?
            .unwrap_or("?#-###{{random_int}}{{random_letter}}")
            .to_owned();
        let letters = letters(call, 1)?;
        let parsed = call.parse(&format)?;
        let digits = call.numerify(&parsed);
        Ok(call.lexify(&digits, letters.as_deref()).into())
    }),
    Provider::new("parse", &["text"], |call| {
        let text = needed(call, "parse")?;
        Ok(call.parse(&text)?.into())
    }),
    Provider::new("format", &["formatter"], |call| {
        let name = needed(call, "format")?;
        call.other(&name)
    }),
    Provider::new("locale", &[], |call| {
        let (language, countries) = call.pick(LOCALES).unwrap_or(("en", &["US"]));
        Ok(format!("{language}_{}", call.word(countries)).into())
    }),
    Provider::new("language_code", &[], |call| {
        Ok(call
            .pick(LOCALES)
            .map_or("en", |(language, _)| language)
            .into())
    }),
];

fn needed(call: &Call<'_>, function: &str) -> Result<String, FakeError> {
    let given = call.text(0)?.map(str::to_owned);
    given.ok_or_else(|| FakeError::new(format!("{function}() needs a text")))
}

/// The letters of an argument.
fn letters(call: &Call<'_>, index: usize) -> Result<Option<Vec<char>>, FakeError> {
    match call.text(index)? {
        None => Ok(None),
        Some("") => Err(FakeError::new("`letters` must not be empty")),
        Some(text) => Ok(Some(text.chars().collect())),
    }
}

fn letter(call: &mut Call<'_>, set: &[u8]) -> Answer {
    Ok(call.character(set).to_string().into())
}

fn digit(call: &mut Call<'_>, least: i64) -> Answer {
    Ok(Datum::Int(call.between(least, 9)))
}

fn maybe_digit(call: &mut Call<'_>, least: i64) -> Answer {
    if call.chance(0.5) {
        digit(call, least)
    } else {
        Ok("".into())
    }
}

pub(super) fn random_int(call: &mut Call<'_>) -> Answer {
    let (low, high, step) = (call.int(0, 0)?, call.int(1, 9999)?, call.int(2, 1)?);
    let (least, most) = (call.params[0], call.params[1]);
    if step < 1 {
        return Err(FakeError::new(format!(
            "`step` is {step}, it must be at least 1"
        )));
    }
    let Some(span) = high.checked_sub(low).filter(|span| *span >= 0) else {
        return Err(FakeError::new(format!(
            "`{least}` is {low}, above `{most}`, which is {high}"
        )));
    };
    let at = call.between(0, span / step);
    Ok(Datum::Int(low + at * step))
}

fn random_number(call: &mut Call<'_>) -> Answer {
    let fixed = call.flag(1, false);
    let digits = match call.maybe_int(0)? {
        None => call.between(1, 9),
        Some(digits) if (0..=18).contains(&digits) => digits,
        Some(digits) => {
            return Err(FakeError::new(format!(
                "`digits` is {digits}, it must be from 0 to 18"
            )));
        }
    };
    let bound = 10_i64.pow(digits as u32);
    if !fixed {
        return Ok(Datum::Int(call.between(0, bound - 1)));
    }
    if digits == 0 {
        return Err(FakeError::new(
            "a number of fixed length needs at least 1 digit",
        ));
    }
    Ok(Datum::Int(call.between(bound / 10, bound - 1)))
}

/// How many elements there are, and their weights when they were given as a dict.
fn elements(call: &Call<'_>) -> Result<(usize, Option<Vec<f64>>), FakeError> {
    match call.given(0) {
        Some(Datum::List(items) | Datum::Tuple(items)) => Ok((items.len(), None)),
        Some(Datum::Text(text)) => Ok((text.chars().count(), None)),
        Some(Datum::Dict(entries)) => {
            let mut weights = Vec::with_capacity(entries.len());
            for (key, weight) in entries {
                weights.push(match weight {
                    Datum::Int(weight) => *weight as f64,
                    Datum::Float(weight) => *weight,
                    other => {
                        return Err(FakeError::new(format!(
                            "the weight of `{key}` must be a number, not {}",
                            super::pattern::printed(other)
                        )));
                    }
                });
            }
            Ok((entries.len(), Some(weights)))
        }
        _ => Err(call.unfit(0, "a list, a tuple, a text or a dict of weights")),
    }
}

fn draw(call: &mut Call<'_>, count: usize, weights: Option<&[f64]>) -> Result<usize, FakeError> {
    match weights {
        Some(weights) => rand::weights::pick(call.random, weights.iter().copied()),
        None => rand::index(call.random, count)
            .ok_or_else(|| FakeError::new("`elements` must not be empty")),
    }
}

const DEFAULT: [&str; 3] = ["a", "b", "c"];

fn random_element(call: &mut Call<'_>) -> Answer {
    if call.given(0).is_none() {
        return call.one(&DEFAULT);
    }
    let (count, weights) = elements(call)?;
    Ok(Datum::Element(draw(call, count, weights.as_deref())?))
}

fn random_elements(call: &mut Call<'_>, unique: bool) -> Answer {
    let defaults = call.given(0).is_none();
    let (count, mut weights) = if defaults {
        (DEFAULT.len(), None)
    } else {
        elements(call)?
    };
    if call.params.len() > 3 && call.given(3).is_some() && !call.flag(3, true) {
        weights = None;
    }
    let length = match call.maybe_int(1)? {
        Some(_) => call.count(1, 1)?,
        None => call.between(1, count as i64),
    };
    let length = usize::try_from(length).unwrap_or(0);
    if unique && length > count {
        return Err(FakeError::new(format!(
            "`length` is {length}, but there are {count} elements to choose from"
        )));
    }
    let mut chosen = Vec::with_capacity(length);
    if unique && weights.is_none() {
        let mut all: Vec<usize> = (0..count).collect();
        for at in 0..length {
            let other = at + call.random.below((count - at) as u64) as usize;
            all.swap(at, other);
        }
        all.truncate(length);
        chosen = all;
    } else {
        for _ in 0..length {
            let at = draw(call, count, weights.as_deref())?;
            if unique && let Some(weights) = &mut weights {
                weights[at] = 0.0;
            }
            chosen.push(at);
        }
    }
    if defaults {
        let items = chosen.into_iter().filter_map(|at| DEFAULT.get(at));
        return Ok(Datum::List(items.map(|item| (*item).into()).collect()));
    }
    Ok(Datum::Elements(chosen))
}
