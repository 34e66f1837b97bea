//! The application without threads and terminal, to be measured: keys in, frames out, effects dropped.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ropey::Rope;

use super::app::{App, Looks, Opening, Screen};
use super::editor::KeySet;
use super::event::{AppEvent, FileText};
use super::pane;
use super::session::Kept;
use super::settings::{Loaded, Sources};
use super::surroundings::Surroundings;
use super::theme::{Depth, ThemeError};
use crate::config::Parameters;

/// An application with one file open.
#[derive(Debug)]
pub struct Session {
    app: App,
    screen: Buffer,
}

impl Session {
    /// Opens a text as if it had been read from `document`, on a screen of columns and rows.
    ///
    /// # Errors
    /// When the built-in theme cannot be used.
    pub fn open(
        document: &Path,
        text: &str,
        size: (u16, u16),
        vim: bool,
    ) -> Result<Self, ThemeError> {
        let opening = Opening {
            document: Some(document.to_owned()),
            folder: PathBuf::from("/"),
            looks: Looks {
                // Without anything else known, the colours are those of the theme `dark`.
                settings: Loaded::default(),
                sources: Sources::default(),
                surroundings: Surroundings {
                    depth: Depth::True,
                    ground: None,
                    unicode: true,
                    remote: false,
                    answers: false,
                },
                kept: Kept::default(),
            },
            parameters: Parameters::default(),
            seed: Some(1),
            size,
            screen: Screen::Design,
        };
        let mut app = App::open(opening, Instant::now())?;
        if vim {
            app.set_key_set(KeySet::Vim);
        }
        let file = FileText {
            text: Rope::from_str(text),
            read_only: None,
        };
        app.update(
            AppEvent::Opened(document.to_owned(), Ok(file)),
            Instant::now(),
        );
        Ok(Self {
            app,
            screen: Buffer::empty(Rect::new(0, 0, size.0, size.1)),
        })
    }

    /// Takes a key in.
    pub fn key(&mut self, key: KeyEvent) {
        self.app.update(AppEvent::Key(key), Instant::now());
        drop(self.app.take_effects());
    }

    /// Takes pasted text in.
    pub fn paste(&mut self, text: &str) {
        self.app
            .update(AppEvent::Paste(text.to_owned()), Instant::now());
        drop(self.app.take_effects());
    }

    /// Draws a frame.
    pub fn draw(&mut self) {
        self.screen.reset();
        pane::draw(&self.app, &mut self.screen);
    }

    /// Lines of the text.
    pub fn lines(&self) -> usize {
        self.app.buffer().map_or(0, |buffer| buffer.lines())
    }
}
