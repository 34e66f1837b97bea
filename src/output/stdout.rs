//! `stdout`: events on standard output or standard error, each batch with one write.
//!
//! Nothing is held back, so `flush_interval` has nothing to do; it is accepted because projects have it.

use std::io::{self, Write};
use std::time::Instant;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::write::{Room, encode_items, write_all};
use super::{
    CaptureFn, DeliveryConfig, Encoding, Items, LocalOutput, Output, OutputConfig, OutputEnv,
    OutputError, OutputPlugin, Receipt, Streams, delivery, encoding,
};

static SCHEMA: Schema = Schema {
    name: "stdout",
    doc: "Writes events to standard output or standard error.",
    fields: delivery::local_fields![
        Field::optional(
            "stream",
            Kind::Enum(&["stdout", "stderr"]),
            "stdout",
            "Which of the standard streams.",
        ),
        Field::optional(
            "flush_interval",
            Kind::FloatMin(0.0),
            "1",
            "Seconds; events are always written at once, so it changes nothing.",
        ),
        encoding::FIELD,
        Field::optional(
            "separator",
            Kind::Str,
            "\"\\n\"",
            "Text behind every event; may be empty.",
        ),
        format::FIELD_PLAIN,
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let encoding = Encoding::decode(&section, cx);
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    Some(Box::new(StdoutConfig {
        to_stderr: section.str("stream") == Some("stderr"),
        separator: section.str("separator").unwrap_or("\n").to_owned(),
        encoding: encoding?,
        format: format?,
        delivery: DeliveryConfig::once().decode(&section, cx),
    }))
}

#[derive(Debug)]
struct StdoutConfig {
    to_stderr: bool,
    separator: String,
    encoding: Encoding,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for StdoutConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &str {
        &self.separator
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(Output::Local(Box::new(Stdout {
            to_stderr: self.to_stderr,
            encoding: self.encoding.clone(),
            streams: env.streams.clone(),
            stream: Stream(None),
            room: Room::default(),
        })))
    }
}

#[derive(Debug)]
struct Stdout {
    to_stderr: bool,
    encoding: Encoding,
    streams: Streams,
    stream: Stream,
    room: Room,
}

struct Stream(Option<Box<dyn Write + Send>>);

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stream")
    }
}

impl Stdout {
    fn name(&self) -> &'static str {
        if self.to_stderr {
            "standard error"
        } else {
            "standard output"
        }
    }
}

impl LocalOutput for Stdout {
    fn open(&mut self) -> Result<(), OutputError> {
        let stream = match &self.streams {
            Streams::Process => process_stream(self.to_stderr)
                .map_err(|error| OutputError::io("cannot open", self.name(), &error))?,
            Streams::Captured(take) => Box::new(Captured {
                to_stderr: self.to_stderr,
                take: take.clone(),
            }),
        };
        self.stream = Stream(Some(stream));
        Ok(())
    }

    fn write(&mut self, items: &Items<'_>, _now: Instant) -> Receipt {
        let name = self.name();
        let bytes = if self.encoding == Encoding::Utf8 {
            items.joined(&mut self.room).0
        } else {
            let room = &mut self.room.0;
            room.clear();
            if let Err(failure) = encode_items(items, &self.encoding, true, room, None) {
                return Receipt::refused(items, failure.error);
            }
            room
        };
        let Some(stream) = &mut self.stream.0 else {
            return Receipt::refused(items, OutputError::failed("the stream is not open"));
        };
        let mut sent = 0;
        match write_all(stream, bytes, &mut sent) {
            Ok(()) => Receipt::taken(sent),
            Err(error) => Receipt {
                bytes: sent as u64,
                ..Receipt::refused(items, OutputError::io("cannot write to", name, &error))
            },
        }
    }

    fn close(&mut self) -> Result<(), OutputError> {
        self.stream = Stream(None);
        Ok(())
    }
}

/// A second handle of the stream: the library's own is buffered by lines and would cut batches up.
#[cfg(unix)]
fn process_stream(to_stderr: bool) -> io::Result<Box<dyn Write + Send>> {
    use std::os::fd::AsFd;
    let handle = if to_stderr {
        io::stderr().as_fd().try_clone_to_owned()?
    } else {
        io::stdout().as_fd().try_clone_to_owned()?
    };
    Ok(Box::new(std::fs::File::from(handle)))
}

#[cfg(not(unix))]
fn process_stream(to_stderr: bool) -> io::Result<Box<dyn Write + Send>> {
    Ok(if to_stderr {
        Box::new(io::stderr())
    } else {
        Box::new(io::stdout())
    })
}

struct Captured {
    to_stderr: bool,
    take: CaptureFn,
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.take)(self.to_stderr, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
