//! `http`: timestamps that others ask for, by requests to a small server.

mod gate;
mod request;
mod server;
#[cfg(test)]
mod tests;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::time::{Moment, Zone};

use self::gate::Gate;
use self::server::Server;
use super::{Input, InputConfig, InputEnv, InputError, TAGS, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "http",
    doc: "Timestamps on request: `POST /generate` with `{\"count\": n}` gives n of them at once, \
          `POST /stop` ends the input. Plain HTTP, without authentication.",
    fields: &[
        Field::optional(
            "host",
            Kind::NonEmpty,
            "0.0.0.0",
            "Address or name to listen on; `127.0.0.1` for this machine only.",
        ),
        Field::required("port", Kind::Int(1, 65_535), "Port to listen on."),
        Field::optional(
            "max_pending_requests",
            Kind::Int(1, i64::MAX),
            "100",
            "Requests that may wait for the generator, at least 1; further ones are answered with 429.",
        ),
        TAGS,
    ],
};

#[derive(Debug)]
struct Config {
    host: String,
    port: u16,
    max_pending: u64,
    tags: Vec<Arc<str>>,
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    Some(Box::new(Config {
        host: section.str("host").unwrap_or("0.0.0.0").to_owned(),
        port: u16::try_from(section.int("port")?).ok()?,
        max_pending: positive(&section, "max_pending_requests").unwrap_or(100),
        tags: tags(&section),
    }))
}

impl Config {
    fn cannot_listen(&self, error: &io::Error) -> InputError {
        let (why, help) = match error.kind() {
            io::ErrorKind::AddrInUse => (
                "the port is in use".to_owned(),
                "end the program that uses it, or choose another `port`",
            ),
            io::ErrorKind::PermissionDenied => (
                "no permission".to_owned(),
                "ports below 1024 are reserved on most systems; choose a higher `port`",
            ),
            io::ErrorKind::AddrNotAvailable => (
                "this machine has no such address".to_owned(),
                "set `host` to an address of this machine, or to 0.0.0.0 for all of them",
            ),
            _ => (error.to_string(), "check `host` and `port`"),
        };
        let place = if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        };
        InputError::new(format!("cannot listen on {place}: {why}"), help)
    }
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let Some(outside) = env.outside else {
            return Ok(Box::new(Shut));
        };
        let gate = Arc::new(Gate::new(self.max_pending, outside.clone()));
        let server = TcpListener::bind((self.host.as_str(), self.port))
            .and_then(|listener| Server::start(listener, Arc::clone(&gate)))
            .map_err(|error| self.cannot_listen(&error))?;
        Ok(Box::new(Running {
            gate,
            server,
            zone: env.zone,
            left: 0,
            at: env.now,
        }))
    }

    fn waits_for(&self) -> Option<&'static str> {
        Some("requests")
    }
}

/// Where nothing runs, nothing is asked for.
#[derive(Debug)]
struct Shut;

impl Input for Shut {
    fn fill(&mut self, _: usize, _: &mut Vec<Moment>) -> Result<(), InputError> {
        Ok(())
    }
}

#[derive(Debug)]
struct Running {
    gate: Arc<Gate>,
    server: Server,
    zone: Zone,
    /// Timestamps of the current request still to give, all at one moment.
    left: u64,
    at: Moment,
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        if self.left == 0 {
            let Some(count) = self.gate.take() else {
                return Ok(());
            };
            self.left = count;
            self.at = self.zone.at_instant(self.gate.now_us());
        }
        let given = usize::try_from(self.left).unwrap_or(max).min(max);
        out.extend(std::iter::repeat_n(self.at, given));
        self.left -= given as u64;
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.gate.is_open()
    }

    fn close(&mut self) {
        self.gate.close();
        self.server.unbind();
    }
}
