//! Options of `evtui generate`: those of the reference, and shorter ways to say the common ones.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cli::secrets::StoreArgs;
use crate::cli::values::{params, positive, seed, stamp, zone};
use crate::config::{BatchParameters, Diagnostic, Diagnostics, Parameters, QueueParameters};
use crate::instance::secrets::Secrets;
use crate::time::Zone;
use crate::time::iso::Stamp;

use super::run_args::RunArgs;

/// Run a generator and write its events
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(in crate::cli) struct Args {
    /// Project folder or generator.yml; without it the current folder
    #[arg(conflicts_with = "path")]
    project: Option<PathBuf>,
    /// As PROJECT, under Eventum's name
    #[arg(long, value_name = "PATH")]
    path: Option<PathBuf>,
    /// Name of the generator; by default that of its folder
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    id: Option<String>,
    /// Time zone of the timestamps, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    timezone: Zone,
    /// Most timestamps in a batch [default: 10000]
    #[arg(long = "batch.size", value_name = "COUNT", value_parser = positive::<usize>)]
    batch_size: Option<usize>,
    /// Most event time that a batch spans, in seconds [default: 1.0]; for formats that join the events of
    /// a batch, in live mode
    #[arg(long = "batch.delay", value_name = "SECONDS", value_parser = delay)]
    batch_delay: Option<f64>,
    /// Batches of timestamps that may wait
    #[arg(long = "queue.max-timestamp-batches", value_name = "COUNT", default_value = "10", value_parser = positive::<usize>)]
    max_timestamp_batches: usize,
    /// Batches of events that may wait for an output
    #[arg(long = "queue.max-event-batches", value_name = "COUNT", default_value = "10", value_parser = positive::<usize>)]
    max_event_batches: usize,
    /// Give each output one batch at a time, whatever its `concurrency` is
    #[arg(long, value_name = "BOOL", default_value = "false", action = clap::ArgAction::Set, value_parser = boolean)]
    keep_order: bool,
    /// true: release timestamps when they are due; false: as fast as possible [default: true, but false
    /// with --speed or --pace]
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set, value_parser = boolean)]
    live_mode: Option<bool>,
    /// As fast as possible: short for --live-mode false
    #[arg(long, conflicts_with = "live_mode")]
    sample: bool,
    /// In live mode: leave out timestamps that lie before the start
    #[arg(long, value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set, value_parser = boolean)]
    skip_past: bool,
    /// Most requests that an output has in flight for one batch
    #[arg(long, value_name = "COUNT", default_value = "100", value_parser = positive::<usize>)]
    max_concurrency: usize,
    /// Longest time of one attempt to write a batch, in seconds, for outputs without a `write_timeout`
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = positive::<u64>)]
    write_timeout: u64,
    /// Values for ${params.*} as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = params)]
    params: Map<String, Value>,
    /// What sample mode takes as the present, such as 2026-01-31T08:00
    #[arg(long, value_name = "TIME", value_parser = stamp)]
    now: Option<Stamp>,
    /// Make the run repeatable: the same number gives the same events; in sample mode the present is
    /// then 2026-01-01T00:00Z unless --now says otherwise
    #[arg(long, value_name = "NUMBER", value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Most threads that render events, as far as these do not depend on each other; by default as many
    /// as there are cores, started when one cannot keep up. The events are the same with any number
    #[arg(long, value_name = "COUNT", value_parser = positive::<usize>)]
    pub(super) workers: Option<usize>,
    /// Log to standard error instead of progress: -v and -vv errors, -vvv warnings, -vvvv info, -vvvvv
    /// debug
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Show neither progress nor summary; errors are always shown
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Take secrets from this keyring file of Eventum instead of the store; its password comes from
    /// EVENTUM_KEYRING_PASSWORD
    #[arg(long, visible_alias = "keyring-cryptfile", value_name = "PATH")]
    cryptfile: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    run: RunArgs,
}

impl Args {
    /// The project to run.
    pub(super) fn project(&self) -> &Path {
        let given = self.project.as_deref().or(self.path.as_deref());
        given.unwrap_or(Path::new("."))
    }

    /// The generator's name.
    pub(super) fn id(&self) -> String {
        if let Some(id) = &self.id {
            return id.clone();
        }
        let absolute = std::path::absolute(self.project()).unwrap_or_default();
        let folder = if absolute.is_file() {
            absolute.parent()
        } else {
            Some(absolute.as_path())
        };
        let name = folder.and_then(Path::file_name);
        name.map_or_else(
            || "generator".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// Where secrets come from.
    pub(super) fn secrets(&self) -> Secrets {
        self.store.secrets().keyring_at(self.cryptfile.clone())
    }

    /// The parameters of the run.
    pub(super) fn parameters(&self) -> Parameters {
        let run = self.run.parameters();
        let live_mode = self.live_mode.unwrap_or(run.is_live());
        Parameters {
            zone: self.timezone,
            batch: BatchParameters::given(self.batch_size, self.batch_delay),
            queue: QueueParameters {
                max_timestamp_batches: self.max_timestamp_batches,
                max_event_batches: self.max_event_batches,
            },
            keep_order: self.keep_order,
            max_concurrency: self.max_concurrency,
            write_timeout: self.write_timeout,
            live_mode: live_mode && !self.sample,
            skip_past: self.skip_past,
            params: self.params.clone(),
            run,
        }
    }

    /// What the run takes as the present, when the user says so.
    ///
    /// # Errors
    /// Options that contradict the mode.
    pub(super) fn now(&self, parameters: &Parameters) -> Result<Option<i64>, Diagnostics> {
        if parameters.run.backfill.is_some() && !parameters.live_mode {
            let message = "--backfill and --from go over into a live run, and this one is none";
            let problem = Diagnostic::error(message, None);
            let help = "leave them out, or --sample or --live-mode false";
            return Err(Diagnostics(vec![problem.help(help)]));
        }
        let Some(stamp) = self.now else {
            return Ok(None);
        };
        if parameters.live_mode {
            let problem = Diagnostic::error("--now has no meaning in live mode", None);
            return Err(Diagnostics(vec![problem.help("add --sample")]));
        }
        Ok(Some(stamp.in_zone(parameters.zone).instant_us()))
    }
}

fn delay(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds >= 0.1 && seconds.is_finite() => Ok(seconds),
        _ => Err("expected seconds, at least 0.1".to_owned()),
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "t" | "y" => Ok(true),
        "false" | "0" | "no" | "off" | "f" | "n" => Ok(false),
        _ => Err("expected true or false".to_owned()),
    }
}
