#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::path::PathBuf;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::tui::key::Chord;

/// Keys from a script: characters, and names in angle brackets.
fn keys(script: &str) -> Vec<KeyEvent> {
    let mut out = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>'));
        let named = named.and_then(|(name, tail)| Some((key(name)?, tail)));
        let event = match named {
            Some((event, tail)) => {
                rest = tail;
                event
            }
            None => {
                rest = &rest[c.len_utf8()..];
                KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
            }
        };
        out.push(event);
    }
    out
}

fn key(name: &str) -> Option<KeyEvent> {
    let (code, modifiers) = match name {
        "esc" => (KeyCode::Esc, KeyModifiers::NONE),
        "ret" => (KeyCode::Enter, KeyModifiers::NONE),
        "bs" => (KeyCode::Backspace, KeyModifiers::NONE),
        "tab" => (KeyCode::Tab, KeyModifiers::NONE),
        "up" => (KeyCode::Up, KeyModifiers::NONE),
        "down" => (KeyCode::Down, KeyModifiers::NONE),
        "left" => (KeyCode::Left, KeyModifiers::NONE),
        "lt" => (KeyCode::Char('<'), KeyModifiers::NONE),
        _ => {
            let c = name.strip_prefix("c-")?.chars().next()?;
            (KeyCode::Char(c), KeyModifiers::CONTROL)
        }
    };
    Some(KeyEvent::new(code, modifiers))
}

struct Session {
    vim: Vim,
    buffer: Buffer,
    said: Vec<String>,
}

impl Session {
    /// A text in which `|` stands before the cursor's character.
    fn new(name: &str, text: &str) -> Self {
        let at = text.chars().position(|c| c == '|').unwrap_or(0);
        let plain = text.replacen('|', "", 1);
        let mut buffer = Buffer::new(PathBuf::from(name), name.to_owned(), &plain);
        buffer.settle_view(10, 80);
        buffer.point(at, false);
        let mut vim = Vim::default();
        vim.settle(&mut buffer);
        Self {
            vim,
            buffer,
            said: Vec::new(),
        }
    }

    fn keys(&mut self, script: &str) -> &mut Self {
        for event in keys(script) {
            match self.one(&event) {
                Outcome::Play(keys) => self.play(keys),
                other => self.told(&other),
            }
        }
        self
    }

    fn one(&mut self, event: &KeyEvent) -> Outcome {
        let outcome = self.vim.key(&mut self.buffer, event, 10);
        self.buffer.settle_view(10, 80);
        outcome
    }

    fn told(&mut self, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Done | Outcome::Unknown) {
            self.said.push(format!("{outcome:?}"));
        }
    }

    fn play(&mut self, keys: Vec<KeyEvent>) {
        let mut playing = Playing::new(keys);
        self.vim.play(true);
        while let Some(event) = playing.next() {
            match self.one(&event) {
                Outcome::Play(keys) => playing.call(keys),
                other => self.told(&other),
            }
            if self.vim.failed() {
                break;
            }
        }
        self.vim.play(false);
    }

    /// The text with `|` before the cursor, and `^` at the other end of a selection.
    fn shown(&self) -> String {
        let mut chars: Vec<char> = self.buffer.rope.chars().collect();
        let mut marks = vec![(self.buffer.at.head, '|')];
        if let Some(anchor) = self.buffer.at.anchor {
            marks.push((anchor, '^'));
        }
        marks.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (at, mark) in marks {
            chars.insert(at, mark);
        }
        chars.into_iter().collect()
    }
}

