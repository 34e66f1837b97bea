//! `unique` and `optional`, and methods that are refused with a reason.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::bind::Bound;
use crate::fake::faker::{self, Locale};
use crate::template::{Args, Ctx, Error, Function, Object, Value};

/// How often `unique` tries before it gives up, as the reference does.
const ATTEMPTS: usize = 1000;

/// What was given, by call: provider and arguments.
pub(super) type Seen = RefCell<HashMap<String, HashSet<String>>>;

#[derive(Clone)]
enum How {
    /// No answer twice.
    Unique(Rc<Seen>),
    /// None half of the time, or as `prob` says.
    Optional,
}

/// The providers of a locale, each with something added.
pub(super) struct Wrapped {
    locale: &'static Locale,
    how: How,
}

impl Wrapped {
    pub(super) fn unique(locale: &'static Locale, seen: &Rc<Seen>) -> Value {
        let how = How::Unique(Rc::clone(seen));
        Value::object(Self { locale, how })
    }

    pub(super) fn optional(locale: &'static Locale) -> Value {
        let how = How::Optional;
        Value::object(Self { locale, how })
    }
}

impl Object for Wrapped {
    fn type_name(&self) -> &str {
        match self.how {
            How::Unique(_) => "UniqueProxy",
            How::Optional => "OptionalProxy",
        }
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if let (How::Unique(seen), "clear") = (&self.how, name) {
            let seen = Rc::clone(seen);
            return Some(Function::value("clear", move |_, args| {
                args.none("clear")?;
                seen.borrow_mut().clear();
                Ok(Value::None)
            }));
        }
        let provider = faker::provider(name)?;
        let bound = Rc::new(Bound::new(self.locale, provider));
        Some(match self.how.clone() {
            How::Unique(seen) => Function::value(provider.name, move |ctx, args| {
                unique(&bound, provider.name, &seen, ctx, args)
            }),
            How::Optional => {
                Function::value(provider.name, move |ctx, args| optional(&bound, ctx, args))
            }
        })
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

fn unique(
    bound: &Rc<Bound>,
    name: &str,
    seen: &Seen,
    ctx: &mut Ctx<'_>,
    args: &Args<'_>,
) -> Result<Value, Error> {
    let mut key = name.to_owned();
    for value in args.positional {
        key = key + "\0" + value.text().as_str();
    }
    for (name, value) in args.keyword {
        key = key + "\0" + name + "=" + value.text().as_str();
    }
    for _ in 0..ATTEMPTS {
        let answer = Rc::clone(bound).call(ctx, args)?;
        let text = answer.text().to_string();
        if seen
            .borrow_mut()
            .entry(key.clone())
            .or_default()
            .insert(text)
        {
            return Ok(answer);
        }
    }
    Err(Error::value_error(format!(
        "unique.{name}(): no new value in {ATTEMPTS} attempts"
    ))
    .help("there are not enough different values; call `unique.clear()` to start over"))
}

fn optional(bound: &Rc<Bound>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let mut probability = 0.5;
    let mut keyword = Vec::with_capacity(args.keyword.len());
    for (name, value) in args.keyword {
        if **name == *"prob" {
            probability = match value {
                Value::Float(given) => *given,
                Value::Int(given) => *given as f64,
                _ => return Err(Error::type_error("`prob` must be a number")),
            };
            if !(0.0..=1.0).contains(&probability) {
                return Err(Error::value_error(format!(
                    "`prob` is {probability}, it must be from 0 to 1"
                )));
            }
            continue;
        }
        keyword.push((Rc::clone(name), value.clone()));
    }
    if !crate::fake::rand::chance(ctx.random(), probability) {
        return Ok(Value::None);
    }
    let args = Args {
        positional: args.positional,
        keyword: &keyword,
    };
    Rc::clone(bound).call(ctx, &args)
}

/// A method of the Python library that has no place here; calling it tells why.
pub(super) struct Refused {
    name: String,
    help: &'static str,
}

impl Refused {
    pub(super) fn new(name: &str, help: &'static str) -> Self {
        let name = name.to_owned();
        Self { name, help }
    }
}

impl Object for Refused {
    fn type_name(&self) -> &str {
        "method"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _: &mut Ctx<'_>, _: &Args<'_>) -> Result<Value, Error> {
        let message = format!("{}() of faker cannot be called here", self.name);
        Err(Error::value_error(message).help(self.help))
    }
}
