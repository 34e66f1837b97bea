//! The layering check: a module uses only what lies below it, and only faces know the terminal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// What each module of `src/` may use of the crate. A module is always allowed to use itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("batch", &["time"]),
    ("config", &["time"]),
    ("fake", &["time"]),
    ("template", &["time", "fake"]),
    ("input", &["time", "batch", "config", "fake"]),
    ("event", &["time", "batch", "config", "fake", "template"]),
    ("output", &["time", "batch", "config", "template", "fake"]),
    (
        "pipeline",
        &[
            "time", "batch", "config", "fake", "template", "input", "event", "output",
        ],
    ),
    (
        "language",
        &["time", "config", "template", "input", "event", "output"],
    ),
    (
        "preview",
        &[
            "time", "batch", "config", "fake", "template", "input", "event", "output", "pipeline",
            "language",
        ],
    ),
    (
        "instance",
        &["time", "config", "event", "output", "pipeline", "preview"],
    ),
    (
        "tui",
        &[
            "time", "config", "event", "pipeline", "preview", "language", "instance",
        ],
    ),
    (
        "cli",
        &[
            "time", "batch", "config", "fake", "input", "event", "output", "pipeline", "preview",
            "language", "instance", "tui",
        ],
    ),
];

/// Crates that only faces may name, and the faces that may.
const FACE_CRATES: &[(&str, &[&str])] = &[
    ("ratatui", &["tui"]),
    ("crossterm", &["tui", "cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
];

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

fn module_of(src: &Path, file: &Path) -> String {
    let first = file.strip_prefix(src).unwrap().components().next().unwrap();
    first
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// Names that follow `prefix` in the code of a line, comments left out.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices(prefix).map(move |(at, _)| {
        let rest = &code[at + prefix.len()..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    })
}

fn uses_crate(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"' || c == ':')
            && code[at + name.len()..].starts_with("::")
    })
}

fn violations(src: &Path) -> Vec<String> {
    let mut files = Vec::new();
    rust_files(src, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let mut found = Vec::new();
    for file in files {
        let module = module_of(src, &file);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            found.push(format!(
                "{}: module {module} has no row in ALLOWED",
                file.display()
            ));
            continue;
        };
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            let place = format!("{}:{}", file.display(), number + 1);
            for used in names_after(line, "crate::") {
                let known = ALLOWED.iter().any(|(name, _)| *name == used);
                if known && used != module && !allowed.contains(&used) {
                    found.push(format!("{place}: {module} must not use {used}"));
                }
            }
            for (name, faces) in FACE_CRATES {
                if uses_crate(line, name) && !faces.contains(&module.as_str()) {
                    found.push(format!("{place}: {module} must not use {name}"));
                }
            }
        }
    }
    found
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found = violations(&src);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_check_itself_sees_a_wrong_use() {
    assert_eq!(
        names_after("use crate::tui::App;", "crate::").collect::<Vec<_>>(),
        ["tui"]
    );
    assert!(names_after("// use crate::tui", "crate::").next().is_none());
    assert!(uses_crate("    let x = ratatui::Frame;", "ratatui"));
    assert!(!uses_crate("    let x = my_ratatui::Frame;", "ratatui"));
}
