//! What the right panes show, and when it is worked out anew.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::layout::Rect;

use super::panes::{Panes, Row, SPANS, Times};
use super::{App, Focus};
use crate::config::{Place, Severity};
use crate::preview::{
    Inspection, PreviewEvent, PreviewFailure, PreviewRequest, PreviewResult, Schedule, Shown,
    buckets_for,
};
use crate::tui::editor::Mark;
use crate::tui::event::Effect;

/// Calm after a key before anything is worked out.
const DEBOUNCE: Duration = Duration::from_millis(90);
/// Calm after changes by others, which may come all the time.
const DEBOUNCE_OTHERS: Duration = Duration::from_millis(400);
/// How long what is shown may lag behind the text before it says so.
const STALE: Duration = Duration::from_millis(350);
/// Wall-clock limit of one preview.
const DEADLINE: Duration = Duration::from_secs(2);

/// A file, and from and to which line and character of it, from 0.
pub(super) type Resolved = (PathBuf, Option<Range<(usize, usize)>>);

/// A problem as listed above the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What and why.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The file, absolute, and line and character in it, from 0.
    pub place: Option<Resolved>,
    /// The place as shown, and how many events have it; empty when there is none.
    pub label: String,
}

/// The state of the right panes.
#[derive(Debug)]
pub struct Preview {
    /// Counts changes; only a result of the latest is taken.
    pub revision: u64,
    /// When it fires; the last that could be worked out.
    pub schedule: Option<Schedule>,
    /// What it renders; the last that could be worked out.
    pub events: Vec<PreviewEvent>,
    /// Schedule and events are from before the present problems.
    pub old: bool,
    /// All problems.
    pub problems: Vec<Problem>,
    /// Params and secrets that the project needs.
    pub needs: (Vec<String>, Vec<String>),
    /// What ended the rendering early.
    pub note: Option<String>,
    /// Time the last one took; `None` before the first.
    pub took: Option<Duration>,
    /// The text has moved on for a while.
    pub stale: bool,
    /// Index into [`SPANS`].
    pub span: usize,
    /// Where the histogram was moved to, microseconds since the Unix epoch; else it starts where the run
    /// does.
    pub from_us: Option<i64>,
    /// Rows of the events pane.
    pub rows: Vec<Row>,
    /// First row shown.
    pub top: usize,
    /// Chosen problem or event, problems first.
    pub chosen: usize,
    /// Chosen row of the events.
    pub cursor: usize,
    /// JSON events as trees, when they are shown so.
    pub trees: Vec<Option<Vec<crate::preview::json::Node>>>,
    /// The views in the place of the events.
    pub panes: Panes,
    /// When the previewed run is.
    pub times: Times,
    /// First timestamp shown in the list.
    pub list_top: usize,
    /// Seed of what is shown.
    pub seed: u64,
    due: Option<Instant>,
    others_due: Option<Instant>,
    stale_at: Option<Instant>,
    pub(super) rows_width: u16,
    pub(super) rows_height: u16,
    buckets: usize,
    width_changed: bool,
    pub(super) diagnostics: Vec<crate::config::Diagnostic>,
    /// What is wrong with the events themselves.
    pub(super) of_events: Vec<crate::config::Diagnostic>,
}

impl Preview {
    /// Begins anew for another project; what is still being worked out for the last one is not taken.
    pub(super) fn forget(&mut self) {
        let times = std::mem::replace(&mut self.times, Times::new());
        *self = Self {
            revision: self.revision + 1,
            times,
            ..Self::new(Some(self.seed))
        };
    }

    pub(super) fn new(seed: Option<u64>) -> Self {
        Self {
            revision: 0,
            schedule: None,
            events: Vec::new(),
            old: false,
            problems: Vec::new(),
            needs: (Vec::new(), Vec::new()),
            note: None,
            took: None,
            stale: false,
            span: 2,
            from_us: None,
            rows: Vec::new(),
            top: 0,
            chosen: 0,
            cursor: 0,
            trees: Vec::new(),
            panes: Panes::new(),
            times: Times::new(),
            list_top: 0,
            seed: seed.unwrap_or(1),
            due: None,
            others_due: None,
            stale_at: None,
            rows_width: 0,
            rows_height: 0,
            buckets: 0,
            width_changed: false,
            diagnostics: Vec::new(),
            of_events: Vec::new(),
        }
    }

    /// Errors among the problems.
    pub fn errors(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count()
    }

    /// What is asked of the preview besides events.
    fn inspection(&self) -> Inspection {
        let chosen = self.chosen_event();
        let chosen = chosen.map_or((0, 0), |event| (event.number, event.part));
        self.panes.inspection(chosen)
    }

