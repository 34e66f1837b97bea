//! Dead letters on their way once more: a run whose timestamps and events come from the file of an
//! output's dead letters, and which delivers to that output alone.
//!
//! Nothing is lost on the way: the file is first moved aside, and goes only when every letter of it is
//! written or is a dead letter again. Those that are letters again wait in a file of their own until
//! then: of a run that was ended early they still stand in the file that was moved aside.
//!
//! Of a run that was ended early only those wait further that were not confirmed. Letters go through the
//! run in the order of the file, and whatever left the output's queue was confirmed or is a letter again:
//! what is in neither is the end of the file. Where that does not hold, all of them wait.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::batch::EventBatch;
use crate::config::{Diagnostic, Diagnostics};
use crate::event::{EventConfig, EventEnv, EventError, EventSource, Outcome};
use crate::input::{Input, InputConfig, InputEnv, InputError};
use crate::output::{
    DeliveryConfig, FormatConfig, OnFailure, Output, OutputConfig, OutputEnv, OutputError,
    TextConfig,
};
use crate::time::Moment;
use crate::time::iso;

use super::delivery::{DeadLetters, default_letters};
use super::{DeadLetter, EndReason, InputPlan, OutputPlan, OutputStats, Plan, Stats};

/// Ends the name of the file of letters that failed again, until the run is over.
const AGAIN: &str = "failed-again";
/// Ends the name of the file of letters that still wait, until it takes the place of all of them.
const REST: &str = "rest";

/// What is left of letters after they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Every one is written, or is a letter again at its old place.
    Nothing,
    /// The run was ended early: so many wait aside, the others were confirmed.
    Some(u64),
    /// It is not known which were confirmed: all of them wait aside.
    All,
}

/// Letters that are about to be sent again.
#[derive(Clone, Debug)]
pub struct Redelivery {
    /// Where new letters go: the place the letters come from.
    letters: PathBuf,
    /// Where they wait meanwhile.
    aside: PathBuf,
    /// How many there are.
    pub count: u64,
    /// Lines that were no letters; they are in [`Redelivery::damaged`] now.
    pub torn: u64,
    aliases: Arc<[Arc<str>]>,
    /// Those of all letters, when they have the same.
    tags: Vec<Arc<str>>,
    /// Held as long as they are on their way, so that nobody else sends them too.
    _lock: Arc<File>,
}

impl OutputPlan {
    /// The file of this output's dead letters in a project at `base`, whether it exists or not.
    pub fn letters(&self, index: usize, base: &Path) -> PathBuf {
        let configured = self.config.delivery().dead_letter.clone();
        base.join(configured.unwrap_or_else(|| default_letters(index, self.name)))
    }
}

/// Where an output keeps its dead letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterBox {
    /// The file, whether it exists or not.
    pub path: PathBuf,
    /// The output's setting, as `output[0].http`.
    pub setting: String,
}

impl Plan {
    /// Where the outputs keep their dead letters, in document order.
    ///
    /// # Errors
    /// When two of them keep theirs in one file: they cannot be told apart then.
    pub fn letters(&self) -> Result<Vec<LetterBox>, Diagnostic> {
        let outputs = self.outputs.iter().enumerate();
        let all: Vec<LetterBox> = outputs
            .map(|(index, output)| LetterBox {
                path: output.letters(index, &self.base),
                setting: output.setting.clone(),
            })
            .collect();
        let twice = all.iter().enumerate().find_map(|(at, first)| {
            let mut rest = all.iter().skip(at + 1);
            let second = rest.find(|second| second.path == first.path)?;
            Some((&first.setting, &second.setting))
        });
        let Some((first, second)) = twice else {
            return Ok(all);
        };
        let what = format!("`{first}` and `{second}` keep their dead letters in one file");
        let help = "give each a `dead_letter` of its own, or choose one output";
        Err(Diagnostic::error(what, None).help(help))
    }
}

