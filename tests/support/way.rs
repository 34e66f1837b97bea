//! The way to the instance under test: straight, or over a socket when the suite is compiled as part of
//! `instance_remote`.

use std::io;
use std::path::PathBuf;

use evtui::config::StartupEdit;
use evtui::instance::remote::{Target, attach};
use evtui::instance::runtime_dir::Seat;
use evtui::instance::secrets::Secrets;
use evtui::instance::serve::Server;
use evtui::instance::{
    self, Action, FormerRuns, GeneratorSpec, GeneratorStatus, Handle, HostOptions, Instance,
    InstanceError, Link, LogPage, LogQuery, Outcomes, Overview, Reloaded, Replayed, ScenarioStatus,
    Selection, TailPage, TailQuery,
};
use evtui::output::Streams;
use evtui::pipeline::{Change, State};
use futures::future::BoxFuture;
use serde_json::Value;

const OVER_SOCKET: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"instance_remote");

/// As [`instance::local`].
pub fn local(streams: Streams) -> io::Result<Handle> {
    instance::local(streams).map(over)
}

/// As [`instance::host`].
pub fn host(options: HostOptions) -> io::Result<Handle> {
    instance::host(options).map(over)
}

fn over(handle: Handle) -> Handle {
    if !OVER_SOCKET {
        return handle;
    }
    let folder = tempfile::tempdir().unwrap();
    let (seat, listener) = Seat::take_in(&folder.path().join("evtui"), "test").unwrap();
    let path: PathBuf = seat.path().to_owned();
    let server = Server::on(seat, listener, handle, "test", false).unwrap();
    let remote = attach(Target::At(path), Secrets::default()).unwrap();
    std::sync::Arc::new(Held {
        remote,
        _server: server,
        _folder: folder,
    })
}

/// A remote instance with its server.
struct Held {
    remote: Handle,
    _server: Server,
    _folder: tempfile::TempDir,
}

macro_rules! pass_on {
    ($($name:ident($($arg:ident: $kind:ty),*) -> $out:ty;)*) => {
        impl Instance for Held {
            fn link(&self) -> Link {
                self.remote.link()
            }
            $(fn $name(&self, $($arg: $kind),*) -> BoxFuture<'_, $out> {
                self.remote.$name($($arg),*)
            })*
        }
    };
}

type Done<T> = Result<T, InstanceError>;

pass_on! {
    list() -> Vec<GeneratorStatus>;
    former() -> FormerRuns;
    status(id: &str) -> Option<GeneratorStatus>;
    states() -> Vec<(String, Option<State>)>;
    start(spec: GeneratorSpec) -> Done<()>;
    stop(id: &str) -> Done<()>;
    abort(id: &str) -> Done<()>;
    control(id: &str, change: Change) -> Done<()>;
    act(who: Selection, what: Action) -> Outcomes;
    scenarios() -> Vec<ScenarioStatus>;
    reset_globals(scenario: &str) -> Done<usize>;
    reload() -> Done<Reloaded>;
    edit(edit: StartupEdit) -> Done<()>;
    shutdown() -> ();
    overview() -> Vec<Overview>;
    tail(id: &str, query: TailQuery) -> Done<TailPage>;
    logs(query: LogQuery) -> LogPage;
    globals(scenario: &str) -> Done<Vec<(String, Value)>>;
    set_global(scenario: &str, key: &str, value: Option<Value>) -> Done<()>;
    reload_files(id: &str) -> Done<()>;
    replay_letters(id: &str, output: usize) -> Done<Replayed>;
    write_back(id: &str) -> Done<Vec<String>>;
}
