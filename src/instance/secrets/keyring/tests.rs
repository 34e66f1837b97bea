#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

/// Made by keyrings.cryptfile 1.3.9 itself, with a cost of 64 KiB and one pass instead of its own.
const CHEAP: &str = include_str!("../../../../tests/fixtures/keyring/cheap.cfg");

fn cheap(text: &str) -> Keyring {
    let mut keyring = Keyring::parse(Path::new("k.cfg"), text).unwrap();
    keyring.cost = (64, 1, 2);
    keyring
}

fn password() -> Hidden {
    Hidden::new("pass wörd")
}

#[test]
fn every_value_and_the_capitals_of_its_name_come_back() {
    let keyring = cheap(CHEAP);
    let mut all: Vec<(String, String)> = keyring
        .entries()
        .iter()
        .map(|entry| {
            let (name, value) = keyring.open(entry, &password(), &[]).unwrap();
            (name, value.expose().to_owned())
        })
        .collect();
    all.sort();
    let long = "v".repeat(300);
    let expected = [
        ("ApiToken", "tok-123"),
        ("GRÖSSE", "ü"),
        ("a.b-c d", "x=y: [z]\nsecond line"),
        ("db_password", "s3cret-välue"),
        ("long_value", long.as_str()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(all, expected);
}

#[test]
fn a_name_is_found_as_it_was_set() {
    let keyring = cheap(CHEAP);
    let entry = keyring.entry("ApiToken").unwrap();
    let names = ["ApiToken".to_owned()];
    assert_eq!(
        keyring.open(entry, &password(), &names).unwrap().0,
        "ApiToken"
    );
    let names = ["apitoken".to_owned()];
    let error = keyring.open(entry, &password(), &names).unwrap_err();
    assert!(error.help().unwrap().contains("capitals"), "{error}");
    assert!(keyring.entry("other").is_none());
}

#[test]
fn a_wrong_password_and_a_changed_value_are_told() {
    let keyring = cheap(CHEAP);
    let entry = keyring.entry("db_password").unwrap();
    let error = keyring.open(entry, &Hidden::new("x"), &["db_password".to_owned()]);
    assert!(matches!(error, Err(SecretsError::WrongKeyringPassword(..))));
    let mut cut = entry.clone();
    cut.sealed.truncate(cut.sealed.len() / 2);
    let error = keyring.open(&cut, &password(), &[]).unwrap_err();
    assert!(matches!(error, SecretsError::Damaged(..)), "{error}");
}

#[test]
fn other_files_are_refused_and_an_empty_one_is_empty() {
    let parse = |text: &str| Keyring::parse(Path::new("k.cfg"), text);
    assert!(parse("").unwrap().entries().is_empty());
    for text in ["{}", "[a", "name = 1\n", "[eventum]\nx = y\n"] {
        let error = parse(text).unwrap_err();
        assert!(
            matches!(error, SecretsError::Foreign(..)),
            "{text}: {error}"
        );
    }
    let eax = CHEAP.replace("AES128.GCM", "AES128.EAX");
    let error = parse(&eax).unwrap_err().to_string();
    assert!(error.contains("AES128.EAX"), "{error}");
}

#[test]
fn versions_join_names_in_their_own_way() {
    for (version, expected) in [
        (None, "\0"),
        (Some("1.3.5"), "\0"),
        (Some("1.3.6"), "\\0"),
        (Some("1.3.8"), "\\0"),
        (Some("1.3.9"), "\0"),
        (Some("1.4"), "\0"),
    ] {
        assert_eq!(joint(version), expected, "{version:?}");
    }
}

#[test]
fn names_are_escaped_as_the_library_does() {
    for (name, escaped) in [("a.b-c d", "a_2Eb_2Dc_20d"), ("Ö_", "_C3_96_5F")] {
        assert_eq!(escape(name), escaped);
        assert_eq!(
            unescape(&escaped.to_lowercase()).unwrap(),
            name.replace("A", "a")
        );
    }
    assert_eq!(unescape("a_b_").unwrap(), "a_b_");
}

#[test]
fn every_spelling_is_tried_small_letters_first() {
    let all: Vec<String> = spellings("a-b", 2).collect();
    assert_eq!(all, ["a-b", "A-B", "a-b", "A-b", "a-B", "A-B"]);
}
