//! The block `calendars` of a document: its options and their checks.

use crate::config::{Context, Field, Kind, Node, Scalar, Schema, Section, Span, Tree, names_help};
use crate::time::versatile::parse_datetime;
use crate::time::{DAY_US, DateRule, MONTHS, Versatile, WEEKDAYS, month_len};

use super::builtin::{self, NAMES};
use super::{Calendar, Combine, Edge, Named, When};

/// Calendars that may extend one another, one after the other.
const DEEPEST: usize = 16;

/// A calendar of the block `calendars`.
pub static BLOCK: Schema = Schema {
    name: "calendar definition",
    doc: "By how much days are busier or calmer than others, for `calendar` of the inputs `calendar` and \
          `arrival`.",
    fields: &[
        Field::optional(
            "extends",
            Kind::NonEmpty,
            "",
            "Calendar whose factors and dates it starts from, such as `us_retail`; without, all days are \
             alike.",
        ),
        Field::optional(
            "weekday",
            Kind::List(&Kind::FloatMin(0.0), 7),
            "",
            "Seven factors, Monday to Sunday.",
        ),
        Field::optional(
            "week_of_month",
            Kind::List(&Kind::FloatMin(0.0), 4),
            "",
            "Four factors: days 1 to 7, 8 to 14, 15 to 21, and the rest of the month.",
        ),
        Field::optional(
            "month",
            Kind::List(&Kind::FloatMin(0.0), 12),
            "",
            "Twelve factors, January to December.",
        ),
        Field::optional(
            "sigma",
            Kind::FloatMin(0.0),
            "0",
            "Spread of the log-normal noise of days; 0 for none, 0.1 for about ten percent.",
        ),
        Field::optional(
            "combine",
            Kind::Enum(&["min_suppressive", "product", "max", "min"]),
            "min_suppressive",
            "How the factors of dates on the same day become one: `min_suppressive` takes the smallest \
             when any is below 1 and else the largest.",
        ),
        Field::optional(
            "dates",
            Kind::Map,
            "{}",
            "Names of dates and periods: `{from: 07-01, to: 07-14}`, `{day: 25}` (every month), \
             `{nth_weekday: [5, sunday, 2]}` (month, weekday, which; -1 is the last), \
             `{relative: [name, days]}`, `{easter: days}` or `{on: 2026-03-14}`.",
        ),
        Field::optional(
            "factors",
            Kind::Map,
            "{}",
            "Factor of each date by its name; 1 without one.",
        ),
    ],
};

static DATE: Schema = Schema {
    name: "date",
    doc: "When a named date is; one of the forms.",
    fields: &[
        Field::optional("from", Kind::Any, "", "First day of a period, month-day."),
        Field::optional("to", Kind::Any, "", "Last day of a period, month-day."),
        Field::optional("day", Kind::Int(1, 31), "", "That day of every month."),
        Field::optional(
            "nth_weekday",
            Kind::List(&Kind::Any, 3),
            "",
            "Month, weekday, and which of them.",
        ),
        Field::optional(
            "relative",
            Kind::List(&Kind::Any, 2),
            "",
            "Another date's name, and days after its start.",
        ),
        Field::optional(
            "easter",
            Kind::Int(-366, 366),
            "",
            "Days after Easter Sunday.",
        ),
        Field::optional("on", Kind::Any, "", "One date."),
    ],
};

/// Checks all calendars of a document's block, those that nobody uses as well.
pub fn check_block(cx: &mut Context<'_>) {
    let Some(block) = cx.calendars else { return };
    let Some(entries) = block.as_map() else {
        cx.error_help(
            block.span,
            format!(
                "`calendars` takes names with definitions, not {}",
                block.describe()
            ),
            "write `name:` lines below it, each with its options",
        );
        return;
    };
    for (name, body) in entries {
        let Some(text) = name.as_str() else {
            cx.error(name.span, "a calendar's name is text");
            continue;
        };
        if NAMES.contains(&text) {
            cx.error_help(
                name.span,
                format!("`{text}` is a built-in calendar"),
                "choose another name, and `extends` to build on it",
            );
            continue;
        }
        cx.within(&format!(".{text}"), |cx| define(body, cx, 0));
    }
}

