//! Zones as values: what `tzinfo`, `timezone(...)` and `ZoneInfo(...)` give.

use std::fmt::Write;
use std::rc::Rc;

use super::{Delta, SECOND, Tz};
use crate::template::object::no_attribute;
use crate::template::repr::write_quoted;
use crate::template::{Args, Ctx, Error, Object, Value};

/// A zone as a template sees it.
pub(crate) struct TzValue(pub(crate) Tz);

impl TzValue {
    /// As a value.
    pub fn value(tz: Tz) -> Value {
        Value::object(Self(tz))
    }
}

const METHODS: [&str; 3] = ["utcoffset", "tzname", "dst"];

impl Object for TzValue {
    fn type_name(&self) -> &str {
        match self.0 {
            Tz::Fixed(..) => "timezone",
            Tz::Named(_) => "ZoneInfo",
        }
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match (&self.0, name) {
            (Tz::Named(zone), "key") => Some(Value::from(zone.name())),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        _: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        if !self.has_method(name) {
            return Err(no_attribute(self.type_name(), name).suggest(name, METHODS));
        }
        let [at] = args.bind_positional::<1>(name, 1)?;
        let (wall_us, fold) = match at {
            Some(Value::DateTime(at)) => (at.wall_us, at.fold),
            Some(Value::None) if self.0.fixed_offset_s().is_some() => (0, false),
            Some(Value::None) => return Ok(Value::None),
            _ => {
                let message = format!("{name}() takes a datetime or none");
                return Err(Error::type_error(message));
            }
        };
        Ok(match name {
            "utcoffset" => seconds(i64::from(self.0.offset_s(wall_us, fold))),
            "tzname" => Value::from(self.0.name_at(wall_us, fold)),
            _ => self.0.dst_s(wall_us, fold).map_or(Value::None, seconds),
        })
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str(&self.0.text())
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        match &self.0 {
            Tz::Fixed(offset, Some(name)) => {
                out.write_str("datetime.timezone(")?;
                Delta(i64::from(*offset) * SECOND).write_repr(out)?;
                out.write_str(", ")?;
                write_quoted(name, out)?;
                out.write_char(')')
            }
            tz => out.write_str(&tz.repr()),
        }
    }

    fn equals(&self, other: &Value) -> bool {
        match (&self.0, other.downcast::<Self>().map(|other| &other.0)) {
            (Tz::Fixed(a, _), Some(Tz::Fixed(b, _))) => a == b,
            (Tz::Named(a), Some(Tz::Named(b))) => a == b,
            _ => false,
        }
    }

    fn hash(&self) -> Option<u64> {
        match &self.0 {
            Tz::Fixed(offset, _) => Some(u64::from(offset.cast_unsigned()) << 8 | 1),
            Tz::Named(zone) => Value::from(zone.name()).hash_code().ok(),
        }
    }

    fn names(&self) -> Vec<String> {
        METHODS.iter().map(|name| (*name).to_owned()).collect()
    }
}

pub(super) fn seconds(seconds: i64) -> Value {
    Value::Delta(Delta(seconds * SECOND))
}

/// The zone of an argument: `None` for none and for one not given.
pub(super) fn tz_arg(function: &str, value: Option<&Value>) -> Result<Option<Tz>, Error> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(value) => match value.downcast::<TzValue>() {
            Some(zone) => Ok(Some(zone.0.clone())),
            None => Err(Error::type_error(format!(
                "{function}() takes a zone, not '{}'",
                value.type_name()
            ))
            .help(
                "such as module.zoneinfo.ZoneInfo('Europe/Berlin') or module.datetime.timezone.utc",
            )),
        },
    }
}
