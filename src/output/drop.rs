//! `drop`: formats and counts events, then throws them away; shows what rendering and formatting cost.

use std::time::Instant;

use crate::config::{Context, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::{
    DeliveryConfig, Items, LocalOutput, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin,
    Receipt,
};

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
    Some(Box::new(DropConfig {
        format,
        delivery: DeliveryConfig::once(),
    }))
}

#[derive(Debug)]
struct DropConfig {
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for DropConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, _env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(Output::Local(Box::new(Drop)))
    }
}

#[derive(Debug)]
struct Drop;

impl LocalOutput for Drop {
    fn open(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn write(&mut self, items: &Items<'_>, _now: Instant) -> Receipt {
        Receipt::taken(items.iter().map(<[u8]>::len).sum())
    }

    fn close(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
