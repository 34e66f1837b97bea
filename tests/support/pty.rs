//! The built program in a pseudo-terminal, seen through a terminal emulator.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// Longest wait for anything; only a failing test waits that long.
const LIMIT: Duration = Duration::from_secs(30);

/// What the program put on the clipboard.
#[derive(Default)]
pub struct Clipboard(pub Vec<Vec<u8>>);

impl vt100::Callbacks for Clipboard {
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.0.push(data.to_vec());
    }
}

type Parser = vt100::Parser<Clipboard>;

struct Shared {
    parser: Mutex<Parser>,
    fed: Condvar,
    bytes: AtomicU64,
    hung_up: AtomicBool,
    /// The last bytes as they came.
    last: Mutex<Vec<u8>>,
}

/// Most of the last bytes that are kept.
const LAST: usize = 64 << 10;

/// A running program.
pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    input: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    /// When it was started.
    pub started: Instant,
    /// Keeps its runtime directory, when it has one of its own.
    _nest: Option<Nest>,
}

/// A runtime directory and folder of logs of its own. Background processes in it end with it.
pub struct Nest(tempfile::TempDir);

impl Nest {
    /// An empty one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["run", "state"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Self(folder)
    }

    /// The runtime directory.
    pub fn run(&self) -> std::path::PathBuf {
        self.0.path().join("run")
    }

    /// The folder of an instance's logs.
    pub fn logs(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join("state/evtui").join(name)
    }

    /// The socket of an instance.
    pub fn socket(&self, name: &str) -> std::path::PathBuf {
        self.run().join(format!("evtui/{name}.sock"))
    }

    /// The variables that make a program use it.
    pub fn variables(&self) -> [(String, String); 2] {
        let text = |name: &str| self.0.path().join(name).display().to_string();
        [
            ("XDG_RUNTIME_DIR".to_owned(), text("run")),
            ("XDG_STATE_HOME".to_owned(), text("state")),
        ]
    }

    /// The processes that have a name there, dead or alive.
    pub fn processes(&self) -> Vec<u32> {
        let entries = std::fs::read_dir(self.run().join("evtui"));
        let locks = entries.into_iter().flatten().flatten().filter(|entry| {
            entry
                .file_name()
                .to_str()
                .is_some_and(|name| name.ends_with(".lock"))
        });
        locks
            .filter_map(|entry| {
                std::fs::read_to_string(entry.path())
                    .ok()?
                    .trim()
                    .parse()
                    .ok()
            })
            .collect()
    }
}

impl Drop for Nest {
    fn drop(&mut self) {
        for pid in self.processes() {
            // This test's own: the number stands in its folder. A process of tests has no such number.
            if pid != std::process::id() && is_evtui(pid) {
                drop(
                    std::process::Command::new("kill")
                        .args(["-s", "KILL", &pid.to_string()])
                        .stderr(std::process::Stdio::null())
                        .status(),
                );
            }
        }
    }
}

/// True while the process lives and is a program of that name.
pub fn is_evtui(pid: u32) -> bool {
    let words = std::process::Command::new("ps")
        .args(["-o", "stat=,args=", "-p", &pid.to_string()])
        .output()
        .expect("ps");
    let words = String::from_utf8_lossy(&words.stdout).into_owned();
    words.contains("evtui") && !words.trim_start().starts_with('Z')
}

impl Pty {
    /// Starts the program in a folder at a size of columns and rows.
    pub fn start(program: &str, args: &[&str], folder: &Path, size: (u16, u16)) -> Self {
        Self::start_with(program, args, folder, size, &[])
    }

