//! Face: the terminal application. Data flows one way: events in, state changed in `update`, drawn
//! from `&self`.

mod answers;
mod app;
mod canvas;
mod clipboard;
mod command;
mod difference;
mod disk;
mod editor;
mod event;
mod key;
mod keymap;
mod layout;
mod lexer;
#[doc(hidden)]
pub mod measure;
mod monitor;
mod outside;
mod pane;
mod plain;
mod project;
mod recovery;
mod run;
mod services;
mod session;
pub mod settings;
mod signs;
mod surroundings;
mod talk;
mod terminal;
mod text;
mod theme;
mod trash;
mod watch;

pub use app::{Looks, Opening, Screen};
pub use keymap::{commands, key_problems, key_warnings};
pub use plain::run as run_plain;
pub use run::{TuiError, run};
pub use services::{Backends, Find, Instances, Make, PreviewPort, PreviewSink};
pub use session::Kept;
pub use surroundings::Surroundings;
pub use theme::{Depth, Theme, ThemeError};

#[cfg(test)]
mod tests;
