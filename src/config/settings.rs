//! `eventum.yml`: the settings of an instance (`spec/engine.md` section 11.1).
//!
//! Every key of Eventum is accepted and checked, also those that have no meaning here.

use std::path::{Component, Path, PathBuf};

use super::startup::context;
use super::{
    Context, Diagnostics, Field, Kind, Node, Parameters, Schema, Section, Tree, parse_yaml,
};

/// The settings of an instance.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct InstanceSettings {
    /// Defaults of all generators.
    pub generation: Parameters,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Where things are.
    pub paths: PathSettings,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogSettings {
    /// Records below it are left out.
    pub level: LogLevel,
    /// JSON lines instead of plain ones.
    pub json: bool,
    /// Bytes after which a file is put aside, at least 1024.
    pub max_bytes: u64,
    /// Files put aside that are kept, at least 1.
    pub backups: u32,
    /// Puts files aside by time as well.
    pub rotate: LogRotation,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: LogLevel::Info,
            json: false,
            max_bytes: 10 << 20,
            backups: 5,
            rotate: LogRotation::Size,
        }
    }
}

/// How grave a record has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LogLevel {
    /// All.
    Debug,
    /// What was done.
    Info,
    /// What may be wrong.
    Warning,
    /// What is wrong; `critical` means the same, for nothing here is graver.
    Error,
}

/// When a log file is put aside, beside its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LogRotation {
    /// By size alone.
    Size,
    /// Every hour (UTC).
    Hourly,
    /// Every day (UTC).
    Daily,
}

/// Where the parts of an instance are. All absolute.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PathSettings {
    /// Folder of the logs.
    #[serde(with = "super::wire::path")]
    pub logs: PathBuf,
    /// The startup list.
    #[serde(with = "super::wire::path")]
    pub startup: PathBuf,
    /// Folder that relative paths of the startup list start from.
    #[serde(with = "super::wire::path")]
    pub generators_dir: PathBuf,
    /// File of secrets.
    #[serde(with = "super::wire::path")]
    pub keyring_cryptfile: PathBuf,
    /// Name of a project's document, for startup entries that name its folder.
    pub generator_config_filename: String,
}

static SETTINGS: Schema = Schema {
    name: "eventum.yml",
    doc: "Settings of an instance.",
    fields: &[
        Field::required(
            "server",
            Kind::Section(&SERVER),
            "Write `server: {}`; there is no server here.",
        ),
        Field::required(
            "generation",
            Kind::Custom(check_generation),
            "Write `generation: {}` to keep all defaults.",
        ),
        Field::required(
            "log",
            Kind::Section(&LOG),
            "Write `log: {}` to keep all defaults.",
        ),
        Field::required(
            "path",
            Kind::Section(&PATH),
            "It says where logs, startup list and generators are.",
        ),
    ],
};

static SERVER: Schema = Schema {
    name: "server",
    doc: "API and web pages of Eventum; without meaning here.",
    fields: &[
        Field::optional("ui_enabled", Kind::Bool, "true", "Web pages."),
        Field::optional("api_enabled", Kind::Bool, "true", "The HTTP API."),
        Field::optional("host", Kind::NonEmpty, "0.0.0.0", "Address to listen on."),
        Field::optional("port", Kind::Int(1, 65_535), "9474", "Port to listen on."),
        Field::optional("ssl", Kind::Custom(check_ssl), "{}", "TLS."),
        Field::optional("auth", Kind::Section(&AUTH), "{}", "Who may use it."),
        Field::optional("mcp", Kind::Section(&MCP), "{}", "The MCP server."),
    ],
};

static SSL: Schema = Schema {
    name: "ssl",
    doc: "TLS of the server.",
    fields: &[
        Field::optional(
            "enabled",
            Kind::Bool,
            "false",
            "Needs `cert` and `cert_key`.",
        ),
        Field::optional(
            "verify_mode",
            Kind::OrNull(&Kind::Enum(&["none", "optional", "required"])),
            "null",
            "Whether clients show a certificate.",
        ),
        Field::optional(
            "ca_cert",
            Kind::OrNull(&ABSOLUTE),
            "null",
            "An absolute path.",
        ),
        Field::optional("cert", Kind::OrNull(&ABSOLUTE), "null", "An absolute path."),
        Field::optional(
            "cert_key",
            Kind::OrNull(&ABSOLUTE),
            "null",
            "An absolute path.",
        ),
    ],
};

