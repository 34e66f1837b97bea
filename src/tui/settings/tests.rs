//! What settings files say, and every way in which they can be wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rstest::rstest;

use super::*;

fn of(text: &str) -> Loaded {
    let mut loaded = Loaded::default();
    loaded.file(text, "settings.yml");
    loaded
}

#[rstest]
#[case(
    "thme: dark\n",
    "settings.yml:1:1: there is no setting \"thme\"; did you mean theme?"
)]
#[case(
    "\ntheme: drak\n",
    "settings.yml:2:8: theme: \"drak\" is not known; did you mean dark?"
)]
#[case("theme: 7\n", "settings.yml:1:8: theme: 7 is none of auto")]
#[case(
    "mouse: maybe\n",
    "settings.yml:1:8: mouse: \"maybe\" is neither true nor false"
)]
#[case(
    "tab_width: 0\n",
    "settings.yml:1:12: tab_width: 0 is no number from 1 to 16"
)]
#[case("tab_width: 99\n", "99 is no number from 1 to 16")]
#[case(
    "ascii: sometimes\n",
    "\"sometimes\" is not known; there are auto, on, off"
)]
#[case("key_set: emacs\n", "there are plain, vim")]
#[case("editor: [a, b]\n", "settings.yml:1:9: editor: a list is no command")]
#[case("- theme\n", "settings are names and values, not a list")]
#[case("theme: dark\ntheme: light\n", "settings.yml:2")]
#[case("theme: \"dark\n", "this is no YAML")]
#[case("theme: dark\n  mouse: on\n", "this is no YAML")]
#[case("keys: yes\n", "keys: write")]
#[case(
    "keys:\n  \"ctrl-p\": app.pallete\n",
    "settings.yml:2:13: there is no command \"app.pallete\"; did you mean app.palette?"
)]
#[case(
    "keys:\n  \"ctlr-p\": app.palette\n",
    "settings.yml:2:3: \"ctlr-p\" is no key"
)]
#[case(
    "keys:\n  \"ctrl-i\": app.palette\n",
    "the terminal sends tab for ctrl-i"
)]
#[case("keys:\n  \"\": app.palette\n", "settings.yml:2:3")]
#[case("keys:\n  \"z\": 7\n", "7 is no name of a command")]
#[case("vim: yes\n", "settings.yml:1:6: vim: write")]
#[case(
    "vim:\n  \"H\": file.sav\n",
    "settings.yml:2:8: there is no command \"file.sav\"; did you mean file.save?"
)]
#[case("vim:\n  \"3\": x\n", "settings.yml:2:3: 3 begins a count")]
#[case("vim:\n  \"esc\": x\n", "Esc stays the way back")]
#[case("vim:\n  \"ctlr-h\": x\n", "\"ctlr-h\" is no key")]
#[case(
    "vim:\n  \"g\": x\n  \"g h\": y\n",
    "settings.yml:3:3: `g h` and `g` begin alike"
)]
#[case("vim:\n  \"H\": [a]\n", "a list is neither keys nor a name")]
fn what_is_wrong_is_said_with_its_place(#[case] text: &str, #[case] said: &str) {
    let mut loaded = of(text);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems.iter().any(|one| one.contains(said)),
        "{problems:?}"
    );
    if said.contains("begin alike") {
        let kept = loaded.settings.vim.drain(..).flatten().count();
        assert_eq!(kept, 1, "the first of the two");
    }
    assert_eq!(
        loaded.settings,
        Settings::default(),
        "what is wrong sets nothing"
    );
}

#[test]
fn every_problem_of_a_file_is_told() {
    let loaded = of("thme: dark\nmouse: maybe\nkeys: {\"z\": nope.nope}\n");
    assert_eq!(loaded.problems.len(), 3);
}

#[test]
fn empty_files_and_comments_are_settings() {
    for text in ["", "\n\n", "# theme: dark\n", "---\n", "keys:\n"] {
        assert_eq!(of(text).problems, [], "{text:?}");
    }
}

#[test]
fn yes_and_on_are_words_for_true() {
    let loaded = of("mouse: off\nlow_bandwidth: on\nascii: auto\nwrap: yes\n");
    assert_eq!(loaded.problems, []);
    let settings = loaded.settings;
    assert!(!settings.mouse && settings.wrap);
    assert_eq!(settings.low_bandwidth, Switch::On);
}

#[test]
fn later_sources_go_over_earlier_ones() {
    let folder = tempfile::tempdir().unwrap();
    let user = folder.path().join("settings.yml");
    let project = folder.path().join(PROJECT_FILE);
    std::fs::write(
        &user,
        "theme: light\nwrap: true\ntab_width: 3\nmouse: false\n",
    )
    .unwrap();
    std::fs::write(&project, "theme: mono\nwrap: false\ntab_width: 2\n").unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let sources = Sources {
        user: Some(user),
        project: Some(project),
        environment: vec![pair("theme", "high-contrast"), pair("tab_width", "8")],
        flags: vec![pair("theme", "dark")],
    };
    let loaded = Loaded::read(&sources);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.settings.theme, "dark");
    assert_eq!(loaded.settings.tab_width, 8);
    assert!(!loaded.settings.wrap && !loaded.settings.mouse);
    assert_eq!(loaded.origins["wrap"], PROJECT_FILE);
    let shown = effective(&loaded);
    assert!(shown.contains("from --set theme=dark"), "{shown}");
    assert!(shown.contains("from EVTUI_TAB_WIDTH"), "{shown}");
}

#[test]
fn the_environment_is_checked_too() {
    let var = |name: &str| match name {
        "EVTUI_THEME" => Some("neon".to_owned()),
        "HOME" => Some("/home/someone".to_owned()),
        _ => None,
    };
    let sources = Sources::of_process(var);
    assert_eq!(
        sources.user.as_deref(),
        Some(Path::new("/home/someone/.config/evtui/settings.yml"))
    );
    let loaded = Loaded::read(&Sources {
        user: None,
        ..sources
    });
    assert!(
        loaded.problems[0]
            .to_string()
            .starts_with("EVTUI_THEME: \"neon\" is not known")
    );
}

#[test]
fn the_commented_file_can_be_used_as_it_is_and_uncommented() {
    let text = commented();
    assert_eq!(of(&text).problems, []);
    let lines = text.lines().map(|line| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let name = bare.split(':').next().unwrap_or_default();
        let setting =
            OPTIONS.iter().any(|option| option.name == name) || ["keys", "vim"].contains(&name);
        let key = bare.starts_with("  \"");
        if setting || key { bare } else { line }
    });
    let bare: String = lines.flat_map(|line| [line, "\n"]).collect();
    let loaded = of(&bare);
    assert_eq!(loaded.problems, [], "{bare}");
    assert_eq!(loaded.settings.keys[0].len(), 3);
    assert_eq!(loaded.settings.vim[0].len(), 5);
    let with_keys = Settings {
        keys: loaded.settings.keys.clone(),
        vim: loaded.settings.vim.clone(),
        ..Settings::default()
    };
    assert_eq!(loaded.settings, with_keys);
}

#[test]
fn one_mistake_costs_nobody_the_rest_of_a_file() {
    let loaded = of("theme: nope\ntab_width: 2\nkeys: {\"f9 d\": app.help, \"f9 e\": app.hlp}\n");
    assert_eq!(loaded.problems.len(), 2, "{:?}", loaded.problems);
    assert_eq!(loaded.settings.tab_width, 2);
    assert_eq!(loaded.settings.keys.iter().flatten().count(), 1);
}
