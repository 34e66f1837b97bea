//! What many events are like: sizes, speed, shares of templates, fields of JSON, slow lines.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::evaluate::{Patience, Project, with_project};
use super::json::{self, Kind};
use super::{PreviewRequest, PreviewResult, events, schedule};
use crate::batch::EventBatch;
use crate::config::Diagnostics;
use crate::event::{Inspect, Outcome, Outline, Profile};
use crate::pipeline::EventPlan;
use crate::time::Moment;

/// Longest time that measuring may take.
const LIMIT: Duration = Duration::from_millis(1_500);

/// Timestamps of the part that is profiled, which is slower.
const PROFILED: usize = 500;

/// Different values of a field that are told apart.
const DISTINCT: usize = 10_000;

/// Longest value that is counted as one of a field's values, in bytes.
const LONGEST: usize = 200;

/// Values of a field that are listed.
const TOP: usize = 5;

/// Fields that are looked at.
const FIELDS: usize = 500;

/// What many events are like.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Timestamps that were rendered.
    pub timestamps: usize,
    /// Events that came of them.
    pub events: usize,
    /// Timestamps that failed.
    pub failed: usize,
    /// Timestamps that templates dropped.
    pub dropped: usize,
    /// Sizes of the events as rendered.
    pub size: Sizes,
    /// Events a second that one core renders, without formatting and writing.
    pub per_second: f64,
    /// Share of each template, in the order of the templates.
    pub aliases: Vec<AliasShare>,
    /// True when the shares were declared as weights.
    pub weighted: bool,
    /// Events that are JSON mappings.
    pub mappings: usize,
    /// Their fields, in the order in which they were first seen.
    pub fields: Vec<FieldStats>,
    /// Where rendering spends its time.
    pub profile: Option<Profile>,
    /// What ended it early, in words.
    pub note: Option<String>,
    /// Time spent.
    pub took: Duration,
}

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sizes {
    /// The smallest.
    pub min: usize,
    /// The mean.
    pub mean: f64,
    /// 95 of 100 are not larger.
    pub p95: usize,
    /// The largest.
    pub max: usize,
}

/// Share of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct AliasShare {
    /// Its alias.
    pub alias: Arc<str>,
    /// Its file, relative to the project's folder.
    pub file: Option<String>,
    /// Events it rendered.
    pub events: usize,
    /// Share that it shall have, 0 to 1, where that is known.
    pub declared: Option<f64>,
    /// Mean size of its events in bytes.
    pub mean: f64,
}

/// A field of JSON events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldStats {
    /// The way to it, such as `user.roles[]`; items of lists count together.
    pub path: String,
    /// Values seen, nulls included.
    pub seen: usize,
    /// Events without it.
    pub missing: usize,
    /// Nulls among the values.
    pub nulls: usize,
    /// Different values.
    pub distinct: usize,
    /// True when there were more different values than are counted.
    pub many: bool,
    /// What the values are, with how often.
    pub kinds: Vec<(Kind, usize)>,
    /// The smallest and largest number, when there are numbers; else the shortest and longest text, in
    /// characters.
    pub range: Option<(f64, f64)>,
    /// True when `range` is of lengths.
    pub lengths: bool,
    /// The most frequent values with how often, most frequent first.
    pub top: Vec<(String, usize)>,
}

/// Works out statistics over as many timestamps as the request asks for; `None` when it was cancelled or
/// nothing can be rendered.
pub fn study(request: &PreviewRequest, cancel: &dyn Fn() -> bool) -> Option<PreviewResult> {
    let most = request.inspect.statistics?;
    let started = Instant::now();
    let patience = Patience::new(started + LIMIT, cancel);
    let mut found = None;
    let mut loaded = PreviewResult::default();
    with_project(request, &mut loaded, |project, decoded, _| {
        if let Some(event) = &decoded.event {
            found = measure(project, event, most, &patience);
        }
    });
    let mut statistics = found.filter(|_| !patience.is_cancelled())?;
    statistics.took = started.elapsed();
    Some(PreviewResult {
        revision: request.revision,
        statistics: Some(Box::new(statistics)),
        ..PreviewResult::default()
    })
}

