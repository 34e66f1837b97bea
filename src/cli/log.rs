//! Where the application's log records go: its screens, and a file if one is named.

use std::io;
use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{HushWriter, why};
use crate::instance::Redactor;
use crate::instance::log_ring::LogRing;

/// Keeps records of level info and above for the screens, and appends them to `path` if one is given,
/// from a thread of its own.
///
/// Keep the guard until the end: dropping it writes what is still waiting.
///
/// # Errors
/// When the file cannot be opened for appending.
pub(super) fn start(path: Option<&Path>) -> Result<Option<WorkerGuard>, String> {
    let ring = LogRing::of_process().layer(Redactor::default());
    let Some(path) = path else {
        // A second logger in one process is no reason to stop.
        let _ = tracing_subscriber::registry().with(ring).try_init();
        return Ok(None);
    };
    let refused = |error: io::Error| format!("cannot log to {}: {}", path.display(), why(&error));
    // The appender panics where it cannot open its file, so that is tried first.
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(refused)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default();
    let (writer, guard) = tracing_appender::non_blocking(rolling::never(folder, name));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(move || HushWriter(writer.clone()))
        .with_ansi(false)
        .with_filter(LevelFilter::INFO);
    let _ = tracing_subscriber::registry()
        .with(ring)
        .with(lines)
        .try_init();
    Ok(Some(guard))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn records_reach_the_file_and_a_bad_path_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(
            start(Some(dir.path()))
                .unwrap_err()
                .contains("cannot log to")
        );
        let path = dir.path().join("evtui.log");
        let guard = start(Some(&path)).unwrap();
        tracing::info!("a record");
        drop(guard);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("a record"), "{text}");
    }
}
