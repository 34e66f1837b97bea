//! The built program in a pseudo-terminal: the whole way a person goes, and that the terminal is
//! given back whatever happens.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/pty.rs"]
#[allow(dead_code, reason = "shared with the bench")]
mod pty;

use std::fs;
use std::path::{Path, PathBuf};

use pty::{Pty, copy};

const EVTUI: &str = env!("CARGO_BIN_EXE_evtui");

/// A copy of a sample project in a folder of its own.
fn sample(folder: &Path) -> PathBuf {
    let root = folder.join("web-access");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-configs/web-access"),
        &root,
    );
    drop(fs::remove_dir_all(root.join("output")));
    root
}

/// A small project without templates: ten lines a second, replayed.
fn small(folder: &Path) {
    let root = folder.join("web-access");
    fs::create_dir_all(&root).unwrap();
    let document = "# Lines again and again.\ninput:\n  - timer: {seconds: 0.1, count: 1}\nevent:\n  replay: {path: lines.txt, repeat: true}\noutput:\n  - file: {path: output/access.log, write_mode: overwrite}\n";
    fs::write(root.join("generator.yml"), document).unwrap();
    fs::write(root.join("lines.txt"), "one\ntwo\nthree\n").unwrap();
}

fn open(folder: &Path, size: (u16, u16)) -> Pty {
    small(folder);
    let pty = Pty::start(EVTUI, &["web-access"], folder, size);
    pty.sees("no problems");
    pty
}

#[test]
fn the_whole_way_with_a_template() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path());
    the_whole_way(&root, "templates/page.log.jinja", "EDITED ");
    let written = fs::read_to_string(root.join("output/access.log")).unwrap();
    assert!(written.starts_with("EDITED"), "{written}");
}

#[test]
fn the_whole_way_with_the_document() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    // To the end of the line of the timer, before its brace.
    let keys = "\x1b[B\x1b[B\x1b[F\x1b[D, tags: [EDITED]";
    the_whole_way(&folder.path().join("web-access"), "generator.yml", keys);
}

/// Opens a project, types `EDITED` into a file so that its events show it, sees the preview follow, runs and
/// stops it, leaves, and looks at what is left.
fn the_whole_way(root: &Path, file: &str, keys: &str) {
    let mut pty = Pty::start(EVTUI, &["web-access"], root.parent().unwrap(), (120, 40));
    pty.sees("generator.yml");
    pty.sees(" most ");
    pty.sees("no problems");

    // The preview changes, nothing being saved.
    pty.send(&format!("\x0f{file}\r"));
    pty.sees(&format!("▸ {file}"));
    pty.send(keys);
    pty.sees(&format!("{file} ●"));
    pty.until("an edited event", |screen| {
        let text = screen.contents();
        let right = |line: &str| {
            line.split('│')
                .nth(2)
                .is_some_and(|right| right.contains("EDITED"))
        };
        text.lines().any(right).then_some(())
    });
    let source = root.join(file);
    assert!(!fs::read_to_string(&source).unwrap().contains("EDITED"));

    // Running asks about the unsaved change, saves it and starts; the gauge moves.
    pty.send("\x12");
    pty.sees("Save and run");
    pty.send("s");
    pty.sees("● running");
    assert!(fs::read_to_string(&source).unwrap().contains("EDITED"));
    let first = wait_for_more(&pty, 2);
    wait_for_more(&pty, first);

    // Stop, quit.
    pty.send("\x12");
    pty.sees("○ stopped");
    pty.send("\x11");
    let status = pty.ends();
    assert!(status.success(), "{status:?}");
    assert_eq!(pty.left_behind(), "");
    let written = fs::read_to_string(root.join("output/access.log")).unwrap();
    assert!(written.ends_with('\n'), "{written}");
}

