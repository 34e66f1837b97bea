//! What a change to a run did, in the words of the log: `gain 2 → 3`, `output[0] file paused`.

use std::time::Duration;

use crate::config::ReloadMode;
use crate::time::{Zone, short_duration};

use super::Settings;
use super::settings::Change;

/// What a change is told with.
pub(super) struct Before<'a> {
    /// What was in force.
    pub(super) settings: &'a Settings,
    /// What was done with changed files.
    pub(super) reload: ReloadMode,
    /// The zone of moments.
    pub(super) zone: Zone,
    /// The output that the change is about.
    pub(super) output: Option<&'a str>,
}

/// The words for a change.
pub(super) fn words(change: &Change, before: &Before<'_>) -> String {
    let was = before.settings;
    match change {
        Change::Pause => "paused".to_owned(),
        Change::Resume { skip: false } => "resumed".to_owned(),
        Change::Resume { skip: true } => "resumed, what was missed is left out".to_owned(),
        Change::Pace(pace) => from_to("pace", was.pace, *pace, |pace| pace.to_string(), "plain"),
        Change::Gain(gain) => format!("gain {} → {gain}", was.gain),
        Change::RateLimit(limit) => {
            let shown = |limit| format!("{limit}/s");
            from_to("rate limit", was.rate_limit, *limit, shown, "none")
        }
        Change::MaxEvents(most) => {
            let shown = |most: u64| most.to_string();
            from_to("most events", was.max_events, *most, shown, "none")
        }
        Change::MaxDuration(most) => {
            let shown = |most: Duration| short_duration(most);
            from_to("longest run", was.max_duration, *most, shown, "none")
        }
        Change::SkipTo(us) => format!("skipped to {}", before.zone.at_instant(*us)),
        Change::Output { index, paused } => {
            let what = if *paused { "paused" } else { "resumed" };
            format!("{} {what}", output(*index, before.output))
        }
        Change::Retry(index) => {
            format!("{} tries again", output(*index, before.output))
        }
        Change::Alias { name, off } => {
            let what = if *off { "off" } else { "on" };
            format!("template {name} switched {what}")
        }
        Change::Reload(mode) => {
            format!("reload {} → {}", mode_word(before.reload), mode_word(*mode))
        }
    }
}

fn from_to<T>(
    what: &str,
    was: Option<T>,
    is: Option<T>,
    shown: impl Fn(T) -> String,
    none: &str,
) -> String {
    let shown = |value: Option<T>| value.map_or_else(|| none.to_owned(), &shown);
    format!("{what} {} → {}", shown(was), shown(is))
}

/// As everywhere: `output[0] file`.
fn output(index: usize, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("output[{index}] {name}"),
        None => format!("output[{index}]"),
    }
}

fn mode_word(mode: ReloadMode) -> &'static str {
    match mode {
        ReloadMode::Auto => "auto",
        ReloadMode::Ask => "ask",
        ReloadMode::Off => "off",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use rstest::rstest;

    use super::*;
    use crate::time::Pace;

    #[rstest]
    #[case(Change::Gain(3.0), "gain 2 → 3")]
    #[case(Change::Gain(0.5), "gain 2 → 0.5")]
    #[case(Change::Pace(Pace::speed(60.0)), "pace plain → ×60")]
    #[case(Change::RateLimit(Some(500.0)), "rate limit none → 500/s")]
    #[case(Change::MaxEvents(Some(7)), "most events none → 7")]
    #[case(
        Change::SkipTo(1_795_253_400_000_000),
        "skipped to 2026-11-21T09:30:00+00:00"
    )]
    #[case(Change::Output { index: 0, paused: true }, "output[0] file paused")]
    #[case(Change::Retry(0), "output[0] file tries again")]
    #[case(Change::Alias { name: "page".into(), off: true }, "template page switched off")]
    #[case(Change::Reload(ReloadMode::Ask), "reload auto → ask")]
    fn changes_are_told_in_words(#[case] change: Change, #[case] told: &str) {
        let settings = Settings {
            gain: 2.0,
            ..Settings::default()
        };
        let before = Before {
            settings: &settings,
            reload: ReloadMode::Auto,
            zone: Zone::UTC,
            output: Some("file"),
        };
        assert_eq!(words(&change, &before), told);
    }
}
