//! The words that phrases are made of.

use crate::time::SECOND_US;

/// What a word does in a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing: `at`, `on`.
    Filler,
    In,
    Ago,
    Later,
    From,
    /// A day counted from the base: `tomorrow`.
    Days(i64),
    /// A time of day: `noon`.
    Clock(i64),
    /// 1-12.
    Month(u32),
    /// 0 is Sunday.
    Weekday(u32),
    /// `a`, `an`, `one` to `twelve`.
    Number(u32),
    /// `day`, as in `day after tomorrow`.
    Day,
    /// `this`, `next`, `last`: 0, 1, -1.
    Turn(i64),
}

/// A unit of time: fixed, or counted in months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds(i64),
    Months(i64),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

/// What a lower-case word means; `None` when it is unknown.
pub(super) fn lookup(word: &str) -> Option<Word> {
    Some(match word {
        "at" | "on" | "of" | "the" | "and" => Word::Filler,
        "in" => Word::In,
        "ago" => Word::Ago,
        "later" => Word::Later,
        "from" => Word::From,
        "now" | "today" => Word::Days(0),
        "yesterday" => Word::Days(-1),
        "tomorrow" => Word::Days(1),
        "noon" => Word::Clock(12 * 3_600 * SECOND_US),
        "midnight" => Word::Clock(0),
        "a" | "an" => Word::Number(1),
        "day" => Word::Day,
        "this" => Word::Turn(0),
        "next" => Word::Turn(1),
        "last" => Word::Turn(-1),
        _ => {
            if let Some(number) = NUMBERS.iter().position(|name| *name == word) {
                Word::Number(u32::try_from(number).ok()? + 1)
            } else if let Some(month) = position(&MONTHS, word) {
                Word::Month(month + 1)
            } else {
                Word::Weekday(position(&WEEKDAYS, word)?)
            }
        }
    })
}

/// Index of the name that `word` is, in full or by its first three letters.
fn position(names: &[&str], word: &str) -> Option<u32> {
    let found = names.iter().position(|name| {
        *name == word || name.get(..3) == Some(word) || (word == "sept" && name.starts_with(word))
    })?;
    u32::try_from(found).ok()
}

/// The unit a word names; `glued` is true when it follows its number without a space.
pub(super) fn unit(word: &str, glued: bool) -> Option<Unit> {
    Some(match word {
        "second" | "seconds" | "sec" | "secs" | "s" => Unit::Seconds(1),
        "minute" | "minutes" | "min" | "mins" | "m" => Unit::Seconds(60),
        "hour" | "hours" | "hr" | "hrs" | "h" => Unit::Seconds(3_600),
        "day" | "days" | "d" => Unit::Seconds(86_400),
        "week" | "weeks" | "wk" | "wks" => Unit::Seconds(7 * 86_400),
        "w" if glued => Unit::Seconds(7 * 86_400),
        "fortnight" | "fortnights" => Unit::Seconds(14 * 86_400),
        "month" | "months" | "mo" => Unit::Months(1),
        "year" | "years" | "yr" | "yrs" | "y" => Unit::Months(12),
        "decade" | "decades" => Unit::Months(120),
        "century" | "centuries" => Unit::Months(1_200),
        _ => return None,
    })
}

/// Offset in seconds of the usual zone abbreviations; of those with several meanings the one that the
/// date parser of existing projects takes.
pub(super) fn zone_offset(word: &str) -> Option<i32> {
    const OFFSETS: &[(&str, i32)] = &[
        ("utc", 0),
        ("gmt", 0),
        ("z", 0),
        ("wet", 0),
        ("west", 60),
        ("bst", 60),
        ("cet", 60),
        ("cest", 120),
        ("eet", 120),
        ("eest", 180),
        ("msk", 180),
        ("ist", 120),
        ("sast", 120),
        ("pkt", 300),
        ("sgt", 480),
        ("hkt", 480),
        ("kst", 540),
        ("jst", 540),
        ("aest", 600),
        ("aedt", 660),
        ("nzst", 720),
        ("nzdt", 780),
        ("est", -300),
        ("edt", -240),
        ("cst", -360),
        ("cdt", -300),
        ("mst", -420),
        ("mdt", -360),
        ("pst", -480),
        ("pdt", -420),
        ("akst", -540),
        ("hst", -600),
    ];
    OFFSETS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, minutes)| minutes * 60)
}
