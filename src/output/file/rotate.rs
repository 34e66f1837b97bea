//! When a file is put aside for a new one, what it is called then, and how many are kept.
//!
//! `events.log` becomes `events.20261121T075312-123456.log`: the moment of the rotation in UTC down to
//! microseconds, so that names sort by time. A name is never used twice: each is later than all that
//! are there, also when the clock was set back.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime};

use crate::config::{Context, Field, Kind, Node, Scalar, Schema, Section, Tree};
use crate::time::{duration_us, unit_us};

use super::compress::Compression;

static SCHEMA: Schema = Schema {
    name: "rotation",
    doc: "Puts the file aside and begins a new one when it is large or old. The newest is always at \
          `path`; the others are beside it, with the time of the rotation in UTC in their names, such \
          as events.20261121T075312-123456.log. Turns `repair` on.",
    fields: &[
        Field::optional(
            "max_size",
            Kind::Custom(check_size),
            "",
            "Largest size of a file, in bytes or such as 100MB, 512KiB or 2GiB. An event is never cut; \
             one that is larger gets a file of its own.",
        ),
        Field::optional(
            "every",
            Kind::Custom(check_every),
            "",
            "hour, day, or a duration such as 15m: a new file begins with the first event after each \
             full hour, day or multiple of the duration, in UTC.",
        ),
        Field::optional(
            "keep",
            Kind::Int(1, 1_000_000),
            "",
            "How many files that were put aside are kept; the oldest are deleted. Without it all are.",
        ),
        Field::optional(
            "compress",
            Kind::Enum(&["none", "gzip", "zstd"]),
            "none",
            "Compresses files that were put aside, in the background.",
        ),
    ],
};

/// The `rotation` option.
pub(super) const FIELD: Field = Field::optional("rotation", Kind::Section(&SCHEMA), "", SCHEMA.doc);

/// Checked options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rotation {
    /// Largest size in bytes.
    pub(super) max_size: Option<u64>,
    /// Length of a period in microseconds, counted from the Unix epoch.
    pub(super) every_us: Option<i64>,
    /// How many are kept.
    pub(super) keep: Option<usize>,
    /// What becomes of those put aside.
    pub(super) compression: Option<Compression>,
}

impl Rotation {
    /// Decodes the option `rotation`.
    pub(super) fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let span = section.node("rotation")?.span;
        let inner = section.section("rotation", &SCHEMA, cx)?;
        let made = Self {
            max_size: inner.node("max_size").and_then(|node| read_size(node).ok()),
            every_us: inner.node("every").and_then(|node| read_every(node).ok()),
            keep: inner
                .int("keep")
                .and_then(|keep| usize::try_from(keep).ok()),
            compression: match inner.str("compress") {
                Some("gzip") => Some(Compression::Gzip),
                Some("zstd") => Some(Compression::Zstd),
                _ => None,
            },
        };
        let given = |name| inner.node(name).is_some();
        if !given("max_size") && !given("every") {
            cx.within(".rotation", |cx| {
                cx.error_help(
                    span,
                    "`rotation` does not say when",
                    "add `max_size`, `every` or both",
                );
            });
        }
        Some(made)
    }

    /// The period that a moment is in.
    pub(super) fn period(&self, now_us: i64) -> i64 {
        self.every_us.map_or(0, |every| now_us.div_euclid(every))
    }
}

fn check_size(node: &Node, cx: &mut Context<'_>) {
    if let Err(message) = read_size(node)
        && !node.unknown
    {
        cx.error(node.span, message);
    }
}

fn check_every(node: &Node, cx: &mut Context<'_>) {
    if let Err(message) = read_every(node)
        && !node.unknown
    {
        cx.error(node.span, message);
    }
}

