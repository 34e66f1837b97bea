//! Methods of texts.

use std::rc::Rc;

use super::bytes::encode;
use super::cases::{
    capitalize, casefold, has_case, is_decimal, is_digit, is_letter, is_number, is_python_space,
    is_title, swapcase, title,
};
use super::{Called, Method, int_arg, split, text_arg};
use crate::template::access::SliceRange;
use crate::template::text::substitute;
use crate::template::{Args, Ctx, Error, Str, Value, format, markup};

/// A text, safe if `safe`.
pub(in crate::template) fn swap_safe(text: impl Into<Str>, safe: bool) -> Value {
    let text = text.into();
    if safe {
        Value::Safe(text.to_rc())
    } else {
        Value::Str(text)
    }
}

pub(super) fn call(
    ctx: &mut Ctx<'_>,
    text: &str,
    safe: bool,
    method: Method,
    args: &Args<'_>,
) -> Called {
    let made = |text: String| swap_safe(text, safe);
    Some(match method {
        Method::Upper => args.none("upper").map(|()| made(text.to_uppercase())),
        Method::Lower => args.none("lower").map(|()| made(text.to_lowercase())),
        Method::Casefold => args.none("casefold").map(|()| made(casefold(text))),
        Method::Capitalize => args.none("capitalize").map(|()| made(capitalize(text))),
        Method::Title => args.none("title").map(|()| made(title(text))),
        Method::Swapcase => args.none("swapcase").map(|()| made(swapcase(text))),
        Method::Strip => strip(text, args, true, true).map(made),
        Method::Lstrip => strip(text, args, true, false).map(made),
        Method::Rstrip => strip(text, args, false, true).map(made),
        Method::Split => splitted(text, safe, args, false),
        Method::Rsplit => splitted(text, safe, args, true),
        Method::Splitlines => args.bind("splitlines", ["keepends"], 0).map(|[keep]| {
            let lines = split::lines(text, keep.is_some_and(Value::truth));
            Value::list(
                lines
                    .into_iter()
                    .map(|line| swap_safe(line, safe))
                    .collect(),
            )
        }),
        Method::Partition => partitioned(text, safe, args, false),
        Method::Rpartition => partitioned(text, safe, args, true),
        Method::Startswith => affix(text, args, true),
        Method::Endswith => affix(text, args, false),
        Method::Find => find(text, args, false).map(|at| at.map_or(Value::Int(-1), Value::from)),
        Method::Rfind => find(text, args, true).map(|at| at.map_or(Value::Int(-1), Value::from)),
        Method::Index => find(text, args, false).and_then(found),
        Method::Rindex => find(text, args, true).and_then(found),
        Method::Count => count(text, args),
        Method::Replace => replace(ctx, text, safe, args),
        Method::Join => join(ctx, text, safe, args),
        Method::Zfill => zfill(ctx, text, args).map(made),
        Method::Center => justify(ctx, text, args, "center").map(made),
        Method::Ljust => justify(ctx, text, args, "ljust").map(made),
        Method::Rjust => justify(ctx, text, args, "rjust").map(made),
        _ => return call_rest(ctx, text, safe, method, args),
    })
}

fn call_rest(ctx: &mut Ctx<'_>, text: &str, safe: bool, method: Method, args: &Args<'_>) -> Called {
    let made = |text: String| swap_safe(text, safe);
    let is = |holds: bool| args.none("this test").map(|()| Value::Bool(holds));
    let all = |test: &dyn Fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    Some(match method {
        Method::Removeprefix => {
            prefix(args).map(|part| made(text.strip_prefix(part).unwrap_or(text).to_owned()))
        }
        Method::Removesuffix => {
            prefix(args).map(|part| made(text.strip_suffix(part).unwrap_or(text).to_owned()))
        }
        Method::Expandtabs => expandtabs(ctx, text, args).map(made),
        Method::Isdigit => is(all(&is_digit)),
        Method::Isdecimal => is(all(&is_decimal)),
        Method::Isnumeric => is(all(&is_number)),
        Method::Isalpha => is(all(&is_letter)),
        Method::Isalnum => is(all(&|one| is_letter(one) || is_number(one))),
        Method::Isspace => is(all(&is_python_space)),
        Method::Isascii => is(text.is_ascii()),
        Method::Isprintable => is(text.chars().all(crate::template::repr::is_printable)),
        Method::Isupper => is(has_case(text, char::is_uppercase, char::is_lowercase)),
        Method::Islower => is(has_case(text, char::is_lowercase, char::is_uppercase)),
        Method::Istitle => is(is_title(text)),
        Method::Isidentifier => {
            let mut chars = text.chars();
            let first = chars
                .next()
                .is_some_and(|one| one == '_' || one.is_alphabetic());
            let mark = |one: char| matches!(one, '\u{300}'..='\u{36f}' | '·' | '‿' | '⁀');
            is(first && chars.all(|one| one == '_' || one.is_alphanumeric() || mark(one)))
        }
        Method::Format => formatted(ctx, text, safe, args).map(made),
        Method::FormatMap => format_map(ctx, text, args).map(made),
        Method::Encode => encode(text, args),
        Method::Translate => translate(text, args).map(made),
        Method::Maketrans => maketrans(args),
        Method::Unescape if safe => args
            .none("unescape")
            .map(|()| Value::from(markup::unescape(text))),
        Method::Striptags if safe => args
            .none("striptags")
            .map(|()| Value::from(markup::strip_tags(text))),
        _ => return None,
    })
}

