//! `sql`: events as rows of a table of PostgreSQL, MySQL or MariaDB, or SQLite.
//!
//! Here are the options. [`row`] and [`shape`] make rows of events, [`table`] the statements,
//! [`split`] finds the rows a server refuses, [`remote`] keeps connections to [`postgres`] and
//! [`mysql`], and [`sqlite`] writes to a file.

mod error;
mod mysql;
mod postgres;
mod remote;
mod row;
mod shape;
mod split;
mod sqlite;
mod ssl;
mod table;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use url::Url;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::secret::Secret;
use super::{
    DeliveryConfig, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, TextConfig,
    delivery,
};
use remote::{Link, Remote};
use shape::Shape;
use sqlite::Sqlite;
use ssl::SslConfig;
use table::{Dialect, OnConflict, Table};

/// Rows of a transaction, unless `batch` says otherwise.
const ROWS: usize = 500;

static TARGET: Schema = Schema {
    name: "output_type",
    doc: "Which database, and where.",
    fields: &[
        Field::required(
            "type",
            Kind::Enum(&["postgres", "mysql", "sqlite"]),
            "Kind of database; mysql is MariaDB too.",
        ),
        Field::optional(
            "uri",
            Kind::NonEmpty,
            "",
            "postgres and mysql: address of the database, such as postgres://user:password@host:5432/db.",
        ),
        Field::optional(
            "path",
            Kind::NonEmpty,
            "",
            "sqlite: its file, relative to the project's folder or absolute; created when it is not there.",
        ),
        Field::optional("ssl", Kind::Section(&ssl::SCHEMA), "", ssl::SCHEMA.doc),
    ],
};

