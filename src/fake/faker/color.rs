//! Colours, by name and by number, and emoji.

use super::super::FakeError;
use super::facts::COLORS;
use super::table::Words;
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("color_name", &[], |call| {
        if call.locale.data.colors.is_empty() {
            return Ok(call.pick(COLORS).map_or("Black", |(name, _)| name).into());
        }
        call.one(call.locale.data.colors)
    }),
    Provider::new("safe_color_name", &[], |call| call.one(SAFE)),
    Provider::new("hex_color", &[], |call| {
        Ok(format!("#{:06x}", call.random.below(0x100_0000)).into())
    }),
    Provider::new("safe_hex_color", &[], |call| {
        let [a, b, c] = [0; 3].map(|_| call.random.below(16));
        Ok(format!("#{a:x}{a:x}{b:x}{b:x}{c:x}{c:x}").into())
    }),
    Provider::new("rgb_color", &[], |call| {
        let [a, b, c] = [0; 3].map(|_| call.random.below(256));
        Ok(format!("{a},{b},{c}").into())
    }),
    Provider::new("rgb_css_color", &[], |call| {
        let [a, b, c] = [0; 3].map(|_| call.random.below(256));
        Ok(format!("rgb({a},{b},{c})").into())
    }),
    Provider::new("color", &["hue", "luminosity", "color_format"], color),
    Provider::new("color_rgb", &["hue", "luminosity"], |call| {
        let hsv = hsv(call)?;
        Ok(Datum::Tuple(
            rgb(hsv).map(|part| Datum::Int(to_byte(part))).to_vec(),
        ))
    }),
    Provider::new("color_rgb_float", &["hue", "luminosity"], |call| {
        let hsv = hsv(call)?;
        Ok(Datum::Tuple(rgb(hsv).map(Datum::Float).to_vec()))
    }),
    Provider::new("color_hsv", &["hue", "luminosity"], |call| {
        let (hue, saturation, value) = hsv(call)?;
        Ok(Datum::Tuple(
            [hue, saturation, value].map(Datum::Int).to_vec(),
        ))
    }),
    Provider::new("color_hsl", &["hue", "luminosity"], |call| {
        let hsv = hsv(call)?;
        Ok(Datum::Tuple(hsl(hsv).map(Datum::Int).to_vec()))
    }),
    Provider::new("emoji", &[], |call| call.one(EMOJI)),
];

const SAFE: Words = &[
    "black", "maroon", "green", "navy", "olive", "purple", "teal", "lime", "blue", "silver",
    "gray", "yellow", "fuchsia", "aqua", "white",
];
#[rustfmt::skip]
pub(in crate::fake) const EMOJI: Words = &[
    "😀", "😁", "😂", "🤣", "😃", "😄", "😅", "😆", "😉", "😊", "😋", "😎", "😍", "😘", "🥰", "😗", "🙂", "🤗", "🤩", "🤔", "🤨", "😐",
    "😑", "😶", "🙄", "😏", "😣", "😥", "😮", "🤐", "😯", "😪", "😫", "🥱", "😴", "😌", "😛", "🤤", "😒", "😓", "😔", "😕", "🙃", "🤑",
    "😲", "☹️", "🙁", "😖", "😞", "😟", "😤", "😢", "😭", "😨", "😩", "🤯", "😬", "😰", "😱", "🥵", "🥶", "😳", "🤪", "😵", "🥴", "😠",
    "🤬", "😷", "🤒", "🤕", "🤢", "🤧", "😇", "🥳", "🥺", "🤠", "🤡", "🤥", "🤫", "🤭", "🧐", "🤓", "👻", "👽", "🤖", "💩", "😺", "🙈",
    "👍", "👎", "👊", "✌️", "👌", "🤝", "🙏", "💪", "🧠", "👀", "❤️", "💔", "💯", "💥", "🔥", "✨", "🎉", "🎁", "🏆", "⚽", "🎮", "🎸",
    "🐶", "🐱", "🦊", "🐻", "🐼", "🐸", "🐵", "🐔", "🐧", "🦄", "🐝", "🦋", "🐙", "🐬", "🌸", "🌻", "🌲", "🌵", "🍎", "🍌", "🍓", "🍕",
    "🍔", "🍣", "🍺", "☕", "🚗", "🚲", "🚀", "✈️", "⛵", "🏠", "🏖️", "🌍", "🌙", "⭐", "☀️", "🌈", "❄️", "⏰", "📱", "💻", "🖨️", "📷",
    "📚", "✏️", "🔒", "🔑", "🔨", "⚙️", "🧪", "💊", "🚦", "🇺🇸", "🇬🇧", "🇩🇪", "🇫🇷", "🇪🇸", "🇮🇹", "🇧🇷", "🇷🇺", "🇯🇵", "🇨🇳",
];

