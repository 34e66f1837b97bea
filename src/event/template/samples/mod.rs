//! Samples as templates see them: tables of rows, rows as tuples with names.

mod csv;
mod json;
mod load;

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) use load::{load, missing_help};

use crate::fake::rand;
use crate::fake::rand::weights::Table;
use crate::template::{Args, Ctx, Dict, Error, Hint, Object, Str, Tuple, Value, ValueIter};

static NEXT_SHAPE: AtomicU64 = AtomicU64::new(1);

/// The columns of a sample.
pub(in crate::event) struct Columns {
    /// Names in order; generated ones (`_0`) when there is no header.
    names: Vec<Str>,
    /// The names that rows answer to, each with its position. A name used twice is the last column.
    positions: Vec<(Str, usize)>,
    /// True when the names come from the data.
    header: bool,
    /// Tells these columns apart from all others, for [`Hint`].
    shape: u64,
}

impl Columns {
    pub(in crate::event) fn new(names: Vec<Str>, header: bool) -> Rc<Self> {
        let mut positions: Vec<(Str, usize)> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match positions
                .iter_mut()
                .find(|(known, _)| known.as_bytes() == name.as_bytes())
            {
                Some((_, position)) => *position = index,
                None => positions.push((name.clone(), index)),
            }
        }
        Rc::new(Self {
            names,
            positions,
            header,
            shape: NEXT_SHAPE.fetch_add(1, Ordering::Relaxed),
        })
    }

    pub(super) fn generated(count: usize) -> Rc<Self> {
        let names = (0..count)
            .map(|index| Str::from(format!("_{index}")))
            .collect();
        Self::new(names, false)
    }

    fn of_row(&self, name: &str) -> Option<usize> {
        let found = self
            .positions
            .iter()
            .find(|(known, _)| known.as_bytes() == name.as_bytes());
        found.map(|(_, index)| *index)
    }

    fn first(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .position(|known| known.as_bytes() == name.as_bytes())
    }
}

/// A row: a tuple whose cells have names.
pub(in crate::event) struct Row {
    columns: Rc<Columns>,
    cells: Box<[Value]>,
}

impl Row {
    pub(in crate::event) fn value(columns: &Rc<Columns>, cells: Vec<Value>) -> Value {
        Value::object(Self {
            columns: Rc::clone(columns),
            cells: cells.into(),
        })
    }

    pub(in crate::event) fn names(&self) -> impl Iterator<Item = &Str> {
        self.columns.names.iter()
    }
}

impl Object for Row {
    fn type_name(&self) -> &str {
        "Row"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        // The methods of a tuple win over columns.
        if matches!(name, "count" | "index") {
            return None;
        }
        self.cells.get(self.columns.of_row(name)?).cloned()
    }

    fn attr_ref(&self, name: &str, hint: &Hint) -> Option<&Value> {
        if let Some(at) = hint.position(self.columns.shape) {
            return self.cells.get(at);
        }
        if matches!(name, "count" | "index") {
            return None;
        }
        let at = self.columns.of_row(name)?;
        hint.remember(self.columns.shape, at);
        self.cells.get(at)
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(key.as_str().and_then(|name| self.get_attr(name)))
    }

    fn as_tuple(&self) -> Option<&[Value]> {
        Some(&self.cells)
    }

    fn len(&self) -> Option<usize> {
        Some(self.cells.len())
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str("Row(")?;
        for (at, (name, index)) in self.columns.positions.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(out, "{comma}{}=", name.as_str())?;
            if let Some(cell) = self.cells.get(*index) {
                cell.write_repr(out)?;
            }
        }
        out.write_char(')')
    }

    fn names(&self) -> Vec<String> {
        self.columns
            .names
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect()
    }
}

/// A table of rows.
pub(super) struct Sample {
    columns: Rc<Columns>,
    rows: Tuple,
    /// Cumulative weights by column, made at first use.
    tables: RefCell<Vec<(usize, Rc<Table>)>>,
    /// Rows by the value of a column, made at first use; nothing for columns with changeable cells.
    groups: RefCell<Vec<(usize, Option<Dict>)>>,
    /// Rows without those of one value of a column, made at first use for values that the column has.
    rejects: RefCell<Vec<(usize, Value, Tuple)>>,
}

