//! The syntax tree of a template.

use std::rc::Rc;

use crate::template::ops::BinaryOp;
use crate::template::{Span, Value};

pub(crate) type Name = Rc<str>;

/// An expression with its place.
#[derive(Debug)]
pub(crate) struct Expr {
    pub span: Span,
    /// Levels below this one, so that nothing that walks the tree can run out of stack.
    pub depth: u16,
    pub kind: ExprKind,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Const(Value),
    Name(Name),
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    Neg(Box<Expr>),
    Pos(Box<Expr>),
    Not(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Box<Expr>, Vec<(CompareOp, Expr)>),
    Concat(Vec<Expr>),
    Cond {
        test: Box<Expr>,
        then: Box<Expr>,
        other: Option<Box<Expr>>,
    },
    Attr(Box<Expr>, Name),
    Item(Box<Expr>, Box<Expr>),
    Slice(Box<Expr>, Box<[Option<Expr>; 3]>),
    Call(Box<Expr>, CallArgs),
    Filter {
        /// Absent in `{% filter %}` and `{% set x | f %}`: the captured text.
        input: Option<Box<Expr>>,
        name: Name,
        args: CallArgs,
    },
    Test {
        input: Box<Expr>,
        name: Name,
        args: CallArgs,
        negated: bool,
    },
    /// `namespace.name` as a target.
    NamespaceRef(Name, Name),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
}

impl CompareOp {
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct CallArgs {
    pub positional: Vec<Expr>,
    pub keyword: Vec<(Name, Expr)>,
    pub star: Option<Box<Expr>>,
    pub star_star: Option<Box<Expr>>,
}

impl CallArgs {
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let keyword = self.keyword.iter().map(|(_, value)| value);
        let star = self.star.iter().chain(&self.star_star);
        self.positional
            .iter()
            .chain(keyword)
            .chain(star.map(|boxed| &**boxed))
    }
}

#[derive(Debug)]
pub(crate) struct Stmt {
    pub span: Span,
    pub kind: StmtKind,
}

pub(crate) type Block = Vec<Stmt>;

#[derive(Debug)]
pub(crate) enum StmtKind {
    Text(Rc<str>),
    Output(Vec<Expr>),
    For(Box<For>),
    If {
        branches: Vec<(Expr, Block)>,
        other: Block,
    },
    Set(Expr, Expr),
    SetBlock {
        target: Expr,
        filter: Option<Expr>,
        body: Block,
    },
    Do(Expr),
    With {
        targets: Vec<(Expr, Expr)>,
        body: Block,
    },
    Macro(Box<MacroDef>),
    /// `call` block: the call, and what `caller()` runs.
    Call(Expr, Box<MacroDef>),
    FilterBlock(Expr, Block),
    Include {
        name: Expr,
        ignore_missing: bool,
        with_context: bool,
    },
    Import {
        name: Expr,
        target: Name,
        with_context: bool,
    },
    FromImport {
        name: Expr,
        names: Vec<(Name, Name)>,
        with_context: bool,
    },
    Extends(Expr),
    Block(Box<BlockDef>),
    Autoescape(Expr, Block),
    Break,
    Continue,
}

#[derive(Debug)]
pub(crate) struct For {
    pub target: Expr,
    pub iter: Expr,
    pub test: Option<Expr>,
    pub recursive: bool,
    pub body: Block,
    pub other: Block,
}

#[derive(Debug)]
pub(crate) struct MacroDef {
    pub name: Name,
    pub params: Vec<(Name, Option<Expr>)>,
    pub body: Block,
}

#[derive(Debug)]
pub(crate) struct BlockDef {
    pub name: Name,
    pub scoped: bool,
    pub required: bool,
    pub body: Block,
}
