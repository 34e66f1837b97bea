//! The rows of the events: problems first, then each event as text or as a tree.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::super::preview::{Preview, failure_text};
use crate::preview::{PreviewEvent, PreviewFailure, json};
use crate::tui::text::{break_lines, wrap};

/// One row of the events pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Where a problem is.
    Place(usize),
    /// A piece of a problem's text.
    Problem(usize, String),
    /// A piece of what to do about it.
    Help(usize, String),
    /// A remark about all events.
    Note(String),
    /// The first row of an event: when, which template, which tags.
    Head(usize),
    /// Bytes of an event's text.
    Text(usize, Range<usize>),
    /// A value of an event that is shown as a tree: index of the event and of the node.
    Tree(usize, usize),
    /// A piece of why there is no event.
    Failed(usize, String),
    /// A piece of why an event is not JSON; Enter leads to the template.
    Fault(usize, String),
    /// Nothing.
    Blank,
}

/// What is looked for in the events.
#[derive(Debug)]
pub struct Search {
    /// As typed.
    pub text: String,
    matcher: Option<Regex>,
    /// Parts of each event's text that match, in bytes.
    pub found: Vec<Vec<Range<usize>>>,
}

impl Search {
    /// Small letters match both cases, a capital makes it exact. A text that is no regular expression is
    /// looked for as it is.
    pub(super) fn new(text: &str) -> Self {
        let exact = text.chars().any(char::is_uppercase);
        let build = |pattern: &str| {
            let mut builder = RegexBuilder::new(pattern);
            builder.case_insensitive(!exact).size_limit(1 << 20).build()
        };
        let matcher = build(text).or_else(|_| build(&regex::escape(text)));
        Self {
            text: text.to_owned(),
            matcher: matcher.ok().filter(|_| !text.is_empty()),
            found: Vec::new(),
        }
    }

    /// Looks through the events.
    pub(super) fn look(&mut self, events: &[PreviewEvent]) {
        let found = |event: &PreviewEvent| {
            let text = shown_text(event).unwrap_or_default();
            let matches = self.matcher.iter().flat_map(|one| one.find_iter(text));
            let matches = matches.map(|found| found.range());
            matches.filter(|range| !range.is_empty()).collect()
        };
        self.found = events.iter().map(found).collect();
    }

    /// Number of matches.
    pub fn count(&self) -> usize {
        self.found.iter().map(Vec::len).sum()
    }
}

/// The text of an event that is there to be looked at: also of one that an output refuses.
pub fn shown_text(event: &PreviewEvent) -> Option<&str> {
    match &event.text {
        Ok(text) => Some(text),
        Err(PreviewFailure::Format(text, _)) => Some(text),
        Err(_) => None,
    }
}

fn signed(first: &str, lines: Vec<String>) -> impl Iterator<Item = String> {
    let sign = std::iter::once(format!("{first} ")).chain(std::iter::repeat("  ".to_owned()));
    sign.zip(lines).map(|(sign, text)| format!("{sign}{text}"))
}

impl Preview {
    /// Makes the rows of the events pane.
    pub(in crate::tui::app) fn lay_out(&mut self) {
        let before = self.rows.get(self.cursor).cloned();
        let way = before.as_ref().and_then(|row| self.way_of(row));
        let width = usize::from(self.rows_width);
        self.trees = self
            .events
            .iter()
            .map(|event| self.tree_of(event))
            .collect();
        let mut rows = self.problem_rows(width);
        if let Some(note) = &self.note {
            rows.extend(wrap(note, width).into_iter().map(Row::Note));
            rows.push(Row::Blank);
        }
        if self.old && !self.events.is_empty() {
            rows.push(Row::Note("as it was before the problems:".to_owned()));
        }
        for (index, event) in self.events.iter().enumerate() {
            rows.push(Row::Head(index));
            self.event_rows(index, event, width, &mut rows);
            rows.push(Row::Blank);
        }
        rows.pop_if(|row| *row == Row::Blank);
        self.rows = rows;
        self.top = self.top.min(self.rows.len().saturating_sub(1));
        self.chosen = self.chosen.min(self.items().saturating_sub(1));
        let same = |row: &Row| way.is_some() && self.way_of(row) == way;
        let own = |row: &Row| self.item_of(row) == Some(self.chosen);
        let at = self.rows.iter().position(same);
        let at = at.or_else(|| self.rows.iter().position(own));
        self.cursor = at.unwrap_or(0);
        if let Some(search) = &mut self.panes.search {
            search.look(&self.events);
        }
    }

