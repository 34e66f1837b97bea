//! A view as rows of coloured pieces, some of which lead somewhere.

use std::path::PathBuf;

use unicode_segmentation::UnicodeSegmentation;

use crate::event::PathStep;
use crate::tui::text;

use super::Tool;

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Plain.
    Text,
    /// Less important.
    Muted,
    /// A heading, or what matters.
    Strong,
    /// Drawn with the accent.
    Accent,
    /// Good.
    Ok,
    /// Worth a look.
    Warn,
    /// Wrong.
    Error,
    /// A key or name.
    Key,
    /// A quoted text.
    String,
    /// A number, boolean or null.
    Number,
    /// A name of something in the project.
    Variable,
}

/// Where Enter on a row leads.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Goal {
    /// Nowhere.
    #[default]
    None,
    /// To a line of a file, counted from 0.
    Line(PathBuf, usize),
    /// To the file of a template.
    Template(String),
    /// To a row of a sample.
    Row(String, usize),
    /// Folds or unfolds; the name of what.
    Fold(String),
    /// Edits a value of the state: scope, way, JSON of the value.
    Value(String, Vec<PathStep>, String),
    /// Types something to try.
    Tool(Tool),
    /// Types the value of a param.
    Param(String),
    /// Says how a secret gets its value.
    Secret(String),
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetRow {
    /// Texts one after the other.
    pub pieces: Vec<(String, Ink)>,
    /// Where it leads.
    pub goal: Goal,
    /// It tells of something that has changed.
    pub changed: bool,
    /// What can be copied of it: the way and the value, for parts of a tree.
    pub tree: Option<(String, String)>,
    /// The value of the state that it shows.
    pub value: Option<(String, Vec<PathStep>, String)>,
    /// It is cut where it is too long, so that columns stay in line.
    pub table: bool,
}

/// In front of what goes on in the next row.
const INDENT: &str = "    ";

/// Most rows that one goes on in.
const MOST_FLOW: usize = 6;

/// Where to break a text so that the head has at most so many cells: behind a blank where that can be;
/// with `may_move` at its start, when not even a word fits.
fn cut(whole: &str, cells: usize, may_move: bool) -> usize {
    let mut used = 0;
    let mut end = 0;
    let mut blank = None;
    for (at, part) in whole.grapheme_indices(true) {
        used += text::width(part);
        if used > cells {
            break;
        }
        end = at + part.len();
        if part == " " {
            blank = Some(end);
        }
    }
    match blank {
        Some(at) => at,
        // A new row is better than a word in two.
        None if may_move && cells < 12 => 0,
        None if end == 0 => whole.graphemes(true).next().map_or(0, str::len),
        None => end,
    }
}

impl SheetRow {
    /// A row of one piece.
    pub fn of(text: impl Into<String>, ink: Ink) -> Self {
        Self::default().and(text, ink)
    }

    /// With another piece.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>, ink: Ink) -> Self {
        self.pieces.push((text.into(), ink));
        self
    }

    /// Leading somewhere.
    #[must_use]
    pub fn to(mut self, goal: Goal) -> Self {
        self.goal = goal;
        self
    }

    /// As a row of a table: what is too long is cut.
    #[must_use]
    pub fn table(mut self) -> Self {
        self.table = true;
        self
    }

    /// The row, and those that it goes on in when it is too long.
    fn flow(self, width: usize) -> Vec<Self> {
        let wide: usize = self.pieces.iter().map(|(text, _)| text::width(text)).sum();
        if self.table || wide <= width {
            return vec![self];
        }
        let like = |first: bool| Self {
            goal: self.goal.clone(),
            changed: self.changed && first,
            tree: self.tree.clone(),
            value: self.value.clone(),
            ..Self::default()
        };
        let mut rows = Vec::new();
        let mut row = like(true);
        let mut used = 0;
        for (whole, ink) in &self.pieces {
            let mut rest = whole.as_str();
            while used + text::width(rest) > width {
                let cut = cut(rest, width.saturating_sub(used), used > INDENT.len());
                let (head, tail) = rest.split_at(cut);
                if !head.is_empty() {
                    row.pieces.push((head.to_owned(), *ink));
                }
                rows.push(std::mem::replace(&mut row, like(false)));
                if rows.len() >= MOST_FLOW {
                    if let Some(last) = rows.last_mut() {
                        last.pieces.push(("…".to_owned(), Ink::Muted));
                    }
                    return rows;
                }
                row.pieces.push((INDENT.to_owned(), Ink::Muted));
                used = INDENT.len();
                rest = tail.trim_start();
            }
            used += text::width(rest);
            if !rest.is_empty() {
                row.pieces.push((rest.to_owned(), *ink));
            }
        }
        rows.push(row);
        rows
    }

    /// Its whole text.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|(text, _)| text.as_str()).collect()
    }
}

