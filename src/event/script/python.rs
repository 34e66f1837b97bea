//! Which Python runs a script.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How to say which Python to take, for messages.
pub(super) const HELP: &str = "set the option `python`, or the environment variable PYTHON, to the path \
                               of a Python 3.8 or newer, or install python3";

/// Folders of a project that hold its virtual environment.
const FOLDERS: [&str; 2] = [".venv", "venv"];

/// Finds the interpreter: the option, `PYTHON`, `VIRTUAL_ENV`, the project's own environment, then
/// `python3` and `python` of `PATH`. `var` reads the environment.
///
/// # Errors
/// What was tried, in words. A name that was given on purpose is never passed over in silence.
pub(super) fn find(
    option: Option<&str>,
    base: &Path,
    var: &dyn Fn(&str) -> Option<OsString>,
) -> Result<PathBuf, String> {
    let path = var("PATH").unwrap_or_default();
    if let Some(name) = option {
        return named(OsStr::new(name), base, &path)
            .ok_or_else(|| format!("`{name}`, which the option `python` names, is no program"));
    }
    let set = |name| var(name).filter(|value| !value.is_empty());
    if let Some(name) = set("PYTHON") {
        return named(&name, Path::new(""), &path).ok_or_else(|| {
            let name = name.display();
            format!("`{name}`, which the environment variable PYTHON names, is no program")
        });
    }
    let mut tried = Vec::new();
    let folders = FOLDERS.map(|folder| base.join(folder));
    let own = set("VIRTUAL_ENV").map(PathBuf::from);
    for folder in own.into_iter().chain(folders) {
        let program = folder.join("bin/python");
        if is_program(&program) {
            return Ok(program);
        }
        tried.push(program.display().to_string());
    }
    for name in ["python3", "python"] {
        if let Some(program) = in_path(OsStr::new(name), &path) {
            return Ok(program);
        }
        tried.push(format!("{name} in PATH"));
    }
    Err(format!(
        "there is no Python: PYTHON is not set, and none of these exists: {}",
        tried.join(", ")
    ))
}

/// A name with a slash is a path, relative to `base`; any other is looked up in `PATH`.
fn named(name: &OsStr, base: &Path, path: &OsStr) -> Option<PathBuf> {
    if Path::new(name).components().count() > 1 {
        Some(base.join(name)).filter(|program| is_program(program))
    } else {
        in_path(name, path)
    }
}

fn in_path(name: &OsStr, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| !folder.as_os_str().is_empty())
        .map(|folder| folder.join(name))
        .find(|program| is_program(program))
}

fn is_program(path: &Path) -> bool {
    std::fs::metadata(path)
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new(programs: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for name in programs {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, "").unwrap();
                std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            }
            Self(folder)
        }

        /// Environment values are relative to the folder, except those that start with `=`.
        fn find(&self, option: Option<&str>, env: &[(&str, &str)]) -> Result<String, String> {
            let root = self.0.path();
            let var = |name: &str| {
                let value = env.iter().find(|(known, _)| *known == name)?.1;
                Some(match value.strip_prefix('=') {
                    Some(plain) => plain.into(),
                    None => root.join(value).into_os_string(),
                })
            };
            let found = find(option, root, &var)?;
            Ok(found.strip_prefix(root).unwrap().display().to_string())
        }
    }

    #[test]
    fn the_more_explicit_wins() {
        let place = Place::new(&[
            "opt/python",
            "env/python",
            "active/bin/python",
            ".venv/bin/python",
            "venv/bin/python",
            "path/python3",
            "path/python",
            "path/python3.9",
        ]);
        let mut env = vec![
            ("PYTHON", "env/python"),
            ("VIRTUAL_ENV", "active"),
            ("PATH", "path"),
        ];
        let found = |option, env: &[_]| place.find(option, env).unwrap();
        assert_eq!(found(Some("opt/python"), &env), "opt/python");
        assert_eq!(found(Some("python3.9"), &env), "path/python3.9");
        assert_eq!(found(None, &env), "env/python");
        env[0].1 = "=python3.9";
        assert_eq!(found(None, &env), "path/python3.9");
        env[0].1 = "=";
        assert_eq!(found(None, &env), "active/bin/python");
        env[1].1 = "gone";
        assert_eq!(found(None, &env), ".venv/bin/python");
        std::fs::remove_dir_all(place.0.path().join(".venv")).unwrap();
        assert_eq!(found(None, &env), "venv/bin/python");
        std::fs::remove_dir_all(place.0.path().join("venv")).unwrap();
        assert_eq!(found(None, &env), "path/python3");
        std::fs::remove_file(place.0.path().join("path/python3")).unwrap();
        assert_eq!(found(None, &env), "path/python");
    }

    #[test]
    fn what_was_named_is_not_passed_over() {
        let place = Place::new(&["path/python3"]);
        let path = ("PATH", "path");
        let error = place.find(Some("no/python"), &[path]).unwrap_err();
        assert!(
            error.contains("`no/python`") && error.contains("option"),
            "{error}"
        );
        let error = place
            .find(None, &[path, ("PYTHON", "=nopython")])
            .unwrap_err();
        assert!(
            error.contains("PYTHON") && error.contains("nopython"),
            "{error}"
        );
    }

    #[test]
    fn without_any_all_that_was_tried_is_told() {
        let place = Place::new(&["path/other"]);
        std::fs::write(place.0.path().join("path/python3"), "not executable").unwrap();
        let error = place
            .find(None, &[("PATH", "path"), ("VIRTUAL_ENV", "gone")])
            .unwrap_err();
        for part in [
            "PYTHON is not set",
            "gone/bin/python",
            ".venv/bin/python",
            "python3 in PATH",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
