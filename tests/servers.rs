//! Outputs against real servers, each started by its test on a free port and ended by it.
//!
//! A test whose server is not installed says so on standard error; with `EVTUI_NO_SKIP` in the
//! environment, as in `.ci/run`, it fails.
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
#[path = "support/servers.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod servers;

#[path = "servers/clickhouse.rs"]
mod clickhouse;
#[path = "servers/harness.rs"]
mod harness;
#[path = "servers/influxdb.rs"]
mod influxdb;
#[cfg(feature = "sql")]
#[path = "servers/mariadb.rs"]
mod mariadb;
#[cfg(feature = "mqtt")]
#[path = "servers/mosquitto.rs"]
mod mosquitto;
#[cfg(feature = "nats")]
#[path = "servers/nats.rs"]
mod nats;
#[cfg(feature = "sql")]
#[path = "servers/postgres.rs"]
mod postgres;
#[cfg(feature = "redis")]
#[path = "servers/redis.rs"]
mod redis;
#[cfg(feature = "sql")]
#[path = "servers/sqlite.rs"]
mod sqlite;
