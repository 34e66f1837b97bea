//! What templates call as `module.mimesis`: groups of providers such as `person.full_name`, over the
//! data of `faker`. Arguments that are enum members in Python are their names or values here.
//! Knows nothing of templates.

mod money;
mod net;
mod numbers;
mod person;
mod place;
mod spec;
mod tech;
mod things;
mod time;
mod words;

#[cfg(test)]
mod tests;

use super::FakeError;
use super::faker::{Call, Datum, Locale, Provider};

type Answer = Result<Datum, FakeError>;

/// A group and its providers.
#[derive(Debug)]
pub struct Group {
    /// Name as templates write it.
    pub name: &'static str,
    /// The providers; one of the group's own name is the group called itself.
    pub members: &'static [Provider],
}

impl Group {
    /// The provider of that name.
    pub fn provider(&self, name: &str) -> Option<&'static Provider> {
        self.members.iter().find(|provider| provider.name == name)
    }
}

/// Providers of one country, with the locale they use.
#[derive(Debug)]
pub struct Spec {
    /// Whose data.
    pub locale: &'static Locale,
    /// What can be called.
    pub group: &'static Group,
}

#[rustfmt::skip]
static GROUPS: &[Group] = &[
    Group { name: "address", members: place::ADDRESS },
    Group { name: "binaryfile", members: things::BINARY },
    Group { name: "choice", members: numbers::CHOICE },
    Group { name: "code", members: numbers::CODE },
    Group { name: "cryptographic", members: tech::CRYPTOGRAPHIC },
    Group { name: "datetime", members: time::DATETIME },
    Group { name: "development", members: tech::DEVELOPMENT },
    Group { name: "file", members: things::FILE },
    Group { name: "finance", members: money::FINANCE },
    Group { name: "food", members: things::FOOD },
    Group { name: "hardware", members: tech::HARDWARE },
    Group { name: "internet", members: net::INTERNET },
    Group { name: "numeric", members: numbers::NUMERIC },
    Group { name: "path", members: things::PATH },
    Group { name: "payment", members: money::PAYMENT },
    Group { name: "person", members: person::PERSON },
    Group { name: "science", members: things::SCIENCE },
    Group { name: "text", members: words::TEXT },
    Group { name: "transport", members: things::TRANSPORT },
];

/// All groups.
pub fn groups() -> impl Iterator<Item = &'static Group> {
    GROUPS.iter()
}

/// The group of that name.
pub fn group(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.name == name)
}

/// The providers of a country, by its English name.
pub fn spec(name: &str) -> Option<Spec> {
    let (group, code) = spec::SPECS.iter().find(|(group, _)| group.name == name)?;
    let locale = Locale::faker(code)?;
    Some(Spec { locale, group })
}

/// Names of the countries.
pub fn spec_names() -> impl Iterator<Item = &'static str> {
    spec::SPECS.iter().map(|(group, _)| group.name)
}

/// Names and values of the members of an enum.
pub type Members = &'static [(&'static str, &'static str)];

