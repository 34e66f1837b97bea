//! Calls of providers: arguments in, answers out.

use std::rc::Rc;

use num_traits::ToPrimitive;

use super::super::super::values;
use super::super::fake_error;
use super::enums::Member;
use crate::fake::faker::{Datum, Locale, Provider};
use crate::template::{Args, Ctx, Delta, Error, Object, TimeOfDay, Tz, TzValue, Value};

/// A provider of a locale, ready to call.
pub(super) struct Bound {
    locale: &'static Locale,
    provider: &'static Provider,
}

/// Containers of arguments deeper than this are refused.
const DEEPEST: usize = 32;

impl Bound {
    pub(super) fn new(locale: &'static Locale, provider: &'static Provider) -> Self {
        Self { locale, provider }
    }

    /// Arguments by parameter.
    fn given(&self, args: &Args<'_>) -> Result<Vec<Option<Value>>, Error> {
        let params = self.provider.params;
        if args.positional.len() > params.len() {
            return Err(Error::type_error(format!(
                "{}() takes at most {} arguments, {} given",
                self.provider.name,
                params.len(),
                args.positional.len()
            )));
        }
        let mut given: Vec<Option<Value>> = vec![None; params.len()];
        for (slot, value) in given.iter_mut().zip(args.positional) {
            *slot = Some(value.clone());
        }
        for (name, value) in args.keyword {
            let at = params.iter().position(|known| **known == **name);
            match at.and_then(|at| given.get_mut(at)) {
                Some(slot @ None) => *slot = Some(value.clone()),
                Some(_) => {
                    return Err(Error::type_error(format!(
                        "{}() got multiple values for argument '{name}'",
                        self.provider.name
                    )));
                }
                None => {
                    let message = format!(
                        "{}() got an unexpected keyword argument '{name}'",
                        self.provider.name
                    );
                    return Err(Error::type_error(message).suggest(name, params.iter().copied()));
                }
            }
        }
        Ok(given)
    }

    /// The zone given as `tzinfo`: results carry it.
    fn zone(&self, given: &mut [Option<Value>]) -> Result<Option<Tz>, Error> {
        let params = self.provider.params.iter();
        let at = params.clone().position(|param| *param == "tzinfo");
        let Some(slot) = at.and_then(|at| given.get_mut(at)) else {
            return Ok(None);
        };
        match slot.take() {
            None | Some(Value::None) => Ok(None),
            Some(value) => match value.downcast::<TzValue>() {
                Some(zone) => Ok(Some(zone.0.clone())),
                None => Err(Error::type_error(format!(
                    "{}(): `tzinfo` must be a timezone, not '{}'",
                    self.provider.name,
                    value.type_name()
                ))),
            },
        }
    }

    /// The answer as a value; `pytimezone` gives the zone itself, which only templates know.
    fn finished(&self, answer: Datum, zone: Option<&Tz>) -> Value {
        if self.provider.name == "pytimezone"
            && let Some(Ok(named)) = answer.as_text().map(str::parse)
        {
            return TzValue::value(Tz::Named(named));
        }
        value(answer, zone)
    }

    fn run(&self, ctx: &mut Ctx<'_>, data: &[Option<Datum>]) -> Result<Datum, Error> {
        let now = chrono::DateTime::from_timestamp_micros(ctx.now_us()).unwrap_or_default();
        let answer = self
            .provider
            .call(ctx.random(), self.locale, data, now.naive_utc());
        answer.map_err(|error| {
            let message = format!("{}(): {}", self.provider.name, error.message);
            fake_error(crate::fake::FakeError { message, ..error })
        })
    }
}

impl Object for Bound {
    fn type_name(&self) -> &str {
        "method"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn parameters(&self) -> Option<(&str, &'static [&'static str])> {
        Some((self.provider.name, self.provider.params))
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        if args.positional.is_empty() && args.keyword.is_empty() {
            let answer = self.run(ctx, &[])?;
            return Ok(self.finished(answer, None));
        }
        let mut given = self.given(args)?;
        let zone = self.zone(&mut given)?;
        let mut data = Vec::with_capacity(given.len());
        for (value, name) in given.iter().zip(self.provider.params) {
            let datum = value
                .as_ref()
                .map(|value| datum(value, DEEPEST))
                .transpose();
            data.push(datum.map_err(|error| match error {
                Bad::Undefined => {
                    Error::type_error(format!("{}(): `{name}` is undefined", self.provider.name))
                }
                Bad::Other(error) => error,
            })?);
        }
        match self.run(ctx, &data)? {
            Datum::Element(index) => {
                let items = elements(ctx, given)?;
                Ok(items.get(index).cloned().unwrap_or_default())
            }
            Datum::Elements(chosen) => {
                let items = elements(ctx, given)?;
                let chosen = chosen.into_iter().filter_map(|at| items.get(at).cloned());
                Ok(Value::list(chosen.collect()))
            }
            other => Ok(self.finished(other, zone.as_ref())),
        }
    }
}

