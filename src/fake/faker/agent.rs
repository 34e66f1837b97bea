//! User agents.

use std::fmt::Write as _;

use super::super::FakeError;
use super::facts::LOCALES;
use super::table::Words;
use super::{Answer, Call, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("user_agent", &[], |call| {
        let mut out = String::with_capacity(160);
        match call.random.below(5) {
            0 => chrome(call, (13, 63), (800, 899), &mut out),
            1 => firefox(call, &mut out),
            2 => internet_explorer(call, &mut out),
            3 => opera(call, &mut out),
            _ => safari(call, &mut out),
        }
        Ok(out.into())
    }),
    Provider::new(
        "chrome",
        &["version_from", "version_to", "build_from", "build_to"],
        |call| {
            let versions = range(call, 0, (13, 63))?;
            let builds = range(call, 2, (800, 899))?;
            made(call, |call, out| chrome(call, versions, builds, out))
        },
    ),
    Provider::new("firefox", &[], |call| made(call, firefox)),
    Provider::new("internet_explorer", &[], |call| {
        made(call, internet_explorer)
    }),
    Provider::new("opera", &[], |call| made(call, opera)),
    Provider::new("safari", &[], |call| made(call, safari)),
    Provider::new("windows_platform_token", &[], |call| call.one(WINDOWS)),
    Provider::new("linux_processor", &[], |call| call.one(LINUX)),
    Provider::new("mac_processor", &[], |call| call.one(MAC)),
    Provider::new("linux_platform_token", &[], |call| made(call, linux_token)),
    Provider::new("mac_platform_token", &[], |call| made(call, mac_token)),
    Provider::new("android_platform_token", &[], |call| {
        made(call, android_token)
    }),
    Provider::new("ios_platform_token", &[], |call| made(call, ios_token)),
];

const WINDOWS: Words = &[
    "Windows 95",
    "Windows 98",
    "Windows 98; Win 9x 4.90",
    "Windows CE",
    "Windows NT 4.0",
    "Windows NT 5.0",
    "Windows NT 5.01",
    "Windows NT 5.1",
    "Windows NT 5.2",
    "Windows NT 6.0",
    "Windows NT 6.1",
    "Windows NT 6.2",
    "Windows NT 10.0",
    "Windows NT 11.0",
];
const LINUX: Words = &["x86_64", "i686"];
const MAC: Words = &["Intel", "PPC", "U; Intel", "U; PPC"];
const ANDROID: Words = &[
    "1.6", "2.1", "2.2", "2.3.6", "3.1", "3.2", "4.0.3", "4.0.4", "4.1.2", "4.2.2", "4.3", "4.4.2",
    "4.4.4", "5.0", "5.0.2", "5.1.1", "6.0", "6.0.1", "7.0", "7.1", "7.1.2", "8.0.0", "8.1.0", "9",
    "10", "11", "12", "12.1", "13", "14",
];
const IOS: Words = &[
    "5_1_1", "6_1_6", "7_1_2", "9_3_5", "9_3_6", "10_3_3", "10_3_4", "12_4_8", "13_7", "14_8",
    "14_8_1", "15_7", "15_8", "16_6", "16_7", "17_1", "17_2", "17_4",
];

fn range(call: &Call<'_>, index: usize, default: (i64, i64)) -> Result<(i64, i64), FakeError> {
    let (low, high) = (call.int(index, default.0)?, call.int(index + 1, default.1)?);
    if low > high {
        let (from, to) = (call.params[index], call.params[index + 1]);
        return Err(FakeError::new(format!(
            "`{from}` is {low}, above `{to}`, which is {high}"
        )));
    }
    Ok((low, high))
}

fn made(call: &mut Call<'_>, fill: impl FnOnce(&mut Call<'_>, &mut String)) -> Answer {
    let mut out = String::with_capacity(160);
    fill(call, &mut out);
    Ok(out.into())
}

fn push(out: &mut String, number: i64) {
    out.push_str(itoa::Buffer::new().format(number));
}

fn between(call: &mut Call<'_>, low: i64, high: i64, out: &mut String) {
    push(out, call.between(low, high));
}

fn linux_token(call: &mut Call<'_>, out: &mut String) {
    out.push_str("X11; Linux ");
    out.push_str(call.word(LINUX));
}

fn mac_token(call: &mut Call<'_>, out: &mut String) {
    out.push_str("Macintosh; ");
    out.push_str(call.word(MAC));
    out.push_str(" Mac OS X 10_");
    between(call, 5, 12, out);
    out.push('_');
    between(call, 0, 9, out);
}

fn android_token(call: &mut Call<'_>, out: &mut String) {
    out.push_str("Android ");
    out.push_str(call.word(ANDROID));
}

fn ios_token(call: &mut Call<'_>, out: &mut String) {
    out.push_str(call.word(&["iPhone; CPU iPhone OS ", "iPad; CPU iPad OS "]));
    out.push_str(call.word(IOS));
    out.push_str(" like Mac OS X");
}

/// `ab-XX`
fn language(call: &mut Call<'_>, out: &mut String) {
    let (language, countries) = call.pick(LOCALES).unwrap_or(("en", &["US"]));
    out.push_str(language);
    out.push('-');
    out.push_str(call.word(countries));
}

