//! `evtui service`: a systemd service of `evtui run`, for the system or for one user.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::config::{read_settings, why};

use super::generate::headless::say;

/// The name of the service.
const NAME: &str = "evtui";

/// Install, remove or show a systemd service that runs a startup list
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write the unit, and settings and an empty startup list where there are none
    Install(Install),
    /// Stop and remove the service
    Uninstall {
        #[command(flatten)]
        whose: Whose,
        /// Also delete the folders of configuration and logs, after asking for each
        #[arg(long)]
        purge: bool,
    },
    /// Show whether it is installed and runs
    Status {
        #[command(flatten)]
        whose: Whose,
    },
    /// Print the unit that install would write, and change nothing
    Print(Install),
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct Whose {
    /// A service of this user instead of the system; the default for everyone but root
    #[arg(long)]
    user: bool,
}

#[derive(Clone, Debug, clap::Args)]
struct Install {
    #[command(flatten)]
    whose: Whose,
    /// Folder of eventum.yml, startup.yml and generators/
    #[arg(long, value_name = "DIR")]
    config_dir: Option<PathBuf>,
    /// Folder of log files
    #[arg(long, value_name = "DIR")]
    log_dir: Option<PathBuf>,
    /// Take the defaults and do not ask
    #[arg(long)]
    no_ask: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let done = match &args.command {
        What::Install(install) => Places::of(install.whose).and_then(|places| install.run(&places)),
        What::Print(install) => Places::of(install.whose).and_then(|places| install.print(&places)),
        What::Uninstall { whose, purge } => {
            Places::of(*whose).and_then(|places| uninstall(&places, *purge))
        }
        What::Status { whose } => Places::of(*whose).and_then(|places| status(&places)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// Where the parts of a service are.
#[derive(Clone, Debug)]
struct Places {
    user: bool,
    config: PathBuf,
    logs: PathBuf,
    unit: PathBuf,
    wanted_by: &'static str,
}

impl Places {
    fn of(whose: Whose) -> Result<Self, String> {
        let variable = |name: &str| {
            let value = std::env::var_os(name).map(PathBuf::from);
            value.filter(|path| path.is_absolute())
        };
        Self::with(whose.user || !is_root(), &variable)
    }

    fn with(user: bool, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Result<Self, String> {
        if !user {
            return Ok(Self {
                user,
                config: PathBuf::from("/etc/evtui"),
                logs: PathBuf::from("/var/log/evtui"),
                unit: PathBuf::from("/etc/systemd/system/evtui.service"),
                wanted_by: "multi-user.target",
            });
        }
        let below = |name: &str, home: &str| {
            let found = variable(name).or_else(|| Some(variable("HOME")?.join(home)));
            found.ok_or_else(|| {
                "HOME is not set, so there is no place for a user's service".to_owned()
            })
        };
        let config = below("XDG_CONFIG_HOME", ".config")?;
        Ok(Self {
            user,
            unit: config.join("systemd/user/evtui.service"),
            config: config.join(NAME),
            logs: below("XDG_STATE_HOME", ".local/state")?.join("evtui/logs"),
            wanted_by: "default.target",
        })
    }

    fn settings(&self) -> PathBuf {
        self.config.join("eventum.yml")
    }

    /// `systemctl` with these words; its output on success.
    fn systemctl(&self, words: &[&str]) -> Result<String, String> {
        let mut command = Command::new("systemctl");
        if self.user {
            command.arg("--user");
        }
        let output = command.args(words).output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "there is no systemctl here: this needs systemd; `evtui service print` shows the unit, and `evtui run` runs under any supervisor".to_owned(),
            _ => format!("cannot run systemctl: {}", why(&error)),
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!("systemctl {}: {said}", words.join(" ")))
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

impl Install {
    fn chosen(&self, places: &Places) -> Places {
        let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let mut places = places.clone();
        if let Some(config) = &self.config_dir {
            places.config = whole(config);
        }
        if let Some(logs) = &self.log_dir {
            places.logs = whole(logs);
        }
        places
    }

    fn print(&self, places: &Places) -> Result<(), String> {
        let text = unit(&self.chosen(places), &program()?)?;
        io::stdout()
            .write_all(text.as_bytes())
            .map_err(|error| format!("cannot print: {}", why(&error)))
    }

    fn run(&self, places: &Places) -> Result<(), String> {
        needs_linux()?;
        let mut places = self.chosen(places);
        // Told before anything is written.
        places.systemctl(&["--version"])?;
        if places.unit.exists() {
            let unit = places.unit.display();
            return Err(format!(
                "{unit} exists already; `evtui service uninstall` removes it"
            ));
        }
        if !self.no_ask {
            if self.config_dir.is_none() {
                places.config = ask_path("Folder of the configuration", &places.config)?;
            }
            if self.log_dir.is_none() {
                places.logs = ask_path("Folder of the logs", &places.logs)?;
            }
            if !ask(
                &format!("Install the service {}?", places.unit.display()),
                true,
            )? {
                say("nothing was changed");
                return Ok(());
            }
        }
        let text = unit(&places, &program()?)?;
        for folder in [&places.config.join("generators"), &places.logs] {
            std::fs::create_dir_all(folder).map_err(|error| refused("make", folder, &error))?;
        }
        keep_or_write(&places.settings(), &settings(&places))?;
        let list = places.config.join("startup.yml");
        keep_or_write(
            &list,
            "# One entry for each generator:\n# - id: web\n#   path: web/generator.yml\n[]\n",
        )?;
        if let Some(folder) = places.unit.parent() {
            std::fs::create_dir_all(folder).map_err(|error| refused("make", folder, &error))?;
        }
        std::fs::write(&places.unit, text)
            .map_err(|error| refused("write", &places.unit, &error))?;
        places.systemctl(&["daemon-reload"])?;
        let user = if places.user { " --user" } else { "" };
        say(&format!("installed {}", places.unit.display()));
        say(&format!(
            "put projects into {} and list them in {}",
            places.config.join("generators").display(),
            list.display()
        ));
        say(&format!(
            "start it now and at boot: systemctl{user} enable --now {NAME}"
        ));
        if places.user {
            say("keep it running after you log out: loginctl enable-linger");
        }
        Ok(())
    }
}

fn refused(what: &str, path: &Path, error: &io::Error) -> String {
    let help = if error.kind() == io::ErrorKind::PermissionDenied {
        "; the service of the system needs root, `--user` makes one of your own"
    } else {
        ""
    };
    format!("cannot {what} {}: {}{help}", path.display(), why(error))
}

fn needs_linux() -> Result<(), String> {
    if cfg!(target_os = "linux") {
        Ok(())
    } else {
        Err("services are made for systemd, which is found on Linux only".to_owned())
    }
}

fn program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|error| format!("cannot tell where evtui is: {}", why(&error)))
}

/// Writes a file that is not there yet.
fn keep_or_write(path: &Path, text: &str) -> Result<(), String> {
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    match opened.and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            say(&format!("kept {}", path.display()));
            Ok(())
        }
        Err(error) => Err(refused("write", path, &error)),
    }
}

fn settings(places: &Places) -> String {
    let config = &places.config;
    let path = |path: &Path| serde_json::Value::from(path.display().to_string()).to_string();
    format!(
        "# Settings of evtui run; all of Eventum's are known.\nserver: {{}}\ngeneration:\n  timezone: UTC\nlog:\n  level: info\n  format: plain\n  max_bytes: 10485760\n  backups: 5\npath:\n  logs: {}\n  startup: {}\n  generators_dir: {}\n  keyring_cryptfile: {}\n",
        path(&places.logs),
        path(&config.join("startup.yml")),
        path(&config.join("generators")),
        path(&config.join("cryptfile.cfg")),
    )
}

/// The unit, `Type=notify` with a watchdog.
fn unit(places: &Places, program: &Path) -> Result<String, String> {
    let mut text = String::new();
    let exec = format!(
        "{} run --config {}",
        word(program)?,
        word(&places.settings())?
    );
    let network = if places.user {
        ""
    } else {
        "After=network-online.target\nWants=network-online.target\n"
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "[Unit]\nDescription=evtui, a generator of synthetic events\n{network}\n\
         [Service]\nType=notify\nNotifyAccess=main\nExecStart={exec}\n\
         ExecReload=/bin/kill -HUP $MAINPID\nRestart=on-failure\nRestartSec=5\n\
         SuccessExitStatus=129 130 143\nWatchdogSec=30\nTimeoutStartSec=300\nTimeoutStopSec=30\n\
         StandardOutput=journal\nStandardError=journal\nSyslogIdentifier={NAME}\n\n\
         [Install]\nWantedBy={}\n",
        places.wanted_by
    );
    Ok(text)
}

/// A path as a word of a unit's command.
fn word(path: &Path) -> Result<String, String> {
    let text = path
        .to_str()
        .ok_or_else(|| format!("systemd takes only UTF-8 paths, not {}", path.display()))?;
    if text.contains(['\n', '\r']) {
        return Err(format!("systemd takes no path with line breaks: {text:?}"));
    }
    let text = text.replace('%', "%%").replace('$', "$$");
    let plain = |one: char| one.is_alphanumeric() || "/._-+,:@%$".contains(one);
    Ok(if text.chars().all(plain) {
        text
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    })
}

fn uninstall(places: &Places, purge: bool) -> Result<(), String> {
    needs_linux()?;
    if !places.unit.exists() {
        return Err(format!(
            "the service is not installed: there is no {}",
            places.unit.display()
        ));
    }
    let named = named_settings(places);
    for words in [["stop", NAME], ["disable", NAME]] {
        // One that does not run or is not enabled is as wanted.
        if let Err(why) = places.systemctl(&words) {
            say(&format!("warning: {why}"));
        }
    }
    std::fs::remove_file(&places.unit).map_err(|error| refused("remove", &places.unit, &error))?;
    places.systemctl(&["daemon-reload"])?;
    say(&format!("removed {}", places.unit.display()));
    if !purge {
        return Ok(());
    }
    let settings = named.unwrap_or_else(|| places.settings());
    let logs = std::fs::read_to_string(&settings).ok().and_then(|text| {
        let (read, _) = read_settings(&text, &settings);
        Some(read?.paths.logs)
    });
    let folders = [settings.parent().map(PathBuf::from), logs];
    for folder in folders.into_iter().flatten().filter(|one| one.is_dir()) {
        if ask(
            &format!("Delete {} and all that is in it?", folder.display()),
            false,
        )? {
            std::fs::remove_dir_all(&folder).map_err(|error| refused("delete", &folder, &error))?;
            say(&format!("deleted {}", folder.display()));
        }
    }
    Ok(())
}

/// The settings file that the installed unit names.
fn named_settings(places: &Places) -> Option<PathBuf> {
    let text = std::fs::read_to_string(&places.unit).ok()?;
    let line = text.lines().find(|line| line.starts_with("ExecStart="))?;
    let (_, named) = line.split_once(" --config ")?;
    let named = named.trim().trim_matches('"').replace("\\\"", "\"");
    Some(PathBuf::from(named.replace("%%", "%").replace("$$", "$")))
}

fn status(places: &Places) -> Result<(), String> {
    needs_linux()?;
    let mut text = format!("Service: {NAME}\nUnit: {}", places.unit.display());
    if places.unit.exists() {
        let state = places.systemctl(&["show", "-p", "ActiveState,SubState,StatusText", NAME])?;
        let value = |name: &str| {
            let found = state
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            found.unwrap_or("").to_owned()
        };
        let active = value("ActiveState");
        let sub = value("SubState");
        let state = if sub.is_empty() || active == "inactive" {
            active
        } else {
            format!("{active} ({sub})")
        };
        let enabled = match places.systemctl(&["is-enabled", NAME]) {
            Ok(_) => "yes",
            Err(_) => "no",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "\nState: {state}\nEnabled: {enabled}");
        let said = value("StatusText");
        if !said.is_empty() {
            let _ = write!(text, "\nGenerators: {said}");
        }
        if let Some(settings) = named_settings(places) {
            let _ = write!(text, "\nConfig: {}", settings.display());
        }
    } else {
        text.push_str(" (not installed)");
    }
    writeln!(io::stdout(), "{text}").map_err(|error| format!("cannot print: {}", why(&error)))
}

fn answer(question: &str) -> Result<String, String> {
    let asked = write!(io::stderr(), "{question} ").and_then(|()| io::stderr().flush());
    let mut line = String::new();
    let read = asked.and_then(|()| io::stdin().lock().read_line(&mut line));
    match read {
        Ok(0) => Err("nobody answers; add --no-ask to take the defaults".to_owned()),
        Ok(_) => Ok(line.trim().to_owned()),
        Err(error) => Err(format!("cannot ask: {}", why(&error))),
    }
}

fn ask_path(what: &str, default: &Path) -> Result<PathBuf, String> {
    let given = answer(&format!("{what} [{}]:", default.display()))?;
    if given.is_empty() {
        return Ok(default.to_owned());
    }
    std::path::absolute(&given).map_err(|error| format!("{given}: {}", why(&error)))
}

fn ask(question: &str, default: bool) -> Result<bool, String> {
    let choices = if default { "[Y/n]" } else { "[y/N]" };
    let given = answer(&format!("{question} {choices}"))?.to_lowercase();
    Ok(match given.as_str() {
        "" => default,
        given => matches!(given, "y" | "yes"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn places(user: bool) -> Places {
        let variable = |name: &str| (name == "HOME").then(|| PathBuf::from("/home/a b"));
        Places::with(user, &variable).unwrap()
    }

    #[test]
    fn the_unit_of_the_system() {
        let text = unit(&places(false), Path::new("/usr/bin/evtui")).unwrap();
        assert_eq!(
            text,
            "[Unit]\nDescription=evtui, a generator of synthetic events\nAfter=network-online.target\nWants=network-online.target\n\n[Service]\nType=notify\nNotifyAccess=main\nExecStart=/usr/bin/evtui run --config /etc/evtui/eventum.yml\nExecReload=/bin/kill -HUP $MAINPID\nRestart=on-failure\nRestartSec=5\nSuccessExitStatus=129 130 143\nWatchdogSec=30\nTimeoutStartSec=300\nTimeoutStopSec=30\nStandardOutput=journal\nStandardError=journal\nSyslogIdentifier=evtui\n\n[Install]\nWantedBy=multi-user.target\n"
        );
    }

    #[test]
    fn the_unit_of_a_user_and_odd_paths() {
        let places = places(true);
        assert_eq!(
            places.unit,
            Path::new("/home/a b/.config/systemd/user/evtui.service")
        );
        assert_eq!(places.logs, Path::new("/home/a b/.local/state/evtui/logs"));
        let text = unit(&places, Path::new("/opt/100%/evtui")).unwrap();
        assert!(text.contains(
            "ExecStart=/opt/100%%/evtui run --config \"/home/a b/.config/evtui/eventum.yml\"\n"
        ));
        assert!(text.ends_with("WantedBy=default.target\n"));
        assert!(word(Path::new("/a\nb")).is_err());
        let none = |_: &str| None;
        assert!(Places::with(true, &none).is_err());
    }

    #[test]
    fn the_settings_that_are_written_are_sound() {
        let text = settings(&places(true));
        let (read, problems) = read_settings(&text, Path::new("eventum.yml"));
        assert_eq!(problems.0, []);
        let paths = read.unwrap().paths;
        assert_eq!(
            paths.startup,
            Path::new("/home/a b/.config/evtui/startup.yml")
        );
        assert_eq!(paths.logs, places(true).logs);
    }
}
