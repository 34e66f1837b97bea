//! `string`

use super::{Members, given, text_of};
use crate::template::Value;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const WHITESPACE: &str = " \t\n\r\u{b}\u{c}";

pub(super) fn members() -> Members {
    let mut members = vec![
        ("ascii_lowercase", Value::from(LOWER)),
        ("ascii_uppercase", Value::from(UPPER)),
        ("ascii_letters", Value::from(format!("{LOWER}{UPPER}"))),
        ("digits", Value::from("0123456789")),
        ("hexdigits", Value::from("0123456789abcdefABCDEF")),
        ("octdigits", Value::from("01234567")),
        ("punctuation", Value::from(PUNCTUATION)),
        ("whitespace", Value::from(WHITESPACE)),
        (
            "printable",
            Value::from(format!("0123456789{LOWER}{UPPER}{PUNCTUATION}{WHITESPACE}")),
        ),
    ];
    members.extend(super::functions(&[("capwords", |_, args| {
        let [text, separator] = args.bind("capwords", ["s", "sep"], 1)?;
        let text = text_of("capwords", text)?;
        let capitalize = crate::template::methods::capitalize;
        Ok(Value::from(match given(separator) {
            None => {
                let words: Vec<_> = text.split_whitespace().map(capitalize).collect();
                words.join(" ")
            }
            Some(separator) => {
                let separator = text_of("capwords", Some(separator))?;
                let words: Vec<_> = text.split(separator).map(capitalize).collect();
                words.join(separator)
            }
        }))
    })]));
    members
}
