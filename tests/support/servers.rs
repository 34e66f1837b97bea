//! Real servers for tests: found, started on a free port in a folder of their own, ended with the test.
//!
//! ```ignore
//! let Some(server) = Recipe::new("redis-server")
//!     .args(["--port", "{port}", "--save", ""])
//!     .start()
//! else {
//!     return; // said loudly; a failure where EVTUI_NO_SKIP is set
//! };
//! let url = format!("redis://127.0.0.1:{}", server.port());
//! ```
//!
//! In arguments, files and environment, `{port}` stands for the port, `{port2}` for a second one and
//! `{dir}` for the folder. Knows nothing of the program under test.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait for a server to answer or to end; passing it is a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Pause between two looks at something that is not there yet.
const LOOK: Duration = Duration::from_millis(5);

/// Ends of the server's log that failures show.
const LINES: usize = 40;

/// Says that a test was not run for want of `program`.
///
/// # Panics
/// Where `EVTUI_NO_SKIP` is set.
pub fn missing(program: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let said = format!("NOT RUN: {test}: {program} is not installed");
    // Not `eprintln!`, which the test harness keeps to itself while all is well.
    drop(writeln!(io::stderr(), "{said}"));
    assert!(std::env::var_os("EVTUI_NO_SKIP").is_none(), "{said}");
}

/// Looks for a program in PATH and where Debian keeps servers.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin"].map(PathBuf::from));
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    let mut found = folders.into_iter().map(|folder| folder.join(program));
    found.find(|candidate| candidate.is_file())
}

type Probe = Arc<dyn Fn(u16) -> bool + Send + Sync>;

/// How a server is started.
#[derive(Clone)]
pub struct Recipe {
    program: &'static str,
    args: Vec<String>,
    files: Vec<(String, String)>,
    env: Vec<(String, String)>,
    before: Vec<(&'static str, Vec<String>)>,
    user: Option<&'static str>,
    probe: Probe,
}

impl Recipe {
    /// A program that listens on `{port}` of 127.0.0.1 and is ready when that takes connections.
    pub fn new(program: &'static str) -> Self {
        Self {
            program,
            args: Vec::new(),
            files: Vec::new(),
            env: Vec::new(),
            before: Vec::new(),
            user: None,
            probe: Arc::new(|port| TcpStream::connect(("127.0.0.1", port)).is_ok()),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.args.extend(args.into_iter().map(str::to_owned));
        self
    }

    /// Adds a file to the folder, such as a configuration.
    #[must_use]
    pub fn file(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs another program to its end before the first start, such as one that makes a database.
    #[must_use]
    pub fn before<'a>(
        mut self,
        program: &'static str,
        args: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let args = args.into_iter().map(str::to_owned).collect();
        self.before.push((program, args));
        self
    }

    /// The account to use when the test runs as root, for servers that refuse to.
    #[must_use]
    pub fn user(mut self, name: &'static str) -> Self {
        self.user = Some(name);
        self
    }

    /// Another way to see that the server is ready; asked again and again until it says yes.
    #[must_use]
    pub fn ready(mut self, probe: impl Fn(u16) -> bool + Send + Sync + 'static) -> Self {
        self.probe = Arc::new(probe);
        self
    }

    /// Starts the server and waits until it is ready; `None` when it is not installed ([`missing`]).
    ///
    /// # Panics
    /// When it does not start, with the end of its log.
    pub fn start(&self) -> Option<Server> {
        let mut programs = self.before.iter().map(|(program, _)| *program);
        let absent = |program: &&str| find(program).is_none();
        if let Some(program) = programs.find(absent).or(Some(self.program).filter(absent)) {
            missing(program);
            return None;
        }
        let mut server = Server::new(self.clone());
        // Another process may have taken the port between the choice and the start.
        for _ in 0..3 {
            server.prepare();
            if server.launch().is_ok() {
                return Some(server);
            }
            server = Server::new(self.clone());
        }
        server.prepare();
        if let Err(reason) = server.launch() {
            panic!("{} {reason}\n{}", self.program, server.log());
        }
        Some(server)
    }
}

/// A server that runs, until it is dropped.
pub struct Server {
    recipe: Recipe,
    folder: tempfile::TempDir,
    ports: [u16; 2],
    child: Option<Child>,
}

impl Server {
    fn new(recipe: Recipe) -> Self {
        // Both are held until both are known, so that they differ.
        let held = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        Self {
            recipe,
            folder: tempfile::tempdir().unwrap(),
            ports: held.map(|listener| listener.local_addr().unwrap().port()),
            child: None,
        }
    }

