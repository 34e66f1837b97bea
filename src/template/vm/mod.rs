//! The evaluator: runs a program against values, writing into a byte buffer.

mod blocks;
mod call;
mod expr;
mod files;
mod iterate;
mod loops;
mod method;
mod stmt;

use std::cell::RefCell;
use std::rc::Rc;

pub(super) use expr::compare;
pub(super) use iterate::OneShot;

pub(super) use blocks::Context;

use super::engine::{Engine, Limits, Run, Symbol, Vars};
use super::program::{Code, Init, Program, Var};
use super::{Args, Error, Object, Place, Span, Str, Value};
use crate::fake::Random;

/// A render in progress: what native functions and host objects get to see of it.
pub struct Ctx<'r> {
    engine: &'r Engine,
    random: &'r mut dyn Random,
    vars: &'r Vars,
    limits: Limits,
    now_us: i64,
    /// Rendered so far; its tail is also where captured text is put together.
    out: Vec<u8>,
    /// Slots of all frames; those from `top` on are undefined.
    stack: Vec<Value>,
    top: usize,
    frame: Frame,
    /// The innermost captured text, for filter blocks.
    captured: Value,
    frames: u64,
    steps: u64,
    /// Where the thread's stack was when the render began.
    bottom: usize,
    profiling: bool,
}

/// The function that is running.
struct Frame {
    id: u64,
    base: usize,
    program: Option<Rc<Program>>,
    context: Rc<Context>,
    /// Name of the block and which of its definitions, for `super()`.
    block: Option<Box<(Rc<str>, usize)>>,
}

/// A variable that inner functions see.
struct Cell(RefCell<Value>);

impl Object for Cell {
    fn type_name(&self) -> &str {
        "cell"
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        let value = self.0.take();
        if value.may_nest() {
            super::value::drop_nested(value, |value| vec![value]);
        }
    }
}

fn stack_address() -> usize {
    let marker = 0_u8;
    (&raw const marker).addr()
}

