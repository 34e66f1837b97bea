//! Where an instance's list of generators comes from: a settings file, or a startup list of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{
    Diagnostic, Diagnostics, Disk, InstanceSettings, Listed, Parameters, Place, document_path,
    read_settings, read_startup_list, read_text,
};

/// Where the list comes from.
#[derive(Clone, Debug)]
pub enum Home {
    /// An `eventum.yml`.
    Settings(PathBuf),
    /// A `startup.yml` without settings around it.
    List {
        /// The list.
        startup: PathBuf,
        /// Folder that relative paths in it start from.
        generators: PathBuf,
    },
}

/// A list that was read, with what stands around it.
#[derive(Clone, Debug)]
pub struct HomeRead {
    /// The settings, when there is a file of them.
    pub settings: Option<Arc<InstanceSettings>>,
    /// The startup list.
    pub startup: PathBuf,
    /// Folder that relative paths in it start from.
    pub generators: PathBuf,
    /// Its entries, the bad ones too.
    pub entries: Vec<Listed>,
    /// Notes: nothing here is an error.
    pub notes: Diagnostics,
}

impl Home {
    /// Reads everything anew.
    ///
    /// # Errors
    /// Everything that is wrong with the settings, or why there is no list.
    pub fn read(&self) -> Result<HomeRead, Diagnostics> {
        let one = |problem| Diagnostics(vec![problem]);
        let mut notes = Diagnostics::default();
        let settings = match self {
            Self::List { .. } => None,
            Self::Settings(path) => {
                let text = read_text(path, &Disk).map_err(|problem| {
                    let help = "name one with --config, or run a list with --startup FILE; `evtui service install` writes both";
                    one(problem.help(help))
                })?;
                let (settings, problems) = read_settings(&text, path);
                let Some(settings) = settings else {
                    return Err(problems);
                };
                notes.0.extend(problems.0);
                Some(settings)
            }
        };
        let (startup, generators) = match (self, &settings) {
            (
                Self::List {
                    startup,
                    generators,
                },
                _,
            ) => (startup.clone(), generators.clone()),
            (Self::Settings(_), Some(settings)) => {
                let paths = &settings.paths;
                (paths.startup.clone(), paths.generators_dir.clone())
            }
            (Self::Settings(path), None) => (path.clone(), PathBuf::new()),
        };
        let text = read_text(&startup, &Disk).map_err(|problem| {
            one(problem
                .help("a startup list is a file with `- id: ...` entries; an empty one is fine"))
        })?;
        let plain = Parameters::default();
        let defaults = settings.as_ref().map_or(&plain, |one| &one.generation);
        let mut list = read_startup_list(&text, &startup, defaults, &generators)?.entries;
        for listed in &mut list {
            finish(listed, &startup, &generators, settings.as_ref(), &mut notes);
        }
        Ok(HomeRead {
            settings: settings.map(Arc::new),
            startup,
            generators,
            entries: list,
            notes,
        })
    }
}

/// Completes the path of an entry that names a folder, and notes one that lies elsewhere.
fn finish(
    listed: &mut Listed,
    startup: &Path,
    generators: &Path,
    settings: Option<&InstanceSettings>,
    notes: &mut Diagnostics,
) {
    let Ok(entry) = &mut listed.entry else {
        return;
    };
    if entry.path.is_dir() {
        entry.path = match settings {
            Some(settings) => entry.path.join(&settings.paths.generator_config_filename),
            None => document_path(&entry.path),
        };
    }
    if settings.is_some() && !entry.path.starts_with(generators) {
        let message = format!(
            "generator `{}` lies outside of the folder of generators, {}",
            entry.id,
            generators.display()
        );
        let note = Diagnostic::warning(message, Some(Place::file(startup)));
        notes.push(note.setting(format!("line {}", listed.line)));
    }
}