/// Waits until the gauge shows more events than that; gives what it shows.
fn wait_for_more(pty: &Pty, than: u64) -> u64 {
    pty.until("more events", |screen| {
        let text = screen.contents();
        let line = text.lines().find(|line| line.contains(" events  "))?;
        let count = line.split(" events").next()?.split_whitespace().last()?;
        count
            .replace(',', "")
            .parse()
            .ok()
            .filter(|count| *count > than)
    })
}

#[test]
fn quitting_with_a_running_pipeline_asks_and_delivers() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("\x12");
    wait_for_more(&pty, 0);
    pty.send("\x11");
    pty.sees("web-access is running");
    pty.send("t");
    assert!(pty.ends().success());
    assert_eq!(pty.left_behind(), "");
    assert!(
        fs::metadata(folder.path().join("web-access/output/access.log"))
            .unwrap()
            .len()
            > 0
    );
}

#[test]
fn signals_give_the_terminal_back() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = open(folder.path(), (120, 40));
        pty.signal(name);
        assert_eq!(pty.ends().exit_code(), code, "{name}");
        assert_eq!(pty.left_behind(), "", "{name}");
    }
}

#[test]
fn a_stopped_program_has_the_terminal_again_when_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let mut pty = Pty::start(EVTUI, &["web-access"], folder.path(), (100, 30));
    pty.sees("no problems");
    for signal in ["TSTP", "STOP", "TSTP"] {
        pty.signal(signal);
        pty.stops();
        if signal == "TSTP" {
            assert_eq!(pty.left_behind(), "");
            assert!(!pty.is_raw());
        }
        pty.shell_takes_it();
        assert!(!pty.is_raw());
        // The terminal changed meanwhile.
        pty.resize(110, 32);
        pty.signal("CONT");
        pty.sees("no problems");
        pty.until("the terminal taken again", |screen| {
            let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
            let taken = screen.alternate_screen() && screen.bracketed_paste() && mouse;
            let whole = screen.contents().lines().count() > 30;
            (taken && whole).then_some(())
        });
        assert!(pty.is_raw());
        pty.sees_not("Stopped");
        pty.resize(100, 30);
    }
    pty.send("# typed");
    pty.sees("# typed");
    pty.send("\x11");
    pty.sees("Discard and quit");
    pty.send("d");
    assert!(pty.ends().success());
    assert_eq!(pty.left_behind(), "");
}

#[test]
fn a_signal_drains_a_pipeline_that_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let args = ["--in-process", "web-access"];
    let mut pty = Pty::start(EVTUI, &args, folder.path(), (120, 40));
    pty.sees("no problems");
    pty.send("\x12");
    let shown = wait_for_more(&pty, 0);
    pty.signal("TERM");
    assert_eq!(pty.ends().exit_code(), 143);
    assert_eq!(pty.left_behind(), "");
    let written = fs::read_to_string(folder.path().join("web-access/output/access.log")).unwrap();
    assert!(written.ends_with('\n') && written.lines().count() as u64 >= shown);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_terminal_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("\x10panic");
    pty.sees("▸ Panic");
    pty.send("\r");
    assert_eq!(pty.ends().exit_code(), 101);
    assert_eq!(pty.left_behind(), "");
    pty.sees("asked for by the command debug.panic");
    // The update that the panic cut short is ended, and behind what gives the terminal back comes text.
    let bytes = pty.last_bytes();
    let at = |what: &[u8]| bytes.windows(what.len()).rposition(|part| part == what);
    assert!(at(b"\x1b[?2026l") > at(b"\x1b[?2026h"));
    let left = at(b"\x1b[?1049l").expect("the alternate screen is left");
    assert!(left > at(b"\x1b[?2026l").unwrap());
    let after = &bytes[left + 1..];
    assert!(!after.contains(&0x1b), "{}", String::from_utf8_lossy(after));
}

#[test]
fn a_lost_terminal_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.hang_up();
    assert!(!pty.ends().success());
}

