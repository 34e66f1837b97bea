//! Host objects and native functions: how other modules give a template something to call.

use std::any::Any;
use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt::Write;
use std::rc::Rc;

use super::ops::BinaryOp;
use super::{Ctx, Dict, Error, ErrorKind, Tuple, Value};
use crate::fake::Random;

/// A value that the language does not know: samples, rows, state, modules, functions.
///
/// Only `type_name` is required; everything else has the answer of an opaque object.
pub trait Object: Any {
    /// Name of the type, for messages.
    fn type_name(&self) -> &str;

    /// An attribute (`x.name`); `None` when there is none, then `x['name']` is tried, then a method.
    fn get_attr(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// An attribute that is there to be looked at without a copy. `None` says nothing: then
    /// [`Object::get_attr`] is asked. `hint` belongs to one place in a template, so to one name; see
    /// [`Hint`].
    fn attr_ref(&self, name: &str, hint: &Hint) -> Option<&Value> {
        let _ = (name, hint);
        None
    }

    /// An item (`x[key]`); `Ok(None)` when there is none.
    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        let _ = key;
        Ok(None)
    }

    /// A slice: the positions are already clamped and in order; `None` when it has no slices.
    fn get_slice(&self, positions: &[usize]) -> Option<Value> {
        let _ = positions;
        None
    }

    /// True when [`Object::call_method`] knows this name. Methods win over items.
    fn has_method(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Its live entries, when its methods are those of a key-value store: `get(key, default=None)` is
    /// the value of a key and `set(key, value)` sets it, and nothing else happens.
    fn store(&self) -> Option<Dict> {
        None
    }

    /// Calls a method (`x.name(...)`).
    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        let _ = (ctx, args);
        Err(no_attribute(self.type_name(), name))
    }

    /// True when [`Object::call`] does something.
    fn is_callable(&self) -> bool {
        false
    }

    /// Name and parameters, for a function all of whose parameters are optional and may be given by
    /// name: calls that cannot fit are then found before the first run.
    fn parameters(&self) -> Option<(&str, &'static [&'static str])> {
        None
    }

    /// Calls the object itself (`x(...)`).
    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        let _ = (ctx, args);
        Err(Error::type_error(format!(
            "'{}' object is not callable",
            self.type_name()
        )))
    }

    /// Iterates; `None` when it cannot be iterated.
    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        None
    }

    /// Number of elements; `None` when it has no length.
    fn len(&self) -> Option<usize> {
        None
    }

    /// True for an object of length 0.
    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Python's truth value.
    fn truth(&self) -> bool {
        !self.is_empty()
    }

    /// `x in self`; `Ok(None)` means: look through the iteration.
    fn contains(&self, item: &Value) -> Result<Option<bool>, Error> {
        let _ = item;
        Ok(None)
    }

    /// Its items whose attribute `name` equals `value`, as a tuple, when it can tell without looking
    /// at each; asked for loops and filters that select by one attribute.
    fn select_equal(&self, name: &str, value: &Value) -> Option<Value> {
        let _ = (name, value);
        None
    }

    /// Its items whose attribute `name` does not equal `value`, as a tuple; see
    /// [`Object::select_equal`].
    fn reject_equal(&self, name: &str, value: &Value) -> Option<Value> {
        let _ = (name, value);
        None
    }

    /// What `name` is of each of its items, when all have it.
    fn pluck(&self, name: &str) -> Option<Vec<Value>> {
        let _ = name;
        None
    }

    /// All items of an iteration, when they are at hand.
    fn all(&self) -> Option<Tuple> {
        None
    }

    /// Its cells, when it behaves as a tuple in every way (sample rows).
    fn as_tuple(&self) -> Option<&[Value]> {
        None
    }

    /// The printed form.
    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<{} object>", self.type_name())
    }

    /// The form inside a printed container.
    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        self.text(out)
    }

    /// Equality with a value that is not the same object.
    fn equals(&self, other: &Value) -> bool {
        let _ = other;
        false
    }

    /// Order against another value; `None` when they have none.
    fn compare(&self, other: &Value) -> Option<Ordering> {
        let _ = other;
        None
    }

    /// Hash, consistent with [`Object::equals`]; `None` means the identity.
    fn hash(&self) -> Option<u64> {
        None
    }

    /// An operator with this object on the left, or on the right when `reflected`.
    fn binary(&self, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        let _ = (op, other, reflected);
        None
    }

    /// True when its attributes never change: the compiler may then read them once.
    fn is_constant(&self) -> bool {
        false
    }

    /// True when iterating gives the same items every time.
    fn is_fixed(&self) -> bool {
        false
    }

    /// Names of its attributes and methods, for suggestions.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Where an attribute was found the last time a place in a template asked for it, so that objects of
