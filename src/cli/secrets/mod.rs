//! `evtui secrets`: the encrypted store behind `${secrets.*}`.

mod prompt;

use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::report::{Paint, finish, visible};
use crate::config::{near, why};
use crate::instance::secrets::{
    Contents, DEFAULT_KEYRING_PASSWORD, Hidden, Keyring, Secrets, SecretsError, Store, check_name,
    read_password,
};

/// Exit code of a process that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Keep passwords and tokens for ${secrets.NAME} in an encrypted store
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The password of the store comes from EVTUI_SECRETS_PASSWORD, from a file, or \
                        from a prompt. Secrets are also taken from the environment, before the store: \
                        EVTUI_SECRET_NAME."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: StoreArgs,
}

/// Where the store is and what opens it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct StoreArgs {
    /// The store [default: evtui/secrets.json in $XDG_DATA_HOME or ~/.local/share]
    #[arg(
        long = "secrets-file",
        value_name = "PATH",
        env = "EVTUI_SECRETS_FILE",
        global = true
    )]
    store: Option<PathBuf>,
    /// File whose first line is the password of the store
    #[arg(
        long = "secrets-password-file",
        visible_alias = "password-file",
        value_name = "PATH",
        global = true
    )]
    password_file: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the names
    List,
    /// Set a secret; its value is asked for, and never an argument
    Set {
        /// As in ${secrets.NAME}
        name: String,
        /// Read the value from standard input; a line break at its end is left out
        #[arg(long)]
        stdin: bool,
    },
    /// Print the value of a secret, and nothing else
    Get {
        /// As in ${secrets.NAME}
        name: String,
    },
    /// Remove a secret
    #[command(visible_alias = "rm")]
    Remove {
        /// As in ${secrets.NAME}
        name: String,
    },
    /// Copy the secrets of Eventum's keyring file into the store; the file is only read
    Import {
        /// The keyring file, such as ~/.local/share/python_keyring/cryptfile_pass.cfg
        file: PathBuf,
        /// Names as they were set, for those with many letters whose capitals cannot be guessed
        #[arg(long = "name", value_name = "NAME")]
        names: Vec<String>,
        /// File whose first line is the keyring's password; otherwise it comes from
        /// EVENTUM_KEYRING_PASSWORD or a prompt
        #[arg(long, value_name = "PATH")]
        keyring_password_file: Option<PathBuf>,
        /// Overwrite secrets that the store has already
        #[arg(long)]
        replace: bool,
    },
}

impl StoreArgs {
    /// The sources of secrets, with a person to ask when there is a terminal.
    pub(super) fn secrets(&self) -> Secrets {
        Secrets::from_environment()
            .store_at(self.store.clone())
            .password_from(self.password_file.clone())
            .asking(Arc::new(|path| {
                let title = format!("Password of {}: ", visible(&path.display().to_string()));
                prompt::ask(&title)
            }))
    }
}

/// What went wrong, and what to do about it.
struct Failure {
    message: String,
    help: Option<String>,
    code: u8,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            code: 1,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Self {
        Self {
            message: error.to_string(),
            help: error.help(),
            code: match error {
                SecretsError::Interrupted => INTERRUPTED,
                _ => 1,
            },
        }
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    let secrets = args.place.secrets();
    let done = match &args.command {
        Command::List => list(&secrets),
        Command::Set { name, stdin } => set(&secrets, name, *stdin),
        Command::Get { name } => get(&secrets, name),
        Command::Remove { name } => remove(&secrets, name),
        Command::Import {
            file,
            names,
            keyring_password_file,
            replace,
        } => keyring_password(&secrets, file, keyring_password_file.as_deref())
            .and_then(|password| import(&secrets, file, names, &password, *replace)),
    };
    done.unwrap_or_else(|failure| {
        show(&failure);
        ExitCode::from(failure.code)
    })
}

fn show(failure: &Failure) {
    let paint = Paint::on(&io::stderr());
    let mut text = format!("{}: {}\n", paint.error("error"), visible(&failure.message));
    if let Some(help) = &failure.help {
        text.push_str(&format!("  help: {}\n", visible(help)));
    }
    // Nowhere is left to report to when this fails.
    let _ = io::stderr().write_all(text.as_bytes());
}

fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(text));
}

/// The secrets in a store that has to be there.
fn contents(secrets: &Secrets) -> Result<Contents, Failure> {
    let store = secrets.store()?;
    if !store.exists() {
        return Err(SecretsError::Missing(store.path().to_owned()).into());
    }
    Ok(store.read(&secrets.password()?)?)
}

fn list(secrets: &Secrets) -> Result<ExitCode, Failure> {
    let names: String = contents(secrets)?
        .keys()
        .map(|name| format!("{name}\n"))
        .collect();
    Ok(finish(io::stdout().write_all(names.as_bytes()), true))
}

