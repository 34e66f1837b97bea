//! The plugin `replay`: lines of a file become events, with their timestamps replaced.

//!
//! Lines that keep their gaps have a time of their own: the first input timestamp, plus the gaps recorded
//! since. The pipeline asks for it ([`EventSource::due`]) and holds a live event until then.

mod codec;
mod input;
mod lines;
mod rhythm;
mod stamp;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pattern::{Finder, Pattern};
use super::{
    EventConfig, EventEnv, EventError, EventPlugin, EventSource, Legacy, LegacyCopy, Outcome,
};
use crate::batch::EventBatch;
use crate::config::{
    Context, Diagnostic, Diagnostics, ENCODINGS, Field, Kind, Node, Place, Schema, Section,
    Severity,
};
use crate::template::Tz;
use crate::time::{Moment, SECOND_US, Zone};
use codec::Codec;
use input::Origin;
use lines::{Lines, Next};
use rhythm::{Rhythm, Times};
use stamp::Stamp;

/// The group of the pattern that is replaced.
const GROUP: &str = "timestamp";

/// Lines looked at before a run to see whether the pattern fits them.
const PROBED: usize = 100;

static SCHEMA: Schema = Schema {
    name: "replay",
    doc: "Replays the lines of a file, one per timestamp, and can put the timestamp into each line.",
    fields: &[
        Field::required(
            "path",
            Kind::Path,
            "The file, relative to the project's folder or absolute. It is read line by line and may \
             be of any size; `.gz` and `.zst` files are unpacked on the way.",
        ),
        Field::optional(
            "timestamp_pattern",
            Kind::OrNull(&Kind::Str),
            "null",
            "A regular expression with a group `(?P<timestamp>...)`. In each line, what the group \
             matches first is replaced by the timestamp; lines without a match stay as they are.",
        ),
        Field::optional(
            "timestamp_format",
            Kind::OrNull(&Kind::Str),
            "null",
            "How the timestamp is written, in the directives of strftime such as \
             `%Y-%m-%dT%H:%M:%S%z`. Without it: ISO 8601.",
        ),
        Field::optional(
            "repeat",
            Kind::Bool,
            "false",
            "Start again at the first line after the last; otherwise the run ends there.",
        ),
        Field::optional(
            "chunk_size",
            Kind::Int(0, i64::MAX),
            "1048576",
            "Bytes read at a time; 0 leaves it to the program. Lines are never split.",
        ),
        Field::optional(
            "encoding",
            Kind::Enum(ENCODINGS),
            "utf_8",
            "Encoding of the file.",
        ),
        Field::optional(
            "keep_gaps",
            Kind::Bool,
            "false",
            "Keep the recorded distances between the lines' own times, which `timestamp_pattern` finds: \
             the first line gets its timestamp from the input, each other one comes as long after the \
             line before it as it did then, but not before its timestamp. Live runs wait for it; sample \
             runs write the time only. Let the input give all timestamps at once, such as with \
             `static`. Lines without a time come with the line before them.",
        ),
        Field::optional(
            "original_format",
            Kind::OrNull(&Kind::NonEmpty),
            "null",
            "How the times in the file are written, in the directives of strptime, for `keep_gaps`. \
             Without it: as `timestamp_format` says, ISO 8601, seconds since 1970 and other common forms.",
        ),
        Field::optional(
            "speed",
            Kind::FloatAbove(0.0),
            "1",
            "How many times faster than recorded the gaps of `keep_gaps` pass: 2 halves them.",
        ),
        Field::optional(
            "max_gap",
            Kind::OrNull(&Kind::FloatMin(0.0)),
            "null",
            "Seconds that a gap of `keep_gaps` has at most, after `speed`.",
        ),
    ],
};

pub(super) const PLUGIN: EventPlugin = EventPlugin {
    schema: &SCHEMA,
    decode,
};

#[derive(Debug)]
struct Config {
    path: PathBuf,
    place: Place,
    pattern: Option<Pattern>,
    format: Option<String>,
    repeat: bool,
    chunk_size: usize,
    codec: Codec,
    gaps: Option<Gaps>,
}

