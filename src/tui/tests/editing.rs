//! Sessions in the editor: searching, replacing, lines, tabs, the mouse, the other editor.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::*;

fn mouse(kind: MouseEventKind, column: u16, row: u16, modifiers: KeyModifiers) -> AppEvent {
    AppEvent::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers,
    })
}

impl Harness {
    fn drag(&mut self, from: (u16, u16), to: (u16, u16)) -> &mut Self {
        let down = MouseEventKind::Down(MouseButton::Left);
        self.send(mouse(down, from.0, from.1, KeyModifiers::NONE));
        let drag = MouseEventKind::Drag(MouseButton::Left);
        self.send(mouse(drag, to.0, to.1, KeyModifiers::NONE))
    }

    fn release(&mut self) -> &mut Self {
        let up = MouseEventKind::Up(MouseButton::Left);
        self.send(mouse(up, 0, 0, KeyModifiers::NONE)).until_idle()
    }

    /// The first cell of a text on the screen.
    #[track_caller]
    fn find(&self, text: &str) -> (u16, u16) {
        let screen = self.text();
        let found = screen.lines().enumerate().find_map(|(row, line)| {
            let at = line.find(text)?;
            Some((super::super::text::width(&line[..at]), row))
        });
        let (column, row) = found.unwrap_or_else(|| panic!("{text:?} is not in\n{screen}"));
        (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
    }

    fn selected(&self) -> String {
        self.app.buffer().unwrap().selected().unwrap_or_default()
    }

    /// A new text in place of the shown one.
    fn text_is(&mut self, text: &str) -> &mut Self {
        self.keys("<ctrl-a><del>");
        self.send(AppEvent::Paste(text.to_owned()))
            .until_idle()
            .keys("<ctrl-home>")
    }
}

#[test]
fn searching_and_replacing_by_a_regular_expression() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .text_is("a: 1\nb: 22\nc: x\n")
        .keys("<alt-r><alt-x>(\\w): (\\d+)")
        .sees("[.*]")
        .sees("1 of 2");
    harness.keys("<tab>$2: $1").sees("$2: $1").keys("<enter>");
    assert_eq!(harness.buffer_text(), "1: a\nb: 22\nc: x\n");
    assert_eq!(harness.selected(), "b: 22");
    harness
        .keys("<ctrl-z><alt-a>")
        .sees("2 replaced; one undo brings them back");
    assert_eq!(harness.buffer_text(), "1: a\n22: b\nc: x\n");
    harness.keys("<esc><ctrl-z>");
    assert_eq!(harness.buffer_text(), "a: 1\nb: 22\nc: x\n");
}

#[test]
fn a_search_says_what_is_wrong_and_what_it_finds() {
    let mut harness = Harness::open(160, 40, "dark");
    harness
        .text_is("Ab ab abc\n")
        .keys("<ctrl-f>ab")
        .sees("1 of 3");
    harness
        .keys("<alt-b>")
        .sees("1 of 2")
        .keys("<alt-c>")
        .sees("1 of 1");
    assert_eq!(harness.selected(), "ab");
    harness.keys("<alt-x>(").sees("unclosed group");
    harness.keys("<bs>zz").sees("nothing found");
    harness.keys("<esc>").sees_not("nothing found");
}

#[test]
fn replacing_stays_within_the_selected_lines() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .text_is("a\na\na\na\n")
        .keys("<down><shift-down><shift-down>");
    harness
        .keys("<alt-r>a<tab>bb<alt-a>")
        .sees("2 replaced")
        .sees("[sel]");
    assert_eq!(harness.buffer_text(), "a\nbb\nbb\na\n");
}

#[test]
fn matches_are_gone_through_both_ways() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.text_is("x1 x2 x3\n").keys("<ctrl-f>x");
    harness.keys("<enter><enter>").sees("3 of 3");
    harness
        .keys("<up>")
        .sees("2 of 3")
        .keys("<shift-f3>")
        .sees("1 of 3");
    harness.keys("<esc>");
    assert_eq!(harness.app.buffer().unwrap().place(), (1, 2));
}

