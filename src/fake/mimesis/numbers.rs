//! `numeric`, `code` and `choice`

use super::super::FakeError;
use super::super::faker::{
    Datum, LOCALES, Provider, ean, isbn_parts, mod11, with_ean_check, with_luhn,
};
use super::super::rand;
use super::{Answer, Call, bounds, member};

pub(super) const NUMERIC: &[Provider] = &[
    Provider::new("integer_number", &["start", "end"], |call| {
        let (low, high) = bounds(call, 0, -1000, 1000)?;
        Ok(Datum::Int(call.between(low, high)))
    }),
    Provider::new("integers", &["start", "end", "n"], |call| {
        let (low, high) = bounds(call, 0, 0, 10)?;
        let count = call.count(2, 10)?;
        Ok(Datum::List(
            (0..count)
                .map(|_| Datum::Int(call.between(low, high)))
                .collect(),
        ))
    }),
    Provider::new("float_number", &["start", "end", "precision"], |call| {
        let span = span(call, 0, -1000.0, 1000.0)?;
        let digits = call.int(2, 15)?;
        Ok(Datum::Float(float(call, span, digits)))
    }),
    Provider::new("floats", &["start", "end", "n", "precision"], |call| {
        let span = span(call, 0, 0.0, 1.0)?;
        let (count, digits) = (call.count(2, 10)?, call.int(3, 15)?);
        Ok(Datum::List(
            (0..count)
                .map(|_| Datum::Float(float(call, span, digits)))
                .collect(),
        ))
    }),
    Provider::new("decimal_number", &["start", "end"], |call| {
        let span = span(call, 0, -1000.0, 1000.0)?;
        Ok(Datum::Float(float(call, span, 15)))
    }),
    Provider::new("decimals", &["start", "end", "n"], |call| {
        let span = span(call, 0, 0.0, 1000.0)?;
        let count = call.count(2, 10)?;
        Ok(Datum::List(
            (0..count)
                .map(|_| Datum::Float(float(call, span, 15)))
                .collect(),
        ))
    }),
    Provider::new(
        "complex_number",
        &[
            "start_real",
            "end_real",
            "start_imag",
            "end_imag",
            "precision_real",
            "precision_imag",
        ],
        |call| complex(call, 4),
    ),
    Provider::new(
        "complexes",
        &[
            "start_real",
            "end_real",
            "start_imag",
            "end_imag",
            "precision_real",
            "precision_imag",
            "n",
        ],
        |call| {
            let count = call.count(6, 10)?;
            let items = (0..count).map(|_| complex(call, 4));
            Ok(Datum::List(items.collect::<Result<_, _>>()?))
        },
    ),
    Provider::new("matrix", &["m", "n", "num_type"], |call| {
        let (rows, columns) = (call.count(0, 10)?, call.count(1, 10)?);
        if rows.saturating_mul(columns) > 1_000_000 {
            return Err(FakeError::new(
                "the matrix would have more than 1000000 numbers",
            ));
        }
        let whole = member(call, 2, "NumType")? == Some("integers");
        let mut number = || {
            if whole {
                Datum::Int(call.between(0, 10))
            } else {
                Datum::Float(float(call, (0.0, 1.0), 15))
            }
        };
        let lists = (0..rows).map(|_| Datum::List((0..columns).map(|_| number()).collect()));
        Ok(Datum::List(lists.collect()))
    }),
    // The reference counts calls; here calls cannot see each other.
    Provider::new("increment", &["accumulator"], |_| {
        Err(
            FakeError::new("`increment` would have to remember its calls")
                .help("count in `locals` or `shared` instead"),
        )
    }),
];

fn span(call: &Call<'_>, index: usize, low: f64, high: f64) -> Result<(f64, f64), FakeError> {
    let (low, high) = (
        call.float(index)?.unwrap_or(low),
        call.float(index + 1)?.unwrap_or(high),
    );
    if low > high {
        return Err(FakeError::new(format!(
            "the lower bound is {low}, above the upper, which is {high}"
        )));
    }
    Ok((low, high))
}