/// How gaps are kept.
#[derive(Clone, Debug)]
struct Gaps {
    original_format: Option<String>,
    speed: f64,
    max_us: Option<i64>,
}

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn EventConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let encoding = section.str("encoding").unwrap_or("utf_8");
    let codec = Codec::of(encoding);
    if codec.is_none() {
        let span = section.node("encoding").map_or(node.span, |node| node.span);
        cx.within(".encoding", |cx| {
            cx.error_help(
                span,
                format!("the encoding `{encoding}` is not supported"),
                "convert the file to utf_8",
            );
        });
    }
    let path = section.node("path")?;
    let gaps = gaps(&section, cx)?;
    Some(Box::new(Config {
        path: PathBuf::from(path.as_str()?),
        place: cx.place(path.span),
        pattern: pattern(&section, cx)?,
        format: section.str("timestamp_format").map(str::to_owned),
        repeat: section.bool("repeat").unwrap_or(false),
        chunk_size: usize::try_from(section.int("chunk_size").unwrap_or(1 << 20)).unwrap_or(0),
        codec: codec?,
        gaps,
    }))
}

/// How gaps are kept, if they are; `None` when the options contradict each other.
fn gaps(section: &Section, cx: &mut Context<'_>) -> Option<Option<Gaps>> {
    if !section.bool("keep_gaps").unwrap_or(false) {
        for name in ["original_format", "speed", "max_gap"] {
            if let Some(node) = section.node(name).filter(|node| !node.is_null()) {
                cx.within(&format!(".{name}"), |cx| {
                    let message = format!("`{name}` has no effect without `keep_gaps`");
                    cx.warn(node.span, message, "add `keep_gaps: true`");
                });
            }
        }
        return Some(None);
    }
    let pattern = section.node("timestamp_pattern");
    if pattern.is_none_or(Node::is_null) {
        let span = section
            .node("keep_gaps")
            .map_or(section.span, |node| node.span);
        cx.within(".keep_gaps", |cx| {
            cx.error_help(
                span,
                "`keep_gaps` needs `timestamp_pattern`, which finds the time of each line",
                "such as `timestamp_pattern: '^(?P<timestamp>\\S+)'`",
            );
        });
        return None;
    }
    Some(Some(Gaps {
        original_format: section.str("original_format").map(str::to_owned),
        speed: section.float("speed").unwrap_or(1.0),
        // A cap beyond what a number can hold is none.
        max_us: section
            .float("max_gap")
            .map(|seconds| (seconds * SECOND_US as f64).round() as i64),
    }))
}

/// The pattern, if there is one; `None` when it is wrong.
fn pattern(section: &Section, cx: &mut Context<'_>) -> Option<Option<Pattern>> {
    let Some(node) = section
        .node("timestamp_pattern")
        .filter(|node| !node.is_null())
    else {
        return Some(None);
    };
    match Pattern::search(node.as_str()?) {
        Ok(pattern) => Some(Some(pattern)),
        Err(reason) => {
            cx.within(".timestamp_pattern", |cx| {
                cx.error(
                    node.span,
                    format!("this is no regular expression: {reason}"),
                );
            });
            None
        }
    }
}

impl EventConfig for Config {
    fn build(
        &self,
        env: &EventEnv<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let path = env.base.join(&self.path);
        let origin = match env.files.unsaved(&path) {
            Some(text) => Origin::Text(text),
            None if path.exists() => Origin::File(path.clone()),
            None => {
                let message = format!("the file to replay does not exist: {}", self.path.display());
                let problem = self.problem(message, "path");
                problems.push(problem.help("the path is relative to the project's folder"));
                return None;
            }
        };
        let before = problems.errors();
        self.probe(&path, &origin, env, problems);
        if problems.errors() > before {
            return None;
        }
        let lines = self.lines(origin, env);
        let rhythm = self
            .gaps
            .as_ref()
            .map(|gaps| (Rhythm::new(gaps.speed, gaps.max_us), self.times(gaps)));
        Some(Box::new(Replay {
            path,
            lines,
            codec: self.codec.clone(),
            finder: self.pattern.as_ref().map(|pattern| pattern.finder(GROUP)),
            stamp: Stamp::new(self.format.clone(), Tz::from_zone(env.zone)),
            zone: env.zone,
            rhythm,
            untimed: false,
            text: Vec::new(),
            decoded: false,
            skip: 0,
            ahead: None,
        }))
    }
}

impl Config {
    fn problem(&self, message: String, option: &str) -> Diagnostic {
        Diagnostic::error(message, Some(self.place.clone()))
            .setting(format!("event.replay.{option}"))
    }

