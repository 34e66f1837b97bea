//! The plugin `replay`: lines of a file become events, with their timestamps replaced.

mod codec;
mod lines;

use std::path::PathBuf;
use std::sync::Arc;

use super::pattern::{Finder, Pattern};
use super::{EventConfig, EventEnv, EventError, EventPlugin, EventSource, Outcome};
use crate::batch::EventBatch;
use crate::config::{
    Context, Diagnostic, Diagnostics, ENCODINGS, Field, Kind, Node, Place, Schema, Section,
};
use crate::template::{DateTime, Tz};
use crate::time::{Moment, SECOND_US};
use codec::Codec;
use lines::{Lines, Next};

/// The group of the pattern that is replaced.
const GROUP: &str = "timestamp";

static SCHEMA: Schema = Schema {
    name: "replay",
    doc: "Replays the lines of a file, one per timestamp, and can put the timestamp into each line.",
    fields: &[
        Field::required(
            "path",
            Kind::Path,
            "The file, relative to the project's folder or absolute. It is read line by line and may \
             be of any size.",
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
    Some(Box::new(Config {
        path: PathBuf::from(path.as_str()?),
        place: cx.place(path.span),
        pattern: pattern(&section, cx)?,
        format: section.str("timestamp_format").map(str::to_owned),
        repeat: section.bool("repeat").unwrap_or(false),
        chunk_size: usize::try_from(section.int("chunk_size").unwrap_or(1 << 20)).unwrap_or(0),
        codec: codec?,
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
        if !path.exists() {
            let place = Some(self.place.clone());
            problems.push(
                Diagnostic::error(
                    format!("the file to replay does not exist: {}", self.path.display()),
                    place,
                )
                .setting("event.replay.path")
                .help("the path is relative to the project's folder"),
            );
            return None;
        }
        Some(Box::new(Replay {
            lines: Lines::new(
                &path,
                self.codec.clone(),
                self.repeat,
                self.chunk_size,
                env.limits.output_bytes,
            ),
            path,
            codec: self.codec.clone(),
            finder: self.pattern.as_ref().map(|pattern| pattern.finder(GROUP)),
            stamp: Stamp::new(self.format.clone(), Tz::from_zone(env.zone)),
            text: Vec::new(),
        }))
    }
}

#[derive(Debug)]
struct Replay {
    path: PathBuf,
    lines: Lines,
    codec: Codec,
    finder: Option<Finder>,
    stamp: Stamp,
    /// The decoded line.
    text: Vec<u8>,
}

impl EventSource for Replay {
    fn produce(&mut self, at: Moment, _: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        match self.lines.next() {
            Ok(Next::End) => Outcome::Exhausted,
            Ok(Next::Line) => match self.write(at, out) {
                Ok(()) => Outcome::Produced(1),
                Err(message) => {
                    out.rollback();
                    self.failed(message)
                }
            },
            Err(error) => self.failed(format!("the file cannot be read: {error}")),
        }
    }

    fn aliases(&self) -> &[Arc<str>] {
        &[]
    }
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

    fn write(&mut self, at: Moment, out: &mut EventBatch) -> Result<(), String> {
        self.text.clear();
        self.codec.decode(self.lines.bytes(), &mut self.text)?;
        while let Some(b'\n' | b'\r') = self.text.last() {
            self.text.pop();
        }
        let Some(finder) = &mut self.finder else {
            out.push(&self.text, 0);
            return Ok(());
        };
        let text = std::str::from_utf8(&self.text).unwrap_or_default();
        let Some((start, end)) = finder.find(text)? else {
            tracing::debug!(
                line = self.lines.number,
                "the timestamp pattern does not match"
            );
            out.push(&self.text, 0);
            return Ok(());
        };
        let buffer = out.buffer();
        buffer.extend_from_slice(&self.text[..start]);
        buffer.extend_from_slice(self.stamp.text(at).as_bytes());
        buffer.extend_from_slice(&self.text[end..]);
        out.commit(0);
        Ok(())
    }
}

/// The text of a timestamp; the last one is kept, as many events share it.
#[derive(Debug)]
struct Stamp {
    format: Option<String>,
    zone: Tz,
    /// Microseconds within which the text stays the same.
    step_us: i64,
    /// Which step the text is of.
    step: Option<i64>,
    text: String,
}

impl Stamp {
    fn new(format: Option<String>, zone: Tz) -> Self {
        // Only `%f` shows parts of a second, and so does the default form.
        let whole_seconds = format.as_ref().is_some_and(|format| !format.contains('f'));
        Self {
            format,
            zone,
            step_us: if whole_seconds { SECOND_US } else { 1 },
            step: None,
            text: String::new(),
        }
    }

    fn text(&mut self, at: Moment) -> &str {
        let step = at.wall_us.div_euclid(self.step_us);
        if self.step == Some(step) {
            return &self.text;
        }
        let at = DateTime {
            wall_us: at.wall_us,
            tz: Some(self.zone.clone()),
            fold: false,
        };
        self.text.clear();
        // Writing into a string cannot fail.
        let _ = match &self.format {
            None => at.write_iso(&mut self.text, 'T'),
            Some(format) => at.write_strftime(format, &mut self.text),
        };
        self.step = Some(step);
        &self.text
    }
}
