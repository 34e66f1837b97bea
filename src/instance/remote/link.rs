//! The way to an instance, over one connection after another, and what was last seen there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::dial::{DialError, Target, find, find_or_spawn};
use super::wire::{Broken, Wire};
use crate::instance::protocol::Call;
use crate::instance::{GeneratorSpec, GeneratorStatus, Link, Overview, Peer};
use crate::pipeline::{EndReason, State};
use crate::time::{Clock as _, WallClock};

/// Between two tries to reach an instance that is gone.
const AGAIN: Duration = Duration::from_secs(1);

/// How long rows of a background process that is gone stay beside those of the next one.
const KEPT: Duration = Duration::from_secs(60);

/// How far to go for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Look whether somebody is there.
    Find,
    /// Start a background process if nobody is.
    Spawn,
}

/// The way to an instance.
#[derive(Debug)]
pub(super) struct Way {
    target: Target,
    now: Mutex<Now>,
    /// One at a time dials; when the last one did.
    dialing: tokio::sync::Mutex<Option<Instant>>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
enum Now {
    Up(Arc<Wire>),
    Gone {
        why: String,
        since_us: i64,
        orderly: bool,
    },
}

/// What was last seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) statuses: BTreeMap<String, GeneratorStatus>,
    pub(super) overview: Vec<Overview>,
    pub(super) states: Vec<(String, Option<State>)>,
    /// Rows of a process that is gone: they stay as long as nothing answers, and see [`Seen::heard`].
    lost: Vec<Overview>,
    lost_at: Option<Instant>,
}

impl Seen {
    /// The process ended in good order and told how its generators stand.
    fn end_well(&mut self, told: &[GeneratorStatus]) {
        for status in told {
            self.statuses.insert(status.id.clone(), status.clone());
            self.overview.retain(|row| row.id != status.id);
            self.overview.push(Overview::of(status));
        }
        self.states
            .retain(|(id, _)| !told.iter().any(|one| one.id == *id));
        // What did not end before its process is given up with it.
        self.end(&EndReason::Aborted);
    }

    /// Nothing of it runs any more. What was only known by its name or its counters has a row from now on.
    fn end(&mut self, reason: &EndReason) {
        let over = || Some(State::Ended(reason.clone()));
        let active = |state: &Option<State>| !matches!(state, None | Some(State::Ended(_)));
        let seen = std::mem::take(&mut self.overview);
        let mut rows = self.rows(seen);
        for (id, status) in &mut self.statuses {
            if !rows.iter().any(|row| row.id == *id) {
                rows.push(Overview::of(status));
            }
            if active(&status.state) {
                status.state = over();
            }
        }
        for (id, state) in std::mem::take(&mut self.states) {
            if !rows.iter().any(|row| row.id == id) {
                rows.push(Overview {
                    id,
                    state,
                    ..Overview::default()
                });
            }
        }
        for row in &mut rows {
            if active(&row.state) {
                row.state = over();
                row.paused = false;
            }
        }
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        self.overview.clone_from(&rows);
        self.lost = rows;
        self.lost_at = Some(Instant::now());
    }

    /// Somebody asked for a start.
    pub(super) fn starts(&mut self, spec: &GeneratorSpec) {
        let fresh = || GeneratorStatus {
            id: spec.id.clone(),
            project: spec.project.clone(),
            state: None,
            stats: crate::pipeline::Stats::default(),
            listing: crate::instance::Listing::default(),
            previous: None,
        };
        let known = self.statuses.entry(spec.id.clone()).or_insert_with(fresh);
        known.state = Some(State::Starting);
    }

    /// It was refused.
    pub(super) fn does_not_start(&mut self, id: &str) {
        if self.is_starting(id) {
            self.statuses.remove(id);
        }
    }

    /// Somebody asked for a start, and it was not heard of since.
    pub(super) fn is_starting(&self, id: &str) -> bool {
        let known = self.statuses.get(id);
        known.is_some_and(|one| one.state == Some(State::Starting))
    }

    /// True for a generator of a process that is gone.
    pub(super) fn is_lost(&self, id: &str) -> bool {
        self.lost.iter().any(|row| row.id == id)
    }

    /// An instance told its rows at `at`. A service starts what it holds from its list, so what it does
    /// not name is no more; of a background process before it the person may still want to start some.
    pub(super) fn heard(&mut self, rows: Vec<Overview>, service: bool, at: Instant) {
        let over = |lost: Instant| at.saturating_duration_since(lost) >= KEPT;
        if service || self.lost_at.is_some_and(over) {
            self.lost.clear();
        }
        self.overview = self.rows(rows);
    }

