//! One evaluation: load, decode, count timestamps, render and format events.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::{PreviewRequest, PreviewResult, Shown, events, schedule, trial, words};
use crate::config::{
    Diagnostic, Diagnostics, Document, Files, LoadOptions, Overlay, document_path, load,
};
use crate::pipeline::{Decoded, InputPlan, OutputPlan};

/// How long an evaluation may go on, and whether anyone still wants it.
pub(super) struct Patience<'a> {
    deadline: Instant,
    cancel: &'a dyn Fn() -> bool,
}

impl<'a> Patience<'a> {
    pub(super) fn new(deadline: Instant, cancel: &'a dyn Fn() -> bool) -> Self {
        Self { deadline, cancel }
    }

    /// True when it should stop now, whatever is missing.
    pub(super) fn is_over(&self) -> bool {
        (self.cancel)() || Instant::now() >= self.deadline
    }

    /// True when nobody wants the result any more.
    pub(super) fn is_cancelled(&self) -> bool {
        (self.cancel)()
    }

    /// The same, with a part of what is left.
    pub(super) fn part(&self, share: u32) -> Patience<'_> {
        let now = Instant::now();
        let left = self.deadline.saturating_duration_since(now);
        Patience::new(now + left / share, self.cancel)
    }
}

/// Evaluates a project as far as it is sound; what is not shows in the diagnostics. Returns soon after
/// `cancel` says true or the deadline passes, with what there is by then.
///
/// State of templates lives for one evaluation: the first event is always the first of a run.
pub fn evaluate(request: &PreviewRequest, cancel: &dyn Fn() -> bool) -> PreviewResult {
    let started = Instant::now();
    let patience = Patience::new(started + request.deadline, cancel);
    let mut result = PreviewResult {
        revision: request.revision,
        ..PreviewResult::default()
    };
    with_project(request, &mut result, |project, decoded, result| {
        body(project, decoded, &patience, result);
    });
    result.diagnostics.sort(&document_path(&project(request)));
    result.known_secrets = request.inspect.secrets.then(Vec::new);
    result.took = started.elapsed();
    result
}

/// Loads the project into the result and hands what can be decoded to `body`.
pub(super) fn with_project(
    request: &PreviewRequest,
    result: &mut PreviewResult,
    body: impl FnOnce(&Project<'_>, &Decoded, &mut PreviewResult),
) {
    let overlay = Overlay {
        buffers: request.buffers.clone(),
    };
    let files: Arc<dyn Files> = Arc::new(overlay);
    let options = LoadOptions {
        params: request.parameters.params.clone(),
        lenient: true,
        ..LoadOptions::default()
    };
    let loaded = load(&project(request), files.as_ref(), &options);
    result.diagnostics = loaded.diagnostics;
    result.params = names(loaded.params);
    result.secrets = names(loaded.secrets);
    let Some(document) = loaded.document else {
        return;
    };
    let decoded = Decoded::of(&document, files.as_ref(), &mut result.diagnostics);
    let project = Project {
        document: &document,
        base: &document.base,
        files,
        inputs: &decoded.inputs,
        request,
    };
    body(&project, &decoded, result);
}

/// Timestamps, events, and what was asked for besides.
fn body(
    project: &Project<'_>,
    decoded: &Decoded,
    patience: &Patience<'_>,
    result: &mut PreviewResult,
) {
    let request = project.request;
    let mut words = words::words(project.document, project.files.as_ref(), request);
    words.tokens.clone_from(&result.params);
    words.secrets.clone_from(&result.secrets);
    result.obstacles = crate::language::portability(project.document);
    result.words = Some(Arc::new(words));
    let name = |output: &Option<OutputPlan>| {
        let name = output.as_ref().map_or("?", |output| output.name);
        name.to_owned()
    };
    result.outputs = decoded.outputs.iter().map(name).collect();
    let firing = schedule::evaluate(project, &patience.part(2), &mut result.diagnostics);
    if let Some(event) = &decoded.event
        && !patience.is_cancelled()
    {
        result.outline = event.config.outline();
        if let Some(wish) = &request.inspect.samples {
            result.samples = event.config.samples(&events::env(project), wish);
        }
        if let Some(firing) = &firing {
            let output = match request.inspect.shown {
                Shown::Rendered => None,
                Shown::Output(index) => {
                    let output = decoded.outputs.get(index).or(decoded.outputs.first());
                    output.and_then(Option::as_ref)
                }
            };
            events::evaluate(project, event, output, firing, patience, result);
            let attempts = request.inspect.attempts.iter();
            let tried = attempts.map(|one| trial::attempt(project, event, firing, one, patience));
            result.tried = tried.collect();
        }
    }
    result.schedule = firing.map(|firing| firing.schedule);
}

/// What the parts of an evaluation have in common.
pub(super) struct Project<'a> {
    pub document: &'a Document,
    pub base: &'a Path,
    pub files: Arc<dyn Files>,
    pub inputs: &'a [Option<InputPlan>],
    pub request: &'a PreviewRequest,
}

/// Buffers go by absolute paths, so the project must too where there are any.
fn project(request: &PreviewRequest) -> PathBuf {
    if request.buffers.is_empty() {
        return request.project.clone();
    }
    std::path::absolute(&request.project).unwrap_or_else(|_| request.project.clone())
}

fn names<T>(found: Vec<(String, T)>) -> Vec<String> {
    found.into_iter().map(|(name, _)| name).collect()
}

/// What a preview that broke shows instead.
pub(super) fn broken(revision: u64, message: &str) -> PreviewResult {
    PreviewResult {
        revision,
        diagnostics: Diagnostics(vec![
            Diagnostic::error(format!("the preview broke: {message}"), None)
                .help("this is a fault of the program; please report it with the project"),
        ]),
        ..PreviewResult::default()
    }
}
