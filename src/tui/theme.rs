//! Colours: palettes from theme files, the styles derived from them, and what the terminal can show.
//!
//! The only module that names a colour; everything else asks for a role.

mod colour;
#[cfg(test)]
mod tests;

use ratatui::style::{Modifier, Style};
use serde::Deserialize;

use colour::{fitting, parse_color, reduce};

/// What the terminal's own background is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// Dark, or not known.
    #[default]
    Dark,
    /// Light.
    Light,
}

impl Ground {
    /// Of a colour of the background.
    pub fn of((red, green, blue): (u8, u8, u8)) -> Self {
        if colour::luminance((red, green, blue)) > 0.18 {
            Self::Light
        } else {
            Self::Dark
        }
    }
}

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
    /// Colours to tell several things apart, inputs for example, in this order and again.
    pub series: [Style; 6],
    /// Letters that match what was typed, over another style.
    pub mark: Style,
    /// Letters of jump labels.
    pub label: Style,
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
    (
        "catppuccin-mocha",
        include_str!("../../themes/catppuccin-mocha.toml"),
    ),
    (
        "gruvbox-dark",
        include_str!("../../themes/gruvbox-dark.toml"),
    ),
];

impl Theme {
    /// Names of the themes that can be asked for.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The theme called `name` with colours the terminal can show; without colours it is `mono`,
    /// whatever was asked for. `auto` fits the terminal's background.
    ///
    /// # Errors
    /// When there is no such theme.
    pub fn load(name: &str, depth: Depth, ground: Ground) -> Result<Self, ThemeError> {
        let text = |name: &str| BUILT_IN.iter().find(|(known, _)| *known == name);
        let name = match (name, depth, ground) {
            ("auto", Depth::Ansi, _) => "default",
            ("auto", _, Ground::Light) => "light",
            ("auto", _, Ground::Dark) => "dark",
            (name, ..) => name,
        };
        let (_, asked) = text(name).ok_or_else(|| ThemeError::Unknown {
            name: name.to_owned(),
            known: Self::names().collect(),
        })?;
        let source = match depth {
            Depth::None => text("mono").map_or(*asked, |(_, mono)| *mono),
            _ => asked,
        };
        Self::parse(source, depth, ground).map_err(|reason| ThemeError::Broken {
            name: name.to_owned(),
            reason,
        })
    }

    /// A theme from the text of its file.
    fn parse(source: &str, depth: Depth, ground: Ground) -> Result<Self, String> {
        let file: File = toml::from_str(source).map_err(|error| error.to_string())?;
        let read =
            |text: &str| parse_color(text).ok_or_else(|| format!("{text:?} is not a colour"));
        let p = &file.palette;
        let background = reduce(read(&p.background)?, depth);
        // Sixteen colours have no two that are nearly the same.
        let near = |text: &str| match depth {
            Depth::Ansi => Ok(background),
            _ => read(text).map(|color| reduce(color, depth)),
        };
        let (surface, cursor_line) = (near(&p.surface)?, near(&p.cursor_line)?);
        let selected = reduce(read(&p.selection)?, depth);
        let under = [background, surface, cursor_line];
        let ink = |text: &str| read(text).map(|color| fitting(color, &under, depth, ground));
        let base = Style::new().bg(background);
        let on = |text: &str| ink(text).map(|fg| base.fg(fg));
        let selection = fitting(read(&p.selection_text)?, &[selected], depth, ground);
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
            border: base.fg(reduce(read(&p.border)?, depth)),
            focus: on(&p.accent)?.add_modifier(Modifier::BOLD),
            bar: on(&p.text)?.bg(surface),
            hint_key: on(&p.accent)?.bg(surface).add_modifier(Modifier::BOLD),
            selection: Style::new().fg(selection).bg(selected),

            cursor_line: Style::new().bg(cursor_line),
            gutter: on(&p.muted)?,
            gutter_current: text.add_modifier(Modifier::BOLD),
            underline_error: Style::new()
                .fg(ink(&p.error)?)
                .add_modifier(Modifier::UNDERLINED),
            underline_warn: Style::new()
                .fg(ink(&p.warn)?)
                .add_modifier(Modifier::UNDERLINED),
            found: Style::new().add_modifier(Modifier::REVERSED),
            popup: on(&p.text)?.bg(surface),
            series: [
                on(&p.accent)?,
                on(&p.number)?,
                on(&p.string)?,
                on(&p.keyword)?,
                on(&p.variable)?,
                on(&p.warn)?,
            ],
            mark: Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
            label: on(&p.warn)?.add_modifier(Modifier::BOLD | Modifier::REVERSED),
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
            series: [plain, bold, underline, dim, plain, bold],
            mark: plain.add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
            label: reverse.add_modifier(Modifier::BOLD),
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
