//! The compiled form of a template: a tree of resolved operations over numbered slots.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::datetime::LastText;
use super::dict::DictData;
use super::engine::{Symbol, Vars};
use super::filters::FilterFn;
use super::methods::Method;
use super::object::{DrawFn, Function, Hint};
use super::ops::BinaryOp;
use super::syntax::ast::CompareOp;
use super::tests::TestFn;
use super::{Error, Span, Str, Tuple, Value};

/// A template, compiled.
pub(super) struct Program {
    pub name: Rc<str>,
    pub source: Rc<str>,
    pub root: Code,
    pub macros: Vec<Rc<Macro>>,
    pub blocks: HashMap<Rc<str>, Rc<Block>>,
    /// True when the top level only defines macros: its module never changes.
    pub only_macros: bool,
    /// True when constants of the top level have no variable: an import runs [`Program::whole`].
    pub shortened: bool,
    /// The same with all its variables, once it was imported.
    pub whole: OnceCell<Rc<Program>>,
    /// Names set at the top level, for modules.
    pub exports: Vec<(Symbol, Var)>,
    /// Names taken from the context.
    pub uses: Vec<Symbol>,
    /// Files named by constants: name, place, and whether it may be missing.
    pub references: Vec<(Rc<str>, Span, bool)>,
    /// Mistakes that are errors only when reached.
    pub problems: Vec<Error>,
    /// Template-level globals of a configured template, see `Template::keep_module`.
    pub own: RefCell<Option<Vars>>,
    /// The module of a configured template once its body has run.
    pub module: RefCell<Option<Value>>,
}

/// A variable: a slot of the frame, which holds the value or a cell shared with inner functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Var {
    pub slot: u16,
    pub cell: bool,
}

/// What a variable starts with when its scope is entered.
#[derive(Debug)]
pub(super) enum Init {
    Undefined(Var),
    Copy { from: Var, to: Var },
    Context { symbol: Symbol, to: Var },
}

impl Init {
    pub fn target(&self) -> Var {
        match self {
            Self::Undefined(var) => *var,
            Self::Copy { to, .. } | Self::Context { to, .. } => *to,
        }
    }
}

/// A body with a frame of its own.
#[derive(Default)]
pub(super) struct Code {
    pub slots: u16,
    pub enter: Vec<Init>,
    pub body: Vec<Stmt>,
}

pub(super) struct Macro {
    pub name: Rc<str>,
    pub params: Vec<Param>,
    pub varargs: Option<Var>,
    pub kwargs: Option<Var>,
    pub caller: Option<Var>,
    /// Cells taken along when the macro is made: slot outside, slot inside.
    pub captures: Vec<(u16, u16)>,
    pub code: Code,
    pub escape: bool,
}

impl Macro {
    /// True when arguments by position, no more than there are parameters, are all it may see of a
    /// call, and go into its slots as they are.
    pub fn is_plain(&self) -> bool {
        let extra = [self.varargs, self.kwargs, self.caller];
        extra.iter().all(Option::is_none) && self.params.iter().all(|param| !param.var.cell)
    }
}

pub(super) struct Param {
    pub name: Rc<str>,
    pub var: Var,
    pub default: Option<Expr>,
}

pub(super) struct Block {
    pub required: bool,
    pub code: Code,
}

pub(super) enum Target {
    Var(Var),
    Tuple(Vec<Target>, Span),
    Namespace(Var, Rc<str>, Span),
}

pub(super) type Snapshot = Vec<(Symbol, Var)>;

/// Small: a template is a few hundred of them, and all are read for each event. What is rare or large is
/// elsewhere.
#[repr(u8)]
pub(super) enum Stmt {
    Text(Box<[u8]>),
    Emit(Expr),
    /// Text with what is written behind it, as most output comes.
    TextEmit(Box<[u8]>, Expr),
    /// Text, and what is drawn behind it.
    Draw(Str, Rc<DrawFn>, Span),
    /// Output inside `{% autoescape true %}`.
    EmitEscaped(Expr),
    Do(Expr),
    Set(Box<(Target, Expr)>),
    SetVar(Var, Expr),
    Capture(Box<Capture>),
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    For(Rc<For>),
    Scope(Box<Scope>),
    Macro(usize, Var),
    Include(Box<Include>),
    Import(Box<Import>),
    Extends {
        name: Expr,
        /// Nothing that follows is compiled but what a child template emits beside its blocks.
        keeps: bool,
        span: Span,
    },
    Block {
        name: Rc<str>,
        scoped: Option<Snapshot>,
        span: Span,
    },
    /// Makes a top-level name visible to blocks and includes.
    Export(Symbol, Var),
    Break,
    Continue,
    /// A line begins; only in programs that are profiled.
    Line(u32),
    /// What follows has a random stream of its own, that of this key, see `lower::turns`.
    Turn(u64),
}

