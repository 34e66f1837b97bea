//! Addresses, phones and places on the map.

use super::super::FakeError;
use super::facts::{CALLING_CODES, COUNTRIES};
use super::person::{Gender, last_name};
use super::table::Words;
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("city", &[], |call| Ok(city(call).into())),
    Provider::new("city_prefix", &[], |call| {
        call.one(call.locale.data.city_prefixes)
    }),
    Provider::new("city_suffix", &[], |call| {
        call.one(call.locale.data.city_suffixes)
    }),
    Provider::new("state", &[], |call| Ok(state(call).0.into())),
    Provider::new("administrative_unit", &[], |call| Ok(state(call).0.into())),
    Provider::new(
        "state_abbr",
        &["include_territories", "include_freely_associated_states"],
        state_abbr,
    ),
    Provider::new("country", &[], |call| call.one(call.locale.data.countries)),
    Provider::new("country_code", &["representation"], country_code),
    Provider::new("current_country", &[], |call| {
        Ok(call.locale.data.country.into())
    }),
    Provider::new("current_country_code", &[], |call| {
        Ok(call.locale.data.country_code.into())
    }),
    Provider::new("postcode", &[], |call| Ok(postcode(call).into())),
    Provider::new("zipcode", &[], |call| Ok(postcode(call).into())),
    Provider::new("postalcode", &[], |call| Ok(postcode(call).into())),
    Provider::new("postcode_in_state", &["state_abbr"], zip_in_state),
    Provider::new("zipcode_in_state", &["state_abbr"], zip_in_state),
    Provider::new("postalcode_in_state", &["state_abbr"], zip_in_state),
    Provider::new("zipcode_plus4", &[], plus_four),
    Provider::new("postalcode_plus4", &[], plus_four),
    Provider::new("building_number", &[], |call| Ok(number(call).into())),
    Provider::new("street_name", &[], |call| Ok(street_name(call).into())),
    Provider::new("street_suffix", &[], |call| {
        call.one(call.locale.data.street_suffixes)
    }),
    Provider::new(
        "street_address",
        &[],
        |call| Ok(street_address(call).into()),
    ),
    Provider::new("secondary_address", &[], |call| {
        Ok(call.masked(call.locale.data.secondary).into())
    }),
    Provider::new("address", &[], |call| Ok(address(call).into())),
    Provider::new("military_apo", &[], |call| {
        Ok(call.mask("PSC ####, Box ####").into())
    }),
    Provider::new("military_dpo", &[], |call| {
        Ok(call.mask("Unit #### Box ####").into())
    }),
    Provider::new("military_ship", &[], |call| call.one(SHIPS)),
    Provider::new("military_state", &[], |call| call.one(MILITARY)),
    Provider::new("latitude", &[], |call| {
        Ok(Datum::Float(degrees(call, 90.0)))
    }),
    Provider::new("longitude", &[], |call| {
        Ok(Datum::Float(degrees(call, 180.0)))
    }),
    Provider::new("coordinate", &["center", "radius"], coordinate),
    Provider::new("latlng", &[], |call| {
        Ok(Datum::Tuple(vec![
            Datum::Float(degrees(call, 90.0)),
            Datum::Float(degrees(call, 180.0)),
        ]))
    }),
    Provider::new(
        "local_latlng",
        &["country_code", "coords_only"],
        local_latlng,
    ),
    Provider::new("location_on_land", &["coords_only"], |call| {
        let place = call.pick(PLACES).unwrap_or(PLACES[0]);
        Ok(located(place, call.flag(0, false)))
    }),
    Provider::new("phone_number", &[], |call| Ok(phone(call).into())),
    Provider::new("cellphone_number", &[], |call| {
        let data = call.locale.data;
        let masks = if data.mobiles.is_empty() {
            data.phones
        } else {
            data.mobiles
        };
        Ok(call.masked(masks).into())
    }),
    Provider::new("basic_phone_number", &[], |call| {
        Ok(call.mask("$##-$##-####").into())
    }),
    Provider::new("msisdn", &[], |call| Ok(call.mask("#############").into())),
    Provider::new("country_calling_code", &[], |call| call.one(CALLING_CODES)),
];

const SHIPS: Words = &["USS", "USNS", "USNV", "USCGC"];
const MILITARY: Words = &["AE", "AA", "AP"];
const TERRITORIES: Words = &["AS", "GU", "MP", "PR", "VI"];
const ASSOCIATED: Words = &["FM", "MH", "PW"];

