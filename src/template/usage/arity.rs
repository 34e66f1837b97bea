//! Calls whose arguments cannot fit, found without running them.

use crate::template::nearest;
use crate::template::syntax::ast::{CallArgs, ExprKind};

/// The parameters of a function: their names, all of which may be given by name, and how many must be
/// given.
pub type Signature = (&'static [&'static str], usize);

/// Parameters as they are shown: `(a, [b])`.
pub fn written((names, required): Signature) -> String {
    format!("({})", parameters(names, required))
}

/// The parameters of a filter of the language, without its input; `None` when it takes any.
pub(in crate::template) fn filter(name: &str) -> Option<Signature> {
    let found: Signature = match name {
        "abs" | "capitalize" | "e" | "escape" | "first" | "forceescape" | "items" | "last"
        | "count" | "length" | "list" | "lower" | "pprint" | "random" | "reverse" | "safe"
        | "string" | "striptags" | "title" | "upper" | "urlencode" | "wordcount" => (&[], 0),
        "attr" => (&["name"], 1),
        "batch" => (&["linecount", "fill_with"], 1),
        "center" => (&["width"], 0),
        "d" | "default" => (&["default_value", "boolean"], 0),
        "dictsort" => (&["case_sensitive", "by", "reverse"], 0),
        "filesizeformat" => (&["binary"], 0),
        "float" => (&["default"], 0),
        "groupby" => (&["attribute", "default", "case_sensitive"], 1),
        "indent" => (&["width", "first", "blank"], 0),
        "int" => (&["default", "base"], 0),
        "join" => (&["d", "attribute"], 0),
        "max" | "min" => (&["case_sensitive", "attribute"], 0),
        "replace" => (&["old", "new", "count"], 2),
        "round" => (&["precision", "method"], 0),
        "slice" => (&["slices", "fill_with"], 1),
        "sort" => (&["reverse", "case_sensitive", "attribute"], 0),
        "sum" => (&["attribute", "start"], 0),
        "tojson" => (&["indent"], 0),
        "trim" => (&["chars"], 0),
        "truncate" => (&["length", "killwords", "end", "leeway"], 0),
        "unique" => (&["case_sensitive", "attribute"], 0),
        "wordwrap" => (
            &[
                "width",
                "break_long_words",
                "wrapstring",
                "break_on_hyphens",
            ],
            0,
        ),
        "xmlattr" => (&["autospace"], 0),
        _ => return None,
    };
    Some(found)
}

/// What is wrong with the arguments of a call, and what to do; `None` when they may fit.
pub(super) fn mistake(
    function: &str,
    (names, required): Signature,
    args: &CallArgs,
) -> Option<(String, String)> {
    let usage = format!(
        "it is called as {function}({})",
        parameters(names, required)
    );
    if args.positional.len() > names.len() {
        let message = format!(
            "{function} takes at most {} argument{}, {} given",
            names.len(),
            if names.len() == 1 { "" } else { "s" },
            args.positional.len()
        );
        return Some((message, usage));
    }
    for (name, _) in &args.keyword {
        match names.iter().position(|known| **known == **name) {
            Some(at) if at < args.positional.len() => {
                return Some((format!("{function} gets `{name}` twice"), usage));
            }
            Some(_) => {}
            None => {
                let help = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => usage,
                };
                return Some((format!("{function} has no argument `{name}`"), help));
            }
        }
    }
    if args.star.is_some() || args.star_star.is_some() {
        return None;
    }
    let missing = names.iter().take(required).enumerate().find(|(at, name)| {
        *at >= args.positional.len() && !args.keyword.iter().any(|(given, _)| **given == ***name)
    });
    missing.map(|(_, name)| (format!("{function} needs the argument `{name}`"), usage))
}

fn parameters(names: &[&str], required: usize) -> String {
    let each = names.iter().enumerate().map(|(at, name)| {
        if at < required {
            (*name).to_owned()
        } else {
            format!("[{name}]")
        }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// True when an expression is the constant zero.
pub(super) fn is_zero(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Const(value) if value.as_float() == Some(0.0))
}
