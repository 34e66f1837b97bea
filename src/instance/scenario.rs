//! Scenarios: generators that start and stop together and share a namespace of globals.
//!
//! A generator may belong to several. As every scenario shares its globals among all its members,
//! scenarios with a common member have one namespace together. Generators without a scenario share the
//! one of the instance, as all do in Eventum.

use std::collections::{BTreeMap, HashMap};

use crate::event::Globals;

/// The namespace of generators without a scenario.
pub(super) const COMMON: &str = "";

/// The namespace of each generator: the first name, in alphabetical order, of the scenarios that hang
/// together with its own.
pub(super) fn namespaces<'a>(
    members: impl Iterator<Item = (&'a str, &'a [String])>,
) -> HashMap<String, String> {
    let mut leader: BTreeMap<String, String> = BTreeMap::new();
    let mut first = Vec::new();
    for (id, scenarios) in members {
        let found = scenarios.iter().map(|name| find(&leader, name));
        if let Some(least) = found.min() {
            for name in scenarios {
                let top = find(&leader, name);
                leader.insert(top, least.clone());
            }
        }
        first.push((id.to_owned(), scenarios.first().cloned()));
    }
    let space = |name: Option<String>| name.map_or_else(String::new, |name| find(&leader, &name));
    let spaces = first.into_iter();
    spaces.map(|(id, name)| (id, space(name))).collect()
}

fn find(leader: &BTreeMap<String, String>, name: &str) -> String {
    let mut name = name;
    // A leader never comes later in the alphabet, so this ends.
    while let Some(next) = leader.get(name).filter(|next| *next != name) {
        name = next;
    }
    name.to_owned()
}

/// The globals of an instance by namespace. They outlive runs and reloads.
#[derive(Debug, Default)]
pub(super) struct Spaces(HashMap<String, Globals>);

impl Spaces {
    /// The globals of a namespace.
    pub(super) fn get(&mut self, space: &str) -> Globals {
        self.0.entry(space.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_with_a_common_member_share() {
        let names = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        let members = [
            ("alone", names(&[])),
            ("one", names(&["shop"])),
            ("two", names(&["shop", "audit"])),
            ("three", names(&["audit"])),
            ("four", names(&["night"])),
            ("five", names(&["zoo", "night"])),
            ("six", names(&["zoo", "audit"])),
            ("seven", names(&["other"])),
        ];
        let found = namespaces(members.iter().map(|(id, names)| (*id, names.as_slice())));
        for id in ["one", "two", "three", "four", "five", "six"] {
            assert_eq!(found.get(id).map(String::as_str), Some("audit"), "{id}");
        }
        assert_eq!(found.get("seven").map(String::as_str), Some("other"));
        assert_eq!(found.get("alone").map(String::as_str), Some(COMMON));
    }
}
