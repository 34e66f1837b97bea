//! How long something took, over and over.

use std::time::Duration;

/// Prints the spread; gives the 99th percentile in milliseconds.
pub fn report(what: &str, mut times: Vec<Duration>) -> f64 {
    times.sort();
    let at = |share: f64| {
        let index = ((times.len() as f64 - 1.0) * share).round() as usize;
        times[index].as_secs_f64() * 1e3
    };
    println!(
        "{what}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    at(0.99)
}