/// the same shape need not search again.
#[derive(Debug, Default)]
pub struct Hint {
    shape: Cell<u64>,
    at: Cell<usize>,
}

impl Hint {
    /// The position remembered for a shape. Shapes are told apart by a number above 0 that is never
    /// given twice.
    pub fn position(&self, shape: u64) -> Option<usize> {
        (self.shape.get() == shape).then(|| self.at.get())
    }

    /// Remembers a position.
    pub fn remember(&self, shape: u64, at: usize) {
        self.shape.set(shape);
        self.at.set(at);
    }
}

/// An iteration over values. It may look at live containers, but holds no borrow between calls.
pub trait ValueIter {
    /// The next value.
    fn next(&mut self, ctx: &mut Ctx<'_>) -> Result<Option<Value>, Error>;
}

/// An iteration over values computed beforehand.
impl ValueIter for std::vec::IntoIter<Value> {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        Ok(Iterator::next(self))
    }
}

pub(crate) fn no_attribute(type_name: &str, name: &str) -> Error {
    Error::new(
        ErrorKind::Undefined,
        format!("'{type_name}' object has no attribute '{name}'"),
    )
}

/// The arguments of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Args<'a> {
    /// Positional arguments.
    pub positional: &'a [Value],
    /// Keyword arguments, in order, names unique.
    pub keyword: &'a [(Rc<str>, Value)],
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    pub fn positional(positional: &'a [Value]) -> Self {
        Self {
            positional,
            keyword: &[],
        }
    }

    /// Assigns arguments to parameters, all of which may be given by name. The first `required` must
    /// be given; surplus and unknown arguments are errors.
    pub fn bind<const N: usize>(
        &self,
        function: &str,
        names: [&str; N],
        required: usize,
    ) -> Result<[Option<&'a Value>; N], Error> {
        let mut bound = [None; N];
        if self.positional.len() > N {
            return Err(self.too_many(function, N));
        }
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Some(value);
        }
        for (name, value) in self.keyword {
            let at = names.iter().position(|known| **known == **name);
            match at.and_then(|at| bound.get_mut(at)) {
                Some(slot @ None) => *slot = Some(value),
                Some(Some(_)) => {
                    return Err(Error::type_error(format!(
                        "{function}() got multiple values for argument '{name}'"
                    )));
                }
                None => {
                    return Err(Error::type_error(format!(
                        "{function}() got an unexpected keyword argument '{name}'"
                    ))
                    .suggest(name, names));
                }
            }
        }
        for (slot, name) in bound.iter().zip(names).take(required) {
            if slot.is_none() {
                return Err(Error::type_error(format!(
                    "{function}() missing required argument '{name}'"
                )));
            }
        }
        Ok(bound)
    }

    /// Like [`Args::bind`], but no parameter may be given by name.
    pub fn bind_positional<const N: usize>(
        &self,
        function: &str,
        required: usize,
    ) -> Result<[Option<&'a Value>; N], Error> {
        if let Some((name, _)) = self.keyword.first() {
            return Err(Error::type_error(format!(
                "{function}() takes no keyword argument '{name}'"
            )));
        }
        if self.positional.len() > N {
            return Err(self.too_many(function, N));
        }
        if self.positional.len() < required {
            return Err(Error::type_error(format!(
                "{function}() takes at least {required} argument{}, {} given",
                plural(required),
                self.positional.len()
            )));
        }
        let mut bound = [None; N];
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Some(value);
        }
        Ok(bound)
    }

    /// Refuses any argument.
    pub fn none(&self, function: &str) -> Result<(), Error> {
        self.bind_positional::<0>(function, 0).map(|_| ())
    }

    fn too_many(&self, function: &str, most: usize) -> Error {
        Error::type_error(format!(
            "{function}() takes at most {most} argument{}, {} given",
            plural(most),
            self.positional.len() + self.keyword.len()
        ))
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// What a native function does.
pub type NativeFn = dyn Fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error>;

/// What a native function does whose result is a text: it writes at the end of the output.
pub type TextFn = dyn Fn(&mut Ctx<'_>, &Args<'_>) -> Result<(), Error>;

/// What a function does that needs nothing but randomness: it writes what it drew.
pub type DrawFn = dyn Fn(&mut dyn Random, &mut Vec<u8>) -> Result<(), Error>;

/// What is known of an argument when compiling.
#[derive(Clone, Debug)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// Its value, which never changes.
    Constant(Value),
    /// Which object it is; what that holds may change.
    Object(Value),
}

