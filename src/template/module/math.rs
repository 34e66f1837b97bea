//! `math`

use num_bigint::{BigInt, BigUint};
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use super::{Members, Native, float_of, given, int_of, missing};
use crate::template::{Args, Ctx, Error, Function, Value, ops};

/// Functions of one number.
const PLAIN: &[(&str, fn(f64) -> f64)] = &[
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("asin", f64::asin),
    ("acos", f64::acos),
    ("atan", f64::atan),
    ("sinh", f64::sinh),
    ("cosh", f64::cosh),
    ("tanh", f64::tanh),
    ("asinh", f64::asinh),
    ("acosh", f64::acosh),
    ("atanh", f64::atanh),
    ("exp", f64::exp),
    ("exp2", f64::exp2),
    ("expm1", f64::exp_m1),
    ("sqrt", f64::sqrt),
    ("cbrt", f64::cbrt),
    ("fabs", f64::abs),
    ("degrees", f64::to_degrees),
    ("radians", f64::to_radians),
    ("log1p", f64::ln_1p),
];

/// Functions of two numbers.
const PAIRS: &[(&str, fn(f64, f64) -> f64)] = &[
    ("pow", f64::powf),
    ("atan2", f64::atan2),
    ("fmod", |x, y| x % y),
    ("copysign", f64::copysign),
];

const OTHERS: &[(&str, Native)] = &[
    ("ceil", |_, args| whole("ceil", args, f64::ceil)),
    ("floor", |_, args| whole("floor", args, f64::floor)),
    ("trunc", |_, args| whole("trunc", args, f64::trunc)),
    ("log", log),
    ("log2", |_, args| log_of("log2", args, 2.0)),
    ("log10", |_, args| log_of("log10", args, 10.0)),
    ("isnan", |_, args| is("isnan", args, f64::is_nan)),
    ("isinf", |_, args| is("isinf", args, f64::is_infinite)),
    ("isfinite", |_, args| is("isfinite", args, f64::is_finite)),
    ("isclose", isclose),
    ("gcd", gcd),
    ("lcm", lcm),
    ("isqrt", isqrt),
    ("factorial", factorial),
    ("comb", |_, args| choose("comb", args, true)),
    ("perm", |_, args| choose("perm", args, false)),
    ("hypot", hypot),
    ("dist", dist),
    ("fsum", fsum),
    ("prod", prod),
    ("modf", modf),
];

pub(super) fn members() -> Members {
    let mut members = vec![
        ("pi", Value::Float(std::f64::consts::PI)),
        ("e", Value::Float(std::f64::consts::E)),
        ("tau", Value::Float(std::f64::consts::TAU)),
        ("inf", Value::Float(f64::INFINITY)),
        ("nan", Value::Float(f64::NAN)),
    ];
    for &(name, run) in PLAIN {
        let function = Function::borrowing(name, move |_, args| {
            let [x] = args.bind_positional::<1>(name, 1)?;
            let x = float_of(name, x)?;
            checked(name, run(x), &[x])
        });
        members.push((name, function));
    }
    for &(name, run) in PAIRS {
        let function = Function::borrowing(name, move |_, args| {
            let [x, y] = args.bind_positional::<2>(name, 2)?;
            let (x, y) = (float_of(name, x)?, float_of(name, y)?);
            checked(name, run(x, y), &[x, y])
        });
        members.push((name, function));
    }
    members.extend(super::functions(OTHERS));
    members
}

/// A result, or why there is none.
fn checked(name: &str, result: f64, given: &[f64]) -> Result<Value, Error> {
    if result.is_nan() && !given.iter().any(|number| number.is_nan()) {
        return Err(Error::value_error(format!("{name}(): math domain error")));
    }
    if result.is_infinite() && given.iter().all(|number| number.is_finite()) {
        return Err(Error::value_error(format!("{name}(): the result is too large")));
    }
    Ok(Value::Float(result))
}

