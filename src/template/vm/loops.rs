//! `for` loops and the `loop` variable.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::Ctx;
use super::iterate::Iteration;
use crate::template::program::{AttrExpr, Fill, For, Operand, Target};
use crate::template::{Args, Dict, Error, List, Object, Tuple, Value, access};

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Ctx<'_> {
    #[inline(never)]
    pub(super) fn for_loop(&mut self, one: &Rc<For>) -> Result<Flow, Error> {
        let source = self.eval(&one.iter)?;
        if one.loop_var.is_some() {
            self.extended_loop(one, &source, 0)?;
            return Ok(Flow::Next);
        }
        let (mut source, mut tested) = self.selected(one, source);
        if let (Some(kept), false) = (&one.kept, tested)
            && let Some(items) = self.kept(one, kept, &source)?
        {
            source = items;
            tested = true;
        }
        // Only such a source selects by itself, or is kept.
        let fixed = tested && one.test.is_some();
        if (tested && self.append_all(one, &source, fixed)?) || self.refill(one)? {
            return Ok(Flow::Next);
        }
        let fresh = one.fill.as_ref().and_then(|fill| self.filled(fill));
        let fresh = fresh.is_some_and(|dict| dict.borrow().is_empty());
        let iteration = Iteration::of(&source);
        let mut iteration = iteration.map_err(|error| error.at(|| self.place(one.span)))?;
        let mut completed = false;
        loop {
            let next = iteration.next(self);
            let Some(item) = next.map_err(|error| error.at(|| self.place(one.span)))? else {
                break;
            };
            self.tick()?;
            self.set_item(one, item)?;
            if !tested
                && let Some(test) = &one.test
                && !self.truth(test)?
            {
                continue;
            }
            match self.block(&one.body)? {
                Flow::Next => completed = true,
                Flow::Continue => {}
                Flow::Break => break,
            }
        }
        self.loop_else(one, completed)?;
        if fresh {
            self.keep_fill(one, &source);
        }
        Ok(Flow::Next)
    }

    /// The items that pass the loop's test, when the source can tell at once; else all of them.
    fn selected(&self, one: &For, source: Value) -> (Value, bool) {
        if let (Value::Object(host), Some((name, operand))) = (&source, &one.select) {
            let value = match operand {
                Operand::Const(value) => value.clone(),
                Operand::Var(var) => self.load(*var),
            };
            if let Some(found) = host.select_equal(name, &value) {
                return (found, true);
            }
        }
        (source, one.test.is_none())
    }

    /// The items that pass a test that always gives the same for them, if the source never changes.
    fn kept(
        &mut self,
        one: &For,
        kept: &RefCell<Option<(Value, Tuple)>>,
        source: &Value,
    ) -> Result<Option<Value>, Error> {
        match source {
            Value::Object(object) if object.is_fixed() => {}
            _ => return Ok(None),
        }
        if let Some((of, passed)) = &*kept.borrow()
            && of.same_as(source)
        {
            return Ok(Some(Value::Tuple(passed.clone())));
        }
        let mut passed = Vec::new();
        let all = self.iterate_all(source);
        for item in all.map_err(|error| error.at(|| self.place(one.span)))? {
            self.tick()?;
            self.set_item(one, item.clone())?;
            if one
                .test
                .as_ref()
                .map_or(Ok(true), |test| self.truth(test))?
            {
                passed.push(item);
            }
        }
        let passed = Tuple::new(passed);
        *kept.borrow_mut() = Some((source.clone(), passed.clone()));
        Ok(Some(Value::Tuple(passed)))
    }

    /// Appends all items to lists at once, when that is all that the loop does; false when it is not,
    /// or when the rounds have something to tell: an error, a list that grows as it is read.
    ///
    /// `fixed` says that the items and their attributes never change.
    fn append_all(&mut self, one: &For, source: &Value, fixed: bool) -> Result<bool, Error> {
        let (false, Some(items)) = (one.append.is_empty(), source.as_tuple()) else {
            return Ok(false);
        };
        let mut lists: Vec<List> = Vec::with_capacity(one.append.len());
        for (slot, _) in &one.append {
            match self.stack.get(self.frame.base + usize::from(*slot)) {
                // One list under two names gets its items in turns.
                Some(Value::List(list))
                    if lists.iter().all(|known| known.address() != list.address()) =>
                {
                    lists.push(list.clone());
                }
                _ => return Ok(false),
            }
        }
        let full = |list: &List| self.check_size(list.borrow().len() + items.len()).is_err();
        // Rounds tell more where an attribute is an error, as it may be of other items.
        let objects = items.iter().all(|item| matches!(item, Value::Object(_)));
        let plain = objects || one.append.iter().all(|(_, attr)| attr.is_none());
        if !plain || !one.other.is_empty() || lists.iter().any(full) {
            return Ok(false);
        }
        let lent = match source {
            Value::Tuple(items) => Some(items),
            _ => None,
        };
        for (at, ((_, attr), list)) in one.append.iter().zip(&lists).enumerate() {
            match (attr, lent) {
                (None, Some(items)) => list.extend_lent(items),
                (None, None) => list.borrow_mut().extend_from_slice(items),
                (Some(attr), Some(items)) if fixed => {
                    list.extend_lent(&self.plucked(one, at, attr, items)?);
                }
                (Some(attr), _) => {
                    let values = self.attributes(attr, items)?;
                    list.borrow_mut().extend(values);
                }
            }
        }
        // As the rounds and their statements would.
        let statements = one.append.len() as u64;
        self.step((1 + statements) * items.len() as u64)?;
        Ok(true)
    }

    fn attributes(&self, attr: &AttrExpr, items: &[Value]) -> Result<Vec<Value>, Error> {
        let one = |item| access::attribute_at(item, attr);
        let all: Result<_, Error> = items.iter().map(one).collect();
        all.map_err(|error| error.at(|| self.place(attr.span)))
    }

    /// An attribute of each item of a tuple that is the same every time: looked up once.
    fn plucked(
        &self,
        one: &For,
        at: usize,
        attr: &AttrExpr,
        items: &Tuple,
    ) -> Result<Tuple, Error> {
        /// Tuples that are remembered; few loops see more.
        const MOST: usize = 16;
        let known = one.plucked.borrow();
        let found = known.iter().find(|(of, by, _)| *by == at && of.is(items));
        if let Some((.., values)) = found {
            return Ok(values.clone());
        }
        drop(known);
        let values = Tuple::new(self.attributes(attr, items)?);
        let mut known = one.plucked.borrow_mut();
        if known.len() < MOST {
            known.push((items.clone(), at, values.clone()));
        }
        Ok(values)
    }

    /// The dict that a loop puts its items into, when that is all it does.
    fn filled(&self, fill: &Fill) -> Option<&Dict> {
        match self.stack.get(self.frame.base + usize::from(fill.slot)) {
            Some(Value::Dict(dict)) => Some(dict),
            _ => None,
        }
    }

    /// Fills the dict as the loop did before; false when it has to run.
    fn refill(&mut self, one: &For) -> Result<bool, Error> {
        let Some(fill) = &one.fill else {
            return Ok(false);
        };
        let made = fill.made.borrow();
        let (Some(made), Some(dict)) = (&*made, self.filled(fill)) else {
            return Ok(false);
        };
        if !dict.borrow().is_empty() || self.check_size(made.len()).is_err() {
            return Ok(false);
        }
        *dict.borrow_mut() = made.shallow_copy();
        self.step(2 * made.len() as u64)?;
        Ok(true)
    }

    /// Keeps what the loop put into a dict that was empty before.
    fn keep_fill(&self, one: &For, source: &Value) {
        let Some(fill) = &one.fill else {
            return;
        };
        if let (Some(dict), Ok(rounds)) = (self.filled(fill), source.len()) {
            let dict = dict.borrow();
            // As many entries as rounds, so that the steps can be counted by entries later.
            if dict.len() == rounds {
                *fill.made.borrow_mut() = Some(dict.shallow_copy());
            }
        }
    }

    /// Sets the variables of a round.
    fn set_item(&mut self, one: &For, item: Value) -> Result<(), Error> {
        if !one.enter.is_empty() {
            self.enter(&one.enter);
        }
        match &one.target {
            Target::Var(var) => self.store(*var, item),
            target => self.assign(target, item)?,
        }
        Ok(())
    }

    fn loop_else(&mut self, one: &For, completed: bool) -> Result<(), Error> {
        if !completed && !one.other.is_empty() {
            self.enter(&one.other_enter);
            self.block(&one.other)?;
        }
        Ok(())
    }

    /// A loop whose body looks at `loop`.
    fn extended_loop(&mut self, one: &Rc<For>, source: &Value, depth: usize) -> Result<(), Error> {
        let items = self.loop_items(one, source)?;
        let Some(loop_var) = one.loop_var else {
            return Ok(());
        };
        let state = Rc::new(LoopValue {
            items,
            index: Cell::new(0),
            changed: RefCell::new(None),
            depth,
            body: Rc::clone(one),
            frame: self.frame.id,
        });
        let value = Value::Object(Rc::<LoopValue>::clone(&state));
        let watched = source.type_name().starts_with("dict").then(|| source.len());
        let size = watched.and_then(Result::ok);
        let mut completed = false;
        while let Some(item) = state.items.get(state.index.get()) {
            self.tick()?;
            if size.is_some() && source.len().ok() != size {
                let error = Error::value_error("dict changed size during iteration");
                return Err(error.at(|| self.place(one.span)));
            }
            self.enter(&one.enter);
            self.assign(&one.target, item)?;
            self.store(loop_var, value.clone());
            match self.block(&one.body)? {
                Flow::Next => completed = true,
                Flow::Continue => {}
                Flow::Break => break,
            }
            state.index.set(state.index.get() + 1);
        }
        self.loop_else(one, completed)
    }

    /// The items of a loop: a list itself, so that changes to it show, else a copy.
    fn loop_items(&mut self, one: &Rc<For>, source: &Value) -> Result<List, Error> {
        let (source, tested) = self.selected(one, source.clone());
        if let (Value::List(list), None) = (&source, &one.test) {
            return Ok(list.clone());
        }
        let all = self.iterate_all(&source);
        let all = all.map_err(|error| error.at(|| self.place(one.span)))?;
        let (false, Some(test)) = (tested, &one.test) else {
            return Ok(List::new(all));
        };
        let mut kept = Vec::new();
        for item in all {
            self.tick()?;
            self.set_item(one, item.clone())?;
            if self.truth(test)? {
                kept.push(item);
            }
        }
        Ok(List::new(kept))
    }

    /// `loop(...)`: the body again, for other items, into a text.
    fn recurse(&mut self, state: &LoopValue, source: &Value) -> Result<Value, Error> {
        if state.frame != self.frame.id {
            return Err(Error::value_error(
                "loop(...) can only be called inside its own loop",
            ));
        }
        self.guard()?;
        let (first, end) = state.body.slots;
        let base = self.frame.base;
        let range = base + usize::from(first)..base + usize::from(end);
        let saved: Vec<Value> = self.stack.get(range.clone()).unwrap_or_default().to_vec();
        let start = self.out.len();
        let done = self.extended_loop(&state.body, source, state.depth + 1);
        if let Some(slots) = self.stack.get_mut(range) {
            slots.clone_from_slice(&saved);
        }
        done?;
        Ok(Value::Str(self.take_text(start)))
    }
}

