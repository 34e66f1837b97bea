//! Where a place in a YAML text is: the keys above it, found by indentation alone, so that it works
//! while the text is broken. Knows nothing of what the keys mean.

/// A step from the top of the document to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list.
    Item,
}

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// A key is being typed.
    Key,
    /// The value of a key is being typed.
    Value(String),
    /// An item of a list that is a plain value is being typed, or a key of a mapping in it.
    Item,
    /// Nothing that help is known for: a comment, the inside of a block text.
    Nothing,
}

/// A place in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The way to the mapping or list that the place is in.
    pub(super) path: Vec<Step>,
    /// What is typed there.
    pub(super) at: At,
    /// What is typed of it so far.
    pub(super) typed: String,
    /// Where that begins, in bytes.
    pub(super) start: usize,
    /// Keys that the mapping has already.
    pub(super) siblings: Vec<String>,
}

/// Something at the beginning of a line: a dash or a key, with its column in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    Dash(usize),
    Key(usize, String),
}

/// The marks of a line and the column and text of what follows them.
fn marks(line: &str) -> (Vec<Mark>, usize, &str) {
    let mut found = Vec::new();
    let mut column = 0;
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start_matches(' ');
        column += rest.len() - trimmed.len();
        rest = trimmed;
        if let Some(after) = rest.strip_prefix('-')
            && (after.is_empty() || after.starts_with(' '))
        {
            found.push(Mark::Dash(column));
            column += 1;
            rest = after;
            continue;
        }
        if let Some((key, after)) = key_of(rest) {
            found.push(Mark::Key(column, key.to_owned()));
            column += rest.len() - after.len();
            rest = after;
        }
        return (found, column, rest);
    }
}

/// A key and what follows its colon.
fn key_of(text: &str) -> Option<(&str, &str)> {
    if text.starts_with(['#', '{', '[', '|', '>', '&', '*', '!']) {
        return None;
    }
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (key, after) = text.get(1..)?.split_once(quote)?;
        let after = after.trim_start().strip_prefix(':')?;
        return Some((key, after)).filter(|(_, after)| after.is_empty() || after.starts_with(' '));
    }
    let at = text
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|at| matches!(text.as_bytes().get(at + 1), None | Some(b' ')))?;
    let key = text.get(..at)?;
    if key.contains(" #") {
        return None;
    }
    Some((key.trim_end(), text.get(at + 1..)?))
}

fn blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#') || line == "---"
}

