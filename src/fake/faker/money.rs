//! Cards, currencies, prices and bank accounts.

use super::super::FakeError;
use super::super::rand::text::UPPERCASE;
use super::date;
use super::facts::{CRYPTOCURRENCIES, CURRENCIES};
use super::person::Gender;
use super::table::{Bban, Words};
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("credit_card_number", &["card_type"], |call| {
        let network = network(call)?;
        Ok(card_number(call, network).into())
    }),
    Provider::new("credit_card_provider", &["card_type"], |call| {
        Ok(network(call)?.name.into())
    }),
    Provider::new("credit_card_security_code", &["card_type"], |call| {
        let network = network(call)?;
        Ok(call.mask(network.code_mask()).into())
    }),
    Provider::new(
        "credit_card_expire",
        &["start", "end", "date_format"],
        |call| {
            let start = date::bound(call, 0, call.now)?;
            let end = date::bound(call, 1, call.now + chrono::Duration::days(3650))?;
            let day = date::day_between(call, start.date(), end.date());
            Ok(date::strftime(day.into(), call.text(2)?.unwrap_or("%m/%y"))?.into())
        },
    ),
    Provider::new("credit_card_full", &["card_type"], |call| {
        let network = network(call)?;
        let first = super::person::first_name(call, Gender::Any);
        let last = super::person::last_name(call, Gender::Any);
        let number = card_number(call, network);
        let expires = call.other_text("credit_card_expire")?;
        let code = call.mask(network.code_mask());
        let (name, label) = (network.name, network.code);
        Ok(format!("{name}\n{first} {last}\n{number} {expires}\n{label}: {code}\n").into())
    }),
    Provider::new("currency", &[], |call| {
        let (code, name) = currency(call);
        Ok(Datum::Tuple(vec![code.into(), name.into()]))
    }),
    Provider::new("currency_code", &[], |call| Ok(currency(call).0.into())),
    Provider::new("currency_name", &[], |call| Ok(currency(call).1.into())),
    Provider::new("currency_symbol", &["code"], currency_symbol),
    Provider::new("cryptocurrency", &[], |call| {
        let (code, name) = call.pick(CRYPTOCURRENCIES).unwrap_or(("BTC", "Bitcoin"));
        Ok(Datum::Tuple(vec![code.into(), name.into()]))
    }),
    Provider::new("cryptocurrency_code", &[], |call| {
        Ok(call
            .pick(CRYPTOCURRENCIES)
            .map_or("BTC", |(code, _)| code)
            .into())
    }),
    Provider::new("cryptocurrency_name", &[], |call| {
        Ok(call
            .pick(CRYPTOCURRENCIES)
            .map_or("Bitcoin", |(_, name)| name)
            .into())
    }),
    Provider::new("pricetag", &[], |call| {
        let tag = call.masked(call.locale.data.prices);
        Ok(tag.replace('¤', call.locale.data.currency.2).into())
    }),
    Provider::new("bank", &[], |call| call.one(call.locale.data.banks)),
    Provider::new("bank_country", &[], |call| {
        Ok(call.locale.data.bank_country.into())
    }),
    Provider::new("aba", &[], |call| {
        let start = format!("{:02}", call.between(1, 12));
        let mut digits = start + &call.mask("######");
        let sum: u32 = digits
            .bytes()
            .zip([3, 7, 1].into_iter().cycle())
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum();
        digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
        Ok(digits.into())
    }),
    Provider::new("bban", &[], |call| Ok(bban(call).into())),
    Provider::new("iban", &[], |call| {
        let (country, bban) = (call.locale.data.bank_country, bban(call));
        Ok(iban(country, &bban).into())
    }),
    Provider::new("swift", &["length", "primary", "use_dataset"], |call| {
        let length = match call.maybe_int(0)? {
            None => call.pick(&[8, 11]).unwrap_or(8),
            Some(length @ (8 | 11)) => length,
            Some(other) => {
                return Err(FakeError::new(format!(
                    "`length` is {other}, it must be 8 or 11"
                )));
            }
        };
        let primary = call.flag(1, false);
        swift(call, length == 11, primary)
    }),
    Provider::new("swift8", &["use_dataset"], |call| swift(call, false, false)),
    Provider::new("swift11", &["primary", "use_dataset"], |call| {
        let primary = call.flag(0, false);
        swift(call, true, primary)
    }),
];

/// A network of cards.
#[derive(Clone, Copy, Debug)]
pub(in crate::fake) struct Network {
    pub key: &'static str,
    pub name: &'static str,
    pub prefixes: Words,
    pub length: usize,
    /// What the code on the card is called.
    code: &'static str,
}

impl Network {
    fn code_mask(&self) -> &'static str {
        if self.code == "CID" { "####" } else { "###" }
    }
}

const fn card(
    key: &'static str,
    name: &'static str,
    prefixes: Words,
    length: usize,
    code: &'static str,
) -> Network {
    Network {
        key,
        name,
        prefixes,
        length,
        code,
    }
}

