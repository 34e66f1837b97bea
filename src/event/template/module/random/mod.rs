//! `module.rand`: arguments checked as the reference checks them, primitives from `fake::rand`.

mod choice;

use num_bigint::BigInt;

use super::fake_error;
use crate::fake::rand::{self, crypto, network, number, text};
use crate::fake::{FakeError, Random};
use crate::template::usage::Signature;
use crate::template::{Args, Ctx, DateTime, Error, Function, Known, Namespace, Value};

type Native = fn(&mut Ctx<'_>, &Args<'_>) -> Result<Value, Error>;

pub(super) fn namespace() -> Value {
    let function = |name: &'static str, run: Native| (name, Function::value(name, run));
    // These only read the lists they are given, so constant lists need not be made for each call.
    let borrowing = |name: &'static str, run: Native| (name, Function::borrowing(name, run));
    Namespace::value(
        "rand",
        vec![
            borrowing("shuffle", choice::shuffle),
            (
                "choice",
                Function::specialized_printing(
                    "choice",
                    choice::choice,
                    choice::print_choice,
                    choice::prepare_choice,
                ),
            ),
            borrowing("choices", choice::choices),
            (
                "weighted_choice",
                Function::specialized(
                    "weighted_choice",
                    choice::weighted_choice,
                    choice::prepare_weighted,
                ),
            ),
            borrowing("weighted_choices", choice::weighted_choices),
            (
                "chance",
                Function::specialized("chance", chance, prepare_chance),
            ),
            ("number", numbers()),
            ("string", strings()),
            ("network", networks()),
            ("crypto", cryptos()),
            (
                "datetime",
                Namespace::value("rand.datetime", vec![function("timestamp", timestamp)]),
            ),
        ],
    )
}

fn chance(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [prob] = args.bind("chance", ["prob"], 1)?;
    Ok(Value::Bool(rand::chance(
        ctx.random(),
        float("prob", prob)?,
    )))
}

/// A chance known when compiling.
fn prepare_chance(known: &[Known]) -> Option<Value> {
    let [prob] = known else {
        return None;
    };
    let prob = prob.constant()?.as_float()?;
    Some(Function::prepared("chance", move |ctx| {
        Ok(Value::Bool(rand::chance(ctx.random(), prob)))
    }))
}

fn drawn_integer(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [a, b] = match args {
        Args {
            positional: [a, b],
            keyword: [],
        } => [Some(a), Some(b)],
        args => args.bind("integer", ["a", "b"], 2)?,
    };
    if let (Some(Value::Int(a)), Some(Value::Int(b))) = (a, b) {
        let drawn = number::integer(ctx.random(), *a, *b).map_err(fake_error)?;
        return Ok(Value::Int(drawn));
    }
    let (a, b) = (big("a", a)?, big("b", b)?);
    let drawn = number::integer_big(ctx.random(), &a, &b).map_err(fake_error)?;
    Ok(Value::big(drawn))
}

/// An integer between bounds known when compiling; `None` where there is none, which the plain function
/// then explains.
fn prepare_integer(known: &[Known]) -> Option<Value> {
    let [
        Known::Constant(Value::Int(a)),
        Known::Constant(Value::Int(b)),
    ] = *known
    else {
        return None;
    };
    (a <= b).then(|| {
        let draw = move |random: &mut dyn Random| number::integer(random, a, b).unwrap_or(a);
        Function::prepared_printing(
            "integer",
            move |ctx| Ok(Value::Int(draw(ctx.random()))),
            move |random, out| {
                let drawn = draw(random);
                out.extend_from_slice(itoa::Buffer::new().format(drawn).as_bytes());
                Ok(())
            },
        )
    })
}

/// How many: an integer; 0 and below is none.
fn count(n: Option<&Value>) -> Result<usize, Error> {
    let n = integer("n", n)?;
    Ok(usize::try_from(n).unwrap_or(0))
}

fn integer(name: &str, value: Option<&Value>) -> Result<i64, Error> {
    let value = value.unwrap_or(&Value::Undefined);
    value.as_int().ok_or_else(|| {
        Error::type_error(format!(
            "{name} must be an integer, not '{}'",
            value.type_name()
        ))
    })
}