/// The calendar that an option names. Problems of its definition are told by [`check_block`].
pub(in crate::input) fn named(name: &str, span: Span, cx: &mut Context<'_>) -> Option<Calendar> {
    find(name, span, cx, 0)
}

fn find(name: &str, span: Span, cx: &mut Context<'_>, depth: usize) -> Option<Calendar> {
    if let Some(calendar) = builtin::find(name) {
        return Some(calendar);
    }
    let block = cx.calendars.and_then(Node::as_map).unwrap_or_default();
    let entry = block.iter().find(|(key, _)| key.as_str() == Some(name));
    let Some((_, body)) = entry else {
        let names = block
            .iter()
            .filter_map(|(key, _)| key.as_str())
            .chain(NAMES);
        let help = names_help(name, names.collect::<Vec<_>>());
        cx.error_help(span, format!("there is no calendar `{name}`"), help);
        return None;
    };
    if depth > 0 {
        return define(body, cx, depth);
    }
    // The block is checked by itself; here its problems would be told twice.
    let mut silent = Default::default();
    let mut quiet = Context {
        diagnostics: &mut silent,
        path: cx.path,
        base: cx.base,
        files: cx.files,
        calendars: cx.calendars,
        setting: String::new(),
    };
    let calendar = define(body, &mut quiet, 0);
    if calendar.is_none() {
        cx.error_help(
            span,
            format!("the calendar `{name}` is not sound"),
            "its definition stands below `calendars`",
        );
    }
    calendar
}

fn define(body: &Node, cx: &mut Context<'_>, depth: usize) -> Option<Calendar> {
    let before = cx.errors();
    let section = Section::open(body, &BLOCK, cx)?;
    let mut calendar = Calendar::plain();
    if let Some(node) = section.node("extends") {
        if depth >= DEEPEST {
            cx.error(node.span, "calendars extend one another in a circle");
            return None;
        }
        let base = node.as_str().unwrap_or_default();
        calendar = cx.within(".extends", |cx| find(base, node.span, cx, depth + 1))?;
    }
    numbers(&section, "weekday", &mut calendar.weekday, cx);
    numbers(&section, "week_of_month", &mut calendar.week_of_month, cx);
    numbers(&section, "month", &mut calendar.month, cx);
    calendar.sigma = section.float("sigma").unwrap_or(calendar.sigma);
    if !calendar.sigma.is_finite() || calendar.sigma > 10.0 {
        cx.error(section.span, "`sigma` is at most 10");
    }
    calendar.combine = match section.str("combine") {
        None => calendar.combine,
        Some("product") => Combine::Product,
        Some("max") => Combine::Max,
        Some("min") => Combine::Min,
        Some(_) => Combine::MinSuppressive,
    };
    if let Some(dates) = section.node("dates") {
        cx.within(".dates", |cx| read_dates(dates, &mut calendar, cx));
    }
    if let Some(factors) = section.node("factors") {
        cx.within(".factors", |cx| read_factors(factors, &mut calendar, cx));
    }
    (cx.errors() == before).then_some(calendar)
}

/// Puts a list of exactly as many numbers into `into`.
fn numbers(section: &Section, name: &str, into: &mut [f64], cx: &mut Context<'_>) {
    let Some(node) = section.node(name) else {
        return;
    };
    let values: Vec<f64> = node
        .as_seq()
        .unwrap_or_default()
        .iter()
        .filter_map(float)
        .collect();
    if values.len() == into.len() && values.iter().all(|value| value.is_finite()) {
        into.copy_from_slice(&values);
    } else {
        let message = format!("`{name}` takes {} finite factors", into.len());
        cx.within(&format!(".{name}"), |cx| cx.error(node.span, message));
    }
}

