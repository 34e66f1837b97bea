//! A template in two halves: what has to run in order with other renders, and what is left to do, which
//! can run anywhere with what the first half found out.

use std::collections::HashSet;
use std::rc::Rc;

use super::engine::Symbol;
use super::syntax::ast::{Block, CallArgs, Expr, ExprKind, Name, Stmt, StmtKind};
use super::usage::{self, Division, Hosts, Undivided};
use super::{Error, Fields, Span, Template, Value, lower, syntax};

/// The halves of a template. Rendering the first and then the second, with the same random stream and
/// time and what was handed over as context variables, gives what rendering the whole gives.
pub struct Halves {
    /// Touches the state and writes nothing; at its end it calls the function it was made with, with the
    /// values that are handed over. Absent when nothing has to run in order.
    pub first: Option<Template>,
    /// Writes the event; it neither sees nor changes the state.
    pub second: Template,
    pub(crate) handed: Rc<[Handed]>,
}

/// A variable that is handed over.
pub(crate) struct Handed {
    pub(crate) name: Symbol,
    /// When it is a dict, no more than these is needed of it.
    pub(crate) fields: Option<Fields>,
}

impl Template {
    /// Divides it. `hand` is called by the first half.
    ///
    /// # Errors
    /// When it cannot be divided.
    pub fn divide(&self, hosts: &Hosts, hand: &Value) -> Result<Halves, Undivided> {
        let division = usage::divide(self, hosts)?;
        if division.ordered.is_empty() {
            return Ok(Halves {
                first: None,
                second: self.clone(),
                handed: Rc::default(),
            });
        }
        let taken_down = division.writing.iter().map(|number| taken_down(*number));
        let names: Vec<Name> = division.handed.iter().cloned().chain(taken_down).collect();
        let engine = self.engine();
        let fields = |at: usize| {
            let keys = division.fields.get(at)?.as_ref()?;
            Some(Fields::new(keys.iter().map(|key| &**key)))
        };
        let handed = names.iter().enumerate().map(|(at, name)| Handed {
            name: engine.symbol(name),
            fields: fields(at),
        });
        let handed: Rc<[Handed]> = handed.collect();
        // A name that means something without being set would mean that in the second half.
        let mut known = handed.iter().filter_map(|one| engine.global(one.name));
        if known.next().is_some() {
            return Err(Undivided::Whole);
        }
        let halves = self.compile_halves(&division, &names, hand);
        let (first, second) = halves.map_err(|_| Undivided::Whole)?;
        Ok(Halves {
            first: Some(first),
            second,
            handed,
        })
    }

    fn compile_halves(
        &self,
        division: &Division,
        names: &[Name],
        hand: &Value,
    ) -> Result<(Template, Template), Error> {
        let (mut first, mut second) = (Half::default(), Half::default());
        let (name, source) = self.text();
        let tree = syntax::parse(&name, &source)?;
        if !lower::turns::are_apart(self.engine(), &tree) {
            return Err(Error::limit("its statements draw from one stream"));
        }
        let turns = lower::turns::of(self.engine(), &tree);
        // A tree is not copied, and some statements go into both halves.
        let twins = syntax::parse(&name, &source)?;
        let all = tree.into_iter().zip(twins).zip(turns);
        for (number, ((stmt, twin), turn)) in all.enumerate() {
            let is_in = |half: &[usize]| half.binary_search(&number).is_ok();
            let (ordered, later) = (is_in(&division.ordered), is_in(&division.later));
            if is_in(&division.writing) {
                let name = || made(ExprKind::Name(taken_down(number)));
                first.add(take_down(name(), stmt), turn);
                second.add(statement(StmtKind::Output(vec![name()])), None);
            } else if ordered && later {
                first.add(twin.of(&division.ordered_reads), turn);
                second.add(stmt.of(&division.later_reads), turn);
            } else if ordered {
                first.add(stmt, turn);
            } else if later {
                second.add(stmt.of(&division.later_reads), turn);
            }
        }
        first.add(call(hand, names), None);
        Ok((self.compile_half(&first)?, self.compile_half(&second)?))
    }

    fn compile_half(&self, half: &Half) -> Result<Template, Error> {
        let (name, source) = self.text();
        let tree = (&half.tree, half.turns.as_slice());
        let program = lower::lower(self.engine(), &name, &source, tree, true)?;
        Ok(Template::of(self.engine(), Rc::new(program)))
    }
}

impl Stmt {
    /// Without names of an import that nothing reads.
    fn of(mut self, reads: &HashSet<Name>) -> Self {
        if let StmtKind::FromImport { names, .. } = &mut self.kind {
            names.retain(|(_, name)| reads.contains(name));
        }
        self
    }
}

/// Statements of a half with their turns.
#[derive(Default)]
struct Half {
    tree: Block,
    turns: Vec<Option<u64>>,
}

impl Half {
    fn add(&mut self, stmt: Stmt, turn: Option<u64>) {
        self.tree.push(stmt);
        self.turns.push(turn);
    }
}

/// The variable for what an ordered statement writes: a name that no template can use.
fn taken_down(number: usize) -> Name {
    Rc::from(format!("written by {number}"))
}

/// Keeps what a statement writes in a variable.
fn take_down(target: Expr, stmt: Stmt) -> Stmt {
    statement(StmtKind::SetBlock {
        target,
        filter: None,
        body: vec![stmt],
    })
}

/// A call of `hand` with everything that is handed over.
fn call(hand: &Value, names: &[Name]) -> Stmt {
    let names = names.iter();
    let args = CallArgs {
        positional: names
            .map(|name| made(ExprKind::Name(name.clone())))
            .collect(),
        ..CallArgs::default()
    };
    let hand = Box::new(made(ExprKind::Const(hand.clone())));
    statement(StmtKind::Do(Expr {
        depth: 1,
        ..made(ExprKind::Call(hand, args))
    }))
}

fn made(kind: ExprKind) -> Expr {
    Expr {
        span: Span::default(),
        depth: 0,
        kind,
    }
}

fn statement(kind: StmtKind) -> Stmt {
    Stmt {
        span: Span::default(),
        kind,
    }
}
