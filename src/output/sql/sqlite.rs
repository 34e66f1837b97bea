//! SQLite: a file in this process. Rows go in one by one within a transaction, which is what it does
//! best, so that a bad one is known at once.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, params_from_iter};

use super::error::{Blame, cut};
use super::row::{ColumnKind, Row, Value};
use super::shape::Shape;
use super::split::Trouble;
use super::table::Table;
use crate::output::{Items, LocalOutput, OutputError, OutputErrorKind, Receipt};

/// How long another process may keep the file locked before that is an outage.
const BUSY: Duration = Duration::from_secs(1);

/// The output.
#[derive(Debug)]
pub(super) struct Sqlite {
    pub(super) path: PathBuf,
    /// The path as errors name it.
    pub(super) shown: String,
    pub(super) table: Table,
    pub(super) shape: Shape,
    pub(super) create_table: bool,
    pub(super) connection: Option<Connection>,
    /// The statement for a row; empty until the columns are known.
    pub(super) statement: String,
}

struct Bound<'a>(&'a Value<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(flag) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*flag))),
            Value::Number(text) => ToSqlOutput::Borrowed(match text.parse::<i64>() {
                Ok(number) => ValueRef::Integer(number),
                // Beyond 64 bits the digits are kept.
                Err(_) if self.0.kind() == ColumnKind::Number => ValueRef::Text(text.as_bytes()),
                Err(_) => ValueRef::Real(text.parse().unwrap_or_default()),
            }),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Json(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

impl Sqlite {
    fn trouble(&self, what: &str, error: &rusqlite::Error) -> Trouble {
        let blame = match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig => {
                    Blame::Rows
                }
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::SchemaChanged
                | ErrorCode::OutOfMemory => Blame::Outage,
                _ => Blame::Refused,
            },
            rusqlite::Error::ToSqlConversionFailure(_) => Blame::Rows,
            _ => Blame::Refused,
        };
        let text = cut(&error.to_string());
        blame.trouble(format!("{what} {}: {text}", self.shown))
    }

    fn target(&self, what: &str, error: &rusqlite::Error) -> OutputError {
        match self.trouble(what, error) {
            Trouble::Rows(error) | Trouble::Target(error) => error,
        }
    }

    fn connect(&self) -> Result<Connection, OutputError> {
        if let Some(parent) = self.path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| {
                OutputError::path("cannot create the folder of database", &self.shown, &error)
            })?;
        }
        let cannot = |error| self.target("cannot open database", &error);
        let connection = Connection::open(&self.path).map_err(cannot)?;
        connection.busy_timeout(BUSY).map_err(cannot)?;
        Ok(connection)
    }

    /// The names of the table's columns; none when there is no such table.
    fn describe(&self, connection: &Connection) -> rusqlite::Result<Vec<String>> {
        let (schema, name) = match self.table.name.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, self.table.name.as_str()),
        };
        let mut query = connection.prepare("SELECT name FROM pragma_table_info(?1, ?2)")?;
        let names = query.query_map((name, schema), |row| row.get(0))?;
        names.collect()
    }

    /// Checks that the table has the columns.
    fn check(&self, connection: &Connection, columns: &[String]) -> Result<bool, OutputError> {
        let known = self.describe(connection);
        let known = known.map_err(|error| self.target("cannot look into", &error))?;
        let table = &self.table.name;
        if known.is_empty() {
            if self.create_table {
                return Ok(false);
            }
            let message = format!("there is no table `{table}` in {}", self.shown);
            let help = "create it, correct `table_name`, or set `create_table: true`";
            return Err(OutputError::failed(message).help(help));
        }
        let has = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        match columns.iter().find(|name| !has(name)) {
            None => Ok(true),
            Some(name) => Err(OutputError::failed(format!(
                "the table `{table}` has no column `{name}`"
            ))
            .help(format!(
                "it has: {}. Name the columns in `columns`, or change the table",
                known.join(", ")
            ))),
        }
    }

    /// The connection, with the statement ready.
    fn ready(&mut self, first: &Row<'_>) -> Result<&mut Connection, OutputError> {
        if self.connection.is_none() {
            self.connection = Some(self.connect()?);
            self.statement.clear();
        }
        if self.statement.is_empty()
            && let Some(connection) = &self.connection
        {
            let columns = self.shape.columns();
            if !self.check(connection, columns)? {
                let kinds: Vec<ColumnKind> = first.iter().map(Value::kind).collect();
                connection
                    .execute(&self.table.create(columns, &kinds), ())
                    .map_err(|error| self.target("cannot create the table in", &error))?;
            }
            self.statement = self.table.insert_rows(columns, 1);
        }
        self.connection
            .as_mut()
            .ok_or_else(|| OutputError::failed("the database is not open"))
    }

    fn insert(&mut self, rows: &[Row<'_>]) -> Result<Vec<(usize, OutputError)>, OutputError> {
        let Some(first) = rows.first() else {
            return Ok(Vec::new());
        };
        self.ready(first)?;
        let statement = self.statement.clone();
        let Some(mut connection) = self.connection.take() else {
            return Ok(Vec::new());
        };
        let outcome = self.transaction(&mut connection, &statement, rows);
        // After an outage the file may be another one: it is opened anew.
        if !matches!(&outcome, Err(error) if error.kind == OutputErrorKind::Outage) {
            self.connection = Some(connection);
        }
        outcome
    }

    fn transaction(
        &self,
        connection: &mut Connection,
        statement: &str,
        rows: &[Row<'_>],
    ) -> Result<Vec<(usize, OutputError)>, OutputError> {
        let what = format!("cannot insert into `{}` of", self.table.name);
        let cannot = |error: &rusqlite::Error| self.target(&what, error);
        let transaction = connection.transaction().map_err(|error| cannot(&error))?;
        let mut refused = Vec::new();
        {
            let mut insert = transaction
                .prepare_cached(statement)
                .map_err(|error| cannot(&error))?;
            for (number, row) in rows.iter().enumerate() {
                let Err(error) = insert.execute(params_from_iter(row.iter().map(Bound))) else {
                    continue;
                };
                // A statement that fails takes back its own row only.
                match self.trouble(&what, &error) {
                    Trouble::Rows(error) if self.shape.splits() => refused.push((number, error)),
                    Trouble::Rows(error) | Trouble::Target(error) => return Err(error),
                }
            }
        }
        transaction.commit().map_err(|error| cannot(&error))?;
        Ok(refused)
    }
}

impl LocalOutput for Sqlite {
    fn open(&mut self) -> Result<(), OutputError> {
        let connection = self.connect()?;
        self.check(&connection, self.shape.given().unwrap_or_default())?;
        self.connection = Some(connection);
        Ok(())
    }

    fn write(&mut self, items: &Items<'_>, _now: Instant) -> Receipt {
        let rows = self.shape.rows(items);
        if let Some(error) = rows.hopeless(&self.shape) {
            return if self.shape.splits() {
                self.shape.receipt(items, rows, Ok(Vec::new()))
            } else {
                Receipt::refused(items, error)
            };
        }
        let outcome = self.insert(&rows.rows);
        self.shape.receipt(items, rows, outcome)
    }

    fn close(&mut self) -> Result<(), OutputError> {
        self.statement.clear();
        match self.connection.take().map(Connection::close) {
            Some(Err((_, error))) => Err(self.target("cannot close", &error)),
            _ => Ok(()),
        }
    }
}
