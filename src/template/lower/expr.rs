//! Expressions.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Lowered, Lowerer, fold};
use crate::template::datetime::LastText;
use crate::template::methods::{self, Method};
use crate::template::object::{Function, Hint, Known};
use crate::template::program::{
    AttrExpr, CallArgs, CallExpr, Expr, FilterExpr, FilterInput, MethodExpr, NativeExpr, TestExpr,
};
use crate::template::syntax::ast::{self, CompareOp, ExprKind, Name};
use crate::template::{Error, ErrorKind, Span, Value, filters, tests};

/// Most names that are listed when none is near.
const MOST_LISTED: usize = 16;

impl Lowerer<'_> {
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Lowered<Expr> {
        let span = expr.span;
        let lowered = match &expr.kind {
            ExprKind::Const(value) => Expr::Const(value.clone()),
            ExprKind::Name(name) => self.name(name),
            ExprKind::List(items) => fold::list(self.exprs(items)?),
            ExprKind::Tuple(items) => fold::tuple(self.exprs(items)?),
            ExprKind::Dict(items) => {
                let items = items
                    .iter()
                    .map(|(key, value)| Ok((self.expr(key)?, self.expr(value)?)));
                fold::dict(items.collect::<Lowered<_>>()?, span)
            }
            ExprKind::Neg(inner) => fold::unary(Expr::Neg(Box::new(self.expr(inner)?), span)),
            ExprKind::Pos(inner) => fold::unary(Expr::Pos(Box::new(self.expr(inner)?), span)),
            ExprKind::Not(inner) => fold::unary(Expr::Not(Box::new(self.expr(inner)?))),
            ExprKind::Binary(op, a, b) => fold::binary(*op, self.expr(a)?, self.expr(b)?, span),
            ExprKind::And(a, b) => Expr::And(Box::new((self.expr(a)?, self.expr(b)?))),
            ExprKind::Or(a, b) => Expr::Or(Box::new((self.expr(a)?, self.expr(b)?))),
            ExprKind::Compare(first, rest) => self.compare(first, rest, span)?,
            ExprKind::Concat(parts) => fold::concat(self.exprs(parts)?, span),
            ExprKind::Cond { test, then, other } => {
                let test = self.expr(test)?;
                self.soft += 1;
                let then = self.expr(then)?;
                let other = match other {
                    Some(other) => self.expr(other)?,
                    None => Expr::Const(Value::Undefined),
                };
                self.soft -= 1;
                Expr::Cond(Box::new((test, then, other)))
            }
            ExprKind::Attr(object, name) => self.attr(object, name, span)?,
            ExprKind::Item(object, key) => self.item(object, key, span)?,
            ExprKind::Slice(object, parts) => {
                let object = self.expr(object)?;
                let [start, stop, step] = &**parts;
                let mut part = |part: &Option<ast::Expr>| {
                    part.as_ref().map(|part| self.expr(part)).transpose()
                };
                let parts = [part(start)?, part(stop)?, part(step)?];
                Expr::Slice(Box::new((object, parts)), span)
            }
            ExprKind::Call(callee, args) => self.call(callee, args, span)?,
            ExprKind::Filter { input, name, args } => {
                self.filter(input.as_deref(), name, args, span)?
            }
            ExprKind::Test {
                input,
                name,
                args,
                negated,
            } => self.test(input, name, args, *negated, span)?,
            ExprKind::NamespaceRef(..) => Expr::Const(Value::Undefined),
        };
        Ok(lowered)
    }

    pub(super) fn exprs(&mut self, items: &[ast::Expr]) -> Lowered<Vec<Expr>> {
        items.iter().map(|item| self.expr(item)).collect()
    }

    /// An expression whose value is only looked at: a list of constants need not be made anew.
    pub(super) fn reading(&mut self, expr: &ast::Expr) -> Lowered<Expr> {
        Ok(fold::frozen(self.expr(expr)?))
    }

    fn name(&mut self, name: &Name) -> Expr {
        if &**name == "self" && self.find(name).is_none() {
            return Expr::SelfRef;
        }
        if &**name == "super" && self.in_block && self.find(name).is_none() {
            return Expr::Super;
        }
        if let Some(value) = self.function().settled.get(name) {
            return Expr::Const(value.clone());
        }
        if let Some(value) = self.constant(name) {
            return Expr::Const(value);
        }
        if self.find(name).is_none() {
            let symbol = self.engine.symbol(name);
            self.engine.assumed(|assumed| assumed.hand_out(symbol));
        }
        self.variable(name)
    }

    /// What a name stands for that is no constant.
    fn variable(&mut self, name: &Name) -> Expr {
        if let Some(value) = self.meant(name) {
            return Expr::Bound(value);
        }
        let var = self.resolve(name);
        if var.cell {
            Expr::Cell(var.slot)
        } else {
            Expr::Slot(var.slot)
        }
    }

    /// Something of which only a part is read, so that what it holds stays as it is.
    fn whole(&mut self, object: &ast::Expr) -> Lowered<Expr> {
        let ExprKind::Name(name) = &object.kind else {
            return self.expr(object);
        };
        let symbol = self.engine.symbol(name);
        let mapping = matches!(self.engine.global(symbol), Some(Value::Dict(_)));
        let own = self.function().settled.contains_key(name) || self.find(name).is_some();
        Ok(if mapping && !own {
            self.variable(name)
        } else {
            self.name(name)
        })
    }

    fn compare(
        &mut self,
        first: &ast::Expr,
        rest: &[(CompareOp, ast::Expr)],
        span: Span,
    ) -> Lowered<Expr> {
        let first = self.expr(first)?;
        let mut lowered = Vec::new();
        for (op, expr) in rest {
            let expr = match op {
                CompareOp::In | CompareOp::NotIn => self.reading(expr)?,
                _ => self.expr(expr)?,
            };
            lowered.push((*op, expr));
        }
        match (lowered.len(), lowered.pop()) {
            (1, Some((op, only))) => Ok(Expr::Compare(op, Box::new((first, only)), span)),
            (_, last) => {
                lowered.extend(last);
                Ok(Expr::Chain(Box::new((first, lowered)), span))
            }
        }
    }

    fn attr(&mut self, object: &ast::Expr, name: &Name, span: Span) -> Lowered<Expr> {
        let object_span = object.span;
        if !methods::of_dict(name)
            && let Some(value) = self.entry(object, name)
        {
            return Ok(value);
        }
        // A method that is not called at once may be one that changes.
        let object = if methods::of_dict(name) {
            self.expr(object)?
        } else {
            self.whole(object)?
        };
        if let Some(value) = fold::attribute(&object, name) {
            return Ok(Expr::Const(value));
        }
        self.check_base(&object)?;
        Ok(Expr::Attr(Box::new(AttrExpr {
            object,
            name: name.clone(),
            object_span,
            span,
            dict_method: methods::of_dict(name),
            hint: Hint::default(),
        })))
    }

    fn item(&mut self, object: &ast::Expr, key: &ast::Expr, span: Span) -> Lowered<Expr> {
        if let ExprKind::Const(Value::Str(key)) = &key.kind
            && let Some(value) = self.entry(object, key.as_str())
        {
            return Ok(value);
        }
        let object = self.whole(object)?;
        Ok(Expr::Item(Box::new((object, self.expr(key)?)), span))
    }

    fn args(&mut self, args: &ast::CallArgs, reading: bool) -> Lowered<CallArgs> {
        let mut one = |expr: &ast::Expr| {
            let lowered = self.expr(expr)?;
            Ok(if reading {
                fold::frozen_list(lowered)
            } else {
                lowered
            })
        };
        let positional = args.positional.iter().map(&mut one);
        let positional = positional.collect::<Lowered<_>>()?;
        let mut keyword = Vec::new();
        for (name, value) in &args.keyword {
            keyword.push((Rc::clone(name), one(value)?));
        }
        let mut boxed = |expr: &Option<Box<ast::Expr>>| {
            expr.as_ref()
                .map(|expr| one(expr).map(Box::new))
                .transpose()
        };
        Ok(CallArgs {
            positional,
            keyword,
            star: boxed(&args.star)?,
            star_star: boxed(&args.star_star)?,
        })
    }

    pub(super) fn call(
        &mut self,
        callee: &ast::Expr,
        args: &ast::CallArgs,
        span: Span,
    ) -> Lowered<Expr> {
        if let ExprKind::Attr(object, name) = &callee.kind {
            let object_span = object.span;
            if &**name == "get"
                && let Some(value) = self.get_entry(object, args)
            {
                return Ok(value);
            }
            let object = if matches!(&**name, "get" | "items" | "keys" | "values") {
                self.whole(object)?
            } else {
                self.expr(object)?
            };
            return match fold::attribute(&object, name) {
                Some(function) => self.bound(function, args, callee.span, span),
                None => {
                    self.check_constant_member(&object, name, callee.span)?;
                    self.check_base(&object)?;
                    let (method, args) = (Method::named(name), self.args(args, false)?);
                    let text = match (method, args.plain()) {
                        (Method::Strftime, Some([Expr::Const(Value::Str(format))])) => {
                            Some(Box::new(RefCell::new(LastText::new(format.as_str()))))
                        }
                        _ => None,
                    };
                    Ok(Expr::Method(Box::new(MethodExpr {
                        object,
                        object_span,
                        method,
                        name: name.clone(),
                        args,
                        span,
                        hint: Hint::default(),
                        text,
                    })))
                }
            };
        }
        match self.expr(callee)? {
            Expr::Const(function) => self.bound(function, args, callee.span, span),
            lowered => Ok(Expr::Call(Box::new(CallExpr {
                callee: lowered,
                callee_span: callee.span,
                args: self.args(args, false)?,
                span,
            }))),
        }
    }

    /// `mapping.get('key')`, where the mapping has the key and nobody changes it.
    fn get_entry(&mut self, object: &ast::Expr, args: &ast::CallArgs) -> Option<Expr> {
        if !args.keyword.is_empty() || args.star.is_some() || args.star_star.is_some() {
            return None;
        }
        let constant = |expr: &ast::Expr| match &expr.kind {
            ExprKind::Const(value) => Some(value.clone()),
            _ => None,
        };
        // Another default would have to be evaluated.
        let key = match args.positional.as_slice() {
            [key] => constant(key)?,
            [key, default] => constant(default).and(constant(key))?,
            _ => return None,
        };
        let Value::Str(key) = key else { return None };
        self.entry(object, key.as_str())
    }

    /// A function that a module does not have is found before the first run.
    fn check_constant_member(&mut self, object: &Expr, name: &str, span: Span) -> Lowered<()> {
        let Expr::Const(Value::Object(object)) = object else {
            return Ok(());
        };
        if object.type_name() == "module"
            && let Err(absent) = object.get_item(&Value::from(name))
        {
            // A Python module that is not built in: whatever is wanted of it fails.
            self.problems.push(absent.at(|| self.place(span)));
            return Ok(());
        }
        let known = object.names();
        if self.soft > 0 || !object.is_constant() || known.is_empty() || object.has_method(name) {
            return Ok(());
        }
        let message = match self.owner(span, name) {
            Some(owner) => format!("`{owner}` has no `{name}`"),
            None => format!("'{}' has no `{name}`", object_text(&**object)),
        };
        let error = Error::new(ErrorKind::NotFound, message);
        let error = error.suggest(name, known.iter().map(String::as_str));
        let error = match error.help_text() {
            None if known.len() <= MOST_LISTED => {
                error.help(format!("there are {}", known.join(", ")))
            }
            _ => error,
        };
        // The reference fails when the call runs, so does this one; `problems` tells beforehand.
        self.problems.push(error.at(|| self.place(span)));
        Ok(())
    }

    /// What stands before `.name` in the text.
    fn owner(&self, span: Span, name: &str) -> Option<&str> {
        let text = self.source.get(span.start as usize..span.end as usize)?;
        text.strip_suffix(name)?.strip_suffix('.')
    }

    /// What a module or the samples do not have is undefined, and an undefined value has no members.
    fn check_base(&mut self, object: &Expr) -> Lowered<()> {
        match object {
            Expr::Attr(missing) => {
                self.check_constant_member(&missing.object, &missing.name, missing.span)
            }
            _ => Ok(()),
        }
    }

    /// Arguments that a function does not take are found before the first run.
    fn check_arguments(&mut self, function: &Value, args: &ast::CallArgs, span: Span) {
        let Value::Object(object) = function else {
            return;
        };
        let Some((name, params)) = object.parameters().filter(|_| self.soft == 0) else {
            return;
        };
        let unknown = args.keyword.iter().map(|(given, _)| given);
        let unknown = unknown.filter(|given| !params.contains(&&***given));
        let mut errors: Vec<Error> = unknown
            .map(|given| {
                let message = format!("{name}() got an unexpected keyword argument '{given}'");
                Error::type_error(message).suggest(given, params.iter().copied())
            })
            .collect();
        if args.positional.len() > params.len() {
            errors.push(Error::type_error(format!(
                "{name}() takes at most {} arguments, {} given",
                params.len(),
                args.positional.len()
            )));
        }
        for error in errors {
            self.problems.push(error.at(|| self.place(span)));
        }
    }

    /// A call of a function known now.
    fn bound(
        &mut self,
        function: Value,
        args: &ast::CallArgs,
        callee_span: Span,
        span: Span,
    ) -> Lowered<Expr> {
        let callee = function.downcast::<Function>();
        let borrows = callee.is_some_and(Function::borrows);
        self.check_arguments(&function, args, callee_span);
        let args = self.args(args, borrows)?;
        let special = callee.and_then(|callee| {
            let known = |expr: &Expr| match expr {
                Expr::Const(value) => Known::Constant(value.clone()),
                Expr::Bound(value) => Known::Object(value.clone()),
                _ => Known::Nothing,
            };
            let plain = args.is_plain();
            let given: Vec<Known> = args.positional.iter().map(known).collect();
            plain.then(|| callee.specialize(&given)).flatten()
        });
        let function = special.unwrap_or(function);
        Ok(match native(&function) {
            Some(function) => Expr::Native(Box::new(NativeExpr {
                args: if function.is_prepared() {
                    CallArgs::default()
                } else {
                    args
                },
                function,
                span,
            })),
            None => Expr::Call(Box::new(CallExpr {
                callee: Expr::Const(function),
                callee_span,
                args,
                span,
            })),
        })
    }

    fn filter(
        &mut self,
        input: Option<&ast::Expr>,
        name: &Name,
        args: &ast::CallArgs,
        span: Span,
    ) -> Lowered<Expr> {
        let input = match input {
            Some(input) => self.expr(input)?,
            None => Expr::Captured,
        };
        let found = filters::find(name);
        let input = match found {
            Some((_, true)) => fold::frozen(input),
            _ => input,
        };
        let at = FilterInput {
            input,
            args: self.args(args, false)?,
            span,
        };
        if let Some(host) = self.engine.filter(name) {
            return Ok(Expr::HostFilter(Box::new((host, at))));
        }
        if &**name == "tojson" && args.exprs().next().is_none() {
            return Ok(Expr::ToJson(Box::new((at.input, span))));
        }
        if matches!(&**name, "length" | "count") && args.exprs().next().is_none() {
            return Ok(Expr::Length(Box::new((at.input, span))));
        }
        let plain = args.exprs().next().is_none();
        if let ("list", true, Some(items)) = (&**name, plain, fold::items(&at.input)) {
            return Ok(Expr::Lent(items));
        }
        if let ("random", true, Some(rows)) = (&**name, plain, fold::rows(&at.input)) {
            return Ok(Expr::Random(rows));
        }
        if let Some((run, _)) = found {
            return Ok(Expr::Filter(Box::new(FilterExpr { run, at })));
        }
        let host = self.engine.filter_names();
        let mut known: Vec<&str> = filters::names().collect();
        known.extend(host.iter().map(String::as_str));
        let error = Error::new(ErrorKind::NotFound, format!("no filter named '{name}'"));
        self.unknown(error.suggest(name, known), span)
    }

    fn test(
        &mut self,
        input: &ast::Expr,
        name: &Name,
        args: &ast::CallArgs,
        negated: bool,
        span: Span,
    ) -> Lowered<Expr> {
        let Some(run) = tests::find(name) else {
            let error = Error::new(ErrorKind::NotFound, format!("no test named '{name}'"));
            return self.unknown(error.suggest(name, tests::names()), span);
        };
        let at = FilterInput {
            input: self.reading(input)?,
            args: self.args(args, true)?,
            span,
        };
        Ok(Expr::Test(Box::new(TestExpr { run, at, negated })))
    }

    /// Unknown filters and tests are errors now, or when reached if they may never be.
    fn unknown(&mut self, error: Error, span: Span) -> Lowered<Expr> {
        let error = error.at(|| self.place(span));
        if self.soft > 0 {
            return Ok(Expr::Fail(Box::new(error)));
        }
        Err(error)
    }
}

fn native(function: &Value) -> Option<Rc<Function>> {
    match function {
        Value::Object(object) => {
            let any: Rc<dyn std::any::Any> = Rc::<dyn crate::template::Object>::clone(object);
            any.downcast().ok()
        }
        _ => None,
    }
}

fn object_text(object: &dyn crate::template::Object) -> String {
    let mut text = String::new();
    let _ = object.text(&mut text);
    text
}
