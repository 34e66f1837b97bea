//! The open files as tabs above the editor: where they are, and what can be done with them.

use std::path::PathBuf;

use super::{App, Project};
use crate::tui::text;

/// Most closed files that can be opened again.
const CLOSED: usize = 50;

/// A tab as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Index of the open file.
    pub index: usize,
    /// First cell, counted from the left end of the heading.
    pub start: usize,
    /// The name and what is to be known of it.
    pub label: String,
    /// Its sign: unsaved, or a cross to close it.
    pub sign: &'static str,
    /// True for the shown file.
    pub active: bool,
}

impl Tab {
    /// Cells of the marker before the name.
    pub const MARKER: usize = 2;

    /// Behind the last cell, a blank included.
    pub fn end(&self) -> usize {
        let sign = if self.sign.is_empty() { 0 } else { 2 };
        self.start + Self::MARKER + text::width(&self.label) + sign + 1
    }

    /// The cell of the sign, when there is one.
    pub fn sign_at(&self) -> Option<usize> {
        (!self.sign.is_empty()).then(|| self.end() - 2)
    }
}

/// The tabs that fit into a heading, the shown file's among them, and whether some are left out at the
/// left and at the right.
pub fn tabs(project: &Project, width: usize) -> (Vec<Tab>, bool, bool) {
    let whole = all(project, false);
    let room = width.saturating_sub(2);
    let mut tabs = match whole.last() {
        Some(last) if last.end() > room => all(project, true),
        _ => whole,
    };
    let from = |tabs: &[Tab], first: usize| tabs.get(first).map_or(0, |tab| tab.start);
    let mut first = 0;
    while first < project.active
        && tabs
            .get(project.active)
            .is_some_and(|tab| tab.end() - from(&tabs, first) + 1 > room)
    {
        first += 1;
    }
    let shift = from(&tabs, first).saturating_sub(if first > 0 { 2 } else { 1 });
    tabs.drain(..first);
    for tab in &mut tabs {
        tab.start -= shift;
    }
    let kept = tabs
        .iter()
        .take_while(|tab| tab.end() <= room.max(1))
        .count()
        .max(1);
    let cut = kept < tabs.len();
    tabs.truncate(kept);
    (tabs, first > 0, cut)
}

/// All tabs from cell 1 on; short ones show the last part of the path when that says enough.
fn all(project: &Project, short: bool) -> Vec<Tab> {
    let several = project.buffers.len() > 1;
    let own = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut start = 1;
    let tabs = project.buffers.iter().enumerate().map(|(index, buffer)| {
        let alone = |name: &str| {
            let same = project.buffers.iter().filter(|one| own(&one.name) == name);
            same.count() == 1
        };
        let name = Some(own(&buffer.name)).filter(|name| short && alone(name));
        let name = name.unwrap_or_else(|| buffer.name.clone());
        let gone = match () {
            () if buffer.unborn => " (new)",
            () if buffer.gone => " (deleted)",
            () if buffer.theirs.is_some() => " (changed on disk)",
            () => "",
        };
        let active = index == project.active;
        let tab = Tab {
            index,
            start,
            label: format!("{name}{gone}"),
            sign: match () {
                () if buffer.dirty() => "●",
                () if active && several => "×",
                () => "",
            },
            active,
        };
        start = tab.end();
        tab
    });
    tabs.collect()
}

impl Project {
    /// Closes an open file; the one beside it is shown.
    pub(super) fn close(&mut self, index: usize) {
        if index >= self.buffers.len() {
            return;
        }
        let buffer = self.buffers.remove(index);
        let (line, column) = buffer.place();
        self.closed_files.retain(|(path, _)| *path != buffer.path);
        self.closed_files
            .push((buffer.path, (line - 1, column - 1)));
        let surplus = self.closed_files.len().saturating_sub(CLOSED);
        self.closed_files.drain(..surplus);
        if self.active > index || self.active >= self.buffers.len() {
            self.active = self.active.saturating_sub(1);
        }
    }

    /// Puts the shown file's tab at a place among the others.
    pub(super) fn move_active(&mut self, to: usize) {
        let to = to.min(self.buffers.len().saturating_sub(1));
        if self.active < self.buffers.len() && to != self.active {
            let buffer = self.buffers.remove(self.active);
            self.buffers.insert(to, buffer);
            self.active = to;
        }
    }
}

impl App {
    /// Moves the shown file's tab one place on, or back.
    pub fn move_tab(&mut self, forward: bool) {
        if let Some(project) = &mut self.project {
            let at = project.active;
            project.move_active(if forward {
                at + 1
            } else {
                at.saturating_sub(1)
            });
        }
    }

    /// Opens the file again that was closed last.
    pub fn reopen_file(&mut self) {
        let Some(project) = &mut self.project else {
            return;
        };
        loop {
            let Some((path, place)) = project.closed_files.pop() else {
                self.info("no file was closed");
                return;
            };
            if !project.buffers.iter().any(|buffer| buffer.is_at(&path)) {
                self.show_file(path, Some(place));
                return;
            }
        }
    }

    /// The tab at a cell of the editor's heading, and whether its sign is there.
    pub(super) fn tab_at(&self, width: u16, cell: u16) -> Option<(usize, bool)> {
        let cell = usize::from(cell);
        let (tabs, ..) = tabs(self.project.as_ref()?, usize::from(width));
        let tab = tabs
            .into_iter()
            .find(|tab| (tab.start..tab.end()).contains(&cell))?;
        Some((tab.index, tab.sign_at() == Some(cell)))
    }

    /// Shows the file of a tab, or closes it.
    pub(super) fn click_tab(&mut self, index: usize, closes: bool) {
        if let Some(project) = &mut self.project
            && index < project.buffers.len()
        {
            project.awaited = None;
            project.active = index;
            if closes {
                self.close_file();
            }
        }
    }

    /// Closed files, the last one last; for tests and the session.
    pub fn closed_files(&self) -> impl Iterator<Item = &PathBuf> {
        let closed = self
            .project
            .iter()
            .flat_map(|project| &project.closed_files);
        closed.map(|(path, _)| path)
    }
}
