//! `module.mimesis.enums`: members whose names and values choose between kinds of data.

use std::fmt::Write;

use crate::fake::faker::Datum;
use crate::fake::mimesis::ENUMS;
use crate::template::{Object, Value};

/// A class of members.
struct Class {
    name: &'static str,
    members: &'static [(&'static str, &'static str)],
}

/// One member.
pub(super) struct Member {
    class: &'static str,
    name: &'static str,
    value: &'static str,
}

pub(super) fn namespace() -> Value {
    Value::object(Classes)
}

struct Classes;

impl Object for Classes {
    fn type_name(&self) -> &str {
        "mimesis.enums"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let (name, members) = ENUMS.iter().find(|(known, _)| *known == name)?;
        Some(Value::object(Class { name, members }))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        ENUMS.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

impl Object for Class {
    fn type_name(&self) -> &str {
        self.name
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let (name, value) = self.members.iter().find(|(known, _)| *known == name)?;
        let class = self.name;
        Some(Value::object(Member { class, name, value }))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, crate::template::Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
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

impl Member {
    /// What providers get: the name, which they know as well as the value.
    pub(super) fn datum(&self) -> Datum {
        Datum::Static(self.name)
    }
}

impl Object for Member {
    fn type_name(&self) -> &str {
        self.class
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "name" => Some(Value::from(self.name)),
            "value" => Some(Value::from(self.value)),
            _ => None,
        }
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "{}.{}", self.class, self.name)
    }

    fn equals(&self, other: &Value) -> bool {
        let other = other.downcast::<Self>();
        other.is_some_and(|other| (self.class, self.name) == (other.class, other.name))
    }

    fn hash(&self) -> Option<u64> {
        let names = self.class.bytes().chain(self.name.bytes());
        Some(names.fold(5381, |hash, byte| hash.wrapping_mul(33) ^ u64::from(byte)))
    }
}