fn get(secrets: &Secrets, name: &str) -> Result<ExitCode, Failure> {
    let all = contents(secrets)?;
    let value = all.get(name).ok_or_else(|| unknown(name, &all))?;
    let mut out = io::stdout().lock();
    let written = out
        .write_all(value.expose().as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    Ok(finish(written, true))
}

fn unknown(name: &str, all: &Contents) -> Failure {
    let failure = Failure::new(format!("there is no secret `{name}`"));
    match near(name, all.keys().map(String::as_str)) {
        Some(known) => failure.help(format!("did you mean `{known}`?")),
        None => failure.help("`evtui secrets list` prints the names"),
    }
}

fn set(secrets: &Secrets, name: &str, stdin: bool) -> Result<ExitCode, Failure> {
    check_name(name)?;
    let store = secrets.store()?;
    let password = if store.exists() {
        // A wrong one is told before the value has to be typed.
        let password = secrets.password()?;
        store.read(&password)?;
        password
    } else {
        new_password(secrets, &store)?
    };
    let value = if stdin {
        from_stdin()?
    } else {
        let nobody = || {
            Failure::new("there is no terminal to ask for the value on")
                .help("pass it to standard input and add --stdin")
        };
        twice(&format!("Value of {name}: "), "Once more: ")?.ok_or_else(nobody)?
    };
    if value.expose().is_empty() {
        return Err(Failure::new("the value is empty").help("nothing was changed"));
    }
    let before = store.change(&password, |all| all.insert(name.to_owned(), value))?;
    say(match before {
        Some(_) => "Changed.",
        None => "Set.",
    });
    Ok(ExitCode::SUCCESS)
}

fn remove(secrets: &Secrets, name: &str) -> Result<ExitCode, Failure> {
    let all = contents(secrets)?;
    if !all.contains_key(name) {
        return Err(unknown(name, &all));
    }
    let store = secrets.store()?;
    store.change(&secrets.password()?, |all| all.remove(name))?;
    say("Removed.");
    Ok(ExitCode::SUCCESS)
}

/// The password for a store that is about to be made; one that is typed is typed twice.
fn new_password(secrets: &Secrets, store: &Store) -> Result<Hidden, Failure> {
    if let Some(password) = secrets.known_password()? {
        return Ok(password);
    }
    let path = visible(&store.path().display().to_string());
    let password = twice(&format!("New password for {path}: "), "Once more: ")?
        .ok_or_else(|| SecretsError::Locked(store.path().to_owned()))?;
    if password.expose().is_empty() {
        return Err(Failure::new("the password is empty").help("nothing was changed"));
    }
    Ok(password)
}

/// Asks twice for the same; `None` when there is no terminal.
fn twice(title: &str, again: &str) -> Result<Option<Hidden>, Failure> {
    let Some(first) = prompt::ask(title)? else {
        return Ok(None);
    };
    if first.expose().is_empty() {
        return Ok(Some(first));
    }
    match prompt::ask(again)? {
        Some(second) if second == first => Ok(Some(first)),
        Some(_) => Err(Failure::new("the two are not the same").help("nothing was changed")),
        None => Ok(None),
    }
}

fn from_stdin() -> Result<Hidden, Failure> {
    let mut text = String::new();
    let read = io::stdin().lock().read_to_string(&mut text);
    let value = Hidden::new(text);
    read.map_err(|error| Failure::new(format!("cannot read the value: {}", why(&error))))?;
    let text = value.expose();
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(Hidden::new(text.strip_suffix('\r').unwrap_or(text)))
}

fn keyring_password(
    secrets: &Secrets,
    file: &Path,
    password_file: Option<&Path>,
) -> Result<Hidden, Failure> {
    if let Some(path) = password_file {
        return Ok(read_password(path)?);
    }
    if let Some(password) = secrets.keyring_password() {
        return Ok(password);
    }
    let path = visible(&file.display().to_string());
    let title = format!("Password of {path} (nothing for Eventum's default): ");
    let typed = prompt::ask(&title)?;
    Ok(typed
        .filter(|typed| !typed.expose().is_empty())
        .unwrap_or_else(|| Hidden::new(DEFAULT_KEYRING_PASSWORD)))
}

fn import(
    secrets: &Secrets,
    file: &Path,
    names: &[String],
    password: &Hidden,
    replace: bool,
) -> Result<ExitCode, Failure> {
    let keyring = Keyring::read(file)?;
    if keyring.entries().is_empty() {
        say("There are no secrets in it.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut found = Contents::new();
    let mut sound = true;
    for entry in keyring.entries() {
        let matching = |name: &&String| {
            keyring
                .entry(name)
                .is_some_and(|other| other.name == entry.name)
        };
        let given: Vec<String> = names.iter().filter(matching).cloned().collect();
        match keyring.open(entry, password, &given) {
            Ok((name, value)) => {
                if let Err(error) = check_name(&name) {
                    sound = false;
                    show(&error.into());
                } else {
                    found.insert(name, value);
                }
            }
            // The others would fail in the same way, a second each.
            Err(error @ SecretsError::WrongKeyringPassword(..)) if found.is_empty() => {
                return Err(error.into());
            }
            Err(error) => {
                sound = false;
                show(&error.into());
            }
        }
    }
    let store = secrets.store()?;
    let store_password = if store.exists() {
        secrets.password()?
    } else {
        new_password(secrets, &store)?
    };
    let (taken, kept) = store.change(&store_password, |all| merge(all, found, replace))?;
    for name in &taken {
        say(&format!("Imported {name}."));
    }
    for name in &kept {
        sound = false;
        say(&format!(
            "Kept {name}, which has another value in the store; --replace overwrites it."
        ));
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Adds what is new; the names that were taken, and those that stayed as they were.
fn merge(all: &mut Contents, found: Contents, replace: bool) -> (Vec<String>, Vec<String>) {
    let (mut taken, mut kept) = (Vec::new(), Vec::new());
    for (name, value) in found {
        if !replace && all.get(&name).is_some_and(|known| *known != value) {
            kept.push(name);
            continue;
        }
        all.insert(name.clone(), value);
        taken.push(name);
    }
    (taken, kept)
}