    fn lines(&self, origin: Origin, env: &EventEnv<'_>) -> Lines {
        Lines::new(
            origin,
            self.codec.clone(),
            self.repeat,
            self.chunk_size,
            env.limits.output_bytes,
        )
    }

    fn times(&self, gaps: &Gaps) -> Times {
        Times::new(gaps.original_format.clone(), self.format.as_deref())
    }

    /// Looks at the first lines: a pattern that fits none of them, or times that cannot be read, show
    /// before the run.
    fn probe(&self, path: &Path, origin: &Origin, env: &EventEnv<'_>, problems: &mut Diagnostics) {
        let Some(mut finder) = self.pattern.as_ref().map(|pattern| pattern.finder(GROUP)) else {
            return;
        };
        // What is read from a pipe is gone.
        if matches!(origin, Origin::File(path) if !path.is_file()) {
            return;
        }
        let mut lines = self.lines(origin.clone(), env);
        let mut times = self.gaps.as_ref().map(|gaps| self.times(gaps));
        let mut text = Vec::new();
        let (mut seen, mut unread) = (0, None);
        while seen < PROBED && matches!(lines.next(), Ok(Next::Line)) {
            seen += 1;
            text.clear();
            if self.codec.decode(lines.bytes(), &mut text).is_err() {
                continue;
            }
            let line = String::from_utf8_lossy(&text);
            let Ok(Some((start, end))) = finder.find(&line) else {
                continue;
            };
            let found = line.get(start..end).unwrap_or_default();
            let read = times
                .as_mut()
                .is_none_or(|times| times.read(found).is_some());
            if read {
                return;
            }
            unread.get_or_insert((lines.number, found.to_owned()));
        }
        let name = path.display();
        match unread {
            Some((number, found)) => problems.push(
                self.problem(
                    format!("`{found}`, the time in line {number} of {name}, cannot be read"),
                    "keep_gaps",
                )
                .help("say with `original_format` how the times of the file are written"),
            ),
            None if seen > 0 => problems.push(Diagnostic {
                severity: Severity::Warning,
                ..self
                    .problem(
                        format!(
                            "the pattern finds no timestamp in the first {seen} lines of {name}"
                        ),
                        "timestamp_pattern",
                    )
                    .help("lines without a match stay as they are")
            }),
            None => {}
        }
    }
}

#[derive(Debug)]
struct Replay {
    path: PathBuf,
    lines: Lines,
    codec: Codec,
    finder: Option<Finder>,
    stamp: Stamp,
    zone: Zone,
    rhythm: Option<(Rhythm, Times)>,
    /// A line without a readable time was told of.
    untimed: bool,
    /// The decoded line, where its bytes are not its text.
    text: Vec<u8>,
    decoded: bool,
    /// Bytes at the start of the line that are no text.
    skip: usize,
    /// The next line, when it was read to know its time.
    ahead: Option<(Line, Moment)>,
}

/// What came of reading a line.
#[derive(Debug)]
enum Line {
    /// There are no more.
    End,
    /// It cannot be read.
    Failed(String),
    /// It is there; where the timestamp goes, if anywhere.
    Read(Option<(usize, usize)>),
}

impl Replay {
    fn stand(&self) -> Stand {
        // A line that was only looked at is replayed yet.
        let ahead = u64::from(self.ahead.is_some());
        Stand {
            path: self.path.clone(),
            line: self.lines.number.saturating_sub(ahead),
        }
    }
}

impl EventSource for Replay {
    fn produce(&mut self, at: Moment, _: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        let (line, at) = match self.ahead.take() {
            Some(ahead) => ahead,
            None => self.read(at),
        };
        match line {
            Line::End => Outcome::Exhausted,
            Line::Failed(message) => self.failed(message),
            Line::Read(None) => {
                out.push(self.bytes(), 0);
                Outcome::Produced(1)
            }
            Line::Read(Some((start, end))) => {
                let stamp = self.stamp.text(at).as_bytes();
                let bytes = if self.decoded {
                    self.text.as_slice()
                } else {
                    self.lines.bytes().get(self.skip..).unwrap_or_default()
                };
                let buffer = out.buffer();
                buffer.extend_from_slice(bytes.get(..start).unwrap_or_default());
                buffer.extend_from_slice(stamp);
                buffer.extend_from_slice(bytes.get(end..).unwrap_or_default());
                out.commit(0);
                Outcome::Produced(1)
            }
        }
    }

