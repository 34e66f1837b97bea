//! Names of the open file, or of the whole project, to choose from and go to.

use std::path::PathBuf;

use super::{App, Item, Pick};
use crate::language::{Located, Symbol, symbols};

impl App {
    /// Lists the names in the shown file.
    pub fn open_symbols(&mut self) {
        let Some(buffer) = self.buffer() else {
            self.info("no file is open");
            return;
        };
        let path = buffer.path.clone();
        let found = symbols(&path, &buffer.rope().to_string());
        if found.is_empty() {
            let name = buffer.name.clone();
            self.info(format!("{name} names nothing that can be gone to"));
            return;
        }
        let items = found.into_iter().map(|symbol| Item {
            detail: symbol.detail.clone(),
            key: format!("{} {}", symbol.kind, symbol.line + 1),
            ..Item::new(symbol.name.clone(), place(path.clone(), &symbol))
        });
        let items = items.collect();
        self.open_palette("Symbols of the file", items);
    }

    /// Lists what the files of the project name and others may use.
    pub fn open_project_symbols(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let mut found: Vec<(PathBuf, Located)> = Vec::new();
        for located in &self.assist.words.places {
            found.push((project.root.join(&located.path), located.clone()));
        }
        for buffer in &project.buffers {
            // What is being typed is newer than what the preview has seen.
            found.retain(|(path, _)| !buffer.is_at(path));
            let text = buffer.rope().to_string();
            let named = symbols(&buffer.path, &text).into_iter();
            found.extend(named.filter(Symbol::is_shared).map(|symbol| {
                let path = PathBuf::from(&buffer.name);
                (buffer.path.clone(), Located { path, symbol })
            }));
        }
        found.sort_by_key(|(_, one)| rank(one.symbol.kind));
        if found.is_empty() {
            self.info("the project names nothing yet");
            return;
        }
        let items = found.into_iter().map(|(path, one)| {
            let file = one.path.display();
            Item {
                detail: format!("{file}:{}  {}", one.symbol.line + 1, one.symbol.detail),
                key: one.symbol.kind.to_owned(),
                ..Item::new(one.symbol.name.clone(), place(path, &one.symbol))
            }
        });
        let items = items.collect();
        self.open_palette("Symbols of the project", items);
    }
}

fn place(path: PathBuf, symbol: &Symbol) -> Pick {
    Pick::Place(path, (symbol.line, symbol.column))
}

/// What is looked for most goes first.
fn rank(kind: &str) -> usize {
    let order = [
        "template", "macro", "sample", "param", "state", "input", "output",
    ];
    let at = order.iter().position(|one| *one == kind);
    at.unwrap_or(order.len())
}