fn measure(
    project: &Project<'_>,
    event: &EventPlan,
    most: usize,
    patience: &Patience<'_>,
) -> Option<Statistics> {
    let render = schedule::first(project, most, patience);
    let inspect = Inspect::default();
    let mut source = events::build(project, event, inspect, &mut Diagnostics::default())?;
    let tags = events::tags(project);
    let outline = event.config.outline();
    let mut tally = Tally::default();
    let mut statistics = Statistics::default();
    let mut batch = EventBatch::default();
    let mut spent = Duration::ZERO;
    let measuring = patience.part(2);
    for (done, &(at, input)) in render.iter().enumerate() {
        if measuring.is_over() {
            statistics.note = Some(format!(
                "the time limit ended it after {done} of {} timestamps",
                render.len()
            ));
            break;
        }
        let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
        batch.clear();
        let began = Instant::now();
        let outcome = source.produce(at, tags, &mut batch);
        spent += began.elapsed();
        statistics.timestamps += 1;
        for index in 0..batch.len() {
            tally.event(batch.get(index), batch.alias(index));
        }
        match outcome {
            Outcome::Produced(_) => {}
            Outcome::Dropped => statistics.dropped += 1,
            Outcome::Failed(_) => statistics.failed += 1,
            Outcome::Exhausted => {
                statistics.note = Some("the event source has no more".to_owned());
                break;
            }
        }
    }
    statistics.events = tally.sizes.len();
    statistics.per_second = statistics.events as f64 / spent.as_secs_f64().max(1e-9);
    tally.finish(source.aliases(), &outline, &mut statistics);
    drop(source);
    statistics.profile = profile(project, event, &render, &tags, patience);
    Some(statistics)
}

/// Renders a part once more, noting where the time goes.
fn profile(
    project: &Project<'_>,
    event: &EventPlan,
    render: &[(Moment, u16)],
    tags: &[Vec<Arc<str>>],
    patience: &Patience<'_>,
) -> Option<Profile> {
    let wish = Inspect {
        profile: true,
        explain: false,
    };
    let mut source = events::build(project, event, wish, &mut Diagnostics::default())?;
    let mut batch = EventBatch::default();
    for &(at, input) in render.iter().take(PROFILED) {
        if patience.is_over() {
            break;
        }
        let tags = tags.get(usize::from(input)).map_or(&[][..], Vec::as_slice);
        batch.clear();
        if let Outcome::Exhausted = source.produce(at, tags, &mut batch) {
            break;
        }
    }
    source.profile()
}

#[derive(Default)]
struct Tally {
    sizes: Vec<usize>,
    /// Events and bytes by alias.
    aliases: HashMap<u16, (usize, usize)>,
    mappings: usize,
    fields: Vec<FieldTally>,
    /// Indexes into `fields`.
    by_path: HashMap<String, usize>,
}

#[derive(Default)]
struct FieldTally {
    stats: FieldStats,
    /// The last event that had it, and how many had.
    last: usize,
    events: usize,
    values: HashMap<String, usize>,
}

impl Tally {
    fn event(&mut self, event: &[u8], alias: u16) {
        self.sizes.push(event.len());
        let own = self.aliases.entry(alias).or_default();
        own.0 += 1;
        own.1 += event.len();
        let Ok(text) = std::str::from_utf8(event) else {
            return;
        };
        if !text.trim_start().starts_with('{') {
            return;
        }
        let Ok(nodes) = json::parse(text) else {
            return;
        };
        self.mappings += 1;
        // The ways to the values that the one in hand lies in.
        let mut way: Vec<String> = Vec::new();
        for node in nodes.iter().skip(1) {
            way.truncate(usize::from(node.depth) - 1);
            let above = way.last().map_or("", String::as_str);
            let own = match &node.key {
                Some(key) => {
                    let name = json::unquote(text.get(key.clone()).unwrap_or_default());
                    let dot = if above.is_empty() { "" } else { "." };
                    format!("{above}{dot}{name}")
                }
                None => format!("{above}[]"),
            };
            let value = text.get(node.value.clone()).unwrap_or_default();
            if node.kind != Kind::Map {
                self.value(&own, node.kind, value, node.items);
            }
            way.push(own);
        }
    }

