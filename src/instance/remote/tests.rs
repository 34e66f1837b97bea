//! Every type survives the trip; peers that are of another age, silent, slow or gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::*;
use crate::config::{
    BatchParameters, Diagnostic, Diagnostics, InstanceSettings, LogSettings, Parameters, Past,
    PathSettings, Place, Pos, RunParameters, Span,
};
use crate::instance::runtime_dir::Seat;
use crate::instance::serve::Server;
use crate::instance::{LastRun, Listing, LogLevel, LogRecord, TailEvent};
use crate::pipeline::{
    AliasStats, Backfill, ChangeError, EndReason, ErrorStats, InputStats, Latency, Lint, Outage,
    OutputStats, QueueStats, ReloadMode, ReloadStats, Settings, StageStats, Stats,
};
use crate::time::{Pace, Versatile, Zone};

/// There and back, it is the same.
#[track_caller]
fn survives<T: Serialize + DeserializeOwned + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    // Not all can be compared, and all can be shown.
    assert_eq!(format!("{back:?}"), format!("{value:?}"), "{text}");
}

fn parameters() -> Parameters {
    let phrase = Versatile::parse("last monday 9am").unwrap();
    assert!(matches!(phrase, Versatile::Phrase(_)), "{phrase:?}");
    Parameters {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        batch: BatchParameters {
            size: None,
            delay: Some(0.1 + 0.2),
        },
        live_mode: false,
        params: serde_json::from_value(json!({"n": 1, "f": 0.1, "t": {"$evtui": [null, "é"]}}))
            .unwrap(),
        run: RunParameters {
            pace: Pace::speed(0.1 + 0.7),
            gain: 1.0 / 3.0,
            rate_limit: Some(1e-6),
            max_events: Some(u64::MAX),
            max_duration: Some(Duration::from_nanos(1_234_567_891)),
            backfill: Some(Past::Since(phrase)),
            reload: crate::config::ReloadMode::Ask,
        },
        ..Parameters::default()
    }
}

fn stats() -> Stats {
    let seconds = Duration::from_secs_f64;
    Stats {
        uptime: seconds(1.5),
        inputs: vec![InputStats {
            name: "timer".to_owned(),
            released: u64::MAX,
        }],
        expected: Some(9),
        lag: seconds(0.25),
        settings: Settings {
            paused: true,
            pace: Pace::steps(86_400_000_000, 0, false),
            gain: 0.1,
            rate_limit: None,
            ..Settings::default()
        },
        position_us: Some(i64::MIN),
        backfill: Some(Backfill {
            from_us: -1,
            until_us: 1,
            done: false,
        }),
        outputs: vec![OutputStats {
            name: "file".to_owned(),
            outage: Some(Outage {
                open: true,
                attempts: 3,
                reason: "no \u{1f4a5}\n".to_owned(),
                lasted: seconds(2.0),
                next: Some(seconds(0.5)),
            }),
            paused: true,
            latency: Latency {
                count: 1,
                p50: seconds(0.001),
                ..Latency::default()
            },
            letters: Some(PathBuf::from("/a/b")),
            ..OutputStats::default()
        }],
        queues: vec![QueueStats {
            name: "timestamps".to_owned(),
            len: 1,
            capacity: 10,
        }],
        errors: vec![ErrorStats {
            source: "a".to_owned(),
            message: "b".to_owned(),
            count: 2,
            lost: 1,
            first_us: 1,
            last_us: 2,
            sample: Some("{}".to_owned()),
        }],
        stages: vec![StageStats {
            name: "event".to_owned(),
            busy: seconds(1.0),
            ..StageStats::default()
        }],
        aliases: vec![AliasStats {
            name: "page".to_owned(),
            off: true,
            ..AliasStats::default()
        }],
        reload: ReloadStats {
            mode: ReloadMode::Ask,
            pending: Some("a template".to_owned()),
            ..ReloadStats::default()
        },
        lints: vec![Lint {
            name: "slow-output".to_owned(),
            ..Lint::default()
        }],
        ..Stats::default()
    }
}

