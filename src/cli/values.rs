//! Values of options: how they are read, and what is said when they cannot be.

use std::num::NonZero;

use serde_json::{Map, Value};

use crate::config::near;
use crate::time::Zone;
use crate::time::iso::{Stamp, strict};

/// `--timezone`: an IANA name.
pub(super) fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).ok_or_else(|| match near(text, Zone::names()) {
        Some(known) => format!("there is no such zone, did you mean {known}?"),
        None => "there is no such zone; use a name such as Europe/Berlin".to_owned(),
    })
}

/// `--params`: a JSON object.
pub(super) fn params(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err("expected a JSON object such as {\"name\": \"value\"}".to_owned()),
        Err(error) => Err(format!(
            "not JSON: {error}; expected an object such as {{\"name\": \"value\"}}"
        )),
    }
}

/// `--now`: a date and time.
pub(super) fn stamp(text: &str) -> Result<Stamp, String> {
    strict(text).map_err(|error| format!("{error}, such as 2026-01-31T08:00"))
}

/// A count for which nought makes no sense.
pub(super) fn positive<N>(text: &str) -> Result<N, String>
where
    N: TryFrom<u64>,
{
    let number = text.parse::<NonZero<u64>>().ok();
    number
        .and_then(|number| N::try_from(number.get()).ok())
        .ok_or_else(|| "expected a whole number of at least 1".to_owned())
}

/// `--seed`: any whole number that is not negative.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    let wanted = format!("expected a whole number from 0 to {}", u64::MAX);
    text.parse().map_err(|_| wanted)
}

/// `--count`.
pub(super) fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "expected a whole number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_is_expected() {
        let no_number = |text| positive::<usize>(text).err();
        for text in ["0", "-1", "1.5", "x", "", "99999999999999999999"] {
            assert_eq!(
                no_number(text).as_deref(),
                Some("expected a whole number of at least 1"),
                "{text}"
            );
        }
        assert_eq!(positive::<u64>("7"), Ok(7));
        assert!(seed("-1").is_err_and(|why| why.starts_with("expected a whole number from 0")));
        assert!(stamp("2026").is_err_and(|why| why.contains("such as 2026-01-31T08:00")));
        assert!(params("x").is_err_and(|why| why.contains("an object such as")));
        assert!(zone("Europe/Berln").is_err_and(|why| why.contains("Europe/Berlin")));
    }
}