fn whole(name: &str, args: &Args<'_>, round: fn(f64) -> f64) -> Result<Value, Error> {
    let [x] = args.bind_positional::<1>(name, 1)?;
    let x = x.unwrap_or(missing());
    if let Some(number) = ops::to_big(x) {
        return Ok(Value::big(number));
    }
    let x = float_of(name, Some(x))?;
    BigInt::from_f64(round(x))
        .map(Value::big)
        .ok_or_else(|| Error::value_error(format!("{name}() of a number that is not finite")))
}

/// The natural logarithm; integers may be of any size.
fn ln(name: &str, value: Option<&Value>) -> Result<f64, Error> {
    let value = value.unwrap_or(missing());
    let x = float_of(name, Some(value))?;
    if x <= 0.0 {
        return Err(Error::value_error(format!("{name}() takes a number above 0")));
    }
    if let (Value::Big(big), true) = (value, x.is_infinite()) {
        let shift = big.bits().saturating_sub(64);
        let top = (BigInt::clone(big) >> shift).to_f64().unwrap_or(1.0);
        return Ok(top.ln() + shift as f64 * std::f64::consts::LN_2);
    }
    Ok(x.ln())
}

fn log(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [x, base] = args.bind_positional::<2>("log", 1)?;
    let x = ln("log", x)?;
    let Some(base) = base else {
        return Ok(Value::Float(x));
    };
    let base = ln("log", Some(base))?;
    if base == 0.0 {
        return Err(Error::value_error("division by zero: log() to the base 1"));
    }
    Ok(Value::Float(x / base))
}

fn log_of(name: &str, args: &Args<'_>, base: f64) -> Result<Value, Error> {
    let [x] = args.bind_positional::<1>(name, 1)?;
    let natural = ln(name, x)?;
    let x = float_of(name, x)?;
    Ok(Value::Float(if x.is_infinite() {
        natural / base.ln()
    } else if base == 2.0 {
        x.log2()
    } else {
        x.log10()
    }))
}

fn is(name: &str, args: &Args<'_>, test: fn(f64) -> bool) -> Result<Value, Error> {
    let [x] = args.bind_positional::<1>(name, 1)?;
    Ok(Value::Bool(test(float_of(name, x)?)))
}

fn isclose(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [a, b, relative, absolute] =
        args.bind("isclose", ["a", "b", "rel_tol", "abs_tol"], 2)?;
    let number = |value| float_of("isclose", value);
    let (a, b) = (number(a)?, number(b)?);
    let relative = relative.map_or(Ok(1e-9), |value| number(Some(value)))?;
    let absolute = absolute.map_or(Ok(0.0), |value| number(Some(value)))?;
    let near = (a - b).abs() <= (relative * a.abs().max(b.abs())).max(absolute);
    Ok(Value::Bool(a == b || (a.is_finite() && b.is_finite() && near)))
}

fn integer(name: &str, value: &Value) -> Result<BigInt, Error> {
    ops::to_big(value).ok_or_else(|| {
        Error::type_error(format!("{name}() takes integers, not '{}'", value.type_name()))
    })
}

fn gcd_of(mut a: BigInt, mut b: BigInt) -> BigInt {
    while !b.is_zero() {
        let rest = &a % &b;
        a = b;
        b = rest;
    }
    a.abs()
}

fn gcd(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let mut all = BigInt::default();
    for value in args.positional {
        all = gcd_of(all, integer("gcd", value)?);
    }
    Ok(Value::big(all))
}

fn lcm(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let mut all = BigInt::from(1);
    for value in args.positional {
        let next = integer("lcm", value)?;
        if next.is_zero() {
            return Ok(Value::Int(0));
        }
        let shared = gcd_of(all.clone(), next.clone());
        all = (all * next).abs() / shared;
        ctx.check_size(usize::try_from(all.bits()).unwrap_or(usize::MAX))?;
    }
    Ok(Value::big(all))
}

fn isqrt(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [n] = args.bind_positional::<1>("isqrt", 1)?;
    let n = integer("isqrt", n.unwrap_or(missing()))?;
    let root = n.to_biguint().map(|n: BigUint| n.sqrt());
    root.map(|root| Value::big(root.into()))
        .ok_or_else(|| Error::value_error("isqrt() takes a number of 0 or more"))
}