fn float(call: &mut Call<'_>, (low, high): (f64, f64), digits: i64) -> f64 {
    let value = rand::number::floating(call.random, low, high);
    let scale = 10_f64.powi(digits.clamp(0, 15) as i32);
    let rounded = (value * scale).round() / scale;
    if rounded.is_finite() { rounded } else { value }
}

/// Complex numbers are texts here, as Python prints them.
fn complex(call: &mut Call<'_>, digits: usize) -> Answer {
    let (real, imaginary) = (span(call, 0, 0.0, 1.0)?, span(call, 2, 0.0, 1.0)?);
    let (first, second) = (call.int(digits, 15)?, call.int(digits + 1, 15)?);
    let (real, imaginary) = (float(call, real, first), float(call, imaginary, second));
    Ok(format!("({real:?}{imaginary:+?}j)").into())
}

pub(super) const CODE: &[Provider] = &[
    Provider::new("ean", &["fmt"], |call| {
        let length = match member(call, 0, "EANFormat")? {
            Some("ean-8") => 8,
            Some(_) => 13,
            None => call.pick(&[8, 13]).unwrap_or(13),
        };
        Ok(ean(call, length, "").into())
    }),
    Provider::new("imei", &[], |call| {
        let start = call.word(&[
            "01124500", "01161200", "35089080", "35154900", "35332705", "35511405", "35876105",
            "35929005",
        ]);
        Ok(with_luhn(start.to_owned() + &call.mask("######")).into())
    }),
    Provider::new("isbn", &["fmt", "locale"], |call| {
        let long = match member(call, 0, "ISBNFormat")? {
            Some(format) => format == "isbn-13",
            None => call.chance(0.5),
        };
        let [group, registrant, item] = isbn_parts(call);
        if long {
            let digits = with_ean_check(format!("978{group}{registrant}{item}"));
            let check = digits.chars().last().unwrap_or('0');
            return Ok(format!("978-{group}-{registrant}-{item}-{check}").into());
        }
        let check = mod11(&format!("{group}{registrant}{item}"), 10);
        Ok(format!("{group}-{registrant}-{item}-{check}").into())
    }),
    Provider::new("issn", &["mask"], |call| masked(call, "####-####")),
    Provider::new("pin", &["mask"], |call| masked(call, "####")),
    Provider::new("locale_code", &[], |call| {
        let (language, countries) = call.pick(LOCALES).unwrap_or(("en", &["US"]));
        Ok(format!("{language}-{}", call.word(countries).to_ascii_lowercase()).into())
    }),
];

/// `#` a digit, `@` a letter.
fn masked(call: &mut Call<'_>, default: &str) -> Answer {
    let mask = call.text(0)?.unwrap_or(default).replace('@', "?");
    Ok(call.mask(&mask).into())
}

pub(super) const CHOICE: &[Provider] = &[Provider::new(
    "choice",
    &["items", "length", "unique"],
    |call| {
        let count = match call.given(0) {
            Some(Datum::List(items) | Datum::Tuple(items)) => items.len(),
            Some(Datum::Text(text)) => text.chars().count(),
            _ => return Err(call.unfit(0, "a list, a tuple or a text")),
        };
        if count == 0 {
            return Err(FakeError::new("`items` must not be empty"));
        }
        let length = call.count(1, 0)? as usize;
        if length == 0 {
            return Ok(Datum::Element(call.random.below(count as u64) as usize));
        }
        let mut all: Vec<usize> = (0..count).collect();
        if call.flag(2, false) {
            if length > count {
                return Err(FakeError::new(format!(
                    "`length` is {length}, but there are {count} items"
                )));
            }
            rand::shuffle(call.random, &mut all);
            all.truncate(length);
        } else {
            all = (0..length)
                .map(|_| call.random.below(count as u64) as usize)
                .collect();
        }
        Ok(Datum::Elements(all))
    },
)];
