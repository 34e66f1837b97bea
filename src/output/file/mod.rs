//! `file`: events in a file, each batch with one write.
//!
//! Nothing is held back in the process, so that readers never see half a buffer and a crash loses
//! nothing that was counted; `flush_interval` is accepted because projects have it. Before each write
//! the path is compared with the open file: a deleted, replaced or renamed (rotated) file is opened
//! anew, for appending. What a failed write left of an event is cut off again, so that trying again
//! later leaves every event once and whole.

mod compress;
mod handle;
mod rotate;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::{
    DeliveryConfig, Encoding, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, delivery,
    encoding,
};
use crate::time::WallClock;

use rotate::Rotation;
use writer::{FileOutput, Target};

static SCHEMA: Schema = Schema {
    name: "file",
    doc: "Writes events to a file. Its folders are created; a file that was rotated or deleted is \
          opened anew.",
    fields: delivery::local_fields![
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
        Field::optional(
            "repair",
            Kind::Bool,
            "",
            "true: when a file that is appended to does not end with the separator, because a crash cut \
             its last event off, the separator goes first, so that the next event begins a line. \
             Default: false as in Eventum, but true with `rotation`.",
        ),
        rotate::FIELD,
        format::FIELD_PLAIN,
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
    let rotation = Rotation::decode(&section, cx);
    Some(Box::new(FileConfig {
        path: PathBuf::from(section.str("path")?),
        secret: section.node("path").is_some_and(|node| node.secret),
        repair: section.bool("repair").unwrap_or(rotation.is_some()),
        rotation,
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

struct FileConfig {
    path: PathBuf,
    /// A secret's value is part of the path.
    secret: bool,
    repair: bool,
    rotation: Option<Rotation>,
    idle: Duration,
    mode: u32,
    overwrite: bool,
    separator: String,
    encoding: Encoding,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl std::fmt::Debug for FileConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = Path::new("***");
        let path = if self.secret { hidden } else { &self.path };
        f.debug_struct("FileConfig")
            .field("path", &path)
            .field("mode", &self.mode)
            .field("overwrite", &self.overwrite)
            .field("rotation", &self.rotation)
            .field("encoding", &self.encoding)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
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
        let mut separator = Vec::new();
        if self.repair
            && self
                .encoding
                .encode(&self.separator, &mut separator)
                .is_err()
        {
            return Err(OutputError::failed(
                "the encoding has no form of the separator",
            ));
        }
        let target = Target {
            path,
            shown,
            mode: self.mode,
            separator,
        };
        Ok(Output::Local(Box::new(FileOutput::new(
            target,
            self.idle,
            self.overwrite && !env.resumes,
            self.encoding.clone(),
            self.rotation.clone(),
            Arc::new(WallClock),
        ))))
    }
}

#[cfg(test)]
mod tests;
