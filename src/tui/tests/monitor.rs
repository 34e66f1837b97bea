//! The table of generators and the flow of one: pictures, every size, and sessions as a person has them.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use rstest::rstest;

use super::*;
use crate::instance::{GeneratorStatus, LastRun, Listing, Overview};
use crate::pipeline::{
    AliasStats, Backfill, EndReason, InputStats, Latency, Lint, Outage, OutputStats, QueueStats,
    ReloadStats, StageStats, State, Stats,
};
use crate::time::Pace;
use crate::tui::event::InstanceNews;

fn running(id: &str, second: u64, rate: u64) -> Overview {
    Overview {
        id: id.to_owned(),
        state: Some(State::Running),
        uptime: Duration::from_secs(second + 3_600),
        events: (second + 3_600) * rate,
        bytes: (second + 3_600) * rate * 120,
        cpu: Duration::from_millis((second + 3_600) * 120),
        queue: 0.2,
        ..Overview::default()
    }
}

/// Generators in all states.
pub(super) fn mixed(second: u64) -> Vec<Overview> {
    let listing = |autostart, scenarios: &[&str]| Listing {
        listed: true,
        autostart,
        scenarios: scenarios.iter().map(|one| (*one).to_owned()).collect(),
        problem: None,
    };
    let mut access = running("access-log", second, 1_000);
    access.listing = listing(true, &["shop"]);
    let mut audit = running("audit", second, 3);
    audit.listing = listing(true, &["shop", "office"]);
    audit.paused = true;
    let mut dns = running("dns-resolver-of-the-branch", second, 52_300);
    dns.lag = Duration::from_millis(2_340);
    dns.queue = 1.0;
    dns.lints = vec!["slow-output".to_owned()];
    let mut firewall = running("firewall", second, 250);
    firewall.outages = 1;
    firewall.lost = 1_234;
    firewall.errors = 17;
    let mut broken = running("mail", 100, 40);
    broken.listing = listing(true, &[]);
    broken.state = Some(State::Ended(EndReason::Failed(
        "output.file: /var/log/mail.log: no permission".to_owned(),
    )));
    let mut done = running("payroll", 0, 10);
    done.listing = listing(false, &["office"]);
    done.state = Some(State::Ended(EndReason::Finished));
    let bad = Overview {
        id: "typo".to_owned(),
        listing: Listing {
            problem: Some("startup.yml:12: `pth` is no option; did you mean `path`?".to_owned()),
            ..listing(false, &[])
        },
        ..Overview::default()
    };
    let idle = Overview {
        id: "weekly".to_owned(),
        listing: listing(false, &[]),
        ..Overview::default()
    };
    vec![access, audit, dns, firewall, broken, done, bad, idle]
}

fn many(second: u64) -> Vec<Overview> {
    (0..200u64)
        .map(|index| running(&format!("generator-{index:03}"), second, 10 + index * 7))
        .collect()
}

pub(super) fn tell(harness: &mut Harness, generators: Vec<Overview>) {
    harness.send(AppEvent::Instance(InstanceNews::Overview(generators)));
    harness.effects();
}

/// Opens the table and lets some seconds pass.
pub(super) fn overview(size: (u16, u16), theme: &str, made: fn(u64) -> Vec<Overview>) -> Harness {
    let mut harness = Harness::open(size.0, size.1, theme);
    harness.keys("<f2>");
    for second in 0..=40 {
        tell(&mut harness, made(second));
        harness.now += Duration::from_secs(1);
    }
    harness.send(AppEvent::Tick);
    harness
}

fn none(_: u64) -> Vec<Overview> {
    Vec::new()
}