static SCHEMA: Schema = Schema {
    name: "sql",
    doc: "Inserts events as rows into a table, each batch in one transaction. When a row is refused, \
          the others are kept.",
    fields: delivery::concurrent_fields![
        Field::required("output_type", Kind::Section(&TARGET), TARGET.doc),
        Field::required(
            "table_name",
            Kind::NonEmpty,
            "The table, as `table` or `schema.table`. It is quoted: upper and lower case count.",
        ),
        Field::optional(
            "columns",
            Kind::Map,
            "",
            "Columns and the text for each, which may be a template such as `{{ event.user.id }}`; an \
             empty text is NULL. Without it the columns are the top-level keys of the first event, with \
             values by their JSON type.",
        ),
        Field::optional(
            "on_conflict",
            Kind::Enum(&["error", "ignore", "update"]),
            "error",
            "What becomes of a row whose keys are in the table. error: it fails. ignore: the one that \
             is there stays. update: the new one replaces its values.",
        ),
        Field::optional(
            "keys",
            Kind::List(&Kind::NonEmpty, 1),
            "",
            "Columns of the primary key or unique constraint that `on_conflict` is about.",
        ),
        Field::optional(
            "method",
            Kind::Enum(&["insert", "copy"]),
            "",
            "copy: PostgreSQL's bulk loading, the default there without `on_conflict`. insert: INSERT \
             of many rows, the default elsewhere.",
        ),
        Field::optional(
            "create_table",
            Kind::Bool,
            "false",
            "Create a table that is not there, with columns and types of the first event and `keys` as \
             its primary key.",
        ),
        Field::optional(
            "on_row_error",
            Kind::Enum(&["split", "fail_batch"]),
            "split",
            "When the database refuses a row: split leaves out that row alone, fail_batch the batch.",
        ),
        format::field("{format: json}"),
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let before = cx.errors();
    let target = section.section("output_type", &TARGET, cx)?;
    let target = cx.within(".output_type", |cx| Target::decode(&target, cx));
    let columns = match section.has("columns") {
        true => TextConfig::decode_map(&section, "columns", cx).map(Some),
        false => Some(None),
    };
    let columns = columns.map(|columns| columns.map(|pairs| pairs.into_iter().unzip()));
    let (names, texts): (Option<Vec<String>>, Vec<TextConfig>) = match columns? {
        Some((names, texts)) => (Some(names), texts),
        None => (None, Vec::new()),
    };
    // With a text for each column, events need not be JSON.
    let usual = match names {
        Some(_) => FormatConfig::Plain,
        None => FormatConfig::Json(0),
    };
    let format = FormatConfig::decode(&section, usual, cx)?;
    let mut delivery = DeliveryConfig::durable();
    delivery.batch.max_events = Some(ROWS);
    let delivery = delivery.decode(&section, cx);
    let dialect = target.as_ref()?.dialect();
    let table = Table {
        dialect,
        name: section.str("table_name")?.to_owned(),
        on_conflict: match section.str("on_conflict") {
            Some("ignore") => OnConflict::Ignore,
            Some("update") => OnConflict::Update,
            _ => OnConflict::Error,
        },
        keys: section.strings("keys"),
    };
    let copy = match section.str("method") {
        Some(method) => method == "copy",
        None => dialect == Dialect::Postgres && table.on_conflict == OnConflict::Error,
    };
    let config = SqlConfig {
        target: target?,
        table,
        names,
        texts,
        copy,
        create_table: section.bool("create_table").unwrap_or(false),
        strict: section.str("on_row_error") == Some("fail_batch"),
        format,
        delivery,
    };
    config.check(&section, cx);
    (cx.errors() == before).then(|| Box::new(config) as Box<dyn OutputConfig>)
}

/// Which database, and where.
#[derive(Clone, Debug)]
enum Target {
    Server(Dialect, Link, SslConfig),
    File {
        path: PathBuf,
        /// A secret's value is part of the path.
        secret: bool,
    },
}

impl Target {
    fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let kind = section.str("type")?;
        let dialect = match kind {
            "postgres" => Dialect::Postgres,
            "mysql" => Dialect::Mysql,
            _ => Dialect::Sqlite,
        };
        let (wanted, foreign): (_, &[&str]) = match dialect {
            Dialect::Sqlite => ("path", &["uri", "ssl"]),
            _ => ("uri", &["path"]),
        };
        let before = cx.errors();
        for name in foreign {
            if let Some(node) = section.node(name) {
                let message = format!("`{name}` is not an option of type `{kind}`");
                let help = format!("remove `{name}`");
                cx.within(&format!(".{name}"), |cx| {
                    cx.error_help(node.span, message, help)
                });
            }
        }
        let Some(node) = section.node(wanted) else {
            let message = format!("type `{kind}` needs the option `{wanted}`");
            cx.error_help(section.span, message, format!("add `{wanted}`"));
            return None;
        };
        let text = node.as_str()?.to_owned();
        if dialect == Dialect::Sqlite {
            let (path, secret) = (PathBuf::from(text), node.secret);
            return (cx.errors() == before).then_some(Self::File { path, secret });
        }
        let shown = if node.unknown {
            String::new()
        } else {
            cx.within(".uri", |cx| check_uri(node, dialect, cx))?
        };
        let ssl = match section.section("ssl", &ssl::SCHEMA, cx) {
            Some(block) => cx.within(".ssl", |cx| SslConfig::decode(&block, cx))?,
            None => SslConfig::default(),
        };
        let uri = Secret::new(text);
        (cx.errors() == before).then_some(Self::Server(dialect, Link { uri, shown }, ssl))
    }

    fn dialect(&self) -> Dialect {
        match self {
            Self::Server(dialect, ..) => *dialect,
            Self::File { .. } => Dialect::Sqlite,
        }
    }
}

/// Parameters that an address may have in its query.
const PARAMETERS: &[&str] = &[
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "charset",
    "collation",
    "socket",
    "timezone",
    "time-zone",
];

/// Checks the address of a server, whose text is never shown; gives what may be shown of it.
fn check_uri(node: &Node, dialect: Dialect, cx: &mut Context<'_>) -> Option<String> {
    let (schemes, port): (&[&str], u16) = match dialect {
        Dialect::Mysql => (&["mysql", "mariadb"], 3306),
        _ => (&["postgres", "postgresql"], 5432),
    };
    let help = format!("write {}://user:password@host:{port}/database", schemes[0]);
    let url = match Url::parse(node.as_str()?) {
        Ok(url) => url,
        Err(error) => {
            cx.error_help(node.span, format!("this is not a URI: {error}"), help);
            return None;
        }
    };
    if !schemes.contains(&url.scheme()) {
        let message = "the scheme of this URI is not that of the database's type";
        cx.error_help(node.span, message, help);
        return None;
    }
    let mut keys = url.query_pairs().map(|(key, _)| key);
    if let Some(key) = keys.find(|key| {
        let option = dialect == Dialect::Postgres && key.starts_with("options[");
        !option && !PARAMETERS.contains(&&**key)
    }) {
        let message = format!("this URI has the unknown parameter `{key}`");
        cx.error_help(node.span, message, "remove it from the query of the URI");
        return None;
    }
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .unwrap_or("localhost");
    Some(format!("{host}:{}", url.port().unwrap_or(port)))
}

