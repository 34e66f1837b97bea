//! `re`: Python's regular expressions.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use fancy_regex::Regex;

use super::{Members, given, missing, text_of};
use crate::template::object::no_attribute;
use crate::template::vm::OneShot;
use crate::template::{Args, Ctx, Error, Object, Value};

type Captures<'t> = fancy_regex::Captures<'t, str>;

/// Compiled expressions kept per thread; all are forgotten when there are more.
const KEPT: usize = 256;

const FLAGS: &[(&str, i64, &str)] = &[
    ("IGNORECASE", 2, "i"),
    ("I", 2, "i"),
    ("MULTILINE", 8, "m"),
    ("M", 8, "m"),
    ("DOTALL", 16, "s"),
    ("S", 16, "s"),
    ("VERBOSE", 64, "x"),
    ("X", 64, "x"),
    ("ASCII", 256, ""),
    ("A", 256, ""),
];

pub(super) fn members() -> Members {
    let flags = FLAGS.iter();
    let mut members: Members = flags
        .map(|(name, bit, _)| (*name, Value::Int(*bit)))
        .collect();
    members.extend(super::functions(&[
        ("compile", |_, args| {
            let [pattern, flags] = args.bind("compile", ["pattern", "flags"], 1)?;
            Ok(Value::object(Pattern(compile("compile", pattern, flags)?)))
        }),
        ("sub", |ctx, args| {
            let names = ["pattern", "repl", "string", "count", "flags"];
            let [pattern, by, text, count, flags] = args.bind("sub", names, 3)?;
            let regex = compile("sub", pattern, flags)?;
            sub(ctx, &regex, by, text, count).map(|(text, _)| text)
        }),
        ("subn", |ctx, args| {
            let names = ["pattern", "repl", "string", "count", "flags"];
            let [pattern, by, text, count, flags] = args.bind("subn", names, 3)?;
            let regex = compile("subn", pattern, flags)?;
            sub(ctx, &regex, by, text, count).map(counted)
        }),
        ("finditer", |ctx, args| {
            let (regex, text) = simple("finditer", args)?;
            finditer(ctx, &regex, text)
        }),
        ("findall", |ctx, args| {
            let (regex, text) = simple("findall", args)?;
            findall(ctx, &regex, text)
        }),
        ("search", |_, args| {
            let (regex, text) = simple("search", args)?;
            search(&regex, text, Anchor::None)
        }),
        ("match", |_, args| {
            let (regex, text) = simple("match", args)?;
            search(&regex, text, Anchor::Start)
        }),
        ("fullmatch", |_, args| {
            let (regex, text) = simple("fullmatch", args)?;
            search(&regex, text, Anchor::Both)
        }),
        ("split", |ctx, args| {
            let names = ["pattern", "string", "maxsplit", "flags"];
            let [pattern, text, most, flags] = args.bind("split", names, 2)?;
            let regex = compile("split", pattern, flags)?;
            split(ctx, &regex, text, most)
        }),
        ("escape", |_, args| {
            let [pattern] = args.bind("escape", ["pattern"], 1)?;
            let mut out = String::new();
            for one in text_of("escape", pattern)?.chars() {
                if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(one) {
                    out.push('\\');
                }
                out.push(one);
            }
            Ok(Value::from(out))
        }),
    ]));
    members
}

thread_local! {
    static COMPILED: RefCell<Vec<(String, Rc<Regex>)>> = const { RefCell::new(Vec::new()) };
}

/// The same expression in the syntax of the engine.
fn translate(pattern: &str, flags: i64) -> String {
    let mut out = String::from("(?");
    for (_, bit, letter) in FLAGS.iter().filter(|(name, ..)| name.len() == 1) {
        if flags & bit != 0 {
            out.push_str(letter);
        }
    }
    out = if out.len() > 2 {
        out + ")"
    } else {
        String::new()
    };
    out + &pattern.replace("\\Z", "\\z")
}

fn compile(
    function: &str,
    pattern: Option<&Value>,
    flags: Option<&Value>,
) -> Result<Rc<Regex>, Error> {
    if let Some(pattern) = pattern.and_then(|pattern| pattern.downcast::<Pattern>()) {
        return Ok(Rc::clone(&pattern.0));
    }
    let flags = given(flags).map_or(Ok(0), |flags| super::int_of(function, Some(flags)))?;
    let source = translate(text_of(function, pattern)?, flags);
    let known = COMPILED.with_borrow(|all| {
        let found = all.iter().find(|(known, _)| *known == source);
        found.map(|(_, regex)| Rc::clone(regex))
    });
    if let Some(regex) = known {
        return Ok(regex);
    }
    let regex = Regex::new(&source).map_err(|error| {
        Error::value_error(format!("{function}(): not a regular expression: {error}"))
    })?;
    let regex = Rc::new(regex);
    COMPILED.with_borrow_mut(|all| {
        if all.len() >= KEPT {
            all.clear();
        }
        all.push((source, Rc::clone(&regex)));
    });
    Ok(regex)
}

