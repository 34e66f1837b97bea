//! Settings while the application runs: taken over when a file changes, kept as they were when it is
//! wrong; and what the terminal tells of itself.

use std::time::Duration;

use super::App;
use super::awaited::Awaited;
use super::palette::{Item, Pick};
use crate::tui::editor::set_tab;
use crate::tui::event::{Answer, Effect};
use crate::tui::keymap::{Keymap, key_warnings};
use crate::tui::settings::{Loaded, PROJECT_FILE, Problem, Settings};
use crate::tui::theme::{Ground, Theme};

/// Answers over SSH that take longer than this make the connection a slow one.
const FAR: Duration = Duration::from_millis(250);

impl App {
    /// Reads the settings again.
    pub fn read_settings(&mut self) {
        let mut sources = self.sources.clone();
        sources.project = self
            .project
            .as_ref()
            .map(|project| project.root.join(PROJECT_FILE));
        self.sources.project.clone_from(&sources.project);
        self.effects.push(Effect::ReadSettings(Box::new(sources)));
    }

    /// Reads the settings again when an opened project may have its own.
    pub(super) fn project_settings(&mut self) {
        let own = self
            .project
            .as_ref()
            .map(|project| project.root.join(PROJECT_FILE));
        if self.sources.project != own {
            self.read_settings();
        }
    }

    /// Takes settings over that were read again.
    pub(super) fn take_settings(&mut self, loaded: Loaded) {
        let (keymap, conflicts) = Keymap::new(&loaded.settings);
        let problems = [loaded.problems, conflicts].concat();
        if !problems.is_empty() {
            self.tell_problems(&problems);
            return;
        }
        self.resolved("settings: ");
        let old = std::mem::replace(&mut self.settings, loaded.settings);
        if old == self.settings {
            return;
        }
        self.keymap = keymap;
        self.tell_lost_keys();
        self.settle_editor(&old);
        self.settle_keys();
        if old.theme != self.settings.theme {
            self.theme_chosen = None;
            self.follow_theme();
        }
        if old.mouse != self.settings.mouse {
            self.effects.push(Effect::Mouse(self.settings.mouse));
        }
        self.info("the settings are taken over");
    }

    /// Tells the editor of settings that are not what they were; what commands changed stays.
    pub(super) fn settle_editor(&mut self, old: &Settings) {
        if old.key_set != self.settings.key_set {
            self.set_key_set(self.settings.key_set);
        }
        if old.vim != self.settings.vim {
            self.settle_remap();
        }
        if old.tab_width != self.settings.tab_width {
            set_tab(usize::from(self.settings.tab_width));
        }
        let mut options = self.editor_options();
        if old.wrap != self.settings.wrap {
            options.wrap = self.settings.wrap;
        }
        if old.line_numbers != self.settings.line_numbers {
            options.numbers = self.settings.line_numbers;
        }
        self.set_editor_options(options);
    }

    /// Says what is wrong in the settings.
    pub(super) fn tell_problems(&mut self, problems: &[Problem]) {
        let Some(first) = problems.first() else {
            return;
        };
        let more = match problems.len() {
            1 => String::new(),
            count => format!(" (and {} more: evtui settings)", count - 1),
        };
        for problem in problems {
            tracing::warn!("settings: {problem}");
        }
        self.error(format!("settings: {first}{more}"));
    }

    /// Warns of commands that keys of one's own leave without a key.
    pub(super) fn tell_lost_keys(&mut self) {
        for problem in key_warnings(&self.settings) {
            self.warn(format!("settings: {problem}"));
        }
    }

    /// Reads the settings again when one of their files changed.
    pub(super) fn notice_settings(&mut self, paths: &[std::path::PathBuf]) {
        if paths.iter().any(|path| self.sources.has(path)) {
            self.read_settings();
        }
    }

    /// What the terminal said of itself.
    pub(super) fn take_answer(&mut self, answer: Answer) {
        self.far |= self.surroundings.remote && answer.after > FAR;
        let Some(background) = answer.background else {
            return;
        };
        let ground = Ground::of(background);
        self.kept.remember_ground(ground);
        if self.ground != Some(ground) {
            self.ground = Some(ground);
            self.follow_theme();
        }
    }

