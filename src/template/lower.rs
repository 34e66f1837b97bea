//! stub
use super::{Error, engine::Engine, program::Program};
pub(super) fn lower(
    _e: &Engine,
    _name: &str,
    _source: String,
    _tree: &(),
) -> Result<Program, Error> {
    todo!()
}
