//! Inputs, moments, cron and the merge against the golden vectors.
//!
//! The reference gives out wall-clock times without offset and shows the first pass's offset with them.
//! We know the instant, so that an offset may differ where a wall-clock time occurs twice.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::decisions::{Suite, load, same};
use evtui::batch::TimestampBatch;
use evtui::config::{
    BatchParameters, Context, Diagnostics, Node, Overlay, Parameters, parse_yaml, read_startup,
};
use evtui::input::{InputConfig, InputEnv, Merge, PLUGINS, read_moment};
use evtui::pipeline::batches;
use evtui::preview::{aggregate, ends};
use evtui::time::versatile::{Form, Missing, resolve_range};
use evtui::time::{Moment, SECOND_US, Versatile, Zone, iso};
use serde_json::Value;

const BASE: &str = "/base";
const PATH: &str = "generator.yml";

/// What a case is read with: its text, its files, and what was found wrong.
pub(super) struct Desk {
    files: Overlay,
    pub(super) diagnostics: Diagnostics,
}

impl Desk {
    pub(super) fn new(case: &Value) -> Self {
        let mut buffers = HashMap::from([(PathBuf::from(PATH), text(case, "yaml").into())]);
        for (name, content) in case["files"].as_object().into_iter().flatten() {
            buffers.insert(Path::new(BASE).join(name), content.as_str().unwrap().into());
        }
        Self {
            files: Overlay { buffers },
            diagnostics: Diagnostics::default(),
        }
    }

    pub(super) fn node(&mut self, case: &Value) -> Node {
        parse_yaml(text(case, "yaml"), Path::new(PATH), &mut self.diagnostics).expect("sound YAML")
    }

    fn context(&mut self) -> Context<'_> {
        Context {
            diagnostics: &mut self.diagnostics,
            path: Path::new(PATH),
            base: Path::new(BASE),
            files: &self.files,
            calendars: None,
            setting: String::new(),
        }
    }

    /// Decodes one item of `input`.
    pub(super) fn decode(&mut self, item: &Node) -> Option<Box<dyn InputConfig>> {
        let [(name, body)] = item.as_map().unwrap() else {
            panic!("one plugin")
        };
        let plugin = PLUGINS
            .iter()
            .find(|plugin| Some(plugin.schema.name) == name.as_str())?;
        (plugin.decode)(body, &mut self.context())
    }

    pub(super) fn env(&self, case: &Value) -> InputEnv<'_> {
        let zone = zone(case);
        InputEnv {
            zone,
            now: zone.at_instant(instant(case, "now")),
            skip_past: case["skip_past"].as_bool().unwrap_or(false),
            base: Path::new(BASE),
            files: &self.files,
            seed: Some(1),
            outside: None,
        }
    }
}

pub(super) fn text<'v>(case: &'v Value, key: &str) -> &'v str {
    case[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} of {case}"))
}

fn zone(case: &Value) -> Zone {
    Zone::parse(text(case, "timezone")).unwrap()
}

pub(super) fn stamp(text: &str) -> Moment {
    iso::wide(text).unwrap().in_zone(Zone::UTC)
}

fn instant(case: &Value, key: &str) -> i64 {
    stamp(text(case, key)).instant_us()
}

/// What the wall clock shows, without the offset.
fn wall(text: &str) -> i64 {
    iso::wide(text).unwrap().wall_us
}

pub(super) fn suite(file: &str, run: impl Fn(&Value) -> Result<(), String>) {
    let path = format!("inputs/{file}.json");
    let mut suite = Suite::new(&path);
    for case in load(&path)["cases"].as_array().unwrap() {
        if case["level"] != "optional" {
            let mark = case.get("quirk").map(|_| "quirk");
            suite.marked(text(case, "name"), mark.as_slice(), || run(case));
        }
    }
    suite.finish();
}