impl Redelivery {
    /// Moves the letters at `path` aside and reads them through. Those that an earlier redelivery left
    /// aside come first, alone. Lines that are no letters go to a file of their own. `None` when there
    /// are none.
    ///
    /// # Errors
    /// When a file cannot be read, locked or moved; nothing is lost then.
    pub fn prepare(path: &Path) -> Result<Option<Self>, Diagnostic> {
        let aside = aside_of(path);
        let cannot = |error: &io::Error| {
            let shown = path.display();
            let what = format!("cannot take the dead letters from {shown}: {error}");
            Diagnostic::error(what, None)
        };
        let from = if aside.exists() { &aside } else { path };
        let lock = match File::options().read(true).append(true).open(from) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot(&error)),
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let shown = path.display();
                let what = format!("the dead letters in {shown} are being sent already");
                return Err(
                    Diagnostic::error(what, None).help("wait for the other redelivery to end")
                );
            }
            Err(TryLockError::Error(error)) => return Err(cannot(&error)),
        }
        if *from != aside {
            std::fs::rename(path, &aside).map_err(|error| cannot(&error))?;
        }
        // What a run before this one left there is among the letters that it left aside.
        gone(&beside(path, AGAIN)).map_err(|error| cannot(&error))?;
        let read = Read::of(&aside, &beside(path, "damaged")).map_err(|error| cannot(&error))?;
        Ok(Some(Self {
            letters: path.to_owned(),
            aside,
            count: read.count,
            torn: read.torn,
            aliases: read.aliases.into(),
            tags: read.tags.unwrap_or_default(),
            _lock: Arc::new(lock),
        }))
    }

    /// Where lines are put that are no letters.
    pub fn damaged(&self) -> PathBuf {
        beside(&self.letters, "damaged")
    }

    /// The plan of the run that sends them to the output with this position in `plan`; `None` when
    /// there is no such output. What fails again becomes a dead letter again.
    pub fn plan(&self, plan: Plan, output: usize) -> Option<Plan> {
        let place = plan.event_place.clone();
        let found = plan.outputs.into_iter().nth(output)?;
        let mut delivery = found.config.delivery().clone();
        delivery.on_failure = OnFailure::DeadLetter;
        delivery.dead_letter = Some(beside(&self.letters, AGAIN));
        let input = InputPlan {
            name: "letters",
            setting: "input[0].letters".to_owned(),
            place: place.clone(),
            config: Box::new(self.clone()),
            digest: 0,
        };
        Some(Plan {
            path: plan.path,
            base: plan.base,
            inputs: vec![input],
            event_name: "letters",
            event_place: place,
            event: Box::new(self.clone()),
            event_digest: 0,
            outputs: vec![OutputPlan {
                config: Box::new(Again {
                    inner: found.config,
                    delivery,
                }),
                ..found
            }],
        })
    }

    /// Clears up after the run. When every letter is accounted for those that failed are letters at the
    /// old place, and the file that was moved aside is gone. Otherwise what is not confirmed stays in that.
    ///
    /// # Errors
    /// When a file cannot be written or removed. No letter is lost then, but some may be sent twice.
    pub fn finish(&self, stats: &Stats, reason: &EndReason) -> io::Result<Left> {
        let again = beside(&self.letters, AGAIN);
        if accounted(stats) >= self.count {
            self.put_back(&again)?;
            std::fs::remove_file(&self.aside)?;
            gone(&again)?;
            return Ok(Left::Nothing);
        }
        let rest = beside(&self.letters, REST);
        if tells_all(stats, reason) {
            let kept = self.write_rest(&again, &rest, stats);
            if kept.is_err() {
                gone(&rest)?;
            }
            if let Some(kept) = kept? {
                // First: what is in it stands in both others, and nobody may take it for new.
                gone(&again)?;
                std::fs::rename(&rest, &self.aside)?;
                return Ok(Left::Some(kept));
            }
        }
        gone(&rest)?;
        gone(&again)?;
        Ok(Left::All)
    }

    /// Writes what was not confirmed of a run that was ended early, and says how much that is: the letters
    /// that failed, then those that never left the queue. `None` when the files and the counts do not agree.
    fn write_rest(&self, again: &Path, rest: &Path, stats: &Stats) -> io::Result<Option<u64>> {
        let mut out = BufWriter::new(File::create(rest)?);
        let mut put = |letter: Result<DeadLetter, String>| -> io::Result<()> {
            serde_json::to_writer(&mut out, &letter.map_err(io::Error::other)?)?;
            out.write_all(b"\n")
        };
        let mut failed = 0;
        match Letters::open(again) {
            Ok(letters) => {
                for letter in letters {
                    put(letter)?;
                    failed += 1;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let outputs = stats.outputs.iter();
        if failed != outputs.map(|one| one.dead_lettered).sum::<u64>() {
            return Ok(None);
        }
        let decided = usize::try_from(accounted(stats)).unwrap_or(usize::MAX);
        let mut waited = 0;
        for letter in Letters::open(&self.aside)?.skip(decided) {
            put(letter)?;
            waited += 1;
        }
        if accounted(stats) + waited != self.count {
            return Ok(None);
        }
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(Some(failed + waited))
    }

    /// The counts as they are told: of a run that was ended early no letter is lost, nor one again.
    pub fn told(&self, stats: &Stats) -> Stats {
        let mut told = stats.clone();
        if accounted(stats) < self.count {
            for one in &mut told.outputs {
                one.format_failed = 0;
                one.write_failed = 0;
                one.in_flight = 0;
                one.dead_lettered = 0;
            }
            told.failed = 0;
        }
        told
    }

    /// Adds the letters that failed to those that came in meanwhile.
    fn put_back(&self, again: &Path) -> io::Result<()> {
        let failed = match Letters::open(again) {
            Ok(failed) => failed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut letters = DeadLetters::new(self.letters.clone());
        for letter in failed {
            letters.add(&letter.map_err(io::Error::other)?);
        }
        letters.send()
    }

    /// Where the letters wait while they are sent, and stay if not all of them could be.
    pub fn aside(&self) -> &Path {
        &self.aside
    }
}

/// True of a run that was ended early and whose counts say for every letter what became of it: what left
/// the output's queue was confirmed or is a letter again, and nothing is half-way.
fn tells_all(stats: &Stats, reason: &EndReason) -> bool {
    let ended = matches!(reason, EndReason::Stopped | EndReason::Aborted);
    let plain = |one: &OutputStats| one.format_failed == 0 && one.in_flight == 0;
    let lost = stats.errors.iter().any(|one| one.lost > 0);
    ended && !lost && stats.failed == 0 && stats.outputs.iter().all(plain)
}

/// How many letters of a run with these counts arrived or are letters again.
fn accounted(stats: &Stats) -> u64 {
    let outputs = stats.outputs.iter();
    outputs.map(|one| one.written + one.dead_lettered).sum()
}

/// Removes a file that may not be there.
fn gone(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where the letters at a path wait while they are sent again.
pub(super) fn aside_of(path: &Path) -> PathBuf {
    beside(path, "redelivering")
}

/// A file beside another one, with a word behind its name.
fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(word);
    PathBuf::from(name)
}

/// What is known of letters before they are sent.
#[derive(Debug, Default)]
struct Read {
    count: u64,
    torn: u64,
    aliases: Vec<Arc<str>>,
    /// Nothing as long as there is no letter; empty when they have different ones.
    tags: Option<Vec<Arc<str>>>,
}

impl Read {
    /// Reads letters through and appends what is none to `damaged`.
    fn of(letters: &Path, damaged: &Path) -> io::Result<Self> {
        let mut read = Self::default();
        let mut torn = Vec::new();
        for line in BufReader::new(File::open(letters)?).split(b'\n') {
            let line = line?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(letter) => read.add(letter),
                Err(_) => {
                    read.torn += 1;
                    torn.extend_from_slice(&line);
                    torn.push(b'\n');
                }
            }
        }
        if !torn.is_empty() {
            let mut file = File::options().create(true).append(true).open(damaged)?;
            file.write_all(&torn)?;
        }
        Ok(read)
    }

    fn add(&mut self, letter: DeadLetter) {
        self.count += 1;
        if !self.aliases.iter().any(|known| **known == *letter.alias) {
            self.aliases.push(letter.alias.into());
        }
        let tags: Vec<Arc<str>> = letter.tags.into_iter().map(Arc::from).collect();
        match &self.tags {
            None => self.tags = Some(tags),
            Some(known) if *known == tags => {}
            Some(_) => self.tags = Some(Vec::new()),
        }
    }
}

/// The letters of a file, one after the other; lines that are none are left out.
#[derive(Debug)]
struct Letters {
    lines: io::Split<BufReader<File>>,
}

impl Letters {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            lines: BufReader::new(File::open(path)?).split(b'\n'),
        })
    }
}

