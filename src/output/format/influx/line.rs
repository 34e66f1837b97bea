//! Which members a line needs, and the line itself.

use super::config::{FieldType, InfluxConfig, Pick, Precision};
use super::value;
use crate::output::format::Reason;
use crate::output::format::json::walk::{JsonKind, Member, Whole, kind, unescaped, whole};
use crate::time::{Moment, iso};

/// How lines are made, with all that is the same for every event written beforehand.
#[derive(Debug)]
pub(super) struct Plan {
    /// Members that are looked for: those of tags, of fields, and of the time.
    wanted: Vec<Wanted>,
    /// `,name=` of each tag.
    tags: Vec<Vec<u8>>,
    /// Name, `name=` and type of each field; all other members when absent.
    fields: Option<Vec<(String, Vec<u8>, FieldType)>>,
    /// The last wanted member is the time.
    timed: bool,
    to_float: bool,
    precision: Precision,
}

/// A member by its name or its path.
#[derive(Debug)]
struct Wanted {
    name: String,
    /// The first name of a path and the rest.
    path: Option<(String, String)>,
}

impl Wanted {
    fn new(field: &str) -> Self {
        let path = field.split_once('.');
        Self {
            name: field.to_owned(),
            path: path.map(|(first, rest)| (first.to_owned(), rest.to_owned())),
        }
    }
}

/// What was found in an event.
pub(super) struct Found<'a> {
    /// By position of what is wanted.
    picked: Vec<Option<&'a [u8]>>,
    /// Other members, when all are wanted.
    others: Vec<Member<'a>>,
}

impl Plan {
    pub(super) fn new(config: &InfluxConfig) -> Self {
        let key = |pick: &Pick, before: &[u8]| {
            let mut key = before.to_vec();
            value::name(&pick.name, &mut key);
            key.push(b'=');
            key
        };
        let fields = config.fields.as_ref();
        let of_fields = fields.into_iter().flatten().map(|(pick, _)| &pick.field);
        let of_tags = config.tags.iter().map(|pick| &pick.field);
        let names = of_tags.chain(of_fields).chain(&config.timestamp_field);
        Self {
            wanted: names.map(|name| Wanted::new(name)).collect(),
            tags: config.tags.iter().map(|pick| key(pick, b",")).collect(),
            fields: fields.map(|fields| {
                let each = fields.iter();
                each.map(|(pick, of)| (pick.name.clone(), key(pick, b""), *of))
                    .collect()
            }),
            timed: config.timestamp_field.is_some(),
            to_float: config.to_float,
            precision: config.precision,
        }
    }