/// First and last degree of the named hues.
const HUES: &[(&str, i64, i64)] = &[
    ("monochrome", 0, 0),
    ("red", -26, 18),
    ("orange", 18, 46),
    ("yellow", 46, 62),
    ("green", 62, 178),
    ("blue", 178, 257),
    ("purple", 257, 282),
    ("pink", 282, 334),
];

/// Hue in degrees, saturation and value in percent.
fn hsv(call: &mut Call<'_>) -> Result<(i64, i64, i64), FakeError> {
    let mut gray = false;
    let hue = match call.given(0) {
        None => call.between(0, 359),
        Some(Datum::Text(name)) => {
            let found = HUES.iter().find(|(known, ..)| known == name);
            let Some((name, low, high)) = found.copied() else {
                return Err(FakeError::new(format!("`{name}` is no hue")).help(
                    "give degrees, a range of degrees, or one of monochrome, red, orange, yellow, green, blue, purple, pink",
                ));
            };
            gray = name == "monochrome";
            call.between(low, high)
        }
        Some(Datum::List(range) | Datum::Tuple(range)) => match range.as_slice() {
            [Datum::Int(low), Datum::Int(high)]
                if low <= high && (0..=360).contains(low) && *high <= 360 =>
            {
                let (low, high) = (*low, *high);
                call.between(low, high)
            }
            _ => {
                return Err(FakeError::new(
                    "`hue` must be two degrees from 0 to 360, the lower first",
                ));
            }
        },
        Some(_) => match call.int(0, 0)? {
            hue @ 0..=360 => hue,
            hue => {
                return Err(FakeError::new(format!(
                    "`hue` is {hue}, it must be from 0 to 360"
                )));
            }
        },
    };
    let (saturation, value) = match call.text(1)?.unwrap_or("") {
        "" => ((20, 100), (40, 98)),
        "bright" => ((55, 100), (70, 100)),
        "light" => ((10, 50), (85, 100)),
        "dark" => ((60, 100), (25, 60)),
        "random" => ((0, 100), (0, 100)),
        other => {
            return Err(FakeError::new(format!("`{other}` is no luminosity"))
                .help("known are bright, dark, light and random"));
        }
    };
    let saturation = call.between(saturation.0, saturation.1);
    let value = call.between(value.0, value.1);
    Ok((
        hue.rem_euclid(360),
        if gray { 0 } else { saturation },
        value,
    ))
}

fn to_byte(part: f64) -> i64 {
    (part * 255.0).floor() as i64
}

fn rgb((hue, saturation, value): (i64, i64, i64)) -> [f64; 3] {
    let (s, v) = (saturation as f64 / 100.0, value as f64 / 100.0);
    let sector = hue as f64 / 60.0;
    let f = sector - sector.floor();
    let (p, q, t) = (v * (1.0 - s), v * (1.0 - s * f), v * (1.0 - s * (1.0 - f)));
    match hue / 60 {
        0 => [v, t, p],
        1 => [q, v, p],
        2 => [p, v, t],
        3 => [p, q, v],
        4 => [t, p, v],
        _ => [v, p, q],
    }
}

fn hsl((hue, saturation, value): (i64, i64, i64)) -> [i64; 3] {
    let (s, v) = (saturation as f64 / 100.0, value as f64 / 100.0);
    let lightness = v * (1.0 - s / 2.0);
    let edge = lightness.min(1.0 - lightness);
    let s = if edge > 0.0 {
        (v - lightness) / edge
    } else {
        0.0
    };
    [
        hue,
        (s * 100.0).round() as i64,
        (lightness * 100.0).round() as i64,
    ]
}

fn color(call: &mut Call<'_>) -> Answer {
    let format = call.text(2)?.unwrap_or("hex").to_owned();
    let hsv = hsv(call)?;
    let [r, g, b] = rgb(hsv).map(to_byte);
    Ok(match format.as_str() {
        "hex" => format!("#{r:02x}{g:02x}{b:02x}").into(),
        "rgb" => format!("rgb({r}, {g}, {b})").into(),
        "hsv" | "hsb" => format!("{format}({}, {}, {})", hsv.0, hsv.1, hsv.2).into(),
        "hsl" => {
            let [h, s, l] = hsl(hsv);
            format!("hsl({h}, {s}, {l})").into()
        }
        other => {
            return Err(FakeError::new(format!("`{other}` is no colour format"))
                .help("known are hex, rgb, hsl, hsv and hsb"));
        }
    })
}
