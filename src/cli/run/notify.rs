//! What a service manager is told: the protocol of systemd's `sd_notify`, over its datagram socket.
//!
//! Without a manager nothing is sent. What cannot be sent is of no consequence for the generators.

use std::ffi::OsString;
use std::time::Duration;

/// The way to the service manager, if there is one.
#[derive(Debug, Default)]
pub(super) struct Notify {
    #[cfg(unix)]
    socket: Option<(
        std::os::unix::net::UnixDatagram,
        std::os::unix::net::SocketAddr,
    )>,
    watchdog: Option<Duration>,
}

impl Notify {
    /// What the environment of the process says: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
    pub(super) fn from_environment() -> Self {
        Self::from(|name| std::env::var_os(name))
    }

    fn from(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let number = |name: &str| variable(name)?.into_string().ok()?.parse::<u64>().ok();
        let ours = number("WATCHDOG_PID").is_none_or(|id| id == u64::from(std::process::id()));
        let every = number("WATCHDOG_USEC").filter(|&us| us > 0 && ours);
        Self {
            #[cfg(unix)]
            socket: variable("NOTIFY_SOCKET").and_then(|path| connect(&path)),
            watchdog: every.map(Duration::from_micros),
        }
    }

    /// How often [`alive`](Self::alive) has to be called: twice in the time the manager waits.
    pub(super) fn pulse(&self) -> Option<Duration> {
        self.watchdog.map(|every| every / 2)
    }

    /// All that starts by itself has been started, or a reload is done.
    pub(super) fn ready(&self, status: &str) {
        self.send(&format!("READY=1\nSTATUS={}", one_line(status)));
    }

    /// A reload begins.
    pub(super) fn reloading(&self) {
        self.send(&format!("RELOADING=1\n{}STATUS=reloading", since_boot()));
    }

    /// The end begins.
    pub(super) fn stopping(&self) {
        self.send("STOPPING=1\nSTATUS=stopping");
    }

    /// What goes on, for `systemctl status`.
    pub(super) fn status(&self, status: &str) {
        self.send(&format!("STATUS={}", one_line(status)));
    }

    /// Feeds the watchdog.
    pub(super) fn alive(&self) {
        if self.watchdog.is_some() {
            self.send("WATCHDOG=1");
        }
    }

    #[cfg(unix)]
    fn send(&self, message: &str) {
        if let Some((socket, address)) = &self.socket {
            // A manager that went away cannot be told anything.
            let _ = socket.send_to_addr(message.as_bytes(), address);
        }
    }

    #[cfg(not(unix))]
    fn send(&self, _: &str) {}
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

#[cfg(unix)]
fn connect(
    path: &OsString,
) -> Option<(
    std::os::unix::net::UnixDatagram,
    std::os::unix::net::SocketAddr,
)> {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let address = match path.as_bytes() {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => {
            use std::os::linux::net::SocketAddrExt as _;
            SocketAddr::from_abstract_name(name).ok()?
        }
        [b'/', ..] => SocketAddr::from_pathname(path).ok()?,
        _ => return None,
    };
    let socket = UnixDatagram::unbound().ok()?;
    // A manager whose queue is full must not stop the loop that feeds it.
    socket.set_nonblocking(true).ok()?;
    Some((socket, address))
}

/// The moment of a reload, as systemd's notify-reload wants it.
#[cfg(target_os = "linux")]
fn since_boot() -> String {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let us = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
    format!("MONOTONIC_USEC={us}\n")
}

#[cfg(not(target_os = "linux"))]
fn since_boot() -> String {
    String::new()
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::os::unix::net::UnixDatagram;

    use super::*;

    #[test]
    fn the_manager_hears_each_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let notify = Notify::from(|name| match name {
            "NOTIFY_SOCKET" => Some(path.clone().into_os_string()),
            "WATCHDOG_USEC" => Some("3000000".into()),
            _ => None,
        });
        assert_eq!(notify.pulse(), Some(Duration::from_millis(1_500)));
        notify.ready("2 generators\nrun");
        notify.reloading();
        notify.status("x");
        notify.alive();
        notify.stopping();
        let mut heard = Vec::new();
        for _ in 0..5 {
            let mut bytes = [0; 200];
            let length = manager.recv(&mut bytes).unwrap();
            heard.push(String::from_utf8(bytes[..length].to_vec()).unwrap());
        }
        assert_eq!(heard[0], "READY=1\nSTATUS=2 generators run");
        assert!(heard[1].starts_with("RELOADING=1\n"), "{}", heard[1]);
        #[cfg(target_os = "linux")]
        assert!(heard[1].contains("\nMONOTONIC_USEC="), "{}", heard[1]);
        assert_eq!(heard[2], "STATUS=x");
        assert_eq!(heard[3], "WATCHDOG=1");
        assert!(heard[4].starts_with("STOPPING=1"), "{}", heard[4]);
    }

    #[test]
    fn another_process_and_no_manager_are_left_alone() {
        let notify = Notify::from(|name| match name {
            "WATCHDOG_USEC" => Some("3000000".into()),
            "WATCHDOG_PID" => Some("1".into()),
            _ => None,
        });
        assert_eq!(notify.pulse(), None);
        notify.ready("x");
        notify.alive();
        let odd = Notify::from(|name| (name == "NOTIFY_SOCKET").then(|| "relative".into()));
        odd.ready("x");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_socket_is_found() {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::net::SocketAddr;
        let name = format!("evtui-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(name.as_bytes()).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        let notify =
            Notify::from(|one| (one == "NOTIFY_SOCKET").then(|| format!("@{name}").into()));
        notify.status("x");
        let mut bytes = [0; 20];
        assert_eq!(manager.recv(&mut bytes).unwrap(), "STATUS=x".len());
    }
}
