//! Forms of paths and free values between processes that lose nothing on the way: a path need not be
//! text, and a JSON number is not read back to the last bit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// A path as text, or as bytes where it is none.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Bytes(Vec<u8>),
}

impl Form {
    fn of(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes(path.as_os_str().as_encoded_bytes().to_vec()),
        }
    }

    fn path(self) -> PathBuf {
        match self {
            Self::Text(text) => text.into(),
            #[cfg(unix)]
            Self::Bytes(bytes) => {
                use std::os::unix::ffi::OsStringExt as _;
                std::ffi::OsString::from_vec(bytes).into()
            }
            #[cfg(not(unix))]
            Self::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        }
    }
}

/// A path.
pub mod path {
    use super::*;

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        Form::of(path).serialize(to)
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is no path.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Form::deserialize(from).map(Form::path)
    }
}

/// A path that is shared.
pub mod shared_path {
    use super::*;

    pub use super::path::serialize;

    /// Reads it.
    ///
    /// # Errors
    /// When it is no path.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Path>, D::Error> {
        super::path::deserialize(from).map(Into::into)
    }
}

/// A path that may be missing.
pub mod path_option {
    use super::*;

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
        path.as_deref().map(Form::of).serialize(to)
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is something else than a path.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
        let form = Option::<Form>::deserialize(from)?;
        Ok(form.map(Form::path))
    }
}

/// Free values by name.
pub mod values {
    use super::*;

    /// Writes them.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(map: &Map<String, Value>, to: S) -> Result<S::Ok, S::Error> {
        let packed = map.iter().map(|(key, value)| (key, pack(value)));
        packed
            .collect::<std::collections::BTreeMap<_, _>>()
            .serialize(to)
    }

    /// Reads them.
    ///
    /// # Errors
    /// When they are no mapping.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
        let packed = Map::deserialize(from)?;
        let open = packed.into_iter().map(|(key, value)| (key, unpack(value)));
        Ok(open.collect())
    }
}

/// Marks what is not as it looks.
const MARK: &str = "$evtui";

/// A value in which each float is text, marked.
fn pack(value: &Value) -> Value {
    let marked = |inner: Value| Value::Object(Map::from_iter([(MARK.to_owned(), inner)]));
    match value {
        Value::Number(number) if number.is_f64() => marked(Value::String(number.to_string())),
        Value::Array(items) => Value::Array(items.iter().map(pack).collect()),
        Value::Object(map) => {
            let inner = map.iter().map(|(key, value)| (key.clone(), pack(value)));
            let inner = Value::Object(inner.collect());
            if map.contains_key(MARK) {
                marked(inner)
            } else {
                inner
            }
        }
        other => other.clone(),
    }
}

fn unpack(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(unpack).collect()),
        Value::Object(mut map) => match map.remove(MARK) {
            Some(Value::String(text)) => {
                let number = text.parse().ok().and_then(serde_json::Number::from_f64);
                number.map_or(Value::String(text), Value::Number)
            }
            Some(Value::Object(inner)) => inner_values(inner),
            Some(other) => other,
            None => inner_values(map),
        },
        other => other,
    }
}

fn inner_values(map: Map<String, Value>) -> Value {
    let open = map.into_iter().map(|(key, value)| (key, unpack(value)));
    Value::Object(open.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Both {
        #[serde(with = "path")]
        path: PathBuf,
        #[serde(with = "values")]
        values: Map<String, Value>,
    }

    #[test]
    fn odd_paths_and_numbers_survive() {
        #[cfg(unix)]
        let path = {
            use std::os::unix::ffi::OsStrExt as _;
            PathBuf::from(std::ffi::OsStr::from_bytes(b"/a/\xff/b"))
        };
        #[cfg(not(unix))]
        let path = PathBuf::from("a");
        let float = serde_json::json!(0.1_f64 + 0.2);
        let values = serde_json::json!({
            "n": 12_345_678_901_234_567_i64, "f": [float, 1e300, 5e-324, -0.0],
            "$evtui": "x", "in": {"$evtui": {"$evtui": 1.5}}, "t": null,
        });
        let Value::Object(values) = values else {
            unreachable!("an object");
        };
        let text = serde_json::to_string(&Both {
            path: path.clone(),
            values: values.clone(),
        });
        let back: Both = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!(back.path, path);
        assert_eq!(back.values, values);
    }
}
