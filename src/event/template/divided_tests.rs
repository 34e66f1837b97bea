//! A source that begins events and another that finishes them give what one alone gives, for templates
//! put together from pieces that get in each other's way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use proptest::prelude::*;

use super::tests::{at, build, project};
use crate::batch::EventBatch;
use crate::event::{EventSource, Limits, Outcome};

const SAMPLES: &str =
    "samples:\n  people: {type: items, source: [[ann, 1], [bob, 2], [cid, 3], [dan, 4]]}\n";

/// Statements over few names, so that most of them touch what others use.
const PIECES: [&str; 78] = [
    "{% set n = shared.get('n', 0) %}",
    "{% do shared.set('n', n + 1) %}",
    "{% do shared.set('n', (n or 0) + module.rand.number.integer(1, 9)) %}",
    "{% set l = shared.get('l', []) %}",
    "{% do l.append(n) %}",
    "{% do l.append(a) %}",
    "{% do shared.set('l', l) %}",
    "{% if l and l | length > 3 %}{% do l.pop(0) %}{% endif %}",
    "{% set a = module.rand.number.integer(0, 99) %}",
    "{% set a = n %}",
    "{% set a = [n, 1] %}",
    "{% set a = l %}",
    "{% set b = a %}",
    "{% set b = [a] %}",
    "{% set b = {'k': a} %}",
    "{% set b = l[0] %}",
    "{% set b = samples.people | random %}",
    "{% set b = samples.people | list %}",
    "{% set a = b %}",
    "{% set c = l | select('number') %}",
    "{% set c = [1, 2, 3] | map('string') %}",
    "{% set c = ['x', 'y', 'z'] | map('upper') | list | random %}",
    "{% set c = c ~ a %}",
    "{% do b.append(7) %}",
    "{% do a.append(8) %}",
    "{% do b.update({'z': n}) %}",
    "{% set ns = namespace(v=0) %}",
    "{% set ns.v = n %}",
    "{% set ns.v = 5 %}",
    "{{ ns.v }}",
    "{{ n }};",
    "{{ a }};",
    "{{ b }};",
    "{{ c }};",
    "{{ c | list }};",
    "{{ l }};",
    "{{ l | length if l else 'no' }};",
    "{{ module.rand.number.integer(0, 999) }};",
    "{{ [1, 2, 3, 4] | random }};",
    "{{ shared.get('n', 0) }};",
    "{{ shared.n }};",
    "{{ locals.get('m', 0) }}{% do locals.set('m', locals.get('m', 0) + 1) %}",
    "{% do locals.set('l', l) %}",
    "{% set n = locals.get('m', 4) %}",
    "text;",
    "{% if n %}yes{% else %}no{% endif %};",
    "{% if a %}{% set a = 3 %}{{ a }}{% endif %};",
    "{% if n %}{% set a = n + 1 %}{% endif %}",
    "{% if n is defined and shared.get('n', 0) > 3 %}{{ n }}{% do shared.set('n', 0) %}{% endif %}",
    "{% for x in l or [] %}{{ x }},{% endfor %}",
    "{% for x in range(3) %}{% do l.append(x) %}{% endfor %}",
    "{% for x in range(2) %}{{ module.rand.number.integer(0, 9) }}{% set n = x %}{% endfor %}",
    "{% macro m(x) %}[{{ x }}{{ a }}]{% endmacro %}",
    "{% macro s(x) %}{% do shared.set('n', x) %}{{ x }}{% endmacro %}",
    "{% macro g(x) %}{% do x.append(1) %}{% endmacro %}",
    "{{ m(n) if m is defined }};",
    "{{ s(a) if s is defined }};",
    "{{ g(l) if g is defined }};",
    "{% set t %}<{{ n }}{{ a }}>{% endset %}",
    "{{ t }};",
    "{% set x, y = [n, 2] %}{{ y }}{{ x }};",
    "{% set st = shared %}",
    "{{ st.get('n') }};",
    "{% do st.set('n', 2) if st %}",
    "{% set f = l.append %}",
    "{% do f(3) if f is defined %}",
    "{% filter upper %}x{{ n }}{% endfilter %}",
    "{% set n = n or 3 %}",
    "{% do shared.update({'n': a}) %}",
    "{% with n = 5 %}{{ n }}{{ a }}{% endwith %};",
    "{% set d = shared.get('d', {'p': 1, 'q': a}) %}",
    "{% do shared.set('d', {'p': n, 'q': a, 'r': 3, 'l': l}) %}",
    "{% set d = {'r': n, 'p': a} %}",
    "{{ d.p }}{{ d.get('z', 4) }};",
    "{{ d['q'] if d is defined }}{{ d.r }};",
    "{% if d.l is defined %}{{ d.l | length }}{% endif %};",
    "{% do d.update({'p': 5}) if d is defined %}",
    "{{ d | tojson if d is defined }};",
];

