//! Another editor in this terminal: which one, how it is told of a place, and running it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// How an editor is told where to put the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `+line file`
    Plus,
    /// `+line:column file`
    PlusColon,
    /// `+line,column file`
    PlusComma,
    /// `+call cursor(line,column) file`
    Cursor,
    /// `file:line:column`
    Colon,
    /// `--goto file:line:column`, and waiting for the window to be closed.
    Goto,
    /// Not at all.
    None,
}

/// Editors by their name.
fn way(program: &str) -> Way {
    match program {
        "vim" | "nvim" | "gvim" | "mvim" | "vimx" => Way::Cursor,
        "vi" | "view" | "ex" | "elvis" | "nvi" | "vile" | "mg" | "joe" | "jed" | "ne" | "gedit"
        | "mcedit" | "less" => Way::Plus,
        "nano" | "pico" => Way::PlusComma,
        "emacs" | "emacsclient" | "kak" | "micro" | "amp" | "jmacs" | "zile" | "qe" => {
            Way::PlusColon
        }
        "hx" | "helix" | "subl" | "zed" | "zeditor" => Way::Colon,
        "code" | "codium" | "code-insiders" | "cursor" | "windsurf" => Way::Goto,
        _ => Way::None,
    }
}

/// The command line that opens a file at a line and column, both from 1. `wanted` are the editors wished
/// for, the first that says something counts; without one it is `vi`.
///
/// # Errors
/// When what is wished for is no command line.
pub fn command(
    wanted: &[Option<String>],
    file: &Path,
    line: usize,
    column: usize,
) -> Result<Vec<OsString>, String> {
    let wish = wanted.iter().flatten().find(|wish| !wish.trim().is_empty());
    let wish = wish.map_or("vi", String::as_str);
    let words = shell_words::split(wish)
        .map_err(|_| format!("the editor {wish:?} has a quote that is not closed"))?;
    let program = words.first().map(Path::new).and_then(Path::file_stem);
    let name = program
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut out: Vec<OsString> = words.iter().map(OsString::from).collect();
    let waits = words
        .iter()
        .any(|word| matches!(word.as_str(), "-w" | "--wait"));
    let place = |sign: &str| {
        let mut place = file.as_os_str().to_owned();
        place.push(format!("{sign}{line}{sign}{column}"));
        place
    };
    match way(&name) {
        Way::Plus => out.push(format!("+{line}").into()),
        Way::PlusColon => out.push(format!("+{line}:{column}").into()),
        Way::PlusComma => out.push(format!("+{line},{column}").into()),
        Way::Cursor => out.push(format!("+call cursor({line},{column})").into()),
        Way::Colon => {
            if !waits && matches!(name.as_str(), "subl" | "zed" | "zeditor") {
                out.push("--wait".into());
            }
            out.push(place(":"));
            return Ok(out);
        }
        Way::Goto => {
            if !waits {
                out.push("--wait".into());
            }
            out.push("--goto".into());
            out.push(place(":"));
            return Ok(out);
        }
        Way::None => {}
    }
    out.push(file.into());
    Ok(out)
}

/// Runs the editor of the environment on a file and waits for it. The terminal must be given back.
///
/// # Errors
/// Says why it could not be run, or how it ended.
pub fn edit(wish: Option<String>, file: &Path, line: usize, column: usize) -> Result<(), String> {
    let var = |name: &str| std::env::var(name).ok();
    let wanted = [wish, var("VISUAL"), var("EDITOR")];
    let words = command(&wanted, file, line, column)?;
    let Some((program, arguments)) = words.split_first() else {
        return Err("no editor is named by VISUAL or EDITOR".to_owned());
    };
    let shown = program.to_string_lossy();
    let folder = file.parent().filter(|folder| folder.is_dir());
    let mut command = Command::new(program);
    command.args(arguments);
    if let Some(folder) = folder.filter(|_| file.is_absolute()) {
        command.current_dir(folder);
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!(
            "{shown} {}; the file is as it left it",
            ended(status)
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(format!(
            "there is no editor {shown}; set VISUAL or EDITOR to one that is installed"
        )),
        Err(error) => Err(format!(
            "cannot run {shown}: {}; set VISUAL or EDITOR to another editor",
            crate::config::why(&error)
        )),
    }
}

fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with code {code}"),
        None => "was ended by a signal".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("vi", &["vi", "+3", "/p/a b.yml"])]
    #[case("/usr/bin/vim -f", &["/usr/bin/vim", "-f", "+call cursor(3,7)", "/p/a b.yml"])]
    #[case("nano", &["nano", "+3,7", "/p/a b.yml"])]
    #[case("emacsclient -t", &["emacsclient", "-t", "+3:7", "/p/a b.yml"])]
    #[case("hx", &["hx", "/p/a b.yml:3:7"])]
    #[case("code", &["code", "--wait", "--goto", "/p/a b.yml:3:7"])]
    #[case("code -w", &["code", "-w", "--goto", "/p/a b.yml:3:7"])]
    #[case("'my editor' \"x y\"", &["my editor", "x y", "/p/a b.yml"])]
    fn editors_are_told_of_the_place(#[case] wish: &str, #[case] words: &[&str]) {
        let made = command(&[Some(wish.to_owned())], Path::new("/p/a b.yml"), 3, 7).unwrap();
        assert_eq!(made, words);
    }

    #[test]
    fn the_first_wish_counts_and_vi_is_always_there() {
        let first = |wanted: &[Option<&str>]| {
            let wanted: Vec<_> = wanted.iter().map(|one| one.map(str::to_owned)).collect();
            command(&wanted, Path::new("/f"), 1, 1).map(|words| words[0].clone())
        };
        assert_eq!(first(&[Some("nano"), Some("vim")]).unwrap(), "nano");
        assert_eq!(first(&[Some(" "), Some("vim")]).unwrap(), "vim");
        assert_eq!(first(&[None, None]).unwrap(), "vi");
        assert!(first(&[Some("vim 'x")]).unwrap_err().contains("quote"));
    }
}
