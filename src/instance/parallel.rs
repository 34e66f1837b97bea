//! The same for many generators, side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Starts that wait for an unreachable server must not hold up the others; more threads than this only
/// get in each other's way.
const THREADS: usize = 32;

/// Calls `job` for each id, and gives what it gave in order. Blocks until all are done.
pub(super) fn each<T: Send>(ids: Vec<String>, job: impl Fn(&str) -> T + Sync) -> Vec<(String, T)> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<T>>> = Mutex::new(ids.iter().map(|_| None).collect());
    let work = || {
        while let Some((mine, id)) = take(&next, &ids) {
            let result = job(id);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(slot) = done.get_mut(mine) {
                *slot = Some(result);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..ids.len().min(THREADS) {
            // Fewer threads do the same, later.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let pairs = ids.into_iter().zip(done);
    pairs
        .filter_map(|(id, result)| Some((id, result?)))
        .collect()
}

/// The next id and its place, until there are no more.
fn take<'i>(next: &AtomicUsize, ids: &'i [String]) -> Option<(usize, &'i String)> {
    let mine = next.fetch_add(1, Ordering::Relaxed);
    ids.get(mine).map(|id| (mine, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_and_in_order() {
        for count in [0, 1, 5, 200] {
            let ids: Vec<String> = (0..count).map(|n| n.to_string()).collect();
            let calls = AtomicUsize::new(0);
            let done = each(ids.clone(), |id| {
                calls.fetch_add(1, Ordering::Relaxed);
                format!("{id}!")
            });
            assert_eq!(calls.into_inner(), count);
            let expected: Vec<_> = ids
                .into_iter()
                .map(|id| (id.clone(), format!("{id}!")))
                .collect();
            assert_eq!(done, expected);
        }
    }
}
