//! One message: priority, header, structured data, text.

use super::config::{Code, Part, SyslogConfig};
use crate::batch::EventBatch;
use crate::output::format::{Reason, when};
use crate::output::text::{Row, TextSet};
use crate::output::{FormatEnv, Origins, OutputError, TextConfig};

/// Most characters of the parts of a header.
const HOSTNAME: usize = 255;
const APP_NAME: usize = 48;
const PROC_ID: usize = 128;
const MSG_ID: usize = 32;
const TAG: usize = 32;

/// How messages are written.
#[derive(Debug)]
pub(super) struct Writer {
    old: bool,
    facility: Value,
    severity: Value,
    hostname: usize,
    /// The alias when absent.
    app_name: Option<usize>,
    proc_id: usize,
    msg_id: usize,
    /// Structured data; none when empty.
    data: Vec<Piece>,
    bom: bool,
    texts: TextSet,
    row: Row,
    origins: Origins,
}

/// A part of a priority, or the number of the text that gives it.
#[derive(Debug)]
enum Value {
    Fixed(u8),
    Text(usize),
}

/// A part of structured data.
#[derive(Debug)]
enum Piece {
    Literal(String),
    /// The value of a text, to be escaped.
    Text(usize),
}

impl Writer {
    pub(super) fn new(config: &SyslogConfig, env: &FormatEnv<'_>) -> Result<Self, OutputError> {
        let mut texts = Vec::new();
        let mut add = |text: &TextConfig| {
            texts.push(text.clone());
            texts.len() - 1
        };
        let mut value = |code: &Code| match code {
            Code::Fixed(code) => Value::Fixed(*code),
            Code::Text(text) => Value::Text(add(text)),
        };
        let (facility, severity) = (value(&config.facility), value(&config.severity));
        let mut data = Vec::new();
        for (id, params) in &config.elements {
            data.push(Piece::Literal(format!("[{id}")));
            for (name, text) in params {
                data.push(Piece::Literal(format!(" {name}=\"")));
                data.push(Piece::Text(add(text)));
                data.push(Piece::Literal("\"".to_owned()));
            }
            data.push(Piece::Literal("]".to_owned()));
        }
        Ok(Self {
            old: config.old,
            facility,
            severity,
            hostname: add(&config.hostname),
            app_name: config.app_name.as_ref().map(&mut add),
            proc_id: add(&config.proc_id),
            msg_id: add(&config.msg_id),
            data,
            bom: config.bom,
            texts: TextSet::build(&texts, env)?,
            row: Row::default(),
            origins: env.origins.clone(),
        })
    }

    /// Appends the message of an event; what was appended before an error is to be dropped.
    pub(super) fn write(
        &mut self,
        batch: &EventBatch,
        event: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        self.texts
            .evaluate_event(batch, event, &mut self.row)
            .map_err(Reason::unfit)?;
        let facility = self.code(&self.facility, Part::Facility)?;
        let severity = self.code(&self.severity, Part::Severity)?;
        out.push(b'<');
        let priority = u16::from(facility) * 8 + u16::from(severity);
        out.extend_from_slice(itoa::Buffer::new().format(priority).as_bytes());
        out.push(b'>');
        if self.old {
            self.rfc3164(batch, event, out);
        } else {
            self.rfc5424(batch, event, out);
        }
        Ok(())
    }

    fn code(&self, value: &Value, part: Part) -> Result<u8, Reason> {
        let text = match value {
            Value::Fixed(code) => return Ok(*code),
            Value::Text(text) => self.texts.value(&self.row, *text),
        };
        part.code(text).ok_or_else(|| {
            let what = format!("this is no {}", part.name());
            Reason::unfit_value(what, text.as_bytes())
        })
    }

    fn value(&self, text: usize) -> &str {
        self.texts.value(&self.row, text)
    }

    fn app_name(&self, batch: &EventBatch, event: usize) -> &str {
        match self.app_name {
            Some(text) => self.value(text),
            None => self.origins.alias(batch.alias(event)),
        }
    }

    fn rfc5424(&self, batch: &EventBatch, event: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(b"1 ");
        let timed = batch.moment(event).is_some_and(|at| when::rfc5424(at, out));
        if !timed {
            out.push(b'-');
        }
        for (value, most) in [
            (self.value(self.hostname), HOSTNAME),
            (self.app_name(batch, event), APP_NAME),
            (self.value(self.proc_id), PROC_ID),
            (self.value(self.msg_id), MSG_ID),
        ] {
            out.push(b' ');
            visible(value, most, b"", out);
        }
        out.push(b' ');
        if self.data.is_empty() {
            out.push(b'-');
        }
        for piece in &self.data {
            match piece {
                Piece::Literal(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Text(text) => param(self.value(*text), out),
            }
        }
        let text = batch.get(event);
        if !text.is_empty() {
            out.push(b' ');
            if self.bom {
                out.extend_from_slice("\u{feff}".as_bytes());
            }
            out.extend_from_slice(text);
        }
    }

    fn rfc3164(&self, batch: &EventBatch, event: usize, out: &mut Vec<u8>) {
        // There is no way to say that the time is not known.
        let unknown = crate::time::Moment {
            wall_us: 0,
            offset_s: 0,
        };
        when::rfc3164(batch.moment(event).unwrap_or(unknown), out);
        out.push(b' ');
        visible(self.value(self.hostname), HOSTNAME, b"", out);
        out.push(b' ');
        let tag = self.app_name(batch, event);
        if !tag.is_empty() && tag != "-" {
            visible(tag, TAG, b"[]:", out);
            let process = self.value(self.proc_id);
            if !process.is_empty() && process != "-" {
                out.push(b'[');
                visible(process, PROC_ID, b"[]:", out);
                out.push(b']');
            }
            out.extend_from_slice(b": ");
        }
        one_line(batch.get(event), out);
    }
}

/// Appends a part of the header: visible ASCII without `never`, at most so many characters; `-` when
/// there is nothing.
fn visible(text: &str, most: usize, never: &[u8], out: &mut Vec<u8>) {
    if text.is_empty() {
        out.push(b'-');
    }
    for one in text.chars().take(most) {
        let byte = u8::try_from(one).unwrap_or(b' ');
        let sound = byte.is_ascii_graphic() && !never.contains(&byte);
        out.push(if sound { byte } else { b'_' });
    }
}

/// Appends the value of a parameter.
fn param(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\' | b']') {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

/// Appends a text with its line breaks as blanks.
fn one_line(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
        let (line, behind) = rest.split_at(at);
        out.extend_from_slice(line);
        out.push(b' ');
        let len = if behind.starts_with(b"\r\n") { 2 } else { 1 };
        rest = behind.get(len..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}