/// What the first template begins with: without a value for its names most others would fail.
const STARTS: [&str; 5] = [
    "",
    "{% set n = shared.get('n', 0) %}{% set l = shared.get('l', []) %}{% set a = 1 %}{% set b = {} %}",
    "{% set n = 1 %}{% set l = [4] %}{% set a = l %}{% set b = a %}{% set c = '' %}",
    "{% set n = shared.get('n', 0) %}{% set d = shared.get('d', {'p': n, 's': 3}) %}",
    "{% set l = shared.get('l', []) %}{% set b = [l] %}{% set a = b[0] %}{% set ns = namespace(v=l) %}\
     {% do shared.set('l', l) %}",
];

fn source(base: &Path, yaml: &str) -> Box<dyn EventSource> {
    let (source, problems) = build(base, yaml, Some(3), Limits::RUN);
    source.unwrap_or_else(|| panic!("{problems:?}"))
}

/// How a run went.
#[derive(Debug, PartialEq)]
enum Went {
    /// The templates cannot be divided.
    Undivided,
    /// It failed, on both ways.
    Failed,
    Same,
}

/// Renders three times four timestamps at once and in two parts.
fn compare(templates: &[String], mode: &str) -> Went {
    let names: Vec<String> = (0..templates.len())
        .map(|n| format!("t{n}.jinja"))
        .collect();
    let files: Vec<(&str, &str)> = names
        .iter()
        .zip(templates)
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let folder = project(&files);
    let mut yaml = format!("{mode}{SAMPLES}templates:\n");
    for (number, name) in names.iter().enumerate() {
        yaml.push_str(&format!("- t{number}: {{template: {name}}}\n"));
    }
    let [mut alone, mut first, mut second] = std::array::from_fn(|_| source(folder.path(), &yaml));
    if first.divided().is_err() {
        return Went::Undivided;
    }
    for round in 0..3 {
        let moments: Vec<_> = (0..4).map(|n| at(round * 4 + n)).collect();
        let (mut whole, mut parts) = (EventBatch::default(), EventBatch::default());
        let wanted: Vec<Outcome> = moments
            .iter()
            .map(|at| alone.produce(*at, &[], &mut whole))
            .collect();
        let begun = first.begin(&moments, &[0; 4], &[Vec::new()]);
        let outcomes = begun.map(|begun| {
            let each = moments.iter().enumerate();
            each.map(|(which, at)| second.finish(&begun, which, *at, &[], &mut parts))
                .collect::<Vec<_>>()
        });
        let failed = wanted.iter().any(|one| matches!(one, Outcome::Failed(_)));
        let gave_up = outcomes
            .as_ref()
            .is_none_or(|all| all.iter().any(Option::is_none));
        assert_eq!(failed, gave_up, "{templates:?}: {wanted:?}, {outcomes:?}");
        if failed {
            return Went::Failed;
        }
        assert_eq!(whole, parts, "{templates:?}");
        assert_eq!(
            format!("{:?}", alone.state()),
            format!("{:?}", first.state()),
            "{templates:?}"
        );
    }
    Went::Same
}

fn text(pieces: &[usize]) -> String {
    pieces.iter().map(|at| PIECES[*at]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_parts_give_what_the_whole_gives(
        pieces in prop::collection::vec(0..PIECES.len(), 1..14),
        others in prop::collection::vec(0..PIECES.len(), 0..8),
        start in prop::sample::select(STARTS.to_vec()),
        mode in prop::sample::select(vec!["mode: all\n", "mode: any\n", "mode: spin\n"]),
    ) {
        compare(&[format!("{start}{}", text(&pieces)), text(&others)], mode);
    }
}

#[test]
fn most_of_a_usual_template_is_finished_elsewhere() {
    let usual = "{% set host = samples.people | random %}\
        {% set id = shared.get('id:' ~ host[0], 1) %}\
        {% set pool = shared.get('pool', []) %}\
        {% do pool.append({'id': id, 'host': host}) %}\
        {% if pool | length > 5 %}{% set gone = pool.pop(0) %}{% endif %}\
        {% set code = [200, 404] | random %}\
        {\"host\": \"{{ host[0] }}\", \"id\": {{ id }}, \"code\": {{ code }}, \
        \"gone\": {{ gone.host[1] if gone }}}\
        {% do shared.set('pool', pool) %}{% do shared.set('id:' ~ host[0], id + 1) %}";
    assert_eq!(compare(&[usual.to_owned()], "mode: all\n"), Went::Same);
    let writes =
        "{{ shared.get('n', 0) }}{% do shared.set('n', shared.get('n', 0) + 1) %}".to_owned();
    assert_eq!(compare(&[writes], "mode: all\n"), Went::Same);
}

#[test]
fn what_cannot_be_taken_back_is_not_divided() {
    for template in [
        "{% do globals.set('n', 1) %}",
        "{{ subprocess.run('true').exit_code }}{{ shared.get('n') }}",
        "{{ module.faker.locale.en.unique.name() }}{{ shared.get('n') }}",
        "{% if shared.get('n') %}{% do dispatch.drop() %}{% endif %}",
        "{% include name %}{{ shared.get('n') }}",
    ] {
        assert_eq!(
            compare(&[template.to_owned()], "mode: all\n"),
            Went::Undivided,
            "{template}"
        );
    }
}
