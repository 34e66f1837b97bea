//! The columns of the table of generators: what they hold, how wide they are, which are left out first
//! where there is no room, and how they sort.

use std::cmp::Ordering;

use super::Monitor;
use super::history::is_active;
use crate::instance::Overview;
use crate::pipeline::{EndReason, State};

/// A column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Its name.
    #[default]
    Name,
    /// Where it stands.
    State,
    /// Since its start.
    Uptime,
    /// Events per second now.
    Rate,
    /// The same over the last minute, as bars.
    Minute,
    /// Events produced.
    Events,
    /// Bytes written.
    Bytes,
    /// Behind its schedule.
    Lag,
    /// How full the fullest queue is.
    Queue,
    /// Events lost.
    Lost,
    /// Errors of all kinds.
    Errors,
    /// Share of a processor.
    Cpu,
    /// Starts with the instance.
    Auto,
    /// Scenarios.
    Scenarios,
    /// What is to be said about it.
    Note,
}

/// Cells before the name: the cursor and the mark.
pub const MARK: usize = 3;
/// Least cells of a name.
const NAME: usize = 12;
/// Cells of a name that are more important than any column.
const WHOLE_NAME: usize = 20;
/// Most cells of a name.
const LONG_NAME: usize = 36;
/// Least cells of a note that is worth its place.
const NOTE: usize = 13;

impl Column {
    /// From left to right.
    pub const ALL: [Self; 15] = [
        Self::Name,
        Self::State,
        Self::Uptime,
        Self::Rate,
        Self::Minute,
        Self::Events,
        Self::Bytes,
        Self::Lag,
        Self::Queue,
        Self::Lost,
        Self::Errors,
        Self::Cpu,
        Self::Auto,
        Self::Scenarios,
        Self::Note,
    ];

    /// Those that can be left out, the most important first.
    const BY_IMPORTANCE: [Self; 14] = [
        Self::State,
        Self::Rate,
        Self::Lost,
        Self::Lag,
        Self::Queue,
        Self::Uptime,
        Self::Minute,
        Self::Events,
        Self::Cpu,
        Self::Note,
        Self::Auto,
        Self::Bytes,
        Self::Errors,
        Self::Scenarios,
    ];

    /// As shown above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "generator",
            Self::State => "state",
            Self::Uptime => "up",
            Self::Rate => "rate",
            Self::Minute => "last minute",
            Self::Events => "events",
            Self::Bytes => "written",
            Self::Lag => "lag",
            Self::Queue => "queue",
            Self::Lost => "lost",
            Self::Errors => "errors",
            Self::Cpu => "cpu",
            Self::Auto => "auto",
            Self::Scenarios => "scenarios",
            Self::Note => "note",
        }
    }

    /// True when it holds numbers, which stand at its right end and sort from high to low at first.
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Self::Name | Self::State | Self::Auto | Self::Scenarios | Self::Note | Self::Minute
        )
    }

    /// Cells with two blanks before it.
    fn cells(self) -> usize {
        2 + match self {
            Self::Name => NAME,
            Self::State => 11,
            Self::Uptime | Self::Lag | Self::Events | Self::Errors => 6,
            Self::Rate | Self::Bytes => 7,
            Self::Minute => 12,
            Self::Queue | Self::Lost | Self::Cpu => 5,
            Self::Auto => 4,
            Self::Scenarios => 14,
            Self::Note => NOTE,
        }
    }
}

/// A column at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub column: Column,
    /// Its first cell, from the left of the table.
    pub at: usize,
    /// Its cells, without the blanks before it.
    pub cells: usize,
}

/// The columns that a table of that width has room for; the longest name has `longest` cells.
///
/// ```text
/// ▸● web-access  ● running    1:05 h  1.02k/s  ▅▅▆▅▅▅▅▅  ...  note
/// ```
pub fn columns(width: usize, longest: usize) -> Vec<Placed> {
    let name = longest.clamp(NAME, LONG_NAME);
    let least = name.min(WHOLE_NAME);
    let mut left = width.saturating_sub(MARK + least);
    let mut taken = vec![Column::Name];
    for column in Column::BY_IMPORTANCE {
        if column.cells() <= left {
            left -= column.cells();
            taken.push(column);
        }
    }
    let more = (name - least).min(left);
    left -= more;
    let mut at = MARK;
    let mut out = Vec::new();
    for column in Column::ALL {
        if !taken.contains(&column) {
            continue;
        }
        let cells = match column {
            Column::Name => (least + more).min(width.saturating_sub(MARK)),
            // What nobody needs goes to the words at the end.
            Column::Note => column.cells() - 2 + left,
            Column::Minute if left >= 24 => {
                left -= 8;
                column.cells() - 2 + 8
            }
            _ => column.cells() - 2,
        };
        let gap = if column == Column::Name { 0 } else { 2 };
        out.push(Placed {
            column,
            at: at + gap,
            cells,
        });
        at += gap + cells;
    }
    out
}

