//! The output for databases that are servers: connections that are kept, and what an attempt does
//! with one.
//!
//! Knows nothing of the servers' dialects.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::row::{ColumnKind, Row, Value};
use super::shape::Shape;
use super::split::{Session, Trouble, write};
use super::ssl::SslConfig;
use super::table::{Dialect, Table};
use crate::output::secret::Secret;
use crate::output::{Items, OutputError, Receipt, RemoteOutput};

/// Where the server is.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Address with credentials.
    pub(super) uri: Secret,
    /// Address as errors name it.
    pub(super) shown: String,
}

/// A column of the table: its name there and its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) of: String,
}

/// A connection to a database of some kind.
pub(super) trait Database: Session + Debug + Sized + 'static {
    /// Connects.
    fn connect(link: &Link, ssl: &SslConfig) -> impl Future<Output = Result<Self, Trouble>> + Send;

    /// The columns of the table; none when there is no such table.
    fn describe(
        &mut self,
        table: &Table,
    ) -> impl Future<Output = Result<Vec<Column>, Trouble>> + Send;

    /// Sets what is inserted from now on.
    fn prepare(&mut self, table: &Table, columns: &[Column], copy: bool);

    /// True once that is set.
    fn is_prepared(&self) -> bool;

    /// Disconnects.
    fn close(self) -> impl Future<Output = Result<(), OutputError>> + Send;
}

/// The output.
#[derive(Debug)]
pub(super) struct Remote<D> {
    pub(super) link: Link,
    pub(super) ssl: SslConfig,
    pub(super) table: Table,
    pub(super) shape: Shape,
    pub(super) copy: bool,
    pub(super) create_table: bool,
    /// Longest wait when it is opened.
    pub(super) timeout: Duration,
    /// Connections that nobody uses. One is lost with its attempt when that is given up, and with it
    /// the transaction.
    pub(super) idle: Mutex<Vec<D>>,
}

fn inner(trouble: Trouble) -> OutputError {
    match trouble {
        Trouble::Rows(error) | Trouble::Target(error) => error,
    }
}

impl<D: Database> Remote<D> {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<D>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connection(&self) -> Result<D, OutputError> {
        let kept = self.idle().pop();
        match kept {
            Some(connection) => Ok(connection),
            None => D::connect(&self.link, &self.ssl).await.map_err(inner),
        }
    }

    /// Connects, and looks whether the table is as it has to be, as far as that is known.
    async fn try_open(&self) -> Result<(), OutputError> {
        let mut database = self.connection().await?;
        let known = database.describe(&self.table).await.map_err(inner)?;
        if !(known.is_empty() && self.create_table) {
            let needed = self.shape.given().unwrap_or_default();
            self.columns(&known, needed)?;
        }
        self.idle().push(database);
        Ok(())
    }

    /// The columns of the table that events fill.
    fn columns(&self, known: &[Column], needed: &[String]) -> Result<Vec<Column>, OutputError> {
        let table = &self.table.name;
        if known.is_empty() {
            let message = format!("there is no table `{table}` at {}", self.link.shown);
            let help = "create it, correct `table_name`, or set `create_table: true`";
            return Err(OutputError::failed(message).help(help));
        }
        let same = |one: &str, other: &str| match self.table.dialect {
            Dialect::Postgres => one == other,
            Dialect::Mysql | Dialect::Sqlite => one.eq_ignore_ascii_case(other),
        };
        needed
            .iter()
            .map(|name| {
                let found = known.iter().find(|column| same(&column.name, name));
                found.cloned().ok_or_else(|| {
                    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
                    OutputError::failed(format!("the table `{table}` has no column `{name}`")).help(
                        format!(
                            "it has: {}. Name the columns in `columns`, or change the table",
                            names.join(", ")
                        ),
                    )
                })
            })
            .collect()
    }

    /// Makes a connection ready for rows.
    async fn prepare(&self, database: &mut D, first: &Row<'_>) -> Result<(), OutputError> {
        if database.is_prepared() {
            return Ok(());
        }
        let names = self.shape.columns();
        let mut known = database.describe(&self.table).await.map_err(inner)?;
        if known.is_empty() && self.create_table {
            let kinds: Vec<ColumnKind> = first.iter().map(Value::kind).collect();
            let statement = self.table.create(names, &kinds);
            database.run(&statement).await.map_err(inner)?;
            known = database.describe(&self.table).await.map_err(inner)?;
        }
        let columns = self.columns(&known, names)?;
        database.prepare(&self.table, &columns, self.copy);
        Ok(())
    }

    async fn insert(&self, rows: &[Row<'_>]) -> Result<Vec<(usize, OutputError)>, OutputError> {
        let Some(first) = rows.first() else {
            return Ok(Vec::new());
        };
        let mut database = self.connection().await?;
        self.prepare(&mut database, first).await?;
        let refused = write(&mut database, rows, self.shape.splits()).await?;
        self.idle().push(database);
        Ok(refused)
    }

    async fn try_send(&self, items: Items<'_>) -> Receipt {
        let rows = self.shape.rows(&items);
        if let Some(error) = rows.hopeless(&self.shape) {
            return if self.shape.splits() {
                self.shape.receipt(&items, rows, Ok(Vec::new()))
            } else {
                Receipt::refused(&items, error)
            };
        }
        let outcome = self.insert(&rows.rows).await;
        self.shape.receipt(&items, rows, outcome)
    }
}

impl<D: Database> RemoteOutput for Remote<D> {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            match tokio::time::timeout(self.timeout, self.try_open()).await {
                Ok(opened) => opened,
                Err(_) => Err(OutputError::outage(format!(
                    "cannot connect to {}: no answer within {:?}",
                    self.link.shown, self.timeout
                ))
                .help("check host and port in `uri`, and whether the server runs")),
            }
        }
        .boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        self.try_send(items).boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            let kept = std::mem::take(&mut *self.idle());
            for database in kept {
                database.close().await?;
            }
            Ok(())
        }
        .boxed()
    }
}
