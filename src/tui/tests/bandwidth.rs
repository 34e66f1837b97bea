//! Bytes of a running dashboard, frame by frame, as they go to a terminal.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::monitor::{flow, mixed, overview, tell, tell_status};
use super::*;
use crate::pipeline::State;
use crate::tui::run::Pace;

/// Begin and end of a synchronized update.
const AROUND: u64 = 16;
/// Seconds of each script.
const SECONDS: u64 = 60;
/// Samples of counters that come each second.
const SAMPLES: u64 = 4;

/// Counts what is written.
struct Count(Rc<Cell<u64>>);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A terminal that counts.
struct Wire {
    terminal: Terminal<CrosstermBackend<Count>>,
    sent: Rc<Cell<u64>>,
}

impl Wire {
    fn new(size: Rect) -> Self {
        crossterm::style::force_color_output(true);
        let options = TerminalOptions {
            viewport: Viewport::Fixed(size),
        };
        let sent = Rc::new(Cell::new(0));
        let backend = CrosstermBackend::new(Count(sent.clone()));
        let terminal = Terminal::with_options(backend, options).unwrap();
        Self { terminal, sent }
    }

    /// Draws a frame; all bytes so far, those around each frame included.
    fn draw(&mut self, harness: &Harness) -> u64 {
        let drawn = self.terminal.draw(|frame| {
            pane::draw(&harness.app, frame.buffer_mut());
        });
        drawn.unwrap();
        self.sent.set(self.sent.get() + AROUND);
        self.sent.get()
    }
}

/// Lets a dashboard run for a minute of its own time; bytes per second that it sends, in low-bandwidth
/// mode or not. `tell` brings the news of the so-manieth sample.
fn rate(mut harness: Harness, slow: bool, tell: impl Fn(&mut Harness, u64)) -> f64 {
    harness.effects();
    let mut wire = Wire::new(harness.app.size);
    let mut pace = Pace::new(harness.now, wire.draw(&harness));
    pace.drew(harness.now, wire.draw(&harness), false);
    let (start, before) = (harness.now, wire.draw(&harness));
    harness.app.take_changed();
    let mut pending = false;
    for sample in 1..=SECONDS * SAMPLES {
        harness.now += Duration::from_millis(1_000 / SAMPLES);
        tell(&mut harness, sample);
        harness.effects();
        pending |= harness.app.take_changed();
        if pending && harness.now >= pace.next(slow) {
            pace.drew(harness.now, wire.draw(&harness), false);
            pending = false;
        }
    }
    // The last frame's bytes belong to the time until the next one.
    let end = pace.next(slow).max(harness.now);
    let sent = wire.draw(&harness) - before;
    assert!(sent > 100 * AROUND / 10, "it is not drawn at all: {sent}");
    sent as f64 / end.duration_since(start).as_secs_f64()
}

fn workbench(slow: bool) -> f64 {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r>");
    rate(harness, slow, |harness, sample| {
        let speed = 100_000 + 40_000 * (sample / SAMPLES % 5);
        let ms = sample * 1_000 / SAMPLES;
        let status = canned::status(State::Running, ms, speed, false);
        harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    })
}

fn generators(slow: bool) -> f64 {
    let harness = overview((120, 40), "dark", mixed);
    rate(harness, slow, |harness, sample| {
        tell(harness, mixed(40 + sample / SAMPLES));
    })
}

fn one(slow: bool) -> f64 {
    let harness = flow((120, 40), "dark", |_, _| {});
    rate(harness, slow, |harness, sample| {
        if sample % SAMPLES == 0 {
            tell_status(harness, 40 + sample / SAMPLES, |_, _| {});
        }
    })
}

#[test]
fn a_running_dashboard_sends_at_most_two_kilobytes_a_second() {
    for (name, rate) in [
        ("workbench", workbench(false)),
        ("generators", generators(false)),
        ("pipeline", one(false)),
    ] {
        assert!(rate <= 2_000.0, "{name}: {rate:.0} bytes a second");
    }
}

#[test]
fn with_low_bandwidth_it_sends_at_most_five_hundred_bytes_a_second() {
    for (name, rate) in [
        ("workbench", workbench(true)),
        ("generators", generators(true)),
        ("pipeline", one(true)),
    ] {
        assert!(rate <= 500.0, "{name}: {rate:.0} bytes a second");
    }
}

#[test]
fn nothing_is_sent_when_nothing_runs() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.app.take_changed();
    for _ in 0..100 {
        harness.now += Duration::from_secs(1);
        harness.send(AppEvent::Tick);
        assert!(!harness.app.take_changed());
    }
}