static AUTH: Schema = Schema {
    name: "auth",
    doc: "Who may use the server.",
    fields: &[
        Field::optional("user", Kind::NonEmpty, "eventum", "Its name."),
        Field::optional("password", Kind::NonEmpty, "eventum", "Its password."),
    ],
};

static MCP: Schema = Schema {
    name: "mcp",
    doc: "The MCP server of Eventum.",
    fields: &[
        Field::optional("enabled", Kind::Bool, "false", "Offer it."),
        Field::optional(
            "allow_write",
            Kind::Bool,
            "false",
            "Let it change projects.",
        ),
        Field::optional(
            "path",
            Kind::Custom(check_mcp_path),
            "/mcp",
            "Begins with `/` and does not end with it.",
        ),
        Field::optional(
            "allowed_hosts",
            Kind::List(&Kind::Str, 0),
            "[]",
            "Hosts that may be named in requests.",
        ),
    ],
};

const LEVELS: &[&str] = &["debug", "info", "warning", "error", "critical"];

static LOG: Schema = Schema {
    name: "log",
    doc: "What is logged, and how.",
    fields: &[
        Field::optional(
            "level",
            Kind::Enum(LEVELS),
            "info",
            "Records below it are left out.",
        ),
        Field::optional(
            "format",
            Kind::Enum(&["plain", "json"]),
            "plain",
            "Lines to read, or a JSON object a line.",
        ),
        Field::optional(
            "max_bytes",
            Kind::Int(1_024, i64::MAX),
            "10485760",
            "Size after which a file is put aside.",
        ),
        Field::optional(
            "backups",
            Kind::Int(1, 100_000),
            "5",
            "Files put aside that are kept.",
        ),
        Field::optional(
            "rotate",
            Kind::Enum(&["size", "hourly", "daily"]),
            "size",
            "Put files aside by size alone, or every hour or day (UTC) as well. Not known to Eventum.",
        ),
    ],
};

const ABSOLUTE: Kind = Kind::Custom(check_absolute);

static PATH: Schema = Schema {
    name: "path",
    doc: "Where the parts of an instance are. Absolute paths.",
    fields: &[
        Field::required(
            "logs",
            ABSOLUTE,
            "Folder of the logs; made when it is missing.",
        ),
        Field::required(
            "startup",
            ABSOLUTE,
            "The startup list, such as `/etc/eventum/startup.yml`.",
        ),
        Field::required(
            "generators_dir",
            ABSOLUTE,
            "Folder that relative paths of the startup list start from.",
        ),
        Field::required(
            "keyring_cryptfile",
            ABSOLUTE,
            "File of secrets; it may be missing.",
        ),
        Field::optional(
            "generator_config_filename",
            Kind::Custom(check_filename),
            "generator.yml",
            "Name of the document of each project.",
        ),
    ],
};

/// Reads the text of an `eventum.yml`. `None` when there was an error; every problem is in the list,
/// and a note about settings that have no meaning here.
pub fn read_settings(text: &str, path: &Path) -> (Option<InstanceSettings>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let Some(mut root) = parse_yaml(text, path, &mut problems) else {
        return (None, problems);
    };
    hide_passwords(&mut root, false);
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut cx = context(&mut problems, path, &folder);
    let settings = decode(&root, &mut cx);
    (settings, problems)
}

fn decode(root: &Node, cx: &mut Context<'_>) -> Option<InstanceSettings> {
    let before = cx.errors();
    let section = Section::open(root, &SETTINGS, cx)?;
    let server = section.node("server")?;
    if server.as_map().is_some_and(|entries| !entries.is_empty()) {
        cx.setting = "server".to_owned();
        cx.warn(
            server.span,
            "the settings of `server` are checked and not used: there is no API and no web page here",
            "`evtui` itself shows and steers generators",
        );
        cx.setting.clear();
    }
    let generation = Parameters::from_generation(section.node("generation")?, cx)?;
    let log = section.section("log", &LOG, cx)?;
    let paths = section.section("path", &PATH, cx)?;
    if cx.errors() > before {
        return None;
    }
    Some(InstanceSettings {
        generation,
        log: log_settings(&log),
        paths: path_settings(&paths)?,
    })
}