/// Runs the body into a text; the filter reads it as [`Expr::Captured`].
pub(super) struct Capture {
    pub target: Option<Target>,
    pub filter: Option<Expr>,
    pub enter: Vec<Init>,
    pub body: Vec<Stmt>,
    pub safe: bool,
}

pub(super) struct Scope {
    pub enter: Vec<Init>,
    pub targets: Vec<(Target, Expr)>,
    pub body: Vec<Stmt>,
}

/// A value at hand.
pub(super) enum Operand {
    Const(Value),
    Var(Var),
}

pub(super) struct For {
    pub target: Target,
    pub iter: Expr,
    pub test: Option<Expr>,
    /// Set when the test is `item.name == operand`: a source may answer it at once.
    pub select: Option<(Rc<str>, Operand)>,
    /// Set when the body only appends the item, or attributes of it, to the lists in these slots.
    pub append: Vec<(u16, Option<Box<AttrExpr>>)>,
    /// Present when the test cannot fail and gives the same for the same item: the source, if it never
    /// changes, and those of its items that pass the test.
    pub kept: Option<RefCell<Option<(Value, Tuple)>>>,
    /// What the attributes of the items of a tuple were that such a source gave.
    pub plucked: RefCell<Plucked>,
    pub fill: Option<Fill>,
    pub enter: Vec<Init>,
    pub body: Vec<Stmt>,
    pub loop_var: Option<Var>,
    pub recursive: bool,
    /// Slots of the body, first and end: what a recursive call must put back.
    pub slots: (u16, u16),
    pub other_enter: Vec<Init>,
    pub other: Vec<Stmt>,
    pub span: Span,
}

pub(super) struct Include {
    pub name: Expr,
    pub ignore_missing: bool,
    /// Present with context.
    pub snapshot: Option<Snapshot>,
    pub span: Span,
}

pub(super) struct Import {
    pub name: Expr,
    /// What a constant name stood for, and in which generation of the loaded files.
    pub known: RefCell<Option<(u64, Weak<Program>)>>,
    pub snapshot: Option<Snapshot>,
    pub target: ImportTarget,
    pub span: Span,
}

pub(super) enum ImportTarget {
    Module(Var),
    /// Each name, its variable, and where the module had it.
    Names(Vec<(Rc<str>, Var, Hint)>),
}

#[repr(u8)]
pub(super) enum Expr {
    Const(Value),
    /// What a name stands for in every render. What it holds may change, unlike that of a constant.
    Bound(Value),
    Slot(u16),
    Cell(u16),
    /// The text captured by the enclosing block.
    Captured,
    List(Vec<Expr>),
    /// A new list of values that never change.
    Lent(Tuple),
    Tuple(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>, Span),
    /// A dict whose keys are constant texts, all different.
    Record(Vec<(Str, Expr)>),
    Not(Box<Expr>),
    Neg(Box<Expr>, Span),
    Pos(Box<Expr>, Span),
    Binary(BinaryOp, Box<(Expr, Expr)>, Span),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Compare(CompareOp, Box<(Expr, Expr)>, Span),
    Chain(Box<(Expr, Vec<(CompareOp, Expr)>)>, Span),
    Concat(Vec<Expr>, Span),
    Cond(Box<(Expr, Expr, Expr)>),
    Attr(Box<AttrExpr>),
    Item(Box<(Expr, Expr)>, Span),
    Slice(Box<(Expr, [Option<Expr>; 3])>, Span),
    Call(Box<CallExpr>),
    /// A call of a native function known when compiling.
    Native(Box<NativeExpr>),
    Method(Box<MethodExpr>),
    Filter(Box<FilterExpr>),
    /// `| random` of rows that never change.
    Random(Tuple),
    /// `| length`
    Length(Box<(Expr, Span)>),
    /// `| tojson`, written in place.
    ToJson(Box<(Expr, Span)>),
    /// A filter given by the host.
    HostFilter(Box<(Value, FilterInput)>),
    Test(Box<TestExpr>),
    Super,
    SelfRef,
    /// The body of a call block.
    Caller(usize),
    /// A mistake in a branch that may never run.
    Fail(Box<Error>),
}

