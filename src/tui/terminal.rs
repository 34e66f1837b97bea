//! The terminal: taking it over, and giving it back whatever happens.

use std::cell::Cell;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::panic;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::layout::Rect;

use super::app::App;
use super::event::AppEvent;
use super::recovery::keep_now;
use super::{pane, text};

/// Alternate screen, no cursor, bracketed paste.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?2004h";
/// Mouse buttons, drags and wheel with wide coordinates. Plain movements of the mouse are not asked for:
/// they would wake the program up.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";
/// The end of a synchronized update, and everything of `ENTER` and of the mouse undone in reverse.
const LEAVE: &str =
    "\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";
const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// True while the cursor has another shape than the terminal's own.
static SHAPED: AtomicBool = AtomicBool::new(false);

/// Bytes of one frame that are written at once.
const FRAME_BYTES: usize = 64 << 10;

/// True while the terminal is taken over.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether this process has a terminal to draw on and to read from.
pub fn present() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// The terminal, taken over until this is dropped.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Counted>>>,
    sent: Rc<Cell<u64>>,
    cursor: Cursor,
}

/// The terminal, with what was sent counted.
#[derive(Debug)]
struct Counted {
    out: Stdout,
    sent: Rc<Cell<u64>>,
}

impl Write for Counted {
    /// What comes when the terminal is given back is dropped: a frame that a panic cut short would
    /// otherwise be sent when its buffer is dropped, behind everything that gave the terminal back, and
    /// with it the beginning of an update that never ends.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes)?;
        self.sent.set(self.sent.get() + written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How the cursor looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cursor {
    /// As the terminal has it.
    #[default]
    Own,
    /// A block on a character.
    Block,
    /// A bar between two characters.
    Bar,
}

impl Cursor {
    fn sequence(self) -> &'static [u8] {
        match self {
            Self::Own => b"\x1b[0 q",
            Self::Block => b"\x1b[2 q",
            Self::Bar => b"\x1b[6 q",
        }
    }
}

impl Screen {
    /// Takes the terminal over. A panic of this thread gives it back before it is told; panics of
    /// other threads are sent to `events` instead.
    ///
    /// # Errors
    /// When the terminal does not let itself be set up; it is as before then.
    pub fn take(mouse: bool, events: Sender<AppEvent>) -> io::Result<Self> {
        hook_panics(events);
        // Own themes decide about colours, NO_COLOR included; crossterm must not drop attributes.
        crossterm::style::force_color_output(true);
        TAKEN.store(true, Ordering::SeqCst);
        let sent = Rc::new(Cell::new(0));
        let made = (|| {
            enable_raw_mode()?;
            let counted = Counted {
                out: io::stdout(),
                sent: sent.clone(),
            };
            let mut out = BufWriter::with_capacity(FRAME_BYTES, counted);
            out.write_all(ENTER.as_bytes())?;
            if mouse {
                out.write_all(MOUSE_ON.as_bytes())?;
            }
            Terminal::new(CrosstermBackend::new(out))
        })();
        match made {
            Ok(terminal) => Ok(Self {
                terminal,
                sent,
                cursor: Cursor::default(),
            }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Takes the terminal over again, after [`give_back`] or after a shell had it while the process was
    /// stopped; draw everything then.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_again(&mut self) -> io::Result<()> {
        if TAKEN.swap(true, Ordering::SeqCst) {
            // Nothing is done where raw mode is thought to be on.
            disable_raw_mode()?;
        }
        enable_raw_mode()?;
        self.cursor = Cursor::default();
        self.send(ENTER.as_bytes())
    }

    /// Columns and rows.
    pub fn size() -> (u16, u16) {
        crossterm::terminal::size().unwrap_or((80, 24))
    }

    /// Draws the state.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        let cursor = app.cursor();
        let backend = self.terminal.backend_mut();
        backend.write_all(BEGIN_UPDATE)?;
        if cursor != self.cursor {
            self.cursor = cursor;
            SHAPED.store(cursor != Cursor::Own, Ordering::SeqCst);
            backend.write_all(cursor.sequence())?;
        }
        self.terminal.draw(|frame| {
            if let Some(cursor) = pane::draw(app, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        })?;
        let backend = self.terminal.backend_mut();
        backend.write_all(END_UPDATE)?;
        io::Write::flush(backend)
    }

    /// Forgets what the terminal shows, so that the next frame is drawn in full.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn forget(&mut self, size: Rect) -> io::Result<()> {
        self.terminal.resize(size)
    }

    /// Bytes sent so far.
    pub fn sent(&self) -> u64 {
        self.sent.get()
    }

    /// Takes the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.send(if on { MOUSE_ON } else { MOUSE_OFF }.as_bytes())
    }

    /// Sends bytes to the terminal outside of frames.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let backend = self.terminal.backend_mut();
        backend.write_all(bytes)?;
        Backend::flush(backend)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back; does nothing when it is not taken. Errors have nowhere to go: the
/// terminal may be the thing that failed.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        if SHAPED.swap(false, Ordering::SeqCst) {
            drop(out.write_all(Cursor::Own.sequence()));
        }
        drop(out.write_all(LEAVE.as_bytes()));
        drop(out.flush());
        drop(disable_raw_mode());
    }
}

fn hook_panics(events: Sender<AppEvent>) {
    let own = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == own || !TAKEN.load(Ordering::SeqCst) {
            give_back();
            let kept = keep_now();
            before(info);
            tell_kept(kept);
        } else {
            tracing::error!("{info}");
            drop(events.send(AppEvent::Panicked(info.to_string().replace('\n', " "))));
        }
    }));
}

/// Says behind the message of a panic that nothing typed is lost.
fn tell_kept(kept: usize) {
    if kept > 0 {
        let what = text::count(kept, "file");
        let words = format!(
            "What was not saved in {what} is kept; evtui offers it when the project is opened again.\r\n"
        );
        // There may be nobody to read it.
        drop(io::stderr().write_all(words.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn leaving_undoes_everything_that_entering_does() {
        let mode = |text: &str, end: char| -> Vec<String> {
            text.split("\x1b[?")
                .filter_map(|part| part.split_once(end).map(|(number, _)| number.to_owned()))
                .filter(|number| number.chars().all(|c| c.is_ascii_digit()))
                .collect()
        };
        let off = [mode(LEAVE, 'l'), mode(LEAVE, 'h')].concat();
        for number in [mode(ENTER, 'h'), mode(ENTER, 'l'), mode(MOUSE_ON, 'h')].concat() {
            assert!(off.contains(&number), "mode {number} is left on");
        }
    }
}
