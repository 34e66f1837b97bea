//! `time_patterns` against the golden vectors: exact counts where nothing is random, otherwise the
//! distribution over many seeds.

use evtui::config::{Scalar, Tree, parse_yaml};
use evtui::input::{InputConfig, InputEnv};
use evtui::time::Moment;
use serde_json::Value;

use super::decisions::same;
use super::inputs::{Desk, refused, stamp, suite, text};

/// More timestamps than any case has.
const MOST: usize = 20_000_000;

/// Standard errors by which a mean may differ: once in many millions by chance.
const TOLERANCE: f64 = 5.5;

/// A decoded case, with the options of its pattern file that the checks need.
struct Bench {
    desk: Desk,
    config: Box<dyn InputConfig>,
    start_us: i64,
    period_us: i64,
}

impl Bench {
    fn new(case: &Value) -> Result<Self, String> {
        let mut desk = Desk::new(case);
        let node = desk.node(case);
        let config = desk
            .decode(&node)
            .ok_or_else(|| format!("refused: {:?}", desk.diagnostics))?;
        let file = case["files"].as_object().unwrap().values().next().unwrap();
        let mut problems = Default::default();
        let node = parse_yaml(file.as_str().unwrap(), "p.yml".as_ref(), &mut problems).unwrap();
        let oscillator = node.get("oscillator").unwrap();
        let option = |name: &str| {
            let value = oscillator
                .get(name)
                .or_else(|| node.get(&format!("oscillator.{name}")));
            value.unwrap_or_else(|| panic!("{name} of {}", case["name"]))
        };
        let unit_us = match option("unit").as_str().unwrap() {
            "weeks" => 7.0 * 86_400e6,
            "days" => 86_400e6,
            "hours" => 3_600e6,
            "minutes" => 60e6,
            "seconds" => 1e6,
            "milliseconds" => 1e3,
            _ => 1.0,
        };
        let period = match &option("period").tree {
            Tree::Scalar(Scalar::Int(whole)) => *whole as f64,
            Tree::Scalar(Scalar::Float(period)) => *period,
            other => panic!("{other:?}"),
        };
        let start = case["expected"]["period_start"].as_str();
        let start = start.unwrap_or_else(|| option("start").as_str().unwrap());
        Ok(Self {
            desk,
            config,
            start_us: stamp(start).instant_us(),
            period_us: (period * unit_us).round() as i64,
        })
    }

    fn env(&self, case: &Value, seed: u64) -> InputEnv<'_> {
        InputEnv {
            seed: Some(seed),
            ..self.desk.env(case)
        }
    }

    fn run(&self, case: &Value, seed: u64) -> Result<Vec<Moment>, String> {
        let mut out = Vec::new();
        let started = self.config.start(&self.env(case, seed));
        let mut input = started.map_err(|error| error.to_string())?;
        let filled = input.fill(MOST, &mut out);
        filled.map_err(|error| error.to_string())?;
        Ok(out)
    }

    /// Periods since the start, and places within them.
    fn places<'m>(&self, all: &'m [Moment]) -> impl Iterator<Item = (usize, f64)> + use<'m> {
        let (start_us, period_us) = (self.start_us, self.period_us);
        all.iter().map(move |at| {
            let after = at.instant_us() - start_us;
            let place = after.rem_euclid(period_us) as f64 / period_us as f64;
            (after.div_euclid(period_us) as usize, place)
        })
    }

    fn per_period(&self, all: &[Moment], periods: usize) -> Vec<u64> {
        let mut counts = vec![0; periods];
        for (period, _) in self.places(all) {
            if period >= counts.len() {
                counts.resize(period + 1, 0);
            }
            counts[period] += 1;
        }
        counts
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|one| one.as_f64().unwrap()).collect()
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

fn near(what: &str, ours: f64, theirs: f64, tolerance: f64) -> Result<(), String> {
    if (ours - theirs).abs() <= tolerance {
        return Ok(());
    }
    Err(format!("{what}: {ours} instead of {theirs} ± {tolerance}"))
}

#[test]
fn time_patterns() {
    suite("time_patterns", |case| match text(case, "type") {
        "period_counts" => period_counts(case),
        "count_of_period" => count_of_period(case),
        "period_count_distribution" => distribution(case),
        "sample_reuse" => sample_reuse(case),
        "position_histogram" => histogram(case),
        "error" => error(case),
        other => Err(format!("cases of type {other} are not known")),
    });
}

