//! The histogram of a schedule: bars, coloured by input, and the axis below them. What stands around it
//! in the pane is not its business.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Line;
use crate::preview::Schedule;
use crate::time::{Moment, SECOND_US};
use crate::tui::canvas::Canvas;
use crate::tui::text;
use crate::tui::theme::{Theme, Token};

/// Eighths of a cell.
const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Fillings that tell the bars of inputs apart without colour.
const FILLS: [&str; 4] = ["█", "▓", "▒", "░"];

/// The colour of an input's bars.
pub(super) fn ink(theme: &Theme, input: usize) -> Style {
    match input % 5 {
        0 => theme.accent,
        1 => theme.token(Token::String),
        2 => theme.token(Token::Number),
        3 => theme.token(Token::Variable),
        _ => theme.token(Token::Keyword),
    }
}

/// The filling of an input's bars, which tells it apart without colour.
pub(super) fn fill(input: usize) -> &'static str {
    FILLS.get(input % FILLS.len()).copied().unwrap_or("█")
}

/// Bars as high as their counts; what is not nothing is never drawn as nothing. Several inputs stand on
/// each other, each with a filling of its own.
pub(super) fn histogram(schedule: &Schedule, area: Rect, theme: &Theme, screen: &mut Buffer) {
    let most = schedule.buckets.iter().max().copied().unwrap_or(0);
    let width = usize::from(area.width);
    if most == 0 || area.is_empty() {
        return;
    }
    let firing = schedule.parts.iter().filter(|part| part.count > 0).count();
    let eighths = u64::from(area.height) * 8;
    for column in 0..width {
        let Some(bucket) = bucket_at(schedule, column, width) else {
            continue;
        };
        let value = schedule.buckets.get(bucket).copied().unwrap_or(0);
        let filled = filled(value, most, eighths);
        let x = area.x + u16::try_from(column).unwrap_or(0);
        for level in 0..area.height {
            let y = area.bottom() - 1 - level;
            let part = filled.saturating_sub(u64::from(level) * 8).min(8);
            if part == 0 {
                break;
            }
            let middle = (u64::from(level) * 8 + part / 2, filled);
            let input = match firing {
                0 | 1 => schedule.parts.iter().position(|part| part.count > 0),
                _ => input_at(schedule, bucket, middle, value),
            };
            let input = input.unwrap_or(0);
            let symbol = match part {
                8 if firing > 1 => fill(input),
                part => usize::try_from(part)
                    .ok()
                    .and_then(|part| BARS.get(part))
                    .unwrap_or(&" "),
            };
            let look = if firing > 1 {
                ink(theme, input)
            } else {
                theme.accent
            };
            screen.set_within(x, y, symbol, 1, look);
        }
    }
}

/// The input whose bar stands at a height: so many eighths of all that are filled.
fn input_at(
    schedule: &Schedule,
    bucket: usize,
    (height, filled): (u64, u64),
    value: u64,
) -> Option<usize> {
    let counts = schedule
        .parts
        .iter()
        .map(|part| part.buckets.get(bucket).copied().unwrap_or(0));
    let wanted = u128::from(height) * u128::from(value) / u128::from(filled.max(1));
    let mut sum = 0_u128;
    let mut last = None;
    for (index, count) in counts.enumerate().filter(|(_, count)| *count > 0) {
        sum += u128::from(count);
        last = Some(index);
        if wanted < sum {
            break;
        }
    }
    last
}

/// The bucket that a column of the chart shows. Several buckets share a column when there are more than
/// columns; then the fullest is shown. Where there are fewer, some take a column more than others, so that
/// the whole width is used.
fn bucket_at(schedule: &Schedule, column: usize, width: usize) -> Option<usize> {
    let count = schedule.buckets.len();
    let from = column * count / width.max(1);
    if count <= width {
        return (from < count).then_some(from);
    }
    let to = ((column + 1) * count)
        .div_ceil(width.max(1))
        .max(from + 1)
        .min(count);
    let shown = schedule.buckets.get(from..to)?;
    let fullest = shown
        .iter()
        .enumerate()
        .rev()
        .max_by_key(|(_, value)| **value);
    fullest.map(|(index, _)| from + index)
}

