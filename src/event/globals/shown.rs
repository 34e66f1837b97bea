//! Globals as people see and set them: JSON, and what JSON does not have as text that says so, such as
//! `<datetime 2026-01-01 00:00:00+00:00>`.

use serde_json::Value as Json;

use super::{Entry, Frozen, Globals, Key, key_of_text};
use crate::template::Value;

/// Deeper than this a value is cut off.
const DEEPEST: usize = 64;

impl Globals {
    /// All keys with their values, in the order in which they came. Keys that are no text are shown
    /// like values that JSON does not have.
    pub fn shown(&self) -> Vec<(String, Json)> {
        // Copied first: showing takes time, and generators are not to wait.
        let all = self.store().in_order();
        let shown = |(_, entry): &(Key, Entry)| (name(&entry.key), json(&entry.value.thaw(), 0));
        all.iter().map(shown).collect()
    }

    /// Sets a key, as it is shown, to a JSON value; `None` removes it. False when there was nothing to
    /// remove. Running generators see it at their next event.
    pub fn set_shown(&self, key: &str, value: Option<&Json>) -> bool {
        let frozen = value.map(Frozen::from_json);
        let mut store = self.store();
        let plain = key_of_text(key);
        let known = match store.get(&plain) {
            Some(_) => None,
            None => store
                .in_order()
                .into_iter()
                .find(|(_, entry)| name(&entry.key) == key),
        };
        let (place, original) = match known {
            Some((place, entry)) => (place, entry.key),
            None => (plain, Frozen::text(key)),
        };
        match frozen {
            Some(frozen) => {
                store.put(place, original, frozen);
                true
            }
            None => store.remove(&place).is_some(),
        }
    }
}

fn name(key: &Frozen) -> String {
    match key.thaw() {
        Value::Str(text) => text.as_str().to_owned(),
        other => foreign(&other),
    }
}

/// What JSON does not have: its type and its text.
fn foreign(value: &Value) -> String {
    format!("<{} {}>", value.type_name(), value.text().as_str())
}

fn json(value: &Value, depth: usize) -> Json {
    if depth > DEEPEST {
        return Json::String("<deeper than is shown>".to_owned());
    }
    let items = |items: &[Value]| items.iter().map(|item| json(item, depth + 1)).collect();
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::from(*number),
        Value::Float(number) if number.is_finite() => Json::from(*number),
        Value::Str(text) => Json::String(text.as_str().to_owned()),
        Value::List(list) => Json::Array(items(&list.borrow())),
        Value::Tuple(list) => Json::Array(items(list)),
        Value::Dict(dict) => {
            let pairs: Vec<(Value, Value)> = dict
                .borrow()
                .iter()
                .map(|(key, item)| (key.clone(), item.clone()))
                .collect();
            let shown = pairs.iter().map(|(key, item)| {
                let key = match key {
                    Value::Str(text) => text.as_str().to_owned(),
                    other => foreign(other),
                };
                (key, json(item, depth + 1))
            });
            Json::Object(shown.collect())
        }
        other => Json::String(foreign(other)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_shown_and_set() {
        let globals = Globals::default();
        let value = json!({"n": 1, "f": 1.5, "list": [true, null, "x"]});
        globals.set_json("one", &value);
        let put = |key: Value, value: Value| {
            let (key, value) = (Frozen::freeze(&key), Frozen::freeze(&value));
            globals.store().put("i5".into(), key, value);
        };
        put(Value::Int(5), Value::Float(f64::NAN));
        let shown = globals.shown();
        assert_eq!(shown[0], ("one".to_owned(), value));
        assert_eq!(shown[1], ("<int 5>".to_owned(), json!("<float nan>")));

        assert!(globals.set_shown("<int 5>", Some(&json!(2))));
        assert!(globals.set_shown("two", Some(&json!("x"))));
        assert_eq!(globals.shown()[1], ("<int 5>".to_owned(), json!(2)));
        assert_eq!(globals.len(), 3);
        assert!(globals.set_shown("<int 5>", None) && globals.set_shown("one", None));
        assert!(!globals.set_shown("one", None));
        assert_eq!(globals.shown(), [("two".to_owned(), json!("x"))]);
    }

    #[test]
    fn a_value_in_itself_is_cut_off() {
        let globals = Globals::default();
        let list = Value::list(vec![Value::Int(1)]);
        if let Value::List(inner) = &list {
            inner.borrow_mut().push(list.clone());
        }
        let frozen = Frozen::freeze(&list);
        globals.store().put("sx".into(), Frozen::text("x"), frozen);
        let text = globals.shown()[0].1.to_string();
        assert!(text.contains("deeper than is shown"), "{text}");
        if let Value::List(inner) = &list {
            inner.borrow_mut().clear();
        }
    }
}