/// The enums that templates can name.
#[rustfmt::skip]
pub const ENUMS: &[(&str, Members)] = &[
    ("Algorithm", &[("MD5", "md5"), ("SHA1", "sha1"), ("SHA224", "sha224"), ("SHA256", "sha256"), ("SHA384", "sha384"),
        ("SHA512", "sha512"), ("BLAKE2B", "blake2b"), ("BLAKE2S", "blake2s"), ("SHA3_224", "sha3_224"), ("SHA3_256", "sha3_256"),
        ("SHA3_384", "sha3_384"), ("SHA3_512", "sha3_512"), ("SHAKE128", "shake_128"), ("SHAKE256", "shake_256")]),
    ("AudioFile", &[("MP3", "mp3"), ("AAC", "aac")]),
    ("CardType", &[("VISA", "Visa"), ("MASTER_CARD", "MasterCard"), ("AMERICAN_EXPRESS", "American Express")]),
    ("CompressedFile", &[("ZIP", "zip"), ("GZIP", "gz")]),
    ("CountryCode", &[("A2", "a2"), ("A3", "a3"), ("NUMERIC", "numeric"), ("IOC", "ioc"), ("FIFA", "fifa")]),
    ("DSNType", &[("POSTGRES", "postgres"), ("MYSQL", "mysql"), ("MONGODB", "mongodb"), ("REDIS", "redis"), ("COUCHBASE", "couchbase"),
        ("MEMCACHED", "memcached"), ("RABBITMQ", "rabbitmq")]),
    ("DocumentFile", &[("PDF", "pdf"), ("DOCX", "docx"), ("PPTX", "pptx"), ("XLSX", "xlsx")]),
    ("DurationUnit", &[("WEEKS", "weeks"), ("DAYS", "days"), ("HOURS", "hours"), ("MINUTES", "minutes"), ("SECONDS", "seconds"),
        ("MILLISECONDS", "milliseconds"), ("MICROSECONDS", "microseconds")]),
    ("EANFormat", &[("EAN8", "ean-8"), ("EAN13", "ean-13")]),
    ("EmojiCategory", EMOJI), ("EmojyCategory", EMOJI),
    ("FileType", &[("SOURCE", "source"), ("TEXT", "text"), ("DATA", "data"), ("AUDIO", "audio"), ("VIDEO", "video"), ("IMAGE", "image"),
        ("EXECUTABLE", "executable"), ("COMPRESSED", "compressed")]),
    ("Gender", &[("MALE", "male"), ("FEMALE", "female")]),
    ("ISBNFormat", &[("ISBN13", "isbn-13"), ("ISBN10", "isbn-10")]),
    ("ImageFile", &[("JPG", "jpg"), ("PNG", "png"), ("GIF", "gif")]),
    ("IPv4Purpose", &[("THIS_NETWORK", "0.0.0.0/8"), ("LOOBACK", "127.0.0.0/8"), ("LINK_LOCAL", "169.254.0.0/16"), ("TEST_NET_1", "192.0.2.0/24"),
        ("TEST_NET_2", "198.51.100.0/24"), ("TEST_NET_3", "203.0.113.0/24"), ("BENCHMARKING", "198.18.0.0/15"), ("PRIVATE_USE_1", "10.0.0.0/8"),
        ("PRIVATE_USE_2", "172.16.0.0/12"), ("PRIVATE_USE_3", "192.168.0.0/16"), ("RESERVED", "240.0.0.0/4"),
        ("SHARE_ADDRESS_SPACE", "100.64.0.0/10"), ("LIMITED_BROADCAST", "255.255.255.255/32")]),
    ("MimeType", &[("APPLICATION", "application"), ("AUDIO", "audio"), ("IMAGE", "image"), ("MESSAGE", "message"), ("TEXT", "text"),
        ("VIDEO", "video")]),
    ("NumType", &[("FLOAT", "floats"), ("INTEGER", "integers"), ("COMPLEX", "complexes"), ("DECIMAL", "decimals")]),
    ("PortRange", &[("ALL", "1-65535"), ("WELL_KNOWN", "1-1023"), ("EPHEMERAL", "49152-65535"), ("REGISTERED", "1024-49151")]),
    ("TLDType", &[("CCTLD", "cctld"), ("GTLD", "gtld"), ("GEOTLD", "geotld"), ("UTLD", "utld"), ("STLD", "stld")]),
    ("TimestampFormat", &[("POSIX", "1"), ("ISO_8601", "2"), ("RFC_3339", "3")]),
    ("TimezoneRegion", &[("AFRICA", "Africa"), ("AMERICA", "America"), ("ANTARCTICA", "Antarctica"), ("ARCTIC", "Arctic"), ("ASIA", "Asia"),
        ("ATLANTIC", "Atlantic"), ("AUSTRALIA", "Australia"), ("EUROPE", "Europe"), ("INDIAN", "Indian"), ("PACIFIC", "Pacific")]),
    ("TitleType", &[("TYPICAL", "typical"), ("ACADEMIC", "academic")]),
    ("URLScheme", &[("WS", "ws"), ("WSS", "wss"), ("FTP", "ftp"), ("SFTP", "sftp"), ("HTTP", "http"), ("HTTPS", "https")]),
    ("VideoFile", &[("MP4", "mp4"), ("MOV", "mov")]),
];

const EMOJI: Members = &[
    ("DEFAULT", "smileys_and_emotion"),
    ("PEOPLE_AND_BODY", "people_and_body"),
    ("ANIMALS_AND_NATURE", "animals_and_nature"),
    ("FOOD_AND_DRINK", "food_and_drink"),
    ("TRAVEL_AND_PLACES", "travel_and_places"),
    ("ACTIVITIES", "activities"),
    ("OBJECTS", "objects"),
    ("SYMBOLS", "symbols"),
    ("FLAGS", "flags"),
];

/// The value of the member given as an argument, by name or value in any case; `None` when nothing
/// was given.
fn member(call: &Call<'_>, index: usize, class: &str) -> Result<Option<&'static str>, FakeError> {
    let Some(given) = call.text(index)? else {
        return Ok(None);
    };
    let members = ENUMS
        .iter()
        .find(|(name, _)| *name == class)
        .map_or(&[][..], |(_, members)| *members);
    let fits = |text: &str| text.eq_ignore_ascii_case(given);
    let found = members
        .iter()
        .find(|(name, value)| fits(name) || fits(value));
    match found {
        Some((_, value)) => Ok(Some(value)),
        None => {
            let values: Vec<&str> = members.iter().map(|(_, value)| *value).collect();
            Err(FakeError::new(format!("`{given}` is no {class}"))
                .help(format!("known are {}", values.join(", "))))
        }
    }
}

/// As [`member`], or one at random.
fn member_or_any(
    call: &mut Call<'_>,
    index: usize,
    class: &str,
) -> Result<&'static str, FakeError> {
    if let Some(value) = member(call, index, class)? {
        return Ok(value);
    }
    let members = ENUMS
        .iter()
        .find(|(name, _)| *name == class)
        .map_or(&[][..], |(_, members)| *members);
    Ok(call.pick(members).map_or("", |(_, value)| value))
}

/// Two whole numbers given as bounds, the lower first.
fn bounds(call: &Call<'_>, index: usize, low: i64, high: i64) -> Result<(i64, i64), FakeError> {
    let (low, high) = (call.int(index, low)?, call.int(index + 1, high)?);
    if low > high {
        return Err(FakeError::new(format!(
            "the lower bound is {low}, above the upper, which is {high}"
        )));
    }
    Ok((low, high))
}
