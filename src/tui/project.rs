//! What is in a project's folder, and which projects are near. Blocks; runs on its own thread.

use std::fs;
use std::path::{Path, PathBuf};

/// Most entries listed of one project.
const ENTRIES: usize = 2_000;
/// Deepest folder listed.
const DEPTH: usize = 8;
/// Deepest folder in which projects are looked for.
const SEARCH_DEPTH: usize = 4;
/// Most folders looked into for projects.
const SEARCHED: usize = 5_000;
/// The file that makes a folder a project.
pub const GENERATOR: &str = "generator.yml";

/// One file or folder of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Absolute path.
    pub path: PathBuf,
    /// Its own name.
    pub name: String,
    /// How many folders it is in, below the project's.
    pub depth: usize,
    /// True for folders.
    pub folder: bool,
}

/// The files of a project, each folder followed by what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// In the order shown.
    pub entries: Vec<Entry>,
    /// True when there is more than is listed.
    pub cut: bool,
}

impl Tree {
    /// All folders, the project's own first.
    pub fn folders(&self, root: &Path) -> Vec<PathBuf> {
        let inner = self.entries.iter().filter(|entry| entry.folder);
        std::iter::once(root.to_owned())
            .chain(inner.map(|entry| entry.path.clone()))
            .collect()
    }
}

/// A project that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its folder.
    pub path: PathBuf,
    /// As shown.
    pub name: String,
    /// The first sentence of the comment at the top of its document, if there is one.
    pub about: String,
}

/// Lists a project's files.
///
/// # Errors
/// Says why the folder cannot be read.
pub fn scan(root: &Path) -> Result<Tree, String> {
    let mut tree = Tree::default();
    list(root, 0, &mut tree).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "it is gone".to_owned(),
            _ => crate::config::why(&error),
        };
        format!("cannot read the project's folder: {why}")
    })?;
    Ok(tree)
}

fn list(folder: &Path, depth: usize, tree: &mut Tree) -> std::io::Result<()> {
    let mut entries: Vec<Entry> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|item| {
            let name = item.file_name().to_string_lossy().into_owned();
            let kind = item.file_type().ok()?;
            (!hidden(&name)).then(|| Entry {
                path: item.path(),
                name,
                depth,
                folder: kind.is_dir(),
            })
        })
        .collect();
    // The document first, then folders, then files.
    entries.sort_by_cached_key(|entry| {
        let document = depth == 0 && entry.name == GENERATOR;
        (!document, !entry.folder, entry.name.to_lowercase())
    });
    for entry in entries {
        if tree.entries.len() >= ENTRIES {
            tree.cut = true;
            return Ok(());
        }
        let inner = entry.folder.then(|| entry.path.clone());
        tree.entries.push(entry);
        if let Some(inner) = inner {
            if depth + 1 < DEPTH {
                // A folder that cannot be read shows as empty.
                drop(list(&inner, depth + 1, tree));
            } else {
                tree.cut = true;
            }
        }
    }
    Ok(())
}

fn hidden(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "target" | "node_modules" | "__pycache__")
}

/// Projects in a folder and below, nearest first, the folder `sample-configs` last.
pub fn find(root: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    let mut queue = std::collections::VecDeque::from([(root.to_owned(), 0)]);
    let mut searched = 0;
    while let Some((folder, depth)) = queue.pop_front() {
        searched += 1;
        if searched > SEARCHED {
            break;
        }
        let document = folder.join(GENERATOR);
        if document.is_file() {
            let name = folder
                .strip_prefix(root)
                .unwrap_or(&folder)
                .to_string_lossy()
                .into_owned();
            let name = if name.is_empty() {
                ".".to_owned()
            } else {
                name
            };
            found.push(Found {
                about: about(&document),
                path: folder,
                name,
            });
            continue;
        }
        if depth < SEARCH_DEPTH
            && let Ok(items) = fs::read_dir(&folder)
        {
            let mut inner: Vec<PathBuf> = items
                .flatten()
                .filter(|item| item.file_type().is_ok_and(|kind| kind.is_dir()))
                .filter(|item| !hidden(&item.file_name().to_string_lossy()))
                .map(|item| item.path())
                .collect();
            inner.sort();
            queue.extend(inner.into_iter().map(|path| (path, depth + 1)));
        }
    }
    found.sort_by_key(|one| one.name.starts_with("sample-configs"));
    found
}

/// The first sentence of the comment at the top of a document.
fn about(document: &Path) -> String {
    use std::io::Read;
    let mut head = Vec::new();
    if let Ok(file) = fs::File::open(document) {
        // What cannot be read has nothing to say.
        drop(file.take(2_000).read_to_end(&mut head));
    }
    let head = String::from_utf8_lossy(&head);
    let comment: Vec<&str> = head
        .lines()
        .skip_while(|line| line.trim_matches(['#', ' ', '-', '=']).is_empty())
        .map_while(|line| line.strip_prefix('#'))
        .map(|line| line.trim().trim_matches(['-', '=']).trim())
        .take_while(|line| !line.is_empty())
        .collect();
    let text = comment.join(" ");
    let end = text.find(". ").unwrap_or(text.len());
    text.get(..end)
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn touch(root: &Path, paths: &[&str]) {
        for path in paths {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "# About it.\n# More. And more\ninput: []\n").unwrap();
        }
    }

    #[test]
    fn the_document_comes_first_then_folders() {
        let folder = tempfile::tempdir().unwrap();
        touch(
            folder.path(),
            &[
                "a.txt",
                "generator.yml",
                "templates/b.jinja",
                "samples/c.csv",
                ".git/x",
            ],
        );
        let tree = scan(folder.path()).unwrap();
        let names: Vec<_> = tree
            .entries
            .iter()
            .map(|entry| (entry.depth, entry.name.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                (0, "generator.yml"),
                (0, "samples"),
                (1, "c.csv"),
                (0, "templates"),
                (1, "b.jinja"),
                (0, "a.txt")
            ]
        );
        assert_eq!(tree.folders(folder.path()).len(), 3);
        assert!(!tree.cut);
    }

    #[test]
    fn a_missing_folder_is_said_to_be_gone() {
        let error = scan(Path::new("/nonexistent/evtui")).unwrap_err();
        assert!(error.ends_with("it is gone"), "{error}");
    }

    #[test]
    fn big_folders_are_cut() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..ENTRIES + 5 {
            fs::write(folder.path().join(index.to_string()), "").unwrap();
        }
        let tree = scan(folder.path()).unwrap();
        assert_eq!((tree.entries.len(), tree.cut), (ENTRIES, true));
    }

    #[test]
    fn projects_are_found_below_with_what_they_say_of_themselves() {
        let folder = tempfile::tempdir().unwrap();
        touch(
            folder.path(),
            &[
                "sample-configs/web/generator.yml",
                "x/y/generator.yml",
                "x/y/inner/generator.yml",
                "z/no.yml",
            ],
        );
        let found = find(folder.path());
        let names: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["x/y", "sample-configs/web"]);
        assert_eq!(found[0].about, "About it");
    }
}