/// Eighths of a cell that a count fills; at least one when it is not 0.
fn filled(value: u64, most: u64, eighths: u64) -> u64 {
    let exact = u128::from(value) * u128::from(eighths) / u128::from(most.max(1));
    u64::try_from(exact)
        .unwrap_or(eighths)
        .max(u64::from(value > 0))
        .min(eighths)
}

/// The ends of the span below the bars, with the sign of the cursor between them.
pub(super) fn axis(
    schedule: &Schedule,
    area: Rect,
    width: u16,
    cursor: Option<usize>,
    theme: &Theme,
    screen: &mut Buffer,
) {
    let Some(from) = schedule.from else {
        return;
    };
    let span_us = i64::try_from(schedule.span_s)
        .unwrap_or(0)
        .saturating_mul(SECOND_US);
    let until = Moment {
        wall_us: from.wall_us.saturating_add(span_us),
        offset_s: from.offset_s,
    };
    let label = |at: Moment| match schedule.span_s {
        0..=600 => text::time_of_day(at)
            .get(..8)
            .unwrap_or_default()
            .to_owned(),
        601..=43_200 => text::time_of_day(at)
            .get(..5)
            .unwrap_or_default()
            .to_owned(),
        43_201..=2_592_000 => text::day_and_time(at),
        _ => at.date_text(),
    };
    let area = Rect {
        width: width.saturating_add(2).min(area.width),
        ..area
    };
    // Without a row of its own the sign would stand in that of another pane.
    if area.is_empty() {
        return;
    }
    let columns = usize::from(width);
    let shows = |column: &usize| bucket_at(schedule, *column, columns) == cursor;
    let cursor = cursor.and_then(|_| (0..columns).find(shows));
    // A label gives way to the cursor, which says more than a part of a label would.
    let (first, last) = (label(from), label(until));
    let (left, right) = (text::width(&first) + 1, text::width(&last) + 1);
    let mut line = Line::new(area, screen);
    if cursor.is_none_or(|column| column > left) {
        line.put(" ", theme.muted).put(&first, theme.muted);
    }
    if cursor.is_none_or(|column| column + right < columns) {
        line.right(" ", theme.muted).right(&last, theme.muted);
    }
    if let Some(column) = cursor {
        let x = area.x + 1 + u16::try_from(column).unwrap_or(0);
        if x < area.right() {
            screen.set_within(x, area.y, "▲", 1, theme.focus);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_small_count_is_never_drawn_as_nothing() {
        assert_eq!(filled(0, 1_000_000, 8), 0);
        assert_eq!(filled(1, 1_000_000, 8), 1);
        assert_eq!(filled(1_000_000, 1_000_000, 8), 8);
        assert_eq!(filled(u64::MAX, u64::MAX, 56), 56);
    }

    #[test]
    fn bars_fill_the_width_whatever_their_number() {
        let theme = Theme::load(
            "dark",
            crate::tui::theme::Depth::True,
            crate::tui::theme::Ground::Dark,
        )
        .unwrap();
        for (count, width) in [(40, 44), (60, 107), (30, 59), (7, 8), (100, 44)] {
            let schedule = Schedule {
                buckets: vec![5; count],
                ..Schedule::default()
            };
            let area = Rect::new(0, 0, width, 1);
            let mut screen = Buffer::empty(area);
            histogram(&schedule, area, &theme, &mut screen);
            let full = (0..width).filter(|x| screen[(*x, 0)].symbol() == "█");
            assert_eq!(full.count(), usize::from(width), "{count} in {width}");
        }
    }
}
