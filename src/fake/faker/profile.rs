//! Whole people: profiles and passports.

use chrono::NaiveDate;

use super::super::FakeError;
use super::date::{birth, day_between};
use super::person::{Gender, first_name, last_name, name};
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("simple_profile", &["sex"], |call| {
        let gender = sex(call, 0)?;
        Ok(Datum::Dict(simple(call, gender)?))
    }),
    Provider::new("profile", &["fields", "sex"], profile),
    Provider::new("passport_number", &[], |call| Ok(number(call).into())),
    Provider::new("passport_gender", &["seed"], |call| {
        call.one(&["M", "F", "X"])
    }),
    Provider::new("passport_owner", &["gender"], |call| {
        let gender = sex(call, 0)?;
        let gender = gender.decide(call);
        let (first, last) = (first_name(call, gender), last_name(call, gender));
        Ok(Datum::Tuple(vec![first.into(), last.into()]))
    }),
    Provider::new("passport_dates", &["birthday"], |call| {
        let birthday = match call.given(0) {
            None => birth(call, 0, 90)?,
            Some(Datum::Date(day)) => *day,
            Some(Datum::DateTime(at)) => at.date(),
            Some(_) => return Err(call.unfit(0, "a date")),
        };
        let dates = dates(call, birthday).map(Datum::Text);
        Ok(Datum::Tuple(dates.to_vec()))
    }),
    Provider::new("passport_full", &[], |call| {
        let birthday = birth(call, 0, 115)?;
        let gender = Gender::Any.decide(call);
        let (first, last) = (first_name(call, gender), last_name(call, gender));
        let letter = if gender == Gender::Female { "F" } else { "M" };
        let [born, issued, expires] = dates(call, birthday);
        let number = number(call);
        Ok(format!("{first}\n{last}\n{letter}\n{born}\n{issued}\n{expires}\n{number}\n").into())
    }),
];

fn sex(call: &Call<'_>, index: usize) -> Result<Gender, FakeError> {
    match call.text(index)? {
        None | Some("X") => Ok(Gender::Any),
        Some("M") => Ok(Gender::Male),
        Some("F") => Ok(Gender::Female),
        Some(other) => {
            Err(FakeError::new(format!("`{other}` is no sex")).help("known are M, F and X"))
        }
    }
}

fn simple(call: &mut Call<'_>, gender: Gender) -> Result<Vec<(String, Datum)>, FakeError> {
    let gender = gender.decide(call);
    let letter = if gender == Gender::Female { "F" } else { "M" };
    let entries = [
        ("username", super::internet::user_name(call).into()),
        ("name", name(call, gender).into()),
        ("sex", letter.into()),
        ("address", super::address::address(call).into()),
        ("mail", call.other("free_email")?),
        ("birthdate", Datum::Date(birth(call, 0, 115)?)),
    ];
    Ok(entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect())
}

fn profile(call: &mut Call<'_>) -> Answer {
    let gender = sex(call, 1)?;
    let sites = call.between(1, 4);
    let mut websites = Vec::new();
    for _ in 0..sites {
        websites.push(call.other("url")?);
    }
    let entries = [
        ("job", call.other("job")?),
        ("company", call.other("company")?),
        ("ssn", call.other("ssn")?),
        ("residence", call.other("address")?),
        ("current_location", call.other("latlng")?),
        ("blood_group", call.one(BLOOD)?),
        ("website", Datum::List(websites)),
    ];
    let mut all: Vec<(String, Datum)> = entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    all.extend(simple(call, gender)?);
    if let Some(fields) = call.list(0)?.filter(|fields| !fields.is_empty()) {
        all.retain(|(key, _)| fields.iter().any(|field| field.as_text() == Some(key)));
    }
    Ok(Datum::Dict(all))
}

pub(in crate::fake) const BLOOD: &[&str] = &["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"];

fn number(call: &mut Call<'_>) -> String {
    if call.locale.data.country_code == "US" {
        let start = call.between(0, 35);
        let first = char::from_digit(start as u32, 36)
            .unwrap_or('0')
            .to_ascii_uppercase();
        return format!("{first}{}", call.mask("########"));
    }
    call.mask("#########")
}

/// Birth, issue and expiry of a passport.
fn dates(call: &mut Call<'_>, birthday: NaiveDate) -> [String; 3] {
    let today = call.now.date();
    let age = today.years_since(birthday).unwrap_or(0);
    let years = if age >= 26 { 10 } else { 5 };
    let back = chrono::Months::new(12 * years - 12);
    let first = today
        .checked_sub_months(back)
        .unwrap_or(today)
        .max(birthday);
    let issued = day_between(call, first, today.max(first));
    let expires = issued
        .checked_add_months(chrono::Months::new(12 * years))
        .unwrap_or(issued);
    [birthday, issued, expires].map(|day| day.format("%d %b %Y").to_string())
}