/// The place at an offset, which is on a character's start.
pub(super) fn cursor(text: &str, offset: usize) -> Cursor {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let head = before.get(line_start..).unwrap_or_default();
    let nothing = Cursor {
        path: Vec::new(),
        at: At::Nothing,
        typed: String::new(),
        start: offset,
        siblings: Vec::new(),
    };
    let above: Vec<&str> = text.get(..line_start).unwrap_or_default().lines().collect();
    if in_comment(head) || in_block(&above, indent(head)) {
        return nothing;
    }
    let (own, column, typed) = marks(head);
    let typed = typed.trim_start();
    let dashes = own.iter().filter(|one| matches!(one, Mark::Dash(_)));
    let dashes = dashes.count();
    let key = own.iter().find_map(|one| match one {
        Mark::Key(column, key) => Some((*column, key.clone())),
        Mark::Dash(_) => None,
    });
    // The column at which the mapping of the place begins.
    let level = key.as_ref().map_or(column, |(column, _)| *column);
    let first_dash = own.iter().find_map(|one| match one {
        Mark::Dash(column) => Some(*column),
        Mark::Key(..) => None,
    });
    let mut path = parents(&above, first_dash.unwrap_or(level), first_dash.is_some());
    path.extend(std::iter::repeat_n(Step::Item, dashes));
    let rest = text.get(offset..).unwrap_or_default();
    let siblings = siblings(&above, rest, level, first_dash.is_some());
    let start = offset - typed.len();
    let (at, typed, start, path) = match key {
        Some((_, key)) => match flow(typed, start, &path, &key) {
            Some(inside) => inside,
            None => (At::Value(key), typed.to_owned(), start, path),
        },
        None if first_dash.is_some() => (At::Item, typed.to_owned(), start, path),
        None => (At::Key, typed.to_owned(), start, path),
    };
    Cursor {
        path,
        at,
        typed,
        start,
        siblings,
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn in_comment(head: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    for c in head.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') && matches!(before, ' ' | '[' | '{' | ',') => {
                quote = Some(c);
            }
            None if c == '#' && before == ' ' => return true,
            None => {}
        }
        before = c;
    }
    false
}

/// True inside of a block text (`key: |`).
fn in_block(above: &[&str], indent: usize) -> bool {
    let mut limit = indent;
    for line in above.iter().rev().filter(|line| !line.trim().is_empty()) {
        let own = self::indent(line);
        if own >= limit {
            continue;
        }
        let (_, _, rest) = marks(line);
        let rest = rest.trim_start();
        if rest.starts_with(['|', '>']) {
            return true;
        }
        limit = own;
        if limit == 0 {
            return false;
        }
    }
    false
}

/// The way to what begins at a column, from the lines above it.
fn parents(above: &[&str], column: usize, dash: bool) -> Vec<Step> {
    let mut path = Vec::new();
    let mut limit = column;
    // A list may begin in the column of its key.
    let mut at_dash = dash;
    for line in above.iter().rev().filter(|line| !blank(line)) {
        let (found, _, _) = marks(line);
        for mark in found.into_iter().rev() {
            match mark {
                Mark::Key(at, key) if at < limit || (at_dash && at == limit) => {
                    path.push(Step::Key(key));
                    limit = at;
                    at_dash = false;
                }
                Mark::Dash(at) if at < limit => {
                    path.push(Step::Item);
                    limit = at;
                    at_dash = true;
                }
                _ => {}
            }
        }
        if limit == 0 && !at_dash {
            break;
        }
    }
    path.reverse();
    path
}

/// Keys of the mapping that has its keys at a column.
fn siblings(above: &[&str], below: &str, level: usize, opened: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut take = |line: &str, up: bool| -> bool {
        if blank(line) {
            return true;
        }
        let (marks, column, _) = marks(line);
        let first = marks.first().map_or(column, |one| match one {
            Mark::Dash(at) | Mark::Key(at, _) => *at,
        });
        let key = marks.iter().find_map(|one| match one {
            Mark::Key(at, key) if *at == level => Some(key.clone()),
            _ => None,
        });
        let dash = matches!(marks.first(), Some(Mark::Dash(_)));
        if first < level && !(up && key.is_some()) {
            return false;
        }
        found.extend(key);
        // The line with the dash begins the mapping.
        !(up && dash && first < level)
    };
    if !opened {
        for line in above.iter().rev() {
            if !take(line, true) {
                break;
            }
        }
    }
    for line in below.lines().skip(1) {
        if !take(line, false) {
            break;
        }
    }
    found
}

type Inside = (At, String, usize, Vec<Step>);

/// A place inside of `{...}` or `[...]` on one line.
fn flow(typed: &str, start: usize, path: &[Step], key: &str) -> Option<Inside> {
    if !typed.starts_with(['{', '[']) {
        return None;
    }
    let mut path = path.to_vec();
    let mut pending = Some(key.to_owned());
    let mut word = 0;
    let mut open: Vec<char> = Vec::new();
    for (at, c) in typed.char_indices() {
        match c {
            '{' | '[' => {
                path.extend(pending.take().map(Step::Key));
                if c == '[' || open.last() == Some(&'[') {
                    path.push(Step::Item);
                }
                open.push(c);
                word = at + 1;
            }
            '}' | ']' => {
                open.pop();
                path.pop();
                word = at + 1;
            }
            ',' => {
                pending = None;
                word = at + 1;
            }
            ':' if open.last() == Some(&'{') => {
                pending = typed.get(word..at).map(|key| key.trim().to_owned());
                word = at + 1;
            }
            _ => {}
        }
    }
    let last = open.last()?;
    let rest = typed.get(word..)?;
    let trimmed = rest.trim_start();
    let begin = start + word + (rest.len() - trimmed.len());
    let at = match (pending, last) {
        (Some(key), _) => At::Value(key),
        (None, '[') => At::Item,
        (None, _) => At::Key,
    };
    Some((at, trimmed.to_owned(), begin, path))
}
