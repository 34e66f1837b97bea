//! `builtins`: the functions Python always has.

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, Num, Signed};

use super::{Members, Native, float_of, given, missing};
use crate::template::ops::{self, BinaryOp};
use crate::template::{
    Args, Ctx, Error, Function, Value, compare, format, globals, methods, repr, vm,
};

const BORROWING: &[(&str, Native)] = &[
    ("len", |_, args| {
        let [value] = args.bind_positional::<1>("len", 1)?;
        value.unwrap_or(missing()).len().map(Value::from)
    }),
    ("str", |_, args| {
        let [value] = args.bind("str", ["object"], 0)?;
        Ok(value.map_or_else(|| Value::from(""), |value| Value::str(value.text())))
    }),
    ("repr", |_, args| {
        let [value] = args.bind_positional::<1>("repr", 1)?;
        Ok(Value::from(value.unwrap_or(missing()).repr()))
    }),
    ("ascii", |_, args| {
        let [value] = args.bind_positional::<1>("ascii", 1)?;
        Ok(Value::from(repr::ascii(value.unwrap_or(missing()))))
    }),
    ("format", |ctx, args| {
        let [value, spec] = args.bind_positional::<2>("format", 1)?;
        let spec = spec.map_or(Ok(""), |spec| super::text_of("format", Some(spec)))?;
        let value = value.unwrap_or(missing());
        format::format_value(value, spec, ctx.largest()).map(Value::from)
    }),
    ("bool", |_, args| {
        let [value] = args.bind_positional::<1>("bool", 0)?;
        Ok(Value::Bool(value.is_some_and(Value::truth)))
    }),
    ("int", int),
    ("float", float),
    ("abs", abs),
    ("round", round),
    ("divmod", divmod),
    ("pow", |ctx, args| {
        let [x, y] = args.bind("pow", ["base", "exp"], 2)?;
        let (x, y) = (x.unwrap_or(missing()), y.unwrap_or(missing()));
        ops::binary(BinaryOp::Pow, x, y, ctx.largest())
    }),
    ("ord", ord),
    ("chr", chr),
    ("hex", |_, args| based("hex", args, 16, "0x")),
    ("oct", |_, args| based("oct", args, 8, "0o")),
    ("bin", |_, args| based("bin", args, 2, "0b")),
    ("callable", |_, args| {
        let [value] = args.bind_positional::<1>("callable", 1)?;
        let callable = matches!(value, Some(Value::Object(object)) if object.is_callable());
        Ok(Value::Bool(callable))
    }),
];

/// Those whose results share what the arguments hold.
const SHARING: &[(&str, Native)] = &[
    ("sum", sum),
    ("min", |ctx, args| {
        extreme("min", ctx, args, std::cmp::Ordering::Less)
    }),
    ("max", |ctx, args| {
        extreme("max", ctx, args, std::cmp::Ordering::Greater)
    }),
    ("any", |ctx, args| {
        Ok(Value::Bool(
            items("any", ctx, args)?.iter().any(Value::truth),
        ))
    }),
    ("all", |ctx, args| {
        Ok(Value::Bool(
            items("all", ctx, args)?.iter().all(Value::truth),
        ))
    }),
    ("list", |ctx, args| {
        optional("list", ctx, args).map(Value::list)
    }),
    ("tuple", |ctx, args| {
        optional("tuple", ctx, args).map(Value::tuple)
    }),
    ("dict", dict),
    ("zip", zip),
    ("enumerate", enumerate),
    ("reversed", |ctx, args| {
        let mut all = items("reversed", ctx, args)?;
        all.reverse();
        Ok(vm::OneShot::value("reversed", all))
    }),
    ("map", map),
    ("filter", filter),
    ("sorted", sorted),
    ("range", globals::range),
];

pub(super) fn members() -> Members {
    let mut members = super::functions(BORROWING);
    for (name, run) in SHARING {
        members.push((name, Function::value(*name, run)));
    }
    members
}

