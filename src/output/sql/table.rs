//! The table and the statements about it, in the words of each database.

use super::row::ColumnKind;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Mysql,
    Sqlite,
}

/// What happens to a row whose keys are in the table already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnConflict {
    /// It fails.
    Error,
    /// It is left out, and counts as written.
    Ignore,
    /// It replaces the values of the row that is there.
    Update,
}

/// The table events go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) dialect: Dialect,
    /// Its name as the user wrote it, with a schema before a dot, if any.
    pub(super) name: String,
    pub(super) on_conflict: OnConflict,
    /// Columns that make a row unique.
    pub(super) keys: Vec<String>,
}

impl Table {
    /// Its name as statements have it.
    pub(super) fn quoted(&self) -> String {
        let parts = self.name.split('.').map(|part| self.identifier(part));
        parts.collect::<Vec<_>>().join(".")
    }

    /// A name that stands for itself whatever is in it.
    pub(super) fn identifier(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
            Dialect::Postgres | Dialect::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    fn identifiers(&self, names: &[String]) -> String {
        let names = names.iter().map(|name| self.identifier(name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// The start of an insert: table and columns.
    fn insert(&self, columns: &[String]) -> String {
        format!(
            "INSERT INTO {} ({})",
            self.quoted(),
            self.identifiers(columns)
        )
    }

    /// An insert of that many rows with a mark for each value.
    pub(super) fn insert_rows(&self, columns: &[String], rows: usize) -> String {
        let marks = vec!["?"; columns.len()].join(", ");
        let row = format!("({marks})");
        let rows = vec![row.as_str(); rows].join(", ");
        format!(
            "{} VALUES {rows}{}",
            self.insert(columns),
            self.conflict(columns)
        )
    }

    /// An insert of any number of rows, given as one array of texts a column; the server reads them
    /// as the types of the columns.
    pub(super) fn insert_arrays(&self, columns: &[String], types: &[String]) -> String {
        let numbers = 1..=columns.len();
        let arrays: Vec<String> = numbers.clone().map(|n| format!("${n}::text[]")).collect();
        let names: Vec<String> = numbers.clone().map(|n| format!("c{n}")).collect();
        let casts: Vec<String> = numbers
            .zip(types)
            .map(|(n, of)| format!("v.c{n}::{of}"))
            .collect();
        format!(
            "{} SELECT {} FROM UNNEST({}) AS v({}){}",
            self.insert(columns),
            casts.join(", "),
            arrays.join(", "),
            names.join(", "),
            self.conflict(columns)
        )
    }

    /// The statement that PostgreSQL's bulk loading begins with.
    pub(super) fn copy(&self, columns: &[String]) -> String {
        format!(
            "COPY {} ({}) FROM STDIN",
            self.quoted(),
            self.identifiers(columns)
        )
    }

    fn conflict(&self, columns: &[String]) -> String {
        let others: Vec<&String> = columns
            .iter()
            .filter(|name| !self.keys.contains(name))
            .collect();
        let set = |right: &dyn Fn(&str) -> String| {
            let each = others.iter().map(|name| {
                let name = self.identifier(name);
                format!("{name} = {}", right(&name))
            });
            each.collect::<Vec<_>>().join(", ")
        };
        let target = if self.keys.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.identifiers(&self.keys))
        };
        match (self.dialect, self.on_conflict) {
            (_, OnConflict::Error) => String::new(),
            // Not INSERT IGNORE, which lets all other faults pass too.
            (Dialect::Mysql, conflict) if conflict == OnConflict::Ignore || others.is_empty() => {
                let first = self.keys.first().or(columns.first());
                let name = first.map(|name| self.identifier(name)).unwrap_or_default();
                format!(" ON DUPLICATE KEY UPDATE {name} = {name}")
            }
            (Dialect::Mysql, _) => {
                format!(
                    " ON DUPLICATE KEY UPDATE {}",
                    set(&|name| format!("VALUES({name})"))
                )
            }
            (_, conflict) if conflict == OnConflict::Ignore || others.is_empty() => {
                format!(" ON CONFLICT{target} DO NOTHING")
            }
            _ => {
                let set = set(&|name| format!("EXCLUDED.{name}"));
                format!(" ON CONFLICT{target} DO UPDATE SET {set}")
            }
        }
    }

    /// The statement that makes the table when it is not there.
    pub(super) fn create(&self, columns: &[String], kinds: &[ColumnKind]) -> String {
        let mut lines: Vec<String> = columns
            .iter()
            .zip(kinds)
            .map(|(name, kind)| {
                let of = self.type_of(*kind, self.keys.contains(name));
                format!("{} {of}", self.identifier(name))
            })
            .collect();
        if !self.keys.is_empty() {
            lines.push(format!("PRIMARY KEY ({})", self.identifiers(&self.keys)));
        }
        format!(
            "CREATE TABLE IF NOT EXISTS {} ({})",
            self.quoted(),
            lines.join(", ")
        )
    }

    fn type_of(&self, kind: ColumnKind, key: bool) -> &'static str {
        use ColumnKind as K;
        match (self.dialect, kind) {
            (Dialect::Postgres, K::Text) => "text",
            (Dialect::Postgres, K::Integer) => "bigint",
            (Dialect::Postgres, K::Number) => "numeric",
            (Dialect::Postgres, K::Float) => "double precision",
            (Dialect::Postgres, K::Boolean) => "boolean",
            (Dialect::Postgres, K::Json) => "jsonb",
            // A key needs a length there.
            (Dialect::Mysql, K::Text) if key => "varchar(255)",
            (Dialect::Mysql, K::Text) => "longtext",
            (Dialect::Mysql, K::Integer) => "bigint",
            (Dialect::Mysql, K::Number) => "decimal(65, 0)",
            (Dialect::Mysql, K::Float) => "double",
            (Dialect::Mysql, K::Boolean) => "boolean",
            (Dialect::Mysql, K::Json) => "json",
            (Dialect::Sqlite, K::Integer | K::Boolean) => "INTEGER",
            (Dialect::Sqlite, K::Float) => "REAL",
            (Dialect::Sqlite, K::Text | K::Number | K::Json) => "TEXT",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn table(dialect: Dialect, on_conflict: OnConflict, keys: &[&str]) -> Table {
        Table {
            dialect,
            name: "app.ev\"`ents".to_owned(),
            on_conflict,
            keys: names(keys),
        }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn names_are_quoted() {
        let quoted = |dialect| table(dialect, OnConflict::Error, &[]).quoted();
        assert_eq!(quoted(Dialect::Postgres), "\"app\".\"ev\"\"`ents\"");
        assert_eq!(quoted(Dialect::Sqlite), "\"app\".\"ev\"\"`ents\"");
        assert_eq!(quoted(Dialect::Mysql), "`app`.`ev\"``ents`");
    }

    #[test]
    fn rows_and_arrays() {
        let columns = names(&["a", "b"]);
        let mysql = table(Dialect::Mysql, OnConflict::Error, &[]);
        assert_eq!(
            mysql.insert_rows(&columns, 2),
            "INSERT INTO `app`.`ev\"``ents` (`a`, `b`) VALUES (?, ?), (?, ?)"
        );
        let postgres = table(Dialect::Postgres, OnConflict::Update, &["a"]);
        assert_eq!(
            postgres.insert_arrays(&columns, &names(&["bigint", "text"])),
            "INSERT INTO \"app\".\"ev\"\"`ents\" (\"a\", \"b\") SELECT v.c1::bigint, v.c2::text \
             FROM UNNEST($1::text[], $2::text[]) AS v(c1, c2) \
             ON CONFLICT (\"a\") DO UPDATE SET \"b\" = EXCLUDED.\"b\""
        );
    }

    #[test]
    fn conflicts_in_each_database() {
        let columns = names(&["a", "b"]);
        let tail =
            |dialect, conflict, keys: &[&str]| table(dialect, conflict, keys).conflict(&columns);
        let (ignore, update) = (OnConflict::Ignore, OnConflict::Update);
        assert_eq!(tail(Dialect::Sqlite, OnConflict::Error, &[]), "");
        assert_eq!(
            tail(Dialect::Sqlite, ignore, &[]),
            " ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            tail(Dialect::Postgres, ignore, &["a"]),
            " ON CONFLICT (\"a\") DO NOTHING"
        );
        assert_eq!(
            tail(Dialect::Postgres, update, &["a", "b"]),
            " ON CONFLICT (\"a\", \"b\") DO NOTHING"
        );
        assert_eq!(
            tail(Dialect::Mysql, update, &["a"]),
            " ON DUPLICATE KEY UPDATE `b` = VALUES(`b`)"
        );
        assert_eq!(
            tail(Dialect::Mysql, ignore, &[]),
            " ON DUPLICATE KEY UPDATE `a` = `a`"
        );
    }

    #[test]
    fn new_tables_have_the_types_of_the_first_event() {
        let made = table(Dialect::Mysql, OnConflict::Update, &["id"]).create(
            &names(&["id", "n", "x"]),
            &[ColumnKind::Text, ColumnKind::Number, ColumnKind::Json],
        );
        assert_eq!(
            made,
            "CREATE TABLE IF NOT EXISTS `app`.`ev\"``ents` (`id` varchar(255), `n` decimal(65, 0), \
             `x` json, PRIMARY KEY (`id`))"
        );
    }
}
