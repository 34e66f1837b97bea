//! What templates keep between events, as trees; changing it, and going on one event at a time.

use super::sheet::{Ink, SheetRow, heading, wrapped};
use super::{EVENTS, MOST_EVENTS, Panes};
use crate::event::{PathStep, StateScope};
use crate::preview::json::{self, Kind, Node};
use crate::preview::{PreviewEvent, StateEdit};
use crate::tui::app::prompt::Prompt;
use crate::tui::app::{Action, App, Choice, Dialog, Overlay};
use crate::tui::text;

/// Rows of one value that are shown.
const MOST_ROWS: usize = 2_000;

pub(super) fn rows(panes: &Panes, last: Option<&PreviewEvent>, width: usize) -> Vec<SheetRow> {
    let after = match last {
        _ if panes.events == 0 => SheetRow::of("before the first event", Ink::Strong),
        Some(event) => SheetRow::of("after timestamp ", Ink::Muted)
            .and(text::grouped(event.number as u64 + 1), Ink::Strong)
            .and(format!(" at {}", text::time_of_day(event.at)), Ink::Muted),
        None => SheetRow::of("nothing was rendered", Ink::Muted),
    };
    let mut rows = vec![match panes.edits.len() {
        0 => after,
        count => after.and(
            format!("  {} by hand", text::count(count, "change")),
            Ink::Warn,
        ),
    }];
    for why in &panes.refused {
        rows.extend(wrapped(why, "✗ ", width, Ink::Error));
    }
    if panes.state.is_empty() {
        rows.push(SheetRow::of("the event source keeps no state", Ink::Muted));
    }
    let empty = panes.state.iter().filter(|scope| scope.entries.is_empty());
    let empty: Vec<&str> = empty.map(|scope| scope.name.as_str()).collect();
    for scope in panes.state.iter().filter(|scope| !scope.entries.is_empty()) {
        let remark = match scope.entries.len() {
            1 => "1 key".to_owned(),
            count => format!("{} keys", text::grouped(count as u64)),
        };
        heading(&mut rows, &scope.name, &remark);
        for (key, value) in &scope.entries {
            entry_rows(panes, scope, key, value, &mut rows);
        }
    }
    if !empty.is_empty() {
        rows.push(SheetRow::default());
        rows.push(SheetRow::of("empty  ", Ink::Muted).and(empty.join(", "), Ink::Muted));
    }
    rows
}

/// Whether a key holds something else than before.
fn is_new(panes: &Panes, scope: &str, key: &str, value: &str) -> bool {
    let before = panes.state_before.iter().find(|one| one.name == scope);
    before.is_some_and(|before| {
        let mut entries = before.entries.iter();
        !entries.any(|(known, old)| known == key && old == value)
    })
}

fn entry_rows(panes: &Panes, scope: &StateScope, key: &str, value: &str, rows: &mut Vec<SheetRow>) {
    let changed = is_new(panes, &scope.name, key, value);
    let Ok(nodes) = json::parse(value) else {
        rows.push(SheetRow::of(format!("  {key}"), Ink::Key).and(" ?", Ink::Warn));
        return;
    };
    let first = rows.len();
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        let way = steps(value, &nodes, at, key);
        let name = fold_name(&scope.name, &way);
        let folded = node.items > 0 && panes.state_folded.contains(&name);
        let mut row = node_row(value, node, key, folded);
        row.changed = changed && at == 0;
        row.value = Some((
            scope.name.clone(),
            way.clone(),
            value.get(node.value.clone()).unwrap_or_default().to_owned(),
        ));
        row.tree = Some((
            format!("{}.{}", scope.name, words(&way)),
            value.get(node.value.clone()).unwrap_or_default().to_owned(),
        ));
        if node.items > 0 {
            row.goal = super::Goal::Fold(name);
        } else if let Some((scope, way, json)) = row.value.clone() {
            row.goal = super::Goal::Value(scope, way, json);
        }
        rows.push(row);
        if rows.len() - first >= MOST_ROWS {
            rows.push(SheetRow::of("    … and more", Ink::Muted));
            return;
        }
        at = if folded { node.end } else { at + 1 };
    }
}

fn node_row(text: &str, node: &Node, key: &str, folded: bool) -> SheetRow {
    let name = match (&node.key, node.index) {
        (Some(range), _) => json::unquote(text.get(range.clone()).unwrap_or_default()),
        (None, Some(index)) => index.to_string(),
        (None, None) => key.to_owned(),
    };
    let sign = match (node.items > 0, folded) {
        (true, true) => "▸ ",
        (true, false) => "▾ ",
        (false, _) => "  ",
    };
    let indent = "  ".repeat(usize::from(node.depth));
    let row = SheetRow::of(format!("{indent}{sign}"), Ink::Muted).and(name, Ink::Key);
    let raw = text.get(node.value.clone()).unwrap_or_default();
    let ink = match node.kind {
        Kind::Text => Ink::String,
        Kind::Map | Kind::List => Ink::Muted,
        Kind::Null | Kind::Bool | Kind::Number => Ink::Number,
    };
    match (node.items, folded) {
        (0, _) | (_, true) => row.and("  ", Ink::Muted).and(raw, ink),
        (count, false) => row.and(format!("  {count}"), Ink::Muted),
    }
}