#[rstest]
// Motions.
#[case("|abc", "l", "a|bc")]
#[case("ab|c", "l", "ab|c")]
#[case("ab|c", "5h", "|abc")]
#[case("a|bc\nx\nabc", "j", "abc\n|x\nabc")]
#[case("a|bc\nx\nabc", "jj", "abc\nx\na|bc")]
#[case("a|bc\nx\nabc\n", "9j", "abc\nx\na|bc\n")]
#[case("ab\na|b", "k", "a|b\nab")]
#[case("|one two", "w", "one |two")]
#[case("|one.two x", "w", "one|.two x")]
#[case("|one.two x", "W", "one.two |x")]
#[case("|one\n\n two", "w", "one\n|\n two")]
#[case("|one\n\n two", "ww", "one\n\n |two")]
#[case("one two |three", "b", "one |two three")]
#[case("one two |three", "2b", "|one two three")]
#[case("a.b |c", "b", "a.|b c")]
#[case("a.b |c", "B", "|a.b c")]
#[case("|one two", "e", "on|e two")]
#[case("on|e two.x", "e", "one tw|o.x")]
#[case("on|e two.x", "E", "one two.|x")]
#[case("one tw|o", "ge", "on|e two")]
#[case("  a|b", "0", "|  ab")]
#[case("  a|b", "^", "  |ab")]
#[case("  |ab", "$", "  a|b")]
#[case("|abc\nab\nabcd", "$jj", "abc\nab\nabc|d")]
#[case("a\nb\n|c", "gg", "|a\nb\nc")]
#[case("|a\nb\n  c\n", "G", "a\nb\n  |c\n")]
#[case("|a\nb\nc", "2G", "a\n|b\nc")]
#[case("|a\nb\nc", "2gg", "a\n|b\nc")]
#[case("|a b a b", "fb", "a |b a b")]
#[case("|a b a b", "2fb", "a b a |b")]
#[case("|a b a b", "fb;", "a b a |b")]
#[case("|a b a b", "fb;,", "a |b a b")]
#[case("|a b a b", "tb", "a| b a b")]
#[case("|a b a b", "tb;", "a b a| b")]
#[case("a b a |b", "Fa", "a b |a b")]
#[case("a b a |b", "Ta", "a b a| b")]
#[case("|ab", "fz", "|ab")]
#[case("|a\n\nb\n\nc", "}", "a\n|\nb\n\nc")]
#[case("a\n\nb\n\n|c", "{", "a\n\nb\n|\nc")]
#[case("|f(a, (b))", "%", "f(a, (b)|)")]
#[case("f(a, (b)|)", "%", "f|(a, (b))")]
#[case("|{{ x }}", "%", "{{ x }|}")]
#[case("a|b cd", "4|", "ab |cd")]
#[case("|a\n  b", "<ret>", "a\n  |b")]
#[case("|ab x ab ab", "*", "ab x |ab ab")]
#[case("|ab abc ab", "*", "ab abc |ab")]
#[case("ab x |ab", "#", "|ab x ab")]
#[case("|ab x ab ab", "/ab<ret>", "ab x |ab ab")]
#[case("|ab x ab ab", "/ab<ret>n", "ab x ab |ab")]
#[case("|ab x ab ab", "/ab<ret>nN", "ab x |ab ab")]
#[case("|ab x ab ab", "?ab<ret>", "ab x ab |ab")]
#[case("|ab x ab ab", "?ab<ret>n", "ab x |ab ab")]
#[case("|ab x ab", "/x<esc>", "|ab x ab")]
#[case("a|b\ncd", "majmb'a", "|ab\ncd")]
#[case("a|b\ncd", "maj`a", "a|b\ncd")]
#[case("a\nb|b", "gg''", "a\n|bb")]
#[case("|a\nb\nc\nd\ne", "<c-d>", "a\nb\nc\nd\n|e")]
#[case(
    "|👨\u{200d}👩\u{200d}👧e\u{301}x",
    "l",
    "👨\u{200d}👩\u{200d}👧|e\u{301}x"
)]
#[case(
    "👨\u{200d}👩\u{200d}👧e\u{301}|x",
    "2h",
    "|👨\u{200d}👩\u{200d}👧e\u{301}x"
)]
#[case("|日本\nabcd", "lj", "日本\nab|cd")]
// Inserting.
#[case("a|b", "ix<esc>", "a|xb")]
#[case("a|b", "ax<esc>", "ab|x")]
#[case("  a|b", "Ix<esc>", "  |xab")]
#[case("|ab", "Ax<esc>", "ab|x")]
#[case("|ab", "3ix<esc>", "xx|xab")]
#[case("|", "ax<esc>", "|x")]
#[case("a|b", "ohi<esc>", "ab\nh|i")]
#[case("  a|b", "Ohi<esc>", "  h|i\n  ab")]
#[case("key|:", "oa: 1<esc>", "key:\n  a: |1")]
#[case("  a|b", "o<esc>", "  ab\n|")]
#[case("|a", "2ob<esc>", "a\nb\n|b")]
#[case("one tw|o", "a<c-w>x<esc>", "one |x")]
#[case("  one|", "A<c-u>x<esc>", "  |x")]
#[case("|ab", "yei<c-r>0<esc>", "a|bab")]
#[case("|ab", "A{{ x<esc>", "ab{{ |x }}")]
// Deleting and changing.
#[case("a|bc", "x", "a|c")]
#[case("ab|c", "x", "a|b")]
#[case("a|bcd", "2x", "a|d")]
#[case("ab|c", "X", "a|c")]
#[case("|one two", "dw", "|two")]
#[case("one |two", "dw", "one| ")]
#[case("|one\ntwo", "dw", "|\ntwo")]
#[case("|one two three", "d2w", "|three")]
#[case("|one two three", "2dw", "|three")]
#[case("|a b c d e f g", "2d3w", "|g")]
#[case("|one two", "de", "| two")]
#[case("one t|wo", "db", "one |wo")]
#[case("o|ne two", "d$", "|o")]
#[case("o|ne two", "D", "|o")]
#[case("one| two", "d0", "| two")]
#[case("a\n|b\nc", "dd", "a\n|c")]
#[case("a\nb\n|c", "dd", "a\n|b")]
#[case("|a", "dd", "|")]
#[case("|a\nb\nc\nd", "2dd", "|c\nd")]
#[case("|a\nb\nc\nd", "d2j", "|d")]
#[case("a\nb\n|c", "dk", "|a")]
#[case("a\nb\n|c\nd", "dG", "a\n|b")]
#[case("a\nb\n|c\nd", "dgg", "|d")]
#[case("|a(b)c", "df)", "|c")]
#[case("|a(b)c", "dt)", "|)c")]
#[case("x|(a, b)y", "d%", "x|y")]
#[case("|ab x ab", "d/x<ret>", "|x ab")]
#[case("|one two", "cwx<esc>", "|x two")]
#[case("|one two three", "c2wx<esc>", "|x three")]
#[case("one| two", "cwx<esc>", "one|xtwo")]
#[case("one |two", "Cx<esc>", "one |x")]
#[case("  on|e\nb", "ccx<esc>", "  |x\nb")]
#[case("  on|e\nb", "Sx<esc>", "  |x\nb")]
#[case("a|bc", "sx<esc>", "a|xc")]
#[case("a|bc", "rx", "a|xc")]
#[case("|abc", "2rx", "x|xc")]
#[case("ab|c", "3rx", "ab|c")]
#[case("a|bc", "r<ret>", "a\n|c")]
#[case("|aBc", "~", "A|Bc")]
#[case("|aBc", "3~", "Ab|C")]
#[case("|one two", "gUw", "|ONE two")]
#[case("|ONE two", "guiw", "|one two")]
#[case("|oNe", "g~~", "|OnE")]
#[case("|a\n  b\nc", "J", "a| b\nc")]
#[case("|a\n  b\nc", "3J", "a b| c")]
#[case("|a\n  b", "gJ", "a|  b")]
#[case("|a\nb", ">>", "  |a\nb")]
#[case("|a\nb\nc", "2>>", "  |a\n  b\nc")]
#[case("  |  a", "<lt><lt>", "  |a")]
#[case("|a\nb\nc", ">j", "  |a\n  b\nc")]
#[case("|a\nb\nc", "gcc", "|# a\nb\nc")]
#[case("|# a\nb\nc", "gcc", "|a\nb\nc")]
#[case("|a\nb\nc", "gcj", "|# a\n# b\nc")]
// Objects.
#[case("one t|wo three", "diw", "one | three")]
#[case("one t|wo three", "daw", "one |three")]
#[case("one t|wo", "daw", "on|e")]
#[case("one.t|wo x", "diW", "| x")]
#[case("a \"b |c\" d", "di\"", "a \"|\" d")]
#[case("a \"b |c\" d", "da\"", "a |d")]
#[case("|a \"b c\" d", "di\"", "a \"|\" d")]
#[case("x 'a|b'", "ci'y<esc>", "x '|y'")]
#[case("f(a, (|b), c)", "di(", "f(a, (|), c)")]
#[case("f(a, (|b), c)", "2di(", "f(|)")]
#[case("f(a, (|b), c)", "da(", "f(a, |, c)")]
#[case("f[|b]", "di]", "f[|]")]
#[case("{{ |x }}", "di{", "{{|}}")]
#[case("{\n  |a\n  b\n}", "di{", "{\n|}")]
#[case("a\nb\n\n|c\nd\n\ne", "dip", "a\nb\n\n|\ne")]
#[case("a\nb\n\n|c\nd\n\ne", "dap", "a\nb\n\n|e")]
// Yanking and putting.
#[case("|one two", "yiwwP", "one on|etwo")]
#[case("|ab", "xp", "b|a")]
#[case("|a\nb", "yyp", "a\n|a\nb")]
#[case("a\n|b", "yyP", "a\n|b\nb")]
#[case("|a\nb", "ddp", "b\n|a")]
#[case("|a\nb", "yy2p", "a\n|a\na\nb")]
#[case("|ab", "yl3p", "aaa|ab")]
#[case("a|b\ncd", "y2jp", "ab\n|ab\ncd\ncd")]
#[case("ab\nc|d", "yk", "a|b\ncd")]
#[case("|a b", "\"xdwdw\"xp", "a| ")]
#[case("|one two", "yw\"_dwP", "one| two")]
#[case("|a\nb\nc", "\"ayyj\"AyyG\"ap", "a\nb\nc\n|a\nb")]
#[case("|a b", "yldwp", "ba| ")]
// Selecting.
#[case("|abc", "vld", "|c")]
#[case("|abc", "vly", "|abc")]
#[case("a|bc\nd", "vjd", "|a")]
#[case("|a\nb\nc", "Vjd", "|c")]
#[case("a\n|b\nc", "Vd", "a\n|c")]
#[case("|one two", "vec1<esc>", "|1 two")]
#[case("|one two", "viwU", "|ONE two")]
#[case("|one two", "veo", "|on^e two")]
#[case("|a\nb", "Vj>", "  |a\n  b")]
#[case("|a\nb", "Vj2>", "    |a\n    b")]
#[case("|a\nb\nc", "VjJ", "a| b\nc")]
#[case("|abcd", "vlrx", "|xxcd")]
#[case("|abcd", "vl<esc>lgvd", "|cd")]
#[case("|a \"b c\"", "vi\"d", "a \"|\"")]
#[case("|one two", "yiwwviwp", "one on|e")]
#[case("|abc", "v$d", "|")]
#[case("|abc", "vV", "^|abc")]
#[case("|a\nb", "Vjgc", "|# a\n# b")]
// Again.
#[case("|one two three", "dw.", "|three")]
#[case("|abcdef", "x3.", "|ef")]
#[case("|one two", "cwx<esc>w.", "x |x")]
#[case("|a\nb", "Ax<esc>j.", "ax\nb|x")]
#[case("|a\nb", "ox<esc>.", "a\nx\n|x\nb")]
#[case("|a\nb\nc\nd", "Vjdu.", "|c\nd")]
#[case("|abcd", "vld.", "|")]
#[case("|a b", "rxw.", "x |x")]
#[case("|a\nb\nc", "dd..", "|")]
#[case("|a\nb", ">>j.", "  a\n  |b")]
#[case("|ab", "ix<esc>u.", "|xab")]
// Time.
#[case("|abc", "xxu", "|bc")]
#[case("|abc", "xx2u", "|abc")]
#[case("|abc", "xxuu<c-r>", "|bc")]
#[case("a|b", "ione two three<esc>u", "a|b")]
#[case("|a", "oone<ret>two<esc>u", "|a")]
#[case("|one two", "cwx y<esc>u", "|one two")]
#[case("|one two three", "dw.u", "|two three")]
// The line.
#[case("|a\nb\nc", ":2<ret>", "a\n|b\nc")]
#[case("|a\nb\nc", ":$<ret>", "a\nb\n|c")]
#[case("|a\nb\nc", ":+1<ret>", "a\n|b\nc")]
#[case("|a a\na a", ":s/a/b/<ret>", "|b a\na a")]
#[case("|a a\na a", ":s/a/b/g<ret>", "|b b\na a")]
#[case("|a a\na a", ":%s/a/b/g<ret>", "|b b\nb b")]
#[case("|a a\na a\na", ":1,2s/a/b/<ret>", "|b a\nb a\na")]
#[case("|a a\na a\na", ":.,$s/a/b/<ret>", "|b a\nb a\nb")]
#[case("|a a\na a\na", "Vj:s/a/b/<ret>", "b a\n|b a\na")]
#[case("|k=v", ":s/(\\w)=(\\w)/$2:$1/<ret>", "|v:k")]
#[case("|a/b", ":s#/#|#<ret>", "|a|b")]
#[case("|a/b", ":s/\\//-/<ret>", "|a-b")]
#[case("|Ab ab", ":s/ab/x/gi<ret>", "|x x")]
#[case("|a\nb\nc", ":2,3d<ret>", "|a")]
#[case("|a\nb\nc", ":2d<ret>p", "a\nc\n|b")]
#[case("|a\nb", ":<esc>x", "|\nb")]
#[case("|a\nb", ":<bs>x", "|\nb")]
#[case("|a b", ":s/b/c/<ret>:<up><ret>", "|a c")]
fn keys_do_as_in_vi(#[case] before: &str, #[case] script: &str, #[case] after: &str) {
    let mut session = Session::new("a.yml", before);
    session.keys(script);
    assert_eq!(session.shown(), after, "{script} ({:?})", session.said);
}

