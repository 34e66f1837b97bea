//! The workbench under load, as a person at a large terminal feels it: from key to repaint in a template
//! of 2,000 lines beside five pipelines at full rate, from typing to the refreshed preview of a real
//! project, and the memory that takes.
//!
//! ```text
//! cargo bench --bench workbench
//! EVTUI_BENCH_PROJECT=path/to/web-nginx EVTUI_BENCH_TEMPLATE=event.json.jinja cargo bench --bench workbench
//! ```
//!
//! The baseline of the first is the same file with nothing running. Without the variables the project is
//! the sample `web-access`.
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

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pty::{Nest, Pty};
use spread::report;

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");
const SIZE: (u16, u16) = (200, 60);
/// Lines of the file that is typed into.
const LINES: usize = 2_000;
const PIPELINES: usize = 5;
const KEYS: usize = 400;
const EDITS: usize = 60;
/// Time between keys: a person who holds a key down.
const GAP: Duration = Duration::from_millis(25);

/// The most that one key in a hundred may take to its repaint, in milliseconds.
const KEY_BAR: f64 = 16.0;
/// The most from typing to the refreshed preview, in milliseconds.
const REFRESH_BAR: f64 = 150.0;
/// The most memory with a real project open, in megabytes.
const MEMORY_BAR: f64 = 60.0;

fn main() {
    println!("terminal {}x{}", SIZE.0, SIZE.1);
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground {
        nest: Nest::new(),
        folder: folder.path().to_owned(),
    };
    let long = ground.long();
    let alone = ground.keys(&long, "nothing running");
    for index in 0..PIPELINES {
        ground.run(index);
    }
    let loaded = ground.keys(&long, "five pipelines at full rate");
    println!(
        "p99 {:.1} times that with nothing running; bar {KEY_BAR} ms: {}",
        loaded / alone,
        verdict(loaded <= KEY_BAR)
    );
    ground.stop();
    refresh();
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// A place for projects and for the background process that runs them.
struct Ground {
    nest: Nest,
    folder: PathBuf,
}

impl Ground {
    fn terminal(&self, project: &Path) -> Pty {
        let variables = self.nest.variables();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let project = project.display().to_string();
        let arguments = ["--sample", "--theme", "dark", &project];
        Pty::start_with(EVTUI, &arguments, &self.folder, SIZE, &variables)
    }

    fn project(&self, name: &str, template: &str) -> PathBuf {
        let root = self.folder.join(name);
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
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("generator.yml"), document).unwrap();
        std::fs::write(root.join("page.jinja"), template).unwrap();
        root
    }

    /// A project whose template has many lines, of which the last are rendered.
    fn long(&self) -> PathBuf {
        let mut template = String::new();
        for index in 0..LINES - 2 {
            writeln!(template, "{{%- set value_{index} = {index} + 1 %}}").unwrap();
        }
        template.push_str("{{ value_7 }} {{ timestamp.isoformat() }}\n");
        self.project("long", &template)
    }

    /// Starts a pipeline in the background and leaves it there.
    fn run(&self, index: usize) {
        let template = "{{ module.rand.number.integer(1, 255) }} {{ timestamp.isoformat() }}\n";
        let mut pty = self.terminal(&self.project(&format!("run-{index}"), template));
        pty.sees("preview in");
        pty.send("\x12");
        pty.sees("● running");
        pty.send("\x11");
        pty.sees("Keep");
        pty.send("\r");
        assert!(pty.ends().success());
    }

    /// From writing a key to the terminal to the frame that shows it; gives the 99th percentile, in
    /// milliseconds.
    fn keys(&self, project: &Path, what: &str) -> f64 {
        let mut pty = self.terminal(project);
        pty.sees("preview in");
        open(&mut pty, "page.jinja");
        pty.send("\x1b[1;5F");
        pty.sees(&format!("{LINES}:1"));
        pty.send("a");
        pty.sees(&format!("{LINES}:2"));
        let mut column = 2;
        let mut times = Vec::new();
        for index in 0..KEYS {
            let back = index % 40 >= 20;
            column = if back { column - 1 } else { column + 1 };
            // The place in the status line is drawn with every frame, wherever the cursor is meanwhile.
            let place = format!("{LINES}:{column} ");
            let sent = Instant::now();
            pty.send(if back { "\x7f" } else { "x" });
            pty.until(&place, |screen| {
                screen.contents().contains(&place).then_some(())
            });
            times.push(sent.elapsed());
            std::thread::sleep(GAP);
        }
        let late = report(&format!("key to repaint, {LINES} lines, {what}"), times);
        quit(&mut pty);
        late
    }

    fn stop(&self) {
        for pid in self.nest.processes() {
            let kill = ["-s", "TERM", &pid.to_string()];
            drop(std::process::Command::new("kill").args(kill).status());
        }
    }
}

fn open(pty: &mut Pty, name: &str) {
    pty.send("\x0f");
    pty.sees("Open file");
    pty.send(name);
    pty.sees("Enter");
    pty.send("\r");
    pty.sees("Jinja  ");
}

fn quit(pty: &mut Pty) {
    pty.send("\x11");
    pty.sees("Discard");
    pty.send("d");
    pty.until("the end or a question", |screen| {
        let text = screen.contents();
        (!text.contains("Discard")).then_some(())
    });
}

/// From a typed character to the events that have it.
fn refresh() {
    let nest = Nest::new();
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground {
        nest,
        folder: folder.path().to_owned(),
    };
    let project = std::env::var("EVTUI_BENCH_PROJECT").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/sample-configs/web-access").into()
    });
    let project = std::fs::canonicalize(project).unwrap();
    let template = std::env::var("EVTUI_BENCH_TEMPLATE");
    let template = template.unwrap_or_else(|_| "page.log.jinja".into());
    let mut pty = ground.terminal(&project);
    pty.sees("preview in");
    open(&mut pty, &template);
    let mut times = Vec::new();
    let mut marks = String::from("q");
    // In front of everything, so that it is the first an event has.
    pty.send("\x1b[1;5Hq");
    shown(&pty, &marks);
    for index in 0..EDITS {
        if index % 10 == 9 {
            pty.send(&"\x7f".repeat(marks.len() - 1));
            marks.truncate(1);
            pty.until("the start", |screen| {
                screen.contents().contains("1:2 ").then_some(())
            });
            std::thread::sleep(Duration::from_millis(500));
        }
        marks.push('x');
        let sent = Instant::now();
        pty.send("x");
        shown(&pty, &marks);
        times.push(sent.elapsed());
        std::thread::sleep(GAP);
    }
    let name = project.file_name().unwrap_or_default().display();
    let times_of = format!("typing to refreshed preview, {name}");
    let late = report(&times_of, times);
    println!("  bar {REFRESH_BAR} ms: {}", verdict(late <= REFRESH_BAR));
    match resident(pty.id()) {
        Some(megabytes) => println!(
            "memory with {name} open: {megabytes:.1} MB, bar {MEMORY_BAR}: {}",
            verdict(megabytes <= MEMORY_BAR)
        ),
        None => println!("memory: NOT MEASURED, the system does not tell"),
    }
    quit(&mut pty);
}

/// Waits until the marks stand in the editor and in front of an event.
fn shown(pty: &Pty, marks: &str) {
    pty.until(marks, |screen| {
        let text = screen.contents();
        (text.matches(marks).count() >= 2).then_some(())
    });
}

/// Resident memory in megabytes, where the system tells.
fn resident(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
