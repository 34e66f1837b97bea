#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::template::Engine;

pub(super) fn hosts() -> Hosts {
    let entry = |key: &str, changeable| Entry {
        key: key.to_owned(),
        changeable,
    };
    let table = |name: &str, columns: &[&str], changeable| Table {
        name: name.to_owned(),
        columns: Some(columns.iter().map(|one| (*one).to_owned()).collect()),
        changeable,
    };
    let globals = [
        ("timestamp", Host::Constant),
        ("params", Host::Mapping(vec![entry("host", false)])),
        ("vars", Host::Mapping(vec![entry("list", true)])),
        (
            "samples",
            Host::Tables(vec![
                table("users", &["name", "age"], false),
                table("nested", &["items"], true),
            ]),
        ),
        ("locals", Host::Store),
        ("shared", Host::Store),
        (
            "module",
            Host::Modules {
                stateless: |path| !path.contains(&"unique"),
                signature: |path| (path == ["rand", "chance"]).then_some((&["prob"], 1)),
            },
        ),
        ("dispatch", Host::Effect("it uses `dispatch`")),
    ];
    Hosts {
        globals: globals
            .into_iter()
            .map(|(name, host)| (name.to_owned(), host))
            .collect(),
        kept: ["kept.jinja".to_owned()].into(),
    }
}

fn files(name: &str) -> Option<String> {
    let text = match name {
        "macros.jinja" => {
            "{% macro row(x, shared) %}{{ shared.get('n:' ~ x) }}{% endmacro %}\
             {% macro add(l, x) %}{% do l.append(x) %}{% endmacro %}"
        }
        "kept.jinja" => "{% set k = [] %}{% macro m() %}{% do k.append(1) %}{% endmacro %}",
        "touch.jinja" => "{% do item.append(1) %}",
        "self.jinja" => "{% include 'self.jinja' %}",
        _ => return None,
    };
    Some(text.to_owned())
}

pub(super) fn loader() -> Engine {
    Engine::new(files)
}

fn usage(text: &str) -> Usage {
    let template = loader().compile("t.jinja", text).expect("compiles");
    template.usage(&hosts())
}

#[test]
fn what_stays_within_the_render_is_pure() {
    for text in [
        "{{ timestamp.isoformat() }} {{ params.host }} {{ params.get('x', 1) }}",
        "{% set l = [] %}{% for u in samples.users if u.age == '3' %}{% do l.append(u) %}{% endfor %}\
         {% set u = l | random %}{{ u.name }}",
        "{% set ns = namespace(items=[]) %}{% do ns.items.append(params.host) %}{{ ns.items }}",
        "{% set d = {} %}{% do d.setdefault('a', []).append(1) %}{% do d.update(b=2) %}",
        "{% from 'macros.jinja' import add %}{% set l = [] %}{{ add(l, params) }}",
        "{{ module.rand.choice([1, 2]) }}{{ module.rand.shuffle(params.host) }}",
        "{% set l = vars.list | list %}{% do l.append(1) %}{% do l.sort() %}",
        "{% set l = samples.users.where(name='x').name %}{% do l.append(1) %}",
        "{% macro shout(params) %}{{ params.upper() }}{% endmacro %}{{ shout('x') }}",
        "{% for key, value in params.items() recursive %}{{ loop.index }}{{ key }}{% endfor %}",
        "{% set c = cycler('a', 'b') %}{{ c.next() }}",
        "{% include 'self.jinja' %}{% include 'missing.jinja' ignore missing %}",
    ] {
        let found = usage(text);
        assert!(found.is_pure(), "{text}: {:?}", found.impurities);
    }
}

