//! Hears of jumps of the wall clock without looking for them: on Linux the kernel tells.
//!
//! One thread for the whole process waits for a timer that the kernel cancels when the clock is set or
//! the machine wakes up; it costs no wake-up otherwise. Elsewhere there is no such thing.

use super::clock::Wake;

/// Has `wake` called after each jump while its owner keeps it; false when jumps cannot be heard of.
#[cfg(target_os = "linux")]
pub(super) fn subscribe(wake: &Wake) -> bool {
    linux::subscribe(wake)
}

/// Nothing tells here.
#[cfg(not(target_os = "linux"))]
pub(super) fn subscribe(_wake: &Wake) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    use std::os::fd::OwnedFd;
    use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

    use rustix::io::Errno;
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };

    use super::Wake;

    type Sleeper = Weak<dyn Fn() + Send + Sync>;

    static SLEEPERS: Mutex<Vec<Sleeper>> = Mutex::new(Vec::new());
    static HEARS: OnceLock<bool> = OnceLock::new();

    pub(super) fn subscribe(wake: &Wake) -> bool {
        if !*HEARS.get_or_init(listen) {
            return false;
        }
        let mut sleepers = SLEEPERS.lock().unwrap_or_else(PoisonError::into_inner);
        sleepers.retain(|one| one.strong_count() > 0);
        sleepers.push(Arc::downgrade(wake));
        true
    }

    fn listen() -> bool {
        let Ok(timer) = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::CLOEXEC) else {
            return false;
        };
        if arm(&timer).is_err() {
            return false;
        }
        let thread = std::thread::Builder::new().name("evtui-clock".to_owned());
        thread.spawn(move || wait(&timer)).is_ok()
    }

    /// Waits for the year 2200, or until the clock is set.
    fn arm(timer: &OwnedFd) -> rustix::io::Result<()> {
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        let never = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec {
                tv_sec: 7_258_118_400,
                tv_nsec: 0,
            },
        };
        timerfd_settime(timer, flags, &never).map(|_| ())
    }

    fn wait(timer: &OwnedFd) {
        let mut expirations = [0; 8];
        loop {
            match rustix::io::read(timer, &mut expirations) {
                Err(Errno::INTR) => {}
                Ok(_) | Err(Errno::CANCELED) => {
                    wake_all();
                    if arm(timer).is_err() {
                        return;
                    }
                }
                Err(_) => return,
            }
        }
    }

    fn wake_all() {
        let awake: Vec<Wake> = {
            let sleepers = SLEEPERS.lock().unwrap_or_else(PoisonError::into_inner);
            sleepers.iter().filter_map(Weak::upgrade).collect()
        };
        for wake in awake {
            wake();
        }
    }
}
