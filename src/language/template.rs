//! Completion and hover inside of templates: what is typed between `{{ }}` and `{% %}`, read backwards
//! from the place, so that it works while the text is broken.

use super::words::{self, DATETIME, FILTERS, NAMES, SAMPLE, STATE, STATEMENTS, TESTS};
use super::{Completion, Completions, Hover, Outline};
use crate::{event, template};

/// The tag that a place is in: what is typed of it, and whether it is a statement.
fn tag(before: &str) -> Option<(&str, bool)> {
    let output = before.rfind("{{");
    let statement = before.rfind("{%");
    let open = output.max(statement)?;
    let inside = before.get(open + 2..)?;
    let is_statement = statement == Some(open);
    let close = if is_statement { "%}" } else { "}}" };
    if inside.contains(close) {
        return None;
    }
    let inside = inside.strip_prefix(['-', '+']).unwrap_or(inside);
    Some((inside, is_statement))
}

/// True inside of `{# ... #}`.
fn in_comment(before: &str) -> bool {
    let open = before.rfind("{#");
    open.is_some() && open > before.rfind("#}")
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The chain of names (`module.rand.nu`) that ends a text, and where it begins.
fn chain(text: &str) -> (usize, &str) {
    let start = text
        .char_indices()
        .rev()
        .find(|(_, c)| !is_word(*c) && *c != '.')
        .map_or(0, |(at, c)| at + c.len_utf8());
    (start, text.get(start..).unwrap_or_default())
}

/// The text that was opened with a quote and not closed, with what stands before it.
fn open_text(inside: &str) -> Option<(&str, &str)> {
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match open {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((_, quote)) if c == quote => open = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => open = Some((at, c)),
            None => {}
        }
    }
    let (at, _) = open?;
    Some((inside.get(..at)?, inside.get(at + 1..)?))
}

/// What could stand at the place.
pub(super) fn complete(before: &str, whole: &str, outline: &Outline) -> Completions {
    let nothing = Completions {
        start: before.len(),
        items: Vec::new(),
    };
    let Some((inside, statement)) = tag(before).filter(|_| !in_comment(before)) else {
        return nothing;
    };
    if let Some((head, typed)) = open_text(inside) {
        return Completions {
            start: before.len() - typed.len(),
            items: in_text(head, outline),
        };
    }
    let (at, typed) = chain(inside);
    let head = inside.get(..at).unwrap_or_default().trim_end();
    let (path, last) = typed.rsplit_once('.').map_or(("", typed), |(a, b)| (a, b));
    let start = before.len() - last.len();
    let dotted = typed.contains('.');
    let items = match () {
        () if dotted && head.ends_with([')', ']']) => Vec::new(),
        () if dotted => members(path, whole, outline),
        () if head.ends_with('|') => filters(),
        () if ends_with_word(head, "is") || head.ends_with("is not") => tests(),
        () if statement && head.is_empty() => all(STATEMENTS, "statement"),
        () => names(before, whole, outline),
    };
    Completions { start, items }
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_suffix(word);
    rest.is_some_and(|rest| !rest.chars().next_back().is_some_and(is_word))
}

fn all(list: &[(&str, &str)], detail: &str) -> Vec<Completion> {
    let made = |(name, doc): &(&str, &str)| Completion::new(name, detail, doc);
    list.iter().map(made).collect()
}

fn filters() -> Vec<Completion> {
    template::filter_names()
        .map(|name| {
            let detail = template::filter_signature(name).unwrap_or_else(|| "filter".to_owned());
            Completion::new(name, &detail, words::doc(FILTERS, name))
        })
        .collect()
}

fn tests() -> Vec<Completion> {
    template::test_names()
        .filter(|name| name.starts_with(char::is_alphabetic))
        .map(|name| Completion::new(name, "test", words::doc(TESTS, name)))
        .collect()
}

