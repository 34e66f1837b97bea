//! Which screen is shown: the workbench, or one of those about running generators.

use super::App;
use crate::tui::command::Place;

/// The screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The workbench: files, editor, previews. Without a project, the start screen.
    #[default]
    Design,
    /// All generators in a table.
    Overview,
    /// How events flow through one.
    Flow,
    /// What fails in one.
    Faults,
    /// Its events.
    Tail,
    /// What was logged.
    Logs,
    /// What generators share.
    Globals,
}

impl Screen {
    /// Those about running generators, in the order in which the keys go round.
    pub const MONITOR: [Self; 6] = [
        Self::Overview,
        Self::Flow,
        Self::Faults,
        Self::Tail,
        Self::Logs,
        Self::Globals,
    ];

    /// As shown.
    pub fn title(self) -> &'static str {
        match self {
            Self::Design => "Workbench",
            Self::Overview => "Generators",
            Self::Flow => "Pipeline",
            Self::Faults => "Why it fails",
            Self::Tail => "Tail",
            Self::Logs => "Logs",
            Self::Globals => "Globals",
        }
    }

    /// True when it is about one generator.
    pub fn is_about_one(self) -> bool {
        matches!(self, Self::Flow | Self::Faults | Self::Tail)
    }
}

impl App {
    /// What has the keys.
    pub fn place(&self) -> Place {
        match self.screen {
            Screen::Design if self.start.is_some() => Place::Start,
            Screen::Design => Place::Pane(self.focus),
            screen => Place::Screen(screen),
        }
    }

    /// Shows a screen.
    pub fn show_screen(&mut self, screen: Screen) {
        self.screen = screen;
    }

    /// True for a terminal that was opened on generators, as `evtui attach` does, and has no project: the
    /// table is where it begins and ends.
    pub fn is_watcher(&self) -> bool {
        self.home != Screen::Design && self.project.is_none()
    }

    /// The table of generators, or back to the workbench.
    pub fn toggle_monitor(&mut self) {
        if self.is_watcher() {
            if self.screen == Screen::Overview {
                self.info("no project is open here: d shows those that can be opened, Esc leaves");
            }
            return self.show_screen(Screen::Overview);
        }
        self.show_screen(match self.screen {
            Screen::Design => Screen::Overview,
            _ => Screen::Design,
        });
        // What is worked on is what one wants to see, whatever was chosen here before.
        if self.screen == Screen::Overview && self.pipeline.active() {
            self.choose_own();
        }
    }

    /// Back to the table, from there to the workbench, or out where there is none.
    pub fn back(&mut self) {
        if self.screen == Screen::Overview && self.is_watcher() {
            return self.leave_table();
        }
        self.show_screen(match self.screen {
            Screen::Design | Screen::Overview => Screen::Design,
            _ => Screen::Overview,
        });
    }

    /// The next screen about generators, or the one before.
    pub fn cycle_screen(&mut self, forward: bool) {
        let all = Screen::MONITOR;
        let at = all.iter().position(|one| *one == self.screen).unwrap_or(0);
        let next = if forward { at + 1 } else { at + all.len() - 1 };
        if let Some(screen) = all.get(next % all.len()) {
            self.show_screen(*screen);
        }
    }
}