/// One plugin: refused where the reference refuses, otherwise the same timestamps.
fn plugin(case: &Value) -> Result<(), String> {
    let mut desk = Desk::new(case);
    let node = desk.node(case);
    let expected = &case["expected"];
    let Some(config) = desk.decode(&node) else {
        return refused(&desk.diagnostics, expected);
    };
    if desk.diagnostics.has_errors() {
        return Err("decoded in spite of errors".to_owned());
    }
    let env = desk.env(case);
    let mut input = match config.start(&env) {
        Ok(input) => input,
        Err(error) => {
            return match expected["error"]["kind"].as_str() {
                Some("generation" | "unexpected") => Ok(()),
                _ => Err(format!("does not start: {error}")),
            };
        }
    };
    let limit = usize::try_from(case["limit"].as_u64().unwrap()).unwrap();
    let mut ours = Vec::new();
    input
        .fill(limit, &mut ours)
        .map_err(|error| error.to_string())?;
    let mut more = Vec::new();
    input
        .fill(1, &mut more)
        .map_err(|error| error.to_string())?;
    if let Some(kind) = expected["error"]["kind"].as_str() {
        return Err(format!(
            "expected an error ({kind}), got {} timestamps",
            ours.len()
        ));
    }
    let theirs = expected["timestamps"].as_array().unwrap();
    let theirs: Vec<&str> = theirs.iter().map(|at| at.as_str().unwrap()).collect();
    compare(&ours, &theirs, env.zone)?;
    match expected["count"]
        .as_u64()
        .filter(|&count| count > limit as u64)
    {
        Some(count) => {
            let mut rest = Vec::new();
            input
                .fill(usize::MAX, &mut rest)
                .map_err(|error| error.to_string())?;
            same("count", &((limit + 1 + rest.len()) as u64), &count)?;
        }
        None => same(
            "complete",
            &more.is_empty(),
            &expected["complete"].as_bool().unwrap(),
        )?,
    }
    let counted = config.count(&env);
    match expected["count"].as_u64() {
        Some(count) => same("count in advance", &counted.unwrap_or(count), &count),
        None => Ok(()),
    }
}

pub(super) fn refused(found: &Diagnostics, expected: &Value) -> Result<(), String> {
    let shown: Vec<String> = found
        .0
        .iter()
        .map(|one| format!("{}: {}", one.setting, one.message))
        .collect();
    if !found.has_errors() {
        return Err("refused without a reason".to_owned());
    }
    let error = &expected["error"];
    match error["kind"].as_str() {
        Some("init" | "unexpected") => return Ok(()),
        Some("config") => {}
        _ => return Err(format!("refused: {shown:?}")),
    }
    for detail in error["details"].as_array().into_iter().flatten() {
        let Some(field) = detail["field"].as_str().filter(|field| !field.is_empty()) else {
            continue;
        };
        let first = field.split('.').next().unwrap();
        if !shown.iter().any(|line| line.contains(first)) {
            return Err(format!("{field} is not named in {shown:?}"));
        }
    }
    Ok(())
}

fn compare(ours: &[Moment], theirs: &[&str], zone: Zone) -> Result<(), String> {
    let shown: Vec<String> = ours.iter().map(Moment::to_string).collect();
    let equal = ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(at, text)| at.wall_us == wall(text));
    if !equal {
        return Err(format!("\n    ours:   {shown:?}\n    theirs: {theirs:?}"));
    }
    for (at, text) in ours.iter().zip(theirs) {
        let second_pass = zone.at_instant(at.instant_us()) == *at;
        if !second_pass && at.to_string() != **text {
            return Err(format!("{at} instead of {text}"));
        }
    }
    Ok(())
}

#[test]
fn cron() {
    suite("cron", plugin);
}

#[test]
fn timer() {
    suite("timer", plugin);
}

#[test]
fn linspace() {
    suite("linspace", plugin);
}

#[test]
fn timestamps() {
    suite("timestamps", plugin);
}

#[test]
fn statics() {
    suite("static", plugin);
}

/// `R`: every drawn value within its bounds, several of them over many runs, constant in each.
#[test]
fn cron_random() {
    suite("cron_random", |case| {
        let expression = text(case, "expression");
        let yaml = format!("cron: {{expression: '{expression}', count: 1, start: 2024-01-01}}");
        let case_with_yaml = serde_json::json!({
            "yaml": yaml, "timezone": "UTC", "now": "2024-01-01T00:00:00Z"
        });
        let mut desk = Desk::new(&case_with_yaml);
        let node = desk.node(&case_with_yaml);
        let config = desk.decode(&node);
        if case["error"] == "config" {
            return same("accepted", &config.is_some(), &false);
        }
        let config = config.ok_or_else(|| format!("refused: {:?}", desk.diagnostics))?;
        let mut drawn: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
        for seed in 0..300 {
            let env = InputEnv {
                seed: Some(seed),
                ..desk.env(&case_with_yaml)
            };
            let mut out = Vec::new();
            let mut input = config.start(&env).map_err(|error| error.to_string())?;
            input
                .fill(60, &mut out)
                .map_err(|error| error.to_string())?;
            drawn.insert(
                seed,
                out.iter()
                    .map(|at| at.wall_us / (60 * SECOND_US) % 1_440)
                    .collect(),
            );
        }
        let minutes: Vec<i64> = drawn.values().map(|one| one[0] % 60).collect();
        let (low, high) = (
            *minutes.iter().min().unwrap(),
            *minutes.iter().max().unwrap(),
        );
        let constant = drawn.values().all(|one| one.iter().all(|at| at == &one[0]));
        let gaps = |step: i64| {
            drawn.values().all(|one| {
                one.windows(2)
                    .all(|two| two[1] - two[0] == step || two[1] % 60 == one[0] % 60)
            })
        };
        match text(case, "name") {
            "r_range" => same("bounds, constant", &(low, high, constant), &(10, 20, true)),
            "r_step" => same("bounds, steps", &(low, high, gaps(15)), &(0, 14, true)),
            "r_range_step" => same("bounds, steps", &(low, high, gaps(10)), &(30, 39, true)),
            _ => same("bounds, constant", &(low, high, constant), &(0, 59, true)),
        }
    });
}

