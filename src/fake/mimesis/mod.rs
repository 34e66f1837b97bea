//! Stub.
use super::faker::{Locale, Provider};
/// A group of providers.
#[derive(Debug)]
pub struct Group {
    /// Name as templates write it.
    pub name: &'static str,
    /// Its providers.
    pub members: &'static [Provider],
}
/// A spec.
#[derive(Debug)]
pub struct Spec {
    /// l
    pub locale: &'static Locale,
    /// g
    pub group: &'static Group,
}
impl Group {
    /// p
    pub fn provider(&self, name: &str) -> Option<&'static Provider> {
        self.members.iter().find(|p| p.name == name)
    }
}
/// g
pub fn group(_: &str) -> Option<&'static Group> {
    None
}
/// g
pub fn groups() -> impl Iterator<Item = &'static Group> {
    std::iter::empty()
}
/// s
pub fn spec(_: &str) -> Option<Spec> {
    None
}
/// n
pub fn spec_names() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}
/// e
pub const ENUMS: &[(&str, &[(&str, &str)])] = &[];
