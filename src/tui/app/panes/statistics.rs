//! What many events are like, as rows.

use super::sheet::{Goal, Ink, SheetRow, heading, wrapped};
use crate::event::Profile;
use crate::preview::{AliasShare, FieldStats, Statistics};
use crate::tui::text::{bytes, fit, fit_end, fit_middle, grouped, pad, short};

/// Lines of templates that are listed.
const LINES: usize = 12;

pub(super) fn rows(statistics: Option<&Statistics>, width: usize) -> Vec<SheetRow> {
    let Some(all) = statistics else {
        return vec![SheetRow::of("working it out …", Ink::Muted)];
    };
    let mut rows = Vec::new();
    summary(all, width, &mut rows);
    if all.events > 0 {
        shares(all, width, &mut rows);
        fields(all, width, &mut rows);
    }
    if let Some(profile) = &all.profile {
        slowest(profile, width, &mut rows);
    }
    rows
}

fn summary(all: &Statistics, width: usize, rows: &mut Vec<SheetRow>) {
    let count = |number: usize| grouped(number as u64);
    rows.push(
        SheetRow::of(count(all.events), Ink::Strong)
            .and(" events from ", Ink::Muted)
            .and(count(all.timestamps), Ink::Text)
            .and(" timestamps", Ink::Muted),
    );
    if all.failed + all.dropped > 0 {
        let ink = if all.failed > 0 {
            Ink::Error
        } else {
            Ink::Text
        };
        rows.push(
            SheetRow::of(count(all.failed), ink)
                .and(" failed, ", Ink::Muted)
                .and(count(all.dropped), Ink::Text)
                .and(" dropped", Ink::Muted),
        );
    }
    if let Some(note) = &all.note {
        rows.extend(wrapped(note, "", width, Ink::Warn));
    }
    if all.events == 0 {
        rows.push(SheetRow::of("nothing was rendered", Ink::Muted));
        return;
    }
    rows.push(
        SheetRow::of("speed  ", Ink::Muted)
            .and(short(all.per_second), Ink::Strong)
            .and(" events/s on one core, rendering", Ink::Muted),
    );
    let size = all.size;
    let each = [
        ("size   mean ", size.mean),
        ("  p95 ", size.p95 as f64),
        ("  min ", size.min as f64),
        ("  max ", size.max as f64),
    ];
    let mut row = SheetRow::default();
    for (index, (name, value)) in each.into_iter().enumerate() {
        // Two rows where one has no room.
        let name = if index == 2 && width < 56 {
            rows.push(std::mem::take(&mut row));
            "       min "
        } else {
            name
        };
        row = row.and(name, Ink::Muted).and(bytes(value), Ink::Text);
    }
    rows.push(row);
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent > 0.0 && percent < 0.095 => "<0.1 %".to_owned(),
        _ => format!("{percent:.1} %"),
    }
}

fn shares(all: &Statistics, width: usize, rows: &mut Vec<SheetRow>) {
    let remark = match all.weighted {
        true => "seen, and declared by weight",
        false => "seen, and expected of the mode",
    };
    heading(rows, "Templates", remark);
    let name = |one: &AliasShare| crate::tui::text::width(&one.alias);
    let longest = all.aliases.iter().map(name).max().unwrap_or(0);
    // Shares matter most, then counts, then sizes.
    let (counts, sizes) = (width >= 44, width >= 60);
    let columns = 18 + if counts { 9 } else { 0 } + if sizes { 10 } else { 0 };
    // What is odd is said in a word, or with a sign where names need the room.
    let odd_cells = if counts { 9 } else { 2 };
    let wide = longest.min(width.saturating_sub(columns + odd_cells).max(8));
    let in_words = width.saturating_sub(columns + wide) >= 9;
    let mut head = format!("{}     seen declared", pad("", wide));
    head.push_str(if counts { "   events" } else { "" });
    head.push_str(if sizes { "      mean" } else { "" });
    rows.push(SheetRow::of(head, Ink::Muted).table());
    for one in &all.aliases {
        let seen = one.events as f64 / all.events.max(1) as f64;
        let declared = one.declared.map_or("—".to_owned(), percent);
        // Three standard deviations of a fair draw are no surprise.
        let odd = one.declared.is_some_and(|share| {
            let spread = (share * (1.0 - share) / all.events.max(1) as f64).sqrt();
            (seen - share).abs() > 3.0 * spread + 0.001
        });
        // Names that begin alike differ at their ends.
        let mut row = SheetRow::of(pad(&fit_middle(&one.alias, wide), wide), Ink::Accent)
            .and(
                format!("{:>9}", percent(seen)),
                if odd { Ink::Warn } else { Ink::Text },
            )
            .and(format!("{declared:>9}"), Ink::Muted)
            .table();
        if counts {
            row = row.and(format!("{:>9}", grouped(one.events as u64)), Ink::Text);
        }
        if sizes {
            row = row.and(format!("{:>10}", bytes(one.mean)), Ink::Muted);
        }
        if odd {
            row = row.and(
                match (in_words, one.events) {
                    (false, _) => " !",
                    (true, 0) => "  never",
                    (true, _) => "  differs",
                },
                Ink::Warn,
            );
        }
        if let Some(file) = &one.file {
            row = row.to(Goal::Template(file.clone()));
        }
        rows.push(row);
    }
}

