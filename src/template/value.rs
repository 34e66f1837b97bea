//! The values a template works with: Python's, single-threaded, containers shared by reference.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::datetime::{Date, DateTime, Delta, TimeOfDay};
use super::dict::DictData;
use super::{Error, Object, Str};

/// A value. Cloning is cheap; a clone of a list, dict or object is the same list, dict or object.
#[derive(Default)]
pub enum Value {
    /// A missing name, attribute or item.
    #[default]
    Undefined,
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer that does not fit 64 bits; never one that does.
    Big(Rc<BigInt>),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Str(Str),
    /// Text marked safe from HTML escaping.
    Safe(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A list, shared and mutable.
    List(List),
    /// A tuple.
    Tuple(Tuple),
    /// A mapping in insertion order, shared and mutable.
    Dict(Dict),
    /// A wall-clock time, with or without a zone.
    DateTime(Rc<DateTime>),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Rc<TimeOfDay>),
    /// A duration.
    Delta(Delta),
    /// Anything else: ranges, functions, macros, modules, host objects.
    Object(Rc<dyn Object>),
}

impl Clone for Value {
    // Inlined, and without a call, so that a copy is made where it is wanted and not moved there.
    #[inline(always)]
    fn clone(&self) -> Self {
        match self {
            Self::Undefined => Self::Undefined,
            Self::None => Self::None,
            Self::Bool(flag) => Self::Bool(*flag),
            Self::Int(number) => Self::Int(*number),
            Self::Float(number) => Self::Float(*number),
            Self::Str(text) => Self::Str(text.clone()),
            Self::List(list) => Self::List(list.clone()),
            Self::Tuple(tuple) => Self::Tuple(tuple.clone()),
            Self::Dict(dict) => Self::Dict(dict.clone()),
            Self::Object(object) => Self::Object(Rc::clone(object)),
            Self::Big(number) => Self::Big(Rc::clone(number)),
            Self::Safe(text) => Self::Safe(Rc::clone(text)),
            Self::Bytes(bytes) => Self::Bytes(Rc::clone(bytes)),
            Self::DateTime(at) => Self::DateTime(Rc::clone(at)),
            Self::Date(day) => Self::Date(*day),
            Self::Time(at) => Self::Time(Rc::clone(at)),
            Self::Delta(delta) => Self::Delta(*delta),
        }
    }
}

