//! stub
use super::Value;
use super::engine::{Symbol, Vars};
use std::cell::RefCell;
use std::rc::Rc;
pub(super) struct Program {
    pub name: Rc<str>,
    pub uses: Vec<Symbol>,
    pub references: Vec<Rc<str>>,
    pub own: RefCell<Option<Vars>>,
    pub module: RefCell<Option<Value>>,
}