/// Multiplies, charging steps and bounding the size.
fn multiply(ctx: &mut Ctx<'_>, product: BigInt, by: i64) -> Result<BigInt, Error> {
    ctx.step(1 + product.bits() / 64)?;
    let product = product * by;
    if product.bits() > 1 << 20 {
        return Err(Error::limit("the integer is too large"));
    }
    Ok(product)
}

fn not_negative(name: &str, value: Option<&Value>) -> Result<i64, Error> {
    let n = int_of(name, value)?;
    if n < 0 {
        return Err(Error::value_error(format!("{name}() takes numbers of 0 or more")));
    }
    Ok(n)
}

fn factorial(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [n] = args.bind_positional::<1>("factorial", 1)?;
    let mut product = BigInt::from(1);
    for factor in 2..=not_negative("factorial", n)? {
        product = multiply(ctx, product, factor)?;
    }
    Ok(Value::big(product))
}

fn choose(name: &str, args: &Args<'_>, unordered: bool) -> Result<Value, Error> {
    let [n, k] = args.bind_positional::<2>(name, if unordered { 2 } else { 1 })?;
    let n = not_negative(name, n)?;
    let k = given(k).map_or(Ok(n), |k| not_negative(name, Some(k)))?;
    if k > n {
        return Ok(Value::Int(0));
    }
    let k = if unordered { k.min(n - k) } else { k };
    if k > 10_000 {
        return Err(Error::limit(format!("{name}() of numbers this large")));
    }
    let mut product = BigInt::from(1);
    for step in 0..k {
        product *= n - step;
        if unordered {
            product /= step + 1;
        }
    }
    Ok(Value::big(product))
}

fn length(numbers: &[f64]) -> f64 {
    match numbers {
        [x, y] => x.hypot(*y),
        _ => numbers.iter().map(|x| x * x).sum::<f64>().sqrt(),
    }
}

fn hypot(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let numbers = args.positional.iter().map(|x| float_of("hypot", Some(x)));
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>()?;
    Ok(Value::Float(length(&numbers)))
}

fn dist(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [p, q] = args.bind_positional::<2>("dist", 2)?;
    let p = ctx.collect(p.unwrap_or(missing()))?;
    let q = ctx.collect(q.unwrap_or(missing()))?;
    if p.len() != q.len() {
        return Err(Error::value_error("dist(): both points must have the same length"));
    }
    let mut numbers = Vec::with_capacity(p.len());
    for (p, q) in p.iter().zip(&q) {
        numbers.push(float_of("dist", Some(p))? - float_of("dist", Some(q))?);
    }
    Ok(Value::Float(length(&numbers)))
}

/// The sum rounded once: exact partial sums that do not overlap.
fn fsum(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items] = args.bind_positional::<1>("fsum", 1)?;
    let mut partials: Vec<f64> = Vec::new();
    for item in ctx.collect(items.unwrap_or(missing()))? {
        let mut x = float_of("fsum", Some(&item))?;
        let mut kept = Vec::with_capacity(partials.len() + 1);
        for mut y in partials {
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        partials = kept;
    }
    Ok(Value::Float(partials.iter().rev().sum()))
}

fn prod(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, start] = args.bind("prod", ["iterable", "start"], 1)?;
    let mut product = start.cloned().unwrap_or(Value::Int(1));
    for item in ctx.collect(items.unwrap_or(missing()))? {
        product = ops::binary(ops::BinaryOp::Mul, &product, &item, ctx.largest())?;
    }
    Ok(product)
}

fn modf(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [x] = args.bind_positional::<1>("modf", 1)?;
    let x = float_of("modf", x)?;
    let fraction = if x.is_infinite() { 0.0_f64 } else { x.fract() };
    let parts = [fraction.copysign(x), x.trunc()];
    Ok(Value::tuple(parts.map(Value::Float).to_vec()))
}