#[rstest]
#[case(":w<ret>", "Run(Write { all: false })")]
#[case(":wa<ret>", "Run(Write { all: true })")]
#[case(":q<ret>", "Run(Quit { all: false, force: false })")]
#[case(":q!<ret>", "Run(Quit { all: false, force: true })")]
#[case(":qa!<ret>", "Run(Quit { all: true, force: true })")]
#[case(":wq<ret>", "Run(WriteQuit { all: false })")]
#[case(":x<ret>", "Run(WriteQuit { all: false })")]
#[case(":write<ret>", "Run(Write { all: false })")]
#[case("ZZ", "Run(WriteQuit { all: false })")]
#[case("ZQ", "Run(Quit { all: false, force: true })")]
#[case(
    ":e a/b.csv<ret>",
    "Run(Edit { path: Some(\"a/b.csv\"), force: false })"
)]
#[case(":e!<ret>", "Run(Edit { path: None, force: true })")]
#[case(":help<ret>", "Run(Help)")]
#[case(":set nowrap<ret>", "Run(Set(Wrap, false))")]
#[case(":pipeline.toggle<ret>", "Run(Command(\"pipeline.toggle\"))")]
#[case(":wrte<ret>", "Say(\"there is no :wrte; did you mean :write?\")")]
#[case(":%s/x/y/<ret>", "Say(\"x is not found\")")]
#[case(
    ":s/a/b/z<ret>",
    "Say(\"the flags of s are g (all in a line), i and I (case), not z\")"
)]
#[case("/(<ret>", "Say(\"(: unclosed group\")")]
#[case("/zz<ret>", "Say(\"zz is not found\")")]
#[case("'z", "Say(\"there is no mark z\")")]
#[case("u", "Say(\"nothing to undo\")")]
#[case("\"+yy", "Copied(\"ab\\n\")")]
#[case("<c-v>", "Say(\"there is no block selection; V selects lines\")")]
#[case("q!", "Say(\"keys are recorded into a to z and 0 to 9, not !\")")]
fn what_is_not_of_the_text_is_said(#[case] script: &str, #[case] said: &str) {
    let mut session = Session::new("a.yml", "|ab");
    session.keys(script);
    assert_eq!(session.said, [said], "{script}");
}