    /// Finds what lines need in an event, checking all of it.
    pub(super) fn members<'a>(&self, event: &'a [u8]) -> Result<Found<'a>, Reason> {
        let Whole::Object(members) = whole(event).map_err(Reason::Json)? else {
            return Err(Reason::unfit("the event is not a JSON object"));
        };
        let mut found = Found {
            picked: vec![None; self.wanted.len()],
            others: Vec::new(),
        };
        // Paths count when no member has their whole text as its name.
        let mut paths: Vec<(usize, &'a [u8])> = Vec::new();
        for member in members {
            let (key, value) = member.map_err(Reason::Json)?;
            let name = unescaped(key);
            let mut picked = false;
            for (at, wanted) in self.wanted.iter().enumerate() {
                if wanted.name == *name {
                    picked = true;
                    if let Some(slot) = found.picked.get_mut(at) {
                        *slot = Some(value);
                    }
                } else if let Some((first, _)) = &wanted.path
                    && *first == *name
                {
                    paths.push((at, value));
                }
            }
            if self.fields.is_none() && !picked {
                found.other(key, value);
            }
        }
        for (at, value) in paths.into_iter().rev() {
            if let (Some(wanted), Some(slot)) = (self.wanted.get(at), found.picked.get_mut(at))
                && let (None, Some((_, rest))) = (&slot, &wanted.path)
            {
                *slot = inside(value, rest);
            }
        }
        Ok(found)
    }

    /// Appends a line.
    pub(super) fn write(
        &self,
        measurement: &str,
        found: &Found<'_>,
        moment: Option<Moment>,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        if measurement.starts_with('#') || !value::measurement(measurement, out) {
            let what = "this cannot be a measurement";
            return Err(Reason::unfit_value(what, measurement.as_bytes()));
        }
        self.write_tags(found, out)?;
        let before = out.len();
        match &self.fields {
            Some(fields) => self.write_fields(fields, found, out)?,
            None => self.write_others(found, out)?,
        }
        if out.len() == before {
            return Err(Reason::unfit("the event has no field to write"));
        }
        if let Some(nanoseconds) = self.time(found, moment)? {
            let time = nanoseconds.div_euclid(self.precision.nanoseconds());
            out.push(b' ');
            out.extend_from_slice(itoa::Buffer::new().format(time).as_bytes());
        }
        Ok(())
    }

    fn write_tags(&self, found: &Found<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
        for (at, key) in self.tags.iter().enumerate() {
            let Some(raw) = found.picked.get(at).copied().flatten() else {
                continue;
            };
            if kind(raw) == JsonKind::Null {
                continue;
            }
            let before = out.len();
            out.extend_from_slice(key);
            let Some(text) = value::text(raw) else {
                let name = self.wanted.get(at).map_or("", |wanted| &wanted.name);
                let what = format!("tag `{name}` is neither string, number nor boolean");
                return Err(Reason::unfit_value(what, raw));
            };
            if !value::name(&text, out) {
                out.truncate(before);
            }
        }
        Ok(())
    }

    fn write_fields(
        &self,
        fields: &[(String, Vec<u8>, FieldType)],
        found: &Found<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let mut first = true;
        let picked = found.picked.iter().skip(self.tags.len());
        for ((name, key, as_type), raw) in fields.iter().zip(picked) {
            if let Some(raw) = raw {
                self.write_field(name, key, raw, *as_type, &mut first, out)?;
            }
        }
        Ok(())
    }

    fn write_others(&self, found: &Found<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
        let mut first = true;
        let mut key = Vec::new();
        for (name, raw) in &found.others {
            let name = unescaped(name);
            key.clear();
            if name == "time" || !value::name(&name, &mut key) {
                continue;
            }
            key.push(b'=');
            self.write_field(&name, &key, raw, FieldType::Auto, &mut first, out)?;
        }
        Ok(())
    }

    fn write_field(
        &self,
        name: &str,
        key: &[u8],
        raw: &[u8],
        as_type: FieldType,
        first: &mut bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let before = out.len();
        out.push(if *first { b' ' } else { b',' });
        out.extend_from_slice(key);
        if value::field(name, raw, as_type, self.to_float, out)? {
            *first = false;
        } else {
            out.truncate(before);
        }
        Ok(())
    }

    /// The time of a line in nanoseconds since the Unix epoch.
    fn time(&self, found: &Found<'_>, moment: Option<Moment>) -> Result<Option<i128>, Reason> {
        let own = moment.map(|at| i128::from(at.instant_us()) * 1_000);
        let given = found.picked.last().copied().flatten();
        let Some(raw) = given.filter(|raw| self.timed && kind(raw) != JsonKind::Null) else {
            return Ok(own);
        };
        let text = value::text(raw).unwrap_or_default();
        let offset_us = moment.map_or(0, |at| i64::from(at.offset_s) * 1_000_000);
        let given = match text.trim().parse::<i128>() {
            Ok(number) => Some(number),
            Err(_) if kind(raw) == JsonKind::String => iso::wide(text.trim()).ok().map(|stamp| {
                let offset_us = stamp.offset_us.unwrap_or(offset_us);
                (i128::from(stamp.wall_us) - i128::from(offset_us)) * 1_000
            }),
            Err(_) => None,
        };
        match given.filter(|time| i64::try_from(*time).is_ok()) {
            Some(time) => Ok(Some(time)),
            None => {
                let name = self.wanted.last().map_or("", |wanted| &wanted.name);
                let what = format!("`{name}` is neither nanoseconds nor an ISO 8601 time");
                Err(Reason::unfit_value(what, raw))
            }
        }
    }
}

impl<'a> Found<'a> {
    /// Adds another member; of equal names the last value counts.
    fn other(&mut self, key: &'a [u8], value: &'a [u8]) {
        if matches!(kind(value), JsonKind::Object | JsonKind::Array) {
            return;
        }
        match self.others.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => self.others.push((key, value)),
        }
    }
}

/// The member of an object that a path leads to.
fn inside<'a>(object: &'a [u8], path: &str) -> Option<&'a [u8]> {
    let Ok(Whole::Object(members)) = whole(object) else {
        return None;
    };
    let mut last = None;
    let mut deeper = None;
    let split = path.split_once('.');
    for (key, value) in members.flatten() {
        let name = unescaped(key);
        if name == path {
            last = Some(value);
        } else if let Some((first, _)) = split
            && name == first
        {
            deeper = Some(value);
        }
    }
    last.or_else(|| inside(deeper?, split?.1))
}
