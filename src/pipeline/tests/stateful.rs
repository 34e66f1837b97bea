//! An event source whose events depend on all before them and whose work can be divided, with templates
//! `a` and `b`, that can be told what to fail at.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use super::PATIENCE;
use crate::batch::EventBatch;
use crate::config::Diagnostics;
use crate::event::{
    Begun, EventConfig, EventEnv, EventError, EventSource, Impurity, Legacy, LegacyCopy, Outcome,
};
use crate::time::Moment;

/// Which timestamps something happens at.
pub(super) type At = fn(u64) -> bool;

pub(super) fn never(_: u64) -> bool {
    false
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults {
    /// Rendering fails, so that the state is another one afterwards.
    pub(super) fails: At,
    /// Beginning is not possible.
    pub(super) stops: At,
    /// Beginning panics.
    pub(super) stumbles: At,
    /// Finishing panics.
    pub(super) falls: At,
    /// Producing panics.
    pub(super) breaks: At,
    /// There is no more from here on.
    pub(super) ends: u64,
    /// Entries of the state beyond which there is no copy.
    pub(super) most_copied: usize,
    /// Taking a copy takes its time.
    pub(super) slow_copies: bool,
    /// The source cannot be built for workers.
    pub(super) no_workers: bool,
    /// Those of the workers panic at once.
    pub(super) weak_workers: bool,
    /// The source waits with finishing until a worker did, or panicked.
    pub(super) waits: bool,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            fails: never,
            stops: never,
            stumbles: never,
            falls: never,
            breaks: never,
            ends: u64::MAX,
            most_copied: usize::MAX,
            slow_copies: false,
            no_workers: false,
            weak_workers: false,
            waits: false,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Stateful {
    /// Stands before every event.
    pub(super) prefix: &'static str,
    /// Every outcome and size; otherwise one event for each timestamp.
    pub(super) mixed: bool,
    pub(super) faults: Faults,
    pub(super) watch: Arc<Watch>,
}

/// What was seen of the sources.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Timestamps that were begun.
    pub(super) begun: AtomicU64,
    /// Copies that were taken, refused, and gone back to.
    pub(super) copies: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) backs: AtomicU64,
    /// Timestamps that were finished by workers, or that they panicked at.
    helped: Mutex<u64>,
    moved: Condvar,
    /// The state at the end.
    pub(super) last: Mutex<Option<State>>,
}

impl Watch {
    pub(super) fn count(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::SeqCst)
    }

    pub(super) fn helped(&self) -> u64 {
        *self.helped.lock().unwrap()
    }

    fn help(&self) {
        *self.helped.lock().unwrap() += 1;
        self.moved.notify_all();
    }

    fn wait_for_help(&self) {
        let until = Instant::now() + PATIENCE;
        let mut helped = self.helped.lock().unwrap();
        while *helped == 0 {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no worker came");
            helped = self.moved.wait_timeout(helped, left).unwrap().0;
        }
    }
}

/// Depends on every timestamp, on what is off and on what failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) index: u64,
    sum: u64,
    list: Vec<u64>,
}

/// What was begun.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    index: u64,
    sum: u64,
    len: usize,
    pub(super) alias: u16,
}

impl State {
    /// What happens before a render.
    pub(super) fn before(&mut self) -> Cast {
        let index = self.index;
        self.index += 1;
        self.sum = self.sum.wrapping_mul(31).wrapping_add(index);
        Cast {
            index,
            sum: self.sum,
            len: self.list.len(),
            alias: u16::from(index % 3 == 1),
        }
    }

    /// What a render does.
    pub(super) fn after(&mut self, cast: &Cast) {
        self.sum ^= self.list.len() as u64;
        if cast.index.is_multiple_of(50) {
            self.list.push(self.sum);
        }
    }
}

impl Cast {
    /// A text in JSON.
    pub(super) fn text(&self, prefix: &str) -> String {
        let Self {
            index, sum, len, ..
        } = self;
        format!("\"{prefix}{index} {sum} {len}\"")
    }

    fn print(&self, setup: &Stateful, out: &mut EventBatch) -> Outcome {
        let text = self.text(setup.prefix);
        if !setup.mixed {
            out.push(text.as_bytes(), self.alias);
            return Outcome::Produced(1);
        }
        match self.index % 7 {
            1 => return Outcome::Produced(0),
            2 => return Outcome::Dropped,
            4 => {
                out.push(text.as_bytes(), 0);
                out.push(text.as_bytes(), 1);
                return Outcome::Produced(2);
            }
            5 if self.index % 1_000 == 5 => {
                let text = format!("\"{}\"", "x".repeat(200_000));
                out.push(text.as_bytes(), self.alias);
            }
            _ => out.push(text.as_bytes(), self.alias),
        }
        Outcome::Produced(1)
    }
}

impl Stateful {
    /// The source of the stage, at its first timestamp.
    pub(super) fn source(&self) -> Box<dyn EventSource> {
        Box::new(Source::new(self.clone(), false))
    }
}

impl EventConfig for Stateful {
    fn build(
        &self,
        _env: &EventEnv<'_>,
        _problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        Some(self.source())
    }

