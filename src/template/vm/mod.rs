//! The evaluator: runs a program against values, writing into a byte buffer.

use std::rc::Rc;

use super::engine::{Engine, Limits, Run, Vars};
use super::program::Program;
use super::{Args, Error, Value};
use crate::fake::Random;

/// A render in progress: what native functions and host objects get to see of it.
pub struct Ctx<'r> {
    engine: Engine,
    random: &'r mut dyn Random,
    vars: &'r Vars,
    limits: Limits,
    now_us: i64,
    out: Vec<u8>,
}

impl<'r> Ctx<'r> {
    pub(super) fn new(engine: Engine, run: Run<'r>, out: Vec<u8>) -> Self {
        Self {
            engine,
            random: run.random,
            vars: run.vars,
            limits: run.limits,
            now_us: run.now_us,
            out,
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn render(&mut self, program: &Rc<Program>) -> Result<(), Error> {
        todo!()
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
        todo!()
    }

    /// An error when a text or list of this many bytes or items may not be made.
    pub fn check_size(&self, size: usize) -> Result<(), Error> {
        todo!()
    }

    /// Calls a function, macro or any callable value.
    pub fn call(&mut self, callee: &Value, args: &Args<'_>) -> Result<Value, Error> {
        todo!()
    }

    /// All values of an iteration.
    pub fn collect(&mut self, value: &Value) -> Result<Vec<Value>, Error> {
        todo!()
    }
}
