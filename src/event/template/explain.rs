//! Notes what makes an event: globals are wrapped, and what goes through them is written down. Sources
//! that are not asked to explain have no wrappers.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;

use super::samples::Sample;
use crate::event::{Explanation, Step};
use crate::template::{Args, BinaryOp, Ctx, Engine, Error, Function, Object, Value, ValueIter};

/// Most steps kept for one timestamp.
const MOST_STEPS: usize = 500;

/// Characters kept of a value.
const MOST_CHARS: usize = 60;

/// Where steps are written down.
#[derive(Default)]
pub(super) struct Tracer {
    explanation: RefCell<Explanation>,
    /// The samples, to find rows in.
    samples: RefCell<Vec<(String, Value)>>,
}

impl Tracer {
    pub(super) fn new(samples: &[(String, Value)]) -> Rc<Self> {
        Rc::new(Self {
            explanation: RefCell::default(),
            samples: RefCell::new(samples.to_vec()),
        })
    }

    /// Forgets what was noted: another timestamp begins.
    pub(super) fn clear(&self) {
        *self.explanation.borrow_mut() = Explanation::default();
    }

    /// A template begins.
    pub(super) fn template(&self, alias: &Arc<str>) {
        let mut explanation = self.explanation.borrow_mut();
        if explanation.templates.len() < MOST_STEPS {
            explanation.templates.push(Arc::clone(alias));
        }
    }

    /// What was noted since [`Tracer::clear`].
    pub(super) fn explanation(&self) -> Explanation {
        self.explanation.borrow().clone()
    }

    fn step(&self, step: Step) {
        let mut explanation = self.explanation.borrow_mut();
        if explanation.steps.len() < MOST_STEPS {
            explanation.steps.push(step);
        } else {
            explanation.left_out += 1;
        }
    }

    /// Notes a value if it is a row of a sample.
    fn row(&self, value: &Value, by: &str) -> bool {
        let found = self.samples.borrow().iter().find_map(|(name, sample)| {
            let index = sample.downcast::<Sample>()?.index_of(value)?;
            Some((name.clone(), index))
        });
        let Some((sample, index)) = found else {
            return false;
        };
        self.step(Step::Row {
            sample,
            index,
            by: by.to_owned(),
        });
        true
    }

    /// Notes a row, the rows of a list, or else something drawn.
    fn drawn(&self, function: &str, args: &Args<'_>, result: &Value) {
        if self.row(result, function) {
            return;
        }
        if let Value::List(items) = result {
            let items = items.borrow().to_vec();
            if !items.is_empty() && items.iter().all(|item| self.row(item, function)) {
                return;
            }
        }
        self.step(Step::Draw {
            function: function.to_owned(),
            arguments: arguments(args),
            result: short(result),
        });
    }

    /// The filter `random`, which notes what it chose.
    pub(super) fn add_random(self: &Rc<Self>, engine: &Engine) {
        let Some(random) = Engine::builtin_filter("random") else {
            return;
        };
        let tracer = Rc::clone(self);
        let traced = Function::value("random", move |ctx, args| {
            let chosen = ctx.call(&random, args)?;
            if !chosen.is_undefined() {
                tracer.drawn("random", args, &chosen);
            }
            Ok(chosen)
        });
        engine.add_filter("random", traced);
    }

    /// A global whose use is noted.
    pub(super) fn wrap(self: &Rc<Self>, name: &str, kind: Kind, value: &Value) -> Value {
        match value {
            Value::Object(inner) => Value::object(Traced {
                inner: Rc::clone(inner),
                path: name.to_owned(),
                kind,
                tracer: Rc::clone(self),
            }),
            other => other.clone(),
        }
    }
}

fn short(value: &Value) -> String {
    cut(&value.repr())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn arguments(args: &Args<'_>) -> String {
    let positional = args.positional.iter().map(short);
    let keyword = args.keyword.iter();
    let keyword = keyword.map(|(name, value)| format!("{name}={}", short(value)));
    let all: Vec<String> = positional.chain(keyword).collect();
    cut(&all.join(", "))
}

/// What a wrapper stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The gateway `module`.
    Gateway,
    /// A part of a module that draws.
    Module,
    /// All samples.
    Samples,
    Sample,
    /// A scope of the state.
    Store,
}

/// An object whose use is noted; all else is as without.
pub(super) struct Traced {
    inner: Rc<dyn Object>,
    path: String,
    kind: Kind,
    tracer: Rc<Tracer>,
}

impl Traced {
    /// What is wrapped.
    pub(super) fn inner(&self) -> Value {
        Value::Object(Rc::clone(&self.inner))
    }

