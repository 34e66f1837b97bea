//! Values of Python's types. `Decimal` is a float here and a `set` is a list.

use super::super::FakeError;
use super::super::rand::{self, text};
use super::{Answer, Call, Datum, Provider};

const LISTS: &[&str] = &[
    "nb_elements",
    "variable_nb_elements",
    "value_types",
    "allowed_types",
];

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new(
        "pyint",
        &["min_value", "max_value", "step"],
        super::base::random_int,
    ),
    Provider::new(
        "pyfloat",
        &[
            "left_digits",
            "right_digits",
            "positive",
            "min_value",
            "max_value",
        ],
        pyfloat,
    ),
    Provider::new(
        "pydecimal",
        &[
            "left_digits",
            "right_digits",
            "positive",
            "min_value",
            "max_value",
        ],
        pyfloat,
    ),
    Provider::new(
        "pystr",
        &["min_chars", "max_chars", "prefix", "suffix"],
        pystr,
    ),
    Provider::new("pybool", &["truth_probability"], truth),
    Provider::new("boolean", &["chance_of_getting_true"], truth),
    Provider::new("null_boolean", &[], |call| {
        Ok(match call.random.below(3) {
            0 => Datum::None,
            1 => Datum::Bool(true),
            _ => Datum::Bool(false),
        })
    }),
    Provider::new("pylist", LISTS, |call| Ok(Datum::List(values(call)?))),
    Provider::new("pyset", LISTS, |call| Ok(Datum::List(values(call)?))),
    Provider::new("pyiterable", LISTS, |call| Ok(Datum::List(values(call)?))),
    Provider::new("pytuple", LISTS, |call| Ok(Datum::Tuple(values(call)?))),
    Provider::new("pydict", LISTS, pydict),
    Provider::new(
        "pystruct",
        &["count", "value_types", "allowed_types"],
        |call| {
            let count = call.count(0, 10)?.min(10_000);
            let types = types(call, 1)?;
            let list = some_values(call, count, &types)?;
            let flat = some_entries(call, count, &types)?;
            let mut nested = Vec::new();
            for (index, key) in (0..count).zip(keys(call, count)) {
                let inner = Datum::Dict(vec![
                    (index.to_string(), value(call, &types)?),
                    (
                        (index + 1).to_string(),
                        Datum::List(some_values(call, 2, &types)?),
                    ),
                    (
                        (index + 2).to_string(),
                        Datum::Dict(some_entries(call, 1, &types)?),
                    ),
                ]);
                nested.push((key, inner));
            }
            Ok(Datum::Tuple(vec![
                Datum::List(list),
                Datum::Dict(flat),
                Datum::Dict(nested),
            ]))
        },
    ),
    Provider::new("pyobject", &["object_type"], |call| match call.text(0)? {
        None => Ok(Datum::None),
        Some(kind) => {
            let kind = kind.to_owned();
            of_type(call, &kind)
        }
    }),
    Provider::new("pytimezone", &[], |call| call.other("timezone")),
];

fn truth(call: &mut Call<'_>) -> Answer {
    let percent = call.int(0, 50)?;
    if !(0..=100).contains(&percent) {
        let name = call.params[0];
        return Err(FakeError::new(format!(
            "`{name}` is {percent}, it must be from 0 to 100"
        )));
    }
    Ok(Datum::Bool(call.between(1, 100) <= percent))
}

fn pyfloat(call: &mut Call<'_>) -> Answer {
    let digits = |call: &Call<'_>, index: usize| -> Result<Option<i64>, FakeError> {
        match call.maybe_int(index)? {
            Some(digits) if !(0..=15).contains(&digits) => Err(FakeError::new(format!(
                "`{}` is {digits}, it must be from 0 to 15",
                call.params[index]
            ))),
            digits => Ok(digits),
        }
    };
    let (left, right) = (digits(call, 0)?, digits(call, 1)?);
    let positive = call.flag(2, false);
    let (low, high) = (call.float(3)?, call.float(4)?);
    if left == Some(0) && right == Some(0) {
        return Err(FakeError::new("a float needs at least one digit"));
    }
    let left = match left {
        Some(left) => left,
        None => call.between(1, 13),
    };
    let right = match right {
        Some(right) => right,
        None => call.between(1, (15 - left).max(1)),
    };
    let bound = 10_f64.powi(left as i32);
    let least = if positive {
        10_f64.powi(-(right as i32))
    } else {
        -bound
    };
    let (low, high) = match (low, high) {
        (Some(low), Some(high)) => (low, high),
        (Some(low), None) => (low, low.max(0.0) + bound),
        (None, Some(high)) => (
            if positive {
                least.min(high)
            } else {
                high.min(0.0) - bound
            },
            high,
        ),
        (None, None) => (least, bound),
    };
    if low > high {
        return Err(FakeError::new(format!(
            "`min_value` is {low}, above `max_value`, which is {high}"
        )));
    }
    if positive && high <= 0.0 {
        return Err(FakeError::new("`positive` needs a `max_value` above 0"));
    }
    let low = if positive {
        low.max(least.min(high))
    } else {
        low
    };
    let value = rand::number::floating(call.random, low, high);
    let scale = 10_f64.powi(right as i32);
    let rounded = (value * scale).round() / scale;
    let rounded = if rounded.is_finite() { rounded } else { value };
    Ok(Datum::Float(rounded.clamp(low, high)))
}

