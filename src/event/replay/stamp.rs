//! The text of a timestamp.

use crate::template::{DateTime, Tz};
use crate::time::{Moment, SECOND_US};

/// Writes timestamps; the last one is kept, as many events share it.
#[derive(Debug)]
pub(super) struct Stamp {
    format: Option<String>,
    zone: Tz,
    /// Microseconds within which the text stays the same.
    step_us: i64,
    /// Which step the text is of.
    step: Option<i64>,
    text: String,
}

impl Stamp {
    pub(super) fn new(format: Option<String>, zone: Tz) -> Self {
        // Only `%f` shows parts of a second, and so does the default form.
        let whole_seconds = format.as_ref().is_some_and(|format| !format.contains('f'));
        Self {
            format,
            zone,
            step_us: if whole_seconds { SECOND_US } else { 1 },
            step: None,
            text: String::new(),
        }
    }

    pub(super) fn text(&mut self, at: Moment) -> &str {
        let step = at.wall_us.div_euclid(self.step_us);
        if self.step == Some(step) {
            return &self.text;
        }
        let at = DateTime {
            wall_us: at.wall_us,
            tz: Some(self.zone.clone()),
            fold: false,
        };
        self.text.clear();
        // Writing into a string cannot fail.
        let _ = match &self.format {
            None => at.write_iso(&mut self.text, 'T'),
            Some(format) => at.write_strftime(format, &mut self.text),
        };
        self.step = Some(step);
        &self.text
    }
}
