//! Python classes as values: callable, with members, and methods that take the object first.

use std::fmt::Write;
use std::rc::Rc;

use crate::template::methods::Method;
use crate::template::{Args, Ctx, Error, Function, Object, Value};

/// What a class does when it is called.
pub(crate) type Construct = fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error>;

/// A class.
pub(crate) struct Class {
    /// Its full name, as `<class '...'>` shows it.
    pub(crate) name: &'static str,
    pub(crate) construct: Construct,
    /// Class methods and constants.
    pub(crate) member: fn(&str) -> Option<Value>,
    /// Their names.
    pub(crate) members: &'static [&'static str],
    /// Methods of its objects.
    pub(crate) methods: &'static [&'static str],
}

impl Object for Class {
    fn type_name(&self) -> &str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        (self.construct)(ctx, args)
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if let Some(found) = (self.member)(name) {
            return Some(found);
        }
        if name == "__name__" {
            let short = self.name.rsplit('.').next().unwrap_or_default();
            return Some(Value::from(short));
        }
        let known = self.methods.iter().find(|known| **known == name)?;
        Some(unbound(known))
    }

    fn equals(&self, other: &Value) -> bool {
        let other = other.downcast::<Self>();
        other.is_some_and(|other| other.name == self.name)
    }

    fn hash(&self) -> Option<u64> {
        Value::from(self.name).hash_code().ok()
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<class '{}'>", self.name)
    }

    fn names(&self) -> Vec<String> {
        let names = self.members.iter().chain(self.methods);
        names.map(|name| (*name).to_owned()).collect()
    }
}

/// A method as a function of the object and the arguments.
fn unbound(name: &'static str) -> Value {
    Function::value(name, move |ctx, args| {
        let Some((object, rest)) = args.positional.split_first() else {
            let message = format!("{name}() takes an object as its first argument");
            return Err(Error::type_error(message));
        };
        let args = Args {
            positional: rest,
            keyword: args.keyword,
        };
        ctx.call_method(object, Method::named(name), name, &args)
    })
}
