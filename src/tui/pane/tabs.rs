//! Headings of the right panes: tabs for the views that share a place.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::heading;
use crate::tui::app::{App, Focus, PaneView};
use crate::tui::text;

/// Where a tab leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To the timestamps.
    Timestamps,
    /// To a view in the place of the events.
    View(PaneView),
    /// To the view after the shown one.
    Next,
    /// To the view before it.
    Previous,
}

/// A tab in a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its text.
    pub title: &'static str,
    /// Whether it is what is shown.
    pub chosen: bool,
    /// Columns of the screen that belong to it.
    pub cells: Range<u16>,
    /// Where it leads.
    pub leads: Lead,
}

/// Cells around a tab's title.
const AROUND: usize = 2;

/// The tabs of a right pane: as many as there is room for around the chosen one.
pub fn right_tabs(app: &App, own: Focus, area: Rect) -> Vec<Tab> {
    let view = app.preview.panes.view;
    let shared = app.layout().tabs;
    let mut all: Vec<(&'static str, bool, Lead)> = Vec::new();
    if shared || own == Focus::Timestamps {
        all.push(("Timestamps", own == Focus::Timestamps, Lead::Timestamps));
    }
    if shared || own == Focus::Events {
        all.extend(PaneView::ALL.iter().map(|one| {
            let chosen = own == Focus::Events && *one == view;
            (one.title(), chosen, Lead::View(*one))
        }));
    }
    let marked = if app.focus == own { 1 } else { 0 };
    let spare = if shared && area.width < 44 {
        2
    } else {
        area.width / 3
    };
    let room = usize::from(area.width.saturating_sub(spare + 1));
    let shown = window(&all, room.saturating_sub(marked));
    let mut at = area.x.saturating_add(1);
    let mut tabs = Vec::new();
    let mut put = |title: &'static str, chosen: bool, leads: Lead| {
        let around = AROUND + if chosen { marked } else { 0 };
        let wide = u16::try_from(text::width(title) + around).unwrap_or(0);
        let end = at.saturating_add(wide).min(area.right());
        tabs.push(Tab {
            title,
            chosen,
            cells: at.min(end)..end,
            leads,
        });
        at = end;
    };
    if shown.start > 0 {
        put("«", false, Lead::Previous);
    }
    for (title, chosen, leads) in all.get(shown.clone()).unwrap_or_default() {
        put(title, *chosen, *leads);
    }
    if shown.end < all.len() {
        put("»", false, Lead::Next);
    }
    tabs
}

/// The tabs that fit, the chosen one among them.
fn window(all: &[(&'static str, bool, Lead)], room: usize) -> Range<usize> {
    let wide = |index: usize| all.get(index).map_or(0, |tab| text::width(tab.0) + AROUND);
    let chosen = all.iter().position(|tab| tab.1).unwrap_or(0);
    let mut shown = chosen..(chosen + 1).min(all.len());
    let fits = |shown: &Range<usize>| {
        let more = usize::from(shown.start > 0) + usize::from(shown.end < all.len());
        shown.clone().map(wide).sum::<usize>() + more * (1 + AROUND) <= room
    };
    loop {
        let before = shown.clone();
        let wider = shown.start..(shown.end + 1).min(all.len());
        if fits(&wider) {
            shown = wider;
        }
        let wider = shown.start.saturating_sub(1)..shown.end;
        if fits(&wider) {
            shown = wider;
        }
        if shown == before {
            return shown;
        }
    }
}

/// Draws the heading of a right pane.
pub(super) fn right_heading(app: &App, area: Rect, own: Focus, remark: &str, screen: &mut Buffer) {
    let tabs = right_tabs(app, own, area);
    let names: Vec<(&str, bool)> = tabs.iter().map(|tab| (tab.title, tab.chosen)).collect();
    let remark = if app.layout().tabs && area.width < 44 {
        ""
    } else {
        remark
    };
    heading(area, &names, remark, app.focus == own, &app.theme, screen);
}
