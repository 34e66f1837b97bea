//! Calls: arguments, functions, filters, tests, macros.

use std::fmt::Write;
use std::rc::Rc;

use super::Ctx;
use super::blocks::Context;
use crate::template::program::{
    CallArgs, CallExpr, Expr, FilterExpr, Macro, NativeExpr, Program, TestExpr,
};
use crate::template::{Args, Error, Object, Span, Str, Value, hints, repr};

/// A macro as a value.
pub(in crate::template) struct MacroValue {
    code: Rc<Macro>,
    program: Rc<Program>,
    context: Rc<Context>,
    captures: Vec<Value>,
}

impl Object for MacroValue {
    fn type_name(&self) -> &str {
        "Macro"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        ctx.expanded(&self, |ctx| ctx.run_macro(&self, args))
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "name" => Value::str(Str::from(Rc::clone(&self.code.name))),
            "arguments" => {
                let names = self.code.params.iter();
                Value::tuple(
                    names
                        .map(|param| Value::str(Str::from(Rc::clone(&param.name))))
                        .collect(),
                )
            }
            "catch_kwargs" => Value::Bool(self.code.kwargs.is_some()),
            "catch_varargs" => Value::Bool(self.code.varargs.is_some()),
            "caller" => Value::Bool(self.code.caller.is_some()),
            _ => return None,
        })
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<Macro '{}'>", self.code.name)
    }
}

