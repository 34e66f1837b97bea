//! Changing how the pipeline runs while it runs.

use super::App;
use crate::pipeline::Change;
use crate::time::Pace;
use crate::tui::event::Effect;

/// The pace that slows down a run that goes as fast as possible.
const FROM_FREE: f64 = 3_600.0;
/// Shortest time between two units of a pace that the keys set.
const LEAST_EVERY_US: i64 = 1_000;
/// Gains that the keys set.
const GAINS: std::ops::RangeInclusive<f64> = 1.0 / 1_024.0..=1_024.0;

impl App {
    /// Back to the clock, or to as fast as possible, each timestamp once.
    pub fn plain_pace(&mut self) {
        self.change(Change::Gain(1.0));
        self.change(Change::Pace(None));
    }

    /// Releases no more timestamps, or goes on.
    pub fn toggle_pause(&mut self) {
        if self.pipeline.stats.settings.paused {
            self.change(Change::Resume { skip: false });
        } else {
            self.change(Change::Pause);
        }
    }

    /// Lets event time pass so many times as fast.
    pub fn change_pace(&mut self, factor: f64) {
        let pace = match self.pipeline.stats.settings.pace {
            None if self.pipeline.live => Pace::speed(factor),
            None if factor > 1.0 => {
                self.info("it runs as fast as possible");
                return;
            }
            None => Pace::speed(FROM_FREE),
            Some(Pace::Speed(speed)) => Pace::speed(speed * factor),
            Some(Pace::Steps { unit_us, every_us }) => {
                let every_us = (every_us.max(LEAST_EVERY_US) as f64 / factor) as i64;
                Pace::steps(unit_us, every_us.max(LEAST_EVERY_US), false)
            }
        };
        if let Some(pace) = pace {
            self.change(Change::Pace(Some(pace)));
        }
    }

    /// Uses each timestamp so many times as often.
    pub fn change_gain(&mut self, factor: f64) {
        let gain = self.pipeline.stats.settings.gain * factor;
        if GAINS.contains(&gain) {
            self.change(Change::Gain(gain));
        }
    }

    /// Changes how the open project's pipeline runs.
    pub fn change(&mut self, change: Change) {
        // The next key counts from here, also before the counters were sampled again.
        let settings = &mut self.pipeline.stats.settings;
        match &change {
            Change::Pause => settings.paused = true,
            Change::Resume { .. } => settings.paused = false,
            Change::Pace(pace) => settings.pace = *pace,
            Change::Gain(gain) => settings.gain = *gain,
            _ => {}
        }
        let id = self.pipeline.id.clone();
        self.effects.push(Effect::Control(id, change));
    }
}
