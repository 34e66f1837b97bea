//! What a run did, in a few lines at its end.

use std::io::{self, Write};
use std::time::Duration;

use crate::cli::report::{Paint, visible};
use crate::pipeline::{EndReason, ErrorStats, OutputStats, Stats};
use crate::time::{Zone, short_duration};

/// Kinds of errors shown.
const ERRORS: usize = 5;

/// Writes the summary; quiet runs and runs whose reader went away only tell what went wrong.
pub(in crate::cli) fn write(
    out: &mut impl Write,
    id: &str,
    reason: &EndReason,
    stats: &Stats,
    quiet: bool,
) -> io::Result<()> {
    if *reason == EndReason::OutputClosed {
        return Ok(());
    }
    let paint = Paint::on(&io::stderr());
    let mut text = Vec::new();
    if let EndReason::Failed(message) = reason {
        writeln!(text, "{}: {message}", paint.error("error"))?;
    }
    if !quiet {
        totals(&mut text, id, reason, stats)?;
        remarks(&mut text, reason, stats)?;
    }
    losses(&mut text, paint, stats)?;
    out.write_all(&text)
}

fn totals(out: &mut Vec<u8>, id: &str, reason: &EndReason, stats: &Stats) -> io::Result<()> {
    let how = match reason {
        EndReason::Finished | EndReason::OutputClosed => "finished",
        EndReason::Stopped => "stopped",
        EndReason::Aborted => "given up",
        EndReason::Failed(_) => "failed",
    };
    let millis = stats.uptime.as_millis().max(1);
    let rate = u128::from(stats.events) * 1_000 / millis;
    writeln!(
        out,
        "{id}: {how} after {}: {} from {}, {}/s",
        clock(stats.uptime),
        counted(stats.events, "event"),
        counted(
            stats.produced_for + stats.empty + stats.dropped + stats.failed,
            "timestamp"
        ),
        number(u64::try_from(rate).unwrap_or(u64::MAX))
    )?;
    for (index, output) in stats.outputs.iter().enumerate() {
        writeln!(
            out,
            "  {}: {} written, {}",
            name(stats, index),
            number(output.written),
            amount(output.bytes)
        )?;
        delivery(out, &name(stats, index), output)?;
    }
    for (count, what) in [
        (stats.empty, "gave no event"),
        (stats.dropped, "dropped by the template"),
    ] {
        if count > 0 {
            writeln!(out, "  {} {what}", counted(count, "timestamp"))?;
        }
    }
    Ok(())
}

/// What delivering took, where it was not plain.
fn delivery(out: &mut Vec<u8>, name: &str, output: &OutputStats) -> io::Result<()> {
    if output.dead_lettered > 0 {
        let kept = counted(output.dead_lettered, "event");
        writeln!(
            out,
            "  {name}: {kept} kept as dead letters; `evtui redeliver` sends them again"
        )?;
    }
    if output.retries > 0 {
        let again = counted(output.retries, "further attempt");
        writeln!(out, "  {name}: {again}")?;
    }
    Ok(())
}

/// Why it ended, and what was unusual.
fn remarks(out: &mut Vec<u8>, reason: &EndReason, stats: &Stats) -> io::Result<()> {
    let settings = &stats.settings;
    let enough = settings.max_events.is_some_and(|most| stats.events >= most);
    let over = settings.max_duration.filter(|most| stats.uptime >= *most);
    if *reason == EndReason::Finished {
        if let Some(most) = over.filter(|_| !enough) {
            writeln!(out, "  its time of {} was over", short_duration(most))?;
        } else if stats.unused > 0 && !enough {
            writeln!(out, "  the event source ended before the inputs")?;
        }
    }
    if let Some(backfill) = stats.backfill.filter(|one| !one.done) {
        let percent = stats.backfill_percent().unwrap_or(0);
        let from = Zone::UTC.at_instant(backfill.from_us);
        writeln!(out, "  the backfill from {from} came to {percent} %")?;
    }
    if stats.skipped > 0 {
        let skipped = counted(stats.skipped, "timestamp");
        writeln!(out, "  {skipped} left out after a pause")?;
    }
    if stats.jumps > 0 {
        let times = counted(stats.jumps, "time");
        let seconds = stats.last_jump_us as f64 / 1e6;
        writeln!(
            out,
            "  the clock jumped {times}, the last one by {seconds:+.1} s"
        )?;
    }
    Ok(())
}

/// The plugin's name, with its place in the document where several are called the same.
fn name(stats: &Stats, index: usize) -> String {
    let name = stats.outputs.get(index).map_or("", |one| one.name.as_str());
    let alike = stats.outputs.iter().filter(|one| one.name == name).count();
    if alike > 1 {
        format!("output[{index}].{name}")
    } else {
        name.to_owned()
    }
}

/// A message that starts with a file, with the file as short as it can be said.
fn short(message: &str) -> String {
    let here = std::env::current_dir().ok();
    let below = here
        .and_then(|here| message.strip_prefix(here.to_str()?)?.strip_prefix('/'))
        .unwrap_or(message);
    visible(below)
}

fn losses(out: &mut Vec<u8>, paint: Paint, stats: &Stats) -> io::Result<()> {
    let mut lines = Vec::new();
    if stats.failed > 0 {
        lines.push(format!(
            "{} failed to render",
            counted(stats.failed, "timestamp")
        ));
    }
    for (index, output) in stats.outputs.iter().enumerate() {
        for (count, what) in [
            (output.format_failed, "could not be formatted"),
            (output.write_failed, "could not be written"),
            (output.in_flight, "still being written at the end"),
        ] {
            if count > 0 {
                lines.push(format!(
                    "{}: {} {what}",
                    name(stats, index),
                    counted(count, "event")
                ));
            }
        }
    }
    for line in lines {
        writeln!(out, "{}: {line}", paint.error("lost"))?;
    }
    reasons(out, stats)
}

