//! No template text panics, hangs or runs out of stack, neither compiling nor rendering.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evtui::fake::Random;
use evtui::template::{Engine, Error, ErrorKind, Limits, Run, Value, Vars, python_module};
use proptest::prelude::*;

/// A repeatable stream.
struct Stream(u64);

impl Random for Stream {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.unit() * bound as f64) as u64
    }
}

const LIMITS: Limits = Limits {
    steps: 20_000,
    output_bytes: 1 << 16,
    stack_bytes: 1 << 20,
};

fn engine() -> Engine {
    let engine = Engine::new(|name: &str| match name {
        "self" => Some("{% include 'self' %}".to_owned()),
        "part" => Some("{% macro m(a, b=1) %}{{ a }}{{ caller() if caller }}{% endmacro %}".into()),
        "base" => Some("<{% block a %}A{{ self.a() }}{% endblock %}>".to_owned()),
        _ => None,
    });
    for module in [
        "json", "re", "math", "datetime", "base64", "string", "builtins",
    ] {
        engine.set_global(module, python_module(module).unwrap());
    }
    engine
}

fn render(source: &str) -> Result<String, ErrorKind> {
    attempt(source).map_err(|error| error.kind())
}

fn attempt(source: &str) -> Result<String, Error> {
    let engine = engine();
    let template = engine.compile("t", source)?;
    let mut vars = Vars::default();
    let numbers = Value::list(vec![Value::Int(1), Value::Float(2.5), Value::None]);
    vars.set(&engine, "x", numbers);
    vars.set(&engine, "s", "text ä");
    let mut random = Stream(7);
    let run = Run {
        random: &mut random,
        vars: &vars,
        limits: LIMITS,
        now_us: 0,
    };
    let mut out = Vec::new();
    template.render(run, &mut out)?;
    Ok(String::from_utf8(out).expect("the output is UTF-8"))
}