    /// The rows of an instance, and those of a process before it that nothing took the name of.
    fn rows(&mut self, mut now: Vec<Overview>) -> Vec<Overview> {
        self.lost
            .retain(|lost| !now.iter().any(|row| row.id == lost.id));
        if !self.lost.is_empty() {
            now.extend(self.lost.iter().cloned());
            now.sort_by(|a, b| a.id.cmp(&b.id));
        }
        now
    }
}

impl Way {
    /// Reaches the instance for the first time.
    pub(super) async fn open(target: Target, effort: Effort) -> Result<Arc<Self>, DialError> {
        let way = Arc::new(Self {
            now: Mutex::new(Now::Gone {
                why: String::new(),
                since_us: 0,
                orderly: false,
            }),
            dialing: tokio::sync::Mutex::new(None),
            seen: Mutex::default(),
            target,
        });
        way.dial(effort).await?;
        Ok(way)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands.
    pub(super) fn link(&self) -> Link {
        match &*self.now() {
            Now::Up(wire) => {
                let peer = Peer {
                    name: wire.peer.name.clone(),
                    pid: wire.peer.pid,
                    version: wire.peer.version.clone(),
                    service: wire.peer.service,
                };
                match wire.silent_since() {
                    Some(since_us) => Link::Silent { peer, since_us },
                    None => Link::Up(peer),
                }
            }
            Now::Gone {
                why,
                since_us,
                orderly,
            } => Link::Gone {
                why: why.clone(),
                since_us: *since_us,
                orderly: *orderly,
            },
        }
    }

    /// Whether the instance that is there is a service; `None` when none is.
    pub(super) fn service(&self) -> Option<bool> {
        let wire = self.current().ok()?;
        Some(wire.peer.service)
    }

    async fn dial(self: &Arc<Self>, effort: Effort) -> Result<Arc<Wire>, DialError> {
        let (stream, peer) = match effort {
            Effort::Find => find(&self.target).await?,
            Effort::Spawn => find_or_spawn(&self.target).await?,
        };
        let way = Arc::downgrade(self);
        let wire = Wire::start(stream, peer, move |wire| {
            if let Some(way) = way.upgrade() {
                way.lose(wire);
            }
        });
        *self.now() = Now::Up(wire.clone());
        Ok(wire)
    }

    fn lose(&self, wire: &Wire) {
        let mut now = self.now();
        if !matches!(&*now, Now::Up(current) if std::ptr::eq(&**current, wire)) {
            return;
        }
        let since_us = WallClock.now_us();
        let why = wire.gone_since(&format!(" {}", clock(since_us)));
        let farewell = wire.farewell();
        match farewell {
            Some(told) => self.seen().end_well(told),
            None => self.seen().end(&EndReason::Failed(why.clone())),
        }
        *now = Now::Gone {
            why,
            since_us,
            orderly: farewell.is_some(),
        };
    }

    fn current(&self) -> Result<Arc<Wire>, Broken> {
        match &*self.now() {
            Now::Up(wire) if !wire.over() => Ok(wire.clone()),
            Now::Up(wire) => Err(wire.gone()),
            Now::Gone { why, .. } => Err(Broken::Gone(why.clone())),
        }
    }

    async fn wire(self: &Arc<Self>, effort: Effort) -> Result<Arc<Wire>, Broken> {
        let gone = match self.current() {
            Ok(wire) => return Ok(wire),
            Err(gone) => gone,
        };
        let mut last = self.dialing.lock().await;
        if let Ok(wire) = self.current() {
            return Ok(wire);
        }
        if effort == Effort::Find && last.is_some_and(|last| last.elapsed() < AGAIN) {
            return Err(gone);
        }
        let dialed = self.dial(effort).await;
        *last = Some(Instant::now());
        dialed.map_err(|error| match error {
            DialError::Nobody(_) => gone,
            DialError::Silent(why) => Broken::Silent(why),
            other => Broken::Failed(other.to_string()),
        })
    }

    /// Asks for what is ready at once.
    pub(super) async fn quick<T: DeserializeOwned>(
        self: &Arc<Self>,
        call: Call,
    ) -> Result<T, Broken> {
        let wire = self.wire(Effort::Find).await?;
        open(&wire.ask(&call).await?)
    }

    /// Asks for what takes its time.
    pub(super) async fn slow<T: DeserializeOwned>(
        self: &Arc<Self>,
        call: Call,
        effort: Effort,
    ) -> Result<T, Broken> {
        let wire = self.wire(effort).await?;
        open(&wire.ask_slow(&call).await?)
    }

    /// Asks for what is shown again and again: `None` when what was last seen has to do.
    pub(super) async fn light<T: DeserializeOwned>(self: &Arc<Self>, call: Call) -> Option<T> {
        if let Ok(wire) = self.current()
            && wire.silent_since().is_some()
        {
            wire.probe();
            return None;
        }
        self.quick(call).await.ok()
    }
}

/// `13:05:12`, as the person's clock shows it.
fn clock(us: i64) -> String {
    let at = chrono::DateTime::from_timestamp_micros(us).unwrap_or_default();
    let at = at.with_timezone(&chrono::Local);
    at.format("%H:%M:%S").to_string()
}

fn open<T: DeserializeOwned>(value: &serde_json::value::RawValue) -> Result<T, Broken> {
    serde_json::from_str(value.get())
        .map_err(|error| Broken::Failed(format!("the answer is not understood: {error}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_a_process_held_that_is_gone_stays_to_be_seen_until_it_runs_again() {
        let status = |id: &str, state| GeneratorStatus {
            id: id.to_owned(),
            project: "/p".into(),
            state: Some(state),
            stats: crate::pipeline::Stats::default(),
            listing: crate::instance::Listing::default(),
            previous: None,
        };
        let mut seen = Seen::default();
        // The table was never looked at: one is known by its counters, the other by its name.
        let own = status("web", State::Running);
        seen.statuses.insert("web".to_owned(), own);
        let running = |id: &str| (id.to_owned(), Some(State::Running));
        let over = Some(State::Ended(EndReason::Finished));
        seen.states = vec![
            running("db"),
            ("old".to_owned(), over.clone()),
            running("web"),
        ];
        let killed = EndReason::Failed("it was killed".to_owned());
        seen.end(&killed);
        let failed = Some(State::Ended(killed.clone()));
        let shown = |rows: &[Overview]| -> Vec<(String, Option<State>)> {
            rows.iter()
                .map(|one| (one.id.clone(), one.state.clone()))
                .collect()
        };
        let lost = [
            ("db".to_owned(), failed.clone()),
            ("old".to_owned(), over),
            ("web".to_owned(), failed),
        ];
        assert_eq!(shown(&seen.overview), lost);
        // Another process takes its place, and runs one of them.
        let now = vec![Overview::of(&status("web", State::Running))];
        let rows = shown(&seen.rows(now));
        assert_eq!(rows[..2], lost[..2]);
        assert_eq!(rows[2].1, Some(State::Running));
        assert!(seen.is_lost("db") && !seen.is_lost("web"));
        // Those that are not started again go after a while.
        let web = || vec![Overview::of(&status("web", State::Running))];
        let lost_at = seen.lost_at.unwrap();
        seen.heard(web(), false, lost_at + KEPT / 2);
        assert_eq!(seen.overview.len(), 3);
        seen.heard(web(), false, lost_at + KEPT);
        assert_eq!(seen.overview.len(), 1);
        assert!(!seen.is_lost("db"));
        // What was never heard of since it was started is not forgotten either.
        let mut seen = Seen::default();
        seen.starts(&GeneratorSpec {
            id: "new".to_owned(),
            project: "/p".into(),
            parameters: crate::config::Parameters::default(),
            seed: None,
        });
        seen.end(&EndReason::Failed("it was killed".to_owned()));
        assert_eq!(
            shown(&seen.overview),
            [("new".to_owned(), lost[0].1.clone())]
        );
    }

    #[test]
    fn the_list_of_a_service_that_came_back_is_the_truth() {
        let row = |id: &str| Overview {
            id: id.to_owned(),
            state: Some(State::Running),
            ..Overview::default()
        };
        let mut seen = Seen {
            overview: vec![row("a"), row("b"), row("c")],
            ..Seen::default()
        };
        seen.end(&EndReason::Failed("it was killed".to_owned()));
        assert_eq!(seen.overview.len(), 3);
        assert!(seen.is_lost("c"));
        seen.heard(vec![row("b")], true, Instant::now());
        let ids: Vec<&str> = seen.overview.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["b"]);
        assert_eq!(seen.overview[0].state, Some(State::Running));
        assert!(!seen.is_lost("c"));
    }
}
