//! Every theme can be read everywhere; colours have one home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ratatui::style::Color;

use super::colour::{READABLE, contrast, reduce, shown};
use super::*;

/// Every style that text has, by name.
fn text_styles(theme: &Theme) -> Vec<(String, Style)> {
    let bar = |style: Style| Style {
        bg: theme.bar.bg,
        ..style
    };
    let line = |style: Style| Style {
        bg: theme.cursor_line.bg,
        ..style
    };
    let mut out = vec![
        ("selection".to_owned(), theme.selection),
        ("hint_key".to_owned(), theme.hint_key),
        ("bar".to_owned(), theme.bar),
        ("popup".to_owned(), theme.popup),
    ];
    let roles = [
        ("text", theme.text),
        ("muted", theme.muted),
        ("accent", theme.accent),
        ("strong", theme.strong),
        ("ok", theme.ok),
        ("warn", theme.warn),
        ("error", theme.error),
        ("focus", theme.focus),
        ("gutter", theme.gutter),
        ("gutter_current", theme.gutter_current),
        ("underline_error", line(theme.underline_error)),
        ("underline_warn", line(theme.underline_warn)),
        ("label", theme.label),
    ];
    for (name, style) in roles {
        out.push((name.to_owned(), style));
        out.push((format!("{name} on a bar"), bar(style)));
    }
    for (index, style) in theme.series.into_iter().enumerate() {
        out.push((format!("series {index}"), style));
    }
    for (index, style) in theme.tokens.into_iter().enumerate() {
        out.push((format!("token {index}"), style));
        out.push((format!("token {index} in the cursor's line"), line(style)));
    }
    out
}

#[test]
fn text_can_be_read_in_every_theme_and_depth() {
    let mut looked_at = 0;
    for name in Theme::names().chain(["auto"]) {
        for depth in [Depth::Ansi, Depth::Indexed, Depth::True] {
            for ground in [Ground::Dark, Ground::Light] {
                let theme = Theme::load(name, depth, ground).unwrap();
                for (role, style) in text_styles(&theme) {
                    let (Some(fg), Some(bg)) = (style.fg, style.bg) else {
                        // Without colours it is the terminal's own.
                        assert_eq!(theme.name, "mono");
                        continue;
                    };
                    let has = contrast(shown(fg, ground, true), shown(bg, ground, false));
                    assert!(
                        has >= READABLE,
                        "{name} {depth:?} {ground:?}: {role} {fg} on {bg} has {has:.2}"
                    );
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 1_000);
}

#[test]
fn automatic_colours_follow_the_background() {
    let name = |depth, ground| Theme::load("auto", depth, ground).unwrap().name;
    assert_eq!(name(Depth::True, Ground::Dark), "dark");
    assert_eq!(name(Depth::Indexed, Ground::Light), "light");
    assert_eq!(name(Depth::Ansi, Ground::Light), "default");
    assert_eq!(name(Depth::None, Ground::Light), "mono");
    assert_eq!(Ground::of((0xfb, 0xfb, 0xf9)), Ground::Light);
    assert_eq!(Ground::of((0x28, 0x28, 0x28)), Ground::Dark);
}

#[test]
fn sixteen_colours_suffice_for_meaning() {
    for name in [
        "dark",
        "default",
        "high-contrast",
        "gruvbox-dark",
        "catppuccin-mocha",
    ] {
        let theme = Theme::load(name, Depth::Ansi, Ground::Dark).unwrap();
        assert_ne!(theme.ok.fg, theme.error.fg, "{name}");
        assert_ne!(theme.warn.fg, theme.error.fg, "{name}");
    }
}

#[test]
fn every_theme_loads_at_every_depth() {
    for name in Theme::names() {
        for depth in [Depth::None, Depth::Ansi, Depth::Indexed, Depth::True] {
            let theme = Theme::load(name, depth, Ground::Dark).unwrap();
            let wanted = if depth == Depth::None { "mono" } else { name };
            assert_eq!(theme.name, wanted);
        }
    }
}

#[test]
fn without_colours_there_is_no_colour_at_all() {
    let theme = Theme::load("dark", Depth::None, Ground::Dark).unwrap();
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
    let error = Theme::load("drak", Depth::True, Ground::Dark)
        .unwrap_err()
        .to_string();
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
    let own = folders[0].join("theme");
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.starts_with(&own)
                && !path.ends_with("theme.rs")
                && !path.ends_with("tests/mod.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("Color::"), "{path:?} names a colour");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 30);
}