fn float(name: &str, value: Option<&Value>) -> Result<f64, Error> {
    let value = value.unwrap_or(&Value::Undefined);
    value.as_float().ok_or_else(|| {
        Error::type_error(format!(
            "{name} must be a number, not '{}'",
            value.type_name()
        ))
    })
}

fn numbers() -> Value {
    Namespace::value(
        "rand.number",
        vec![
            (
                "integer",
                Function::specialized("integer", drawn_integer, prepare_integer),
            ),
            (
                "floating",
                Function::value("floating", |ctx, args| {
                    let [a, b] = args.bind("floating", ["a", "b"], 2)?;
                    let (a, b) = (float("a", a)?, float("b", b)?);
                    Ok(Value::Float(number::floating(ctx.random(), a, b)))
                }),
            ),
            (
                "gauss",
                Function::value("gauss", |ctx, args| {
                    let [mu, sigma] = args.bind("gauss", ["mu", "sigma"], 2)?;
                    let (mu, sigma) = (float("mu", mu)?, float("sigma", sigma)?);
                    Ok(Value::Float(number::gauss(ctx.random(), mu, sigma)))
                }),
            ),
            (
                "lognormal",
                Function::value("lognormal", |ctx, args| {
                    let [mu, sigma] = args.bind("lognormal", ["mu", "sigma"], 2)?;
                    let (mu, sigma) = (float("mu", mu)?, float("sigma", sigma)?);
                    finite(number::lognormal(ctx.random(), mu, sigma), mu, sigma)
                }),
            ),
            (
                "exponential",
                Function::value("exponential", |ctx, args| {
                    let [lambd] = args.bind("exponential", ["lambd"], 1)?;
                    let drawn = number::exponential(ctx.random(), float("lambd", lambd)?);
                    drawn.map(Value::Float).map_err(fake_error)
                }),
            ),
            (
                "pareto",
                Function::value("pareto", |ctx, args| {
                    let [alpha, xmin] = args.bind("pareto", ["alpha", "xmin"], 1)?;
                    let alpha = float("alpha", alpha)?;
                    let xmin = xmin.map_or(Ok(1.0), |xmin| float("xmin", Some(xmin)))?;
                    let drawn = number::pareto(ctx.random(), alpha, xmin);
                    drawn.map(Value::Float).map_err(fake_error)
                }),
            ),
            ("triangular", Function::value("triangular", triangular)),
            ("clamp", Function::value("clamp", clamp)),
        ],
    )
}

/// Python raises where the exponential overflows.
fn finite(drawn: f64, mu: f64, sigma: f64) -> Result<Value, Error> {
    if drawn.is_infinite() && mu.is_finite() && sigma.is_finite() {
        return Err(Error::value_error(
            "the value is beyond the range of floats",
        ));
    }
    Ok(Value::Float(drawn))
}

fn big(name: &str, value: Option<&Value>) -> Result<BigInt, Error> {
    match value {
        Some(Value::Big(number)) => Ok((**number).clone()),
        other => integer(name, other).map(BigInt::from),
    }
}

fn triangular(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [low, high, mode] = args.bind("triangular", ["low", "high", "mode"], 3)?;
    let (from, to, peak) = (
        float("low", low)?,
        float("high", high)?,
        float("mode", mode)?,
    );
    let drawn = number::triangular(ctx.random(), from, to, peak);
    if from == to {
        return Ok(low.cloned().unwrap_or_default());
    }
    Ok(Value::Float(drawn))
}

/// `max(min_val, min(max_val, value))`: one of the arguments, unchanged.
fn clamp(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [value, low, high] = args.bind("clamp", ["value", "min_val", "max_val"], 3)?;
    let (value, low, high) = (
        value.unwrap_or(&Value::Undefined),
        low.unwrap_or(&Value::Undefined),
        high.unwrap_or(&Value::Undefined),
    );
    let lower = if less(value, high)? { value } else { high };
    let chosen = if less(low, lower)? { lower } else { low };
    Ok(chosen.clone())
}