fn branch(value: Option<&Versatile>) -> &'static str {
    match value.map(Versatile::form) {
        None => "null",
        Some(Form::Datetime) => "datetime",
        Some(Form::Time) => "time",
        Some(Form::Keyword) => "keyword",
        Some(Form::Relative) => "relative",
        Some(Form::Human) => "human",
    }
}

fn missing(case: &Value, key: &str) -> Missing {
    match case[key].as_str() {
        Some("min") => Missing::Min,
        Some("max") => Missing::Max,
        _ => Missing::Now,
    }
}

#[test]
fn versatile_datetime() {
    suite("versatile_datetime", |case| {
        let mut desk = Desk::new(case);
        let node = desk.node(case);
        let node = node.get("value").unwrap();
        let expected = &case["expected"];
        let zone = zone(case);
        let now = zone.at_instant(instant(case, "now"));
        let base = match case["relative_base"].as_str() {
            Some(_) => zone.at_instant(instant(case, "relative_base")),
            None => now,
        };
        let value = match read_moment(node, &desk.context()) {
            Ok(value) => value,
            Err(_) if expected["error"]["kind"] == "config" => return Ok(()),
            Err(error) => return Err(error.message),
        };
        let moment = match &value {
            Some(value) => value.resolve(zone, now, base),
            None => Ok(missing(case, "none_point").resolve(zone, now)),
        };
        let ours = match moment {
            Ok(moment) => moment.to_string(),
            Err(_) if expected["error"]["kind"] == "normalize" => "error".to_owned(),
            Err(error) => return Err(error.to_string()),
        };
        let theirs = expected["result"].as_str().unwrap_or("error");
        same(
            "form, moment",
            &(branch(value.as_ref()), ours.as_str()),
            &(expected["branch"].as_str().unwrap_or("error"), theirs),
        )
    });
}

#[test]
fn versatile_range() {
    suite("versatile_range", |case| {
        let mut desk = Desk::new(case);
        let node = desk.node(case);
        let zone = zone(case);
        let now = zone.at_instant(instant(case, "now"));
        let context = desk.context();
        let read = |key| {
            let value = read_moment(node.get(key).unwrap(), &context);
            value.map_err(|error| error.message)
        };
        let (start, end) = (read("start")?, read("end")?);
        let points = (missing(case, "none_start"), missing(case, "none_end"));
        let range = resolve_range(start.as_ref(), end.as_ref(), points, zone, now);
        let expected = &case["expected"];
        let ours = range.map(|(from, to)| {
            [
                from.to_string(),
                to.to_string(),
                branch(start.as_ref()).to_owned(),
                branch(end.as_ref()).to_owned(),
            ]
        });
        if expected.get("error").is_some() {
            return same("refused", &ours.is_err(), &true);
        }
        let theirs = ["start", "end", "start_branch", "end_branch"]
            .map(|key| text(expected, key).to_owned());
        same(
            "range",
            &ours.map_err(|error| error.to_string()),
            &Ok(theirs),
        )
    });
}

/// The merge as it is asked for so many timestamps at a time, and batches as a live run gives them to an
/// output that joins them.
#[test]
fn pipeline() {
    suite("pipeline", |case| {
        let mut desk = Desk::new(case);
        let node = desk.node(case);
        let items = node.get("input").and_then(Node::as_seq).unwrap();
        let configs: Vec<Box<dyn InputConfig>> = items
            .iter()
            .map(|item| desk.decode(item).expect("sound options"))
            .collect();
        let merge = Merge::start(configs.iter().map(AsRef::as_ref), &desk.env(case));
        let expected = &case["expected"];
        if expected.get("error").is_some() {
            return limits_are_refused(&case["batch"]);
        }
        let wanted = expected["batch_sizes"].as_array().unwrap();
        let batches = if case.get("batch").is_some() {
            batches(merge, &limits(&case["batch"]))
        } else {
            let size = case["iterate_size"].as_u64().unwrap_or(u64::MAX);
            let most = (expected["complete"] != true).then_some(wanted.len());
            chunks(merge, usize::try_from(size).unwrap_or(usize::MAX), most)
        };
        let sizes: Vec<usize> = batches.iter().map(TimestampBatch::len).collect();
        let theirs: Vec<usize> = wanted
            .iter()
            .map(|len| usize::try_from(len.as_u64().unwrap()).unwrap())
            .collect();
        same("batch sizes", &sizes, &theirs)?;
        let mut all = TimestampBatch::default();
        for batch in &batches {
            all.moments.extend_from_slice(&batch.moments);
            all.inputs.extend_from_slice(&batch.inputs);
        }
        let ours: Vec<(String, u64)> = all
            .moments
            .iter()
            .zip(&all.inputs)
            .map(|(at, &input)| (at.to_string(), u64::from(input) + 1))
            .collect();
        if expected.get("sha256").is_some() {
            return summary(&all, expected);
        }
        let theirs: Vec<(String, u64)> = expected["batches"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|batch| batch.as_array().unwrap())
            .map(|pair| {
                (
                    pair[0].as_str().unwrap().to_owned(),
                    pair[1].as_u64().unwrap(),
                )
            })
            .collect();
        same("timestamps", &ours, &theirs)
    });
}