pub(in crate::input) fn float(node: &Node) -> Option<f64> {
    match &node.tree {
        Tree::Scalar(Scalar::Float(value)) => Some(*value),
        Tree::Scalar(Scalar::Int(value)) => Some(*value as f64),
        _ => None,
    }
}

fn int(node: &Node) -> Option<i64> {
    match &node.tree {
        Tree::Scalar(Scalar::Int(value)) => Some(*value),
        _ => None,
    }
}

fn read_dates(dates: &Node, calendar: &mut Calendar, cx: &mut Context<'_>) {
    let entries = dates.as_map().unwrap_or_default();
    // Names first: a distance may count from a date that stands further down.
    for (key, _) in entries {
        let name = key.as_str().unwrap_or_default();
        if !calendar.dates.iter().any(|named| &*named.name == name) {
            calendar.dates.push(Named {
                name: name.into(),
                when: When::Monthly(0),
                factor: 1.0,
            });
        }
    }
    for (key, body) in entries {
        let name = key.as_str().unwrap_or_default();
        let when = cx.within(&format!(".{name}"), |cx| read_when(body, calendar, cx));
        let named = calendar.dates.iter_mut().find(|named| &*named.name == name);
        if let (Some(named), Some(when)) = (named, when) {
            named.when = when;
        }
    }
    for (key, _) in entries {
        let name = key.as_str().unwrap_or_default();
        if is_circle(name, calendar) {
            let message = format!("`{name}` counts from a date that counts from `{name}`");
            cx.within(&format!(".{name}"), |cx| cx.error(key.span, message));
        }
    }
}

fn is_circle(name: &str, calendar: &Calendar) -> bool {
    let mut at = calendar.dates.iter().position(|named| &*named.name == name);
    for _ in 0..=calendar.dates.len() {
        match at.and_then(|index| calendar.dates.get(index)) {
            Some(Named {
                when: When::After(other, _),
                ..
            }) => at = Some(*other),
            _ => return false,
        }
    }
    true
}

fn read_when(body: &Node, calendar: &Calendar, cx: &mut Context<'_>) -> Option<When> {
    let section = Section::open(&with_on(body), &DATE, cx)?;
    let given: Vec<&str> = DATE
        .fields
        .iter()
        .map(|field| field.name)
        .filter(|name| section.has(name))
        .collect();
    let wrong = |cx: &mut Context<'_>, span, message: &str| {
        cx.error_help(
            span,
            message,
            "one of {from: 07-01, to: 07-14}, {day: 25}, {nth_weekday: [5, sunday, 2]}, \
             {relative: [name, 14]}, {easter: -2}, {on: 2026-03-14}",
        );
        None
    };
    let node = |name: &str| section.node(name);
    let when = match given.as_slice() {
        ["from", "to"] => {
            let edge = |name: &str| node(name).and_then(month_day);
            let (Some(from), Some(to)) = (edge("from"), edge("to")) else {
                return wrong(
                    cx,
                    section.span,
                    "a period goes from month-day to month-day",
                );
            };
            let edge = |rule| Edge { rule, shift: 0 };
            When::Period(edge(from), edge(to))
        }
        ["day"] => When::Monthly(u32::try_from(section.int("day")?).ok()?),
        ["nth_weekday"] => match node("nth_weekday").and_then(nth) {
            Some(rule) => When::On(rule),
            None => {
                let message = "`nth_weekday` takes a month, a weekday, and 1 to 5 or -1";
                return wrong(cx, section.span, message);
            }
        },
        ["easter"] => {
            let edge = Edge {
                rule: DateRule::Easter,
                shift: section.int("easter")?,
            };
            When::Period(edge, edge)
        }
        ["on"] => match node("on").and_then(date) {
            Some(day) => When::On(DateRule::Once(day)),
            None => return wrong(cx, section.span, "`on` takes a date such as 2026-03-14"),
        },
        ["relative"] => return relative(node("relative")?, calendar, cx),
        _ => return wrong(cx, section.span, "a date has one of the forms"),
    };
    Some(when)
}

