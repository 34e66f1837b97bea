//! Providers that only some locales of the Python library have. Here every locale has them; where
//! its tables are silent they give the nearest thing it knows.

use super::locale::ja_jp;
use super::person::{Gender, first_name, middle_name};
use super::table::Words;
use super::{Answer, Call, Datum, Provider, address};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("county", &[], state_name),
    Provider::new("region", &[], state_name),
    Provider::new("prefecture", &[], state_name),
    Provider::new("province", &[], state_name),
    Provider::new("state_name", &[], state_name),
    Provider::new("autonomous_community", &[], state_name),
    Provider::new("department_name", &[], state_name),
    Provider::new("department_number", &[], |call| {
        Ok(address::state(call).1.into())
    }),
    Provider::new("department", &[], |call| {
        let (name, number) = address::state(call);
        Ok(Datum::Tuple(vec![number.into(), name.into()]))
    }),
    Provider::new("estado", &[], |call| {
        let (name, abbr) = address::state(call);
        Ok(Datum::Tuple(vec![abbr.into(), name.into()]))
    }),
    Provider::new("estado_nome", &[], state_name),
    Provider::new("estado_sigla", &[], |call| {
        Ok(address::state(call).1.into())
    }),
    Provider::new("city_name", &[], |call| call.one(call.locale.data.cities)),
    Provider::new("city_with_postcode", &[], |call| {
        let code = address::postcode(call);
        Ok(format!("{code} {}", address::city(call)).into())
    }),
    Provider::new("postcode_city_province", &[], |call| {
        let code = address::postcode(call);
        let city = address::city(call);
        Ok(format!("{code}, {city} ({})", address::state(call).1).into())
    }),
    Provider::new("bairro", &[], |call| call.one(call.locale.data.districts)),
    Provider::new("neighborhood", &[], |call| {
        call.one(call.locale.data.districts)
    }),
    Provider::new("district", &[], |call| call.one(call.locale.data.districts)),
    Provider::new("town", &[], |call| call.one(call.locale.data.districts)),
    Provider::new("street_prefix", &[], |call| {
        call.one(call.locale.data.street_prefixes)
    }),
    Provider::new("street_title", &[], |call| {
        call.one(call.locale.data.streets)
    }),
    Provider::new("street_suffix_long", &[], |call| {
        call.one(&["Straße", "Weg", "Allee", "Platz", "Gasse", "Ring"])
    }),
    Provider::new("street_suffix_short", &[], |call| {
        call.one(&["str.", "weg", "allee", "platz", "gasse", "ring"])
    }),
    Provider::new("chome", &[], |call| {
        Ok(format!("{}丁目", call.between(1, 42)).into())
    }),
    Provider::new("ban", &[], |call| {
        Ok(format!("{}番", call.between(1, 27)).into())
    }),
    Provider::new("gou", &[], |call| {
        Ok(format!("{}号", call.between(1, 20)).into())
    }),
    Provider::new("building_name", &[], |call| call.one(ja_jp::BUILDINGS)),
    Provider::new("area_name", &[], |call| call.one(ja_jp::PLATE_AREAS)),
    Provider::new("classification_number", &[], |call| {
        Ok(call.masked(&["##", "###"]).into())
    }),
    Provider::new("serial_number", &[], |call| {
        Ok(call
            .masked(&["##-##", "・%-##", "・・##", "・・・%"])
            .into())
    }),
    Provider::new("kana", &[], |call| {
        call.one(&[
            "あ", "い", "う", "え", "か", "き", "く", "こ", "さ", "す", "せ", "そ", "た", "ち",
            "つ", "て", "と", "な", "に", "ぬ",
        ])
    }),
    Provider::new("traditional_month_name", &[], |call| {
        call.one(ja_jp::OLD_MONTHS)
    }),
    Provider::new("company_category", &[], |call| call.one(ja_jp::CATEGORIES)),
    Provider::new("jan", &["length"], |call| call.other("localized_ean")),
    Provider::new("jan13", &[], |call| call.other("localized_ean13")),
    Provider::new("jan8", &[], |call| call.other("localized_ean8")),
    Provider::new("civil_status", &[], |call| {
        let (code, name) = call.pick(CIVIL).unwrap_or(CIVIL[0]);
        Ok(Datum::Tuple(vec![code.into(), name.into()]))
    }),
    Provider::new("civil_status_code", &[], |call| {
        Ok(call.pick(CIVIL).unwrap_or(CIVIL[0]).0.into())
    }),
    Provider::new("civil_status_name", &[], |call| {
        Ok(call.pick(CIVIL).unwrap_or(CIVIL[0]).1.into())
    }),
    Provider::new("area_code", &[], |call| {
        Ok(call.masked(&["02", "06", "011", "081", "0%##"]).into())
    }),
    Provider::new("area_code_with_separator", &[], |call| {
        Ok(call.mask("% ##").into())
    }),
    Provider::new("area_code_without_separator", &[], |call| {
        Ok(call.mask("%##").into())
    }),
    Provider::new("service_phone_number", &[], |call| {
        call.one(&[
            "100", "128", "136", "151", "152", "153", "156", "180", "181", "185", "188", "190",
            "191", "192", "193", "197", "198", "199",
        ])
    }),
    Provider::new("phonenumber_prefix", &[], |call| {
        Ok(Datum::Int(
            call.pick(&[
                130, 131, 132, 133, 135, 137, 139, 145, 147, 150, 151, 152, 155, 158, 180, 182,
                185, 186, 188, 189,
            ])
            .unwrap_or(130),
        ))
    }),
    Provider::new("cie", &[], |call| Ok(call.mask("??#####??").into())),
    Provider::new("is_leap_year", &["year"], |call| {
        let year = i32::try_from(call.int(0, 2000)?).unwrap_or(0);
        let day = chrono::NaiveDate::from_ymd_opt(year, 2, 29);
        Ok(Datum::Bool(day.is_some()))
    }),
    Provider::new("license_plate_unified", &[], |call| {
        let digits = call.mask("#### ");
        Ok((digits + &call.characters(b"BCDFGHJKLMNPRSTVWXYZ", 3)?).into())
    }),
    Provider::new("license_plate_by_province", &["province_prefix"], |call| {
        let province = match call.text(0)? {
            Some(prefix) => prefix.to_owned(),
            None => call
                .word(&[
                    "M", "B", "V", "SE", "Z", "MA", "BI", "A", "C", "S", "T", "CU", "NA", "P",
                ])
                .to_owned(),
        };
        Ok((province + &call.mask(" #### ??")).into())
    }),
    Provider::new("plate_letter", &[], |call| call.one(PLATE_LETTERS)),
    Provider::new("plate_number", &[], |call| Ok(call.mask("%##").into())),
    Provider::new("plate_number_extra", &[], |call| {
        Ok(call.mask("####").into())
    }),
    Provider::new("plate_number_special", &[], |call| {
        Ok(call.masked(&["00#CD#", "00#D###", "00#T###"]).into())
    }),
    Provider::new("plate_suffix", &[], |call| {
        Ok(call.masked(&["%#", "1##", "7##"]).into())
    }),
    Provider::new("vehicle_category", &[], |call| {
        call.one(&[
            "M", "A", "A1", "B", "B1", "BE", "C", "C1", "CE", "D", "D1", "DE", "Tm", "Tb",
        ])
    }),
    Provider::new("large_company", &[], |call| {
        call.one(&[
            "Газпром",
            "Роснефть",
            "Лукойл",
            "Сбербанк",
            "РЖД",
            "Северсталь",
            "Норникель",
            "Ростелеком",
            "Аэрофлот",
            "Магнит",
        ])
    }),
    Provider::new("company_type", &[], |call| {
        call.one(&[
            "Compañía",
            "Hermanos",
            "Industrias",
            "Manufacturas",
            "Suministros",
            "Alimentación",
            "Desarrollo",
            "Grupo",
        ])
    }),
    Provider::new("random_company_acronym", &[], |call| {
        let size = call.between(2, 4);
        Ok(call
            .characters(super::super::rand::text::UPPERCASE, size)?
            .into())
    }),
    Provider::new("random_company_adjective", &[], |call| {
        call.one(&[
            "Avanzadas",
            "Globales",
            "Ibéricas",
            "Integrales",
            "Nacionales",
            "Reunidas",
            "Generales",
        ])
    }),
    Provider::new("random_name_complements", &[], |call| {
        call.one(&["& Asociados", "y asociados"])
    }),
];