fn log_settings(log: &Section) -> LogSettings {
    let default = LogSettings::default();
    let level = match log.str("level") {
        Some("debug") => LogLevel::Debug,
        Some("warning") => LogLevel::Warning,
        Some("error" | "critical") => LogLevel::Error,
        _ => LogLevel::Info,
    };
    let max_bytes = log.int("max_bytes").and_then(|n| u64::try_from(n).ok());
    let backups = log.int("backups").and_then(|n| u32::try_from(n).ok());
    LogSettings {
        level,
        json: log.str("format") == Some("json"),
        max_bytes: max_bytes.unwrap_or(default.max_bytes),
        backups: backups.unwrap_or(default.backups),
        rotate: match log.str("rotate") {
            Some("hourly") => LogRotation::Hourly,
            Some("daily") => LogRotation::Daily,
            _ => LogRotation::Size,
        },
    }
}

fn path_settings(paths: &Section) -> Option<PathSettings> {
    let path = |name| paths.str(name).map(PathBuf::from);
    Some(PathSettings {
        logs: path("logs")?,
        startup: path("startup")?,
        generators_dir: path("generators_dir")?,
        keyring_cryptfile: path("keyring_cryptfile")?,
        generator_config_filename: paths
            .str("generator_config_filename")
            .unwrap_or(super::DOCUMENT_NAME)
            .to_owned(),
    })
}

/// Keeps passwords out of messages, nested or with dots.
fn hide_passwords(node: &mut Node, secret: bool) {
    node.secret |= secret;
    match &mut node.tree {
        Tree::Scalar(_) => {}
        Tree::Seq(items) => items
            .iter_mut()
            .for_each(|item| hide_passwords(item, secret)),
        Tree::Map(entries) => {
            for (key, value) in entries {
                let name = key.as_str().unwrap_or_default();
                let here = name == "password" || name.ends_with(".password");
                hide_passwords(value, secret || here);
            }
        }
    }
}

fn check_generation(node: &Node, cx: &mut Context<'_>) {
    // Reports by itself.
    let _ = Parameters::from_generation(node, cx);
}

fn check_absolute(node: &Node, cx: &mut Context<'_>) {
    let Some(text) = node.as_str() else {
        let message = format!("a path is text, not {}", node.describe());
        cx.error_help(node.span, message, "write an absolute path");
        return;
    };
    if !Path::new(text).is_absolute() {
        let whole = std::path::absolute(cx.base.join(text)).unwrap_or_default();
        let help = format!("write the whole path, such as `{}`", whole.display());
        cx.error_help(
            node.span,
            format!("the path `{text}` is not absolute"),
            help,
        );
    }
}

fn check_ssl(node: &Node, cx: &mut Context<'_>) {
    let Some(section) = Section::open(node, &SSL, cx) else {
        return;
    };
    let given = |name| section.str(name).is_some();
    let (cert, key) = (given("cert"), given("cert_key"));
    if cert != key {
        let help = "give both, or neither";
        cx.error_help(
            node.span,
            "`cert` and `cert_key` belong together and only one is given",
            help,
        );
    } else if section.bool("enabled") == Some(true) && !cert {
        let help = "give both paths, or write `enabled: false`";
        cx.error_help(node.span, "TLS needs `cert` and `cert_key`", help);
    }
}

fn check_mcp_path(node: &Node, cx: &mut Context<'_>) {
    let sound = node
        .as_str()
        .is_some_and(|text| text == "/" || text.starts_with('/') && !text.ends_with('/'));
    if !sound {
        let message = format!(
            "a path of a URL begins with `/` and does not end with it; this is {}",
            node.describe()
        );
        cx.error_help(node.span, message, "write a path such as `/mcp`");
    }
}

fn check_filename(node: &Node, cx: &mut Context<'_>) {
    let sound = node.as_str().is_some_and(|text| {
        let path = Path::new(text);
        let mut parts = path.components();
        let one = matches!(
            (parts.next(), parts.next()),
            (Some(Component::Normal(part)), None) if part == text
        );
        one && path
            .extension()
            .is_some_and(|suffix| suffix == "yml" || suffix == "yaml")
    });
    if !sound {
        let message = format!(
            "a file name without folders that ends with .yml or .yaml is needed, not {}",
            node.describe()
        );
        cx.error_help(node.span, message, "such as `generator.yml`");
    }
}
