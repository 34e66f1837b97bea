//! Statements: walks a template and the files it names until nothing new is learned, then once more
//! to note what was found.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::facts::{Collected, Facts};
use super::kind::{CODE, FRESH, IMPORT, Kind, MODULE, SHALLOW, SHARED, STORE, STORES, TABLES};
use super::{FileKind, Host, Hosts, Parsed, Usage};
use crate::template::syntax::ast::{Block, Expr, ExprKind, MacroDef, Name, Stmt, StmtKind};
use crate::template::{Place, Span, Template, Value, nearest, syntax};

/// Most statements looked at: files that include each other many times over end here.
const BUDGET: usize = 200_000;

/// Names that every template has.
const LANGUAGE: [&str; 11] = [
    "range",
    "dict",
    "lipsum",
    "cycler",
    "joiner",
    "namespace",
    "loop",
    "self",
    "super",
    "caller",
    "varargs",
];

/// Most rounds; what is learned only grows, so that far fewer do.
const ROUNDS: usize = 64;

/// A variable as the analysis tells them apart: names of the top level are one for all files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(Name),
    /// Of a loop, a macro, a `with`: file and place as well.
    Scoped(Rc<str>, u32, Name),
}

/// The parameters of a macro, by name and variable.
pub(super) type Signature = Vec<(Name, usize)>;

pub(super) struct Walker<'h> {
    pub hosts: &'h Hosts,
    pub template: Template,
    pub usage: Usage,
    /// True in the last round, which notes what was found.
    recording: bool,
    changed: bool,
    left: usize,
    keys: HashMap<Key, usize>,
    vars: Vec<Kind>,
    /// What was ever put into a container made in a render.
    pub heap: Kind,
    /// What was ever passed to something that is not known.
    pub unknown_args: Kind,
    scopes: Vec<HashMap<Name, usize>>,
    pub macros: HashMap<Name, Vec<Signature>>,
    known_macros: HashSet<(Rc<str>, u32)>,
    pub aliases: HashMap<Name, HashSet<Name>>,
    pub assigned: HashSet<Name>,
    /// Names that something gives a value to, in whatever file.
    known: HashSet<Name>,
    file: Rc<Parsed>,
    open: Vec<Rc<str>>,
    imported: HashSet<Rc<str>>,
    parsed: HashMap<String, Option<Rc<Parsed>>>,
    /// Above zero where a missing column is expected.
    pub quiet: u32,
    /// What the statements and macros do.
    collected: Collected,
}

/// What a template touches.
pub(super) fn usage(template: &Template, hosts: &Hosts) -> Usage {
    parse(template).map_or_else(Usage::default, |file| walk(template, hosts, &file).usage)
}

/// What the statements of the top level do, with the kinds of its variables.
pub(super) fn facts(template: &Template, hosts: &Hosts) -> Option<(Rc<Parsed>, Collected)> {
    let file = parse(template)?;
    let mut walker = walk(template, hosts, &file);
    let names = walker.collected.names();
    for name in names {
        let variable = walker.variable(Key::Name(name.clone()));
        let kind = walker.vars.get(variable).copied().unwrap_or_default();
        if kind.is_more_than_a_value() {
            walker.collected.open.insert(name);
        }
    }
    Some((file, walker.collected))
}

fn walk<'h>(template: &Template, hosts: &'h Hosts, file: &Rc<Parsed>) -> Walker<'h> {
    let mut walker = Walker {
        hosts,
        template: template.clone(),
        usage: Usage::default(),
        recording: false,
        changed: false,
        left: BUDGET,
        keys: HashMap::new(),
        vars: Vec::new(),
        heap: Kind::default(),
        unknown_args: Kind::default(),
        scopes: Vec::new(),
        macros: HashMap::new(),
        known_macros: HashSet::new(),
        aliases: HashMap::new(),
        assigned: HashSet::new(),
        known: HashSet::new(),
        file: Rc::clone(file),
        open: Vec::new(),
        imported: HashSet::new(),
        parsed: HashMap::new(),
        quiet: 0,
        collected: Collected::default(),
    };
    let mut settled = false;
    for _ in 0..ROUNDS {
        walker.round(file);
        if !walker.changed || walker.left == 0 {
            settled = !walker.changed;
            break;
        }
    }
    walker.recording = true;
    walker.round(file);
    if !settled || walker.left == 0 {
        let place = walker.place(Span::default());
        let reason = "it and the files it names are too large to be looked through";
        walker.usage.impure(Some(place), reason);
        walker.collected.incomplete = true;
    }
    walker
}

