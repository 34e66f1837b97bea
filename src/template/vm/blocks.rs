//! What a template sees beside its own variables, and template inheritance.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::Ctx;
use crate::template::engine::{Symbol, Vars};
use crate::template::program::{Block, Program, Snapshot};
use crate::template::{Args, Error, ErrorKind, Object, Span, Value};

/// A block and the program it belongs to.
type Definition = (Rc<Program>, Rc<Block>);

/// The context of a running template.
#[derive(Default)]
pub(in crate::template) struct Context {
    /// Top-level variables, as blocks and includes see them.
    exported: RefCell<Vec<(Symbol, Value)>>,
    /// Variables handed over by an include or import with context.
    locals: Vec<(Symbol, Value)>,
    /// The context that was handed over with them.
    parent: Option<Rc<Context>>,
    /// Sees the variables of the render, not only the globals.
    sees_vars: bool,
    /// Globals of a configured template, instead of those of the render.
    own: Option<Vars>,
    blocks: RefCell<HashMap<Rc<str>, Vec<Definition>>>,
    extended: RefCell<Option<(Rc<Program>, usize)>>,
    /// Templates extended so far, one by the other.
    ancestors: Cell<u32>,
}

fn find(values: &[(Symbol, Value)], symbol: Symbol) -> Option<Value> {
    let found = values.iter().rev().find(|(known, _)| *known == symbol);
    found.map(|(_, value)| value.clone())
}

impl Context {
    /// Of the template that is rendered.
    pub fn root(program: &Rc<Program>) -> Self {
        let context = Self {
            sees_vars: true,
            ..Self::default()
        };
        context.add_blocks(program);
        context
    }

    /// Makes a root context as good as new for a template without blocks; false when that cannot be.
    pub fn reset(&mut self) -> bool {
        self.exported.get_mut().clear();
        self.ancestors.set(0);
        self.blocks.get_mut().is_empty() && self.extended.get_mut().is_none()
    }

    /// Of an imported template: globals only.
    pub fn bare(program: &Rc<Program>) -> Self {
        let context = Self {
            own: program.own.borrow().clone(),
            ..Self::default()
        };
        context.add_blocks(program);
        context
    }

    /// Of an included template or a scoped block: everything visible here.
    pub fn child(parent: &Rc<Self>, locals: Vec<(Symbol, Value)>, program: &Rc<Program>) -> Self {
        let context = Self {
            locals,
            parent: Some(Rc::clone(parent)),
            ..Self::default()
        };
        context.add_blocks(program);
        context
    }

    fn scoped(parent: &Rc<Self>, locals: Vec<(Symbol, Value)>) -> Self {
        Self {
            locals,
            parent: Some(Rc::clone(parent)),
            blocks: RefCell::new(parent.blocks.borrow().clone()),
            ..Self::default()
        }
    }

    fn add_blocks(&self, program: &Rc<Program>) {
        if program.blocks.is_empty() {
            return;
        }
        let mut blocks = self.blocks.borrow_mut();
        for (name, block) in &program.blocks {
            let known = blocks.entry(Rc::clone(name)).or_default();
            known.push((Rc::clone(program), Rc::clone(block)));
        }
    }

    /// What [`Context::lookup`] finds among the variables of the render, when nothing here can hide it.
    #[inline]
    pub fn at_hand<'v>(&self, symbol: Symbol, vars: &'v Vars) -> Option<&'v Value> {
        let plain = self.sees_vars && self.parent.is_none() && self.locals.is_empty();
        let plain = plain && self.exported.borrow().is_empty();
        let found = vars.context.get(symbol as usize).filter(|_| plain);
        found.and_then(Option::as_ref)
    }

    /// The template that this one turned out to extend, and how much of its output stays.
    pub fn take_extended(&self) -> Option<(Rc<Program>, usize)> {
        self.extended.borrow_mut().take()
    }

    pub fn lookup(&self, symbol: Symbol, vars: &Vars) -> Option<Value> {
        if let Some(value) = find(&self.exported.borrow(), symbol) {
            return Some(value);
        }
        if let Some(value) = find(&self.locals, symbol) {
            return Some(value);
        }
        if let Some(parent) = &self.parent {
            return parent.lookup(symbol, vars);
        }
        let at = symbol as usize;
        if self.sees_vars
            && let Some(Some(value)) = vars.context.get(at)
        {
            return Some(value.clone());
        }
        let globals = self.own.as_ref().unwrap_or(vars);
        globals.globals.get(at).cloned().flatten()
    }

    pub fn export(&self, symbol: Symbol, value: Value) {
        let mut exported = self.exported.borrow_mut();
        match exported.iter_mut().find(|(known, _)| *known == symbol) {
            Some(slot) => slot.1 = value,
            None => exported.push((symbol, value)),
        }
    }

    fn block(&self, name: &str, depth: usize) -> Option<Definition> {
        self.blocks.borrow().get(name)?.get(depth).cloned()
    }

    fn has_block(&self, name: &str) -> bool {
        self.blocks.borrow().contains_key(name)
    }
}