/// A run of `ms` with two inputs and two outputs, the first of which is slow.
fn stats(ms: u64) -> Stats {
    let count = ms * 2;
    let part = |percent: u64| Duration::from_millis(ms * percent / 100);
    let stage = |name: &str, busy, idle, blocked| StageStats {
        name: name.to_owned(),
        busy: part(busy),
        idle: part(idle),
        blocked: part(blocked),
    };
    let output = |name: &str| OutputStats {
        name: name.to_owned(),
        received: count,
        written: count,
        bytes: count * 300,
        latency: Latency {
            count: 100,
            p50: Duration::from_micros(850),
            p90: Duration::from_millis(12),
            p99: Duration::from_millis(340),
            max: Duration::from_millis(2_100),
        },
        ..OutputStats::default()
    };
    let queue = |name: &str, len| QueueStats {
        name: name.to_owned(),
        len,
        capacity: 10,
    };
    let alias = |name: &str, share: u64| AliasStats {
        name: name.to_owned(),
        events: count * share / 100,
        ..AliasStats::default()
    };
    let input = |name: &str, released| InputStats {
        name: name.to_owned(),
        released,
    };
    Stats {
        uptime: Duration::from_millis(ms),
        inputs: vec![input("cron", count * 9 / 10), input("timer", count / 10)],
        released: count,
        produced_for: count,
        events: count,
        bytes: count * 290,
        cpu: part(40),
        position_us: Some(1_795_253_400_000_000),
        outputs: vec![output("opensearch"), output("file")],
        queues: vec![
            queue("timestamps", 9),
            queue("opensearch", 10),
            queue("file", 1),
        ],
        stages: vec![
            stage("inputs", 2, 8, 90),
            stage("event", 39, 0, 61),
            stage("opensearch", 7, 0, 93),
            stage("file", 10, 90, 0),
        ],
        aliases: vec![alias("page", 80), alias("error", 15), alias("search", 5)],
        ..Stats::default()
    }
}

/// Opens the flow of the first generator and lets seconds pass; what it tells is changed by `change`.
pub(super) fn flow(
    size: (u16, u16),
    theme: &str,
    change: impl Fn(&mut GeneratorStatus, u64),
) -> Harness {
    let mut harness = Harness::open(size.0, size.1, theme);
    harness.keys("<f2>");
    tell(&mut harness, mixed(0));
    harness.keys("<enter>");
    for second in 1..=30u64 {
        tell_status(&mut harness, second, &change);
    }
    harness.now += Duration::from_secs(7);
    harness.send(AppEvent::Tick);
    harness
}

pub(super) fn tell_status(
    harness: &mut Harness,
    second: u64,
    change: impl Fn(&mut GeneratorStatus, u64),
) {
    let mut status = GeneratorStatus {
        id: "access-log".to_owned(),
        project: "access/generator.yml".into(),
        state: Some(State::Running),
        stats: stats(second * 1_000),
        listing: Listing {
            listed: true,
            autostart: true,
            ..Listing::default()
        },
        previous: None,
    };
    change(&mut status, second);
    let mut all = mixed(0);
    all[0] = Overview::of(&status);
    tell(harness, all);
    harness.send(AppEvent::Instance(InstanceNews::Status(Box::new(status))));
    harness.now += Duration::from_secs(1);
}

fn failing(status: &mut GeneratorStatus, _: u64) {
    let stats = &mut status.stats;
    stats.outputs[0].outage = Some(Outage {
        open: true,
        attempts: 7,
        reason: "cannot reach search.example.com:9200: connection refused".to_owned(),
        lasted: Duration::from_millis(74_300),
        next: Some(Duration::from_millis(3_900)),
    });
    stats.outputs[0].dead_lettered = 120;
    stats.outputs[0].letters_kept = 120;
    stats.outputs[0].write_failed = 3;
    stats.outputs[0].written -= 123;
    stats.lints = vec![Lint {
        name: "queue-growing".to_owned(),
        message: "the queue of opensearch has been full for 42 s".to_owned(),
        help: "give it more connections, or lower the rate".to_owned(),
        since_us: 0,
    }];
    stats.reload = ReloadStats {
        refused: Some("templates/page.jinja:5:15: `row` has no attribute `pth`".to_owned()),
        ..ReloadStats::default()
    };
    stats.aliases[1].off = true;
    stats.aliases[1].dropped = 77;
}

fn healthy(_: &mut GeneratorStatus, _: u64) {}

fn paused(status: &mut GeneratorStatus, second: u64) {
    if second > 20 {
        let uptime = status.stats.uptime;
        status.stats = stats(20_000);
        status.stats.uptime = uptime;
        status.stats.settings.paused = true;
        status.stats.outputs[1].paused = true;
        status.stats.settings.rate_limit = Some(500.0);
    }
}

fn backfill(status: &mut GeneratorStatus, second: u64) {
    status.stats.backfill = Some(Backfill {
        from_us: 1_795_253_400_000_000 - 86_400_000_000,
        until_us: 1_795_253_400_000_000 + 43_200_000_000,
        done: false,
    });
    status.stats.settings.pace = Pace::speed(60.0);
    status.stats.settings.gain = if second > 5 { 2.0 } else { 1.0 };
    status.previous = Some(LastRun {
        started_us: 0,
        reason: EndReason::Stopped,
        stats: stats(9_000),
    });
}

