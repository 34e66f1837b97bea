//! Tables that templates choose from: which is shown, where the view stands, what is looked for.

use crate::event::{Sample, SampleInfo, SampleWish};
use crate::tui::app::App;
use crate::tui::app::prompt::Prompt;
use crate::tui::text;

/// Rows that are fetched at once.
const FETCHED: usize = 10_000;

/// What the view of tables keeps.
#[derive(Debug, Default)]
pub struct Samples {
    /// All tables; `None` before they were asked for, or when there can be none.
    pub infos: Option<Vec<SampleInfo>>,
    /// Rows of the chosen one.
    pub table: Option<Sample>,
    /// Its name; the first when it is absent.
    name: Option<String>,
    /// Chosen row, counted from 0 over the whole table.
    pub row: usize,
    /// Chosen column.
    pub column: usize,
    /// First row shown.
    pub top: usize,
    /// Rows of the screen for the table.
    pub height: usize,
    /// What is looked for.
    pub search: String,
    from: usize,
}

impl Samples {
    pub(super) fn wish(&self) -> SampleWish {
        SampleWish {
            name: self.name.clone(),
            from: self.from,
            most: FETCHED,
        }
    }

    pub(super) fn take(&mut self, found: Option<(Vec<SampleInfo>, Option<Sample>)>) {
        match found {
            Some((infos, table)) => {
                self.infos = Some(infos);
                self.table = table;
            }
            None => *self = Self::default(),
        }
        self.keep_within();
    }

    /// The shown table in the list.
    pub fn info(&self) -> Option<&SampleInfo> {
        let infos = self.infos.as_ref()?;
        let named = infos
            .iter()
            .find(|one| Some(&one.name) == self.name.as_ref());
        named.or(infos.first())
    }

    fn rows(&self) -> usize {
        self.info().and_then(|info| info.rows).unwrap_or(0)
    }

    fn keep_within(&mut self) {
        let columns = self.table.as_ref().map_or(0, |table| table.columns.len());
        if columns > 0 {
            self.column = self.column.min(columns - 1);
        }
        // Before the table is known, the row that was asked for stays.
        if let Some(rows) = self.info().and_then(|info| info.rows) {
            self.row = self.row.min(rows.saturating_sub(1));
        }
        let lowest = (self.row + 1).saturating_sub(self.height.max(1));
        self.top = self.top.clamp(lowest, self.row.max(lowest));
    }

    /// Brings what is shown in step with the height; true when other rows have to be fetched.
    pub(super) fn settle(&mut self, height: usize) -> bool {
        self.height = height;
        self.keep_within();
        let Some(table) = &self.table else {
            return false;
        };
        let there = table.from..table.from + table.rows.len().max(1);
        if there.contains(&self.row) || self.rows() == 0 {
            return false;
        }
        let from = self.row.saturating_sub(FETCHED / 2);
        let again = from != self.from;
        self.from = from;
        again
    }

    /// A row that is here, by its number in the whole table.
    pub fn cells(&self, row: usize) -> Option<&[String]> {
        let table = self.table.as_ref()?;
        let cells = table.rows.get(row.checked_sub(table.from)?)?;
        Some(cells)
    }

    /// The chosen cell.
    pub fn cell(&self) -> Option<&str> {
        self.cells(self.row)?.get(self.column).map(String::as_str)
    }

    pub(in crate::tui::app) fn step(&mut self, rows: isize, columns: isize) {
        self.row = self.row.saturating_add_signed(rows);
        self.column = self.column.saturating_add_signed(columns);
        self.keep_within();
    }

    pub(in crate::tui::app) fn show(&mut self, name: &str, row: usize) {
        if self.name.as_deref() != Some(name) {
            self.name = Some(name.to_owned());
            self.column = 0;
            self.from = 0;
            self.top = 0;
        }
        self.row = row;
        // The rows may not be known yet.
        self.from = row.saturating_sub(FETCHED / 2);
    }

    /// Shows the table after this one, or before; false when there is no other.
    fn next(&mut self, by: isize) -> bool {
        let Some(infos) = self.infos.as_ref().filter(|infos| infos.len() > 1) else {
            return false;
        };
        let now = self.info().map(|info| info.name.clone());
        let at = infos.iter().position(|one| Some(&one.name) == now.as_ref());
        let count = isize::try_from(infos.len()).unwrap_or(1);
        let at = isize::try_from(at.unwrap_or(0)).unwrap_or(0);
        let next = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
        let name = infos.get(next).map(|info| info.name.clone());
        if let Some(name) = name {
            self.show(&name, 0);
        }
        true
    }

    /// Goes to the next row that holds what is looked for, among those that are here.
    fn seek(&mut self, forward: bool, from_here: bool) -> bool {
        let wanted = self.search.to_lowercase();
        let Some(table) = self.table.as_ref().filter(|_| !wanted.is_empty()) else {
            return false;
        };
        let hit = |cells: &[String]| {
            let mut cells = cells.iter();
            cells.position(|cell| cell.to_lowercase().contains(&wanted))
        };
        let numbered = (table.from..).zip(&table.rows);
        let hits: Vec<(usize, usize)> = numbered
            .filter_map(|(row, cells)| Some((row, hit(cells)?)))
            .collect();
        let here = self.row;
        let found = match (forward, from_here) {
            (true, true) => hits.iter().find(|(row, _)| *row >= here),
            (true, false) => hits.iter().find(|(row, _)| *row > here),
            (false, _) => hits.iter().rfind(|(row, _)| *row < here),
        };
        let round = if forward { hits.first() } else { hits.last() };
        let Some((row, column)) = found.or(round).copied() else {
            return false;
        };
        self.row = row;
        self.column = column;
        self.keep_within();
        true
    }
}

impl App {
    /// Shows the sample after this one, or before.
    pub(super) fn next_sample(&mut self, by: isize) {
        if self.preview.panes.samples.next(by) {
            self.preview.hurry(self.now);
        } else {
            self.info("there is no other sample");
        }
    }

    pub(super) fn search_samples(&mut self) {
        let take = |app: &mut App, typed: &str| {
            app.preview.panes.samples.search = typed.to_owned();
            if typed.is_empty() || app.preview.panes.samples.seek(true, true) {
                return Ok(());
            }
            Err(format!("no row has `{typed}`"))
        };
        let before = self.preview.panes.samples.search.clone();
        let prompt = Prompt::new("Search the sample", "goes to rows that hold it", take);
        self.ask(prompt.text(&before));
    }

    pub(super) fn seek_sample(&mut self, forward: bool) {
        let samples = &mut self.preview.panes.samples;
        if samples.search.is_empty() {
            self.search_samples();
        } else if !samples.seek(forward, false) {
            let text = text::fit(&samples.search, 40);
            self.info(format!("no row has `{text}`"));
        }
    }
}
