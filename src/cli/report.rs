//! Diagnostics on the screen: what, where with the line in question, what to do.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use unicode_width::UnicodeWidthChar as _;

use crate::config::{Diagnostic, Files, Severity, Span, why};

/// Longer lines are cut around the place.
const MAX_WIDTH: usize = 120;
/// Files larger than this are not shown.
const MAX_BYTES: u64 = 32 << 20;

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(bool);

impl Paint {
    /// For a stream: colours when it is a terminal that does not ask for plain text.
    pub(super) fn on(stream: &impl IsTerminal) -> Self {
        Self(stream.is_terminal() && wanted())
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Something that cannot work.
    pub(super) fn error(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// Something doubtful.
    pub(super) fn warning(self, text: &str) -> String {
        self.wrap("1;33", text)
    }

    /// Something fine.
    pub(super) fn good(self, text: &str) -> String {
        self.wrap("1;32", text)
    }

    fn frame(self, text: &str) -> String {
        self.wrap("1;34", text)
    }

    fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }
}

fn wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

/// Prints diagnostics, reading the lines they point at.
pub(super) struct Reporter<'a> {
    files: &'a dyn Files,
    paint: Paint,
    texts: HashMap<Arc<Path>, Option<String>>,
}

impl<'a> Reporter<'a> {
    /// A reporter over these files.
    pub(super) fn new(files: &'a dyn Files, paint: Paint) -> Self {
        Self {
            files,
            paint,
            texts: HashMap::new(),
        }
    }

