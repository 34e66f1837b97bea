//! Which columns events give, and the way from the items of an attempt to rows and back to a receipt.
//!
//! Knows nothing of connections.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::row::{self, Row, Value};
use crate::output::{Items, OutputError, Receipt};

/// Where the values of a row come from.
#[derive(Debug)]
pub(super) struct Shape {
    /// Name of the table, for messages.
    table: String,
    /// Columns with a text each; otherwise they are the keys of the first event.
    texts: Option<Vec<String>>,
    learned: OnceLock<Vec<String>>,
    /// It was said that events have keys without a column.
    said: AtomicBool,
    /// One bad row fails the whole batch.
    strict: bool,
}

/// Items as rows.
#[derive(Debug, Default)]
pub(super) struct Rows<'a> {
    pub(super) rows: Vec<Row<'a>>,
    /// The position of the item of each row.
    positions: Vec<usize>,
    /// Items that give no row.
    refused: Vec<(usize, OutputError)>,
}

impl Shape {
    pub(super) fn new(table: &str, texts: Option<Vec<String>>, strict: bool) -> Self {
        Self {
            table: table.to_owned(),
            texts,
            learned: OnceLock::new(),
            said: AtomicBool::new(false),
            strict,
        }
    }

    /// The columns, when they are known before the first event.
    pub(super) fn given(&self) -> Option<&[String]> {
        self.texts.as_deref()
    }

    /// The columns; empty before the first event.
    pub(super) fn columns(&self) -> &[String] {
        let learned = || self.learned.get().map(Vec::as_slice);
        self.given().or_else(learned).unwrap_or_default()
    }

    /// False when one bad row fails its whole batch.
    pub(super) fn splits(&self) -> bool {
        !self.strict
    }

    /// The rows of items; the first of all decides about the columns.
    pub(super) fn rows<'a>(&self, items: &Items<'a>) -> Rows<'a> {
        let mut made = Rows::default();
        for position in 0..items.len() {
            match self.row(items, position) {
                Ok(row) => {
                    made.rows.push(row);
                    made.positions.push(position);
                }
                Err(reason) => {
                    let reason = format!("cannot insert into `{}`: {reason}", self.table);
                    made.refused.push((position, OutputError::failed(reason)));
                }
            }
        }
        made
    }

    fn row<'a>(&self, items: &Items<'a>, position: usize) -> Result<Row<'a>, String> {
        if let Some(texts) = &self.texts {
            let values = 0..texts.len();
            return Ok(values
                .map(|text| Value::of_text(items.text(text, position)))
                .collect());
        }
        let item = items.get(position);
        if self.learned.get().is_none() {
            let keys = row::keys(item)?;
            if keys.is_empty() {
                return Err("the event has no keys to make columns of".to_owned());
            }
            self.learned.get_or_init(|| keys);
        }
        row::parse(item, self.columns(), |key| {
            if !self.said.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    table = self.table,
                    key,
                    "events have keys that the first one had not; they are left out (`columns` names all)"
                );
            }
        })
    }

    /// What came of an attempt in which these rows, by number, were refused; when nothing at all was
    /// taken, why.
    pub(super) fn receipt(
        &self,
        items: &Items<'_>,
        rows: Rows<'_>,
        outcome: Result<Vec<(usize, OutputError)>, OutputError>,
    ) -> Receipt {
        let mut failed: Vec<Option<OutputError>> = vec![None; items.len()];
        let mut mark = |position: usize, error: OutputError| {
            if let Some(slot) = failed.get_mut(position) {
                *slot = Some(error);
            }
        };
        match outcome {
            Ok(refused) => {
                for (number, error) in refused {
                    mark(
                        rows.positions.get(number).copied().unwrap_or_default(),
                        error,
                    );
                }
            }
            Err(error) => {
                for &position in &rows.positions {
                    mark(position, error.clone());
                }
            }
        }
        for (position, error) in rows.refused {
            mark(position, error);
        }
        let mut receipt = Receipt::default();
        for (position, error) in failed.into_iter().enumerate() {
            match error {
                Some(error) => receipt.fail(position, error),
                None => receipt.bytes += items.get(position).len() as u64,
            }
        }
        receipt
    }
}

impl Rows<'_> {
    /// Why the whole batch fails before it is tried, where one bad row fails all.
    pub(super) fn hopeless(&self, shape: &Shape) -> Option<OutputError> {
        let (_, error) = self.refused.first()?;
        (shape.strict || self.rows.is_empty()).then(|| error.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::batch::EventBatch;
    use crate::output::{Formatted, Parcel};
    use std::sync::Arc;

    fn parcel(events: &[&str]) -> Parcel {
        let mut batch = EventBatch::default();
        let mut formatted = Formatted::default();
        for event in events {
            batch.push(event.as_bytes(), 0);
            formatted.buffer().extend_from_slice(event.as_bytes());
            formatted.commit(b"", 1);
        }
        Parcel {
            batch: Arc::new(batch),
            formatted,
            ..Parcel::default()
        }
    }

    #[test]
    fn the_first_event_decides_about_the_columns() {
        let shape = Shape::new("t", None, false);
        let parcel = parcel(&["[]", r#"{"a": 1, "b": 2}"#, r#"{"b": 3, "c": 4}"#]);
        let items = parcel.items();
        let rows = shape.rows(&items);
        assert_eq!(shape.columns(), ["a", "b"]);
        let expected = vec![
            vec![Value::Number("1"), Value::Number("2")],
            vec![Value::Null, Value::Number("3")],
        ];
        assert_eq!(rows.rows, expected);
        let receipt = shape.receipt(&items, rows, Ok(vec![(1, OutputError::failed("x"))]));
        let failed: Vec<_> = receipt
            .failures
            .iter()
            .map(|(range, _)| range.clone())
            .collect();
        assert_eq!(failed, [0..1, 2..3]);
        assert_eq!(receipt.bytes, 16);
    }

    #[test]
    fn an_outage_is_not_the_fault_of_bad_events() {
        let shape = Shape::new("t", None, false);
        let parcel = parcel(&[r#"{"a": 1}"#, "x", r#"{"a": 2}"#]);
        let items = parcel.items();
        let rows = shape.rows(&items);
        let outage = OutputError::outage("away");
        let receipt = shape.receipt(&items, rows, Err(outage.clone()));
        assert_eq!(receipt.failures.len(), 3);
        assert_eq!(receipt.failures[0], (0..1, outage.clone()));
        assert!(receipt.failures[1].1.message.contains("not JSON"));
        assert_eq!(receipt.failures[2], (2..3, outage));
        assert_eq!(receipt.bytes, 0);
    }
}