fn period_counts(case: &Value) -> Result<(), String> {
    let bench = Bench::new(case)?;
    let expected = &case["expected"];
    let all = bench.run(case, 1)?;
    same(
        "total",
        &(all.len() as u64),
        &expected["total"].as_u64().unwrap(),
    )?;
    same("sorted", &all.is_sorted_by_key(|at| at.instant_us()), &true)?;
    let wanted: Vec<u64> = numbers(&expected["period_counts"])
        .iter()
        .map(|&one| one as u64)
        .collect();
    same("counts", &bench.per_period(&all, wanted.len()), &wanted)?;
    let bounds = numbers(&expected["position_bounds"]);
    // An offset is cut to whole microseconds.
    let low = bounds[0] - 1.0 / bench.period_us as f64;
    let inside = bench
        .places(&all)
        .all(|(_, place)| (low..=bounds[1]).contains(&place));
    same("within the bounds", &inside, &true)?;
    let counted = bench.config.count(&bench.env(case, 1));
    same("count in advance", &counted, &Some(all.len() as u64))
}

fn count_of_period(case: &Value) -> Result<(), String> {
    let bench = Bench::new(case)?;
    let expected = &case["expected"];
    let runs = case["runs"].as_u64().unwrap();
    let index = expected["period_index"].as_u64().unwrap() as usize;
    let counts: Result<Vec<f64>, String> = (0..runs)
        .map(|seed| Ok(bench.per_period(&bench.run(case, seed)?, index + 1)[index] as f64))
        .collect();
    let (mean, deviation) = mean_and_deviation(&counts?);
    let number = |key: &str| expected[key].as_f64().unwrap();
    let (n, p) = (number("n"), number("p"));
    let theirs = (n * p * (1.0 - p)).sqrt();
    near(
        "mean",
        mean,
        n * p,
        TOLERANCE * theirs / (runs as f64).sqrt(),
    )?;
    near("deviation", deviation, theirs, 0.3 * theirs)
}

fn distribution(case: &Value) -> Result<(), String> {
    let bench = Bench::new(case)?;
    let expected = &case["expected"];
    let number = |key: &str| expected[key].as_f64().unwrap();
    let periods = number("periods");
    let all = bench.run(case, 1)?;
    let counts: Vec<f64> = bench
        .per_period(&all, periods as usize)
        .iter()
        .map(|&one| one as f64)
        .collect();
    same("periods", &counts.len(), &(periods as usize))?;
    let (mean, deviation) = mean_and_deviation(&counts);
    let theirs = number("theory_std");
    near(
        "mean",
        mean,
        number("theory_mean"),
        TOLERANCE * theirs / periods.sqrt() + 1e-9,
    )?;
    near("deviation", deviation, theirs, 0.06 * theirs)?;
    let bounds = number("theory_min")..=number("theory_max");
    same(
        "within the bounds",
        &counts.iter().all(|one| bounds.contains(one)),
        &true,
    )
}

fn sample_reuse(case: &Value) -> Result<(), String> {
    let bench = Bench::new(case)?;
    let expected = &case["expected"];
    let size = expected["sampling"].as_u64().unwrap() as usize;
    let periods = expected["periods"].as_u64().unwrap() as usize;
    let counts = bench.per_period(&bench.run(case, 1)?, periods);
    let rounds: Vec<&[u64]> = counts.chunks(size).collect();
    let sorted = |round: &[u64]| {
        let mut round = round.to_vec();
        round.sort_unstable();
        round
    };
    for round in &rounds[1..] {
        same("the same counts", &sorted(round), &sorted(rounds[0]))?;
        same("in another order", &(*round != rounds[0]), &true)?;
    }
    Ok(())
}

fn histogram(case: &Value) -> Result<(), String> {
    let bench = Bench::new(case)?;
    let expected = &case["expected"];
    let runs = case["runs"].as_u64().unwrap();
    let theory = numbers(&expected["theory_bin_probability"]);
    let points = expected["points_per_run"].as_f64().unwrap();
    let mut shares = vec![Vec::new(); theory.len()];
    for seed in 0..runs {
        let all = bench.run(case, seed)?;
        let mut bins = vec![0.0; theory.len()];
        for (_, place) in bench.places(&all) {
            bins[(place * theory.len() as f64) as usize] += 1.0 / points;
        }
        for (share, bin) in shares.iter_mut().zip(bins) {
            share.push(bin);
        }
    }
    for (bin, (share, p)) in shares.iter().zip(theory).enumerate() {
        let (mean, deviation) = mean_and_deviation(share);
        let theirs = (p * (1.0 - p) / points).sqrt();
        // The recorded probabilities are rounded to six digits.
        let tolerance = TOLERANCE * theirs / (runs as f64).sqrt() + 1e-6;
        near(&format!("mean of bin {bin}"), mean, p, tolerance)?;
        near(
            &format!("deviation of bin {bin}"),
            deviation,
            theirs,
            0.35 * theirs + 1e-3,
        )?;
    }
    Ok(())
}

fn error(case: &Value) -> Result<(), String> {
    let mut desk = Desk::new(case);
    let node = desk.node(case);
    match desk.decode(&node) {
        None => refused(&desk.diagnostics, &case["expected"]),
        Some(_) if desk.diagnostics.has_errors() => Err("decoded in spite of errors".to_owned()),
        Some(_) => Err("accepted".to_owned()),
    }
}
