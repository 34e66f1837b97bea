//! Near-miss names for messages.

/// Letters that make a good beginning.
const BEGIN: usize = 4;

/// The known name that was probably meant by `name`, if one is close enough.
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    // One letter is as far from any other as from all.
    let allowed = (length / 3).max(1).min(length.saturating_sub(1));
    // A name that begins right may end worse: `chanx` for `chance`.
    let begins = |other: &str| wanted.chars().take(BEGIN).eq(other.chars().take(BEGIN));
    known
        .into_iter()
        .map(|one| {
            let other = one.to_lowercase();
            let more = usize::from(length > BEGIN && begins(&other));
            let distance = strsim::damerau_levenshtein(&wanted, &other);
            (distance, allowed + more, one)
        })
        .filter(|&(distance, allowed, _)| distance <= allowed)
        .map(|(distance, _, one)| (distance, one))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, one)| one)
}

/// Help for a wrong name: the near one first, then all that are valid.
pub fn names_help<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let all: Vec<String> = known
        .clone()
        .into_iter()
        .map(|one| format!("`{one}`"))
        .collect();
    let list = all.join(", ");
    match near(name, known) {
        Some(one) if all.len() > 1 => format!("did you mean `{one}`? Known are {list}"),
        Some(one) => format!("did you mean `{one}`?"),
        None if all.is_empty() => "there are none".to_owned(),
        None => format!("known are {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_letter_is_near_to_nothing_but_itself() {
        assert_eq!(near("f", ["e", "other"]), None);
        assert_eq!(near("F", ["e", "f"]), Some("f"));
        assert_eq!(near("cout", ["count"]), Some("count"));
    }

    #[test]
    fn a_name_that_begins_right_may_end_worse() {
        assert_eq!(near("chanx", ["all", "chance", "chain"]), Some("chance"));
        assert_eq!(near("chan", ["chance"]), None);
        assert_eq!(near("spinx", ["chance"]), None);
    }
}