fn status() -> GeneratorStatus {
    GeneratorStatus {
        id: "web".to_owned(),
        project: PathBuf::from("/p/generator.yml"),
        state: Some(State::Ended(EndReason::Failed("why".to_owned()))),
        stats: stats(),
        listing: Listing {
            listed: true,
            autostart: true,
            scenarios: vec!["shop".to_owned()],
            problem: Some("bad".to_owned()),
        },
        previous: Some(LastRun {
            started_us: 5,
            reason: EndReason::OutputClosed,
            stats: Stats::default(),
        }),
    }
}

fn problems() -> Diagnostics {
    let pos = |line, column| Pos { line, column };
    let span = Span {
        start: pos(1, 2),
        end: pos(3, 4),
    };
    let place = Place {
        span: Some(span),
        ..Place::file("/p/generator.yml")
    };
    let error = Diagnostic::error("bad", Some(place))
        .help("mend it")
        .setting("input[0]");
    Diagnostics(vec![error, Diagnostic::warning("odd", None)])
}

fn spec() -> GeneratorSpec {
    GeneratorSpec {
        id: "web".to_owned(),
        project: PathBuf::from("/p"),
        parameters: parameters(),
        seed: Some(u64::MAX),
    }
}

#[test]
fn every_call_survives_the_trip() {
    let id = || "web \"\n\u{0}".to_owned();
    let changes = [
        Change::Pause,
        Change::Resume { skip: true },
        Change::Pace(None),
        Change::Pace(Pace::speed(60.0)),
        Change::Gain(0.1 + 0.2),
        Change::RateLimit(Some(1.0 / 3.0)),
        Change::RateLimit(None),
        Change::MaxEvents(Some(1)),
        Change::MaxDuration(Some(Duration::from_nanos(1))),
        Change::SkipTo(i64::MAX),
        Change::Output {
            index: 1,
            paused: true,
        },
        Change::Retry(2),
        Change::Alias {
            name: Arc::from("é"),
            off: true,
        },
        Change::Reload(ReloadMode::Off),
    ];
    for change in changes {
        survives(&Call::Control(id(), change));
    }
    let actions = [
        Action::Start,
        Action::Stop,
        Action::Abort,
        Action::Restart,
        Action::Pause,
        Action::Resume { skip: false },
    ];
    let choices = [
        Selection::All,
        Selection::Ids(vec![id()]),
        Selection::Scenario(id()),
    ];
    for (action, who) in actions.iter().zip(choices.iter().cycle()) {
        survives(&Call::Act(who.clone(), *action));
    }
    let edits = [
        StartupEdit::Add {
            id: id(),
            path: "p".to_owned(),
            options: vec![("gain".to_owned(), json!(2.5))],
        },
        StartupEdit::Remove { id: id() },
        StartupEdit::Set {
            id: id(),
            option: "a.b".to_owned(),
            value: json!([1]),
        },
        StartupEdit::Unset {
            id: id(),
            option: "a".to_owned(),
        },
    ];
    for edit in edits {
        survives(&Call::Edit(edit));
    }
    let carried = || Box::new(Secrets::default().carried());
    survives(&Call::Start(Box::new(spec()), carried()));
    let calls = [
        Call::Ping,
        Call::List,
        Call::Status(id()),
        Call::States,
        Call::Stop(id()),
        Call::Abort(id()),
        Call::Scenarios,
        Call::ResetGlobals(id()),
        Call::Reload,
        Call::Shutdown,
        Call::Overview,
        Call::Tail(id(), TailQuery { after: 1, most: 2 }),
        Call::Logs(LogQuery {
            generator: Some(id()),
            after: u64::MAX,
            most: 1,
        }),
        Call::Globals(id()),
        Call::SetGlobal(id(), id(), json!(null)),
        Call::RemoveGlobal(id(), id()),
        Call::ReloadFiles(id()),
        Call::ReplayLetters(id(), 3),
        Call::WriteBack(id()),
        Call::Former,
    ];
    for call in calls {
        survives(&call);
    }
}