fn items(function: &str, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Vec<Value>, Error> {
    let [items] = args.bind_positional::<1>(function, 1)?;
    ctx.collect(items.unwrap_or(missing()))
}

fn optional(function: &str, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Vec<Value>, Error> {
    let [items] = args.bind_positional::<1>(function, 0)?;
    items.map_or(Ok(Vec::new()), |items| ctx.collect(items))
}

/// Python's spelling of numbers: blanks around and underscores between digits.
fn digits(text: &str) -> Option<String> {
    let text = text.trim();
    let edge = |text: &str| text.starts_with('_') || text.ends_with('_') || text.contains("__");
    (!edge(text)).then(|| text.replace('_', ""))
}

fn int(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value, base] = args.bind("int", ["x", "base"], 0)?;
    let Some(value) = value else {
        return Ok(Value::Int(0));
    };
    if let Some(text) = value.as_str() {
        let base = base.map_or(Ok(10), |base| super::int_of("int", Some(base)))?;
        let base = u32::try_from(base)
            .ok()
            .filter(|base| *base == 0 || (2..=36).contains(base));
        let base =
            base.ok_or_else(|| Error::value_error("int(): the base must be 0 or 2 to 36"))?;
        let wrong = || {
            let shown = value.repr();
            Error::value_error(format!("int(): {shown} is not an integer of base {base}"))
                .help("`| int(0)` gives a default instead")
        };
        let plain = digits(text)
            .filter(|text| text.len() <= 4300)
            .ok_or_else(wrong)?;
        let lower = plain.to_ascii_lowercase();
        let (sign, bare) = match lower.strip_prefix('-') {
            Some(bare) => ("-", bare),
            None => ("", lower.strip_prefix('+').unwrap_or(&lower)),
        };
        // A base of 0 is that of the prefix.
        let base = match base {
            0 if bare.starts_with("0x") => 16,
            0 if bare.starts_with("0o") => 8,
            0 if bare.starts_with("0b") => 2,
            0 if bare.starts_with('0') && bare.bytes().any(|one| one != b'0') => {
                return Err(wrong());
            }
            0 => 10,
            base => base,
        };
        let prefix = match base {
            16 => "0x",
            8 => "0o",
            2 => "0b",
            _ => "",
        };
        let bare = bare.strip_prefix(prefix).unwrap_or(bare);
        if bare.starts_with(['-', '+']) {
            return Err(wrong());
        }
        let number = BigInt::from_str_radix(&format!("{sign}{bare}"), base);
        return number.map(Value::big).map_err(|_| wrong());
    }
    if base.is_some() {
        return Err(Error::type_error("int(): only a text has a base"));
    }
    if let Some(number) = ops::to_big(value) {
        return Ok(Value::big(number));
    }
    let number = float_of("int", Some(value))?;
    BigInt::from_f64(number.trunc())
        .map(Value::big)
        .ok_or_else(|| Error::value_error("int() of a number that is not finite"))
}

fn float(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value] = args.bind_positional::<1>("float", 0)?;
    let Some(value) = value else {
        return Ok(Value::Float(0.0));
    };
    match value.as_str() {
        Some(text) => digits(text)
            .and_then(|text| text.parse().ok())
            .map(Value::Float)
            .ok_or_else(|| {
                Error::value_error(format!("float(): {} is not a number", value.repr()))
                    .help("`| float(0)` gives a default instead")
            }),
        None => float_of("float", Some(value)).map(Value::Float),
    }
}

fn abs(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value] = args.bind_positional::<1>("abs", 1)?;
    match value.unwrap_or(missing()) {
        Value::Float(number) => Ok(Value::Float(number.abs())),
        Value::Delta(delta) if delta.0 < 0 => ops::negate(&Value::Delta(*delta)),
        Value::Delta(delta) => Ok(Value::Delta(*delta)),
        value => match ops::to_big(value) {
            Some(number) => Ok(Value::big(number.abs())),
            None => float_of("abs", Some(value)).map(Value::Float),
        },
    }
}

