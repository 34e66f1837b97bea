//! Statements.

use super::Ctx;
use super::loops::Flow;
use crate::template::program::{Capture, Expr, Scope, Stmt, Target, Var};
use crate::template::{Error, Str, Value, globals, markup};

/// Number of the frame that a render starts with.
const OUTERMOST: u64 = 1;

impl Ctx<'_> {
    // One loop with what most templates are made of in it: most statements are done in fewer
    // instructions than a call and its result take.
    pub(super) fn block(&mut self, body: &[Stmt]) -> Result<Flow, Error> {
        for stmt in body {
            self.tick()?;
            let flow = match stmt {
                Stmt::Text(text) => {
                    self.out.extend_from_slice(text);
                    continue;
                }
                Stmt::TextEmit(text, expr) => {
                    self.out.extend_from_slice(text);
                    match text_at_hand(&self.stack, self.frame.base, expr) {
                        Some(text) => text.append_to(&mut self.out),
                        None => self.emit(expr)?,
                    }
                    continue;
                }
                Stmt::Draw(text, draw, span) => {
                    text.append_to(&mut self.out);
                    let mut done = draw(self.random, &mut self.out);
                    self.located(&mut done, true, *span);
                    done?;
                    continue;
                }
                Stmt::Emit(expr) => {
                    self.emit(expr)?;
                    continue;
                }
                Stmt::SetVar(var, expr) => {
                    self.set_var(*var, expr)?;
                    continue;
                }
                Stmt::Do(expr) => {
                    self.eval(expr)?.discard();
                    continue;
                }
                Stmt::Turn(key) => {
                    // Files that are included have no turns of their own.
                    if self.frame.id == OUTERMOST {
                        self.random.turn(*key);
                    }
                    continue;
                }
                Stmt::If(branches, other) => self.branch(branches, other)?,
                Stmt::For(one) => {
                    // A loop that reaches the step limit fails between statements.
                    let flow = self.for_loop(one);
                    flow.map_err(|error| error.at_first(|| self.place(one.span)))?
                }
                _ => self.rare_stmt(stmt)?,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    #[inline(always)]
    fn set_var(&mut self, var: Var, expr: &Expr) -> Result<(), Error> {
        let value = match self.peek(expr) {
            Some(value) => value.clone(),
            None => self.eval(expr)?,
        };
        self.store(var, value);
        Ok(())
    }

    #[inline(always)]
    fn branch(&mut self, branches: &[(Expr, Vec<Stmt>)], other: &[Stmt]) -> Result<Flow, Error> {
        for (test, body) in branches {
            if self.truth(test)? {
                return self.block(body);
            }
        }
        self.block(other)
    }

    #[inline(never)]
    fn rare_stmt(&mut self, stmt: &Stmt) -> Result<Flow, Error> {
        match stmt {
            Stmt::EmitEscaped(expr) => self.emit_escaped(expr)?,
            Stmt::Set(set) => {
                let value = self.eval(&set.1)?;
                self.assign(&set.0, value)?;
            }
            Stmt::Capture(capture) => return self.capture(capture),
            Stmt::Scope(scope) => {
                let Scope {
                    enter,
                    targets,
                    body,
                } = &**scope;
                let mut values = Vec::with_capacity(targets.len());
                for (_, expr) in targets {
                    values.push(self.eval(expr)?);
                }
                self.enter(enter);
                for ((target, _), value) in targets.iter().zip(values) {
                    self.assign(target, value)?;
                }
                return self.block(body);
            }
            Stmt::Macro(index, var) => {
                let value = self.make_macro(*index);
                self.store(*var, value);
            }
            Stmt::Include(include) => self.include(include)?,
            Stmt::Import(import) => self.import(import)?,
            Stmt::Extends { name, keeps, span } => {
                let name = self.eval(name)?;
                self.extend(&name, *keeps, *span)?;
            }
            Stmt::Block { name, scoped, span } => self
                .block_stmt(name, scoped.as_ref())
                .map_err(|error| error.at_first(|| self.place(*span)))?,
            Stmt::Export(symbol, var) => {
                let value = self.load(*var);
                self.frame.context.export(*symbol, value);
            }
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Line(line) => self.mark_line(*line),
            _ => {}
        }
        Ok(Flow::Next)
    }

    fn capture(&mut self, capture: &Capture) -> Result<Flow, Error> {
        let start = self.out.len();
        self.enter(&capture.enter);
        let flow = self.block(&capture.body)?;
        let text = self.take_text(start);
        let mut value = if capture.safe {
            Value::Safe(text.to_rc())
        } else {
            Value::Str(text)
        };
        if let Some(filter) = &capture.filter {
            let outer = std::mem::replace(&mut self.captured, value);
            let filtered = self.eval(filter);
            self.captured = outer;
            value = filtered?;
            if capture.target.is_none() && value.as_str().is_none() {
                let kind = value.type_name();
                let message = format!("the filter of a block gives a text, not '{kind}'");
                return Err(Error::type_error(message).help("`| string` after it makes one"));
            }
        }
        match &capture.target {
            Some(target) => self.assign(target, value)?,
            None if capture.safe && !matches!(value, Value::Safe(_)) => {
                let text = value.text();
                let escaped = markup::escape(text.as_str());
                self.out.extend_from_slice(escaped.as_bytes());
            }
            None => crate::template::repr::emit(&value, &mut self.out),
        }
        Ok(flow)
    }

    pub(super) fn assign(&mut self, target: &Target, value: Value) -> Result<(), Error> {
        match target {
            Target::Var(var) => self.store(*var, value),
            Target::Namespace(var, name, span) => {
                let object = self.load(*var);
                let Some(namespace) = object.downcast::<globals::NamespaceValue>() else {
                    let message = format!(
                        "cannot set the attribute '{name}' of '{}'",
                        object.type_name()
                    );
                    let error = Error::type_error(message)
                        .help("only attributes of a namespace() can be set");
                    return Err(error.at(|| self.place(*span)));
                };
                namespace.set(name, value);
            }
            Target::Tuple(targets, span) => {
                let values = self.iterate_all(&value);
                let values = values.map_err(|error| error.at(|| self.place(*span)))?;
                if values.len() != targets.len() {
                    let error = Error::value_error(format!(
                        "cannot unpack {} values into {} names",
                        values.len(),
                        targets.len()
                    ));
                    return Err(error.at(|| self.place(*span)));
                }
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value)?;
                }
            }
        }
        Ok(())
    }
}

/// The text that a variable, or an attribute of it, holds: what most output is.
#[inline(always)]
fn text_at_hand<'v>(stack: &'v [Value], base: usize, expr: &'v Expr) -> Option<&'v Str> {
    let value = match expr {
        Expr::Slot(slot) => stack.get(base + usize::from(*slot))?,
        Expr::Attr(attr) => match &attr.object {
            Expr::Slot(slot) => match stack.get(base + usize::from(*slot))? {
                Value::Object(host) => host.attr_ref(&attr.name, &attr.hint)?,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    match value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}
