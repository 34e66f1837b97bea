//! What methods and filters do with what they get, as far as changing values matters.

/// What a method of a built-in container or object does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Changes its object and may give out an element.
    Changes,
    /// Makes something new that holds elements of its object.
    Copies,
    /// Gives an element of its object or one of the arguments.
    Reads,
    /// Gives something that cannot be changed.
    Scalar,
}

/// The effect of a method of lists, dicts, tuples, texts and tables; `None` for others.
pub(super) fn method(name: &str) -> Option<Effect> {
    Some(match name {
        "append" | "extend" | "insert" | "pop" | "remove" | "sort" | "reverse" | "clear"
        | "popitem" | "update" | "setdefault" | "next" | "reset" | "seed" | "send" | "throw"
        | "close" => Effect::Changes,
        "copy" | "items" | "keys" | "values" | "fromkeys" | "where" | "pick_n"
        | "weighted_pick_n" => Effect::Copies,
        "get" | "pick" | "weighted_pick" | "cycle" | "current" => Effect::Reads,
        "index" | "count" | "upper" | "lower" | "capitalize" | "title" | "swapcase"
        | "casefold" | "strip" | "lstrip" | "rstrip" | "find" | "rfind" | "rindex" | "zfill"
        | "center" | "ljust" | "rjust" | "removeprefix" | "removesuffix" | "expandtabs"
        | "isdigit" | "isalpha" | "isalnum" | "isupper" | "islower" | "isspace" | "isnumeric"
        | "isdecimal" | "istitle" | "isascii" | "isidentifier" | "isprintable" | "format"
        | "format_map" | "encode" | "translate" | "replace" | "join" | "startswith"
        | "endswith" | "decode" | "hex" | "is_integer" | "bit_length" | "bit_count"
        | "to_bytes" | "conjugate" | "isoformat" | "strftime" | "timestamp" | "date" | "time"
        | "weekday" | "isoweekday" | "isocalendar" | "toordinal" | "timetuple" | "utctimetuple"
        | "ctime" | "timetz" | "utcoffset" | "tzname" | "dst" | "astimezone" | "total_seconds"
        | "unescape" | "striptags" | "changed" | "hexdigest" | "digest" => Effect::Scalar,
        "split" | "rsplit" | "splitlines" | "partition" | "rpartition" => Effect::Copies,
        _ => return None,
    })
}

/// What a filter gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// Something that cannot be changed.
    Scalar,
    /// Something new that holds elements of the input.
    Copy,
    /// An element of the input, or an argument.
    Element,
    /// The input or an argument.
    Input,
    /// Elements of elements, in something new.
    Mapped,
}

/// What a filter of the language gives; filters of the host may give anything.
pub(super) fn filter(name: &str) -> Gives {
    match name {
        "abs" | "capitalize" | "center" | "count" | "e" | "escape" | "filesizeformat" | "float"
        | "forceescape" | "format" | "indent" | "int" | "join" | "length" | "lower" | "pprint"
        | "replace" | "round" | "safe" | "string" | "striptags" | "title" | "tojson" | "trim"
        | "truncate" | "upper" | "urlencode" | "urlize" | "wordcount" | "wordwrap" | "xmlattr" => {
            Gives::Scalar
        }
        "list" | "sort" | "unique" | "select" | "reject" | "selectattr" | "rejectattr"
        | "reverse" => Gives::Copy,
        "first" | "last" | "random" | "min" | "max" => Gives::Element,
        "d" | "default" => Gives::Input,
        _ => Gives::Mapped,
    }
}
