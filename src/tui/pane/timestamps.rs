//! When it fires: a histogram over a span and the list of the next timestamps.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::histogram::{axis, fill, histogram, ink};
use super::tabs::right_heading;
use super::{Line, row, scrollbar};
use crate::preview::{Part, Schedule};
use crate::time::{Moment, SECOND_US, rate};
use crate::tui::app::{App, Focus, SPANS, bucket, inner};
use crate::tui::command::{Id, Place};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};

/// Said beside expected numbers.
const ESTIMATED: &str = ", estimated";

/// Where the parts of the pane are.
///
/// ```text
/// now ...
/// why a live run gives nothing of it, when it does not
/// 12,345 timestamps at ...
/// ▁▂▃▅▂▁ (cursor: ▲ below)
/// 09:30           10:30
/// inputs
/// list
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Chart {
    /// The line about the present; absent when there is no room.
    now: Option<Rect>,
    /// The rows about what a live run leaves out; none when there is nothing to say.
    banner: Rect,
    summary: Rect,
    /// The bars.
    pub bars: Rect,
    axis: Rect,
    below: Rect,
}

/// Where the parts of the pane are, below its heading.
pub fn chart(app: &App, body: Rect) -> Chart {
    let rows = u16::try_from(banner(app, body).len()).unwrap_or(0);
    let mut parts = divide(rest(body, rows));
    let now = u16::from(parts.now.is_some());
    // It stands below the line about the present.
    if let Some(line) = &mut parts.now {
        line.y = body.y;
    }
    parts.banner = Rect {
        y: body.y + now,
        height: rows,
        ..body
    };
    parts
}

/// What is said of timestamps that a live run leaves out, in rows.
fn banner(app: &App, body: Rect) -> Vec<String> {
    let schedule = app.preview.schedule.as_ref();
    if schedule.is_none_or(|schedule| schedule.skipped.is_none()) {
        return Vec::new();
    }
    let way = key_here(app, Id::Mode).map_or_else(
        || "sample mode does not".to_owned(),
        |key| format!("{key}: sample mode"),
    );
    let mut rows = text::wrap(
        &format!("all lie before now, a live run skips them; {way}"),
        usize::from(body.width.saturating_sub(2)),
    );
    rows.truncate(match body.height {
        0..=5 => 0,
        6..=9 => 1,
        _ => 3,
    });
    rows
}

fn divide(body: Rect) -> Chart {
    let height = body.height;
    // Bars get what the list can spare: at least one row, at most seven.
    let bars = (height / 2).saturating_sub(2).clamp(1, 7);
    let now = u16::from(height >= 8);
    let bars = if now > 0 {
        bars.saturating_sub(1).max(1)
    } else {
        bars
    };
    let at = |offset: u16| row(body, usize::from(offset));
    let place = Rect {
        x: body.x + 1.min(body.width),
        y: body.y + now + 1,
        width: body.width.saturating_sub(2),
        height: bars,
    };
    Chart {
        now: (now > 0).then(|| at(0)),
        banner: Rect::default(),
        summary: at(now),
        bars: place.intersection(body),
        axis: at(now + bars + 1),
        below: rest(body, (now + bars + 2).min(height)),
    }
}

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let (_, span) = SPANS.get(app.preview.span).copied().unwrap_or((0, ""));
    let stale = if app.preview.stale { "… " } else { "" };
    let remark = match app.preview.from_us {
        None if begins_now(app) => format!("{stale}next {span}"),
        _ => format!("{stale}{span} from {}", from_text(app)),
    };
    right_heading(app, area, Focus::Timestamps, &remark, screen);
    let body = inner(area);
    let Some(schedule) = &app.preview.schedule else {
        let text = if app.preview.took.is_none() {
            "working it out …"
        } else {
            "the inputs cannot be read"
        };
        Line::new(row(body, 0), screen)
            .put(" ", theme.muted)
            .put(text, theme.muted);
        return;
    };
    let parts = chart(app, body);
    if let Some(area) = parts.now {
        now_line(app, area, screen);
    }
    if let Some(nothing) = &schedule.nothing {
        let width = usize::from(body.width.saturating_sub(2));
        let above = usize::from(parts.now.is_some());
        let way = go_there(app).filter(|_| schedule.first.is_some());
        let words = match way {
            Some(way) => format!("{nothing}; {way}"),
            None => nothing.clone(),
        };
        for (index, part) in text::wrap(&words, width).iter().enumerate() {
            Line::new(row(body, index + above), screen)
                .put(" ", theme.warn)
                .put(part, theme.warn);
        }
        return;
    }
    for (index, part) in banner(app, body).iter().enumerate() {
        Line::new(row(parts.banner, index), screen)
            .put(" ", theme.warn)
            .put(part, theme.warn);
    }
    match app.preview.times.cursor {
        Some(cursor) => at_cursor(schedule, cursor, parts.summary, theme, screen),
        None if schedule.count() == 0 => nowhere(app, schedule, parts.summary, screen),
        None => summary(schedule, parts.summary, theme, screen),
    }
    histogram(schedule, parts.bars, theme, screen);
    let cursor = app.preview.times.cursor;
    axis(
        schedule,
        parts.axis,
        parts.bars.width,
        cursor,
        theme,
        screen,
    );
    let used = about(schedule, parts.below, theme, screen);
    next(app, schedule, rest(parts.below, used), screen);
}