#[test]
fn escape_leaves_everything_half_done() {
    let mut session = Session::new("a.yml", "|ab cd");
    session.keys("2d<esc>w");
    assert_eq!(session.shown(), "ab |cd");
    session.keys("vh<esc>");
    assert_eq!(
        (session.vim.mode(), session.shown()),
        (Mode::Normal, "ab| cd".to_owned())
    );
    session.keys("\"a<esc>x");
    assert_eq!(session.shown(), "ab|cd");
    assert_eq!(session.vim.text_of('"'), Some((" ", false)));
}

#[test]
fn a_text_that_cannot_be_changed_can_be_read() {
    let mut session = Session::new("a.yml", "|ab cd");
    session.buffer.read_only = Some("no permission".to_owned());
    session.keys("wyiw");
    assert_eq!(session.vim.text_of('0'), Some(("cd", false)));
    for script in ["x", "i", "p", "u", ".", ":s/a/b/<ret>", ":d<ret>", "~"] {
        session.said.clear();
        session.keys(script);
        assert_eq!(session.said, ["Refused"], "{script}");
        assert_eq!(session.vim.mode(), Mode::Normal);
    }
    assert_eq!(session.shown(), "ab |cd");
}

#[test]
fn the_mouse_selects_as_v_does() {
    let mut session = Session::new("a.yml", "|abcd");
    session.buffer.point(1, false);
    session.buffer.point(3, true);
    session.vim.settle(&mut session.buffer);
    assert_eq!(session.vim.mode(), Mode::Visual(false));
    session.keys("d");
    assert_eq!(session.shown(), "a|d");
}

