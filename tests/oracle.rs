//! The template language beside an independent engine, on the part where both must agree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evtui::fake::Random;
use evtui::template::{Engine, Limits, Run, Vars};
use proptest::prelude::*;

/// No template here draws.
struct Never;

impl Random for Never {
    fn unit(&mut self) -> f64 {
        panic!("nothing is drawn")
    }

    fn below(&mut self, _: u64) -> u64 {
        panic!("nothing is drawn")
    }
}

fn ours(source: &str) -> Result<String, String> {
    let engine = Engine::new(|_: &str| None);
    let template = engine
        .compile("t", source)
        .map_err(|error| format!("{error:?}"))?;
    let mut out = Vec::new();
    let run = Run {
        random: &mut Never,
        vars: &Vars::default(),
        limits: Limits::default(),
        now_us: 0,
    };
    template
        .render(run, &mut out)
        .map_err(|error| format!("{error:?}"))?;
    Ok(String::from_utf8(out).unwrap())
}

fn theirs(source: &str) -> Result<String, String> {
    minijinja::Environment::new()
        .render_str(source, ())
        .map_err(|error| format!("{error:?}"))
}

/// Expressions over small integers, texts and lists, of forms that both engines define alike.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0i64..50).prop_map(|number| number.to_string()),
        "[a-z]{0,4}".prop_map(|text| format!("({text:?} | length)")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), "[-+*]", inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), 1i64..9).prop_map(|(a, b)| format!("({a} // {b})")),
            (inner.clone(), 1i64..9).prop_map(|(a, b)| format!("({a} % {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} if {b} > {c} else {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("([{a}, {b}] | max)")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("([{a}, {b}] | sum)")),
        ]
    })
}

proptest! {
    #[test]
    fn expressions_agree(source in expression()) {
        let source = format!("{{{{ {source} }}}}");
        prop_assert_eq!(ours(&source).unwrap(), theirs(&source).unwrap(), "{}", source);
    }

    #[test]
    fn loops_and_conditions_agree(items in prop::collection::vec(0i64..9, 0..8), limit in 0i64..9) {
        let source = format!(
            "{{%- set ns = namespace(n=0) -%}}\
             {{% for x in {items:?} %}}{{% if x > {limit} %}}{{{{ loop.index }}}}:{{{{ x }}}}\
             {{%- if not loop.last %}},{{% endif %}}{{% else %}}.{{% endif %}}\
             {{%- set ns.n = ns.n + x %}}{{% else %}}none{{% endfor %}}={{{{ ns.n }}}}"
        );
        prop_assert_eq!(ours(&source).unwrap(), theirs(&source).unwrap(), "{}", source);
    }
}