/// Numbers and text alike, as text.
fn text_of(node: &Node, what: &str) -> Result<String, String> {
    match &node.tree {
        Tree::Scalar(Scalar::Int(number)) => Ok(number.to_string()),
        Tree::Scalar(Scalar::Float(number)) => Ok(number.to_string()),
        Tree::Scalar(Scalar::Str(text)) => Ok(text.to_string()),
        _ => Err(format!("{what}, not {}", node.describe())),
    }
}

fn read_size(node: &Node) -> Result<u64, String> {
    let what = "a size is a number of bytes, or text such as `100MB`, `512KiB` or `2GiB`";
    size(&text_of(node, what)?).ok_or_else(|| format!("{what}, not {}", node.describe()))
}

/// Bytes that a text such as `1.5 GB` means; at least 1.
fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|one: char| !one.is_ascii_digit() && one != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" | "k" => 1e3,
        "mb" | "m" => 1e6,
        "gb" | "g" => 1e9,
        "tb" | "t" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let bytes = number.parse::<f64>().ok()? * factor;
    // No file is as large as the bound; within it the conversion is exact enough.
    ((1.0..=1e18).contains(&bytes)).then_some(bytes as u64)
}

fn read_every(node: &Node) -> Result<i64, String> {
    let text = text_of(node, "a duration is text such as `15m`, or `hour` or `day`")?;
    let us = unit_us(&text).or_else(|_| duration_us(&text))?;
    if us < 1_000_000 {
        return Err("files are put aside once a second at most".to_owned());
    }
    Ok(us)
}

/// The names of files that were put aside, of one path.
#[derive(Clone, Debug)]
pub(super) struct Names {
    folder: PathBuf,
    /// Up to and with the dot in front of the time.
    stem: String,
    /// From the dot behind it on; may be empty.
    extension: String,
}

/// A file that was put aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Aside {
    /// The time in its name, in microseconds since the Unix epoch.
    pub(super) at_us: i64,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What follows the whole name: nothing, `.gz`, `.zst`, or these with `.part`.
    pub(super) ending: &'static str,
}

/// What may follow the name of a file that was put aside.
const ENDINGS: &[&str] = &["", ".gz", ".zst", ".gz.part", ".zst.part"];