#[test]
fn lines_keep_their_ends() {
    let mut session = Session::new("a.yml", "|a\r\nb\r\n");
    session.keys("yypoc<esc>");
    assert_eq!(session.buffer.rope.to_string(), "a\r\na\r\nc\r\nb\r\n");
    session.keys("ggJ");
    assert_eq!(session.buffer.rope.to_string(), "a a\r\nc\r\nb\r\n");
}

fn any_keys() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        8 => "[a-zA-Z0-9]",
        4 => "[\\$\\^%{}()\\[\\]\"'`~.,;:/?*#<>|@ =+_é日-]",
        2 => Just("<esc>".to_owned()),
        1 => Just("<ret>".to_owned()),
        1 => Just("<bs>".to_owned()),
        1 => Just("<c-r>".to_owned()),
        1 => Just("<c-d>".to_owned()),
        1 => Just("<down>".to_owned()),
        1 => prop_oneof!["d[iawjk]w", "c[iaw]w", "y[yjw]", "[vV][jlwe][dcyx~J]", ":%s/[a-z]/[xy]/g<ret>"],
    ];
    prop::collection::vec(key, 0..60).prop_map(|keys| keys.concat())
}

proptest! {
    #[test]
    fn no_keys_break_anything_and_all_of_it_can_be_undone(
        text in "[ a-z:é日\n👍🏽{}\"(-]{0,60}",
        script in any_keys(),
    ) {
        let mut session = Session::new("a.yml", &text.replace('|', ""));
        let first = session.buffer.rope.to_string();
        session.keys(&script);
        let length = session.buffer.rope.len_chars();
        prop_assert!(session.buffer.at.head <= length);
        session.buffer.lex(session.buffer.top, session.buffer.top + 10);
        session.keys("<esc><esc>");
        while session.buffer.undo() {}
        prop_assert_eq!(session.buffer.rope.to_string(), first);
    }
}