impl Value {
    /// True when there is nothing to do for a drop.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::Undefined | Self::None | Self::Bool(_) | Self::Int(_) | Self::Float(_) => true,
            Self::Date(_) | Self::Delta(_) => true,
            Self::Str(text) => text.is_plain(),
            _ => false,
        }
    }

    /// A drop that costs little where there is nothing to do, which is most often so.
    #[inline]
    pub(super) fn discard(self) {
        if self.is_plain() {
            std::mem::forget(self);
        }
    }

    /// Moves it to where another one is, word by word: what was just made is written in words, and to
    /// read more than one at once has to wait until all are there.
    #[inline(always)]
    pub(super) fn put(mut self, to: &mut Self) {
        std::mem::swap(to, &mut self);
        self.discard();
    }

    /// A text.
    pub fn str(text: impl Into<Str>) -> Self {
        Self::Str(text.into())
    }

    /// A text marked safe from HTML escaping.
    pub fn safe(text: impl Into<Rc<str>>) -> Self {
        Self::Safe(text.into())
    }

    /// A new list.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(items))
    }

    /// A new tuple.
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::Tuple(Tuple::new(items))
    }

    /// A new dict; a later entry of the same key wins. Unhashable keys are left out.
    pub fn dict(entries: impl IntoIterator<Item = (Self, Self)>) -> Self {
        let dict = Dict::default();
        for (key, value) in entries {
            let _ = dict.borrow_mut().insert(key, value);
        }
        Self::Dict(dict)
    }

    /// A host object.
    pub fn object(object: impl Object) -> Self {
        Self::Object(Rc::new(object))
    }

    /// An integer of any size, in its smallest form.
    pub fn big(number: BigInt) -> Self {
        match number.to_i64() {
            Some(small) => Self::Int(small),
            None => Self::Big(Rc::new(number)),
        }
    }

    /// True for a missing value.
    pub fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// True for `none`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The text, when it is one (safe or not).
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text.as_str()),
            Self::Safe(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, when it is one (or a bool) of 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    /// The number as a float, when it is an int, bool or float.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Self::Float(number) => Some(*number),
            Self::Big(number) => number.to_f64(),
            _ => None,
        }
    }

    /// The items, when it is a tuple or an object that behaves as one.
    pub fn as_tuple(&self) -> Option<&[Self]> {
        match self {
            Self::Tuple(tuple) => Some(tuple),
            Self::Object(object) => object.as_tuple(),
            _ => None,
        }
    }

    /// The host object of a given type, when it is one.
    pub fn downcast<T: Object>(&self) -> Option<&T> {
        match self {
            Self::Object(object) => {
                let any: &dyn std::any::Any = &**object;
                any.downcast_ref()
            }
            _ => None,
        }
    }

    /// Python's truth value.
    pub fn truth(&self) -> bool {
        match self {
            Self::Undefined | Self::None => false,
            Self::Bool(flag) => *flag,
            Self::Int(number) => *number != 0,
            Self::Big(_) | Self::DateTime(_) | Self::Date(_) | Self::Time(_) => true,
            Self::Float(number) => *number != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::Safe(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(list) => !list.borrow().is_empty(),
            Self::Tuple(tuple) => !tuple.is_empty(),
            Self::Dict(dict) => !dict.borrow().is_empty(),
            Self::Delta(delta) => delta.0 != 0,
            Self::Object(object) => object.truth(),
        }
    }

    /// Python's name of the type, for messages.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Undefined => "Undefined",
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Big(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Safe(_) => "Markup",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Dict(_) => "dict",
            Self::DateTime(_) => "datetime",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Delta(_) => "timedelta",
            Self::Object(object) => object.type_name(),
        }
    }

    /// Number of elements; an error for what has none.
    #[expect(clippy::len_without_is_empty, reason = "not everything has a length")]
    pub fn len(&self) -> Result<usize, Error> {
        let len = match self {
            Self::Undefined => Some(0),
            Self::Str(text) => Some(text.char_len()),
            Self::Safe(text) => Some(super::text::char_count(text.as_bytes())),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(list) => Some(list.borrow().len()),
            Self::Tuple(tuple) => Some(tuple.len()),
            Self::Dict(dict) => Some(dict.borrow().len()),
            Self::Object(object) => object.len(),
            _ => None,
        };
        len.ok_or_else(|| {
            Error::type_error(format!(
                "object of type '{}' has no len()",
                self.type_name()
            ))
        })
    }

    /// True when both are the same object, or equal immutable values of the same type.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(&a.0, &b.0),
            (Self::Dict(a), Self::Dict(b)) => Rc::ptr_eq(&a.0, &b.0),
            (Self::Object(a), Self::Object(b)) => std::ptr::addr_eq(Rc::as_ptr(a), Rc::as_ptr(b)),
            _ => self.type_name() == other.type_name() && self == other,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

macro_rules! from_value {
    ($($from:ty => |$it:ident| $to:expr),* $(,)?) => {
        $(impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $to
            }
        })*
    };
}

from_value! {
    bool => |it| Self::Bool(it),
    i64 => |it| Self::Int(it),
    i32 => |it| Self::Int(i64::from(it)),
    u32 => |it| Self::Int(i64::from(it)),
    u8 => |it| Self::Int(i64::from(it)),
    usize => |it| i64::try_from(it).map_or_else(|_| Self::big(BigInt::from(it)), Self::Int),
    u64 => |it| i64::try_from(it).map_or_else(|_| Self::big(BigInt::from(it)), Self::Int),
    f64 => |it| Self::Float(it),
    &str => |it| Self::Str(Str::from(it)),
    String => |it| Self::Str(Str::from(it)),
    Str => |it| Self::Str(it),
    BigInt => |it| Self::big(it),
    Vec<Self> => |it| Self::list(it),
    List => |it| Self::List(it),
    Dict => |it| Self::Dict(it),
    Rc<dyn Object> => |it| Self::Object(it),
}

/// A list: a shared, mutable reference. One made of a tuple shares its items until it is changed.
#[derive(Clone, Default)]
pub struct List(Rc<RefCell<Items>>);

/// The items of a list.
enum Items {
    Own(Nest),
    Lent(Tuple),
}

impl Default for Items {
    fn default() -> Self {
        Self::Own(Nest::default())
    }
}

impl Items {
    fn as_slice(&self) -> &[Value] {
        match self {
            Self::Own(items) => &items.0,
            Self::Lent(items) => items,
        }
    }

    /// The items, copied first if they are shared.
    fn own(&mut self) -> &mut Vec<Value> {
        loop {
            match self {
                Self::Own(items) => return &mut items.0,
                Self::Lent(items) => *self = Self::Own(Nest(items.to_vec())),
            }
        }
    }
}