fn parse(template: &Template) -> Option<Rc<Parsed>> {
    let (name, source) = template.text();
    let tree = syntax::parse(&name, &source).ok()?;
    Some(Rc::new(Parsed { name, source, tree }))
}

impl Walker<'_> {
    fn round(&mut self, file: &Rc<Parsed>) {
        self.changed = false;
        self.left = BUDGET;
        self.imported.clear();
        self.open.push(Rc::clone(&file.name));
        for (number, stmt) in file.tree.iter().enumerate() {
            self.collected.enter(number);
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                break;
            }
            self.stmt(stmt);
        }
        self.open.pop();
    }

    /// Notes what the statement or macro does that is being looked at, in the last round only.
    pub(super) fn fact(&mut self, note: impl FnOnce(&mut Facts)) {
        if self.recording {
            note(self.collected.current());
        }
    }

    /// Walks a file with the scopes there are, unless it is being walked.
    fn walk_file(&mut self, file: &Rc<Parsed>) {
        if self.open.contains(&file.name) {
            return;
        }
        self.open.push(Rc::clone(&file.name));
        let before = std::mem::replace(&mut self.file, Rc::clone(file));
        self.block(&file.tree);
        self.file = before;
        self.open.pop();
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place::of(&self.file.name, &self.file.source, span)
    }

    /// Notes something, in the last round only.
    pub(super) fn note(&mut self, span: Span, note: impl FnOnce(&mut Usage, Place)) {
        if self.recording {
            let place = self.place(span);
            note(&mut self.usage, place);
        }
    }

    /// Something outlives the render in a way that is not known to be the state.
    pub(super) fn impure(&mut self, span: Span, reason: impl Into<String>) {
        self.fact(|facts| facts.outside = true);
        self.note(span, |usage, place| usage.impure(Some(place), reason));
    }

    /// Something of that kind, which outlives the render, may be changed.
    pub(super) fn impure_by(&mut self, kind: Kind, span: Span, reason: impl Into<String>) {
        self.fact(|facts| {
            facts.ordered = true;
            facts.outside |= !kind.is_state();
        });
        self.note(span, |usage, place| usage.impure(Some(place), reason));
    }

    fn variable(&mut self, key: Key) -> usize {
        let next = self.vars.len();
        let at = *self.keys.entry(key).or_insert(next);
        if at == next {
            self.vars.push(Kind::default());
        }
        at
    }

    pub(super) fn grow(&mut self, variable: usize, kind: Kind) {
        if let Some(known) = self.vars.get_mut(variable) {
            let joined = known.or(kind);
            self.changed |= joined != *known;
            *known = joined;
        }
    }

    /// Puts a value into some container.
    pub(super) fn keep(&mut self, kind: Kind) {
        let mut bits = kind.bits;
        if self.changeable(kind.tables | kind.rows) {
            bits |= SHARED;
        }
        // A row of unchangeable cells cannot be changed, and the columns of rows in containers are
        // not followed.
        let joined = self.heap.or(Kind::of(bits));
        self.changed |= joined != self.heap;
        self.heap = joined;
    }

    pub(super) fn pass_to_unknown(&mut self, kind: Kind) {
        self.keep(kind);
        let joined = self.unknown_args.or(kind);
        self.changed |= joined != self.unknown_args;
        self.unknown_args = joined;
    }

    fn scoped(&mut self, span: Span, name: &Name) -> usize {
        let file = Rc::clone(&self.file.name);
        self.variable(Key::Scoped(file, span.start, name.clone()))
    }

    fn in_scope(&self, name: &str) -> Option<usize> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.get(name))
            .copied()
    }

    /// The host's global behind a name, unless a scope hides it.
    pub(super) fn host(&self, name: &str) -> Option<(usize, &Host)> {
        if self.in_scope(name).is_some() {
            return None;
        }
        let mut globals = self.hosts.globals.iter().enumerate();
        let found = globals.find(|(_, (known, _))| known == name);
        found.map(|(index, (_, host))| (index, host))
    }

    /// What a name may stand for.
    pub(super) fn name(&mut self, name: &Name, span: Span) -> Kind {
        if let Some(variable) = self.in_scope(name) {
            return self.vars.get(variable).copied().unwrap_or_default();
        }
        let variable = self.variable(Key::Name(name.clone()));
        let kind = self.vars.get(variable).copied().unwrap_or_default();
        self.fact(|facts| _ = facts.reads.insert(name.clone()));
        let Some((index, host)) = self.host(name) else {
            self.check_name(name, span);
            return kind;
        };
        let (of_host, reason) = match host {
            Host::Constant => (Kind::default(), None),
            Host::Mapping(entries) if entries.iter().any(|entry| entry.changeable) => {
                (Kind::of(SHARED), None)
            }
            Host::Mapping(_) => (Kind::of(SHALLOW), None),
            Host::Tables(_) => (Kind::of(TABLES), None),
            Host::Store => {
                let reason = format!("it uses the state `{name}`");
                (Kind::of(STORE << self.store_number(index)), Some(reason))
            }
            Host::Modules { .. } => (Kind::of(MODULE), None),
            Host::Effect(how) => (Kind::of(CODE), Some((*how).to_owned())),
        };
        if reason.is_some() {
            self.fact(|facts| facts.ordered = true);
        }
        self.note(span, |usage, place| {
            usage.name(name, place.clone());
            if let Some(reason) = reason {
                usage.impure(Some(place), reason);
            }
        });
        kind.or(of_host)
    }

    /// Notes a name that nothing gives a value to, if it is near to one that is known: others may be meant
    /// to be undefined.
    fn check_name(&mut self, name: &Name, span: Span) {
        if !self.recording || self.quiet > 0 || self.known.contains(name) {
            return;
        }
        let hosts = self.hosts.globals.iter().map(|(known, _)| known.as_str());
        let known = self.known.iter().map(|known| &**known);
        let words = LANGUAGE.into_iter();
        if LANGUAGE.contains(&&**name) || name.chars().count() < 4 {
            return;
        }
        if let Some(near) = nearest(name, hosts.chain(words).chain(known)) {
            let message = format!("`{name}` is not defined");
            let help = Some(format!("did you mean `{near}`?"));
            self.note(span, |usage, place| usage.mistake(message, help, place));
        }
    }

    /// The number of the store that is global number `index`.
    fn store_number(&self, index: usize) -> usize {
        let before = self.hosts.globals.iter().take(index);
        let number = before.filter(|(_, host)| matches!(host, Host::Store));
        number.count().min(STORES - 1)
    }

    pub(super) fn store_name(&self, number: usize) -> String {
        let mut stores = self.hosts.globals.iter();
        let mut stores = stores
            .by_ref()
            .filter(|(_, host)| matches!(host, Host::Store));
        stores
            .nth(number)
            .map_or_else(String::new, |(name, _)| name.clone())
    }

    pub(super) fn assign(&mut self, target: &Expr, kind: Kind) {
        match &target.kind {
            ExprKind::Name(name) => {
                self.assigned.insert(name.clone());
                self.known.insert(name.clone());
                let variable = match self.in_scope(name) {
                    Some(variable) => variable,
                    None => {
                        self.fact(|facts| _ = facts.writes.insert(name.clone()));
                        self.variable(Key::Name(name.clone()))
                    }
                };
                self.grow(variable, kind);
            }
            ExprKind::Tuple(items) => {
                let element = self.element(kind);
                items.iter().for_each(|item| self.assign(item, element));
            }
            // Only namespaces have attributes to assign, and those are made in the render.
            ExprKind::NamespaceRef(name, _) => {
                self.fact(|facts| {
                    facts.changes = true;
                    facts.reads.insert(name.clone());
                });
                self.keep(kind);
            }
            _ => self.keep(kind),
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in block {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                return;
            }
            self.stmt(stmt);
        }
    }

    /// A body with variables of its own.
    fn within(&mut self, scope: HashMap<Name, usize>, body: &Block) {
        self.scopes.push(scope);
        self.block(body);
        self.scopes.pop();
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Text(_) | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Output(exprs) => exprs.iter().for_each(|expr| self.look(expr)),
            StmtKind::Do(expr) => self.look(expr),
            StmtKind::Set(target, value) => {
                let kind = self.expr(value);
                self.assign(target, kind);
            }
            StmtKind::SetBlock {
                target,
                filter,
                body,
            } => {
                filter.iter().for_each(|filter| self.look(filter));
                self.block(body);
                // A filter of the host could give anything; those of the language give text here.
                self.assign(target, Kind::of(FRESH));
            }
            StmtKind::If { branches, other } => {
                for (test, body) in branches {
                    self.expr(test);
                    self.block(body);
                }
                self.block(other);
            }
            StmtKind::For(one) => self.for_loop(one),
            StmtKind::With { targets, body } => self.with(targets, body),
            StmtKind::Macro(def) => self.macro_def(def, stmt.span),
            StmtKind::Call(call, def) => {
                self.expr(call);
                self.macro_body(def, stmt.span);
            }
            StmtKind::FilterBlock(filter, body) => {
                self.expr(filter);
                self.block(body);
            }
            StmtKind::Autoescape(on, body) => {
                self.expr(on);
                self.block(body);
            }
            StmtKind::Block(def) => {
                let seen = if def.scoped {
                    None
                } else {
                    Some(std::mem::take(&mut self.scopes))
                };
                self.block(&def.body);
                if let Some(scopes) = seen {
                    self.scopes = scopes;
                }
            }
            StmtKind::Extends(name) => self.file(name, FileKind::Extends, true),
            StmtKind::Include {
                name, with_context, ..
            } => {
                self.file(name, FileKind::Include, *with_context);
            }
            StmtKind::Import {
                name,
                target,
                with_context,
            } => {
                self.file(name, FileKind::Import, *with_context);
                let target = self.target_of(target);
                self.grow(target, Kind::of(IMPORT));
            }
            StmtKind::FromImport {
                name,
                names,
                with_context,
            } => {
                self.names_of_import(name, names, *with_context);
            }
        }
    }

    fn target_of(&mut self, name: &Name) -> usize {
        self.known.insert(name.clone());
        match self.in_scope(name) {
            Some(variable) => variable,
            None => {
                self.fact(|facts| _ = facts.writes.insert(name.clone()));
                self.variable(Key::Name(name.clone()))
            }
        }
    }

    fn names_of_import(&mut self, file: &Expr, names: &[(Name, Name)], with_context: bool) {
        self.file(file, FileKind::Import, with_context);
        for (source, target) in names {
            if self.recording
                && constant_names(file)
                    .is_some_and(|names| names.iter().all(|one| self.load(one).is_some()))
                && !self.known.contains(source)
            {
                let near = nearest(source, self.known.iter().map(|known| &**known));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                let message = format!("the imported file does not define `{source}`");
                self.note(file.span, |usage, place| {
                    usage.mistake(message, help, place)
                });
            }
            self.collected.rename(source, target);
            let from = self.variable(Key::Name(source.clone()));
            let kind = self.vars.get(from).copied().unwrap_or_default();
            let to = self.target_of(target);
            self.grow(to, kind);
            let known = self.aliases.entry(target.clone()).or_default();
            self.changed |= known.insert(source.clone());
        }
    }

    fn for_loop(&mut self, one: &crate::template::syntax::ast::For) {
        let over = self.expr(&one.iter);
        let mut item = self.element(over);
        if one.recursive {
            item = item.or(self.element(self.unknown_args));
        }
        let mut scope = HashMap::new();
        self.bind(&one.target, &mut scope);
        let own: Name = Rc::from("loop");
        let own_variable = self.scoped(one.iter.span, &own);
        self.grow(own_variable, item.or(Kind::of(CODE)));
        scope.insert(own, own_variable);
        self.scopes.push(scope);
        self.assign(&one.target, item);
        if let Some(test) = &one.test {
            self.expr(test);
        }
        self.block(&one.body);
        self.scopes.pop();
        self.block(&one.other);
    }

    /// Declares the names of a target in a scope.
    fn bind(&mut self, target: &Expr, scope: &mut HashMap<Name, usize>) {
        match &target.kind {
            ExprKind::Name(name) => {
                let variable = self.scoped(target.span, name);
                scope.insert(name.clone(), variable);
            }
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.bind(item, scope)),
            _ => {}
        }
    }

    fn with(&mut self, targets: &[(Expr, Expr)], body: &Block) {
        let kinds: Vec<Kind> = targets.iter().map(|(_, value)| self.expr(value)).collect();
        let mut scope = HashMap::new();
        for (target, _) in targets {
            self.bind(target, &mut scope);
        }
        self.scopes.push(scope);
        for ((target, _), kind) in targets.iter().zip(kinds) {
            self.assign(target, kind);
        }
        self.block(body);
        self.scopes.pop();
    }

    fn macro_def(&mut self, def: &MacroDef, span: Span) {
        let unit = self.collected.enter_macro(&def.name);
        let signature = self.macro_body(def, span);
        self.collected.leave_macro(unit, def);
        if self
            .known_macros
            .insert((Rc::clone(&self.file.name), span.start))
        {
            self.macros
                .entry(def.name.clone())
                .or_default()
                .push(signature);
            self.changed = true;
        }
        let variable = self.target_of(&def.name);
        self.grow(variable, Kind::of(CODE));
    }

    fn macro_body(&mut self, def: &MacroDef, span: Span) -> Signature {
        let mut scope = HashMap::new();
        let mut signature = Vec::new();
        for (name, default) in &def.params {
            let variable = self.scoped(span, name);
            if let Some(default) = default {
                let kind = self.expr(default);
                self.grow(variable, kind);
            }
            self.grow(variable, self.unknown_args);
            scope.insert(name.clone(), variable);
            signature.push((name.clone(), variable));
        }
        for special in ["varargs", "kwargs", "caller"] {
            let name: Name = Rc::from(special);
            let variable = self.scoped(span, &name);
            let bits = if special == "caller" { CODE } else { FRESH };
            self.grow(variable, Kind::of(bits));
            scope.entry(name).or_insert(variable);
        }
        self.within(scope, &def.body);
        signature
    }

    fn file(&mut self, name: &Expr, kind: FileKind, with_context: bool) {
        let names = constant_names(name);
        if names.is_none() {
            self.expr(name);
            self.note(name.span, |usage, place| {
                usage.file(None, kind, false, place.clone());
                let reason = "it chooses a file when it runs, which could do anything";
                usage.impure(Some(place), reason);
            });
            self.fact(|facts| facts.outside = true);
        }
        for one in names.unwrap_or_default() {
            let found = self.load(&one);
            let there = found.is_some();
            self.note(name.span, |usage, place| {
                usage.file(Some(&one), kind, there, place)
            });
            let Some(found) = found else {
                continue;
            };
            if kind == FileKind::Import && self.hosts.kept.contains(&*found.name) {
                self.check_kept(&found, name.span);
            }
            self.enter(&found, with_context);
        }
    }

    fn enter(&mut self, file: &Rc<Parsed>, with_context: bool) {
        if with_context {
            self.walk_file(file);
            return;
        }
        if !self.imported.insert(Rc::clone(&file.name)) {
            return;
        }
        let scopes = std::mem::take(&mut self.scopes);
        self.walk_file(file);
        self.scopes = scopes;
    }

    /// The top level of a configured template runs once for all imports of it.
    fn check_kept(&mut self, file: &Parsed, span: Span) {
        let plain = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Text(_) | StmtKind::Macro(_));
        if !file.tree.iter().all(plain) {
            let reason = format!(
                "it imports `{}`, which is a configured template too: its top level runs once for all",
                file.name
            );
            self.impure(span, reason);
        }
    }

    fn load(&mut self, name: &str) -> Option<Rc<Parsed>> {
        if let Some(known) = self.parsed.get(name) {
            return known.clone();
        }
        let loaded = self.template.sibling(name).as_ref().and_then(parse);
        self.parsed.insert(name.to_owned(), loaded.clone());
        loaded
    }
}

/// The names a file expression can have; `None` when they are not constant.
fn constant_names(name: &Expr) -> Option<Vec<String>> {
    match &name.kind {
        ExprKind::Const(value) => Some(vec![Value::as_str(value)?.to_owned()]),
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            let all: Option<Vec<Vec<String>>> = items.iter().map(constant_names).collect();
            Some(all?.concat())
        }
        _ => None,
    }
}