impl Known {
    /// The value that never changes.
    pub fn constant(&self) -> Option<&Value> {
        match self {
            Self::Constant(value) => Some(value),
            _ => None,
        }
    }
}

enum Run {
    Value(Box<NativeFn>),
    Text(Box<TextFn>),
}

/// A function written in Rust.
pub struct Function {
    name: String,
    run: Run,
    /// Writes what the value prints as, faster than by making the value.
    print: Option<Box<TextFn>>,
    /// Likewise, of a prepared function.
    draw: Option<Rc<DrawFn>>,
    borrows: bool,
    prepared: bool,
    special: Option<Box<Specialize>>,
}

/// Gives a faster function for a call some of whose arguments are known when compiling.
type Specialize = dyn Fn(&[Known]) -> Option<Value>;

impl Function {
    fn new(name: impl Into<String>, run: Run) -> Self {
        Self {
            name: name.into(),
            run,
            print: None,
            draw: None,
            borrows: false,
            prepared: false,
            special: None,
        }
    }

    /// A function as a value; `name` is for messages.
    pub fn value(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error> + 'static,
    ) -> Value {
        Value::object(Self::new(name, Run::Value(Box::new(run))))
    }

    /// A function whose result is a text that it writes with [`Ctx::write`], so that a printed result
    /// is made in place.
    pub fn text(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>, &Args<'_>) -> Result<(), Error> + 'static,
    ) -> Value {
        Value::object(Self::new(name, Run::Text(Box::new(run))))
    }

    /// A function that neither keeps nor changes the lists and dicts it is given nor hands them out:
    /// the compiler may then make constant ones once for all calls.
    pub fn borrowing(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error> + 'static,
    ) -> Value {
        Value::object(Self {
            borrows: true,
            ..Self::new(name, Run::Value(Box::new(run)))
        })
    }

    /// Like [`Function::borrowing`], with a chance to prepare for constant arguments. `special` gets
    /// what is known of the positional arguments of a call; the function it gives is called with all
    /// arguments instead. It is not asked when there are keyword arguments.
    pub fn specialized(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error> + 'static,
        special: impl Fn(&[Known]) -> Option<Value> + 'static,
    ) -> Value {
        Value::object(Self {
            borrows: true,
            special: Some(Box::new(special)),
            ..Self::new(name, Run::Value(Box::new(run)))
        })
    }

    /// Like [`Function::specialized`]; `print` writes what the result of `run` prints as, drawing
    /// alike and failing alike.
    pub fn specialized_printing(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error> + 'static,
        print: impl Fn(&mut Ctx<'_>, &Args<'_>) -> Result<(), Error> + 'static,
        special: impl Fn(&[Known]) -> Option<Value> + 'static,
    ) -> Value {
        Value::object(Self {
            print: Some(Box::new(print)),
            borrows: true,
            special: Some(Box::new(special)),
            ..Self::new(name, Run::Value(Box::new(run)))
        })
    }