const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%-",
    "-%}",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "|",
    "~",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "==",
    "<",
    "=",
    "in",
    "not",
    "is",
    "and",
    "or",
    "if",
    "else",
    "elif",
    "endif",
    "for",
    "endfor",
    "set",
    "endset",
    "do",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "block",
    "endblock",
    "extends",
    "include",
    "import",
    "from",
    "as",
    "with",
    "endwith",
    "filter",
    "endfilter",
    "raw",
    "endraw",
    "break",
    "continue",
    "recursive",
    "loop",
    "super",
    "self",
    "caller",
    "x",
    "s",
    "a",
    "m",
    "namespace",
    "range",
    "dict",
    "true",
    "none",
    "0",
    "1",
    "-1",
    "9999999999",
    "1e308",
    "0.1",
    "'a'",
    "\"%s\"",
    "'part'",
    "'base'",
    "'self'",
    "upper",
    "tojson",
    "list",
    "join",
    "format",
    "replace",
    "round",
    "map",
    "select",
    "sort",
    "batch",
    "append",
    "pop",
    "split",
    "items",
    "strftime",
    "json",
    "re",
    "math",
    "datetime",
    "builtins",
    " ",
    "\n",
    "é",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_text(source in "\\PC{0,60}") {
        let _ = render(&source);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let _ = render(&pieces.join(" "));
    }

    #[test]
    fn any_expression(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
        let body: Vec<&str> = pieces
            .into_iter()
            .filter(|piece| !piece.contains('{') && !piece.contains('}') && !piece.contains('#'))
            .collect();
        let _ = render(&format!("{{{{ {} }}}}", body.join(" ")));
    }

    #[test]
    fn any_filter(
        input in prop::sample::select(&["x", "s", "-7", "2.5", "none", "{'a': 1}", "nope", "true",
            "range(3)", "'%d'", "(1, 'a')", "x | map('string')"][..]),
        filter in prop::sample::select(&["abs", "attr", "batch", "capitalize", "center", "default",
            "dictsort", "escape", "filesizeformat", "first", "float", "format", "groupby",
            "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max",
            "min", "pprint", "random", "reject", "rejectattr", "replace", "reverse", "round",
            "safe", "select", "selectattr", "slice", "sort", "string", "striptags", "sum", "title",
            "tojson", "trim", "truncate", "unique", "upper", "urlencode", "urlize", "wordcount",
            "wordwrap", "xmlattr"][..]),
        args in prop::collection::vec(prop::sample::select(&["-1", "0", "3", "1e400", "'a'", "''",
            "none", "x", "99999999999999999999", "'é'", "true", "0.5"][..]), 0..4),
    ) {
        let _ = render(&format!("{{{{ {input} | {filter}({}) }}}}", args.join(", ")));
    }

    #[test]
    fn any_method(
        input in prop::sample::select(&["x", "s", "{'a': 1}", "7", "2.5", "(1, 2)",
            "'a'.encode()", "datetime.datetime(2026, 1, 1)", "datetime.timedelta(1)"][..]),
        method in prop::sample::select(&["append", "extend", "insert", "pop", "remove", "index",
            "count", "sort", "get", "update", "setdefault", "split", "rsplit", "find", "zfill",
            "center", "ljust", "expandtabs", "replace", "join", "startswith", "encode", "decode",
            "format", "to_bytes", "strftime", "replace", "isoformat", "astimezone", "translate",
            "partition", "strip", "hex"][..]),
        args in prop::collection::vec(prop::sample::select(&["-1", "0", "3", "'a'", "''", "none",
            "x", "99999999999999999999", "'%Q%9999d'", "'{0:9999999}'", "1e400"][..]), 0..4),
    ) {
        let _ = render(&format!("{{{{ {input}.{method}({}) }}}}", args.join(", ")));
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for depth in [40, 100, 1_000, 100_000] {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        let _ = render(&format!("{{{{ {open}1{close} }}}}"));
        let _ = render(&format!(
            "{{{{ {}1{} }}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        ));
        let _ = render(&format!("{{{{ {}1 }}}}", "-".repeat(depth)));
        let _ = render(&format!("{{{{ {}1 }}}}", "not ".repeat(depth)));
        let _ = render(&format!("{{{{ 1{} }}}}", " + 1".repeat(depth)));
        let _ = render(&format!("{{{{ 1{} }}}}", " | abs".repeat(depth)));
        let _ = render(&format!("{{{{ 1{} }}}}", ".a".repeat(depth)));
        let _ = render(&format!("{{{{ 1{} }}}}", " if 1 else 2".repeat(depth)));
        let _ = render(&"{% if 1 %}".repeat(depth));
        let tags = "{% for a in x %}".repeat(depth) + &"{% endfor %}".repeat(depth);
        let _ = render(&tags);
    }
    let paren = |depth: usize| format!("{{{{ {}1{} }}}}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(render(&paren(20)), Ok("1".to_owned()));
    assert_eq!(render(&paren(1_000)), Err(ErrorKind::Syntax));
}

#[test]
fn what_does_not_end_is_stopped() {
    let endless = [
        "{% for a in range(1000000000) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{% set a = m() %}{% endmacro %}{{ m() }}",
        "{% for a in x recursive %}{{ loop(x) }}{% endfor %}",
        "{% set l = [1] %}{% for a in l %}{% do l.append(a) %}{% endfor %}",
        "{% include 'self' %}",
        "{% extends 'base' %}",
        "{{ range(10 ** 12) | list }}",
        "{{ 'a' * 10 ** 12 }}",
        "{{ [1] * 10 ** 12 }}",
        "{{ 10 ** (10 ** 9) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ 'x'.center(10 ** 12) }}",
        "{{ lipsum(1000000) }}",
        "{% set ns = namespace(s='ab') %}{% for i in range(200) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    ];
    for source in endless {
        assert_eq!(render(source), Err(ErrorKind::Limit), "{source}");
    }
}

#[test]
fn values_nested_by_a_loop() {
    let nest = |wrap: &str, after: &str| {
        let source = format!(
            "{{% set ns = namespace(v=1) %}}{{% for i in range(9000) %}}{{% set ns.v = {wrap} %}}\
             {{% endfor %}}{after}"
        );
        render(&source)
    };
    for wrap in [
        "[ns.v]",
        "(ns.v,)",
        "{'a': ns.v}",
        "namespace(v=ns.v)",
        "[ns.v] | reverse",
        "cycler(ns.v)",
    ] {
        assert_eq!(nest(wrap, "ok"), Ok("ok".to_owned()), "{wrap}");
        for after in [
            "{{ ns.v }}",
            "{{ ns.v | tojson }}",
            "{{ ns.v == ns.v }}",
            "{{ ns.v == [ns.v] }}",
            "{{ ns.v < ns.v }}",
            "{{ {ns.v: 1} }}",
            "{{ ns.v | pprint }}",
            "{{ json.dumps(ns.v) }}",
        ] {
            let _ = nest(wrap, after);
        }
    }
    let chain = "{% set ns = namespace(v=1) %}{% for i in range(4000) %}{% set p = ns.v %}\
        {% macro m() %}{{ p }}{% endmacro %}{% set ns.v = m %}{% endfor %}ok";
    assert_eq!(render(chain), Ok("ok".to_owned()));
    let source = "{% set l = [] %}{% do l.append(l) %}{{ l }}";
    assert_eq!(render(source), Ok("[[...]]".to_owned()));
}

#[test]
fn a_loop_without_end_says_where_it_stands() {
    for body in [
        "",
        "x",
        "{{ loop.index }}",
        "{% for j in range(9) %}{% endfor %}",
    ] {
        let source = format!("a\n{{% for i in range(10 ** 12) %}}{body}{{% endfor %}}");
        let error = attempt(&source).expect_err("it does not end");
        assert_eq!(error.kind(), ErrorKind::Limit, "{body}");
        let place = error.places().first().map(ToString::to_string);
        assert!(
            place.is_some_and(|place| place.starts_with("t:2:")),
            "{body}"
        );
    }
}

/// Every one of these would take too long, too much memory or too much stack without a limit. Whether
/// the answer is a text or an error does not matter here.
#[test]
fn what_grows_without_measure_is_bounded() {
    let sources = [
        "{{ 'x' * 10**9 }}",
        "{{ 10 ** 10**8 }}",
        "{{ (10 ** 5000) ** 5000 }}",
        "{{ 7 ** 7 ** 7 ** 7 }}",
        "{{ 2 ** -10**30 }}",
        "{{ '%1000000000d' % 1 }}{{ '%.1000000000f' % 1.5 }}",
        "{{ '%*d' % (10**9, 1) }}",
        "{{ '{:.999999999f}'.format(1.5) }}{{ '{:{}}'.format(1, 10**9) }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l }}",
        "{{ re.search('(a+)+$', 'a' * 60 ~ 'b') }}",
        "{{ re.sub('(x*)*y', '', 'x' * 60) }}{{ re.findall('(a|aa)+$', 'a' * 60 ~ '!') }}",
        "{{ ('a' * 60000).replace('a', 'b' * 60000) }}{{ ('a' * 60000) | replace('', 'c' * 60000) }}",
        "{{ ('ab' * 9000).join('x' * 60000) }}{{ (range(60000) | list) | join('y' * 60000) }}",
        "{{ range(10 ** 15) | random }}{{ range(10 ** 15) | length }}{{ range(10 ** 15) | last }}",
        "{{ ('a ' * 30000) | wordwrap(1) | indent(60000) }}",
        "{{ 'x' | indent(10 ** 9) }}{{ 'x'.ljust(10 ** 9) }}{{ 'x'.zfill(10 ** 9) }}",
        "{{ ('\t' * 60000).expandtabs(10 ** 9) }}",
        "{{ 1.5 | round(10 ** 9) }}{{ 15 | round(-10 ** 9) }}",
        "{{ 'x' | batch(10 ** 9, 'f') | list }}{{ 'x' | slice(10 ** 9) | list }}",
        "{{ x | tojson(indent=10 ** 9) }}{{ json.dumps(x, indent=10 ** 9) }}",
        "{{ (1).to_bytes(10 ** 9) }}{{ math.factorial(10 ** 6) }}{{ math.comb(10 ** 6, 10 ** 5) }}",
        "{{ datetime.datetime(2026, 1, 1).strftime('%1000000000d') }}",
        "{{ datetime.datetime(2026, 1, 1) + datetime.timedelta(days=10 ** 18) }}",
        "{{ datetime.timedelta(days=1) * 10 ** 30 }}{{ 'a' * -1 }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% macro a() %}{{ caller() }}{% endmacro %}{% macro b() %}{% call a() %}{{ b() }}{% endcall %}{% endmacro %}{{ b() }}",
        "{% extends 'self' %}",
        "{% import 'self' as s %}{{ s }}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{{ '\u{0}' * 70000 }}",
        "{{ [] | map(attribute='a.' * 20000) | list }}{{ x | map(attribute='0.' * 20000) | list }}",
        "{{ '{0.a.b[c]}' * 9000 }}{{ ('{' * 30000).format() }}",
        "{{ ('[' * 60000) | int }}{{ json.loads('[' * 60000) }}",
        "{{ ('9' * 60000) | int }}{{ ('9' * 60000) | float }}{{ ('9' * 60000) | int + 1 }}",
        "{% for i in range(10 ** 6) recursive %}{{ loop([i]) }}{% endfor %}",
    ];
    for source in sources {
        let _ = render(source);
    }
}

#[test]
fn work_that_grows_with_every_round_is_charged() {
    let limits = LIMITS.steps as usize;
    for what in [
        "l + [1]",
        "l[1:]",
        "l | string",
        "l | sum",
        "l == l",
        "l.count(2)",
        "'q' in l",
        "l ~ ''",
    ] {
        let source = format!(
            "{{% set l = [1] * 5000 %}}{{% for x in range({limits}) %}}{{% set t = {what} %}}{{% endfor %}}"
        );
        // A round costs its share of the 5000, so the rounds are far fewer than the steps.
        let counted = format!(
            "{{% set l = [1] * 5000 %}}{{% for x in range({}) %}}{{% set t = {what} %}}{{% endfor %}}",
            limits / 20
        );
        assert_eq!(render(&source), Err(ErrorKind::Limit), "{what}");
        assert_eq!(render(&counted), Err(ErrorKind::Limit), "{what}");
    }
}
