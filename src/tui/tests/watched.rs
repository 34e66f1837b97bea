//! What an instance would say, for the screens about running generators.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Harness, canned};
use crate::instance::{
    GeneratorStatus, Listing, LogLevel, LogPage, LogRecord, Overview, TailEvent, TailPage,
};
use crate::pipeline::{
    AliasStats, ErrorStats, Lint, Outage, OutputStats, ReloadStats, State, Stats,
};
use crate::tui::app::Screen;
use crate::tui::event::{AppEvent, InstanceNews};

/// 2026-11-21 09:30:00 UTC.
pub const NOW_US: i64 = 1_795_253_400_000_000;
const SECOND_US: i64 = 1_000_000;

impl Harness {
    /// Tells news of the instance, then does what follows.
    pub fn news(&mut self, news: InstanceNews) -> &mut Self {
        self.send(AppEvent::Instance(news));
        self.until_idle()
    }

    /// The application with two generators, on a screen.
    pub fn watching(width: u16, height: u16, theme: &str, screen: Screen) -> Self {
        let mut harness = Self::open(width, height, theme);
        harness.app.show_screen(screen);
        harness.news(InstanceNews::Overview(generators()));
        harness
    }

    /// Events of the chosen generator.
    pub fn tail(&mut self, events: Vec<TailEvent>, seen: u64) -> &mut Self {
        self.news(InstanceNews::Tail(
            "web-access".to_owned(),
            TailPage { events, seen },
        ))
    }

    /// Records of the log.
    pub fn log(&mut self, records: Vec<LogRecord>, missed: u64) -> &mut Self {
        self.news(InstanceNews::Logs(LogPage { records, missed }))
    }

    /// The last thing that was asked of the world.
    #[track_caller]
    pub fn last(&self) -> &str {
        self.done.last().expect("something was done")
    }
}

/// Draws at every size down to none.
#[track_caller]
pub fn at_every_size(harness: &mut Harness) {
    super::sweep::at_every_size(harness, "a screen of running generators");
}

/// Two generators, one with scenarios.
pub fn generators() -> Vec<Overview> {
    let one = |id: &str, scenarios: &[&str]| Overview {
        id: id.to_owned(),
        state: Some(State::Running),
        listing: Listing {
            scenarios: scenarios.iter().map(|name| (*name).to_owned()).collect(),
            ..Listing::default()
        },
        ..Overview::default()
    };
    vec![
        one("web-access", &["shop", "attack"]),
        one("firewall", &["attack"]),
    ]
}

/// A generator in which nothing fails.
pub fn sound(harness: &Harness) -> GeneratorStatus {
    let mut status = canned::status(State::Running, 60_000, 20, false);
    status.project = harness.path("generator.yml");
    let stats = &mut status.stats;
    stats.produced_for = stats.released;
    stats.outputs[0].received = stats.events + 20;
    stats.outputs[0].in_flight = 20;
    status
}

