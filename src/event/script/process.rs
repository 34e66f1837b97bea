//! The worker process: started, spoken to, watched, ended. Knows nothing of events.

use std::io::{self, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::log::Log;
use super::protocol::{Answer, END};
use super::stop::Stop;

/// Reads the worker's program from standard input and runs it; small, as everyone sees it in the list of
/// processes.
const BOOT: &str = include_str!("boot.py");
/// The worker's program.
const WORKER: &str = include_str!("worker.py");

/// Answers that wait unread before the worker has to.
const AHEAD: usize = 16;

/// How long a worker that was told to end may take: scripts may have something to write.
const LEAVE: Duration = Duration::from_secs(1);
/// The same when the run was stopped: less than a run waits for its stages after an abort.
const LEAVE_SOON: Duration = Duration::from_millis(400);

/// What came from the worker.
#[derive(Debug)]
pub(super) enum News {
    /// It took its program; requests go here.
    Open(ChildStdin),
    /// It answered.
    Answer(Answer),
    /// What it sent is no answer.
    Garbage,
    /// It closed its end of the pipe, or ended.
    Closed,
    /// Nothing more is wanted from it.
    Stopped,
}

/// A running worker.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    news: Receiver<News>,
    log: Arc<Log>,
    stop: Arc<Stop>,
    gone: bool,
}

/// How a worker ended.
#[derive(Debug, Default)]
pub(super) struct Death {
    /// Exit code, when it ended by itself.
    pub(super) code: Option<i32>,
    /// Signal that killed it.
    pub(super) signal: Option<i32>,
    /// The last lines it wrote to standard error.
    pub(super) last_lines: Vec<String>,
}

impl Process {
    /// Starts `python` and hands it `start`, its first request. Answers of more than `most` bytes of text
    /// are garbage.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn spawn(
        python: &Path,
        hash_seed: Option<u32>,
        start: &[u8],
        most: usize,
        name: &str,
        stop: Arc<Stop>,
    ) -> io::Result<Self> {
        let mut command = Command::new(python);
        command.arg("-c").arg(BOOT);
        // Ctrl-C at the terminal is for evtui alone.
        command.process_group(0);
        if let Some(seed) = hash_seed {
            command.env("PYTHONHASHSEED", seed.to_string());
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (sender, news) = sync_channel(AHEAD);
        stop.wake_through(sender.clone());
        let pipes = child.stdin.take().zip(child.stdout.take());
        let errors = child.stderr.take();
        let log = Arc::new(Log::new(name.to_owned()));
        let process = Self {
            child,
            stdin: None,
            news,
            log: Arc::clone(&log),
            stop,
            gone: false,
        };
        // From here on a failure ends the child, too.
        let (stdin, stdout) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        let mut program = format!("{:08}", WORKER.len()).into_bytes();
        program.extend_from_slice(WORKER.as_bytes());
        program.extend_from_slice(start);
        thread::Builder::new()
            .name("evtui-script".to_owned())
            .spawn(move || hear(stdin, stdout, &program, most, &sender))?;
        if let Some(errors) = errors {
            // What it prints belongs to the run that started it.
            let run = tracing::Span::current();
            thread::Builder::new()
                .name("evtui-script-log".to_owned())
                .spawn(move || run.in_scope(|| log.drain(errors)))?;
        }
        Ok(process)
    }

    /// The next news, waited for at most so long.
    pub(super) fn next(&mut self, longest: Duration) -> Option<News> {
        match self.news.recv_timeout(longest) {
            Ok(News::Open(stdin)) => {
                self.stdin = Some(stdin);
                self.next(longest)
            }
            Ok(news) => Some(news),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(News::Closed),
        }
    }

    /// Sends requests. That nobody takes them shows in the news.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin
            && stdin.write_all(bytes).is_err()
        {
            self.stdin = None;
        }
    }

    /// Ends it if need be and tells how it ended.
    pub(super) fn end(mut self, patience: Duration) -> Death {
        let status = self.leave(patience);
        self.log.flushed(Duration::from_millis(200));
        Death {
            code: status.and_then(|status| status.code()),
            signal: status.and_then(|status| status.signal()),
            last_lines: self.log.last_lines(),
        }
    }

    /// Waits for its end, then kills it. `None` when it had to be killed.
    fn leave(&mut self, patience: Duration) -> Option<ExitStatus> {
        self.gone = true;
        self.stdin = None;
        let deadline = Instant::now() + patience;
        // It closes its pipe when it ends, so that most of the time nothing is polled.
        while !matches!(
            self.news
                .recv_timeout(deadline.saturating_duration_since(Instant::now())),
            Ok(News::Closed | News::Garbage) | Err(_)
        ) {}
        let mut pause = Duration::from_micros(100);
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if Instant::now() >= deadline {
                self.kill();
                return None;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }

    /// Ends it and what it started.
    fn kill(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.gone {
            return;
        }
        self.send(&END);
        let patience = if self.stop.is_set() {
            LEAVE_SOON
        } else {
            LEAVE
        };
        self.leave(patience);
    }
}

/// Hands the program over and reads answers to the end.
fn hear(
    mut stdin: ChildStdin,
    stdout: ChildStdout,
    program: &[u8],
    most: usize,
    sender: &SyncSender<News>,
) {
    // A Python that ends without reading it says why on standard error.
    let _ = stdin.write_all(program);
    if sender.send(News::Open(stdin)).is_err() {
        return;
    }
    let mut reader = BufReader::with_capacity(1 << 16, stdout);
    loop {
        let news = match Answer::read(&mut reader, most) {
            Ok(Some(answer)) => News::Answer(answer),
            Ok(None) => News::Closed,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => News::Garbage,
            Err(_) => News::Closed,
        };
        let over = !matches!(news, News::Answer(_));
        if sender.send(news).is_err() || over {
            return;
        }
    }
}
