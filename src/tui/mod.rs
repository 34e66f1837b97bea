//! Face: the terminal application. Data flows one way: events in, state changed in `update`, drawn
//! from `&self`.

mod app;
mod clipboard;
mod command;
mod disk;
mod editor;
mod event;
mod key;
mod layout;
mod lexer;
#[doc(hidden)]
pub mod measure;
mod monitor;
mod outside;
mod pane;
mod project;
mod run;
mod services;
mod talk;
mod terminal;
mod text;
mod theme;
mod trash;
mod watch;

pub use app::{Opening, Screen};
pub use run::{TuiError, run};
pub use services::{Backends, Instances, PreviewPort, PreviewSink};
pub use theme::{Depth, Theme, ThemeError};

#[cfg(test)]
mod tests;
