#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use rstest::rstest;

use super::{LogLevel, LogRotation, LogSettings, Severity, read_settings};

const PATHS: &str =
    "path: {logs: /l, startup: /s.yml, generators_dir: /g, keyring_cryptfile: /k}\n";

fn problems(text: &str) -> Vec<String> {
    let (settings, problems) = read_settings(text, Path::new("/etc/eventum/eventum.yml"));
    assert_eq!(settings.is_none(), problems.has_errors());
    let lines = problems.0.iter().map(|one| {
        let start = one.place.as_ref().unwrap().span.unwrap().start;
        let (line, column) = (start.line, start.column);
        format!("{line}:{column} {} [{}]", one.message, one.setting)
    });
    lines.collect()
}

#[test]
fn a_file_of_eventum_is_taken_as_it_is() {
    // What `eventum service install` writes.
    let text = "server.ui_enabled: true\nserver.api_enabled: true\nserver.host: 0.0.0.0\nserver.port: 9474\nserver.ssl.enabled: false\nserver.auth.user: eventum\nserver.auth.password: eventum\nserver.mcp.enabled: false\nserver.mcp.allow_write: false\nserver.mcp.path: /mcp\nserver.mcp.allowed_hosts: []\ngeneration.timezone: UTC\ngeneration.batch.size: 10000\ngeneration.batch.delay: 1.0\ngeneration.queue.max_timestamp_batches: 10\ngeneration.queue.max_event_batches: 10\ngeneration.keep_order: false\ngeneration.max_concurrency: 100\ngeneration.write_timeout: 10\nlog.level: info\nlog.format: plain\nlog.max_bytes: 10485760\nlog.backups: 5\npath.logs: /var/log/eventum\npath.startup: /etc/eventum/startup.yml\npath.generators_dir: /etc/eventum/generators\npath.keyring_cryptfile: /etc/eventum/cryptfile.cfg\npath.generator_config_filename: generator.yml\n";
    let (settings, problems) = read_settings(text, Path::new("eventum.yml"));
    let settings = settings.expect("sound");
    assert_eq!(settings.log, LogSettings::default());
    assert_eq!(settings.paths.logs, Path::new("/var/log/eventum"));
    assert_eq!(settings.paths.generator_config_filename, "generator.yml");
    assert_eq!(settings.generation, super::Parameters::default());
    let [note] = &problems.0[..] else {
        panic!("{problems:?}")
    };
    assert_eq!(note.severity, Severity::Warning);
    assert!(note.message.contains("checked and not used"));
}

#[test]
fn every_option_is_read() {
    let text = "server: {}\ngeneration: {timezone: Europe/Berlin, batch.size: 7}\nlog: {level: critical, format: json, max_bytes: 1024, backups: 1, rotate: daily}\npath: {logs: /l, startup: /s.yml, generators_dir: /g, keyring_cryptfile: /k, generator_config_filename: g.yaml}\n";
    let (settings, problems) = read_settings(text, Path::new("eventum.yml"));
    assert_eq!(problems.0, []);
    let settings = settings.unwrap();
    assert_eq!(settings.generation.batch.size, Some(7));
    assert_eq!(settings.generation.batch.delay, None);
    assert_eq!(settings.generation.zone.name(), "Europe/Berlin");
    let log = LogSettings {
        level: LogLevel::Error,
        json: true,
        max_bytes: 1024,
        backups: 1,
        rotate: LogRotation::Daily,
    };
    assert_eq!(settings.log, log);
    assert_eq!(settings.paths.generator_config_filename, "g.yaml");
}

#[test]
fn all_problems_are_told_at_once() {
    let text = "server: {prot: 1, port: 70000, ssl: {enabled: true}}\ngeneration: {batch: {size: ~, delay: ~}, timezone: Mars}\nlog: {level: INFO, max_bytes: 5}\npath: {logs: logs, startup: /s, generators_dir: /g, generator_config_filename: a/b.yml}\nthing: 1\n";
    let found = problems(text);
    for expected in [
        "1:10 `server` has no option `prot`",
        "1:25",
        "TLS needs `cert` and `cert_key` [server.ssl]",
        "there is no time zone `Mars` [generation.timezone]",
        "[log.level]",
        "must be at least 1024",
        "4:14 the path `logs` is not absolute [path.logs]",
        "`path` needs the option `keyring_cryptfile`",
        "a file name without folders",
        "5:1 `eventum.yml` has no option `thing`",
    ] {
        let told = found.iter().any(|one| one.contains(expected));
        assert!(told, "{expected}: {found:#?}");
    }
}

#[rstest]
#[case("", "takes a mapping")]
#[case("- 1", "takes a mapping")]
#[case("server: {}\ngeneration: {}\nlog: {}\n", "needs the option `path`")]
#[case(
    "server:\ngeneration: {}\nlog: {}\npath: {}\n",
    "`server` takes a mapping of options, not nothing"
)]
fn sections_are_required(#[case] text: &str, #[case] expected: &str) {
    let found = problems(text);
    assert!(found.iter().any(|one| one.contains(expected)), "{found:?}");
}

#[rstest]
#[case("ssl: {cert: /a}", "belong together")]
#[case("ssl: {cert: a, cert_key: /b}", "is not absolute")]
#[case("ssl: {verify_mode: maybe}", "maybe")]
#[case("mcp: {path: mcp}", "begins with `/`")]
#[case("mcp: {path: /mcp/}", "begins with `/`")]
#[case("auth: {user: ''}", "must not be empty")]
#[case("host: ''", "must not be empty")]
#[case("port: 0", "must be from 1 to 65535")]
fn the_server_is_checked_although_there_is_none(#[case] server: &str, #[case] expected: &str) {
    let found = problems(&format!(
        "server: {{{server}}}\ngeneration: {{}}\nlog: {{}}\n{PATHS}"
    ));
    assert!(found.iter().any(|one| one.contains(expected)), "{found:?}");
}

#[test]
fn a_password_is_never_shown() {
    for server in ["auth: {password: 31337}", "auth.password: [31337]"] {
        let text = format!("server: {{{server}}}\ngeneration: {{}}\nlog: {{}}\n{PATHS}");
        let (_, problems) = read_settings(&text, Path::new("eventum.yml"));
        assert!(problems.has_errors());
        assert!(!format!("{problems:?}").contains("31337"), "{problems:?}");
    }
}