fn strip(text: &str, args: &Args<'_>, left: bool, right: bool) -> Result<String, Error> {
    let [chars] = args.bind_positional("strip", 0)?;
    let set = match chars {
        None | Some(Value::None) => None,
        Some(chars) => Some(text_arg(chars, "strip")?),
    };
    let matches = |one: char| match set {
        Some(set) => set.contains(one),
        None => is_python_space(one),
    };
    let mut stripped = text;
    if left {
        stripped = stripped.trim_start_matches(matches);
    }
    if right {
        stripped = stripped.trim_end_matches(matches);
    }
    Ok(stripped.to_owned())
}

fn splitted(text: &str, safe: bool, args: &Args<'_>, right: bool) -> Result<Value, Error> {
    let [separator, most] = args.bind("split", ["sep", "maxsplit"], 0)?;
    let separator = match separator {
        None | Some(Value::None) => None,
        Some(separator) => Some(text_arg(separator, "split")?),
    };
    let most = most.map_or(Ok(-1), |most| int_arg(most, "split"))?;
    if let (Some(separator), -1, false, false) = (separator, most, right, safe)
        && !separator.is_empty()
    {
        return Ok(Value::list(split::all(text, separator)));
    }
    let parts = split::split(text, separator, most, right)?;
    Ok(Value::list(
        parts
            .into_iter()
            .map(|part| swap_safe(part, safe))
            .collect(),
    ))
}

fn partitioned(text: &str, safe: bool, args: &Args<'_>, right: bool) -> Result<Value, Error> {
    let [separator] = args.bind_positional("partition", 1)?;
    let separator = text_arg(separator.unwrap_or(&Value::None), "partition")?;
    let parts = split::partition(text, separator, right)?;
    Ok(Value::tuple(
        parts
            .into_iter()
            .map(|part| swap_safe(part, safe))
            .collect(),
    ))
}

fn prefix<'a>(args: &Args<'a>) -> Result<&'a str, Error> {
    let [part] = args.bind_positional("removeprefix", 1)?;
    text_arg(part.unwrap_or(&Value::None), "removeprefix")
}

/// The part of a text between two character positions, and where it starts.
fn window<'t>(
    text: &'t str,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> Result<Option<(&'t str, usize)>, Error> {
    let bound = |value: Option<&Value>| value.cloned().unwrap_or(Value::None);
    if start.is_none() && stop.is_none() {
        return Ok(Some((text, 0)));
    }
    let len = text.chars().count();
    if let Some(start) = start.and_then(Value::as_int)
        && usize::try_from(start).is_ok_and(|start| start > len)
    {
        return Ok(None);
    }
    let range = SliceRange::new(&[bound(start), bound(stop), Value::None], len)?;
    let positions = range.positions();
    let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
        let start = start.and_then(Value::as_int).unwrap_or(0);
        return Ok(Some(("", usize::try_from(start).unwrap_or(0))));
    };
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
    let part = text.get(byte(*first)..byte(last + 1)).unwrap_or_default();
    Ok(Some((part, *first)))
}

