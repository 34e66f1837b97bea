#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::{Files as _, LoadOptions, Loaded, Node, Overlay, Severity, load};

const FRAME: &str = "input: [{static: {count: 1}}]\noutput: [{stdout: {}}]\n";

fn options() -> LoadOptions {
    let params = json!({
        "a": "x", "n": 5, "f": 1.5, "b": true, "nul": null, "l": [1, "q"], "d": {"k": 1}, "s": "5",
        "colon": "a: b", "quote": "say \"hi\" & it's", "lines": "a\n- b\nc: d", "items": "mine",
        "self": "${params.a}", "jinja": "{{ x }}", "hash": "x # y", "empty": "", "date": "2024-01-01",
        "big": 1e20, "yes": "yes", "a-b": "dash", "deep": {"x": [null, true, "it's"]},
    });
    LoadOptions {
        params: params.as_object().unwrap().clone(),
        secrets: [
            ("s1".to_owned(), "tops3cret".to_owned()),
            ("num".to_owned(), "7".to_owned()),
        ]
        .into(),
        lenient: false,
    }
}

fn load_text(text: &str, options: &LoadOptions) -> Loaded {
    let mut files = Overlay::default();
    files
        .buffers
        .insert("generator.yml".into(), Arc::from(text));
    load(Path::new("generator.yml"), &files, options)
}

/// The value of `v` among the options of the event plugin.
fn value(text: &str) -> (Option<Node>, Vec<String>) {
    let text = format!("{FRAME}event:\n  template:\n    {text}");
    let loaded = load_text(&text, &options());
    let problems = loaded.diagnostics.0.iter().map(|one| {
        let start = one.place.as_ref().unwrap().span.unwrap_or_default().start;
        format!(
            "{:?} {}:{} {} | {}",
            one.severity,
            start.line,
            start.column,
            one.message,
            one.help.as_deref().unwrap_or_default()
        )
    });
    let problems = problems.collect();
    let event = loaded.document.and_then(|document| document.event);
    (event.map(|event| event.body), problems)
}

#[rstest]
#[case("v: ${params.a}", r#""x""#)]
#[case("v: ${ params.a }", r#""x""#)]
#[case("v: ${\n  params.a\n }", r#""x""#)]
#[case("v: ${params.n}", "5")]
#[case("v: \"${params.n}\"", r#""5""#)]
#[case("v: '${params.n}'", r#""5""#)]
#[case("v: ${params.f}", "1.5")]
#[case("v: ${params.b}", "true")]
#[case("v: '${params.b}'", r#""True""#)]
#[case("v: ${params.nul}", r#""None""#)]
#[case("v: ${params.s}", "5")]
#[case("v: '${params.s}'", r#""5""#)]
#[case("v: ${params.yes}", "true")]
#[case("v: ${params.date}", r#""2024-01-01""#)]
#[case("v: ${params.empty}", "null")]
#[case("v: '${params.empty}'", r#""""#)]
#[case("v: ${params.l}", r#"[1,"q"]"#)]
#[case("v: '${params.l}'", r#""[1, 'q']""#)]
#[case("v: ${params.d}", r#"{"k":1}"#)]
#[case("v: '${params.deep}'", r#""{'x': [None, True, \"it's\"]}""#)]
#[case("v: [${params.a}, ${params.n}]", r#"["x",5]"#)]
#[case("v: \"pre-${params.a}-${params.n}\"", r#""pre-x-5""#)]
#[case("v: 1${params.n}", "15")]
#[case("v: $${params.a}", r#""$x""#)]
#[case("v: \\${params.a}", r#""\\x""#)]
#[case("v: $ {params.a}", r#""$ {params.a}""#)]
#[case("v: $params.a", r#""$params.a""#)]
#[case("v: '{{ params.a }}'", r#""{{ params.a }}""#)]
#[case("v: ${params.self}", r#""${params.a}""#)]
#[case("v: ${params.jinja}", r#""{{ x }}""#)]
#[case("v: >-\n      a ${params.a}\n      b", r#""a x b""#)]
#[case("v: |\n      ${params.n}\n", r#""5\n""#)]
#[case("v: ${secrets.num}", "7")]
#[case("v: '${secrets.s1}'", r#""tops3cret""#)]
// Better than the reference: values are data, names are only names.
#[case("v: ${params.colon}", r#""a: b""#)]
#[case("v: ${params.quote}", r#""say \"hi\" & it's""#)]
#[case("v: \"${params.quote}\"", r#""say \"hi\" & it's""#)]
#[case("v: '${params.quote}'", r#""say \"hi\" & it's""#)]
#[case("v: ${params.lines}", r#""a\n- b\nc: d""#)]
#[case("v: \"${params.lines}\"", r#""a\n- b\nc: d""#)]
#[case("v: ${params.hash}", r#""x # y""#)]
#[case("v: ${params.items}", r#""mine""#)]
#[case("v: ${params.a-b}", r#""dash""#)]
#[case("v: ${params.big}", "1e+20")]
#[case("v: '${params.big}'", r#""1e+20""#)]
#[case("v: x # ${params.zzz}", r#""x""#)]
#[case("# ${params.zzz}\n    v: x", r#""x""#)]
#[case("# ${params.x.y} {% {# ${\n    v: x", r#""x""#)]
#[case("v: x  # {% raw %} ${7 * 6}", r#""x""#)]
#[case("v: \"\\x24{params.a}\"", r#""${params.a}""#)]
// Inline templates: raw markers vanish, other blocks and comments stay for the formatter.
#[case(
    "v: '{% if event %}Y{% else %}N{% endif %}'",
    r#""{% if event %}Y{% else %}N{% endif %}""#
)]
#[case("v: 'a{# c #}b'", r##""a{# c #}b""##)]
#[case(
    "v: '{% raw %}{% if event %}${x}{% endif %}{% endraw %}'",
    r#""{% if event %}${x}{% endif %}""#
)]
#[case("v: '${params.a}:{{ event }}'", r#""x:{{ event }}""#)]
#[case("v: |\n      {{ event }}\n      end\n", r#""{{ event }}\nend\n""#)]
fn tokens(#[case] text: &str, #[case] expected: &str) {
    let (body, problems) = value(text);
    assert_eq!(problems, Vec::<String>::new());
    let body = body.unwrap();
    assert_eq!(body.get("v").unwrap().to_json().to_string(), expected);
}