const METHODS: [&str; 5] = [
    "pick",
    "pick_n",
    "weighted_pick",
    "weighted_pick_n",
    "where",
];

impl Sample {
    pub(super) fn new(columns: Rc<Columns>, rows: Vec<Value>) -> Self {
        Self {
            columns,
            rows: Tuple::new(rows),
            rejects: RefCell::default(),
            tables: RefCell::default(),
            groups: RefCell::default(),
        }
    }

    /// The names of the columns; `None` when the data does not name them.
    pub(super) fn header(&self) -> Option<Vec<String>> {
        let names = self.columns.names.iter();
        let names = names.map(|name| name.as_str().to_owned()).collect();
        self.columns.header.then_some(names)
    }

    /// The index of a row that is this very value.
    pub(super) fn index_of(&self, row: &Value) -> Option<usize> {
        if !matches!(row, Value::Object(_)) {
            return None;
        }
        self.rows.iter().position(|known| known.same_as(row))
    }

    /// Its rows.
    pub(super) fn rows(&self) -> &[Value] {
        &self.rows
    }

    /// Number of rows.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Names of the columns, made up ones where the data has none.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.names.iter().map(Str::as_str)
    }

    /// Some rows, as their cells.
    pub(super) fn part(&self, from: usize, most: usize) -> impl Iterator<Item = &[Value]> {
        let rows = self.rows.iter().skip(from).take(most);
        rows.map(|row| row.as_tuple().unwrap_or_default())
    }

    /// The sum of a column, if it holds nothing but numbers from 0 up.
    pub(super) fn sum(&self, index: usize) -> Option<f64> {
        let mut weights = self.rows.iter().map(|row| weight(&cell(row, index)));
        weights.try_fold(0.0, |sum, weight| {
            let weight = weight.filter(|weight| weight.is_finite() && *weight >= 0.0)?;
            Some(sum + weight)
        })
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &Value> {
        self.rows
            .iter()
            .flat_map(|row| row.as_tuple().unwrap_or_default())
    }

    /// The rows with each value of a column.
    fn group(&self, index: usize) -> Option<Dict> {
        let known = self.groups.borrow();
        if let Some((_, groups)) = known.iter().find(|(known, _)| *known == index) {
            return groups.clone();
        }
        drop(known);
        let made = self.make_groups(index);
        self.groups.borrow_mut().push((index, made.clone()));
        made
    }

    fn make_groups(&self, index: usize) -> Option<Dict> {
        let groups = Dict::default();
        for row in self.rows.iter() {
            let cell = cell(row, index);
            if matches!(cell, Value::List(_) | Value::Dict(_) | Value::Object(_)) {
                return None;
            }
            let mut groups = groups.borrow_mut();
            if let Some(Value::List(rows)) = groups.get(&cell).ok()? {
                rows.borrow_mut().push(row.clone());
                continue;
            }
            groups.insert(cell, Value::list(vec![row.clone()])).ok()?;
        }
        // Handed out, they must not change.
        let entries: Vec<(Value, Value)> = groups
            .borrow()
            .iter()
            .map(|(cell, rows)| match rows {
                Value::List(rows) => (cell.clone(), Value::tuple(rows.borrow().to_vec())),
                other => (cell.clone(), other.clone()),
            })
            .collect();
        match Value::dict(entries) {
            Value::Dict(groups) => Some(groups),
            _ => None,
        }
    }

    /// The column that an attribute of a row is.
    fn plain_column(&self, name: &str) -> Option<usize> {
        // These are methods of a row.
        if matches!(name, "count" | "index") {
            return None;
        }
        self.columns.of_row(name)
    }

    fn column(&self, index: usize) -> Value {
        let cells = self.rows.iter().map(|row| cell(row, index));
        Value::list(cells.collect())
    }

    fn pick(&self, ctx: &mut Ctx<'_>) -> Option<Value> {
        let at = rand::index(ctx.random(), self.rows.len())?;
        self.rows.get(at).cloned()
    }

    /// The row chosen by weights; the sample is not empty.
    fn weighted(&self, table: &Table, ctx: &mut Ctx<'_>) -> Value {
        let at = table.pick(ctx.random());
        self.rows.get(at).cloned().unwrap_or_default()
    }

    fn table(&self, column: &Value) -> Result<Rc<Table>, Error> {
        let Some(name) = column.as_str() else {
            return Err(Error::type_error("the weight column is named by text"));
        };
        let index = match self.columns.first(name) {
            Some(index) if self.columns.header => index,
            _ => return Err(self.no_column(name)),
        };
        if let Some((_, table)) = self
            .tables
            .borrow()
            .iter()
            .find(|(known, _)| *known == index)
        {
            return Ok(Rc::clone(table));
        }
        let mut weights = Vec::with_capacity(self.rows.len());
        for (at, row) in self.rows.iter().enumerate() {
            let weight = weight(&cell(row, index));
            match weight {
                Some(weight) if weight < 0.0 => {
                    let message =
                        format!("row {} of column '{name}' holds a negative weight", at + 1);
                    return Err(Error::value_error(message));
                }
                Some(weight) => weights.push(weight),
                None => {
                    let message = format!("row {} of column '{name}' holds no number", at + 1);
                    return Err(Error::value_error(message).help("weights are numbers from 0 up"));
                }
            }
        }
        let table = Table::new(weights)
            .map_err(|error| Error::value_error(format!("column '{name}': {error}")))?;
        let table = Rc::new(table);
        self.tables.borrow_mut().push((index, Rc::clone(&table)));
        Ok(table)
    }

    fn no_column(&self, name: &str) -> Error {
        let error = Error::value_error(format!("the sample has no column '{name}'"));
        if !self.columns.header && !self.columns.names.is_empty() {
            return error.help("the sample has no header that names its columns");
        }
        let names: Vec<&str> = self.columns.names.iter().map(Str::as_str).collect();
        match crate::template::nearest(name, names.iter().copied()) {
            Some(near) => error.help(format!("did you mean '{near}'?")),
            None => error.help(format!("its columns are {}", names.join(", "))),
        }
    }

    fn filter(self: Rc<Self>, args: &Args<'_>) -> Result<Value, Error> {
        if !args.positional.is_empty() {
            return Err(Error::type_error("where() takes keyword arguments only")
                .help("write where(column=value)"));
        }
        if args.keyword.is_empty() {
            return Ok(Value::Object(self));
        }
        let mut conditions = Vec::with_capacity(args.keyword.len());
        for (name, wanted) in args.keyword {
            let index = self
                .columns
                .first(name)
                .ok_or_else(|| self.no_column(name))?;
            conditions.push((index, wanted));
        }
        let matches = |row: &&Value| {
            conditions.iter().all(|(index, wanted)| {
                row.as_tuple()
                    .and_then(|cells| cells.get(*index))
                    .is_some_and(|cell| cell == *wanted)
            })
        };
        let rows: Vec<Value> = self.rows.iter().filter(matches).cloned().collect();
        let columns = if rows.is_empty() && !self.columns.header {
            Columns::generated(0)
        } else {
            Rc::clone(&self.columns)
        };
        Ok(Value::object(Self::new(columns, rows)))
    }
}

