//! The engine: names, globals, loaded files; and what a caller holds of a compiled template.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::assumed::Assumed;
use super::profile::{FileCounts, Profiler};
use super::program::Program;
use super::vm::{Context, Ctx};
use super::{DateTime, Error, ErrorKind, Place, Tz, Value, lower, syntax};
use crate::fake::Random;

/// Resolves names to source text.
pub trait Loader {
    /// The text of a template; `Ok(None)` when there is no such file, an error when it cannot be read.
    fn load(&self, name: &str) -> Result<Option<String>, String>;
}

impl<F: Fn(&str) -> Option<String>> Loader for F {
    fn load(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self(name))
    }
}

/// A name as the engine knows it: an index.
pub(crate) type Symbol = u32;

#[derive(Default)]
struct Names {
    by_name: HashMap<Rc<str>, Symbol>,
    names: Vec<Rc<str>>,
}

/// Compiles and loads templates. A cheap handle; clones share everything.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

struct Inner {
    loader: Box<dyn Loader>,
    names: RefCell<Names>,
    globals: RefCell<Vec<Option<Value>>>,
    assumed: RefCell<Assumed>,
    /// Names of globals that keep something between renders.
    stores: RefCell<Vec<String>>,
    filters: RefCell<HashMap<String, Value>>,
    cache: RefCell<HashMap<Rc<str>, Rc<Program>>>,
    /// Changes when loaded files are forgotten.
    generation: Cell<u64>,
    scratch: Cell<Vec<Value>>,
    /// A context that no render uses.
    spare: Cell<Option<Rc<Context>>>,
    /// Present when renders are profiled.
    profiler: RefCell<Option<Profiler>>,
    /// Where the output of the last profiled render begins.
    rendered_from: Cell<usize>,
}

/// How far one render may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements, loop rounds and calls.
    pub steps: u64,
    /// Bytes of output, and of any single text or list made on the way.
    pub output_bytes: usize,
    /// Bytes of the thread's stack a render may use; well below what the thread has.
    pub stack_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 50_000_000,
            output_bytes: 64 << 20,
            stack_bytes: 1 << 20,
        }
    }
}

/// What one render needs from its caller.
pub struct Run<'r> {
    /// Source of everything drawn.
    pub random: &'r mut dyn Random,
    /// The variables of this render.
    pub vars: &'r Vars,
    /// How far it may go.
    pub limits: Limits,
    /// What `now()` says: microseconds since the Unix epoch.
    pub now_us: i64,
}

/// Variables of a render: context variables, which imports do not see, and template-level globals,
/// which they do.
#[derive(Clone, Default)]
pub struct Vars {
    pub(super) context: Vec<Option<Value>>,
    pub(super) globals: Vec<Option<Value>>,
}

fn put(values: &mut Vec<Option<Value>>, at: Symbol, value: Value) {
    let at = at as usize;
    if values.len() <= at {
        values.resize(at + 1, None);
    }
    if let Some(slot) = values.get_mut(at) {
        *slot = Some(value);
    }
}

impl Vars {
    /// Sets a context variable (`timestamp`, `tags`, ...): imports do not see it.
    pub fn set(&mut self, engine: &Engine, name: &str, value: impl Into<Value>) {
        put(&mut self.context, engine.symbol(name), value.into());
    }

    /// [`Vars::set`] of a name looked up beforehand.
    pub(crate) fn set_symbol(&mut self, name: Symbol, value: Value) {
        put(&mut self.context, name, value);
    }

    /// [`Vars::set_symbol`] of a value that most often is there already.
    pub(crate) fn keep_symbol(&mut self, name: Symbol, value: &Value) {
        let known = self.context.get(name as usize);
        match (known, value) {
            (Some(Some(Value::Tuple(known))), Value::Tuple(tuple)) if known.is(tuple) => {}
            _ => self.set_symbol(name, value.clone()),
        }
    }

    /// Sets a context variable to a time of a zone, where the time before was unless something kept it.
    pub(crate) fn set_time(&mut self, name: Symbol, wall_us: i64, zone: &Tz) {
        if let Some(Some(Value::DateTime(known))) = self.context.get_mut(name as usize)
            && let Some(known) = Rc::get_mut(known)
            && known.tz.as_ref() == Some(zone)
        {
            known.wall_us = wall_us;
            known.fold = false;
            return;
        }
        let at = DateTime {
            wall_us,
            tz: Some(zone.clone()),
            fold: false,
        };
        self.set_symbol(name, Value::DateTime(at.into()));
    }

