//! Built-in globals: `range`, `dict`, `namespace`, `cycler`, `joiner`, `lipsum`.

use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::rc::Rc;

use super::methods::{int_arg, pairs};
use super::object::no_attribute;
use super::{Args, Ctx, Dict, Error, Function, Object, Str, Value, ValueIter, markup};

/// Names and values of the built-in globals.
pub(super) fn builtin() -> Vec<(&'static str, Value)> {
    vec![
        ("range", Function::borrowing("range", range)),
        ("dict", Function::value("dict", dict)),
        ("namespace", Function::value("namespace", namespace)),
        ("cycler", Function::value("cycler", cycler)),
        ("joiner", Function::value("joiner", joiner)),
        ("lipsum", Function::value("lipsum", lipsum)),
    ]
}

pub(super) fn range(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [first, second, step] = args.bind_positional("range", 1)?;
    let int = |value: &Value| int_arg(value, "range");
    let first = int(first.unwrap_or(&Value::None))?;
    let (start, stop) = match second {
        Some(second) => (first, int(second)?),
        None => (0, first),
    };
    let step = step.map_or(Ok(1), int)?;
    if step == 0 {
        return Err(Error::value_error("range: the step must not be zero"));
    }
    Ok(Value::object(Range { start, stop, step }))
}

/// Numbers from `start` up to but without `stop`.
#[derive(Clone, Copy)]
pub(super) struct Range {
    start: i64,
    stop: i64,
    step: i64,
}

impl Range {
    fn count(self) -> usize {
        let (start, stop) = (i128::from(self.start), i128::from(self.stop));
        let step = i128::from(self.step);
        let span = if step > 0 { stop - start } else { start - stop };
        if span <= 0 {
            return 0;
        }
        usize::try_from((span - 1) / step.abs() + 1).unwrap_or(usize::MAX)
    }

    fn at(self, index: usize) -> Value {
        let index = i64::try_from(index).unwrap_or(i64::MAX);
        Value::Int(self.start.saturating_add(self.step.saturating_mul(index)))
    }
}

struct RangeIter {
    range: Range,
    at: usize,
    len: usize,
}

impl ValueIter for RangeIter {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        if self.at >= self.len {
            return Ok(None);
        }
        self.at += 1;
        Ok(Some(self.range.at(self.at - 1)))
    }
}

impl Object for Range {
    fn type_name(&self) -> &str {
        "range"
    }

    fn len(&self) -> Option<usize> {
        Some(self.count())
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        let at = key.as_int();
        let at = at.and_then(|at| super::access::position(at, self.count()));
        Ok(at.map(|at| Range::at(*self, at)))
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "start" => Some(Value::Int(self.start)),
            "stop" => Some(Value::Int(self.stop)),
            "step" => Some(Value::Int(self.step)),
            _ => None,
        }
    }

    fn get_slice(&self, positions: &[usize]) -> Option<Value> {
        let step = match positions {
            [first, second, ..] => {
                let offset = i64::try_from(*second).ok()? - i64::try_from(*first).ok()?;
                self.step.saturating_mul(offset)
            }
            _ => self.step,
        };
        let start = positions.first().map_or(self.start, |at| {
            Range::at(*self, *at).as_int().unwrap_or_default()
        });
        let count = i64::try_from(positions.len()).ok()?;
        Some(Value::object(Self {
            start,
            stop: start.saturating_add(step.saturating_mul(count)),
            step,
        }))
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(RangeIter {
            range: *self,
            at: 0,
            len: self.count(),
        }))
    }

    fn contains(&self, item: &Value) -> Result<Option<bool>, Error> {
        let Some(number) = item.as_float().filter(|number| number.fract() == 0.0) else {
            return Ok(Some(false));
        };
        let number = item.as_int().unwrap_or(number as i64);
        let inside = if self.step > 0 {
            number >= self.start && number < self.stop
        } else {
            number <= self.start && number > self.stop
        };
        let on_step = number.wrapping_sub(self.start).wrapping_rem(self.step) == 0;
        Ok(Some(inside && on_step))
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| {
            let count = self.count();
            count == other.count()
                && (count == 0 || self.start == other.start)
                && (count < 2 || self.step == other.step)
        })
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "range({}, {}", self.start, self.stop)?;
        if self.step != 1 {
            write!(out, ", {}", self.step)?;
        }
        out.write_char(')')
    }
}

fn dict(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    if args.positional.len() > 1 {
        return Err(Error::type_error(
            "dict() takes at most 1 positional argument",
        ));
    }
    let made = Dict::default();
    if let Some(source) = args.positional.first() {
        for (key, value) in pairs(ctx, source)? {
            made.borrow_mut().insert(key, value)?;
        }
    }
    for (name, value) in args.keyword {
        made.set(name, value.clone());
    }
    Ok(Value::Dict(made))
}

fn namespace(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let Value::Dict(entries) = dict(ctx, args)? else {
        return Ok(Value::Undefined);
    };
    Ok(Value::object(NamespaceValue(entries)))
}

/// What `namespace(...)` makes: attributes that can be set.
pub(super) struct NamespaceValue(Dict);

impl NamespaceValue {
    /// Sets an attribute.
    pub fn set(&self, name: &str, value: Value) {
        self.0.set(name, value);
    }
}

impl Object for NamespaceValue {
    fn type_name(&self) -> &str {
        "Namespace"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.0.get(name)
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str("<Namespace ")?;
        Value::Dict(self.0.clone()).write_repr(out)?;
        out.write_char('>')
    }
}