#[test]
fn going_to_a_line_shows_what_is_there() {
    let mut harness = Harness::open(120, 40, "dark");
    harness
        .text_is("one\ntwo\nthree\n")
        .keys("<alt-g>2:3")
        .sees("line 2: two");
    harness.keys("<enter>");
    assert_eq!(harness.app.buffer().unwrap().place(), (2, 3));
    harness
        .keys("<alt-g>x")
        .sees("a place is a line, or line:column");
    harness
        .keys("<enter>")
        .sees("a place is a line")
        .keys("<esc><alt-g>+1<enter>");
    assert_eq!(harness.app.buffer().unwrap().place(), (3, 1));
}

#[test]
fn lines_are_moved_doubled_joined_and_deleted() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.text_is("a: 1\nb: 2\nc: 3\n").keys("<alt-down>");
    assert_eq!(harness.buffer_text(), "b: 2\na: 1\nc: 3\n");
    harness.keys("<alt-up><ctrl-d>");
    assert_eq!(harness.buffer_text(), "a: 1\na: 1\nb: 2\nc: 3\n");
    harness.keys("<ctrl-k>");
    assert_eq!(harness.buffer_text(), "a: 1\nb: 2\nc: 3\n");
    harness.keys("<ctrl-home><alt-j>");
    assert_eq!(harness.buffer_text(), "a: 1 b: 2\nc: 3\n");
    harness.keys("<ctrl-z><ctrl-z><ctrl-z><ctrl-z><ctrl-z>");
    assert_eq!(harness.buffer_text(), "a: 1\nb: 2\nc: 3\n");
}

#[test]
fn comments_are_those_of_the_language() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.text_is("a:\n  b: 1\n").keys("<ctrl-a><ctrl-7>");
    assert_eq!(harness.buffer_text(), "# a:\n#   b: 1\n");
    harness.keys("<ctrl-a><alt-;>");
    assert_eq!(harness.buffer_text(), "a:\n  b: 1\n");
    harness
        .keys("<ctrl-o>page.json<enter>")
        .text_is("{{ x }}\n")
        .keys("<ctrl-7>");
    assert_eq!(harness.buffer_text(), "{# {{ x }} #}\n");
    harness.keys("<ctrl-7>");
    assert_eq!(harness.buffer_text(), "{{ x }}\n");
    harness
        .keys("<ctrl-o>pages.csv<enter><ctrl-7>")
        .sees("has no comments");
}

#[test]
fn brackets_come_in_pairs_and_go_in_pairs() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.text_is("").keys("{{ x }}");
    assert_eq!(harness.buffer_text(), "{{ x }}");
    harness.keys("<ctrl-a><del>{% if x");
    assert_eq!(harness.buffer_text(), "{% if x %}");
    harness.keys(" %}");
    assert_eq!(harness.buffer_text(), "{% if x %}");
    harness.keys("<ctrl-a><del>a: \"it's [1]\"");
    assert_eq!(harness.buffer_text(), "a: \"it's [1]\"");
    harness.keys("<ctrl-a><del>([<bs><bs>x");
    assert_eq!(harness.buffer_text(), "x");
    harness.keys("<ctrl-a><del>don't");
    assert_eq!(harness.buffer_text(), "don't");
    harness.keys("<ctrl-a>\"");
    assert_eq!(harness.buffer_text(), "\"don't\"");
}

#[test]
fn pasting_is_one_step_without_indentation_of_its_own() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.text_is("").keys("a:<enter>");
    harness
        .send(AppEvent::Paste("x:\n  - y\n    z\n".to_owned()))
        .until_idle();
    assert_eq!(harness.buffer_text(), "a:\n  x:\n  - y\n    z\n");
    harness.keys("<ctrl-z>");
    assert_eq!(harness.buffer_text(), "a:\n  ");
}