fn pystr(call: &mut Call<'_>) -> Answer {
    let most = call.count(1, 20)?;
    let prefix = call.text(2)?.unwrap_or("").to_owned();
    let suffix = call.text(3)?.unwrap_or("").to_owned();
    let size = match call.maybe_int(0)? {
        None => most,
        Some(least) if least <= most => call.between(least.max(0), most),
        Some(least) => {
            return Err(FakeError::new(format!(
                "`min_chars` is {least}, above `max_chars`, which is {most}"
            )));
        }
    };
    let fixed = prefix.chars().count() + suffix.chars().count();
    let middle = call.characters(text::LETTERS, size - fixed as i64)?;
    Ok((prefix + &middle + &suffix).into())
}

const TYPES: &[&str] = &[
    "str",
    "str",
    "str",
    "str",
    "float",
    "int",
    "int",
    "decimal",
    "date_time",
    "uri",
    "email",
];

/// The types asked for by name, or those of the reference.
fn types(call: &Call<'_>, index: usize) -> Result<Vec<String>, FakeError> {
    for at in [index, index + 1] {
        match call.given(at) {
            None => {}
            Some(Datum::Text(name)) => return Ok(vec![name.clone()]),
            Some(Datum::List(items) | Datum::Tuple(items)) => {
                let names = items.iter().map(|item| item.as_text().map(str::to_owned));
                let names: Option<Vec<String>> = names.collect();
                return names
                    .filter(|names| !names.is_empty())
                    .ok_or_else(|| call.unfit(at, "a list of type names such as 'int'"));
            }
            Some(_) => return Err(call.unfit(at, "a list of type names such as 'int'")),
        }
    }
    Ok(TYPES.iter().map(|name| (*name).to_owned()).collect())
}

fn of_type(call: &mut Call<'_>, name: &str) -> Answer {
    match name {
        "str" => Ok(call.characters(text::LETTERS, 20)?.into()),
        "bool" => Ok(Datum::Bool(call.chance(0.5))),
        "int" => Ok(Datum::Int(call.between(0, 9999))),
        "float" => call.other("pyfloat"),
        "decimal" | "Decimal" => call.other("pydecimal"),
        "datetime" => call.other("date_time"),
        "list" => call.other("pylist"),
        "tuple" => call.other("pytuple"),
        "set" => call.other("pyset"),
        "dict" => call.other("pydict"),
        provider => call.other(provider),
    }
}

fn value(call: &mut Call<'_>, types: &[String]) -> Answer {
    let at = call.random.below(types.len() as u64) as usize;
    match types.get(at) {
        Some(name) => of_type(call, name),
        None => Ok(Datum::None),
    }
}

fn some_values(call: &mut Call<'_>, count: i64, types: &[String]) -> Result<Vec<Datum>, FakeError> {
    (0..count).map(|_| value(call, types)).collect()
}

/// Different words, as many as there are.
fn keys(call: &mut Call<'_>, count: i64) -> Vec<String> {
    let mut words: Vec<&str> = call.locale.data.words.to_vec();
    words.sort_unstable();
    words.dedup();
    rand::shuffle(call.random, &mut words);
    let count = usize::try_from(count).unwrap_or(0);
    words.into_iter().take(count).map(str::to_owned).collect()
}

fn some_entries(
    call: &mut Call<'_>,
    count: i64,
    types: &[String],
) -> Result<Vec<(String, Datum)>, FakeError> {
    let keys = keys(call, count);
    let mut entries = Vec::with_capacity(keys.len());
    for key in keys {
        entries.push((key, value(call, types)?));
    }
    Ok(entries)
}

fn size(call: &mut Call<'_>) -> Result<i64, FakeError> {
    let count = call.count(0, 10)?.min(100_000);
    if !call.flag(1, true) {
        return Ok(count);
    }
    Ok((count * call.between(60, 140) / 100).max(1))
}

fn values(call: &mut Call<'_>) -> Result<Vec<Datum>, FakeError> {
    let types = types(call, 2)?;
    let count = size(call)?;
    some_values(call, count, &types)
}

fn pydict(call: &mut Call<'_>) -> Answer {
    let types = types(call, 2)?;
    let count = size(call)?;
    Ok(Datum::Dict(some_entries(call, count, &types)?))
}
