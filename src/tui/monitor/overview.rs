//! The table of generators: what is shown of it, in which order, what is chosen and what is marked.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent};

use super::Monitor;
use super::history::is_active;
use super::overview_filter::Filter;
use super::overview_table::Column;
use crate::instance::Overview;
use crate::tui::app::App;
use crate::tui::text;

/// Two clicks on a row within this time open it.
const DOUBLE: Duration = Duration::from_millis(450);

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {
    /// Column that it is sorted by.
    pub sort: Column,
    /// From high to low, or backwards.
    pub backwards: bool,
    /// The filter as typed.
    pub filter_text: String,
    /// The filter in force: what of it means something.
    pub filter: Filter,
    /// Ids that were marked.
    pub marked: BTreeSet<String>,
    /// Shown by scenario.
    pub grouped: bool,
    /// The chosen row, when it is that of a scenario.
    pub group: Option<String>,
    /// Scenario under which the chosen generator was chosen.
    pub within: Option<String>,
    /// First row shown.
    pub top: usize,
    clicked: Option<(usize, Instant)>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A scenario, above its generators; an empty name is those without one.
    Group {
        /// Its name.
        name: String,
        /// How many generators it has.
        members: usize,
        /// How many of them are active.
        active: usize,
    },
    /// A generator, by its index, and the scenario it stands under.
    One(usize, Option<String>),
}

impl State {
    /// True while a filter is being typed: never, a prompt takes the keys.
    pub fn types(&self) -> bool {
        false
    }
}

/// A key that no command took.
pub fn key(app: &mut App, key: &KeyEvent) {
    let page = isize::try_from(app.table_rows().max(2) - 1).unwrap_or(1);
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => app.overview_move(-1),
        KeyCode::Down | KeyCode::Char('j') => app.overview_move(1),
        KeyCode::PageUp => app.overview_move(-page),
        KeyCode::PageDown => app.overview_move(page),
        KeyCode::Home => app.overview_move(isize::MIN),
        KeyCode::End => app.overview_move(isize::MAX),
        _ => {}
    }
}

impl Monitor {
    /// The rows of the table, filtered and sorted.
    pub fn rows(&self) -> Vec<Row> {
        let state = &self.overview;
        let mut shown: Vec<usize> = (0..self.generators.len())
            .filter(|index| {
                let one = self.generators.get(*index);
                one.is_some_and(|one| state.filter.shows(one, &state.marked))
            })
            .collect();
        shown.sort_by(|a, b| {
            let (Some(a), Some(b)) = (self.generators.get(*a), self.generators.get(*b)) else {
                return std::cmp::Ordering::Equal;
            };
            let order = self.compare(state.sort, a, b);
            let order = if state.backwards {
                order.reverse()
            } else {
                order
            };
            order.then_with(|| a.id.cmp(&b.id))
        });
        if state.grouped {
            self.grouped(&shown)
        } else {
            shown
                .into_iter()
                .map(|index| Row::One(index, None))
                .collect()
        }
    }

    fn grouped(&self, shown: &[usize]) -> Vec<Row> {
        let of = |index: &usize| self.generators.get(*index);
        let names: BTreeSet<&String> = shown
            .iter()
            .filter_map(of)
            .flat_map(|one| &one.listing.scenarios)
            .collect();
        let mut rows = Vec::new();
        let mut group = |name: &str, members: Vec<usize>| {
            if members.is_empty() {
                return;
            }
            let active = members.iter().filter_map(of);
            rows.push(Row::Group {
                name: name.to_owned(),
                members: members.len(),
                active: active.filter(|one| is_active(one.state.as_ref())).count(),
            });
            rows.extend(
                members
                    .into_iter()
                    .map(|index| Row::One(index, Some(name.to_owned()))),
            );
        };
        let those = |belongs: &dyn Fn(&Overview) -> bool| -> Vec<usize> {
            let fits = |index: &&usize| of(index).is_some_and(belongs);
            shown.iter().filter(fits).copied().collect()
        };
        for name in names {
            group(name, those(&|one| one.listing.scenarios.contains(name)));
        }
        group("", those(&|one| one.listing.scenarios.is_empty()));
        rows
    }

    /// Index of the chosen row.
    pub fn cursor(&self, rows: &[Row]) -> Option<usize> {
        let state = &self.overview;
        if let Some(group) = &state.group {
            let at = rows
                .iter()
                .position(|row| matches!(row, Row::Group { name, .. } if name == group));
            if at.is_some() {
                return at;
            }
        }
        let chosen = self.chosen.as_deref();
        let id = |index: usize| self.generators.get(index).map(|one| one.id.as_str());
        let there = |row: &Row, strict: bool| match row {
            Row::One(index, within) => id(*index) == chosen && (!strict || *within == state.within),
            Row::Group { .. } => false,
        };
        rows.iter()
            .position(|row| there(row, true))
            .or_else(|| rows.iter().position(|row| there(row, false)))
    }