impl<'r> Ctx<'r> {
    pub(super) fn new<'a: 'r>(
        engine: &'r Engine,
        run: Run<'a>,
        out: Vec<u8>,
        program: &Rc<Program>,
    ) -> Self {
        let stack = engine.take_scratch();
        let spare = engine.take_context().filter(|_| program.blocks.is_empty());
        let context = spare.unwrap_or_else(|| Rc::new(Context::root(program)));
        let profiling = engine.is_profiling();
        Self {
            engine,
            random: run.random,
            vars: run.vars,
            limits: run.limits,
            now_us: run.now_us,
            out,
            stack,
            top: 0,
            frame: Frame {
                id: 0,
                base: 0,
                program: None,
                context,
                block: None,
            },
            captured: Value::Undefined,
            frames: 0,
            steps: run.limits.steps,
            bottom: stack_address(),
            profiling,
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if Rc::get_mut(&mut self.frame.context).is_some_and(Context::reset) {
            self.engine.give_context(self.frame.context);
        }
        self.engine.give_scratch(self.stack);
        self.out
    }

    pub(super) fn render(&mut self, program: &Rc<Program>) -> Result<(), Error> {
        let limit = self.limits.output_bytes;
        self.limits.output_bytes = limit.saturating_add(self.out.len());
        super::repr::was_cut();
        self.run_root(program)?;
        if super::repr::was_cut() || self.out.len() > self.limits.output_bytes {
            return Err(Error::limit("the output is too long"));
        }
        Ok(())
    }

    /// Runs the template that is rendered, in the frame that is there, and those it extends.
    fn run_root(&mut self, program: &Rc<Program>) -> Result<(), Error> {
        self.guard()?;
        self.tick()?;
        self.frames += 1;
        self.frame.id = self.frames;
        self.frame.program = Some(Rc::clone(program));
        let base = self.reserve(program.root.slots);
        let done = self.profiled(program, |ctx| ctx.run_code(&program.root));
        self.release(base);
        done?;
        match self.frame.context.take_extended() {
            Some((parent, mark)) => {
                self.out.truncate(mark);
                let context = Rc::clone(&self.frame.context);
                self.run_template(&parent, context)
            }
            None => Ok(()),
        }
    }

    /// The random stream of this render.
    pub fn random(&mut self) -> &mut dyn Random {
        self.random
    }

    /// What "now" is: microseconds since the Unix epoch.
    pub fn now_us(&self) -> i64 {
        self.now_us
    }

    /// Charges work against the step limit; long-running native functions call it.
    pub fn step(&mut self, steps: u64) -> Result<(), Error> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                Err(Error::limit(format!(
                    "the template did not end within {} steps",
                    self.limits.steps
                ))
                .help("look for a loop or recursion that does not end"))
            }
        }
    }

    /// An error when a text or list of this many bytes or items may not be made.
    pub fn check_size(&self, size: usize) -> Result<(), Error> {
        if size > self.limits.output_bytes {
            return Err(Error::limit(format!(
                "the result is too large: {size}, at most {}",
                self.limits.output_bytes
            )));
        }
        Ok(())
    }

    /// Charges what making or walking a long list or text costs beside the step that does it. Running
    /// out shows at the next step.
    pub(super) fn charge(&mut self, value: &Value) {
        let work = match value {
            Value::List(list) => list.borrow().len() / 16,
            Value::Tuple(items) => items.len() / 16,
            Value::Str(text) => text.byte_len() / 64,
            Value::Safe(text) => text.len() / 64,
            _ => return,
        };
        self.steps = self.steps.saturating_sub(work as u64);
    }

    /// [`Ctx::charge`] of a text that was made; other results may be what was there before.
    pub(super) fn charge_text(&mut self, made: &Result<Value, Error>) {
        if let Ok(text @ (Value::Str(_) | Value::Safe(_))) = made {
            self.charge(text);
        }
    }

    /// A filter the host added.
    pub(super) fn host_filter(&self, name: &str) -> Option<Value> {
        self.engine.filter(name)
    }

    /// Most bytes or items of one value.
    pub(super) fn largest(&self) -> usize {
        self.limits.output_bytes
    }

    /// Charges one statement or loop round.
    #[inline]
    fn tick(&mut self) -> Result<(), Error> {
        if self.steps == 0 {
            return self.step(1);
        }
        self.steps -= 1;
        if self.out.len() > self.limits.output_bytes {
            return Err(Error::limit("the output is too long"));
        }
        Ok(())
    }

    /// An error when the thread's stack is nearly used up.
    pub(super) fn guard(&self) -> Result<(), Error> {
        if self.bottom.abs_diff(stack_address()) > self.limits.stack_bytes {
            return Err(Error::limit("nested too deeply").help(
                "look for a macro that calls itself, or a file that includes or imports itself",
            ));
        }
        Ok(())
    }

    /// All values of an iteration.
    pub fn collect(&mut self, value: &Value) -> Result<Vec<Value>, Error> {
        self.iterate_all(value)
    }

    fn place(&self, span: Span) -> Place {
        match &self.frame.program {
            Some(program) => Place::of(&program.name, &program.source, span),
            None => Place::of(&Rc::from(""), "", span),
        }
    }

    fn source(&self, span: Span) -> &str {
        let program = self.frame.program.as_ref();
        let range = span.start as usize..span.end as usize;
        program
            .and_then(|program| program.source.get(range))
            .unwrap_or_default()
    }

    fn slot(&self, slot: u16) -> Value {
        let at = self.frame.base + usize::from(slot);
        self.stack.get(at).cloned().unwrap_or_default()
    }

    fn cell(&self, slot: u16) -> Value {
        let at = self.frame.base + usize::from(slot);
        match self.stack.get(at).and_then(Value::downcast::<Cell>) {
            Some(cell) => cell.0.borrow().clone(),
            None => Value::Undefined,
        }
    }

    fn load(&self, var: Var) -> Value {
        if var.cell {
            self.cell(var.slot)
        } else {
            self.slot(var.slot)
        }
    }

    #[inline(always)]
    fn store(&mut self, var: Var, value: Value) {
        let at = self.frame.base + usize::from(var.slot);
        let Some(slot) = self.stack.get_mut(at) else {
            return;
        };
        if var.cell {
            Self::store_in_cell(slot, value);
        } else {
            value.put(slot);
        }
    }

    #[inline(never)]
    fn store_in_cell(slot: &mut Value, value: Value) {
        match slot.downcast::<Cell>() {
            Some(cell) => *cell.0.borrow_mut() = value,
            None => *slot = value,
        }
    }

    /// Runs what a scope starts with.
    fn enter(&mut self, inits: &[Init]) {
        for init in inits {
            let (to, value) = match init {
                Init::Context { symbol, to } if !to.cell => {
                    let at = self.frame.base + usize::from(to.slot);
                    let known = self.frame.context.at_hand(*symbol, self.vars);
                    if let (Some(known), Some(slot)) = (known, self.stack.get_mut(at)) {
                        known.clone().put(slot);
                        continue;
                    }
                    (*to, self.resolve(*symbol))
                }
                Init::Undefined(to) => (*to, Value::Undefined),
                Init::Copy { from, to } => (*to, self.load(*from)),
                Init::Context { symbol, to } => (*to, self.resolve(*symbol)),
            };
            let at = self.frame.base + usize::from(to.slot);
            if let Some(slot) = self.stack.get_mut(at) {
                let value = if to.cell {
                    Value::object(Cell(RefCell::new(value)))
                } else {
                    value
                };
                value.put(slot);
            }
        }
    }

    fn resolve(&self, symbol: Symbol) -> Value {
        let found = self.frame.context.lookup(symbol, self.vars);
        found
            .or_else(|| self.engine.global(symbol))
            .unwrap_or_default()
    }

    /// Runs `body` in a new frame.
    fn with_frame<T>(
        &mut self,
        program: &Rc<Program>,
        context: Rc<Context>,
        block: Option<(Rc<str>, usize)>,
        slots: u16,
        body: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let base = self.reserve(slots);
        let done = self.in_frame(base, program, context, block, body);
        self.release(base);
        done
    }

    /// Room for the slots of a frame: where it begins.
    #[inline]
    fn reserve(&mut self, slots: u16) -> usize {
        let base = self.top;
        self.top += usize::from(slots);
        if self.stack.len() < self.top {
            self.stack.resize_with(self.top, Value::default);
        }
        base
    }

    /// Gives the slots from `base` on back.
    #[inline]
    fn release(&mut self, base: usize) {
        let used = self.stack.get_mut(base..self.top).unwrap_or_default();
        for slot in used {
            if slot.is_plain() {
                // Only the tag is written then.
                std::mem::forget(std::mem::take(slot));
            } else {
                *slot = Value::Undefined;
            }
        }
        self.top = base;
    }

    /// Runs `body` in a frame whose slots begin at `base`.
    fn in_frame<T>(
        &mut self,
        base: usize,
        program: &Rc<Program>,
        context: Rc<Context>,
        block: Option<(Rc<str>, usize)>,
        body: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.guard()?;
        self.tick()?;
        self.frames += 1;
        let frame = Frame {
            id: self.frames,
            base,
            program: Some(Rc::clone(program)),
            context,
            block: block.map(Box::new),
        };
        let outer = std::mem::replace(&mut self.frame, frame);
        let done = self.profiled(program, body);
        self.frame = outer;
        done
    }

    /// Runs `body` and counts it for its program, when renders are profiled.
    #[inline]
    fn profiled<T>(
        &mut self,
        program: &Rc<Program>,
        body: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let caller = self.profiling.then(|| {
            self.engine
                .profiler(|profiler| profiler.enter(&program.name))
        });
        let done = body(self);
        if let Some(Some(caller)) = caller {
            let written = self.out.len();
            self.engine
                .profiler(|profiler| profiler.leave(caller, written));
        }
        done
    }

    /// Counts what comes for a line of the current file.
    #[cold]
    fn mark_line(&mut self, line: u32) {
        let written = self.out.len();
        if let Some(program) = &self.frame.program {
            self.engine
                .profiler(|profiler| profiler.line(&program.name, line, written));
        }
    }

    /// Runs a body of the current frame's program, whose slots are all undefined yet.
    fn run_code(&mut self, code: &Code) -> Result<(), Error> {
        self.enter(&code.enter);
        self.block(&code.body)?;
        Ok(())
    }

    /// Writes where the result of a [`super::object::Function::text`] goes, with random draws at hand.
    pub fn write<T>(&mut self, write: impl FnOnce(&mut dyn Random, &mut Vec<u8>) -> T) -> T {
        write(self.random, &mut self.out)
    }

    /// The text that `write` appends to the output.
    pub(super) fn captured(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<Value, Error> {
        let start = self.out.len();
        write(self)?;
        Ok(Value::Str(self.take_text(start)))
    }

    /// Appends the printed form of a value to the output.
    pub fn print(&mut self, value: &Value) {
        super::repr::emit(value, &mut self.out);
    }

    /// Takes what was written since `start` as a text.
    fn take_text(&mut self, start: usize) -> Str {
        let tail = self.out.get(start..).unwrap_or_default();
        let text = Str::from_utf8(tail);
        // Long texts are work too: one that grows in every round of a loop without end ends it.
        self.steps = self.steps.saturating_sub(tail.len() as u64 / 64);
        self.out.truncate(start);
        text
    }

    /// Calls a function, macro or any callable value.
    pub fn call(&mut self, callee: &Value, args: &Args<'_>) -> Result<Value, Error> {
        match callee {
            Value::Object(object) => Rc::clone(object).call(self, args),
            Value::Undefined => Err(Error::undefined("what is called is undefined")),
            _ => Err(Error::type_error(format!(
                "'{}' object is not callable",
                callee.type_name()
            ))),
        }
    }
}