#[rstest]
// What a table of keys of one's own makes of keys.
#[case("H", "^", "  |abc", "lH", "  |abc")]
#[case("Y", "y$", "a|bcd", "Yp", "abbc|dcd")]
#[case("gs", "ciw", "one |two", "gsx<esc>", "one |x")]
// Counts before, and operators before a motion.
#[case("L", "$", "a|bcd ef", "dL", "|a")]
#[case("J", "5j", "|1\n2\n3\n4\n5\n6\n7\n", "J", "1\n2\n3\n4\n5\n|6\n7\n")]
#[case("J", "j", "|1\n2\n3\n4\n", "2J", "1\n2\n|3\n4\n")]
// Where a character is waited for it is that character.
#[case("x", "dd", "ax|bx", "fxrx", "axb|x")]
#[case("w", "e", "one |two", "diw", "one| ")]
// What is stood for is not looked up again.
#[case("j", "k", "1\n|2\n3", "j", "|1\n2\n3")]
// The beginning of longer ones goes on as usual.
#[case("g z", "x", "|abc\ndef", "Ggg", "|abc\ndef")]
#[case("Q", "none", "|abc", "Qx", "|bc")]
fn keys_of_ones_own_stand_for_others(
    #[case] own: &str,
    #[case] meaning: &str,
    #[case] text: &str,
    #[case] script: &str,
    #[case] after: &str,
) {
    let chords = |text: &str| -> Vec<Chord> {
        let parts = text.split_whitespace().flat_map(|part| match part {
            "ctrl-d" => vec![part.to_owned()],
            _ => part.chars().map(|c| c.to_string()).collect(),
        });
        parts.map(|part| Chord::parse(&part).unwrap()).collect()
    };
    let meaning = match meaning {
        "none" => Meaning::Nothing,
        keys => Meaning::Keys(chords(keys)),
    };
    let mut remap = Remap::new([(chords(own), meaning)]);
    let mut session = Session::new("a.yml", text);
    for event in keys(script) {
        if let Remapped::Keys(events) = remap.take(&event, &session.vim) {
            for event in events {
                session.vim.key(&mut session.buffer, &event, 10);
                session.buffer.settle_view(10, 80);
            }
        }
    }
    assert_eq!(session.shown(), after);
}

