//! `evtui new`: writes a small working project, the same files as `sample-configs/hello`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::report::finish;

/// Files of the new project: path inside it and content.
const FILES: &[(&str, &str)] = &[
    (
        "generator.yml",
        include_str!("../../sample-configs/hello/generator.yml"),
    ),
    (
        "templates/event.json.jinja",
        include_str!("../../sample-configs/hello/templates/event.json.jinja"),
    ),
];

/// The text as one word of a POSIX shell.
fn shell_word(text: &str) -> String {
    let plain = |one: char| one.is_alphanumeric() || "/._-+,:@%".contains(one);
    if text.chars().all(plain) && !text.starts_with('-') {
        text.to_owned()
    } else if text.starts_with('-') {
        shell_word(&format!("./{text}"))
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// Create a small working project
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to create; it must not exist or be empty
    name: PathBuf,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut err = io::stderr().lock();
    match write_project(&args.name) {
        Ok(()) => {
            let name = args.name.display().to_string();
            let open = shell_word(&name);
            let written = writeln!(io::stdout(), "Created {name}. Open it:\n  evtui {open}");
            finish(written, true)
        }
        Err(message) => {
            let _ = writeln!(err, "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn write_project(folder: &Path) -> Result<(), String> {
    let taken = match folder.read_dir() {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(format!("cannot create {}: {error}", folder.display())),
    };
    if taken {
        return Err(format!(
            "{} exists and is not empty; choose another name or empty it first",
            folder.display()
        ));
    }
    for (path, content) in FILES {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, content))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn writes_all_files_and_refuses_to_overwrite() {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("a/b");
        write_project(&project).unwrap();
        for (path, content) in FILES {
            assert_eq!(
                std::fs::read_to_string(project.join(path)).unwrap(),
                *content
            );
        }
        let again = write_project(&project).unwrap_err();
        assert!(again.contains("not empty"), "{again}");
    }

    #[test]
    fn the_command_to_open_it_can_be_pasted() {
        let words = ["my/pro-1", "größe", "a b", "it's", "-x"].map(shell_word);
        assert_eq!(words.join("|"), r"my/pro-1|größe|'a b'|'it'\''s'|./-x");
    }

    #[test]
    fn every_file_of_the_sample_is_written() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-configs/hello");
        let templates = sample.join("templates").read_dir().unwrap().count();
        assert_eq!(templates + 1, FILES.len());
    }
}
