//! Colours as written, as the terminal can show them, and how well they can be read.
//!
//! Fewer colours: the nearest in CIELAB; for text the nearest that can still be read on what lies under it.

use ratatui::style::Color;

use super::{Depth, Ground};

type Rgb = (u8, u8, u8);

/// Least contrast of text, as WCAG asks.
pub const READABLE: f64 = 4.5;

const ANSI: &[(&str, Color, Rgb)] = &[
    ("black", Color::Black, (0, 0, 0)),
    ("red", Color::Red, (205, 49, 49)),
    ("green", Color::Green, (13, 188, 121)),
    ("yellow", Color::Yellow, (229, 229, 16)),
    ("blue", Color::Blue, (36, 114, 200)),
    ("magenta", Color::Magenta, (188, 63, 188)),
    ("cyan", Color::Cyan, (17, 168, 205)),
    ("white", Color::Gray, (229, 229, 229)),
    ("bright-black", Color::DarkGray, (102, 102, 102)),
    ("bright-red", Color::LightRed, (241, 76, 76)),
    ("bright-green", Color::LightGreen, (35, 209, 139)),
    ("bright-yellow", Color::LightYellow, (245, 245, 67)),
    ("bright-blue", Color::LightBlue, (59, 142, 234)),
    ("bright-magenta", Color::LightMagenta, (214, 112, 214)),
    ("bright-cyan", Color::LightCyan, (41, 184, 219)),
    ("bright-white", Color::White, (255, 255, 255)),
];

/// A colour of a theme file: `default`, `#rrggbb` or one of the sixteen by name.
pub fn parse_color(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    if let Some(hex) = text.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16)
            .ok()
            .filter(|_| hex.len() == 6)?;
        let [_, r, g, b] = value.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    ANSI.iter()
        .find(|(name, ..)| *name == text)
        .map(|(_, color, _)| *color)
}

/// The nearest colour that the depth has.
pub fn reduce(color: Color, depth: Depth) -> Color {
    let Color::Rgb(r, g, b) = color else {
        return if depth == Depth::None {
            Color::Reset
        } else {
            color
        };
    };
    match depth {
        Depth::True => color,
        Depth::None => Color::Reset,
        Depth::Indexed | Depth::Ansi => nearest((r, g, b), depth, |_| true).unwrap_or(color),
    }
}

/// The nearest colour for text that can be read on all of these. Where none can, the one that is read
/// best.
pub fn fitting(color: Color, under: &[Color], depth: Depth, ground: Ground) -> Color {
    let plain = reduce(color, depth);
    let under: Vec<Rgb> = under.iter().map(|one| shown(*one, ground, false)).collect();
    let least = |rgb: Rgb| {
        let all = under.iter().map(|below| contrast(rgb, *below));
        all.fold(f64::INFINITY, f64::min)
    };
    let own = shown(color, ground, true);
    // The terminal's own colours are what people chose; full colours are checked as written.
    let kept = plain == Color::Reset || depth == Depth::None || matches!(plain, Color::Rgb(..));
    if kept || least(shown(plain, ground, true)) >= READABLE {
        return plain;
    }
    let depth = if depth == Depth::Indexed && matches!(color, Color::Rgb(..)) {
        Depth::Indexed
    } else {
        Depth::Ansi
    };
    nearest(own, depth, |rgb| least(rgb) >= READABLE).unwrap_or(Color::Reset)
}

/// What a colour looks like; the terminal's own by its background.
pub fn shown(color: Color, ground: Ground, text: bool) -> Rgb {
    match color {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(index) => indexed(index),
        Color::Reset => match (ground, text) {
            (Ground::Dark, true) => (229, 229, 229),
            (Ground::Light, false) => (255, 255, 255),
            _ => (0, 0, 0),
        },
        other => ANSI
            .iter()
            .find(|(_, known, _)| *known == other)
            .map_or((0, 0, 0), |(.., rgb)| *rgb),
    }
}

fn nearest(rgb: Rgb, depth: Depth, fits: impl Fn(Rgb) -> bool) -> Option<Color> {
    let wanted = lab(rgb);
    let far = |known: Rgb| {
        let other = lab(known);
        let part = |a: f64, b: f64| (a - b) * (a - b);
        part(wanted.0, other.0) + part(wanted.1, other.1) + part(wanted.2, other.2)
    };
    let named = ANSI.iter().map(|(_, color, rgb)| (*color, *rgb));
    // The first sixteen of 256 are whatever the terminal makes of them.
    let many = (16..=255).map(|index| (Color::Indexed(index), indexed(index)));
    let known: Vec<(Color, Rgb)> = match depth {
        Depth::Ansi => named.collect(),
        _ => many.collect(),
    };
    known
        .into_iter()
        .filter(|(_, rgb)| fits(*rgb))
        .map(|(color, rgb)| (color, far(rgb)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(color, _)| color)
}

/// The 6x6x6 cube and the grey ramp of 256-colour terminals, before them the sixteen.
fn indexed(index: u8) -> Rgb {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| STEPS.get(usize::from(value)).copied().unwrap_or(0);
    match index {
        0..=15 => ANSI
            .get(usize::from(index))
            .map_or((0, 0, 0), |(.., rgb)| *rgb),
        16..=231 => {
            let cube = index - 16;
            (step(cube / 36), step(cube / 6 % 6), step(cube % 6))
        }
        _ => {
            let level = 8 + 10 * (index - 232);
            (level, level, level)
        }
    }
}

fn linear(value: u8) -> f64 {
    let value = f64::from(value) / 255.0;
    if value <= 0.04045 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// How light a colour is, 0 to 1.
pub fn luminance((r, g, b): Rgb) -> f64 {
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// How well one colour can be read on the other, 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// CIELAB under daylight (D65).
fn lab((r, g, b): Rgb) -> (f64, f64, f64) {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let curve = |value: f64| {
        if value > 0.008_856 {
            value.cbrt()
        } else {
            7.787 * value + 16.0 / 116.0
        }
    };
    let x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
    let y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
    (116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z))
}
