//! New projects: what they can begin as, and how one is made so that it is there whole or not at all.
//!
//! Knows the bundled samples by their files alone, nothing of what is in them.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::config::DOCUMENT_NAME;

/// What a new project can begin as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starter {
    /// Its name, which is that of the sample too.
    pub name: &'static str,
    /// What it shows, in one line without a full stop.
    pub about: &'static str,
    /// Its files: path inside the project, with `/`, and content.
    files: &'static [(&'static str, &'static str)],
}

macro_rules! starter {
    ($name:literal, $about:literal, [$($file:literal),+ $(,)?]) => {
        Starter {
            name: $name,
            about: $about,
            files: &[$((
                $file,
                include_str!(concat!("../../sample-configs/", $name, "/", $file)),
            )),+],
        }
    };
}

/// Every starter, the smallest first.
pub static STARTERS: &[Starter] = &[
    starter!(
        "hello",
        "the three parts of a generator, as small as they get",
        ["generator.yml", "templates/event.json.jinja"]
    ),
    starter!(
        "web-access",
        "access log: templates and sample rows drawn by weight",
        [
            "generator.yml",
            "samples/agents.json",
            "samples/pages.csv",
            "templates/page.log.jinja",
        ]
    ),
    starter!(
        "login-sessions",
        "logins: a state machine with shared state and macros",
        [
            "generator.yml",
            "templates/_base.jinja",
            "templates/activity.json.jinja",
            "templates/locked.json.jinja",
            "templates/logged-in.json.jinja",
            "templates/logged-out.json.jinja",
            "templates/login-failed.json.jinja",
        ]
    ),
    starter!(
        "metrics-day",
        "metrics of one day: several inputs, told apart by tags",
        [
            "generator.yml",
            "samples/hosts.json",
            "templates/metric.json.jinja",
        ]
    ),
    starter!(
        "order-events",
        "orders: a chain of events about one thing, two outputs",
        [
            "generator.yml",
            "samples/products.csv",
            "templates/created.json.jinja",
            "templates/scanned.json.jinja",
            "templates/step.json.jinja",
        ]
    ),
    starter!(
        "audit-replay",
        "a recorded log, replayed with fresh timestamps",
        ["generator.yml", "samples/audit.log"]
    ),
    starter!(
        "script-transfers",
        "bank transfers from a Python function that keeps its state",
        ["generator.yml", "scripts/transfers.py"]
    ),
    starter!(
        "office-day",
        "the rhythm of a week: time patterns that add up",
        [
            "generator.yml",
            "patterns/afternoon.yml",
            "patterns/backup.yml",
            "patterns/morning.yml",
            "templates/event.json.jinja",
        ]
    ),
    starter!(
        "retail-year",
        "a year of orders with holidays and a calendar of its own",
        ["generator.yml", "templates/order.json.jinja"]
    ),
    starter!(
        "safe-delivery",
        "a target that is down, dead letters, files that rotate",
        ["generator.yml", "templates/payment.json.jinja"]
    ),
];