/// The rows of a view and where it stands.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What is shown.
    pub rows: Vec<SheetRow>,
    /// First row shown.
    pub top: usize,
    /// Chosen row.
    pub cursor: usize,
    /// Columns that rows may take.
    pub width: usize,
    /// Rows of the screen.
    pub height: usize,
    /// Nothing was shown of the view yet.
    fresh: bool,
}

impl Sheet {
    /// Another view begins.
    pub(super) fn begin(&mut self) {
        self.rows.clear();
        self.top = 0;
        self.cursor = 0;
        self.fresh = true;
    }

    /// Takes new rows and stays where it was, as far as there are as many. What is too long goes on in
    /// the next row. A view that begins may begin at the first row that leads somewhere.
    pub(super) fn fill(&mut self, rows: Vec<SheetRow>, start_at_goal: bool) {
        let width = self.width.max(8);
        self.rows = rows.into_iter().flat_map(|row| row.flow(width)).collect();
        if std::mem::take(&mut self.fresh) && start_at_goal {
            // A heading leads on, too, but one begins below it.
            let leads =
                |(at, row): (usize, &SheetRow)| row.goal != Goal::None && (at > 0 || !row.table);
            self.cursor = self.rows.iter().enumerate().position(leads).unwrap_or(0);
        }
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        self.follow();
    }

    /// Moves the choice by so many rows.
    pub(in crate::tui::app) fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.follow();
    }

    /// Moves what is shown by so many rows.
    pub(in crate::tui::app) fn scroll(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(by).min(last);
        let bottom = self.top + self.height.max(1) - 1;
        self.cursor = self.cursor.clamp(self.top, bottom.max(self.top));
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
    }

    /// Brings the chosen row into view.
    pub(in crate::tui::app) fn follow(&mut self) {
        let height = self.height.max(1);
        let lowest = (self.cursor + 1).saturating_sub(height);
        self.top = self.top.clamp(lowest, self.cursor.max(lowest));
        let most = self.rows.len().saturating_sub(height);
        self.top = self.top.min(most);
    }

    /// Goes to the next row that leads somewhere, round the end; false when there is none.
    pub(in crate::tui::app) fn next_goal(&mut self) -> bool {
        let leads = |at: &usize| {
            let row = self.rows.get(*at);
            row.is_some_and(|row| row.goal != Goal::None)
        };
        let below = self.cursor + 1..self.rows.len();
        let Some(next) = below.chain(0..self.cursor).find(leads) else {
            return false;
        };
        self.cursor = next;
        self.follow();
        true
    }

    /// True when Enter does something somewhere in it.
    pub fn leads(&self) -> bool {
        self.rows.iter().any(|row| row.goal != Goal::None)
    }

    /// The chosen row.
    pub fn chosen(&self) -> Option<&SheetRow> {
        self.rows.get(self.cursor)
    }
}

/// Rows of a text, wrapped, with something before each.
pub(super) fn wrapped(
    text: &str,
    before: &str,
    width: usize,
    ink: Ink,
) -> impl Iterator<Item = SheetRow> {
    let before = before.to_owned();
    let room = width.saturating_sub(text::width(&before));
    let lines = text::wrap(text, room).into_iter();
    lines.map(move |line| SheetRow::of(before.clone(), Ink::Muted).and(line, ink))
}

/// A heading with air above it, unless it is the first.
pub(super) fn heading(rows: &mut Vec<SheetRow>, title: &str, remark: &str) {
    if !rows.is_empty() {
        rows.push(SheetRow::default());
    }
    let row = SheetRow::of(title, Ink::Strong).table();
    rows.push(match remark {
        "" => row,
        _ => row.and("  ", Ink::Muted).and(remark, Ink::Muted),
    });
}
