//! Values as a tree of rows, what is folded, and values with one part changed. Knows nothing of scenarios.

use std::collections::BTreeSet;

use serde_json::Value;

/// Most members shown of one value.
const MEMBERS: usize = 1_000;
/// Longest text in a row, in characters; more is never in view.
const TEXT: usize = 600;

/// The way to a value: the global's name, then keys and indexes.
pub type Path = Vec<String>;

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which value; empty for a row that only says that there is more.
    pub path: Path,
    /// How many values it is in.
    pub depth: usize,
    /// Its key or index.
    pub name: String,
    /// Its value, on one line.
    pub text: String,
    /// What it is: `text`, `number`, `4 keys`.
    pub kind: String,
    /// For what can be folded: whether it is open.
    pub open: Option<bool>,
    /// Why it cannot be changed, when it cannot.
    pub fixed: Option<String>,
}

/// The rows of all values.
pub fn rows(values: &[(String, Value)], open: &BTreeSet<Path>) -> Vec<Row> {
    let mut out = Vec::new();
    for (key, value) in values {
        let fixed = foreign_in(value).map(|kind| {
            format!("it is or holds a {kind}, which JSON cannot carry: it would become a text")
        });
        add(
            &mut vec![key.clone()],
            value,
            fixed.as_ref(),
            open,
            &mut out,
        );
    }
    out
}

fn add(
    path: &mut Path,
    value: &Value,
    fixed: Option<&String>,
    open: &BTreeSet<Path>,
    out: &mut Vec<Row>,
) {
    let folds = members(value) > 0;
    let is_open = open.contains(path);
    let text = match value {
        _ if folds && is_open => String::new(),
        Value::String(text) if foreign(text).is_some() => text.clone(),
        value => value.to_string(),
    };
    out.push(Row {
        path: path.clone(),
        depth: path.len() - 1,
        name: path.last().cloned().unwrap_or_default(),
        text: text.chars().take(TEXT).collect(),
        kind: kind(value),
        open: folds.then_some(is_open),
        fixed: fixed.cloned(),
    });
    if !(folds && is_open) {
        return;
    }
    let mut inner = |name: String, value: &Value, out: &mut Vec<Row>| {
        path.push(name);
        add(path, value, fixed, open, out);
        path.pop();
    };
    match value {
        Value::Object(map) => {
            for (name, value) in map.iter().take(MEMBERS) {
                inner(name.clone(), value, out);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().take(MEMBERS).enumerate() {
                inner(index.to_string(), value, out);
            }
        }
        _ => {}
    }
    if members(value) > MEMBERS {
        out.push(Row {
            path: Path::new(),
            depth: path.len(),
            name: "…".to_owned(),
            text: format!("{} more", members(value) - MEMBERS),
            kind: String::new(),
            open: None,
            fixed: Some("it stands for what is not shown".to_owned()),
        });
    }
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    }
}

/// What a value is, in a word or two.
pub fn kind(value: &Value) -> String {
    let of = |count: usize, noun: &str| crate::tui::text::count(count, noun);
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => "yes or no".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) => foreign(text).unwrap_or("text").to_owned(),
        Value::Array(items) => of(items.len(), "item"),
        Value::Object(map) => of(map.len(), "key"),
    }
}

/// Types that JSON does not have, as the instance names them: `<datetime 2026-01-01 00:00:00+00:00>`.
const FOREIGN: &[&str] = &[
    "Markup",
    "Undefined",
    "bytes",
    "date",
    "datetime",
    "float",
    "frozenset",
    "function",
    "int",
    "set",
    "time",
    "timedelta",
    "tuple",
];

/// The type of a value that JSON does not have.
fn foreign(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?.strip_suffix('>')?;
    if inner == "deeper than is shown" {
        return Some("value that is cut off");
    }
    let (name, _) = inner.split_once(' ')?;
    FOREIGN.contains(&name).then_some(name)
}

/// The first such type in a value or a key of it.
fn foreign_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => foreign(text),
        Value::Array(items) => items.iter().find_map(foreign_in),
        Value::Object(map) => map
            .iter()
            .find_map(|(key, value)| foreign(key).or_else(|| foreign_in(value))),
        _ => None,
    }
}

