//! Deep copies of template values that any thread may hold.

use std::collections::HashMap;
use std::sync::Arc;

use num_bigint::BigInt;

use super::super::template::samples::{Columns, Row};
use crate::template::{Date, DateTime, Delta, Str, TimeOfDay, Tz, Value};

/// A value without thread. Containers lie in one table, so that a list that occurs twice, or inside
/// itself, is the same list again after thawing.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::event) struct Frozen {
    root: Node,
    containers: Arc<[Container]>,
}

#[derive(Clone, Debug)]
enum Node {
    None,
    Bool(bool),
    Int(i64),
    Big(BigInt),
    Float(f64),
    Text(Arc<str>),
    Safe(Arc<str>),
    Bytes(Arc<[u8]>),
    Date(Date),
    DateTime(i64, Option<Zone>, bool),
    Time(i64, Option<Zone>, bool),
    Delta(Delta),
    Tuple(Arc<[Node]>),
    Row(Arc<[Arc<str>]>, Arc<[Node]>),
    Container(usize),
    /// What cannot leave its thread, by type name: macros, functions, iterators.
    Foreign(Arc<str>),
    Undefined,
}

/// Two floats are the same copy when their bits are, so that a NaN does not look like a change.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) | (Self::Undefined, Self::Undefined) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Big(a), Self::Big(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) | (Self::Safe(a), Self::Safe(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::DateTime(a, b, c), Self::DateTime(d, e, f))
            | (Self::Time(a, b, c), Self::Time(d, e, f)) => a == d && b == e && c == f,
            (Self::Delta(a), Self::Delta(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Row(a, b), Self::Row(c, d)) => a == c && b == d,
            (Self::Container(a), Self::Container(b)) => a == b,
            (Self::Foreign(a), Self::Foreign(b)) => a == b,
            _ => false,
        }
    }
}