fn chunks(mut merge: Merge, size: usize, most: Option<usize>) -> Vec<TimestampBatch> {
    let mut all = Vec::new();
    while most.is_none_or(|most| all.len() < most) {
        let mut batch = TimestampBatch::default();
        let more = merge.fill(size, &mut batch);
        if !batch.is_empty() {
            all.push(batch);
        }
        if !more {
            break;
        }
    }
    all
}

fn limits(batch: &Value) -> BatchParameters {
    BatchParameters {
        size: batch["size"]
            .as_u64()
            .and_then(|size| usize::try_from(size).ok()),
        delay: batch["delay"].as_f64(),
    }
}

/// Limits are checked where parameters are read.
fn limits_are_refused(batch: &Value) -> Result<(), String> {
    let text = format!("- {{id: a, path: b, batch: {batch}}}");
    let path = Path::new("startup.yml");
    let (_, problems) = read_startup(&text, path, &Parameters::default(), Path::new(""));
    if problems.has_errors() {
        Ok(())
    } else {
        Err("the limits were accepted".to_owned())
    }
}

/// Hash of the lines `YYYY-MM-DDTHH:MM:SS.ffffff ID`.
fn summary(all: &TimestampBatch, expected: &Value) -> Result<(), String> {
    use sha2::Digest;
    let lines: Vec<String> = all
        .moments
        .iter()
        .zip(&all.inputs)
        .map(|(at, input)| {
            let (seconds, micros) = (
                at.wall_us.div_euclid(SECOND_US),
                at.wall_us.rem_euclid(SECOND_US),
            );
            let whole = Moment {
                wall_us: seconds * SECOND_US,
                offset_s: 0,
            };
            let text = whole.to_string();
            format!("{}.{micros:06} {}", &text[..19], input + 1)
        })
        .collect();
    let hash: String = sha2::Sha256::digest(lines.join("\n"))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    same("hash", &hash.as_str(), &text(expected, "sha256"))
}

#[test]
fn preview_aggregate() {
    suite("preview_aggregate", |case| {
        let Some(list) = case["timestamps"].as_array() else {
            return Err("the list is a rule in words".to_owned());
        };
        let timestamps: Vec<(i64, u16)> = list
            .iter()
            .map(|pair| {
                let id = u16::try_from(pair[1].as_u64().unwrap()).unwrap();
                (wall(pair[0].as_str().unwrap()), id - 1)
            })
            .collect();
        let width = case["span_seconds"]
            .as_f64()
            .map(|seconds| (seconds * 1e6) as i64);
        let expected = &case["expected"];
        let ours = aggregate(&timestamps, width).ok_or("refused")?;
        let edges = expected["span_edges"].as_array().unwrap();
        let edges: Vec<i64> = edges
            .iter()
            .map(|edge| wall(edge.as_str().unwrap()))
            .collect();
        same("edges", &ours.edges, &edges)?;
        for (id, counts) in expected["span_counts"].as_object().unwrap() {
            let theirs: Vec<u64> = counts
                .as_array()
                .unwrap()
                .iter()
                .map(|count| count.as_u64().unwrap())
                .collect();
            let index: usize = id.parse().unwrap();
            same("counts", &ours.counts[index - 1], &theirs)?;
        }
        same(
            "total",
            &(ours.total as u64),
            &expected["total"].as_u64().unwrap(),
        )?;
        let (head, tail) = ends(&timestamps);
        if let Some(last) = expected["last"].as_array() {
            same(
                "last",
                &tail.first().map(|at| at.0),
                &last.first().map(|at| wall(at.as_str().unwrap())),
            )?;
            return same(
                "first",
                &head.len(),
                &expected["first"].as_array().unwrap().len(),
            );
        }
        same("listed", &(head.len() + tail.len()), &timestamps.len())
    });
}