/// Names in other scripts, and parts of slogans.
pub(super) static NAMES: &[Provider] = &[
    Provider::new("middle_name", &[], |call| {
        Ok(middle_name(call, Gender::Any).into())
    }),
    Provider::new("middle_name_female", &[], |call| {
        Ok(middle_name(call, Gender::Female).into())
    }),
    Provider::new("middle_name_male", &[], |call| {
        Ok(middle_name(call, Gender::Male).into())
    }),
    Provider::new("romanized_name", &[], |call| {
        let first = roman_first(call, Gender::Any);
        Ok(format!("{first} {}", roman_last(call)).into())
    }),
    Provider::new("romanized_name_female", &[], |call| {
        let first = roman_first(call, Gender::Female);
        Ok(format!("{first} {}", roman_last(call)).into())
    }),
    Provider::new("romanized_name_male", &[], |call| {
        let first = roman_first(call, Gender::Male);
        Ok(format!("{first} {}", roman_last(call)).into())
    }),
    Provider::new("first_romanized_name", &[], |call| {
        Ok(roman_first(call, Gender::Any).into())
    }),
    Provider::new("first_romanized_name_female", &[], |call| {
        Ok(roman_first(call, Gender::Female).into())
    }),
    Provider::new("first_romanized_name_male", &[], |call| {
        Ok(roman_first(call, Gender::Male).into())
    }),
    Provider::new("last_romanized_name", &[], |call| {
        Ok(roman_last(call).into())
    }),
    Provider::new("kana_name", &[], |call| kana_name(call, Gender::Any)),
    Provider::new("kana_name_female", &[], |call| {
        kana_name(call, Gender::Female)
    }),
    Provider::new("kana_name_male", &[], |call| kana_name(call, Gender::Male)),
    Provider::new("first_kana_name", &[], |call| {
        Ok(first_triple(call, Gender::Any)[1].into())
    }),
    Provider::new("first_kana_name_female", &[], |call| {
        Ok(first_triple(call, Gender::Female)[1].into())
    }),
    Provider::new("first_kana_name_male", &[], |call| {
        Ok(first_triple(call, Gender::Male)[1].into())
    }),
    Provider::new(
        "last_kana_name",
        &[],
        |call| Ok(last_triple(call)[1].into()),
    ),
    Provider::new("first_name_pair", &[], |call| {
        Ok(tuple(first_triple(call, Gender::Any)))
    }),
    Provider::new("first_name_female_pair", &[], |call| {
        Ok(tuple(first_triple(call, Gender::Female)))
    }),
    Provider::new("first_name_male_pair", &[], |call| {
        Ok(tuple(first_triple(call, Gender::Male)))
    }),
    Provider::new("last_name_pair", &[], |call| Ok(tuple(last_triple(call)))),
    Provider::new("catch_phrase_noun", &[], |call| phrase_part(call, 0)),
    Provider::new("catch_phrase_verb", &[], |call| phrase_part(call, 1)),
    Provider::new("catch_phrase_attribute", &[], |call| phrase_part(call, 2)),
];