#[rstest]
fn the_table(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let harness = overview(size, theme, mixed);
    let name = format!("overview_{}x{}_{theme}", size.0, size.1);
    insta::assert_snapshot!(name, whole(&harness));
}

#[rstest]
fn the_table_of_very_many_of_none_and_by_scenario(
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let name = |what: &str| format!("overview_{what}_{}x{}", size.0, size.1);
    let mut harness = overview(size, "dark", many);
    harness.keys("<end><up> <up> ");
    insta::assert_snapshot!(name("many"), harness.text());
    let harness = overview(size, "dark", none);
    insta::assert_snapshot!(name("none"), harness.text());
    let mut harness = overview(size, "dark", mixed);
    harness.keys("g<home>");
    insta::assert_snapshot!(name("grouped"), harness.text());
}

#[rstest]
fn the_flow(
    #[values("dark", "light", "mono")] theme: &str,
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let harness = flow(size, theme, failing);
    let name = format!("flow_failing_{}x{}_{theme}", size.0, size.1);
    insta::assert_snapshot!(name, whole(&harness));
}

#[rstest]
fn an_output_that_is_down_still_says_what_it_costs(
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    for (lost, kept, lost_as, kept_as) in [
        (3, 120, "3 lost", "120 dead letters"),
        (1_234_567, 0, "1,234,567 lost", ""),
        (0, 88, "", "88 dead letters"),
    ] {
        let harness = flow(size, "dark", move |status, second| {
            failing(status, second);
            let output = &mut status.stats.outputs[0];
            (output.write_failed, output.format_failed) = (lost, 0);
            (output.dead_lettered, output.letters_kept) = (kept, kept);
        });
        let text = harness.text();
        let line = text.lines().find(|line| line.contains("✗ down 01:14"));
        let line = line.unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains(lost_as) && line.contains(kept_as), "{line}");
    }
    // Where there is little room numbers are rounded before they are left out.
    let harness = flow((120, 40), "dark", |status, second| {
        failing(status, second);
        let output = &mut status.stats.outputs[0];
        (output.write_failed, output.letters_kept) = (12_345_678, 234_567);
    });
    let text = harness.text();
    assert!(
        text.contains("12.3M lost") && text.contains("k letters"),
        "{text}"
    );
}