impl Iterator for Letters {
    type Item = Result<DeadLetter, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.lines.next()? {
                Ok(line) => {
                    if let Ok(letter) = serde_json::from_slice(&line) {
                        return Some(Ok(letter));
                    }
                }
                Err(error) => return Some(Err(format!("the letters cannot be read: {error}"))),
            }
        }
    }
}

/// The moment of a letter; the epoch for one that had none.
fn moment(letter: &DeadLetter) -> Moment {
    let stamp = letter
        .time
        .as_deref()
        .and_then(|text| iso::strict(text).ok());
    let (wall_us, offset_us) = stamp.map_or((0, 0), |stamp| {
        (stamp.wall_us, stamp.offset_us.unwrap_or_default())
    });
    Moment {
        wall_us,
        offset_s: i32::try_from(offset_us / 1_000_000).unwrap_or_default(),
    }
}

impl InputConfig for Redelivery {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn count(&self, _env: &InputEnv<'_>) -> Option<u64> {
        Some(self.count)
    }

    fn start(&self, _env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let letters = Letters::open(&self.aside).map_err(|error| InputError {
            message: format!("cannot read {}: {error}", self.aside.display()),
            help: None,
        })?;
        Ok(Box::new(letters))
    }
}

impl Input for Letters {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        for letter in self.take(max) {
            let letter = letter.map_err(|message| InputError {
                message,
                help: None,
            })?;
            out.push(moment(&letter));
        }
        Ok(())
    }
}

