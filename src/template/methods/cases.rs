//! What characters are, and the cases of texts.

use std::sync::LazyLock;

use regex::Regex;

/// Python's `str.isspace()` of one character.
pub(in crate::template) fn is_python_space(one: char) -> bool {
    one.is_whitespace() || ('\x1c'..='\x1f').contains(&one)
}

static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{L}$").ok());
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{N}$").ok());
static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").ok());

fn is_in(one: char, set: &LazyLock<Option<Regex>>) -> bool {
    if one.is_ascii() {
        return if std::ptr::eq(set, &raw const LETTER) {
            one.is_ascii_alphabetic()
        } else {
            one.is_ascii_digit()
        };
    }
    let mut buffer = [0; 4];
    set.as_ref()
        .is_some_and(|set| set.is_match(one.encode_utf8(&mut buffer)))
}

pub(super) fn is_letter(one: char) -> bool {
    is_in(one, &LETTER)
}

/// True for whatever stands for a number.
pub(super) fn is_number(one: char) -> bool {
    is_in(one, &NUMBER) || is_han_number(one)
}

/// True for a digit, also one above the line or in a circle.
pub(super) fn is_digit(one: char) -> bool {
    is_in(one, &DIGIT) || is_super_digit(one)
}

/// True for a digit of any script.
pub(in crate::template) fn is_decimal(one: char) -> bool {
    is_in(one, &DIGIT)
}

fn is_super_digit(one: char) -> bool {
    matches!(one, '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}' | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}' | '\u{2460}'..='\u{2468}' | '\u{2474}'..='\u{247c}' | '\u{2488}'..='\u{2490}')
}

fn is_han_number(one: char) -> bool {
    "一二三四五六七八九十百千万億兆零〇".contains(one)
}

/// The folded form of a text; a ligature or a letter with a mark that has no capital of its own is taken
/// apart as its capitals are.
pub(super) fn casefold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            'ı' => out.push(one),
            _ if one.is_ascii() => out.push(one.to_ascii_lowercase()),
            _ => out.extend(one.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
    out
}

/// The first letter of a word: its title case, of which only digraphs and ligatures have one that differs
/// from their capitals.
fn push_title(one: char, out: &mut String) {
    match one {
        'Ǆ' | 'ǅ' | 'ǆ' => out.push('ǅ'),
        'Ǉ' | 'ǈ' | 'ǉ' => out.push('ǈ'),
        'Ǌ' | 'ǋ' | 'ǌ' => out.push('ǋ'),
        'Ǳ' | 'ǲ' | 'ǳ' => out.push('ǲ'),
        // Greek letters with an iota below keep it there.
        '\u{1f80}'..='\u{1faf}' => out.push(char::from_u32(u32::from(one) | 8).unwrap_or(one)),
        'ᾳ' | 'ᾼ' => out.push('ᾼ'),
        'ῃ' | 'ῌ' => out.push('ῌ'),
        'ῳ' | 'ῼ' => out.push('ῼ'),
        // Georgian is written without capitals.
        'ა'..='ჺ' | 'ჽ'..='ჿ' => out.push(one),
        _ if one.to_uppercase().len() > 1 => {
            let mut capitals = one.to_uppercase();
            out.extend(capitals.next());
            out.extend(capitals.flat_map(char::to_lowercase));
        }
        _ => out.extend(one.to_uppercase()),
    }
}

/// Lower case of a letter inside a word: a sigma is a final one unless the word goes on.
fn push_inner_lower(one: char, after: &str, out: &mut String) {
    let mut rest = after
        .chars()
        .skip_while(|one| !is_cased(*one) && !is_break(*one));
    match one {
        'Σ' if !rest.next().is_some_and(is_cased) => out.push('ς'),
        _ => out.extend(one.to_lowercase()),
    }
}

/// True for what ends a word; apostrophes, dots and marks on letters do not.
fn is_break(one: char) -> bool {
    let ignored = matches!(
        one,
        '\'' | '.' | ':' | '^' | '`' | '\u{ad}' | '·' | '’' | '\u{300}'..='\u{36f}'
    );
    !ignored
}

/// First character to title case, the rest to lower case.
pub(in crate::template) fn capitalize(text: &str) -> String {
    let Some(first) = text.chars().next() else {
        return String::new();
    };
    let lower = text.to_lowercase();
    let head: usize = first.to_lowercase().map(char::len_utf8).sum();
    let mut out = String::with_capacity(text.len());
    push_title(first, &mut out);
    out + lower.get(head..).unwrap_or_default()
}

fn is_cased(one: char) -> bool {
    one.is_uppercase() || one.is_lowercase()
}

/// Python's `str.title()`: a word starts after anything that has no case.
pub(in crate::template) fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for (at, one) in text.char_indices() {
        if inside {
            let after = text.get(at + one.len_utf8()..).unwrap_or_default();
            push_inner_lower(one, after, &mut out);
        } else {
            push_title(one, &mut out);
        }
        inside = is_cased(one);
    }
    out
}

pub(super) fn is_title(text: &str) -> bool {
    let (mut any, mut inside) = (false, false);
    for one in text.chars() {
        if one.is_uppercase() {
            if inside {
                return false;
            }
            (inside, any) = (true, true);
        } else if one.is_lowercase() {
            if !inside {
                return false;
            }
            any = true;
        } else {
            inside = false;
        }
    }
    any
}

pub(super) fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for (at, one) in text.char_indices() {
        if one.is_uppercase() {
            let after = text.get(at + one.len_utf8()..).unwrap_or_default();
            match inside {
                true => push_inner_lower(one, after, &mut out),
                false => out.extend(one.to_lowercase()),
            }
        } else {
            out.extend(one.to_uppercase());
        }
        inside = is_cased(one);
    }
    out
}

pub(super) fn has_case(text: &str, wanted: fn(char) -> bool, other: fn(char) -> bool) -> bool {
    text.chars().any(wanted) && !text.chars().any(other)
}