#[rstest]
fn the_flow_that_is_well_paused_and_in_its_history(
    #[values((80, 24), (120, 40), (200, 60))] size: (u16, u16),
) {
    let name = |what: &str| format!("flow_{what}_{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("healthy"), flow(size, "dark", healthy).text());
    insta::assert_snapshot!(name("paused"), flow(size, "dark", paused).text());
    insta::assert_snapshot!(name("backfill"), flow(size, "dark", backfill).text());
}

#[test]
fn every_size_can_be_drawn() {
    let table = |script: &str| {
        let mut harness = overview((100, 30), "dark", mixed);
        harness.keys(script);
        harness
    };
    let shown = [
        table("g"),
        table("/xyz"),
        table("* x"),
        overview((100, 30), "dark", none),
        flow((100, 30), "dark", failing),
        flow((130, 50), "dark", backfill),
    ];
    for mut harness in shown {
        sweep::at_every_size(&mut harness, "a table or a flow");
    }
}

/// Rows of the table from its first, by the words they begin with.
fn order(harness: &Harness) -> Vec<String> {
    let text = harness.text();
    let rows = text.lines().skip_while(|line| !line.contains("generator"));
    rows.skip(1)
        .map(|line| line.trim_start_matches(['▸', '●', ' ']))
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_person_sorts_filters_marks_and_stops() {
    let mut harness = overview((120, 40), "dark", mixed);
    assert_eq!(order(&harness)[0], "access-log");
    // By rate: from high to low at first, then turned round.
    harness.keys(">>>");
    harness.sees("rate▼").sees("sorted by rate");
    assert!(order(&harness)[0].starts_with("dns-resolver"));
    harness.keys("~");
    harness.sees("rate▲");
    // A half-typed word changes nothing and says so; the whole one filters while it is typed.
    harness.keys("/is:runnin");
    harness.sees("did you mean `is:running`?");
    assert_eq!(order(&harness).len(), 8);
    harness.keys("g");
    harness.sees("3 of 8 generators");
    harness.keys("<enter>");
    harness.sees("filter is:running");
    assert_eq!(order(&harness).len(), 3);
    assert_eq!(order(&harness)[0], "firewall");
    // All shown are marked and stopped; one has a target that is down, so it is asked.
    harness.keys("*x");
    harness
        .sees("3 generators:")
        .sees("what waits for it may be lost");
    assert!(harness.done.is_empty(), "{:?}", harness.done);
    harness.keys("s");
    assert_eq!(harness.done.len(), 1);
    let done = harness.done[0].clone();
    assert!(
        done.contains(
            "Act(Ids([\"access-log\", \"dns-resolver-of-the-branch\", \"firewall\"]), Stop)"
        ),
        "{done}"
    );
    // Esc takes the filter away, then the marks, then leads back.
    harness.keys("<esc>");
    assert_eq!(order(&harness).len(), 8);
    harness.sees("3 marked");
    harness
        .keys("<esc>")
        .sees_not("3 marked")
        .sees("▸1 Generators");
    harness.keys("<esc>").sees_not("▸1 Generators");
}

#[test]
fn what_loses_something_asks_and_the_rest_does_not() {
    let mut harness = overview((120, 40), "dark", mixed);
    harness.keys("x");
    assert!(
        harness.done[0].contains("[\"access-log\"]), Stop"),
        "{:?}",
        harness.done
    );
    harness.keys("X");
    harness.sees("will be lost");
    harness.keys("<esc>p");
    assert!(harness.done[1].contains("Pause"), "{:?}", harness.done);
    harness
        .keys("r")
        .sees("counters start from 0")
        .keys("<esc>");
    // What is paused goes on; what does not run cannot be aborted.
    harness.keys("<down>p");
    assert!(harness.done[2].contains("[\"audit\"]), Resume { skip: false }"));
    harness.keys("<end>X").sees("it is not running");
    harness.keys("s");
    assert!(
        harness.done[3].contains("[\"weekly\"]), Start"),
        "{:?}",
        harness.done
    );
}

#[test]
fn a_scenario_is_started_together_and_autostart_is_written() {
    let mut harness = overview((120, 40), "dark", mixed);
    harness.keys("g<home>");
    harness
        .sees("office  1 of 2 active")
        .sees("without a scenario");
    harness.keys("s");
    // One of the two runs already.
    assert!(
        harness.done[0].contains("Ids([\"payroll\"]), Start"),
        "{:?}",
        harness.done
    );
    harness.keys("x");
    assert!(
        harness.done[1].contains("Ids([\"audit\"]), Stop"),
        "{:?}",
        harness.done
    );
    harness.keys("<down><down>a");
    assert!(
        harness.done[2].contains("Set { id: \"payroll\", option: \"autostart\", value: Bool(true)"),
        "{:?}",
        harness.done
    );
    harness.keys("gg<home>").keys("/dns<enter>a");
    harness.sees("not in the startup list");
}

fn click(harness: &mut Harness, x: u16, y: u16) {
    harness.send(AppEvent::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: x,
        row: y,
        modifiers: KeyModifiers::NONE,
    }));
    harness.effects();
}

/// Column and row of a text on the screen.
fn place(harness: &Harness, text: &str) -> (u16, u16) {
    let shown = harness.text();
    let (row, line) = shown
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(text))
        .unwrap();
    let before = &line[..line.find(text).unwrap()];
    let column = crate::tui::text::width(before);
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

#[test]
fn the_mouse_chooses_opens_sorts_and_goes_to_screens() {
    let mut harness = overview((120, 40), "dark", mixed);
    let (x, y) = place(&harness, "  lost");
    click(&mut harness, x + 3, y);
    harness.sees("lost▼");
    assert_eq!(order(&harness)[0], "firewall");
    click(&mut harness, x + 3, y);
    harness.sees("lost▲");
    let (x, y) = place(&harness, "mail ");
    click(&mut harness, x, y);
    harness.sees("▸  mail").sees("last run: failed");
    // Much later it is another click, not the second of two.
    harness.now += Duration::from_secs(2);
    click(&mut harness, x, y);
    harness.sees("▸1 Generators");
    click(&mut harness, x, y);
    harness.sees("▸2 Pipeline").sees(" mail ");
    // One always sees which generator it is about.
    harness.resize(72, 24).sees("▸2 Pipeline").sees(" mail ");
    harness.sees_not("Generators").resize(120, 40);
    let (x, y) = place(&harness, "1 Generators");
    click(&mut harness, x, y);
    harness.sees("▸1 Generators");
    harness.send(AppEvent::Mouse(MouseEvent {
        kind: MouseEventKind::ScrollDown,
        column: 5,
        row: 20,
        modifiers: KeyModifiers::NONE,
    }));
    harness.sees_not("▸  mail");
}

