#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::tests::{hosts, loader};
use super::*;

/// What is ordered, what comes later, what is handed over and what is taken down.
fn divided(text: &str) -> String {
    let template = loader().compile("t.jinja", text).expect(text);
    match divide(&template, &hosts()) {
        Ok(division) => {
            let names: Vec<&str> = division.handed.iter().map(|name| &**name).collect();
            let list = |numbers: &[usize]| {
                let all: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                all.join(" ")
            };
            format!(
                "{} | {} | {} | {}",
                list(&division.ordered),
                list(&division.later),
                names.join(" "),
                list(&division.writing)
            )
        }
        Err(why) => format!("{why:?}"),
    }
}

#[test]
fn only_what_the_state_needs_is_ordered() {
    for (text, wanted) in [
        // Nothing touches the state.
        ("{% set a = 1 %}{{ a }}", " | 0 1 |  | "),
        // A counter: its value travels.
        (
            "{% set n = shared.get('n', 0) %}{% set x = 5 ~ n %}{{ n }}{{ x }}{% do shared.set('n', n + 1) %}",
            "0 4 | 1 2 3 | n | ",
        ),
        // What a key is made of is needed too, what is made of it is not.
        (
            "{% set h = samples.users | random %}{% set k = h.name %}{% set n = shared.get(k, 0) %}\
             {% set t = h.age %}{{ n }}{{ t }}",
            "0 1 2 | 3 4 5 | h n | ",
        ),
        // A constant and a macro are at hand on both sides.
        (
            "{% set c = 'x' %}{% macro m(v) %}{{ v }}{{ c }}{% endmacro %}\
             {% do shared.set(c, m(1)) %}{{ m(2) }}",
            "0 1 2 | 0 1 3 |  | ",
        ),
        // What is written while the state is used is taken down.
        (
            "{{ 1 }}{{ shared.get('n', 0) }}{% do shared.set('n', 1) %}",
            "1 2 | 0 |  | 1",
        ),
        // A variable that an ordered statement sets again.
        (
            "{% set a = 1 %}{% set b = a %}{% set a = shared.get('n', 0) %}{{ a }}{{ b }}",
            "0 1 2 | 3 4 | a b | ",
        ),
        // A list is seen before it is changed.
        (
            "{% set l = shared.get('l', []) %}{% set c = l | length %}{% do l.append(1) %}{{ c }}",
            "0 1 2 | 3 | c | ",
        ),
        // The same list under another name.
        (
            "{% set l = [1] %}{% set m = l %}{% do shared.set('l', l) %}{% do m.append(1) %}{{ m }}",
            "0 1 2 3 | 4 | m | ",
        ),
        // A macro that touches the state makes those ordered that call it.
        (
            "{% macro n(s) %}{{ s.get('n') }}{% endmacro %}{% set i = n(shared) %}{{ i }}",
            "0 1 | 2 | i | ",
        ),
    ] {
        assert_eq!(divided(text), wanted, "{text}");
    }
}

#[test]
fn some_templates_are_rendered_in_order_as_a_whole() {
    for text in [
        // What it sets would be lost in the text that is taken down.
        "{% if shared.get('n') %}x{% set a = 1 %}{% endif %}{{ a }}",
        "{% block b %}{{ shared.get('n') }}{% endblock %}",
    ] {
        assert_eq!(divided(text), "Whole", "{text}");
    }
}

#[test]
fn what_outlives_the_render_beside_the_state_is_not_begun_early() {
    for text in [
        "{% do vars.list.append(1) %}",
        "{{ module.rand.unique }}",
        "{% include x %}",
    ] {
        assert_eq!(divided(text), "Outside", "{text}");
    }
}
