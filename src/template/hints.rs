//! What to write instead of what other languages have.

/// For a function of Python that templates do not have under its name.
pub(super) fn function(name: &str) -> Option<String> {
    let filter = match name {
        "len" => "length",
        "str" => "string",
        "sorted" => "sort",
        "reversed" => "reverse",
        "int" | "float" | "list" | "sum" | "min" | "max" | "abs" | "round" | "map" | "format" => {
            name
        }
        "print" => return Some("`{{ ... }}` prints".to_owned()),
        "enumerate" => return Some("`loop.index0` counts inside a loop".to_owned()),
        "now" | "utcnow" => return Some("`timestamp` is the time of the event".to_owned()),
        "randint" | "uuid4" | "choice" | "random" => {
            return Some("random functions are in `module.rand`".to_owned());
        }
        "zip" | "any" | "all" | "bool" | "ord" | "chr" | "hex" | "repr" | "divmod" | "pow"
        | "filter" | "isinstance" | "type" => {
            return Some(format!("write `module.builtins.{name}(...)`"));
        }
        _ => return None,
    };
    Some(format!("it is a filter here: `x | {filter}`"))
}

/// For a tag that there is not.
pub(super) fn tag(name: &str) -> Option<&'static str> {
    Some(match name {
        "while" => "there is no `while`: write `{% for i in range(100) %}` and `{% break %}`",
        "elif" | "else" | "elseif" | "elsif" => {
            "it belongs between `{% if ... %}` and `{% endif %}`"
        }
        "print" | "echo" => "`{{ ... }}` prints",
        "let" | "var" | "assign" => "write `{% set name = value %}`",
        "foreach" => "write `{% for item in items %}`",
        "switch" | "case" | "when" | "match" => "write `{% if %}`, `{% elif %}` and `{% else %}`",
        "function" | "def" => "write `{% macro name(arguments) %}`",
        "comment" => "write `{# ... #}`",
        "return" => "a macro gives what it prints",
        "trans" | "debug" => "this extension of Jinja is not part of the dialect",
        _ => return None,
    })
}

/// For a character that no expression has.
pub(super) fn character(found: char) -> Option<&'static str> {
    Some(match found {
        '&' => "write `a and b`",
        '?' => "write `a if condition else b`",
        ';' => "one tag holds one statement",
        '$' => "a variable is written without `$`",
        '`' => "texts stand in ' or \"",
        '“' | '”' | '‘' | '’' | '„' => "texts stand in straight quotes, ' or \"",
        '\\' => "a backslash means something inside of quotes only",
        _ => return None,
    })
}
