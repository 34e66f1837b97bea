//! Expressions: to a value, or straight into the output.

use std::cmp::Ordering;

use super::Ctx;
use crate::template::compare::order;
use crate::template::dict::DictData;
use crate::template::ops::BinaryOp;
use crate::template::program::{AttrExpr, Expr, MethodExpr};
use crate::template::syntax::ast::CompareOp;
use crate::template::text::Pieces;
use crate::template::{Dict, Error, List, Span, Str, Value, access, filters, markup, ops, repr};

impl Ctx<'_> {
    pub(super) fn eval(&mut self, expr: &Expr) -> Result<Value, Error> {
        match expr {
            Expr::Const(value) | Expr::Bound(value) => Ok(value.clone()),
            Expr::Slot(slot) => Ok(self.slot(*slot)),
            Expr::Cell(slot) => Ok(self.cell(*slot)),
            Expr::Attr(attr) => {
                if let Some(object) = self.peek(&attr.object)
                    && let Ok(value) = access::attribute_at(object, attr)
                {
                    return Ok(value);
                }
                let object = self.eval(&attr.object)?;
                match access::attribute_at(&object, attr) {
                    Ok(value) => Ok(value),
                    Err(error) => {
                        Err(self.undefined_base(error, &object, attr.object_span, attr.span))
                    }
                }
            }
            Expr::Item(parts, span) => {
                if let (Expr::Method(call), Expr::Const(Value::Int(at))) = (&parts.0, &parts.1)
                    && let Some(separator) = call.split_constant()
                {
                    return self.piece(call, separator, *at, *span);
                }
                if let (Some(object), Some(key)) = (self.peek(&parts.0), self.peek(&parts.1))
                    && let Ok(value) = access::item(object, key)
                {
                    return Ok(value);
                }
                let object = self.eval(&parts.0)?;
                let key = self.eval(&parts.1)?;
                access::item(&object, &key).map_err(|error| error.at(|| self.place(*span)))
            }
            Expr::Call(call) => self.eval_call(call),
            Expr::Method(call) => self.eval_method(call),
            Expr::Filter(filter) => self.eval_filter(filter),
            Expr::Test(test) => self.eval_test(test),
            Expr::Native(call) => self.eval_native(call),
            Expr::Binary(op, sides, span) => self.eval_binary(*op, sides, *span),
            Expr::Concat(parts, span) => self.concat(parts, *span),
            Expr::Compare(..) => self.truth(expr).map(Value::Bool),
            Expr::Cond(parts) => {
                let (test, then, other) = &**parts;
                if self.truth(test)? {
                    self.eval(then)
                } else {
                    self.eval(other)
                }
            }
            Expr::Length(parts) => self.length(&parts.0, parts.1),
            Expr::Random(rows) => Ok(self.any_of(rows)),
            Expr::And(sides) => {
                let left = self.eval(&sides.0)?;
                if left.truth() {
                    self.eval(&sides.1)
                } else {
                    Ok(left)
                }
            }
            Expr::Or(sides) => {
                let left = self.eval(&sides.0)?;
                if left.truth() {
                    Ok(left)
                } else {
                    self.eval(&sides.1)
                }
            }
            _ => self.eval_rare(expr),
        }
    }

    /// [`Ctx::eval`] to where the value is wanted: what is at hand is copied there and not moved.
    #[inline]
    pub(super) fn eval_to(&mut self, expr: &Expr, to: &mut Value) -> Result<(), Error> {
        match self.peek(expr) {
            Some(value) => value.clone().put(to),
            None => self.eval(expr)?.put(to),
        }
        Ok(())
    }

    /// The value of an operand that is there already, without a copy.
    pub(super) fn peek<'v>(&'v self, expr: &'v Expr) -> Option<&'v Value> {
        look(&self.stack, self.frame.base, expr)
    }

    /// One of some values, drawn as the filter `random` draws.
    fn any_of(&mut self, values: &[Value]) -> Value {
        if values.is_empty() {
            return Value::Undefined;
        }
        let at = self.random.below(values.len() as u64);
        let at = usize::try_from(at).unwrap_or(0);
        values.get(at).cloned().unwrap_or_default()
    }

    fn length(&mut self, input: &Expr, span: Span) -> Result<Value, Error> {
        let len = match self.peek(input) {
            Some(value) => value.len(),
            None => self.eval(input)?.len(),
        };
        match len {
            Ok(len) => Ok(i64::try_from(len).map_or_else(|_| Value::from(len), Value::Int)),
            Err(error) => Err(error.at(|| self.place(span))),
        }
    }

    #[inline(never)]
    fn eval_binary(
        &mut self,
        op: BinaryOp,
        sides: &(Expr, Expr),
        span: Span,
    ) -> Result<Value, Error> {
        if let (Some(Value::Int(left)), Some(Value::Int(right))) =
            (self.peek(&sides.0), self.peek(&sides.1))
            && let Some(value) = ops::small(op, *left, *right)
        {
            return Ok(value);
        }
        self.guard()?;
        let left = self.eval(&sides.0)?;
        let right = self.eval(&sides.1)?;
        let done = ops::binary(op, &left, &right, self.largest());
        left.discard();
        right.discard();
        if let Ok(made) = &done {
            self.charge(made);
        }
        done.map_err(|error| error.at(|| self.place(span)))
    }

    /// One piece of a text that is split, without the others.
    #[inline(never)]
    fn piece(
        &mut self,
        call: &MethodExpr,
        separator: &Str,
        at: i64,
        span: Span,
    ) -> Result<Value, Error> {
        let object = match self.peek(&call.object) {
            Some(object) => object.clone(),
            None => {
                self.guard()?;
                self.eval(&call.object)?
            }
        };
        if let Value::Str(text) = &object
            && let Some(piece) = one_piece(text, separator, at)
        {
            self.charge(&object);
            object.discard();
            return Ok(piece);
        }
        let pieces = self.method_value(&object, call)?;
        access::item(&pieces, &Value::Int(at)).map_err(|error| error.at(|| self.place(span)))
    }

    /// The rest: apart, so that the frame of `eval`, which recurses, stays small.
    #[inline(never)]
    fn eval_rare(&mut self, expr: &Expr) -> Result<Value, Error> {
        self.guard()?;
        match expr {
            Expr::List(items) => Ok(Value::list(self.eval_all(items)?)),
            Expr::Lent(items) => Ok(Value::List(List::lent(items.clone()))),
            Expr::Tuple(items) => Ok(Value::tuple(self.eval_all(items)?)),
            Expr::Dict(items, span) => self.dict(items, *span),
            Expr::Record(items) => self.record(items),
            Expr::Not(inner) => Ok(Value::Bool(!self.truth(inner)?)),
            Expr::Neg(inner, span) => {
                let value = self.eval(inner)?;
                ops::negate(&value).map_err(|error| error.at(|| self.place(*span)))
            }
            Expr::Pos(inner, span) => {
                let value = self.eval(inner)?;
                ops::plus(&value).map_err(|error| error.at(|| self.place(*span)))
            }
            Expr::Chain(parts, span) => self.chain(&parts.0, &parts.1, *span),
            Expr::Slice(parts, span) => {
                let object = self.eval(&parts.0)?;
                let mut bounds = [Value::None, Value::None, Value::None];
                for (bound, part) in bounds.iter_mut().zip(&parts.1) {
                    if let Some(part) = part {
                        *bound = self.eval(part)?;
                    }
                }
                let part = access::slice(&object, &bounds);
                let part = part.map_err(|error| error.at(|| self.place(*span)))?;
                self.charge(&part);
                Ok(part)
            }
            Expr::ToJson(parts) => {
                let start = self.out.len();
                self.emit_json(&parts.0, parts.1)?;
                let text = self.take_text(start);
                Ok(Value::Safe(text.to_rc()))
            }
            Expr::HostFilter(parts) => {
                let (function, at) = &**parts;
                let input = self.eval(&at.input)?;
                let called =
                    self.with_args(&at.args, Some(input), |ctx, args| ctx.call(function, args));
                called.map_err(|error| error.at(|| self.place(at.span)))
            }
            Expr::Captured => Ok(self.captured.clone()),
            Expr::Super => Ok(self.super_ref()),
            Expr::SelfRef => Ok(self.self_ref()),
            Expr::Caller(index) => Ok(self.make_macro(*index)),
            Expr::Fail(error) => Err(Error::clone(error)),
            _ => Ok(Value::Undefined),
        }
    }

    fn eval_all(&mut self, items: &[Expr]) -> Result<Vec<Value>, Error> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.eval(item)?);
        }
        Ok(values)
    }

    fn dict(&mut self, items: &[(Expr, Expr)], span: Span) -> Result<Value, Error> {
        let dict = Dict::default();
        for (key, value) in items {
            let key = self.eval(key)?;
            let value = self.eval(value)?;
            let inserted = dict.borrow_mut().insert(key, value);
            inserted.map_err(|error| error.at(|| self.place(span)))?;
        }
        Ok(Value::Dict(dict))
    }

    fn record(&mut self, items: &[(Str, Expr)]) -> Result<Value, Error> {
        let mut dict = DictData::with_capacity(items.len());
        for (key, value) in items {
            let value = self.eval(value)?;
            dict.push_new(Value::Str(key.clone()), value);
        }
        Ok(Value::Dict(Dict::from(dict)))
    }

    pub(super) fn truth(&mut self, expr: &Expr) -> Result<bool, Error> {
        match expr {
            Expr::Compare(op, sides, span) => {
                if let (Some(left), Some(right)) = (self.peek(&sides.0), self.peek(&sides.1))
                    && let Some(holds) = plain_compare(*op, left, right)
                {
                    return Ok(holds);
                }
                let left = self.eval(&sides.0)?;
                if let Expr::Const(right) = &sides.1 {
                    return self.compare(*op, &left, right, *span);
                }
                let right = self.eval(&sides.1)?;
                self.compare(*op, &left, &right, *span)
            }
            Expr::Not(inner) => Ok(!self.truth(inner)?),
            Expr::And(sides) => Ok(self.truth(&sides.0)? && self.truth(&sides.1)?),
            Expr::Or(sides) => Ok(self.truth(&sides.0)? || self.truth(&sides.1)?),
            _ => match self.peek(expr) {
                Some(value) => Ok(value.truth()),
                None => Ok(self.eval(expr)?.truth()),
            },
        }
    }

    fn compare(
        &mut self,
        op: CompareOp,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Result<bool, Error> {
        self.charge(left);
        compare(self, op, left, right).map_err(|error| error.at(|| self.place(span)))
    }

    fn chain(
        &mut self,
        first: &Expr,
        rest: &[(CompareOp, Expr)],
        span: Span,
    ) -> Result<Value, Error> {
        let mut left = self.eval(first)?;
        for (op, expr) in rest {
            let right = self.eval(expr)?;
            if !self.compare(*op, &left, &right, span)? {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    #[inline(never)]
    fn concat(&mut self, parts: &[Expr], span: Span) -> Result<Value, Error> {
        self.guard()?;
        let start = self.out.len();
        for part in parts {
            self.emit(part)?;
        }
        self.check_size(self.out.len())
            .map_err(|error| error.at(|| self.place(span)))?;
        Ok(Value::Str(self.take_text(start)))
    }

    /// An attribute of something undefined: says what was undefined, as the author wrote it.
    pub(super) fn undefined_base(
        &self,
        error: Error,
        object: &Value,
        object_span: Span,
        span: Span,
    ) -> Error {
        if object.is_undefined() {
            let source = self.source(object_span);
            return Error::undefined(format!("`{source}` is undefined"))
                .help("an undefined value has no attributes; `| default(...)` gives it a value")
                .at(|| self.place(span));
        }
        error.at(|| self.place(span))
    }

    /// Writes the printed form of an expression.
    pub(super) fn emit(&mut self, expr: &Expr) -> Result<(), Error> {
        match expr {
            Expr::Const(value) => repr::emit(value, &mut self.out),
            Expr::Slot(slot) => {
                let at = self.frame.base + usize::from(*slot);
                if let Some(value) = self.stack.get(at) {
                    repr::emit(value, &mut self.out);
                }
            }
            Expr::Attr(attr) => {
                match look(&self.stack, self.frame.base, &attr.object) {
                    Some(Value::Object(host)) => {
                        if let Some(value) = host.attr_ref(&attr.name, &attr.hint) {
                            repr::emit(value, &mut self.out);
                            return Ok(());
                        }
                    }
                    Some(Value::Dict(dict)) if !attr.dict_method => {
                        let entries = dict.borrow();
                        if let Some(value) = entries.get_hinted(attr.name.as_bytes(), &attr.hint) {
                            repr::emit(value, &mut self.out);
                        }
                        return Ok(());
                    }
                    _ => {}
                }
                let value = self.eval(expr)?;
                repr::emit(&value, &mut self.out);
            }
            Expr::Native(call) => return self.emit_native(call),
            Expr::Concat(parts, _) => {
                for part in parts {
                    self.emit(part)?;
                }
            }
            Expr::Cond(parts) => {
                let (test, then, other) = &**parts;
                return if self.truth(test)? {
                    self.emit(then)
                } else {
                    self.emit(other)
                };
            }
            Expr::ToJson(parts) => return self.emit_json(&parts.0, parts.1),
            Expr::Call(call) => return self.emit_call(call),
            Expr::Method(call) => return self.emit_method(call),
            _ => {
                let value = self.eval(expr)?;
                repr::emit(&value, &mut self.out);
            }
        }
        Ok(())
    }

    /// Output inside `{% autoescape true %}`.
    pub(super) fn emit_escaped(&mut self, expr: &Expr) -> Result<(), Error> {
        let value = self.eval(expr)?;
        match &value {
            Value::Safe(text) => self.out.extend_from_slice(text.as_bytes()),
            value => {
                let text = value.text();
                let escaped = markup::escape(text.as_str());
                self.out.extend_from_slice(escaped.as_bytes());
            }
        }
        Ok(())
    }

    fn emit_json(&mut self, input: &Expr, span: Span) -> Result<(), Error> {
        if let Some(value) = look(&self.stack, self.frame.base, input) {
            return filters::json::write_html_safe(value, None, &mut self.out)
                .map_err(|error| error.at(|| self.place(span)));
        }
        let value = self.eval(input)?;
        filters::json::write_html_safe(&value, None, &mut self.out)
            .map_err(|error| error.at(|| self.place(span)))
    }
}

/// A piece by its place from the start; `None` when that place or separator needs more thought.
fn one_piece(text: &Str, separator: &Str, at: i64) -> Option<Value> {
    let separator = separator.as_bytes();
    let at = usize::try_from(at).ok().filter(|_| !separator.is_empty())?;
    let piece = Pieces::of(text.as_bytes(), separator).nth(at);
    let text = |piece| Value::Str(Str::from_utf8(piece));
    Some(piece.map_or(Value::Undefined, text))
}

/// The value of an operand that is there already.
#[inline]
pub(super) fn look<'v>(stack: &'v [Value], base: usize, expr: &'v Expr) -> Option<&'v Value> {
    match expr {
        Expr::Const(value) | Expr::Bound(value) => Some(value),
        Expr::Slot(slot) => stack.get(base + usize::from(*slot)),
        Expr::Attr(attr) => look_into(stack, base, attr),
        _ => None,
    }
}

fn look_into<'v>(stack: &'v [Value], base: usize, attr: &'v AttrExpr) -> Option<&'v Value> {
    match look(stack, base, &attr.object)? {
        Value::Object(host) => host.attr_ref(&attr.name, &attr.hint),
        _ => None,
    }
}

/// A comparison that cannot fail; `None` when it may.
fn plain_compare(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    Some(match (op, left, right) {
        (CompareOp::Eq, Value::Str(left), Value::Str(right)) => left == right,
        (CompareOp::Ne, Value::Str(left), Value::Str(right)) => left != right,
        // Long lists are charged for.
        (CompareOp::Eq | CompareOp::Ne, Value::List(_), Value::List(_)) => return None,
        (CompareOp::Eq, _, _) => left == right,
        (CompareOp::Ne, _, _) => left != right,
        (CompareOp::Lt, Value::Int(left), Value::Int(right)) => left < right,
        (CompareOp::Le, Value::Int(left), Value::Int(right)) => left <= right,
        (CompareOp::Gt, Value::Int(left), Value::Int(right)) => left > right,
        (CompareOp::Ge, Value::Int(left), Value::Int(right)) => left >= right,
        (CompareOp::In, _, Value::Tuple(items)) => items.contains(left),
        (CompareOp::NotIn, _, Value::Tuple(items)) => !items.contains(left),
        _ => return None,
    })
}

/// A comparison.
pub(in crate::template) fn compare(
    ctx: &mut Ctx<'_>,
    op: CompareOp,
    left: &Value,
    right: &Value,
) -> Result<bool, Error> {
    let ordered =
        |holds: fn(Ordering) -> bool| Ok(order(left, right, op.symbol())?.is_some_and(holds));
    match op {
        CompareOp::Eq => Ok(left == right),
        CompareOp::Ne => Ok(left != right),
        CompareOp::Lt => ordered(Ordering::is_lt),
        CompareOp::Le => ordered(Ordering::is_le),
        CompareOp::Gt => ordered(Ordering::is_gt),
        CompareOp::Ge => ordered(Ordering::is_ge),
        CompareOp::In => access::contains(ctx, right, left),
        CompareOp::NotIn => Ok(!access::contains(ctx, right, left)?),
    }
}