fn cycler(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    if !args.keyword.is_empty() || args.positional.is_empty() {
        return Err(Error::type_error(
            "cycler() takes at least 1 positional argument",
        ));
    }
    Ok(Value::object(Cycler {
        items: args.positional.to_vec(),
        at: Cell::new(0),
    }))
}

struct Cycler {
    items: Vec<Value>,
    at: Cell<usize>,
}

impl Drop for Cycler {
    fn drop(&mut self) {
        super::value::drop_values(std::mem::take(&mut self.items));
    }
}

impl Object for Cycler {
    fn type_name(&self) -> &str {
        "Cycler"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "current" => self.items.get(self.at.get()).cloned(),
            "items" => Some(Value::tuple(self.items.clone())),
            "pos" => Some(Value::from(self.at.get())),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "next" | "reset")
    }

    fn call_method(
        self: Rc<Self>,
        _: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        args.none(name)?;
        match name {
            "next" => {
                let at = self.at.get();
                self.at.set((at + 1) % self.items.len().max(1));
                Ok(self.items.get(at).cloned().unwrap_or_default())
            }
            "reset" => {
                self.at.set(0);
                Ok(Value::None)
            }
            _ => Err(no_attribute("Cycler", name)),
        }
    }
}

fn joiner(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [separator] = args.bind("joiner", ["sep"], 0)?;
    Ok(Value::object(Joiner {
        separator: separator.map_or(Str::from_static(", "), Value::text),
        used: RefCell::new(false),
    }))
}

struct Joiner {
    separator: Str,
    used: RefCell<bool>,
}

impl Object for Joiner {
    fn type_name(&self) -> &str {
        "Joiner"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        args.none("joiner")?;
        let used = self.used.replace(true);
        Ok(Value::Str(if used {
            self.separator.clone()
        } else {
            Str::EMPTY
        }))
    }
}

const WORDS: &str = "a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at \
auctor augue bibendum blandit class commodo condimentum congue consectetuer consequat conubia \
convallis cras cubilia cum curabitur curae cursus dapibus diam dictum dictumst dignissim dis \
dolor donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod \
facilisi facilisis fames faucibus felis fermentum feugiat fringilla fusce gravida habitant \
habitasse hac hendrerit hymenaeos iaculis id imperdiet in inceptos integer interdum ipsum justo \
lacinia lacus laoreet lectus leo libero ligula litora lobortis lorem luctus maecenas magna magnis \
malesuada massa mattis mauris metus mi molestie mollis montes morbi mus nam nascetur natoque nec \
neque netus nibh nisi nisl non nonummy nostra nulla nullam nunc odio orci ornare parturient pede \
pellentesque penatibus per pharetra phasellus placerat platea porta porttitor posuere potenti \
praesent pretium primis proin pulvinar purus quam quis quisque rhoncus ridiculus risus rutrum \
sagittis sapien scelerisque sed sem semper senectus sit sociis sociosqu sodales sollicitudin \
suscipit suspendisse taciti tellus tempor tempus tincidunt torquent tortor tristique turpis \
ullamcorper ultrices ultricies urna ut varius vehicula vel velit venenatis vestibulum vitae \
vivamus viverra volutpat vulputate";

fn lipsum(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [count, html, min, max] = args.bind("lipsum", ["n", "html", "min", "max"], 0)?;
    let number = |value: Option<&Value>, missing: i64| {
        value.map_or(Ok(missing), |value| int_arg(value, "lipsum"))
    };
    let (count, min, max) = (number(count, 5)?, number(min, 20)?, number(max, 100)?);
    if min >= max {
        return Err(Error::value_error("lipsum: min must be less than max"));
    }
    let words: Vec<&str> = WORDS.split(' ').collect();
    let below = |ctx: &mut Ctx<'_>, bound: i64| {
        let bound = u64::try_from(bound).unwrap_or(0);
        i64::try_from(ctx.random().below(bound)).unwrap_or(0)
    };
    let mut paragraphs = Vec::new();
    for _ in 0..count {
        let length = min + below(ctx, max - min);
        let (mut text, mut start, mut comma, mut stop) = (String::new(), true, 0, 0);
        let mut last = "";
        for at in 0..length {
            ctx.step(1)?;
            ctx.check_size(text.len())?;
            let mut word = last;
            while word == last {
                let index = below(ctx, i64::try_from(words.len()).unwrap_or(1));
                word = words
                    .get(usize::try_from(index).unwrap_or(0))
                    .copied()
                    .unwrap_or("a");
                if words.len() < 2 {
                    break;
                }
                ctx.step(1)?;
            }
            last = word;
            if at > 0 {
                text.push(' ');
            }
            if start {
                text.push_str(&super::methods::capitalize(word));
            } else {
                text.push_str(word);
            }
            start = false;
            if at - comma > 3 + below(ctx, 5) {
                (comma, stop) = (at, stop + 2);
                text.push(',');
            }
            if at - stop > 10 + below(ctx, 10) {
                (comma, stop, start) = (at, at, true);
                text.push('.');
            }
        }
        let text = text.trim_end_matches([',', '.']).to_owned() + ".";
        paragraphs.push(text);
    }
    if html.is_none_or(Value::truth) {
        let wrapped: Vec<String> = paragraphs
            .iter()
            .map(|text| format!("<p>{}</p>", markup::escape(text)))
            .collect();
        return Ok(Value::safe(wrapped.join("\n")));
    }
    Ok(Value::from(paragraphs.join("\n\n")))
}
