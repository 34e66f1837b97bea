//! Names that a file gives to things, with their places: keys of documents, macros and variables of
//! templates, columns of CSV samples, functions of scripts. By a plain search line by line, so that a
//! text that is unsound at the moment has them too.

use std::path::{Path, PathBuf};

/// Most names of one file.
const MOST: usize = 5_000;
/// Longest detail, in characters.
const DETAIL: usize = 80;

/// A name and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// What it names: `key`, `input`, `output`, `template`, `sample`, `param`, `secret`, `macro`,
    /// `block`, `variable`, `import`, `state`, `column`, `function`, `class`.
    pub kind: &'static str,
    /// What it is in, or its value, in short; may be empty.
    pub detail: String,
    /// Line, from 0.
    pub line: usize,
    /// Character in the line, from 0.
    pub column: usize,
}

/// A name of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// The file, relative to the project's folder.
    pub path: PathBuf,
    /// The name in it.
    pub symbol: Symbol,
}

impl Symbol {
    /// True for what other parts of a project refer to, rather than a key among many.
    pub fn is_shared(&self) -> bool {
        !matches!(self.kind, "key" | "variable" | "import")
    }
}

/// The names in a file, in their order. Which kind of file it is says its name's ending.
pub fn symbols(path: &Path, text: &str) -> Vec<Symbol> {
    let ending = path.extension().and_then(|one| one.to_str());
    let mut found = match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "yml" | "yaml" => keys(text),
        "jinja" | "jinja2" | "j2" => tags(text),
        "csv" | "tsv" => columns(text),
        "py" => functions(text),
        _ => Vec::new(),
    };
    found.truncate(MOST);
    found
}

/// A key that is open, and how far it is indented.
struct Open {
    indent: usize,
    name: String,
}

/// Keys of YAML in block form.
fn keys(text: &str) -> Vec<Symbol> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // Text below `|` and `>` is deeper than its key.
    let mut literal: Option<usize> = None;
    for (line, whole) in text.lines().enumerate() {
        let bare = whole.trim_start();
        let mut indent = chars(whole) - chars(bare);
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if literal.is_some_and(|key| indent > key) {
            continue;
        }
        literal = None;
        let mut rest = bare;
        while let Some(inner) = rest.strip_prefix("- ") {
            let next = inner.trim_start();
            indent += chars(rest) - chars(next);
            rest = next;
        }
        let Some((name, value)) = key(rest) else {
            continue;
        };
        while open.last().is_some_and(|last| last.indent >= indent) {
            open.pop();
        }
        if value.starts_with(['|', '>']) {
            literal = Some(indent);
        }
        let above: Vec<&str> = open.iter().map(|one| one.name.as_str()).collect();
        found.push(Symbol {
            name: name.to_owned(),
            kind: kind_of(&above),
            detail: detail(&above, value),
            line,
            column: indent,
        });
        open.push(Open {
            indent,
            name: name.to_owned(),
        });
    }
    found
}

/// What a key names, by the keys that it is in.
fn kind_of(above: &[&str]) -> &'static str {
    match above {
        ["input"] => "input",
        ["output"] => "output",
        ["event", "template", "templates"] => "template",
        ["event", "template", "samples"] => "sample",
        ["event", "template" | "script" | "replay", "params"] => "param",
        _ => "key",
    }
}

fn detail(above: &[&str], value: &str) -> String {
    let path = above.join(".");
    let value = value.split(" #").next().unwrap_or_default().trim();
    let both = match (path.is_empty(), value.is_empty()) {
        (true, _) => value.to_owned(),
        (_, true) => path,
        _ => format!("{path}: {value}"),
    };
    both.chars().take(DETAIL).collect()
}

/// The key at the start of a line, and what follows its colon.
fn key(line: &str) -> Option<(&str, &str)> {
    let (name, value) = match line.chars().next()? {
        quote @ ('"' | '\'') => {
            let (name, rest) = line.get(1..)?.split_once(quote)?;
            (name, rest.trim_start().strip_prefix(':')?)
        }
        '{' | '[' | '&' | '*' | '!' | '%' | '?' => return None,
        _ => line
            .split_once(": ")
            .or_else(|| Some((line.strip_suffix(':')?, "")))?,
    };
    let sound = !name.is_empty() && !name.contains(['{', '"', '#']);
    sound.then_some((name.trim_end(), value.trim()))
}