    /// Chooses a row.
    fn choose(&mut self, rows: &[Row], at: usize) {
        match rows.get(at) {
            Some(Row::Group { name, .. }) => self.overview.group = Some(name.clone()),
            Some(Row::One(index, within)) => {
                self.overview.group = None;
                self.overview.within.clone_from(within);
                let id = self.generators.get(*index).map(|one| one.id.clone());
                if let Some(id) = id {
                    self.choose_generator(id);
                }
            }
            None => {}
        }
    }

    /// Cells of the longest name.
    pub fn longest_name(&self) -> usize {
        let names = self.generators.iter().map(|one| text::width(&one.id));
        names.max().unwrap_or(0)
    }
}

impl App {
    /// Rows that the table has room for.
    pub fn table_rows(&self) -> usize {
        usize::from(crate::tui::pane::table_area(self).height)
    }

    /// Moves the choice; to the ends with the largest and least numbers.
    pub fn overview_move(&mut self, by: isize) {
        let rows = self.monitor.rows();
        let last = rows.len().saturating_sub(1);
        let at = match self.monitor.cursor(&rows) {
            Some(at) => at.saturating_add_signed(by).min(last),
            None => 0,
        };
        self.monitor.choose(&rows, at);
    }

    /// Keeps the chosen row in view.
    pub(in crate::tui) fn settle_overview(&mut self) {
        let height = self.table_rows();
        let rows = self.monitor.rows();
        let cursor = self.monitor.cursor(&rows);
        let state = &mut self.monitor.overview;
        if let Some(at) = cursor {
            state.top = state.top.min(at).max((at + 1).saturating_sub(height));
        }
        state.top = state.top.min(rows.len().saturating_sub(height));
        // What is not in view after a filter was typed cannot be what the keys are about.
        if cursor.is_none() && !rows.is_empty() {
            let first = rows
                .iter()
                .position(|row| matches!(row, Row::One(..)))
                .unwrap_or(0);
            self.monitor.choose(&rows, first);
        }
    }

    /// A click into the table; twice opens the row.
    pub(in crate::tui) fn overview_click(&mut self, row: usize) {
        let rows = self.monitor.rows();
        let at = self.monitor.overview.top + row;
        if at >= rows.len() {
            return;
        }
        self.monitor.choose(&rows, at);
        let now = self.now();
        let again = self
            .monitor
            .overview
            .clicked
            .is_some_and(|(index, when)| index == at && now.duration_since(when) <= DOUBLE);
        self.monitor.overview.clicked = Some((at, now));
        if again {
            self.monitor.overview.clicked = None;
            self.open_chosen_generator();
        }
    }

    /// Sorts by a column; once more turns the order round.
    pub fn sort_by(&mut self, column: Column) {
        let state = &mut self.monitor.overview;
        if state.sort == column {
            state.backwards = !state.backwards;
        } else {
            state.sort = column;
            state.backwards = column.is_number() || column == Column::Minute;
        }
    }

    /// Sorts by the next column shown, or the one before.
    pub fn sort_by_next(&mut self, forward: bool) {
        let shown = crate::tui::pane::table_columns(self);
        let at = shown
            .iter()
            .position(|one| one.column == self.monitor.overview.sort)
            .unwrap_or(0);
        let count = shown.len().max(1);
        let to = if forward { at + 1 } else { at + count - 1 };
        if let Some(placed) = shown.get(to % count) {
            self.sort_by(placed.column);
            let title = placed.column.title();
            self.info(format!("sorted by {title}"));
        }
    }

    /// Turns the order round.
    pub fn turn_sort(&mut self) {
        let state = &mut self.monitor.overview;
        state.backwards = !state.backwards;
    }

    /// Shows generators by scenario, or all together.
    pub fn toggle_groups(&mut self) {
        let state = &mut self.monitor.overview;
        state.grouped = !state.grouped;
        state.group = None;
        state.within = None;
    }

    /// Marks the chosen generator, or all of the chosen scenario, and goes on to the next row.
    pub fn toggle_mark(&mut self) {
        let rows = self.monitor.rows();
        let Some(at) = self.monitor.cursor(&rows) else {
            return;
        };
        let ids: Vec<String> = match rows.get(at) {
            Some(Row::One(index, _)) => self
                .monitor
                .generators
                .get(*index)
                .map(|one| one.id.clone())
                .into_iter()
                .collect(),
            Some(Row::Group { name, .. }) => self.monitor.members(name),
            None => return,
        };
        let marked = &mut self.monitor.overview.marked;
        let all = ids.iter().all(|id| marked.contains(id));
        for id in ids {
            if all {
                marked.remove(&id);
            } else {
                marked.insert(id);
            }
        }
        self.overview_move(1);
    }

    /// Marks everything shown, or nothing when all of it is marked.
    pub fn mark_all(&mut self) {
        let rows = self.monitor.rows();
        let ids: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| match row {
                Row::One(index, _) => self.monitor.generators.get(*index),
                Row::Group { .. } => None,
            })
            .map(|one| one.id.clone())
            .collect();
        let marked = &mut self.monitor.overview.marked;
        if ids.is_subset(marked) {
            marked.clear();
        } else {
            marked.extend(ids);
        }
    }
}