impl Starter {
    /// The starter of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        STARTERS.iter().find(|one| one.name == name)
    }

    /// Makes a project in `folder`, which must not exist or be empty; folders above it are made. Gives
    /// the path of its document. At no moment is half a project to be found there: `folder` appears with
    /// everything in it, and in one that exists the document comes last.
    ///
    /// # Errors
    /// Says why there is no project now: the folder is in use, the name is that of a file, the disk
    /// refuses. Nothing is left behind then.
    pub fn create(&self, folder: &Path) -> Result<PathBuf, String> {
        let shown = folder.display();
        if folder.as_os_str().is_empty() {
            return Err("a new project needs a name".to_owned());
        }
        let exists = match folder.read_dir().map(|mut entries| entries.next()) {
            Ok(Some(_)) => {
                return Err(format!(
                    "{shown} exists and is not empty; choose another name or empty it first"
                ));
            }
            Ok(None) => true,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(format!(
                    "{shown} is a file, or is below one; choose another name"
                ));
            }
            Err(error) => return Err(failed(folder, &error)),
        };
        let made = if exists {
            self.fill(folder)
        } else {
            self.appear(folder)
        };
        made.map_err(|error| failed(folder, &error))?;
        Ok(folder.join(DOCUMENT_NAME))
    }

    /// Writes everything beside a folder that is not there, then gives it its name.
    fn appear(&self, folder: &Path) -> io::Result<()> {
        let above = match folder.parent() {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        let missing: Vec<&Path> = above.ancestors().take_while(|one| !one.exists()).collect();
        let built = fs::create_dir_all(above)
            .and_then(|()| self.build(above))
            .and_then(|built| {
                fs::rename(&built, folder).inspect_err(|_| drop(fs::remove_dir_all(&built)))
            });
        if built.is_err() {
            for folder in missing {
                // The first error is the one to tell; what others put there meanwhile stays.
                drop(fs::remove_dir(folder));
            }
        }
        built
    }

    /// Fills an empty folder, which keeps its identity: it may be where someone stands.
    fn fill(&self, folder: &Path) -> io::Result<()> {
        let built = self.build(folder)?;
        let moved = self.move_in(&built, folder);
        if moved.is_err() {
            for part in self.parts() {
                // Only what came from us is in what was an empty folder.
                let place = folder.join(part);
                drop(fs::remove_file(&place).or_else(|_| fs::remove_dir_all(&place)));
            }
        }
        drop(fs::remove_dir_all(&built));
        moved
    }

    fn move_in(&self, built: &Path, folder: &Path) -> io::Result<()> {
        for part in self.parts() {
            fs::rename(built.join(part), folder.join(part))?;
        }
        Ok(())
    }

    /// What stands at the top of the project, the document last.
    fn parts(&self) -> Vec<&'static str> {
        let mut parts: Vec<&str> = self
            .files
            .iter()
            .filter_map(|(path, _)| path.split('/').next())
            .collect();
        parts.sort_unstable_by_key(|part| (*part == DOCUMENT_NAME, *part));
        parts.dedup();
        parts
    }

    /// Writes all files into a new folder with a name of its own inside `place`.
    fn build(&self, place: &Path) -> io::Result<PathBuf> {
        let mut last = io::Error::from(ErrorKind::AlreadyExists);
        for attempt in 0..16 {
            let name = format!(".evtui-new-{}-{attempt}", std::process::id());
            let built = place.join(name);
            match fs::create_dir(&built) {
                Ok(()) => {
                    return match self.write(&built) {
                        Ok(()) => Ok(built),
                        Err(error) => {
                            drop(fs::remove_dir_all(&built));
                            Err(error)
                        }
                    };
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        for (path, content) in self.files {
            let path = folder.join(path);
            if let Some(above) = path.parent() {
                fs::create_dir_all(above)?;
            }
            fs::write(&path, content)?;
        }
        Ok(())
    }
}

fn failed(folder: &Path, error: &io::Error) -> String {
    let why = match error.kind() {
        ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => {
            "something else was put there meanwhile".to_owned()
        }
        ErrorKind::InvalidFilename => "the name is too long".to_owned(),
        ErrorKind::NotADirectory => "a folder above it is a file".to_owned(),
        _ => crate::config::why(error),
    };
    format!("cannot create {}: {why}", folder.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use std::collections::BTreeMap;

    /// Every file below a folder with its content; what runs leave there is left out.
    fn files(folder: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                if path.is_dir() {
                    if !matches!(name, "output" | "dead-letters") {
                        open.push(path);
                    }
                } else if !name.contains("__pycache__") {
                    found.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
                }
            }
        }
        found
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn every_sample_can_be_begun_with_all_its_files() {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-configs");
        let mut names: Vec<String> = fs::read_dir(&samples)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut known: Vec<&str> = STARTERS.iter().map(|one| one.name).collect();
        names.sort();
        known.sort_unstable();
        assert_eq!(names, known);
        let place = tempfile::tempdir().unwrap();
        for starter in STARTERS {
            let folder = place.path().join("deep/er").join(starter.name);
            let document = starter.create(&folder).unwrap();
            assert_eq!(document, folder.join("generator.yml"));
            assert_eq!(files(&folder), files(&samples.join(starter.name)));
            assert!(!starter.about.ends_with('.') && starter.about.len() < 62);
        }
        assert_eq!(count(&place.path().join("deep/er")), STARTERS.len());
    }

    #[test]
    fn an_empty_folder_is_filled_and_stays_the_same_folder() {
        let place = tempfile::tempdir().unwrap();
        let starter = Starter::named("order-events").unwrap();
        let inside = fs::File::open(place.path()).unwrap();
        starter.create(place.path()).unwrap();
        assert_eq!(count(place.path()), 3);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let now = fs::metadata(place.path()).unwrap();
            assert_eq!(inside.metadata().unwrap().ino(), now.ino());
        }
        drop(inside);
    }

    #[test]
    fn what_is_there_is_left_alone_and_named() {
        let place = tempfile::tempdir().unwrap();
        let starter = STARTERS.first().unwrap();
        let full = place.path().join("full");
        fs::create_dir(&full).unwrap();
        fs::write(full.join("mine"), "mine").unwrap();
        let why = starter.create(&full).unwrap_err();
        assert!(why.contains("exists and is not empty"), "{why}");
        let why = starter.create(&full.join("mine")).unwrap_err();
        assert!(why.contains("is a file"), "{why}");
        let why = starter.create(&full.join("mine/below")).unwrap_err();
        assert!(why.contains("is below one"), "{why}");
        let why = starter
            .create(&full.join("new").join("x".repeat(300)))
            .unwrap_err();
        assert!(why.contains("too long"), "{why}");
        assert_eq!(
            files(&full),
            BTreeMap::from([("mine".into(), "mine".into())])
        );
        assert_eq!(count(&full), 1, "nothing is left behind");
        assert!(starter.create(Path::new("")).is_err());
    }
}
