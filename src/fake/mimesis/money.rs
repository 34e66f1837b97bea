//! `finance` and `payment`

use super::super::FakeError;
use super::super::faker::{CRYPTOCURRENCIES, CURRENCIES, Datum, NETWORKS, Provider, card_number};
use super::{Answer, Call, member};

pub(super) const FINANCE: &[Provider] = &[
    Provider::new("company", &[], |call| call.other("company")),
    Provider::new("company_type", &["abbr"], |call| {
        if call.flag(0, false) || call.locale.data.country_code != "US" {
            return call.other("company_suffix");
        }
        call.one(&[
            "Incorporated",
            "Corporation",
            "Limited Liability Company",
            "Limited Company",
            "Limited Partnership",
            "Limited Liability Partnership",
        ])
    }),
    Provider::new("bank", &[], |call| call.other("bank")),
    Provider::new("currency_iso_code", &["allow_random"], |call| {
        if call.flag(0, false) {
            call.other("currency_code")
        } else {
            Ok(call.locale.data.currency.0.into())
        }
    }),
    Provider::new("currency_symbol", &[], |call| {
        Ok(call.locale.data.currency.2.into())
    }),
    Provider::new("cryptocurrency_iso_code", &[], |call| {
        Ok(call
            .pick(CRYPTOCURRENCIES)
            .map_or("BTC", |(code, _)| code)
            .into())
    }),
    Provider::new("cryptocurrency_symbol", &[], |call| {
        call.one(&["₿", "Ł", "Ξ", "Ð", "ɱ", "₳", "ꜩ", "ℕ", "Ƀ"])
    }),
    Provider::new("currency_name", &[], |call| {
        Ok(call
            .pick(CURRENCIES)
            .map_or("Euro", |(_, name, _)| name)
            .into())
    }),
    Provider::new(
        "price",
        &["minimum", "maximum", "precision", "as_decimal"],
        |call| price(call, 500.0, 1500.0, 2),
    ),
    Provider::new(
        "price_in_btc",
        &["minimum", "maximum", "precision", "as_decimal"],
        |call| price(call, 0.0, 2.0, 8),
    ),
    Provider::new("stock_ticker", &[], |call| call.one(TICKERS)),
    Provider::new("stock_name", &[], |call| {
        call.one(&[
            "Apple Inc.",
            "Microsoft Corporation",
            "Alphabet Inc.",
            "Amazon.com, Inc.",
            "Tesla, Inc.",
            "NVIDIA Corporation",
            "Intel Corporation",
            "Cisco Systems, Inc.",
            "Siemens AG",
            "SAP SE",
            "Toyota Motor Corporation",
            "Sony Group Corporation",
            "Novartis AG",
            "Nestlé S.A.",
            "Shell plc",
            "BP p.l.c.",
            "Walmart Inc.",
            "The Coca-Cola Company",
        ])
    }),
    Provider::new("stock_exchange", &[], |call| {
        call.one(&[
            "NYSE", "NASDAQ", "LSE", "JPX", "SSE", "HKEX", "Euronext", "SZSE", "TSX", "BSE", "SIX",
            "ASX", "KRX", "MOEX",
        ])
    }),
    Provider::new("get_current_locale", &[], super::place::current_locale),
];

const TICKERS: &[&str] = &[
    "AAPL", "ADBE", "AMD", "AMZN", "BA", "BAC", "CAT", "CRM", "CSCO", "CVX", "DIS", "F", "FDX",
    "GE", "GM", "GOOG", "GS", "HD", "HPQ", "IBM", "INTC", "JNJ", "JPM", "KO", "MA", "MCD", "META",
    "MMM", "MRK", "MSFT", "NFLX", "NKE", "NVDA", "ORCL", "PEP", "PFE", "PG", "PYPL", "QCOM",
    "SBUX", "T", "TSLA", "TXN", "UNH", "UPS", "V", "VZ", "WFC", "WMT", "XOM",
];

pub(super) const PAYMENT: &[Provider] = &[
    Provider::new("credit_card_number", &["card_type"], |call| {
        let kind = member(call, 0, "CardType")?;
        Ok(card(call, kind).into())
    }),
    Provider::new("credit_card_network", &[], |call| {
        call.one(&[
            "Visa",
            "MasterCard",
            "Chase",
            "American Express",
            "Discover",
        ])
    }),
    Provider::new(
        "credit_card_expiration_date",
        &["minimum", "maximum"],
        |call| {
            let (low, high) = super::bounds(call, 0, 16, 25)?;
            Ok(format!("{:02}/{:02}", call.between(1, 12), call.between(low, high)).into())
        },
    ),
    Provider::new("credit_card_owner", &["gender"], |call| {
        let owner = super::person::owner(call, 0)?.to_uppercase();
        let number = card(call, None);
        let date = format!("{:02}/{:02}", call.between(1, 12), call.between(26, 35));
        let entries = [
            ("credit_card", number),
            ("expiration_date", date),
            ("owner", owner),
        ];
        Ok(Datum::Dict(
            entries
                .map(|(key, value)| (key.to_owned(), value.into()))
                .to_vec(),
        ))
    }),
    Provider::new("cvv", &[], |call| {
        Ok(call.between(100, 999).to_string().into())
    }),
    Provider::new("cid", &[], |call| {
        Ok(call.between(1000, 9999).to_string().into())
    }),
    Provider::new("bitcoin_address", &[], |call| {
        const SET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        let kind = call.word(&["1", "3"]);
        Ok((kind.to_owned() + &call.characters(SET, 33)?).into())
    }),
    Provider::new("ethereum_address", &[], |call| {
        Ok(("0x".to_owned() + &call.characters(b"0123456789abcdef", 40)?).into())
    }),
];

fn price(call: &mut Call<'_>, low: f64, high: f64, digits: i64) -> Answer {
    let (low, high) = (
        call.float(0)?.unwrap_or(low),
        call.float(1)?.unwrap_or(high),
    );
    if low > high {
        return Err(FakeError::new(format!(
            "`minimum` is {low}, above `maximum`, which is {high}"
        )));
    }
    let scale = 10_f64.powi(call.int(2, digits)?.clamp(0, 15) as i32);
    let value = super::super::rand::number::floating(call.random, low, high);
    Ok(Datum::Float((value * scale).round() / scale))
}

/// A number in groups of four; 4, 6 and 5 for American Express.
fn card(call: &mut Call<'_>, kind: Option<&str>) -> String {
    let key = match kind {
        Some("Visa") => "visa16",
        Some("MasterCard") => "mastercard",
        Some(_) => "amex",
        None => call.word(&["visa16", "mastercard", "amex"]),
    };
    let network = NETWORKS.iter().find(|network| network.key == key);
    let digits = card_number(call, *network.unwrap_or(&NETWORKS[2]));
    let sizes: &[usize] = if digits.len() == 15 {
        &[4, 6, 5]
    } else {
        &[4, 4, 4, 4]
    };
    let mut rest = digits.as_str();
    let mut parts = Vec::new();
    for size in sizes {
        let (part, after) = rest.split_at_checked(*size).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts.join(" ")
}