/// The value at a path.
pub fn at<'a>(values: &'a [(String, Value)], path: &[String]) -> Option<&'a Value> {
    let (key, rest) = path.split_first()?;
    let (_, value) = values.iter().find(|(name, _)| name == key)?;
    rest.iter().try_fold(value, |value, step| match value {
        Value::Object(map) => map.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The global that a change at a path changes, and its new value; `None` as a value takes away.
pub fn changed(
    values: &[(String, Value)],
    path: &[String],
    new: Option<Value>,
) -> Option<(String, Option<Value>)> {
    let (key, rest) = path.split_first()?;
    let Some((last, way)) = rest.split_last() else {
        return Some((key.clone(), new));
    };
    let mut whole = at(values, std::slice::from_ref(key))?.clone();
    let mut inner = &mut whole;
    for step in way {
        inner = match inner {
            Value::Object(map) => map.get_mut(step)?,
            Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    match (inner, new) {
        (Value::Object(map), Some(new)) => drop(map.insert(last.clone(), new)),
        (Value::Object(map), None) => drop(map.remove(last)),
        (Value::Array(items), new) => {
            let index = last.parse::<usize>().ok()?;
            match new {
                Some(new) if index == items.len() => items.push(new),
                Some(new) => *items.get_mut(index)? = new,
                None if index < items.len() => drop(items.remove(index)),
                None => return None,
            }
        }
        _ => return None,
    }
    Some((key.clone(), Some(whole)))
}

/// Reads a value that was typed.
///
/// # Errors
/// Says what is wrong and at which column.
pub fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let what = said.split(" at line").next().unwrap_or_default();
        let bare = text.chars().next().is_some_and(char::is_alphabetic);
        let help = if bare {
            "; a text stands in quotes"
        } else {
            ""
        };
        format!("column {}: {what}{help}", error.column())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use serde_json::json;

    fn values() -> Vec<(String, Value)> {
        vec![
            ("count".to_owned(), json!(3)),
            ("users".to_owned(), json!({"alice": [1, 2], "bob": {}})),
        ]
    }

    fn path(text: &str) -> Path {
        text.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_open_shows_its_members() {
        let closed = rows(&values(), &BTreeSet::new());
        let told: Vec<_> = closed
            .iter()
            .map(|row| (row.name.as_str(), row.open))
            .collect();
        assert_eq!(told, [("count", None), ("users", Some(false))]);
        assert_eq!(closed[1].text, r#"{"alice":[1,2],"bob":{}}"#);
        let open = BTreeSet::from([path("users"), path("users/alice")]);
        let told: Vec<_> = rows(&values(), &open)
            .into_iter()
            .map(|row| (row.depth, row.name, row.text, row.kind))
            .collect();
        let own = |text: &str| text.to_owned();
        assert_eq!(
            told,
            [
                (0, own("count"), own("3"), own("number")),
                (0, own("users"), own(""), own("2 keys")),
                (1, own("alice"), own(""), own("2 items")),
                (2, own("0"), own("1"), own("number")),
                (2, own("1"), own("2"), own("number")),
                (1, own("bob"), own("{}"), own("0 keys")),
            ]
        );
    }

    #[test]
    fn what_json_cannot_carry_is_shown_and_fixed_with_all_that_holds_it() {
        let values = vec![
            (
                "at".to_owned(),
                json!("<datetime 2026-01-01 00:00:00+00:00>"),
            ),
            ("html".to_owned(), json!("<b>x</b>")),
            ("map".to_owned(), json!({"<int 5>": 1, "b": [2]})),
        ];
        let all = rows(&values, &BTreeSet::from([path("map")]));
        let told: Vec<_> = all
            .iter()
            .map(|row| (row.text.as_str(), row.kind.as_str(), row.fixed.is_some()))
            .collect();
        assert_eq!(
            told,
            [
                ("<datetime 2026-01-01 00:00:00+00:00>", "datetime", true),
                ("\"<b>x</b>\"", "text", false),
                ("", "2 keys", true),
                ("1", "number", true),
                ("[2]", "1 item", true),
            ]
        );
    }

    #[test]
    fn a_change_within_changes_the_whole_value() {
        let change = |at: &str, new| changed(&values(), &path(at), new);
        assert_eq!(change("count", None), Some(("count".to_owned(), None)));
        let whole = |value| Some(("users".to_owned(), Some(value)));
        assert_eq!(
            change("users/alice/1", Some(json!(9))),
            whole(json!({"alice": [1, 9], "bob": {}}))
        );
        assert_eq!(
            change("users/alice/0", None),
            whole(json!({"alice": [2], "bob": {}}))
        );
        assert_eq!(
            change("users/bob/new", Some(json!(null))),
            whole(json!({"alice": [1, 2], "bob": {"new": null}}))
        );
        assert_eq!(
            change("users/alice/2", Some(json!(3))),
            whole(json!({"alice": [1, 2, 3], "bob": {}}))
        );
        for gone in ["users/alice/7", "users/carol/x", "count/x", "other/x"] {
            assert_eq!(change(gone, Some(json!(1))), None, "{gone}");
        }
    }

    #[test]
    fn what_is_no_json_says_where() {
        assert_eq!(
            parse("[1, 2").unwrap_err(),
            "column 5: EOF while parsing a list"
        );
        assert!(
            parse("alice")
                .unwrap_err()
                .ends_with("a text stands in quotes")
        );
        assert_eq!(parse("{\"a\": 1.50}").unwrap(), json!({"a": 1.5}));
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let items: Vec<u32> = (0..1_500).collect();
        let all = rows(
            &[("list".to_owned(), json!(items))],
            &BTreeSet::from([path("list")]),
        );
        assert_eq!(all.len(), 1 + MEMBERS + 1);
        assert_eq!(all.last().unwrap().text, "500 more");
    }
}