/// To the nearest, ties to even, by the digits of the exact number.
fn round(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value, places] = args.bind("round", ["number", "ndigits"], 1)?;
    let value = value.unwrap_or(missing());
    let places = given(places).map_or(Ok(None), |at| super::int_of("round", Some(at)).map(Some))?;
    let number = float_of("round", Some(value))?;
    if let (Some(whole), None | Some(0..)) = (ops::to_big(value), places) {
        return Ok(Value::big(whole));
    }
    let Some(places) = places else {
        return BigInt::from_f64(number.round_ties_even())
            .map(Value::big)
            .ok_or_else(|| Error::value_error("round() of a number that is not finite"));
    };
    if let Ok(places) = usize::try_from(places) {
        let text = format!("{number:.*}", places.min(330));
        return Ok(Value::Float(text.parse().unwrap_or(number)));
    }
    let unit = 10_f64.powi(i32::try_from(places.saturating_neg()).unwrap_or(400));
    let rounded = (number / unit).round_ties_even() * unit;
    let rounded = if unit.is_finite() { rounded } else { 0.0 };
    Ok(match value {
        Value::Float(_) => Value::Float(rounded),
        _ => BigInt::from_f64(rounded).map_or(Value::Int(0), Value::big),
    })
}

fn divmod(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [x, y] = args.bind_positional::<2>("divmod", 2)?;
    let (x, y) = (x.unwrap_or(missing()), y.unwrap_or(missing()));
    let quotient = ops::binary(BinaryOp::FloorDiv, x, y, ctx.largest())?;
    let rest = ops::binary(BinaryOp::Mod, x, y, ctx.largest())?;
    Ok(Value::tuple(vec![quotient, rest]))
}

fn ord(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value] = args.bind_positional::<1>("ord", 1)?;
    let mut all = super::text_of("ord", value)?.chars();
    match (all.next(), all.next()) {
        (Some(one), None) => Ok(Value::from(u32::from(one))),
        _ => Err(Error::type_error("ord() takes one character")),
    }
}

fn chr(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value] = args.bind_positional::<1>("chr", 1)?;
    let code = super::int_of("chr", value)?;
    let one = u32::try_from(code).ok().and_then(char::from_u32);
    one.map(|one| Value::str(crate::template::Str::from(one)))
        .ok_or_else(|| Error::value_error(format!("chr(): {code} is no character")))
}

fn based(function: &str, args: &Args<'_>, base: u32, prefix: &str) -> Result<Value, Error> {
    let [value] = args.bind_positional::<1>(function, 1)?;
    let value = value.unwrap_or(missing());
    let number = ops::to_big(value).ok_or_else(|| {
        Error::type_error(format!(
            "{function}() takes an integer, not '{}'",
            value.type_name()
        ))
    })?;
    let sign = if number.sign() == Sign::Minus {
        "-"
    } else {
        ""
    };
    Ok(Value::from(format!(
        "{sign}{prefix}{}",
        number.abs().to_str_radix(base)
    )))
}

fn sum(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, start] = args.bind("sum", ["iterable", "start"], 1)?;
    let mut total = start.cloned().unwrap_or(Value::Int(0));
    for item in ctx.collect(items.unwrap_or(missing()))? {
        total = ops::binary(BinaryOp::Add, &total, &item, ctx.largest())?;
    }
    Ok(total)
}

/// The keyword arguments of a function that takes any number of positional ones.
fn keywords<'a, const N: usize>(
    function: &str,
    args: &Args<'a>,
    names: [&str; N],
) -> Result<[Option<&'a Value>; N], Error> {
    let only = Args {
        positional: &[],
        keyword: args.keyword,
    };
    only.bind(function, names, 0)
}

