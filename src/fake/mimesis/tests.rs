#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::NaiveDate;

use super::*;
use crate::fake::Fast;

fn run(provider: &Provider, locale: &'static Locale, args: &[Option<Datum>], seed: u64) -> Answer {
    let now = NaiveDate::from_ymd_opt(2026, 3, 1)
        .unwrap()
        .and_hms_opt(8, 0, 0)
        .unwrap();
    provider.call(&mut Fast::seeded(seed), locale, args, now)
}

fn text(path: &str, locale: &str, args: &[Option<Datum>], seed: u64) -> String {
    let (group_name, name) = path.split_once('.').unwrap();
    let provider = group(group_name).unwrap().provider(name).unwrap();
    let answer = run(provider, Locale::mimesis(locale).unwrap(), args, seed).unwrap();
    answer
        .as_text()
        .unwrap_or_else(|| panic!("{path}: {answer:?}"))
        .to_owned()
}

#[test]
fn every_name_answers_in_every_locale() {
    const NEED: [&str; 3] = ["choice", "increment", "bulk_create_datetimes"];
    for group in groups() {
        for provider in group
            .members
            .iter()
            .filter(|provider| !NEED.contains(&provider.name))
        {
            for code in Locale::mimesis_codes() {
                for seed in 0..3 {
                    let answer = run(provider, Locale::mimesis(code).unwrap(), &[], seed);
                    assert!(
                        answer.is_ok(),
                        "{}.{} in {code}: {answer:?}",
                        group.name,
                        provider.name
                    );
                    assert_eq!(
                        answer,
                        run(provider, Locale::mimesis(code).unwrap(), &[], seed)
                    );
                }
            }
        }
    }
    for name in spec_names() {
        let Spec { locale, group } = spec(name).unwrap();
        for provider in group.members {
            assert!(
                run(provider, locale, &[], 1).is_ok(),
                "{name}.{}",
                provider.name
            );
        }
    }
}

#[test]
fn nothing_of_the_reference_is_missing() {
    for path in include_str!("methods.txt").split_whitespace() {
        let (group_name, name) = path.split_once('.').unwrap();
        assert!(
            group(group_name).unwrap().provider(name).is_some(),
            "{path}"
        );
    }
}

#[test]
fn no_provider_panics_whatever_it_is_given() {
    let pool = [
        Datum::Bool(true),
        Datum::Int(-1),
        Datum::Int(7),
        Datum::Int(i64::MAX),
        Datum::Int(i64::MIN),
        Datum::Float(f64::NAN),
        Datum::Float(1e300),
        Datum::Text(String::new()),
        Datum::Text("²é漢%".to_owned()),
        Datum::List(vec![]),
        Datum::List(vec![Datum::Int(1), Datum::Int(i64::MAX)]),
        Datum::Dict(vec![]),
        Datum::Date(NaiveDate::MAX),
        Datum::DateTime(NaiveDate::MAX.into()),
    ];
    let locale = Locale::mimesis("en").unwrap();
    for group in groups() {
        for provider in group.members {
            for (at, given) in pool.iter().enumerate() {
                let all = vec![Some(given.clone()); provider.params.len()];
                let _ = run(provider, locale, &all, at as u64);
                for index in 0..provider.params.len() {
                    let mut one = vec![None; provider.params.len()];
                    one[index] = Some(given.clone());
                    let _ = run(provider, locale, &one, at as u64);
                }
            }
        }
    }
}

#[test]
fn shapes() {
    let given = |text: &str| Some(Datum::Text(text.to_owned()));
    let check = |path: &str, args: &[Option<Datum>], shape: &str| {
        let shape = regex::Regex::new(shape).unwrap();
        for seed in 0..100 {
            let made = text(path, "en", args, seed);
            assert!(shape.is_match(&made), "{path}: {made}");
        }
    };
    check("person.full_name", &[], r"^\S+ \S+$");
    check("person.username", &[given("U_d")], r"^[A-Z]+_\d{4}$");
    check("person.identifier", &[], r"^\d\d-\d\d/\d\d$");
    check("internet.ip_v4_cidr", &[], r"^\d+\.\d+\.\d+\.\d+/\d+$");
    check(
        "internet.special_ip_v4",
        &[given("test_net_1")],
        r"^192\.0\.2\.\d+$",
    );
    check(
        "internet.dsn",
        &[given("POSTGRES")],
        r"^postgres://[a-z]+\.[a-z]+:5432$",
    );
    check("internet.url", &[given("ws")], r"^ws://[a-z]+\.[a-z]+/$");
    check(
        "payment.credit_card_number",
        &[given("VISA")],
        r"^4\d{3}( \d{4}){3}$",
    );
    check("cryptographic.jwt", &[], r"^[\w-]+\.[\w-]+\.[\w-]+$");
    check("cryptographic.hash", &[given("sha1")], r"^[0-9a-f]{40}$");
    check("code.imei", &[], r"^\d{15}$");
    check(
        "address.latitude",
        &[Some(Datum::Bool(true))],
        "^\\d+º\\d+'\\d+\\.\\d{3}\"[NS]$",
    );
    check("datetime.week_date", &[], r"^20\d\d-W\d\d$");
    check("datetime.timezone", &[given("EUROPE")], r"^Europe/");
    assert_ne!(
        text("person.full_name", "ru", &[], 1)
            .chars()
            .next()
            .unwrap() as u32
            & !0x7f,
        0
    );
    let provider = group("person").unwrap().provider("full_name").unwrap();
    let error = run(provider, Locale::mimesis("en").unwrap(), &[given("mal")], 1).unwrap_err();
    assert_eq!(error.to_string(), "`mal` is no Gender");
    assert_eq!(error.help.unwrap(), "known are male, female");
}
