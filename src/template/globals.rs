//! Built-in globals: `range`, `dict`, `namespace`, `cycler`, `joiner`, `lipsum`.

mod lipsum;
mod range;

use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;

use super::methods::pairs;
use super::{Args, Ctx, Dict, Error, Function, Object, Str, Value};

/// The globals every engine starts with.
pub(super) fn builtin() -> Vec<(&'static str, Value)> {
    vec![
        ("range", Function::borrowing("range", range::range)),
        ("dict", Function::value("dict", |ctx, args| dict(ctx, "dict", args).map(Value::Dict))),
        ("lipsum", Function::borrowing("lipsum", lipsum::lipsum)),
        ("cycler", Function::value("cycler", cycler)),
        ("joiner", Function::value("joiner", joiner)),
        ("namespace", Function::value("namespace", namespace)),
    ]
}

/// `dict(mapping or pairs, **more)`
fn dict(ctx: &mut Ctx<'_>, function: &str, args: &Args<'_>) -> Result<Dict, Error> {
    let dict = Dict::default();
    match args.positional {
        [] => {}
        [source] => {
            for (key, value) in pairs(ctx, source)? {
                dict.borrow_mut().insert(key, value)?;
            }
        }
        more => {
            return Err(Error::type_error(format!(
                "{function}() takes at most 1 positional argument, {} given",
                more.len()
            )));
        }
    }
    for (name, value) in args.keyword {
        let name = Value::str(Str::from(Rc::clone(name)));
        dict.borrow_mut().insert(name, value.clone())?;
    }
    Ok(dict)
}

/// What `namespace(...)` gives: the only value whose attributes can be set.
pub(super) struct NamespaceValue(Dict);

impl NamespaceValue {
    /// Sets an attribute.
    pub fn set(&self, name: &str, value: Value) {
        self.0.set(name, value);
    }
}

impl Object for NamespaceValue {
    fn type_name(&self) -> &str {
        "Namespace"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.0.get(name)
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str("<Namespace ")?;
        Value::Dict(self.0.clone()).write_repr(out)?;
        out.write_char('>')
    }

    fn names(&self) -> Vec<String> {
        let entries = self.0.borrow();
        entries.iter().map(|(name, _)| name.text().to_string()).collect()
    }
}

fn namespace(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    Ok(Value::object(NamespaceValue(dict(ctx, "namespace", args)?)))
}

struct Cycler {
    items: Vec<Value>,
    at: Cell<usize>,
}

impl Cycler {
    fn current(&self) -> Value {
        self.items.get(self.at.get()).cloned().unwrap_or_default()
    }
}

impl Object for Cycler {
    fn type_name(&self) -> &str {
        "Cycler"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "current" => Some(self.current()),
            "pos" => Some(Value::from(self.at.get())),
            "items" => Some(Value::tuple(self.items.clone())),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "next" | "reset")
    }

    fn call_method(
        self: Rc<Self>,
        _: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        args.none(name)?;
        if name == "reset" {
            self.at.set(0);
            return Ok(Value::None);
        }
        let item = self.current();
        self.at.set((self.at.get() + 1) % self.items.len().max(1));
        Ok(item)
    }

    fn names(&self) -> Vec<String> {
        ["current", "next", "reset"].map(str::to_owned).to_vec()
    }
}

fn cycler(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    if let Some((name, _)) = args.keyword.first() {
        return Err(Error::type_error(format!(
            "cycler() takes no keyword argument '{name}'"
        )));
    }
    if args.positional.is_empty() {
        return Err(Error::value_error("cycler() needs at least one item"));
    }
    Ok(Value::object(Cycler {
        items: args.positional.to_vec(),
        at: Cell::new(0),
    }))
}

struct Joiner {
    separator: Value,
    used: Cell<bool>,
}

impl Object for Joiner {
    fn type_name(&self) -> &str {
        "Joiner"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        args.none("joiner")?;
        if self.used.replace(true) {
            Ok(self.separator.clone())
        } else {
            Ok(Value::str(Str::EMPTY))
        }
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "sep" => Some(self.separator.clone()),
            "used" => Some(Value::Bool(self.used.get())),
            _ => None,
        }
    }
}

fn joiner(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [separator] = args.bind("joiner", ["sep"], 0)?;
    Ok(Value::object(Joiner {
        separator: separator.cloned().unwrap_or_else(|| Value::from(", ")),
        used: Cell::new(false),
    }))
}