/// What the first argument holds.
fn elements(ctx: &mut Ctx<'_>, given: Vec<Option<Value>>) -> Result<Vec<Value>, Error> {
    let first = given.into_iter().next().flatten().unwrap_or_default();
    ctx.collect(&first)
}

enum Bad {
    Undefined,
    Other(Error),
}

fn list(items: &[Value], depth: usize) -> Result<Datum, Bad> {
    let items = items.iter().map(|item| datum(item, depth));
    Ok(Datum::List(items.collect::<Result<_, _>>()?))
}

fn datum(value: &Value, depth: usize) -> Result<Datum, Bad> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Bad::Other(Error::value_error(
            "the argument is nested too deeply",
        )));
    };
    Ok(match value {
        Value::Undefined => return Err(Bad::Undefined),
        Value::None => Datum::None,
        Value::Bool(flag) => Datum::Bool(*flag),
        Value::Int(number) => Datum::Int(*number),
        Value::Big(number) => Datum::Float(number.to_f64().unwrap_or(f64::INFINITY)),
        Value::Float(number) => Datum::Float(*number),
        Value::Str(_) | Value::Safe(_) => {
            Datum::Text(value.as_str().unwrap_or_default().to_owned())
        }
        Value::Bytes(bytes) => Datum::Bytes(bytes.to_vec()),
        Value::List(items) => list(&items.borrow(), depth)?,
        Value::Dict(dict) => {
            let mut entries = Vec::new();
            for (key, item) in dict.borrow().iter() {
                let key = match key.as_str() {
                    Some(key) => key.to_owned(),
                    None => key.text().to_string(),
                };
                entries.push((key, datum(item, depth)?));
            }
            Datum::Dict(entries)
        }
        Value::DateTime(at) => {
            let at = chrono::DateTime::from_timestamp_micros(at.wall_us).unwrap_or_default();
            Datum::DateTime(at.naive_utc())
        }
        Value::Date(date) => {
            let days = i64::from(date.0).saturating_mul(86_400_000_000);
            let at = chrono::DateTime::from_timestamp_micros(days).unwrap_or_default();
            Datum::Date(at.date_naive())
        }
        Value::Delta(delta) => Datum::Delta(delta.0),
        other => match (other.as_tuple(), other.downcast::<Member>()) {
            (Some(items), _) => list(items, depth)?,
            (None, Some(member)) => member.datum(),
            (None, None) => opaque(other)?,
        },
    })
}

/// A class goes by its name; of the rest, only the number of elements can matter.
fn opaque(value: &Value) -> Result<Datum, Bad> {
    if let Value::Object(object) = value
        && let Some(name) = Rc::clone(object).get_attr("__name__")
        && let Some(name) = name.as_str()
    {
        return Ok(Datum::Text(name.to_owned()));
    }
    let length = value.len().map_err(Bad::Other)?;
    Ok(Datum::List(vec![Datum::None; length]))
}

fn value(datum: Datum, zone: Option<&Tz>) -> Value {
    let each = |items: Vec<Datum>| items.into_iter().map(|item| value(item, zone)).collect();
    match datum {
        Datum::None | Datum::Element(_) | Datum::Elements(_) => Value::None,
        Datum::Bool(flag) => Value::Bool(flag),
        Datum::Int(number) => Value::Int(number),
        Datum::Float(number) => Value::Float(number),
        Datum::Text(text) => Value::from(text),
        Datum::Static(text) => Value::from(text),
        Datum::Bytes(bytes) => Value::Bytes(bytes.into()),
        Datum::List(items) => Value::list(each(items)),
        Datum::Tuple(items) => Value::tuple(each(items)),
        Datum::Dict(entries) => Value::dict(
            entries
                .into_iter()
                .map(|(key, item)| (Value::from(key), value(item, zone))),
        ),
        Datum::Date(day) => values::date(day),
        Datum::DateTime(at) => values::datetime(at, zone.cloned()),
        Datum::Time(at) => {
            use chrono::Timelike;
            let us = i64::from(at.num_seconds_from_midnight()) * 1_000_000
                + i64::from(at.nanosecond() / 1000);
            Value::Time(Rc::new(TimeOfDay {
                us,
                tz: zone.cloned(),
                fold: false,
            }))
        }
        Datum::Delta(us) => Value::Delta(Delta(us)),
    }
}
