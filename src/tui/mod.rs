//! Face: the terminal application. Data flows one way: events in, state changed in `update`, drawn
//! from `&self`.

mod editor;
mod key;
mod lexer;
mod text;
mod theme;