#[test]
fn the_mouse_selects_words_lines_and_stretches() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.text_is("one two\nthree four\nfive\n");
    let (column, row) = harness.find("two");
    harness.click(column + 1, row);
    assert_eq!(harness.app.buffer().unwrap().place(), (1, 6));
    harness.click(column + 1, row);
    assert_eq!(harness.selected(), "two");
    harness.click(column + 1, row);
    assert_eq!(harness.selected(), "one two\n");
    let (five, below) = harness.find("five");
    harness.drag((column, row), (five + 2, below)).release();
    assert_eq!(harness.selected(), "two\nthree four\nfi");
    // Shift-click goes on from where the selection began.
    let down = MouseEventKind::Down(MouseButton::Left);
    harness
        .send(mouse(down, column, row + 1, KeyModifiers::SHIFT))
        .release();
    assert_eq!(harness.selected(), "two\nthre");
    // The number of a line stands for the line.
    harness.click(five - 2, below);
    assert_eq!(harness.selected(), "five\n");
}

#[test]
fn a_mouse_held_below_the_text_scrolls_it() {
    let mut harness = Harness::open(120, 30, "dark");
    let text: String = (0..200).map(|line| format!("line: {line}\n")).collect();
    harness.text_is(&text);
    let (column, row) = harness.find("line: 0");
    harness.drag((column, row), (column, 29));
    let before = harness.app.buffer().unwrap().place().0;
    for _ in 0..5 {
        let at = harness.app.deadline().unwrap();
        harness.now = harness.now.max(at);
        harness.send(AppEvent::Tick);
    }
    let after = harness.app.buffer().unwrap().place().0;
    assert!(after >= before + 5, "{before} {after}");
    harness.release();
    let still = harness.app.buffer().unwrap().place().0;
    assert_eq!(still, after);
}

#[test]
fn files_have_tabs() {
    let mut harness = Harness::open(160, 40, "dark");
    harness.keys("<ctrl-o>page.json<enter><ctrl-o>pages.csv<enter>x");
    harness.sees("▸ samples/pages.csv ●");
    let names = |harness: &Harness| -> Vec<String> {
        let project = harness.app.project.as_ref().unwrap();
        project.buffers.iter().map(|one| one.name.clone()).collect()
    };
    let all = [
        "generator.yml",
        "templates/page.json.jinja",
        "samples/pages.csv",
    ];
    assert_eq!(names(&harness), all);
    // Left and right, by keys and by the mouse.
    harness.keys("<alt-pageup>");
    assert_eq!(names(&harness), [all[0], all[2], all[1]]);
    let row = harness.app.layout().editor.unwrap().y;
    let (left, _) = (harness.app.layout().editor.unwrap().x + 4, row);
    harness.click(left, row).sees("▸ generator.yml");
    let heading = harness
        .text()
        .lines()
        .nth(usize::from(row))
        .unwrap()
        .to_owned();
    let last = heading.find("page.json.jinja").unwrap();
    let last = u16::try_from(super::super::text::width(&heading[..last])).unwrap();
    harness.drag((left, row), (last + 2, row)).release();
    assert_eq!(names(&harness), [all[2], all[1], all[0]]);
    // The middle button closes, a key brings back, with the place.
    harness.keys("<ctrl-end>");
    let place = harness.app.buffer().unwrap().place();
    let middle = MouseEventKind::Down(MouseButton::Middle);
    let (own, _) = harness.find("▸ generator.yml");
    harness
        .send(mouse(middle, own + 3, row, KeyModifiers::NONE))
        .until_idle();
    assert_eq!(names(&harness), [all[2], all[1]]);
    harness.keys("<alt-t>").sees("▸ generator.yml");
    assert_eq!(harness.app.buffer().unwrap().place(), place);
    // The cross of the shown file closes it.
    let (cross, _) = harness.find("×");
    harness.click(cross, row);
    assert_eq!(names(&harness), [all[2], all[1]]);
    // An unsaved one asks.
    harness
        .keys("<ctrl-pageup><alt-w>")
        .sees("has changes that are not saved")
        .keys("d");
    assert_eq!(names(&harness), [all[1]]);
}

