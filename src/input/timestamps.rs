//! `timestamps`: the moments that the user lists, in the document or in a file.

use std::path::Path;
use std::sync::Arc;

use crate::config::{
    Context, Diagnostic, Field, Kind, Node, Place, Pos, Scalar, Schema, Section, Span, Tree,
};
use crate::time::iso::{self, IsoError, Stamp};
use crate::time::versatile::parse_datetime;
use crate::time::{Moment, Versatile, Zone, ZoneCursor};

use super::{Input, InputConfig, InputEnv, InputError, TAGS, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "timestamps",
    doc: "The moments listed in the document, or one a line in a file, in their order.",
    fields: &[
        Field::required(
            "source",
            Kind::Custom(check_source),
            "A list of dates with time, or the path of a text file with one ISO 8601 date a line. \
             Without an offset they are in the generator's zone.",
        ),
        TAGS,
    ],
};

/// Bad lines of a file that are reported one by one.
const MOST_ERRORS: usize = 5;

#[derive(Debug)]
struct Config {
    stamps: Arc<[Stamp]>,
    tags: Vec<Arc<str>>,
}

fn check_source(node: &Node, cx: &mut Context<'_>) {
    match &node.tree {
        Tree::Scalar(Scalar::Str(text)) if !text.is_empty() => {}
        Tree::Seq(items) if items.is_empty() => {
            cx.error_help(
                node.span,
                "the list of timestamps is empty",
                "list at least one",
            );
        }
        Tree::Seq(items) => {
            for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.unknown) {
                if let Err(reason) = stamp(item) {
                    let message = format!("{} is not a date with time: {reason}", item.describe());
                    cx.within(&format!("[{index}]"), |cx| {
                        cx.error_help(item.span, message, "write it like 2025-01-31T14:30:00Z");
                    });
                }
            }
        }
        _ => cx.error_help(
            node.span,
            format!(
                "expected a list of dates or the path of a file, not {}",
                node.describe()
            ),
            "write `source: [2025-01-31T14:30:00Z]` or `source: timestamps.txt`",
        ),
    }
}

/// An item of the list: dates and Unix time, nothing relative.
fn stamp(node: &Node) -> Result<Stamp, IsoError> {
    let Tree::Scalar(scalar) = &node.tree else {
        return Err(IsoError::Shape);
    };
    let outside = |_| IsoError::Value("the Unix time is outside years 0001 to 9999");
    let value = match scalar {
        Scalar::Int(value) => Versatile::unix(*value as f64).map_err(outside)?,
        Scalar::Float(value) => Versatile::unix(*value).map_err(outside)?,
        Scalar::Str(text) => parse_datetime(text)?,
        Scalar::Date(date) => Versatile::date(*date),
        Scalar::DateTime(at) => Versatile::datetime(*at),
        Scalar::DateTimeOffset(at) => Versatile::instant(*at),
        _ => return Err(IsoError::Shape),
    };
    match value {
        Versatile::Instant(us) => Ok(Stamp {
            wall_us: us,
            offset_us: Some(0),
        }),
        Versatile::Wall(us) => Ok(Stamp {
            wall_us: us,
            offset_us: None,
        }),
        _ => Err(IsoError::Shape),
    }
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let source = section.node("source")?;
    let stamps: Arc<[Stamp]> = match &source.tree {
        _ if source.unknown => Arc::default(),
        Tree::Seq(items) => items.iter().filter_map(|item| stamp(item).ok()).collect(),
        _ => cx.within(".source", |cx| read_file(source, cx))?,
    };
    warn_unsorted(&stamps, source.span, cx);
    Some(Box::new(Config {
        stamps,
        tags: tags(&section),
    }))
}

/// Reads one date a line; reports the first bad lines where they stand.
fn read_file(source: &Node, cx: &mut Context<'_>) -> Option<Arc<[Stamp]>> {
    let name = source.as_str()?;
    let bytes = match cx.files.read(&cx.base.join(name)) {
        Ok(bytes) => bytes,
        Err(error) => {
            cx.error_help(
                source.span,
                format!("cannot read `{name}`: {error}"),
                "paths start from the project's folder",
            );
            return None;
        }
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        cx.error(source.span, format!("`{name}` is not UTF-8 text"));
        return None;
    };
    let shown = cx.path.parent().unwrap_or(Path::new("")).join(name);
    let mut stamps = Vec::new();
    let mut errors = 0;
    for (line, number) in text
        .split(['\n', '\r'])
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
    {
        match iso::wide(line.trim()) {
            Ok(stamp) => stamps.push(stamp),
            Err(reason) => {
                errors += 1;
                if errors <= MOST_ERRORS {
                    cx.diagnostics
                        .push(bad_line(&shown, line, number, reason).setting(&cx.setting));
                }
            }
        }
    }
    if errors > MOST_ERRORS {
        cx.error(
            source.span,
            format!("`{name}` has {} more bad lines", errors - MOST_ERRORS),
        );
    }
    if errors == 0 && stamps.is_empty() {
        cx.error_help(
            source.span,
            format!("`{name}` has no timestamps"),
            "write one date a line",
        );
    }
    (errors == 0 && !stamps.is_empty()).then(|| stamps.into())
}

