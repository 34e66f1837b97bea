//! `template` and `template-batch`: a template over `event` or `events`.

use std::path::PathBuf;

use crate::batch::EventBatch;
use crate::config::{Context, Section};

use super::{FormatEnv, Formatted, OutputError};

/// Where the template's text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateText {
    /// In the document.
    Inline(String),
    /// In a file, relative to the project's folder.
    File(PathBuf),
}

impl TemplateText {
    pub(super) fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        match (section.str("template"), section.str("template_path")) {
            (Some(text), None) => Some(Self::Inline(text.to_owned())),
            (None, Some(path)) => {
                let path = PathBuf::from(path);
                if path.is_absolute() {
                    cx.error_help(
                        section
                            .node("template_path")
                            .map_or(section.span, |n| n.span),
                        "`template_path` must be relative to the project's folder",
                        "put the template into the project",
                    );
                    return None;
                }
                Some(Self::File(path))
            }
            (None, None) => {
                cx.error_help(
                    section.span,
                    "the formatter has no template",
                    "give `template` or `template_path`",
                );
                None
            }
            (Some(_), Some(_)) => {
                cx.error_help(
                    section.span,
                    "`template` and `template_path` exclude each other",
                    "remove one of them",
                );
                None
            }
        }
    }

    pub(super) fn compile(&self, _env: &FormatEnv<'_>) -> Result<Compiled, OutputError> {
        Err(
            OutputError::failed("template formatters are not supported yet")
                .help("use `json` or `plain`"),
        )
    }
}

/// A compiled template.
#[derive(Debug)]
pub(super) struct Compiled;

impl Compiled {
    pub(super) fn each(&mut self, _batch: &EventBatch, _separator: &[u8], _out: &mut Formatted) {}

    pub(super) fn joined(&mut self, _batch: &EventBatch, _separator: &[u8], _out: &mut Formatted) {}
}