#[test]
fn a_raw_mark_inside_a_token_belongs_to_the_token() {
    let (body, problems) = value("{v: '${ {% raw %} }{% endraw %}', w: x}");
    assert!(
        problems[0].starts_with("Error 5:10 the token"),
        "{problems:?}"
    );
    assert_eq!(body.unwrap().get("w").unwrap().span.start.column, 42);
}

#[test]
fn tokens_work_in_keys() {
    let (body, _) = value("{\"${params.a}\": 1, k${params.n}: 2}");
    assert_eq!(body.unwrap().to_json(), json!({"x": 1, "k5": 2}));
}

#[rstest]
#[case(
    "v: ${params.missing}",
    "the parameter `missing` has no value",
    "pass a value"
)]
#[case(
    "v: ${params.colour}",
    "the parameter `colour` has no value",
    "did you mean `colon`?"
)]
#[case(
    "v: ${secrets.missing}",
    "the secret `missing` has no value",
    "give it in the environment variable EVTUI_SECRET_MISSING"
)]
#[case(
    "v: ${other.x}",
    "neither a parameter nor a secret",
    "only `${params.name}`"
)]
#[case(
    "v: ${param.a}",
    "neither a parameter nor a secret",
    "did you mean `${params.a}`?"
)]
#[case("v: ${x}", "neither a parameter nor a secret", "write `${params.x}`")]
#[case("v: '${x}'", "neither a parameter nor a secret", "write `${params.x}`")]
#[case("v: ${7*6}", "neither a parameter nor a secret", "\\x24{")]
#[case("v: ${ 7 * 6 }", "neither a parameter nor a secret", "only")]
#[case(
    "v: ${params.a | upper}",
    "not a plain name",
    "write `${params.a}` and pass the final value"
)]
#[case("v: ${ params.n + 1 }", "not a plain name", "write `${params.n}`")]
#[case("v: ${params[\"a\"]}", "neither a parameter nor a secret", "only")]
#[case("v: \"${params['a']}\"", "neither a parameter nor a secret", "only")]
#[case("v: ${params.get(\"a\")}", "not a plain name", "write `${params.get}`")]
#[case("v: ${params.l[0]}", "not a plain name", "write `${params.l}`")]
#[case("v: ${params.}", "names nothing", "write `${params.name}`")]
#[case("v: ${}", "neither", "only")]
#[case("v: ${params.d.k}", "not a plain name", "write `${params.d}`")]
#[case("v: \"${\"", "this `${` is never closed", "add the closing `}`")]
#[case("v: ${params.a", "this `${` is never closed", "add the closing `}`")]
#[case(
    "v: [${params.a, 1]",
    "this `${` is never closed",
    "add the closing `}`"
)]
fn bad_tokens(#[case] text: &str, #[case] message: &str, #[case] help: &str) {
    let (_, problems) = value(text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let (got, got_help) = problems[0].rsplit_once(" | ").unwrap();
    assert!(got.contains(message), "{got}");
    assert!(got_help.contains(help), "{got_help}");
    let column = text.find("${").unwrap();
    assert!(
        got.starts_with(&format!("Error 5:{} ", column + 5)),
        "{got}"
    );
}

#[test]
fn every_missing_parameter_is_listed_once_with_its_place() {
    let text = "input: ${params.z1}\n# ${params.z0}\nevent: ${params.z2}\noutput: [\"${params.z1}\", \"${secrets.z3}\"]\n";
    let loaded = load_text(text, &LoadOptions::default());
    let messages: Vec<&str> = loaded
        .diagnostics
        .0
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "the parameter `z1` has no value",
            "the parameter `z2` has no value",
            "the secret `z3` has no value"
        ]
    );
    let lenient = LoadOptions {
        lenient: true,
        ..LoadOptions::default()
    };
    let loaded = load_text(text, &lenient);
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    let names: Vec<(&str, u32)> = loaded
        .params
        .iter()
        .map(|(name, span)| (name.as_str(), span.start.line))
        .collect();
    assert_eq!(names, [("z1", 1), ("z2", 3)]);
    assert_eq!(loaded.secrets[0].0, "z3");
}

