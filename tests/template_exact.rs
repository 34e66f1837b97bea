//! Corners of the language where Jinja2 on CPython was asked for its answer, beside the golden vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evtui::fake::{Fast, Random};
use evtui::template::{Engine, Limits, Run, Vars};

fn render(source: &str) -> Result<String, String> {
    let engine = Engine::new(|name: &str| match name {
        "base" => Some("B[{% block a %}base{% endblock %}{% block c %}{% endblock %}]".to_owned()),
        "sees" => Some("{{ loop is defined }}".to_owned()),
        "scoped" => {
            Some("{% for x in [1, 2] %}{% block a scoped %}{% endblock %}{% endfor %}".to_owned())
        }
        _ => None,
    });
    let mut random = Fast::for_event(1, 0);
    let random: &mut dyn Random = &mut random;
    let mut out = Vec::new();
    let run = Run {
        random,
        vars: &Vars::default(),
        limits: Limits::default(),
        now_us: 0,
    };
    let template = engine
        .compile("t", source)
        .map_err(|error| error.to_string())?;
    template
        .render(run, &mut out)
        .map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn texts_are_those_of_the_reference() {
    let rows = [
        ("{{ ' a b '.split(maxsplit=1) }}", "['a', 'b ']"),
        ("{{ ' a b '.rsplit(maxsplit=1) }}", "[' a', 'b']"),
        (
            "{{ '{:>5}|{:,}|{:=+8}'.format(true, true, true) }}",
            "    1|1|+      1",
        ),
        ("{{ '{:z.1f}'.format(-0.01) }}", "0.0"),
        ("{{ (-0.5) | round(0, 'ceil') }}", "0.0"),
        ("{{ (-0.5) | filesizeformat }}", "0 Bytes"),
        ("{{ 'ab' % range(3) }}{{ 'ab' % undef }}", "abab"),
        ("{{ true.conjugate() }}", "1"),
        ("{{ [1, 2, 3] | truncate(5) }}", "[1, 2, 3]"),
        (
            "{% for x in [1, 2] %}{{ loop }}{% endfor %}",
            "<LoopContext 1/2><LoopContext 2/2>",
        ),
        ("{{ dict }}{{ range }}", "<class 'dict'><class 'range'>"),
        (
            "{{ '%#.0e' % 3.5 }}|{{ '%010f' % ('inf' | float) }}",
            "4.e+00|0000000inf",
        ),
        (
            "{{ '{:#.0f}|{:.0}|{:.2}|{:5c}'.format(2.0, 5.0, 99.99, 65) }}",
            "2.|5e+00|1e+02|    A",
        ),
        (
            "{{ '{:0=10,}|{:05%}'.format(-1234, 'inf' | float) }}",
            "-0,001,234|0inf%",
        ),
        (
            "{{ 'ΑΣ ΒΣ' | capitalize }}|{{ 'ΑΣ'.swapcase() }}|{{ 'ßx' | capitalize }}",
            "Ας βς|ας|Ssx",
        ),
        ("{{ 'ǆ'.title() }}|{{ 'ﬁß'.casefold() }}", "ǅ|fiss"),
        ("{{ 'a\\r\\nb' | indent(2) }}", "a\n  b"),
        ("{{ 'x-y_z.w' | wordwrap(5, true, '|') }}", "x-|y_z.w"),
        (
            "{{ [1, 2] | batch(0) | list }}{{ [1, 2, 3] | batch(4 / 2) | list }}",
            "[[], [1, 2]][[1, 2], [3]]",
        ),
        (
            "{% for x in [1] %}{% include 'sees' %}{{ loop.first }}{% endfor %}",
            "TrueTrue",
        ),
        (
            "{% for x in [1] %}{% include 'sees' %}{% endfor %}",
            "False",
        ),
        (
            "{% extends 'base' %}{{ 1 }}{% include 'sees' %}{% block c required %}{% endblock %}",
            "FalseB[base]",
        ),
        (
            "{% extends 'scoped' %}{% block a %}{{ x }}{{ loop.last }}{% endblock %}",
            "1False2True",
        ),
        (
            "{% extends 'base' %}{% block c required %}{% endblock %}",
            "B[base]",
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(render(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn what_fails_there_fails_here() {
    let rows = [
        "{{ 5 | truncate(3) }}",
        "{{ none | wordwrap(5) }}",
        "{{ {} is filter }}",
        "{{ '{:z}'.format(5) }}",
        // A loop around a macro is not the macro's.
        "{% for x in [1] %}{% macro q() %}{% break %}{% endmacro %}{% endfor %}",
    ];
    for source in rows {
        assert!(render(source).is_err(), "{source}: {:?}", render(source));
    }
}

/// A value that holds itself again and again is small; its text would not end.
#[test]
fn a_text_without_end_is_an_error() {
    const DOUBLED: &str = "{% set ns = namespace(l=[1]) %}\
        {% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}";
    for print in [
        "{{ ns.l }}",
        "{{ ns.l | string | length }}",
        "{{ ns.l | tojson }}",
    ] {
        let error = render(&format!("{DOUBLED}{print}")).unwrap_err();
        assert!(error.contains("too l"), "{print}: {error}");
    }
}

#[test]
fn what_the_reference_refuses_is_refused() {
    let rows = [
        "{% filter length %}abc{% endfilter %}",
        "{{ '%5%' % 1 }}",
        "{{ '%(a)s %s' % {'a': 1} }}",
        "{{ '{:,x}'.format(255) }}",
        "{{ '{:#s}'.format('a') }}",
        "{{ [] | sum(start='x') }}",
        "{{ (255).to_bytes(1, 'big', signed=true) }}",
        "{% set d = {'a': 1, 'b': 2} %}{% for k in d %}{{ loop.last }}{% do d.update(c=k) %}{% endfor %}",
    ];
    for source in rows {
        assert!(render(source).is_err(), "{source}");
    }
}
