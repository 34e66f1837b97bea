//! Some events of a running generator are seen as they come, and its dead letters sent again, through
//! the instance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use evtui::config::Parameters;
use evtui::instance::secrets::Secrets;
use evtui::instance::{
    GeneratorSpec, Handle, HostOptions, InstanceError, Redactor, Replayed, TailPage, TailQuery,
    discard, host,
};
use evtui::pipeline::Change;

const PATIENCE: Duration = Duration::from_secs(30);
const PLANTED: &str = "qPl4ntedS3cretq";

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

fn instance() -> Handle {
    let secrets = Secrets::from_environment()
        .giving([("token".to_owned(), PLANTED.to_owned())].into())
        .silent();
    host(HostOptions {
        streams: discard(),
        secrets,
        redactor: Redactor::default(),
        home: None,
    })
    .unwrap()
}

fn project(folder: &Path, input: &str, output: &str) {
    let document = format!(
        "input:\n  - {input}\n\
         event:\n  template:\n    mode: spin\n    params: {{token: '${{secrets.token}}'}}\n    templates:\n      \
         - plain: {{template: plain.jinja}}\n      - secret: {{template: secret.jinja}}\n\
         output:\n  - {output}\n"
    );
    fs::write(folder.join("generator.yml"), document).unwrap();
    fs::write(folder.join("plain.jinja"), "{{ timestamp.hour }} é").unwrap();
    fs::write(folder.join("secret.jinja"), "key={{ params.token }}").unwrap();
}

fn start(instance: &Handle, folder: &Path) -> Result<(), InstanceError> {
    block_on(instance.start(GeneratorSpec {
        id: "g".to_owned(),
        project: folder.to_owned(),
        parameters: Parameters {
            live_mode: false,
            ..Parameters::default()
        },
        seed: None,
    }))
}

fn tail(instance: &Handle, after: u64, most: usize) -> TailPage {
    block_on(instance.tail("g", TailQuery { after, most })).unwrap()
}

#[test]
fn a_tail_shows_some_events_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let input = "cron: {expression: '* * * * * *', count: 3}";
    project(folder.path(), input, "stdout: {}");
    let instance = instance();
    let unknown = block_on(instance.tail("g", TailQuery::default()));
    assert!(matches!(unknown, Err(InstanceError::Unknown(_))));
    start(&instance, folder.path()).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let page = loop {
        let page = tail(&instance, 0, 50);
        if page.events.len() == 50 {
            break page;
        }
        assert!(Instant::now() < deadline, "{page:?}");
        std::thread::yield_now();
    };
    assert!(page.seen >= 50);
    let secret = |one: &&evtui::instance::TailEvent| one.alias.as_deref() == Some("secret");
    assert!(
        page.events
            .iter()
            .filter(secret)
            .all(|one| one.text == "key=***")
    );
    assert!(page.events.iter().any(|one| one.text.ends_with(" é")));
    assert!(page.events.iter().filter(secret).count() > 5);
    for pair in page.events.windows(2) {
        assert_eq!(pair[0].number + 1, pair[1].number);
        assert!(pair[0].at <= pair[1].at && pair[0].at.contains('T'));
    }
    let last = page.events[49].number;
    let next = tail(&instance, last, 1_000);
    assert!(next.events.first().is_none_or(|one| one.number > last));
    // A template that is off is seen no more, and a wrong name is answered with the right one.
    let switch = |name: &str| Change::Alias {
        name: Arc::from(name),
        off: true,
    };
    let wrong = block_on(instance.control("g", switch("secrets"))).unwrap_err();
    assert!(
        wrong.to_string().contains("did you mean `secret`?"),
        "{wrong}"
    );
    block_on(instance.control("g", switch("secret"))).unwrap();
    block_on(instance.shutdown());
}

#[cfg(target_os = "linux")]
#[test]
fn dead_letters_are_sent_again_beside_the_generator_and_after_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let input = "linspace: {start: 2026-01-01, end: 2026-01-02, count: 4}";
    project(
        folder,
        input,
        "file: {path: /dev/full, on_failure: dead_letter}",
    );
    let instance = instance();
    let replay = |output| block_on(instance.replay_letters("g", output));
    assert!(matches!(replay(0), Err(InstanceError::Unknown(_))));
    start(&instance, folder).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let letters = loop {
        let status = block_on(instance.status("g")).unwrap();
        if status.stats.outputs[0].dead_lettered == 4 {
            break status.stats.outputs[0].letters.clone().unwrap();
        }
        assert!(Instant::now() < deadline, "{status:?}");
        std::thread::yield_now();
    };
    assert_eq!(fs::read_to_string(&letters).unwrap().lines().count(), 4);
    // Still down: they are letters again.
    let kept = Replayed {
        letters: 4,
        written: 0,
        kept: 4,
    };
    assert_eq!(replay(0).unwrap(), kept);
    assert_eq!(fs::read_to_string(&letters).unwrap().lines().count(), 4);
    project(
        folder,
        input,
        "file: {path: out.log, on_failure: dead_letter}",
    );
    let sent = Replayed {
        letters: 4,
        written: 4,
        kept: 0,
    };
    assert_eq!(replay(0).unwrap(), sent);
    let written = fs::read_to_string(folder.join("out.log")).unwrap();
    assert_eq!(
        written,
        format!("0 é\nkey={PLANTED}\n16 é\nkey={PLANTED}\n")
    );
    assert_eq!(replay(0).unwrap(), Replayed::default());
    let none = replay(5).unwrap_err().to_string();
    assert_eq!(none, "there is no output[5]; the project has 1, from 0 on");
}