#[test]
fn others_saving_by_rename_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let pty = open(folder.path(), (120, 40));
    let document = folder.path().join("web-access/generator.yml");
    let text = fs::read_to_string(&document).unwrap();
    let other = folder.path().join("web-access/.generator.yml.swp");
    // Again and again until the watch is set up; each time with another text.
    let seen = (0..200).any(|round| {
        fs::write(&other, format!("# round {round}\n{text}")).unwrap();
        fs::rename(&other, &document).unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_millis(500);
        while std::time::Instant::now() < until {
            if pty.contents().contains("# round") {
                return true;
            }
            std::thread::yield_now();
        }
        false
    });
    assert!(seen, "{}", pty.contents());
}

#[test]
fn a_project_deleted_while_open_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("x");
    pty.sees("generator.yml ●");
    fs::remove_dir_all(folder.path().join("web-access")).unwrap();
    pty.sees("gone from the disk");
    pty.send("\x13");
    pty.sees_not("gone from the disk");
    assert!(folder.path().join("web-access/generator.yml").is_file());
    pty.send("\x11");
    assert!(pty.ends().success());
}

#[test]
fn every_size_survives_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    for (columns, rows) in [
        (80, 24),
        (40, 10),
        (5, 3),
        (1, 1),
        (200, 50),
        (3, 60),
        (120, 40),
    ] {
        let before = pty.bytes();
        pty.resize(columns, rows);
        pty.wrote_more_than(before);
    }
    pty.sees("no problems");
    pty.send("\x11");
    assert!(pty.ends().success());
}

#[test]
fn pasting_and_copying_go_through_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("\x1b[200~# pasted: one\n# two\n\x1b[201~");
    pty.sees("# pasted: one");
    pty.send("\x1b[A\x1b[A\x03");
    pty.sees("copied");
    // "# pasted: one\n" in base64.
    assert_eq!(pty.copied(), ["IyBwYXN0ZWQ6IG9uZQo="]);
}

#[test]
fn without_colours_bold_and_reverse_stay() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let variables = [("NO_COLOR", "1"), ("COLORTERM", "truecolor")];
    let args = ["--theme", "dark", "web-access"];
    let pty = Pty::start_with(EVTUI, &args, folder.path(), (120, 40), &variables);
    pty.sees("no problems");
    let (bold, reverse) = pty.until("a screen", |screen| {
        let places = (0..40).flat_map(|row| (0..120).map(move |column| (row, column)));
        let cells: Vec<_> = places
            .filter_map(|(row, column)| screen.cell(row, column))
            .collect();
        for cell in &cells {
            assert_eq!(
                (cell.fgcolor(), cell.bgcolor()),
                (vt100::Color::Default, vt100::Color::Default)
            );
        }
        Some((
            cells.iter().any(|cell| cell.bold()),
            cells.iter().any(|cell| cell.inverse()),
        ))
    });
    assert!(bold && reverse);
}

#[test]
fn without_a_terminal_it_says_what_works_instead() {
    let output = std::process::Command::new(EVTUI)
        .arg("sample-configs/web-access")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("needs a terminal") && message.contains("evtui generate"),
        "{message}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn what_does_not_exist_cannot_be_opened() {
    let output = std::process::Command::new(EVTUI)
        .arg("no/such/project")
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("no/such/project") && message.contains("it does not exist"),
        "{message}"
    );
}

