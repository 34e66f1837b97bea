//! When the previewed run is: its "now" and zone, the span of the histogram and the cursor in it.

use std::rc::Rc;

use ratatui::layout::{Position, Rect};

use crate::config::near;
use crate::preview::Schedule;
use crate::time::{Clock, MAX_WALL_US, MIN_WALL_US, Moment, SECOND_US, Versatile, WallClock, Zone};
use crate::tui::app::prompt::Prompt;
use crate::tui::app::{App, Focus};
use crate::tui::text;

/// Spans of the histogram: seconds and name.
pub const SPANS: &[(u64, &str)] = &[
    (60, "minute"),
    (600, "10 minutes"),
    (3_600, "hour"),
    (21_600, "6 hours"),
    (86_400, "day"),
    (604_800, "week"),
    (2_592_000, "30 days"),
    (31_536_000, "year"),
];

/// When the previewed run is.
#[derive(Debug)]
pub struct Times {
    /// What it takes for the present, microseconds since the Unix epoch.
    pub now_us: i64,
    /// What was the present when that was taken from the clock.
    pub real_us: i64,
    /// The chosen bucket of the histogram.
    pub cursor: Option<usize>,
}

impl Times {
    pub(in crate::tui::app) fn new() -> Self {
        let now_us = WallClock.now_us();
        Self {
            now_us,
            real_us: now_us,
            cursor: None,
        }
    }

    /// How far the present was moved.
    pub fn moved_us(&self) -> i64 {
        self.now_us.saturating_sub(self.real_us)
    }
}

/// From and to when a bucket of the histogram goes.
pub fn bucket(schedule: &Schedule, index: usize) -> Option<(Moment, Moment)> {
    let from = schedule.from?;
    let count = i64::try_from(schedule.buckets.len()).ok()?.max(1);
    let span_us = i64::try_from(schedule.span_s)
        .ok()?
        .saturating_mul(SECOND_US);
    let index = i64::try_from(index).ok()?;
    let edge = |index: i64| {
        let shift = i128::from(span_us) * i128::from(index) / i128::from(count);
        Moment {
            wall_us: from
                .wall_us
                .saturating_add(i64::try_from(shift).unwrap_or(0)),
            offset_s: from.offset_s,
        }
    };
    Some((edge(index), edge(index + 1)))
}

impl App {
    /// Takes the present from the clock, and draws with another seed.
    pub(in crate::tui::app) fn repin_preview(&mut self) {
        self.preview.times = Times::new();
        self.preview.from_us = None;
        self.preview.seed = self.preview.seed.wrapping_add(1);
        self.preview.panes.changes.forget();
        self.preview.hurry(self.now);
        self.info(format!("preview from now with seed {}", self.preview.seed));
    }

    /// Moves the present of the previewed run.
    pub fn move_now(&mut self, by_s: i64) {
        let us = self.preview.times.now_us.saturating_add(by_s * SECOND_US);
        self.pin_now(us);
    }

    fn pin_now(&mut self, us: i64) {
        let times = &mut self.preview.times;
        times.now_us = us.clamp(MIN_WALL_US, MAX_WALL_US);
        times.cursor = None;
        self.preview.from_us = None;
        self.preview.list_top = 0;
        self.preview.panes.changes.forget();
        self.preview.hurry(self.now);
        let at = text::date_second(self.parameters.zone.at_instant(us));
        let moved = self.preview.times.moved_us();
        self.info(match moved {
            0 => format!("now is {at} again"),
            _ => format!("now is {at}, {} from the clock", text::ahead(moved)),
        });
    }

    /// Takes the present from the clock, with the same seed.
    pub fn real_now(&mut self) {
        self.preview.times = Times::new();
        let us = self.preview.times.now_us;
        self.pin_now(us);
    }

    /// Asks for the present of the previewed run.
    pub fn ask_now(&mut self) {
        let take = |app: &mut App, typed: &str| {
            let at = app.moment(typed)?;
            app.pin_now(at.instant_us());
            Ok(())
        };
        let help = "a date, a time of day, +1d12h, -30m, tomorrow 9am, now";
        let prompt = Prompt::new("Now of the preview", help, take);
        self.ask(prompt.meaning(|app, typed| {
            let at = app.moment(typed)?;
            let ahead = text::ahead(at.instant_us() - WallClock.now_us());
            Ok(format!(
                "{} {} ({ahead})",
                text::date_second(at),
                app.parameters.zone.name()
            ))
        }));
    }

    /// The moment that a text names, seen from the preview's present.
    pub(in crate::tui::app) fn moment(&self, typed: &str) -> Result<Moment, String> {
        let zone = self.parameters.zone;
        let real = zone.at_instant(WallClock.now_us());
        let base = zone.at_instant(self.preview.times.now_us);
        let moment = Versatile::parse(typed).map_err(|error| error.message)?;
        let at = moment.resolve(zone, real, base);
        at.map_err(|error| error.to_string())
    }

    /// Asks for the zone of timestamps.
    pub fn ask_zone(&mut self) {
        let read = |typed: &str| {
            if typed.is_empty() {
                return Err("type the name of a time zone, or a part of it".to_owned());
            }
            Zone::parse(typed).ok_or_else(|| {
                let names: Vec<&str> = Zone::names().collect();
                match near(typed, names.iter().copied()) {
                    Some(near) => format!("`{typed}` is no time zone; did you mean {near}?"),
                    None => format!("`{typed}` is no time zone"),
                }
            })
        };
        let read = Rc::new(read);
        let meaning = Rc::clone(&read);
        let prompt = Prompt::new(
            "Time zone of the timestamps",
            "an IANA name such as Europe/Berlin; used by previews and runs",
            move |app: &mut App, typed: &str| {
                app.parameters.zone = read(typed)?;
                app.preview.panes.changes.forget();
                app.preview.hurry(app.now);
                app.info(format!("timestamps are in {typed}"));
                Ok(())
            },
        );
        let prompt = prompt.meaning(move |app, typed| {
            let zone = meaning(typed)?;
            let at = zone.at_instant(app.preview.times.now_us);
            Ok(format!("now is {at}"))
        });
        let prompt = prompt.among(Zone::names());
        self.ask(prompt.text(self.parameters.zone.name()));
    }

