//! Syntax tree to program: names become slots, constants fold, filters, tests and methods are bound.

mod expr;
mod fold;
mod lent;
mod loops;
mod stmt;
pub(super) mod turns;

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::engine::{Engine, Symbol};
use super::program::{Block, Code, Expr, Init, Macro, Program, Snapshot, Stmt, Var};
use super::scope::{any_stmt, assigned, walk_names};
use super::syntax::ast::{self, Name, StmtKind};
use super::{Error, ErrorKind, Place, Span, Value};

use lent::Lent;

type Lowered<T> = Result<T, Error>;

/// Compiles a tree, or some statements of one, whose `turns` say which of them have random streams of
/// their own. Without `short`, all variables of the top level exist, as an import of it needs.
pub(super) fn lower(
    engine: &Engine,
    name: &str,
    source: &str,
    (tree, turns): (&ast::Block, &[Option<u64>]),
    short: bool,
) -> Lowered<Program> {
    let mut lowerer = Lowerer {
        engine,
        name: Rc::from(name),
        source: Rc::from(source),
        functions: Vec::new(),
        macros: Vec::new(),
        blocks: HashMap::new(),
        uses: Vec::new(),
        references: Vec::new(),
        soft: 0,
        loops: 0,
        mute: false,
        escape: false,
        exporting: needs_exports(tree),
        in_block: false,
        problems: Vec::new(),
        profiling: engine.is_profiling(),
        short,
        shortened: false,
    };
    let (root, exports) = lowerer.root(tree, turns)?;
    let plain = |stmt: &Stmt| {
        matches!(
            stmt,
            Stmt::Text(_) | Stmt::Macro(..) | Stmt::Line(_) | Stmt::Turn(_)
        )
    };
    let only_macros = !lowerer.shortened && root.body.iter().all(plain);
    Ok(Program {
        only_macros,
        shortened: lowerer.shortened,
        whole: OnceCell::new(),
        name: lowerer.name,
        source: lowerer.source,
        root,
        macros: lowerer.macros,
        blocks: lowerer.blocks,
        exports,
        uses: lowerer.uses,
        references: lowerer.references,
        problems: lowerer.problems,
        own: RefCell::new(None),
        module: RefCell::new(None),
    })
}

/// True when something outside the top level's frame looks at its variables by name.
fn needs_exports(tree: &ast::Block) -> bool {
    any_stmt(tree, &|kind| {
        matches!(
            kind,
            StmtKind::Block(_)
                | StmtKind::Extends(_)
                | StmtKind::Include { .. }
                | StmtKind::Import {
                    with_context: true,
                    ..
                }
                | StmtKind::FromImport {
                    with_context: true,
                    ..
                }
        )
    })
}

/// A scope within a function.
struct Scope {
    names: HashMap<Name, Var>,
    /// Names that are assignments, as opposed to names taken from the context.
    stores: Vec<Name>,
    /// Names that inner functions mention: their variables are cells.
    shared: HashSet<Name>,
    enter: Vec<Init>,
}

/// A function being compiled: the top level, a macro, a block.
struct Function {
    scopes: Vec<Scope>,
    slots: u16,
    captures: Vec<(u16, u16)>,
    /// Names from outside: of the functions around this one, and of the context.
    outside: HashMap<Name, Var>,
    context: Vec<Init>,
    /// False for blocks: they see nothing of the functions around them.
    closes: bool,
    /// What its body does with its variables.
    lent: Lent,
    /// Variables that are a constant from here on.
    settled: HashMap<Name, Value>,
}

struct Lowerer<'e> {
    engine: &'e Engine,
    name: Rc<str>,
    source: Rc<str>,
    functions: Vec<Function>,
    macros: Vec<Rc<Macro>>,
    blocks: HashMap<Rc<str>, Rc<Block>>,
    uses: Vec<Symbol>,
    references: Vec<(Rc<str>, Span, bool)>,
    /// Above zero in branches that may never run: unknown filters and tests are run-time errors.
    soft: u32,
    /// Loops of the current function that are open.
    loops: u32,
    /// True after `extends`: output goes nowhere.
    mute: bool,
    escape: bool,
    exporting: bool,
    in_block: bool,
    problems: Vec<Error>,
    /// Lines are marked.
    profiling: bool,
    /// Variables of the top level that are constants need not exist.
    short: bool,
    /// Some do not.
    shortened: bool,
}