    /// Writes all, an empty line after each.
    pub(super) fn write(&mut self, out: &mut dyn Write, problems: &[Diagnostic]) -> io::Result<()> {
        for problem in problems {
            self.write_one(out, problem)?;
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_one(&mut self, out: &mut dyn Write, problem: &Diagnostic) -> io::Result<()> {
        let paint = self.paint;
        let head = match problem.severity {
            Severity::Error => paint.error("error"),
            Severity::Warning => paint.warning("warning"),
        };
        let message = paint.bold(&format!(": {}", visible(&problem.message)));
        writeln!(out, "{head}{message}")?;
        let mut gutter = 1;
        if let Some(place) = &problem.place {
            let shown = short_path(&place.path);
            match place.span {
                None => writeln!(out, "  {} {shown}", paint.frame("-->"))?,
                Some(span) => {
                    let (line, column) = (span.start.line, span.start.column);
                    gutter = line.to_string().len();
                    let arrow = paint.frame(&format!("{:gutter$}-->", ""));
                    writeln!(out, " {arrow} {shown}:{line}:{column}")?;
                    self.write_source(out, &place.path, span, gutter)?;
                }
            }
        }
        let equals = paint.frame(&format!("{:gutter$}  =", ""));
        if !problem.setting.is_empty() {
            writeln!(out, "{equals} setting: {}", visible(&problem.setting))?;
        }
        if let Some(help) = &problem.help {
            writeln!(out, "{equals} help: {}", visible(help))?;
        }
        Ok(())
    }

    fn write_source(
        &mut self,
        out: &mut dyn Write,
        path: &Arc<Path>,
        span: Span,
        gutter: usize,
    ) -> io::Result<()> {
        let paint = self.paint;
        let Some(text) = self.text(path) else {
            return Ok(());
        };
        let nth = usize::try_from(span.start.line.saturating_sub(1)).unwrap_or(usize::MAX);
        // A place at the very end has no line of its own.
        let line = &hidden(text.lines().nth(nth).unwrap_or_default());
        let (shown, caret) = excerpt(line, span);
        let bar = paint.frame("|");
        let number = paint.frame(&format!("{:gutter$}", span.start.line));
        writeln!(out, " {:gutter$} {bar}", "")?;
        writeln!(out, " {number} {bar} {shown}")?;
        writeln!(out, " {:gutter$} {bar} {}", "", paint.error(&caret))
    }

    fn text(&mut self, path: &Arc<Path>) -> Option<&str> {
        let files = self.files;
        self.texts
            .entry(Arc::clone(path))
            .or_insert_with(|| {
                let bytes = files.read_limited(path, MAX_BYTES).ok()?;
                let text = String::from_utf8_lossy(&bytes);
                Some(text.trim_start_matches('\u{feff}').to_owned())
            })
            .as_deref()
    }
}

/// The part of a line around a span, made printable, and the line of carets below it.
/// A line with the passwords of addresses in it (`scheme://user:password@host`) made unreadable, each
/// character for itself, so that places stay where they are.
fn hidden(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end = behind
            .find([' ', '"', '\'', ',', '}'])
            .unwrap_or(behind.len());
        let (address, after) = behind.split_at(end);
        match address.rsplit_once('@') {
            Some((login, host)) => {
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                out.push_str(user);
                if login.len() > user.len() {
                    out.push(':');
                    out.extend(password.chars().map(|_| '*'));
                }
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(address),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn excerpt(line: &str, span: Span) -> (String, String) {
    let count = |column: u32| usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    let start = count(span.start.column);
    let end = if span.end.line > span.start.line {
        line.trim_end().chars().count()
    } else {
        count(span.end.column)
    };
    let skipped = start.saturating_sub(MAX_WIDTH / 2);
    let (mut shown, mut caret) = (String::new(), String::new());
    if skipped > 0 {
        shown.push('…');
        caret.push(' ');
    }
    let mut width = 0;
    for (index, one) in line.chars().enumerate().skip(skipped) {
        let text = if one == '\t' {
            "    ".to_owned()
        } else {
            visible_char(one).to_string()
        };
        let columns = text
            .chars()
            .map(|one| one.width().unwrap_or(0))
            .sum::<usize>();
        width += columns;
        if width > MAX_WIDTH {
            shown.push('…');
            break;
        }
        shown.push_str(&text);
        let mark = if index < start {
            " "
        } else if index < end {
            "^"
        } else {
            continue;
        };
        caret.push_str(&mark.repeat(columns));
    }
    if !caret.contains('^') {
        caret.push('^');
    }
    (shown, caret)
}

/// Text without anything that would steer the terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

fn visible_char(one: char) -> char {
    match one {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(one)).unwrap_or(' '),
        '\u{7f}' => '␡',
        // Directional overrides and the rest of the C1 controls.
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => one,
    }
}

/// The path as short as it can be said: relative when it lies below the working folder.
pub(super) fn short_path(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    let shown = below.filter(|rest| !rest.as_os_str().is_empty());
    visible(&shown.unwrap_or(path).display().to_string())
}

/// The exit code of a command that printed something. A reader that went away wants no more; any
/// other failure to print is told and is no success.
pub(super) fn finish(written: io::Result<()>, sound: bool) -> ExitCode {
    let printed = match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            // Nowhere is left to report to when this fails too.
            let _ = writeln!(
                io::stderr(),
                "error: cannot write to standard output: {}",
                why(&error)
            );
            false
        }
        _ => true,
    };
    if sound && printed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// `1 error`, `2 errors`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::config::{Overlay, Place, Pos};

    fn span(line: u32, from: u32, to_line: u32, to: u32) -> Span {
        let pos = |line, column| Pos { line, column };
        Span {
            start: pos(line, from),
            end: pos(to_line, to),
        }
    }

    fn printed(text: &str, span: Option<Span>) -> String {
        let mut files = Overlay::default();
        files.buffers.insert("g.yml".into(), Arc::from(text));
        let place = Place {
            path: Path::new("g.yml").into(),
            span,
        };
        let problem = Diagnostic::error("bad \x1b[2J thing", Some(place))
            .setting("a.b")
            .help("fix it");
        let mut out = Vec::new();
        Reporter::new(&files, Paint(false))
            .write(&mut out, &[problem])
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        for (line, shown) in [
            ("url: redis://u:p/w#d@h:1/0", "url: redis://u:*****@h:1/0"),
            (
                "{url: 'http://:pw@h', x: http://h/a@b}",
                "{url: 'http://:**@h', x: http://h/a@b}",
            ),
            ("url: http://user@h, b: c", "url: http://user@h, b: c"),
            ("no address", "no address"),
        ] {
            assert_eq!(hidden(line), shown);
        }
    }

    #[test]
    fn a_problem_is_shown_with_its_line() {
        let text = "x: 1\n".repeat(11) + "\tб日: \"v\x07\"\n";
        assert_eq!(
            printed(&text, Some(span(12, 5, 12, 8))),
            "error: bad ␛[2J thing\n   --> g.yml:12:5\n    |\n 12 |     б日: \"v␇\"\n    |         ^^^\n    = setting: a.b\n    = help: fix it\n\n"
        );
    }

    #[test]
    fn a_file_without_a_position_or_content() {
        assert_eq!(
            printed("", None),
            "error: bad ␛[2J thing\n  --> g.yml\n   = setting: a.b\n   = help: fix it\n\n"
        );
        assert!(printed("a: 1", Some(span(9, 3, 9, 4))).contains("9 | \n   | ^"));
    }

    #[test]
    fn long_lines_are_cut() {
        let text = "x".repeat(500) + "HERE" + &"y".repeat(500);
        let shown = printed(&text, Some(span(1, 501, 1, 505)));
        let line = shown.lines().find(|line| line.contains("HERE")).unwrap();
        let caret = shown.lines().find(|line| line.contains("^^^^")).unwrap();
        assert!(line.chars().count() < 140);
        let at = |line: &str, what: char| line.chars().position(|one| one == what);
        assert_eq!(at(line, 'H'), at(caret, '^'));
    }

    #[test]
    fn spans_over_lines_mark_the_first() {
        let shown = printed("a: |\n  x\n", Some(span(1, 4, 2, 4)));
        assert!(shown.contains(" 1 | a: |\n   |    ^\n"), "{shown}");
    }
}
