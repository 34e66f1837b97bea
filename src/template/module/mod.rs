//! The Python modules that templates can use, written natively, one file each.
//!
//! They know values and the render they are called in, nothing of plugins or generators.

mod base64;
mod builtins;
mod calendar;
mod datetime;
mod hashlib;
mod ipaddress;
mod json;
mod math;
mod random;
mod re;
mod string;
mod time;
mod urllib;
mod uuid;
mod zoneinfo;

use super::{Args, Ctx, Error, Function, Namespace, Value};

type Native = fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error>;
type Members = Vec<(&'static str, Value)>;

/// Name and content of each module.
const MODULES: &[(&str, fn() -> Members)] = &[
    ("base64", base64::members),
    ("builtins", builtins::members),
    ("calendar", calendar::members),
    ("datetime", datetime::members),
    ("hashlib", hashlib::members),
    ("ipaddress", ipaddress::members),
    ("json", json::members),
    ("math", math::members),
    ("random", random::members),
    ("re", re::members),
    ("string", string::members),
    ("time", time::members),
    ("urllib", urllib::members),
    ("urllib.parse", urllib::parse_members),
    ("uuid", uuid::members),
    ("zoneinfo", zoneinfo::members),
];

/// A Python module by its name; `None` for one that is not built in.
pub fn python_module(name: &str) -> Option<Value> {
    let (name, members) = MODULES.iter().find(|(known, _)| *known == name)?;
    Some(Namespace::value(*name, members()))
}

/// Names of the Python modules that are built in, in alphabetical order.
pub fn python_modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, _)| *name)
}

/// Functions that keep none of their arguments.
fn functions(table: &[(&'static str, Native)]) -> Members {
    let each = table.iter();
    each.map(|(name, run)| (*name, Function::borrowing(*name, run)))
        .collect()
}

fn missing() -> &'static Value {
    &Value::Undefined
}

/// The bytes of an argument that must be bytes.
fn bytes_arg<'v>(function: &str, value: Option<&'v Value>) -> Result<&'v [u8], Error> {
    match value.unwrap_or(missing()) {
        Value::Bytes(bytes) => Ok(bytes),
        Value::Str(_) | Value::Safe(_) => Err(Error::type_error(format!(
            "{function}() takes bytes, not a text"
        ))
        .help("`.encode()` makes bytes of a text")),
        other => Err(Error::type_error(format!(
            "{function}() takes bytes, not '{}'",
            other.type_name()
        ))),
    }
}

/// The bytes of an argument that may be bytes or text.
fn text_or_bytes<'v>(function: &str, value: Option<&'v Value>) -> Result<&'v [u8], Error> {
    match value {
        Some(value) if value.as_str().is_some() => Ok(value.as_str().unwrap_or_default().as_bytes()),
        value => bytes_arg(function, value),
    }
}

fn text_of<'v>(function: &str, value: Option<&'v Value>) -> Result<&'v str, Error> {
    super::methods::text_arg(value.unwrap_or(missing()), &format!("{function}()"))
}

fn int_of(function: &str, value: Option<&Value>) -> Result<i64, Error> {
    super::methods::int_arg(value.unwrap_or(missing()), &format!("{function}()"))
}

fn float_of(function: &str, value: Option<&Value>) -> Result<f64, Error> {
    let value = value.unwrap_or(missing());
    value.as_float().ok_or_else(|| {
        Error::type_error(format!(
            "{function}() takes a number, not '{}'",
            value.type_name()
        ))
    })
}

/// True for an argument that is there and not `none`.
fn given<'v>(value: Option<&'v Value>) -> Option<&'v Value> {
    value.filter(|value| !value.is_none())
}
