//! PostgreSQL: bulk loading by COPY, or one insert of arrays, so that the statement is the same for
//! any number of rows. All values travel as text, and the server reads them as the types of its
//! columns.

use std::borrow::Cow;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection, Executor, Row as _};

use super::error::explain;
use super::remote::{Column, Database, Link};
use super::row::{Row, Value};
use super::split::{Limits, Session, Trouble};
use super::ssl::{SslConfig, SslMode};
use super::table::Table;
use crate::output::OutputError;

/// Bytes of values in one statement: far below what a message may have.
const BYTES: usize = 64 << 20;
/// Bytes of a piece of a COPY.
const PIECE: usize = 1 << 20;

/// A connection.
#[derive(Debug)]
pub(super) struct Postgres {
    connection: PgConnection,
    /// Host and port, for errors.
    target: String,
    table: String,
    copy: bool,
    statement: String,
    /// Columns that take JSON.
    json: Vec<bool>,
}

/// How to connect.
pub(super) fn options(link: &Link, ssl: &SslConfig) -> Result<PgConnectOptions, sqlx::Error> {
    let mut options: PgConnectOptions = link.uri.expose().parse()?;
    options = options
        .application_name("evtui")
        .disable_statement_logging();
    if let Some(mode) = ssl.mode {
        options = options.ssl_mode(match mode {
            SslMode::Disable => PgSslMode::Disable,
            SslMode::Prefer => PgSslMode::Prefer,
            SslMode::Require => PgSslMode::Require,
            SslMode::VerifyCa => PgSslMode::VerifyCa,
            SslMode::VerifyFull => PgSslMode::VerifyFull,
        });
    }
    if let Some(path) = &ssl.root_cert {
        options = options.ssl_root_cert(path);
    }
    if let Some((cert, key)) = &ssl.client {
        options = options.ssl_client_cert(cert).ssl_client_key(key);
    }
    Ok(options)
}

impl Postgres {
    fn trouble(&self, error: &sqlx::Error) -> Trouble {
        explain(
            "cannot insert into",
            &format!("`{}` at {}", self.table, self.target),
            error,
        )
    }

    async fn copy(&mut self, rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
        let mut copy = self.connection.copy_in_raw(&self.statement).await?;
        let mut piece = Vec::with_capacity(PIECE);
        for row in rows {
            copy_row(row, &self.json, &mut piece);
            if piece.len() >= PIECE {
                copy.send(piece.as_slice()).await?;
                piece.clear();
            }
        }
        copy.send(piece.as_slice()).await?;
        copy.finish().await.map(drop)
    }

    async fn arrays(&mut self, rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
        let mut query = sqlx::query(&self.statement);
        for (column, json) in self.json.iter().enumerate() {
            let values: Vec<Option<Cow<'_, str>>> = rows
                .iter()
                .map(|row| row.get(column).and_then(|value| column_text(value, *json)))
                .collect();
            query = query.bind(values);
        }
        query.execute(&mut self.connection).await.map(drop)
    }
}

/// The text of a value for a column.
fn column_text<'a>(value: &'a Value<'_>, json: bool) -> Option<Cow<'a, str>> {
    if json {
        value.as_json()
    } else {
        value.as_text().map(Cow::Borrowed)
    }
}

/// Appends a row in the text form of COPY.
fn copy_row(row: &Row<'_>, json: &[bool], out: &mut Vec<u8>) {
    for (column, value) in row.iter().enumerate() {
        if column > 0 {
            out.push(b'\t');
        }
        let json = json.get(column).copied().unwrap_or_default();
        let Some(text) = column_text(value, json) else {
            out.extend_from_slice(b"\\N");
            continue;
        };
        for &byte in text.as_bytes() {
            match byte {
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                byte => out.push(byte),
            }
        }
    }
    out.push(b'\n');
}

impl Session for Postgres {
    fn limits(&self) -> Limits {
        Limits {
            rows: usize::MAX,
            bytes: BYTES,
        }
    }

    async fn insert(&mut self, rows: &[Row<'_>]) -> Result<(), Trouble> {
        let done = if self.copy {
            self.copy(rows).await
        } else {
            self.arrays(rows).await
        };
        done.map_err(|error| self.trouble(&error))
    }

    async fn run(&mut self, statement: &str) -> Result<(), Trouble> {
        let done = self.connection.execute(statement).await;
        done.map(drop).map_err(|error| self.trouble(&error))
    }
}

impl Database for Postgres {
    async fn connect(link: &Link, ssl: &SslConfig) -> Result<Self, Trouble> {
        let cannot = |error| explain("cannot connect to", &link.shown, &error);
        let options = options(link, ssl).map_err(cannot)?;
        Ok(Self {
            connection: options.connect().await.map_err(cannot)?,
            target: link.shown.clone(),
            table: String::new(),
            copy: false,
            statement: String::new(),
            json: Vec::new(),
        })
    }

    async fn describe(&mut self, table: &Table) -> Result<Vec<Column>, Trouble> {
        self.table.clone_from(&table.name);
        let rows = sqlx::query(
            "SELECT attname::text, format_type(atttypid, -1) FROM pg_attribute \
             WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        )
        .bind(table.quoted())
        .fetch_all(&mut self.connection)
        .await
        .map_err(|error| self.trouble(&error))?;
        let columns = rows.iter().map(|row| {
            Ok(Column {
                name: row.try_get(0)?,
                of: row.try_get(1)?,
            })
        });
        let columns: Result<_, sqlx::Error> = columns.collect();
        columns.map_err(|error| self.trouble(&error))
    }

    fn prepare(&mut self, table: &Table, columns: &[Column], copy: bool) {
        let names: Vec<String> = columns.iter().map(|one| one.name.clone()).collect();
        let types: Vec<String> = columns.iter().map(|one| one.of.clone()).collect();
        self.json = types
            .iter()
            .map(|of| matches!(of.as_str(), "json" | "jsonb"))
            .collect();
        self.copy = copy;
        self.statement = if copy {
            table.copy(&names)
        } else {
            table.insert_arrays(&names, &types)
        };
    }

    fn is_prepared(&self) -> bool {
        !self.statement.is_empty()
    }

    async fn close(self) -> Result<(), OutputError> {
        // The rows are committed; how the connection ends does not matter.
        drop(self.connection.close().await);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn rows_of_a_copy_are_escaped() {
        let row = vec![
            Value::Text("a\tb\\N\n\r".into()),
            Value::Null,
            Value::Text("x".into()),
            Value::Number("1.10"),
        ];
        let mut out = Vec::new();
        copy_row(&row, &[false, false, true, false], &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\\tb\\\\N\\n\\r\t\\N\t\"x\"\t1.10\n"
        );
    }
}
