//! `random`, drawing from the render's own stream.

use super::{Members, float_of, given, int_of, missing};
use crate::fake::rand::{self, number, weights};
use crate::fake::FakeError;
use crate::template::{Args, Ctx, Error, Value};

pub(super) fn members() -> Members {
    super::functions(&[
        ("random", |ctx, args| {
            args.none("random")?;
            Ok(Value::Float(ctx.random().unit()))
        }),
        ("uniform", |ctx, args| {
            let [a, b] = floats("uniform", args, ["a", "b"])?;
            Ok(Value::Float(number::floating(ctx.random(), a, b)))
        }),
        ("gauss", gauss),
        ("normalvariate", gauss),
        ("lognormvariate", |ctx, args| {
            let [mu, sigma] = floats("lognormvariate", args, ["mu", "sigma"])?;
            Ok(Value::Float(number::lognormal(ctx.random(), mu, sigma)))
        }),
        ("expovariate", |ctx, args| {
            let [lambda] = floats("expovariate", args, ["lambd"])?;
            let drawn = number::exponential(ctx.random(), lambda);
            drawn.map(Value::Float).map_err(failed)
        }),
        ("randint", randint),
        ("randrange", randrange),
        ("getrandbits", getrandbits),
        ("choice", choice),
        ("choices", choices),
        ("sample", sample),
        ("shuffle", shuffle),
        ("triangular", triangular),
    ])
}

fn failed(error: FakeError) -> Error {
    let made = Error::value_error(error.message);
    match error.help {
        Some(help) => made.help(help),
        None => made,
    }
}

fn floats<const N: usize>(
    function: &str,
    args: &Args<'_>,
    names: [&str; N],
) -> Result<[f64; N], Error> {
    let bound = args.bind(function, names, N)?;
    let mut numbers = [0.0; N];
    for (slot, value) in numbers.iter_mut().zip(bound) {
        *slot = float_of(function, value)?;
    }
    Ok(numbers)
}

fn gauss(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [mu, sigma] = args.bind("gauss", ["mu", "sigma"], 0)?;
    let mu = mu.map_or(Ok(0.0), |mu| float_of("gauss", Some(mu)))?;
    let sigma = sigma.map_or(Ok(1.0), |sigma| float_of("gauss", Some(sigma)))?;
    Ok(Value::Float(number::gauss(ctx.random(), mu, sigma)))
}

fn triangular(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [low, high, mode] = args.bind("triangular", ["low", "high", "mode"], 0)?;
    let number = |value: Option<&Value>, default| {
        given(value).map_or(Ok(default), |value| float_of("triangular", Some(value)))
    };
    let (low, high) = (number(low, 0.0)?, number(high, 1.0)?);
    let mode = number(mode, f64::midpoint(low, high))?;
    Ok(Value::Float(number::triangular(ctx.random(), low, high, mode)))
}

fn randint(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [a, b] = args.bind("randint", ["a", "b"], 2)?;
    let (a, b) = (int_of("randint", a)?, int_of("randint", b)?);
    number::integer(ctx.random(), a, b).map(Value::Int).map_err(failed)
}

fn randrange(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [start, stop, step] = args.bind("randrange", ["start", "stop", "step"], 1)?;
    let first = int_of("randrange", start)?;
    let (start, stop) = match given(stop) {
        Some(stop) => (first, int_of("randrange", Some(stop))?),
        None => (0, first),
    };
    let step = given(step).map_or(Ok(1), |step| int_of("randrange", Some(step)))?;
    let span = i128::from(stop) - i128::from(start);
    let (span, size) = if step < 0 { (-span, -i128::from(step)) } else { (span, i128::from(step)) };
    if size == 0 {
        return Err(Error::value_error("randrange(): step must not be 0"));
    }
    let count = u64::try_from((span + size - 1) / size).unwrap_or(0);
    if span <= 0 || count == 0 {
        return Err(Error::value_error(format!("empty range in randrange({start}, {stop})")));
    }
    let drawn = i128::from(ctx.random().below(count)) * i128::from(step) + i128::from(start);
    Ok(Value::Int(i64::try_from(drawn).unwrap_or(start)))
}