impl Names {
    /// The names for the file at `path`; nothing when its name is no text.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        // A dot in front hides a file and begins no extension.
        let (stem, extension) = match name.rfind('.').filter(|at| *at > 0) {
            Some(at) => name.split_at_checked(at)?,
            None => (name, ""),
        };
        Some(Self {
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
            stem: format!("{stem}."),
            extension: extension.to_owned(),
        })
    }

    /// The name of what is put aside at a moment.
    pub(super) fn at(&self, us: i64) -> Option<PathBuf> {
        let time = DateTime::from_timestamp_micros(us)?.format("%Y%m%dT%H%M%S-%6f");
        let name = format!("{}{time}{}", self.stem, self.extension);
        Some(self.folder.join(name))
    }

    fn read(&self, name: &OsStr) -> Option<Aside> {
        let text = name.to_str()?;
        let rest = text.strip_prefix(self.stem.as_str())?;
        let (time, rest) = rest.split_at_checked(22)?;
        let ending = rest.strip_prefix(self.extension.as_str())?;
        let ending = ENDINGS.iter().find(|known| **known == ending)?;
        let (second, micros) = time.split_once('-')?;
        let digits =
            |text: &str, count| text.len() == count && text.bytes().all(|one| one.is_ascii_digit());
        let (date, clock) = second.split_once('T')?;
        if !digits(date, 8) || !digits(clock, 6) || !digits(micros, 6) {
            return None;
        }
        let second = NaiveDateTime::parse_from_str(second, "%Y%m%dT%H%M%S").ok()?;
        let at_us = second.and_utc().timestamp_micros() + micros.parse::<i64>().ok()?;
        Some(Aside {
            at_us,
            path: self.folder.join(name),
            ending,
        })
    }

    /// All files that were put aside, the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read; a folder that does not exist is empty.
    pub(super) fn all(&self) -> io::Result<Vec<Aside>> {
        let folder = if self.folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.folder
        };
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                found.extend(self.read(&entry.file_name()));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Puts the file at `path` aside under a name that no other has; tells where it is.
    ///
    /// # Errors
    /// Those of the system; the file is then still at `path`.
    pub(super) fn put_aside(&self, path: &Path, now_us: i64) -> io::Result<PathBuf> {
        let last = self.all()?.last().map(|last| last.at_us);
        let mut at_us = last.map_or(now_us, |last| now_us.max(last.saturating_add(1)));
        loop {
            let target = self.at(at_us).ok_or(io::ErrorKind::InvalidInput)?;
            // Made first, so that nobody else takes the name: a rename would overwrite it.
            match OpenOptions::new()
                .create_new(true)
                .write(true)
                .open(&target)
            {
                Ok(_) => {
                    if let Err(error) = std::fs::rename(path, &target) {
                        let _ = std::fs::remove_file(&target);
                        return Err(error);
                    }
                    return Ok(target);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => at_us += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Deletes the oldest so that `keep` are left; all forms of one count as one.
    ///
    /// # Errors
    /// When one cannot be deleted; others may have been.
    pub(super) fn prune(&self, keep: usize) -> io::Result<()> {
        let all = self.all()?;
        let mut times: Vec<i64> = all.iter().map(|one| one.at_us).collect();
        times.dedup();
        let Some(&first) = times.len().checked_sub(keep).and_then(|at| times.get(at)) else {
            return Ok(());
        };
        for old in all.iter().filter(|one| one.at_us < first) {
            match std::fs::remove_file(&old.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("1", Some(1)),
            ("100MB", Some(100_000_000)),
            ("1.5 gb", Some(1_500_000_000)),
            ("512KiB", Some(524_288)),
            ("2GiB", Some(2_147_483_648)),
            ("0", None),
            ("-1", None),
            ("", None),
            ("MB", None),
            ("1XB", None),
            ("1.2.3", None),
            ("9e99", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
    }

    #[test]
    fn names_sort_by_time_and_are_read_back() {
        let names = Names::of(Path::new("/x/events.log")).unwrap();
        let path = names.at(1_795_247_592_123_456).unwrap();
        assert_eq!(path, Path::new("/x/events.20261121T075312-123456.log"));
        let read = |name: &str| names.read(OsStr::new(name));
        let read_back = read("events.20261121T075312-123456.log.gz").unwrap();
        assert_eq!(
            (read_back.at_us, read_back.ending),
            (1_795_247_592_123_456, ".gz")
        );
        for other in [
            "events.log",
            "events.20261121T075312-123456.txt",
            "events.20261121T075312-12345é.log",
            "events.20261399T075312-123456.log",
            "events.20261121T075312-123456.log.bak",
            "other.20261121T075312-123456.log",
            "events.old.20261121T075312-123456.log",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        for (path, first) in [
            ("log", "log.19700101T000000-000000"),
            (".log", ".log.19700101T000000-000000"),
        ] {
            let name = Names::of(Path::new(path)).unwrap().at(0).unwrap();
            assert_eq!(name, Path::new(first));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.log");
        let names = Names::of(&path).unwrap();
        let mut asides = Vec::new();
        for now_us in [5_000_000, 5_000_000, 1_000_000] {
            std::fs::write(&path, asides.len().to_string()).unwrap();
            asides.push(names.put_aside(&path, now_us).unwrap());
        }
        let contents = asides
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap());
        assert_eq!(contents.collect::<Vec<_>>(), ["0", "1", "2"]);
        let sorted = names.all().unwrap().into_iter().map(|one| one.path);
        assert_eq!(sorted.collect::<Vec<_>>(), asides);
        names.prune(2).unwrap();
        assert!(!asides[0].exists() && asides[1].exists());
        names.prune(5).unwrap();
        assert_eq!(names.all().unwrap().len(), 2);
    }
}
