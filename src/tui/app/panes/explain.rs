//! What made the chosen event, as rows.

use super::Panes;
use super::sheet::{Goal, Ink, SheetRow, heading};
use crate::event::Step;
use crate::preview::{PreviewEvent, Schedule};
use crate::tui::text;

pub(super) fn rows(
    panes: &Panes,
    event: Option<&PreviewEvent>,
    schedule: Option<&Schedule>,
) -> Vec<SheetRow> {
    let Some(event) = event else {
        return vec![SheetRow::of("there is no event to explain", Ink::Muted)];
    };
    let mut rows = vec![origin(event, schedule)];
    let Some(explanation) = &panes.explanation else {
        rows.push(SheetRow::of(
            "what made it is known of events from templates only",
            Ink::Muted,
        ));
        return rows;
    };
    heading(&mut rows, "Template", "Enter opens it");
    for alias in &explanation.templates {
        let entry = panes.outline.entries.iter().find(|one| one.alias == *alias);
        let row = SheetRow::of("  ", Ink::Muted).and(alias.to_string(), Ink::Accent);
        rows.push(match entry {
            Some(entry) => row
                .and(format!("  {}", entry.file), Ink::Muted)
                .to(Goal::Template(entry.file.clone())),
            None => row,
        });
    }
    let steps = &explanation.steps;
    section(
        &mut rows,
        "Rows of samples",
        "no row was chosen",
        steps,
        row_of,
    );
    section(&mut rows, "Drawn", "nothing was drawn", steps, draw_of);
    section(&mut rows, "State read", "nothing was read", steps, read_of);
    section(
        &mut rows,
        "State written",
        "nothing was written",
        steps,
        write_of,
    );
    if explanation.left_out > 0 {
        let more = text::grouped(explanation.left_out as u64);
        rows.push(SheetRow::of(format!("and {more} more steps"), Ink::Muted));
    }
    rows
}

fn origin(event: &PreviewEvent, schedule: Option<&Schedule>) -> SheetRow {
    let input = usize::from(event.input);
    let name = schedule.and_then(|schedule| schedule.inputs.get(input));
    let mut row = SheetRow::of(text::date_time(event.at), Ink::Strong)
        .and("  input ", Ink::Muted)
        .and(format!("{input} "), Ink::Text)
        .and(name.map_or("", String::as_str), Ink::Text)
        .and(format!("  timestamp {}", event.number + 1), Ink::Muted);
    for tag in &event.tags {
        row = row.and(" ", Ink::Muted).and(tag.to_string(), Ink::Variable);
    }
    row
}

fn section(
    rows: &mut Vec<SheetRow>,
    title: &str,
    nothing: &str,
    steps: &[Step],
    row: fn(&Step) -> Option<SheetRow>,
) {
    let found: Vec<SheetRow> = steps.iter().filter_map(row).collect();
    match found.len() {
        0 => heading(rows, title, nothing),
        count => heading(rows, title, &text::grouped(count as u64)),
    }
    rows.extend(found);
}

fn row_of(step: &Step) -> Option<SheetRow> {
    let Step::Row { sample, index, by } = step else {
        return None;
    };
    let row = SheetRow::of("  ", Ink::Muted)
        .and(sample.clone(), Ink::Variable)
        .and(format!(" row {}", index + 1), Ink::Number)
        .and(format!("  by {by}"), Ink::Muted);
    Some(row.to(Goal::Row(sample.clone(), *index)))
}

fn draw_of(step: &Step) -> Option<SheetRow> {
    let Step::Draw {
        function,
        arguments,
        result,
    } = step
    else {
        return None;
    };
    Some(
        SheetRow::of("  ", Ink::Muted)
            .and(function.clone(), Ink::Key)
            .and(format!("({arguments})"), Ink::Muted)
            .and(" = ", Ink::Muted)
            .and(result.clone(), Ink::String),
    )
}

fn state(scope: &str, key: &str, value: Option<&str>) -> SheetRow {
    let row = SheetRow::of("  ", Ink::Muted)
        .and(format!("{scope}."), Ink::Muted)
        .and(key, Ink::Key);
    match value {
        Some(value) => row.and(" = ", Ink::Muted).and(value, Ink::String),
        None => row.and("  removed", Ink::Warn),
    }
}

fn read_of(step: &Step) -> Option<SheetRow> {
    let Step::Read { scope, key, value } = step else {
        return None;
    };
    Some(state(scope, key, Some(value)))
}

fn write_of(step: &Step) -> Option<SheetRow> {
    let Step::Write { scope, key, value } = step else {
        return None;
    };
    Some(state(scope, key, value.as_deref()))
}