    /// Sets a template-level global (`locals`): imports see it.
    pub fn set_global(&mut self, engine: &Engine, name: &str, value: impl Into<Value>) {
        put(&mut self.globals, engine.symbol(name), value.into());
    }
}

impl Engine {
    /// An engine that loads included, imported and extended templates with `loader`.
    pub fn new(loader: impl Loader + 'static) -> Self {
        let engine = Self(Rc::new(Inner {
            loader: Box::new(loader),
            names: RefCell::default(),
            globals: RefCell::default(),
            assumed: RefCell::default(),
            stores: RefCell::default(),
            filters: RefCell::default(),
            cache: RefCell::default(),
            generation: Cell::new(0),
            scratch: Cell::default(),
            spare: Cell::default(),
            profiler: RefCell::default(),
            rendered_from: Cell::new(0),
        }));
        for (name, value) in super::globals::builtin() {
            engine.set_global(name, value);
        }
        engine
    }

    /// Sets a global. Set all of them before the first compilation: the compiler reads constant ones.
    pub fn set_global(&self, name: &str, value: impl Into<Value>) {
        put(
            &mut self.0.globals.borrow_mut(),
            self.symbol(name),
            value.into(),
        );
    }

    /// Sets a global that renders do not set: its name means this value for good, unless a template sets
    /// a variable of that name where another one sees it. What a mapping has can be changed, but that
    /// is looked out for, see [`Engine::was_misled`].
    pub fn set_fixed(&self, name: &str, value: impl Into<Value>) {
        self.set_global(name, value);
        let symbol = self.symbol(name);
        self.assumed(|assumed| assumed.fix(symbol));
    }

    /// Says that a name stands for something that keeps values between renders. Before the first
    /// compilation: templates that touch such can be divided ([`Template::divide`]), which their
    /// statements' random streams depend on.
    pub fn set_store(&self, name: &str) {
        self.0.stores.borrow_mut().push(name.to_owned());
    }

    pub(super) fn is_store(&self, name: &str) -> bool {
        self.0.stores.borrow().iter().any(|store| store == name)
    }

    /// True when a file that was compiled later takes away what an earlier one was compiled with. Then
    /// forget the files and compile all of them again.
    pub fn was_misled(&self) -> bool {
        self.assumed(|assumed| assumed.is_broken())
    }

    pub(super) fn assumed<T>(&self, look: impl FnOnce(&mut Assumed) -> T) -> T {
        look(&mut self.0.assumed.borrow_mut())
    }

    /// Counts time and bytes of each line from now on. Before the first compilation: templates compiled
    /// earlier are not counted.
    pub fn start_profile(&self) {
        *self.0.profiler.borrow_mut() = Some(Profiler::default());
    }

    /// What was counted so far; nothing without [`Engine::start_profile`].
    pub fn profile(&self) -> Vec<FileCounts> {
        let profiler = self.0.profiler.borrow();
        profiler.as_ref().map_or_else(Vec::new, Profiler::counts)
    }

    /// Which lines of which files wrote the bytes of the last render; nothing without
    /// [`Engine::start_profile`]. A line that captures text (a macro, a block that is set) does not count:
    /// the line that prints it does.
    pub fn written(&self) -> Vec<(std::ops::Range<usize>, Rc<str>, u32)> {
        let profiler = self.0.profiler.borrow();
        let start = self.0.rendered_from.get();
        let spans = profiler.as_ref().map(|profiler| profiler.written(start));
        spans.unwrap_or_default()
    }

    /// True after [`Engine::start_profile`].
    pub fn is_profiling(&self) -> bool {
        self.0.profiler.borrow().is_some()
    }

    pub(super) fn profiler<T>(&self, run: impl FnOnce(&mut Profiler) -> T) -> Option<T> {
        self.0.profiler.borrow_mut().as_mut().map(run)
    }