/// Names that templates have, and those that the text before the place makes.
fn names(before: &str, whole: &str, outline: &Outline) -> Vec<Completion> {
    let mut found: Vec<Completion> = Vec::new();
    for name in made(before) {
        let detail = match row_of(&name, whole, outline) {
            Some(_) => "row of a sample",
            None => "set above",
        };
        found.push(Completion::new(&name, detail, ""));
    }
    for (name, doc) in NAMES {
        if !found.iter().any(|one| one.label == *name) {
            found.push(Completion::new(name, "", doc));
        }
    }
    for word in [
        "and", "or", "not", "in", "is", "if", "else", "true", "false", "none",
    ] {
        found.push(Completion::new(word, "operator", ""));
    }
    found
}

/// Names that `set`, `for`, `macro` and `import ... as` make.
fn made(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("{%") {
        let tag = text.get(at + 2..).unwrap_or_default();
        let tag = tag.split("%}").next().unwrap_or_default();
        let tag = tag.trim_start_matches(['-', '+']).trim_start();
        let (word, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let names = match word {
            "set" => rest.split('=').next().unwrap_or_default(),
            "for" => rest.split(" in ").next().unwrap_or_default(),
            "macro" => rest.split('(').next().unwrap_or_default(),
            "import" => rest.rsplit_once(" as ").map_or("", |(_, name)| name),
            _ => "",
        };
        for name in names.split(',') {
            let name = name.trim().trim_matches(['(', ')', '-', ' ']);
            let plain = !name.is_empty() && name.chars().all(is_word);
            if plain && !found.iter().any(|one| one == name) {
                found.push(name.to_owned());
            }
        }
    }
    found.reverse();
    found
}

/// The sample that a name's rows are of, when the text says so: `set row = samples.users | random`,
/// `for row in samples.users`.
fn row_of<'a>(name: &str, whole: &str, outline: &'a Outline) -> Option<&'a super::Sample> {
    for (at, _) in whole.match_indices("samples") {
        let before = whole.get(..at)?.trim_end();
        let head = before
            .strip_suffix('=')
            .or_else(|| before.strip_suffix("in"))
            .map(str::trim_end);
        let Some(head) = head else {
            continue;
        };
        let (_, target) = chain(head);
        if target != name {
            continue;
        }
        let rest = whole.get(at + "samples".len()..)?;
        let rest = rest.strip_prefix('.').or_else(|| {
            let inside = rest.strip_prefix('[')?;
            inside.strip_prefix(['"', '\''])
        })?;
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let sample = rest.get(..end)?;
        return outline.samples.iter().find(|one| one.name == sample);
    }
    None
}