fn bad_line(path: &Path, line: &str, number: u32, reason: IsoError) -> Diagnostic {
    let short: String = line.trim().chars().take(60).collect();
    let width = u32::try_from(line.chars().count()).unwrap_or(u32::MAX - 1);
    let place = Place {
        path: path.into(),
        span: Some(Span {
            start: Pos {
                line: number,
                column: 1,
            },
            end: Pos {
                line: number,
                column: width + 1,
            },
        }),
    };
    Diagnostic::error(format!("`{short}`: {reason}"), Some(place))
        .help("each line holds one date such as 2025-01-31T14:30:00Z; headers and comments are not allowed")
}

/// Their order is kept, which is rarely meant when it is not that of time.
fn warn_unsorted(stamps: &[Stamp], span: Span, cx: &mut Context<'_>) {
    let utc_us = |stamp: &Stamp| stamp.wall_us - stamp.offset_us.unwrap_or(0);
    let comparable = |a: &Stamp, b: &Stamp| a.offset_us.is_some() == b.offset_us.is_some();
    let place = stamps.windows(2).position(|two| match two {
        [a, b] => comparable(a, b) && utc_us(a) > utc_us(b),
        _ => false,
    });
    if let Some(index) = place {
        cx.warn(
            span,
            format!("timestamp {} is earlier than the one before it", index + 2),
            "they are given out in this order; sort them when that is not meant",
        );
    }
}

/// True for what a run with `skip_past` gives out.
fn kept(stamp: &Stamp, zone: Zone, after_us: Option<i64>) -> bool {
    after_us.is_none_or(|now_us| stamp.in_zone(zone).instant_us() > now_us)
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        Ok(Box::new(Running {
            stamps: self.stamps.clone(),
            next: 0,
            after_us: env.skip_past.then(|| env.now.instant_us()),
            zone: env.zone,
            cursor: ZoneCursor::new(env.zone),
        }))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        let after_us = env.skip_past.then(|| env.now.instant_us());
        let kept = self
            .stamps
            .iter()
            .filter(|stamp| kept(stamp, env.zone, after_us));
        Some(kept.count() as u64)
    }
}

#[derive(Debug)]
struct Running {
    stamps: Arc<[Stamp]>,
    next: usize,
    after_us: Option<i64>,
    zone: Zone,
    cursor: ZoneCursor,
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let target = out.len().saturating_add(max);
        while out.len() < target
            && let Some(stamp) = self.stamps.get(self.next)
        {
            self.next += 1;
            if kept(stamp, self.zone, self.after_us) {
                out.push(match stamp.offset_us {
                    Some(offset) => self.cursor.moment(stamp.wall_us - offset),
                    None => self.zone.at_wall(stamp.wall_us),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::input::testing::{decode, env_in, fill, problems, problems_with};

    #[test]
    fn dates_without_offset_are_in_the_generators_zone() {
        let config =
            decode("timestamps: {source: [2024-06-01T09:00:00, '2024-06-01T09:00:00Z']}").unwrap();
        let shown: Vec<String> = fill(config.as_ref(), &env_in("America/New_York"), 9)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            shown,
            ["2024-06-01T09:00:00-04:00", "2024-06-01T05:00:00-04:00"]
        );
    }

    #[test]
    fn bad_lines_are_reported_where_they_stand() {
        let found = problems_with(
            "timestamps: {source: ts.txt}",
            &[("ts.txt", "2024-01-01\nfoo\n2024-13-01\n")],
        );
        assert_eq!(found.len(), 2);
        assert!(
            found[0].contains("ts.txt:2") && found[0].contains("`foo`"),
            "{found:?}"
        );
        assert!(found[1].contains("the month must be 01 to 12"), "{found:?}");
    }

    #[test]
    fn an_unsorted_list_is_warned_about_and_an_empty_one_refused() {
        let found = problems("timestamps: {source: [2024-01-02, 2024-01-01]}");
        assert!(found[0].contains("timestamp 2 is earlier"), "{found:?}");
        assert!(problems("timestamps: {source: []}")[0].contains("empty"));
        assert!(problems("timestamps: {source: ['+1h']}")[0].contains("source[0]"));
    }
}