    /// A filter of the language as a function that takes its input as first argument.
    pub fn builtin_filter(name: &'static str) -> Option<Value> {
        let (run, _) = super::filters::find(name)?;
        Some(super::Function::value(name, move |ctx, args| {
            let (input, rest) = match args.positional {
                [input, rest @ ..] => (input.clone(), rest),
                [] => (Value::Undefined, args.positional),
            };
            let rest = super::Args {
                positional: rest,
                keyword: args.keyword,
            };
            run(ctx, &input, &rest)
        }))
    }

    /// The global of a name.
    pub fn global_named(&self, name: &str) -> Option<Value> {
        self.global(self.symbol(name))
    }

    /// Adds a filter; it is called with the input as first argument.
    pub fn add_filter(&self, name: &str, function: Value) {
        let mut filters = self.0.filters.borrow_mut();
        filters.insert(name.to_owned(), function);
    }

    /// Compiles a text. `name` is used in messages and must be what the loader would call it.
    pub fn compile(&self, name: &str, source: &str) -> Result<Template, Error> {
        let program = self.build(name, source)?;
        Ok(Template {
            engine: self.clone(),
            program,
        })
    }

    /// Loads and compiles a file, once.
    pub fn template(&self, name: &str) -> Result<Template, Error> {
        match self.load(name)? {
            Some(program) => Ok(Template {
                engine: self.clone(),
                program,
            }),
            None => Err(Self::missing(name)),
        }
    }

    /// Forgets loaded files, so that changed ones are read again. Templates in hand stay as they are.
    pub fn forget_files(&self) {
        self.0.cache.borrow_mut().clear();
        self.assumed(Assumed::begin_anew);
        self.0.generation.set(self.0.generation.get() + 1);
    }

    pub(super) fn missing(name: &str) -> Error {
        let error = Error::new(ErrorKind::NotFound, format!("template '{name}' not found"));
        error.help("names are paths relative to the project's folder; `..` is not allowed")
    }

    fn build(&self, name: &str, source: &str) -> Result<Rc<Program>, Error> {
        let source = syntax::normalize(source);
        let tree = syntax::parse(name, &source)?;
        let turns = lower::turns::of(self, &tree);
        lower::lower(self, name, &source, (&tree, &turns), true).map(Rc::new)
    }

    /// A program whose top level has all its variables.
    pub(super) fn whole(&self, program: &Rc<Program>) -> Result<Rc<Program>, Error> {
        if !program.shortened {
            return Ok(Rc::clone(program));
        }
        if let Some(whole) = program.whole.get() {
            return Ok(Rc::clone(whole));
        }
        let tree = syntax::parse(&program.name, &program.source)?;
        let turns = lower::turns::of(self, &tree);
        let tree = (&tree, turns.as_slice());
        let whole = lower::lower(self, &program.name, &program.source, tree, false)?;
        Ok(Rc::clone(program.whole.get_or_init(|| Rc::new(whole))))
    }

    pub(super) fn load(&self, name: &str) -> Result<Option<Rc<Program>>, Error> {
        if let Some(program) = self.0.cache.borrow().get(name) {
            return Ok(Some(Rc::clone(program)));
        }
        let segments = || {
            name.split('/')
                .filter(|part| !part.is_empty() && *part != ".")
        };
        if segments().any(|part| part == "..") {
            return Ok(None);
        }
        let path = segments().collect::<Vec<_>>().join("/");
        let loaded = self.0.loader.load(&path).map_err(|reason| {
            let message = format!("template '{name}' cannot be read: {reason}");
            Error::new(ErrorKind::Io, message)
        })?;
        let Some(source) = loaded else {
            return Ok(None);
        };
        let program = self.build(&path, &source)?;
        let mut cache = self.0.cache.borrow_mut();
        cache.insert(Rc::from(name), Rc::clone(&program));
        Ok(Some(program))
    }

    /// Counts how often loaded files were forgotten.
    pub(super) fn generation(&self) -> u64 {
        self.0.generation.get()
    }

    pub(crate) fn symbol(&self, name: &str) -> Symbol {
        let mut names = self.0.names.borrow_mut();
        if let Some(symbol) = names.by_name.get(name) {
            return *symbol;
        }
        let symbol = Symbol::try_from(names.names.len()).unwrap_or(Symbol::MAX);
        let name: Rc<str> = Rc::from(name);
        names.names.push(Rc::clone(&name));
        names.by_name.insert(name, symbol);
        symbol
    }

