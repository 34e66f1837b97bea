//! Finds every problem of a project without running it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::config::{
    Diagnostic, Diagnostics, Document, Files, LoadOptions, Place, Span, document_path, load,
    missing_param,
};
use crate::event::{EventEnv, Globals, Limits};
use crate::input::InputEnv;
use crate::output::format::FormatEnv;
use crate::time::{Moment, Zone};

use super::plan::{Decoded, has_unknown};

/// What a check assumes of the run.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Values for `${params.*}`. When given, missing ones are errors; otherwise they are only listed.
    pub params: Option<Map<String, Value>>,
    /// Zone of the generator.
    pub zone: Zone,
    /// When the run would start.
    pub now: Moment,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// The document, as the user would name it.
    pub path: PathBuf,
    /// All problems, by file and position.
    pub diagnostics: Diagnostics,
    /// Parameters the document uses.
    pub params: Vec<Need>,
    /// Secrets the document uses; their values are never looked at.
    pub secrets: Vec<Need>,
    /// Settings that could only be checked in part because they use values that are not known.
    pub unchecked: Vec<String>,
}

/// A parameter or secret that a document uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub name: String,
    /// Where it is used first.
    pub span: Span,
    /// True when a value was given.
    pub given: bool,
}

/// Checks the project at `path` (a folder or a document): text, options, schedules, samples,
/// templates, formatters. Writes nothing and opens no output.
pub fn check(path: &Path, files: &Arc<dyn Files>, options: &CheckOptions) -> CheckReport {
    let load_options = LoadOptions {
        params: options.params.clone().unwrap_or_default(),
        secrets: Default::default(),
        lenient: true,
    };
    let loaded = load(path, files.as_ref(), &load_options);
    let needs = |names: Vec<(String, Span)>, given: &dyn Fn(&str) -> bool| {
        let need = |(name, span): (String, Span)| Need {
            given: given(&name),
            name,
            span,
        };
        names.into_iter().map(need).collect::<Vec<Need>>()
    };
    let mut report = CheckReport {
        path: document_path(path),
        diagnostics: loaded.diagnostics,
        params: needs(loaded.params, &|name| {
            load_options.params.contains_key(name)
        }),
        secrets: needs(loaded.secrets, &|_| false),
        unchecked: Vec::new(),
    };
    if options.params.is_some() {
        report.require_params(&load_options.params);
    }
    if let Some(document) = loaded.document {
        report.check_plugins(&document, files, options);
    }
    report.diagnostics.sort(&report.path);
    report
}

impl CheckReport {
    fn require_params(&mut self, given: &Map<String, Value>) {
        for need in self.params.iter().filter(|need| !need.given) {
            let (message, help) = missing_param(&need.name, given);
            let place = Place {
                path: self.path.as_path().into(),
                span: Some(need.span),
            };
            self.diagnostics
                .push(Diagnostic::error(message, Some(place)).help(help));
        }
    }

    fn check_plugins(
        &mut self,
        document: &Document,
        files: &Arc<dyn Files>,
        options: &CheckOptions,
    ) {
        let decoded = Decoded::of(document, files.as_ref(), &mut self.diagnostics);
        let input_env = InputEnv {
            zone: options.zone,
            now: options.now,
            skip_past: false,
            base: &document.base,
            files: files.as_ref(),
            seed: Some(0),
            outside: None,
        };
        for (node, plan) in document.inputs.iter().zip(&decoded.inputs) {
            if has_unknown(&node.body) {
                self.unchecked.push(node.setting.clone());
            } else if let Some(plan) = plan
                && let Err(error) = plan.config.start(&input_env)
            {
                self.fail(&plan.place, &plan.setting, error.message, error.help);
            }
        }
        if let Some(node) = &document.event {
            if has_unknown(&node.body) {
                self.unchecked.push(node.setting.clone());
            } else if let Some(plan) = &decoded.event {
                let env = EventEnv {
                    base: &document.base,
                    files: Arc::clone(files),
                    zone: options.zone,
                    seed: Some(0),
                    globals: Globals::default(),
                    limits: Limits::CHECK,
                };
                let before = self.diagnostics.errors();
                let built = plan.config.build(&env, &mut self.diagnostics);
                if built.is_none() && self.diagnostics.errors() == before {
                    let message = format!("the event plugin `{}` cannot be made", plan.name);
                    self.fail(&plan.place, &node.setting, message, None);
                }
            }
        }
        let format_env = FormatEnv::new(&document.base, Arc::clone(files));
        for (node, plan) in document.outputs.iter().zip(&decoded.outputs) {
            if has_unknown(&node.body) {
                self.unchecked.push(node.setting.clone());
            } else if let Some(plan) = plan
                && let Err(error) = plan.config.format().build(&format_env)
            {
                let setting = format!("{}.formatter", plan.setting);
                self.fail(&plan.place, &setting, error.message, error.help);
            }
        }
    }

    fn fail(&mut self, place: &Place, setting: &str, message: String, help: Option<String>) {
        let mut problem = Diagnostic::error(message, Some(place.clone())).setting(setting);
        problem.help = help;
        self.diagnostics.push(problem);
    }
}
