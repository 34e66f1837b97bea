//! `timestamps`: the moments that the user lists, in the document or in a file.

use std::path::Path;
use std::sync::Arc;

use crate::config::{
    Context, Diagnostic, Field, Kind, Node, Place, Pos, Scalar, Schema, Section, Span, Tree,
};
use crate::time::iso::{self, IsoError, Stamp};
use crate::time::versatile::parse_datetime;
use crate::time::{Moment, Versatile, ZoneCursor};

use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, tags};

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

/// The listed moments in a run's zone and in their order, without those that it leaves out.
#[derive(Debug)]
struct Running {
    stamps: Arc<[Stamp]>,
    next: usize,
    /// What lies before this instant is left out.
    from_us: i64,
    zone: ZoneCursor,
}

impl Running {
    fn new(stamps: &Arc<[Stamp]>, env: &InputEnv<'_>) -> Self {
        let from_us = if env.skip_past {
            env.now.instant_us().saturating_add(1)
        } else {
            i64::MIN
        };
        Self {
            stamps: stamps.clone(),
            next: 0,
            from_us,
            zone: ZoneCursor::new(env.zone),
        }
    }
}

impl Iterator for Running {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        loop {
            let stamp = self.stamps.get(self.next)?;
            self.next += 1;
            let at = match stamp.offset_us {
                Some(offset_us) => self.zone.moment(stamp.wall_us.saturating_sub(offset_us)),
                None => self.zone.at_wall(stamp.wall_us),
            };
            if at.instant_us() >= self.from_us {
                return Some(at);
            }
        }
    }
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        out.extend(self.by_ref().take(max));
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        self.from_us = self.from_us.max(instant_us);
    }
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        Ok(Box::new(Running::new(&self.stamps, env)))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        Some(Running::new(&self.stamps, env).count() as u64)
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let moments = Running::new(&self.stamps, env);
        let instants = moments.map(Moment::instant_us);
        Some(Counts::of_instants(window, instants))
    }

    fn last(&self, env: &InputEnv<'_>) -> Option<Moment> {
        Running::new(&self.stamps, env).max()
    }

    fn silence(&self, env: &InputEnv<'_>) -> Option<String> {
        let all = InputEnv {
            skip_past: false,
            ..*env
        };
        let last = self.last(&all)?;
        Some(format!(
            "all {} listed moments lie before now (the last is {last}), and `skip_past` leaves out the past",
            self.stamps.len()
        ))
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
