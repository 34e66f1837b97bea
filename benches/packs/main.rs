//! How fast real projects are rendered and formatted, beside the reference in the same run.
//!
//! ```text
//! EVTUI_PACKS=path/to/packs EVTUI_REFERENCE=path/to/eventum cargo bench --bench packs
//! EVTUI_PACKS=path/to/packs cargo bench --bench packs -- nginx    # projects with this in their path
//! EVTUI_PACKS=path/to/packs cargo bench --bench packs -- --memory # resident memory over 10 million events
//! ```
//!
//! Every folder with a `generator.yml` below `EVTUI_PACKS` is a project. Of ours, rendering and
//! formatting are measured on one thread by that thread's CPU time, loading left out; then once more
//! with formatting and writing (to a file that is written anew every 64 MiB) on a thread of their own, by
//! the clock; then the program itself, with two workers and a file, by the clock as well. The reference
//! runs the same
//! project with a finite input to a file; its CPU time is the difference of a long and a short run, so
//! that its start-up is left out. Both alternate, `EVTUI_BENCH_ROUNDS` (3) times, and medians are
//! compared. Ratios by CPU time hold on a busy machine, those by the clock want an idle one.
//!
//! `EVTUI_BENCH_CACHE` names a file that keeps the reference's figures for the next run: for tuning,
//! not for claims.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "../support/copy.rs"]
mod copy;
mod ours;
mod program;
mod project;
mod theirs;

use std::path::{Path, PathBuf};

use project::Project;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // Cargo hands `--bench` on to every bench.
    let wanted: Vec<&String> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    let Some(folder) = std::env::var_os("EVTUI_PACKS").map(PathBuf::from) else {
        println!("packs: not run, EVTUI_PACKS is not set");
        return;
    };
    let mut projects = Project::all(&folder);
    projects.retain(|project| {
        wanted.is_empty() || wanted.iter().any(|word| project.name.contains(*word))
    });
    if words.iter().any(|word| word == "--memory") {
        projects.iter().for_each(ours::memory);
        return;
    }
    speed(&projects);
    if wanted.is_empty()
        && let Some(largest) = projects.iter().max_by_key(|project| project.templates())
    {
        ours::compile(largest, 50);
    }
}

/// Figures of one project.
struct Row {
    name: String,
    ours: ours::Rates,
    program: f64,
    theirs: Option<f64>,
}

fn speed(projects: &[Project]) {
    let reference = std::env::var_os("EVTUI_REFERENCE").map(PathBuf::from);
    if reference.is_none() {
        println!("reference: not run, EVTUI_REFERENCE is not set");
    }
    println!(
        "{:<28} {:>9} {:>9} {:>7} {:>10} {:>9} {:>7} {:>10} {:>7} {:>10} {:>7}",
        "project",
        "render/s",
        "format/s",
        "B/event",
        "ours/CPU s",
        "theirs/s",
        "ratio",
        "2 threads",
        "ratio",
        "program",
        "ratio"
    );
    let rows: Vec<Row> = projects
        .iter()
        .map(|project| {
            let row = measure(project, reference.as_deref());
            row.print();
            row
        })
        .collect();
    summary("one thread", &rows, |row| row.ours.both);
    summary("formatting and writing apart", &rows, |row| row.ours.apart);
    summary("the program on two cores", &rows, |row| row.program);
}

fn measure(project: &Project, reference: Option<&Path>) -> Row {
    let rounds = number("EVTUI_BENCH_ROUNDS", 3);
    let cache = theirs::Cache::open();
    let (mut ours, mut program, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let rates = ours::rates(project);
        program.push(program::rate(project, rates.both, rates.size));
        ours.push(rates);
        if let Some(reference) = reference {
            theirs.push(cache.rate(reference, project));
        }
    }
    let of = |rate: fn(&ours::Rates) -> f64| median(ours.iter().map(rate).collect());
    Row {
        name: project.name.clone(),
        ours: ours::Rates {
            render: of(|rates| rates.render),
            format: of(|rates| rates.format),
            both: of(|rates| rates.both),
            apart: of(|rates| rates.apart),
            size: of(|rates| rates.size),
        },
        program: median(program),
        theirs: reference.map(|_| median(theirs)),
    }
}

impl Row {
    fn print(&self) {
        let ours = &self.ours;
        let ratio = |rate: f64| match self.theirs {
            Some(theirs) => format!("{:.1}", rate / theirs),
            None => "-".to_owned(),
        };
        let theirs = self
            .theirs
            .map_or("-".to_owned(), |rate| format!("{rate:.0}"));
        println!(
            "{:<28} {:>9.0} {:>9.0} {:>7.0} {:>10.0} {:>9} {:>7} {:>10.0} {:>7} {:>10.0} {:>7}",
            self.name,
            ours.render,
            ours.format,
            ours.size,
            ours.both,
            theirs,
            ratio(ours.both),
            ours.apart,
            ratio(ours.apart),
            self.program,
            ratio(self.program)
        );
    }
}

fn summary(what: &str, rows: &[Row], rate: impl Fn(&Row) -> f64) {
    let ratios: Vec<f64> = rows
        .iter()
        .filter_map(|row| Some(rate(row) / row.theirs?))
        .collect();
    if ratios.is_empty() {
        return;
    }
    let least = ratios.iter().copied().fold(f64::MAX, f64::min);
    println!(
        "{what}: median {:.1} times the reference's events per CPU second, least {least:.1}, {} projects",
        median(ratios.clone()),
        ratios.len()
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}
