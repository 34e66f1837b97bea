//! The terminal application as a person feels it: time to the first frame, from key to repaint with
//! and without a pipeline at full rate, bytes written while idle.
//!
//! ```text
//! cargo bench --bench tui
//! ```
//!
//! Uses a pseudo-terminal of 120x40 and, for the pipeline, a project of its own that writes nowhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "../tests/support/pty.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod pty;

#[path = "support/spread.rs"]
mod spread;

use std::path::Path;
use std::time::{Duration, Instant};

use pty::Pty;
use spread::report;

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");
const SIZE: (u16, u16) = (120, 40);
const STARTS: usize = 30;
const KEYS: usize = 400;
/// Generators on the dashboard.
const GENERATORS: usize = 50;
/// Time between keys: a person who holds a key down.
const GAP: Duration = Duration::from_millis(25);

fn main() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    println!(
        "terminal {}x{}, {} starts, {} keys",
        SIZE.0, SIZE.1, STARTS, KEYS
    );
    starts(folder.path());
    idle(folder.path());
    keys(folder.path(), false);
    keys(folder.path(), true);
    dashboard();
}

/// An endless access log, thrown away.
fn project(folder: &Path) {
    let document = "\
input:
  - cron: {expression: '* * * * * *', count: 1000}
event:
  template:
    mode: all
    templates:
      - page: {template: page.jinja}
output:
  - drop: {}
";
    let template = "{{ module.rand.number.integer(1, 255) }}.0.0.1 - - [{{ timestamp.isoformat() }}] \
        \"GET /{{ module.rand.choice(['a', 'b', 'c']) }} HTTP/1.1\" 200 {{ module.rand.number.integer(1, 9999) }}\n";
    std::fs::write(folder.join("generator.yml"), document).unwrap();
    std::fs::write(folder.join("page.jinja"), template).unwrap();
}

fn start(folder: &Path) -> Pty {
    Pty::start(EVTUI, &["--sample", "--theme", "dark", "."], folder, SIZE)
}

/// From just before the program is started to the first whole frame.
fn starts(folder: &Path) {
    let mut first = Vec::new();
    let mut previewed = Vec::new();
    for _ in 0..STARTS {
        let mut pty = start(folder);
        pty.sees("Ctrl-S Save");
        first.push(pty.started.elapsed());
        pty.sees("preview in");
        previewed.push(pty.started.elapsed());
        pty.send("\x11");
        assert!(pty.ends().success());
    }
    report("start to first frame", first);
    report("start to preview", previewed);
}

fn idle(folder: &Path) {
    let mut pty = start(folder);
    pty.sees("preview in");
    std::thread::sleep(Duration::from_millis(500));
    let (before, switches) = (pty.bytes(), wakeups(pty.id()));
    let time = Duration::from_secs(5);
    std::thread::sleep(time);
    let (bytes, switched) = (
        pty.bytes() - before,
        wakeups(pty.id()).zip(switches).map(|(a, b)| a - b),
    );
    print!("idle for {} s: {bytes} bytes written", time.as_secs());
    match switched {
        Some(count) => println!(", {count} wake-ups of all threads"),
        None => println!(),
    }
    pty.send("\x11");
    assert!(pty.ends().success());
}

/// What the table of fifty generators and the flow of one cost a slow line, against a screen that shows
/// nothing that moves.
fn dashboard() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let list: String = (0..GENERATORS)
        .map(|index| format!("- {{id: generator-{index:02}, path: generator.yml}}\n"))
        .collect();
    std::fs::write(folder.path().join("startup.yml"), list).unwrap();
    let nest = pty::Nest::new();
    let variables = nest.variables();
    let mut host = std::process::Command::new(EVTUI)
        .args(["run", "--startup", "startup.yml"])
        .current_dir(folder.path())
        .envs(variables.clone())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let began = Instant::now();
    while !nest.socket("run").exists() {
        assert!(began.elapsed() < Duration::from_secs(30), "no socket");
        std::thread::sleep(Duration::from_millis(20));
    }
    let arguments = ["attach", "run", "--theme", "dark"];
    let mut pty = Pty::start_with(EVTUI, &arguments, folder.path(), SIZE, &variables);
    pty.sees("generator-01");
    let per_second = |pty: &Pty| {
        // Bars have filled their minute, so that they move as they always will.
        std::thread::sleep(Duration::from_secs(2));
        let (before, time) = (pty.bytes(), Duration::from_secs(20));
        std::thread::sleep(time);
        (pty.bytes() - before) as f64 / time.as_secs_f64()
    };
    std::thread::sleep(Duration::from_secs(60));
    let table = per_second(&pty);
    pty.send("\r");
    pty.sees("event source");
    let flow = per_second(&pty);
    pty.send("6");
    pty.sees("6 Globals");
    let rest = per_second(&pty);
    println!("table of {GENERATORS} generators: {table:.0} bytes/s to the terminal");
    println!("flow of one: {flow:.0} bytes/s; a screen at rest: {rest:.0} bytes/s");
    println!("  at most 2000 are wanted");
    drop(pty);
    drop(host.kill());
    drop(host.wait());
}

/// Voluntary switches of all threads, where the system tells.
fn wakeups(id: u32) -> Option<u64> {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).ok()?;
    let mut sum = 0;
    for task in tasks.flatten() {
        let status = std::fs::read_to_string(task.path().join("status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        sum += line.trim().parse::<u64>().ok()?;
    }
    Some(sum)
}

/// From writing a key to the terminal to the frame that shows it.
fn keys(folder: &Path, running: bool) {
    let mut pty = start(folder);
    pty.sees("preview in");
    if running {
        pty.send("\x12");
        pty.sees("● running");
        std::thread::sleep(Duration::from_secs(2));
    }
    // Into the comment-like tail of an empty last line, so that the text stays sound.
    pty.send("\x1b[1;5F#");
    std::thread::sleep(Duration::from_millis(300));
    let mut column = resting(&pty);
    let mut times = Vec::new();
    let before = pty.bytes();
    let began = Instant::now();
    for index in 0..KEYS {
        let back = index % 40 >= 20;
        let wanted = if back { column - 1 } else { column + 1 };
        column = wanted;
        let sent = Instant::now();
        pty.send(if back { "\x7f" } else { "x" });
        pty.until("the cursor to move", |screen| {
            (screen.cursor_position().1 == wanted && !screen.hide_cursor()).then_some(())
        });
        times.push(sent.elapsed());
        std::thread::sleep(GAP);
    }
    let rate = (pty.bytes() - before) as f64 / began.elapsed().as_secs_f64();
    let what = if running {
        "pipeline at full rate"
    } else {
        "nothing running"
    };
    report(&format!("key to repaint, {what}"), times);
    println!("  {rate:.0} bytes/s to the terminal meanwhile");
    if running {
        let screen = pty.contents();
        let line = screen
            .lines()
            .find(|line| line.contains("ev/s"))
            .unwrap_or_default();
        println!("  {}", line.trim());
        pty.send("\x12");
        pty.sees("○ stopped");
    }
    pty.send("\x11");
    pty.sees("Discard and quit");
    pty.send("d");
    assert!(pty.ends().success());
}

/// The cursor's column between frames: in the middle of one it stands where is being drawn.
fn resting(pty: &Pty) -> u16 {
    let column = || pty.until("a cursor", |screen| Some(screen.cursor_position().1));
    let mut seen = column();
    loop {
        std::thread::sleep(Duration::from_millis(20));
        let now = column();
        if now == seen {
            return now;
        }
        seen = now;
    }
}
