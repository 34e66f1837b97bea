//! What the right panes show, and when it is worked out anew.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::layout::Rect;

use super::{App, Focus};
use crate::config::{Place, Severity};
use crate::preview::{
    PreviewEvent, PreviewFailure, PreviewRequest, PreviewResult, Schedule, buckets_for,
};
use crate::time::{Clock, MAX_WALL_US, MIN_WALL_US, SECOND_US, WallClock};
use crate::tui::editor::Mark;
use crate::tui::event::Effect;
use crate::tui::text::{break_lines, wrap};

/// Calm after a key before anything is worked out.
const DEBOUNCE: Duration = Duration::from_millis(90);
/// Calm after changes by others, which may come all the time.
const DEBOUNCE_OTHERS: Duration = Duration::from_millis(400);
/// How long what is shown may lag behind the text before it says so.
const STALE: Duration = Duration::from_millis(350);
/// Wall-clock limit of one preview.
const DEADLINE: Duration = Duration::from_secs(2);
/// Timestamps that are rendered.
const EVENTS: usize = 20;

/// Spans of the histogram: seconds and name.
pub const SPANS: &[(u64, &str)] = &[
    (60, "minute"),
    (600, "10 minutes"),
    (3_600, "hour"),
    (21_600, "6 hours"),
    (86_400, "day"),
    (604_800, "week"),
    (2_592_000, "30 days"),
    (31_536_000, "year"),
];

/// A file, and from and to which line and character of it, from 0.
type Resolved = (PathBuf, Option<Range<(usize, usize)>>);

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
    /// The place as shown; empty when there is none.
    pub label: String,
}

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
    /// A piece of why there is no event.
    Failed(usize, String),
    /// Nothing.
    Blank,
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
    /// First timestamp shown in the list.
    pub list_top: usize,
    /// Seed of what is shown.
    pub seed: u64,
    now_us: i64,
    due: Option<Instant>,
    others_due: Option<Instant>,
    stale_at: Option<Instant>,
    rows_width: u16,
    rows_height: u16,
    buckets: usize,
    width_changed: bool,
    pub(super) diagnostics: Vec<crate::config::Diagnostic>,
}

impl Preview {
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
            list_top: 0,
            seed: seed.unwrap_or(1),
            now_us: WallClock.now_us(),
            due: None,
            others_due: None,
            stale_at: None,
            rows_width: 0,
            rows_height: 0,
            buckets: 0,
            width_changed: false,
            diagnostics: Vec::new(),
        }
    }

    /// Errors among the problems.
    pub fn errors(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count()
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
            self.rows_height = area.height;
            // The first column is air, the last is left to the bar that shows where the view
            // stands.
            let width = area.width.saturating_sub(2);
            if self.rows_width != width {
                self.rows_width = width;
                self.lay_out();
            }
        }
    }

    /// Makes the rows of the events pane.
    fn lay_out(&mut self) {
        let width = usize::from(self.rows_width);
        let mut rows = Vec::new();
        for (index, problem) in self.problems.iter().enumerate() {
            rows.push(Row::Place(index));
            let wrapped = wrap(&problem.message, width.saturating_sub(2));
            rows.extend(wrapped.into_iter().map(|text| Row::Problem(index, text)));
            if let Some(help) = &problem.help {
                let wrapped = wrap(help, width.saturating_sub(4));
                let sign = std::iter::once("→ ").chain(std::iter::repeat("  "));
                let signed = sign
                    .zip(wrapped)
                    .map(|(sign, text)| format!("{sign}{text}"));
                rows.extend(signed.map(|text| Row::Help(index, text)));
            }
            rows.push(Row::Blank);
        }
        if let Some(note) = &self.note {
            rows.extend(wrap(note, width).into_iter().map(Row::Note));
            rows.push(Row::Blank);
        }
        if self.old && !self.events.is_empty() {
            rows.push(Row::Note("as it was before the problems:".to_owned()));
        }
        for (index, event) in self.events.iter().enumerate() {
            rows.push(Row::Head(index));
            match &event.text {
                Ok(text) => {
                    rows.extend(break_lines(text, width).map(|range| Row::Text(index, range)))
                }
                Err(failure) => {
                    let wrapped = wrap(&failure_text(failure), width.saturating_sub(2));
                    let sign = std::iter::once("✗ ").chain(std::iter::repeat("  "));
                    let signed = sign
                        .zip(wrapped)
                        .map(|(sign, text)| format!("{sign}{text}"));
                    rows.extend(signed.map(|text| Row::Failed(index, text)));
                }
            }
            rows.push(Row::Blank);
        }
        rows.pop_if(|row| *row == Row::Blank);
        self.rows = rows;
        self.top = self.top.min(self.rows.len().saturating_sub(1));
        self.chosen = self.chosen.min(self.items().saturating_sub(1));
    }

    /// Number of things that can be chosen.
    pub fn items(&self) -> usize {
        self.problems.len() + self.events.len()
    }

    /// The thing that a row belongs to.
    pub fn item_of(&self, row: &Row) -> Option<usize> {
        match row {
            Row::Place(index) | Row::Problem(index, _) | Row::Help(index, _) => Some(*index),
            Row::Head(index) | Row::Text(index, _) | Row::Failed(index, _) => {
                Some(self.problems.len() + index)
            }
            Row::Note(_) | Row::Blank => None,
        }
    }

    pub(super) fn choose(&mut self, by: isize) {
        let last = self.items().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        let mut own = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| self.item_of(row) == Some(self.chosen));
        if let Some((first, _)) = own.next() {
            let end = own.next_back().map_or(first, |(at, _)| at) + 1;
            let height = usize::from(self.rows_height);
            self.top = self.top.max(end.saturating_sub(height)).min(first);
        }
    }

    pub(super) fn scroll(&mut self, by: isize) {
        let last = self
            .rows
            .len()
            .saturating_sub(usize::from(self.rows_height));
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// The text of the chosen event.
    pub(super) fn chosen_text(&self) -> Option<String> {
        let index = self.chosen.checked_sub(self.problems.len());
        match index {
            None => self
                .problems
                .get(self.chosen)
                .map(|problem| problem.message.clone()),
            Some(index) => match &self.events.get(index)?.text {
                Ok(text) => Some(text.clone()),
                Err(failure) => Some(failure_text(failure)),
            },
        }
    }
}

