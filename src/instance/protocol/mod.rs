//! What a terminal and the process that holds its generators say to each other.
//!
//! ```text
//! both        Hello                          first, and the same for ever
//! terminal    {"id": 7, "call": {...}}       as many at once as it likes
//! instance    {"id": 7, "value": ...}        in the order in which they are ready
//! instance    {"id": 0, "value": [...]}      last, when it ends in good order: how its generators stand
//! ```
//!
//! Each message is a frame (`protocol::frame`). Whatever changes the form of a call or of its value makes another
//! [`PROTOCOL`]; peers of different ones only tell each other so.

pub(super) mod frame;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::secrets::Carried;
use super::{Action, GeneratorSpec, LogQuery, Selection, TailQuery};
use crate::config::StartupEdit;
use crate::pipeline::Change;

/// The form of calls and values.
pub const PROTOCOL: u32 = 1;

/// Who speaks. Fields may be added, never changed: peers of all ages read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL`] of who speaks.
    pub evtui: u32,
    /// Its program's version, for people.
    #[serde(default)]
    pub version: String,
    /// Its process.
    #[serde(default)]
    pub pid: u32,
    /// The instance's name; empty for a terminal.
    #[serde(default)]
    pub name: String,
    /// It goes on when nothing runs, as `evtui run` does.
    #[serde(default)]
    pub service: bool,
    /// Why it does not talk any further.
    #[serde(default)]
    pub refused: Option<String>,
}

impl Hello {
    /// That of this program.
    pub fn own() -> Self {
        Self {
            evtui: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            ..Self::default()
        }
    }

    /// Why this program cannot talk to the peer, with what to do.
    pub fn unlike(&self) -> Option<String> {
        let (theirs, pid) = (&self.version, self.pid);
        let name = match self.name.as_str() {
            "" => "it".to_owned(),
            name => format!("instance `{name}`"),
        };
        let own = env!("CARGO_PKG_VERSION");
        match self.evtui.cmp(&PROTOCOL) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => Some(format!(
                "{name} (process {pid}, evtui {theirs}) is older than this evtui {own}: attach to it with the evtui that started it, or let it deliver and end with `kill {pid}` and start again"
            )),
            std::cmp::Ordering::Greater => Some(format!(
                "{name} (process {pid}, evtui {theirs}) is newer than this evtui {own}: update this one, or use the evtui that started it"
            )),
        }
    }
}

/// A wish, one for each method of [`Instance`](super::Instance).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after the methods")]
pub enum Call {
    Ping,
    List,
    Status(String),
    States,
    Start(Box<GeneratorSpec>, Box<Carried>),
    Stop(String),
    Abort(String),
    Control(String, Change),
    Act(Selection, Action),
    Scenarios,
    ResetGlobals(String),
    Reload,
    Edit(StartupEdit),
    Shutdown,
    Overview,
    Tail(String, TailQuery),
    Logs(LogQuery),
    Globals(String),
    SetGlobal(String, String, serde_json::Value),
    RemoveGlobal(String, String),
    ReloadFiles(String),
    ReplayLetters(String, usize),
    WriteBack(String),
    Former,
}

/// The number of the answer that nobody asked for: the instance ends, and no answer comes after it. Its
/// value is that of [`Call::List`]. Peers that do not know it see the end of the stream.
pub(super) const FAREWELL: u64 = 0;

/// A numbered wish.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) id: u64,
    pub(super) call: &'a Call,
}

/// As [`Request`], of which only the number need be understood.
#[derive(Deserialize)]
pub(super) struct Asked<'a> {
    pub(super) id: u64,
    #[serde(borrow)]
    pub(super) call: &'a RawValue,
}

/// What became of a wish.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Box<RawValue>>,
    /// Why there is no value: the call was not understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn peers_of_other_ages_are_told_apart() {
        let with = |evtui| Hello {
            evtui,
            pid: 7,
            version: "0.0.9".to_owned(),
            ..Hello::own()
        };
        assert_eq!(with(PROTOCOL).unlike(), None);
        let older = with(PROTOCOL - 1).unlike().unwrap();
        assert!(
            older.contains("is older") && older.contains("kill 7"),
            "{older}"
        );
        let newer = with(PROTOCOL + 1).unlike().unwrap();
        assert!(
            newer.contains("is newer") && newer.contains("0.0.9"),
            "{newer}"
        );
        // A hello of the future has more in it.
        let text = r#"{"evtui": 99, "version": "9.0", "pid": 1, "colour": "blue"}"#;
        let hello: Hello = serde_json::from_str(text).unwrap();
        assert_eq!(hello.evtui, 99);
    }
}