impl List {
    /// A new list.
    pub fn new(items: Vec<Value>) -> Self {
        Self(Rc::new(RefCell::new(Items::Own(Nest(items)))))
    }

    /// A new list of the items of a tuple.
    pub(super) fn lent(items: Tuple) -> Self {
        Self(Rc::new(RefCell::new(Items::Lent(items))))
    }

    /// Adds the items of a tuple; an empty list shares them.
    pub(super) fn extend_lent(&self, added: &Tuple) {
        let mut items = self.0.borrow_mut();
        if items.as_slice().is_empty() {
            *items = Items::Lent(added.clone());
        } else {
            items.own().extend_from_slice(added);
        }
    }

    /// The tuple whose items these are, when nothing was changed since.
    pub(super) fn as_lent(&self) -> Option<Tuple> {
        match &*self.0.borrow() {
            Items::Own(_) => None,
            Items::Lent(items) => Some(items.clone()),
        }
    }

    /// The items. Don't call into a template while it is borrowed.
    pub fn borrow(&self) -> Ref<'_, [Value]> {
        Ref::map(self.0.borrow(), Items::as_slice)
    }

    /// The items, to change. Don't call into a template while it is borrowed.
    pub fn borrow_mut(&self) -> RefMut<'_, Vec<Value>> {
        RefMut::map(self.0.borrow_mut(), Items::own)
    }

    /// One item, by position.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.borrow().get(index).cloned()
    }

    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }
}

/// A tuple.
#[derive(Clone)]
pub struct Tuple(Rc<Nest>);

impl Tuple {
    /// True when both are the same object.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A new tuple.
    pub fn new(items: Vec<Value>) -> Self {
        Self(Rc::new(Nest(items)))
    }
}

impl std::ops::Deref for Tuple {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0.0
    }
}

/// A mapping: a shared, mutable reference; keeps the order of insertion.
#[derive(Clone, Default)]
pub struct Dict(pub(super) Rc<RefCell<DictData>>);

impl From<DictData> for Dict {
    fn from(entries: DictData) -> Self {
        Self(Rc::new(RefCell::new(entries)))
    }
}

impl Dict {
    /// The entries. Don't call into a template while it is borrowed.
    pub fn borrow(&self) -> Ref<'_, DictData> {
        self.0.borrow()
    }

    /// The entries, to change. Don't call into a template while it is borrowed.
    pub fn borrow_mut(&self) -> RefMut<'_, DictData> {
        self.0.borrow_mut()
    }

    /// The value of a text key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.0.borrow().get_str(key).cloned()
    }

    /// Sets the value of a text key.
    pub fn set(&self, key: &str, value: Value) {
        let _ = self.0.borrow_mut().insert(Value::from(key), value);
    }

    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }
}

/// Items of a list or tuple. Dropped without deep recursion: templates can nest values without bound.
#[derive(Default)]
pub(super) struct Nest(pub(super) Vec<Value>);

impl Drop for Nest {
    fn drop(&mut self) {
        if self.0.iter().any(Value::may_nest) {
            drop_values(std::mem::take(&mut self.0));
        }
    }
}

impl Value {
    pub(super) fn may_nest(&self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::Tuple(_) | Self::Dict(_) | Self::Object(_)
        )
    }
}

thread_local! {
    static DROPS: Drops = const { Drops { depth: Cell::new(0), later: RefCell::new(Vec::new()) } };
}

struct Drops {
    depth: Cell<u32>,
    later: RefCell<Vec<Value>>,
}

/// Drops values that may contain others, at most a bounded number of levels deep at a time.
pub(super) fn drop_values(values: Vec<Value>) {
    drop_nested(values, |values| values);
}

/// [`drop_values`] of another container; `values` takes its content out where it goes too deep.
pub(super) fn drop_nested<T>(container: T, values: impl FnOnce(T) -> Vec<Value>) {
    const DEEPEST: u32 = 64;
    let mut container = Some(container);
    // When the thread ends its variables may be gone before its values.
    let _ = DROPS.try_with(|drops| {
        let depth = drops.depth.get();
        let taken = container.take();
        if depth >= DEEPEST {
            if let Some(taken) = taken {
                drops.later.borrow_mut().append(&mut values(taken));
            }
            return;
        }
        drops.depth.set(depth + 1);
        drop(taken);
        if depth == 0 {
            loop {
                // Taken before it is dropped, which may put more behind it.
                let next = drops.later.borrow_mut().pop();
                if next.is_none() {
                    break;
                }
            }
        }
        drops.depth.set(depth);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        assert_eq!(std::mem::size_of::<Value>(), 24);
    }
}
