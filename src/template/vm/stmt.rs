//! Statements.

use super::Ctx;
use super::loops::Flow;
use crate::template::program::{Expr, Init, Stmt, Target};
use crate::template::{Error, Value, globals, markup};

impl Ctx<'_> {
    pub(super) fn block(&mut self, body: &[Stmt]) -> Result<Flow, Error> {
        for stmt in body {
            match self.stmt(stmt)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    // Part of the loop over statements: most are done in fewer instructions than a call takes.
    #[inline(always)]
    fn stmt(&mut self, stmt: &Stmt) -> Result<Flow, Error> {
        self.tick()?;
        match stmt {
            Stmt::Text(text) => self.out.extend_from_slice(text),
            Stmt::TextEmit(text, expr) => {
                self.out.extend_from_slice(text);
                self.emit(expr)?;
            }
            Stmt::Emit(expr) => self.emit(expr)?,
            Stmt::SetVar(var, expr) => {
                let copy = self.peek(expr).cloned();
                match copy {
                    Some(value) => self.store(*var, value),
                    None => {
                        let value = self.eval(expr)?;
                        self.store(*var, value);
                    }
                }
            }
            Stmt::Do(expr) => self.eval(expr)?.discard(),
            Stmt::If(branches, other) => {
                for (test, body) in branches {
                    if self.truth(test)? {
                        return self.block(body);
                    }
                }
                return self.block(other);
            }
            Stmt::For(one) => {
                // A loop that reaches the step limit fails between statements.
                let flow = self.for_loop(one);
                return flow.map_err(|error| error.at_first(|| self.place(one.span)));
            }
            _ => return self.rare_stmt(stmt),
        }
        Ok(Flow::Next)
    }

    #[inline(never)]
    fn rare_stmt(&mut self, stmt: &Stmt) -> Result<Flow, Error> {
        match stmt {
            Stmt::EmitEscaped(expr) => self.emit_escaped(expr)?,
            Stmt::Set(target, expr) => {
                let value = self.eval(expr)?;
                self.assign(target, value)?;
            }
            Stmt::Capture {
                target,
                filter,
                enter,
                body,
                safe,
            } => return self.capture(target.as_ref(), filter.as_ref(), enter, body, *safe),
            Stmt::Scope {
                enter,
                targets,
                body,
            } => {
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

    fn capture(
        &mut self,
        target: Option<&Target>,
        filter: Option<&Expr>,
        enter: &[Init],
        body: &[Stmt],
        safe: bool,
    ) -> Result<Flow, Error> {
        let start = self.out.len();
        self.enter(enter);
        let flow = self.block(body)?;
        let text = self.take_text(start);
        let mut value = if safe {
            Value::Safe(text.to_rc())
        } else {
            Value::Str(text)
        };
        if let Some(filter) = filter {
            let outer = std::mem::replace(&mut self.captured, value);
            let filtered = self.eval(filter);
            self.captured = outer;
            value = filtered?;
            if target.is_none() && value.as_str().is_none() {
                let kind = value.type_name();
                let message = format!("the filter of a block gives a text, not '{kind}'");
                return Err(Error::type_error(message).help("`| string` after it makes one"));
            }
        }
        match target {
            Some(target) => self.assign(target, value)?,
            None if safe && !matches!(value, Value::Safe(_)) => {
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