#[test]
fn another_editor_gets_the_terminal_and_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let script = folder.path().join("other editor.sh");
    let text = "echo OTHER EDITOR\nread line\necho \"# $line\" > \"$1\"\n";
    fs::write(&script, text).unwrap();
    let visual = format!("sh '{}'", script.display());
    let variables = [("VISUAL", visual.as_str())];
    let mut pty = Pty::start_with(EVTUI, &["web-access"], folder.path(), (100, 30), &variables);
    pty.sees("no problems");
    for round in ["first", "second"] {
        pty.send("\x1be");
        pty.sees("OTHER EDITOR");
        pty.until("a plain screen", |screen| {
            (!screen.alternate_screen() && !screen.bracketed_paste()).then_some(())
        });
        // Every key is the other editor's: none goes to a reader that still stands by.
        pty.send(&format!("{round} from there\n"));
        pty.sees(&format!("# {round} from there"));
        pty.until("the screen taken again", |screen| {
            (screen.alternate_screen() && screen.bracketed_paste()).then_some(())
        });
        pty.sees("Ctrl-S Save");
    }
    pty.send("\x1b[1;5F# typed here");
    pty.sees("# typed here");
    pty.send("\x11");
    pty.sees("Discard and quit");
    pty.send("d");
    assert!(pty.ends().success());
    let left = fs::read_to_string(folder.path().join("web-access/generator.yml")).unwrap();
    assert_eq!(left, "# second from there\n");
}

/// The colour under the project's name, and the text of the editor.
fn ground(screen: &vt100::Screen) -> vt100::Color {
    screen
        .cell(5, 60)
        .map_or(vt100::Color::Default, |cell| cell.bgcolor())
}

#[test]
fn the_terminals_background_decides_about_colours_whenever_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    let dark = pty.until("the first colours", |screen| Some(ground(screen)));
    assert_ne!(dark, vt100::Color::Default);
    pty.send("x");
    pty.sees("generator.yml ●");
    // Late, between keys.
    pty.send("\x1b]11;rgb:fbfb/fbfb/f9f9\x07y");
    let light = pty.until("other colours", |screen| {
        let own = ground(screen);
        (own != dark).then_some(own)
    });
    pty.sees("xy# Lines again");
    pty.send("\x1b]11;rgb:1010/1010/1010\x1b\\");
    pty.until("the first colours again", |screen| {
        (ground(screen) == dark).then_some(())
    });
    assert_ne!(light, dark);
    assert!(!pty.contents().contains("rgb:"), "{}", pty.contents());
}

#[test]
fn garbage_for_an_answer_is_not_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("a\x1b]11;what is that\x07b");
    pty.sees("ab# Lines again");
    // Cut off: what is typed after a pause goes on.
    pty.send("\x1b]11;rgb:12");
    pty.sees_not("rgb");
    let dark = pty.until("colours", |screen| Some(ground(screen)));
    assert_ne!(dark, vt100::Color::Default);
}

#[test]
fn a_terminal_that_says_nothing_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("quiet");
    pty.sees("quiet# Lines again");
    pty.send("\x1a\x11");
}

/// The program without screens on the small project, with pipes to talk to it.
fn plain(way: &[&str], folder: &Path, nest: &pty::Nest) -> std::process::Child {
    std::process::Command::new(EVTUI)
        .args(way)
        .arg("web-access")
        .current_dir(folder)
        .envs(nest.variables())
        .env("XDG_CONFIG_HOME", folder)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn plain_lines_tell_the_same() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let nest = pty::Nest::new();
    let mut child = plain(&["--plain", "--in-process"], folder.path(), &nest);
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"rnu\nstatus\n").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for line in [
        "project: web-access",
        "problems: none",
        "next: ",
        "event: ",
        "did you mean run?",
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    assert!(!text.contains('\x1b'), "{text}");
}

#[test]
fn a_project_is_made_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = Pty::start(EVTUI, &[], folder.path(), (120, 40));
    pty.sees("n             makes a project");
    pty.send("n");
    pty.sees("what to begin with");
    pty.send("web\r");
    pty.sees("New project from web-access");
    pty.send("\x15shop/web\r");
    pty.sees("no problems");
    pty.sees("# Lesson 1: a web server");
    pty.until("rendered events", |screen| {
        screen.contents().contains("Mozilla").then_some(())
    });
    let root = folder.path().join("shop/web");
    assert!(root.join("samples/pages.csv").is_file());
    pty.send("\x11");
    assert!(pty.ends().success());
    assert_eq!(pty.left_behind(), "");
    let again = std::process::Command::new(EVTUI)
        .args(["new", "shop/web", "--from", "hello"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!again.status.success());
    let why = String::from_utf8(again.stderr).unwrap();
    assert!(why.contains("exists and is not empty"), "{why}");
}

