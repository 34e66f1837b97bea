//! `module.faker` and `module.mimesis` as templates see them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::super::Gateway;
use super::FakerMode;
use crate::fake::Fast;
use crate::template::{Engine, Error, Limits, Run, Template, Value, Vars};

fn compile(source: &str) -> Template {
    let engine = Engine::new(|_: &str| None);
    engine.set_global("module", Value::object(Gateway::new(FakerMode::Real)));
    engine.compile("t", source).unwrap()
}

fn render(source: &str) -> Result<String, Error> {
    let mut out = Vec::new();
    let mut random = Fast::seeded(7);
    let run = Run {
        random: &mut random,
        vars: &Vars::default(),
        limits: Limits::default(),
        now_us: 1_772_352_000_123_456,
    };
    compile(source).render(run, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn problems(source: &str) -> Vec<String> {
    let template = compile(source);
    let text = |error: &Error| format!("{error:?}");
    template.problems().iter().map(text).collect()
}

#[test]
fn unknown_providers_and_arguments_are_found_when_compiling() {
    let found = |source: &str, name: &str| {
        let problems = problems(source);
        assert_eq!(problems.len(), 1, "{source}: {problems:?}");
        assert!(problems[0].contains(name), "{problems:?}");
    };
    found("{{ module.faker.locale.en_US.usr_name() }}", "user_name");
    found("{{ module.faker.locale.en_US.random_int(mim=1) }}", "min");
    found(
        "{{ module.faker.locale.en_US.name(1, 2) }}",
        "at most 0 arguments",
    );
    found("{{ module.faker.locale.de_DD.name() }}", "de_DE");
    found(
        "{{ module.mimesis.locale.en.person.fullname() }}",
        "full_name",
    );
    found("{{ module.mimesis.locale.en.persn.full_name() }}", "person");
    assert!(problems("{{ module.faker.locale['de_DE'].name() }}").is_empty());
}

#[test]
fn calls_answer() {
    let is =
        |source: &str, expected: &str| assert_eq!(render(source).unwrap(), expected, "{source}");
    is(
        "{% set f = module.faker.locale.en_US %}{{ f.random_element([5]) + 1 }}",
        "6",
    );
    is(
        "{{ module.faker.locale.en_US.random_elements(['x'], length=2) }}",
        "['x', 'x']",
    );
    is(
        "{{ module.faker.locale.en_US.random_elements({'x': 1.0, 'y': 0.0}, length=2) }}",
        "['x', 'x']",
    );
    is(
        "{{ module.faker.locale.en_US.pyint(3, 3) is integer }}",
        "True",
    );
    is(
        "{{ module.faker.locale.en_US.optional.name(prob=0) }}",
        "None",
    );
    is(
        "{{ module.faker.locale['en_US'].parse('a{' ~ '{random_digit}' ~ '}b') | length }}",
        "3",
    );
    is(
        "{{ module.faker.locale.en_US.date_time(tzinfo=module.datetime.timezone.utc).tzinfo }}",
        "UTC",
    );
    is(
        "{{ module.faker.locale.en_US.time_delta() == module.datetime.timedelta(0) }}",
        "True",
    );
    is(
        "{{ '/' in module.faker.locale.en_US.pytimezone().key }}",
        "True",
    );
    is("{{ module.mimesis.enums.Gender.MALE.value }}", "male");
    is("{{ module.mimesis.locale.en.choice([4]) }}", "4");
    is(
        "{{ module.mimesis.locale.en.choice.choice([4], length=2) }}",
        "[4, 4]",
    );
    is("{{ module.mimesis.spec['usa'].ssn() | length }}", "11");
    let male = render(
        "{{ module.mimesis.locale.ru.person.patronymic(gender=module.mimesis.enums.Gender.MALE) }}",
    );
    assert!(male.unwrap().ends_with("ич"));
}

#[test]
fn unique_gives_nothing_twice_and_gives_up() {
    let source = "{% set u = module.faker.locale.en_US.unique %}{% for i in range(10) %}{{ u.random_digit() }}{% endfor %}";
    let mut digits: Vec<char> = render(source).unwrap().chars().collect();
    digits.sort_unstable();
    assert_eq!(digits, ('0'..='9').collect::<Vec<_>>());
    let again =
        "{% for i in range(11) %}{{ module.faker.locale.en_US.unique.random_digit() }}{% endfor %}";
    let error = render(again).unwrap_err().to_string();
    assert!(error.contains("no new value in 1000 attempts"), "{error}");
}

#[test]
fn errors_name_the_function_and_the_argument() {
    let fails = |source: &str, expected: &str| {
        let error = render(source).unwrap_err().to_string();
        assert!(error.contains(expected), "{source}: {error}");
    };
    fails(
        "{{ module.faker.locale.en_US.random_int(min='a') }}",
        "random_int(): `min` must be a whole number, not a text",
    );
    fails(
        "{{ module.faker.locale.en_US.random_int(min=nothing) }}",
        "random_int(): `min` is undefined",
    );
    fails(
        "{{ module.faker.locale.en_US.seed_instance(1) }}",
        "seed_instance() of faker cannot be called here",
    );
    fails(
        "{{ module.faker.locale.en_US.date_time(tzinfo='x') }}",
        "`tzinfo` must be a timezone",
    );
}
