//! Tokens to statements: Jinja2's tags with `do`, `break` and `continue`.

use crate::template::hints;
use std::rc::Rc;

use super::ast::{Block, BlockDef, Expr, ExprKind, For, MacroDef, Name, Stmt, StmtKind};
use super::lexer::Tok;
use super::parser::Parser;
use super::{Fault, Parsed};
use crate::template::{Span, Value, nearest};

const TAGS: [&str; 18] = [
    "for",
    "if",
    "set",
    "do",
    "macro",
    "call",
    "filter",
    "with",
    "include",
    "import",
    "from",
    "extends",
    "block",
    "autoescape",
    "break",
    "continue",
    "print",
    "raw",
];

impl Parser<'_> {
    pub(super) fn template(mut self) -> Parsed<Block> {
        let (body, _) = self.statements(&[])?;
        Ok(body)
    }

    /// Statements up to one of the end tags, whose name is consumed and given.
    fn statements(&mut self, ends: &[&'static str]) -> Parsed<(Block, &'static str)> {
        let mut body = Vec::new();
        loop {
            let span = self.span();
            match self.peek() {
                Tok::Text(text) => {
                    self.advance();
                    let kind = StmtKind::Text(Rc::clone(text));
                    body.push(Stmt { span, kind });
                }
                Tok::VarBegin => {
                    self.advance();
                    let expr = self.tuple(true, &[], false)?;
                    if *self.peek() != Tok::VarEnd {
                        return self.unexpected("'}}'");
                    }
                    self.advance();
                    let kind = StmtKind::Output(vec![expr]);
                    body.push(Stmt { span, kind });
                }
                Tok::BlockBegin => {
                    self.advance();
                    if let Tok::Name(name) = self.peek()
                        && let Some(end) = ends.iter().find(|end| ***end == **name)
                    {
                        self.advance();
                        return Ok((body, end));
                    }
                    body.push(self.nested(|parser| parser.statement(span, ends))?);
                }
                _ => {
                    return match self.open.last() {
                        None => Ok((body, "")),
                        Some((tag, span)) => {
                            let message = format!("'{tag}' is not closed: 'end{tag}' is missing");
                            Err(Fault::new(*span, message))
                        }
                    };
                }
            }
        }
    }

    pub(super) fn block_end(&mut self) -> Parsed<()> {
        if *self.peek() != Tok::BlockEnd {
            return self.unexpected("'%}'");
        }
        self.advance();
        Ok(())
    }

    /// The body of a tag up to `end`, both delimiters consumed.
    fn body(&mut self, tag: &'static str, span: Span, end: &'static str) -> Parsed<Block> {
        self.block_end()?;
        self.open.push((tag, span));
        let (body, _) = self.statements(&[end])?;
        self.open.pop();
        Ok(body)
    }

    fn statement(&mut self, start: Span, ends: &[&'static str]) -> Parsed<Stmt> {
        let at = self.span();
        let name = self.expect_name("the name of a tag")?;
        let kind = match &*name {
            "for" => self.for_loop(at)?,
            "if" => self.if_else(at)?,
            "set" => self.set(at)?,
            "do" => StmtKind::Do(self.tuple(true, &[], false)?),
            "print" => StmtKind::Output(self.print()?),
            "macro" => self.macro_def(at)?,
            "call" => self.call_block(at)?,
            "filter" => {
                let filter = self.captured_filters()?;
                StmtKind::FilterBlock(filter, self.body("filter", at, "endfilter")?)
            }
            "with" => self.with(at)?,
            "include" => self.include()?,
            "import" => self.import()?,
            "from" => self.import_names()?,
            "extends" => StmtKind::Extends(self.expression()?),
            "block" => self.block(at)?,
            "autoescape" => {
                let on = self.expression()?;
                StmtKind::Autoescape(on, self.body("autoescape", at, "endautoescape")?)
            }
            "break" => StmtKind::Break,
            "continue" => StmtKind::Continue,
            unknown => return Err(self.unknown_tag(unknown, at, ends)),
        };
        self.block_end()?;
        let span = start.to(self.previous());
        Ok(Stmt { span, kind })
    }

    fn unknown_tag(&self, name: &str, at: Span, ends: &[&'static str]) -> Fault {
        if let Some(tag) = name.strip_prefix("end")
            && TAGS.contains(&tag)
        {
            let fault = Fault::new(at, format!("'{name}' without an open '{tag}'"));
            return match self.open.last() {
                Some((open, _)) => fault.help(format!("'{open}' is open: end it with 'end{open}'")),
                None => fault,
            };
        }
        let fault = Fault::new(at, format!("unknown tag '{name}'"));
        if let Some(hint) = hints::tag(name) {
            return fault.help(hint);
        }
        match nearest(name, TAGS.into_iter().chain(ends.iter().copied())) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault,
        }
    }

    fn print(&mut self) -> Parsed<Vec<Expr>> {
        let mut exprs = Vec::new();
        while *self.peek() != Tok::BlockEnd {
            if !exprs.is_empty() {
                self.expect_op(",")?;
            }
            exprs.push(self.expression()?);
        }
        Ok(exprs)
    }

    fn for_loop(&mut self, at: Span) -> Parsed<StmtKind> {
        let target = self.target(&["in"], false)?;
        if !self.skip_name("in") {
            return self.unexpected("'in'");
        }
        let iter = self.tuple(false, &["recursive"], false)?;
        let test = if self.skip_name("if") {
            Some(self.expression()?)
        } else {
            None
        };
        let recursive = self.skip_name("recursive");
        self.block_end()?;
        self.open.push(("for", at));
        let (body, end) = self.statements(&["endfor", "else"])?;
        let other = if end == "else" {
            self.block_end()?;
            self.statements(&["endfor"])?.0
        } else {
            Vec::new()
        };
        self.open.pop();
        Ok(StmtKind::For(Box::new(For {
            target,
            iter,
            test,
            recursive,
            body,
            other,
        })))
    }

    fn if_else(&mut self, at: Span) -> Parsed<StmtKind> {
        let mut branches = Vec::new();
        let mut other = Vec::new();
        self.open.push(("if", at));
        loop {
            let test = self.tuple(false, &[], false);
            let test = test?;
            self.block_end()?;
            let (body, end) = self.statements(&["elif", "else", "endif"])?;
            branches.push((test, body));
            match end {
                "elif" => {}
                "else" => {
                    self.block_end()?;
                    other = self.statements(&["endif"])?.0;
                    break;
                }
                _ => break,
            }
        }
        self.open.pop();
        Ok(StmtKind::If { branches, other })
    }

    fn set(&mut self, at: Span) -> Parsed<StmtKind> {
        let target = self.target(&[], true)?;
        if self.skip_op("=") {
            return Ok(StmtKind::Set(target, self.tuple(true, &[], false)?));
        }
        let filter = if self.skip_op("|") {
            Some(self.captured_filters()?)
        } else {
            None
        };
        let body = self.body("set", at, "endset")?;
        Ok(StmtKind::SetBlock {
            target,
            filter,
            body,
        })
    }

    fn with(&mut self, at: Span) -> Parsed<StmtKind> {
        let mut targets = Vec::new();
        while *self.peek() != Tok::BlockEnd {
            if !targets.is_empty() {
                self.expect_op(",")?;
            }
            let target = self.single_target(false)?;
            self.expect_op("=")?;
            targets.push((target, self.expression()?));
        }
        let body = self.body("with", at, "endwith")?;
        Ok(StmtKind::With { targets, body })
    }

    fn macro_def(&mut self, at: Span) -> Parsed<StmtKind> {
        let span = self.span();
        let name = self.expect_name("the name of the macro")?;
        assignable(&name, span)?;
        let params = self.params()?;
        let body = self.body("macro", at, "endmacro")?;
        Ok(StmtKind::Macro(Box::new(MacroDef { name, params, body })))
    }

    fn params(&mut self) -> Parsed<Vec<(Name, Option<Expr>)>> {
        let mut params: Vec<(Name, Option<Expr>)> = Vec::new();
        self.expect_op("(")?;
        while !self.is_op(")") {
            if !params.is_empty() {
                self.expect_op(",")?;
                if self.is_op(")") {
                    break;
                }
            }
            let span = self.span();
            let name = self.expect_name("the name of a parameter")?;
            assignable(&name, span)?;
            if params.iter().any(|(known, _)| *known == name) {
                return Err(Fault::new(
                    span,
                    format!("parameter '{name}' is there twice"),
                ));
            }
            let default = if self.skip_op("=") {
                Some(self.expression()?)
            } else {
                None
            };
            if default.is_none() && params.iter().any(|(_, default)| default.is_some()) {
                let message =
                    format!("parameter '{name}' without default follows one with default");
                return Err(Fault::new(span, message));
            }
            params.push((name, default));
        }
        self.expect_op(")")?;
        Ok(params)
    }

    fn call_block(&mut self, at: Span) -> Parsed<StmtKind> {
        let params = if self.is_op("(") {
            self.params()?
        } else {
            Vec::new()
        };
        let call = self.expression()?;
        if !matches!(call.kind, ExprKind::Call(..)) {
            return Err(Fault::new(call.span, "expected a call"));
        }
        let body = self.body("call", at, "endcall")?;
        let caller = MacroDef {
            name: Rc::from("caller"),
            params,
            body,
        };
        Ok(StmtKind::Call(call, Box::new(caller)))
    }

    /// `with context` or `without context`, if it is there.
    fn context_modifier(&mut self, default: bool) -> bool {
        let with = self.is_name("with");
        let is_context = matches!(self.peek_at(1), Tok::Name(name) if &**name == "context");
        if is_context && (with || self.is_name("without")) {
            self.advance();
            self.advance();
            return with;
        }
        default
    }

    fn include(&mut self) -> Parsed<StmtKind> {
        let name = self.expression()?;
        let is_missing = matches!(self.peek_at(1), Tok::Name(name) if &**name == "missing");
        let ignore_missing = is_missing && self.skip_name("ignore");
        if ignore_missing {
            self.advance();
        }
        let with_context = self.context_modifier(true);
        Ok(StmtKind::Include {
            name,
            ignore_missing,
            with_context,
        })
    }

    fn import(&mut self) -> Parsed<StmtKind> {
        let name = self.expression()?;
        if !self.skip_name("as") {
            return self.unexpected("'as'");
        }
        let span = self.span();
        let target = self.expect_name("a name")?;
        assignable(&target, span)?;
        let with_context = self.context_modifier(false);
        Ok(StmtKind::Import {
            name,
            target,
            with_context,
        })
    }

    fn import_names(&mut self) -> Parsed<StmtKind> {
        let name = self.expression()?;
        if !self.skip_name("import") {
            return self.unexpected("'import'");
        }
        let mut names = Vec::new();
        let mut with_context = false;
        loop {
            if !names.is_empty() && !self.skip_op(",") {
                with_context = self.context_modifier(false);
                break;
            }
            if *self.peek() == Tok::BlockEnd {
                break;
            }
            if matches!(self.peek_at(1), Tok::Name(next) if &**next == "context")
                && (self.is_name("with") || self.is_name("without"))
            {
                with_context = self.context_modifier(false);
                break;
            }
            let span = self.span();
            let source = self.expect_name("the name to import")?;
            if source.starts_with('_') {
                let message = "names that start with an underscore cannot be imported";
                return Err(Fault::new(span, message));
            }
            let target = if self.skip_name("as") {
                self.expect_name("a name")?
            } else {
                Rc::clone(&source)
            };
            assignable(&target, span)?;
            names.push((source, target));
        }
        if names.is_empty() {
            return self.unexpected("the name to import");
        }
        Ok(StmtKind::FromImport {
            name,
            names,
            with_context,
        })
    }

    fn block(&mut self, at: Span) -> Parsed<StmtKind> {
        let name = self.expect_name("the name of the block")?;
        let scoped = self.skip_name("scoped");
        let required = self.skip_name("required");
        let body = self.body("block", at, "endblock")?;
        let blank =
            |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Text(text) if text.trim().is_empty());
        if required && !body.iter().all(blank) {
            let message = "a required block may hold only whitespace and comments";
            return Err(Fault::new(at, message));
        }
        if self.is_name(&name) {
            self.advance();
        }
        Ok(StmtKind::Block(Box::new(BlockDef {
            name,
            scoped,
            required,
            body,
        })))
    }

    /// What is assigned to: a name, a tuple of targets, or `namespace.name`.
    fn target(&mut self, ends: &[&str], namespace: bool) -> Parsed<Expr> {
        let target = self.tuple_of(ends, false, |parser| parser.single_target(namespace))?;
        Ok(target)
    }

    fn single_target(&mut self, namespace: bool) -> Parsed<Expr> {
        let span = self.span();
        if namespace && let (Tok::Name(name), Tok::Op(".")) = (self.peek(), self.peek_at(1)) {
            let object = Rc::clone(name);
            self.advance();
            self.advance();
            let attribute = self.expect_name("a name after '.'")?;
            return Ok(Expr {
                span: span.to(self.previous()),
                depth: 0,
                kind: ExprKind::NamespaceRef(object, attribute),
            });
        }
        let target = self.primary()?;
        check_target(&target)?;
        Ok(target)
    }
}

fn assignable(name: &str, span: Span) -> Parsed<()> {
    if matches!(name, "true" | "false" | "none" | "True" | "False" | "None") {
        return Err(Fault::new(span, format!("cannot assign to '{name}'")));
    }
    Ok(())
}

fn check_target(target: &Expr) -> Parsed<()> {
    match &target.kind {
        ExprKind::Name(_) => Ok(()),
        ExprKind::Tuple(items) => items.iter().try_for_each(check_target),
        ExprKind::Const(Value::Bool(_) | Value::None) => {
            Err(Fault::new(target.span, "cannot assign to a constant"))
        }
        _ => Err(Fault::new(target.span, "cannot assign to this expression")
            .help("only names, tuples of names and attributes of a namespace() can be set")),
    }
}