    fn problem_rows(&self, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (index, problem) in self.problems.iter().enumerate() {
            rows.push(Row::Place(index));
            let wrapped = wrap(&problem.message, width.saturating_sub(2));
            rows.extend(wrapped.into_iter().map(|text| Row::Problem(index, text)));
            if let Some(help) = &problem.help {
                let wrapped = wrap(help, width.saturating_sub(4));
                rows.extend(signed("→", wrapped).map(|text| Row::Help(index, text)));
            }
            rows.push(Row::Blank);
        }
        rows
    }

    fn event_rows(&self, index: usize, event: &PreviewEvent, width: usize, rows: &mut Vec<Row>) {
        // What the formatter says of a text that is not JSON is said below, with its place.
        let said = |failure: &PreviewFailure| {
            event.fault.is_some() && matches!(failure, PreviewFailure::Format(..))
        };
        if let Err(failure) = &event.text
            && !said(failure)
        {
            let wrapped = wrap(&failure_text(failure), width.saturating_sub(2));
            rows.extend(signed("✗", wrapped).map(|text| Row::Failed(index, text)));
        }
        if let Some(fault) = &event.fault {
            let mut words = format!(
                "not JSON at {}:{}: {}",
                fault.line, fault.column, fault.message
            );
            if let Some(place) = &fault.place {
                let name = place.path.file_name().unwrap_or_default();
                let at = place.span.unwrap_or_default().start;
                let (name, line, column) = (name.to_string_lossy(), at.line, at.column);
                words.push_str(&format!(" → {name}:{line}:{column}"));
            }
            let wrapped = wrap(&words, width.saturating_sub(2));
            rows.extend(signed("✗", wrapped).map(|text| Row::Fault(index, text)));
        }
        let Some(text) = shown_text(event) else {
            return;
        };
        if let Some(Some(nodes)) = self.trees.get(index) {
            let folded = &self.panes.folded;
            let mut at = 0;
            while let Some(node) = nodes.get(at) {
                rows.push(Row::Tree(index, at));
                let closed = node.items > 0 && folded.contains(&json::path(text, nodes, at));
                at = if closed { node.end } else { at + 1 };
            }
        } else if self.panes.wrap {
            rows.extend(break_lines(text, width).map(|range| Row::Text(index, range)));
        } else {
            let start = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
            let lines = text
                .lines()
                .map(|line| start(line)..start(line) + line.len());
            rows.extend(lines.map(|range| Row::Text(index, range)));
        }
    }

    fn tree_of(&self, event: &PreviewEvent) -> Option<Vec<json::Node>> {
        if !self.panes.tree {
            return None;
        }
        let nodes = json::parse(shown_text(event)?).ok()?;
        // A lone number is no tree.
        nodes
            .first()
            .is_some_and(|node| node.items > 0)
            .then_some(nodes)
    }

    /// What a row of a tree shows, to find it again.
    fn way_of(&self, row: &Row) -> Option<(usize, String)> {
        let Row::Tree(event, node) = row else {
            return None;
        };
        let nodes = self.trees.get(*event)?.as_ref()?;
        let text = shown_text(self.events.get(*event)?)?;
        nodes.get(*node)?;
        Some((*event, json::path(text, nodes, *node)))
    }

    /// Number of things that can be chosen.
    pub fn items(&self) -> usize {
        self.problems.len() + self.events.len()
    }

    /// The thing that a row belongs to.
    pub fn item_of(&self, row: &Row) -> Option<usize> {
        match row {
            Row::Place(index) | Row::Problem(index, _) | Row::Help(index, _) => Some(*index),
            Row::Head(index)
            | Row::Text(index, _)
            | Row::Tree(index, _)
            | Row::Failed(index, _)
            | Row::Fault(index, _) => Some(self.problems.len() + index),
            Row::Note(_) | Row::Blank => None,
        }
    }

    /// The chosen event.
    pub fn chosen_event(&self) -> Option<&PreviewEvent> {
        let index = self.chosen.checked_sub(self.problems.len());
        // While a problem is chosen, views on one event show the first.
        self.events.get(index.unwrap_or(0))
    }

    fn is_stop(&self, row: &Row) -> bool {
        matches!(row, Row::Place(_) | Row::Head(_) | Row::Tree(..))
    }

