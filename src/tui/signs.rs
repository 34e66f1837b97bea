//! The one table of signs: what is drawn where only ASCII arrives. All drawing goes through it.

use ratatui::buffer::Buffer;

/// Signs and what stands for each, always one character.
const TABLE: &[(&str, &str)] = &[
    ("─━╌┄═", "-"),
    ("│┃╎┆║", "|"),
    ("┬┴┼├┤┌┐└┘╭╮╯┏┓┗┛╋┳┻┣┫┯┷╞╡", "+"),
    ("╰", "`"),
    ("▸▶►›»→❯⇒↳", ">"),
    ("◂◀‹«←", "<"),
    ("▾▼↓⤵", "v"),
    ("▴↑", "^"),
    ("↕", "I"),
    ("↔", "="),
    ("●◆■◉⬤", "*"),
    ("○◇□◯", "o"),
    ("◌◍◐◑◒◓", ":"),
    ("‖⏸", "="),
    ("✗✘×✕", "x"),
    ("✓✔", "+"),
    ("▲⚠", "!"),
    ("…", "~"),
    ("·•∙", "."),
    ("≈∼", "~"),
    ("≤", "<"),
    ("≥", ">"),
    ("≠", "/"),
    ("±", "+"),
    ("–—−", "-"),
    ("“”„", "\""),
    ("‘’‚", "'"),
    ("µμ", "u"),
    ("∞", "8"),
    ("⏎↵␊", "/"),
    ("▁▏", "_"),
    ("▂░▎", "."),
    ("▃▄▒▍▌", ":"),
    ("▅▆▓▋▊", "="),
    ("▇█▉▐▀", "#"),
];

/// What stands for a sign; the sign itself when it is ASCII.
pub fn ascii(sign: char) -> char {
    if sign.is_ascii() {
        return sign;
    }
    if ('\u{2800}'..='\u{28ff}').contains(&sign) {
        // Braille: by how many of its eight dots are set.
        let dots = (u32::from(sign) - 0x2800).count_ones();
        return match dots {
            0 => ' ',
            1 | 2 => '.',
            3 | 4 => ':',
            5 | 6 => '=',
            _ => '#',
        };
    }
    TABLE
        .iter()
        .find(|(signs, _)| signs.contains(sign))
        .and_then(|(_, plain)| plain.chars().next())
        .unwrap_or('?')
}

/// The text in ASCII, of the same width for signs of one cell.
#[cfg(test)]
fn plain(text: &str) -> String {
    text.chars().map(ascii).collect()
}

/// Puts ASCII for every sign of a drawn screen. Wide signs become two.
pub fn flatten(screen: &mut Buffer) {
    let mut covered = 0;
    for cell in &mut screen.content {
        if covered > 0 {
            covered -= 1;
            cell.set_symbol("?");
            continue;
        }
        let symbol = cell.symbol();
        if symbol.is_ascii() {
            continue;
        }
        covered = super::text::width(symbol).saturating_sub(1);
        let sign = symbol.chars().next().map_or(' ', ascii);
        cell.set_char(sign);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn every_sign_has_one_ascii_character() {
        for (signs, plain) in TABLE {
            assert!(plain.is_ascii() && plain.len() == 1, "{signs}");
        }
        assert_eq!(plain("a─▸…✓é⣿⠀"), "a->~+?# ");
    }

    #[test]
    fn no_sign_stands_in_two_rows() {
        let all: String = TABLE.iter().map(|(signs, _)| *signs).collect();
        let mut seen = std::collections::BTreeSet::new();
        for sign in all.chars() {
            assert!(seen.insert(sign), "{sign} is there twice");
        }
    }

    #[test]
    fn wide_signs_keep_their_width() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 6, 1));
        screen.set_string(0, 0, "a日b…", Style::new());
        flatten(&mut screen);
        let row: String = screen.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(row, "a??b~ ");
    }

    /// Signs that the screens draw must not come out as question marks.
    #[test]
    fn every_sign_of_the_code_is_known() {
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
                    continue;
                }
                if path.extension().is_none_or(|extension| extension != "rs")
                    || path.to_string_lossy().contains("tests")
                {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                for sign in code.chars().filter(|sign| !sign.is_ascii()) {
                    assert_ne!(ascii(sign), '?', "{path:?} draws {sign}");
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 50);
    }
}