    pub(crate) fn symbol_name(&self, symbol: Symbol) -> Rc<str> {
        let names = self.0.names.borrow();
        let name = names.names.get(symbol as usize);
        name.map_or_else(|| Rc::from(""), Rc::clone)
    }

    pub(super) fn global(&self, symbol: Symbol) -> Option<Value> {
        self.0
            .globals
            .borrow()
            .get(symbol as usize)
            .cloned()
            .flatten()
    }

    pub(super) fn filter(&self, name: &str) -> Option<Value> {
        self.0.filters.borrow().get(name).cloned()
    }

    pub(super) fn filter_names(&self) -> Vec<String> {
        self.0.filters.borrow().keys().cloned().collect()
    }

    pub(super) fn take_context(&self) -> Option<Rc<Context>> {
        self.0.spare.take()
    }

    pub(super) fn give_context(&self, context: Rc<Context>) {
        self.0.spare.set(Some(context));
    }

    pub(super) fn take_scratch(&self) -> Vec<Value> {
        self.0.scratch.take()
    }

    /// Slots for the next render, all undefined.
    pub(super) fn give_scratch(&self, stack: Vec<Value>) {
        self.0.scratch.set(stack);
    }
}

/// A file that a template names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: Rc<str>,
    /// Where it is named first.
    pub place: Place,
    /// True when it need not exist: `ignore missing`, or one of several names.
    pub optional: bool,
}

/// A compiled template.
#[derive(Clone)]
pub struct Template {
    engine: Engine,
    program: Rc<Program>,
}

impl Template {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// Names it takes from the context or the globals (`timestamp`, `shared`, ...), without those of
    /// the files it includes or imports; sorted.
    pub fn uses(&self) -> Vec<String> {
        let uses = self.program.uses.iter();
        let mut names: Vec<String> = uses
            .map(|symbol| self.engine.symbol_name(*symbol).to_string())
            .collect();
        names.sort();
        names
    }

    /// The files it includes, imports or extends by a constant name, each once.
    pub fn references(&self) -> Vec<Reference> {
        let program = &self.program;
        let each = program.references.iter();
        each.map(|(name, span, optional)| Reference {
            name: Rc::clone(name),
            place: Place::of(&program.name, &program.source, *span),
            optional: *optional,
        })
        .collect()
    }

    /// Mistakes that are errors only when they are reached, such as functions that a module does not
    /// have.
    pub fn problems(&self) -> &[Error] {
        &self.program.problems
    }

    pub(super) fn of(engine: &Engine, program: Rc<Program>) -> Self {
        Self {
            engine: engine.clone(),
            program,
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Its name and text.
    pub(super) fn text(&self) -> (Rc<str>, Rc<str>) {
        (
            Rc::clone(&self.program.name),
            Rc::clone(&self.program.source),
        )
    }

    /// True when a filter's name stands for the language's own.
    pub(super) fn has_builtin_filter(&self, name: &str) -> bool {
        self.engine.filter(name).is_none()
    }

    /// Another file of the same engine, if it can be used.
    pub(super) fn sibling(&self, name: &str) -> Option<Template> {
        self.engine.template(name).ok()
    }

    /// Makes this a configured template: imports of its file run its body once, with these
    /// template-level globals, and keep the result.
    pub fn keep_module(&self, vars: &Vars) {
        let own = Vars {
            context: Vec::new(),
            globals: vars.globals.clone(),
        };
        *self.program.own.borrow_mut() = Some(own);
        *self.program.module.borrow_mut() = None;
    }

    /// Renders at the end of `out`; on an error `out` is as it was.
    pub fn render(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if self.engine.is_profiling() {
            self.engine.profiler(|profiler| profiler.begin(start));
            self.engine.0.rendered_from.set(start);
        }
        let out_so_far = std::mem::take(out);
        let mut ctx = Ctx::new(&self.engine, run, out_so_far, &self.program);
        let done = ctx.render(&self.program);
        *out = ctx.finish();
        if done.is_err() {
            out.truncate(start);
        }
        done
    }
}
