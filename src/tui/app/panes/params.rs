//! Values for `${params.*}`, typed here; and which secrets have one.

use serde_json::{Map, Value};

use super::Panes;
use super::sheet::{Goal, Ink, SheetRow, heading};
use crate::config::Parameters;
use crate::tui::app::App;
use crate::tui::app::prompt::Prompt;
use crate::tui::text;

pub(super) fn rows(panes: &Panes, parameters: &Parameters) -> Vec<SheetRow> {
    let mut rows = Vec::new();
    if panes.params.is_empty() && panes.secrets.is_empty() {
        rows.push(SheetRow::of(
            "the project uses no params and no secrets",
            Ink::Muted,
        ));
        return rows;
    }
    if !panes.params.is_empty() {
        heading(&mut rows, "Params", "kept for this project");
    }
    let longest = panes
        .params
        .iter()
        .chain(&panes.secrets)
        .map(|name| text::width(name));
    let wide = longest.max().unwrap_or(0).min(30);
    for name in &panes.params {
        let row = SheetRow::of(format!("  {}  ", text::pad(name, wide)), Ink::Key);
        let row = match (parameters.params.get(name), panes.given.get(name)) {
            (None, _) => row.and("no value", Ink::Warn),
            (Some(value), None) => row
                .and(value.to_string(), Ink::String)
                .and("  given at the start", Ink::Muted),
            (Some(value), Some(None)) => row
                .and(value.to_string(), Ink::String)
                .and("  typed here", Ink::Accent),
            (Some(value), Some(Some(given))) => row
                .and(value.to_string(), Ink::String)
                .and(format!("  typed here, over {given}"), Ink::Accent),
        };
        rows.push(row.to(Goal::Param(name.clone())));
    }
    // The heading leads to the first of them.
    if let (Some(row), Some(name)) = (rows.first_mut(), panes.params.first()) {
        row.goal = Goal::Param(name.clone());
    }
    if !panes.secrets.is_empty() {
        heading(&mut rows, "Secrets", "see evtui secrets");
    }
    for name in &panes.secrets {
        let row = SheetRow::of(format!("  {}  ", text::pad(name, wide)), Ink::Key);
        let known = panes.known_secrets.as_ref();
        let row = row.to(Goal::Secret(name.clone()));
        rows.push(match known.map(|known| known.contains(name)) {
            Some(true) => row.and("set", Ink::Ok),
            Some(false) => row.and("not set", Ink::Warn),
            None => row.and("used by outputs in runs", Ink::Muted),
        });
    }
    rows
}

/// What was typed as a value: JSON where it is some, else a text.
fn read(typed: &str) -> Value {
    serde_json::from_str(typed).unwrap_or_else(|_| Value::from(typed))
}

impl App {
    /// Asks for the value of a param.
    pub(super) fn ask_param(&mut self, name: &str) {
        let now = self.parameters.params.get(name);
        let now = now.map_or_else(String::new, |value| match value {
            Value::String(text) if read(text) == *value => text.clone(),
            other => other.to_string(),
        });
        let key = name.to_owned();
        let take = move |app: &mut App, typed: &str| {
            app.set_param(&key, (!typed.is_empty()).then(|| read(typed)));
            Ok(())
        };
        let help = "text or JSON; nothing takes back what was typed here";
        let prompt = Prompt::new(format!("params.{name}"), help, take).text(&now);
        self.ask(prompt.meaning(|_, typed| {
            Ok(match read(typed) {
                Value::String(_) => "a text",
                Value::Number(_) => "a number",
                Value::Bool(_) => "true or false",
                Value::Null => "null",
                Value::Array(_) => "a list",
                Value::Object(_) => "a mapping",
            }
            .to_owned())
        }));
    }

    fn set_param(&mut self, name: &str, value: Option<Value>) {
        let params = &mut self.parameters.params;
        let given = &mut self.preview.panes.given;
        match value {
            Some(value) => {
                let before = params.insert(name.to_owned(), value);
                given.entry(name.to_owned()).or_insert(before);
                self.info(format!("{name} is set, and kept for this project"));
            }
            None => {
                // What was typed stays among the messages, from where it can be copied.
                let typed = params.get(name).filter(|_| given.contains_key(name));
                let typed =
                    typed.map_or_else(String::new, |value| format!("; here it was {value}"));
                match given.remove(name) {
                    Some(Some(before)) => drop(params.insert(name.to_owned(), before)),
                    Some(None) => drop(params.remove(name)),
                    None => {}
                }
                self.info(format!("{name} is as it was given{typed}"));
            }
        }
        self.touch_preview();
    }

    /// Values of params that were typed here, with those of a former time that were not taken back.
    pub(in crate::tui::app) fn typed_params(&self) -> Map<String, Value> {
        let given = self.preview.panes.given.keys();
        given
            .filter_map(|name| Some((name.clone(), self.parameters.params.get(name)?.clone())))
            .collect()
    }

    /// Sets params as they were typed the last time; what was given at the start goes before.
    pub(in crate::tui::app) fn restore_params(&mut self, params: Map<String, Value>) {
        let before = self.preview.panes.given.len();
        for (name, value) in params {
            if !self.parameters.params.contains_key(&name) {
                self.parameters.params.insert(name.clone(), value);
                self.preview.panes.given.insert(name, None);
            }
        }
        if self.preview.panes.given.len() > before {
            self.touch_preview();
        }
    }

    /// Takes back all values that were typed here: they belong to the project that is left.
    pub(in crate::tui::app) fn drop_params(&mut self) {
        for (name, before) in std::mem::take(&mut self.preview.panes.given) {
            match before {
                Some(before) => self.parameters.params.insert(name, before),
                None => self.parameters.params.remove(&name),
            };
        }
    }

    /// Takes back the value of the chosen param that was typed here.
    pub(super) fn forget_param(&mut self) {
        let chosen = self.preview.panes.sheet.chosen();
        if let Some(Goal::Param(name)) = chosen.map(|row| row.goal.clone()) {
            self.set_param(&name, None);
        }
    }
}