const PLATE_LETTERS: Words = &["А", "В", "Е", "К", "М", "Н", "О", "Р", "С", "Т", "У", "Х"];

/// Civil status in Germany.
const CIVIL: &[(&str, &str)] = &[
    ("LD", "ledig"),
    ("VH", "verheiratet"),
    ("VW", "verwitwet"),
    ("GS", "geschieden"),
    ("EA", "Ehe aufgehoben"),
    ("LP", "in eingetragener Lebenspartnerschaft"),
    ("NB", "nicht bekannt"),
];

fn state_name(call: &mut Call<'_>) -> Answer {
    Ok(address::state(call).0.into())
}

fn phrase_part(call: &mut Call<'_>, part: usize) -> Answer {
    let [head, middle, tail] = super::company::phrases(call.locale);
    call.one(match part {
        0 => head,
        1 => middle,
        _ => tail,
    })
}

fn japanese(call: &Call<'_>) -> bool {
    call.locale.data.country_code == "JP"
}

/// Kanji, kana and Latin letters of the same name.
fn first_triple(call: &mut Call<'_>, gender: Gender) -> [&'static str; 3] {
    match gender.decide(call) {
        Gender::Female => call.pick(&ja_jp::FEMALE),
        _ => call.pick(&ja_jp::MALE),
    }
    .unwrap_or_default()
}

fn last_triple(call: &mut Call<'_>) -> [&'static str; 3] {
    call.pick(&ja_jp::LAST).unwrap_or_default()
}

fn tuple(triple: [&'static str; 3]) -> Datum {
    Datum::Tuple(triple.map(Datum::Static).to_vec())
}

fn kana_name(call: &mut Call<'_>, gender: Gender) -> Answer {
    let first = first_triple(call, gender)[1];
    Ok(format!("{} {first}", last_triple(call)[1]).into())
}

fn roman_first(call: &mut Call<'_>, gender: Gender) -> &'static str {
    if japanese(call) {
        return first_triple(call, gender)[2];
    }
    let data = call.locale.data;
    if data.roman_first.is_empty() {
        return first_name(call, gender);
    }
    call.word(data.roman_first)
}

fn roman_last(call: &mut Call<'_>) -> &'static str {
    if japanese(call) {
        return last_triple(call)[2];
    }
    let data = call.locale.data;
    if data.roman_last.is_empty() {
        return call.word(data.last);
    }
    call.word(data.roman_last)
}
