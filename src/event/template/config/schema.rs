//! The options as tables: for decoding, documentation and completion.

use super::super::condition;
use crate::config::{Field, Kind, Schema};

const MODES: &[&str] = &["all", "any", "chance", "spin", "fsm", "chain"];

pub(in crate::event::template) static SCHEMA: Schema = Schema {
    name: "template",
    doc: "Renders events from Jinja templates. The mode says which templates a timestamp renders.",
    fields: &[
        Field::required(
            "mode",
            Kind::Enum(MODES),
            "Which templates are rendered for a timestamp: `all` of them, `any` one, one by `chance` \
             (weights), each in turn (`spin`), by state and transitions (`fsm`), or along a `chain`.",
        ),
        Field::optional(
            "params",
            Kind::Map,
            "{}",
            "Values of your own; templates read them as `params.name`.",
        ),
        Field::optional(
            "samples",
            Kind::Map,
            "{}",
            "Data sets by name, each with a `type` (`items`, `csv` or `json`) and a `source`; \
             templates read them as `samples.name`.",
        ),
        Field::required(
            "templates",
            Kind::List(&Kind::Any, 1),
            "The templates: a list of `alias: {template: path}`.",
        ),
        Field::optional(
            "chain",
            Kind::List(&Kind::Str, 1),
            "",
            "Mode `chain` only: the aliases in the order in which timestamps render them.",
        ),
    ],
};

const TEMPLATE: Field = Field::required(
    "template",
    Kind::Path,
    "The template file, relative to the project's folder; its name ends in .jinja.",
);
const VARS: Field = Field::optional(
    "vars",
    Kind::Map,
    "{}",
    "Values for this entry alone; the template reads them as `vars.name`.",
);

pub(super) static ENTRY: Schema = Schema {
    name: "templates",
    doc: "One template under its alias.",
    fields: &[TEMPLATE, VARS],
};

pub(super) static CHANCE_ENTRY: Schema = Schema {
    name: "templates",
    doc: "One template under its alias, with its weight.",
    fields: &[
        TEMPLATE,
        VARS,
        Field::required(
            "chance",
            Kind::FloatAbove(0.0),
            "How often this template is chosen, relative to the others; above 0.",
        ),
    ],
};

pub(super) static FSM_ENTRY: Schema = Schema {
    name: "templates",
    doc: "One template under its alias, which is also the name of its state.",
    fields: &[
        TEMPLATE,
        VARS,
        Field::optional(
            "initial",
            Kind::Bool,
            "false",
            "The state to start in; exactly one.",
        ),
        Field::optional(
            "transitions",
            Kind::List(&Kind::Section(&TRANSITION), 0),
            "[]",
            "Ways to other states; the first whose condition holds is taken before the next event.",
        ),
    ],
};

pub(super) static TRANSITION: Schema = Schema {
    name: "transitions",
    doc: "A way to another state.",
    fields: &[
        Field::required("to", Kind::NonEmpty, "Alias of the state to go to."),
        Field::required(
            "when",
            Kind::Custom(condition::check),
            "The condition, such as `eq: {shared.n: 1}`, `has_tags: x` or `always:`.",
        ),
    ],
};

pub(super) static ITEMS: Schema = Schema {
    name: "items",
    doc: "A sample whose rows stand in the configuration.",
    fields: &[
        SAMPLE_TYPE,
        Field::required(
            "source",
            Kind::List(&Kind::Any, 1),
            "The rows: a list of values, or of lists of the same length.",
        ),
    ],
};

pub(super) static CSV: Schema = Schema {
    name: "csv",
    doc: "A sample from a CSV file; all cells are text.",
    fields: &[
        SAMPLE_TYPE,
        Field::required("source", Kind::Path, "The file; its name ends in .csv."),
        Field::optional(
            "header",
            Kind::Bool,
            "false",
            "The first line names the columns.",
        ),
        Field::optional(
            "delimiter",
            Kind::NonEmpty,
            "','",
            "The character between cells.",
        ),
        Field::optional(
            "quotechar",
            Kind::NonEmpty,
            "'\"'",
            "The character around quoted cells.",
        ),
    ],
};

pub(super) static JSON: Schema = Schema {
    name: "json",
    doc: "A sample from a JSON file: a list of objects with the same keys, or of lists.",
    fields: &[
        SAMPLE_TYPE,
        Field::required("source", Kind::Path, "The file; its name ends in .json."),
    ],
};

/// The forms that an entry of an option may have.
pub(in crate::event::template) fn parts(option: &str) -> &'static [&'static Schema] {
    static TEMPLATES: [&Schema; 3] = [&CHANCE_ENTRY, &FSM_ENTRY, &ENTRY];
    static SAMPLES: [&Schema; 3] = [&ITEMS, &CSV, &JSON];
    match option {
        "templates" => &TEMPLATES,
        "samples" => &SAMPLES,
        _ => &[],
    }
}

pub(super) const SAMPLE_TYPES: &[&str] = &["items", "csv", "json"];
const SAMPLE_TYPE: Field = Field::required(
    "type",
    Kind::Enum(SAMPLE_TYPES),
    "Where the rows come from.",
);
