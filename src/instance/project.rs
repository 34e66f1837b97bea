//! From a project on disk to a plan that can run.

use std::path::Path;

use crate::config::{Diagnostic, Diagnostics, Files, LoadOptions, Parameters, document_path, load};
use crate::pipeline::{Plan, plan};

use super::redact::Redactor;
use super::secrets::{Secrets, SecretsError};

/// Loads and checks the project at `path` (its folder or its document), with secrets from where the
/// environment says. Warnings come with the plan.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub fn prepare(
    path: &Path,
    files: &dyn Files,
    parameters: &Parameters,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    prepare_with(path, files, parameters, &Secrets::from_environment())
}

/// As [`prepare`], with secrets from where the caller says.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub fn prepare_with(
    path: &Path,
    files: &dyn Files,
    parameters: &Parameters,
    secrets: &Secrets,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    prepare_hidden(path, files, parameters, secrets, &Redactor::default())
}

/// As [`prepare_with`]; what the project uses of the secrets is hidden by `redactor` from then on.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub(super) fn prepare_hidden(
    path: &Path,
    files: &dyn Files,
    parameters: &Parameters,
    secrets: &Secrets,
    redactor: &Redactor,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    let mut options = LoadOptions {
        params: parameters.params.clone(),
        secrets: secrets.environment().clone(),
        lenient: false,
    };
    let mut loaded = load(path, files, &options);
    let mut about_secrets = Diagnostics::default();
    let names: Vec<&str> = loaded
        .secrets
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    if names
        .iter()
        .any(|name| !options.secrets.contains_key(*name))
    {
        match secrets.values(&names, &mut about_secrets) {
            Ok(found) => {
                options.secrets = found;
                loaded = load(path, files, &options);
            }
            Err(error) => about_secrets.push(problem(&error)),
        }
    }
    redactor.learn(options.secrets.values().map(String::as_str));
    let mut problems = loaded.diagnostics;
    let planned = loaded.document.and_then(|document| {
        let (plan, more) = plan(&document, files);
        problems.0.extend(more.0);
        plan
    });
    problems.sort(&document_path(path));
    problems.0.extend(about_secrets.0);
    match planned {
        Some(plan) if !problems.has_errors() => Ok((plan, problems.hushed())),
        _ => Err(problems.hushed()),
    }
}

fn problem(error: &SecretsError) -> Diagnostic {
    let problem = Diagnostic::error(error.to_string(), None);
    match error.help() {
        Some(help) => problem.help(help),
        None => problem,
    }
}
