//! `dispatch`: drop, pick again, or end the run, from inside a template.

use std::rc::Rc;

use crate::template::{Args, Ctx, Error, Object, Value};

/// Names of the signals.
pub(super) const DROP: &str = "dispatch.drop";
pub(super) const NEXT: &str = "dispatch.next";
pub(super) const EXHAUST: &str = "dispatch.exhaust";

const METHODS: [&str; 3] = ["drop", "next", "exhaust"];

pub(super) struct Dispatch;

impl Object for Dispatch {
    fn type_name(&self) -> &str {
        "Dispatch"
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
        match name {
            "drop" => {
                args.none("drop")?;
                Err(Error::from_signal(DROP, Value::None))
            }
            "exhaust" => {
                args.none("exhaust")?;
                Err(Error::from_signal(EXHAUST, Value::None))
            }
            "next" => {
                let [limit] = args.bind("next", ["max_repicks"], 0)?;
                let limit = limit.cloned().unwrap_or(Value::Int(64));
                match limit.as_float() {
                    // A NaN is below nothing, as in Python.
                    Some(number) if number < 1.0 => {
                        Err(Error::value_error("max_repicks must be at least 1"))
                    }
                    Some(_) => Err(Error::from_signal(NEXT, limit)),
                    None => Err(Error::type_error("max_repicks must be a number")),
                }
            }
            _ => Err(crate::template::no_attribute("Dispatch", name)),
        }
    }

    fn names(&self) -> Vec<String> {
        METHODS.map(str::to_owned).to_vec()
    }
}