impl App {
    /// The text changed: work the preview out anew once typing pauses.
    pub(super) fn touch_preview(&mut self) {
        self.preview.later(self.now);
    }

    pub(super) fn repin_preview(&mut self) {
        self.preview.now_us = WallClock.now_us();
        self.preview.from_us = None;
        self.preview.seed = self.preview.seed.wrapping_add(1);
        self.preview.hurry(self.now);
        self.info(format!("preview from now with seed {}", self.preview.seed));
    }

    pub fn change_span(&mut self, longer: bool) {
        let span = self
            .preview
            .span
            .saturating_add_signed(if longer { 1 } else { -1 });
        self.preview.span = span.min(SPANS.len() - 1);
        self.preview.hurry(self.now);
    }

    /// Moves the histogram by its own length.
    pub fn move_span(&mut self, later: bool) {
        let Some(from) = self.preview.schedule.as_ref().and_then(|one| one.from) else {
            return;
        };
        let (span_s, _) = SPANS.get(self.preview.span).copied().unwrap_or((3_600, ""));
        let span_us = i64::try_from(span_s).unwrap_or(0) * SECOND_US;
        let step_us = if later { span_us } else { -span_us };
        let from_us = from.instant_us().saturating_add(step_us);
        self.preview.from_us = Some(from_us.clamp(MIN_WALL_US, MAX_WALL_US));
        self.preview.list_top = 0;
        self.preview.hurry(self.now);
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
            now_us: self.preview.now_us,
            from_us: self.preview.from_us,
            span_s,
            buckets,
            events: EVENTS,
            deadline: DEADLINE,
            inspect: Default::default(),
        })));
    }

    pub(super) fn previewed(&mut self, result: PreviewResult) {
        if result.revision != self.preview.revision {
            return;
        }
        self.heard_words(result.words.as_ref(), result.obstacles);
        let preview = &mut self.preview;
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
        for event in self.preview.events.iter().filter(|_| !self.preview.old) {
            if let Err(PreviewFailure::Render(error)) = &event.text {
                let place = error.places.first();
                let one = problem(
                    &project.root,
                    Severity::Error,
                    &error.message,
                    error.help.as_deref(),
                    place,
                );
                if !problems.contains(&one) {
                    problems.push(one);
                }
            }
        }
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
    }

    pub(super) fn events_enter(&mut self) {
        let index = self.preview.chosen;
        let failed = index
            .checked_sub(self.preview.problems.len())
            .and_then(
                |event| match self.preview.events.get(event).map(|event| &event.text) {
                    Some(Err(PreviewFailure::Render(error))) => error.places.first().cloned(),
                    _ => None,
                },
            );
        let place = match self.preview.problems.get(index) {
            Some(problem) => problem.place.clone(),
            None => self
                .project
                .as_ref()
                .and_then(|project| failed.as_ref().map(|place| resolve(&project.root, place))),
        };
        match place {
            Some((path, span)) => {
                self.show_file(path, Some(span.map_or((0, 0), |span| span.start)))
            }
            None => self.zoom = !self.zoom,
        }
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
fn resolve(root: &Path, place: &Place) -> Resolved {
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
fn failure_text(failure: &PreviewFailure) -> String {
    match failure {
        PreviewFailure::Dropped => "dropped by the template".to_owned(),
        PreviewFailure::Render(error) => error.message.clone(),
        PreviewFailure::Format(_, why) => why.clone(),
    }
}
