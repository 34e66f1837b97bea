//! `pprint`: Python's layout of values over several lines.

use crate::template::Value;

const WIDTH: usize = 80;
const DEEPEST: usize = 50;

pub(super) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, 0, &mut out);
    out
}

/// Writes at an indentation, with `after` more characters to follow on the last line.
fn write(value: &Value, indent: usize, after: usize, depth: usize, out: &mut String) {
    let plain = sorted_repr(value, depth);
    let fits = plain.chars().count() <= WIDTH.saturating_sub(indent + after);
    if fits || depth > DEEPEST {
        out.push_str(&plain);
        return;
    }
    match value {
        Value::List(list) => items(&list.borrow(), ("[", "]"), indent, after, depth, out),
        Value::Tuple(tuple) => {
            let close = if tuple.len() == 1 { ",)" } else { ")" };
            items(tuple, ("(", close), indent, after, depth, out);
        }
        Value::Dict(dict) => {
            let dict = dict.borrow();
            let mut entries: Vec<(&Value, &Value)> = dict.iter().collect();
            sort(&mut entries);
            out.push('{');
            let last = entries.len().saturating_sub(1);
            for (at, (key, value)) in entries.into_iter().enumerate() {
                if at > 0 {
                    out.push_str(",\n");
                    out.push_str(&" ".repeat(indent + 1));
                }
                let key = key.repr();
                out.push_str(&key);
                out.push_str(": ");
                let inner = indent + key.chars().count() + 3;
                let after = if at == last { after + 1 } else { 1 };
                write(value, inner, after, depth + 1, out);
            }
            out.push('}');
        }
        Value::Str(text) => string(text.as_str(), indent, after, depth, out),
        _ => out.push_str(&plain),
    }
}

fn items(
    items: &[Value],
    (open, close): (&str, &str),
    indent: usize,
    after: usize,
    depth: usize,
    out: &mut String,
) {
    out.push_str(open);
    let last = items.len().saturating_sub(1);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(",\n");
            out.push_str(&" ".repeat(indent + 1));
        }
        let after = if at == last { after + close.len() } else { 1 };
        write(item, indent + 1, after, depth + 1, out);
    }
    out.push_str(close);
}

/// A long text as several literals, cut after whitespace.
fn string(text: &str, indent: usize, after: usize, depth: usize, out: &mut String) {
    let (indent, after) = if depth == 0 {
        (indent + 1, after + 1)
    } else {
        (indent, after)
    };
    let most = WIDTH.saturating_sub(indent);
    let mut pieces: Vec<String> = Vec::new();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (at, line) in lines.iter().enumerate() {
        let room = if at + 1 == lines.len() {
            most.saturating_sub(after)
        } else {
            most
        };
        if repr_len(line) <= room {
            pieces.push(Value::from(*line).repr());
            continue;
        }
        let mut current = String::new();
        let words = words(line);
        for (word_at, word) in words.iter().enumerate() {
            let last = word_at + 1 == words.len() && at + 1 == lines.len();
            let room = if last {
                most.saturating_sub(after)
            } else {
                most
            };
            if !current.is_empty() && repr_len(&(current.clone() + word)) > room {
                pieces.push(Value::from(std::mem::take(&mut current)).repr());
            }
            current.push_str(word);
        }
        if !current.is_empty() {
            pieces.push(Value::from(current).repr());
        }
    }
    if let [only] = pieces.as_slice() {
        out.push_str(only);
        return;
    }
    let separator = format!("\n{}", " ".repeat(indent));
    let joined = pieces.join(&separator);
    if depth == 0 {
        out.push_str(&format!("({joined})"));
    } else {
        out.push_str(&joined);
    }
}

fn repr_len(text: &str) -> usize {
    Value::from(text).repr().chars().count()
}

/// Words with the whitespace that follows them.
fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut blank = false;
    for one in line.chars() {
        if blank && !one.is_whitespace() && !current.is_empty() {
            found.push(std::mem::take(&mut current));
        }
        blank = one.is_whitespace();
        current.push(one);
    }
    if !current.is_empty() {
        found.push(current);
    }
    found
}

fn sort(entries: &mut [(&Value, &Value)]) {
    let texts = entries.iter().all(|(key, _)| key.as_str().is_some());
    if texts {
        entries.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
    }
}

/// `repr` with the keys of dicts in order.
fn sorted_repr(value: &Value, depth: usize) -> String {
    if depth > DEEPEST {
        return value.repr();
    }
    let list = |items: &[Value]| {
        let parts: Vec<String> = items
            .iter()
            .map(|item| sorted_repr(item, depth + 1))
            .collect();
        parts.join(", ")
    };
    match value {
        Value::List(items) => format!("[{}]", list(&items.borrow())),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        Value::Tuple(items) => format!("({})", list(items)),
        Value::Dict(dict) => {
            let dict = dict.borrow();
            let mut entries: Vec<(&Value, &Value)> = dict.iter().collect();
            sort(&mut entries);
            let parts: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{}: {}", key.repr(), sorted_repr(value, depth + 1)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        value => value.repr(),
    }
}