    /// For [`Function::specialized`]: a function that looks at none of its arguments, because all are
    /// known; they are not evaluated then.
    pub fn prepared(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>) -> Result<Value, Error> + 'static,
    ) -> Value {
        Value::object(Self {
            borrows: true,
            prepared: true,
            ..Self::new(name, Run::Value(Box::new(move |ctx, _| run(ctx))))
        })
    }

    /// Like [`Function::prepared`]; `print` is that of [`Function::specialized_printing`].
    pub fn prepared_printing(
        name: impl Into<String>,
        run: impl Fn(&mut Ctx<'_>) -> Result<Value, Error> + 'static,
        print: impl Fn(&mut dyn Random, &mut Vec<u8>) -> Result<(), Error> + 'static,
    ) -> Value {
        Value::object(Self {
            draw: Some(Rc::new(print)),
            borrows: true,
            prepared: true,
            ..Self::new(name, Run::Value(Box::new(move |ctx, _| run(ctx))))
        })
    }

    /// A function without parameters that writes a text it draws, of less than 64 bytes: longer ones are
    /// charged for.
    pub fn drawing(name: &'static str, draw: fn(&mut dyn Random, &mut Vec<u8>)) -> Value {
        let write = move |ctx: &mut Ctx<'_>, args: &Args<'_>| {
            args.none(name)?;
            ctx.write(draw);
            Ok(())
        };
        let prepare = move |known: &[Known]| {
            let prepared = Self {
                draw: Some(Rc::new(move |random, out| {
                    draw(random, out);
                    Ok(())
                })),
                prepared: true,
                ..Self::new(name, Run::Text(Box::new(write)))
            };
            known.is_empty().then(|| Value::object(prepared))
        };
        Value::object(Self {
            special: Some(Box::new(prepare)),
            ..Self::new(name, Run::Text(Box::new(write)))
        })
    }

    pub(super) fn is_prepared(&self) -> bool {
        self.prepared
    }

    /// What a call does whose result is printed, when it needs nothing but randomness.
    pub(super) fn draws(&self) -> Option<&Rc<DrawFn>> {
        self.draw.as_ref()
    }

    pub(super) fn borrows(&self) -> bool {
        self.borrows
    }

    pub(super) fn run(&self, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        match &self.run {
            Run::Value(run) => run(ctx, args),
            Run::Text(run) => ctx.captured(|ctx| run(ctx, args)),
        }
    }

    /// Writes the printed result.
    pub(super) fn print(&self, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<(), Error> {
        if let Some(draw) = &self.draw {
            return ctx.write(|random, out| draw(random, out));
        }
        if let Some(print) = &self.print {
            return print(ctx, args);
        }
        match &self.run {
            Run::Value(run) => {
                let value = run(ctx, args)?;
                ctx.print(&value);
                Ok(())
            }
            Run::Text(run) => run(ctx, args),
        }
    }

    pub(super) fn specialize(&self, args: &[Known]) -> Option<Value> {
        self.special.as_ref().and_then(|special| special(args))
    }
}

impl Object for Function {
    fn type_name(&self) -> &str {
        "function"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        self.run(ctx, args)
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        match self.name.as_ref() {
            class @ ("dict" | "range") => write!(out, "<class '{class}'>"),
            name => write!(out, "<function {name}>"),
        }
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "__name__").then(|| Value::from(self.name.as_str()))
    }
}

/// A namespace of constant attributes: a module or a part of one.
pub struct Namespace {
    name: String,
    members: Vec<(&'static str, Value)>,
}

impl Namespace {
    /// A namespace as a value; `name` is for messages.
    pub fn value(name: impl Into<String>, members: Vec<(&'static str, Value)>) -> Value {
        Value::object(Self {
            name: name.into(),
            members,
        })
    }
}

impl Object for Namespace {
    fn type_name(&self) -> &str {
        "module"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let found = self.members.iter().find(|(member, _)| *member == name);
        found.map(|(_, value)| value.clone())
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<module '{}'>", self.name)
    }

    fn names(&self) -> Vec<String> {
        let names = self.members.iter();
        names.map(|(member, _)| (*member).to_owned()).collect()
    }
}
