//! A phrase cut into numbers, clock times and words.

use crate::time::SECOND_US;

/// A number and how it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    /// Its value, sign not applied.
    pub value: f64,
    /// Digits before a decimal point.
    pub digits: usize,
    /// What stands behind a decimal point, as a number and its digits: perhaps a year (`5.2024`).
    pub fraction: Option<(u32, usize)>,
    /// 1 or -1 when a sign stood in front.
    pub sign: i8,
    /// A letter follows without a space.
    pub glued: bool,
    /// It was written `1st`, `2nd` and so on.
    pub ordinal: bool,
}

impl Number {
    /// Its two sides when it may be two numbers of a date: `5.2024`.
    pub fn parts(&self) -> Option<[Self; 2]> {
        let (value, digits) = self.fraction?;
        let part = |value, digits| Self {
            value,
            digits,
            fraction: None,
            ordinal: false,
            ..*self
        };
        let both = [
            part(self.value.trunc(), self.digits),
            part(f64::from(value), digits),
        ];
        (self.sign == 0 && digits <= 4).then_some(both)
    }

    /// Its value when it has no fraction.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most nine digits, no fraction"
    )]
    pub fn whole(&self) -> Option<i64> {
        (self.fraction.is_none() && self.digits <= 9).then_some(self.value as i64)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(Number),
    /// A time of day; `sign` is not 0 when it is an offset such as `-05:00`.
    Clock {
        us: i64,
        sign: i8,
    },
    /// Lower case.
    Word(String),
    /// One of `/ - . , '` between other tokens.
    Separator(char),
}

/// Cuts a phrase; `None` when it has characters that no phrase has, or an impossible clock time.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let lower = text.to_lowercase();
    let chars: Vec<char> = lower.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        if char.is_whitespace() {
            at += 1;
        } else if char.is_ascii_digit() {
            at = digits(&chars, at, 0, &mut tokens)?;
        } else if let Some(sign) = sign_at(&chars, at) {
            at = digits(&chars, at + 1, sign, &mut tokens)?;
        } else if matches!(char, '/' | '-' | '.' | ',' | '\'') {
            tokens.push(Token::Separator(char));
            at += 1;
        } else if char.is_alphabetic() {
            let mut end = run(&chars, at, char::is_alphabetic);
            let mut word: String = chars.get(at..end)?.iter().collect();
            if let ("a" | "p", Some(['.', 'm', '.'])) = (word.as_str(), chars.get(end..end + 3)) {
                word.push('m');
                end += 3;
            }
            push_word(word, &mut tokens)?;
            at = end;
        } else {
            return None;
        }
    }
    Some(tokens)
}

/// A sign stands in front of a digit, and `-` not between two things it could join.
fn sign_at(chars: &[char], at: usize) -> Option<i8> {
    let sign = match chars.get(at)? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let after_space = at
        .checked_sub(1)
        .and_then(|before| chars.get(before))
        .is_none_or(|before| before.is_whitespace());
    let after_name = at
        .checked_sub(3)
        .and_then(|from| chars.get(from..at))
        .is_some_and(|name| matches!(name, ['u', 't', 'c'] | ['g', 'm', 't']));
    let before_digit = chars.get(at + 1).is_some_and(char::is_ascii_digit);
    (before_digit && (after_space || after_name || sign == 1)).then_some(sign)
}

fn run(chars: &[char], from: usize, accept: impl Fn(char) -> bool) -> usize {
    let tail = chars.get(from..).unwrap_or_default();
    from + tail.iter().take_while(|&&char| accept(char)).count()
}

/// A number or clock time from `at`; gives the position after it.
fn digits(chars: &[char], at: usize, sign: i8, tokens: &mut Vec<Token>) -> Option<usize> {
    let is_digit = |char: char| char.is_ascii_digit();
    let end = run(chars, at, is_digit);
    if chars.get(end) == Some(&':') {
        return clock(chars, at, sign, tokens);
    }
    let mut stop = end;
    // `1.5` is a number, `15.05.2024` and `02.03` after another point are parts of a date.
    if chars.get(end) == Some(&'.') && !matches!(tokens.last(), Some(Token::Separator('.'))) {
        let fraction = run(chars, end + 1, is_digit);
        if fraction > end + 1 && chars.get(fraction) != Some(&'.') {
            stop = fraction;
        }
    }
    let text: String = chars.get(at..stop)?.iter().collect();
    let fraction = text.split_once('.').and_then(|(_, digits)| {
        let value = digits.get(..digits.len().min(9))?.parse().ok()?;
        Some((value, digits.len()))
    });
    tokens.push(Token::Number(Number {
        value: text.parse().ok()?,
        digits: end - at,
        fraction,
        sign,
        glued: chars.get(stop).is_some_and(|char| char.is_alphabetic()),
        ordinal: false,
    }));
    Some(stop)
}

/// `H:MM[:SS[.fraction]]`.
fn clock(chars: &[char], at: usize, sign: i8, tokens: &mut Vec<Token>) -> Option<usize> {
    let mut parts = [0_i64; 3];
    let mut from = at;
    let mut count = 0;
    for part in &mut parts {
        let end = run(chars, from, |char| char.is_ascii_digit());
        let width_ok = if count == 0 {
            (1..=2).contains(&(end - from))
        } else {
            end - from == 2
        };
        if !width_ok {
            return None;
        }
        let text: String = chars.get(from..end)?.iter().collect();
        *part = text.parse().ok()?;
        count += 1;
        from = end;
        if count == 3 || chars.get(end) != Some(&':') {
            break;
        }
        from += 1;
    }
    let [hour, minute, second] = parts;
    if count < 2 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut us = ((hour * 60 + minute) * 60 + second) * SECOND_US;
    if count == 3 && chars.get(from) == Some(&'.') {
        let end = run(chars, from + 1, |char| char.is_ascii_digit());
        let digits: String = chars.get(from + 1..end)?.iter().take(6).collect();
        us += format!("{digits:0<6}").parse::<i64>().ok()?;
        from = end;
    }
    tokens.push(Token::Clock { us, sign });
    Some(from)
}

/// `am` and `pm` turn what stands before them into a clock time.
fn push_word(word: String, tokens: &mut Vec<Token>) -> Option<()> {
    let half = match word.as_str() {
        "am" => 0,
        "pm" => 12,
        _ => {
            tokens.push(Token::Word(word));
            return Some(());
        }
    };
    let hour_us = 3_600 * SECOND_US;
    let given = match tokens.pop()? {
        Token::Clock { us, sign: 0 } => us,
        Token::Number(number) if number.sign == 0 && number.digits <= 2 => {
            number.whole()? * hour_us
        }
        _ => return None,
    };
    let hour = given / hour_us;
    // `0:30 am` is in use too, half an hour past midnight.
    if !(1..=12).contains(&hour) && (hour, half) != (0, 0) {
        return None;
    }
    tokens.push(Token::Clock {
        us: given % hour_us + (hour % 12 + half) * hour_us,
        sign: 0,
    });
    Some(())
}