    fn due(&mut self, at: Moment) -> Option<i64> {
        self.rhythm.as_ref()?;
        if self.ahead.is_none() {
            self.ahead = Some(self.read(at));
        }
        self.ahead.as_ref().map(|(_, at)| at.instant_us())
    }

    fn aliases(&self) -> &[Arc<str>] {
        &[]
    }

    fn legacy(&self) -> Option<Legacy> {
        Some(Legacy::of(self.stand()))
    }

    fn legacy_copy(&self) -> Option<LegacyCopy> {
        Some(LegacyCopy::of(self.stand()))
    }

    fn adopt(&mut self, legacy: &Legacy) -> Vec<String> {
        match legacy.get::<Stand>() {
            Some(stand) if stand.path == self.path => {
                self.ahead = None;
                self.lines.go_to(stand.line);
                Vec::new()
            }
            _ => vec!["the file is replayed from its first line on".to_owned()],
        }
    }

    fn adopt_copy(&mut self, copy: &LegacyCopy) {
        if let Some(stand) = copy.get::<Stand>().filter(|stand| stand.path == self.path) {
            self.lines.go_to(stand.line);
        }
    }
}

/// How far a file is replayed.
struct Stand {
    path: PathBuf,
    /// Number of the line replayed last, from 1.
    line: u64,
}

impl Replay {
    fn failed(&self, message: String) -> Outcome {
        let message = match self.lines.number {
            0 => message,
            number => format!("line {number}: {message}"),
        };
        Outcome::Failed(Box::new(EventError {
            message,
            alias: None,
            places: vec![Place::file(self.path.clone())],
            help: None,
        }))
    }

    /// The text of the line in hand.
    fn bytes(&self) -> &[u8] {
        if self.decoded {
            &self.text
        } else {
            self.lines.bytes().get(self.skip..).unwrap_or_default()
        }
    }

    /// Reads the next line, and the time it gets when the input says `at`.
    fn read(&mut self, at: Moment) -> (Line, Moment) {
        let line = match self.lines.next() {
            Ok(Next::End) => Line::End,
            Ok(Next::Line) => self.find().map_or_else(Line::Failed, Line::Read),
            Err(error) => Line::Failed(format!("the file cannot be read: {error}")),
        };
        let when = match &line {
            Line::Read(span) => self.time(*span, at),
            _ => at,
        };
        (line, when)
    }

    /// Decodes the line and finds where its timestamp lies.
    fn find(&mut self) -> Result<Option<(usize, usize)>, String> {
        let bytes = self.lines.bytes();
        let text = match self.codec.plain(bytes) {
            Some(text) => {
                let text = text?;
                self.skip = bytes.len() - text.len();
                self.decoded = false;
                text
            }
            None => {
                self.text.clear();
                self.codec.decode(bytes, &mut self.text)?;
                while let Some(b'\n' | b'\r') = self.text.last() {
                    self.text.pop();
                }
                self.decoded = true;
                std::str::from_utf8(&self.text).unwrap_or_default()
            }
        };
        let Some(finder) = &mut self.finder else {
            return Ok(None);
        };
        let found = finder.find(text)?;
        if found.is_none() {
            tracing::debug!(
                line = self.lines.number,
                "the timestamp pattern does not match"
            );
        }
        Ok(found)
    }

    /// The time of the line in hand.
    fn time(&mut self, span: Option<(usize, usize)>, at: Moment) -> Moment {
        let Some((mut rhythm, mut times)) = self.rhythm.take() else {
            return at;
        };
        if self.lines.number == 1 {
            rhythm.restart();
        }
        let own = span.and_then(|(start, end)| self.bytes().get(start..end));
        let own = own.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let own_us = own.and_then(|text| times.read(text));
        if let (Some(text), None, false) = (own, own_us, self.untimed) {
            tracing::warn!(
                line = self.lines.number,
                "the time `{text}` cannot be read: the line comes with the one before it"
            );
            self.untimed = true;
        }
        let from_us = at.instant_us();
        let due_us = rhythm.next(own_us, from_us);
        self.rhythm = Some((rhythm, times));
        if due_us == from_us {
            at
        } else {
            self.zone.at_instant(due_us)
        }
    }
}
