//! Filters. Each gets its input and the arguments of the call.

mod html;
pub(super) mod json;
mod number;
mod pretty;
pub(super) mod select;
mod sequence;
mod text;

use super::{Args, Ctx, Error, Value};

/// A filter.
pub(super) type FilterFn = fn(&mut Ctx<'_>, &Value, &Args<'_>) -> Result<Value, Error>;

/// Name, function, and whether it only reads its input and hands out nothing mutable of it.
const FILTERS: &[(&str, FilterFn, bool)] = &[
    ("abs", number::abs, false),
    ("attr", sequence::attr, false),
    ("batch", sequence::batch, false),
    ("capitalize", text::capitalize, false),
    ("center", text::center, false),
    ("count", sequence::length, true),
    ("d", sequence::default, false),
    ("default", sequence::default, false),
    ("dictsort", sequence::dictsort, false),
    ("e", html::escape, false),
    ("escape", html::escape, false),
    ("filesizeformat", number::filesizeformat, false),
    ("first", sequence::first, true),
    ("float", number::float, false),
    ("forceescape", html::forceescape, false),
    ("format", text::format, false),
    ("groupby", sequence::groupby, false),
    ("indent", text::indent, false),
    ("int", number::int, false),
    ("items", sequence::items, false),
    ("join", text::join, true),
    ("last", sequence::last, true),
    ("length", sequence::length, true),
    ("list", sequence::list, true),
    ("lower", text::lower, false),
    ("map", select::map, true),
    ("max", sequence::max, true),
    ("min", sequence::min, true),
    ("pprint", text::pprint, false),
    ("random", sequence::random, true),
    ("reject", select::reject, true),
    ("rejectattr", select::rejectattr, true),
    ("replace", text::replace, false),
    ("reverse", sequence::reverse, false),
    ("round", number::round, false),
    ("safe", html::safe, false),
    ("select", select::select, true),
    ("selectattr", select::selectattr, true),
    ("slice", sequence::slice, true),
    ("sort", sequence::sort, true),
    ("string", text::string, false),
    ("striptags", html::striptags, false),
    ("sum", number::sum, true),
    ("title", text::title, false),
    ("tojson", json::tojson, false),
    ("trim", text::trim, false),
    ("truncate", text::truncate, false),
    ("unique", sequence::unique, true),
    ("upper", text::upper, false),
    ("urlencode", html::urlencode, false),
    ("urlize", html::urlize, false),
    ("wordcount", text::wordcount, false),
    ("wordwrap", text::wordwrap, false),
    ("xmlattr", html::xmlattr, false),
];

/// The filter of a name, and whether it only reads its input.
pub(super) fn find(name: &str) -> Option<(FilterFn, bool)> {
    let at = FILTERS
        .binary_search_by_key(&name, |(known, ..)| known)
        .ok()?;
    FILTERS.get(at).map(|(_, run, reads)| (*run, *reads))
}

/// Names of all filters.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILTERS.iter().map(|(name, ..)| *name)
}
