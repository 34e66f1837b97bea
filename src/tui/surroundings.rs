//! What is known of the terminal before it has answered anything: colours, character set, how far away it
//! is. Comes from the environment alone.

use super::theme::{Depth, Ground};

/// The terminal, as the environment describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// How many colours there are.
    pub depth: Depth,
    /// What its background is, where that is known.
    pub ground: Option<Ground>,
    /// False where signs beyond ASCII do not arrive or have no shape.
    pub unicode: bool,
    /// True over SSH.
    pub remote: bool,
    /// True when it may be asked for its background: plain consoles show the question instead.
    pub answers: bool,
}

impl Surroundings {
    /// What the environment says.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let console = matches!(term.as_str(), "linux" | "dumb" | "ansi" | "cons25")
            || term.starts_with("vt1")
            || term.starts_with("vt2");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let spelled = locale.map(|name| name.to_ascii_lowercase().replace('-', ""));
        // Nothing said is what containers and services have; their terminals know UTF-8 these days.
        let utf8 = spelled.is_none_or(|name| name.contains("utf8"));
        Self {
            depth: Depth::detect(&var),
            ground: set("COLORFGBG").and_then(|value| ground(&value)),
            unicode: utf8 && !console,
            remote: set("SSH_CONNECTION").is_some() || set("SSH_TTY").is_some(),
            answers: !console && !term.is_empty(),
        }
    }
}

/// The last of the numbers of `COLORFGBG` is the background, one of sixteen.
fn ground(value: &str) -> Option<Ground> {
    let number: u8 = value.rsplit(';').next()?.trim().parse().ok()?;
    match number {
        7 | 9..=15 => Some(Ground::Light),
        0..=6 | 8 => Some(Ground::Dark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    fn with(vars: &[(&str, &str)]) -> Surroundings {
        Surroundings::detect(|name| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[rstest]
    #[case(&[("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8")], true)]
    #[case(&[("TERM", "xterm-256color"), ("LANG", "C.utf8")], true)]
    #[case(&[("TERM", "xterm-256color")], true)]
    #[case(&[("TERM", "xterm"), ("LANG", "C")], false)]
    #[case(&[("TERM", "xterm"), ("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")], false)]
    #[case(&[("TERM", "linux"), ("LANG", "en_US.UTF-8")], false)]
    #[case(&[("TERM", "vt100"), ("LANG", "en_US.UTF-8")], false)]
    #[case(&[("TERM", "screen"), ("LC_CTYPE", "de_DE.ISO-8859-1")], false)]
    fn signs_follow_the_locale_and_the_console(
        #[case] vars: &[(&str, &str)],
        #[case] unicode: bool,
    ) {
        assert_eq!(with(vars).unicode, unicode);
    }

    #[rstest]
    #[case("15;0", Some(Ground::Dark))]
    #[case("0;default;15", Some(Ground::Light))]
    #[case("12;7", Some(Ground::Light))]
    #[case("15;default", None)]
    #[case("", None)]
    fn the_background_may_be_told(#[case] value: &str, #[case] ground: Option<Ground>) {
        assert_eq!(with(&[("COLORFGBG", value)]).ground, ground);
    }

    #[test]
    fn consoles_are_not_asked() {
        assert!(!with(&[("TERM", "linux")]).answers);
        assert!(with(&[("TERM", "tmux-256color")]).answers);
        assert!(with(&[("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")]).remote);
    }
}