impl EventConfig for Redelivery {
    fn build(
        &self,
        _env: &EventEnv<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let numbers = (0..).zip(self.aliases.iter());
        match Letters::open(&self.aside) {
            Ok(letters) => Some(Box::new(Source {
                letters,
                numbers: numbers
                    .map(|(number, alias)| (alias.clone(), number))
                    .collect(),
                aliases: self.aliases.clone(),
            })),
            Err(error) => {
                let message = format!("cannot read {}: {error}", self.aside.display());
                problems.push(Diagnostic::error(message, None));
                None
            }
        }
    }
}

/// Gives the letters' events, one a timestamp.
#[derive(Debug)]
struct Source {
    letters: Letters,
    aliases: Arc<[Arc<str>]>,
    numbers: HashMap<Arc<str>, u16>,
}

impl EventSource for Source {
    fn produce(&mut self, _at: Moment, _tags: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        match self.letters.next() {
            None => Outcome::Exhausted,
            Some(Ok(letter)) => {
                let number = self.numbers.get(letter.alias.as_str());
                out.push(letter.event.as_bytes(), number.copied().unwrap_or_default());
                Outcome::Produced(1)
            }
            Some(Err(message)) => Outcome::Failed(Box::new(EventError {
                message,
                alias: None,
                places: Vec::new(),
                help: None,
            })),
        }
    }

    fn aliases(&self) -> &[Arc<str>] {
        &self.aliases
    }
}

/// An output whose failures become dead letters, whatever its options say.
#[derive(Debug)]
struct Again {
    inner: Box<dyn OutputConfig>,
    delivery: DeliveryConfig,
}

impl OutputConfig for Again {
    fn format(&self) -> &FormatConfig {
        self.inner.format()
    }

    fn file(&self) -> Option<&Path> {
        self.inner.file()
    }

    fn separator(&self) -> &str {
        self.inner.separator()
    }

    fn texts(&self) -> &[TextConfig] {
        self.inner.texts()
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        self.inner.build(&OutputEnv {
            resumes: true,
            ..env.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LETTER: &str =
        "{\"event\":\"x\",\"output\":\"output[0].file\",\"reason\":\"r\",\"attempts\":1}\n";

    fn stats(written: u64, dead_lettered: u64, write_failed: u64) -> Stats {
        Stats {
            outputs: vec![OutputStats {
                written,
                dead_lettered,
                write_failed,
                ..OutputStats::default()
            }],
            ..Stats::default()
        }
    }

    #[test]
    fn letters_of_a_run_that_was_ended_early_are_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.ndjson");
        std::fs::write(&path, LETTER.repeat(3)).unwrap();
        let letters = Redelivery::prepare(&path).unwrap().unwrap();
        let again = beside(&path, AGAIN);
        // One was sent, one was given up, and one was lost with the run.
        std::fs::write(&again, LETTER).unwrap();
        let ended = stats(1, 1, 1);
        let told = letters.told(&ended);
        assert_eq!(told.outputs, stats(1, 0, 0).outputs);
        let broke = EndReason::Failed("the output stage broke".to_owned());
        assert_eq!(letters.finish(&ended, &broke).unwrap(), Left::All);
        assert!(!path.exists() && !again.exists());
        let aside = letters.aside().to_owned();
        assert_eq!(std::fs::read_to_string(&aside).unwrap(), LETTER.repeat(3));
        // A letter that is half-way, or that could not be kept, may be any.
        let mut half = stats(1, 0, 0);
        half.outputs[0].in_flight = 1;
        let mut unkept = stats(1, 0, 2);
        unkept.errors = vec![crate::pipeline::ErrorStats {
            lost: 1,
            ..Default::default()
        }];
        // The counts speak of a letter that is not there.
        let vague = stats(1, 1, 1);
        for ended in [half, unkept, vague] {
            let left = letters.finish(&ended, &EndReason::Aborted).unwrap();
            assert_eq!(left, Left::All, "{ended:?}");
            assert_eq!(std::fs::read_to_string(&aside).unwrap(), LETTER.repeat(3));
        }

        // A run that was killed leaves its own file behind, whose letters stand in the other one too.
        std::fs::write(&again, LETTER).unwrap();
        drop(letters);
        let letters = Redelivery::prepare(&path).unwrap().unwrap();
        assert!(!again.exists());
        assert_eq!(letters.count, 3);

        // All are decided: what failed joins what came in meanwhile.
        std::fs::write(&path, LETTER).unwrap();
        std::fs::write(&again, LETTER.repeat(2)).unwrap();
        let ended = stats(1, 2, 0);
        assert_eq!(letters.told(&ended).outputs, ended.outputs);
        let left = letters.finish(&ended, &EndReason::Finished).unwrap();
        assert_eq!(left, Left::Nothing);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), LETTER.repeat(3));
        assert!(!aside.exists() && !again.exists());
    }
}
