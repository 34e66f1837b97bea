//! `module.faker` and `module.mimesis` over the providers of `fake::faker` and `fake::mimesis`.

mod bind;
mod enums;
mod proxy;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::fake::faker::{self, Locale};
use crate::fake::mimesis::{self, Group, Spec};
use crate::template::{Args, Ctx, Error, Namespace, Object, Value, python_module};

use bind::Bound;
use proxy::{Refused, Wrapped};

/// Where fake data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::event::template) enum FakerMode {
    /// The providers.
    Real,
    /// The name of what was called, as the recorded vectors have it.
    Echo,
}

pub(super) fn faker(mode: FakerMode) -> Value {
    let locales = Value::object(Locales::new(Kind::Faker(mode)));
    library("faker", vec![("locale", locales)])
}

pub(super) fn mimesis() -> Value {
    let members = python_module("random").map(|random| ("random", random));
    let random = Namespace::value("mimesis.random", members.into_iter().collect());
    library(
        "mimesis",
        vec![
            ("locale", Value::object(Locales::new(Kind::Mimesis))),
            ("enums", enums::namespace()),
            ("spec", Value::object(Specs)),
            ("random", random),
        ],
    )
}

fn library(name: &'static str, members: Vec<(&'static str, Value)>) -> Value {
    Value::object(Library { name, members })
}

struct Library {
    name: &'static str,
    members: Vec<(&'static str, Value)>,
}

impl Object for Library {
    fn type_name(&self) -> &str {
        self.name
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let found = self.members.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        self.members
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Faker(FakerMode),
    Mimesis,
}

/// The locales of a library; each is made once, as what is unique is remembered with it.
struct Locales {
    kind: Kind,
    made: RefCell<HashMap<String, Value>>,
}

impl Locales {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            made: RefCell::default(),
        }
    }

    fn make(&self, name: &str) -> Option<Value> {
        let locale = match self.kind {
            Kind::Faker(_) => Locale::faker(name),
            Kind::Mimesis => Locale::mimesis(name),
        }?;
        if locale.borrowed() {
            tracing::warn!(
                locale = name,
                "there are no names and places of this locale here, English ones are used"
            );
        }
        Some(match self.kind {
            Kind::Mimesis => Value::object(Generic { locale }),
            Kind::Faker(mode) => Value::object(Fake {
                locale,
                asked: name.into(),
                mode,
                unique: Rc::default(),
            }),
        })
    }
}

impl Object for Locales {
    fn type_name(&self) -> &str {
        "locale"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if let Some(made) = self.made.borrow().get(name) {
            return Some(made.clone());
        }
        let made = self.make(name)?;
        self.made.borrow_mut().insert(name.to_owned(), made.clone());
        Some(made)
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        match self.kind {
            Kind::Mimesis => Locale::mimesis_codes().map(str::to_owned).collect(),
            Kind::Faker(_) => Locale::codes().map(str::to_owned).collect(),
        }
    }
}

/// The providers of one locale.
struct Fake {
    locale: &'static Locale,
    asked: Rc<str>,
    mode: FakerMode,
    unique: Rc<proxy::Seen>,
}

impl Object for Fake {
    fn type_name(&self) -> &str {
        "Faker"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if self.mode == FakerMode::Echo {
            return Some(Value::object(Echo(format!("faker.{}.{name}", self.asked))));
        }
        match name {
            "unique" => return Some(Wrapped::unique(self.locale, &self.unique)),
            "optional" => return Some(Wrapped::optional(self.locale)),
            "locales" => return Some(Value::list(vec![Value::from(self.locale.code)])),
            _ => {}
        }
        if let Some(help) = faker::refused(name) {
            return Some(Value::object(Refused::new(name, help)));
        }
        let provider = faker::provider(name)?;
        Some(Value::object(Bound::new(self.locale, provider)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        let providers = faker::providers().map(|provider| provider.name);
        providers
            .chain(["unique", "optional"])
            .map(str::to_owned)
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
        let group = mimesis::group(name)?;
        let locale = self.locale;
        Some(Value::object(Part { locale, group }))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        mimesis::groups()
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
        let provider = self.group.provider(name)?;
        Some(Value::object(Bound::new(self.locale, provider)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn is_callable(&self) -> bool {
        self.group.provider(self.group.name).is_some()
    }

    /// `choice(...)` is a group that is called itself.
    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        match self.group.provider(self.group.name) {
            Some(provider) => Rc::new(Bound::new(self.locale, provider)).call(ctx, args),
            None => Err(Error::type_error(format!(
                "'{}' object is not callable",
                self.group.name
            ))),
        }
    }

    fn names(&self) -> Vec<String> {
        self.group
            .members
            .iter()
            .map(|provider| provider.name.to_owned())
            .collect()
    }
}

/// `module.mimesis.spec['usa']`
struct Specs;

impl Object for Specs {
    fn type_name(&self) -> &str {
        "spec"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let Spec { locale, group } = mimesis::spec(name)?;
        Some(Value::object(Part { locale, group }))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        mimesis::spec_names().map(str::to_owned).collect()
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
