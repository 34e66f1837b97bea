//! What is meant to be JSON and is none: where in the event, and which line of which template wrote it.

use super::evaluate::{Patience, Project};
use super::{Fault, PreviewEvent, PreviewFailure, events, json};
use crate::batch::EventBatch;
use crate::config::{Diagnostics, Place, Pos, Span};
use crate::event::{Inspect, WrittenBy};
use crate::pipeline::EventPlan;
use crate::time::Moment;

/// Why an event is not JSON, if it is meant to be: by its looks, or because `wanted` by the output.
pub(super) fn of(
    rendered: &str,
    text: &Result<String, PreviewFailure>,
    wanted: bool,
) -> Option<Fault> {
    let refused = wanted && matches!(text, Err(PreviewFailure::Format(..)));
    if !refused && !json::is_meant(rendered) {
        return None;
    }
    let fault = json::parse(rendered).err()?;
    let (line, column) = json::place(rendered, fault.at);
    Some(Fault {
        message: fault.message,
        at: fault.at,
        line,
        column,
        shown: match text {
            Ok(text) => text == rendered,
            Err(PreviewFailure::Format(text, _)) => text == rendered,
            Err(_) => false,
        },
        place: None,
    })
}

/// Finds the lines of templates behind the faults: renders the events once more, this time noting which
/// line writes what.
pub(super) fn locate(
    project: &Project<'_>,
    event: &EventPlan,
    render: &[(Moment, u16)],
    patience: &Patience<'_>,
    found: &mut [PreviewEvent],
) {
    let faulty = |event: &PreviewEvent| event.fault.is_some().then_some(event.number);
    let Some(last) = found.iter().filter_map(faulty).max() else {
        return;
    };
    let wish = Inspect {
        profile: true,
        explain: false,
    };
    let Some(mut source) = events::build(project, event, wish, &mut Diagnostics::default()) else {
        return;
    };
    let tags = events::tags(project);
    let mut batch = EventBatch::default();
    for (number, &(at, input)) in render.iter().enumerate().take(last + 1) {
        if patience.is_over() {
            return;
        }
        let edits = &project.request.inspect.edits;
        events::change(source.as_mut(), edits, number, &mut Vec::new());
        batch.clear();
        let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
        source.produce(at, tags, &mut batch);
        let own = found.iter_mut().filter(|event| event.number == number);
        let mut written = None;
        for event in own {
            let Some(fault) = &mut event.fault else {
                continue;
            };
            let written = written.get_or_insert_with(|| source.written_by());
            let spans = written.get(event.part).map_or(&[][..], Vec::as_slice);
            let rendered = String::from_utf8_lossy(batch.get(event.part));
            fault.place = place(project, spans, &rendered, fault.at);
        }
    }
}

/// The line that wrote a byte. A text of several lines counts for its first, so the line that looks most
/// like the event's is taken among those up to the next one that is known.
fn place(project: &Project<'_>, spans: &[WrittenBy], rendered: &str, at: usize) -> Option<Place> {
    let index = spans.partition_point(|span| span.bytes.end <= at);
    // Behind the end of the text, the last line that wrote something is it.
    let span = spans.get(index).or(spans.last())?;
    let path = project.base.join(&*span.file);
    let bytes = project.files.read(&path).ok()?;
    let source = String::from_utf8_lossy(&bytes).into_owned();
    let until = spans
        .get(index + 1..)
        .unwrap_or_default()
        .iter()
        .find(|next| next.file == span.file && next.line > span.line)
        .map_or(u32::MAX, |next| next.line);
    let own = rendered.get(span.bytes.clone()).unwrap_or_default();
    let most = u32::try_from(own.matches('\n').count() + 3).unwrap_or(u32::MAX);
    let before = rendered.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let shown = rendered.get(start..).and_then(|rest| rest.lines().next());
    let line = nearest(
        &source,
        span.line..=until.min(span.line.saturating_add(most)),
        shown.unwrap_or_default(),
    );
    let written = (source.lines()).nth(usize::try_from(line).unwrap_or(1).saturating_sub(1));
    let within = rendered.get(start..at).unwrap_or_default();
    let column = column(written.unwrap_or_default(), within);
    let at = Pos { line, column };
    Some(Place {
        path: path.into(),
        span: Some(Span { start: at, end: at }),
    })
}

/// The column of a template's line at which a rendered line stands that begins with `within`, from 1:
/// where the two begin to differ, which is where an expression wrote what follows.
fn column(written: &str, within: &str) -> u32 {
    let indent = written.chars().take_while(|c| c.is_whitespace()).count();
    let written = written.trim_start().chars();
    let same = written.zip(within.trim_start().chars());
    let same = same.take_while(|(one, other)| one == other).count();
    u32::try_from(indent + same + 1).unwrap_or(1)
}

/// The line of a range that begins most like a text; the first when none does.
fn nearest(source: &str, range: std::ops::RangeInclusive<u32>, shown: &str) -> u32 {
    let first = *range.start();
    let lines = (1..).zip(source.lines());
    let likely = lines
        .filter(|(number, _)| range.contains(number))
        .map(|(number, line)| {
            let line = line.trim_start().chars();
            let same = line.zip(shown.trim_start().chars());
            let same = same.take_while(|(one, other)| one == other).count();
            (same, std::cmp::Reverse(number))
        })
        .max();
    match likely {
        Some((1.., std::cmp::Reverse(number))) => number,
        _ => first,
    }
}