fn getrandbits(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [bits] = args.bind("getrandbits", ["k"], 1)?;
    let bits = int_of("getrandbits", bits)?;
    let bits = usize::try_from(bits)
        .ok()
        .filter(|bits| *bits <= 1 << 20)
        .ok_or_else(|| Error::value_error("getrandbits(): the number of bits is out of range"))?;
    let mut bytes = vec![0; bits.div_ceil(8)];
    ctx.random().bits(&mut bytes);
    if let (Some(first), 1..) = (bytes.first_mut(), bits % 8) {
        *first >>= 8 - bits % 8;
    }
    let number = num_bigint::BigInt::from_bytes_be(num_bigint::Sign::Plus, &bytes);
    Ok(Value::big(number))
}

fn population(ctx: &mut Ctx<'_>, function: &str, value: Option<&Value>) -> Result<Vec<Value>, Error> {
    let items = ctx.collect(value.unwrap_or(missing()))?;
    if items.is_empty() {
        let message = format!("{function}() cannot choose from an empty sequence");
        return Err(Error::value_error(message));
    }
    Ok(items)
}

fn choice(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items] = args.bind("choice", ["seq"], 1)?;
    let items = population(ctx, "choice", items)?;
    let at = rand::index(ctx.random(), items.len()).unwrap_or(0);
    Ok(items.get(at).cloned().unwrap_or_default())
}

fn count(ctx: &Ctx<'_>, function: &str, value: i64) -> Result<usize, Error> {
    let count = usize::try_from(value);
    let count = count.map_err(|_| Error::value_error(format!("{function}(): k is negative")))?;
    ctx.check_size(count)?;
    Ok(count)
}

fn choices(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["population", "weights", "cum_weights", "k"];
    let [items, weights, sums, k] = args.bind("choices", names, 1)?;
    let items = population(ctx, "choices", items)?;
    let k = given(k).map_or(Ok(1), |k| int_of("choices", Some(k)))?;
    let k = count(ctx, "choices", k)?;
    let mut numbers = Vec::new();
    if let Some(given) = given(weights).or(given(sums)) {
        let cumulative = weights.is_none_or(Value::is_none);
        let mut before = 0.0;
        for weight in ctx.collect(given)? {
            let weight = float_of("choices", Some(&weight))?;
            numbers.push(weight - before);
            before = if cumulative { weight } else { 0.0 };
        }
        if numbers.len() != items.len() {
            return Err(Error::value_error(
                "choices(): the number of weights does not match the population",
            ));
        }
    }
    let table = if numbers.is_empty() {
        None
    } else {
        Some(weights::Table::new(numbers).map_err(failed)?)
    };
    let mut chosen = Vec::with_capacity(k);
    for _ in 0..k {
        let at = match &table {
            Some(table) => table.pick(ctx.random()),
            None => rand::index(ctx.random(), items.len()).unwrap_or(0),
        };
        chosen.push(items.get(at).cloned().unwrap_or_default());
    }
    Ok(Value::list(chosen))
}

fn sample(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, k] = args.bind("sample", ["population", "k"], 2)?;
    let mut items = ctx.collect(items.unwrap_or(missing()))?;
    let k = count(ctx, "sample", int_of("sample", k)?)?;
    if k > items.len() {
        return Err(Error::value_error("sample(): k is larger than the population"));
    }
    rand::shuffle(ctx.random(), &mut items);
    items.truncate(k);
    Ok(Value::list(items))
}

fn shuffle(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items] = args.bind("shuffle", ["x"], 1)?;
    let Some(Value::List(list)) = items else {
        return Err(Error::type_error("shuffle() takes a list"));
    };
    rand::shuffle(ctx.random(), &mut list.borrow_mut());
    Ok(Value::None)
}
