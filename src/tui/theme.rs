//! Colours: palettes from theme files, the styles derived from them, and what the terminal can show.
//!
//! The only module that names a colour; everything else asks for a role.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None: only bold, reverse, underline.
    None,
    /// Sixteen.
    Ansi,
    /// 256.
    Indexed,
    /// 16 million.
    True,
}

impl Depth {
    /// What the environment says, by the customs `NO_COLOR`, `COLORTERM` and `TERM`.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::None;
        }
        let term = var("TERM").unwrap_or_default();
        if term == "dumb" || term.ends_with("-m") || term.starts_with("vt1") || term == "vt220" {
            return Self::None;
        }
        match var("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => return Self::True,
            _ if term.contains("direct") => return Self::True,
            _ => {}
        }
        if term.contains("256") || term.contains("kitty") || term.contains("ghostty") {
            Self::Indexed
        } else {
            Self::Ansi
        }
    }
}

/// What a piece of text is, for highlighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Nothing special.
    Text,
    /// Key of a mapping.
    Key,
    /// Quoted text or block text.
    String,
    /// Number, boolean, null.
    Number,
    /// Keyword of the template language.
    Keyword,
    /// Name, anchor, token such as `${params.x}`.
    Variable,
    /// Comment.
    Comment,
    /// Brackets, separators, template delimiters.
    Punctuation,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    mono: bool,
    palette: Palette,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Palette {
    background: String,
    surface: String,
    text: String,
    muted: String,
    accent: String,
    ok: String,
    warn: String,
    error: String,
    border: String,
    selection: String,
    selection_text: String,
    cursor_line: String,
    key: String,
    string: String,
    number: String,
    keyword: String,
    variable: String,
    comment: String,
}

/// Every style the screens use.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// Plain text on the background.
    pub text: Style,
    /// Less important text.
    pub muted: Style,
    /// The one colour that draws the eye.
    pub accent: Style,
    /// Emphasis without colour.
    pub strong: Style,
    /// Good.
    pub ok: Style,
    /// Worth a look.
    pub warn: Style,
    /// Wrong.
    pub error: Style,
    /// Rules and separators.
    pub border: Style,
    /// Rule and title of the pane that has the keys.
    pub focus: Style,
    /// Bars at the top and bottom.
    pub bar: Style,
    /// A key in a hint.
    pub hint_key: Style,
    /// Chosen row or text, in the pane that has the keys.
    pub selection: Style,

    /// The line that the cursor is in.
    pub cursor_line: Style,
    /// Line numbers.
    pub gutter: Style,
    /// Number of the cursor's line.
    pub gutter_current: Style,
    /// Text with an error under it.
    pub underline_error: Style,
    /// Text with a warning under it.
    pub underline_warn: Style,
    /// What a search found.
    pub found: Style,
    /// Boxes over the rest.
    pub popup: Style,
    tokens: [Style; 8],
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// No built-in theme has the name.
    #[error("no theme is called {name:?}; there are {}", known.join(", "))]
    Unknown {
        /// As asked for.
        name: String,
        /// Those there are.
        known: Vec<&'static str>,
    },
    /// The file is not a theme.
    #[error("theme {name:?}: {reason}")]
    Broken {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
}

const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../../themes/default.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../themes/high-contrast.toml"),
    ),
    ("mono", include_str!("../../themes/mono.toml")),
];

impl Theme {
    /// Names of the themes that can be asked for.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The theme called `name` with colours the terminal can show; without colours it is `mono`,
    /// whatever was asked for.
    ///
    /// # Errors
    /// When there is no such theme.
    pub fn load(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        let text = |name: &str| BUILT_IN.iter().find(|(known, _)| *known == name);
        let (_, asked) = text(name).ok_or_else(|| ThemeError::Unknown {
            name: name.to_owned(),
            known: Self::names().collect(),
        })?;
        let source = match depth {
            Depth::None => text("mono").map_or(*asked, |(_, mono)| *mono),
            _ => asked,
        };
        Self::parse(source, depth).map_err(|reason| ThemeError::Broken {
            name: name.to_owned(),
            reason,
        })
    }

