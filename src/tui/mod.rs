//! Face: the terminal application. Data flows one way: events in, state changed in `update`, drawn
//! from `&self`.

mod answers;
mod app;
mod command;
mod disk;
mod editor;
mod event;
mod key;
mod keymap;
mod layout;
mod lexer;
mod monitor;
mod pane;
mod project;
mod run;
mod services;
mod session;
pub mod settings;
mod signs;
mod surroundings;
mod terminal;
mod text;
mod theme;
mod watch;

pub use app::{Opening, Screen};
pub use keymap::{commands, key_problems};
pub use run::{TuiError, run};
pub use session::Kept;
pub use services::{Backends, PreviewPort, PreviewSink};
pub use surroundings::Surroundings;
pub use theme::{Depth, Theme, ThemeError};

#[cfg(test)]
mod tests;
