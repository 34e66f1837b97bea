#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::path::PathBuf;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::config::Severity;
use crate::tui::editor::{Find, Mark};

/// A buffer from a text in which `|` is the cursor and `^`, if any, the other end of the selection.
fn buffer(name: &str, text: &str) -> Buffer {
    let plain = text.replace(['|', '^'], "");
    let at = |mark: char, other: char| {
        let head = &text[..text.find(mark)?];
        Some(head.chars().filter(|c| *c != other).count())
    };
    let mut out = Buffer::new(PathBuf::from(name), name.to_owned(), &plain);
    if let Some(anchor) = at('^', '|') {
        out.point(anchor, false);
    }
    out.point(at('|', '^').unwrap_or(0), text.contains('^'));
    out
}

fn shown(buffer: &Buffer) -> String {
    let mut chars: Vec<char> = buffer.rope.chars().collect();
    let mut marks = vec![(buffer.at.head, '|')];
    if let Some(anchor) = buffer.at.anchor.filter(|anchor| *anchor != buffer.at.head) {
        marks.push((anchor, '^'));
    }
    marks.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, mark) in marks {
        chars.insert(at, mark);
    }
    chars.into_iter().collect()
}

#[rstest]
#[case("|e\u{301}x", Motion::Right, "e\u{301}|x")]
#[case("👨\u{200d}👩\u{200d}👧|b", Motion::Left, "|👨\u{200d}👩\u{200d}👧b")]
#[case("a|\r\nb", Motion::Right, "a\r\n|b")]
#[case("a\r\n|b", Motion::Left, "a|\r\nb")]
#[case("one  |two", Motion::WordLeft, "|one  two")]
#[case("|one two", Motion::WordRight, "one| two")]
#[case("a|\nb", Motion::WordRight, "a\n|b")]
#[case("日本|\nabcdef", Motion::Down(1), "日本\nabcd|ef")]
#[case("abcdef|\n日本語x", Motion::Down(1), "abcdef\n日本語|x")]
#[case("  a|b", Motion::Home, "  |ab")]
#[case("  |ab", Motion::Home, "|  ab")]
#[case("a|b\nc", Motion::End, "ab|\nc")]
#[case("a|b", Motion::Down(1), "ab|")]
#[case("a|b", Motion::Up(3), "|ab")]
#[case("^ab|c", Motion::Left, "|abc")]
#[case("^ab|c", Motion::Right, "ab|c")]
fn motions(#[case] before: &str, #[case] motion: Motion, #[case] after: &str) {
    let mut buffer = buffer("x.txt", before);
    buffer.go(motion, false);
    assert_eq!(shown(&buffer), after);
}

#[test]
fn going_up_and_down_keeps_the_column() {
    let mut buffer = buffer("x.txt", "long li|ne\nab\nlong line");
    buffer.go(Motion::Down(1), false);
    assert_eq!(shown(&buffer), "long line\nab|\nlong line");
    buffer.go(Motion::Down(1), false);
    assert_eq!(shown(&buffer), "long line\nab\nlong li|ne");
}

#[test]
fn selecting_and_typing_over_it() {
    let mut buffer = buffer("x.txt", "a|bc");
    buffer.go(Motion::Right, true);
    assert_eq!(shown(&buffer), "a^b|c");
    buffer.type_char('X');
    assert_eq!(shown(&buffer), "aX|c");
    assert!(buffer.undo());
    assert_eq!(shown(&buffer), "a^b|c");
}

#[test]
fn typing_is_undone_word_by_word() {
    let mut buffer = buffer("x.txt", "|");
    for c in "one two".chars() {
        buffer.type_char(c);
    }
    buffer.undo();
    assert_eq!(shown(&buffer), "one |");
    buffer.undo();
    assert_eq!(shown(&buffer), "|");
    assert!(!buffer.undo());
    buffer.redo();
    buffer.redo();
    assert_eq!(shown(&buffer), "one two|");
    assert!(!buffer.redo());
}

#[test]
fn deleting_is_undone_at_once() {
    let mut buffer = buffer("x.txt", "abcd|");
    buffer.delete(Motion::Left);
    buffer.delete(Motion::Left);
    assert_eq!(shown(&buffer), "ab|");
    buffer.undo();
    assert_eq!(shown(&buffer), "abcd|");
}

#[test]
fn dirty_follows_saving_and_undo() {
    let mut buffer = buffer("x.txt", "a|");
    assert!(!buffer.dirty());
    buffer.type_char('b');
    assert!(buffer.dirty());
    let text = buffer.rope();
    buffer.saved(text);
    assert!(!buffer.dirty());
    buffer.undo();
    assert!(buffer.dirty());
    buffer.redo();
    assert!(!buffer.dirty());
}

#[test]
fn saving_an_older_text_leaves_later_typing_dirty() {
    let mut buffer = buffer("x.txt", "a|");
    buffer.type_char('b');
    let text = buffer.rope();
    buffer.type_char('c');
    buffer.saved(text);
    assert!(buffer.dirty());
}