#[rustfmt::skip]
pub(in crate::fake) const NETWORKS: &[Network] = &[
    card("maestro", "Maestro", &["5018", "5020", "5038", "56##", "57##", "58##", "6304", "6759", "6761", "6762", "6763"], 12, "CVV"),
    card("mastercard", "Mastercard", &["51", "52", "53", "54", "55", "2221", "2321", "2421", "2521", "2621", "2720"], 16, "CVV"),
    card("visa16", "VISA 16 digit", &["4"], 16, "CVC"),
    card("visa13", "VISA 13 digit", &["4"], 13, "CVC"),
    card("visa19", "VISA 19 digit", &["4"], 19, "CVC"),
    card("amex", "American Express", &["34", "37"], 15, "CID"),
    card("discover", "Discover", &["6011", "65"], 16, "CVC"),
    card("diners", "Diners Club / Carte Blanche", &["300", "301", "302", "303", "304", "305", "36", "38"], 14, "CVC"),
    card("jcb15", "JCB 15 digit", &["2131", "1800"], 15, "CVC"),
    card("jcb16", "JCB 16 digit", &["35"], 16, "CVC"),
];

fn network(call: &mut Call<'_>) -> Result<Network, FakeError> {
    let Some(wanted) = call.text(0)? else {
        return Ok(call.pick(NETWORKS).unwrap_or(NETWORKS[2]));
    };
    let key = match wanted {
        "visa" => "visa16",
        "jcb" => "jcb16",
        key => key,
    };
    let found = NETWORKS.iter().find(|network| network.key == key).copied();
    found.ok_or_else(|| {
        let keys: Vec<&str> = NETWORKS.iter().map(|network| network.key).collect();
        FakeError::new(format!("`{wanted}` is no kind of card"))
            .help(format!("known are visa, jcb, {}", keys.join(", ")))
    })
}

/// Appends the check digit of Luhn.
pub(in crate::fake) fn with_luhn(mut digits: String) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            let doubled = if index % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

pub(in crate::fake) fn card_number(call: &mut Call<'_>, network: Network) -> String {
    let prefix = call.word(network.prefixes);
    let mut digits = call.mask(prefix);
    while digits.len() + 1 < network.length {
        digits.push(call.digit());
    }
    with_luhn(digits)
}

fn currency(call: &mut Call<'_>) -> (&'static str, &'static str) {
    call.pick(CURRENCIES)
        .map_or(("USD", "United States dollar"), |(code, name, _)| {
            (code, name)
        })
}

fn currency_symbol(call: &mut Call<'_>) -> Answer {
    let Some(code) = call.text(0)? else {
        return Ok(call
            .pick(CURRENCIES)
            .map_or("$", |(_, _, symbol)| symbol)
            .into());
    };
    let found = CURRENCIES.iter().find(|(known, ..)| *known == code);
    found.map(|(_, _, symbol)| (*symbol).into()).ok_or_else(|| {
        FakeError::new(format!("there is no currency `{code}`")).help("give a code such as `EUR`")
    })
}

/// The rest of a long decimal number, digit by digit; letters count from 10.
pub(in crate::fake) fn remainder(text: &str, modulus: u64) -> u64 {
    text.chars().fold(0, |rest, c| match c.to_digit(36) {
        Some(value @ 10..) => (rest * 100 + u64::from(value)) % modulus,
        Some(value) => (rest * 10 + u64::from(value)) % modulus,
        None => rest,
    })
}

/// The international number of an account.
pub(in crate::fake) fn iban(country: &str, bban: &str) -> String {
    let check = 98 - remainder(&format!("{bban}{country}00"), 97);
    format!("{country}{check:02}{bban}")
}

fn bban(call: &mut Call<'_>) -> String {
    match call.locale.data.bban {
        Bban::Mask(mask) => call.mask(mask),
        Bban::Spanish => {
            let (bank, branch, account) = (
                call.mask("####"),
                call.mask("####"),
                call.mask("##########"),
            );
            let check = |digits: &str| {
                const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
                let sum: u32 = digits
                    .bytes()
                    .zip(WEIGHTS)
                    .map(|(byte, weight)| u32::from(byte - b'0') * weight)
                    .sum();
                match 11 - sum % 11 {
                    11 => 0,
                    10 => 1,
                    check => check,
                }
            };
            let (first, second) = (check(&format!("00{bank}{branch}")), check(&account));
            format!("{bank}{branch}{first}{second}{account}")
        }
        Bban::French => {
            let (bank, branch, account) = (
                call.mask("#####"),
                call.mask("#####"),
                call.mask("###########"),
            );
            let part = |text: &str| text.parse::<u64>().unwrap_or(0);
            let sum = 89 * part(&bank) + 15 * part(&branch) + 3 * part(&account);
            format!("{bank}{branch}{account}{:02}", 97 - sum % 97)
        }
        Bban::Italian => {
            let digits = call.mask("##########") + &call.mask("############");
            format!("{}{digits}", super::ids::cin(&digits))
        }
    }
}

fn swift(call: &mut Call<'_>, long: bool, primary: bool) -> Answer {
    const REST: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let bank = call.characters(UPPERCASE, 4)?;
    let place = call.characters(REST, 2)?;
    let mut out = format!("{bank}{}{place}", call.locale.data.bank_country);
    if long {
        out += &if primary {
            "XXX".to_owned()
        } else {
            call.characters(REST, 3)?
        };
    }
    Ok(out.into())
}