/// More templates that extend each other are a circle.
const MOST_ANCESTORS: u32 = 100;

impl Ctx<'_> {
    /// Runs a template's top level and, if it extends another, that one.
    pub(super) fn run_template(
        &mut self,
        program: &Rc<Program>,
        context: Rc<Context>,
    ) -> Result<(), Error> {
        let mut program = Rc::clone(program);
        loop {
            let inner = Rc::clone(&context);
            let slots = program.root.slots;
            self.with_frame(&program, inner, None, slots, |ctx| {
                ctx.run_code(&program.root)
            })?;
            let Some((parent, mark)) = context.take_extended() else {
                return Ok(());
            };
            self.out.truncate(mark);
            program = parent;
        }
    }

    /// `keeps` leaves the output that follows in the extending template.
    pub(super) fn extend(&mut self, name: &Value, keeps: bool, span: Span) -> Result<(), Error> {
        let context = Rc::clone(&self.frame.context);
        let at = |ctx: &Self, error: Error| error.at(|| ctx.place(span));
        if context.extended.borrow().is_some() {
            let error = Error::new(ErrorKind::Value, "the template extends two others");
            return Err(at(self, error));
        }
        context.ancestors.set(context.ancestors.get() + 1);
        if context.ancestors.get() > MOST_ANCESTORS {
            let error = Error::limit("templates extend each other in a circle");
            return Err(at(self, error));
        }
        let parent = self.load_template(name).map_err(|error| at(self, error))?;
        context.add_blocks(&parent);
        let mark = if keeps { usize::MAX } else { self.out.len() };
        *context.extended.borrow_mut() = Some((parent, mark));
        Ok(())
    }

    /// Values of visible variables, for a context that is handed over.
    pub(super) fn snapshot(&self, snapshot: &Snapshot) -> Vec<(Symbol, Value)> {
        let values = snapshot
            .iter()
            .map(|(symbol, var)| (*symbol, self.load(*var)));
        let mut values: Vec<_> = values.filter(|(_, value)| !value.is_undefined()).collect();
        values.reverse();
        values
    }

    pub(super) fn run_block(
        &mut self,
        name: &Rc<str>,
        depth: usize,
        context: Rc<Context>,
    ) -> Result<(), Error> {
        let Some((program, block)) = context.block(name, depth) else {
            let message = format!("there is no parent block called '{name}'");
            return Err(Error::undefined(message));
        };
        if block.required && context.block(name, depth + 1).is_none() && depth == 0 {
            let message = format!("the required block '{name}' is not filled in");
            return Err(Error::new(ErrorKind::Value, message));
        }
        let here = Some((Rc::clone(name), depth));
        self.with_frame(&program, context, here, block.code.slots, |ctx| {
            ctx.run_code(&block.code)
        })
    }

    pub(super) fn block_stmt(
        &mut self,
        name: &Rc<str>,
        scoped: Option<&Snapshot>,
    ) -> Result<(), Error> {
        let context = match scoped {
            Some(snapshot) => {
                let locals = self.snapshot(snapshot);
                Rc::new(Context::scoped(&self.frame.context, locals))
            }
            None => Rc::clone(&self.frame.context),
        };
        self.run_block(name, 0, context)
    }

    pub(super) fn super_ref(&self) -> Value {
        match self.frame.block.as_deref() {
            Some((name, depth)) => Value::object(BlockRef {
                name: Rc::clone(name),
                depth: depth + 1,
                context: Rc::clone(&self.frame.context),
            }),
            None => Value::Undefined,
        }
    }

    pub(super) fn self_ref(&self) -> Value {
        let program = self.frame.program.as_ref();
        let name = program.map_or_else(|| Rc::from(""), |program| Rc::clone(&program.name));
        Value::object(SelfRef(Rc::clone(&self.frame.context), name))
    }
}

/// `super` and `self.name`.
struct BlockRef {
    name: Rc<str>,
    depth: usize,
    context: Rc<Context>,
}

impl Object for BlockRef {
    fn type_name(&self) -> &str {
        "BlockReference"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        args.none("block")?;
        let start = ctx.out.len();
        ctx.run_block(&self.name, self.depth, Rc::clone(&self.context))?;
        Ok(Value::Str(ctx.take_text(start)))
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "super").then(|| {
            Value::object(Self {
                name: Rc::clone(&self.name),
                depth: self.depth + 1,
                context: Rc::clone(&self.context),
            })
        })
    }
}

struct SelfRef(Rc<Context>, Rc<str>);

impl Object for SelfRef {
    fn type_name(&self) -> &str {
        "TemplateReference"
    }

    fn text(&self, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
        write!(out, "<TemplateReference {}>", Value::from(&*self.1).repr())
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.0.has_block(name).then(|| {
            Value::object(BlockRef {
                name: Rc::from(name),
                depth: 0,
                context: Rc::clone(&self.0),
            })
        })
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match self.get_attr(name) {
            Some(block) => ctx.call(&block, args),
            None => Err(Error::undefined(format!(
                "there is no block called '{name}'"
            ))),
        }
    }
}