    /// A theme from the text of its file.
    fn parse(source: &str, depth: Depth) -> Result<Self, String> {
        let file: File = toml::from_str(source).map_err(|error| error.to_string())?;
        let color = |text: &str| {
            parse_color(text)
                .map(|color| reduce(color, depth))
                .ok_or_else(|| format!("{text:?} is not a colour"))
        };
        let p = &file.palette;
        let base = Style::new().bg(color(&p.background)?);
        let on = |text: &str| color(text).map(|fg| base.fg(fg));
        let surface = color(&p.surface)?;
        let text = on(&p.text)?;
        let mut theme = Self {
            name: file.name,
            text,
            muted: on(&p.muted)?,
            accent: on(&p.accent)?,
            strong: text.add_modifier(Modifier::BOLD),
            ok: on(&p.ok)?,
            warn: on(&p.warn)?,
            error: on(&p.error)?,
            border: on(&p.border)?,
            focus: on(&p.accent)?.add_modifier(Modifier::BOLD),
            bar: on(&p.text)?.bg(surface),
            hint_key: on(&p.accent)?.bg(surface).add_modifier(Modifier::BOLD),
            selection: Style::new()
                .fg(color(&p.selection_text)?)
                .bg(color(&p.selection)?),

            cursor_line: Style::new().bg(color(&p.cursor_line)?),
            gutter: on(&p.muted)?,
            gutter_current: text.add_modifier(Modifier::BOLD),
            underline_error: Style::new()
                .fg(color(&p.error)?)
                .add_modifier(Modifier::UNDERLINED),
            underline_warn: Style::new()
                .fg(color(&p.warn)?)
                .add_modifier(Modifier::UNDERLINED),
            found: Style::new().add_modifier(Modifier::REVERSED),
            popup: on(&p.text)?.bg(surface),
            tokens: [
                text,
                on(&p.key)?,
                on(&p.string)?,
                on(&p.number)?,
                on(&p.keyword)?,
                on(&p.variable)?,
                on(&p.comment)?,
                on(&p.muted)?,
            ],
        };
        if file.mono {
            theme.without_colours();
        }
        Ok(theme)
    }

    fn without_colours(&mut self) {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        let reverse = plain.add_modifier(Modifier::REVERSED);
        let underline = plain.add_modifier(Modifier::UNDERLINED);
        *self = Self {
            name: std::mem::take(&mut self.name),
            text: plain,
            muted: dim,
            accent: bold,
            strong: bold,
            ok: plain,
            warn: bold,
            error: bold.add_modifier(Modifier::UNDERLINED),
            border: dim,
            focus: bold,
            bar: reverse,
            hint_key: reverse.add_modifier(Modifier::BOLD),
            selection: reverse,

            cursor_line: plain,
            gutter: dim,
            gutter_current: bold,
            underline_error: bold.add_modifier(Modifier::UNDERLINED),
            underline_warn: underline,
            found: reverse,
            popup: plain,
            tokens: [plain, bold, plain, plain, bold, plain, dim, plain],
        };
    }

    /// The style of a highlighted piece.
    pub fn token(&self, token: Token) -> Style {
        let index = match token {
            Token::Text => 0,
            Token::Key => 1,
            Token::String => 2,
            Token::Number => 3,
            Token::Keyword => 4,
            Token::Variable => 5,
            Token::Comment => 6,
            Token::Punctuation => 7,
        };
        self.tokens.get(index).copied().unwrap_or(self.text)
    }
}

