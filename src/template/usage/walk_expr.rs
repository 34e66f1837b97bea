//! Expressions: what each may give, and what it touches on the way.

use std::rc::Rc;

use super::arity;
use super::effect::{self, Effect, Gives};
use super::kind::{CODE, FRESH, IMPORT, Kind, MODULE, SHALLOW, SHARED, STATE, STORE, TABLES};
use super::walk::Walker;
use super::{Host, Table, UnknownColumn};
use crate::template::ops::BinaryOp;
use crate::template::syntax::ast::{CallArgs, Expr, ExprKind, Name};
use crate::template::{Span, nearest};

/// Attributes of a table that are not columns.
const TABLE_METHODS: [&str; 6] = [
    "columns",
    "pick",
    "pick_n",
    "weighted_pick",
    "weighted_pick_n",
    "where",
];

impl Walker<'_> {
    fn tables(&self) -> &[Table] {
        let mut globals = self.hosts.globals.iter();
        let found = globals.find_map(|(_, host)| match host {
            Host::Tables(tables) => Some(tables.as_slice()),
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// True when a table of the mask has cells that can be changed.
    pub(super) fn changeable(&self, mask: u64) -> bool {
        let tables = self.tables().iter().enumerate();
        mask != 0
            && tables
                .filter(|(index, _)| mask & bit(*index) != 0)
                .any(|(_, table)| table.changeable)
    }

    /// What an element or attribute of a value may be.
    pub(super) fn element(&self, kind: Kind) -> Kind {
        let mut bits = kind.bits & (SHARED | STATE | MODULE);
        let mut found = Kind::default();
        if kind.has(FRESH) {
            found = self.heap;
        }
        if kind.stores().next().is_some() {
            bits |= STATE;
        }
        if self.changeable(kind.rows) {
            bits |= SHARED;
        }
        found = found.or(Kind::of(bits));
        found.rows |= kind.tables;
        if kind.has(TABLES) {
            found.tables |= self.all_tables();
        }
        found
    }

    fn all_tables(&self) -> u64 {
        (0..self.tables().len()).fold(0, |mask, index| mask | bit(index))
    }

    /// Something new that holds what a value holds.
    fn copy(&mut self, kind: Kind) -> Kind {
        let element = self.element(kind);
        self.keep(element);
        Kind {
            bits: FRESH,
            tables: kind.tables,
            rows: 0,
        }
    }

    /// An expression whose value does not matter.
    pub(super) fn look(&mut self, expr: &Expr) {
        self.expr(expr);
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Kind {
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::NamespaceRef(..) => Kind::default(),
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                let mut made = Kind::of(FRESH);
                for item in items {
                    let kind = self.expr(item);
                    self.keep(kind);
                    made.tables |= kind.rows;
                }
                made
            }
            ExprKind::Dict(items) => {
                for (key, value) in items {
                    let (key, value) = (self.expr(key), self.expr(value));
                    self.keep(key.or(value));
                }
                Kind::of(FRESH)
            }
            ExprKind::Neg(inner) | ExprKind::Pos(inner) | ExprKind::Not(inner) => {
                self.expr(inner);
                Kind::default()
            }
            ExprKind::Binary(op, a, b) => {
                let kind = self.expr(a).or(self.expr(b));
                if matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod)
                    && arity::is_zero(&b.kind)
                    && !matches!(&a.kind, ExprKind::Const(value) if value.as_str().is_some())
                {
                    self.note(expr.span, |usage, place| {
                        usage.mistake("division by zero".to_owned(), None, place);
                    });
                }
                match op {
                    BinaryOp::Add | BinaryOp::Mul => self.copy(kind),
                    _ => Kind::default(),
                }
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => self.expr(a).or(self.expr(b)),
            ExprKind::Compare(first, rest) => {
                self.expr(first);
                rest.iter().for_each(|(_, expr)| self.look(expr));
                Kind::default()
            }
            ExprKind::Concat(parts) => {
                parts.iter().for_each(|part| self.look(part));
                Kind::default()
            }
            ExprKind::Cond { test, then, other } => {
                self.expr(test);
                let then = self.expr(then);
                let other = other.as_ref().map(|other| self.expr(other));
                then.or(other.unwrap_or_default())
            }
            ExprKind::Attr(object, name) => self.attr(expr, object, name),
            ExprKind::Item(object, key) => self.item(expr, object, key),
            ExprKind::Slice(object, parts) => {
                let kind = self.expr(object);
                parts.iter().flatten().for_each(|part| self.look(part));
                self.copy(kind)
            }
            ExprKind::Call(callee, args) => self.call(callee, args, expr.span),
            ExprKind::Filter { input, name, args } => {
                self.filter(input.as_deref(), name, args, expr.span)
            }
            ExprKind::Test {
                input, name, args, ..
            } => {
                let expected = matches!(&**name, "defined" | "undefined" | "none");
                self.quiet += u32::from(expected);
                self.expr(input);
                self.quiet -= u32::from(expected);
                self.args(args);
                Kind::default()
            }
        }
    }

    /// What the arguments of a call may be, all together.
    fn args(&mut self, args: &CallArgs) -> Kind {
        let mut all = Kind::default();
        for expr in args.exprs() {
            all = all.or(self.expr(expr));
        }
        for spread in args.star.iter().chain(&args.star_star) {
            let kind = self.expr(spread);
            all = all.or(self.element(kind));
        }
        all
    }

    fn attr(&mut self, expr: &Expr, object: &Expr, name: &Name) -> Kind {
        if let Some(path) = self.module_path(expr) {
            return self.module(&path, expr.span, false);
        }
        let kind = self.expr(object);
        self.member(kind, object, name, expr.span)
    }

    fn item(&mut self, expr: &Expr, object: &Expr, key: &Expr) -> Kind {
        if let Some(path) = self.module_path(expr) {
            return self.module(&path, expr.span, false);
        }
        let kind = self.expr(object);
        self.expr(key);
        if let ExprKind::Const(value) = &key.kind {
            if let Some(name) = value.as_str() {
                return self.member(kind, object, name, key.span);
            }
            return self.element(kind);
        }
        if kind.has(MODULE) {
            self.impure(expr.span, "it chooses a module or function when it runs");
        }
        self.note_key(kind, object, None, expr.span);
        for store in kind.stores() {
            self.fact(|facts| facts.ordered = true);
            self.note_state(store, &key_text(key), (true, false), expr.span);
        }
        // A text may name a method.
        self.element(kind).or(method_of(kind))
    }

    /// `object.name` or `object['name']`, not called.
    fn member(&mut self, kind: Kind, object: &Expr, name: &str, span: Span) -> Kind {
        if kind.has(TABLES) {
            return self
                .table(name, span)
                .or(self.element(Kind::of(kind.bits & !TABLES)));
        }
        if effect::method(name) == Some(Effect::Changes) {
            self.fact(|facts| facts.changes = true);
            if kind.outlives() {
                self.impure_by(kind, span, outliving(object, "may be changed"));
            }
        }
        self.note_key(kind, object, Some(name), span);
        self.note_column(kind, name, span);
        for store in kind.stores() {
            self.fact(|facts| facts.ordered = true);
            self.note_state(store, name, (true, false), span);
        }
        let mut found = self.element(kind);
        if kind.tables != 0 {
            // A column: a list made for whoever asks.
            found = found.or(Kind::of(FRESH));
            found.rows = 0;
            if self.changeable(kind.tables) {
                self.keep(Kind::of(SHARED));
            }
        }
        if kind.has(IMPORT) {
            let named: Name = Rc::from(name);
            found = found.or(self.name(&named, span));
        }
        if effect::method(name).is_some() {
            found = found.or(method_of(kind));
        }
        found
    }

    fn table(&mut self, name: &str, span: Span) -> Kind {
        let tables = self.tables();
        let Some(index) = tables.iter().position(|table| table.name == name) else {
            if self.quiet == 0 {
                let names = tables.iter().map(|table| table.name.as_str());
                let help =
                    nearest(name, names.clone()).map(|near| format!("did you mean `{near}`?"));
                let help = help.or_else(|| {
                    let names: Vec<&str> = names.collect();
                    (!names.is_empty()).then(|| format!("there are {}", names.join(", ")))
                });
                let message = format!("there is no sample `{name}`");
                self.note(span, |usage, place| usage.mistake(message, help, place));
            }
            return Kind::default();
        };
        self.note(span, |usage, place| usage.table(name, place));
        Kind {
            tables: bit(index),
            ..Kind::default()
        }
    }

    /// Notes the key of a mapping of the host.
    fn note_key(&mut self, kind: Kind, object: &Expr, key: Option<&str>, span: Span) {
        let ExprKind::Name(mapping) = &object.kind else {
            return;
        };
        let is_mapping = matches!(self.host(mapping), Some((_, Host::Mapping(_))));
        let is_method = key.is_some_and(|key| effect::method(key).is_some());
        if kind.outlives() && is_mapping && !is_method {
            self.note(span, |usage, place| usage.key(mapping, key, place));
        }
    }

    fn note_state(&mut self, store: usize, key: &str, how: (bool, bool), span: Span) {
        let scope = self.store_name(store);
        self.note(span, |usage, place| {
            usage.state_key(&scope, key, how, place)
        });
    }

    /// Notes a column that is read, and one that cannot be there.
    fn note_column(&mut self, kind: Kind, name: &str, span: Span) {
        let mask = kind.tables | kind.rows;
        let is_method = (kind.tables != 0 && TABLE_METHODS.contains(&name))
            || (kind.rows != 0 && matches!(name, "count" | "index"));
        if mask == 0 || is_method {
            return;
        }
        let tables: Vec<Table> = self
            .tables()
            .iter()
            .enumerate()
            .filter(|(index, _)| mask & bit(*index) != 0)
            .map(|(_, table)| table.clone())
            .collect();
        let lacks = |table: &Table| {
            let columns = table.columns.as_ref();
            columns.is_some_and(|columns| !columns.iter().any(|one| one == name))
        };
        let quiet = self.quiet > 0 || kind.bits != 0 || mask & bit(63) != 0;
        let unknown = !quiet && tables.iter().all(lacks);
        self.note(span, |usage, place| {
            for table in tables.iter().filter(|table| !lacks(table)) {
                usage.column(&table.name, name);
            }
            if let (true, Some(first)) = (unknown, tables.first()) {
                let columns = first.columns.iter().flatten().map(String::as_str);
                usage.unknown_column(UnknownColumn {
                    table: first.name.clone(),
                    column: name.to_owned(),
                    nearest: nearest(name, columns).map(str::to_owned),
                    place,
                });
            }
        });
    }

    /// The path of a chain of names that starts at the module gateway.
    fn module_path(&self, expr: &Expr) -> Option<Vec<String>> {
        let (object, name) = match &expr.kind {
            ExprKind::Attr(object, name) => (object, name.to_string()),
            ExprKind::Item(object, key) => match &key.kind {
                ExprKind::Const(value) => (object, value.as_str()?.to_owned()),
                _ => return None,
            },
            _ => return None,
        };
        if let ExprKind::Name(root) = &object.kind {
            let is_gateway = matches!(self.host(root), Some((_, Host::Modules { .. })));
            return (is_gateway && !self.assigned.contains(root)).then(|| vec![name]);
        }
        let mut path = self.module_path(object)?;
        path.push(name);
        Some(path)
    }

    /// Notes the use of something of a module.
    fn module(&mut self, path: &[String], span: Span, called: bool) -> Kind {
        let dotted = path.join(".");
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let stateless = self.is_stateless(&parts);
        let shuffles = !called && is_shuffle(&parts);
        if !stateless || shuffles {
            self.fact(|facts| facts.outside = true);
        }
        self.note(span, |usage, place| {
            usage.module(&dotted, place.clone());
            if !stateless || shuffles {
                usage.impure(
                    Some(place),
                    format!("it uses `module.{dotted}`, which keeps or changes things"),
                );
            }
        });
        Kind::of(MODULE)
    }

    fn is_stateless(&self, path: &[&str]) -> bool {
        let mut globals = self.hosts.globals.iter();
        globals.all(|(_, host)| match host {
            Host::Modules { stateless, .. } => stateless(path),
            _ => true,
        })
    }

    fn call(&mut self, callee: &Expr, args: &CallArgs, span: Span) -> Kind {
        if let Some(path) = self.module_path(callee) {
            self.module(&path, callee.span, true);
            self.check_call(&path, args, span);
            let given = self.args(args);
            let parts: Vec<&str> = path.iter().map(String::as_str).collect();
            if is_shuffle(&parts) {
                self.fact(|facts| facts.changes = true);
                if given.outlives() {
                    self.impure_by(given, span, "it shuffles a list that outlives the event");
                }
            }
            return self.reached(given);
        }
        match &callee.kind {
            ExprKind::Name(name) => self.call_name(name, callee.span, args),
            ExprKind::Attr(object, name) => self.call_method(object, name, args, callee.span),
            _ => {
                let kind = self.expr(callee);
                self.check_callee(kind, span);
                self.call_unknown(args)
            }
        }
    }

    /// A method of something that outlives the render may change it.
    fn check_callee(&mut self, kind: Kind, span: Span) {
        if kind.has(CODE) && kind.outlives() {
            self.impure(span, "it calls a method that is chosen when it runs");
        }
    }

    /// Notes a call of a module's function whose arguments cannot fit.
    fn check_call(&mut self, path: &[String], args: &CallArgs, span: Span) {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let mut globals = self.hosts.globals.iter();
        let signature = globals.find_map(|(_, host)| match host {
            Host::Modules { signature, .. } => signature(&parts),
            _ => None,
        });
        let function = format!("module.{}", path.join("."));
        self.check_args(&function, signature, args, span);
    }

    fn check_args(
        &mut self,
        function: &str,
        signature: Option<arity::Signature>,
        args: &CallArgs,
        span: Span,
    ) {
        let mistake = signature.and_then(|known| arity::mistake(function, known, args));
        if let Some((message, help)) = mistake {
            self.note(span, |usage, place| {
                usage.mistake(message, Some(help), place)
            });
        }
    }

    /// A result that may be or hold whatever was given.
    fn reached(&mut self, given: Kind) -> Kind {
        let element = self.element(given);
        self.keep(element);
        let mut kind = given.or(element).or(Kind::of(FRESH));
        kind.bits &= !IMPORT;
        kind
    }

    fn call_unknown(&mut self, args: &CallArgs) -> Kind {
        self.fact(|facts| facts.changes = true);
        let given = self.args(args);
        self.pass_to_unknown(given);
        let heap = self.heap;
        self.reached(given.or(heap))
    }

    fn call_name(&mut self, name: &Name, span: Span, args: &CallArgs) -> Kind {
        let kind = self.name(name, span);
        let mut names: Vec<Name> = vec![name.clone()];
        names.extend(self.aliases.get(name).into_iter().flatten().cloned());
        let known = names.iter().any(|name| self.macros.contains_key(name));
        if known && !self.assigned.contains(name) {
            self.bind_args(&names, args);
            return Kind::default();
        }
        if !known && kind == Kind::default() && !self.assigned.contains(name) {
            // A function of the language, or a macro that is not known yet.
            let given = self.args(args);
            self.keep(given);
            return self.reached(given);
        }
        if &**name != "loop" {
            self.check_callee(kind, span);
        }
        self.call_unknown(args)
    }

    /// Gives the arguments of a call to the parameters of the macros it may be of.
    fn bind_args(&mut self, names: &[Name], args: &CallArgs) {
        let positional: Vec<Kind> = args.positional.iter().map(|expr| self.expr(expr)).collect();
        let keyword: Vec<(Name, Kind)> = args
            .keyword
            .iter()
            .map(|(name, expr)| (name.clone(), self.expr(expr)))
            .collect();
        let mut spread = Kind::default();
        for one in args.star.iter().chain(&args.star_star) {
            let kind = self.expr(one);
            spread = spread.or(self.element(kind));
        }
        // What has no parameter goes to varargs and kwargs.
        let all = positional
            .iter()
            .chain(keyword.iter().map(|(_, kind)| kind));
        let all = all.fold(spread, |all, kind| all.or(*kind));
        let signatures: Vec<_> = names
            .iter()
            .filter_map(|name| self.macros.get(name))
            .flatten()
            .cloned()
            .collect();
        for signature in &signatures {
            let surplus = positional.len() > signature.len()
                || keyword
                    .iter()
                    .any(|(name, _)| !signature.iter().any(|(param, _)| param == name))
                || spread != Kind::default();
            if surplus {
                self.keep(all);
            }
            for (at, (param, variable)) in signature.iter().enumerate() {
                let mut kind = positional.get(at).copied().unwrap_or_default().or(spread);
                for (name, given) in &keyword {
                    if name == param {
                        kind = kind.or(*given);
                    }
                }
                self.grow(*variable, kind);
            }
        }
    }

    fn call_method(&mut self, object: &Expr, name: &Name, args: &CallArgs, span: Span) -> Kind {
        let kind = self.expr(object);
        if kind.has(MODULE) && !self.is_stateless(&["*", name]) {
            self.impure(
                span,
                format!("it calls `{name}` of a module, which keeps or changes things"),
            );
        }
        if kind.stores().next().is_some() {
            return self.call_store(kind, name, args, span);
        }
        if kind.has(IMPORT) && self.macros.contains_key(name) {
            self.bind_args(std::slice::from_ref(name), args);
            if kind.bits == IMPORT {
                return Kind::default();
            }
        }
        let effect = effect::method(name);
        let Some(effect) = effect else {
            let given = self.call_unknown(args);
            return given.or(self.element(kind));
        };
        self.note_table_call(kind, name, args);
        if let (true, ExprKind::Name(_), Some(first)) =
            (&**name == "get", &object.kind, args.positional.first())
        {
            let key = key_text(first);
            let exact = (!key.contains('…')).then_some(key);
            self.note_key(kind, object, exact.as_deref(), first.span);
        }
        let given = self.args(args);
        if !kind.has(CODE) && matches!(effect, Effect::Scalar) {
            // The name may be that of a macro in a container.
            if kind.has(FRESH | IMPORT) {
                self.pass_to_unknown(given);
            }
            return Kind::default();
        }
        match effect {
            Effect::Changes => {
                self.fact(|facts| facts.changes = true);
                if let ExprKind::Name(name) = &object.kind {
                    self.fact(|facts| _ = facts.grown.insert(name.clone()));
                }
                if kind.outlives() {
                    let reason = outliving(object, &format!("is changed by `{name}`"));
                    self.impure_by(kind, span, reason);
                }
                self.keep_in(object, given);
                self.element(kind).or(given)
            }
            Effect::Copies => {
                self.keep(given);
                let element = self.element(kind);
                let mut made = self.copy(kind.or(Kind::of(element.bits & (SHARED | STATE))));
                made.tables |= kind.tables;
                made
            }
            Effect::Reads => {
                let mut found = self.element(kind).or(given);
                // A pair of `items()` may come of a container in it.
                found.rows |= kind.tables;
                found
            }
            Effect::Scalar => {
                self.pass_to_unknown(given);
                Kind::default()
            }
        }
    }

    /// Puts a value into the container an expression names; the rows in it are followed when it is a
    /// variable.
    fn keep_in(&mut self, object: &Expr, given: Kind) {
        self.keep(given);
        let element = self.element(given);
        self.keep(element);
        if given.rows != 0
            && let ExprKind::Name(_) = &object.kind
        {
            self.assign(
                object,
                Kind {
                    tables: given.rows,
                    ..Kind::default()
                },
            );
        }
    }

    /// Columns named by the arguments of a table's methods.
    fn note_table_call(&mut self, kind: Kind, name: &str, args: &CallArgs) {
        let of = Kind {
            tables: kind.tables,
            bits: kind.bits & !FRESH,
            rows: 0,
        };
        if kind.tables == 0 || kind.has(FRESH) {
            return;
        }
        if name == "where" {
            for (column, value) in &args.keyword {
                self.note_column(of, column, value.span);
            }
        }
        if matches!(name, "weighted_pick" | "weighted_pick_n")
            && let Some(first) = args.positional.first()
            && let ExprKind::Const(value) = &first.kind
            && let Some(column) = value.as_str()
        {
            self.note_column(of, column, first.span);
        }
    }

    fn call_store(&mut self, kind: Kind, name: &str, args: &CallArgs, span: Span) -> Kind {
        let how = match name {
            "get" | "as_dict" => (true, false),
            "set" | "update" | "clear" => (false, true),
            "pop" => (true, true),
            _ => (false, false),
        };
        let key = match (name, args.positional.first()) {
            ("get" | "set" | "pop", Some(key)) => key_text(key),
            _ => "…".to_owned(),
        };
        self.fact(|facts| facts.ordered = true);
        if how != (false, false) {
            for store in kind.stores() {
                self.note_state(store, &key, how, span);
            }
        }
        let given = self.args(args);
        self.pass_to_unknown(given);
        let element = self.element(kind);
        element.or(given).or(Kind::of(FRESH))
    }

    fn filter(&mut self, input: Option<&Expr>, name: &str, args: &CallArgs, span: Span) -> Kind {
        let expected = matches!(name, "default" | "d");
        self.quiet += u32::from(expected);
        let kind = input.map(|input| self.expr(input)).unwrap_or_default();
        self.quiet -= u32::from(expected);
        if self.template.has_builtin_filter(name) {
            self.check_args(&format!("filter {name}"), arity::filter(name), args, span);
        } else {
            self.fact(|facts| facts.changes = true);
        }
        let given = self.args(args);
        let attribute = match (name, args.positional.first()) {
            ("attr", Some(first)) => Some(first),
            ("map", Some(first)) if !is_constant_text(first, |text| text != "attr") => Some(first),
            _ => None,
        };
        if let Some(attribute) = attribute {
            return self.attr_filter(kind, input, attribute, span);
        }
        if name == "map" {
            self.note_mapped(kind, args);
        }
        match effect::filter(name) {
            Gives::Scalar => Kind::default(),
            Gives::Copy => {
                self.keep(given);
                self.copy(kind)
            }
            Gives::Element => self.element(kind).or(given),
            Gives::Input => kind.or(given),
            Gives::Mapped => {
                let element = self.element(kind);
                let deeper = self.element(element);
                self.keep(element.or(deeper).or(given));
                let mut made = Kind::of(FRESH).or(element).or(given);
                made.tables |= kind.tables;
                made
            }
        }
    }

    /// `attr(name)`: as `x.name` when the name is constant.
    fn attr_filter(
        &mut self,
        kind: Kind,
        input: Option<&Expr>,
        attribute: &Expr,
        span: Span,
    ) -> Kind {
        if let (Some(input), ExprKind::Const(value)) = (input, &attribute.kind)
            && let Some(name) = value.as_str()
            && name != "attr"
        {
            return self.member(kind, input, name, span);
        }
        if kind != Kind::default() {
            self.impure(span, "it chooses an attribute when it runs");
        }
        self.element(kind).or(Kind::of(CODE))
    }

    /// `map(attribute='column')`.
    fn note_mapped(&mut self, kind: Kind, args: &CallArgs) {
        let attribute = args.keyword.iter().find(|(name, _)| &**name == "attribute");
        let has_default = args.keyword.iter().any(|(name, _)| &**name == "default");
        if let Some((_, expr)) = attribute
            && let ExprKind::Const(value) = &expr.kind
            && let Some(column) = value.as_str()
        {
            let mut rows = self.element(kind);
            rows.tables = 0;
            self.quiet += u32::from(has_default || column.contains('.'));
            self.note_column(rows, column, expr.span);
            self.quiet -= u32::from(has_default || column.contains('.'));
        }
    }
}

/// A method of a value, not called yet.
fn method_of(kind: Kind) -> Kind {
    Kind::of(CODE | kind.bits & (SHARED | STATE | SHALLOW | FRESH))
}

fn bit(index: usize) -> u64 {
    1 << index.min(63)
}

fn is_shuffle(path: &[&str]) -> bool {
    path.last() == Some(&"shuffle") && path.first() != Some(&"rand")
}

fn is_constant_text(expr: &Expr, test: impl Fn(&str) -> bool) -> bool {
    matches!(&expr.kind, ExprKind::Const(value) if value.as_str().is_some_and(test))
}

fn outliving(object: &Expr, what: &str) -> String {
    match &object.kind {
        ExprKind::Name(name) => format!("`{name}` outlives the event and {what}"),
        _ => format!("a value that outlives the event {what}"),
    }
}

/// A key as far as it is constant.
fn key_text(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Const(value) if !value.may_nest() => value.text().as_str().to_owned(),
        ExprKind::Concat(parts) => {
            let mut text = String::new();
            for part in parts {
                let part = key_text(part);
                if !(part == "…" && text.ends_with('…')) {
                    text.push_str(&part);
                }
            }
            text
        }
        ExprKind::Binary(BinaryOp::Add, a, b) => {
            let (a, b) = (key_text(a), key_text(b));
            format!("{a}{b}").replace("……", "…")
        }
        _ => "…".to_owned(),
    }
}

/// So that the bits of stores are known to be above all others.
const _: () = assert!(STORE > TABLES);
