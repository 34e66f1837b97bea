//! `module.faker` and `module.mimesis` over the providers of `fake::faker`.

use std::rc::Rc;

use super::super::values;
use super::fake_error;
use crate::fake::faker::{self, Call, Datum, Group, Locale, Provider};
use crate::template::{Args, Ctx, Error, Object, Value};

/// Where fake data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::event::template) enum FakerMode {
    /// The providers.
    Real,
    /// The name of what was called, as the recorded vectors have it.
    Echo,
}

pub(super) fn faker(mode: FakerMode) -> Value {
    Value::object(Library {
        name: "faker",
        locales: Value::object(Locales {
            mimesis: false,
            mode,
        }),
    })
}

pub(super) fn mimesis() -> Value {
    Value::object(Library {
        name: "mimesis",
        locales: Value::object(Locales {
            mimesis: true,
            mode: FakerMode::Real,
        }),
    })
}

struct Library {
    name: &'static str,
    locales: Value,
}

impl Object for Library {
    fn type_name(&self) -> &str {
        self.name
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "locale").then(|| self.locales.clone())
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        vec!["locale".to_owned()]
    }
}

struct Locales {
    mimesis: bool,
    mode: FakerMode,
}

impl Object for Locales {
    fn type_name(&self) -> &str {
        "locale"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if self.mimesis {
            let locale = Locale::mimesis(name)?;
            return Some(Value::object(Generic { locale }));
        }
        let locale = Locale::faker(name)?;
        Some(Value::object(Fake {
            locale,
            asked: name.into(),
            mode: self.mode,
        }))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        if self.mimesis {
            return Locale::mimesis_codes().map(str::to_owned).collect();
        }
        Locale::codes().map(str::to_owned).collect()
    }
}

/// The providers of one locale.
struct Fake {
    locale: &'static Locale,
    asked: Rc<str>,
    mode: FakerMode,
}

impl Object for Fake {
    fn type_name(&self) -> &str {
        "Faker"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if self.mode == FakerMode::Echo {
            return Some(Value::object(Echo(format!("faker.{}.{name}", self.asked))));
        }
        let provider = faker::provider(name)?;
        Some(Value::object(Bound {
            locale: self.locale,
            provider,
        }))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        faker::providers()
            .map(|provider| provider.name.to_owned())
            .collect()
    }
}

/// The groups of one mimesis locale.
struct Generic {
    locale: &'static Locale,
}

impl Object for Generic {
    fn type_name(&self) -> &str {
        "Generic"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let group = faker::group(name)?;
        Some(Value::object(Part {
            locale: self.locale,
            group,
        }))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        faker::GROUPS
            .iter()
            .map(|group| group.name.to_owned())
            .collect()
    }
}

struct Part {
    locale: &'static Locale,
    group: &'static Group,
}

impl Object for Part {
    fn type_name(&self) -> &str {
        self.group.name
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let provider = faker::group_provider(self.group, name)?;
        Some(Value::object(Bound {
            locale: self.locale,
            provider,
        }))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        self.group
            .members
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect()
    }
}

/// A function that gives its own name.
struct Echo(String);

impl Object for Echo {
    fn type_name(&self) -> &str {
        "method"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _: &mut Ctx<'_>, _: &Args<'_>) -> Result<Value, Error> {
        Ok(Value::from(self.0.as_str()))
    }
}

/// A provider of a locale, ready to call.
struct Bound {
    locale: &'static Locale,
    provider: &'static Provider,
}

impl Object for Bound {
    fn type_name(&self) -> &str {
        "method"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
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
            let Some(slot) = at.and_then(|at| given.get_mut(at)) else {
                let message = format!(
                    "{}() got an unexpected keyword argument '{name}'",
                    self.provider.name
                );
                return Err(Error::type_error(message).suggest(name, params.iter().copied()));
            };
            *slot = Some(value.clone());
        }
        let mut data = Vec::with_capacity(given.len());
        for value in &given {
            data.push(value.as_ref().map(datum).transpose()?);
        }
        let now = chrono::DateTime::from_timestamp_micros(ctx.now_us()).unwrap_or_default();
        let answer = self.provider.call(&mut Call {
            random: ctx.random(),
            locale: self.locale,
            args: &data,
            now: now.naive_utc(),
        });
        match answer.map_err(fake_error)? {
            Datum::Element(index) => {
                let first = given.into_iter().next().flatten().unwrap_or_default();
                Ok(ctx.collect(&first)?.get(index).cloned().unwrap_or_default())
            }
            other => Ok(value(other)),
        }
    }
}

fn datum(value: &Value) -> Result<Datum, Error> {
    Ok(match value {
        Value::None | Value::Undefined => Datum::None,
        Value::Bool(flag) => Datum::Bool(*flag),
        Value::Int(number) => Datum::Int(*number),
        Value::Float(number) => Datum::Float(*number),
        Value::Str(_) | Value::Safe(_) => Datum::from(value.as_str().unwrap_or_default()),
        Value::List(list) => {
            Datum::List(list.borrow().iter().map(datum).collect::<Result<_, _>>()?)
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
        other => match other.as_tuple() {
            Some(items) => Datum::List(items.iter().map(datum).collect::<Result<_, _>>()?),
            // Of the rest, only the number of elements can matter.
            None => Datum::List(vec![Datum::None; other.len()?]),
        },
    })
}

fn value(datum: Datum) -> Value {
    match datum {
        Datum::None | Datum::Element(_) => Value::None,
        Datum::Bool(flag) => Value::Bool(flag),
        Datum::Int(number) => Value::Int(number),
        Datum::Float(number) => Value::Float(number),
        Datum::Text(text) => Value::from(text),
        Datum::List(items) => Value::list(items.into_iter().map(value).collect()),
        Datum::Tuple(items) => Value::tuple(items.into_iter().map(value).collect()),
        Datum::Dict(entries) => Value::dict(
            entries
                .into_iter()
                .map(|(key, item)| (Value::from(key), value(item))),
        ),
        Datum::Date(day) => values::date(day),
        Datum::DateTime(at) => values::datetime(at, None),
    }
}