#[rstest]
#[case("|a\nb\nc\nd", "qaA!<esc>jq", "a!\n|b\nc\nd")]
#[case("|a\nb\nc\nd", "qaA!<esc>jq@a", "a!\nb!\n|c\nd")]
#[case("|a\nb\nc\nd", "qaA!<esc>jq@a@@", "a!\nb!\nc!\n|d")]
// It ends where a step leads nowhere, however large the count.
#[case("|a\nb\nc\nd", "qaA!<esc>jq100@a", "a!\nb!\nc!\nd|!")]
#[case("|a\nb\nc", "qaA!<esc>jq2@a", "a!\nb!\nc|!")]
// What was recorded is a text: it can be put, changed and yanked; a capital adds to it.
#[case("|one", "qax<esc>q\"ap", "nx|\u{1b}e")]
#[case("|xyz", "\"ay$@a", "|yz")]
#[case("|a b\na b", "qafbrcqqAj0q@a", "a c\na |c")]
// One calls another, or itself until it fails.
#[case("|a\nb\nc", "qbA!<esc>qqajq@a", "a!\nb\n|c")]
#[case("|a\nb\nc", "qbA!<esc>qjqa@bq0", "a!\n|b!\nc")]
#[case("|a\nb\nc\nd", "qaqqaA!<esc>j@aq@a", "a!\nb!\nc!\nd|!")]
// Arrows, Tab, Backspace, searches and the line behind : are played, too.
#[case("|ab ab", "qaix<left>y<bs><esc>/ab<ret>q@a", "xx|ab ab")]
#[case("|a\na\na", "qa:s/a/b/<ret>jq@a", "b\nb\n|a")]
#[case("|a\na\na", ":s/a/b/<ret>j@:j@:", "b\nb\n|b")]
#[case("|ab", "qaxqu@a", "|b")]
// Counts and operators behind q are no text.
#[case("|abc", "qadlq2@a", "|")]
fn macros(#[case] from: &str, #[case] script: &str, #[case] to: &str) {
    let mut session = Session::new("a.txt", from);
    session.keys(script);
    assert_eq!(session.shown(), to, "{:?}", session.said);
    assert_eq!(session.vim.mode(), Mode::Normal);
}

#[test]
fn what_cannot_be_played_says_why() {
    let mut session = Session::new("a.txt", "|a");
    session.keys("@@@z@:q!");
    for (said, wanted) in session.said.iter().zip([
        "nothing was played yet",
        "register z is empty; qz records keys",
        "nothing was typed behind :",
        "not !",
    ]) {
        assert!(said.contains(wanted), "{said}");
    }
    assert_eq!(session.said.len(), 4);
    assert_eq!(session.vim.recorded(), None);
    session.keys("qa");
    assert_eq!(session.vim.recorded(), Some('a'));
    session.keys("q");
    assert_eq!(session.vim.recorded(), None);
}

#[test]
fn a_recording_that_plays_itself_for_ever_ends() {
    let mut session = Session::new("a.txt", "|a");
    session.keys("qaq").keys("qa~0@aq").keys("@a");
    assert_eq!(session.buffer.rope.to_string().to_lowercase(), "a");
}
