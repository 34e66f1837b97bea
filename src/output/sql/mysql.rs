//! MySQL and MariaDB: inserts of many rows with a bound value for each column and row.

use std::borrow::Cow;

use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Connection, Executor, MySql, Row as _};

use super::error::explain;
use super::remote::{Column, Database, Link};
use super::row::{Row, Value};
use super::split::{Limits, Session, Trouble};
use super::ssl::{SslConfig, SslMode};
use super::table::Table;
use crate::output::OutputError;

/// Most bound values of a statement.
const BINDS: usize = 65_535;

/// A connection.
#[derive(Debug)]
pub(super) struct Mysql {
    connection: MySqlConnection,
    /// Host and port, for errors.
    target: String,
    table: Option<Table>,
    names: Vec<String>,
    /// Columns that take dates with times.
    times: Vec<bool>,
    /// Largest message the server takes.
    packet: usize,
}

/// How to connect.
pub(super) fn options(link: &Link, ssl: &SslConfig) -> Result<MySqlConnectOptions, sqlx::Error> {
    let mut options: MySqlConnectOptions = link.uri.expose().parse()?;
    options = options.disable_statement_logging();
    if let Some(mode) = ssl.mode {
        options = options.ssl_mode(match mode {
            SslMode::Disable => MySqlSslMode::Disabled,
            SslMode::Prefer => MySqlSslMode::Preferred,
            SslMode::Require => MySqlSslMode::Required,
            SslMode::VerifyCa => MySqlSslMode::VerifyCa,
            SslMode::VerifyFull => MySqlSslMode::VerifyIdentity,
        });
    }
    if let Some(path) = &ssl.root_cert {
        options = options.ssl_ca(path);
    }
    if let Some((cert, key)) = &ssl.client {
        options = options.ssl_client_cert(cert).ssl_client_key(key);
    }
    Ok(options)
}

impl Mysql {
    fn trouble(&self, error: &sqlx::Error) -> Trouble {
        let table = self.table.as_ref().map(|table| table.name.as_str());
        let target = format!("`{}` at {}", table.unwrap_or_default(), self.target);
        explain("cannot insert into", &target, error)
    }
}

type Bound<'q> = Query<'q, MySql, MySqlArguments>;

fn bind<'q>(query: Bound<'q>, value: &'q Value<'_>, time: bool) -> Bound<'q> {
    match value {
        Value::Null => query.bind(None::<&str>),
        Value::Bool(flag) => query.bind(*flag),
        Value::Number(text) => {
            if let Ok(number) = text.parse::<i64>() {
                query.bind(number)
            } else if let Ok(number) = text.parse::<u64>() {
                query.bind(number)
            } else {
                // Decimals keep their digits as text.
                query.bind(*text)
            }
        }
        Value::Text(text) if time => query.bind(date_time(text)),
        Value::Text(text) => query.bind(&**text),
        Value::Json(text) => query.bind(*text),
    }
}

/// A time with an offset as the database writes it, in UTC like the session; other texts as they are.
fn date_time(text: &str) -> Cow<'_, str> {
    match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(time) => Cow::Owned(time.to_utc().format("%Y-%m-%d %H:%M:%S%.6f").to_string()),
        Err(_) => Cow::Borrowed(text),
    }
}

impl Session for Mysql {
    fn limits(&self) -> Limits {
        Limits {
            rows: (BINDS / self.names.len().max(1)).max(1),
            bytes: self.packet / 4 * 3,
        }
    }

    async fn insert(&mut self, rows: &[Row<'_>]) -> Result<(), Trouble> {
        let Some(table) = &self.table else {
            return Ok(());
        };
        let size: usize = rows.iter().flatten().map(Value::size).sum();
        if rows.len() == 1 && size > self.packet {
            // The server would close the connection.
            let message = format!(
                "an event of {size} bytes is larger than the server's `max_allowed_packet` of {}",
                self.packet
            );
            return Err(Trouble::Rows(OutputError::failed(message)));
        }
        let statement = table.insert_rows(&self.names, rows.len());
        let mut query = sqlx::query(&statement);
        for row in rows {
            for (value, time) in row.iter().zip(&self.times) {
                query = bind(query, value, *time);
            }
        }
        let done = query.execute(&mut self.connection).await;
        done.map(drop).map_err(|error| self.trouble(&error))
    }

    async fn run(&mut self, statement: &str) -> Result<(), Trouble> {
        let done = self.connection.execute(statement).await;
        done.map(drop).map_err(|error| self.trouble(&error))
    }
}

impl Database for Mysql {
    async fn connect(link: &Link, ssl: &SslConfig) -> Result<Self, Trouble> {
        let cannot = |error| explain("cannot connect to", &link.shown, &error);
        let options = options(link, ssl).map_err(cannot)?;
        let mut connection = options.connect().await.map_err(cannot)?;
        let packet = sqlx::query_scalar("SELECT CAST(@@max_allowed_packet AS SIGNED)")
            .fetch_one(&mut connection);
        let packet: i64 = packet.await.map_err(cannot)?;
        Ok(Self {
            connection,
            target: link.shown.clone(),
            table: None,
            names: Vec::new(),
            times: Vec::new(),
            packet: usize::try_from(packet).unwrap_or(1 << 20),
        })
    }

    async fn describe(&mut self, table: &Table) -> Result<Vec<Column>, Trouble> {
        self.table = Some(table.clone());
        let (schema, name) = match table.name.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, table.name.as_str()),
        };
        let rows = sqlx::query(
            "SELECT CAST(COLUMN_NAME AS CHAR), CAST(DATA_TYPE AS CHAR) FROM information_schema.COLUMNS \
             WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION",
        )
        .bind(schema)
        .bind(name)
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

    fn prepare(&mut self, _table: &Table, columns: &[Column], _copy: bool) {
        self.names = columns.iter().map(|one| one.name.clone()).collect();
        self.times = columns
            .iter()
            .map(|one| matches!(one.of.as_str(), "datetime" | "timestamp"))
            .collect();
    }

    fn is_prepared(&self) -> bool {
        !self.names.is_empty()
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
    fn times_with_an_offset_become_utc() {
        assert_eq!(
            date_time("2024-01-01T02:00:00.5+02:00"),
            "2024-01-01 00:00:00.500000"
        );
        assert_eq!(
            date_time("2024-01-01T00:00:00Z"),
            "2024-01-01 00:00:00.000000"
        );
        assert_eq!(date_time("2024-01-01 00:00:00"), "2024-01-01 00:00:00");
        assert_eq!(date_time("soon"), "soon");
    }
}
