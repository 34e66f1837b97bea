//! The request that inserts a batch: its text in front of the data, its parameters, its identifier.
//!
//! Knows nothing of connections.

use std::collections::HashMap;

use url::form_urlencoded::Serializer;

use crate::fake::{Fast, rand::crypto::uuid4};

/// Input formats of the server that events may be in.
pub(super) const FORMATS: &[&str] = &[
    "TabSeparated",
    "TabSeparatedRaw",
    "TabSeparatedWithNames",
    "TabSeparatedWithNamesAndTypes",
    "TabSeparatedRawWithNames",
    "TabSeparatedRawWithNamesAndTypes",
    "Template",
    "TemplateIgnoreSpaces",
    "CSV",
    "CSVWithNames",
    "CSVWithNamesAndTypes",
    "CustomSeparated",
    "CustomSeparatedWithNames",
    "CustomSeparatedWithNamesAndTypes",
    "Values",
    "JSON",
    "JSONAsString",
    "JSONAsObject",
    "JSONStrings",
    "JSONColumns",
    "JSONColumnsWithMetadata",
    "JSONCompact",
    "JSONCompactColumns",
    "JSONEachRow",
    "JSONStringsEachRow",
    "JSONCompactEachRow",
    "JSONCompactEachRowWithNames",
    "JSONCompactEachRowWithNamesAndTypes",
    "JSONCompactStringsEachRow",
    "JSONCompactStringsEachRowWithNames",
    "JSONCompactStringsEachRowWithNamesAndTypes",
    "JSONObjectEachRow",
    "BSONEachRow",
    "TSKV",
    "Protobuf",
    "ProtobufSingle",
    "ProtobufList",
    "Avro",
    "AvroConfluent",
    "Parquet",
    "ParquetMetadata",
    "Arrow",
    "ArrowStream",
    "ORC",
    "One",
    "Npy",
    "RowBinary",
    "RowBinaryWithNames",
    "RowBinaryWithNamesAndTypes",
    "RowBinaryWithDefaults",
    "Native",
    "CapnProto",
    "LineAsString",
    "Regexp",
    "RawBLOB",
    "MsgPack",
    "MySQLDump",
    "DWARF",
    "Form",
];

/// The statement in front of a batch's data.
pub(super) fn statement(database: &str, table: &str, format: &str) -> String {
    format!(
        "INSERT INTO {}.{} FORMAT {format}\n",
        quoted(database),
        quoted(table)
    )
}

/// A name in backticks; one that is quoted already is taken as it is.
fn quoted(name: &str) -> String {
    let mark = name.chars().next();
    if matches!(mark, Some('`' | '"')) && name.chars().next_back() == mark {
        return name.to_owned();
    }
    let mut out = String::from("`");
    for char in name.chars() {
        if matches!(char, '\\' | '\'' | '`' | '\t' | '\n') {
            out.push('\\');
        }
        out.push(char);
    }
    out.push('`');
    out
}

/// A new identifier for a request: a version 4 UUID.
pub(super) fn query_id() -> String {
    let mut id = Vec::with_capacity(36);
    uuid4(&mut Fast::from_entropy(), &mut id);
    String::from_utf8_lossy(&id).into_owned()
}

/// The settings of a server and whether they may be changed, as it tells them.
#[derive(Debug, Default)]
pub(super) struct ServerSettings(HashMap<String, (String, bool)>);

impl ServerSettings {
    /// Reads rows of name, value and `readonly`, tab-separated.
    pub(super) fn parse(rows: &str) -> Self {
        let known = rows.lines().filter_map(|row| {
            let mut cells = row.split('\t');
            let (name, value) = (cells.next()?, cells.next()?);
            let fixed = cells.next()? == "1";
            Some((name.to_owned(), (value.to_owned(), fixed)))
        });
        Self(known.collect())
    }

