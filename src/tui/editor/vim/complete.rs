//! Tab in the line behind `:`: names of commands, and of files where a command takes one.

use super::super::Input;
use super::Vim;

/// Names that the line could go on with, and which of them stands there.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    /// The line up to what is completed.
    before: String,
    names: Vec<String>,
    at: usize,
}

/// What the program knows and the line can name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Files, as they are typed.
    pub files: Vec<String>,
    /// Commands of the program.
    pub commands: Vec<String>,
}

impl Vim {
    /// Completes the line behind `:`, or goes on to the next name, or with `back` to the one before;
    /// `None` when there is no such line.
    pub fn complete(&mut self, back: bool, names: impl FnOnce() -> Names) -> Option<()> {
        let prompt = self.prompt.as_mut().filter(|prompt| prompt.sign == ':')?;
        if let Some(offered) = &mut prompt.offered {
            let count = offered.names.len().max(1);
            offered.at = (offered.at + if back { count - 1 } else { 1 }) % count;
        } else {
            let (before, names) = going_on(prompt.input.text(), names());
            let at = if back {
                names.len().saturating_sub(1)
            } else {
                0
            };
            prompt.offered = Some(Offered { before, names, at });
        }
        let offered = prompt.offered.as_ref()?;
        if let Some(name) = offered.names.get(offered.at) {
            prompt.input = Input::new(&format!("{}{name}", offered.before));
        }
        Some(())
    }

    /// Which of how many names stands in the line, counted from 1; of none when none begins like it.
    pub fn offered(&self) -> Option<(usize, usize)> {
        let offered = self.prompt.as_ref()?.offered.as_ref()?;
        Some((offered.at + 1, offered.names.len()))
    }
}

/// What stands before the word that is completed, and the words that begin like it.
fn going_on(line: &str, known: Names) -> (String, Vec<String>) {
    let begins = |names: Vec<String>, word: &str| {
        let mut names: Vec<String> = names
            .into_iter()
            .filter(|name| name.starts_with(word))
            .collect();
        names.sort();
        names.dedup();
        names
    };
    match line.split_once(' ') {
        Some((command, word)) => {
            let word = word.trim_start();
            let command = command.trim_end_matches('!');
            let takes = !command.is_empty() && "edit".starts_with(command);
            let before = line.strip_suffix(word).unwrap_or_default().to_owned();
            let files = if takes { known.files } else { Vec::new() };
            (before, begins(files, word))
        }
        None => {
            let own = super::ex::NAMES.iter().map(|(_, long)| (*long).to_owned());
            let all = own.chain(known.commands).collect();
            (String::new(), begins(all, line))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn files_are_offered_where_one_is_meant() {
        let known = || Names {
            files: ["templates/b.jinja", "templates/a.jinja", "x.csv"]
                .map(str::to_owned)
                .to_vec(),
            commands: vec!["edit.undo".to_owned()],
        };
        let on = |line| going_on(line, known());
        let (before, names) = on("e te");
        assert_eq!(before, "e ");
        assert_eq!(names, ["templates/a.jinja", "templates/b.jinja"]);
        assert_eq!(on("edit! x").1, ["x.csv"]);
        assert_eq!(on("e ").1.len(), 3);
        assert!(on("set w").1.is_empty());
        assert_eq!(on("ed").1, ["edit", "edit.undo"]);
    }
}
