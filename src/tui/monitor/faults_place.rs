//! Where an error points into a project's file: reading `file:line:column`, and the lines there.

use std::path::{Path, PathBuf};

/// A place in a file, line and column from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file, absolute where the project's folder is known.
    pub path: PathBuf,
    /// Its line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// What was read there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Where.
    pub spot: Spot,
    /// Line numbers and lines around it, or why there are none; `None` while it is read.
    pub lines: Option<Result<Vec<(usize, String)>, String>>,
}

/// Splits a message that begins with `file:line:column: ` into the place and the rest. Where words stand
/// before the place, the rest is the whole message.
pub fn split<'a>(message: &'a str, root: &Path) -> Option<(Spot, &'a str)> {
    for (at, _) in message.match_indices(':') {
        let (path, rest) = (message.get(..at)?, message.get(at + 1..)?);
        let Some((line, rest)) = number(rest) else {
            continue;
        };
        let Some((column, rest)) = rest.strip_prefix(':').and_then(number) else {
            continue;
        };
        let rest = rest.strip_prefix(": ").unwrap_or(rest);
        let (path, rest) = match path.rsplit_once(": ") {
            Some((_, path)) => (path, message),
            None => (path, rest),
        };
        let named = path.contains(['/', '.']) && !path.contains(char::is_whitespace);
        return (named || Path::new(path).is_absolute()).then(|| {
            let spot = Spot {
                path: root.join(path),
                line,
                column,
            };
            (spot, rest)
        });
    }
    None
}

fn number(text: &str) -> Option<(usize, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// The folder of a project that is named by its folder or by its document.
pub fn root_of(project: &Path) -> &Path {
    if is_document(project) {
        project.parent().unwrap_or(project)
    } else {
        project
    }
}

/// The document of a project that is named by its folder or by its document.
pub fn document_of(project: &Path) -> PathBuf {
    if is_document(project) {
        project.to_owned()
    } else {
        project.join(crate::tui::project::GENERATOR)
    }
}

fn is_document(project: &Path) -> bool {
    project
        .extension()
        .is_some_and(|extension| extension == "yml" || extension == "yaml")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "t/page.jinja:5:15: `row` has no attribute",
        "/p/t/page.jinja",
        5,
        15,
        "`row` has no attribute"
    )]
    #[case(
        "/abs/page.jinja:7:1: x, from /abs/b:1:2",
        "/abs/page.jinja",
        7,
        1,
        "x, from /abs/b:1:2"
    )]
    #[case("page.jinja:7:1", "/p/page.jinja", 7, 1, "")]
    #[case(
        "it does not render: t/a.jinja:7:1: x",
        "/p/t/a.jinja",
        7,
        1,
        "it does not render: t/a.jinja:7:1: x"
    )]
    #[case("/with blank/a.jinja:7:1: x", "/with blank/a.jinja", 7, 1, "x")]
    fn places_are_read(
        #[case] message: &str,
        #[case] path: &str,
        #[case] line: usize,
        #[case] column: usize,
        #[case] rest: &str,
    ) {
        let (spot, behind) = split(message, Path::new("/p")).unwrap();
        assert_eq!(
            (spot.path.to_str().unwrap(), spot.line, spot.column),
            (path, line, column)
        );
        assert_eq!(behind, rest);
    }

    #[rstest]
    #[case("cannot reach logs.example.com:443: connection refused")]
    #[case("at 09:30:15 nothing")]
    #[case("plain")]
    #[case("a.b:99999999999999999999999:1: x")]
    fn what_is_no_place_is_none(#[case] message: &str) {
        assert_eq!(split(message, Path::new("/p")), None);
    }

    #[test]
    fn a_project_is_a_folder_or_its_document() {
        assert_eq!(root_of(Path::new("/a/generator.yml")), Path::new("/a"));
        assert_eq!(root_of(Path::new("/a")), Path::new("/a"));
        assert_eq!(document_of(Path::new("/a")), Path::new("/a/generator.yml"));
    }
}