fn fields(all: &Statistics, width: usize, rows: &mut Vec<SheetRow>) {
    if all.mappings == 0 {
        heading(rows, "Fields", "");
        rows.push(SheetRow::of("no event is a JSON mapping", Ink::Muted));
        return;
    }
    let remark = match all.mappings == all.events {
        true => format!("{} of JSON", all.fields.len()),
        false => format!(
            "{} of {} events that are JSON",
            all.fields.len(),
            grouped(all.mappings as u64)
        ),
    };
    heading(rows, "Fields", &remark);
    for field in &all.fields {
        rows.push(field_row(field, all.mappings, width));
        let top = top_row(field, width);
        rows.extend(top);
    }
}

fn field_row(field: &FieldStats, events: usize, width: usize) -> SheetRow {
    let kinds: Vec<&str> = field.kinds.iter().map(|(kind, _)| kind.name()).collect();
    let distinct = match (field.distinct, field.many) {
        (count, true) => format!("over {} different", grouped(count as u64)),
        // What a list or a mapping holds has rows of its own.
        (0, false) => String::new(),
        (1, false) => "always the same".to_owned(),
        (count, false) => format!("{} different", grouped(count as u64)),
    };
    let mut row = SheetRow::of(fit_end(&field.path, width), Ink::Key)
        .and(format!("  {}", kinds.join(", ")), Ink::Muted);
    if !distinct.is_empty() {
        row = row.and(format!("  {distinct}"), Ink::Text);
    }
    if let Some((min, max)) = field.range.filter(|(min, max)| min < max) {
        let unit = if field.lengths { " characters" } else { "" };
        row = row.and(
            format!("  {} … {}{unit}", number(min), number(max)),
            Ink::Number,
        );
    }
    let share = |count: usize| percent(count as f64 / events.max(1) as f64);
    if field.nulls > 0 {
        row = row.and(format!("  {} null", share(field.nulls)), Ink::Warn);
    }
    if field.missing > 0 {
        row = row.and(format!("  {} missing", share(field.missing)), Ink::Warn);
    }
    row
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        format!("{value:.3}")
    }
}

fn top_row(field: &FieldStats, width: usize) -> Option<SheetRow> {
    // What hardly repeats has no top values worth a row, but one as an example.
    let repeats = field.top.first().is_some_and(|(_, count)| *count > 1);
    let shown = if repeats { field.top.len() } else { 1 };
    if field.top.is_empty() {
        return None;
    }
    let mut row = SheetRow::of("  ", Ink::Muted);
    let mut room = width.saturating_sub(2);
    for (value, count) in field.top.iter().take(shown) {
        let share = match repeats {
            true => format!(" {}", percent(*count as f64 / field.seen.max(1) as f64)),
            false => String::new(),
        };
        let value = fit(value, 32);
        let wide = crate::tui::text::width(&value) + share.len() + 2;
        if wide > room && row.pieces.len() > 1 {
            break;
        }
        room = room.saturating_sub(wide);
        row = row
            .and(value, Ink::String)
            .and(format!("{share}  "), Ink::Muted);
    }
    Some(row)
}

fn slowest(profile: &Profile, width: usize, rows: &mut Vec<SheetRow>) {
    let total: f64 = profile
        .files
        .iter()
        .map(|file| file.time.as_secs_f64())
        .sum();
    let total = total.max(f64::MIN_POSITIVE);
    heading(rows, "Where the time goes", "share, time a run, where");
    for file in &profile.files {
        let share = percent(file.time.as_secs_f64() / total);
        let each = file.time.as_secs_f64() / file.entered.max(1) as f64;
        rows.push(
            SheetRow::of(format!("{share:>8}{:>9}  ", micros(each)), Ink::Text)
                .and(fit_end(&file.name, width.saturating_sub(20)), Ink::Accent)
                .to(Goal::Template(file.name.clone())),
        );
    }
    let mut lines: Vec<(&str, &crate::event::LineProfile)> = profile
        .files
        .iter()
        .flat_map(|file| file.lines.iter().map(|line| (file.name.as_str(), line)))
        .collect();
    lines.sort_by_key(|(_, line)| std::cmp::Reverse(line.time));
    heading(rows, "Slowest lines", "");
    for (name, line) in lines.into_iter().take(LINES) {
        let share = percent(line.time.as_secs_f64() / total);
        let each = line.time.as_secs_f64() / line.runs.max(1) as f64;
        let place = format!("{name}:{}", line.line);
        rows.push(
            SheetRow::of(format!("{share:>8}{:>9}  ", micros(each)), Ink::Text)
                .and(fit_end(&place, width.saturating_sub(20)), Ink::Text)
                .to(Goal::Line(
                    name.into(),
                    line.line.saturating_sub(1) as usize,
                )),
        );
    }
}

fn micros(seconds: f64) -> String {
    let us = seconds * 1e6;
    match us {
        _ if us < 99.95 => format!("{us:.1} us"),
        _ if us < 9_999.5 => format!("{us:.0} us"),
        _ => format!("{:.1} ms", us / 1e3),
    }
}