fn cell(row: &Value, index: usize) -> Value {
    row.as_tuple()
        .and_then(|cells| cells.get(index))
        .cloned()
        .unwrap_or_default()
}

/// A number as Python's `float()` reads it.
fn weight(cell: &Value) -> Option<f64> {
    match cell.as_str() {
        None => cell.as_float(),
        Some(text) => super::condition::parse_number(text),
    }
}

fn count(n: Option<&Value>) -> Result<usize, Error> {
    match n.and_then(Value::as_int) {
        Some(n) => Ok(usize::try_from(n).unwrap_or(0)),
        None => Err(Error::type_error("the number of rows must be an integer")),
    }
}

fn empty() -> Error {
    Error::value_error("cannot pick from an empty sample")
        .help("give a default, as in pick(default=none)")
}

impl Object for Sample {
    fn type_name(&self) -> &str {
        "Sample"
    }

    fn select_equal(&self, name: &str, value: &Value) -> Option<Value> {
        let groups = self.group(self.plain_column(name)?)?;
        let rows = groups.borrow().get(value).ok()?.cloned();
        Some(rows.unwrap_or_else(|| Value::tuple(Vec::new())))
    }

    fn reject_equal(&self, name: &str, value: &Value) -> Option<Value> {
        let index = self.plain_column(name)?;
        let groups = self.group(index);
        let known = match &groups {
            Some(groups) => groups.borrow().contains(value).unwrap_or(false),
            None => false,
        };
        if groups.is_some() && !known {
            return Some(Value::Tuple(self.rows.clone()));
        }
        let made = self.rejects.borrow();
        let found = made
            .iter()
            .find(|(column, without, _)| *column == index && without == value);
        if let Some((_, _, rows)) = found {
            return Some(Value::Tuple(rows.clone()));
        }
        drop(made);
        let differs = |row: &&Value| {
            let cell = row.as_tuple().and_then(|cells| cells.get(index));
            cell != Some(value)
        };
        let rows = Tuple::new(self.rows.iter().filter(differs).cloned().collect());
        if known && !matches!(value, Value::Object(_)) {
            let mut made = self.rejects.borrow_mut();
            made.push((index, value.clone(), rows.clone()));
        }
        Some(Value::Tuple(rows))
    }