/// A generator in which everything fails that can.
pub fn broken(harness: &Harness, seconds: u64, lost: u64) -> GeneratorStatus {
    let mut status = sound(harness);
    status.stats.uptime = Duration::from_secs(seconds);
    let template = harness.path("templates/page.json.jinja");
    let error = |source: &str, message: String, count: u64, sample: &str| ErrorStats {
        source: source.to_owned(),
        message,
        count,
        lost: count,
        first_us: NOW_US,
        last_us: NOW_US + 90 * SECOND_US,
        sample: Some(sample.to_owned()),
    };
    let output = |name: &str| OutputStats {
        name: name.to_owned(),
        received: 12_000 + lost,
        written: 12_000,
        ..OutputStats::default()
    };
    let stats: &mut Stats = &mut status.stats;
    stats.outputs = vec![
        output("stdout"),
        OutputStats {
            write_failed: lost,
            format_failed: 3,
            retries: 23,
            dead_lettered: 1_200,
            letters: Some("dead-letters/http.ndjson".into()),
            letters_kept: 1_200,
            outage: Some(Outage {
                open: true,
                attempts: 7,
                reason: "cannot reach logs.example.com:443: connection refused".to_owned(),
                lasted: Duration::from_secs(74),
                next: Some(Duration::from_millis(3_900)),
            }),
            ..output("http")
        },
        OutputStats {
            paused: true,
            ..output("file")
        },
    ];
    stats.aliases = vec![
        AliasStats {
            name: "page".to_owned(),
            events: 11_900,
            failed: 41,
            ..AliasStats::default()
        },
        AliasStats {
            name: "order".to_owned(),
            events: 4,
            off: true,
            ..AliasStats::default()
        },
    ];
    stats.errors = vec![
        error(
            "output[1].http",
            "logs.example.com answered 503 Service Unavailable".to_owned(),
            lost,
            "{\"at\": \"2026-11-21T09:30:00Z\", \"path\": \"/日本\", \"bytes\": \"\u{fffd}\u{fffd}\"}",
        ),
        error(
            "event template `page`",
            format!(
                "{}:5:15: `row` has no attribute `ok` (did you mean `path`?)",
                template.display()
            ),
            41,
            "2026-11-21T09:30:00+00:00",
        ),
        error(
            "input[0].http",
            "port 8080 was taken away".to_owned(),
            1,
            "",
        ),
    ];
    stats.lints = vec![Lint {
        name: "slow-output".to_owned(),
        message: "output[1] http takes 40 events a second and gets 120: its queue is full for 30 s"
            .to_owned(),
        help: "lower the rate, or give the output more connections with `concurrency`".to_owned(),
        since_us: NOW_US,
    }];
    stats.reload = ReloadStats {
        refused: Some("generator.yml:6:7: `cron` has no option `cuont`".to_owned()),
        ..ReloadStats::default()
    };
    status
}

/// Events with everything in them that is hard to show.
pub fn events(from: u64, count: u64) -> Vec<TailEvent> {
    (from..from + count)
        .map(|number| {
            let (alias, text) = match number % 5 {
                0 => ("order", "<13>Nov 21 09:30:00 host\tapp: plain text, no JSON".to_owned()),
                1 => ("page", format!("{{\"path\": \"/日本語/{number}\", \"status\": 200, \"user\": {{\"name\": \"alice\"}}}}")),
                2 => ("page", format!("{{\"path\": \"/{}\", \"status\": 404, \"user\": {{\"name\": \"bob\"}}}}", "long/".repeat(80))),
                3 => ("page", format!("{{\"path\": \"/\u{fffd}\u{fffd}\", \"status\": {}, \"tab\": \"a\\tb\"}}", 500 + number % 4)),
                _ => ("order", "two\nlines".to_owned()),
            };
            TailEvent {
                number,
                at: format!("2026-11-21T09:{:02}:{:02}.250+00:00", 30 + number / 60 % 30, number % 60),
                alias: Some(alias.to_owned()),
                text,
            }
        })
        .collect()
}

/// Records of all levels.
pub fn records(from: u64, count: u64) -> Vec<LogRecord> {
    (from..from + count)
        .map(|number| {
            let level = match number % 7 {
                0 => LogLevel::Error,
                1 => LogLevel::Warn,
                2 => LogLevel::Debug,
                _ => LogLevel::Info,
            };
            let generator = match number % 3 {
                0 => Some("web-access".to_owned()),
                1 => Some("firewall".to_owned()),
                _ => None,
            };
            let message = match level {
                LogLevel::Error => format!(
                    "output[1].http: logs.example.com answered 503 source=http count={number} {}",
                    "and so on ".repeat(20)
                ),
                LogLevel::Warn => format!("the schedule is {number} s late"),
                LogLevel::Debug => "日本語 in a record".to_owned(),
                LogLevel::Info => format!("record {number}"),
            };
            LogRecord {
                number,
                at_us: NOW_US + i64::try_from(number).unwrap() * SECOND_US,
                level,
                generator,
                message,
            }
        })
        .collect()
}

/// Globals of all kinds.
pub fn globals() -> Vec<(String, Value)> {
    let own = |key: &str, value: Value| (key.to_owned(), value);
    vec![
        own(
            "attack_started",
            json!("<datetime 2026-11-21 09:30:00+00:00>"),
        ),
        own("counter", json!(41)),
        own("hosts", json!(["web-1", "web-2", "データベース"])),
        own("note", json!("a text\nwith two lines")),
        own("open", json!(true)),
        own(
            "sessions",
            json!({"alice": {"id": 7, "pages": ["/", "/cart"]}, "bob": {"id": 8, "pages": []}}),
        ),
    ]
}