#[test]
fn plain_lines_tell_of_running_generators() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let nest = pty::Nest::new();
    let mut child = plain(&["--plain", "--in-process"], folder.path(), &nest);
    let mut input = child.stdin.take().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let mut told = String::new();
    let mut until = |part: &str| {
        for line in lines.by_ref() {
            let line = line.unwrap();
            told.push_str(&line);
            told.push('\n');
            if line.contains(part) {
                return;
            }
        }
        panic!("{part} was not told:\n{told}");
    };
    let mut say = |line: &str| {
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    };
    say("run");
    until("pipeline: running");
    say("table");
    until("generator web-access: running");
    until("counters web-access: ");
    say("faults");
    until("faults: nothing fails");
    say("flow");
    until("output[0] file: ");
    say("tail");
    until("event: ");
    say("log");
    until("log: ");
    say("stop");
    say("quit");
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn timestamps_with_a_cursor_survive_a_terminal_without_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = open(folder.path(), (120, 40));
    pty.send("\x1b3\x1b[C");
    pty.sees("▲");
    for (columns, rows) in [(120, 3), (120, 2), (120, 1), (120, 40)] {
        let before = pty.bytes();
        pty.resize(columns, rows);
        pty.wrote_more_than(before);
    }
    pty.sees("▲");
    pty.send("\x11");
    assert!(pty.ends().success());
}

/// A state folder of its own, over several programs.
struct State(PathBuf);

impl State {
    fn of(folder: &Path) -> Self {
        Self(folder.join("kept"))
    }

    fn start(&self, folder: &Path) -> Pty {
        let state = self.0.display().to_string();
        let variables = [("XDG_STATE_HOME", state.as_str())];
        Pty::start_with(EVTUI, &["web-access"], folder, (120, 40), &variables)
    }

    fn recovery(&self) -> PathBuf {
        self.0.join("evtui/recovery")
    }

    fn copies(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.recovery())
            .into_iter()
            .flatten()
            .flatten();
        let paths = entries.map(|entry| entry.path());
        let copies = paths.filter(|path| path.extension().is_some_and(|one| one == "copy"));
        copies.collect()
    }

    /// Waits until a copy has that text.
    #[track_caller]
    fn keeps(&self, text: &str) {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let has = |path: &PathBuf| fs::read_to_string(path).is_ok_and(|one| one.contains(text));
        while !self.copies().iter().any(has) {
            assert!(std::time::Instant::now() < until, "no copy of {text:?}");
            std::thread::yield_now();
        }
    }
}

#[test]
fn what_was_typed_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let state = State::of(folder.path());
    let mut pty = state.start(folder.path());
    pty.sees("no problems");
    pty.send("# TYPED ");
    state.keeps("# TYPED # Lines");
    // Another one on the same project leaves it alone: its owner lives.
    let mut other = state.start(folder.path());
    other.sees("no problems");
    other.send("\x10recover uns");
    other.sees("nothing unsaved of before");
    other.send("\x1b");
    other.sees_not("nothing unsaved of before");
    other.send("\x11");
    assert!(other.ends().success());
    assert_eq!(state.copies().len(), 1);
    pty.signal("KILL");
    pty.ends();

    let document = folder.path().join("web-access/generator.yml");
    assert!(!fs::read_to_string(&document).unwrap().contains("TYPED"));
    let mut pty = state.start(folder.path());
    pty.sees("was not saved");
    pty.sees("the file is as it was then");
    pty.send("s");
    pty.sees("+ # TYPED # Lines");
    pty.send("\x1b");
    pty.sees_not("+ # TYPED # Lines");
    pty.send("r");
    pty.sees("generator.yml is recovered");
    pty.send("\x13");
    pty.sees("saved generator.yml");
    assert!(
        fs::read_to_string(&document)
            .unwrap()
            .starts_with("# TYPED # Lines")
    );
    pty.send("\x11");
    assert!(pty.ends().success());
    assert!(!state.recovery().exists(), "nothing is left behind");
}

