//! Bytes of a running dashboard, frame by frame, as they go to a terminal.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::monitor::{flow, mixed, overview, tell, tell_status};
use super::*;
use crate::pipeline::State;
use crate::tui::app::Screen;
use crate::tui::run::{Pace, Speed};

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
fn rate(harness: Harness, speed: Speed, tell: impl Fn(&mut Harness, u64)) -> f64 {
    measured(harness, speed, tell).0
}

/// The same, with the most bytes of one frame.
fn measured(mut harness: Harness, speed: Speed, tell: impl Fn(&mut Harness, u64)) -> (f64, u64) {
    harness.effects();
    let mut wire = Wire::new(harness.app.size);
    let mut pace = Pace::new(harness.now, wire.draw(&harness));
    pace.drew(harness.now, wire.draw(&harness), false);
    let (start, before) = (harness.now, wire.draw(&harness));
    harness.app.take_changed();
    let mut pending = false;
    let mut burst = 0;
    for sample in 1..=SECONDS * SAMPLES {
        harness.now += Duration::from_millis(1_000 / SAMPLES);
        tell(&mut harness, sample);
        harness.effects();
        pending |= harness.app.take_changed();
        if pending && harness.now >= pace.next(speed) {
            let sent = wire.sent.get();
            pace.drew(harness.now, wire.draw(&harness), false);
            burst = burst.max(wire.sent.get() - sent);
            pending = false;
        }
    }
    // The last frame's bytes belong to the time until the next one.
    let end = pace.next(speed).max(harness.now);
    let sent = wire.sent.get() - before;
    assert!(sent > 100 * AROUND / 10, "it is not drawn at all: {sent}");
    (sent as f64 / end.duration_since(start).as_secs_f64(), burst)
}

/// The tail of a generator that makes so many events a second, each line another; bytes a second, and the
/// most bytes of one frame.
fn tailed(low: bool, a_second: u64) -> (f64, u64) {
    let mut harness = Harness::watching(120, 40, "dark", Screen::Tail);
    if low {
        harness.app.toggle_low_bandwidth();
        harness.app.toasts.clear();
    }
    let speed = Speed::of(&harness.app);
    assert_eq!(speed, if low { Speed::Low } else { Speed::Lines });
    let event = |number: u64| {
        // Nothing is at the place where the line before has it.
        let noise = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let path = format!("{noise:016x}").repeat(1 + (number % 5) as usize);
        crate::instance::TailEvent {
            number,
            at: format!(
                "2026-11-21T09:{:02}:{:02}.000Z",
                number / 60 % 60,
                number % 60
            ),
            alias: None,
            text: format!(
                "{{\"path\": \"/{path}\", \"user\": {{\"id\": {noise}}}, \"ok\": {}}}",
                number.is_multiple_of(2)
            ),
        }
    };
    let many = |harness: &mut Harness, from: u64, to: u64| {
        let query = harness.app.observed().tail.map(|(_, query)| query).unwrap();
        let from = from.max(to.saturating_sub(query.most as u64));
        harness.tail((from + 1..=to).map(event).collect(), to);
    };
    // A full page is there already.
    many(&mut harness, 0, 400);
    for page in 0..40 {
        many(&mut harness, 400 + page * 10, 410 + page * 10);
    }
    measured(harness, speed, |harness, sample| {
        // As often as it is asked.
        let every = if harness.app.observed().slowly {
            SAMPLES
        } else {
            1
        };
        if sample % every == 0 {
            let at = |sample: u64| 800 + sample * a_second / SAMPLES;
            many(harness, at(sample - every), at(sample));
        }
    })
}

fn workbench(speed: Speed) -> f64 {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<ctrl-r>");
    rate(harness, speed, |harness, sample| {
        let speed = 100_000 + 40_000 * (sample / SAMPLES % 5);
        let ms = sample * 1_000 / SAMPLES;
        let status = canned::status(State::Running, ms, speed, false);
        harness.send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status))));
    })
}

fn generators(speed: Speed) -> f64 {
    let harness = overview((120, 40), "dark", mixed);
    rate(harness, speed, |harness, sample| {
        tell(harness, mixed(40 + sample / SAMPLES));
    })
}

fn one(speed: Speed) -> f64 {
    let harness = flow((120, 40), "dark", |_, _| {});
    rate(harness, speed, |harness, sample| {
        if sample % SAMPLES == 0 {
            tell_status(harness, 40 + sample / SAMPLES, |_, _| {});
        }
    })
}

#[test]
fn a_running_dashboard_sends_at_most_two_kilobytes_a_second() {
    for (name, rate) in [
        ("workbench", workbench(Speed::Full)),
        ("generators", generators(Speed::Full)),
        ("pipeline", one(Speed::Full)),
        ("tail of many", tailed(false, 1_000).0),
        ("tail of some", tailed(false, 3).0),
    ] {
        assert!(rate <= 2_000.0, "{name}: {rate:.0} bytes a second");
    }
}

#[test]
fn with_low_bandwidth_it_sends_at_most_five_hundred_bytes_a_second() {
    for (name, rate) in [
        ("workbench", workbench(Speed::Low)),
        ("generators", generators(Speed::Low)),
        ("pipeline", one(Speed::Low)),
    ] {
        assert!(rate <= 500.0, "{name}: {rate:.0} bytes a second");
    }
    for (name, (rate, burst)) in [
        ("tail of many", tailed(true, 1_000)),
        ("tail of some", tailed(true, 3)),
    ] {
        assert!(rate <= 500.0, "{name}: {rate:.0} bytes a second");
        // A page at once would keep a slow line busy for seconds, and keys with it.
        assert!(burst <= 1_000, "{name}: {burst} bytes at once");
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