/// Macros, blocks, variables and imports of a template, and keys of state where they are named first.
fn tags(text: &str) -> Vec<Symbol> {
    let mut found: Vec<Symbol> = Vec::new();
    for (line, whole) in text.lines().enumerate() {
        for (at, _) in whole.match_indices("{%") {
            let tag = whole.get(at + 2..).unwrap_or_default();
            let tag = tag.split("%}").next().unwrap_or_default();
            let tag = tag.trim_start_matches(['-', '+']).trim_start();
            found.extend(tag_name(tag).map(|(name, kind, detail)| {
                let at = at
                    + whole
                        .get(at..)
                        .and_then(|rest| rest.find(&name))
                        .unwrap_or(0);
                Symbol {
                    column: column(whole, at),
                    name,
                    kind,
                    detail,
                    line,
                }
            }));
        }
        for scope in ["locals", "shared", "globals"] {
            for (at, _) in whole.match_indices(scope) {
                let rest = whole.get(at + scope.len()..).unwrap_or_default();
                let Some(key) = super::outline::state_key(rest) else {
                    continue;
                };
                let known =
                    |one: &Symbol| one.kind == "state" && one.name == key && one.detail == scope;
                if !found.iter().any(known) {
                    found.push(Symbol {
                        name: key.to_owned(),
                        kind: "state",
                        detail: scope.to_owned(),
                        line,
                        column: column(whole, at),
                    });
                }
            }
        }
        if found.len() > MOST {
            break;
        }
    }
    found
}

/// What a tag names: name, kind, detail.
fn tag_name(tag: &str) -> Option<(String, &'static str, String)> {
    let (word, rest) = tag.split_once(char::is_whitespace)?;
    let rest = rest.trim().trim_end_matches('-').trim_end();
    let short = |text: &str| text.chars().take(DETAIL).collect::<String>();
    let quoted = |text: &str| {
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (inside, _) = text.get(1..)?.split_once(quote)?;
        Some(inside.to_owned())
    };
    let (name, kind, detail) = match word {
        "macro" => {
            let (name, args) = rest.split_once('(')?;
            (name.trim(), "macro", format!("({args}"))
        }
        "block" => (rest.split_whitespace().next()?, "block", String::new()),
        "set" => {
            let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
            (name.trim(), "variable", value.trim().to_owned())
        }
        "include" | "import" | "from" | "extends" => {
            return Some((quoted(rest)?, "import", short(tag.trim_end())));
        }
        _ => return None,
    };
    let plain = !name.is_empty() && !name.contains(char::is_whitespace);
    plain.then(|| (name.to_owned(), kind, short(&detail)))
}

/// Names in the first row of a CSV file.
fn columns(text: &str) -> Vec<Symbol> {
    let first = text.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t', '|']
        .into_iter()
        .max_by_key(|one| first.matches(*one).count());
    let mut at = 0;
    let mut found = Vec::new();
    for cell in first.split(separator.unwrap_or(',')) {
        let name = cell.trim_start_matches('\u{feff}').trim().trim_matches('"');
        if !name.is_empty() {
            found.push(Symbol {
                name: name.to_owned(),
                kind: "column",
                detail: String::new(),
                line: 0,
                column: column(first, at),
            });
        }
        at += cell.len() + 1;
    }
    found
}