/// First and last postcode of the states of the USA.
#[rustfmt::skip]
const ZIPS: &[(&str, u32, u32)] = &[
    ("AL", 35004, 36925), ("AK", 99501, 99950), ("AZ", 85001, 86556), ("AR", 71601, 72959), ("CA", 90001, 96162),
    ("CO", 80001, 81658), ("CT", 6001, 6389), ("DE", 19701, 19980), ("DC", 20001, 20039), ("FL", 32004, 34997),
    ("GA", 30001, 31999), ("HI", 96701, 96898), ("ID", 83201, 83876), ("IL", 60001, 62999), ("IN", 46001, 47997),
    ("IA", 50001, 52809), ("KS", 66002, 67954), ("KY", 40003, 42788), ("LA", 70001, 71232), ("ME", 3901, 4992),
    ("MD", 20812, 21930), ("MA", 1001, 2791), ("MI", 48001, 49971), ("MN", 55001, 56763), ("MS", 38601, 39776),
    ("MO", 63001, 65899), ("MT", 59001, 59937), ("NE", 68001, 68118), ("NV", 88901, 89883), ("NH", 3031, 3897),
    ("NJ", 7001, 8989), ("NM", 87001, 88441), ("NY", 10001, 14905), ("NC", 27006, 28909), ("ND", 58001, 58856),
    ("OH", 43001, 45999), ("OK", 73001, 73199), ("OR", 97001, 97920), ("PA", 15001, 19640), ("RI", 2801, 2940),
    ("SC", 29001, 29948), ("SD", 57001, 57799), ("TN", 37010, 38589), ("TX", 75503, 79999), ("UT", 84001, 84784),
    ("VT", 5001, 5495), ("VA", 22001, 24658), ("WA", 98001, 99403), ("WV", 24701, 26886), ("WI", 53001, 54990),
    ("WY", 82001, 83128), ("AS", 96799, 96799), ("FM", 96941, 96944), ("GU", 96910, 96932), ("MH", 96960, 96970),
    ("MP", 96950, 96952), ("PW", 96940, 96940), ("PR", 600, 799), ("VI", 801, 805),
];