    fn pluck(&self, name: &str) -> Option<Vec<Value>> {
        let index = self.plain_column(name)?;
        Some(self.rows.iter().map(|row| cell(row, index)).collect())
    }

    fn all(&self) -> Option<Tuple> {
        Some(self.rows.clone())
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if name == "columns" {
            let names = self
                .columns
                .positions
                .iter()
                .map(|(name, _)| Value::Str(name.clone()));
            return Some(Value::list(names.collect()));
        }
        if METHODS.contains(&name) {
            return None;
        }
        let index = self.columns.first(name).filter(|_| self.columns.header)?;
        Some(self.column(index))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        if let Some(name) = key.as_str() {
            let index = self.columns.first(name).filter(|_| self.columns.header);
            return Ok(index.map(|index| self.column(index)));
        }
        let Some(index) = key.as_int() else {
            return Ok(None);
        };
        let len = self.rows.len() as i64;
        let index = if index < 0 { index + len } else { index };
        Ok(usize::try_from(index)
            .ok()
            .and_then(|index| self.rows.get(index))
            .cloned())
    }

    fn get_slice(&self, positions: &[usize]) -> Option<Value> {
        let rows = positions
            .iter()
            .filter_map(|&at| self.rows.get(at)?.as_tuple());
        Some(Value::list(
            rows.map(|cells| Value::tuple(cells.to_vec())).collect(),
        ))
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match name {
            "pick" => {
                let [default] = args.bind("pick", ["default"], 0)?;
                let row = self.pick(ctx);
                row.or_else(|| default.cloned()).ok_or_else(empty)
            }
            "pick_n" => {
                let [n] = args.bind("pick_n", ["n"], 1)?;
                let n = count(n)?;
                ctx.check_size(n)?;
                Ok(Value::list((0..n).map_while(|_| self.pick(ctx)).collect()))
            }
            "weighted_pick" => {
                let [column, default] = args.bind("weighted_pick", ["weight", "default"], 1)?;
                if self.rows.is_empty() {
                    return default.cloned().ok_or_else(empty);
                }
                let table = self.table(column.unwrap_or(&Value::None))?;
                Ok(self.weighted(&table, ctx))
            }
            "weighted_pick_n" => {
                let [column, n] = args.bind("weighted_pick_n", ["weight", "n"], 2)?;
                let n = count(n)?;
                if self.rows.is_empty() || n == 0 {
                    return Ok(Value::list(Vec::new()));
                }
                ctx.check_size(n)?;
                let table = self.table(column.unwrap_or(&Value::None))?;
                Ok(Value::list(
                    (0..n).map(|_| self.weighted(&table, ctx)).collect(),
                ))
            }
            "where" => self.filter(args),
            _ => Err(crate::template::no_attribute("Sample", name)),
        }
    }

    fn is_fixed(&self) -> bool {
        true
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(Rows {
            rows: self.rows.clone(),
            at: 0,
        }))
    }

    fn len(&self) -> Option<usize> {
        Some(self.rows.len())
    }

    fn names(&self) -> Vec<String> {
        let columns = self.columns.names.iter().map(Str::as_str);
        METHODS
            .into_iter()
            .chain(["columns"])
            .chain(columns)
            .map(str::to_owned)
            .collect()
    }
}

struct Rows {
    rows: Tuple,
    at: usize,
}

impl ValueIter for Rows {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        let row = self.rows.get(self.at).cloned();
        self.at += 1;
        Ok(row)
    }
}