/// True when the histogram begins at the present, or is going to.
fn begins_now(app: &App) -> bool {
    let schedule = app.preview.schedule.as_ref();
    let from = schedule.and_then(|schedule| schedule.from);
    app.preview.stale
        || from.is_none_or(|from| from.instant_us().abs_diff(app.preview.times.now_us) < 2_000_000)
}

/// The key that moves the histogram to where something fires.
fn go_there(app: &App) -> Option<String> {
    key_here(app, Id::TimesGo).map(|key| format!("{key}: go there"))
}

/// The key of a command in this pane, said so where the keys are elsewhere.
fn key_here(app: &App, id: Id) -> Option<String> {
    let here = Place::Pane(Focus::Timestamps);
    let key = app.keymap.label_at(id, here);
    let way = match app.place() == here {
        true => key.clone(),
        false => format!("{key} in this pane"),
    };
    (!key.is_empty()).then_some(way)
}

/// Nothing fires within the histogram: when something does.
fn nowhere(app: &App, schedule: &Schedule, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let mut line = Line::new(area, screen);
    line.put(" 0", theme.strong);
    if let Some((at, _)) = schedule.next.first() {
        let at = text::date_second(*at);
        let minute = at.get(..16).unwrap_or(&at);
        line.put(&format!("; next {minute}"), theme.text);
    }
    if let Some(way) = go_there(app) {
        line.right(" ", theme.muted).right(&way, theme.accent);
    }
}

/// What is taken for the present, and whether it was moved.
fn now_line(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let times = &app.preview.times;
    let moved = times.moved_us();
    let mut line = Line::new(area, screen);
    let look = if moved == 0 { theme.text } else { theme.accent };
    line.put(" now ", theme.muted)
        .put(&text::date_second(app.at_instant(times.now_us)), look)
        .put(" ", theme.muted)
        .put(app.zone_name(), theme.muted);
    if moved != 0 {
        line.put(&format!("  moved {}", text::ahead(moved)), theme.accent);
    }
}