/// Towns: latitude, longitude, name, country, zone.
type Place = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const PLACES: &[Place] = &[
    ("40.71427", "-74.00597", "New York City", "US", "America/New_York"), ("34.05223", "-118.24368", "Los Angeles", "US", "America/Los_Angeles"),
    ("41.85003", "-87.65005", "Chicago", "US", "America/Chicago"), ("29.76328", "-95.36327", "Houston", "US", "America/Chicago"),
    ("33.44838", "-112.07404", "Phoenix", "US", "America/Phoenix"), ("39.73915", "-104.9847", "Denver", "US", "America/Denver"),
    ("47.60621", "-122.33207", "Seattle", "US", "America/Los_Angeles"), ("42.35843", "-71.05977", "Boston", "US", "America/New_York"),
    ("25.77427", "-80.19366", "Miami", "US", "America/New_York"), ("35.22709", "-80.84313", "Charlotte", "US", "America/New_York"),
    ("51.50853", "-0.12574", "London", "GB", "Europe/London"), ("53.48095", "-2.23743", "Manchester", "GB", "Europe/London"),
    ("55.95206", "-3.19648", "Edinburgh", "GB", "Europe/London"), ("52.48142", "-1.89983", "Birmingham", "GB", "Europe/London"),
    ("52.52437", "13.41053", "Berlin", "DE", "Europe/Berlin"), ("53.57532", "10.01534", "Hamburg", "DE", "Europe/Berlin"),
    ("48.13743", "11.57549", "Munich", "DE", "Europe/Berlin"), ("50.93333", "6.95", "Cologne", "DE", "Europe/Berlin"),
    ("48.85341", "2.3488", "Paris", "FR", "Europe/Paris"), ("43.29695", "5.38107", "Marseille", "FR", "Europe/Paris"),
    ("45.74846", "4.84671", "Lyon", "FR", "Europe/Paris"), ("40.4165", "-3.70256", "Madrid", "ES", "Europe/Madrid"),
    ("41.38879", "2.15899", "Barcelona", "ES", "Europe/Madrid"), ("39.46975", "-0.37739", "Valencia", "ES", "Europe/Madrid"),
    ("41.89193", "12.51133", "Rome", "IT", "Europe/Rome"), ("45.46427", "9.18951", "Milan", "IT", "Europe/Rome"),
    ("40.85216", "14.26811", "Naples", "IT", "Europe/Rome"), ("-23.5475", "-46.63611", "São Paulo", "BR", "America/Sao_Paulo"),
    ("-22.90642", "-43.18223", "Rio de Janeiro", "BR", "America/Sao_Paulo"), ("-15.77972", "-47.92972", "Brasília", "BR", "America/Sao_Paulo"),
    ("55.75222", "37.61556", "Moscow", "RU", "Europe/Moscow"), ("59.93863", "30.31413", "Saint Petersburg", "RU", "Europe/Moscow"),
    ("55.0415", "82.9346", "Novosibirsk", "RU", "Asia/Novosibirsk"), ("35.6895", "139.69171", "Tokyo", "JP", "Asia/Tokyo"),
    ("34.69374", "135.50218", "Osaka", "JP", "Asia/Tokyo"), ("43.06667", "141.35", "Sapporo", "JP", "Asia/Tokyo"),
    ("39.9075", "116.39723", "Beijing", "CN", "Asia/Shanghai"), ("31.22222", "121.45806", "Shanghai", "CN", "Asia/Shanghai"),
    ("23.11667", "113.25", "Guangzhou", "CN", "Asia/Shanghai"), ("52.37403", "4.88969", "Amsterdam", "NL", "Europe/Amsterdam"),
    ("52.22977", "21.01178", "Warsaw", "PL", "Europe/Warsaw"), ("50.45466", "30.5238", "Kyiv", "UA", "Europe/Kyiv"),
    ("41.01384", "28.94966", "Istanbul", "TR", "Europe/Istanbul"), ("59.33258", "18.0649", "Stockholm", "SE", "Europe/Stockholm"),
    ("37.566", "126.9784", "Seoul", "KR", "Asia/Seoul"), ("43.70011", "-79.4163", "Toronto", "CA", "America/Toronto"),
    ("45.50884", "-73.58781", "Montréal", "CA", "America/Toronto"), ("-33.86785", "151.20732", "Sydney", "AU", "Australia/Sydney"),
    ("-37.814", "144.96332", "Melbourne", "AU", "Australia/Melbourne"), ("19.42847", "-99.12766", "Mexico City", "MX", "America/Mexico_City"),
    ("28.65195", "77.23149", "Delhi", "IN", "Asia/Kolkata"), ("19.07283", "72.88261", "Mumbai", "IN", "Asia/Kolkata"),
    ("48.20849", "16.37208", "Vienna", "AT", "Europe/Vienna"), ("47.36667", "8.55", "Zürich", "CH", "Europe/Zurich"),
    ("38.71667", "-9.13333", "Lisbon", "PT", "Europe/Lisbon"), ("25.04776", "121.53185", "Taipei", "TW", "Asia/Taipei"),
    ("-26.20227", "28.04363", "Johannesburg", "ZA", "Africa/Johannesburg"), ("30.06263", "31.24967", "Cairo", "EG", "Africa/Cairo"),
    ("-34.61315", "-58.37723", "Buenos Aires", "AR", "America/Argentina/Buenos_Aires"),
];

pub(in crate::fake) fn city(call: &mut Call<'_>) -> String {
    let formats = call.locale.data.city_formats;
    let format = call.word(formats);
    call.expand(format, Gender::Any)
}

pub(in crate::fake) fn state(call: &mut Call<'_>) -> (&'static str, &'static str) {
    call.pick(call.locale.data.states).unwrap_or(("", ""))
}

fn state_abbr(call: &mut Call<'_>) -> Answer {
    let states = call.locale.data.states;
    if call.locale.data.country_code != "US" {
        return Ok(state(call).1.into());
    }
    let (territories, associated) = (call.flag(0, true), call.flag(1, true));
    let mut most = states.len() + 1;
    most += if territories { TERRITORIES.len() } else { 0 };
    most += if territories && associated {
        ASSOCIATED.len()
    } else {
        0
    };
    let at = call.random.below(most as u64) as usize;
    if let Some((_, abbr)) = states.get(at) {
        return Ok((*abbr).into());
    }
    let rest = std::iter::once(&"DC").chain(TERRITORIES).chain(ASSOCIATED);
    let found = rest.copied().nth(at - states.len());
    Ok(found.unwrap_or("DC").into())
}