/// The `loop` variable.
struct LoopValue {
    items: List,
    index: Cell<usize>,
    changed: RefCell<Option<Vec<Value>>>,
    depth: usize,
    body: Rc<For>,
    frame: u64,
}

impl LoopValue {
    fn near(&self, offset: isize) -> Value {
        let at = self.index.get().checked_add_signed(offset);
        at.and_then(|at| self.items.get(at)).unwrap_or_default()
    }

    fn cycle(&self, args: &Args<'_>) -> Result<Value, Error> {
        let len = args.positional.len();
        let at = self.index.get().checked_rem(len);
        match at.and_then(|at| args.positional.get(at)) {
            Some(value) => Ok(value.clone()),
            None => Err(Error::type_error("no items for cycling given")),
        }
    }

    fn changed(&self, args: &Args<'_>) -> bool {
        let mut last = self.changed.borrow_mut();
        let same = last
            .as_ref()
            .is_some_and(|last| last.as_slice() == args.positional);
        if !same {
            *last = Some(args.positional.to_vec());
        }
        !same
    }
}

impl Object for LoopValue {
    fn type_name(&self) -> &str {
        "LoopContext"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let index = self.index.get();
        let len = self.items.borrow().len();
        Some(match name {
            "index" => Value::from(index + 1),
            "index0" => Value::from(index),
            "revindex" => Value::from(len.saturating_sub(index)),
            "revindex0" => Value::from(len.saturating_sub(index + 1)),
            "first" => Value::Bool(index == 0),
            "last" => Value::Bool(index + 1 >= len),
            "length" => Value::from(len),
            "depth" => Value::from(self.depth + 1),
            "depth0" => Value::from(self.depth),
            "previtem" => self.near(-1),
            "nextitem" => self.near(1),
            _ => return None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "cycle" | "changed")
    }

    fn call_method(
        self: Rc<Self>,
        _: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match name {
            "cycle" => self.cycle(args),
            "changed" => Ok(Value::Bool(self.changed(args))),
            _ => Err(crate::template::object::no_attribute("LoopContext", name)),
        }
    }

    fn text(&self, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
        let len = self.items.borrow().len();
        write!(out, "<LoopContext {}/{len}>", self.index.get() + 1)
    }

    fn is_callable(&self) -> bool {
        self.body.recursive
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        if !self.body.recursive {
            return Err(Error::type_error("the loop is not marked 'recursive'"));
        }
        let [source] = args.bind("loop", ["iterable"], 1)?;
        ctx.recurse(&self, source.unwrap_or(&Value::Undefined))
    }

    fn len(&self) -> Option<usize> {
        Some(self.items.borrow().len())
    }

    fn truth(&self) -> bool {
        true
    }
}