fn extreme(
    function: &str,
    ctx: &mut Ctx<'_>,
    args: &Args<'_>,
    wanted: std::cmp::Ordering,
) -> Result<Value, Error> {
    let [key, default] = keywords(function, args, ["key", "default"])?;
    let all = match args.positional {
        [items] => ctx.collect(items)?,
        many => many.to_vec(),
    };
    let mut best: Option<(Value, Value)> = None;
    for item in all {
        let by = match given(key) {
            Some(key) => ctx.call(key, &Args::positional(std::slice::from_ref(&item)))?,
            None => item.clone(),
        };
        let better = match &best {
            None => true,
            Some((known, _)) => compare::order(&by, known, "<")? == Some(wanted),
        };
        if better {
            best = Some((by, item));
        }
    }
    best.map(|(_, item)| item)
        .or_else(|| default.cloned())
        .ok_or_else(|| Error::value_error(format!("{function}() of nothing")))
}

fn sorted(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, key, reverse] = args.bind("sorted", ["iterable", "key", "reverse"], 1)?;
    let mut keyed = Vec::new();
    for item in ctx.collect(items.unwrap_or(missing()))? {
        let by = match given(key) {
            Some(key) => ctx.call(key, &Args::positional(std::slice::from_ref(&item)))?,
            None => item.clone(),
        };
        keyed.push((by, item));
    }
    methods::sort_items(keyed, reverse.is_some_and(Value::truth)).map(Value::list)
}

fn dict(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let positional = Args::positional(args.positional);
    let [source] = positional.bind_positional::<1>("dict", 0)?;
    let mut entries = Vec::new();
    match source {
        Some(Value::Dict(dict)) => {
            let dict = dict.borrow();
            entries.extend(dict.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        Some(pairs) => {
            for pair in ctx.collect(pairs)? {
                match ctx.collect(&pair)?.as_slice() {
                    [key, value] => entries.push((key.clone(), value.clone())),
                    _ => return Err(Error::type_error("dict() takes a mapping or pairs")),
                }
            }
        }
        None => {}
    }
    for (key, _) in &entries {
        key.hash_code()?;
    }
    let named = args.keyword.iter();
    entries.extend(named.map(|(name, value)| (Value::from(&**name), value.clone())));
    Ok(Value::dict(entries))
}

fn zip(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [strict] = keywords("zip", args, ["strict"])?;
    let mut columns = Vec::new();
    for items in args.positional {
        columns.push(ctx.collect(items)?);
    }
    let shortest = columns.iter().map(Vec::len).min().unwrap_or(0);
    if strict.is_some_and(Value::truth) && columns.iter().any(|column| column.len() != shortest) {
        return Err(Error::value_error(
            "zip(): the arguments have different lengths",
        ));
    }
    let row = |at: usize| {
        let cells = columns.iter().filter_map(|column| column.get(at).cloned());
        Value::tuple(cells.collect())
    };
    Ok(vm::OneShot::value("zip", (0..shortest).map(row).collect()))
}

fn enumerate(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, start] = args.bind("enumerate", ["iterable", "start"], 1)?;
    let start = start.map_or(Ok(0), |start| super::int_of("enumerate", Some(start)))?;
    let all = ctx.collect(items.unwrap_or(missing()))?.into_iter();
    let pairs = (start..).zip(all);
    let pairs = pairs.map(|(at, item)| Value::tuple(vec![Value::Int(at), item]));
    Ok(vm::OneShot::value("enumerate", pairs.collect()))
}

fn map(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [function, items] = args.bind_positional::<2>("map", 2)?;
    let mut made = Vec::new();
    for item in ctx.collect(items.unwrap_or(missing()))? {
        made.push(ctx.call(function.unwrap_or(missing()), &Args::positional(&[item]))?);
    }
    Ok(vm::OneShot::value("map", made))
}

fn filter(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [function, items] = args.bind_positional::<2>("filter", 2)?;
    let mut kept = Vec::new();
    for item in ctx.collect(items.unwrap_or(missing()))? {
        let keep = match given(function) {
            Some(function) => ctx
                .call(function, &Args::positional(std::slice::from_ref(&item)))?
                .truth(),
            None => item.truth(),
        };
        if keep {
            kept.push(item);
        }
    }
    Ok(vm::OneShot::value("filter", kept))
}
