//! Times as formats write them.

use crate::time::{Civil, MAX_WALL_US, MIN_WALL_US, Moment};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Appends the instant as RFC 3339 in UTC: `2024-01-15T11:30:05.123456Z`, the fraction only when there
/// is one. False, with nothing appended, outside of years 1 to 9999.
pub(super) fn utc(at: Moment, out: &mut Vec<u8>) -> bool {
    let instant_us = at.instant_us();
    let sound = (MIN_WALL_US..=MAX_WALL_US).contains(&instant_us);
    if sound {
        let micro = date_and_time(instant_us, out);
        if micro > 0 {
            out.push(b'.');
            digits(micro, 6, out);
        }
        out.push(b'Z');
    }
    sound
}

/// Appends the time as RFC 5424 wants it: `2024-01-15T12:30:05.123456+01:00`, always with microseconds;
/// `Z` for UTC. False, with nothing appended, when it has no such form.
pub(super) fn rfc5424(at: Moment, out: &mut Vec<u8>) -> bool {
    // Offsets of the time before zones had whole minutes cannot be written.
    let at = if at.offset_s % 60 == 0 {
        at
    } else {
        Moment {
            wall_us: at.instant_us(),
            offset_s: 0,
        }
    };
    let sound = (MIN_WALL_US..=MAX_WALL_US).contains(&at.wall_us);
    if sound {
        let micro = date_and_time(at.wall_us, out);
        out.push(b'.');
        digits(micro, 6, out);
        let minutes = i64::from(at.offset_s.unsigned_abs() / 60);
        if minutes == 0 {
            out.push(b'Z');
        } else {
            out.push(if at.offset_s < 0 { b'-' } else { b'+' });
            digits(minutes / 60, 2, out);
            out.push(b':');
            digits(minutes % 60, 2, out);
        }
    }
    sound
}

/// Appends the wall-clock time as RFC 3164 wants it: `Jan  5 12:30:05`.
pub(super) fn rfc3164(at: Moment, out: &mut Vec<u8>) {
    let civil = Civil::of(at.wall_us);
    let month = usize::try_from(civil.month).unwrap_or(1).saturating_sub(1);
    out.extend_from_slice(MONTHS.get(month).unwrap_or(&"Jan").as_bytes());
    out.extend_from_slice(if civil.day < 10 { b"  " } else { b" " });
    out.extend_from_slice(itoa::Buffer::new().format(civil.day).as_bytes());
    out.push(b' ');
    time_of_day(civil.tod_us, out);
}

/// Appends `2024-01-15T12:30:05`; gives the microseconds that are left.
fn date_and_time(wall_us: i64, out: &mut Vec<u8>) -> i64 {
    let civil = Civil::of(wall_us);
    digits(civil.year, 4, out);
    out.push(b'-');
    digits(i64::from(civil.month), 2, out);
    out.push(b'-');
    digits(i64::from(civil.day), 2, out);
    out.push(b'T');
    time_of_day(civil.tod_us, out)
}

/// Appends `12:30:05`; gives the microseconds that are left.
fn time_of_day(tod_us: i64, out: &mut Vec<u8>) -> i64 {
    let seconds = tod_us / 1_000_000;
    digits(seconds / 3_600, 2, out);
    out.push(b':');
    digits(seconds / 60 % 60, 2, out);
    out.push(b':');
    digits(seconds % 60, 2, out);
    tod_us % 1_000_000
}

/// Appends a number that is not negative, with zeros before it.
fn digits(number: i64, width: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number);
    out.resize(out.len() + width.saturating_sub(text.len()), b'0');
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(Moment, &mut Vec<u8>) -> bool, wall_us: i64, offset_s: i32) -> String {
        let mut out = Vec::new();
        let written = write(Moment { wall_us, offset_s }, &mut out);
        assert!(written || out.is_empty());
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn times_have_the_forms_of_their_documents() {
        const NOON: i64 = 1_704_454_205_000_120;
        assert_eq!(text(utc, NOON, 3600), "2024-01-05T10:30:05.000120Z");
        assert_eq!(text(utc, NOON - 120, 0), "2024-01-05T11:30:05Z");
        assert_eq!(
            text(rfc5424, NOON, -12_600),
            "2024-01-05T11:30:05.000120-03:30"
        );
        assert_eq!(text(rfc5424, 0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(text(rfc5424, 0, -17_762), "1970-01-01T04:56:02.000000Z");
        assert_eq!(text(rfc5424, i64::MAX, 0), "");
        assert_eq!(text(utc, MIN_WALL_US, 0), "0001-01-01T00:00:00Z");
        assert_eq!(text(utc, MIN_WALL_US, 1), "");
        let old = |at, out: &mut Vec<u8>| {
            rfc3164(at, out);
            true
        };
        assert_eq!(text(old, NOON, 0), "Jan  5 11:30:05");
        assert_eq!(text(old, -1, 0), "Dec 31 23:59:59");
    }
}
