//! `address`

use super::super::FakeError;
use super::super::faker::{
    CALLING_CODES, COUNTRIES, Datum, Provider, city, degrees, state, street_name,
};
use super::{Answer, Call, member};

pub(super) const ADDRESS: &[Provider] = &[
    Provider::new("address", &[], |call| call.other("street_address")),
    Provider::new("street_name", &[], |call| Ok(street_name(call).into())),
    Provider::new("street_number", &["maximum"], |call| {
        let most = call.int(0, 1400)?.max(1);
        Ok(call.between(1, most).to_string().into())
    }),
    Provider::new("street_suffix", &[], |call| call.other("street_suffix")),
    Provider::new("secondary_address", &[], |call| {
        call.other("secondary_address")
    }),
    Provider::new("city", &[], |call| {
        // Real towns: mimesis has no made-up ones.
        if call.locale.data.cities.is_empty() {
            Ok(city(call).into())
        } else {
            call.other("city_name")
        }
    }),
    Provider::new("state", &["abbr"], region),
    Provider::new("region", &["abbr"], region),
    Provider::new("province", &["abbr"], region),
    Provider::new("federal_subject", &["abbr"], region),
    Provider::new("prefecture", &["abbr"], region),
    Provider::new("postal_code", &[], |call| call.other("postcode")),
    Provider::new("zip_code", &[], |call| call.other("postcode")),
    Provider::new("country", &[], |call| call.other("country")),
    Provider::new("default_country", &[], |call| call.other("current_country")),
    Provider::new("country_code", &["code"], |call| {
        let country = call
            .pick(COUNTRIES)
            .unwrap_or(("US", "USA", "United States"));
        match member(call, 0, "CountryCode")? {
            None | Some("a2") => Ok(country.0.into()),
            Some("numeric") => Ok(call.mask("###").into()),
            Some(_) => Ok(country.1.into()),
        }
    }),
    Provider::new("country_emoji_flag", &[], |call| {
        let (code, ..) = call
            .pick(COUNTRIES)
            .unwrap_or(("US", "USA", "United States"));
        let letters = code
            .bytes()
            .filter_map(|byte| char::from_u32(0x1f1e6 + u32::from(byte - b'A')));
        Ok(letters.collect::<String>().into())
    }),
    Provider::new("calling_code", &[], |call| call.one(CALLING_CODES)),
    Provider::new("isd_code", &[], |call| call.one(CALLING_CODES)),
    Provider::new("continent", &["code"], |call| {
        if call.flag(0, false) {
            return call.one(&["AF", "NA", "OC", "AN", "AS", "EU", "SA"]);
        }
        call.one(&[
            "Africa",
            "North America",
            "Australia",
            "Antarctica",
            "Asia",
            "Europe",
            "South America",
        ])
    }),
    Provider::new("iata_code", &[], |call| call.one(AIRPORTS)),
    Provider::new("icao_code", &[], |call| {
        call.one(&[
            "EDDF", "EGLL", "LFPG", "LEMD", "LIRF", "KJFK", "KLAX", "KORD", "RJTT", "ZBAA", "SBGR",
            "UUEE", "YSSY", "OMDB", "VABB", "CYYZ",
        ])
    }),
    Provider::new("latitude", &["dms"], |call| {
        let dms = call.flag(0, false);
        Ok(angle(call, 90.0, dms))
    }),
    Provider::new("longitude", &["dms"], |call| {
        let dms = call.flag(0, false);
        Ok(angle(call, 180.0, dms))
    }),
    Provider::new("coordinates", &["dms"], |call| {
        let dms = call.flag(0, false);
        let (longitude, latitude) = (angle(call, 180.0, dms), angle(call, 90.0, dms));
        Ok(Datum::Dict(vec![
            ("longitude".to_owned(), longitude),
            ("latitude".to_owned(), latitude),
        ]))
    }),
    Provider::new("get_current_locale", &[], current_locale),
];

const AIRPORTS: &[&str] = &[
    "AMS", "ATL", "BCN", "BER", "BKK", "BOM", "CAI", "CDG", "CPH", "DEL", "DEN", "DFW", "DUB",
    "DXB", "EWR", "FCO", "FRA", "GIG", "GRU", "GVA", "HEL", "HKG", "HND", "ICN", "IST", "JFK",
    "JNB", "KIX", "LAX", "LED", "LHR", "LIS", "MAD", "MEX", "MIA", "MUC", "MXP", "NRT", "ORD",
    "OSL", "PEK", "PRG", "PVG", "SEA", "SFO", "SIN", "SVO", "SYD", "VIE", "WAW", "YUL", "YVR",
    "YYZ", "ZRH",
];

fn region(call: &mut Call<'_>) -> Answer {
    let (name, abbr) = state(call);
    Ok(if call.flag(0, false) {
        abbr.into()
    } else {
        name.into()
    })
}

/// Degrees as a number, or as degrees, minutes and seconds.
fn angle(call: &mut Call<'_>, most: f64, dms: bool) -> Datum {
    let degrees = degrees(call, most);
    if !dms {
        return Datum::Float(degrees);
    }
    let side = match (most > 100.0, degrees < 0.0) {
        (true, true) => 'W',
        (true, false) => 'E',
        (false, true) => 'S',
        (false, false) => 'N',
    };
    let all = degrees.abs();
    let minutes = all.fract() * 60.0;
    format!(
        "{}º{}'{:.3}\"{side}",
        all.trunc(),
        minutes.trunc(),
        minutes.fract() * 60.0
    )
    .into()
}

/// The code of the locale, as mimesis writes it.
pub(super) fn current_locale(call: &mut Call<'_>) -> Result<Datum, FakeError> {
    let code = call.locale.code;
    let found = crate::fake::faker::Locale::mimesis_codes().find(|known| {
        crate::fake::faker::Locale::mimesis(known).is_some_and(|locale| locale.code == code)
    });
    Ok(found.unwrap_or(code).into())
}