fn simple<'v>(function: &str, args: &Args<'v>) -> Result<(Rc<Regex>, &'v str), Error> {
    let [pattern, text, flags] = args.bind(function, ["pattern", "string", "flags"], 2)?;
    Ok((compile(function, pattern, flags)?, text_of(function, text)?))
}

fn failed(error: &fancy_regex::Error) -> Error {
    Error::limit(format!("the regular expression took too long: {error}"))
}

/// Every match, from left to right. As in Python an empty one may stand where another ends.
fn every<'t>(ctx: &mut Ctx<'_>, regex: &Regex, text: &'t str) -> Result<Vec<Captures<'t>>, Error> {
    let mut all = Vec::new();
    let mut from = 0;
    while from <= text.len() {
        ctx.step(1)?;
        let found = regex.captures_from_pos(text, from);
        let Some(found) = found.map_err(|error| failed(&error))? else {
            break;
        };
        let Some(whole) = found.get(0) else { break };
        from = whole.end();
        if whole.start() == whole.end() {
            let next = text.get(from..).unwrap_or_default().chars().next();
            from += next.map_or(1, char::len_utf8);
        }
        all.push(found);
    }
    Ok(all)
}

fn group(found: &Captures<'_>, at: usize) -> Option<Value> {
    found.get(at).map(|part| Value::from(part.as_str()))
}

fn groups(found: &Captures<'_>, default: &Value) -> Vec<Value> {
    let all = 1..found.len();
    all.map(|at| group(found, at).unwrap_or_else(|| default.clone()))
        .collect()
}

fn findall(ctx: &mut Ctx<'_>, regex: &Regex, text: &str) -> Result<Value, Error> {
    let empty = Value::from("");
    let each = every(ctx, regex, text)?;
    let each = each.iter().map(|found| match found.len() {
        1 => group(found, 0).unwrap_or_default(),
        2 => group(found, 1).unwrap_or_else(|| empty.clone()),
        _ => Value::tuple(groups(found, &empty)),
    });
    Ok(Value::list(each.collect()))
}

fn finditer(ctx: &mut Ctx<'_>, regex: &Regex, text: &str) -> Result<Value, Error> {
    let each = every(ctx, regex, text)?;
    let each = each.iter().map(|found| Match::value(regex, found, text));
    Ok(OneShot::value("callable_iterator", each.collect()))
}

