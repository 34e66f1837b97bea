//! `subprocess.run`: a command of the POSIX shell, its output and exit code.

use std::fmt::Write;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::template::{Args, Ctx, Error, Object, Value};

/// Runs commands for at most `longest` unless the call says how long; none at all without it.
pub(super) struct Subprocess {
    pub(super) longest: Option<Duration>,
}

impl Object for Subprocess {
    fn type_name(&self) -> &str {
        "SubprocessRunner"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "run"
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        _: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        let [command, cwd, env, timeout] =
            args.bind("run", ["command", "cwd", "env", "timeout"], 1)?;
        let Some(longest) = self.longest else {
            return Err(
                Error::value_error("commands do not run while a file has unsaved changes")
                    .help("save to see what the command gives"),
            );
        };
        let Some(text) = command.and_then(Value::as_str) else {
            return Err(Error::type_error("the command must be text"));
        };
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(text);
        // The terminal belongs to the program: a command never reads from it.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.process_group(0);
        if let Some(cwd) = cwd.filter(|cwd| !cwd.is_none()) {
            let cwd = cwd
                .as_str()
                .ok_or_else(|| Error::type_error("cwd must be text"))?;
            if !std::path::Path::new(cwd).is_dir() {
                return Err(Error::value_error(format!(
                    "the directory '{cwd}' does not exist"
                )));
            }
            command.current_dir(cwd);
        }
        if let Some(env) = env.filter(|env| !env.is_none()) {
            set_env(&mut command, env)?;
        }
        let longest = limit(timeout, longest)?;
        ctx.step(1000)?;
        run(&mut command, text, longest)
    }

    fn names(&self) -> Vec<String> {
        vec!["run".to_owned()]
    }
}

fn limit(timeout: Option<&Value>, longest: Duration) -> Result<Duration, Error> {
    let Some(timeout) = timeout.filter(|timeout| !timeout.is_none()) else {
        return Ok(longest);
    };
    let seconds = timeout
        .as_float()
        .ok_or_else(|| Error::type_error("timeout must be a number"))?;
    Ok(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(longest))
}

fn set_env(command: &mut Command, env: &Value) -> Result<(), Error> {
    let Value::Dict(dict) = env else {
        return Err(Error::type_error("env must be a dict of text"));
    };
    command.env_clear();
    for (name, value) in dict.borrow().iter() {
        let (Some(name), Some(value)) = (name.as_str(), value.as_str()) else {
            return Err(Error::type_error("names and values of env must be text"));
        };
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return Err(Error::value_error(format!("'{name}' cannot be set in env")));
        }
        command.env(name, value);
    }
    Ok(())
}

fn run(command: &mut Command, text: &str, longest: Duration) -> Result<Value, Error> {
    let failed =
        |error: std::io::Error| Error::value_error(format!("the command cannot run: {error}"));
    let mut child = command.spawn().map_err(failed)?;
    let deadline = Instant::now() + longest;
    let out = drain(child.stdout.take());
    let err = drain(child.stderr.take());
    let late = || {
        Error::value_error(format!(
            "the command '{text}' took longer than {} s",
            longest.as_secs_f64()
        ))
        .help("pass a larger timeout")
    };
    let left = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
    let outputs = out
        .recv_timeout(left(deadline))
        .and_then(|out| Ok((out, err.recv_timeout(left(deadline))?)));
    let Ok((stdout, stderr)) = outputs else {
        kill(&mut child);
        return Err(late());
    };
    let Some(status) = wait(&mut child, deadline).map_err(failed)? else {
        kill(&mut child);
        return Err(late());
    };
    let text_of = |bytes: Vec<u8>, name: &str| {
        String::from_utf8(bytes)
            .map_err(|_| Error::value_error(format!("{name} of the command is not UTF-8")))
    };
    Ok(Value::object(Output {
        stdout: text_of(stdout, "stdout")?.into(),
        stderr: text_of(stderr, "stderr")?.into(),
        exit_code: Value::Int(exit_code(status)),
    }))
}

/// Reads a pipe to its end on a thread of its own, so that neither pipe can fill up unread.
fn drain(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is all there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// Both pipes are closed, so the command is about to end; one that closed them and goes on is waited
/// for until the deadline.
fn wait(child: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends the command and what it started.
fn kill(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill")
        .args(["-KILL", "--", &group])
        .stderr(Stdio::null())
        .status();
    let _ = child.kill();
    let _ = child.wait();
}

fn exit_code(status: ExitStatus) -> i64 {
    let killed = status.signal().map(|signal| -i64::from(signal));
    status.code().map(i64::from).or(killed).unwrap_or(-1)
}

struct Output {
    stdout: Value,
    stderr: Value,
    exit_code: Value,
}

impl Object for Output {
    fn type_name(&self) -> &str {
        "SubprocessResult"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "stdout" => self.stdout.clone(),
            "stderr" => self.stderr.clone(),
            "exit_code" => self.exit_code.clone(),
            _ => return None,
        })
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str("SubprocessResult(stdout=")?;
        self.stdout.write_repr(out)?;
        out.write_str(", stderr=")?;
        self.stderr.write_repr(out)?;
        out.write_str(", exit_code=")?;
        self.exit_code.write_repr(out)?;
        out.write_char(')')
    }

    fn names(&self) -> Vec<String> {
        ["stdout", "stderr", "exit_code"]
            .map(str::to_owned)
            .to_vec()
    }
}