#[test]
fn a_secret_is_never_shown() {
    let text = format!("{FRAME}event: '${{secrets.s1}}'\nextra: 1\n${{secrets.s1}}: 2\n");
    let loaded = load_text(&text, &options());
    assert!(loaded.diagnostics.errors() >= 3);
    assert!(!format!("{loaded:?}").contains("tops3cret"), "{loaded:?}");
    let (body, problems) = value("v: !!int ${secrets.s1}");
    assert!(
        !format!("{body:?}{problems:?}").contains("tops3cret"),
        "{problems:?}"
    );
}

#[test]
fn a_secret_marks_its_node() {
    let (body, _) = value("{v: 'a ${secrets.s1}', w: x}");
    let body = body.unwrap();
    assert!(body.get("v").unwrap().secret);
    assert!(!body.get("w").unwrap().secret);
}

#[test]
fn blocks_that_the_reference_would_run_are_warned_about() {
    let (_, problems) = value("v: \"{% if params.tls %}https{% endif %}\"");
    assert!(
        problems[0].starts_with("Warning 5:8 blocks"),
        "{problems:?}"
    );
}

#[rstest]
#[case("", "the configuration is empty")]
#[case("# nothing\n", "the configuration is empty")]
#[case("5", "1:1 a configuration is a mapping, not the integer `5`")]
#[case(
    "inputs: []\nevent: {}\noutput: []\n",
    "1:1 a configuration has no section `inputs`; 2:8 expected one plugin with its options, not an empty mapping; 3:9 `output` needs at least one plugin"
)]
#[case(
    "x-common: 1\n",
    "1:1 a configuration has no section `x-common`; 1:1 the section `input` is missing; 1:1 the section `event` is missing; 1:1 the section `output` is missing"
)]
#[case(
    "input: {cron: {}}\nevent: [x]\noutput:\n  - stdout\n  - file:\n  - {a: {}, b: {}}\n",
    "1:8 `input` takes a list of plugins, not a mapping; 2:8 expected one plugin with its options, not a list; 4:5 expected one plugin with its options, not `stdout`; 5:5 `file` needs a mapping of options; 6:13 expected one plugin, found 2 keys"
)]
fn top_level(#[case] text: &str, #[case] expected: &str) {
    let loaded = load_text(text, &LoadOptions::default());
    let got: Vec<String> = loaded
        .diagnostics
        .0
        .iter()
        .map(|one| match one.place.as_ref().unwrap().span {
            None => one.message.clone(),
            Some(span) => format!("{}:{} {}", span.start.line, span.start.column, one.message),
        })
        .collect();
    assert_eq!(got.join("; "), expected);
}

