//! The mouse on the screens about generators.

use crossterm::event::{MouseButton, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::faults_facts;
use crate::tui::app::{App, Screen};
use crate::tui::command::Id;

/// Rows that one notch of the wheel scrolls.
const NOTCH: isize = 3;

impl App {
    /// A click, or the wheel.
    pub(in crate::tui) fn detail_mouse(&mut self, kind: MouseEventKind, at: Position) {
        match kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let again = self.is_double(self.monitor.clicked, at);
                let now = self.now();
                self.monitor.clicked = (!again).then_some((at, now));
                self.detail_click(at, again);
            }
            MouseEventKind::ScrollUp => self.detail_wheel(at, -NOTCH),
            MouseEventKind::ScrollDown => self.detail_wheel(at, NOTCH),
            _ => {}
        }
    }

    /// The thing that a click at a place of the shown screen chooses, by a number of its own; `None` where
    /// there is none. Rows that begin at the left edge are looked for there.
    pub(in crate::tui) fn monitor_item_at(&self, at: Position) -> Option<usize> {
        let body = self.monitor_body();
        let row = || {
            let list = below(body);
            (list.contains(at) && at.x == list.x).then(|| usize::from(at.y - list.y))
        };
        let monitor = &self.monitor;
        match self.screen {
            Screen::Design => None,
            Screen::Overview => {
                let table = crate::tui::pane::table_area(self);
                let inside = table.contains(at) && at.x == table.x;
                let index = monitor.overview.top + usize::from(at.y.checked_sub(table.y)?);
                (inside && index < monitor.rows().len()).then_some(index)
            }
            Screen::Flow => crate::tui::pane::flow_part_at(self, at),
            Screen::Faults => {
                let faults = &monitor.faults;
                let (list, _) = faults_facts::places(body, faults.faults.len());
                let inside = list.contains(at) && at.x == list.x;
                let row = usize::from(at.y.checked_sub(list.y)?);
                let found = faults.list.at(row, faults.faults.len(), &|_| 1)?;
                inside.then_some(found.0)
            }
            Screen::Tail => Some(monitor.tail.at(row()?)?.0),
            Screen::Logs => Some(monitor.logs.at(row()?)?.0),
            Screen::Globals => {
                let globals = &monitor.globals;
                let found = globals.list.at(row()?, globals.rows.len(), &|_| 1)?;
                Some(found.0)
            }
        }
    }

    fn detail_click(&mut self, at: Position, again: bool) {
        let body = self.monitor_body();
        let list = below(body);
        let row = usize::from(at.y.saturating_sub(list.y));
        let inside = list.contains(at);
        match self.screen {
            Screen::Faults => self.faults_click(body, at, again),
            Screen::Tail if inside => {
                if let Some((index, _)) = self.monitor.tail.at(row) {
                    self.monitor.tail.pick(index);
                    self.run_if(again, Id::TailOpen);
                }
            }
            Screen::Logs if inside => {
                if let Some((index, _)) = self.monitor.logs.at(row) {
                    self.monitor.logs.pick(index);
                    self.run_if(again, Id::LogsWrap);
                }
            }
            Screen::Globals if inside => {
                let globals = &mut self.monitor.globals;
                let count = globals.rows.len();
                if let Some((index, _)) = globals.list.at(row, count, &|_| 1) {
                    globals.list.choose(index);
                    self.run_if(again, Id::GlobalEnter);
                }
            }
            Screen::Globals if at.y == body.y => {
                let name = crate::tui::pane::space_at(self, at.x.saturating_sub(body.x));
                if let Some(index) = name {
                    self.monitor.show_space(index);
                }
            }
            _ => {}
        }
    }

    fn faults_click(&mut self, body: Rect, at: Position, again: bool) {
        let state = &mut self.monitor.faults;
        let (list, details) = faults_facts::places(body, state.faults.len());
        if list.contains(at) {
            let row = usize::from(at.y - list.y);
            if let Some((index, _)) = state.list.at(row, state.faults.len(), &|_| 1) {
                state.choose(index);
                self.run_if(again && self.fault_spot().is_some(), Id::FaultOpen);
            }
        } else if details.contains(at) {
            self.run_if(again && self.fault_spot().is_some(), Id::FaultOpen);
        }
    }

    fn run_if(&mut self, now: bool, id: Id) {
        if now {
            self.run(id);
        }
    }

    fn detail_wheel(&mut self, at: Position, by: isize) {
        let body = self.monitor_body();
        let monitor = &mut self.monitor;
        match self.screen {
            Screen::Faults => {
                let (list, _) = faults_facts::places(body, monitor.faults.faults.len());
                if list.contains(at) {
                    let count = monitor.faults.faults.len();
                    monitor.faults.list.scroll(by, count, &|_| 1);
                } else {
                    monitor.faults.top = monitor.faults.top.saturating_add_signed(by);
                }
            }
            Screen::Tail => monitor.tail.scroll(by),
            Screen::Logs => monitor.logs.scroll(by),
            Screen::Globals => {
                let count = monitor.globals.rows.len();
                monitor.globals.list.scroll(by, count, &|_| 1);
            }
            Screen::Design | Screen::Overview | Screen::Flow => {}
        }
    }
}

/// A screen below its line of counts.
fn below(body: Rect) -> Rect {
    crate::tui::app::inner(body)
}