#[test]
fn every_value_survives_the_trip() {
    let errors = [
        InstanceError::Unknown("a".to_owned()),
        InstanceError::UnknownScenario("a".to_owned()),
        InstanceError::Running("a".to_owned()),
        InstanceError::Idle("a".to_owned()),
        InstanceError::Change(ChangeError("no".to_owned())),
        InstanceError::Invalid(problems()),
        InstanceError::NoList,
        InstanceError::Edit("no".to_owned()),
        InstanceError::Refused("no".to_owned()),
    ];
    for error in errors {
        survives(&Err::<(), _>(error.clone()));
        let outcomes: Outcomes = vec![("a".to_owned(), Ok(())), ("b".to_owned(), Err(error))];
        survives(&outcomes);
    }
    survives(&vec![status()]);
    survives(&Overview::of(&status()));
    let states = [
        None,
        Some(State::Starting),
        Some(State::Running),
        Some(State::Stopping),
        Some(State::Ended(EndReason::Finished)),
        Some(State::Ended(EndReason::Stopped)),
        Some(State::Ended(EndReason::Aborted)),
    ];
    survives(&states.map(|state| ("a".to_owned(), state)).to_vec());
    survives(&vec![ScenarioStatus {
        name: "shop".to_owned(),
        members: vec!["a".to_owned()],
        globals: 3,
    }]);
    let settings = InstanceSettings {
        generation: parameters(),
        log: LogSettings::default(),
        paths: PathSettings {
            logs: "/l".into(),
            startup: "/s".into(),
            generators_dir: "/g".into(),
            keyring_cryptfile: "/k".into(),
            generator_config_filename: "generator.yml".to_owned(),
        },
    };
    survives(&Ok::<_, InstanceError>(Reloaded {
        started: vec!["a".to_owned()],
        held: vec![("b".to_owned(), "why".to_owned())],
        kept: 2,
        problems: problems(),
        settings: Some(Arc::new(settings)),
        ..Reloaded::default()
    }));
    survives(&TailPage {
        events: vec![TailEvent {
            number: 1,
            text: "\u{0}\"".to_owned(),
            ..TailEvent::default()
        }],
        seen: 9,
    });
    survives(&LogPage {
        records: vec![LogRecord {
            number: 1,
            at_us: -1,
            level: LogLevel::Warn,
            generator: None,
            message: "m".to_owned(),
        }],
        missed: 4,
    });
    survives(&Replayed {
        letters: 3,
        written: 2,
        kept: 1,
    });
    survives(&Ok::<Vec<(String, serde_json::Value)>, InstanceError>(
        vec![("k".to_owned(), json!(1))],
    ));
}

/// A socket of its own, and who does as a peer does there.
struct Fake {
    folder: tempfile::TempDir,
    listener: std::os::unix::net::UnixListener,
}

impl Fake {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
        Self { folder, listener }
    }

    fn target(&self) -> Target {
        Target::At(self.folder.path().join("s"))
    }
}

fn send(stream: &mut std::os::unix::net::UnixStream, message: &impl Serialize) {
    use std::io::Write as _;
    let bytes = super::super::protocol::frame::encode(message).unwrap();
    stream.write_all(&bytes).unwrap();
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

#[test]
fn a_peer_that_falls_silent_is_seen_and_waits_are_bounded() {
    use super::super::protocol::Hello;
    let fake = Fake::new();
    let target = fake.target();
    let peer = std::thread::spawn(move || {
        let (mut stream, _) = fake.listener.accept().unwrap();
        send(
            &mut stream,
            &Hello {
                pid: 7,
                ..Hello::own()
            },
        );
        (stream, fake)
    });
    let remote = attach(target, Secrets::default()).unwrap();
    let kept = peer.join().unwrap();
    assert!(matches!(remote.link(), Link::Up(peer) if peer.pid == 7));
    assert!(wait(remote.overview()).is_empty());
    assert!(matches!(remote.link(), Link::Silent { .. }));
    // What is shown again and again no longer waits.
    let begun = std::time::Instant::now();
    for _ in 0..20 {
        assert!(wait(remote.status("web")).is_none());
    }
    assert!(
        begun.elapsed() < super::wire::QUICK,
        "{:?}",
        begun.elapsed()
    );
    let refused = wait(remote.stop("web")).unwrap_err().to_string();
    assert!(refused.contains("7, does not answer"), "{refused}");
    drop(kept);
    let gone = wait(remote.stop("web")).unwrap_err().to_string();
    assert!(gone.contains("is gone"), "{gone}");
    assert!(matches!(remote.link(), Link::Gone { .. }));
}

#[test]
fn what_is_no_evtui_is_no_instance() {
    let fake = Fake::new();
    let target = fake.target();
    let peer = std::thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = fake.listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        (stream, fake)
    });
    let Err(error) = attach(target, Secrets::default()) else {
        panic!("attached");
    };
    drop(peer.join().unwrap());
    assert!(error.to_string().contains("that is no evtui"), "{error}");
}