    /// Loads the theme that is wanted now.
    fn follow_theme(&mut self) {
        let name = self.theme_name();
        match Theme::load(
            &name,
            self.surroundings.depth,
            self.ground.unwrap_or_default(),
        ) {
            Ok(theme) => self.theme = theme,
            Err(error) => self.error(error.to_string()),
        }
    }

    fn theme_name(&self) -> String {
        self.theme_chosen
            .clone()
            .unwrap_or_else(|| self.settings.theme.clone())
    }

    /// Tries the next theme.
    pub fn next_theme(&mut self) {
        let names: Vec<&str> = std::iter::once("auto").chain(Theme::names()).collect();
        let own = self.theme_name();
        let at = names.iter().position(|name| *name == own).unwrap_or(0);
        let next = names.get((at + 1) % names.len().max(1));
        self.choose_theme(next.copied().unwrap_or("auto"));
    }

    /// Takes a theme for this project.
    pub(super) fn choose_theme(&mut self, name: &str) {
        self.theme_chosen = Some(name.to_owned());
        self.follow_theme();
        self.info(if name == self.theme.name {
            format!("theme {name}")
        } else {
            format!("theme {name}, which is {} here", self.theme.name)
        });
    }

    /// The theme chosen by a command, if one was.
    pub(in crate::tui) fn chosen_theme(&self) -> Option<&str> {
        self.theme_chosen.as_deref()
    }

    pub(super) fn restore_theme(&mut self, name: Option<String>) {
        let known = |name: &String| name == "auto" || Theme::names().any(|one| one == name);
        if let Some(name) = name.filter(known) {
            self.theme_chosen = Some(name);
            self.follow_theme();
        }
    }

    /// Lists the themes.
    pub fn open_themes(&mut self) {
        let own = self.theme_name();
        let names = std::iter::once("auto").chain(Theme::names());
        let items = names
            .map(|name| Item {
                detail: match name {
                    "auto" => "dark or light, as the terminal is".to_owned(),
                    "default" => "the terminal's own sixteen colours".to_owned(),
                    _ => String::new(),
                },
                key: if name == own { "now" } else { "" }.to_owned(),
                ..Item::new(name.to_owned(), Pick::Theme(name))
            })
            .collect();
        self.open_palette("Theme", items);
    }

    /// Opens the person's settings file, made with commented defaults when it is not there.
    pub fn open_settings(&mut self) {
        let Some(path) = self.sources.user.clone() else {
            self.warn("there is no home folder to keep settings in");
            return;
        };
        match &mut self.project {
            Some(project) => {
                project.awaited = Some(Awaited::new(path.clone(), None));
                self.show_screen(super::Screen::Design);
                self.set_focus(super::Focus::Editor);
                self.effects.push(Effect::MakeSettings(path));
            }
            None => self.info(format!("the settings are in {}", path.display())),
        }
    }

    /// True when little is to be sent.
    pub fn low_bandwidth(&self) -> bool {
        self.settings.low_bandwidth.or(self.far)
    }

    /// Low bandwidth on or off, for now.
    pub fn toggle_low_bandwidth(&mut self) {
        use crate::tui::settings::Switch;
        let on = !self.low_bandwidth();
        self.settings.low_bandwidth = if on { Switch::On } else { Switch::Off };
        self.info(if on {
            "low bandwidth: the screen follows once a second or slower"
        } else {
            "full bandwidth"
        });
    }

    /// True when only ASCII is to be drawn.
    pub fn ascii(&self) -> bool {
        self.settings.ascii.or(!self.surroundings.unicode)
    }

    /// The folder of the person's settings.
    pub(in crate::tui) fn settings_folder(&self) -> Option<std::path::PathBuf> {
        Some(self.sources.user.as_ref()?.parent()?.to_owned())
    }

    /// True when the terminal may be asked for its background.
    pub(in crate::tui) fn may_ask(&self) -> bool {
        self.surroundings.answers
    }
}