impl Ctx<'_> {
    /// The macro of the current program with this index, closed over the current frame.
    pub(super) fn make_macro(&self, index: usize) -> Value {
        let Some(program) = &self.frame.program else {
            return Value::Undefined;
        };
        let Some(code) = program.macros.get(index) else {
            return Value::Undefined;
        };
        let captures = code.captures.iter().map(|(outer, _)| self.slot(*outer));
        Value::object(MacroValue {
            captures: captures.collect(),
            code: Rc::clone(code),
            program: Rc::clone(program),
            context: Rc::clone(&self.frame.context),
        })
    }

    /// Runs a macro into the output.
    pub(super) fn run_macro(&mut self, called: &MacroValue, args: &Args<'_>) -> Result<(), Error> {
        let code = &called.code;
        let context = Rc::clone(&called.context);
        self.with_frame(&called.program, context, None, code.code.slots, |ctx| {
            ctx.enter_macro(called);
            ctx.bind_macro(code, args)?;
            ctx.block(&code.code.body)?;
            Ok(())
        })
    }

    /// Evaluates arguments and runs a macro with them, into the output.
    #[inline(never)]
    pub(super) fn expand(
        &mut self,
        called: &MacroValue,
        args: &CallArgs,
        span: Span,
    ) -> Result<(), Error> {
        let code = &called.code;
        let mut entered = false;
        let fits = args.is_plain() && args.positional.len() <= code.params.len();
        let mut done = if fits && code.is_plain() {
            self.expand_plain(called, &args.positional, &mut entered)
        } else {
            self.with_args(args, None, |ctx, args| {
                entered = true;
                ctx.run_macro(called, args)
            })
        };
        self.located(&mut done, entered, span);
        done
    }

    /// [`Ctx::expand`], with arguments evaluated where the macro looks for them.
    fn expand_plain(
        &mut self,
        called: &MacroValue,
        args: &[Expr],
        entered: &mut bool,
    ) -> Result<(), Error> {
        let code = &called.code;
        let base = self.reserve(code.code.slots);
        let done = self.place_args(base, code, args).and_then(|()| {
            *entered = true;
            let context = Rc::clone(&called.context);
            self.in_frame(base, &called.program, context, None, |ctx| {
                ctx.enter_macro(called);
                for param in code.params.get(args.len()..).unwrap_or_default() {
                    if let Some(default) = &param.default {
                        let value = ctx.eval(default)?;
                        ctx.store(param.var, value);
                    }
                }
                ctx.block(&code.code.body)?;
                Ok(())
            })
        });
        self.release(base);
        done
    }

    fn place_args(&mut self, base: usize, code: &Macro, args: &[Expr]) -> Result<(), Error> {
        for (arg, param) in args.iter().zip(&code.params) {
            let value = match self.peek(arg) {
                Some(value) => value.clone(),
                None => self.eval(arg)?,
            };
            if let Some(slot) = self.stack.get_mut(base + usize::from(param.var.slot)) {
                value.put(slot);
            }
        }
        Ok(())
    }

    /// Puts what a macro took along into its slots.
    fn enter_macro(&mut self, called: &MacroValue) {
        let (code, base) = (&called.code, self.frame.base);
        for ((_, inner), value) in code.captures.iter().zip(&called.captures) {
            if let Some(slot) = self.stack.get_mut(base + usize::from(*inner)) {
                *slot = value.clone();
            }
        }
        self.enter(&code.code.enter);
    }

    /// What a macro makes, as a value.
    fn expanded(
        &mut self,
        called: &MacroValue,
        expand: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<Value, Error> {
        let start = self.out.len();
        expand(self)?;
        let text = self.take_text(start);
        Ok(if called.code.escape {
            Value::Safe(text.to_rc())
        } else {
            Value::Str(text)
        })
    }

    fn bind_macro(&mut self, code: &Macro, args: &Args<'_>) -> Result<(), Error> {
        let known = code.params.len();
        for (at, param) in code.params.iter().enumerate() {
            let by_name = args.keyword.iter().find(|(name, _)| *name == param.name);
            let value = match (args.positional.get(at), by_name) {
                (Some(value), None) => Some(value.clone()),
                (None, Some((_, value))) => Some(value.clone()),
                (Some(_), Some(_)) => {
                    return Err(Error::type_error(format!(
                        "macro '{}' got two values for the argument '{}'",
                        code.name, param.name
                    )));
                }
                (None, None) => None,
            };
            let value = match (value, &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default)?,
                (None, None) => Value::Undefined,
            };
            self.store(param.var, value);
        }
        if let Some(var) = code.varargs {
            let surplus = args.positional.get(known..).unwrap_or_default();
            self.store(var, Value::tuple(surplus.to_vec()));
        } else if args.positional.len() > known {
            return Err(Error::type_error(format!(
                "macro '{}' takes at most {known} argument(s), {} given",
                code.name,
                args.positional.len()
            )));
        }
        self.bind_macro_keywords(code, args)
    }

    fn bind_macro_keywords(&mut self, code: &Macro, args: &Args<'_>) -> Result<(), Error> {
        let mut surplus = Vec::new();
        for (name, value) in args.keyword {
            if code.params.iter().any(|param| param.name == *name) {
                continue;
            }
            match code.caller {
                Some(var) if &**name == "caller" => self.store(var, value.clone()),
                _ => surplus.push((Value::str(Str::from(Rc::clone(name))), value.clone())),
            }
        }
        if let Some(var) = code.kwargs {
            self.store(var, Value::dict(surplus));
        } else if let Some((name, _)) = surplus.first() {
            let name = name.text();
            let error = Error::type_error(format!(
                "macro '{}' takes no keyword argument '{name}'",
                code.name
            ));
            let known = code.params.iter().map(|param| &*param.name);
            return Err(error.suggest(name.as_str(), known));
        }
        Ok(())
    }

    /// Evaluates arguments and hands them on; few ones need no memory of their own.
    pub(super) fn with_args<T>(
        &mut self,
        args: &CallArgs,
        first: Option<Value>,
        call: impl FnOnce(&mut Self, &Args<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if args.is_plain() {
            match (first, args.positional.as_slice()) {
                (None, []) => return call(self, &Args::default()),
                (None, [a]) => return self.with_values([a], call),
                (None, [a, b]) => return self.with_values([a, b], call),
                (None, [a, b, c]) => return self.with_values([a, b, c], call),
                (first, _) => return self.with_many_args(args, first, call),
            }
        }
        if let (None, Some((name, value))) = (&first, args.only_keyword()) {
            let value = self.eval(value)?;
            let keyword = [(Rc::clone(name), value)];
            let args = Args {
                positional: &[],
                keyword: &keyword,
            };
            return call(self, &args);
        }
        self.with_many_args(args, first, call)
    }

    #[inline]
    fn with_values<T, const N: usize>(
        &mut self,
        args: [&Expr; N],
        call: impl FnOnce(&mut Self, &Args<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut values = [const { Value::Undefined }; N];
        for (value, arg) in values.iter_mut().zip(args) {
            self.eval_to(arg, value)?;
        }
        let called = call(self, &Args::positional(&values));
        values.into_iter().for_each(Value::discard);
        called
    }

    #[inline(never)]
    fn with_many_args<T>(
        &mut self,
        args: &CallArgs,
        first: Option<Value>,
        call: impl FnOnce(&mut Self, &Args<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut positional: Vec<Value> = Vec::with_capacity(args.positional.len() + 1);
        positional.extend(first);
        for expr in &args.positional {
            positional.push(self.eval(expr)?);
        }
        let mut keyword: Vec<(Rc<str>, Value)> = Vec::with_capacity(args.keyword.len());
        for (name, expr) in &args.keyword {
            keyword.push((Rc::clone(name), self.eval(expr)?));
        }
        if let Some(star) = &args.star {
            let value = self.eval(star)?;
            positional.extend(self.iterate_all(&value)?);
        }
        if let Some(star) = &args.star_star {
            let value = self.eval(star)?;
            let Value::Dict(dict) = &value else {
                return Err(Error::type_error(format!(
                    "what follows '**' must be a dict, not '{}'",
                    value.type_name()
                )));
            };
            for (name, value) in dict.borrow().iter() {
                let Some(name) = name.as_str() else {
                    return Err(Error::type_error("keywords must be texts"));
                };
                if keyword.iter().any(|(known, _)| **known == *name) {
                    let message = format!("keyword argument '{name}' is given twice");
                    return Err(Error::type_error(message));
                }
                keyword.push((Rc::from(name), value.clone()));
            }
        }
        let args = Args {
            positional: &positional,
            keyword: &keyword,
        };
        call(self, &args)
    }

    #[inline(never)]
    pub(super) fn eval_call(&mut self, call: &CallExpr) -> Result<Value, Error> {
        self.guard()?;
        let callee = self.eval(&call.callee)?;
        match callee.downcast::<MacroValue>() {
            Some(called) => self.expanded(called, |ctx| ctx.expand(called, &call.args, call.span)),
            None => self.call_on(&callee, call),
        }
    }

    #[inline(never)]
    pub(super) fn eval_native(&mut self, call: &NativeExpr) -> Result<Value, Error> {
        if call.function.is_prepared() {
            let mut called = call.function.run(self, &Args::default());
            self.located(&mut called, true, call.span);
            return called;
        }
        self.guard()?;
        let mut entered = false;
        let mut called = self.with_args(&call.args, None, |ctx, args| {
            entered = true;
            call.function.run(ctx, args)
        });
        self.located(&mut called, entered, call.span);
        self.charge_text(&called);
        called
    }

    #[inline(never)]
    pub(super) fn emit_native(&mut self, call: &NativeExpr) -> Result<(), Error> {
        if call.function.is_prepared() {
            let mut called = call.function.print(self, &Args::default());
            self.located(&mut called, true, call.span);
            return called;
        }
        self.guard()?;
        let mut entered = false;
        let mut called = self.with_args(&call.args, None, |ctx, args| {
            entered = true;
            call.function.print(ctx, args)
        });
        self.located(&mut called, entered, call.span);
        called
    }

    fn call_on(&mut self, callee: &Value, call: &CallExpr) -> Result<Value, Error> {
        if callee.is_undefined() {
            return Err(self.undefined_call(call));
        }
        let mut entered = false;
        let mut called = self.with_args(&call.args, None, |ctx, args| {
            entered = true;
            ctx.call(callee, args)
        });
        self.located(&mut called, entered, call.span);
        called
    }

    /// Adds the place of a call to errors of the call, but not to those of its arguments.
    // In place: a result is large, and one that is moved has to be waited for.
    #[inline(always)]
    pub(super) fn located<T>(&self, called: &mut Result<T, Error>, entered: bool, span: Span) {
        if let Err(error) = called {
            self.locate_in(error, entered, span);
        }
    }

    #[cold]
    pub(super) fn locate_in(&self, error: &mut Error, entered: bool, span: Span) {
        let found = std::mem::replace(error, Error::type_error(""));
        *error = self.locate(found, entered, span);
    }

    #[cold]
    pub(super) fn locate(&self, error: Error, entered: bool, span: Span) -> Error {
        if entered {
            error.at(|| self.place(span))
        } else {
            error.at_first(|| self.place(span))
        }
    }

    fn undefined_call(&self, call: &CallExpr) -> Error {
        let source = self.source(call.callee_span);
        let error = Error::undefined(format!("`{source}` is undefined, so it cannot be called"));
        let error = match source {
            "caller" => error.help("this macro must be used with a call block"),
            name => match hints::function(name) {
                Some(hint) => error.help(hint),
                None => error,
            },
        };
        error.at(|| self.place(call.callee_span))
    }

    /// A call whose result is printed: macros write in place.
    #[inline(never)]
    pub(super) fn emit_call(&mut self, call: &CallExpr) -> Result<(), Error> {
        self.guard()?;
        let callee = self.eval(&call.callee)?;
        match callee.downcast::<MacroValue>() {
            Some(called) => self.expand(called, &call.args, call.span),
            None => {
                let value = self.call_on(&callee, call)?;
                repr::emit(&value, &mut self.out);
                Ok(())
            }
        }
    }

    #[inline(never)]
    pub(super) fn eval_filter(&mut self, filter: &FilterExpr) -> Result<Value, Error> {
        self.guard()?;
        let input = self.eval(&filter.at.input)?;
        let mut entered = false;
        let mut done = self.with_args(&filter.at.args, None, |ctx, args| {
            entered = true;
            (filter.run)(ctx, &input, args)
        });
        self.located(&mut done, entered, filter.at.span);
        self.charge_text(&done);
        input.discard();
        done
    }

    #[inline(never)]
    pub(super) fn eval_test(&mut self, test: &TestExpr) -> Result<Value, Error> {
        self.guard()?;
        let input = self.eval(&test.at.input)?;
        let mut entered = false;
        let mut done = self.with_args(&test.at.args, None, |ctx, args| {
            entered = true;
            (test.run)(ctx, &input, args)
        });
        self.located(&mut done, entered, test.at.span);
        Ok(Value::Bool(done? != test.negated))
    }
}