/// Why: what is lost by each reason adds up to what is lost, and what lost nothing says so.
fn reasons(out: &mut Vec<u8>, stats: &Stats) -> io::Result<()> {
    let mut all: Vec<&ErrorStats> = stats.errors.iter().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.lost));
    for error in all.iter().take(ERRORS) {
        let (source, message) = (&error.source, short(&error.message));
        let rest = error.count.saturating_sub(error.lost);
        match (error.lost, rest) {
            (0, times) => {
                let times = counted(times, "time");
                writeln!(
                    out,
                    "  {times} {source}: {message} (nothing was lost by it)"
                )?;
            }
            (lost, 0) => writeln!(out, "  {} x {source}: {message}", number(lost))?,
            (lost, rest) => {
                let (lost, times) = (number(lost), counted(rest, "time"));
                writeln!(
                    out,
                    "  {lost} x {source}: {message} ({times} more without a loss)"
                )?;
            }
        }
        if let (true, Some(first)) = (error.source.starts_with("event "), &error.sample) {
            writeln!(out, "      first at {}", short(first))?;
        }
    }
    let more = all.get(ERRORS..).unwrap_or_default();
    let by_others: u64 = more.iter().map(|one| one.lost).sum();
    if !more.is_empty() {
        let lost = match by_others {
            0 => String::new(),
            lost => format!("{} x ", number(lost)),
        };
        writeln!(out, "  {lost}{}", counted(more.len() as u64, "other error"))?;
    }
    let outputs = stats.outputs.iter();
    let refused = outputs.map(|one| one.format_failed + one.write_failed);
    let told: u64 = all.iter().map(|one| one.lost).sum();
    let untold = (refused.sum::<u64>() + stats.failed).saturating_sub(told);
    if untold > 0 {
        let untold = number(untold);
        writeln!(
            out,
            "  {untold} x not tried: the run was over before their turn came"
        )?;
    }
    Ok(())
}

/// `1 event`, `1,000 events`.
fn counted(count: u64, what: &str) -> String {
    format!(
        "{} {what}{}",
        number(count),
        if count == 1 { "" } else { "s" }
    )
}

/// A count with commas between thousands.
pub(in crate::cli) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes with a decimal unit.
pub(super) fn amount(bytes: u64) -> String {
    let mut scaled = bytes;
    let mut tenths = 0;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if scaled < 1_000 || unit == "TB" {
            return match unit {
                "B" => format!("{scaled} B"),
                _ => format!("{scaled}.{tenths} {unit}"),
            };
        }
        tenths = scaled % 1_000 / 100;
        scaled /= 1_000;
    }
    String::new()
}

/// Minutes and seconds, with hours when there are any.
pub(in crate::cli) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        return format!("{hours}:{minutes:02}:{rest:02}");
    }
    if seconds < 10 {
        return format!("{rest}.{}s", time.subsec_millis() / 100);
    }
    format!("{minutes}:{rest:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_bytes_scaled() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(number).join(" "),
            "0 999 1,000 1,234,567"
        );
        assert_eq!(
            [0, 1, 2_000].map(|count| counted(count, "event")).join(" "),
            "0 events 1 event 2,000 events"
        );
        let amounts = [0, 999, 1_000, 123_456, 9_999_999_999].map(amount);
        assert_eq!(amounts.join(" "), "0 B 999 B 1.0 kB 123.4 kB 9.9 GB");
    }

    #[test]
    fn reasons_add_up_to_what_is_lost() {
        let error = |source: &str, count, lost| ErrorStats {
            source: source.to_owned(),
            message: "why".to_owned(),
            count,
            lost,
            ..ErrorStats::default()
        };
        let stats = Stats {
            failed: 10,
            outputs: vec![OutputStats {
                name: "http".to_owned(),
                format_failed: 2,
                write_failed: 1_000,
                dead_lettered: 30,
                ..OutputStats::default()
            }],
            errors: vec![
                error("attempts", 7, 0),
                error("some kept", 130, 100),
                error("refused", 880, 880),
                error("event x", 10, 10),
                error("a", 4, 4),
                error("b", 3, 3),
                error("c", 2, 2),
            ],
            ..Stats::default()
        };
        let mut text = Vec::new();
        reasons(&mut text, &stats).ok();
        let text = String::from_utf8_lossy(&text).into_owned();
        let expected = [
            "  880 x refused: why",
            "  100 x some kept: why (30 times more without a loss)",
            "  10 x event x: why",
            "  4 x a: why",
            "  3 x b: why",
            "  2 x 2 other errors",
            "  13 x not tried: the run was over before their turn came",
        ];
        assert_eq!(text, format!("{}\n", expected.join("\n")));
        let sum: u64 = [880, 100, 10, 4, 3, 2, 13].iter().sum();
        assert_eq!(sum, 10 + 2 + 1_000);
        let calm = Stats {
            errors: vec![error("probe", 7, 0), error("once", 1, 0)],
            ..Stats::default()
        };
        let mut text = Vec::new();
        reasons(&mut text, &calm).ok();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(
            text,
            "  7 times probe: why (nothing was lost by it)\n  1 time once: why (nothing was lost by it)\n"
        );
    }

    #[test]
    fn times_are_short() {
        let times = [0, 400, 9_940, 59_000, 61_000, 3_661_000].map(Duration::from_millis);
        assert_eq!(
            times.map(clock).join(" "),
            "0.0s 0.4s 9.9s 0:59 1:01 1:01:01"
        );
    }
}