#[test]
fn dotted_keys_expand_at_the_top() {
    let text = "input:\n  - cron.expression: '* * * * *'\n    cron.count: 1\nevent.template.mode: all\nevent.template.params: {a.b: 1}\noutput: [{stdout: {}}]\n";
    let loaded = load_text(text, &LoadOptions::default());
    assert_eq!(loaded.diagnostics.0, []);
    let document = loaded.document.unwrap();
    assert_eq!(document.inputs[0].setting, "input[0].cron");
    assert_eq!(
        document.inputs[0].body.to_json(),
        json!({"expression": "* * * * *", "count": 1})
    );
    assert_eq!(
        document.event.unwrap().body.to_json(),
        json!({"mode": "all", "params": {"a.b": 1}})
    );
    let loaded = load_text(
        "event: {template: {mode: all}}\nevent.template.mode: any\n",
        &LoadOptions::default(),
    );
    assert!(
        loaded
            .diagnostics
            .0
            .iter()
            .any(|one| one.message == "`event.template.mode` is set already")
    );
}

#[test]
fn positions_are_those_of_the_text_as_written() {
    let (body, _) = value("v: [\"${params.colon}\", x]");
    let body = body.unwrap();
    let items = body.get("v").unwrap().as_seq().unwrap();
    assert_eq!(items[0].span.start.column, 9);
    assert_eq!(items[1].span.start.column, 28);
}

#[test]
fn bytes_that_are_not_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("generator.yml");
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let loaded = load(folder.path(), &super::Disk, &LoadOptions::default());
        loaded.diagnostics.0[0].clone()
    };
    let one = read(b"a: 1\nb: \xff\n");
    assert_eq!(
        one.message,
        "the file is not UTF-8 text: byte 0xff at offset 8"
    );
    assert_eq!(one.place.unwrap().span.unwrap().start.line, 2);
    assert!(
        read(b"\x7fELF\x02\x00\xff")
            .help
            .unwrap()
            .contains("binary")
    );
    assert!(read(b"MZ\x00abc").message.contains("U+0000"));
    assert!(read(b"\xef\xbb\xbf").message.contains("empty"));
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &Path| {
        load(path, &super::Disk, &LoadOptions::default())
            .diagnostics
            .0[0]
            .clone()
    };
    let one = at(folder.path());
    assert!(
        one.message.contains("there is no file")
            && one.help.unwrap().contains("a project is a folder")
    );
    let path = folder.path().join("big.yml");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    assert!(at(&path).message.contains("larger than 8 MB"));
    std::fs::create_dir(folder.path().join("generator.yml")).unwrap();
    assert!(at(folder.path()).message.contains("cannot read"));
    assert!(
        at(Path::new("/dev/null"))
            .message
            .contains("not a regular file")
    );
    assert!(super::Disk.read(&path).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}", lenient: bool) {
        load_text(&text, &LoadOptions { lenient, ..options() });
    }

    #[test]
    fn no_document_like_text_makes_it_panic(
        text in "(input|event|output|params\\.|secrets\\.|a|n|l|d|s1|\\$\\{|\\$\\{params\\.(a|l|d|lines)\\}|\\}|\\{% raw %\\}|\\{% endraw %\\}|\\{\\{|[-:?#&*!|>'\"{}\\[\\],.]|[ \n\r]|: |- |\u{0}|é|\u{10f000}|\u{f0000}){0,50}",
        lenient: bool
    ) {
        let loaded = load_text(&text, &LoadOptions { lenient, ..options() });
        prop_assert!(loaded.document.is_some() || lenient || loaded.diagnostics.0.iter().any(|one| one.severity == Severity::Error));
    }

    #[test]
    fn no_value_breaks_out_of_its_place(value in "\\PC{0,30}|[-: \n\"'#{}\\[\\]]{0,12}") {
        let mut options = options();
        options.params.insert("any".to_owned(), json!(value.clone()));
        let text = format!("{FRAME}event:\n  template:\n    v: '${{params.any}}'\n    w: ${{params.any}}\n    x: 1\n");
        let loaded = load_text(&text, &options);
        let body = loaded.document.unwrap().event.unwrap().body;
        prop_assert_eq!(body.get("v").unwrap().as_str(), Some(value.as_str()));
        prop_assert_eq!(body.as_map().unwrap().len(), 3);
    }
}