fn less(a: &Value, b: &Value) -> Result<bool, Error> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Ok(a < b),
        (Value::Str(a), Value::Str(b)) => Ok(a.as_bytes() < b.as_bytes()),
        (Value::Delta(a), Value::Delta(b)) => Ok(a < b),
        (Value::Date(a), Value::Date(b)) => Ok(a < b),
        (Value::Big(_), _) | (_, Value::Big(_)) => {
            Ok(big("value", Some(a))? < big("value", Some(b))?)
        }
        (Value::DateTime(a), Value::DateTime(b)) => Ok(a.order(b, "<")?.is_lt()),
        _ => match (a.as_float(), b.as_float()) {
            (Some(a), Some(b)) => Ok(a < b),
            _ => Err(Error::type_error(format!(
                "'{}' and '{}' cannot be compared",
                a.type_name(),
                b.type_name()
            ))),
        },
    }
}

fn strings() -> Value {
    let set = |name: &'static str, characters: &'static [u8]| {
        let run = move |ctx: &mut Ctx<'_>, args: &Args<'_>| {
            let [size] = args.bind(name, ["size"], 1)?;
            let size = integer("size", size)?;
            ctx.check_size(usize::try_from(size).unwrap_or(0))?;
            made(ctx, |random, out| {
                text::characters(random, characters, size, out)
            })
        };
        (name, Function::text(name, run))
    };
    let pattern = Function::text("pattern", |ctx, args| {
        let [format] = args.bind("pattern", ["format_string"], 1)?;
        let format = string("format_string", format)?;
        made(ctx, |random, out| text::pattern(random, format, out))
    });
    Namespace::value(
        "rand.string",
        vec![
            set("letters_lowercase", text::LOWERCASE),
            set("letters_uppercase", text::UPPERCASE),
            set("letters", text::LETTERS),
            set("digits", text::DIGITS),
            set("punctuation", text::PUNCTUATION),
            set("hex", text::HEX),
            ("pattern", pattern),
        ],
    )
}

fn string<'a>(name: &str, value: Option<&'a Value>) -> Result<&'a str, Error> {
    value
        .and_then(Value::as_str)
        .ok_or_else(|| Error::type_error(format!("{name} must be text")))
}

/// The result of a [`Function::text`], from a primitive that writes.
fn made(
    ctx: &mut Ctx<'_>,
    run: impl FnOnce(&mut dyn Random, &mut Vec<u8>) -> Result<(), FakeError>,
) -> Result<(), Error> {
    ctx.write(run).map_err(fake_error)
}

fn networks() -> Value {
    let plain = |name: &'static str, run: fn(&mut dyn Random, &mut Vec<u8>)| {
        (name, Function::drawing(name, run))
    };
    let in_subnet = Function::text("ip_v4_in_subnet", |ctx, args| {
        let [cidr] = args.bind("ip_v4_in_subnet", ["cidr"], 1)?;
        let cidr = string("cidr", cidr)?;
        made(ctx, |random, out| {
            network::ip_v4_in_subnet(random, cidr, out)
        })
    });
    Namespace::value(
        "rand.network",
        vec![
            plain("ip_v4", |random, out| network::ip_v4(random, out)),
            plain("ip_v4_private", |random, out| {
                network::ip_v4_private(random, out)
            }),
            plain("ip_v4_private_a", |random, out| {
                network::ip_v4_of(random, network::PRIVATE_A, out);
            }),
            plain("ip_v4_private_b", |random, out| {
                network::ip_v4_of(random, network::PRIVATE_B, out);
            }),
            plain("ip_v4_private_c", |random, out| {
                network::ip_v4_of(random, network::PRIVATE_C, out);
            }),
            plain("ip_v4_public", |random, out| {
                network::ip_v4_public(random, out)
            }),
            ("ip_v4_in_subnet", in_subnet),
            plain("ip_v6", |random, out| network::ip_v6(random, 0, 0, out)),
            plain("ip_v6_global", |random, out| {
                network::ip_v6(random, network::V6_GLOBAL.0, network::V6_GLOBAL.1, out);
            }),
            plain("ip_v6_link_local", |random, out| {
                network::ip_v6(
                    random,
                    network::V6_LINK_LOCAL.0,
                    network::V6_LINK_LOCAL.1,
                    out,
                );
            }),
            plain("ip_v6_ula", |random, out| {
                network::ip_v6(random, network::V6_ULA.0, network::V6_ULA.1, out);
            }),
            ("mac", Function::text("mac", mac)),
        ],
    )
}

