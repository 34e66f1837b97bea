//! The golden vectors: recorded results of the reference, the arbiter of compatibility.
//!
//! Every case passes or is decided in `tests/golden/DECISIONS.md`. `EVTUI_GOLDEN` names another folder
//! of recordings, `EVTUI_PACKS` the folder with the public content packs; a line a file says how many
//! cases passed, failed and were decided.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "suites/decisions.rs"]
mod decisions;
#[path = "suites/driven.rs"]
mod driven;
#[path = "suites/events.rs"]
mod events;
#[path = "suites/http.rs"]
mod http;
#[path = "suites/inline_templates.rs"]
mod inline_templates;
#[path = "suites/inputs.rs"]
mod inputs;
#[cfg(feature = "kafka")]
#[path = "support/kafka.rs"]
mod kafka;
#[path = "suites/ordered_json.rs"]
mod ordered_json;
#[path = "suites/output_clickhouse.rs"]
mod output_clickhouse;
#[path = "suites/output_formats.rs"]
mod output_formats;
#[path = "suites/output_http.rs"]
mod output_http;
#[path = "suites/output_influxdb.rs"]
mod output_influxdb;
#[cfg(feature = "kafka")]
#[path = "suites/output_kafka.rs"]
mod output_kafka;
#[path = "suites/output_opensearch.rs"]
mod output_opensearch;
#[path = "suites/output_sockets.rs"]
mod output_sockets;
#[path = "suites/outputs.rs"]
mod outputs;
#[path = "suites/packs.rs"]
mod packs;
#[path = "suites/rand.rs"]
mod rand;
#[path = "support/recorder.rs"]
mod recorder;
#[path = "suites/time_patterns.rs"]
mod time_patterns;
