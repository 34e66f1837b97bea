//! stub
use super::Error;
pub(super) fn normalize(_s: &str) -> String {
    todo!()
}
pub(super) fn parse(_n: &str, _s: &str) -> Result<(), Error> {
    todo!()
}
