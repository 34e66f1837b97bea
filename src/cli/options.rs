//! `evtui options`: what plugins there are, and every option of one, from the schemas that also check
//! projects.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::report::finish;
use crate::config::{Field, Kind, Schema, near};
use crate::{event, input, output};

/// Columns of a line.
const WIDTH: usize = 96;

/// Show what plugins there are, or every option of one
///
/// evtui options                 all plugins
/// evtui options output          those of a stage
/// evtui options output.kafka    the options of one
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// A stage (input, event, output), a plugin (kafka), or both (output.kafka)
    #[arg(value_name = "STAGE|PLUGIN|STAGE.PLUGIN")]
    name: Option<String>,
}

/// Plugins by stage.
fn plugins() -> Vec<(&'static str, &'static Schema)> {
    let inputs = input::PLUGINS.iter().map(|one| ("input", one.schema));
    let events = event::PLUGINS.iter().map(|one| ("event", one.schema));
    let outputs = output::PLUGINS.iter().map(|one| ("output", one.schema));
    inputs.chain(events).chain(outputs).collect()
}

pub(super) fn run(args: &Args) -> ExitCode {
    let wanted = args.name.as_deref().unwrap_or_default();
    match told(wanted) {
        Ok(text) => finish(io::stdout().write_all(text.as_bytes()), true),
        Err(problem) => {
            let written = writeln!(io::stderr(), "error: {problem}");
            finish(written, false)
        }
    }
}

/// The text for a name; everything for an empty one.
fn told(wanted: &str) -> Result<String, String> {
    let all = plugins();
    let stage = wanted.is_empty() || all.iter().any(|(stage, _)| *stage == wanted);
    let mut text = String::new();
    if stage {
        let of_stage = all
            .iter()
            .filter(|(stage, _)| wanted.is_empty() || *stage == wanted);
        for (stage, schema) in of_stage {
            let name = format!("{stage}.{}", schema.name);
            let first = schema.doc.split_inclusive(". ").next().unwrap_or_default();
            paragraph(&mut text, &format!("{name:<22}"), 22, first.trim());
        }
        return Ok(text);
    }
    let named = |stage: &str, schema: &Schema| {
        schema.name == wanted || format!("{stage}.{}", schema.name) == wanted
    };
    for (stage, schema) in all.iter().filter(|(stage, schema)| named(stage, schema)) {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{stage}.{}", schema.name);
        paragraph(&mut text, "  ", 2, schema.doc);
        fields(&mut text, "", schema.fields);
    }
    if !text.is_empty() {
        return Ok(text);
    }
    let names: Vec<String> = all
        .iter()
        .flat_map(|(stage, schema)| [schema.name.to_owned(), format!("{stage}.{}", schema.name)])
        .collect();
    Err(match near(wanted, names.iter().map(String::as_str)) {
        Some(meant) => format!("there is no plugin `{wanted}`; did you mean `{meant}`?"),
        None => format!("there is no plugin `{wanted}`; `evtui options` lists them all"),
    })
}

/// The options of a section, with those of sections in it behind their names.
fn fields(text: &mut String, prefix: &str, fields: &[Field]) {
    for field in fields {
        let kind = field.kind.to_string();
        let mut head = format!("\n  {prefix}{}", field.name);
        if field.required {
            head.push_str(" (required)");
        }
        if !kind.is_empty() {
            let _ = write!(head, ": {kind}");
        }
        if !field.default.is_empty() {
            let _ = write!(head, " [default: {}]", field.default);
        }
        paragraph(text, &head, 4, "");
        paragraph(text, "      ", 6, field.doc);
        if let Some(schema) = section(&field.kind) {
            self::fields(text, &format!("{prefix}{}.", field.name), schema.fields);
        }
    }
}

/// The section that an option takes.
fn section(kind: &Kind) -> Option<&'static Schema> {
    match kind {
        Kind::Section(schema) => Some(schema),
        Kind::OrNull(kind) | Kind::List(kind, _) => section(kind),
        _ => None,
    }
}

/// Words in lines of some width behind a head; lines after the first are indented.
fn paragraph(text: &mut String, head: &str, indent: usize, words: &str) {
    let mut used = 0;
    let mut place = |text: &mut String, word: &str, gap: bool| {
        let len = word.chars().count();
        if used > indent && used + len + 1 > WIDTH {
            let _ = write!(text, "\n{}", " ".repeat(indent));
            used = indent;
        } else if gap {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += len;
    };
    let start = head.len() - head.trim_start().len();
    text.push_str(head.get(..start).unwrap_or_default());
    for (index, word) in head.trim_start().split(' ').enumerate() {
        place(text, word, index > 0);
    }
    for (index, word) in words.split_whitespace().enumerate() {
        place(text, word, index > 0);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_option_of_every_plugin_is_told_within_the_width() {
        for (stage, schema) in plugins() {
            let text = told(&format!("{stage}.{}", schema.name)).unwrap();
            for field in schema.fields {
                assert!(text.contains(&format!("\n  {}", field.name)), "{text}");
            }
            let longest = text.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(WIDTH + 40), "{text}");
        }
    }

    #[test]
    fn a_plugin_of_two_stages_is_told_of_both() {
        let text = told("http").unwrap();
        assert!(text.contains("input.http\n") && text.contains("\noutput.http\n"));
        assert!(text.contains("  retry.attempts: integer from 0"), "{text}");
    }

    #[test]
    fn a_slip_is_told() {
        assert_eq!(
            told("output.kafak").unwrap_err(),
            "there is no plugin `output.kafak`; did you mean `output.kafka`?"
        );
    }
}
