//! Messages: shown for a while without taking keys, at most three at once, and kept to be read later.

use std::time::{Duration, Instant};

use super::palette::{Item, Pick};
use super::{App, Overlay};

/// How long a message stays.
const STAY: Duration = Duration::from_secs(6);
/// Most messages shown at once.
const SHOWN: usize = 3;
/// Most messages kept.
const KEPT: usize = 200;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Done.
    Info,
    /// Look.
    Warn,
    /// Failed.
    Error,
}

/// A message on the screen.
#[derive(Clone, Debug)]
pub struct Toast {
    /// How it is meant.
    pub level: Level,
    /// A sentence or two; where there is no room for all, the list of messages has the rest.
    pub text: String,
    pub(super) until: Instant,
}

/// A message of before.
#[derive(Clone, Debug)]
pub struct Message {
    /// How it was meant.
    pub level: Level,
    /// What was said.
    pub text: String,
    /// When.
    pub at: Instant,
    /// How often it came without another one between.
    pub times: usize,
}

impl App {
    fn say(&mut self, level: Level, text: String) {
        match level {
            Level::Info => tracing::info!("{text}"),
            Level::Warn => tracing::warn!("{text}"),
            Level::Error => tracing::error!("{text}"),
        }
        self.remember_message(level, &text);
        // The same again is no second message; a remark gives way to the next one, and something done
        // to what was to be looked at before. Failures stay.
        let stays =
            |one: Level| one == Level::Error || (one == Level::Warn && level != Level::Info);
        self.toasts
            .retain(|toast| toast.text != text && stays(toast.level));
        self.toasts.push(Toast {
            level,
            text,
            until: self.now + STAY,
        });
        let surplus = self.toasts.len().saturating_sub(SHOWN);
        self.toasts.drain(..surplus);
        self.changed = true;
    }

    /// What was wrong with something is put right: warnings and failures that name it go.
    pub(super) fn resolved(&mut self, about: &str) {
        let before = self.toasts.len();
        self.toasts
            .retain(|toast| toast.level == Level::Info || !toast.text.contains(about));
        self.changed |= self.toasts.len() != before;
    }

    fn remember_message(&mut self, level: Level, text: &str) {
        let now = self.now;
        if let Some(last) = self.messages.back_mut().filter(|last| last.text == text) {
            last.times += 1;
            last.at = now;
            return;
        }
        if self.messages.len() >= KEPT {
            self.messages.pop_front();
        }
        self.messages.push_back(Message {
            level,
            text: text.to_owned(),
            at: now,
            times: 1,
        });
    }

    /// Shows a message.
    pub fn info(&mut self, text: impl Into<String>) {
        self.say(Level::Info, text.into());
    }

    /// Shows a message that asks to be looked at.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.say(Level::Warn, text.into());
    }

    /// Shows a message of failure.
    pub fn error(&mut self, text: impl Into<String>) {
        self.say(Level::Error, text.into());
    }

    /// Takes messages away whose time is over, each by its own.
    pub(super) fn drop_old_toasts(&mut self) {
        let before = self.toasts.len();
        let now = self.now;
        self.toasts.retain(|toast| toast.until > now);
        self.changed |= self.toasts.len() != before;
    }

    /// What was said about the key before is old news; warnings and errors stay to be read.
    pub(super) fn drop_remarks(&mut self) {
        self.toasts.retain(|toast| toast.level != Level::Info);
    }

    /// Lists the messages of before, the newest first; Enter copies one.
    pub fn open_messages(&mut self) {
        let items = self.messages.iter().rev().map(|message| {
            let ago = self.now.saturating_duration_since(message.at);
            let sign = match message.level {
                Level::Info => "  ",
                Level::Warn => "! ",
                Level::Error => "✗ ",
            };
            let times = match message.times {
                1 => String::new(),
                times => format!(" ({times} times)"),
            };
            Item {
                key: format!("{} ago", crate::tui::text::clock(ago)),
                ..Item::new(
                    format!("{sign}{}{times}", message.text),
                    Pick::Text(message.text.clone()),
                )
            }
        });
        let items: Vec<Item> = items.collect();
        if items.is_empty() {
            self.info("there are no messages yet");
            return;
        }
        self.open_palette("Messages", items);
        if let Some(Overlay::Palette(palette)) = self.overlays.last_mut() {
            palette.unfolded = true;
        }
    }
}
