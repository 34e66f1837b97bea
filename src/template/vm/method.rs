//! Calls of methods: those of the language's own values, of stores and of host objects.

use std::rc::Rc;

use super::Ctx;
use super::call::MacroValue;
use super::expr::look;
use crate::template::methods::{self, Method};
use crate::template::object::no_attribute;
use crate::template::program::{Expr, MethodExpr};
use crate::template::{Args, Dict, Error, ErrorKind, Object, Span, Value, repr};

impl Ctx<'_> {
    #[inline(never)]
    pub(super) fn eval_method(&mut self, call: &MethodExpr) -> Result<Value, Error> {
        self.guard()?;
        let object = self.eval(&call.object)?;
        self.method_value(&object, call)
    }

    pub(super) fn method_value(
        &mut self,
        object: &Value,
        call: &MethodExpr,
    ) -> Result<Value, Error> {
        if let Value::Dict(dict) = object {
            if let Some((key, default)) = call.get_constant() {
                // Python evaluates the default whether it is needed or not.
                let default = default.map(|default| self.eval(default)).transpose()?;
                let entries = dict.borrow();
                let found = entries.get_hinted(key.as_bytes(), &call.hint).cloned();
                return Ok(found.or(default).unwrap_or(Value::None));
            }
            if let Some((key, value, span)) = call.update_one() {
                return self.update_one(dict, key, value, span);
            }
        }
        match (call.method, object) {
            (Method::Append, Value::List(list)) => {
                if let Some([item]) = call.args.plain() {
                    let mut value = Value::Undefined;
                    self.eval_to(item, &mut value)
                        .map_err(|error| self.locate(error, false, call.span))?;
                    self.check_size(list.borrow().len())
                        .map_err(|error| self.locate(error, true, call.span))?;
                    list.borrow_mut().push(value);
                    return Ok(Value::None);
                }
            }
            (Method::Startswith | Method::Endswith, Value::Str(text)) => {
                if let Some([Expr::Const(Value::Str(part))]) = call.args.plain() {
                    let (text, part) = (text.as_bytes(), part.as_bytes());
                    return Ok(Value::Bool(match call.method {
                        Method::Startswith => text.starts_with(part),
                        _ => text.ends_with(part),
                    }));
                }
            }
            (Method::Get | Method::Set, Value::Object(host)) if host.store().is_some() => {
                return self.stored(host, object, call);
            }
            _ => {}
        }
        self.method_on(object, call)
    }

    /// `get` and `set` of a key-value store, for the usual arguments.
    fn stored(
        &mut self,
        host: &Rc<dyn Object>,
        object: &Value,
        call: &MethodExpr,
    ) -> Result<Value, Error> {
        // Asked for after the arguments, which may change what it is.
        let entries = || host.store().unwrap_or_default();
        if let Some((key, default)) = call.get_constant() {
            let default = default.map(|default| self.eval(default)).transpose();
            let default = default.map_err(|error| self.locate(error, false, call.span))?;
            let entries = entries();
            let entries = entries.borrow();
            return Ok(match entries.get_hinted(key.as_bytes(), &call.hint) {
                Some(found) => found.clone(),
                None => default.unwrap_or(Value::None),
            });
        }
        let Some([key, value]) = call.args.plain() else {
            return self.method_on(object, call);
        };
        let mut known = [Value::Undefined, Value::Undefined];
        for (known, arg) in known.iter_mut().zip([key, value]) {
            self.eval_to(arg, known)
                .map_err(|error| self.locate(error, false, call.span))?;
        }
        let [key, value] = known;
        let done = if call.method == Method::Set {
            let hint = matches!(call.args.positional.first(), Some(Expr::Const(_)));
            let entries = entries();
            let mut entries = entries.borrow_mut();
            let set = entries.insert_hinted(key, value, hint.then_some(&call.hint));
            set.map(|()| Value::None)
        } else {
            let entries = entries();
            let entries = entries.borrow();
            entries.get(&key).map(|found| match found {
                Some(found) => found.clone(),
                None => value,
            })
        };
        done.map_err(|error| self.locate(error, true, call.span))
    }

    /// `dict.update({key: value})` without the dict between.
    fn update_one(
        &mut self,
        dict: &Dict,
        key: &Expr,
        value: &Expr,
        span: Span,
    ) -> Result<Value, Error> {
        let key = self.eval(key)?;
        let value = self.eval(value)?;
        let inserted = dict.borrow_mut().insert(key, value);
        inserted
            .and_then(|()| self.check_size(dict.borrow().len()))
            .map_err(|error| error.at(|| self.place(span)))?;
        Ok(Value::None)
    }

    fn method_on(&mut self, object: &Value, call: &MethodExpr) -> Result<Value, Error> {
        let mut entered = false;
        let mut called = self.with_args(&call.args, None, |ctx, args| {
            entered = true;
            ctx.call_method(object, call.method, &call.name, args)
        });
        if let Err(error) = &mut called {
            if object.is_undefined() && entered {
                let found = std::mem::replace(error, Error::type_error(""));
                *error = self.undefined_base(found, object, call.object_span, call.span);
            } else {
                self.locate_in(error, entered, call.span);
            }
        }
        called
    }

    /// Calls a method of a value.
    pub(in crate::template) fn call_method(
        &mut self,
        object: &Value,
        method: Method,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match object {
            Value::Object(host) if host.as_tuple().is_none() => {
                if host.has_method(name) {
                    return Rc::clone(host).call_method(self, name, args);
                }
                match host.get_attr(name) {
                    Some(Value::None) => Err(no_attribute(host.type_name(), name)
                        .suggest(name, host.names().iter().map(String::as_str))),
                    Some(function) => self.call(&function, args),
                    None => match host.get_item(&Value::from(name))? {
                        Some(function) => self.call(&function, args),
                        None => {
                            let called = Rc::clone(host).call_method(self, name, args);
                            called.map_err(|error| match error.help_text() {
                                None if error.kind() == ErrorKind::Undefined => {
                                    error.suggest(name, host.names().iter().map(String::as_str))
                                }
                                _ => error,
                            })
                        }
                    },
                }
            }
            Value::Undefined => Err(no_attribute("Undefined", name)),
            _ => match methods::call(self, object, method, name, args) {
                Some(called) => {
                    if method.walks() {
                        self.charge(object);
                    }
                    if let Ok(made) = &called {
                        self.charge(made);
                    }
                    called
                }
                None if methods::has(object, name) => Err(no_attribute(object.type_name(), name)),
                // A key of a dict or a cell of a row that holds something callable.
                None => match crate::template::access::attribute(object, name)? {
                    Value::Undefined => {
                        let error = no_attribute(object.type_name(), name);
                        Err(error.suggest(name, methods::names(object)))
                    }
                    function => self.call(&function, args),
                },
            },
        }
    }

    #[inline(never)]
    pub(super) fn emit_method(&mut self, call: &MethodExpr) -> Result<(), Error> {
        self.guard()?;
        if let Some(text) = &call.text
            && let Some(Value::DateTime(at)) = look(&self.stack, self.frame.base, &call.object)
        {
            text.borrow_mut().append(&at.fields(), &mut self.out);
            return Ok(());
        }
        let object = self.eval(&call.object)?;
        match &object {
            Value::DateTime(at)
                if call.method == Method::Isoformat && call.args.plain::<0>().is_some() =>
            {
                at.iso().append_to(&mut self.out);
                return Ok(());
            }
            Value::DateTime(at) => {
                if let Some(text) = &call.text {
                    text.borrow_mut().append(&at.fields(), &mut self.out);
                    return Ok(());
                }
            }
            Value::Object(host) if !host.has_method(&call.name) => {
                let member = host.attr_ref(&call.name, &call.hint).cloned();
                if let Some(member) = member.or_else(|| host.get_attr(&call.name))
                    && let Some(called) = member.downcast::<MacroValue>()
                {
                    return self.expand(called, &call.args, call.span);
                }
            }
            _ => {}
        }
        let value = self.method_value(&object, call)?;
        repr::emit(&value, &mut self.out);
        Ok(())
    }
}
