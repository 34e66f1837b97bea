//! The views that share the place of the events pane: which one is shown, what it asks of the preview,
//! and what it keeps. Draws nothing.

mod changes;
mod events;
mod explain;
mod look;
mod params;
mod samples;
mod sheet;
mod state;
mod statistics;
mod time;
mod tools;

use std::collections::{BTreeMap, BTreeSet};

use super::App;
use crate::event::{Explanation, Outline, StateScope};
use crate::preview::{Attempt, Inspection, PreviewResult, Shown, StateEdit, Statistics, Tried};

pub use changes::Changes;
pub use events::{Row, Search, shown_text};
pub use samples::Samples;
pub use sheet::{Goal, Ink, Sheet, SheetRow};
pub use time::{SPANS, Times, bucket};
pub use tools::{Tool, Tools};

/// Timestamps that are rendered unless more are asked for.
pub const EVENTS: usize = 20;
/// Most timestamps that are rendered to be looked at one by one.
const MOST_EVENTS: usize = 2_000;
/// Timestamps that statistics are made of.
const STUDIED: usize = 4_000;

/// What the place of the events shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The next events.
    #[default]
    Events,
    /// What many events are like.
    Statistics,
    /// What made the chosen event.
    Explain,
    /// What templates keep between events.
    State,
    /// Tables that templates choose from.
    Samples,
    /// Expressions, formatters and moments to try.
    Tools,
    /// Values for `${params.*}`.
    Params,
}

impl View {
    /// In the order of the tabs.
    pub const ALL: [Self; 7] = [
        Self::Events,
        Self::Statistics,
        Self::Explain,
        Self::State,
        Self::Samples,
        Self::Tools,
        Self::Params,
    ];

    /// As shown.
    pub fn title(self) -> &'static str {
        match self {
            Self::Events => "Events",
            Self::Statistics => "Statistics",
            Self::Explain => "Explain",
            Self::State => "State",
            Self::Samples => "Samples",
            Self::Tools => "Tools",
            Self::Params => "Params",
        }
    }
}

/// What the views keep.
#[derive(Debug)]
pub struct Panes {
    /// What is shown.
    pub view: View,
    /// How events are shown.
    pub shown: Shown,
    /// JSON events as trees.
    pub tree: bool,
    /// Long lines go on in the next row.
    pub wrap: bool,
    /// Cells that long lines are moved to the left, when they do not wrap.
    pub shift: usize,
    /// Ways to values of events that are folded, in all events.
    pub folded: BTreeSet<String>,
    /// What is looked for.
    pub search: Option<Search>,
    /// Timestamps that are rendered.
    pub events: usize,
    /// What the last edit changed.
    pub changes: Changes,
    /// Changes of the state on the way.
    pub edits: Vec<StateEdit>,
    /// The shown view as rows, unless it is the events or the samples.
    pub sheet: Sheet,
    /// Rows of the state that are folded.
    pub state_folded: BTreeSet<String>,
    /// What many events are like; the last that was worked out.
    pub statistics: Option<Box<Statistics>>,
    /// True while statistics are worked out anew.
    pub studying: bool,
    /// What made the chosen event.
    pub explanation: Option<Explanation>,
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Templates with their files.
    pub outline: Outline,
    /// The state after the events.
    pub state: Vec<StateScope>,
    /// The same before, to tell what changed.
    pub state_before: Vec<StateScope>,
    /// Why changes of the state could not be made.
    pub refused: Vec<String>,
    /// Tables.
    pub samples: Samples,
    /// What is tried.
    pub tools: Tools,
    /// All params that the project needs.
    pub params: Vec<String>,
    /// All secrets that it needs.
    pub secrets: Vec<String>,
    /// Those of them that have a value; `None` when that is not known.
    pub known_secrets: Option<Vec<String>>,
    /// Values that params had when the project was opened, for those that were typed over.
    pub given: BTreeMap<String, Option<serde_json::Value>>,
}

impl Panes {
    pub(super) fn new() -> Self {
        Self {
            view: View::default(),
            shown: Shown::default(),
            tree: false,
            wrap: true,
            shift: 0,
            folded: BTreeSet::new(),
            search: None,
            events: EVENTS,
            changes: Changes::default(),
            edits: Vec::new(),
            sheet: Sheet::default(),
            state_folded: BTreeSet::new(),
            statistics: None,
            studying: false,
            explanation: None,
            outputs: Vec::new(),
            outline: Outline::default(),
            state: Vec::new(),
            state_before: Vec::new(),
            refused: Vec::new(),
            samples: Samples::default(),
            tools: Tools::default(),
            params: Vec::new(),
            secrets: Vec::new(),
            known_secrets: None,
            given: BTreeMap::new(),
        }
    }

    /// What the shown view asks of the preview besides events; `(number, part)` is the chosen event.
    pub(super) fn inspection(&self, (number, part): (usize, usize)) -> Inspection {
        let is = |view| self.view == view;
        let attempts = self.tools.attempts();
        let attempt = |what: Tried| Attempt {
            what,
            number,
            event: part,
        };
        Inspection {
            shown: self.shown,
            explain: is(View::Explain).then_some(number),
            state: is(View::State),
            edits: self.edits.clone(),
            samples: is(View::Samples).then(|| self.samples.wish()),
            attempts: match is(View::Tools) {
                true => attempts.map(attempt).collect(),
                false => Vec::new(),
            },
            statistics: is(View::Statistics).then_some(STUDIED),
            profile: false,
            secrets: is(View::Params),
            inert: false,
        }
    }

    /// Takes what a preview says besides events.
    pub(super) fn take(&mut self, result: &mut PreviewResult) {
        self.studying = self.view == View::Statistics;
        self.outputs = std::mem::take(&mut result.outputs);
        if !result.outline.entries.is_empty() || !result.diagnostics.has_errors() {
            self.outline = std::mem::take(&mut result.outline);
        }
        self.params.clone_from(&result.params);
        self.secrets.clone_from(&result.secrets);
        self.known_secrets = result.known_secrets.take();
        match self.view {
            View::Explain => self.explanation = result.explanation.take(),
            View::State => {
                let state = std::mem::take(&mut result.state);
                if !(state.is_empty() && result.diagnostics.has_errors()) {
                    self.state_before = std::mem::replace(&mut self.state, state);
                }
                self.refused = std::mem::take(&mut result.refused);
            }
            View::Samples => self.samples.take(result.samples.take()),
            View::Tools => self.tools.take(std::mem::take(&mut result.tried)),
            View::Events | View::Statistics | View::Params => {}
        }
    }
}

impl App {
    /// Shows a view and gives it the keys.
    pub fn show_view(&mut self, view: View) {
        self.set_focus(super::Focus::Events);
        if self.preview.panes.view != view {
            self.preview.panes.view = view;
            self.preview.panes.sheet.begin();
            self.preview.hurry(self.now);
            self.preview.make_sheet(&self.parameters);
        }
    }

    /// The next view, or the one before.
    pub fn cycle_view(&mut self, forward: bool) {
        let all = View::ALL;
        let at = all
            .iter()
            .position(|view| *view == self.preview.panes.view)
            .unwrap_or(0);
        let next = if forward { at + 1 } else { at + all.len() - 1 };
        if let Some(view) = all.get(next % all.len()) {
            self.show_view(*view);
        }
    }
}