fn chrome(call: &mut Call<'_>, versions: (i64, i64), builds: (i64, i64), out: &mut String) {
    out.push_str("Mozilla/5.0 (");
    let platform = call.random.below(5);
    match platform {
        0 => out.push_str(call.word(WINDOWS)),
        1 => linux_token(call, out),
        2 => mac_token(call, out),
        3 => {
            out.push_str("Linux; ");
            android_token(call, out);
        }
        _ => ios_token(call, out),
    }
    let (major, minor) = (call.between(531, 536), call.between(0, 2));
    let _ = write!(out, ") AppleWebKit/{major}.{minor} (KHTML, like Gecko) ");
    out.push_str(if platform == 4 { "CriOS/" } else { "Chrome/" });
    between(call, versions.0, versions.1, out);
    out.push_str(".0.");
    between(call, builds.0, builds.1, out);
    out.push_str(".0 ");
    if platform == 4 {
        call.mask_into("Mobile/##?### ", out);
    }
    let _ = write!(out, "Safari/{major}.{minor}");
}

fn firefox(call: &mut Call<'_>, out: &mut String) {
    out.push_str("Mozilla/5.0 (");
    match call.random.below(5) {
        0 => {
            ios_token(call, out);
            let engine = (call.between(531, 536), call.between(0, 2));
            let _ = write!(
                out,
                ") AppleWebKit/{}.{} (KHTML, like Gecko) FxiOS/",
                engine.0, engine.1
            );
            between(call, 9, 18, out);
            call.mask_into(".#?####.0 Mobile/##?###", out);
            let _ = write!(out, " Safari/{}.{}", engine.0, engine.1);
            return;
        }
        1 => {
            android_token(call, out);
            let version = call.between(5, 68);
            let _ = write!(
                out,
                "; Mobile; rv:{version}.0) Gecko/{version}.0 Firefox/{version}.0"
            );
            return;
        }
        2 => {
            out.push_str(call.word(WINDOWS));
            out.push_str("; ");
            language(call, out);
        }
        3 => linux_token(call, out),
        _ => mac_token(call, out),
    }
    out.push_str("; rv:1.9.");
    between(call, 1, 7, out);
    out.push_str(".20) Gecko/");
    let (year, month, day) = (
        call.between(2010, 2024),
        call.between(1, 12),
        call.between(1, 28),
    );
    let _ = write!(out, "{year}-{month:02}-{day:02} ");
    let _ = write!(out, "{:02}:", call.between(0, 23));
    let _ = write!(out, "{:02}:", call.between(0, 59));
    let _ = write!(out, "{:02} Firefox/", call.between(0, 59));
    if call.chance(0.5) {
        between(call, 4, 15, out);
        out.push_str(".0");
    } else {
        out.push_str("3.");
        out.push_str(call.word(&["6", "8"]));
        call.mask_into(".%", out);
    }
}

fn internet_explorer(call: &mut Call<'_>, out: &mut String) {
    out.push_str("Mozilla/5.0 (compatible; MSIE ");
    between(call, 5, 9, out);
    out.push_str(".0; ");
    out.push_str(call.word(WINDOWS));
    out.push_str("; Trident/");
    between(call, 3, 5, out);
    out.push('.');
    between(call, 0, 1, out);
    out.push(')');
}

fn opera(call: &mut Call<'_>, out: &mut String) {
    out.push_str("Opera/");
    between(call, 8, 9, out);
    call.mask_into(".%#.(", out);
    if call.chance(0.5) {
        linux_token(call, out);
    } else {
        out.push_str(call.word(WINDOWS));
    }
    out.push_str("; ");
    language(call, out);
    out.push_str(") Presto/2.9.");
    between(call, 160, 190, out);
    out.push_str(" Version/");
    between(call, 10, 12, out);
    out.push_str(".00");
}

fn safari(call: &mut Call<'_>, out: &mut String) {
    let (major, minor, patch) = (
        call.between(531, 535),
        call.between(1, 50),
        call.between(1, 7),
    );
    let version = (call.between(4, 5), call.between(0, 1));
    match call.random.below(3) {
        0 => {
            out.push_str("Mozilla/5.0 (Windows; U; ");
            out.push_str(call.word(WINDOWS));
            let _ = write!(
                out,
                ") AppleWebKit/{major}.{minor}.{patch} (KHTML, like Gecko) Version/{}.{} Safari/{major}.{minor}.{patch}",
                version.0, version.1
            );
        }
        1 => {
            out.push_str("Mozilla/5.0 (");
            mac_token(call, out);
            out.push_str(" rv:");
            between(call, 2, 6, out);
            out.push_str(".0; ");
            language(call, out);
            let _ = write!(
                out,
                ") AppleWebKit/{major}.{minor}.{patch} (KHTML, like Gecko) Version/{}.{} Safari/{major}.{minor}.{patch}",
                version.0, version.1
            );
        }
        _ => {
            out.push_str("Mozilla/5.0 (iPod; U; CPU iPhone OS ");
            out.push_str(call.word(&["3_0", "3_1", "3_2", "3_3", "4_0", "4_1", "4_2", "4_3"]));
            out.push_str(" like Mac OS X; ");
            language(call, out);
            let _ = write!(
                out,
                ") AppleWebKit/{major}.{minor}.{patch} (KHTML, like Gecko) Version/{}.0.5 Mobile/8B{} Safari/6{major}.{minor}.{patch}",
                version.0 - 1,
                110 + patch
            );
        }
    }
}