    /// Works it out at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.revision += 1;
        self.due = Some(now);
        self.stale_at.get_or_insert(now + STALE);
    }

    fn later(&mut self, now: Instant) {
        self.revision += 1;
        self.due = Some(now + DEBOUNCE);
        self.stale_at.get_or_insert(now + STALE);
    }

    /// Others changed files. They may do so all the time, so this never holds up what is due for the
    /// text's sake, nor makes a result that is on its way useless.
    pub(super) fn follow_others(&mut self, now: Instant) {
        self.panes.changes.edit(now, &self.events);
        self.others_due.get_or_insert(now + DEBOUNCE_OTHERS);
    }

    pub(super) fn due(&mut self, now: Instant) -> bool {
        let own = self.due.take_if(|due| *due <= now).is_some();
        let others = self.others_due.take_if(|due| *due <= now).is_some();
        if others && !own {
            self.revision += 1;
        }
        own || others
    }

    /// True when what is shown has just become stale.
    pub(super) fn grow_stale(&mut self, now: Instant) -> bool {
        let grown = self.stale_at.take_if(|at| *at <= now).is_some();
        self.stale |= grown;
        grown
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        [self.due, self.others_due, self.stale_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// Asks for another number of buckets when the width wants one.
    pub(super) fn follow_width(&mut self, now: Instant) {
        if std::mem::take(&mut self.width_changed) && self.due.is_none() {
            self.later(now);
        }
    }

    /// Brings rows and number of buckets in step with the sizes of the panes.
    pub(super) fn settle(&mut self, timestamps: Option<Rect>, events: Option<Rect>) {
        if let Some(area) = timestamps {
            let (span, _) = SPANS.get(self.span).copied().unwrap_or((3_600, ""));
            let buckets = buckets_for(span, usize::from(area.width.saturating_sub(2)));
            self.width_changed = self.buckets != buckets;
            self.buckets = buckets;
            let last = self
                .schedule
                .as_ref()
                .map_or(0, |schedule| schedule.next.len());
            self.list_top = self.list_top.min(last.saturating_sub(1));
        }
        if let Some(area) = events {
            self.rows_height = area.height - self.needs_rows(area.height);
            // The first column is air, the last is left to the bar that shows where the view
            // stands.
            let width = area.width.saturating_sub(2);
            if self.rows_width != width {
                self.rows_width = width;
                self.lay_out();
            }
        }
    }

    /// Rows that the line about params and secrets without a value takes above the events.
    pub fn needs_rows(&self, height: u16) -> u16 {
        let (params, secrets) = &self.needs;
        let lists = u16::from(!params.is_empty()) + u16::from(!secrets.is_empty());
        lists.min(height.saturating_sub(3))
    }

    /// How the events are shown: the output by name, with its number when there are several.
    pub fn format_name(&self) -> Option<String> {
        let Shown::Output(index) = self.panes.shown else {
            return None;
        };
        let name = self.panes.outputs.get(index)?;
        Some(match self.panes.outputs.len() {
            1 => name.clone(),
            _ => format!("{name} [{index}]"),
        })
    }

    /// The way to a part of an event that is shown as a tree.
    pub(super) fn way(&self, event: usize, node: usize) -> Option<String> {
        let nodes = self.trees.get(event)?.as_ref()?;
        let text = super::panes::shown_text(self.events.get(event)?)?;
        Some(crate::preview::json::path(text, nodes, node))
    }
}

impl App {
    /// The text changed: work the preview out anew once typing pauses.
    pub(super) fn touch_preview(&mut self) {
        let preview = &mut self.preview;
        preview.panes.changes.edit(self.now, &preview.events);
        self.preview.later(self.now);
    }

    pub(super) fn request_preview(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let dirty = project.buffers.iter().filter(|buffer| buffer.dirty());
        let buffers: HashMap<PathBuf, Arc<str>> = dirty
            .map(|buffer| (buffer.path.clone(), buffer.rope().to_string().into()))
            .collect();
        let (span_s, _) = SPANS.get(self.preview.span).copied().unwrap_or((3_600, ""));
        let buckets = match self.preview.buckets {
            0 => buckets_for(span_s, 40),
            buckets => buckets,
        };
        self.effects.push(Effect::Preview(Box::new(PreviewRequest {
            project: project.document.clone(),
            buffers,
            revision: self.preview.revision,
            parameters: self.parameters.clone(),
            seed: self.preview.seed,
            now_us: self.preview.times.now_us,
            from_us: self.preview.from_us,
            span_s,
            buckets,
            events: self.preview.panes.events,
            deadline: DEADLINE,
            inspect: self.preview.inspection(),
        })));
    }

    pub(super) fn previewed(&mut self, mut result: PreviewResult) {
        if result.revision != self.preview.revision {
            return;
        }
        if let Some(statistics) = result.statistics.take() {
            let preview = &mut self.preview;
            preview.panes.statistics = Some(statistics);
            preview.panes.studying = false;
            preview.make_sheet(&self.parameters);
            return;
        }
        self.heard_words(result.words.as_ref(), std::mem::take(&mut result.obstacles));
        let preview = &mut self.preview;
        preview.panes.take(&mut result);
        preview.stale = false;
        preview.stale_at = None;
        preview.took = Some(result.took);
        let given = &self.parameters.params;
        let missing = result
            .params
            .into_iter()
            .filter(|name| !given.contains_key(name));
        preview.needs = (missing.collect(), result.secrets);
        preview.note = result.note;
        let broken = result.diagnostics.has_errors() && result.events.is_empty();
        if !(broken && result.schedule.is_none()) {
            preview.schedule = result.schedule;
        }
        preview.old = broken && !preview.events.is_empty();
        if !broken {
            preview.events = result.events;
            preview.panes.changes.compare(&preview.events);
        }
        preview.diagnostics = result.diagnostics.0;
        self.refresh_marks();
    }

    /// Puts the problems of the last preview under the texts and into the list.
    pub(super) fn refresh_marks(&mut self) {
        let Some(project) = &mut self.project else {
            return;
        };
        let mut problems: Vec<Problem> = Vec::new();
        for one in &self.preview.diagnostics {
            problems.push(problem(
                &project.root,
                one.severity,
                &one.message,
                one.help.as_deref(),
                one.place.as_ref(),
            ));
        }
        let events = match self.preview.old {
            true => Vec::new(),
            false => crate::preview::problems(&self.preview.events),
        };
        for one in &events {
            let mut found = problem(
                &project.root,
                one.problem.severity,
                &one.problem.message,
                one.problem.help.as_deref(),
                one.problem.place.as_ref(),
            );
            let gap = if found.label.is_empty() { "" } else { "  " };
            let share = match one.times == one.of {
                true => format!("all {}", one.of),
                false => format!("{} of {}", one.times, one.of),
            };
            found.label.push_str(&format!("{gap}{share}"));
            problems.push(found);
        }
        let events = events.into_iter().map(|one| one.problem);
        self.preview.of_events = events.collect();
        problems.sort_by_key(|problem| problem.severity);
        for buffer in &mut project.buffers {
            let own = problems.iter().filter_map(|problem| {
                let (path, span) = problem.place.as_ref()?;
                buffer.is_at(path).then(|| mark(problem, span.as_ref()))
            });
            buffer.set_marks(own.collect());
        }
        self.preview.problems = problems;
        self.preview.lay_out();
        self.preview.make_sheet(&self.parameters);
    }

    /// Goes to the problem after the cursor, round the end.
    pub fn next_problem(&mut self) {
        let here = self.buffer().map(|buffer| {
            let (line, column) = buffer.place();
            (buffer.path.clone(), (line - 1, column - 1))
        });
        let places: Vec<(PathBuf, (usize, usize))> = self
            .preview
            .problems
            .iter()
            .filter_map(|problem| problem.place.as_ref())
            .map(|(path, span)| {
                (
                    path.clone(),
                    span.as_ref().map_or((0, 0), |span| span.start),
                )
            })
            .collect();
        let current = here.and_then(|(path, at)| {
            places
                .iter()
                .rposition(|(other, place)| *other == path && *place <= at)
        });
        let next = current.map_or(0, |index| (index + 1) % places.len().max(1));
        match places.get(next).cloned() {
            Some((path, place)) => {
                self.show_file(path, Some(place));
                self.set_focus(Focus::Editor);
            }
            None => self.info("there are no problems"),
        }
    }
}

fn problem(
    root: &Path,
    severity: Severity,
    message: &str,
    help: Option<&str>,
    place: Option<&Place>,
) -> Problem {
    let resolved = place.map(|place| resolve(root, place));
    let label = resolved.as_ref().map_or_else(String::new, |(path, span)| {
        let name = path
            .strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned();
        match span {
            Some(span) => format!("{name}:{}:{}", span.start.0 + 1, span.start.1 + 1),
            None => name,
        }
    });
    Problem {
        severity,
        message: message.to_owned(),
        help: help.map(str::to_owned),
        place: resolved,
        label,
    }
}

/// A place as the editor counts: absolute path, lines and characters from 0.
pub(super) fn resolve(root: &Path, place: &Place) -> Resolved {
    let path = if place.path.is_absolute() {
        place.path.to_path_buf()
    } else {
        let below = root.join(&place.path);
        match std::path::absolute(&place.path) {
            Ok(path) if path.starts_with(root) => path,
            _ => below,
        }
    };
    let zero = |number: u32| number.saturating_sub(1) as usize;
    let span = place.span.map(|span| {
        (zero(span.start.line), zero(span.start.column))
            ..(zero(span.end.line), zero(span.end.column))
    });
    (path, span)
}

fn mark(problem: &Problem, span: Option<&Range<(usize, usize)>>) -> Mark {
    let message = match &problem.help {
        Some(help) => format!("{}: {help}", problem.message),
        None => problem.message.clone(),
    };
    let (line, columns) = match span {
        Some(span) if span.start.0 == span.end.0 && span.end.1 > span.start.1 => {
            (span.start.0, span.start.1..span.end.1)
        }
        // Up to the end of the line, as an empty range means.
        Some(span) => (span.start.0, span.start.1..span.start.1),
        None => (0, 0..1),
    };
    Mark {
        line,
        columns,
        severity: problem.severity,
        message,
    }
}

/// Why there is no event, in words.
pub(super) fn failure_text(failure: &PreviewFailure) -> String {
    match failure {
        PreviewFailure::Dropped => "dropped by the template".to_owned(),
        PreviewFailure::Render(error) => error.message.clone(),
        PreviewFailure::Format(_, why) => why.clone(),
    }
}