/// What stands behind a dot.
fn members(path: &str, whole: &str, outline: &Outline) -> Vec<Completion> {
    let steps: Vec<&str> = path.split('.').collect();
    let texts = |all: &[String], detail: &str| -> Vec<Completion> {
        all.iter()
            .map(|name| Completion::new(name, detail, ""))
            .collect()
    };
    match steps.as_slice() {
        ["module", rest @ ..] => modules(rest),
        ["samples"] => {
            let all = outline.samples.iter();
            all.map(|one| Completion::new(&one.name, &one.detail, &columns(one)))
                .collect()
        }
        ["samples", name] => {
            let mut found = all(SAMPLE, "method");
            if let Some(sample) = outline.samples.iter().find(|one| one.name == *name) {
                found.extend(texts(&sample.columns, "column"));
            }
            found
        }
        ["params"] => texts(&outline.params, "param"),
        ["vars"] => texts(&outline.vars, "var"),
        ["timestamp"] => all(DATETIME, "time"),
        ["locals" | "shared" | "globals"] => all(STATE, "method"),
        ["loop"] => [
            "index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem",
        ]
        .map(|name| Completion::new(name, "loop", ""))
        .to_vec(),
        ["dispatch"] => all(
            &[
                ("drop", "`drop()`: this timestamp gives no event."),
                ("exhaust", "`exhaust()`: the generator has no more events."),
                ("next", "`next(\"alias\")`: render that template instead."),
            ],
            "function",
        ),
        ["subprocess"] => all(&[("run", "`run(command)`: runs it and waits.")], "function"),
        [name] => match row_of(name, whole, outline) {
            Some(sample) => texts(&sample.columns, "column"),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn columns(sample: &super::Sample) -> String {
    if sample.columns.is_empty() {
        return String::new();
    }
    format!("Columns: {}.", sample.columns.join(", "))
}

/// What a module has.
fn modules(path: &[&str]) -> Vec<Completion> {
    event::module_names(path)
        .into_iter()
        .filter(|name| !name.starts_with('_'))
        .map(|name| {
            let mut whole = path.to_vec();
            whole.push(&name);
            let detail = event::module_signature(&whole).unwrap_or_default();
            Completion::new(&name, &detail, "")
        })
        .collect()
}

/// What could stand in a text: keys of state, names of samples and templates, files.
fn in_text(head: &str, outline: &Outline) -> Vec<Completion> {
    let head = head.trim_end();
    let (_, call) = chain(head.trim_end_matches(['(', '[']).trim_end());
    let scope = call.split('.').next().unwrap_or_default();
    let opened = head.ends_with(['(', '[']);
    match scope {
        "locals" | "shared" | "globals" if opened => {
            let keys = outline.state.iter().filter(|(of, _)| of == scope);
            keys.map(|(_, key)| Completion::new(key, scope, ""))
                .collect()
        }
        "samples" if opened => {
            let all = outline.samples.iter();
            if let Some(name) = call.split('.').nth(1) {
                let sample = outline.samples.iter().find(|one| one.name == name);
                let columns = sample.map_or(&[][..], |one| &one.columns);
                return columns
                    .iter()
                    .map(|name| Completion::new(name, "column", ""))
                    .collect();
            }
            all.map(|one| Completion::new(&one.name, &one.detail, ""))
                .collect()
        }
        "params" if opened => {
            let all = outline.params.iter();
            all.map(|name| Completion::new(name, "param", "")).collect()
        }
        "dispatch" if opened => {
            let all = outline.aliases.iter();
            all.map(|name| Completion::new(name, "template", ""))
                .collect()
        }
        "include" | "import" | "from" | "extends" => outline
            .files
            .iter()
            .map(|file| file.to_string_lossy())
            .filter(|file| file.contains(".j"))
            .map(|file| Completion::new(&file, "file", ""))
            .collect(),
        _ => Vec::new(),
    }
}

/// What is known of the word at the place.
pub(super) fn hover(before: &str, after: &str, whole: &str, outline: &Outline) -> Option<Hover> {
    let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
    let text = whole.get(..before.len() + end)?;
    let (inside, statement) = tag(text).filter(|_| !in_comment(text))?;
    let (at, name) = chain(inside);
    if name.is_empty() || open_text(inside).is_some() {
        return None;
    }
    let head = inside.get(..at).unwrap_or_default().trim_end();
    let told = |title: String, doc: &str| {
        Some(Hover {
            title,
            doc: doc.to_owned(),
        })
    };
    if head.ends_with('|') {
        let known = words::doc(FILTERS, name);
        let signature = template::filter_signature(name).unwrap_or_default();
        return told(format!("filter {name}{signature}"), known).filter(|one| !one.doc.is_empty());
    }
    if ends_with_word(head, "is") || head.ends_with("is not") {
        return told(format!("test {name}"), words::doc(TESTS, name))
            .filter(|one| !one.doc.is_empty());
    }
    if statement && head.is_empty() {
        let doc = words::doc(STATEMENTS, name);
        return told(format!("statement {name}"), doc).filter(|one| !one.doc.is_empty());
    }
    let Some((path, last)) = name.rsplit_once('.') else {
        if let Some(sample) = row_of(name, whole, outline) {
            return told(format!("{name}: row of {}", sample.name), &columns(sample));
        }
        return told(name.to_owned(), words::doc(NAMES, name)).filter(|one| !one.doc.is_empty());
    };
    let found = members(path, whole, outline);
    let found = found.into_iter().find(|one| one.label == last)?;
    let doc = if found.doc.is_empty() {
        String::new()
    } else {
        found.doc
    };
    told(
        format!("{name} {}", found.detail).trim_end().to_owned(),
        &doc,
    )
}
