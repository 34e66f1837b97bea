//! Where log records go: a file for the application, standard error for `generate`.

use std::io;
use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling;

use crate::config::HushWriter;

/// Appends records of level info and above to `path`, from a thread of its own.
///
/// Keep the guard until the end: dropping it writes what is still waiting.
///
/// # Errors
/// When the file cannot be opened for appending.
pub(super) fn to_file(path: &Path) -> Result<WorkerGuard, String> {
    let refused = |error: io::Error| format!("cannot log to {}: {error}", path.display());
    // The appender panics where it cannot open its file, so that is tried first.
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(refused)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default();
    let (writer, guard) = tracing_appender::non_blocking(rolling::never(folder, name));
    let logger = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_writer(move || HushWriter(writer.clone()))
        .with_ansi(false);
    // A second logger in one process is no reason to stop.
    let _ = logger.try_init();
    Ok(guard)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn records_reach_the_file_and_a_bad_path_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(to_file(dir.path()).unwrap_err().contains("cannot log to"));
        let path = dir.path().join("evtui.log");
        let guard = to_file(&path).unwrap();
        tracing::info!("a record");
        drop(guard);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("a record"), "{text}");
    }
}