    /// Moves the choice by so many problems, events or parts of trees.
    pub(in crate::tui::app) fn choose(&mut self, by: isize) {
        let stops: Vec<usize> = (0..self.rows.len())
            .filter(|index| self.rows.get(*index).is_some_and(|row| self.is_stop(row)))
            .collect();
        let at = stops.partition_point(|index| *index <= self.cursor);
        let at = at.saturating_sub(1).saturating_add_signed(by);
        if let Some(row) = stops.get(at.min(stops.len().saturating_sub(1))) {
            self.put_cursor(*row);
        }
    }

    /// Moves the choice to the event after it, or before.
    pub(in crate::tui::app) fn choose_event(&mut self, by: isize) {
        let now = self.chosen.saturating_sub(self.problems.len());
        let last = self.events.len().saturating_sub(1);
        let wanted = now.saturating_add_signed(by).min(last);
        if let Some(row) = self.rows.iter().position(|row| *row == Row::Head(wanted)) {
            self.put_cursor(row);
        }
    }

    /// Chooses a row and what it belongs to, and brings it into view.
    pub(in crate::tui::app) fn put_cursor(&mut self, index: usize) {
        self.cursor = index;
        let Some(row) = self.rows.get(index) else {
            return;
        };
        let item = self.item_of(row);
        self.chosen = item.unwrap_or(self.chosen);
        let single = matches!(row, Row::Tree(..) | Row::Text(..));
        let mut own = self.rows.iter().enumerate().skip(index);
        let end = match single {
            true => index + 1,
            false => own
                .find(|(_, row)| self.item_of(row) != item)
                .map_or(self.rows.len(), |(at, _)| at),
        };
        let height = usize::from(self.rows_height);
        self.top = self.top.max(end.saturating_sub(height)).min(index);
    }

