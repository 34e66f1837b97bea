//! Outputs over HTTP and what goes wrong on the way: refused, reset, silent, slow, overloaded and
//! restarted servers, certificates, proxies, partial failures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "suites/decisions.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod decisions;
#[path = "suites/driven.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod driven;
#[path = "support/engine.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod engine;
#[path = "support/recorder.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod recorder;
#[path = "support/servers.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod servers;

#[path = "outputs_http/bulk.rs"]
mod bulk;
#[path = "outputs_http/bulk_stub.rs"]
mod bulk_stub;
#[path = "outputs_http/client.rs"]
mod client;
#[path = "outputs_http/faults.rs"]
mod faults;
#[path = "outputs_http/proxies.rs"]
mod proxies;
#[path = "outputs_http/tls.rs"]
mod tls;

use std::path::Path;
use std::time::Duration;

use driven::Driven;
use serde_json::Value;

/// Events in a batch of runs.
const BATCH: usize = 500;

/// Limit of an attempt that is not about limits.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An output, ready for attempts; its options are JSON.
fn output(plugin: &str, options: &Value, base: &Path) -> Driven {
    let config = driven::decode(plugin, options, base).unwrap();
    let mut driven = Driven::new(config, base, TIMEOUT).unwrap();
    driven.open().unwrap();
    driven
}

/// The output `http` with one request per event as it is.
fn plain(options: Value) -> Driven {
    let mut options = options;
    options["formatter"] = serde_json::json!({"format": "plain"});
    output("http", &options, Path::new("/"))
}
