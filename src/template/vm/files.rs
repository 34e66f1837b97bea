//! Includes and imports.

use std::fmt::Write;
use std::rc::Rc;

use super::Ctx;
use super::blocks::Context;
use crate::template::engine::Engine;
use crate::template::object::{Hint, no_attribute};
use crate::template::program::{Expr, Import, ImportTarget, Include, Program};
use crate::template::{Args, Error, ErrorKind, Object, Str, Value};

/// An imported template.
struct Module {
    name: Rc<str>,
    text: Str,
    exports: Vec<(Rc<str>, Value)>,
}

impl Object for Module {
    fn type_name(&self) -> &str {
        "TemplateModule"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let found = self.exports.iter().find(|(known, _)| **known == *name);
        found.map(|(_, value)| value.clone())
    }

    fn attr_ref(&self, name: &str, hint: &Hint) -> Option<&Value> {
        // A guess that is checked, so all modules are of one shape.
        const SHAPE: u64 = u64::MAX;
        if let Some((known, value)) = hint.position(SHAPE).and_then(|at| self.exports.get(at))
            && **known == *name
        {
            return Some(value);
        }
        let at = self
            .exports
            .iter()
            .position(|(known, _)| **known == *name)?;
        hint.remember(SHAPE, at);
        self.exports.get(at).map(|(_, value)| value)
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match self.get_attr(name) {
            Some(function) => ctx.call(&function, args),
            None => {
                let error = no_attribute(&format!("module '{}'", self.name), name);
                Err(error.suggest(name, self.exports.iter().map(|(name, _)| &**name)))
            }
        }
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str(self.text.as_str())
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<TemplateModule '{}'>", self.name)
    }
}

impl Ctx<'_> {
    /// Loads a template by a value that must be its name.
    pub(super) fn load_template(&mut self, name: &Value) -> Result<Rc<Program>, Error> {
        let Some(text) = name.as_str() else {
            return Err(Error::type_error(format!(
                "the name of a template is a text, not '{}'",
                name.type_name()
            )));
        };
        let found = self.engine.load(text)?;
        found.ok_or_else(|| Engine::missing(text))
    }

    pub(super) fn include(&mut self, include: &Include) -> Result<(), Error> {
        let name = self.eval(&include.name)?;
        let names = match &name {
            Value::List(list) => list.borrow().to_vec(),
            Value::Tuple(tuple) => tuple.to_vec(),
            other => vec![other.clone()],
        };
        let mut found = None;
        for name in &names {
            match self.load_template(name) {
                Ok(program) => {
                    found = Some(program);
                    break;
                }
                Err(error)
                    if error.kind() == ErrorKind::NotFound
                        && error.places().is_empty()
                        && (names.len() > 1 || include.ignore_missing) => {}
                Err(error) => return Err(error.at(|| self.place(include.span))),
            }
        }
        let Some(program) = found else {
            if include.ignore_missing {
                return Ok(());
            }
            let names: Vec<String> = names.iter().map(|name| name.text().to_string()).collect();
            let message = format!("none of these templates was found: {}", names.join(", "));
            return Err(Error::new(ErrorKind::NotFound, message).at(|| self.place(include.span)));
        };
        let context = match &include.snapshot {
            Some(snapshot) => {
                let locals = self.snapshot(snapshot);
                Context::child(&self.frame.context, locals, &program)
            }
            None => Context::bare(&program),
        };
        let done = self.run_template(&program, Rc::new(context));
        done.map_err(|error| error.at(|| self.place(include.span)))
    }

    pub(super) fn import(&mut self, import: &Import) -> Result<(), Error> {
        let name = match &import.name {
            Expr::Const(name) => name.clone(),
            name => self.eval(name)?,
        };
        let module = self.import_module(&name, import);
        let module = module.map_err(|error| error.at(|| self.place(import.span)))?;
        match &import.target {
            ImportTarget::Module(var) => self.store(*var, module),
            ImportTarget::Names(names) => {
                let Value::Object(module) = &module else {
                    return Ok(());
                };
                for (name, var, hint) in names {
                    match module.attr_ref(name, hint) {
                        Some(value) => self.store(*var, value.clone()),
                        None => self.store(*var, Value::Undefined),
                    }
                }
            }
        }
        Ok(())
    }

    /// The template that is imported: looked up once when its name is constant.
    fn imported(&mut self, name: &Value, import: &Import) -> Result<Rc<Program>, Error> {
        let generation = self.engine.generation();
        let known = import
            .known
            .borrow()
            .as_ref()
            .and_then(|(at, program)| (*at == generation).then(|| program.upgrade()).flatten());
        if let Some(known) = known {
            return Ok(known);
        }
        let program = self.load_template(name)?;
        if matches!(import.name, Expr::Const(_)) {
            *import.known.borrow_mut() = Some((generation, Rc::downgrade(&program)));
        }
        Ok(program)
    }

    fn import_module(&mut self, name: &Value, import: &Import) -> Result<Value, Error> {
        let program = self.imported(name, import)?;
        if let Some(snapshot) = &import.snapshot {
            let locals = self.snapshot(snapshot);
            let context = Context::child(&self.frame.context, locals, &program);
            return self.run_module(&program, context);
        }
        let keep = program.only_macros || program.own.borrow().is_some();
        if keep && let Some(module) = &*program.module.borrow() {
            return Ok(module.clone());
        }
        let module = self.run_module(&program, Context::bare(&program))?;
        if keep {
            *program.module.borrow_mut() = Some(module.clone());
        }
        Ok(module)
    }

    /// Runs the body of an imported template; its text and its top-level names are the module.
    fn run_module(&mut self, program: &Rc<Program>, context: Context) -> Result<Value, Error> {
        let start = self.out.len();
        let program = &self.engine.whole(program)?;
        let slots = program.root.slots;
        let exports = self.with_frame(program, Rc::new(context), None, slots, |ctx| {
            ctx.run_code(&program.root)?;
            let mut exports = Vec::new();
            for (symbol, var) in &program.exports {
                let name = ctx.engine.symbol_name(*symbol);
                let value = ctx.load(*var);
                if !name.starts_with('_') && !value.is_undefined() {
                    exports.push((name, value));
                }
            }
            Ok(exports)
        })?;
        let text = self.take_text(start);
        Ok(Value::object(Module {
            name: Rc::clone(&program.name),
            text,
            exports,
        }))
    }
}
