//! One line about each word of the template language: filters, tests, statements, names. Facts of the
//! language, in our words; a test holds them against what the language has.

/// What a word does; the signatures of filters come from the language.
type Words = &'static [(&'static str, &'static str)];

/// Filters: what `value | name` gives.
pub(super) const FILTERS: Words = &[
    ("abs", "The number without its sign."),
    ("attr", "The attribute of that name; never an item."),
    (
        "batch",
        "Lists of so many items each, the last one filled up with `fill_with`.",
    ),
    ("capitalize", "The first letter large, the rest small."),
    ("center", "The text in the middle of so many characters."),
    ("count", "The number of items."),
    (
        "d",
        "The value, or another one where it is undefined (or false, with `boolean`).",
    ),
    (
        "default",
        "The value, or another one where it is undefined (or false, with `boolean`).",
    ),
    ("dictsort", "Pairs of key and value, sorted."),
    ("e", "The text with &, <, >, ' and \" as HTML entities."),
    (
        "escape",
        "The text with &, <, >, ' and \" as HTML entities.",
    ),
    (
        "filesizeformat",
        "A number of bytes in words, such as `13 kB`.",
    ),
    ("first", "The first item."),
    ("float", "A floating-point number, or the default."),
    ("forceescape", "As escape, also for what is marked as safe."),
    (
        "format",
        "The text with `%` places filled in, as printf does.",
    ),
    (
        "groupby",
        "Groups of items that have an attribute in common.",
    ),
    ("indent", "The text with its lines indented."),
    ("int", "An integer, or the default; `base` for texts."),
    ("items", "Pairs of key and value of a mapping."),
    ("join", "The items as one text, with `d` between them."),
    ("last", "The last item."),
    ("length", "The number of items."),
    ("list", "A new list of the items."),
    ("lower", "Small letters."),
    (
        "map",
        "A filter applied to each item, or an attribute of each.",
    ),
    ("max", "The largest item."),
    ("min", "The smallest item."),
    (
        "pprint",
        "The value as Python would print it over several lines.",
    ),
    ("random", "An item by chance."),
    ("reject", "Items for which a test does not hold."),
    (
        "rejectattr",
        "Items of which an attribute does not pass a test.",
    ),
    (
        "replace",
        "The text with every `old` replaced by `new`, at most `count` times.",
    ),
    (
        "reverse",
        "The items or characters from the end to the beginning.",
    ),
    (
        "round",
        "The number to so many digits; `method` is common, ceil or floor.",
    ),
    ("safe", "The text marked as safe from escaping."),
    ("select", "Items for which a test holds."),
    ("selectattr", "Items of which an attribute passes a test."),
    (
        "slice",
        "So many lists with the items dealt out among them.",
    ),
    ("sort", "The items in order."),
    ("string", "The value as text."),
    ("striptags", "The text without tags, its blanks made one."),
    ("sum", "The sum of the items, or of an attribute of them."),
    ("title", "Each word with a large first letter."),
    ("tojson", "The value as JSON."),
    ("trim", "The text without blanks (or `chars`) at its ends."),
    (
        "truncate",
        "The text cut at so many characters, with an ellipsis.",
    ),
    ("unique", "Each item once."),
    ("upper", "Large letters."),
    ("urlencode", "The text, or pairs, as in a URL."),
    ("urlize", "The text with links in it made clickable."),
    ("wordcount", "The number of words."),
    (
        "wordwrap",
        "The text broken into lines of so many characters.",
    ),
    ("xmlattr", "A mapping as attributes of a tag."),
];

/// Tests: when `value is name` holds.
pub(super) const TESTS: Words = &[
    ("boolean", "It is true or false."),
    ("callable", "It can be called."),
    ("defined", "It is there."),
    ("divisibleby", "It can be divided by a number."),
    ("eq", "It equals another value."),
    ("equalto", "It equals another value."),
    ("escaped", "It is marked as safe."),
    ("even", "It is an even number."),
    ("false", "It is false."),
    ("filter", "It is the name of a filter."),
    ("float", "It is a floating-point number."),
    ("ge", "It is at least another value."),
    ("greaterthan", "It is greater than another value."),
    ("gt", "It is greater than another value."),
    ("in", "It is in a list, mapping or text."),
    ("integer", "It is an integer."),
    ("iterable", "It has items."),
    ("le", "It is at most another value."),
    ("lessthan", "It is less than another value."),
    ("lower", "All its letters are small."),
    ("lt", "It is less than another value."),
    ("mapping", "It is a mapping."),
    ("ne", "It differs from another value."),
    ("none", "It is none."),
    ("number", "It is a number."),
    ("odd", "It is an odd number."),
    ("sameas", "It is the very same object."),
    ("sequence", "It has items in an order."),
    ("string", "It is a text."),
    ("test", "It is the name of a test."),
    ("true", "It is true."),
    ("undefined", "It is not there."),
    ("upper", "All its letters are large."),
];