#[test]
fn many_tabs_keep_the_shown_one_in_view() {
    let mut harness = Harness::open(80, 24, "dark");
    harness
        .keys("<ctrl-o>page.json<enter><ctrl-o>pages.csv<enter>")
        .sees("▸ pages.csv ×");
    harness.keys("<ctrl-pagedown>").sees("▸ generator.yml");
    for (width, height) in [(40, 12), (20, 8), (9, 5), (3, 3), (1, 1)] {
        harness.resize(width, height);
        harness.text();
    }
}

#[test]
fn undo_goes_on_behind_a_reload() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("mine<ctrl-s>");
    let mine = harness.buffer_text();
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    harness.changed(&["generator.yml"]).sees("# theirs");
    harness.keys("<ctrl-z>");
    assert_eq!(harness.buffer_text(), mine);
    harness.keys("<ctrl-z>");
    assert_eq!(harness.buffer_text(), canned::DOCUMENT);
    harness.keys("<ctrl-y><ctrl-y>");
    assert_eq!(harness.buffer_text(), "# theirs\n");
    assert!(!harness.app.buffer().unwrap().dirty());
}

#[test]
fn another_editor_opens_at_the_cursor_and_what_it_wrote_is_read() {
    let mut harness = Harness::open(120, 40, "dark");
    harness.keys("<right><right><alt-e>");
    assert_eq!(harness.done.pop().unwrap(), "edit generator.yml at 1:3");
    fs::write(harness.path("generator.yml"), "# theirs\n").unwrap();
    let path = harness.path("generator.yml");
    harness
        .send(AppEvent::EditedOutside(path, Ok(())))
        .until_idle()
        .sees("# theirs");
    // Unsaved text is saved or stays here.
    harness.keys("x<alt-e>").sees("Save and edit").keys("c");
    assert!(harness.done.is_empty());
    harness.keys("<alt-e>s");
    assert_eq!(harness.done.pop().unwrap(), "edit generator.yml at 1:2");
    assert!(harness.read("generator.yml").contains('x'));
    let path = harness.path("generator.yml");
    let why = "there is no editor xyz; set VISUAL or EDITOR to one that is installed";
    harness
        .send(AppEvent::EditedOutside(path, Err(why.to_owned())))
        .sees("there is no editor xyz");
}

#[test]
fn long_lines_wrap_when_asked() {
    let mut harness = Harness::open(120, 40, "dark");
    let long = "word ".repeat(40);
    harness
        .text_is(&format!("{long}end\nnext\n"))
        .sees_not("end")
        .sees("›");
    harness.keys("<alt-z>").sees("end");
    // Down goes by rows, and the cursor is where it is shown.
    harness.keys("<down>");
    assert_eq!(harness.app.buffer().unwrap().place().0, 1);
    assert!(harness.app.buffer().unwrap().place().1 > 10);
    let (column, row) = harness.find("end");
    harness.click(column, row);
    assert_eq!(harness.app.buffer().unwrap().place(), (1, 201));
    assert_eq!(harness.draw().1, Some(Position { x: column, y: row }));
    for width in [60, 20, 5, 1] {
        harness.resize(width, 10);
        harness.text();
    }
}

#[test]
fn ends_of_lines_stay_as_the_file_has_them() {
    let mut harness = Harness::open(120, 40, "dark");
    fs::write(harness.path("dos.txt"), "a\r\nb").unwrap();
    harness
        .changed(&["dos.txt"])
        .keys("<ctrl-o>dos<enter><end><enter>x<ctrl-d><ctrl-s>");
    assert_eq!(harness.read("dos.txt"), "a\r\nx\r\nx\r\nb");
}