fn country_code(call: &mut Call<'_>) -> Answer {
    let country = call
        .pick(COUNTRIES)
        .unwrap_or(("US", "USA", "United States"));
    match call.text(0)?.unwrap_or("alpha-2") {
        "alpha-2" => Ok(country.0.into()),
        "alpha-3" => Ok(country.1.into()),
        other => Err(
            FakeError::new(format!("`{other}` is no representation of a country"))
                .help("known are `alpha-2` and `alpha-3`"),
        ),
    }
}

pub(super) fn postcode(call: &mut Call<'_>) -> String {
    call.masked(call.locale.data.postcodes)
}

fn zip_in_state(call: &mut Call<'_>) -> Answer {
    let (_, low, high) = match call.text(0)? {
        None => call.pick(ZIPS).unwrap_or(ZIPS[0]),
        Some(wanted) => {
            let found = ZIPS.iter().find(|(abbr, ..)| *abbr == wanted);
            *found.ok_or_else(|| {
                FakeError::new(format!("there is no state `{wanted}`"))
                    .help("give an abbreviation of the USA in capitals, such as `NY`")
            })?
        }
    };
    Ok(format!("{:05}", call.between(i64::from(low), i64::from(high))).into())
}

fn plus_four(call: &mut Call<'_>) -> Answer {
    Ok(format!(
        "{:05}-{:04}",
        call.between(501, 99_950),
        call.between(1, 9999)
    )
    .into())
}

pub(in crate::fake) fn number(call: &mut Call<'_>) -> String {
    call.masked(call.locale.data.numbers)
}

pub(in crate::fake) fn street_name(call: &mut Call<'_>) -> String {
    let formats = call.locale.data.street_formats;
    let format = call.word(formats);
    call.expand(format, Gender::Any)
}

pub(in crate::fake) fn street_address(call: &mut Call<'_>) -> String {
    let formats = call.locale.data.street_addresses;
    let format = call.word(formats);
    call.expand(format, Gender::Any)
}

pub(in crate::fake) fn address(call: &mut Call<'_>) -> String {
    if call.locale.data.country_code == "US" && call.random.below(13) == 0 {
        return military_address(call);
    }
    let formats = call.locale.data.addresses;
    let format = call.word(formats);
    call.expand(format, Gender::Any)
}

fn military_address(call: &mut Call<'_>) -> String {
    let state = call.word(MILITARY);
    let zip = call.mask("#####");
    match call.random.below(3) {
        0 => format!("{}\nAPO {state} {zip}", call.mask("PSC ####, Box ####")),
        1 => format!("{}\nDPO {state} {zip}", call.mask("Unit #### Box ####")),
        _ => {
            let ship = call.word(SHIPS);
            format!("{ship} {}\nFPO {state} {zip}", last_name(call, Gender::Any))
        }
    }
}

/// Degrees with six decimals.
pub(in crate::fake) fn degrees(call: &mut Call<'_>, most: f64) -> f64 {
    let millionths = (most * 1e6) as i64;
    call.between(-millionths, millionths) as f64 / 1e6
}

fn coordinate(call: &mut Call<'_>) -> Answer {
    let Some(center) = call.float(0)? else {
        return Ok(Datum::Float(degrees(call, 180.0)));
    };
    let radius = call.float(1)?.unwrap_or(0.001);
    let at = super::super::rand::number::floating(call.random, center - radius, center + radius);
    Ok(Datum::Float((at * 1e6).round() / 1e6))
}

fn located(place: Place, coordinates_only: bool) -> Datum {
    let (latitude, longitude, name, country, zone) = place;
    let mut parts = vec![latitude.into(), longitude.into()];
    if !coordinates_only {
        parts.extend([name.into(), country.into(), zone.into()]);
    }
    Datum::Tuple(parts)
}

fn local_latlng(call: &mut Call<'_>) -> Answer {
    let wanted = call.text(0)?.unwrap_or("US").to_owned();
    let count = PLACES.iter().filter(|place| place.3 == wanted).count();
    let at = super::super::rand::index(call.random, count);
    // The reference gives none for a country it has no towns of.
    let place = at.and_then(|at| PLACES.iter().filter(|place| place.3 == wanted).nth(at));
    Ok(place.map_or(Datum::None, |place| located(*place, call.flag(1, false))))
}

pub(in crate::fake) fn phone(call: &mut Call<'_>) -> String {
    call.masked(call.locale.data.phones)
}
