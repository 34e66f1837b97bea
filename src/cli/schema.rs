//! `evtui schema`: the JSON Schema of generator files, for other editors.

use std::io::{self, Write as _};
use std::process::ExitCode;

use super::report::finish;
use crate::language::generator_schema;

/// Print the JSON Schema of generator.yml, for other editors
///
/// With the YAML language server (VS Code, Neovim, Helix, JetBrains), save it
/// and name it in the first line of generator.yml:
///
///   evtui schema > generator.schema.json
///   # yaml-language-server: $schema=generator.schema.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, &generator_schema())
        .map_err(io::Error::from)
        .and_then(|()| writeln!(out))
        .and_then(|()| out.flush());
    finish(written, true)
}