/// Functions and classes of a Python script.
fn functions(text: &str) -> Vec<Symbol> {
    let mut found = Vec::new();
    for (line, whole) in text.lines().enumerate() {
        let bare = whole.trim_start();
        let bare = bare.strip_prefix("async ").unwrap_or(bare);
        let (kind, rest) = match bare.split_once(' ') {
            Some(("def", rest)) => ("function", rest),
            Some(("class", rest)) => ("class", rest),
            _ => continue,
        };
        let end = rest.find(['(', ':']).unwrap_or(rest.len());
        let (name, detail) = rest.split_at(end);
        found.push(Symbol {
            name: name.trim().to_owned(),
            kind,
            detail: detail.trim_end_matches(':').chars().take(DETAIL).collect(),
            line,
            column: chars(whole) - chars(whole.trim_start()),
        });
    }
    found
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// The character index of a byte.
fn column(line: &str, at: usize) -> usize {
    line.get(..at).map_or(0, chars)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        symbols(Path::new(path), text)
            .iter()
            .map(|one| {
                let (line, column) = (one.line, one.column);
                format!("{} {} {line}:{column} {}", one.kind, one.name, one.detail)
            })
            .collect()
    }

    #[test]
    fn keys_of_a_document_know_what_they_are_in() {
        let text = "# a: b\ninput:\n  - cron:\n      expression: \"* * *\" # often\n      tags: [a]\nevent:\n  template:\n    params: {a: 1}\n    samples:\n      users:\n        source: |\n          not: a key\n    templates:\n      - login:\n          template: t.jinja\noutput:\n- stdout: {}\n- file:\n    path: x\n";
        assert_eq!(
            told("generator.yml", text),
            [
                "key input 1:0 ",
                "input cron 2:4 input",
                "key expression 3:6 input.cron: \"* * *\"",
                "key tags 4:6 input.cron: [a]",
                "key event 5:0 ",
                "key template 6:2 event",
                "key params 7:4 event.template: {a: 1}",
                "key samples 8:4 event.template",
                "sample users 9:6 event.template.samples",
                "key source 10:8 event.template.samples.users: |",
                "key templates 12:4 event.template",
                "template login 13:8 event.template.templates",
                "key template 14:10 event.template.templates.login: t.jinja",
                "key output 15:0 ",
                "output stdout 16:2 output: {}",
                "output file 17:2 output",
                "key path 18:4 output.file: x",
            ]
        );
    }

    #[test]
    fn a_text_that_is_being_typed_has_names_too() {
        let text = "input:\n  - cron: {expression\n  \"quoted key\": 1\n  {}: x\n\tevent: [\n- - deep: 1\nurl: http://x\n";
        assert_eq!(
            told("a.yaml", text),
            [
                "key input 0:0 ",
                "input cron 1:4 input: {expression",
                "input quoted key 2:2 input: 1",
                "input event 4:1 input: [",
                "key deep 5:4 input.event: 1",
                "key url 6:0 http://x",
            ]
        );
        for junk in [
            "",
            "\0",
            ":",
            "- ",
            "- - -",
            "\u{feff}a: b",
            "a:\r\n  b:\r\n",
            "'x",
        ] {
            symbols(Path::new("x.yml"), junk);
            symbols(Path::new("x.jinja"), junk);
            symbols(Path::new("x.csv"), junk);
            symbols(Path::new("x.py"), junk);
        }
    }

    #[test]
    fn templates_have_macros_variables_imports_and_state() {
        let text = "{% from 'base.jinja' import head %}\n{%- macro row(a, b) -%}é{{ shared.get('n') }}{% endmacro %}\n{% set x = shared.get('n', 0) + 1 %}{% block body %}{% endblock %}\n{% set y %}{{ locals[\"k\"] }}{% endset %}{% for a in b %}";
        assert_eq!(
            told("t.json.jinja", text),
            [
                "import base.jinja 0:9 from 'base.jinja' import head",
                "macro row 1:10 (a, b)",
                "state n 1:27 shared",
                "variable x 2:7 shared.get('n', 0) + 1",
                "block body 2:45 ",
                "variable y 3:7 ",
                "state k 3:14 locals",
            ]
        );
    }

    #[test]
    fn samples_have_columns_and_scripts_functions() {
        assert_eq!(
            told("a.csv", "\u{feff}name;\"age\";;x\n1;2;3;4"),
            ["column name 0:0 ", "column age 0:6 ", "column x 0:13 "]
        );
        assert_eq!(
            told(
                "a.py",
                "import x\nclass A:\n    async def go(self, n):\n        pass\n"
            ),
            ["class A 1:0 ", "function go 2:4 (self, n)"]
        );
        assert!(symbols(Path::new("a.txt"), "a: b").is_empty());
    }
}
