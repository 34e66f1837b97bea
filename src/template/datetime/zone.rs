//! What a date-time's zone can be: a fixed offset or a zone of the IANA database.

use std::rc::Rc;

use chrono::offset::LocalResult;
use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{OffsetComponents, OffsetName};

use super::SECOND;
use crate::time::Zone;

/// The zone of a date-time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tz {
    /// Seconds east of UTC, and the name if it was given one.
    Fixed(i32, Option<Rc<str>>),
    /// A named zone.
    Named(chrono_tz::Tz),
}

impl Tz {
    /// `timezone.utc`
    pub(crate) const UTC: Self = Self::Fixed(0, None);

    pub(crate) fn from_zone(zone: Zone) -> Self {
        Self::Named(zone.name().parse().unwrap_or(chrono_tz::Tz::UTC))
    }

    /// Seconds east of UTC for a wall-clock time.
    pub(crate) fn offset_s(&self, wall_us: i64, fold: bool) -> i32 {
        match self {
            Self::Fixed(offset, _) => *offset,
            Self::Named(chrono_tz::Tz::UTC) => 0,
            Self::Named(zone) => local_offset(*zone, wall_us, fold).fix().local_minus_utc(),
        }
    }

    /// The offset, when it does not depend on the date.
    pub(crate) fn fixed_offset_s(&self) -> Option<i32> {
        match self {
            Self::Fixed(offset, _) => Some(*offset),
            Self::Named(_) => None,
        }
    }

    /// Wall-clock time and fold of an instant.
    pub(crate) fn at_instant(&self, instant_us: i64) -> (i64, bool) {
        match self {
            Self::Fixed(offset, _) => (instant_us + i64::from(*offset) * SECOND, false),
            Self::Named(zone) => {
                let offset = zone.offset_from_utc_datetime(&naive(instant_us)).fix();
                let offset = i64::from(offset.local_minus_utc());
                let wall_us = instant_us + offset * SECOND;
                let first = i64::from(self.offset_s(wall_us, false));
                (wall_us, first != offset)
            }
        }
    }

    /// Abbreviation in force.
    pub(crate) fn name_at(&self, wall_us: i64, fold: bool) -> String {
        match self {
            Self::Fixed(_, Some(name)) => name.to_string(),
            Self::Fixed(0, None) => "UTC".to_owned(),
            Self::Fixed(offset, None) => format!("UTC{}", offset_text(*offset, true)),
            Self::Named(zone) => {
                let offset = local_offset(*zone, wall_us, fold);
                offset.abbreviation().unwrap_or_default().to_owned()
            }
        }
    }

    /// Seconds of daylight saving in force; `None` for a fixed offset.
    pub(crate) fn dst_s(&self, wall_us: i64, fold: bool) -> Option<i64> {
        match self {
            Self::Fixed(..) => None,
            Self::Named(zone) => {
                let offset = local_offset(*zone, wall_us, fold);
                Some(offset.dst_offset().num_seconds())
            }
        }
    }

    /// The zone as `str()` and `repr()` show it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Named(zone) => zone.name().to_owned(),
            Self::Fixed(..) => self.name_at(0, false),
        }
    }

    pub(crate) fn repr(&self) -> String {
        match self {
            Self::Named(zone) => format!("zoneinfo.ZoneInfo(key='{}')", zone.name()),
            Self::Fixed(0, None) => "datetime.timezone.utc".to_owned(),
            Self::Fixed(offset, name) => {
                let delta = super::Delta(i64::from(*offset) * SECOND);
                let mut text = String::from("datetime.timezone(");
                let _ = delta.write_repr(&mut text);
                if let Some(name) = name {
                    text.push_str(&format!(", '{name}'"));
                }
                text.push(')');
                text
            }
        }
    }
}

/// Offset of the process's own zone for a wall-clock time.
pub(crate) fn process_offset_of_wall(wall_us: i64, fold: bool) -> i32 {
    let local = naive(wall_us);
    let offset = match chrono::Local.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset,
        LocalResult::Ambiguous(first, second) => {
            if fold {
                second
            } else {
                first
            }
        }
        LocalResult::None => chrono::Local.offset_from_utc_datetime(&local),
    };
    offset.fix().local_minus_utc()
}

/// The process's own zone as it stands at an instant.
pub(crate) fn process_zone_at(instant_us: i64) -> Tz {
    let offset = chrono::Local.offset_from_utc_datetime(&naive(instant_us));
    match offset.fix().local_minus_utc() {
        0 => Tz::Fixed(0, Some(Rc::from("UTC"))),
        offset => Tz::Fixed(offset, None),
    }
}

fn naive(us: i64) -> NaiveDateTime {
    chrono::DateTime::from_timestamp_micros(us)
        .unwrap_or_default()
        .naive_utc()
}

fn local_offset(zone: chrono_tz::Tz, wall_us: i64, fold: bool) -> chrono_tz::TzOffset {
    let local = naive(wall_us);
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset,
        LocalResult::Ambiguous(first, second) => {
            if fold {
                second
            } else {
                first
            }
        }
        // A time that does not exist: with fold the offset after the change, else the one before.
        LocalResult::None => {
            let day = TimeDelta::hours(24);
            let near = if fold { local + day } else { local - day };
            match zone.offset_from_local_datetime(&near) {
                LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => offset,
                LocalResult::None => zone.offset_from_utc_datetime(&local),
            }
        }
    }
}

/// `+HH:MM`, with seconds when there are any.
pub(crate) fn offset_text(offset_s: i32, colon: bool) -> String {
    let sign = if offset_s < 0 { '-' } else { '+' };
    let all = offset_s.unsigned_abs();
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    let colon = if colon { ":" } else { "" };
    let mut text = format!("{sign}{hours:02}{colon}{minutes:02}");
    if seconds != 0 {
        text.push_str(&format!("{colon}{seconds:02}"));
    }
    text
}
