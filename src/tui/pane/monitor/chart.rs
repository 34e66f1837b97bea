//! A chart of a measure over a span of time: bars up to now, gaps where nothing is known.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{BARS, delay, eighths, right};
use crate::tui::monitor::history::{Measure, Span};
use crate::tui::pane::{Line, row};
use crate::tui::text;
use crate::tui::theme::Theme;

/// Cells of the numbers beside the bars.
const AXIS: usize = 8;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// What the values are.
    pub measure: Measure,
    /// How far they go back.
    pub span: Span,
    /// The values, the present last.
    pub series: &'a [Option<f32>],
    /// In front of the measure; may be empty.
    pub title: &'a str,
    /// The present as it is said elsewhere; the last value when it is not.
    pub now: Option<f64>,
}

/// A value of a measure with its unit.
pub fn value(measure: Measure, value: f32) -> String {
    let value = f64::from(value);
    match measure {
        Measure::Rate | Measure::Lost => text::short(value),
        Measure::Bytes => text::bytes(value),
        Measure::Lag => delay(std::time::Duration::try_from_secs_f64(value).unwrap_or_default()),
    }
}

/// The least of 1, 2, 5, 10, 20 … that is not below a value: an axis that stays when the value moves.
pub fn round_up(value: f32) -> f32 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let base = 10f32.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].into_iter();
    // What lies just above a step by rounding belongs to it.
    let fits = |step: &f32| step * base >= value * 0.999;
    steps
        .map(|step| step * base)
        .find(|top| fits(&(top / base)))
        .unwrap_or(value)
}

/// ```text
/// events/s  now 1.02k  most 1.20k                       last minute
///    2.0k ┤          ▂
///         ┤▅▅▅▅▅▅▅▅▅▅█▅▅▅▅▅▅
///   -60 s                                  -30 s                now
/// ```
pub fn draw(chart: &Chart<'_>, area: Rect, theme: &Theme, screen: &mut Buffer) {
    if area.height < 2 || usize::from(area.width) < AXIS + 8 {
        return;
    }
    title(chart, row(area, 0), theme, screen);
    let with_marks = area.height >= 4;
    let rows = usize::from(area.height) - 1 - usize::from(with_marks);
    let cells = usize::from(area.width) - AXIS - 2;
    let columns = fold(chart, cells);
    let most = columns.iter().flatten().copied().fold(0.0, f32::max);
    let top = round_up(most);
    for index in 0..rows {
        let mut line = Line::new(row(area, index + 1), screen);
        let label = match index {
            0 if most > 0.0 => value(chart.measure, top),
            _ if index == rows - 1 => "0".to_owned(),
            _ => String::new(),
        };
        line.put(&right(&label, AXIS), theme.muted)
            .put(" ┤", theme.border);
        let floor = (rows - 1 - index) * 8;
        for column in &columns {
            let (symbol, style) = match column {
                None if floor == 0 => ("╌", theme.border),
                None => (" ", theme.border),
                Some(value) => (part(eighths(*value, top, rows), floor), theme.accent),
            };
            line.put(symbol, style);
        }
    }
    if with_marks {
        let (from, middle) = chart.span.marks();
        let place = row(area, rows + 1);
        let mut line = Line::new(place, screen);
        line.put(&" ".repeat(AXIS + 2), theme.muted)
            .put(from, theme.muted);
        line.right("now", theme.muted);
        let used = text::width(from) + 3;
        let half = cells.div_ceil(2).saturating_sub(text::width(from));
        if cells > used + text::width(middle) + 8 {
            line.put(
                &" ".repeat(half.saturating_sub(text::width(middle) / 2)),
                theme.muted,
            )
            .put(middle, theme.muted);
        }
    }
}

/// The part of a bar that lies in a row which begins `floor` eighths above the axis.
fn part(filled: usize, floor: usize) -> &'static str {
    match filled.saturating_sub(floor) {
        0 if floor == 0 => "·",
        0 => " ",
        more => BARS.get(more.min(8) - 1).copied().unwrap_or("█"),
    }
}

fn title(chart: &Chart<'_>, area: Rect, theme: &Theme, screen: &mut Buffer) {
    let mut line = Line::new(area, screen);
    line.put(" ", theme.text);
    if !chart.title.is_empty() {
        line.put(chart.title, theme.strong).put("  ", theme.muted);
    }
    line.put(chart.measure.title(), theme.strong);
    let known = || chart.series.iter().flatten().copied();
    if known().next().is_some() {
        let last = chart.series.iter().rev().take(3).flatten().next();
        let now = chart.now.map(|now| now as f32);
        let last = now.filter(|_| last.is_some()).or(last.copied());
        let last = last.map_or("·".to_owned(), |last| value(chart.measure, last));
        line.put("  now ", theme.muted)
            .put(&right(&last, 7), theme.text);
        line.put("  most ", theme.muted).put(
            &right(&value(chart.measure, known().fold(0.0, f32::max)), 7),
            theme.text,
        );
    } else {
        line.put("  nothing known yet", theme.muted);
    }
    line.right(&format!("{} ", chart.span.title()), theme.muted);
}

/// The series in that many columns: several values in one, or one in several.
fn fold(chart: &Chart<'_>, cells: usize) -> Vec<Option<f32>> {
    let count = chart.series.len();
    if count == 0 || cells == 0 {
        return Vec::new();
    }
    if cells >= count {
        let each = cells / count;
        let blank = cells - each * count;
        let spread = chart
            .series
            .iter()
            .flat_map(|one| std::iter::repeat_n(*one, each));
        return std::iter::repeat_n(None, blank).chain(spread).collect();
    }
    let each = count.div_ceil(cells);
    // Whole groups up to the present.
    let skip = count % each;
    let groups = chart.series.get(skip..).unwrap_or_default().chunks(each);
    let folded: Vec<Option<f32>> = groups
        .map(|group| {
            let known: Vec<f32> = group.iter().flatten().copied().collect();
            let last = known.last()?;
            Some(match chart.measure {
                Measure::Lag => known.iter().copied().fold(*last, f32::max),
                _ => known.iter().sum::<f32>() / known.len() as f32,
            })
        })
        .collect();
    let blank = cells.saturating_sub(folded.len());
    std::iter::repeat_n(None, blank).chain(folded).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn axes_are_round_and_stay() {
        for (value, top) in [
            (0.0, 1.0),
            (0.7, 1.0),
            (1.0, 1.0),
            (1.2, 2.0),
            (430.0, 500.0),
            (1_000.0, 1_000.0),
            (1_001.5, 2_000.0),
            (7e6, 1e7),
        ] {
            let found = round_up(value);
            assert!((found - top).abs() < top * 1e-3, "{value}: {found}");
        }
        assert!((round_up(f32::NAN) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn every_width_gets_the_whole_span() {
        let series: Vec<Option<f32>> = (0..180u8).map(|one| Some(f32::from(one))).collect();
        for cells in 1..400 {
            let chart = Chart {
                measure: Measure::Rate,
                span: Span::Quarter,
                series: &series,
                title: "",
                now: None,
            };
            let folded = fold(&chart, cells);
            assert!(folded.len() == cells, "{cells} {}", folded.len());
            let last = folded.last().copied().flatten().unwrap();
            assert!(last > 85.0, "{cells} {last}");
        }
    }
}