/// The way to a node below a key.
fn steps(text: &str, nodes: &[Node], index: usize, key: &str) -> Vec<PathStep> {
    let mut way = vec![PathStep::Key(key.to_owned())];
    let holds = |at: &usize| {
        let node = nodes.get(*at);
        node.is_some_and(|node| node.depth > 0 && *at <= index && index < node.end)
    };
    for node in (0..=index).filter(holds).filter_map(|at| nodes.get(at)) {
        match (&node.key, node.index) {
            (Some(key), _) => {
                let key = text.get(key.clone()).unwrap_or_default();
                way.push(PathStep::Key(json::unquote(key)));
            }
            (None, Some(index)) => way.push(PathStep::Index(index)),
            (None, None) => {}
        }
    }
    way
}

fn words(way: &[PathStep]) -> String {
    let mut out = String::new();
    for step in way {
        match step {
            PathStep::Key(name) => {
                out.push_str(if out.is_empty() { "" } else { "." });
                out.push_str(name);
            }
            PathStep::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

fn fold_name(scope: &str, way: &[PathStep]) -> String {
    format!("{scope}.{}", words(way))
}

impl App {
    /// Renders so many timestamps more, or less.
    pub fn step_events(&mut self, by: isize) {
        let panes = &mut self.preview.panes;
        let before = panes.events;
        panes.events = before.saturating_add_signed(by).min(MOST_EVENTS);
        if panes.events == before {
            let why = match by {
                1.. => format!(
                    "at most {} are rendered here",
                    text::grouped(MOST_EVENTS as u64)
                ),
                _ => "there is nothing before the first event".to_owned(),
            };
            return self.info(why);
        }
        let count = panes.events;
        self.preview.hurry(self.now);
        self.info(format!("{} rendered", text::count(count, "timestamp")));
    }

    /// Goes back to before the first event, so that they can be gone through one by one.
    pub fn restart_events(&mut self) {
        self.preview.panes.events = 0;
        self.preview.hurry(self.now);
        self.info("before the first event; step on from here");
    }

    /// Forgets all changes of the state that were made by hand; asks when there are some.
    pub fn reset_state(&mut self) {
        let count = self.preview.panes.edits.len();
        if count == 0 {
            return self.forget_state_edits();
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Reset the state".to_owned(),
            lines: vec![format!(
                "{} made by hand cannot be brought back.",
                text::count(count, "change")
            )],
            choices: vec![
                Choice::new('r', "Reset", Action::ResetState),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 1,
            about: None,
        }));
    }

    pub(in crate::tui::app) fn forget_state_edits(&mut self) {
        let count = self.preview.panes.edits.len();
        self.preview.panes.edits.clear();
        self.preview.panes.events = EVENTS;
        self.preview.hurry(self.now);
        self.info(match count {
            0 => "the state is as the templates left it".to_owned(),
            _ => format!("{} of the state taken back", text::count(count, "change")),
        });
    }

    /// Asks for another value of what is chosen in the state.
    pub fn edit_state(&mut self) {
        let chosen = self.preview.panes.sheet.chosen();
        let Some((scope, way, value)) = chosen.and_then(|row| row.value.clone()) else {
            return self.add_to_state();
        };
        self.ask_value(scope, way, &value);
    }

    /// Asks for the key of a new entry of the scope that is chosen, and its value.
    fn add_to_state(&mut self) {
        let sheet = &self.preview.panes.sheet;
        let above = sheet.rows.get(..=sheet.cursor).unwrap_or_default();
        let names = self.preview.panes.state.iter().map(|scope| &scope.name);
        let title = |row: &SheetRow| row.pieces.first().map(|(text, _)| text.clone());
        let scope = above.iter().rev().filter_map(title).find(|title| {
            let mut names = names.clone();
            names.any(|name| name == title)
        });
        let scope = scope.or_else(|| names.clone().next().cloned());
        let Some(scope) = scope else {
            return self.warn("there is no state to change");
        };
        let title = format!("New key in {scope}");
        self.ask(Prompt::new(
            title,
            "the key",
            move |app: &mut App, key: &str| {
                if key.is_empty() {
                    return Err("a key needs a name".to_owned());
                }
                app.ask_value(scope.clone(), vec![PathStep::Key(key.to_owned())], "");
                Ok(())
            },
        ));
    }

    fn ask_value(&mut self, scope: String, way: Vec<PathStep>, value: &str) {
        let read = |typed: &str| {
            serde_json::from_str::<serde_json::Value>(typed)
                .map_err(|error| format!("not JSON: {error}"))
        };
        let title = format!("{scope}.{}", words(&way));
        let take = move |app: &mut App, typed: &str| {
            let value = read(typed)?;
            app.change_state(scope.clone(), way.clone(), Some(value));
            Ok(())
        };
        let help = "JSON: a number, \"text\", true, null, [list], {mapping}";
        let prompt = Prompt::new(title, help, take).text(value);
        self.ask(prompt.meaning(move |_, typed| read(typed).map(|_| "Enter sets it".to_owned())));
    }

    /// Removes what is chosen from the state.
    pub fn remove_from_state(&mut self) {
        let chosen = self.preview.panes.sheet.chosen();
        match chosen.and_then(|row| row.value.clone()) {
            Some((scope, way, _)) => self.change_state(scope, way, None),
            None => self.warn("choose a key of the state to remove"),
        }
    }

    fn change_state(
        &mut self,
        scope: String,
        path: Vec<PathStep>,
        value: Option<serde_json::Value>,
    ) {
        let what = words(&path);
        let done = if value.is_some() { "set" } else { "removed" };
        self.info(format!("{scope}.{what} is {done}; later events see it"));
        let panes = &mut self.preview.panes;
        let before = self
            .preview
            .events
            .last()
            .map_or(0, |event| event.number + 1);
        let before = before.min(panes.events);
        panes.edits.push(StateEdit {
            before,
            scope,
            path,
            value,
        });
        self.preview.hurry(self.now);
    }
}
