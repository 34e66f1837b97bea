//! Globals that generators share, to be seen and changed: the scenario shown, the tree, what one does to it.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent};
use serde_json::Value;

use super::Monitor;
use super::globals_tree::{self as tree, Path, Row};
use super::list::List;
use crate::tui::app::{Action, App, Choice, Dialog, Overlay, Prompt};
use crate::tui::event::Request;

/// What a value may look like.
const VALUE_HELP: &str = "a value as JSON: 12, \"text\", true, null, [1, 2], {\"key\": 1}";

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {
    /// The scenario whose globals are shown; empty for generators without one, `None` before one is chosen.
    scenario: Option<String>,
    values: Vec<(String, Value)>,
    /// Values were heard since the scenario was chosen.
    pub known: bool,
    open: BTreeSet<Path>,
    /// The tree.
    pub rows: Vec<Row>,
    /// Where one stands in it.
    pub list: List,
    height: usize,
}

impl State {
    /// The scenario whose globals are shown.
    pub fn wants(&self) -> String {
        self.scenario.clone().unwrap_or_default()
    }

    /// Takes values in; false when nothing is new.
    pub fn heard(&mut self, scenario: &str, values: Vec<(String, Value)>) -> bool {
        if scenario != self.wants() || self.known && values == self.values {
            return false;
        }
        self.known = true;
        self.values = values;
        self.grow();
        true
    }

    /// Number of globals.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Makes the rows anew; the same value stays chosen.
    fn grow(&mut self) {
        let chosen = self.row().map(|row| row.path.clone());
        self.rows = tree::rows(&self.values, &self.open);
        let at = self
            .rows
            .iter()
            .position(|row| Some(&row.path) == chosen.as_ref());
        if let Some(at) = at {
            self.list.choose(at);
        }
    }

    /// The chosen row.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.list.chosen)
    }

    /// Shows the globals of another scenario.
    fn show(&mut self, scenario: String) {
        if self.scenario.as_ref() != Some(&scenario) {
            *self = Self {
                scenario: Some(scenario),
                height: self.height,
                ..Self::default()
            };
        }
    }

    /// Opens or closes the chosen value; false when there is nothing to open.
    pub fn fold(&mut self) -> bool {
        let Some(path) = self
            .row()
            .filter(|row| row.open.is_some())
            .map(|row| row.path.clone())
        else {
            return false;
        };
        if !self.open.remove(&path) {
            self.open.insert(path);
        }
        self.grow();
        true
    }

    /// Brings the list in step with the place for it.
    pub fn settle(&mut self, height: usize) {
        self.height = height;
        self.list.settle(self.rows.len(), height, &|_| 1);
    }
}

impl Monitor {
    /// Scenarios with globals of their own, and the empty name for generators without one.
    pub fn spaces(&self) -> Vec<String> {
        let names = self
            .generators
            .iter()
            .flat_map(|one| &one.listing.scenarios);
        let named: BTreeSet<&String> = names.collect();
        let mut out: Vec<String> = named.into_iter().cloned().collect();
        out.push(String::new());
        out
    }

    /// Shows the globals of the chosen generator's scenario, when none was chosen.
    pub fn settle_globals(&mut self) {
        if self.globals.scenario.is_none()
            && let Some(one) = self.of_chosen()
        {
            let first = one.listing.scenarios.first().cloned().unwrap_or_default();
            self.globals.show(first);
        }
    }

    /// Shows the globals of the next scenario, or the one before.
    pub fn next_space(&mut self, forward: bool) {
        let all = self.spaces();
        let now = self.globals.wants();
        let at = all.iter().position(|name| *name == now).unwrap_or(0);
        let next = if forward { at + 1 } else { at + all.len() - 1 };
        if let Some(name) = all.get(next % all.len()) {
            self.globals.show(name.clone());
        }
    }

    /// Shows the globals of the scenario at that place in [`spaces`](Self::spaces).
    pub fn show_space(&mut self, index: usize) {
        if let Some(name) = self.spaces().get(index) {
            self.globals.show(name.clone());
        }
    }
}

/// A key that no command took.
pub fn key(app: &mut App, key: &KeyEvent) {
    let state = &mut app.monitor.globals;
    let count = state.rows.len();
    let page = isize::try_from(state.height.max(2) - 1).unwrap_or(1);
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => state.list.go(-1, count),
        KeyCode::Down | KeyCode::Char('j') => state.list.go(1, count),
        KeyCode::PageUp => state.list.go(-page, count),
        KeyCode::PageDown => state.list.go(page, count),
        KeyCode::Home => state.list.go(isize::MIN, count),
        KeyCode::End => state.list.go(isize::MAX, count),
        _ => {}
    }
}

impl App {
    /// Opens or closes the chosen value, or edits it when there is nothing to open.
    pub fn global_enter(&mut self) {
        if !self.monitor.globals.fold() {
            self.global_edit();
        }
    }

    /// The chosen value's path, unless it cannot be changed; says why.
    fn global_path(&mut self) -> Option<Path> {
        let row = self.monitor.globals.row()?;
        match row.fixed.clone() {
            None => Some(row.path.clone()),
            Some(why) => {
                let name = row.name.clone();
                self.warn(format!("{name} cannot be changed here: {why}"));
                None
            }
        }
    }