fn affix(text: &str, args: &Args<'_>, start_of: bool) -> Result<Value, Error> {
    let name = if start_of { "startswith" } else { "endswith" };
    let [affixes, start, stop] = args.bind_positional(name, 1)?;
    let affixes = affixes.unwrap_or(&Value::None);
    let affixes = affixes.as_tuple().unwrap_or(std::slice::from_ref(affixes));
    let Some((part, _)) = window(text, start, stop)? else {
        return Ok(Value::Bool(false));
    };
    for affix in affixes {
        let affix = text_arg(affix, name)?;
        let holds = if start_of {
            part.starts_with(affix)
        } else {
            part.ends_with(affix)
        };
        if holds {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn find(text: &str, args: &Args<'_>, right: bool) -> Result<Option<usize>, Error> {
    let [part, start, stop] = args.bind_positional("find", 1)?;
    let part = text_arg(part.unwrap_or(&Value::None), "find")?;
    let Some((window, offset)) = window(text, start, stop)? else {
        return Ok(None);
    };
    let at = if right {
        window.rfind(part)
    } else {
        window.find(part)
    };
    Ok(at.map(|at| offset + window.get(..at).unwrap_or_default().chars().count()))
}

fn found(at: Option<usize>) -> Result<Value, Error> {
    at.map(Value::from)
        .ok_or_else(|| Error::value_error("index: the text is not there"))
}

fn count(text: &str, args: &Args<'_>) -> Result<Value, Error> {
    let [part, start, stop] = args.bind_positional("count", 1)?;
    let part = text_arg(part.unwrap_or(&Value::None), "count")?;
    let Some((window, _)) = window(text, start, stop)? else {
        return Ok(Value::Int(0));
    };
    Ok(Value::from(if part.is_empty() {
        window.chars().count() + 1
    } else {
        window.matches(part).count()
    }))
}

fn replace(ctx: &Ctx<'_>, text: &str, safe: bool, args: &Args<'_>) -> Result<Value, Error> {
    let [old, new, count] = args.bind("replace", ["old", "new", "count"], 2)?;
    let (old, new) = (old.unwrap_or(&Value::None), new.unwrap_or(&Value::None));
    let (old, mut new) = (
        text_arg(old, "replace")?.to_owned(),
        text_arg(new, "replace")?.to_owned(),
    );
    let mut old = old;
    if safe {
        let [a, b, _] = args.bind("replace", ["old", "new", "count"], 2)?;
        old = markup::escape_value(a.unwrap_or(&Value::None));
        new = markup::escape_value(b.unwrap_or(&Value::None));
    }
    let most = match count {
        None | Some(Value::None) => -1,
        Some(count) => int_arg(count, "replace")?,
    };
    replaced(ctx, text, &old, &new, most).map(|text| swap_safe(text, safe))
}

/// An error when the text may become too long.
pub(in crate::template) fn check_replaced(
    ctx: &Ctx<'_>,
    text: &str,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    let uses = if old.is_empty() {
        text.len() + 1
    } else {
        text.len() / old.len()
    };
    ctx.check_size(text.len().saturating_add(uses.saturating_mul(new.len())) / 4)
}

/// The text with a part replaced, at most `most` times unless that is negative.
pub(in crate::template) fn replaced(
    ctx: &Ctx<'_>,
    text: &str,
    old: &str,
    new: &str,
    most: i64,
) -> Result<String, Error> {
    check_replaced(ctx, text, old, new)?;
    let most = usize::try_from(most);
    Ok(if old.is_empty() {
        text.replacen(old, new, most.unwrap_or(usize::MAX))
    } else {
        substitute(text, old, new, most.unwrap_or(usize::MAX))
    })
}

fn join(ctx: &mut Ctx<'_>, text: &str, safe: bool, args: &Args<'_>) -> Result<Value, Error> {
    let [items] = args.bind_positional("join", 1)?;
    let joined = match items {
        Some(Value::List(list)) if !safe => split::joined(ctx, text, &list.borrow()),
        Some(Value::Tuple(items)) if !safe => split::joined(ctx, text, items),
        _ => None,
    };
    if let Some(joined) = joined {
        return joined;
    }
    let items = ctx.collect(items.unwrap_or(&Value::None))?;
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(text);
        }
        if safe {
            out.push_str(&markup::escape_value(item));
        } else {
            let Some(item) = item.as_str() else {
                return Err(Error::type_error(format!(
                    "join: item {at} is a '{}', not a text",
                    item.type_name()
                ))
                .help("the filter `| join(...)` takes anything"));
            };
            out.push_str(item);
        }
        ctx.check_size(out.len())?;
    }
    Ok(swap_safe(out, safe))
}

fn width(ctx: &Ctx<'_>, value: Option<&Value>, function: &str) -> Result<usize, Error> {
    let width = int_arg(value.unwrap_or(&Value::None), function)?;
    let width = usize::try_from(width).unwrap_or(0);
    ctx.check_size(width)?;
    Ok(width)
}

fn zfill(ctx: &Ctx<'_>, text: &str, args: &Args<'_>) -> Result<String, Error> {
    let [wanted] = args.bind_positional("zfill", 1)?;
    let wanted = width(ctx, wanted, "zfill")?;
    let missing = wanted.saturating_sub(text.chars().count());
    let (sign, digits) = if text.starts_with(['+', '-']) {
        text.split_at(1)
    } else {
        ("", text)
    };
    Ok(format!("{sign}{}{digits}", "0".repeat(missing)))
}

fn justify(ctx: &Ctx<'_>, text: &str, args: &Args<'_>, how: &str) -> Result<String, Error> {
    let [wanted, fill] = args.bind_positional(how, 1)?;
    let wanted = width(ctx, wanted, how)?;
    let fill = match fill {
        None => ' ',
        Some(fill) => {
            let mut chars = text_arg(fill, how)?.chars();
            match (chars.next(), chars.next()) {
                (Some(one), None) => one,
                _ => {
                    return Err(Error::type_error(format!(
                        "{how}: the fill must be one character"
                    )));
                }
            }
        }
    };
    let len = text.chars().count();
    let missing = wanted.saturating_sub(len);
    let left = match how {
        "ljust" => 0,
        "rjust" => missing,
        _ => missing / 2 + (missing & wanted & 1),
    };
    let fill = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
    Ok(format!("{}{text}{}", fill(left), fill(missing - left)))
}

fn expandtabs(ctx: &Ctx<'_>, text: &str, args: &Args<'_>) -> Result<String, Error> {
    let [size] = args.bind("expandtabs", ["tabsize"], 0)?;
    let size = size.map_or(Ok(8), |size| int_arg(size, "expandtabs"))?;
    let size = usize::try_from(size).unwrap_or(0);
    ctx.check_size(size.saturating_mul(text.matches('\t').count()))?;
    let mut out = String::new();
    let mut column = 0;
    for one in text.chars() {
        match one {
            '\t' if size > 0 => {
                let spaces = size - column % size;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\t' => {}
            one => {
                out.push(one);
                column = if matches!(one, '\n' | '\r') {
                    0
                } else {
                    column + 1
                };
            }
        }
    }
    Ok(out)
}

fn formatted(ctx: &Ctx<'_>, text: &str, safe: bool, args: &Args<'_>) -> Result<String, Error> {
    if !safe {
        return format::format(text, args, ctx.largest());
    }
    let escaped = |value: &Value| match value {
        Value::Str(text) => Value::safe(markup::escape(text.as_str()).as_ref()),
        value => value.clone(),
    };
    let positional: Vec<Value> = args.positional.iter().map(escaped).collect();
    let keyword: Vec<(Rc<str>, Value)> = args
        .keyword
        .iter()
        .map(|(name, value)| (Rc::clone(name), escaped(value)))
        .collect();
    let args = Args {
        positional: &positional,
        keyword: &keyword,
    };
    format::format(text, &args, ctx.largest())
}

fn format_map(ctx: &Ctx<'_>, text: &str, args: &Args<'_>) -> Result<String, Error> {
    let [map] = args.bind_positional("format_map", 1)?;
    let Some(Value::Dict(map)) = map else {
        return Err(Error::type_error("format_map takes a dict"));
    };
    let keyword: Vec<(Rc<str>, Value)> = map
        .borrow()
        .iter()
        .filter_map(|(key, value)| Some((Rc::from(key.as_str()?), value.clone())))
        .collect();
    let args = Args {
        positional: &[],
        keyword: &keyword,
    };
    format::format(text, &args, ctx.largest())
}

fn translate(text: &str, args: &Args<'_>) -> Result<String, Error> {
    let [table] = args.bind_positional("translate", 1)?;
    let Some(Value::Dict(table)) = table else {
        return Err(Error::type_error("translate takes a dict"));
    };
    let table = table.borrow();
    let mut out = String::new();
    for one in text.chars() {
        match table.get(&Value::from(u32::from(one)))? {
            None => out.push(one),
            Some(Value::None) => {}
            Some(Value::Int(code)) => {
                out.extend(u32::try_from(*code).ok().and_then(char::from_u32));
            }
            Some(value) => out.push_str(text_arg(value, "translate")?),
        }
    }
    Ok(out)
}

fn maketrans(args: &Args<'_>) -> Result<Value, Error> {
    let [from, to, drop] = args.bind_positional("maketrans", 1)?;
    let code = |one: char| Value::from(u32::from(one));
    let mut entries = Vec::new();
    match (from, to) {
        (Some(Value::Dict(map)), None) => {
            for (key, value) in map.borrow().iter() {
                let key = match key.as_str().and_then(|key| key.chars().next()) {
                    Some(one) => code(one),
                    None => key.clone(),
                };
                entries.push((key, value.clone()));
            }
        }
        (Some(from), Some(to)) => {
            let (from, to) = (text_arg(from, "maketrans")?, text_arg(to, "maketrans")?);
            if from.chars().count() != to.chars().count() {
                return Err(Error::value_error(
                    "maketrans: both texts must have the same length",
                ));
            }
            entries.extend(
                from.chars()
                    .zip(to.chars())
                    .map(|(a, b)| (code(a), code(b))),
            );
        }
        _ => return Err(Error::type_error("maketrans takes a dict or two texts")),
    }
    if let Some(drop) = drop {
        let drop = text_arg(drop, "maketrans")?;
        entries.extend(drop.chars().map(|one| (code(one), Value::None)));
    }
    Ok(Value::dict(entries))
}
