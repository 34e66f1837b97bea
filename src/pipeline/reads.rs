//! What something read, as a number: equal for equal content of the same files.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::{Files, Node, Tree};

/// Passes on what it reads and remembers what that was.
#[derive(Debug)]
pub(super) struct Reads<F> {
    files: F,
    /// Sum over what was read: the order does not matter.
    sum: AtomicU64,
}

impl<F> Reads<F> {
    pub(super) fn new(files: F) -> Self {
        Self {
            files,
            sum: AtomicU64::new(0),
        }
    }

    /// The number so far.
    pub(super) fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }

    fn note(&self, path: &Path, read: io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        read.as_ref().ok().hash(&mut hasher);
        self.sum.fetch_add(hasher.finish(), Ordering::Relaxed);
        read
    }
}

impl Files for Reads<&dyn Files> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path, self.files.read(path))
    }

    fn unsaved(&self, path: &Path) -> Option<Arc<str>> {
        self.files.unsaved(path)
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        self.note(path, self.files.read_limited(path, max))
    }
}

impl Files for Reads<Arc<dyn Files>> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path, self.files.read(path))
    }

    fn unsaved(&self, path: &Path) -> Option<Arc<str>> {
        self.files.unsaved(path)
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        self.note(path, self.files.read_limited(path, max))
    }
}

/// A node as a number, wherever it stands in its document.
pub(super) fn digest(node: &Node) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(node, &mut hasher);
    hasher.finish()
}

fn feed(node: &Node, hasher: &mut DefaultHasher) {
    match &node.tree {
        Tree::Scalar(scalar) => {
            0_u8.hash(hasher);
            format!("{scalar:?}").hash(hasher);
        }
        Tree::Seq(items) => {
            (1_u8, items.len()).hash(hasher);
            items.iter().for_each(|item| feed(item, hasher));
        }
        Tree::Map(entries) => {
            (2_u8, entries.len()).hash(hasher);
            for (key, value) in entries {
                feed(key, hasher);
                feed(value, hasher);
            }
        }
    }
}