#[test]
fn what_outlives_the_render_is_not() {
    for (text, place, reason) in [
        ("\n{{ shared.n }}", "t.jinja:2:4", "state `shared`"),
        ("{% do dispatch.drop() %}", "t.jinja:1:7", "dispatch"),
        (
            "{% do params.update(a=1) %}",
            "t.jinja:1:7",
            "changed by `update`",
        ),
        (
            "{% do vars.list.append(1) %}",
            "t.jinja:1:7",
            "changed by `append`",
        ),
        (
            "{% set l = vars.list %}{% set k = l %}{% do k.pop() %}",
            "t.jinja:1:45",
            "`k` outlives",
        ),
        (
            "{% set l = [vars.list] %}{% do l[0].append(1) %}",
            "t.jinja:1:32",
            "append",
        ),
        (
            "{% for x in vars.values() %}{% do x.append(1) %}{% endfor %}",
            "t.jinja:1:35",
            "append",
        ),
        (
            "{% set f = vars.list.append %}{{ f(1) }}",
            "t.jinja:1:12",
            "may be changed",
        ),
        (
            "{% set f = vars.list['app' ~ 'end'] %}{{ f(1) }}",
            "t.jinja:1:42",
            "chosen",
        ),
        (
            "{{ vars.list | attr('append') }}",
            "t.jinja:1:16",
            "may be changed",
        ),
        (
            "{{ samples.nested.pick().items.append(1) }}",
            "t.jinja:1:4",
            "append",
        ),
        (
            "{% set r = samples.nested | random %}{% do r.items.pop() %}",
            "t.jinja:1:44",
            "pop",
        ),
        (
            "{% do module.random.shuffle(vars.list) %}",
            "t.jinja:1:7",
            "shuffles",
        ),
        (
            "{{ module.faker.locale.en.unique.name() }}",
            "t.jinja:1:4",
            "unique",
        ),
        (
            "{% from 'macros.jinja' import add as a %}{{ a(vars.list, 1) }}",
            "macros.jinja:1:94",
            "append",
        ),
        (
            "{% from 'kept.jinja' import m %}{{ m() }}",
            "t.jinja:1:9",
            "configured template",
        ),
        (
            "{% include params.host %}",
            "t.jinja:1:12",
            "chooses a file",
        ),
        (
            "{% for item in [vars.list] %}{% include 'touch.jinja' %}{% endfor %}",
            "touch.jinja:1:7",
            "append",
        ),
        (
            "{% macro m() %}{{ caller(vars.list) }}{% endmacro %}{% call(x) m() %}{% do x.append(1) %}{% endcall %}",
            "t.jinja:1:76",
            "append",
        ),
        ("{% set s = shared %}", "t.jinja:1:12", "shared"),
        (
            "{% set d = {'f': vars.list} %}{% set e = d.copy() %}{% do e.f.append(1) %}",
            "t.jinja:1:59",
            "append",
        ),
        (
            "{% set t = vars.list, 1 %}{% set a, b = t %}{% do a.append(1) %}",
            "t.jinja:1:51",
            "append",
        ),
    ] {
        let found = usage(text);
        let first = found.impurities.first();
        let first = first.unwrap_or_else(|| panic!("{text} is taken for pure"));
        let at = first.place.as_ref().map(ToString::to_string);
        assert_eq!(at.as_deref(), Some(place), "{text}: {}", first.reason);
        assert!(first.reason.contains(reason), "{text}: {}", first.reason);
    }
}

#[test]
fn names_are_listed_with_their_places() {
    let found = usage(
        "{% from 'macros.jinja' import row %}{% set u = samples.users | random %}\n\
         {{ u.name }}{{ params.host }}{{ row(u.age, shared) }}{% do shared.set('k', 1) %}\
         {{ module.rand.number.integer(1, 2) }}{{ samples.users.age }}",
    );
    let users = &found.tables[0];
    assert_eq!((users.name.as_str(), users.columns.len()), ("users", 2));
    assert_eq!(found.keys[0].key.as_deref(), Some("host"));
    let state: Vec<String> = found
        .state
        .iter()
        .map(|one| format!("{}.{} {} {}", one.scope, one.key, one.read, one.written))
        .collect();
    assert_eq!(state, ["shared.n:… true false", "shared.k false true"]);
    assert_eq!(found.modules[0].name, "rand.number.integer");
    assert_eq!(found.files[0].name.as_deref(), Some("macros.jinja"));
    assert!(found.files[0].found);
}

#[test]
fn columns_that_no_row_has_are_told() {
    let found = usage(
        "{% set u = samples.users.pick() %}{{ u.nmae }}{{ u.extra | default('') }}\
         {{ u.more is defined }}{{ samples.users.where(agee='1').pick() }}{{ u.count }}",
    );
    let columns: Vec<&str> = found
        .unknown_columns
        .iter()
        .map(|one| one.column.as_str())
        .collect();
    assert_eq!(columns, ["nmae", "agee"]);
    assert_eq!(found.unknown_columns[0].nearest.as_deref(), Some("name"));
}

#[test]
fn calls_that_cannot_fit_are_told() {
    let found = usage(
        "{{ module.rand.chance() }}{{ module.rand.chance(1, 2) }}{{ module.rand.chance(probb=1) }}\n\
         {{ 'x' | replace('a') }}{{ 1 | round(2, 'ceil', 3) }}{{ samples.user | random }}{{ 1 // 0 }}\n\
         {{ module.rand.chance(*[1]) }}{{ 'x' | replace(*['a', 'b']) }}{{ samples.nope | default(1) }}",
    );
    let found: Vec<String> = found
        .mistakes
        .iter()
        .map(|one| format!("{}: {}", one.place, one.message))
        .collect();
    assert_eq!(
        found,
        [
            "t.jinja:1:4: module.rand.chance needs the argument `prob`",
            "t.jinja:1:30: module.rand.chance takes at most 1 argument, 2 given",
            "t.jinja:1:60: module.rand.chance has no argument `probb`",
            "t.jinja:2:10: filter replace needs the argument `new`",
            "t.jinja:2:32: filter round takes at most 2 arguments, 3 given",
            "t.jinja:2:57: there is no sample `user`",
            "t.jinja:2:84: division by zero",
        ]
    );
}
