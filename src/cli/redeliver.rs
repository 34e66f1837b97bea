//! `evtui redeliver`: sends the dead letters of a project to their outputs again.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::generate::headless::{self, Headless};
use super::generate::summary::number;
use super::values::params;
use crate::config::{Diagnostic, Diagnostics, Disk, Parameters, why};
use crate::instance;
use crate::pipeline::{Left, Redelivery};

/// Send events that could not be delivered (`on_failure: dead_letter`) once more
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Project folder or generator.yml; without it the current folder
    #[arg(default_value = ".")]
    project: PathBuf,
    /// Only to the output at this position, from 0 as in `output[0]`
    #[arg(long, value_name = "POSITION")]
    output: Option<usize>,
    /// Letters from this file instead of the output's own; needs --output
    #[arg(long, value_name = "FILE", requires = "output")]
    file: Option<PathBuf>,
    /// Values for ${params.*} as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = params)]
    params: Map<String, Value>,
    /// Show neither progress nor summary; errors are always shown
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    match redeliver(args) {
        Ok(code) => code,
        Err(problems) => {
            headless::show(&problems);
            ExitCode::FAILURE
        }
    }
}

fn redeliver(args: &Args) -> Result<ExitCode, Diagnostics> {
    let parameters = Parameters {
        live_mode: false,
        params: args.params.clone(),
        ..Parameters::default()
    };
    let (plan, warnings) = instance::prepare(&args.project, &Disk, &parameters)?;
    headless::show(&warnings);
    if let Some(wanted) = args.output.filter(|wanted| *wanted >= plan.outputs.len()) {
        let count = plan.outputs.len();
        let message = format!("there is no output[{wanted}]; the project has {count}, from 0 on");
        return Err(Diagnostics(vec![Diagnostic::error(message, None)]));
    }
    let outputs: Vec<(usize, PathBuf, String)> = match args.output {
        Some(wanted) => {
            let chosen = plan.outputs.get(wanted).map(|output| {
                let own = || output.letters(wanted, &plan.base);
                let path = args.file.clone().unwrap_or_else(own);
                (wanted, path, output.setting.clone())
            });
            chosen.into_iter().collect()
        }
        None => {
            let all = plan.letters().map_err(|one| Diagnostics(vec![one]))?;
            let all = all.into_iter().enumerate();
            all.map(|(index, one)| (index, one.path, one.setting))
                .collect()
        }
    };
    drop(plan);
    let mut all_well = true;
    for (index, path, setting) in outputs {
        let prepared = Redelivery::prepare(&path).map_err(|one| Diagnostics(vec![one]))?;
        if prepared.is_none() && args.file.is_some() {
            let what = format!("there is no file {}", path.display());
            return Err(Diagnostics(vec![Diagnostic::error(what, None)]));
        }
        let Some(letters) = prepared else {
            if !args.quiet {
                headless::say(&format!("{setting}: no dead letters"));
            }
            continue;
        };
        if letters.torn > 0 {
            let damaged = letters.damaged();
            headless::say(&format!(
                "{setting}: lines that are no dead letters: {}; they are in {} now",
                letters.torn,
                damaged.display()
            ));
            all_well = false;
        }
        match send(args, &parameters, index, &letters)? {
            Sent::Signal(code) => return Ok(ExitCode::from(code)),
            Sent::All => {}
            Sent::Part => all_well = false,
        }
    }
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// How much of the letters of one output arrived.
enum Sent {
    All,
    Part,
    Signal(u8),
}

fn send(
    args: &Args,
    parameters: &Parameters,
    index: usize,
    letters: &Redelivery,
) -> Result<Sent, Diagnostics> {
    let (plan, _) = instance::prepare(&args.project, &Disk, parameters)?;
    let Some(plan) = letters.plan(plan, index) else {
        return Ok(Sent::All);
    };
    let headless = Headless {
        id: format!("dead letters of output[{index}]"),
        parameters: parameters.clone(),
        seed: None,
        now_us: None,
        workers: None,
        quiet: args.quiet,
        progress: !args.quiet,
        files: Arc::new(Disk),
        letters: Some(letters.clone()),
    };
    let ended = headless.run(plan)?;
    let cannot = |error: io::Error| {
        let aside = letters.aside().display();
        let why = why(&error);
        let message = format!("cannot clear up the letters that were sent from {aside}: {why}");
        Diagnostics(vec![Diagnostic::error(message, None)])
    };
    let left = letters
        .finish(&ended.stats, &ended.reason)
        .map_err(cannot)?;
    let (aside, all) = (letters.aside().display(), number(letters.count));
    match left {
        Left::Nothing => {}
        Left::Some(rest) => {
            let rest = number(rest);
            headless::say(&format!(
                "not sent: {rest} of {all} letters; they are kept in {aside} and are sent the next time"
            ));
        }
        Left::All => {
            let written: u64 = ended.stats.outputs.iter().map(|one| one.written).sum();
            let missing = number(letters.count.saturating_sub(written));
            headless::say(&format!(
                "not sent: {missing} of {all} letters, and which is not known; all of them are kept in {aside} and are sent the next time"
            ));
        }
    }
    let again: u64 = ended
        .stats
        .outputs
        .iter()
        .map(|one| one.dead_lettered)
        .sum();
    Ok(match ended.signal {
        Some(signal) => Sent::Signal(128 + signal),
        None if left == Left::Nothing && again == 0 => Sent::All,
        None => Sent::Part,
    })
}