pub(super) struct AttrExpr {
    pub object: Expr,
    pub name: Rc<str>,
    /// Source of the object, for messages.
    pub object_span: Span,
    pub span: Span,
    /// True for names of methods of dicts, which win over their keys.
    pub dict_method: bool,
    pub hint: Hint,
}

#[derive(Default)]
pub(super) struct CallArgs {
    pub positional: Vec<Expr>,
    pub keyword: Vec<(Rc<str>, Expr)>,
    pub star: Option<Box<Expr>>,
    pub star_star: Option<Box<Expr>>,
}

impl CallArgs {
    /// The arguments, when they are so many and all by position.
    pub fn plain<const N: usize>(&self) -> Option<&[Expr; N]> {
        let positional = self.positional.as_slice().try_into().ok();
        positional.filter(|_| self.is_plain())
    }

    /// The argument, when it is one by name.
    pub fn only_keyword(&self) -> Option<&(Rc<str>, Expr)> {
        match self.keyword.as_slice() {
            [one] if self.positional.is_empty() => Some(one),
            _ => None,
        }
        .filter(|_| self.star.is_none() && self.star_star.is_none())
    }

    /// True when all are by position.
    pub fn is_plain(&self) -> bool {
        self.keyword.is_empty() && self.star.is_none() && self.star_star.is_none()
    }
}

pub(super) struct CallExpr {
    pub callee: Expr,
    pub callee_span: Span,
    pub args: CallArgs,
    pub span: Span,
}

pub(super) struct NativeExpr {
    pub function: Rc<Function>,
    pub args: CallArgs,
    pub span: Span,
}

/// Attributes of the items of tuples that never change, by the attribute's place in [`For::append`].
pub(super) type Plucked = Vec<(Tuple, usize, Tuple)>;

/// A loop that does nothing but put the items of something unchanging into an empty dict by
/// expressions of the item alone: the dict is the same every time.
#[derive(Default)]
pub(super) struct Fill {
    pub slot: u16,
    pub made: RefCell<Option<DictData>>,
}

pub(super) struct MethodExpr {
    pub object: Expr,
    pub object_span: Span,
    pub name: Rc<str>,
    pub method: Method,
    pub args: CallArgs,
    pub span: Span,
    pub hint: Hint,
    /// For `x.strftime('format')`.
    pub text: Option<Box<RefCell<LastText>>>,
}

impl MethodExpr {
    /// The key and the default in `x.get('key')` and `x.get('key', default)`.
    pub fn get_constant(&self) -> Option<(&Str, Option<&Expr>)> {
        let args = &self.args;
        match (self.method, args.is_plain(), args.positional.as_slice()) {
            (Method::Get, true, [Expr::Const(Value::Str(key))]) => Some((key, None)),
            (Method::Get, true, [Expr::Const(Value::Str(key)), default]) => {
                Some((key, Some(default)))
            }
            _ => None,
        }
    }

    /// The separator in `x.split('separator')`.
    pub fn split_constant(&self) -> Option<&Str> {
        match (self.method, self.args.plain()) {
            (Method::Split, Some([Expr::Const(Value::Str(separator))])) => Some(separator),
            _ => None,
        }
    }

    /// The key, the value and the place of the dict in `x.update({key: value})`.
    pub fn update_one(&self) -> Option<(&Expr, &Expr, Span)> {
        let (Some([Expr::Dict(entries, span)]), Method::Update) = (self.args.plain(), self.method)
        else {
            return None;
        };
        match entries.as_slice() {
            [(key, value)] => Some((key, value, *span)),
            _ => None,
        }
    }
}

pub(super) struct FilterInput {
    pub input: Expr,
    pub args: CallArgs,
    pub span: Span,
}

pub(super) struct FilterExpr {
    pub run: FilterFn,
    pub at: FilterInput,
}

pub(super) struct TestExpr {
    pub run: TestFn,
    pub at: FilterInput,
    pub negated: bool,
}
