//! What is typed and not saved outlives the end of the program: a copy of each unsaved text in the
//! person's state folder, for their eyes alone, from shortly after an edit until the text is saved or
//! knowingly dropped. Copies of a program that is gone are offered when the project is opened again.
//!
//! ```text
//! recovery/<process>-<started>.lock          held as long as its owner lives
//! recovery/<process>-<started>-<file>.copy   a line of JSON about it, then the text
//! ```

mod keeper;
mod store;

use std::path::PathBuf;
use std::time::Duration;

use ropey::Rope;

pub use keeper::{Keeper, keep_now};
#[cfg(test)]
pub use store::Store;

/// A text that is not saved.
#[derive(Clone, Debug)]
pub struct Unsaved {
    /// The file it belongs to; absolute.
    pub path: PathBuf,
    /// The folder of the project that it is edited in.
    pub project: PathBuf,
    /// As typed.
    pub text: Rope,
    /// What the disk had when it was last looked at; `None` when the file was gone.
    pub disk: Option<Rope>,
}

/// Something to do about copies.
#[derive(Debug)]
pub enum Wish {
    /// Keep this text.
    Keep(Box<Unsaved>),
    /// The text of that file is saved or knowingly dropped.
    Forget(PathBuf),
    /// Remove a copy of a program that is gone, once what is to be kept is kept.
    Remove(PathBuf),
    /// Look for copies of a project's files.
    Look(PathBuf),
}

/// A copy left by a program that is gone.
#[derive(Clone, Debug)]
pub struct Found {
    /// The copy itself.
    pub copy: PathBuf,
    /// The file it belongs to.
    pub path: PathBuf,
    /// When it was made, in microseconds since 1970.
    pub made_us: i64,
    /// How long ago that was.
    pub age: Duration,
    /// The text that was not saved.
    pub text: Rope,
    /// What the disk has now; `None` when the file is gone.
    pub disk: Option<Rope>,
    /// The disk has another text than when the copy was made.
    pub changed: bool,
}
