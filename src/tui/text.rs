//! Numbers, times and texts as people read them: units, widths, cuts.

use std::ops::Range;
use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub use crate::time::grouped;
use crate::time::{Moment, SECOND_US};

/// Cells a text takes.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to `cells`, with `…` where something is missing.
pub fn fit(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for part in text.graphemes(true) {
        let wide = width(part);
        if used + wide + 1 > cells {
            break;
        }
        used += wide;
        out.push_str(part);
    }
    if cells > 0 {
        out.push('…');
    }
    out
}

/// The end of the text that fits, with `…` in front where something is missing; for paths.
pub fn fit_end(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut used = 1;
    for part in text.graphemes(true).rev() {
        used += width(part);
        if used > cells {
            break;
        }
        kept.push(part);
    }
    let tail: String = kept.into_iter().rev().collect();
    if cells > 0 {
        format!("…{tail}")
    } else {
        tail
    }
}

/// The text in so many cells, with `…` in its middle where something is missing: a third of what is shown
/// is its start, the rest its end.
pub fn fit_middle(text: &str, cells: usize) -> String {
    if width(text) <= cells || cells < 3 {
        return fit(text, cells);
    }
    let head = fit(text, cells / 3 + 1);
    let head = head.strip_suffix('…').unwrap_or(&head);
    format!("{head}{}", fit_end(text, cells - width(head)))
}

/// A sentence in so many cells: its longest path loses the middle first, down to 16 cells; then the end is
/// cut.
pub fn fit_paths(text: &str, cells: usize) -> String {
    let Some(over) = width(text).checked_sub(cells).filter(|over| *over > 0) else {
        return text.to_owned();
    };
    let is_path = |word: &&str| word.matches('/').count() > 1;
    let words = text.split_whitespace().filter(is_path);
    match words.max_by_key(|word| width(word)) {
        Some(path) => {
            let short = fit_middle(path, width(path).saturating_sub(over).max(16));
            fit(&text.replacen(path, &short, 1), cells)
        }
        None => fit(text, cells),
    }
}