impl Node {
    fn is_whole(&self) -> bool {
        match self {
            Self::Foreign(_) => false,
            Self::Tuple(items) => items.iter().all(Self::is_whole),
            Self::Row(_, cells) => cells.iter().all(Self::is_whole),
            _ => true,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Zone {
    Fixed(i32, Option<Arc<str>>),
    Named(chrono_tz::Tz),
}

#[derive(Clone, Debug, PartialEq)]
enum Container {
    List(Vec<Node>),
    Dict(Vec<(Node, Node)>),
}

/// Deeper than this a value is cut off: nobody stores such, and the stack is finite.
const DEEPEST: usize = 200;

impl Frozen {
    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self {
            root: Node::Text(text.into()),
            containers: Arc::new([]),
        }
    }

    /// Copies a value.
    pub(in crate::event) fn freeze(value: &Value) -> Self {
        let mut freezer = Freezer::default();
        let root = freezer.node(value, 0);
        Self {
            root,
            containers: freezer.containers.into(),
        }
    }

    /// A JSON value.
    pub(in crate::event) fn from_json(value: &serde_json::Value) -> Self {
        Self::freeze(&json_value(value))
    }

    /// Makes live values of it, on this thread.
    pub(in crate::event) fn thaw(&self) -> Value {
        let mut made = HashMap::new();
        self.value(&self.root, &mut made)
    }

    /// True when thawing gives all of it: nothing was bound to its thread.
    pub(in crate::event) fn is_whole(&self) -> bool {
        let mut containers = self.containers.iter();
        self.root.is_whole()
            && containers.all(|one| match one {
                Container::List(items) => items.iter().all(Node::is_whole),
                Container::Dict(entries) => entries
                    .iter()
                    .all(|(key, item)| key.is_whole() && item.is_whole()),
            })
    }

    /// True when it holds something that can change in place.
    pub(in crate::event) fn is_mutable(&self) -> bool {
        !self.containers.is_empty()
    }

    fn value(&self, node: &Node, made: &mut HashMap<usize, Value>) -> Value {
        match node {
            Node::None => Value::None,
            Node::Bool(flag) => Value::Bool(*flag),
            Node::Int(number) => Value::Int(*number),
            Node::Big(number) => Value::big(number.clone()),
            Node::Float(number) => Value::Float(*number),
            Node::Text(text) => Value::from(&**text),
            Node::Safe(text) => Value::safe(&**text),
            Node::Bytes(bytes) => Value::Bytes(bytes.to_vec().into()),
            Node::Date(date) => Value::Date(*date),
            Node::DateTime(wall_us, zone, fold) => Value::DateTime(
                DateTime {
                    wall_us: *wall_us,
                    tz: zone.as_ref().map(thaw_zone),
                    fold: *fold,
                }
                .into(),
            ),
            Node::Time(us, zone, fold) => Value::Time(
                TimeOfDay {
                    us: *us,
                    tz: zone.as_ref().map(thaw_zone),
                    fold: *fold,
                }
                .into(),
            ),
            Node::Delta(delta) => Value::Delta(*delta),
            Node::Tuple(items) => {
                Value::tuple(items.iter().map(|item| self.value(item, made)).collect())
            }
            Node::Row(names, cells) => {
                let columns =
                    Columns::new(names.iter().map(|name| Str::from(&**name)).collect(), true);
                Row::value(
                    &columns,
                    cells.iter().map(|cell| self.value(cell, made)).collect(),
                )
            }
            Node::Container(index) => self.container(*index, made),
            Node::Foreign(_) | Node::Undefined => Value::Undefined,
        }
    }

    fn container(&self, index: usize, made: &mut HashMap<usize, Value>) -> Value {
        if let Some(value) = made.get(&index) {
            return value.clone();
        }
        match self.containers.get(index) {
            Some(Container::List(items)) => {
                let value = Value::list(Vec::with_capacity(items.len()));
                made.insert(index, value.clone());
                for item in items {
                    let item = self.value(item, made);
                    if let Value::List(list) = &value {
                        list.borrow_mut().push(item);
                    }
                }
                value
            }
            Some(Container::Dict(entries)) => {
                let value = Value::dict([]);
                made.insert(index, value.clone());
                for (key, item) in entries {
                    let (key, item) = (self.value(key, made), self.value(item, made));
                    if let Value::Dict(dict) = &value {
                        let _ = dict.borrow_mut().insert(key, item);
                    }
                }
                value
            }
            None => Value::None,
        }
    }
}

#[derive(Default)]
struct Freezer {
    containers: Vec<Container>,
    known: Vec<(Value, usize)>,
    by_address: HashMap<usize, usize>,
}

impl Freezer {
    fn node(&mut self, value: &Value, depth: usize) -> Node {
        if depth > DEEPEST {
            return Node::Foreign("too deep".into());
        }
        match value {
            Value::None => Node::None,
            Value::Bool(flag) => Node::Bool(*flag),
            Value::Int(number) => Node::Int(*number),
            Value::Big(number) => Node::Big((**number).clone()),
            Value::Float(number) => Node::Float(*number),
            Value::Str(text) => Node::Text(text.as_str().into()),
            Value::Safe(text) => Node::Safe((**text).into()),
            Value::Bytes(bytes) => Node::Bytes((**bytes).into()),
            Value::Date(date) => Node::Date(*date),
            Value::DateTime(at) => {
                Node::DateTime(at.wall_us, at.tz.as_ref().map(freeze_zone), at.fold)
            }
            Value::Time(at) => Node::Time(at.us, at.tz.as_ref().map(freeze_zone), at.fold),
            Value::Delta(delta) => Node::Delta(*delta),
            Value::List(list) => {
                let (index, seen) = self.place(list.address(), value, Container::List(Vec::new()));
                if !seen {
                    let items = list.borrow().to_vec();
                    let items = items
                        .iter()
                        .map(|item| self.node(item, depth + 1))
                        .collect();
                    self.fill(index, Container::List(items));
                }
                Node::Container(index)
            }
            Value::Dict(dict) => {
                let (index, seen) = self.place(dict.address(), value, Container::Dict(Vec::new()));
                if !seen {
                    let entries: Vec<(Value, Value)> = dict
                        .borrow()
                        .iter()
                        .map(|(key, item)| (key.clone(), item.clone()))
                        .collect();
                    let entries = entries
                        .iter()
                        .map(|(key, item)| (self.node(key, depth + 1), self.node(item, depth + 1)))
                        .collect();
                    self.fill(index, Container::Dict(entries));
                }
                Node::Container(index)
            }
            Value::Tuple(items) => Node::Tuple(
                items
                    .iter()
                    .map(|item| self.node(item, depth + 1))
                    .collect(),
            ),
            Value::Undefined => Node::Undefined,
            Value::Object(object) => match (value.downcast::<Row>(), object.as_tuple()) {
                (Some(row), Some(cells)) => Node::Row(
                    row.names().map(|name| Arc::from(name.as_str())).collect(),
                    cells
                        .iter()
                        .map(|cell| self.node(cell, depth + 1))
                        .collect(),
                ),
                _ => Node::Foreign(object.type_name().into()),
            },
        }
    }

    /// The place of a container, and whether it was there already.
    fn place(&mut self, address: usize, value: &Value, empty: Container) -> (usize, bool) {
        if let Some(index) = self.by_address.get(&address) {
            return (*index, true);
        }
        let index = self.containers.len();
        self.containers.push(empty);
        self.by_address.insert(address, index);
        // Held, so that the address stays taken while we work.
        self.known.push((value.clone(), index));
        (index, false)
    }

    fn fill(&mut self, index: usize, container: Container) {
        if let Some(slot) = self.containers.get_mut(index) {
            *slot = container;
        }
    }
}

fn freeze_zone(zone: &Tz) -> Zone {
    match zone {
        Tz::Fixed(offset, name) => {
            Zone::Fixed(*offset, name.as_ref().map(|name| Arc::from(&**name)))
        }
        Tz::Named(zone) => Zone::Named(*zone),
    }
}

fn thaw_zone(zone: &Zone) -> Tz {
    match zone {
        Zone::Fixed(offset, name) => Tz::Fixed(
            *offset,
            name.as_ref().map(|name| std::rc::Rc::from(&**name)),
        ),
        Zone::Named(zone) => Tz::Named(*zone),
    }
}

fn json_value(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(json_value).collect()),
        serde_json::Value::Object(entries) => Value::dict(
            entries
                .iter()
                .map(|(key, value)| (Value::from(key.as_str()), json_value(value))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sharing_and_cycles_survive() {
        let inner = Value::list(vec![Value::Int(1)]);
        let outer = Value::list(vec![inner.clone(), inner]);
        if let Value::List(list) = &outer {
            list.borrow_mut().push(outer.clone());
        }
        let frozen = Frozen::freeze(&outer);
        let thawed = frozen.thaw();
        let Value::List(list) = &thawed else {
            unreachable!("a list stays a list");
        };
        let items = list.borrow().to_vec();
        assert!(items[0].same_as(&items[1]));
        assert!(items[2].same_as(&thawed));
        assert_eq!(Frozen::freeze(&thawed), frozen);
        // Break the cycles, which reference counting would keep.
        list.borrow_mut().clear();
        if let Value::List(list) = &outer {
            list.borrow_mut().clear();
        }
    }

    #[test]
    fn a_nan_is_no_change() {
        let value = Value::list(vec![Value::Float(f64::NAN)]);
        assert_eq!(Frozen::freeze(&value), Frozen::freeze(&value));
    }
}
