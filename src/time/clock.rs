//! Where "now" comes from: the clocks of the system in runs, fake ones in tests.
//!
//! There are two: the wall clock, which people set and which goes on while the machine is suspended,
//! and a monotonic one, which only ever goes forward and stands still meanwhile. What compares them
//! ([`Jumps`]) notices when the wall clock was set or the machine slept.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Called when the wall clock was set or the machine woke up.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Microseconds since the Unix epoch.
    pub wall_us: i64,
    /// Microseconds on the monotonic clock, from some moment on.
    pub mono_us: i64,
}

/// A source of "now".
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Microseconds since the Unix epoch.
    fn now_us(&self) -> i64 {
        self.read().wall_us
    }

    /// Both clocks, read together.
    fn read(&self) -> Reading;

    /// Has `wake` called whenever the wall clock jumps, for as long as the caller keeps its half of
    /// it. False when this clock cannot tell: then who sleeps for it has to look now and then.
    fn on_jump(&self, _wake: &Wake) -> bool {
        false
    }
}

/// The system's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

/// Readings taken further apart than this were interrupted, in microseconds.
const TOGETHER_US: i64 = 1_000;

impl Clock for WallClock {
    fn now_us(&self) -> i64 {
        wall_us()
    }

    fn read(&self) -> Reading {
        // A thread that loses its core between the two readings would see a jump that was none.
        let mut reading = Reading::default();
        for _ in 0..4 {
            let before = mono_us();
            reading = Reading {
                wall_us: wall_us(),
                mono_us: mono_us(),
            };
            if reading.mono_us - before < TOGETHER_US {
                break;
            }
        }
        reading
    }

    fn on_jump(&self, wake: &Wake) -> bool {
        super::jump::subscribe(wake)
    }
}

fn wall_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn mono_us() -> i64 {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let since = ORIGIN.get_or_init(Instant::now).elapsed();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Notices jumps of the wall clock.
#[derive(Debug)]
pub struct Jumps {
    /// Wall clock less monotonic clock at the last look.
    skew_us: i64,
}

impl Jumps {
    /// The least difference that counts as a jump: an NTP client steps by 128 ms or more and slews
    /// what is less.
    pub const LEAST_US: i64 = 100_000;

    /// Notices jumps from `now` on.
    pub fn from(now: Reading) -> Self {
        Self {
            skew_us: now.wall_us.saturating_sub(now.mono_us),
        }
    }

    /// How far the wall clock jumped since the last look, in microseconds; forward is positive. What
    /// is slewed between two looks is no jump.
    pub fn look(&mut self, now: Reading) -> Option<i64> {
        let skew = now.wall_us.saturating_sub(now.mono_us);
        let by = skew.saturating_sub(self.skew_us);
        self.skew_us = skew;
        (by.saturating_abs() >= Self::LEAST_US).then_some(by)
    }
}

/// Clocks that stand still until they are moved; for tests and pinned previews.
#[derive(Debug, Default)]
pub struct FakeClock {
    wall_us: AtomicI64,
    mono_us: AtomicI64,
}

impl FakeClock {
    /// A clock standing at `now_us`.
    pub fn at(now_us: i64) -> Self {
        Self {
            wall_us: AtomicI64::new(now_us),
            mono_us: AtomicI64::new(0),
        }
    }

    /// Lets time pass until the wall clock shows `now_us`; a time in the past is a jump back.
    pub fn set(&self, now_us: i64) {
        let passed = now_us.saturating_sub(self.now_us());
        if passed < 0 {
            self.jump(passed);
        } else {
            self.pass(passed);
        }
    }

    /// Lets time pass.
    pub fn pass(&self, us: i64) {
        self.wall_us.fetch_add(us, Ordering::SeqCst);
        self.mono_us.fetch_add(us, Ordering::SeqCst);
    }

    /// Sets the wall clock forward or back, or suspends the machine for so long.
    pub fn jump(&self, by_us: i64) {
        self.wall_us.fetch_add(by_us, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn read(&self) -> Reading {
        Reading {
            wall_us: self.wall_us.load(Ordering::SeqCst),
            mono_us: self.mono_us.load(Ordering::SeqCst),
        }
    }

    fn on_jump(&self, _wake: &Wake) -> bool {
        // Whoever moves it wakes those who sleep.
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_noticed_once_and_slewing_is_none() {
        let clock = FakeClock::at(1_000_000_000);
        let mut jumps = Jumps::from(clock.read());
        clock.pass(3_600_000_000);
        assert_eq!(jumps.look(clock.read()), None);
        clock.jump(-7_200_000_000);
        clock.pass(5);
        assert_eq!(jumps.look(clock.read()), Some(-7_200_000_000));
        assert_eq!(jumps.look(clock.read()), None);
        for _ in 0..100 {
            clock.pass(1_000_000);
            clock.jump(500);
            assert_eq!(jumps.look(clock.read()), None);
        }
        clock.jump(Jumps::LEAST_US);
        assert_eq!(jumps.look(clock.read()), Some(Jumps::LEAST_US));
    }

    #[test]
    fn the_systems_clocks_go_forward_together() {
        let first = WallClock.read();
        let second = WallClock.read();
        assert!(second.mono_us >= first.mono_us);
        assert!(first.wall_us > 1_700_000_000_000_000);
    }
}