    /// An instant on the clock of timestamps.
    pub fn at_instant(&self, instant_us: i64) -> Moment {
        self.parameters.zone.at_instant(instant_us)
    }

    /// The name of the zone of timestamps.
    pub fn zone_name(&self) -> &'static str {
        self.parameters.zone.name()
    }

    pub fn change_span(&mut self, longer: bool) {
        let by = if longer { 1 } else { -1 };
        self.set_span(self.preview.span.saturating_add_signed(by));
    }

    fn set_span(&mut self, span: usize) {
        self.preview.span = span.min(SPANS.len() - 1);
        self.preview.times.cursor = None;
        self.preview.hurry(self.now);
    }

    /// Shows timestamps over the span of so many seconds.
    pub fn choose_span(&mut self, seconds: u64) {
        if let Some(index) = SPANS.iter().position(|(span, _)| *span == seconds) {
            self.set_span(index);
        }
    }

    /// Moves the histogram by its own length.
    pub fn move_span(&mut self, later: bool) {
        let Some(from) = self.preview.schedule.as_ref().and_then(|one| one.from) else {
            return;
        };
        let (span_s, _) = SPANS.get(self.preview.span).copied().unwrap_or((3_600, ""));
        let span_us = i64::try_from(span_s).unwrap_or(0) * SECOND_US;
        let step_us = if later { span_us } else { -span_us };
        let from_us = from.instant_us().saturating_add(step_us);
        self.preview.from_us = Some(from_us.clamp(MIN_WALL_US, MAX_WALL_US));
        self.preview.list_top = 0;
        self.preview.panes.changes.forget();
        self.preview.hurry(self.now);
    }

    /// Moves the histogram to where something fires: to the next timestamp when it is empty, to the last
    /// ones when there is no next one, else to the first of all.
    pub fn go_to_timestamps(&mut self) {
        let Some(schedule) = &self.preview.schedule else {
            return;
        };
        let next = schedule.next.first().map(|(at, _)| *at);
        let goal = match schedule.count() {
            0 => next.or(schedule.last),
            _ => schedule.first,
        };
        let Some(goal) = goal.or(schedule.first) else {
            self.info("there is no timestamp to go to");
            return;
        };
        let shown = schedule.from.map(Moment::instant_us);
        let mut from_us = goal.instant_us();
        if next.is_none() {
            // The last ones are seen at the end.
            let span_us = i64::try_from(schedule.span_s).unwrap_or(0) * SECOND_US;
            from_us = from_us.saturating_sub(span_us / 10 * 9);
        }
        if shown == Some(from_us) {
            self.info("these are the first timestamps");
            return;
        }
        self.preview.from_us = Some(from_us.clamp(MIN_WALL_US, MAX_WALL_US));
        self.preview.times.cursor = None;
        self.preview.list_top = 0;
        self.preview.panes.changes.forget();
        self.preview.hurry(self.now);
    }

    /// Moves the cursor in the histogram; the list follows it as far as it goes.
    pub(in crate::tui::app) fn move_cursor(&mut self, by: isize) {
        let count = self
            .preview
            .schedule
            .as_ref()
            .map_or(0, |one| one.buckets.len());
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let to = match self.preview.times.cursor {
            Some(at) => at.saturating_add_signed(by),
            None if by < 0 || by == isize::MAX => last,
            None => 0,
        };
        self.put_time_cursor(to.min(last));
    }

    pub(in crate::tui::app) fn put_time_cursor(&mut self, to: usize) {
        self.preview.times.cursor = Some(to);
        let Some(schedule) = &self.preview.schedule else {
            return;
        };
        if let Some((from, _)) = bucket(schedule, to) {
            let first = schedule
                .next
                .partition_point(|(at, _)| at.instant_us() < from.instant_us());
            if first < schedule.next.len() {
                self.preview.list_top = first;
            }
        }
    }

    /// A click in the timestamps: on the bars it puts the cursor there.
    pub(in crate::tui::app) fn click_timestamps(&mut self, body: Rect, at: Position) {
        let bars = crate::tui::pane::time_chart(self, body).bars;
        let count = self
            .preview
            .schedule
            .as_ref()
            .map_or(0, |one| one.buckets.len());
        if bars.contains(at) && count > 0 {
            let column = usize::from(at.x - bars.x);
            let to = column * count / usize::from(bars.width.max(1));
            self.put_time_cursor(to.min(count - 1));
        }
    }

    /// Takes a key in the timestamps that no command took.
    pub(in crate::tui::app) fn timestamps_key(&mut self, key: &crossterm::event::KeyEvent) {
        use crossterm::event::KeyCode;
        debug_assert!(self.focus == Focus::Timestamps);
        let top = &mut self.preview.list_top;
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => *top = top.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => *top += 1,
            KeyCode::PageUp => *top = top.saturating_sub(10),
            KeyCode::PageDown => *top += 10,
            KeyCode::Left | KeyCode::Char('h') => self.move_cursor(-1),
            KeyCode::Right | KeyCode::Char('l') => self.move_cursor(1),
            KeyCode::Home => {
                *top = 0;
                self.preview.times.cursor = None;
            }
            KeyCode::End => self.move_cursor(isize::MAX),
            _ => {}
        }
    }
}