#[test]
fn an_instance_that_ends_says_how_its_generators_stand() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("p");
    std::fs::create_dir(&project).unwrap();
    let document = "input:\n- timer: {seconds: 0.1, count: 1}\nevent:\n  replay: {path: lines.log, repeat: true}\noutput:\n- drop: {}\n";
    std::fs::write(project.join("generator.yml"), document).unwrap();
    std::fs::write(project.join("lines.log"), "one\n").unwrap();
    let local = crate::instance::local(crate::instance::discard()).unwrap();
    let (seat, listener) = Seat::take_in(&folder.path().join("evtui"), "a").unwrap();
    let path = seat.path().to_owned();
    let server = Server::on(seat, listener, local.clone(), "a", false).unwrap();
    let remote = attach(Target::At(path.clone()), Secrets::default()).unwrap();
    let spec = GeneratorSpec {
        project,
        parameters: Parameters::default(),
        ..spec()
    };
    wait(remote.start(spec.clone())).unwrap();
    assert_eq!(server.clients(), 1);
    let again = wait(remote.start(spec)).unwrap_err();
    assert!(matches!(again, InstanceError::Running(id) if id == "web"));
    assert_eq!(wait(remote.list()).len(), 1);
    assert_eq!(wait(remote.overview())[0].state, Some(State::Running));

    // What goes on while its process ends is given up with it.
    drop(server);
    let aborted = Some(State::Ended(EndReason::Aborted));
    let Link::Gone { why, orderly, .. } = told_of_the_end(&remote) else {
        panic!("it is there");
    };
    assert!(orderly && why.contains("ended at"), "{why}");
    assert_eq!(wait(remote.overview())[0].state, aborted);
    assert_eq!(wait(remote.status("web")).unwrap().state, aborted);
    let refused = wait(remote.stop("web")).unwrap_err().to_string();
    assert!(refused.contains("ended at"), "{refused}");
    assert!(!path.exists());

    // It comes back when somebody serves again.
    let (seat, listener) = Seat::take_in(&folder.path().join("evtui"), "a").unwrap();
    let server = Server::on(seat, listener, local, "a", false).unwrap();
    while matches!(remote.link(), Link::Gone { .. }) {
        wait(remote.overview());
    }
    assert_eq!(wait(remote.overview())[0].state, Some(State::Running));
    while wait(remote.overview())[0].events == 0 {}
    wait(remote.shutdown());
    let last = wait(remote.status("web")).unwrap();
    let stopped = Some(State::Ended(EndReason::Stopped));
    assert_eq!(last.state, stopped);
    // What was delivered before the end is still to be seen behind it.
    drop(server);
    told_of_the_end(&remote);
    let row = wait(remote.overview()).remove(0);
    assert_eq!(
        (row.state, row.events),
        (stopped.clone(), last.stats.events)
    );
    let kept = wait(remote.status("web")).unwrap();
    assert_eq!((kept.state, kept.stats), (stopped, last.stats));
}

/// Waits until the other side is known to be gone.
fn told_of_the_end(remote: &Handle) -> Link {
    loop {
        match remote.link() {
            Link::Up(_) => drop(wait(remote.states())),
            other => return other,
        }
    }
}
