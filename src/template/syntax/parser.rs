//! Tokens to expressions: Jinja2's expression grammar.

use std::rc::Rc;

use super::ast::{CallArgs, CompareOp, Expr, ExprKind, Name};
use super::lexer::{Tok, Token};
use super::{Fault, Parsed};
use crate::template::ops::BinaryOp;
use crate::template::{Span, Value};

/// Nesting beyond this is an error: everything that walks the tree recurses.
const DEEPEST_NEST: u32 = 50;
const DEEPEST_TREE: u16 = 250;

pub(super) struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    nest: u32,
    /// Open tags, for messages about missing ends.
    pub(super) open: Vec<(&'static str, Span)>,
}

impl<'t> Parser<'t> {
    pub fn new(tokens: &'t [Token]) -> Self {
        Self {
            tokens,
            at: 0,
            nest: 0,
            open: Vec::new(),
        }
    }

    pub(super) fn peek(&self) -> &'t Tok {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> &'t Tok {
        self.tokens
            .get(self.at + ahead)
            .map_or(&Tok::Eof, |token| &token.tok)
    }

    pub(super) fn span(&self) -> Span {
        let token = self.tokens.get(self.at).or(self.tokens.last());
        token.map_or_else(Span::default, |token| token.span)
    }

    pub(super) fn previous(&self) -> Span {
        let before = self.at.checked_sub(1);
        before
            .and_then(|at| self.tokens.get(at))
            .map_or_else(Span::default, |token| token.span)
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    pub(super) fn is_op(&self, op: &str) -> bool {
        matches!(self.peek(), Tok::Op(found) if *found == op)
    }

    pub(super) fn skip_op(&mut self, op: &str) -> bool {
        let found = self.is_op(op);
        self.at += usize::from(found);
        found
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self.peek(), Tok::Name(found) if **found == *name)
    }

    pub(super) fn skip_name(&mut self, name: &str) -> bool {
        let found = self.is_name(name);
        self.at += usize::from(found);
        found
    }