#[rstest]
#[case("a.yml", "key:|", "key:\n  |")]
#[case("a.yml", "  - cron:|", "  - cron:\n      |")]
#[case("a.yml", "  - name: x|", "  - name: x\n    |")]
#[case("a.yml", "  a: 1|", "  a: 1\n  |")]
#[case("a.yml", "  text: ||", "  text: ")]
#[case("a.json", "{|}", "{\n  |}")]
#[case("a.txt", "  a:|", "  a:\n  |")]
#[case("a.txt", "a\r\nb|", "a\r\nb\r\n|")]
fn enter_keeps_the_indentation(#[case] name: &str, #[case] before: &str, #[case] after: &str) {
    if before.contains("||") {
        let mut buffer = Buffer::new(PathBuf::from(name), String::new(), "  text: |");
        buffer.go(Motion::Bottom, false);
        buffer.new_line();
        assert_eq!(buffer.rope.to_string(), "  text: |\n    ");
        return;
    }
    let mut buffer = buffer(name, before);
    buffer.new_line();
    assert_eq!(shown(&buffer), after);
}

#[test]
fn tab_and_backspace_work_by_levels() {
    let mut buffer = buffer("a.yml", " |a");
    buffer.indent();
    assert_eq!(shown(&buffer), "  |a");
    buffer.indent();
    assert_eq!(shown(&buffer), "    |a");
    buffer.delete(Motion::Left);
    assert_eq!(shown(&buffer), "  |a");
    buffer.dedent();
    assert_eq!(shown(&buffer), "|a");
}

#[test]
fn selected_lines_are_indented_as_one_step() {
    let mut buffer = buffer("a.yml", "^a\nb\n|c");
    buffer.indent();
    assert_eq!(buffer.rope.to_string(), "  a\n  b\nc");
    buffer.dedent();
    assert_eq!(buffer.rope.to_string(), "a\nb\nc");
    buffer.undo();
    buffer.undo();
    assert_eq!(shown(&buffer), "^a\nb\n|c");
}

#[test]
fn cut_takes_the_line_when_nothing_is_selected() {
    let mut buffer = buffer("a.yml", "a\nb|b\nc");
    assert_eq!(buffer.cut(), "bb\n");
    assert_eq!(shown(&buffer), "a\n|c");
    buffer.insert("x\r\ny");
    assert_eq!(shown(&buffer), "a\nx\ny|c");
}

#[test]
fn reload_keeps_the_place_and_can_be_undone() {
    let mut buffer = buffer("a.yml", "a\nb|b\nc");
    buffer.reload(ropey::Rope::from_str("0\na\nb\n"));
    assert!(!buffer.dirty());
    assert_eq!(shown(&buffer), "0\na\nb|\n", "the line in its place");
    buffer.undo();
    assert!(buffer.dirty());
    assert_eq!(buffer.rope.to_string(), "a\nbb\nc");
}

#[test]
fn marks_move_with_the_lines_above() {
    let mut buffer = buffer("a.yml", "|a\nb\nc");
    let mark = Mark {
        line: 2,
        columns: 0..1,
        severity: Severity::Error,
        message: "m".into(),
    };
    buffer.set_marks(vec![mark]);
    buffer.new_line();
    assert_eq!(buffer.marks_on(3).len(), 1);
    buffer.undo();
    assert_eq!(buffer.marks_on(2).len(), 1);
    buffer.select_all();
    buffer.delete(Motion::Left);
    assert_eq!(buffer.marks_on(0).len(), 1);
}

#[test]
fn search_goes_round_and_both_ways() {
    let mut buffer = buffer("a.txt", "ab|\nAB x\nab");
    buffer.find = Some(Find::new(2, "ab"));
    buffer.find_from(2, true);
    assert_eq!(shown(&buffer), "ab\n^AB| x\nab");
    buffer.find_from(buffer.head(), true);
    assert_eq!(shown(&buffer), "ab\nAB x\n^ab|");
    buffer.find_from(buffer.head(), true);
    assert_eq!(shown(&buffer), "^ab|\nAB x\nab");
    buffer.find_from(buffer.selection().unwrap().start, false);
    assert_eq!(shown(&buffer), "ab\nAB x\n^ab|");
    buffer.find = Some(Find::new(0, "zz"));
    buffer.find_from(0, true);
    assert!(buffer.find.as_ref().unwrap().failed);
}

#[test]
fn the_view_follows_the_cursor_past_messages() {
    let text = "x\n".repeat(50);
    let mut buffer = Buffer::new(PathBuf::from("a"), String::new(), &text);
    let mark = |line| Mark {
        line,
        columns: 0..1,
        severity: Severity::Error,
        message: "m".into(),
    };
    buffer.set_marks(vec![mark(8), mark(9)]);
    buffer.go_to(10, 0);
    buffer.follow(10, 80);
    // Lines 3 to 10 are eight rows, two messages more: ten in all.
    assert_eq!(buffer.top, 3);
}

