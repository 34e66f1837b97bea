//! Built-in globals.
use super::Value;
pub(super) fn builtin() -> Vec<(&'static str, Value)> {
    Vec::new()
}
