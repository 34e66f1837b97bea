//! Text encodings by the many names that Python knows them by.

use crate::config::ENCODINGS;
use crate::output::Encoding;

/// Names beside those of the list and those that rules give.
const ALIASES: [(&str, &str); 24] = [
    ("utf", "utf_8"),
    ("u8", "utf_8"),
    ("utf8", "utf_8"),
    ("cp65001", "utf_8"),
    ("utf8_sig", "utf_8_sig"),
    ("u16", "utf_16"),
    ("utf16", "utf_16"),
    ("utf_16le", "utf_16_le"),
    ("utf_16be", "utf_16_be"),
    ("u32", "utf_32"),
    ("utf32", "utf_32"),
    ("utf_32le", "utf_32_le"),
    ("utf_32be", "utf_32_be"),
    ("us_ascii", "ascii"),
    ("us", "ascii"),
    ("646", "ascii"),
    ("latin1", "latin_1"),
    ("latin", "latin_1"),
    ("l1", "latin_1"),
    ("8859", "latin_1"),
    ("iso8859", "latin_1"),
    ("iso8859_1", "latin_1"),
    ("cp819", "latin_1"),
    ("sjis", "shift_jis"),
];

/// The encoding with a name, if there is one and it is built in.
pub(super) fn named(name: &str) -> Option<Encoding> {
    Encoding::named(&canonical(name))
}

/// The name of the list for a name of Python's.
fn canonical(name: &str) -> String {
    let mut plain = String::new();
    for char in name.trim().chars() {
        if char.is_ascii_alphanumeric() || char == '.' {
            plain.push(char.to_ascii_lowercase());
        } else if !plain.ends_with('_') {
            plain.push('_');
        }
    }
    if let Some(rest) = plain.strip_prefix("iso_8859") {
        plain = format!("iso8859{rest}");
    }
    for prefix in ["windows_", "ibm"] {
        if let Some(number) = plain.strip_prefix(prefix) {
            plain = format!("cp{number}");
        }
    }
    if let Some((_, known)) = ALIASES.iter().find(|(alias, _)| *alias == plain) {
        return (*known).to_owned();
    }
    if plain.bytes().all(|one| one.is_ascii_digit()) {
        plain.insert_str(0, "cp");
    }
    // Such as `koi8r` and `macroman`.
    let squeezed = |name: &str| name.replace('_', "");
    let known = ENCODINGS
        .iter()
        .find(|known| squeezed(known) == squeezed(&plain));
    known.map_or(plain, |known| (*known).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_python_takes_them() {
        for (name, known) in [
            ("utf-8", "utf_8"),
            ("UTF8", "utf_8"),
            ("utf-16", "utf_16"),
            ("UTF-16LE", "utf_16_le"),
            ("iso-8859-1", "latin_1"),
            ("ISO8859-15", "iso8859_15"),
            ("windows-1251", "cp1251"),
            ("1252", "cp1252"),
            ("IBM437", "cp437"),
            ("koi8-r", "koi8_r"),
            ("macroman", "mac_roman"),
            ("US-ASCII", "ascii"),
        ] {
            assert_eq!(canonical(name), known);
            assert!(named(name).is_some(), "{name}");
        }
        assert_eq!(named("nope"), None);
        assert_eq!(named(""), None);
    }
}