    fn part(&self, name: &str, value: Value) -> Value {
        let wrap = |kind, path: &str| self.tracer.wrap(path, kind, &value);
        match self.kind {
            Kind::Gateway if matches!(name, "rand" | "faker" | "mimesis" | "random") => {
                wrap(Kind::Module, name)
            }
            Kind::Module if !matches!(name, "enums" | "clamp") => {
                wrap(Kind::Module, &format!("{}.{name}", self.path))
            }
            Kind::Samples => wrap(Kind::Sample, name),
            Kind::Store => {
                self.read(&Value::from(name), &value);
                value
            }
            _ => value,
        }
    }

    fn read(&self, key: &Value, value: &Value) {
        self.tracer.step(Step::Read {
            scope: self.path.clone(),
            key: short_key(key),
            value: short(value),
        });
    }

    fn write(&self, key: &Value, value: Option<&Value>) {
        self.tracer.step(Step::Write {
            scope: self.path.clone(),
            key: short_key(key),
            value: value.map(short),
        });
    }

    fn store_call(&self, name: &str, args: &Args<'_>, result: &Value) {
        let argument = |at: usize, word: &str| {
            let keyword = args.keyword.iter().find(|(known, _)| **known == *word);
            args.positional
                .get(at)
                .or_else(|| keyword.map(|(_, value)| value))
                .cloned()
                .unwrap_or_default()
        };
        let key = argument(0, "key");
        match name {
            "get" => self.read(&key, result),
            "set" => self.write(&key, Some(&argument(1, "value"))),
            "pop" => {
                self.read(&key, result);
                self.write(&key, None);
            }
            "update" => {
                if let Value::Dict(entries) = key {
                    let entries = entries.borrow();
                    entries
                        .iter()
                        .for_each(|(key, value)| self.write(key, Some(value)));
                }
            }
            "clear" => self.write(&Value::from("…"), None),
            "as_dict" => self.read(&Value::from("…"), result),
            _ => {}
        }
    }
}

fn short_key(key: &Value) -> String {
    match key.as_str() {
        Some(text) => cut(text),
        None => short(key),
    }
}

impl Object for Traced {
    fn type_name(&self) -> &str {
        self.inner.type_name()
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let value = self.inner.get_attr(name)?;
        Some(self.part(name, value))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        let found = self.inner.get_item(key)?;
        if self.kind == Kind::Store {
            self.read(key, found.as_ref().unwrap_or(&Value::None));
            return Ok(found);
        }
        Ok(found.map(|value| match key.as_str() {
            Some(name) => self.part(name, value),
            None => {
                self.tracer.row(&value, "index");
                value
            }
        }))
    }

    fn get_slice(&self, positions: &[usize]) -> Option<Value> {
        self.inner.get_slice(positions)
    }

    fn has_method(&self, name: &str) -> bool {
        self.inner.has_method(name)
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        let result = Rc::clone(&self.inner).call_method(ctx, name, args)?;
        match self.kind {
            Kind::Store => self.store_call(name, args, &result),
            Kind::Sample if result.downcast::<Sample>().is_some() => {
                return Ok(self.tracer.wrap(&self.path, Kind::Sample, &result));
            }
            Kind::Sample => self.tracer.drawn(name, args, &result),
            Kind::Module => {
                let function = format!("{}.{name}", self.path);
                self.tracer.drawn(&function, args, &result);
            }
            Kind::Gateway | Kind::Samples => {}
        }
        Ok(result)
    }

    fn is_callable(&self) -> bool {
        self.inner.is_callable()
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        let result = Rc::clone(&self.inner).call(ctx, args)?;
        self.tracer.drawn(&self.path, args, &result);
        Ok(result)
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Rc::clone(&self.inner).iterate()
    }

    fn len(&self) -> Option<usize> {
        self.inner.len()
    }

    fn truth(&self) -> bool {
        self.inner.truth()
    }

    fn contains(&self, item: &Value) -> Result<Option<bool>, Error> {
        self.inner.contains(item)
    }

    fn select_equal(&self, name: &str, value: &Value) -> Option<Value> {
        self.inner.select_equal(name, value)
    }

    fn as_tuple(&self) -> Option<&[Value]> {
        self.inner.as_tuple()
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        self.inner.text(out)
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        self.inner.repr(out)
    }

    fn equals(&self, other: &Value) -> bool {
        match other.downcast::<Self>() {
            Some(other) => {
                Rc::ptr_eq(&self.inner, &other.inner) || self.inner.equals(&other.inner())
            }
            None => self.inner.equals(other),
        }
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        self.inner.compare(other)
    }

    fn hash(&self) -> Option<u64> {
        self.inner.hash()
    }

    fn binary(&self, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        self.inner.binary(op, other, reflected)
    }

    fn is_constant(&self) -> bool {
        self.inner.is_constant()
    }

    fn names(&self) -> Vec<String> {
        self.inner.names()
    }
}
