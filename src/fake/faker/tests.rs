//! What providers give: shapes, check digits, determinism, and no panic whatever the arguments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;

use chrono::NaiveDate;
use regex::Regex;

use super::*;
use crate::fake::Fast;

mod shapes;

/// The locales whose data must be their own.
const OWN: [&str; 10] = [
    "en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "ru_RU", "ja_JP", "zh_CN",
];

fn run(name: &str, locale: &str, args: &[Datum], seed: u64) -> Answer {
    let provider = provider(name).unwrap_or_else(|| panic!("no {name}"));
    let args: Vec<Option<Datum>> = args.iter().cloned().map(Some).collect();
    let now = NaiveDate::from_ymd_opt(2026, 3, 1)
        .unwrap()
        .and_hms_opt(8, 0, 0)
        .unwrap();
    provider.call(
        &mut Fast::seeded(seed),
        Locale::faker(locale).unwrap(),
        &args,
        now,
    )
}

fn text_of(name: &str, locale: &str, seed: u64) -> String {
    let answer = run(name, locale, &[], seed).unwrap();
    match answer.as_text() {
        Some(text) => text.to_owned(),
        None => pattern::printed(&answer),
    }
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

#[test]
fn names_are_unique_and_every_provider_answers_without_arguments_in_every_locale() {
    let mut seen = HashSet::new();
    for provider in providers() {
        assert!(seen.insert(provider.name), "{} twice", provider.name);
        if ["parse", "format"].contains(&provider.name) {
            continue;
        }
        for code in Locale::codes() {
            let draws = if OWN.contains(&code) { 4 } else { 1 };
            for seed in 0..draws {
                if ["binary", "zip", "tar"].contains(&provider.name) && seed > 0 {
                    continue;
                }
                let answer = run(provider.name, code, &[], seed);
                assert!(answer.is_ok(), "{} in {code}: {answer:?}", provider.name);
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_and_another_something_else() {
    for provider in
        providers().filter(|provider| !["parse", "format", "binary"].contains(&provider.name))
    {
        for code in ["en_US", "ja_JP"] {
            let all: Vec<_> = (0..3)
                .map(|seed| run(provider.name, code, &[], seed))
                .collect();
            let again: Vec<_> = (0..3)
                .map(|seed| run(provider.name, code, &[], seed))
                .collect();
            assert_eq!(all, again, "{}", provider.name);
        }
    }
    let names: HashSet<String> = (0..500)
        .map(|seed| text_of("name", "en_US", seed))
        .collect();
    assert!(names.len() > 450, "{}", names.len());
}

#[test]
fn no_provider_panics_whatever_it_is_given() {
    let pool = [
        Datum::None,
        Datum::Bool(true),
        Datum::Int(-1),
        Datum::Int(0),
        Datum::Int(7),
        Datum::Int(i64::MAX),
        Datum::Int(i64::MIN),
        Datum::Float(f64::NAN),
        Datum::Float(-1e300),
        text(""),
        text("x"),
        text("%"),
        text("{{name}}{{nope"),
        text("-99999999999999y"),
        text("²é漢"),
        Datum::List(vec![]),
        Datum::List(vec![text("a"), Datum::Int(1)]),
        Datum::Dict(vec![("a".to_owned(), Datum::Float(-1.0))]),
        Datum::Date(NaiveDate::MIN),
        Datum::Date(NaiveDate::MAX),
        Datum::Delta(i64::MIN),
        Datum::Bytes(vec![255]),
    ];
    for provider in providers() {
        for (at, first) in pool.iter().enumerate() {
            for second in [at, at + 5, at + 11] {
                let second = &pool[second % pool.len()];
                let mut args = vec![first.clone()];
                args.resize(provider.params.len().max(1), second.clone());
                args.truncate(provider.params.len());
                let _ = run(provider.name, "en_US", &args, at as u64);
                // Each parameter alone, too.
                for index in 0..provider.params.len() {
                    let mut args = vec![Datum::None; provider.params.len()];
                    args[index] = first.clone();
                    let _ = run(provider.name, "de_DE", &args, at as u64);
                }
            }
        }
    }
}

#[test]
fn arguments_are_honoured_and_checked() {
    let one = |name, args: &[Datum]| run(name, "en_US", args, 1);
    let int = |name, low, high| one(name, &[Datum::Int(low), Datum::Int(high)]);
    assert_eq!(int("random_int", 3, 3), Ok(Datum::Int(3)));
    assert_eq!(int("pyint", -5, -5), Ok(Datum::Int(-5)));
    assert_eq!(one("numerify", &[text("ab")]), Ok(text("ab")));
    assert_eq!(one("bothify", &[text("x-y"), text("Q")]), Ok(text("x-y")));
    assert_eq!(one("bothify", &[text("??"), text("Q")]), Ok(text("QQ")));
    assert_eq!(one("boolean", &[Datum::Int(100)]), Ok(Datum::Bool(true)));
    let list = Datum::List(vec![text("z")]);
    assert_eq!(one("random_element", &[list]), Ok(Datum::Element(0)));
    let weights = Datum::Dict(vec![
        ("a".to_owned(), Datum::Float(0.0)),
        ("b".to_owned(), Datum::Int(2)),
    ]);
    assert_eq!(one("random_element", &[weights]), Ok(Datum::Element(1)));
    assert_eq!(
        one(
            "json",
            &[
                Datum::Dict(vec![("a".to_owned(), text("@x"))]),
                Datum::Int(1)
            ]
        ),
        Ok(text("{\"a\": \"x\"}"))
    );
    assert_eq!(
        one(
            "date_between",
            &[Datum::Date(NaiveDate::MIN), Datum::Date(NaiveDate::MIN)]
        ),
        Ok(Datum::Date(NaiveDate::MIN))
    );

    let message = |name, args: &[Datum]| one(name, args).unwrap_err().to_string();
    assert_eq!(
        message("random_int", &[text("x")]),
        "`min` must be a whole number, not a text"
    );
    assert_eq!(
        message("random_int", &[Datum::Int(5), Datum::Int(1)]),
        "`min` is 5, above `max`, which is 1"
    );
    assert_eq!(
        message("boolean", &[Datum::Int(101)]),
        "`chance_of_getting_true` is 101, it must be from 0 to 100"
    );
    assert_eq!(
        message("credit_card_number", &[text("visum")]),
        "`visum` is no kind of card"
    );
    assert_eq!(
        message("parse", &[text("{{user_nam}}")]),
        "there is no provider `user_nam`"
    );
    let help = one("parse", &[text("{{user_nam}}")])
        .unwrap_err()
        .help
        .unwrap();
    assert!(help.contains("user_name"), "{help}");
}

#[test]
fn bounds_of_dates_are_kept() {
    for seed in 0..300 {
        let Ok(Datum::Date(day)) = run("date_between", "en_US", &[text("-10d"), text("-1w")], seed)
        else {
            panic!("no date");
        };
        assert!(
            ("2026-02-19"..="2026-02-22").contains(&&*day.to_string()),
            "{day}"
        );
        let Ok(Datum::Date(born)) = run(
            "date_of_birth",
            "en_US",
            &[Datum::None, Datum::Int(18), Datum::Int(20)],
            seed,
        ) else {
            panic!("no date");
        };
        assert!(
            ("2005-03-02"..="2008-03-01").contains(&&*born.to_string()),
            "{born}"
        );
        let Ok(Datum::DateTime(at)) = run(
            "date_time_this_month",
            "en_US",
            &[Datum::Bool(false), Datum::Bool(true)],
            seed,
        ) else {
            panic!("no datetime");
        };
        assert!(
            ("2026-03-01 08:00:00".."2026-04-01").contains(&&*at.to_string()),
            "{at}"
        );
    }
}

/// Luhn, computed from the definition.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, double @ 10..) => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn digits(text: &str) -> Vec<u64> {
    text.chars()
        .filter_map(|c| c.to_digit(10))
        .map(u64::from)
        .collect()
}

fn dot(digits: &[u64], weights: &[u64]) -> u64 {
    digits.iter().zip(weights).map(|(a, b)| a * b).sum()
}

/// ISO 13616: letters as numbers, the first four characters last, rest 1 by 97.
fn iban_holds(iban: &str) -> bool {
    let turned = iban[4..].chars().chain(iban[..4].chars());
    let number: String = turned
        .map(|c| c.to_digit(36).unwrap().to_string())
        .collect();
    number.bytes().fold(0_u64, |rest, byte| {
        (rest * 10 + u64::from(byte - b'0')) % 97
    }) == 1
}

#[test]
fn check_digits_hold() {
    for seed in 0..300 {
        for code in Locale::codes() {
            let iban = text_of("iban", code, seed % 5);
            assert!(iban_holds(&iban), "{code}: {iban}");
        }
        assert!(luhn(&text_of("credit_card_number", "en_US", seed)));
        let ean = |text: String| {
            let digits = digits(&text);
            let sum: u64 = digits
                .iter()
                .rev()
                .enumerate()
                .map(|(at, d)| d * if at % 2 == 0 { 1 } else { 3 })
                .sum();
            assert_eq!(sum % 10, 0, "{text}");
        };
        for name in ["ean13", "ean8", "isbn13", "upc_a", "localized_ean", "jan8"] {
            ean(text_of(name, "en_US", seed));
        }
        let isbn = text_of("isbn10", "en_US", seed).replace('-', "");
        let sum: u32 = isbn.chars().zip((1..=10).rev()).map(|(c, w)| if c == 'X' { 10 } else { c.to_digit(10).unwrap() } * w).sum();
        assert_eq!(sum % 11, 0, "{isbn}");
        let aba = digits(&text_of("aba", "en_US", seed));
        assert_eq!(dot(&aba, &[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10, 0);
    }
}

#[test]
fn numbers_of_people_and_companies_hold() {
    let fiscal = Regex::new(r"^[A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z]$").unwrap();
    for seed in 0..300 {
        let of = |name: &str, code: &str| text_of(name, code, seed);
        // France: the key completes the number to a multiple of 97.
        let nir = of("ssn", "fr_FR");
        let number: u64 = nir[..13].parse().unwrap();
        assert_eq!(
            (number + nir[13..].parse::<u64>().unwrap()) % 97,
            0,
            "{nir}"
        );
        assert!(luhn(&of("siren", "fr_FR")) && luhn(&of("siret", "fr_FR")));
        // Spain.
        let nif = of("nif", "es_ES");
        let letter = "TRWAGMYFPDXBNJZSQVHLCKE".as_bytes()[nif[..8].parse::<usize>().unwrap() % 23];
        assert_eq!(nif.as_bytes()[8], letter, "{nif}");
        assert_eq!(of("ssn", "es_ES").len(), 9);
        // Brazil.
        let cpf = digits(&of("cpf", "pt_BR"));
        let check = |d: &[u64], w: &[u64]| match dot(d, w) * 10 % 11 {
            10 => 0,
            rest => rest,
        };
        assert_eq!(check(&cpf, &[10, 9, 8, 7, 6, 5, 4, 3, 2]), cpf[9]);
        assert_eq!(check(&cpf, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), cpf[10]);
        let cnpj = digits(&of("cnpj", "pt_BR"));
        assert_eq!(
            check(&cnpj, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]),
            cnpj[12]
        );
        assert_eq!(
            check(&cnpj, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]),
            cnpj[13]
        );
        // Russia.
        let inn = digits(&of("individuals_inn", "ru_RU"));
        assert_eq!(
            dot(&inn, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10,
            inn[10]
        );
        assert_eq!(
            dot(&inn, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10,
            inn[11]
        );
        let inn = digits(&of("businesses_inn", "ru_RU"));
        assert_eq!(dot(&inn, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10, inn[9]);
        let snils = digits(&of("snils", "ru_RU"));
        assert_eq!(
            dot(&snils, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100,
            snils[9] * 10 + snils[10]
        );
        let ogrn = of("businesses_ogrn", "ru_RU");
        assert_eq!(
            ogrn[..12].parse::<u64>().unwrap() % 11 % 10,
            digits(&ogrn)[12],
            "{ogrn}"
        );
        // China: the weights are the powers of 2 by 11.
        let id = of("ssn", "zh_CN");
        let sum: u64 = id
            .chars()
            .rev()
            .enumerate()
            .map(|(at, c)| u64::from(c.to_digit(10).unwrap_or(10)) * (1 << at))
            .sum();
        assert_eq!(sum % 11, 1, "{id}");
        // Germany: nine or eight different digits before the check digit, MOD 11,10.
        let tax = digits(&of("ssn", "de_DE"));
        assert_eq!(tax.len(), 11);
        assert_eq!(tax[..10].iter().collect::<HashSet<_>>().len(), 9, "{tax:?}");
        let end = tax[..10].iter().fold(10, |p, d| match (p + d) % 10 {
            0 => 20 % 11,
            s => s * 2 % 11,
        });
        assert_eq!((end + tax[10]) % 10, 1, "{tax:?}");
        // Japan.
        let my = digits(&of("ssn", "ja_JP"));
        let rest = dot(&my, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        assert_eq!(if rest <= 1 { 0 } else { 11 - rest }, my[11]);
        // Italy: the tables of odd and even places.
        let code = of("ssn", "it_IT");
        assert!(fiscal.is_match(&code), "{code}");
        assert!(luhn(&of("company_vat", "it_IT")));
    }
    // A code known to be right.
    assert_eq!(ids::cin("RSSMRA85T10A562"), 'S');
}

#[test]
fn locales_speak_their_language() {
    for code in OWN {
        let locale = Locale::faker(code).unwrap();
        assert!(!locale.borrowed(), "{code}");
        assert_eq!(&code[3..], locale.data.country_code);
        let sizes = [
            locale.data.female.len(),
            locale.data.male.len(),
            locale.data.last.len(),
            locale.data.cities.len(),
            locale.data.streets.len(),
            locale.data.words.len(),
            locale.data.jobs.len(),
        ];
        assert!(sizes.iter().all(|size| *size >= 30), "{code}: {sizes:?}");
    }
    let scripts = [
        ("ru_RU", 'А'..='я'),
        ("ja_JP", '\u{3040}'..='\u{9fff}'),
        ("zh_CN", '\u{4e00}'..='\u{9fff}'),
    ];
    for (code, script) in scripts {
        for name in [
            "name",
            "city",
            "street_name",
            "word",
            "month_name",
            "day_of_week",
            "job",
            "company",
        ] {
            for seed in 0..20 {
                let made = text_of(name, code, seed);
                assert!(
                    made.chars().any(|c| script.contains(&c)),
                    "{code} {name}: {made}"
                );
            }
        }
        for name in [
            "user_name",
            "email",
            "domain_name",
            "url",
            "slug",
            "hostname",
            "company_email",
        ] {
            for seed in 0..50 {
                assert!(text_of(name, code, seed).is_ascii());
            }
        }
    }
}