/// The text, or its start, filled with blanks to exactly `cells`.
pub fn pad(text: &str, cells: usize) -> String {
    let mut out = fit(text, cells);
    let missing = cells.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// A number in at most five characters and a unit letter: `999`, `12.3k`, `1.23M`.
pub fn short(value: f64) -> String {
    if !value.is_finite() || value < 0.0 {
        return "0".to_owned();
    }
    let mut scaled = value;
    for unit in ["", "k", "M", "G", "T"] {
        if scaled < 999.5 {
            return match unit {
                "" if scaled >= 9.95 || scaled.fract() == 0.0 => format!("{scaled:.0}"),
                "" => format!("{scaled:.1}"),
                _ if scaled < 9.995 => format!("{scaled:.2}{unit}"),
                _ if scaled < 99.95 => format!("{scaled:.1}{unit}"),
                _ => format!("{scaled:.0}{unit}"),
            };
        }
        scaled /= 1000.0;
    }
    format!("{scaled:.0}P")
}

/// Bytes with a unit: `512 B`, `1.23 MB`.
pub fn bytes(value: f64) -> String {
    let text = short(value);
    match text.find(|c: char| c.is_ascii_alphabetic()) {
        Some(at) => format!("{} {}B", &text[..at], &text[at..]),
        None => format!("{text} B"),
    }
}

/// `mm:ss`, `h:mm:ss` or `d:hh:mm:ss`.
pub fn clock(time: Duration) -> String {
    let s = time.as_secs();
    let (days, hours, minutes, seconds) = (s / 86_400, s / 3_600 % 24, s / 60 % 60, s % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes:02}:{seconds:02}"),
        (0, _) => format!("{hours}:{minutes:02}:{seconds:02}"),
        _ => format!("{days}d {hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// How far ahead, in at most six characters: `+250ms`, `+12s`, `+4.5m`, `+3.0h`, `+12d`.
pub fn ahead(us: i64) -> String {
    let sign = if us < 0 { '-' } else { '+' };
    let s = us.unsigned_abs() as f64 / 1e6;
    match s {
        _ if s < 0.9995 => format!("{sign}{:.0}ms", s * 1e3),
        _ if s < 99.5 => format!("{sign}{}s", trim(s)),
        _ if s < 5_970.0 => format!("{sign}{}m", trim(s / 60.0)),
        _ if s < 356_400.0 => format!("{sign}{}h", trim(s / 3_600.0)),
        _ => format!("{sign}{}d", trim(s / 86_400.0)),
    }
}

fn trim(value: f64) -> String {
    if value < 9.95 && (value - value.round()).abs() > 0.049 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// Year, month, day, hour, minute, second, microsecond on the wall clock.
fn civil(wall_us: i64) -> (i64, i64, i64, i64, i64, i64, i64) {
    let (seconds, us) = (wall_us.div_euclid(SECOND_US), wall_us.rem_euclid(SECOND_US));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01 in eras of 400 years, so that leap days come last in a year.
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        year,
        month,
        day,
        second / 3_600,
        second / 60 % 60,
        second % 60,
        us,
    )
}

/// `2026-11-21 09:30:00.250`.
pub fn date_time(at: Moment) -> String {
    let (year, month, day, hour, minute, second, us) = civil(at.wall_us);
    format!(
        "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:03}",
        us / 1000
    )
}

/// `09:30:00.250`.
pub fn time_of_day(at: Moment) -> String {
    let (_, _, _, hour, minute, second, us) = civil(at.wall_us);
    format!("{hour:02}:{minute:02}:{second:02}.{:03}", us / 1000)
}

/// `11-21 09:30`: for axes of days.
pub fn day_and_time(at: Moment) -> String {
    let (_, month, day, hour, minute, ..) = civil(at.wall_us);
    format!("{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// `11-21 09:30:05`: for lists over days.
pub fn day_and_second(at: Moment) -> String {
    let (_, month, day, hour, minute, second, _) = civil(at.wall_us);
    format!("{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// `2026-11-21 09:30:05`: for lists over years.
pub fn date_second(at: Moment) -> String {
    let (year, month, day, hour, minute, second, _) = civil(at.wall_us);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {noun}s", grouped(number as u64))
    }
}

/// Byte ranges of rows at most `width` cells wide; the text's own line ends are kept.
pub fn break_lines(text: &str, width: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let width = width.max(1);
    text.lines().flat_map(move |line| {
        let base = line.as_ptr() as usize - text.as_ptr() as usize;
        let mut ranges = Vec::new();
        let (mut start, mut used) = (0, 0);
        // Behind the last blank of the row, and the cells up to there.
        let mut blank = (0, 0);
        for (at, grapheme) in line.grapheme_indices(true) {
            let wide = super::editor::cells(grapheme, used);
            if used + wide > width && at > start && grapheme == " " {
                // The blank is the break.
                ranges.push(base + start..base + at);
                (start, used) = (at + 1, 0);
                continue;
            }
            if used + wide > width && at > start {
                // A blank is a better place to break than the edge, unless the row is nearly empty then.
                let (end, cells_before) = if blank.0 > start && blank.1 * 3 > width {
                    blank
                } else {
                    (at, used)
                };
                ranges.push(base + start..base + end);
                start = end;
                used -= cells_before;
            }
            used += wide;
            if grapheme == " " {
                blank = (at + 1, used);
            }
        }
        ranges.push(base + start..base + line.len());
        ranges
    })
}

/// The text in lines at most `width` cells wide, broken between words where that can be.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut out = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let used = self::width(&line);
            let wide = self::width(word);
            if !line.is_empty() && used + 1 + wide > width {
                out.push(std::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            while self::width(&line) > width {
                let ranges: Vec<Range<usize>> = break_lines(&line, width).collect();
                let cut = ranges.first().map_or(line.len(), |range| range.end);
                let rest = line.split_off(cut.min(line.len()));
                out.push(std::mem::replace(&mut line, rest));
            }
        }
        out.push(line);
    }
    out
}

/// The same for one line, which keeps the blanks that it begins with: all of its rows stand as far in.
pub fn wrap_indented(line: &str, width: usize) -> Vec<String> {
    if self::width(line) <= width {
        return vec![line.to_owned()];
    }
    let words = line.trim_start();
    let deep = (line.len() - words.len()).min(width / 3);
    let rows = wrap(words, width.saturating_sub(deep)).into_iter();
    let blanks = " ".repeat(deep);
    rows.map(|row| format!("{blanks}{row}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.0, "0")]
    #[case(0.25, "0.2")]
    #[case(5.0, "5")]
    #[case(999.0, "999")]
    #[case(999.6, "1.00k")]
    #[case(12_345.0, "12.3k")]
    #[case(123_456.0, "123k")]
    #[case(1_234_567.0, "1.23M")]
    #[case(f64::NAN, "0")]
    fn short_numbers(#[case] value: f64, #[case] text: &str) {
        assert_eq!(short(value), text);
        assert!(text.len() <= 5);
    }

    #[test]
    fn cuts_by_cells_not_characters() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abcd", 3), "ab…");
        assert_eq!(fit("abcd", 0), "");
        assert_eq!(fit_end("templates/access.jinja", 9), "…ss.jinja");
        assert_eq!(pad("日", 4), "日  ");
    }

    #[test]
    fn groups_of_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }

    #[test]
    fn times() {
        assert_eq!(clock(Duration::from_secs(75)), "01:15");
        assert_eq!(clock(Duration::from_secs(90_061)), "1d 01:01:01");
        assert_eq!(ahead(250_000), "+250ms");
        assert_eq!(ahead(1_500_000), "+1.5s");
        assert_eq!(ahead(60_000_000), "+60s");
        assert_eq!(ahead(3_600_000_000), "+60m");
        assert_eq!(ahead(86_400_000_000), "+24h");
        let at = Moment {
            wall_us: 951_782_400_123_000,
            offset_s: 0,
        };
        assert_eq!(date_time(at), "2000-02-29 00:00:00.123");
        let before = Moment {
            wall_us: -1,
            offset_s: 0,
        };
        assert_eq!(date_time(before), "1969-12-31 23:59:59.999");
    }

    #[test]
    fn long_paths_lose_their_middle_before_the_sentence_loses_its_end() {
        let text = "cannot read /srv/a/very/long/way/to/file.yml: gone";
        assert_eq!(fit_paths(text, 80), text);
        let short = fit_paths(text, 40);
        assert_eq!(width(&short), 40);
        assert!(
            short.starts_with("cannot read /srv/") && short.ends_with("/file.yml: gone"),
            "{short}"
        );
        assert!(fit_paths(text, 20).ends_with('…'));
        assert_eq!(fit_paths("no path but long words", 10), "no path b…");
        for cells in 0..60 {
            assert!(width(&fit_paths(text, cells)) <= cells);
            assert!(width(&fit_middle("日本語/の/長い/道", cells)) <= cells);
        }
    }

    #[test]
    fn bytes_have_a_unit() {
        assert_eq!(bytes(12.0), "12 B");
        assert_eq!(bytes(1_234_567.0), "1.23 MB");
    }

    #[test]
    fn long_texts_are_broken() {
        let rows: Vec<_> = break_lines("abcdef\n\n日本語", 4).collect();
        assert_eq!(rows, [0..4, 4..6, 7..7, 8..14, 14..17]);
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap_indented("  one two three", 20), ["  one two three"]);
        assert_eq!(
            wrap_indented("  one two three", 11),
            ["  one two", "  three"]
        );
    }
}
