//! Statements.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use super::lent::Lent;
use super::loops::{appends, assigns_loop, fills, filtered, fixed, steady};
use super::{Lowered, Lowerer};
use crate::template::assumed::Assumed;
use crate::template::object::Hint;
use crate::template::program::{
    self, Block, Capture, Expr, For, Import, ImportTarget, Include, Init, Macro, Operand, Param,
    Snapshot, Stmt, Target, Var,
};
use crate::template::scope::{any_stmt, mentions, walk_expr, walk_names};
use crate::template::syntax::ast::{self, CompareOp, ExprKind, MacroDef, Name, StmtKind};
use crate::template::{Span, Str, Value};

impl Lowerer<'_> {
    pub(super) fn block(&mut self, body: &ast::Block) -> Lowered<Vec<Stmt>> {
        self.statements(body, &[])
    }

    /// The statements of a body; `turns` are those of a top level, none for others.
    pub(super) fn statements(
        &mut self,
        body: &ast::Block,
        turns: &[Option<u64>],
    ) -> Lowered<Vec<Stmt>> {
        let mut lowered = Vec::with_capacity(body.len());
        let mut line = 0;
        let turns = turns.iter().copied().chain(std::iter::repeat(None));
        for (stmt, turn) in body.iter().zip(turns) {
            if let Some(turn) = turn {
                // Text stays beside the output behind it.
                let text = matches!(lowered.last(), Some(Stmt::Text(_)));
                let at = lowered.len() - usize::from(text && !self.profiling);
                lowered.insert(at, Stmt::Turn(turn));
            }
            if self.profiling {
                self.mark_line(stmt, &mut line, &mut lowered);
            }
            self.stmt(stmt, &mut lowered)?;
        }
        Ok(lowered)
    }

    /// Marks the line of a statement, unless the statement before stands on it too.
    fn mark_line(&self, stmt: &ast::Stmt, line: &mut u32, out: &mut Vec<Stmt>) {
        let at = self.place(stmt.span).line;
        if at != *line {
            out.push(Stmt::Line(at));
        }
        // What has a body ends on other lines.
        let has_body = matches!(
            stmt.kind,
            StmtKind::If { .. }
                | StmtKind::For(_)
                | StmtKind::With { .. }
                | StmtKind::Block(_)
                | StmtKind::FilterBlock(..)
                | StmtKind::SetBlock { .. }
                | StmtKind::Autoescape(..)
        );
        *line = if has_body { 0 } else { at };
    }

    fn stmt(&mut self, stmt: &ast::Stmt, out: &mut Vec<Stmt>) -> Lowered<()> {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Text(text) => {
                if !self.mute {
                    self.text(text, out);
                }
            }
            StmtKind::Output(exprs) => {
                for expr in exprs {
                    self.output(expr, out)?;
                }
            }
            StmtKind::Do(expr) => out.push(Stmt::Do(self.expr(expr)?)),
            StmtKind::Set(target, value) => self.set(target, value, out)?,
            StmtKind::SetBlock {
                target,
                filter,
                body,
            } => self.set_block(target, filter.as_ref(), body, out)?,
            StmtKind::If { branches, other } => out.push(self.if_else(branches, other)?),
            StmtKind::For(one) => {
                let lowered = self.for_loop(one, span)?;
                out.push(lowered);
            }
            StmtKind::With { targets, body } => {
                let lowered = self.with(targets, body)?;
                out.push(lowered);
            }
            StmtKind::Macro(def) => {
                let index = self.macro_def(def, false)?;
                let var = self.resolve(&def.name);
                out.push(Stmt::Macro(index, var));
                self.export(&def.name, var, out);
            }
            StmtKind::Call(call, def) => self.call_block(call, def, out)?,
            StmtKind::FilterBlock(filter, body) => {
                let filter = self.expr(filter)?;
                let (enter, body) = self.scoped_body(body, self.mute)?;
                out.push(Stmt::Capture(Box::new(Capture {
                    target: None,
                    filter: Some(filter),
                    enter,
                    body,
                    safe: self.escape,
                })));
            }
            StmtKind::Autoescape(on, body) => self.autoescape(on, body, out)?,
            StmtKind::Block(def) => self.block_def(def, span, out)?,
            StmtKind::Extends(name) => {
                let lowered = self.template_name(name, false)?;
                let keeps = self.functions.len() == 1
                    && self.function().scopes.len() == 1
                    && self.soft == 0;
                self.mute |= keeps;
                out.push(Stmt::Extends {
                    name: lowered,
                    keeps,
                    span,
                });
            }
            StmtKind::Include { .. } | StmtKind::Import { .. } | StmtKind::FromImport { .. } => {
                self.file_reference(stmt, out)?;
            }
            StmtKind::Break | StmtKind::Continue => {
                let is_break = matches!(stmt.kind, StmtKind::Break);
                if self.loops == 0 {
                    let word = if is_break { "break" } else { "continue" };
                    return self.fail(span, format!("'{word}' outside a loop"));
                }
                out.push(if is_break {
                    Stmt::Break
                } else {
                    Stmt::Continue
                });
            }
        }
        Ok(())
    }

    /// Branches may never run, so unknown filters in them are errors only when reached.
    fn if_else(
        &mut self,
        branches: &[(ast::Expr, ast::Block)],
        other: &ast::Block,
    ) -> Lowered<Stmt> {
        let mut lowered = Vec::new();
        for (test, body) in branches {
            let test = self.expr(test)?;
            self.soft += 1;
            let body = self.block(body);
            self.soft -= 1;
            lowered.push((test, body?));
        }
        self.soft += 1;
        let other = self.block(other);
        self.soft -= 1;
        Ok(Stmt::If(lowered, other?))
    }

    fn text(&mut self, text: &str, out: &mut Vec<Stmt>) {
        if let Some(Stmt::Text(before)) = out.last_mut() {
            let mut joined = std::mem::take(before).into_vec();
            joined.extend_from_slice(text.as_bytes());
            *before = joined.into_boxed_slice();
            return;
        }
        out.push(Stmt::Text(text.as_bytes().into()));
    }

    fn output(&mut self, expr: &ast::Expr, out: &mut Vec<Stmt>) -> Lowered<()> {
        let lowered = self.expr(expr)?;
        if self.mute {
            return Ok(());
        }
        if self.escape {
            out.push(Stmt::EmitEscaped(lowered));
            return Ok(());
        }
        match lowered {
            Expr::Const(value) if !value.may_nest() => self.text(value.text().as_str(), out),
            lowered => {
                let text = match out.pop() {
                    Some(Stmt::Text(text)) => Some(text),
                    other => {
                        out.extend(other);
                        None
                    }
                };
                let drawn = match &lowered {
                    Expr::Native(call) => call.function.draws().map(|draw| (draw, call.span)),
                    _ => None,
                };
                out.push(match (drawn, text) {
                    (Some((draw, span)), text) => {
                        let text = Str::from_utf8(&text.unwrap_or_default());
                        Stmt::Draw(text, Rc::clone(draw), span)
                    }
                    (None, Some(text)) => Stmt::TextEmit(text, lowered),
                    (None, None) => Stmt::Emit(lowered),
                });
            }
        }
        Ok(())
    }

    fn export(&mut self, name: &Name, var: Var, out: &mut Vec<Stmt>) {
        let top = self.functions.len() == 1 && self.function().scopes.len() == 1;
        if top && self.exporting {
            out.push(Stmt::Export(self.engine.symbol(name), var));
        }
    }

    fn export_target(&mut self, target: &ast::Expr, out: &mut Vec<Stmt>) {
        let mut names = Vec::new();
        if !matches!(target.kind, ExprKind::NamespaceRef(..)) {
            walk_expr(target, &mut |name| names.push(name.clone()));
        }
        for name in names {
            let var = self.resolve(&name);
            self.export(&name, var, out);
        }
    }

    fn target(&mut self, target: &ast::Expr) -> Target {
        match &target.kind {
            ExprKind::Name(name) => Target::Var(self.resolve(name)),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.target(item)).collect();
                Target::Tuple(items, target.span)
            }
            ExprKind::NamespaceRef(object, name) => {
                Target::Namespace(self.resolve(object), Rc::clone(name), target.span)
            }
            _ => Target::Tuple(Vec::new(), target.span),
        }
    }

    fn set(&mut self, target: &ast::Expr, value: &ast::Expr, out: &mut Vec<Stmt>) -> Lowered<()> {
        let lowered = self.expr(value)?;
        let lowered = match self.settle(target, lowered) {
            Some(lowered) => lowered,
            None => return Ok(()),
        };
        out.push(match self.target(target) {
            Target::Var(var) => Stmt::SetVar(var, lowered),
            target => Stmt::Set(Box::new((target, lowered))),
        });
        self.export_target(target, out);
        Ok(())
    }

    /// A body in a scope of its own, whose output is captured.
    fn scoped_body(&mut self, body: &ast::Block, mute: bool) -> Lowered<(Vec<Init>, Vec<Stmt>)> {
        let mute = std::mem::replace(&mut self.mute, mute);
        self.open_scope(body)?;
        let lowered = self.block(body);
        let scope = self.close_scope();
        self.mute = mute;
        Ok((scope.enter, lowered?))
    }

    fn set_block(
        &mut self,
        target: &ast::Expr,
        filter: Option<&ast::Expr>,
        body: &ast::Block,
        out: &mut Vec<Stmt>,
    ) -> Lowered<()> {
        let filter_lowered = filter.map(|filter| self.expr(filter)).transpose()?;
        let (enter, body) = self.scoped_body(body, false)?;
        let lowered = self.target(target);
        out.push(Stmt::Capture(Box::new(Capture {
            target: Some(lowered),
            filter: filter_lowered,
            enter,
            body,
            safe: self.escape,
        })));
        self.export_target(target, out);
        Ok(())
    }

    fn autoescape(
        &mut self,
        on: &ast::Expr,
        body: &ast::Block,
        out: &mut Vec<Stmt>,
    ) -> Lowered<()> {
        let on = match self.expr(on)? {
            Expr::Const(value) => value.truth(),
            _ => return self.fail(on.span, "autoescape takes true or false"),
        };
        let before = std::mem::replace(&mut self.escape, on);
        self.open_scope(body)?;
        let body = self.block(body);
        let scope = self.close_scope();
        self.escape = before;
        out.push(Stmt::Scope(Box::new(program::Scope {
            enter: scope.enter,
            targets: Vec::new(),
            body: body?,
        })));
        Ok(())
    }

    fn with(&mut self, targets: &[(ast::Expr, ast::Expr)], body: &ast::Block) -> Lowered<Stmt> {
        let values = targets
            .iter()
            .map(|(_, value)| self.expr(value))
            .collect::<Lowered<Vec<_>>>()?;
        self.open_scope(body)?;
        let lowered = targets
            .iter()
            .zip(values)
            .map(|((target, _), value)| (self.declare_target(target), value))
            .collect();
        let body = self.block(body);
        let scope = self.close_scope();
        Ok(Stmt::Scope(Box::new(program::Scope {
            enter: scope.enter,
            targets: lowered,
            body: body?,
        })))
    }

    /// Declares the names of a target in the current scope.
    fn declare_target(&mut self, target: &ast::Expr) -> Target {
        let mut names = Vec::new();
        walk_expr(target, &mut |name| names.push(name.clone()));
        for name in names {
            let var = self.declare(&name);
            // Assigned before anything reads it; only a cell must be made first.
            let scope = self.scope();
            scope.enter.retain(|init| init.target() != var);
            if var.cell {
                scope.enter.push(Init::Undefined(var));
            }
        }
        self.target(target)
    }

    fn for_loop(&mut self, one: &ast::For, span: Span) -> Lowered<Stmt> {
        if assigns_loop(one) {
            return self.fail(span, "cannot assign to the loop variable 'loop'");
        }
        let iter = self.reading(&one.iter)?;
        let uses_loop = one.recursive
            || mentions(&one.body, "loop")
            || any_stmt(
                &one.body,
                &|kind| matches!(kind, StmtKind::Block(def) if def.scoped),
            );
        let first = self.function().slots;
        self.open_scope(&one.body)?;
        let target = self.declare_target(&one.target);
        let (test, inner, guarded) = filtered(one, uses_loop);
        let test = test.map(|test| self.expr(test)).transpose()?;
        let select = self.selects(&target, test.as_ref());
        let loop_var = uses_loop.then(|| {
            let name: Name = Rc::from("loop");
            self.scope().names.remove(&name);
            self.declare_param(&name)
        });
        let loops = self.loops;
        self.loops += 1;
        self.soft += u32::from(guarded);
        let body = self.block(inner);
        self.soft -= u32::from(guarded);
        // Not the difference: a failed macro in the body leaves the count where it failed.
        self.loops = loops;
        let scope = self.close_scope();
        let body = body?;
        let own = (first, self.function().slots);
        let append = appends(&target, &scope.enter, &body, own);
        let plain = test.is_none() && !uses_loop && scope.enter.is_empty() && one.other.is_empty();
        let fill = match &target {
            Target::Var(item) if plain && fixed(&iter) => fills(*item, &body, own),
            _ => None,
        };
        let kept = match (&target, &test) {
            (Target::Var(item), Some(test)) if !append.is_empty() => {
                (!item.cell && steady(*item, test)).then(RefCell::default)
            }
            _ => None,
        };
        self.open_scope(&one.other)?;
        let other = self.block(&one.other);
        let other_scope = self.close_scope();
        let last = self.function().slots;
        Ok(Stmt::For(Rc::new(For {
            slots: (first, last),
            target,
            iter,
            test,
            select,
            append,
            kept,
            plucked: RefCell::default(),
            fill,
            enter: scope.enter,
            body,
            loop_var,
            recursive: one.recursive,
            other_enter: other_scope.enter,
            other: other?,
            span: one.iter.span,
        })))
    }

    /// The attribute and operand of a test `item.name == operand`.
    fn selects(&mut self, target: &Target, test: Option<&Expr>) -> Option<(Rc<str>, Operand)> {
        let Target::Var(item) = target else {
            return None;
        };
        let Some(Expr::Compare(CompareOp::Eq, sides, _)) = test else {
            return None;
        };
        let Expr::Attr(attr) = &sides.0 else {
            return None;
        };
        let is_item = match attr.object {
            Expr::Slot(slot) => !item.cell && slot == item.slot,
            _ => false,
        };
        let operand = match &sides.1 {
            Expr::Const(value) if !value.may_nest() => Operand::Const(value.clone()),
            Expr::Slot(slot) => Operand::Var(Var {
                slot: *slot,
                cell: false,
            }),
            Expr::Cell(slot) => Operand::Var(Var {
                slot: *slot,
                cell: true,
            }),
            _ => return None,
        };
        // Variables of the loop itself have no value before a round starts.
        let own = match &operand {
            Operand::Var(var) => self.scope().names.values().any(|own| own == var),
            Operand::Const(_) => false,
        };
        (is_item && !own).then(|| (Rc::clone(&attr.name), operand))
    }

    /// Compiles a macro or the body of a call block; its index.
    fn macro_def(&mut self, def: &MacroDef, is_caller: bool) -> Lowered<usize> {
        let mute = std::mem::replace(&mut self.mute, false);
        let loops = std::mem::replace(&mut self.loops, 0);
        // A parameter in place of a module is anything.
        let engine = self.engine;
        let hides = |name: &Name| engine.global(engine.symbol(name)).is_some();
        let lent = if def.params.iter().any(|(name, _)| hides(name)) {
            Lent::default()
        } else {
            Lent::of(&def.body, &*self)
        };
        self.open_function(true);
        self.function().lent = lent;
        self.open_scope(&def.body)?;
        self.share_defaults(def);
        let params: Vec<Var> = def
            .params
            .iter()
            .map(|(name, _)| self.declare_param(name))
            .collect();
        let special = |lowerer: &mut Self, name: &str| {
            let name: Name = Rc::from(name);
            let taken = def.params.iter().any(|(param, _)| *param == name);
            (!taken && mentions(&def.body, &name)).then(|| lowerer.declare_param(&name))
        };
        let varargs = special(self, "varargs");
        let kwargs = special(self, "kwargs");
        let caller = if is_caller && !mentions(&def.body, "caller") {
            None
        } else {
            special(self, "caller")
        };
        let mut lowered = Vec::new();
        for ((name, default), var) in def.params.iter().zip(params) {
            let default = default.as_ref().map(|default| self.expr(default));
            lowered.push(Param {
                name: Rc::clone(name),
                var,
                default: default.transpose()?,
            });
        }
        let body = self.block(&def.body)?;
        let captures = self.function().captures.clone();
        let code = self.close_function(body);
        self.mute = mute;
        self.loops = loops;
        self.macros.push(Rc::new(Macro {
            name: Rc::clone(&def.name),
            params: lowered,
            varargs,
            kwargs,
            caller,
            captures,
            code,
            escape: self.escape,
        }));
        Ok(self.macros.len() - 1)
    }

    /// Names that functions inside the defaults mention are shared too.
    fn share_defaults(&mut self, def: &MacroDef) {
        let mut shared = HashSet::new();
        walk_names(&def.body, false, &mut |name, inside| {
            if inside {
                shared.insert(name.clone());
            }
        });
        self.scope().shared.extend(shared);
    }

    fn call_block(&mut self, call: &ast::Expr, def: &MacroDef, out: &mut Vec<Stmt>) -> Lowered<()> {
        let index = self.macro_def(def, true)?;
        let mut lowered = self.expr(call)?;
        let caller = (Rc::from("caller"), Expr::Caller(index));
        match &mut lowered {
            Expr::Call(call) => call.args.keyword.push(caller),
            Expr::Native(call) => call.args.keyword.push(caller),
            Expr::Method(call) => call.args.keyword.push(caller),
            _ => return self.fail(call.span, "expected a call"),
        }
        // As in the reference: beside the blocks, a template that extends another emits what its calls,
        // filter blocks and includes make.
        out.push(Stmt::Emit(lowered));
        Ok(())
    }

    fn block_def(&mut self, def: &ast::BlockDef, span: Span, out: &mut Vec<Stmt>) -> Lowered<()> {
        if self.blocks.contains_key(&def.name) {
            return self.fail(span, format!("block '{}' is defined twice", def.name));
        }
        let scoped = def.scoped.then(|| self.snapshot());
        let mute = std::mem::replace(&mut self.mute, false);
        let loops = std::mem::replace(&mut self.loops, 0);
        let in_block = std::mem::replace(&mut self.in_block, true);
        // Taken before the body is compiled, so that a nested block of the same name is refused.
        self.blocks.insert(
            Rc::clone(&def.name),
            Rc::new(Block {
                required: def.required,
                code: Default::default(),
            }),
        );
        self.open_function(false);
        self.open_scope(&def.body)?;
        let body = self.block(&def.body)?;
        let code = self.close_function(body);
        self.mute = mute;
        self.loops = loops;
        self.in_block = in_block;
        self.blocks.insert(
            Rc::clone(&def.name),
            Rc::new(Block {
                required: def.required,
                code,
            }),
        );
        // Deeper than at the top level, the reference renders the blocks of a child where they stand too.
        let top = self.functions.len() == 1 && self.function().scopes.len() == 1;
        if !(self.mute && top) {
            out.push(Stmt::Block {
                name: Rc::clone(&def.name),
                scoped,
                span,
            });
        }
        Ok(())
    }

    fn template_name(&mut self, name: &ast::Expr, optional: bool) -> Lowered<Expr> {
        let span = name.span;
        let lowered = self.reading(name)?;
        if let Expr::Const(value) = &lowered {
            let names = value.as_tuple().unwrap_or(std::slice::from_ref(value));
            for name in names.iter().filter_map(Value::as_str) {
                let optional = optional || names.len() > 1;
                let known = self
                    .references
                    .iter_mut()
                    .find(|(known, ..)| **known == *name);
                match known {
                    Some((_, place, known)) if *known && !optional => {
                        (*place, *known) = (span, false);
                    }
                    Some(_) => {}
                    None => self.references.push((Rc::from(name), span, optional)),
                }
            }
        } else {
            self.engine.assumed(Assumed::doubt);
        }
        Ok(lowered)
    }

    fn context(&mut self, with_context: bool) -> Option<Snapshot> {
        with_context.then(|| self.snapshot())
    }

    fn file_reference(&mut self, stmt: &ast::Stmt, out: &mut Vec<Stmt>) -> Lowered<()> {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Include {
                name,
                ignore_missing,
                with_context,
            } => {
                let name = self.template_name(name, *ignore_missing)?;
                let snapshot = self.context(*with_context);
                out.push(Stmt::Include(Box::new(Include {
                    name,
                    ignore_missing: *ignore_missing,
                    snapshot,
                    span,
                })));
            }
            StmtKind::Import {
                name,
                target,
                with_context,
            } => {
                let name = self.template_name(name, false)?;
                let snapshot = self.context(*with_context);
                let var = self.resolve(target);
                out.push(Stmt::Import(Box::new(Import {
                    name,
                    known: RefCell::default(),
                    snapshot,
                    target: ImportTarget::Module(var),
                    span,
                })));
                self.export(target, var, out);
            }
            StmtKind::FromImport {
                name,
                names,
                with_context,
            } => {
                let name = self.template_name(name, false)?;
                let snapshot = self.context(*with_context);
                let vars: Vec<Var> = names
                    .iter()
                    .map(|(_, target)| self.resolve(target))
                    .collect();
                let taken = names.iter().zip(&vars);
                let taken =
                    taken.map(|((source, _), var)| (Rc::clone(source), *var, Hint::default()));
                out.push(Stmt::Import(Box::new(Import {
                    name,
                    known: RefCell::default(),
                    snapshot,
                    target: ImportTarget::Names(taken.collect()),
                    span,
                })));
                for ((_, target), var) in names.iter().zip(vars) {
                    self.export(target, var, out);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
