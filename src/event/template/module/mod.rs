//! The gateway `module`: random functions, fake data, and the Python modules the language knows.

mod fakes;
mod random;

use crate::fake::FakeError;
use crate::template::{Error, Object, Value, python_module, python_modules};

pub(super) use fakes::FakerMode;

/// What `module.name` finds.
pub(super) struct Gateway {
    rand: Value,
    faker: Value,
    mimesis: Value,
}

impl Gateway {
    pub(super) fn new(faker: FakerMode) -> Self {
        Self {
            rand: random::namespace(),
            faker: fakes::faker(faker),
            mimesis: fakes::mimesis(),
        }
    }
}

impl Object for Gateway {
    fn type_name(&self) -> &str {
        "ModuleProvider"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "rand" => Some(self.rand.clone()),
            "faker" => Some(self.faker.clone()),
            "mimesis" => Some(self.mimesis.clone()),
            _ => python_module(name),
        }
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn names(&self) -> Vec<String> {
        ["rand", "faker", "mimesis"]
            .into_iter()
            .chain(python_modules())
            .map(str::to_owned)
            .collect()
    }
}

fn fake_error(error: FakeError) -> Error {
    let made = Error::value_error(error.message);
    match error.help {
        Some(help) => made.help(help),
        None => made,
    }
}
