//! Methods of the built-in types. Their names are resolved when a template is compiled.

mod bytes;
mod cases;
mod containers;
mod number;
mod split;
mod text;
mod views;

use std::fmt::Write;
use std::rc::Rc;

pub(super) use cases::{capitalize, is_decimal, is_python_space};
pub(super) use containers::{pairs, sort_items};
pub(super) use split::lines;
pub(super) use text::{check_replaced, replaced, swap_safe};

use super::{Args, Ctx, Error, Object, Value, datetime};

/// What a method gives; `None` when the value has no such method.
type Called = Option<Result<Value, Error>>;

macro_rules! methods {
    ($($method:ident $name:literal)*) => {
        /// A method name the evaluator knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Method {
            $($method,)*
            Other,
        }

        impl Method {
            /// The method of a name.
            pub fn named(name: &str) -> Self {
                match name {
                    $($name => Self::$method,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

methods! {
    Append "append" Extend "extend" Insert "insert" Pop "pop" Remove "remove" Index "index"
    Count "count" Sort "sort" Reverse "reverse" Copy "copy" Clear "clear" Get "get" Items "items"
    Keys "keys" Values "values" Popitem "popitem" Update "update" Setdefault "setdefault"
    Fromkeys "fromkeys" Upper "upper" Lower "lower" Capitalize "capitalize" Title "title"
    Swapcase "swapcase" Casefold "casefold" Strip "strip" Lstrip "lstrip" Rstrip "rstrip"
    Split "split" Rsplit "rsplit" Splitlines "splitlines" Find "find" Rfind "rfind"
    Rindex "rindex" Zfill "zfill" Center "center" Ljust "ljust" Rjust "rjust"
    Partition "partition" Rpartition "rpartition" Removeprefix "removeprefix"
    Removesuffix "removesuffix" Expandtabs "expandtabs" Isdigit "isdigit" Isalpha "isalpha"
    Isalnum "isalnum" Isupper "isupper" Islower "islower" Isspace "isspace"
    Isnumeric "isnumeric" Isdecimal "isdecimal" Istitle "istitle" Isascii "isascii"
    Isidentifier "isidentifier" Isprintable "isprintable" Format "format"
    FormatMap "format_map" Encode "encode" Translate "translate" Maketrans "maketrans"
    Replace "replace" Join "join" Startswith "startswith" Endswith "endswith" Decode "decode"
    Hex "hex" IsInteger "is_integer" BitLength "bit_length" BitCount "bit_count"
    ToBytes "to_bytes" AsIntegerRatio "as_integer_ratio" Conjugate "conjugate"
    Isoformat "isoformat" Strftime "strftime" Timestamp "timestamp" Date "date" Time "time"
    Weekday "weekday" Isoweekday "isoweekday" Isocalendar "isocalendar" Toordinal "toordinal"
    Timetuple "timetuple" Utctimetuple "utctimetuple" Ctime "ctime" Timetz "timetz"
    Utcoffset "utcoffset" Tzname "tzname" Dst "dst" Astimezone "astimezone"
    Set "set" TotalSeconds "total_seconds" Unescape "unescape" Striptags "striptags"
}

impl Method {
    /// True for the methods that look at or move everything in a list.
    pub(super) fn walks(self) -> bool {
        use Method::{Copy, Count, Extend, Index, Insert, Remove, Reverse, Sort};
        matches!(
            self,
            Copy | Count | Extend | Index | Insert | Remove | Reverse | Sort
        )
    }
}

const LIST: &[&str] = &[
    "append", "extend", "insert", "pop", "remove", "index", "count", "sort", "reverse", "copy",
    "clear",
];
const DICT: &[&str] = &[
    "get",
    "items",
    "keys",
    "values",
    "pop",
    "popitem",
    "update",
    "setdefault",
    "copy",
    "clear",
    "fromkeys",
];
const TUPLE: &[&str] = &["count", "index"];
const TEXT: &[&str] = &[
    "upper",
    "lower",
    "capitalize",
    "title",
    "swapcase",
    "casefold",
    "strip",
    "lstrip",
    "rstrip",
    "split",
    "rsplit",
    "splitlines",
    "find",
    "rfind",
    "index",
    "rindex",
    "count",
    "zfill",
    "center",
    "ljust",
    "rjust",
    "partition",
    "rpartition",
    "removeprefix",
    "removesuffix",
    "expandtabs",
    "isdigit",
    "isalpha",
    "isalnum",
    "isupper",
    "islower",
    "isspace",
    "isnumeric",
    "isdecimal",
    "istitle",
    "isascii",
    "isidentifier",
    "isprintable",
    "format",
    "format_map",
    "encode",
    "translate",
    "maketrans",
    "replace",
    "join",
    "startswith",
    "endswith",
];
const BYTES: &[&str] = &[
    "decode",
    "hex",
    "upper",
    "lower",
    "startswith",
    "endswith",
    "find",
    "count",
    "strip",
];
const INT: &[&str] = &[
    "bit_length",
    "bit_count",
    "to_bytes",
    "as_integer_ratio",
    "conjugate",
    "is_integer",
];
const FLOAT: &[&str] = &["is_integer", "as_integer_ratio", "conjugate", "hex"];

/// Names of the methods of a value.
pub(super) fn names(object: &Value) -> impl Iterator<Item = &'static str> {
    let names = match object {
        Value::List(_) => LIST,
        Value::Dict(_) => DICT,
        Value::Tuple(_) => TUPLE,
        Value::Str(_) | Value::Safe(_) => TEXT,
        Value::Bytes(_) => BYTES,
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => INT,
        Value::Float(_) => FLOAT,
        Value::Object(host) if host.as_tuple().is_some() => TUPLE,
        value => datetime::method_names(value),
    };
    let safe: &[&str] = match object {
        Value::Safe(_) => &["unescape", "striptags"],
        _ => &[],
    };
    names.iter().chain(safe).copied()
}

/// True for names of methods of dicts.
pub(super) fn of_dict(name: &str) -> bool {
    DICT.contains(&name)
}

/// True when a value has a method of this name.
pub(super) fn has(object: &Value, name: &str) -> bool {
    names(object).any(|known| known == name)
}

/// Calls a method of a built-in type; `None` when it has no such method.
pub(super) fn call(
    ctx: &mut Ctx<'_>,
    object: &Value,
    method: Method,
    name: &str,
    args: &Args<'_>,
) -> Option<Result<Value, Error>> {
    match object {
        Value::List(list) => containers::list(ctx, list, method, args),
        Value::Dict(dict) => containers::dict(ctx, dict, method, args),
        Value::Str(string) => text::call(ctx, string.as_str(), false, method, args),
        Value::Safe(string) => text::call(ctx, string, true, method, args),
        Value::Bytes(bytes) => bytes::call(bytes, method, args),
        Value::Tuple(items) => containers::tuple(items, method, args),
        Value::Object(host) => containers::tuple(host.as_tuple()?, method, args),
        Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_) => {
            number::call(object, method, args)
        }
        Value::DateTime(_) | Value::Date(_) | Value::Time(_) | Value::Delta(_) => {
            datetime::method(ctx, object, method, name, args)
        }
        Value::Undefined | Value::None => None,
    }
}

/// A method taken from a value without calling it.
pub(super) struct BoundMethod {
    object: Value,
    name: Rc<str>,
}

impl BoundMethod {
    pub fn value(object: &Value, name: &str) -> Value {
        Value::object(Self {
            object: object.clone(),
            name: Rc::from(name),
        })
    }
}

impl Object for BoundMethod {
    fn type_name(&self) -> &str {
        "builtin_function_or_method"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
        ctx.call_method(&self.object, Method::named(&self.name), &self.name, args)
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        let owner = self.object.type_name();
        write!(out, "<built-in method {} of {owner} object>", self.name)
    }
}

impl Drop for BoundMethod {
    fn drop(&mut self) {
        let object = std::mem::take(&mut self.object);
        super::value::drop_nested(object, |object| vec![object]);
    }
}

/// The text argument of a method.
pub(super) fn text_arg<'v>(value: &'v Value, function: &str) -> Result<&'v str, Error> {
    value.as_str().ok_or_else(|| {
        Error::type_error(format!(
            "{function} takes a text, not '{}'",
            value.type_name()
        ))
    })
}

/// The integer argument of a method.
pub(super) fn int_arg(value: &Value, function: &str) -> Result<i64, Error> {
    match value {
        Value::Big(big) => Ok(if big.sign() == num_bigint::Sign::Minus {
            i64::MIN
        } else {
            i64::MAX
        }),
        value => value.as_int().ok_or_else(|| {
            Error::type_error(format!(
                "{function} takes an integer, not '{}'",
                value.type_name()
            ))
        }),
    }
}