impl Lowerer<'_> {
    fn place(&self, span: Span) -> Place {
        Place::of(&self.name, &self.source, span)
    }

    fn fail<T>(&self, span: Span, message: impl Into<String>) -> Lowered<T> {
        Err(Error::new(ErrorKind::Syntax, message).at(|| self.place(span)))
    }

    fn root(
        &mut self,
        tree: &ast::Block,
        turns: &[Option<u64>],
    ) -> Lowered<(Code, Vec<(Symbol, Var)>)> {
        self.open_function(true);
        if self.short {
            let lent = Lent::of(tree, &*self);
            self.function().lent = lent;
        }
        self.open_scope(tree)?;
        let body = self.statements(tree, turns)?;
        let exports = self.scope().stores.clone();
        let exports = exports
            .iter()
            .filter_map(|name| Some((self.engine.symbol(name), *self.scope().names.get(name)?)))
            .collect();
        Ok((self.close_function(body), exports))
    }

    fn open_function(&mut self, closes: bool) {
        self.functions.push(Function {
            scopes: Vec::new(),
            slots: 0,
            captures: Vec::new(),
            outside: HashMap::new(),
            context: Vec::new(),
            closes,
            lent: Lent::default(),
            settled: HashMap::new(),
        });
    }

    /// Ends a function of one scope.
    fn close_function(&mut self, body: Vec<Stmt>) -> Code {
        let scope = self.close_scope();
        let Some(function) = self.functions.pop() else {
            return Code::default();
        };
        let mut enter = function.context;
        // Slots are undefined when a function starts; only cells must be made.
        let made = |init: &Init| !matches!(init, Init::Undefined(var) if !var.cell);
        enter.extend(scope.enter.into_iter().filter(made));
        Code {
            slots: function.slots,
            enter,
            body,
        }
    }

    fn function(&mut self) -> &mut Function {
        if self.functions.is_empty() {
            self.open_function(true);
        }
        let last = self.functions.len() - 1;
        &mut self.functions[last]
    }

    fn scope(&mut self) -> &mut Scope {
        let function = self.function();
        if function.scopes.is_empty() {
            function.scopes.push(Scope::new());
        }
        let last = function.scopes.len() - 1;
        &mut function.scopes[last]
    }

    fn new_slot(&mut self) -> u16 {
        let function = self.function();
        let slot = function.slots;
        function.slots = slot.saturating_add(1);
        slot
    }

    /// Opens a scope and declares what its body assigns.
    fn open_scope(&mut self, body: &ast::Block) -> Lowered<()> {
        let names = assigned(body);
        let mut shared = HashSet::new();
        walk_names(body, false, &mut |name, inside| {
            if inside {
                shared.insert(name.clone());
            }
        });
        let inits: Vec<(Name, Option<Var>)> = names
            .names
            .iter()
            .map(|name| (name.clone(), self.find(name)))
            .collect();
        self.push_scope(shared);
        for (name, outer) in inits {
            let to = self.declare(&name);
            let init = match outer {
                Some(from) => Init::Copy { from, to },
                None if names.read_first.contains(&name) => Init::Context {
                    symbol: self.used(&name),
                    to,
                },
                // Assigned before it is read, so only a cell must be made, and includes must not
                // see what an earlier round left.
                None if !to.cell && !self.exporting => continue,
                None => Init::Undefined(to),
            };
            self.scope().enter.push(init);
        }
        if self.function().slots == u16::MAX {
            return Err(Error::limit("the template has too many variables"));
        }
        Ok(())
    }

    fn push_scope(&mut self, shared: HashSet<Name>) {
        let mut scope = Scope::new();
        scope.shared = shared;
        self.function().scopes.push(scope);
    }

    /// Ends a scope; what happens when it is entered. Its slots are not used again: the slots of
    /// names from outside, which are set when the function starts, may come later.
    fn close_scope(&mut self) -> Scope {
        self.function().scopes.pop().unwrap_or_else(Scope::new)
    }

    /// A new variable of the current scope.
    fn declare(&mut self, name: &Name) -> Var {
        if let Some(var) = self.scope().names.get(name) {
            return *var;
        }
        let cell = self.scope().shared.contains(name);
        let var = Var {
            slot: self.new_slot(),
            cell,
        };
        let scope = self.scope();
        scope.names.insert(name.clone(), var);
        scope.stores.push(name.clone());
        if self.exporting {
            let symbol = self.engine.symbol(name);
            self.engine.assumed(|assumed| assumed.store(symbol));
        }
        var
    }

    /// A new variable that its construct sets on entry.
    fn declare_param(&mut self, name: &Name) -> Var {
        let var = self.declare(name);
        let scope = self.scope();
        scope.enter.retain(|init| init.target() != var);
        scope.enter.push(Init::Undefined(var));
        var
    }

    fn used(&mut self, name: &str) -> Symbol {
        let symbol = self.engine.symbol(name);
        if !self.uses.contains(&symbol) {
            self.uses.push(symbol);
        }
        symbol
    }

    /// The variable of a name, if a scope has it.
    fn find(&mut self, name: &Name) -> Option<Var> {
        let innermost = self.functions.len().checked_sub(1)?;
        self.find_in(innermost, name)
    }

    fn find_in(&mut self, level: usize, name: &Name) -> Option<Var> {
        let function = self.functions.get(level)?;
        let local = function
            .scopes
            .iter()
            .rev()
            .find_map(|scope| scope.names.get(name));
        if let Some(var) = local.or_else(|| function.outside.get(name)) {
            return Some(*var);
        }
        if !function.closes || level == 0 {
            return None;
        }
        let outer = self.find_in(level - 1, name).filter(|var| var.cell)?;
        let function = self.functions.get_mut(level)?;
        let slot = function.slots;
        function.slots = slot.saturating_add(1);
        function.captures.push((outer.slot, slot));
        let var = Var { slot, cell: true };
        function.outside.insert(name.clone(), var);
        Some(var)
    }

    /// The variable of a name, taken from the context when no scope has it.
    fn resolve(&mut self, name: &Name) -> Var {
        if let Some(var) = self.find(name) {
            return var;
        }
        let symbol = self.used(name);
        let var = Var {
            slot: self.new_slot(),
            cell: false,
        };
        let function = self.function();
        function.context.push(Init::Context { symbol, to: var });
        function.outside.insert(name.clone(), var);
        var
    }

    /// A constant global that no scope shadows.
    fn constant(&mut self, name: &Name) -> Option<Value> {
        if self.find(name).is_some() {
            return None;
        }
        let value = self.engine.global(self.engine.symbol(name))?;
        let constant = matches!(&value, Value::Object(object) if object.is_constant());
        if constant {
            self.used(name);
        }
        constant.then_some(value)
    }

    /// The global that a name stands for in every render, when no scope has it.
    fn meant(&mut self, name: &Name) -> Option<Value> {
        if self.find(name).is_some() {
            return None;
        }
        let symbol = self.engine.symbol(name);
        let value = self.engine.global(symbol)?;
        if !self.engine.assumed(|assumed| assumed.bind(symbol)) {
            return None;
        }
        self.used(name);
        Some(value)
    }

    /// What reading an entry of a mapping that nobody changes gives: a constant, or a container, whose
    /// own contents may change.
    fn entry(&mut self, object: &ast::Expr, key: &str) -> Option<Expr> {
        let ast::ExprKind::Name(name) = &object.kind else {
            return None;
        };
        if self.find(name).is_some() || self.function().settled.contains_key(name) {
            return None;
        }
        let symbol = self.engine.symbol(name);
        let Some(Value::Dict(entries)) = self.engine.global(symbol) else {
            return None;
        };
        let value = entries.get(key)?;
        if !self.engine.assumed(|assumed| assumed.read(symbol)) {
            return None;
        }
        self.used(name);
        Some(if value.may_nest() {
            Expr::Bound(value)
        } else {
            Expr::Const(value)
        })
    }

    /// Assignments visible here, innermost first, for includes and imports with context.
    fn snapshot(&mut self) -> Snapshot {
        let engine = self.engine;
        let mut snapshot: Snapshot = Vec::new();
        for scope in self.function().scopes.iter().rev() {
            for name in &scope.stores {
                let symbol = engine.symbol(name);
                if let Some(var) = scope.names.get(name)
                    && !snapshot.iter().any(|(known, _)| *known == symbol)
                {
                    snapshot.push((symbol, *var));
                }
            }
        }
        snapshot
    }
}

impl Scope {
    fn new() -> Self {
        Self {
            names: HashMap::new(),
            stores: Vec::new(),
            shared: HashSet::new(),
            enter: Vec::new(),
        }
    }
}
