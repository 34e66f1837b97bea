//! The names of `mimesis` for the same data: groups of providers such as `person.full_name`.

use super::{Provider, provider};

/// A group and the faker provider behind each of its names.
#[derive(Debug)]
pub struct Group {
    /// Name as templates write it.
    pub name: &'static str,
    /// Name in the group, and the name of the provider.
    pub members: &'static [(&'static str, &'static str)],
}

/// All groups.
pub static GROUPS: &[Group] = &[
    Group {
        name: "person",
        members: &[
            ("full_name", "name"),
            ("name", "first_name"),
            ("first_name", "first_name"),
            ("last_name", "last_name"),
            ("surname", "last_name"),
            ("username", "user_name"),
            ("email", "email"),
            ("password", "password"),
            ("occupation", "job"),
            ("telephone", "phone_number"),
            ("phone_number", "phone_number"),
            ("title", "prefix"),
            ("language", "language_name"),
            ("birthdate", "date_of_birth"),
        ],
    },
    Group {
        name: "internet",
        members: &[
            ("ip_v4", "ipv4"),
            ("ip_v6", "ipv6"),
            ("mac_address", "mac_address"),
            ("hostname", "domain_name"),
            ("url", "url"),
            ("uri", "uri"),
            ("slug", "slug"),
            ("port", "port_number"),
            ("http_method", "http_method"),
            ("http_status_code", "http_status_code"),
            ("user_agent", "user_agent"),
            ("content_type", "mime_type"),
            ("top_level_domain", "tld"),
            ("emoji", "emoji"),
        ],
    },
    Group {
        name: "address",
        members: &[
            ("city", "city"),
            ("state", "state"),
            ("province", "state"),
            ("region", "state"),
            ("country", "current_country"),
            ("country_code", "country_code"),
            ("default_country", "current_country"),
            ("address", "street_address"),
            ("street_name", "street_name"),
            ("street_number", "building_number"),
            ("street_suffix", "street_suffix"),
            ("postal_code", "postcode"),
            ("zip_code", "postcode"),
            ("calling_code", "country_calling_code"),
            ("latitude", "latitude"),
            ("longitude", "longitude"),
        ],
    },
    Group {
        name: "text",
        members: &[
            ("word", "word"),
            ("words", "words"),
            ("sentence", "sentence"),
            ("text", "text"),
            ("quote", "sentence"),
            ("title", "sentence"),
            ("color", "color_name"),
            ("hex_color", "hex_color"),
        ],
    },
    Group {
        name: "finance",
        members: &[
            ("company", "company"),
            ("company_type", "company_suffix"),
            ("currency_iso_code", "currency_code"),
            ("currency_symbol", "currency_symbol"),
        ],
    },
    Group {
        name: "datetime",
        members: &[
            ("date", "date_object"),
            ("datetime", "date_time"),
            ("time", "time"),
            ("timestamp", "unix_time"),
            ("year", "year"),
            ("month", "month_name"),
            ("day_of_week", "day_of_week"),
            ("day_of_month", "day_of_month"),
            ("timezone", "timezone"),
        ],
    },
    Group {
        name: "cryptographic",
        members: &[("uuid", "uuid4"), ("hash", "sha256")],
    },
    Group {
        name: "payment",
        members: &[
            ("credit_card_number", "credit_card_number"),
            ("credit_card_network", "credit_card_provider"),
            ("credit_card_expiration_date", "credit_card_expire"),
            ("cvv", "credit_card_security_code"),
        ],
    },
    Group {
        name: "file",
        members: &[
            ("file_name", "file_name"),
            ("extension", "file_extension"),
            ("mime_type", "mime_type"),
        ],
    },
];

/// The group of that name.
pub fn group(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.name == name)
}

/// The provider behind a name of a group.
pub fn group_provider(group: &Group, name: &str) -> Option<&'static Provider> {
    let (_, behind) = group.members.iter().find(|(known, _)| *known == name)?;
    provider(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_provider() {
        for group in GROUPS {
            for (name, behind) in group.members {
                assert!(
                    group_provider(group, name).is_some(),
                    "{}.{name}: {behind}",
                    group.name
                );
            }
        }
    }
}