    pub(super) fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        let found = self.peek().describe();
        let fault = Fault::new(self.span(), format!("expected {expected}, found {found}"));
        Err(match self.peek() {
            Tok::Op("=") if expected != "an expression" => {
                fault.help("`==` compares; `{% set name = value %}` assigns")
            }
            Tok::Op("}") if expected == "':'" => {
                fault.help("inside of a tag names stand without braces: `{{ x }}`, `{% if x %}`")
            }
            Tok::Name(name) if &**name == "for" && matches!(expected, "'}}'" | "','") => fault
                .help(
                    "there are no comprehensions: use `map`, `select` and `list`, or a `for` block",
                ),
            Tok::Str(_) if expected == "'}}'" => {
                fault.help("`~` joins texts and values; there are no f-strings")
            }
            _ => fault,
        })
    }

    pub(super) fn expect_op(&mut self, op: &str) -> Parsed<()> {
        if self.skip_op(op) {
            return Ok(());
        }
        self.unexpected(&format!("'{op}'"))
    }

    pub(super) fn expect_name(&mut self, what: &str) -> Parsed<Name> {
        match self.peek() {
            Tok::Name(name) => {
                self.advance();
                Ok(Rc::clone(name))
            }
            _ => self.unexpected(what),
        }
    }

    /// Guards one level of recursion.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.nest += 1;
        if self.nest > DEEPEST_NEST {
            return Err(Fault::new(self.span(), "too deeply nested"));
        }
        let parsed = parse(self);
        self.nest -= 1;
        parsed
    }

    fn node<'e>(
        &self,
        span: Span,
        kind: ExprKind,
        below: impl IntoIterator<Item = &'e u16>,
    ) -> Parsed<Expr> {
        let depth = below.into_iter().max().map_or(0, |deepest| deepest + 1);
        if depth > DEEPEST_TREE {
            return Err(Fault::new(span, "expression is too long or too deep"));
        }
        Ok(Expr { span, depth, kind })
    }

    /// An expression without bare tuples.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.nested(Self::conditional)
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let mut expr = self.or()?;
        while self.skip_name("if") {
            let test = self.or()?;
            let other = if self.skip_name("else") {
                Some(Box::new(self.nested(Self::conditional)?))
            } else {
                None
            };
            let below = [
                expr.depth,
                test.depth,
                other.as_ref().map_or(0, |other| other.depth),
            ];
            let span = expr.span.to(self.previous());
            let kind = ExprKind::Cond {
                test: Box::new(test),
                then: Box::new(expr),
                other,
            };
            expr = self.node(span, kind, &below)?;
        }
        Ok(expr)
    }

    fn pair(
        &self,
        left: Expr,
        right: Expr,
        make: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
    ) -> Parsed<Expr> {
        let below = [left.depth, right.depth];
        let span = left.span.to(right.span);
        self.node(span, make(Box::new(left), Box::new(right)), &below)
    }

    fn or(&mut self) -> Parsed<Expr> {
        let mut left = self.and()?;
        while self.skip_name("or") {
            let right = self.and()?;
            left = self.pair(left, right, ExprKind::Or)?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut left = self.not()?;
        while self.skip_name("and") {
            let right = self.not()?;
            left = self.pair(left, right, ExprKind::And)?;
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed<Expr> {
        let start = self.span();
        if self.skip_name("not") {
            let inner = self.nested(Self::not)?;
            let below = [inner.depth];
            let span = start.to(inner.span);
            return self.node(span, ExprKind::Not(Box::new(inner)), &below);
        }
        self.compare()
    }

    fn compare_op(&mut self) -> Option<CompareOp> {
        let (op, length) = match self.peek() {
            Tok::Op("==") => (CompareOp::Eq, 1),
            Tok::Op("!=") => (CompareOp::Ne, 1),
            Tok::Op("<") => (CompareOp::Lt, 1),
            Tok::Op("<=") => (CompareOp::Le, 1),
            Tok::Op(">") => (CompareOp::Gt, 1),
            Tok::Op(">=") => (CompareOp::Ge, 1),
            Tok::Name(name) if &**name == "in" => (CompareOp::In, 1),
            Tok::Name(name) if &**name == "not" => match self.peek_at(1) {
                Tok::Name(next) if &**next == "in" => (CompareOp::NotIn, 2),
                _ => return None,
            },
            _ => return None,
        };
        self.at += length;
        Some(op)
    }

    fn compare(&mut self) -> Parsed<Expr> {
        let first = self.sum()?;
        let mut rest = Vec::new();
        while let Some(op) = self.compare_op() {
            rest.push((op, self.sum()?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        let mut below: Vec<u16> = rest.iter().map(|(_, expr)| expr.depth).collect();
        below.push(first.depth);
        let span = first.span.to(self.previous());
        self.node(span, ExprKind::Compare(Box::new(first), rest), &below)
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.concat()?;
        loop {
            let op = match self.peek() {
                Tok::Op("+") => BinaryOp::Add,
                Tok::Op("-") => BinaryOp::Sub,
                _ => return Ok(left),
            };
            self.advance();
            let right = self.concat()?;
            left = self.pair(left, right, |a, b| ExprKind::Binary(op, a, b))?;
        }
    }

    fn concat(&mut self) -> Parsed<Expr> {
        let first = self.product()?;
        if !self.is_op("~") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.skip_op("~") {
            parts.push(self.product()?);
        }
        let below: Vec<u16> = parts.iter().map(|part| part.depth).collect();
        let start = parts.first().map_or_else(Span::default, |part| part.span);
        let span = start.to(self.previous());
        self.node(span, ExprKind::Concat(parts), &below)
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.power()?;
        loop {
            let op = match self.peek() {
                Tok::Op("*") => BinaryOp::Mul,
                Tok::Op("/") => BinaryOp::Div,
                Tok::Op("//") => BinaryOp::FloorDiv,
                Tok::Op("%") => BinaryOp::Mod,
                _ => return Ok(left),
            };
            self.advance();
            let right = self.power()?;
            left = self.pair(left, right, |a, b| ExprKind::Binary(op, a, b))?;
        }
    }

    fn power(&mut self) -> Parsed<Expr> {
        let mut left = self.unary(true)?;
        while self.skip_op("**") {
            let right = self.unary(true)?;
            left = self.pair(left, right, |a, b| ExprKind::Binary(BinaryOp::Pow, a, b))?;
        }
        Ok(left)
    }

    fn unary(&mut self, with_filter: bool) -> Parsed<Expr> {
        let start = self.span();
        let make: Option<fn(Box<Expr>) -> ExprKind> = match self.peek() {
            Tok::Op("-") => Some(ExprKind::Neg),
            Tok::Op("+") => Some(ExprKind::Pos),
            _ => None,
        };
        let mut expr = match make {
            Some(make) => {
                self.advance();
                let inner = self.nested(|parser| parser.unary(false))?;
                let below = [inner.depth];
                let span = start.to(inner.span);
                self.node(span, make(Box::new(inner)), &below)?
            }
            None => self.primary()?,
        };
        expr = self.postfix(expr)?;
        if with_filter {
            expr = self.filters(expr)?;
        }
        Ok(expr)
    }

    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let span = self.span();
        let kind = match self.peek() {
            Tok::Name(name) => {
                self.advance();
                match &**name {
                    "true" | "True" => ExprKind::Const(Value::Bool(true)),
                    "false" | "False" => ExprKind::Const(Value::Bool(false)),
                    "none" | "None" => ExprKind::Const(Value::None),
                    _ => ExprKind::Name(Rc::clone(name)),
                }
            }
            Tok::Str(text) => {
                self.advance();
                let mut text = text.to_string();
                while let Tok::Str(more) = self.peek() {
                    text.push_str(more);
                    self.advance();
                }
                ExprKind::Const(Value::from(text))
            }
            Tok::Int(number) => {
                self.advance();
                ExprKind::Const(number.clone())
            }
            Tok::Float(number) => {
                self.advance();
                ExprKind::Const(Value::Float(*number))
            }
            Tok::Op("(") => {
                self.advance();
                let mut inner = self.nested(|parser| parser.tuple(true, &[], true))?;
                self.expect_op(")")?;
                inner.span = span.to(self.previous());
                return Ok(inner);
            }
            Tok::Op("[") => return self.nested(Self::list),
            Tok::Op("{") => return self.nested(Self::dict),
            _ => return self.unexpected("an expression"),
        };
        self.node(span.to(self.previous()), kind, &[])
    }

    fn list(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.expect_op("[")?;
        let mut items = Vec::new();
        while !self.is_op("]") {
            if !items.is_empty() {
                self.expect_op(",")?;
                if self.is_op("]") {
                    break;
                }
            }
            items.push(self.expression()?);
        }
        self.expect_op("]")?;
        let below: Vec<u16> = items.iter().map(|item| item.depth).collect();
        self.node(start.to(self.previous()), ExprKind::List(items), &below)
    }

    fn dict(&mut self) -> Parsed<Expr> {
        let start = self.span();
        self.expect_op("{")?;
        let mut items: Vec<(Expr, Expr)> = Vec::new();
        while !self.is_op("}") {
            if !items.is_empty() {
                self.expect_op(",")?;
                if self.is_op("}") {
                    break;
                }
            }
            let key = self.expression()?;
            self.expect_op(":")?;
            items.push((key, self.expression()?));
        }
        self.expect_op("}")?;
        let below: Vec<u16> = items
            .iter()
            .map(|(key, value)| key.depth.max(value.depth))
            .collect();
        self.node(start.to(self.previous()), ExprKind::Dict(items), &below)
    }

    fn tuple_ends(&self, ends: &[&str]) -> bool {
        match self.peek() {
            Tok::VarEnd | Tok::BlockEnd | Tok::Eof | Tok::Op(")") => true,
            Tok::Name(name) => ends.contains(&&**name),
            _ => false,
        }
    }

    /// One expression, or several with commas: a tuple. `ends` are names that end it.
    pub(super) fn tuple(
        &mut self,
        with_condition: bool,
        ends: &[&str],
        parentheses: bool,
    ) -> Parsed<Expr> {
        self.tuple_of(ends, parentheses, |parser| {
            if with_condition {
                parser.expression()
            } else {
                parser.nested(Self::or)
            }
        })
    }

    pub(super) fn tuple_of(
        &mut self,
        ends: &[&str],
        parentheses: bool,
        item: impl Fn(&mut Self) -> Parsed<Expr>,
    ) -> Parsed<Expr> {
        let start = self.span();
        let mut items = Vec::new();
        let mut is_tuple = false;
        loop {
            if !items.is_empty() {
                self.expect_op(",")?;
            }
            if self.tuple_ends(ends) {
                break;
            }
            items.push(item(self)?);
            if !self.is_op(",") {
                break;
            }
            is_tuple = true;
        }
        if !is_tuple {
            if let Some(only) = items.pop() {
                return Ok(only);
            }
            if !parentheses {
                return self.unexpected("an expression");
            }
        }
        let below: Vec<u16> = items.iter().map(|item| item.depth).collect();
        self.node(start.to(self.previous()), ExprKind::Tuple(items), &below)
    }

    pub(super) fn postfix(&mut self, mut expr: Expr) -> Parsed<Expr> {
        loop {
            expr = match self.peek() {
                Tok::Op(".") => self.attribute(expr)?,
                Tok::Op("[") => self.nested(|parser| parser.subscript(expr))?,
                Tok::Op("(") => self.call(expr)?,
                _ => return Ok(expr),
            };
        }
    }

    fn attribute(&mut self, object: Expr) -> Parsed<Expr> {
        self.advance();
        let below = [object.depth];
        let at = self.span();
        let span = object.span.to(at);
        let kind = match self.peek() {
            Tok::Name(name) => ExprKind::Attr(Box::new(object), Rc::clone(name)),
            Tok::Int(index) => {
                let index = self.node(at, ExprKind::Const(index.clone()), &[])?;
                ExprKind::Item(Box::new(object), Box::new(index))
            }
            _ => return self.unexpected("a name or number after '.'"),
        };
        self.advance();
        self.node(span, kind, &below)
    }

    fn subscript(&mut self, object: Expr) -> Parsed<Expr> {
        self.expect_op("[")?;
        let start = self.span();
        let mut keys = Vec::new();
        let mut slice = None;
        while !self.is_op("]") {
            if !keys.is_empty() {
                self.expect_op(",")?;
            }
            match self.subscribed()? {
                Ok(key) => keys.push(key),
                Err(parts) if keys.is_empty() && self.is_op("]") => slice = Some(parts),
                Err(_) => return self.unexpected("']' after a slice"),
            }
        }
        let inner = start.to(self.previous());
        self.expect_op("]")?;
        let span = object.span.to(self.previous());
        if let Some(parts) = slice {
            let mut below: Vec<u16> = parts.iter().flatten().map(|part| part.depth).collect();
            below.push(object.depth);
            let kind = ExprKind::Slice(Box::new(object), Box::new(parts));
            return self.node(span, kind, &below);
        }
        let key = match (keys.pop(), keys.is_empty()) {
            (Some(key), true) => key,
            (Some(last), false) => {
                keys.push(last);
                let below: Vec<u16> = keys.iter().map(|key| key.depth).collect();
                self.node(inner, ExprKind::Tuple(keys), &below)?
            }
            (None, _) => return Err(Fault::new(span, "the brackets are empty")),
        };
        self.pair(object, key, ExprKind::Item).map(|mut expr| {
            expr.span = span;
            expr
        })
    }

    /// A key, or the parts of a slice.
    fn subscribed(&mut self) -> Parsed<Result<Expr, [Option<Expr>; 3]>> {
        let mut parts = [None, None, None];
        if !self.is_op(":") {
            let key = self.expression()?;
            if !self.is_op(":") {
                return Ok(Ok(key));
            }
            parts = [Some(key), None, None];
        }
        for slot in parts.iter_mut().skip(1) {
            if !self.skip_op(":") {
                break;
            }
            if !self.is_op(":") && !self.is_op("]") && !self.is_op(",") {
                *slot = Some(self.expression()?);
            }
        }
        Ok(Err(parts))
    }

    fn call(&mut self, callee: Expr) -> Parsed<Expr> {
        let args = self.nested(Self::call_args)?;
        let mut below: Vec<u16> = args.exprs().map(|expr| expr.depth).collect();
        below.push(callee.depth);
        let span = callee.span.to(self.previous());
        self.node(span, ExprKind::Call(Box::new(callee), args), &below)
    }

    pub(super) fn call_args(&mut self) -> Parsed<CallArgs> {
        self.expect_op("(")?;
        let mut args = CallArgs::default();
        let mut first = true;
        while !self.is_op(")") {
            if !first {
                self.expect_op(",")?;
                if self.is_op(")") {
                    break;
                }
            }
            first = false;
            self.call_arg(&mut args)?;
        }
        self.expect_op(")")?;
        Ok(args)
    }

    fn call_arg(&mut self, args: &mut CallArgs) -> Parsed<()> {
        let span = self.span();
        let misplaced = |what: &str| Err(Fault::new(span, format!("{what} in the wrong place")));
        if self.skip_op("*") {
            if args.star.is_some() || args.star_star.is_some() {
                return misplaced("'*' argument");
            }
            args.star = Some(Box::new(self.expression()?));
        } else if self.skip_op("**") {
            if args.star_star.is_some() {
                return misplaced("'**' argument");
            }
            args.star_star = Some(Box::new(self.expression()?));
        } else if let (Tok::Name(name), Tok::Op("=")) = (self.peek(), self.peek_at(1)) {
            if args.star_star.is_some() {
                return misplaced("keyword argument");
            }
            if args.keyword.iter().any(|(known, _)| known == name) {
                let message = format!("keyword argument '{name}' is given twice");
                return Err(Fault::new(span, message));
            }
            self.at += 2;
            args.keyword.push((Rc::clone(name), self.expression()?));
        } else {
            if args.star.is_some() || args.star_star.is_some() || !args.keyword.is_empty() {
                return misplaced("positional argument");
            }
            args.positional.push(self.expression()?);
        }
        Ok(())
    }

    /// Filters, tests and calls after an expression.
    fn filters(&mut self, mut expr: Expr) -> Parsed<Expr> {
        loop {
            expr = match self.peek() {
                Tok::Op("|") => self.filter(Some(expr))?,
                Tok::Name(name) if &**name == "is" => self.test(expr)?,
                Tok::Op("(") => self.call(expr)?,
                _ => return Ok(expr),
            };
        }
    }

    fn dotted_name(&mut self, what: &str) -> Parsed<Name> {
        let mut name = self.expect_name(what)?;
        while self.skip_op(".") {
            let part = self.expect_name(what)?;
            name = Rc::from(format!("{name}.{part}"));
        }
        Ok(name)
    }

    /// `| name(args)`; without input for the first filter of a `filter` block.
    pub(super) fn filter(&mut self, input: Option<Expr>) -> Parsed<Expr> {
        if input.is_some() {
            self.expect_op("|")?;
        }
        let start = self.span();
        let name = self.dotted_name("the name of a filter")?;
        let args = if self.is_op("(") {
            self.nested(Self::call_args)?
        } else {
            CallArgs::default()
        };
        let mut below: Vec<u16> = args.exprs().map(|expr| expr.depth).collect();
        below.extend(input.as_ref().map(|input| input.depth));
        let span = start.to(self.previous());
        let kind = ExprKind::Filter {
            input: input.map(Box::new),
            name,
            args,
        };
        self.node(span, kind, &below)
    }

    /// A chain of filters on a captured text.
    pub(super) fn captured_filters(&mut self) -> Parsed<Expr> {
        let mut expr = self.filter(None)?;
        while self.is_op("|") {
            expr = self.filter(Some(expr))?;
        }
        Ok(expr)
    }

    fn test(&mut self, input: Expr) -> Parsed<Expr> {
        self.advance();
        let negated = self.skip_name("not");
        let start = self.span();
        let name = self.dotted_name("the name of a test")?;
        let takes_argument = match self.peek() {
            Tok::Name(next) => !matches!(&**next, "else" | "or" | "and"),
            Tok::Str(_) | Tok::Int(_) | Tok::Float(_) | Tok::Op("[" | "{") => true,
            _ => false,
        };
        let args = if self.is_op("(") {
            self.nested(Self::call_args)?
        } else if takes_argument {
            if self.is_name("is") {
                return Err(Fault::new(self.span(), "tests cannot be chained with 'is'"));
            }
            let argument = self.primary()?;
            CallArgs {
                positional: vec![self.postfix(argument)?],
                ..CallArgs::default()
            }
        } else {
            CallArgs::default()
        };
        let mut below: Vec<u16> = args.exprs().map(|expr| expr.depth).collect();
        below.push(input.depth);
        let span = start.to(self.previous());
        let kind = ExprKind::Test {
            input: Box::new(input),
            name,
            args,
            negated,
        };
        self.node(span, kind, &below)
    }
}
