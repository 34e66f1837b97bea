//! Writing a batch with as few statements as the database takes, and finding the rows it refuses: the
//! batch is halved until those are alone.
//!
//! Knows nothing of what a statement looks like.

use std::ops::Range;

use super::row::{Row, Value};
use crate::output::OutputError;

const SAVEPOINT: &str = "evtui";

/// Why rows were not taken.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Something is wrong with one of the rows.
    Rows(OutputError),
    /// The database or the connection; no row is to blame.
    Target(OutputError),
}

/// What fits into one statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Most rows, at least 1.
    pub(super) rows: usize,
    /// Most bytes of values, about; a larger row goes alone.
    pub(super) bytes: usize,
}

/// A connection over which rows can be inserted.
pub(super) trait Session: Send {
    /// What fits into one statement.
    fn limits(&self) -> Limits;

    /// Inserts rows with one statement, so that all or none are taken.
    fn insert(&mut self, rows: &[Row<'_>]) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Executes a statement without values.
    fn run(&mut self, statement: &str) -> impl Future<Output = Result<(), Trouble>> + Send;
}

/// Inserts rows in one transaction. Gives the rows that were refused and why; with `split` off, one
/// refused row is an error for all.
///
/// # Errors
/// Nothing was inserted, or so it seems: when the connection is lost while the transaction is being
/// committed, nobody knows.
pub(super) async fn write<S: Session>(
    session: &mut S,
    rows: &[Row<'_>],
    split: bool,
) -> Result<Vec<(usize, OutputError)>, OutputError> {
    let chunks = chunks(rows, session.limits());
    let transaction = chunks.len() > 1;
    match at_once(session, rows, &chunks, transaction).await {
        Ok(()) => return Ok(Vec::new()),
        Err(Trouble::Target(error)) => return Err(error),
        Err(Trouble::Rows(error)) => {
            if transaction {
                session.run("ROLLBACK").await.map_err(whole)?;
            }
            if !split {
                return Err(error);
            }
            if rows.len() == 1 {
                return Ok(vec![(0, error)]);
            }
        }
    }
    by_halves(session, rows, chunks).await.map_err(whole)
}

fn whole(trouble: Trouble) -> OutputError {
    match trouble {
        Trouble::Rows(error) | Trouble::Target(error) => error,
    }
}

async fn at_once<S: Session>(
    session: &mut S,
    rows: &[Row<'_>],
    chunks: &[Range<usize>],
    transaction: bool,
) -> Result<(), Trouble> {
    // One statement is a transaction of its own.
    if transaction {
        session.run("BEGIN").await?;
    }
    for chunk in chunks {
        session.insert(part(rows, chunk)).await?;
    }
    if transaction {
        session.run("COMMIT").await?;
    }
    Ok(())
}

async fn by_halves<S: Session>(
    session: &mut S,
    rows: &[Row<'_>],
    mut left: Vec<Range<usize>>,
) -> Result<Vec<(usize, OutputError)>, Trouble> {
    let mut refused = Vec::new();
    session.run("BEGIN").await?;
    left.reverse();
    while let Some(range) = left.pop() {
        session.run(&format!("SAVEPOINT {SAVEPOINT}")).await?;
        let error = match session.insert(part(rows, &range)).await {
            Ok(()) => {
                session
                    .run(&format!("RELEASE SAVEPOINT {SAVEPOINT}"))
                    .await?;
                continue;
            }
            Err(Trouble::Rows(error)) => error,
            Err(trouble) => return Err(trouble),
        };
        session
            .run(&format!("ROLLBACK TO SAVEPOINT {SAVEPOINT}"))
            .await?;
        if range.len() == 1 {
            refused.push((range.start, error));
            continue;
        }
        let middle = range.start + range.len() / 2;
        left.push(middle..range.end);
        left.push(range.start..middle);
    }
    session.run("COMMIT").await?;
    Ok(refused)
}

fn part<'a, 'b>(rows: &'a [Row<'b>], range: &Range<usize>) -> &'a [Row<'b>] {
    rows.get(range.clone()).unwrap_or_default()
}

/// Cuts rows into statements.
fn chunks(rows: &[Row<'_>], limits: Limits) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, row) in rows.iter().enumerate() {
        let size: usize = row.iter().map(Value::size).sum();
        let full = at - start >= limits.rows.max(1) || bytes + size > limits.bytes;
        if full && at > start {
            chunks.push(start..at);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    chunks.push(start..rows.len());
    chunks
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// A database that refuses rows with a null, and keeps what is committed.
    #[derive(Default)]
    struct Fake {
        table: Vec<String>,
        open: Option<Vec<String>>,
        saved: usize,
        rows: usize,
        said: Vec<String>,
        /// Statements until the connection is lost.
        left: Option<usize>,
    }

    impl Fake {
        fn lost(&mut self) -> bool {
            let Some(left) = &mut self.left else {
                return false;
            };
            let lost = *left == 0;
            *left = left.saturating_sub(1);
            lost
        }
    }

    impl Session for Fake {
        fn limits(&self) -> Limits {
            let rows = if self.rows == 0 { 1000 } else { self.rows };
            Limits { rows, bytes: 1000 }
        }

        async fn insert(&mut self, rows: &[Row<'_>]) -> Result<(), Trouble> {
            self.said.push(format!("INSERT {}", rows.len()));
            if self.lost() {
                return Err(Trouble::Target(OutputError::outage("lost")));
            }
            if rows.iter().flatten().any(|value| *value == Value::Null) {
                return Err(Trouble::Rows(OutputError::failed("null")));
            }
            let texts = rows.iter().flatten().filter_map(Value::as_text);
            let into = self.open.as_mut().unwrap_or(&mut self.table);
            into.extend(texts.map(str::to_owned));
            Ok(())
        }

        async fn run(&mut self, statement: &str) -> Result<(), Trouble> {
            self.said.push(statement.to_owned());
            if self.lost() {
                return Err(Trouble::Target(OutputError::outage("lost")));
            }
            let open = self.open.get_or_insert_default();
            if statement == "COMMIT" {
                self.table.append(open);
                self.open = None;
            } else if statement == "ROLLBACK" {
                self.open = None;
            } else if statement.starts_with("ROLLBACK TO") {
                open.truncate(self.saved);
            } else if statement.starts_with("SAVEPOINT") {
                self.saved = open.len();
            }
            Ok(())
        }
    }

    fn rows(text: &str) -> Vec<Row<'_>> {
        let values = text.split(' ').map(|word| match word {
            "-" => Value::Null,
            word => Value::Number(word),
        });
        values.map(|value| vec![value]).collect()
    }

    fn run(
        fake: &mut Fake,
        rows: &[Row<'_>],
        split: bool,
    ) -> Result<Vec<(usize, OutputError)>, OutputError> {
        futures::executor::block_on(write(fake, rows, split))
    }

    #[test]
    fn sound_rows_are_one_statement() {
        let mut fake = Fake::default();
        assert_eq!(run(&mut fake, &rows("0 1 2"), true), Ok(Vec::new()));
        assert_eq!(fake.said, ["INSERT 3"]);
        assert_eq!(fake.table, ["0", "1", "2"]);
    }

    #[test]
    fn a_large_batch_is_several_statements_of_one_transaction() {
        let mut fake = Fake {
            rows: 2,
            ..Fake::default()
        };
        assert_eq!(run(&mut fake, &rows("0 1 2"), true), Ok(Vec::new()));
        assert_eq!(fake.said, ["BEGIN", "INSERT 2", "INSERT 1", "COMMIT"]);
        assert_eq!(fake.table, ["0", "1", "2"]);
    }

    #[test]
    fn bad_rows_are_found_and_the_others_kept_in_order() {
        for limit in [0, 1, 3, 7] {
            let mut fake = Fake {
                rows: limit,
                ..Fake::default()
            };
            let refused = run(&mut fake, &rows("0 1 - 3 4 5 6 7 - 9"), true).unwrap();
            let at: Vec<usize> = refused.iter().map(|(at, _)| *at).collect();
            assert_eq!(at, [2, 8], "limit {limit}");
            assert_eq!(fake.table, ["0", "1", "3", "4", "5", "6", "7", "9"]);
            assert!(fake.open.is_none());
        }
    }

    #[test]
    fn one_bad_row_alone_needs_no_search() {
        let mut fake = Fake::default();
        let refused = run(&mut fake, &rows("-"), true).unwrap();
        assert_eq!(refused, [(0, OutputError::failed("null"))]);
        assert_eq!(fake.said, ["INSERT 1"]);
    }

    #[test]
    fn without_splitting_a_bad_row_fails_all() {
        for limit in [0, 2] {
            let mut fake = Fake {
                rows: limit,
                ..Fake::default()
            };
            let failed = run(&mut fake, &rows("0 1 2 -"), false);
            assert_eq!(failed, Err(OutputError::failed("null")));
            assert!(fake.table.is_empty(), "{:?}", fake.said);
        }
    }

    #[test]
    fn a_lost_connection_fails_all_wherever_it_happens() {
        let mut sound = Fake::default();
        run(&mut sound, &rows("0 - 2 3"), true).unwrap();
        for left in 0..sound.said.len() {
            let mut fake = Fake {
                left: Some(left),
                ..Fake::default()
            };
            let failed = run(&mut fake, &rows("0 - 2 3"), true);
            assert_eq!(failed, Err(OutputError::outage("lost")), "after {left}");
            assert!(fake.table.is_empty());
        }
    }

    #[test]
    fn statements_keep_to_the_limit_of_bytes() {
        let wide = "x".repeat(600);
        let rows: Vec<Row<'_>> = (0..3)
            .map(|_| vec![Value::Text(wide.as_str().into())])
            .collect();
        let limits = Limits {
            rows: 10,
            bytes: 1300,
        };
        assert_eq!(chunks(&rows, limits), [0..2, 2..3]);
        let limits = Limits { rows: 10, bytes: 1 };
        assert_eq!(chunks(&rows, limits), [0..1, 1..2, 2..3]);
    }
}
