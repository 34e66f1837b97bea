//! Collects what is used, each name once with all its places.

use super::{
    FileKind, FileUse, Impurity, KeyUse, Mistake, NameUse, StateUse, TableUse, UnknownColumn, Usage,
};
use crate::template::Place;

/// Most impurities that are kept.
const MOST: usize = 100;

fn add(places: &mut Vec<Place>, place: Place) {
    if !places.contains(&place) {
        places.push(place);
    }
}

fn named(list: &mut Vec<NameUse>, name: &str, place: Place) {
    match list.iter_mut().find(|one| one.name == name) {
        Some(one) => add(&mut one.places, place),
        None => list.push(NameUse {
            name: name.to_owned(),
            places: vec![place],
        }),
    }
}

impl Usage {
    pub(super) fn name(&mut self, name: &str, place: Place) {
        named(&mut self.names, name, place);
    }

    pub(super) fn module(&mut self, path: &str, place: Place) {
        named(&mut self.modules, path, place);
    }

    pub(super) fn table(&mut self, name: &str, place: Place) {
        let at = self.table_index(name);
        if let Some(one) = self.tables.get_mut(at) {
            add(&mut one.places, place);
        }
    }

    pub(super) fn column(&mut self, table: &str, column: &str) {
        let at = self.table_index(table);
        if let Some(one) = self.tables.get_mut(at)
            && !one.columns.iter().any(|known| known == column)
        {
            one.columns.push(column.to_owned());
        }
    }

    fn table_index(&mut self, name: &str) -> usize {
        if let Some(at) = self.tables.iter().position(|one| one.name == name) {
            return at;
        }
        self.tables.push(TableUse {
            name: name.to_owned(),
            columns: Vec::new(),
            places: Vec::new(),
        });
        self.tables.len() - 1
    }

    pub(super) fn key(&mut self, mapping: &str, key: Option<&str>, place: Place) {
        let found = self
            .keys
            .iter_mut()
            .find(|one| one.mapping == mapping && one.key.as_deref() == key);
        match found {
            Some(one) => add(&mut one.places, place),
            None => self.keys.push(KeyUse {
                mapping: mapping.to_owned(),
                key: key.map(str::to_owned),
                places: vec![place],
            }),
        }
    }

    pub(super) fn state_key(
        &mut self,
        scope: &str,
        key: &str,
        (read, written): (bool, bool),
        place: Place,
    ) {
        let found = self
            .state
            .iter_mut()
            .find(|one| one.scope == scope && one.key == key);
        match found {
            Some(one) => {
                one.read |= read;
                one.written |= written;
                add(&mut one.places, place);
            }
            None => self.state.push(StateUse {
                scope: scope.to_owned(),
                key: key.to_owned(),
                read,
                written,
                places: vec![place],
            }),
        }
    }

    pub(super) fn file(&mut self, name: Option<&str>, kind: FileKind, found: bool, place: Place) {
        let one = FileUse {
            name: name.map(str::to_owned),
            kind,
            place,
            found,
        };
        if !self.files.contains(&one) {
            self.files.push(one);
        }
    }

    pub(super) fn impure(&mut self, place: Option<Place>, reason: impl Into<String>) {
        let one = Impurity {
            place,
            reason: reason.into(),
        };
        if self.impurities.len() < MOST && !self.impurities.contains(&one) {
            self.impurities.push(one);
        }
    }

    pub(super) fn mistake(&mut self, message: String, help: Option<String>, place: Place) {
        let one = Mistake {
            message,
            help,
            place,
        };
        if !self.mistakes.contains(&one) {
            self.mistakes.push(one);
        }
    }

    pub(super) fn unknown_column(&mut self, one: UnknownColumn) {
        if !self.unknown_columns.contains(&one) {
            self.unknown_columns.push(one);
        }
    }
}