/// What the bucket under the cursor holds.
fn at_cursor(schedule: &Schedule, cursor: usize, area: Rect, theme: &Theme, screen: &mut Buffer) {
    let Some((from, until)) = bucket(schedule, cursor) else {
        return;
    };
    let count = schedule.buckets.get(cursor).copied().unwrap_or(0);
    let seconds = (until.wall_us - from.wall_us) as f64 / SECOND_US as f64;
    let shown = |at: Moment| match schedule.span_s {
        0..=86_400 => text::time_of_day(at)
            .get(..8)
            .unwrap_or_default()
            .to_owned(),
        86_401..=2_592_000 => text::day_and_time(at),
        _ => at.date_text(),
    };
    let sign = if schedule.estimated { "≈ " } else { "" };
    let mut line = Line::new(area, screen);
    line.put(&format!(" {}–{} ", shown(from), shown(until)), theme.accent)
        .put(&format!("{sign}{}", text::grouped(count)), theme.strong);
    if count > 0 {
        let each = rate(count as f64 / seconds.max(1e-6));
        line.put(&format!(" at {sign}{each}"), theme.text);
    }
    if schedule.parts.len() < 2 {
        return;
    }
    for (index, part) in schedule.parts.iter().enumerate() {
        let own = part.buckets.get(cursor).copied().unwrap_or(0);
        if own > 0 {
            line.put("  ", theme.muted)
                .put(fill(index), ink(theme, index))
                .put(&format!(" {}", text::grouped(own)), theme.text);
        }
    }
}

/// What is left of an area below its first rows.
fn rest(area: Rect, used: u16) -> Rect {
    let used = used.min(area.height);
    Rect {
        y: area.y + used,
        height: area.height - used,
        ..area
    }
}

/// The moment that the histogram was moved to.
fn from_text(app: &App) -> String {
    let schedule = app.preview.schedule.as_ref();
    let from = schedule.and_then(|schedule| schedule.from);
    from.map_or_else(String::new, text::date_second)
}

fn summary(schedule: &Schedule, area: Rect, theme: &Theme, screen: &mut Buffer) {
    let total = schedule.count();
    let most = schedule.buckets.iter().max().copied().unwrap_or(0);
    let each = schedule
        .span_s
        .checked_div(schedule.buckets.len() as u64)
        .unwrap_or(0);
    let sign = match (schedule.truncated, schedule.estimated) {
        (true, _) => "≥ ",
        (false, true) => "≈ ",
        (false, false) => "",
    };
    let most = format!(" most {} in {} ", text::grouped(most), unit(each));
    let rate = format!(" at {sign}{}", rate(schedule.rate()));
    let mut line = Line::new(area, screen);
    line.put(" ", theme.text)
        .put(&format!("{sign}{}", text::grouped(total)), theme.strong);
    let mut room = line.room().saturating_sub(text::width(&most));
    let mut parts = vec![(" timestamps", theme.muted)];
    if total > 0 {
        room = room.saturating_sub(text::width(&rate));
        parts.push((&rate, theme.text));
    }
    if schedule.estimated && room >= ESTIMATED.len() {
        room -= ESTIMATED.len();
        parts.push((ESTIMATED, theme.muted));
    }
    // The word is what can be spared.
    if total > 0 && room < " timestamps".len() {
        parts.remove(0);
    }
    for (part, style) in parts {
        line.put(part, style);
    }
    line.right(&most, theme.muted);
}

/// Where the schedule begins and ends as a whole, and what each input adds; gives the rows it took.
fn about(schedule: &Schedule, area: Rect, theme: &Theme, screen: &mut Buffer) -> u16 {
    let mut used = 0;
    if let Some(extent) = extent(schedule).filter(|_| area.height >= 4) {
        Line::new(row(area, 0), screen).put(" ", theme.muted).put(
            &text::fit(&extent, usize::from(area.width.saturating_sub(2))),
            theme.muted,
        );
        used = 1;
    }
    if schedule.parts.len() < 2 {
        return used;
    }
    let rows = usize::from(area.height / 3).min(schedule.parts.len());
    // The last row tells of those that have none.
    let shown = if rows < schedule.parts.len() {
        rows.saturating_sub(1)
    } else {
        rows
    };
    for (index, part) in schedule.parts.iter().enumerate().take(shown) {
        part_line(
            schedule,
            index,
            part,
            row(area, usize::from(used)),
            theme,
            screen,
        );
        used += 1;
    }
    if shown < rows {
        let hidden = schedule.parts.get(shown..).unwrap_or_default();
        let count: u64 = hidden.iter().map(|part| part.count).sum();
        let silent = hidden.iter().filter(|part| part.nothing.is_some()).count();
        let never = match silent {
            0 => String::new(),
            1 => ", 1 never fires".to_owned(),
            _ => format!(", {silent} never fire"),
        };
        Line::new(row(area, usize::from(used)), screen)
            .put(
                &format!(" {} from {} more", text::grouped(count), hidden.len()),
                theme.muted,
            )
            .put(&never, theme.warn);
        used += 1;
    }
    used
}