/// What `subn` gives.
fn counted((text, times): (Value, usize)) -> Value {
    Value::tuple(vec![text, Value::from(times)])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchor {
    None,
    Start,
    Both,
}

fn search(regex: &Regex, text: &str, anchor: Anchor) -> Result<Value, Error> {
    let anchored;
    let regex = match anchor {
        Anchor::None => regex,
        _ => {
            let end = if anchor == Anchor::Both { "\\z" } else { "" };
            let source = Value::from(format!("\\A(?:{}){end}", regex.as_str()));
            anchored = compile("match", Some(&source), None)?;
            &anchored
        }
    };
    let found = regex.captures(text).map_err(|error| failed(&error))?;
    Ok(found.map_or(Value::None, |found| Match::value(regex, &found, text)))
}

fn split(
    ctx: &mut Ctx<'_>,
    regex: &Regex,
    text: Option<&Value>,
    most: Option<&Value>,
) -> Result<Value, Error> {
    let text = text_of("split", text)?;
    let most = given(most).map_or(Ok(0), |most| super::int_of("split", Some(most)))?;
    let most = match usize::try_from(most) {
        Ok(0) => usize::MAX,
        Ok(most) => most,
        Err(_) => 0,
    };
    let mut items = Vec::new();
    let mut from = 0;
    for found in every(ctx, regex, text)?.iter().take(most) {
        let Some(whole) = found.get(0) else { continue };
        items.push(Value::from(
            text.get(from..whole.start()).unwrap_or_default(),
        ));
        items.extend(groups(found, &Value::None));
        from = whole.end();
    }
    items.push(Value::from(text.get(from..).unwrap_or_default()));
    Ok(Value::list(items))
}

/// The text with what was found replaced, and how often.
fn sub(
    ctx: &mut Ctx<'_>,
    regex: &Regex,
    by: Option<&Value>,
    text: Option<&Value>,
    count: Option<&Value>,
) -> Result<(Value, usize), Error> {
    let text = text_of("sub", text)?;
    let by = by.unwrap_or(missing());
    let count = given(count).map_or(Ok(0), |count| super::int_of("sub", Some(count)))?;
    let most = usize::try_from(count).ok().filter(|most| *most > 0);
    let pieces = by.as_str().map(|by| pieces(by, regex)).transpose()?;
    let mut out = String::new();
    let (mut from, mut times) = (0, 0);
    let most = if count < 0 { Some(0) } else { most };
    for found in every(ctx, regex, text)?
        .iter()
        .take(most.unwrap_or(usize::MAX))
    {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(text.get(from..whole.start()).unwrap_or_default());
        match &pieces {
            Some(pieces) => expand(pieces, found, &mut out),
            None => {
                let found = Match::value(regex, found, text);
                let made = ctx.call(by, &Args::positional(&[found]))?;
                out.push_str(made.text().as_str());
            }
        }
        ctx.check_size(out.len())?;
        from = whole.end();
        times += 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Ok((Value::from(out), times))
}

/// A part of a replacement.
enum Piece<'b> {
    Text(&'b str),
    Char(char),
    Group(usize),
}

/// A replacement: `\1`, `\g<name>` and the usual escapes.
fn pieces<'b>(by: &'b str, regex: &Regex) -> Result<Vec<Piece<'b>>, Error> {
    let mut pieces = Vec::new();
    let mut rest = by;
    while let Some(at) = rest.find('\\') {
        pieces.push(Piece::Text(rest.get(..at).unwrap_or_default()));
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(one) = rest.chars().next() else {
            return Err(Error::value_error(
                "sub(): the replacement ends in a backslash",
            ));
        };
        let digits = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let named = rest
            .strip_prefix("g<")
            .and_then(|rest| rest.split_once('>'));
        let length = match (digits, named) {
            (1.., _) => {
                let name = rest.get(..digits).unwrap_or_default();
                pieces.push(Piece::Group(group_number(name, regex)?));
                digits
            }
            (_, Some((name, _))) => {
                pieces.push(Piece::Group(group_number(name, regex)?));
                name.len() + 3
            }
            _ => {
                match one {
                    'n' => pieces.push(Piece::Char('\n')),
                    't' => pieces.push(Piece::Char('\t')),
                    'r' => pieces.push(Piece::Char('\r')),
                    '\\' => pieces.push(Piece::Char('\\')),
                    one if one.is_ascii_alphabetic() => {
                        let message = format!("sub(): bad escape \\{one}");
                        return Err(Error::value_error(message));
                    }
                    one => pieces.extend([Piece::Char('\\'), Piece::Char(one)]),
                }
                one.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// The number of a group that is given by its number or name.
fn group_number(name: &str, regex: &Regex) -> Result<usize, Error> {
    let known = match name.parse::<usize>() {
        Ok(at) => Some(at).filter(|at| *at < regex.captures_len()),
        Err(_) => regex.capture_names().position(|known| known == Some(name)),
    };
    known.ok_or_else(|| Error::value_error(format!("sub(): the pattern has no group {name}")))
}

fn expand(pieces: &[Piece<'_>], found: &Captures<'_>, out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Char(one) => out.push(*one),
            Piece::Group(at) => out.push_str(found.get(*at).map_or("", |part| part.as_str())),
        }
    }
}

/// A compiled expression.
struct Pattern(Rc<Regex>);

const PATTERN: [&str; 8] = [
    "sub",
    "subn",
    "findall",
    "finditer",
    "search",
    "match",
    "fullmatch",
    "split",
];

impl Object for Pattern {
    fn type_name(&self) -> &str {
        "Pattern"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let names = || self.0.capture_names().enumerate();
        match name {
            "pattern" => Some(Value::from(self.0.as_str())),
            "groups" => Some(Value::from(self.0.captures_len() - 1)),
            "groupindex" => {
                Some(Value::dict(names().filter_map(|(at, name)| {
                    Some((Value::from(name?), Value::from(at)))
                })))
            }
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        PATTERN.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        let regex = &self.0;
        let anchor = match name {
            "sub" | "subn" => {
                let [by, text, count] = args.bind(name, ["repl", "string", "count"], 2)?;
                let done = sub(ctx, regex, by, text, count)?;
                return Ok(if name == "sub" { done.0 } else { counted(done) });
            }
            "split" => {
                let [text, most] = args.bind(name, ["string", "maxsplit"], 1)?;
                return split(ctx, regex, text, most);
            }
            "match" => Anchor::Start,
            "fullmatch" => Anchor::Both,
            _ => Anchor::None,
        };
        let [text] = args.bind(name, ["string"], 1)?;
        let text = text_of(name, text)?;
        match name {
            "findall" => findall(ctx, regex, text),
            "finditer" => finditer(ctx, regex, text),
            "search" | "match" | "fullmatch" => search(regex, text, anchor),
            _ => Err(no_attribute("Pattern", name).suggest(name, PATTERN)),
        }
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "re.compile({})", Value::from(self.0.as_str()).repr())
    }

    fn names(&self) -> Vec<String> {
        PATTERN.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// A match: its groups, and where each was found in characters.
struct Match {
    names: Vec<Option<String>>,
    groups: Vec<Value>,
    spans: Vec<Option<(usize, usize)>>,
    text: Value,
}

const MATCH: [&str; 6] = ["group", "groups", "groupdict", "start", "end", "span"];

impl Match {
    fn value(regex: &Regex, found: &Captures<'_>, text: &str) -> Value {
        let names = regex.capture_names().map(|name| name.map(str::to_owned));
        let chars = |at: usize| text.get(..at).unwrap_or_default().chars().count();
        let all = 0..found.len();
        Value::object(Self {
            names: names.collect(),
            groups: all
                .clone()
                .map(|at| group(found, at).unwrap_or(Value::None))
                .collect(),
            spans: all
                .map(|at| {
                    found
                        .get(at)
                        .map(|part| (chars(part.start()), chars(part.end())))
                })
                .collect(),
            text: Value::from(text),
        })
    }

    fn at(&self, key: &Value) -> Result<usize, Error> {
        let named = |name: &str| {
            let mut names = self.names.iter();
            names.position(|known| known.as_deref() == Some(name))
        };
        let at = match key.as_str() {
            Some(name) => named(name),
            None => key.as_int().and_then(|at| usize::try_from(at).ok()),
        };
        at.filter(|at| *at < self.groups.len())
            .ok_or_else(|| Error::value_error(format!("the match has no group {}", key.repr())))
    }

    /// The number of the last group that took part.
    fn last(&self) -> Option<usize> {
        let last = self.spans.iter().rposition(Option::is_some);
        last.filter(|at| *at > 0)
    }

    fn one(&self, key: &Value) -> Result<Value, Error> {
        let at = self.at(key)?;
        Ok(self.groups.get(at).cloned().unwrap_or_default())
    }
}

impl Object for Match {
    fn type_name(&self) -> &str {
        "Match"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "string" => Some(self.text.clone()),
            "lastindex" => Some(self.last().map_or(Value::None, Value::from)),
            "lastgroup" => Some(
                self.last()
                    .and_then(|at| self.names.get(at)?.as_deref())
                    .map_or(Value::None, Value::from),
            ),
            _ => None,
        }
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(self.one(key).ok())
    }

    fn has_method(&self, name: &str) -> bool {
        MATCH.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        _: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match name {
            "group" => match args.positional {
                [] => self.one(&Value::Int(0)),
                [key] => self.one(key),
                keys => {
                    let groups: Result<_, _> = keys.iter().map(|key| self.one(key)).collect();
                    groups.map(Value::tuple)
                }
            },
            "groups" | "groupdict" => {
                let [default] = args.bind(name, ["default"], 0)?;
                let default = default.cloned().unwrap_or(Value::None);
                let filled = |value: &Value| {
                    if value.is_none() {
                        default.clone()
                    } else {
                        value.clone()
                    }
                };
                if name == "groups" {
                    let groups = self.groups.iter().skip(1);
                    return Ok(Value::tuple(groups.map(filled).collect()));
                }
                let named = self.names.iter().zip(&self.groups);
                Ok(Value::dict(named.filter_map(|(name, value)| {
                    Some((Value::from(name.as_deref()?), filled(value)))
                })))
            }
            "start" | "end" | "span" => {
                let [key] = args.bind_positional::<1>(name, 0)?;
                let at = self.at(key.unwrap_or(&Value::Int(0)))?;
                let (start, end) = match self.spans.get(at) {
                    Some(Some((start, end))) => (Value::from(*start), Value::from(*end)),
                    _ => (Value::Int(-1), Value::Int(-1)),
                };
                Ok(match name {
                    "start" => start,
                    "end" => end,
                    _ => Value::tuple(vec![start, end]),
                })
            }
            _ => Err(no_attribute("Match", name).suggest(name, MATCH)),
        }
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        let (start, end) = self.spans.first().copied().flatten().unwrap_or_default();
        let whole = self.groups.first().map(Value::repr).unwrap_or_default();
        write!(
            out,
            "<re.Match object; span=({start}, {end}), match={whole}>"
        )
    }

    fn names(&self) -> Vec<String> {
        MATCH.iter().map(|name| (*name).to_owned()).collect()
    }
}
