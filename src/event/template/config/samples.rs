//! Options of samples.

use super::schema::{CSV, ITEMS, JSON, SAMPLE_TYPES};
use super::{SampleConfig, SampleSource};
use crate::config::{Context, Node, Section, names_help};

/// Decodes the samples that are sound; the others were reported.
pub(super) fn decode(node: Option<&Node>, cx: &mut Context<'_>) -> Vec<SampleConfig> {
    let mut found = Vec::new();
    let parts = node.and_then(Node::as_map).unwrap_or_default();
    cx.within(".samples", |cx| {
        for (key, body) in parts {
            let name = key.as_str().unwrap_or_default();
            cx.within(&format!(".{name}"), |cx| {
                found.extend(sample(name, body, cx))
            });
        }
    });
    found
}

fn sample(name: &str, body: &Node, cx: &mut Context<'_>) -> Option<SampleConfig> {
    let schema = match body.get("type").and_then(Node::as_str) {
        Some("items") => &ITEMS,
        Some("csv") => &CSV,
        Some("json") => &JSON,
        other => {
            report_type(body, other, cx);
            return None;
        }
    };
    let section = Section::open(body, schema, cx)?;
    let node = section.node("source")?;
    let path = node.as_str().unwrap_or_default().to_owned();
    let source = match schema.name {
        "items" => SampleSource::Items(node.as_seq()?.to_vec()),
        kind => {
            let suffix = format!(".{kind}");
            let file = path.rsplit('/').next().unwrap_or_default();
            if !file.ends_with(&suffix) || file == suffix {
                cx.within(".source", |cx| {
                    cx.error_help(
                        node.span,
                        format!("the source of a {kind} sample ends in {suffix}"),
                        "rename the file, or change `type`",
                    );
                });
                return None;
            }
            match kind {
                "csv" => SampleSource::Csv {
                    path,
                    header: section.bool("header").unwrap_or(false),
                    delimiter: character(&section, "delimiter", ',', cx)?,
                    quote: character(&section, "quotechar", '"', cx)?,
                },
                _ => SampleSource::Json { path },
            }
        }
    };
    Some(SampleConfig {
        name: name.to_owned(),
        place: cx.place(node.span),
        setting: cx.setting.clone(),
        source,
    })
}

fn report_type(body: &Node, given: Option<&str>, cx: &mut Context<'_>) {
    if body.as_map().is_none() {
        let message = format!(
            "a sample takes a mapping of options, not {}",
            body.describe()
        );
        cx.error_help(body.span, message, "write `{type: csv, source: file.csv}`");
        return;
    }
    match (given, body.get("type")) {
        (Some(name), Some(node)) => cx.error_help(
            node.span,
            format!("`{name}` is no type of sample"),
            names_help(name, SAMPLE_TYPES.iter().copied()),
        ),
        (_, Some(node)) => cx.error_help(
            node.span,
            format!("the type of a sample is text, not {}", node.describe()),
            "one of `items`, `csv` and `json`",
        ),
        (_, None) => cx.error_help(
            body.span,
            "a sample needs the option `type`",
            "one of `items`, `csv` and `json`",
        ),
    }
}

fn character(section: &Section, name: &str, default: char, cx: &mut Context<'_>) -> Option<char> {
    let Some(text) = section.str(name) else {
        return Some(default);
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) if !matches!(one, '\n' | '\r') => Some(one),
        _ => {
            let span = section.node(name).map_or(section.span, |node| node.span);
            cx.within(&format!(".{name}"), |cx| {
                cx.error(span, format!("`{name}` is exactly one character"));
            });
            None
        }
    }
}
