//! Dead letters on their way once more: a run whose timestamps and events come from the file of an
//! output's dead letters, and which delivers to that output alone.
//!
//! Nothing is lost on the way: the file is first moved aside, and goes only when every letter of it is
//! written or is a dead letter again, in a new file at the old place.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::batch::EventBatch;
use crate::config::{Diagnostic, Diagnostics, Place};
use crate::event::{EventConfig, EventEnv, EventError, EventSource, Outcome};
use crate::input::{Input, InputConfig, InputEnv, InputError};
use crate::output::{
    DeliveryConfig, FormatConfig, OnFailure, Output, OutputConfig, OutputEnv, OutputError,
    TextConfig,
};
use crate::time::Moment;
use crate::time::iso;

use super::delivery::default_letters;
use super::{DeadLetter, InputPlan, OutputPlan, Plan, Stats};

/// Letters that are about to be sent again.
#[derive(Clone, Debug)]
pub struct Redelivery {
    /// Where new letters go: the place the letters come from.
    letters: PathBuf,
    /// Where they wait meanwhile.
    aside: PathBuf,
    /// How many there are.
    pub count: u64,
    aliases: Arc<[Arc<str>]>,
}

impl OutputPlan {
    /// The file of this output's dead letters in a project at `base`, whether it exists or not.
    pub fn letters(&self, index: usize, base: &Path) -> PathBuf {
        let configured = self.config.delivery().dead_letter.clone();
        base.join(configured.unwrap_or_else(|| default_letters(index, self.name)))
    }
}

impl Redelivery {
    /// Moves the letters at `path` aside and reads them through. Those that an earlier redelivery left
    /// aside come first, alone. `None` when there are none.
    ///
    /// # Errors
    /// When a file cannot be read or moved, or a line is no letter; nothing is lost then.
    pub fn prepare(path: &Path) -> Result<Option<Self>, Diagnostic> {
        let mut name = path.as_os_str().to_owned();
        name.push(".redelivering");
        let aside = PathBuf::from(name);
        let cannot = |error: &io::Error| {
            let shown = path.display();
            Diagnostic::error(
                format!("cannot take the dead letters from {shown}: {error}"),
                None,
            )
        };
        if !aside.exists() {
            match std::fs::rename(path, &aside) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(cannot(&error)),
            }
        }
        let mut aliases: Vec<Arc<str>> = Vec::new();
        let mut count = 0;
        for letter in Letters::open(&aside).map_err(|error| cannot(&error))? {
            let letter = letter.map_err(|why| {
                let place = Place::file(aside.clone());
                Diagnostic::error(why, Some(place))
                    .help("mend or remove that line, then run the command again")
            })?;
            count += 1;
            if !aliases.iter().any(|known| **known == *letter.alias) {
                aliases.push(letter.alias.into());
            }
        }
        Ok(Some(Self {
            letters: path.to_owned(),
            aside,
            count,
            aliases: aliases.into(),
        }))
    }

    /// The plan of the run that sends them to the output with this position in `plan`; `None` when
    /// there is no such output. What fails again becomes a dead letter again.
    pub fn plan(&self, plan: Plan, output: usize) -> Option<Plan> {
        let place = plan.event_place.clone();
        let found = plan.outputs.into_iter().nth(output)?;
        let mut delivery = found.config.delivery().clone();
        delivery.on_failure = OnFailure::DeadLetter;
        delivery.dead_letter = Some(self.letters.clone());
        let input = InputPlan {
            name: "letters",
            setting: "input[0].letters".to_owned(),
            place: place.clone(),
            config: Box::new(self.clone()),
        };
        Some(Plan {
            path: plan.path,
            base: plan.base,
            inputs: vec![input],
            event_name: "letters",
            event_place: place,
            event: Box::new(self.clone()),
            outputs: vec![OutputPlan {
                config: Box::new(Again {
                    inner: found.config,
                    delivery,
                }),
                ..found
            }],
        })
    }

    /// Clears up after the run: true when every letter is accounted for, and the file that was moved
    /// aside is gone.
    ///
    /// # Errors
    /// When that file cannot be removed.
    pub fn finish(&self, stats: &Stats) -> io::Result<bool> {
        let outputs = stats.outputs.iter();
        let done: u64 = outputs.map(|one| one.written + one.dead_lettered).sum();
        if done < self.count {
            return Ok(false);
        }
        std::fs::remove_file(&self.aside).map(|()| true)
    }

    /// Where the letters wait while they are sent, and stay if not all of them could be.
    pub fn aside(&self) -> &Path {
        &self.aside
    }
}

/// The letters of a file, one after the other.
#[derive(Debug)]
struct Letters {
    lines: io::Lines<BufReader<File>>,
    line: u64,
}

impl Letters {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            lines: BufReader::new(File::open(path)?).lines(),
            line: 0,
        })
    }
}

impl Iterator for Letters {
    type Item = Result<DeadLetter, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.lines.next()?;
            self.line += 1;
            let at = self.line;
            let line = match line {
                Ok(line) if line.trim().is_empty() => continue,
                Ok(line) => line,
                Err(error) => return Some(Err(format!("line {at} cannot be read: {error}"))),
            };
            let read = serde_json::from_str(&line);
            return Some(read.map_err(|error| format!("line {at} is no dead letter: {error}")));
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
        &[]
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