#[test]
fn a_person_steers_a_run_with_typed_values() {
    let mut harness = flow((120, 40), "dark", healthy);
    harness.sees("output opensearch is the brake: 93 % of its time it waits for the target; the event source waits for it 61 %");
    harness.keys("clots<enter>");
    harness.sees("Rate ceiling").sees("such as 500 or 2.5k");
    harness
        .keys("<ctrl-u>2.5k")
        .sees("at most 2500 events a second");
    harness.keys("<enter>").sees_not("Rate ceiling");
    harness
        .keys("g2x<enter>")
        .sees("gain 2")
        .sees("changed while it runs: gain 1 → 2");
    harness.keys("*").sees("gain 4");
    harness
        .keys("v1d/s")
        .sees("all timestamps of 1 d at once, then the next after 1.0 s");
    harness.keys("<enter>").sees("day/1s");
    harness
        .keys("t+2h")
        .sees("goes on at 2026-11-21T11:30:00")
        .sees("2 h are left out");
    harness.keys("<enter>");
    harness
        .keys("t2020-01-01<enter>")
        .sees("only goes forward")
        .keys("<esc>");
    harness.keys("<down>h").keys("<down>h").keys("mww");
    harness.sees("reload ask").sees("changed while it runs");
    // It stands in the file once the instance says so.
    let written = "access-log: written gain: 4".to_owned();
    harness.send(AppEvent::Instance(InstanceNews::Done(written)));
    harness.sees_not("changed while it runs");
    let done = harness.done.join("\n");
    for wanted in [
        "RateLimit(Some(2500.0))",
        "Gain(2.0)",
        "Gain(4.0)",
        "Steps { unit_us: 86400000000, every_us: 1000000 }",
        "SkipTo(1795260600000000)",
        "Output { index: 1, paused: true }",
        "Alias { name: \"page\", off: true }",
        "Reload(Ask)",
        "WriteBack(\"access-log\")",
    ] {
        assert!(done.contains(wanted), "{wanted} was not asked for:\n{done}");
    }
    assert!(
        done.lines().all(|line| line.contains("access-log")),
        "{done}"
    );
}

#[test]
fn pausing_and_going_on_from_here_or_from_now() {
    let mut harness = flow((120, 40), "dark", healthy);
    harness.keys("n").sees("it is not paused");
    harness
        .keys(" ")
        .sees("‖ paused")
        .sees("no timestamps are released");
    harness.keys(" ").sees("● running");
    harness.keys(" n");
    let done = harness.done.join("\n");
    assert!(
        done.contains("Pause")
            && done.contains("Resume { skip: false }")
            && done.contains("Resume { skip: true }"),
        "{done}"
    );
}

#[test]
fn the_flow_of_the_workbenchs_own_pipeline_is_one_key_away_and_can_be_started_from_there() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<alt-6>").sees("not started yet: s starts it");
    harness.keys("s");
    assert_eq!(harness.done, ["start web-access"]);
    assert_eq!(harness.observed.status.as_deref(), Some("web-access"));
    assert_eq!(harness.observed.own.as_deref(), Some("web-access"));
}

#[test]
fn the_instance_is_asked_only_for_what_is_shown() {
    let mut harness = Harness::open(120, 40, "dark");
    assert_eq!(harness.observed, Observe::default());
    harness.keys("<f2>");
    assert!(harness.observed.overview && harness.observed.status.is_none());
    tell(&mut harness, mixed(0));
    harness.keys("<enter>");
    assert_eq!(harness.observed.status.as_deref(), Some("access-log"));
    // The workbench asks for rates now and then while something runs, and for nothing when nothing does.
    harness.keys("d");
    assert!(harness.observed.overview && harness.observed.slowly);
    let over = |mut all: Vec<Overview>| {
        for one in &mut all {
            one.state = Some(State::Ended(EndReason::Stopped));
        }
        all
    };
    tell(&mut harness, over(mixed(1)));
    assert_eq!(harness.observed, Observe::default());
}