    fn build_another(
        &self,
        _env: &EventEnv<'_>,
        _streams: u64,
        _problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let none = self.faults.no_workers;
        (!none).then(|| Box::new(Source::new(self.clone(), true)) as Box<dyn EventSource>)
    }
}

#[derive(Debug)]
struct Source {
    setup: Stateful,
    worker: bool,
    state: State,
    aliases: [Arc<str>; 2],
    off: Vec<bool>,
    left_out: Vec<(u16, u64)>,
}

impl Source {
    fn new(setup: Stateful, worker: bool) -> Self {
        Self {
            setup,
            worker,
            state: State::default(),
            aliases: [Arc::from("a"), Arc::from("b")],
            off: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Begins a timestamp; nothing when its template is off.
    fn step(&mut self) -> Option<Cast> {
        let cast = self.state.before();
        if self.off.get(usize::from(cast.alias)) == Some(&true) {
            self.left_out.push((cast.alias, 1));
            return None;
        }
        Some(cast)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if !self.worker {
            *self.setup.watch.last.lock().unwrap() = Some(self.state.clone());
        }
    }
}

impl EventSource for Source {
    fn produce(&mut self, _at: Moment, _tags: &[Arc<str>], out: &mut EventBatch) -> Outcome {
        assert!(!self.worker, "workers do not produce");
        let faults = self.setup.faults;
        let index = self.state.index;
        assert!(!(faults.breaks)(index), "it fell over");
        if index >= faults.ends {
            out.push(b"last", 0);
            return Outcome::Exhausted;
        }
        let Some(cast) = self.step() else {
            return Outcome::Dropped;
        };
        if (faults.fails)(index) {
            return Outcome::Failed(Box::new(EventError {
                message: format!("event {index} is bad"),
                alias: Some(Arc::clone(&self.aliases[usize::from(cast.alias)])),
                places: Vec::new(),
                help: None,
            }));
        }
        self.state.after(&cast);
        cast.print(&self.setup, out)
    }

    fn aliases(&self) -> &[Arc<str>] {
        &self.aliases
    }

    fn switches(&self) -> bool {
        true
    }

    fn switch(&mut self, off: &[bool]) {
        self.off = off.to_vec();
    }

    fn left_out(&mut self) -> Vec<(u16, u64)> {
        std::mem::take(&mut self.left_out)
    }

    fn divided(&self) -> Result<(), Impurity> {
        Ok(())
    }

    fn begin(
        &mut self,
        moments: &[Moment],
        inputs: &[u16],
        _tags: &[Vec<Arc<str>>],
    ) -> Option<Begun> {
        assert_eq!(moments.len(), inputs.len());
        let faults = self.setup.faults;
        let mut casts = Vec::new();
        for _ in moments {
            let index = self.state.index;
            let stops = (faults.stops)(index) || index >= faults.ends;
            if stops || (faults.stumbles)(index) || (faults.breaks)(index) {
                // Nobody may rely on what the state is then.
                self.state.sum ^= 0xbad;
                self.left_out.push((0, 1_000));
                assert!(stops, "beginning fell over");
                return None;
            }
            let cast = self.step();
            if let Some(cast) = &cast {
                self.state.after(cast);
            }
            casts.push(cast);
        }
        let begun = &self.setup.watch.begun;
        begun.fetch_add(casts.len() as u64, Ordering::SeqCst);
        Some(Begun::of(casts))
    }

    fn finish(
        &mut self,
        begun: &Begun,
        which: usize,
        _at: Moment,
        _tags: &[Arc<str>],
        out: &mut EventBatch,
    ) -> Option<Outcome> {
        let faults = self.setup.faults;
        if self.worker {
            self.setup.watch.help();
            assert!(!faults.weak_workers, "a worker fell over");
        } else if faults.waits {
            self.setup.watch.wait_for_help();
        }
        let casts: &Vec<Option<Cast>> = begun.get()?;
        let Some(cast) = casts.get(which)? else {
            return Some(Outcome::Dropped);
        };
        assert!(!(faults.falls)(cast.index), "finishing fell over");
        if (faults.fails)(cast.index) {
            return None;
        }
        Some(cast.print(&self.setup, out))
    }

    fn legacy(&self) -> Option<Legacy> {
        Some(Legacy::of(self.state.clone()))
    }

    fn adopt(&mut self, legacy: &Legacy) -> Vec<String> {
        self.state = legacy.get::<State>().unwrap().clone();
        Vec::new()
    }

    fn legacy_copy(&self) -> Option<LegacyCopy> {
        let (faults, watch) = (self.setup.faults, &self.setup.watch);
        if self.state.list.len() > faults.most_copied {
            watch.refused.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        if faults.slow_copies {
            // Work, not sleep: what a large state costs.
            let mut busy = VecDeque::new();
            (0..200_000_u64).for_each(|one| busy.push_back(one));
            assert_eq!(busy.iter().max(), Some(&199_999));
        }
        watch.copies.fetch_add(1, Ordering::SeqCst);
        Some(LegacyCopy::of(self.state.clone()))
    }

    fn adopt_copy(&mut self, copy: &LegacyCopy) {
        self.setup.watch.backs.fetch_add(1, Ordering::SeqCst);
        self.state = copy.get::<State>().unwrap().clone();
    }
}