#[derive(Clone, Debug)]
enum Op {
    Type(char),
    Insert(String),
    Delete(bool),
    Go(u8, bool),
    Enter,
    Indent,
    Dedent,
    Cut,
    Undo,
    Redo,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        prop::char::any()
            .prop_filter("no CR", |c| *c != '\r')
            .prop_map(Op::Type),
        "[a-z é日\n]{0,8}".prop_map(Op::Insert),
        any::<bool>().prop_map(Op::Delete),
        (0u8..10, any::<bool>()).prop_map(|(way, extend)| Op::Go(way, extend)),
        Just(Op::Enter),
        Just(Op::Indent),
        Just(Op::Dedent),
        Just(Op::Cut),
        Just(Op::Undo),
        Just(Op::Redo),
    ]
}

fn run(buffer: &mut Buffer, op: Op) {
    let motions = [
        Motion::Left,
        Motion::Right,
        Motion::WordLeft,
        Motion::WordRight,
        Motion::Up(1),
        Motion::Down(2),
        Motion::Home,
        Motion::End,
        Motion::Top,
        Motion::Bottom,
    ];
    match op {
        Op::Type(c) => buffer.type_char(c),
        Op::Insert(text) => buffer.insert(&text),
        Op::Delete(back) => buffer.delete(if back { Motion::Left } else { Motion::Right }),
        Op::Go(way, extend) => buffer.go(motions[usize::from(way)], extend),
        Op::Enter => buffer.new_line(),
        Op::Indent => buffer.indent(),
        Op::Dedent => buffer.dedent(),
        Op::Cut => drop(buffer.cut()),
        Op::Undo => drop(buffer.undo()),
        Op::Redo => drop(buffer.redo()),
    }
}

proptest! {
    #[test]
    fn reloading_takes_any_text_over(old in "[ab\né日]{0,12}", new in "[ab\né日]{0,12}") {
        let mut buffer = Buffer::new(PathBuf::from("a.yml"), String::new(), &old);
        buffer.reload(ropey::Rope::from_str(&new));
        prop_assert_eq!(buffer.rope.to_string(), new);
        buffer.undo();
        prop_assert_eq!(buffer.rope.to_string(), old);
    }

    #[test]
    fn undoing_everything_leads_back(text in "[ a-z:é日\n👍🏽-]{0,40}", ops in prop::collection::vec(op(), 0..40)) {
        let mut buffer = Buffer::new(PathBuf::from("a.yml"), String::new(), &text);
        for op in ops {
            run(&mut buffer, op);
            prop_assert!(buffer.head() <= buffer.rope.len_chars());
            buffer.follow(5, 20);
            buffer.lex(buffer.top, buffer.top + 5);
        }
        while buffer.undo() {}
        prop_assert_eq!(buffer.rope.to_string(), text);
    }
}

#[test]
fn what_the_disk_has_is_taken_over_around_the_cursor() {
    let old: String = (0..100).map(|line| format!("line {line}\n")).collect();
    let mut buffer = Buffer::new("a.yml".into(), "a.yml".to_owned(), &old);
    buffer.settle_view(10, 80);
    buffer.go_to(50, 3);
    buffer.settle_view(10, 80);
    let row = 50 - buffer.top;
    // Lines come above, one below goes, and the cursor's own line is changed.
    let new = format!("# new\n# lines\n{old}")
        .replace("line 50\n", "line fifty\n")
        .replace("line 70\n", "");
    buffer.reload(ropey::Rope::from_str(&new));
    buffer.settle_view(10, 80);
    assert_eq!(buffer.place(), (53, 4));
    assert_eq!(buffer.line(52), "line fifty");
    assert_eq!(
        52 - buffer.top,
        row,
        "the line stays where it is on the screen"
    );
    assert!(!buffer.dirty());
    assert!(buffer.undo());
    assert_eq!(buffer.rope().to_string(), old);
    assert!(buffer.dirty());
    assert!(buffer.redo() && !buffer.dirty());
}

#[test]
fn a_view_that_was_scrolled_away_keeps_its_text() {
    let old: String = (0..100).map(|line| format!("line {line}\n")).collect();
    let mut buffer = Buffer::new("a.yml".into(), "a.yml".to_owned(), &old);
    buffer.settle_view(10, 80);
    buffer.scroll(40);
    buffer.settle_view(10, 80);
    let shown = buffer.line(buffer.top).into_owned();
    buffer.reload(ropey::Rope::from_str(&format!("# new\n{old}")));
    buffer.settle_view(10, 80);
    assert_eq!(buffer.line(buffer.top), shown);
    assert_eq!(buffer.line(buffer.cursor().0), "line 0");
}
