//! Constant lists and dicts are made once and lists share their items; no template can tell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evtui::fake::{Fast, Random};
use evtui::template::{Engine, Limits, Run, Template, Vars};

fn engine() -> Engine {
    Engine::new(|name: &str| match name {
        "module" => {
            Some("{% set items = [1] %}{% set word = 'w' %}{% set same = items %}".to_owned())
        }
        _ => None,
    })
}

fn render(template: &Template) -> String {
    let mut random = Fast::for_event(1, 0);
    let random: &mut dyn Random = &mut random;
    let mut out = Vec::new();
    let run = Run {
        random,
        vars: &Vars::default(),
        limits: Limits::default(),
        now_us: 0,
    };
    template.render(run, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Renders several times with one program: nothing of a render may be left in it.
#[track_caller]
fn same_again(source: &str, expected: &str) {
    let template = engine().compile("t", source).unwrap();
    for round in 0..3 {
        assert_eq!(render(&template), expected, "round {round} of {source}");
    }
}

#[test]
fn what_is_changed_is_made_anew_for_every_render() {
    let rows = [
        ("{% set a = [1] %}{% do a.append(2) %}{{ a }}", "[1, 2]"),
        (
            "{% set a = [1] %}{% set b = a %}{% do b.append(2) %}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% set t = {'a': 1} %}{% set f = t.update %}{% do f({'a': 2}) %}{{ t }}",
            "{'a': 2}",
        ),
        (
            "{% set t = {'a': 1} %}{% set k = 'update' %}{% set f = t[k] %}{% do f({'a': 2}) %}{{ t }}",
            "{'a': 2}",
        ),
        (
            "{% set a = [1] %}{% set b = none | default(a, true) %}{% do b.append(2) %}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% set a = [1] %}{% set b = a if true else [] %}{% do b.append(2) %}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% set a = [1] %}{% set b = [] or a %}{% do b.append(2) %}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% set a = [1] %}{% set d = {'k': a, 'l': 1} %}{% do d.k.append(2) %}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% set a = [1] %}{% set ns = namespace(x=a) %}{% do ns.x.append(2) %}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% macro m(x) %}{% do x.append(2) %}{% endmacro %}{% set a = [1] %}{{ m(a) }}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% set a = [1] %}{% macro m() %}{% do a.append(2) %}{% endmacro %}{{ m() }}{{ a }}",
            "[1, 2]",
        ),
        (
            "{% macro m() %}{% set a = [1] %}{% do a.append(2) %}{{ a }}{% endmacro %}{{ m() }}{{ m() }}",
            "[1, 2][1, 2]",
        ),
        (
            "{% set a = [1] %}{% for x in [1, 2] %}{% set a = a + [x] %}{{ a }}{% endfor %}{{ a }}",
            "[1, 1][1, 2][1]",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}

#[test]
fn so_is_what_holds_something_that_is_changed() {
    let rows = [
        (
            "{% set t = [{'n': 1}] %}{% set one = t[0] %}{% do one.update({'n': 2}) %}{{ t }}",
            "[{'n': 2}]",
        ),
        (
            "{% set t = [{'n': 1}] %}{% for x in t %}{% do x.update({'n': 2}) %}{% endfor %}{{ t }}",
            "[{'n': 2}]",
        ),
        (
            "{% set t = [{'n': 1}] %}{% set x = t | first %}{% do x.update({'n': 2}) %}{{ t }}",
            "[{'n': 2}]",
        ),
        (
            "{% set t = [{'n': 1}] %}{% set x = (t + []) | last %}{% do x.update({'n': 2}) %}{{ t }}",
            "[{'n': 2}]",
        ),
        (
            "{% set t = {'a': [1], 'b': 2} %}{% set x = t.get('a') %}{% do x.append(2) %}{{ t }}",
            "{'a': [1, 2], 'b': 2}",
        ),
        (
            "{% set t = {'a': [1], 'b': 2} %}{% for k, v in t.items() %}\
             {% if k == 'a' %}{% do v.append(2) %}{% endif %}{% endfor %}{{ t }}",
            "{'a': [1, 2], 'b': 2}",
        ),
        (
            "{% set t = [[1], [2]] %}{% for x in t %}{% do loop.previtem.append(3) if loop.index > 1 %}\
             {% endfor %}{{ t }}",
            "[[1, 3], [2]]",
        ),
        (
            "{% import 'module' as m %}{% do m.items.append(2) %}{{ m.items }}{{ m.same }}{{ m.word }}",
            "[1, 2][1, 2]w",
        ),
        (
            "{% from 'module' import items, word %}{% do items.append(2) %}{{ items }}{{ word }}",
            "[1, 2]w",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}

#[test]
fn constants_are_what_they_were() {
    let rows = [
        (
            "{{ x }}{% set x = 'a' %}{{ x }}{% set y = x ~ 'b' %}{{ y }}",
            "aab",
        ),
        (
            "{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}",
            "231",
        ),
        (
            "{% set t = {'a': {'p': 80}, 'b': {'p': 22}} %}{{ t.get('c', t.b).p }}{{ t.a['p'] }}",
            "2280",
        ),
        (
            "{% set t = ['a', 'b'] %}{{ ', '.join(t) }}{{ t | length }}",
            "a, b2",
        ),
        ("{% if false %}{% set x = 1 %}{% endif %}[{{ x }}]", "[]"),
        (
            "{% macro m(x) %}{{ x }}{% set x = 2 %}{{ x }}{% endmacro %}{{ m(1) }}",
            "12",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}

#[test]
fn lists_that_share_items_change_alone() {
    let rows = [
        (
            "{% set t = (1, 2) %}{% set a = t | list %}{% set b = a | list %}{% do a.append(3) %}\
             {{ t }}{{ a }}{{ b }}",
            "(1, 2)[1, 2, 3][1, 2]",
        ),
        (
            "{% set t = (1, 2) %}{% set a = t | list %}{% for x in a %}{% if x < 3 %}\
             {% do a.append(x + 2) %}{% endif %}{% endfor %}{{ a }}{{ t }}",
            "[1, 2, 3, 4](1, 2)",
        ),
        (
            "{% set d = {'a': 1, 'b': 2} %}{% set v = d.values() | list %}{% do v.append(3) %}\
             {{ v }}{{ d }}{{ v == [1, 2, 3] }}",
            "[1, 2, 3]{'a': 1, 'b': 2}True",
        ),
        (
            "{% set s = [1, 2, 3] | select('gt', 1) %}{{ s | first }}{{ s | list }}{{ s | list }}",
            "2[3][]",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}

#[test]
fn lists_of_what_is_known_are_new_lists() {
    let rows = [
        (
            "{% set a = ['x'] %}{% set b = a | list %}{% do b.append('y') %}{{ a }}{{ b }}",
            "['x']['x', 'y']",
        ),
        (
            "{% set t = {'a': 1, 'b': 2} %}{% set k = t | list %}{% set v = t.values() | list %}\
             {% do k.append('c') %}{% do v.append(3) %}{{ k }}{{ v }}{{ t.keys() | list }}{{ t }}",
            "['a', 'b', 'c'][1, 2, 3]['a', 'b']{'a': 1, 'b': 2}",
        ),
        (
            "{% set t = {'a': 1, 'b': 2} %}{% do t.update({'c': 3}) %}{{ t | list }}{{ t.values() | list }}",
            "['a', 'b', 'c'][1, 2, 3]",
        ),
        (
            "{% for x in [1, 2] %}{% set a = ['x', 'y'] %}{% do a.append(x) %}{{ a }}{% endfor %}",
            "['x', 'y', 1]['x', 'y', 2]",
        ),
        (
            "{% set a = ['x', 'y'] %}{% do a.pop() %}{{ a }}{% do a.extend(['z']) %}{{ a }}",
            "['x']['x', 'z']",
        ),
        (
            "{% set a = [] %}{% set b = [] %}{% do a.append(1) %}{{ a }}{{ b }}{{ [] is sameas [] }}",
            "[1][]False",
        ),
        (
            "{{ (['a', 'b'] | list) is sameas (['a', 'b'] | list) }}{{ ['a'] * 2 }}{{ ['b', 'a'] | sort }}",
            "False['a', 'a']['a', 'b']",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}

#[test]
fn macros_see_arguments_and_defaults_as_ever() {
    let rows = [
        (
            "{% macro m(a, b=a ~ '!', c='-') %}{{ a }}{{ b }}{{ c }}{% endmacro %}\
             {{ m(1) }} {{ m(1, 2) }} {{ m(1, 2, 3) }} {{ m() }} {{ m(c=4, a=5) }}",
            "11!- 12- 123 !- 55!4",
        ),
        (
            "{% macro m(a) %}{% set a = a ~ 'x' %}{{ a }}{% endmacro %}{{ m('1') }}{{ m('2') }}",
            "1x2x",
        ),
        (
            "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{{ n }}{% endif %}{% endmacro %}{{ m(2) }}",
            "21012",
        ),
        (
            "{% macro inner(a) %}[{{ a }}]{% endmacro %}{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}\
             {{ m(inner('x'), inner(inner('y'))) }}",
            "[x][[y]]",
        ),
        (
            "{% macro m(a) %}{% macro n() %}{{ a }}{% endmacro %}{{ n() }}{% set a = 2 %}{{ n() }}\
             {% endmacro %}{{ m(1) }}",
            "12",
        ),
        (
            "{% set out %}{% macro m(a) %}{{ a }}{{ varargs }}{% endmacro %}{{ m(1, 2, 3) }}{% endset %}{{ out }}",
            "1(2, 3)",
        ),
        (
            "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'b': 3}) }}{{ m(1, b=4) }}",
            "12314",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}

#[test]
fn one_piece_of_a_text_is_that_of_all_pieces() {
    let rows = [
        (
            "{{ 'a,b,c'.split(',')[0] }}{{ 'a,b,c'.split(',')[2] }}",
            "ac",
        ),
        ("{{ 'a,b'.split(',')[2] }}|{{ 'a,b'.split(',')[-1] }}", "|b"),
        (
            "{{ 'abc'.split('x')[0] }}{{ ''.split('x')[0] }}{{ 'äöü'.split('ö')[1] }}",
            "abcü",
        ),
        (
            "{% set t = {'split': {'x': 'y'}.get} %}{{ t.split('x')[0] }}",
            "y",
        ),
    ];
    for (source, expected) in rows {
        same_again(source, expected);
    }
}
