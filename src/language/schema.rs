//! The JSON Schema (draft 2020-12) of `generator.yml`, made from the tables that also check it.
//!
//! It accepts what the program accepts as far as a schema can say it, and never refuses what runs: any
//! value may be a `${params.*}` or `${secrets.*}` text, and what only code can check is left open.

use serde_json::{Map, Value, json};

use crate::config::{Field, Kind, Schema};
use crate::{event, input, output};

/// Where the text of a token fits in place of any value.
const TOKEN: &str = "#/$defs/token";

/// The schema.
pub fn generator_schema() -> Value {
    let inputs = choice(input::PLUGINS.iter().map(|one| one.schema));
    let events = choice(event::PLUGINS.iter().map(|one| one.schema));
    let outputs = choice(output::PLUGINS.iter().map(|one| one.schema));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Generator of synthetic events",
        "type": "object",
        "required": ["input", "event", "output"],
        // Options may be written with dots: `event.template.mode`.
        "patternProperties": { "\\.": {} },
        "additionalProperties": false,
        "properties": {
            "input": {
                "description": "When events happen: a list of plugins whose timestamps are merged.",
                "type": "array", "minItems": 1, "items": inputs,
            },
            "event": { "description": "What is generated: one plugin.", "allOf": [events] },
            "output": {
                "description": "Where events go: a list of plugins; each gets every event.",
                "type": "array", "minItems": 1, "items": outputs,
            },
            "calendars": {
                "description": "Calendars that inputs can use by name.",
                "type": ["object", "null"],
            },
        },
        "$defs": {
            "token": { "type": "string", "pattern": "\\$\\{.*\\}" },
        },
    })
}

/// A mapping with one plugin in it.
fn choice(plugins: impl Iterator<Item = &'static Schema>) -> Value {
    let mut properties = Map::new();
    for schema in plugins {
        properties.insert(schema.name.to_owned(), section(schema));
    }
    json!({
        "type": "object",
        "minProperties": 1,
        "patternProperties": { "\\.": {} },
        "additionalProperties": false,
        "properties": properties,
    })
}

fn section(schema: &'static Schema) -> Value {
    let mut properties = Map::new();
    for field in schema.fields {
        properties.insert(field.name.to_owned(), option(schema, field));
    }
    let required: Vec<&str> = schema
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    let mut made = json!({
        "description": schema.doc,
        "type": "object",
        "properties": properties,
        "patternProperties": { "\\.": {} },
        "additionalProperties": false,
    });
    // A required option may be there in parts, written with dots: what is missing then is for the
    // check to say.
    if let Some(map) = made.as_object_mut()
        && !required.is_empty()
    {
        let whole = json!({ "required": required });
        let dotted = json!({ "not": { "propertyNames": { "not": { "pattern": "\\." } } } });
        map.insert("anyOf".to_owned(), json!([whole, dotted]));
    }
    made
}

fn option(schema: &Schema, field: &Field) -> Value {
    let mut made = Map::new();
    made.insert("description".to_owned(), json!(field.doc));
    if !field.default.is_empty() {
        // As written in YAML; most of it is JSON too.
        let default = serde_json::from_str(field.default);
        let default = default.unwrap_or_else(|_| json!(field.default));
        made.insert("default".to_owned(), default);
    }
    let parts = event::parts(schema, field.name);
    let accepted = if parts.is_empty() {
        kind(&field.kind)
    } else {
        let entry = json!({ "anyOf": parts.iter().map(|part| section(part)).collect::<Vec<_>>() });
        named(&field.kind, &entry)
    };
    if !accepted.is_null() {
        let token = json!({ "$ref": TOKEN });
        made.insert("anyOf".to_owned(), json!([accepted, token]));
    }
    Value::Object(made)
}

/// Parts that have names of the user's: a mapping of them, or a list of mappings.
fn named(kind: &Kind, entry: &Value) -> Value {
    let mapping = json!({ "type": "object", "additionalProperties": entry });
    match kind {
        Kind::List(..) => json!({ "type": "array", "minItems": 1, "items": mapping }),
        _ => mapping,
    }
}

/// What a kind accepts; null for anything.
fn kind(of: &Kind) -> Value {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match of {
        Kind::Bool => json!({ "anyOf": [
            { "type": "boolean" },
            { "enum": [0, 1, 0.0, 1.0] },
            text("^(?i:true|false|t|f|yes|no|y|n|on|off|0|1)$"),
        ]}),
        Kind::Int(low, high) => {
            let mut number = json!({ "type": "number" });
            if let Some(number) = number.as_object_mut() {
                let (least, most) = (i64::MIN, i64::MAX);
                if *low != least {
                    number.insert("minimum".to_owned(), json!(low));
                }
                if *high != most {
                    number.insert("maximum".to_owned(), json!(high));
                }
            }
            json!({ "anyOf": [number, { "type": "boolean" }, text("^\\s*[+-]?[0-9_]+(\\.0*)?\\s*$")] })
        }
        Kind::Float => number(&json!({ "type": "number" })),
        Kind::FloatMin(low) => number(&json!({ "type": "number", "minimum": low })),
        Kind::FloatAbove(low) => number(&json!({ "type": "number", "exclusiveMinimum": low })),
        Kind::Str | Kind::Path => json!({ "type": "string" }),
        Kind::NonEmpty => json!({ "type": "string", "minLength": 1 }),
        Kind::Enum(names) => json!({ "enum": names }),
        Kind::List(item, least) => {
            let mut list = json!({ "type": "array", "minItems": least });
            let of = kind(item);
            if let Some(list) = list.as_object_mut()
                && !of.is_null()
            {
                let token = json!({ "$ref": TOKEN });
                list.insert("items".to_owned(), json!({ "anyOf": [of, token] }));
            }
            list
        }
        Kind::Map => json!({ "type": "object" }),
        Kind::Any | Kind::Custom(_) => Value::Null,
        Kind::Section(schema) => section(schema),
        Kind::OrNull(kind) => match self::kind(kind) {
            Value::Null => Value::Null,
            accepted => json!({ "anyOf": [accepted, { "type": "null" }] }),
        },
    }
}

fn number(of: &Value) -> Value {
    let text = json!({ "type": "string", "pattern": "^\\s*[+-]?[0-9_.]+([eE][+-]?[0-9]+)?\\s*$" });
    json!({ "anyOf": [of, { "type": "boolean" }, text] })
}