    /// Asks for another value of the chosen one.
    pub fn global_edit(&mut self) {
        let Some(path) = self.global_path() else {
            return;
        };
        let value = tree::at(&self.monitor.globals.values, &path);
        let text = value.map(Value::to_string).unwrap_or_default();
        let prompt = Prompt::new(path.join(" › "), VALUE_HELP, move |app, text| {
            let value = tree::parse(text)?;
            app.global_change(&path, Some(value))
        });
        self.ask(
            prompt
                .text(&text)
                .meaning(|_, text| Ok(tree::kind(&tree::parse(text)?))),
        );
    }

    /// Asks for a new global, or for a new member of the chosen value.
    pub fn global_add(&mut self, inside: bool) {
        let mut way = Path::new();
        if inside {
            let Some(path) = self.global_path() else {
                return;
            };
            way = path;
            let of = |way: &Path| tree::at(&self.monitor.globals.values, way);
            // Beside a single value, inside of what has members.
            if !matches!(of(&way), Some(Value::Object(_) | Value::Array(_))) {
                way.pop();
            }
        }
        if let Some(Value::Array(items)) = tree::at(&self.monitor.globals.values, &way) {
            way.push(items.len().to_string());
            let title = format!("Add {}", way.join(" › "));
            let prompt = Prompt::new(title, VALUE_HELP, move |app, text| {
                app.global_change(&way, Some(tree::parse(text)?))
            });
            self.ask(prompt.meaning(|_, text| Ok(tree::kind(&tree::parse(text)?))));
            return;
        }
        let title = match way.as_slice() {
            [] => "New global".to_owned(),
            way => format!("New key in {}", way.join(" › ")),
        };
        let help = format!("name = value; {VALUE_HELP}");
        let known = way.clone();
        let prompt = Prompt::new(title, help, move |app, text| {
            let (path, value) = app.new_global(&way, text)?;
            app.global_change(&path, Some(value))
        });
        self.ask(prompt.meaning(move |app, text| {
            let (_, value) = app.new_global(&known, text)?;
            Ok(tree::kind(&value))
        }));
    }

    /// Reads `name = value`.
    fn new_global(&self, way: &[String], text: &str) -> Result<(Path, Value), String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("a name, then = and a value as JSON: count = 0")?;
        let name = name.trim();
        if name.is_empty() {
            return Err("a name has to stand before =".to_owned());
        }
        if way.is_empty() {
            check_name(name)?;
        }
        let mut path = way.to_vec();
        path.push(name.to_owned());
        if tree::at(&self.monitor.globals.values, &path).is_some() {
            return Err(format!("{name} is there already: choose it to change it"));
        }
        let shift = text.len() - value.trim_start().len();
        let value = tree::parse(value.trim()).map_err(|why| match value.trim() {
            "" => format!("{name} needs a value behind ="),
            _ => format!("behind character {shift}, {why}"),
        })?;
        Ok((path, value))
    }

    fn global_change(&mut self, path: &[String], new: Option<Value>) -> Result<(), String> {
        let globals = &self.monitor.globals;
        let (key, value) = tree::changed(&globals.values, path, new)
            .ok_or("what it is in is not there any more")?;
        let scenario = globals.wants();
        self.request(Request::SetGlobal(scenario, key, value));
        Ok(())
    }

    /// Asks whether to take the chosen value away.
    pub fn global_delete(&mut self) {
        let row = self.monitor.globals.row();
        let whole = row
            .filter(|row| row.path.len() == 1)
            .map(|row| row.path.clone());
        // A part of a value is taken away by setting the rest of it.
        let Some(path) = whole.or_else(|| self.global_path()) else {
            return;
        };
        let globals = &self.monitor.globals;
        let Some((key, value)) = tree::changed(&globals.values, &path, None) else {
            return;
        };
        let action = Action::SetGlobal(globals.wants(), key, value);
        let lines = vec![
            format!("{} is taken away.", path.join(" › ")),
            "Templates that read it get its default, or fail.".to_owned(),
        ];
        self.ask_globals("Delete", lines, Choice::new('d', "Delete", action));
    }

    /// Asks whether to take all values of the scenario away.
    pub fn globals_reset(&mut self) {
        let count = crate::tui::text::count(self.monitor.globals.count(), "global");
        let scenario = self.monitor.globals.wants();
        let lines = vec![format!(
            "{count} of {} are taken away.",
            space_name(&scenario)
        )];
        let action = Action::ResetGlobals(scenario);
        self.ask_globals(
            "Reset globals",
            lines,
            Choice::new('r', "Reset all", action),
        );
    }

    fn ask_globals(&mut self, title: &str, lines: Vec<String>, choice: Choice) {
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: title.to_owned(),
            lines,
            choices: vec![choice, Choice::new('c', "Cancel", Action::Nothing)],
            // Enter alone takes nothing away.
            chosen: 1,
            about: None,
        }));
    }

    /// Copies the chosen value as JSON.
    pub fn global_copy(&mut self) {
        let globals = &self.monitor.globals;
        let path = globals.row().map(|row| row.path.as_slice());
        if let Some(value) = path.and_then(|path| tree::at(&globals.values, path)) {
            let text = value.to_string();
            self.copy_text(text);
        }
    }
}

/// Looks whether a name is one that templates would write. Members inside of values may be called anything.
fn check_name(name: &str) -> Result<(), String> {
    let odd = name
        .chars()
        .find(|&c| !(c.is_alphanumeric() || "_-.:".contains(c)));
    match odd {
        None => Ok(()),
        Some(odd) => Err(format!(
            "{odd:?} cannot be in the name of a global: it has letters, digits and _ - . :"
        )),
    }
}

/// A scenario as shown.
pub fn space_name(scenario: &str) -> &str {
    match scenario {
        "" => "generators without a scenario",
        name => name,
    }
}
