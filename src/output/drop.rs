//! `drop`: formats and counts events, then throws them away; shows what rendering and formatting cost.

use std::time::Instant;

use crate::config::{Context, Node, Schema, Section};

use super::format::{self, FormatConfig, Formatted};
use super::{Delivery, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin};

static SCHEMA: Schema = Schema {
    name: "drop",
    doc: "Formats and counts events, then discards them. For measuring and for trying a generator out.",
    fields: &[format::FIELD_PLAIN],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx)?;
    Some(Box::new(DropConfig { format }))
}

#[derive(Debug)]
struct DropConfig {
    format: FormatConfig,
}

impl OutputConfig for DropConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn build(&self, _env: &OutputEnv<'_>) -> Result<Box<dyn Output>, OutputError> {
        Ok(Box::new(Drop))
    }
}

#[derive(Debug)]
struct Drop;

impl Output for Drop {
    fn open(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn write(
        &mut self,
        batch: &Formatted,
        _now: Instant,
        done: &mut Delivery,
    ) -> Result<(), OutputError> {
        done.written += batch.events();
        done.bytes += batch.bytes().len() as u64;
        Ok(())
    }

    fn close(&mut self, _done: &mut Delivery) -> Result<(), OutputError> {
        Ok(())
    }
}