#[test]
fn news_that_change_nothing_visible_draw_nothing() {
    let mut harness = overview((120, 40), "dark", mixed);
    tell(&mut harness, mixed(41));
    harness.app.take_changed();
    // The same again.
    harness.now += Duration::from_secs(3);
    tell(&mut harness, mixed(41));
    assert!(!harness.app.take_changed());
    // Numbers move: once a second is enough.
    let mut drawn = 0;
    for step in 0..40u64 {
        harness.now += Duration::from_millis(250);
        let mut all = mixed(42);
        all[0].events += step;
        tell(&mut harness, all);
        drawn += u64::from(harness.app.take_changed());
    }
    assert_eq!(drawn, 10);
    // A state that changes is told at once.
    let mut all = mixed(42);
    all[0].state = Some(State::Stopping);
    tell(&mut harness, all);
    assert!(harness.app.take_changed());
    // In the workbench none of it matters.
    harness.keys("d");
    harness.app.take_changed();
    harness.now += Duration::from_secs(3);
    tell(&mut harness, mixed(50));
    assert!(!harness.app.take_changed());
}

#[test]
fn the_flow_is_drawn_twice_a_second_at_most() {
    let mut harness = flow((120, 40), "dark", healthy);
    harness.app.take_changed();
    let mut drawn = 0;
    for step in 0..40u64 {
        harness.now += Duration::from_millis(250);
        let status = GeneratorStatus {
            id: "access-log".to_owned(),
            project: "x".into(),
            state: Some(State::Running),
            stats: stats(31_000 + step * 250),
            listing: Listing::default(),
            previous: None,
        };
        harness.send(AppEvent::Instance(InstanceNews::Status(Box::new(status))));
        drawn += u64::from(harness.app.take_changed());
    }
    assert!((18..=21).contains(&drawn), "{drawn}");
}

#[test]
fn an_instance_that_does_not_answer_and_one_that_answers_again() {
    let mut harness = overview((120, 40), "dark", mixed);
    let why = Some("nobody listens at the socket".to_owned());
    harness.send(AppEvent::Instance(InstanceNews::Silent(why)));
    harness.sees("the instance does not answer: nobody listens at the socket");
    assert_eq!(order(&harness).len(), 8);
    harness.send(AppEvent::Instance(InstanceNews::Silent(None)));
    harness.sees_not("does not answer");
}

#[test]
fn a_run_that_was_killed_counts_what_it_had_under_way_and_is_not_told_to_miscount() {
    let killed = |status: &mut GeneratorStatus, second: u64| {
        status.stats.released += 5_000;
        status.stats.outputs[1].in_flight = 700;
        status.stats.outputs[1].written -= 700;
        if second == 30 {
            status.state = Some(State::Ended(EndReason::Failed("it was killed".to_owned())));
        }
    };
    flow((200, 50), "dark", killed)
        .sees("under way when it failed: 700 events for file, 5,000 timestamps")
        .sees_not("do not balance");
}

#[test]
fn how_long_the_target_of_a_held_output_is_down_is_not_cut() {
    let both = |status: &mut GeneratorStatus, _: u64| {
        let output = &mut status.stats.outputs[1];
        output.paused = true;
        output.outage = Some(Outage {
            open: true,
            lasted: Duration::from_secs(47),
            ..Outage::default()
        });
    };
    flow((120, 40), "dark", both).sees("‖ held  ✗ down 00:47");
}

#[test]
fn counters_that_do_not_balance_are_shown() {
    let wrong = |status: &mut GeneratorStatus, _: u64| status.stats.outputs[1].written -= 7;
    flow((200, 50), "dark", wrong)
        .sees("counters do not balance: file: received 60000 ≠ written 59993");
    flow((200, 50), "dark", healthy).sees_not("do not balance");
}

#[test]
fn a_generator_that_leaves_is_not_chosen_any_more() {
    let mut harness = overview((120, 40), "dark", mixed);
    harness.keys("<down> <down> ");
    let mut all = mixed(50);
    all.truncate(1);
    tell(&mut harness, all);
    harness.sees("▸  access-log").sees_not("marked");
}
