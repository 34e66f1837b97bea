//! Compiles any text as a template and renders it with tight limits: no panic, no hang, no memory
//! without end.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none template`; `fuzz/seed.sh` makes a corpus first.

#![no_main]

use evtui::fake::{Fast, Random};
use evtui::template::usage::Hosts;
use evtui::template::{Engine, Limits, Run, Value, Vars, python_module};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    steps: 20_000,
    output_bytes: 1 << 16,
    stack_bytes: 1 << 20,
};

fn files(name: &str) -> Option<String> {
    let text = match name {
        "self" => "{% include 'self' %}",
        "part" => "{% macro m(a, b=1) %}{{ a }}{{ caller() if caller }}{% endmacro %}",
        "base" => "<{% block a %}A{{ self.a() }}{% endblock %}>",
        _ => return None,
    };
    Some(text.to_owned())
}

fn render(source: &str) {
    let engine = Engine::new(files);
    let modules = ["json", "re", "math", "datetime", "base64", "builtins", "random"];
    let module = modules.map(|name| {
        let found = python_module(name).unwrap_or_default();
        (Value::from(name), found)
    });
    engine.set_global("module", Value::dict(module));
    let Ok(template) = engine.compile("t", source) else {
        return;
    };
    let _ = template.usage(&Hosts::default());
    let mut vars = Vars::default();
    let numbers = Value::list(vec![Value::Int(1), Value::Float(2.5), Value::None]);
    vars.set(&engine, "x", numbers);
    vars.set(&engine, "s", "text ä");
    let mut random = Fast::for_event(7, 0);
    let random: &mut dyn Random = &mut random;
    let run = Run {
        random,
        vars: &vars,
        limits: LIMITS,
        now_us: 1_772_352_000_000_000,
    };
    let mut out = Vec::new();
    let _ = template.render(run, &mut out);
    assert!(std::str::from_utf8(&out).is_ok(), "the output is UTF-8");
}

fuzz_target!(|source: &str| render(source));