    /// As [`Pty::start`], with variables in the environment.
    pub fn start_with(
        program: &str,
        args: &[&str],
        folder: &Path,
        size: (u16, u16),
        variables: &[(&str, &str)],
    ) -> Self {
        let size = PtySize {
            rows: size.1,
            cols: size.0,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        for name in ["NO_COLOR", "COLORTERM", "EVTUI_THEME", "TMUX"] {
            command.env_remove(name);
        }
        // Nothing of the person who runs the tests, and nothing left behind in their folders.
        let home = folder.join(".evtui-home");
        command.env("XDG_CONFIG_HOME", home.join("config"));
        command.env("XDG_STATE_HOME", home.join("state"));
        command.env("EVTUI_TOUR", "off");
        for name in [
            "SSH_CONNECTION",
            "SSH_TTY",
            "COLORFGBG",
            "LC_ALL",
            "LC_CTYPE",
        ] {
            command.env_remove(name);
        }
        command.env("LANG", "C.UTF-8");
        let own = !variables.iter().any(|(name, _)| *name == "XDG_RUNTIME_DIR");
        let nest = own.then(Nest::new);
        for (name, value) in nest.iter().flat_map(Nest::variables) {
            command.env(name, value);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program");
        // Otherwise the reader never sees the end.
        drop(pair.slave);
        let (rows, cols) = (
            size.rows.try_into().expect("rows"),
            size.cols.try_into().expect("columns"),
        );
        let shared = Arc::new(Shared {
            parser: Mutex::new(vt100::Parser::new_with_callbacks(
                rows,
                cols,
                0,
                Clipboard::default(),
            )),
            fed: Condvar::new(),
            bytes: AtomicU64::new(0),
            hung_up: AtomicBool::new(false),
            last: Mutex::default(),
        });
        let mut out = pair.master.try_clone_reader().expect("a reader");
        let fed = shared.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 16 << 10];
            while let Ok(count @ 1..) = out.read(&mut buffer) {
                let mut last = fed.last.lock().expect("the last bytes");
                last.extend_from_slice(&buffer[..count]);
                let surplus = last.len().saturating_sub(LAST);
                last.drain(..surplus);
                drop(last);
                fed.parser.lock().expect("parser").process(&buffer[..count]);
                fed.bytes.fetch_add(count as u64, Ordering::SeqCst);
                fed.fed.notify_all();
                if fed.hung_up.load(Ordering::SeqCst) {
                    break;
                }
            }
            fed.fed.notify_all();
        });
        let input = pair.master.take_writer().expect("a writer");
        Self {
            master: Some(pair.master),
            input: Some(input),
            child,
            shared,
            started,
            _nest: nest,
        }
    }

    /// Types bytes.
    pub fn send(&mut self, bytes: &str) {
        let input = self.input.as_mut().expect("the terminal is open");
        input.write_all(bytes.as_bytes()).expect("typing");
        input.flush().expect("typing");
    }

    /// Waits until `seen` says so of the screen; gives what it said.
    #[track_caller]
    pub fn until<T>(&self, what: &str, mut seen: impl FnMut(&vt100::Screen) -> Option<T>) -> T {
        let until = Instant::now() + LIMIT;
        let mut parser = self.shared.parser.lock().expect("parser");
        loop {
            if let Some(out) = seen(parser.screen()) {
                return out;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{what} never came:\n{}",
                parser.screen().contents()
            );
            parser = self
                .shared
                .fed
                .wait_timeout(parser, left)
                .expect("parser")
                .0;
        }
    }

    /// Waits for a text on the screen.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.until(&format!("{text:?}"), |screen| {
            screen.contents().contains(text).then_some(())
        });
    }

    /// Waits until a text is no longer on the screen.
    #[track_caller]
    pub fn sees_not(&self, text: &str) {
        self.until(&format!("a screen without {text:?}"), |screen| {
            (!screen.contents().contains(text)).then_some(())
        });
    }

    /// The screen's text.
    pub fn contents(&self) -> String {
        self.shared
            .parser
            .lock()
            .expect("parser")
            .screen()
            .contents()
    }

    /// Bytes that the program wrote so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::SeqCst)
    }

    /// Waits until more than `bytes` were written.
    pub fn wrote_more_than(&self, bytes: u64) {
        self.until("more output", |_| (self.bytes() > bytes).then_some(()));
    }

    /// The last bytes that the program wrote, as they came.
    pub fn last_bytes(&self) -> Vec<u8> {
        self.shared.last.lock().expect("the last bytes").clone()
    }

    /// What was put on the clipboard, as encoded by the program.
    pub fn copied(&self) -> Vec<String> {
        let parser = self.shared.parser.lock().expect("parser");
        let texts = parser.callbacks().0.iter();
        texts
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .collect()
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let mut parser = self.shared.parser.lock().expect("parser");
        let (r, c) = (
            rows.try_into().expect("rows"),
            columns.try_into().expect("columns"),
        );
        parser.screen_mut().set_size(r, c);
        drop(parser);
        self.master
            .as_ref()
            .expect("the terminal is open")
            .resize(size)
            .expect("resizing");
    }

    /// What a shell does to the terminal of a job that was stopped: keys make lines again, the screen is
    /// its own, and something is written there.
    pub fn shell_takes_it(&self) {
        self.line_modes(&["sane"]);
        let mut parser = self.shared.parser.lock().expect("parser");
        parser.process(
            b"\x1b[?2004l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?1049l\x1b[?25h$ Stopped\r\n",
        );
    }

    /// True when keys reach the program one by one and are not echoed.
    pub fn is_raw(&self) -> bool {
        let modes = self.line_modes(&["-a"]);
        modes.contains("-icanon") && modes.contains("-echo ")
    }

    fn line_modes(&self, args: &[&str]) -> String {
        let master = self.master.as_ref().expect("the terminal is open");
        let name = master.tty_name().expect("a name");
        let told = std::process::Command::new("stty")
            .arg("-F")
            .arg(name)
            .args(args)
            .output()
            .expect("stty");
        assert!(told.status.success(), "{told:?}");
        String::from_utf8_lossy(&told.stdout).into_owned()
    }

    /// Waits until the process is stopped.
    #[track_caller]
    pub fn stops(&self) {
        let until = Instant::now() + LIMIT;
        loop {
            let state = std::process::Command::new("ps")
                .args(["-o", "stat=", "-p", &self.id().to_string()])
                .output()
                .expect("ps");
            if state.stdout.starts_with(b"T") {
                return;
            }
            assert!(Instant::now() < until, "it is not stopped");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().expect("a process").to_string();
        let status = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status();
        assert!(status.expect("kill").success());
    }

    /// Drops the terminal, as a lost connection does.
    pub fn hang_up(&mut self) {
        self.shared.hung_up.store(true, Ordering::SeqCst);
        // Makes the program write, so that the reader wakes up and lets go of the terminal, too.
        self.send("x");

        self.input = None;
        self.master = None;
    }

    /// The program's id.
    pub fn id(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Waits for the end.
    #[track_caller]
    pub fn ends(&mut self) -> ExitStatus {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().expect("waiting") {
                return status;
            }
            assert!(
                Instant::now() < until,
                "the program does not end:\n{}",
                self.contents()
            );
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Modes that are not as a shell wants them, in words; empty when all is well. Waits until the
    /// program's last bytes have come.
    pub fn left_behind(&self) -> String {
        let modes = |screen: &vt100::Screen| {
            let mut left = String::new();
            for (on, name) in [
                (screen.alternate_screen(), "alternate screen"),
                (screen.hide_cursor(), "hidden cursor"),
                (screen.bracketed_paste(), "bracketed paste"),
                (
                    screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None,
                    "mouse",
                ),
            ] {
                if on {
                    write!(left, "{name}; ").expect("a text");
                }
            }
            left
        };
        let until = Instant::now() + Duration::from_secs(5);
        let mut parser = self.shared.parser.lock().expect("parser");
        loop {
            let left = modes(parser.screen());
            let rest = until.saturating_duration_since(Instant::now());
            if left.is_empty() || rest.is_zero() {
                return left;
            }
            parser = self
                .shared
                .fed
                .wait_timeout(parser, rest)
                .expect("parser")
                .0;
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // A failed test must not leave a program behind.
        drop(self.child.kill());
        drop(self.child.try_wait());
    }
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder to read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
