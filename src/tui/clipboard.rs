//! The clipboard of the desktop, where there is one: beside the terminal's own way, which not every
//! terminal has. Tools are started and waited for on a thread of their own.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longest time for a tool to take the text.
const PATIENCE: Duration = Duration::from_secs(3);
/// Time between looks whether a tool has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Tools that may be there, the best first: program and arguments.
pub fn tools(set: impl Fn(&str) -> bool, apple: bool) -> Vec<&'static [&'static str]> {
    let mut tools: Vec<&'static [&'static str]> = Vec::new();
    if apple {
        tools.push(&["pbcopy"]);
    }
    if set("WAYLAND_DISPLAY") {
        tools.push(&["wl-copy"]);
    }
    if set("DISPLAY") {
        tools.push(&["xclip", "-selection", "clipboard", "-in"]);
        tools.push(&["xsel", "--clipboard", "--input"]);
    }
    tools
}

/// Puts a text on the clipboard of the desktop, if there is one, without waiting for it.
pub fn copy(text: String) {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let tools = tools(set, cfg!(target_os = "macos"));
    if tools.is_empty() {
        return;
    }
    thread::spawn(move || {
        let taken = tools.iter().any(|tool| give(tool, &text, PATIENCE));
        if !taken {
            tracing::debug!("no tool took the text for the clipboard of the desktop");
        }
    });
}

/// Hands a text to a tool; true when it took it in time. Tools that serve the clipboard go on by
/// themselves in the background.
fn give(tool: &[impl AsRef<OsStr>], text: &str, patience: Duration) -> bool {
    let Some((program, arguments)) = tool.split_first() else {
        return false;
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return false;
    };
    let input = child.stdin.take();
    let bytes = text.as_bytes().to_vec();
    // A tool that does not read must not hold this thread up either.
    let writer =
        thread::spawn(move || input.is_some_and(|mut input| input.write_all(&bytes).is_ok()));
    let until = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success() && writer.join().unwrap_or(false),
            Ok(None) if Instant::now() < until => thread::sleep(LOOK),
            _ => {
                // It may have ended by itself just now.
                drop(child.kill());
                drop(child.wait());
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn tools_are_those_of_the_display() {
        let names = |set: &[&str], apple: bool| -> Vec<&str> {
            let found = tools(|name| set.contains(&name), apple);
            found.iter().map(|tool| tool[0]).collect()
        };
        assert!(names(&[], false).is_empty());
        assert_eq!(
            names(&["WAYLAND_DISPLAY", "DISPLAY"], false),
            ["wl-copy", "xclip", "xsel"]
        );
        assert_eq!(names(&["DISPLAY"], false), ["xclip", "xsel"]);
        assert_eq!(names(&[], true), ["pbcopy"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_tool_gets_the_text_and_one_that_hangs_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let script = format!("cat > {}", out.display());
        let text = "text\n".repeat(50_000);
        assert!(give(&["sh", "-c", &script], &text, PATIENCE));
        assert_eq!(std::fs::read_to_string(out).unwrap(), text);
        assert!(!give(
            &["sh", "-c", "exec sleep 60"],
            &text,
            Duration::from_millis(50)
        ));
        assert!(!give(&["evtui-no-such-tool"], "x", PATIENCE));
        assert!(!give(&["sh", "-c", "exit 1"], "x", PATIENCE));
    }
}