/// Where a generator stands, in a word and a sign that tells without colour, and how good that is.
pub fn standing(one: &Overview) -> (&'static str, &'static str, Standing) {
    match &one.state {
        None if one.listing.problem.is_some() => ("✗", "bad entry", Standing::Bad),
        None => ("○", "not run", Standing::Over),
        Some(State::Starting) => ("◌", "starting", Standing::Between),
        Some(State::Running) if one.paused => ("‖", "paused", Standing::Between),
        Some(State::Running) if one.outages > 0 => ("▲", "no target", Standing::Bad),
        Some(State::Running) => ("●", "running", Standing::Good),
        Some(State::Stopping) => ("◌", "stopping", Standing::Between),
        Some(State::Ended(reason)) => match reason {
            EndReason::Finished => ("○", "finished", Standing::Over),
            EndReason::Stopped => ("○", "stopped", Standing::Over),
            EndReason::Aborted => ("○", "given up", Standing::Over),
            EndReason::OutputClosed => ("○", "closed", Standing::Over),
            EndReason::Failed(_) => ("✗", "failed", Standing::Bad),
        },
    }
}

/// How good a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Something is wrong.
    Bad,
    /// On the way, or held.
    Between,
    /// Running.
    Good,
    /// Not running, and that is well.
    Over,
}

/// What is to be said about a generator, the most serious first; `true` when it is bad.
pub fn note(one: &Overview) -> Option<(String, bool)> {
    if let Some(State::Ended(EndReason::Failed(why))) = &one.state {
        return Some((why.clone(), true));
    }
    if let Some(problem) = &one.listing.problem {
        return Some((problem.clone(), true));
    }
    match one.outages {
        0 => {}
        1 => return Some(("an output is down".to_owned(), true)),
        many => return Some((format!("{many} outputs are down"), true)),
    }
    if !one.lints.is_empty() {
        return Some((one.lints.join(", "), false));
    }
    None
}

impl Monitor {
    /// Which of two generators stands first, by a column from low to high.
    pub fn compare(&self, column: Column, a: &Overview, b: &Overview) -> Ordering {
        let history = |one: &Overview| self.histories.get(&one.id);
        let rate = |one: &Overview| history(one).map_or(0.0, |history| history.rate);
        let up = |one: &Overview| is_active(one.state.as_ref()).then_some(one.uptime);
        match column {
            Column::Name => a.id.cmp(&b.id),
            Column::State => {
                let key = |one: &Overview| {
                    let (_, word, standing) = standing(one);
                    (standing, word)
                };
                key(a).cmp(&key(b))
            }
            Column::Uptime => up(a).cmp(&up(b)),
            Column::Rate | Column::Minute => rate(a).total_cmp(&rate(b)),
            Column::Events => a.events.cmp(&b.events),
            Column::Bytes => a.bytes.cmp(&b.bytes),
            Column::Lag => a.lag.cmp(&b.lag),
            Column::Queue => a.queue.total_cmp(&b.queue),
            Column::Lost => a.lost.cmp(&b.lost),
            Column::Errors => a.errors.cmp(&b.errors),
            Column::Cpu => {
                let cpu = |one: &Overview| history(one).map_or(0.0, |history| history.cpu);
                cpu(a).total_cmp(&cpu(b))
            }
            Column::Auto => b.listing.autostart.cmp(&a.listing.autostart),
            Column::Scenarios => a.listing.scenarios.cmp(&b.listing.scenarios),
            Column::Note => {
                // Those with something to say come first.
                let key = |one: &Overview| {
                    let note = note(one);
                    (note.is_none(), note)
                };
                key(a).cmp(&key(b))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn columns_fit_every_width_and_the_least_important_go_first() {
        let mut before = 0;
        for width in 0..300 {
            let placed = columns(width, 20);
            let end = placed.last().map_or(0, |one| one.at + one.cells);
            assert!(end <= width.max(MARK), "{width}: {placed:?}");
            for pair in placed.windows(2) {
                assert!(pair[0].at + pair[0].cells + 2 <= pair[1].at, "{placed:?}");
            }
            before = before.max(placed.len());
        }
        assert_eq!(before, Column::ALL.len());
        let names = |width| -> Vec<Column> {
            columns(width, 20)
                .into_iter()
                .map(|one| one.column)
                .collect()
        };
        assert_eq!(
            names(80),
            [
                Column::Name,
                Column::State,
                Column::Uptime,
                Column::Rate,
                Column::Lag,
                Column::Queue,
                Column::Lost,
            ]
        );
        assert!(names(120).contains(&Column::Minute) && names(120).contains(&Column::Cpu));
        assert_eq!(names(200).len(), Column::ALL.len());
    }
}
