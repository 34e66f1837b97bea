//! What a wrong template is told: place, message and help, compiling or rendering.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evtui::fake::{Fast, Random};
use evtui::template::{Engine, Error, Limits, Run, Vars, python_module};

fn files(name: &str) -> Option<String> {
    let text = match name {
        "m" => "{% macro bad(x) %}\n  {{ x + 1 }}\n{% endmacro %}",
        "inc" => "inc {{ 1 + 'a' }}",
        _ => return None,
    };
    Some(text.to_owned())
}

fn attempt(source: &str) -> Result<(), Error> {
    let engine = Engine::new(files);
    engine.set_global("datetime", python_module("datetime").unwrap());
    let template = engine.compile("t", source)?;
    let mut random = Fast::for_event(1, 0);
    let random: &mut dyn Random = &mut random;
    let run = Run {
        random,
        vars: &Vars::default(),
        limits: Limits::default(),
        now_us: 0,
    };
    template.render(run, &mut Vec::new())
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let table = [
        (
            "{{ 'a' | uper }}",
            "t:1:10: no filter named 'uper' (did you mean `upper`?)",
        ),
        (
            "{{ 1 is evn }}",
            "t:1:9: no test named 'evn' (did you mean `even`?)",
        ),
        (
            "\n{{ a && b }}",
            "t:2:6: unexpected character '&' (write `a and b`)",
        ),
        (
            "{{ a ? b : c }}",
            "t:1:6: unexpected character '?' (write `a if condition else b`)",
        ),
        (
            "{% while x %}",
            "t:1:4: unknown tag 'while' (there is no `while`: write `{% for i in range(100) %}` and `{% break %}`)",
        ),
        (
            "{% fro x in y %}",
            "t:1:4: unknown tag 'fro' (did you mean `for`?)",
        ),
        (
            "{% if x = 5 %}{% endif %}",
            "t:1:9: expected '%}', found '=' (`==` compares; `{% set name = value %}` assigns)",
        ),
        (
            "{% set x = {{ y }} %}",
            "t:1:17: expected ':', found '}' (inside of a tag names stand without braces: `{{ x }}`, `{% if x %}`)",
        ),
        (
            "{{ [x for x in y] }}",
            "t:1:7: expected ',', found 'for' (there are no comprehensions",
        ),
        (
            "{{ x for x in y }}",
            "t:1:6: expected '}}', found 'for' (there are no comprehensions: use `map`, `select` and `list`, or a `for` block)",
        ),
        (
            "{{ f'x' }}",
            "t:1:5: expected '}}', found a string (`~` joins texts and values; there are no f-strings)",
        ),
        (
            "{% if x %}",
            "t:1:4: 'if' is not closed: 'endif' is missing",
        ),
        ("{% endfor %}", "t:1:4: 'endfor' without an open 'for'"),
        ("{{ 'x }}", "t:1:4: string is not closed"),
        ("{% break %}", "t:1:1: 'break' outside a loop"),
        (
            "{{ len(x) }}",
            "t:1:4: `len` is undefined, so it cannot be called (it is a filter here: `x | length`)",
        ),
        (
            "{{ zip(x) }}",
            "t:1:4: `zip` is undefined, so it cannot be called (write `module.builtins.zip(...)`)",
        ),
        (
            "{{ x.y.z }}",
            "t:1:4: `x` is undefined (an undefined value has no attributes; `| default(...)` gives it a value)",
        ),
        (
            "{{ none + 1 }}",
            "t:1:4: unsupported operand types for +: 'NoneType' and 'int' (one side is none, as is a key of the state that was not set: `get(key, 0)`)",
        ),
        (
            "{{ 1 + 'a' }}",
            "t:1:4: unsupported operand types for +: 'int' and 'str' (`~` joins anything as text; `| int` makes a number of a text)",
        ),
        (
            "{{ datetime.date(2026, 1, 1) + 5 }}",
            "t:1:4: unsupported operand types for +: 'date' and 'int' (write `module.datetime.timedelta(seconds=...)` for the number)",
        ),
        (
            "{{ datetime.timedelta(hour=1) }}",
            "t:1:4: timedelta() got an unexpected keyword argument 'hour' (did you mean `hours`?)",
        ),
        (
            "{{ 'x'.upperr() }}",
            "t:1:4: 'str' object has no attribute 'upperr' (did you mean `upper`?)",
        ),
        (
            "{% from 'm' import bad %}\n{{ bad('x') }}",
            "m:2:6: unsupported operand types for +: 'str' and 'int', from t:2:4",
        ),
        (
            "\n{% include 'inc' %}",
            "inc:1:8: unsupported operand types for +: 'int' and 'str', from t:2:1",
        ),
        ("{% include 'none' %}", "t:1:1: template 'none' not found"),
        (
            "{% for a, b in [1] %}{% endfor %}",
            "t:1:8: 'int' object is not iterable",
        ),
        (
            "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
            "t:1:34: macro 'm' takes at most 1 argument(s), 2 given",
        ),
        ("{{ 1 / 0 }}", "t:1:4: division by zero"),
        (
            "{{ [1, 'a'] | sort }}",
            "t:1:15: '<' not supported between instances of 'str' and 'int'",
        ),
        (
            "{{ '\\N{NO SUCH}' }}",
            "t:1:4: unknown character name 'NO SUCH'",
        ),
    ];
    let mut wrong = Vec::new();
    for (source, expected) in table {
        let found = match attempt(source) {
            Ok(()) => "no error".to_owned(),
            Err(error) => error.to_string(),
        };
        if !found.starts_with(expected) {
            wrong.push(format!(
                "{source}\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_named_with_their_place() {
    let engine = Engine::new(files);
    let source = "\n {% include 'inc' %}{% include ['a', 'b'] %}{% import 'm' as m %}\
        {% include 'c' ignore missing %}{% include 'c' %}";
    let template = engine.compile("t", source).unwrap();
    let found: Vec<String> = template
        .references()
        .iter()
        .map(|one| format!("{} {} {}", one.place, one.name, one.optional))
        .collect();
    assert_eq!(
        found,
        [
            "t:2:13 inc false",
            "t:2:32 a true",
            "t:2:32 b true",
            "t:2:55 m false",
            "t:2:109 c false"
        ]
    );
}