    /// True when the setting exists and requests may give it.
    fn writable(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|(_, fixed)| !fixed)
    }

    /// True when the setting exists and is not 0.
    fn on(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|(value, _)| value != "0")
    }

    fn differs(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_some_and(|(known, _)| known != value)
    }

    /// The settings that go with every insert: those that the server lets us give and does not have
    /// already. `timeout` in seconds is how long we wait for an answer.
    pub(super) fn of_inserts(&self, timeout: u64) -> Vec<(&'static str, String)> {
        let mut given = Vec::new();
        let mut give = |name, value: &str| given.push((name, value.to_owned()));
        let dates = "date_time_input_format";
        if self.writable(dates) && self.differs(dates, "best_effort") {
            give(dates, "best_effort");
        }
        let inference = "cast_string_to_dynamic_use_inference";
        if self.on("allow_experimental_json_type")
            && self.writable(inference)
            && self.differs(inference, "1")
        {
            give(inference, "1");
        }
        for name in [
            "cancel_http_readonly_queries_on_client_close",
            "send_progress_in_http_headers",
        ] {
            if self.writable(name) && !self.on(name) {
                give(name, "1");
            }
        }
        let progress = "send_progress_in_http_headers";
        let interval = "http_headers_progress_interval_ms";
        if (self.on(progress) || self.writable(progress)) && self.writable(interval) {
            let ms = timeout.saturating_sub(5).saturating_mul(1000);
            give(interval, &ms.clamp(10_000, 120_000).to_string());
        }
        given
    }
}

/// Parameters as the query string of a URL.
pub(super) fn query_string<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters);
    query.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn names_are_quoted_unless_they_are_already() {
        assert_eq!(quoted("events"), "`events`");
        assert_eq!(quoted("t\\a'b`\n"), "`t\\\\a\\'b\\`\\\n`");
        assert_eq!(quoted("`t`"), "`t`");
        assert_eq!(quoted("\"db\""), "\"db\"");
        assert_eq!(quoted("`t\""), "`\\`t\"`");
    }

    #[test]
    fn the_statement_names_database_table_and_format() {
        let text = statement("default", "events", "JSONEachRow");
        assert_eq!(text, "INSERT INTO `default`.`events` FORMAT JSONEachRow\n");
    }

    #[test]
    fn identifiers_are_new_each_time() {
        let (one, two) = (query_id(), query_id());
        assert_eq!(one.len(), 36);
        assert_eq!(one.as_bytes()[14], b'4');
        assert_ne!(one, two);
    }

    fn names(rows: &str, timeout: u64) -> Vec<String> {
        let given = ServerSettings::parse(rows).of_inserts(timeout);
        given
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }

    #[test]
    fn settings_are_given_when_they_may_and_differ() {
        let rows = "date_time_input_format\tbasic\t0\n\
                    cancel_http_readonly_queries_on_client_close\t0\t0\n\
                    send_progress_in_http_headers\t0\t0\n\
                    http_headers_progress_interval_ms\t100\t0\n";
        assert_eq!(
            names(rows, 300),
            [
                "date_time_input_format=best_effort",
                "cancel_http_readonly_queries_on_client_close=1",
                "send_progress_in_http_headers=1",
                "http_headers_progress_interval_ms=120000",
            ]
        );
        assert_eq!(
            names(rows, 20)[3],
            "http_headers_progress_interval_ms=15000"
        );
        assert_eq!(names(rows, 1)[3], "http_headers_progress_interval_ms=10000");
    }

    #[test]
    fn settings_that_are_fixed_unknown_or_so_already_are_left_alone() {
        let rows = "date_time_input_format\tbest_effort\t0\n\
                    cancel_http_readonly_queries_on_client_close\t0\t1\n\
                    send_progress_in_http_headers\t0\t1\n\
                    http_headers_progress_interval_ms\t100\t0\n";
        assert!(names(rows, 300).is_empty());
        assert!(names("", 300).is_empty());
        let rows = "allow_experimental_json_type\t1\t0\n\
                    cast_string_to_dynamic_use_inference\t0\t0\n";
        assert_eq!(names(rows, 300), ["cast_string_to_dynamic_use_inference=1"]);
    }

    #[test]
    fn parameters_are_escaped() {
        let text = query_string([("database", "my`d b"), ("query_id", "1")]);
        assert_eq!(text, "database=my%60d+b&query_id=1");
    }
}
