//! The editor: from a key to the changed state, and to the frame, in a file of 10,000 lines and one of
//! 50 MB, against a file of 100 lines in the same run.
//!
//! ```text
//! cargo bench --bench editor
//! ```
//!
//! A ratio near 1 says that the length of the file does not matter to the key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::path::Path;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use evtui::tui::measure::Session;

const SIZE: (u16, u16) = (200, 60);
const KEYS: usize = 300;

/// Keys before the measured ones, and those that are measured, over and over.
struct Case {
    name: &'static str,
    vim: bool,
    before: &'static [KeyEvent],
    keys: &'static [KeyEvent],
}

const fn plain(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

const fn control(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)
}

const fn char(c: char) -> KeyEvent {
    plain(KeyCode::Char(c))
}

const BOTTOM: KeyEvent = KeyEvent::new(KeyCode::End, KeyModifiers::CONTROL);

const CASES: &[Case] = &[
    Case {
        name: "typing at the top",
        vim: false,
        before: &[],
        keys: &[char('a'), char('b'), char(' '), plain(KeyCode::Backspace)],
    },
    Case {
        name: "typing at the end",
        vim: false,
        before: &[BOTTOM],
        keys: &[char('a'), char('b'), char(' '), plain(KeyCode::Backspace)],
    },
    Case {
        name: "new lines at the top",
        vim: false,
        before: &[],
        keys: &[plain(KeyCode::Enter), plain(KeyCode::Backspace)],
    },
    Case {
        name: "undo and redo",
        vim: false,
        before: &[char('x')],
        keys: &[control('z'), control('y')],
    },
    Case {
        name: "paging",
        vim: false,
        before: &[],
        keys: &[plain(KeyCode::PageDown), plain(KeyCode::PageUp)],
    },
    Case {
        name: "moving by lines, vim",
        vim: true,
        before: &[char('G')],
        keys: &[char('k'), char('k'), char('j'), char('w')],
    },
    Case {
        name: "deleting and putting lines, vim",
        vim: true,
        before: &[],
        keys: &[char('d'), char('d'), char('p')],
    },
    Case {
        name: "to the end and back",
        vim: false,
        before: &[],
        keys: &[BOTTOM, KeyEvent::new(KeyCode::Home, KeyModifiers::CONTROL)],
    },
];

/// A document whose lines are as those of real ones.
fn text(lines: usize) -> String {
    let mut out = String::new();
    for index in 0..lines / 4 {
        out.push_str(&format!(
            "  - entry{index}:\n      template: templates/page-{index}.json.jinja\n      chance: 0.{}\n      # what it is for, in a few words\n",
            index % 100
        ));
    }
    out
}

fn main() {
    println!("screen {}x{}, {KEYS} keys a case", SIZE.0, SIZE.1);
    let small = text(100);
    let long = text(10_000);
    let huge = text(10_000).repeat(1 + (50 << 20) / long.len());
    for case in CASES {
        println!("{}", case.name);
        let base = measure(case, &small);
        show("100 lines", &small, &base, None);
        for text in [&long, &huge] {
            let times = measure(case, text);
            let name = format!("{} lines", text.lines().count());
            show(&name, text, &times, Some(&base));
        }
    }
    opening(&huge);
}

/// Sorted times from keys to state, and from keys to frame.
struct Times {
    state: Vec<Duration>,
    frame: Vec<Duration>,
}

fn measure(case: &Case, text: &str) -> Times {
    let document = Path::new("/project/generator.yml");
    let mut session = Session::open(document, text, SIZE, case.vim).unwrap();
    for key in case.before {
        session.key(*key);
    }
    session.draw();
    let (mut state, mut frame) = (Vec::new(), Vec::new());
    for key in case.keys.iter().cycle().take(KEYS) {
        let began = Instant::now();
        session.key(*key);
        state.push(began.elapsed());
        session.draw();
        frame.push(began.elapsed());
    }
    assert!(session.lines() > 1);
    state.sort();
    frame.sort();
    Times { state, frame }
}

fn show(name: &str, text: &str, times: &Times, base: Option<&Times>) {
    let at = |times: &[Duration], share: f64| {
        let index = ((times.len() as f64 - 1.0) * share).round() as usize;
        times[index].as_secs_f64() * 1e6
    };
    let ratio = base.map_or_else(String::new, |base| {
        let ratio = |one: &[Duration], other: &[Duration]| at(one, 0.5) / at(other, 0.5);
        format!(
            ", {:.2} and {:.2} times that of 100 lines",
            ratio(&times.state, &base.state),
            ratio(&times.frame, &base.frame)
        )
    });
    println!(
        "  {name:>14} ({:>9} bytes): state p50 {:.0} us, p99 {:.0} us; frame p50 {:.0} us, p99 {:.0} us{ratio}",
        text.len(),
        at(&times.state, 0.5),
        at(&times.state, 0.99),
        at(&times.frame, 0.5),
        at(&times.frame, 0.99),
    );
}

/// How long the application's own thread is held up by a file that was read elsewhere.
fn opening(text: &str) {
    let began = Instant::now();
    let rope = ropey::Rope::from_str(text);
    let elsewhere = began.elapsed();
    drop(rope);
    let document = Path::new("/project/generator.yml");
    let began = Instant::now();
    let mut session = Session::open(document, text, SIZE, false).unwrap();
    session.draw();
    let whole = began.elapsed();
    println!(
        "opening {} bytes: {:.1} ms, of which {:.1} ms on the thread that reads files",
        text.len(),
        whole.as_secs_f64() * 1e3,
        elsewhere.as_secs_f64() * 1e3
    );
}
