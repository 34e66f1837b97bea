//! What was changed while a generator ran, written to its entry in the startup list.

use std::sync::PoisonError;
use std::time::Duration;

use serde_json::{Value, json};

use super::registry::Registry;
use super::{Home, InstanceError};
use crate::config::{
    Parameters, RunParameters, StartupEdit, StartupEntry, edit_startup, read_startup_list,
};
use crate::pipeline::Settings;
use crate::time::Pace;

/// An option and what it is to be; `None` takes it away.
type Wish = (&'static str, Option<Value>);

impl Registry {
    /// Writes what was changed of a run to its entry. Gives what was written.
    pub(super) fn write_back(&self, id: &str) -> Result<Vec<String>, InstanceError> {
        let (spec, listed, stats) = self.ran(id)?;
        let mut wishes = wishes(&spec.parameters.run, &stats.settings);
        let mode = stats.reload.mode;
        if spec.parameters.run.reload != mode {
            wishes.push(("reload", Some(json!(mode))));
        }
        if wishes.is_empty() {
            let why = format!("generator `{id}` runs as its entry says; there is nothing to write");
            return Err(InstanceError::Refused(why));
        }
        let home = match &self.home {
            Some(home) if listed => home,
            _ => return Err(not_listed(id, &spec.project, self.home.is_some(), &wishes)),
        };
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (entry, written) = change(home, id, &wishes, spec.parameters.live_mode)?;
        // The next reload is to find nothing new in it.
        self.adopt_run(id, &entry.parameters);
        Ok(written)
    }
}

fn not_listed(id: &str, project: &std::path::Path, list: bool, wishes: &[Wish]) -> InstanceError {
    let options = wishes.iter().filter_map(|(key, value)| {
        let value = value.as_ref()?;
        Some(format!(", {key}: {value}"))
    });
    let options: String = options.collect();
    let why = if list {
        format!("generator `{id}` is not in the startup list")
    } else {
        format!("generator `{id}` was opened by hand and this instance has no startup list")
    };
    let path = Value::from(project.display().to_string());
    let id = Value::from(id);
    InstanceError::Refused(format!(
        "{why}; to keep the change, add to a list: - {{id: {id}, path: {path}{options}}}"
    ))
}

/// What differs, as options of an entry.
fn wishes(was: &RunParameters, now: &Settings) -> Vec<Wish> {
    let mut wishes = Vec::new();
    if was.pace != now.pace {
        match now.pace {
            Some(Pace::Speed(speed)) => {
                wishes.push(("pace", None));
                wishes.push(("speed", Some(json!(speed))));
            }
            Some(Pace::Steps { unit_us, every_us }) => {
                let text = format!("{}/{}", unit(unit_us), seconds(every_us));
                wishes.push(("speed", None));
                wishes.push(("pace", Some(Value::from(text))));
            }
            None => wishes.extend([("speed", None), ("pace", None)]),
        }
    }
    if was.gain != now.gain {
        wishes.push(("gain", Some(json!(now.gain))));
    }
    if was.rate_limit != now.rate_limit {
        wishes.push(("rate_limit", now.rate_limit.map(Value::from)));
    }
    if was.max_events != now.max_events {
        wishes.push(("max_events", now.max_events.map(Value::from)));
    }
    if was.max_duration != now.max_duration {
        let text = |duration: Duration| {
            let us = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
            Value::from(seconds(us))
        };
        wishes.push(("max_duration", now.max_duration.map(text)));
    }
    wishes
}

fn unit(us: i64) -> String {
    let named = [
        ("second", 1),
        ("minute", 60),
        ("hour", 3_600),
        ("day", 86_400),
        ("week", 604_800),
    ];
    let named = named.iter().find(|(_, seconds)| seconds * 1_000_000 == us);
    named.map_or_else(|| seconds(us), |(name, _)| (*name).to_owned())
}

/// `90s`, `0.25s`.
fn seconds(us: i64) -> String {
    let (whole, part) = (us / 1_000_000, us % 1_000_000);
    if part == 0 {
        return format!("{whole}s");
    }
    let part = format!("{part:06}");
    format!("{whole}.{}s", part.trim_end_matches('0'))
}

/// Changes the entry on disk, once and as a whole.
fn change(
    home: &Home,
    id: &str,
    wishes: &[Wish],
    live_mode: bool,
) -> Result<(StartupEntry, Vec<String>), InstanceError> {
    let read = home.read().map_err(InstanceError::Invalid)?;
    let defaults = read.settings.as_ref().map(|one| one.generation.clone());
    let defaults = defaults.unwrap_or_default();
    let entry_in = |text: &str| -> Result<StartupEntry, String> {
        let list = read_startup_list(text, &read.startup, &defaults, &read.generators);
        let list = list.map_err(|problems| super::reload::located(&problems))?;
        let of_it = |one: &&crate::config::Listed| one.id.as_deref() == Some(id);
        match list.entries.into_iter().find(|one| of_it(&one)) {
            Some(listed) => listed
                .entry
                .map_err(|problems| super::reload::located(&problems)),
            None => Err(format!("the startup list has no generator `{id}` any more")),
        }
    };
    let edit = |text: &str, key: &str, value: Option<Value>| {
        let (id, option) = (id.to_owned(), key.to_owned());
        let edit = match value {
            Some(value) => StartupEdit::Set { id, option, value },
            None => StartupEdit::Unset { id, option },
        };
        edit_startup(text, &read.startup, &edit)
    };
    let took_pace = wishes.iter().any(|(key, value)| {
        matches!(*key, "speed" | "pace") && value.is_none() && !stands_for(key, wishes)
    });
    let mut done = None;
    let changed = super::replace::change(&read.startup, |text| {
        let mut text = text.to_owned();
        let mut written = Vec::new();
        let was_live = entry_in(&text)?.parameters.live_mode;
        for (key, value) in wishes {
            match value {
                Some(value) => {
                    text = edit(&text, key, Some(value.clone()))?;
                    let shown = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    written.push(format!("{key}: {shown}"));
                }
                // What is not there needs no taking away.
                None => {
                    if let Ok(without) = edit(&text, key, None) {
                        text = without;
                        if !stands_for(key, wishes) {
                            written.push(format!("{key}: null"));
                        }
                    }
                }
            }
        }
        let mut entry = entry_in(&text)?;
        for (key, value) in wishes {
            // The defaults of the instance say something.
            if value.is_none() && !stands_for(key, wishes) && given(&entry.parameters.run, key) {
                text = edit(&text, key, Some(Value::Null))?;
                written.push(format!("{key}: null"));
                entry = entry_in(&text)?;
            }
        }
        // Only what was changed is written. But an entry without a pace follows the clock, which a run did
        // not that goes as fast as possible since its pace was taken away.
        let turned = was_live == live_mode && entry.parameters.live_mode != live_mode;
        if turned && took_pace {
            text = edit(&text, "live_mode", Some(Value::Bool(live_mode)))?;
            written.push(format!("live_mode: {live_mode}"));
            entry = entry_in(&text)?;
        }
        written.dedup();
        done = Some((entry, written));
        Ok(text)
    });
    changed.map_err(InstanceError::Edit)?;
    done.ok_or_else(|| InstanceError::Edit("the startup list was not changed".to_owned()))
}

/// True when another wish says what this option would say: `speed` and `pace` are two forms of one.
fn stands_for(key: &str, wishes: &[Wish]) -> bool {
    let other = match key {
        "speed" => "pace",
        "pace" => "speed",
        _ => return false,
    };
    wishes
        .iter()
        .any(|(name, value)| *name == other && value.is_some())
}

fn given(run: &RunParameters, key: &str) -> bool {
    match key {
        "speed" => matches!(run.pace, Some(Pace::Speed(_))),
        "pace" => matches!(run.pace, Some(Pace::Steps { .. })),
        "rate_limit" => run.rate_limit.is_some(),
        "max_events" => run.max_events.is_some(),
        "max_duration" => run.max_duration.is_some(),
        _ => false,
    }
}

impl Registry {
    fn adopt_run(&self, id: &str, parameters: &Parameters) {
        if let Some(entry) = self.lock().get_mut(id) {
            entry.spec.parameters.run = parameters.run.clone();
            entry.spec.parameters.live_mode = parameters.live_mode;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::path::Path;

    use super::*;

    fn written(
        list: &str,
        was: &RunParameters,
        now: &Settings,
        live: bool,
    ) -> (String, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let startup = folder.path().join("startup.yml");
        std::fs::write(&startup, list).unwrap();
        let home = Home::List {
            startup: startup.clone(),
            generators: folder.path().to_owned(),
        };
        let (entry, written) = change(&home, "web", &wishes(was, now), live).unwrap();
        assert_eq!(entry.parameters.run.pace, now.pace);
        assert_eq!(entry.parameters.run.gain, now.gain);
        assert_eq!(entry.parameters.run.rate_limit, now.rate_limit);
        assert_eq!(entry.parameters.run.max_events, now.max_events);
        assert_eq!(entry.parameters.run.max_duration, now.max_duration);
        (std::fs::read_to_string(&startup).unwrap(), written)
    }

    #[test]
    fn what_was_changed_is_written_and_everything_else_stays() {
        let list = "# Mine.\n- id: web   # the shop\n  path: web/generator.yml\n  gain: 1.0 # plain\n- id: other\n  path: o/generator.yml\n";
        let was = RunParameters::default();
        let now = Settings {
            gain: 2.5,
            rate_limit: Some(100.0),
            max_events: Some(7),
            max_duration: Some(Duration::from_millis(90_250)),
            pace: Pace::speed(60.0),
            ..Settings::default()
        };
        let (text, written) = written(list, &was, &now, true);
        assert!(text.contains("# Mine.\n- id: web   # the shop\n"), "{text}");
        assert!(text.contains("  gain: 2.5 # plain\n"), "{text}");
        assert!(
            text.ends_with("- id: other\n  path: o/generator.yml\n"),
            "{text}"
        );
        let expected = [
            "speed: 60.0",
            "gain: 2.5",
            "rate_limit: 100.0",
            "max_events: 7",
            "max_duration: 90.25s",
        ];
        assert_eq!(written, expected);
        assert!(!text.contains("live_mode"), "{text}");
    }

    #[test]
    fn what_was_taken_away_is_taken_from_the_file() {
        let list = "- id: web\n  path: web/generator.yml\n  speed: 60\n  rate_limit: 5\n";
        let was = RunParameters {
            pace: Pace::speed(60.0),
            rate_limit: Some(5.0),
            ..RunParameters::default()
        };
        let (text, gone) = written(list, &was, &Settings::default(), true);
        assert_eq!(text, "- id: web\n  path: web/generator.yml\n");
        assert_eq!(gone, ["speed: null", "rate_limit: null"]);
        let steps = Settings {
            pace: Pace::steps(86_400_000_000, 250_000, false),
            rate_limit: Some(5.0),
            ..Settings::default()
        };
        let (text, kept) = written(list, &was, &steps, false);
        assert_eq!(kept, ["pace: day/0.25s"]);
        assert!(!text.contains("speed"), "{text}");
    }

    #[test]
    fn a_run_that_goes_as_fast_as_possible_does_not_become_one_that_follows_the_clock() {
        let list = "- id: web\n  path: web/generator.yml\n  pace: hour/1s\n";
        let was = RunParameters {
            pace: Pace::steps(3_600_000_000, 1_000_000, false),
            ..RunParameters::default()
        };
        let (text, gone) = written(list, &was, &Settings::default(), false);
        assert_eq!(gone, ["pace: null", "live_mode: false"]);
        assert!(text.ends_with("live_mode: false\n"), "{text}");
        // What the entry says otherwise stays as it is, whatever the run was told by hand.
        let faster = Settings {
            gain: 2.0,
            ..Settings::default()
        };
        let list = "- id: web\n  path: web/generator.yml\n";
        let (text, changed) = written(list, &RunParameters::default(), &faster, false);
        assert_eq!(changed, ["gain: 2.0"]);
        assert!(!text.contains("live_mode"), "{text}");
    }

    #[test]
    fn who_is_not_in_the_list_is_told_what_to_add() {
        let wishes = [("gain", Some(json!(2.0))), ("speed", None)];
        let error = not_listed("web", Path::new("/p/generator.yml"), true, &wishes).to_string();
        let entry = r#"- {id: "web", path: "/p/generator.yml", gain: 2.0}"#;
        assert!(
            error.contains("is not in the startup list") && error.ends_with(entry),
            "{error}"
        );
    }
}