#[test]
fn what_was_typed_survives_signals_and_a_lost_terminal() {
    for end in ["HUP", "TERM", "hang up"] {
        let folder = tempfile::tempdir().unwrap();
        small(folder.path());
        let state = State::of(folder.path());
        let mut pty = state.start(folder.path());
        pty.sees("no problems");
        pty.send("# TYPED ");
        pty.sees("# TYPED # Lines");
        // At once: nothing waits for the copy to be made.
        match end {
            "hang up" => pty.hang_up(),
            name => pty.signal(name),
        }
        assert!(!pty.ends().success(), "{end}");
        let copies = state.copies();
        assert_eq!(copies.len(), 1, "{end}");
        assert!(fs::read_to_string(&copies[0]).unwrap().contains("# TYPED "));
        let mut pty = state.start(folder.path());
        pty.sees("was not saved");
        pty.send("d");
        pty.sees_not("was not saved");
        pty.send("\x11");
        assert!(pty.ends().success());
        assert!(state.copies().is_empty(), "{end}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn what_was_typed_survives_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let state = State::of(folder.path());
    let mut pty = state.start(folder.path());
    pty.sees("no problems");
    pty.send("# TYPED ");
    pty.sees("# TYPED # Lines");
    pty.send("\x10panic");
    pty.sees("▸ Panic");
    pty.send("\r");
    assert_eq!(pty.ends().exit_code(), 101);
    pty.sees("What was not saved in 1 file is kept");
    state.keeps("# TYPED ");
    let pty = state.start(folder.path());
    pty.sees("was not saved");
}

#[test]
fn what_is_knowingly_dropped_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let state = State::of(folder.path());
    let mut pty = state.start(folder.path());
    pty.sees("no problems");
    pty.send("# TYPED ");
    state.keeps("# TYPED ");
    pty.send("\x11");
    pty.sees("Discard and quit");
    pty.send("d");
    assert!(pty.ends().success());
    assert!(!state.recovery().exists());
}

#[test]
fn a_state_folder_that_cannot_be_written_is_said_and_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let state = State::of(folder.path());
    fs::write(&state.0, "in the way").unwrap();
    let mut pty = state.start(folder.path());
    pty.sees("no problems");
    pty.send("# TYPED ");
    pty.sees("cannot keep a recovery copy");
    pty.send("more \x13");
    pty.sees("saved generator.yml");
    pty.send("\x11");
    assert!(pty.ends().success());
}

#[test]
fn plain_lines_end_with_quit_when_nobody_is_left_to_answer() {
    use std::io::Write as _;
    for way in [&["--plain"][..], &["--plain", "--in-process"]] {
        let folder = tempfile::tempdir().unwrap();
        small(folder.path());
        let nest = pty::Nest::new();
        let mut child = plain(way, folder.path(), &nest);
        let mut input = child.stdin.take().unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
        let mut lines = lines.map(Result::unwrap);
        writeln!(input, "run").unwrap();
        assert!(
            lines.any(|line| line.contains("pipeline: running")),
            "{way:?}"
        );
        writeln!(input, "quit").unwrap();
        assert!(lines.any(|line| line.contains("question: Quit")), "{way:?}");
        drop(input);
        // Whoever reads gets the rest, up to the end.
        drop(lines.collect::<Vec<_>>());
        assert!(child.wait().unwrap().success(), "{way:?}");
    }
}