#[derive(Debug)]
struct SqlConfig {
    target: Target,
    table: Table,
    /// Columns that have a text each, in the order of `texts`.
    names: Option<Vec<String>>,
    texts: Vec<TextConfig>,
    copy: bool,
    create_table: bool,
    strict: bool,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl SqlConfig {
    /// Reports options that do not go together.
    fn check(&self, section: &Section, cx: &mut Context<'_>) {
        let mut refuse = |name: &str, message: &str, help: &str| {
            let span = section.node(name).map_or(section.span, |node| node.span);
            cx.within(&format!(".{name}"), |cx| cx.error_help(span, message, help));
        };
        if self.copy && self.table.dialect != Dialect::Postgres {
            refuse(
                "method",
                "`copy` is PostgreSQL's alone",
                "use `method: insert`",
            );
        } else if self.copy && self.table.on_conflict != OnConflict::Error {
            refuse(
                "method",
                "COPY fails on every conflict",
                "remove `on_conflict`, or use `method: insert`",
            );
        }
        if self.table.on_conflict == OnConflict::Update && self.table.keys.is_empty() {
            refuse(
                "on_conflict",
                "`update` needs `keys`",
                "name the columns of the primary key or unique constraint in `keys`",
            );
        }
        let unknown = |key: &&String| {
            self.names
                .as_ref()
                .is_some_and(|names| !names.contains(key))
        };
        if let Some(key) = self.table.keys.iter().find(unknown) {
            refuse(
                "keys",
                &format!("`{key}` is not among `columns`"),
                "name only columns that events fill",
            );
        }
        if self.names.as_ref().is_some_and(Vec::is_empty) {
            refuse(
                "columns",
                "no column is named",
                "name at least one column, or remove `columns`",
            );
        }
        if self.format.joins_batch() {
            refuse(
                "formatter",
                "this formatter makes one text of a whole batch, but each event is a row",
                "use `json`, or `template` for a JSON object per event",
            );
        }
        let parts: Vec<&str> = self.table.name.split('.').collect();
        if parts.len() > 2 || parts.contains(&"") {
            refuse(
                "table_name",
                "a table is named `table` or `schema.table`",
                "remove the dots that are too many",
            );
        }
    }

    fn remote<D: remote::Database>(
        &self,
        env: &OutputEnv<'_>,
        link: &Link,
        ssl: SslConfig,
    ) -> Output {
        Output::Remote(Arc::new(Remote::<D> {
            link: link.clone(),
            ssl,
            table: self.table.clone(),
            shape: self.shape(),
            copy: self.copy,
            create_table: self.create_table,
            timeout: env.write_timeout,
            idle: Mutex::new(Vec::new()),
        }))
    }

    fn shape(&self) -> Shape {
        Shape::new(&self.table.name, self.names.clone(), self.strict)
    }
}

impl OutputConfig for SqlConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn texts(&self) -> &[TextConfig] {
        &self.texts
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        let (dialect, link, ssl) = match &self.target {
            Target::Server(dialect, link, ssl) => (dialect, link, ssl.within(env.base)),
            Target::File { path, secret } => {
                let path = env.base.join(path);
                let shown = if *secret {
                    "(its path is a secret)".to_owned()
                } else {
                    path.display().to_string()
                };
                return Ok(Output::Local(Box::new(Sqlite {
                    path,
                    shown,
                    table: self.table.clone(),
                    shape: self.shape(),
                    create_table: self.create_table,
                    connection: None,
                    statement: String::new(),
                })));
            }
        };
        // The client's words may repeat a part of the address.
        let unsound = |_| {
            OutputError::failed(format!("the address of {} is not usable", link.shown))
                .help("check the parameters in the query of `uri`")
        };
        if *dialect == Dialect::Mysql {
            mysql::options(link, &ssl).map_err(unsound)?;
            return Ok(self.remote::<mysql::Mysql>(env, link, ssl));
        }
        postgres::options(link, &ssl).map_err(unsound)?;
        Ok(self.remote::<postgres::Postgres>(env, link, ssl))
    }
}