fn mac(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<(), Error> {
    if !args.positional.is_empty() {
        return Err(Error::type_error("mac() takes keyword arguments only")
            .help("write mac(oui='00:50:56') or mac(vendor='cisco')"));
    }
    let [oui, vendor] = args.bind("mac", ["oui", "vendor"], 0)?;
    let given = |value: Option<&Value>| value.is_some_and(|value| !value.is_none());
    let prefix = match (given(oui), given(vendor)) {
        (true, true) => {
            return Err(Error::value_error(
                "mac() takes an oui or a vendor, not both",
            ));
        }
        (true, false) => Some(network::parse_oui(string("oui", oui)?).map_err(fake_error)?),
        (false, true) => {
            let vendor = string("vendor", vendor)?;
            Some(network::vendor_oui(ctx.random(), vendor).map_err(fake_error)?)
        }
        (false, false) => None,
    };
    made(ctx, |random, out| {
        network::mac(random, prefix, out);
        Ok(())
    })
}

fn cryptos() -> Value {
    let digest = |name: &'static str, bytes: usize| {
        let call = move |ctx: &mut Ctx<'_>, args: &Args<'_>| {
            args.none(name)?;
            made(ctx, |random, out| {
                crypto::digest(random, bytes, out);
                Ok(())
            })
        };
        (name, Function::text(name, call))
    };
    let uuid4 = Function::drawing("uuid4", |random, out| crypto::uuid4(random, out));
    Namespace::value(
        "rand.crypto",
        vec![
            ("uuid4", uuid4),
            digest("md5", 16),
            digest("sha1", 20),
            digest("sha256", 32),
        ],
    )
}

fn timestamp(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [start, end] = args.bind("timestamp", ["start", "end"], 2)?;
    let (Some(Value::DateTime(start)), Some(Value::DateTime(end))) = (start, end) else {
        return Err(Error::type_error("timestamp() needs two datetimes")
            .help("make one with module.datetime.datetime(2026, 1, 31)"));
    };
    if start.tz.is_some() != end.tz.is_some() {
        return Err(Error::type_error(
            "both datetimes need a zone, or none of them",
        ));
    }
    // Of one zone, wall clocks are subtracted; of two, instants.
    let span = if start.tz == end.tz {
        end.wall_us - start.wall_us
    } else {
        end.instant_us() - start.instant_us()
    };
    let offset = rand::duration(ctx.random(), span);
    Ok(Value::DateTime(
        DateTime {
            wall_us: start.wall_us + offset,
            tz: start.tz.clone(),
            fold: false,
        }
        .into(),
    ))
}

/// The parameters of the functions here.
pub(super) fn signature(path: &[&str]) -> Option<Signature> {
    let found: Signature = match path {
        ["shuffle" | "choice"] => (&["items"], 1),
        ["choices"] => (&["items", "n"], 2),
        ["weighted_choice"] => return None,
        ["weighted_choices"] => return None,
        ["chance"] => (&["prob"], 1),
        ["number", "integer" | "floating"] => (&["a", "b"], 2),
        ["number", "gauss" | "lognormal"] => (&["mu", "sigma"], 2),
        ["number", "exponential"] => (&["lambd"], 1),
        ["number", "pareto"] => (&["alpha", "xmin"], 1),
        ["number", "triangular"] => (&["low", "high", "mode"], 3),
        ["number", "clamp"] => (&["value", "min_val", "max_val"], 3),
        ["string", "pattern"] => (&["format_string"], 1),
        [
            "string",
            "letters_lowercase" | "letters_uppercase" | "letters" | "digits" | "punctuation"
            | "hex",
        ] => (&["size"], 1),
        ["network", "ip_v4_in_subnet"] => (&["cidr"], 1),
        ["network", name] if name.starts_with("ip_v") => (&[], 0),
        ["crypto", "uuid4" | "md5" | "sha1" | "sha256"] => (&[], 0),
        ["datetime", "timestamp"] => (&["start", "end"], 2),
        _ => return None,
    };
    Some(found)
}
