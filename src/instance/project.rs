//! From a project on disk to a plan that can run.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::{
    Diagnostics, Files, LoadOptions, Parameters, SECRET_PREFIX, document_path, load,
};
use crate::pipeline::{Plan, plan};

/// Loads and checks the project at `path` (its folder or its document). Warnings come with the plan.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub fn prepare(
    path: &Path,
    files: &dyn Files,
    parameters: &Parameters,
) -> Result<(Plan, Diagnostics), Diagnostics> {
    let options = LoadOptions {
        params: parameters.params.clone(),
        secrets: secrets(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        })),
        lenient: false,
    };
    let loaded = load(path, files, &options);
    let mut problems = loaded.diagnostics;
    let planned = loaded.document.and_then(|document| {
        let (plan, more) = plan(&document, files);
        problems.0.extend(more.0);
        plan
    });
    problems.sort(&document_path(path));
    match planned {
        Some(plan) if !problems.has_errors() => Ok((plan, problems)),
        _ => Err(problems),
    }
}

/// Secrets by name: `EVTUI_SECRET_db_password`, or in capitals for names in small letters.
fn secrets(environment: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lowered = BTreeMap::new();
    for (name, value) in environment {
        if let Some(name) = name.strip_prefix(SECRET_PREFIX) {
            lowered.insert(name.to_lowercase(), value.clone());
            found.insert(name.to_owned(), value);
        }
    }
    for (name, value) in lowered {
        found.entry(name).or_insert(value);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secret_variable;

    #[test]
    fn a_secret_is_found_by_its_exact_name_first() {
        let given = [
            ("EVTUI_SECRET_TOKEN", "a"),
            ("EVTUI_SECRET_dbPassword", "b"),
            ("EVTUI_SECRET_DBPASSWORD", "c"),
            ("OTHER", "d"),
        ];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let found = secrets(given.into_iter());
        assert_eq!(found["token"], "a");
        for name in ["token", "dbPassword"] {
            let variable = secret_variable(name);
            let found = secrets([(variable, "v".to_owned())].into_iter());
            assert_eq!(found.get(name).map(String::as_str), Some("v"), "{name}");
        }
        assert_eq!(found["dbPassword"], "b");
        assert_eq!(found["DBPASSWORD"], "c");
        assert!(!found.contains_key("OTHER"));
    }
}