/// YAML reads the word `on` as a boolean, also as a key.
fn with_on(body: &Node) -> Node {
    let mut body = body.clone();
    if let Tree::Map(entries) = &mut body.tree {
        for (key, _) in entries {
            if matches!(key.tree, Tree::Scalar(Scalar::Bool(true))) {
                key.tree = Tree::Scalar(Scalar::Str("on".into()));
            }
        }
    }
    body
}

fn relative(node: &Node, calendar: &Calendar, cx: &mut Context<'_>) -> Option<When> {
    let Some([name, days]) = node.as_seq() else {
        cx.error(node.span, "`relative` takes a name and a number of days");
        return None;
    };
    let (Some(text), Some(days)) = (name.as_str(), int(days)) else {
        cx.error(node.span, "`relative` takes a name and a number of days");
        return None;
    };
    if !(-3_660..=3_660).contains(&days) {
        cx.error(node.span, "a distance is at most ten years");
        return None;
    }
    let known = calendar.dates.iter().map(|named| &*named.name);
    let Some(index) = known.clone().position(|one| one == text) else {
        let help = names_help(text, known.collect::<Vec<_>>());
        cx.error_help(name.span, format!("there is no date `{text}`"), help);
        return None;
    };
    Some(When::After(index, days))
}

/// `07-14`: text, because YAML knows no dates without a year.
fn month_day(node: &Node) -> Option<DateRule> {
    let (month, day) = node.as_str()?.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // In a leap year, so that 29 February counts.
    ((1..=12).contains(&month) && (1..=month_len(2024, month)).contains(&day))
        .then_some(DateRule::Fixed { month, day })
}

fn nth(node: &Node) -> Option<DateRule> {
    let [month, weekday, nth] = node.as_seq()? else {
        return None;
    };
    let position = |names: &[&str], text: &str| {
        let short = |name: &str| {
            name.get(..3)
                .is_some_and(|short| short.eq_ignore_ascii_case(text))
        };
        let is = |name: &&str| name.eq_ignore_ascii_case(text) || short(name);
        names.iter().position(is)
    };
    let month = match month.as_str() {
        Some(text) => u32::try_from(position(&MONTHS, text)?).ok()? + 1,
        None => u32::try_from(int(month)?).ok()?,
    };
    let weekday = u32::try_from(position(&WEEKDAYS, weekday.as_str()?)?).ok()?;
    let nth = i32::try_from(int(nth)?).ok()?;
    ((1..=12).contains(&month) && matches!(nth, -1 | 1..=5)).then_some(DateRule::Nth {
        month,
        // From Monday to from Sunday.
        weekday: (weekday + 1) % 7,
        nth,
    })
}

fn date(node: &Node) -> Option<i64> {
    let value = match &node.tree {
        Tree::Scalar(Scalar::Date(date)) => Versatile::date(*date),
        Tree::Scalar(Scalar::Str(text)) => parse_datetime(text).ok()?,
        _ => return None,
    };
    match value {
        Versatile::Wall(us) => Some(us.div_euclid(DAY_US)),
        _ => None,
    }
}

fn read_factors(factors: &Node, calendar: &mut Calendar, cx: &mut Context<'_>) {
    for (key, value) in factors.as_map().unwrap_or_default() {
        let name = key.as_str().unwrap_or_default();
        let names: Vec<String> = calendar
            .dates
            .iter()
            .map(|one| one.name.to_string())
            .collect();
        let named = calendar.dates.iter_mut().find(|one| &*one.name == name);
        match (named, float(value)) {
            (Some(named), Some(factor)) if factor >= 0.0 && factor.is_finite() => {
                named.factor = factor;
            }
            (None, _) => {
                let help = names_help(name, names.iter().map(String::as_str));
                cx.error_help(key.span, format!("there is no date `{name}`"), help);
            }
            _ => cx.within(&format!(".{name}"), |cx| {
                cx.error(
                    value.span,
                    format!("expected a number of at least 0, not {}", value.describe()),
                );
            }),
        }
    }
}