fn part_line(
    schedule: &Schedule,
    index: usize,
    part: &Part,
    area: Rect,
    theme: &Theme,
    screen: &mut Buffer,
) {
    let name = schedule.inputs.get(index).map_or("", String::as_str);
    let mut line = Line::new(area, screen);
    line.put(" ", theme.muted)
        .put(fill(index), ink(theme, index))
        .put(&format!(" {index} {name}  "), theme.muted);
    if let Some(nothing) = &part.nothing {
        let room = line.room().saturating_sub(1);
        line.put(&text::fit(nothing, room), theme.warn);
        return;
    }
    let sign = if part.estimated { "≈ " } else { "" };
    line.put(&format!("{sign}{}", text::grouped(part.count)), theme.text);
    let all = schedule.count();
    if part.count > 0 && all > 0 {
        let share = part.count as f64 / all as f64 * 100.0;
        let each = rate(part.count as f64 / schedule.span_s.max(1) as f64);
        line.put(&format!("  {share:.0} %  {sign}{each}"), theme.muted);
    }
    if let Some(total) = part.total {
        let all = format!("  {} in all", text::grouped(total));
        if text::width(&all) <= line.room() {
            line.put(&all, theme.muted);
        }
    }
}

/// First and last timestamp of the whole schedule, and how many, where that says more than the
/// histogram does.
fn extent(schedule: &Schedule) -> Option<String> {
    let first = schedule.first?;
    let mut parts = Vec::new();
    if let Some(total) = schedule.total {
        parts.push(format!("{} in all", text::grouped(total)));
    }
    if let Some(last) = schedule.last {
        parts.push(format!("last {}", text::date_second(last)));
    }
    let late_us = i64::try_from(schedule.span_s).unwrap_or(0) * SECOND_US / 20;
    let late = |from: Moment| first.instant_us() - from.instant_us() > late_us;
    if schedule.from.is_some_and(late) {
        parts.push(format!("first {}", text::date_second(first)));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// A length of time in its largest whole unit.
fn unit(seconds: u64) -> String {
    match seconds {
        _ if seconds >= 86_400 && seconds.is_multiple_of(86_400) => {
            format!("{} d", seconds / 86_400)
        }
        _ if seconds >= 3_600 && seconds.is_multiple_of(1_800) => {
            let half = if seconds.is_multiple_of(3_600) {
                ""
            } else {
                ".5"
            };
            format!("{}{half} h", seconds / 3_600)
        }
        _ if seconds >= 60 && seconds.is_multiple_of(30) => {
            let half = if seconds.is_multiple_of(60) { "" } else { ".5" };
            format!("{}{half} min", seconds / 60)
        }
        _ => format!("{seconds} s"),
    }
}

/// The list of the next timestamps, with tags where they are known.
fn next(app: &App, schedule: &Schedule, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let top = app.preview.list_top;
    let height = usize::from(area.height);
    let from = schedule.from.map_or(0, Moment::instant_us);
    let names = schedule.inputs.len() > 1;
    for (index, (at, input)) in schedule.next.iter().enumerate().skip(top).take(height) {
        let place = row(area, index - top);
        let place = Rect {
            width: place.width.saturating_sub(1),
            ..place
        };
        let mut line = Line::new(place, screen);
        let name = schedule
            .inputs
            .get(usize::from(*input))
            .map_or("", String::as_str);

        let time = match schedule.span_s {
            _ if line.room() >= 60 => text::date_time(*at),
            2_592_001.. => text::date_second(*at),
            86_400.. => text::day_and_second(*at),
            _ => text::time_of_day(*at),
        };
        line.put(" ", theme.text).put(&time, theme.text).put(
            &format!(" {:>7}", text::ahead(at.instant_us() - from)),
            theme.muted,
        );
        if names || line.room() >= 12 {
            let number = if names {
                format!("  {input} ")
            } else {
                "  ".to_owned()
            };
            line.put(&number, theme.muted).put(name, theme.muted);
        }
        let part = schedule.parts.get(usize::from(*input));
        let tags = part.map_or(&[][..], |part| &part.tags);
        if !tags.is_empty() {
            let room = line.room().saturating_sub(2);
            line.put("  ", theme.muted).put(
                &text::fit(&tags.join(" "), room),
                theme.token(Token::Variable),
            );
        }
    }
    if schedule.next.is_empty() && height > 0 {
        Line::new(row(area, 0), screen).put(" nothing more", theme.muted);
    }
    scrollbar(area, top, height, schedule.next.len(), theme, screen);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// What a part of the pane draws, line by line.
    fn lines(width: u16, height: u16, draw: impl Fn(&Theme, Rect, &mut Buffer)) -> Vec<String> {
        let theme = Theme::load(
            "dark",
            crate::tui::theme::Depth::True,
            crate::tui::theme::Ground::Dark,
        )
        .unwrap();
        let area = Rect::new(0, 0, width, height);
        let mut screen = Buffer::empty(area);
        draw(&theme, area, &mut screen);
        let line = |y| {
            (0..width)
                .map(|x| screen[(x, y)].symbol())
                .collect::<String>()
        };
        (0..height).map(|y| line(y).trim_end().to_owned()).collect()
    }

    #[test]
    fn estimates_are_marked_and_the_rate_has_its_unit() {
        let schedule = Schedule {
            span_s: 31_536_000,
            buckets: vec![1_000; 73],
            estimated: true,
            ..Schedule::default()
        };
        let summary_in = |width| {
            lines(width, 1, |theme, area, screen| {
                summary(&schedule, area, theme, screen);
            })
        };
        assert_eq!(
            summary_in(80),
            [" ≈ 73,000 timestamps at ≈ 8.3/h, estimated                    most 1,000 in 5 d"]
        );
        assert_eq!(
            summary_in(44),
            [" ≈ 73,000 at ≈ 8.3/h      most 1,000 in 5 d"]
        );
    }

    #[test]
    fn ends_shares_and_silent_inputs_are_told() {
        let at = |s: i64| Moment {
            wall_us: s * SECOND_US,
            offset_s: 0,
        };
        let part = |count, nothing: Option<&str>| Part {
            count,
            nothing: nothing.map(str::to_owned),
            ..Part::default()
        };
        let schedule = Schedule {
            from: Some(at(0)),
            span_s: 3_600,
            inputs: vec!["cron".to_owned(), "timer".to_owned(), "cron".to_owned()],
            parts: vec![
                part(60, None),
                part(1_200, None),
                part(0, Some("no date matches `0 0 31 2 *`")),
            ],
            first: Some(at(600)),
            last: Some(at(86_400)),
            total: Some(30_000),
            ..Schedule::default()
        };
        let about_in = |height| {
            let mut found = lines(60, height, |theme, area, screen| {
                about(&schedule, area, theme, screen);
            });
            found.retain(|line| !line.is_empty());
            found
        };
        assert_eq!(
            about_in(12),
            [
                " 30,000 in all · last 1970-01-02 00:00:00 · first 1970-01-…",
                " █ 0 cron  60",
                " ▓ 1 timer  1,200",
                " ▒ 2 cron  no date matches `0 0 31 2 *`",
            ]
        );
        assert_eq!(
            about_in(6).get(1..).unwrap(),
            [" █ 0 cron  60", " 1,200 from 2 more, 1 never fires"]
        );
        assert!(about_in(2).is_empty(), "the list needs what is left");
    }

    #[test]
    fn lengths_have_one_unit() {
        for (seconds, text) in [
            (1, "1 s"),
            (90, "1.5 min"),
            (600, "10 min"),
            (5_400, "1.5 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(unit(seconds), text);
        }
    }
}