    /// The port it listens on, at 127.0.0.1; the same after a restart.
    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    /// The second port of the recipe.
    pub fn port2(&self) -> u16 {
        self.ports[1]
    }

    /// Its folder, gone with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The end of what it said.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.path().join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.len().saturating_sub(LINES);
        lines.get(first..).unwrap_or_default().join("\n")
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Asks it to end and waits for that.
    ///
    /// # Panics
    /// When it does not end.
    pub fn stop(&mut self) {
        let Some(child) = &mut self.child else {
            return;
        };
        let pid = child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(
            told.is_ok_and(|status| status.success()),
            "kill -TERM {pid}"
        );
        let deadline = Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() {
            assert!(
                Instant::now() < deadline,
                "it does not end:\n{}",
                self.log()
            );
            std::thread::sleep(LOOK);
        }
        self.child = None;
    }

    /// Starts it again, on the same port and over the same folder.
    ///
    /// # Panics
    /// When it does not start, with the end of its log.
    pub fn start_again(&mut self) {
        self.kill();
        if let Err(reason) = self.launch() {
            panic!("{} {reason}\n{}", self.recipe.program, self.log());
        }
    }

    /// Runs a program of the same account in the folder to its end, such as a client.
    ///
    /// # Panics
    /// When it is not there or fails, with what it said.
    pub fn client<'a>(&self, program: &str, args: impl IntoIterator<Item = &'a str>) -> String {
        let path = find(program).unwrap_or_else(|| panic!("{program} is not installed"));
        let mut command = self.command(&path);
        command.args(args.into_iter().map(|arg| self.filled(arg)));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}{errors}");
        said
    }

    fn filled(&self, text: &str) -> String {
        text.replace("{port}", &self.ports[0].to_string())
            .replace("{port2}", &self.ports[1].to_string())
            .replace("{dir}", &self.folder.path().display().to_string())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .envs(
                self.recipe
                    .env
                    .iter()
                    .map(|(name, value)| (name, self.filled(value))),
            );
        #[cfg(unix)]
        if let Some((user, group)) = self.recipe.user.and_then(account) {
            use std::os::unix::process::CommandExt;
            command.uid(user).gid(group);
        }
        command
    }

    /// Fills the folder.
    fn prepare(&self) {
        self.own(self.folder.path());
        for (name, text) in &self.recipe.files {
            let path = self.folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, self.filled(text)).unwrap();
            self.own(&path);
        }
        for (program, args) in &self.recipe.before {
            self.client(program, args.iter().map(String::as_str));
        }
    }

    /// Gives a file or folder to the account of the server.
    fn own(&self, path: &Path) {
        #[cfg(unix)]
        if let Some((user, group)) = self.recipe.user.and_then(account) {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        }
        #[cfg(not(unix))]
        let _ = path;
    }

    /// Starts the program and waits until it is ready.
    fn launch(&mut self) -> Result<(), String> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        let path = find(self.recipe.program).ok_or("is not installed")?;
        let mut command = self.command(&path);
        command
            .args(self.recipe.args.iter().map(|arg| self.filled(arg)))
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot be started: {error}"))?;
        let deadline = Instant::now() + PATIENCE;
        let ended = |status: ExitStatus| format!("ended before it was ready: {status}");
        while !(self.recipe.probe)(self.ports[0]) {
            if let Some(status) = child.try_wait().unwrap() {
                return Err(ended(status));
            }
            if Instant::now() > deadline {
                drop(child.kill());
                drop(child.wait());
                return Err("was not ready in time".to_owned());
            }
            std::thread::sleep(LOOK);
        }
        // Whoever answered may have been another process on the same port.
        if let Some(status) = child.try_wait().unwrap() {
            return Err(ended(status));
        }
        self.child = Some(child);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("-- log of {}:\n{}", self.recipe.program, self.log());
        }
        self.kill();
    }
}

/// User and group id of an account, when this process is root and may change to it.
#[cfg(unix)]
fn account(name: &str) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    // The owner of /proc/self is the effective user.
    if fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let fields = accounts
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name))?;
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

/// Waits until something holds, looking every few milliseconds.
///
/// # Panics
/// When it does not in time.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(LOOK);
    }
}
