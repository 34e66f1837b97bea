//! Options about how the terminal application looks, for every command that opens it.

use std::path::Path;

use crate::tui::settings::{self, Loaded, PROJECT_FILE, Sources};
use crate::tui::{Kept, Looks, Surroundings, Theme};

#[derive(Debug, clap::Args)]
pub(super) struct LookArgs {
    /// Colours: auto, default, dark, light, high-contrast, mono, catppuccin-mocha or gruvbox-dark
    #[arg(long, value_name = "NAME", value_parser = theme)]
    theme: Option<String>,
    /// A setting for this time, over all others, e.g. --set key_set=vim; `evtui settings` lists them
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// Send at most 500 bytes a second on its own, for slow connections
    #[arg(long)]
    low_bandwidth: bool,
    /// Draw with ASCII signs only
    #[arg(long)]
    ascii: bool,
}

impl LookArgs {
    /// How the application looks when that document is opened.
    pub(super) fn read(&self, document: Option<&Path>) -> Looks {
        let sources = self.sources(document);
        Looks {
            settings: Loaded::read(&sources),
            sources,
            surroundings: Surroundings::detect(var),
            kept: Kept::read(settings::folder("XDG_STATE_HOME", ".local/state", var)),
        }
    }

    fn sources(&self, document: Option<&Path>) -> Sources {
        let mut sources = Sources::of_process(var);
        let folder = document.and_then(Path::parent);
        sources.project = folder.map(|folder| folder.join(PROJECT_FILE));
        sources.flags.clone_from(&self.set);
        let flags = [
            ("theme", self.theme.clone()),
            ("low_bandwidth", self.low_bandwidth.then(|| "on".to_owned())),
            ("ascii", self.ascii.then(|| "on".to_owned())),
        ];
        let given = flags.into_iter();
        let given = given.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        sources.flags.extend(given);
        sources
    }
}

fn theme(name: &str) -> Result<String, String> {
    let known: Vec<&str> = std::iter::once("auto").chain(Theme::names()).collect();
    if known.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("there are {}", known.join(", ")))
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write a name, = and a value, such as wrap=true")?;
    let pair = (name.to_owned(), value.to_owned());
    let mut loaded = Loaded::read(&Sources {
        flags: vec![pair.clone()],
        ..Sources::default()
    });
    match loaded.problems.pop() {
        Some(problem) => Err(problem.message),
        None => Ok(pair),
    }
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
