//! What is odd about generators together: two of them write one file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::registry::{Registry, Run};
use crate::pipeline::{Lint, Running, State};
use crate::time::{Clock as _, WallClock};

/// Other generators named in one lint.
const NAMES: usize = 3;

impl Registry {
    /// Takes samples of all runs for their lints.
    pub(super) fn look_at_runs(&self) {
        let runs = self.runs();
        let written = written(&runs);
        let mut lints = shared_files(&written, WallClock.now_us());
        for (id, running) in runs {
            running.observe(lints.remove(&id).unwrap_or_default());
        }
    }

    /// Warns when a run that has just begun writes a file of another one.
    pub(super) fn warn_of_shared_files(&self, id: &str) {
        let written = written(&self.runs());
        let found = shared_files(&written, 0).remove(id);
        for lint in found.into_iter().flatten() {
            tracing::warn!(generator = id, "{} ({})", lint.message, lint.help);
        }
    }

    fn runs(&self) -> Vec<(String, Arc<Running>)> {
        let entries = self.lock();
        let runs = entries.iter().filter_map(|(id, entry)| match &entry.run {
            Run::Known(running) if matches!(running.state(), State::Running) => {
                Some((id.clone(), running.clone()))
            }
            _ => None,
        });
        runs.collect()
    }
}

fn written(runs: &[(String, Arc<Running>)]) -> Vec<(String, Vec<PathBuf>)> {
    let runs = runs.iter();
    runs.map(|(id, running)| (id.clone(), running.files_written()))
        .collect()
}

/// Who writes a file that another one writes too, with a lint for each such file.
fn shared_files(written: &[(String, Vec<PathBuf>)], now_us: i64) -> HashMap<String, Vec<Lint>> {
    let mut writers: BTreeMap<PathBuf, Vec<&str>> = BTreeMap::new();
    for (id, files) in written {
        for file in files.iter().filter(|file| !file.starts_with("/dev")) {
            let all = writers.entry(real(file)).or_default();
            if !all.contains(&id.as_str()) {
                all.push(id);
            }
        }
    }
    let mut lints: HashMap<String, Vec<Lint>> = HashMap::new();
    for (file, ids) in writers.iter().filter(|(_, ids)| ids.len() > 1) {
        for id in ids {
            let others = ids.iter().filter(|other| other != &id);
            let mut names = others.clone().take(NAMES).map(|other| format!("`{other}`"));
            let mut named = names.by_ref().collect::<Vec<_>>().join(", ");
            let more = others.count().saturating_sub(NAMES);
            if more > 0 {
                named.push_str(&format!(" and {more} more"));
            }
            lints.entry((*id).to_owned()).or_default().push(Lint {
                name: "same-file".to_owned(),
                message: format!("{} is also written by {named}", file.display()),
                help:
                    "their events mix, or one empties it for the other: give each a file of its own"
                        .to_owned(),
                since_us: now_us,
            });
        }
    }
    lints
}

/// The file behind links, as far as it is there.
fn real(file: &Path) -> PathBuf {
    let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
    let known = file.canonicalize().ok();
    let joined = || Some(folder?.join(file.file_name()?));
    known.or_else(joined).unwrap_or_else(|| file.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn both_writers_of_one_file_are_told_of_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a.log"), "").unwrap();
        let one = |id: &str, files: &[&str]| {
            let files = files.iter().map(|name| path(name));
            (id.to_owned(), files.collect::<Vec<_>>())
        };
        let mut all = vec![
            one("a", &["a.log", "new.log"]),
            one("b", &["b.log"]),
            one("c", &["x/../a.log", "new.log", "new.log"]),
            ("d".to_owned(), vec![PathBuf::from("/dev/null")]),
            ("e".to_owned(), vec![PathBuf::from("/dev/null")]),
        ];
        std::fs::create_dir(path("x")).unwrap();
        let found = shared_files(&all, 7);
        assert_eq!(found.len(), 2);
        assert_eq!((found["a"].len(), found["c"].len()), (2, 2));
        assert!(
            found["a"][0]
                .message
                .ends_with("a.log is also written by `c`")
        );
        for id in ["f", "g", "h"] {
            all.push(one(id, &["a.log"]));
        }
        let words = &shared_files(&all, 7)["a"][0].message;
        assert!(words.ends_with("by `c`, `f`, `g` and 1 more"), "{words}");
    }
}
