//! Asks for a password on the terminal, without showing what is typed.
//!
//! Keys are read one by one in raw mode, so that Ctrl-C is a key and the terminal is always given
//! back; standard input and output may be redirected meanwhile.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use zeroize::Zeroizing;

use crate::instance::secrets::{Hidden, SecretsError};

/// Shows `title` and waits for a line; `None` when there is no terminal.
///
/// # Errors
/// Ctrl-C, and what the terminal refuses.
pub(super) fn ask(title: &str) -> Result<Option<Hidden>, SecretsError> {
    let Some(mut screen) = screen() else {
        return Ok(None);
    };
    let refused = |error| SecretsError::Io {
        what: "cannot ask on",
        path: Path::new("the terminal").to_owned(),
        error,
    };
    let typed = {
        // Before the title, so that nothing that is typed to it can be seen.
        let _raw = Raw::new().map_err(refused)?;
        screen.write_all(title.as_bytes()).map_err(refused)?;
        screen.flush().map_err(refused)?;
        line()
    };
    // The cursor still stands behind the title.
    let _ = screen.write_all(b"\n");
    match typed.map_err(refused)? {
        Some(typed) => Ok(Some(typed)),
        None => Err(SecretsError::Interrupted),
    }
}

/// Where the title is shown.
fn screen() -> Option<Box<dyn Write>> {
    if io::stderr().is_terminal() && io::stdin().is_terminal() {
        return Some(Box::new(io::stderr()));
    }
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    Some(Box::new(terminal.ok()?))
}

/// Raw mode until it is dropped, also by a panic or a signal.
struct Raw {
    #[cfg(unix)]
    watch: Option<tokio::runtime::Runtime>,
}

impl Raw {
    fn new() -> io::Result<Self> {
        #[cfg(unix)]
        let watch = watch();
        enable_raw_mode()?;
        Ok(Self {
            #[cfg(unix)]
            watch,
        })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
        #[cfg(unix)]
        if let Some(runtime) = self.watch.take() {
            runtime.shutdown_background();
        }
    }
}

/// Gives the terminal back when the process is told to end while somebody types.
#[cfg(unix)]
fn watch() -> Option<tokio::runtime::Runtime> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-prompt")
        .enable_all()
        .build()
        .ok()?;
    for (kind, number) in [
        (SignalKind::hangup(), 1),
        (SignalKind::interrupt(), 2),
        (SignalKind::terminate(), 15),
    ] {
        let _inside = runtime.enter();
        let Ok(mut stream) = signal(kind) else {
            continue;
        };
        runtime.spawn(async move {
            if stream.recv().await.is_some() {
                let _ = disable_raw_mode();
                std::process::exit(128 + number);
            }
        });
    }
    Some(runtime)
}

/// What is typed up to Enter; `None` after Ctrl-C, or Ctrl-D on an empty line.
fn line() -> io::Result<Option<Hidden>> {
    let mut typed = Zeroizing::new(String::with_capacity(256));
    loop {
        match read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                let control = key.modifiers.contains(KeyModifiers::CONTROL);
                match key.code {
                    KeyCode::Char('c') if control => return Ok(None),
                    KeyCode::Char('d') if control && typed.is_empty() => return Ok(None),
                    KeyCode::Char('u') if control => typed.clear(),
                    KeyCode::Char('j' | 'm') if control => break,
                    KeyCode::Enter => break,
                    KeyCode::Backspace => drop(typed.pop()),
                    KeyCode::Char('h') if control => drop(typed.pop()),
                    KeyCode::Char(one) if !control => typed.push(one),
                    _ => {}
                }
            }
            Event::Paste(text) => typed.push_str(&text),
            _ => {}
        }
    }
    Ok(Some(Hidden::new(typed.as_str())))
}
