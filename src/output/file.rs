//! `file`: events in a file, each batch with one write.
//!
//! Nothing is held back in the process, so that readers never see half a buffer and a crash loses
//! nothing that was counted; `flush_interval` is accepted because projects have it. Before each write
//! the path is compared with the open file: a deleted, replaced or renamed (rotated) file is opened
//! anew, for appending.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::write::{Room, encode_items, write_all};
use super::{
    DeliveryConfig, Encoding, Items, LocalOutput, Output, OutputConfig, OutputEnv, OutputError,
    OutputPlugin, Receipt, delivery, encoding,
};

static SCHEMA: Schema = Schema {
    name: "file",
    doc: "Writes events to a file. Its folders are created; a file that was rotated or deleted is \
          opened anew.",
    fields: &[
        Field::required(
            "path",
            Kind::Path,
            "The file, relative to the project's folder or absolute.",
        ),
        Field::optional(
            "flush_interval",
            Kind::FloatMin(0.0),
            "1",
            "Seconds; events are always written at once, so it changes nothing.",
        ),
        Field::optional(
            "cleanup_interval",
            Kind::FloatMin(1.0),
            "10",
            "Seconds without events after which the file is closed until the next event.",
        ),
        Field::optional(
            "file_mode",
            Kind::Int(0, 7777),
            "640",
            "Permissions of a new file as octal digits; the process's umask is taken off.",
        ),
        Field::optional(
            "write_mode",
            Kind::Enum(&["append", "overwrite"]),
            "append",
            "overwrite empties the file when the run starts.",
        ),
        encoding::FIELD,
        Field::optional(
            "separator",
            Kind::Str,
            "\"\\n\"",
            "Text behind every event; may be empty.",
        ),
        format::FIELD_PLAIN,
        delivery::RETRY,
        delivery::CIRCUIT,
        delivery::ON_FAILURE,
        delivery::DEAD_LETTER,
        delivery::BATCH,
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let mode = octal(section.int("file_mode").unwrap_or(640));
    if mode.is_none() {
        let span = section.node("file_mode").map_or(section.span, |n| n.span);
        cx.within(".file_mode", |cx| {
            cx.error_help(
                span,
                "`file_mode` has a digit that is not octal",
                "use digits from 0 to 7, such as 640",
            );
        });
    }
    let encoding = Encoding::decode(&section, cx);
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    let idle = section.float("cleanup_interval").unwrap_or(10.0);
    Some(Box::new(FileConfig {
        path: PathBuf::from(section.str("path")?),
        secret: section.node("path").is_some_and(|node| node.secret),
        idle: Duration::try_from_secs_f64(idle).unwrap_or(Duration::MAX),
        mode: mode?,
        overwrite: section.str("write_mode") == Some("overwrite"),
        separator: section.str("separator").unwrap_or("\n").to_owned(),
        encoding: encoding?,
        format: format?,
        delivery: DeliveryConfig::once().decode(&section, cx),
    }))
}

/// Reads decimal digits as octal ones.
fn octal(digits: i64) -> Option<u32> {
    u32::from_str_radix(&digits.to_string(), 8).ok()
}

#[derive(Debug)]
struct FileConfig {
    path: PathBuf,
    /// A secret's value is part of the path.
    secret: bool,
    idle: Duration,
    mode: u32,
    overwrite: bool,
    separator: String,
    encoding: Encoding,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for FileConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn file(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn separator(&self) -> &str {
        &self.separator
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        let path = env.base.join(&self.path);
        let shown = if self.secret {
            "(its path is a secret)".to_owned()
        } else {
            path.display().to_string()
        };
        Ok(Output::Local(Box::new(FileOutput {
            path,
            shown,
            mode: self.mode,
            idle: self.idle,
            overwrite: self.overwrite && !env.resumes,
            encoding: self.encoding.clone(),
            open: None,
            idle_at: None,
            room: Room::default(),
        })))
    }
}

#[derive(Debug)]
struct FileOutput {
    path: PathBuf,
    /// The path as errors name it.
    shown: String,
    mode: u32,
    idle: Duration,
    overwrite: bool,
    encoding: Encoding,
    open: Option<Handle>,
    idle_at: Option<Instant>,
    room: Room,
}

#[derive(Debug)]
struct Handle {
    file: File,
    identity: Option<Identity>,
    /// Nothing is in it yet, so that a byte order mark belongs first.
    empty: bool,
}

impl FileOutput {
    fn open_handle(&self, truncate: bool) -> Result<Handle, OutputError> {
        if let Some(parent) = self.path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| {
                OutputError::path("cannot create the folder of file", &self.shown, &error)
            })?;
        }
        let cannot = |error: io::Error| OutputError::path("cannot open file", &self.shown, &error);
        if truncate {
            options(self.mode)
                .write(true)
                .truncate(true)
                .open(&self.path)
                .map_err(cannot)?;
        }
        let file = options(self.mode)
            .append(true)
            .open(&self.path)
            .map_err(cannot)?;
        let meta = file.metadata().map_err(cannot)?;
        Ok(Handle {
            identity: identity(&meta),
            empty: meta.len() == 0,
            file,
        })
    }

    /// The open file, opened anew when the path no longer leads to it.
    fn handle(&mut self) -> Result<&mut Handle, OutputError> {
        let stale = match &self.open {
            None => true,
            Some(handle) => match std::fs::metadata(&self.path) {
                Ok(meta) => identity(&meta) != handle.identity,
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            },
        };
        if stale {
            self.open = None;
            self.open = Some(self.open_handle(false)?);
        }
        self.open
            .as_mut()
            .ok_or_else(|| OutputError::failed("the file is not open"))
    }

    /// Brings items into the encoding; tells how many are ready and why not all are.
    fn encode(&mut self, items: &Items<'_>, empty: bool) -> (usize, Option<OutputError>) {
        let (bytes, ends) = &mut self.room;
        bytes.clear();
        ends.clear();
        if empty {
            bytes.extend_from_slice(self.encoding.mark());
        }
        match encode_items(items, &self.encoding, false, bytes, Some(ends)) {
            Ok(()) => (items.len(), None),
            Err(failure) => (failure.item, Some(failure.error)),
        }
    }

    fn send(&mut self, items: &Items<'_>) -> Result<Receipt, OutputError> {
        let empty = self.handle()?.empty;
        let plain = self.encoding == Encoding::Utf8;
        let (ready, problem) = if plain {
            (items.len(), None)
        } else {
            self.encode(items, empty)
        };
        let Some(handle) = &mut self.open else {
            return Err(OutputError::failed("the file is not open"));
        };
        let (bytes, ends) = if plain {
            items.joined(&mut self.room)
        } else {
            (self.room.0.as_slice(), self.room.1.as_slice())
        };
        let mut sent = 0;
        let result = write_all(&mut handle.file, bytes, &mut sent);
        handle.empty &= sent == 0;
        let whole = ends.iter().take_while(|&&end| end <= sent).count();
        Ok(match (result, problem) {
            (Ok(()), None) => Receipt::taken(sent),
            (Err(error), _) => {
                let error = OutputError::path("cannot write to file", &self.shown, &error);
                Receipt::until(items, whole.min(ready), sent, error)
            }
            (Ok(()), Some(problem)) => Receipt::until(items, whole.min(ready), sent, problem),
        })
    }
}

impl LocalOutput for FileOutput {
    fn open(&mut self) -> Result<(), OutputError> {
        self.open = Some(self.open_handle(self.overwrite)?);
        Ok(())
    }

    fn write(&mut self, items: &Items<'_>, now: Instant) -> Receipt {
        self.idle_at = now.checked_add(self.idle);
        self.send(items)
            .unwrap_or_else(|error| Receipt::refused(items, error))
    }

    fn due(&self) -> Option<Instant> {
        self.open.as_ref().and(self.idle_at)
    }

    fn tick(&mut self, now: Instant) -> Result<(), OutputError> {
        if self.idle_at.is_some_and(|at| at <= now) {
            self.open = None;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), OutputError> {
        self.open = None;
        Ok(())
    }
}

#[cfg(unix)]
fn options(mode: u32) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.create(true).mode(mode);
    options
}

#[cfg(not(unix))]
fn options(_mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    options
}

/// What tells one file from another at the same path.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(meta: &std::fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(_meta: &std::fs::Metadata) -> Option<Identity> {
    None
}