const ANSI: &[(&str, Color, (u8, u8, u8))] = &[
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

fn parse_color(text: &str) -> Option<Color> {
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
fn reduce(color: Color, depth: Depth) -> Color {
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
        Depth::Indexed => Color::Indexed(nearest_indexed(r, g, b)),
        Depth::Ansi => ANSI
            .iter()
            .min_by_key(|(_, _, known)| distance(*known, (r, g, b)))
            .map_or(Color::Reset, |(_, color, _)| *color),
    }
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    2 * square(a.0, b.0) + 4 * square(a.1, b.1) + 3 * square(a.2, b.2)
}

/// Index into the 6x6x6 cube or the grey ramp of 256-colour terminals.
fn nearest_indexed(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| {
        (0u8..6)
            .zip(STEPS)
            .min_by_key(|(_, step)| step.abs_diff(value))
            .unwrap_or((0, 0))
    };
    let ((ri, rv), (gi, gv), (bi, bv)) = (step(r), step(g), step(b));
    let cube = (16 + 36 * ri + 6 * gi + bi, (rv, gv, bv));
    (0u8..24)
        .map(|index| (232 + index, 8 + 10 * index))
        .map(|(index, level)| (index, (level, level, level)))
        .chain([cube])
        .min_by_key(|(_, known)| distance(*known, (r, g, b)))
        .map_or(cube.0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn luminance(color: Color) -> f64 {
        let Color::Rgb(r, g, b) = color else {
            panic!("not a true colour: {color:?}");
        };
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }

    fn contrast(style: Style) -> f64 {
        let (a, b) = (luminance(style.fg.unwrap()), luminance(style.bg.unwrap()));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_of_true_colour_themes_can_be_read() {
        for name in ["dark", "light", "high-contrast"] {
            let theme = Theme::load(name, Depth::True).unwrap();
            let cursor_line = theme.cursor_line.bg.unwrap();
            let mut styles = vec![
                theme.text,
                theme.muted,
                theme.accent,
                theme.ok,
                theme.warn,
                theme.error,
                theme.bar,
                theme.hint_key,
                theme.popup,
                theme.selection,
                theme.muted.bg(theme.bar.bg.unwrap()),
            ];
            for style in theme.tokens {
                styles.push(style);
                styles.push(style.bg(cursor_line));
            }
            for style in styles {
                assert!(
                    contrast(style) >= 4.5,
                    "{name}: {style:?} has {}",
                    contrast(style)
                );
            }
        }
    }

    #[test]
    fn every_theme_loads_at_every_depth() {
        for name in Theme::names() {
            for depth in [Depth::None, Depth::Ansi, Depth::Indexed, Depth::True] {
                let theme = Theme::load(name, depth).unwrap();
                let wanted = if depth == Depth::None { "mono" } else { name };
                assert_eq!(theme.name, wanted);
            }
        }
    }

    #[test]
    fn without_colours_there_is_no_colour_at_all() {
        let theme = Theme::load("dark", Depth::None).unwrap();
        let mut styles = vec![
            theme.text,
            theme.selection,
            theme.bar,
            theme.error,
            theme.focus,
        ];
        styles.extend(theme.tokens);
        for style in styles {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn depth_follows_the_environment() {
        let with = |vars: &'static [(&'static str, &'static str)]| {
            Depth::detect(move |name| {
                vars.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(with(&[("TERM", "xterm")]), Depth::Ansi);
        assert_eq!(with(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(
            with(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]),
            Depth::True
        );
        assert_eq!(
            with(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]),
            Depth::None
        );
        assert_eq!(with(&[("TERM", "xterm"), ("NO_COLOR", "")]), Depth::Ansi);
        assert_eq!(with(&[("TERM", "dumb")]), Depth::None);
    }

    #[test]
    fn colours_are_matched_to_what_the_terminal_has() {
        assert_eq!(reduce(Color::Rgb(0, 0, 0), Depth::Ansi), Color::Black);
        assert_eq!(
            reduce(Color::Rgb(255, 0, 0), Depth::Indexed),
            Color::Indexed(196)
        );
        assert_eq!(
            reduce(Color::Rgb(8, 8, 8), Depth::Indexed),
            Color::Indexed(232)
        );
        assert_eq!(reduce(Color::Cyan, Depth::Indexed), Color::Cyan);
    }

    #[test]
    fn unknown_theme_names_those_there_are() {
        let error = Theme::load("drak", Depth::True).unwrap_err().to_string();
        assert!(
            error.contains("drak") && error.contains("high-contrast"),
            "{error}"
        );
    }

    #[test]
    fn colours_are_named_here_only() {
        let mut folders = vec![std::path::PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/tui"
        ))];
        let mut looked_at = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("theme.rs") && !path.ends_with("tests/mod.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    assert!(!text.contains("Color::"), "{path:?} names a colour");
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 30);
    }
}