/// What a tag may begin with.
pub(super) const STATEMENTS: Words = &[
    (
        "set",
        "`set name = value` gives a name to a value; with `endset` to a block of text.",
    ),
    ("if", "`if condition` … `elif` … `else` … `endif`."),
    ("elif", "Another condition of an `if`."),
    (
        "else",
        "What holds when nothing before did; of a `for`, when it had no item.",
    ),
    ("endif", "Ends an `if`."),
    (
        "for",
        "`for item in items` … `endfor`; `loop.index`, `loop.first`, `loop.last` tell where one is.",
    ),
    ("endfor", "Ends a `for`."),
    ("break", "Leaves the loop."),
    ("continue", "Goes on with the next item of the loop."),
    (
        "do",
        "`do expression` works something out and prints nothing.",
    ),
    (
        "macro",
        "`macro name(arguments)` … `endmacro`: a part that can be called.",
    ),
    ("endmacro", "Ends a `macro`."),
    (
        "call",
        "`call macro()` … `endcall`: hands a block to a macro as `caller()`.",
    ),
    ("endcall", "Ends a `call`."),
    (
        "include",
        "`include \"file\"` renders another template here.",
    ),
    (
        "import",
        "`import \"file\" as name` brings macros of another file.",
    ),
    ("from", "`from \"file\" import macro` brings single macros."),
    ("filter", "`filter name` … `endfilter` filters a block."),
    ("endfilter", "Ends a `filter`."),
    (
        "with",
        "`with name = value` … `endwith`: names that hold inside only.",
    ),
    ("endwith", "Ends a `with`."),
    ("raw", "Text up to `endraw` is taken as it is."),
    ("endraw", "Ends a `raw`."),
    (
        "extends",
        "`extends \"file\"` fills the blocks of another template.",
    ),
    (
        "block",
        "`block name` … `endblock`: a part that an extending template may replace.",
    ),
    ("endblock", "Ends a `block`."),
    ("endset", "Ends a `set` of a block."),
];

/// What every template has.
pub(super) const NAMES: Words = &[
    (
        "timestamp",
        "The time of the event, with its zone: `timestamp.isoformat()`, `timestamp.strftime(\"%Y\")`.",
    ),
    ("tags", "Tags of the input that made the timestamp."),
    ("params", "Values of `params` in generator.yml."),
    (
        "vars",
        "Values of `vars` of this template in generator.yml.",
    ),
    (
        "samples",
        "Data sets of `samples` in generator.yml: `samples.users | random`.",
    ),
    (
        "module",
        "Functions: `module.rand`, `module.faker`, `module.mimesis`, and modules of Python.",
    ),
    (
        "locals",
        "State of this template alone, kept between events: `locals.get(\"key\", 0)`, `locals.set(\"key\", 1)`.",
    ),
    (
        "shared",
        "State that all templates of the generator share, kept between events.",
    ),
    (
        "globals",
        "State that generators of a scenario share, kept between events.",
    ),
    (
        "dispatch",
        "Says what becomes of this event: `dispatch.drop()`, `dispatch.exhaust()`, `dispatch.next(\"alias\")`.",
    ),
    (
        "subprocess",
        "Runs a command: `subprocess.run(\"date\").stdout`.",
    ),
    (
        "range",
        "Integers: `range(stop)` or `range(start, stop, step)`.",
    ),
    ("dict", "A mapping: `dict(a=1)`."),
    (
        "namespace",
        "A mapping whose values can be set inside loops.",
    ),
    (
        "cycler",
        "Goes round values: `cycler(\"a\", \"b\").next()`.",
    ),
    ("joiner", "Gives nothing the first time, then its text."),
    ("lipsum", "Text without meaning."),
    (
        "loop",
        "Inside a `for`: `loop.index`, `loop.index0`, `loop.first`, `loop.last`, `loop.length`.",
    ),
];

/// Methods of state.
pub(super) const STATE: Words = &[
    ("get", "`get(key, default)`: the value of a key."),
    ("set", "`set(key, value)` keeps a value."),
    ("update", "`update(mapping)` keeps several."),
    ("pop", "`pop(key)` gives the value of a key and removes it."),
    ("clear", "`clear()` removes everything."),
    ("as_dict", "`as_dict()`: everything, as a mapping."),
];

/// What a sample has.
pub(super) const SAMPLE: Words = &[
    ("pick", "`pick()`: a row by chance."),
    ("pick_n", "`pick_n(n)`: several rows by chance."),
    (
        "weighted_pick",
        "`weighted_pick(\"column\")`: a row by chance, weighted by a column.",
    ),
    (
        "weighted_pick_n",
        "`weighted_pick_n(\"column\", n)`: several, weighted by a column.",
    ),
    (
        "where",
        "`where(column=value)`: the rows that have these values.",
    ),
];

/// What a timestamp has.
pub(super) const DATETIME: Words = &[
    (
        "isoformat",
        "`isoformat()`: 2026-01-31T12:00:00+00:00; `sep` and `timespec` change it.",
    ),
    ("strftime", "`strftime(\"%Y-%m-%d\")`: as the format says."),
    ("timestamp", "`timestamp()`: seconds since 1970."),
    (
        "astimezone",
        "`astimezone(zone)`: the same moment in another zone.",
    ),
    ("replace", "`replace(hour=0)`: with parts replaced."),
    ("date", "`date()`: the day alone."),
    ("time", "`time()`: the time of day alone."),
    ("weekday", "`weekday()`: 0 is Monday."),
    ("isoweekday", "`isoweekday()`: 1 is Monday."),
    ("year", "The year."),
    ("month", "The month, from 1."),
    ("day", "The day of the month, from 1."),
    ("hour", "The hour."),
    ("minute", "The minute."),
    ("second", "The second."),
    ("microsecond", "The microsecond."),
];

/// What is said of a word.
pub(super) fn doc(words: Words, name: &str) -> &'static str {
    let found = words.iter().find(|(known, _)| *known == name);
    found.map_or("", |(_, doc)| doc)
}