    fn value(&mut self, path: &str, kind: Kind, value: &str, items: usize) {
        let index = match self.by_path.get(path) {
            Some(index) => *index,
            None if self.fields.len() < FIELDS => {
                self.fields.push(FieldTally::default());
                let index = self.fields.len() - 1;
                self.by_path.insert(path.to_owned(), index);
                index
            }
            None => return,
        };
        let event = self.mappings;
        let Some(field) = self.fields.get_mut(index) else {
            return;
        };
        if field.last != event {
            field.last = event;
            field.events += 1;
        }
        field.value(kind, value, items);
    }

    fn finish(mut self, aliases: &[Arc<str>], outline: &Outline, out: &mut Statistics) {
        out.size = sizes(&mut self.sizes);
        out.weighted = outline.weighted;
        for (number, alias) in (0..=u16::MAX).zip(aliases) {
            let (events, bytes) = self.aliases.get(&number).copied().unwrap_or_default();
            let entry = outline.entries.iter().find(|entry| entry.alias == *alias);
            out.aliases.push(AliasShare {
                alias: alias.clone(),
                file: entry.map(|entry| entry.file.clone()),
                events,
                declared: entry.and_then(|entry| entry.share),
                mean: bytes as f64 / events.max(1) as f64,
            });
        }
        out.mappings = self.mappings;
        let mut paths: Vec<(String, usize)> = self.by_path.into_iter().collect();
        paths.sort_by_key(|(_, index)| *index);
        let fields = paths.into_iter().zip(self.fields);
        out.fields = fields
            .map(|((path, _), field)| field.finish(path, self.mappings))
            .collect();
    }
}

impl FieldTally {
    fn value(&mut self, kind: Kind, value: &str, items: usize) {
        let stats = &mut self.stats;
        stats.seen += 1;
        match stats.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => stats.kinds.push((kind, 1)),
        }
        let measure = match kind {
            Kind::Number => value.parse::<f64>().ok(),
            Kind::Text => Some(value.chars().count().saturating_sub(2) as f64),
            _ => None,
        };
        if let Some(measure) = measure {
            let lengths = kind == Kind::Text;
            let old = stats.range.filter(|_| stats.lengths == lengths);
            // Numbers say more than lengths.
            if old.is_some() || stats.range.is_none() || !lengths {
                let (min, max) = old.unwrap_or((measure, measure));
                stats.range = Some((min.min(measure), max.max(measure)));
                stats.lengths = lengths;
            }
        }
        match kind {
            Kind::Null => stats.nulls += 1,
            Kind::List | Kind::Map if items > 0 => {}
            _ => self.count(value),
        }
    }

    fn count(&mut self, value: &str) {
        let short = match value.char_indices().nth(LONGEST) {
            Some((at, _)) => value.get(..at).unwrap_or_default(),
            None => value,
        };
        let room = self.values.len() < DISTINCT;
        match self.values.entry(short.to_owned()) {
            Entry::Occupied(mut known) => *known.get_mut() += 1,
            Entry::Vacant(place) if room => drop(place.insert(1)),
            Entry::Vacant(_) => self.stats.many = true,
        }
    }

    fn finish(self, path: String, events: usize) -> FieldStats {
        let mut top: Vec<(String, usize)> = self.values.into_iter().collect();
        let distinct = top.len();
        top.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        top.truncate(TOP);
        let mut kinds = self.stats.kinds;
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        FieldStats {
            path,
            missing: events.saturating_sub(self.events),
            distinct,
            kinds,
            top,
            ..self.stats
        }
    }
}

fn sizes(all: &mut [usize]) -> Sizes {
    all.sort_unstable();
    let rank = (all.len() * 95).div_ceil(100).saturating_sub(1);
    Sizes {
        min: all.first().copied().unwrap_or(0),
        mean: all.iter().sum::<usize>() as f64 / all.len().max(1) as f64,
        p95: all.get(rank).copied().unwrap_or(0),
        max: all.last().copied().unwrap_or(0),
    }
}