    pub(in crate::tui::app) fn scroll(&mut self, by: isize) {
        let height = usize::from(self.rows_height);
        let last = self.rows.len().saturating_sub(height);
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// The text of the chosen event or problem.
    pub(in crate::tui::app) fn chosen_text(&self) -> Option<String> {
        match self.problems.get(self.chosen) {
            Some(problem) => Some(problem.message.clone()),
            None => {
                let event = self.events.get(self.chosen - self.problems.len())?;
                match &event.text {
                    Ok(text) => Some(text.clone()),
                    Err(failure) => Some(failure_text(failure)),
                }
            }
        }
    }

    /// The way to the chosen part of a tree, and its value as text.
    pub(in crate::tui::app) fn chosen_part(&self) -> Option<(String, String)> {
        let &Row::Tree(event, node) = self.rows.get(self.cursor)? else {
            return None;
        };
        let text = shown_text(self.events.get(event)?)?;
        let nodes = self.trees.get(event)?.as_ref()?;
        let value = text.get(nodes.get(node)?.value.clone())?;
        let value = match value.starts_with('"') {
            true => json::unquote(value),
            false => value.to_owned(),
        };
        Some((json::path(text, nodes, node), value))
    }

    /// Folds or unfolds the chosen part of a tree; a part that holds nothing leads to what it lies in.
    /// False when nothing can be done.
    pub(in crate::tui::app) fn fold(&mut self, close: Option<bool>) -> bool {
        let Some(Row::Tree(event, index)) = self.rows.get(self.cursor).cloned() else {
            return false;
        };
        let Some((_, way)) = self.way_of(&Row::Tree(event, index)) else {
            return false;
        };
        let nodes = self.trees.get(event).and_then(Option::as_ref);
        let Some(node) = nodes.and_then(|nodes| nodes.get(index)) else {
            return false;
        };
        let closed = self.panes.folded.contains(&way);
        if node.items == 0 || (closed && close == Some(true)) {
            let depth = node.depth;
            let above = self.rows.iter().take(self.cursor).rposition(|row| {
                let &Row::Tree(other, at) = row else {
                    return false;
                };
                let other = (other == event).then(|| nodes?.get(at)).flatten();
                other.is_some_and(|one| one.depth < depth)
            });
            if let Some(above) = above.filter(|_| close == Some(true)) {
                self.put_cursor(above);
            }
            return close == Some(true);
        }
        match close.unwrap_or(!closed) {
            true => drop(self.panes.folded.insert(way)),
            false => drop(self.panes.folded.remove(&way)),
        }
        self.lay_out();
        true
    }

    /// Goes to the next match, or the one before; false when nothing matches.
    pub(in crate::tui::app) fn seek(&mut self, forward: bool, from_here: bool) -> bool {
        let hit = |index: &usize| self.rows.get(*index).is_some_and(|row| self.is_hit(row));
        let hits: Vec<usize> = (0..self.rows.len()).filter(hit).collect();
        let here = self.cursor;
        let found = match (forward, from_here) {
            (true, true) => hits.iter().find(|at| **at >= here),
            (true, false) => hits.iter().find(|at| **at > here),
            (false, _) => hits.iter().rfind(|at| **at < here),
        };
        let round = if forward { hits.first() } else { hits.last() };
        let Some(row) = found.or(round).copied() else {
            return false;
        };
        self.put_cursor(row);
        self.shift_to_hit(row);
        true
    }

    /// Moves lines that are cut at the edge sideways until the first match of a row is seen.
    fn shift_to_hit(&mut self, row: usize) {
        let Some(Row::Text(event, range)) = self.rows.get(row).filter(|_| !self.panes.wrap) else {
            return;
        };
        let found = self.panes.search.as_ref();
        let found = found.and_then(|search| search.found.get(*event));
        let own = found.and_then(|all| all.iter().find(|one| range.contains(&one.start)));
        let text = self.events.get(*event).and_then(shown_text);
        let cells = |from: usize, to: usize| {
            let part = text.and_then(|text| text.get(from..to));
            part.map_or(0, crate::tui::text::width)
        };
        if let Some(own) = own {
            let (start, wide) = (cells(range.start, own.start), cells(own.start, own.end));
            let room = usize::from(self.rows_width);
            let shift = self.panes.shift;
            if start < shift || start + wide > shift + room {
                // With something of what stands before it.
                self.panes.shift = (start + wide)
                    .saturating_sub(room)
                    .max(start.saturating_sub(room / 3));
            }
            if start + wide <= room {
                self.panes.shift = 0;
            }
        }
    }

    fn is_hit(&self, row: &Row) -> bool {
        let event = match row {
            Row::Text(event, _) | Row::Tree(event, _) => *event,
            _ => return false,
        };
        let found = self.panes.search.as_ref();
        let found = found.and_then(|search| search.found.get(event));
        let range = match row {
            Row::Text(_, range) => range.clone(),
            Row::Tree(_, node) => {
                let nodes = self.trees.get(event).and_then(Option::as_ref);
                let Some(node) = nodes.and_then(|nodes| nodes.get(*node)) else {
                    return false;
                };
                let from = node.key.as_ref().map_or(node.value.start, |key| key.start);
                // What is folded in is found at the fold.
                let open = node.items > 0 && !self.is_folded(event, row);
                let to = if open {
                    node.value.start
                } else {
                    node.value.end
                };
                from..to.max(from + 1)
            }
            _ => return false,
        };
        found.is_some_and(|found| found.iter().any(|one| range.contains(&one.start)))
    }

    /// True when what a row of a tree holds is not shown.
    pub fn is_folded(&self, _: usize, row: &Row) -> bool {
        let way = self.way_of(row);
        way.is_some_and(|(_, way)| self.panes.folded.contains(&way))
    }

    /// A row of a tree in words: indent, key, value.
    pub fn tree_row(&self, event: usize, index: usize) -> Option<(usize, String, Cow<'_, str>)> {
        let nodes = self.trees.get(event)?.as_ref()?;
        let node = nodes.get(index)?;
        let text = shown_text(self.events.get(event)?)?;
        let key = match (&node.key, node.index) {
            (Some(key), _) => json::unquote(text.get(key.clone())?),
            (None, Some(index)) => index.to_string(),
            (None, None) => String::new(),
        };
        let raw = text.get(node.value.clone())?;
        let folded = node.items > 0 && self.is_folded(event, &Row::Tree(event, index));
        let value = match (node.kind, folded) {
            (json::Kind::Map | json::Kind::List, true) => {
                Cow::Owned(raw.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            (json::Kind::Map, false) if node.items > 0 && node.depth > 0 => {
                Cow::Owned(String::new())
            }
            (json::Kind::Map, false) if node.items > 0 => Cow::Owned(format!("{{{}}}", node.items)),
            (json::Kind::List, false) if node.items > 0 => Cow::Owned(format!("[{}]", node.items)),
            _ => Cow::Borrowed(raw),
        };
        Some((usize::from(node.depth), key, value))
    }

    /// Whether a row of a tree holds others, and what it is.
    pub fn tree_node(&self, event: usize, index: usize) -> Option<&json::Node> {
        self.trees.get(event)?.as_ref()?.get(index)
    }
}
