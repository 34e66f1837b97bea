//! The parts of an item of a cron field: numbers, names, steps, and what `W`, `#` and `R` take.

use super::field::{Field, Spec};

/// `R`: a value to be drawn from `lo..=hi`; with a step the first of a series up to `hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Random {
    pub lo: u32,
    pub hi: u32,
    pub step: Option<u32>,
}

/// Why a field is not valid.
#[derive(Debug)]
pub(super) struct Reason {
    pub text: String,
    pub help: Option<String>,
}

impl Reason {
    pub fn new(text: &str, help: &str) -> Self {
        Self {
            text: text.to_owned(),
            help: Some(help.to_owned()),
        }
    }
}

impl<T: Into<String>> From<T> for Reason {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            help: None,
        }
    }
}

/// A number or a name; 7 is Sunday.
pub(super) fn value(text: &str, spec: &Spec) -> Result<u32, Reason> {
    if text.is_empty() {
        return Err("a number is missing".into());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let weekdays = spec.name == "day-of-week";
        return match text.parse::<u32>() {
            Ok(7) if weekdays => Ok(0),
            Ok(value) if value <= spec.max => Ok(value),
            _ => Err(format!("{text} is above {}", spec.max).into()),
        };
    }
    if let Some(index) = spec.names.iter().position(|name| *name == text) {
        return Ok(spec.min + u32::try_from(index).unwrap_or(0));
    }
    if let Some(name) = spec.names.iter().find(|name| text.starts_with(**name)) {
        return Err(Reason {
            text: format!("`{text}` is not a number or a name"),
            help: Some(format!("names have three letters: `{name}`")),
        });
    }
    if let Some(day) = text
        .strip_suffix('l')
        .filter(|_| spec.name == "day-of-week")
    {
        return Err(Reason {
            text: format!("`{text}` is not a number or a name"),
            help: Some(format!("the last such weekday is written `L{day}`")),
        });
    }
    if text.starts_with('h') {
        return Err(Reason::new(
            "`H` is not part of this dialect",
            "`R` draws a value at random, anew for each run",
        ));
    }
    let kind = if spec.names.is_empty() {
        "a number"
    } else {
        "a number or a name of three letters"
    };
    Err(format!("`{text}` is not {kind}").into())
}

/// The upper bound of a range, which may be `L` in the day of month.
pub(super) fn upper(text: &str, spec: &Spec) -> Result<u32, Reason> {
    if text == "l" && spec.name == "day-of-month" {
        Ok(spec.max)
    } else {
        value(text, spec)
    }
}

pub(super) fn parse_step(text: &str) -> Result<u32, Reason> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u32>() {
        // Larger steps than any field is long all mean the same.
        Ok(step @ 1..) if digits => Ok(step.min(1_000)),
        Err(_) if digits => Ok(1_000),
        _ => Err(format!("the step `{text}` must be a whole number from 1").into()),
    }
}

/// `nW` or `Wn`; `None` when the token is something else.
pub(super) fn nearest(token: &str) -> Option<Result<u32, Reason>> {
    let digits = token
        .strip_suffix('w')
        .or_else(|| token.strip_prefix('w'))?;
    Some(match digits.parse::<u32>() {
        Ok(day @ 1..=31) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(day),
        _ => Err(Reason::new(
            "`W` needs one day of the month",
            "the weekday nearest to the 15th is `15W`, alone in its field",
        )),
    })
}

/// The weekdays before a `#`: one, or a range of names.
pub(super) fn nth_days(text: &str, spec: &Spec) -> Result<Vec<u32>, Reason> {
    let Some((from, to)) = text.split_once('-') else {
        return Ok(vec![value(text, spec)?]);
    };
    let named = |part: &str| spec.names.contains(&part);
    if !named(from) || !named(to) {
        return Err("only a range of names can stand before `#`".into());
    }
    let mut field = Field::default();
    let (from, to) = (value(from, spec)?, value(to, spec)?);
    if from == to {
        field.insert_range(spec.min, spec.max, 1, spec)?;
    } else {
        field.insert_range(from, to, 1, spec)?;
    }
    Ok((spec.min..=spec.max)
        .filter(|&day| field.set.contains(day))
        .collect())
}

/// What follows `R`: nothing, `(a-b)`, `/S` or both.
pub(super) fn random(rest: &str, spec: &Spec) -> Result<Random, Reason> {
    let shape = || {
        Reason::new(
            "`R` must be the whole field",
            "R, R(a-b), R/step or R(a-b)/step",
        )
    };
    let (range, step) = match rest.split_once('/') {
        Some((range, step)) => (range, Some(parse_step(step)?)),
        None => (rest, None),
    };
    let (lo, hi) = if range.is_empty() {
        (spec.min, spec.max)
    } else {
        let inner = range
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .ok_or_else(shape)?;
        let (lo, hi) = inner.split_once('-').ok_or_else(shape)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| shape());
        (number(lo)?, number(hi)?)
    };
    if lo >= hi || lo < spec.min || hi > spec.max {
        return Err(format!(
            "the range of `R` must ascend within {}-{}",
            spec.min, spec.max
        )
        .into());
    }
    Ok(Random { lo, hi, step })
}
